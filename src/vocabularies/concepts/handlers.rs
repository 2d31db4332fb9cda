//! The operations on the concepts of a concept.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::store;
use super::types::{Concept, ConceptCreate, ConceptFilter, ConceptId, ConceptPatch, ConceptView};
use crate::app::State;
use crate::auth::Caller;
use crate::db::Conn;
use crate::http::answer::Answer;
use crate::http::etag::IfMatch;
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::Body;
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::{ConceptPathId, Id};
use crate::http::problem::Result;
use crate::vocabularies::VocabularyId;

/// List concepts
///
/// A page of the concepts that match all filters, by preferred label in the language asked for.
#[utoipa::path(operation_id = "list_concepts", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id"), Listing<Concept, ConceptFilter>),
    responses((status = 200, body = Page<ConceptView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/vocabularies/{id}/concepts")]
pub async fn list_concepts(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    listing: Listing<Concept, ConceptFilter>,
) -> Result<Answer> {
    state.db.snapshot(move |conn| listing.answer(store::list(conn, vocabulary, &listing, &caller)?)).await
}

/// Create a concept
///
/// Without a URI it gets one from the vocabulary's. `broader` makes no cycles, also when two concepts change at once.
#[utoipa::path(operation_id = "create_concept", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id")), request_body = ConceptCreate,
    responses((status = 201, body = ConceptView, description = "It was created")), security(("bearer" = ["directory:write"])))]
#[post("/vocabularies/{id}/concepts")]
pub async fn create_concept(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    key: IdempotencyKey,
    body: Body<ConceptCreate>,
) -> Result<Answer> {
    let sight = caller.sight();
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let id = ConceptId::new();
        let shown = store::insert(tx, vocabulary, id, body.value, sight)?;
        Ok(Answer::created(format!("/v1/vocabularies/{vocabulary}/concepts/{id}"), &shown))
    })
    .await
}

/// Read a concept
#[utoipa::path(operation_id = "get_concept", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id"), ("concept_id" = ConceptId, Path, description = "Its id"), Reading<Concept>),
    responses((status = 200, body = ConceptView, description = "The concept")), security(("bearer" = ["directory:read"])))]
#[get("/vocabularies/{id}/concepts/{concept_id}")]
pub async fn get_concept(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    ConceptPathId(id): ConceptPathId<ConceptId>,
    reading: Reading<Concept>,
) -> Result<Answer> {
    let reads = reading.reads();
    let read = move |conn: &mut Conn| reading.answer(store::read(conn, vocabulary, id, &reading, &caller)?);
    state.db.run(reads, read).await
}

/// Replace a concept
///
/// Its own fields become those of the body; what is left out is cleared. What belongs to it stays.
#[utoipa::path(operation_id = "replace_concept", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id"), ("concept_id" = ConceptId, Path, description = "Its id")), request_body = ConceptCreate,
    responses((status = 200, body = ConceptView, description = "It was replaced")), security(("bearer" = ["directory:write"])))]
#[put("/vocabularies/{id}/concepts/{concept_id}")]
pub async fn replace_concept(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    ConceptPathId(id): ConceptPathId<ConceptId>,
    if_match: IfMatch,
    body: Body<ConceptCreate>,
) -> Result<Answer> {
    let sight = caller.sight();
    let shown = state
        .db
        .write(caller.id, move |tx| store::update(tx, vocabulary, id, &if_match, sight, |_| Ok(body.value)))
        .await?;
    Ok(Answer::entity(&shown))
}

/// Change a concept
///
/// A merge patch (RFC 7396) of its own fields: absent is unchanged, null clears.
#[utoipa::path(operation_id = "patch_concept", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id"), ("concept_id" = ConceptId, Path, description = "Its id")),
    request_body(content = ConceptPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = ConceptView, description = "It was changed")), security(("bearer" = ["directory:write"])))]
#[patch("/vocabularies/{id}/concepts/{concept_id}")]
pub async fn patch_concept(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    ConceptPathId(id): ConceptPathId<ConceptId>,
    if_match: IfMatch,
    patch: ConceptPatch,
) -> Result<Answer> {
    let sight = caller.sight();
    let shown = state
        .db
        .write(caller.id, move |tx| store::update(tx, vocabulary, id, &if_match, sight, |old| patch.apply(&old)))
        .await?;
    Ok(Answer::entity(&shown))
}

/// Delete a concept
///
/// Refused while other concepts, networks or members refer to it: deprecate it instead. What is left is a tombstone, and what it was, with as_of.
#[utoipa::path(operation_id = "delete_concept", tag = "concepts", params(("id" = VocabularyId, Path, description = "The vocabulary's id"), ("concept_id" = ConceptId, Path, description = "Its id")),
    responses((status = 204, description = "It was deleted")), security(("bearer" = ["directory:write"])))]
#[delete("/vocabularies/{id}/concepts/{concept_id}")]
pub async fn delete_concept(
    caller: Caller,
    state: web::Data<State>,
    Id(vocabulary): Id<VocabularyId>,
    ConceptPathId(id): ConceptPathId<ConceptId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let sight = caller.sight();
    state.db.write(caller.id, move |tx| store::delete(tx, vocabulary, id, &if_match, sight)).await?;
    Ok(HttpResponse::NoContent().finish())
}
