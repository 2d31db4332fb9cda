//! The envelope of every answer: request id, problems in the caller's language, conditional reads, security headers,
//! caching, the access log and the metrics. The outermost layer, so that nothing leaves without it.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;

use super::etag;
use super::language::Language;
use super::messages::Code;
use super::problem::{Kind, Problem, Result};
use crate::app::State;
use crate::auth::caller::Routed;

/// Characters of a query string, at most.
const QUERY: usize = 8 * 1024;

/// The header of the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers that pages of other origins may read, where CORS lets them.
pub const EXPOSED: &str = "etag, link, location, retry-after, ratelimit, ratelimit-policy, x-request-id, idempotency-replayed, www-authenticate";

/// Data runs nothing.
const CSP_OF_DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// What is known of a request before it is routed, and stays known if its handler panics.
struct Envelope {
    state: web::Data<State>,
    method: Method,
    id: String,
    language: Language,
    started: Instant,
    has_token: bool,
    /// The origin of the page that asks, if it may read the answer.
    origin: Option<HeaderValue>,
    /// Which windows a page shares its own with.
    opener: Option<HeaderValue>,
}

/// Wraps an answer.
pub async fn envelope(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, Error> {
    let origin = request.headers().get(ORIGIN);
    let origin =
        origin.filter(|origin| state.cors_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()));
    let envelope = Envelope {
        origin: origin.cloned(),
        opener: state.pages.opener(request.path()),
        state,
        method: request.method().clone(),
        id: request_id(request.headers()),
        language: Language::of(request.headers()),
        started: Instant::now(),
        has_token: request.headers().contains_key(AUTHORIZATION),
    };
    if request.query_string().len() > QUERY {
        let problem = Problem::new(Kind::UriTooLong, Code::QueryTooLong.with("limit", QUERY.to_string()));
        let response = envelope.problem(&problem);
        envelope.log(None, None, StatusCode::URI_TOO_LONG, Some(&problem));
        return Ok(request.into_response(response));
    }
    // HEAD is GET whose body stays here: the encoder knows, from the request line, not to send it.
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    if let Some(place) = envelope.state.operations.place(request.path()) {
        request.extensions_mut().insert(place);
    }
    let limit = envelope.state.time_for(request.path());
    let answered = tokio::time::timeout(limit, AssertUnwindSafe(next.call(request)).catch_unwind()).await;
    let failure = match answered {
        Ok(Ok(Ok(response))) => return Ok(envelope.finish(response.map_into_boxed_body())),
        Ok(Ok(Err(error))) => Problem::of_framework(error.as_response_error().status_code(), Some(&error))
            .unwrap_or_else(|| Problem::internal(&error)),
        Ok(Err(panic)) => Problem::internal(format!("a handler panicked: {}", text_of(&*panic))),
        Err(_) => Problem::too_slow("the request's time was up"),
    };
    // The request is gone with its future, so the answer leaves as an error that carries it whole.
    let response = envelope.problem(&failure);
    envelope.log(None, None, response.status(), Some(&failure));
    Err(InternalError::from_response(failure, response).into())
}

impl Envelope {
    fn finish(&self, mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let mut failure = problem_of(response.request(), response.response());
        if let Some(address) = failure.as_ref().and_then(|failure| self.moved(response.request(), failure)) {
            response = response.into_response(self.redirect(&address));
            failure = None;
        } else if let Some(failure) = &failure {
            let rendered = self.problem(failure);
            let allow = response.headers().get(ALLOW).cloned();
            response = response.into_response(rendered);
            if let Some(allow) = allow {
                response.headers_mut().insert(ALLOW, allow);
            }
        } else {
            self.write_headers(response.response_mut().headers_mut());
            response = self.condition(response);
        }
        let left = response.request().extensions().get::<Routed>().and_then(|routed| routed.left);
        if let (Some(limits), Some(left)) = (&self.state.limits, left) {
            limits.write_headers(left, response.headers_mut());
        }
        let status = response.status();
        // What the caller's extractor found is not looked for again.
        match response.request().extensions().get::<Routed>() {
            Some(Routed { caller, route, .. }) => self.log(Some(route), caller.as_deref(), status, failure.as_ref()),
            None => {
                let place = response.request().extensions().get().copied();
                let route = place.and_then(|place| self.state.operations.template(place));
                self.log(route.map(AsRef::as_ref), None, status, failure.as_ref());
            }
        }
        response
    }

    /// 304 for a body that the caller has (RFC 9110, 13.1.2); and the tag of a compressed body is another.
    fn condition(&self, mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let is_read = self.method == Method::GET || self.method == Method::HEAD;
        let Some(tag) = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned) else {
            return response;
        };
        let coding = response.headers().get(CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
        let tag = coding.map_or_else(|| tag.clone(), |coding| etag::coded(&tag, coding));
        if let Ok(value) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(ETAG, value);
        }
        if !is_read || response.status() != StatusCode::OK || !etag::is_known(response.request().headers(), &tag) {
            return response;
        }
        let mut unchanged = HttpResponse::new(StatusCode::NOT_MODIFIED);
        // As they would be on the answer itself: a copy that is kept takes them over (RFC 9111, 3.2).
        for (name, value) in response.headers() {
            if ![CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING].contains(name) {
                unchanged.headers_mut().append(name.clone(), value.clone());
            }
        }
        response.into_response(unchanged)
    }

    /// Where a read finds what took the place of the thing in its path: the same path and query, with the other's id.
    fn moved(&self, request: &HttpRequest, problem: &Problem) -> Option<String> {
        let successor = problem.successor().filter(|_| self.method == Method::GET || self.method == Method::HEAD)?;
        let path = request.path().replacen(request.match_info().get("id")?, successor, 1);
        Some(match request.query_string() {
            "" => path,
            query => format!("{path}?{query}"),
        })
    }

    /// 308: what is asked for is another's now.
    fn redirect(&self, address: &str) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::PERMANENT_REDIRECT);
        if let Ok(address) = HeaderValue::from_str(address) {
            response.headers_mut().insert(LOCATION, address);
        }
        self.dress(response.headers_mut());
        response
    }

    fn problem(&self, problem: &Problem) -> HttpResponse {
        let mut response = HttpResponse::build(problem.kind().status());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        let mut response = response.body(problem.body(self.language, &self.id));
        problem.write_headers(response.headers_mut());
        response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Language"));
        self.dress(response.headers_mut());
        response
    }

    /// The headers of an answer that takes another's place.
    fn dress(&self, headers: &mut HeaderMap) {
        // It is nothing to keep, whoever may read it.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        // This answer takes the place of the one that the layer for CORS has seen, if it has seen any.
        if !self.state.cors_origins.is_empty() {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = &self.origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        self.write_headers(headers);
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        let is_page = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| !value.contains("json"));
        let policy = if is_page { self.state.policy_of_pages() } else { CSP_OF_DATA };
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Some(opener) = &self.opener {
            headers.insert(HeaderName::from_static("cross-origin-opener-policy"), opener.clone());
        }
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID, id);
        }
        vary(headers, self.state.anonymous_read);
        if !headers.contains_key(CACHE_CONTROL) {
            // What a token opened is kept by its bearer alone, and asked about each time, so that 304 works.
            let cache =
                if self.has_token || !self.state.anonymous_read { "private, no-cache" } else { "public, max-age=60" };
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        }
    }

    /// One line a request: the route's template, never the query; an internal id, never a name.
    fn log(&self, route: Option<&str>, caller: Option<&str>, status: StatusCode, problem: Option<&Problem>) {
        let took = self.started.elapsed();
        self.state.metrics.count(self.method.as_str(), route, status.as_u16(), took);
        let cause = problem.and_then(Problem::cause);
        let (method, route, status) = (self.method.as_str(), route.unwrap_or("(none)"), status.as_u16());
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let (request_id, kind) = (self.id.as_str(), problem.map(|problem| problem.kind().slug()));
        if status >= 500 {
            tracing::error!(method, route, status, micros, request_id, caller, problem = kind, cause, "request");
        } else {
            tracing::info!(method, route, status, micros, request_id, caller, problem = kind, "request");
        }
    }
}

/// The problem that an answer is: the handler's own, or what the framework's stands for.
fn problem_of(request: &HttpRequest, response: &HttpResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    if let Some(problem) = response.error().and_then(|error| error.as_error::<Problem>()) {
        return Some(problem.clone());
    }
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/problem+json");
    if is_problem || request.path() == super::health::READY {
        return None;
    }
    Problem::of_framework(status, response.error())
}

fn vary(headers: &mut HeaderMap, anonymous_read: bool) {
    let mut names = vec!["Accept-Encoding".to_owned()];
    if anonymous_read {
        names.push("Authorization".to_owned());
    }
    for value in headers.get_all(VARY).filter_map(|value| value.to_str().ok()) {
        for name in value.split(',').map(str::trim) {
            if !name.is_empty() && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
    }
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(VARY, value);
    }
}

/// The caller's id of the request, if it is fit to be logged and echoed; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    match given {
        Some(id)
            if (1..=128).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c)) =>
        {
            id.to_owned()
        }
        _ => RequestId::new().to_string(),
    }
}

crate::db::types::id_type! {
    /// The id of a request that came without one.
    RequestId
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
}

/// Where no operation takes the request: 405 with the methods that the path has, else 404.
pub async fn unrouted(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse> {
    let methods = state.operations.methods(request.path());
    if methods.is_empty() {
        return Err(Problem::new(Kind::NotFound, Code::UnknownRoute));
    }
    let allowed = methods.join(", ");
    let problem = Problem::new(Kind::MethodNotAllowed, Code::WrongMethod.with("allowed", allowed.clone()));
    Err(match HeaderValue::from_str(&allowed) {
        Ok(allowed) => problem.header(ALLOW, allowed),
        Err(_) => problem,
    })
}
