//! Consonant gradation: what stands before the last vowel of a stem, in its two grades.

use super::super::suffixes::{ends_in, without};

/// A stem up to its last consonants, and what those may become.
pub type Graded<'s> = (&'s str, &'static [&'static str]);

/// From the strong grade to the weak one; the first row that fits.
const WEAK: &[(&str, &[&str])] = &[
    ("kk", &["k"]),
    ("pp", &["p"]),
    ("tt", &["t"]),
    ("gg", &["g"]),
    ("bb", &["b"]),
    ("nk", &["ng"]),
    ("nt", &["nn"]),
    ("mp", &["mm"]),
    ("lt", &["ll"]),
    ("rt", &["rr"]),
    ("ht", &["hd"]),
    ("aik", &["aj", "ai"]),
    ("oik", &["oj", "oi"]),
    ("lk", &["l"]),
    ("rk", &["r"]),
    ("hk", &["h", "hk"]),
    ("lp", &["lv"]),
    ("rp", &["rv"]),
    ("sk", &["sk"]),
    ("st", &["st"]),
    ("sp", &["sp"]),
    ("tk", &["tk"]),
    ("ft", &["ft"]),
    ("kt", &["kt"]),
    ("pt", &["pt"]),
    ("uk", &["u", "uv"]),
    ("yk", &["y", "yv"]),
    ("k", &["", "'"]),
    ("p", &["v"]),
    ("t", &["d"]),
];

/// What differs before -e: *jälki*, *jäljen*; *särkeä*, *särjen*.
const WEAK_BEFORE_E: &[(&str, &[&str])] = &[("lk", &["lj"]), ("rk", &["rj"])];

/// From the weak grade to the strong one, and as it is: a weak grade can come of several.
const STRONG: &[(&str, &[&str])] = &[
    ("ng", &["nk", "ng"]),
    ("nn", &["nt", "nn"]),
    ("mm", &["mp", "mm"]),
    ("ll", &["lt", "ll"]),
    ("rr", &["rt", "rr"]),
    ("hd", &["ht"]),
    ("lv", &["lp", "lv"]),
    ("rv", &["rp", "rv"]),
    ("lj", &["lk", "lj"]),
    ("rj", &["rk", "rj"]),
    ("kk", &["kk"]),
    ("pp", &["pp"]),
    ("tt", &["tt"]),
    ("sk", &["sk"]),
    ("st", &["st"]),
    ("ht", &["ht"]),
    ("hk", &["hk"]),
    ("tk", &["tk"]),
    ("k", &["kk", "k"]),
    ("p", &["pp", "p"]),
    ("t", &["tt", "t"]),
    ("d", &["t", "d"]),
    ("v", &["p", "v"]),
    ("l", &["l", "lk"]),
    ("r", &["r", "rk"]),
];

/// Words and ends of words that keep their single k, p or t.
const KEPT: &[&str] = &["auto", "data", "foto", "moto", "muki", "sote", "meta", "beta", "eka", "toka", "laku", "loki"];

const SAME: &[&str] = &[""];
const WITH_K: &[&str] = &["", "k"];

/// The weak grades of a stem without its last vowel.
pub fn weak(head: &str) -> Graded<'_> {
    lookup(WEAK, head).unwrap_or((head, SAME))
}

/// The weak grades of a stem without its last vowel, which is an e.
pub fn weak_before_e(head: &str) -> Graded<'_> {
    lookup(WEAK_BEFORE_E, head).unwrap_or_else(|| weak(head))
}

/// The strong grades of a stem without its last vowel.
pub fn strong(head: &str) -> Graded<'_> {
    lookup(STRONG, head).unwrap_or((head, if head.ends_with(is_vowel) { WITH_K } else { SAME }))
}

/// Whether a word keeps its consonants where others weaken them.
pub fn is_kept(word: &str) -> bool {
    KEPT.iter().any(|end| ends_in(word, end))
}

/// Whether a letter is a vowel.
pub fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ä' | 'ö' | 'å')
}

/// How many groups of vowels a word has: nearly, its syllables.
pub fn vowel_groups(word: &str) -> usize {
    let mut groups = 0;
    let mut inside = false;
    for letter in word.chars() {
        groups += usize::from(is_vowel(letter) && !inside);
        inside = is_vowel(letter);
    }
    groups
}

fn lookup<'s>(table: &[(&str, &'static [&'static str])], head: &'s str) -> Option<Graded<'s>> {
    table.iter().find_map(|(from, to)| Some((without(head, from)?, *to)))
}
