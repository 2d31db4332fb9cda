//! The headers that every answer has, whatever it says: of security, of caching, and the id of the request.

use super::authorisation::ANONYMOUS;
use super::lists::{ids, whole};
use super::operation::{OPERATIONS, Operation, lists, of_method, with_body};
use crate::client::{Answer, Request};
use crate::documented::DOCUMENT;
use crate::harness::{App, Token};

/// What is on every answer, with its value.
const ALWAYS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Paths outside the API.
const SERVICE: [&str; 10] = [
    "/",
    "/swagger-ui",
    "/swagger-ui/",
    "/swagger-ui/swagger-ui-bundle.js",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/problems/invalid",
    "/nothing",
];

fn names(answer: &Answer, header: &str) -> Vec<String> {
    answer.header(header).unwrap_or_default().split(',').map(|name| name.trim().to_lowercase()).collect()
}

/// The headers of security, which are there once.
#[track_caller]
fn is_secured(answer: &Answer) {
    for (name, value) in ALWAYS {
        let all: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert!(all.len() == 1 && all[0] == value, "{name}: {all:?} in {answer:?}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("no policy in {answer:?}"));
    for directive in ["default-src", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains('*') && !policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
    assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{answer:?}");
    assert!(names(answer, "vary").contains(&"accept-encoding".to_owned()), "{answer:?}");
    assert_eq!(answer.headers.get_all("vary").iter().count(), 1, "{answer:?}");
    assert!(answer.header("cache-control").is_some(), "{answer:?}");
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{answer:?}");
}

/// Each way in which an operation can be answered, without changing anything: good, and bad in each way there is.
fn ways(app: &App, operation: &Operation) -> Vec<Request> {
    let ask = || operation.request(app);
    let at = |target: &str| operation.bare(app, target);
    let mut ways = vec![
        ask().by(Token::None),
        ask().by(operation.stranger()),
        ask().header("authorization", "Bearer x"),
        at(&format!("{}?colour=red", operation.path())),
        at(&format!("{}?x={}", operation.path(), "x".repeat(9000))),
        at(&format!("{}/nothing/there", operation.path())),
        app.request("PROPFIND", &operation.path()).by(Token::Admin),
        app.request("OPTIONS", &operation.path()),
    ];
    if operation.spec["responses"][operation.status().to_string()]["content"].is_object() {
        ways.push(ask().header("accept", "image/png"));
    }
    ways.extend(operation.nowhere().map(|nowhere| operation.to(app, &nowhere)));
    if operation.method == "GET" {
        ways.extend([ask(), ask().header("accept-encoding", "gzip"), ask().header("if-none-match", "*")]);
        ways.push(app.request("HEAD", &operation.target()).by(operation.caller()));
    }
    if operation.needs_if_match() {
        ways.extend([ask().if_match("\"999-x\""), ask().if_match("x")]);
    }
    if let Some(body_type) = operation.body_type() {
        let body =
            |media_type: &str, bytes: Vec<u8>| at(&operation.path()).header("content-type", media_type).raw_body(bytes);
        ways.extend([body(body_type, b"{".to_vec()), body("text/plain", b"{}".to_vec())]);
        ways.extend([body(body_type, b"{\"x\":1}".to_vec()), body(body_type, vec![b' '; 2 << 20])]);
    }
    ways
}

#[test]
fn every_answer_has_the_headers_of_security() {
    let app = App::demo();
    let mut statuses = std::collections::BTreeSet::new();
    for operation in OPERATIONS.iter() {
        for way in ways(&app, operation) {
            let answer = way.send();
            is_secured(&answer);
            statuses.insert(answer.status);
        }
    }
    for operation in OPERATIONS.iter() {
        let answer = operation.request(&app).send();
        is_secured(&answer);
        statuses.insert(answer.status);
    }
    for path in SERVICE {
        let answer = app.get(path).send();
        assert!(answer.status < 400 || path == "/nothing", "{answer:?}");
        is_secured(&answer);
    }
    let expected = [200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 412, 413, 414, 415, 422];
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), expected);
}

/// Pages run their own scripts alone; data runs nothing.
#[test]
fn what_may_run_depends_on_what_it_is() {
    let app = App::demo();
    let policy = |target: &str| app.get(target).send().header("content-security-policy").unwrap().to_owned();
    for data in ["/v1/organisations", "/openapi.json", "/healthz", "/nothing"] {
        assert!(policy(data).starts_with("default-src 'none'"), "{data}");
    }
    for page in ["/swagger-ui/", "/problems/invalid"] {
        assert!(policy(page).starts_with("default-src 'self'"), "{page}");
        assert!(!policy(page).contains("script-src"), "{page}");
    }
}

#[test]
fn what_a_token_opened_is_kept_by_its_bearer_alone() {
    for anonymous in [false, true] {
        let app = App::with(true, |config| config.anonymous_read = anonymous);
        for operation in OPERATIONS.iter() {
            for way in ways(&app, operation).into_iter().chain([operation.request(&app)]) {
                let answer = way.send();
                let cache = answer.header("cache-control").unwrap_or_default().to_owned();
                let is_private = cache.contains("private") || cache.contains("no-store");
                let is_public = anonymous && operation.method == "GET" && [200, 304].contains(&answer.status);
                assert!(is_private || (is_public && cache.starts_with("public, max-age=")), "{cache} on {answer:?}");
            }
        }
        for operation in of_method("GET") {
            let cache = |token| operation.request(&app).by(token).send().header("cache-control").unwrap().to_owned();
            assert_eq!(cache(operation.caller()), "private, no-cache", "{}", operation.id);
            let is_open = anonymous && ANONYMOUS.contains(&operation.id);
            if !is_open && anonymous {
                assert!(!cache(Token::None).contains("public"), "{}", operation.id);
                continue;
            }
            let expected = if anonymous { "public, max-age=60" } else { "private, no-cache" };
            assert_eq!(cache(Token::None), expected, "{}", operation.id);
        }
    }
}

/// What an operation can read: the example's, and all of its list with all that may come with them.
fn targets(app: &App, operation: &Operation) -> Vec<String> {
    let mut targets = vec![operation.target()];
    let include = operation.values("include").join(",");
    if !include.is_empty() {
        targets.push(format!("{}?include={include}", operation.path()));
        let list = lists().find(|list| list.below("GET").is_some_and(|below| below.id == operation.id));
        let all = list.map(|list| ids(&whole(app, list, "fields=id"))).unwrap_or_default();
        let last = operation.names("path").last().copied();
        let path = |id: &String| {
            operation.path_by(|name, example| if Some(name) == last { id.clone() } else { example.to_owned() })
        };
        targets.extend(all.iter().map(|id| format!("{}?fields=id&include={include}", path(id))));
    }
    targets
}

/// Two answers to requests that differ in a header alone are the same, or say that they depend on it.
#[test]
fn an_answer_says_what_it_depends_on() {
    let app = App::with(true, |config| config.anonymous_read = true);
    for operation in of_method("GET") {
        for target in &targets(&app, operation) {
            let ask = |header: &str, value: &str| app.get(target).by(operation.caller()).header(header, value).send();
            let forms = operation.spec["responses"]["200"]["content"].as_object().unwrap();
            let variants: [(&str, Vec<&str>); 2] =
                [("accept-language", vec!["fi", "sv"]), ("accept", forms.keys().map(String::as_str).collect())];
            for (header, values) in variants {
                let answers: Vec<_> = values.iter().map(|value| ask(header, value)).collect();
                let differs = answers.iter().any(|answer| answer.body != answers[0].body);
                for answer in &answers {
                    let says = names(answer, "vary").contains(&header.to_owned());
                    assert!(says || !differs, "{target} depends on {header} and does not say so: {answer:?}");
                }
            }
            assert!(names(&ask("accept", "*/*"), "vary").contains(&"authorization".to_owned()), "{target}");
        }
    }
}

#[test]
fn a_request_has_an_id() {
    let app = App::demo();
    let made = |way: Request| way.send().header("x-request-id").unwrap().to_owned();
    for operation in of_method("GET") {
        let (one, other) = (made(operation.request(&app)), made(operation.request(&app)));
        assert!(one != other && uuid::Uuid::try_parse(&one).is_ok(), "{one}, {other}");
        for given in ["a", "7f8a0c2e-1b2c-4d3e", &"x".repeat(128), "trace.1:2_3"] {
            assert_eq!(made(operation.request(&app).header("x-request-id", given)), given);
            assert_eq!(made(operation.request(&app).by(Token::None).header("x-request-id", given)), given);
        }
        for unfit in ["", "a b", "a\tb", "ä", "<script>", "a\"b", &"x".repeat(129)] {
            let id = made(operation.request(&app).header("x-request-id", unfit));
            assert!(uuid::Uuid::try_parse(&id).is_ok(), "{id} for {unfit}");
        }
    }
    for path in SERVICE {
        assert_eq!(made(app.get(path).header("x-request-id", "mine")), "mine", "{path}");
    }
}

/// What is made says where it is; an entity says which state it is; nothing else is said of another address.
#[test]
fn what_is_made_has_an_address() {
    let app = App::demo();
    for operation in with_body() {
        let answer = operation.request(&app).send().expect(operation.status());
        let location = answer.header("location").map(str::to_owned);
        assert_eq!(location.is_some(), answer.status == 201, "{answer:?}");
        let documented = &operation.spec["responses"][answer.status.to_string()]["headers"];
        for header in ["Location", "ETag", "X-Request-Id"] {
            assert_eq!(
                answer.header(header).is_some(),
                documented.get(header).is_some(),
                "{header} of {}",
                operation.id
            );
        }
        if let Some(location) = location {
            if operation.beside("GET").is_some() {
                assert!(location.starts_with(&operation.path()), "{location}");
            }
            assert_eq!(app.get(&location).by(operation.caller()).send().expect(200).body, answer.body);
        }
    }
    assert!(
        DOCUMENT["paths"].as_object().unwrap().keys().all(|path| !path.ends_with('/') && *path == path.to_lowercase())
    );
}
