//! People who are something to what the examples are about, for the table of who may what.

use serde_json::{Value, json};

use super::operation::{Operation, of_method};
use crate::harness::{App, Token};

/// Makes a member whom the tokens of a kind of caller are of; their id.
fn person(app: &App, token: Token) -> String {
    let body = json!({ "user_name": format!("{}@roles.example.fi", token.subject()), "given_name": "Rooli",
        "family_name": token.subject() });
    let made = app.post("/v1/members", body).by(Token::Admin).send().expect(201).json();
    let id = made["id"].as_str().expect("an id").to_owned();
    become_member(app, token, &id);
    id
}

/// Makes tokens of a kind of caller those of a member; their identity's path.
pub fn become_member(app: &App, token: Token, member: &str) -> String {
    let body = json!({ "issuer": "solmu", "subject": token.subject() });
    let made = app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Admin).send().expect(201);
    made.header("location").expect("an address").to_owned()
}

/// The ids of all of a kind.
fn all(app: &App, path: &str) -> Vec<Value> {
    let page = app.get(&format!("{path}?limit=200")).by(Token::Admin).send().expect(200).json();
    assert!(page["next"].is_null(), "more than a page of {path}");
    page["items"].as_array().expect("items").clone()
}

/// The cast of the table: who coordinates all networks that take anybody, who coordinates another, and who is the contact of
/// every organisation.
pub fn cast(app: &App) {
    let nominate = |network: &str, member: &str| {
        let body = json!({ "member_id": member, "role": "coordinator" });
        app.post(&format!("/v1/networks/{network}/nominate"), body).by(Token::Admin).send().expect(201);
    };
    let coordinator = person(app, Token::Coordinator);
    // One that somebody is in is not deleted.
    let deleted = of_method("DELETE").filter(|operation| operation.template == "/v1/networks/{id}");
    let deleted: Vec<&Value> = deleted.map(|operation| &operation.example["path"]["id"]).collect();
    let takes_some = |network: &&Value| network["status"] != "closed" && !deleted.contains(&&network["id"]);
    for network in all(app, "/v1/networks").iter().filter(takes_some) {
        let id = network["id"].as_str().expect("an id");
        // There is a place for one more in each.
        if !network["max_size"].is_null() {
            let patch = json!({ "min_size": null, "max_size": null });
            app.patch(&format!("/v1/networks/{id}"), patch).by(Token::Admin).if_match("*").send().expect(200);
        }
        nominate(id, &coordinator);
    }
    let body = json!({ "name": { "fi": "Toisaalla" }, "kind": "network", "formality": "voluntary", "status": "active",
        "join_policy": "open", "visibility": "public" });
    let other = app.post("/v1/networks", body).by(Token::Admin).send().expect(201).json();
    nominate(other["id"].as_str().expect("an id"), &person(app, Token::CoordinatorElsewhere));
    let contact = person(app, Token::Contact);
    for organisation in all(app, "/v1/organisations").iter().filter(|one| one["parent_id"].is_null()) {
        let path = format!("/v1/organisations/{}", organisation["id"].as_str().expect("an id"));
        let patch = json!({ "contact_member_ids": [contact] });
        app.patch(&path, patch).by(Token::Admin).if_match("*").send().expect(200);
    }
}

/// The member whom the example of an operation is about, if any.
pub fn subject(app: &App, operation: &Operation) -> Option<String> {
    let id = operation.example["path"]["id"].as_str();
    if let (true, Some(id)) = (operation.template.starts_with("/v1/members/{id}"), id) {
        return Some(id.to_owned());
    }
    if let Some(member) = operation.example["body"]["member_id"].as_str() {
        return Some(member.to_owned());
    }
    let id = id.filter(|_| operation.template.starts_with("/v1/memberships/{id}"))?;
    let membership = app.get(&format!("/v1/memberships/{id}")).by(Token::Admin).send().expect(200).json();
    membership["member_id"].as_str().map(str::to_owned)
}
