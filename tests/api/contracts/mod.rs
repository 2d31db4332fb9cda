//! What api.md promises of every operation, each promise tested once for all of them: the tests walk the operations of
//! the document ([`operation`]) and make their requests from the examples, so that the next entity needs no new test.

mod authentication;
mod authorisation;
mod bodies;
mod cors;
mod costs;
mod cursors;
mod document;
mod etags;
mod headers;
mod idempotency;
pub mod json_schema;
pub mod lists;
pub mod operation;
mod pages;
mod patches;
mod preconditions;
mod problems;
pub mod roles;
mod tombstones;
