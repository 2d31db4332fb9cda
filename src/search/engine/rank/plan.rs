//! From the words of a query to the terms that are looked up: the same for all segments.

use std::collections::HashMap;

use crate::text::analysis::{Kind, MEANING};

use crate::search::engine::document::{FIELDS, Field};
use crate::search::engine::query::{Word, Words};
use crate::search::engine::terms::{NAME, is_made, term};

/// How much a term counts by how it relates to the word of the query.
const SURFACE: f32 = 1.1;
const BASE: f32 = 1.0;
const PART: f32 = 0.75;
const FOLDED: f32 = 0.8;
/// What has the same meaning or is of the same family, and what is narrower.
const ROOT: Meaning = Meaning { weight: 0.5, narrower: 0.35, is_near: true };
/// What is broader than what was asked for, and what else is narrower than that.
const BROADER: Meaning = Meaning { weight: 0.25, narrower: 0.15, is_near: false };
/// Two words of the query that together are one.
const JOINED: f32 = 0.9;
/// All parts of a compound apart, and some of its parts together.
const APART: f32 = 0.7;
/// A word that the last word of the query is the beginning of.
const BEGINNING: f32 = 0.5;

/// The most terms of a query, and of what is looked for because nothing else was found.
const MOST_TERMS: usize = 200;
/// The most parts of a compound that are looked for apart.
const MOST_PARTS: usize = 6;
const MOST_RUNS: usize = 6;

/// How much what a root stands for counts, and what is narrower than that.
#[derive(Clone, Copy)]
struct Meaning {
    weight: f32,
    narrower: f32,
    is_near: bool,
}

/// A term of the query and how much it counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variant {
    pub(crate) term: String,
    pub(crate) weight: f32,
    /// Whether it is what was asked for, rather than something broader or narrower.
    pub(crate) is_near: bool,
}

/// Terms of what was asked for and of what is broader or narrower: the best one counts. How rare they are, those of the
/// former say together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) variants: Vec<Variant>,
}

impl Group {
    fn push(&mut self, kind: Kind, text: &str, weight: f32) {
        self.raise(Variant { term: term(kind, text), weight, is_near: true });
    }

    fn raise(&mut self, new: Variant) {
        match self.variants.iter_mut().find(|variant| variant.term == new.term) {
            Some(variant) => {
                variant.weight = variant.weight.max(new.weight);
                variant.is_near |= new.is_near;
            }
            None => self.variants.push(new),
        }
    }

    /// Everything that a word is found by as a whole.
    fn word(word: &Word) -> Self {
        let mut group = Self::default();
        let surface = word.surface();
        group.push(Kind::Surface, surface, SURFACE);
        group.push(Kind::Base, surface, BASE);
        group.push(Kind::Part, surface, PART);
        for base in word.of(Kind::Base) {
            group.push(Kind::Base, base, BASE);
            group.push(Kind::Part, base, PART);
            if !is_made(base) {
                group.push(Kind::Surface, base, BASE);
            }
        }
        for folded in &word.folded {
            group.push(Kind::Folded, folded, FOLDED);
            group.push(Kind::Base, folded, FOLDED);
            if !is_made(folded) {
                group.push(Kind::Surface, folded, FOLDED);
            }
        }
        word.of(Kind::Root).for_each(|root| group.meaning(root, ROOT));
        word.of(Kind::Broader).for_each(|root| group.meaning(root, BROADER));
        group
    }

    /// What has a root, and what is narrower than what that stands for.
    fn meaning(&mut self, root: &str, Meaning { weight, narrower, is_near }: Meaning) {
        self.raise(Variant { term: term(Kind::Root, root), weight, is_near });
        if root.starts_with(MEANING) {
            self.raise(Variant { term: term(Kind::Broader, root), weight: narrower, is_near: false });
        }
    }

    /// A part of a compound, in all readings of it.
    fn part(readings: &[&str]) -> Self {
        let mut group = Self::default();
        for part in readings {
            group.push(Kind::Base, part, BASE);
            group.push(Kind::Surface, part, BASE);
            group.push(Kind::Part, part, PART);
            if let Some(word) = Word::read(part) {
                word.of(Kind::Root).for_each(|root| group.meaning(root, ROOT));
            }
        }
        group
    }

    /// Terms of other words, which count less.
    fn absorb(&mut self, other: Self, factor: f32) {
        for variant in other.variants {
            self.raise(Variant { weight: variant.weight * factor, ..variant });
        }
    }

    /// The terms that count most, so many.
    fn cut(&mut self, most: usize) {
        if self.variants.len() > most {
            self.variants.sort_by(|one, other| other.weight.total_cmp(&one.weight));
            self.variants.truncate(most);
        }
    }
}

/// What stands for a word of the query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Its groups by number, each with its factor: the best of them counts.
    pub(crate) whole: Vec<(usize, f32)>,
    /// Its parts, each a group: all of them together count, and some a little.
    pub(crate) parts: Vec<usize>,
}

/// What is looked up.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) groups: Vec<Group>,
    /// By word of the query.
    pub(crate) words: Vec<Wanted>,
    /// The fields that are looked in.
    pub(crate) fields: [bool; FIELDS],
    /// The term of what has the whole query as its name.
    pub(crate) name: Option<String>,
    terms: usize,
}

impl Plan {
    /// Looks for a query's words in all fields.
    pub(crate) fn new(query: &Words) -> Self {
        let words = &query.words;
        let name = query.whole.as_ref().map(|whole| format!("{NAME}{whole}"));
        let mut plan = Self { groups: Vec::new(), words: Vec::new(), fields: [true; FIELDS], name, terms: 0 };
        for (number, word) in words.iter().enumerate() {
            let mut whole = Group::word(word);
            let before = number.checked_sub(1).and_then(|before| words.get(before)).map(|before| (before, word));
            let behind = words.get(number + 1).map(|behind| (word, behind));
            for (first, second) in before.into_iter().chain(behind) {
                whole.absorb(joined(first, second), JOINED);
            }
            // Every word has its share of the terms.
            whole.cut(MOST_TERMS / words.len().max(1));
            let group = plan.add(whole);
            plan.words.push(Wanted { whole: group.map(|group| (group, 1.0)).into_iter().collect(), parts: Vec::new() });
        }
        // Parts only once every word has its own: a long query loses these first.
        for (number, word) in words.iter().enumerate() {
            plan.add_parts(number, word);
        }
        plan
    }

    /// Looks in names and titles alone.
    pub(crate) fn in_names(mut self) -> Self {
        self.fields = Field::ALL.map(|field| matches!(field, Field::Name | Field::Title));
        self
    }

    fn add(&mut self, mut group: Group) -> Option<usize> {
        group.cut(MOST_TERMS.saturating_sub(self.terms));
        if group.variants.is_empty() {
            return None;
        }
        self.terms += group.variants.len();
        self.groups.push(group);
        Some(self.groups.len() - 1)
    }

    fn add_parts(&mut self, number: usize, word: &Word) {
        let every: Vec<&str> = word.of(Kind::Part).collect();
        let is_inside = |part: &&str| every.iter().any(|other| other != part && part.contains(other));
        let surface = word.surface();
        let place = |part: &str| {
            let head = part.char_indices().nth(3).and_then(|(end, _)| part.get(..end)).unwrap_or(part);
            surface.find(part).or_else(|| surface.find(head))
        };
        // What begins at the same place are readings of the same part; one that isn't found stays behind the one before.
        let mut parts: Vec<(usize, Vec<&str>)> = Vec::new();
        let mut before = 0;
        for part in every.iter().copied().filter(|part| !is_inside(part)) {
            let place = place(part);
            before = place.unwrap_or(before);
            match parts.iter_mut().find(|(own, _)| Some(*own) == place) {
                Some((_, readings)) => readings.push(part),
                None => parts.push((before, vec![part])),
            }
        }
        parts.sort_by_key(|(place, _)| *place);
        parts.truncate(MOST_PARTS);
        let is_part = |run: &str| parts.iter().any(|(_, readings)| readings.contains(&run));
        let runs: Vec<&str> =
            every.iter().copied().filter(|run| !is_part(run) && !is_made(run)).take(MOST_RUNS).collect();
        let length = surface.chars().count().max(1) as f32;
        for run in runs {
            let mut group = Group::default();
            group.push(Kind::Base, run, BASE);
            group.push(Kind::Surface, run, BASE);
            group.push(Kind::Part, run, PART);
            let weight = APART * run.chars().count() as f32 / length;
            let group = self.add(group);
            if let (Some(group), Some(wanted)) = (group, self.words.get_mut(number)) {
                wanted.whole.push((group, weight.min(APART)));
            }
        }
        if parts.len() > 1 {
            let parts = parts.into_iter().filter_map(|(_, readings)| self.add(Group::part(&readings)));
            let parts: Vec<usize> = parts.collect();
            if let Some(wanted) = self.words.get_mut(number) {
                wanted.parts = parts;
            }
        }
    }

    /// Looks for words that begin with a word of the query, too; the new group's number.
    pub(crate) fn add_beginnings(&mut self, number: usize, terms: Vec<String>) -> Option<usize> {
        let weight = |term: &String| if term.starts_with('P') { PART * BEGINNING } else { BEGINNING };
        let variants = terms.into_iter().map(|term| Variant { weight: weight(&term), term, is_near: true }).collect();
        self.add_more(number, Group { variants })
    }

    /// Looks for other words instead of a word of the query, too; the new group's number.
    pub(crate) fn add_corrections(&mut self, number: usize, words: &[(Word, f32)]) -> Option<usize> {
        let mut group = Group::default();
        for (word, weight) in words {
            group.absorb(Group::word(word), *weight);
        }
        self.add_more(number, group)
    }

    fn add_more(&mut self, number: usize, group: Group) -> Option<usize> {
        // These have room of their own: they are few, and there is nothing else.
        self.terms = 0;
        let group = self.add(group)?;
        self.words.get_mut(number)?.whole.push((group, 1.0));
        Some(group)
    }

    /// What each term is looked up for: its words by number, and whether it is what was asked for.
    pub(crate) fn by_term(&self) -> HashMap<&str, (Vec<usize>, bool)> {
        let mut words: HashMap<&str, (Vec<usize>, bool)> = HashMap::new();
        for (number, wanted) in self.words.iter().enumerate() {
            let groups = wanted.whole.iter().map(|(group, _)| group).chain(&wanted.parts);
            for variant in groups.filter_map(|group| self.groups.get(*group)).flat_map(|group| &group.variants) {
                let (known, is_near) = words.entry(&variant.term).or_default();
                *is_near |= variant.is_near;
                if known.last() != Some(&number) {
                    known.push(number);
                }
            }
        }
        words
    }
}

/// Two words written together, as one would find them that are a word.
fn joined(first: &Word, second: &Word) -> Group {
    let word = Word::read(&format!("{}{}", first.typed, second.typed));
    let mut group = word.map(|word| Group::word(&word)).unwrap_or_default();
    group.variants.retain(|variant| !variant.term.starts_with(['R', 'W']) && !is_made(&variant.term));
    group
}

/// The terms of a word that must not be there, or that a phrase has: its surface and its bases.
pub(crate) fn plain(word: &Word) -> Vec<String> {
    let mut group = Group::default();
    for text in word.of(Kind::Surface).chain(word.of(Kind::Base)) {
        group.push(Kind::Base, text, BASE);
        if !is_made(text) {
            group.push(Kind::Surface, text, BASE);
        }
    }
    group.variants.into_iter().map(|variant| variant.term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_bounded() {
        let long = "hallitusohjelmaneuvotteluissa ".repeat(100);
        let plan = Plan::new(&Words::parse(&long));
        let terms: usize = plan.groups.iter().map(|group| group.variants.len()).sum();
        assert!(terms <= MOST_TERMS && plan.words.len() <= 32, "{terms}");
    }

    #[test]
    fn readings_of_a_part_are_one_group() {
        let plan = Plan::new(&Words::parse("decision-making"));
        let [wanted] = plan.words.as_slice() else { panic!("one word") };
        let terms = |group: &usize| -> Vec<&str> {
            plan.groups[*group].variants.iter().map(|variant| variant.term.as_str()).collect()
        };
        let parts: Vec<Vec<&str>> = wanted.parts.iter().map(terms).collect();
        assert_eq!(parts.len(), 2, "{parts:?}");
        for (part, reading) in parts.iter().zip(["Sdecision", "Smaking"]) {
            assert!(part.contains(&reading), "{parts:?}");
        }
    }

    #[test]
    fn two_words_of_english_are_looked_for_as_one_of_another_language() {
        for (query, place, is_one) in [("risk management", 1, true), ("management risk", 0, false)] {
            let plan = Plan::new(&Words::parse(query));
            let management = &plan.groups[plan.words[place].whole[0].0];
            assert_eq!(
                management.variants.iter().any(|variant| variant.term == "R=riskienhallinta"),
                is_one,
                "{query}"
            );
        }
    }

    #[test]
    fn what_is_broader_is_looked_for_with_less_weight() {
        let plan = Plan::new(&Words::parse("kielimalli"));
        let weight = |term: &str| plan.groups[0].variants.iter().find(|variant| variant.term == term).unwrap().weight;
        assert!(weight("R=tekoäly") < weight("R=kielimalli"));
    }

    #[test]
    fn neighbours_are_looked_for_as_one_word() {
        let plan = Plan::new(&Words::parse("palvelu muotoilu"));
        for wanted in &plan.words {
            let whole = &plan.groups[wanted.whole[0].0];
            assert!(whole.variants.iter().any(|variant| variant.term == "Spalvelumuotoilu" && variant.weight < BASE));
        }
    }
}
