//! The HR of some organisations alone.

use serde_json::{Value, json};

use super::people::{make_person, person};
use super::roles::{patch, path, post};
use super::{agency, make_network, network, text};
use crate::harness::{App, Token};

/// The house of [`Token::HrElsewhere`].
const OWN: &str = "01900000-0000-7001-8000-000000000050";

#[test]
fn the_hr_of_some_houses_is_that_of_nobody_else() {
    let app = App::demo();
    let own = OWN;
    let below = app.organisation_with(agency("Alla", json!({ "parent_id": own })));
    let foreign = app.organisation("Vieras");
    let by = Token::HrElsewhere;
    let make =
        |name: &str, place: Value| post(&app, "/v1/members", by, person(name, json!({ "organisation_id": place })));
    let ours = text(&make("Oma", json!(below)).expect(201).json()["id"]);
    for place in [json!(foreign), json!(null)] {
        let answer = make("Vieras", place).expect(403);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/organisation_id");
        assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().contains(own));
    }
    let theirs = make_person(&app, "Heidän", json!({ "organisation_id": foreign }));
    let hidden = make_person(&app, "Suojattu", json!({ "organisation_id": foreign, "protected": true }));
    let path = |id: &str| format!("/v1/members/{id}");
    for (id, status) in [(&ours, 200), (&theirs, 403), (&hidden, 404)] {
        let answers = [
            patch(&app, &path(id), by, json!({ "title": { "fi": "Johtaja" } })),
            patch(&app, &format!("{}/profile", path(id)), by, json!({ "looking_for_peers": true })),
            post(&app, &format!("{}/confirm", path(id)), by, json!({})),
        ];
        assert_eq!(answers.map(|answer| answer.status), [status; 3]);
    }
    // Nobody goes to others by them, or comes from there: neither by a move nor by a merger.
    let before = app.get(&path(&ours)).by(Token::Hr).send().expect(200).json();
    for place in [json!(foreign), json!(null)] {
        patch(&app, &path(&ours), by, json!({ "organisation_id": place })).expect(403);
    }
    assert_eq!(app.get(&path(&ours)).by(Token::Hr).send().expect(200).json(), before);
    patch(&app, &path(&ours), by, json!({ "organisation_id": own })).expect(200);
    patch(&app, &path(&theirs), by, json!({ "organisation_id": own })).expect(403);
    for duplicate in [&theirs, &hidden] {
        let answer =
            post(&app, &format!("{}/merge", path(&ours)), by, json!({ "duplicate_id": duplicate })).expect(422);
        assert_eq!(answer.codes(), "invalid unknown_reference:/duplicate_id");
    }
    post(&app, &format!("{}/merge", path(&theirs)), by, json!({ "duplicate_id": ours })).expect(403);
    let identity = json!({ "issuer": "solmu", "subject": "1" });
    post(&app, &format!("{}/identities", path(&theirs)), by, identity.clone()).expect(403);
    let linked = post(&app, &format!("{}/identities", path(&ours)), by, identity).expect(201);
    app.delete(linked.header("location").unwrap()).by(by).if_match("*").send().expect(204);
    // Who is who to another issuer is for the HR of everybody.
    let foreign_issuer = json!({ "issuer": "https://login.example", "subject": "1" });
    let refused = post(&app, &format!("{}/identities", path(&ours)), by, foreign_issuer.clone()).expect(403);
    assert_eq!(refused.codes(), "reserved not_your_issuer:/issuer");
    let linked = post(&app, &format!("{}/identities", path(&ours)), Token::Hr, foreign_issuer).expect(201);
    let linked = linked.header("location").unwrap();
    let refused = app.delete(linked).by(by).if_match("*").send().expect(403);
    assert_eq!(refused.codes(), "reserved not_your_issuer:");
    app.get(linked).by(by).send().expect(200);
    app.delete(linked).by(Token::Hr).if_match("*").send().expect(204);
    // What is for the HR of everybody says so.
    let rule = "/v1/networks/01900000-0000-7002-8000-000000000011/ex-officio/apply";
    let everybody = post(&app, rule, by, json!({})).expect(403);
    assert_eq!(everybody.codes(), "scope_limited");
    app.delete(&path(&theirs)).by(by).if_match("*").send().expect(403);
    app.delete(&path(&ours)).by(by).if_match("*").send().expect(204);
}

#[test]
fn the_hr_of_some_houses_gives_nobody_a_lead_over_others() {
    let app = App::demo();
    let own = OWN;
    let by = Token::HrElsewhere;
    let ours = make_person(&app, "Oma", json!({ "organisation_id": own }));
    let theirs = make_person(&app, "Heidän", json!({}));
    let make = |host: Value| make_network(&app, network("Verkko", json!({ "host_organisation_id": host })));
    let (hosted, foreign) = (make(json!(own)), make(json!(null)));
    let nominate = |network: &str, member: &str, role: &str| {
        post(&app, &format!("{}/nominate", path(network)), by, json!({ "member_id": member, "role": role }))
    };
    nominate(&foreign, &ours, "coordinator").expect(403);
    let member = nominate(&foreign, &ours, "member").expect(201);
    let member = member.header("location").unwrap();
    post(&app, &format!("{member}/change-role"), by, json!({ "role": "chair" })).expect(403);
    post(&app, &format!("{member}/change-role"), by, json!({ "role": "committee" })).expect(201);
    nominate(&hosted, &ours, "coordinator").expect(201);
    nominate(&hosted, &theirs, "member").expect(403);
}

/// Who edits the directory, too, has nobody else's people moved by it, and does not become the HR of more.
#[test]
fn who_writes_the_directory_is_the_hr_of_nobody_else() {
    let app = App::demo();
    let by = Token::WriterAndHrElsewhere;
    let foreign = app.organisation("Vieras");
    let theirs = make_person(&app, "Heidän", json!({ "organisation_id": foreign }));
    let day = "2999-01-01";
    let closure = json!({
        "type": "closure", "effective_on": day, "original_ids": [foreign], "result_ids": [],
        "moves": [{ "from": foreign, "nowhere": true }],
    });
    let transfer = json!({
        "type": "transfer", "effective_on": day, "original_ids": [foreign], "result_ids": [OWN],
        "moves": [{ "from": foreign, "to": OWN, "what": ["people"], "member_ids": [theirs] }],
    });
    let with = |mut plan: Value, fields: Value| {
        plan.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        plan
    };
    let plans = [(with(closure.clone(), json!({ "applies_itself": true })), "/applies_itself"), (transfer, "/moves")];
    for (plan, pointer) in plans {
        let answer = post(&app, "/v1/organisation-changes", by, plan).expect(403);
        assert_eq!(answer.codes(), format!("scope_limited scope_limited:{pointer}"));
    }
    let planned =
        post(&app, "/v1/organisation-changes", by, closure).expect(201).header("location").unwrap().to_owned();
    patch(&app, &planned, by, json!({ "applies_itself": true })).expect(403);
    post(&app, &format!("{planned}/apply"), by, json!({})).expect(403);
    let house = format!("/v1/organisations/{foreign}");
    patch(&app, &house, by, json!({ "website": "https://vieras.example/" })).expect(200);
    let answer = patch(&app, &house, by, json!({ "parent_id": OWN })).expect(403);
    assert_eq!(answer.codes(), "scope_limited scope_limited:/parent_id");
    patch(&app, &format!("/v1/members/{theirs}"), by, json!({ "title": { "fi": "Johtaja" } })).expect(403);
}
