//! A search, and names that are suggested, from what is asked to what is answered.
//!
//! Who may see what is asked three times: the index is asked with the caller's words; what changed since the index's
//! position is left out of the question, so that nothing is counted, corrected or suggested by what it was before; and what
//! was found is read from the database and looked at again. Whatever does not stand that is left out as well, and it is
//! asked once more.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::access::{self, Asked};
use super::asked::{DEEPEST, Searching, Suggesting};
use super::engine::{self, Found, Key, Query, Suggestion, Words};
use super::keeper::{Searched, Standing};
use super::show::{self, Present, Showing};
use super::types::{Consistency, SearchPage, SuggestedName, Suggestions};
use crate::app::State;
use crate::auth::Caller;
use crate::db::changes::{self, Position};
use crate::db::{Conn, Db};
use crate::http::messages::Code;
use crate::http::problem::{Problem, Result};

/// How often it is asked, at most: again where something changed in that very moment.
const TURNS: usize = 4;

/// How long somebody waits for the index to have what was written before, at most, and how long for a small one to be
/// filled; and for no more than half of the time that a request has.
const PATIENCE: Duration = Duration::from_secs(5);
const FILLING: Duration = Duration::from_secs(10);

/// Documents that are in an index within seconds. Nobody waits for more.
const SMALL: u64 = 5_000;

/// How often somebody who waits looks how far the filling is.
const STEP: Duration = Duration::from_millis(200);

/// What is searched. Where nothing can be yet, or it has to have all that was written until now, it waits for that; 503
/// where that takes too long.
pub async fn searched(state: &State, consistency: Consistency) -> Result<Searched> {
    let most = state.request_timeout / 2;
    let searched = filled(state, FILLING.min(most)).await?;
    if consistency == Consistency::Eventual {
        return Ok(searched);
    }
    let (until_now, patience) = (state.db.read(changes::last).await?, PATIENCE.min(most));
    match state.search.reach(until_now, patience).await {
        true => state.search.searched().ok_or_else(|| state.search.progress().problem()),
        false => Err(Problem::again_soon(Code::SearchTimedOut.with("seconds", patience.as_secs_f32().to_string()))),
    }
}

/// What can be searched, as soon as something can be.
async fn filled(state: &State, at_most: Duration) -> Result<Searched> {
    let until = Instant::now() + at_most;
    loop {
        if let Some(searched) = state.search.searched() {
            return Ok(searched);
        }
        let (progress, left) = (state.search.progress(), until.saturating_duration_since(Instant::now()));
        if left.is_zero() || progress.of > SMALL || progress.standing == Standing::Failing {
            return Err(progress.problem());
        }
        state.search.reach(Position::default(), left.min(STEP)).await;
    }
}

/// 503: the index could not be read.
fn unreadable(error: engine::Error) -> Problem {
    Problem::again_soon(Code::SearchAway).because(error)
}

/// What is found, and the address of the next page.
pub fn find(
    conn: &mut Conn,
    db: &Db,
    searched: &Searched,
    caller: &Caller,
    asked: &Searching,
) -> Result<(SearchPage, Option<String>)> {
    let Asked { access, left_out } = access::asked(conn, caller, searched.position)?;
    let left = if asked.is_by_relevance() { DEEPEST.saturating_sub(asked.depth) } else { usize::MAX };
    let mut query = Query {
        words: asked.words.clone(),
        filters: asked.filters.clone(),
        access: Some(access.clone()),
        left_out,
        sort: asked.sort,
        after: asked.after.clone(),
        limit: asked.limit.min(left),
        facets: !asked.facets.is_empty(),
    };
    for _ in 0..TURNS {
        let found = match asked.is_vain {
            true => Found::default(),
            false => searched.index.search(&query).map_err(unreadable)?,
        };
        let present = Present::read(conn, found.hits.iter().map(|hit| &hit.key))?;
        let keys = found.hits.iter().map(|hit| &hit.key);
        let gone: Vec<Key> = keys.filter(|key| present.get(key, &access).is_none()).cloned().collect();
        if gone.is_empty() {
            return page(conn, db, asked, found, &present, &access);
        }
        query.left_out.extend(gone);
    }
    Err(Problem::again_soon(Code::SearchBehind))
}

/// The page of what was found, all of which is there for the caller.
fn page(
    conn: &mut Conn,
    db: &Db,
    asked: &Searching,
    found: Found,
    present: &Present,
    access: &[String],
) -> Result<(SearchPage, Option<String>)> {
    let Found { hits, total, facets, corrected, next } = found;
    let showing = match &corrected {
        Some(meant) => Showing::new(&Words::parse(meant), asked.language),
        None => Showing::new(&asked.words, asked.language),
    };
    let items = hits.iter().filter_map(|hit| {
        let now = present.get(&hit.key, access)?;
        Some(showing.hit(hit, now))
    });
    let items: Vec<_> = items.collect();
    let depth = asked.depth + items.len();
    let cut_pages = next.is_some() && asked.is_by_relevance() && depth >= DEEPEST;
    let next = next.filter(|_| !cut_pages).map(|last| asked.next(db, &last, depth)).transpose()?;
    let (next, address) = next.unzip();
    let facets = match asked.facets.is_empty() {
        true => None,
        false => Some(show::facets(conn, facets.unwrap_or_default(), &asked.facets, asked.language)?),
    };
    let page = SearchPage {
        items,
        next,
        total: asked.count.then_some(total),
        facets,
        did_you_mean: corrected,
        cut_query: asked.words.cut,
        cut_pages,
    };
    Ok((page, address))
}

/// The names that are suggested.
pub fn suggest(conn: &mut Conn, searched: &Searched, caller: &Caller, asked: &Suggesting) -> Result<Suggestions> {
    let Asked { access, mut left_out } = access::asked(conn, caller, searched.position)?;
    for _ in 0..TURNS {
        let found = searched.index.suggest(&asked.text, asked.limit, Some(&access), &left_out).map_err(unreadable)?;
        let present = Present::read(conn, found.iter().map(|one| &one.key))?;
        let is_right = |one: &Suggestion| {
            let now = present.get(&one.key, &access).map(|now| &now.document);
            now.is_some_and(|now| now.name.iter().chain(&now.other_names).any(|name| name.text == one.text))
        };
        let wrong: HashSet<Key> = found.iter().filter(|one| !is_right(one)).map(|one| one.key.clone()).collect();
        if wrong.is_empty() {
            let items = found.into_iter().filter_map(|Suggestion { text, key }| {
                let link = present.get(&key, &access)?.link.clone();
                Some(SuggestedName { text, r#type: key.entity.into(), link, id: key.id })
            });
            return Ok(Suggestions { items: items.collect() });
        }
        left_out.extend(wrong);
    }
    Err(Problem::again_soon(Code::SearchBehind))
}
