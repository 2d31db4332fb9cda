//! Concepts: the units of thought that a vocabulary names, orders and relates (SKOS Reference, 3).

pub mod handlers;
mod hierarchy;
pub mod indexed;
mod labels;
mod references;
mod row;
mod store;
mod types;

pub(super) use hierarchy::{BROADER, RELATED, REPLACED_BY, in_circle, lift_all};
pub(super) use labels::{LABEL, LABELS};
pub(super) use row::ConceptRow;
pub(super) use store::write_labels;

pub use labels::AltLabels;
pub use references::{faults, references};
pub use types::{ConceptCreate, ConceptId, ConceptReference};
