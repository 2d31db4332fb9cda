//! Lists, one page at a time: how long a page is, what is counted, what a row holds, and as of when.

use std::collections::BTreeSet;

use chrono::SecondsFormat;
use serde_json::Value;
use solmu::db::now;

use super::operation::{Operation, lists, of_method};
use crate::client::Answer;
use crate::harness::App;

/// The page of a list that a query asks for; it is in the order in which the list was made.
pub fn page(app: &App, list: &Operation, query: &str) -> Answer {
    list.bare(app, &format!("{}?{query}", list.path())).send()
}

/// The rows of a page.
pub fn items(answer: &Answer) -> Vec<Value> {
    answer.json()["items"].as_array().unwrap_or_else(|| panic!("no items in {answer:?}")).clone()
}

/// All rows of a list that a query asks for, page by page.
pub fn whole(app: &App, list: &Operation, query: &str) -> Vec<Value> {
    super::cursors::walk(app, list, &format!("limit=200&{query}"), "en", |_| {})
}

/// The ids of rows.
pub fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// The sort orders of a list, which a wrong one is told.
pub fn sorts(app: &App, list: &Operation) -> Vec<String> {
    let refused = page(app, list, "sort=nonsense").expect(400);
    assert_eq!(refused.codes(), "bad_parameters bad_value:sort");
    let detail = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    let (names, _) = detail.split_once("Valid: ").and_then(|(_, names)| names.split_once(';')).unwrap();
    names.split(", ").map(str::to_owned).collect()
}

/// How many rows there are.
fn total(app: &App, list: &Operation, query: &str) -> usize {
    let body = page(app, list, &format!("count=true&limit=1&{query}")).expect(200).json();
    body["total"].as_u64().and_then(|total| usize::try_from(total).ok()).unwrap()
}

/// A time, as `as_of` takes it.
pub fn instant() -> String {
    now().and_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[test]
fn a_page_is_as_long_as_it_is_asked_to_be() {
    let app = App::demo();
    for list in lists() {
        list.stock(&app);
        let (all, usual) = (total(&app, list, ""), page(&app, list, "").expect(200));
        assert_eq!(items(&usual).len(), all.min(50), "{}", list.id);
        for (limit, length) in [(1, 1), (3, 3), (200, all.min(200)), (all.min(200), all.min(200))] {
            let answer = page(&app, list, &format!("limit={limit}")).expect(200);
            assert_eq!(items(&answer).len(), length, "{} by {limit}", list.id);
            assert_eq!(answer.json()["next"].is_null(), length == all, "{} by {limit}", list.id);
        }
        for limit in ["0", "-1", "201", "1.5", "ten", "", "99999999999999999999", "1e2"] {
            let answer = page(&app, list, &format!("limit={limit}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_value:limit", "{limit}");
            assert!(answer.json()["errors"][0]["detail"].to_string().contains("1–200"), "{answer:?}");
        }
        let several = page(&app, list, "limit=0&sort=nonsense&count=maybe&fields=x&colour=red").expect(400);
        for fault in
            ["bad_value:limit", "bad_value:sort", "bad_value:count", "bad_value:fields", "unknown_parameter:colour"]
        {
            assert!(several.codes().contains(fault), "{fault} of {}: {several:?}", list.id);
        }
    }
}

#[test]
fn rows_are_counted_when_asked_for() {
    let app = App::demo();
    for list in lists() {
        list.stock(&app);
        for query in ["limit=1", "limit=1&count=false"] {
            assert!(page(&app, list, query).expect(200).json().get("total").is_none(), "{}", list.id);
        }
        let usual = page(&app, list, "count=true").expect(200).json();
        assert_eq!(usual["total"], whole(&app, list, "").len(), "{}", list.id);
        // The number is of the whole list, whichever page it comes with.
        let first = page(&app, list, "limit=1&count=true").expect(200).json();
        let next = page(&app, list, &format!("limit=1&count=true&cursor={}", first["next"].as_str().unwrap()));
        assert_eq!(next.expect(200).json()["total"], usual["total"], "{}", list.id);
        // And of what the filter leaves.
        let filtered = list.request(&app).send().expect(200);
        let target = list.target();
        let pairs = target.split(['?', '&']).filter(|part| !part.starts_with("limit=")).collect::<Vec<_>>().join("&");
        let all = list.to(&app, &format!("{}&limit=200", pairs.replacen('&', "?", 1))).send().expect(200);
        assert!(items(&filtered).len() <= items(&all).len() && all.json()["next"].is_null(), "{}", list.id);
        if let Some(total) = filtered.json().get("total") {
            assert_eq!(*total, items(&all).len(), "{}", list.id);
        }
    }
}

#[test]
fn the_next_page_has_an_address() {
    let app = App::demo();
    for list in lists() {
        list.stock(&app);
        let sort = sorts(&app, list).swap_remove(0);
        let include = list.values("include").first().map(|relation| format!("&include={relation}")).unwrap_or_default();
        let query = format!("limit=2&sort=-{sort}&as_of={}&fields=id{include}", instant());
        let first = page(&app, list, &query).expect(200);
        let link = first.header("link").unwrap_or_else(|| panic!("no Link in {first:?}"));
        let target = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        let by_link = list.bare(&app, target).send().expect(200);
        let next = first.json()["next"].as_str().unwrap().to_owned();
        let by_cursor = page(&app, list, &format!("{query}&cursor={next}")).expect(200);
        assert_eq!(items(&by_link), items(&by_cursor), "{}", list.id);
        assert!(ids(&items(&by_link)).iter().all(|id| !ids(&items(&first)).contains(id)), "{}", list.id);
        let mut last = page(&app, list, "limit=200").expect(200);
        while let Some(cursor) = last.json()["next"].as_str() {
            last = page(&app, list, &format!("limit=200&cursor={cursor}")).expect(200);
        }
        assert_eq!((last.header("link"), &last.json()["next"]), (None, &Value::Null), "{}", list.id);
    }
}

/// The members of the rows of an answer, or of the one thing that it is.
fn members(answer: &Answer) -> Vec<BTreeSet<String>> {
    let body = answer.json();
    let rows = body["items"].as_array().cloned().unwrap_or_else(|| vec![body]);
    rows.iter().map(|row| row.as_object().unwrap().keys().cloned().collect()).collect()
}

#[test]
fn an_answer_has_the_fields_asked_for() {
    let app = App::demo();
    for operation in of_method("GET").filter(|operation| operation.takes("query", "fields")) {
        let ask = |query: &str| operation.bare(&app, &format!("{}?{query}", operation.path())).send();
        let fields = operation.values("fields");
        let all: BTreeSet<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        assert!(members(&ask("").expect(200)).iter().all(|members| *members == all), "{}", operation.id);
        for field in &fields {
            let expected = BTreeSet::from(["id".to_owned(), (*field).to_owned()]);
            let sparse = ask(&format!("fields={field}")).expect(200);
            assert!(
                members(&sparse).iter().all(|members| *members == expected),
                "{field} of {}: {sparse:?}",
                operation.id
            );
        }
        // With all fields named it is the same as with none, to the digits of its times.
        let mut pages = vec![String::new()];
        if operation.takes("query", "limit") {
            // The demo's times have no fractions; that of what comes now has.
            operation.make(&app, 7000);
            pages.extend(sorts(&app, operation).iter().map(|sort| format!("limit=3&sort=-{sort}&")));
        }
        let body = |query: &str| {
            let mut json = ask(query).expect(200).json();
            json.as_object_mut().unwrap().remove("next");
            json
        };
        for page in pages {
            assert_eq!(body(&format!("{page}fields={}", fields.join(","))), body(&page), "{}", operation.id);
        }
        for bad in ["", "colour", "id,colour", "id,,id", "ID"] {
            let answer = ask(&format!("fields={bad}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_value:fields", "{bad} of {}", operation.id);
            let detail = answer.json()["errors"][0]["detail"].to_string();
            assert!(fields.iter().all(|field| detail.contains(field)), "{} does not name its fields", operation.id);
        }
    }
}

#[test]
fn an_answer_has_the_relations_asked_for() {
    let app = App::demo();
    for operation in of_method("GET").filter(|operation| operation.takes("query", "include")) {
        let ask = |query: &str| operation.bare(&app, &format!("{}?{query}", operation.path())).send();
        let plain: BTreeSet<String> = members(&ask("").expect(200)).concat_all();
        let mut added = BTreeSet::new();
        for relation in operation.values("include") {
            let with = ask(&format!("include={relation}")).expect(200);
            let more: BTreeSet<_> = members(&with).concat_all().difference(&plain).cloned().collect();
            assert_eq!(more.len(), 1, "{relation} of {} adds {more:?}", operation.id);
            // It comes with fewer fields too, and is counted as none of them.
            let sparse = ask(&format!("include={relation}&fields=id")).expect(200);
            let expected: BTreeSet<_> = more.iter().cloned().chain(["id".to_owned()]).collect();
            assert_eq!(members(&sparse).concat_all(), expected, "{relation} of {}", operation.id);
            added.extend(more);
        }
        let all = ask(&format!("include={}", operation.values("include").join(","))).expect(200);
        let expected: BTreeSet<_> = plain.union(&added).cloned().collect();
        assert_eq!(members(&all).concat_all(), expected, "{}", operation.id);
        assert_eq!(ask("include=nothing").expect(400).codes(), "bad_parameters bad_value:include");
    }
}

trait ConcatAll {
    /// What is in any of the sets.
    fn concat_all(&self) -> BTreeSet<String>;
}

impl ConcatAll for Vec<BTreeSet<String>> {
    fn concat_all(&self) -> BTreeSet<String> {
        self.iter().flatten().cloned().collect()
    }
}

/// A list as it was has what has gone since, and lacks what has come.
#[test]
fn a_list_is_read_as_it_was() {
    let app = App::demo();
    let count = |list: &Operation| whole(&app, list, "").len();
    // Before anything is made: what one list needs may come into another.
    let demo: Vec<usize> = lists().map(count).collect();
    for (list, demo) in lists().zip(demo) {
        let whole = |query: &str| ids(&whole(&app, list, query));
        let delete = list.below("DELETE");
        let first = list.make(&app, 1);
        let (then, before) = (instant(), whole(""));
        let second = list.make(&app, 2);
        delete.map(|delete| delete.bare(&app, &first).send().expect(204));
        let after = whole("");
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let erased = delete.is_some_and(Operation::erases);
        let mut then_there = before.clone();
        then_there.retain(|known| !erased || *known != id(&first));
        assert_eq!(whole(&format!("as_of={then}")), then_there, "{}", list.id);
        assert!(before.contains(&id(&first)) && !before.contains(&id(&second)), "{}", list.id);
        assert!(after.contains(&id(&second)) && after.contains(&id(&first)) == delete.is_none(), "{}", list.id);
        assert_eq!(total(&app, list, &format!("as_of={then}")), then_there.len(), "{}", list.id);
        // A day is the state in which it ended; what was not there yet had nothing to list.
        assert_eq!(whole("as_of=2026-01-01").len(), demo, "{}", list.id);
        let early = page(&app, list, "as_of=2025-12-30");
        assert!(early.status == 404 || items(&early).is_empty(), "{}: {early:?}", list.id);
        for bad in
            ["yesterday", "2026-02-30", "", "2026-01-01T25:00:00Z", "2026-01-01T12:00:00", "now", "9999999-01-01"]
        {
            let answer = page(&app, list, &format!("as_of={bad}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_value:as_of", "{bad} for {}", list.id);
        }
    }
}
