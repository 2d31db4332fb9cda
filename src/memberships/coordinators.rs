//! Whether somebody coordinates a network: kept on the network, so that those without are found by an index.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::words::{MembershipRole, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{memberships, networks};
use crate::db::{Conn, Tx, revisions};
use crate::http::problem::Result;
use crate::networks::{NetworkId, NetworkStatus};

/// Whether a network has an active coordinator.
pub fn has_coordinator(conn: &mut Conn, network: NetworkId) -> Result<bool> {
    let coordinating = memberships::table
        .filter(memberships::network_id.eq(network))
        .filter(memberships::role.eq(MembershipRole::Coordinator))
        .filter(memberships::state.eq(MembershipState::Active));
    Ok(diesel::select(exists(coordinating)).get_result(conn)?)
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
    let is_coordinated = || {
        exists(
            memberships::table
                .filter(memberships::network_id.eq(networks::id))
                .filter(memberships::role.eq(MembershipRole::Coordinator))
                .filter(memberships::state.eq(MembershipState::Active)),
        )
    };
    let is_closed = || networks::status.eq(NetworkStatus::Closed);
    let needs = networks::needs_coordinator.eq(false).and(not(is_closed())).and(not(is_coordinated()));
    let needs_no_more = networks::needs_coordinator.eq(true).and(is_closed().or(is_coordinated()));
    let flipped: Vec<(NetworkId, i64)> = networks::table
        .filter(networks::id.eq_any(touched.to_vec()))
        .filter(needs.or(needs_no_more))
        .order(networks::id)
        .select((networks::id, networks::version))
        .load(tx.conn)?;
    if !flipped.is_empty() {
        let ids: Vec<NetworkId> = flipped.iter().map(|(id, _)| *id).collect();
        diesel::update(networks::table.filter(networks::id.eq_any(ids)))
            .set(networks::needs_coordinator.eq(not(networks::needs_coordinator)))
            .execute(tx.conn)?;
    }
    Ok(flipped)
}

/// Sets right whether networks need a coordinator, after memberships in them changed. It is not one of their own fields,
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
