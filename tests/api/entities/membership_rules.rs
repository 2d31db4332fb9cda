//! How memberships come to be and move on: what is allowed, what is not, and what holds when many come at once.

use serde_json::{Value, json};

use super::people::{act, ask, enter, hr, make_person, patch};
use super::{at_once, change, instant, logged, make_network, network};
use crate::client::Answer;
use crate::harness::{App, Token};

const VERBS: [&str; 7] = ["accept", "decline", "approve", "reject", "leave", "end", "change-role"];

fn make(app: &App, policy: &str, fields: Value) -> String {
    let document = network(policy, json!({ "join_policy": policy }));
    make_network(app, super::with(document, fields))
}

fn today(app: &App) -> String {
    let id = make(app, "open", json!({}));
    let person = make_person(app, &format!("Tänään{}", instant().replace([':', '.'], "")), json!({}));
    hr(app, &enter(app, &id, "join", &person, json!({})))["valid_from"].as_str().unwrap().to_owned()
}

#[test]
fn the_policy_says_what_comes_of_asking() {
    let app = App::start();
    let ways = ["join", "invite", "nominate"];
    for (policy, expected) in [
        ("open", ["active", "invited", "active"]),
        ("on_application", ["applied", "invited", "active"]),
        ("by_invitation", ["invitation_needed", "invited", "active"]),
        ("ex_officio", ["ex_officio_only", "ex_officio_only", "active"]),
    ] {
        let club = make(&app, policy, json!({}));
        for (way, expected) in ways.iter().zip(expected) {
            let id = make_person(&app, &format!("{policy} {way}"), json!({ "user_name": format!("{policy}{way}") }));
            let answer = ask(&app, &club, way, &id, json!({ "note": "Hei" }));
            if answer.status == 409 {
                assert_eq!(answer.codes(), expected, "{way} {policy}");
                continue;
            }
            let made = answer.expect(201).json();
            let basis = if *way == "nominate" { "nominated" } else { "voluntary" };
            let told = ["state", "basis", "role", "note"].map(|name| made[name].clone());
            assert_eq!(told, [expected, basis, "member", "Hei"].map(Value::from), "{way} {policy}");
            assert_eq!(made["valid_from"].is_string(), expected == "active", "{way} {policy}");
        }
    }
    // By office, a cohort is no basis; elsewhere any is.
    let (office, club) = (make(&app, "ex_officio", json!({})), make(&app, "open", json!({})));
    let id = make_person(&app, "Aalto", json!({}));
    let cohort = ask(&app, &office, "nominate", &id, json!({ "basis": "cohort" }));
    assert_eq!(cohort.expect(409).codes(), "conflict ex_officio_only:/basis");
    enter(&app, &office, "nominate", &id, json!({ "basis": "ex_officio", "role": "chair" }));
    enter(&app, &club, "nominate", &id, json!({ "basis": "cohort" }));
    let voluntary = ask(&app, &club, "nominate", &id, json!({ "basis": "voluntary" })).expect(422);
    assert_eq!(voluntary.codes(), "invalid unknown_value:/basis");
}

#[test]
fn who_cannot_come_is_told_why() {
    let app = App::start();
    let (club, closed) = (make(&app, "open", json!({})), make(&app, "open", json!({ "status": "closed" })));
    let id = make_person(&app, "Aalto", json!({}));
    let nobody = "01900000-0000-7007-8000-00000000ffff";
    for way in ["join", "invite", "nominate"] {
        assert_eq!(
            ask(&app, &club, way, nobody, json!({})).expect(422).codes(),
            "invalid unknown_reference:/member_id"
        );
        assert_eq!(ask(&app, &closed, way, &id, json!({})).expect(409).codes(), "network_closed");
        ask(&app, nobody, way, &id, json!({})).expect(404);
        let long = json!({ "note": "x".repeat(2001) });
        assert_eq!(ask(&app, &club, way, &id, long).expect(422).codes(), "invalid too_long:/note");
    }
    let late = ask(&app, &club, "nominate", &id, json!({ "valid_from": "2999-01-01" })).expect(422);
    assert_eq!(late.codes(), "invalid in_the_future:/valid_from");
    let path = enter(&app, &club, "join", &id, json!({ "note": "x".repeat(2000) }));
    for way in ["join", "invite", "nominate"] {
        let again = ask(&app, &club, way, &id, json!({})).expect(409);
        assert_eq!(again.codes(), "already_member");
        assert!(path.ends_with(again.json()["conflicts_with"].as_str().unwrap()));
    }
    // What was left is history; coming again is another membership.
    act(&app, &path, "leave", json!({})).expect(200);
    assert_ne!(enter(&app, &club, "join", &id, json!({})), path);
}

/// A membership in each state that one can come into, by a way that leads there.
fn in_state(app: &App, state: &str, number: usize) -> String {
    let (policy, way, verb) = match state {
        "applied" => ("on_application", "join", None),
        "invited" => ("open", "invite", None),
        "active" => ("open", "join", None),
        "declined" => ("open", "invite", Some("decline")),
        "rejected" => ("on_application", "join", Some("reject")),
        _ => ("open", "join", Some("leave")),
    };
    let club = make(app, policy, json!({}));
    let id = make_person(app, "Aalto", json!({ "user_name": format!("{state}{number}") }));
    let path = enter(app, &club, way, &id, json!({}));
    verb.map(|verb| act(app, &path, verb, json!({})).expect(200));
    assert_eq!(hr(app, &path)["state"], state);
    path
}

#[test]
fn every_move_is_allowed_from_one_state_alone() {
    let app = App::start();
    let body = |verb: &str| if verb == "change-role" { json!({ "role": "chair" }) } else { json!({}) };
    for (state, allowed) in [
        ("applied", &[("approve", "active"), ("reject", "rejected")][..]),
        ("invited", &[("accept", "active"), ("decline", "declined")]),
        ("active", &[("leave", "ended"), ("end", "ended"), ("change-role", "ended")]),
        ("declined", &[]),
        ("rejected", &[]),
        ("ended", &[]),
    ] {
        let path = in_state(&app, state, 0);
        let before = hr(&app, &path);
        for verb in VERBS.iter().filter(|verb| !allowed.iter().any(|(known, _)| known == *verb)) {
            let refused = act(&app, &path, verb, body(verb)).expect(409);
            assert_eq!(refused.codes(), "move_not_allowed", "{verb} of {state}");
            let detail = refused.json()["detail"].to_string();
            assert!(allowed.iter().all(|(known, _)| detail.contains(known)), "{verb} of {state}: {detail}");
            assert!(!detail.contains(verb), "{verb} of {state}: {detail}");
        }
        assert_eq!(hr(&app, &path), before);
        for (number, (verb, after)) in allowed.iter().enumerate() {
            let path = in_state(&app, state, number + 1);
            for stale in ["\"9-x\"", "W/\"1-x\""] {
                let request = app.post(&format!("{path}/{verb}"), body(verb)).by(Token::Hr).if_match(stale);
                request.send().expect(412);
            }
            let request = app.post(&format!("{path}/{verb}"), body(verb)).by(Token::Hr).if_match("\"1-x\"");
            let answer = request.send().expect(if *verb == "change-role" { 201 } else { 200 });
            let now = hr(&app, &path);
            assert_eq!((&now["state"], &now["version"]), (&json!(after), &json!(2)), "{verb} of {state}");
            assert_eq!(answer.status == 200, answer.json() == now, "{verb} of {state}");
            let log = logged(&app, path.rsplit('/').next().unwrap());
            assert!(log[1].2.contains(&"state".to_owned()), "{log:?}");
        }
    }
}

#[test]
fn a_role_changes_by_another_membership() {
    let app = App::start();
    let path = in_state(&app, "active", 0);
    let same = act(&app, &path, "change-role", json!({ "role": "member" })).expect(409);
    assert_eq!(same.codes(), "conflict same_role:/role");
    let next = act(&app, &path, "change-role", json!({ "role": "chair" })).expect(201);
    let (old, new) = (hr(&app, &path), hr(&app, next.header("location").unwrap()));
    assert_eq!(
        (&old["state"], &old["end_reason"], &old["role"]),
        (&json!("ended"), &json!("role_changed"), &json!("member"))
    );
    assert_eq!((&new["state"], &new["role"], &new["version"]), (&json!("active"), &json!("chair"), &json!(1)));
    assert_eq!((&new["valid_from"], &new["valid_to"]), (&old["valid_to"], &Value::Null));
    assert_eq!((&new["basis"], &new["network_id"]), (&old["basis"], &old["network_id"]));
}

#[test]
fn an_end_has_a_day_and_a_reason() {
    let app = App::start();
    let today = today(&app);
    let club = make(&app, "open", json!({}));
    let mut number = 0;
    let mut from = |day: &str| {
        number += 1;
        let id = make_person(&app, "Aalto", json!({ "user_name": number.to_string() }));
        enter(&app, &club, "nominate", &id, json!({ "valid_from": day, "note": "Alku" }))
    };
    let path = from("2024-05-01");
    for verb in ["leave", "end"] {
        for (day, code) in [("2024-04-30", "end_before_start"), ("2999-01-01", "in_the_future")] {
            let refused = act(&app, &path, verb, json!({ "valid_to": day })).expect(422);
            assert_eq!(refused.codes(), format!("invalid {code}:/valid_to"));
        }
    }
    let told = |answer: Answer| {
        let body = answer.expect(200).json();
        ["valid_to", "end_reason", "note"].map(|name| body[name].as_str().unwrap_or_default().to_owned())
    };
    let left = told(act(&app, &path, "leave", json!({ "valid_to": "2024-05-01" })));
    assert_eq!(left, ["2024-05-01", "left", "Alku"]);
    assert_eq!(told(act(&app, &from(&today), "leave", json!({}))), [today.as_str(), "left", "Alku"]);
    assert_eq!(told(act(&app, &from("2024-05-01"), "end", json!({}))), [today.as_str(), "removed", "Alku"]);
    let closed = json!({ "reason": "network_closed", "note": "Loppu", "valid_to": "2025-01-01" });
    assert_eq!(told(act(&app, &from("2024-05-01"), "end", closed)), ["2025-01-01", "network_closed", "Loppu"]);
    let path = from("2024-05-01");
    for reason in ["left", "role_changed", "gone"] {
        let refused = act(&app, &path, "end", json!({ "reason": reason })).expect(422);
        assert_eq!(refused.codes(), "invalid unknown_value:/reason");
    }
    let applied = in_state(&app, "applied", 0);
    let rejected = act(&app, &applied, "reject", json!({ "note": "Ei nyt" })).expect(200).json();
    assert_eq!((&rejected["note"], &rejected["valid_from"]), (&json!("Ei nyt"), &Value::Null));
}

#[test]
fn of_two_who_come_at_once_one_does() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    for round in 0..10 {
        let club = make(&app, "open", json!({}));
        let one = |way: &'static str| ask(&app, &club, way, &id, json!({}));
        let mut statuses = at_once([&|| one("join"), &|| one("join"), &|| one("invite"), &|| one("nominate")]);
        statuses.sort();
        assert_eq!(statuses, [201, 409, 409, 409], "round {round}");
    }
}

#[test]
fn a_network_is_never_fuller_than_it_may_be() {
    let app = App::start();
    let people: Vec<String> =
        (0..10).map(|number| make_person(&app, "Aalto", json!({ "user_name": number.to_string() }))).collect();
    for round in 0..3 {
        let club = make(&app, "open", json!({ "max_size": 4 }));
        // Those who were invited before take no place until they accept.
        let waiting = enter(&app, &club, "invite", &people[9], json!({}));
        let join = |number: usize| ask(&app, &club, "join", &people[number], json!({}));
        let mut statuses = at_once([
            &|| join(0),
            &|| join(1),
            &|| join(2),
            &|| join(3),
            &|| join(4),
            &|| join(5),
            &|| join(6),
            &|| join(7),
            &|| join(8),
            &|| act(&app, &waiting, "accept", json!({})),
        ]);
        statuses.sort();
        let won = statuses.iter().filter(|status| **status < 300).count();
        assert_eq!((won, statuses[4..].iter().all(|status| *status == 409)), (4, true), "round {round}: {statuses:?}");
        let counts = hr(&app, &format!("/v1/networks/{club}/membership-counts"));
        assert_eq!(counts["active"], 4);
        let outside = make_person(&app, "Berg", json!({ "user_name": format!("b{round}") }));
        let refused = ask(&app, &club, "nominate", &outside, json!({})).expect(409);
        assert_eq!(
            (refused.codes(), refused.json()["detail"].to_string().contains('4')),
            ("network_full".into(), true)
        );
        // Nor is it made smaller than it is, by whatever write.
        let path = format!("/v1/networks/{club}");
        let shrink = |size: i32| app.patch(&path, json!({ "max_size": size })).by(Token::Writer).if_match("*").send();
        assert_eq!(shrink(3).expect(409).codes(), "conflict max_below_members:/max_size");
        change(&app, &path, json!({ "max_size": 5 }));
        enter(&app, &club, "join", &outside, json!({}));
        shrink(5).expect(200);
        shrink(4).expect(409);
    }
}

#[test]
fn a_place_is_asked_for_when_it_is_taken() {
    let app = App::start();
    let club = make(&app, "on_application", json!({ "max_size": 1 }));
    let [a, b, c] = ["Aalto", "Berg", "Cavén"].map(|name| make_person(&app, name, json!({})));
    let applied = enter(&app, &club, "join", &a, json!({}));
    let invited = enter(&app, &club, "invite", &b, json!({}));
    let first = enter(&app, &club, "nominate", &c, json!({}));
    for (path, verb) in [(&applied, "approve"), (&invited, "accept")] {
        assert_eq!(act(&app, path, verb, json!({})).expect(409).codes(), "network_full");
    }
    // Another role is no other place.
    let first = act(&app, &first, "change-role", json!({ "role": "chair" })).expect(201);
    let first = first.header("location").unwrap();
    act(&app, first, "leave", json!({})).expect(200);
    act(&app, &applied, "approve", json!({})).expect(200);
    let path = format!("/v1/networks/{club}");
    change(&app, &path, json!({ "status": "closed", "max_size": null }));
    assert_eq!(act(&app, &invited, "accept", json!({})).expect(409).codes(), "network_closed");
    act(&app, &invited, "decline", json!({})).expect(200);
}

/// A leaver's networks are many, and others come and go in them meanwhile: nobody waits for anybody for ever.
#[test]
fn leavers_and_comers_do_not_stand_in_each_others_way() {
    let app = App::start();
    let clubs: Vec<String> = (0..6).map(|_| make(&app, "open", json!({}))).collect();
    for round in 0..4 {
        let people: Vec<String> = (0..4)
            .map(|number| make_person(&app, "Aalto", json!({ "user_name": format!("{round}-{number}") })))
            .collect();
        for (number, id) in people.iter().enumerate().take(2) {
            for at in 0..clubs.len() {
                let club = &clubs[if number == 0 { at } else { clubs.len() - 1 - at }];
                enter(&app, club, "nominate", id, json!({ "role": "coordinator" }));
            }
        }
        let leave = |number: usize| {
            let path = format!("/v1/members/{}", people[number]);
            app.patch(&path, json!({ "status": "left" })).by(Token::Hr).if_match("*").send()
        };
        let join = |number: usize, at: usize| {
            ask(&app, &clubs[at], "nominate", &people[number], json!({ "role": "coordinator" }))
        };
        let statuses =
            at_once([&|| leave(0), &|| leave(1), &|| join(2, 0), &|| join(3, 5), &|| join(2, 5), &|| join(3, 0)]);
        assert_eq!(statuses, [200, 200, 201, 201, 201, 201], "round {round}");
        for (at, club) in clubs.iter().enumerate() {
            let counts = hr(&app, &format!("/v1/networks/{club}/membership-counts"));
            let expected = if at == 0 || at == 5 { 2 } else { 0 };
            assert_eq!((&counts["active"], &counts["needs_coordinator"]), (&json!(expected), &json!(expected == 0)));
        }
        for id in &people {
            patch(&app, &format!("/v1/members/{id}"), json!({ "status": "left" }));
        }
    }
}

#[test]
fn nobody_was_in_a_network_twice_on_one_day() {
    let app = App::start();
    let club = make(&app, "open", json!({}));
    let id = make_person(&app, "Aalto", json!({}));
    let first = enter(&app, &club, "nominate", &id, json!({ "valid_from": "2025-01-01" }));
    act(&app, &first, "end", json!({ "valid_to": "2025-06-01" })).expect(200);
    let again = |day: &str| ask(&app, &club, "nominate", &id, json!({ "valid_from": day }));
    for day in ["2024-01-01", "2025-05-31"] {
        assert_eq!(again(day).expect(422).codes(), "invalid earlier_membership:/valid_from", "{day}");
    }
    again("2025-06-01").expect(201);
}
