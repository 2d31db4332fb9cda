//! The rule that says who belongs to a network by office: a field of the network, and rows to look it up by.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::words::RuleFacet;
use crate::db::children::Children;
use crate::db::external_ids::each_once;
use crate::db::rows::Value;
use crate::db::schema::{ex_officio_rules, organisations};
use crate::db::{Conn, Tx};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::members::Office;
use crate::memberships::MembershipRole;
use crate::networks::{NetworkCreate, NetworkId, NetworkStatus};
use crate::organisations::{self as organisation, OrganisationId, OrganisationKind};

const RULES: Children<5> = Children {
    table: "ex_officio_rules",
    revisions: "ex_officio_rule_revisions",
    columns: ["network_id", "facet", "value", "organisation_id", "applies_itself"],
};

/// What stands in a row where any will do.
const ANY: &str = "*";

/// Who belongs to a network by office: whoever is at work, holds one of the offices, and does so in an organisation that
/// fits. An empty list of kinds, branches or organisations is no condition. In the place of an organisation that ends by a
/// reorganisation comes what its people and parts go to, as the next version of the network; no rule is made to name one
/// that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExOfficioRule {
    /// The offices; at least one.
    #[validate(custom(function = "at_least_one"), custom(function = "each_once"))]
    #[schema(min_items = 1)]
    pub offices: Vec<Office>,
    /// What their organisation is.
    #[validate(custom(function = "each_once"))]
    #[serde(default)]
    pub organisation_kinds: Vec<OrganisationKind>,
    /// The branch of their organisation: ministries.
    #[validate(custom(function = "each_once"), length(max = 100))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub branches: Vec<OrganisationId>,
    /// Organisations at whatever height above theirs, or theirs.
    #[validate(custom(function = "each_once"), length(max = 100))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub subtrees_of: Vec<OrganisationId>,
    /// Whether it applies itself to people when their office, organisation or status changes. It does so to nobody when
    /// it is set itself, nor when organisations change: the differences show that, and apply settles it. A network that
    /// is full takes no more.
    #[serde(default)]
    pub applies_itself: bool,
    /// What those do there whom it brings in; member when left out.
    #[serde(default = "member")]
    pub role: MembershipRole,
}

fn member() -> MembershipRole {
    MembershipRole::Member
}

fn at_least_one(offices: &[Office]) -> std::result::Result<(), ValidationError> {
    if offices.is_empty() { Err(ValidationError::new(Code::EmptyList.as_str())) } else { Ok(()) }
}

/// The rule of a network, as far as it is in force: one that is closed takes nobody and lets nobody go.
pub fn in_force(network: &NetworkCreate) -> Option<&ExOfficioRule> {
    network.ex_officio_rule.as_ref().filter(|_| network.status != NetworkStatus::Closed)
}

/// Refuses a new rule, or one that comes into force again, that names organisations which are not there or have ended, or
/// branches that are no ministries.
pub fn check(tx: &mut Tx<'_>, before: Option<&NetworkCreate>, after: &NetworkCreate) -> Result<()> {
    let is_as_before = before.is_some_and(|before| {
        before.ex_officio_rule == after.ex_officio_rule && (in_force(before).is_some() || in_force(after).is_none())
    });
    let Some(rule) = after.ex_officio_rule.as_ref().filter(|_| !is_as_before) else { return Ok(()) };
    let named: Vec<OrganisationId> = rule.branches.iter().chain(&rule.subtrees_of).copied().collect();
    if named.is_empty() {
        return Ok(());
    }
    let known: HashMap<OrganisationId, OrganisationKind> = organisations::table
        .filter(organisations::id.eq_any(named))
        .select((organisations::id, organisations::kind))
        .load(tx.conn)?
        .into_iter()
        .collect();
    let mut faults = Vec::new();
    for (index, ministry) in rule.branches.iter().enumerate() {
        let fault = match known.get(ministry) {
            Some(OrganisationKind::Ministry) => continue,
            Some(_) => Code::NotAMinistry,
            None => Code::UnknownReference,
        };
        faults.push(Fault::at(format!("/ex_officio_rule/branches/{index}"), fault));
    }
    for (index, _) in rule.subtrees_of.iter().enumerate().filter(|(_, top)| !known.contains_key(top)) {
        faults.push(Fault::at(format!("/ex_officio_rule/subtrees_of/{index}"), Code::UnknownReference));
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    organisation::require_all_open(tx, &rule.places())
}

impl ExOfficioRule {
    /// The organisations that it names, each with where it does.
    fn places(&self) -> Vec<(String, OrganisationId)> {
        let place = |list: &'static str| {
            move |(index, id): (usize, &OrganisationId)| (format!("/ex_officio_rule/{list}/{index}"), *id)
        };
        let branches = self.branches.iter().enumerate().map(place("branches"));
        branches.chain(self.subtrees_of.iter().enumerate().map(place("subtrees_of"))).collect()
    }
}

/// Gives a network that has none its rule.
pub fn begin(tx: &mut Tx<'_>, id: NetworkId, rule: Option<&ExOfficioRule>) -> Result<()> {
    rule.map_or(Ok(()), |rule| begin_all(tx, &[(id, rule)]))
}

/// Gives networks that have none their rules.
fn begin_all(tx: &mut Tx<'_>, rules: &[(NetworkId, &ExOfficioRule)]) -> Result<()> {
    let rows = rules.iter().flat_map(|(id, rule)| {
        rows(rule).into_iter().map(move |(facet, value, organisation)| {
            let [network, facet, value] = [id.as_str(), facet.as_str(), value].map(Value::Text);
            [network, facet, value, Value::MaybeText(organisation), Value::Flag(rule.applies_itself)]
        })
    });
    let unknown = || Problem::invalid(vec![Fault::at("/ex_officio_rule", Code::UnknownReference)]);
    RULES.insert(tx, &rules.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), rows.collect(), unknown)
}

/// Puts rules in the place of those that networks have.
pub(super) fn set_all(tx: &mut Tx<'_>, rules: &[(NetworkId, &ExOfficioRule)]) -> Result<()> {
    RULES.clear_all(tx, &rules.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>())?;
    begin_all(tx, rules)
}

/// The rows of a rule: what each is about, its value, and that again where it is an organisation.
fn rows(rule: &ExOfficioRule) -> Vec<(RuleFacet, &str, Option<&str>)> {
    let mut rows: Vec<_> = rule.offices.iter().map(|office| (RuleFacet::Office, office.as_str(), None)).collect();
    rows.extend(rule.organisation_kinds.iter().map(|kind| (RuleFacet::OrganisationKind, kind.as_str(), None)));
    rows.extend(rule.branches.iter().map(|id| (RuleFacet::Branch, id.as_str(), Some(id.as_str()))));
    rows.extend(rule.subtrees_of.iter().map(|id| (RuleFacet::Subtree, id.as_str(), Some(id.as_str()))));
    let unsaid = [
        (RuleFacet::OrganisationKind, rule.organisation_kinds.is_empty()),
        (RuleFacet::Branch, rule.branches.is_empty()),
        (RuleFacet::Subtree, rule.subtrees_of.is_empty()),
    ];
    rows.extend(unsaid.into_iter().filter(|(_, is_unsaid)| *is_unsaid).map(|(facet, _)| (facet, ANY, None)));
    rows
}

/// Puts a rule, or none, in the place of the one that a network has.
pub fn set(tx: &mut Tx<'_>, id: NetworkId, rule: Option<&ExOfficioRule>) -> Result<()> {
    RULES.clear(tx, id.as_str())?;
    begin(tx, id, rule)
}

/// Whether any rule that is in force names an organisation.
pub fn any_names(conn: &mut Conn, organisation: OrganisationId) -> Result<bool> {
    let naming = ex_officio_rules::table.filter(ex_officio_rules::organisation_id.eq(organisation));
    Ok(diesel::select(diesel::dsl::exists(naming)).get_result(conn)?)
}
