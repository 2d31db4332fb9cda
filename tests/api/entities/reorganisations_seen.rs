//! A preview counts and names what its reader sees, as the lists do: nobody protected, and no network out of sight.

use serde_json::{Value, json};

use super::organisation_changes::{plan, previewed, reorganisation};
use super::people::{make_person, patch};
use super::{make_network, network, text, with};
use crate::harness::{App, Token};

/// A house of two units with somebody in each of whom one is protected, and with two networks of which one is for its
/// members; each coordinates both kinds. A plan lets all go, unit by unit.
struct House {
    app: App,
    id: String,
    people: [String; 2],
    networks: [String; 2],
    /// Public ones that somebody coordinates: the open one alone, the protected one alone, both.
    led: [String; 3],
    path: String,
}

impl House {
    fn new() -> Self {
        let app = App::start();
        let [id, other] = ["A", "B"].map(|name| app.organisation(name));
        let worker = |name: &str, unit: &str, protected: bool| {
            let unit = json!({ "fi": unit });
            make_person(&app, name, json!({ "organisation_id": id, "unit": unit, "protected": protected }))
        };
        let people = [worker("Avoin", "Hallinto", false), worker("Suojattu", "Tietohallinto", true)];
        let rule = json!({ "offices": ["hr_director"], "subtrees_of": [id] });
        let networks = ["public", "members"].map(|visibility| {
            let fields = json!({ "visibility": visibility, "host_organisation_id": id, "ex_officio_rule": rule });
            make_network(&app, network(visibility, with(json!({ "join_policy": "ex_officio" }), fields)))
        });
        let leader = |network: &str, member: &str| {
            let body = json!({ "member_id": member, "role": "coordinator" });
            app.post(&format!("/v1/networks/{network}/nominate"), body).by(Token::Admin).send().expect(201);
        };
        let led = ["Avoimen", "Suojatun", "Molempien"].map(|name| make_network(&app, network(name, json!({}))));
        leader(&led[0], &people[0]);
        leader(&led[1], &people[1]);
        people.iter().for_each(|one| leader(&led[2], one));
        people.iter().for_each(|one| leader(&networks[1], one));
        let moves = json!({ "moves": [
            { "from": id, "nowhere": true, "what": ["people"], "units": ["Tietohallinto"] },
            { "from": id, "nowhere": true, "what": ["people"] },
            { "from": id, "to": other },
        ] });
        // Whoever edits the directory plans it.
        let document = reorganisation("closure", &[&id], &[&other], moves);
        let made = app.post("/v1/organisation-changes", document).by(Token::Writer).send().expect(201);
        let path = made.header("location").unwrap().to_owned();
        Self { app, id, people, networks, led, path }
    }

    /// How many rows a list has for a caller.
    fn count(&self, target: &str, caller: Token) -> i64 {
        let page = self.app.get(target).by(caller).send().expect(200).json();
        page["total"].as_i64().unwrap_or_else(|| panic!("no total: {page}"))
    }

    /// What the preview tells a caller: by rule how many people and networks, and the rest of it.
    #[track_caller]
    fn told(&self, caller: Token) -> Value {
        let told = previewed(&self.app, &self.path, caller);
        let ways = told["moves"].as_array().unwrap().iter();
        let ways: Vec<_> = ways.map(|way| json!([way["rule"], way["people"], way["networks"]])).collect();
        // The lists say the same.
        let house = &self.id;
        let people = self.count(&format!("/v1/members?organisation_id={house}&count=true"), caller);
        let networks = self.count(&format!("/v1/networks?host_organisation_id={house}&count=true"), caller);
        assert_eq!((&told["total"]["left"], &told["total"]["networks"]), (&json!(people), &json!(networks)), "{told}");
        let mut memberships = 0;
        for id in &self.people {
            let target = format!("/v1/members/{id}/memberships?state=active,invited,applied&count=true");
            let page = self.app.get(&target).by(caller).send();
            memberships += if page.status == 404 { 0 } else { page.json()["total"].as_i64().unwrap() };
        }
        assert_eq!(told["ending_memberships"], json!(memberships), "{told}");
        let without = told["without_coordinator"].clone();
        let mut alone: Vec<_> = without["networks"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
        alone.sort();
        assert_eq!(without["count"], json!(alone.len()));
        let rules = told["ex_officio_rules"].clone();
        assert_eq!(
            (&rules["count"], rules["places"].as_array().unwrap().len()),
            (&told["total"]["networks"], usize::try_from(networks).unwrap())
        );
        json!([told["of_all"], ways, memberships, alone])
    }
}

fn sorted<const N: usize>(mut ids: [&String; N]) -> Value {
    ids.sort();
    json!(ids.as_slice())
}

#[test]
fn a_preview_agrees_with_the_lists() {
    let house = House::new();
    let ([open, hidden, both], [_, secret]) = (&house.led, &house.networks);
    let (first, second, rest) = (json!([0, 1, 0]), json!([1, 1, 0]), |networks: i64| json!([2, 0, networks]));
    assert_eq!(house.told(Token::Reader), json!([false, [second, rest(1)], 2, sorted([open, both])]));
    assert_eq!(house.told(Token::Writer), json!([false, [second, rest(2)], 3, sorted([secret, open, both])]));
    assert_eq!(
        house.told(Token::Admin),
        json!([true, [first, second, rest(2)], 6, sorted([secret, open, hidden, both])])
    );
}

/// Whoever is protected counts themselves, and whoever is in a network counts that.
#[test]
fn those_concerned_count_in_themselves() {
    let house = House::new();
    let ([open, hidden, both], [_, secret]) = (&house.led, &house.networks);
    let body = json!({ "issuer": "solmu", "subject": "Reader" });
    let path = format!("/v1/members/{}/identities", house.people[1]);
    house.app.post(&path, body).by(Token::Hr).send().expect(201);
    let ways = json!([[0, 1, 0], [1, 1, 0], [2, 0, 2]]);
    assert_eq!(house.told(Token::Reader), json!([false, ways, 6, sorted([secret, open, hidden, both])]));
}

/// Who hides their memberships loses none that others could count.
#[test]
fn memberships_are_counted_for_those_who_see_them() {
    let house = House::new();
    let hide = json!({ "visibility": { "memberships": "only_me" } });
    patch(&house.app, &format!("/v1/members/{}/profile", house.people[0]), hide);
    let ways = |networks: i64| json!([[1, 1, 0], [2, 0, networks]]);
    assert_eq!(house.told(Token::Reader), json!([false, ways(1), 0, []]));
    assert_eq!(house.told(Token::Writer), json!([false, ways(2), 0, []]));
}

/// A rule that names people tells nobody how many of them are protected.
#[test]
fn named_people_are_counted_as_far_as_they_are_seen() {
    let House { app, id, people, networks, .. } = House::new();
    let other = app.organisation("C");
    let moves = json!({ "moves": [{ "from": id, "to": other, "member_ids": people, "network_ids": networks }] });
    let path = plan(&app, reorganisation("transfer", &[&id], &[&other], moves));
    let total = |caller: Token| {
        let total = previewed(&app, &path, caller)["total"].clone();
        (total["people"].as_i64().unwrap(), total["networks"].as_i64().unwrap())
    };
    assert_eq!([Token::Reader, Token::Writer, Token::Admin].map(total), [(1, 1), (1, 2), (2, 2)]);
}
