//! Rules of office: what a rule may say, and how it differs from who is in the network.

use serde_json::{Value, json};

use super::people::{ask, enter, family_names, hr, make_person, patch};
use super::{agency, change, delete, instant, make_network, network, text, with};
use crate::client::Answer;
use crate::harness::{App, Token};

/// A network with a rule; its id.
#[track_caller]
pub fn ruled(app: &App, name: &str, rule: Value, fields: Value) -> String {
    let document = network(name, json!({ "join_policy": "on_application", "ex_officio_rule": rule }));
    make_network(app, with(document, fields))
}

/// Somebody who holds an office; their id.
#[track_caller]
pub fn holder(app: &App, name: &str, office: &str, organisation: Option<&str>) -> String {
    make_person(app, name, json!({ "office": office, "organisation_id": organisation }))
}

/// What a rule asks for, as `name action`, by name.
#[track_caller]
pub fn differences(app: &App, network: &str, query: &str) -> Vec<String> {
    let page = hr(app, &format!("/v1/networks/{network}/ex-officio?limit=200{query}"));
    let line = |(name, row): (String, &Value)| format!("{name} {}", text(&row["action"]));
    family_names(&page).into_iter().zip(page["items"].as_array().unwrap()).map(line).collect()
}

/// Applies a rule.
pub fn apply(app: &App, network: &str, body: Value) -> Answer {
    app.post(&format!("/v1/networks/{network}/ex-officio/apply"), body).by(Token::Hr).send()
}

/// Two ministries with what is below them, and a company: A over A1 over A2 over A3, B over B1, C. In each somebody is its
/// HR director, who is called as it is.
pub struct Tree {
    pub app: App,
    pub ids: Vec<(&'static str, String)>,
}

impl Tree {
    pub fn new() -> Self {
        let app = App::start();
        let mut tree = Self { app, ids: Vec::new() };
        for (name, kind, parent) in [
            ("A", "ministry", None),
            ("A1", "agency", Some("A")),
            ("A2", "agency", Some("A1")),
            ("A3", "other_public_body", Some("A2")),
            ("B", "ministry", None),
            ("B1", "agency", Some("B")),
            ("C", "company", None),
        ] {
            let parent = parent.map(|parent| tree.id(parent));
            let id = tree.app.organisation_with(agency(name, json!({ "kind": kind, "parent_id": parent })));
            holder(&tree.app, name, "hr_director", Some(&id));
            tree.ids.push((name, id));
        }
        tree
    }

    pub fn id(&self, name: &str) -> String {
        self.ids.iter().find(|(known, _)| *known == name).unwrap().1.clone()
    }
}

#[test]
fn a_rule_says_what_can_be() {
    let tree = Tree::new();
    let app = &tree.app;
    let nothing = "01900000-0000-7001-8000-00000000ffff";
    for (rule, expected) in [
        (json!({ "offices": [] }), "empty_list:/ex_officio_rule/offices"),
        (json!({}), "missing_field:/ex_officio_rule/offices"),
        (json!({ "offices": ["rector", "rector"] }), "repeated:/ex_officio_rule/offices"),
        (json!({ "offices": ["king"] }), "unknown_value:/ex_officio_rule/offices/0"),
        (json!({ "offices": ["rector"], "colour": 1 }), "unknown_field:/ex_officio_rule/colour"),
        (json!({ "offices": ["rector"], "role": "king" }), "unknown_value:/ex_officio_rule/role"),
        (
            json!({ "offices": ["rector"], "branches": [tree.id("A"), tree.id("A1")] }),
            "not_a_ministry:/ex_officio_rule/branches/1",
        ),
        (json!({ "offices": ["rector"], "branches": [nothing] }), "unknown_reference:/ex_officio_rule/branches/0"),
        (
            json!({ "offices": ["rector"], "subtrees_of": [nothing] }),
            "unknown_reference:/ex_officio_rule/subtrees_of/0",
        ),
    ] {
        let document = network("Foorumi", json!({ "ex_officio_rule": rule }));
        let refused = app.post("/v1/networks", document).by(Token::Writer).send().expect(422);
        assert_eq!(refused.codes(), format!("invalid {expected}"), "{rule}");
    }
    let told = app.post("/v1/networks", network("Foorumi", json!({ "ex_officio_rule": { "offices": ["king"] } })));
    assert!(told.by(Token::Writer).send().json()["errors"][0]["detail"].to_string().contains("permanent_secretary"));
    let rule = json!({ "offices": ["rector"], "subtrees_of": [tree.id("A3")] });
    let path = format!("/v1/networks/{}", ruled(app, "Foorumi", rule, json!({})));
    // Part of it is changed, the rest stays.
    let changed = change(app, &path, json!({ "ex_officio_rule": { "applies_itself": true } }));
    let whole = json!({ "offices": ["rector"], "organisation_kinds": [], "branches": [],
        "subtrees_of": [tree.id("A3")], "applies_itself": true, "role": "member" });
    assert_eq!(changed["ex_officio_rule"], whole);
    // What a rule names stays, as long as the rule is in force.
    let bottom = tree.id("A3");
    let person = hr(app, "/v1/members?name_prefix=A3");
    patch(app, &format!("/v1/members/{}", text(&person["items"][0]["id"])), json!({ "organisation_id": null }));
    let remove = || app.delete(&format!("/v1/organisations/{bottom}")).by(Token::Writer).if_match("*").send();
    let refused = remove().expect(409);
    assert!(refused.json()["detail"].to_string().contains("networks.ex_officio_rule"), "{refused:?}");
    change(app, &path, json!({ "status": "closed" }));
    remove().expect(204);
    let reopened = app.patch(&path, json!({ "status": "active" })).by(Token::Writer).if_match("*").send().expect(422);
    assert_eq!(reopened.codes(), "invalid unknown_reference:/ex_officio_rule/subtrees_of/0");
    let cleared = change(app, &path, json!({ "status": "active", "ex_officio_rule": null }));
    assert_eq!(cleared["ex_officio_rule"], Value::Null);
    delete(app, &path);
}

#[test]
fn those_who_hold_the_office_where_the_rule_says_are_to_come() {
    let tree = Tree::new();
    let app = &tree.app;
    holder(app, "D", "hr_director", None);
    holder(app, "E", "rector", Some(&tree.id("A1")));
    make_person(app, "F", json!({ "organisation_id": tree.id("A1") }));
    let away = json!({ "office": "hr_director", "organisation_id": tree.id("A1"), "status": "inactive" });
    make_person(app, "G", away);
    for (fields, expected) in [
        (json!({}), "A A1 A2 A3 B B1 C D"),
        (json!({ "offices": ["rector", "hr_director"], "organisation_kinds": ["agency"] }), "A1 A2 B1 E"),
        (json!({ "organisation_kinds": ["agency", "ministry"] }), "A A1 A2 B B1"),
        (json!({ "branches": [tree.id("A")] }), "A A1 A2 A3"),
        (json!({ "subtrees_of": [tree.id("A2"), tree.id("C")] }), "A2 A3 C"),
        (
            json!({ "subtrees_of": [tree.id("A1"), tree.id("A2"), tree.id("B")], "organisation_kinds": ["agency"] }),
            "A1 A2 B1",
        ),
        (json!({ "branches": [tree.id("A"), tree.id("B")], "subtrees_of": [tree.id("A3"), tree.id("B1")] }), "A3 B1"),
        (json!({ "branches": [tree.id("B")], "subtrees_of": [tree.id("A")] }), ""),
        (json!({ "offices": ["deputy_head"] }), ""),
    ] {
        let rule = with(json!({ "offices": ["hr_director"] }), fields);
        let id = ruled(app, "Foorumi", rule.clone(), json!({}));
        let expected: Vec<String> = expected.split_whitespace().map(|name| format!("{name} add")).collect();
        assert_eq!(differences(app, &id, ""), expected, "{rule}");
        let total = hr(app, &format!("/v1/networks/{id}/ex-officio?count=true&limit=1"))["total"].clone();
        assert_eq!(total, expected.len(), "{rule}");
        assert!(differences(app, &id, "&action=end,keep,activate").is_empty(), "{rule}");
    }
    // A move in the tree moves what is below along.
    let id = ruled(app, "Foorumi", json!({ "offices": ["hr_director"], "branches": [tree.id("B")] }), json!({}));
    change(app, &format!("/v1/organisations/{}", tree.id("A2")), json!({ "parent_id": tree.id("B1") }));
    assert_eq!(differences(app, &id, ""), ["A2 add", "A3 add", "B add", "B1 add"]);
}

#[test]
fn each_is_told_why() {
    let tree = Tree::new();
    let app = &tree.app;
    let rule = json!({ "offices": ["hr_director"], "organisation_kinds": ["agency"], "branches": [tree.id("A")],
        "subtrees_of": [tree.id("A"), tree.id("A1")] });
    let id = ruled(app, "Foorumi", rule, json!({}));
    let reasons = |name: &str| {
        let page = hr(app, &format!("/v1/networks/{id}/ex-officio?include=organisation"));
        let rows = page["items"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["member"]["family_name"] == name).unwrap();
        assert_eq!(row["organisation"]["id"], row["member"]["organisation_id"]);
        row["reasons"].clone()
    };
    let fits = json!([
        { "code": "office_held", "office": "hr_director" }, { "code": "kind_fits", "organisation_kind": "agency" },
        { "code": "branch_fits", "organisation_id": tree.id("A") },
        { "code": "below_organisation", "organisation_id": tree.id("A1") },
    ]);
    assert_eq!(reasons("A2"), fits);
    apply(app, &id, json!({})).expect(200);
    let member = format!("/v1/members/{}", text(&hr(app, "/v1/members?name_prefix=A2")["items"][0]["id"]));
    let mut said = Vec::new();
    for fields in [
        json!({ "office": "rector" }),
        json!({ "office": null, "status": "inactive" }),
        json!({ "office": "hr_director", "status": "active", "organisation_id": tree.id("B") }),
        json!({ "organisation_id": null }),
    ] {
        patch(app, &member, fields);
        said.push(reasons("A2"));
    }
    let expected = json!([
        [{ "code": "other_office", "office": "rector" }],
        [{ "code": "not_at_work", "status": "inactive" }, { "code": "no_office" }],
        [{ "code": "other_kind", "organisation_kind": "ministry" }, { "code": "other_branch", "organisation_id": tree.id("B") },
            { "code": "other_organisation", "organisation_id": tree.id("B") }],
        [{ "code": "no_organisation" }],
    ]);
    assert_eq!(json!(said), expected);
    assert_eq!(differences(app, &id, "&action=keep"), ["A1 keep"]);
}

#[test]
fn whoever_is_in_it_otherwise_stays() {
    let tree = Tree::new();
    let app = &tree.app;
    let id =
        ruled(app, "Foorumi", json!({ "offices": ["hr_director"], "organisation_kinds": ["ministry"] }), json!({}));
    let person = |name: &str| text(&hr(app, &format!("/v1/members?name_prefix={name}%20"))["items"][0]["id"]);
    let own = enter(app, &id, "nominate", &person("A"), json!({}));
    let other = enter(app, &id, "nominate", &person("C"), json!({ "basis": "cohort" }));
    enter(app, &id, "nominate", &person("A1"), json!({ "basis": "ex_officio" }));
    let asked = enter(app, &id, "join", &person("B"), json!({}));
    assert_eq!(differences(app, &id, ""), ["A1 end", "B activate"]);
    assert_eq!(differences(app, &id, "&action=keep"), ["A keep"]);
    let done = apply(app, &id, json!({})).expect(200).json();
    let of = |name: &str, path: &str| json!([{ "member_id": person(name), "membership_id": path.rsplit('/').next().unwrap() }]);
    assert_eq!((&done["activated"], &done["added"]), (&of("B", &asked), &json!([])));
    let shown = |path: &str| ["state", "basis", "version", "role"].map(|name| hr(app, path)[name].clone());
    assert_eq!(shown(&own), [json!("active"), json!("nominated"), json!(1), json!("member")]);
    assert_eq!(shown(&other), [json!("active"), json!("cohort"), json!(1), json!("member")]);
    assert_eq!(shown(&asked), [json!("active"), json!("ex_officio"), json!(2), json!("member")]);
    assert!(differences(app, &id, "").is_empty());
}

#[test]
fn without_a_rule_in_force_there_is_nothing_to_do() {
    let tree = Tree::new();
    let app = &tree.app;
    let rule = json!({ "offices": ["hr_director"] });
    let id = make_network(app, network("Foorumi", json!({})));
    let person = text(&hr(app, "/v1/members?name_prefix=C")["items"][0]["id"]);
    ask(app, &id, "nominate", &person, json!({ "basis": "ex_officio" })).expect(201);
    assert!(differences(app, &id, "&action=add,activate,end,keep").is_empty());
    assert_eq!(apply(app, &id, json!({})).expect(409).codes(), "no_ex_officio_rule");
    change(app, &format!("/v1/networks/{id}"), json!({ "ex_officio_rule": rule, "status": "closed" }));
    assert!(differences(app, &id, "&action=add,activate,end,keep").is_empty());
    assert_eq!(apply(app, &id, json!({})).expect(409).codes(), "network_closed");
    change(app, &format!("/v1/networks/{id}"), json!({ "status": "active" }));
    assert_eq!(differences(app, &id, "").len(), 6);
    let hidden = ruled(app, "Piilo", json!({ "offices": ["hr_director"] }), json!({ "visibility": "members" }));
    app.get(&format!("/v1/networks/{hidden}/ex-officio")).by(Token::Hr).send().expect(404);
    assert_eq!(apply(app, &hidden, json!({})).expect(404).codes(), "not_found");
}

#[test]
fn differences_are_read_as_they_were() {
    let tree = Tree::new();
    let app = &tree.app;
    let id = ruled(app, "Foorumi", json!({ "offices": ["hr_director"], "branches": [tree.id("A")] }), json!({}));
    let first = instant();
    apply(app, &id, json!({})).expect(200);
    change(app, &format!("/v1/organisations/{}", tree.id("A2")), json!({ "parent_id": tree.id("B") }));
    let second = instant();
    change(app, &format!("/v1/networks/{id}"), json!({ "ex_officio_rule": { "branches": [tree.id("B")] } }));
    assert_eq!(differences(app, &id, &format!("&as_of={first}")), ["A add", "A1 add", "A2 add", "A3 add"]);
    assert_eq!(differences(app, &id, &format!("&as_of={second}")), ["A2 end", "A3 end"]);
    assert_eq!(differences(app, &id, ""), ["A end", "A1 end", "B add", "B1 add"]);
}

#[test]
fn members_are_found_by_their_office() {
    let tree = Tree::new();
    let app = &tree.app;
    holder(app, "D", "rector", Some(&tree.id("A1")));
    let found = |query: &str| family_names(&hr(app, &format!("/v1/members?{query}"))).join(" ");
    assert_eq!(found("office=rector"), "D");
    assert_eq!(found(&format!("office=rector,hr_director&organisation_id={}", tree.id("A1"))), "A1 D");
    assert_eq!(found(&format!("office=hr_director&subtree_of={}&sort=-name", tree.id("A1"))), "A3 A2 A1");
    assert_eq!(found("office=deputy_head"), "");
    let refused = app.get("/v1/members?office=king").by(Token::Hr).send().expect(400);
    assert_eq!(refused.codes(), "bad_parameters bad_value:office");
    let before = instant();
    let person = format!("/v1/members/{}", text(&hr(app, "/v1/members?office=rector")["items"][0]["id"]));
    assert_eq!(patch(app, &person, json!({ "office": null }))["office"], Value::Null);
    assert_eq!(
        (found("office=rector"), found(&format!("office=rector&as_of={before}"))),
        (String::new(), "D".to_owned())
    );
}
