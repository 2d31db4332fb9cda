//! Words as terms: what a text is indexed by and searched by, in Finnish, Swedish and English.
//!
//! Pure: the same terms for the same text in every process of the same [`Analyser::fingerprint`], from rules and from a
//! lexicon that is compiled in, which are all written for this program; Finnish also by libvoikko, where a process was
//! started with it. A word yields its surface, its base forms, the parts of a compound, the root of its family, what it
//! stands for in any language, what is broader than that, and what it is without dots and accents, each a [`Form`] of its
//! own [`Kind`], so that a search can tell how near it came.

mod analyser;
mod concepts;
mod english;
mod finnish;
mod folding;
mod forms;
mod grammar;
mod hash;
mod lexicon;
mod slots;
mod stop_words;
mod suffixes;
mod swedish;
mod tokens;
mod voikko;
mod words;

#[cfg(test)]
mod tests;

use std::ops::{BitOr, Range};

pub use analyser::{Analyser, Setting, StartError, own, start};
pub use concepts::MEANING;
pub use folding::fold;
pub use forms::Forms;
pub use stop_words::is_stop_word;
pub use tokens::acronym;
pub use voikko::Error as VoikkoError;

/// Grows with every change, of rules or of words, that yields other terms for some text: an index that another version made is built anew.
pub const VERSION: u32 = 4;

/// The languages that a text may be in: a document's own, all of them for a name or a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Languages(u8);

impl Languages {
    /// None of the three: words as they stand.
    pub const NONE: Self = Self(0);
    /// Finnish.
    pub const FINNISH: Self = Self(1);
    /// Swedish.
    pub const SWEDISH: Self = Self(2);
    /// English.
    pub const ENGLISH: Self = Self(4);
    /// All of them.
    pub const ALL: Self = Self(7);
    /// All of them, of the name of a person: it has no parts and means nothing, but is inflected.
    pub const NAME: Self = Self(15);

    /// Whether it is the name of a person.
    pub fn is_name(self) -> bool {
        self == Self::NAME
    }

    /// Whether a language is among them.
    pub fn has(self, language: Self) -> bool {
        self.0 & language.0 != 0
    }
}

impl BitOr for Languages {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// The word as it stands in the text, with the ending after a colon.
    pub surface: &'t str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// The how-manieth word it is.
    pub position: u32,
    /// What it is found by; the first is its surface, composed and in lower case.
    pub forms: Vec<Form>,
}

/// A term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What the term is to the word.
    pub kind: Kind,
    /// The term. One that ends in `~` was made by rules, of a word that the lexicon doesn't have.
    pub text: String,
}

/// What a term is to the word that it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The word itself, composed (Unicode NFC) and in lower case; of an acronym, without its ending.
    Surface,
    /// A word that it is a form of, or may be.
    Base,
    /// A word, or several together, of which it is made.
    Part,
    /// The verb or adjective of the family it belongs to, or after `=` what it stands for in any language.
    Root,
    /// The same of one of its parts.
    PartRoot,
    /// What is broader than what it stands for.
    Broader,
    /// The surface or a base without dots and accents, where it has any; or, where it has none, what it would be with them.
    Folded,
}

/// Where the words of a text stand, in bytes.
pub fn places(text: &str) -> impl Iterator<Item = Range<usize>> {
    tokens::cut(text).map(|cut| cut.start..cut.end)
}

/// What the first word of a text is found by, by this process's analyser: the forms that [`analyse`] has in its token, in
/// one piece, which takes less time.
pub fn forms(word: &str, languages: Languages) -> Forms {
    own().forms(word, languages)
}

/// What two neighbouring words of English stand for together, as forms of [`Kind::Root`] and [`Kind::Broader`]: *risk
/// management* is one word in the other languages.
pub fn phrase(first: &str, second: &str) -> Forms {
    let mut forms = Forms::default();
    lexicon::Lexicon::built_in().concepts.add_phrase(first, second, &mut forms);
    forms
}

/// The words of a text with all that they are found by, by this process's analyser.
pub fn analyse(text: &str, languages: Languages) -> impl Iterator<Item = Token<'_>> {
    own().analyse(text, languages)
}

impl Token<'_> {
    /// The terms of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.forms.iter().filter(move |form| form.kind == kind).map(|form| form.text.as_str())
    }

    /// What a query looks for without dots and accents, whether it was typed with them or not: among a document's folded
    /// terms, and among its surfaces and bases too, since a document has a folded term only where it differs from those.
    pub fn folded(&self) -> Vec<String> {
        let mut terms: Vec<String> = Vec::new();
        for form in &self.forms {
            let term = match form.kind {
                Kind::Surface | Kind::Base => fold(&form.text).into_owned(),
                Kind::Folded => form.text.clone(),
                Kind::Part | Kind::Root | Kind::PartRoot | Kind::Broader => continue,
            };
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        terms
    }
}
