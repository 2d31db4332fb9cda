//! Words as terms of the index: what a word stands for, with a byte before it that says what the term is to the word.
//!
//! A text's terms go in two fields of the index. The *near* one has what the word is, its surface and its bases, with
//! their positions: phrases are looked for there. The *far* one has its parts, its root, what is broader, what it is
//! without dots, what it stands for together with the word before it, and all words of a name as one.

use crate::text::analysis::{Kind, Languages, forms, phrase, places};
use tantivy::tokenizer::{Token as Written, TokenStream, Tokenizer};

use crate::search::engine::document::Text;
use crate::search::engine::kept;
use crate::search::engine::query::whole;

/// Comes before each word's terms.
const WORD: char = '\n';
/// Comes before each term.
const TERM: char = ' ';

/// The byte before a term of a kind.
pub(crate) fn letter(kind: Kind) -> char {
    match kind {
        Kind::Surface => 'S',
        Kind::Base => 'B',
        Kind::Part => 'P',
        Kind::Root | Kind::PartRoot => 'R',
        Kind::Broader => 'W',
        Kind::Folded => 'F',
    }
}

/// The byte before all words of a name as one.
pub(crate) const NAME: char = 'N';

/// Whether terms of a kind are in the far field.
pub(crate) fn is_far(letter: u8) -> bool {
    matches!(letter, b'P' | b'R' | b'W' | b'F' | b'N')
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
#[derive(Clone, Copy, Default)]
pub(crate) struct Known<'k> {
    pub(crate) near: &'k str,
    pub(crate) far: &'k str,
}

impl<'k> Known<'k> {
    /// The word, composed and in lower case.
    pub(crate) fn surface(self) -> &'k str {
        self.terms().next().and_then(|term| term.strip_prefix(letter(Kind::Surface))).unwrap_or_default()
    }

    /// Its terms, the nearest first.
    pub(crate) fn terms(self) -> impl Iterator<Item = &'k str> {
        self.near.split(TERM).chain(self.far.split(TERM)).filter(|term| !term.is_empty())
    }
}

/// Works out the terms of a word, the near ones and the far ones behind what is there already.
pub(crate) fn work_out(word: &str, languages: Languages, near: &mut String, far: &mut String) {
    let forms = forms(word, languages);
    let surface = forms.iter().find(|(kind, _)| *kind == Kind::Surface).map_or("", |(_, text)| text);
    let has = |kind: Kind, text: &str| forms.iter().any(|(own, other)| own == kind && other == text);
    let is_left_out = |kind: Kind| match kind {
        Kind::Root | Kind::PartRoot | Kind::Broader => languages.is_name(),
        Kind::Part => languages.is_name() && !word.contains('-'),
        Kind::Surface | Kind::Base | Kind::Folded => false,
    };
    for (kind, text) in forms.iter().filter(|(kind, _)| !is_left_out(*kind)) {
        // A query's base looks for surfaces too, so the same word isn't written twice.
        let (out, again) = match kind {
            Kind::Surface => (&mut *near, false),
            Kind::Base => (&mut *near, text == surface),
            Kind::Part => (&mut *far, text == surface || has(Kind::Base, text)),
            Kind::PartRoot => (&mut *far, has(Kind::Root, text)),
            Kind::Root | Kind::Broader | Kind::Folded => (&mut *far, false),
        };
        if !again {
            write(out, kind, text);
        }
    }
}

fn write(out: &mut String, kind: Kind, text: &str) {
    out.push(TERM);
    out.push(letter(kind));
    out.push_str(text);
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
    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.near.clear();
        self.far.clear();
        self.words = 0;
    }

    /// Adds a name, which is found as a whole, too.
    pub(crate) fn add_name(&mut self, name: &Text) {
        self.add(name);
        let words: Vec<String> = places(&name.text)
            .map(|place| {
                let mut word = String::new();
                let text = name.text.get(place).unwrap_or_default();
                kept::read(text, name.languages, |known| word.push_str(known.surface()));
                word
            })
            .collect();
        if let Some(whole) = whole(words.iter().map(String::as_str)) {
            self.far.push(TERM);
            self.far.push(NAME);
            self.far.push_str(&whole);
        }
    }

    /// Adds a text. No phrase goes from one text to the next.
    pub(crate) fn add(&mut self, text: &Text) {
        if !self.near.is_empty() {
            self.near.push(WORD);
        }
        let mut before = String::new();
        for place in places(&text.text) {
            self.words += 1;
            self.near.push(WORD);
            kept::read(text.text.get(place).unwrap_or_default(), text.languages, |known| {
                self.near.push_str(known.near);
                self.far.push_str(known.far);
                if text.languages.has(Languages::ENGLISH) && !text.languages.is_name() {
                    let word = known.surface();
                    phrase(&before, word).iter().for_each(|(kind, text)| write(&mut self.far, kind, text));
                    word.clone_into(&mut before);
                }
            });
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
            let (mut near, mut far) = (String::new(), String::new());
            work_out(word, Languages::ALL, &mut near, &mut far);
            let known = Known { near: &near, far: &far };
            known.terms().filter(|term| &term[1..] == "verkosto").count()
        };
        assert_eq!(count("verkosto"), 1);
        assert_eq!(count("verkostoissa"), 1);
    }
}
