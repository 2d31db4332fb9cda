//! A search as it is asked for: its parameters, read strictly, and its cursor.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::engine::{After, Entity, Filters, Key, NameOrder, Sort, Words};
use super::types::{Consistency, FoundType, Kind, SearchFilter, SearchOrder};
use crate::app::State;
use crate::db::Db;
use crate::db::keyset::SortValue;
use crate::http::cursor::{self, Turn};
use crate::http::language::Language;
use crate::http::messages::Code;
use crate::http::parameters::{self, names, parameter, text};
use crate::http::problem::{Problem, Result};
use crate::http::query::{AnyOf, Query, end_of};

/// Hits on a page when nothing is said.
const USUAL: u16 = 50;

/// Hits on a page at most.
const MOST: u16 = 200;

/// How many hits the pages by relevance have together, at most: the order of what is behind them says nothing any more.
pub const DEEPEST: usize = 1_000;

/// Names that are suggested when nothing is said.
const USUAL_NAMES: u16 = 10;

/// Names that are suggested at most.
const MOST_NAMES: u16 = 50;

/// The parameters of a search beside its filter.
const COMMON: [&str; 6] = ["consistency", "count", "cursor", "facets", "limit", "sort"];

/// What can be counted.
pub const FACETS: &[&str] = &["type", "branch", "theme", "language", "kind"];

/// A search that is asked for.
pub struct Searching {
    /// The words.
    pub words: Words,
    /// Whether words are asked for, of which there are none in the query: nothing has them.
    pub is_vain: bool,
    /// What else has to be true.
    pub filters: Filters,
    /// What comes first.
    pub sort: Sort,
    /// Hits on the page, at most.
    pub limit: usize,
    /// Whether the hits are to be counted.
    pub count: bool,
    /// What is to be counted of them.
    pub facets: Vec<&'static str>,
    /// How new the answer has to be.
    pub consistency: Consistency,
    /// The reader's language.
    pub language: Language,
    /// Where the page begins; `None` for the first.
    pub after: Option<After>,
    /// How many hits the pages before it had.
    pub depth: usize,
    /// What identifies the search, whichever page of it.
    identity: String,
    turn: Turn,
}

/// Names that are asked for.
pub struct Suggesting {
    /// What was typed.
    pub text: String,
    /// How many names, at most.
    pub limit: usize,
}

/// What was typed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// What was typed: words of a name, the last of which may be a beginning of two letters or more. Nothing is suggested
    /// without any.
    q: Option<String>,
}

impl Searching {
    /// Whether the hits come by how well they fit.
    pub fn is_by_relevance(&self) -> bool {
        self.sort == Sort::Relevance
    }

    /// The cursor behind a hit, up to which so many were shown, and the address of the page that begins there.
    pub fn next(&self, db: &Db, last: &After, depth: usize) -> Result<(String, String)> {
        let values = vec![
            SortValue::Key(last.place.clone()),
            SortValue::Text(FoundType::from(last.key.entity).as_str().to_owned()),
            SortValue::Text(last.key.id.clone()),
            SortValue::Text(depth.to_string()),
        ];
        let cursor = cursor::encode(db.key(), &self.identity, values)?;
        let address = self.turn.address(&cursor);
        Ok((cursor, address))
    }
}

/// Reads what [`Searching::next`] wrote.
fn place(values: Vec<SortValue>) -> Option<(After, usize)> {
    let [SortValue::Key(place), SortValue::Text(found), SortValue::Text(id), SortValue::Text(depth)] =
        <[SortValue; 4]>::try_from(values).ok()?
    else {
        return None;
    };
    let key = Key { entity: Entity::from(found.parse::<FoundType>().ok()?), id };
    Some((After { place, key }, depth.parse().ok()?))
}

fn searching(request: &HttpRequest) -> Result<Searching> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("no state"))?;
    let mut query = Query::of(request);
    let turn = Turn::take(&mut query, request.path());
    let limit = query.limit(MOST, USUAL).into();
    let count = query.count();
    let facets = query.names("facets", FACETS).unwrap_or_default();
    let consistency = query.parse("consistency", "eventual, strong").unwrap_or(Consistency::Eventual);
    let order: Option<SearchOrder> = query.parse("sort", "relevance, name, -updated_at");
    let language = Language::of(request.headers());
    let order_word = order.map_or("", |order| order.as_str());
    let identity = format!("{} {order_word} {} {}", request.path(), language.tag(), query.rest());
    let after = turn.place(state.db.key(), &identity, &query)?;
    let after = after.map(|values| place(values).ok_or_else(|| cursor::refused(Code::BadCursor))).transpose()?;
    let filter: SearchFilter = query.finish(&COMMON)?;
    let text = filter.q.as_deref().unwrap_or_default();
    let words = Words::parse(text);
    let is_empty = words.is_empty() && words.without.is_empty();
    let by_name = Sort::Name(match language {
        Language::Fi => NameOrder::Finnish,
        Language::Sv => NameOrder::Swedish,
        Language::En => NameOrder::English,
    });
    let sort = match order {
        Some(SearchOrder::Relevance) => Sort::Relevance,
        Some(SearchOrder::Name) => by_name,
        Some(SearchOrder::Newest) => Sort::Date,
        None if words.is_empty() => by_name,
        None => Sort::Relevance,
    };
    let (after, depth) = after.map_or((None, 0), |(after, depth)| (Some(after), depth));
    Ok(Searching {
        is_vain: is_empty && !text.trim().is_empty(),
        filters: filters(filter, state.time_zone),
        words,
        sort,
        limit,
        count,
        facets,
        consistency,
        language,
        after,
        depth,
        identity,
        turn,
    })
}

/// What the engine filters by; days are those of a zone.
fn filters(filter: SearchFilter, zone: Tz) -> Filters {
    fn written<I: AsRef<str>>(ids: Option<AnyOf<I>>) -> Vec<String> {
        ids.map_or(Vec::new(), |ids| ids.0.iter().map(|id| id.as_ref().to_owned()).collect())
    }
    // The index has seconds.
    let seconds = |day: NaiveDate| end_of(day, zone).map(|end| end.and_utc().timestamp());
    let day_before = |day: NaiveDate| day.pred_opt().and_then(seconds).map(|end| end.saturating_add(1));
    let dates = (filter.updated_from.is_some() || filter.updated_until.is_some()).then(|| {
        let from = filter.updated_from.and_then(day_before).unwrap_or(i64::MIN);
        let until = filter.updated_until.and_then(seconds).unwrap_or(i64::MAX);
        (from, until)
    });
    Filters {
        entities: filter.types.map_or(Vec::new(), |types| types.0.into_iter().map(Entity::from).collect()),
        organisations: written(filter.subtree_of),
        branches: written(filter.branch),
        themes: written(filter.theme),
        skills: written(filter.skill),
        languages: filter.language.map_or(Vec::new(), |all| all.0.into_iter().map(|tongue| tongue.0).collect()),
        kinds: filter.kind.map_or(Vec::new(), |all| all.0.into_iter().map(|kind| kind.0.to_owned()).collect()),
        dates,
    }
}

impl FromRequest for Searching {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(searching(request))
    }
}

impl FromRequest for Suggesting {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut query = Query::of(request);
        let limit = query.limit(MOST_NAMES, USUAL_NAMES).into();
        let typed = query.finish::<Typed>(&["limit"]);
        ready(typed.map(|typed| Self { text: typed.q.unwrap_or_default(), limit }))
    }
}

impl IntoParams for Searching {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let words = |words: &'static [&'static str]| text().enum_values(Some(words.iter().copied()));
        let mut parameters = SearchFilter::into_params(place);
        parameters.extend([
            names("kind", "The kind of a network or an organisation, the office of a person.", &Kind::words()),
            parameters::limit("Hits on a page.", MOST, USUAL),
            parameter("cursor", "The page that the one before named as next. Everything else stays as it was. By relevance, a change in the directory between two pages may show a hit twice or pass over one.", text()),
            parameter("sort", "What comes first: what fits best (relevance, when there are words), what comes first in the alphabet of the language asked for (name, when there are none), what changed last (-updated_at).", words(SearchOrder::WORDS)),
            parameters::count("Whether to count all hits, as total."),
            names("facets", "What to count of all hits, separated by commas: how many have which values.", FACETS),
            parameter("consistency", "How new the answer is. eventual: what changed in the last half second or so may be left out, and what the caller may no longer see always is. strong: it waits until all that was written before the request can be found, for some seconds at most.", words(Consistency::WORDS).default(Some(Consistency::Eventual.as_str().into()))),
        ]);
        parameters
    }
}

impl IntoParams for Suggesting {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = Typed::into_params(place);
        parameters.push(parameters::limit("Names, at most.", MOST_NAMES, USUAL_NAMES));
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The day of Helsinki begins two or three hours before that of UTC; the clock goes forward on the 29th of March.
    #[test]
    fn days_are_those_of_the_zone() {
        let dates = |query: &str, zone: Tz| {
            let filter: SearchFilter = serde_urlencoded::from_str(query).unwrap();
            filters(filter, zone).dates
        };
        let at = |time: &str| time.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp();
        let helsinki = chrono_tz::Europe::Helsinki;
        assert_eq!(
            dates("updated_from=2026-01-31&updated_until=2026-01-31", helsinki),
            Some((at("2026-01-30T22:00:00Z"), at("2026-01-31T21:59:59Z")))
        );
        assert_eq!(
            dates("updated_from=2026-03-29&updated_until=2026-03-29", helsinki),
            Some((at("2026-03-28T22:00:00Z"), at("2026-03-29T20:59:59Z")))
        );
        assert_eq!(
            dates("updated_from=2026-01-31&updated_until=2026-01-31", Tz::UTC),
            Some((at("2026-01-31T00:00:00Z"), at("2026-01-31T23:59:59Z")))
        );
        assert_eq!(dates("updated_from=2026-01-31", helsinki), Some((at("2026-01-30T22:00:00Z"), i64::MAX)));
        assert_eq!(dates("updated_until=2026-01-31", helsinki), Some((i64::MIN, at("2026-01-31T21:59:59Z"))));
        assert_eq!(dates("types=network", helsinki), None);
    }

    #[test]
    fn a_cursor_says_where_a_page_ended() {
        let values = |depth: &str| {
            vec![
                SortValue::Key(vec![0, 255]),
                SortValue::Text("member".into()),
                SortValue::Text("x".into()),
                SortValue::Text(depth.into()),
            ]
        };
        let key = Key { entity: Entity::Member, id: "x".into() };
        assert_eq!(place(values("50")), Some((After { place: vec![0, 255], key }, 50)));
        assert_eq!(place(values("many")), None);
        assert_eq!(place(values("50").split_off(1)), None);
    }
}
