//! The tree of organisations: what is below what, and the branch that follows from it.

use serde_json::{Value, json};

use super::{agency, at_once, change, delete, instant, listed, logged, read, text};
use crate::harness::{App, Token};

/// An organisation by its name, kind and what it is below; its id.
fn below(app: &App, name: &str, kind: &str, parent: Option<&str>) -> String {
    app.organisation_with(json!({ "name": { "fi": name }, "kind": kind, "parent_id": parent }))
}

fn path(id: &str) -> String {
    format!("/v1/organisations/{id}")
}

fn subtree(app: &App, tops: &str) -> Vec<String> {
    listed(app, &format!("/v1/organisations?subtree_of={tops}"))
}

fn branch(app: &App, id: &str) -> Value {
    read(app, &path(id))["branch"].clone()
}

/// A chain of five, with a neighbour beside all but the first: the chain's ids.
fn chain(app: &App) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for depth in 0..5 {
        let above = ids.last().map(String::as_str);
        if above.is_some() {
            below(app, &format!("Viereinen {depth}"), "company", above);
        }
        ids.push(below(app, &format!("Taso {depth}"), "agency", above));
    }
    ids
}

#[test]
fn a_subtree_is_what_is_below_at_any_depth_and_the_top_itself() {
    let app = App::start();
    let ids = chain(&app);
    let expected = |depth: usize| {
        let levels = (depth..5).map(|depth| format!("Taso {depth}"));
        let beside = (depth + 1..5).map(|depth| format!("Viereinen {depth}"));
        levels.chain(beside).collect::<Vec<_>>()
    };
    for (depth, id) in ids.iter().enumerate() {
        assert_eq!(subtree(&app, id), expected(depth), "from depth {depth}");
    }
    // Two that overlap give each organisation once; the other filters narrow it, and the count is that of the list.
    assert_eq!(subtree(&app, &format!("{},{}", ids[3], ids[1])), expected(1));
    let narrowed = format!("/v1/organisations?subtree_of={}&kind=company&count=true&limit=1", ids[1]);
    assert_eq!(read(&app, &narrowed)["total"], 3);
    assert_eq!(subtree(&app, "01900000-0000-7001-8000-00000000ffff"), [""; 0]);
}

#[test]
fn a_move_takes_everything_below_along() {
    let app = App::start();
    let ids = chain(&app);
    let other = below(&app, "Muu", "agency", None);
    change(&app, &path(&ids[2]), json!({ "parent_id": other }));
    let moved = ["Taso 2", "Taso 3", "Taso 4", "Viereinen 3", "Viereinen 4"];
    assert_eq!(subtree(&app, &ids[0]), ["Taso 0", "Taso 1", "Viereinen 1", "Viereinen 2"]);
    assert_eq!(subtree(&app, &other), [&["Muu"], &moved[..]].concat());
    // To the top, and back below another part of its old tree.
    change(&app, &path(&ids[2]), json!({ "parent_id": null }));
    assert_eq!((subtree(&app, &ids[2]), subtree(&app, &other)), (moved.map(String::from).to_vec(), vec!["Muu".into()]));
    change(&app, &path(&ids[2]), json!({ "parent_id": ids[0] }));
    assert_eq!(subtree(&app, &ids[0]).len(), 9);
    assert_eq!(subtree(&app, &ids[1]), ["Taso 1", "Viereinen 2"]);
}

#[test]
fn a_move_derives_the_branches_below_anew() {
    let app = App::start();
    let [one, two] = ["Yksi", "Kaksi"].map(|name| below(&app, name, "ministry", None));
    let top = below(&app, "Ylin", "agency", Some(&one));
    let part = below(&app, "Osa", "agency", Some(&top));
    let overridden = agency("Muualla", json!({ "parent_id": part, "branch_override": one }));
    let overridden = app.organisation_with(overridden);
    let under_it = below(&app, "Sen alla", "agency", Some(&overridden));
    let ministry = below(&app, "Alla oleva ministeriö", "ministry", Some(&part));
    let before = read(&app, &path(&part));
    let then = instant();
    change(&app, &path(&top), json!({ "parent_id": two }));
    let branches = [&top, &part, &overridden, &under_it, &ministry].map(|id| branch(&app, id));
    assert_eq!(branches, [&two, &two, &one, &one, &ministry].map(|id| json!(id)));

    // What follows from others is no change of its own fields: the same version, but told in the log.
    let after = read(&app, &path(&part));
    assert_eq!((&after["version"], &after["updated_at"]), (&before["version"], &before["updated_at"]));
    let derived = (1, "updated".to_owned(), vec!["branch".to_owned()]);
    assert_eq!((logged(&app, &part).pop(), logged(&app, &part).len()), (Some(derived), 2));
    assert_eq!([&overridden, &under_it, &ministry].map(|id| logged(&app, id).len()), [1, 1, 1]);
    assert_eq!(logged(&app, &top).last().unwrap().0, 2);

    // And the past keeps its own.
    assert_eq!(read(&app, &format!("{}?as_of={then}", path(&part)))["branch"], json!(one));
    let in_branch = |rest: &str| listed(&app, &format!("/v1/organisations?branch={one}{rest}"));
    assert_eq!(in_branch(""), ["Muualla", "Sen alla", "Yksi"]);
    assert_eq!(in_branch(&format!("&as_of={then}")), ["Muualla", "Osa", "Sen alla", "Yksi", "Ylin"]);
}

#[test]
fn a_branch_is_the_override_or_the_nearest_ministry_above_or_none() {
    let app = App::start();
    let [one, two] = ["Yksi", "Kaksi"].map(|name| below(&app, name, "ministry", None));
    let council = below(&app, "Liitto", "regional_council", None);
    let part = below(&app, "Liiton osa", "agency", Some(&council));
    assert_eq!([&one, &council, &part].map(|id| branch(&app, id)), [json!(one), Value::Null, Value::Null]);
    let id = app.organisation_with(agency("Virasto", json!({ "parent_id": one, "branch_override": two })));
    assert_eq!(branch(&app, &id), json!(two));
    change(&app, &path(&id), json!({ "branch_override": null }));
    assert_eq!(branch(&app, &id), json!(one));
    // What becomes a ministry is its own branch from then on, and that of those below; and no more when it stops.
    change(&app, &path(&council), json!({ "kind": "ministry" }));
    assert_eq!([&council, &part].map(|id| branch(&app, id)), [json!(council), json!(council)]);
    change(&app, &path(&council), json!({ "kind": "association" }));
    assert_eq!([&council, &part].map(|id| branch(&app, id)), [Value::Null, Value::Null]);
}

#[test]
fn a_branch_that_is_no_ministry_is_refused() {
    let app = App::start();
    let ministry = below(&app, "Ministeriö", "ministry", None);
    let other = below(&app, "Virasto", "agency", None);
    let unknown = "01900000-0000-7001-8000-00000000ffff";
    let refused =
        |document: Value| app.post("/v1/organisations", document).by(Token::Writer).send().expect(422).codes();
    let overridden = |by: &str| agency("Uusi", json!({ "branch_override": by }));
    assert_eq!(refused(overridden(&other)), "invalid not_a_ministry:/branch_override");
    assert_eq!(refused(overridden(unknown)), "invalid unknown_reference:/branch_override");
    let own = json!({ "name": { "fi": "Uusi" }, "kind": "ministry", "branch_override": ministry });
    assert_eq!(refused(own), "invalid ministry_own_branch:/branch_override");
    let both = agency("Uusi", json!({ "branch_override": other, "parent_id": unknown }));
    assert_eq!(refused(both), "invalid unknown_reference:/parent_id not_a_ministry:/branch_override");
    let patch = app.patch(&path(&ministry), json!({ "branch_override": ministry })).by(Token::Writer).if_match("*");
    assert_eq!(patch.send().expect(422).codes(), "invalid ministry_own_branch:/branch_override");
}

#[test]
fn a_ministry_that_others_name_as_their_branch_stays_one() {
    let app = App::start();
    let ministry = below(&app, "Ministeriö", "ministry", None);
    let named = app.organisation_with(agency("Virasto", json!({ "branch_override": ministry })));
    let patch = || app.patch(&path(&ministry), json!({ "kind": "agency" })).by(Token::Writer).if_match("*").send();
    assert_eq!(patch().expect(409).codes(), "in_use");
    assert_eq!(branch(&app, &named), json!(ministry));
    change(&app, &path(&named), json!({ "branch_override": null }));
    patch().expect(200);
}

#[test]
fn what_something_is_a_part_of_is_never_below_it() {
    let app = App::start();
    let ids = chain(&app);
    let top = read(&app, &path(&ids[0]));
    for id in &ids {
        let patch = app.patch(&path(&ids[0]), json!({ "parent_id": id })).by(Token::Writer).if_match("*");
        assert_eq!(patch.send().expect(409).codes(), "conflict cycle:/parent_id");
        let put = app.put(&path(&ids[0]), agency("Taso 0", json!({ "parent_id": id }))).by(Token::Writer).if_match("*");
        assert_eq!(put.send().expect(409).codes(), "conflict cycle:/parent_id");
    }
    assert_eq!(read(&app, &path(&ids[0])), top);
    assert_eq!(subtree(&app, &ids[0]).len(), 9);
}

#[test]
fn two_moves_at_once_never_make_a_cycle() {
    let app = App::start();
    let [one, two] = ["Yksi", "Kaksi"].map(|name| below(&app, name, "agency", None));
    let part = below(&app, "Kahden osa", "agency", Some(&two));
    let moved = |id: &str, parent: &str| {
        app.patch(&path(id), json!({ "parent_id": parent })).by(Token::Writer).if_match("*").send()
    };
    let mut won = [0, 0];
    for round in 0..40 {
        // In every other round the cycle would be one of three.
        let to = if round % 2 == 0 { &two } else { &part };
        let statuses = at_once([&|| moved(&one, to), &|| moved(&two, &one)]);
        let winner = statuses.iter().position(|status| *status == 200).unwrap_or_else(|| panic!("{statuses:?}"));
        assert_eq!(statuses[1 - winner], 409, "round {round}: {statuses:?}");
        won[winner] += 1;
        let parents = [&one, &two].map(|id| read(&app, &path(id))["parent_id"].is_null());
        assert_eq!(parents, [winner == 1, winner == 0], "round {round}");
        for id in [&one, &two] {
            change(&app, &path(id), json!({ "parent_id": null }));
        }
    }
    println!("the first won {} times, the second {}", won[0], won[1]);
}

#[test]
fn what_others_refer_to_is_not_deleted() {
    let app = App::start();
    let ministry = below(&app, "Ministeriö", "ministry", None);
    let part = below(&app, "Osa", "agency", Some(&ministry));
    let named = app.organisation_with(agency("Muualla", json!({ "branch_override": ministry })));
    let network = super::make_network(&app, super::network("Verkosto", json!({ "host_organisation_id": ministry })));
    let refused = || {
        let answer = app.delete(&path(&ministry)).by(Token::Writer).if_match("*").send().expect(409);
        assert_eq!(answer.codes(), "in_use");
        text(&answer.json()["detail"])
    };
    assert!(refused().contains("organisations.parent_id"));
    change(&app, &path(&part), json!({ "parent_id": null }));
    assert!(refused().contains("networks.host_organisation_id"));
    delete(&app, &format!("/v1/networks/{network}"));
    assert!(refused().contains("organisations.branch"));
    delete(&app, &path(&named));
    delete(&app, &path(&ministry));
    app.get(&path(&ministry)).by(Token::Reader).send().expect(410);
    // What is gone is no place to move to, or to begin in.
    let patch = app.patch(&path(&part), json!({ "parent_id": ministry })).by(Token::Writer).if_match("*");
    assert_eq!(patch.send().expect(422).codes(), "invalid unknown_reference:/parent_id");
}
