//! What a caller can't read by its id is in no hit, count, facet, suggestion or correction; and all else is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use solmu::http::query::encode;

use super::{
    Somebody, all_ids, asked, asked_at_once, change, items, make, make_concepts, make_network, make_person, names,
    suggested, suggested_at_once, text,
};
use crate::harness::{App, Token};

/// A house of the demo with people in it, some of whom others do not see.
const HOUSE: &str = "01900000-0000-7001-8000-000000000013";

/// Says who somebody is.
fn become_member(app: &App, member: &str, subject: &str) {
    let body = json!({ "issuer": "solmu", "subject": subject });
    app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Admin).send().expect(201);
}

/// Brings somebody into a network.
fn enter(app: &App, network: &str, member: &str) -> String {
    let body = json!({ "member_id": member });
    let made = app.post(&format!("/v1/networks/{network}/nominate"), body).by(Token::Admin).send().expect(201);
    made.header("location").unwrap().to_owned()
}

/// The ids of all rows of a list; none of one that is closed to them.
fn listed(app: &App, who: &Somebody, target: &str) -> BTreeSet<String> {
    let (mut ids, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let sign = if target.contains('?') { '&' } else { '?' };
        let answer = who.get(app, &format!("{target}{sign}limit=200&fields=id{cursor}")).send();
        if answer.status == 401 {
            return ids;
        }
        let page = answer.expect(200).json();
        ids.extend(items(&page).iter().map(|item| text(&item["id"])));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// What somebody can list of each type.
fn lists(app: &App, who: &Somebody) -> BTreeMap<&'static str, BTreeSet<String>> {
    let vocabularies = listed(app, who, "/v1/vocabularies");
    let concepts = vocabularies.iter().flat_map(|id| listed(app, who, &format!("/v1/vocabularies/{id}/concepts")));
    BTreeMap::from([
        ("concept", concepts.collect()),
        ("member", listed(app, who, "/v1/members")),
        ("network", listed(app, who, "/v1/networks")),
        ("organisation", listed(app, who, "/v1/organisations")),
    ])
}

/// The demo, with more that not everybody sees, and callers of every kind.
fn crowd() -> (App, Vec<Somebody>) {
    let app = App::with(true, |config| config.anonymous_read = true);
    let hidden = json!({ "protected": true, "organisation_id": HOUSE });
    let protected = make_person(&app, "Salli", "Suojattu", hidden);
    become_member(&app, &protected, "protected");
    make_person(&app, "Lasse", "Lähtenyt", json!({ "status": "left", "organisation_id": HOUSE }));
    let insider = make_person(&app, "Siiri", "Sisällä", json!({}));
    become_member(&app, &insider, "insider");
    let own = make_network(&app, json!({ "fi": "Sisäpiiri" }), json!({ "visibility": "members", "kind": "committee" }));
    enter(&app, &own, &insider);
    make_network(&app, json!({ "fi": "Toinen piiri" }), json!({ "visibility": "members", "kind": "committee" }));
    let callers = vec![
        Somebody::by(Token::None, "nobody"),
        Somebody::by(Token::Reader, "a reader"),
        Somebody::by(Token::Demo, "an editor of the demo"),
        Somebody::by(Token::Writer, "an editor"),
        Somebody::with("insider", "directory:read", &[]),
        Somebody::with("protected", "directory:read", &[]),
        Somebody::with("hr of a house", "directory:read hr:sync", &[HOUSE]),
        Somebody::with("hr", "directory:read hr:sync", &[]),
        Somebody::by(Token::Admin, "an admin"),
    ];
    (app, callers)
}

#[test]
fn search_has_what_lists_have_for_every_kind_of_caller() {
    let (app, callers) = crowd();
    let mut sizes = BTreeSet::new();
    for who in &callers {
        let lists = lists(&app, who);
        for (found, expected) in &lists {
            assert_eq!(all_ids(&app, who, &format!("types={found}")), *expected, "{found} by {}", who.name);
            // In any order.
            assert_eq!(all_ids(&app, who, &format!("types={found}&sort=-updated_at")), *expected, "{found}");
        }
        let everything = asked(&app, who, "count=true&limit=1&facets=type,kind,branch", "fi").json();
        let total: usize = lists.values().map(BTreeSet::len).sum();
        assert_eq!(everything["total"], total, "{}", who.name);
        let counts: BTreeMap<String, u64> = values(&everything, "type");
        let expected = lists.iter().filter(|(_, ids)| !ids.is_empty());
        assert_eq!(counts, expected.map(|(found, ids)| ((*found).to_owned(), ids.len() as u64)).collect());
        sizes.insert(lists.values().map(BTreeSet::len).collect::<Vec<_>>());
    }
    // They differ in what they see: nobody, readers, the insider, the protected, HR, editors, admins.
    assert!(sizes.len() >= 7, "{sizes:?}");
}

/// A facet's values with their counts.
fn values(page: &Value, facet: &str) -> BTreeMap<String, u64> {
    let all = page["facets"][facet].as_array().unwrap_or_else(|| panic!("no {facet} in {page}")).iter();
    all.map(|one| (text(&one["value"]), one["count"].as_u64().unwrap())).collect()
}

#[test]
fn filters_and_facets_say_what_lists_say() {
    let (app, callers) = crowd();
    let ministry = "01900000-0000-7001-8000-000000000006";
    let theme = "01900000-0000-7005-8000-000000000001";
    let pairs = [
        ("types=network&kind=committee", "/v1/networks?kind=committee".to_owned()),
        ("types=network&branch=", format!("/v1/networks?branch={ministry}")),
        ("types=network&subtree_of=", format!("/v1/networks?host_subtree_of={ministry}")),
        ("types=network&theme=", format!("/v1/networks?theme={theme}")),
        ("types=member&branch=", format!("/v1/members?branch={ministry}")),
        ("types=member&subtree_of=", format!("/v1/members?subtree_of={ministry}")),
        ("types=member&kind=hr_director", "/v1/members?office=hr_director".to_owned()),
        ("types=organisation&branch=", format!("/v1/organisations?branch={ministry}")),
        ("types=organisation&subtree_of=", format!("/v1/organisations?subtree_of={ministry}")),
        ("types=organisation&kind=agency", "/v1/organisations?kind=agency".to_owned()),
    ];
    for who in &callers {
        for (query, list) in &pairs {
            let value = if query.ends_with("theme=") { theme } else { ministry };
            let query = if query.ends_with('=') { format!("{query}{value}") } else { (*query).to_owned() };
            let expected = listed(&app, who, list);
            assert_eq!(all_ids(&app, who, &query), expected, "{query} by {}", who.name);
            let counted = asked(&app, who, &format!("{query}&count=true&limit=1"), "fi").json();
            assert_eq!(counted["total"], expected.len(), "{query} by {}", who.name);
        }
        // Each value of a facet is as many as its filter leaves.
        let page = asked(&app, who, "facets=kind,branch,theme,language&limit=1", "fi").json();
        for facet in ["kind", "branch", "theme", "language"] {
            for (value, count) in values(&page, facet).into_iter().take(8) {
                let filtered = asked(&app, who, &format!("{facet}={value}&count=true&limit=1"), "fi").json();
                assert_eq!(filtered["total"], count, "{facet}={value} by {}", who.name);
            }
        }
    }
    // By skills, those alone who let everybody see theirs: whoever could look for others by it would learn it.
    let skill = "01900000-0000-7006-8000-000000000044";
    let seen = listed(&app, &callers[1], &format!("/v1/members?skill={skill}"));
    let found = all_ids(&app, &callers[1], &format!("types=member&skill={skill}"));
    assert!(!found.is_empty() && found.is_subset(&seen), "{found:?} of {seen:?}");
}

/// Everything that could tell of a word: as it is, in a phrase, inflected, begun, mistyped, left out, suggested. The index
/// is as far as it happens to be.
#[track_caller]
fn knows_nothing(app: &App, who: &Somebody, types: &str, word: &str) {
    let letters: Vec<char> = word.chars().collect();
    let begun: String = letters[..letters.len() / 2 + 1].iter().collect();
    let mut mistyped = letters.clone();
    mistyped[2] = if letters[2] == 'x' { 'z' } else { 'x' };
    let mistyped: String = mistyped.into_iter().collect();
    let shorter: String = letters[..letters.len() - 1].iter().collect();
    let ask = |query: &str| asked_at_once(app, who, &format!("{query}{types}"), "fi").json();
    for query in [word, &format!("\"{word}\""), &format!("{word}n"), &begun, &mistyped, &shorter, &word.to_uppercase()]
    {
        let page = ask(&format!("q={}&count=true&facets=type,kind,branch,theme,language", encode(query)));
        assert_eq!((&page["total"], items(&page).len()), (&json!(0), 0), "{query} by {}: {page:#}", who.name);
        let facets = page["facets"].as_object().unwrap();
        assert!(facets.values().all(|values| values == &json!([])), "{query} by {}: {page:#}", who.name);
        if types.is_empty() {
            assert_eq!(page["did_you_mean"], Value::Null, "{query} by {}: {page:#}", who.name);
        }
    }
    let without = ask(&format!("q=-{}&count=true&limit=1", encode(word)));
    assert_eq!(without["total"], ask("count=true&limit=1")["total"], "-{word} by {}", who.name);
    if types.is_empty() {
        for typed in [word, &begun, &mistyped, &letters[..2].iter().collect::<String>()] {
            assert_eq!(suggested_at_once(app, who, typed), [""; 0], "{typed} by {}", who.name);
        }
    }
}

#[test]
fn hidden_words_are_found_by_nobody_else_in_no_way() {
    let app = App::with(false, |config| config.anonymous_read = true);
    let house = make(&app, "/v1/organisations", json!({ "name": { "fi": "Talo" }, "kind": "agency" }));
    let [skill] = make_concepts(&app, [json!({ "fi": "erikoisala" })]);
    let protected = make_person(&app, "Qvintus", "Zwartkrans", json!({ "protected": true, "organisation_id": house }));
    become_member(&app, &protected, "protected");
    make_person(&app, "Wilbur", "Gzowski", json!({ "status": "left", "organisation_id": house }));
    let shy = make_person(&app, "Kaino", "Kansanen", json!({ "organisation_id": house }));
    let profile = json!({ "bio": { "fi": "Harrastan bjuggtrombonia." }, "skills": [{ "concept": skill, "level": 4 }],
        "visibility": { "bio": "only_me", "skills": "own_organisation" } });
    change(&app, &format!("/v1/members/{shy}/profile"), profile);
    let fields = json!({ "visibility": "members", "description": { "fi": "Puhumme hvalborgista." }, "kind": "alumni" });
    let inner = make_network(&app, json!({ "fi": "Xylofonikerho" }), fields);
    let insider = make_person(&app, "Siiri", "Jansson", json!({}));
    become_member(&app, &insider, "insider");
    let membership = enter(&app, &inner, &insider);
    make_network(&app, json!({ "fi": "Dzunglaväki" }), json!({ "visibility": "administration" }));

    let (nobody, reader) = (Somebody::by(Token::None, "nobody"), Somebody::by(Token::Reader, "a reader"));
    let [writer, admin] = [Token::Writer, Token::Admin].map(|token| Somebody::by(token, token.scopes().unwrap()));
    let [themselves, in_it] = ["protected", "insider"].map(|name| Somebody::with(name, "directory:read", &[]));
    let hr = Somebody::with("hr of the house", "directory:read hr:sync", &[&house]);
    let everybody = [&nobody, &reader, &writer, &admin, &themselves, &in_it, &hr];
    let table: [(&str, &str, &[&Somebody]); 8] = [
        ("zwartkrans", "", &[&admin, &themselves, &hr]),
        ("qvintus", "", &[&admin, &themselves, &hr]),
        ("gzowski", "", &[&admin, &hr]),
        ("xylofonikerho", "", &[&admin, &writer, &in_it]),
        ("hvalborg", "", &[&admin, &writer, &in_it]),
        ("dzunglaväki", "", &[&admin, &writer, &in_it, &reader, &themselves, &hr]),
        // What is shown to fewer than everybody is found by nobody, by whom it is shown neither.
        ("bjuggtromboni", "", &[]),
        ("erikoisala", "&types=member", &[]),
    ];
    asked(&app, &reader, "limit=1", "fi");
    for (word, types, those) in table {
        for who in everybody {
            if those.iter().any(|one| one.name == who.name) {
                let page = asked(&app, who, &format!("q={}{types}", encode(word)), "fi").json();
                assert_eq!(items(&page).len(), 1, "{word} by {}: {page:#}", who.name);
            } else {
                knows_nothing(&app, who, types, word);
            }
        }
    }
    assert_eq!(suggested(&app, &themselves, "zwa"), ["Qvintus Zwartkrans"]);
    assert_eq!(suggested(&app, &in_it, "xylo"), ["Xylofonikerho"]);
    let skilled = all_ids(&app, &reader, &format!("skill={skill}"));
    assert!(skilled.is_empty(), "{skilled:?}");
    // Whoever leaves a network has found it for the last time, whether the index knows or not.
    app.post(&format!("{membership}/end"), json!({})).by(Token::Admin).send().expect(200);
    knows_nothing(&app, &in_it, "", "xylofonikerho");
}

/// What becomes hidden is so at once: not only when the index has it.
#[test]
fn what_is_hidden_from_now_on_is_not_found_while_the_index_lags() {
    // The index follows when somebody waits for it, and not by itself.
    let app = App::with(false, |config| config.search_every = Duration::from_secs(3600));
    let [reader, admin] = [Token::Reader, Token::Admin].map(|token| Somebody::by(token, token.scopes().unwrap()));
    let house = make(&app, "/v1/organisations", json!({ "name": { "fi": "Talo" }, "kind": "agency" }));
    let insider = make_person(&app, "Siiri", "Jansson", json!({}));
    become_member(&app, &insider, "insider");
    let in_it = Somebody::with("insider", "directory:read", &[]);
    let network = make_network(&app, json!({ "fi": "Zirkoniverkko" }), json!({ "host_organisation_id": house }));
    let member = make_person(&app, "Ylermi", "Qvarnström", json!({ "organisation_id": house }));
    let leaver = make_person(&app, "Wanda", "Gzowski", json!({ "organisation_id": house }));
    let shy = make_person(&app, "Kaino", "Kansanen", json!({}));
    change(&app, &format!("/v1/members/{shy}/profile"), json!({ "bio": { "fi": "Harrastan bjuggtrombonia." } }));
    let renamed = make_network(&app, json!({ "fi": "Hvalborgin ystävät" }), json!({}));
    let inner = make_network(&app, json!({ "fi": "Xylofonikerho" }), json!({ "visibility": "members" }));
    let membership = enter(&app, &inner, &insider);
    asked(&app, &reader, "limit=1", "fi");
    let words = ["zirkoniverkko", "qvarnström", "gzowski", "bjuggtromboni", "hvalborg"];
    for word in words {
        assert_eq!(
            items(&asked_at_once(&app, &reader, &format!("q={}", encode(word)), "fi").json()).len(),
            1,
            "{word}"
        );
    }
    assert_eq!(names(&asked_at_once(&app, &in_it, "q=xylofonikerho", "fi").json()), ["Xylofonikerho"]);

    change(&app, &format!("/v1/networks/{network}"), json!({ "visibility": "members" }));
    change(&app, &format!("/v1/members/{member}"), json!({ "protected": true }));
    change(&app, &format!("/v1/members/{leaver}"), json!({ "status": "left" }));
    change(&app, &format!("/v1/members/{shy}/profile"), json!({ "visibility": { "bio": "only_me" } }));
    change(&app, &format!("/v1/networks/{renamed}"), json!({ "name": { "fi": "Ystävät" } }));
    app.post(&format!("{membership}/end"), json!({})).by(Token::Admin).send().expect(200);
    let everywhere = |who: &Somebody, word: &str| {
        let page = asked_at_once(&app, who, &format!("count=true&q={}", encode(word)), "fi").json();
        page["total"].as_u64().unwrap()
    };
    // It lags: whoever sees all does not find it either.
    assert_eq!(words.map(|word| everywhere(&admin, word)), [0; 5]);
    for word in words {
        knows_nothing(&app, &reader, "", word);
    }
    knows_nothing(&app, &in_it, "", "xylofonikerho");
    assert_eq!(words.map(|word| everywhere(&admin, word)), [0; 5]);
    // And then it does not.
    asked(&app, &reader, "limit=1", "fi");
    assert_eq!(words.map(|word| everywhere(&admin, word)), [1, 1, 1, 0, 0]);
    for word in words {
        knows_nothing(&app, &reader, "", word);
    }
    // Who comes in sees at once what is only theirs to see.
    enter(&app, &inner, &shy);
    become_member(&app, &shy, "shy");
    assert_eq!(everywhere(&Somebody::with("shy", "directory:read", &[]), "xylofonikerho"), 1);
}
