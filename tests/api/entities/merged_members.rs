//! What is left of a member who was merged into another: the way to the other, and what they were.

use std::time::Duration;

use serde_json::{Value, json};
use solmu::auth::token::mint;

use super::instant;
use super::member_merges::{merge, path, two};
use super::people::{hr, patch};
use crate::database::SECRET;
use crate::harness::{App, Token};

#[test]
fn a_read_of_the_duplicate_is_sent_on() {
    let app = App::start();
    let never = instant();
    let [a, b] = two(&app, json!({}), json!({}));
    let before = app.get(&path(&b)).by(Token::Hr).send().expect(200);
    let then = instant();
    merge(&app, &a, &b, json!({})).expect(200);
    for (below, query) in [
        ("", ""),
        ("", "?fields=family_name&include=completeness"),
        ("/profile", "?fields=bio"),
        ("/memberships", "?state=active&limit=3"),
        ("/identities", ""),
    ] {
        for method in ["GET", "HEAD"] {
            let target = format!("{}{below}{query}", path(&b));
            let answer = app.request(method, &target).by(Token::Hr).send().expect(308);
            assert_eq!(answer.header("location"), Some(format!("{}{below}{query}", path(&a)).as_str()), "{method}");
            assert!(answer.body.is_empty() && answer.header("etag").is_none(), "{answer:?}");
            assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
            app.get(answer.header("location").unwrap()).by(Token::Hr).send().expect(200);
        }
    }
    // However the id is written.
    let shouted = format!("/v1/members/{}", b.to_uppercase());
    let answer = app.get(&shouted).by(Token::Hr).send().expect(308);
    assert_eq!(answer.header("location"), Some(path(&a).as_str()));
    // As it was, it is itself; after the merge it was this one.
    let past = app.get(&format!("{}?as_of={then}", path(&b))).by(Token::Hr).send().expect(200);
    assert_eq!(past.body, before.body);
    // Before it was there, it was nowhere.
    for below in ["", "/profile", "/memberships", "/identities"] {
        let answer = app.get(&format!("{}{below}?as_of={never}", path(&b))).by(Token::Hr).send().expect(404);
        assert_eq!(answer.codes(), "not_found", "{below}");
    }
    let later = instant();
    app.get(&format!("{}?as_of={later}", path(&b))).by(Token::Hr).send().expect(308);
    let listed = |query: &str| hr(&app, &format!("/v1/members?count=true{query}"))["total"].clone();
    assert_eq!((listed(""), listed(&format!("&as_of={then}"))), (json!(1), json!(2)));
    // Who may not read is not told, and nobody writes to it.
    app.get(&path(&b)).by(Token::Reader).send().expect(308);
    let secret = SECRET.parse().unwrap();
    let writes_alone = mint(&secret, "script", "directory:write", Duration::from_secs(60)).unwrap();
    app.get(&path(&b)).header("authorization", &format!("Bearer {writes_alone}")).send().expect(403);
    app.get(&path(&b)).send().expect(401);
    let writes = [
        app.patch(&path(&b), json!({ "phone": "1" })).if_match("*"),
        app.delete(&path(&b)).if_match("*"),
        app.post(&format!("{}/confirm", path(&b)), json!({})),
        app.post(&format!("{}/identities", path(&b)), json!({ "issuer": "x", "subject": "y" })),
    ];
    for write in writes {
        let refused = write.by(Token::Hr).header("accept-language", "en").send().expect(410);
        let problem = refused.json();
        assert_eq!((refused.codes().as_str(), &problem["tombstone"]["merged_into"]), ("merged", &json!(a)));
        assert!(problem["detail"].as_str().unwrap().contains(&a), "{problem}");
    }
}

#[test]
fn chains_lead_straight_to_the_last() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({}));
    let [c, d] = two(&app, json!({}), json!({}));
    merge(&app, &b, &a, json!({})).expect(200);
    merge(&app, &c, &b, json!({})).expect(200);
    for gone in [&a, &b] {
        assert_eq!(app.get(&path(gone)).by(Token::Hr).send().expect(308).header("location"), Some(path(&c).as_str()));
    }
    for again in [&a, &b] {
        let refused = merge(&app, &c, again, json!({})).expect(409);
        assert_eq!(refused.codes(), "already_merged merged:/duplicate_id");
        assert_eq!(refused.json()["merged_into"], json!(c));
        assert_eq!(merge(&app, again, &d, json!({})).expect(410).codes(), "merged");
    }
    // Whoever is forgotten is forgotten whole, with all that they once were.
    let then = instant();
    let find = |query: &str| hr(&app, &format!("/v1/members?count=true{query}"))["total"].clone();
    assert_eq!(find(&format!("&as_of={then}&name_prefix=aalto")), json!(1));
    app.delete(&path(&c)).by(Token::Hr).if_match("*").send().expect(204);
    for gone in [&a, &b, &c] {
        let answer = app.get(&path(gone)).by(Token::Hr).send().expect(410);
        assert!(answer.json()["tombstone"]["merged_into"].is_null(), "{answer:?}");
        app.get(&format!("{}?as_of={then}", path(gone))).by(Token::Hr).send().expect(410);
    }
    let rows: Vec<i64> = app
        .db()
        .read_now(|conn| {
            use diesel::prelude::*;
            use solmu::db::schema::{member_names, member_revisions};
            let ids = [a.clone(), b.clone(), c.clone()];
            let names = member_names::table.filter(member_names::member_id.eq_any(ids.clone())).count();
            let revisions = member_revisions::table.filter(member_revisions::id.eq_any(ids)).count();
            Ok(vec![names.get_result(conn)?, revisions.get_result(conn)?])
        })
        .unwrap();
    assert_eq!(rows, [0, 0]);
}

/// Each may have hidden something from others: neither HR nor the record that stays decides that anew.
#[test]
fn nobody_is_shown_what_either_record_hid() {
    let app = App::start();
    let [a, b] = two(&app, json!({}), json!({ "phone": "+358 1" }));
    let profile = |id: &str, fields: Value| {
        patch(&app, &format!("{}/profile", path(id)), fields);
    };
    profile(&a, json!({ "visibility": { "contact": "shared_networks", "skills": "only_me" } }));
    let hidden = json!({ "contact": "own_organisation", "bio": "only_me", "experience": "own_organisation" });
    profile(&b, json!({ "visibility": hidden, "bio": { "fi": "Salainen" } }));
    let refused = merge(&app, &a, &b, json!({ "visibility": "survivor" })).expect(422);
    assert!(refused.codes().contains("unknown_field:/fields/visibility"), "{refused:?}");
    merge(&app, &a, &b, json!({})).expect(200);
    let merged = hr(&app, &format!("{}/profile", path(&a)));
    assert_eq!(merged["bio"]["fi"], "Salainen");
    let expected = json!({ "contact": "only_me", "bio": "only_me", "skills": "only_me", "availability": "administration",
        "experience": "own_organisation", "memberships": "administration" });
    assert_eq!(merged["visibility"], expected);
    let read = |target: String| app.get(&target).by(Token::Reader).send().expect(200).json();
    assert!(read(format!("{}/profile", path(&a))).get("bio").is_none());
    assert!(read(path(&a)).get("phone").is_none());
}
