//! The operations on organisations.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::permits;
use super::store;
use super::types::{
    Organisation, OrganisationCreate, OrganisationFilter, OrganisationId, OrganisationPatch, OrganisationView,
};
use crate::app::State;
use crate::auth::{Actor, Caller, Claimant};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::IfMatch;
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::Body;
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::Id;
use crate::http::problem::Result;

/// List organisations
///
/// A page of the organisations that match all filters, by name in the language asked for.
#[utoipa::path(operation_id = "list_organisations", tag = "organisations", params(Listing<Organisation, OrganisationFilter>),
    responses((status = 200, body = Page<OrganisationView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/organisations")]
pub async fn list_organisations(
    _: Caller,
    state: web::Data<State>,
    listing: Listing<Organisation, OrganisationFilter>,
) -> Result<Answer> {
    state.db.run(listing.reads(), move |conn| listing.answer(store::list(conn, &listing)?)).await
}

/// Create an organisation
#[utoipa::path(operation_id = "create_organisation", tag = "organisations", request_body = OrganisationCreate,
    responses((status = 201, body = OrganisationView, description = "It was created")), security(("bearer" = ["directory:write"])))]
#[post("/organisations")]
pub async fn create_organisation(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<OrganisationCreate>,
) -> Result<Answer> {
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let id = OrganisationId::new();
        let shown = store::insert(tx, id, body.value)?.show()?;
        Ok(Answer::created(format!("/v1/organisations/{id}"), &shown))
    })
    .await
}

/// Read an organisation
#[utoipa::path(operation_id = "get_organisation", tag = "organisations", params(("id" = OrganisationId, Path, description = "Its id"), Reading<Organisation>),
    responses((status = 200, body = OrganisationView, description = "The organisation")), security(("bearer" = ["directory:read"])))]
#[get("/organisations/{id}")]
pub async fn get_organisation(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationId>,
    reading: Reading<Organisation>,
) -> Result<Answer> {
    let (sight, reads) = (caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| reading.answer(store::read(conn, id, &reading, sight)?);
    state.db.run(reads, read).await
}

/// Replace an organisation
///
/// Its own fields become those of the body; what is left out is cleared. What belongs to it stays.
#[utoipa::path(operation_id = "replace_organisation", tag = "organisations", params(("id" = OrganisationId, Path, description = "Its id")), request_body = OrganisationCreate,
    responses((status = 200, body = OrganisationView, description = "It was replaced")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["contact"]))))]
#[put("/organisations/{id}")]
pub async fn replace_organisation(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<OrganisationId>,
    if_match: IfMatch,
    body: Body<OrganisationCreate>,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        let permit = permits::to_edit(tx, &caller, id)?;
        let change = |old: OrganisationCreate| {
            permits::refuse_reserved(&caller, &permit, &old, &body.value)?;
            Ok(body.value)
        };
        store::update(tx, id, &if_match, change)?.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Change an organisation
///
/// A merge patch (RFC 7396) of its own fields: absent is unchanged, null clears.
#[utoipa::path(operation_id = "patch_organisation", tag = "organisations", params(("id" = OrganisationId, Path, description = "Its id")),
    request_body(content = OrganisationPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = OrganisationView, description = "It was changed")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["contact"]))))]
#[patch("/organisations/{id}")]
pub async fn patch_organisation(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<OrganisationId>,
    if_match: IfMatch,
    patch: OrganisationPatch,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        let permit = permits::to_edit(tx, &caller, id)?;
        let change = |old: OrganisationCreate| {
            let new = patch.apply(&old)?;
            permits::refuse_reserved(&caller, &permit, &old, &new)?;
            Ok(new)
        };
        store::update(tx, id, &if_match, change)?.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Delete an organisation
///
/// Refused while others refer to it. What is left is a tombstone, and what it was, with as_of.
#[utoipa::path(operation_id = "delete_organisation", tag = "organisations", params(("id" = OrganisationId, Path, description = "Its id")),
    responses((status = 204, description = "It was deleted")), security(("bearer" = ["directory:write"])))]
#[delete("/organisations/{id}")]
pub async fn delete_organisation(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<OrganisationId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    state.db.write(caller.id, move |tx| store::delete(tx, id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
