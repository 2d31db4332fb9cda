//! How much one caller may ask: off by default; then a bucket each, told of in headers, with 429 when it is empty.

use serde_json::json;

use crate::client::Answer;
use crate::documented::DOCUMENT;
use crate::harness::{App, Token};

/// Slow enough that nothing comes back while a test runs.
fn limited(burst: u32) -> App {
    App::with(false, |config| {
        config.rate.rate_limit = 1;
        config.rate.rate_burst = burst;
        config.cors_origin = vec!["https://intranet.example".to_owned()];
    })
}

fn ask(app: &App, token: Token) -> Answer {
    app.get("/v1/organisations").by(token).send()
}

#[test]
fn nobody_is_limited_unless_configured() {
    let app = App::start();
    for _ in 0..150 {
        let answer = ask(&app, Token::Reader).expect(200);
        assert!(answer.header("ratelimit").is_none() && answer.header("ratelimit-policy").is_none());
    }
}

#[test]
fn an_empty_bucket_is_429_that_says_when_to_go_on() {
    let app = limited(3);
    for left in [2, 1, 0] {
        let answer = ask(&app, Token::Reader).expect(200);
        assert_eq!(answer.header("ratelimit"), Some(format!("\"caller\";r={left};t=60").as_str()));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"caller\";q=3;w=180"));
    }
    for language in ["fi", "sv", "en"] {
        let answer =
            app.get("/v1/organisations").by(Token::Reader).header("accept-language", language).send().expect(429);
        assert_eq!(answer.codes(), "too_many_requests");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((50..=60).contains(&wait), "{answer:?}");
        assert_eq!(answer.header("ratelimit"), Some(format!("\"caller\";r=0;t={wait}").as_str()));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"caller\";q=3;w=180"));
        assert!(answer.json()["detail"].as_str().unwrap().contains(&wait.to_string()), "{answer:?}");
    }
    // A write of somebody who has nothing left writes nothing.
    let body = json!({ "name": { "fi": "Uusi" }, "kind": "agency" });
    for _ in 0..3 {
        app.post("/v1/organisations", &body).by(Token::Admin).send().expect(201);
    }
    app.post("/v1/organisations", &body).by(Token::Admin).send().expect(429);
    let count = app.get("/v1/organisations?count=true").by(Token::Writer).send().expect(200).json();
    assert_eq!(count["total"], 3);
}

#[test]
fn each_caller_has_a_bucket() {
    let app = limited(1);
    for token in [Token::Reader, Token::Writer, Token::Admin] {
        ask(&app, token).expect(200);
        ask(&app, token).expect(429);
    }
    // Without a token that is any good, it is the address that counts.
    ask(&app, Token::None).expect(401);
    app.get("/v1/organisations").header("authorization", "Bearer x").send().expect(429);
    ask(&app, Token::None).expect(429);
    // What a proxy would add is not believed without one.
    app.get("/v1/organisations").header("x-forwarded-for", "203.0.113.9").send().expect(429);
}

#[test]
fn behind_a_proxy_an_address_is_the_one_that_it_saw() {
    let app = App::with(false, |config| {
        config.rate.rate_limit = 1;
        config.rate.rate_burst = 1;
        config.rate.proxies = 1;
    });
    let from = |forwarded: &str| app.get("/v1/organisations").header("x-forwarded-for", forwarded).send().status;
    assert_eq!([from("203.0.113.9"), from("203.0.113.9"), from("203.0.113.10")], [401, 429, 401]);
    // What the caller wrote itself comes before what the proxy adds.
    assert_eq!(from("198.51.100.1, 203.0.113.9"), 429);
}

#[test]
fn those_who_run_it_are_not_limited() {
    let app = limited(1);
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/problems/too-many-requests"] {
        for _ in 0..3 {
            let answer = app.get(path).send().expect(200);
            assert!(answer.header("ratelimit").is_none(), "{answer:?}");
        }
    }
}

#[test]
fn pages_of_other_origins_can_read_what_is_left() {
    let app = limited(1);
    let from = || app.get("/v1/organisations").by(Token::Reader).header("origin", "https://intranet.example").send();
    for status in [200, 429] {
        let answer = from().expect(status);
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
        assert!(
            ["ratelimit", "ratelimit-policy", "retry-after"].iter().all(|name| exposed.contains(name)),
            "{answer:?}"
        );
    }
}

#[test]
fn the_document_says_where_it_can_happen() {
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let documented = &operation["responses"]["429"]["headers"];
            let all = ["Retry-After", "RateLimit", "RateLimit-Policy"].iter().all(|name| documented[name].is_object());
            assert_eq!(all, path.starts_with("/v1/"), "{method} {path}");
        }
    }
}
