//! Successful answers.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, LINK, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etag;
use super::list::Page;
use super::problem::{Problem, Result};
use super::shown::Shown;

/// Bytes of a page besides its items, at most.
const AROUND: usize = 1024;

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
    /// The body's tag: made where the body is, while it is at hand.
    tag: String,
    media_type: &'static str,
    next: Option<String>,
    vary: &'static str,
    /// Whether nobody on the way may answer with it again.
    is_fresh: bool,
}

impl Answer {
    /// 200 with an entity.
    pub fn entity(shown: &Shown) -> Self {
        let mut body = Vec::with_capacity(shown.size());
        shown.write(&mut body);
        Self::made(Some(shown.version), "application/json", body).vary("")
    }

    /// 201 with a new entity.
    pub fn created(location: String, shown: &Shown) -> Self {
        Self { status: 201, location: Some(location), ..Self::entity(shown) }
    }

    /// 200 with a page, whose order depends on the language asked for.
    pub fn page(page: &Page<Shown>, next: Option<String>) -> Result<Self> {
        let mut body = Vec::with_capacity(AROUND + page.items.iter().map(|item| item.size() + 1).sum::<usize>());
        body.extend_from_slice(b"{\"items\":[");
        for (index, item) in page.items.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            item.write(&mut body);
        }
        body.extend_from_slice(b"],\"next\":");
        serde_json::to_writer(&mut body, &page.next).map_err(Problem::internal)?;
        if let Some(total) = page.total {
            body.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        body.push(b'}');
        Ok(Self { next, ..Self::made(None, "application/json", body) }.vary("Accept-Language"))
    }

    /// 200 with something that has no version.
    pub fn document(body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(Problem::internal)?;
        Ok(Self::text("application/json", body).vary(""))
    }

    /// 200 with text of another media type; which one, `Accept` decided.
    pub fn text(media_type: &'static str, body: String) -> Self {
        Self::made(None, media_type, body.into_bytes())
    }

    fn made(version: Option<i64>, media_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status: 200,
            version,
            location: None,
            is_replay: false,
            tag: etag::of(version, &body),
            body,
            media_type,
            next: None,
            vary: "Accept",
            is_fresh: false,
        }
    }

    /// Adds what the answer depends on.
    pub fn vary(self, vary: &'static str) -> Self {
        Self { vary, ..self }
    }

    /// Adds where the next page is, if there is one.
    pub fn with_next(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// Says whether nobody on the way may answer with it again, even where it is public.
    pub fn fresh(self, is_fresh: bool) -> Self {
        Self { is_fresh, ..self }
    }

    /// An answer that was kept.
    pub fn replay(status: u16, version: Option<i64>, location: Option<String>, body: String) -> Self {
        let made = Self::made(version, "application/json", body.into_bytes());
        Self { status, location, is_replay: true, ..made }.vary("")
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, self.media_type)).insert_header((ETAG, self.tag));
        if !self.vary.is_empty() {
            response.insert_header((VARY, self.vary));
        }
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        if let Some(next) = self.next {
            response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
        }
        if self.is_fresh {
            response.insert_header((CACHE_CONTROL, "private, no-cache"));
        }
        if self.is_replay {
            response.insert_header((REPLAYED, "true"));
        }
        response.body(self.body)
    }
}
