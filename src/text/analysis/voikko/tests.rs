//! What libvoikko finds, where the machine has it: where the library itself is missing, and only there, these tests say
//! that they were skipped. What holds without it is tested everywhere.

use std::path::Path;
use std::sync::OnceLock;

use super::super::{Analyser, Form, Kind, Languages, Setting, StartError, VERSION, fold};
use super::library::Library;
use super::*;

/// An analyser with libvoikko, or nothing where there is none.
#[track_caller]
fn with_voikko(test: &str) -> Option<&'static Analyser> {
    static ANALYSER: OnceLock<Result<Analyser, StartError>> = OnceLock::new();
    match ANALYSER.get_or_init(|| Analyser::new(Setting::Required, None)) {
        Ok(analyser) => Some(analyser),
        Err(StartError::Required(Error::Missing(reason))) => {
            eprintln!("{test} is skipped: {reason}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn forms(analyser: &Analyser, text: &str, languages: Languages) -> Vec<Form> {
    analyser.analyse(text, languages).flat_map(|token| token.forms).collect()
}

fn has(analyser: &Analyser, text: &str, kind: Kind, term: &str) -> bool {
    forms(analyser, text, Languages::FINNISH).iter().any(|form| form.kind == kind && form.text == term)
}

#[test]
fn without_it_the_lexicon_reads_finnish() {
    let nowhere = Some(Path::new("/nowhere/voikko"));
    let analyser = Analyser::new(Setting::Auto, nowhere).unwrap();
    assert!(analyser.voikko().is_none());
    assert_eq!((analyser.fingerprint(), analyser.variant()), (VERSION.to_string(), 0));
    assert!(analyser.to_string().starts_with("built in; libvoikko"), "{analyser}");
    let off = Analyser::new(Setting::Off, None).unwrap();
    assert_eq!((off.fingerprint(), off.to_string()), (VERSION.to_string(), "built in".to_owned()));
    let text = "Verkostojen kvorpulassa johtamisesta, på svenska och in English";
    assert_eq!(forms(&analyser, text, Languages::ALL), forms(&off, text, Languages::ALL));
    assert!(has(&off, "verkostojen", Kind::Base, "verkosto"));
}

#[test]
fn where_it_is_required_nothing_starts_without_it() {
    let error = Analyser::new(Setting::Required, Some(Path::new("/nowhere/voikko"))).unwrap_err();
    assert!(error.to_string().starts_with("libvoikko is required: libvoikko"), "{error}");
    assert!(
        matches!(Library::load(&["libnowhere.so.0"]), Err(Error::Missing(reason)) if reason.contains("libnowhere"))
    );
    // A library of another kind is there, but is none that can be used.
    if cfg!(target_os = "linux") {
        assert!(matches!(Library::load(&["libc.so.6"]), Err(Error::Library(reason)) if reason.contains("voikkoInit")));
    }
}

#[test]
fn a_dictionary_is_known_by_what_it_holds() {
    let own = tempfile::tempdir().unwrap();
    let folder = own.path().to_owned();
    let place = folder.join("5/mor-standard");
    std::fs::create_dir_all(&place).unwrap();
    let write = |index: &str, words: &str| {
        std::fs::write(place.join("index.txt"), index).unwrap();
        std::fs::write(place.join("mor.vfst"), words).unwrap();
        Dictionary::find(Some(&folder))
    };
    let index = "Voikko-Dictionary-Format: 5\nLanguage: fi-x-standard\nSM-Version: 2.5\n";
    let one = write(index, "no words, but long").unwrap();
    assert_eq!(one.version, "2.5");
    assert_eq!(write(index, "no words, but long").unwrap(), one);
    assert_ne!(write(index, "no words, but lang").unwrap().checksum, one.checksum);
    assert_ne!(write(&index.replace("2.5", "2.6"), "no words, but long").unwrap().checksum, one.checksum);
    // What is no dictionary is refused, here or by the library itself.
    assert!(write(index, "").is_err() && write("", "no words, but long").is_err());
    assert!(write(&index.replace("fi-x-standard", "se"), "no words, but long").is_err());
    if with_voikko("a dictionary is known by what it holds").is_some() {
        write(index, "no words, but long").unwrap();
        assert!(matches!(Voikko::load(Some(&folder)), Err(Error::Dictionary(_))));
    }
    own.close().unwrap();
    assert!(matches!(Dictionary::find(Some(&folder)), Err(Error::Dictionary(_))));
}

#[test]
fn words_that_the_lexicon_lacks_are_read() {
    let Some(analyser) = with_voikko("words that the lexicon lacks are read") else { return };
    for (word, base) in [
        ("kaavoittajien", "kaavoittaja"),
        ("rehevöityneitä", "rehevöityä"),
        ("kaavaluonnoksia", "kaavaluonnos"),
        ("laiduntamista", "laiduntaminen"),
        ("huostaanotoissa", "huostaanotto"),
    ] {
        assert!(has(analyser, word, Kind::Base, base), "{word} {:?}", forms(analyser, word, Languages::FINNISH));
    }
    for (word, parts) in [
        ("rajavartijoiden", &["raja", "vartija"][..]),
        ("asiantuntijapooleissa", &["asia", "asiantuntija", "tuntijapooli", "pooli"]),
        ("kansallisarkistoon", &["kansallinen", "arkisto"]),
        ("johtamisosaamisen", &["johtaminen", "osaaminen"]),
        ("toiminnanohjauksesta", &["toiminta", "ohjaus"]),
    ] {
        for part in parts {
            assert!(has(analyser, word, Kind::Part, part), "{word} {:?}", forms(analyser, word, Languages::FINNISH));
        }
    }
    assert!(has(analyser, "johtajuudesta", Kind::Root, "johtaa"));
    assert!(has(analyser, "HR-verkostojen", Kind::Base, "hrverkosto"));
    assert!(has(analyser, "rehevöityneitä", Kind::Folded, "rehevoitya"));
}

#[test]
fn words_that_it_does_not_know_are_read_as_without_it() {
    let Some(analyser) = with_voikko("words that it does not know are read as without it") else { return };
    let built_in = Analyser::built_in();
    for text in ["Kvorpulassa Grontikon HR DVV:n fasilitointi", "tyohyvinvoinnista makelalle", "2024 a1b2 ½ 日本"] {
        assert_eq!(forms(analyser, text, Languages::ALL), forms(&built_in, text, Languages::ALL), "{text}");
    }
}

#[test]
fn swedish_and_english_stay_as_they_are() {
    let Some(analyser) = with_voikko("Swedish and English stay as they are") else { return };
    let built_in = Analyser::built_in();
    let text = include_str!("../lexicon/swedish.txt");
    for languages in [Languages::SWEDISH, Languages::ENGLISH, Languages::SWEDISH | Languages::ENGLISH] {
        assert!(analyser.analyse(text, languages).eq(built_in.analyse(text, languages)));
    }
}

#[test]
fn a_library_is_known_by_its_fingerprint() {
    let Some(analyser) = with_voikko("a library is known by its fingerprint") else { return };
    let voikko = analyser.voikko().unwrap();
    let fingerprint = analyser.fingerprint();
    assert!(fingerprint.starts_with(&format!("{VERSION}-voikko-{}-", voikko.version())), "{fingerprint}");
    let again = Analyser::new(Setting::Auto, Some(&voikko.dictionary().folder)).unwrap();
    assert_eq!((again.fingerprint(), again.variant()), (fingerprint, analyser.variant()));
    assert_ne!(again.variant(), 0);
    assert!(again.to_string().starts_with("libvoikko "), "{again}");
}

#[test]
fn threads_find_the_same() {
    let Some(analyser) = with_voikko("threads find the same") else { return };
    let voikko = analyser.voikko().unwrap();
    let words: Vec<&str> = include_str!("../lexicon/finnish.txt").lines().step_by(7).collect();
    let alone: Vec<Vec<Analysis>> = words.iter().map(|word| voikko.look_up(word)).collect();
    assert!(alone.iter().filter(|analyses| !analyses.is_empty()).count() > words.len() / 2);
    thread::scope(|scope| {
        for number in 0..8 {
            let (words, alone) = (&words, &alone);
            scope.spawn(move || {
                for place in (0..words.len()).map(|place| (place * 31 + number * 977) % words.len()) {
                    assert_eq!(voikko.look_up(words[place]), alone[place]);
                    assert_eq!(*voikko.analyses(words[place]), *alone[place]);
                }
            });
        }
    });
}

#[test]
fn any_text_is_read() {
    let Some(analyser) = with_voikko("any text is read") else { return };
    let voikko = analyser.voikko().unwrap();
    for word in
        ["a".repeat(10_000), "ä".repeat(LONGEST + 1), "kuu\u{0}si".to_owned(), "\u{0}".to_owned(), String::new()]
    {
        assert!(voikko.analyses(&word).is_empty() && forms(analyser, &word, Languages::ALL).len() < 30);
    }
    assert!(voikko.look_up(&"a".repeat(10_000)).is_empty() && voikko.look_up("kuu\u{0}si").is_empty());
    let pieces =
        ["työ", "kuu", "asia", "suur", "alus", "n", "-", "'", "\u{308}", "𝔸", "İ", "ß", "\u{200d}", "=", "+", "("];
    let mut number: u64 = 7;
    let mut next = |below: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(number >> 33).unwrap() % below
    };
    for _ in 0..2_000 {
        let word: String = (0..next(24))
            .map(|_| match next(3) {
                0 => char::from_u32(u32::try_from(next(0x11_0000)).unwrap()).unwrap_or('x').to_string(),
                _ => pieces[next(pieces.len())].to_owned(),
            })
            .collect();
        assert!(voikko.look_up(&word).len() <= MOST_ANALYSES, "{word:?}");
        for token in analyser.analyse(&word, Languages::ALL) {
            assert_eq!(token.forms.first().map(|form| form.kind), Some(Kind::Surface), "{word:?}");
            assert!(token.forms.iter().all(|form| !form.text.is_empty() && form.text.chars().count() <= 200));
            assert!(
                token.forms.len() <= 100 + word.len() * 10 && token.folded().iter().all(|text| fold(text) == *text)
            );
        }
    }
}
