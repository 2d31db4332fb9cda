//! What becomes of memberships when two members, or two networks, become one.
//!
//! All go to the one that stays, live and past. Where both had a live membership, the stronger goes on, and the other has
//! ended; past ones stay side by side, also where they overlap, since that is what was recorded.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::leavers::{AT_ONCE, hold_networks, hold_past};
use super::row::MembershipRow;
use super::types::MembershipId;
use super::words::{EndReason, LIVE, MembershipRole, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::memberships;
use crate::db::{Tx, one_of_words, revisions};
use crate::http::problem::Result;
use crate::members::MemberId;
use crate::networks::NetworkId;

const TYPE: EntityType = EntityType::Membership;

/// What the memberships that go are given.
#[derive(Clone, Copy)]
enum Owner {
    Member { from: MemberId, to: MemberId },
    Network { from: NetworkId, to: NetworkId },
}

/// Gives a member the memberships of another who was the same person; with `left`, of whoever has left their organisation,
/// all have ended. Both are held, and nothing has been written yet. The networks: whether somebody coordinates them is for
/// the caller to see, when it is known who sees that.
pub fn of_members(
    tx: &mut Tx<'_>,
    from: MemberId,
    to: MemberId,
    left: bool,
    today: NaiveDate,
) -> Result<Vec<NetworkId>> {
    let both = || memberships::table.filter(memberships::member_id.eq_any([from, to]));
    let concerned = || {
        let live = one_of_words(memberships::state, &LIVE);
        both().filter(memberships::member_id.eq(from).or(live)).into_boxed()
    };
    let networks = hold_networks(tx, concerned)?;
    if networks.is_empty() {
        return Ok(networks);
    }
    let rows: Vec<MembershipRow> = both().order(memberships::id).select(MembershipRow::as_select()).load(tx.conn)?;
    let is_live = |row: &&MembershipRow| LIVE.contains(&row.state);
    let (losers, reason) = match left {
        true => (rows.iter().filter(is_live).map(|row| row.id).collect(), EndReason::LeftOrganisation),
        false => (weaker(&rows, |row| row.network_id, |row| row.member_id == to), EndReason::Merged),
    };
    take(tx, &rows, &losers, Owner::Member { from, to }, reason, today)?;
    Ok(networks)
}

/// Gives a network the memberships of another that was the same. Both are held, and nothing has been written yet. Whether
/// somebody coordinates it is for the caller to see.
pub fn of_networks(tx: &mut Tx<'_>, from: NetworkId, to: NetworkId, today: NaiveDate) -> Result<()> {
    let own = |network: NetworkId| memberships::table.filter(memberships::network_id.eq(network));
    let mut rows: Vec<MembershipRow> =
        own(from).order(memberships::id).select(MembershipRow::as_select()).load(tx.conn)?;
    // Of the one that stays, those of the people who are in both.
    let people = diesel::alias!(memberships as people);
    let there = people
        .filter(people.field(memberships::network_id).eq(from))
        .filter(one_of_words(people.field(memberships::state), &LIVE))
        .select(people.field(memberships::member_id));
    let beside = own(to).filter(one_of_words(memberships::state, &LIVE)).filter(memberships::member_id.eq_any(there));
    rows.extend(beside.select(MembershipRow::as_select()).load::<MembershipRow>(tx.conn)?);
    let losers = weaker(&rows, |row| row.member_id, |row| row.network_id == to);
    take(tx, &rows, &losers, Owner::Network { from, to }, EndReason::Merged, today)
}

/// Of two live memberships of the same person in the same network, the weaker: what is active before what is asked for,
/// who leads before who takes part, then what the one that stays had.
fn weaker<K: std::hash::Hash + Eq>(
    rows: &[MembershipRow],
    key: impl Fn(&MembershipRow) -> K,
    is_own: impl Fn(&MembershipRow) -> bool,
) -> HashSet<MembershipId> {
    let mut best: HashMap<K, &MembershipRow> = HashMap::new();
    let mut losers = HashSet::new();
    let strength = |row: &MembershipRow| (standing(row.state), leading(row.role), is_own(row));
    for row in rows.iter().filter(|row| LIVE.contains(&row.state)) {
        let Some(known) = best.insert(key(row), row) else { continue };
        let (winner, loser) = if strength(known) > strength(row) { (known, row) } else { (row, known) };
        best.insert(key(row), winner);
        losers.insert(loser.id);
    }
    losers
}

fn standing(state: MembershipState) -> u8 {
    match state {
        MembershipState::Active => 2,
        MembershipState::Invited => 1,
        _ => 0,
    }
}

fn leading(role: MembershipRole) -> u8 {
    match role {
        MembershipRole::Coordinator => 6,
        MembershipRole::Chair => 5,
        MembershipRole::ViceChair => 4,
        MembershipRole::Secretary => 3,
        MembershipRole::Committee => 2,
        MembershipRole::Contact => 1,
        MembershipRole::Member => 0,
    }
}

/// Ends those that have lost and moves those that go, each in one version.
fn take(
    tx: &mut Tx<'_>,
    rows: &[MembershipRow],
    losers: &HashSet<MembershipId>,
    owner: Owner,
    reason: EndReason,
    today: NaiveDate,
) -> Result<()> {
    let goes = |row: &MembershipRow| match owner {
        Owner::Member { from, .. } => row.member_id == from,
        Owner::Network { from, .. } => row.network_id == from,
    };
    let mut touched: Vec<&MembershipRow> = rows.iter().filter(|row| goes(row) || losers.contains(&row.id)).collect();
    touched.sort_by_key(|row| row.id);
    let ids: Vec<MembershipId> = touched.iter().map(|row| row.id).collect();
    hold_past(tx, &ids)?;
    // Whoever was forgotten meanwhile took theirs along.
    let there = memberships::table.filter(memberships::id.eq_any(ids)).select(memberships::id);
    let there: HashSet<MembershipId> = there.load(tx.conn)?.into_iter().collect();
    touched.retain(|row| there.contains(&row.id));
    for part in touched.chunks(AT_ONCE) {
        revisions::follow(tx, TYPE, &part.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())?;
    }
    let ways = [
        (MembershipState::Active, MembershipState::Ended, Some(today)),
        (MembershipState::Invited, MembershipState::Declined, None),
        (MembershipState::Applied, MembershipState::Rejected, None),
    ];
    // Each row is written once: a second time, PostgreSQL would ask for the rows that it refers to anew, and wait for who
    // holds a member and waits for the network. Those that have lost come first: of two that are live, one is in a network.
    for (from, to, last) in ways {
        let lost = touched.iter().filter(|row| row.state == from && losers.contains(&row.id));
        let (moved, left): (Vec<&&MembershipRow>, Vec<_>) = lost.partition(|row| goes(row));
        for (rows, is_moved) in [(left, false), (moved, true)] {
            for part in rows.chunks(AT_ONCE) {
                let ids: Vec<MembershipId> = part.iter().map(|row| row.id).collect();
                let ended = (
                    memberships::state.eq(to),
                    memberships::valid_to.eq(last),
                    memberships::end_reason.eq(Some(reason)),
                    memberships::version.eq(memberships::version + 1),
                    memberships::updated_at.eq(tx.now),
                );
                let update = diesel::update(memberships::table.filter(memberships::id.eq_any(ids)));
                match owner {
                    _ if !is_moved => update.set(ended).execute(tx.conn)?,
                    Owner::Member { to, .. } => update.set((ended, memberships::member_id.eq(to))).execute(tx.conn)?,
                    Owner::Network { to, .. } => {
                        update.set((ended, memberships::network_id.eq(to))).execute(tx.conn)?
                    }
                };
            }
        }
    }
    let next = (memberships::version.eq(memberships::version + 1), memberships::updated_at.eq(tx.now));
    let moved = match owner {
        Owner::Member { from, to } => {
            let own = memberships::table.filter(memberships::member_id.eq(from));
            diesel::update(own).set((next, memberships::member_id.eq(to))).execute(tx.conn)?;
            "member_id"
        }
        Owner::Network { from, to } => {
            let own = memberships::table.filter(memberships::network_id.eq(from));
            diesel::update(own).set((next, memberships::network_id.eq(to))).execute(tx.conn)?;
            "network_id"
        }
    };
    for part in touched.chunks(AT_ONCE) {
        revisions::next(tx, TYPE, &part.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())?;
    }
    log(tx, &touched, losers, goes, moved)
}

/// Writes to the change log what changed, with one entry a membership.
fn log(
    tx: &mut Tx<'_>,
    touched: &[&MembershipRow],
    losers: &HashSet<MembershipId>,
    goes: impl Fn(&MembershipRow) -> bool,
    moved: &str,
) -> Result<()> {
    let mut kinds: HashMap<Vec<&str>, Vec<(&str, i64)>> = HashMap::new();
    for row in touched {
        let mut fields = Vec::new();
        fields.extend(goes(row).then_some(moved));
        if losers.contains(&row.id) {
            fields.push("state");
            fields.extend((row.state == MembershipState::Active).then_some("valid_to"));
            fields.push("end_reason");
        }
        kinds.entry(fields).or_default().push((row.id.as_str(), row.version + 1));
    }
    for (fields, entities) in kinds {
        for part in entities.chunks(AT_ONCE) {
            let fields = fields.iter().map(|name| (*name).to_owned()).collect();
            changes::append(tx, TYPE, part, Action::Updated, fields)?;
        }
    }
    Ok(())
}
