//! Reorganisations: what each type does with everything that belongs to the originals, and what is seen of it afterwards.

use serde_json::{Value, json};

use super::people::{enter, family_names, hr, make_person, patch};
use super::{agency, change, instant, listed, logged, make_network, network, read, text, with};
use crate::client::Answer;
use crate::harness::{App, Token, eventually};

/// The body of a reorganisation that holds since New Year.
pub fn reorganisation(kind: &str, originals: &[&str], results: &[&str], fields: Value) -> Value {
    let document = json!({
        "type": kind, "effective_on": "2026-01-01", "original_ids": originals, "result_ids": results,
    });
    with(document, fields)
}

/// Plans a reorganisation; its path.
#[track_caller]
pub fn plan(app: &App, document: Value) -> String {
    let made = app.post("/v1/organisation-changes", document).by(Token::Admin).send().expect(201);
    made.header("location").unwrap().to_owned()
}

/// Asks for a reorganisation to be applied; the answer is for who sees all.
pub fn apply(app: &App, path: &str) -> Answer {
    app.post(&format!("{path}/apply"), json!({})).by(Token::Admin).send()
}

/// Applies a small reorganisation; what it is then.
#[track_caller]
pub fn applied(app: &App, document: Value) -> Value {
    let answer = apply(app, &plan(app, document)).expect(200).json();
    assert_eq!(answer["state"], "applied", "{answer}");
    answer
}

/// What it would do to all.
#[track_caller]
pub fn preview(app: &App, path: &str) -> Value {
    previewed(app, path, Token::Admin)
}

/// What it would do, as a caller sees it.
#[track_caller]
pub fn previewed(app: &App, path: &str, caller: Token) -> Value {
    app.get(&format!("{path}/preview")).by(caller).send().expect(200).json()
}

fn organisation(app: &App, id: &str) -> Value {
    read(app, &format!("/v1/organisations/{id}"))
}

fn ministry(app: &App, name: &str) -> String {
    app.organisation_with(json!({ "name": { "fi": name }, "kind": "ministry" }))
}

/// The family names of those who work in an organisation, at a time.
#[track_caller]
fn working_in(app: &App, id: &str, time: &str) -> Vec<String> {
    family_names(&hr(app, &format!("/v1/members?organisation_id={id}{time}")))
}

#[test]
fn a_merger_takes_everything_along() {
    let app = App::start();
    let [one, two] = ["Yksi", "Kaksi"].map(|name| ministry(&app, name));
    let below = |above: &str| json!({ "parent_id": above });
    let [a, b] = ["A", "B"].map(|name| app.organisation_with(agency(name, below(&one))));
    let c = app.organisation_with(agency("C", below(&two)));
    let part = app.organisation_with(agency("Osa", below(&a)));
    let unit = app.organisation_with(agency("Yksikkö", below(&part)));
    let hosted = make_network(&app, network("Verkosto", json!({ "host_organisation_id": b })));
    let other = make_network(&app, network("Muu", json!({})));
    let aalto = make_person(&app, "Aalto", json!({ "organisation_id": a, "unit": { "fi": "Hallinto" } }));
    let berg = make_person(&app, "Berg", json!({ "organisation_id": b, "status": "inactive" }));
    let gone = make_person(&app, "Gran", json!({ "organisation_id": b, "status": "left" }));
    let membership = enter(&app, &other, "join", &aalto, json!({}));
    let before = instant();

    let done = applied(&app, reorganisation("merge", &[&a, &b], &[&c], json!({})));
    assert_eq!(done["moved"], json!({ "people": 2, "left": 0, "networks": 1, "sub_organisations": 1 }));
    assert!(done["applied_at"].is_string() && done["version"] == 3, "{done}");

    // People, with all that belongs to them; who had left stays where they were.
    assert_eq!(working_in(&app, &c, ""), ["Aalto", "Berg"]);
    assert_eq!(working_in(&app, &b, ""), ["Gran"]);
    let person = hr(&app, &format!("/v1/members/{aalto}"));
    assert_eq!(
        (&person["organisation_id"], &person["unit"]["fi"], &person["version"]),
        (&json!(c), &json!("Hallinto"), &json!(2))
    );
    assert_eq!(hr(&app, &format!("/v1/members/{berg}"))["status"], "inactive");
    for (id, count) in [(&aalto, 2), (&berg, 2), (&gone, 1)] {
        assert_eq!(logged(&app, id).len(), count);
    }
    assert_eq!(logged(&app, &aalto)[1], (2, "updated".to_owned(), vec!["organisation_id".to_owned()]));
    let there = format!("/v1/networks/{other}/memberships");
    assert_eq!(family_names(&hr(&app, &format!("{there}?organisation_id={c}&include=member"))), ["Aalto"]);
    assert_eq!(family_names(&hr(&app, &format!("{there}?branch={two}&include=member"))), ["Aalto"]);
    assert_eq!(hr(&app, &format!("{membership}?include=organisation"))["organisation"]["id"], json!(c));

    // Networks and parts, with all below them.
    let network = read(&app, &format!("/v1/networks/{hosted}"));
    assert_eq!((&network["host_organisation_id"], &network["version"]), (&json!(c), &json!(2)));
    assert_eq!(listed(&app, &format!("/v1/networks?host_subtree_of={two}")), ["Verkosto"]);
    let moved = organisation(&app, &part);
    assert_eq!((&moved["parent_id"], &moved["branch"], &moved["version"]), (&json!(c), &json!(two), &json!(2)));
    assert_eq!((&organisation(&app, &unit)["branch"], &organisation(&app, &unit)["version"]), (&json!(two), &json!(1)));
    assert_eq!(listed(&app, &format!("/v1/organisations?subtree_of={c}")), ["C", "Osa", "Yksikkö"]);
    assert_eq!(listed(&app, &format!("/v1/organisations?subtree_of={one}")), ["A", "B", "Yksi"]);

    // The originals are readable and point ahead, the result points back.
    let ended = organisation(&app, &a);
    assert_eq!(ended["successors"], json!([{ "id": c, "type": "merge", "on": "2026-01-01" }]));
    assert_eq!(
        (&ended["valid_to"], &ended["ended_by"], &ended["version"]),
        (&json!("2026-01-01"), &done["id"], &json!(2))
    );
    let back = read(&app, &format!("/v1/organisations/{c}?include=predecessors"));
    let known = back["predecessors"].as_array().unwrap().iter();
    let names: Vec<_> = known.map(|one| text(&one["organisation"]["name"]["fi"])).collect();
    assert_eq!((names, &back["successors"]), (vec!["A".to_owned(), "B".to_owned()], &json!([])));

    // As of before, all is as it was.
    let then = format!("&as_of={before}");
    assert_eq!(working_in(&app, &a, &then), ["Aalto"]);
    assert_eq!(working_in(&app, &b, &then), ["Berg", "Gran"]);
    assert_eq!(working_in(&app, &c, &then), [""; 0]);
    assert_eq!(
        listed(&app, &format!("/v1/organisations?subtree_of={one}{then}")),
        ["A", "B", "Osa", "Yksi", "Yksikkö"]
    );
    assert_eq!(listed(&app, &format!("/v1/networks?host_organisation_id={b}{then}")), ["Verkosto"]);
    assert_eq!(family_names(&hr(&app, &format!("{there}?organisation_id={a}&include=member{then}"))), ["Aalto"]);
    let past = read(&app, &format!("/v1/organisations/{a}?as_of={before}"));
    assert_eq!((&past["successors"], &past["ended_by"], &past["valid_to"]), (&json!([]), &Value::Null, &Value::Null));
    let past = read(&app, &format!("/v1/organisations/{c}?include=predecessors&as_of={before}"));
    assert_eq!(past["predecessors"], json!([]));
}

#[test]
fn a_split_goes_by_unit_by_list_and_by_rest() {
    let app = App::start();
    let [a, b, c, d, e] = ["A", "B", "C", "D", "E"].map(|name| app.organisation(name));
    let in_unit = |name: &str, organisation: &str, unit: Value| {
        make_person(&app, name, json!({ "organisation_id": organisation, "unit": unit }))
    };
    in_unit("Aalto", &a, json!({ "fi": "Hallinto", "sv": "Förvaltning" }));
    in_unit("Berg", &a, json!({ "sv": "FÖRVALTNING" }));
    let listed_one = in_unit("Cederberg", &a, json!({ "fi": "Muu" }));
    in_unit("Dahl", &a, Value::Null);
    in_unit("Ek", &b, json!({ "fi": "Hallinto" }));
    let stranger = in_unit("Fors", &e, json!({ "fi": "Hallinto" }));
    let hosted = |name: &str, host: &str| make_network(&app, network(name, json!({ "host_organisation_id": host })));
    let (first, _, _) = (hosted("N1", &a), hosted("N2", &a), hosted("N3", &b));
    let part = app.organisation_with(agency("Osa", json!({ "parent_id": a })));
    let document = reorganisation(
        "split",
        &[&a, &b],
        &[&c, &d, &e],
        json!({ "moves": [
        { "from": a, "to": c, "units": ["förvaltning"] },
        { "from": a, "to": d, "what": ["people"], "member_ids": [listed_one, stranger] },
        { "from": a, "to": d, "network_ids": [first] },
        { "from": a, "to": c, "organisation_ids": [part] },
        { "from": a, "to": e },
        { "from": b, "to": d },
    ] }),
    );
    let path = plan(&app, document);
    let expected = preview(&app, &path);
    assert_eq!((&expected["obstacles"], &expected["ending_ids"]), (&json!([]), &json!([a, b])));
    let way = |rule: usize, from: &str, to: &str, people: i64, networks: i64, parts: i64| json!({ "rule": rule, "from": from, "to": to, "people": people, "networks": networks, "sub_organisations": parts });
    let ways = [way(0, &a, &c, 2, 0, 0), way(1, &a, &d, 1, 0, 0), way(2, &a, &d, 0, 1, 0), way(3, &a, &c, 0, 0, 1)];
    let ways = ways.into_iter().chain([way(4, &a, &e, 1, 1, 0), way(5, &b, &d, 1, 1, 0)]);
    assert_eq!(expected["moves"], Value::from_iter(ways));
    let people = hr(&app, &format!("{path}/preview/people"));
    assert_eq!(people["people"].as_array().unwrap().len(), 5);
    assert!(
        people["people"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["member"]["family_name"] == "Dahl" && one["to"] == json!(e))
    );

    let done = apply(&app, &path).expect(200).json();
    assert_eq!(done["moved"], expected["total"]);
    assert_eq!(done["moved"], json!({ "people": 5, "left": 0, "networks": 3, "sub_organisations": 1 }));
    assert_eq!(working_in(&app, &c, ""), ["Aalto", "Berg"]);
    assert_eq!(working_in(&app, &d, ""), ["Cederberg", "Ek"]);
    assert_eq!(working_in(&app, &e, ""), ["Dahl", "Fors"]);
    assert_eq!(listed(&app, &format!("/v1/networks?host_organisation_id={d}")), ["N1", "N3"]);
    assert_eq!(listed(&app, &format!("/v1/networks?host_organisation_id={e}")), ["N2"]);
    assert_eq!(organisation(&app, &part)["parent_id"], json!(c));
    assert_eq!(organisation(&app, &a)["successors"].as_array().unwrap().len(), 3);
    // What is left to do is nothing.
    let after = preview(&app, &path);
    assert_eq!((&after["moves"], &after["obstacles"][0]["code"]), (&json!([]), &json!("move_not_allowed")));
    assert_eq!(after["total"], done["moved"]);
}

/// Whoever was moved is not moved on by the rule of where they came to.
#[test]
fn a_transfer_both_ways_moves_each_once_and_ends_nothing() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let units = |fi: &str| json!({ "fi": fi });
    let people: Vec<String> = ["Aalto", "Berg", "Cederberg", "Dahl"]
        .iter()
        .zip([(&a, "IT"), (&b, "IT"), (&a, "IT"), (&b, "Muu")])
        .map(|(name, (at, unit))| make_person(&app, name, json!({ "organisation_id": at, "unit": units(unit) })))
        .collect();
    let moves = json!({ "moves": [{ "from": a, "to": b, "units": ["it"] }, { "from": b, "to": a, "units": ["it"] }] });
    let done = applied(&app, reorganisation("transfer", &[&a, &b], &[&a, &b], moves));
    assert_eq!(done["moved"]["people"], 3);
    assert_eq!(
        (working_in(&app, &a, ""), working_in(&app, &b, "")),
        (vec!["Berg".to_owned()], ["Aalto", "Cederberg", "Dahl"].map(str::to_owned).to_vec())
    );
    assert_eq!(people.iter().map(|id| logged(&app, id).len()).collect::<Vec<_>>(), [2, 2, 2, 1]);
    for id in [&a, &b] {
        let organisation = organisation(&app, id);
        assert_eq!((&organisation["ended_by"], &organisation["version"]), (&Value::Null, &json!(1)));
    }
}

/// A reorganisation is undone by another the other way; both stay on record.
#[test]
fn what_was_transferred_can_go_back() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let id = make_person(&app, "Berg", json!({ "organisation_id": a }));
    let go = |from: &str, to: &str| json!({ "moves": [{ "from": from, "to": to, "member_ids": [id] }] });
    let first = applied(&app, reorganisation("transfer", &[&a], &[&b], go(&a, &b)));
    let between = instant();
    let second = applied(&app, reorganisation("transfer", &[&b], &[&a], go(&b, &a)));
    assert_eq!(working_in(&app, &a, ""), ["Aalto", "Berg"]);
    assert_eq!(working_in(&app, &b, &format!("&as_of={between}")), ["Berg"]);
    assert_eq!(logged(&app, &id).len(), 3);
    let both = read(&app, &format!("/v1/organisation-changes?original={a},{b}&state=applied&sort=created_at"));
    let ids: Vec<_> = both["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, [first["id"].clone(), second["id"].clone()]);
}

#[test]
fn a_rename_keeps_the_organisation() {
    let app = App::start();
    let a = app.organisation_with(agency("Vanha", json!({ "short_name": { "fi": "V" } })));
    make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let before = instant();
    let names = json!({ "renames": [{ "organisation_id": a, "name": { "fi": "Uusi" } }] });
    let done = applied(&app, reorganisation("rename", &[&a], &[], names));
    let renamed = organisation(&app, &a);
    assert_eq!(
        (&renamed["name"]["fi"], &renamed["short_name"]["fi"], &renamed["version"]),
        (&json!("Uusi"), &json!("V"), &json!(2))
    );
    assert_eq!(
        (&renamed["ended_by"], &renamed["successors"], &done["moved"]["people"]),
        (&Value::Null, &json!([]), &json!(0))
    );
    assert_eq!(listed(&app, "/v1/organisations?name_prefix=uus"), ["Uusi"]);
    assert_eq!(listed(&app, &format!("/v1/organisations?name_prefix=vanh&as_of={before}")), ["Vanha"]);
}

#[test]
fn a_closure_without_successors_says_who_leaves() {
    let app = App::start();
    let top = app.organisation("Ylempi");
    let a = app.organisation_with(agency("A", json!({ "parent_id": top })));
    let part = app.organisation_with(agency("Osa", json!({ "parent_id": a })));
    let hosted = make_network(&app, network("Verkosto", json!({ "host_organisation_id": a })));
    let person = make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let away = make_person(&app, "Berg", json!({ "organisation_id": a, "status": "inactive" }));
    let membership = enter(&app, &hosted, "nominate", &person, json!({ "role": "coordinator" }));
    let invited = enter(&app, &hosted, "invite", &away, json!({}));
    let silent = app.post("/v1/organisation-changes", reorganisation("closure", &[&a], &[], json!({})));
    assert_eq!(silent.by(Token::Writer).send().expect(422).codes(), "invalid moves_no_rest:/original_ids/0");
    let path = plan(&app, reorganisation("closure", &[&a], &[], json!({ "moves": [{ "from": a, "nowhere": true }] })));
    let expected = preview(&app, &path);
    assert_eq!((&expected["total"]["left"], &expected["ending_memberships"]), (&json!(2), &json!(2)));
    // Those who leave take their memberships along in a transaction of their own; the rest follows.
    apply(&app, &path).expect(200);
    let whole = || app.get(&path).by(Token::Admin).send().expect(200).json();
    let is_applied = || Some(whole()).filter(|change| change["state"] == "applied");
    let done = eventually("it is applied", is_applied);
    assert_eq!(done["moved"], json!({ "people": 0, "left": 2, "networks": 1, "sub_organisations": 1 }));
    for id in [&person, &away] {
        let left = hr(&app, &format!("/v1/members/{id}"));
        assert_eq!((&left["status"], &left["organisation_id"]), (&json!("left"), &json!(a)));
        assert_eq!(logged(&app, id).len(), 2);
    }
    let ended = hr(&app, &membership);
    assert_eq!((&ended["state"], &ended["end_reason"]), (&json!("ended"), &json!("left_organisation")));
    assert_eq!(hr(&app, &invited)["state"], "declined");
    let network = read(&app, &format!("/v1/networks/{hosted}"));
    assert_eq!((&network["host_organisation_id"], &network["needs_coordinator"]), (&Value::Null, &json!(true)));
    assert_eq!(organisation(&app, &part)["parent_id"], json!(top));
    let closed = organisation(&app, &a);
    assert_eq!((&closed["successors"], &closed["ended_by"]), (&json!([]), &done["id"]));
    // They do not come back to what is no more.
    let back = app.patch(&format!("/v1/members/{person}"), json!({ "status": "active" })).by(Token::Hr).if_match("*");
    assert_eq!(back.send().expect(409).codes(), "conflict organisation_ended:/organisation_id");
}

#[test]
fn ministries_take_what_names_them_as_its_branch() {
    let app = App::start();
    let [one, two] = ["Yksi", "Kaksi"].map(|name| ministry(&app, name));
    let top = app.organisation("Ylempi");
    let named = app.organisation_with(agency("Nimeävä", json!({ "parent_id": top, "branch_override": one })));
    let below = app.organisation_with(agency("Alempi", json!({ "parent_id": named })));
    applied(&app, reorganisation("merge", &[&one, &two], &[&two], json!({})));
    let named = organisation(&app, &named);
    assert_eq!((&named["branch_override"], &named["branch"], &named["version"]), (&json!(two), &json!(two), &json!(2)));
    assert_eq!(organisation(&app, &below)["branch"], json!(two));
}

/// A part becomes the whole: it takes the place of what it was a part of.
#[test]
fn a_result_within_an_original_comes_up() {
    let app = App::start();
    let top = ministry(&app, "Ministeriö");
    let a = app.organisation_with(agency("A", json!({ "parent_id": top })));
    let office = app.organisation_with(agency("Toimisto", json!({ "parent_id": a })));
    let result = app.organisation_with(agency("Tulos", json!({ "parent_id": office })));
    let other = app.organisation_with(agency("Muu", json!({ "parent_id": a })));
    let done = applied(&app, reorganisation("merge", &[&a], &[&result], json!({})));
    assert_eq!(done["moved"]["sub_organisations"], 2);
    assert_eq!(organisation(&app, &office)["parent_id"], json!(top));
    assert_eq!(organisation(&app, &other)["parent_id"], json!(result));
    assert_eq!(listed(&app, &format!("/v1/organisations?subtree_of={office}")), ["Muu", "Toimisto", "Tulos"]);
    // The tree still moves as a whole.
    change(&app, &format!("/v1/organisations/{office}"), json!({ "parent_id": null }));
    assert_eq!(organisation(&app, &other)["branch"], Value::Null);
    assert_eq!(listed(&app, &format!("/v1/organisations?subtree_of={top}")), ["A", "Ministeriö"]);
}

#[test]
fn what_has_ended_takes_nothing_more() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let person = make_person(&app, "Aalto", json!({ "organisation_id": b }));
    let other = make_network(&app, network("Muu", json!({})));
    applied(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let refused = [
        (
            app.post("/v1/members", super::people::person("Berg", json!({ "organisation_id": a }))).by(Token::Hr),
            "organisation_id",
        ),
        (
            app.patch(&format!("/v1/members/{person}"), json!({ "organisation_id": a })).by(Token::Hr).if_match("*"),
            "organisation_id",
        ),
        (
            app.post("/v1/networks", network("N", json!({ "host_organisation_id": a }))).by(Token::Writer),
            "host_organisation_id",
        ),
        (
            app.patch(&format!("/v1/networks/{other}"), json!({ "host_organisation_id": a }))
                .by(Token::Writer)
                .if_match("*"),
            "host_organisation_id",
        ),
        (app.post("/v1/organisations", agency("O", json!({ "parent_id": a }))).by(Token::Writer), "parent_id"),
        (
            app.patch(&format!("/v1/organisations/{b}"), json!({ "parent_id": a })).by(Token::Writer).if_match("*"),
            "parent_id",
        ),
    ];
    for (request, field) in refused {
        let answer = request.send().expect(409);
        assert_eq!(answer.codes(), format!("conflict organisation_ended:/{field}"));
        assert_eq!(answer.json()["successors"][0]["id"], json!(b));
        assert!(text(&answer.json()["errors"][0]["detail"]).contains(&b));
    }
    // It can still be mended, and keeps what it points at.
    let mended = change(&app, &format!("/v1/organisations/{a}"), json!({ "website": "https://a.example" }));
    assert_eq!((&mended["successors"][0]["id"], &mended["version"]), (&json!(b), &json!(3)));
    patch(&app, &format!("/v1/members/{person}"), json!({ "phone": "1" }));
}
