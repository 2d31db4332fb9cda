//! Holds every answer that any test gets against the OpenAPI document: what is not documented is not answered.

use std::sync::LazyLock;

use serde_json::Value;

use crate::client::Answer;

/// The document, as the service makes it.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| solmu::app::document().expect("the document"));

/// The operation that a path leads to; HEAD is GET without its body.
pub fn operation(method: &str, target: &str) -> Option<&'static Value> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let paths = DOCUMENT["paths"].as_object()?.iter();
    // A template that spells the path out goes before one that has a place for anything.
    let (_, item) =
        paths.filter(|(template, _)| fits(template, path)).min_by_key(|(name, _)| name.matches('{').count())?;
    item.get(method)
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(place, part): (&&str, &&str)| if place.starts_with('{') { !part.is_empty() } else { place == part };
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// Fails the test whose answer is not as the document has it, or is an error but no problem.
#[track_caller]
pub fn check(method: &str, target: &str, answer: &Answer) {
    let operation = operation(method, target);
    if let Some(operation) = operation {
        let documented = &operation["responses"][answer.status.to_string()];
        assert!(!documented.is_null(), "{} is not documented: {answer:?}", answer.status);
        if let Some(content) = documented["content"].as_object() {
            let is_offered = content.keys().any(|offered| Some(offered.as_str()) == answer.media_type());
            assert!(is_offered, "the media type is not documented: {answer:?}");
        }
    }
    let is_ours = operation.is_none_or(|operation| operation["x-solmu-profile"] == "api");
    if answer.status >= 400 && is_ours {
        check_problem(method, answer);
    }
}

/// A problem has every member that clients rely on (RFC 9457), and says the same as the status line and the request id.
#[track_caller]
fn check_problem(method: &str, answer: &Answer) {
    assert_eq!(answer.media_type(), Some("application/problem+json"), "{answer:?}");
    if method == "HEAD" {
        return assert!(answer.body.is_empty(), "an answer to HEAD with a body: {answer:?}");
    }
    if answer.header("content-encoding").is_some_and(|coding| coding != "identity") {
        return;
    }
    let problem = answer.json();
    for name in ["type", "title", "detail", "instance", "code"] {
        assert!(problem[name].as_str().is_some_and(|text| !text.is_empty()), "a problem without {name}: {answer:?}");
    }
    assert_eq!(problem["status"], answer.status, "{answer:?}");
    assert_eq!(problem["instance"].as_str(), answer.header("x-request-id"), "{answer:?}");
}
