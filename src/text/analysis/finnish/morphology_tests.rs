//! What is made of the analyses of a word: those here are written by hand, so that no library is needed.

use super::*;

/// Knows what it is told.
struct Told(&'static [(&'static str, &'static [Told1])]);

/// Base form, structure, what it is made of, class, case or mood.
type Told1 = (&'static str, &'static str, &'static str, &'static str, &'static str);

impl Morphology for Told {
    fn analyses(&self, word: &str) -> Arc<[Analysis]> {
        let known = self.0.iter().find(|(known, _)| *known == word);
        let analyses = known.into_iter().flat_map(|(_, analyses)| analyses.iter());
        let analyses = analyses.map(|(base, structure, word_bases, class, form)| Analysis {
            base: (*base).to_owned(),
            structure: (*structure).to_owned(),
            word_bases: (*word_bases).to_owned(),
            class: (*class).to_owned(),
            mood: if *class == VERB { (*form).to_owned() } else { String::new() },
            case: if *form == IN_MINEN || *class != VERB { "nimento".to_owned() } else { String::new() },
            is_participle: *form == "participle",
            is_possessed: *form == "possessed",
        });
        analyses.collect()
    }
}

const JOHTAA: Told1 = ("johtaa", "=pppppp", "+johtaa(johtaa)", VERB, IN_A);

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Where a part begins and ends, and its base forms.
type Part<'p> = (usize, usize, &'p [&'p str]);

/// A whole reading: its base forms, their verbs, its roots, and the ways of taking it apart.
fn reading(bases: &[&str], verbs: &[&str], roots: &[&str], splits: &[&[Part<'_>]]) -> Option<Reading> {
    let segment = |(start, end, bases): &Part<'_>| Segment { start: *start, end: *end, bases: owned(bases) };
    let splits = splits.iter().map(|split| split.iter().map(segment).collect()).collect();
    Some(Reading { bases: owned(bases), verbs: owned(verbs), roots: owned(roots), splits })
}

#[test]
fn nouns_of_verbs_are_words_of_their_own() {
    let told = Told(&[
        ("johtamisessa", &[("johtaa", "=pppppppppppp", "+johtaa(johtaa)", VERB, IN_MINEN)]),
        ("etäjohtaminen", &[("etäjohtaa", "=ppp=pppppppppp", "+etä+johtaa(johtaa)", VERB, IN_MINEN)]),
        ("johtaa", &[JOHTAA]),
    ]);
    assert_eq!(read(&told, "johtamisessa"), reading(&["johtaminen"], &[], &["johtaa"], &[]));
    let split: &[Part<'_>] = &[(0, 4, &["etä"]), (4, 14, &["johtaminen"])];
    assert_eq!(read(&told, "etäjohtaminen"), reading(&["etäjohtaminen"], &[], &["johtaa"], &[split]));
}

#[test]
fn parts_have_the_forms_they_have_alone() {
    let told = Told(&[
        (
            "johtajanpalkoissa",
            &[("johtajanpalkka", "=pppppppp=ppppppppp", "+johta(johtaa)+jan(+ja)+palkka(palkka)", "nimisana", "")],
        ),
        ("johtajan", &[("johtaja", "=pppppppp", "+johta(johtaa)+ja(+ja)", "nimisana", "")]),
        ("kansallisarkisto", &[("Kansallisarkisto", "=ppppppppp=ppppppp", "", "nimi", "")]),
        ("kansallinen", &[("kansallinen", "=ppppppppppp", "+kansa(kansa)+lli+nen(+nen)", ADJECTIVE, "")]),
        ("johtaa", &[JOHTAA]),
    ]);
    let split: &[Part<'_>] = &[(0, 8, &["johtaja"]), (8, 17, &["palkka"])];
    assert_eq!(read(&told, "johtajanpalkoissa"), reading(&["johtajanpalkka"], &[], &["johtaa"], &[split]));
    let split: &[Part<'_>] = &[(0, 9, &["kansallinen"]), (9, 16, &["arkisto"])];
    assert_eq!(read(&told, "kansallisarkisto"), reading(&["kansallisarkisto"], &[], &[], &[split]));
}

#[test]
fn what_is_likelier_comes_alone() {
    let told = Told(&[
        (
            "alustalla",
            &[
                ("alustalla", "=ppppp=pppp", "+alus(alus)+talla(talla)", "nimisana", ""),
                ("alusta", "=ppppppppp", "+alusta(alusta)", "nimisana", ""),
            ],
        ),
        (
            "kuusi",
            &[
                ("kuu", "=ppppp", "+kuu(kuu)", "nimisana", "possessed"),
                ("kuusi", "=ppppp", "+kuusi(kuusi)", "nimisana", ""),
                ("kuusi", "=ppppp", "+kuusi(kuusi)", "lukusana", ""),
            ],
        ),
        ("kuunsa", &[("kuu", "=pppppp", "+kuu(kuu)", "nimisana", "possessed")]),
        (
            "johtavat",
            &[
                ("johtava", "=pppppppp", "+johta(johtaa)+v+a(+a)", ADJECTIVE, "participle"),
                ("johtaa", "=pppppppp", "+johtaa(johtaa)", VERB, "indicative"),
            ],
        ),
        ("johtavan", &[("johtava", "=pppppppp", "+johta(johtaa)+v+a(+a)", ADJECTIVE, "participle")]),
        ("johtaa", &[JOHTAA]),
    ]);
    for (word, expected) in [
        ("alustalla", reading(&["alusta"], &[], &[], &[])),
        ("kuusi", reading(&["kuusi"], &[], &[], &[])),
        ("kuunsa", reading(&["kuu"], &[], &[], &[])),
        ("johtavat", reading(&["johtaa"], &[], &["johtaa"], &[])),
        ("johtavan", reading(&["johtava"], &["johtaa"], &["johtaa"], &[])),
    ] {
        assert_eq!(read(&told, word), expected, "{word}");
    }
}

#[test]
fn what_is_not_known_is_not_read() {
    assert_eq!(read(&Told(&[]), "kvorpula"), None);
    assert_eq!(read(&Told(&[("kuu", &[("", "", "", "", "")])]), "kuu"), None);
}

#[test]
fn a_structure_that_does_not_fit_takes_nothing_apart() {
    for (structure, expected) in [
        ("", &[][..]),
        ("=", &[]),
        ("==", &[]),
        ("=pp=p", &[]),
        ("=pppp=pppppppppppppp", &[]),
        ("pppp", &[0]),
        ("=pppp", &[0]),
        ("=pp=pp", &[0, 2]),
        ("=ppp=p", &[0, 4]),
        ("=é=é=é=é", &[0, 1, 2, 4]),
        ("=pp-=p", &[0, 4]),
        ("=pp-=pp", &[]),
    ] {
        assert_eq!(starts(structure, "työn"), expected, "{structure}");
    }
    assert_eq!(starts("=pppp=pppp", "työnhaku"), [0, 5]);
    assert_eq!(starts("=pppp=ppp", "työnhaku"), [0usize; 0]);
    for word_bases in ["", "+", "(", ")", "((", "))(", "+a(b", "a)b(c)+", "+ä(+ö)+(", "+x(+y)"] {
        assert_eq!(derived_of(word_bases), None, "{word_bases}");
    }
    assert_eq!(derived_of("+tieto(tieto)+johta(johtaa)+ja(+ja)"), Some("johtaa"));
    assert_eq!(derived_of("+tieto(tieto)+johto(johto)"), None);
}
