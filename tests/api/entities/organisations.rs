//! Organisations: their business ids, how they are found, what comes with them and in which order.

use serde_json::{Value, json};

use super::{agency, change, delete, listed, names, read, text};
use crate::harness::{App, Token};

const LIST: &str = "/v1/organisations";

fn path(id: &str) -> String {
    format!("{LIST}/{id}")
}

#[test]
fn a_business_id_holds_its_check_digit() {
    let app = App::start();
    for right in ["0202669-3", "2229500-6", "0100005-3"] {
        app.organisation_with(agency(right, json!({ "business_id": right })));
    }
    let document = |business_id| agency("Uusi", json!({ "business_id": business_id }));
    // The digit next to the right one, one digit less, no hyphen, other digits than ASCII's, and 1 as a remainder.
    for wrong in ["0202669-4", "202669-3", "02026693", "0202669-", "٠٢٠٢٦٦٩-٣", "0000006-0", "FI02026693", ""] {
        let answer = app.post(LIST, document(wrong)).by(Token::Writer).send().expect(422);
        assert_eq!(answer.codes(), "invalid bad_business_id:/business_id", "{wrong}");
    }
}

#[test]
fn a_business_id_belongs_to_one_until_that_one_lets_go() {
    let app = App::start();
    let document = |name: &str| agency(name, json!({ "business_id": "0202669-3" }));
    let first = app.organisation_with(document("Ensimmäinen"));
    let second = app.organisation("Toinen");
    let refused = |answer: crate::client::Answer| assert_eq!(answer.expect(409).codes(), "conflict taken:/business_id");
    let take =
        || app.patch(&path(&second), json!({ "business_id": "0202669-3" })).by(Token::Writer).if_match("*").send();
    refused(app.post(LIST, document("Toinen")).by(Token::Writer).send());
    refused(app.put(&path(&second), document("Toinen")).by(Token::Writer).if_match("*").send());
    refused(take());
    // Its owner may say it again.
    app.put(&path(&first), document("Yhä ensimmäinen")).by(Token::Writer).if_match("*").send().expect(200);
    change(&app, &path(&first), json!({ "business_id": null }));
    take().expect(200);
    delete(&app, &path(&second));
    change(&app, &path(&first), json!({ "business_id": "0202669-3" }));
}

#[test]
fn all_faults_of_an_organisation_are_told_at_once() {
    let app = App::start();
    let identifier = json!({ "scheme": "LEI", "value": "1" });
    let faulty = json!({ "name": { "fi": "" }, "short_name": { "?": "x" }, "kind": "agency", "business_id": "1",
        "identifiers": [identifier, identifier], "website": "ftp://a.fi", "valid_from": "2026-01-02",
        "valid_to": "2026-01-01" });
    let codes = app.post(LIST, faulty).by(Token::Writer).send().expect(422).codes();
    let mut faults: Vec<&str> = codes.split(' ').skip(1).collect();
    faults.sort();
    let expected = [
        "bad_business_id:/business_id",
        "bad_language_tag:/short_name/?",
        "bad_url:/website",
        "empty_text:/name/fi",
        "end_before_start:/valid_to",
        "repeated:/identifiers",
    ];
    assert_eq!(faults, expected);
    // One that never existed: its last day is the day before its first.
    app.organisation_with(agency("Uusi", json!({ "valid_from": "2026-01-01", "valid_to": "2026-01-01" })));
}

/// Dates are `YYYY-MM-DD`, says the document: others sort wrongly as text, or are beyond what PostgreSQL has.
#[test]
fn a_day_is_written_with_four_two_and_two_digits() {
    let app = App::start();
    for day in
        ["+12345-01-01", "-0044-03-15", "-100000-01-01", "2020-1-1", "2020-01-01T00:00:00Z", "2020-02-30", "2020"]
    {
        let answer = app.post(LIST, agency("Uusi", json!({ "valid_from": day }))).by(Token::Writer).send();
        assert_eq!((answer.status, answer.codes()), (422, "invalid bad_day:/valid_from".to_owned()), "{day}");
        app.get(&format!("/v1/graph?date={}", day.replace('+', "%2B"))).by(Token::Reader).send().expect(400);
    }
}

#[test]
fn a_name_is_found_by_its_beginning_in_any_language_and_case() {
    let app = App::start();
    let name = json!({ "fi": "Äänekosken kaupunki", "sv": "Staden Äänekoski", "se": "100% Áŋirčohkka_" });
    let id = app.organisation_with(json!({ "name": name, "kind": "municipality" }));
    app.organisation("Kaupunki");
    let found = |prefix: &str| listed(&app, &format!("{LIST}?name_prefix={prefix}")).len();
    // Also with ä as two characters; and a wildcard of SQL is a letter like others.
    for prefix in [
        "%C3%84%C3%84NE",
        "%C3%A4%C3%A4nekosken+kaupunki",
        "a%CC%88A%CC%88ne",
        "sTADEN",
        "100%25",
        "100%25%20%C3%81%C5%8A",
    ] {
        assert_eq!(found(prefix), 1, "{prefix}");
    }
    for prefix in ["kosken", "%25", "_", "10_", "staden+x", "%C3%84%C3%84nekosken+kaupunkii"] {
        assert_eq!(found(prefix), 0, "{prefix}");
    }
    assert_eq!((found(""), found("k"), found("kaupunki")), (2, 1, 1));

    // A new name takes the place of the old one, in the languages that changed.
    change(&app, &path(&id), json!({ "name": { "fi": "Uusi kaupunki", "se": null } }));
    assert_eq!((found("%C3%A4%C3%A4ne"), found("100"), found("uusi"), found("staden")), (0, 0, 1, 1));
    change(&app, &path(&id), json!({ "website": "https://uusi.fi" }));
    assert_eq!(found("uusi"), 1);
    delete(&app, &path(&id));
    assert_eq!((found("uusi"), found("staden")), (0, 0));
}

#[test]
fn filters_narrow_the_list_together() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let agencies = ["Yksi", "Kaksi"].map(|name| app.organisation_with(agency(name, json!({ "parent_id": ministry }))));
    let document = json!({ "name": { "fi": "Yhtiö" }, "kind": "company", "parent_id": agencies[0],
        "business_id": "0202669-3", "external_ids": [{ "source": "hr", "id": "a:1" }] });
    app.organisation_with(document);
    app.organisation_with(json!({ "name": { "fi": "Kunta" }, "kind": "municipality" }));
    let found = |filter: &str| listed(&app, &format!("{LIST}?{filter}"));
    assert_eq!(found("kind=company,municipality"), ["Kunta", "Yhtiö"]);
    assert_eq!(found(&format!("parent_id={ministry}")), ["Kaksi", "Yksi"]);
    assert_eq!(found(&format!("parent_id={ministry},{}", agencies[0])), ["Kaksi", "Yhtiö", "Yksi"]);
    assert_eq!(found(&format!("branch={ministry}")), ["Kaksi", "Ministeriö", "Yhtiö", "Yksi"]);
    assert_eq!(found("business_id=0202669-3"), ["Yhtiö"]);
    assert_eq!(found("external_id=hr:a:1"), ["Yhtiö"]);
    assert_eq!(found("external_id=hr"), [""; 0]);
    assert_eq!(found(&format!("branch={ministry}&kind=agency&name_prefix=y")), ["Yksi"]);
    assert_eq!(found(&format!("branch={ministry}&kind=municipality")), [""; 0]);
    let wrong = app.get(&format!("{LIST}?kind=club&branch=x&size=1")).by(Token::Reader).send().expect(400);
    assert!(wrong.codes().starts_with("bad_parameters"), "{wrong:?}");
}

#[test]
fn what_is_above_and_below_comes_along_when_asked_for() {
    let app = App::start();
    let top = app.organisation_with(json!({ "name": { "fi": "Ylin", "sv": "Högst" }, "kind": "ministry" }));
    let part = |fi: &str, sv: &str| {
        app.organisation_with(json!({ "name": { "fi": fi, "sv": sv }, "kind": "agency", "parent_id": top }))
    };
    let [first, _] = [part("Ahvenanmaa", "Åland"), part("Öljyvirasto", "Myndigheten för olja")];
    let together = |target: &str, language: &str| {
        app.get(target).by(Token::Reader).header("accept-language", language).send().expect(200).json()
    };
    let children = |view: &Value, language: &str| -> Vec<String> {
        view["children"].as_array().unwrap().iter().map(|child| text(&child["name"][language])).collect()
    };
    let view = together(&format!("{}?include=parent,children", path(&top)), "fi");
    assert_eq!(children(&view, "fi"), ["Ahvenanmaa", "Öljyvirasto"]);
    assert!(view.get("parent").is_none());
    let view = together(&format!("{}?include=children", path(&top)), "sv");
    assert_eq!(children(&view, "sv"), ["Myndigheten för olja", "Åland"]);
    let view = together(&format!("{}?include=parent,children", path(&first)), "sv");
    let parent = json!({ "id": top, "name": { "fi": "Ylin", "sv": "Högst" }, "short_name": null, "kind": "ministry", "branch": top });
    assert_eq!((&view["parent"], &view["children"]), (&parent, &json!([])));
    let page = together(&format!("{LIST}?include=parent,children&fields=kind"), "fi");
    let counts: Vec<usize> = page["items"].as_array().unwrap().iter().map(|item| children(item, "fi").len()).collect();
    assert_eq!((counts, &page["items"][0]["parent"]), (vec![0, 2, 0], &parent));
    assert!(read(&app, &path(&first)).get("children").is_none());
}

/// The names of all pages of a list, two by two, as readers of a language get them.
fn paged(app: &App, query: &str, language: &str) -> Vec<String> {
    let (mut found, mut target) = (Vec::new(), format!("{LIST}?limit=2&{query}"));
    loop {
        let answer = app.get(&target).by(Token::Reader).header("accept-language", language).send().expect(200);
        found.extend(names(&answer.json()));
        let Some(link) = answer.header("link") else { return found };
        target = link.strip_prefix('<').and_then(|link| link.split_once('>')).unwrap().0.to_owned();
    }
}

#[test]
fn names_sort_in_the_alphabet_of_the_reader() {
    let app = App::start();
    for name in ["Öland", "Äänekoski", "Åland", "Zeta", "aalto", "Wirta 10", "Virta 9", "Wirta 9"] {
        app.organisation(name);
    }
    app.organisation_with(json!({ "name": { "fi": "Aitta", "sv": "Östra boden" }, "kind": "agency" }));
    let finnish = ["aalto", "Aitta", "Virta 9", "Wirta 9", "Wirta 10", "Zeta", "Åland", "Äänekoski", "Öland"];
    assert_eq!(paged(&app, "sort=name", "fi"), finnish);
    assert_eq!(paged(&app, "", "fi-FI, en;q=0.5"), finnish);
    let mut backwards = finnish;
    backwards.reverse();
    assert_eq!(paged(&app, "sort=-name", "fi"), backwards);
    // The Swedish name is what Swedish readers see; the others are sorted by what there is.
    let swedish = ["aalto", "Virta 9", "Wirta 9", "Wirta 10", "Zeta", "Åland", "Äänekoski", "Öland", "Aitta"];
    assert_eq!(paged(&app, "sort=name", "sv"), swedish);
    let english = ["aalto", "Äänekoski", "Aitta", "Åland", "Öland", "Virta 9", "Wirta 9", "Wirta 10", "Zeta"];
    assert_eq!(paged(&app, "sort=name", "en"), english);
}

#[test]
fn what_sorts_alike_is_sorted_by_what_comes_next() {
    let app = App::start();
    for (name, kind) in [("A", "company"), ("B", "agency"), ("C", "company"), ("D", "agency"), ("E", "association")] {
        app.organisation_with(json!({ "name": { "fi": name }, "kind": kind }));
    }
    assert_eq!(paged(&app, "sort=kind,-name", "fi"), ["D", "B", "E", "C", "A"]);
    assert_eq!(paged(&app, "sort=-kind,name", "fi"), ["A", "C", "E", "B", "D"]);
    assert_eq!(paged(&app, "sort=-created_at", "fi"), ["E", "D", "C", "B", "A"]);
    let third = read(&app, &format!("{LIST}?name_prefix=c"))["items"][0]["id"].as_str().unwrap().to_owned();
    change(&app, &path(&third), json!({ "website": "https://c.fi" }));
    assert_eq!(paged(&app, "sort=-updated_at", "fi"), ["C", "E", "D", "B", "A"]);
    // Equal in all that is asked for: each once all the same.
    let mut all = paged(&app, "sort=kind", "fi");
    all.sort();
    assert_eq!(all, ["A", "B", "C", "D", "E"]);
}
