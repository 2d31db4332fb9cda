//! What is wrong with a body, on every operation that takes one: each fault is told with its place, all of them at once
//! where that can be, and nothing of the body happens.

use serde_json::{Map, Value, json};

use super::json_schema::resolve;
use super::operation::{Operation, with_body};
use super::problems::Judge;
use crate::client::Request;
use crate::harness::App;

/// The example's request with bytes of whatever kind for its body.
fn raw(app: &App, operation: &Operation, media_type: &str, body: impl Into<Vec<u8>>) -> Request {
    operation.bare(app, &operation.path()).header("content-type", media_type).raw_body(body)
}

/// The example's body, with another value for a field.
fn changed(operation: &Operation, name: &str, value: Value) -> Value {
    let mut body = operation.example["body"].clone();
    body[name] = value;
    body
}

/// Whether a JSON value of another kind than any of the schema's.
fn is_of_another_kind(schema: &'static Value, value: &Value) -> bool {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let schema = resolve(schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().all(|one| is_of_another_kind(one, value));
    }
    let types = schema["type"].as_array().map_or(std::slice::from_ref(&schema["type"]), Vec::as_slice);
    types.iter().all(|one| one != kind(value))
}

#[test]
fn what_is_not_json_is_malformed() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in with_body() {
        let example = operation.example["body"].to_string();
        let cut = &example[..example.len() - 1];
        let text = |text: &str| text.as_bytes().to_vec();
        let mut twice = text(&example);
        twice.extend_from_slice(&text(&example));
        if operation.spec["requestBody"]["required"] == true {
            let empty = || raw(&app, operation, operation.body_type().unwrap(), Vec::new());
            judge.refuses(operation.id, 400, "malformed_json", empty);
        }
        for (code, body) in [
            ("malformed_json", text("{")),
            ("malformed_json", text("nul")),
            ("malformed_json", text(cut)),
            ("malformed_json", twice),
            ("malformed_json", text(&format!("\u{feff}{example}"))),
            ("malformed_json", text("{\"a\u{0}\":1}")),
            ("not_utf8", b"{\"a\":\"\xff\"}".to_vec()),
            ("not_utf8", b"\xff\xfe{\x00}\x00".to_vec()),
            ("nul_character", text(r#"{"a":"b\u0000"}"#)),
            ("nul_character", text(r#"{"\u0000":1}"#)),
        ] {
            let send = || raw(&app, operation, operation.body_type().unwrap(), body.clone());
            let what = format!("{} of {}", String::from_utf8_lossy(&body), operation.id);
            judge.refuses(&what, 400, code, send);
        }
        for bomb in ["[", "{\"a\":", "{\"name\":"] {
            let body = bomb.repeat(100_000);
            let answer = raw(&app, operation, operation.body_type().unwrap(), body).send();
            assert!([400, 422].contains(&answer.status), "{} after {bomb}…: {answer:?}", operation.id);
        }
    }
}

#[test]
fn a_body_of_another_media_type_is_not_read() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in with_body() {
        let right = operation.body_type().unwrap();
        let example = operation.example["body"].to_string();
        let others = [
            "application/json",
            "application/merge-patch+json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "x",
            "",
        ];
        for other in others.iter().filter(|other| **other != right) {
            let send = || raw(&app, operation, other, example.clone());
            let answer = judge.refuses(&format!("{other} for {}", operation.id), 415, "media_type", send);
            assert!(answer.json()["detail"].as_str().unwrap().contains(right), "{answer:?}");
        }
        let none = || operation.bare(&app, &operation.path()).raw_body(example.clone());
        judge.refuses(operation.id, 415, "media_type", none);
        let packed = || raw(&app, operation, right, example.clone()).header("content-encoding", "gzip");
        let answer = judge.refuses(operation.id, 415, "content_encoding", packed);
        assert_eq!(answer.header("accept-encoding"), Some("identity"), "{answer:?}");
        let plain = raw(&app, operation, right, example.clone()).header("content-encoding", "identity").send();
        assert_ne!(plain.status, 415, "{plain:?}");
    }
}

#[test]
fn a_body_that_is_too_large_is_not_taken() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in with_body() {
        let body = format!("{{\"name\":\"{}\"}}", "x".repeat(10 << 20));
        let send = || raw(&app, operation, operation.body_type().unwrap(), body.clone());
        judge.refuses(operation.id, 413, "body_too_large", send);
        // One whose length is not told before.
        let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20)).repeat(3);
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nIf-Match: *\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
            operation.method,
            operation.path(),
            operation.caller().header().unwrap(),
            operation.body_type().unwrap(),
        );
        let answer = app.raw(format!("{head}{chunk}0\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{}: {answer}", operation.id);
    }
}

#[test]
fn a_body_is_an_object_of_known_fields() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in with_body() {
        let properties = operation.properties();
        for other in [json!([]), json!("x"), json!(1), json!(true), json!([operation.example["body"]])] {
            let what = format!("{other} for {}", operation.id);
            judge.refuses(&what, 422, "invalid", || operation.with(&app, &other));
        }
        // The fields in their order, without their names.
        let fields = operation.example["body"].as_object().unwrap();
        let in_order: Vec<Value> =
            properties.keys().map(|name| fields.get(*name).cloned().unwrap_or_default()).collect();
        judge.refuses(operation.id, 422, "invalid", || operation.with(&app, &in_order.clone().into()));
        for unknown in ["colour", "id", "version", "created_at", "a/b~c"] {
            for value in [json!("red"), json!({ "deep": [1] }), Value::Null] {
                let body = changed(operation, unknown, value.clone());
                let what = format!("{unknown}: {value} for {}", operation.id);
                let answer = judge.refuses(&what, 422, "invalid", || operation.with(&app, &body));
                let pointer = unknown.replace('~', "~0").replace('/', "~1");
                assert_eq!(answer.codes(), format!("invalid unknown_field:/{pointer}"), "{what}");
                let detail = answer.json()["errors"][0]["detail"].to_string();
                let named = properties.keys().all(|name| detail.contains(name));
                assert!(named, "{what} does not name the fields: {detail}");
            }
        }
    }
}

#[test]
fn a_field_of_the_wrong_type_is_told_with_its_place() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in with_body() {
        for (name, schema) in operation.properties() {
            let values = [json!(17), json!("nonsense"), json!(true), json!([17]), json!({ "colour": 17 })];
            for value in values.iter().filter(|value| is_of_another_kind(schema, value)) {
                let body = changed(operation, name, value.clone());
                let what = format!("{name}: {value} for {}", operation.id);
                let answer = judge.refuses(&what, 422, "invalid", || operation.with(&app, &body));
                let pointer = answer.json()["errors"][0]["pointer"].to_string();
                assert!(pointer.starts_with(&format!("\"/{name}")), "{what}: {answer:?}");
                // Which form is right, in the reader's language: nothing that serde says.
                let detail = answer.json()["errors"][0]["detail"].to_string();
                assert!(
                    !["expected", "invalid type", "struct "].iter().any(|own| detail.contains(own)),
                    "{what}: {detail}"
                );
            }
        }
        for name in operation.required() {
            let mut body = operation.example["body"].clone();
            body.as_object_mut().unwrap().remove(name);
            let answer = judge.refuses(operation.id, 422, "invalid", || operation.with(&app, &body));
            assert_eq!(answer.codes(), format!("invalid missing_field:/{name}"));
        }
    }
}

#[test]
fn a_day_that_is_none_is_told_how_one_is_written() {
    let app = App::demo();
    let judge = Judge::new(&app);
    let mut asked = 0;
    for operation in with_body() {
        for (name, _) in operation.properties().into_iter().filter(|(_, schema)| resolve(schema)["format"] == "date") {
            for none in ["2026-13-01", "2026-02-30", "1.2.2026", "today", ""] {
                let body = changed(operation, name, json!(none));
                let what = format!("{name}: {none} for {}", operation.id);
                let answer = judge.refuses(&what, 422, "invalid", || operation.with(&app, &body));
                assert_eq!(answer.codes(), format!("invalid bad_day:/{name}"), "{what}");
                assert!(answer.json()["errors"][0]["detail"].to_string().contains(" 2026-01-31."), "{what}");
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "{asked}");
}

/// A value that the schema's limits forbid, and the place of its fault.
fn beyond(schema: &'static Value) -> Option<(Value, &'static str)> {
    let schema = resolve(schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().find_map(beyond);
    }
    match schema {
        _ if schema["pattern"].is_string() || schema["format"] == "uri" => Some((json!("non\nsense"), "")),
        // Not an empty one: merged, it changes nothing.
        _ if schema["minProperties"] == 1 => Some((json!({ "fi": "" }), "/fi")),
        _ if schema["maximum"].is_number() => Some((json!(schema["maximum"].as_i64()? + 1), "")),
        _ if schema["items"].is_object() => {
            let (item, place) = beyond_an_item(resolve(&schema["items"]))?;
            Some((json!([item]), place))
        }
        _ => None,
    }
}

/// For an item of a list: the same with all that it must have.
fn beyond_an_item(item: &'static Value) -> Option<(Value, &'static str)> {
    let names = item["required"].as_array()?.iter().filter_map(Value::as_str);
    let fields: Map<_, _> = names.map(|name| (name.to_owned(), json!("x"))).collect();
    let is_text = |name: &String| resolve(&item["properties"][name])["type"] == "string";
    let text = fields.keys().find(|name| is_text(name) && item["properties"][*name]["minLength"] == 1)?;
    let place = Value::from(text.as_str());
    if !fields.keys().all(is_text) || item["properties"].as_object()?.values().any(|one| one["format"] == "uri") {
        return None;
    }
    let mut fields = fields.clone();
    fields[place.as_str()?] = json!("");
    Some((Value::Object(fields), "/0"))
}

/// All that is beyond a limit is told at once, each with its place.
#[test]
fn all_faults_are_told_at_once() {
    let app = App::demo();
    let judge = Judge::new(&app);
    let mut most = 0;
    for operation in with_body() {
        let mut body = operation.example["body"].clone();
        let mut places = Vec::new();
        for (name, schema) in operation.properties() {
            if let Some((value, place)) = beyond(schema) {
                body[name] = value;
                places.push(format!("/{name}{place}"));
            }
        }
        if places.is_empty() {
            continue;
        }
        let answer = judge.refuses(operation.id, 422, "invalid", || operation.with(&app, &body));
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        for place in &places {
            let told = errors.iter().any(|fault| fault["pointer"].as_str().unwrap().starts_with(place.as_str()));
            assert!(told, "{} does not tell of {place}: {answer:?}", operation.id);
        }
        most = most.max(places.len());
    }
    assert!(most > 4, "no body had more than {most} faults");
}
