//! Lists and reads: limit, cursor, sort, count, fields, include and as_of are the same everywhere; the filter is each
//! entity's own.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{NaiveDate, NaiveDateTime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::cursor::{self, Turn};
use super::language::Language;
use super::messages::Code;
use super::parameters::{self, names, parameter, text};
use super::problem::{Fault, Problem, Result};
use super::query::Query;
use super::shown::Shown;
use crate::app::State;
use crate::db::as_of::AsOf;
use crate::db::keyset::{After, Head, Key, Limited, Order, SortColumn, SortValue};
use crate::db::{Reads, now};

/// Rows on a page when nothing is said.
const USUAL: u16 = 50;

/// Rows on a page at most.
const MOST: u16 = 200;

/// The parameters that every list takes.
const COMMON: [&str; 7] = ["as_of", "count", "cursor", "fields", "include", "limit", "sort"];

/// A sort order: its name, and its column by the reader's language.
pub struct Sort {
    /// As `sort=` names it.
    pub name: &'static str,
    columns: [&'static str; 3],
    /// Whether many rows share a value, among which they go by name.
    groups: bool,
}

impl Sort {
    /// By a column that is the same in every language.
    pub const fn by(name: &'static str, column: &'static str) -> Self {
        Self { name, columns: [column, column, column], groups: false }
    }

    /// By a column of few values, and within each by name: an index leads through both.
    pub const fn grouped_by(name: &'static str, column: &'static str) -> Self {
        Self { name, columns: [column, column, column], groups: true }
    }

    /// By a column a language: Finnish, Swedish, English.
    pub const fn by_language(name: &'static str, columns: [&'static str; 3]) -> Self {
        Self { name, columns, groups: false }
    }

    fn column(&self, language: Language) -> &'static str {
        let [fi, sv, en] = self.columns;
        match language {
            Language::Fi => fi,
            Language::Sv => sv,
            Language::En => en,
        }
    }
}

/// What can be read of an entity: its sort orders (the first is the usual one), its fields, what can be included.
pub trait Readable: 'static {
    /// The column of the id, which ends every sort order.
    const ID: &'static str;
    /// The sort orders.
    const SORTS: &'static [Sort];
    /// The fields of its view.
    const FIELDS: &'static [&'static str];
    /// The relations that can be included.
    const INCLUDES: &'static [&'static str];

    /// The column of the usual order, a collation key, in a language.
    fn name_column(language: Language) -> &'static str {
        Self::SORTS.first().map_or(Self::ID, |usual| usual.column(language))
    }
}

/// A row of a list, as far as the cursor behind it needs to know it.
pub trait Sorted {
    /// The value of a sort order's column.
    fn sort_value(&self, sort: &str, language: Language) -> Result<SortValue>;
    /// The id.
    fn id(&self) -> &str;
}

/// What every read takes: which fields, what with it, as of when.
#[derive(Debug)]
pub struct Reading<E> {
    /// The fields asked for; `None` is all.
    fields: Option<Vec<&'static str>>,
    include: Vec<&'static str>,
    /// The time as of which it is read, in UTC; `None` is now.
    pub as_of: Option<NaiveDateTime>,
    /// The day it is then, in the configured zone.
    pub today: NaiveDate,
    /// The reader's language.
    pub language: Language,
    entity: std::marker::PhantomData<E>,
}

/// A list that is asked for.
pub struct Listing<E, F> {
    /// Which rows.
    pub filter: F,
    /// Which fields, what with them, as of when.
    pub reading: Reading<E>,
    /// Rows on the page, at most.
    pub limit: i64,
    /// Whether the rows are to be counted.
    pub count: bool,
    sort: Vec<SortColumn>,
    sort_names: Vec<&'static str>,
    after: Option<Vec<SortValue>>,
    /// What identifies the list, whichever page of it.
    identity: String,
    turn: Turn,
    state: web::Data<State>,
}

/// A page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
    /// How many rows the whole list has; only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<E: Readable> Reading<E> {
    fn take(query: &mut Query, request: &HttpRequest, state: &State) -> Self {
        let as_of = query.as_of(state.time_zone);
        Self {
            fields: query.names("fields", E::FIELDS),
            include: query.names("include", E::INCLUDES).unwrap_or_default(),
            as_of,
            today: state.day_of(as_of.unwrap_or_else(now)),
            language: Language::of(request.headers()),
            entity: std::marker::PhantomData,
        }
    }

    /// Whether a relation is to be included.
    pub fn includes(&self, relation: &str) -> bool {
        self.include.contains(&relation)
    }

    /// What reading one entity touches.
    pub fn reads(&self) -> Reads {
        match (self.include.is_empty(), self.as_of) {
            (true, None) => Reads::Point,
            (true, Some(_)) => Reads::One,
            (false, _) => Reads::Several,
        }
    }

    /// An answer with one entity.
    pub fn answer(&self, shown: Shown) -> Result<Answer> {
        let answer = Answer::entity(&self.sparse(shown)?);
        // What is included may come in alphabetical order.
        Ok(if self.include.is_empty() { answer } else { answer.vary("Accept-Language") })
    }

    /// The fields asked for, the id, and what was included.
    fn sparse(&self, shown: Shown) -> Result<Shown> {
        let Some(fields) = &self.fields else { return Ok(shown) };
        shown.retain(|name| name == "id" || fields.contains(&name) || !E::FIELDS.contains(&name))
    }
}

impl<E: Readable, F> Listing<E, F> {
    /// 400 where the list goes by an order that is not for the caller.
    pub fn refuse_sort(&self, refused: &str) -> Result<()> {
        if !self.sort_names.contains(&refused) {
            return Ok(());
        }
        let valid: Vec<&str> = E::SORTS.iter().map(|sort| sort.name).filter(|name| *name != refused).collect();
        let usual = valid.first().unwrap_or(&"");
        let fault = Code::BadValue.with("valid", format!("{}; -{usual} …", valid.join(", ")));
        Err(Problem::bad_parameters(vec![Fault::of("sort", fault)]))
    }

    /// The order of the rows.
    pub fn order(&self) -> Order {
        Order(self.sort.clone())
    }

    /// The collation key of a row's name in the reader's language, which the usual order goes by.
    pub fn name_key(&self) -> Key {
        Key(E::name_column(self.reading.language))
    }

    /// What a list of documents reads of its table.
    pub fn head(&self) -> Head {
        let table = E::ID.split_once('.').map_or(E::ID, |(table, _)| table);
        Head { table, name_key: self.name_key() }
    }

    /// Where the page begins; `None` for the first.
    pub fn after(&self) -> Option<After> {
        self.after.clone().map(|values| After { columns: self.sort.clone(), values })
    }

    /// The query of the page: as of when, and as many rows as it holds, one more to see whether there is a next page, and
    /// perhaps some to spare.
    pub fn page<Q>(&self, query: Q) -> AsOf<Limited<Q>> {
        let rows = [10, 20, 50, 100].into_iter().find(|rows| self.limit <= *rows).unwrap_or(MOST.into()) + 1;
        AsOf { at: self.reading.as_of, query: Limited { query, rows } }
    }

    /// What reading the page touches.
    pub fn reads(&self) -> Reads {
        if self.count || !self.reading.include.is_empty() { Reads::Several } else { Reads::One }
    }

    /// Cuts the rows too many off and makes the cursor behind the last that stays.
    pub fn cut<R: Sorted>(&self, rows: &mut Vec<R>) -> Result<Option<String>> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return Ok(None);
        }
        rows.truncate(limit);
        let Some(last) = rows.last() else { return Ok(None) };
        let values = self.sort_names.iter().map(|name| last.sort_value(name, self.reading.language));
        let mut values = values.collect::<Result<Vec<SortValue>>>()?;
        values.push(SortValue::Text(last.id().to_owned()));
        cursor::encode(self.state.db.key(), &self.identity, values).map(Some)
    }

    /// The answer with a page.
    pub fn answer(&self, page: Page<Shown>) -> Result<Answer> {
        let next = page.next.as_ref().map(|cursor| self.turn.address(cursor));
        let items = page.items.into_iter().map(|item| self.reading.sparse(item)).collect::<Result<_>>()?;
        Answer::page(&Page { items, ..page }, next)
    }
}

fn listing<E: Readable, F: DeserializeOwned>(request: &HttpRequest) -> Result<Listing<E, F>> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("no state"))?.clone();
    let mut query = Query::of(request);
    let turn = Turn::take(&mut query, request.path());
    let limit = query.limit(MOST, USUAL).into();
    let count = query.count();
    let sort = query.take("sort");
    let reading = Reading::<E>::take(&mut query, request, &state);
    let (sort, sort_names) = order::<E>(&mut query, sort.as_deref(), reading.language);
    let identity = format!(
        "{} {} {} {:?} {}",
        request.path(),
        sort.iter().map(|by| format!("{}{}", by.column, by.descending)).collect::<String>(),
        reading.language.tag(),
        reading.as_of,
        query.rest()
    );
    let after = turn.place(state.db.key(), &identity, &query)?;
    let filter = query.finish(&COMMON)?;
    Ok(Listing { filter, reading, limit, count, sort, sort_names, after, identity, turn, state })
}

/// The columns that `sort=` names, the id last.
fn order<E: Readable>(
    query: &mut Query,
    text: Option<&str>,
    language: Language,
) -> (Vec<SortColumn>, Vec<&'static str>) {
    let mut columns = Vec::new();
    let mut names = Vec::new();
    let usual = E::SORTS.first().map_or("", |sort| sort.name);
    for part in text.unwrap_or(usual).split(',') {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        match E::SORTS.iter().find(|sort| sort.name == name) {
            Some(sort) if !names.contains(&sort.name) => {
                columns.push(SortColumn { column: sort.column(language), descending });
                names.push(sort.name);
            }
            _ => {
                let valid: Vec<&str> = E::SORTS.iter().map(|sort| sort.name).collect();
                query.fault("sort", Code::BadValue.with("valid", format!("{}; -{} …", valid.join(", "), usual)));
            }
        }
    }
    // What is added goes the same way as what was named last, so that an index is read from one end or the other.
    let descending = columns.last().is_some_and(|column| column.descending);
    let is_grouped = E::SORTS.iter().any(|sort| sort.groups && names.last() == Some(&sort.name));
    if let Some(by_name) = E::SORTS.first().filter(|_| is_grouped) {
        columns.push(SortColumn { column: by_name.column(language), descending });
        names.push(by_name.name);
    }
    columns.push(SortColumn { column: E::ID, descending });
    (columns, names)
}

impl<E: Readable, F: DeserializeOwned> FromRequest for Listing<E, F> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(listing(request))
    }
}

impl<E: Readable> FromRequest for Reading<E> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(reading(request))
    }
}

fn reading<E: Readable>(request: &HttpRequest) -> Result<Reading<E>> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("no state"))?;
    let mut query = Query::of(request);
    let reading = Reading::take(&mut query, request, state);
    query.finish_empty(&["as_of", "fields", "include"])?;
    Ok(reading)
}

impl<E: Readable> IntoParams for Reading<E> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = vec![names(
            "fields",
            "The fields to answer with, separated by commas; the id is always there. All when left out.",
            E::FIELDS,
        )];
        if !E::INCLUDES.is_empty() {
            parameters.push(names("include", "Relations to answer with, separated by commas.", E::INCLUDES));
        }
        parameters.push(parameter(
            "as_of",
            "The state at a time (RFC 3339), or as a day ended (YYYY-MM-DD). Now when left out.",
            text(),
        ));
        parameters
    }
}

impl<E: Readable, F: IntoParams> IntoParams for Listing<E, F> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let sorts: Vec<&str> = E::SORTS.iter().map(|sort| sort.name).collect();
        let sort = format!(
            "Sort orders, separated by commas, each with a - before it to turn it round: {}. {} when left out. Names sort in the alphabet of the language asked for.",
            sorts.join(", "),
            sorts.first().unwrap_or(&"")
        );
        let mut parameters = F::into_params(place);
        parameters.extend([
            parameters::limit("Rows on a page.", MOST, USUAL),
            parameter("cursor", "The page that the one before named as next. Everything else stays as it was.", text()),
            parameter("sort", &sort, text()),
            parameters::count("Whether to count the whole list, as total."),
        ]);
        parameters.extend(Reading::<E>::into_params(|| None));
        parameters
    }
}
