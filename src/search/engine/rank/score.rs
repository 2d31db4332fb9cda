//! Scores, window by window: BM25F for each term, the best term of each group, the best group of each word, the sum of
//! the words times the share of them that a document has; what is called as the whole query is fits it better still. A rare word is more of the query than one that many have.

use std::sync::LazyLock;

use tantivy::{DocId, TERMINATED};

use super::lists::FoundGroup;
use super::plan::{Plan, Wanted};
use crate::search::engine::document::{FIELDS, Field};
use crate::search::engine::error::Result;
use crate::search::engine::lengths::{Lengths, words};
use crate::search::engine::postings::{BLOCKS, Bits, Cursor, List, WINDOW, first_of, place_of, places, set, window_of};

/// How soon more of the same counts no more.
const K1: f32 = 1.2;
/// How much a field's length matters.
const B: f32 = 0.3;
/// How much the other terms of a group count besides the best one.
const TIE: f32 = 0.1;
/// All parts of a compound, and how much its last part counts where others are missing.
const APART: f32 = 0.7;
const HEAD: f32 = 0.4;
/// How much more of the query a rarer word is; one that most documents have still is a word of it.
const RARER: f32 = 1.5;
/// How much more what is called as the whole query is fits it.
const NAMED: f32 = 2.0;
const LEAST: f32 = 1.0;

/// What a word in a field counts, by field and by the length's code.
type Norms = [[f32; 256]; FIELDS];

static NORMS: LazyLock<Norms> = LazyLock::new(|| {
    Field::ALL.map(|field| {
        std::array::from_fn(|code| {
            let length = words(u8::try_from(code).unwrap_or(u8::MAX)) as f32 / field.usual_length();
            field.weight() / (1.0 - B + B * length)
        })
    })
});

fn norm(norms: &Norms, field: usize, lengths: &[Lengths], document: DocId) -> f32 {
    let code = lengths.get(document as usize).and_then(|lengths| lengths.get(field)).copied().unwrap_or_default();
    norms.get(field).and_then(|norms| norms.get(usize::from(code))).copied().unwrap_or_default()
}

/// How rare terms are that so many documents have.
pub(crate) fn rarity(documents: u64, having: u64) -> f32 {
    let (documents, having) = (documents.max(having) as f64, having as f64);
    (1.0 + (documents - having + 0.5) / (having + 0.5)).ln() as f32
}

type Numbers = Box<[f32; WINDOW]>;

fn numbers() -> Numbers {
    Box::new([0.0; WINDOW])
}

fn take(numbers: &mut Numbers, place: usize) -> f32 {
    numbers.get_mut(place).map(std::mem::take).unwrap_or_default()
}

fn raise(numbers: &mut Numbers, place: usize, score: f32) {
    if let Some(best) = numbers.get_mut(place) {
        *best = best.max(score);
    }
}

fn add(numbers: &mut Numbers, place: usize, score: f32) {
    if let Some(sum) = numbers.get_mut(place) {
        *sum += score;
    }
}

/// A term's cursors in a segment, each with its field.
struct Read {
    cursors: Vec<(usize, Cursor)>,
    weight: f32,
}

/// A group's cursors.
struct Open {
    terms: Vec<Read>,
    rarity: f32,
}

/// How much of a query each of its words is: all together are one.
fn shares(plan: &Plan, rarities: &[f32]) -> Vec<f32> {
    let rarity = |wanted: &Wanted| {
        let groups = wanted.whole.iter().map(|(group, _)| group).chain(&wanted.parts);
        groups
            .filter_map(|group| rarities.get(*group))
            .copied()
            .reduce(f32::min)
            .unwrap_or_default()
            .max(LEAST)
            .powf(RARER)
    };
    let rarities: Vec<f32> = plan.words.iter().map(rarity).collect();
    let sum: f32 = rarities.iter().sum();
    rarities.into_iter().map(|rarity| rarity / sum).collect()
}

/// Scores the documents of a segment.
pub(crate) struct Scorer<'s> {
    plan: &'s Plan,
    /// By word.
    shares: Vec<f32>,
    groups: Vec<Open>,
    /// What is called as the whole query is.
    named: Vec<Cursor>,
    lengths: &'s [Lengths],
    norms: &'static Norms,
    frequency: Numbers,
    best: Numbers,
    sum: Numbers,
    word: Numbers,
    parts: Numbers,
    found: Numbers,
    last: Numbers,
    pub(crate) total: Numbers,
    matched: Numbers,
    every: bool,
}

impl<'s> Scorer<'s> {
    pub(crate) fn new(
        plan: &'s Plan,
        found: &[FoundGroup],
        named: &[(usize, List)],
        rarities: &[f32],
        lengths: &'s [Lengths],
    ) -> Result<Self> {
        let mut groups = Vec::with_capacity(found.len());
        for (group, rarity) in found.iter().zip(rarities) {
            let mut terms = Vec::with_capacity(group.len());
            for found in group {
                let open = |(field, list): &(usize, List)| Ok((*field, list.cursor(true)?));
                let cursors = found.lists.iter().map(open).collect::<Result<_>>()?;
                terms.push(Read { cursors, weight: found.weight });
            }
            groups.push(Open { terms, rarity: *rarity });
        }
        let [frequency, best, sum, word, parts, found, last, total, matched] = std::array::from_fn(|_| numbers());
        Ok(Self {
            plan,
            shares: shares(plan, rarities),
            groups,
            named: named.iter().map(|(_, list)| list.cursor(true)).collect::<Result<_>>()?,
            lengths,
            norms: &NORMS,
            frequency,
            best,
            sum,
            word,
            parts,
            found,
            last,
            total,
            matched,
            every: false,
        })
    }

    /// Lets only documents through that have every word.
    pub(crate) fn every(self) -> Self {
        Self { every: true, ..self }
    }

    /// The next window that has a document with one of the words.
    pub(crate) fn next_window(&self) -> Option<usize> {
        let cursors = self.groups.iter().flat_map(|group| &group.terms).flat_map(|term| &term.cursors);
        let next = cursors.map(|(_, cursor)| cursor.document()).min()?;
        (next < TERMINATED).then(|| window_of(next))
    }

    /// Scores the documents of a window; the bits of those that have a word, their scores in `total`.
    pub(crate) fn window(&mut self, window: usize) -> Bits {
        let mut all: Bits = [0; BLOCKS];
        let plan = self.plan;
        let mut complete: Bits = [u64::MAX; BLOCKS];
        self.total.fill(0.0);
        for (number, wanted) in plan.words.iter().enumerate() {
            let share = self.shares.get(number).copied().unwrap_or_default();
            let bits = self.score_word(wanted, window);
            for place in places(&bits) {
                let score = take(&mut self.word, place);
                add(&mut self.total, place, score);
                add(&mut self.matched, place, share);
            }
            all.iter_mut().zip(bits).for_each(|(all, own)| *all |= own);
            complete.iter_mut().zip(bits).for_each(|(complete, own)| *complete &= own);
        }
        complete.iter_mut().zip(all).for_each(|(complete, all)| *complete &= all);
        for place in places(&all) {
            let share = take(&mut self.matched, place);
            if let Some(score) = self.total.get_mut(place) {
                *score *= share;
            }
        }
        let end = first_of(window + 1);
        for cursor in &mut self.named {
            cursor.each(end, |document, _| {
                if let Some(score) = self.total.get_mut(place_of(document)) {
                    *score *= NAMED;
                }
            });
        }
        if self.every {
            return complete;
        }
        all
    }

    /// A word's scores go to `word`.
    fn score_word(&mut self, wanted: &Wanted, window: usize) -> Bits {
        let mut all: Bits = [0; BLOCKS];
        for (group, factor) in &wanted.whole {
            let bits = self.score_group(*group, window);
            for place in places(&bits) {
                let score = take(&mut self.best, place) * factor;
                raise(&mut self.word, place, score);
            }
            all.iter_mut().zip(bits).for_each(|(all, own)| *all |= own);
        }
        let mut apart: Bits = [0; BLOCKS];
        for (number, group) in wanted.parts.iter().enumerate() {
            let bits = self.score_group(*group, window);
            for place in places(&bits) {
                let score = take(&mut self.best, place);
                add(&mut self.parts, place, score);
                add(&mut self.found, place, 1.0);
                if number + 1 == wanted.parts.len() {
                    add(&mut self.last, place, score);
                }
            }
            apart.iter_mut().zip(bits).for_each(|(all, own)| *all |= own);
        }
        let count = wanted.parts.len().max(1) as f32;
        for place in places(&apart) {
            let (sum, found) = (take(&mut self.parts, place), take(&mut self.found, place));
            let last = take(&mut self.last, place);
            let sum = if found < count { sum - (1.0 - HEAD) * last } else { sum };
            raise(&mut self.word, place, APART * found / count * sum / count);
        }
        all.iter_mut().zip(apart).for_each(|(all, own)| *all |= own);
        all
    }

    /// A group's scores go to `best`.
    fn score_group(&mut self, number: usize, window: usize) -> Bits {
        let mut all: Bits = [0; BLOCKS];
        let end = first_of(window + 1);
        let Some(group) = self.groups.get_mut(number) else { return all };
        for term in &mut group.terms {
            let mut bits: Bits = [0; BLOCKS];
            for (field, cursor) in &mut term.cursors {
                cursor.each(end, |document, count| {
                    let place = place_of(document);
                    set(&mut bits, place);
                    add(&mut self.frequency, place, count as f32 * norm(self.norms, *field, self.lengths, document));
                });
            }
            for place in places(&bits) {
                let frequency = take(&mut self.frequency, place);
                let score = term.weight * frequency / (K1 + frequency);
                raise(&mut self.best, place, score);
                add(&mut self.sum, place, score);
            }
            all.iter_mut().zip(bits).for_each(|(all, own)| *all |= own);
        }
        for place in places(&all) {
            let sum = take(&mut self.sum, place);
            if let Some(best) = self.best.get_mut(place) {
                *best = group.rarity * (*best + TIE * (sum - *best));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::engine::query::Words;

    #[test]
    fn a_rare_word_is_more_of_a_query_and_every_word_is_some() {
        let plan = Plan::new(&Words::parse("kokous metsä"));
        let whole: Vec<usize> = plan.words.iter().flat_map(|word| word.whole.iter().map(|(group, _)| *group)).collect();
        assert_eq!(whole, [0, 1]);
        let [often, rare] = shares(&plan, &[0.1, 3.0])[..] else { panic!("two words") };
        assert!(rare > 4.0 * often && often > 0.1, "{often} {rare}");
        assert!((often + rare - 1.0).abs() < 1e-6, "{often} {rare}");
    }
}
