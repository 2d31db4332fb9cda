//! Why a caller may what they may: from the same entries of the document that are enforced.

use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::policy::{self, Entry};
use crate::auth::scope::{Needed, Role, Roles, Scope};
use crate::auth::{Caller, Standing};
use crate::db::types::words;
use crate::http::operations::{Operation, Operations};

words! {
    /// What opens an operation.
    GrantedBy {
        /// A scope of the token: whatever it is about.
        Scope = "scope",
        /// Being the HR of some organisations, with all below them: what is about the people there.
        Hr = "hr",
        /// Being the coordinator, chair or secretary of networks: what is about those.
        Coordinator = "coordinator",
        /// Being the contact of organisations: what is about those, those below and the networks that they own.
        Contact = "contact",
        /// Being a member: what is about oneself.
        Themselves = "self",
    }
}

/// Operations, and why they are open to the caller.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Grant {
    /// Why.
    pub by: GrantedBy,
    /// Which scope, where it is one.
    pub scope: Option<&'static str>,
    /// The operations, by their `operationId`, in alphabetical order.
    pub operations: Vec<String>,
}

/// What a caller may, and why.
pub fn grants(operations: &Operations, caller: &Caller, standing: &Standing) -> Vec<Grant> {
    let held = Scope::ALL.into_iter().filter(|scope| caller.scopes.names(*scope));
    let mut grants: Vec<Grant> = held
        .map(|scope| {
            let alone = Caller { scopes: scope.into(), ..caller.clone() };
            let is_open = |operation: &Operation| entry(&alone, operation) == Entry::Open;
            Grant { by: GrantedBy::Scope, scope: Some(scope.as_str()), operations: named(operations, is_open) }
        })
        .collect();
    let is_person = caller.scopes.allow(Scope::DirectoryRead);
    let leads = standing.networks.iter().any(|(_, role)| role.decides());
    let is_limited = caller.scopes.allow(Scope::HrSync) && !policy::is_hr_everywhere(caller);
    for (by, role, is_theirs) in [
        (GrantedBy::Hr, Role::Hr, is_limited),
        (GrantedBy::Coordinator, Role::Coordinator, is_person && leads),
        (GrantedBy::Contact, Role::Contact, is_person && !standing.contact_of.is_empty()),
        (GrantedBy::Themselves, Role::Themselves, is_person && standing.member.is_some()),
    ] {
        if is_theirs {
            grants.push(Grant {
                by,
                scope: None,
                operations: named(operations, |operation| operation.roles.has(role)),
            });
        }
    }
    grants
}

/// Whether an operation is open to whoever has the scope; of those that ask for none there is nothing to say.
fn entry(caller: &Caller, operation: &Operation) -> Entry {
    match operation.needed {
        Some(needed @ Needed::Scopes(_)) => policy::entry(caller, needed, Roles::default(), false),
        _ => Entry::Closed,
    }
}

fn named(operations: &Operations, is_open: impl Fn(&Operation) -> bool) -> Vec<String> {
    let mut ids: Vec<String> =
        operations.all().filter(|operation| is_open(operation)).map(|operation| operation.id.to_string()).collect();
    ids.sort_unstable();
    ids
}
