//! Ids in outside systems: of one type, no two have the same, and what is let go of is free.

use serde_json::{Value, json};

use super::member_merges::{merge, two};
use super::people::{hr, make_person};
use super::{agency, at_once, change, delete, listed, network, read, text};
use crate::harness::{App, Token};

/// The types that have external ids: their lists, and the body of a new one.
type Type = (&'static str, fn(&str, Value) -> Value);
const TYPES: [Type; 2] = [("/v1/organisations", agency), ("/v1/networks", network)];

fn ids(of: &[(&str, &str)]) -> Value {
    json!({ "external_ids": of.iter().map(|(source, id)| json!({ "source": source, "id": id })).collect::<Vec<_>>() })
}

fn create(app: &App, (list, document): Type, name: &str, of: &[(&str, &str)]) -> crate::client::Answer {
    app.post(list, document(name, ids(of))).by(Token::Writer).send()
}

#[test]
fn an_external_id_belongs_to_one_of_its_type() {
    let app = App::start();
    // Both types have the same ids, which is nobody's conflict.
    for type_ in TYPES {
        create(&app, type_, "Ensimmäinen", &[("hr", "1"), ("hr", "2"), ("intra", "1")]).expect(201);
        let taken = create(&app, type_, "Toinen", &[("hr", "3"), ("hr", "2")]).expect(409);
        assert_eq!(taken.codes(), "conflict taken:/external_ids/1");
        create(&app, type_, "Toinen", &[("hr", "3"), ("intra", "2")]).expect(201);
        // Bytes count: another case, or a blank more, is another id.
        create(&app, type_, "Kolmas", &[("HR", "1"), ("hr", "1 "), ("hr ", "1")]).expect(201);
        let (list, _) = type_;
        assert_eq!(listed(&app, &format!("{list}?external_id=hr:1")), ["Ensimmäinen"]);
        assert_eq!(listed(&app, &format!("{list}?external_id=hr:2")), ["Ensimmäinen"]);
        assert_eq!(listed(&app, &format!("{list}?external_id=intra:2")), ["Toinen"]);
        assert_eq!(listed(&app, &format!("{list}?external_id=intra:3")), [""; 0]);
    }
}

#[test]
fn an_external_id_that_was_let_go_of_is_free() {
    let app = App::start();
    for type_ in TYPES {
        let (list, document) = type_;
        let make = |of| format!("{list}/{}", text(&create(&app, type_, "Uusi", of).expect(201).json()["id"]));
        let first = make(&[("hr", "1"), ("hr", "2")]);
        change(&app, &first, ids(&[("hr", "2"), ("hr", "4")]));
        let second = make(&[("hr", "1")]);
        let steal = || app.patch(&second, ids(&[("hr", "1"), ("hr", "2")])).by(Token::Writer).if_match("*").send();
        assert_eq!(steal().expect(409).codes(), "conflict taken:/external_ids/1");
        assert_eq!(read(&app, &second)["version"], 1);
        app.put(&first, document("Ilman", json!({}))).by(Token::Writer).if_match("*").send().expect(200);
        steal().expect(200);
        delete(&app, &second);
        change(&app, &first, ids(&[("hr", "1"), ("hr", "2")]));
        assert_eq!(listed(&app, &format!("{list}?external_id=hr:1")), ["Ilman"]);
    }
}

#[test]
fn an_external_id_has_a_source_and_an_id_and_is_there_once() {
    let app = App::start();
    for type_ in TYPES {
        let twice = create(&app, type_, "Uusi", &[("hr", "1"), ("hr", "2"), ("hr", "1")]).expect(422);
        assert_eq!(twice.codes(), "invalid repeated:/external_ids");
        let empty = create(&app, type_, "Uusi", &[("hr", ""), ("", "1")]).expect(422).codes();
        assert!(empty.contains(":/external_ids/0/id") && empty.contains(":/external_ids/1/source"), "{empty}");
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|id| ("hr", id.as_str())).collect();
        assert_eq!(create(&app, type_, "Uusi", &many).expect(422).codes(), "invalid too_long:/external_ids");
        create(&app, type_, "Uusi", &many[..50]).expect(201);
    }
}

#[test]
fn of_two_at_once_with_one_external_id_one_wins() {
    let app = App::start();
    for type_ in TYPES {
        for round in 0..15 {
            let id = round.to_string();
            let make = |name: &'static str| create(&app, type_, name, &[("hr", &id)]);
            let mut statuses = at_once([&|| make("A"), &|| make("B"), &|| make("C")]);
            statuses.sort();
            assert_eq!(statuses, [201, 409, 409], "round {round}");
        }
    }
}

/// A source may be a URI, as systems like to name themselves: then any of the colons may be the one between the two.
#[test]
fn a_source_with_a_colon_is_found() {
    let app = App::start();
    for type_ in TYPES {
        let (list, _) = type_;
        create(&app, type_, "Uusi", &[("urn:hr", "1")]).expect(201);
        create(&app, type_, "Muu", &[("urn", "1"), ("urn:hr", "hr:1")]).expect(201);
        let found = |id: &str| listed(&app, &format!("{list}?external_id={id}"));
        assert_eq!(
            (found("urn:hr:1"), found("urn:1"), found("urn:hr:hr:1")),
            (vec!["Uusi".into()], vec!["Muu".into()], vec!["Muu".into()])
        );
        // Two that are the same when written so are both found.
        create(&app, type_, "Zeta", &[("urn", "hr:1")]).expect(201);
        assert_eq!(found("urn:hr:1"), ["Uusi", "Zeta"]);
    }
}

/// Both have as many external ids as one may have: whose stay is to be said.
#[test]
fn too_many_external_ids_are_a_choice() {
    let app = App::start();
    let ids =
        |from: i32| (from..from + 30).map(|id| json!({ "source": "hr", "id": id.to_string() })).collect::<Value>();
    let [a, b] = two(&app, json!({ "external_ids": ids(0) }), json!({ "external_ids": ids(30) }));
    let refused = merge(&app, &a, &b, json!({})).expect(422);
    assert_eq!(refused.codes(), "invalid too_many_of_both:/fields/external_ids");
    let detail = text(&refused.json()["errors"][0]["detail"]);
    assert!(detail.contains("60") && detail.contains("50") && detail.contains("survivor"), "{detail}");
    let merged = merge(&app, &a, &b, json!({ "external_ids": "duplicate" })).expect(200).json();
    assert_eq!(merged["external_ids"], ids(30));
    // Those of the other are free.
    make_person(&app, "Cavén", json!({ "external_ids": ids(0) }));
    let found = |id: i32| hr(&app, &format!("/v1/members?external_id=hr:{id}&count=true"))["total"].clone();
    assert_eq!([found(0), found(30)], [1, 1]);
}
