//! What rules of office do with memberships, many at once: who comes in, and who has to go.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::coordinators::refresh;
use super::seeds;
use super::types::{MembershipId, MembershipSeed};
use super::words::{EndReason, MembershipBasis, MembershipRole, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::memberships;
use crate::db::{Tx, revisions};
use crate::http::problem::Result;
use crate::members::MemberId;
use crate::networks::NetworkId;

const TYPE: EntityType = EntityType::Membership;

/// Rows of one statement, at most.
const AT_ONCE: usize = 500;

/// What becomes of memberships by rules of office.
#[derive(Default)]
pub struct Turn {
    /// Those who come in, each with their role.
    pub added: Vec<(MembershipId, MemberId, NetworkId, MembershipRole)>,
    /// Applications and invitations of those who belong to the network anyway, each with its version: they become active.
    pub activated: Vec<(MembershipId, i64, NetworkId)>,
    /// Memberships of those who no longer belong to it, each with its version.
    pub ended: Vec<(MembershipId, i64, NetworkId)>,
}

/// Makes it so, from today on. Whoever calls holds the members and the networks.
pub fn take(tx: &mut Tx<'_>, turn: &Turn, today: NaiveDate) -> Result<()> {
    let moved = || turn.activated.iter().chain(&turn.ended);
    let networks: BTreeSet<NetworkId> =
        turn.added.iter().map(|(_, _, network, _)| *network).chain(moved().map(|(.., network)| *network)).collect();
    let networks: Vec<NetworkId> = networks.into_iter().collect();
    let known: Vec<&str> = moved().map(|(id, ..)| id.as_str()).collect();
    for part in networks.chunks(AT_ONCE) {
        revisions::follow(tx, EntityType::Network, &part.iter().map(NetworkId::as_str).collect::<Vec<_>>())?;
    }
    for part in known.chunks(AT_ONCE) {
        revisions::follow(tx, TYPE, part)?;
    }
    for part in turn.ended.chunks(AT_ONCE) {
        let values = (
            memberships::version.eq(memberships::version + 1),
            memberships::updated_at.eq(tx.now),
            memberships::state.eq(MembershipState::Ended),
            memberships::valid_to.eq(Some(today)),
            memberships::end_reason.eq(Some(EndReason::OfficeEnded)),
        );
        diesel::update(memberships::table.filter(memberships::id.eq_any(ids(part)))).set(values).execute(tx.conn)?;
        record(tx, part, ["state", "valid_to", "end_reason"])?;
    }
    for part in turn.activated.chunks(AT_ONCE) {
        let values = (
            memberships::version.eq(memberships::version + 1),
            memberships::updated_at.eq(tx.now),
            memberships::state.eq(MembershipState::Active),
            memberships::basis.eq(MembershipBasis::ExOfficio),
            memberships::valid_from.eq(Some(today)),
        );
        diesel::update(memberships::table.filter(memberships::id.eq_any(ids(part)))).set(values).execute(tx.conn)?;
        record(tx, part, ["state", "basis", "valid_from"])?;
    }
    for part in turn.added.chunks(AT_ONCE) {
        let seed = |(id, member_id, network_id, role): &(MembershipId, MemberId, NetworkId, MembershipRole)| {
            let (state, basis) = (MembershipState::Active, MembershipBasis::ExOfficio);
            let (member_id, network_id, role) = (*member_id, *network_id, *role);
            (*id, MembershipSeed { member_id, network_id, role, state, basis, valid_from: Some(today), valid_to: None })
        };
        seeds::insert(tx, &part.iter().map(seed).collect::<Vec<_>>())?;
    }
    for part in networks.chunks(AT_ONCE) {
        refresh(tx, part)?;
    }
    Ok(())
}

fn ids(moved: &[(MembershipId, i64, NetworkId)]) -> Vec<MembershipId> {
    moved.iter().map(|(id, ..)| *id).collect()
}

/// Keeps what memberships have become, and tells of it.
fn record(tx: &mut Tx<'_>, moved: &[(MembershipId, i64, NetworkId)], fields: [&str; 3]) -> Result<()> {
    let moved: Vec<(&str, i64)> = moved.iter().map(|(id, version, _)| (id.as_str(), version + 1)).collect();
    revisions::next(tx, TYPE, &moved.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    changes::append(tx, TYPE, &moved, Action::Updated, fields.map(str::to_owned).to_vec())
}
