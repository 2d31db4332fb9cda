//! The document itself: it is whole, it says what it must of every operation, and the committed copy is this one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::json_schema::{faults, resolve};
use super::operation::{OPERATIONS, documented};
use crate::client::Answer;
use crate::documented::DOCUMENT;
use crate::examples::is_recording;
use crate::harness::App;

/// Whose conventions an operation may follow.
const PROFILES: [&str; 5] = ["api", "documentation", "health", "import", "metrics"];

/// The verbs that the names of operations begin with, by method.
const VERBS: [(&str, &[&str]); 5] = [
    ("get", &["list", "get", "search", "match", "export"]),
    ("put", &["replace", "set"]),
    ("patch", &["patch"]),
    ("delete", &["delete", "remove"]),
    // Whatever a POST is for.
    ("post", &[]),
];

/// The operations for which it is enough to be signed in.
const SIGNED_IN: [&str; 1] = ["get_me"];

/// Every object within a value, with its place.
fn objects(value: &'static Value, place: String, visit: &mut impl FnMut(&str, &'static Value)) {
    match value {
        Value::Object(fields) => {
            visit(&place, value);
            for (name, inner) in fields {
                objects(inner, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), visit);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                objects(inner, format!("{place}/{index}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&*DOCUMENT).unwrap());
    if is_recording() {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "openapi/openapi.json is not the document: run SOLMU_RECORD=1 cargo test --test api document"
    );
    let served = App::start().get("/openapi.json").send().expect(200);
    assert_eq!(served.json(), *DOCUMENT);
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let mut used = BTreeSet::new();
    objects(&DOCUMENT, String::new(), &mut |_, object| {
        if let Some(reference) = object["$ref"].as_str() {
            resolve(object);
            used.insert(reference);
        }
    });
    for name in DOCUMENT["components"]["schemas"].as_object().unwrap().keys() {
        assert!(used.contains(format!("#/components/schemas/{name}").as_str()), "nothing refers to the schema {name}");
    }
}

#[test]
fn every_operation_says_what_it_is() {
    let mut ids = BTreeSet::new();
    let tags: Vec<_> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (template, method, operation) in documented() {
        let here = format!("{method} {template}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{here} has no operationId"));
        assert!(ids.insert(id), "{id} twice");
        let is_snake = id.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !id.starts_with('_');
        let verb = id.split_once('_').filter(|(_, noun)| is_snake && !noun.is_empty()).map(|(verb, _)| verb);
        let verb = verb.unwrap_or_else(|| panic!("{id} is not verb_noun"));
        let (_, verbs) = VERBS.iter().find(|(known, _)| *known == method).unwrap_or_else(|| panic!("{here}"));
        assert!(verbs.is_empty() || verbs.contains(&verb), "{id} for a {method}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id} has no summary");
        let own = operation["tags"].as_array().unwrap();
        assert!(own.len() == 1 && tags.contains(&&own[0]), "{id} has not one tag of those described: {own:?}");
        let profile = operation["x-solmu-profile"].as_str().unwrap_or_else(|| panic!("{id} has no profile"));
        assert!(PROFILES.contains(&profile), "{id} is of the unknown profile {profile}");
        let is_api = ["api", "import"].contains(&profile);
        assert_eq!(template.starts_with("/v1/"), is_api, "{here} is of the profile {profile}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
        }
    }
}

#[test]
fn every_parameter_is_described_and_typed() {
    for (template, method, operation) in documented() {
        let mut names = BTreeSet::new();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.clone() {
            let (name, place) = (parameter["name"].as_str().unwrap(), parameter["in"].as_str().unwrap());
            let here = format!("{name} in the {place} of {method} {template}");
            assert!(names.insert((place, name)), "{here}: twice");
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{here}: no description");
            let schema = resolve(&parameter["schema"]);
            let types = [&schema["type"], &schema["oneOf"], &schema["enum"]];
            assert!(types.iter().any(|one| !one.is_null()), "{here}: no type");
            if place == "path" {
                assert!(template.contains(&format!("{{{name}}}")) && parameter["required"] == true, "{here}");
            }
        }
        let in_path = names.iter().filter(|(place, _)| *place == "path").count();
        assert_eq!(in_path, template.matches('{').count(), "the parameters in the path of {method} {template}");
    }
}

/// A scope that opens it to anybody who has it; behind it, where there are roles, the one that whoever has them reads with.
#[test]
fn every_operation_of_the_api_names_its_scope() {
    for operation in OPERATIONS.iter() {
        let requirements = operation.spec["security"].as_array().map_or(&[][..], Vec::as_slice);
        let scopes = requirements.iter().map(|one| one["bearer"].as_array().expect("scopes"));
        let scopes: Vec<Vec<&str>> =
            scopes.map(|scopes| scopes.iter().map(|scope| scope.as_str().expect("a scope")).collect()).collect();
        if SIGNED_IN.contains(&operation.id) {
            assert_eq!(scopes, [[""; 0]], "{}", operation.id);
            continue;
        }
        let roles = operation.spec["x-solmu-roles"].as_array().map_or(&[][..], Vec::as_slice);
        let is_personal = roles.iter().any(|role| role != "hr");
        let read = scopes.iter().position(|scopes| scopes == &["directory:read"]);
        // Where reading is enough it comes first, and others read, too.
        let expected = if is_personal { Some(1) } else { read.filter(|at| *at == 0) };
        assert_eq!(read, expected, "{}: {scopes:?}", operation.id);
        assert!(scopes.len() == 1 + usize::from(is_personal) || read == Some(0), "{}: {scopes:?}", operation.id);
        let known = |scopes: &Vec<&str>| scopes.len() == 1 && scopes[0].parse::<solmu::auth::scope::Scope>().is_ok();
        assert!(scopes.iter().all(known), "{}: {scopes:?}", operation.id);
    }
    assert_eq!(DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

/// The examples of operations, parameters and schemas.
#[test]
fn every_example_is_valid() {
    let mut found = BTreeMap::new();
    objects(&DOCUMENT, String::new(), &mut |place, object| {
        // A field may be called example; that of a parameter or a body has a schema beside it.
        let schema = if object["schema"].is_object() { &object["schema"] } else { object };
        let is_schema = place.starts_with("/components/schemas/") && schema["properties"]["example"].is_null();
        if (is_schema || object["schema"].is_object()) && !place.contains("/example") {
            let several = object["examples"].as_array().into_iter().flatten();
            let faults: Vec<_> =
                object.get("example").into_iter().chain(several).flat_map(|one| faults(schema, one)).collect();
            if object.get("example").or(object.get("examples")).is_some() {
                found.insert(place.to_owned(), faults);
            }
        }
    });
    let wrong: Vec<_> = found.iter().filter(|(_, faults)| !faults.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found.len() > OPERATIONS.len(), "{:?}", found.keys());
}

/// The document has the example of each operation, in its body and in its answer.
#[test]
fn every_operation_shows_its_example() {
    for operation in OPERATIONS.iter() {
        let (spec, status) = (operation.spec, operation.status().to_string());
        let answered = &spec["responses"][&status]["content"]["application/json"];
        assert_eq!(answered.is_null(), status == "204", "{}", operation.id);
        if !answered.is_null() {
            assert_eq!(answered["example"], operation.example["response"], "the answer of {}", operation.id);
        }
        if let Some(body_type) = operation.body_type() {
            let body = &spec["requestBody"]["content"][body_type];
            assert_eq!(body["example"], operation.example["body"], "the body of {}", operation.id);
        }
        for name in operation.names("path") {
            let shown = operation.parameters("path").find(|parameter| parameter["name"] == name).unwrap();
            assert_eq!(shown["example"], operation.example["path"][name], "{name} of {}", operation.id);
        }
    }
}

/// What is answered is what the document says, in every field.
#[test]
fn every_answer_is_as_the_document_has_it() {
    let app = App::demo();
    let check = |operation: &super::operation::Operation, answer: &Answer| {
        let content = &operation.spec["responses"][answer.status.to_string()]["content"];
        if let Some(schema) = content.get(answer.media_type().unwrap_or_default()).map(|media| &media["schema"]) {
            let faults = faults(schema, &answer.json());
            assert!(answer.json().is_object(), "{answer:?}");
            assert!(faults.is_empty(), "{}: {faults:#?} in {answer:?}", operation.id);
        }
    };
    for operation in OPERATIONS.iter() {
        if operation.method == "GET" {
            // All of it, with all that may come with it.
            let include = operation.values("include").join(",");
            let query = if include.is_empty() { String::new() } else { format!("?include={include}") };
            check(operation, &operation.bare(&app, &(operation.path() + &query)).send().expect(200));
        }
        check(operation, &operation.request(&app).send().expect(operation.status()));
        if let Some(nowhere) = operation.nowhere() {
            check(operation, &operation.to(&app, &nowhere).send().expect(404));
        }
    }
}
