//! Documents found by their words, in Finnish, Swedish and English, explained, and only by who may see them.
//!
//! The index is a cache: what it holds is made of documents that a database has, and it can be thrown away at any time.
//! Postings are tantivy's; what is looked up in them, how it counts and who sees it is decided here. The words are the
//! analyser's, the same for documents and queries.

mod document;
mod error;
mod folder;
mod index;
mod kept;
mod lengths;
mod marks;
mod postings;
mod private;
mod query;
mod rank;
mod schema;
mod segment;
mod suggest;
mod terms;

#[cfg(test)]
mod tests;

pub use crate::text::analysis::Languages;
pub use document::{Document, Entity, Field, Key, Text};
pub use error::{Error, Result};
pub use index::{Index, LEAST_MEMORY, Opened};
pub use marks::{Marker, Snippet};
pub use private::Private;
pub use query::{After, Filters, MOST_HITS, NameOrder, Query, Sort, Words};
pub use rank::{FacetCount, Facets, Found, Hit, Matched};
pub use suggest::Suggestion;
