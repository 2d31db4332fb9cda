//! Words of the three languages that stand for one thing: a text in one of them is found in the others, too.

use std::collections::HashMap;

use super::forms::Forms;
use super::hash::extend;
use super::{Kind, english};

/// The words of each thing, one thing on a line: in Finnish, in Swedish and in English, where a hyphen stands between two
/// words that are one in the others. Acronyms are in lower case.
const LIST: &str = include_str!("lexicon/concepts.txt");

/// A thing and one that is broader, by their first words, on a line. Whoever looks for the one is glad of the other.
const BROADER: &str = include_str!("lexicon/broader.txt");

/// Comes before the word that stands for what a word means.
pub const MEANING: &str = "=";

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
    /// Things and what is broader, sorted.
    broader: Vec<(u16, u16)>,
}

impl Concepts {
    /// The list that was written for this program.
    pub fn new() -> Self {
        let mut concepts = Self { heads: Vec::new(), words: Vec::new(), broader: Vec::new() };
        for (number, line) in (0..).zip(LIST.lines()) {
            concepts.heads.push(line.split(' ').next().unwrap_or_default());
            for (tongue, words) in TONGUES.into_iter().zip(line.split('=')) {
                for word in words.split_whitespace() {
                    let hash = match (tongue, word.split_once('-')) {
                        (Tongue::English, Some((first, second))) => phrase(first, second),
                        (Tongue::English, None) => hash(tongue, &[&english::stem(word)]),
                        _ => hash(tongue, &[word]),
                    };
                    concepts.words.push((hash, number));
                }
            }
        }
        concepts.words.sort_unstable();
        concepts.words.dedup();
        let numbers: HashMap<&str, u16> = concepts.heads.iter().copied().zip(0..).collect();
        let pairs = BROADER.lines().filter_map(|line| line.split_once(' '));
        let pairs = pairs.filter_map(|(one, other)| Some((*numbers.get(one)?, *numbers.get(other)?)));
        concepts.broader.extend(pairs);
        concepts.broader.sort_unstable();
        concepts
    }

    /// Adds what a base form, given in pieces, stands for, as terms of a kind; an English word by its stem. Of a whole word,
    /// what is broader, too.
    pub fn add(&self, tongue: Tongue, pieces: &[&str], kind: Kind, forms: &mut Forms) {
        self.add_of(hash(tongue, pieces), kind, forms);
    }

    /// Adds what two neighbouring words of English stand for together, and what is broader.
    pub fn add_phrase(&self, first: &str, second: &str, forms: &mut Forms) {
        self.add_of(phrase(first, second), Kind::Root, forms);
    }

    fn add_of(&self, hash: u64, kind: Kind, forms: &mut Forms) {
        let from = self.words.partition_point(|(own, _)| *own < hash);
        for (_, number) in self.words.iter().skip(from).take_while(|(own, _)| *own == hash) {
            forms.join(kind, &[MEANING, self.head(*number)]);
            if kind == Kind::Root {
                let from = self.broader.partition_point(|(own, _)| own < number);
                let broader = self.broader.iter().skip(from).take_while(|(own, _)| own == number);
                broader.for_each(|(_, broader)| forms.join(Kind::Broader, &[MEANING, self.head(*broader)]));
            }
        }
    }

    fn head(&self, number: u16) -> &'static str {
        self.heads.get(usize::from(number)).copied().unwrap_or_default()
    }
}

fn phrase(first: &str, second: &str) -> u64 {
    hash(Tongue::English, &[&english::stem(first), "-", &english::stem(second)])
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
    use std::collections::{BTreeMap, BTreeSet};

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
    fn what_is_broader_is_a_thing_and_nothing_is_broader_than_itself() {
        let heads: BTreeSet<&str> = LIST.lines().filter_map(|line| line.split(' ').next()).collect();
        let mut broader: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in BROADER.lines() {
            let (one, other) = line.split_once(' ').unwrap();
            assert!(heads.contains(one) && heads.contains(other), "{line}");
            broader.entry(one).or_default().push(other);
        }
        for start in broader.keys() {
            let mut reached: Vec<&str> = broader[start].clone();
            let mut seen = BTreeSet::new();
            while let Some(thing) = reached.pop() {
                assert_ne!(thing, *start);
                if seen.insert(thing) {
                    reached.extend(broader.get(thing).into_iter().flatten());
                }
            }
        }
    }

    #[test]
    fn hyphens_join_two_words_of_english_alone() {
        for line in LIST.lines() {
            let (others, english) = line.rsplit_once('=').unwrap();
            assert!(!others.contains('-'), "{line}");
            for phrase in english.split_whitespace().filter(|word| word.contains('-')) {
                let words: Vec<&str> = phrase.split('-').collect();
                assert!(words.len() == 2 && words.iter().all(|word| word.len() > 1), "{line}");
            }
        }
    }

    #[test]
    fn two_words_stand_for_one_of_another_language() {
        let concepts = Concepts::new();
        let of = |first, second| {
            let mut forms = Forms::new();
            concepts.add_phrase(first, second, &mut forms);
            forms.iter().map(|(kind, text)| (kind, text.to_owned())).collect::<Vec<_>>()
        };
        let has = |found: &[(Kind, String)], kind, text: &str| found.contains(&(kind, text.into()));
        assert!(has(&of("risk", "management"), Kind::Root, "=riskienhallinta"));
        assert!(has(&of("risks", "management"), Kind::Root, "=riskienhallinta"));
        assert!(has(&of("language", "models"), Kind::Broader, "=tekoäly"));
        assert!(of("management", "risk").is_empty());
    }

    #[test]
    fn acronyms_stand_for_things_however_they_are_written() {
        let roots = |text: &str| -> Vec<String> {
            let tokens = analyse(text, Languages::ALL).flat_map(|token| token.forms);
            tokens.filter(|form| form.kind == Kind::Root).map(|form| form.text).collect()
        };
        for (acronym, word) in [("HR", "henkilöstö"), ("hr", "personal"), ("AI", "tekoäly"), ("ai", "tekoäly")] {
            let (short, long) = (roots(acronym), roots(word));
            assert!(short.iter().any(|root| root.starts_with(MEANING) && long.contains(root)), "{short:?} {long:?}");
        }
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
