//! Reading on a condition: every read has a strong tag, and who names it is spared the body.

use super::operation::{OPERATIONS, Operation, of_method};
use crate::client::Answer;
use crate::harness::{App, Token};

/// What bodies are compressed with.
const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

/// What differs between two answers that are otherwise the same.
const OWN: [&str; 2] = ["date", "x-request-id"];

/// 304: nothing but the headers that say of which state.
#[track_caller]
fn is_unchanged(answer: &Answer, tag: &str) {
    assert_eq!(answer.status, 304, "{answer:?}");
    assert!(answer.body.is_empty(), "{answer:?}");
    assert_eq!(answer.etag(), tag, "{answer:?}");
    for name in ["vary", "cache-control"] {
        assert!(answer.header(name).is_some(), "no {name} in {answer:?}");
    }
    for name in ["content-type", "content-encoding"] {
        assert!(answer.header(name).is_none(), "{name} in {answer:?}");
    }
}

#[test]
fn every_read_has_a_strong_tag_by_which_it_is_known() {
    let app = App::demo();
    for operation in of_method("GET") {
        let answer = operation.request(&app).send().expect(200);
        let tag = answer.etag();
        let inner = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        let inner = inner.unwrap_or_else(|| panic!("{tag} of {} is not strong", operation.id));
        assert!(inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{tag}");
        match answer.json()["version"].as_i64() {
            Some(version) => assert!(inner.starts_with(&format!("{version}-")), "{tag} of {}", operation.id),
            None => assert!(!inner.is_empty(), "{tag} of {}", operation.id),
        }
        let ask = |known: &str| operation.request(&app).header("if-none-match", known).send();
        for known in
            [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), format!("\"x\",{tag},\"y\""), "*".to_owned()]
        {
            is_unchanged(&ask(&known), &tag);
        }
        for unknown in ["\"x\"", "", "x", inner, &tag.to_uppercase(), &format!("\"{inner}-gzip\"")] {
            assert_eq!(ask(unknown).expect(200).body, answer.body, "{} with {unknown}", operation.id);
        }
    }
}

#[test]
fn a_compressed_body_is_another_and_has_another_tag() {
    let app = App::demo();
    for operation in of_method("GET") {
        let ask = |coding: &str| operation.request(&app).header("accept-encoding", coding);
        let plain = ask("identity").send().expect(200);
        assert!(plain.header("content-encoding").is_none(), "{plain:?}");
        let mut tags = vec![plain.etag()];
        for coding in CODINGS {
            let answer = ask(coding).send().expect(200);
            assert_eq!(answer.header("content-encoding"), Some(coding), "{}", operation.id);
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("Accept-Encoding")), "{answer:?}");
            assert_ne!(answer.body, plain.body);
            let tag = answer.etag();
            assert!(!tags.contains(&tag), "{tag} again, for {coding} of {}", operation.id);
            is_unchanged(&ask(coding).header("if-none-match", &tag).send(), &tag);
            // The tag of the same body in another coding is another.
            for other in &tags {
                ask(coding).header("if-none-match", other).send().expect(200);
            }
            tags.push(tag);
        }
        let best = ask("gzip;q=0.2, br;q=0.9, zstd;q=0.1").send().expect(200);
        assert_eq!(best.header("content-encoding"), Some("br"), "{}", operation.id);
    }
}

#[test]
fn head_is_get_without_its_body() {
    let app = App::demo();
    let headers = |answer: &Answer| {
        let all = answer.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
        let mut all: Vec<_> = all.map(|(name, value)| (name.to_string(), value.clone())).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    for operation in of_method("GET") {
        let target = operation.target();
        let mut targets = vec![(target.clone(), operation.caller()), (target.clone(), Token::None)];
        targets.push((format!("{}?colour=red", operation.path()), operation.caller()));
        targets.extend(operation.nowhere().map(|nowhere| (nowhere, operation.caller())));
        for (target, caller) in targets {
            let get = app.get(&target).by(caller).send();
            let head = app.request("HEAD", &target).by(caller).send();
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{target}");
            assert_eq!(headers(&head), headers(&get), "{target}");
        }
        let tag = app.get(&target).by(operation.caller()).send().etag();
        is_unchanged(&app.request("HEAD", &target).by(operation.caller()).header("if-none-match", &tag).send(), &tag);
    }
}

/// What is read after a write has the tag that the write answered with, and is no longer known by the one before.
#[test]
fn a_tag_is_of_the_state_that_was_read() {
    let app = App::demo();
    for operation in OPERATIONS.iter().filter(|operation| ["PUT", "PATCH"].contains(&operation.method.as_str())) {
        let read = |tag: &str| {
            let get = operation.beside("GET").expect("what is written is read");
            get.bare(&app, &operation.path()).header("if-none-match", tag).send()
        };
        let before = read("\"x\"").expect(200).etag();
        let written = operation.request(&app).send().expect(200);
        assert_ne!(written.etag(), before, "{}", operation.id);
        is_unchanged(&read(&written.etag()), &written.etag());
        assert_eq!(read(&before).expect(200).body, written.body, "{}", operation.id);
    }
    for operation in of_method("POST").filter(|operation| !operation.reports() && !operation.judges()) {
        // What is told of a state is told to whoever sees all.
        let answer = operation.request(&app).by(Token::Admin).send().expect(operation.status());
        let at = answer.header("location").map_or_else(|| made_by(operation), str::to_owned);
        let read = app.get(&at).by(Token::Admin).send().expect(200);
        assert_eq!((read.etag(), read.body), (answer.etag(), answer.body), "{}", operation.id);
    }
}

/// What a state change leaves lies where its path ends but for the verb.
fn made_by(operation: &Operation) -> String {
    let path = operation.path();
    path.rsplit_once('/').expect("a path with a verb").0.to_owned()
}

/// Part of a thing, or the thing with others, is another body; the version is the same.
#[test]
fn a_part_has_a_tag_of_its_own() {
    let app = App::demo();
    for operation in of_method("GET").filter(|operation| operation.takes("query", "fields")) {
        // Of an empty page there is no part.
        if operation.takes("query", "cursor") {
            operation.stock(&app);
        }
        let tag =
            |query: String| operation.bare(&app, &format!("{}?{query}", operation.path())).send().expect(200).etag();
        let whole = tag(String::new());
        assert_ne!(tag("fields=id".to_owned()), whole, "{}", operation.id);
        if let Some(relation) = operation.values("include").first() {
            assert_ne!(tag(format!("include={relation}")), whole, "{}", operation.id);
        }
    }
}
