//! What a reorganisation must say, in which state what may be done with it, and who may.

use serde_json::{Value, json};

use super::organisation_changes::{applied, apply, plan, preview, reorganisation};
use super::people::make_person;
use super::{agency, delete, instant, read, text};
use crate::harness::{App, Token};

const NOBODY: &str = "01900000-0000-7fff-bfff-ffffffffffff";

#[test]
fn each_type_has_its_shape() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let (a, b, c) = (a.as_str(), b.as_str(), c.as_str());
    let none = || json!({});
    let moves = |moves: Value| json!({ "moves": moves });
    let name = |id: &str| json!({ "renames": [{ "organisation_id": id, "name": { "fi": "Uusi" } }] });
    let rest = |from: &str, to: &str| json!({ "from": from, "to": to });
    for (document, codes) in [
        (reorganisation("merge", &[a, b], &[], none()), "merge_shape:/result_ids"),
        (reorganisation("merge", &[a], &[a], none()), "merge_shape:/result_ids"),
        (reorganisation("split", &[a], &[b], none()), "split_shape:/result_ids"),
        (reorganisation("transfer", &[a], &[b], none()), "transfer_shape:/moves"),
        (reorganisation("closure", &[a, b], &[b], none()), "closure_shape:/result_ids"),
        (reorganisation("rename", &[a], &[], none()), "rename_shape:/renames"),
        (reorganisation("rename", &[a, b], &[], name(a)), "rename_shape:/renames"),
        (reorganisation("rename", &[a], &[b], name(a)), "rename_shape:/renames"),
        (reorganisation("merge", &[], &[b], none()), "empty"),
        (reorganisation("merge", &[a, a], &[b], none()), "repeated:/original_ids"),
        (reorganisation("merge", &[a], &[b], name(a)), "rename_of:/renames/0/organisation_id"),
        (reorganisation("merge", &[a], &[b], name(c)), "rename_of:/renames/0/organisation_id"),
        (reorganisation("merge", &[a], &[b], moves(json!([rest(c, b)]))), "move_from:/moves/0/from"),
        (reorganisation("merge", &[a], &[b], moves(json!([rest(a, b), rest(a, c)]))), "move_to:/moves/1/to"),
        (reorganisation("merge", &[a], &[b], moves(json!([rest(a, a)]))), "move_to:/moves/0/to"),
        (reorganisation("merge", &[a], &[b], moves(json!([{ "from": a }]))), "move_nowhere:/moves/0/to"),
        (
            reorganisation("merge", &[a], &[b], moves(json!([{ "from": a, "to": b, "nowhere": true }]))),
            "move_nowhere:/moves/0/to",
        ),
        (
            reorganisation(
                "merge",
                &[a],
                &[b],
                moves(json!([{ "from": a, "to": b, "what": ["networks"], "units": ["x"] }])),
            ),
            "move_what:/moves/0/what",
        ),
        // A split says where the rest goes: all of it.
        (reorganisation("split", &[a], &[b, c], none()), "moves_no_rest:/original_ids/0"),
        (
            reorganisation("split", &[a], &[b, c], moves(json!([{ "from": a, "to": b, "units": ["x"] }]))),
            "moves_no_rest:/original_ids/0",
        ),
        (
            reorganisation(
                "split",
                &[a],
                &[b, c],
                moves(json!([{ "from": a, "to": b, "what": ["people", "networks"] }])),
            ),
            "moves_no_rest:/original_ids/0",
        ),
        (
            reorganisation("closure", &[a, b], &[], moves(json!([{ "from": a, "nowhere": true }]))),
            "moves_no_rest:/original_ids/1",
        ),
        (reorganisation("merge", &[a, NOBODY], &[b], none()), "unknown_reference:/original_ids/1"),
        (reorganisation("merge", &[a], &[NOBODY], none()), "unknown_reference:/result_ids/0"),
    ] {
        let answer = app.post("/v1/organisation-changes", &document).by(Token::Writer).send().expect(422);
        assert!(answer.codes().contains(codes) || codes == "empty", "{codes}: {answer:?}");
    }
    // Of what lives on, no rule needs to take the rest.
    for document in [
        reorganisation("split", &[a], &[a, b], moves(json!([{ "from": a, "to": b, "units": ["x"] }, rest(a, a)]))),
        reorganisation("merge", &[a, b], &[b], name(b)),
        reorganisation("closure", &[a], &[b], json!({})),
    ] {
        plan(&app, document);
    }
}

#[test]
fn what_is_planned_can_be_edited_and_nothing_else() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let document = || reorganisation("merge", &[&a], &[&b], json!({}));
    let states = |path: &str| {
        let patch = app.patch(path, json!({ "effective_on": "2026-02-01" })).by(Token::Writer).if_match("*");
        let put = app.put(path, document()).by(Token::Writer).if_match("*");
        let cancel = app.post(&format!("{path}/cancel"), json!({})).by(Token::Writer);
        [patch.send(), put.send(), cancel.send(), apply(&app, path)].map(|answer| (answer.status, answer.codes()))
    };
    let cancelled = plan(&app, document());
    app.post(&format!("{cancelled}/cancel"), json!({})).by(Token::Writer).send().expect(200);
    let done = plan(&app, document());
    assert_eq!(apply(&app, &done).expect(200).json()["state"], "applied");
    for path in [&cancelled, &done] {
        let refused = |code: &str| (409, code.to_owned());
        let codes = ["change_not_planned", "change_not_planned", "move_not_allowed", "move_not_allowed"];
        assert_eq!(states(path), codes.map(refused), "{path}");
    }
    app.delete(&done).by(Token::Writer).if_match("*").send().expect(409);
    delete(&app, &cancelled);
    // What a plan names is not deleted; once that is gone, it may be.
    let [c, d] = ["C", "D"].map(|name| app.organisation(name));
    let path = plan(&app, reorganisation("merge", &[&c], &[&d], json!({})));
    let gone = |id: &str| app.delete(&format!("/v1/organisations/{id}")).by(Token::Writer).if_match("*").send().status;
    assert_eq!([gone(&c), gone(&d), gone(&b)], [409, 409, 409]);
    delete(&app, &path);
    assert_eq!([gone(&c), gone(&d)], [204, 204]);
}

#[test]
fn what_stands_in_the_way_is_told_before_and_refused() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let young = app.organisation_with(agency("Nuori", json!({ "valid_from": "2026-05-01" })));
    let later = plan(&app, reorganisation("merge", &[&a], &[&b], json!({ "effective_on": "2999-01-01" })));
    let early = plan(&app, reorganisation("merge", &[&young], &[&b], json!({})));
    let second = plan(&app, reorganisation("merge", &[&a, &c], &[&b], json!({})));
    applied(&app, reorganisation("merge", &[&a], &[&c], json!({})));
    for (path, codes) in [
        (&later, "change_not_yet:/effective_on party_ended:/original_ids/0"),
        (&early, "end_before_start:/effective_on"),
        (&second, "party_ended:/original_ids/0"),
    ] {
        let told = preview(&app, path);
        let obstacles = told["obstacles"].as_array().unwrap().iter();
        let told: Vec<_> = obstacles.map(|one| format!("{}:{}", text(&one["code"]), text(&one["pointer"]))).collect();
        assert_eq!(told.join(" "), codes);
        assert_eq!(apply(&app, path).expect(409).codes(), format!("conflict {codes}"));
        assert_eq!(read(&app, path)["state"], "planned");
    }
}

/// What was looked at is what is applied.
#[test]
fn a_preview_of_another_plan_is_stale() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let path = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let looked = |path: &str| app.get(&format!("{path}/preview")).by(Token::Reader).send().expect(200).etag();
    let before = looked(&path);
    super::change(&app, &path, json!({ "result_ids": [c] }));
    let send = |tag: &str| app.post(&format!("{path}/apply"), json!({})).by(Token::Hr).if_match(tag).send();
    send(&before).expect(412);
    send(&looked(&path)).expect(200);
    assert_eq!(read(&app, &format!("/v1/organisations/{a}"))["successors"][0]["id"], json!(c));
}

/// Plans are on record, too: as they were, and who was part of them.
#[test]
fn plans_are_found_and_read_as_they_were() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let first = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let fields = json!({ "effective_on": "2026-03-01", "external_ids": [{ "source": "register", "id": "7" }] });
    let second = plan(&app, reorganisation("closure", &[&b], &[&c], fields));
    let then = instant();
    super::change(&app, &first, json!({ "result_ids": [c] }));
    let found = |filter: &str| -> Vec<String> {
        let page = read(&app, &format!("/v1/organisation-changes?{filter}"));
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("/v1/organisation-changes/{}", text(&one["id"])))
            .collect()
    };
    let (one, two) = (vec![first.clone()], vec![second.clone()]);
    let both = vec![first.clone(), second.clone()];
    for (filter, expected) in [
        (format!("original={a}"), &one),
        (format!("original={a},{b}"), &both),
        (format!("result={c}"), &both),
        (format!("result={c}&as_of={then}"), &two),
        (format!("result={b}&as_of={then}"), &one),
        ("type=closure".to_owned(), &two),
        ("state=planned".to_owned(), &both),
        ("state=applied".to_owned(), &vec![]),
        ("effective_from=2026-02-01".to_owned(), &two),
        ("effective_until=2026-02-01".to_owned(), &one),
        ("external_id=register:7".to_owned(), &two),
        ("sort=-effective_on".to_owned(), &vec![second.clone(), first.clone()]),
    ] {
        assert_eq!(found(&filter), *expected, "{filter}");
    }
    let with = read(&app, &format!("{first}?include=originals,results"));
    assert_eq!((&with["originals"][0]["name"]["fi"], &with["results"][0]["name"]["fi"]), (&json!("A"), &json!("C")));
    let past = read(&app, &format!("{first}?include=results&as_of={then}"));
    assert_eq!(past["results"][0]["name"]["fi"], "B");
}

/// What applies itself moves people: who may not, does not have it done either.
#[test]
fn to_have_people_moved_takes_the_right_to_move_them() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let document = reorganisation("merge", &[&a], &[&b], json!({ "applies_itself": true }));
    let create = |token| app.post("/v1/organisation-changes", &document).by(token).send();
    assert_eq!(create(Token::Writer).expect(403).codes(), "scope_missing scope_missing:/applies_itself");
    let path = create(Token::Admin).expect(201).header("location").unwrap().to_owned();
    let patch = |fields: Value, token| app.patch(&path, fields).by(token).if_match("*").send();
    for fields in [json!({ "applies_itself": false }), json!({ "result_ids": [a], "original_ids": [b] })] {
        assert_eq!(patch(fields, Token::Writer).expect(403).codes(), "scope_missing scope_missing:/applies_itself");
    }
    assert_eq!(patch(json!({ "applies_itself": false }), Token::Admin).expect(200).json()["version"], 2);
    assert_eq!(
        patch(json!({ "applies_itself": true }), Token::Writer).expect(403).codes(),
        "scope_missing scope_missing:/applies_itself"
    );
}

/// Nothing is put into the branch of a ministry that has ended; what was there stays as writable as it was.
#[test]
fn no_branch_is_that_of_an_ended_ministry() {
    let app = App::start();
    let ministry = |name: &str| app.organisation_with(json!({ "name": { "fi": name }, "kind": "ministry" }));
    let [ended, other, result] = ["Vanha", "Toinen", "Uusi"].map(ministry);
    let inside = app.organisation_with(agency("Virasto", json!({ "branch_override": other })));
    applied(&app, reorganisation("merge", &[&ended], &[&result], json!({})));
    let in_branch = |id: &str| json!({ "branch_override": id });
    let made = app.post("/v1/organisations", agency("X", in_branch(&ended))).by(Token::Writer).send().expect(409);
    assert_eq!(made.codes(), "conflict organisation_ended:/branch_override");
    assert_eq!(made.json()["successors"][0]["id"], json!(result));
    let path = format!("/v1/organisations/{inside}");
    let patch = |body: Value| app.patch(&path, body).by(Token::Writer).if_match("*").send();
    patch(in_branch(&ended)).expect(409);
    // As one of before there was this rule.
    let end = format!(
        "UPDATE organisations SET ended_by = (SELECT ended_by FROM organisations WHERE id = '{ended}'), \
         successors = (SELECT successors FROM organisations WHERE id = '{ended}') WHERE id = '{other}'"
    );
    use diesel::connection::SimpleConnection;
    app.db().write_here(None, |tx| Ok(tx.conn.batch_execute(&end)?)).unwrap();
    assert_eq!(patch(json!({ "name": { "fi": "Uusi nimi" } })).expect(200).json()["branch"], json!(other));
    patch(json!({ "branch_override": null })).expect(200);
    patch(in_branch(&other)).expect(409);
    patch(in_branch(&result)).expect(200);
}

/// A database may have written documents anew, with spaces in them: they are changed all the same.
#[test]
fn what_the_database_wrote_is_changed_all_the_same() {
    let app = App::start();
    let [original, result] = ["Vanha", "Uusi"].map(|name| app.organisation(name));
    let part = app.organisation_with(agency("Osa", json!({ "parent_id": original })));
    let person = make_person(&app, "Aalto", json!({ "organisation_id": original }));
    let club = super::make_network(&app, super::network("Kerho", json!({ "host_organisation_id": original })));
    use diesel::connection::SimpleConnection;
    for table in ["organisations", "members", "networks"] {
        let spaced = format!("UPDATE {table} SET document = replace(document, '\":', '\": ')");
        app.db().write_here(None, |tx| Ok(tx.conn.batch_execute(&spaced)?)).unwrap();
    }
    applied(&app, reorganisation("merge", &[&original], &[&result], json!({})));
    let field = |path: String, name: &str| app.get(&path).by(Token::Admin).send().expect(200).json()[name].clone();
    assert_eq!(field(format!("/v1/organisations/{part}"), "parent_id"), json!(result));
    assert_eq!(field(format!("/v1/members/{person}"), "organisation_id"), json!(result));
    assert_eq!(field(format!("/v1/networks/{club}"), "host_organisation_id"), json!(result));
    assert!(field(format!("/v1/organisations/{original}"), "valid_to").is_string());
}

/// What has ended is described as before, and nothing else of it changes.
#[test]
fn what_a_reorganisation_ended_stays_ended() {
    let app = App::start();
    let [ended, result] = ["Vanha", "Uusi"].map(|name| app.organisation(name));
    applied(&app, reorganisation("merge", &[&ended], &[&result], json!({})));
    let path = format!("/v1/organisations/{ended}");
    let patch = |fields: Value| app.patch(&path, fields).by(Token::Writer).if_match("*").send();
    for (fields, pointer) in [
        (json!({ "valid_to": null }), "/valid_to"),
        (json!({ "parent_id": result }), "/parent_id"),
        (json!({ "kind": "ministry" }), "/kind"),
    ] {
        assert_eq!(patch(fields).expect(409).codes(), format!("conflict ended_by_change:{pointer}"));
    }
    patch(json!({ "website": "https://vanha.example/" })).expect(200);
}
