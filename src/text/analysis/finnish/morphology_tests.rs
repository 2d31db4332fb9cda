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

fn texts(split: &[Segment]) -> Vec<Vec<&str>> {
    split.iter().map(|segment| segment.bases.iter().map(String::as_str).collect()).collect()
}

#[test]
fn nouns_of_verbs_are_words_of_their_own() {
    let told = Told(&[
        ("johtamisessa", &[("johtaa", "=pppppppppppp", "+johtaa(johtaa)", VERB, IN_MINEN)]),
        ("etäjohtaminen", &[("etäjohtaa", "=ppp=pppppppppp", "+etä+johtaa(johtaa)", VERB, IN_MINEN)]),
        ("johtaa", &[JOHTAA]),
    ]);
    let reading = read(&told, "johtamisessa").unwrap();
    assert_eq!((reading.bases, reading.roots), (vec!["johtaminen".to_owned()], vec!["johtaa".to_owned()]));
    let reading = read(&told, "etäjohtaminen").unwrap();
    assert_eq!((reading.bases, reading.roots), (vec!["etäjohtaminen".to_owned()], vec!["johtaa".to_owned()]));
    assert_eq!(texts(&reading.splits[0]), [["etä"], ["johtaminen"]]);
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
    let reading = read(&told, "johtajanpalkoissa").unwrap();
    assert_eq!(texts(&reading.splits[0]), [["johtaja"], ["palkka"]]);
    assert_eq!(reading.roots, ["johtaa"]);
    let places: Vec<(usize, usize)> = reading.splits[0].iter().map(|segment| (segment.start, segment.end)).collect();
    assert_eq!(places, [(0, 8), (8, 17)]);
    let reading = read(&told, "kansallisarkisto").unwrap();
    assert_eq!(reading.bases, ["kansallisarkisto"]);
    assert_eq!(texts(&reading.splits[0]), [["kansallinen"], ["arkisto"]]);
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
    for (word, bases, verbs) in [
        ("alustalla", &["alusta"][..], &[][..]),
        ("kuusi", &["kuusi"], &[]),
        ("kuunsa", &["kuu"], &[]),
        ("johtavat", &["johtaa"], &[]),
        ("johtavan", &["johtava"], &["johtaa"]),
    ] {
        let reading = read(&told, word).unwrap();
        assert_eq!(
            (reading.bases, reading.verbs),
            (
                bases.iter().map(|base| (*base).to_owned()).collect(),
                verbs.iter().map(|verb| (*verb).to_owned()).collect()
            ),
            "{word}"
        );
        assert!(reading.splits.is_empty(), "{word}");
    }
}

#[test]
fn what_is_not_known_is_not_read() {
    assert_eq!(read(&Told(&[]), "kvorpula"), None);
    assert_eq!(read(&Told(&[("kuu", &[("", "", "", "", "")])]), "kuu"), None);
}

#[test]
fn a_structure_that_does_not_fit_takes_nothing_apart() {
    for structure in ["", "=", "==", "=pp=p", "=pppp=pppppppppppppp", "pppp", "=é=é=é=é", "=pp-=pp"] {
        let starts = starts(structure, "työn");
        assert!(starts.iter().all(|start| "työn".is_char_boundary(*start)), "{structure}");
    }
    assert_eq!(starts("=pppp=pppp", "työnhaku"), [0, 5]);
    assert_eq!(starts("=pppp=ppp", "työnhaku"), [0usize; 0]);
    for word_bases in ["", "+", "(", ")", "((", "))(", "+a(b", "a)b(c)+", "+ä(+ö)+(", "+x(+y)"] {
        assert!(derived_of(word_bases).is_none_or(|word| !word.starts_with('+')), "{word_bases}");
    }
    assert_eq!(derived_of("+tieto(tieto)+johta(johtaa)+ja(+ja)"), Some("johtaa"));
    assert_eq!(derived_of("+tieto(tieto)+johto(johto)"), None);
}
