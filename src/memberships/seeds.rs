//! Many new memberships of known ids at once: for the demo, and for rules that name people by office.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::coordinators::settle;

use super::types::{MembershipId, MembershipSeed};
use super::words::{EndReason, MembershipState};
use crate::db::changes::{self, Action, EntityType};
use crate::db::rows::{InsertRows, Value};
use crate::db::schema::members;
use crate::db::{OnConflict, Tx, revisions};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::members::MemberId;
use crate::networks::NetworkId;

const TYPE: EntityType = EntityType::Membership;

/// Rows whose revisions and changes go into one statement.
const AT_ONCE: usize = 500;

/// The columns that a seed fills.
const COLUMNS: [&str; 13] = [
    "id",
    "version",
    "created_at",
    "updated_at",
    "member_id",
    "network_id",
    "role",
    "state",
    "basis",
    "valid_from",
    "valid_to",
    "end_reason",
    "member_sort_key",
];

/// Makes memberships of members that are there, in networks that were made at the very same time: what is said of these
/// belongs to how they began.
pub fn load(tx: &mut Tx<'_>, seeds: Vec<(MembershipId, MembershipSeed)>) -> Result<()> {
    for part in seeds.chunks(AT_ONCE) {
        insert(tx, part)?;
    }
    let networks: BTreeSet<NetworkId> = seeds.iter().map(|(_, seed)| seed.network_id).collect();
    settle(tx, &networks.into_iter().collect::<Vec<_>>())
}

/// Makes memberships of members that are there, as many as go into a statement.
pub(super) fn insert(tx: &mut Tx<'_>, seeds: &[(MembershipId, MembershipSeed)]) -> Result<()> {
    let people: BTreeSet<MemberId> = seeds.iter().map(|(_, seed)| seed.member_id).collect();
    let keys: HashMap<MemberId, Vec<u8>> = members::table
        .filter(members::id.eq_any(people.into_iter().collect::<Vec<_>>()))
        .select((members::id, members::sort_key))
        .load(tx.conn)?
        .into_iter()
        .collect();
    let unknown = || Problem::invalid(vec![Fault::at("/member_id", Code::UnknownReference)]);
    let row = |(id, seed): &'_ (MembershipId, MembershipSeed)| {
        let key = keys.get(&seed.member_id).ok_or_else(unknown)?;
        let ended = (seed.state == MembershipState::Ended).then(|| EndReason::Left.as_str());
        Ok((*id, seed.clone(), key.as_slice(), ended))
    };
    let rows = seeds.iter().map(row).collect::<Result<Vec<_>>>()?;
    let values = rows.iter().map(|(id, seed, key, ended)| {
        [
            Value::Text(id.as_str()),
            Value::Number(1),
            Value::Time(tx.now),
            Value::Time(tx.now),
            Value::Text(seed.member_id.as_str()),
            Value::Text(seed.network_id.as_str()),
            Value::Text(seed.role.as_str()),
            Value::Text(seed.state.as_str()),
            Value::Text(seed.basis.as_str()),
            Value::MaybeDay(seed.valid_from),
            Value::MaybeDay(seed.valid_to),
            Value::MaybeText(*ended),
            Value::Key(key),
        ]
    });
    let rows = values.collect();
    InsertRows { table: "memberships", columns: COLUMNS, rows }.execute(tx.conn).on_reference(unknown)?;
    let ids: Vec<&str> = seeds.iter().map(|(id, _)| id.as_str()).collect();
    revisions::open(tx, TYPE, &ids)?;
    let created: Vec<(&str, i64)> = ids.into_iter().map(|id| (id, 1)).collect();
    let fields = ["member_id", "network_id", "role", "state", "basis"].map(str::to_owned).to_vec();
    changes::append(tx, TYPE, &created, Action::Created, fields)
}
