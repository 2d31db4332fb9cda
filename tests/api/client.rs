//! Requests and their answers. An answer of any status is an answer: tests say which one they expect.

use std::fmt;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use ureq::Agent;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::documented;
use crate::harness::Token;

/// One agent for all. It keeps no connections: one that the service has just closed, as after a body too large, would
/// fail the request that follows.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_idle_connections(0)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent()
});

/// A request that is being put together.
#[must_use]
pub struct Request {
    address: SocketAddr,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request of any method for a path and query.
    pub fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        let method = method.parse().expect("a method");
        Self { address, method, target: target.to_owned(), headers: HeaderMap::new(), body: None }
    }

    /// Says who calls; without it, nobody does.
    pub fn by(mut self, token: Token) -> Self {
        match token.header() {
            Some(value) => self.header("authorization", &value),
            None => {
                self.headers.remove(AUTHORIZATION);
                self
            }
        }
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header's value"));
        self
    }

    /// Sets `If-Match`.
    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// Sets the body to a JSON document.
    pub fn json(self, media_type: &str, body: impl Serialize) -> Self {
        self.header("content-type", media_type).raw_body(serde_json::to_vec(&body).expect("JSON"))
    }

    /// Sets the body; what kind it is, its header says, if any does.
    pub fn raw_body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self
    }

    /// Sends it, and holds the answer against the OpenAPI document.
    #[track_caller]
    pub fn send(self) -> Answer {
        let mut request = ureq::http::Request::builder()
            .method(&self.method)
            .uri(format!("http://{}{}", self.address, self.target))
            .body(())
            .expect("a request");
        *request.headers_mut() = self.headers;
        let sent = match self.body {
            Some(body) => AGENT.run(request.map(|()| body)),
            None => AGENT.run(request),
        };
        let response = sent.unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target));
        let (head, mut body) = response.into_parts();
        let body = body.with_config().limit(64 << 20).read_to_vec();
        let answer = Answer {
            asked: format!("{} {}", self.method, self.target),
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.unwrap_or_else(|error| panic!("the body of {} {}: {error}", self.method, self.target)),
        };
        documented::check(self.method.as_str(), &self.target, &answer);
        answer
    }
}

/// What the service answered, as it came: nothing is decompressed.
pub struct Answer {
    asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer, if it has the status; else the test fails, showing all of it.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}, got {self:?}");
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body's media type, without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        self.header(CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next()).map(str::trim)
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header(ETAG.as_str()).unwrap_or_else(|| panic!("no ETag in {self:?}")).to_owned()
    }

    /// The code of a problem, and those of its faults with their places: `conflict taken:/business_id`.
    #[track_caller]
    pub fn codes(&self) -> String {
        let problem = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let faults = problem["errors"].as_array().into_iter().flatten();
        let place =
            |fault: &Value| text(if fault["pointer"].is_null() { &fault["parameter"] } else { &fault["pointer"] });
        let codes = faults.map(|fault| format!("{}:{}", text(&fault["code"]), place(fault)));
        std::iter::once(text(&problem["code"])).chain(codes).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to {}", self.status, self.asked)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}
