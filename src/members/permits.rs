//! Who is let in to write members: what the policy asks, read where it is needed.

use std::sync::Arc;

use diesel::prelude::*;

use super::counted::Onlooker;
use super::store::TYPE;
use super::types::MemberId;
use super::words::MemberStatus;
use super::{identities, reads};
use crate::auth::policy::{self, MemberFacts};
use crate::auth::{Claimant, Permit};
use crate::db::schema::members;
use crate::db::{Conn, Tx};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::organisations::{self, OrganisationId};

/// What counts of a member.
pub struct Known {
    id: MemberId,
    above: Vec<OrganisationId>,
    is_hidden: bool,
}

impl Known {
    /// What counts of a member, for the policy.
    pub fn facts(&self) -> MemberFacts<'_> {
        MemberFacts { id: self.id, above: &self.above, is_hidden: self.is_hidden }
    }
}

/// What counts of a member; `None` where there is none.
pub fn known(conn: &mut Conn, id: MemberId) -> Result<Option<Known>> {
    let query = members::table.filter(members::id.eq(id));
    let query = query.select((members::organisation_id, members::protected, members::status));
    let found: Option<(Option<OrganisationId>, bool, MemberStatus)> = query.first(conn).optional()?;
    let Some((organisation, is_protected, status)) = found else { return Ok(None) };
    let is_hidden = is_protected || status == MemberStatus::Left;
    Ok(Some(Known { id, above: organisations::above(conn, organisation)?, is_hidden }))
}

/// Lets somebody write what the HR system owns of a member, whom they hold from then on.
pub fn to_manage(tx: &mut Tx<'_>, claimant: &Claimant, id: MemberId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    let member = hold(tx, claimant, id)?;
    let standing = claimant.standing(tx.conn)?;
    claimant.claim(|caller| policy::may_manage_member(caller, &standing, member.facts()))
}

/// Lets somebody speak for a member, whom they hold from then on: write their profile, or confirm it.
pub fn to_speak_for(tx: &mut Tx<'_>, claimant: &Claimant, id: MemberId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    let member = hold(tx, claimant, id)?;
    let standing = claimant.standing(tx.conn)?;
    claimant.claim(|caller| policy::may_speak_for(caller, &standing, member.facts()))
}

/// Lets somebody make one member of two, both of whom they hold from then on, in the order of their ids.
pub fn to_merge(tx: &mut Tx<'_>, claimant: &Claimant, id: MemberId, duplicate: MemberId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.hold(TYPE, id.min(duplicate).as_str())?;
    tx.hold(TYPE, id.max(duplicate).as_str())?;
    let permit = to_manage(tx, claimant, id)?;
    // Of a duplicate that is none of theirs they are told no more than of one that isn't there.
    let unknown = || Problem::invalid(vec![Fault::at("/duplicate_id", Code::UnknownReference)]);
    match known(tx.conn, duplicate)? {
        Some(other) => claimant
            .claim(|caller| policy::may_manage_member(caller, &Default::default(), other.facts()))
            .map_err(|_| unknown())?,
        // That it was merged already is for the merge to say.
        None if missing(tx.conn, claimant, duplicate)?.successor().is_some() => permit,
        None => return Err(unknown()),
    };
    // Identities go along.
    for issuer in identities::issuers(tx.conn, duplicate)? {
        claimant.refuse_issuer(&issuer, "/duplicate_id")?;
    }
    Ok(permit)
}

/// Lets somebody read what HR alone knows of a member: whose tokens are theirs.
pub fn to_know(conn: &mut Conn, claimant: &Claimant, id: MemberId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    match known(conn, id)? {
        Some(member) => claimant.claim(|caller| policy::may_manage_member(caller, &Default::default(), member.facts())),
        None => Err(missing(conn, claimant, id)?),
    }
}

/// 422, with where it is named, if an issuer that speaks for some organisations would say who a member of others is.
pub fn refuse_elsewhere(
    tx: &mut Tx<'_>,
    id: MemberId,
    spoken_for: &[Arc<[OrganisationId]>],
    pointer: &'static str,
) -> Result<()> {
    if spoken_for.is_empty() {
        return Ok(());
    }
    let above = known(tx.conn, id)?.map(|member| member.above).unwrap_or_default();
    match spoken_for.iter().find(|own| !own.iter().any(|own| above.contains(own))) {
        None => Ok(()),
        Some(own) => {
            let own: Vec<&str> = own.iter().map(OrganisationId::as_str).collect();
            let fault = Code::IssuerElsewhere.with("organisations", own.join(", "));
            Err(Problem::invalid(vec![Fault::at(pointer, fault)]))
        }
    }
}

/// What they are told of somebody who isn't there: as by a read.
fn missing(conn: &mut Conn, claimant: &Claimant, id: MemberId) -> Result<Problem> {
    let Onlooker { viewer, sight } = claimant.onlooker(conn)?;
    reads::missing(conn, id, None, sight, &viewer)
}

fn hold(tx: &mut Tx<'_>, claimant: &Claimant, id: MemberId) -> Result<Known> {
    tx.hold(TYPE, id.as_str())?;
    match known(tx.conn, id)? {
        Some(member) => Ok(member),
        None => Err(missing(tx.conn, claimant, id)?),
    }
}

/// 403 where somebody would be, or has become, a member of an organisation that is none of the caller's: nobody comes to them
/// from others, nor goes to others by them.
pub fn refuse_others(tx: &mut Tx<'_>, claimant: &Claimant, id: MemberId, place: Option<OrganisationId>) -> Result<()> {
    if claimant.by_scope().is_some() {
        return Ok(());
    }
    let member = Known { id, above: organisations::above(tx.conn, place)?, is_hidden: false };
    // Of what somebody is here themselves nothing is asked: it is for HR alone.
    let claim = claimant.claim(|caller| policy::may_manage_member(caller, &Default::default(), member.facts()));
    claim.map(|_| ()).map_err(|_| {
        let own: Vec<&str> = claimant.hr_of().iter().map(OrganisationId::as_str).collect();
        let fault = Code::NotYourPeople.with("organisations", own.join(", "));
        Problem::new(Kind::Forbidden, Code::Reserved).faults(vec![Fault::at("/organisation_id", fault)])
    })
}
