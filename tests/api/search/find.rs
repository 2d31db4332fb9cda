//! What is found, by which words, and how it is shown.

use serde_json::{Value, json};

use super::{
    asked, change, found, items, make, make_concepts, make_network, make_person, marked, names, reader, search, text,
};
use crate::harness::App;

/// A hit of a page by its name.
#[track_caller]
fn hit<'p>(page: &'p Value, name: &str) -> &'p Value {
    items(page).iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("no {name} in {page:#}"))
}

#[test]
fn words_are_found_in_any_inflection_and_any_of_three_languages() {
    let app = App::start();
    let [theme] = make_concepts(
        &app,
        [json!({ "fi": "julkiset hankinnat", "sv": "offentlig upphandling", "en": "public procurement" })],
    );
    let description =
        json!({ "fi": "Kehitämme kilpailuttamista yhdessä.", "sv": "Vi utvecklar konkurrensutsättningen." });
    let fields = json!({ "description": description, "themes": [theme] });
    make_network(&app, json!({ "fi": "Ostajien verkosto", "sv": "Inköparnas nätverk" }), fields);
    make_network(&app, json!({ "fi": "Metsäpolku" }), json!({}));
    for words in [
        "ostaja",
        "ostajille",
        "verkostoissa",
        "inköpare",
        "nätverket",
        "kilpailuttaminen",
        "hankinta",
        "upphandlingen",
        "procurements",
    ] {
        assert!(found(&app, words).contains(&"Ostajien verkosto".to_owned()), "{words}");
        assert!(!found(&app, words).contains(&"Metsäpolku".to_owned()), "{words}");
    }
    // What has all the words comes first.
    assert_eq!(found(&app, "metsän polku verkosto")[0], "Metsäpolku");
}

#[test]
fn a_hit_is_typed_and_says_why_it_was_found_and_where_it_is() {
    let app = App::start();
    let [theme] =
        make_concepts(&app, [json!({ "fi": "palvelumuotoilu", "sv": "tjänstedesign", "en": "service design" })]);
    let name = json!({ "fi": "Muotoilijoiden foorumi", "sv": "Designforum", "en": "Forum of designers" });
    let longer = "Alku ennen kaikkea. ".repeat(20)
        + "Täällä 🦉 muotoilijat tapaavat. "
        + &"Ja sitten lisää tekstiä. ".repeat(20);
    let id = make_network(&app, name, json!({ "kind": "forum", "description": { "fi": longer }, "themes": [theme] }));
    let person = make_person(&app, "Kaino", "Muotoilija", json!({ "title": { "fi": "muotoilujohtaja" } }));
    let house = make(&app, "/v1/organisations", json!({ "name": { "fi": "Muotoilijavirasto" }, "kind": "agency" }));

    let page = search(&app, "q=muotoilijat");
    let forum = hit(&page, "Muotoilijoiden foorumi");
    assert_eq!((&forum["type"], &forum["id"], &forum["kind"]), (&json!("network"), &json!(id), &json!("forum")));
    assert_eq!((&forum["name_language"], &forum["link"]), (&json!("fi"), &json!(format!("/v1/networks/{id}"))));
    assert_eq!(marked(&forum["name"], &forum["name_marks"]), ["Muotoilijoiden"]);
    let matched: Vec<&Value> = forum["matched"].as_array().unwrap().iter().collect();
    assert_eq!(matched[0], &json!({ "field": "name", "words": ["muotoilijat"] }));
    assert!(matched.iter().any(|one| one["field"] == "text"), "{forum:#}");
    let snippet = &forum["snippet"];
    assert_eq!((&snippet["field"], &snippet["language"]), (&json!("text"), &json!("fi")));
    // Marks count characters, not bytes and not halves of them.
    assert_eq!(marked(&snippet["text"], &snippet["marks"]), ["muotoilijat"]);
    assert_eq!((&snippet["cut_before"], &snippet["cut_after"]), (&json!(true), &json!(true)));
    assert!(longer.contains(snippet["text"].as_str().unwrap()));

    let kaino = hit(&page, "Kaino Muotoilija");
    assert_eq!(
        (&kaino["type"], &kaino["id"], &kaino["name_language"]),
        (&json!("member"), &json!(person), &Value::Null)
    );
    assert_eq!(
        (&hit(&page, "Muotoilijavirasto")["type"], &hit(&page, "Muotoilijavirasto")["id"]),
        (&json!("organisation"), &json!(house))
    );
    assert!(items(&page).iter().all(|item| item.get("score").is_none()));
    let concepts = search(&app, "q=palvelumuotoilu&types=concept");
    assert_eq!((names(&concepts), &items(&concepts)[0]["id"]), (vec!["palvelumuotoilu".to_owned()], &json!(theme)));
    // Each is read where it says.
    for item in items(&page).iter().chain(items(&concepts)) {
        let read = reader().get(&app, item["link"].as_str().unwrap()).send().expect(200).json();
        assert_eq!(read["id"], item["id"]);
    }
    // By a theme it is found by that theme's labels, whatever the language, and the piece shows which: the reader's own,
    // where it stands for the same.
    for (language, label) in [("sv", "tjänstedesign"), ("fi", "palvelumuotoilu")] {
        let asked = reader().get(&app, "/v1/search?q=tj%C3%A4nstedesign&types=network");
        let found = asked.header("accept-language", language).send().expect(200).json();
        let snippet = &items(&found)[0]["snippet"];
        assert_eq!(
            (&snippet["field"], &snippet["text"], &snippet["language"]),
            (&json!("labels"), &json!(label), &json!(language))
        );
    }
    // Without words there is nothing to say of why.
    let all = search(&app, "types=network");
    assert_eq!((&items(&all)[0]["matched"], &items(&all)[0]["snippet"]), (&json!([]), &Value::Null));
}

#[test]
fn names_are_in_the_language_asked_for() {
    let app = App::start();
    make_network(&app, json!({ "fi": "Kestävä hallinto", "sv": "Hållbar förvaltning" }), json!({}));
    let name = |language: &str| {
        let answer = asked(&app, &reader(), "q=h%C3%A5llbar", language);
        assert!(answer.header("vary").unwrap().contains("Accept-Language"));
        let page = answer.json();
        (names(&page).remove(0), items(&page)[0]["name_language"].clone(), items(&page)[0].clone())
    };
    let (fi, sv, en) = (name("fi"), name("sv-FI"), name("en"));
    assert_eq!((fi.0.as_str(), &fi.1), ("Kestävä hallinto", &json!("fi")));
    assert_eq!((sv.0.as_str(), &sv.1), ("Hållbar förvaltning", &json!("sv")));
    // What has no name in it is named in another.
    assert_eq!((en.0.as_str(), &en.1), ("Kestävä hallinto", &json!("fi")));
    // Where the words stand in a name that isn't shown, that one is the piece.
    assert_eq!(marked(&sv.2["name"], &sv.2["name_marks"]), ["Hållbar"]);
    assert_eq!((&fi.2["snippet"]["field"], &fi.2["snippet"]["text"]), (&json!("name"), &json!("Hållbar förvaltning")));
}

#[test]
fn phrases_and_words_that_must_not_be_there() {
    let app = App::start();
    for name in ["Avoin data", "Data avoin kaikille", "Suljettu data"] {
        make_network(&app, json!({ "fi": name }), json!({}));
    }
    let sorted = |words: &str| {
        let mut names = found(&app, words);
        names.sort();
        names
    };
    assert_eq!(sorted("\"avoin data\""), ["Avoin data"]);
    assert_eq!(sorted("”avoin data”"), ["Avoin data"]);
    assert_eq!(sorted("data -suljettu"), ["Avoin data", "Data avoin kaikille"]);
    assert_eq!(sorted("data -\"avoin data\""), ["Data avoin kaikille", "Suljettu data"]);
    assert_eq!(sorted("-avoin"), ["Suljettu data"]);
}

#[test]
fn a_word_that_stands_nowhere_is_corrected_and_that_is_said() {
    let app = App::start();
    make_network(&app, json!({ "fi": "Tietosuojan verkosto" }), json!({}));
    let page = search(&app, "q=tietosuija&count=true");
    assert_eq!((names(&page), &page["total"]), (vec!["Tietosuojan verkosto".to_owned()], &json!(1)));
    let meant = text(&page["did_you_mean"]);
    assert!(meant.starts_with("tietosuoja"), "{meant}");
    assert_eq!(marked(&items(&page)[0]["name"], &items(&page)[0]["name_marks"]), ["Tietosuojan"]);
    assert_eq!(search(&app, "q=tietosuoja")["did_you_mean"], Value::Null);
    let nothing = search(&app, "q=kvantti&count=true");
    assert_eq!((&nothing["did_you_mean"], &nothing["total"], items(&nothing).len()), (&Value::Null, &json!(0), 0));
}

/// Everything when nothing is asked for; nothing where there is no word in what is asked for.
#[test]
fn a_query_without_words() {
    let app = App::start();
    make_network(&app, json!({ "fi": "Yksi" }), json!({}));
    make_network(&app, json!({ "fi": "Kaksi" }), json!({}));
    for query in ["", "q=", "q=%20%09"] {
        assert_eq!(names(&search(&app, query)), ["Kaksi", "Yksi"], "{query}");
    }
    for query in ["q=*", "q=%22%22", "q=%3F!", "q=%F0%9F%A6%89", "q=-"] {
        let page = search(&app, &format!("{query}&count=true&facets=type"));
        assert_eq!((items(&page).len(), &page["total"]), (0, &json!(0)), "{query}");
        assert_eq!(page["facets"], json!({ "type": [] }), "{query}");
    }
    let long = "sana ".repeat(150);
    assert_eq!(
        (&search(&app, &format!("q={}", long.replace(' ', "+")))["cut_query"], &search(&app, "q=sana")["cut_query"]),
        (&json!(true), &json!(false))
    );
}

#[test]
fn every_filter_leaves_what_has_it() {
    let app = App::start();
    let [above, below, skill] =
        make_concepts(&app, [json!({ "fi": "ympäristö" }), json!({ "fi": "vesistöt" }), json!({ "fi": "neuvottelu" })]);
    let vocabulary =
        super::text(&app.get("/v1/vocabularies").by(crate::harness::Token::Reader).send().json()["items"][0]["id"]);
    change(&app, &format!("/v1/vocabularies/{vocabulary}/concepts/{below}"), json!({ "broader": [above] }));
    let ministry = make(&app, "/v1/organisations", json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let agency = make(
        &app,
        "/v1/organisations",
        json!({ "name": { "fi": "Virasto" }, "kind": "agency", "parent_id": ministry }),
    );
    make_network(
        &app,
        json!({ "fi": "Vesi" }),
        json!({ "themes": [below], "host_organisation_id": agency, "kind": "forum" }),
    );
    make_network(&app, json!({ "sv": "Luft" }), json!({ "themes": [above] }));
    let person = make_person(&app, "Aino", "Virta", json!({ "organisation_id": agency, "office": "hr_director" }));
    let profile = json!({ "skills": [{ "concept": skill, "level": 3 }], "interests": [below],
        "languages": [{ "tag": "se", "level": "C2" }] });
    change(&app, &format!("/v1/members/{person}/profile"), profile);
    let some = |query: &str| names(&search(&app, query));
    assert_eq!(some("types=network"), ["Luft", "Vesi"]);
    assert_eq!(some("types=network,member"), ["Luft", "Vesi", "Aino Virta"]);
    assert_eq!(some(&format!("subtree_of={agency}")), ["Vesi", "Virasto", "Aino Virta"]);
    assert_eq!(some(&format!("subtree_of={ministry}&types=organisation")), ["Ministeriö", "Virasto"]);
    assert_eq!(some(&format!("branch={ministry}&types=member,network")), ["Vesi", "Aino Virta"]);
    assert_eq!(some(&format!("theme={below}&types=member,network")), ["Vesi", "Aino Virta"]);
    assert_eq!(some(&format!("theme={above}&types=network")), ["Luft", "Vesi"]);
    assert_eq!(some(&format!("skill={skill}")), ["Aino Virta"]);
    assert_eq!(some("language=se"), ["Aino Virta"]);
    assert_eq!(some("language=sv,se&types=network,member"), ["Luft", "Aino Virta"]);
    assert_eq!(some("kind=forum,hr_director"), ["Vesi", "Aino Virta"]);
    assert_eq!(some(&format!("q=vesi&types=network&subtree_of={ministry}&kind=forum")), ["Vesi"]);
    assert_eq!(some(&format!("q=vesi&types=network&subtree_of={ministry}&kind=network")), [""; 0]);
    // Days are those of the configured zone.
    let today = chrono::Utc::now().with_timezone(&chrono_tz::Europe::Helsinki).date_naive();
    let (yesterday, tomorrow) = (today.pred_opt().unwrap(), today.succ_opt().unwrap());
    for (query, sees) in [
        (format!("updated_from={yesterday}"), true),
        (format!("updated_until={tomorrow}"), true),
        (format!("updated_from={yesterday}&updated_until={tomorrow}"), true),
        (format!("updated_from={tomorrow}"), false),
        (format!("updated_until={yesterday}"), false),
        ("updated_from=9999-12-31".to_owned(), false),
        ("updated_until=0001-01-01".to_owned(), false),
    ] {
        assert_eq!(!some(&format!("types=network&{query}")).is_empty(), sees, "{query}");
    }
}

#[test]
fn facets_count_all_hits_and_call_ids_by_name() {
    let app = App::start();
    let [above, below] = make_concepts(&app, [json!({ "fi": "talous", "sv": "ekonomi" }), json!({ "fi": "budjetti" })]);
    let ministry = make(
        &app,
        "/v1/organisations",
        json!({ "name": { "fi": "Rahaministeriö", "sv": "Penningministeriet" }, "kind": "ministry" }),
    );
    for number in 0..3 {
        let themes = if number == 0 { json!([below, above]) } else { json!([above]) };
        let fields = json!({ "themes": themes, "host_organisation_id": ministry, "kind": if number == 2 { "forum" } else { "network" } });
        make_network(&app, json!({ "fi": format!("Talousverkosto {number}") }), fields);
    }
    let page = asked(
        &app,
        &reader(),
        "q=talousverkosto&types=network&limit=1&facets=type,branch,theme,language,kind&count=true",
        "sv",
    )
    .json();
    assert_eq!((page["total"].as_u64(), items(&page).len()), (Some(3), 1));
    assert_eq!(page["facets"]["type"], json!([{ "value": "network", "count": 3 }]));
    assert_eq!(page["facets"]["branch"], json!([{ "value": ministry, "label": "Penningministeriet", "count": 3 }]));
    assert_eq!(
        page["facets"]["theme"],
        json!([{ "value": above, "label": "ekonomi", "count": 3 }, { "value": below, "label": "budjetti", "count": 1 }])
    );
    assert_eq!(page["facets"]["kind"], json!([{ "value": "network", "count": 2 }, { "value": "forum", "count": 1 }]));
    assert_eq!(page["facets"]["language"], json!([{ "value": "fi", "count": 3 }]));
    let some = search(&app, "q=talousverkosto&types=network&facets=kind");
    assert_eq!(some["facets"].as_object().unwrap().keys().collect::<Vec<_>>(), ["kind"]);
    assert!(search(&app, "q=talousverkosto").get("facets").is_none());
    // A value leaves as many as it counts.
    assert_eq!(search(&app, &format!("q=talousverkosto&types=network&theme={below}&count=true"))["total"], 1);
}

/// What the README says of its three searches is so.
#[test]
fn the_readme_is_right_about_its_searches() {
    let app = App::demo();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let searches: Vec<&str> = readme.lines().filter(|line| line.starts_with("get -G \"$API/search\"")).collect();
    let part = |line: &str, before: &str, after: char| {
        let (_, rest) = line.split_once(before).unwrap_or_else(|| panic!("no {before} in {line}"));
        rest.split(after).next().unwrap().to_owned()
    };
    let run = |line: &str| {
        let words = part(line, "--data-urlencode 'q=", '\'');
        let more: String = line.split(" -d ").skip(1).map(|parameter| format!("&{}", parameter.trim())).collect();
        let query = format!("q={}{more}", solmu::http::query::encode(&words));
        asked(&app, &reader(), &query, &part(line, "Accept-Language: ", '\'')).json()
    };
    let [fi, sv, en] = searches[..] else { panic!("{searches:?}") };
    let (fi, sv, en) = (run(fi), run(sv), run(en));
    let said = |text: &str| assert!(readme.replace("\n  ", " ").contains(&format!("*{text}*")), "{text}");
    for (page, name) in [
        (&fi, "Valtionhallinnon kokeilukiihdyttämö"),
        (&sv, "Forum för statens personalledning"),
        (&en, "Top management small group 1"),
    ] {
        assert_eq!(names(page)[0], name);
        said(name);
    }
    let skilled =
        items(&fi).iter().any(|item| item["type"] == "member" && item["snippet"]["text"] == "kokeilukulttuuri");
    assert!(skilled, "{fi:#}");
    assert_eq!(marked(&items(&sv)[0]["name"], &items(&sv)[0]["name_marks"]), ["Forum", "personalledning"]);
    assert!(
        !sv["facets"]["branch"].as_array().unwrap().is_empty() && !sv["facets"]["theme"].as_array().unwrap().is_empty()
    );
    assert!(items(&sv).iter().all(|item| item["type"] == "network"));
    said(en["did_you_mean"].as_str().unwrap());
    assert!(names(&en).iter().all(|name| name.starts_with("Top management small group")), "{en:#}");
    // Two words of one language are one of another; something narrow leads on to what is broader.
    let shows = |item: &Value, word: &str| format!("{} {}", item["name"], item["snippet"]["text"]).contains(word);
    let groups = asked(&app, &reader(), "q=task%20force", "fi").json();
    assert!(shows(&items(&groups)[0], "työryhmä"), "{groups:#}");
    let models = asked(&app, &reader(), "q=kielimalli&limit=100", "fi").json();
    let places = |word: &str| items(&models).iter().position(|item| shows(item, word));
    let broader = items(&models).iter().position(|item| shows(item, "tekoäly") && !shows(item, "kielimalli"));
    assert!(places("kielimalli") == Some(0) && broader > Some(0), "{models:#}");
    ["task force", "työryhmä", "kielimalli", "tekoäly"].into_iter().for_each(said);
}
