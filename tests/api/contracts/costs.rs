//! What reading costs: a fixed number of statements, however long the list.

use serde_json::json;

use super::operation::{lists, of_method};
use crate::harness::Token;
use crate::statements::{recorded, taken};

/// The connections that the service keeps set themselves up before the first statement of a request, and a page of two
/// rows is then as dear as one of all; with all that may come with it, as of any time.
#[test]
fn a_list_costs_the_same_however_long_it_is() {
    let (app, url) = recorded(true, |_| {});
    for operation in lists() {
        operation.stock(&app);
        let include = operation.values("include");
        let with_all = if include.is_empty() { String::new() } else { format!("&include={}", include.join(",")) };
        let queries = ["", "&count=true", &with_all, "&as_of=2999-06-01"];
        for query in queries {
            let cost = |limit: usize| {
                let target = format!("{}?limit={limit}{query}", operation.path());
                let rows = operation.bare(&app, &target).send().expect(200).json()["items"].as_array().unwrap().len();
                (rows, taken(&url))
            };
            cost(1);
            let ((few, small), (many, large)) = (cost(2), cost(200));
            // What was added to a short list was not there then.
            assert!(many >= few + 10 || query.contains("as_of"), "{} has {many} rows: too few to tell", operation.id);
            assert!(!small.is_empty(), "no statement of {} was seen", operation.id);
            assert_eq!(small.len(), large.len(), "{}{query}: {small:#?} {large:#?}", operation.id);
            // One for the page, one for the count, one for each relation, one for what the list belongs to; two for the
            // people of a pair and why they are one.
            let of_pairs = usize::from(operation.id == "list_member_duplicates");
            assert!(large.len() <= 2 + 1 + of_pairs + include.len(), "{}{query}: {large:#?}", operation.id);
        }
    }
}

/// What puts together more than one thing has by itself, and how many statements that takes at most.
const GATHERED: [(&str, usize); 6] = [
    ("get_membership_counts", 3),
    ("get_me", 9),
    ("get_organisation_change_people", 6),
    ("get_organisation_change_preview", 10),
    // Who asks and what has changed since, and then for each of four types.
    ("search_directory", 15),
    ("list_suggestions", 15),
];

/// What reads one thing, or draws all, takes a handful of statements, whatever there is.
#[test]
fn a_read_costs_a_handful() {
    let (app, url) = recorded(true, |_| {});
    for operation in of_method("GET").filter(|operation| lists().all(|list| list.id != operation.id)) {
        let include = operation.values("include");
        operation.request(&app).send().expect(200);
        taken(&url);
        operation.bare(&app, &operation.path()).send().expect(200);
        let plain = taken(&url);
        let most = GATHERED.iter().find(|(id, _)| *id == operation.id).map_or(2, |(_, most)| *most);
        assert!((1..=most).contains(&plain.len()), "{}: {plain:#?}", operation.id);
        if !include.is_empty() {
            operation.bare(&app, &format!("{}?include={}", operation.path(), include.join(","))).send().expect(200);
            let whole = taken(&url);
            // One for it, one for who asks, one for each relation.
            assert!(whole.len() <= 2 + include.len(), "{}: {whole:#?}", operation.id);
        }
    }
}

/// What a reorganisation would do is counted: it costs the same whomever it would move, and whatever is named.
#[test]
fn a_preview_costs_the_same_whomever_it_moves() {
    let (app, url) = recorded(true, |_| {});
    let [from, to] = ["Vanha", "Uusi"].map(|name| app.organisation(name));
    let rule = json!({ "offices": ["rector"], "subtrees_of": [from] });
    let network = |number: usize| {
        json!({ "name": { "fi": format!("N{number}") }, "kind": "forum", "formality": "official", "status": "active",
            "join_policy": "ex_officio", "visibility": "public", "host_organisation_id": from, "ex_officio_rule": rule })
    };
    let mut named = Vec::new();
    let mut costs = Vec::new();
    for number in [3, 30] {
        for _ in 0..number {
            let body = json!({ "user_name": format!("v{number}.{}", named.len()), "given_name": "V", "family_name": "V",
                "organisation_id": from, "unit": { "fi": format!("Yksikkö {}", named.len()) } });
            let person = app.post("/v1/members", body).by(Token::Hr).send().expect(201).json()["id"].clone();
            let network = app.post("/v1/networks", network(named.len())).by(Token::Writer).send().expect(201);
            let seat = json!({ "member_id": person, "role": "coordinator" });
            let path = format!("{}/nominate", network.header("location").unwrap());
            app.post(&path, seat).by(Token::Hr).send().expect(201);
            named.push(person);
        }
        let moves = json!([
            { "from": from, "to": to, "units": ["yksikkö 0"], "member_ids": [named[1]] },
            { "from": from, "nowhere": true },
        ]);
        let plan = json!({ "type": "closure", "effective_on": "2026-01-01", "original_ids": [from], "result_ids": [to],
            "moves": moves });
        let made = app.post("/v1/organisation-changes", plan).by(Token::Admin).send().expect(201);
        let path = format!("{}/preview", made.header("location").unwrap());
        taken(&url);
        let told = app.get(&path).by(Token::Reader).send().expect(200).json();
        assert_eq!(told["total"]["left"], json!(named.len() - 2));
        assert_eq!(told["without_coordinator"]["count"], json!(named.len() - 2));
        costs.push(taken(&url));
        app.get(&format!("{path}/people")).by(Token::Hr).send().expect(200);
        costs.push(taken(&url));
    }
    let [few, some, many, more] = &costs[..] else { panic!("{costs:#?}") };
    assert_eq!((few.len(), some.len()), (many.len(), more.len()), "{few:#?} {many:#?}");
    assert!(few.len() <= 18, "{few:#?}");
}

/// A rule of office is held against all people at once: it costs the same whomever it brings in, or ends.
#[test]
fn a_rule_costs_the_same_whomever_it_moves() {
    let (app, url) = recorded(true, |_| {});
    let rule = json!({ "offices": ["rector"], "organisation_kinds": ["agency"] });
    let network = json!({ "name": { "fi": "Rehtorit" }, "kind": "forum", "formality": "official", "status": "active",
        "join_policy": "ex_officio", "visibility": "public", "ex_officio_rule": rule });
    let made = app.post("/v1/networks", network).by(Token::Writer).send().expect(201);
    let path = format!("{}/ex-officio", made.header("location").unwrap());
    let agency = app.organisation("Opisto");
    let mut people = Vec::new();
    let mut costs = Vec::new();
    for number in [2, 20] {
        for _ in 0..number {
            let body = json!({ "user_name": format!("r{number}.{}", people.len()), "given_name": "R", "family_name": "R",
                "office": "rector", "organisation_id": agency });
            let person = app.post("/v1/members", body).by(Token::Hr).send().expect(201);
            people.push(person.header("location").unwrap().to_owned());
        }
        let mut cost = |verb: &str| {
            taken(&url);
            let answer = match verb {
                "list" => app.get(&format!("{path}?count=true")).by(Token::Hr).send().expect(200),
                _ => app.post(&format!("{path}/apply"), json!({})).by(Token::Hr).send().expect(200),
            };
            assert!(answer.body.len() > 100 * number, "{verb} {number}: {answer:?}");
            costs.push(taken(&url));
        };
        cost("list");
        cost("apply");
        for person in &people {
            let body = json!({ "office": null });
            app.patch(person, body).by(Token::Hr).if_match("*").send().expect(200);
        }
        cost("apply");
        people.clear();
    }
    let [list, add, end, lists, adds, ends] = &costs[..] else { panic!("{costs:#?}") };
    for (few, many) in [(list, lists), (add, adds), (end, ends)] {
        assert_eq!(few.len(), many.len(), "{few:#?} {many:#?}");
    }
    assert!(list.len() <= 3 && add.len() <= 25, "{list:#?} {add:#?}");
}
