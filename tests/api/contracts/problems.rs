//! What is wrong with a request line or a header, on every operation where it can be: a problem, never a 500, in the
//! caller's language, with a type that leads to its documentation.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;

use super::json_schema::resolve;
use super::operation::{OPERATIONS, Operation};
use crate::client::{Answer, Request};
use crate::documented::DOCUMENT;
use crate::harness::{App, Token};

/// Asks what must be refused, and looks at each kind of refusal in all languages once.
pub struct Judge<'a> {
    app: &'a App,
    seen: RefCell<BTreeSet<String>>,
}

impl<'a> Judge<'a> {
    pub fn new(app: &'a App) -> Self {
        Self { app, seen: RefCell::default() }
    }

    /// The request is answered with the status and the code.
    #[track_caller]
    pub fn refuses(&self, what: &str, status: u16, code: &str, request: impl Fn() -> Request) -> Answer {
        let number = self.seen.borrow().len();
        let id = format!("contract-{number}");
        let answer = request().header("x-request-id", &id).header("accept-language", "en").send();
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert_eq!(answer.header("x-request-id"), Some(id.as_str()), "{what}");
        let body = answer.json();
        assert_eq!((&body["code"], &body["instance"]), (&Value::from(code), &Value::from(id)), "{what}: {answer:?}");
        if self.seen.borrow_mut().insert(answer.codes().split(':').next().unwrap_or_default().to_owned()) {
            self.explains_itself(what, &answer, request);
        }
        answer
    }

    /// Its type leads somewhere, and it says the same in each language.
    #[track_caller]
    fn explains_itself(&self, what: &str, answer: &Answer, request: impl Fn() -> Request) {
        let english = answer.json();
        let page = self.app.get(english["type"].as_str().unwrap()).send().expect(200);
        let title = english["title"].as_str().unwrap();
        assert!(String::from_utf8_lossy(&page.body).contains(title), "{what}: {page:?}");
        let texts = |body: &Value| -> Vec<Value> {
            let faults = body["errors"].as_array().into_iter().flatten().map(|fault| fault["detail"].clone());
            [body["title"].clone(), body["detail"].clone()].into_iter().chain(faults).collect()
        };
        let mut all = vec![texts(&english)];
        for language in ["fi", "sv-FI, en;q=0.5"] {
            let other = request().header("accept-language", language).send();
            assert_eq!(other.codes(), answer.codes(), "{what}");
            assert!(other.header("vary").is_some_and(|vary| vary.contains("Accept-Language")), "{what}: {other:?}");
            all.push(texts(&other.json()));
        }
        for (index, text) in all[0].iter().enumerate() {
            let in_all: BTreeSet<_> = all.iter().map(|texts| texts[index].to_string()).collect();
            assert_eq!(in_all.len(), 3, "{what}: {text} is not in three languages: {in_all:?}");
        }
    }
}

/// The example's path with a query, by somebody who may.
fn with_query(app: &App, operation: &Operation, query: &str) -> Request {
    operation.to(app, &format!("{}?{query}", operation.path()))
}

#[test]
fn an_unknown_parameter_is_refused_by_name() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        let refuse =
            |query: &str| judge.refuses(operation.id, 400, "bad_parameters", || with_query(&app, operation, query));
        let answer = refuse("colour=red");
        assert_eq!(answer.codes(), "bad_parameters unknown_parameter:colour", "{}", operation.id);
        let detail = answer.json()["errors"][0]["detail"].to_string();
        for known in operation.names("query") {
            assert!(detail.contains(known), "{} does not name {known}: {detail}", operation.id);
        }
        for query in ["%ff=1", "%00=1", "limit%00=1", "="] {
            refuse(query);
        }
    }
}

#[test]
fn a_value_that_is_no_good_is_refused_with_those_that_are() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        for parameter in operation.parameters("query") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), resolve(&parameter["schema"]));
            let what = format!("{name} of {}", operation.id);
            let refuse = |value: &str| {
                let query = format!("{name}={value}");
                judge.refuses(&what, 400, "bad_parameters", || with_query(&app, operation, &query))
            };
            assert_eq!(refuse("%ff").codes(), format!("bad_parameters bad_value:{name}"), "{what}");
            assert_eq!(refuse("a%00b").codes(), format!("bad_parameters nul_character:{name}"), "{what}");
            let twice = refuse(&format!("x&{name}=x"));
            assert!(twice.codes().contains(&format!("repeated_parameter:{name}")), "{what}: {twice:?}");
            let item = if schema["items"].is_object() { resolve(&schema["items"]) } else { schema };
            let is_free = item["enum"].is_null() && item["format"].is_null() && item["type"] == "string";
            if !is_free || ["as_of", "sort", "cursor"].contains(&name) {
                let answer = refuse("nonsense");
                let fault = &answer.json()["errors"][0];
                assert_eq!(fault["parameter"], name, "{what}");
                for valid in item["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    assert!(fault["detail"].to_string().contains(valid), "{what} does not name {valid}: {fault}");
                }
            }
        }
    }
}

#[test]
fn a_day_that_is_none_is_told_how_one_is_written() {
    let app = App::demo();
    let judge = Judge::new(&app);
    let mut asked = 0;
    for operation in OPERATIONS.iter() {
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().unwrap();
            if resolve(&parameter["schema"])["format"] != "date" {
                continue;
            }
            for none in ["2026-13-01", "2026-02-30", "1.2.2026", "today", ""] {
                let what = format!("{name}={none} of {}", operation.id);
                let ask = || with_query(&app, operation, &format!("{name}={none}"));
                let answer = judge.refuses(&what, 400, "bad_parameters", ask);
                assert_eq!(answer.codes(), format!("bad_parameters bad_day:{name}"), "{what}");
                assert!(answer.json()["errors"][0]["detail"].to_string().contains(" 2026-01-31."), "{what}");
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "{asked}");
}

#[test]
fn a_path_leads_to_what_the_document_has_or_nowhere() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        for name in operation.names("path") {
            for bad in
                ["x", "1", "%00", "%ff", "%C3%A4", "..%2f..", "01900000-0000-7001-8000-00000000000g", &"9".repeat(3000)]
            {
                let path = operation.path_by(|known, example| if known == name { bad } else { example }.to_owned());
                let answer = judge.refuses(operation.id, 400, "bad_parameters", || operation.to(&app, &path));
                assert_eq!(answer.codes(), format!("bad_parameters bad_id:{name}"), "{} of {path}", operation.id);
            }
        }
        if let Some(nowhere) = operation.nowhere() {
            judge.refuses(operation.id, 404, "not_found", || operation.to(&app, &nowhere));
        }
        for below in ["/", "/nothing/of/the/kind", "//"] {
            let path = operation.path() + below;
            judge.refuses(operation.id, 404, "unknown_route", || operation.to(&app, &path));
        }
    }
    for path in ["/v1", "/v1/", "/v2/networks", "/nothing", "/v1/%00", "/v1/%ff", "/V1/networks"] {
        judge.refuses(path, 404, "unknown_route", || app.get(path).by(Token::Reader));
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        let there = DOCUMENT["paths"][operation.template].as_object().unwrap();
        let mut allowed: BTreeSet<String> = there.keys().map(|method| method.to_uppercase()).collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD".to_owned());
        }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            if allowed.contains(method) {
                continue;
            }
            let answer =
                judge.refuses(operation.template, 405, "wrong_method", || app.request(method, &operation.path()));
            let told: BTreeSet<_> = answer.header("allow").unwrap_or_default().split(", ").map(str::to_owned).collect();
            assert_eq!(told, allowed, "{method} {}", operation.template);
        }
    }
}

#[test]
fn a_form_that_is_not_offered_is_refused_with_those_that_are() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        let Some(content) = operation.spec["responses"][operation.status().to_string()]["content"].as_object() else {
            continue;
        };
        for accept in ["image/png", "text/html, application/xml;q=0.9", "application/*;q=0, text/*;q=0", ""] {
            let ask = || operation.request(&app).header("accept", accept);
            let answer = judge.refuses(operation.id, 406, "not_acceptable", ask);
            for offered in content.keys() {
                assert!(answer.json()["detail"].as_str().unwrap().contains(offered), "{}: {answer:?}", operation.id);
            }
        }
        if operation.method == "GET" {
            for offered in content.keys() {
                for accept in [
                    offered.clone(),
                    format!("image/png, {offered};q=0.1"),
                    format!("{offered};charset=utf-8, */*;q=0.1"),
                ] {
                    let answer = operation.request(&app).header("accept", &accept).send().expect(200);
                    assert_eq!(answer.media_type(), Some(offered.as_str()), "{} for {accept}", operation.id);
                }
            }
        }
    }
}

#[test]
fn a_query_that_is_too_long_is_refused() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in OPERATIONS.iter() {
        let query = format!("limit={}", "1".repeat(9000));
        judge.refuses(operation.id, 414, "query_too_long", || with_query(&app, operation, &query));
        // Longer than any client of ours would send.
        let line = format!("{} {}?limit={} HTTP/1.1\r\n", operation.method, operation.path(), "1".repeat(100_000));
        let answer = app.raw(format!("{line}Host: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4"), "{}: {answer}", operation.id);
    }
}
