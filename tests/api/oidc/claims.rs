//! What an issuer's tokens are worth here: by preset, by configuration, by grants.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::issuer::{AUDIENCE, Issuer, Key};
use super::{app, read};
use crate::harness::{App, Token};

/// A file with an issuer, and with more lines for it.
pub fn file(issuer: &Issuer, more: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let text = format!("[issuers.test]\nurl = \"{}\"\naudiences = [\"{AUDIENCE}\"]\n{more}", issuer.url());
    std::fs::write(file.path(), text).unwrap();
    file
}

/// A service whose issuers are those of such a file.
fn with(issuer: &Issuer, more: &str) -> App {
    let file = file(issuer, more);
    App::with(false, |config| config.oidc.oidc_config = Some(file.path().to_owned()))
}

/// The scopes that a token has here.
fn scopes(app: &App, token: &str) -> Vec<String> {
    let me = app.get("/v1/me").header("authorization", &format!("Bearer {token}")).send().expect(200).json();
    me["scopes"].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_preset_reads_the_claims_of_its_product() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let token = |claims: Value| {
        let nothing = json!({ "scope": null, "sub": "s" });
        let mut claims = claims;
        for (name, value) in nothing.as_object().unwrap() {
            claims.as_object_mut().unwrap().entry(name).or_insert(value.clone());
        }
        issuer.token(&key, claims)
    };
    let generic = with(&issuer, "");
    assert_eq!(
        scopes(&generic, &token(json!({ "scope": "openid hr:sync directory:read" }))),
        ["directory:read", "hr:sync"]
    );
    assert!(scopes(&generic, &token(json!({ "roles": ["hr:sync"], "scp": "hr:sync" }))).is_empty());

    let keycloak = with(&issuer, "preset = \"keycloak\"");
    let claims = json!({
        "scope": "profile", "typ": "Bearer", "realm_access": { "roles": ["directory:read", "admin", "offline_access"] },
        "resource_access": { AUDIENCE: { "roles": ["directory:write"] }, "other": { "roles": ["hr:sync"] } }
    });
    assert_eq!(scopes(&keycloak, &token(claims)), ["directory:read", "directory:write"]);

    let entra = with(&issuer, "preset = \"entra\"");
    let claims = json!({ "oid": "o", "scp": "directory:read access", "roles": ["directory:write"], "ver": "2.0" });
    assert_eq!(scopes(&entra, &token(claims)), ["directory:read", "directory:write"]);
    // There it is the object's id that says who it is.
    read(&entra, &token(json!({ "scp": "directory:read" }))).expect(401);
}

#[test]
fn grants_turn_roles_and_groups_into_scopes() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = with(
        &issuer,
        r#"
        scope_claims = ["scope", "https://solmu.example/roles"]
        group_claims = ["groups"]
        grants = [
            { role = "Solmu.Editor", scopes = ["directory:read", "directory:write"] },
            { group = "/hr", scopes = ["hr:sync"] },
            { group = "/owners", scopes = ["admin"] },
        ]
        "#,
    );
    let of = |claims: Value| scopes(&app, &issuer.token(&key, claims));
    assert_eq!(of(json!({ "https://solmu.example/roles": ["Solmu.Editor"] })), ["directory:read", "directory:write"]);
    assert_eq!(of(json!({ "scope": "", "groups": ["/hr", "/sales"] })), ["hr:sync"]);
    assert_eq!(of(json!({ "scope": "admin solmu.editor", "groups": ["Solmu.Editor"] })), Vec::<String>::new());
    assert_eq!(of(json!({ "scope": "", "groups": ["/owners"] })), ["admin"]);
}

/// A person is (`iss`, `sub`): the same name at another issuer is another person, and a member who is linked to this one
/// is found.
#[test]
fn a_person_is_a_subject_of_an_issuer() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    let member = json!({ "user_name": "anna@example.fi", "given_name": "Anna", "family_name": "Esimerkki" });
    let member = app.post("/v1/members", member).by(Token::Hr).send();
    assert_eq!(member.status, 201, "{member:?}");
    let id = member.json()["id"].as_str().unwrap().to_owned();
    let me =
        |token: &str| app.get("/v1/me").header("authorization", &format!("Bearer {token}")).send().expect(200).json();
    let anna = issuer.token(&key, json!({}));
    assert_eq!(me(&anna)["member"], Value::Null);
    let link = json!({ "issuer": issuer.url(), "subject": "anna" });
    let linked = app.post(&format!("/v1/members/{id}/identities"), link).by(Token::Hr).send();
    assert_eq!(linked.status, 201, "{linked:?}");
    assert_eq!(me(&anna)["member"]["id"], id.as_str(), "{}", me(&anna));
    assert_eq!(me(&issuer.token(&key, json!({ "sub": "Anna" })))["member"], Value::Null);
}

/// Compose files leave variables that nobody filled in empty.
#[test]
fn variables_that_are_empty_are_as_if_they_were_not_set() {
    let dir = tempfile::tempdir().unwrap();
    let names = ["ISSUER", "AUDIENCE", "PRESET", "CLIENT_ID", "SIGN_IN_SCOPE", "CONFIG", "REFRESH"];
    // One of them, and all.
    for names in [&names[..1], &names] {
        let empty = names.iter().map(|name| (format!("SOLMU_OIDC_{name}"), ""));
        let mut command = Command::new(env!("CARGO_BIN_EXE_solmu"));
        command.arg("serve").env_clear().env("SOLMU_VOIKKO", "off").envs(empty).current_dir(dir.path());
        let ended = command.output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(1) && said.contains("name an --oidc-issuer"), "{names:?}: {said}");
    }
}
