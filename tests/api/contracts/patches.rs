//! Merge patches (RFC 7396) of every entity: absent is unchanged, null clears, and the whole is validated.

use serde_json::{Map, Value, json};

use super::json_schema::{faults, resolve};
use super::operation::{OPERATIONS, Operation, of_method};
use crate::client::Answer;
use crate::harness::App;

fn patch(app: &App, operation: &Operation, body: Value) -> Answer {
    let answer = operation.with(app, &body).send();
    // Whatever the service takes, the document allows.
    let faults = faults(operation.body_schema(), &body);
    assert!(answer.status != 200 || faults.is_empty(), "{}: {faults:#?} in {body}", operation.id);
    answer
}

/// The fields of a body that a patch may touch.
fn own(operation: &Operation, answer: &Answer) -> Map<String, Value> {
    let properties = operation.properties();
    let fields = answer.json().as_object().unwrap().clone();
    fields.into_iter().filter(|(name, _)| properties.contains_key(name.as_str())).collect()
}

/// A value of a field, from any example that has one: they are of the same entity.
fn value_of(operation: &Operation, name: &str) -> Option<Value> {
    let tag = &operation.spec["tags"];
    let alike = OPERATIONS
        .iter()
        .filter(|other| other.spec["tags"] == *tag && other.template.len() <= operation.template.len());
    alike.map(|other| other.example["body"][name].clone()).find(|value| !value.is_null())
}

/// The schema of a field, without the choice of null.
fn kind_of(schema: &'static Value) -> &'static Value {
    let schema = resolve(schema);
    let choice = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
    choice.map_or(schema, resolve)
}

/// What a field is when it is cleared.
fn nothing_of(schema: &'static Value) -> Value {
    match kind_of(schema) {
        list if list["items"].is_object() => json!([]),
        map if map["additionalProperties"]["items"].is_object() => json!({}),
        flag if flag["type"] == "boolean" => json!(false),
        _ => Value::Null,
    }
}

/// Whether a field stays when it is left out: what something is known by elsewhere is not forgotten.
fn stays(operation: &Operation, name: &str) -> bool {
    name == "uri" && !is_required(operation, name)
}

/// What the entity needs of a field, when replaced.
fn is_required(operation: &Operation, name: &str) -> bool {
    let put = operation.beside("PUT").expect("what is patched is replaced, too");
    put.required().contains(&name)
}

#[test]
fn absent_is_unchanged_and_null_clears() {
    let app = App::demo();
    let mut all = 0;
    for operation in of_method("PATCH") {
        let mut cleared = 0;
        let start = patch(&app, operation, json!({})).expect(200);
        for (name, schema) in operation.properties() {
            let can_clear = !is_required(operation, name) && !stays(operation, name);
            let Some(value) = value_of(operation, name).filter(|_| can_clear) else { continue };
            let set = patch(&app, operation, json!({ name: value })).expect(200);
            assert_eq!(own(operation, &set)[name], value, "{name} of {}", operation.id);
            let with_null = patch(&app, operation, json!({ name: null })).expect(200);
            let mut expected = own(operation, &set);
            expected[name] = nothing_of(schema);
            assert_eq!(own(operation, &with_null), expected, "{name} of {}", operation.id);
            let again = patch(&app, operation, json!({ name: null })).expect(200);
            assert_eq!(again.etag(), with_null.etag(), "clearing {name} twice is no second change");
            // What was there before, as far as it was.
            patch(&app, operation, json!({ name: own(operation, &start)[name] })).expect(200);
            cleared += 1;
        }
        assert!(cleared > 0, "{} cleared nothing", operation.id);
        all += cleared;
        let end = patch(&app, operation, json!({})).expect(200);
        assert_eq!(own(operation, &end), own(operation, &start), "{}", operation.id);
    }
    assert!(all > 15, "{all} fields were cleared");
}

#[test]
fn a_language_is_taken_away_alone() {
    let app = App::demo();
    for operation in of_method("PATCH") {
        let properties = operation.properties();
        let multilingual = |schema: &'static Value| kind_of(schema)["propertyNames"]["pattern"].is_string();
        let names: Vec<_> =
            properties.iter().filter(|(_, schema)| multilingual(schema)).map(|(name, _)| *name).collect();
        assert!(names.iter().any(|name| ["name", "pref_label"].contains(name)), "{}", operation.id);
        for name in names {
            let text = |body: Value| patch(&app, operation, json!({ name: body })).expect(200).json()[name].clone();
            let all = text(json!({ "fi": "Yksi", "sv": "Ett", "en": "One" }));
            assert_eq!(all, json!({ "fi": "Yksi", "sv": "Ett", "en": "One" }), "{name}");
            assert_eq!(text(json!({ "sv": null })), json!({ "fi": "Yksi", "en": "One" }), "{name}");
            assert_eq!(text(json!({ "se": null, "en": "1" })), json!({ "fi": "Yksi", "en": "1" }), "{name}");
            let none = patch(&app, operation, json!({ name: { "fi": null, "en": null } })).expect(422);
            assert_eq!(none.codes(), format!("invalid no_language:/{name}"), "{}", operation.id);
            let empty = patch(&app, operation, json!({ name: { "en": " ", "x": "y" } })).expect(422);
            assert_eq!(empty.codes(), format!("invalid empty_text:/{name}/en bad_language_tag:/{name}/x"));
        }
    }
}

#[test]
fn what_is_required_stays() {
    let app = App::demo();
    for operation in of_method("PATCH") {
        let before = patch(&app, operation, json!({})).expect(200).etag();
        let put = operation.beside("PUT").unwrap();
        for name in put.required() {
            let refused = patch(&app, operation, json!({ name: null })).expect(422);
            assert_eq!(refused.codes(), format!("invalid missing_field:/{name}"), "{}", operation.id);
        }
        // One fault, and nothing of the patch happens.
        let name = if operation.properties().contains_key("name") { "name" } else { "pref_label" };
        if let Some(other) = put.required().into_iter().find(|other| *other != name) {
            let partly = patch(&app, operation, json!({ name: { "fi": "Uusi" }, other: null })).expect(422);
            assert_eq!(partly.codes(), format!("invalid missing_field:/{other}"), "{}", operation.id);
        }
        assert_eq!(patch(&app, operation, json!({})).expect(200).etag(), before, "{}", operation.id);
    }
}

/// What is put is the whole of a thing's own fields: what is left out is cleared.
#[test]
fn replacing_clears_what_is_left_out() {
    let app = App::demo();
    for operation in of_method("PUT") {
        let whole = operation.request(&app).send().expect(200);
        let mut body = operation.example["body"].clone();
        body.as_object_mut().unwrap().retain(|name, _| operation.required().contains(&name.as_str()));
        let bare = operation.with(&app, &body).send().expect(200);
        for (name, value) in own(operation, &bare) {
            let is_cleared = [json!(null), json!([]), json!({}), json!(false)].contains(&value);
            assert!(
                is_cleared || stays(operation, &name) || body[&name] == value,
                "{name} of {}: {value}",
                operation.id
            );
        }
        assert_ne!(own(operation, &bare), own(operation, &whole), "{}", operation.id);
        // And what is put back is there again, but for the version.
        let again = operation.request(&app).send().expect(200);
        assert_eq!(own(operation, &again), own(operation, &whole), "{}", operation.id);
    }
}
