//! Rules of office applied: by whoever asks for it, and by themselves when people change.

use serde_json::{Value, json};
use solmu::ex_officio::MOST;

use super::ex_officio::{Tree, apply, differences, holder, ruled};
use super::people::{act, enter, family_names, hr, make_person, patch};
use super::{at_once, change, logged, make_network, network, text, with};
use crate::harness::{App, Token};

/// A rule for the HR directors of a ministry's branch.
fn of_branch(tree: &Tree, fields: Value) -> Value {
    with(json!({ "offices": ["hr_director"], "branches": [tree.id("A")] }), fields)
}

/// Who is in a network, by name.
fn inside(app: &App, network: &str) -> String {
    let page = hr(app, &format!("/v1/networks/{network}/memberships?state=active&include=member&limit=200"));
    family_names(&page).join(" ")
}

/// Somebody's path, by name.
fn path(app: &App, name: &str) -> String {
    let page = hr(app, &format!("/v1/members?name_prefix={name}%20"));
    format!("/v1/members/{}", text(&page["items"][0]["id"]))
}

fn id(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

#[test]
fn all_of_it_is_applied_or_what_was_chosen() {
    let tree = Tree::new();
    let app = &tree.app;
    let forum = ruled(app, "Foorumi", of_branch(&tree, json!({ "role": "secretary" })), json!({}));
    let chosen = apply(app, &forum, json!({ "add": [id(&path(app, "A2"))] })).expect(200).json();
    assert_eq!((chosen["added"].as_array().unwrap().len(), chosen["ended"].clone()), (1, json!([])));
    assert_eq!(inside(app, &forum), "A2");
    let membership = format!("/v1/memberships/{}", text(&chosen["added"][0]["membership_id"]));
    let made = hr(app, &membership);
    let told = ["state", "basis", "role"].map(|name| text(&made[name]));
    assert_eq!((told.join(" "), made["valid_from"].is_string()), ("active ex_officio secretary".to_owned(), true));
    let all = apply(app, &forum, json!({})).expect(200).json();
    assert_eq!(all["added"].as_array().unwrap().len(), 3);
    assert_eq!(inside(app, &forum), "A A1 A2 A3");
    // Once more there is nothing left to do, and so nothing happens.
    let again = apply(app, &forum, json!({})).expect(200).json();
    assert_eq!(again, json!({ "added": [], "activated": [], "ended": [] }));
    assert_eq!(logged(app, &id(&membership)).len(), 1);
    // Whoever lost the office is ended for that, of those who did, whoever was chosen.
    for name in ["A1", "A2"] {
        patch(app, &path(app, name), json!({ "office": "rector" }));
    }
    assert_eq!(differences(app, &forum, ""), ["A1 end", "A2 end"]);
    let ended = apply(app, &forum, json!({ "end": [id(&membership)] })).expect(200).json();
    assert_eq!(ended["ended"], json!([{ "member_id": id(&path(app, "A2")), "membership_id": id(&membership) }]));
    let left = hr(app, &membership);
    assert_eq!(["state", "end_reason"].map(|name| text(&left[name])), ["ended", "office_ended"]);
    assert_eq!((&left["valid_to"], &left["version"]), (&left["valid_from"], &json!(2)));
    let fields = ["state", "valid_to", "end_reason"].map(str::to_owned).to_vec();
    assert_eq!(logged(app, &id(&membership))[1], (2, "updated".to_owned(), fields));
    assert_eq!(inside(app, &forum), "A A1 A3");
}

#[test]
fn what_is_no_difference_is_refused_by_name() {
    let tree = Tree::new();
    let app = &tree.app;
    let forum = ruled(app, "Foorumi", of_branch(&tree, json!({})), json!({}));
    let other = enter(app, &forum, "nominate", &id(&path(app, "B")), json!({}));
    let body = json!({ "add": [id(&path(app, "A1")), id(&path(app, "B1"))], "end": [id(&other)] });
    let refused = apply(app, &forum, body).expect(409);
    assert_eq!(refused.codes(), "conflict not_in_difference:/add/1 not_in_difference:/end/0");
    assert_eq!(inside(app, &forum), "B");
    for (body, expected) in [
        (json!({ "add": ["x"] }), "invalid bad_id:/add/0"),
        (json!({ "add": [id(&other), id(&other)] }), "invalid repeated:/add"),
        (json!({ "colour": 1 }), "invalid unknown_field:/colour"),
    ] {
        assert_eq!(apply(app, &forum, body).expect(422).codes(), expected);
    }
    // Nothing chosen is not the same as all.
    apply(app, &forum, json!({ "add": [] })).expect(200);
    assert_eq!(inside(app, &forum), "B");
}

#[test]
fn a_network_takes_no_more_than_it_may() {
    let tree = Tree::new();
    let app = &tree.app;
    let forum = ruled(app, "Foorumi", of_branch(&tree, json!({})), json!({ "max_size": 3 }));
    enter(app, &forum, "nominate", &id(&path(app, "B")), json!({ "basis": "ex_officio" }));
    let over = apply(app, &forum, json!({})).expect(409);
    assert_eq!((over.codes().as_str(), &over.json()["over"]), ("rule_exceeds_size", &json!(1)));
    assert_eq!(inside(app, &forum), "B");
    let body = json!({ "add": [id(&path(app, "A")), id(&path(app, "A1")), id(&path(app, "A2"))] });
    assert_eq!(apply(app, &forum, body.clone()).expect(409).json()["over"], 1);
    // Whoever goes makes room.
    let ending = text(&hr(app, &format!("/v1/networks/{forum}/ex-officio?action=end"))["items"][0]["membership_id"]);
    apply(app, &forum, with(body, json!({ "end": [ending] }))).expect(200);
    assert_eq!(inside(app, &forum), "A A1 A2");
    // One that applies itself stays as large as it may be, and the rest stays a difference.
    change(app, &format!("/v1/networks/{forum}"), json!({ "ex_officio_rule": { "applies_itself": true } }));
    holder(app, "A4", "hr_director", Some(&tree.id("A1")));
    assert_eq!(
        (inside(app, &forum).as_str(), differences(app, &forum, "")),
        ("A A1 A2", vec!["A3 add".into(), "A4 add".into()])
    );
}

/// So many are settled by naming them: all at once would hold too many for too long.
#[test]
fn too_many_are_settled_by_name() {
    let tree = Tree::new();
    let app = &tree.app;
    let number = |number: usize| format!("01900000-0000-7007-8000-{number:012}");
    let fields = json!({ "office": "rector", "organisation_id": tree.id("A") });
    let one = |at: usize| {
        let document = serde_json::from_value(super::people::person(&format!("N{at}"), fields.clone())).unwrap();
        (number(at).parse().unwrap(), document, solmu::members::MemberProfile::default())
    };
    let people: Vec<_> = (0..MOST + 1).map(one).collect();
    app.db().write_here(None, |tx| solmu::members::load(tx, &people, tx.now.date())).unwrap();
    let forum = ruled(app, "Rehtorit", json!({ "offices": ["rector"] }), json!({}));
    let refused = apply(app, &forum, json!({})).expect(409);
    assert_eq!((refused.codes().as_str(), &refused.json()["count"]), ("too_many_differences", &json!(MOST + 1)));
    assert!(text(&refused.json()["detail"]).contains("1001"), "{refused:?}");
    let some: Vec<String> = (0..MOST).map(number).collect();
    let done = apply(app, &forum, json!({ "add": some })).expect(200).json();
    assert_eq!(done["added"].as_array().unwrap().len(), MOST);
    // What is left is little enough.
    assert_eq!(apply(app, &forum, json!({})).expect(200).json()["added"].as_array().unwrap().len(), 1);
}

#[test]
fn a_rule_applies_itself_when_people_change() {
    let tree = Tree::new();
    let app = &tree.app;
    let forum =
        ruled(app, "Foorumi", of_branch(&tree, json!({ "applies_itself": true, "role": "coordinator" })), json!({}));
    let by_hand = ruled(app, "Käsin", of_branch(&tree, json!({})), json!({}));
    // To set it moves nobody.
    assert_eq!((inside(app, &forum).as_str(), differences(app, &forum, "").len()), ("", 4));
    let network = format!("/v1/networks/{forum}");
    assert_eq!(hr_network(app, &network)["needs_coordinator"], true);
    holder(app, "A5", "hr_director", Some(&tree.id("A3")));
    holder(app, "B5", "hr_director", Some(&tree.id("B1")));
    assert_eq!(inside(app, &forum), "A5");
    assert_eq!(hr_network(app, &network)["needs_coordinator"], false);
    let (ours, theirs) = (path(app, "A5"), path(app, "B5"));
    for (member, fields, expected) in [
        (&theirs, json!({ "organisation_id": tree.id("A1") }), "A5 B5"),
        (&ours, json!({ "office": "rector" }), "B5"),
        (&ours, json!({ "office": "hr_director" }), "A5 B5"),
        (&ours, json!({ "status": "inactive" }), "B5"),
        (&ours, json!({ "status": "active" }), "A5 B5"),
        (&theirs, json!({ "organisation_id": null }), "A5"),
        (&theirs, json!({ "organisation_id": tree.id("A3"), "family_name": "B6" }), "A5 B6"),
        (&ours, json!({ "status": "left" }), "B6"),
        (&ours, json!({ "phone": "1" }), "B6"),
        (&ours, json!({ "status": "active" }), "A5 B6"),
    ] {
        patch(app, member, fields.clone());
        assert_eq!(inside(app, &forum), expected, "{fields}");
    }
    let put =
        with(super::people::person("B7", json!({})), json!({ "user_name": "b5@example.fi", "office": "hr_director" }));
    app.put(&theirs, put).by(Token::Hr).if_match("*").send().expect(200);
    assert_eq!(inside(app, &forum), "A5");
    assert_eq!((inside(app, &by_hand).as_str(), differences(app, &by_hand, "").len()), ("", 5));
    // Each time is a membership of its own, which says why it ended.
    let page = hr(app, &format!("{ours}/memberships?sort=created_at"));
    let reasons: Vec<_> = page["items"].as_array().unwrap().iter().map(|row| row["end_reason"].clone()).collect();
    let expected = ["office_ended", "office_ended", "left_organisation"].map(Value::from);
    assert_eq!(reasons, expected.into_iter().chain([Value::Null]).collect::<Vec<_>>());
}

fn hr_network(app: &App, path: &str) -> Value {
    app.get(path).by(Token::Reader).send().expect(200).json()
}

#[test]
fn what_was_asked_for_becomes_a_membership_and_others_stay() {
    let tree = Tree::new();
    let app = &tree.app;
    let forum = ruled(app, "Foorumi", of_branch(&tree, json!({ "applies_itself": true })), json!({}));
    let [waiting, invited, named] = ["D", "E", "F"].map(|name| make_person(app, name, json!({})));
    let waiting_path = enter(app, &forum, "join", &waiting, json!({}));
    enter(app, &forum, "invite", &invited, json!({}));
    let named_path = enter(app, &forum, "nominate", &named, json!({}));
    for person in [&waiting, &invited, &named] {
        let office = json!({ "office": "hr_director", "organisation_id": tree.id("A1") });
        patch(app, &format!("/v1/members/{person}"), office);
    }
    assert_eq!(inside(app, &forum), "D E F");
    assert_eq!(
        (text(&hr(app, &waiting_path)["basis"]), text(&hr(app, &named_path)["basis"])),
        ("ex_officio".into(), "nominated".into())
    );
    for person in [&waiting, &invited, &named] {
        patch(app, &format!("/v1/members/{person}"), json!({ "office": null }));
    }
    assert_eq!(inside(app, &forum), "F");
    // Whoever left by themselves is not fetched back by what has nothing to do with it.
    patch(app, &format!("/v1/members/{waiting}"), json!({ "office": "hr_director" }));
    let page = hr(app, &format!("/v1/networks/{forum}/memberships?state=active&include=member"));
    let again = format!("/v1/memberships/{}", text(&page["items"][0]["id"]));
    act(app, &again, "leave", json!({})).expect(200);
    patch(app, &format!("/v1/members/{waiting}"), json!({ "title": { "fi": "Johtaja" } }));
    assert_eq!((inside(app, &forum).as_str(), differences(app, &forum, "").contains(&"D add".to_owned())), ("F", true));
}

#[test]
fn many_change_at_once() {
    let tree = Tree::new();
    let app = &tree.app;
    let people: Vec<String> = (0..30)
        .map(|number| {
            let fields =
                json!({ "user_name": format!("n{number}"), "office": "hr_director", "organisation_id": tree.id("A3") });
            make_person(app, &format!("N{number:02}"), fields)
        })
        .collect();
    let forums: Vec<String> = (0..3)
        .map(|number| {
            ruled(app, &format!("F{number}"), of_branch(&tree, json!({ "applies_itself": number < 2 })), json!({}))
        })
        .collect();
    let ids: Vec<_> = people.iter().map(|person| person.parse().unwrap()).collect();
    let changed = || {
        let today = solmu::db::now().date();
        app.db().write_now(None, solmu::db::now(), |tx| solmu::ex_officio::people_changed(tx, &ids, today)).unwrap();
    };
    changed();
    changed();
    let count =
        |forum: &String| hr(app, &format!("/v1/networks/{forum}/membership-counts"))["active"].as_i64().unwrap();
    assert_eq!(forums.iter().map(count).collect::<Vec<_>>(), [30, 30, 0]);
    change(app, &format!("/v1/organisations/{}", tree.id("A3")), json!({ "parent_id": tree.id("B1") }));
    assert_eq!(forums.iter().map(count).collect::<Vec<_>>(), [30, 30, 0]);
    changed();
    assert_eq!(forums.iter().map(count).collect::<Vec<_>>(), [0, 0, 0]);
}

#[test]
fn who_applies_at_once_does_it_once() {
    let tree = Tree::new();
    let app = &tree.app;
    for round in 0..4 {
        let forum = ruled(app, "Foorumi", of_branch(&tree, json!({ "applies_itself": true })), json!({}));
        let (one, other) = (path(app, "A1"), path(app, "A2"));
        let office = |member: &str, office: &str| {
            app.patch(member, json!({ "office": office })).by(Token::Hr).if_match("*").send()
        };
        let all = || apply(app, &forum, json!({}));
        let statuses = at_once([
            &all,
            &all,
            &|| office(&one, "rector"),
            &|| office(&other, "rector"),
            &|| office(&path(app, "A3"), "hr_director"),
            &all,
        ]);
        assert_eq!(statuses, [200; 6], "round {round}");
        apply(app, &forum, json!({})).expect(200);
        assert_eq!(inside(app, &forum), "A A3", "round {round}");
        let statuses = at_once([&|| office(&one, "hr_director"), &|| office(&other, "hr_director"), &all, &all]);
        assert_eq!(statuses, [200; 4], "round {round}");
        assert_eq!(inside(app, &forum), "A A1 A2 A3", "round {round}");
    }
}

/// A rule goes along with the network that it is of, and is in force there and nowhere else.
#[test]
fn a_rule_that_comes_with_a_duplicate_is_in_force() {
    let tree = Tree::new();
    let app = &tree.app;
    let ruled = ruled(app, "Foorumi", of_branch(&tree, json!({ "applies_itself": true })), json!({}));
    apply(app, &ruled, json!({})).expect(200);
    let forum = make_network(app, network("Foorumi", json!({})));
    let merge = json!({ "duplicate_id": ruled });
    app.post(&format!("/v1/networks/{forum}/merge"), merge).by(Token::Writer).send().expect(200);
    assert_eq!(inside(app, &forum), "A A1 A2 A3");
    assert_eq!(differences(app, &forum, ""), Vec::<String>::new());
    assert_eq!(apply(app, &forum, json!({})).expect(200).json()["ended"], json!([]));
    patch(app, &path(app, "A1"), json!({ "office": "rector" }));
    assert_eq!(inside(app, &forum), "A A2 A3");
    let refused = app.delete(&format!("/v1/organisations/{}", tree.id("A"))).by(Token::Writer).if_match("*").send();
    refused.expect(409);
}
