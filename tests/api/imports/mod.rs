//! SKOS files: what is taken from them, and by whom they may come.

mod again;
mod faults;

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};
use solmu::db::schema::{concept_ancestors, concepts};

use crate::client::Answer;
use crate::harness::{App, Token};

const URI: &str = "http://uri.example/v";

/// Begins a file in Turtle: the first five lines.
const PREFIXES: &str = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix : <http://uri.example/v/> .\n<http://uri.example/v> a skos:ConceptScheme ; skos:prefLabel \"Esimerkki\"@fi .\n";

fn turtle(concepts: &str) -> String {
    format!("{PREFIXES}{concepts}")
}

/// A vocabulary with the URI of the files; its path.
fn vocabulary(app: &App) -> String {
    let made = app.post("/v1/vocabularies", json!({ "uri": URI, "name": { "fi": "Esimerkki" } }));
    made.by(Token::Writer).send().expect(201).header("location").unwrap().to_owned()
}

fn send(app: &App, path: &str, media_type: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = app.request("POST", &format!("{path}/import")).by(Token::Writer);
    request.header("content-type", media_type).raw_body(file).send()
}

#[track_caller]
fn import(app: &App, path: &str, file: &str) -> Value {
    send(app, path, "text/turtle", file).expect(200).json()
}

/// Created, updated, deprecated, unchanged, skipped, dropped.
fn numbers(report: &Value) -> [i64; 6] {
    ["created", "updated", "deprecated", "unchanged", "skipped", "dropped_relations"]
        .map(|name| report[name].as_i64().unwrap())
}

/// The concepts by the last part of their URIs.
fn all(app: &App, path: &str) -> BTreeMap<String, Value> {
    let page = app.get(&format!("{path}/concepts?limit=200")).by(Token::Reader).send().expect(200).json();
    let last = |item: &Value| item["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|item| (last(item), item.clone())).collect()
}

/// What is above each concept, itself included, as the table has it.
fn ancestors(app: &App) -> BTreeMap<String, Vec<String>> {
    let last = |uri: String| uri.rsplit('/').next().unwrap().to_owned();
    let uris: BTreeMap<String, String> = app
        .db()
        .read_now(|conn| Ok(concepts::table.select((concepts::id, concepts::uri)).load(conn)?))
        .unwrap()
        .into_iter()
        .collect();
    let rows: Vec<(String, String)> = app
        .db()
        .read_now(|conn| {
            Ok(concept_ancestors::table
                .select((concept_ancestors::concept_id, concept_ancestors::ancestor_id))
                .load(conn)?)
        })
        .unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, ancestor) in rows {
        found.entry(last(uris[&id].clone())).or_default().push(last(uris[&ancestor].clone()));
    }
    found.values_mut().for_each(|all| all.sort());
    found
}

const ANIMALS: &str = ":animal a skos:Concept ; skos:inScheme <http://uri.example/v> ; skos:prefLabel \"eläin\"@fi, \"djur\"@sv ; skos:altLabel \"elukka\"@fi ; skos:notation \"1\" .
:pet a skos:Concept ; skos:prefLabel \"lemmikki\"@fi ; skos:broader :animal ; skos:related :dog .
:mammal a skos:Concept ; skos:prefLabel \"nisäkäs\"@fi ; skos:narrower :dog ; skos:broader :animal .
:dog a skos:Concept ; skos:prefLabel \"koira\"@fi ; skos:broader :pet ; skos:exactMatch <http://other.example/dog> ; skos:definition \"Haukkuu.\"@fi .
:hound a skos:Concept ; skos:prefLabel \"rakki\"@fi ; owl:deprecated true ; dct:isReplacedBy :dog ; skos:broader :nothing .
:group a skos:Collection ; skos:prefLabel \"ryhmä\"@fi ; skos:member :dog .
:far a skos:Concept ; skos:prefLabel \"vieras\"@fi ; skos:inScheme <http://other.example/v> .
";

#[test]
fn a_file_becomes_concepts_with_all_paths_up() {
    let app = App::start();
    let path = vocabulary(&app);
    let report = import(&app, &path, &turtle(ANIMALS));
    assert_eq!(numbers(&report), [5, 0, 0, 0, 1, 1], "{report}");
    assert_eq!(report["warnings"][0]["code"], "dropped_relation");
    assert_eq!(report["warnings"][0]["line"], 10);
    let all = all(&app, &path);
    assert_eq!(all.keys().collect::<Vec<_>>(), ["animal", "dog", "hound", "mammal", "pet"]);
    let (dog, animal) = (&all["dog"], &all["animal"]);
    assert_eq!(dog["broader"].as_array().unwrap().len(), 2);
    assert_eq!(dog["exact_match"], json!(["http://other.example/dog"]));
    assert_eq!(dog["definition"], json!({ "fi": "Haukkuu." }));
    assert_eq!((&animal["notation"], &animal["alt_labels"]), (&json!("1"), &json!({ "fi": ["elukka"] })));
    assert_eq!((&all["hound"]["deprecated"], &all["hound"]["successor"]["id"]), (&json!(true), &dog["id"]));
    let above = ancestors(&app);
    assert_eq!(above["dog"], ["animal", "dog", "mammal", "pet"]);
    assert_eq!(above["mammal"], ["animal", "mammal"]);
    assert_eq!(above["hound"], ["hound"]);
}

#[test]
fn the_three_forms_say_the_same() {
    let app = App::start();
    let path = vocabulary(&app);
    let file = turtle(
        ":a a skos:Concept ; skos:prefLabel \"ä\"@fi .\n:b a skos:Concept ; skos:prefLabel \"b\"@fi ; skos:broader :a .\n",
    );
    assert_eq!(numbers(&import(&app, &path, &file)), [2, 0, 0, 0, 0, 0]);
    let skos = "http://www.w3.org/2004/02/skos/core#";
    let kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    let triples = format!(
        "<http://uri.example/v/b> <{skos}broader> <http://uri.example/v/a> .\n<http://uri.example/v/b> <{skos}prefLabel> \"b\"@fi .\n<http://uri.example/v/a> <{skos}prefLabel> \"\\u00E4\"@fi .\n<http://uri.example/v/a> <{kind}> <{skos}Concept> .\n<http://uri.example/v/b> <{kind}> <{skos}Concept> .\n"
    );
    let same = send(&app, &path, "application/n-triples", triples).expect(200).json();
    assert_eq!(numbers(&same), [0, 0, 0, 2, 0, 0]);
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE rdf:RDF [<!ENTITY v \"http://uri.example/v/\">]>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:skos=\"{skos}\">\n<skos:Concept rdf:about=\"&v;a\"><skos:prefLabel xml:lang=\"fi\">ä</skos:prefLabel></skos:Concept>\n<skos:Concept rdf:about=\"&v;b\"><skos:prefLabel xml:lang=\"fi\">b</skos:prefLabel><skos:broader rdf:resource=\"&v;a\"/></skos:Concept>\n</rdf:RDF>\n"
    );
    let same = send(&app, &path, "application/rdf+xml; charset=utf-8", xml.as_str()).expect(200).json();
    assert_eq!(numbers(&same), [0, 0, 0, 2, 0, 0]);
    let cut = &xml[..xml.len() - 12];
    let broken = send(&app, &path, "application/rdf+xml", cut).expect(422);
    assert_eq!(broken.json()["errors"][0]["code"], "import_syntax", "{broken:?}");
    let bomb = xml.replace("]>", "<!ENTITY w \"&v;&v;\">]>");
    send(&app, &path, "application/rdf+xml", bomb).expect(422);
}

#[test]
fn who_may_import_and_how() {
    let app = App::demo();
    let path = "/v1/vocabularies/01900000-0000-7004-8000-000000000003";
    let file = turtle(":a a skos:Concept ; skos:inScheme <https://solmu.example/own> ; skos:prefLabel \"a\"@fi .");
    let by = |token: Token, target: &str, media_type: &str| {
        let request = app.request("POST", target).by(token).header("content-type", media_type);
        request.raw_body(file.clone()).send().status
    };
    let target = format!("{path}/import?dry_run=true");
    let callers = [Token::None, Token::Reader, Token::Hr, Token::Writer, Token::Admin];
    assert_eq!(callers.map(|token| by(token, &target, "text/turtle")), [401, 403, 403, 200, 200]);
    assert_eq!(by(Token::Writer, &target, "application/json"), 415);
    assert_eq!(by(Token::Writer, &format!("{path}/import?dry_run=perhaps"), "text/turtle"), 400);
    assert_eq!(by(Token::Writer, &format!("{path}/import?colour=red"), "text/turtle"), 400);
    let nowhere = "/v1/vocabularies/01900000-0000-7004-8000-00000000ffff/import";
    assert_eq!(by(Token::Writer, nowhere, "text/turtle"), 404);
    // A file larger than other bodies may be, of which little is for a vocabulary.
    let mut large = file.clone();
    (0..60_000).for_each(|number| large.push_str(&format!("\n:x{number} <http://uri.example/p> \"{number:0>40}\" .")));
    assert!(large.len() > 3 << 20);
    let answer = send(&app, path, "text/turtle", large).expect(200);
    assert_eq!(numbers(&answer.json()), [1, 0, 0, 0, 0, 0]);
    // One that breaks off.
    let head = format!(
        "POST {path}/import HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: text/turtle\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n{file}",
        Token::Writer.header().unwrap(),
    );
    app.raw(head.as_bytes());
    let page = app.get(&format!("{path}/concepts")).by(Token::Reader).send().expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}
