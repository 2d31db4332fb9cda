//! What is kept of a file: of each subject that could be a concept, what SKOS says of it, and nothing else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::TEXT;

/// The number of a URI in a file.
pub type Number = u32;

/// Subjects whose names wait for their type, at most: all sorts of things have names, and there may be many.
const WAITING: usize = 1000;

/// Bytes that something kept takes beside its text, about.
const OVERHEAD: usize = 48;

/// A text in a language, and its line.
pub struct Labelled {
    /// The language, by its canonical tag.
    pub language: String,
    /// The text.
    pub text: String,
    /// Its line.
    pub line: u64,
}

/// What a file says of a subject.
#[derive(Default)]
pub struct Draft {
    /// The line on which it was first spoken of.
    pub line: u64,
    /// Whether it is a concept.
    pub is_concept: bool,
    /// Whether it is a vocabulary (skos:ConceptScheme).
    pub is_scheme: bool,
    /// Its other types.
    pub types: Vec<Number>,
    /// Preferred labels.
    pub pref_labels: Vec<Labelled>,
    /// Alternative labels.
    pub alt_labels: Vec<Labelled>,
    /// Names of another kind, as vocabularies have them.
    pub titles: Vec<Labelled>,
    /// Definitions.
    pub definitions: Vec<Labelled>,
    /// The notation; of several, the first in order.
    pub notation: Option<String>,
    /// Broader concepts, each with its line.
    pub broader: Vec<(Number, u64)>,
    /// Related concepts, each with its line.
    pub related: Vec<(Number, u64)>,
    /// Concepts elsewhere that mean the same.
    pub exact_matches: Vec<Number>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What took its place.
    pub replaced_by: Option<(Number, u64)>,
    /// The vocabularies that it belongs to.
    pub schemes: Vec<Number>,
}

/// A file that was read.
#[derive(Default)]
pub struct File {
    uris: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Number>,
    drafts: HashMap<Number, Draft>,
    /// The subjects in the order in which they were first spoken of.
    order: Vec<Number>,
    /// Types that were declared to be below others (rdfs:subClassOf).
    subclasses: Vec<(Number, Number)>,
    /// What subjects are called that may yet turn out to be vocabularies; whether it is a name, or a description.
    waiting: HashMap<String, Vec<(bool, Labelled)>>,
    kept: usize,
    /// What was found that is worth a warning.
    pub warnings: Vec<crate::http::problem::Fault>,
}

impl File {
    /// The number of a URI.
    pub fn number(&mut self, uri: &str) -> Number {
        if let Some(number) = self.numbers.get(uri) {
            return *number;
        }
        let number = Number::try_from(self.uris.len()).unwrap_or(Number::MAX);
        let uri: Arc<str> = uri.into();
        self.keep(uri.len());
        self.uris.push(Arc::clone(&uri));
        self.numbers.insert(uri, number);
        number
    }

    /// The number of a URI, if the file has it.
    pub fn find(&self, uri: &str) -> Option<Number> {
        self.numbers.get(uri).copied()
    }

    /// The URI of a number.
    pub fn uri(&self, number: Number) -> &str {
        self.uris.get(number as usize).map_or("", |uri| uri)
    }

    /// What is kept of a subject.
    pub fn draft(&mut self, subject: Number, line: u64) -> &mut Draft {
        if !self.drafts.contains_key(&subject) {
            self.keep(std::mem::size_of::<Draft>());
            self.order.push(subject);
        }
        self.drafts.entry(subject).or_insert_with(|| Draft { line, ..Draft::default() })
    }

    /// Whether a subject is a vocabulary, or may yet turn out to be one.
    pub fn may_be_scheme(&self, subject: &str) -> bool {
        match self.find(subject).and_then(|number| self.drafts.get(&number)) {
            Some(draft) if draft.is_scheme || draft.is_concept => draft.is_scheme,
            _ => self.waiting.len() < WAITING || self.waiting.contains_key(subject),
        }
    }

    /// Keeps what such a subject is called, or how it is described.
    pub fn call(&mut self, subject: &str, is_name: bool, label: Labelled) {
        self.waiting.entry(subject.to_owned()).or_default().push((is_name, label));
        self.settle(subject);
    }

    /// Gives a subject whose type is known now what has waited for that.
    pub fn settle(&mut self, subject: &str) {
        let number = self.find(subject);
        let Some(draft) = number.and_then(|number| self.drafts.get_mut(&number)) else { return };
        if draft.is_scheme || draft.is_concept {
            let waiting = self.waiting.remove(subject).unwrap_or_default();
            for (is_name, label) in waiting.into_iter().filter(|_| draft.is_scheme) {
                if is_name { draft.titles.push(label) } else { draft.definitions.push(label) }
            }
        }
    }

    /// Notes that some text is kept.
    pub fn keep(&mut self, length: usize) {
        self.kept += length + OVERHEAD;
    }

    /// Whether more is kept than may be.
    pub fn is_too_much(&self) -> bool {
        self.kept > TEXT
    }

    /// Notes that a type is below another.
    pub fn subclass(&mut self, below: Number, above: Number) {
        self.keep(0);
        self.subclasses.push((below, above));
    }

    /// What was said of a subject.
    pub fn get(&self, subject: Number) -> Option<&Draft> {
        self.drafts.get(&subject)
    }

    /// The concepts, in the order of the file.
    pub fn concepts(&self) -> Vec<(Number, &Draft)> {
        let kinds = self.kinds_of_concept();
        let is_concept = |draft: &Draft| draft.is_concept || draft.types.iter().any(|kind| kinds.contains(kind));
        let all = self.order.iter().filter_map(|number| Some((*number, self.drafts.get(number)?)));
        all.filter(|(_, draft)| is_concept(draft)).collect()
    }

    /// The vocabularies that the file describes; or those that all its concepts say that they belong to, or any of them.
    pub fn schemes(&self) -> Vec<&str> {
        let described = self.order.iter().filter(|number| self.drafts.get(number).is_some_and(|draft| draft.is_scheme));
        let mut found: Vec<Number> = described.copied().collect();
        if found.is_empty() {
            let concepts = self.concepts();
            let named: HashSet<Number> = concepts.iter().flat_map(|(_, draft)| draft.schemes.iter().copied()).collect();
            let of_all = |scheme: &Number| concepts.iter().all(|(_, draft)| draft.schemes.contains(scheme));
            found = named.iter().copied().filter(of_all).collect();
            if found.is_empty() {
                found = named.into_iter().collect();
            }
            found.sort_unstable();
        }
        found.into_iter().map(|number| self.uri(number)).collect()
    }

    /// The types that were declared to be below skos:Concept.
    fn kinds_of_concept(&self) -> HashSet<Number> {
        let mut below: HashMap<Number, Vec<Number>> = HashMap::new();
        for (kind, above) in &self.subclasses {
            below.entry(*above).or_default().push(*kind);
        }
        let mut kinds = HashSet::new();
        let mut next: Vec<Number> = self.find(super::parse::CONCEPT).into_iter().collect();
        while let Some(kind) = next.pop() {
            if kinds.insert(kind) {
                next.extend(below.remove(&kind).unwrap_or_default());
            }
        }
        kinds
    }
}
