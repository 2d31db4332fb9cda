//! What each entity promises beyond the contracts that all of them share.

mod as_of;
mod audience_people;
mod audiences;
mod audiences_then;
mod concepts;
mod contacts;
mod dismissals;
mod duplicates;
mod ex_officio;
mod ex_officio_apply;
mod external_ids;
mod graph;
mod hr_of_some;
mod identities;
mod link_rules;
mod links;
mod me;
mod member_merges;
mod members;
mod membership_rules;
mod memberships;
mod merged_members;
mod network_merges;
mod networks;
mod organisation_changes;
mod organisation_tree;
mod organisations;
mod past;
mod people;
mod profiles;
mod protected;
mod reorganisation_previews;
mod reorganisation_rules;
mod reorganisations_seen;
mod reorganised_rules;
mod reorganising;
mod roles;
mod sight;
mod unseen;
mod visibility;
mod vocabularies;

use std::sync::Barrier;
use std::thread::{scope, sleep};
use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use solmu::db::schema::changes;

use crate::client::Answer;
use crate::harness::{App, Token};

/// The body of a network that everybody can see, with some fields otherwise than usual.
fn network(name: &str, fields: Value) -> Value {
    let document = json!({
        "name": { "fi": name }, "kind": "network", "formality": "voluntary", "status": "active", "join_policy": "open",
        "visibility": "public",
    });
    with(document, fields)
}

/// The body of an agency, with some fields otherwise than usual.
fn agency(name: &str, fields: Value) -> Value {
    with(json!({ "name": { "fi": name }, "kind": "agency" }), fields)
}

fn with(mut document: Value, fields: Value) -> Value {
    document.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    document
}

/// Makes a network; its id.
#[track_caller]
fn make_network(app: &App, document: Value) -> String {
    text(&app.post("/v1/networks", document).by(Token::Writer).send().expect(201).json()["id"])
}

/// Asks for a link from one network to another.
#[track_caller]
fn link(app: &App, from: &str, link_type: &str, to: &str, times: Value) -> Answer {
    let document = with(json!({ "type": link_type, "to": to }), times);
    app.post(&format!("/v1/networks/{from}/links"), document).by(Token::Writer).send()
}

/// Makes a link that holds from 2020 on; its path.
#[track_caller]
fn make_link(app: &App, from: &str, link_type: &str, to: &str) -> String {
    let made = link(app, from, link_type, to, json!({ "valid_from": "2020-01-01" })).expect(201);
    made.header("location").unwrap().to_owned()
}

/// What a reader reads.
#[track_caller]
fn read(app: &App, target: &str) -> Value {
    app.get(target).by(Token::Reader).send().expect(200).json()
}

/// Changes something, whatever its version.
#[track_caller]
fn change(app: &App, path: &str, patch: Value) -> Value {
    app.patch(path, patch).by(Token::Writer).if_match("*").send().expect(200).json()
}

/// Deletes something, whatever its version.
#[track_caller]
fn delete(app: &App, path: &str) {
    app.delete(path).by(Token::Writer).if_match("*").send().expect(204);
}

/// Ends a link today.
#[track_caller]
fn end(app: &App, path: &str) -> Value {
    app.post(&format!("{path}/end"), json!({})).by(Token::Writer).send().expect(200).json()
}

/// The names on a page, in Finnish where they have it.
#[track_caller]
fn names(page: &Value) -> Vec<String> {
    let name = |item: &Value| {
        let name = item["name"].as_object().unwrap();
        text(name.get("fi").unwrap_or_else(|| name.values().next().unwrap()))
    };
    page["items"].as_array().unwrap_or_else(|| panic!("no page: {page}")).iter().map(name).collect()
}

/// The names on the page that a reader gets.
#[track_caller]
fn listed(app: &App, target: &str) -> Vec<String> {
    names(&read(app, target))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A time between what was done before and what is done after, as a query carries it.
pub fn instant() -> String {
    // The service's clock and this one are the same, to the microsecond.
    sleep(Duration::from_millis(2));
    let now = solmu::db::now().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    sleep(Duration::from_millis(2));
    now
}

/// What the change log says of an entity: the version, what happened and the fields.
fn logged(app: &App, id: &str) -> Vec<(i64, String, Vec<String>)> {
    let query = changes::table.filter(changes::entity_id.eq(id)).order(changes::number).select((
        changes::version,
        changes::action,
        changes::fields,
    ));
    let rows: Vec<(i64, String, String)> = app.db().read_now(|conn| Ok(query.load(conn)?)).unwrap();
    let fields = |text: &str| serde_json::from_str(text).unwrap();
    rows.into_iter().map(|(version, action, names)| (version, action, fields(&names))).collect()
}

/// The statuses of requests that are all sent in the same moment, in their order.
fn at_once<const N: usize>(requests: [&(dyn Fn() -> Answer + Sync); N]) -> [u16; N] {
    let start = Barrier::new(N);
    scope(|scope| {
        let start = &start;
        requests
            .map(|request| {
                scope.spawn(move || {
                    start.wait();
                    request().status
                })
            })
            .map(|sent| sent.join().unwrap())
    })
}
