//! What analyses words: libvoikko where it is asked for and there, else what is built in, and replicas that don't agree.

use std::path::Path;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::db::{Role, connect};
use solmu::http::query::encode;
use solmu::text::analysis::{Analyser, Setting, StartError, VERSION, VoikkoError};

use super::{Service, directory, solmu_in};
use crate::database::{Database, SECRET};
use crate::harness::{Token, eventually};
use crate::search::documents;

/// What `/readyz` says of search, once the index has what was written.
fn current(service: &Service) -> Value {
    eventually("the index is current", || {
        let search = service.get("/readyz").send().expect(200).json()["search"].clone();
        (search["status"] == "current").then_some(search)
    })
}

/// How many networks are found by a word.
fn found(service: &Service, word: &str) -> usize {
    let target = format!("/v1/search?consistency=strong&types=network&q={}", encode(word));
    let page = service.get(&target).by(Token::Reader).send().expect(200).json();
    page["items"].as_array().unwrap().len()
}

#[test]
fn where_libvoikko_is_required_and_missing_it_says_what_to_do() {
    let dir = directory();
    let nothing = directory();
    let nowhere = nothing.path().to_str().unwrap();
    let required = ["serve", "--listen", "127.0.0.1:0", "--jwt-secret", SECRET, "--voikko", "required"];
    let ended = solmu_in(dir.path(), &[&required[..], &["--voikko-dictionaries", nowhere]].concat());
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    for word in ["libvoikko is required", "voikko-fi", "SOLMU_VOIKKO", "--voikko"] {
        assert!(ended.err.contains(word), "{word}: {}", ended.err);
    }
    // Before anything is made.
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn where_it_is_missing_and_not_required_words_are_read_without_it() {
    let database = Database::migrated(false);
    let nothing = directory();
    let nowhere = nothing.path().to_str().unwrap();
    let service = Service::on(database.text(), &["--voikko", "auto", "--voikko-dictionaries", nowhere]);
    let search = current(&service);
    assert_eq!((&search["analyser"], &search["other_analyser"]), (&json!(VERSION.to_string()), &Value::Null));
    let said = service.logged("serving").pop().unwrap();
    assert!(said["analyser"].as_str().is_some_and(|said| said.starts_with("built in; libvoikko")), "{said}");
}

#[test]
fn with_libvoikko_words_are_found_that_the_lexicon_lacks() {
    let analyser = match Analyser::new(Setting::Required, None) {
        Ok(analyser) => analyser,
        Err(StartError::Required(VoikkoError::Missing(reason))) => return println!("skipped: {reason}"),
        Err(error) => panic!("{error}"),
    };
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    let network = json!({ "name": { "fi": "Oas" }, "kind": "network", "formality": "voluntary", "status": "active",
        "join_policy": "open", "visibility": "public" });
    service.request("POST", "/v1/networks").by(Token::Admin).json("application/json", network).send().expect(201);
    assert_eq!((found(&service, "oas"), found(&service, "okaiden")), (1, 0));
    assert_eq!(current(&service)["analyser"], VERSION.to_string());
    drop(service);
    // The index that was made without it isn't searched as if it had been made with it, nor the other way round.
    let service = Service::on(database.text(), &["--voikko", "required"]);
    assert_eq!(current(&service)["analyser"], analyser.fingerprint());
    assert_eq!((found(&service, "oas"), found(&service, "okaiden")), (1, 1));
    let warned = service.logged(WARNING).pop().unwrap();
    assert_eq!([&warned["own"], &warned["before"]], [&json!(analyser.fingerprint()), &json!(VERSION.to_string())]);
    drop(service);
    let service = Service::on(database.text(), &[]);
    current(&service);
    assert_eq!(documents(service.get("/metrics")), 1);
    assert_eq!((found(&service, "oas"), found(&service, "okaiden")), (1, 0));
}

const WARNING: &str = "the process that started last analysed words otherwise: replicas that do find different things";

#[test]
fn replicas_that_do_not_agree_on_words_say_so() {
    let database = Database::migrated(false);
    let first = Service::on(database.text(), &[]);
    let own = current(&first);
    let own = own["analyser"].as_str().unwrap();
    assert_eq!((current(&first)["other_analyser"].as_str(), first.logged(WARNING).len()), (None, 0));
    // As if another one had started since.
    let mut conn = connect(&database.url(), Role::Writer).unwrap();
    conn.batch_execute("UPDATE meta SET value = '1-other' WHERE key = 'analyser'").unwrap();
    assert_eq!(current(&first)["other_analyser"], "1-other");
    let folder = directory();
    let second = Service::on(database.text(), &["--search-folder", text(folder.path())]);
    let warned = second.logged(WARNING).pop().unwrap();
    assert_eq!([&warned["level"], &warned["own"], &warned["before"]], ["WARN", own, "1-other"]);
    // It is the last one now, and the first agrees with it.
    for service in [&first, &second] {
        assert_eq!(current(service)["other_analyser"], Value::Null);
    }
    let third = Service::on(database.text(), &["--search-folder", text(folder.path())]);
    assert!(third.logged(WARNING).is_empty(), "{}", third.text());
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
