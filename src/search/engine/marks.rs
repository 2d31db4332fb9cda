//! Where the words of a query stand in a text: snippets and marked names.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::text::analysis::{Languages, fold, phrase, places};
use serde::{Deserialize, Serialize};

use crate::search::engine::kept;
use crate::search::engine::query::Words;
use crate::search::engine::rank::Plan;
use crate::search::engine::terms::term;

/// The characters of a snippet, about.
const LENGTH: usize = 200;
/// Characters before the first mark of a snippet.
const BEFORE: usize = 60;
/// The most bytes of a text that are looked through.
const LONGEST: usize = 40_000;
/// The fewest letters of a beginning that is marked.
const SHORTEST_BEGINNING: usize = 3;

/// A piece of a text with the words of a query marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// The piece.
    pub text: String,
    /// From where to where the marks go, in Unicode code points of the piece.
    pub marks: Vec<(usize, usize)>,
    /// Whether the text began before the piece.
    pub cut_before: bool,
    /// Whether the text goes on behind it.
    pub cut_behind: bool,
    /// How many words of the query stand there, or something broader or narrower than they are.
    #[serde(skip)]
    pub words: usize,
    /// How many of them stand there themselves.
    #[serde(skip)]
    pub near: usize,
}

/// Finds a query's words in texts. Made once for all hits of a page.
pub struct Marker {
    /// As [`Plan::by_term`] has them.
    terms: HashMap<String, (Vec<usize>, bool)>,
    last: Option<(usize, String)>,
}

/// A word of a text that is one of the query's.
#[derive(Default)]
struct Mark {
    range: Range<usize>,
    words: BTreeSet<usize>,
    is_near: bool,
}

impl Marker {
    /// For the words of a query; where it was corrected, read from the corrected text.
    pub fn new(words: &Words) -> Self {
        let plan = Plan::new(words);
        let terms = plan.by_term().into_iter().map(|(term, words)| (term.to_owned(), words)).collect();
        let last = words.words.iter().enumerate().next_back();
        let last = last.map(|(number, word)| (number, fold(word.surface()).into_owned()));
        Self { terms, last: last.filter(|(_, word)| word.chars().count() >= SHORTEST_BEGINNING) }
    }

    fn find(&self, text: &str, languages: Languages) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        let mut before = String::new();
        for range in places(cut(text)) {
            let word = text.get(range.clone()).unwrap_or_default();
            let mut mark = Mark { range, ..Mark::default() };
            kept::read(word, languages, |known| {
                known.terms().for_each(|term| self.add(term, &mut mark));
                let surface = known.surface();
                if let (true, Some((number, last))) = (mark.words.is_empty(), &self.last)
                    && fold(surface).starts_with(last.as_str())
                {
                    mark.words.insert(*number);
                    mark.is_near = true;
                }
                if languages.has(Languages::ENGLISH) {
                    let mut both = Mark::default();
                    let terms = phrase(&before, surface);
                    terms.iter().for_each(|(kind, text)| self.add(&term(kind, text), &mut both));
                    for mark in marks.last_mut().into_iter().chain([&mut mark]).filter(|_| !both.words.is_empty()) {
                        mark.words.extend(&both.words);
                        mark.is_near |= both.is_near;
                    }
                    surface.clone_into(&mut before);
                }
            });
            marks.push(mark);
        }
        marks.retain(|mark| !mark.words.is_empty());
        marks
    }

    /// Adds the words that a term is looked up for.
    fn add(&self, term: &str, mark: &mut Mark) {
        if let Some((words, is_near)) = self.terms.get(term) {
            mark.words.extend(words);
            mark.is_near |= is_near;
        }
    }

    /// The piece of a text that has the most of the query's words, and then the most of what is broader or narrower; none
    /// if it has none of them.
    pub fn snippet(&self, text: &str, languages: Languages) -> Option<Snippet> {
        let marks = self.find(text, languages);
        let reach = |first: &Mark| first.range.start + LENGTH - BEFORE;
        let from = (0..marks.len()).max_by_key(|from| {
            let Some(first) = marks.get(*from) else { return (0, 0, 0, 0) };
            let inside: Vec<&Mark> =
                marks.iter().skip(*from).take_while(|mark| mark.range.end <= reach(first)).collect();
            let [words, near] = different(inside.iter().copied());
            (near, words, inside.len(), usize::MAX - from)
        })?;
        let first = marks.get(from)?;
        let start = if first.range.start <= BEFORE { 0 } else { word_start(text, first.range.start - BEFORE) };
        let end = word_end(text, (start + LENGTH).max(first.range.end));
        Some(piece(text, start..end, &marks))
    }

    /// A whole name with its marks.
    pub fn whole(&self, text: &str, languages: Languages) -> Snippet {
        piece(text, 0..text.len(), &self.find(text, languages))
    }
}

/// How many words of the query marks are, and how many of them near ones.
fn different<'m>(marks: impl Iterator<Item = &'m Mark>) -> [usize; 2] {
    let [mut words, mut near]: [BTreeSet<usize>; 2] = Default::default();
    for mark in marks {
        words.extend(&mark.words);
        near.extend(mark.words.iter().filter(|_| mark.is_near));
    }
    [words.len(), near.len()]
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The start of the first word behind a place.
fn word_start(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    let rest = text.get(place..).unwrap_or_default();
    let space = rest.find(char::is_whitespace).filter(|space| *space < BEFORE);
    space.map_or(place, |space| place + rest.len().min(space) + 1).min(text.len())
}

/// The end of the word that a place is in.
fn word_end(text: &str, mut place: usize) -> usize {
    if place >= text.len() {
        return text.len();
    }
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    let rest = text.get(place..).unwrap_or_default();
    place + rest.find(char::is_whitespace).filter(|space| *space < BEFORE).unwrap_or(0)
}

fn piece(text: &str, range: Range<usize>, marks: &[Mark]) -> Snippet {
    let mut start = range.start;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let own = text.get(start..range.end).unwrap_or_default();
    let inside = || marks.iter().filter(|mark| mark.range.start >= start && mark.range.end <= range.end);
    let [words, near] = different(inside());
    // Counted from one mark to the next, so that a text of nothing but marks is read once.
    let (mut place, mut points) = (start, 0);
    let mut to_points = |to: usize| {
        points += text.get(place..to).map_or(0, |between| between.chars().count());
        place = to;
        points
    };
    let marks = inside().map(|mark| (to_points(mark.range.start), to_points(mark.range.end))).collect();
    Snippet { text: own.to_owned(), marks, cut_before: start > 0, cut_behind: range.end < text.len(), words, near }
}
