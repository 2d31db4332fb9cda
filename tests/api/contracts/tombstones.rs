//! What is deleted is remembered: 410 with a tombstone, readable as it was, and its unique values are free.

use serde_json::Value;

use super::lists::{ids, instant, whole};
use super::operation::{OPERATIONS, Operation, lists, of_method};
use crate::harness::App;

/// The list that an operation's thing is in, with the operation that makes one.
fn list_of(operation: &Operation) -> &'static Operation {
    let is_above = |list: &&Operation| list.below(&operation.method).is_some_and(|below| below.id == operation.id);
    lists().find(is_above).unwrap_or_else(|| panic!("what {} deletes is not listed", operation.id))
}

#[test]
fn what_is_deleted_leaves_a_tombstone() {
    let app = App::demo();
    for operation in of_method("DELETE") {
        let (get, path, list) = (operation.beside("GET").unwrap(), operation.path(), list_of(operation));
        let id = path.rsplit('/').next().unwrap().to_owned();
        let before = get.bare(&app, &path).send().expect(200);
        let then = instant();
        let deleted = operation.request(&app).send().expect(204);
        assert!(deleted.body.is_empty() && deleted.header("content-type").is_none(), "{deleted:?}");

        let gone = get.bare(&app, &path).send().expect(410);
        assert_eq!(gone.codes(), "gone");
        let tombstone = gone.json()["tombstone"].clone();
        let members: Vec<_> = tombstone.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["deleted_at", "entity_type", "id", "version"], "{}", operation.id);
        assert_eq!((&tombstone["id"], &tombstone["version"]), (&Value::from(id.clone()), &before.json()["version"]));
        assert!(tombstone["deleted_at"].as_str() >= Some(&then), "{tombstone} before {then}");

        // Whatever is asked of it or of what is below it.
        for other in OPERATIONS.iter().filter(|other| other.template.starts_with(operation.template)) {
            if other.names("path").len() == operation.names("path").len() {
                let below = other.path_by(|name, _| operation.example["path"][name].as_str().unwrap().to_owned());
                let answer = other.to(&app, &below).send();
                assert_eq!(answer.codes(), "gone", "{} of {}: {answer:?}", other.id, operation.id);
            }
        }
        assert!(!ids(&whole(&app, list, "")).contains(&id), "{}", list.id);

        if operation.erases() {
            get.bare(&app, &format!("{path}?as_of={then}")).send().expect(410);
            assert!(!ids(&whole(&app, list, &format!("as_of={then}"))).contains(&id), "{}", list.id);
            continue;
        }
        // As it was.
        let past = get.bare(&app, &format!("{path}?as_of={then}")).send().expect(200);
        assert_eq!((past.etag(), past.body), (before.etag(), before.body), "{}", operation.id);
        assert!(ids(&whole(&app, list, &format!("as_of={then}"))).contains(&id), "{}", list.id);
        get.bare(&app, &format!("{path}?as_of={}", instant())).send().expect(410);
    }
}

#[test]
fn what_never_was_is_not_found() {
    let app = App::demo();
    for operation in OPERATIONS.iter() {
        let Some(nowhere) = operation.nowhere() else { continue };
        let answer = operation.to(&app, &nowhere).send().expect(404);
        assert_eq!(answer.codes(), "not_found", "{}", operation.id);
        assert!(answer.json().get("tombstone").is_none(), "{answer:?}");
        if operation.takes("query", "as_of") {
            operation.bare(&app, &format!("{nowhere}?as_of=2026-06-01")).send().expect(404);
            // Nor was it there before it came.
            let early = operation.bare(&app, &format!("{}?as_of=2025-12-30", operation.path())).send();
            assert!(early.status == 404, "{}: {early:?}", operation.id);
        }
    }
}

/// A value that only one may have belongs to nobody once that one is gone, and the one that comes after is another.
#[test]
fn unique_values_are_free_again() {
    let app = App::demo();
    for operation in of_method("DELETE") {
        let create = list_of(operation).beside("POST").unwrap();
        let mut made = Vec::new();
        for _ in 0..3 {
            let answer = create.request(&app).send().expect(201);
            let path = answer.header("location").unwrap().to_owned();
            assert!(!made.contains(&path));
            let taken = create.request(&app).send().expect(409);
            assert!(taken.codes().starts_with("conflict "), "{}: {taken:?}", create.id);
            operation.bare(&app, &path).send().expect(204);
            made.push(path);
        }
        for path in made {
            operation.beside("GET").unwrap().bare(&app, &path).send().expect(410);
        }
    }
}
