//! What may have been meant: words that begin with what was typed, and words that are nearly it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::LazyLock;

use crate::text::analysis::fold;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::index::InvertedIndexReader;
use tantivy_fst::Automaton;

use super::lists::{count, find_term};
use super::mask::Mask;
use crate::search::engine::document::FIELDS;
use crate::search::engine::error::Result;
use crate::search::engine::postings::List;
use crate::search::engine::query::Word;
use crate::search::engine::segment::{Segment, Snapshot};
use crate::search::engine::terms::is_made;

/// Words that begin alike, at most: those of the most documents.
const MOST_BEGINNINGS: usize = 100;
/// The fewest letters of a beginning that bases and parts of words may have, too.
const SHORTEST_INSIDE: usize = 4;
/// Words of a dictionary that are looked at for one query, at most.
const MOST_SEEN: usize = 20_000;
/// Corrections that are looked at, and that are taken.
const MOST_CANDIDATES: usize = 40;
const MOST_CORRECTIONS: usize = 4;
/// The letters that a word has to have for one mistake, and for two; and the most for any.
const ONE_MISTAKE: usize = 4;
const TWO_MISTAKES: usize = 8;
const LONGEST: usize = 40;
/// How much words count that are one or two mistakes away.
const WEIGHTS: [f32; 3] = [1.0, 0.7, 0.5];

/// The words of the index that begin with a word, as terms.
pub(crate) fn beginnings(snapshot: &Snapshot, word: &Word, fields: [bool; FIELDS]) -> Result<Vec<String>> {
    let mut found: HashMap<Vec<u8>, u64> = HashMap::new();
    let surface = word.surface();
    let folded = fold(surface);
    let short = surface.chars().count() < SHORTEST_INSIDE;
    for (letter, head) in [(b'S', surface), (b'F', folded.as_ref()), (b'B', surface), (b'P', surface)] {
        if short && matches!(letter, b'B' | b'P') {
            continue;
        }
        for segment in &snapshot.segments {
            for (reader, wanted) in segment.dictionaries(letter).iter().zip(fields) {
                if wanted {
                    for (documents, term) in most_frequent(reader, letter, head)? {
                        *found.entry(term).or_default() += documents;
                    }
                }
            }
        }
    }
    let terms = found.into_iter().filter_map(|(term, documents)| Some((String::from_utf8(term).ok()?, documents)));
    let mut found: Vec<(String, u64)> = terms.collect();
    found.sort_unstable_by(|one, other| (Reverse(one.1), &one.0).cmp(&(Reverse(other.1), &other.0)));
    found.truncate(MOST_BEGINNINGS);
    Ok(found.into_iter().map(|(term, _)| term).collect())
}

/// The terms of a dictionary with a letter and a head, with how many documents each has: only the most frequent ones.
fn most_frequent(reader: &InvertedIndexReader, letter: u8, head: &str) -> Result<Vec<(u64, Vec<u8>)>> {
    let from = format!("{}{head}", char::from(letter));
    let to = format!("{from}{}", char::MAX);
    let mut stream = reader.terms().range().ge(&from).le(&to).into_stream()?;
    let mut best: BinaryHeap<Reverse<(u64, Vec<u8>)>> = BinaryHeap::new();
    for _ in 0..MOST_SEEN {
        if !stream.advance() {
            break;
        }
        let documents = u64::from(stream.value().doc_freq);
        let full = best.len() >= MOST_BEGINNINGS;
        let least = best.peek().map_or(0, |Reverse((documents, _))| *documents);
        if stream.key().ends_with(b"~") || full && documents <= least {
            continue;
        }
        if full {
            best.pop();
        }
        best.push(Reverse((documents, stream.key().to_vec())));
    }
    Ok(best.into_iter().map(|Reverse(term)| term).collect())
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

/// A word of the index that is nearly what was typed.
struct Candidate {
    text: String,
    distance: u8,
    /// Only known without its dots.
    folded: bool,
    documents: u64,
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
            let found = candidates(snapshot, word.surface(), number, fields)?;
            let found = best(snapshot, found, fields, visible)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }
    Ok(Vec::new())
}

/// The best of some candidates that may be seen.
fn best(
    snapshot: &Snapshot,
    mut candidates: Vec<Candidate>,
    fields: [bool; FIELDS],
    visible: &mut [Mask],
) -> Result<Vec<(Word, f32)>> {
    let order = |one: &Candidate| (one.distance, one.folded, Reverse(one.documents));
    candidates.sort_by(|one, other| order(one).cmp(&order(other)).then_with(|| one.text.cmp(&other.text)));
    candidates.truncate(MOST_CANDIDATES);
    for candidate in &mut candidates {
        candidate.documents = 0;
        for (segment, visible) in snapshot.segments.iter().zip(visible.iter_mut()) {
            let lists = all_lists(segment, &candidate.text, fields)?;
            candidate.documents += count(lists.iter(), visible, u64::MAX)?;
        }
    }
    candidates.retain(|candidate| candidate.documents > 0);
    candidates.sort_by(|one, other| order(one).cmp(&order(other)).then_with(|| one.text.cmp(&other.text)));
    let nearest = candidates.first().map(|candidate| candidate.distance);
    candidates.retain(|candidate| Some(candidate.distance) == nearest);
    candidates.truncate(MOST_CORRECTIONS);
    let weight = |distance: u8| WEIGHTS.get(usize::from(distance)).copied().unwrap_or_default();
    Ok(candidates.iter().filter_map(|found| Some((Word::read(&found.text)?, weight(found.distance)))).collect())
}

/// All lists of a word, whatever it is to the words of the documents.
fn all_lists(segment: &Segment, text: &str, fields: [bool; FIELDS]) -> Result<Vec<List>> {
    let mut all = Vec::new();
    for letter in ["S", "B", "P", "F"] {
        all.extend(find_term(segment, &format!("{letter}{text}"), fields)?.into_iter().map(|(_, list)| list));
    }
    Ok(all)
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
    for (letter, segment) in [b'S', b'B', b'P', b'F']
        .into_iter()
        .flat_map(|letter| snapshot.segments.iter().map(move |segment| (letter, segment)))
    {
        let head = format!("{}{first}", char::from(letter));
        let end = format!("{head}{}", char::MAX);
        for (reader, wanted) in segment.dictionaries(letter).iter().zip(fields) {
            let nearly = Nearly { dfa: &dfa, letter };
            let mut stream = reader.terms().search(nearly).ge(&head).le(&end).into_stream()?;
            while wanted && stream.advance() {
                let Some((_, text)) = stream.key().split_first() else { continue };
                let text = String::from_utf8_lossy(text);
                let Distance::Exact(distance @ 1..) = dfa.eval(text.as_bytes()) else { continue };
                if is_made(&text) || found.len() > MOST_SEEN {
                    continue;
                }
                let candidate = found.entry(text.into_owned()).or_insert_with_key(|text| Candidate {
                    text: text.clone(),
                    distance,
                    folded: true,
                    documents: 0,
                });
                candidate.folded &= letter == b'F';
                candidate.documents += u64::from(stream.value().doc_freq);
            }
        }
    }
    Ok(found.into_values().collect())
}
