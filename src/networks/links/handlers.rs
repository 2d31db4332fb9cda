//! The operations on the links of a network.

use actix_web::{HttpResponse, delete, get, post, web};

use super::{NetworkLink, NetworkLinkCreate, NetworkLinkEnd, NetworkLinkFilter, NetworkLinkId, NetworkLinkView, store};
use crate::app::State;
use crate::auth::{Caller, Claimant};
use crate::db::Tx;
use crate::http::answer::Answer;
use crate::http::etag::{IfMatch, MaybeIfMatch};
use crate::http::idempotency::{IdempotencyKey, once_if};
use crate::http::json::{Body, MaybeBody};
use crate::http::list::{Listing, Page, Reading};
use crate::http::path::{Id, InnerId};
use crate::http::problem::Result;
use crate::networks::permits;
use crate::networks::types::NetworkId;

/// List the links of a network
///
/// Those from it and those to it, from the oldest.
#[utoipa::path(operation_id = "list_network_links", tag = "networks",
    params(("id" = NetworkId, Path, description = "The network's id"), Listing<NetworkLink, NetworkLinkFilter>),
    responses((status = 200, body = Page<NetworkLinkView>, description = "A page")), security(("bearer" = ["directory:read"])))]
#[get("/networks/{id}/links")]
pub async fn list_network_links(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    listing: Listing<NetworkLink, NetworkLinkFilter>,
) -> Result<Answer> {
    let sight = caller.sight();
    state.db.snapshot(move |conn| listing.answer(store::list(conn, network, &listing, sight)?)).await
}

/// Link a network to another
///
/// The network in the path is what the type says to the other: its part, its committee, its alumni. `part_of` and
/// `steers` make no cycles, also when two links are made at once, nor through networks that the caller does not see.
#[utoipa::path(operation_id = "create_network_link", tag = "networks", params(("id" = NetworkId, Path, description = "The network's id")), request_body = NetworkLinkCreate,
    responses((status = 201, body = NetworkLinkView, description = "It was made")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "contact"]))))]
#[post("/networks/{id}/links")]
pub async fn create_network_link(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    key: IdempotencyKey,
    body: Body<NetworkLinkCreate>,
) -> Result<Answer> {
    let (today, claimant) = (state.today(), caller.clone());
    let may = move |tx: &mut Tx<'_>| permits::to_link(tx, &claimant, network);
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, permit| {
        let id = NetworkLinkId::new();
        let shown = store::insert(tx, id, network, body.value, today, permit.sight())?.show()?;
        Ok(Answer::created(format!("/v1/networks/{network}/links/{id}"), &shown))
    })
    .await
}

/// Read a link
#[utoipa::path(operation_id = "get_network_link", tag = "networks",
    params(("id" = NetworkId, Path, description = "The id of either network"), ("link_id" = NetworkLinkId, Path, description = "The link's id"), Reading<NetworkLink>),
    responses((status = 200, body = NetworkLinkView, description = "The link")), security(("bearer" = ["directory:read"])))]
#[get("/networks/{id}/links/{link_id}")]
pub async fn get_network_link(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    InnerId(id): InnerId<NetworkLinkId>,
    reading: Reading<NetworkLink>,
) -> Result<Answer> {
    let (sight, reads) = (caller.sight(), reading.reads());
    let read = move |conn: &mut _| reading.answer(store::read(conn, network, id, &reading, sight)?);
    state.db.run(reads, read).await
}

/// End a link
///
/// It stays as history. One that has an end may only be ended earlier.
#[utoipa::path(operation_id = "end_network_link", tag = "networks",
    params(("id" = NetworkId, Path, description = "The id of either network"), ("link_id" = NetworkLinkId, Path, description = "The link's id")), request_body = Option<NetworkLinkEnd>,
    responses((status = 200, body = NetworkLinkView, description = "It was ended")), security(("bearer" = ["directory:write"]), ("bearer" = ["directory:read"])), extensions(("x-solmu-roles" = json!(["coordinator", "contact"]))))]
#[post("/networks/{id}/links/{link_id}/end")]
pub async fn end_network_link(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    InnerId(id): InnerId<NetworkLinkId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<NetworkLinkEnd>,
) -> Result<Answer> {
    let claimant = caller.clone();
    let last = body.value.valid_to.unwrap_or_else(|| state.today());
    let may = move |tx: &mut Tx<'_>| permits::to_end(tx, &claimant, network, id);
    once_if(&state.db, &caller, key, body.sha256, may, move |tx, permit| {
        let shown = store::end(tx, network, id, &if_match, last, permit.sight())?.show()?;
        Ok(Answer::entity(&shown))
    })
    .await
}

/// Take a link back
///
/// For one that was made by mistake; one that held is ended instead.
#[utoipa::path(operation_id = "delete_network_link", tag = "networks",
    params(("id" = NetworkId, Path, description = "The id of either network"), ("link_id" = NetworkLinkId, Path, description = "The link's id")),
    responses((status = 204, description = "It was taken back")), security(("bearer" = ["directory:write"])))]
#[delete("/networks/{id}/links/{link_id}")]
pub async fn delete_network_link(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    InnerId(id): InnerId<NetworkLinkId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let sight = caller.sight();
    state.db.write(caller.id, move |tx| store::delete(tx, network, id, &if_match, sight)).await?;
    Ok(HttpResponse::NoContent().finish())
}
