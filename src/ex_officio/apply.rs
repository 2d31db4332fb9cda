//! Rules of office applied: a network's rule when somebody asks for it, those that apply themselves when people change.
//!
//! Whoever writes takes members, then networks, then memberships, as everybody does (`memberships/moves.rs`). What is due
//! is asked for twice: once to know whom and what to hold, and again when that is held and stays as it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde::Deserialize;

use super::due::{Missing, Scope, Surplus, missing, surplus};
use super::rule::ExOfficioRule;
use super::types::{ExOfficioApplied, ExOfficioApply, ExOfficioSeat};
use super::words::RuleFacet;
use crate::auth::visibility::Sight;
use crate::db::Json;
use crate::db::changes::EntityType;
use crate::db::schema::{ex_officio_rules, members, memberships as membership_table, networks as network_table};
use crate::db::{Conn, Tx};
use crate::http::etag::IfMatch;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::members::MemberId;
use crate::memberships::{self, MembershipBasis, MembershipId, MembershipRole, MembershipState, Turn};
use crate::networks::{self, NetworkCreate, NetworkId, NetworkStatus};

/// Ids of one statement, at most.
const AT_ONCE: usize = 500;

/// What is settled of a rule in one go, at most, when nothing was chosen.
pub const MOST: usize = 1000;

/// What of a network's document the application of its rule goes by.
#[derive(Deserialize)]
struct Terms {
    max_size: Option<i64>,
    ex_officio_rule: Option<ExOfficioRule>,
}

/// Applies a network's rule: all that it asks for, or what was chosen of it.
///
/// # Errors
/// 409 where there is no rule, the network is closed or too small, something chosen is no difference (any more), or nothing
/// was chosen and there are more than [`MOST`] differences.
pub fn apply(
    tx: &mut Tx<'_>,
    network: NetworkId,
    if_match: &IfMatch,
    chosen: &ExOfficioApply,
    today: NaiveDate,
    sight: Sight,
) -> Result<ExOfficioApplied> {
    terms_of(tx, network, if_match, sight)?;
    let scope = Scope::Network(&network);
    let people: BTreeSet<MemberId> = {
        let (coming, going) = (missing(tx.conn, scope)?, surplus(tx.conn, scope)?);
        let count = coming.len() + going.len();
        if chosen.is_all() && count > MOST {
            let message = Code::TooManyDifferences.with("count", count.to_string()).with("max", MOST.to_string());
            return Err(Problem::new(Kind::Conflict, message).member("count", count.into()));
        }
        let coming = coming.into_iter().filter(|due| chosen.adds(due.member_id)).map(|due| due.member_id);
        let going = going.into_iter().filter(|due| chosen.ends(due.membership_id)).map(|due| due.member_id);
        coming.chain(going).collect()
    };
    let ordered: Vec<&str> = people.iter().map(MemberId::as_str).collect();
    for part in ordered.chunks(AT_ONCE) {
        tx.hold_all(EntityType::Member, part)?;
    }
    tx.hold_all(EntityType::Network, &[network.as_str()])?;
    let terms = terms_of(tx, network, if_match, sight)?;
    let mut coming = missing(tx.conn, scope)?;
    let mut going = surplus(tx.conn, scope)?;
    coming.retain(|due| people.contains(&due.member_id) && chosen.adds(due.member_id));
    going.retain(|due| people.contains(&due.member_id) && chosen.ends(due.membership_id));
    chosen.refuse_others(&coming, &going)?;
    if let Some(max) = terms.max_size {
        let over = memberships::count_active(tx.conn, network)? + number(&coming) - number(&going) - max;
        if over > 0 && !coming.is_empty() {
            let fault = Code::RuleTooLarge.with("max", max.to_string()).with("over", over.to_string());
            return Err(Problem::new(Kind::Conflict, fault).member("over", over.into()));
        }
    }
    let role = terms.ex_officio_rule.map_or(MembershipRole::Member, |rule| rule.role);
    let (turn, applied) = turn(coming, going, |_| role);
    memberships::take(tx, &turn, today)?;
    Ok(applied)
}

/// Applies the rules that apply themselves to people of whom office, organisation or status changed, or who are new.
/// Whoever calls holds their rows, and has written them. A network that is full takes no more: its differences show who
/// stays outside. Whether any rule had to do with them: then their networks are held.
pub fn people_changed(tx: &mut Tx<'_>, people: &[MemberId], today: NaiveDate) -> Result<bool> {
    let (coming, going) = due(tx, people)?;
    let networks: BTreeSet<NetworkId> =
        coming.iter().map(|due| due.network_id).chain(going.iter().map(|due| due.network_id)).collect();
    if networks.is_empty() {
        return Ok(false);
    }
    let ordered: Vec<&str> = networks.iter().map(NetworkId::as_str).collect();
    for part in ordered.chunks(AT_ONCE) {
        tx.hold_all(EntityType::Network, part)?;
    }
    let (mut coming, mut going) = due(tx, people)?;
    // What came up meanwhile is not held: the differences show it.
    coming.retain(|due| networks.contains(&due.network_id));
    going.retain(|due| networks.contains(&due.network_id));
    let networks: Vec<NetworkId> = networks.into_iter().collect();
    let documents: Vec<(NetworkId, Json<NetworkCreate>)> = network_table::table
        .filter(network_table::id.eq_any(networks.clone()))
        .select((network_table::id, network_table::document))
        .load(tx.conn)?;
    let active: BTreeMap<NetworkId, i64> = membership_table::table
        .filter(membership_table::network_id.eq_any(networks))
        .filter(membership_table::state.eq(MembershipState::Active))
        .group_by(membership_table::network_id)
        .select((membership_table::network_id, count_star()))
        .load::<(NetworkId, i64)>(tx.conn)?
        .into_iter()
        .collect();
    let mut roles = BTreeMap::new();
    let mut room = BTreeMap::new();
    for (id, document) in documents {
        let Terms { max_size, ex_officio_rule } = document.part()?;
        roles.insert(id, ex_officio_rule.map_or(MembershipRole::Member, |rule| rule.role));
        room.insert(id, max_size.map_or(i64::MAX, |max| max - active.get(&id).copied().unwrap_or(0)));
    }
    for due in &going {
        room.entry(due.network_id).and_modify(|room| *room = room.saturating_add(1));
    }
    coming.retain(|due| match room.get_mut(&due.network_id) {
        Some(room) if *room > 0 => {
            *room -= 1;
            true
        }
        _ => false,
    });
    let role = |network: NetworkId| roles.get(&network).copied().unwrap_or(MembershipRole::Member);
    let (turn, _) = turn(coming, going, role);
    memberships::take(tx, &turn, today)?;
    Ok(true)
}

/// The networks that may turn on people by rules that apply themselves, whatever becomes of their organisation: for
/// whoever takes hold of them together with others, before [`people_changed`] does.
pub fn concerning(conn: &mut Conn, people: &[MemberId]) -> Result<Vec<NetworkId>> {
    let by_office = ex_officio_rules::table
        .inner_join(members::table.on(members::office.eq(ex_officio_rules::value.nullable())))
        .filter(ex_officio_rules::facet.eq(RuleFacet::Office))
        .filter(ex_officio_rules::applies_itself)
        .filter(members::id.eq_any(people.to_vec()))
        .select(ex_officio_rules::network_id);
    let mut networks: Vec<NetworkId> = by_office.distinct().load(conn)?;
    let ruled = ex_officio_rules::table.filter(ex_officio_rules::applies_itself).select(ex_officio_rules::network_id);
    let seats = membership_table::table
        .filter(membership_table::member_id.eq_any(people.to_vec()))
        .filter(membership_table::state.eq(MembershipState::Active))
        .filter(membership_table::basis.eq(MembershipBasis::ExOfficio))
        .filter(membership_table::network_id.eq_any(ruled))
        .select(membership_table::network_id);
    networks.extend(seats.distinct().load::<NetworkId>(conn)?);
    Ok(networks)
}

/// What rules that apply themselves ask for of people.
fn due(tx: &mut Tx<'_>, people: &[MemberId]) -> Result<(Vec<Missing>, Vec<Surplus>)> {
    let (mut coming, mut going) = (Vec::new(), Vec::new());
    for part in people.chunks(AT_ONCE) {
        coming.extend(missing(tx.conn, Scope::People(part))?);
        going.extend(surplus(tx.conn, Scope::People(part))?);
    }
    Ok((coming, going))
}

/// The terms of a network that has a rule and is not closed, at the version that the caller thinks of.
fn terms_of(tx: &mut Tx<'_>, id: NetworkId, if_match: &IfMatch, sight: Sight) -> Result<Terms> {
    let network = networks::get(tx.conn, id, None, sight)?;
    if_match.check(network.version)?;
    if network.status == NetworkStatus::Closed {
        return Err(Problem::new(Kind::Conflict, Code::NetworkClosed));
    }
    let terms: Terms = network.document.part()?;
    match terms.ex_officio_rule {
        None => Err(Problem::new(Kind::Conflict, Code::NoExOfficioRule)),
        Some(_) => Ok(terms),
    }
}

/// What becomes of memberships, and how it is told.
fn turn(
    coming: Vec<Missing>,
    going: Vec<Surplus>,
    role: impl Fn(NetworkId) -> MembershipRole,
) -> (Turn, ExOfficioApplied) {
    let (mut turn, mut applied) = (Turn::default(), ExOfficioApplied::default());
    for Missing { member_id, network_id, membership_id, version } in coming {
        match membership_id.zip(version) {
            Some((membership_id, version)) => {
                turn.activated.push((membership_id, version, network_id));
                applied.activated.push(ExOfficioSeat { member_id, membership_id });
            }
            None => {
                let membership_id = MembershipId::new();
                turn.added.push((membership_id, member_id, network_id, role(network_id)));
                applied.added.push(ExOfficioSeat { member_id, membership_id });
            }
        }
    }
    for Surplus { membership_id, version, member_id, network_id } in going {
        turn.ended.push((membership_id, version, network_id));
        applied.ended.push(ExOfficioSeat { member_id, membership_id });
    }
    (turn, applied)
}

fn number<T>(due: &[T]) -> i64 {
    i64::try_from(due.len()).unwrap_or(i64::MAX)
}

impl ExOfficioApply {
    /// Whether it says nothing, and so wants all.
    fn is_all(&self) -> bool {
        self.add.is_none() && self.end.is_none()
    }

    fn adds(&self, member: MemberId) -> bool {
        self.is_all() || self.add.as_ref().is_some_and(|chosen| chosen.contains(&member))
    }

    fn ends(&self, membership: MembershipId) -> bool {
        self.is_all() || self.end.as_ref().is_some_and(|chosen| chosen.contains(&membership))
    }

    /// 409 naming what was chosen and is no difference.
    fn refuse_others(&self, coming: &[Missing], going: &[Surplus]) -> Result<()> {
        let coming: HashSet<MemberId> = coming.iter().map(|due| due.member_id).collect();
        let going: HashSet<MembershipId> = going.iter().map(|due| due.membership_id).collect();
        let added = self.add.iter().flatten().enumerate().filter(|(_, id)| !coming.contains(id));
        let ended = self.end.iter().flatten().enumerate().filter(|(_, id)| !going.contains(id));
        let added = added.map(|(index, _)| format!("/add/{index}"));
        let ended = ended.map(|(index, _)| format!("/end/{index}"));
        let faults: Vec<Fault> = added.chain(ended).map(|place| Fault::at(place, Code::NotInDifference)).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::new(Kind::Conflict, Code::Conflict).faults(faults)) }
    }
}
