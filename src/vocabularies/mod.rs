//! Vocabularies and their concepts, as SKOS has them (SKOS Reference, W3C Recommendation of 18 August 2009): what themes
//! and skills are taken from.

pub mod concepts;
mod handlers;
pub mod import;
mod row;
mod store;
mod types;

pub use concepts::{ConceptId, ConceptReference};
pub use store::load;
pub use types::{VocabularyCreate, VocabularyId};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_vocabularies)
        .service(handlers::create_vocabulary)
        .service(handlers::get_vocabulary)
        .service(handlers::replace_vocabulary)
        .service(handlers::patch_vocabulary)
        .service(handlers::delete_vocabulary)
        .service(import::handlers::import_vocabulary)
        .service(concepts::handlers::list_concepts)
        .service(concepts::handlers::create_concept)
        .service(concepts::handlers::get_concept)
        .service(concepts::handlers::replace_concept)
        .service(concepts::handlers::patch_concept)
        .service(concepts::handlers::delete_concept);
}
