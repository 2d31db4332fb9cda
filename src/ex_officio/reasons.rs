//! Why somebody belongs to a network by office, or does not: a rule held against what is known of a person.

use super::rule::ExOfficioRule;
use super::types::ExOfficioReason;
use super::words::ExOfficioCode;
use crate::members::{MemberStatus, Office};
use crate::organisations::{OrganisationId, OrganisationKind};

/// What a rule goes by.
pub struct Facts {
    /// The office they hold.
    pub office: Option<Office>,
    /// How they stand to their organisation.
    pub status: MemberStatus,
    /// The organisation.
    pub organisation_id: Option<OrganisationId>,
    /// What it is, and its branch.
    pub organisation: Option<(OrganisationKind, Option<OrganisationId>)>,
    /// The nearest of the organisations that the rule names which theirs is below, or is.
    pub top: Option<OrganisationId>,
}

/// Whether somebody meets a rule, and why: each condition and how it is met, or those alone that are not.
pub fn reasons(rule: &ExOfficioRule, facts: &Facts) -> (bool, Vec<ExOfficioReason>) {
    let all = [at_work(facts), office(rule, facts), kind(rule, facts), branch(rule, facts), subtree(rule, facts)];
    let is_met = all.iter().flatten().all(|(is_met, _)| *is_met);
    let mut told: Vec<ExOfficioReason> =
        all.into_iter().flatten().filter(|(met, _)| *met == is_met).map(|(_, reason)| reason).collect();
    // Several conditions may fail for want of the same organisation.
    told.dedup();
    (is_met, told)
}

/// A condition: whether it is met, and the reason; `None` where there is nothing to say.
type Condition = Option<(bool, ExOfficioReason)>;

fn reason(code: ExOfficioCode) -> ExOfficioReason {
    ExOfficioReason { code, office: None, organisation_kind: None, organisation_id: None, status: None }
}

/// That somebody is at work goes without saying.
fn at_work(facts: &Facts) -> Condition {
    let away = ExOfficioReason { status: Some(facts.status), ..reason(ExOfficioCode::NotAtWork) };
    (facts.status != MemberStatus::Active).then_some((false, away))
}

fn office(rule: &ExOfficioRule, facts: &Facts) -> Condition {
    let (is_met, code) = match facts.office {
        None => (false, ExOfficioCode::NoOffice),
        Some(office) if rule.offices.contains(&office) => (true, ExOfficioCode::OfficeHeld),
        Some(_) => (false, ExOfficioCode::OtherOffice),
    };
    Some((is_met, ExOfficioReason { office: facts.office, ..reason(code) }))
}

fn kind(rule: &ExOfficioRule, facts: &Facts) -> Condition {
    if rule.organisation_kinds.is_empty() {
        return None;
    }
    let Some((kind, _)) = facts.organisation else { return nowhere() };
    let is_met = rule.organisation_kinds.contains(&kind);
    let code = if is_met { ExOfficioCode::KindFits } else { ExOfficioCode::OtherKind };
    Some((is_met, ExOfficioReason { organisation_kind: Some(kind), ..reason(code) }))
}

fn branch(rule: &ExOfficioRule, facts: &Facts) -> Condition {
    if rule.branches.is_empty() {
        return None;
    }
    let Some((_, branch)) = facts.organisation else { return nowhere() };
    let is_met = branch.is_some_and(|branch| rule.branches.contains(&branch));
    let code = if is_met { ExOfficioCode::BranchFits } else { ExOfficioCode::OtherBranch };
    Some((is_met, ExOfficioReason { organisation_id: branch, ..reason(code) }))
}

fn subtree(rule: &ExOfficioRule, facts: &Facts) -> Condition {
    if rule.subtrees_of.is_empty() {
        return None;
    }
    let Some(own) = facts.organisation_id else { return nowhere() };
    let (code, id) = match facts.top {
        Some(top) => (ExOfficioCode::BelowOrganisation, top),
        None => (ExOfficioCode::OtherOrganisation, own),
    };
    Some((facts.top.is_some(), ExOfficioReason { organisation_id: Some(id), ..reason(code) }))
}

fn nowhere() -> Condition {
    Some((false, reason(ExOfficioCode::NoOrganisation)))
}
