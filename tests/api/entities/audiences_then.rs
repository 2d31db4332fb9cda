//! What of the past somebody sees: what was open to them then and is today.

use serde_json::{Value, json};

use super::people::{act, enter, make_person, patch};
use super::{instant, make_network, network, text};
use crate::harness::{App, Token};

/// A reader who works in a house and is in a network, and somebody whom they look at.
struct Then {
    app: App,
    house: String,
    network: String,
    /// The reader's membership, and the other's.
    seats: [String; 2],
    other: String,
    /// The path of a concept that is the other's skill and interests them.
    concept: String,
}

impl Then {
    fn new(visibility: Value) -> Self {
        let app = App::with(false, |config| config.anonymous_read = true);
        let vocabulary = json!({ "uri": "https://uri.example/then/", "name": { "fi": "Sanasto" } });
        let made = app.post("/v1/vocabularies", vocabulary).by(Token::Writer).send().expect(201);
        let list = format!("{}/concepts", made.header("location").unwrap());
        let made = app.post(&list, json!({ "pref_label": { "fi": "Taito" } })).by(Token::Writer).send().expect(201);
        let concept = made.header("location").unwrap().to_owned();
        let house = app.organisation("Talo");
        let shared = make_network(&app, network("Yhteinen", json!({})));
        let people = ["Lukija", "Katsottu"].map(|name| {
            make_person(
                &app,
                name,
                json!({ "organisation_id": house, "email": format!("{}@example.fi", name.to_lowercase()) }),
            )
        });
        let seats = [0, 1].map(|at: usize| enter(&app, &shared, "nominate", &people[at], json!({})));
        let [own, other] = people;
        let body = json!({ "issuer": "solmu", "subject": "Reader" });
        app.post(&format!("/v1/members/{own}/identities"), body).by(Token::Hr).send().expect(201);
        let then = Self { app, house, network: shared, seats, other, concept };
        then.choose(visibility);
        then
    }

    /// Everybody may see the groups that are not named.
    fn choose(&self, chosen: Value) {
        let groups = ["contact", "bio", "skills", "availability", "experience", "memberships"];
        let mut visibility: Value = groups.into_iter().map(|group| (group, "administration")).collect();
        for (group, audience) in chosen.as_object().unwrap() {
            visibility[group] = audience.clone();
        }
        let concept = self.concept();
        let own = json!({
            "visibility": visibility, "bio": { "fi": "Oma" }, "looking_for_peers": true,
            "skills": [{ "concept": concept, "level": 3 }], "interests": [concept],
        });
        patch(&self.app, &format!("/v1/members/{}/profile", self.other), own);
    }

    fn change(&self, fields: Value) {
        patch(&self.app, &format!("/v1/members/{}", self.other), fields);
    }

    fn concept(&self) -> &str {
        self.concept.rsplit('/').next().unwrap()
    }

    /// How many the concept is said to have at a time: as many as are found by it.
    #[track_caller]
    fn uses(&self, token: Token, query: &str) -> i64 {
        let ask = |path: &str| self.app.get(&format!("{path}&{query}")).by(token).send().expect(200).json();
        let usage = &ask(&format!("{}?include=usage", self.concept))["usage"];
        let concept = self.concept();
        for (field, filter) in [("members_with_skill", "skill"), ("members_with_interest", "theme")] {
            let found = &ask(&format!("/v1/members?count=true&{filter}={concept}"))["total"];
            assert_eq!(&usage[field], found, "{token:?} by {filter} {query}");
        }
        usage["members_with_skill"].as_i64().unwrap()
    }

    /// What the reader sees of the other at a time: nothing, or the groups that are hidden.
    #[track_caller]
    fn seen(&self, as_of: &str) -> Option<Vec<String>> {
        let query = if as_of.is_empty() { String::new() } else { format!("as_of={as_of}") };
        let path = format!("/v1/members/{}", self.other);
        let read = self.app.get(&format!("{path}?{query}")).by(Token::Reader).send();
        let page =
            self.app.get(&format!("/v1/members?count=true&name_prefix=katsottu&{query}")).by(Token::Reader).send();
        let page = page.expect(200).json();
        if read.status == 404 {
            assert_eq!((&page["total"], &page["items"]), (&json!(0), &json!([])));
            assert_eq!(self.uses(Token::Reader, &query), 0, "at {as_of}");
            return None;
        }
        let hidden = read.expect(200).json()["hidden"].clone();
        assert_eq!(page["items"][0]["hidden"], hidden);
        let hidden: Vec<String> = serde_json::from_value(hidden).unwrap();
        // What is hidden is not found either.
        for (group, filter) in [
            ("availability", "looking_for_peers=true".to_owned()),
            ("memberships", format!("network={}", self.network)),
        ] {
            let target = format!("/v1/members?count=true&name_prefix=katsottu&{filter}&{query}");
            let found = self.app.get(&target).by(Token::Reader).send().expect(200).json();
            assert_eq!(found["total"], i32::from(!hidden.iter().any(|one| one == group)), "{filter} at {as_of}");
        }
        let shows_skills = !hidden.iter().any(|one| one == "skills");
        assert_eq!(self.uses(Token::Reader, &query), i64::from(shows_skills), "at {as_of}");
        Some(hidden)
    }

    #[track_caller]
    fn hides(&self, as_of: &str, groups: &[&str]) {
        let mut expected = vec!["record".to_owned()];
        expected.extend(groups.iter().map(|group| (*group).to_owned()));
        assert_eq!(self.seen(as_of), Some(expected), "at {as_of}");
    }
}

#[test]
fn the_narrower_of_then_and_now_holds() {
    let then = Then::new(json!({ "contact": "only_me" }));
    let narrow = instant();
    then.choose(json!({}));
    let open = instant();
    then.hides(&narrow, &["contact"]);
    then.hides(&open, &[]);
    then.choose(json!({ "bio": "only_me", "availability": "only_me", "memberships": "only_me" }));
    then.hides(&narrow, &["contact", "bio", "availability", "memberships"]);
    then.hides(&open, &["bio", "availability", "memberships"]);
    // What is open again was not closed for good.
    then.choose(json!({}));
    then.hides(&narrow, &["contact"]);
    then.hides(&open, &[]);
    // A day that is not over yet is today.
    then.choose(json!({ "availability": "shared_networks", "bio": "own_organisation" }));
    then.hides("2999-01-01", &[]);
}

#[test]
fn who_was_a_colleague_is_none_today() {
    let then = Then::new(json!({ "contact": "own_organisation" }));
    let together = instant();
    then.hides(&together, &[]);
    let elsewhere = then.app.organisation("Muualla");
    then.change(json!({ "organisation_id": elsewhere }));
    let apart = instant();
    for time in ["", &together, &apart] {
        then.hides(time, &["contact"]);
    }
    then.change(json!({ "organisation_id": then.house }));
    then.hides("", &[]);
    then.hides(&together, &[]);
    // When they worked elsewhere they were nobody's colleague.
    then.hides(&apart, &["contact"]);
}

#[test]
fn who_leaves_a_network_sees_no_more_of_its_past() {
    let then = Then::new(json!({ "availability": "shared_networks", "memberships": "shared_networks" }));
    let together = instant();
    then.hides("", &[]);
    then.hides(&together, &[]);
    act(&then.app, &then.seats[0], "end", json!({})).expect(200);
    for time in ["", &together] {
        then.hides(time, &["availability", "memberships"]);
    }
    let seat = then.app.get(&format!("{}?as_of={together}", then.seats[1])).by(Token::Reader).send();
    seat.expect(404);
}

#[test]
fn who_is_protected_was_never_there_and_who_has_left_was() {
    let then = Then::new(json!({}));
    let before = instant();
    then.change(json!({ "protected": true }));
    let protected = instant();
    for time in ["", &before, &protected] {
        assert_eq!(then.seen(time), None, "{time}");
    }
    let counts = |time: &str| {
        let path = format!("/v1/networks/{}/membership-counts?{time}", then.network);
        then.app.get(&path).by(Token::Reader).send().expect(200).json()["active"].clone()
    };
    assert_eq!([counts(""), counts(&format!("as_of={before}"))], [json!(1), json!(1)]);
    then.change(json!({ "protected": false }));
    then.hides(&before, &[]);
    assert_eq!(then.seen(&protected), None);
    then.change(json!({ "status": "left" }));
    assert_eq!(then.seen(""), None);
    then.hides(&before, &[]);
    assert_eq!([counts(""), counts(&format!("as_of={before}"))], [json!(1), json!(2)]);
}

/// Between two times at which one person's profile changed, a number is that person.
#[test]
fn how_many_have_a_skill_tells_of_nobody_who_hides_it() {
    let then = Then::new(json!({ "skills": "only_me" }));
    let hidden = instant();
    let own = |fields: Value| patch(&then.app, &format!("/v1/members/{}/profile", then.other), fields);
    own(json!({ "skills": [], "interests": [] }));
    let without = instant();
    then.choose(json!({ "skills": "shared_networks" }));
    let shared = instant();
    let numbers = |token: Token| {
        ["", &hidden, &without, &shared].map(|time| match time {
            "" => then.uses(token, ""),
            time => then.uses(token, &format!("as_of={time}")),
        })
    };
    assert_eq!(numbers(Token::Admin), [1, 1, 0, 1]);
    assert_eq!(numbers(Token::Reader), [1, 0, 0, 1]);
    assert_eq!(numbers(Token::Writer), [0, 0, 0, 0]);
    // What is hidden today is hidden of every day before.
    then.choose(json!({ "skills": "only_me" }));
    assert_eq!(numbers(Token::Reader), [0, 0, 0, 0]);
    assert_eq!(numbers(Token::Admin), [1, 1, 0, 1]);
    for time in ["", &hidden, &without, &shared] {
        let query = if time.is_empty() { String::new() } else { format!("&as_of={time}") };
        let path = format!("{}?include=usage{query}", then.concept);
        assert_eq!(then.app.get(&path).send().expect(200).json()["usage"], json!({ "networks": 0 }), "{time}");
    }
}

/// The past of a record that went into another is told like the other's.
#[test]
fn what_was_merged_is_seen_as_what_it_became() {
    let then = Then::new(json!({}));
    let survivor = make_person(&then.app, "Jatkaja", json!({ "organisation_id": then.house }));
    let before = instant();
    let merge = json!({ "duplicate_id": then.other });
    then.app.post(&format!("/v1/members/{survivor}/merge"), merge).by(Token::Hr).send().expect(200);
    let path = format!("/v1/members/{}", then.other);
    let read = |rest: &str| then.app.get(&format!("{path}{rest}")).by(Token::Reader).send();
    assert_eq!(read("").expect(308).header("location"), Some(format!("/v1/members/{survivor}").as_str()));
    assert_eq!(text(&read(&format!("?as_of={before}")).expect(200).json()["family_name"]), "Katsottu");
    let own = json!({ "visibility": { "contact": "only_me" } });
    patch(&then.app, &format!("/v1/members/{survivor}/profile"), own);
    then.hides(&before, &["contact"]);
    // Where nobody is to be seen, nothing leads.
    patch(&then.app, &format!("/v1/members/{survivor}"), json!({ "protected": true }));
    for rest in ["", "/profile", "/memberships", &format!("?as_of={before}")] {
        assert_eq!(read(rest).expect(404).codes(), "not_found", "{rest}");
    }
    then.app.get(&path).by(Token::Hr).send().expect(308);
    then.app.get(&format!("{path}?as_of={before}")).by(Token::Hr).send().expect(200);
}
