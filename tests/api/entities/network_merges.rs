//! Two records of one network become one: whose values stay, what goes along, and how the other leads there.

use serde_json::{Value, json};

use super::people::{ask, enter, hr, make_person};
use super::{at_once, change, instant, link, logged, make_link, make_network, network, read};
use crate::client::Answer;
use crate::harness::{App, Token};

fn merge(app: &App, id: &str, duplicate: &str, fields: Value) -> Answer {
    let body = json!({ "duplicate_id": duplicate, "fields": fields });
    app.post(&format!("/v1/networks/{id}/merge"), body).by(Token::Writer).send()
}

fn path(id: &str) -> String {
    format!("/v1/networks/{id}")
}

fn made(app: &App, name: &str, fields: Value) -> String {
    make_network(app, network(name, fields))
}

#[test]
fn a_field_stays_is_filled_in_or_is_chosen() {
    let app = App::start();
    let host = app.organisation("Virasto");
    let a = made(&app, "Yksi", json!({ "max_size": null, "links": [{ "rel": "about", "url": "https://a.example" }] }));
    let fields = json!({ "host_organisation_id": host, "max_size": 5, "admits": ["state"], "status": "closed",
        "closed_on": "2025-01-01", "description": { "fi": "Kuvaus" }, "external_ids": [{ "source": "x", "id": "1" }],
        "links": [{ "rel": "about", "url": "https://b.example" }] });
    let b = made(&app, "Kaksi", fields);
    let merged = merge(&app, &a, &b, json!({ "name": "duplicate", "links": "both" })).expect(200).json();
    assert_eq!(merged, app.get(&path(&a)).by(Token::Writer).send().expect(200).json());
    let told = ["version", "name", "host_organisation_id", "description", "status", "closed_on", "max_size", "admits"];
    let expected = [
        json!(2),
        json!({ "fi": "Kaksi" }),
        json!(host),
        json!({ "fi": "Kuvaus" }),
        json!("active"),
        Value::Null,
        Value::Null,
        json!([]),
    ];
    assert_eq!(told.map(|name| merged[name].clone()), expected);
    assert_eq!(merged["links"].as_array().unwrap().len(), 2);
    let listed = |query: &str| super::listed(&app, &format!("/v1/networks?{query}"));
    assert_eq!((listed("external_id=x:1"), listed("name_prefix=kaksi")), (vec!["Kaksi".into()], vec!["Kaksi".into()]));
    assert!(listed("name_prefix=yksi").is_empty());
    assert_eq!(logged(&app, &b).last().unwrap().1, "merged");
    // A choice that makes no sense by itself is refused as any such document.
    let [c, d] =
        [json!({}), json!({ "status": "closed", "closed_on": "2025-01-01" })].map(|fields| made(&app, "X", fields));
    let refused = merge(&app, &c, &d, json!({ "closed_on": "duplicate" })).expect(422);
    assert_eq!(refused.codes(), "invalid closed_on_of_open:/fields/closed_on");
    for (fields, codes) in [
        (json!({ "needs_coordinator": "survivor" }), "invalid unknown_field:/fields/needs_coordinator"),
        (json!({ "kind": "both" }), "invalid unknown_value:/fields/kind"),
    ] {
        assert_eq!(merge(&app, &c, &d, fields).expect(422).codes(), codes);
    }
    assert_eq!(merge(&app, &c, &c, json!({})).expect(422).codes(), "invalid merge_with_itself:/duplicate_id");
    let body = json!({ "duplicate_id": d, "duplicate_version": 2 });
    let stale = app.post(&format!("{}/merge", path(&c)), body).by(Token::Writer).send().expect(412);
    assert_eq!(stale.codes(), "stale stale:/duplicate_version");
    assert_eq!(merge(&app, &c, &b, json!({})).expect(409).codes(), "already_merged merged:/duplicate_id");
}

#[test]
fn what_was_seen_by_few_is_not_seen_by_more() {
    let app = App::start();
    let [a, b, c] =
        ["public", "members", "public"].map(|visibility| made(&app, "X", json!({ "visibility": visibility })));
    let then = instant();
    // The narrower of the two, unless somebody says otherwise.
    assert_eq!(merge(&app, &a, &b, json!({})).expect(200).json()["visibility"], "members");
    for id in [&a, &b] {
        app.get(&path(id)).by(Token::Reader).send().expect(404);
        app.get(&format!("{}?as_of={then}", path(id))).by(Token::Reader).send().expect(404);
        app.get(&format!("{}?as_of={then}", path(id))).by(Token::Writer).send().expect(200);
    }
    assert_eq!(app.get(&path(&b)).by(Token::Writer).send().expect(308).header("location"), Some(path(&a).as_str()));
    let d = made(&app, "X", json!({ "visibility": "members" }));
    assert_eq!(merge(&app, &c, &d, json!({ "visibility": "survivor" })).expect(200).json()["visibility"], "public");
    // What only its members saw is not known to others to have been merged.
    app.get(&path(&d)).by(Token::Reader).send().expect(404);
    app.get(&path(&d)).by(Token::Writer).send().expect(308);
    // And of what everybody saw it is known that it is gone, but not what it is now, where that is out of sight.
    let [e, f] = [0, 1].map(|_| made(&app, "X", json!({})));
    let before = format!("{}?as_of={}", path(&f), instant());
    merge(&app, &e, &f, json!({})).expect(200);
    app.get(&path(&f)).by(Token::Reader).send().expect(308);
    app.get(&before).by(Token::Reader).send().expect(200);
    change(&app, &path(&e), json!({ "visibility": "members" }));
    app.get(&before).by(Token::Reader).send().expect(410);
    app.get(&before).by(Token::Writer).send().expect(200);
    let gone = app.get(&path(&f)).by(Token::Reader).send().expect(410);
    assert!(gone.codes() == "gone" && !String::from_utf8_lossy(&gone.body).contains(&e), "{gone:?}");
}

#[test]
fn a_read_of_the_duplicate_is_sent_on() {
    let app = App::start();
    let never = instant();
    let [a, b, c] = [0, 1, 2].map(|_| made(&app, "X", json!({})));
    let before = app.get(&path(&b)).by(Token::Reader).send().expect(200);
    let unlinked = instant();
    let moved = make_link(&app, &b, "partner_of", &c);
    let then = instant();
    merge(&app, &a, &b, json!({})).expect(200);
    for below in ["", "?include=links&fields=name", "/links?direction=outgoing"] {
        for method in ["GET", "HEAD"] {
            let answer = app.request(method, &format!("{}{below}", path(&b))).by(Token::Reader).send().expect(308);
            assert_eq!(answer.header("location"), Some(format!("{}{below}", path(&a)).as_str()));
        }
    }
    assert_eq!(app.get(&format!("{}/memberships", path(&b))).by(Token::Hr).send().expect(308).body.len(), 0);
    app.get(&format!("{}/membership-counts", path(&b))).by(Token::Hr).send().expect(308);
    let answer = app.get(&moved).by(Token::Reader).send().expect(308);
    assert_eq!(read(&app, answer.header("location").unwrap())["from"], json!(a));
    assert_eq!(read(&app, &format!("{moved}?as_of={then}"))["from"], json!(b));
    // Before they were there, they were nowhere.
    for target in [&path(&b), &format!("{}/links", path(&b)), &moved] {
        app.get(&format!("{target}?as_of={never}")).by(Token::Reader).send().expect(404);
    }
    app.get(&format!("{moved}?as_of={unlinked}")).by(Token::Reader).send().expect(404);
    let past = app.get(&format!("{}?as_of={then}", path(&b))).by(Token::Reader).send().expect(200);
    assert_eq!(past.body, before.body);
    let refused =
        app.patch(&path(&b), json!({ "status": "dormant" })).by(Token::Writer).if_match("*").send().expect(410);
    assert_eq!((refused.codes().as_str(), &refused.json()["tombstone"]["merged_into"]), ("merged", &json!(a)));
    let id = make_person(&app, "Aalto", json!({}));
    assert_eq!(ask(&app, &b, "join", &id, json!({})).expect(410).codes(), "merged");
    merge(&app, &c, &a, json!({})).expect(200);
    assert_eq!(app.get(&path(&b)).by(Token::Reader).send().expect(308).header("location"), Some(path(&c).as_str()));
}

/// The links of a network: type, direction and the other end.
fn links(app: &App, id: &str) -> Vec<(String, bool, String)> {
    let page = read(app, &format!("{}/links?limit=200", path(id)));
    let own = page["items"].as_array().unwrap().iter().map(|item| {
        let is_from = item["from"] == id;
        (super::text(&item["type"]), is_from, super::text(&item[if is_from { "to" } else { "from" }]))
    });
    let mut own: Vec<_> = own.collect();
    own.sort();
    own
}

#[test]
fn links_go_along_but_those_between_the_two_and_those_it_has() {
    let app = App::start();
    let [a, b, c, d] = [0, 1, 2, 3].map(|_| made(&app, "X", json!({})));
    let between = make_link(&app, &b, "succeeds", &a);
    make_link(&app, &a, "part_of", &c);
    let double = make_link(&app, &b, "part_of", &c);
    make_link(&app, &a, "partner_of", &d);
    let turned = make_link(&app, &d, "partner_of", &b);
    let outgoing = make_link(&app, &b, "alumni_of", &c);
    let incoming = make_link(&app, &d, "steers", &b);
    // At another time it says something else.
    let times = json!({ "valid_from": "2010-01-01", "valid_to": "2011-01-01" });
    let earlier = link(&app, &b, "part_of", &c, times).expect(201).header("location").unwrap().to_owned();
    let then = instant();
    merge(&app, &a, &b, json!({})).expect(200);
    let expected = [
        ("alumni_of", true, &c),
        ("part_of", true, &c),
        ("part_of", true, &c),
        ("partner_of", true, &d),
        ("steers", false, &d),
    ];
    assert_eq!(links(&app, &a), expected.map(|(kind, is_from, other)| (kind.to_owned(), is_from, other.clone())));
    for gone in [&between, &double, &turned] {
        assert_eq!(app.get(gone).by(Token::Reader).send().expect(410).codes(), "gone");
        read(&app, &format!("{gone}?as_of={then}"));
    }
    for (kept, field) in [(&outgoing, "from"), (&incoming, "to"), (&earlier, "from")] {
        let log = logged(&app, kept.rsplit('/').next().unwrap());
        assert_eq!(log.last().unwrap(), &(2, "updated".to_owned(), vec![field.to_owned()]));
    }
}

#[test]
fn links_never_go_in_a_circle() {
    let app = App::start();
    for link_type in ["part_of", "steers", "succeeds"] {
        let [a, b, c, d] = [0, 1, 2, 3].map(|_| made(&app, "X", json!({})));
        let first = make_link(&app, &a, link_type, &c);
        make_link(&app, &c, link_type, &d);
        let last = make_link(&app, &d, link_type, &b);
        let answer = merge(&app, &a, &b, json!({}));
        if link_type == "succeeds" {
            answer.expect(200);
            continue;
        }
        let refused = answer.expect(409);
        assert_eq!(refused.codes(), "conflict merge_cycle:/duplicate_id");
        let ids = refused.json()["conflicts_with"].clone();
        let own = |path: &str| json!(path.rsplit('/').next().unwrap());
        assert!(
            ids.as_array().unwrap().len() == 2
                && [own(&first), own(&last)].iter().all(|id| ids.as_array().unwrap().contains(id)),
            "{ids}"
        );
        assert_eq!(
            (links(&app, &a).len(), links(&app, &b).len(), read(&app, &path(&a))["version"].clone()),
            (1, 1, json!(1))
        );
        // What has ended before the rest began is no circle.
        app.post(&format!("{first}/end"), json!({ "valid_to": "2020-01-01" })).by(Token::Writer).send().expect(200);
        merge(&app, &a, &b, json!({})).expect(200);
    }
}

#[test]
fn memberships_go_along() {
    let app = App::start();
    let [a, b] = [0, 1].map(|_| made(&app, "X", json!({})));
    let [both, only, asked] = ["Aalto", "Berg", "Cavén"].map(|name| make_person(&app, name, json!({})));
    let stays = enter(&app, &a, "join", &both, json!({}));
    let leads = enter(&app, &b, "nominate", &both, json!({ "role": "coordinator" }));
    let moved = enter(&app, &b, "join", &only, json!({}));
    let invited = enter(&app, &b, "invite", &asked, json!({}));
    let then = instant();
    assert_eq!(read(&app, &path(&a))["needs_coordinator"], true);
    let merged = merge(&app, &a, &b, json!({})).expect(200).json();
    assert_eq!(merged["needs_coordinator"], false);
    let told = |path: &str| {
        let row = hr(&app, path);
        assert_eq!(row["network_id"], json!(a));
        (row["state"].as_str().unwrap().to_owned(), row["end_reason"].as_str().unwrap_or("–").to_owned())
    };
    let expected = |state: &str, reason: &str| (state.to_owned(), reason.to_owned());
    assert_eq!(told(&stays), expected("ended", "merged"));
    assert_eq!([told(&leads), told(&moved)], [expected("active", "–"), expected("active", "–")]);
    assert_eq!(told(&invited), expected("invited", "–"));
    let counts = hr(&app, &format!("{}/membership-counts", path(&a)));
    assert_eq!((&counts["active"], &counts["needs_coordinator"]), (&json!(2), &json!(false)));
    assert_eq!(hr(&app, &format!("{}/memberships?as_of={then}&count=true", path(&b)))["total"], 3);
    assert_eq!(hr(&app, &format!("{moved}?as_of={then}"))["network_id"], json!(b));
}

#[test]
fn a_merged_network_is_not_too_full() {
    let app = App::start();
    let [a, b] = [2, 9].map(|max| made(&app, "X", json!({ "max_size": max })));
    let people: Vec<String> =
        (0..3).map(|number| make_person(&app, "Aalto", json!({ "user_name": number.to_string() }))).collect();
    enter(&app, &a, "join", &people[0], json!({}));
    people.iter().for_each(|id| drop(enter(&app, &b, "join", id, json!({}))));
    let refused = merge(&app, &a, &b, json!({})).expect(409);
    assert_eq!(refused.codes(), "conflict max_below_members:/fields/max_size");
    assert_eq!(hr(&app, &format!("{}/membership-counts", path(&b)))["active"], 3);
    merge(&app, &a, &b, json!({ "max_size": "duplicate" })).expect(200);
    assert_eq!(hr(&app, &format!("{}/membership-counts", path(&a)))["active"], 3);
}

#[test]
fn a_merge_beside_others_leaves_nothing_half_done() {
    let app = App::start();
    for round in 0..8 {
        let [a, b, c] = [0, 1, 2].map(|_| made(&app, "X", json!({})));
        let people: Vec<String> = (0..3)
            .map(|number| make_person(&app, "Aalto", json!({ "user_name": format!("{round}-{number}") })))
            .collect();
        enter(&app, &b, "nominate", &people[0], json!({ "role": "coordinator" }));
        let leave = || {
            app.patch(&format!("/v1/members/{}", people[0]), json!({ "status": "left" }))
                .by(Token::Hr)
                .if_match("*")
                .send()
        };
        let mut statuses = at_once([
            &|| merge(&app, &a, &b, json!({})),
            &|| merge(&app, &b, &a, json!({})),
            &|| ask(&app, &b, "join", &people[1], json!({})),
            &|| ask(&app, &a, "join", &people[2], json!({})),
            &|| link(&app, &c, "part_of", &b, json!({})),
            &leave,
        ]);
        assert!(statuses.iter().all(|status| *status < 500) && statuses[5] == 200, "{round}: {statuses:?}");
        statuses[..2].sort();
        assert!(statuses[0] == 200 && [409, 410].contains(&statuses[1]), "{round}: {statuses:?}");
        let stays = [&a, &b].into_iter().find(|id| app.get(&path(id)).by(Token::Reader).send().status == 200).unwrap();
        let counts = hr(&app, &format!("{}/membership-counts", path(stays)));
        let came = statuses[2..4].iter().filter(|status| **status == 201).count();
        assert_eq!(
            (&counts["active"], &counts["needs_coordinator"]),
            (&json!(came), &json!(true)),
            "{round}: {statuses:?}"
        );
        assert_eq!(links(&app, stays).len(), usize::from(statuses[4] == 201), "{round}: {statuses:?}");
    }
}

/// What somebody who is forgotten at the same moment takes along is not told of any more.
#[test]
fn memberships_that_are_forgotten_meanwhile_are_not_told_of() {
    let app = App::start();
    let [a, b] = [0, 1].map(|_| made(&app, "X", json!({})));
    let person = make_person(&app, "Aalto", json!({}));
    let past = enter(&app, &b, "join", &person, json!({}));
    super::people::act(&app, &past, "end", json!({})).expect(200);
    let id = past.rsplit('/').next().unwrap();
    std::thread::scope(|scope| {
        let (forgotten, go) = std::sync::mpsc::channel();
        let app = &app;
        let forget = scope.spawn(move || {
            app.db().write_here(None, |tx| {
                use diesel::prelude::*;
                use solmu::db::schema::memberships;
                let own = memberships::table.filter(memberships::id.eq(id));
                diesel::delete(own).execute(tx.conn)?;
                forgotten.send(()).unwrap();
                // The merge has read what there was, and waits.
                std::thread::sleep(std::time::Duration::from_millis(500));
                Ok(())
            })
        });
        go.recv().unwrap();
        merge(app, &a, &b, json!({})).expect(200);
        forget.join().unwrap().unwrap();
    });
    // It was made, and it ended.
    assert_eq!(logged(&app, id).len(), 2);
}
