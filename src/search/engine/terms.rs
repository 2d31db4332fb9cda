//! Words as terms of the index: what a word stands for, with a byte before it that says what the term is to the word.
//!
//! A text's terms go in two fields of the index. The *near* one has what the word is, its surface and its bases, with
//! their positions: phrases are looked for there. The *far* one has its parts, its root and what it is without dots.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::text::analysis::{Form, Kind, Languages, Token, analyse};
use tantivy::tokenizer::{Token as Written, TokenStream, Tokenizer};

use crate::search::engine::document::Text;

/// Comes before each word's terms.
const WORD: char = '\n';
/// Comes before each term.
const TERM: char = ' ';

/// Words are kept in so many places, so that threads seldom wait for each other.
const SHARDS: usize = 64;
/// Words of a language that a place keeps the terms of, twice: most words of a text come again and again, and working
/// out one costs more than all else that is done with it.
const MOST_KEPT: usize = 400;
/// The longest word that is kept, in bytes.
const LONGEST_KEPT: usize = 64;

/// The byte before a term of a kind.
pub(crate) fn letter(kind: Kind) -> char {
    match kind {
        Kind::Surface => 'S',
        Kind::Base => 'B',
        Kind::Part => 'P',
        Kind::Root => 'R',
        Kind::Folded => 'F',
    }
}

/// Whether terms of a kind are in the far field.
pub(crate) fn is_far(letter: u8) -> bool {
    matches!(letter, b'P' | b'R' | b'F')
}

/// Whether a term was made by rules of a word that the lexicon doesn't have: not a word that anybody would type.
pub(crate) fn is_made(text: &str) -> bool {
    text.ends_with('~')
}

/// A term: its letter and its text.
pub(crate) fn term(kind: Kind, text: &str) -> String {
    let mut term = String::with_capacity(text.len() + 1);
    term.push(letter(kind));
    term.push_str(text);
    term
}

/// The terms of a word of a document, as they are written.
#[derive(Debug)]
pub(crate) struct Known {
    near: Box<str>,
    far: Box<str>,
}

impl Known {
    fn new(forms: &[Form]) -> Self {
        let [mut near, mut far] = [String::new(), String::new()];
        let surface = forms.iter().find(|form| form.kind == Kind::Surface).map_or("", |form| form.text.as_str());
        let is_base = |text: &str| forms.iter().any(|form| form.kind == Kind::Base && form.text == text);
        for Form { kind, text } in forms {
            // A query's base looks for surfaces too, so the same word isn't written twice.
            let (out, again) = match kind {
                Kind::Surface => (&mut near, false),
                Kind::Base => (&mut near, text == surface),
                Kind::Part => (&mut far, text == surface || is_base(text)),
                Kind::Root | Kind::Folded => (&mut far, false),
            };
            if !again {
                out.push(TERM);
                out.push(letter(*kind));
                out.push_str(text);
            }
        }
        Self { near: near.into(), far: far.into() }
    }

    /// Its terms, the nearest first.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.near.split(TERM).chain(self.far.split(TERM)).filter(|term| !term.is_empty())
    }
}

/// The words of some languages: those of late, and those before them.
#[derive(Default)]
struct Kept {
    late: HashMap<Box<str>, Arc<Known>>,
    before: HashMap<Box<str>, Arc<Known>>,
}

impl Kept {
    fn find(&mut self, word: &str) -> Option<Arc<Known>> {
        if let Some(known) = self.late.get(word) {
            return Some(known.clone());
        }
        let (word, known) = self.before.remove_entry(word)?;
        self.keep(word, known.clone());
        Some(known)
    }

    /// Keeps a word; a word that hasn't come for long is forgotten.
    fn keep(&mut self, word: Box<str>, known: Arc<Known>) {
        if self.late.len() >= MOST_KEPT {
            self.before = std::mem::take(&mut self.late);
        }
        self.late.insert(word, known);
    }
}

type Shard = Mutex<[Kept; 8]>;

static KEPT: LazyLock<(RandomState, [Shard; SHARDS])> =
    LazyLock::new(|| (RandomState::new(), std::array::from_fn(|_| Shard::default())));

/// Forgets the words that are kept.
pub(crate) fn forget() {
    for shard in &KEPT.1 {
        *shard.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }
}

/// The words of a text with their terms, in order.
pub(crate) fn words<'t>(text: &'t str, languages: Languages) -> impl Iterator<Item = (Token<'t>, Arc<Known>)> {
    analyse(text, Languages::NONE).map(move |token| {
        let known = known(token.surface, languages);
        (token, known)
    })
}

fn known(word: &str, languages: Languages) -> Arc<Known> {
    let number = [(Languages::FINNISH, 1), (Languages::SWEDISH, 2), (Languages::ENGLISH, 4)]
        .into_iter()
        .filter(|(language, _)| languages.has(*language))
        .map(|(_, number)| number)
        .sum::<usize>();
    let (hasher, shards) = &*KEPT;
    let shard = shards.get(hasher.hash_one(word) as usize % SHARDS);
    let lock = |shard: &'static Shard| shard.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = shard.and_then(|shard| lock(shard).get_mut(number)?.find(word));
    kept.unwrap_or_else(|| {
        let forms = analyse(word, languages).next().map(|token| token.forms).unwrap_or_default();
        let known = Arc::new(Known::new(&forms));
        if let Some(shard) = shard.filter(|_| word.len() <= LONGEST_KEPT)
            && let Some(kept) = lock(shard).get_mut(number)
        {
            kept.keep(word.into(), known.clone());
        }
        known
    })
}

/// The terms of texts, as the index's tokenizer reads them.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// For the near field.
    pub(crate) near: String,
    /// For the far field.
    pub(crate) far: String,
    /// How many words there are.
    pub(crate) words: usize,
}

impl Rendered {
    /// Adds a text. No phrase goes from one text to the next.
    pub(crate) fn add(&mut self, text: &Text) {
        if !self.near.is_empty() {
            self.near.push(WORD);
        }
        for (_, known) in words(&text.text, text.languages) {
            self.words += 1;
            self.near.push(WORD);
            self.near.push_str(&known.near);
            self.far.push_str(&known.far);
        }
    }
}

/// Reads rendered terms.
#[derive(Clone, Default)]
pub(crate) struct Reader {
    token: Written,
}

/// Rendered terms, one by one.
pub(crate) struct Terms<'a> {
    token: &'a mut Written,
    rest: &'a str,
}

impl Tokenizer for Reader {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.token.reset();
        self.token.position = 0;
        Terms { token: &mut self.token, rest: text }
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        while let Some(rest) = self.rest.strip_prefix(WORD) {
            self.rest = rest;
            self.token.position += 1;
        }
        let Some(rest) = self.rest.strip_prefix(TERM) else { return false };
        let end = rest.find([WORD, TERM]).unwrap_or(rest.len());
        let (term, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(term);
        true
    }

    fn token(&self) -> &Written {
        self.token
    }

    fn token_mut(&mut self) -> &mut Written {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_they_were_rendered() {
        let mut rendered = Rendered::default();
        rendered.add(&Text::new(Languages::NONE, "Verkosto ja DVV:n"));
        rendered.add(&Text::new(Languages::NONE, "muut"));
        assert_eq!(rendered.words, 4);
        let mut reader = Reader::default();
        let mut stream = reader.token_stream(&rendered.near);
        let mut read = Vec::new();
        stream.process(&mut |token| read.push((token.position, token.text.clone())));
        let surfaces: Vec<(usize, &str)> =
            read.iter().filter(|(_, term)| term.starts_with('S')).map(|(at, term)| (*at, &term[1..])).collect();
        assert_eq!(surfaces, [(1, "verkosto"), (2, "ja"), (3, "dvv"), (5, "muut")]);
    }

    #[test]
    fn a_base_is_written_once() {
        let count = |word: &str| {
            let known = known(word, Languages::ALL);
            known.terms().filter(|term| &term[1..] == "verkosto").count()
        };
        assert_eq!(count("verkosto"), 1);
        assert_eq!(count("verkostoissa"), 1);
    }
}
