//! The database is away, and comes back: callers are told to try again, and nobody has to start anything anew.

use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::json;
use solmu::db::{Conn, Role, connect};

use super::Service;
use crate::client::Answer;
use crate::database::{Database, POSTGRES, is_on_postgres};
use crate::harness::{Token, eventually};

fn write(service: &Service) -> Answer {
    let document = json!({ "name": { "fi": "Uusi" }, "kind": "agency" });
    service.request("POST", "/v1/organisations").by(Token::Writer).json("application/json", document).send()
}

fn read(service: &Service) -> Answer {
    service.get("/v1/organisations?count=true").by(Token::Reader).send()
}

/// A read of one statement, without a transaction around it.
fn glance(service: &Service) -> Answer {
    service.get("/v1/organisations?limit=1").by(Token::Reader).send()
}

/// A problem that says when to try again, and of which the log has the cause.
#[track_caller]
fn is_away(service: &Service, answer: Answer) {
    let answer = answer.expect(503);
    assert_eq!((answer.codes().as_str(), answer.header("retry-after")), ("unavailable", Some("5")));
    let line = service.logged_request(answer.header("x-request-id").unwrap());
    assert_eq!([&line["level"], &line["problem"]], ["ERROR", "unavailable"]);
    assert!(line["cause"].as_str().is_some_and(|cause| !cause.is_empty()), "{line}");
    let cause = line["cause"].as_str().unwrap();
    assert!(!String::from_utf8_lossy(&answer.body).contains(cause), "the cause is shown: {answer:?}");
}

/// Says something to the server, about a database.
fn say(database: &Database, statement: &str) {
    let admin = std::env::var(POSTGRES).unwrap();
    let (before, _) = database.text().split_once('?').unwrap_or((database.text(), ""));
    let name = before.rsplit('/').next().unwrap();
    PgConnection::establish(&admin).unwrap().batch_execute(&statement.replace("$name", name)).unwrap();
}

const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name'";

#[test]
fn a_server_that_went_away_is_told_and_found_again() {
    if !is_on_postgres() {
        return println!("skipped: a file does not go away");
    }
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    write(&service).expect(201);
    read(&service).expect(200);
    // What can be searched stays; while the index is filled, another problem would be told.
    let find = || service.get("/v1/search?count=true").by(Token::Reader).send();
    eventually("it is found", || Some(find()).filter(|found| found.status == 200 && found.json()["total"] == 1));
    say(&database, "ALTER DATABASE $name ALLOW_CONNECTIONS false");
    say(&database, END);
    for _ in 0..2 {
        is_away(&service, read(&service));
        is_away(&service, write(&service));
    }
    // Alive, but not ready: it is left alone, and sent nothing.
    service.get("/healthz").send().expect(200);
    let ready = service.get("/readyz").send().expect(503);
    let mut told = ready.json();
    // The search index says for itself that it does not follow, once it has tried.
    let search = told.as_object_mut().and_then(|told| told.remove("search")).unwrap();
    assert_eq!(search["searchable"], false, "{search}");
    assert_eq!(told, json!({ "status": "not_ready", "database": "away", "schema": null }));
    assert_eq!(ready.header("retry-after"), Some("5"));
    let search = |status: u16| service.get("/readyz").send().expect(status).json()["search"].clone();
    eventually("the index does not follow", || (search(503)["status"] == "failing").then_some(()));
    is_away(&service, find());
    say(&database, "ALTER DATABASE $name ALLOW_CONNECTIONS true");
    eventually("it is ready", || (service.get("/readyz").send().status == 200).then_some(()));
    let current = eventually("the index follows", || Some(search(200)).filter(|told| told["status"] == "current"));
    assert_eq!(current["searchable"], true, "{current}");
    eventually("it reads and writes", || (read(&service).status == 200 && write(&service).status == 201).then_some(()));
    // From then on without fail.
    for _ in 0..10 {
        read(&service).expect(200);
        write(&service).expect(201);
    }
}

#[test]
fn connections_that_were_cut_are_replaced() {
    if !is_on_postgres() {
        return println!("skipped: a file has no connections that others can cut");
    }
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    for _ in 0..3 {
        read(&service).expect(200);
        write(&service).expect(201);
        say(&database, END);
        // Each of the few that were open shows so once, at most, to whichever kind of request finds it.
        for ask in [glance, read, write] {
            let failed = (0..20).map(|_| ask(&service)).filter(|answer| {
                assert!([200, 201, 503].contains(&answer.status), "{answer:?}");
                answer.status == 503
            });
            let failed = failed.count();
            assert!(failed <= 4, "{failed}");
        }
        for _ in 0..10 {
            glance(&service).expect(200);
            read(&service).expect(200);
            write(&service).expect(201);
        }
    }
}

#[test]
fn a_file_that_another_process_writes_to_is_still_read() {
    if is_on_postgres() {
        return println!("skipped: PostgreSQL has more than one writer");
    }
    let database = Database::migrated(true);
    let service = Service::on(database.text(), &[]);
    let mut other = connect(&database.url(), Role::Writer).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let reader = std::thread::scope(|scope| {
        let writing = scope.spawn(|| write(&service));
        sleep(Duration::from_millis(200));
        let mut longest = Duration::ZERO;
        while !writing.is_finished() {
            let asked = Instant::now();
            read(&service).expect(200);
            service.get("/v1/networks/01900000-0000-7002-8000-000000000001").by(Token::Reader).send().expect(200);
            longest = longest.max(asked.elapsed());
        }
        is_away(&service, writing.join().unwrap());
        longest
    });
    // The busy timeout, not the request's.
    assert!((2..8).contains(&started.elapsed().as_secs()), "it took {:?}", started.elapsed());
    assert!(reader < Duration::from_secs(2), "a reader waited {reader:?}");
    service.get("/readyz").send().expect(200);
    other.batch_execute("COMMIT").unwrap();
    write(&service).expect(201);
}

#[test]
fn a_write_that_waits_in_vain_leaves_nothing_behind() {
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &["--request-timeout", "1"]);
    let mut other = connect(&database.url(), Role::Writer).unwrap();
    other.batch_execute(lock(&other)).unwrap();
    write(&service).expect(503);
    other.batch_execute("ROLLBACK").unwrap();
    // What nobody waits for any more may still be done, wholly, or not at all: but it holds nobody up.
    write(&service).expect(201);
    let total = read(&service).json()["total"].as_i64().unwrap();
    assert!((1..=2).contains(&total), "{total}");
}

fn lock(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => "BEGIN; SELECT pg_advisory_xact_lock(83951617)",
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
    }
}
