//! Whose people an issuer speaks of.

use serde_json::{Value, json};

use super::claims::file;
use super::issuer::{Issuer, Key};
use crate::client::Answer;
use crate::harness::{App, Token};

/// Somebody who works there; where their identities are.
fn person(app: &App, name: &str, house: &str) -> String {
    let body = json!({ "user_name": name, "given_name": "Kaino", "family_name": name, "organisation_id": house });
    let made = app.post("/v1/members", body).by(Token::Admin).send().expect(201).json();
    format!("/v1/members/{}/identities", made["id"].as_str().unwrap())
}

#[test]
fn an_issuer_of_some_organisations_claims_nobody_elsewhere() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let plain = App::start();
    let [own, other] = ["Kaupunki", "Valtio"].map(|name| plain.organisation(name));
    let file = file(&issuer, &format!("organisations = [\"{own}\"]"));
    let app = plain.replica(|config| config.oidc.oidc_config = Some(file.path().to_owned()));
    let (ours, theirs) = (person(&app, "oma", &own), person(&app, "vieras", &other));
    let identity = |issuer: &str, subject: &str| json!({ "issuer": issuer, "subject": subject });
    let link = |path: &str, body: Value, bearer: Option<&str>| -> Answer {
        let request = app.post(path, body);
        match bearer {
            Some(token) => request.header("authorization", &format!("Bearer {token}")).send(),
            None => request.by(Token::Admin).send(),
        }
    };
    // Whoever links them: it speaks for its own.
    let refused = link(&theirs, identity(&issuer.url(), "1"), None).expect(422);
    assert_eq!(refused.codes(), "invalid issuer_elsewhere:/issuer");
    link(&ours, identity(&issuer.url(), "1"), None).expect(201);
    // Its HR says who its own are to itself, and to no other issuer.
    let token = issuer.token(&key, json!({ "scope": "hr:sync" }));
    let refused = link(&ours, identity("solmu", "minister"), Some(&token)).expect(403);
    assert_eq!(refused.codes(), "reserved not_your_issuer:/issuer");
    link(&theirs, identity(&issuer.url(), "2"), Some(&token)).expect(403);
    link(&ours, identity(&issuer.url(), "2"), Some(&token)).expect(201);
    // Nor do two become one for that: identities go along.
    let member = |path: &str| path.trim_end_matches("/identities").to_owned();
    let merge = |into: &str, duplicate: &str, bearer: Option<&str>| {
        let duplicate = member(duplicate).replace("/v1/members/", "");
        link(&format!("{}/merge", member(into)), json!({ "duplicate_id": duplicate }), bearer)
    };
    let refused = merge(&theirs, &ours, None).expect(422);
    assert_eq!(refused.codes(), "invalid issuer_elsewhere:/duplicate_id");
    let twin = person(&app, "kaksonen", &own);
    link(&twin, identity("solmu", "minister"), None).expect(201);
    let refused = merge(&ours, &twin, Some(&token)).expect(403);
    assert_eq!(refused.codes(), "reserved not_your_issuer:/duplicate_id");
    merge(&ours, &twin, None).expect(200);
}
