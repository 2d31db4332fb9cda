//! Concepts: the units of thought that a vocabulary names, orders and relates (SKOS Reference, 3).

pub mod handlers;
mod hierarchy;
mod labels;
mod references;
mod row;
mod store;
mod types;

pub(super) use hierarchy::{BROADER, RELATED, REPLACED_BY};
pub(super) use labels::{LABEL, LABELS};
pub(super) use row::{ConceptRow, uri_of};
pub(super) use store::write_labels;

pub use labels::AltLabels;
pub use references::{faults, references};
pub use types::{ConceptCreate, ConceptId, ConceptReference};
