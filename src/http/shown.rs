//! Entities as they are shown: JSON put together from the JSON that is stored.
//!
//! An entity's own fields are stored as one document and go into answers as they are: a page of 50 is never parsed and
//! never serialised. `…View` describes the result to the OpenAPI document; a contract holds answers against it.

use actix_web::web::Bytes;
use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Map, Value};

use super::problem::{Problem, Result};
use super::time;
use crate::db::Json;

/// Bytes of what an entity has besides its document, mostly.
const USUAL: usize = 1000;

/// Bytes of what others mention of something, mostly.
const MENTIONED: usize = 448;

/// An entity's answer.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its version.
    pub version: i64,
    /// The object, but for the brace that closes it, and for the document. What goes into it was text before.
    text: Vec<u8>,
    /// The document, and the place in the text where its fields go.
    document: Option<(usize, Bytes)>,
}

/// Adds to each of several what belongs to its row.
pub fn each<R>(all: Vec<Shown>, rows: &[R], mut add: impl FnMut(Shown, &R) -> Result<Shown>) -> Result<Vec<Shown>> {
    all.into_iter().zip(rows).map(|(shown, row)| add(shown, row)).collect()
}

/// A JSON object that mentions something: it begins with an id, and is yet to be closed by a brace.
pub fn mention(id: &[u8]) -> Vec<u8> {
    object(MENTIONED, id)
}

fn object(size: usize, id: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(size);
    push(&mut text, [b"{\"id\":\"", id, b"\""]);
    text
}

fn push<const N: usize>(text: &mut Vec<u8>, parts: [&[u8]; N]) {
    parts.into_iter().for_each(|part| text.extend_from_slice(part));
}

/// Adds a field whose value is JSON already.
pub fn push_json(object: &mut Vec<u8>, name: &str, value: &[u8]) {
    push(object, [b",\"", name.as_bytes(), b"\":", value]);
}

/// Adds a field whose text has nothing to escape, such as an id, a word or a day; or null.
pub fn push_plain(object: &mut Vec<u8>, name: &str, text: Option<&[u8]>) {
    match text {
        None => push_json(object, name, b"null"),
        Some(text) => push(object, [b",\"", name.as_bytes(), b"\":\"", text, b"\""]),
    }
}

impl Shown {
    /// What every entity has.
    pub fn new(id: &str, version: i64, created_at: NaiveDateTime, updated_at: NaiveDateTime) -> Self {
        let mut text = object(USUAL, id.as_bytes());
        push_json(&mut text, "version", version.to_string().as_bytes());
        push(&mut text, [b",\"created_at\":\""]);
        let written = text.len();
        time::push(&mut text, created_at);
        let written = written..text.len();
        push(&mut text, [b"\",\"updated_at\":\""]);
        // Many have not changed since.
        match updated_at == created_at {
            true => text.extend_from_within(written),
            false => time::push(&mut text, updated_at),
        }
        text.push(b'"');
        Self { version, text, document: None }
    }

    /// An entity that is not stored as a document.
    pub fn of(version: i64, view: &impl Serialize) -> Result<Self> {
        let mut text = serde_json::to_vec(view).map_err(Problem::internal)?;
        text.pop();
        Ok(Self { version, text, document: None })
    }

    /// Adds the fields of a stored document, one an entity.
    pub fn with_document<T>(self, document: &Json<T>) -> Self {
        Self { document: Some((self.text.len(), document.shared())), ..self }
    }

    /// Adds a field.
    pub fn with(self, name: &str, value: &impl Serialize) -> Result<Self> {
        Ok(self.with_json(name, &serde_json::to_vec(value).map_err(Problem::internal)?))
    }

    /// Adds a field whose value is JSON already.
    pub fn with_json(mut self, name: &str, value: &[u8]) -> Self {
        push_json(&mut self.text, name, value);
        self
    }

    /// Adds a field whose text has nothing to escape, such as an id, a word or a day; or null.
    pub fn with_plain(mut self, name: &str, text: Option<&[u8]>) -> Self {
        push_plain(&mut self.text, name, text);
        self
    }

    /// Adds a field that is true or false.
    pub fn with_flag(self, name: &str, value: bool) -> Self {
        self.with_json(name, if value { b"true" } else { b"false" })
    }

    /// Keeps some fields alone.
    pub fn retain(self, keep: impl Fn(&str) -> bool) -> Result<Self> {
        let mut whole = Vec::with_capacity(self.size());
        self.write(&mut whole);
        let mut fields: Map<String, Value> = serde_json::from_slice(&whole).map_err(Problem::internal)?;
        fields.retain(|name, _| keep(name));
        Self::of(self.version, &fields)
    }

    /// Bytes that it takes in a body, at most.
    pub fn size(&self) -> usize {
        self.text.len() + self.document.as_ref().map_or(0, |(_, document)| document.len()) + 1
    }

    /// Writes it at the end of a body.
    pub fn write(&self, body: &mut Vec<u8>) {
        let (at, document) =
            self.document.as_ref().map_or((self.text.len(), &b"{}"[..]), |(at, document)| (*at, document));
        let (before, after) = self.text.split_at(at);
        body.extend_from_slice(before);
        let fields = document.get(1..document.len().saturating_sub(1)).unwrap_or_default();
        if !fields.is_empty() {
            body.push(b',');
            body.extend_from_slice(fields);
        }
        body.extend_from_slice(after);
        body.push(b'}');
    }
}
