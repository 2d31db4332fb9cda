//! Successful answers.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderName, LINK, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etag;
use super::problem::{Problem, Result};

/// Bytes that most answers fit into.
const USUAL: usize = 4096;

/// Says that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer with a body, its tag and its address.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 200 or 201.
    pub status: u16,
    /// The entity's version; `None` for lists and the like.
    pub version: Option<i64>,
    /// Where what was created can be read.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it was given before, under the same `Idempotency-Key`.
    pub is_replay: bool,
    media_type: &'static str,
    next: Option<String>,
    vary: &'static str,
}

impl Answer {
    /// 200 with an entity or a part of one.
    pub fn entity(version: i64, body: &impl Serialize) -> Result<Self> {
        Self::of(200, Some(version), body)
    }

    /// 201 with a new entity.
    pub fn created(location: String, version: i64, body: &impl Serialize) -> Result<Self> {
        Ok(Self { location: Some(location), ..Self::of(201, Some(version), body)? })
    }

    /// 200 with a page, whose order depends on the language asked for.
    pub fn page(body: &impl Serialize, next: Option<String>) -> Result<Self> {
        Ok(Self { next, vary: "Accept-Language", ..Self::of(200, None, body)? })
    }

    /// 200 with something that has no version.
    pub fn document(body: &impl Serialize) -> Result<Self> {
        Self::of(200, None, body)
    }

    /// 200 with text of another media type; which one, `Accept` decided.
    pub fn text(media_type: &'static str, body: String) -> Self {
        Self {
            status: 200,
            version: None,
            location: None,
            body: body.into_bytes(),
            is_replay: false,
            media_type,
            next: None,
            vary: "Accept",
        }
    }

    /// Adds what the answer depends on.
    pub fn vary(self, vary: &'static str) -> Self {
        Self { vary, ..self }
    }

    /// An answer that was kept.
    pub fn replay(status: u16, version: Option<i64>, location: Option<String>, body: String) -> Self {
        Self { status, version, location, is_replay: true, ..Self::text("application/json", body) }.vary("")
    }

    fn of(status: u16, version: Option<i64>, body: &impl Serialize) -> Result<Self> {
        let mut bytes = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut bytes, body).map_err(Problem::internal)?;
        Ok(Self { status, version, body: bytes, ..Self::text("application/json", String::new()) }.vary(""))
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response
            .insert_header((CONTENT_TYPE, self.media_type))
            .insert_header((ETAG, etag::of(self.version, &self.body)));
        if !self.vary.is_empty() {
            response.insert_header((VARY, self.vary));
        }
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        if let Some(next) = self.next {
            response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
        }
        if self.is_replay {
            response.insert_header((REPLAYED, "true"));
        }
        response.body(self.body)
    }
}
