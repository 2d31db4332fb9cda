//! Entities as they are shown: JSON put together from the JSON that is stored.
//!
//! An entity's own fields are stored as one document and go into answers as they are: a page of 50 is never parsed and
//! never serialised. `…View` describes the result to the OpenAPI document; a contract holds answers against it.

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Map, Value};

use super::problem::{Problem, Result};
use super::time;
use crate::db::Json;

/// Bytes of what every entity has, and some to spare.
const HEAD: usize = 256;

/// An entity's answer.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its version.
    pub version: i64,
    /// The object, but for the brace that closes it.
    text: String,
}

/// Adds to each of several what belongs to its row.
pub fn each<R>(all: Vec<Shown>, rows: &[R], mut add: impl FnMut(Shown, &R) -> Result<Shown>) -> Result<Vec<Shown>> {
    all.into_iter().zip(rows).map(|(shown, row)| add(shown, row)).collect()
}

impl Shown {
    /// What every entity has.
    ///
    /// `room` is how many bytes will be added, as far as that is known.
    pub fn new(id: &str, version: i64, created_at: NaiveDateTime, updated_at: NaiveDateTime, room: usize) -> Self {
        let mut text = String::with_capacity(HEAD + room);
        text.push_str("{\"id\":\"");
        text.push_str(id);
        text.push_str("\",\"version\":");
        text.push_str(&version.to_string());
        text.push_str(",\"created_at\":\"");
        time::push(&mut text, created_at);
        text.push_str("\",\"updated_at\":\"");
        time::push(&mut text, updated_at);
        text.push('"');
        Self { version, text }
    }

    /// An entity that is not stored as a document.
    pub fn of(version: i64, view: &impl Serialize) -> Result<Self> {
        let mut text = serde_json::to_string(view).map_err(Problem::internal)?;
        text.pop();
        Ok(Self { version, text })
    }

    /// Adds the fields of a stored document.
    pub fn with_document<T>(mut self, document: &Json<T>) -> Self {
        let object = document.text();
        let fields = object.get(1..object.len().saturating_sub(1)).unwrap_or_default();
        if !fields.is_empty() {
            self.text.push(',');
            self.text.push_str(fields);
        }
        self
    }

    /// Adds a field.
    pub fn with(self, name: &str, value: &impl Serialize) -> Result<Self> {
        Ok(self.with_json(name, &serde_json::to_string(value).map_err(Problem::internal)?))
    }

    /// Adds a field whose value is JSON already.
    pub fn with_json(mut self, name: &str, value: &str) -> Self {
        self.text.push_str(",\"");
        self.text.push_str(name);
        self.text.push_str("\":");
        self.text.push_str(value);
        self
    }

    /// Adds a field that is true or false.
    pub fn with_flag(self, name: &str, value: bool) -> Self {
        self.with_json(name, if value { "true" } else { "false" })
    }

    /// Keeps some fields alone.
    pub fn retain(self, keep: impl Fn(&str) -> bool) -> Result<Self> {
        let mut fields: Map<String, Value> =
            serde_json::from_str(&format!("{}}}", self.text)).map_err(Problem::internal)?;
        fields.retain(|name, _| keep(name));
        Self::of(self.version, &fields)
    }

    /// Writes it at the end of a body.
    pub fn write(&self, body: &mut Vec<u8>) {
        body.extend_from_slice(self.text.as_bytes());
        body.push(b'}');
    }
}
