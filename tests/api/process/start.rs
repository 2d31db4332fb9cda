//! `solmu serve` looks before it leaps: what it can't do, it says at the start, and what to do instead.

use std::net::TcpListener;

use super::{Service, directory, run, solmu, solmu_in};
use crate::database::{Database, SECRET, is_on_postgres, versions};
use crate::harness::Token;
use crate::oidc::issuer::{AUDIENCE, Issuer, Key};

#[test]
fn without_a_key_it_refuses_and_says_what_to_set() {
    let dir = directory();
    let ended = solmu_in(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.contains("SOLMU_JWT_SECRET") && ended.err.contains("openssl rand"), "{}", ended.err);
    // Before anything is made.
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn an_origin_that_is_none_is_named_before_anything_is_made() {
    let dir = directory();
    let ended = solmu_in(dir.path(), &["serve", "--demo", "--listen", "127.0.0.1:0", "--cors-origin", "*"]);
    assert!(
        ended.code == Some(2) && ended.err.contains("--cors-origin") && ended.err.contains("https://"),
        "{ended:?}"
    );
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn with_an_issuer_it_needs_no_secret() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let database = Database::migrated(false);
    let dir = directory();
    let service = Service::start(
        solmu(dir.path())
            .arg("serve")
            .env("SOLMU_DATABASE_URL", database.text())
            .env("SOLMU_LISTEN", "127.0.0.1:0")
            .env("SOLMU_OIDC_ISSUER", issuer.url())
            .env("SOLMU_OIDC_AUDIENCE", format!("other,{AUDIENCE}")),
    );
    let bearer = format!("Bearer {}", issuer.token(&key, serde_json::json!({})));
    service.get("/v1/organisations").header("authorization", &bearer).send().expect(200);
    // Nobody has the secret that there is not.
    service.get("/v1/organisations").by(Token::Reader).send().expect(401);
}

#[test]
fn issuers_that_make_no_sense_are_refused_before_anything_is_made() {
    let dir = directory();
    let file = dir.path().join("issuers.toml");
    let text = |table: &str| format!("[issuers.a]\nurl = \"https://a.example\"\naudiences = [\"x\"]\n{table}");
    for (written, said) in [
        (text("presets = \"entra\""), "presets"),
        (text("ca_file = \"no-such-file.pem\""), "no-such-file.pem"),
        (text("[issuers.b]\nurl = \"https://a.example\"\naudiences = [\"x\"]"), "twice"),
        ("[issuers.a]\nurl = \"http://a.example\"\naudiences = [\"x\"]".to_owned(), "https://"),
    ] {
        std::fs::write(&file, &written).unwrap();
        let config = file.to_str().unwrap();
        let ended = solmu_in(dir.path(), &["serve", "--listen", "127.0.0.1:0", "--oidc-config", config]);
        assert!(ended.code == Some(1) && ended.err.contains(said), "{written}: {ended:?}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "{written}");
    }
    let nowhere = solmu_in(dir.path(), &["serve", "--oidc-config", "nowhere.toml"]);
    assert!(nowhere.code == Some(1) && nowhere.err.contains("nowhere.toml"), "{nowhere:?}");
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let dir = directory();
    for wrong in [
        &[][..],
        &["dance"],
        &["serve", "--no-such-flag"],
        &["serve", "--listen", "8080"],
        &["serve", "--workers", "0"],
        &["serve", "--request-timeout", "0"],
        &["serve", "--time-zone", "Europe/Turku"],
        &["serve", "--log-format", "xml"],
        &["serve", "--log", "solmu=loud", "--jwt-secret", SECRET],
        &["serve", "--oidc-issuer", "https://login.example"],
        &["serve", "--oidc-audience", "solmu"],
        &["serve", "--oidc-issuer", "https://login.example", "--oidc-audience", "x", "--oidc-preset", "okta"],
        &["serve", "--rate-burst", "0", "--jwt-secret", SECRET],
        &["migrate", "--database-url", "solmu.db"],
        &["token", "--subject", "x"],
        &["token", "--subject", "x", "--scope", "directory:delete", "--jwt-secret", SECRET],
        &["token", "--subject", "x", "--scope", "admin", "--expires", "1 day", "--jwt-secret", SECRET],
    ] {
        let ended = solmu_in(dir.path(), wrong);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{wrong:?}: {}", ended.err);
        assert!(!ended.err.is_empty(), "{wrong:?}");
    }
}

#[test]
fn a_database_it_does_not_know_is_refused_with_those_it_does() {
    let dir = directory();
    for url in ["mysql://solmu:hunter2@db/solmu", "solmu.db", "sqlite:", "http://127.0.0.1/"] {
        for command in ["serve", "migrate"] {
            let ended = solmu_in(dir.path(), &[command, "--database-url", url]);
            assert_eq!(ended.code, Some(2), "{url}");
            assert!(ended.err.contains("sqlite:FILE") && ended.err.contains("postgres://"), "{url}: {}", ended.err);
        }
    }
    let memory = solmu_in(dir.path(), &["serve", "--database-url", "sqlite::memory:"]);
    assert!(memory.code == Some(2) && memory.err.contains("name a file"), "{memory:?}");
}

#[test]
fn what_it_refuses_it_does_not_show_where_that_is_secret() {
    let dir = directory();
    let secret = "hunter2-too-short";
    let by_flag = solmu_in(dir.path(), &["serve", "--jwt-secret", secret]);
    let by_variable = run(solmu(dir.path()).arg("serve").env("SOLMU_JWT_SECRET", secret));
    let token = solmu_in(dir.path(), &["token", "--subject", "x", "--scope", "admin", "--jwt-secret", secret]);
    let database = run(solmu(dir.path()).arg("migrate").env("SOLMU_DATABASE_URL", "mysql://solmu:hunter2@db/solmu"));
    let away = solmu_in(dir.path(), &["migrate", "--database-url", "postgres://solmu:hunter2@127.0.0.1:1/solmu"]);
    let help = run(solmu(dir.path()).args(["serve", "--help"]).env("SOLMU_JWT_SECRET", secret));
    for (ended, code) in [(by_flag, 2), (by_variable, 2), (token, 2), (database, 2), (away, 1), (help, 0)] {
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(!format!("{ended:?}").contains("hunter2"), "{ended:?}");
        assert!(ended.err.len() + ended.out.len() > 20, "{ended:?}");
    }
}

#[test]
fn an_old_schema_is_brought_up_to_date_or_refused() {
    let database = Database::blank();
    if !is_on_postgres() {
        let service = Service::on(database.text(), &[]);
        assert_eq!(service.logged("migrated").len(), versions());
        service.get("/v1/organisations").by(Token::Reader).send().expect(200);
        drop(service);
        return assert_eq!(Service::on(database.text(), &[]).logged("migrated").len(), 0);
    }
    let dir = directory();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database-url", database.text(), "--jwt-secret", SECRET];
    let ended = solmu_in(dir.path(), &serve);
    assert!(ended.code == Some(1) && ended.err.contains("solmu migrate"), "{ended:?}");
    let migrated = solmu_in(dir.path(), &["migrate", "--database-url", database.text()]);
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    Service::on(database.text(), &[]).get("/v1/organisations").by(Token::Reader).send().expect(200);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let database = Database::migrated(false);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = directory();
    let ended = solmu_in(
        dir.path(),
        &["serve", "--listen", &address, "--database-url", database.text(), "--jwt-secret", SECRET],
    );
    assert!(ended.code == Some(1) && ended.err.contains(&address), "{ended:?}");
}

#[test]
fn every_setting_can_come_from_the_environment() {
    let database = Database::migrated(false);
    let dir = directory();
    let service = Service::start(
        solmu(dir.path())
            .arg("serve")
            .env("SOLMU_DATABASE_URL", database.text())
            .env("SOLMU_JWT_SECRET", SECRET)
            .env("SOLMU_LISTEN", "127.0.0.1:0")
            .env("SOLMU_ANONYMOUS_READ", "true")
            .env("SOLMU_WORKERS", "1")
            .env("SOLMU_MAX_BODY", "40")
            .env("SOLMU_CORS_ORIGIN", "https://a.fi,https://b.fi")
            .env("SOLMU_LOG", "solmu=info,warn"),
    );
    service.get("/v1/organisations").send().expect(200);
    let write = |body: String| {
        service.request("POST", "/v1/organisations").by(Token::Writer).json("application/json", body).send().status
    };
    assert_eq!((write("x".repeat(10)), write("x".repeat(50))), (422, 413));
    let allowed = service.get("/healthz").header("origin", "https://b.fi").send();
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://b.fi"));
}
