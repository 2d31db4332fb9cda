//! The operations on memberships.

use actix_web::{get, post, web};

use super::moves::{Decision, Entry, Way, change_role, decide, enter};
use super::permits;
use super::store;
use super::types::{
    MemberMembershipFilter, Membership, MembershipEnd, MembershipId, MembershipInvite, MembershipJoin, MembershipLeave,
    MembershipNominate, MembershipReject, MembershipRoleChange, MembershipView, NetworkMembershipFilter, OwnMembership,
};
use super::words::{EndReason, MembershipBasis, MembershipRole, NominationBasis};
use crate::app::State;
use crate::auth::policy::Side;
use crate::auth::{Caller, Claimant};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::{IfMatch, MaybeIfMatch};
use crate::http::idempotency::{IdempotencyKey, once_if};
use crate::http::json::{Body, MaybeBody, Nothing};
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::Id;
use crate::http::problem::Result;
use crate::members::{MemberId, Viewer};
use crate::networks::NetworkId;

/// List the memberships of a network
///
/// Of all times and in all states, unless the filters say otherwise; by the names of the members. Of people whose
/// memberships the caller does not see there are none; applications, invitations and what came of them, and the reasons of
/// any, are for the member, their HR and those who lead the network, who see everybody there who is not protected.
#[utoipa::path(operation_id = "list_network_memberships", tag = "memberships",
    params(("id" = NetworkId, Path, description = "The network's id"), Listing<Membership, NetworkMembershipFilter>),
    responses((status = 200, body = Page<MembershipView>, description = "A page")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/networks/{id}/memberships")]
pub async fn list_network_memberships(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    listing: Listing<Membership, NetworkMembershipFilter>,
) -> Result<Answer> {
    let (caller, sight) = (caller.clone().signed_in()?, caller.sight());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        listing.answer(store::of_network(conn, network, &listing, sight, &viewer)?)
    };
    state.db.snapshot(read).await
}

/// List the memberships of a member
///
/// Of all times and in all states, unless the filters say otherwise; by the names of the networks. As far as the caller
/// sees them: of who hides their memberships, those in networks that the caller leads.
#[utoipa::path(operation_id = "list_member_memberships", tag = "memberships",
    params(("id" = MemberId, Path, description = "The member's id"), Listing<OwnMembership, MemberMembershipFilter>),
    responses((status = 200, body = Page<MembershipView>, description = "A page")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/members/{id}/memberships")]
pub async fn list_member_memberships(
    caller: Caller,
    state: web::Data<State>,
    Id(member): Id<MemberId>,
    listing: Listing<OwnMembership, MemberMembershipFilter>,
) -> Result<Answer> {
    let (caller, sight) = (caller.clone().signed_in()?, caller.sight());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        listing.answer(store::of_member(conn, member, &listing, sight, &viewer)?)
    };
    state.db.snapshot(read).await
}

/// Read a membership
#[utoipa::path(operation_id = "get_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id"), Reading<Membership>),
    responses((status = 200, body = MembershipView, description = "The membership")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/memberships/{id}")]
pub async fn get_membership(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    reading: Reading<Membership>,
) -> Result<Answer> {
    let (caller, sight, reads) = (caller.clone().signed_in()?, caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        reading.answer(store::read(conn, id, &reading, sight, &viewer)?)
    };
    state.db.run(reads, read).await
}

/// Makes a membership and answers with it.
async fn entered(
    caller: &Claimant,
    state: &State,
    network: NetworkId,
    key: IdempotencyKey,
    sha256: String,
    entry: Entry,
) -> Result<Answer> {
    let (claimant, today, member) = (caller.clone(), state.today(), entry.member_id);
    let side = match entry.way {
        Way::Join => Side::Member,
        Way::Invite | Way::Nominate(..) => Side::Network(entry.role),
    };
    let may = move |tx: &mut Tx<'_>| permits::to_enter(tx, &claimant, network, member, side);
    once_if(&state.db, caller, key, sha256, may, move |tx, permit| {
        let id = MembershipId::new();
        let shown = enter(tx, id, network, entry, today, permit.sight())?.show()?;
        Ok(Answer::created(format!("/v1/memberships/{id}"), &shown))
    })
    .await
}

/// Moves a membership on and answers with it.
async fn decided(
    caller: &Claimant,
    state: &State,
    id: MembershipId,
    if_match: IfMatch,
    key: IdempotencyKey,
    sha256: String,
    decision: Decision,
) -> Result<Answer> {
    let (claimant, today) = (caller.clone(), state.today());
    let side = match decision {
        Decision::Accept | Decision::Decline | Decision::Leave(_) => |_| Side::Member,
        Decision::Approve => Side::Network,
        Decision::Reject(_) | Decision::End(..) => |_| Side::Network(MembershipRole::Member),
    };
    let may = move |tx: &mut Tx<'_>| permits::to_decide(tx, &claimant, id, side);
    once_if(&state.db, caller, key, sha256, may, move |tx, permit| {
        let shown = decide(tx, id, &if_match, decision, today, permit.sight_of_it())?.show()?;
        Ok(Answer::entity(&shown))
    })
    .await
}

/// Join a network
///
/// What comes of it, the network's join policy says: in an open one they are a member from today on, one on application
/// gets an application. One by invitation or by office answers 409.
#[utoipa::path(operation_id = "join_network", tag = "memberships", params(("id" = NetworkId, Path, description = "The network's id")), request_body = MembershipJoin,
    responses((status = 201, body = MembershipView, description = "The membership")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[post("/networks/{id}/join")]
pub async fn join_network(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    key: IdempotencyKey,
    body: Body<MembershipJoin>,
) -> Result<Answer> {
    let entry =
        Entry { member_id: body.value.member_id, way: Way::Join, role: MembershipRole::Member, note: body.value.note };
    entered(&caller, &state, network, key, body.sha256, entry).await
}

/// Invite to a network
///
/// They are in it once they accept. Whatever the join policy, but where one is in by office.
#[utoipa::path(operation_id = "invite_to_network", tag = "memberships", params(("id" = NetworkId, Path, description = "The network's id")), request_body = MembershipInvite,
    responses((status = 201, body = MembershipView, description = "The membership")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/networks/{id}/invite")]
pub async fn invite_to_network(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    key: IdempotencyKey,
    body: Body<MembershipInvite>,
) -> Result<Answer> {
    let MembershipInvite { member_id, role, note } = body.value;
    let entry = Entry { member_id, way: Way::Invite, role: role.unwrap_or(MembershipRole::Member), note };
    entered(&caller, &state, network, key, body.sha256, entry).await
}

/// Nominate to a network
///
/// They are in it from the day that is said, whatever the join policy. Where one is in by office, the basis is that office, or
/// the nomination itself; a cohort is none.
#[utoipa::path(operation_id = "nominate_to_network", tag = "memberships", params(("id" = NetworkId, Path, description = "The network's id")), request_body = MembershipNominate,
    responses((status = 201, body = MembershipView, description = "The membership")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/networks/{id}/nominate")]
pub async fn nominate_to_network(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    key: IdempotencyKey,
    body: Body<MembershipNominate>,
) -> Result<Answer> {
    let MembershipNominate { member_id, role, basis, valid_from, note } = body.value;
    let basis = MembershipBasis::from(basis.unwrap_or(NominationBasis::Nominated));
    let from = valid_from.unwrap_or_else(|| state.today());
    let entry =
        Entry { member_id, way: Way::Nominate(basis, from), role: role.unwrap_or(MembershipRole::Member), note };
    entered(&caller, &state, network, key, body.sha256, entry).await
}

/// Accept an invitation
///
/// From invited to active, from today on. Refused where the network is full or closed by now.
#[utoipa::path(operation_id = "accept_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<Nothing>,
    responses((status = 200, body = MembershipView, description = "It was accepted")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[post("/memberships/{id}/accept")]
pub async fn accept_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    decided(&caller, &state, id, if_match, key, body.sha256, Decision::Accept).await
}

/// Decline an invitation
///
/// From invited to declined.
#[utoipa::path(operation_id = "decline_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<Nothing>,
    responses((status = 200, body = MembershipView, description = "It was declined")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[post("/memberships/{id}/decline")]
pub async fn decline_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    decided(&caller, &state, id, if_match, key, body.sha256, Decision::Decline).await
}

/// Approve an application
///
/// From applied to active, from today on. Refused where the network is full or closed by now.
#[utoipa::path(operation_id = "approve_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<Nothing>,
    responses((status = 200, body = MembershipView, description = "It was approved")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/memberships/{id}/approve")]
pub async fn approve_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    decided(&caller, &state, id, if_match, key, body.sha256, Decision::Approve).await
}

/// Reject an application
///
/// From applied to rejected.
#[utoipa::path(operation_id = "reject_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<MembershipReject>,
    responses((status = 200, body = MembershipView, description = "It was rejected")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/memberships/{id}/reject")]
pub async fn reject_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<MembershipReject>,
) -> Result<Answer> {
    decided(&caller, &state, id, if_match, key, body.sha256, Decision::Reject(body.value.note)).await
}

/// Leave a network
///
/// From active to ended. An application that is not decided yet is rejected instead, an invitation declined.
#[utoipa::path(operation_id = "leave_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<MembershipLeave>,
    responses((status = 200, body = MembershipView, description = "It was left")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[post("/memberships/{id}/leave")]
pub async fn leave_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<MembershipLeave>,
) -> Result<Answer> {
    decided(&caller, &state, id, if_match, key, body.sha256, Decision::Leave(body.value.valid_to)).await
}

/// End a membership
///
/// From active to ended, by the network.
#[utoipa::path(operation_id = "end_membership", tag = "memberships", params(("id" = MembershipId, Path, description = "Its id")), request_body = Option<MembershipEnd>,
    responses((status = 200, body = MembershipView, description = "It was ended")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/memberships/{id}/end")]
pub async fn end_membership(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<MembershipEnd>,
) -> Result<Answer> {
    let MembershipEnd { valid_to, reason, note } = body.value;
    let decision = Decision::End(valid_to, reason.map_or(EndReason::Removed, EndReason::from), note);
    decided(&caller, &state, id, if_match, key, body.sha256, decision).await
}

/// Give another role
///
/// The membership ends today, and another one begins with the role: the answer, and its Location.
#[utoipa::path(operation_id = "change_membership_role", tag = "memberships",
    params(("id" = MembershipId, Path, description = "The id of the one that ends"), ("If-Match" = Option<String>, Header, description = "The ETag of the version to change, or *. May be left out.")),
    request_body = MembershipRoleChange,
    responses((status = 201, body = MembershipView, description = "The one that begins")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "hr"]))))]
#[post("/memberships/{id}/change-role")]
pub async fn change_membership_role(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MembershipId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: Body<MembershipRoleChange>,
) -> Result<Answer> {
    let (claimant, today, role) = (caller.clone(), state.today(), body.value.role);
    let may = move |tx: &mut Tx<'_>| permits::to_decide(tx, &claimant, id, |_| Side::Network(role));
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, permit| {
        let next = MembershipId::new();
        let shown = change_role(tx, id, next, &if_match, role, today, permit.sight_of_it())?.show()?;
        Ok(Answer::created(format!("/v1/memberships/{next}"), &shown))
    })
    .await
}
