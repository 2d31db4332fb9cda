//! Search: what is found by its words, in Finnish, Swedish and English, explained, and only by who may see it.
//!
//! The engine (`engine/`) knows documents and queries, and nothing of the directory. The keeper (`keeper.rs`) holds this
//! process's index and keeps it at the directory, by the change log. What a document is made of, each feature says
//! (`indexed.rs`, and theirs); who may find it, `access.rs` does.

pub mod access;
pub mod engine;
pub mod indexed;
mod keeper;

pub use engine::*;
pub use indexed::{Indexed, languages, spoken, texts};
pub use keeper::{Keeper, Progress, Searched, Standing};
