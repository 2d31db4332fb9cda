//! Writing on a condition: what exists is changed by whoever says which version they change.

use serde_json::Value;

use super::operation::{OPERATIONS, Operation, of_method};
use super::problems::Judge;
use crate::client::{Answer, Request};
use crate::harness::App;

/// What writes to something that is there, and needs to know which version.
fn writers() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.needs_if_match())
}

/// What the operation writes to, as it is.
fn state(app: &App, operation: &Operation) -> Answer {
    let get = operation.beside("GET").unwrap_or_else(|| panic!("what {} writes is not read", operation.id));
    get.bare(app, &operation.path()).send().expect(200)
}

/// The example's request without its `If-Match`.
fn without(app: &App, operation: &Operation) -> Request {
    let request = app.request(&operation.method, &operation.target()).by(operation.caller());
    match operation.body_type() {
        Some(body_type) => request.json(body_type, &operation.example["body"]),
        None => request,
    }
}

#[test]
fn put_patch_and_delete_need_a_version() {
    for operation in OPERATIONS.iter() {
        let changes = ["PUT", "PATCH", "DELETE"].contains(&operation.method.as_str());
        assert_eq!(operation.needs_if_match(), changes, "{}", operation.id);
    }
}

#[test]
fn a_writer_of_another_version_is_refused() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in writers() {
        let before = state(&app, operation);
        let tag = before.etag();
        judge.refuses(operation.id, 428, "if_match_missing", || without(&app, operation));
        let with = |tag: &str| without(&app, operation).if_match(tag);
        for stale in
            ["\"999-x\"", "\"x\"", "\"\"", "\"0-a\", \"999-b\"", &format!("W/{tag}"), &format!("W/{tag}, W/\"x\"")]
        {
            let answer = judge.refuses(&format!("{stale} for {}", operation.id), 412, "stale", || with(stale));
            assert_eq!(answer.json()["version"], before.json()["version"], "{stale}");
        }
        for malformed in ["1", "x", "\"", "", "\"1-a\" \"2-b\"x", "W/1"] {
            judge.refuses(&format!("{malformed} for {}", operation.id), 400, "if_match_malformed", || with(malformed));
        }
        assert_eq!(state(&app, operation).etag(), tag, "{} changed something", operation.id);
        if let Some(nowhere) = operation.nowhere() {
            judge.refuses(operation.id, 404, "not_found", || operation.to(&app, &nowhere).if_match("*"));
        }
    }
}

/// Any of the tags of a list will do, also that of a compressed body, as the version is what counts; and after the write
/// it will do no more.
#[test]
fn a_writer_of_this_version_is_let_through() {
    let app = App::demo();
    for operation in writers() {
        let before = state(&app, operation);
        let get = operation.beside("GET").unwrap().bare(&app, &operation.path());
        let compressed = get.header("accept-encoding", "gzip").send().expect(200).etag();
        let tags = format!("\"999-x\", {compressed} , W/\"y\"");
        let answer = without(&app, operation).if_match(&tags).send().expect(operation.status());
        if answer.status == 204 {
            assert!(answer.body.is_empty() && answer.header("etag").is_none(), "{answer:?}");
            continue;
        }
        without(&app, operation).if_match(&tags).send().expect(412);
        without(&app, operation).if_match(&before.etag()).send().expect(412);
        without(&app, operation).if_match(&answer.etag()).send().expect(200);
        without(&app, operation).if_match("*").send().expect(200);
    }
}

/// A version is one change of a thing's own fields. What changes nothing is none.
#[test]
fn versions_count_changes() {
    let app = App::demo();
    for operation in writers().filter(|operation| operation.method != "DELETE") {
        let fields = |answer: &Answer, names: [&str; 2]| names.map(|name| answer.json()[name].clone());
        let before = state(&app, operation);
        let changed = operation.request(&app).send().expect(200);
        let count = |answer: &Answer| answer.json()["version"].as_i64().unwrap();
        assert_eq!(count(&changed), count(&before) + 1, "{}", operation.id);
        assert_eq!(fields(&changed, ["id", "created_at"]), fields(&before, ["id", "created_at"]), "{}", operation.id);
        assert!(changed.json()["updated_at"].as_str() > before.json()["updated_at"].as_str(), "{}", operation.id);
        for _ in 0..2 {
            let same = operation.request(&app).send().expect(200);
            assert_eq!((same.etag(), &same.body), (changed.etag(), &changed.body), "{}", operation.id);
        }
        assert_eq!(state(&app, operation).etag(), changed.etag(), "{}", operation.id);
    }
}

/// A state change may name a version, and then it must be this one; a second time it is refused, with what is allowed.
#[test]
fn a_state_change_may_name_a_version() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in of_method("POST").filter(|operation| operation.takes("header", "If-Match")) {
        let is_moved = operation.status() == 200 && !operation.is_repeatable();
        let with = |tag: &str| without(&app, operation).if_match(tag);
        judge.refuses(operation.id, 412, "stale", || with("\"999-x\""));
        judge.refuses(operation.id, 412, "stale", || with("W/\"1-x\""));
        judge.refuses(operation.id, 400, "if_match_malformed", || with("1"));
        let answer = with("\"1-x\", \"2-x\"").send().expect(operation.status());
        assert_eq!(answer.json()["version"].as_i64() > Some(1), is_moved, "{answer:?}");
        if operation.is_repeatable() {
            without(&app, operation).send().expect(200);
            continue;
        }
        let again = judge.refuses(operation.id, 409, operation.refused_again(), || without(&app, operation));
        assert!(again.json()["detail"] != Value::Null);
    }
}
