//! `solmu serve --demo`: the first thing that somebody who tries it does.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::{Service, directory, run, solmu, solmu_in};
use crate::client::Request;
use crate::database::{Database, SECRET, is_on_postgres};
use crate::harness::{Token, eventually};

/// A demo on a file in a directory, with a secret of its own making.
fn demo(dir: &Path) -> Service {
    let service = Service::start(solmu(dir).args(["serve", "--demo", "--listen", "127.0.0.1:0"]));
    eventually("it greets", || service.text().contains("curl ").then_some(()));
    service
}

/// What the greeting says behind a word.
fn said(service: &Service, word: &str) -> String {
    let text = service.text();
    let line = text.lines().find_map(|line| line.trim().strip_prefix(word));
    line.unwrap_or_else(|| panic!("no {word}: {text}")).trim().to_owned()
}

/// A request to an address as it was printed.
fn get(url: &str) -> Request {
    let (address, target) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("an address");
    Request::new(address.parse::<SocketAddr>().expect("host and port"), "GET", &format!("/{target}"))
}

#[test]
fn the_greeting_says_all_that_is_needed_and_all_of_it_works() {
    let dir = directory();
    let service = demo(dir.path());
    let (api, swagger, token) = (said(&service, "API"), said(&service, "Swagger UI"), said(&service, "Token"));
    let bearer = format!("Bearer {token}");
    let list = get(&format!("{api}/organisations?limit=2")).header("authorization", &bearer).send().expect(200);
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    let page = get(&swagger).send().expect(200);
    assert_eq!(page.media_type(), Some("text/html"));
    // Writes as well.
    let document = json!({ "name": { "fi": "Uusi" }, "kind": "agency" });
    let made = service.request("POST", "/v1/organisations").header("authorization", &bearer);
    made.json("application/json", document).send().expect(201);
    // The line to be copied, as a shell reads it.
    let curl = said(&service, "curl");
    let parts: Vec<&str> = curl.split('\'').collect();
    assert_eq!((parts[0], parts[1]), ("-H ", format!("Authorization: {bearer}").as_str()), "{curl}");
    let three = get(parts[3]).header("authorization", &bearer).send().expect(200);
    assert_eq!(three.json()["items"].as_array().unwrap().len(), 3);
}

#[test]
fn its_secret_is_its_owners_alone_and_signs_tokens_beside_it() {
    let dir = directory();
    let service = demo(dir.path());
    let file = dir.path().join("solmu.db.secret");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(secret.len() >= 32 && !service.text().contains(secret.trim()));
    let token = solmu_in(dir.path(), &["token", "--subject", "script", "--scope", "directory:read"]);
    assert_eq!(token.code, Some(0), "{token:?}");
    let bearer = format!("Bearer {}", token.out.trim());
    service.get("/v1/networks").header("authorization", &bearer).send().expect(200);
    // Another demo has another secret.
    let elsewhere = directory();
    let other = demo(elsewhere.path());
    other.get("/v1/networks").header("authorization", &bearer).send().expect(401);
}

#[test]
fn a_second_start_keeps_what_was_written() {
    let dir = directory();
    let mut first = demo(dir.path());
    let bearer = format!("Bearer {}", said(&first, "Token"));
    let network = "/v1/networks/01900000-0000-7002-8000-000000000001";
    let write = first.request("PATCH", network).header("authorization", &bearer).if_match("*");
    write.json("application/merge-patch+json", json!({ "status": "dormant" })).send().expect(200);
    let gone = "/v1/networks/01900000-0000-7002-8000-000000000020";
    first.request("DELETE", gone).header("authorization", &bearer).if_match("*").send().expect(204);
    first.signal("TERM");
    assert_eq!(first.ended().code(), Some(0));
    let second = demo(dir.path());
    // The token of the first start holds as well: the secret stayed.
    let read = second.get(network).header("authorization", &bearer).send().expect(200);
    assert_eq!((&read.json()["status"], &read.json()["version"]), (&json!("dormant"), &json!(2)));
    second.get(gone).header("authorization", &bearer).send().expect(410);
}

/// A demo on a directory that holds one thing, in a list, and what is left of it.
#[track_caller]
fn leaves_alone(list: &str, document: Value) {
    let database = Database::migrated(false);
    let own = Service::on(database.text(), &[]);
    let write = own.request("POST", list).by(Token::Writer);
    write.json("application/json", document).send().expect(201);
    let dir = directory();
    let demo = ["serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", database.text()];
    let ended = run(solmu(dir.path()).args(demo).args(["--jwt-secret", SECRET]));
    assert!(ended.code == Some(1) && ended.err.contains("empty directory"), "{ended:?}");
    let left = own.get(&format!("{list}?count=true")).by(Token::Reader).send().expect(200).json();
    assert_eq!(left["total"], 1);
}

#[test]
fn a_directory_that_holds_something_else_is_left_alone() {
    leaves_alone("/v1/organisations", json!({ "name": { "fi": "Oma" }, "kind": "agency" }));
}

#[test]
fn a_directory_of_networks_alone_is_left_alone() {
    let network = json!({ "name": { "fi": "Oma" }, "kind": "network", "formality": "voluntary", "status": "active",
        "join_policy": "open", "visibility": "public" });
    leaves_alone("/v1/networks", network);
}

#[test]
fn a_demo_for_others_needs_a_secret_of_ones_own() {
    let dir = directory();
    for beyond in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let ended = solmu_in(dir.path(), &["serve", "--demo", "--listen", beyond]);
        assert!(ended.code == Some(1) && ended.err.contains("SOLMU_JWT_SECRET"), "{beyond}: {ended:?}");
    }
    let server = "postgres://solmu@127.0.0.1:1/solmu";
    let ended = solmu_in(dir.path(), &["serve", "--demo", "--database-url", server]);
    assert!(ended.code == Some(1) && ended.err.contains("SOLMU_JWT_SECRET"), "{ended:?}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn with_a_secret_the_demo_is_served_from_either_database() {
    let database = Database::blank();
    if is_on_postgres() {
        run(solmu(&std::env::temp_dir()).args(["migrate", "--database-url", database.text()]));
    }
    for _ in 0..2 {
        let service = Service::on(database.text(), &["--demo"]);
        let list = service.get("/v1/networks?count=true").by(Token::Reader).send().expect(200).json();
        assert_eq!(list["total"], 26);
        eventually("it greets", || service.text().contains("curl ").then_some(()));
        service
            .get("/v1/networks")
            .header("authorization", &format!("Bearer {}", said(&service, "Token")))
            .send()
            .expect(200);
        assert!(!service.text().contains(SECRET));
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let dir = directory();
    drop(demo(dir.path()));
    let file = dir.path().join("solmu.db.secret");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = run(solmu(dir.path()).args(["serve", "--demo", "--listen", "127.0.0.1:0"]));
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("chmod 600"), "{}", refused.err);
}
