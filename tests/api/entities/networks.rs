//! Networks: how they are found, what makes one faulty, what comes with them.

use serde_json::{Value, json};

use super::{agency, at_once, change, delete, end, link, listed, make_link, make_network, network, read, text};
use crate::harness::{App, Token};

const LIST: &str = "/v1/networks";

fn path(id: &str) -> String {
    format!("{LIST}/{id}")
}

#[test]
fn filters_narrow_the_list_together() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let office = app.organisation_with(agency("Virasto", json!({ "parent_id": ministry })));
    let unit = app.organisation_with(agency("Yksikkö", json!({ "parent_id": office })));
    let other = app.organisation("Muu");
    let make = |name: &str, fields: Value| make_network(&app, network(name, fields));
    make(
        "A",
        json!({ "kind": "forum", "formality": "official", "join_policy": "ex_officio", "host_organisation_id": ministry }),
    );
    make("B", json!({ "kind": "small_group", "join_policy": "by_invitation", "host_organisation_id": unit }));
    make(
        "C",
        json!({ "status": "dormant", "host_organisation_id": other, "external_ids": [{ "source": "i", "id": "3" }] }),
    );
    make("D", json!({ "kind": "forum", "status": "closed", "join_policy": "on_application" }));
    let found = |filter: &str| listed(&app, &format!("{LIST}?{filter}"));
    assert_eq!(found("kind=forum"), ["A", "D"]);
    assert_eq!(found("kind=small_group,network"), ["B", "C"]);
    assert_eq!(found("status=dormant,closed"), ["C", "D"]);
    assert_eq!(found("formality=official"), ["A"]);
    assert_eq!(found("join_policy=by_invitation,ex_officio,on_application"), ["A", "B", "D"]);
    assert_eq!(found(&format!("host_organisation_id={unit},{other}")), ["B", "C"]);
    assert_eq!(found(&format!("host_subtree_of={ministry}")), ["A", "B"]);
    assert_eq!(found(&format!("host_subtree_of={office},{other}")), ["B", "C"]);
    assert_eq!(found(&format!("branch={ministry}")), ["A", "B"]);
    assert_eq!(found("external_id=i:3"), ["C"]);
    assert_eq!(found("name_prefix=d"), ["D"]);
    assert_eq!(found(&format!("branch={ministry}&kind=forum")), ["A"]);
    assert_eq!(found(&format!("branch={ministry}&status=closed")), [""; 0]);
    let counted = read(&app, &format!("{LIST}?kind=forum&count=true&limit=1"));
    assert_eq!((&counted["total"], counted["next"].is_string()), (&json!(2), true));

    // They follow the tree: what hosts is another thing than what is above it.
    change(&app, &format!("/v1/organisations/{unit}"), json!({ "parent_id": other }));
    assert_eq!(
        (found(&format!("branch={ministry}")), found(&format!("host_subtree_of={other}"))),
        (vec!["A".into()], vec!["B".into(), "C".into()])
    );
    for faulty in ["kind=club", "status=open", "formality=1", "join_policy=", "host_subtree_of=x", "visibility=public"]
    {
        app.get(&format!("{LIST}?{faulty}")).by(Token::Reader).send().expect(400);
    }
}

#[test]
fn all_faults_of_a_network_are_told_at_once() {
    let app = App::start();
    let faulty = json!({
        "name": { "fi": " ", "suomi!": "x" }, "description": {}, "kind": "network", "formality": "voluntary",
        "status": "active", "join_policy": "open", "visibility": "public", "admits": ["state", "state"],
        "goals": [{ "text": { "fi": "hyvä" } }, { "text": { "sv": "" } }], "cadence": { "times": 367, "per": "year" },
        "min_size": 20, "max_size": 10, "links": [{ "rel": "a", "url": "vm.fi" }, { "rel": "a", "url": "https://vm.fi" }],
        "founded_on": "2026-02-01", "closed_on": "2026-01-31", "external_ids": [{ "source": "a", "id": "1" }, { "source": "a", "id": "1" }],
    });
    let answer = app.post(LIST, &faulty).by(Token::Writer).send().expect(422);
    let codes = answer.codes();
    let mut faults: Vec<&str> = codes.split(' ').skip(1).collect();
    faults.sort();
    assert_eq!(
        faults,
        [
            "bad_language_tag:/name/suomi!",
            "bad_url:/links/0/url",
            "closed_on_of_open:/closed_on",
            "empty_text:/goals/1/text/sv",
            "empty_text:/name/fi",
            "end_before_start:/closed_on",
            "max_below_min:/max_size",
            "no_language:/description",
            "out_of_range:/cadence/times",
            "repeated:/admits",
            "repeated:/external_ids",
        ]
    );
    // A replacement is held to the same, and a patch to what it leaves.
    let made = path(&make_network(
        &app,
        network("Uusi", json!({ "min_size": 8, "status": "closed", "closed_on": "2026-01-31" })),
    ));
    app.put(&made, &faulty).by(Token::Writer).if_match("*").send().expect(422);
    for (patch, fault) in [
        (json!({ "max_size": 7 }), "max_below_min:/max_size"),
        (json!({ "status": "active" }), "closed_on_of_open:/closed_on"),
        (json!({ "founded_on": "2026-02-01" }), "end_before_start:/closed_on"),
        (json!({ "name": { "fi": null } }), "no_language:/name"),
        (json!({ "name": null }), "missing_field:/name"),
        (json!({ "kind": null }), "missing_field:/kind"),
        (
            json!({ "host_organisation_id": "01900000-0000-7001-8000-00000000ffff" }),
            "unknown_reference:/host_organisation_id",
        ),
    ] {
        let answer = app.patch(&made, patch).by(Token::Writer).if_match("*").send().expect(422);
        assert_eq!(answer.codes(), format!("invalid {fault}"));
    }
    assert_eq!(read(&app, &made)["version"], 1);
}

#[test]
fn what_is_empty_is_not_called_too_long() {
    let app = App::start();
    let empty =
        json!({ "links": [{ "rel": "", "url": "https://vm.fi" }], "external_ids": [{ "source": "", "id": "" }] });
    let answer = app.post(LIST, network("Uusi", empty)).by(Token::Writer).send().expect(422);
    let places =
        ["/external_ids/0/id", "/external_ids/0/source", "/links/0/rel"].map(|place| format!("empty_text:{place}"));
    assert_eq!(answer.codes(), format!("invalid {}", places.join(" ")));
}

#[test]
fn the_bounds_themselves_are_good() {
    let app = App::start();
    let with = |fields: Value| app.post(LIST, network("Uusi", fields)).by(Token::Writer).send().status;
    let cadence = |times: i64| with(json!({ "cadence": { "times": times, "per": "month" } }));
    assert_eq!([0, 1, 366, 367].map(cadence), [422, 201, 201, 422]);
    let size = |size: i64| [with(json!({ "min_size": size })), with(json!({ "max_size": size }))];
    assert_eq!([0, 1, 1_000_000, 1_000_001].map(size), [[422; 2], [201; 2], [201; 2], [422; 2]]);
    assert_eq!((with(json!({ "min_size": 8, "max_size": 8 })), with(json!({ "min_size": 1i64 << 40 }))), (201, 422));
    assert_eq!([300, 301].map(|length| with(json!({ "name": { "fi": "ä".repeat(length) } }))), [201, 422]);
    assert_eq!([20_000, 20_001].map(|length| with(json!({ "purpose": { "fi": "ä".repeat(length) } }))), [201, 422]);
    let days = |from: &str, to: &str| with(json!({ "founded_on": from, "closed_on": to, "status": "closed" }));
    assert_eq!((days("2026-01-31", "2026-01-31"), days("2026-01-31", "2026-01-30")), (201, 422));
    let goals = |number| with(json!({ "goals": vec![json!({ "text": { "fi": "x" } }); number] }));
    assert_eq!([50, 51].map(goals), [201, 422]);
}

#[test]
fn what_belongs_to_a_network_comes_along_when_asked_for() {
    let app = App::start();
    let host = app.organisation("Isäntä");
    let [a, b, c] =
        ["A", "B", "C"].map(|name| make_network(&app, network(name, json!({ "host_organisation_id": host }))));
    let first = make_link(&app, &a, "part_of", &b);
    let second = make_link(&app, &c, "part_of", &b);
    make_link(&app, &b, "partner_of", &c);
    link(&app, &a, "succeeds", &b, json!({ "valid_from": "2020-01-01", "valid_to": "2021-01-01" })).expect(201);
    let plain = read(&app, &path(&b));
    assert!(["host", "network_links", "counts"].iter().all(|name| plain.get(name).is_none()), "{plain}");
    let view = read(&app, &format!("{}?include=host,links,counts&fields=name", path(&b)));
    assert_eq!(
        view["host"],
        json!({ "id": host, "name": { "fi": "Isäntä" }, "short_name": null, "kind": "agency", "branch": null })
    );
    let linked: Vec<(String, String)> =
        view["network_links"].as_array().unwrap().iter().map(|link| (text(&link["from"]), text(&link["to"]))).collect();
    assert_eq!(linked, [(a.clone(), b.clone()), (c.clone(), b.clone()), (b.clone(), c.clone())]);
    let counts = |outgoing: [i32; 2], incoming: [i32; 2]| {
        let of = |[part_of, partner_of]: [i32; 2]| json!({ "part_of": part_of, "steers": 0, "partner_of": partner_of, "alumni_of": 0, "spun_off_from": 0, "succeeds": 0 });
        json!({ "outgoing": of(outgoing), "incoming": of(incoming) })
    };
    assert_eq!(view["counts"], counts([0, 1], [2, 0]));
    // The same in a list, and an ended link is history.
    end(&app, &first);
    delete(&app, &second);
    let page = read(&app, &format!("{LIST}?include=host,links,counts"));
    let counted: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["counts"]).collect();
    assert_eq!(counted, [&counts([0, 0], [0, 0]), &counts([0, 1], [0, 0]), &counts([0, 0], [0, 1])]);
    assert_eq!(page["items"].as_array().unwrap().iter().filter(|item| item["host"]["id"] == json!(host)).count(), 3);
}

/// As the document says of `include=links`: those "that have not ended".
#[test]
fn a_link_that_will_end_has_not_ended() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| make_network(&app, network(name, json!({}))));
    link(&app, &a, "part_of", &b, json!({ "valid_from": "2020-01-01", "valid_to": "2999-01-01" })).expect(201);
    let view = read(&app, &format!("{}?include=links,counts", path(&a)));
    assert_eq!(
        (view["network_links"].as_array().unwrap().len(), &view["counts"]["outgoing"]["part_of"]),
        (1, &json!(1))
    );
}

#[test]
fn a_host_that_goes_while_a_network_comes_is_refused_or_stays() {
    let app = App::start();
    for round in 0..25 {
        let host = app.organisation("Isäntä");
        let gone = format!("/v1/organisations/{host}");
        let make = || app.post(LIST, network("Uusi", json!({ "host_organisation_id": host }))).by(Token::Writer).send();
        let statuses = at_once([&make, &|| app.delete(&gone).by(Token::Writer).if_match("*").send()]);
        assert!([[201, 409], [422, 204]].contains(&statuses), "round {round}: {statuses:?}");
    }
}
