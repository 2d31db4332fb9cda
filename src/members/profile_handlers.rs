//! The operations on what the person owns, and on who they are to issuers of tokens.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::identities::{
    self, MemberIdentity, MemberIdentityCreate, MemberIdentityFilter, MemberIdentityId, MemberIdentityView,
};
use super::permits;
use super::profile::{MemberProfile, MemberProfilePatch, MemberProfileView};
use super::types::{MemberId, Profile};
use super::viewer::Viewer;
use super::{reads, store};
use crate::app::State;
use crate::auth::{Actor, Caller, Claimant};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::IfMatch;
use crate::http::idempotency::{IdempotencyKey, once_if};
use crate::http::json::Body;
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::{Id, InnerId};
use crate::http::problem::Result;

/// Read a profile
///
/// The fields that the caller sees of it; hidden names the groups that they don't.
#[utoipa::path(operation_id = "get_profile", tag = "members", params(("id" = MemberId, Path, description = "The member's id"), Reading<Profile>),
    responses((status = 200, body = MemberProfileView, description = "The profile")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/members/{id}/profile")]
pub async fn get_profile(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    reading: Reading<Profile>,
) -> Result<Answer> {
    let (caller, sight, touched) = (caller.clone().signed_in()?, caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        let (row, hidden) = reads::get_seen(conn, id, reading.as_of, sight, &viewer)?;
        reading.answer(row.show_profile_but(hidden)?)
    };
    state.db.run(touched, read).await
}

/// Replace a profile
///
/// What the person owns becomes the body; what is left out is cleared. What the HR system owns stays.
#[utoipa::path(operation_id = "replace_profile", tag = "members", params(("id" = MemberId, Path, description = "The member's id")), request_body = MemberProfile,
    responses((status = 200, body = MemberProfileView, description = "It was replaced")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[put("/members/{id}/profile")]
pub async fn replace_profile(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    if_match: IfMatch,
    body: Body<MemberProfile>,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        permits::to_speak_for(tx, &caller, id)?;
        store::update_profile(tx, id, &if_match, |_| Ok(body.value))?.show_profile()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Change a profile
///
/// A merge patch (RFC 7396): absent is unchanged, null clears. What the HR system owns stays.
#[utoipa::path(operation_id = "patch_profile", tag = "members", params(("id" = MemberId, Path, description = "The member's id")),
    request_body(content = MemberProfilePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = MemberProfileView, description = "It was changed")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[patch("/members/{id}/profile")]
pub async fn patch_profile(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    if_match: IfMatch,
    patch: MemberProfilePatch,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        permits::to_speak_for(tx, &caller, id)?;
        store::update_profile(tx, id, &if_match, |old| patch.apply(&old))?.show_profile()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// List a member's identities
#[utoipa::path(operation_id = "list_member_identities", tag = "members", params(("id" = MemberId, Path, description = "The member's id"), Listing<MemberIdentity, MemberIdentityFilter>),
    responses((status = 200, body = Page<MemberIdentityView>, description = "A page")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[get("/members/{id}/identities")]
pub async fn list_member_identities(
    caller: Claimant,
    state: web::Data<State>,
    Id(member): Id<MemberId>,
    listing: Listing<MemberIdentity, MemberIdentityFilter>,
) -> Result<Answer> {
    let read = move |conn: &mut Conn| {
        permits::to_know(conn, &caller, member)?;
        listing.answer(identities::list(conn, member, &listing)?)
    };
    state.db.snapshot(read).await
}

/// Link an identity to a member
///
/// Whose tokens say this issuer and this subject is this member from now on. Refused where they are somebody's already, and
/// where the issuer may not speak for the member's organisation. The HR of some organisations says so of the issuer of its
/// own tokens alone.
#[utoipa::path(operation_id = "create_member_identity", tag = "members", params(("id" = MemberId, Path, description = "The member's id")), request_body = MemberIdentityCreate,
    responses((status = 201, body = MemberIdentityView, description = "It was linked")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[post("/members/{id}/identities")]
pub async fn create_member_identity(
    caller: Claimant,
    state: web::Data<State>,
    Id(member): Id<MemberId>,
    key: IdempotencyKey,
    body: Body<MemberIdentityCreate>,
) -> Result<Answer> {
    let claimant = caller.clone();
    let caller_id = state.tokens.internal_id(&body.value.issuer, &body.value.subject)?;
    let (issuer, spoken_for) = (body.value.issuer.clone(), state.tokens.spoken_for_by(&body.value.issuer));
    let may = move |tx: &mut Tx<'_>| {
        let permit = permits::to_manage(tx, &claimant, member)?;
        claimant.refuse_issuer(&issuer, "/issuer")?;
        Ok(permit)
    };
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, _| {
        permits::refuse_elsewhere(tx, member, spoken_for.as_slice(), "/issuer")?;
        let id = MemberIdentityId::new();
        let shown = identities::insert(tx, id, member, body.value, caller_id.to_string())?;
        Ok(Answer::created(format!("/v1/members/{member}/identities/{id}"), &shown))
    })
    .await
}

/// Read an identity of a member
#[utoipa::path(operation_id = "get_member_identity", tag = "members",
    params(("id" = MemberId, Path, description = "The member's id"), ("identity_id" = MemberIdentityId, Path, description = "The identity's id"), Reading<MemberIdentity>),
    responses((status = 200, body = MemberIdentityView, description = "The identity")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[get("/members/{id}/identities/{identity_id}")]
pub async fn get_member_identity(
    caller: Claimant,
    state: web::Data<State>,
    Id(member): Id<MemberId>,
    InnerId(id): InnerId<MemberIdentityId>,
    reading: Reading<MemberIdentity>,
) -> Result<Answer> {
    let touched = reading.reads();
    let read = move |conn: &mut Conn| {
        permits::to_know(conn, &caller, member)?;
        reading.answer(identities::read(conn, member, id, &reading)?)
    };
    state.db.run(touched, read).await
}

/// Take an identity away from a member
///
/// Its tokens are nobody's from now on. The HR of some organisations says so of the issuer of its own tokens alone.
#[utoipa::path(operation_id = "delete_member_identity", tag = "members",
    params(("id" = MemberId, Path, description = "The member's id"), ("identity_id" = MemberIdentityId, Path, description = "The identity's id")),
    responses((status = 204, description = "It was taken away")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[delete("/members/{id}/identities/{identity_id}")]
pub async fn delete_member_identity(
    caller: Claimant,
    state: web::Data<State>,
    Id(member): Id<MemberId>,
    InnerId(id): InnerId<MemberIdentityId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        permits::to_manage(tx, &caller, member)?;
        let may = |issuer: &str| caller.refuse_issuer(issuer, "");
        identities::delete(tx, member, id, &if_match, may)
    };
    state.db.write(actor, write).await?;
    Ok(HttpResponse::NoContent().finish())
}
