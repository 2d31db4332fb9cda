//! Words as a morphological analyser of Finnish reads them, brought to the terms that this one makes.

use std::sync::Arc;

use super::super::grammar::Compound;
use super::super::tokens::normal;
use super::super::voikko::Analysis;

/// Something that knows the forms of Finnish words.
pub trait Morphology {
    /// All that a word in lower case may be; nothing, of one that isn't known.
    fn analyses(&self, word: &str) -> Arc<[Analysis]>;
}

/// The most ways of taking a word apart that are looked at.
const MOST_SPLITS: usize = 3;
/// The most parts that a word is taken apart to.
const MOST_PARTS: usize = 8;

/// The class of verbs, and the moods of their infinitives in *-minen* and in *-a*.
const VERB: &str = "teonsana";
const IN_MINEN: &str = "MINEN-infinitive";
const IN_A: &str = "A-infinitive";
const IMPERATIVE: &str = "imperative";
/// How the parts of an adjective in *-inen* end.
const IN_INEN: &str = "(+inen)";
/// The class of adjectives.
const ADJECTIVE: &str = "laatusana";
/// The cases that a part of a compound has before another: nominative and genitive.
const LINKING: [&str; 2] = ["nimento", "omanto"];

/// What a word may be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its base forms.
    pub bases: Vec<String>,
    /// The verbs of those that are participles.
    pub verbs: Vec<String>,
    /// The verbs and adjectives that it, or a part of it, comes of; and the verb that it is.
    pub roots: Vec<String>,
    /// The ways of taking it apart, each in its parts.
    pub splits: Vec<Vec<Segment>>,
}

impl Reading {
    /// Whether a compound of another language is as likely: of known words, and no more of them.
    pub fn yields_to(&self, compound: &Compound) -> bool {
        let parts = self.splits.iter().map(Vec::len).min().unwrap_or(1);
        compound.is_known() && compound.parts.len() <= parts
    }
}

/// A part of a compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The base forms it may have; where it isn't known alone, itself.
    pub bases: Vec<String>,
}

/// Reads a word in lower case; nothing, of one that isn't known.
pub fn read(morphology: &dyn Morphology, word: &str) -> Option<Reading> {
    let found = morphology.analyses(word);
    let (analyses, others) = likely(&found);
    let mut reading = Reading::default();
    let mut ways: Vec<(&str, Vec<usize>)> = Vec::new();
    for analysis in &analyses {
        let starts = starts(&analysis.structure, word);
        let last = starts.last().copied().unwrap_or_default();
        add(&mut reading.bases, base(analysis, word, last));
        add_verb(analysis, word, last, &mut reading.verbs);
        add_roots(morphology, analysis, word, last, &mut reading.roots);
        if starts.len() > 1 && starts.len() <= MOST_PARTS && !ways.iter().any(|(_, known)| *known == starts) {
            ways.push((&analysis.structure, starts));
        }
    }
    for analysis in others.iter().filter(|other| reading.bases.contains(&normal(&other.base))) {
        add_roots(morphology, analysis, word, 0, &mut reading.roots);
    }
    for (structure, starts) in ways.into_iter().take(MOST_SPLITS) {
        let Some(last) = starts.last().copied() else { continue };
        let head = word.get(..last).unwrap_or_default();
        let mut whole = Vec::new();
        let own = analyses.iter().filter(|analysis| analysis.structure == structure);
        own.for_each(|analysis| {
            add(&mut whole, base(analysis, word, last));
            add_verb(analysis, word, last, &mut whole);
        });
        let tails = whole.iter().filter_map(|base| base.strip_prefix(head)).filter(|tail| !tail.is_empty());
        let tail = Segment { start: last, end: word.len(), bases: tails.map(str::to_owned).collect() };
        if tail.bases.is_empty() {
            // Uudenmaan: what is before isn't that in the base form.
            continue;
        }
        let ends = starts.iter().skip(1).copied();
        let mut segments: Vec<Segment> = Vec::new();
        for (start, end) in starts.iter().copied().zip(ends) {
            let text = word.get(start..end).unwrap_or_default();
            segments.push(Segment { start, end, bases: linking(morphology, text, &mut reading.roots) });
        }
        segments.push(tail);
        reading.splits.push(segments);
    }
    (!reading.bases.is_empty()).then_some(reading)
}

/// The analyses that are likely, and the others. Of fewer parts is likelier; commands and possessive suffixes are seldom
/// meant where a word may be something else, nor is what is made as freely as a form, a participle or an adjective in
/// *-inen*.
fn likely(analyses: &[Analysis]) -> (Vec<&Analysis>, Vec<&Analysis>) {
    fn doubt(analysis: &Analysis) -> (usize, bool, bool) {
        let parts = analysis.structure.matches('=').count();
        let is_seldom = analysis.is_possessed || analysis.mood == IMPERATIVE;
        (parts, is_seldom, analysis.is_participle || analysis.word_bases.ends_with(IN_INEN))
    }
    let based = || analyses.iter().filter(|analysis| !analysis.base.is_empty());
    let least = based().map(doubt).min();
    based().partition(|analysis| Some(doubt(analysis)) == least)
}

/// The base forms of a part that stands before another, and its roots; itself, if it isn't known alone.
fn linking(morphology: &dyn Morphology, text: &str, roots: &mut Vec<String>) -> Vec<String> {
    let mut bases = Vec::new();
    let mut read = |word: &str, bases: &mut Vec<String>, fits: &dyn Fn(&str) -> bool| {
        let found = morphology.analyses(word);
        let (mut analyses, _) = likely(&found);
        analyses.retain(|analysis| LINKING.contains(&analysis.case.as_str()) && fits(&base(analysis, word, 0)));
        for analysis in analyses {
            add(bases, base(analysis, word, 0));
            add_roots(morphology, analysis, word, 0, roots);
        }
    };
    read(text, &mut bases, &|_| true);
    if let Some(head) = text.strip_suffix('s').filter(|_| bases.is_empty()) {
        // Ihmis-, johtamis-, kansallis-.
        let nominative = format!("{head}nen");
        read(&nominative, &mut bases, &|base| base == nominative);
    }
    if bases.is_empty() {
        bases.push(text.to_owned());
    }
    bases
}

/// Adds the verb of a participle, with what is before the last part of the word.
fn add_verb(analysis: &Analysis, word: &str, last: usize, verbs: &mut Vec<String>) {
    if let Some(verb) = derived_of(&analysis.word_bases).filter(|_| analysis.is_participle) {
        add(verbs, format!("{}{}", word.get(..last).unwrap_or_default(), normal(verb)));
    }
}

/// The base form of an analysis: of a verb's noun in *-minen*, that noun.
fn base(analysis: &Analysis, word: &str, last: usize) -> String {
    let noun = || {
        let tail = word.get(last..)?;
        let end = tail.rfind("mis").max(tail.rfind("minen"))?;
        Some(format!("{}minen", word.get(..last + end)?))
    };
    let is_noun = analysis.class == VERB && analysis.mood == IN_MINEN;
    is_noun.then(noun).flatten().unwrap_or_else(|| normal(&analysis.base))
}

/// Adds the verb or adjective that a word, or its last part, comes of or is.
fn add_roots(morphology: &dyn Morphology, analysis: &Analysis, word: &str, last: usize, roots: &mut Vec<String>) {
    if analysis.class == VERB {
        let base = normal(&analysis.base);
        let head = word.get(..last).unwrap_or_default();
        add(roots, base.strip_prefix(head).unwrap_or(&base).to_owned());
    }
    let Some(root) = derived_of(&analysis.word_bases).map(normal) else { return };
    let is_root = |analysis: &Analysis| {
        normal(&analysis.base) == root
            && (analysis.class == VERB && analysis.mood == IN_A || analysis.class.ends_with(ADJECTIVE))
    };
    if morphology.analyses(&root).iter().any(is_root) {
        add(roots, root);
    }
}

/// The word that the last part of a word is derived of: *johtaa* in `+tieto(tieto)+johta(johtaa)+ja(+ja)`.
fn derived_of(word_bases: &str) -> Option<&str> {
    let mut derived = false;
    for piece in word_bases.rsplit(')') {
        let Some((_, base)) = piece.rsplit_once('(') else { continue };
        if !base.starts_with('+') {
            return Some(base).filter(|base| derived && !base.contains(['=', '|']));
        }
        derived = true;
    }
    None
}

/// Where the parts of a word begin, in bytes: nothing, if the structure isn't one of this word.
fn starts(structure: &str, word: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut letters = word.char_indices().map(|(place, _)| place);
    let mut begins = false;
    for mark in structure.chars() {
        if mark == '=' {
            begins = true;
            continue;
        }
        let Some(place) = letters.next() else { return Vec::new() };
        if begins || starts.is_empty() {
            starts.push(place);
            begins = false;
        }
    }
    if letters.next().is_some() { Vec::new() } else { starts }
}

fn add(words: &mut Vec<String>, word: String) {
    if !word.is_empty() && !words.contains(&word) {
        words.push(word);
    }
}

#[cfg(test)]
#[path = "morphology_tests.rs"]
mod tests;
