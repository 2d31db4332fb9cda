//! Vocabularies: what makes one, and what keeps it.

use serde_json::{Value, json};

use super::{change, delete, listed, read};
use crate::harness::{App, Token};

const LIST: &str = "/v1/vocabularies";

fn make(app: &App, body: Value) -> crate::client::Answer {
    app.post(LIST, body).by(Token::Writer).send()
}

#[test]
fn a_uri_is_one_vocabularys_own() {
    let app = App::start();
    let body = |uri: &str, name: &str| json!({ "uri": uri, "name": { "fi": name } });
    let first = make(&app, body("http://uri.example/a", "A")).expect(201).json();
    let second = make(&app, body("urn:example:b", "B")).expect(201).json();
    assert_eq!(make(&app, body("http://uri.example/a", "C")).expect(409).codes(), "conflict taken:/uri");
    let path = |made: &Value| format!("{LIST}/{}", made["id"].as_str().unwrap());
    let taken = app.patch(&path(&second), json!({ "uri": "http://uri.example/a" })).by(Token::Writer).if_match("*");
    assert_eq!(taken.send().expect(409).codes(), "conflict taken:/uri");
    for bad in ["", "a", "/a", "ftp://a/b", "http://a b", "urn:"] {
        assert_eq!(make(&app, body(bad, "D")).expect(422).codes(), "invalid bad_uri:/uri", "{bad}");
    }
    assert_eq!(listed(&app, LIST), ["A", "B"]);
    assert_eq!(listed(&app, &format!("{LIST}?sort=-created_at")), ["B", "A"]);
    assert_eq!(listed(&app, &format!("{LIST}?uri=urn:example:b")), ["B"]);
    change(&app, &path(&first), json!({ "uri": "http://uri.example/c" }));
    make(&app, body("http://uri.example/a", "C")).expect(201);
}

#[test]
fn one_with_concepts_stays() {
    let app = App::start();
    let made = make(&app, json!({ "uri": "http://uri.example/a", "name": { "fi": "A" } })).expect(201);
    let path = made.header("location").unwrap().to_owned();
    let concept = app.post(&format!("{path}/concepts"), json!({ "pref_label": { "fi": "x" } })).by(Token::Writer);
    let concept = concept.send().expect(201).header("location").unwrap().to_owned();
    assert_eq!(read(&app, &format!("{path}?include=counts"))["counts"], json!({ "concepts": 1, "deprecated": 0 }));
    let refused = app.delete(&path).by(Token::Writer).if_match("*").send().expect(409);
    assert_eq!(refused.codes(), "in_use");
    delete(&app, &concept);
    delete(&app, &path);
    app.get(&path).by(Token::Reader).send().expect(410);
    app.get(&format!("{path}/concepts")).by(Token::Reader).send().expect(410);
}
