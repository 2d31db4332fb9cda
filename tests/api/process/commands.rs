//! The commands that scripts call: what is for programs on standard output and nothing else, what is for people beside
//! it, and exit codes.

use serde_json::Value;
use solmu::db::{Role, connect};

use super::{Service, directory, run, solmu, solmu_in};
use crate::database::{Database, SECRET, versions};

#[test]
fn token_prints_a_token_that_works_and_nothing_else() {
    let dir = directory();
    let database = Database::migrated(false);
    let service = Service::on(database.text(), &[]);
    let token = |scope: &str| {
        let ended = run(solmu(dir.path())
            .args(["token", "--subject", "script", "--scope", scope])
            .env("SOLMU_JWT_SECRET", SECRET));
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        let token = ended.out.strip_suffix('\n').expect("one line").to_owned();
        assert!(token.split('.').count() == 3 && !token.contains(char::is_whitespace), "{token}");
        format!("Bearer {token}")
    };
    let statuses = |token: String| {
        let post = service.request("POST", "/v1/organisations").header("authorization", &token);
        let read = service.get("/v1/organisations").header("authorization", &token).send().status;
        let body = serde_json::json!({ "name": { "fi": "Uusi" }, "kind": "agency" });
        [read, post.json("application/json", body).send().status]
    };
    assert_eq!(statuses(token("directory:read")), [200, 403]);
    assert_eq!(statuses(token("directory:read directory:write")), [200, 201]);
    assert_eq!(statuses(token("admin")), [200, 201]);
    assert_eq!(statuses(token("hr:sync")), [403, 403]);
    // For the people of an organisation alone.
    let own = "01900000-0000-7001-8000-000000000001";
    let limited = run(solmu(dir.path())
        .args(["token", "--subject", "hr", "--scope", "hr:sync", "--organisation", own])
        .env("SOLMU_JWT_SECRET", SECRET));
    let limited = format!("Bearer {}", limited.out.trim_end());
    let create = service.request("POST", "/v1/members").header("authorization", &limited);
    let body = serde_json::json!({ "user_name": "a", "given_name": "A", "family_name": "B" });
    let refused = create.json("application/json", body).send().expect(403);
    assert!(refused.json()["errors"][0]["detail"].as_str().unwrap().contains(own), "{refused:?}");
}

#[test]
fn token_without_a_secret_says_what_to_set() {
    let dir = directory();
    let ended = solmu_in(dir.path(), &["token", "--subject", "script", "--scope", "admin"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.contains("SOLMU_JWT_SECRET"), "{}", ended.err);
}

#[test]
fn openapi_prints_the_committed_document_and_needs_no_database() {
    let dir = directory();
    let ended = run(solmu(dir.path()).arg("openapi").env("SOLMU_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none"));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(committed).expect("the committed document");
    assert!(ended.out == committed, "openapi/openapi.json is not what `solmu openapi` prints: print it there anew");
    assert_eq!(serde_json::from_str::<Value>(&ended.out).unwrap()["openapi"], "3.1.0");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn migrate_does_what_is_left_to_do() {
    let dir = directory();
    let database = Database::blank();
    let migrate = || solmu_in(dir.path(), &["migrate", "--database-url", database.text()]);
    let (first, second) = (migrate(), migrate());
    assert_eq!((first.code, first.out.as_str(), first.err.lines().count()), (Some(0), "", versions()), "{first:?}");
    assert_eq!((second.code, second.out.as_str(), second.err.as_str()), (Some(0), "", ""));
    let nowhere = solmu_in(dir.path(), &["migrate", "--database-url", "sqlite:no/such/place.db"]);
    assert!(nowhere.code == Some(1) && nowhere.err.contains("cannot open the database"), "{nowhere:?}");
}

#[test]
fn health_asks_the_service_and_answers_with_its_exit_code() {
    let dir = directory();
    let database = Database::migrated(false);
    let health = |address: String| solmu_in(dir.path(), &["health", "--listen", &address]);
    let service = Service::on(database.text(), &[]);
    let well = health(service.address.to_string());
    assert_eq!((well.code, well.out.as_str(), well.err.as_str()), (Some(0), "", ""));
    // As in a container, where the variable says to listen everywhere.
    let everywhere = format!("0.0.0.0:{}", service.address.port());
    let everywhere = run(solmu(dir.path()).arg("health").env("SOLMU_LISTEN", everywhere));
    assert_eq!(everywhere.code, Some(0), "{everywhere:?}");
    let mut conn = connect(&database.url(), Role::Writer).unwrap();
    let last = "(SELECT MAX(version) FROM __diesel_schema_migrations)";
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = {last}");
    diesel::connection::SimpleConnection::batch_execute(&mut conn, &forget).unwrap();
    let behind = health(service.address.to_string());
    assert!(behind.code == Some(1) && behind.err.contains("not_ready"), "{behind:?}");
    // Not the service's own port when it is gone: another test may have it by then.
    let nobody = health("127.0.0.1:1".to_owned());
    assert!(nobody.code == Some(1) && nobody.err.contains("127.0.0.1:1"), "{nobody:?}");
}

#[test]
fn it_says_which_version_it_is_and_how_it_is_used() {
    let dir = directory();
    let version = solmu_in(dir.path(), &["--version"]);
    assert_eq!((version.code, version.out), (Some(0), format!("solmu {}\n", env!("CARGO_PKG_VERSION"))));
    let help = solmu_in(dir.path(), &["--help"]);
    assert_eq!(help.code, Some(0));
    for command in ["serve", "migrate", "openapi", "token", "health"] {
        assert!(help.out.contains(command), "{}", help.out);
        assert_eq!(solmu_in(dir.path(), &[command, "--help"]).code, Some(0));
    }
    // Each setting of the service with its variable.
    let help = solmu_in(dir.path(), &["serve", "--help"]).out;
    let flags =
        help.lines().filter_map(|line| line.trim().strip_prefix("--")).filter_map(|line| line.split([' ', '<']).next());
    let flags: Vec<&str> = flags.collect();
    assert!(flags.len() > 10, "{flags:?}");
    for flag in flags {
        let variable = format!("SOLMU_{}", flag.to_uppercase().replace('-', "_"));
        assert!(help.contains(&variable), "{flag} has no {variable}");
    }
}

#[test]
fn a_vocabulary_is_imported_and_its_report_printed() {
    let dir = directory();
    let database = Database::migrated(false);
    let file = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let head =
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://uri.example/v> a skos:ConceptScheme .\n";
    file("good.ttl", &format!("{head}<http://uri.example/v/a> a skos:Concept ; skos:prefLabel \"a\"@fi ."));
    file("bad.ttl", &format!("{head}<http://uri.example/v/a> a skos:Concept ."));
    file("several.ttl", &format!("{head}<http://uri.example/w> a skos:ConceptScheme ."));
    let import = |arguments: &[&str]| {
        let usual = ["import", "vocabulary", "--database-url", database.text()];
        solmu_in(dir.path(), &[&usual[..], arguments].concat())
    };
    let created = |arguments: &[&str]| {
        let ended = import(arguments);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
        serde_json::from_str::<Value>(&ended.out).unwrap()["created"].clone()
    };
    assert_eq!(created(&["good.ttl", "--dry-run"]), 1);
    let bad = import(&["bad.ttl"]);
    assert!(bad.code == Some(1) && bad.out.is_empty() && bad.err.contains("Line 3"), "{bad:?}");
    assert_eq!((created(&["good.ttl"]), created(&["good.ttl"])), (1.into(), 0.into()));
    for wrong in [&["several.ttl"][..], &["-"], &["good.csv"], &[], &["good.ttl", "--vocabulary-uri", "x"]] {
        let ended = import(wrong);
        assert!(ended.code == Some(2) && ended.out.is_empty(), "{wrong:?}: {ended:?}");
    }
}
