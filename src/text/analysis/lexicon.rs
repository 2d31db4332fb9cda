//! The words that are known, by every stem that takes endings.

use std::ops::Range;
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

/// A stem in eight bytes: a part of its hash that its bucket doesn't tell, the number of its word, and the endings that it
/// takes. Stems themselves are not kept: one word in some hundred thousand is taken for a stem that it isn't.
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

/// Stems in a bucket, about.
const BUCKET: usize = 8;

/// The stems of a list of words, in buckets by their hashes: a table with places to spare would be half as large again.
pub struct Table {
    list: &'static str,
    /// Where each line of the list begins, and where the last one ends.
    lines: Vec<u32>,
    prefixes: &'static [&'static str],
    stems: Vec<Stem>,
    /// Where each bucket of stems begins, and where the last one ends.
    buckets: Vec<u32>,
}

impl Table {
    fn new(list: &'static str, prefixes: &'static [&'static str], stems_of: fn(&str, &mut Sink<'_>)) -> Self {
        let mut stems: Vec<(u64, u32, Slots)> = Vec::with_capacity(list.len());
        let mut add = |number, pieces: &[&str], takes| {
            stems.push((mixed(pieces.iter().fold(0, |hash, piece| extend(hash, piece))), number, takes));
            if pieces.iter().any(|piece| !piece.is_ascii()) {
                let folded = pieces.iter().fold(0, |hash, piece| extend_folded(hash, piece));
                stems.push((mixed(folded), number, takes | FOLDED));
            }
        };
        let mut lines = vec![0];
        let mut number = 0;
        for line in list.split_inclusive('\n') {
            stems_of(line.trim_end(), &mut |pieces, takes| add(number, pieces, takes));
            lines.push(place(lines.last().map_or(0, |start| *start as usize) + line.len()));
            number += 1;
        }
        for prefix in prefixes {
            add(number, &[prefix], LINK);
            number += 1;
        }
        let mut table =
            Self { list, lines, prefixes, stems: vec![FREE; stems.len()], buckets: vec![0; stems.len() / BUCKET + 2] };
        for (hash, ..) in &stems {
            let bucket = table.bucket(*hash);
            if let Some(end) = table.buckets.get_mut(bucket + 1) {
                *end += 1;
            }
        }
        let mut end = 0;
        for bucket in &mut table.buckets {
            end += *bucket;
            *bucket = end;
        }
        stems.into_iter().for_each(|(hash, word, takes)| table.insert(hash, word, takes));
        table
    }

    fn insert(&mut self, hash: u64, word: u32, takes: Slots) {
        let places = self.places(hash);
        let tag = tag(hash);
        for place in self.stems.get_mut(places).unwrap_or_default() {
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

    /// The bucket of a hash: there is one more place in `buckets`, for the end of the last.
    fn bucket(&self, hash: u64) -> usize {
        ((u128::from(hash) * (self.buckets.len() - 1) as u128) >> 64) as usize
    }

    fn places(&self, hash: u64) -> Range<usize> {
        let at = |bucket: usize| self.buckets.get(bucket).map_or(0, |place| *place as usize);
        let bucket = self.bucket(hash);
        at(bucket)..at(bucket + 1)
    }

    /// What is known of a stem, by its hash.
    fn of(&self, hash: u64) -> impl Iterator<Item = Stem> + '_ {
        let hash = mixed(hash);
        let tag = tag(hash);
        let stems = self.stems.get(self.places(hash)).unwrap_or_default();
        stems.iter().copied().take_while(|stem| stem.takes() != 0).filter(move |stem| stem.tag() == tag)
    }

    /// The words with a stem that takes one of some endings; folded stems only where those are asked for.
    pub fn find(&self, hash: u64, endings: Slots, folded: bool) -> impl Iterator<Item = u32> + '_ {
        let endings = endings & !FOLDED;
        self.of(hash)
            .filter(move |stem| stem.takes() & endings != 0 && (folded || stem.takes() & FOLDED == 0))
            .map(Stem::word)
    }

    /// All endings that a stem takes; those of folded stems only where they are asked for.
    pub fn takes(&self, hash: u64, folded: bool) -> Slots {
        let stems = self.of(hash).map(Stem::takes).filter(|takes| folded || takes & FOLDED == 0);
        stems.fold(0, |all, takes| all | takes) & !FOLDED
    }

    /// A word by its number.
    pub fn word(&self, number: u32) -> &str {
        let number = number as usize;
        match self.lines.get(number..number + 2) {
            Some([start, next]) => self.list.get(*start as usize..*next as usize).unwrap_or_default().trim_end(),
            _ => self.prefixes.get(number + 1 - self.lines.len()).copied().unwrap_or_default(),
        }
    }
}

/// A hash whose every bit depends on all of its own.
fn mixed(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ (mixed >> 32)
}

/// What a stem keeps of its mixed hash, whose highest bits tell the bucket.
fn tag(hash: u64) -> u64 {
    hash & ((1 << (u64::BITS - BITS - WORD_BITS)) - 1)
}

fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
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
