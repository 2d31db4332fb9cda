//! Concepts: their hierarchy, their successors, and who uses them.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::{Value, json};
use solmu::db::Conn;

use super::{at_once, change, delete, instant, listed, make_network, network, read, text};
use crate::client::Answer;
use crate::harness::{App, Token};

/// A vocabulary; the path of its concepts.
fn vocabulary(app: &App, uri: &str) -> String {
    let made = app.post("/v1/vocabularies", json!({ "uri": uri, "name": { "fi": uri } })).by(Token::Writer).send();
    format!("{}/concepts", made.expect(201).header("location").unwrap())
}

fn ask(app: &App, list: &str, label: &str, fields: Value) -> Answer {
    app.post(list, super::with(json!({ "pref_label": { "fi": label } }), fields)).by(Token::Writer).send()
}

/// Makes a concept; its id.
#[track_caller]
fn make(app: &App, list: &str, label: &str, fields: Value) -> String {
    text(&ask(app, list, label, fields).expect(201).json()["id"])
}

/// The preferred labels of concepts.
fn labels(items: &Value) -> Vec<String> {
    items
        .as_array()
        .unwrap_or_else(|| panic!("no list: {items}"))
        .iter()
        .map(|one| text(&one["pref_label"]["fi"]))
        .collect()
}

fn found(app: &App, list: &str, query: &str) -> Vec<String> {
    labels(&read(app, &format!("{list}?{query}"))["items"])
}

fn patch(app: &App, path: &str, body: Value) -> Answer {
    app.patch(path, body).by(Token::Writer).if_match("*").send()
}

#[test]
fn a_subtree_follows_all_paths() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let a = make(&app, &list, "a", json!({}));
    let b = make(&app, &list, "b", json!({ "broader": [a] }));
    let c = make(&app, &list, "c", json!({ "broader": [a] }));
    let d = make(&app, &list, "d", json!({ "broader": [b, c] }));
    let e = make(&app, &list, "e", json!({ "broader": [d] }));
    let below = |id: &str| found(&app, &list, &format!("subtree_of={id}"));
    assert_eq!(below(&a), ["a", "b", "c", "d", "e"]);
    assert_eq!(
        (below(&b), below(&c)),
        (vec!["b".into(), "d".into(), "e".into()], vec!["c".into(), "d".into(), "e".into()])
    );
    assert_eq!(found(&app, &list, &format!("broader={a}")), ["b", "c"]);
    assert_eq!((found(&app, &list, "top=true"), found(&app, &list, "top=false").len()), (vec!["a".to_owned()], 4));
    let include = "include=broader_concepts,narrower_concepts,related_concepts";
    let view = read(&app, &format!("{list}/{d}?{include}"));
    assert_eq!(
        (labels(&view["broader_concepts"]), labels(&view["narrower_concepts"])),
        (vec!["b".into(), "c".into()], vec!["e".into()])
    );
    // One path goes, the other stays; with the last one all above goes.
    change(&app, &format!("{list}/{d}"), json!({ "broader": [c] }));
    assert_eq!((below(&b), below(&a).len(), below(&c).len()), (vec!["b".to_owned()], 5, 3));
    change(&app, &format!("{list}/{d}"), json!({ "broader": null }));
    assert_eq!((below(&a), below(&d)), (vec!["a".into(), "b".into(), "c".into()], vec!["d".into(), "e".into()]));
    change(&app, &format!("{list}/{d}"), json!({ "broader": [b], "related": [a, c] }));
    assert_eq!(below(&a), ["a", "b", "c", "d", "e"]);
    let view = read(&app, &format!("{list}/{a}?{include}"));
    assert_eq!((labels(&view["related_concepts"]), &view["related"]), (vec!["d".to_owned()], &json!([])));
    // Nothing stands above itself.
    for (id, above) in [(&a, &e), (&a, &a), (&b, &d)] {
        let refused = patch(&app, &format!("{list}/{id}"), json!({ "broader": [above] })).expect(409);
        assert_eq!(refused.codes(), "conflict cycle:/broader/0");
    }
    let refused = app.delete(&format!("{list}/{b}")).by(Token::Writer).if_match("*").send().expect(409);
    assert_eq!(refused.codes(), "in_use");
    delete(&app, &format!("{list}/{e}"));
    assert_eq!(below(&a), ["a", "b", "c", "d"]);
}

#[test]
fn two_at_once_make_no_cycle() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    for round in 0..10 {
        let [a, b] = ["a", "b"].map(|label| make(&app, &list, label, json!({})));
        let below = |one: &str, other: &str| patch(&app, &format!("{list}/{one}"), json!({ "broader": [other] }));
        let mut statuses = at_once([&|| below(&a, &b), &|| below(&b, &a)]);
        statuses.sort();
        assert_eq!(statuses, [200, 409], "round {round}");
    }
}

#[test]
fn what_is_wrong_with_a_concept_is_told_with_its_place() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let other = vocabulary(&app, "http://uri.example/w");
    let elsewhere = make(&app, &other, "muualla", json!({}));
    let here = make(&app, &list, "täällä", json!({ "uri": "http://uri.example/v/1" }));
    let unknown = "01900000-0000-7005-8000-00000000ffff";
    for (fields, codes) in [
        (json!({ "uri": "http://uri.example/v/1" }), "conflict taken:/uri"),
        (json!({ "uri": "x" }), "invalid bad_uri:/uri"),
        (json!({ "broader": [here, elsewhere] }), "invalid unknown_reference:/broader/1"),
        (
            json!({ "related": [unknown], "broader": [unknown] }),
            "invalid unknown_reference:/broader/0 unknown_reference:/related/0",
        ),
        (json!({ "replaced_by": here }), "invalid replaced_by_of_current:/replaced_by"),
        (json!({ "deprecated": true, "replaced_by": unknown }), "invalid unknown_reference:/replaced_by"),
        (json!({ "alt_labels": { "fi": ["y", "x"] } }), "invalid label_repeated:/alt_labels"),
        (
            json!({ "alt_labels": { "sv": ["y", "y"], "q!": [""] } }),
            "invalid bad_language_tag:/alt_labels/q! empty_text:/alt_labels/q! label_repeated:/alt_labels/sv",
        ),
        (json!({ "exact_match": ["x"] }), "invalid bad_uri:/exact_match"),
        (json!({ "broader": [here, here] }), "invalid repeated:/broader"),
    ] {
        assert_eq!(ask(&app, &list, "x", fields.clone()).codes(), codes, "{fields}");
    }
    let path = format!("{list}/{here}");
    assert_eq!(patch(&app, &path, json!({ "related": [here] })).codes(), "invalid related_to_itself:/related/0");
    // The same URI in another vocabulary is another's; and a URI is made where none is given, and stays.
    make(&app, &other, "x", json!({ "uri": "http://uri.example/v/1" }));
    let made = read(&app, &format!("{other}/{elsewhere}"));
    assert_eq!(made["uri"], format!("http://uri.example/w/{elsewhere}"));
    assert_eq!(change(&app, &path, json!({ "uri": null }))["uri"], "http://uri.example/v/1");
    // A concept is read below its own vocabulary alone.
    app.get(&format!("{list}/{elsewhere}")).by(Token::Reader).send().expect(404);
}

#[test]
fn labels_are_found_in_their_language() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let fields = json!({ "pref_label": { "fi": "Johtaminen", "sv": "Ledarskap" }, "alt_labels": { "en": ["Leading", "management"] } });
    let id = make(&app, &list, "x", fields);
    make(&app, &list, "jousto", json!({}));
    assert_eq!(found(&app, &list, "label_prefix=JO"), ["Johtaminen", "jousto"]);
    assert_eq!(found(&app, &list, "label_prefix=le&language=sv"), ["Johtaminen"]);
    assert_eq!(found(&app, &list, "label_prefix=le&language=EN"), ["Johtaminen"]);
    assert_eq!(found(&app, &list, "label_prefix=le&language=fi"), [""; 0]);
    assert_eq!(found(&app, &list, "language=sv"), ["Johtaminen"]);
    let before = instant();
    change(&app, &format!("{list}/{id}"), json!({ "alt_labels": { "en": ["heading"] } }));
    assert_eq!(found(&app, &list, "label_prefix=lea&language=en"), [""; 0]);
    assert_eq!(found(&app, &list, &format!("label_prefix=lea&language=en&as_of={before}")), ["Johtaminen"]);
    assert_eq!(found(&app, &list, "label_prefix=hea"), ["Johtaminen"]);
    assert_eq!(found(&app, &list, &format!("uri=http://uri.example/v/{id}")), ["Johtaminen"]);
}

#[test]
fn a_deprecated_concept_leads_to_its_successor() {
    let app = App::start();
    let (list, other) = (vocabulary(&app, "http://uri.example/v"), vocabulary(&app, "http://uri.example/w"));
    let last = make(&app, &other, "viimeinen", json!({}));
    let middle = make(&app, &list, "toinen", json!({}));
    let first = make(&app, &list, "ensimmäinen", json!({ "deprecated": true, "replaced_by": middle }));
    let successor = |id: &str, query: &str| read(&app, &format!("{list}/{id}{query}"))["successor"]["id"].clone();
    assert_eq!((successor(&first, ""), successor(&middle, "")), (json!(middle), Value::Null));
    let before = instant();
    change(&app, &format!("{list}/{middle}"), json!({ "deprecated": true, "replaced_by": last }));
    assert_eq!((successor(&first, ""), successor(&middle, "")), (json!(last), json!(last)));
    assert_eq!(successor(&first, &format!("?as_of={before}")), json!(middle));
    assert_eq!(found(&app, &list, "deprecated=true"), ["ensimmäinen", "toinen"]);
    let circle = patch(&app, &format!("{other}/{last}"), json!({ "deprecated": true, "replaced_by": first }));
    assert_eq!(circle.expect(409).codes(), "conflict cycle:/replaced_by");

    // Nobody begins to use it; who used it before may keep it.
    let theme = make(&app, &list, "teema", json!({}));
    let made = make_network(&app, network("A", json!({ "themes": [theme] })));
    change(&app, &format!("{list}/{theme}"), json!({ "deprecated": true }));
    let ask =
        |themes: Value| app.post("/v1/networks", network("B", json!({ "themes": themes }))).by(Token::Writer).send();
    let refused = ask(json!([last, first, "01900000-0000-7005-8000-00000000ffff", theme])).expect(422);
    assert_eq!(
        refused.codes(),
        "invalid deprecated_concept:/themes/1 unknown_reference:/themes/2 deprecated_concept:/themes/3"
    );
    assert!(refused.json()["errors"][0]["detail"].as_str().unwrap().contains(&last), "{refused:?}");
    let path = format!("/v1/networks/{made}");
    change(&app, &path, json!({ "themes": [last, theme] }));
    patch(&app, &path, json!({ "themes": [theme, first] })).expect(422);
    change(&app, &path, json!({ "themes": [last] }));
    patch(&app, &path, json!({ "themes": [theme] })).expect(422);
}

#[test]
fn networks_are_found_by_what_is_narrower() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let wide = make(&app, &list, "laaja", json!({}));
    let narrow = make(&app, &list, "suppea", json!({ "broader": [wide] }));
    let other = make(&app, &list, "muu", json!({}));
    let about = make_network(&app, network("A", json!({ "themes": [narrow] })));
    make_network(&app, network("B", json!({ "themes": [other, wide] })));
    make_network(&app, network("C", json!({})));
    let of = |query: String| listed(&app, &format!("/v1/networks?{query}"));
    assert_eq!(of(format!("theme={wide}")), ["A", "B"]);
    assert_eq!(of(format!("theme={narrow}")), ["A"]);
    assert_eq!(of(format!("theme={narrow},{other}")), ["A", "B"]);
    let before = instant();
    change(&app, &format!("/v1/networks/{about}"), json!({ "themes": [other] }));
    assert_eq!(of(format!("theme={narrow}")), [""; 0]);
    assert_eq!(of(format!("theme={narrow}&as_of={before}")), ["A"]);
    let view = read(&app, &format!("/v1/networks?include=theme_concepts&theme={wide}"));
    assert_eq!(labels(&view["items"][0]["theme_concepts"]), ["muu", "laaja"]);
    let refused = app.delete(&format!("{list}/{other}")).by(Token::Writer).if_match("*").send().expect(409);
    assert_eq!(refused.codes(), "in_use");
    delete(&app, &format!("/v1/networks/{about}"));
    assert_eq!(of(format!("theme={wide}&as_of={before}")), ["A", "B"]);
    assert_eq!(of(format!("theme={other}")), ["B"]);
    for faulty in [json!(["x"]), json!([wide, wide]), json!(vec![wide.clone(); 51])] {
        app.post("/v1/networks", network("D", json!({ "themes": faulty }))).by(Token::Writer).send().expect(422);
    }
}

/// A member with a facet, as its table has it.
fn member(conn: &mut Conn, id: &str, status: &str, is_protected: bool, facet: &str, concept: &str) {
    let row = "INSERT INTO members (id, version, created_at, updated_at, document, profile, profile_version, user_name, status, protected, fresh_at, looking_for_peers, available_percent, sort_key, names_version) \
        VALUES ($1, 1, '2026-01-01', '2026-01-01', '{}', '{}', 1, $2, $3, $4, '2026-01-01', $5, 0, $6, 1)";
    diesel::sql_query(row)
        .bind::<Text, _>(id)
        .bind::<Text, _>(id)
        .bind::<Text, _>(status)
        .bind::<Bool, _>(is_protected)
        .bind::<Bool, _>(false)
        .bind::<diesel::sql_types::Binary, _>(vec![1u8])
        .execute(conn)
        .unwrap();
    let row = "INSERT INTO member_facets (member_id, facet, value, concept_id, level) VALUES ($1, $2, $3, $4, 3)";
    diesel::sql_query(row)
        .bind::<Text, _>(id)
        .bind::<Text, _>(facet)
        .bind::<Text, _>(concept)
        .bind::<Text, _>(concept)
        .execute(conn)
        .unwrap();
}

#[test]
fn use_is_counted_as_far_as_it_may_be_known() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let concept = make(&app, &list, "osaaminen", json!({}));
    make_network(&app, network("A", json!({ "themes": [concept] })));
    make_network(&app, network("B", json!({ "themes": [concept], "visibility": "members" })));
    app.db()
        .write_now(None, solmu::db::now(), |tx| {
            member(tx.conn, "m1", "active", false, "skill", &concept);
            member(tx.conn, "m2", "inactive", false, "skill", &concept);
            member(tx.conn, "m3", "active", true, "skill", &concept);
            member(tx.conn, "m4", "left", false, "skill", &concept);
            member(tx.conn, "m5", "active", false, "interest", &concept);
            member(tx.conn, "m6", "active", false, "wish", &concept);
            Ok(())
        })
        .unwrap();
    let path = format!("{list}/{concept}?include=usage");
    let usage = |networks: i64| json!({ "networks": networks, "members_with_skill": 2, "members_with_interest": 1 });
    assert_eq!(read(&app, &path)["usage"], usage(1));
    assert_eq!(app.get(&path).by(Token::Writer).send().expect(200).json()["usage"], usage(2));
    assert_eq!(read(&app, &format!("{list}?include=usage"))["items"][0]["usage"], usage(1));
    // Who sees everybody finds everybody.
    let all = json!({ "networks": 2, "members_with_skill": 4, "members_with_interest": 1 });
    assert_eq!(app.get(&path).by(Token::Admin).send().expect(200).json()["usage"], all);
}

#[test]
fn more_than_a_thousand_may_be_narrower() {
    let app = App::start();
    let list = vocabulary(&app, "http://uri.example/v");
    let top = make(&app, &list, "ylin", json!({}));
    let path = list.strip_suffix("/concepts").unwrap();
    let mut file = format!(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://uri.example/v/> .\n:{top} a skos:Concept ; skos:prefLabel \"ylin\"@fi .\n"
    );
    (0..1100).for_each(|at| {
        file.push_str(&format!(":x{at} a skos:Concept ; skos:prefLabel \"{at}\"@fi ; skos:broader :{top} .\n"))
    });
    let import = app.request("POST", &format!("{path}/import")).by(Token::Writer).header("content-type", "text/turtle");
    import.raw_body(file).send().expect(200);
    let shown = read(&app, &format!("{list}/{top}?include=narrower_concepts"));
    assert_eq!(shown["narrower_concepts"].as_array().unwrap().len(), 1100);
}
