//! Networks, the links between them, and the graph they make.

mod duplicates;
mod graph;
mod handlers;
pub mod indexed;
pub mod links;
mod merge;
mod permits;
mod rehosted;
mod row;
mod store;
mod themes;
mod types;
mod words;

pub use permits::known;
pub use rehosted::{Hosted, count_hosted, hold, hold_hosted, hosted, hosted_by, rehost, rewrite};
pub use row::NetworkRow;
pub use store::{get, hosts_any, load, mentions, references, some_references};
pub use themes::{count_by_theme, have_theme};
pub use types::{NetworkCreate, NetworkId, NetworkReference};
pub use words::{JoinPolicy, NetworkKind, NetworkStatus};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_networks)
        .service(handlers::create_network)
        .service(handlers::get_network)
        .service(handlers::replace_network)
        .service(handlers::patch_network)
        .service(handlers::delete_network)
        .service(handlers::merge_network)
        .service(handlers::list_network_duplicates)
        .service(handlers::dismiss_network_duplicate)
        .service(handlers::restore_network_duplicate)
        .service(links::handlers::list_network_links)
        .service(links::handlers::create_network_link)
        .service(links::handlers::get_network_link)
        .service(links::handlers::end_network_link)
        .service(links::handlers::delete_network_link)
        .service(graph::get_graph);
}
