//! The operations on rules of office.

use actix_web::{get, post, web};

use super::types::{ExOfficio, ExOfficioApplied, ExOfficioApply, ExOfficioFilter, ExOfficioView};
use super::{apply, differences};
use crate::app::State;
use crate::auth::{Caller, Claimant};
use crate::db::Conn;
use crate::http::answer::Answer;
use crate::http::etag::MaybeIfMatch;
use crate::http::idempotency::{IdempotencyKey, once};
use crate::http::json::MaybeBody;
use crate::http::list::{Listing, Page};
use crate::http::path::Id;
use crate::http::problem::Result;
use crate::members::Onlooker;
use crate::networks::NetworkId;

/// List what a rule of office asks for
///
/// The differences between the network's ex_officio_rule and who is in it, by name: who is to come in, whose application
/// or invitation is to become active, whose membership by office is to end, each with the reasons. Those who are in it on
/// another basis stay whatever the rule says, and where they meet it all is in order. Empty where the network has no rule
/// or is closed. The HR of some organisations finds its own people.
#[utoipa::path(operation_id = "list_ex_officio_differences", tag = "memberships",
    params(("id" = NetworkId, Path, description = "The network's id"), Listing<ExOfficio, ExOfficioFilter>),
    responses((status = 200, body = Page<ExOfficioView>, description = "A page")), security(("bearer" = ["hr:sync"])), extensions(("x-solmu-roles" = json!(["hr"]))))]
#[get("/networks/{id}/ex-officio")]
pub async fn list_ex_officio_differences(
    caller: Claimant,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    listing: Listing<ExOfficio, ExOfficioFilter>,
) -> Result<Answer> {
    let read = move |conn: &mut Conn| {
        let Onlooker { viewer, sight } = caller.onlooker(conn)?;
        listing.answer(differences::list(conn, network, &listing, sight, &viewer)?)
    };
    state.db.snapshot(read).await
}

/// Apply a rule of office
///
/// Settles the differences, all of them or those that are named, from today on: either all that, or nothing. 409 when one
/// that is named is no difference any more, or when the network would be larger than it may be; where nothing is left to
/// do, nothing is done. Of more than 1,000 differences all are not settled at once: 409 says how many there are (`count`),
/// and they are settled by naming them, up to 1,000 of each list at a time.
#[utoipa::path(operation_id = "apply_ex_officio_rule", tag = "memberships",
    params(("id" = NetworkId, Path, description = "The network's id")), request_body = Option<ExOfficioApply>,
    responses((status = 200, body = ExOfficioApplied, description = "What was done")), security(("bearer" = ["hr:sync"])))]
#[post("/networks/{id}/ex-officio/apply")]
pub async fn apply_ex_officio_rule(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    MaybeIfMatch(if_match): MaybeIfMatch,
    key: IdempotencyKey,
    body: MaybeBody<ExOfficioApply>,
) -> Result<Answer> {
    let (sight, today) = (caller.sight(), state.today());
    once(&state.db, &caller, key, body.sha256, move |tx| {
        Answer::document(&apply::apply(tx, network, &if_match, &body.value, today, sight)?)
    })
    .await
}
