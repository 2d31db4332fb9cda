//! What is said of a reorganisation before it happens, to whom, and whom it is about.

use serde_json::{Value, json};
use solmu::db::now;
use solmu::http::etag::IfMatch;
use solmu::members::{MemberProfile, load};
use solmu::organisation_changes::OrganisationChangeId;
use solmu::organisation_changes::apply::{BATCH, advance, begin};

use super::organisation_changes::{applied, apply, plan, preview, previewed, reorganisation};
use super::people::{enter, hr, make_person, person};
use super::{instant, make_network, network, read, text};
use crate::harness::{App, Token};

/// An organisation of people in two units and none; the ids of some.
fn crowd(app: &App, organisation: &str, numbers: std::ops::Range<i64>) {
    let unit = |number: i64| match number % 3 {
        0 => json!({ "fi": "Hallinto", "sv": "Förvaltning" }),
        1 => json!({ "fi": "Tietohallinto" }),
        _ => Value::Null,
    };
    let people: Vec<_> = numbers
        .map(|number| {
            let fields = json!({ "organisation_id": organisation, "unit": unit(number) });
            let document = serde_json::from_value(person(&format!("Nro{number}"), fields)).unwrap();
            (id_of(number).parse().unwrap(), document, MemberProfile::default())
        })
        .collect();
    app.db().write_here(None, |tx| load(tx, &people, now().date())).unwrap();
}

fn id_of(number: i64) -> String {
    format!("01900000-0000-7007-8000-{number:012}")
}

#[test]
fn numbers_are_those_of_what_happens_then() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    crowd(&app, &a, 0..300);
    make_person(&app, "Muu", json!({ "organisation_id": a, "status": "left" }));
    let forum = make_network(&app, network("Foorumi", json!({})));
    for number in [0, 1, 2] {
        enter(&app, &forum, "join", &id_of(number), json!({}));
    }
    let moves = json!({ "moves": [
        { "from": a, "nowhere": true, "what": ["people"], "member_ids": [id_of(1), id_of(3)] },
        { "from": a, "to": b, "units": ["förvaltning"], "member_ids": [id_of(4), id_of(999)] },
        { "from": a, "nowhere": true, "units": ["TIETOHALLINTO"] },
        { "from": a, "to": c },
    ] });
    let path = plan(&app, reorganisation("split", &[&a], &[&b, &c], moves));
    let told = preview(&app, &path);
    let people: Vec<_> =
        told["moves"].as_array().unwrap().iter().map(|way| (way["rule"].clone(), way["people"].clone())).collect();
    // Of a hundred in each: one and three leave, four goes elsewhere than its unit.
    let expected = [(0, 2), (1, 100), (2, 98), (3, 100)].map(|(rule, count)| (json!(rule), json!(count)));
    assert_eq!(people, expected);
    assert_eq!((&told["total"]["left"], &told["ending_memberships"]), (&json!(100), &json!(1)));
    let some = hr(&app, &format!("{path}/preview/people"))["people"].clone();
    let some = some.as_array().unwrap();
    assert_eq!((some.len(), some.iter().filter(|one| one["to"].is_null()).count()), (100, 100));
    apply(&app, &path).expect(200);
    crate::harness::eventually("it is applied", || (read(&app, &path)["state"] == "applied").then_some(()));
    let done = preview(&app, &path);
    assert_eq!((&done["total"], &done["moves"]), (&told["total"], &json!([])));
    assert_eq!(hr(&app, &format!("{path}/preview/people"))["people"], json!([]));
    let cancelled = plan(&app, reorganisation("merge", &[&b], &[&c], json!({})));
    app.post(&format!("{cancelled}/cancel"), json!({})).by(Token::Writer).send().expect(200);
    assert_eq!(preview(&app, &cancelled)["total"]["people"], 0);
}

/// A few of many are a small one: those who go count, not those who stay.
#[test]
fn a_few_of_many_go_at_once() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    crowd(&app, &a, 0..(BATCH + 100));
    let host = |name: &str| make_network(&app, network(name, json!({ "host_organisation_id": a })));
    let networks = [host("N1"), host("N2")];
    let moves = json!({ "moves": [
        { "from": a, "to": b, "what": ["people", "networks"], "member_ids": [id_of(3), id_of(BATCH + 90)], "network_ids": [networks[1]] },
    ] });
    let done = applied(&app, reorganisation("transfer", &[&a], &[&b], moves));
    assert_eq!(done["moved"], json!({ "people": 2, "left": 0, "networks": 1, "sub_organisations": 0 }));
    assert_eq!(read(&app, &format!("/v1/networks/{}", networks[0]))["host_organisation_id"], json!(a));
    let unit = json!({ "moves": [{ "from": a, "to": b, "units": ["hallinto"] }] });
    let path = plan(&app, reorganisation("transfer", &[&a], &[&b], unit));
    assert_eq!(apply(&app, &path).expect(200).json()["state"], "applying");
    crate::harness::eventually("it is applied", || (read(&app, &path)["state"] == "applied").then_some(()));
}

#[test]
fn who_leaves_may_be_the_last_to_coordinate() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let [one, two, stays] = [("Aalto", &a), ("Berg", &a), ("Cederberg", &b)]
        .map(|(name, at)| make_person(&app, name, json!({ "organisation_id": at })));
    let network_of = |name: &str, visibility: &str, who: &[&String]| {
        let id = make_network(&app, network(name, json!({ "visibility": visibility })));
        for member in who {
            let body = json!({ "member_id": member, "role": "coordinator" });
            app.post(&format!("/v1/networks/{id}/nominate"), body).by(Token::Admin).send().expect(201);
        }
        id
    };
    let alone = network_of("Yksin", "public", &[&one]);
    let secret = network_of("Piilossa", "members", &[&one, &two]);
    network_of("Jää", "public", &[&one, &stays]);
    let closed = network_of("Suljettu", "public", &[&one]);
    super::change(&app, &format!("/v1/networks/{closed}"), json!({ "status": "closed" }));
    let all = json!({ "moves": [{ "from": a, "nowhere": true }] });
    let path = plan(&app, reorganisation("closure", &[&a], &[], all));
    let told = |caller: Token| {
        let told = previewed(&app, &path, caller)["without_coordinator"].clone();
        let mut ids: Vec<_> = told["networks"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
        ids.sort();
        (told["count"].as_i64().unwrap(), ids)
    };
    assert_eq!(told(Token::Reader), (1, vec![alone.clone()]));
    let mut both = vec![alone, secret];
    both.sort();
    assert_eq!(told(Token::Admin), (2, both));
    apply(&app, &path).expect(200);
    let needing = app.get("/v1/networks?needs_coordinator=true&count=true").by(Token::Admin).send().expect(200).json();
    assert_eq!(needing["total"], 2);
    // Whoever only moves keeps what they do.
    let path = plan(&app, reorganisation("merge", &[&b], &[&app.organisation("C")], json!({})));
    assert_eq!(preview(&app, &path)["without_coordinator"], json!({ "count": 0, "networks": [] }));
}

/// Whom a plan names is for those to know who see people; so it is to name them.
#[test]
fn names_are_shown_to_those_who_may_see_them() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let one = make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let hidden = make_network(&app, network("Piilossa", json!({ "host_organisation_id": a, "visibility": "members" })));
    let moves = json!({ "moves": [{ "from": a, "to": b, "member_ids": [one], "network_ids": [hidden] }] });
    let document = reorganisation("transfer", &[&a], &[&b], moves);
    let refused = app.post("/v1/organisation-changes", &document).by(Token::Writer).send().expect(403);
    assert_eq!(refused.codes(), "scope_missing scope_missing:/moves");
    let path = plan(&app, document.clone());
    let get = |target: &str, token| app.get(target).by(token).send().expect(200).json();
    for token in [Token::Reader, Token::Writer, Token::Admin] {
        let list = get("/v1/organisation-changes", token)["items"][0]["moves"][0].clone();
        let rule = get(&path, token)["moves"][0].clone();
        assert_eq!(list, rule);
        let seen = ["member_ids", "network_ids", "organisation_ids"].map(|name| rule.get(name).is_some());
        let expected = match token {
            Token::Reader => [false, false, true],
            Token::Writer => [false, true, true],
            _ => [true, true, true],
        };
        assert_eq!(seen, expected, "{rule}");
    }
    // Who does not see them leaves them as they are.
    let send = |body: Value| app.patch(&path, body).by(Token::Writer).if_match("*").send();
    let mended = send(json!({ "description": { "fi": "Muu" } })).expect(200).json();
    assert!(mended["moves"][0].get("member_ids").is_none(), "{mended}");
    let as_seen = json!({ "moves": mended["moves"] });
    assert_eq!(send(as_seen).expect(403).codes(), "scope_missing scope_missing:/moves");
    let put = super::with(document, json!({ "moves": mended["moves"] }));
    app.put(&path, put).by(Token::Writer).if_match("*").send().expect(403);
    // Whoever applies it is told what was moved as far as they see all of it, as others are.
    let done = app.post(&format!("{path}/apply"), json!({})).by(Token::Hr).send().expect(200).json();
    assert_eq!(done["moves"][0]["member_ids"], json!([one]));
    assert!(done["moves"][0].get("network_ids").is_none(), "{done}");
    let moved = |people: Value, networks: Value| {
        let left = people.as_i64().map(|_| 0);
        json!({ "people": people, "left": left, "networks": networks, "sub_organisations": 0 })
    };
    assert_eq!(done["moved"], moved(json!(1), Value::Null));
    let callers = [(Token::Reader, Value::Null, Value::Null), (Token::Writer, Value::Null, json!(1))];
    for (token, people, networks) in callers.into_iter().chain([(Token::Admin, json!(1), json!(1))]) {
        let expected = moved(people, networks);
        let list = get("/v1/organisation-changes", token)["items"][0]["moved"].clone();
        let then = get(&format!("{path}?as_of={}", super::instant()), token)["moved"].clone();
        let total = previewed(&app, &path, token)["total"].clone();
        assert_eq!([&get(&path, token)["moved"], &list, &then, &total], [&expected; 4], "{token:?}");
    }
}

/// A plan that names a record means the one that it was merged into since; one that was deleted is nobody.
#[test]
fn who_was_merged_is_meant_all_the_same() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let [one, other, third, gone, rest] = ["Aalto", "Alto", "Aaltto", "Gran", "Berg"]
        .map(|name| make_person(&app, name, json!({ "organisation_id": a })));
    let [net, twin, left] =
        ["N1", "N2", "N3"].map(|name| make_network(&app, network(name, json!({ "host_organisation_id": a }))));
    let moves = json!({ "moves": [
        { "from": a, "to": b, "member_ids": [one, gone], "network_ids": [net, left] },
        { "from": a, "to": c },
    ] });
    let path = plan(&app, reorganisation("split", &[&a], &[&b, &c], moves));
    // One after the other, so that the plan's is two away.
    let merge = |kind: &str, into: &str, from: &str, token| {
        app.post(&format!("/v1/{kind}/{into}/merge"), json!({ "duplicate_id": from })).by(token).send().expect(200);
    };
    merge("members", &other, &one, Token::Hr);
    merge("members", &third, &other, Token::Hr);
    merge("networks", &twin, &net, Token::Writer);
    app.delete(&format!("/v1/members/{gone}")).by(Token::Hr).if_match("*").send().expect(204);
    super::delete(&app, &format!("/v1/networks/{left}"));
    let told = preview(&app, &path);
    let counts: Vec<_> =
        told["moves"].as_array().unwrap().iter().map(|way| (&way["people"], &way["networks"])).collect();
    assert_eq!(counts, [(&json!(1), &json!(1)), (&json!(1), &json!(0))]);
    let some = hr(&app, &format!("{path}/preview/people"))["people"].clone();
    let ways: Vec<_> =
        some.as_array().unwrap().iter().map(|one| (text(&one["member"]["id"]), text(&one["to"]))).collect();
    assert!(ways.contains(&(third.clone(), b.clone())) && ways.contains(&(rest, c)), "{ways:?}");
    assert_eq!(apply(&app, &path).expect(200).json()["moved"], told["total"]);
    assert_eq!(hr(&app, &format!("/v1/members/{third}"))["organisation_id"], json!(b));
    assert_eq!(read(&app, &format!("/v1/networks/{twin}"))["host_organisation_id"], json!(b));
}

/// How far it had come at a time is on record.
#[test]
fn progress_is_read_as_of_its_time() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    crowd(&app, &a, 0..(BATCH + 100));
    let path = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let id: OrganisationChangeId = path.rsplit('/').next().unwrap().parse().unwrap();
    app.db().write_here(None, |tx| begin(tx, id, &IfMatch::Any, now().date()).map(|_| ())).unwrap();
    let mut times = vec![instant()];
    for _ in 0..2 {
        app.db().write_here(None, |tx| advance(tx, id, now().date()).map(|_| ())).unwrap();
        times.push(instant());
    }
    apply(&app, &path).expect(200);
    crate::harness::eventually("it is applied", || (read(&app, &path)["state"] == "applied").then_some(()));
    let then = |time: &String| {
        let past = app.get(&format!("{path}?as_of={time}")).by(Token::Admin).send().expect(200).json();
        (past["moved"]["people"].as_i64().unwrap(), past["version"].as_i64().unwrap(), text(&past["state"]))
    };
    let applying = |people: i64| (people, 2, "applying".to_owned());
    assert_eq!(times.iter().map(then).collect::<Vec<_>>(), [applying(0), applying(BATCH), applying(BATCH + 100)]);
    assert_eq!(then(&instant()), (BATCH + 100, 3, "applied".to_owned()));
}
