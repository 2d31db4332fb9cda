//! What is found, in which order, and why.

use super::*;
use crate::search::engine::{Field, Marker};

fn some() -> Index {
    let mut themed = network("themed", "Ostajien piiri", "Tapaamme kuukausittain.");
    themed.labels = vec![
        Text::new(Languages::FINNISH, "julkiset hankinnat"),
        Text::new(Languages::SWEDISH, "offentlig upphandling"),
    ];
    index([
        network("name", "Hankintaverkosto", "Kokoontuu syksyisin."),
        network("text", "Talouden ryhmä", "Keskustelemme hankinnoista ja verkostoista."),
        network("other", "Metsäpäivät", "Puita ja polkuja. Palvelumuotoilijat mukana."),
        network("person", "Korhonen", "Asiantuntija DVV:ssä."),
        themed,
    ])
}

#[test]
fn words_are_found_in_any_form() {
    let index = some();
    for (text, expected) in [
        ("hankintoja", &["name", "text", "themed"][..]),
        ("metsäpäivillä", &["other"]),
        ("metsapaivat", &["other"]),
        ("palvelu muotoilija", &["other"]),
        ("Korhosten", &["person"]),
        ("dvv", &["person"]),
        ("upphandlingar", &["name", "text", "themed"]),
        ("procurement", &["name", "text", "themed"]),
    ] {
        assert_eq!(sorted_ids(&found(&index, text)), expected, "{text}");
    }
    // What has the word itself comes before what means the same in another language.
    assert_eq!(ids(&found(&index, "upphandlingar")).first(), Some(&"themed"));
}

#[test]
fn a_compound_is_found_in_another_language_as_what_it_is() {
    let index = index([
        network("part", "Terveyden päivä", "Terveyttä kaikille."),
        network("whole", "Syyspäivät", "Puhumme terveydenhuollosta."),
        network("none", "Metsäpäivä", "Puita."),
    ]);
    for text in ["hälsovården", "healthcare"] {
        assert_eq!(ids(&found(&index, text)).first(), Some(&"whole"), "{text}");
    }
    let only = self::index([network("one", "Tasa-arvon verkosto", "Puita."), network("none", "Metsäpäivä", "Puita.")]);
    for text in ["tasa-arvo", "jämställdhet", "gender equality"] {
        assert_eq!(ids(&found(&only, text)), ["one"], "{text}");
    }
}

#[test]
fn what_is_broader_and_what_is_narrower_is_found_behind_the_thing_itself() {
    let index = index([
        network("broader", "Ryhmä", "Puhumme tekoälystä."),
        network("narrower", "Piiri", "Puhumme kielimalleista."),
        network("beside", "Kerho", "Puhumme konenäöstä."),
        network("none", "Metsäpäivä", "Puita."),
    ]);
    assert_eq!(ids(&found(&index, "kielimalli")), ["narrower", "broader", "beside"]);
    assert_eq!(ids(&found(&index, "language models")), ["narrower", "broader", "beside"]);
    let all = found(&index, "tekoäly");
    assert_eq!((ids(&all)[0], sorted_ids(&all)), ("broader", vec!["beside", "broader", "narrower"]));
}

#[test]
fn two_words_of_english_are_one_of_another_language() {
    let english = |id: &str, text: &str| {
        let mut document = network(id, "Kerho", "");
        document.text = vec![Text::new(Languages::ENGLISH, text)];
        document
    };
    let index = index([
        english("apart", "Talk to the Task Force of our own."),
        english("joined", "It is no task-force."),
        english("none", "By force they did their task."),
        network("finnish", "Piiri", "Kutsuimme koolle työryhmän."),
    ]);
    for text in ["työryhmä", "arbetsgrupp"] {
        assert_eq!(sorted_ids(&found(&index, text)), ["apart", "finnish", "joined"], "{text}");
    }
    for text in ["task force", "task-force"] {
        let found = found(&index, text);
        assert!(ids(&found).contains(&"finnish") && !ids(&found)[..2].contains(&"finnish"), "{found:?}");
    }
    let marker = Marker::new(&Words::parse("työryhmä"));
    let marked = marker.snippet("Talk to the Task Force of our own.", Languages::ENGLISH).unwrap();
    assert_eq!((marked.marks, marked.near), (vec![(12, 16), (17, 22)], 1));
    assert_eq!(marker.snippet("By force they did their task.", Languages::ENGLISH), None);
}

#[test]
fn what_is_called_as_the_query_is_comes_first() {
    let mut often = network("often", "Johtaminen ja johtajat", "Johtaminen, johtaminen ja johtaminen.");
    often.title = vec![Text::any("johtaminen")];
    often.labels = vec![Text::any("johtaminen"), Text::any("johtaminen työssä")];
    let mut other = network("other", "Ledning", "Muuta.");
    other.other_names = vec![Text::any("Ihmisten johtaminen")];
    let index = index([often, network("named", "Johtaminen", ""), other]);
    assert_eq!(ids(&found(&index, "johtaminen"))[0], "named");
    assert_eq!(ids(&found(&index, "Ihmisten johtaminen"))[0], "other");
    assert_eq!(ids(&found(&index, "\"johtaminen\" -työ"))[0], "named");
}

#[test]
fn the_name_of_a_person_has_no_parts_and_means_nothing() {
    let person = |id: &str, name: &str| {
        let mut document = network(id, "", "");
        document.name = vec![Text::new(Languages::NAME, name)];
        document
    };
    let index =
        index([person("family", "Metsämies"), person("two", "Anna Metsä-Salo"), person("word", "Puheenjohtaja")]);
    assert_eq!(ids(&found(&index, "mies")), Vec::<&str>::new());
    assert_eq!(ids(&found(&index, "chair")), Vec::<&str>::new());
    assert_eq!(ids(&found(&index, "Metsämiehen"))[0], "family");
    assert_eq!(ids(&found(&index, "Salo")), ["two"]);
}

#[test]
fn a_word_in_quotes_stands_there_itself() {
    let index = index([
        network("whole", "HR-sytyttäjät", "Puita."),
        network("part", "HR-väki", "Sytyttäjiä."),
        network("other", "Johtajat", "Puita."),
    ]);
    assert_eq!(sorted_ids(&found(&index, "HR-sytyttäjät")), ["part", "whole"]);
    assert_eq!(ids(&found(&index, "\"HR-sytyttäjät\"")), ["whole"]);
    assert_eq!(ids(&found(&index, "\"johtajien\"")), ["other"]);
}

#[test]
fn a_rare_word_is_more_of_a_query_than_one_that_many_have() {
    let many = (0..30).map(|number| network(&format!("many-{number}"), "Kokous", "Kokous."));
    let index = index(many.chain([network("rare", "Piiri", "Metsä."), network("both", "Piiri", "Kokous, metsä.")]));
    let found = found(&index, "kokous metsä");
    assert_eq!(ids(&found)[..2], ["both", "rare"]);
    assert_eq!(found.total, 32);
}

#[test]
fn names_come_before_texts_and_all_words_before_some() {
    let index = index([
        network("name", "Verkosto", "Talous."),
        network("text", "Ryhmä", "Talous ja verkosto."),
        network("some", "Talous", "Vain."),
    ]);
    let found = found(&index, "verkosto talous");
    assert_eq!(found.total, 3);
    assert_eq!(ids(&found).last(), Some(&"some"));
    assert_eq!(ids(&super::found(&index, "verkosto")), ["name", "text"]);
}

#[test]
fn hits_say_where_they_match() {
    let index = some();
    let found = found(&index, "hankintaverkoston syksy");
    let hit = found.hits.iter().find(|hit| hit.key == key("name")).unwrap();
    assert!(hit.matched.contains(&(Field::Name, vec!["hankintaverkoston".into()])), "{:?}", hit.matched);
    let total: f32 = found.hits.iter().map(|hit| hit.score).sum();
    assert!(total > 0.0);
}

#[test]
fn phrases_stand_in_a_row_in_one_field() {
    let mut apart = network("apart", "Julkiset", "Hankinnat.");
    apart.labels = vec![Text::any("julkinen"), Text::any("hankinta")];
    let index = index([
        apart,
        network("row", "Ryhmä", "Koskee julkisia hankintoja."),
        network("between", "Ryhmä", "Julkisten toimijoiden hankinnat."),
        network("without", "Ryhmä", "Julkinen hankinta, ei metsää."),
    ]);
    assert_eq!(sorted_ids(&found(&index, "\"julkinen hankinta\"")), ["row", "without"]);
    assert_eq!(sorted_ids(&found(&index, "\"julkiset hankinnat\" -metsä")), ["row"]);
    assert_eq!(sorted_ids(&found(&index, "hankinta -\"julkinen hankinta\"")), ["apart", "between"]);
    assert_eq!(sorted_ids(&found(&index, "-hankinta")), Vec::<&str>::new());
    assert_eq!(found(&index, "julkinen -metsät").total, 3);
}

#[test]
fn typos_are_corrected_only_where_nothing_is_found() {
    let index = some();
    let corrected = found(&index, "hankintavrekosto syksyisin");
    assert_eq!(ids(&corrected).first(), Some(&"name"));
    let exact = found(&index, "Korhonen");
    assert_eq!(exact.corrected, None);
    let typo = found(&index, "Korhnen");
    assert_eq!((ids(&typo), typo.corrected.as_deref()), (vec!["person"], Some("korhonen")));
    assert_eq!(found(&index, "xyz").total, 0);
}

#[test]
fn the_last_word_may_be_a_beginning() {
    let index = some();
    assert_eq!(ids(&found(&index, "metsäpäi")), ["other"]);
    assert_eq!(suggested(&index, "me", None), ["Metsäpäivät"]);
    assert_eq!(suggested(&index, "korh", None), ["Korhonen"]);
    assert_eq!(suggested(&index, "k", None), Vec::<String>::new());
    assert_eq!(suggested(&index, "ostajien pi", None), ["Ostajien piiri"]);
    assert_eq!(suggested(&index, "ostajien me", None), Vec::<String>::new());
}

#[test]
fn stop_words_count_only_where_there_is_nothing_else() {
    let index = index([network("one", "Ja", "Jotain."), network("two", "Metsä", "Puita.")]);
    assert_eq!(ids(&found(&index, "ja metsä")), ["two"]);
    assert_eq!(ids(&found(&index, "ja")), ["one"]);
    // Capitals make an acronym of it.
    assert!(Words::parse("OM ja SM").typed().eq(["OM", "SM"]) && Words::parse("om metsä").typed().eq(["metsä"]));
    // What it stands for together with its neighbour is looked for, not it.
    let words = Words::parse("a service need");
    assert!(words.typed().eq(["service"]) && Words::parse("service needs").words[0].has_meaning());
    let index = self::index([network("other", "Piiri", "Palvelusta."), network("need", "Ryhmä", "Palvelutarpeesta.")]);
    assert_eq!(ids(&found(&index, "service need")), ["need", "other"]);
}

#[test]
fn marks_are_counted_in_code_points() {
    let marker = Marker::new(&Words::parse("hankinnat"));
    let text = format!(
        "{} Ääniä hankinnoista, ja muuta. {}",
        "Pitkä johdanto ilman mitään. ".repeat(20),
        "Loppu. ".repeat(50)
    );
    let snippet = marker.snippet(&text, Languages::FINNISH).unwrap();
    let marked: Vec<String> = snippet
        .marks
        .iter()
        .map(|(start, end)| snippet.text.chars().skip(*start).take(end - start).collect())
        .collect();
    assert_eq!(marked, ["hankinnoista"]);
    assert!(snippet.cut_before && snippet.cut_behind && snippet.text.chars().count() < 300, "{snippet:?}");
    assert_eq!(marker.snippet("Ei mitään.", Languages::FINNISH), None);
    let name = marker.whole("Äänten hankintaverkosto", Languages::ALL);
    assert_eq!(name.marks, [(7, 23)]);
}
