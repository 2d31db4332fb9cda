//! Queries that nobody means well with.

use std::time::{Duration, Instant};

use super::*;
use crate::search::engine::Marker;

#[test]
fn any_query_ends_soon() {
    let documents = (0..3_000).map(|number| {
        let name = format!("Verkosto{number} kehittämisen asiantuntijapooli aa{}", number * 7);
        network(&number.to_string(), &name, "Palvelumuotoilua ja hankintaosaamista kunnissa.")
    });
    let index = index(documents.collect::<Vec<_>>());
    let long = "hallitusohjelmaneuvotteluryhmä".repeat(300);
    let many = "verkosto kehittäminen ".repeat(5_000);
    let letters = ('a'..='z').map(|letter| format!("{letter}{letter} ")).collect::<String>().repeat(30);
    for text in [
        long.as_str(),
        &many,
        &letters,
        &"\"".repeat(999),
        &"-\"a b\" ".repeat(200),
        &"-a ".repeat(400),
        "\"\" - -- -\"\" \u{0} \u{feff} \u{202e}",
        "\u{1f600}\u{301}\u{301}",
        &"ä\u{308}".repeat(900),
        "\"verkosto",
        "~ S B P F R \n Sverkosto",
        "' \\ * ? [a-z] OR AND NOT (x:y)",
        &"aaaaaaaaab".repeat(4),
    ] {
        let start = Instant::now();
        let found = found(&index, text);
        let names = suggested(&index, text, None);
        let marker = Marker::new(&Words::parse(text));
        marker.snippet(&long, Languages::ALL);
        assert!(start.elapsed() < Duration::from_secs(2), "{:.40} took {:?}", text, start.elapsed());
        assert!(found.hits.len() <= 20 && names.len() <= 10);
    }
}

#[test]
fn queries_are_cut_and_say_so() {
    for (text, cut, count) in [
        ("yksi kaksi", false, 2),
        (&"sana ".repeat(33), true, 32),
        (&"sana".repeat(300), true, 1),
        (&"sana ".repeat(32), false, 32),
    ] {
        let words = Words::parse(text);
        assert_eq!((words.cut, words.typed().count()), (cut, count), "{:.20}", text);
    }
}

#[test]
fn pieces_of_a_query_are_words_phrases_and_what_must_not_be_there() {
    for (text, words, phrases, without) in [
        ("HR-verkosto -vanha", 1, 0, 1),
        ("\"julkinen hankinta\" nyt", 2, 1, 0),
        ("-\"julkinen hankinta\"", 0, 0, 1),
        ("\"yksi\" kaksi", 2, 1, 0),
        ("”yksi kaksi” kolme", 3, 1, 0),
        ("yksi - kaksi", 2, 0, 0),
        ("yksi\"kaksi kolme\"neljä", 4, 1, 0),
        ("\"auki jäi", 2, 0, 0),
        ("", 0, 0, 0),
    ] {
        let read = Words::parse(text);
        assert_eq!((read.words.len(), read.phrases.len(), read.without.len()), (words, phrases, without), "{text}");
        for word in &read.words {
            assert_eq!(read.text.get(word.range.clone()), Some(word.typed.as_str()));
        }
    }
}
