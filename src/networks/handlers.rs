//! The operations on networks.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};

use super::duplicates::{
    self, NetworkDismissal, NetworkDuplicate, NetworkDuplicateFilter, NetworkDuplicateView, NetworkPair,
};
use super::merge::{self, NetworkMerge};
use super::permits;
use super::store;
use super::types::{Network, NetworkCreate, NetworkFilter, NetworkId, NetworkPatch, NetworkView};
use crate::app::State;
use crate::auth::{Actor, Caller, Claimant};
use crate::db::{Conn, Tx};
use crate::http::answer::Answer;
use crate::http::etag::{IfMatch, MaybeIfMatch};
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::Body;
use crate::http::list::{Listing, Page, Reading};
use crate::http::merge::try_out;
use crate::http::path::Id;
use crate::http::problem::Result;

/// List networks
///
/// A page of the networks that match all filters, by name in the language asked for.
#[utoipa::path(operation_id = "list_networks", tag = "networks", params(Listing<Network, NetworkFilter>),
    responses((status = 200, body = Page<NetworkView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/networks")]
pub async fn list_networks(
    caller: Caller,
    state: web::Data<State>,
    listing: Listing<Network, NetworkFilter>,
) -> Result<Answer> {
    let sight = caller.sight();
    state.db.run(listing.reads(), move |conn| listing.answer(store::list(conn, &listing, sight)?)).await
}

/// Create a network
#[utoipa::path(operation_id = "create_network", tag = "networks", request_body = NetworkCreate,
    responses((status = 201, body = NetworkView, description = "It was created")), security(("bearer" = ["directory:write"])))]
#[post("/networks")]
pub async fn create_network(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<NetworkCreate>,
) -> Result<Answer> {
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let id = NetworkId::new();
        let shown = store::insert(tx, id, body.value)?.show()?;
        Ok(Answer::created(format!("/v1/networks/{id}"), &shown))
    })
    .await
}

/// Read a network
#[utoipa::path(operation_id = "get_network", tag = "networks", params(("id" = NetworkId, Path, description = "Its id"), Reading<Network>),
    responses((status = 200, body = NetworkView, description = "The network")), security(("bearer" = ["directory:read"])))]
#[get("/networks/{id}")]
pub async fn get_network(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<NetworkId>,
    reading: Reading<Network>,
) -> Result<Answer> {
    let (sight, reads) = (caller.sight(), reading.reads());
    let read = move |conn: &mut Conn| reading.answer(store::read(conn, id, &reading, sight)?);
    state.db.run(reads, read).await
}

/// Replace a network
///
/// Its own fields become those of the body; what is left out is cleared. What belongs to it stays: so do the members of
/// one that is closed.
#[utoipa::path(operation_id = "replace_network", tag = "networks", params(("id" = NetworkId, Path, description = "Its id")), request_body = NetworkCreate,
    responses((status = 200, body = NetworkView, description = "It was replaced")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "contact"]))))]
#[put("/networks/{id}")]
pub async fn replace_network(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<NetworkId>,
    if_match: IfMatch,
    body: Body<NetworkCreate>,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        let permit = permits::to_edit(tx, &caller, id)?;
        let change = |old: NetworkCreate| {
            permits::refuse_reserved(&permit, &old, &body.value)?;
            Ok(body.value)
        };
        store::update(tx, id, &if_match, permit.sight(), change)?.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Change a network
///
/// A merge patch (RFC 7396) of its own fields: absent is unchanged, null clears.
#[utoipa::path(operation_id = "patch_network", tag = "networks", params(("id" = NetworkId, Path, description = "Its id")),
    request_body(content = NetworkPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = NetworkView, description = "It was changed")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "contact"]))))]
#[patch("/networks/{id}")]
pub async fn patch_network(
    caller: Claimant,
    state: web::Data<State>,
    Id(id): Id<NetworkId>,
    if_match: IfMatch,
    patch: NetworkPatch,
) -> Result<Answer> {
    let actor = caller.actor();
    let write = move |tx: &mut Tx<'_>| {
        let permit = permits::to_edit(tx, &caller, id)?;
        let change = |old: NetworkCreate| {
            let new = patch.apply(&old)?;
            permits::refuse_reserved(&permit, &old, &new)?;
            Ok(new)
        };
        store::update(tx, id, &if_match, permit.sight(), change)?.show()
    };
    Ok(Answer::entity(&state.db.write(actor, write).await?))
}

/// Delete a network
///
/// Refused while others link to it, or anybody is in it, invited or applying; its own links and past memberships go with it. What is left is a tombstone, and what it was, with as_of.
#[utoipa::path(operation_id = "delete_network", tag = "networks", params(("id" = NetworkId, Path, description = "Its id")),
    responses((status = 204, description = "It was deleted")), security(("bearer" = ["directory:write"])))]
#[delete("/networks/{id}")]
pub async fn delete_network(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<NetworkId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let sight = caller.sight();
    state.db.write(caller.id, move |tx| store::delete(tx, id, &if_match, sight)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Merge a duplicate into a network
///
/// Two records of one network become this one. Links, external ids and memberships, live and past, come from the duplicate;
/// fields as they are chosen. Links between the two are taken back, and those that it has already; where the rest would go
/// in a circle, nothing happens (409). Memberships follow their network, so that directory:write is enough for them, too:
/// where somebody is in both, or at their doors, the stronger goes on and the other has ended. A GET of the duplicate is sent here (308) from then on; with an earlier as_of it is read as it was.
#[utoipa::path(operation_id = "merge_network", tag = "networks", params(("id" = NetworkId, Path, description = "The id of the one that stays")), request_body = NetworkMerge,
    responses((status = 200, body = NetworkView, description = "The one that stays")), security(("bearer" = ["directory:write"])))]
#[post("/networks/{id}/merge")]
pub async fn merge_network(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<NetworkId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: Body<NetworkMerge>,
) -> Result<Answer> {
    let (sight, today) = (caller.sight(), state.today());
    once(&state.db, &caller, key, body.sha256, move |tx| {
        let merge = |tx: &mut Tx<'_>| merge::merge(tx, id, &if_match, &body.value, today, sight);
        let shown = try_out(tx, body.value.dry_run, merge)?.show()?;
        Ok(Answer::entity(&shown))
    })
    .await
}

/// List likely duplicates among networks
///
/// Pairs of networks that may be one, from the oldest: they have the same name in some language, capitals and small letters
/// being the same. Of several that are alike, each is paired with the nearest before that nobody judged to be another.
#[utoipa::path(operation_id = "list_network_duplicates", tag = "networks", params(Listing<NetworkDuplicate, NetworkDuplicateFilter>),
    responses((status = 200, body = Page<NetworkDuplicateView>, description = "A page")), security(("bearer" = ["directory:write"])))]
#[get("/network-duplicates")]
pub async fn list_network_duplicates(
    caller: Caller,
    state: web::Data<State>,
    listing: Listing<NetworkDuplicate, NetworkDuplicateFilter>,
) -> Result<Answer> {
    let sight = caller.sight();
    state.db.snapshot(move |conn| listing.answer(duplicates::list(conn, &listing, sight)?)).await
}

/// Dismiss a likely duplicate among networks
///
/// The two are two: they are not listed any more, unless dismissed=true asks for those. Who said so, and when, is kept until
/// either is deleted, and goes along when either is merged into a third. Whoever says so again changes nothing.
#[utoipa::path(operation_id = "dismiss_network_duplicate", tag = "networks", request_body = NetworkDismissal,
    responses((status = 200, body = NetworkDuplicateView, description = "The pair")), security(("bearer" = ["directory:write"])))]
#[post("/network-duplicates/dismiss")]
pub async fn dismiss_network_duplicate(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<NetworkDismissal>,
) -> Result<Answer> {
    let sight = caller.sight();
    let NetworkDismissal { first_id, second_id, note } = body.value;
    once(&state.db, &caller, key, body.sha256, move |tx| {
        Ok(Answer::entity(&duplicates::dismiss(tx, NetworkPair { first_id, second_id }, note, sight)?))
    })
    .await
}

/// Restore a likely duplicate among networks
///
/// Takes back that the two are two: they are listed again while they are alike. Of those of which nobody said so nothing
/// changes.
#[utoipa::path(operation_id = "restore_network_duplicate", tag = "networks", request_body = NetworkPair,
    responses((status = 200, body = NetworkDuplicateView, description = "The pair")), security(("bearer" = ["directory:write"])))]
#[post("/network-duplicates/restore")]
pub async fn restore_network_duplicate(
    caller: Caller,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: Body<NetworkPair>,
) -> Result<Answer> {
    let sight = caller.sight();
    let restore = move |tx: &mut Tx<'_>| Ok(Answer::entity(&duplicates::restore(tx, body.value, sight)?));
    once(&state.db, &caller, key, body.sha256, restore).await
}
