//! How memberships come to be and move on.
//!
//! Whoever writes takes, in this order: the member's row, the rows of the networks in the order of their ids, the
//! memberships. So two who wait for one another there are not: a leaver, ended everywhere at once, goes the same way.
//! What a rule asks (how many are in, whether the network is closed) is read after that, and so holds until the end.

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Deserialize;

use super::coordinators::{count_active, refresh};
use super::row::MembershipRow;
use super::store::get;
use super::types::MembershipId;
use super::words::{EndReason, LIVE, MembershipBasis, MembershipRole, MembershipState};
use crate::auth::visibility::Sight;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::memberships;
use crate::db::{OnConflict, Tx, one_of_words, revisions};
use crate::http::etag::{IfMatch, stale};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::members::{self, MemberId, MemberStatus};
use crate::networks::{self, JoinPolicy, NetworkId, NetworkRow, NetworkStatus};

const TYPE: EntityType = EntityType::Membership;

/// How somebody comes into a network.
pub enum Way {
    /// They ask for it; what comes of that, the network's policy says.
    Join,
    /// They are asked.
    Invite,
    /// They are named, on a basis, and in it from a day on.
    Nominate(MembershipBasis, NaiveDate),
}

/// What a new membership is to be.
pub struct Entry {
    /// Whose.
    pub member_id: MemberId,
    /// How they come.
    pub way: Way,
    /// What they do there.
    pub role: MembershipRole,
    /// A word that comes with it.
    pub note: Option<String>,
}

/// Brings a member into a network, or to its door.
pub fn enter(
    tx: &mut Tx<'_>,
    id: MembershipId,
    network_id: NetworkId,
    entry: Entry,
    today: NaiveDate,
    sight: Sight,
) -> Result<MembershipRow> {
    let Entry { member_id, way, role, note } = entry;
    tx.hold(EntityType::Member, member_id.as_str())?;
    tx.hold_all(EntityType::Network, &[network_id.as_str()])?;
    let network = networks::get(tx.conn, network_id, None, sight)?;
    let Some(member) = members::find(tx.conn, member_id, None)? else {
        return Err(Problem::invalid(vec![Fault::at("/member_id", Code::UnknownReference)]));
    };
    if let Way::Nominate(_, from) = way
        && from > today
    {
        return Err(Problem::invalid(vec![Fault::at("/valid_from", Code::InTheFuture)]));
    }
    if member.status == MemberStatus::Left {
        return Err(refused(Code::MemberLeft));
    }
    refuse_closed(&network)?;
    refuse_second(tx, network_id, member_id)?;
    if let Way::Nominate(_, from) = way {
        refuse_overlap(tx, network_id, member_id, from)?;
    }
    let (state, basis, valid_from) = outcome(&way, network.join_policy, today)?;
    if state == MembershipState::Active {
        refuse_full(tx, &network)?;
    }
    revisions::follow(tx, EntityType::Network, &[network_id.as_str()])?;
    let row = MembershipRow {
        id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        member_id,
        network_id,
        role,
        state,
        basis,
        valid_from,
        valid_to: None,
        end_reason: None,
        note,
        member_sort_key: member.sort_key,
    };
    insert(tx, &row)?;
    refresh(tx, &[network_id])?;
    Ok(row)
}

/// What comes of a way in: the state, the basis and the first day.
fn outcome(
    way: &Way,
    policy: JoinPolicy,
    today: NaiveDate,
) -> Result<(MembershipState, MembershipBasis, Option<NaiveDate>)> {
    let voluntary = MembershipBasis::Voluntary;
    match (way, policy) {
        // By office, somebody names those who hold it, or whoever stands in for them: nobody else.
        (Way::Nominate(MembershipBasis::Cohort, _), JoinPolicy::ExOfficio) => {
            Err(Problem::conflict(Fault::at("/basis", Code::ExOfficioOnly)))
        }
        (Way::Nominate(basis, from), _) => Ok((MembershipState::Active, *basis, Some(*from))),
        (_, JoinPolicy::ExOfficio) => Err(refused(Code::ExOfficioOnly)),
        (Way::Invite, _) => Ok((MembershipState::Invited, voluntary, None)),
        (Way::Join, JoinPolicy::Open) => Ok((MembershipState::Active, voluntary, Some(today))),
        (Way::Join, JoinPolicy::OnApplication) => Ok((MembershipState::Applied, voluntary, None)),
        (Way::Join, JoinPolicy::ByInvitation) => Err(refused(Code::InvitationNeeded)),
    }
}

fn insert(tx: &mut Tx<'_>, row: &MembershipRow) -> Result<()> {
    diesel::insert_into(memberships::table).values(row).execute(tx.conn).on_taken(|| refused(Code::AlreadyMember))?;
    revisions::open(tx, TYPE, &[row.id.as_str()])?;
    let mut fields = vec!["member_id", "network_id", "role", "state", "basis"];
    fields.extend(row.valid_from.map(|_| "valid_from"));
    fields.extend(row.note.as_ref().map(|_| "note"));
    let fields = fields.into_iter().map(str::to_owned).collect();
    changes::append(tx, TYPE, &[(row.id.as_str(), 1)], Action::Created, fields)
}

/// What is decided of a membership that is there.
pub enum Decision {
    /// The invited one accepts.
    Accept,
    /// The invited one declines.
    Decline,
    /// An application is approved.
    Approve,
    /// An application is rejected, with a reason.
    Reject(Option<String>),
    /// The member leaves, on a day.
    Leave(Option<NaiveDate>),
    /// The network ends it: on a day, for a reason, in words.
    End(Option<NaiveDate>, EndReason, Option<String>),
}

impl Decision {
    /// The state it is of.
    fn from(&self) -> MembershipState {
        match self {
            Decision::Accept | Decision::Decline => MembershipState::Invited,
            Decision::Approve | Decision::Reject(_) => MembershipState::Applied,
            Decision::Leave(_) | Decision::End(..) => MembershipState::Active,
        }
    }

    /// What it makes of a membership.
    fn of(self, old: &MembershipRow, today: NaiveDate) -> Result<MembershipRow> {
        let row = old.clone();
        Ok(match self {
            Decision::Accept | Decision::Approve => {
                MembershipRow { state: MembershipState::Active, valid_from: Some(today), ..row }
            }
            Decision::Decline => MembershipRow { state: MembershipState::Declined, ..row },
            Decision::Reject(note) => {
                MembershipRow { state: MembershipState::Rejected, note: note.or(row.note.clone()), ..row }
            }
            Decision::Leave(day) => ended(row, day.unwrap_or(today), today, EndReason::Left)?,
            Decision::End(day, reason, note) => {
                let row = ended(row, day.unwrap_or(today), today, reason)?;
                MembershipRow { note: note.or(row.note.clone()), ..row }
            }
        })
    }
}

/// Not before it began, and not in the future: what has not happened yet is not said.
fn ended(row: MembershipRow, last: NaiveDate, today: NaiveDate, reason: EndReason) -> Result<MembershipRow> {
    let fault = match row.valid_from {
        _ if last > today => Some(Code::InTheFuture),
        Some(first) if last < first => Some(Code::EndBeforeStart),
        _ => None,
    };
    match fault {
        Some(code) => Err(Problem::invalid(vec![Fault::at("/valid_to", code)])),
        None => {
            Ok(MembershipRow { state: MembershipState::Ended, valid_to: Some(last), end_reason: Some(reason), ..row })
        }
    }
}

/// Moves a membership on.
pub fn decide(
    tx: &mut Tx<'_>,
    id: MembershipId,
    if_match: &IfMatch,
    decision: Decision,
    today: NaiveDate,
    sight: Sight,
) -> Result<MembershipRow> {
    let old = hold(tx, id, if_match, decision.from(), sight)?;
    let new = decision.of(&old, today)?;
    if new.state == MembershipState::Active {
        let network = networks::get(tx.conn, old.network_id, None, Sight::Editor)?;
        refuse_closed(&network)?;
        refuse_full(tx, &network)?;
    }
    let row = write(tx, &old, new)?;
    refresh(tx, &[row.network_id])?;
    Ok(row)
}

/// Gives a member another role: their membership ends today, and another one begins, whose id is `next`.
pub fn change_role(
    tx: &mut Tx<'_>,
    id: MembershipId,
    next: MembershipId,
    if_match: &IfMatch,
    role: MembershipRole,
    today: NaiveDate,
    sight: Sight,
) -> Result<MembershipRow> {
    let old = hold(tx, id, if_match, MembershipState::Active, sight)?;
    if old.role == role {
        return Err(Problem::conflict(Fault::at("/role", Code::SameRole)));
    }
    let new = ended(old.clone(), today, today, EndReason::RoleChanged)?;
    write(tx, &old, new)?;
    let row = MembershipRow {
        id: next,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        role,
        valid_from: Some(today),
        note: None,
        ..old
    };
    insert(tx, &row)?;
    refresh(tx, &[row.network_id])?;
    Ok(row)
}

/// Holds a membership and what stands above it; 412 or 409 where it is not what the caller thought, or may not be moved.
fn hold(
    tx: &mut Tx<'_>,
    id: MembershipId,
    if_match: &IfMatch,
    from: MembershipState,
    sight: Sight,
) -> Result<MembershipRow> {
    let MembershipRow { member_id, network_id, .. } = get(tx.conn, id, sight)?;
    tx.hold(EntityType::Member, member_id.as_str())?;
    tx.hold_all(EntityType::Network, &[network_id.as_str()])?;
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, sight)?;
    if (old.member_id, old.network_id) != (member_id, network_id) {
        // It went along when its member or its network was merged into another, which is not held.
        return Err(stale(old.version));
    }
    if_match.check(old.version)?;
    if old.state != from {
        return Err(not_allowed(old.state));
    }
    revisions::follow(tx, EntityType::Network, &[network_id.as_str()])?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    Ok(old)
}

/// Writes a membership's next version.
fn write(tx: &mut Tx<'_>, old: &MembershipRow, new: MembershipRow) -> Result<MembershipRow> {
    let row = MembershipRow { version: old.version + 1, updated_at: tx.now, ..new };
    let target = memberships::table
        .filter(memberships::id.eq(row.id))
        .filter(memberships::version.eq(old.version))
        .filter(memberships::state.eq(old.state));
    if diesel::update(target).set(&row).execute(tx.conn)? == 0 {
        return Err(stale(row.version));
    }
    let fields = [
        ("state", true),
        ("valid_from", old.valid_from != row.valid_from),
        ("valid_to", old.valid_to != row.valid_to),
        ("end_reason", old.end_reason != row.end_reason),
        ("note", old.note != row.note),
    ];
    let fields = fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect();
    revisions::next(tx, TYPE, &[row.id.as_str()])?;
    changes::append(tx, TYPE, &[(row.id.as_str(), row.version)], Action::Updated, fields)?;
    Ok(row)
}

fn refuse_closed(network: &NetworkRow) -> Result<()> {
    if network.status == NetworkStatus::Closed { Err(refused(Code::NetworkClosed)) } else { Ok(()) }
}

/// Asked before the row is written: a unique violation would end PostgreSQL's transaction.
fn refuse_second(tx: &mut Tx<'_>, network: NetworkId, member: MemberId) -> Result<()> {
    let live = memberships::table
        .filter(memberships::network_id.eq(network))
        .filter(memberships::member_id.eq(member))
        .filter(one_of_words(memberships::state, &LIVE))
        .select(memberships::id);
    let known: Option<MembershipId> = live.first(tx.conn).optional()?;
    match known {
        None => Ok(()),
        Some(id) => Err(refused(Code::AlreadyMember).member("conflicts_with", id.as_str().into())),
    }
}

/// Nobody was in a network twice on one day.
fn refuse_overlap(tx: &mut Tx<'_>, network: NetworkId, member: MemberId, from: NaiveDate) -> Result<()> {
    let past = memberships::table
        .filter(memberships::network_id.eq(network))
        .filter(memberships::member_id.eq(member))
        .filter(memberships::state.eq(MembershipState::Ended));
    let last: Option<NaiveDate> = past.select(max(memberships::valid_to)).get_result(tx.conn)?;
    match last.filter(|last| from < *last) {
        None => Ok(()),
        Some(last) => {
            let fault = Code::EarlierMembership.with("day", last.to_string());
            Err(Problem::invalid(vec![Fault::at("/valid_from", fault)]))
        }
    }
}

/// The network's row is held, so nobody takes the last place meanwhile.
fn refuse_full(tx: &mut Tx<'_>, network: &NetworkRow) -> Result<()> {
    #[derive(Deserialize)]
    struct Sized {
        max_size: Option<i32>,
    }
    let Sized { max_size } = network.document.part()?;
    match max_size {
        Some(max) if count_active(tx.conn, network.id)? >= i64::from(max) => {
            Err(Problem::new(Kind::Conflict, Code::NetworkFull.with("max", max.to_string())))
        }
        _ => Ok(()),
    }
}

fn refused(code: Code) -> Problem {
    Problem::new(Kind::Conflict, code)
}

fn not_allowed(state: MembershipState) -> Problem {
    Problem::new(Kind::Conflict, Code::MoveNotAllowed.with("allowed", state.moves()))
}
