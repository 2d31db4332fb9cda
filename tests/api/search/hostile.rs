//! Queries that nobody means well: each is answered, or refused, soon.

use std::time::{Duration, Instant};

use solmu::http::query::encode;

use super::{asked, make_network, make_person, reader};
use crate::client::Answer;
use crate::harness::{App, Token};
use serde_json::json;

/// How long any of them takes, at most, where nothing is optimised and other tests run.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn every_query_is_answered_or_refused_soon() {
    let app = App::start();
    for number in 0..20 {
        make_network(&app, json!({ "fi": format!("Verkosto {number} ja «lainaus» שלום 🎉") }), json!({}));
        make_person(&app, "Aino", &format!("Virta{number}"), json!({}));
    }
    asked(&app, &reader(), "limit=1", "fi");
    let queries = [
        "*".to_owned(),
        "**** ???? %%%%".to_owned(),
        "\"".repeat(1000),
        "\"a".repeat(400),
        "-".repeat(1000),
        "- - - -\" \"-".to_owned(),
        "-a ".repeat(300),
        "\"verkosto ja\" ".repeat(60),
        "verkosto ".repeat(800),
        "a".repeat(7000),
        "ä".repeat(1100),
        "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(20),
        "verkostoverkosto".repeat(60),
        "\u{1}\u{2}\u{7f}\u{1b}[31m verkosto \u{8}".to_owned(),
        "\r\n\r\nGET / HTTP/1.1\r\n".to_owned(),
        "\u{202e}otsokrev \u{200f}שלום\u{202c}".to_owned(),
        "שלום עולם مرحبا بالعالم".to_owned(),
        "🎉🎉🎉 👩‍👩‍👧‍👦 🇫🇮".to_owned(),
        "e\u{301}\u{301}\u{301}\u{301}".repeat(80),
        "z\u{0337}\u{0322}\u{0315}".repeat(200),
        "\u{feff}\u{200b}\u{200d}\u{ad}".repeat(50),
        "日本語 検索 네트워크".to_owned(),
        "\u{10ffff}\u{fffe}\u{e000}".to_owned(),
        "' OR 1=1; DROP TABLE networks; --".to_owned(),
        "name:verkosto AND (type:*) OR NOT [a TO z]~2^9".to_owned(),
        "{\"$ne\": null}".to_owned(),
        "../../etc/passwd".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "999999999999999999999999999999999999999999".to_owned(),
        "DVV:".repeat(200),
        "«„”“»".repeat(100),
        "İıſẞŐǅ ﬁ ᾳ".to_owned(),
    ];
    let ask = |target: &str| -> Answer {
        let started = Instant::now();
        let answer = reader().get(&app, target).send();
        assert!(started.elapsed() < SOON, "{:?} for {target}", started.elapsed());
        assert!(answer.status == 200 || (400..500).contains(&answer.status), "{answer:?}");
        answer
    };
    let mut answered = 0;
    for query in &queries {
        let encoded = encode(query);
        for target in [
            format!("/v1/search?count=true&facets=type,branch,theme,language,kind&q={encoded}"),
            format!("/v1/search?sort=name&limit=200&q={encoded}"),
            format!("/v1/suggest?q={encoded}"),
        ] {
            answered += usize::from(ask(&target).status == 200);
        }
    }
    assert!(answered > 2 * queries.len(), "{answered}");
    // Whatever else is in it, the word is found.
    let found = |query: &str| ask(&format!("/v1/search?count=true&q={}", encode(query))).json()["total"].clone();
    assert_eq!(found("\u{1}\u{1b}[31m verkosto \u{8}🎉"), 20);
    assert_eq!(found(&"\" verkosto \" ".repeat(30)), 20);
    for query in ["%00", "a%00b", "%ff%fe", "%ed%a0%80"] {
        assert_eq!(ask(&format!("/v1/search?q={query}")).status, 400, "{query}");
        assert_eq!(ask(&format!("/v1/suggest?q={query}")).status, 400, "{query}");
    }
}

/// Ten thousand words, and a megabyte, are more than an address holds.
#[test]
fn what_is_longer_than_an_address_is_refused() {
    let app = App::start();
    let token = Token::Reader.header().unwrap();
    for path in ["/v1/search", "/v1/suggest"] {
        let words = "verkosto+".repeat(10_000);
        assert_eq!(
            reader().get(&app, &format!("{path}?q={}", &words[..9_000])).send().expect(414).codes(),
            "query_too_long"
        );
        for query in [words, "a".repeat(1 << 20), "%22".repeat(30_000)] {
            let line = format!("GET {path}?q={query} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n");
            let started = Instant::now();
            let answer = app.raw(format!("{line}Connection: close\r\n\r\n").as_bytes());
            // What is refused while it is still being sent may see the connection go.
            assert!(answer.starts_with("HTTP/1.1 4") || answer.is_empty(), "{answer}");
            assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        }
    }
    reader().get(&app, "/v1/search?q=verkosto").send().expect(200);
}

/// Lengths and repetitions of parameters, and values that are none.
#[test]
fn what_is_not_a_value_is_named() {
    let app = App::start();
    let codes = |query: &str| reader().get(&app, &format!("/v1/search?{query}")).send().expect(400).codes();
    for (query, expected) in [
        ("colour=red", "unknown_parameter:colour"),
        ("q=a&q=b", "repeated_parameter:q"),
        ("types=network,nothing", "bad_value:types"),
        ("types=", "bad_value:types"),
        ("kind=network,nothing", "bad_value:kind"),
        ("subtree_of=x", "bad_id:subtree_of"),
        ("theme=01900000-0000-7005-8000-000000000001,x", "bad_id:theme"),
        ("language=suomi", "bad_language_tag:language"),
        ("language=sv,", "bad_language_tag:language"),
        ("sort=updated_at", "bad_value:sort"),
        ("sort=name,-updated_at", "bad_value:sort"),
        ("facets=colour", "bad_value:facets"),
        ("facets=", "bad_value:facets"),
        ("consistency=weak", "bad_value:consistency"),
        ("count=maybe", "bad_value:count"),
        ("limit=0", "bad_value:limit"),
        ("limit=201", "bad_value:limit"),
        ("limit=-1", "bad_value:limit"),
        ("updated_from=yesterday", "bad_day:updated_from"),
        ("updated_until=2026-02-30", "bad_day:updated_until"),
        ("cursor=x", "bad_cursor:cursor"),
        ("as_of=2026-01-01", "unknown_parameter:as_of"),
    ] {
        assert_eq!(codes(query), format!("bad_parameters {expected}"), "{query}");
    }
    let several = codes("limit=0&sort=x&facets=y&colour=red&cursor=z");
    for fault in ["bad_value:limit", "bad_value:sort", "bad_value:facets", "unknown_parameter:colour"] {
        assert!(several.contains(fault), "{fault}: {several}");
    }
    for (query, expected) in
        [("limit=51", "bad_value:limit"), ("limit=0", "bad_value:limit"), ("types=network", "unknown_parameter:types")]
    {
        let answer = reader().get(&app, &format!("/v1/suggest?q=ab&{query}")).send().expect(400);
        assert_eq!(answer.codes(), format!("bad_parameters {expected}"), "{query}");
    }
}
