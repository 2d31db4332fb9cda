//! What is asked for.

use std::collections::HashSet;
use std::iter::once;
use std::ops::Range;

use crate::text::analysis::{
    Form, Forms, Kind, Languages, MEANING, Token, acronym, analyse, fold, is_stop_word, phrase,
};
use serde::{Deserialize, Serialize};

use crate::search::engine::document::{Entity, Key};

/// The most characters of a query that are read.
const LONGEST: usize = 1_000;
/// The most words of a query that are looked for.
const MOST_WORDS: usize = 32;
/// The most documents that a page has.
pub const MOST_HITS: usize = 1_000;

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word as it was typed.
    pub typed: String,
    /// Where it stands in the query, in bytes.
    pub range: Range<usize>,
    pub(crate) forms: Vec<Form>,
    /// What is looked for without dots and accents.
    pub(crate) folded: Vec<String>,
    stop: bool,
}

impl Word {
    fn new(token: Token<'_>, offset: usize) -> Self {
        let surface = token.of(Kind::Surface).next().unwrap_or_default();
        Self {
            typed: token.surface.to_owned(),
            range: offset + token.start..offset + token.end,
            stop: is_stop_word(&fold(surface)) && acronym(token.surface).is_none(),
            folded: token.folded(),
            forms: token.forms,
        }
    }

    /// Adds what it stands for together with its neighbours, even if those are none that are looked for: *service need*.
    /// What it stands for alone is farther then: a task force is no task.
    fn stands_for(&mut self, together: &[Forms]) {
        let more: Vec<Form> = together
            .iter()
            .flat_map(|both| both.iter().map(|(kind, text)| Form { kind, text: text.to_owned() }).collect::<Vec<_>>())
            .collect();
        if !more.is_empty() {
            let own = |form: &&mut Form| form.kind == Kind::Root && form.text.starts_with(MEANING);
            self.forms.iter_mut().filter(own).for_each(|form| form.kind = Kind::Broader);
            self.forms.extend(more);
        }
    }

    /// Whether it is known what it stands for.
    pub(crate) fn has_meaning(&self) -> bool {
        self.of(Kind::Root).any(|root| root.starts_with(MEANING))
    }

    /// Reads one word.
    pub(crate) fn read(text: &str) -> Option<Self> {
        analyse(text, Languages::ALL).next().map(|token| Self::new(token, 0))
    }

    /// The terms of a kind.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.forms.iter().filter(move |form| form.kind == kind).map(|form| form.text.as_str())
    }

    /// It, composed and in lower case.
    pub(crate) fn surface(&self) -> &str {
        self.of(Kind::Surface).next().unwrap_or_default()
    }
}

/// The words of a query: `word`, `"some phrase"`, `-without`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What was typed, as far as it is read.
    pub text: String,
    /// The words to look for; those of phrases, too.
    pub(crate) words: Vec<Word>,
    /// Words that have to stand one after the other.
    pub(crate) phrases: Vec<Vec<Word>>,
    /// Words and phrases that must not be there.
    pub(crate) without: Vec<Vec<Word>>,
    /// All words to look for as a name has them: see [`whole`].
    pub(crate) whole: Option<String>,
    /// Whether the query went on and the rest of it isn't looked for.
    pub cut: bool,
}

impl Words {
    /// Reads a query. There is nothing that it doesn't take.
    pub fn parse(text: &str) -> Self {
        Self::read(text, false)
    }

    /// Reads a query that is being typed: its last word may become one that has a meaning.
    pub(crate) fn typing(text: &str) -> Self {
        Self::read(text, true)
    }

    fn read(text: &str, typing: bool) -> Self {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let mut read =
            Self { text: text.get(..end).unwrap_or(text).to_owned(), cut: end < text.len(), ..Self::default() };
        let (mut left, mut all): (usize, Vec<Word>) = (MOST_WORDS, Vec::new());
        for piece in pieces(&read.text) {
            let tokens = analyse(read.text.get(piece.range.clone()).unwrap_or_default(), Languages::ALL);
            let words: Vec<Word> = tokens.take(left + 1).map(|token| Word::new(token, piece.range.start)).collect();
            read.cut |= words.len() > left;
            let words: Vec<Word> = words.into_iter().take(left).collect();
            left -= words.len();
            match (piece.without, piece.phrase && !words.is_empty()) {
                (true, true) => read.without.push(words),
                (true, false) => read.without.extend(words.into_iter().map(|word| vec![word])),
                (false, phrase) => {
                    all.extend(words.iter().cloned());
                    read.phrases.extend(phrase.then_some(words));
                }
            }
        }
        read.whole = whole(all.iter().map(Word::surface));
        // A query is about its other words, unless it has none.
        if let Some(last) = all.last_mut().filter(|_| typing) {
            last.stop = false;
        }
        // Before the first word there is none, and behind the last.
        let surfaces: Vec<&str> = once("").chain(all.iter().map(Word::surface)).chain(once("")).collect();
        let together: Vec<Forms> = surfaces.array_windows().map(|[first, second]| phrase(first, second)).collect();
        all.iter_mut().zip(together.windows(2)).for_each(|(word, both)| word.stands_for(both));
        if all.iter().any(|word| !word.stop) {
            all.retain(|word| !word.stop);
        }
        read.words = all;
        read
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that are looked for, as they were typed.
    pub fn typed(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.typed.as_str())
    }

    /// The query with some of its words replaced.
    pub(crate) fn replaced(&self, replacements: &[(Range<usize>, String)]) -> String {
        let mut text = String::new();
        let mut from = 0;
        for (range, replacement) in replacements {
            text.push_str(self.text.get(from..range.start).unwrap_or_default());
            text.push_str(replacement);
            from = range.end;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        text
    }
}

/// A text of some words as one, folded; `None` of no words.
pub(crate) fn whole<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    let words: Vec<String> = words.map(|word| fold(word).into_owned()).collect();
    (!words.is_empty()).then(|| words.join("_"))
}

/// A piece of a query: what is between spaces, or between quotes.
struct Piece {
    range: Range<usize>,
    phrase: bool,
    without: bool,
}

/// Whether a character opens or closes a phrase.
fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»')
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut place = 0;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        let skipped = rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        place += skipped;
        let minus =
            rest.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| is_quote(c) || c.is_alphanumeric()));
        let (without, start) = (minus.is_some(), place + usize::from(minus.is_some()));
        let rest = minus.unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix(is_quote) {
            let start = start + (rest.len() - inner.len());
            // A quote that is never closed is none.
            let end = inner.find(is_quote);
            let length = end.unwrap_or(inner.len());
            pieces.push(Piece {
                range: start..start + length,
                phrase: end.is_some(),
                without: without && end.is_some(),
            });
            let quote = inner.get(length..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            place = start + length + quote;
        } else {
            let length = rest.find(|letter: char| letter.is_whitespace() || is_quote(letter)).unwrap_or(rest.len());
            pieces.push(Piece { range: start..start + length, phrase: false, without });
            place = start + length;
        }
    }
    pieces
}

/// What has to be true of a document besides its words: each list, unless it is empty, has to have one of its values.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// What it is.
    pub entities: Vec<Entity>,
    /// Its organisation, or one above.
    pub organisations: Vec<String>,
    /// Its administrative branch.
    pub branches: Vec<String>,
    /// Its themes, or broader ones.
    pub themes: Vec<String>,
    /// Its skills, or broader ones.
    pub skills: Vec<String>,
    /// Its languages.
    pub languages: Vec<String>,
    /// Its kind.
    pub kinds: Vec<String>,
    /// Its date, from the first to the last.
    pub dates: Option<(i64, i64)>,
}

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What fits best.
    #[default]
    Relevance,
    /// By name, in the order of a language: Finnish, Swedish, English.
    Name(NameOrder),
    /// The newest first.
    Date,
}

/// The language whose alphabet names are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameOrder {
    /// Finnish.
    Finnish,
    /// Swedish.
    Swedish,
    /// English.
    English,
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct After {
    /// What the last hit was sorted by; smaller bytes come first.
    pub place: Vec<u8>,
    /// The last hit, which tells apart what is sorted alike.
    pub key: Key,
}

/// A search.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The words; none, for all documents that the filters let through.
    pub words: Words,
    /// The filters.
    pub filters: Filters,
    /// The words of who asks: a document is there for them if it has one of these. Without the list, all documents are.
    pub access: Option<Vec<String>>,
    /// Documents that have changed since the index's position: they are left out of everything.
    pub left_out: HashSet<Key>,
    /// The order.
    pub sort: Sort,
    /// Begins after the last hit of a page before; the rest of the query must be the same.
    pub after: Option<After>,
    /// The most hits, up to [`MOST_HITS`].
    pub limit: usize,
    /// Whether values of properties are counted.
    pub facets: bool,
}
