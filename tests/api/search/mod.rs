//! Search and suggestions: what is found and why, and that nobody finds what they may not read.

mod feed;
mod find;
mod folders;
mod hostile;
mod pages;
mod suggest;
mod visibility;

pub use feed::{documents, standing};

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use solmu::auth::token::mint_for;
use solmu::http::query::encode;
use solmu::organisations::OrganisationId;

use crate::client::{Answer, Request};
use crate::contracts::json_schema::faults;
use crate::database::SECRET;
use crate::documented::DOCUMENT;
use crate::harness::{App, Token};

/// Somebody who asks: by a token, or without one.
#[derive(Clone, Debug)]
pub struct Somebody {
    pub name: &'static str,
    header: Option<String>,
}

impl Somebody {
    /// One of the harness's callers.
    pub fn by(token: Token, name: &'static str) -> Self {
        Self { name, header: token.header() }
    }

    /// With scopes of their own; `hr:sync` for some organisations, or for all where there are none.
    pub fn with(name: &'static str, scopes: &str, organisations: &[&str]) -> Self {
        let secret = SECRET.parse().expect("a secret");
        let ids: Vec<OrganisationId> = organisations.iter().map(|id| id.parse().expect("an id")).collect();
        let token = mint_for(&secret, name, scopes, &ids, Duration::from_secs(600)).expect("a token");
        Self { name, header: Some(format!("Bearer {token}")) }
    }

    /// A request of theirs.
    pub fn get(&self, app: &App, target: &str) -> Request {
        let request = app.get(target);
        match &self.header {
            Some(value) => request.header("authorization", value),
            None => request,
        }
    }
}

/// Everybody who reads, as most tests do.
pub fn reader() -> Somebody {
    Somebody::by(Token::Reader, "a reader")
}

/// Asks for what was written before, too; the answer is as the document has it.
#[track_caller]
pub fn asked(app: &App, who: &Somebody, query: &str, language: &str) -> Answer {
    asked_at_once(app, who, &format!("consistency=strong&{query}"), language)
}

/// Asks the index as far as it happens to be.
#[track_caller]
pub fn asked_at_once(app: &App, who: &Somebody, query: &str, language: &str) -> Answer {
    let target = format!("/v1/search?{query}");
    let answer = who.get(app, &target).header("accept-language", language).send().expect(200);
    let schema = &DOCUMENT["paths"]["/v1/search"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    let faults = faults(schema, &answer.json());
    assert!(faults.is_empty(), "{faults:#?} in {answer:?}");
    answer
}

/// What a reader finds.
#[track_caller]
pub fn search(app: &App, query: &str) -> Value {
    asked(app, &reader(), query, "fi").json()
}

/// The names of the hits that a reader finds by some words, in Finnish.
#[track_caller]
pub fn found(app: &App, words: &str) -> Vec<String> {
    names(&search(app, &format!("q={}", encode(words))))
}

/// The names of a page's hits.
#[track_caller]
pub fn names(page: &Value) -> Vec<String> {
    items(page).iter().map(|item| text(&item["name"])).collect()
}

#[track_caller]
pub fn items(page: &Value) -> &[Value] {
    page["items"].as_array().unwrap_or_else(|| panic!("no page: {page}"))
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The ids of all hits, page after page.
#[track_caller]
pub fn all_ids(app: &App, who: &Somebody, query: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = asked(app, who, &format!("limit=200&{query}{cursor}"), "fi").json();
        for item in items(&page) {
            assert!(ids.insert(text(&item["id"])), "{} came twice: {query}", item["id"]);
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// The names that somebody is suggested, once the index has all that was written.
#[track_caller]
pub fn suggested(app: &App, who: &Somebody, typed: &str) -> Vec<String> {
    // Suggestions wait for nothing themselves.
    asked(app, who, "limit=1", "fi");
    suggested_at_once(app, who, typed)
}

/// The names that somebody is suggested by the index as far as it happens to be.
#[track_caller]
pub fn suggested_at_once(app: &App, who: &Somebody, typed: &str) -> Vec<String> {
    let target = format!("/v1/suggest?q={}", encode(typed));
    let answer = who.get(app, &target).send().expect(200).json();
    items(&answer).iter().map(|item| text(&item["text"])).collect()
}

/// The words that marks stand at.
#[track_caller]
pub fn marked(text: &Value, marks: &Value) -> Vec<String> {
    let letters: Vec<char> = text.as_str().expect("a text").chars().collect();
    let place = |mark: &Value, end: &str| usize::try_from(mark[end].as_u64().expect("a place")).expect("a place");
    let marks = marks.as_array().expect("marks").iter();
    marks.map(|mark| letters[place(mark, "start")..place(mark, "end")].iter().collect()).collect()
}

/// Makes something of what everybody may read; its id.
#[track_caller]
pub fn make(app: &App, path: &str, body: Value) -> String {
    text(&app.post(path, body).by(Token::Admin).send().expect(201).json()["id"])
}

/// A network that everybody sees, with some fields otherwise than usual; its id.
#[track_caller]
pub fn make_network(app: &App, name: Value, fields: Value) -> String {
    let mut body = json!({ "name": name, "kind": "network", "formality": "voluntary", "status": "active",
        "join_policy": "open", "visibility": "public" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    make(app, "/v1/networks", body)
}

/// A person, with some fields of what the HR system owns; their id.
#[track_caller]
pub fn make_person(app: &App, given: &str, family: &str, fields: Value) -> String {
    let mut body = json!({ "user_name": format!("{given}.{family}@example.fi").to_lowercase(), "given_name": given,
        "family_name": family });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    make(app, "/v1/members", body)
}

/// A vocabulary, and a concept in it for each label; their ids.
#[track_caller]
pub fn make_concepts<const N: usize>(app: &App, labels: [Value; N]) -> [String; N] {
    let body = json!({ "uri": "https://uri.example/haku/", "name": { "fi": "Haun sanasto" } });
    let vocabulary = make(app, "/v1/vocabularies", body);
    labels.map(|label| make(app, &format!("/v1/vocabularies/{vocabulary}/concepts"), json!({ "pref_label": label })))
}

/// Changes something, whatever its version.
#[track_caller]
pub fn change(app: &App, path: &str, patch: Value) {
    app.patch(path, patch).by(Token::Admin).if_match("*").send().expect(200);
}
