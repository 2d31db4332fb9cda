//! One walk through the service, which shows that the harness asks and checks as it says.

use serde_json::json;

use crate::database::{Database, is_on_postgres};
use crate::documented;
use crate::harness::{App, Token};

#[test]
fn an_organisation_lives_and_is_remembered() {
    let app = App::start();
    let path = format!("/v1/organisations/{}", app.organisation("Väylävirasto"));
    let read = app.get(&path).by(Token::Reader).send().expect(200);
    assert_eq!(read.json()["name"], json!({ "fi": "Väylävirasto" }));
    app.get(&path).by(Token::Reader).header("if-none-match", &read.etag()).send().expect(304);
    let document =
        json!({ "name": { "fi": "Väylä", "sv": "Trafikleden" }, "kind": "agency", "website": "https://a.fi" });
    let put = app.put(&path, document).by(Token::Writer).if_match(&read.etag()).send().expect(200);
    let patch = json!({ "name": { "sv": null } });
    let patched = app.patch(&path, patch).by(Token::Writer).if_match(&put.etag()).send().expect(200);
    assert_eq!((patched.json()["version"].as_i64(), &patched.json()["name"]), (Some(3), &json!({ "fi": "Väylä" })));
    app.delete(&path).by(Token::Writer).if_match(&put.etag()).send().expect(412);
    app.delete(&path).by(Token::Writer).if_match(&patched.etag()).send().expect(204);
    let gone = app.get(&path).by(Token::Reader).send().expect(410);
    assert_eq!(gone.codes(), "gone");
}

#[test]
fn each_caller_has_the_scopes_of_its_token() {
    let app = App::start();
    let list = |token| app.get("/v1/organisations?limit=2").by(token).send().status;
    let answers = [Token::None, Token::Reader, Token::Writer, Token::Hr, Token::Admin].map(list);
    assert_eq!(answers, [401, 200, 200, 403, 200]);
    let open = App::with(false, |config| config.anonymous_read = true);
    open.get("/v1/organisations").by(Token::None).send().expect(200);
}

#[test]
fn problems_speak_the_language_asked_for() {
    let app = App::start();
    let answer = app.get("/v1/organisations?limit=0&limt=1").by(Token::Reader).header("accept-language", "sv").send();
    let answer = answer.expect(400);
    assert_eq!(answer.json()["title"], "Förfrågan kan inte läsas");
    assert_eq!(answer.codes(), "bad_parameters bad_value:limit unknown_parameter:limt");
    let body = app.request("POST", "/v1/organisations").by(Token::Writer).raw_body(*b"{");
    body.header("content-type", "application/json").send().expect(400);
    app.get("/v1/nothing").send().expect(404);
    assert_eq!(
        app.request("PROPFIND", "/v1/organisations").send().expect(405).header("allow"),
        Some("GET, POST, HEAD")
    );
}

#[test]
fn what_cannot_be_read_as_http_gets_a_bare_400() {
    let app = App::start();
    let answer = app.raw(b"GET /v1/organisations HTTP/1.1\r\nbad header\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(!app.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01").contains("HTTP/1.1 2"));
}

#[test]
fn the_demo_is_there_for_whoever_asks_for_it() {
    let first = App::demo();
    let count = |app: &App| {
        let list = app.get("/v1/organisations?count=true&limit=1").by(Token::Reader).send().expect(200);
        list.json()["total"].as_i64().unwrap()
    };
    let loaded = count(&first);
    assert!(loaded > 10);
    first.organisation("Uusi");
    assert_eq!((count(&first), count(&App::demo()), count(&App::start())), (loaded + 1, loaded, 0));
}

#[test]
fn every_test_has_a_database_of_its_own() {
    let texts =
        [Database::blank(), Database::migrated(false), Database::migrated(true)].map(|one| one.text().to_owned());
    assert!(texts[0] != texts[1] && texts[1] != texts[2], "{texts:?}");
    assert_eq!(texts.iter().all(|text| text.starts_with("postgres")), is_on_postgres(), "{texts:?}");
}

#[test]
fn paths_find_their_operations() {
    let id =
        |method, target| documented::operation(method, target).and_then(|operation| operation["operationId"].as_str());
    assert_eq!(id("HEAD", "/v1/organisations?limit=1"), Some("list_organisations"));
    assert_eq!(id("PATCH", "/v1/organisations/x"), Some("patch_organisation"));
    assert_eq!(id("GET", "/v1/organisations/"), None);
}
