//! People and their memberships, as tests of several files make them.

use serde_json::{Value, json};

use super::{text, with};
use crate::client::Answer;
use crate::harness::{App, Token};

/// The body of a member, with some fields otherwise than usual.
pub fn person(family_name: &str, fields: Value) -> Value {
    let document = json!({
        "user_name": format!("{}@example.fi", family_name.to_lowercase()), "given_name": "Kaino", "family_name": family_name,
    });
    with(document, fields)
}

/// Makes a member; their id.
#[track_caller]
pub fn make_person(app: &App, family_name: &str, fields: Value) -> String {
    text(&app.post("/v1/members", person(family_name, fields)).by(Token::Hr).send().expect(201).json()["id"])
}

/// What the HR system reads.
#[track_caller]
pub fn hr(app: &App, target: &str) -> Value {
    app.get(target).by(Token::Hr).send().expect(200).json()
}

/// A patch by the HR system, whatever the version.
#[track_caller]
pub fn patch(app: &App, path: &str, patch: Value) -> Value {
    app.patch(path, patch).by(Token::Hr).if_match("*").send().expect(200).json()
}

/// The family names on a page of members, or of memberships with their members.
#[track_caller]
pub fn family_names(page: &Value) -> Vec<String> {
    let name = |item: &Value| {
        let person = if item["member"].is_object() { &item["member"] } else { item };
        text(&person["family_name"])
    };
    page["items"].as_array().unwrap_or_else(|| panic!("no page: {page}")).iter().map(name).collect()
}

/// Asks for a member to come into a network in some way: `join`, `invite` or `nominate`.
pub fn ask(app: &App, network: &str, way: &str, member: &str, fields: Value) -> Answer {
    let body = with(json!({ "member_id": member }), fields);
    app.post(&format!("/v1/networks/{network}/{way}"), body).by(Token::Hr).send()
}

/// Brings a member into a network, or to its door; the membership's path.
#[track_caller]
pub fn enter(app: &App, network: &str, way: &str, member: &str, fields: Value) -> String {
    ask(app, network, way, member, fields).expect(201).header("location").unwrap().to_owned()
}

/// Moves a membership on.
pub fn act(app: &App, path: &str, verb: &str, body: Value) -> Answer {
    app.post(&format!("{path}/{verb}"), body).by(Token::Hr).send()
}
