//! Who is let in to change organisations: what the policy asks, read where it is needed.

use super::contacts::above;
use super::store::TYPE;
use super::types::{OrganisationCreate, OrganisationId};
use crate::auth::policy;
use crate::auth::scope::Scope;
use crate::auth::{Claimant, Permit};
use crate::db::{Lock, Tx};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};

/// Lets somebody change an organisation. Whoever needs a role for it holds the tree from then on.
pub fn to_edit(tx: &mut Tx<'_>, claimant: &Claimant, id: OrganisationId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.lock(Lock::OrganisationTree)?;
    let above = above(tx.conn, Some(id))?;
    if above.is_empty() {
        return Err(claimant.missing(tx.conn, TYPE, id.as_str()));
    }
    let standing = claimant.standing(tx.conn)?;
    claimant.claim(|caller| policy::may_edit_organisation(caller, &standing, &above))
}

/// 403 where a change is not for those who may change the rest: where the organisation stands is not for those who may by a
/// role, nor what it is below for the HR of some, who would be that of others then.
pub fn refuse_reserved(
    claimant: &Claimant,
    permit: &Permit,
    before: &OrganisationCreate,
    after: &OrganisationCreate,
) -> Result<()> {
    let has_moved = before.parent_id != after.parent_id;
    if has_moved && claimant.is_hr_of_some() {
        let limited = || Code::ScopeLimited.with("scope", Scope::HrSync.as_str());
        return Err(Problem::new(Kind::Forbidden, limited()).faults(vec![Fault::at("/parent_id", limited())]));
    }
    permit.refuse_reserved(&[
        ("/parent_id", has_moved),
        ("/branch_override", before.branch_override != after.branch_override),
        ("/kind", before.kind != after.kind),
    ])
}
