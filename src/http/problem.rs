//! Problems: every answer of 400 and up, as RFC 9457 has them.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

use super::language::Language;
use super::messages::{Code, Message};

/// A result whose error is the answer to the caller.
pub type Result<T> = std::result::Result<T, Problem>;

macro_rules! kinds {
    ($($kind:ident = $slug:literal $status:ident { fi: $fi:literal, sv: $sv:literal, en: $en:literal, doc: $doc:literal })+) => {
        /// The types of problem. Their URIs, `/problems/{slug}`, never change and lead to their documentation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Kind { $($kind),+ }

        impl Kind {
            /// All the types.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),+];

            /// The last part of the URI.
            pub fn slug(self) -> &'static str {
                match self { $(Kind::$kind => $slug),+ }
            }

            /// The status it is answered with.
            pub fn status(self) -> StatusCode {
                match self { $(Kind::$kind => StatusCode::$status),+ }
            }

            /// What it means and what to do, for the documentation page.
            pub fn documentation(self) -> &'static str {
                match self { $(Kind::$kind => $doc),+ }
            }

            /// The title in a language.
            pub fn title(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Kind::$kind, Language::Fi) => $fi, (Kind::$kind, Language::Sv) => $sv, (Kind::$kind, Language::En) => $en,)+
                }
            }
        }
    };
}

kinds! {
    Malformed = "malformed" BAD_REQUEST { fi: "Pyyntöä ei voi lukea", sv: "Förfrågan kan inte läsas", en: "The request cannot be read",
        doc: "The request is not well formed: JSON that does not parse, a query parameter that is unknown or has a bad value, a path parameter that is not an id, a cursor that was changed. Mend the request as detail and errors say." }
    Unauthenticated = "unauthenticated" UNAUTHORIZED { fi: "Kirjaudu", sv: "Logga in", en: "Sign in",
        doc: "The request has no bearer token, or one that is not valid. The WWW-Authenticate header names the fault. Get a new token." }
    Forbidden = "forbidden" FORBIDDEN { fi: "Ei oikeutta", sv: "Behörighet saknas", en: "Not allowed",
        doc: "The token is valid but lacks the scope that the operation needs. The OpenAPI document names each operation's scope." }
    NotFound = "not-found" NOT_FOUND { fi: "Ei löydy", sv: "Hittades inte", en: "Not found",
        doc: "There is nothing at this path, or nothing that the caller can see." }
    MethodNotAllowed = "method-not-allowed" METHOD_NOT_ALLOWED { fi: "Väärä metodi", sv: "Fel metod", en: "Method not allowed",
        doc: "The path exists but not with this method. The Allow header lists the methods it has." }
    NotAcceptable = "not-acceptable" NOT_ACCEPTABLE { fi: "Esitystapaa ei ole", sv: "Formen finns inte", en: "Not acceptable",
        doc: "The Accept header asks for media types that the operation does not produce." }
    RequestTimeout = "request-timeout" REQUEST_TIMEOUT { fi: "Pyyntö viipyi", sv: "Förfrågan dröjde", en: "The request took too long",
        doc: "The body did not arrive in time." }
    Conflict = "conflict" CONFLICT { fi: "Ristiriita", sv: "Konflikt", en: "Conflict",
        doc: "The request is valid but conflicts with what the directory holds: a unique value that is taken, a reference that would break, a cycle, a state change that is not allowed. errors names where; nothing was changed." }
    Gone = "gone" GONE { fi: "Poistettu", sv: "Borttagen", en: "Gone",
        doc: "The thing was deleted. The body holds its tombstone: its type, id and the time of deletion. Read it as it was with as_of. Of one that was merged into another the tombstone says into which, as merged_into; a GET is sent there with 308." }
    PreconditionFailed = "precondition-failed" PRECONDITION_FAILED { fi: "Versio on vanha", sv: "Versionen är gammal", en: "The version is stale",
        doc: "If-Match names another version than the present one: somebody changed it in between. Read it again and start from there." }
    TooLarge = "too-large" PAYLOAD_TOO_LARGE { fi: "Liian suuri", sv: "För stor", en: "Too large",
        doc: "The body is larger than the service takes." }
    UriTooLong = "uri-too-long" URI_TOO_LONG { fi: "Osoite on liian pitkä", sv: "Adressen är för lång", en: "The address is too long",
        doc: "The query string is longer than the service takes." }
    UnsupportedMediaType = "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE { fi: "Väärä mediatyyppi", sv: "Fel medietyp", en: "Unsupported media type",
        doc: "The body is of another media type than the operation takes: application/json, application/merge-patch+json for PATCH, or the form of a file that is imported." }
    Invalid = "invalid" UNPROCESSABLE_ENTITY { fi: "Sisältö ei kelpaa", sv: "Innehållet duger inte", en: "The content is not valid",
        doc: "The body is JSON but not what the operation takes. errors lists the faults, each with a JSON pointer (RFC 6901), a code that never changes and a sentence. Nothing was changed." }
    PreconditionRequired = "precondition-required" PRECONDITION_REQUIRED { fi: "If-Match puuttuu", sv: "If-Match saknas", en: "If-Match is missing",
        doc: "PUT, PATCH and DELETE need an If-Match header with the ETag of the version they change, or *." }
    TooManyRequests = "too-many-requests" TOO_MANY_REQUESTS { fi: "Liikaa pyyntöjä", sv: "För många förfrågningar", en: "Too many requests",
        doc: "The caller sends more than it may. Wait as Retry-After says." }
    Internal = "internal" INTERNAL_SERVER_ERROR { fi: "Palvelun virhe", sv: "Fel i tjänsten", en: "Internal error",
        doc: "Something failed in the service. The cause is in its log under the request id, which instance holds." }
    Unavailable = "unavailable" SERVICE_UNAVAILABLE { fi: "Ei juuri nyt", sv: "Inte just nu", en: "Not right now",
        doc: "The database is away, too much is asked at once, or the search index is not far enough yet. Try again after the time in Retry-After." }
}

impl Kind {
    /// The kind that stands for a status that the framework itself answered.
    fn of_status(status: StatusCode) -> Self {
        Self::ALL.iter().copied().find(|kind| kind.status() == status).unwrap_or(match status.as_u16() {
            400..=499 => Kind::Malformed,
            _ => Kind::Internal,
        })
    }
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A JSON pointer (RFC 6901) into the body.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
    /// The line of a file, from 1; 0 is the file as a whole.
    Line(u64),
}

/// One fault of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub message: Message,
}

impl Fault {
    /// A fault of the body.
    pub fn at(pointer: impl Into<String>, message: impl Into<Message>) -> Self {
        Self { place: Place::Pointer(pointer.into()), message: message.into() }
    }

    /// A fault of the query.
    pub fn of(parameter: impl Into<String>, message: impl Into<Message>) -> Self {
        Self { place: Place::Parameter(parameter.into()), message: message.into() }
    }

    /// A fault of a file, whose message says which line, too.
    pub fn on_line(line: u64, message: impl Into<Message>) -> Self {
        Self { place: Place::Line(line), message: message.into().with("line", line.to_string()) }
    }

    /// The line of a fault of a file; 0 of another.
    pub fn line(&self) -> u64 {
        match self.place {
            Place::Line(line) => line,
            _ => 0,
        }
    }

    /// What a reader of a language is told.
    pub fn render(&self, language: Language) -> Value {
        let (name, value): (&str, Value) = match &self.place {
            Place::Pointer(pointer) => ("pointer", pointer.as_str().into()),
            Place::Parameter(parameter) => ("parameter", parameter.as_str().into()),
            Place::Line(line) => ("line", (*line).into()),
        };
        json!({ name: value, "code": self.message.code.as_str(), "detail": self.message.in_language(language) })
    }
}

#[derive(Clone, Debug)]
struct Inner {
    kind: Kind,
    detail: Message,
    faults: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
    more: Map<String, Value>,
    cause: Option<String>,
    successor: Option<String>,
}

/// A problem: what an operation answers when it can't do what was asked.
///
/// It is put into the caller's language, and given the request's id, when it leaves the service (`http::envelope`).
#[derive(Clone)]
pub struct Problem(Box<Inner>);

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: Kind, detail: impl Into<Message>) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: detail.into(),
            faults: Vec::new(),
            headers: Vec::new(),
            more: Map::new(),
            cause: None,
            successor: None,
        }))
    }

    /// 422 with the faults of a body.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self::new(Kind::Invalid, Code::Invalid).faults(faults)
    }

    /// 400 with the faults of the query.
    pub fn bad_parameters(faults: Vec<Fault>) -> Self {
        Self::new(Kind::Malformed, Code::BadParameters).faults(faults)
    }

    /// 409 with the place of the conflict.
    pub fn conflict(fault: Fault) -> Self {
        Self::new(Kind::Conflict, Code::Conflict).faults(vec![fault])
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, Code::NotFound)
    }

    /// 401; `challenge` is what follows `Bearer` in `WWW-Authenticate` (RFC 6750, 3).
    pub fn unauthenticated(code: Code, challenge: &'static str) -> Self {
        Self::new(Kind::Unauthenticated, code).header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// 500: a constant body; the cause goes to the log alone.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Kind::Internal, Code::Internal).because(cause)
    }

    /// 503: to be asked again in a few seconds.
    pub fn again_soon(message: impl Into<Message>) -> Self {
        Self::new(Kind::Unavailable, message).header(RETRY_AFTER, HeaderValue::from_static("5"))
    }

    /// 503: the database is away.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        Self::again_soon(Code::Unavailable).because(cause)
    }

    /// 503: the answer would take too long.
    pub fn too_slow(cause: impl fmt::Display) -> Self {
        Self::again_soon(Code::TooSlow).because(cause)
    }

    /// Adds faults.
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// Adds a response header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Adds an extension member (RFC 9457, 3.2).
    pub fn member(mut self, name: &str, value: Value) -> Self {
        self.0.more.insert(name.to_owned(), value);
        self
    }

    /// Says which other thing took the place of the one in the path: a read is sent there (308).
    pub fn leading_to(mut self, successor: String) -> Self {
        self.0.successor = Some(successor);
        self
    }

    /// The id of what took the place of the thing in the path.
    pub fn successor(&self) -> Option<&str> {
        self.0.successor.as_deref()
    }

    /// Keeps the cause for the log.
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The faults that it tells of.
    pub fn told(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What the log says of it; `None` where the answer says all.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Adds the headers that belong to the problem.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0.headers {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// The body, in a language; `instance` is the request's id.
    pub fn body(&self, language: Language, instance: &str) -> String {
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.0.kind.slug()).into());
        body.insert("title".into(), self.0.kind.title(language).into());
        body.insert("status".into(), self.0.kind.status().as_u16().into());
        body.insert("code".into(), self.0.detail.code.as_str().into());
        body.insert("detail".into(), self.0.detail.in_language(language).into());
        body.insert("instance".into(), instance.into());
        if !self.0.faults.is_empty() {
            body.insert("errors".into(), self.0.faults.iter().map(|fault| fault.render(language)).collect());
        }
        for (name, value) in &self.0.more {
            body.insert(name.clone(), value.clone());
        }
        Value::Object(body).to_string()
    }

    /// The problem that an answer of the framework's own stands for; `None` when the answer is not an error.
    pub fn of_framework(status: StatusCode, error: Option<&actix_web::Error>) -> Option<Self> {
        if !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        let kind = Kind::of_status(status);
        Some(match kind {
            Kind::NotFound => Self::new(kind, Code::UnknownRoute),
            Kind::Internal => Self::internal(error.map(ToString::to_string).unwrap_or_default()),
            Kind::Unavailable => Self::unavailable(error.map(ToString::to_string).unwrap_or_default()),
            _ => Self::new(kind, Code::Malformed.with("reason", error.map(ToString::to_string).unwrap_or_default())),
        })
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {:?} {:?}", self.0.kind, self.0.detail, self.0.faults)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail.in_language(Language::En))
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// The bare status: the envelope, which knows the caller's language, writes headers and body.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
