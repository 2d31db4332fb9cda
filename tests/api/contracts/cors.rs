//! CORS: closed, unless origins are named; then open for those, with tokens and never with cookies, whatever is answered.

use std::collections::BTreeSet;

use super::operation::{OPERATIONS, Operation, of_method};
use crate::client::{Answer, Request};
use crate::harness::{App, Token};

const ORIGIN: &str = "https://intranet.example";

/// The headers that requests of the API have.
const SENT: &str =
    "accept,accept-language,authorization,content-type,idempotency-key,if-match,if-none-match,x-request-id";

/// The headers that scripts read from its answers.
const READ: [&str; 9] = [
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
    "x-request-id",
];

fn open() -> App {
    App::with(true, |config| config.cors_origin = vec!["https://other.example".to_owned(), ORIGIN.to_owned()])
}

fn preflight(app: &App, operation: &Operation, origin: &str) -> Answer {
    let request = app.request("OPTIONS", &operation.path()).header("origin", origin);
    request
        .header("access-control-request-method", &operation.method)
        .header("access-control-request-headers", SENT)
        .send()
}

fn set(answer: &Answer, header: &str) -> BTreeSet<String> {
    answer.header(header).unwrap_or_default().split(',').map(|name| name.trim().to_lowercase()).collect()
}

/// Nothing that lets a page of another origin read it.
#[track_caller]
fn is_closed(answer: &Answer) {
    let opens = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-allow"));
    assert!(opens.is_none(), "{answer:?}");
}

#[track_caller]
fn is_open(answer: &Answer) {
    let origins: Vec<_> = answer.headers.get_all("access-control-allow-origin").iter().collect();
    assert!(origins.len() == 1 && origins[0] == ORIGIN, "{answer:?}");
    assert!(answer.header("access-control-allow-credentials").is_none(), "{answer:?}");
    assert!(set(answer, "vary").contains("origin"), "{answer:?}");
}

/// Answers of all sorts: good ones, and those that are refused at each stage.
fn asked(app: &App, operation: &Operation) -> Vec<Request> {
    let ask = || operation.request(app);
    let mut asked = vec![
        ask().by(Token::None),
        ask().by(operation.stranger()),
        operation.bare(app, &format!("{}?colour=red", operation.path())),
        operation.bare(app, &format!("{}?x={}", operation.path(), "x".repeat(9000))),
        operation.bare(app, &format!("{}/nothing/there", operation.path())),
        app.request("PROPFIND", &operation.path()),
    ];
    if operation.method == "GET" {
        asked.push(ask().header("accept", "image/png"));
        asked.extend([ask(), ask().header("if-none-match", "*"), ask().header("accept-encoding", "br")]);
    }
    if operation.needs_if_match() {
        asked.push(ask().if_match("\"999-x\""));
    }
    asked.extend(operation.body_type().map(|_| operation.bare(app, &operation.path()).raw_body(*b"{")));
    asked
}

#[test]
fn it_is_closed_unless_configured() {
    let app = App::demo();
    for operation in OPERATIONS.iter() {
        is_closed(&preflight(&app, operation, ORIGIN).expect(405));
        for request in asked(&app, operation) {
            is_closed(&request.header("origin", ORIGIN).send());
        }
    }
}

#[test]
fn it_is_open_for_the_origins_that_are_named() {
    let app = open();
    for operation in OPERATIONS.iter() {
        let allowed = preflight(&app, operation, ORIGIN).expect(200);
        is_open(&allowed);
        assert!(
            set(&allowed, "access-control-allow-methods").contains(&operation.method.to_lowercase()),
            "{allowed:?}"
        );
        let headers = set(&allowed, "access-control-allow-headers");
        assert!(SENT.split(',').all(|name| headers.contains(name)), "{allowed:?}");
        assert!(allowed.header("access-control-max-age").is_some(), "{allowed:?}");
        assert!(allowed.header("x-content-type-options").is_some(), "{allowed:?}");
        for request in asked(&app, operation) {
            let answer = request.header("origin", ORIGIN).send();
            is_open(&answer);
            let exposed = set(&answer, "access-control-expose-headers");
            assert!(READ.iter().all(|name| exposed.contains(*name)), "{answer:?}");
        }
    }
    for operation in OPERATIONS.iter() {
        is_open(&operation.request(&app).header("origin", ORIGIN).send().expect(operation.status()));
    }
}

#[test]
fn it_stays_closed_for_others() {
    let app = open();
    for operation in OPERATIONS.iter() {
        for stranger in ["https://intranet.example.evil.example", "http://intranet.example", "null", "https://x"] {
            is_closed(&preflight(&app, operation, stranger).expect(400));
        }
        for request in asked(&app, operation) {
            let answer = request.header("origin", "https://stranger.example").send();
            is_closed(&answer);
            assert!(set(&answer, "vary").contains("origin"), "{answer:?}");
        }
    }
    // Without an origin, as from a program, it is as ever.
    for operation in of_method("GET") {
        is_closed(&operation.request(&app).send().expect(200));
    }
}
