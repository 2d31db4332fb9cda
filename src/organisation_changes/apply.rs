//! How a reorganisation happens: in steps, each a transaction that moves a batch and keeps how far it came.
//!
//! First, rules of office that name an original which ends are made to name what comes after beside it, so that whoever
//! moves stays in their networks. Then people go, in the order of their ids, each of whom is looked at once, whatever
//! comes and goes meanwhile; then networks, likewise; then parts, names and the ends of originals, all at once. From then
//! on nothing comes into those that have ended, and what came after the batches had passed goes last, with the names of
//! the ended in rules. Whoever breaks off leaves a reorganisation that the next one takes up where it was left, and two at
//! once take turns: a step begins by holding the reorganisation. A small one happens in one transaction.
//!
//! A step takes, in this order: the tree of organisations, the reorganisation, people, networks, memberships, and the rows
//! of organisations last. So it goes together with whoever writes a person or a network, and then looks whether their
//! organisation is still there.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::row::OrganisationChangeRow;
use super::store::{self, TYPE};
use super::types::{OrganisationChangeCreate, OrganisationChangeId};
use super::words::{OrganisationChangeState, Step};
use super::work::Work;
use crate::db::schema::organisation_changes;
use crate::db::{Conn, Json, Lock, Tx, revisions};
use crate::http::etag::IfMatch;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::organisations::{self as organisation, OrganisationId};

pub use super::work::{BATCH, SMALL};

/// Begins a reorganisation, and goes on with it as far as one transaction should: a small one is applied when this
/// returns, of another the first batch is. One that is under way goes on by a step.
pub fn apply(
    tx: &mut Tx<'_>,
    id: OrganisationChangeId,
    if_match: &IfMatch,
    today: NaiveDate,
) -> Result<OrganisationChangeRow> {
    let row = begin(tx, id, if_match, today)?;
    let mut work = Work::of(tx.conn, &row)?;
    let is_begun = work.step != Step::Rules || work.after.is_some();
    if is_begun || !work.at_once(tx, today)? {
        while !work.step(tx, today)? {}
    }
    save(tx, row, work)
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
        OrganisationChangeState::Applying => {
            revisions::follow(tx, TYPE, &[id.as_str()])?;
            return Ok(old);
        }
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
        step: Some(Step::Rules),
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
    if row.state != OrganisationChangeState::Applying {
        return Ok(None);
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let mut work = Work::of(tx.conn, &row)?;
    work.step(tx, today)?;
    save(tx, row, work).map(Some)
}

/// Keeps how far a reorganisation has come, for as of a time, too; done, it is applied.
fn save(tx: &mut Tx<'_>, old: OrganisationChangeRow, work: Work) -> Result<OrganisationChangeRow> {
    revisions::follow(tx, TYPE, &[old.id.as_str()])?;
    let mut row = OrganisationChangeRow {
        step: Some(work.step),
        step_after: work.after,
        moved: Json::of(&work.moved)?,
        progressed_at: Some(tx.now),
        ..old.clone()
    };
    if work.is_done {
        row.version += 1;
        row.state = OrganisationChangeState::Applied;
        (row.updated_at, row.applied_at) = (tx.now, Some(tx.now));
        (row.step, row.step_after) = (None, None);
        let fields = ["state", "moved", "applied_at"].map(str::to_owned).to_vec();
        store::write(tx, &old, &row, fields)?;
    } else {
        // It is on its way, and the same to whoever edits: another state of it, and no other version.
        let target = organisation_changes::table.filter(organisation_changes::id.eq(old.id));
        diesel::update(target).set(&row).execute(tx.conn)?;
        revisions::next(tx, TYPE, &[old.id.as_str()])?;
    }
    Ok(row)
}
