//! Two owners of one person: what the HR system writes and what the person writes never touch.

use std::sync::Barrier;
use std::thread::scope;

use serde_json::json;

use super::people::{hr, make_person, patch, person};
use super::{instant, logged};
use crate::harness::{App, Token};

#[test]
fn a_sync_never_touches_the_persons_own_words() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({ "phone": "1" }));
    let (member, profile) = (format!("/v1/members/{id}"), format!("/v1/members/{id}/profile"));
    let own = patch(&app, &profile, json!({ "bio": { "fi": "Omin sanoin" }, "looking_for_peers": true }));
    assert_eq!((&own["version"], &hr(&app, &member)["version"]), (&json!(2), &json!(1)));
    let tag = app.get(&profile).by(Token::Hr).send().expect(200).etag();

    let replaced = app.put(&member, person("Aalto", json!({ "title": { "fi": "Johtaja" } })));
    let replaced = replaced.by(Token::Hr).if_match("\"1-x\"").send().expect(200).json();
    assert_eq!((&replaced["version"], &replaced["profile_version"]), (&json!(2), &json!(2)));
    assert_eq!((&replaced["profile"]["bio"]["fi"], &replaced["phone"]), (&json!("Omin sanoin"), &json!(null)));
    // The profile's version is as it was, and so whoever read it may write it; and the other way round.
    let written = app.patch(&profile, json!({ "bio": { "sv": "Med egna ord" } })).by(Token::Hr).if_match(&tag).send();
    assert_eq!(written.expect(200).json()["version"], 3);
    let again = app.patch(&member, json!({ "phone": "2" })).by(Token::Hr).if_match("\"2-x\"").send().expect(200).json();
    assert_eq!((&again["version"], &again["profile_version"], &again["phone"]), (&json!(3), &json!(3), &json!("2")));
    assert_eq!(again["profile"]["bio"], json!({ "fi": "Omin sanoin", "sv": "Med egna ord" }));
    for (path, stale) in [(&member, "\"2-x\""), (&profile, "\"2-x\"")] {
        app.patch(path, json!({})).by(Token::Hr).if_match(stale).send().expect(412);
    }
    // Neither knows the other's fields.
    for (path, body) in [(&member, json!({ "bio": null })), (&profile, json!({ "phone": null }))] {
        assert!(app.patch(path, body).by(Token::Hr).if_match("*").send().expect(422).codes().contains("unknown_field"));
    }
    let log: Vec<_> = logged(&app, &id).into_iter().map(|(version, _, fields)| (version, fields)).skip(1).collect();
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        log,
        [
            (1, fields(&["profile"])),
            (2, fields(&["phone", "title"])),
            (2, fields(&["profile"])),
            (3, fields(&["phone"]))
        ]
    );
}

#[test]
fn both_write_at_once_and_neither_loses() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    let (member, profile) = (format!("/v1/members/{id}"), format!("/v1/members/{id}/profile"));
    let start = Barrier::new(2);
    const ROUNDS: i32 = 15;
    scope(|scope| {
        let write = |path: String, body: fn(i32) -> serde_json::Value| {
            let (app, start) = (&app, &start);
            scope.spawn(move || {
                start.wait();
                for round in 1..=ROUNDS {
                    // Each names its own version, which the other's writes leave alone.
                    let tag = format!("\"{round}-x\"");
                    app.patch(&path, body(round)).by(Token::Hr).if_match(&tag).send().expect(200);
                }
            })
        };
        write(member.clone(), |round| json!({ "phone": round.to_string() }));
        write(profile.clone(), |round| json!({ "bio": { "fi": round.to_string() } }));
    });
    let end = hr(&app, &member);
    assert_eq!((&end["version"], &end["profile_version"]), (&json!(ROUNDS + 1), &json!(ROUNDS + 1)));
    assert_eq!((&end["phone"], &end["profile"]["bio"]["fi"]), (&json!("15"), &json!("15")));
}

#[test]
fn a_profile_is_read_as_it_was() {
    let app = App::start();
    let id = make_person(&app, "Aalto", json!({}));
    let profile = format!("/v1/members/{id}/profile");
    patch(&app, &profile, json!({ "willing_to": ["mentor"] }));
    let then = instant();
    patch(&app, &profile, json!({ "willing_to": ["twinning"] }));
    patch(&app, &format!("/v1/members/{id}"), json!({ "phone": "1" }));
    let past = hr(&app, &format!("{profile}?as_of={then}"));
    assert_eq!((&past["willing_to"], &past["version"]), (&json!(["mentor"]), &json!(2)));
    let found = |word: &str, time: &str| {
        hr(&app, &format!("/v1/members?willing_to={word}{time}"))["items"].as_array().unwrap().len()
    };
    let then = format!("&as_of={then}");
    assert_eq!([found("mentor", ""), found("twinning", "")], [0, 1]);
    assert_eq!([found("mentor", &then), found("twinning", &then)], [1, 0]);
}
