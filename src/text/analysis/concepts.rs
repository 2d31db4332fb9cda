//! Words of the three languages that stand for one thing: a text in one of them is found in the others, too.

use super::forms::Forms;
use super::hash::extend;
use super::{Kind, english};

/// The words of each thing, one thing on a line: in Finnish, in Swedish and in English.
const LIST: &str = include_str!("lexicon/concepts.txt");

/// Comes before the word that stands for what a word means.
const MEANING: &str = "=";

/// A language, as it is told apart in a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Finnish.
    Finnish,
    /// Swedish.
    Swedish,
    /// English.
    English,
}

const TONGUES: [Tongue; 3] = [Tongue::Finnish, Tongue::Swedish, Tongue::English];

/// The things by the hashes of their words.
pub struct Concepts {
    /// The first word of each, which stands for all.
    heads: Vec<&'static str>,
    /// Sorted.
    words: Vec<(u64, u16)>,
}

impl Concepts {
    /// The list that was written for this program.
    pub fn new() -> Self {
        let mut concepts = Self { heads: Vec::new(), words: Vec::new() };
        for (number, line) in (0..).zip(LIST.lines()) {
            concepts.heads.push(line.split(' ').next().unwrap_or_default());
            for (tongue, words) in TONGUES.into_iter().zip(line.split('=')) {
                for word in words.split_whitespace() {
                    let word = if tongue == Tongue::English { english::stem(word) } else { word.into() };
                    concepts.words.push((hash(tongue, &[&word]), number));
                }
            }
        }
        concepts.words.sort_unstable();
        concepts.words.dedup();
        concepts
    }

    /// Adds what a base form, given in pieces, stands for, as terms of a kind; an English word by its stem.
    pub fn add(&self, tongue: Tongue, pieces: &[&str], kind: Kind, forms: &mut Forms) {
        let hash = hash(tongue, pieces);
        let from = self.words.partition_point(|(own, _)| *own < hash);
        let found = self.words.iter().skip(from).take_while(|(own, _)| *own == hash);
        let heads = found.filter_map(|(_, number)| self.heads.get(usize::from(*number)));
        heads.for_each(|head| forms.join(kind, &[MEANING, head]));
    }
}

fn hash(tongue: Tongue, pieces: &[&str]) -> u64 {
    let start = match tongue {
        Tongue::Finnish => "fi ",
        Tongue::Swedish => "sv ",
        Tongue::English => "en ",
    };
    pieces.iter().fold(extend(0, start), |hash, piece| extend(hash, piece))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Languages, analyse};
    use super::*;

    #[test]
    fn every_line_has_three_languages_and_a_head() {
        for line in LIST.lines() {
            assert_eq!(line.split('=').count(), 3, "{line}");
            assert!(line.split(' ').next().is_some_and(|head| head.chars().all(char::is_alphabetic)), "{line}");
        }
    }

    #[test]
    fn each_head_stands_for_one_thing_and_each_word_stands_once_in_it() {
        let mut heads = BTreeSet::new();
        for line in LIST.lines() {
            assert!(line.split(' ').next().is_some_and(|head| heads.insert(head)), "{line}");
            for words in line.split('=') {
                let mut own = BTreeSet::new();
                assert!(words.split_whitespace().all(|word| own.insert(word)), "{line}");
            }
        }
        assert_eq!(heads.len(), LIST.lines().count());
    }

    #[test]
    fn no_word_has_a_hyphen_which_no_term_has() {
        assert!(!LIST.contains('-'));
    }

    #[test]
    fn words_of_one_thing_meet() {
        let roots = |text: &str, languages| -> Vec<String> {
            analyse(text, languages)
                .flat_map(|token| token.forms)
                .filter(|form| form.kind == Kind::Root)
                .map(|form| form.text)
                .collect()
        };
        for (finnish, swedish, english) in [
            ("verkostoissa", "nätverken", "networks"),
            ("hankintojen", "upphandlingarna", "procurement"),
            ("tuomioistuimille", "domstolarna", "courts"),
            ("kuntien", "kommunernas", "municipalities"),
            ("talousarviossa", "budgeten", "budgeting"),
            ("tasa-arvon", "jämställdheten", "equality"),
            ("hyvinvoinnin", "välbefinnandet", "well-being"),
        ] {
            let finnish = roots(finnish, Languages::FINNISH);
            for other in [roots(swedish, Languages::SWEDISH), roots(english, Languages::ENGLISH)] {
                assert!(finnish.iter().any(|root| other.contains(root)), "{finnish:?} {other:?}");
            }
        }
    }
}
