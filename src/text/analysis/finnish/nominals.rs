//! The stems of Finnish nouns, adjectives, numerals and names, from the nominative. Where the nominative does not tell
//! how a word inflects, all that it may do: a stem that no text has does no harm.

use super::super::lexicon::Sink;
use super::super::slots::{
    CONSONANT, LINK, NOMINATIVE, PLURAL, PLURAL_I, PLURAL_J, PLURAL_T, PLURAL_WEAK, SINGULAR, STRONG, Slots, WEAK,
};
use super::super::suffixes::{ends_in, without};
use super::gradation::{is_kept, is_vowel, strong, vowel_groups, weak, weak_before_e};

const PLURAL_SHORT: Slots = PLURAL_I | PLURAL_WEAK;
const PLURAL_LONG: Slots = PLURAL_T | PLURAL_WEAK;

/// Ends of words that inflect as no others: all stems, and no other rule.
const IRREGULAR: &[(&str, &[(&str, Slots)])] = &[
    ("mies", &[("miehe", SINGULAR), ("mieh", PLURAL_SHORT), ("mies", CONSONANT)]),
    ("veli", &[("velje", SINGULAR), ("velj", PLURAL_SHORT)]),
    ("kevät", &[("kevää", SINGULAR), ("kevä", PLURAL_LONG), ("kevät", CONSONANT)]),
    ("tuhat", &[("tuhante", STRONG), ("tuhanne", WEAK), ("tuhans", PLURAL_SHORT), ("tuhat", CONSONANT)]),
    ("sydän", &[("sydäme", SINGULAR), ("sydäm", PLURAL_SHORT), ("sydän", CONSONANT)]),
    ("lämmin", &[("lämpimä", SINGULAR), ("lämpim", PLURAL_SHORT), ("lämmin", CONSONANT)]),
    ("paras", &[("parhaa", SINGULAR), ("parha", PLURAL_LONG), ("paras", CONSONANT)]),
    ("kaksi", &[("kahte", STRONG), ("kahde", WEAK), ("kaks", PLURAL_SHORT), ("kaht", CONSONANT)]),
    ("yksi", &[("yhte", STRONG), ("yhde", WEAK), ("yks", PLURAL_SHORT), ("yht", CONSONANT)]),
    ("uusimaa", &[("uudenmaa", SINGULAR), ("uuttamaa", CONSONANT), ("uudellamaa", WEAK), ("uudeltamaa", WEAK)]),
    ("kymmenen", &[("kymmene", SINGULAR), ("kymmen", PLURAL_SHORT | CONSONANT)]),
];

/// What goes before the new end of a stem.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Whatever the word has.
    Same,
    /// The same, if it is a vowel.
    Vowel,
    /// The strong grade of it.
    Strong,
}
use Before::{Same, Strong, Vowel};

/// Words that end in a consonant, -nen first; a row that ends with `true` is the last for its words.
type Rule = (&'static str, Before, &'static [(&'static str, Slots)], bool);

const RULES: &[Rule] = &[
    ("nen", Same, &[("se", SINGULAR), ("s", PLURAL_SHORT | CONSONANT | LINK)], true),
    ("uus", Same, &[("uute", STRONG), ("uude", WEAK), ("uut", CONSONANT), ("uuks", PLURAL_SHORT)], false),
    ("yys", Same, &[("yyte", STRONG), ("yyde", WEAK), ("yyt", CONSONANT), ("yyks", PLURAL_SHORT)], false),
    ("us", Vowel, &[("ute", STRONG), ("ude", WEAK), ("ut", CONSONANT)], false),
    ("ys", Vowel, &[("yte", STRONG), ("yde", WEAK), ("yt", CONSONANT)], false),
    ("as", Strong, &[("aa", SINGULAR), ("a", PLURAL_LONG)], false),
    ("äs", Strong, &[("ää", SINGULAR), ("ä", PLURAL_LONG)], false),
    ("is", Strong, &[("ii", SINGULAR), ("i", PLURAL_LONG)], false),
    ("mas", Same, &[("mante", STRONG), ("manne", WEAK), ("mans", PLURAL_SHORT), ("mat", CONSONANT)], false),
    ("jäs", Same, &[("jänte", STRONG), ("jänne", WEAK), ("jäns", PLURAL_SHORT), ("jät", CONSONANT)], false),
    ("des", Same, &[("dente", STRONG), ("denne", WEAK), ("dens", PLURAL_SHORT), ("det", CONSONANT)], false),
    ("s", Same, &[("kse", SINGULAR), ("ks", PLURAL_SHORT), ("s", CONSONANT)], false),
    ("nut", Same, &[("nee", SINGULAR), ("ne", PLURAL_LONG), ("nut", CONSONANT)], true),
    ("nyt", Same, &[("nee", SINGULAR), ("ne", PLURAL_LONG), ("nyt", CONSONANT)], true),
    ("ut", Same, &[("ue", SINGULAR), ("u", PLURAL_LONG), ("ut", CONSONANT)], false),
    ("yt", Same, &[("ye", SINGULAR), ("y", PLURAL_LONG), ("yt", CONSONANT)], false),
    ("in", Strong, &[("ime", SINGULAR), ("im", PLURAL_SHORT)], false),
    ("ton", Same, &[("ttoma", SINGULAR), ("ttom", PLURAL_SHORT), ("ton", CONSONANT)], true),
    ("tön", Same, &[("ttömä", SINGULAR), ("ttöm", PLURAL_SHORT), ("tön", CONSONANT)], true),
    ("ar", Strong, &[("are", SINGULAR), ("ar", PLURAL_SHORT)], false),
    ("är", Strong, &[("äre", SINGULAR), ("är", PLURAL_SHORT)], false),
    ("er", Strong, &[("ere", SINGULAR), ("er", PLURAL_SHORT)], false),
    ("el", Strong, &[("ele", SINGULAR), ("el", PLURAL_SHORT)], false),
    ("en", Same, &[("ene", SINGULAR), ("en", PLURAL_SHORT)], false),
    ("n", Same, &[("n", CONSONANT)], false),
    ("r", Same, &[("r", CONSONANT)], false),
    ("l", Same, &[("l", CONSONANT)], false),
];

/// Comparatives, as the lexicon has some.
const COMPARATIVE: &[(&str, Slots)] =
    &[("mpa", STRONG), ("mpä", STRONG), ("mma", WEAK), ("mmä", WEAK), ("mp", PLURAL_I), ("mm", PLURAL_WEAK)];

/// Long vowels and diphthongs, and what they are before the plural's i.
const LONG: &[(&str, &str)] = &[
    ("aa", "a"),
    ("ää", "ä"),
    ("ee", "e"),
    ("ii", "i"),
    ("oo", "o"),
    ("öö", "ö"),
    ("uu", "u"),
    ("yy", "y"),
    ("ie", "e"),
    ("uo", "o"),
    ("yö", "ö"),
];

/// Ends of longer words in -i that take -e-: *Rovaniemi*, *Seinäjoki*.
const TAILS_IN_E: &[&str] = &[
    "niemi", "joki", "mäki", "salmi", "järvi", "lahti", "saari", "lampi", "vesi", "koski", "lehti", "kieli", "nimi",
    "vuosi", "hetki", "toimi", "väki", "tuki", "suuri", "pieni", "nuori", "ääni", "talvi", "ovi", "kivi", "meri",
    "henki", "suomi",
];

/// Words in -si by their stems: *käsi*, *kansi*, *varsi*.
const IN_SI: &[(&str, &[(&str, Slots)])] = &[
    ("nsi", &[("nte", STRONG), ("nne", WEAK), ("ns", PLURAL_SHORT), ("nt", CONSONANT)]),
    ("rsi", &[("rte", STRONG), ("rre", WEAK), ("rs", PLURAL_SHORT), ("rt", CONSONANT)]),
    ("lsi", &[("lte", STRONG), ("lle", WEAK), ("ls", PLURAL_SHORT), ("lt", CONSONANT)]),
    ("si", &[("te", STRONG), ("de", WEAK), ("s", PLURAL_SHORT), ("t", CONSONANT)]),
];

/// The stems of a nominal. Names inflect with gradation and without it: *Hangon*, *Mikan*.
pub fn stems(word: &str, name: bool, each: &mut Sink<'_>) {
    each(&[word], NOMINATIVE);
    let irregular = IRREGULAR.iter().find_map(|(tail, stems)| Some((without(word, tail)?, stems)));
    if let Some((head, stems)) = irregular {
        stems.iter().for_each(|(stem, takes)| each(&[head, stem], *takes));
        return;
    }
    let Some(last) = word.chars().next_back() else { return };
    let head = word.strip_suffix(last).unwrap_or_default();
    if !is_vowel(last) {
        return consonant_final(word, each);
    }
    let long = LONG.iter().find_map(|(long, short)| Some((without(word, long)?, short)));
    if let Some((head, short)) = long {
        each(&[word], SINGULAR | CONSONANT);
        each(&[head, short], PLURAL_LONG);
    } else if last == 'e' {
        in_e(word, head, name, each);
    } else if let Some(head) = word.strip_suffix("mpi").filter(|head| head.len() > 3 && head.ends_with(is_vowel)) {
        COMPARATIVE.iter().for_each(|(stem, takes)| each(&[head, stem], *takes));
    } else {
        vowel_final(word, head, last, name, each);
        if last == 'i' && (vowel_groups(word) <= 2 || TAILS_IN_E.iter().any(|tail| word.ends_with(tail))) {
            e_stem(word, head, each);
        }
    }
}

/// *Kala*, *verkko*, *risti*, *ministeriö*.
fn vowel_final(word: &str, head: &str, last: char, name: bool, each: &mut Sink<'_>) {
    let groups = vowel_groups(word);
    let two = groups == 2;
    let rounded = word.chars().find(|letter| is_vowel(*letter)).is_some_and(|letter| matches!(letter, 'o' | 'u'));
    let own: &[(&str, Slots)] = match last {
        'a' if two && rounded => &[("", PLURAL_I)],
        'a' if two => &[("o", PLURAL)],
        'a' => &[("o", PLURAL), ("", PLURAL_I)],
        'ä' => &[("", PLURAL_I), ("ö", PLURAL_J | PLURAL_T)],
        'i' => &[("e", PLURAL_J | PLURAL_T), ("", PLURAL_I)],
        'o' => &[("o", PLURAL_J | PLURAL_T)],
        'u' => &[("u", PLURAL_J | PLURAL_T)],
        'y' => &[("y", PLURAL_J | PLURAL_T)],
        'ö' => &[("ö", PLURAL_J | PLURAL_T)],
        _ => &[],
    };
    // Korkeita, but ideoita.
    let own = if word.ends_with("ea") || word.ends_with("eä") { &[("", PLURAL_T), ("o", PLURAL_T)] } else { own };
    let diphthong = head.ends_with(is_vowel);
    let partitive = if groups >= 3 || diphthong { CONSONANT } else { 0 };
    let graded = if diphthong { (head, &[""][..]) } else { weak(head) };
    let kept = name || diphthong || is_kept(word);
    each(&[word], STRONG | partitive | if kept { WEAK } else { 0 });
    for (vowel, takes) in own {
        each(&[head, vowel], *takes | if kept { PLURAL_WEAK } else { 0 });
    }
    let (start, grades) = graded;
    // Of three syllables and more, also before -ita and -iden: yksiköitä.
    let weak_plural = if groups >= 3 { PLURAL_LONG } else { PLURAL_WEAK };
    let mut letter = [0; 4];
    let last = &*last.encode_utf8(&mut letter);
    for consonants in grades {
        each(&[start, consonants, last], WEAK);
        own.iter().for_each(|(vowel, _)| each(&[start, consonants, vowel], weak_plural));
    }
}

/// *Kieli*, *lumi*, *käsi*, *lapsi*, *joki*.
fn e_stem(word: &str, head: &str, each: &mut Sink<'_>) {
    let before = head.chars().nth_back(1);
    if word.ends_with("si") && before.is_some_and(|letter| is_vowel(letter) || matches!(letter, 'n' | 'r' | 'l')) {
        let found = IN_SI.iter().find_map(|(end, stems)| Some((without(word, end)?, stems)));
        if let Some((head, stems)) = found {
            stems.iter().for_each(|(stem, takes)| each(&[head, stem], *takes));
        }
    }
    each(&[head, "e"], STRONG);
    each(&[head], PLURAL_I);
    let (kept, grades) = weak_before_e(head);
    for consonants in grades {
        each(&[kept, consonants, "e"], WEAK);
        each(&[kept, consonants], PLURAL_WEAK);
    }
    if let Some(head) = head.strip_suffix('m').filter(|head| ends_in(head, "lu")) {
        each(&[head, "n"], CONSONANT);
    } else if let Some(head) = head.strip_suffix("ps").or(head.strip_suffix("ts")) {
        each(&[head, "s"], CONSONANT);
    } else if head.ends_with(['l', 'r', 'n', 'h']) {
        each(&[head], CONSONANT);
    }
}

/// *Hanke*, *kirje*; names and words with two consonants also as *Kalle*.
fn in_e(word: &str, head: &str, name: bool, each: &mut Sink<'_>) {
    let (kept, grades) = strong(head);
    for consonants in grades {
        each(&[kept, consonants, "ee"], SINGULAR);
        each(&[kept, consonants, "e"], PLURAL_LONG);
    }
    each(&[word, "t"], CONSONANT);
    let mut ends = head.chars().rev();
    let doubled = matches!((ends.next(), ends.next()), (Some(last), Some(before)) if last == before);
    if name || doubled || is_kept(word) || head.ends_with(is_vowel) {
        each(&[word], STRONG | PLURAL_J | WEAK | PLURAL_WEAK);
        let (kept, grades) = weak(head);
        for consonants in grades {
            each(&[kept, consonants, "e"], WEAK | PLURAL_WEAK);
        }
    }
}

/// *Ihminen*, *rikas*, *puhelin*; *podcast*, *Wahlström*; *kasvot*.
fn consonant_final(word: &str, each: &mut Sink<'_>) {
    for (end, before, stems, last) in RULES {
        let Some(head) = without(word, end) else { continue };
        if head.is_empty() || *before == Vowel && !head.ends_with(is_vowel) {
            continue;
        }
        let (kept, grades) = if *before == Strong { strong(head) } else { (head, &[""][..]) };
        for consonants in grades {
            stems.iter().for_each(|(stem, takes)| each(&[kept, consonants, stem], *takes));
        }
        if *last {
            return;
        }
    }
    if let Some(head) = word.strip_suffix('t').filter(|head| head.len() > 3 && head.ends_with(is_vowel)) {
        plural_only(head, each);
    }
    each(&[word, "i"], SINGULAR);
    each(&[word, "e"], PLURAL_J | PLURAL_T | PLURAL_WEAK);
    each(&[word], PLURAL_I);
}

/// *Kasvot*, *häät*, *markkinat*: the plural of what the word would be without -t.
fn plural_only(singular: &str, each: &mut Sink<'_>) {
    let Some(last) = singular.chars().next_back() else { return };
    let head = singular.strip_suffix(last).unwrap_or_default();
    let long = LONG.iter().find_map(|(long, short)| Some((without(singular, long)?, short)));
    if let Some((head, short)) = long {
        each(&[head, short], PLURAL_LONG);
        return;
    }
    let same = [singular.get(head.len()..).unwrap_or_default()];
    let vowels: &[&str] = match last {
        'a' => &["o", ""],
        'e' => &["", "e"],
        'i' => &["e"],
        'ä' => &["", "ö"],
        _ => &same,
    };
    for vowel in vowels {
        let (kept, grades) = strong(head);
        grades.iter().for_each(|consonants| each(&[kept, consonants, vowel], PLURAL));
        each(&[head, vowel], PLURAL_WEAK);
    }
}
