//! What holds for any text, in any language.

use super::{Form, Kind, Languages, Token, analyse, fold, forms, places};

fn one(text: &str, languages: Languages) -> Token<'_> {
    analyse(text, languages).next().unwrap()
}

fn has(text: &str, kind: Kind, term: &str) -> bool {
    one(text, Languages::ALL).of(kind).any(|found| found == term)
}

#[test]
fn acronyms_are_not_inflected() {
    for (text, term) in [("DVV:n", "dvv"), ("EU:ssa", "eu"), ("HAUS", "haus"), ("dvv:n", "dvv"), ("HAUSissa", "haus")] {
        assert!(has(text, Kind::Surface, term), "{text} {:?}", one(text, Languages::ALL));
    }
    let token = one("DVV:n ohje", Languages::FINNISH);
    assert_eq!((token.surface, token.start, token.end), ("DVV:n", 0, 5));
    // In small letters, with its ending: met by what rules make of both.
    let made = |text: &str| one(text, Languages::ALL).of(Kind::Base).map(str::to_owned).collect::<Vec<_>>();
    assert!(
        made("kvorpin").iter().any(|term| made("KVORP").contains(term)),
        "{:?} {:?}",
        made("kvorpin"),
        made("KVORP")
    );
}

#[test]
fn forms_in_one_piece_are_those_of_the_token() {
    for text in ["DVV:n", "HR-verkostojen", "työhyvinvointiverkostoissa", "Kvörpulan", "nätverken", "policies", "A-B"]
    {
        for languages in [Languages::FINNISH, Languages::ENGLISH, Languages::ALL, Languages::NONE] {
            let whole: Vec<Form> =
                forms(text, languages).iter().map(|(kind, text)| Form { kind, text: text.to_owned() }).collect();
            assert_eq!(whole, one(text, languages).forms, "{text}");
        }
    }
    let cut: Vec<_> = places("DVV:n työ").collect();
    assert_eq!(cut, [0..5, 6..10]);
    assert_eq!(forms("…", Languages::ALL).iter().count(), 0);
}

#[test]
fn what_rules_have_made_has_no_dots() {
    for (form, other) in [("Kvörpulässä", "Kvorpulassa"), ("grömpelär", "grompelar")] {
        let made = |text: &str| -> Vec<String> {
            one(text, Languages::ALL).of(Kind::Base).filter(|base| base.ends_with('~')).map(str::to_owned).collect()
        };
        assert!(made(form).iter().all(|base| base.is_ascii()) && !made(form).is_empty());
        assert!(made(form).iter().any(|base| made(other).contains(base)), "{:?} {:?}", made(form), made(other));
    }
}

#[test]
fn hyphens_join_pieces() {
    let token = one("HR-verkostojen", Languages::FINNISH);
    assert_eq!(token.forms.first(), Some(&Form { kind: Kind::Surface, text: "hrverkostojen".into() }));
    let bases: Vec<&str> = token.of(Kind::Base).collect();
    assert_eq!(bases, ["hrverkosto"]);
    for (kind, term) in [(Kind::Base, "hrverkosto"), (Kind::Part, "hr"), (Kind::Part, "verkosto")] {
        assert!(token.of(kind).any(|found| found == term), "{term} {token:?}");
    }
}

#[test]
fn what_hyphens_join_stands_for_what_it_means() {
    for (word, meaning) in [
        ("tasa-arvosta", "=tasaarvo"),
        ("Tasa\u{2011}arvon", "=tasaarvo"),
        ("tasaarvoa", "=tasaarvo"),
        ("well-being", "=hyvinvointi"),
    ] {
        assert!(has(word, Kind::Root, meaning), "{word} {:?}", one(word, Languages::ALL));
    }
    // What its pieces stand for is told apart from that.
    let token = one("HR-verkostojen", Languages::ALL);
    assert_eq!(token.of(Kind::Root).collect::<Vec<_>>(), ["hrverkostojen~"]);
    assert!(token.of(Kind::PartRoot).any(|root| root == "=verkosto"), "{token:?}");
    // So is what is broader: of a whole word alone.
    assert!(has("kielimallien", Kind::Broader, "=tekoäly"));
    for word in ["kielimalli-ilta", "kielimalli-iltojen", "kielimallikoulutus"] {
        assert!(!has(word, Kind::Broader, "=tekoäly"), "{word} {:?}", one(word, Languages::ALL));
    }
}

#[test]
fn dots_and_accents_may_be_left_out() {
    for (document, query) in [
        ("työhyvinvointi", "tyohyvinvointi"),
        ("työhyvinvoinnin", "tyohyvinvoinnista"),
        ("Mäkelä", "makela"),
        ("nätverket", "natverk"),
        ("Åbo", "abo"),
        ("Jyväskylässä", "jyvaskyla"),
        ("Makela", "Mäkelä"),
        ("Mäkelä", "makelalle"),
        ("Höglund", "Hoglundin"),
    ] {
        let document = one(document, Languages::ALL);
        let found = one(query, Languages::ALL).folded().into_iter().any(|term| {
            [Kind::Folded, Kind::Surface, Kind::Base]
                .into_iter()
                .any(|kind| document.of(kind).any(|found| found == term))
        });
        assert!(found, "{query}: {document:?}");
    }
    let plain = one("verkko", Languages::FINNISH);
    assert_eq!(plain.of(Kind::Folded).count(), 0);
}

#[test]
fn languages_meet_in_a_query() {
    for (query, base) in [("verkostojen", "verkosto"), ("nätverken", "nätverk"), ("networks", "network~")] {
        assert!(has(query, Kind::Base, base), "{query} {:?}", one(query, Languages::ALL));
    }
}

/// A generator of texts: the same in every run.
struct Texts(u64);

impl Texts {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn text(&mut self, length: usize) -> String {
        const PIECES: &[&str] = &[
            "a",
            "ä",
            "k",
            "kk",
            "nen",
            "ssa",
            "verkko",
            "työ",
            "-",
            ":",
            "'",
            "’",
            " ",
            "\u{308}",
            "\u{ad}",
            "n",
            "S",
            "ß",
            "İ",
            "ﬁ",
            "é",
            "日本",
            "𝔸",
            "\u{200d}",
            "👩‍👩‍👧",
            "2024",
            ".",
            "\n",
            "ΑΣ",
            "s",
            "ning",
            "EU",
            "\u{0}",
        ];
        (0..length)
            .map(|_| match self.number(12) {
                0 => char::from_u32(u32::try_from(self.number(0x11_0000)).unwrap()).unwrap_or('\u{fffd}').to_string(),
                _ => PIECES[self.number(PIECES.len())].to_owned(),
            })
            .collect()
    }
}

#[test]
fn any_text_is_analysed() {
    let mut texts = Texts(7);
    for round in 0..3000 {
        let length = texts.number(40);
        let text = texts.text(length);
        let languages = Languages(u8::try_from(round % 8).unwrap());
        let mut last = 0;
        let mut count = 0;
        for (position, token) in (0..).zip(analyse(&text, languages)) {
            assert_eq!(token.surface, &text[token.start..token.end]);
            assert!(last <= token.start && token.start < token.end && token.position == position, "{text:?}");
            assert_eq!(token.forms.first().map(|form| form.kind), Some(Kind::Surface), "{text:?} {token:?}");
            assert!(token.forms.iter().all(|form| !form.text.is_empty() && form.text.chars().count() <= 200));
            last = token.end;
            count += token.forms.len();
        }
        assert!(count <= text.len() * 40, "{text:?}");
        let again: Vec<Token<'_>> = analyse(&text, languages).collect();
        assert!(again.into_iter().eq(analyse(&text, languages)));
        let folded = fold(&text);
        assert_eq!(fold(&folded), folded);
    }
}

#[test]
fn long_words_take_no_longer_than_long_texts() {
    for text in
        ["a".repeat(200_000), "työ".repeat(50_000), "työ-".repeat(50_000), "ä:".repeat(50_000), "'".repeat(200_000)]
    {
        let forms: usize = analyse(&text, Languages::ALL).map(|token| token.forms.len()).sum();
        assert!(forms <= text.len() * 4, "{forms}");
    }
}
