//! Names that are suggested while they are typed.

use serde_json::{Value, json};
use solmu::http::query::encode;

use super::{asked, change, items, make, make_concepts, make_network, make_person, reader, suggested};
use crate::harness::App;

#[test]
fn names_and_labels_are_suggested_from_two_letters() {
    let app = App::start();
    let network =
        make_network(&app, json!({ "fi": "Digitalisaation edistäjät", "sv": "Främjare av digitalisering" }), json!({}));
    let fields =
        json!({ "name": { "fi": "Digi- ja väestötietovirasto" }, "short_name": { "fi": "DVV" }, "kind": "agency" });
    let house = make(&app, "/v1/organisations", fields);
    let [concept] = make_concepts(&app, [json!({ "fi": "digipalvelut", "sv": "digitala tjänster" })]);
    make_person(&app, "Diga", "Salonen", json!({ "title": { "fi": "digijohtaja" } }));
    let some = |typed: &str| suggested(&app, &reader(), typed);
    let mut digi = some("digi");
    digi.sort();
    assert_eq!(digi, ["Digi- ja väestötietovirasto", "Digitalisaation edistäjät", "digipalvelut"]);
    assert_eq!(some("edistäjät digi"), ["Digitalisaation edistäjät"]);
    assert_eq!(some("främ"), ["Främjare av digitalisering"]);
    assert_eq!(some("dv"), ["DVV"]);
    assert_eq!(some("salonen di"), ["Diga Salonen"]);
    for typed in ["", "d", "-", "*", " ", "🎉", "kvantti"] {
        assert_eq!(some(typed), [""; 0], "{typed}");
    }
    // Each says what it is and where it is read.
    let page = reader().get(&app, &format!("/v1/suggest?q={}", encode("dig"))).send().expect(200).json();
    for item in items(&page) {
        let read = reader().get(&app, item["link"].as_str().unwrap()).send().expect(200).json();
        assert_eq!(read["id"], item["id"]);
    }
    let of = |name: &str| items(&page).iter().find(|item| item["text"] == name).cloned().unwrap_or(Value::Null);
    assert_eq!(
        (&of("Digitalisaation edistäjät")["id"], &of("Digitalisaation edistäjät")["type"]),
        (&json!(network), &json!("network"))
    );
    assert_eq!((&of("digipalvelut")["id"], &of("digipalvelut")["type"]), (&json!(concept), &json!("concept")));
    assert_eq!(of("Digi- ja väestötietovirasto")["id"], house);
    // No parameter, nothing typed.
    assert_eq!(reader().get(&app, "/v1/suggest").send().expect(200).json(), json!({ "items": [] }));
}

#[test]
fn no_more_are_suggested_than_asked_for() {
    let app = App::start();
    for number in 0..60 {
        make_network(&app, json!({ "fi": format!("Kokeilu {number}") }), json!({}));
    }
    asked(&app, &reader(), "limit=1", "fi");
    let count = |query: &str| {
        let page = reader().get(&app, &format!("/v1/suggest?q=kok{query}")).send().expect(200).json();
        items(&page).len()
    };
    assert_eq!([count(""), count("&limit=3"), count("&limit=50")], [10, 3, 50]);
}

/// A name that was changed or is gone is suggested no more, whether the index knows or not.
#[test]
fn what_is_called_otherwise_now_is_not_suggested_by_its_old_name() {
    let app = App::start();
    let network = make_network(&app, json!({ "fi": "Zebraverkosto" }), json!({}));
    assert_eq!(suggested(&app, &reader(), "zeb"), ["Zebraverkosto"]);
    let now = |typed: &str| {
        let page = reader().get(&app, &format!("/v1/suggest?q={typed}")).send().expect(200).json();
        items(&page).iter().map(|item| item["text"].clone()).collect::<Vec<_>>()
    };
    change(&app, &format!("/v1/networks/{network}"), json!({ "name": { "fi": "Kirahviverkosto" } }));
    assert_eq!(now("zeb"), [""; 0]);
    assert_eq!(suggested(&app, &reader(), "kira"), ["Kirahviverkosto"]);
    assert_eq!(suggested(&app, &reader(), "zeb"), [""; 0]);
    app.delete(&format!("/v1/networks/{network}")).by(crate::harness::Token::Admin).if_match("*").send().expect(204);
    assert_eq!(now("kira"), [""; 0]);
}
