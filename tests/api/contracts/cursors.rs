//! Lists, page after page: every row once and in order, whatever comes and goes in between; and a cursor is good for
//! nothing but the list that it came from.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use chrono::DateTime;
use serde_json::{Value, json};
use solmu::text::Name;

use super::lists::{ids, instant, items, page, sorts, whole};
use super::operation::{Operation, lists};
use crate::harness::App;

/// The languages, as they are asked for, and as names have their sort keys.
const LANGUAGES: [&str; 3] = ["fi", "sv", "en"];

/// What a row is called: itself, or the person or the network that it is of.
fn name_of(row: &Value) -> Value {
    let person = [row, &row["member"]].into_iter().find(|person| person["family_name"].is_string());
    match person {
        // Whatever the language, people go by the Finnish alphabet.
        Some(person) => {
            let text = |name: &str| person[name].as_str().unwrap().to_owned();
            json!({ "fi": format!("{} {}", text("family_name"), text("given_name")) })
        }
        None if row["network"].is_object() => row["network"]["name"].clone(),
        // What a concept is called is its preferred label.
        None if row["name"].is_null() => row["pref_label"].clone(),
        None => row["name"].clone(),
    }
}

/// What a row sorts by: names by the alphabet of the language, times by when they are, the rest by its text.
fn key(row: &Value, field: &str, language: &str) -> Vec<u8> {
    let name = if field == "name" { name_of(row) } else { row[field].clone() };
    match &name {
        name @ Value::Object(_) => {
            // The alphabet is slow where it is not optimised, and the same names come again and again.
            static KEYS: Mutex<BTreeMap<String, [Vec<u8>; 3]>> = Mutex::new(BTreeMap::new());
            let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
            let made = || serde_json::from_value::<Name>(name.clone()).unwrap().sort_keys();
            let is_person = row["network"].is_null() && row["name"].is_null() && row["pref_label"].is_null();
            let language = if is_person { "fi" } else { language };
            let at = LANGUAGES.iter().position(|known| *known == language).unwrap();
            keys.entry(name.to_string()).or_insert_with(made)[at].clone()
        }
        text => {
            let text = text.as_str().unwrap_or_else(|| panic!("{field} is not text in {row}"));
            let time = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_micros().to_be_bytes().to_vec());
            time.unwrap_or_else(|_| text.as_bytes().to_vec())
        }
    }
}

/// Whether the part that a sort order ends with is turned round.
fn ends_turned(sort: &str) -> bool {
    sort.rsplit(',').next().is_some_and(|part| part.starts_with('-'))
}

/// How two rows stand in a sort order; the id decides between equals, in the direction of the last part.
fn compare(sort: &str, language: &str, one: &Value, other: &Value) -> Ordering {
    let by = |part: &str| {
        let (field, is_turned) = part.strip_prefix('-').map_or((part, false), |field| (field, true));
        let order = key(one, field, language).cmp(&key(other, field, language));
        if is_turned { order.reverse() } else { order }
    };
    let order = sort.split(',').map(by).find(|order| order.is_ne());
    let by_id = one["id"].as_str().cmp(&other["id"].as_str());
    order.unwrap_or(if ends_turned(sort) { by_id.reverse() } else { by_id })
}

/// All rows, page by page.
pub fn walk(app: &App, list: &Operation, query: &str, language: &str, mut between: impl FnMut(&[Value])) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let target = format!("{}?{query}{cursor}", list.path());
        let answer = list.bare(app, &target).header("accept-language", language).send().expect(200);
        let found = items(&answer);
        rows.extend(found.iter().cloned());
        match answer.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
        assert!(rows.len() < 1000, "the pages of {target} do not end");
        between(&found);
    }
}

/// Rows beside those of the demo, made one after the other, so that times tell them apart; where they can be read.
fn more(app: &App, list: &Operation, numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| list.make(app, number)).collect()
}

#[test]
fn every_sort_order_gives_every_row_once_and_in_order() {
    let app = App::demo();
    for list in lists() {
        more(&app, list, 1..6);
        let names = sorts(&app, list);
        let mut orders = Vec::new();
        for name in &names {
            orders.extend([name.clone(), format!("-{name}")]);
            for (index, second) in names.iter().enumerate().filter(|(_, second)| *second != name) {
                let (turned, straight) = (format!("-{name},{second}"), format!("{name},-{second}"));
                orders.push(if index % 2 == 0 { turned } else { straight });
            }
        }
        orders.push(names.join(","));
        let everything: BTreeSet<String> = ids(&whole(&app, list, "")).into_iter().collect();
        let limit = everything.len().div_ceil(3);
        // What is sorted by is shown.
        let include = match list.id {
            "list_network_memberships" => "&include=member",
            "list_member_memberships" => "&include=network",
            _ => "",
        };
        for (index, sort) in orders.iter().enumerate() {
            let languages = if sort.ends_with("name") { &LANGUAGES[..] } else { &LANGUAGES[index % 3..=index % 3] };
            for language in languages {
                let rows = walk(&app, list, &format!("limit={limit}&sort={sort}{include}"), language, |_| {});
                let is_sorted =
                    |sort: &str| rows.is_sorted_by(|one, other| compare(sort, language, one, other).is_lt());
                // Rows of one group, such as a kind, may come in the usual order; else it is the id's.
                let grouped = format!("{sort},{}{}", if ends_turned(sort) { "-" } else { "" }, names[0]);
                assert!(
                    is_sorted(sort) || is_sorted(&grouped),
                    "{} by {sort} in {language}: {:#?}",
                    list.id,
                    ids(&rows)
                );
                assert_eq!(ids(&rows).into_iter().collect::<BTreeSet<_>>(), everything, "{} by {sort}", list.id);
            }
        }
        // The first order is the one when nothing is said; and pages may be as short as can be.
        let usual = walk(&app, list, "limit=1", "sv", |_| {});
        assert_eq!(usual, walk(&app, list, &format!("limit=200&sort={}", names[0]), "sv", |_| {}), "{}", list.id);
        let twice = page(&app, list, &format!("sort={0},-{0}", names[0])).expect(400);
        assert_eq!(twice.codes(), "bad_parameters bad_value:sort");
    }
}

/// While somebody reads page by page, rows come, and go: also the very one behind which the next page begins.
#[test]
fn no_row_comes_twice_and_none_is_missed_while_others_come_and_go() {
    let app = App::demo();
    for list in lists() {
        // Rows of some lists stay for good.
        let delete = list.below("DELETE");
        let mut number = 100;
        for (index, name) in sorts(&app, list).into_iter().enumerate() {
            let sort = if index % 2 == 0 { format!("-{name}") } else { name };
            let mut mine = more(&app, list, number..number + 6);
            number += 6;
            let start: BTreeSet<String> = ids(&whole(&app, list, "")).into_iter().collect();
            let mut gone = BTreeSet::new();
            let mut take = |mine: &mut Vec<String>, at: usize| {
                let Some(delete) = delete else { return };
                let path = mine.remove(at);
                gone.insert(path.rsplit('/').next().unwrap().to_owned());
                delete.bare(&app, &path).send().expect(204);
            };
            let limit = start.len().div_ceil(6);
            let rows = walk(&app, list, &format!("limit={limit}&sort={sort}"), "fi", |found| {
                let last = found.last().unwrap()["id"].as_str().unwrap();
                if let Some(at) = mine.iter().position(|path| path.ends_with(last)) {
                    take(&mut mine, at);
                }
                if number % 2 == 0 && mine.len() > 3 {
                    take(&mut mine, 0);
                }
                mine.extend(more(&app, list, number..number + 1));
                number += 1;
            });
            let seen = ids(&rows);
            let once: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "{} by {sort}: a row came twice: {seen:#?}", list.id);
            let missed: Vec<_> = start.difference(&once).filter(|id| !gone.contains(*id)).collect();
            assert!(missed.is_empty(), "{} by {sort} missed {missed:?}", list.id);
        }
    }
}

#[test]
fn a_cursor_that_was_changed_is_refused() {
    let app = App::demo();
    for (number, list) in lists().enumerate() {
        list.stock(&app);
        let cursor = page(&app, list, "limit=2").expect(200).json()["next"].as_str().unwrap().to_owned();
        let refuse = |changed: &str| {
            let answer = page(&app, list, &format!("limit=2&cursor={changed}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_cursor:cursor", "{changed} for {}", list.id);
        };
        // All of one; of the others every seventh, as the same code reads them.
        for at in (0..cursor.len()).step_by(if number == 0 { 1 } else { 7 }) {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            refuse(&String::from_utf8(changed).unwrap());
        }
        for changed in
            ["", "x", "next", &cursor[1..], &cursor[..cursor.len() - 1], &format!("{cursor}A"), &cursor.repeat(2)]
        {
            refuse(changed);
        }
        // A page of another length, counted or not, with other fields, is still of the same list.
        page(&app, list, &format!("limit=3&count=true&fields=id&cursor={cursor}")).expect(200);
    }
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let app = App::demo();
    let other_service = App::start();
    lists().for_each(|list| list.stock(&app));
    let cursors: Vec<(&Operation, String)> = lists()
        .map(|list| (list, page(&app, list, "limit=2").expect(200).json()["next"].as_str().unwrap().to_owned()))
        .collect();
    for (list, cursor) in &cursors {
        let names = sorts(&app, list);
        let mut others = vec![format!("sort=-{}", names[0]), format!("as_of={}", instant())];
        others.extend(names.get(1).map(|name| format!("sort={name}")));
        let (target, common) = (list.target(), ["limit", "count", "sort", "include", "fields", "as_of", "cursor"]);
        let filters = target.split_once('?').map_or("", |(_, query)| query).split('&');
        let filters: Vec<_> = filters.filter(|pair| !common.contains(&pair.split('=').next().unwrap())).collect();
        assert!(!filters.is_empty(), "the example of {} shows no filter", list.id);
        others.extend(filters.iter().map(|filter| (*filter).to_owned()));
        for other in others {
            let answer = page(&app, list, &format!("limit=2&cursor={cursor}&{other}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters cursor_of_another_list:cursor", "{other} for {}", list.id);
        }
        let swedish = list.bare(&app, &format!("{}?cursor={cursor}", list.path())).header("accept-language", "sv");
        assert_eq!(swedish.send().expect(400).codes(), "bad_parameters cursor_of_another_list:cursor");
        for (stranger, _) in cursors.iter().filter(|(stranger, _)| stranger.id != list.id) {
            let answer = page(&app, stranger, &format!("cursor={cursor}")).expect(400);
            assert_eq!(
                answer.codes(),
                "bad_parameters cursor_of_another_list:cursor",
                "{} for {}",
                list.id,
                stranger.id
            );
        }
        if list.names("path").is_empty() {
            let answer = page(&other_service, list, &format!("cursor={cursor}")).expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_cursor:cursor", "{} of another service", list.id);
        }
    }
}
