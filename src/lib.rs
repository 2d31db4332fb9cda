//! Solmu: the directory of a network of networks for public administration.
//!
//! A request goes `app` → the feature's `routes` → a handler, whose extractors have authenticated ([`auth`]), parsed and
//! validated ([`http`]) → [`db`] → the feature's store → a view → the answer, in its envelope ([`http::envelope`]).

pub mod app;
pub mod auth;
pub mod config;
pub mod db;
pub mod demo;
pub mod ex_officio;
pub mod http;
pub mod members;
pub mod memberships;
pub mod networks;
pub mod organisation_changes;
pub mod organisations;
pub mod search;
pub mod serve;
pub mod text;
pub mod vocabularies;
