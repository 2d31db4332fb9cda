//! Likely duplicates: who is paired with whom and why, now and then, and however they came to be alike.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::members::{MemberId, MemberProfile, load};

use super::people::{hr, make_person, patch};
use super::{at_once, change, delete, instant, make_network, network, text};
use crate::harness::{App, Token};

/// The pairs that a query finds: first, second and the reasons.
pub fn pairs(app: &App, query: &str) -> Vec<(String, String, Vec<String>)> {
    rows(&hr(app, &format!("/v1/member-duplicates?limit=200&{query}")))
}

pub fn rows(page: &Value) -> Vec<(String, String, Vec<String>)> {
    let row = |item: &Value| {
        let ids = [&item["first"], &item["second"]].map(|member| text(&member["id"]));
        assert_eq!(item["id"], json!(ids.join(":")));
        let [first, second] = ids;
        (first, second, item["reasons"].as_array().unwrap().iter().map(text).collect())
    };
    page["items"].as_array().unwrap().iter().map(row).collect()
}

pub fn pair(first: &str, second: &str, reasons: &[&str]) -> (String, String, Vec<String>) {
    (first.to_owned(), second.to_owned(), reasons.iter().map(|reason| (*reason).to_owned()).collect())
}

const EMAIL: &str = "same_email";
const NAME: &str = "same_name_and_organisation";

fn made(app: &App, number: usize, name: &str, fields: Value) -> String {
    make_person(app, name, super::with(json!({ "user_name": format!("u{number}") }), fields))
}

#[test]
fn people_are_alike_for_a_reason() {
    let app = App::start();
    let [x, y] = ["X", "Y"].map(|name| app.organisation(name));
    let a = made(&app, 1, "Äikäs", json!({ "organisation_id": x, "email": "a@example.fi" }));
    // Capitals, and how an ä is composed, make no difference; the organisation does.
    let b = made(&app, 2, "A\u{308}IKÄS", json!({ "organisation_id": x, "given_name": "KAINO" }));
    let c = made(&app, 3, "Äikäs", json!({ "organisation_id": y }));
    let d = made(&app, 4, "Berg", json!({ "email": "A@Example.fi" }));
    // The same for both reasons, once.
    let e = made(&app, 5, "Berg", json!({ "organisation_id": y, "email": "e@example.fi" }));
    let f = made(&app, 6, "Berg", json!({ "organisation_id": y, "email": "e@example.fi" }));
    made(&app, 7, "Äikäs", json!({}));
    let all = [pair(&a, &b, &[NAME]), pair(&a, &d, &[EMAIL]), pair(&e, &f, &[EMAIL, NAME])];
    assert_eq!(pairs(&app, ""), all);
    assert_eq!(pairs(&app, &format!("as_of={}", instant())), all);
    assert_eq!(pairs(&app, "reason=same_email"), all[1..]);
    assert_eq!(pairs(&app, &format!("reason={NAME}")), [all[0].clone(), all[2].clone()]);
    assert_eq!(pairs(&app, &format!("reason={NAME},{EMAIL}")), all);
    assert_eq!(pairs(&app, "sort=-created_at").first(), all.last());
    for parameter in ["organisation_id", "subtree_of"] {
        assert_eq!(pairs(&app, &format!("{parameter}={y}")), all[2..]);
        assert_eq!(pairs(&app, &format!("{parameter}={x}")), all[..2]);
        assert_eq!(pairs(&app, &format!("{parameter}={x},{y}")), all);
        assert_eq!(pairs(&app, &format!("{parameter}={x}&as_of={}", instant())), all[..2]);
    }
    assert_eq!(hr(&app, "/v1/member-duplicates?count=true&limit=1")["total"], 3);
    // However they stop being alike.
    let then = instant();
    patch(&app, &format!("/v1/members/{b}"), json!({ "organisation_id": y }));
    let expected = [pair(&a, &d, &[EMAIL]), pair(&b, &c, &[NAME]), pair(&e, &f, &[EMAIL, NAME])];
    let mut now = pairs(&app, "");
    now.sort();
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(now, sorted);
    patch(&app, &format!("/v1/members/{d}"), json!({ "email": null }));
    patch(&app, &format!("/v1/members/{f}"), json!({ "family_name": "Berg-Aho" }));
    app.delete(&format!("/v1/members/{c}")).by(Token::Hr).if_match("*").send().expect(204);
    assert_eq!(pairs(&app, ""), [pair(&e, &f, &[EMAIL])]);
    let body = json!({ "duplicate_id": f });
    app.post(&format!("/v1/members/{e}/merge"), body).by(Token::Hr).send().expect(200);
    assert!(pairs(&app, "").is_empty());
    // As it was, but for whoever was forgotten.
    assert_eq!(pairs(&app, &format!("as_of={then}")), all);
}

/// Of several, each is paired with the one before, whoever comes and goes between them.
#[test]
fn many_who_are_alike_make_a_chain() {
    let app = App::start();
    let ids: Vec<String> =
        (0..5).map(|number| made(&app, number, "Aalto", json!({ "email": "yhteinen@example.fi" }))).collect();
    let chain = |ids: &[&String]| -> Vec<_> { ids.windows(2).map(|two| pair(two[0], two[1], &[EMAIL])).collect() };
    assert_eq!(pairs(&app, ""), chain(&ids.iter().collect::<Vec<_>>()));
    let own = |number: usize, email: Value| {
        patch(&app, &format!("/v1/members/{}", ids[number]), json!({ "email": email }));
    };
    own(2, json!("oma@example.fi"));
    assert_eq!(pairs(&app, ""), chain(&[&ids[0], &ids[1], &ids[3], &ids[4]]));
    own(0, Value::Null);
    assert_eq!(pairs(&app, ""), chain(&[&ids[1], &ids[3], &ids[4]]));
    own(2, json!("YHTEINEN@example.fi"));
    assert_eq!(pairs(&app, ""), chain(&[&ids[1], &ids[2], &ids[3], &ids[4]]));
    let body = json!({ "duplicate_id": ids[2] });
    app.post(&format!("/v1/members/{}/merge", ids[4]), body).by(Token::Hr).send().expect(200);
    assert_eq!(pairs(&app, ""), chain(&[&ids[1], &ids[3], &ids[4]]));
    assert_eq!(pairs(&app, &format!("as_of={}", instant())), pairs(&app, ""));
    // Page by page.
    let first = hr(&app, "/v1/member-duplicates?limit=1");
    let next = hr(&app, &format!("/v1/member-duplicates?limit=1&cursor={}", text(&first["next"])));
    assert_eq!([rows(&first), rows(&next)].concat(), pairs(&app, ""));
    assert!(next["next"].is_null());
}

/// Neither has seen the other, and yet they are found.
#[test]
fn two_who_come_at_once_are_found() {
    let app = App::start();
    let organisation = app.organisation("X");
    for round in 0..8 {
        let email = format!("{round}@example.fi");
        let come = |number: usize, name: &'static str, email: Value| {
            let body = json!({ "user_name": format!("{round}-{number}"), "given_name": "Kaino", "family_name": format!("{name}{round}"),
                "organisation_id": organisation, "email": email });
            app.post("/v1/members", body).by(Token::Hr).send()
        };
        let statuses = at_once([
            &|| come(1, "Aalto", json!(email)),
            &|| come(2, "Berg", json!(email)),
            &|| come(3, "Aalto", Value::Null),
            &|| come(4, "Berg", Value::Null),
        ]);
        assert_eq!(statuses, [201; 4]);
        assert_eq!(pairs(&app, "").len(), 3 * (round + 1), "round {round}");
    }
    assert_eq!(pairs(&app, &format!("as_of={}", instant())).len(), 24);
}

#[test]
fn networks_are_alike_by_their_names() {
    let app = App::start();
    let host = app.organisation("X");
    let make = |name: Value, fields: Value| {
        make_network(&app, super::with(network("", super::with(json!({ "name": name }), fields)), json!({})))
    };
    let a = make(json!({ "fi": "Kehittäjät", "sv": "Utvecklarna" }), json!({ "host_organisation_id": host }));
    let b = make(json!({ "fi": "KEHITTÄJÄT", "sv": "utvecklarna" }), json!({ "visibility": "members" }));
    let c = make(json!({ "en": "Kehittäjät" }), json!({ "host_organisation_id": host }));
    let d = make(json!({ "fi": "Muut" }), json!({ "host_organisation_id": host }));
    let pairs = |query: &str| {
        rows(&app.get(&format!("/v1/network-duplicates?{query}")).by(Token::Writer).send().expect(200).json())
    };
    let all = [pair(&a, &b, &["same_name"]), pair(&b, &c, &["same_name"])];
    assert_eq!(pairs(""), all);
    assert_eq!(pairs(&format!("host_organisation_id={host}")), all);
    let then = instant();
    delete(&app, &format!("/v1/networks/{b}"));
    let both = [pair(&a, &c, &["same_name", "same_host"])];
    assert_eq!(pairs("reason=same_host"), both);
    assert_eq!(pairs("reason=same_host,same_name"), both);
    change(
        &app,
        &format!("/v1/networks/{d}"),
        json!({ "name": { "se": "utvecklarna" }, "host_organisation_id": null }),
    );
    assert_eq!(
        pairs("count=true&reason=same_name"),
        [pair(&a, &c, &["same_name", "same_host"]), pair(&a, &d, &["same_name"])]
    );
    assert_eq!(pairs(&format!("as_of={then}")), all);
    let body = json!({ "duplicate_id": c });
    app.post(&format!("/v1/networks/{a}/merge"), body).by(Token::Writer).send().expect(200);
    assert_eq!(pairs(""), [pair(&a, &d, &["same_name"])]);
}

/// Whatever four change at once, of two who are alike to others in two ways: each pair is there, and no other.
#[test]
fn changes_at_once_leave_the_pairs_that_there_are() {
    let app = App::start();
    let organisation = app.organisation("X");
    let likeness = |number: usize, is_alike: bool| match number % 2 {
        _ if !is_alike => json!({ "email": null, "family_name": format!("Oma{number}") }),
        0 => json!({ "email": "yhteinen@example.fi" }),
        _ => json!({ "family_name": "Aalto" }),
    };
    let ids: Vec<String> = (0..4)
        .map(|number| made(&app, number, &format!("Oma{number}"), json!({ "organisation_id": organisation })))
        .collect();
    let both = json!({ "organisation_id": organisation, "email": "yhteinen@example.fi" });
    for number in 4..6 {
        made(&app, number, "Aalto", both.clone());
    }
    for round in 0..24 {
        // Some come, others go.
        let turn = |number: usize| {
            let body = likeness(number, (round + number / 2).is_multiple_of(2));
            app.patch(&format!("/v1/members/{}", ids[number]), body).by(Token::Hr).if_match("*").send()
        };
        let statuses = at_once([&|| turn(0), &|| turn(1), &|| turn(2), &|| turn(3)]);
        assert_eq!(statuses, [200; 4], "round {round}");
        assert_eq!(pairs(&app, ""), pairs(&app, &format!("as_of={}", instant())), "round {round}");
    }
}

/// Several who come with one statement each beside another such: two transactions with two each.
#[test]
fn two_lots_that_come_at_once_are_found() {
    let app = App::start();
    let organisation = app.organisation("X");
    for round in 0..12 {
        let lot = |number: usize| {
            let one = |turn: usize| {
                let (email, family_name) = (format!("{round}-{turn}@example.fi"), format!("Aalto{round}-{}", 1 - turn));
                let document = json!({ "user_name": format!("{round}-{number}-{turn}"), "given_name": "Kaino",
                    "family_name": family_name, "organisation_id": organisation, "email": email });
                (MemberId::new(), serde_json::from_value(document).unwrap(), MemberProfile::default())
            };
            let people: Vec<_> = if number == 0 { [0, 1] } else { [1, 0] }.map(one).into();
            app.db().write_here(None, |tx| load(tx, &people, tx.now.date())).unwrap();
        };
        std::thread::scope(|scope| {
            let lots: Vec<_> = (0..2).map(|number| scope.spawn(move || lot(number))).collect();
            lots.into_iter().for_each(|lot| lot.join().unwrap());
        });
        let found = pairs(&app, "");
        assert_eq!((found.len(), &found), (2 * (round + 1), &pairs(&app, &format!("as_of={}", instant()))));
    }
}

/// A directory from before there were any is as one in which they were kept all along, and in which the house folded the
/// e-mails, not the database.
#[test]
fn those_that_were_there_before_are_found() {
    let app = App::start();
    let x = app.organisation("X");
    for number in 0..3 {
        made(&app, number, "Äikäs", json!({ "organisation_id": x, "email": "Yhteinen@VÄYLÄ.example" }));
    }
    made(&app, 4, "Berg", json!({ "email": "yhteinen@väylä.example" }));
    let then = instant();
    let before = pairs(&app, "");
    assert_eq!(before.len(), 3);
    let run = |sql: &str| app.db().write_now(None, solmu::db::now(), |tx| Ok(tx.conn.batch_execute(sql)?)).unwrap();
    let file = |version: &str, way: &str| {
        let database = if crate::database::is_on_postgres() { "postgres" } else { "sqlite" };
        let root = env!("CARGO_MANIFEST_DIR");
        std::fs::read_to_string(format!("{root}/migrations/{database}/{version}/{way}.sql")).unwrap()
    };
    for (version, way) in [("12_duplicates", "down"), ("09_merges", "down"), ("09_merges", "up")] {
        run(&file(&format!("000000000000{version}"), way));
    }
    // As a database does that knows no letters but those of ASCII.
    for table in ["members", "member_revisions"] {
        run(&format!("UPDATE {table} SET email_folded = replace(email_folded, 'ä', 'Ä') WHERE document LIKE '%Yht%'"));
    }
    run("DELETE FROM __diesel_schema_migrations WHERE version = '00000000000012'");
    assert_eq!(solmu::db::migrations::run(app.url()).unwrap(), ["00000000000012"]);
    assert_eq!((pairs(&app, ""), pairs(&app, &format!("as_of={then}"))), (before.clone(), before));
}
