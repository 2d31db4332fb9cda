//! The forms of a word, as they are gathered.

use super::Kind;
use super::folding::fold;

/// Follows a term that rules alone have made, of a word that no lexicon has: no word has it, so none is met by chance.
pub(super) const MADE: &str = "~";

/// About as many forms as a word has, and the bytes that they take.
const FORMS: usize = 16;
const BYTES: usize = 192;

/// The forms of a word, each once: their texts one behind the other, and where each ends.
#[derive(Default)]
pub struct Forms {
    text: String,
    ends: Vec<(Kind, usize)>,
}

impl Forms {
    /// None, with room for as many as a word has.
    pub(super) fn new() -> Self {
        Self { text: String::with_capacity(BYTES), ends: Vec::with_capacity(FORMS) }
    }

    /// Adds a term.
    pub(super) fn push(&mut self, kind: Kind, text: impl AsRef<str>) {
        self.join(kind, &[text.as_ref()]);
    }

    /// Adds a term in pieces. One that rules have made has no dots: it isn't exact anyhow.
    pub(super) fn join(&mut self, kind: Kind, pieces: &[&str]) {
        let start = self.text.len();
        pieces.iter().for_each(|piece| self.text.push_str(piece));
        if pieces.last() == Some(&MADE)
            && let Some(dotted) = self.text.get(start..).filter(|made| !made.is_ascii())
        {
            let plain = fold(dotted).into_owned();
            self.text.truncate(start);
            self.text.push_str(&plain);
        }
        let new = self.text.get(start..).unwrap_or_default();
        if new.is_empty() || self.iter().any(|(own, text)| own == kind && text == new) {
            self.text.truncate(start);
        } else {
            self.ends.push((kind, self.text.len()));
        }
    }

    /// Whether none of them has a letter with dots or an accent.
    pub(super) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// Each form, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(kind, end)| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            (*kind, text)
        })
    }
}
