//! Who is let in to write memberships: what the policy asks, read where it is needed. Whoever needs a role for it holds the
//! member and the network from then on, as all do who write memberships, and so whatever gives a role.

use super::store::{find, is_seen, missing};
use super::types::MembershipId;
use super::words::MembershipRole;
use crate::auth::policy::{self, Decision, Side};
use crate::auth::visibility::Sight;
use crate::auth::{Claimant, Permit};
use crate::db::Tx;
use crate::db::changes::EntityType;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::members::{self, MemberId, Onlooker};
use crate::networks::{self, NetworkId};

/// Lets somebody bring a member into a network, or to its door.
pub fn to_enter(
    tx: &mut Tx<'_>,
    claimant: &Claimant,
    network_id: NetworkId,
    member_id: MemberId,
    side: Side,
) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.hold(EntityType::Member, member_id.as_str())?;
    tx.hold_all(EntityType::Network, &[network_id.as_str()])?;
    let Some(network) = networks::known(tx.conn, network_id)? else {
        return Err(claimant.missing(tx.conn, EntityType::Network, network_id.as_str()));
    };
    let member = members::known(tx.conn, member_id)?;
    let standing = claimant.standing(tx.conn)?;
    let leads = standing.leads(network_id).is_some() && side != Side::Member;
    let permit = claimant.claim(|caller| match &member {
        _ if !policy::may_see_network(caller, &standing, network.facts()) => Decision::Invisible,
        // Whether there is such a member is told to those alone who may bring one.
        None => Decision::Forbidden,
        Some(member) => policy::may_decide(caller, &standing, network.facts(), member.facts(), side, true),
    });
    permit.map_err(|problem| match problem.kind() {
        Kind::Forbidden if leads => Problem::invalid(vec![Fault::at("/member_id", Code::UnknownReference)]),
        _ => problem,
    })
}

/// Lets somebody say what becomes of a membership; `side` says who that is for, of the role that the member has.
pub fn to_decide(
    tx: &mut Tx<'_>,
    claimant: &Claimant,
    id: MembershipId,
    side: impl FnOnce(MembershipRole) -> Side,
) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    let Onlooker { viewer, sight } = claimant.onlooker(tx.conn)?;
    let Some(membership) = find(tx.conn, id, None, Sight::Editor)? else {
        return Err(missing(tx.conn, id, None, sight, &viewer)?);
    };
    tx.hold(EntityType::Member, membership.member_id.as_str())?;
    tx.hold_all(EntityType::Network, &[membership.network_id.as_str()])?;
    let network = networks::known(tx.conn, membership.network_id)?;
    let member = members::known(tx.conn, membership.member_id)?;
    let (Some(network), Some(member)) = (network, member) else {
        return Err(missing(tx.conn, id, None, sight, &viewer)?);
    };
    let is_seen = is_seen(tx.conn, id, &viewer)?;
    let standing = claimant.standing(tx.conn)?;
    let side = side(membership.role);
    claimant.claim(|caller| policy::may_decide(caller, &standing, network.facts(), member.facts(), side, is_seen))
}
