//! Search: what is found by its words, in Finnish, Swedish and English, explained, and only by who may see it.
//!
//! The engine (`engine/`) knows documents and queries, and nothing of the directory. The keeper (`keeper.rs`) holds this
//! process's index and keeps it at the directory, by the change log. What a document is made of, each feature says
//! (`indexed.rs`, and theirs); who may find it, `access.rs` does.

pub mod access;
mod asked;
pub mod engine;
mod find;
mod handlers;
pub mod indexed;
mod keeper;
mod show;
mod types;

pub use engine::*;
pub use indexed::{Indexed, languages, spoken, texts};
pub use keeper::{Keeper, Progress, Searched, Standing};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::search_directory).service(handlers::list_suggestions);
}
