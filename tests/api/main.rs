//! The integration tests: one binary, so that they are linked once.
//!
//! `cargo test --test api` runs them on SQLite, `tests/with-postgres cargo test --test api` on PostgreSQL. Each test
//! starts a service with a database of its own ([`harness::App`]), and every answer it gets is held against the OpenAPI
//! document ([`documented`]).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs
)]

mod change_log;
mod client;
mod contracts;
#[path = "../crowd/mod.rs"]
mod crowd;
mod database;
mod documented;
mod entities;
mod examples;
mod gate;
mod harness;
mod imports;
mod licences;
mod limits;
mod moves;
mod oidc;
mod plans;
mod process;
mod readme;
mod schema;
mod search;
mod smoke;
mod statements;
mod tls;
mod writers;
