//! Pages of hits: as long as asked for, each hit once, no deeper than they say; and how new they are.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::db::{Role, connect};

use super::{Somebody, all_ids, asked, change, items, make, make_network, make_person, names, reader, search, text};
use crate::database::is_on_postgres;
use crate::harness::{App, Token, eventually};
use crate::statements::{recorded, taken};

/// A directory in which many are found by one word.
fn many(number: usize) -> App {
    let app = App::start();
    for number in 0..number {
        make_network(
            &app,
            json!({ "fi": format!("Kokeilu {number}"), "sv": format!("Försök {}", 900 - number) }),
            json!({}),
        );
    }
    app
}

/// All names, page after page.
fn walk(app: &App, query: &str, language: &str) -> Vec<String> {
    let (mut all, mut target) = (Vec::new(), format!("/v1/search?{query}"));
    loop {
        let answer = reader().get(app, &target).header("accept-language", language).send().expect(200);
        let page = answer.json();
        all.extend(names(&page));
        let Some(next) = page["next"].as_str() else {
            assert!(answer.header("link").is_none(), "{answer:?}");
            return all;
        };
        // The page has an address, which is the one with the cursor.
        let link = answer.header("link").unwrap();
        target = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap().to_owned();
        assert!(target.ends_with(&format!("cursor={next}")), "{link}");
    }
}

#[test]
fn every_hit_comes_once_and_in_order() {
    let app = many(25);
    asked(&app, &reader(), "limit=1", "fi");
    let listed = |sort: &str, language: &str| -> Vec<String> {
        let target = format!("/v1/networks?limit=200&sort={sort}");
        let page = app.get(&target).by(Token::Reader).header("accept-language", language).send().expect(200).json();
        items(&page).iter().map(|item| text(&item["name"][language])).collect()
    };
    for (query, language, sort) in [
        ("limit=4&types=network", "fi", "name"),
        ("limit=4&types=network", "sv", "name"),
        ("limit=7&sort=name&q=kokeilu", "sv", "name"),
    ] {
        assert_eq!(walk(&app, query, language), listed(sort, language), "{query}");
    }
    for limit in [1, 4, 24, 25, 200] {
        let all = walk(&app, &format!("q=kokeilu&limit={limit}"), "fi");
        let once: BTreeSet<&String> = all.iter().collect();
        assert_eq!((all.len(), once.len()), (25, 25), "{limit}");
    }
    // What changed last comes first; to the second.
    std::thread::sleep(Duration::from_millis(1100));
    let first = search(&app, "q=kokeilu&limit=1");
    let last = format!("/v1/networks/{}", text(&items(&first)[0]["id"]));
    change(&app, &last, json!({ "cadence": { "times": 1, "per": "year" } }));
    let newest = search(&app, "types=network&sort=-updated_at&limit=1");
    assert_eq!(items(&newest)[0]["id"], items(&first)[0]["id"]);
    assert_eq!(search(&app, "").get("total"), None);
    assert_eq!(search(&app, "q=kokeilu&limit=3&count=true")["total"], 25);
    assert_eq!(items(&search(&many(60), "types=network")).len(), 50);
}

#[test]
fn a_cursor_is_good_for_its_own_search_alone() {
    let app = many(6);
    let page = search(&app, "q=kokeilu&limit=2");
    let cursor = text(&page["next"]);
    let ask = |query: &str| reader().get(&app, &format!("/v1/search?{query}")).header("accept-language", "fi").send();
    // Another length, counted, with facets, as new as can be: it is the same search.
    let same =
        ask(&format!("q=kokeilu&limit=3&count=true&facets=type&consistency=strong&cursor={cursor}")).expect(200).json();
    assert_eq!((items(&same).len(), &same["total"]), (3, &json!(6)));
    assert!(names(&same).iter().all(|name| !names(&page).contains(name)));
    for query in ["q=kokeilut", "q=kokeilu&types=network", "q=kokeilu&sort=name", "q=kokeilu&kind=network", ""] {
        let refused = ask(&format!("{query}&limit=2&cursor={cursor}")).expect(400);
        assert_eq!(refused.codes(), "bad_parameters cursor_of_another_list:cursor", "{query}");
    }
    let swedish = reader().get(&app, &format!("/v1/search?q=kokeilu&cursor={cursor}")).header("accept-language", "sv");
    assert_eq!(swedish.send().expect(400).codes(), "bad_parameters cursor_of_another_list:cursor");
    let elsewhere = app.get(&format!("/v1/networks?cursor={cursor}")).by(Token::Reader).send().expect(400);
    assert_eq!(elsewhere.codes(), "bad_parameters cursor_of_another_list:cursor");
    for at in (0..cursor.len()).step_by(5) {
        let mut changed = cursor.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(
            ask(&format!("q=kokeilu&limit=2&cursor={changed}")).expect(400).codes(),
            "bad_parameters bad_cursor:cursor"
        );
    }
    for changed in ["", "x", &cursor[1..], &cursor[..cursor.len() - 1], &cursor.repeat(2)] {
        assert_eq!(
            ask(&format!("q=kokeilu&cursor={changed}")).expect(400).codes(),
            "bad_parameters bad_cursor:cursor",
            "{changed}"
        );
    }
}

/// Pages by relevance end after a thousand hits, and say so; others don't.
#[test]
fn pages_by_relevance_are_not_endless() {
    let app = App::start();
    let uri = "http://uri.example/v";
    let vocabulary = make(&app, "/v1/vocabularies", json!({ "uri": uri, "name": { "fi": "Laaja" } }));
    let mut file = format!("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<{uri}> a skos:ConceptScheme .\n");
    for number in 0..1040 {
        writeln!(file, "<{uri}/{number}> a skos:Concept ; skos:prefLabel \"mittaus {number}\"@fi .").unwrap();
    }
    let request = app.request("POST", &format!("/v1/vocabularies/{vocabulary}/import")).by(Token::Writer);
    request.header("content-type", "text/turtle").raw_body(file).send().expect(200);
    let mut pages = vec![search(&app, "q=mittaus&limit=150&count=true")];
    while let Some(cursor) = pages.last().unwrap()["next"].as_str().map(str::to_owned) {
        pages.push(search(&app, &format!("q=mittaus&limit=150&count=true&cursor={cursor}")));
    }
    let lengths: Vec<usize> = pages.iter().map(|page| items(page).len()).collect();
    assert_eq!(lengths, [150, 150, 150, 150, 150, 150, 100]);
    assert!(pages.iter().all(|page| page["total"] == 1040));
    let ends: Vec<&Value> = pages.iter().map(|page| &page["cut_pages"]).collect();
    assert_eq!(ends, [false, false, false, false, false, false, true]);
    for query in ["q=mittaus&sort=name", "sort=-updated_at&q=mittaus", "types=concept"] {
        assert_eq!(all_ids(&app, &reader(), query).len(), 1040, "{query}");
    }
}

/// What was written before is found at once by who waits for it, and by everybody else soon.
#[test]
fn what_is_written_is_found() {
    let app = App::start();
    for turn in 0..5 {
        let name = format!("Uutuus{turn}");
        let id = make_network(&app, json!({ "fi": name }), json!({}));
        assert_eq!(names(&search(&app, &format!("q={name}")))[..], [&name[..]]);
        let path = format!("/v1/networks/{id}");
        change(&app, &path, json!({ "name": { "fi": format!("Vanhus{turn}") } }));
        assert_eq!(names(&search(&app, &format!("q=Vanhus{turn}"))), [format!("Vanhus{turn}")]);
        assert!(items(&search(&app, &format!("q={name}"))).is_empty());
        app.delete(&path).by(Token::Writer).if_match("*").send().expect(204);
        assert!(items(&search(&app, &format!("q=Vanhus{turn}"))).is_empty());
    }
    let person = make_person(&app, "Uuno", "Uusinen", json!({}));
    let found = eventually("a person is found without waiting for it", || {
        let page = reader().get(&app, "/v1/search?q=uusinen").send().expect(200).json();
        items(&page).first().map(|item| text(&item["id"]))
    });
    assert_eq!(found, person);
}

/// However many hits, a page costs the same few statements: those that say who may see what, those that read each type.
#[test]
fn a_page_costs_the_same_however_long_it_is() {
    let (app, url) = recorded(true, |_| {});
    // Once for the connections' own sake, and for the index.
    asked(&app, &reader(), "limit=1", "fi");
    let cost = |target: &str| {
        taken(&url);
        let page = reader().get(&app, target).send().expect(200).json();
        (items(&page).len(), taken(&url))
    };
    for (query, most) in [
        ("types=network", 2 + 4),
        ("types=member", 2 + 4),
        ("types=organisation&facets=type,kind,branch,theme,language&count=true", 2 + 2 + 2),
        ("types=concept&q=johtaminen", 2 + 2),
    ] {
        let (few, small) = cost(&format!("/v1/search?limit=2&{query}"));
        let (many, large) = cost(&format!("/v1/search?limit=200&{query}"));
        assert!(few > 0 && many >= few, "{query}: {many} after {few}");
        // The index is followed meanwhile.
        let own = |all: &[String]| {
            all.iter().filter(|one| !one.contains("\"changes\"") && !one.contains("`changes`")).count()
        };
        assert_eq!(own(&small), own(&large), "{query}: {small:#?} {large:#?}");
        assert!(own(&large) <= most, "{query}: {large:#?}");
    }
    let (names, statements) = cost("/v1/suggest?q=ve");
    assert!(names > 2 && statements.len() <= 15, "{statements:#?}");
}

/// Nobody on the way keeps what is to be as new as can be; and who waits for too long is told so.
#[test]
fn who_waits_waits_for_the_service_itself_and_not_for_ever() {
    let app = App::with(false, |config| {
        (config.anonymous_read, config.request_timeout) = (true, Duration::from_secs(2));
    });
    let nobody = Somebody::by(Token::None, "nobody");
    let cache = |query: &str| {
        let answer = nobody.get(&app, &format!("/v1/search?{query}")).send().expect(200);
        answer.header("cache-control").unwrap().to_owned()
    };
    assert_eq!([cache("q=a"), cache("q=a&consistency=strong")], ["public, max-age=60", "private, no-cache"]);
    // Somebody who writes for long holds back readers of the log on PostgreSQL, of all databases there; on SQLite nobody
    // else can write then.
    if is_on_postgres() {
        let mut other = connect(app.url(), Role::Writer).unwrap();
        other.batch_execute("BEGIN; UPDATE meta SET value = value WHERE key = 'epoch'").unwrap();
        make_network(&app, json!({ "fi": "Odotettu" }), json!({}));
        let late = reader().get(&app, "/v1/search?consistency=strong&q=odotettu").send().expect(503);
        assert_eq!((late.codes().as_str(), late.header("retry-after")), ("search_timed_out", Some("5")));
        // Who does not wait is answered with what there is.
        assert!(items(&reader().get(&app, "/v1/search?q=odotettu").send().expect(200).json()).is_empty());
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(names(&search(&app, "q=odotettu")), ["Odotettu"]);
    }
}

/// A page that is known is not sent again; one of another language or another state is another.
#[test]
fn a_page_has_a_tag() {
    let app = many(3);
    let ask = |language: &str| asked(&app, &reader(), "q=kokeilu", language);
    let tag = ask("fi").etag();
    assert_eq!(ask("fi").etag(), tag);
    assert_ne!(ask("sv").etag(), tag);
    let target = "/v1/search?consistency=strong&q=kokeilu";
    let known = reader().get(&app, target).header("accept-language", "fi").header("if-none-match", &tag).send();
    known.expect(304);
    make_network(&app, json!({ "fi": "Kokeilu muualla" }), json!({}));
    assert_ne!(ask("fi").etag(), tag);
}
