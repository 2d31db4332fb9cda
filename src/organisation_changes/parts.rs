//! Where the parts of originals go, without a cycle whatever the tree.

use std::collections::{BTreeMap, HashMap};

use super::rules::{Fate, Plan};
use super::words::Belonging;
use crate::db::{Conn, Tx};
use crate::http::problem::Result;
use crate::organisations::{self as organisation, OrganisationId, OrganisationPart};

/// A part that goes elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Adoption {
    /// The part.
    pub part: OrganisationPart,
    /// The rule that says so, if one does.
    pub rule: Option<usize>,
    /// The original.
    pub from: OrganisationId,
    /// What it comes below; the top, when there is nothing.
    pub to: Option<OrganisationId>,
}

/// The parts of originals that go elsewhere, in the order in which they go.
///
/// A part that is the result, or has it within itself, cannot come below it: it takes the place that the original had, as
/// does what goes nowhere.
pub fn adoptions(conn: &mut Conn, plan: &Plan) -> Result<Vec<Adoption>> {
    let sources = plan.sources(Belonging::SubOrganisations);
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let parts = organisation::parts_of(conn, &sources)?;
    let mut tree = organisation::parents(conn)?;
    let going = parts.into_iter().filter_map(|part| {
        let from = part.parent_id.filter(|_| !plan.ending.contains(&part.id))?;
        match plan.of_part(from, part.id) {
            (_, Fate::Stays) => None,
            (rule, Fate::Goes(to)) => Some(Adoption { part, rule, from, to: Some(to) }),
            (rule, Fate::Leaves) => Some(Adoption { part, rule, from, to: None }),
        }
    });
    let mut going: Vec<Adoption> = going.collect();
    going.sort_by_key(|adoption| (adoption.from, adoption.to, adoption.part.id));
    for adoption in &mut going {
        let is_within =
            |tree: &HashMap<_, _>, place: OrganisationId| above(tree, place).any(|id| id == adoption.part.id);
        let place = adoption.to.filter(|to| !is_within(&tree, *to)).or_else(|| {
            // The nearest that lives on.
            let mut upwards = above(&tree, adoption.from).skip(1);
            upwards.find(|id| !plan.ending.contains(id) && tree.get(id).is_some_and(|(_, has_ended)| !has_ended))
        });
        adoption.to = place.filter(|place| !is_within(&tree, *place));
        if let Some(entry) = tree.get_mut(&adoption.part.id) {
            entry.0 = adoption.to;
        }
    }
    Ok(going)
}

type Tree = HashMap<OrganisationId, (Option<OrganisationId>, bool)>;

/// An organisation, what it is a part of, and so on.
fn above(tree: &Tree, id: OrganisationId) -> impl Iterator<Item = OrganisationId> + '_ {
    std::iter::successors(Some(id), |id| tree.get(id).and_then(|(parent, _)| *parent))
}

/// Moves the parts of originals; how many.
pub fn adopt(tx: &mut Tx<'_>, plan: &Plan) -> Result<i64> {
    let going = adoptions(tx.conn, plan)?;
    let mut groups: BTreeMap<(OrganisationId, Option<OrganisationId>), Vec<OrganisationPart>> = BTreeMap::new();
    for adoption in &going {
        groups.entry((adoption.from, adoption.to)).or_default().push(adoption.part);
    }
    // As many rounds as there are pairs of an original and a result.
    for ((from, to), parts) in groups {
        organisation::adopt(tx, &parts, from, to)?;
    }
    // What names an ending ministry as its branch goes where the rest of its parts go.
    for ending in &plan.ending {
        let to = match plan.of_rest(Belonging::SubOrganisations, *ending) {
            Fate::Goes(to) => Some(to),
            Fate::Stays | Fate::Leaves => None,
        };
        organisation::rebranch_named(tx, *ending, to)?;
    }
    Ok(i64::try_from(going.len()).unwrap_or(i64::MAX))
}
