//! The examples of the document, which lie beside the code of what they are examples of, and the test that they are true.
//!
//! An example says what is asked: `path`, `query` and `body`. What is answered, `response`, is recorded:
//!
//!     SOLMU_RECORD=1 cargo test --test api examples
//!
//! writes it into the files; once more, with `contracts::document`, writes `openapi/openapi.json`, which shows them.
//! Values that no two runs share (ids and times of what was just made, cursors) are put into words that stay the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::Utc;
use serde_json::{Map, Value};

use crate::client::Answer;
use crate::contracts::operation::OPERATIONS;
use crate::harness::App;

/// The examples by operation, each with the file it is in.
pub static EXAMPLES: LazyLock<BTreeMap<String, (PathBuf, Value)>> = LazyLock::new(|| {
    let mut examples = BTreeMap::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).expect("the file is read");
        let map: Map<String, Value> = serde_json::from_str(&text).expect("examples are JSON");
        for (id, example) in map {
            let twice = examples.insert(id.clone(), (file.clone(), example));
            assert!(twice.is_none(), "{id} has two examples");
        }
    }
    examples
});

/// The id of what an example made.
const ID: &str = "01990000-0000-7000-8000-000000000001";

/// When an example made or changed it.
const TIME: &str = "2026-01-15T08:30:00.123456Z";

/// The day on which that is.
const DAY: &str = "2026-01-15";

/// The id of a caller.
const CALLER: &str = "5ba2d13c9f0e4a7786d1c2b3";

/// Where the next page begins.
const CURSOR: &str = "kI2nVwR0c3Rhcnrcb7yPq1CeyJsaXN0IjoiLi4uIn0";

/// The time of the demo directory: what happened later, an example did.
const DEMO: &str = "2026-01-01T00:00:00Z";

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("the directory is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name == "examples.json") {
            found.push(path);
        }
    }
    found
}

/// Whether the answers are written down rather than compared.
pub fn is_recording() -> bool {
    std::env::var_os("SOLMU_RECORD").is_some()
}

/// The body of an answer, as it would be each time.
fn lasting(answer: &Answer) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    let mut body = answer.json();
    if answer.status == 201 {
        body["id"] = ID.into();
    }
    // A caller's id is made with a key that each database has of its own.
    if body["scopes"].is_array() {
        body["id"] = CALLER.into();
    }
    if body["next"].is_string() {
        body["next"] = CURSOR.into();
    }
    settle(&mut body);
    body
}

fn settle(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(_) if name == "dismissed_by" => *value = CALLER.into(),
                    // A membership that an example made, rather than one of the demo.
                    Some(id) if name == "membership_id" && !id.starts_with("01900000-") => *value = ID.into(),
                    Some(time) if name.ends_with("_at") && time > DEMO => *value = TIME.into(),
                    Some(day) if name.starts_with("valid_") && is_today(day) => *value = DAY.into(),
                    _ => settle(value),
                }
            }
        }
        _ => {}
    }
}

/// Whether it is today for the service, or was when it answered.
fn is_today(day: &str) -> bool {
    let today = Utc::now().with_timezone(&chrono_tz::Europe::Helsinki).date_naive();
    [Some(today), today.pred_opt()].into_iter().flatten().any(|known| known.to_string() == day)
}

#[test]
fn every_operation_has_an_example() {
    for operation in OPERATIONS.iter() {
        assert!(!operation.example.is_null(), "{} has no example in src/*/examples.json", operation.id);
        let known = ["path", "query", "body", "status", "response"];
        for (name, _) in operation.example.as_object().expect("an object") {
            assert!(known.contains(&name.as_str()), "{name} in the example of {}", operation.id);
        }
        assert!((200..300).contains(&operation.status()), "the example of {} shows a failure", operation.id);
        let body = operation.example.get("body").is_some();
        assert_eq!(body, operation.body_type().is_some(), "the body of the example of {}", operation.id);
    }
}

/// One directory takes them all: none stands in the way of another, in the order of [`OPERATIONS`]. The contracts build
/// on that.
#[test]
fn examples_are_true() {
    let app = App::demo();
    let mut recorded: BTreeMap<&Path, Map<String, Value>> = BTreeMap::new();
    let mut untrue = Vec::new();
    for operation in OPERATIONS.iter() {
        let answer = operation.request(&app).send().expect(operation.status());
        let response = lasting(&answer);
        let mut example = operation.example.clone();
        let before = example["response"].take();
        if response.is_null() {
            example.as_object_mut().expect("an object").remove("response");
        } else {
            example["response"] = response.clone();
        }
        if before != response {
            untrue.push(format!("{}: answered {response:#}, not {before:#}", operation.id));
        }
        let (file, _) = &EXAMPLES[operation.id];
        recorded.entry(file).or_default().insert(operation.id.to_owned(), example);
    }
    if is_recording() {
        for (file, examples) in recorded {
            let text = serde_json::to_string_pretty(&examples).expect("JSON");
            fs::write(file, format!("{text}\n")).expect("the file is written");
        }
        return;
    }
    assert!(untrue.is_empty(), "{}\nSOLMU_RECORD=1 cargo test --test api examples", untrue.join("\n"));
}
