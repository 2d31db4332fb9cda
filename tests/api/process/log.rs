//! The log: JSON, a line a request, by which those who run the service can find what happened; and nothing in it of what
//! was asked, written or said by whom.

use std::time::Duration;

use serde_json::{Value, json};
use solmu::auth::token::mint;

use super::Service;
use crate::database::{Database, SECRET};
use crate::harness::Token;

/// Marks of what must never be in the log: each stands in one part of a request.
const QUERY: &str = "kysymysmerkki";
const SUBJECT: &str = "maija.meikalainen";
const BODY: &str = "salainenverkosto";
const PATH: &str = "polullamerkitty";

fn bearer(scope: &str) -> (String, String) {
    let token = mint(&SECRET.parse().unwrap(), SUBJECT, scope, Duration::from_secs(600)).unwrap();
    (format!("Bearer {token}"), token)
}

#[test]
fn every_line_is_json_and_none_tells_what_was_asked() {
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    let (token, raw) = bearer("directory:read directory:write");
    let send = |method: &str, target: &str, media_type: &str, body: &str, expected: u16| {
        let request = service.request(method, target).header("authorization", &token);
        let request = if body.is_empty() { request } else { request.header("content-type", media_type).raw_body(body) };
        request.send().expect(expected)
    };
    let (json, patch) = ("application/json", "application/merge-patch+json");
    let document = |kind: &str| json!({ "name": { "fi": BODY }, "kind": kind, "business_id": "0202669-3" }).to_string();
    let made = send("POST", "/v1/organisations", json, &document("agency"), 201);
    let path = made.header("location").unwrap().to_owned();
    send("GET", &format!("/v1/organisations?name_prefix={QUERY}"), "", "", 200);
    send("GET", &format!("/v1/organisations?{QUERY}=1"), "", "", 400);
    send("GET", &format!("/v1/organisations/{PATH}"), "", "", 400);
    send("GET", &format!("/{PATH}?{QUERY}"), "", "", 404);
    send("GET", &format!("/v1/organisations?name_prefix={}", QUERY.repeat(1000)), "", "", 414);
    send("POST", "/v1/organisations", json, &document("agency"), 409);
    send("POST", "/v1/organisations", json, &document(BODY), 422);
    send("POST", "/v1/organisations", json, &format!("{{\"name\": {BODY}"), 400);
    send("POST", "/v1/organisations", "text/plain", BODY, 415);
    send("PATCH", &path, patch, &format!("{{\"{BODY}\": 1}}"), 428);
    send("PROPFIND", &path, "", "", 405);
    service.get("/v1/organisations").header("authorization", &format!("Bearer {raw}x")).send().expect(401);
    service.get("/v1/organisations").header("authorization", &format!("Basic {BODY}")).send().expect(401);
    let last = service.get("/healthz").header("x-request-id", "the-last-one").send().expect(200);
    service.logged_request(last.header("x-request-id").unwrap());

    let text = service.text();
    for secret in [QUERY, SUBJECT, BODY, PATH, &raw, raw.split('.').next_back().unwrap(), SECRET, "0202669-3"] {
        let line = text.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(line, None, "it holds {secret}");
    }
    // The ids of things are of no use to anybody else either: the template says which operation it was.
    assert!(!text.contains(path.rsplit('/').next().unwrap()));
    for line in text.lines() {
        let parsed: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(["timestamp", "level", "message"].iter().all(|name| parsed[name].is_string()), "{line}");
    }
}

#[test]
fn a_request_is_found_by_its_id() {
    let database = Database::migrated(true);
    let service = Service::on(database.text(), &[]);
    let network = "/v1/networks/01900000-0000-7002-8000-000000000001?fields=name";
    let read = service.get(network).by(Token::Reader).header("x-request-id", "of-the-proxy.1:2_3").send().expect(200);
    assert_eq!(read.header("x-request-id"), Some("of-the-proxy.1:2_3"));
    let line = service.logged_request("of-the-proxy.1:2_3");
    assert_eq!([&line["method"], &line["route"], &line["level"]], ["GET", "/v1/networks/{id}", "INFO"]);
    assert_eq!(
        (&line["status"], line["micros"].as_u64() > Some(0), &line["problem"]),
        (&json!(200), true, &Value::Null)
    );
    // One that could break a log, or fill it, is replaced; so is none.
    for id in ["", "a b", "a\"}", "ä", &"x".repeat(129)] {
        let answer = service.get(network).by(Token::Reader).header("x-request-id", id).send();
        let made = answer.header("x-request-id").unwrap().to_owned();
        assert!(made != id && made.len() == 36, "{id} became {made}");
        service.logged_request(&made);
    }
    let refused = service.get("/v1/networks/01900000-0000-7002-8000-00000000ffff").by(Token::Reader).send().expect(404);
    let line = service.logged_request(refused.header("x-request-id").unwrap());
    assert_eq!((&line["status"], &line["problem"]), (&json!(404), &json!("not-found")));
    let unknown = service.get("/nowhere").send().expect(404);
    assert_eq!(service.logged_request(unknown.header("x-request-id").unwrap())["route"], "(none)");
}

#[test]
fn callers_are_told_apart_but_not_known() {
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    let caller = |token: Option<String>| {
        let request = service.get("/v1/organisations");
        let answer = match token {
            Some(token) => request.header("authorization", &token).send(),
            None => request.send(),
        };
        service.logged_request(answer.header("x-request-id").unwrap())["caller"].clone()
    };
    let one = caller(Some(bearer("directory:read").0));
    assert!(one.as_str().is_some_and(|id| id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())), "{one}");
    // The same person with another token, also where it does not suffice; another person; nobody.
    assert_eq!(caller(Some(bearer("admin").0)), one);
    assert_eq!(caller(Some(bearer("hr:sync").0)), one);
    assert_ne!(caller(Token::Reader.header()), one);
    assert_eq!(caller(None), Value::Null);
}

#[test]
fn the_log_can_be_for_a_persons_eyes() {
    let database = Database::migrated(false);
    let dir = super::directory();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--jwt-secret", SECRET, "--database-url", database.text()];
    let child = super::solmu(dir.path())
        .args(arguments)
        .args(["--log-format", "text", "--log", "solmu=info"])
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stderr.take().unwrap()), &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("serving") && !line.starts_with('{'), "{line}");
}
