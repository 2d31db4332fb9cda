//! For those who run it: whether it is alive, whether it is ready, how it does.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::metrics;
use crate::app::State;
use crate::db::{meta, migrations, ping};
use crate::search::{Keeper, Progress, Standing};
use crate::text::analysis;

/// The path of readiness.
pub const READY: &str = "/readyz";

/// Whether the service is alive.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// `alive`.
    status: &'static str,
}

/// Whether the service is ready.
#[derive(Serialize, ToSchema)]
struct Ready {
    /// `ready` or `not_ready`.
    status: &'static str,
    /// `reachable` or `away`.
    database: &'static str,
    /// `current` or `behind`; null when the database is away.
    schema: Option<&'static str>,
    /// The OIDC issuers, if there are any: `current`; `stale`, when one is away and its known keys go on working; `away`,
    /// when it is and none is known, or `no_keys`, when it publishes none that can be used, so that its tokens are not
    /// taken. The service is ready all the same.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    issuers: BTreeMap<String, &'static str>,
    /// The search index. Until there is one to search, search alone answers 503.
    search: ReadySearch,
}

/// How far the search index is.
#[derive(Serialize, ToSchema)]
struct ReadySearch {
    /// `opening`; `filling`, from the database; `current`, following what is written; `failing`, when that did not succeed
    /// and is tried again.
    status: &'static str,
    /// Whether it can be searched: also an older one while a new one is filled, but none while the database is away, from
    /// which what is found is read.
    searchable: bool,
    /// While it is filled, the documents that it has, and those that there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    filling: Option<ReadyFilling>,
    /// What analyses words: the version of the service's own rules and words, and where libvoikko reads Finnish, its
    /// version, that of its dictionary and a checksum. Replicas of which this differs find different things.
    analyser: String,
    /// That of the process that started last on this database, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_analyser: Option<String>,
}

/// How far the filling of the search index is.
#[derive(Serialize, ToSchema)]
struct ReadyFilling {
    /// The documents that it has.
    done: u64,
    /// The documents that there are, about.
    of: u64,
}

impl ReadySearch {
    fn of(keeper: &Keeper, is_reachable: bool, last: Option<String>) -> Self {
        let Progress { standing, filled, of } = keeper.progress();
        let is_filling = standing == Standing::Filling;
        let analyser = analysis::own().fingerprint();
        Self {
            status: standing.as_str(),
            searchable: is_reachable && keeper.searched().is_some(),
            filling: is_filling.then_some(ReadyFilling { done: filled, of }),
            other_analyser: last.filter(|last| *last != analyser),
            analyser,
        }
    }
}

/// Whether the process is alive
///
/// Answers without asking anything of the database: restart the process when it does not.
#[utoipa::path(operation_id = "get_health", tag = "service", responses((status = 200, body = Alive, description = "It is alive")), extensions(("x-solmu-profile" = json!("health"))))]
#[get("/healthz")]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(Alive { status: "alive" })
}

/// Whether the service can answer
///
/// The database is reachable and its schema is current: send no requests when it is not. An OIDC issuer that is away is
/// named, but is no reason to send none: what else the service does goes on. Nor is a search index that is being filled.
#[utoipa::path(operation_id = "get_readiness", tag = "service", responses((status = 200, body = Ready, description = "It is ready"), (status = 503, body = Ready, description = "It is not")), extensions(("x-solmu-profile" = json!("health"))))]
#[get("/readyz")]
pub async fn ready(state: web::Data<State>) -> HttpResponse {
    let checked = state.db.read(|conn| {
        ping(conn)?;
        let is_current = migrations::check(conn).is_ok();
        Ok((is_current, meta::analyser(conn).unwrap_or_default()))
    });
    let (status, database, schema, last) = match checked.await {
        Ok((true, last)) => ("ready", "reachable", Some("current"), last),
        Ok((false, last)) => ("not_ready", "reachable", Some("behind"), last),
        Err(_) => ("not_ready", "away", None, None),
    };
    let issuers = state.tokens.issuers().map(|issuer| (issuer.url.clone(), issuer.standing().as_str()));
    let search = ReadySearch::of(&state.search, database == "reachable", last);
    let body = Ready { status, database, schema, issuers: issuers.collect(), search };
    let status = if body.status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut response = HttpResponse::build(status);
    if status != StatusCode::OK {
        response.insert_header((RETRY_AFTER, "5"));
    }
    response.insert_header((CACHE_CONTROL, "no-store")).json(body)
}

/// Metrics for Prometheus
///
/// Requests by route template, method and status, their latency, the database's pools and the search index, as OpenMetrics
/// text. What it counts is everything, also what is hidden: it is for those who run the service.
#[utoipa::path(operation_id = "get_metrics", tag = "service", responses((status = 200, body = String, content_type = "application/openmetrics-text", description = "The metrics")), extensions(("x-solmu-profile" = json!("metrics"))))]
#[get("/metrics")]
pub async fn exposition(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_TYPE, metrics::MEDIA_TYPE))
        .body(state.metrics.text())
}
