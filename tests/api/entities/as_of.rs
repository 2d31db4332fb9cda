//! The directory as of a time: what was changed since reads as it was, and what was deleted is there.

use serde_json::{Value, json};

use super::{agency, change, delete, instant, listed, make_network, network, read, text};
use crate::harness::{App, Token};

const DEMO: &str = "01900000-0000-7001-8000-000000000006";

fn path(id: &str) -> String {
    format!("/v1/organisations/{id}")
}

/// An organisation that came, was renamed and went, with a time in each of its states.
struct Life {
    app: App,
    path: String,
    unborn: String,
    first: String,
    renamed: String,
    gone: String,
}

impl Life {
    fn new() -> Self {
        let app = App::start();
        let unborn = instant();
        let path = path(&app.organisation_with(agency("Vanha", json!({ "business_id": "0202669-3" }))));
        let first = instant();
        change(&app, &path, json!({ "name": { "fi": "Uusi" }, "business_id": null }));
        let renamed = instant();
        delete(&app, &path);
        let gone = instant();
        Self { app, path, unborn, first, renamed, gone }
    }

    fn get(&self, time: &str) -> crate::client::Answer {
        self.app.get(&format!("{}?as_of={time}", self.path)).by(Token::Reader).send()
    }

    fn list(&self, time: &str, filter: &str) -> Vec<String> {
        listed(&self.app, &format!("/v1/organisations?as_of={time}{filter}"))
    }
}

#[test]
fn one_thing_is_read_in_each_of_its_states() {
    let life = Life::new();
    let (first, renamed) = (life.get(&life.first).expect(200), life.get(&life.renamed).expect(200));
    assert_eq!((&first.json()["name"]["fi"], &first.json()["version"]), (&json!("Vanha"), &json!(1)));
    assert_eq!((&renamed.json()["name"]["fi"], &renamed.json()["version"]), (&json!("Uusi"), &json!(2)));
    assert_eq!(first.json()["business_id"], "0202669-3");
    assert_eq!(life.get(&life.unborn).expect(404).codes(), "not_found");
    assert_eq!(life.get(&life.gone).expect(410).codes(), "gone");
    let other = path(&life.app.organisation("Muu"));
    life.app.get(&format!("{other}?as_of={}", life.gone)).by(Token::Reader).send().expect(404);
    // The moment of a change belongs to what came of it.
    let changed = text(&renamed.json()["updated_at"]);
    assert_eq!(life.get(&changed).expect(200).json()["version"], 2);
    // A time says its zone, in whatever way.
    let elsewhere = life.first.replace('Z', "%2B00:00");
    assert_eq!(life.get(&elsewhere).expect(200).json()["version"], 1);
}

#[test]
fn lists_are_filtered_by_what_held_then() {
    let life = Life::new();
    for filter in ["", "&kind=agency", "&name_prefix=VANH", "&business_id=0202669-3"] {
        let found = [&life.unborn, &life.first, &life.gone].map(|time| life.list(time, filter));
        assert_eq!(found, [vec![], vec!["Vanha".to_owned()], vec![]], "{filter}");
    }
    assert_eq!(
        (life.list(&life.renamed, "&name_prefix=vanh"), life.list(&life.renamed, "&business_id=0202669-3")),
        (vec![], vec![])
    );
    assert_eq!(life.list(&life.renamed, "&name_prefix=uus"), ["Uusi"]);
    let counted = read(&life.app, &format!("/v1/organisations?count=true&as_of={}", life.first));
    assert_eq!(counted["total"], 1);
}

/// External ids are in a table of their own, with a past of its own.
#[test]
fn lists_are_filtered_by_the_external_ids_of_then() {
    let app = App::start();
    let ids = |id: &str| json!({ "external_ids": [{ "source": "hr", "id": id }] });
    let path = path(&app.organisation_with(agency("Virasto", ids("1"))));
    let then = instant();
    change(&app, &path, ids("2"));
    let found = |id: &str, time: &str| listed(&app, &format!("/v1/organisations?external_id=hr:{id}{time}")).len();
    let then = format!("&as_of={then}");
    assert_eq!((found("1", ""), found("2", ""), found("1", &then), found("2", &then)), (0, 1, 1, 0));
}

#[test]
fn the_tree_is_as_it_stood_then() {
    let app = App::start();
    let [one, two] =
        ["Yksi", "Kaksi"].map(|name| app.organisation_with(json!({ "name": { "fi": name }, "kind": "ministry" })));
    let office = app.organisation_with(agency("Virasto", json!({ "parent_id": one })));
    let unit = app.organisation_with(agency("Yksikkö", json!({ "parent_id": office })));
    let hosted = make_network(&app, network("Verkosto", json!({ "host_organisation_id": unit })));
    let then = instant();
    change(&app, &path(&office), json!({ "parent_id": two }));
    delete(&app, &format!("/v1/networks/{hosted}"));
    let late = instant();
    delete(&app, &path(&unit));
    let found = |filter: &str, time: &str| listed(&app, &format!("/v1/{filter}&as_of={time}"));
    assert_eq!(found(&format!("organisations?subtree_of={one}"), &then), ["Virasto", "Yksi", "Yksikkö"]);
    assert_eq!(found(&format!("organisations?subtree_of={one}"), &late), ["Yksi"]);
    assert_eq!(found(&format!("organisations?subtree_of={two}"), &late), ["Kaksi", "Virasto", "Yksikkö"]);
    assert_eq!(found(&format!("organisations?branch={one}&kind=agency"), &then), ["Virasto", "Yksikkö"]);
    assert_eq!(found(&format!("organisations?parent_id={office}"), &late), ["Yksikkö"]);
    for filter in [
        format!("host_subtree_of={one}"),
        format!("host_subtree_of={office}"),
        format!("branch={one}"),
        format!("host_organisation_id={unit}"),
    ] {
        assert_eq!(found(&format!("networks?{filter}"), &then), ["Verkosto"], "{filter}");
        assert_eq!(found(&format!("networks?{filter}"), &late), [""; 0], "{filter}");
    }
    // What comes along is of the same time.
    change(&app, &path(&one), json!({ "name": { "fi": "Toinen nimi" } }));
    let view = read(&app, &format!("{}?include=parent,children&as_of={then}", path(&office)));
    assert_eq!(
        (&view["parent"]["name"]["fi"], &view["children"][0]["name"]["fi"]),
        (&json!("Yksi"), &json!("Yksikkö"))
    );
    let network = read(&app, &format!("/v1/networks/{hosted}?include=host&as_of={then}"));
    assert_eq!((&network["host"]["id"], &network["host"]["branch"]), (&json!(unit), &json!(one)));
}

#[test]
fn pages_of_the_past_are_sorted_and_whole_whatever_changes_meanwhile() {
    let app = App::start();
    let names = ["Öland", "Aitta", "Zeta", "Åland", "Virta 10", "Virta 9", "Äänekoski"];
    let paths: Vec<String> = names.iter().map(|name| path(&app.organisation(name))).collect();
    let sorted = ["Aitta", "Virta 9", "Virta 10", "Zeta", "Åland", "Äänekoski", "Öland"];
    let then = instant();
    let (mut found, mut cursor, mut changes) = (Vec::new(), String::new(), paths.iter());
    loop {
        let target = format!("/v1/organisations?as_of={then}&limit=2&count=true{cursor}");
        let page = app.get(&target).by(Token::Reader).header("accept-language", "sv").send().expect(200).json();
        assert_eq!(page["total"], 7);
        found.extend(super::names(&page));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
        change(&app, changes.next().unwrap(), json!({ "name": { "fi": "Aaa" } }));
        delete(&app, changes.next().unwrap());
        app.organisation("Bbb");
    }
    assert_eq!(found, sorted);
    let backwards = listed(&app, &format!("/v1/organisations?as_of={then}&sort=-created_at"));
    assert!(backwards.iter().eq(names.iter().rev()), "{backwards:?}");
    // A page of one time is no page of another.
    let page = read(&app, &format!("/v1/organisations?as_of={then}&limit=2"));
    let elsewhere = format!("/v1/organisations?limit=2&cursor={}", text(&page["next"]));
    assert_eq!(
        app.get(&elsewhere).by(Token::Reader).send().expect(400).codes(),
        "bad_parameters cursor_of_another_list:cursor"
    );
}

#[test]
fn a_date_is_the_day_as_it_ended_in_the_zone() {
    // The demo was recorded when, in UTC, the year 2026 began: in New York that was on the evening before.
    for (zone, first_day) in [
        (chrono_tz::Europe::Helsinki, "2026-01-01"),
        (chrono_tz::UTC, "2026-01-01"),
        (chrono_tz::America::New_York, "2025-12-31"),
    ] {
        let app = App::with(true, |config| config.time_zone = zone);
        let is_there = |day: &str| app.get(&format!("{}?as_of={day}", path(DEMO))).by(Token::Reader).send().status;
        let days = ["2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"];
        let expected = days.map(|day| if day >= first_day { 200 } else { 404 });
        assert_eq!(days.map(is_there), expected, "{zone}");
        let graph = |day: &str| read(&app, &format!("/v1/graph?as_of={day}"))["nodes"].as_array().unwrap().len();
        assert_eq!(days.map(graph), expected.map(|status| if status == 200 { 26 } else { 0 }), "{zone}");
        let organisations =
            |day: &str| read(&app, &format!("/v1/organisations?count=true&as_of={day}"))["total"].as_u64().unwrap();
        assert_eq!(days.map(organisations), expected.map(|status| if status == 200 { 68 } else { 0 }), "{zone}");
    }
}

#[test]
fn a_time_of_the_future_is_the_present() {
    let app = App::start();
    let id = app.organisation("Virasto");
    for time in ["2999-01-01", "2999-12-31T23:59:59%2B14:00"] {
        assert_eq!(read(&app, &format!("{}?as_of={time}", path(&id)))["name"]["fi"], "Virasto");
        assert_eq!(listed(&app, &format!("/v1/organisations?as_of={time}")), ["Virasto"]);
    }
}

/// Many write the last day of the calendar for "without end".
#[test]
fn the_last_day_of_the_calendar_is_of_the_future() {
    let app = App::start();
    app.organisation("Virasto");
    for time in ["9999-12-31", "9999-12-31T23:59:59Z"] {
        assert_eq!(listed(&app, &format!("/v1/organisations?as_of={time}")), ["Virasto"], "{time}");
    }
}

#[test]
fn a_time_that_is_none_is_a_fault_of_the_query() {
    let app = App::demo();
    let lists = ["/v1/organisations", "/v1/networks", "/v1/graph"];
    let one = path(DEMO);
    for faulty in ["", "now", "2026", "2026-02-30", "2026-01-01T00:00:00", "12026-01-01", "1767225600"] {
        for target in lists.iter().copied().chain([one.as_str()]) {
            let answer = app.get(&format!("{target}?as_of={faulty}")).by(Token::Reader).send().expect(400);
            assert_eq!(answer.codes(), "bad_parameters bad_value:as_of", "{faulty}");
        }
    }
    // Long before anything, and far beyond what a calendar shows.
    for (time, expected) in [("0001-01-01", 0), ("1969-12-31T23:59:59Z", 0), ("9999-12-30", 68)] {
        let page: Value = read(&app, &format!("/v1/organisations?count=true&as_of={time}"));
        assert_eq!(page["total"], expected, "{time}");
    }
}
