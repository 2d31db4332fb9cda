//! What one transaction does of a reorganisation: a batch of people or of networks, or all of a small one.
//!
//! It takes people first, then every network that any of it has to do with, in one order, then memberships, and the rows
//! of organisations last.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::affected::{self, Affected};
use super::parts;
use super::row::OrganisationChangeRow;
use super::rules::{Fate, Plan};
use super::types::{Moved, OrganisationChangeCreate, OrganisationChangeId, OrganisationRename};
use super::words::{Belonging, Step};
use crate::db::changes::EntityType;
use crate::db::{Conn, Tx};
use crate::ex_officio::{
    self,
    heirs::{self, Heirs},
};
use crate::http::etag::IfMatch;
use crate::http::problem::{Problem, Result};
use crate::members::{self, MemberId, Onlooker, Worker};
use crate::memberships;
use crate::networks::{self, Hosted, NetworkId};
use crate::organisations::{self as organisation, End, OrganisationId, Successor};

/// People, or networks, that one transaction moves at most.
pub const BATCH: i64 = 500;

/// People, networks and parts together up to which a reorganisation happens in one transaction.
pub const SMALL: i64 = 50;

/// What a transaction does of a reorganisation, and how far that has come.
pub struct Work {
    id: OrganisationChangeId,
    change: OrganisationChangeCreate,
    plan: Plan,
    heirs: Heirs,
    /// The step that comes next.
    pub step: Step,
    /// Behind which id it goes on.
    pub after: Option<String>,
    /// What was moved so far.
    pub moved: Moved,
    /// Whether nothing is left to do.
    pub is_done: bool,
}

/// People who are held, by where they go, and those who leave.
#[derive(Default)]
struct Parting {
    going: BTreeMap<(OrganisationId, OrganisationId), Vec<Worker>>,
    leaving: Vec<Worker>,
}

/// All that a small reorganisation has to do with.
struct Few {
    people: Vec<MemberId>,
    networks: Vec<NetworkId>,
    ruled: Vec<NetworkId>,
}

impl Work {
    /// Goes on with a reorganisation that has begun.
    pub fn of(conn: &mut Conn, row: &OrganisationChangeRow) -> Result<Self> {
        let change: OrganisationChangeCreate = row.document.value()?;
        let plan = affected::plan(conn, &change)?;
        let heirs = Heirs::of(conn, plan.places())?;
        let step = row.step.unwrap_or(Step::Rules);
        let (after, moved) = (row.step_after.clone(), row.moved.value()?);
        Ok(Self { id: row.id, change, plan, heirs, step, after, moved, is_done: false })
    }

    /// Does all of it, where that is little; whether it was.
    pub fn at_once(&mut self, tx: &mut Tx<'_>, today: NaiveDate) -> Result<bool> {
        let Some(few) = self.few(tx.conn)? else { return Ok(false) };
        let from = self.plan.sources(Belonging::People);
        let others = few.networks.iter().chain(&few.ruled).copied().collect();
        let parting = self.hold(tx, &few.people, &from, others)?;
        // Before anybody moves, so that nobody falls out of a network and is brought back.
        heirs::inherit(tx, &few.ruled, &self.heirs, false)?;
        self.part(tx, parting, today)?;
        self.hand_over(tx, &few.networks, &self.plan.sources(Belonging::Networks))?;
        // Whoever is putting something into an original, and may be waiting for what is held here, is not waited for: the
        // next transaction does it.
        let mut own: Vec<OrganisationId> = self.change.renames.iter().map(|rename| rename.organisation_id).collect();
        own.extend(&self.plan.ending);
        self.step = Step::Organisations;
        if own.is_empty() || organisation::try_hold(tx, &own)? {
            self.organisations(tx)?;
        }
        Ok(true)
    }

    /// What there is to do, if it is little.
    fn few(&self, conn: &mut Conn) -> Result<Option<Few>> {
        let affected = Affected::of(conn, &self.plan, false, &Onlooker::ALL)?;
        let Moved { people, left, networks, sub_organisations } = affected.total();
        let ruled = heirs::inheriting(conn, &self.heirs, None, heirs::AT_ONCE + 1)?;
        if people + left + networks + sub_organisations > SMALL || count(&ruled) > heirs::AT_ONCE {
            return Ok(None);
        }
        let limit = usize::try_from(SMALL).unwrap_or(usize::MAX);
        let people = affected.some_people(conn, limit, &Onlooker::ALL, |fate| fate != Fate::Stays)?;
        Ok(Some(Few { people, networks: affected.few_networks(conn, SMALL)?, ruled }))
    }

    /// Does a step; whether there was anything to do in it.
    pub fn step(&mut self, tx: &mut Tx<'_>, today: NaiveDate) -> Result<bool> {
        match self.step {
            Step::Rules => {
                if self.rules(tx, true)? {
                    return Ok(true);
                }
                self.go_to(Step::People);
                self.step(tx, today)
            }
            Step::People => {
                let any = self.people(tx, &self.plan.sources(Belonging::People), today)?;
                if !any {
                    self.go_to(Step::Networks);
                }
                Ok(any)
            }
            Step::Networks => {
                let any = self.networks(tx, &self.plan.sources(Belonging::Networks))?;
                if !any {
                    self.go_to(Step::Organisations);
                }
                Ok(any)
            }
            Step::Organisations => self.organisations(tx).map(|()| true),
            Step::Rest => {
                // From the beginning each time: nothing is left but what came late. Each of these holds networks, so that
                // there is one in a transaction.
                self.after = None;
                let ending = self.plan.ending.clone();
                let _ = self.rules(tx, false)? || self.people(tx, &ending, today)? || self.networks(tx, &ending)?;
                self.after = None;
                self.is_done = self.is_empty(tx)?;
                Ok(true)
            }
        }
    }

    fn go_to(&mut self, step: Step) {
        self.step = step;
        self.after = None;
    }

    /// Makes the next rules of office that name originals which end name what comes after: beside them while people move,
    /// instead of them at last. Whether there were any.
    fn rules(&mut self, tx: &mut Tx<'_>, beside: bool) -> Result<bool> {
        let after: Option<NetworkId> = position(self.after.as_deref())?;
        let ids = heirs::inheriting(tx.conn, &self.heirs, after, heirs::AT_ONCE)?;
        let Some(last) = ids.last() else { return Ok(false) };
        self.after = Some(last.to_string());
        heirs::inherit(tx, &ids, &self.heirs, beside)?;
        Ok(true)
    }

    /// Moves the next people; whether there were any.
    fn people(&mut self, tx: &mut Tx<'_>, from: &[OrganisationId], today: NaiveDate) -> Result<bool> {
        let after: Option<MemberId> = position(self.after.as_deref())?;
        let ids = match from.is_empty() {
            true => Vec::new(),
            false => members::working_in(tx.conn, from, after, BATCH)?,
        };
        let Some(last) = ids.last() else { return Ok(false) };
        self.after = Some(last.to_string());
        let parting = self.hold(tx, &ids, from, BTreeSet::new())?;
        self.part(tx, parting, today)?;
        Ok(true)
    }

    /// Moves the next networks; whether there were any.
    fn networks(&mut self, tx: &mut Tx<'_>, from: &[OrganisationId]) -> Result<bool> {
        let after: Option<NetworkId> = position(self.after.as_deref())?;
        let found = match from.is_empty() {
            true => Vec::new(),
            false => networks::hosted_by(tx.conn, from, after, BATCH)?,
        };
        let Some(last) = found.last() else { return Ok(false) };
        self.after = Some(last.id.to_string());
        self.hand_over(tx, &found.iter().map(|network| network.id).collect::<Vec<_>>(), from)?;
        Ok(true)
    }

    /// Takes people, and then the networks that their parting touches together with others; where each of them goes.
    fn hold(
        &self,
        tx: &mut Tx<'_>,
        ids: &[MemberId],
        from: &[OrganisationId],
        mut others: BTreeSet<NetworkId>,
    ) -> Result<Parting> {
        let mut parting = Parting::default();
        if !ids.is_empty() {
            tx.hold_all(EntityType::Member, &ids.iter().map(MemberId::as_str).collect::<Vec<_>>())?;
            for person in members::workers(tx.conn, ids, from)? {
                let here = person.organisation_id;
                match self.plan.of_person(here, Some(person.id), person.unit.as_ref()).1 {
                    Fate::Stays => {}
                    Fate::Goes(to) => parting.going.entry((here, to)).or_default().push(person),
                    Fate::Leaves => parting.leaving.push(person),
                }
            }
        }
        let leaving: Vec<MemberId> = parting.leaving.iter().map(|person| person.id).collect();
        let going: Vec<MemberId> = parting.going.values().flatten().map(|person| person.id).collect();
        if !leaving.is_empty() {
            others.extend(memberships::networks_of(tx.conn, &leaving, &[])?);
        }
        if !going.is_empty() {
            others.extend(ex_officio::concerning(tx.conn, &going)?);
        }
        networks::hold(tx, others)?;
        Ok(parting)
    }

    /// Moves people who are held, and lets those go who leave.
    fn part(&mut self, tx: &mut Tx<'_>, parting: Parting, today: NaiveDate) -> Result<()> {
        // As many rounds as there are pairs of an original and a result.
        let mut moved: Vec<MemberId> = Vec::new();
        for ((from, to), people) in parting.going {
            moved.extend(members::move_people(tx, &people, from, to)?);
        }
        self.moved.people += count(&moved);
        let mut left = Vec::new();
        if !parting.leaving.is_empty() {
            left = members::people_leave(tx, &parting.leaving, today)?;
            self.moved.left += count(&left);
        }
        if !moved.is_empty() {
            ex_officio::people_changed(tx, &moved, today)?;
            members::refresh_duplicates(tx, &moved.iter().map(MemberId::as_str).collect::<Vec<_>>(), &[])?;
        }
        organisation::contacts_leave(tx, &left)
    }

    /// Gives networks that originals own, which it takes hold of, to whom the rules say.
    fn hand_over(&mut self, tx: &mut Tx<'_>, ids: &[NetworkId], from: &[OrganisationId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut groups: BTreeMap<(OrganisationId, Option<OrganisationId>), Vec<Hosted>> = BTreeMap::new();
        for network in networks::hold_hosted(tx, ids, from)? {
            if let Some(to) = self.plan.of_network(network.host, Some(network.id)).1.leads() {
                groups.entry((network.host, to)).or_default().push(network);
            }
        }
        for ((from, to), some) in groups {
            networks::rehost(tx, &some, from, to)?;
            self.moved.networks += count(&some);
        }
        Ok(())
    }

    /// Moves parts, gives new names and ends originals, all at once.
    fn organisations(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.moved.sub_organisations += parts::adopt(tx, &self.plan)?;
        rename(tx, &self.change.renames)?;
        let on = self.change.effective_on;
        let successor = |id: &OrganisationId| Successor { id: *id, r#type: self.change.r#type, on };
        let successors: Vec<Successor> = self.change.result_ids.iter().map(successor).collect();
        organisation::end(tx, &self.plan.ending, &End { by: self.id, on, successors: &successors })?;
        self.go_to(Step::Rest);
        self.is_done = self.is_empty(tx)?;
        Ok(())
    }

    /// Whether the originals that have ended are empty of whoever works and of networks, and no rule names them that could
    /// name another.
    fn is_empty(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let ending = &self.plan.ending;
        if ending.is_empty() {
            return Ok(true);
        }
        Ok(members::working_in(tx.conn, ending, None, 1)?.is_empty()
            && networks::hosted_by(tx.conn, ending, None, 1)?.is_empty()
            && heirs::inheriting(tx.conn, &self.heirs, None, 1)?.is_empty())
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
