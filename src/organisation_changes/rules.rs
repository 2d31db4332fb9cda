//! What a reorganisation must say to be one, and what follows from it for each thing of an original: pure functions.

use std::collections::{BTreeSet, HashMap, HashSet};

use validator::ValidationError;

use super::types::{OrganisationChangeCreate, OrganisationMove};
use super::words::{Belonging, OrganisationChangeType};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result as Answered};
use crate::members::MemberId;
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;
use crate::text::{Name, fold};

/// What becomes of a thing of an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It stays where it is.
    Stays,
    /// It goes to an organisation.
    Goes(OrganisationId),
    /// It goes nowhere.
    Leaves,
}

impl Fate {
    /// Where to, if it does not stay: an organisation, or nowhere.
    pub fn leads(self) -> Option<Option<OrganisationId>> {
        match self {
            Fate::Stays => None,
            Fate::Goes(to) => Some(Some(to)),
            Fate::Leaves => Some(None),
        }
    }
}

/// A rule, with what it names ready to be asked for.
struct Rule {
    from: OrganisationId,
    to: Option<OrganisationId>,
    what: Vec<Belonging>,
    is_rest: bool,
    units: HashSet<String>,
    members: HashSet<MemberId>,
    networks: HashSet<NetworkId>,
    organisations: HashSet<OrganisationId>,
}

/// What a reorganisation does with each thing.
pub struct Plan {
    /// The originals that end.
    pub ending: Vec<OrganisationId>,
    originals: Vec<OrganisationId>,
    only_result: Option<OrganisationId>,
    rules: Vec<Rule>,
}

impl OrganisationMove {
    fn names_nothing(&self) -> bool {
        let Self { units, member_ids, network_ids, organisation_ids, .. } = self;
        units.is_empty() && member_ids.is_empty() && network_ids.is_empty() && organisation_ids.is_empty()
    }

    fn is_about(&self, what: Belonging) -> bool {
        self.what.is_empty() || self.what.contains(&what)
    }
}

impl OrganisationChangeCreate {
    /// Whether an original lives on.
    fn lives_on(&self, original: &OrganisationId) -> bool {
        matches!(self.r#type, OrganisationChangeType::Rename | OrganisationChangeType::Transfer)
            || self.result_ids.contains(original)
    }

    /// The originals that end.
    pub fn ending(&self) -> Vec<OrganisationId> {
        self.original_ids.iter().filter(|original| !self.lives_on(original)).copied().collect()
    }

    /// All organisations of it, with where it names them.
    pub fn parties(&self) -> impl Iterator<Item = (String, OrganisationId)> {
        let originals = self.original_ids.iter().enumerate().map(|(at, id)| (format!("/original_ids/{at}"), *id));
        let results = self.result_ids.iter().enumerate().map(|(at, id)| (format!("/result_ids/{at}"), *id));
        originals.chain(results)
    }
}

impl Plan {
    /// Of a reorganisation.
    pub fn of(change: &OrganisationChangeCreate) -> Self {
        let rule = |one: &OrganisationMove| Rule {
            from: one.from,
            to: one.to,
            what: Belonging::ALL.iter().filter(|what| one.is_about(**what)).copied().collect(),
            is_rest: one.names_nothing(),
            units: one.units.iter().map(|unit| fold(unit)).collect(),
            members: one.member_ids.iter().copied().collect(),
            networks: one.network_ids.iter().copied().collect(),
            organisations: one.organisation_ids.iter().copied().collect(),
        };
        Self {
            ending: change.ending(),
            originals: change.original_ids.clone(),
            only_result: match change.result_ids.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
            rules: change.moves.iter().map(rule).collect(),
        }
    }

    /// The originals of which something can go.
    pub fn sources(&self, what: Belonging) -> Vec<OrganisationId> {
        let is_source = |original: &&OrganisationId| {
            self.ending.contains(original)
                || self.rules.iter().any(|rule| rule.from == **original && rule.what.contains(&what))
        };
        self.originals.iter().filter(is_source).copied().collect()
    }

    /// The people whom it names.
    pub fn members(&self) -> Vec<MemberId> {
        self.rules.iter().flat_map(|rule| &rule.members).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The networks that it names.
    pub fn networks(&self) -> Vec<NetworkId> {
        self.rules.iter().flat_map(|rule| &rule.networks).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Names those into whom others that it names were merged, each by the rules that named the other.
    pub fn follow(mut self, members: &HashMap<MemberId, MemberId>, networks: &HashMap<NetworkId, NetworkId>) -> Self {
        for rule in &mut self.rules {
            let after: Vec<MemberId> = rule.members.iter().filter_map(|id| members.get(id)).copied().collect();
            rule.members.extend(after);
            let after: Vec<NetworkId> = rule.networks.iter().filter_map(|id| networks.get(id)).copied().collect();
            rule.networks.extend(after);
        }
        self
    }

    /// Whether it makes a difference in which unit somebody is.
    pub fn looks_at_units(&self) -> bool {
        self.rules.iter().any(|rule| !rule.units.is_empty())
    }

    /// Whether anything goes nowhere.
    pub fn lets_go(&self) -> bool {
        self.rules.iter().any(|rule| rule.to.is_none())
    }

    /// Of each original that ends, where its people and parts go.
    pub fn places(&self) -> Vec<(OrganisationId, Vec<OrganisationId>)> {
        let kinds = [Belonging::People, Belonging::SubOrganisations];
        let of = |from: OrganisationId| {
            let mut places: Vec<OrganisationId> = Vec::new();
            for kind in kinds {
                let rules = self.rules.iter().filter(|rule| rule.from == from && rule.what.contains(&kind));
                // What stands behind the rule of the rest fits nothing.
                let last = rules.clone().position(|rule| rule.is_rest);
                let named = rules.take(last.map_or(usize::MAX, |last| last + 1)).filter_map(|rule| rule.to);
                let rest = self.only_result.filter(|_| last.is_none());
                places.extend(named.chain(rest));
            }
            let mut seen = HashSet::new();
            places.retain(|place| seen.insert(*place));
            (from, places)
        };
        self.ending.iter().map(|from| of(*from)).collect()
    }

    /// What becomes of somebody who works in an original, in a unit, and by which rule; without an id, of whoever is named
    /// by none.
    pub fn of_person(&self, from: OrganisationId, id: Option<MemberId>, unit: Option<&Name>) -> (Option<usize>, Fate) {
        let in_unit = |rule: &Rule| {
            !rule.units.is_empty()
                && unit.is_some_and(|unit| unit.iter().any(|(_, name)| rule.units.contains(&fold(name))))
        };
        self.fate(Belonging::People, from, |rule| id.is_some_and(|id| rule.members.contains(&id)) || in_unit(rule))
    }

    /// What becomes of a network that an original owns; without an id, of one that is named by no rule.
    pub fn of_network(&self, from: OrganisationId, id: Option<NetworkId>) -> (Option<usize>, Fate) {
        self.fate(Belonging::Networks, from, |rule| id.is_some_and(|id| rule.networks.contains(&id)))
    }

    /// What becomes of a part of an original.
    pub fn of_part(&self, from: OrganisationId, id: OrganisationId) -> (Option<usize>, Fate) {
        self.fate(Belonging::SubOrganisations, from, |rule| rule.organisations.contains(&id))
    }

    /// What becomes of what no rule names.
    pub fn of_rest(&self, what: Belonging, from: OrganisationId) -> Fate {
        self.fate(what, from, |_| false).1
    }

    fn fate(&self, what: Belonging, from: OrganisationId, names: impl Fn(&Rule) -> bool) -> (Option<usize>, Fate) {
        let fits = |rule: &Rule| rule.from == from && rule.what.contains(&what) && (rule.is_rest || names(rule));
        let (at, to) = match self.rules.iter().position(fits) {
            Some(at) => (Some(at), self.rules.get(at).and_then(|rule| rule.to)),
            None if self.ending.contains(&from) => (None, self.only_result),
            None => return (None, Fate::Stays),
        };
        let fate = match to {
            Some(to) if to == from => Fate::Stays,
            Some(to) => Fate::Goes(to),
            None => Fate::Leaves,
        };
        (at, fate)
    }
}

/// 422 where parties are not there: `known` are those that are.
pub fn refuse_unknown(change: &OrganisationChangeCreate, known: &HashSet<OrganisationId>) -> Answered<()> {
    let unknown = change.parties().filter(|(_, id)| !known.contains(id));
    let faults: Vec<Fault> = unknown.map(|(pointer, _)| Fault::at(pointer, Code::UnknownReference)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

fn fault(pointer: impl Into<String>, code: Code) -> ValidationError {
    let mut fault = ValidationError::new(code.as_str());
    fault.add_param("field".into(), &pointer.into());
    fault
}

/// A type says how many there are of what.
pub fn has_its_shape(change: &OrganisationChangeCreate) -> Result<(), ValidationError> {
    let OrganisationChangeCreate { original_ids, result_ids, renames, moves, .. } = change;
    let is_ending = !change.ending().is_empty();
    let (is_whole, field, code) = match change.r#type {
        OrganisationChangeType::Merge => (result_ids.len() == 1 && is_ending, "result_ids", Code::MergeShape),
        OrganisationChangeType::Split => (result_ids.len() > 1, "result_ids", Code::SplitShape),
        OrganisationChangeType::Transfer => (!result_ids.is_empty() && !moves.is_empty(), "moves", Code::TransferShape),
        OrganisationChangeType::Closure => {
            (!original_ids.iter().any(|id| result_ids.contains(id)), "result_ids", Code::ClosureShape)
        }
        OrganisationChangeType::Rename => {
            let names =
                |id: &OrganisationId| renames.iter().filter(|rename| rename.organisation_id == *id).count() == 1;
            let are_named = original_ids.len() == renames.len() && original_ids.iter().all(names);
            (are_named && result_ids.is_empty() && moves.is_empty(), "renames", Code::RenameShape)
        }
    };
    if is_whole { Ok(()) } else { Err(fault(field, code)) }
}

/// Rules lead from originals to results, and name nothing that they are not about.
pub fn moves_lead_somewhere(change: &OrganisationChangeCreate) -> Result<(), ValidationError> {
    for (at, rule) in change.moves.iter().enumerate() {
        if !change.original_ids.contains(&rule.from) {
            return Err(fault(format!("moves/{at}/from"), Code::MoveFrom));
        }
        if rule.to.is_some() == rule.nowhere {
            return Err(fault(format!("moves/{at}/to"), Code::MoveNowhere));
        }
        let stays = |to: &OrganisationId| *to == rule.from && change.lives_on(to);
        if rule.to.as_ref().is_some_and(|to| !change.result_ids.contains(to) && !stays(to)) {
            return Err(fault(format!("moves/{at}/to"), Code::MoveTo));
        }
        let named = [
            (Belonging::People, !rule.units.is_empty() || !rule.member_ids.is_empty()),
            (Belonging::Networks, !rule.network_ids.is_empty()),
            (Belonging::SubOrganisations, !rule.organisation_ids.is_empty()),
        ];
        if named.iter().any(|(what, is_named)| *is_named && !rule.is_about(*what)) {
            return Err(fault(format!("moves/{at}/what"), Code::MoveWhat));
        }
    }
    Ok(())
}

/// Of an original that ends, each kind of thing has a place to go to, whatever there will be.
pub fn leaves_nothing_over(change: &OrganisationChangeCreate) -> Result<(), ValidationError> {
    if change.result_ids.len() == 1 {
        return Ok(());
    }
    let has_rest = |original: &OrganisationId, what: Belonging| {
        change.moves.iter().any(|rule| rule.from == *original && rule.names_nothing() && rule.is_about(what))
    };
    let ending = change.ending();
    let is_over = |original: &OrganisationId| {
        ending.contains(original) && !Belonging::ALL.iter().all(|what| has_rest(original, *what))
    };
    match change.original_ids.iter().position(is_over) {
        Some(at) => Err(fault(format!("original_ids/{at}"), Code::MovesNoRest)),
        None => Ok(()),
    }
}

/// Only what lives on is called something else, and by one name.
pub fn renames_what_lives_on(change: &OrganisationChangeCreate) -> Result<(), ValidationError> {
    let mut seen = HashSet::new();
    let is_wrong = |id: &OrganisationId| {
        let lives_on = change.result_ids.contains(id) || (change.original_ids.contains(id) && change.lives_on(id));
        !lives_on || !seen.insert(*id)
    };
    match change.renames.iter().map(|rename| &rename.organisation_id).position(is_wrong) {
        Some(at) => Err(fault(format!("renames/{at}/organisation_id"), Code::RenameOf)),
        None => Ok(()),
    }
}
