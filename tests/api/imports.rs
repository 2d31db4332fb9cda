//! SKOS files: what is taken from them, what makes them faulty, and what happens when they come again.

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
fn a_file_that_comes_again_changes_what_differs_alone() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let own = json!({ "pref_label": { "fi": "oma" } });
    let own = app.post(&format!("{path}/concepts"), own).by(Token::Writer).send().expect(201).json();
    let before = all(&app, &path);
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 0, 0, 5, 1, 1]);
    assert_eq!(all(&app, &path), before);
    let now = super::entities::instant();
    let changed = ANIMALS.replace("\"koira\"@fi", "\"hauva\"@fi").replace("skos:broader :pet", "skos:broader :animal");
    let changed: String =
        changed.lines().filter(|line| !line.starts_with(":pet")).map(|line| format!("{line}\n")).collect();
    let trial = app.request("POST", &format!("{path}/import?dry_run=true")).by(Token::Writer);
    let trial = trial.header("content-type", "text/turtle").raw_body(turtle(&changed)).send().expect(200).json();
    assert_eq!((numbers(&trial), &trial["dry_run"]), ([0, 1, 1, 3, 1, 1], &json!(true)));
    assert_eq!(all(&app, &path), before);
    let report = import(&app, &path, &turtle(&changed));
    assert_eq!((numbers(&report), &report["dry_run"]), ([0, 1, 1, 3, 1, 1], &json!(false)));
    let after = all(&app, &path);
    let versions = |name: &str| (before[name]["version"].as_i64().unwrap(), after[name]["version"].as_i64().unwrap());
    assert_eq!(["dog", "pet", "animal", "mammal", "hound"].map(versions), [(1, 2), (1, 2), (1, 1), (1, 1), (1, 1)]);
    assert_eq!((&after["pet"]["deprecated"], &after["pet"]["broader"]), (&json!(true), &before["pet"]["broader"]));
    // What was made here was in no file, so it does not vanish from one.
    assert_eq!(after[own["id"].as_str().unwrap()]["deprecated"], false);
    assert_eq!(ancestors(&app)["dog"], ["animal", "dog", "mammal"]);
    assert_eq!(numbers(&import(&app, &path, &turtle(&changed))), [0, 0, 0, 4, 1, 1]);
    let found = |query: &str| {
        let page = app.get(&format!("{path}/concepts?{query}")).by(Token::Reader).send().expect(200).json();
        page["items"].as_array().unwrap().len()
    };
    assert_eq!([found("label_prefix=koira"), found("label_prefix=hau")], [0, 1]);
    assert_eq!(found(&format!("label_prefix=KOI&language=fi&as_of={now}")), 1);
    // It comes back as it was.
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 2, 0, 3, 1, 1]);
    assert_eq!(all(&app, &path)["pet"]["deprecated"], false);
}

/// The faults of a file: line and code.
fn faults(answer: &Answer) -> Vec<(i64, String)> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|fault| (fault["line"].as_i64().unwrap_or(0), fault["code"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_faulty_file_names_its_lines_and_changes_nothing() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let before = all(&app, &path);
    let good = ":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n";
    let long = format!(":b a skos:Concept ; skos:prefLabel \"{}\"@fi .", "x".repeat(301));
    for (file, expected) in [
        (format!("{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi, \"c\"@fi .\n"), vec![(7, "two_preferred_labels")]),
        (format!("{good}:b a skos:Concept ; skos:altLabel \"b\"@fi ."), vec![(7, "concept_without_label")]),
        (format!("{good}{long}"), vec![(7, "import_too_long")]),
        (format!("{good}<mailto:a@b> a skos:Concept ; skos:prefLabel \"b\"@fi ."), vec![(7, "import_bad_uri")]),
        (
            format!(
                "{good}{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi ; skos:broader :c .\n:c a skos:Concept ; skos:prefLabel \"c\"@fi ;\n  skos:broader :b ."
            ),
            vec![(10, "import_cycle")],
        ),
        (format!("{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi ; skos:broader :b .\n"), vec![(7, "import_cycle")]),
        (format!("{good}:b a skos:Concept skos:prefLabel"), vec![(7, "import_syntax")]),
        (format!("{good}\n\n:b a skos:Concept ; skos:prefLabel \"b"), vec![(9, "import_syntax")]),
        (
            format!("{good}:b a skos:Concept .\n:c a skos:Concept .\n"),
            vec![(7, "concept_without_label"), (8, "concept_without_label")],
        ),
        (String::new(), vec![(0, "no_concepts")]),
    ] {
        let answer = send(&app, &path, "text/turtle", turtle(&file)).expect(422);
        let expected: Vec<(i64, String)> = expected.into_iter().map(|(line, code)| (line, code.to_owned())).collect();
        let found = faults(&answer);
        assert_eq!(found.first(), expected.first(), "{file}: {answer:?}");
        assert!(found.len() >= expected.len(), "{file}: {answer:?}");
        assert_eq!(answer.json()["code"], "import_faulty");
        let detail = answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(expected[0].0 == 0 || detail.contains(&format!("Line {}", expected[0].0)), "{detail}");
    }
    let many: String = (0..50).map(|number| format!(":x{number} a skos:Concept .\n")).collect();
    assert_eq!(faults(&send(&app, &path, "text/turtle", turtle(&many)).expect(422)).len(), 20);
    assert_eq!(all(&app, &path), before);
    // Above what is stored, too: what vanishes keeps its place.
    let turned = ":animal a skos:Concept ; skos:prefLabel \"eläin\"@fi ; skos:broader :pet .\n";
    assert_eq!(faults(&send(&app, &path, "text/turtle", turtle(turned)).expect(422)), [(6, "import_cycle".to_owned())]);
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

/// Changes the database behind the service's back.
fn behind(app: &App, statements: &[String]) {
    let run = |tx: &mut solmu::db::Tx<'_>| {
        for statement in statements {
            diesel::sql_query(statement.as_str()).execute(tx.conn)?;
        }
        Ok(())
    };
    app.db().write_here(None, run).unwrap();
}

#[test]
fn one_file_at_a_time_goes_into_a_vocabulary() {
    let app = App::start();
    let path = vocabulary(&app);
    let id = path.rsplit('/').next().unwrap();
    let until = |seconds: i64| chrono::Utc::now().timestamp() + seconds;
    behind(&app, &[format!("INSERT INTO meta VALUES ('import:{id}', '{} another')", until(60))]);
    let answer = send(&app, &path, "text/turtle", turtle(ANIMALS)).expect(409);
    assert_eq!(answer.json()["code"], "import_running");
    assert!(all(&app, &path).is_empty());
    let trial = app.request("POST", &format!("{path}/import?dry_run=true")).by(Token::Writer);
    trial.header("content-type", "text/turtle").raw_body(turtle(ANIMALS)).send().expect(200);
    // The other one broke off.
    behind(&app, &[format!("UPDATE meta SET value = '{} another' WHERE key = 'import:{id}'", until(-1))]);
    import(&app, &path, &turtle(ANIMALS));
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 0, 0, 5, 1, 1]);
}

#[test]
fn what_broke_off_is_completed_and_what_goes_in_a_circle_meanwhile_is_refused() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let before = ancestors(&app);
    let without_pet: String = ANIMALS.lines().filter(|line| !line.starts_with(":pet")).collect::<Vec<_>>().join("\n");
    behind(&app, &["DELETE FROM concept_relations".to_owned(), "DELETE FROM concept_ancestors".to_owned()]);
    import(&app, &path, &turtle(&without_pet));
    assert_eq!(ancestors(&app), before);
    // As if someone had put pets below dogs since the file was compared.
    let (pet, dog) = (all(&app, &path)["pet"].clone(), all(&app, &path)["dog"].clone());
    let (pet, dog) = (pet["id"].as_str().unwrap(), dog["id"].as_str().unwrap());
    let document =
        format!("UPDATE concepts SET document = replace(document, '\"broader\":[', '\"broader\":[\"{dog}\",')");
    behind(&app, &[format!("{document} WHERE id = '{pet}'")]);
    let answer = send(&app, &path, "text/turtle", turtle(&without_pet)).expect(409);
    assert_eq!(answer.json()["errors"][0]["code"], "cycle", "{answer:?}");
    assert_eq!(ancestors(&app), before);
}

#[test]
fn what_was_in_no_file_does_not_vanish_from_one() {
    let app = App::start();
    let path = vocabulary(&app);
    for body in
        [json!({ "pref_label": { "fi": "a" } }), json!({ "uri": "http://own.example/b", "pref_label": { "fi": "b" } })]
    {
        app.post(&format!("{path}/concepts"), body).by(Token::Writer).send().expect(201);
    }
    let moved = json!({ "uri": "http://uri.example/w" });
    app.request("PATCH", &path)
        .by(Token::Writer)
        .header("if-match", "*")
        .header("content-type", "application/merge-patch+json")
        .raw_body(moved.to_string())
        .send()
        .expect(200);
    let file = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://uri.example/w/c> a skos:Concept ; skos:prefLabel \"c\"@fi .\n";
    assert_eq!(numbers(&import(&app, &path, file)), [1, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(&import(&app, &path, &file.replace("/c>", "/d>"))), [1, 0, 1, 0, 0, 0]);
    let deprecated = all(&app, &path).values().filter(|one| one["deprecated"] == true).count();
    assert_eq!(deprecated, 1);
}

#[test]
fn no_more_than_five_hundred_are_above_one() {
    let app = App::start();
    let path = vocabulary(&app);
    let chain = |length: usize| -> String {
        let line =
            |at: usize| format!(":x{at} a skos:Concept ; skos:prefLabel \"{at}\"@fi ; skos:broader :x{} .\n", at + 1);
        (0..length).map(line).chain([format!(":x{length} a skos:Concept ; skos:prefLabel \"top\"@fi .\n")]).collect()
    };
    let found = faults(&send(&app, &path, "text/turtle", turtle(&chain(501))).expect(422));
    assert_eq!(found, [(6, "import_too_deep".to_owned())]);
    import(&app, &path, &turtle(&chain(500)));
    assert_eq!(ancestors(&app)["x0"].len(), 501);
}

#[test]
fn files_that_go_deep_are_refused_and_long_texts_are_read() {
    let app = App::start();
    let path = vocabulary(&app);
    let deep = format!(":a skos:note {}{} .", "[ skos:note ".repeat(200), "]".repeat(200));
    let answer = send(&app, &path, "text/turtle", turtle(&deep)).expect(422);
    assert_eq!(faults(&answer), [(6, "import_syntax".to_owned())]);
    let note = |length: usize| format!(":a skos:note \"\"\"{}\"\"\"@fi .\n", "x\n".repeat(length));
    let concept = ":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n";
    import(&app, &path, &turtle(&format!("{}{concept}", note(1 << 20))));
    let answer = send(&app, &path, "text/turtle", turtle(&format!("{}{concept}", note(9 << 20)))).expect(422);
    assert_eq!(faults(&answer)[0].1, "import_syntax");
}

#[test]
fn what_is_more_than_a_concept_takes_is_cut_with_a_warning() {
    let app = App::start();
    let path = vocabulary(&app);
    let tops: String = (0..60)
        .map(|at| format!(":t{at} a skos:Concept ; skos:prefLabel \"{at}\"@fi .\n:a skos:broader :t{at}, :t{at} .\n"))
        .collect();
    let report = import(&app, &path, &turtle(&format!(":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n{tops}")));
    assert_eq!((&report["warnings"][0]["code"], &report["warnings"][0]["line"]), (&json!("import_cut"), &json!(6)));
    let a = all(&app, &path)["a"].clone();
    assert_eq!(a["broader"].as_array().unwrap().len(), 50);
    let target = format!("{path}/concepts/{}", a["id"].as_str().unwrap());
    let change = app.request("PATCH", &target).by(Token::Writer).header("if-match", "*");
    let change = change.header("content-type", "application/merge-patch+json");
    change.raw_body(json!({ "notation": "1" }).to_string()).send().expect(200);
}

#[test]
fn replacements_in_a_circle_stay_as_they_came() {
    let app = App::start();
    let path = vocabulary(&app);
    let one = |name: &str, other: &str| {
        format!(
            ":{name} a skos:Concept ; skos:prefLabel \"{name}\"@fi ; owl:deprecated true ; dct:isReplacedBy :{other} .\n"
        )
    };
    import(&app, &path, &turtle(&format!("{}{}", one("a", "b"), one("b", "a"))));
    let target = format!("{path}/concepts/{}", all(&app, &path)["a"]["id"].as_str().unwrap());
    let change = |body: Value| {
        let request = app.request("PATCH", &target).by(Token::Writer).header("if-match", "*");
        request.header("content-type", "application/merge-patch+json").raw_body(body.to_string()).send()
    };
    change(json!({ "notation": "1" })).expect(200);
    change(json!({ "replaced_by": null })).expect(200);
}

#[test]
fn faults_of_xml_have_their_lines_and_comments_are_none() {
    let app = App::start();
    let path = vocabulary(&app);
    let xml = |inner: &str| {
        format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:skos=\"http://www.w3.org/2004/02/skos/core#\">\n<skos:Concept rdf:about=\"http://uri.example/v/a\"><skos:prefLabel xml:lang=\"fi\">a</skos:prefLabel></skos:Concept>\n{inner}\n{}</rdf:RDF>\n<!-- </end> -->\n",
            "<!-- -->\n".repeat(100)
        )
    };
    send(&app, &path, "application/rdf+xml", xml("<!-- </rdf:RDF> <b> -->")).expect(200);
    let deep = format!("{}{}", "<skos:x>".repeat(120), "</skos:x>".repeat(120));
    let answer = send(&app, &path, "application/rdf+xml", xml(&deep)).expect(422);
    assert_eq!(faults(&answer), [(3, "import_syntax".to_owned())]);
}

#[test]
fn two_files_come_at_once_and_a_third_waits() {
    let app = App::start();
    let path = vocabulary(&app);
    let slow = format!(
        "POST {path}/import HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: text/turtle\r\nContent-Length: 100000\r\n\r\n{PREFIXES}",
        Token::Writer.header().unwrap(),
    );
    let third = || send(&app, &path, "text/turtle", turtle(ANIMALS));
    std::thread::scope(|scope| {
        // Each is there for the two seconds in which nothing is answered.
        (0..2).for_each(|_| drop(scope.spawn(|| app.raw(slow.as_bytes()))));
        let mut answers = (0..15).map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            third()
        });
        let busy = answers.find(|answer| answer.status == 503).expect("two are at it");
        assert_eq!((busy.json()["code"].clone(), busy.header("retry-after")), (json!("imports_busy"), Some("60")));
    });
    let done = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        third().status == 200
    });
    assert!(done);
}
