//! Links between networks: made, read, ended, taken back, and how they are found.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{delete, end, instant, link, logged, make_link, make_network, network, read, text};
use crate::harness::{App, Token};

/// Networks of these names; their ids.
fn networks<const N: usize>(app: &App, names: [&str; N]) -> [String; N] {
    names.map(|name| make_network(app, network(name, json!({}))))
}

/// The types and ends of the links on a page of a network's links.
fn found(app: &App, of: &str, query: &str) -> Vec<(String, String, String)> {
    let page = read(app, &format!("/v1/networks/{of}/links?{query}"));
    let parts = |link: &Value| (text(&link["type"]), text(&link["from"]), text(&link["to"]));
    page["items"].as_array().unwrap().iter().map(parts).collect()
}

fn today(zone: chrono_tz::Tz) -> NaiveDate {
    solmu::db::now().and_utc().with_timezone(&zone).date_naive()
}

#[test]
fn a_link_is_read_at_both_its_ends_and_nowhere_else() {
    let app = App::start();
    let [a, b, c] = networks(&app, ["A", "B", "C"]);
    let made =
        link(&app, &a, "steers", &b, json!({ "valid_from": "2020-02-29", "valid_to": "2021-01-01" })).expect(201);
    let path = made.header("location").unwrap().to_owned();
    let view = made.json();
    assert_eq!(path, format!("/v1/networks/{a}/links/{}", text(&view["id"])));
    assert_eq!([&view["type"], &view["from"], &view["to"]], ["steers", &a, &b]);
    assert_eq!(
        [&view["version"], &view["valid_from"], &view["valid_to"]],
        [&json!(1), &json!("2020-02-29"), &json!("2021-01-01")]
    );
    for end in [&a, &b] {
        let read = app.get(&path.replace(&a, end)).by(Token::Reader).send().expect(200);
        assert_eq!((read.json(), read.etag()), (view.clone(), made.etag()));
    }
    app.get(&path.replace(&a, &c)).by(Token::Reader).send().expect(404);
    let with_networks = read(&app, &format!("{path}?include=networks"));
    let networks: Vec<&Value> = with_networks["networks"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(networks, [&json!(a), &json!(b)]);
    assert_eq!(logged(&app, &text(&view["id"])).len(), 1);
}

#[test]
fn a_link_begins_and_ends_today_if_nothing_is_said() {
    // Where it is already, or still, another day than in UTC for some hours; one of the two at any hour.
    for zone in [chrono_tz::Pacific::Kiritimati, chrono_tz::Pacific::Pago_Pago] {
        let app = App::with(false, |config| config.time_zone = zone);
        let [a, b] = networks(&app, ["A", "B"]);
        let before = today(zone);
        let made = link(&app, &a, "part_of", &b, json!({})).expect(201);
        let ended = end(&app, made.header("location").unwrap());
        let days = [&made.json()["valid_from"], &ended["valid_to"]].map(|day| day.as_str().unwrap().parse().unwrap());
        assert!(days.iter().all(|day| (before..=today(zone)).contains(day)), "{zone}: {days:?}");
        assert!(made.json()["valid_to"].is_null());
    }
}

/// Clients differ in how they send nothing: many name a type all the same, and some announce chunks and send none.
#[test]
fn an_empty_body_says_nothing_however_it_is_sent() {
    let app = App::start();
    for (length, media_type) in [(true, None), (true, Some("application/json")), (false, None)] {
        let [a, b] = networks(&app, ["A", "B"]);
        let mut request = app.request("POST", &format!("{}/end", make_link(&app, &a, "part_of", &b))).by(Token::Writer);
        if length {
            request = request.raw_body("");
        }
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        assert_eq!(request.send().status, 200, "with a length: {length}, as {media_type:?}");
    }
}

#[test]
fn a_link_ends_once_and_stays_as_history() {
    let app = App::start();
    let [a, b] = networks(&app, ["A", "B"]);
    let path = make_link(&app, &a, "part_of", &b);
    let tag = app.get(&path).by(Token::Reader).send().etag();
    let end_on = |path: &str, day: &str| app.post(&format!("{path}/end"), json!({ "valid_to": day })).by(Token::Writer);
    let early = end_on(&path, "2019-12-31").send().expect(422);
    assert_eq!(early.codes(), "invalid end_before_start:/valid_to");
    end_on(&path, "2021-01-01").if_match("\"7-x\"").send().expect(412);
    // From either of its networks.
    let ended = end_on(&path.replace(&a, &b), "2021-01-01").if_match(&tag).send().expect(200);
    assert_eq!((&ended.json()["valid_to"], &ended.json()["version"]), (&json!("2021-01-01"), &json!(2)));
    assert_eq!(app.get(&path).by(Token::Reader).send().etag(), ended.etag());
    for day in ["2021-01-01", "2022-01-01"] {
        assert_eq!(end_on(&path, day).send().expect(409).codes(), "link_ended");
    }
    end_on(&path, "2021-01-01").if_match(&tag).send().expect(412);
    assert_eq!(read(&app, &path)["valid_to"], "2021-01-01");
    // What is to end later may be ended earlier.
    let [c, d] = networks(&app, ["C", "D"]);
    let body = json!({ "type": "steers", "to": d, "valid_from": "2020-01-01", "valid_to": "2999-01-01" });
    let made = app.post(&format!("/v1/networks/{c}/links"), body).by(Token::Writer).send().expect(201);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(end_on(&path, "2999-02-01").send().expect(409).codes(), "link_ended");
    assert_eq!(end_on(&path, "2026-12-01").send().expect(200).json()["valid_to"], "2026-12-01");
    assert_eq!(found(&app, &a, "").len(), 1);
    let log = logged(&app, path.rsplit('/').next().unwrap());
    assert_eq!(log.last().unwrap(), &(2, "updated".to_owned(), vec!["valid_to".to_owned()]));
}

#[test]
fn a_link_that_was_taken_back_leaves_a_tombstone_and_its_past() {
    let app = App::start();
    let [a, b, c] = networks(&app, ["A", "B", "C"]);
    let path = make_link(&app, &a, "part_of", &b);
    let then = instant();
    app.delete(&path).by(Token::Writer).send().expect(428);
    app.delete(&path).by(Token::Writer).if_match("\"2-x\"").send().expect(412);
    app.delete(&path.replace(&a, &c)).by(Token::Writer).if_match("*").send().expect(404);
    delete(&app, &path.replace(&a, &b));
    let gone = app.get(&path).by(Token::Reader).send().expect(410);
    assert_eq!(
        (&gone.json()["tombstone"]["entity_type"], &gone.json()["tombstone"]["version"]),
        (&json!("network_link"), &json!(1))
    );
    for again in [app.delete(&path).if_match("*"), app.post(&format!("{path}/end"), json!({}))] {
        again.by(Token::Writer).send().expect(410);
    }
    assert_eq!((found(&app, &a, ""), found(&app, &a, &format!("as_of={then}")).len()), (vec![], 1));
    // As if it had never been made: the same can be made anew.
    make_link(&app, &a, "part_of", &b);
}

#[test]
fn filters_narrow_the_links_of_a_network() {
    let app = App::start();
    let [a, b, c] = networks(&app, ["A", "B", "C"]);
    let dated = |from: &str, link_type: &str, to: &str, since: &str, until: Option<&str>| {
        link(&app, from, link_type, to, json!({ "valid_from": since, "valid_to": until })).expect(201);
        (link_type.to_owned(), from.to_owned(), to.to_owned())
    };
    let part = dated(&a, "part_of", &b, "2020-01-01", Some("2021-01-01"));
    let partner = dated(&c, "partner_of", &a, "2020-06-01", None);
    let steers = dated(&a, "steers", &c, "2022-01-01", None);
    let unrelated = dated(&b, "succeeds", &c, "2020-01-01", None);
    assert_eq!(found(&app, &a, ""), [part.clone(), partner.clone(), steers.clone()]);
    assert_eq!(found(&app, &a, "direction=outgoing"), [part.clone(), steers.clone()]);
    assert_eq!(found(&app, &a, "direction=incoming"), std::slice::from_ref(&partner));
    assert_eq!(found(&app, &a, "type=part_of,partner_of"), [part.clone(), partner.clone()]);
    assert_eq!(found(&app, &a, "type=part_of&direction=incoming"), []);
    assert_eq!(found(&app, &a, "sort=-type"), [steers.clone(), partner.clone(), part.clone()]);
    // The first day is in, the last is out.
    let on = |day: &str| found(&app, &a, &format!("valid_on={day}")).len();
    let counts =
        ["2019-12-31", "2020-01-01", "2020-05-31", "2020-06-01", "2020-12-31", "2021-01-01", "2022-01-01"].map(on);
    assert_eq!(counts, [0, 1, 1, 2, 2, 1, 2]);
    assert_eq!(found(&app, &c, "type=succeeds"), [unrelated]);
    let counted = read(&app, &format!("/v1/networks/{a}/links?count=true&limit=2"));
    assert_eq!((&counted["total"], counted["items"].as_array().unwrap().len()), (&json!(3), 2));
    let next = format!("count=true&limit=2&cursor={}", text(&counted["next"]));
    assert_eq!(found(&app, &a, &next), [steers]);
    for faulty in ["direction=both", "type=x", "valid_on=yesterday", "valid_from=2020-01-01"] {
        app.get(&format!("/v1/networks/{a}/links?{faulty}")).by(Token::Reader).send().expect(400);
    }
}

#[test]
fn a_faulty_link_is_refused_at_its_fault() {
    let app = App::start();
    let [a, b] = networks(&app, ["A", "B"]);
    let refused =
        |body: Value| app.post(&format!("/v1/networks/{a}/links"), body).by(Token::Writer).send().expect(422).codes();
    let unknown = "01900000-0000-7002-8000-00000000ffff";
    assert_eq!(refused(json!({ "type": "part_of", "to": a })), "invalid link_to_itself:/to");
    assert_eq!(refused(json!({ "type": "part_of", "to": unknown })), "invalid unknown_reference:/to");
    assert_eq!(refused(json!({ "type": "part_of", "to": "b" })), "invalid bad_id:/to");
    assert_eq!(refused(json!({ "type": "owns", "to": b })), "invalid unknown_value:/type");
    assert_eq!(refused(json!({ "type": "part_of" })), "invalid missing_field:/to");
    assert_eq!(refused(json!({ "type": "part_of", "to": b, "from": a })), "invalid unknown_field:/from");
    let days = json!({ "type": "part_of", "to": b, "valid_from": "2021-01-01", "valid_to": "2020-12-31" });
    assert_eq!(refused(days), "invalid end_before_start:/valid_to");
    // It begins today where nothing is said.
    let past = json!({ "type": "part_of", "to": b, "valid_to": "2020-12-31" });
    assert_eq!(refused(past), "invalid end_before_start:/valid_to");
    assert_eq!(found(&app, &a, ""), []);
    let nowhere = app.post(&format!("/v1/networks/{unknown}/links"), json!({ "type": "part_of", "to": b }));
    nowhere.by(Token::Writer).send().expect(404);
}

#[test]
fn a_network_takes_its_own_links_along_and_stays_while_others_link_to_it() {
    let app = App::start();
    let [a, b, c] = networks(&app, ["A", "B", "C"]);
    let own = [make_link(&app, &a, "part_of", &b), make_link(&app, &a, "partner_of", &c)];
    let incoming = make_link(&app, &c, "alumni_of", &a);
    let path = format!("/v1/networks/{a}");
    let refused = || app.delete(&path).by(Token::Writer).if_match("*").send().expect(409).codes();
    assert_eq!(refused(), "in_use");
    // An ended link is history that refers to it.
    end(&app, &incoming);
    assert_eq!(refused(), "in_use");
    delete(&app, &incoming);
    let then = instant();
    delete(&app, &path);
    for link in &own {
        let gone = app.get(link).by(Token::Reader).send().expect(410);
        assert_eq!(gone.json()["tombstone"]["entity_type"], "network_link");
        let id = link.rsplit('/').next().unwrap();
        assert_eq!(logged(&app, id).last().unwrap(), &(1, "deleted".to_owned(), vec![]));
    }
    app.get(&format!("{path}/links")).by(Token::Reader).send().expect(410);
    assert_eq!((found(&app, &b, ""), found(&app, &c, "")), (vec![], vec![]));
    assert_eq!(found(&app, &a, &format!("as_of={then}")).len(), 2);
}
