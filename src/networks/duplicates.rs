//! Likely duplicates among networks: those that have the same name in some language.
//!
//! There are few networks beside people, so the pairs are looked for when they are asked for. Of several that are alike,
//! each is paired with the one before by id.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::references;
use super::types::{NetworkId, NetworkReference};
use crate::auth::visibility::Sight;
use crate::db::as_of::Derived;
use crate::db::keyset::SortValue;
use crate::db::types::words;
use crate::db::{Conn, MultiBackend, one_of};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Readable, Sort, Sorted};
use crate::http::problem::{Problem, Result};
use crate::http::query::AnyOf;
use crate::http::shown::Shown;
use crate::http::time;
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
}

/// What can be read of likely duplicates.
pub struct NetworkDuplicate;

impl Readable for NetworkDuplicate {
    const ID: &'static str = "network_duplicates.id";
    const SORTS: &'static [Sort] = &[Sort::by("created_at", "network_duplicates.created_at")];
    const FIELDS: &'static [&'static str] = &["id", "created_at", "reasons", "first", "second"];
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

/// The pairs, from the networks as they are, or were.
const PAIRS: &str = "network_duplicates (id, first_id, second_id, created_at, first_host, second_host) AS (\
    SELECT DISTINCT first_id || ':' || second_id, first_id, second_id, created_at, first_host, second_host FROM (\
        SELECT lag(id) OVER alike AS first_id, id AS second_id, created_at, \
            lag(host_organisation_id) OVER alike AS first_host, host_organisation_id AS second_host \
        FROM (SELECT DISTINCT network_names.folded, networks.id, networks.created_at, networks.host_organisation_id \
            FROM networks JOIN network_names ON network_names.network_id = networks.id \
            AND network_names.names_version = networks.names_version) named \
        WINDOW alike AS (PARTITION BY folded ORDER BY id)) pairs \
    WHERE first_id IS NOT NULL)";

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
    let mut rows: Vec<Row> = Derived { at, with: PAIRS, query: page.query }.load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(Derived { at, with: PAIRS, query: filtered(&listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    if rows.is_empty() {
        return Ok(Page { items: Vec::new(), next, total });
    }
    let known = references(conn, rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect(), at, sight)?;
    let gone = || Problem::internal("a duplicate of a network that is not there");
    let show = |row: Row| {
        let network = |id: NetworkId| known.get(&id).cloned().ok_or_else(gone);
        let is_same_host = row.first_host.is_some() && row.first_host == row.second_host;
        let mut reasons = vec![NetworkDuplicateReason::SameName];
        reasons.extend(is_same_host.then_some(NetworkDuplicateReason::SameHost));
        let view = NetworkDuplicateView {
            created_at: row.created_at.and_utc(),
            reasons,
            first: network(row.first_id)?,
            second: network(row.second_id)?,
            id: row.id,
        };
        Shown::of(1, &view)
    };
    Ok(Page { items: rows.into_iter().map(show).collect::<Result<_>>()?, next, total })
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
