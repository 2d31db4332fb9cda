//! The operations on vocabularies.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::store;
use super::types::{Vocabulary, VocabularyCreate, VocabularyFilter, VocabularyId, VocabularyPatch, VocabularyView};
use crate::app::State;
use crate::auth::Caller;
use crate::db::Conn;
use crate::http::answer::Answer;
use crate::http::etag::IfMatch;
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::Body;
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::Id;
use crate::http::problem::Result;

/// List vocabularies
///
/// A page of the vocabularies that match all filters, by name in the language asked for.
#[utoipa::path(operation_id = "list_vocabularies", tag = "vocabularies", params(Listing<Vocabulary, VocabularyFilter>),
    responses((status = 200, body = Page<VocabularyView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/vocabularies")]
pub async fn list_vocabularies(
    _: Caller,
    state: web::Data<State>,
    listing: Listing<Vocabulary, VocabularyFilter>,
) -> Result<Answer> {
    state.db.run(listing.reads(), move |conn| listing.answer(store::list(conn, &listing)?)).await
}

/// Create a vocabulary
#[utoipa::path(operation_id = "create_vocabulary", tag = "vocabularies", request_body = VocabularyCreate,
    responses((status = 201, body = VocabularyView, description = "It was created")), security(("bearer" = ["directory:write"])))]
#[post("/vocabularies")]
pub async fn create_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<VocabularyCreate>,
) -> Result<Answer> {
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let id = VocabularyId::new();
        let shown = store::insert(tx, id, body.value)?.show()?;
        Ok(Answer::created(format!("/v1/vocabularies/{id}"), &shown))
    })
    .await
}

/// Read a vocabulary
#[utoipa::path(operation_id = "get_vocabulary", tag = "vocabularies", params(("id" = VocabularyId, Path, description = "Its id"), Reading<Vocabulary>),
    responses((status = 200, body = VocabularyView, description = "The vocabulary")), security(("bearer" = ["directory:read"])))]
#[get("/vocabularies/{id}")]
pub async fn get_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<VocabularyId>,
    reading: Reading<Vocabulary>,
) -> Result<Answer> {
    let (sight, reads) = (caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| reading.answer(store::read(conn, id, &reading, sight)?);
    state.db.run(reads, read).await
}

/// Replace a vocabulary
///
/// Its own fields become those of the body; what is left out is cleared. What belongs to it stays.
#[utoipa::path(operation_id = "replace_vocabulary", tag = "vocabularies", params(("id" = VocabularyId, Path, description = "Its id")), request_body = VocabularyCreate,
    responses((status = 200, body = VocabularyView, description = "It was replaced")), security(("bearer" = ["directory:write"])))]
#[put("/vocabularies/{id}")]
pub async fn replace_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<VocabularyId>,
    if_match: IfMatch,
    body: Body<VocabularyCreate>,
) -> Result<Answer> {
    let sight = caller.sight();
    let shown = state
        .db
        .write(caller.id, move |tx| store::update(tx, id, &if_match, sight, |_| Ok(body.value))?.show())
        .await?;
    Ok(Answer::entity(&shown))
}

/// Change a vocabulary
///
/// A merge patch (RFC 7396) of its own fields: absent is unchanged, null clears.
#[utoipa::path(operation_id = "patch_vocabulary", tag = "vocabularies", params(("id" = VocabularyId, Path, description = "Its id")),
    request_body(content = VocabularyPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = VocabularyView, description = "It was changed")), security(("bearer" = ["directory:write"])))]
#[patch("/vocabularies/{id}")]
pub async fn patch_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<VocabularyId>,
    if_match: IfMatch,
    patch: VocabularyPatch,
) -> Result<Answer> {
    let sight = caller.sight();
    let shown = state
        .db
        .write(caller.id, move |tx| store::update(tx, id, &if_match, sight, |old| patch.apply(&old))?.show())
        .await?;
    Ok(Answer::entity(&shown))
}

/// Delete a vocabulary
///
/// Refused while it has concepts. What is left is a tombstone, and what it was, with as_of.
#[utoipa::path(operation_id = "delete_vocabulary", tag = "vocabularies", params(("id" = VocabularyId, Path, description = "Its id")),
    responses((status = 204, description = "It was deleted")), security(("bearer" = ["directory:write"])))]
#[delete("/vocabularies/{id}")]
pub async fn delete_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<VocabularyId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let sight = caller.sight();
    state.db.write(caller.id, move |tx| store::delete(tx, id, &if_match, sight)).await?;
    Ok(HttpResponse::NoContent().finish())
}
