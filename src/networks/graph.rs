//! The network of networks as a graph: as JSON, or in the DOT language.

use std::fmt::Write;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, get, web};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::links::{NetworkLinkType, NetworkLinkView, links_of_graph};
use super::row::NetworkRow;
use super::store;
use super::types::{NetworkFilter, NetworkId};
use super::words::{NetworkKind, NetworkStatus};
use crate::app::State;
use crate::auth::Caller;
use crate::auth::visibility::Sight;
use crate::db::Conn;
use crate::db::as_of::AsOf;
use crate::db::schema::{networks, organisations};
use crate::http::accept;
use crate::http::answer::Answer;
use crate::http::day;
use crate::http::language::Language;
use crate::http::problem::{Problem, Result};
use crate::http::query::{AnyOf, Query};
use crate::organisations::OrganisationId;
use crate::text::Name;

/// The media type of the DOT language (IANA).
const DOT: &str = "text/vnd.graphviz";

/// The media types that the graph is drawn in; JSON when nothing is said.
const MEDIA_TYPES: [&str; 2] = ["application/json", DOT];

/// A network in the graph.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphNode {
    /// Its id.
    pub id: NetworkId,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: NetworkKind,
    /// How it is doing.
    pub status: NetworkStatus,
    /// The organisation that owns it.
    pub host_organisation_id: Option<OrganisationId>,
    /// The branch of its owner.
    pub branch: Option<OrganisationId>,
}

/// The network of networks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Graph {
    /// The networks, by id.
    pub nodes: Vec<GraphNode>,
    /// The links between them, by id.
    pub edges: Vec<NetworkLinkView>,
}

/// Which part of the network of networks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GraphFilter {
    /// Links of these types alone; the networks stay.
    #[param(value_type = Option<Vec<NetworkLinkType>>, style = Form, explode = false)]
    pub r#type: Option<AnyOf<NetworkLinkType>>,
    /// Networks of these branches alone.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// A day on which the links hold, and on which the networks exist as far as is known. All of them when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub date: Option<NaiveDate>,
}

/// The state at a time, beside the filter.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
struct GraphTime {
    /// The state at a time (RFC 3339), or as a day ended (YYYY-MM-DD). Now when left out.
    as_of: Option<String>,
}

/// The graph that is asked for.
pub struct GraphQuery {
    filter: GraphFilter,
    as_of: Option<NaiveDateTime>,
}

impl FromRequest for GraphQuery {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let zone = request.app_data::<web::Data<State>>().map_or(chrono_tz::UTC, |state| state.time_zone);
        let mut query = Query::of(request);
        let as_of = query.as_of(zone);
        ready(query.finish(&["as_of"]).map(|filter| Self { filter, as_of }))
    }
}

/// The network of networks
///
/// All networks within sight and the links between them; in the DOT language with `Accept: text/vnd.graphviz`.
#[utoipa::path(operation_id = "get_graph", tag = "networks", params(GraphFilter, GraphTime),
    responses((status = 200, description = "The graph", content((Graph = "application/json"), (String = "text/vnd.graphviz")))), security(("bearer" = ["directory:read"])))]
#[get("/graph")]
pub async fn get_graph(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    query: GraphQuery,
) -> Result<Answer> {
    let sight = caller.sight();
    let graph = state.db.snapshot(move |conn| read(conn, &query, sight)).await?;
    draw(&graph, request.headers())
}

fn draw(graph: &Graph, headers: &HeaderMap) -> Result<Answer> {
    match accept::preferred(headers, &MEDIA_TYPES) {
        Some(DOT) => Ok(Answer::text(DOT, dot(graph, Language::of(headers))).vary("Accept, Accept-Language")),
        _ => Ok(Answer::document(graph)?.vary("Accept")),
    }
}

/// Two queries, whatever the size.
fn read(conn: &mut Conn, query: &GraphQuery, sight: Sight) -> Result<Graph> {
    let at = query.as_of;
    let filter = NetworkFilter { branch: query.filter.branch.clone(), ..NetworkFilter::default() };
    let mut nodes = store::filtered(&filter, sight);
    if let Some(day) = query.filter.date {
        nodes = nodes
            .filter(networks::founded_on.is_null().or(networks::founded_on.le(day)))
            .filter(networks::closed_on.is_null().or(networks::closed_on.gt(day)));
    }
    let branch = organisations::table
        .filter(organisations::id.nullable().eq(networks::host_organisation_id))
        .select(organisations::branch)
        .single_value();
    let query_of_nodes = nodes.order(networks::id).select((NetworkRow::as_select(), branch));
    let rows: Vec<(NetworkRow, Option<OrganisationId>)> = AsOf { at, query: query_of_nodes }.load(conn)?;
    let node = |(row, branch): (NetworkRow, Option<OrganisationId>)| {
        let NetworkRow { id, kind, status, host_organisation_id, .. } = row;
        row.name().map(|name| GraphNode { id, name, kind, status, host_organisation_id, branch })
    };
    let nodes: Vec<GraphNode> = rows.into_iter().map(node).collect::<Result<_>>()?;
    let types = query.filter.r#type.as_ref().map(|types| types.0.as_slice());
    let mut edges = links_of_graph(conn, types, query.filter.date, at)?;
    // A link stays where both its networks do, so none leads out of sight; the nodes are in the order of their ids.
    let is_node = |id: NetworkId| nodes.binary_search_by_key(&id, |node| node.id).is_ok();
    edges.retain(|edge| is_node(edge.from) && is_node(edge.to));
    Ok(Graph { nodes, edges })
}

/// The graph in the DOT language, with names in the reader's language.
fn dot(graph: &Graph, language: Language) -> String {
    let mut text = String::from("digraph solmu {\n  rankdir=BT;\n  node [shape=box, style=rounded];\n");
    for node in &graph.nodes {
        let style = if node.status == NetworkStatus::Closed { ", style=dashed" } else { "" };
        let Ok(()) = writeln!(text, "  \"{}\" [label=\"{}\"{style}];", node.id, quoted(node.name.best(language)))
        else {
            return text;
        };
    }
    for edge in &graph.edges {
        let direction = if edge.r#type.is_mutual() { ", dir=both" } else { "" };
        let Ok(()) =
            writeln!(text, "  \"{}\" -> \"{}\" [label=\"{}\"{direction}];", edge.from, edge.to, edge.r#type.as_str())
        else {
            return text;
        };
    }
    text.push_str("}\n");
    text
}

/// Within the quotes of DOT a quote is escaped, and a backslash begins an escape of its own.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_never_leaves_its_quotes() {
        assert_eq!(quoted("a\"];b\\\n"), "a\\\"];b\\\\ ");
    }
}
