//! How a reorganisation happens: in steps, each a transaction that moves a batch and keeps how far it came.
//!
//! People go first, in the order of their ids, each of whom is looked at once, whatever comes and goes meanwhile; then
//! networks, likewise; then parts, names and the ends of originals, all at once. From then on nothing comes into those
//! that have ended, and what came after the batches had passed goes last. Whoever breaks off leaves a reorganisation that
//! the next one takes up where it was left, and two at once take turns: a step begins by holding the reorganisation.
//!
//! A step takes, in this order: the tree of organisations, the reorganisation, people, networks, memberships, and the rows
//! of organisations last. So it goes together with whoever writes a person or a network, and then looks whether their
//! organisation is still there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::parts;
use super::row::OrganisationChangeRow;
use super::rules::{Fate, Plan};
use super::store::{self, TYPE};
use super::types::{Moved, OrganisationChangeCreate, OrganisationChangeId, OrganisationRename};
use super::words::{Belonging, OrganisationChangeState, Step};
use crate::db::changes::EntityType;
use crate::db::schema::organisation_changes;
use crate::db::{Conn, Json, Lock, Tx, revisions};
use crate::ex_officio;
use crate::http::etag::IfMatch;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::members::{self, MemberId, Worker};
use crate::networks::{self, Hosted, NetworkId};
use crate::organisations::{self as organisation, End, OrganisationId, Successor};

/// People, or networks, that one step moves at most.
pub const BATCH: i64 = 500;

/// Begins a reorganisation, and goes on with it as far as one transaction should: a small one is applied when this
/// returns, of another the first batch is. One that is under way goes on by a step.
pub fn apply(
    tx: &mut Tx<'_>,
    id: OrganisationChangeId,
    if_match: &IfMatch,
    today: NaiveDate,
) -> Result<OrganisationChangeRow> {
    let mut row = begin(tx, id, if_match, today)?;
    let mut room = BATCH;
    while row.state == OrganisationChangeState::Applying && room > 0 {
        // What came to an original while it ended is for the next transaction: this one holds organisations by now.
        let is_last = matches!(row.step, Some(Step::Organisations | Step::Rest));
        let (next, taken) = step(tx, row, today)?;
        row = next;
        room = if is_last { 0 } else { room - taken };
    }
    Ok(row)
}

/// Begins a planned reorganisation; one that has begun already is left as it is.
pub fn begin(
    tx: &mut Tx<'_>,
    id: OrganisationChangeId,
    if_match: &IfMatch,
    today: NaiveDate,
) -> Result<OrganisationChangeRow> {
    tx.lock(Lock::OrganisationTree)?;
    let old = store::hold(tx, id, if_match)?;
    match old.state {
        OrganisationChangeState::Planned => {}
        OrganisationChangeState::Applying => return Ok(old),
        state => return Err(store::not_allowed(state)),
    }
    let obstacles = obstacles(tx.conn, &old, &old.document.value()?, today)?;
    if !obstacles.is_empty() {
        return Err(Problem::new(Kind::Conflict, Code::Conflict).faults(obstacles));
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let row = OrganisationChangeRow {
        version: old.version + 1,
        updated_at: tx.now,
        state: OrganisationChangeState::Applying,
        step: Some(Step::People),
        progressed_at: Some(tx.now),
        applied_by: tx.actor.as_deref().map(str::to_owned),
        ..old.clone()
    };
    store::write(tx, &old, &row, vec!["state".to_owned()])?;
    Ok(row)
}

/// What keeps a reorganisation from being applied on a day.
pub fn obstacles(
    conn: &mut Conn,
    row: &OrganisationChangeRow,
    change: &OrganisationChangeCreate,
    today: NaiveDate,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    if change.effective_on > today {
        let day = change.effective_on.to_string();
        faults.push(Fault::at("/effective_on", Code::ChangeNotYet.with("day", day)));
    }
    let parties: Vec<OrganisationId> = change.parties().map(|(_, id)| id).collect();
    let known = organisation::ended(conn, parties.clone())?;
    for (pointer, id) in change.parties() {
        if known.get(&id).is_none_or(|(has_ended, _)| *has_ended) {
            faults.push(Fault::at(pointer, Code::PartyEnded));
        }
    }
    let ending = change.ending();
    let is_later = |id: &OrganisationId| known.get(id).and_then(|(_, from)| *from) > Some(change.effective_on);
    if ending.iter().any(is_later) {
        faults.push(Fault::at("/effective_on", Code::EndBeforeStart));
    }
    if store::is_under_way(conn, row.id, parties)? {
        faults.push(Fault::at("", Code::ChangeUnderWay));
    }
    Ok(faults)
}

/// Takes a reorganisation that has begun one step on; `None` where there is nothing to do. This is what is called again
/// and again until it is applied, by whoever is there.
pub fn advance(tx: &mut Tx<'_>, id: OrganisationChangeId, today: NaiveDate) -> Result<Option<OrganisationChangeRow>> {
    tx.lock(Lock::OrganisationTree)?;
    let row = store::hold(tx, id, &IfMatch::Any)?;
    match row.state {
        OrganisationChangeState::Applying => step(tx, row, today).map(|(row, _)| Some(row)),
        _ => Ok(None),
    }
}

/// One step; how it stands then, and how many things it moved.
fn step(tx: &mut Tx<'_>, row: OrganisationChangeRow, today: NaiveDate) -> Result<(OrganisationChangeRow, i64)> {
    let change: OrganisationChangeCreate = row.document.value()?;
    let plan = Plan::of(&change);
    let mut work = Work { after: row.step_after.clone(), moved: row.moved.value()?, taken: 0 };
    let next = match row.step.unwrap_or(Step::People) {
        Step::People => match work.people(tx, &plan, &plan.sources(Belonging::People), today)? {
            true => Step::People,
            false => Step::Networks,
        },
        Step::Networks => match work.networks(tx, &plan, &plan.sources(Belonging::Networks))? {
            true => Step::Networks,
            false => Step::Organisations,
        },
        Step::Organisations => {
            work.moved.sub_organisations += parts::adopt(tx, &plan)?;
            rename(tx, &change.renames)?;
            end(tx, &row, &change, &plan)?;
            Step::Rest
        }
        Step::Rest => {
            // From the beginning each time: nothing is left but what came late.
            work.after = None;
            if !work.people(tx, &plan, &plan.ending, today)? {
                work.networks(tx, &plan, &plan.ending)?;
            }
            work.after = None;
            Step::Rest
        }
    };
    if Some(next) != row.step {
        work.after = None;
    }
    let is_done = next == Step::Rest && is_empty(tx, &plan)?;
    let taken = work.taken;
    let row = save(tx, row, next, work, is_done)?;
    Ok((row, taken))
}

/// What a step does with people and networks.
struct Work {
    after: Option<String>,
    moved: Moved,
    taken: i64,
}

impl Work {
    /// Moves the next people; whether there were any.
    fn people(&mut self, tx: &mut Tx<'_>, plan: &Plan, from: &[OrganisationId], today: NaiveDate) -> Result<bool> {
        let after: Option<MemberId> = position(self.after.as_deref())?;
        let ids = match from.is_empty() {
            true => Vec::new(),
            false => members::working_in(tx.conn, from, after, BATCH)?,
        };
        let Some(last) = ids.last() else { return Ok(false) };
        self.after = Some(last.to_string());
        tx.hold_all(EntityType::Member, &ids.iter().map(MemberId::as_str).collect::<Vec<_>>())?;
        let mut groups: BTreeMap<(OrganisationId, OrganisationId), Vec<Worker>> = BTreeMap::new();
        let mut leavers: Vec<Worker> = Vec::new();
        for person in members::workers(tx.conn, &ids, from)? {
            let here = person.organisation_id;
            match plan.of_person(here, person.id, person.unit.as_ref()).1 {
                Fate::Stays => {}
                Fate::Goes(to) => groups.entry((here, to)).or_default().push(person),
                Fate::Leaves => leavers.push(person),
            }
        }
        // As many rounds as there are pairs of an original and a result.
        let mut moved: Vec<MemberId> = Vec::new();
        for ((from, to), people) in groups {
            moved.extend(members::move_people(tx, &people, from, to)?);
        }
        self.moved.people += count(&moved);
        self.taken += count(&ids);
        let mut holds_networks = !leavers.is_empty();
        if !leavers.is_empty() {
            self.moved.left += count(&members::people_leave(tx, &leavers, today)?);
        }
        if !moved.is_empty() {
            holds_networks |= ex_officio::people_changed(tx, &moved, today)?;
            members::refresh_duplicates(tx, &moved.iter().map(MemberId::as_str).collect::<Vec<_>>(), &[])?;
        }
        if holds_networks || moved.len() > members::HELD {
            // It holds what others wait for: whoever goes on does so in another transaction.
            self.taken = BATCH;
        }
        Ok(true)
    }

    /// Moves the next networks; whether there were any.
    fn networks(&mut self, tx: &mut Tx<'_>, plan: &Plan, from: &[OrganisationId]) -> Result<bool> {
        let after: Option<NetworkId> = position(self.after.as_deref())?;
        let found = match from.is_empty() {
            true => Vec::new(),
            false => networks::hosted_by(tx.conn, from, after, BATCH)?,
        };
        let Some(last) = found.last() else { return Ok(false) };
        self.after = Some(last.id.to_string());
        let ids: Vec<NetworkId> = found.iter().map(|network| network.id).collect();
        let hosted = networks::hold_hosted(tx, &ids, from)?;
        let mut groups: BTreeMap<(OrganisationId, Option<OrganisationId>), Vec<Hosted>> = BTreeMap::new();
        for network in &hosted {
            match plan.of_network(network.host, network.id).1 {
                Fate::Stays => {}
                Fate::Goes(to) => groups.entry((network.host, Some(to))).or_default().push(*network),
                Fate::Leaves => groups.entry((network.host, None)).or_default().push(*network),
            }
        }
        for ((from, to), some) in groups {
            networks::rehost(tx, &some, from, to)?;
            self.moved.networks += count(&some);
        }
        self.taken += count(&found);
        Ok(true)
    }
}

fn count<T>(things: &[T]) -> i64 {
    i64::try_from(things.len()).unwrap_or(i64::MAX)
}

fn position<Id: std::str::FromStr<Err = String>>(after: Option<&str>) -> Result<Option<Id>> {
    after.map(|text| text.parse().map_err(|error: String| Problem::internal(error))).transpose()
}

/// New names, of fifty organisations at most.
fn rename(tx: &mut Tx<'_>, renames: &[OrganisationRename]) -> Result<()> {
    for OrganisationRename { organisation_id, name, short_name } in renames {
        organisation::update(tx, *organisation_id, &IfMatch::Any, |mut document| {
            document.name = name.clone();
            document.short_name = short_name.clone().or(document.short_name);
            Ok(document)
        })?;
    }
    Ok(())
}

fn end(tx: &mut Tx<'_>, row: &OrganisationChangeRow, change: &OrganisationChangeCreate, plan: &Plan) -> Result<()> {
    let successor = |id: &OrganisationId| Successor { id: *id, r#type: change.r#type, on: change.effective_on };
    let successors: Vec<Successor> = change.result_ids.iter().map(successor).collect();
    organisation::end(tx, &plan.ending, &End { by: row.id, on: change.effective_on, successors: &successors })
}

/// Whether the originals that have ended are empty of whoever works and of networks.
fn is_empty(tx: &mut Tx<'_>, plan: &Plan) -> Result<bool> {
    if plan.ending.is_empty() {
        return Ok(true);
    }
    let people = members::working_in(tx.conn, &plan.ending, None, 1)?;
    Ok(people.is_empty() && networks::hosted_by(tx.conn, &plan.ending, None, 1)?.is_empty())
}

/// Keeps how far a reorganisation has come; done, it is applied.
fn save(
    tx: &mut Tx<'_>,
    old: OrganisationChangeRow,
    next: Step,
    work: Work,
    is_done: bool,
) -> Result<OrganisationChangeRow> {
    let mut row = OrganisationChangeRow {
        step: Some(next),
        step_after: work.after,
        moved: Json::of(&work.moved)?,
        progressed_at: Some(tx.now),
        ..old.clone()
    };
    if is_done {
        revisions::follow(tx, TYPE, &[old.id.as_str()])?;
        row.version += 1;
        row.state = OrganisationChangeState::Applied;
        (row.updated_at, row.applied_at) = (tx.now, Some(tx.now));
        (row.step, row.step_after) = (None, None);
        let fields = ["state", "moved", "applied_at"].map(str::to_owned).to_vec();
        store::write(tx, &old, &row, fields)?;
    } else {
        let target = organisation_changes::table.filter(organisation_changes::id.eq(old.id));
        diesel::update(target).set(&row).execute(tx.conn)?;
    }
    Ok(row)
}
