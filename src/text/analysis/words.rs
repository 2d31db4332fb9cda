//! What a word stands for: everything that it is found by.

use super::finnish::morphology::{self, Morphology, Segment};
use super::folding::fold;
use super::grammar::{Compound, FINNISH, Grammar, SWEDISH, Strips};
use super::hash::Word;
use super::lexicon::{Lexicon, Table};
use super::slots::NOMINATIVE;
use super::suffixes::without;
use super::tokens::{Cut, acronym, normal, pieces};
use super::{Form, Kind, Languages, english};

/// Follows a term that rules alone have made, of a word that no lexicon has: no word has it, so none is met by chance.
const MADE: char = '~';

/// The most words that one form may belong to.
const MOST_BASES: usize = 6;
/// The most parts that a run of a compound has.
const LONGEST_RUN: usize = 4;
/// The fewest bytes of a known word that is taken apart.
const SHORTEST_KNOWN: usize = 8;
/// The fewest letters of a term that rules alone have made.
const SHORTEST_MADE: usize = 3;

/// The forms of a word, each once.
#[derive(Default)]
struct Forms {
    forms: Vec<Form>,
}

impl Forms {
    fn push(&mut self, kind: Kind, text: impl AsRef<str> + Into<String>) {
        let known = self.forms.iter().any(|form| form.kind == kind && form.text == text.as_ref());
        if !known && !text.as_ref().is_empty() {
            self.forms.push(Form { kind, text: text.into() });
        }
    }
}

/// Everything that a word of a text is found by.
pub fn forms(lexicon: &Lexicon, morphology: Option<&dyn Morphology>, cut: &Cut<'_>, languages: Languages) -> Vec<Form> {
    let mut forms = Forms::default();
    let morphology = morphology.filter(|_| languages.has(Languages::FINNISH));
    let reader = Reader { lexicon, morphology, languages };
    let surface = normal(cut.word);
    forms.push(Kind::Surface, surface.as_str());
    let count = pieces(cut.word).count();
    if count > 1 {
        let mut head = String::new();
        for (number, piece) in pieces(cut.word).enumerate() {
            let bases = reader.piece(piece, Kind::Part, &mut forms);
            let piece = normal(piece);
            forms.push(Kind::Part, piece.as_str());
            if number + 1 == count {
                bases.iter().for_each(|base| forms.push(Kind::Base, format!("{head}{base}")));
            }
            head.push_str(&piece);
        }
    } else {
        reader.piece(cut.word, Kind::Base, &mut forms);
    }
    let folded: Vec<String> = forms
        .forms
        .iter()
        .filter(|form| matches!(form.kind, Kind::Base | Kind::Surface) && !form.text.is_ascii())
        .filter_map(|form| Some(fold(&form.text).into_owned()).filter(|folded| *folded != form.text))
        .collect();
    folded.into_iter().for_each(|text| forms.push(Kind::Folded, text));
    forms.forms
}

/// Reads words in some languages.
struct Reader<'l> {
    lexicon: &'l Lexicon,
    /// Knows Finnish better than the lexicon, where there is one.
    morphology: Option<&'l dyn Morphology>,
    languages: Languages,
}

/// What a language makes of a word.
struct Reading<'l> {
    language: Languages,
    grammar: &'static Grammar,
    table: &'l Table,
    strips: Strips,
    bases: Vec<u32>,
}

impl<'l> Reader<'l> {
    /// Reads a word or a piece of one; its bases, of that kind, are given back.
    fn piece(&self, piece: &str, kind: Kind, forms: &mut Forms) -> Vec<String> {
        if let Some(head) = acronym(piece) {
            let head = normal(head);
            let surface = if kind == Kind::Base { Kind::Surface } else { Kind::Part };
            forms.push(surface, head.as_str());
            if head.chars().count() >= SHORTEST_MADE {
                forms.push(kind, format!("{head}{MADE}"));
            }
            return vec![head];
        }
        let text = normal(piece);
        if !text.chars().any(char::is_alphabetic) {
            return vec![text];
        }
        let mut found = Forms::default();
        self.word(&Word::new(&text), &mut found);
        let mut bases = Vec::new();
        for form in found.forms {
            if form.kind == Kind::Base {
                forms.push(kind, form.text.as_str());
                bases.push(form.text);
            } else {
                forms.push(form.kind, form.text);
            }
        }
        bases
    }

    /// Reads a word in all the languages.
    fn word(&self, word: &Word<'_>, forms: &mut Forms) {
        let tables = [
            (Languages::FINNISH, &FINNISH, &self.lexicon.finnish),
            (Languages::SWEDISH, &SWEDISH, &self.lexicon.swedish),
        ];
        let wanted = tables.into_iter().filter(|(language, ..)| self.languages.has(*language));
        let readings: Vec<Reading<'l>> = wanted
            .map(|(language, grammar, table)| {
                let mut strips = Strips::default();
                (grammar.strip)(word.text, &mut strips);
                let (bases, _) = grammar.read(table, word, 0, &strips, false);
                Reading { language, grammar, table, strips, bases }
            })
            .collect();
        let finnish = self.morphology.and_then(|morphology| morphology::read(morphology, word.text));
        // What is known of the word takes the place of what the lexicon has of it in Finnish.
        let speaks = |reading: &Reading<'_>| finnish.is_none() || reading.language != Languages::FINNISH;
        for (reading, finnish) in readings.iter().filter(|reading| !speaks(reading)).zip(&finnish) {
            reading.known(word, finnish, forms);
        }
        let mut known = false;
        for reading in &readings {
            known |= !reading.bases.is_empty();
            let bases = reading.bases.iter().filter(|_| speaks(reading)).take(MOST_BASES);
            bases.map(|base| reading.table.word(*base)).for_each(|base| reading.base(base, forms));
        }
        known |= self.names(word, &readings, forms);
        let compounds: Vec<(&Reading<'l>, Compound)> = readings
            .iter()
            .filter(|reading| !known && speaks(reading))
            .filter_map(|reading| Some((reading, reading.split(word, false)?)))
            .filter(|(_, compound)| finnish.as_ref().is_none_or(|finnish| finnish.yields_to(compound)))
            .collect();
        known |= finnish.is_some();
        let least = compounds.iter().map(|(_, compound)| compound.doubt).min();
        for (reading, compound) in compounds.iter().filter(|(_, compound)| Some(compound.doubt) == least) {
            known |= compound.is_known();
            reading.compound(word, compound, forms);
        }
        if known {
            self.english(word, forms);
            return;
        }
        if word.text.is_ascii() {
            self.undotted_names(word, &readings, forms);
        }
        for reading in &readings {
            if word.text.is_ascii() && word.text.len() > SHORTEST_MADE {
                reading.undotted(word, forms);
            }
            for key in reading.keys(word, 0) {
                forms.push(Kind::Base, key);
            }
        }
        self.english(word, forms);
    }

    /// Names, with the endings that they take in both languages.
    fn names(&self, word: &Word<'_>, readings: &[Reading<'_>], forms: &mut Forms) -> bool {
        let names = self.find_names(word, readings, false);
        names.iter().for_each(|name| forms.push(Kind::Base, self.lexicon.names.word(*name)));
        !names.is_empty()
    }

    /// What names without dots would be with them: folded.
    fn undotted_names(&self, word: &Word<'_>, readings: &[Reading<'_>], forms: &mut Forms) {
        let names = self.find_names(word, readings, true);
        names.iter().for_each(|name| forms.push(Kind::Folded, fold(self.lexicon.names.word(*name)).as_ref()));
    }

    fn find_names(&self, word: &Word<'_>, readings: &[Reading<'_>], folded: bool) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        let inflecting = readings.iter().filter(|reading| reading.grammar.inflects_names);
        let strips = inflecting.flat_map(|reading| &reading.strips.direct).map(|strip| (strip.end, strip.takes));
        let genitive = word.text.strip_suffix("'s").or(word.text.strip_suffix('s'));
        let others = [genitive, Some(word.text)].into_iter().flatten().map(|name| (name.len(), NOMINATIVE));
        for (end, takes) in strips.chain(others) {
            found.extend(self.lexicon.names.find(word.hash(0, end), takes, folded));
        }
        found
    }

    fn english(&self, word: &Word<'_>, forms: &mut Forms) {
        if !self.languages.has(Languages::ENGLISH) || word.text.len() < SHORTEST_MADE {
            return;
        }
        let stem = english::stem(word.text);
        if let Some(family) = english::family(&stem) {
            forms.push(Kind::Root, format!("{family}{MADE}"));
        }
        forms.push(Kind::Base, format!("{stem}{MADE}"));
    }
}

impl Reading<'_> {
    fn family(&self, base: &str, forms: &mut Forms) {
        if let Some(root) = self.grammar.family(self.table, base) {
            forms.push(Kind::Root, root);
        }
    }

    fn split(&self, word: &Word<'_>, folded: bool) -> Option<Compound> {
        self.grammar.split(self.table, word, &self.strips, folded)
    }

    /// A base, and what it comes of and is made of.
    fn base(&self, base: &str, forms: &mut Forms) {
        forms.push(Kind::Base, base);
        self.family(base, forms);
        self.parts_of_known(base, forms);
    }

    /// What is known of a word by more than this lexicon.
    fn known(&self, word: &Word<'_>, known: &morphology::Reading, forms: &mut Forms) {
        // A participle that is a word of its own is no form of its verb.
        let own = self.bases.iter().any(|base| known.bases.iter().any(|known| known == self.table.word(*base)));
        let verbs = known.verbs.iter().filter(|_| !own);
        known.bases.iter().chain(verbs).take(MOST_BASES).for_each(|base| self.base(base, forms));
        known.splits.iter().for_each(|split| self.parts(word, split, forms));
        known.roots.iter().for_each(|root| forms.push(Kind::Root, root.as_str()));
    }

    /// The parts of a compound that the lexicon has.
    fn compound(&self, word: &Word<'_>, compound: &Compound, forms: &mut Forms) {
        let parts = compound.parts.iter().map(|part| {
            let words = part.words.iter().take(MOST_BASES);
            let mut bases: Vec<String> = words.map(|base| self.table.word(*base).to_owned()).collect();
            if bases.is_empty() {
                bases.push(word.part(part.start, part.end).to_owned());
                bases.extend(self.keys(word, part.start));
            }
            Segment { start: part.start, end: part.end, bases }
        });
        self.parts(word, &parts.collect::<Vec<_>>(), forms);
    }

    /// The parts of a compound, every run of them, and the whole; each in its base forms.
    fn parts(&self, word: &Word<'_>, parts: &[Segment], forms: &mut Forms) {
        for (number, part) in parts.iter().enumerate() {
            for base in &part.bases {
                self.family(base, forms);
                self.parts_of_known(base, forms);
            }
            let is_last = part.end == word.text.len();
            let runs = parts.iter().take(number + 1).enumerate().skip((number + 1).saturating_sub(LONGEST_RUN));
            for (first, run) in runs {
                let kind = if is_last && first == 0 { Kind::Base } else { Kind::Part };
                let head = word.part(run.start, part.start);
                part.bases.iter().for_each(|base| forms.push(kind, format!("{head}{base}")));
            }
            if is_last && number >= LONGEST_RUN {
                let head = word.part(0, part.start);
                part.bases.iter().for_each(|base| forms.push(Kind::Base, format!("{head}{base}")));
            }
        }
    }

    /// The parts of a base that is a compound in the lexicon, and theirs: each is shorter than what it is a part of.
    fn parts_of_known(&self, base: &str, forms: &mut Forms) {
        if base.len() < SHORTEST_KNOWN {
            return;
        }
        let compound = self.grammar.split_known(self.table, &Word::new(base));
        let words = compound.into_iter().flat_map(|compound| compound.parts).flat_map(|part| part.words);
        for part in words.map(|part| self.table.word(part)) {
            forms.push(Kind::Part, part);
            self.parts_of_known(part, forms);
        }
    }

    /// What a word without dots would be with them: folded.
    fn undotted(&self, word: &Word<'_>, forms: &mut Forms) {
        let (bases, _) = self.grammar.read(self.table, word, 0, &self.strips, true);
        bases.iter().take(MOST_BASES).for_each(|base| forms.push(Kind::Folded, fold(self.table.word(*base)).as_ref()));
        let compound = if bases.is_empty() { self.split(word, true) } else { None };
        let Some(last) = compound.and_then(|compound| compound.parts.into_iter().next_back()) else { return };
        let head = word.part(0, last.start);
        for base in last.words.iter().take(MOST_BASES) {
            forms.push(Kind::Folded, format!("{head}{}", fold(self.table.word(*base))));
        }
    }

    /// What is left of a word, from a letter on, that isn't known: whole, and without the longest ending that it may have.
    fn keys(&self, word: &Word<'_>, start: usize) -> Vec<String> {
        let long_enough = |end: &usize| word.part(start, *end).chars().count() >= SHORTEST_MADE;
        let fits = |takes| takes & self.grammar.key_takes != 0;
        let ends = self.strips.direct.iter().filter(|strip| fits(strip.takes)).map(|strip| strip.end);
        let stripped = ends.filter(|end| *end > start).filter(long_enough).min();
        let mut keys = Vec::new();
        for end in [Some(word.text.len()), stripped].into_iter().flatten() {
            let stem = word.part(start, end);
            let short = stem.trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y', 'ä', 'ö', 'å']);
            let short = if short.chars().count() >= SHORTEST_MADE { short } else { stem };
            let key = self.grammar.key_ends.iter().find_map(|(from, to)| Some((without(short, from)?, to)));
            let key = key.map_or(short.to_owned(), |(head, to)| format!("{head}{to}"));
            if key.chars().count() >= SHORTEST_MADE {
                keys.push(format!("{key}{MADE}"));
            }
        }
        keys
    }
}
