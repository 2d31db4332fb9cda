//! What those who run it rely on: health, readiness, metrics, and an end in good order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::db::{Role, connect};

use super::Service;
use crate::database::{Database, is_on_postgres};
use crate::harness::{Token, eventually};

const BODY: &str = r#"{"name":{"fi":"Hitaasti lähetetty"},"kind":"agency"}"#;

#[test]
fn it_is_ready_while_its_schema_is_current() {
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    let body = |target: &str, status: u16| {
        let answer = service.get(target).send().expect(status);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
        let mut body = answer.json();
        // How far the index is says `search::feed`.
        assert_eq!(body.as_object_mut().unwrap().remove("search").is_some(), target == "/readyz", "{body}");
        body
    };
    assert_eq!(body("/healthz", 200), json!({ "status": "alive" }));
    assert_eq!(body("/readyz", 200), json!({ "status": "ready", "database": "reachable", "schema": "current" }));
    let mut conn = connect(&database.url(), Role::Writer).unwrap();
    conn.batch_execute("UPDATE __diesel_schema_migrations SET version = 'x' || version").unwrap();
    assert_eq!(body("/readyz", 503), json!({ "status": "not_ready", "database": "reachable", "schema": "behind" }));
    assert_eq!(body("/healthz", 200), json!({ "status": "alive" }));
    conn.batch_execute("UPDATE __diesel_schema_migrations SET version = substr(version, 2)").unwrap();
    body("/readyz", 200);
    // A newer schema than it knows is fine: the next version's migrations ran before its copies start.
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99999999999999')").unwrap();
    body("/readyz", 200);
}

#[test]
fn metrics_count_requests_by_the_template_of_their_route() {
    let database = Database::migrated(true);
    let service = Service::on(database.text(), &[]);
    for number in 1..=3 {
        let id = format!("01900000-0000-7001-8000-00000000000{number}");
        service.get(&format!("/v1/organisations/{id}?fields=name")).by(Token::Reader).send().expect(200);
        service.get(&format!("/nowhere/{number}")).send().expect(404);
    }
    service.request("HEAD", "/v1/organisations").by(Token::Reader).send().expect(200);
    service.get("/v1/organisations").send().expect(401);
    let answer = service.get("/metrics").send().expect(200);
    assert_eq!(answer.media_type(), Some("application/openmetrics-text"));
    let text = String::from_utf8(answer.body).unwrap();
    let value = |name: &str, labels: &[&str]| {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name}{{")) && labels.iter().all(|label| line.contains(label)));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    let requests = |labels: &[&str]| value("solmu_http_requests_total", labels);
    assert_eq!(
        requests(&["method=\"GET\"", "route=\"/v1/organisations/{id}\"", "status=\"200\""]).as_deref(),
        Some("3")
    );
    assert_eq!(requests(&["method=\"HEAD\"", "route=\"/v1/organisations\""]).as_deref(), Some("1"));
    assert_eq!(requests(&["method=\"GET\"", "route=\"/v1/organisations\"", "status=\"401\""]).as_deref(), Some("1"));
    assert_eq!(requests(&["route=\"(none)\"", "status=\"404\""]).as_deref(), Some("3"));
    let labels = ["method=\"GET\"", "route=\"/v1/organisations/{id}\""];
    assert_eq!(value("solmu_http_request_duration_seconds_count", &labels).as_deref(), Some("3"));
    assert_eq!(value("solmu_db_connections_max", &["pool=\"read\""]).as_deref(), Some("4"));
    assert!(value("solmu_db_connections_open", &["pool=\"write\""]).is_some(), "{text}");
    assert!(text.ends_with("# EOF\n") && !text.contains("01900000") && !text.contains("nowhere"), "{text}");
}

/// Sends a request's head and the beginning of its body, and leaves the rest for later.
fn begin(service: &Service) -> (TcpStream, &'static [u8]) {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let (length, token) = (BODY.len(), Token::Writer.header().unwrap());
    let head = format!(
        "POST /v1/organisations HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    let (start, rest) = BODY.as_bytes().split_at(10);
    stream.write_all(&[head.as_bytes(), start].concat()).unwrap();
    // The service has it in hand when the signal comes.
    sleep(Duration::from_millis(200));
    (stream, rest)
}

fn refuses(service: &Service) -> bool {
    TcpStream::connect(service.address).is_err()
}

#[test]
fn a_request_that_runs_when_the_end_comes_is_answered() {
    let database = Database::migrated(false);
    let mut service = Service::on(database.text(), &["--shutdown-timeout", "8"]);
    let (mut stream, rest) = begin(&service);
    service.signal("TERM");
    eventually("it takes no more", || refuses(&service).then_some(()));
    sleep(Duration::from_millis(300));
    assert!(service.child.try_wait().unwrap().is_none(), "it went without waiting");
    stream.write_all(rest).unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 201 Cr");
    drop(stream);
    assert_eq!(service.ended().code(), Some(0));
    // And what it was told is kept.
    let again = Service::on(database.text(), &[]);
    let list = again.get("/v1/organisations").by(Token::Reader).send().expect(200).json();
    assert_eq!(list["items"][0]["name"]["fi"], "Hitaasti lähetetty");
}

#[test]
fn a_request_that_outlasts_the_time_of_grace_does_not_hold_the_end_up() {
    let database = Database::migrated(false);
    // Ctrl-C in a terminal does not ask for any.
    for (signal, grace) in [("TERM", "1"), ("INT", "60")] {
        let mut service = Service::on(database.text(), &["--shutdown-timeout", grace]);
        let (stream, _) = begin(&service);
        let started = Instant::now();
        service.signal(signal);
        assert_eq!(service.ended().code(), Some(0), "{signal}");
        assert!(started.elapsed() < Duration::from_secs(5), "{signal}: it took {:?}", started.elapsed());
        drop(stream);
    }
}

#[test]
fn a_connection_that_is_kept_for_later_does_not_hold_the_end_up() {
    let database = Database::migrated(false);
    let mut service = Service::on(database.text(), &["--shutdown-timeout", "9"]);
    let mut idle = TcpStream::connect(service.address).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut answer = [0; 15];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let started = Instant::now();
    service.signal("TERM");
    assert_eq!(service.ended().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "it took {:?}", started.elapsed());
}

#[test]
fn a_write_that_waits_for_the_database_when_the_end_comes_is_answered() {
    let database = Database::migrated(false);
    let mut service = Service::on(database.text(), &["--shutdown-timeout", "8"]);
    let mut other = connect(&database.url(), Role::Writer).unwrap();
    // The lock of the tree, and SQLite's of all writers.
    other
        .batch_execute(if is_on_postgres() {
            "BEGIN; SELECT pg_advisory_xact_lock(83951617)"
        } else {
            "BEGIN IMMEDIATE"
        })
        .unwrap();
    let post = service.request("POST", "/v1/organisations").by(Token::Writer);
    scope(|scope| {
        let posting = scope.spawn(|| post.header("content-type", "application/json").raw_body(BODY).send());
        sleep(Duration::from_millis(400));
        assert!(!posting.is_finished(), "it did not wait");
        service.signal("TERM");
        sleep(Duration::from_millis(400));
        other.batch_execute("COMMIT").unwrap();
        posting.join().unwrap().expect(201);
    });
    assert_eq!(service.ended().code(), Some(0));
}

#[test]
fn what_takes_too_long_is_answered_in_time() {
    if !is_on_postgres() {
        return println!("skipped: SQLite gives up waiting before the shortest time there is");
    }
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &["--request-timeout", "1"]);
    let mut other = connect(&database.url(), Role::Writer).unwrap();
    other.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(83951617)").unwrap();
    let post =
        || service.request("POST", "/v1/organisations").by(Token::Writer).header("content-type", "application/json");
    let late = post().raw_body(BODY).send().expect(503);
    assert_eq!((late.codes().as_str(), late.header("retry-after")), ("too_slow", Some("5")));
    let line: Value = service.logged_request(late.header("x-request-id").unwrap());
    assert_eq!([&line["level"], &line["problem"]], ["ERROR", "unavailable"]);
    other.batch_execute("COMMIT").unwrap();
    post().raw_body(BODY).send().expect(201);
}
