//! Memberships of known ids: for the demo.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::coordinators::settle;
use super::row::MembershipRow;
use super::types::{MembershipId, MembershipSeed};
use super::words::{EndReason, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{members, memberships};
use crate::db::{Tx, revisions};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::members::MemberId;
use crate::networks::NetworkId;

const TYPE: EntityType = EntityType::Membership;

/// Rows whose revisions and changes go into one statement.
const AT_ONCE: usize = 500;

/// Makes memberships, in networks that were made in the same transaction.
pub fn load(tx: &mut Tx<'_>, seeds: Vec<(MembershipId, MembershipSeed)>) -> Result<()> {
    let keys: HashMap<MemberId, Vec<u8>> =
        members::table.select((members::id, members::sort_key)).load(tx.conn)?.into_iter().collect();
    let networks: BTreeSet<NetworkId> = seeds.iter().map(|(_, seed)| seed.network_id).collect();
    let ids: Vec<MembershipId> = seeds.iter().map(|(id, _)| *id).collect();
    for (id, seed) in seeds {
        let unknown = || Problem::invalid(vec![Fault::at("/member_id", Code::UnknownReference)]);
        let member_sort_key = keys.get(&seed.member_id).cloned().ok_or_else(unknown)?;
        let row = MembershipRow {
            id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
            member_id: seed.member_id,
            network_id: seed.network_id,
            role: seed.role,
            state: seed.state,
            basis: seed.basis,
            valid_from: seed.valid_from,
            valid_to: seed.valid_to,
            end_reason: (seed.state == MembershipState::Ended).then_some(EndReason::Left),
            note: None,
            member_sort_key,
        };
        diesel::insert_into(memberships::table).values(&row).execute(tx.conn)?;
    }
    for part in ids.chunks(AT_ONCE) {
        let created: Vec<(&str, i64)> = part.iter().map(|id| (id.as_str(), 1)).collect();
        revisions::open(tx, TYPE, &part.iter().map(MembershipId::as_str).collect::<Vec<_>>())?;
        let fields = ["member_id", "network_id", "role", "state", "basis"].map(str::to_owned).to_vec();
        changes::append(tx, TYPE, &created, Action::Created, fields)?;
    }
    settle(tx, &networks.into_iter().collect::<Vec<_>>())
}
