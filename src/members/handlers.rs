//! The operations on members: on what the HR system owns, and on all of them.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::duplicates::{
    self, MemberDismissal, MemberDuplicate, MemberDuplicateFilter, MemberDuplicateView, MemberPair,
};
use super::merge::{self, MemberMerge};
use super::permits;
use super::profile::MemberProfile;
use super::types::{Member, MemberCreate, MemberFilter, MemberId, MemberPatch, MemberView};
use super::viewer::Viewer;
use super::{identities, reads, store};
use crate::app::State;
use crate::auth::{Actor, Caller, Claimant};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::{IfMatch, MaybeIfMatch};
use crate::http::idempotency::{IdempotencyKey, once, once_if};
use crate::http::json::{Body, MaybeBody, Nothing};
use crate::http::list::{Listing, Page, Reading};
use crate::http::merge::try_out;
use crate::http::path::Id;
use crate::http::problem::Result;

/// List members
///
/// A page of the members that match all filters, in the alphabetical order of their family names. Each shows the fields
/// that the caller sees of them; hidden names the groups that they don't. Who is protected, and who has left, is seen by
/// themselves, the HR of their organisation and admins; the order by status is for HR.
#[utoipa::path(operation_id = "list_members", tag = "members", params(Listing<Member, MemberFilter>),
    responses((status = 200, body = Page<MemberView>, description = "A page")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/members")]
pub async fn list_members(
    caller: Caller,
    state: web::Data<State>,
    listing: Listing<Member, MemberFilter>,
) -> Result<Answer> {
    let (caller, sight, touched) = (caller.clone().signed_in()?, caller.sight(), listing.reads());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        listing.answer(reads::list(conn, &listing, sight, &viewer)?)
    };
    state.db.run(touched, read).await
}

/// Create a member
///
/// With what the HR system owns; the profile is the person's to write. Rules that apply themselves bring whoever holds an
/// office into the networks that they belong to by it.
#[utoipa::path(operation_id = "create_member", tag = "members", request_body = MemberCreate,
    responses((status = 201, body = MemberView, description = "They were created")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[post("/members")]
pub async fn create_member(
    caller: Claimant,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<MemberCreate>,
) -> Result<Answer> {
    let (today, claimant, id) = (state.today(), caller.clone(), MemberId::new());
    let place = body.value.organisation_id;
    let may = move |tx: &mut Tx<'_>| permits::refuse_others(tx, &claimant, id, place);
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, ()| {
        let shown = store::insert(tx, id, body.value, MemberProfile::default(), today)?.show()?;
        Ok(Answer::created(format!("/v1/members/{id}"), &shown))
    })
    .await
}

/// Read a member
///
/// The fields that the caller sees of them; hidden names the groups that they don't. updated_at and the versions also tell
/// of a change to what is hidden, but not of which.
#[utoipa::path(operation_id = "get_member", tag = "members", params(("id" = MemberId, Path, description = "Their id"), Reading<Member>),
    responses((status = 200, body = MemberView, description = "The member")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/members/{id}")]
pub async fn get_member(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    reading: Reading<Member>,
) -> Result<Answer> {
    let (caller, sight, touched) = (caller.clone().signed_in()?, caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        reading.answer(reads::read(conn, id, &reading, sight, &viewer)?)
    };
    state.db.run(touched, read).await
}

/// Replace what the HR system owns of a member
///
/// Those fields become those of the body; what is left out is cleared. The profile stays. Whoever has left the
/// organisation is ended in every network; when office, organisation or status changes, rules that apply themselves
/// bring them into networks, and end them there.
#[utoipa::path(operation_id = "replace_member", tag = "members", params(("id" = MemberId, Path, description = "Their id")), request_body = MemberCreate,
    responses((status = 200, body = MemberView, description = "It was replaced")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[put("/members/{id}")]
pub async fn replace_member(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    if_match: IfMatch,
    body: Body<MemberCreate>,
) -> Result<Answer> {
    let (actor, today) = (caller.actor(), state.today());
    let write = move |tx: &mut Tx<'_>| {
        permits::to_manage(tx, &caller, id)?;
        let row = store::update(tx, id, &if_match, today, |_| Ok(body.value))?;
        permits::refuse_others(tx, &caller, id, row.organisation_id)?;
        row.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Change what the HR system owns of a member
///
/// A merge patch (RFC 7396) of those fields: absent is unchanged, null clears. The profile stays. Whoever has left the
/// organisation is ended in every network; when office, organisation or status changes, rules that apply themselves
/// bring them into networks, and end them there.
#[utoipa::path(operation_id = "patch_member", tag = "members", params(("id" = MemberId, Path, description = "Their id")),
    request_body(content = MemberPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = MemberView, description = "It was changed")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[patch("/members/{id}")]
pub async fn patch_member(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    if_match: IfMatch,
    patch: MemberPatch,
) -> Result<Answer> {
    let (actor, today) = (caller.actor(), state.today());
    let write = move |tx: &mut Tx<'_>| {
        permits::to_manage(tx, &caller, id)?;
        let row = store::update(tx, id, &if_match, today, |old| patch.apply(&old))?;
        permits::refuse_others(tx, &caller, id, row.organisation_id)?;
        row.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Delete a member
///
/// An erasure: with them go their profile, identities, past memberships and everything that was recorded of them; what is
/// left is a tombstone. Refused while they are in a network.
#[utoipa::path(operation_id = "delete_member", tag = "members", params(("id" = MemberId, Path, description = "Their id")),
    responses((status = 204, description = "They were deleted")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[delete("/members/{id}")]
pub async fn delete_member(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        permits::to_manage(tx, &caller, id)?;
        store::delete(tx, id, &if_match)
    };
    state.db.write(actor, write).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Confirm a member
///
/// Stamps that what is said of them is true today. No field changes, and so no version.
#[utoipa::path(operation_id = "confirm_member", tag = "members", params(("id" = MemberId, Path, description = "Their id")), request_body = Option<Nothing>,
    responses((status = 200, body = MemberView, description = "It was confirmed")), security(("bearer" = ["hr:sync"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["self", "hr"]))))]
#[post("/members/{id}/confirm")]
pub async fn confirm_member(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    let claimant = caller.clone();
    let may = move |tx: &mut Tx<'_>| permits::to_speak_for(tx, &claimant, id);
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, _| {
        let shown = store::confirm(tx, id, &if_match)?.show()?;
        Ok(Answer::entity(&shown))
    })
    .await
}

/// Merge a duplicate into a member
///
/// Two records of one person become this one. Identities, external ids and memberships, live and past, come from the
/// duplicate; fields as they are chosen. Where both are in a network, or at its door, the stronger membership goes on (active
/// before invited and applied, coordinators and others who lead before members) and the other has ended. A GET of the
/// duplicate is sent here (308) from then on; with an earlier as_of it is read as it was.
#[utoipa::path(operation_id = "merge_member", tag = "members", params(("id" = MemberId, Path, description = "The id of the one who stays")), request_body = MemberMerge,
    responses((status = 200, body = MemberView, description = "The one who stays")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[post("/members/{id}/merge")]
pub async fn merge_member(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<MemberId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: Body<MemberMerge>,
) -> Result<Answer> {
    let (claimant, today, duplicate) = (caller.clone(), state.today(), body.value.duplicate_id);
    let served = state.clone();
    let may = move |tx: &mut Tx<'_>| permits::to_merge(tx, &claimant, id, duplicate);
    once_if(&state.db, &caller.clone(), key, body.sha256, may, move |tx, _| {
        let merge = |tx: &mut Tx<'_>| {
            let issuers = identities::issuers(tx.conn, duplicate)?;
            let row = merge::merge(tx, id, &if_match, &body.value, today)?;
            permits::refuse_others(tx, &caller, id, row.organisation_id)?;
            let spoken_for = issuers.iter().filter_map(|issuer| served.tokens.spoken_for_by(issuer));
            permits::refuse_elsewhere(tx, id, &spoken_for.collect::<Vec<_>>(), "/duplicate_id")?;
            Ok(row)
        };
        let shown = try_out(tx, body.value.dry_run, merge)?.show()?;
        Ok(Answer::entity(&shown))
    })
    .await
}

/// List likely duplicates among members
///
/// Pairs of members who may be one person, from the oldest. Of several who are alike, each is paired with the nearest before
/// whom nobody judged to be another.
/// The HR of some organisations finds those of its own people.
#[utoipa::path(operation_id = "list_member_duplicates", tag = "members", params(Listing<MemberDuplicate, MemberDuplicateFilter>),
    responses((status = 200, body = Page<MemberDuplicateView>, description = "A page")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[get("/member-duplicates")]
pub async fn list_member_duplicates(
    caller: Claimant,
    state: web::Data<State>,
    listing: Listing<MemberDuplicate, MemberDuplicateFilter>,
) -> Result<Answer> {
    let read = move |conn: &mut Conn| {
        let viewer = caller.onlooker(conn)?.viewer;
        listing.answer(duplicates::list(conn, &listing, &viewer)?)
    };
    state.db.snapshot(read).await
}

/// Dismiss a likely duplicate among members
///
/// The two are two: they are not listed any more, unless dismissed=true asks for those. Who said so, and when, is kept until
/// either is deleted, and goes along when either is merged into a third. Whoever says so again changes nothing.
#[utoipa::path(operation_id = "dismiss_member_duplicate", tag = "members", request_body = MemberDismissal,
    responses((status = 200, body = MemberDuplicateView, description = "The pair")), security(("bearer" = ["hr:sync"])))]
#[post("/member-duplicates/dismiss")]
pub async fn dismiss_member_duplicate(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<MemberDismissal>,
) -> Result<Answer> {
    let MemberDismissal { first_id, second_id, note } = body.value;
    once(&state.db, &caller, key, body.sha256, move |tx| {
        Ok(Answer::entity(&duplicates::dismiss(tx, MemberPair { first_id, second_id }, note)?))
    })
    .await
}

/// Restore a likely duplicate among members
///
/// Takes back that the two are two: they are listed again while they are alike. Of those of whom nobody said so nothing
/// changes.
#[utoipa::path(operation_id = "restore_member_duplicate", tag = "members", request_body = MemberPair,
    responses((status = 200, body = MemberDuplicateView, description = "The pair")), security(("bearer" = ["hr:sync"])))]
#[post("/member-duplicates/restore")]
pub async fn restore_member_duplicate(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<MemberPair>,
) -> Result<Answer> {
    once(&state.db, &caller, key, body.sha256, move |tx| Ok(Answer::entity(&duplicates::restore(tx, body.value)?)))
        .await
}
