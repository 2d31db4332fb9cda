//! What every endpoint shares: how a request is read, checked and answered. Mechanics, not entities.

pub mod accept;
pub mod answer;
pub mod cursor;
pub mod day;
pub mod docs;
pub mod envelope;
pub mod etag;
pub mod health;
pub mod idempotency;
pub mod json;
pub mod language;
pub mod list;
pub mod listed;
pub mod merge;
pub mod messages;
pub mod metrics;
pub mod openapi;
pub mod operations;
pub mod patch;
pub mod path;
pub mod problem;
pub mod query;
pub mod shown;
pub mod time;
pub mod unique;
pub mod validation;
