//! Swedish: the stems of its words, its endings, its compounds and its families of words.

mod irregular;

use super::grammar::{Relation, Strip, Strips};
use super::lexicon::Sink;
use super::slots::{CHANGED, INFINITIVE, IRREGULAR, Slots, WHOLE, WITHOUT_A, WITHOUT_E};
use super::suffixes::without;
use irregular::FORMS;

/// Parts that only begin compounds.
pub const PREFIXES: &[&str] = &[
    "sam", "fler", "mång", "stor", "små", "hög", "låg", "mellan", "upp", "inter", "multi", "mikro", "makro", "mini",
    "mega", "bio", "eko", "geo", "tele", "info", "euro", "digi", "cyber", "psyko", "socio", "neuro", "video", "webb",
    "distans", "egen", "special", "chefs", "riks", "läns", "stats", "grann",
];

/// The stems of a word of the lexicon.
pub fn word_stems(word: &str, each: &mut Sink<'_>) {
    each(&[word], WHOLE);
    if let Some(stem) = word.strip_suffix('a') {
        each(&[stem], WITHOUT_A);
        each(&[word], INFINITIVE);
        // Leda, lett.
        if let Some(stem) = stem.strip_suffix('d').filter(|stem| stem.ends_with(is_vowel)) {
            each(&[stem], CHANGED);
        }
        // Höra, hör.
        if stem.strip_suffix('r').is_some_and(|head| head.ends_with(is_vowel)) {
            each(&[stem], IRREGULAR);
        }
    } else if let Some(stem) = word.strip_suffix('e') {
        each(&[stem], WITHOUT_E);
    } else if let Some(stem) = word.strip_suffix("um") {
        each(&[stem], CHANGED);
    }
    let mut letters = word.chars().rev();
    let (last, before, third) = (letters.next(), letters.next(), letters.next());
    match (last, before, third) {
        // Regel, regler; nummer, numret; mogen, mogna.
        (Some(last @ ('l' | 'r' | 'n')), Some('e'), Some(third)) if !is_vowel(third) => {
            let stem = word.get(..word.len() - 2).unwrap_or_default();
            // Gammal, gamla: two of the same are one before a third.
            let mut letter = [0; 4];
            let last = &*last.encode_utf8(&mut letter);
            each(&[stem, last], CHANGED);
            let doubled = matches!(stem.as_bytes(), [.., b'm', b'm'] | [.., b'n', b'n']);
            if let Some(single) = stem.get(..stem.len() - 1).filter(|_| doubled) {
                each(&[single, last], CHANGED);
            }
        }
        // Program, programmet; vän, vännen.
        (Some(last @ ('m' | 'n')), Some(before), third) if is_vowel(before) && !third.is_some_and(is_vowel) => {
            each(&[word, if last == 'm' { "m" } else { "n" }], CHANGED);
        }
        _ => {}
    }
    // Öppen, öppet.
    if let Some(stem) = word.strip_suffix("en").filter(|stem| stem.len() > 2) {
        each(&[stem, "et"], IRREGULAR);
    }
    for (base, forms) in FORMS {
        if let Some(head) = without(word, base) {
            forms.split(' ').for_each(|form| each(&[head, form], IRREGULAR));
        }
    }
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'å' | 'ä' | 'ö')
}

/// Endings and the stems they take: nouns, adjectives, verbs.
const ENDINGS: &[(&str, Slots)] = &[
    ("", WHOLE | IRREGULAR),
    ("a", WHOLE | CHANGED | IRREGULAR),
    ("e", WHOLE | CHANGED),
    ("s", WITHOUT_A),
    ("t", WHOLE | WITHOUT_A | IRREGULAR),
    ("n", WHOLE | IRREGULAR),
    ("na", WHOLE | WITHOUT_E | IRREGULAR),
    ("en", WHOLE | CHANGED | IRREGULAR),
    ("et", WHOLE | CHANGED | IRREGULAR),
    ("r", WHOLE),
    ("rna", WHOLE | IRREGULAR),
    ("ar", WHOLE | CHANGED | WITHOUT_A | WITHOUT_E),
    ("arna", WHOLE | CHANGED | WITHOUT_A | WITHOUT_E),
    ("er", WHOLE | CHANGED | WITHOUT_A | WITHOUT_E),
    ("erna", WHOLE | CHANGED | WITHOUT_A),
    ("or", WITHOUT_A | WHOLE),
    ("orna", WITHOUT_A | WHOLE),
    ("dde", WHOLE),
    ("tt", WHOLE | WITHOUT_A | CHANGED),
    ("ade", WITHOUT_A),
    ("at", WITHOUT_A),
    ("ad", WITHOUT_A),
    ("te", WITHOUT_A),
    ("de", WITHOUT_A),
    ("d", WITHOUT_A),
    ("da", WITHOUT_A),
    ("ta", WITHOUT_A),
    ("it", WITHOUT_A),
];

/// Endings of forms that may also be words of their own.
const DERIVED: &[(&str, Slots)] = &[
    ("are", WHOLE | CHANGED | WITHOUT_A),
    ("aren", WITHOUT_A),
    ("arna", WITHOUT_A),
    ("arnas", WITHOUT_A),
    ("ast", WHOLE | CHANGED),
    ("aste", WHOLE | CHANGED),
    ("ande", WITHOUT_A),
    ("andet", WITHOUT_A),
    ("ende", WITHOUT_A | WHOLE),
    ("ning", WITHOUT_A),
    ("ningen", WITHOUT_A),
    ("ningar", WITHOUT_A),
    ("ningarna", WITHOUT_A),
];

/// What may end a part of a compound that is not the last.
pub const LINKS: &[(&str, Slots)] = &[
    ("", WHOLE | WITHOUT_A | WITHOUT_E | super::slots::LINK),
    ("s", WHOLE | WITHOUT_E),
    ("o", WITHOUT_A),
    ("u", WITHOUT_A),
    ("e", WITHOUT_A | WHOLE),
    ("", CHANGED),
];

/// How a word comes of a verb or an adjective, whose family it belongs to.
pub const RELATIONS: &[Relation] = &[
    ("arskap", "a", WHOLE),
    ("are", "a", WHOLE),
    ("ning", "a", WHOLE),
    ("ing", "a", WHOLE),
    ("ande", "a", WHOLE),
    ("ende", "a", WHOLE),
    ("else", "a", WHOLE),
    ("ad", "a", WHOLE),
    ("nad", "a", WHOLE),
    ("ation", "era", WHOLE),
    ("tion", "era", WHOLE),
    ("an", "a", WHOLE),
    ("het", "", WHOLE),
];

/// The same in words that are known, whose first part may well be a prefix of a verb, which is no part: *förhandla*.
pub const LINKS_OF_KNOWN: &[(&str, Slots)] =
    &[("", WHOLE), ("s", WHOLE | WITHOUT_E), ("o", WITHOUT_A), ("u", WITHOUT_A), ("e", WITHOUT_A | WHOLE)];

/// Ends of words that are followed by -s before another part.
pub const NEVER_BARE: &[&str] = &["ing", "het", "skap", "tion", "sion", "itet", "dom"];

/// What words are derived with, and none begins with.
pub const NEVER_WORDS: &[&str] = &["skap", "het", "ning", "else", "are", "ande", "lig", "isk", "sam"];

/// Endings of words that aren't known.
pub const KEY_TAKES: Slots = WHOLE | WITHOUT_A | WITHOUT_E;

/// What a word that isn't known ends in, brought to one shape.
pub const KEY_ENDS: &[(&str, &str)] = &[("mm", "m"), ("nn", "n")];

/// All that can be taken off a word: the -s of genitives and passives first.
pub fn strip(word: &str, strips: &mut Strips) {
    let forms = [Some(word), word.strip_suffix('s')];
    for form in forms.into_iter().flatten() {
        for (ending, takes) in ENDINGS {
            if let Some(stem) = without(form, ending) {
                strips.direct(stem.len(), *takes);
            }
        }
        for (ending, takes) in DERIVED {
            if let Some(stem) = without(form, ending) {
                strips.derived.push(Strip { end: stem.len(), extension: "", takes: *takes });
            }
        }
    }
}

/// What can be taken off a base form: nothing.
pub fn strip_base(word: &str, strips: &mut Strips) {
    strips.direct(word.len(), WHOLE);
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
