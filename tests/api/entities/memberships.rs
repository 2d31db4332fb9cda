//! Memberships: how they are listed and counted, now and then, and what becomes of them with people and networks.

use serde_json::{Value, json};

use super::people::{act, ask, enter, family_names, hr, make_person, patch};
use super::{agency, at_once, change, instant, logged, make_network, network, text};
use crate::harness::{App, Token};

fn list(network: &str) -> String {
    format!("/v1/networks/{network}/memberships")
}

fn found(app: &App, network: &str, filter: &str) -> Vec<String> {
    family_names(&hr(app, &format!("{}?include=member&{filter}", list(network))))
}

#[test]
fn a_networks_memberships_are_filtered() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let office = app.organisation_with(agency("Virasto", json!({ "parent_id": ministry })));
    let club = make_network(&app, network("Kerho", json!({ "join_policy": "on_application" })));
    let make = |name: &str, fields: Value| make_person(&app, name, fields);
    let [a, b, c, d] = [
        make("Aalto", json!({ "organisation_id": ministry })),
        make("Berg", json!({ "organisation_id": office })),
        make("Cavén", json!({})),
        make("Dahl", json!({ "organisation_id": office })),
    ];
    enter(&app, &club, "nominate", &a, json!({ "role": "chair", "valid_from": "2024-01-01" }));
    let b = enter(&app, &club, "nominate", &b, json!({ "basis": "cohort", "valid_from": "2024-01-01" }));
    act(&app, &b, "end", json!({ "valid_to": "2025-01-01" })).expect(200);
    enter(&app, &club, "join", &c, json!({}));
    enter(&app, &club, "invite", &d, json!({ "role": "secretary" }));
    let cases: &[(String, &[&str])] = &[
        ("state=active".into(), &["Aalto"]),
        ("state=applied,invited".into(), &["Cavén", "Dahl"]),
        ("state=rejected".into(), &[]),
        ("role=chair,secretary".into(), &["Aalto", "Dahl"]),
        ("role=contact".into(), &[]),
        ("basis=nominated".into(), &["Aalto"]),
        ("basis=cohort".into(), &["Berg"]),
        ("basis=ex_officio".into(), &[]),
        (format!("organisation_id={office}"), &["Berg", "Dahl"]),
        (format!("organisation_id={ministry}"), &["Aalto"]),
        (format!("subtree_of={ministry}"), &["Aalto", "Berg", "Dahl"]),
        (format!("branch={ministry}"), &["Aalto", "Berg", "Dahl"]),
        (format!("branch={office}"), &[]),
        ("valid_on=2023-12-31".into(), &[]),
        ("valid_on=2024-01-01".into(), &["Aalto", "Berg"]),
        ("valid_on=2024-12-31".into(), &["Aalto", "Berg"]),
        ("valid_on=2025-01-01".into(), &["Aalto"]),
        (format!("branch={ministry}&state=ended"), &["Berg"]),
        ("sort=-name".into(), &["Dahl", "Cavén", "Berg", "Aalto"]),
        ("sort=state".into(), &["Aalto", "Cavén", "Berg", "Dahl"]),
        ("sort=role".into(), &["Aalto", "Berg", "Cavén", "Dahl"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(&app, &club, filter), *expected, "{filter}");
    }
    for faulty in ["state=gone", "role=boss", "basis=", "valid_on=today", "member_id=x"] {
        app.get(&format!("{}?{faulty}", list(&club))).by(Token::Hr).send().expect(400);
    }
}

/// A day may lie before the record of it was written: what counts is when it was so.
#[test]
fn who_was_in_on_a_day_is_listed_and_counted_alike() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let club = make_network(&app, network("Kerho", json!({ "join_policy": "on_application" })));
    let [a, b, c] =
        ["Aalto", "Berg", "Cavén"].map(|name| make_person(&app, name, json!({ "organisation_id": ministry })));
    let path = enter(&app, &club, "nominate", &a, json!({ "role": "chair", "valid_from": "2024-01-01" }));
    act(&app, &path, "end", json!({ "valid_to": "2025-01-01" })).expect(200);
    enter(&app, &club, "nominate", &a, json!({ "valid_from": "2025-06-01" }));
    enter(&app, &club, "nominate", &b, json!({ "role": "coordinator", "valid_from": "2024-07-01" }));
    enter(&app, &club, "join", &c, json!({}));
    let counts = |query: &str| hr(&app, &format!("/v1/networks/{club}/membership-counts?{query}"));
    let own = |id: &str, query: &str| -> Vec<String> {
        let page = hr(&app, &format!("/v1/members/{id}/memberships?count=true&{query}"));
        let roles: Vec<String> = page["items"].as_array().unwrap().iter().map(|item| text(&item["role"])).collect();
        assert_eq!(page["total"], roles.len(), "{query}");
        roles
    };
    let now = instant();
    for time in [String::new(), format!("&as_of={now}")] {
        // On each day: the members, Aalto's roles, how many chairs, coordinators and members, and of which states.
        let cases = [
            ("2023-12-31", "", "", [0, 0, 0], [0, 0]),
            ("2024-01-01", "Aalto", "chair", [1, 0, 0], [0, 1]),
            ("2024-12-31", "Aalto Berg", "chair", [1, 1, 0], [1, 1]),
            ("2025-01-01", "Berg", "", [0, 1, 0], [1, 0]),
            ("2025-06-01", "Aalto Berg", "member", [0, 1, 1], [2, 0]),
            ("2999-01-01", "Aalto Berg", "member", [0, 1, 1], [2, 0]),
        ];
        for (day, names, roles, by_role, by_state) in cases {
            let query = format!("valid_on={day}{time}");
            assert_eq!(found(&app, &club, &query).join(" "), names, "{query}");
            assert_eq!(own(&a, &query).join(" "), roles, "{query}");
            assert_eq!(own(&a, &format!("{query}&state=applied,invited")), [""; 0], "{query}");
            assert_eq!(own(&c, &query), [""; 0], "{query}");
            let counted = counts(&query);
            assert_eq!(counted["active"], names.split_whitespace().count(), "{query}: {counted}");
            let of = |words: &str, word: &str| counted[words][word].as_i64().unwrap();
            assert_eq!(["chair", "coordinator", "member"].map(|word| of("by_role", word)), by_role, "{query}");
            assert_eq!(["active", "ended"].map(|word| of("by_state", word)), by_state, "{query}");
            assert_eq!(of("by_state", "applied"), 0, "{query}");
            let of_ministry = counted["by_branch"][0]["count"].as_i64().unwrap_or_default();
            assert_eq!(of_ministry, counted["active"].as_i64().unwrap(), "{query}");
            assert_eq!(counted["needs_coordinator"], false, "{query}");
        }
    }
    assert_eq!((&counts("")["active"], &counts("")["by_state"]["applied"]), (&json!(2), &json!(1)));
    // Before it was recorded, nothing was known of it.
    let before = "valid_on=2024-12-31&as_of=2024-12-31";
    app.get(&format!("/v1/networks/{club}/membership-counts?{before}")).by(Token::Hr).send().expect(404);
    for faulty in ["valid_on=2026-13-01", "valid_on=today", "valid_on="] {
        for path in [format!("members/{a}/memberships"), format!("networks/{club}/membership-counts")] {
            let refused = app.get(&format!("/v1/{path}?{faulty}")).by(Token::Hr).send().expect(400);
            assert_eq!(refused.codes(), "bad_parameters bad_day:valid_on", "{path}?{faulty}");
        }
    }
}

#[test]
fn a_members_memberships_are_by_the_names_of_the_networks() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    for (name, sv, kind) in [("Yhdistys", "Arena", "network"), ("Kerho", "Klubb", "forum"), ("Ääni", "Öppen", "forum")]
    {
        let fields = json!({ "name": { "fi": name, "sv": sv }, "kind": kind, "join_policy": "open" });
        enter(&app, &make_network(&app, network(name, fields)), "join", &id, json!({}));
    }
    let names = |query: &str, language: &str| -> Vec<String> {
        let target = format!("/v1/members/{id}/memberships?include=network{query}");
        let page = app.get(&target).by(Token::Hr).header("accept-language", language).send().expect(200).json();
        page["items"].as_array().unwrap().iter().map(|item| text(&item["network"]["name"][language])).collect()
    };
    assert_eq!(names("", "fi"), ["Kerho", "Yhdistys", "Ääni"]);
    assert_eq!(names("", "sv"), ["Arena", "Klubb", "Öppen"]);
    assert_eq!(names("&sort=-created_at", "fi"), ["Ääni", "Kerho", "Yhdistys"]);
    assert_eq!(names("&network_kind=forum", "fi"), ["Kerho", "Ääni"]);
    assert_eq!(names("&network_kind=alumni", "fi"), [""; 0]);
    assert_eq!((names("&state=active&role=member", "fi").len(), names("&state=ended", "fi").len()), (3, 0));
    assert_eq!(names("&role=chair", "fi"), [""; 0]);
}

#[test]
fn pages_are_in_the_order_of_the_finnish_alphabet_and_follow_a_new_name() {
    let app = App::start();
    let club = make_network(&app, network("Kerho", json!({})));
    for name in ["Öhman", "Wirtanen", "Äikäs", "Virtanen", "Åberg"] {
        enter(&app, &club, "join", &make_person(&app, name, json!({})), json!({}));
    }
    let pages = |time: &str| {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = hr(&app, &format!("{}?include=member&limit=2{time}{cursor}", list(&club)));
            names.extend(family_names(&page));
            let Some(next) = page["next"].as_str() else { break names };
            cursor = format!("&cursor={next}");
        }
    };
    assert_eq!(pages(""), ["Virtanen", "Wirtanen", "Åberg", "Äikäs", "Öhman"]);
    let then = instant();
    let id = text(&hr(&app, "/v1/members?name_prefix=wirtanen")["items"][0]["id"]);
    patch(&app, &format!("/v1/members/{id}"), json!({ "family_name": "Öström" }));
    assert_eq!(pages(""), ["Virtanen", "Åberg", "Äikäs", "Öhman", "Öström"]);
    let mut before = pages(&format!("&as_of={then}"));
    before.sort();
    assert_eq!(before, ["Virtanen", "Wirtanen", "Äikäs", "Åberg", "Öhman"], "by their bytes");
}

#[test]
fn lists_and_counts_are_read_as_they_were() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let club = make_network(&app, network("Kerho", json!({})));
    let [a, b] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({ "organisation_id": ministry })));
    let c = make_person(&app, "Cavén", json!({}));
    let path = enter(&app, &club, "nominate", &a, json!({ "role": "coordinator" }));
    enter(&app, &club, "join", &b, json!({}));
    enter(&app, &club, "join", &c, json!({}));
    let then = instant();
    act(&app, &path, "leave", json!({})).expect(200);
    let counts = |time: &str| hr(&app, &format!("/v1/networks/{club}/membership-counts{time}"));
    let (now, past) = (counts(""), counts(&format!("?as_of={then}")));
    assert_eq!((&past["active"], &now["active"]), (&json!(3), &json!(2)));
    assert_eq!((&past["needs_coordinator"], &now["needs_coordinator"]), (&json!(false), &json!(true)));
    assert_eq!((&past["by_role"]["coordinator"], &now["by_role"]["coordinator"]), (&json!(1), &json!(0)));
    assert_eq!((&now["by_state"]["ended"], &now["by_state"]["active"]), (&json!(1), &json!(2)));
    assert_eq!((&past["by_branch"][0]["count"], &past["by_branch"][0]["branch"]["id"]), (&json!(2), &json!(ministry)));
    assert_eq!(past["by_branch"][1], json!({ "branch": null, "count": 1 }));
    assert_eq!(found(&app, &club, "state=active"), ["Berg", "Cavén"]);
    assert_eq!(found(&app, &club, &format!("state=active&as_of={then}")), ["Aalto", "Berg", "Cavén"]);
    assert_eq!(hr(&app, &format!("{path}?as_of={then}"))["state"], "active");
    let own = hr(&app, &format!("/v1/members/{a}/memberships?as_of={then}&state=active&count=true"));
    assert_eq!(own["total"], 1);
    for unknown in ["networks/01900000-0000-7002-8000-00000000ffff", "members/01900000-0000-7002-8000-00000000ffff"] {
        app.get(&format!("/v1/{unknown}/memberships")).by(Token::Hr).send().expect(404);
    }
}

/// The flag follows the memberships, with no version of the network's own; the change log says so.
#[test]
fn a_network_needs_a_coordinator_until_it_has_one() {
    let app = App::start();
    let club = make_network(&app, network("Kerho", json!({})));
    let path = format!("/v1/networks/{club}");
    let needs = || {
        let one = app.get(&path).by(Token::Reader).send().expect(200).json()["needs_coordinator"] == true;
        let listed = app.get("/v1/networks?needs_coordinator=true&count=true").by(Token::Reader).send().json();
        assert_eq!(listed["total"] == 1, one);
        one
    };
    let [a, b] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({})));
    assert!(needs());
    let first = enter(&app, &club, "nominate", &a, json!({ "role": "coordinator" }));
    assert!(!needs());
    let then = instant();
    let second = enter(&app, &club, "nominate", &b, json!({ "role": "coordinator" }));
    act(&app, &first, "leave", json!({})).expect(200);
    assert!(!needs());
    let changed = act(&app, &second, "change-role", json!({ "role": "chair" })).expect(201);
    assert!(needs());
    act(&app, changed.header("location").unwrap(), "change-role", json!({ "role": "coordinator" })).expect(201);
    assert!(!needs());
    // Whoever leaves their organisation takes it along; who is invited as one is none yet.
    patch(&app, &format!("/v1/members/{b}"), json!({ "status": "left" }));
    assert!(needs());
    let invited = enter(&app, &club, "invite", &a, json!({ "role": "coordinator" }));
    assert!(needs());
    act(&app, &invited, "accept", json!({})).expect(200);
    assert!(!needs());
    assert_eq!(app.get(&path).by(Token::Reader).send().json()["version"], 1);
    let log = logged(&app, &club);
    assert!(log.iter().skip(1).all(|entry| *entry == (1, "updated".into(), vec!["needs_coordinator".into()])));
    assert_eq!(log.len(), 1 + 5);
    assert_eq!(super::read(&app, &format!("{path}?as_of={then}"))["needs_coordinator"], false);

    // Closed, it needs none; opened again, it has the one that stayed.
    change(&app, &path, json!({ "status": "closed" }));
    assert_eq!(hr(&app, &invited)["state"], "active");
    act(&app, &invited, "end", json!({ "reason": "network_closed" })).expect(200);
    assert!(!needs());
    change(&app, &path, json!({ "status": "active" }));
    assert!(needs());
    enter(&app, &club, "nominate", &a, json!({ "role": "coordinator" }));
    change(&app, &path, json!({ "status": "closed" }));
    change(&app, &path, json!({ "status": "forming" }));
    assert!(!needs());
}

#[test]
fn whoever_leaves_their_organisation_is_ended_everywhere() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    let stays = make_person(&app, "Berg", json!({}));
    let make = |policy: &str| make_network(&app, network(policy, json!({ "join_policy": policy })));
    let [open, second, asked, invited] = ["open", "open", "on_application", "by_invitation"].map(make);
    let paths = [
        enter(&app, &open, "join", &id, json!({})),
        enter(&app, &second, "join", &id, json!({})),
        enter(&app, &asked, "join", &id, json!({})),
        enter(&app, &invited, "invite", &id, json!({})),
    ];
    let other = enter(&app, &open, "join", &stays, json!({}));
    let then = instant();
    patch(&app, &format!("/v1/members/{id}"), json!({ "status": "left" }));
    for (path, state) in paths.iter().zip(["ended", "ended", "rejected", "declined"]) {
        let now = hr(&app, path);
        assert_eq!((&now["state"], &now["end_reason"]), (&json!(state), &json!("left_organisation")));
        assert_eq!((now["valid_to"].is_string(), &now["version"]), (state == "ended", &json!(2)));
        assert_ne!(hr(&app, &format!("{path}?as_of={then}"))["state"], state);
        let log = logged(&app, path.rsplit('/').next().unwrap());
        assert_eq!((log.len(), log[1].0, log[1].1.as_str()), (2, 2, "updated"));
    }
    assert_eq!(hr(&app, &other)["state"], "active");
    assert_eq!(ask(&app, &open, "join", &id, json!({})).expect(409).codes(), "member_left");
    assert_eq!(ask(&app, &open, "nominate", &id, json!({})).expect(409).codes(), "member_left");
    // Back again, they may come again: as another membership.
    patch(&app, &format!("/v1/members/{id}"), json!({ "status": "active" }));
    enter(&app, &open, "join", &id, json!({}));
    assert_eq!(found(&app, &open, "state=ended,active"), ["Aalto", "Aalto", "Berg"]);
}

#[test]
fn a_network_goes_with_its_past_but_not_with_its_members() {
    let app = App::start();
    let club = make_network(&app, network("Kerho", json!({})));
    let network = format!("/v1/networks/{club}");
    let [a, b] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({})));
    let past = enter(&app, &club, "join", &a, json!({}));
    act(&app, &past, "leave", json!({})).expect(200);
    let live = enter(&app, &club, "invite", &b, json!({}));
    let delete = || app.delete(&network).by(Token::Writer).if_match("*").send();
    let refused = delete().expect(409);
    assert_eq!(
        (refused.codes(), refused.json()["detail"].to_string().contains("memberships")),
        ("in_use".into(), true)
    );
    act(&app, &live, "decline", json!({})).expect(200);
    let then = instant();
    delete().expect(204);
    for path in [&past, &live] {
        assert_eq!(app.get(path).by(Token::Hr).send().expect(410).codes(), "gone");
        assert_ne!(hr(&app, &format!("{path}?as_of={then}"))["state"], "active");
        assert_eq!(act(&app, path, "accept", json!({})).expect(410).codes(), "gone");
    }
    // Whoever saw it then is told so, and nobody else.
    app.get(&past).by(Token::Reader).send().expect(410);
    app.get(&live).by(Token::Reader).send().expect(404);
    assert_eq!(hr(&app, &format!("/v1/members/{a}/memberships?count=true"))["total"], 0);
    assert_eq!(hr(&app, &format!("/v1/members/{a}/memberships?count=true&as_of={then}"))["total"], 1);
    assert_eq!(found(&app, &club, &format!("as_of={then}")), ["Aalto", "Berg"]);
    app.get(&format!("{network}/membership-counts")).by(Token::Hr).send().expect(410);
}

/// What both would take along is taken by one of them.
#[test]
fn a_member_is_forgotten_beside_the_network_they_were_in() {
    let app = App::start();
    for round in 0..8 {
        let club = make_network(&app, network("Kerho", json!({})));
        let id = make_person(&app, "Aalto", json!({ "user_name": round.to_string() }));
        let path = enter(&app, &club, "join", &id, json!({}));
        act(&app, &path, "leave", json!({})).expect(200);
        let statuses =
            at_once([&|| app.delete(&format!("/v1/members/{id}")).by(Token::Hr).if_match("*").send(), &|| {
                app.delete(&format!("/v1/networks/{club}")).by(Token::Writer).if_match("*").send()
            }]);
        assert_eq!(statuses, [204, 204], "round {round}");
        app.get(&path).by(Token::Hr).send().expect(410);
    }
}

/// Networks that a caller cannot see take nobody by them, and show nobody to them.
#[test]
fn what_is_out_of_sight_has_no_memberships() {
    let app = App::start();
    let hidden = make_network(&app, network("Piilo", json!({ "visibility": "members" })));
    let id = make_person(&app, "Aalto", json!({}));
    let body = json!({ "member_id": id });
    let made = app.post(&format!("/v1/networks/{hidden}/join"), &body).by(Token::Admin).send().expect(201);
    let path = made.header("location").unwrap().to_owned();
    for way in ["join", "invite", "nominate"] {
        ask(&app, &hidden, way, &id, json!({})).expect(404);
    }
    for target in [path.clone(), list(&hidden), format!("/v1/networks/{hidden}/membership-counts")] {
        app.get(&target).by(Token::Hr).send().expect(404);
        app.get(&target).by(Token::Admin).send().expect(200);
    }
    act(&app, &path, "leave", json!({})).expect(404);
    let own = format!("/v1/members/{id}/memberships?count=true");
    assert_eq!(hr(&app, &own)["total"], 0);
    assert_eq!(app.get(&own).by(Token::Admin).send().expect(200).json()["total"], 1);
    // Nor are they found by asking for people.
    for then in [String::new(), format!("&as_of={}", instant())] {
        let target = format!("/v1/members?count=true&network={hidden}{then}");
        assert_eq!(hr(&app, &target)["total"], 0);
        assert_eq!(app.get(&target).by(Token::Admin).send().expect(200).json()["total"], 1);
    }
    act_as(&app, &path, "leave", Token::Admin).expect(200);
    app.delete(&format!("/v1/members/{id}")).by(Token::Hr).if_match("*").send().expect(204);
    // What was never seen is not gone.
    app.get(&path).by(Token::Hr).send().expect(404);
    app.get(&path).by(Token::Admin).send().expect(410);
}

fn act_as(app: &App, path: &str, verb: &str, token: Token) -> crate::client::Answer {
    app.post(&format!("{path}/{verb}"), json!({})).by(token).send()
}
