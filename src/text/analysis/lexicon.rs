//! The words that are known, by every stem that takes endings.

use std::sync::LazyLock;

use super::concepts::Concepts;
use super::hash::{extend, extend_folded};
use super::slots::{BITS, FOLDED, LINK, Slots};
use super::{finnish, swedish};

/// What a language's rules give the stems of a word to: each in pieces, with the endings that it takes.
pub type Sink<'s> = dyn FnMut(&[&str], Slots) + 's;

/// Words of Finnish and Swedish, and names.
pub struct Lexicon {
    pub(crate) finnish: Table,
    pub(crate) swedish: Table,
    pub(crate) names: Table,
    pub(crate) concepts: Concepts,
}

impl Lexicon {
    /// The lexicon that was written for this program. Its lists have a word in lower case and base form on a line; names,
    /// of people and places, are inflected in Finnish and Swedish and never taken apart.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);
        &BUILT_IN
    }

    fn new() -> Self {
        std::thread::scope(|scope| {
            // Half of the work is Finnish.
            let others = scope.spawn(|| {
                let swedish = Table::new(include_str!("lexicon/swedish.txt"), swedish::PREFIXES, swedish::word_stems);
                let names = Table::new(include_str!("lexicon/names.txt"), &[], finnish::name_stems);
                (swedish, names, Concepts::new())
            });
            let finnish = Table::new(include_str!("lexicon/finnish.txt"), finnish::PREFIXES, finnish::word_stems);
            let (swedish, names, concepts) = others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Self { finnish, swedish, names, concepts }
        })
    }
}

/// A stem in eight bytes: its hash, as far as its place doesn't tell that already, the number of its word, and the endings
/// that it takes. Stems themselves are not kept: one word in some hundred thousand is taken for a stem that it isn't.
#[derive(Clone, Copy)]
struct Stem(u64);

const FREE: Stem = Stem(0);
const WORD_BITS: u32 = 20;

impl Stem {
    fn new(tag: u64, word: u32, takes: Slots) -> Self {
        Self((tag << WORD_BITS | u64::from(word)) << BITS | u64::from(takes))
    }

    fn takes(self) -> Slots {
        (self.0 as u32) & ((1 << BITS) - 1)
    }

    fn word(self) -> u32 {
        (self.0 >> BITS) as u32 & ((1 << WORD_BITS) - 1)
    }

    fn tag(self) -> u64 {
        self.0 >> (BITS + WORD_BITS)
    }
}

/// The stems of a list of words, in a hash table with open addresses.
pub struct Table {
    text: String,
    words: Vec<(u32, u32)>,
    stems: Vec<Stem>,
}

impl Table {
    fn new(list: &str, prefixes: &[&str], stems_of: fn(&str, &mut Sink<'_>)) -> Self {
        let length = list.len() + prefixes.iter().map(|prefix| prefix.len()).sum::<usize>();
        let mut table = Self { text: String::with_capacity(length), words: Vec::new(), stems: Vec::new() };
        let mut stems: Vec<(u64, u32, Slots)> = Vec::with_capacity(length);
        let mut number = 0;
        let mut add = |number, pieces: &[&str], takes| {
            stems.push((pieces.iter().fold(0, |hash, piece| extend(hash, piece)), number, takes));
            if pieces.iter().any(|piece| !piece.is_ascii()) {
                let folded = pieces.iter().fold(0, |hash, piece| extend_folded(hash, piece));
                stems.push((folded, number, takes | FOLDED));
            }
        };
        for word in list.lines() {
            stems_of(word, &mut |pieces, takes| add(number, pieces, takes));
            table.push(word);
            number += 1;
        }
        for prefix in prefixes {
            add(number, &[prefix], LINK);
            table.push(prefix);
            number += 1;
        }
        table.stems = vec![FREE; stems.len() + stems.len() / 2 + 1];
        stems.into_iter().for_each(|(hash, word, takes)| table.insert(hash, word, takes));
        table
    }

    fn push(&mut self, word: &str) {
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let start = place(self.text.len());
        self.text.push_str(word);
        self.words.push((start, place(self.text.len())));
    }

    fn insert(&mut self, hash: u64, word: u32, takes: Slots) {
        let (start, tag) = self.address(hash);
        let (before, after) = self.stems.split_at_mut(start);
        for place in after.iter_mut().chain(before) {
            if place.takes() == 0 {
                *place = Stem::new(tag, word, takes);
                return;
            }
            if place.tag() == tag && place.word() == word && (place.takes() ^ takes) & FOLDED == 0 {
                place.0 |= u64::from(takes);
                return;
            }
        }
    }

    fn address(&self, hash: u64) -> (usize, u64) {
        let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let mixed = mixed ^ (mixed >> 32);
        let place = ((u128::from(mixed) * self.stems.len() as u128) >> 64) as usize;
        (place, mixed & ((1 << (u64::BITS - BITS - WORD_BITS)) - 1))
    }

    /// The words with a stem that takes one of some endings; folded stems only where those are asked for.
    pub fn find(&self, hash: u64, endings: Slots, folded: bool) -> impl Iterator<Item = u32> + '_ {
        let (start, tag) = self.address(hash);
        let endings = endings & !FOLDED;
        let (before, after) = self.stems.split_at_checked(start).unwrap_or_default();
        after
            .iter()
            .chain(before)
            .take_while(|stem| stem.takes() != 0)
            .filter(move |stem| stem.tag() == tag && stem.takes() & endings != 0)
            .filter(move |stem| folded || stem.takes() & FOLDED == 0)
            .map(|stem| stem.word())
    }

    /// All endings that a stem takes; those of folded stems only where they are asked for.
    pub fn takes(&self, hash: u64, folded: bool) -> Slots {
        let (start, tag) = self.address(hash);
        let (before, after) = self.stems.split_at_checked(start).unwrap_or_default();
        let mut all = 0;
        for stem in after.iter().chain(before) {
            let takes = stem.takes();
            if takes == 0 {
                break;
            }
            if stem.tag() == tag && (folded || takes & FOLDED == 0) {
                all |= takes;
            }
        }
        all & !FOLDED
    }

    /// A word by its number.
    pub fn word(&self, number: u32) -> &str {
        let (start, end) = self.words.get(number as usize).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_list_is_a_word_and_stands_once() {
        for list in [
            include_str!("lexicon/finnish.txt"),
            include_str!("lexicon/swedish.txt"),
            include_str!("lexicon/names.txt"),
        ] {
            let mut words: Vec<&str> = list.lines().collect();
            let count = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), count);
            // A word has a number of so many bits, and so have the prefixes.
            assert!(count < 1 << (WORD_BITS - 1));
            for word in words {
                assert!(
                    !word.is_empty() && word == word.to_lowercase() && !word.contains(char::is_whitespace),
                    "{word}"
                );
            }
        }
    }
}
