//! What becomes of memberships when a member leaves their organisation, is renamed or forgotten, or a network is deleted.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, max};
use diesel::prelude::*;

use super::coordinators::refresh;
use super::types::MembershipId;
use super::words::{EndReason, LIVE, MembershipState};
use crate::auth::visibility::Visibility;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{membership_revisions, memberships, networks};
use crate::db::{Conn, MultiBackend, Tx, forever, one_of, one_of_words, revisions, tombstones};
use crate::http::messages::Code;
use crate::http::problem::{Kind, Problem, Result};
use crate::members::MemberId;
use crate::networks::NetworkId;

const TYPE: EntityType = EntityType::Membership;

/// Rows of one statement, at most: each has several values, and a statement only so many.
pub(super) const AT_ONCE: usize = 500;

/// Holds the networks that members are in, or at the door of, and moves the transaction's time past what was recorded of
/// them: for [`end_of_leavers`]. The members are held already.
pub fn hold_of_leavers(tx: &mut Tx<'_>, members: &[MemberId]) -> Result<()> {
    let live = || {
        let own = memberships::table.filter(one_of(memberships::member_id, members)).into_boxed();
        own.filter(one_of_words(memberships::state, &LIVE))
    };
    if hold_networks(tx, live)?.is_empty() {
        return Ok(());
    }
    let ids: Vec<MembershipId> = live().select(memberships::id).load(tx.conn)?;
    for part in ids.chunks(AT_ONCE) {
        revisions::follow(tx, TYPE, &part.iter().map(MembershipId::as_str).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The networks that members are in, or at the door of, and of some of them also those that they have been in.
pub fn networks_of(conn: &mut Conn, members: &[MemberId], ever: &[MemberId]) -> Result<Vec<NetworkId>> {
    let live = memberships::table
        .filter(memberships::member_id.eq_any(members.to_vec()))
        .filter(one_of_words(memberships::state, &LIVE))
        .select(memberships::network_id);
    let mut networks: Vec<NetworkId> = live.distinct().load(conn)?;
    if !ever.is_empty() {
        let past = memberships::table.filter(memberships::member_id.eq_any(ever.to_vec()));
        networks.extend(past.select(memberships::network_id).distinct().load::<NetworkId>(conn)?);
    }
    Ok(networks)
}

/// Holds the networks that memberships are of, and moves the transaction's time past what was recorded of them. While it
/// waits, one may be merged into another: it asks again until there is none that it does not hold.
pub(super) fn hold_networks(
    tx: &mut Tx<'_>,
    of: impl Fn() -> memberships::BoxedQuery<'static, MultiBackend>,
) -> Result<Vec<NetworkId>> {
    let mut held = BTreeSet::new();
    loop {
        let networks: Vec<NetworkId> = of().select(memberships::network_id).distinct().load(tx.conn)?;
        let new: BTreeSet<&str> = networks.iter().filter(|id| !held.contains(*id)).map(NetworkId::as_str).collect();
        if new.is_empty() {
            return Ok(networks);
        }
        // In the order of the ids, as whoever holds several does.
        let new: Vec<&str> = new.into_iter().collect();
        for part in new.chunks(AT_ONCE) {
            tx.hold_all(EntityType::Network, part)?;
            revisions::follow(tx, EntityType::Network, part)?;
        }
        held.extend(networks);
    }
}

/// Ends every live membership of members who have left their organisation: they are in no network any more, what they were
/// invited to is declined, what they applied for is rejected. Whoever calls has [held](hold_of_leavers) the networks.
pub fn end_of_leavers(tx: &mut Tx<'_>, members: &[MemberId], today: NaiveDate) -> Result<()> {
    let live: Vec<(MembershipId, i64, MembershipState, NetworkId)> = memberships::table
        .filter(one_of(memberships::member_id, members))
        .filter(one_of_words(memberships::state, &LIVE))
        .order(memberships::id)
        .select((memberships::id, memberships::version, memberships::state, memberships::network_id))
        .load(tx.conn)?;
    if live.is_empty() {
        return Ok(());
    }
    let ways = [
        (MembershipState::Active, MembershipState::Ended, Some(today)),
        (MembershipState::Invited, MembershipState::Declined, None),
        (MembershipState::Applied, MembershipState::Rejected, None),
    ];
    // A statement for each of the three states, whatever the number of networks.
    for (from, to, last) in ways {
        let own =
            memberships::table.filter(one_of(memberships::member_id, members)).filter(memberships::state.eq(from));
        let values = (
            memberships::version.eq(memberships::version + 1),
            memberships::updated_at.eq(tx.now),
            memberships::state.eq(to),
            memberships::valid_to.eq(last),
            memberships::end_reason.eq(Some(EndReason::LeftOrganisation)),
        );
        let moved = live.iter().filter(|(_, _, state, _)| *state == from);
        let moved: Vec<(&str, i64)> = moved.map(|(id, version, ..)| (id.as_str(), version + 1)).collect();
        if moved.is_empty() {
            continue;
        }
        diesel::update(own).set(values).execute(tx.conn)?;
        let fields = if last.is_some() { &["state", "valid_to", "end_reason"][..] } else { &["state", "end_reason"] };
        for part in moved.chunks(AT_ONCE) {
            revisions::next(tx, TYPE, &part.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
            let fields = fields.iter().map(|name| (*name).to_owned()).collect();
            changes::append(tx, TYPE, part, Action::Updated, fields)?;
        }
    }
    let networks: BTreeSet<NetworkId> = live.iter().map(|(.., network)| *network).collect();
    refresh(tx, &networks.into_iter().collect::<Vec<_>>())
}

/// Puts a member's memberships where their new name belongs in the order. They are the same as before: no version, no
/// revision; in lists of the past that have ended since, the name keeps the place it had.
pub fn resort(tx: &mut Tx<'_>, member: MemberId, key: &[u8]) -> Result<()> {
    let own = memberships::table.filter(memberships::member_id.eq(member));
    let own: Vec<MembershipId> = own.order(memberships::id).select(memberships::id).load(tx.conn)?;
    hold_past(tx, &own)?;
    diesel::update(memberships::table.filter(memberships::member_id.eq(member)))
        .set(memberships::member_sort_key.eq(key))
        .execute(tx.conn)?;
    let present = membership_revisions::table
        .filter(membership_revisions::member_id.eq(member))
        .filter(membership_revisions::recorded_to.eq(forever()));
    diesel::update(present).set(membership_revisions::member_sort_key.eq(key)).execute(tx.conn)?;
    Ok(())
}

/// Forgets a member's past memberships and all that was recorded of them; 409 while there is a live one.
pub fn forget(tx: &mut Tx<'_>, member: MemberId) -> Result<()> {
    let own = || memberships::table.filter(memberships::member_id.eq(member));
    if diesel::select(exists(own().filter(one_of_words(memberships::state, &LIVE)))).get_result(tx.conn)? {
        return Err(in_use());
    }
    let past: Vec<MembershipId> = own().order(memberships::id).select(memberships::id).load(tx.conn)?;
    hold_past(tx, &past)?;
    let gone: Vec<(MembershipId, i64, Visibility)> = own()
        .inner_join(networks::table.on(networks::id.eq(memberships::network_id)))
        .select((memberships::id, memberships::version, networks::visibility))
        .load(tx.conn)?;
    diesel::delete(own()).execute(tx.conn)?;
    diesel::delete(membership_revisions::table.filter(membership_revisions::member_id.eq(member))).execute(tx.conn)?;
    // Each was seen by those who saw its network, if they saw people at all.
    for seen in [Visibility::Administration, Visibility::Members] {
        let gone = gone.iter().filter(|(.., network)| seen == Visibility::Administration.max(*network));
        leave(tx, &gone.map(|(id, version, _)| (*id, *version)).collect::<Vec<_>>(), seen)?;
    }
    Ok(())
}

/// Takes a network's past memberships with it; 409 while there is a live one. The network is held. It comes before
/// anything else is written, as it moves the transaction's time past what was recorded.
pub fn delete_of_network(tx: &mut Tx<'_>, network: NetworkId, visibility: Visibility) -> Result<()> {
    let own = || memberships::table.filter(memberships::network_id.eq(network));
    if diesel::select(exists(own().filter(one_of_words(memberships::state, &LIVE)))).get_result(tx.conn)? {
        return Err(in_use());
    }
    let past: Vec<MembershipId> = own().order(memberships::id).select(memberships::id).load(tx.conn)?;
    hold_past(tx, &past)?;
    let gone: Vec<(MembershipId, i64)> = own().select((memberships::id, memberships::version)).load(tx.conn)?;
    if gone.is_empty() {
        return Ok(());
    }
    let recorded = || membership_revisions::table.filter(membership_revisions::network_id.eq(network));
    let last: Option<NaiveDateTime> =
        recorded().select(max(membership_revisions::recorded_from)).get_result(tx.conn)?;
    if let Some(last) = last {
        tx.not_before(last);
    }
    diesel::delete(own()).execute(tx.conn)?;
    diesel::update(recorded().filter(membership_revisions::recorded_to.eq(forever())))
        .set(membership_revisions::recorded_to.eq(tx.now))
        .execute(tx.conn)?;
    leave(tx, &gone, visibility)
}

/// Holds memberships in the order of their ids: should a member be forgotten and a network deleted at once, what both
/// would take along goes with one of them.
pub(super) fn hold_past(tx: &mut Tx<'_>, ids: &[MembershipId]) -> Result<()> {
    for part in ids.chunks(AT_ONCE) {
        tx.hold_all(TYPE, &part.iter().map(MembershipId::as_str).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn leave(tx: &mut Tx<'_>, gone: &[(MembershipId, i64)], visibility: Visibility) -> Result<()> {
    for part in gone.chunks(AT_ONCE) {
        let part: Vec<(&str, i64)> = part.iter().map(|(id, version)| (id.as_str(), *version)).collect();
        tombstones::leave(tx, TYPE, &part, visibility)?;
        changes::append(tx, TYPE, &part, Action::Deleted, Vec::new())?;
    }
    Ok(())
}

fn in_use() -> Problem {
    Problem::new(Kind::Conflict, Code::InUse.with("by", "memberships"))
}
