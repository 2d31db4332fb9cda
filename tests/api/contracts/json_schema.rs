//! As much of JSON Schema (2020-12) as the document uses. A keyword that is not known in here is a fault, so that
//! nothing passes because it was not looked at.

use actix_web::dev::ResourceDef;
use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use crate::documented::DOCUMENT;

/// Keywords that say nothing of what is valid.
const ANNOTATIONS: [&str; 7] = ["title", "description", "default", "example", "examples", "deprecated", "format"];

/// A schema, with what it refers to in its place.
pub fn resolve(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(place) => {
            let found = place.strip_prefix('#').and_then(|pointer| DOCUMENT.pointer(pointer));
            resolve(found.unwrap_or_else(|| panic!("{place} leads nowhere")))
        }
        None => schema,
    }
}

/// What is wrong with a value, each fault with its place; nothing where it is valid.
pub fn faults(schema: &'static Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, value, "", &mut faults);
    faults
}

fn check(schema: &'static Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    let mut fault = |text: String| faults.push(format!("{place}: {text}"));
    let Some(keywords) = schema.as_object() else {
        return if schema == false {
            fault("nothing is valid here".to_owned())
        };
    };
    if let Some(text) = value.as_str() {
        check_text(keywords, text, &mut fault);
    }
    let count = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    for (keyword, wanted) in keywords {
        let is_right = match (keyword.as_str(), value) {
            ("type", _) => {
                let types = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
                types.iter().any(|one| is_of(one.as_str().unwrap_or_default(), value))
            }
            ("enum", _) => wanted.as_array().is_some_and(|valid| valid.contains(value)),
            ("const", _) => wanted == value,
            ("minimum", Value::Number(number)) => number.as_f64() >= wanted.as_f64(),
            ("maximum", Value::Number(number)) => number.as_f64() <= wanted.as_f64(),
            ("minItems", Value::Array(items)) => count(keyword).is_some_and(|least| items.len() >= least),
            ("maxItems", Value::Array(items)) => count(keyword).is_some_and(|most| items.len() <= most),
            ("minProperties", Value::Object(fields)) => count(keyword).is_some_and(|least| fields.len() >= least),
            ("required", Value::Object(fields)) => {
                wanted.as_array().into_iter().flatten().all(|name| fields.contains_key(name.as_str().unwrap_or("")))
            }
            ("anyOf", _) => fitting(wanted, value) > 0,
            ("oneOf", _) => fitting(wanted, value) == 1,
            ("allOf", _) => fitting(wanted, value) == wanted.as_array().map_or(0, Vec::len),
            ("$ref" | "items" | "properties" | "additionalProperties" | "propertyNames", _) => true,
            ("minLength" | "maxLength" | "pattern", _) => true,
            ("minimum" | "maximum" | "minItems" | "maxItems" | "minProperties" | "required", _) => true,
            (keyword, _) => ANNOTATIONS.contains(&keyword),
        };
        if !is_right {
            fault(format!("not as {keyword} {wanted} has it: {value}"));
        }
    }
    if schema.get("$ref").is_some() {
        check(resolve(schema), value, place, faults);
    }
    match value {
        Value::Array(items) if keywords.contains_key("items") => {
            for (index, item) in items.iter().enumerate() {
                check(&schema["items"], item, &format!("{place}/{index}"), faults);
            }
        }
        Value::Object(fields) => check_fields(schema, fields, place, faults),
        _ => {}
    }
}

fn check_fields(schema: &'static Value, fields: &Map<String, Value>, place: &str, faults: &mut Vec<String>) {
    for (name, value) in fields {
        let place = format!("{place}/{name}");
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(known), _) => check(known, value, &place, faults),
            (None, Some(other)) => check(other, value, &place, faults),
            (None, None) => {}
        }
        if let Some(names) = schema.get("propertyNames") {
            check(names, &Value::String(name.clone()), &place, faults);
        }
    }
}

/// How many of the schemas a value is valid by.
fn fitting(schemas: &'static Value, value: &Value) -> usize {
    schemas.as_array().into_iter().flatten().filter(|one| faults(one, value).is_empty()).count()
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn check_text(keywords: &'static Map<String, Value>, text: &str, fault: &mut impl FnMut(String)) {
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
    if limit("minLength").is_some_and(|least| length < least) || limit("maxLength").is_some_and(|most| length > most) {
        fault(format!("{length} characters"));
    }
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str)
        && !matches(pattern, text)
    {
        fault(format!("{text} does not match {pattern}"));
    }
    let is_right = match keywords.get("format").and_then(Value::as_str) {
        Some("date") => text.parse::<NaiveDate>().is_ok(),
        // The service's own are in UTC.
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok() && text.ends_with('Z'),
        Some("uuid") => uuid::Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text),
        Some("email") => text.contains('@') && !text.contains(char::is_whitespace),
        Some("uri") => text.starts_with("https://") || text.starts_with("http://"),
        Some(other) => panic!("no text has the format {other}"),
        None => true,
    };
    if !is_right {
        fault(format!("{text} is not of its format"));
    }
}

/// Whether a text matches an anchored pattern. The router's matcher of path segments stands in for a crate of its own.
fn matches(pattern: &str, text: &str) -> bool {
    let inner = pattern.strip_prefix('^').and_then(|pattern| pattern.strip_suffix('$')).expect("an anchored pattern");
    ResourceDef::new(format!("/{{text:{inner}}}")).is_match(&format!("/{text}"))
}

#[test]
fn what_is_invalid_is_found() {
    let schema = resolve(&DOCUMENT["components"]["schemas"]["OrganisationCreate"]);
    let count = |value: Value| faults(schema, &value).len();
    let name = || serde_json::json!({ "fi": "Virasto" });
    let valid = serde_json::json!({ "name": name(), "kind": "agency", "parent_id": null });
    assert_eq!(faults(schema, &valid), [""; 0]);
    for invalid in [
        serde_json::json!([]),
        serde_json::json!({ "name": name() }),
        serde_json::json!({ "name": name(), "kind": "agency", "colour": "red" }),
        serde_json::json!({ "name": {}, "kind": "agency" }),
        serde_json::json!({ "name": { "suomi!": "Virasto" }, "kind": "agency" }),
        serde_json::json!({ "name": name(), "kind": "agencies" }),
        serde_json::json!({ "name": name(), "kind": "agency", "business_id": "0245437" }),
        serde_json::json!({ "name": name(), "kind": "agency", "valid_from": "2026-02-30" }),
        serde_json::json!({ "name": name(), "kind": "agency", "external_ids": [{ "source": "hr", "id": "" }] }),
        serde_json::json!({ "name": name(), "kind": "agency", "parent_id": "1" }),
    ] {
        assert!(count(invalid.clone()) > 0, "{invalid}");
    }
}
