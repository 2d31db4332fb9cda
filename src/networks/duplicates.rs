//! Likely duplicates among networks: those that have the same name in some language.
//!
//! There are few networks beside people, so the pairs are looked for when they are asked for. Of several that are alike,
//! each is paired with the nearest before by id that nobody judged to be another.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{TYPE, get, references};
use super::types::{NetworkId, NetworkReference};
use crate::auth::visibility::Sight;
use crate::db::as_of::Derived;
use crate::db::dismissals::{self, Dismissed};
use crate::db::keyset::SortValue;
use crate::db::types::words;
use crate::db::{Conn, MultiBackend, Tx, one_of};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Readable, Sort, Sorted};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::query::AnyOf;
use crate::http::shown::Shown;
use crate::http::time;
use crate::http::validation::one_line;
use crate::organisations::OrganisationId;

words! {
    /// Why two networks may be one.
    NetworkDuplicateReason {
        /// They have the same name in some language.
        SameName = "same_name",
        /// The same organisation owns both, beside the name.
        SameHost = "same_host",
    }
}

/// Two networks that may be one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NetworkDuplicateView {
    /// The ids of the two, with a colon between them.
    pub id: String,
    /// When the second was created.
    #[serde(serialize_with = "time::utc")]
    pub created_at: DateTime<Utc>,
    /// Why they may be.
    pub reasons: Vec<NetworkDuplicateReason>,
    /// The one whose id came first.
    pub first: NetworkReference,
    /// The other.
    pub second: NetworkReference,
    /// That somebody judged the two to be two; null of those that may be one.
    pub dismissed: Option<Dismissed>,
}

/// Two networks, in either order.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkPair {
    /// The one.
    pub first_id: NetworkId,
    /// The other.
    pub second_id: NetworkId,
}

/// Two networks, in either order, that are two.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkDismissal {
    /// The one.
    pub first_id: NetworkId,
    /// The other.
    pub second_id: NetworkId,
    /// What there is to say of it.
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Which pairs to list. Of several values of a parameter, separated by commas, any matches; of several parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NetworkDuplicateFilter {
    /// Why they may be one.
    #[param(value_type = Option<Vec<NetworkDuplicateReason>>, style = Form, explode = false)]
    pub reason: Option<AnyOf<NetworkDuplicateReason>>,
    /// The organisation that owns either.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub host_organisation_id: Option<AnyOf<OrganisationId>>,
    /// Those that somebody judged to be two, instead of the others.
    pub dismissed: Option<bool>,
}

/// What can be read of likely duplicates.
pub struct NetworkDuplicate;

impl Readable for NetworkDuplicate {
    const ID: &'static str = "network_duplicates.id";
    const SORTS: &'static [Sort] = &[Sort::by("created_at", "network_duplicates.created_at")];
    const FIELDS: &'static [&'static str] = &["id", "created_at", "reasons", "first", "second", "dismissed"];
    const INCLUDES: &'static [&'static str] = &[];
}

diesel::table! {
    /// The pairs, as [`PAIRS`] derives them.
    network_duplicates (id) {
        id -> Text,
        first_id -> Text,
        second_id -> Text,
        created_at -> Timestamp,
        first_host -> Nullable<Text>,
        second_host -> Nullable<Text>,
    }
}

macro_rules! derived {
    ($pairs:expr) => {
        concat!(
            "network_duplicates (id, first_id, second_id, created_at, first_host, second_host) AS (\
             SELECT first.id || ':' || second.id, first.id, second.id, second.created_at, \
             first.host_organisation_id, second.host_organisation_id FROM (",
            $pairs,
            ") pairs JOIN networks first ON first.id = pairs.first_id JOIN networks second ON second.id = pairs.second_id)"
        )
    };
}

/// The names that networks have now, each once.
macro_rules! named {
    ($name:literal) => {
        concat!(
            "(SELECT DISTINCT network_names.folded, networks.id FROM networks JOIN network_names \
             ON network_names.network_id = networks.id AND network_names.names_version = networks.names_version) ",
            $name
        )
    };
}

macro_rules! judged_seconds {
    () => {
        "(SELECT dismissals.second_id FROM dismissals WHERE dismissals.entity_type = 'network')"
    };
}

/// The pairs, from the networks as they are, or were: each with the one before, and those of which somebody judged with
/// the nearest that is left.
const PAIRS: &str = derived!(concat!(
    "SELECT first_id, second_id FROM (SELECT lag(id) OVER (PARTITION BY folded ORDER BY id) AS first_id, id AS second_id FROM ",
    named!("named"),
    ") nearest WHERE first_id IS NOT NULL AND second_id NOT IN ",
    judged_seconds!(),
    " UNION SELECT max(first.id), second.id FROM ",
    named!("second"),
    " JOIN ",
    named!("first"),
    " ON first.folded = second.folded AND first.id < second.id WHERE second.id IN ",
    judged_seconds!(),
    " AND NOT EXISTS (SELECT 1 FROM dismissals WHERE dismissals.entity_type = 'network' \
     AND dismissals.id = first.id || ':' || second.id) GROUP BY second.id, second.folded"
));

/// Those that are alike and were judged to be two, in their place.
const DISMISSED: &str = derived!(concat!(
    "SELECT DISTINCT dismissals.first_id, dismissals.second_id FROM dismissals JOIN ",
    named!("first"),
    " ON first.id = dismissals.first_id JOIN ",
    named!("second"),
    " ON second.id = dismissals.second_id AND second.folded = first.folded WHERE dismissals.entity_type = 'network'"
));

#[derive(Queryable, Selectable)]
#[diesel(table_name = network_duplicates, check_for_backend(MultiBackend))]
struct Row {
    id: String,
    first_id: NetworkId,
    second_id: NetworkId,
    created_at: NaiveDateTime,
    first_host: Option<OrganisationId>,
    second_host: Option<OrganisationId>,
}

impl Sorted for Row {
    fn sort_value(&self, _: &str, _: Language) -> Result<SortValue> {
        Ok(SortValue::Time(self.created_at))
    }

    fn id(&self) -> &str {
        &self.id
    }
}

/// A page of likely duplicates.
pub fn list(
    conn: &mut Conn,
    listing: &Listing<NetworkDuplicate, NetworkDuplicateFilter>,
    sight: Sight,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let page = listing.page(query.order(listing.order()).select(Row::as_select()));
    let is_dismissed = listing.filter.dismissed == Some(true);
    let with = if is_dismissed { DISMISSED } else { PAIRS };
    let mut rows: Vec<Row> = Derived { at, with, query: page.query }.load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(Derived { at, with, query: filtered(&listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    if rows.is_empty() {
        return Ok(Page { items: Vec::new(), next, total });
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut dismissed = match is_dismissed {
        true => dismissals::of_pairs(conn, TYPE, &ids, at)?,
        false => HashMap::new(),
    };
    let known = references(conn, rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect(), at, sight)?;
    let show = |row: Row| {
        let dismissed = dismissed.remove(&row.id);
        view(row, true, dismissed, &known)
    };
    Ok(Page { items: rows.into_iter().map(show).collect::<Result<_>>()?, next, total })
}

fn view(
    row: Row,
    is_same_name: bool,
    dismissed: Option<Dismissed>,
    known: &HashMap<NetworkId, NetworkReference>,
) -> Result<Shown> {
    let gone = || Problem::internal("a duplicate of a network that is not there");
    let network = |id: NetworkId| known.get(&id).cloned().ok_or_else(gone);
    let is_same_host = is_same_name && row.first_host.is_some() && row.first_host == row.second_host;
    let reasons = [
        is_same_name.then_some(NetworkDuplicateReason::SameName),
        is_same_host.then_some(NetworkDuplicateReason::SameHost),
    ];
    let reasons = reasons.into_iter().flatten().collect();
    let (first, second) = (network(row.first_id)?, network(row.second_id)?);
    let created_at = row.created_at.and_utc();
    Shown::of(1, &NetworkDuplicateView { id: row.id, created_at, reasons, first, second, dismissed })
}

fn filtered(filter: &NetworkDuplicateFilter) -> network_duplicates::BoxedQuery<'static, MultiBackend> {
    let mut query = network_duplicates::table.into_boxed();
    if let Some(reasons) = &filter.reason
        && !reasons.0.contains(&NetworkDuplicateReason::SameName)
    {
        query = query.filter(network_duplicates::first_host.eq(network_duplicates::second_host));
    }
    if let Some(hosts) = &filter.host_organisation_id {
        let of_either = one_of(network_duplicates::second_host, &hosts.0);
        query = query.filter(one_of(network_duplicates::first_host, &hosts.0).or(of_either));
    }
    query
}

/// Judges two networks to be two: they are not listed any more, unless it is asked for. Whoever says so again changes
/// nothing.
pub fn dismiss(tx: &mut Tx<'_>, pair: NetworkPair, note: Option<String>, sight: Sight) -> Result<Shown> {
    let (first, second) = held(tx, pair)?;
    dismissals::dismiss(tx, TYPE, first.as_str(), second.as_str(), note)?;
    show(tx.conn, first, second, sight)
}

/// Takes it back.
pub fn restore(tx: &mut Tx<'_>, pair: NetworkPair, sight: Sight) -> Result<Shown> {
    let (first, second) = held(tx, pair)?;
    dismissals::restore(tx, TYPE, &dismissals::pair(first.as_str(), second.as_str()))?;
    show(tx.conn, first, second, sight)
}

/// The two of a pair that is listed, or was judged to be two, in the order of their ids; 404 where it is neither. Nobody
/// deletes or merges them meanwhile.
fn held(tx: &mut Tx<'_>, NetworkPair { first_id, second_id }: NetworkPair) -> Result<(NetworkId, NetworkId)> {
    if first_id == second_id {
        return Err(Problem::invalid(vec![Fault::at("/second_id", Code::Repeated)]));
    }
    let (first, second) = (first_id.min(second_id), first_id.max(second_id));
    tx.keep_all(TYPE, &[first.as_str(), second.as_str()])?;
    let id = dismissals::pair(first.as_str(), second.as_str());
    let listed = network_duplicates::table.filter(network_duplicates::id.eq(&id)).count();
    let listed: i64 = Derived { at: None, with: PAIRS, query: listed }.get_result(tx.conn)?;
    if listed > 0 || !dismissals::of_pairs(tx.conn, TYPE, &[&id], None)?.is_empty() {
        return Ok((first, second));
    }
    Err(Problem::not_found())
}

/// A pair as it is now, alike or not.
fn show(conn: &mut Conn, first_id: NetworkId, second_id: NetworkId, sight: Sight) -> Result<Shown> {
    let (first, second) = (get(conn, first_id, None, sight)?, get(conn, second_id, None, sight)?);
    let (first_names, second_names) = (first.name()?.folded(), second.name()?.folded());
    let is_same = first_names.iter().any(|(_, name)| second_names.iter().any(|(_, other)| other == name));
    let id = dismissals::pair(first_id.as_str(), second_id.as_str());
    let dismissed = dismissals::of_pairs(conn, TYPE, &[&id], None)?.remove(&id);
    let known = references(conn, vec![first_id, second_id], None, sight)?;
    let (first_host, second_host) = (first.host_organisation_id, second.host_organisation_id);
    let row = Row { id, first_id, second_id, created_at: second.created_at, first_host, second_host };
    view(row, is_same, dismissed, &known)
}
