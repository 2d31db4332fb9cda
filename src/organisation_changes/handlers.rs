//! The operations on reorganisations.
//!
//! Plans are no secret among those signed in, and nobody else's business. Whoever writes the directory plans and calls off;
//! to apply one, and to see who would be moved, takes what moving people takes.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};

use super::row::Seen;
use super::types::{
    OrganisationChange, OrganisationChangeCreate, OrganisationChangeFilter, OrganisationChangeId,
    OrganisationChangePatch, OrganisationChangePeople, OrganisationChangePreview, OrganisationChangeView,
};
use super::{apply, preview, store};
use crate::app::State;
use crate::auth::scope::Scope;
use crate::auth::{Caller, Claimant, policy};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::{IfMatch, MaybeIfMatch};
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::{Body, MaybeBody, Nothing};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Reading};
use crate::http::messages::Code;
use crate::http::path::Id;
use crate::http::problem::Result;
use crate::members::Onlooker;

/// List reorganisations
///
/// A page of the reorganisations that match all filters, by the day from which on they hold.
#[utoipa::path(operation_id = "list_organisation_changes", tag = "organisation-changes", params(Listing<OrganisationChange, OrganisationChangeFilter>),
    responses((status = 200, body = Page<OrganisationChangeView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/organisation-changes")]
pub async fn list_organisation_changes(
    caller: Caller,
    state: web::Data<State>,
    listing: Listing<OrganisationChange, OrganisationChangeFilter>,
) -> Result<Answer> {
    let seen = Seen::by(&caller.signed_in()?);
    state.db.run(listing.reads(), move |conn| listing.answer(store::list(conn, &listing, seen)?)).await
}

/// Plan a reorganisation
///
/// Nothing changes until it is applied. To name people, or to have it apply itself, takes the scope hr:sync for everybody,
/// too. To undo one that was applied, plan another the other way: a transfer back, a split of what was merged, the old
/// name; what happened stays on record, and as_of shows it.
#[utoipa::path(operation_id = "create_organisation_change", tag = "organisation-changes", request_body = OrganisationChangeCreate,
    responses((status = 201, body = OrganisationChangeView, description = "It was planned")), security(("bearer" = ["directory:write"])))]
#[post("/organisation-changes")]
pub async fn create_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<OrganisationChangeCreate>,
) -> Result<Answer> {
    store::refuse_unscoped(None, &body.value, no_mover(&caller), true)?;
    let seen = Seen::by(&caller);
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let id = OrganisationChangeId::new();
        let shown = store::insert(tx, id, &body.value)?.show(seen)?;
        Ok(Answer::created(format!("/v1/organisation-changes/{id}"), &shown))
    })
    .await
}

/// Read a reorganisation
#[utoipa::path(operation_id = "get_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id"), Reading<OrganisationChange>),
    responses((status = 200, body = OrganisationChangeView, description = "The reorganisation")), security(("bearer" = ["directory:read"])))]
#[get("/organisation-changes/{id}")]
pub async fn get_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    reading: Reading<OrganisationChange>,
) -> Result<Answer> {
    let (seen, sight, reads) = (Seen::by(&caller), caller.signed_in()?.sight(), reading.reads());
    let read = move |conn: &mut Conn| reading.answer(store::read(conn, id, &reading, sight, seen)?);
    state.db.run(reads, read).await
}

/// Replace a planned reorganisation
///
/// Its own fields become those of the body; what is left out is cleared.
#[utoipa::path(operation_id = "replace_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")), request_body = OrganisationChangeCreate,
    responses((status = 200, body = OrganisationChangeView, description = "It was replaced")), security(("bearer" = ["directory:write"])))]
#[put("/organisation-changes/{id}")]
pub async fn replace_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    if_match: IfMatch,
    body: Body<OrganisationChangeCreate>,
) -> Result<Answer> {
    let (seen, refused) = (Seen::by(&caller), no_mover(&caller));
    let write = move |tx: &mut Tx<'_>| store::update(tx, id, &if_match, refused, true, |_| Ok(body.value))?.show(seen);
    Ok(Answer::entity(&state.db.write(caller.id, write).await?))
}

/// Change a planned reorganisation
///
/// A merge patch (RFC 7396) of its own fields: absent is unchanged, null clears.
#[utoipa::path(operation_id = "patch_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")),
    request_body(content = OrganisationChangePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = OrganisationChangeView, description = "It was changed")), security(("bearer" = ["directory:write"])))]
#[patch("/organisation-changes/{id}")]
pub async fn patch_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    if_match: IfMatch,
    patch: OrganisationChangePatch,
) -> Result<Answer> {
    let (seen, refused, gives_moves) = (Seen::by(&caller), no_mover(&caller), patch.names("moves"));
    let write = move |tx: &mut Tx<'_>| {
        store::update(tx, id, &if_match, refused, gives_moves, |old| patch.apply(&old))?.show(seen)
    };
    Ok(Answer::entity(&state.db.write(caller.id, write).await?))
}

/// Delete a reorganisation
///
/// While it is planned, or once it was called off; what has been applied stays. What is left is a tombstone, and what it
/// was, with as_of.
#[utoipa::path(operation_id = "delete_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")),
    responses((status = 204, description = "It was deleted")), security(("bearer" = ["directory:write"])))]
#[delete("/organisation-changes/{id}")]
pub async fn delete_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    state.db.write(caller.id, move |tx| store::delete(tx, id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Look at what a reorganisation would do
///
/// How many people, networks and parts would go where, were it applied today, which networks would lose their last
/// coordinator, which rules of office would name another organisation, and what keeps it from being applied. It counts and
/// names what the caller sees, as the lists do, and of_all says whether that is all; it is applied to all. Of one that was
/// applied: what was moved. The ETag, as If-Match of the application, applies what was looked at and nothing else.
#[utoipa::path(operation_id = "get_organisation_change_preview", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")),
    responses((status = 200, body = OrganisationChangePreview, description = "What it would do")), security(("bearer" = ["directory:read"])))]
#[get("/organisation-changes/{id}/preview")]
pub async fn get_organisation_change_preview(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    request: HttpRequest,
) -> Result<Answer> {
    let (caller, today, language) = (caller.signed_in()?, state.today(), Language::of(request.headers()));
    let read = move |conn: &mut Conn| {
        let onlooker = Onlooker::of(conn, &caller)?;
        preview::preview(conn, id, today, language, &onlooker)
    };
    Ok(Answer::entity(&state.db.snapshot(read).await?).vary("Accept-Language"))
}

/// Look at whom a reorganisation would move
///
/// A hundred people at most: those who would leave first, then those who would go elsewhere. Nobody protected, but for
/// their own HR.
#[utoipa::path(operation_id = "get_organisation_change_people", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")),
    responses((status = 200, body = OrganisationChangePeople, description = "Some of the people")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[get("/organisation-changes/{id}/preview/people")]
pub async fn get_organisation_change_people(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
) -> Result<Answer> {
    let read = move |conn: &mut Conn| {
        let onlooker = caller.onlooker(conn)?;
        preview::sample(conn, id, &onlooker)
    };
    let shown = state.db.snapshot(read).await?;
    Ok(Answer::entity(&shown))
}

/// Apply a reorganisation
///
/// From its day on. People, networks and parts go as the rules say, names change, originals end and point at what came
/// after them; rules of office that name an original which ends name what comes after. A small one (up to 50 people,
/// networks and parts that go) is applied when this answers; another is applying, and the service goes on with it until it
/// is applied, whatever happens in between: read it again to see how far it is. Asked of one that is applying, this goes on
/// with it.
#[utoipa::path(operation_id = "apply_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")), request_body = Option<Nothing>,
    responses((status = 200, body = OrganisationChangeView, description = "It was applied, or is being applied")), security(("bearer" = ["hr:sync"])))]
#[post("/organisation-changes/{id}/apply")]
pub async fn apply_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    let (seen, today) = (Seen::by(&caller), state.today());
    let answer = once(&state.db, &caller, key, body.sha256, move |tx| {
        let row = apply::apply(tx, id, &if_match, today)?;
        Ok(Answer::entity(&row.show(seen)?))
    })
    .await?;
    // Committed: whatever is left of it is for the service to do.
    state.reorganisations.notify_one();
    Ok(answer)
}

/// Call a reorganisation off
///
/// While it is planned.
#[utoipa::path(operation_id = "cancel_organisation_change", tag = "organisation-changes", params(("id" = OrganisationChangeId, Path, description = "Its id")), request_body = Option<Nothing>,
    responses((status = 200, body = OrganisationChangeView, description = "It was called off")), security(("bearer" = ["directory:write"])))]
#[post("/organisation-changes/{id}/cancel")]
pub async fn cancel_organisation_change(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationChangeId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<Nothing>,
) -> Result<Answer> {
    let seen = Seen::by(&caller);
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let row = store::cancel(tx, id, &if_match)?;
        Ok(Answer::entity(&row.show(seen)?))
    })
    .await
}

/// Why a caller may not have people moved; `None` where they may.
fn no_mover(caller: &Caller) -> Option<Code> {
    let code = if caller.scopes.allow(Scope::HrSync) { Code::ScopeLimited } else { Code::ScopeMissing };
    (!policy::is_hr_everywhere(caller)).then_some(code)
}
