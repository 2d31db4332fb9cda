//! What may have been meant: words that begin with what was typed, and words that are nearly it.
//!
//! Which of them are taken is decided by documents that may be seen alone. Many more are looked at than are taken, so that
//! words of other documents don't stand in the way; there is a bound all the same.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::text::analysis::{fold, is_stop_word};
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy_fst::Automaton;

use super::lists::count;
use super::mask::Mask;
use crate::search::engine::document::FIELDS;
use crate::search::engine::error::Result;
use crate::search::engine::postings::List;
use crate::search::engine::query::Word;
use crate::search::engine::segment::Snapshot;
use crate::search::engine::terms::is_made;

/// Words that begin alike, at most: those of the most documents.
const MOST_BEGINNINGS: usize = 100;
/// The fewest letters of a beginning that bases and parts of words may have, too.
const SHORTEST_INSIDE: usize = 4;
/// Words of a dictionary that are looked at for one query, at most; and of those that begin alike, how many are kept, or up
/// to twice as many: the most frequent.
const MOST_SEEN: usize = 20_000;
const MOST_OF_DICTIONARY: usize = 500;
/// Words of which the documents that may be seen are counted, and documents that are read for it, at most.
const MOST_COUNTED: usize = 2_000;
const MOST_READ: u64 = 2_000_000;
/// Corrections that are taken, at most.
const MOST_CORRECTIONS: usize = 4;
/// The letters that a word has to have for one mistake, and for two; and the most for any.
const ONE_MISTAKE: usize = 4;
const TWO_MISTAKES: usize = 8;
const LONGEST: usize = 40;
/// How much words count that are one or two mistakes away.
const WEIGHTS: [f32; 3] = [1.0, 0.7, 0.5];

/// A word of the index, and where it stands.
struct Candidate {
    text: String,
    /// How near it is; the smallest first.
    rank: (u8, bool),
    /// How many documents have it: all of them, deleted ones too, until those are counted that may be seen.
    documents: u64,
    /// By the number of the segment.
    lists: Vec<(usize, List)>,
}

impl Candidate {
    fn new(text: String, rank: (u8, bool)) -> Self {
        Self { text, rank, documents: 0, lists: Vec::new() }
    }

    fn add(&mut self, segment: usize, list: List) {
        self.documents += list.len();
        self.lists.push((segment, list));
    }

    /// The nearest first, of those the most frequent.
    fn order(&self) -> ((u8, bool), Reverse<u64>, &str) {
        (self.rank, Reverse(self.documents), &self.text)
    }

    /// How many documents have it that may be seen.
    fn count(&self, visible: &mut [Mask]) -> Result<u64> {
        let mut sum = 0;
        for (number, visible) in visible.iter_mut().enumerate() {
            let own = self.lists.iter().filter(|(segment, _)| *segment == number).map(|(_, list)| list);
            sum += count(own, visible)?;
        }
        Ok(sum)
    }
}

/// The best candidates that documents have which may be seen, in order, counted by those.
fn best(mut candidates: Vec<Candidate>, most: usize, visible: &mut [Mask]) -> Result<Vec<Candidate>> {
    candidates.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
    let mut best: Vec<Candidate> = Vec::new();
    let mut read = 0;
    for mut candidate in candidates.into_iter().take(MOST_COUNTED) {
        // No more documents may be seen than there are: nobody behind comes before the worst of enough.
        let worst = best.get(most.saturating_sub(1));
        if read > MOST_READ || worst.is_some_and(|worst| worst.order() < candidate.order()) {
            break;
        }
        read += candidate.documents;
        candidate.documents = candidate.count(visible)?;
        if candidate.documents > 0 {
            let place = best.partition_point(|other| other.order() < candidate.order());
            best.insert(place, candidate);
        }
    }
    best.truncate(most);
    Ok(best)
}

/// The dictionaries that terms of a letter are in, each with its segment's number.
fn dictionaries(
    snapshot: &Snapshot,
    letter: u8,
    fields: [bool; FIELDS],
) -> impl Iterator<Item = (usize, &Arc<InvertedIndexReader>)> {
    snapshot.segments.iter().enumerate().flat_map(move |(number, segment)| {
        let wanted = segment.dictionaries(letter).iter().zip(fields).filter(|(_, wanted)| *wanted);
        wanted.map(move |(reader, _)| (number, reader))
    })
}

/// The words that begin with a word, as terms: those of the most documents that may be seen.
pub(crate) fn beginnings(
    snapshot: &Snapshot,
    word: &Word,
    fields: [bool; FIELDS],
    visible: &mut [Mask],
) -> Result<Vec<String>> {
    let mut found: HashMap<String, Candidate> = HashMap::new();
    let surface = word.surface();
    let folded = fold(surface);
    let short = surface.chars().count() < SHORTEST_INSIDE;
    for (letter, head) in [(b'S', surface), (b'F', folded.as_ref()), (b'B', surface), (b'P', surface)] {
        if short && matches!(letter, b'B' | b'P') {
            continue;
        }
        for (segment, reader) in dictionaries(snapshot, letter, fields) {
            for (term, list) in most_frequent(reader, letter, head)? {
                let Ok(text) = String::from_utf8(term) else { continue };
                let new = |text: &String| Candidate::new(text.clone(), (0, false));
                found.entry(text).or_insert_with_key(new).add(segment, list);
            }
        }
    }
    let found = best(found.into_values().collect(), MOST_BEGINNINGS, visible)?;
    Ok(found.into_iter().map(|candidate| candidate.text).collect())
}

/// The terms of a dictionary with a letter and a head: only the most frequent ones.
fn most_frequent(reader: &Arc<InvertedIndexReader>, letter: u8, head: &str) -> Result<Vec<(Vec<u8>, List)>> {
    let from = format!("{}{head}", char::from(letter));
    let to = format!("{from}{}", char::MAX);
    let mut stream = reader.terms().range().ge(&from).le(&to).into_stream()?;
    let mut found: Vec<(Vec<u8>, TermInfo)> = Vec::new();
    let mut least = 0;
    for _ in 0..MOST_SEEN {
        if !stream.advance() {
            break;
        }
        let info = stream.value();
        if stream.key().ends_with(b"~") || info.doc_freq <= least {
            continue;
        }
        found.push((stream.key().to_vec(), info.clone()));
        if found.len() >= 2 * MOST_OF_DICTIONARY {
            found.sort_by_key(|(_, info)| Reverse(info.doc_freq));
            found.truncate(MOST_OF_DICTIONARY);
            least = found.last().map_or(0, |(_, info)| info.doc_freq);
        }
    }
    Ok(found.into_iter().map(|(term, info)| (term, List::new(reader, info))).collect())
}

/// Accepts terms of a letter that are nearly a word.
struct Nearly<'d> {
    dfa: &'d DFA,
    letter: u8,
}

/// Before a term's letter.
const START: u32 = u32::MAX;

impl Automaton for Nearly<'_> {
    type State = u32;

    fn start(&self) -> u32 {
        START
    }

    fn is_match(&self, state: &u32) -> bool {
        *state != START && matches!(self.dfa.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        match *state {
            START if byte == self.letter => self.dfa.initial_state(),
            START => SINK_STATE,
            state => self.dfa.transition(state, byte),
        }
    }
}

/// The words that were most likely meant by a word that nothing has: the nearest, of these the most frequent, each with
/// how much it counts. Only words of documents that may be seen.
pub(crate) fn corrections(
    snapshot: &Snapshot,
    word: &Word,
    fields: [bool; FIELDS],
    visible: &mut [Mask],
) -> Result<Vec<(Word, f32)>> {
    let letters = word.surface().chars().count();
    for (number, from) in (0..).zip([ONE_MISTAKE, TWO_MISTAKES]) {
        if (from..=LONGEST).contains(&letters) {
            let found = best(candidates(snapshot, word.surface(), number, fields)?, MOST_CORRECTIONS, visible)?;
            let distance = |candidate: &Candidate| candidate.rank.0;
            let nearest = found.first().map(distance);
            let nearest = found.iter().filter(|candidate| Some(distance(candidate)) == nearest);
            let weight = |distance: u8| WEIGHTS.get(usize::from(distance)).copied().unwrap_or_default();
            let words = nearest.filter_map(|near| Some((Word::read(&near.text)?, weight(distance(near)))));
            let words: Vec<(Word, f32)> = words.collect();
            if !words.is_empty() {
                return Ok(words);
            }
        }
    }
    Ok(Vec::new())
}

/// The words of the index that are nearly a word: one mistake away; or two, and then the first letter is right, since
/// nearly all beginnings are within two mistakes of any word.
fn candidates(snapshot: &Snapshot, typed: &str, number: usize, fields: [bool; FIELDS]) -> Result<Vec<Candidate>> {
    static BUILDERS: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
        LazyLock::new(|| [1, 2].map(|distance| LevenshteinAutomatonBuilder::new(distance, true)));
    let Some(builder) = BUILDERS.get(number) else { return Ok(Vec::new()) };
    let dfa = builder.build_dfa(typed);
    let first: String = typed.chars().take(number).collect();
    let mut found: HashMap<String, Candidate> = HashMap::new();
    for letter in [b'S', b'B', b'P', b'F'] {
        let head = format!("{}{first}", char::from(letter));
        let end = format!("{head}{}", char::MAX);
        for (segment, reader) in dictionaries(snapshot, letter, fields) {
            let nearly = Nearly { dfa: &dfa, letter };
            let mut stream = reader.terms().search(nearly).ge(&head).le(&end).into_stream()?;
            while stream.advance() {
                let Some((_, text)) = stream.key().split_first() else { continue };
                let text = String::from_utf8_lossy(text);
                let Distance::Exact(distance @ 1..) = dfa.eval(text.as_bytes()) else { continue };
                if is_made(&text) || is_stop_word(&fold(&text)) || found.len() > MOST_SEEN {
                    continue;
                }
                let new = |text: &String| Candidate::new(text.clone(), (distance, true));
                let candidate = found.entry(text.into_owned()).or_insert_with_key(new);
                // Known with its dots, too.
                candidate.rank.1 &= letter == b'F';
                candidate.add(segment, List::new(reader, stream.value().clone()));
            }
        }
    }
    Ok(found.into_values().collect())
}
