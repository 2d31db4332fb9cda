//! Nothing of a document shows to who may not see it.

use super::*;
use crate::search::engine::Filters;

/// A network that only some see.
fn secret() -> Document {
    let mut document = network("secret", "Salaliittoverkosto", "Haamukirjoittaja ja verkosto.");
    document.access = vec!["few".into()];
    document.branch = Some("hidden".into());
    document.themes = vec!["t2".into()];
    document
}

fn both() -> Index {
    let mut open = network("open", "Avoin verkosto", "Kirjoittajia.");
    open.branch = Some("shown".into());
    open.themes = vec!["t1".into(), "t2".into()];
    index([open, secret()])
}

fn everybody(text: &str) -> Query {
    Query { access: Some(vec!["all".into()]), facets: true, ..query(text) }
}

#[test]
fn hits_counts_and_facets_have_only_what_is_visible() {
    let index = both();
    for text in ["verkosto", "", "\"avoin verkosto\""] {
        let found = index.search(&everybody(text)).unwrap();
        assert_eq!((ids(&found), found.total), (vec!["open"], 1), "{text}");
        let facets = found.facets.unwrap();
        assert_eq!(facets.branch.iter().map(|count| count.value.as_str()).collect::<Vec<_>>(), ["shown"]);
        assert!(facets.theme.iter().all(|count| count.count == 1));
    }
    let few = Query { access: Some(vec!["all".into(), "few".into()]), ..query("verkosto") };
    assert_eq!(index.search(&few).unwrap().total, 2);
    let nobody = Query { access: Some(Vec::new()), ..query("verkosto") };
    assert_eq!(index.search(&nobody).unwrap().total, 0);
}

#[test]
fn a_word_of_hidden_documents_is_as_if_it_were_not_there() {
    let (with, without) = (both(), index([network("open", "Avoin verkosto", "Kirjoittajia.")]));
    for text in ["salaliittoverkosto", "salalitto", "haamukirjoittaja", "haamukirjoitaja", "sala", "haamu"] {
        let [with, without] = [&with, &without].map(|index| index.search(&everybody(text)).unwrap());
        assert_eq!(
            (ids(&with), with.total, &with.corrected),
            (ids(&without), without.total, &without.corrected),
            "{text}"
        );
    }
    // The same word is corrected for those who see no document that has it.
    let index = index([network("open", "Metsäretki", "Puita."), {
        let mut hidden = network("hidden", "Metsäretku", "Puita.");
        hidden.access = vec!["few".into()];
        hidden
    }]);
    let found = index.search(&everybody("metsäretku")).unwrap();
    assert_eq!((ids(&found), found.corrected.as_deref()), (vec!["open"], Some("metsäretki")));
}

/// How well something fits is worked out of what the caller sees alone: it would tell when something hidden comes or goes.
#[test]
fn hidden_documents_change_no_order_and_no_score() {
    let shown = || {
        let texts = ["Avoin verkosto", "Metsäverkosto ja puita", "Johtajien verkosto", "Puiden johtajat"];
        (0..40).map(move |number| {
            let text = texts[number % texts.len()];
            network(&format!("n{number}"), text, &format!("{} kirjoittajia", "puita ja metsää ".repeat(number)))
        })
    };
    let hidden = (0..500).map(|number| {
        let text = ["verkosto ", "johtaja kirjoittaa ", "metsä "][number % 3].repeat(1 + number % 50);
        Document { access: vec!["few".into()], ..network(&format!("hidden{number}"), &text, &text) }
    });
    let (without, with) = (index(shown()), index(shown().chain(hidden)));
    for text in ["verkosto", "johtajien verkosto", "metsä puita", "kirjoitaja verk"] {
        let [without, with] = [&without, &with].map(|index| {
            let found = index.search(&everybody(text)).unwrap();
            assert!(!found.hits.is_empty(), "{text}");
            let next = found.next.map(|after| after.place);
            (found.hits.iter().map(|hit| (hit.key.clone(), hit.score)).collect::<Vec<_>>(), found.total, next)
        });
        assert_eq!(with, without, "{text}");
    }
}

/// So many hidden networks have names that begin with, or are one letter from, one that everybody sees, each twice.
fn crowded() -> Index {
    let letters = || ('a'..='z').chain(['å', 'ä', 'ö']);
    let names = letters().flat_map(|one| letters().map(move |other| format!("Metsäkrug{one}{other}")));
    let near = letters()
        .filter(|letter| *letter != 'g')
        .flat_map(|letter| [format!("Metsäkru{letter}u"), format!("Metsäkrux{letter}")]);
    let hidden = (0..).zip(names.chain(near)).flat_map(|(number, name): (usize, String)| {
        [1, 2].map(|time| {
            let mut document = network(&format!("hidden-{number}-{time}"), &name, "Puita.");
            document.access = vec!["few".into()];
            document
        })
    });
    index(hidden.chain([network("open", "Metsäkrugu", "Puita.")]))
}

#[test]
fn words_of_hidden_documents_leave_room_for_the_others() {
    let index = crowded();
    let found = index.search(&everybody("metsäkruxu")).unwrap();
    assert_eq!((ids(&found), found.corrected.as_deref()), (vec!["open"], Some("metsäkrugu")));
    let found = index.search(&everybody("metsäkr")).unwrap();
    assert_eq!((ids(&found), &found.corrected), (vec!["open"], &None));
    assert_eq!(suggested(&index, "metsäkr", Some(&["all".into()])), ["Metsäkrugu"]);
    // Whoever sees them, finds them.
    let few = Query { access: Some(vec!["few".into()]), ..query("metsäkruxu") };
    let found = index.search(&few).unwrap();
    assert!(found.total > 20 && !ids(&found).contains(&"open"), "{found:?}");
}

#[test]
fn suggestions_have_only_what_is_visible() {
    let index = both();
    let all = ["all".to_owned()];
    for text in ["sa", "salal", "verko", "salaliittoverkosto"] {
        let names = suggested(&index, text, Some(&all));
        assert!(!names.contains(&"Salaliittoverkosto".into()), "{text}: {names:?}");
    }
    assert_eq!(suggested(&index, "salal", None), ["Salaliittoverkosto"]);
}

#[test]
fn documents_left_out_are_in_nothing() {
    let index = both();
    let query = Query { left_out: HashSet::from([key("open")]), facets: true, ..query("verkosto") };
    let found = index.search(&query).unwrap();
    assert_eq!((ids(&found), found.total), (vec!["secret"], 1));
    assert_eq!(found.facets.unwrap().branch.len(), 1);
    let names = index.suggest("verk", 10, None, &HashSet::from([key("open"), key("none")])).unwrap();
    assert!(names.iter().all(|suggestion| suggestion.key != key("open")));
}

#[test]
fn deleted_and_replaced_documents_are_gone() {
    let index = both();
    index.apply([network("open", "Uusi nimi", "Toisin.")], &[key("secret")], "2").unwrap();
    assert_eq!(index.documents(), 1);
    for text in ["verkosto", "salaliittoverkosto", "avoin", "kirjoittaja"] {
        assert_eq!(found(&index, text).total, 0, "{text}");
    }
    assert_eq!(ids(&found(&index, "uusi")), ["open"]);
    assert_eq!(suggested(&index, "ver", None), Vec::<String>::new());
}

#[test]
fn filters_let_through_what_has_one_of_their_values() {
    let index = index((0..60).map(|number: i64| {
        let mut document = network(&number.to_string(), "Verkosto", "Sama.");
        document.kind = (number % 3 != 0).then(|| format!("kind-{}", number % 3));
        document.themes = (0..number % 4).map(|theme| format!("theme-{theme}")).collect();
        document.languages = vec![["fi", "sv"][number as usize % 2].into(), "en".into()];
        document.date = number;
        document
    }));
    let count = |filters: Filters| {
        let found = index.search(&Query { filters: filters.clone(), facets: true, ..query("verkosto") }).unwrap();
        let browsed = index.search(&Query { filters, ..query("") }).unwrap();
        assert_eq!(found.total, browsed.total);
        let facets = found.facets.unwrap();
        assert_eq!(facets.entity.iter().map(|count| count.count).sum::<u64>(), found.total);
        let english = facets.language.iter().find(|count| count.value == "en");
        assert_eq!(english.map_or(0, |count| count.count), found.total);
        found.total
    };
    let some = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    assert_eq!(count(Filters::default()), 60);
    assert_eq!(count(Filters { kinds: some(&["kind-1"]), ..Filters::default() }), 20);
    assert_eq!(count(Filters { kinds: some(&["kind-1", "kind-2"]), ..Filters::default() }), 40);
    assert_eq!(count(Filters { themes: some(&["theme-2"]), ..Filters::default() }), 15);
    assert_eq!(count(Filters { languages: some(&["sv"]), themes: some(&["theme-0"]), ..Filters::default() }), 30);
    assert_eq!(count(Filters { dates: Some((10, 19)), ..Filters::default() }), 10);
    assert_eq!(count(Filters { kinds: some(&["none"]), ..Filters::default() }), 0);
    assert_eq!(count(Filters { entities: vec![Entity::Member], ..Filters::default() }), 0);
    assert_eq!(count(Filters { entities: vec![Entity::Member, Entity::Network], ..Filters::default() }), 60);
}
