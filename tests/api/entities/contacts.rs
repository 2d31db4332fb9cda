//! Whom to ask of an organisation: what they may, who they can be, and what becomes of them.

use serde_json::json;

use super::organisation_changes::{applied, reorganisation};
use super::people::make_person;
use super::roles::{be, houses, patch, path, post, somebody};
use super::{agency, change, instant, logged, make_network, network};
use crate::harness::{App, Token};

#[test]
fn a_contact_edits_what_belongs_to_the_house() {
    let app = App::start();
    let [house, office, neighbour] = houses(&app);
    let me = somebody(&app, Token::Contact, json!({}));
    let organisation = |id: &str| format!("/v1/organisations/{id}");
    change(&app, &organisation(&house), json!({ "contact_member_ids": [me] }));
    let make = |host: &str, visibility: &str| {
        make_network(&app, network("Verkko", json!({ "host_organisation_id": host, "visibility": visibility })))
    };
    let (theirs, below, hidden, foreign) =
        (make(&house, "public"), make(&office, "administration"), make(&house, "members"), make(&neighbour, "public"));
    let website = json!({ "website": "https://talo.example/" });
    for (id, status) in [(&house, 200), (&office, 200), (&neighbour, 403)] {
        assert_eq!(patch(&app, &organisation(id), Token::Contact, website.clone()).status, status);
    }
    for (id, status) in [(&theirs, 200), (&below, 200), (&hidden, 404), (&foreign, 403)] {
        assert_eq!(patch(&app, &path(id), Token::Contact, json!({ "min_size": 3 })).status, status);
    }
    // Where the house stands is not theirs to say, nor who owns its networks.
    for change in [json!({ "parent_id": null }), json!({ "kind": "ministry" })] {
        let answer = patch(&app, &organisation(&office), Token::Contact, change).expect(403);
        assert_eq!(answer.json()["errors"][0]["code"], "field_reserved");
    }
    patch(&app, &path(&theirs), Token::Contact, json!({ "host_organisation_id": neighbour })).expect(403);
    post(&app, "/v1/organisations", Token::Contact, agency("Uusi", json!({}))).expect(403);
    // At once, when the house moves, when they are asked no more, and when they leave.
    change(&app, &organisation(&office), json!({ "parent_id": neighbour }));
    patch(&app, &organisation(&office), Token::Contact, json!({ "website": null })).expect(403);
    patch(&app, &path(&below), Token::Contact, json!({ "min_size": 4 })).expect(403);
    app.patch(&format!("/v1/members/{me}"), json!({ "status": "left" })).by(Token::Hr).if_match("*").send().expect(200);
    patch(&app, &organisation(&house), Token::Contact, json!({ "website": null })).expect(403);
    // Whoever has left is no contact any more, nor is when they come back.
    let shown = app.get(&organisation(&house)).by(Token::Reader).send().expect(200).json();
    assert_eq!(shown["contact_member_ids"], json!([]));
    app.patch(&format!("/v1/members/{me}"), json!({ "status": "active" }))
        .by(Token::Hr)
        .if_match("*")
        .send()
        .expect(200);
    patch(&app, &organisation(&house), Token::Contact, json!({ "website": null })).expect(403);
    change(&app, &organisation(&house), json!({ "contact_member_ids": [me] }));
    patch(&app, &organisation(&house), Token::Contact, json!({ "website": null })).expect(200);
    patch(&app, &organisation(&house), Token::Contact, json!({ "contact_member_ids": [] })).expect(200);
    patch(&app, &organisation(&house), Token::Contact, website).expect(403);
}

#[test]
fn contacts_are_people_whom_one_may_ask() {
    let app = App::start();
    let house = app.organisation("Talo");
    let path = format!("/v1/organisations/{house}");
    let [one, left, protected] = [json!({}), json!({ "status": "left" }), json!({ "protected": true })]
        .map(|fields| make_person(&app, &format!("P{}", fields.to_string().len()), fields));
    for id in [left.as_str(), protected.as_str(), "01900000-0000-7fff-bfff-ffffffffffff"] {
        let answer = patch(&app, &path, Token::Writer, json!({ "contact_member_ids": [one, id] })).expect(422);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/contact_member_ids/1");
        assert_eq!(answer.json()["errors"][0]["code"], "unknown_reference");
    }
    patch(&app, &path, Token::Writer, json!({ "contact_member_ids": [one, one] })).expect(422);
    change(&app, &path, json!({ "contact_member_ids": [one] }));
    assert_eq!(logged(&app, &house).last().unwrap().2, ["contact_member_ids"]);
}

/// Who is erased is nobody's contact any more, and never was; who is merged away leaves it to the one who stays.
#[test]
fn contacts_follow_people() {
    let app = App::start();
    let houses: Vec<String> = ["A", "B", "C"].iter().map(|name| app.organisation(name)).collect();
    let path = |at: usize| format!("/v1/organisations/{}", houses[at]);
    let [stays, goes, other] = ["Jää", "Menee", "Muu"].map(|name| make_person(&app, name, json!({})));
    for (at, contacts) in [json!([goes, other]), json!([other, goes, stays]), json!([goes])].into_iter().enumerate() {
        change(&app, &path(at), json!({ "contact_member_ids": contacts }));
    }
    let then = super::instant();
    let read =
        |at: usize, rest: &str| app.get(&format!("{}{rest}", path(at))).by(Token::Writer).send().expect(200).json();
    be(&app, &stays, Token::Contact);
    patch(&app, &path(0), Token::Contact, json!({ "website": "https://a.example/" })).expect(403);
    post(&app, &format!("/v1/members/{stays}/merge"), Token::Hr, json!({ "duplicate_id": goes })).expect(200);
    for (at, contacts) in [json!([stays, other]), json!([other, stays]), json!([stays])].into_iter().enumerate() {
        let now = read(at, "");
        assert_eq!((&now["contact_member_ids"], &now["version"]), (&contacts, &json!(3)));
    }
    assert_eq!(read(0, &format!("?as_of={then}"))["contact_member_ids"], json!([goes, other]));
    patch(&app, &path(0), Token::Contact, json!({ "website": "https://a.example/" })).expect(200);

    app.delete(&format!("/v1/members/{stays}")).by(Token::Hr).if_match("*").send().expect(204);
    for (at, contacts) in [json!([other]), json!([other]), json!([])].into_iter().enumerate() {
        assert_eq!(read(at, "")["contact_member_ids"], contacts);
        // Nor of the one who had been merged into them.
        assert_eq!(read(at, &format!("?as_of={then}"))["contact_member_ids"], contacts);
    }
    assert_eq!(logged(&app, &houses[2]).last().unwrap().2, ["contact_member_ids"]);
}

/// Whoever becomes protected is nobody's contact, also by a merge with a record that was.
#[test]
fn nobody_is_sent_to_whoever_becomes_protected() {
    let app = App::start();
    let house = app.organisation("Talo");
    let path = format!("/v1/organisations/{house}");
    let [one, other] = [("Yksi", false), ("Toinen", true)]
        .map(|(name, is_protected)| make_person(&app, name, json!({ "protected": is_protected })));
    change(&app, &path, json!({ "contact_member_ids": [one] }));
    let merge = json!({ "duplicate_id": other });
    app.post(&format!("/v1/members/{one}/merge"), merge).by(Token::Hr).send().expect(200);
    let left = app.get(&path).by(Token::Admin).send().expect(200).json();
    assert_eq!(left["contact_member_ids"], json!([]));
}

#[test]
fn whoever_leaves_with_a_house_is_nobody_s_contact() {
    let app = App::start();
    let [ending, other] = ["Lakkaava", "Toinen"].map(|name| app.organisation(name));
    let [leaving, staying] = ["Lähtijä", "Jääjä"].map(|name| {
        let house = if name == "Lähtijä" { &ending } else { &other };
        make_person(&app, name, json!({ "organisation_id": house }))
    });
    let path = format!("/v1/organisations/{other}");
    change(&app, &path, json!({ "contact_member_ids": [leaving, staying] }));
    let then = instant();
    let nowhere = json!({ "moves": [{ "from": ending, "nowhere": true }] });
    applied(&app, reorganisation("closure", &[&ending], &[], nowhere));
    let contacts = |query: &str| {
        app.get(&format!("{path}{query}")).by(Token::Reader).send().expect(200).json()["contact_member_ids"].clone()
    };
    assert_eq!((contacts(""), contacts(&format!("?as_of={then}"))), (json!([staying]), json!([leaving, staying])));
}
