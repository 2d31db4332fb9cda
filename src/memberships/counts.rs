//! How many are in a network: numbers, which name nobody.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, get, web};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::on_day;
use super::words::{MembershipRole, MembershipState};
use crate::app::State;
use crate::auth::Caller;
use crate::auth::visibility::Sight;
use crate::db::Conn;
use crate::db::as_of::AsOf;
use crate::db::schema::{members, memberships, organisations};
use crate::http::answer::Answer;
use crate::http::day;
use crate::http::path::Id;
use crate::http::problem::{Problem, Result};
use crate::http::query::Query;
use crate::members::Viewer;
use crate::networks::{self, NetworkId};
use crate::organisations::{self as organisation, OrganisationId, OrganisationReference};

diesel::allow_columns_to_appear_in_same_group_by_clause!(memberships::state, memberships::role, organisations::branch);

/// How many of a branch are in a network.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BranchCount {
    /// The ministry; null for those whose organisation is in no branch.
    pub branch: Option<OrganisationReference>,
    /// How many are in the network.
    pub count: i64,
}

/// How many are in a network.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipCounts {
    /// How many are in it; with valid_on, how many were on that day.
    pub active: i64,
    /// How many of them have each role.
    pub by_role: BTreeMap<&'static str, i64>,
    /// How many memberships are in each state; with valid_on, how those of that day stand now.
    pub by_state: BTreeMap<&'static str, i64>,
    /// How many of them are of each branch, the largest first.
    pub by_branch: Vec<BranchCount>,
    /// Whether it has no coordinator now, or at the time of as_of, of whom everybody signed in sees that they are, though it
    /// is not closed.
    pub needs_coordinator: bool,
}

/// As of when they are counted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
struct CountsTime {
    /// The state at a time (RFC 3339), or as a day ended (YYYY-MM-DD). Now when left out.
    as_of: Option<String>,
}

/// Who is counted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CountsFilter {
    /// A day on which the members were, or are, in it.
    #[serde(default, deserialize_with = "day::maybe")]
    valid_on: Option<NaiveDate>,
}

/// The counts that are asked for.
pub struct CountsQuery {
    as_of: Option<NaiveDateTime>,
    valid_on: Option<NaiveDate>,
}

impl FromRequest for CountsQuery {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let zone = request.app_data::<web::Data<State>>().map_or(chrono_tz::UTC, |state| state.time_zone);
        let mut query = Query::of(request);
        let as_of = query.as_of(zone);
        ready(query.finish(&["as_of"]).map(|CountsFilter { valid_on }| Self { as_of, valid_on }))
    }
}

/// Count a network's memberships
///
/// By role, by state and by the branch of the members' organisations; of those whom the caller sees in the network's list.
#[utoipa::path(operation_id = "get_membership_counts", tag = "memberships",
    params(("id" = NetworkId, Path, description = "The network's id"), CountsTime, CountsFilter),
    responses((status = 200, body = MembershipCounts, description = "The counts")), security(("bearer" = ["directory:read"]), ("bearer" = ["hr:sync"])))]
#[get("/networks/{id}/membership-counts")]
pub async fn get_membership_counts(
    caller: Caller,
    state: web::Data<State>,
    Id(network): Id<NetworkId>,
    query: CountsQuery,
) -> Result<Answer> {
    let (caller, sight) = (caller.clone().signed_in()?, caller.sight());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::of(conn, &caller)?;
        count(conn, network, &query, sight, &viewer)
    };
    let counts = state.db.snapshot(read).await?;
    Ok(Answer::document(&counts)?.vary(""))
}

/// Three queries, whatever the size.
fn count(
    conn: &mut Conn,
    network: NetworkId,
    &CountsQuery { as_of: at, valid_on }: &CountsQuery,
    sight: Sight,
    viewer: &Viewer,
) -> Result<MembershipCounts> {
    let needs_coordinator = networks::get(conn, network, at, sight)?.needs_coordinator;
    let mut query = memberships::table
        .inner_join(members::table.on(members::id.eq(memberships::member_id)))
        .left_join(organisations::table.on(organisations::id.nullable().eq(members::organisation_id)))
        .filter(memberships::network_id.eq(network))
        .filter(viewer.membership(at))
        .group_by((memberships::state, memberships::role, organisations::branch))
        .select((memberships::state, memberships::role, organisations::branch.nullable(), count_star()))
        .into_boxed();
    if let Some(day) = valid_on {
        query = query.filter(on_day(day));
    }
    type Group = (MembershipState, MembershipRole, Option<OrganisationId>, i64);
    let groups: Vec<Group> = AsOf { at, query }.load(conn)?;
    let mut by_state: BTreeMap<&'static str, i64> = MembershipState::WORDS.iter().map(|word| (*word, 0)).collect();
    let mut by_role: BTreeMap<&'static str, i64> = MembershipRole::WORDS.iter().map(|word| (*word, 0)).collect();
    let mut branches: BTreeMap<Option<OrganisationId>, i64> = BTreeMap::new();
    for (state, role, branch, count) in groups {
        *by_state.entry(state.as_str()).or_default() += count;
        // Of those of a day, whoever has gone since was in it.
        if state == MembershipState::Active || valid_on.is_some() {
            *by_role.entry(role.as_str()).or_default() += count;
            *branches.entry(branch).or_default() += count;
        }
    }
    let known = organisation::references(conn, branches.keys().flatten().copied(), at)?;
    let named = |(branch, count): (Option<OrganisationId>, i64)| BranchCount {
        branch: branch.and_then(|id| known.get(&id)).cloned(),
        count,
    };
    let mut by_branch: Vec<BranchCount> = branches.into_iter().map(named).collect();
    by_branch.sort_by_key(|branch| std::cmp::Reverse(branch.count));
    let active = by_role.values().sum();
    Ok(MembershipCounts { active, by_role, by_state, by_branch, needs_coordinator })
}
