//! Two records of one person become one: whose values stay, what goes along, and how the other leads there.

use serde_json::{Value, json};

use super::people::{act, ask, enter, hr, make_person, patch};
use super::{at_once, instant, logged, make_network, network, text};
use crate::client::Answer;
use crate::harness::{App, Token};

pub fn merge(app: &App, id: &str, duplicate: &str, fields: Value) -> Answer {
    let body = json!({ "duplicate_id": duplicate, "fields": fields });
    app.post(&format!("/v1/members/{id}/merge"), body).by(Token::Hr).send()
}

pub fn path(id: &str) -> String {
    format!("/v1/members/{id}")
}

/// Two records, made in turn.
pub fn two(app: &App, one: Value, other: Value) -> [String; 2] {
    let make = |name: &str, fields: Value| {
        let fields = super::with(json!({ "user_name": format!("{name}{}", instant()) }), fields);
        make_person(app, name, fields)
    };
    [make("Aalto", one), make("Berg", other)]
}

fn profile(app: &App, id: &str, document: Value) {
    app.put(&format!("/v1/members/{id}/profile"), document).by(Token::Hr).if_match("*").send().expect(200);
}

#[test]
fn a_field_stays_is_filled_in_or_is_chosen() {
    let app = App::start();
    let agency = app.organisation("Virasto");
    let [a, b] = two(
        &app,
        json!({ "email": "a@example.fi", "title": { "fi": "johtaja" }, "external_ids": [{ "source": "hr", "id": "1" }] }),
        json!({ "email": "b@example.fi", "phone": "+358 1", "organisation_id": agency, "user_name": "berg",
            "title": { "sv": "direktör" }, "external_ids": [{ "source": "hr", "id": "2" }] }),
    );
    let level = |tag: &str, level: &str| json!({ "tag": tag, "level": level });
    profile(&app, &a, json!({ "languages": [level("fi", "C2"), level("sv", "A1")], "willing_to": ["mentor"] }));
    profile(
        &app,
        &b,
        json!({ "bio": { "fi": "Olen b." }, "languages": [level("sv", "C1"), level("en", "B2")], "willing_to": ["shadow"],
            "looking_for_peers": true }),
    );
    let fields = json!({ "user_name": "duplicate", "family_name": "duplicate", "email": "survivor", "languages": "both",
        "looking_for_peers": "duplicate" });
    let merged = merge(&app, &a, &b, fields).expect(200).json();
    assert_eq!(merged, hr(&app, &path(&a)));
    let told = |names: &[&str]| names.iter().map(|name| merged[*name].clone()).collect::<Vec<_>>();
    let expected = [json!(a), json!(2), json!(3), json!("berg"), json!("Berg"), json!("a@example.fi"), json!("+358 1")];
    let names = ["id", "version", "profile_version", "user_name", "family_name", "email", "phone"];
    assert_eq!(told(&names), expected);
    assert_eq!((&merged["title"], &merged["organisation_id"]), (&json!({ "fi": "johtaja" }), &json!(agency)));
    let external = json!([{ "source": "hr", "id": "1" }, { "source": "hr", "id": "2" }]);
    assert_eq!(merged["external_ids"], external);
    let own = &merged["profile"];
    assert_eq!(own["languages"], json!([level("fi", "C2"), level("sv", "A1"), level("en", "B2")]));
    let own = [&own["bio"], &own["willing_to"], &own["looking_for_peers"]];
    assert_eq!(own, [&json!({ "fi": "Olen b." }), &json!(["mentor"]), &json!(true)]);
    // What is searched by follows.
    let find = |query: &str| {
        let page = hr(&app, &format!("/v1/members?{query}&fields=id"));
        page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect::<Vec<_>>()
    };
    for query in [
        "language=en",
        "looking_for_peers=true",
        "external_id=hr:2",
        "user_name=BERG",
        "name_prefix=berg",
        &format!("organisation_id={agency}"),
    ] {
        assert_eq!(find(query), [a.as_str()], "{query}");
    }
    assert!(find("name_prefix=aalto").is_empty());
    // The name that went is free.
    let log = logged(&app, &a);
    let (version, action, fields) = log.last().unwrap();
    assert_eq!((*version, action.as_str()), (2, "updated"));
    for field in ["user_name", "family_name", "phone", "external_ids", "profile"] {
        assert!(fields.contains(&field.to_owned()), "{field}: {fields:?}");
    }
    assert_eq!(logged(&app, &b).last().unwrap().1, "merged");
}

#[test]
fn choices_are_of_fields_that_there_are() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    for (fields, codes) in [
        (json!({ "colour": "survivor" }), "invalid unknown_field:/fields/colour"),
        (json!({ "protected": "duplicate" }), "invalid unknown_field:/fields/protected"),
        (json!({ "email": "both" }), "invalid unknown_value:/fields/email"),
        (json!({ "email": "mine" }), "invalid unknown_value:/fields/email"),
    ] {
        let refused = merge(&app, &a, &b, fields.clone()).expect(422);
        assert_eq!(refused.codes(), codes, "{fields}");
        let detail = refused.json()["errors"][0]["detail"].to_string();
        assert!(detail.contains("duplicate") || detail.contains("looking_for_peers"), "{detail}");
    }
    assert_eq!(merge(&app, &a, &a, json!({})).expect(422).codes(), "invalid merge_with_itself:/duplicate_id");
    let nobody = "01900000-0000-7007-8000-00000000ffff";
    assert_eq!(merge(&app, &a, nobody, json!({})).expect(422).codes(), "invalid unknown_reference:/duplicate_id");
    merge(&app, nobody, &a, json!({})).expect(404);
    app.delete(&path(&b)).by(Token::Hr).if_match("*").send().expect(204);
    assert_eq!(merge(&app, &a, &b, json!({})).expect(422).codes(), "invalid unknown_reference:/duplicate_id");
    merge(&app, &b, &a, json!({})).expect(410);
    assert_eq!(hr(&app, &path(&a))["version"], 1);
}

#[test]
fn nobody_merges_what_changed_meanwhile() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    patch(&app, &path(&b), json!({ "phone": "1" }));
    profile(&app, &b, json!({ "bio": { "fi": "Hei" } }));
    let with = |versions: Value, if_match: &str| {
        let body = super::with(json!({ "duplicate_id": b }), versions);
        app.post(&format!("{}/merge", path(&a)), body).by(Token::Hr).if_match(if_match).send()
    };
    for name in ["duplicate_version", "duplicate_profile_version"] {
        let refused = with(json!({ name: 1 }), "*").expect(412);
        assert_eq!((refused.codes(), &refused.json()["version"]), (format!("stale stale:/{name}"), &json!(2)));
    }
    with(json!({ "profile_version": 2 }), "*").expect(412);
    with(json!({}), "\"2-x\"").expect(412);
    with(json!({ "duplicate_version": 2, "duplicate_profile_version": 2, "profile_version": 1 }), "\"1-x\"")
        .expect(200);
}

#[test]
fn who_was_protected_stays_so() {
    let app = App::start();
    for (one, other) in [(true, false), (false, true)] {
        let [a, b] = two(&app, json!({ "protected": one }), json!({ "protected": other }));
        assert_eq!(merge(&app, &a, &b, json!({})).expect(200).json()["protected"], true);
    }
}

#[test]
fn identities_go_along() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    let own = |id: &str| format!("{}/identities", path(id));
    let linked = |id: &str, subject: &str| {
        let body = json!({ "issuer": "solmu", "subject": subject });
        let made = app.post(&own(id), body).by(Token::Hr).send().expect(201);
        made.header("location").unwrap().to_owned()
    };
    linked(&a, "a");
    let moved = linked(&b, "Reader");
    let me = || app.get("/v1/me").by(Token::Reader).send().expect(200).json()["member"]["id"].clone();
    assert_eq!(me(), json!(b));
    let then = instant();
    merge(&app, &a, &b, json!({})).expect(200);
    assert_eq!(me(), json!(a));
    assert_eq!(hr(&app, &format!("{}?count=true", own(&a)))["total"], 2);
    // It is found where it went, and by its old address as it was.
    let answer = app.get(&moved).by(Token::Hr).send().expect(308);
    let now = hr(&app, answer.header("location").unwrap());
    assert_eq!((&now["member_id"], &now["version"]), (&json!(a), &json!(2)));
    assert_eq!(hr(&app, &format!("{moved}?as_of={then}"))["member_id"], json!(b));
    assert_eq!(hr(&app, &format!("{}?count=true&as_of={then}", own(&a)))["total"], 1);
}

/// What a member has in a network: state, role and why it ended, live or not.
fn held(app: &App, id: &str, club: &str) -> Vec<String> {
    let page = hr(app, &format!("{}/memberships?limit=200&sort=created_at", path(id)));
    let own = page["items"].as_array().unwrap().iter().filter(|item| item["network_id"] == club);
    let told = |item: &Value| {
        assert_eq!(item["member_id"], id);
        [&item["state"], &item["role"], &item["end_reason"]].map(|value| value.as_str().unwrap_or("–")).join(" ")
    };
    own.map(told).collect()
}

#[test]
fn of_two_memberships_in_one_network_the_stronger_goes_on() {
    let app = App::start();
    let (state, role) = (|way: &'static str| (way, "member"), |role: &'static str| ("nominate", role));
    for (one, other, expected) in [
        (state("nominate"), state("nominate"), ["active member –", "ended member merged"]),
        (state("nominate"), role("coordinator"), ["ended member merged", "active coordinator –"]),
        (role("chair"), role("coordinator"), ["ended chair merged", "active coordinator –"]),
        (state("invite"), state("nominate"), ["declined member merged", "active member –"]),
        (state("join"), state("invite"), ["rejected member merged", "invited member –"]),
        (state("nominate"), state("join"), ["active member –", "rejected member merged"]),
        (("invite", "chair"), state("nominate"), ["declined chair merged", "active member –"]),
    ] {
        let [a, b] = two(&app, json!({}), json!({}));
        let club = make_network(&app, network("Kerho", json!({ "join_policy": "on_application" })));
        let come = |id: &str, (way, role): (&str, &str)| {
            let fields = if way == "join" { json!({}) } else { json!({ "role": role }) };
            enter(&app, &club, way, id, fields)
        };
        let (kept, moved) = (come(&a, one), come(&b, other));
        merge(&app, &a, &b, json!({})).expect(200);
        assert_eq!(held(&app, &a, &club), expected, "{one:?} {other:?}");
        let counts = hr(&app, &format!("/v1/networks/{club}/membership-counts"));
        let active = expected.iter().filter(|text| text.starts_with("active")).count();
        let coordinated = expected.iter().any(|text| text.starts_with("active coordinator"));
        assert_eq!((&counts["active"], &counts["needs_coordinator"]), (&json!(active), &json!(!coordinated)));
        // Each changed once.
        assert_eq!(hr(&app, &moved)["version"], 2);
        assert_eq!(hr(&app, &kept)["version"], if expected[0].contains("merged") { 2 } else { 1 });
        let fields = logged(&app, moved.rsplit('/').next().unwrap()).pop().unwrap().2;
        assert_eq!(fields[0], "member_id", "{fields:?}");
    }
}

#[test]
fn memberships_go_along_and_stay_in_order() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    let [club, other] = ["Kerho", "Toinen"].map(|name| make_network(&app, network(name, json!({}))));
    let path_of = |way: &str, id: &str, club: &str, fields: Value| enter(&app, club, way, id, fields);
    let first = path_of("nominate", &a, &club, json!({ "valid_from": "2020-01-01" }));
    act(&app, &first, "end", json!({ "valid_to": "2022-01-01" })).expect(200);
    let second = path_of("nominate", &b, &club, json!({ "valid_from": "2021-01-01" }));
    act(&app, &second, "end", json!({ "valid_to": "2023-01-01" })).expect(200);
    let live = path_of("nominate", &b, &other, json!({ "role": "coordinator" }));
    let between = make_person(&app, "Ahola", json!({}));
    enter(&app, &other, "join", &between, json!({}));
    let then = instant();
    merge(&app, &a, &b, json!({})).expect(200);
    // Both days of the past are there, though they overlap.
    assert_eq!(held(&app, &a, &club), ["ended member removed", "ended member removed"]);
    assert_eq!(held(&app, &a, &other), ["active coordinator –"]);
    // By the name that they have now.
    let names = |query: &str| {
        super::people::family_names(&hr(&app, &format!("/v1/networks/{other}/memberships?include=member{query}")))
    };
    assert_eq!(
        (names(""), names(&format!("&as_of={then}"))),
        (vec!["Aalto".into(), "Ahola".into()], vec!["Ahola".into(), "Berg".into()])
    );
    let at = |query: &str| hr(&app, &format!("{live}{query}"))["member_id"].clone();
    assert_eq!((at(""), at(&format!("?as_of={then}"))), (json!(a), json!(b)));
    assert_eq!(hr(&app, &format!("{}/memberships?as_of={then}&count=true", path(&b)))["total"], 2);
    // Whoever knew its version before is told.
    let body = json!({ "role": "chair" });
    app.post(&format!("{live}/change-role"), &body).by(Token::Hr).if_match("\"1-x\"").send().expect(412);
    app.post(&format!("{live}/change-role"), &body).by(Token::Hr).if_match("\"2-x\"").send().expect(201);
}

#[test]
fn who_has_left_by_choice_is_in_no_network() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    let [club, other] = ["Kerho", "Toinen"].map(|name| make_network(&app, network(name, json!({}))));
    enter(&app, &club, "nominate", &a, json!({ "role": "coordinator" }));
    patch(&app, &path(&b), json!({ "status": "left" }));
    merge(&app, &a, &b, json!({ "status": "duplicate" })).expect(200);
    assert_eq!(held(&app, &a, &club), ["ended coordinator left_organisation"]);
    assert_eq!(hr(&app, &format!("/v1/networks/{club}/membership-counts"))["needs_coordinator"], true);
    // And the other way round, what comes ends.
    let [c, d] = two(&app, json!({ "status": "left" }), json!({}));
    enter(&app, &other, "join", &d, json!({}));
    merge(&app, &c, &d, json!({})).expect(200);
    assert_eq!(held(&app, &c, &other), ["ended member left_organisation"]);
}

#[test]
fn of_two_who_merge_at_once_one_does() {
    let app = App::start();
    for round in 0..8 {
        let [a, b] = two(&app, json!({}), json!({}));
        let mut statuses = at_once([&|| merge(&app, &a, &b, json!({})), &|| merge(&app, &a, &b, json!({})), &|| {
            merge(&app, &b, &a, json!({}))
        }]);
        statuses.sort();
        assert!(
            statuses[0] == 200 && statuses[1..].iter().all(|status| [409, 410].contains(status)),
            "{round}: {statuses:?}"
        );
    }
}

#[test]
fn a_merge_beside_others_keeps_one_live_membership() {
    let app = App::start();
    let clubs = [0, 1].map(|_| make_network(&app, network("Kerho", json!({}))));
    for round in 0..8 {
        let [a, b] = two(&app, json!({}), json!({}));
        let earlier = enter(&app, &clubs[0], "join", &b, json!({}));
        let leave = || app.patch(&path(&b), json!({ "phone": "1" })).by(Token::Hr).if_match("*").send();
        let statuses = at_once([
            &|| merge(&app, &a, &b, json!({})),
            &|| ask(&app, &clubs[0], "join", &a, json!({})),
            &|| ask(&app, &clubs[1], "join", &b, json!({})),
            &|| ask(&app, &clubs[1], "nominate", &a, json!({ "role": "coordinator" })),
            &|| act(&app, &earlier, "leave", json!({})),
            &leave,
        ]);
        assert!(statuses[0] == 200 && statuses.iter().all(|status| *status < 500), "{round}: {statuses:?}");
        for club in &clubs {
            let live = held(&app, &a, club).into_iter().filter(|text| text.starts_with("active")).count();
            assert!(live <= 1, "{round}: {statuses:?}");
        }
        assert_eq!(app.get(&format!("{}/memberships", path(&b))).by(Token::Hr).send().status, 308);
    }
    let counts = hr(&app, &format!("/v1/networks/{}/membership-counts", clubs[1]));
    assert_eq!(counts["needs_coordinator"], json!(counts["by_role"]["coordinator"] == 0));
}

/// What would come of it is told, conflicts too, and nothing is changed.
#[test]
fn a_dry_run_changes_nothing() {
    let app = App::start();
    let [a, b] = two(&app, json!({ "email": "a@example.fi" }), json!({ "email": "a@example.fi", "phone": "1" }));
    let club = make_network(&app, network("Kerho", json!({})));
    enter(&app, &club, "nominate", &b, json!({ "role": "coordinator" }));
    let state = || {
        let lists = ["members", "member-duplicates", "networks"]
            .map(|list| app.get(&format!("/v1/{list}")).by(Token::Admin).send().expect(200).json());
        (lists, held(&app, &b, &club), logged(&app, &a), logged(&app, &b))
    };
    let before = state();
    let body = json!({ "duplicate_id": b, "dry_run": true });
    let told = app.post(&format!("{}/merge", path(&a)), &body).by(Token::Hr).send().expect(200).json();
    assert_eq!((&told["phone"], &told["version"]), (&json!("1"), &json!(2)));
    assert_eq!(state(), before);
    let merged = merge(&app, &a, &b, json!({})).expect(200).json();
    assert_eq!((&merged["phone"], &merged["version"]), (&json!("1"), &json!(2)));
    app.post(&format!("{}/merge", path(&a)), &body).by(Token::Hr).send().expect(409);
}

/// Nobody comes to an organisation that has ended by becoming one with somebody who had left it.
#[test]
fn nobody_is_merged_into_an_organisation_that_has_ended() {
    let app = App::start();
    let [ended, result] = ["Vanha", "Uusi"].map(|name| app.organisation(name));
    let gone = make_person(&app, "Gone", json!({ "organisation_id": ended, "status": "left" }));
    let at_work = make_person(&app, "Stays", json!({ "organisation_id": result }));
    let body =
        json!({ "type": "merge", "effective_on": "2026-01-01", "original_ids": [ended], "result_ids": [result] });
    let made = app.post("/v1/organisation-changes", body).by(Token::Writer).send().expect(201);
    let change = made.header("location").unwrap();
    app.post(&format!("{change}/apply"), json!({})).by(Token::Hr).send().expect(200);
    let choice = json!({ "duplicate_id": gone, "fields": { "organisation_id": "duplicate" } });
    let refused = app.post(&format!("/v1/members/{at_work}/merge"), choice).by(Token::Hr).send();
    refused.expect(409);
    let other = json!({ "duplicate_id": gone });
    app.post(&format!("/v1/members/{at_work}/merge"), other).by(Token::Hr).send().expect(200);
}
