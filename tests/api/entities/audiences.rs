//! Who sees which fields of people: for every kind of viewer, person and audience, what is read, listed, counted, found by a
//! filter and mentioned is what a few lines here say it should be, and nothing can be found out by asking otherwise.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::people::{enter, make_person, patch};
use super::{agency, make_network, network, text};
use crate::harness::{App, Token};

const AUDIENCES: [&str; 4] = ["administration", "own_organisation", "shared_networks", "only_me"];

/// Each group whose audience is the person's to choose.
const GROUPS: [&str; 6] = ["contact", "bio", "skills", "availability", "experience", "memberships"];

/// Where a person works, and which network they are in.
const WORKING: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

/// What HR says of them that keeps them from others.
const KEPT: [&str; 3] = ["nothing", "protected", "left"];

const SKILL: &str = "01900000-0000-7006-8000-000000000014";
const THEME: &str = "01900000-0000-7005-8000-000000000004";

/// The fields of each group, of a member and of a profile.
fn fields(group: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match group {
        "record" => (&["user_name", "external_ids", "status", "protected"], &["visibility"]),
        "contact" => (&["email", "phone"], &[]),
        "bio" => (&[], &["bio"]),
        "skills" => (&[], &["skills", "languages", "interests"]),
        "availability" => (&[], &["availability", "willing_to", "looking_for_peers"]),
        "experience" => (&[], &["experience"]),
        _ => (&[], &[]),
    }
}

/// Somebody to be looked at.
struct Person {
    id: String,
    name: String,
    /// Works with the reader; is in a network with them.
    colleague: bool,
    sharing: bool,
    kept: &'static str,
    audiences: [&'static str; 6],
    membership: String,
}

/// Somebody who looks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Viewer {
    /// Works in an organisation and is in a network.
    Reader,
    /// The same as nobody whom the directory knows, and an editor at that.
    Stranger,
    /// Coordinates the other network, from a third organisation; an editor, too.
    Leader,
    /// HR of the organisation above the reader's.
    HrOfHouse,
    Hr,
    Admin,
}

const VIEWERS: [Viewer; 6] =
    [Viewer::Reader, Viewer::Stranger, Viewer::Leader, Viewer::HrOfHouse, Viewer::Hr, Viewer::Admin];

/// The organisation whose HR [`Token::HrElsewhere`] is.
const HOUSE_ABOVE: &str = "01900000-0000-7001-8000-000000000050";

impl Viewer {
    fn token(self) -> Token {
        match self {
            Viewer::Reader => Token::Reader,
            Viewer::Stranger => Token::Writer,
            Viewer::Leader => Token::Demo,
            Viewer::HrOfHouse => Token::HrElsewhere,
            Viewer::Hr => Token::Hr,
            Viewer::Admin => Token::Admin,
        }
    }

    fn sees_all(self) -> bool {
        matches!(self, Viewer::Hr | Viewer::Admin)
    }

    /// Whether they see somebody whole, whatever is said of who may.
    fn sees_whole(self, person: &Person) -> bool {
        self.sees_all() || (self == Viewer::HrOfHouse && person.colleague)
    }

    /// Whether they see that there is such a person.
    fn sees(self, person: &Person) -> bool {
        self.sees_whole(person) || person.kept == "nothing"
    }

    /// Whether they see a group of their fields.
    fn sees_group(self, person: &Person, group: &str) -> bool {
        if self.sees_whole(person) || group == "record" {
            return self.sees_whole(person);
        }
        let at = GROUPS.iter().position(|known| *known == group).unwrap();
        self.sees(person)
            && match person.audiences[at] {
                "administration" => true,
                "own_organisation" => self == Viewer::Reader && person.colleague,
                "shared_networks" => match self {
                    Viewer::Reader => person.sharing,
                    Viewer::Leader => !person.sharing,
                    _ => false,
                },
                _ => false,
            }
    }

    /// Whether they see that the person is in their network. The leader's is that of those who share none with the reader.
    fn sees_membership(self, person: &Person) -> bool {
        self.sees_group(person, "memberships")
            || (self == Viewer::Leader && !person.sharing && person.kept != "protected")
    }

    fn hidden(self, person: &Person) -> Vec<&'static str> {
        ["record"].into_iter().chain(GROUPS).filter(|group| !self.sees_group(person, group)).collect()
    }
}

/// A directory with people of every kind.
struct Directory {
    app: App,
    people: Vec<Person>,
    /// The organisations that they work in, and the networks that they are in: the reader's, and the leader's.
    houses: [String; 2],
    networks: [String; 2],
}

fn become_member(app: &App, member: &str, subject: &str) {
    let body = json!({ "issuer": "solmu", "subject": subject });
    app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Admin).send().expect(201);
}

/// What the person says of themselves: the same of everybody, but for who may see it.
fn own_words(audiences: &[&str; 6]) -> Value {
    let visibility: Map<String, Value> =
        GROUPS.iter().zip(audiences).map(|(group, word)| ((*group).to_owned(), json!(word))).collect();
    json!({
        "bio": { "fi": "Salainen elämäkerta" }, "languages": [{ "tag": "se", "level": "C1" }],
        "skills": [{ "concept": SKILL, "level": 4, "wants_to_develop": true }], "interests": [THEME],
        "experience": [{ "title": { "fi": "Salainen tehtävä" } }], "availability": { "percent_of_work_time": 50 },
        "willing_to": ["twinning"], "looking_for_peers": true, "visibility": visibility,
    })
}

impl Directory {
    fn new() -> Self {
        let app = App::demo();
        // The demo's own person is somebody else here.
        let demo = "01900000-0000-7007-8000-000000000225";
        let known = app.get(&format!("/v1/members/{demo}/identities")).by(Token::Hr).send().expect(200).json();
        let known = format!("/v1/members/{demo}/identities/{}", text(&known["items"][0]["id"]));
        app.delete(&known).by(Token::Hr).if_match("*").send().expect(204);
        let houses = [("Oma talo", json!(HOUSE_ABOVE)), ("Toinen talo", json!(null))]
            .map(|(name, parent)| app.organisation_with(agency(name, json!({ "parent_id": parent }))));
        let networks = ["Yhteinen", "Muiden"].map(|name| make_network(&app, network(name, json!({}))));
        let lookers = [
            ("Lukija", "Reader", &houses[0], &networks[0], "member"),
            ("Vetäjä", "demo", &app.organisation("Kolmas talo"), &networks[1], "coordinator"),
        ];
        for (name, subject, house, network, role) in lookers {
            let own = make_person(&app, name, json!({ "organisation_id": house }));
            become_member(&app, &own, subject);
            enter(&app, network, "nominate", &own, json!({ "role": role }));
        }
        let mut directory = Self { app, people: Vec::new(), houses, networks };
        for (turn, kept) in KEPT.into_iter().flat_map(|kept| (0..4).map(move |turn| (turn, kept))) {
            for (colleague, sharing) in WORKING {
                let audiences = [0, 1, 2, 3, 4, 5].map(|at| AUDIENCES[(at + turn) % 4]);
                directory.add(colleague, sharing, kept, audiences);
            }
        }
        directory
    }

    fn add(&mut self, colleague: bool, sharing: bool, kept: &'static str, audiences: [&'static str; 6]) {
        let app = &self.app;
        let name = format!("Katsottu{}", self.people.len());
        let number = self.people.len();
        let id = make_person(
            app,
            &name,
            json!({
                "organisation_id": self.houses[usize::from(!colleague)], "email": format!("salainen{number}@example.fi"),
                "phone": "+358 1", "protected": kept == "protected",
                "external_ids": [{ "source": "koe", "id": number.to_string() }],
            }),
        );
        patch(app, &format!("/v1/members/{id}/profile"), own_words(&audiences));
        let network = &self.networks[usize::from(!sharing)];
        let membership = enter(app, network, "nominate", &id, json!({ "note": "Salainen syy" }));
        if kept == "left" {
            patch(app, &format!("/v1/members/{id}"), json!({ "status": "left" }));
        }
        self.people.push(Person { id, name, colleague, sharing, kept, audiences, membership });
    }

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
                &["skill={skill}", "skill={skill}&skill_level=3", "wish={skill}", "theme={theme}", "language=se"][..],
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
            }
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
}
