//! The stems of Finnish verbs, from the first infinitive.

use super::super::lexicon::Sink;
use super::super::slots::{
    ACTIVE, CONDITIONAL, INFINITIVE, PASSIVE, PASSIVE_PRESENT, PAST, PAST_WEAK, PRESENT, PRESENT_WEAK, Slots,
};
use super::super::suffixes::{ends_in, without};
use super::gradation::{is_vowel, strong, weak, weak_before_e};

const ALL_PAST: Slots = PAST | PAST_WEAK | CONDITIONAL;
const ALL_PRESENT: Slots = PRESENT | PRESENT_WEAK;

/// Ends of verbs that inflect as no others.
const IRREGULAR: &[(&str, &[(&str, Slots)])] = &[
    ("nähdä", NAHDA),
    ("tehdä", TEHDA),
    (
        "juosta",
        &[("juokse", ALL_PRESENT), ("juoksi", ALL_PAST), ("juos", ACTIVE | PASSIVE), ("juost", PASSIVE_PRESENT)],
    ),
    (
        "käydä",
        &[("käy", ALL_PRESENT | ACTIVE | PASSIVE | CONDITIONAL), ("kävi", PAST | PAST_WEAK), ("käyd", PASSIVE_PRESENT)],
    ),
    ("olla", &[("ole", ALL_PRESENT), ("oli", ALL_PAST), ("ol", ACTIVE | PASSIVE), ("oll", PASSIVE_PRESENT)]),
];
const NAHDA: &[(&str, Slots)] = &[
    ("näke", PRESENT),
    ("näe", PRESENT_WEAK),
    ("näki", PAST | CONDITIONAL),
    ("näi", PAST_WEAK),
    ("näh", ACTIVE | PASSIVE),
    ("nähd", PASSIVE_PRESENT),
];
const TEHDA: &[(&str, Slots)] = &[
    ("teke", PRESENT),
    ("tee", PRESENT_WEAK),
    ("teki", PAST | CONDITIONAL),
    ("tei", PAST_WEAK),
    ("teh", ACTIVE | PASSIVE),
    ("tehd", PASSIVE_PRESENT),
];

/// Past tenses of verbs like *saada*, *tuoda*, *viedä*.
const SHORTENED: &[(&str, &str)] =
    &[("aa", "ai"), ("ää", "äi"), ("uu", "ui"), ("yy", "yi"), ("uo", "oi"), ("yö", "öi"), ("ie", "ei")];

/// Ends that only verbs have.
const ONLY_VERBS: &[&str] = &[
    "ttaa", "ttää", "staa", "stää", "ntaa", "ntää", "rtaa", "rtää", "ltaa", "ltää", "lla", "llä", "ida", "idä", "stua",
    "styä",
];

/// Whether a word can be a verb alone, and not a noun.
pub fn is_certain(word: &str) -> bool {
    word.chars().count() > 5 && ONLY_VERBS.iter().any(|end| ends_in(word, end))
}

/// The stems of a verb, and of what might be one: whatever ends in -a or -ä as an infinitive does.
pub fn stems(word: &str, each: &mut Sink<'_>) {
    let irregular = IRREGULAR.iter().find_map(|(tail, stems)| Some((without(word, tail)?, stems)));
    if let Some((head, stems)) = irregular {
        each(&[word], INFINITIVE);
        stems.iter().for_each(|(stem, takes)| each(&[head, stem], *takes));
        return;
    }
    let Some(stem) = word.strip_suffix(['a', 'ä']).filter(|stem| stem.chars().count() >= 3) else { return };
    let back = word.ends_with('a');
    if stem.ends_with(is_vowel) {
        in_vowel(stem, each);
    } else if let Some(stem) = stem.strip_suffix('d').filter(|stem| stem.ends_with(is_vowel)) {
        in_da(stem, each);
    } else if let Some(stem) = ["ll", "nn", "rr", "st"].iter().find_map(|end| ends_in(stem, end).then_some(stem)) {
        in_la(stem, each);
    } else if let Some(stem) = stem.strip_suffix('t').filter(|stem| stem.ends_with(is_vowel) && stem.len() > 2) {
        in_ta(stem, back, each);
    } else {
        return;
    }
    each(&[word], INFINITIVE);
}

/// *Puhua*, *antaa*, *lukea*, *tutkia*.
fn in_vowel(stem: &str, each: &mut Sink<'_>) {
    let Some(last) = stem.chars().next_back() else { return };
    let head = stem.strip_suffix(last).unwrap_or_default();
    let (start, grades) = if head.ends_with(is_vowel) {
        (head, &[""][..])
    } else if last == 'e' {
        weak_before_e(head)
    } else {
        weak(head)
    };
    let mut letter = [0; 4];
    let own = &*last.encode_utf8(&mut letter);
    let (pasts, passive): (&[&str], &str) = match last {
        'a' => (&["oi", "i"], "e"),
        'ä' => (&["i"], "e"),
        'e' | 'i' => (&["i"], own),
        'o' => (&["oi"], own),
        'u' => (&["ui"], own),
        'y' => (&["yi"], own),
        _ => (&["öi"], own),
    };
    let conditional = if matches!(last, 'a' | 'ä') { 0 } else { CONDITIONAL };
    each(&[stem], PRESENT | ACTIVE);
    if conditional == 0 {
        each(&[stem, "i"], CONDITIONAL);
        if let Some(head) = head.strip_suffix('t').filter(|head| head.ends_with(['n', 'l', 'r', 'ä', 'e', 'y', 'u'])) {
            each(&[head, "si"], PAST | PAST_WEAK);
        }
    }
    if let Some(head) = head.strip_suffix("nt").filter(|_| last == 'e') {
        each(&[head, "nsi"], PAST | PAST_WEAK);
    }
    pasts.iter().for_each(|past| each(&[head, past], PAST | conditional));
    for consonants in grades {
        each(&[start, consonants, own], PRESENT_WEAK);
        each(&[start, consonants, passive, "t"], PASSIVE | PASSIVE_PRESENT);
        pasts.iter().for_each(|past| each(&[start, consonants, past], PAST_WEAK));
    }
}

/// *Saada*, *tuoda*, *arvioida*.
fn in_da(stem: &str, each: &mut Sink<'_>) {
    each(&[stem], ALL_PRESENT | ACTIVE | PASSIVE);
    each(&[stem, "d"], PASSIVE_PRESENT);
    let past = SHORTENED.iter().find_map(|(long, short)| Some((without(stem, long)?, short)));
    match past {
        Some((head, short)) => each(&[head, short], ALL_PAST),
        None => each(&[stem], ALL_PAST),
    }
}

/// *Tulla*, *mennä*, *purra*, *nousta*, *ajatella*; the stem is the infinitive without its last vowel.
fn in_la(stem: &str, each: &mut Sink<'_>) {
    each(&[stem], PASSIVE_PRESENT);
    let Some(consonant) = stem.chars().next_back() else { return };
    let short = stem.strip_suffix(consonant).unwrap_or_default();
    each(&[short], ACTIVE | PASSIVE);
    each(&[short, "e"], ALL_PRESENT);
    each(&[short, "i"], ALL_PAST);
    // The strong grade: ajattele-, kuuntele-.
    let Some(consonant) = short.chars().next_back() else { return };
    let before = short.strip_suffix(consonant).unwrap_or_default();
    let Some(vowel) = before.chars().next_back().filter(|letter| is_vowel(*letter)) else { return };
    let (start, grades) = strong(before.strip_suffix(vowel).unwrap_or_default());
    let mut letters = [0; 4];
    let vowel = &*vowel.encode_utf8(&mut letters);
    let mut letters = [0; 4];
    let consonant = &*consonant.encode_utf8(&mut letters);
    if start.is_empty() {
        return;
    }
    for consonants in grades {
        each(&[start, consonants, vowel, consonant, "e"], ALL_PRESENT);
        each(&[start, consonants, vowel, consonant, "i"], ALL_PAST);
    }
}

/// *Haluta*, *tavata*, *valita*, *vanheta*.
fn in_ta(stem: &str, back: bool, each: &mut Sink<'_>) {
    let a = if back { "a" } else { "ä" };
    each(&[stem, "n"], ACTIVE);
    each(&[stem, "t"], ACTIVE | PASSIVE | PASSIVE_PRESENT);
    if stem.ends_with('i') {
        each(&[stem, "tse"], ALL_PRESENT);
        each(&[stem, "tsi"], ALL_PAST);
        return;
    }
    let Some(last) = stem.chars().next_back() else { return };
    let (start, grades) = strong(stem.strip_suffix(last).unwrap_or_default());
    let mut letter = [0; 4];
    let own = &*last.encode_utf8(&mut letter);
    for consonants in grades {
        each(&[start, consonants, own, a], ALL_PRESENT);
        each(&[start, consonants, own, "si"], PAST | PAST_WEAK);
        if matches!(last, 'a' | 'ä') {
            each(&[start, consonants, own, "i"], CONDITIONAL);
        } else {
            each(&[start, consonants, own, a, "i"], CONDITIONAL);
        }
        if last == 'e' {
            each(&[start, consonants, "ene"], ALL_PRESENT);
            each(&[start, consonants, "eni"], ALL_PAST);
        }
    }
}
