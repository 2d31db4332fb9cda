//! Whether somebody coordinates a network: kept on the network, so that those without are found by an index.

use std::collections::HashSet;

use diesel::dsl::not;
use diesel::prelude::*;

use super::leavers::hold_networks;
use super::words::{MembershipRole, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{members, memberships, networks};
use crate::db::{Conn, Tx, one_of, revisions};
use crate::http::problem::Result;
use crate::members::{Audience, MemberId};
use crate::networks::{NetworkId, NetworkStatus};

/// Whether a network has a coordinator, as [`coordinated`] says.
pub fn has_coordinator(conn: &mut Conn, network: NetworkId) -> Result<bool> {
    Ok(!coordinated(conn, &[network])?.is_empty())
}

/// Which of some networks somebody coordinates whom everybody signed in sees doing so. Of anybody else, whether a network
/// needs a coordinator would tell what they hide.
fn coordinated(conn: &mut Conn, networks: &[NetworkId]) -> Result<HashSet<NetworkId>> {
    let coordinating = memberships::table
        .inner_join(members::table.on(members::id.eq(memberships::member_id)))
        .filter(one_of(memberships::network_id, networks))
        .filter(memberships::role.eq(MembershipRole::Coordinator))
        .filter(memberships::state.eq(MembershipState::Active))
        .filter(members::protected.eq(false))
        .filter(members::audience_memberships.eq(Audience::Administration));
    Ok(coordinating.select(memberships::network_id).load(conn)?.into_iter().collect())
}

/// Holds the networks that a member coordinates, before anything changes of who sees that; [`refresh`] is for when it has.
pub fn hold_coordinated(tx: &mut Tx<'_>, member: MemberId) -> Result<Vec<NetworkId>> {
    hold_networks(tx, || {
        let own = memberships::table.filter(memberships::member_id.eq(member)).into_boxed();
        own.filter(memberships::role.eq(MembershipRole::Coordinator))
            .filter(memberships::state.eq(MembershipState::Active))
    })
}

/// How many are in a network.
pub fn count_active(conn: &mut Conn, network: NetworkId) -> Result<i64> {
    let active = memberships::table
        .filter(memberships::network_id.eq(network))
        .filter(memberships::state.eq(MembershipState::Active));
    Ok(active.count().get_result(conn)?)
}

/// Says of those of the networks where it is no longer so whether they need a coordinator; which those were. The
/// caller holds them.
fn flip(tx: &mut Tx<'_>, touched: &[NetworkId]) -> Result<Vec<(NetworkId, i64)>> {
    let coordinated = coordinated(tx.conn, touched)?;
    let networks: Vec<(NetworkId, i64, NetworkStatus, bool)> = networks::table
        .filter(one_of(networks::id, touched))
        .order(networks::id)
        .select((networks::id, networks::version, networks::status, networks::needs_coordinator))
        .load(tx.conn)?;
    let needs = |id: &NetworkId, status: NetworkStatus| status != NetworkStatus::Closed && !coordinated.contains(id);
    let flipped: Vec<(NetworkId, i64)> = networks
        .into_iter()
        .filter(|(id, _, status, needed)| needs(id, *status) != *needed)
        .map(|(id, version, ..)| (id, version))
        .collect();
    if !flipped.is_empty() {
        let ids: Vec<NetworkId> = flipped.iter().map(|(id, _)| *id).collect();
        diesel::update(networks::table.filter(networks::id.eq_any(ids)))
            .set(networks::needs_coordinator.eq(not(networks::needs_coordinator)))
            .execute(tx.conn)?;
    }
    Ok(flipped)
}

/// Sets right whether networks need a coordinator, after memberships in them changed, or who sees them. It is not one of their own fields,
/// so their version stays; the caller holds them, and the transaction's time is past their last revision.
pub fn refresh(tx: &mut Tx<'_>, touched: &[NetworkId]) -> Result<()> {
    let flipped = flip(tx, touched)?;
    if flipped.is_empty() {
        return Ok(());
    }
    let flipped: Vec<(&str, i64)> = flipped.iter().map(|(id, version)| (id.as_str(), *version)).collect();
    let ids: Vec<&str> = flipped.iter().map(|(id, _)| *id).collect();
    revisions::next(tx, EntityType::Network, &ids)?;
    changes::append(tx, EntityType::Network, &flipped, Action::Updated, vec!["needs_coordinator".to_owned()])
}

/// The same for networks that were made in this very transaction: it belongs to how they began.
pub fn settle(tx: &mut Tx<'_>, made: &[NetworkId]) -> Result<()> {
    let ids: Vec<NetworkId> = flip(tx, made)?.into_iter().map(|(id, _)| id).collect();
    let ids: Vec<&str> = ids.iter().map(NetworkId::as_str).collect();
    match ids.is_empty() {
        true => Ok(()),
        false => revisions::amend(tx, EntityType::Network, &ids),
    }
}
