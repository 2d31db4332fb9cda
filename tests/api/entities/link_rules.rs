//! What links must never make: cycles and doubles, whatever comes at once.

use serde_json::{Value, json};

use super::{at_once, delete, link, make_link, make_network, network, read};
use crate::harness::{App, Token};

const ACYCLIC: [&str; 2] = ["part_of", "steers"];
const OTHERS: [&str; 4] = ["partner_of", "alumni_of", "spun_off_from", "succeeds"];

fn networks<const N: usize>(app: &App) -> [String; N] {
    [(); N].map(|()| make_network(app, network("Verkosto", json!({}))))
}

/// The times of a link.
fn times(from: &str, to: Option<&str>) -> Value {
    json!({ "valid_from": from, "valid_to": to })
}

fn always() -> Value {
    times("2020-01-01", None)
}

#[test]
fn what_has_no_cycles_has_none_of_any_length() {
    let app = App::start();
    for link_type in ACYCLIC {
        let [a, b, c, d] = networks(&app);
        let cycle = |from: &str, to: &str| {
            assert_eq!(
                link(&app, from, link_type, to, always()).expect(409).codes(),
                "conflict cycle:/to",
                "{link_type}"
            );
        };
        make_link(&app, &a, link_type, &b);
        cycle(&b, &a);
        let second = make_link(&app, &b, link_type, &c);
        cycle(&c, &a);
        make_link(&app, &c, link_type, &d);
        cycle(&d, &a);
        cycle(&d, &b);
        // Two ways from one to another are none.
        make_link(&app, &a, link_type, &d);
        // Nor is one that was taken back a part of any.
        delete(&app, &second);
        make_link(&app, &c, link_type, &a);
    }
}

#[test]
fn cycles_of_different_types_or_of_other_types_are_none() {
    let app = App::start();
    let [a, b] = networks(&app);
    make_link(&app, &a, "part_of", &b);
    make_link(&app, &b, "steers", &a);
    for link_type in OTHERS {
        let [a, b, c] = networks(&app);
        make_link(&app, &a, link_type, &b);
        make_link(&app, &b, link_type, &c);
        make_link(&app, &c, link_type, &a);
    }
}

#[test]
fn a_cycle_is_one_only_at_a_time_when_all_its_links_hold() {
    let app = App::start();
    let [a, b, c] = networks(&app);
    let part = |from: &str, to: &str, since: &str, until: Option<&str>| {
        link(&app, from, "part_of", to, times(since, until)).status
    };
    assert_eq!(part(&a, &b, "2020-01-01", Some("2021-01-01")), 201);
    assert_eq!(part(&b, &c, "2020-07-01", Some("2022-01-01")), 201);
    // The two hold together from July to December of 2020.
    assert_eq!(part(&c, &a, "2020-06-30", Some("2020-07-02")), 409);
    assert_eq!(part(&c, &a, "2020-12-31", None), 409);
    assert_eq!(part(&c, &a, "2020-01-01", Some("2020-07-01")), 201);
    assert_eq!(part(&c, &a, "2021-01-01", None), 201);
    assert_eq!(part(&b, &a, "2020-12-31", Some("2021-01-01")), 409);
    assert_eq!(part(&b, &a, "2021-01-01", None), 201);
    // What is ended makes room from that day on.
    let [d, e] = networks(&app);
    let path = make_link(&app, &d, "steers", &e);
    app.post(&format!("{path}/end"), json!({ "valid_to": "2020-03-01" })).by(Token::Writer).send().expect(200);
    assert_eq!(link(&app, &e, "steers", &d, times("2020-02-29", None)).status, 409);
    assert_eq!(link(&app, &e, "steers", &d, times("2020-03-01", None)).status, 201);
}

#[test]
fn a_link_that_ended_on_its_first_day_never_held() {
    let app = App::start();
    let [a, b, c] = networks(&app);
    let day = times("2020-05-05", Some("2020-05-05"));
    link(&app, &a, "part_of", &b, day.clone()).expect(201);
    make_link(&app, &b, "part_of", &a);
    make_link(&app, &b, "part_of", &c);
    link(&app, &c, "part_of", &b, day.clone()).expect(201);
    link(&app, &b, "part_of", &c, day.clone()).expect(201);
    link(&app, &a, "succeeds", &b, day).expect(201);
    make_link(&app, &a, "succeeds", &b);
}

#[test]
fn two_links_at_once_never_make_a_cycle() {
    let app = App::start();
    for round in 0..30 {
        let link_type = ACYCLIC[round % 2];
        let [a, b] = networks(&app);
        let mut statuses =
            at_once([&|| link(&app, &a, link_type, &b, always()), &|| link(&app, &b, link_type, &a, always())]);
        statuses.sort();
        assert_eq!(statuses, [201, 409], "round {round}");
    }
}

#[test]
fn three_links_at_once_never_make_a_cycle() {
    let app = App::start();
    for round in 0..20 {
        let [a, b, c] = networks(&app);
        let part = |from: &str, to: &str| link(&app, from, "part_of", to, always());
        let mut statuses = at_once([&|| part(&a, &b), &|| part(&b, &c), &|| part(&c, &a)]);
        statuses.sort();
        assert_eq!(statuses, [201, 201, 409], "round {round}");
        let edges = read(&app, "/v1/graph?type=part_of")["edges"].as_array().unwrap().len();
        assert_eq!(edges, 2 * (round + 1));
    }
}

#[test]
fn two_networks_have_one_link_of_a_type_at_a_time() {
    let app = App::start();
    for link_type in ACYCLIC.into_iter().chain(OTHERS) {
        let [a, b] = networks(&app);
        let first = link(&app, &a, link_type, &b, times("2020-01-01", Some("2021-01-01"))).expect(201).json();
        let make = |from: &str, to: &str, since: &str, until: Option<&str>| {
            link(&app, from, link_type, to, times(since, until))
        };
        for (since, until) in [
            ("2020-01-01", None),
            ("2019-01-01", None),
            ("2020-12-31", Some("2022-01-01")),
            ("2019-01-01", Some("2020-01-02")),
        ] {
            let taken = make(&a, &b, since, until).expect(409);
            assert_eq!(taken.codes(), "conflict link_exists:/to", "{link_type} from {since} to {until:?}");
            assert_eq!(taken.json()["conflicts_with"], first["id"]);
        }
        make(&a, &b, "2021-01-01", None).expect(201);
        make(&a, &b, "2019-01-01", Some("2020-01-01")).expect(201);
    }
}

#[test]
fn partners_are_partners_from_either_side() {
    let app = App::start();
    let [a, b, c] = networks(&app);
    make_link(&app, &a, "partner_of", &b);
    assert_eq!(link(&app, &b, "partner_of", &a, always()).expect(409).codes(), "conflict link_exists:/to");
    make_link(&app, &b, "partner_of", &c);
    // What is not mutual may go both ways.
    make_link(&app, &a, "succeeds", &b);
    make_link(&app, &b, "succeeds", &a);
}

#[test]
fn of_two_equal_links_at_once_one_is_made() {
    let app = App::start();
    for round in 0..15 {
        let [a, b] = networks(&app);
        let partner = |from: &str, to: &str| link(&app, from, "partner_of", to, always());
        let mut statuses = at_once([&|| partner(&a, &b), &|| partner(&b, &a), &|| partner(&a, &b)]);
        statuses.sort();
        assert_eq!(statuses, [201, 409, 409], "round {round}");
    }
}

#[test]
fn a_network_that_goes_while_a_link_to_it_comes_goes_or_stays_whole() {
    let app = App::start();
    for round in 0..25 {
        let [a, b] = networks(&app);
        let gone = format!("/v1/networks/{b}");
        let statuses = at_once([&|| link(&app, &a, "part_of", &b, always()), &|| {
            app.delete(&gone).by(Token::Writer).if_match("*").send()
        }]);
        assert!([[201, 409], [422, 204]].contains(&statuses), "round {round}: {statuses:?}");
    }
}

#[test]
fn a_link_is_ended_once_by_two_at_once() {
    let app = App::start();
    for round in 0..15 {
        let [a, b] = networks(&app);
        let path = make_link(&app, &a, "part_of", &b);
        let end = || app.post(&format!("{path}/end"), json!({ "valid_to": "2021-01-01" })).by(Token::Writer).send();
        let mut statuses = at_once([&end, &end]);
        statuses.sort();
        assert_eq!((statuses, &read(&app, &path)["version"]), ([200, 409], &json!(2)), "round {round}");
    }
}
