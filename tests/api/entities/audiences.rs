//! Who sees which fields of people: for every kind of viewer, person and audience, what is read, listed, counted, found by a
//! filter and mentioned is what a few lines beside this say it should be, and nothing can be found out by asking otherwise.

use std::collections::BTreeSet;

use serde_json::Value;

use super::audience_people::{Directory, GROUPS, Person, SKILL, THEME, VIEWERS, Viewer, fields};
use super::text;
use crate::harness::Token;

impl Directory {
    fn get(&self, viewer: Viewer, target: &str) -> Value {
        self.app.get(target).by(viewer.token()).send().expect(200).json()
    }

    /// Those of the people who are on the pages of a list, and how many it counts.
    fn found(&self, viewer: Viewer, target: &str, of: &str) -> BTreeSet<String> {
        let (mut found, mut cursor, mut all, mut total) = (BTreeSet::new(), String::new(), 0, 0);
        loop {
            let page = self.get(viewer, &format!("{target}&limit=7&count=true{cursor}"));
            for item in page["items"].as_array().unwrap() {
                all += 1;
                let id = text(&item[of]);
                if self.people.iter().any(|person| person.id == id) {
                    found.insert(id);
                }
            }
            total = page["total"].as_u64().unwrap().max(total);
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(all, total, "{viewer:?} of {target}");
        found
    }

    /// The ids of those of whom something holds.
    fn who(&self, holds: impl Fn(&Person) -> bool) -> BTreeSet<String> {
        self.people.iter().filter(|person| holds(person)).map(|person| person.id.clone()).collect()
    }

    /// A list of the people of the two organisations.
    fn list(&self, query: &str) -> String {
        format!("/v1/members?organisation_id={},{}&{query}", self.houses[0], self.houses[1])
    }

    fn holds(&self, viewer: Viewer, as_of: &str) {
        self.shows(viewer, as_of);
        self.finds(viewer, as_of);
        self.tells_of_memberships(viewer, as_of);
        self.counts_uses(viewer, as_of);
    }

    /// What is shown of each, alone and in a list.
    fn shows(&self, viewer: Viewer, as_of: &str) {
        let listed =
            self.get(viewer, &self.list(&format!("limit=200&include=organisation,concepts,completeness{as_of}")));
        for person in &self.people {
            let here = format!("{viewer:?} of {} ({}, {:?}){as_of}", person.name, person.kept, person.audiences);
            let path = format!("/v1/members/{}", person.id);
            let read = |rest: &str| {
                self.app.get(&format!("{path}{rest}?{}", as_of.trim_start_matches('&'))).by(viewer.token()).send()
            };
            let in_list = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == person.id.as_str());
            if !viewer.sees(person) {
                assert!(in_list.is_none(), "{here}");
                for rest in ["", "/profile", "/memberships"] {
                    assert_eq!(read(rest).expect(404).codes(), "not_found", "{here}");
                }
                continue;
            }
            let (whole, profile) = (read("").expect(200).json(), read("/profile").expect(200).json());
            let in_list = in_list.unwrap_or_else(|| panic!("{here}"));
            let hidden = viewer.hidden(person);
            let named =
                |value: &Value| serde_json::from_value::<Vec<String>>(value["hidden"].clone()).unwrap_or_default();
            assert_eq!(named(&whole), hidden, "{here}");
            assert_eq!(named(in_list), hidden, "{here}");
            let of_profile = |group: &&str| !["contact", "memberships"].contains(group);
            assert_eq!(named(&profile), hidden.iter().copied().filter(of_profile).collect::<Vec<_>>(), "{here}");
            for group in ["record"].into_iter().chain(GROUPS) {
                let is_seen = viewer.sees_group(person, group);
                let (own, of_profile) = fields(group);
                for field in own {
                    assert_eq!(whole.get(*field).is_some(), is_seen, "{here}: {field}");
                    assert_eq!(in_list.get(*field), whole.get(*field), "{here}: {field}");
                }
                for field in of_profile {
                    assert_eq!(whole["profile"].get(*field).is_some(), is_seen, "{here}: {field}");
                    assert_eq!(profile.get(*field), whole["profile"].get(*field), "{here}: {field}");
                    assert_eq!(in_list["profile"].get(*field), whole["profile"].get(*field), "{here}: {field}");
                }
            }
            assert_eq!(in_list.get("concepts").is_some(), viewer.sees_group(person, "skills"), "{here}");
            assert_eq!(in_list.get("completeness").is_some(), viewer.sees_whole(person), "{here}");
            assert_eq!(whole["given_name"], "Kaino", "{here}");
        }
        // What is asked for by name is no more than what is seen.
        let sparse = self.get(viewer, &self.list(&format!("limit=200&fields=email,user_name,profile{as_of}")));
        for item in sparse["items"].as_array().unwrap() {
            let whole = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == item["id"]).unwrap();
            for field in ["email", "user_name", "profile"] {
                assert_eq!(item.get(field), whole.get(field), "{viewer:?} {field}");
            }
        }
    }

    /// Whom each filter finds: those of whom the viewer sees what they ask by, whatever it is.
    fn finds(&self, viewer: Viewer, as_of: &str) {
        let expect = |query: &str, expected: BTreeSet<String>| {
            let found = self.found(viewer, &self.list(&format!("{query}{as_of}")), "id");
            assert_eq!(found, expected, "{viewer:?} by {query}{as_of}");
        };
        let seeing = |group: &str| self.who(|person| viewer.sees(person) && viewer.sees_group(person, group));
        for everybody in ["", "sort=-created_at", "sort=updated_at", "name_prefix=katsottu", "stale=false"] {
            expect(everybody, self.who(|person| viewer.sees(person)));
        }
        for (group, queries) in [
            (
                "skills",
                &["skill={skill}", "skill={skill}&skill_level=3", "wish={skill}", "theme={theme}", "language=de,se"][..],
            ),
            (
                "availability",
                &["available_on=2026-06-01", "available_percent=40", "willing_to=twinning", "looking_for_peers=true"][..],
            ),
        ] {
            for query in queries {
                expect(&query.replace("{skill}", SKILL).replace("{theme}", THEME), seeing(group));
            }
        }
        for nobody in [
            "language=de",
            "skill={skill}&skill_level=5",
            "available_percent=60",
            "willing_to=mentor",
            "looking_for_peers=false",
        ] {
            expect(&nobody.replace("{skill}", SKILL), BTreeSet::new());
        }
        let both = self.who(|person| viewer.sees_group(person, "skills") && viewer.sees_group(person, "availability"));
        expect("language=se&willing_to=twinning", both);
        for (status, has_left) in [("active", false), ("left", true)] {
            let of_status = |person: &Person| viewer.sees_whole(person) && (person.kept == "left") == has_left;
            expect(&format!("status={status}"), self.who(of_status));
        }
        for (number, person) in self.people.iter().enumerate() {
            let only = |is_found: bool| if is_found { BTreeSet::from([person.id.clone()]) } else { BTreeSet::new() };
            expect(&format!("external_id=koe:{number}"), only(viewer.sees_whole(person)));
            expect(&format!("user_name={}@example.fi", person.name.to_lowercase()), only(viewer.sees_whole(person)));
        }
        for (at, network) in self.networks.iter().enumerate() {
            let in_it = |person: &Person| person.sharing == (at == 0) && person.kept != "left";
            let seen = self.who(|person| in_it(person) && viewer.sees(person) && viewer.sees_membership(person));
            expect(&format!("network={network}"), seen);
        }
        let by_status = self.app.get(&self.list("sort=status")).by(viewer.token()).send();
        if viewer.sees_all() {
            by_status.expect(200);
        } else {
            let refused = by_status.expect(400);
            assert_eq!(refused.codes(), "bad_parameters bad_value:sort");
            assert!(refused.json()["errors"][0]["detail"].as_str().unwrap().contains("name, created_at, updated_at;"));
        }
    }

    /// Who is in a network, by each way of asking.
    fn tells_of_memberships(&self, viewer: Viewer, as_of: &str) {
        for (at, network) in self.networks.iter().enumerate() {
            let path = format!("/v1/networks/{network}/memberships?include=member,organisation{as_of}");
            let is_seen = |person: &&Person| person.sharing == (at == 0) && viewer.sees_membership(person);
            let expected: Vec<&Person> = self.people.iter().filter(is_seen).collect();
            let ids = |people: &[&Person]| people.iter().map(|person| person.id.clone()).collect::<BTreeSet<_>>();
            assert_eq!(self.found(viewer, &path, "member_id"), ids(&expected), "{viewer:?}{as_of}");
            let (ended, active): (Vec<&Person>, Vec<&Person>) =
                expected.iter().partition(|person| person.kept == "left");
            for (state, people) in [("active", &active), ("ended", &ended)] {
                let query = format!("{path}&state={state}");
                assert_eq!(self.found(viewer, &query, "member_id"), ids(people), "{viewer:?} {state}{as_of}");
            }
            let counts = self
                .get(viewer, &format!("/v1/networks/{network}/membership-counts?{}", as_of.trim_start_matches('&')));
            // Whoever looks is in one of them.
            let own = 1;
            assert_eq!(counts["active"], active.len() + own, "{viewer:?}{as_of}: {counts}");
            assert_eq!(counts["by_state"]["ended"], ended.len(), "{viewer:?}{as_of}: {counts}");
            // Before those who look came, and before anybody had gone.
            let on_day = format!("{path}&valid_on=2024-06-01");
            assert_eq!(self.found(viewer, &on_day, "member_id"), ids(&expected), "{viewer:?}{as_of}");
            let counts =
                self.get(viewer, &format!("/v1/networks/{network}/membership-counts?valid_on=2024-06-01{as_of}"));
            assert_eq!(counts["active"], expected.len(), "{viewer:?}{as_of}: {counts}");
            let page = self.get(viewer, &format!("{path}&limit=200"));
            for item in page["items"].as_array().unwrap() {
                let is_lookers = item["member"]["family_name"] == "Lukija";
                let person = self.people.iter().find(|person| item["member_id"] == person.id.as_str());
                let reasons_are_seen = viewer.sees_all()
                    || (viewer == Viewer::Leader && at == 1)
                    || (is_lookers && [Viewer::Reader, Viewer::HrOfHouse].contains(&viewer))
                    || person.is_some_and(|person| viewer.sees_whole(person));
                assert_eq!(item.get("note").is_some(), reasons_are_seen, "{viewer:?}: {item}");
                assert_eq!(item["hidden"].is_null(), reasons_are_seen, "{viewer:?}: {item}");
                assert!(item["member"]["id"].is_string(), "{viewer:?}: {item}");
            }
        }
        for person in &self.people {
            let here = format!("{viewer:?} of {} ({}){as_of}", person.name, person.kept);
            let is_seen = viewer.sees_membership(person);
            let read = self.app.get(&format!("{}?{}", person.membership, as_of.trim_start_matches('&')));
            assert_eq!(read.by(viewer.token()).send().status, if is_seen { 200 } else { 404 }, "{here}");
            if viewer.sees(person) {
                let own = self.get(viewer, &format!("/v1/members/{}/memberships?count=true{as_of}", person.id));
                assert_eq!(own["total"], i32::from(is_seen), "{here}");
                for (day, is_in) in [("2023-12-31", false), ("2024-06-01", is_seen)] {
                    let path = format!("/v1/members/{}/memberships?count=true&valid_on={day}{as_of}", person.id);
                    assert_eq!(self.get(viewer, &path)["total"], i32::from(is_in), "{here} on {day}");
                }
            }
        }
    }
}

/// The concepts that everybody here has: the path of their list, and themselves.
const USED: [(&str, &str); 2] =
    [("01900000-0000-7004-8000-000000000002", SKILL), ("01900000-0000-7004-8000-000000000001", THEME)];

impl Directory {
    /// How many use a concept, by each way of asking; `None` where the directory of concepts is not for the caller.
    fn uses(&self, token: Token, (vocabulary, concept): (&str, &str), as_of: &str) -> Option<Value> {
        let list = format!("/v1/vocabularies/{vocabulary}/concepts");
        let ask = |target: &str| self.app.get(&format!("{target}?include=usage&limit=200{as_of}")).by(token).send();
        let read = self.app.get(&format!("{list}/{concept}?include=usage{as_of}")).by(token).send();
        if read.status == 403 {
            assert_eq!(ask(&list).status, 403, "{token:?}");
            return None;
        }
        let (read, listed) = (read.expect(200).json(), ask(&list).expect(200).json());
        let item = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == concept).unwrap();
        assert_eq!(item["usage"], read["usage"], "{token:?}{as_of}");
        Some(read["usage"].clone())
    }

    /// How many use a concept: as many as are found by it and have it itself, of whoever is in the demo.
    fn counts_uses(&self, viewer: Viewer, as_of: &str) {
        for ((filter, field), used) in
            [("skill", "members_with_skill"), ("theme", "members_with_interest")].iter().zip(USED)
        {
            let Some(uses) = self.uses(viewer.token(), used, as_of) else { continue };
            let (mut number, mut cursor) = (0, String::new());
            loop {
                let page = format!("/v1/members?{filter}={}&limit=200&fields=profile{as_of}{cursor}", used.1);
                let page = self.get(viewer, &page);
                let own = |item: &&Value| {
                    let (skills, interests) = (&item["profile"]["skills"], &item["profile"]["interests"]);
                    match *filter {
                        "skill" => skills.as_array().unwrap().iter().any(|skill| skill["concept"] == used.1),
                        _ => interests.as_array().unwrap().iter().any(|interest| *interest == used.1),
                    }
                };
                number += page["items"].as_array().unwrap().iter().filter(own).count();
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(uses[*field], number, "{viewer:?} by {filter}{as_of}");
            let seen = self.who(|person| viewer.sees_group(person, "skills")).len();
            assert!(number >= seen, "{viewer:?} by {filter}{as_of}: {number} of {seen}");
        }
    }
}

#[test]
fn everybody_sees_of_everybody_what_the_audience_says() {
    let directory = Directory::new();
    for viewer in VIEWERS {
        directory.holds(viewer, "");
    }
    // As of now it is the same.
    let as_of = format!("&as_of={}", super::instant());
    for viewer in VIEWERS {
        directory.holds(viewer, &as_of);
    }
    // Of people, whoever is not signed in learns nothing; of what they use in common, how many networks have it.
    for time in ["", &as_of] {
        for used in USED {
            let uses = directory.uses(Token::None, used, time).unwrap();
            assert_eq!(uses.as_object().unwrap().keys().collect::<Vec<_>>(), ["networks"], "{time}");
        }
    }
}
