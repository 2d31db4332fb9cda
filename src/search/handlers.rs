//! The operations of search.

use actix_web::{get, web};

use super::asked::{Searching, Suggesting};
use super::find;
use super::types::{Consistency, SearchPage, Suggestions};
use crate::app::State;
use crate::auth::Caller;
use crate::db::Conn;
use crate::http::answer::Answer;
use crate::http::problem::Result;

/// Search the directory
///
/// What has the words, in any inflection and in any of three languages, and matches all filters: networks, people,
/// organisations, themes and skills, each as far as the caller may read it by its id. As a rule, what has all the words
/// comes first, and what has something broader or narrower instead of one, further behind. A word that stands nowhere, and
/// of which it is not known what it stands for, is taken for one that is spelt nearly like it, and did_you_mean says so.
/// Each hit says where the words stand, by fields and by marks in its name and in a piece of its texts; names are in the
/// language of Accept-Language where there are such. Of several values of a filter, separated by commas, any matches; of
/// several filters, all. While this service's index is filled for the first time it is answered 503, with how far it is.
#[utoipa::path(operation_id = "search_directory", tag = "search", params(Searching),
    responses((status = 200, body = SearchPage, description = "A page of hits")), security(("bearer" = ["directory:read"])))]
#[get("/search")]
pub async fn search_directory(caller: Caller, state: web::Data<State>, asked: Searching) -> Result<Answer> {
    let searched = find::searched(&state, asked.consistency).await?;
    let is_fresh = asked.consistency == Consistency::Strong;
    let db = state.db.clone();
    let read = move |conn: &mut Conn| find::find(conn, &db, &searched, &caller, &asked);
    let (page, next) = state.db.snapshot(read).await?;
    Ok(Answer::document(&page)?.vary("Accept-Language").with_next(next).fresh(is_fresh))
}

/// Suggest names
///
/// Names of networks, people and organisations, and labels of themes and skills, that have the words typed so far; the last
/// word may be a beginning of two letters or more. Only of what the caller may read by its id.
#[utoipa::path(operation_id = "list_suggestions", tag = "search", params(Suggesting),
    responses((status = 200, body = Suggestions, description = "The names")), security(("bearer" = ["directory:read"])))]
#[get("/suggest")]
pub async fn list_suggestions(caller: Caller, state: web::Data<State>, asked: Suggesting) -> Result<Answer> {
    let searched = find::searched(&state, Consistency::Eventual).await?;
    let read = move |conn: &mut Conn| find::suggest(conn, &searched, &caller, &asked);
    Answer::document(&state.db.snapshot(read).await?)
}
