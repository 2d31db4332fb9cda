//! People of every kind who are looked at, those who look at them, and what these are to see: as few lines as say it.

use serde_json::{Map, Value, json};

use super::people::{enter, make_person, patch};
use super::{agency, make_network, network, text};
use crate::harness::{App, Token};

const AUDIENCES: [&str; 4] = ["administration", "own_organisation", "shared_networks", "only_me"];

/// Each group whose audience is the person's to choose.
pub const GROUPS: [&str; 6] = ["contact", "bio", "skills", "availability", "experience", "memberships"];

/// Where a person works, and which network they are in.
const WORKING: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

/// What HR says of them that keeps them from others.
const KEPT: [&str; 3] = ["nothing", "protected", "left"];

pub const SKILL: &str = "01900000-0000-7006-8000-000000000014";
pub const THEME: &str = "01900000-0000-7005-8000-000000000004";

/// The fields of each group, of a member and of a profile.
pub fn fields(group: &str) -> (&'static [&'static str], &'static [&'static str]) {
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
pub struct Person {
    pub id: String,
    pub name: String,
    /// Works with the reader; is in a network with them.
    pub colleague: bool,
    pub sharing: bool,
    pub kept: &'static str,
    pub audiences: [&'static str; 6],
    pub membership: String,
}

/// Somebody who looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Viewer {
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

pub const VIEWERS: [Viewer; 6] =
    [Viewer::Reader, Viewer::Stranger, Viewer::Leader, Viewer::HrOfHouse, Viewer::Hr, Viewer::Admin];

/// The organisation whose HR [`Token::HrElsewhere`] is.
const HOUSE_ABOVE: &str = "01900000-0000-7001-8000-000000000050";

impl Viewer {
    pub fn token(self) -> Token {
        match self {
            Viewer::Reader => Token::Reader,
            Viewer::Stranger => Token::Writer,
            Viewer::Leader => Token::Demo,
            Viewer::HrOfHouse => Token::HrElsewhere,
            Viewer::Hr => Token::Hr,
            Viewer::Admin => Token::Admin,
        }
    }

    pub fn sees_all(self) -> bool {
        matches!(self, Viewer::Hr | Viewer::Admin)
    }

    /// Whether they see somebody whole, whatever is said of who may.
    pub fn sees_whole(self, person: &Person) -> bool {
        self.sees_all() || (self == Viewer::HrOfHouse && person.colleague)
    }

    /// Whether they see that there is such a person.
    pub fn sees(self, person: &Person) -> bool {
        self.sees_whole(person) || person.kept == "nothing"
    }

    /// Whether they see a group of their fields.
    pub fn sees_group(self, person: &Person, group: &str) -> bool {
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
    pub fn sees_membership(self, person: &Person) -> bool {
        self.sees_group(person, "memberships")
            || (self == Viewer::Leader && !person.sharing && person.kept != "protected")
    }

    pub fn hidden(self, person: &Person) -> Vec<&'static str> {
        ["record"].into_iter().chain(GROUPS).filter(|group| !self.sees_group(person, group)).collect()
    }
}

/// A directory with people of every kind.
pub struct Directory {
    pub app: App,
    pub people: Vec<Person>,
    /// The organisations that they work in, and the networks that they are in: the reader's, and the leader's.
    pub houses: [String; 2],
    pub networks: [String; 2],
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
    pub fn new() -> Self {
        let app = App::with(true, |config| config.anonymous_read = true);
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
        let membership =
            enter(app, network, "nominate", &id, json!({ "note": "Salainen syy", "valid_from": "2024-01-01" }));
        if kept == "left" {
            patch(app, &format!("/v1/members/{id}"), json!({ "status": "left" }));
        }
        self.people.push(Person { id, name, colleague, sharing, kept, audiences, membership });
    }
}
