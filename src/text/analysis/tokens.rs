//! Text cut into words.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::folding::is_mark;
use super::hash::LONGEST;

/// The most pieces that hyphens join to one word.
const MOST_PIECES: usize = 6;

/// Endings of acronyms that stand after a colon or small letters: `DVV:n`, `HAUSissa`, `APIs`.
const ACRONYM_ENDINGS: &[&str] = &[
    "n",
    "in",
    "ssa",
    "ssä",
    "issa",
    "issä",
    "sta",
    "stä",
    "ista",
    "istä",
    "lla",
    "llä",
    "illa",
    "illä",
    "lta",
    "ltä",
    "ilta",
    "iltä",
    "lle",
    "ille",
    "ksi",
    "iksi",
    "a",
    "ä",
    "ia",
    "iä",
    "ta",
    "tä",
    "na",
    "nä",
    "ina",
    "inä",
    "t",
    "it",
    "tä",
    "hen",
    "hin",
    "hon",
    "hun",
    "hyn",
    "hön",
    "hän",
    "han",
    "iin",
    "een",
    "ään",
    "aan",
    "seen",
    "jen",
    "ien",
    "ja",
    "jä",
    "eja",
    "ejä",
    "eihin",
    "eissa",
    "eista",
    "eille",
    "s",
    "t",
    "en",
    "et",
    "er",
    "erna",
    "ar",
    "arna",
    "kin",
    "nkin",
    "'s",
    "\u{2019}s",
    "'n",
    "\u{2019}n",
];

/// The most letters of a word in capitals that is taken for an acronym; a longer one is a word that is shouted.
const LONGEST_ACRONYM: usize = 5;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut<'t> {
    /// The word as it stands, without an ending after a colon.
    pub word: &'t str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, with its ending.
    pub end: usize,
}

/// The words of a text.
pub struct Cuts<'t> {
    text: &'t str,
    place: usize,
}

/// Cuts a text into words: letters and digits, and hyphens, apostrophes and colons between letters.
pub fn cut(text: &str) -> Cuts<'_> {
    Cuts { text, place: 0 }
}

impl<'t> Iterator for Cuts<'t> {
    type Item = Cut<'t>;

    fn next(&mut self) -> Option<Cut<'t>> {
        let rest = self.text.get(self.place..)?;
        let start = self.place + rest.find(char::is_alphanumeric)?;
        let rest = self.text.get(start..)?;
        let mut pieces = 1;
        let mut end = rest.len();
        let mut letters = rest.char_indices();
        while let Some((place, letter)) = letters.next() {
            if is_inside(letter) {
                continue;
            }
            let follows = letters.as_str().chars().next().is_some_and(char::is_alphanumeric);
            let joins = match letter {
                '-' | '\u{2010}' | '\u{2011}' => {
                    pieces += 1;
                    pieces <= MOST_PIECES
                }
                '\'' | '\u{2019}' => true,
                _ => false,
            };
            if !(joins && follows) {
                end = place;
                break;
            }
        }
        let word = rest.get(..end)?;
        let ending = rest.get(end..).and_then(|rest| rest.strip_prefix(':')).map_or(0, |after| {
            let length = after.find(|letter| !is_inside(letter)).unwrap_or(after.len());
            let ending = after.get(..length).unwrap_or_default();
            if ACRONYM_ENDINGS.contains(&ending) { 1 + length } else { 0 }
        });
        self.place = start + end + ending;
        Some(Cut { word, start, end: self.place })
    }
}

/// Whether a character is a part of a word wherever it stands after the first.
fn is_inside(letter: char) -> bool {
    letter.is_alphanumeric() || is_mark(letter) || letter == '\u{ad}'
}

/// The pieces that hyphens join.
pub fn pieces(word: &str) -> impl Iterator<Item = &str> {
    word.split(['-', '\u{2010}', '\u{2011}'])
}

/// A word as it is looked up: composed (Unicode NFC), in lower case, without hyphens, of at most [`LONGEST`] characters.
pub fn normal(word: &str) -> String {
    let word = word.char_indices().nth(LONGEST).and_then(|(end, _)| word.get(..end)).unwrap_or(word);
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(word);
    let lower = composed.chars().flat_map(char::to_lowercase).filter_map(|letter| match letter {
        '-' | '\u{2010}' | '\u{2011}' | '\u{ad}' => None,
        '\u{2019}' => Some('\''),
        letter => Some(letter),
    });
    lower.take(LONGEST).collect()
}

/// The acronym that a piece of a word is, if it is one, without its ending.
pub fn acronym(piece: &str) -> Option<&str> {
    let capitals = piece.find(|letter: char| !letter.is_uppercase() && !letter.is_ascii_digit()).unwrap_or(piece.len());
    let (head, ending) = piece.split_at_checked(capitals)?;
    let letters = head.chars().filter(|letter| letter.is_uppercase()).count();
    let fits = letters >= 2 && head.chars().count() <= LONGEST_ACRONYM;
    (fits && (ending.is_empty() || ACRONYM_ENDINGS.contains(&ending))).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        cut(text).map(|cut| cut.word).collect()
    }

    #[test]
    fn words_are_letters_and_digits_and_what_joins_them() {
        for (text, cuts) in [
            ("Verkosto, ja muut!", &["Verkosto", "ja", "muut"][..]),
            ("koulutus- ja HR-verkosto", &["koulutus", "ja", "HR-verkosto"]),
            ("DVV:n ja EU:ssa", &["DVV", "ja", "EU"]),
            ("Teema:johtaminen", &["Teema", "johtaminen"]),
            ("klo 12:30, 1.12.2021–30.11.2023", &["klo", "12", "30", "1", "12", "2021", "30", "11", "2023"]),
            ("women's rights’ day", &["women's", "rights", "day"]),
            ("a-b-c-d-e-f-g-h", &["a-b-c-d-e-f", "g-h"]),
            ("- -- 'a' …", &["a"]),
            ("vaa’an A\u{308}iti", &["vaa’an", "A\u{308}iti"]),
            ("", &[]),
        ] {
            assert_eq!(words(text), cuts, "{text}");
        }
        assert_eq!(cut("DVV:n työ").next(), Some(Cut { word: "DVV", start: 0, end: 5 }));
    }

    #[test]
    fn words_are_made_alike() {
        for (word, expected) in [
            ("A\u{308}ITI", "äiti"),
            ("HR-verkosto", "hrverkosto"),
            ("ver\u{ad}kosto", "verkosto"),
            ("vaa’an", "vaa'an"),
        ] {
            assert_eq!(normal(word), expected);
        }
        assert_eq!(normal(&"ä".repeat(1000)).chars().count(), LONGEST);
    }

    #[test]
    fn acronyms_lose_their_endings() {
        for (piece, expected) in [
            ("DVV", Some("DVV")),
            ("HAUSissa", Some("HAUS")),
            ("APIs", Some("API")),
            ("TE", Some("TE")),
            ("VM's", Some("VM")),
            ("THL\u{2019}n", Some("THL")),
            ("VERKOSTO", None),
            ("Kela", None),
            ("WhatsApp", None),
            ("DVVverkosto", None),
            ("2024", None),
        ] {
            assert_eq!(acronym(piece), expected, "{piece}");
        }
    }
}
