//! Members: how they are found and ordered, who is who, and what is left of those who are forgotten.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};
use solmu::db::now;
use solmu::db::schema::members;

use super::people::{enter, family_names, hr, make_person, patch, person};
use super::{agency, at_once, instant, make_network, network, text};
use crate::harness::{App, Token};

const LIST: &str = "/v1/members";

fn path(id: &str) -> String {
    format!("{LIST}/{id}")
}

fn found(app: &App, filter: &str) -> Vec<String> {
    family_names(&hr(app, &format!("{LIST}?{filter}")))
}

#[test]
fn filters_narrow_the_list_together() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let office = app.organisation_with(agency("Virasto", json!({ "parent_id": ministry })));
    let other = app.organisation("Muu");
    let a = make_person(&app, "Aalto", json!({ "organisation_id": ministry, "given_name": "Ilona" }));
    let b = make_person(&app, "Berg", json!({ "organisation_id": office, "status": "inactive" }));
    let c = make_person(
        &app,
        "Cavén",
        json!({ "organisation_id": other, "external_ids": [{ "source": "hr", "id": "3" }] }),
    );
    make_person(&app, "Dahl", json!({ "status": "left" }));
    let profile = |id: &str, fields: Value| patch(&app, &format!("{}/profile", path(id)), fields);
    profile(&a, json!({ "languages": [{ "tag": "sv-FI", "level": "B1" }], "willing_to": ["mentor", "shadow"] }));
    profile(&b, json!({ "languages": [{ "tag": "sv", "level": "C1" }], "looking_for_peers": true }));
    let german = json!([{ "tag": "de", "level": "A2" }]);
    profile(&c, json!({ "availability": { "percent_of_work_time": 30 }, "languages": german }));
    let club = make_network(&app, network("Kerho", json!({})));
    enter(&app, &club, "join", &a, json!({}));
    enter(&app, &club, "invite", &b, json!({}));

    let cases: &[(String, &[&str])] = &[
        (format!("organisation_id={office},{other}"), &["Berg", "Cavén"]),
        (format!("subtree_of={ministry}"), &["Aalto", "Berg"]),
        (format!("subtree_of={office}"), &["Berg"]),
        (format!("branch={ministry}"), &["Aalto", "Berg"]),
        (format!("branch={other}"), &[]),
        (format!("network={club}"), &["Aalto"]),
        ("status=active".into(), &["Aalto", "Cavén"]),
        ("status=left,inactive".into(), &["Berg", "Dahl"]),
        ("language=sv".into(), &["Aalto", "Berg"]),
        ("language=SV&language_level=B2".into(), &["Berg"]),
        ("language=fi".into(), &[]),
        ("language=sv,fi".into(), &["Aalto", "Berg"]),
        ("language=fi,de,sv-FI".into(), &["Aalto", "Berg", "Cavén"]),
        ("language=de,sv&language_level=B1".into(), &["Aalto", "Berg"]),
        ("language=de,sv&language_level=B2".into(), &["Berg"]),
        ("willing_to=mentor".into(), &["Aalto"]),
        ("willing_to=twinning".into(), &[]),
        ("looking_for_peers=true".into(), &["Berg"]),
        ("looking_for_peers=false".into(), &["Aalto", "Cavén", "Dahl"]),
        ("available_percent=30".into(), &["Cavén"]),
        ("available_percent=31".into(), &[]),
        ("name_prefix=AAL".into(), &["Aalto"]),
        ("name_prefix=ilona%20aal".into(), &["Aalto"]),
        ("name_prefix=aalto%20il".into(), &["Aalto"]),
        ("name_prefix=lona".into(), &[]),
        ("user_name=BERG@Example.FI".into(), &["Berg"]),
        ("user_name=berg".into(), &[]),
        ("external_id=hr:3".into(), &["Cavén"]),
        ("external_id=hr:4".into(), &[]),
        ("stale=true".into(), &[]),
        (format!("branch={ministry}&status=active&language=sv"), &["Aalto"]),
        (format!("branch={ministry}&status=left"), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(&app, filter), *expected, "{filter}");
    }
    for faulty in ["status=gone", "language_level=D1", "willing_to=", "available_on=today", "stale=maybe", "branch=x"] {
        app.get(&format!("{LIST}?{faulty}")).by(Token::Hr).send().expect(400);
    }
    for none in ["suomi", "sv,suomi", "sv,", "", "s", "sv%20fi"] {
        let refused = app.get(&format!("{LIST}?language={none}")).by(Token::Hr).send().expect(400);
        assert_eq!(refused.codes(), "bad_parameters bad_language_tag:language", "{none}");
    }
}

/// From the first day on, until the last, which is no longer part of it.
#[test]
fn availability_has_edges() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    let lend = |fields: Value| patch(&app, &format!("{}/profile", path(&id)), json!({ "availability": fields }));
    lend(json!({ "percent_of_work_time": 20, "from": "2026-02-01", "until": "2026-03-01" }));
    let is_there = |filter: &str| !found(&app, filter).is_empty();
    for (day, expected) in [("2026-01-31", false), ("2026-02-01", true), ("2026-02-28", true), ("2026-03-01", false)] {
        assert_eq!(is_there(&format!("available_on={day}")), expected, "{day}");
        assert_eq!(is_there(&format!("available_on={day}&available_percent=20")), expected, "{day}");
        assert!(!is_there(&format!("available_on={day}&available_percent=21")), "{day}");
    }
    lend(json!({ "from": null, "until": null }));
    assert!(
        is_there("available_on=1900-01-01") && is_there("available_on=2999-01-01") && is_there("available_percent=1")
    );
    lend(json!({ "percent_of_work_time": 0 }));
    assert!(!is_there("available_on=2026-02-01") && !is_there("available_percent=1"));
    lend(Value::Null);
    assert!(!is_there("available_percent=1"));
}

#[test]
fn what_nobody_confirmed_for_a_year_is_stale() {
    let app = App::start();
    let id = make_person(&app, "Vanha", json!({}));
    make_person(&app, "Uusi", json!({}));
    let age = |days: i64| {
        let then = now() - TimeDelta::days(days);
        let target = members::table.filter(members::id.eq(id.clone()));
        let aged = diesel::update(target).set(members::fresh_at.eq(then));
        app.db().write_now(None, now(), |tx| Ok(aged.execute(tx.conn)?)).unwrap();
    };
    age(360);
    assert_eq!((found(&app, "stale=true"), hr(&app, &path(&id))["stale"].clone()), (vec![], json!(false)));
    age(367);
    assert_eq!((found(&app, "stale=true"), found(&app, "stale=false")), (vec!["Vanha".into()], vec!["Uusi".into()]));
    assert_eq!(hr(&app, &path(&id))["stale"], true);
    let before = hr(&app, &path(&id));
    let confirmed = app.post(&format!("{}/confirm", path(&id)), json!({})).by(Token::Hr).send().expect(200).json();
    assert_eq!((&confirmed["stale"], &confirmed["version"]), (&json!(false), &before["version"]));
    assert!(confirmed["confirmed_at"].is_string() && confirmed["updated_at"] == before["updated_at"], "{confirmed}");
    assert_eq!(found(&app, "stale=true"), [""; 0]);
}

#[test]
fn completeness_counts_ten_things() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    let read = || hr(&app, &format!("{}?include=completeness", path(&id)))["completeness"].clone();
    assert_eq!((&read()["percent"], read()["missing"].as_array().unwrap().len()), (&json!(0), 10));
    patch(&app, &path(&id), json!({ "phone": "1", "title": { "fi": "Johtaja" } }));
    patch(&app, &format!("{}/profile", path(&id)), json!({ "bio": { "fi": "Hei" }, "willing_to": ["mentor"] }));
    assert_eq!(read()["percent"], 40);
    let missing = ["organisation_id", "languages", "skills", "interests", "experience", "availability"];
    assert_eq!(read()["missing"], json!(missing));
}

#[test]
fn a_user_name_is_somebodys_whatever_the_capitals() {
    let app = App::start();
    make_person(&app, "Aalto", json!({ "user_name": "Åsa@Example.fi" }));
    let taken = |name: &str| app.post(LIST, person("Berg", json!({ "user_name": name }))).by(Token::Hr).send();
    for name in ["Åsa@Example.fi", "åsa@example.fi", "ÅSA@EXAMPLE.FI"] {
        assert_eq!(taken(name).expect(409).codes(), "conflict taken:/user_name", "{name}");
    }
    let id = make_person(&app, "Berg", json!({}));
    let steal = app.patch(&path(&id), json!({ "user_name": "åSA@example.fi" })).by(Token::Hr).if_match("*").send();
    assert_eq!(steal.expect(409).codes(), "conflict taken:/user_name");
    // One's own in other capitals is no conflict, and is kept as it was written.
    assert_eq!(patch(&app, &path(&id), json!({ "user_name": "BERG@example.fi" }))["user_name"], "BERG@example.fi");
    for round in 0..8 {
        let make = |name: String| {
            let app = &app;
            move || app.post(LIST, person("Uusi", json!({ "user_name": name.clone() }))).by(Token::Hr).send()
        };
        let (one, other) = (make(format!("uusi{round}@x")), make(format!("UUSI{round}@X")));
        let mut statuses = at_once([&one, &other]);
        statuses.sort();
        assert_eq!(statuses, [201, 409], "round {round}");
    }
}

#[test]
fn people_are_in_the_order_of_the_finnish_alphabet() {
    let app = App::start();
    let sorted = ["Virtanen", "Wirtanen", "Åberg", "Äikäs", "Öhman"];
    for name in ["Öhman", "Wirtanen", "Äikäs", "Virtanen", "Åberg"] {
        make_person(&app, name, json!({}));
    }
    for language in ["fi", "sv", "en"] {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let target = format!("{LIST}?limit=2{cursor}");
            let page = app.get(&target).by(Token::Hr).header("accept-language", language).send().expect(200).json();
            names.extend(family_names(&page));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(names, sorted, "{language}");
    }
    let backwards = found(&app, "sort=-name");
    assert!(backwards.iter().eq(sorted.iter().rev()), "{backwards:?}");
}

/// How many rows anywhere in the database hold a text, but for tombstones and the change log, which hold no values.
fn traces(app: &App, text: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Rows {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let tables = [
        ("members", "id || document || profile || user_name"),
        ("member_revisions", "id || document || profile || user_name"),
        ("member_names", "member_id || folded"),
        ("member_facets", "member_id || value"),
        ("member_facet_revisions", "member_id || value"),
        ("member_identities", "member_id || subject"),
        ("member_identity_revisions", "member_id || subject"),
        ("memberships", "member_id || COALESCE(note, '')"),
        ("membership_revisions", "member_id || COALESCE(note, '')"),
        ("external_ids", "entity_id || external_id"),
        ("external_id_revisions", "entity_id || external_id"),
        ("idempotency", "operation || COALESCE(location, '') || body"),
        ("changes", "fields"),
    ];
    let holds = |table: &str, columns: &str| {
        let query = format!("SELECT count(*) AS rows FROM {table} WHERE ({columns}) LIKE '%{text}%'");
        let found: Rows = app.db().read_now(|conn| Ok(diesel::sql_query(query).get_result(conn)?)).unwrap();
        found.rows > 0
    };
    let found = tables.iter().filter(|(table, columns)| holds(table, columns));
    found.map(|(table, _)| (*table).to_owned()).collect()
}

#[test]
fn nothing_is_left_of_who_is_forgotten() {
    let app = App::start();
    let once = |path: &str, body: Value| {
        let key = format!("k{}", path.len());
        app.post(path, body).by(Token::Hr).header("idempotency-key", &key).send()
    };
    let ids = json!({ "external_ids": [{ "source": "hr", "id": "salainen-1" }], "given_name": "Salainen" });
    let made = once(LIST, person("Salainen", ids)).expect(201).json();
    let id = text(&made["id"]);
    let change = |fields: Value| patch(&app, &path(&id), fields);
    change(json!({ "family_name": "Salaisempi" }));
    let profile = json!({ "bio": { "fi": "salainen" }, "willing_to": ["mentor"], "looking_for_peers": true });
    patch(&app, &format!("{}/profile", path(&id)), profile);
    once(&format!("{}/identities", path(&id)), json!({ "issuer": "x", "subject": "salainen" })).expect(201);
    let club = make_network(&app, network("Kerho", json!({})));
    let joined = once(&format!("/v1/networks/{club}/join"), json!({ "member_id": id, "note": "salainen" })).expect(201);
    let membership = joined.header("location").unwrap().to_owned();
    let then = instant();
    let refused = app.delete(&path(&id)).by(Token::Hr).if_match("*").send().expect(409);
    assert_eq!(
        (refused.codes(), refused.json()["detail"].to_string().contains("memberships")),
        ("in_use".into(), true)
    );
    once(&format!("{membership}/leave"), json!({})).expect(200);
    let all = ["members", "member_names", "member_identities", "memberships", "external_ids", "idempotency"];
    for table in all {
        let found = [traces(&app, &id), traces(&app, "alainen")].concat();
        assert!(found.contains(&table.to_owned()), "{table} is not in {found:?}");
    }

    app.delete(&path(&id)).by(Token::Hr).if_match("*").send().expect(204);
    for secret in [id.as_str(), "alai", "Salai"] {
        assert_eq!(traces(&app, secret), [""; 0], "{secret}");
    }
    for target in [path(&id), format!("{}/profile", path(&id)), format!("{}/memberships", path(&id)), membership] {
        assert_eq!(app.get(&target).by(Token::Hr).send().expect(410).codes(), "gone", "{target}");
        assert_eq!(app.get(&format!("{target}?as_of={then}")).by(Token::Hr).send().expect(410).codes(), "gone");
    }
    let listed = hr(&app, &format!("/v1/networks/{club}/memberships?as_of={then}&count=true"));
    assert_eq!((&listed["items"], &listed["total"]), (&json!([]), &json!(0)));
    // What is unique is free again.
    make_person(&app, "Salainen", json!({ "external_ids": [{ "source": "hr", "id": "salainen-1" }] }));
}
