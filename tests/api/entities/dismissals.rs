//! Pairs that look like one and that somebody judged to be two.

use diesel::prelude::*;
use serde_json::{Value, json};
use solmu::db::schema::{dismissal_revisions, dismissals};

use super::duplicates::{pair, pairs, rows};
use super::people::{hr, make_person, patch};
use super::{delete, instant, make_network, network, text};
use crate::client::Answer;
use crate::harness::{App, Token};

const EMAIL: &str = "same_email";

fn judge(app: &App, verb: &str, first: &str, second: &str) -> Answer {
    let body = json!({ "first_id": first, "second_id": second });
    app.post(&format!("/v1/member-duplicates/{verb}"), body).by(Token::Hr).send()
}

/// Some people with one e-mail, in the order of their ids.
fn alike<const N: usize>(app: &App) -> [String; N] {
    std::array::from_fn(|number| {
        let fields = json!({ "user_name": format!("u{number}-{}", instant()), "email": "yhteinen@example.fi" });
        make_person(app, "Aalto", fields)
    })
}

/// The pairs that are listed, and those that were judged to be two; as they are, and as of now.
#[track_caller]
fn listed(app: &App, pairs_of: &[(&str, &str)], dismissed: &[(&str, &str)]) {
    let expected = |of: &[(&str, &str)]| {
        let mut all: Vec<_> = of.iter().map(|(first, second)| pair(first, second, &[EMAIL])).collect();
        all.sort();
        all
    };
    for time in ["".to_owned(), format!("&as_of={}", instant())] {
        for (query, of) in [("dismissed=false", pairs_of), ("dismissed=true", dismissed)] {
            let mut found = pairs(app, &format!("{query}{time}"));
            found.sort();
            assert_eq!(found, expected(of), "{query}{time}");
        }
    }
}

#[test]
fn who_are_two_are_not_listed_again() {
    let app = App::start();
    let [a, b] = alike(&app);
    let body = json!({ "first_id": b, "second_id": a, "note": "Nimikaimat" });
    let told = app.post("/v1/member-duplicates/dismiss", body).by(Token::Hr).send().expect(200).json();
    assert_eq!((&told["id"], &told["reasons"]), (&json!(format!("{a}:{b}")), &json!([EMAIL])));
    assert_eq!(told["dismissed"]["note"], "Nimikaimat");
    assert!(told["dismissed"]["dismissed_by"].is_string() && told["dismissed"]["dismissed_at"].is_string());
    listed(&app, &[], &[(&a, &b)]);
    let page = hr(&app, "/v1/member-duplicates?dismissed=true&count=true&reason=same_email");
    assert_eq!((&page["items"][0], &page["total"]), (&told, &json!(1)));
    assert_eq!(hr(&app, "/v1/member-duplicates?dismissed=true&reason=same_name_and_organisation")["items"], json!([]));
    // Again, by somebody else: the judgement stays as it was.
    let again = app.post("/v1/member-duplicates/dismiss", json!({ "first_id": a, "second_id": b }));
    assert_eq!(again.by(Token::Admin).send().expect(200).json(), told);
    // However either is changed.
    patch(&app, &format!("/v1/members/{a}"), json!({ "email": null }));
    listed(&app, &[], &[]);
    patch(&app, &format!("/v1/members/{a}"), json!({ "email": "YHTEINEN@example.fi" }));
    listed(&app, &[], &[(&a, &b)]);
    let then = instant();
    for _ in 0..2 {
        let restored = judge(&app, "restore", &a, &b).expect(200).json();
        assert!(restored["dismissed"].is_null(), "{restored}");
        listed(&app, &[(&a, &b)], &[]);
    }
    assert_eq!(pairs(&app, &format!("dismissed=true&as_of={then}")), [pair(&a, &b, &[EMAIL])]);
    assert!(pairs(&app, &format!("as_of={then}")).is_empty());
}

#[test]
fn only_a_pair_can_be_judged() {
    let app = App::start();
    let [a, b, c] = alike(&app);
    let other = make_person(&app, "Berg", json!({}));
    let nobody = "01900000-0000-7007-8000-00000000ffff";
    for verb in ["dismiss", "restore"] {
        // Those between whom there is a third are no pair.
        for (first, second) in [(&*a, &*other), (&a, nobody), (&a, &c)] {
            assert_eq!(judge(&app, verb, first, second).expect(404).codes(), "not_found");
        }
        assert_eq!(judge(&app, verb, &a, &a).expect(422).codes(), "invalid repeated:/second_id");
    }
    let body = json!({ "first_id": a, "second_id": b, "note": "a\nb" });
    let refused = app.post("/v1/member-duplicates/dismiss", body).by(Token::Hr).send().expect(422);
    assert_eq!(refused.codes(), "invalid not_one_line:/note");
}

/// Whoever is not the one before may be the one before that.
#[test]
fn the_next_candidate_takes_the_place() {
    let app = App::start();
    let [a, b, c, d] = alike(&app);
    listed(&app, &[(&a, &b), (&b, &c), (&c, &d)], &[]);
    judge(&app, "dismiss", &c, &d).expect(200);
    listed(&app, &[(&a, &b), (&b, &c), (&b, &d)], &[(&c, &d)]);
    judge(&app, "dismiss", &b, &d).expect(200);
    listed(&app, &[(&a, &b), (&b, &c), (&a, &d)], &[(&b, &d), (&c, &d)]);
    // Somebody who comes between is nearer than the one who is left.
    patch(&app, &format!("/v1/members/{b}"), json!({ "email": null }));
    listed(&app, &[(&a, &c), (&a, &d)], &[(&c, &d)]);
    judge(&app, "restore", &b, &d).expect(200);
    patch(&app, &format!("/v1/members/{b}"), json!({ "email": "yhteinen@example.fi" }));
    listed(&app, &[(&a, &b), (&b, &c), (&b, &d)], &[(&c, &d)]);
    judge(&app, "restore", &c, &d).expect(200);
    listed(&app, &[(&a, &b), (&b, &c), (&c, &d)], &[]);
}

#[test]
fn a_judgement_follows_the_merged_and_goes_with_the_deleted() {
    let app = App::start();
    let [a, b, c, d] = alike(&app);
    judge(&app, "dismiss", &b, &c).expect(200);
    judge(&app, "dismiss", &a, &b).expect(200);
    listed(&app, &[(&a, &c), (&c, &d)], &[(&a, &b), (&b, &c)]);
    // They are one after all, and so is what was said of both; of the third it was said of either.
    let merge = |id: &str, duplicate: &str| {
        let body = json!({ "duplicate_id": duplicate });
        app.post(&format!("/v1/members/{id}/merge"), body).by(Token::Hr).send().expect(200);
    };
    merge(&a, &b);
    listed(&app, &[(&c, &d)], &[(&a, &c)]);
    merge(&d, &a);
    listed(&app, &[], &[(&c, &d)]);
    assert_eq!(judge(&app, "restore", &b, &c).expect(404).codes(), "not_found");
    app.delete(&format!("/v1/members/{d}")).by(Token::Hr).if_match("*").send().expect(204);
    let left: (i64, i64) = app
        .db()
        .read_now(|conn| {
            let past = dismissal_revisions::table.count().get_result(conn)?;
            Ok((dismissals::table.count().get_result(conn)?, past))
        })
        .unwrap();
    assert_eq!(left, (0, 0));
}

#[test]
fn networks_that_are_two_are_not_listed_again() {
    let app = App::start();
    let [a, b, c] = [0, 1, 2].map(|_| make_network(&app, network("Kehittäjät", json!({}))));
    let judge = |verb: &str, first: &str, second: &str| {
        let body = json!({ "first_id": first, "second_id": second });
        app.post(&format!("/v1/network-duplicates/{verb}"), body).by(Token::Writer).send()
    };
    let pairs = |query: &str| {
        rows(&app.get(&format!("/v1/network-duplicates?{query}")).by(Token::Writer).send().expect(200).json())
    };
    let name = |first: &str, second: &str| pair(first, second, &["same_name"]);
    assert_eq!(judge("dismiss", &a, &c).expect(404).codes(), "not_found");
    let told = judge("dismiss", &c, &b).expect(200).json();
    assert_eq!(judge("dismiss", &b, &c).expect(200).json(), told);
    let then = instant();
    let dismissed = |query: &str| pairs(&format!("dismissed=true{query}"));
    assert_eq!((pairs(""), dismissed("")), (vec![name(&a, &b), name(&a, &c)], vec![name(&b, &c)]));
    let page = app.get("/v1/network-duplicates?dismissed=true&count=true").by(Token::Writer).send().expect(200).json();
    assert_eq!((&page["items"][0], &page["total"]), (&told, &json!(1)));
    judge("restore", &b, &c).expect(200);
    assert_eq!((pairs(""), dismissed("")), (vec![name(&a, &b), name(&b, &c)], vec![]));
    let past = format!("&as_of={then}");
    assert_eq!((pairs(&past), dismissed(&past)), (vec![name(&a, &b), name(&a, &c)], vec![name(&b, &c)]));
    // It follows, and it goes.
    judge("dismiss", &a, &b).expect(200);
    let body = json!({ "duplicate_id": b });
    app.post(&format!("/v1/networks/{c}/merge"), body).by(Token::Writer).send().expect(200);
    assert_eq!((pairs(""), dismissed("")), (vec![], vec![name(&a, &c)]));
    delete(&app, &format!("/v1/networks/{a}"));
    assert!(pairs("").is_empty() && dismissed("").is_empty());
    assert_eq!(dismissed(&past), [name(&b, &c)]);
    let missing: Value = judge("restore", &a, &c).expect(404).json();
    assert_eq!(text(&missing["code"]), "not_found");
}
