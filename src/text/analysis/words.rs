//! What a word stands for: everything that it is found by.

use std::ops::Range;

use super::concepts::{Concepts, Tongue};
use super::finnish::morphology::{self, Morphology, Segment};
use super::folding::fold;
use super::forms::{Forms, MADE};
use super::grammar::{Compound, FINNISH, Grammar, SWEDISH, Strips};
use super::hash::Word;
use super::lexicon::{Lexicon, Table};
use super::slots::NOMINATIVE;
use super::suffixes::without;
use super::tokens::{Cut, acronym, normal, pieces};
use super::{Kind, Languages, english};

/// The most words that one form may belong to.
const MOST_BASES: usize = 6;
/// The most parts that a run of a compound has.
const LONGEST_RUN: usize = 4;
/// The fewest bytes of a known word that is taken apart.
const SHORTEST_KNOWN: usize = 8;
/// The fewest letters of a term that rules alone have made.
const SHORTEST_MADE: usize = 3;

/// Everything that a word of a text is found by.
pub fn forms(lexicon: &Lexicon, morphology: Option<&dyn Morphology>, cut: &Cut<'_>, languages: Languages) -> Forms {
    let mut forms = Forms::new();
    let morphology = morphology.filter(|_| languages.has(Languages::FINNISH));
    let reader = Reader { lexicon, morphology, languages };
    let surface = normal(cut.word);
    forms.push(Kind::Surface, surface.as_str());
    if pieces(cut.word).nth(1).is_some() {
        reader.hyphenated(cut.word, &surface, &mut forms);
    } else if let Some(head) = acronym(cut.word) {
        reader.acronym(&normal(head), [Kind::Surface, Kind::Base, Kind::Root], &mut forms);
    } else if surface.chars().any(char::is_alphabetic) {
        reader.word(&Word::new(&surface), &mut forms);
    }
    if !forms.is_ascii() {
        let plain: Vec<String> = forms
            .iter()
            .filter(|(kind, text)| matches!(kind, Kind::Base | Kind::Surface) && !text.is_ascii())
            .filter_map(|(_, text)| Some(fold(text).into_owned()).filter(|folded| folded != text))
            .collect();
        plain.iter().for_each(|text| forms.push(Kind::Folded, text));
    }
    forms
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
    tongue: Tongue,
    grammar: &'static Grammar,
    table: &'l Table,
    concepts: &'l Concepts,
    strips: Strips,
    bases: Vec<u32>,
    /// Whether no base is a word that it is a form of: it comes of them, or there are none.
    derived: bool,
}

impl<'l> Reader<'l> {
    /// Reads a word that hyphens join: its pieces are its parts, and its bases those of the last one behind the others.
    fn hyphenated(&self, word: &str, surface: &str, forms: &mut Forms) {
        let mut head = String::new();
        let mut rest = pieces(word).peekable();
        while let Some(piece) = rest.next() {
            let bases = self.piece(piece, forms);
            let piece = normal(piece);
            forms.push(Kind::Part, piece.as_str());
            if rest.peek().is_none() {
                for base in &bases {
                    forms.join(Kind::Base, &[&head, base]);
                    self.meaning(&[&head, base], Kind::Root, forms);
                }
            }
            head.push_str(&piece);
        }
        self.english(&Word::new(surface), forms);
        let words: Vec<String> = pieces(word).map(normal).collect();
        if let (true, [first, second]) = (self.languages.has(Languages::ENGLISH), words.as_slice()) {
            self.lexicon.concepts.add_phrase(first, second, forms);
        }
    }

    /// What a base in pieces, of Finnish or Swedish, stands for in any language.
    fn meaning(&self, base: &[&str], kind: Kind, forms: &mut Forms) {
        for (language, tongue) in [(Languages::FINNISH, Tongue::Finnish), (Languages::SWEDISH, Tongue::Swedish)] {
            if self.languages.has(language) {
                self.lexicon.concepts.add(tongue, base, kind, forms);
            }
        }
    }

    /// Reads a piece of a word; its bases, which are parts, are given back.
    fn piece(&self, piece: &str, forms: &mut Forms) -> Vec<String> {
        if let Some(head) = acronym(piece) {
            let head = normal(head);
            self.acronym(&head, [Kind::Part, Kind::Part, Kind::PartRoot], forms);
            return vec![head];
        }
        let text = normal(piece);
        if !text.chars().any(char::is_alphabetic) {
            return vec![text];
        }
        let mut found = Forms::new();
        self.word(&Word::new(&text), &mut found);
        let mut bases = Vec::new();
        for (kind, text) in found.iter() {
            match kind {
                Kind::Base => {
                    forms.push(Kind::Part, text);
                    bases.push(text.to_owned());
                }
                Kind::Root => forms.push(Kind::PartRoot, text),
                // Of a whole word alone.
                Kind::Broader => {}
                kind => forms.push(kind, text),
            }
        }
        bases
    }

    /// An acronym, as what it is, what it stands for, and what rules make of it.
    fn acronym(&self, head: &str, [surface, base, root]: [Kind; 3], forms: &mut Forms) {
        forms.push(surface, head);
        self.meaning(&[head], root, forms);
        if self.languages.has(Languages::ENGLISH) {
            self.lexicon.concepts.add(Tongue::English, &[&english::stem(head)], root, forms);
        }
        if head.chars().count() >= SHORTEST_MADE {
            forms.join(base, &[head, MADE]);
        }
    }

    /// Reads a word in all the languages.
    fn word(&self, word: &Word<'_>, forms: &mut Forms) {
        let tables = [
            (Languages::FINNISH, Tongue::Finnish, &FINNISH, &self.lexicon.finnish),
            (Languages::SWEDISH, Tongue::Swedish, &SWEDISH, &self.lexicon.swedish),
        ];
        let wanted = tables.into_iter().filter(|(language, ..)| self.languages.has(*language));
        let readings: Vec<Reading<'l>> = wanted
            .map(|(_, tongue, grammar, table)| {
                let mut strips = Strips::default();
                (grammar.strip)(word.text, &mut strips);
                let (bases, derived) = grammar.read(table, word, 0, &strips, false);
                Reading { tongue, grammar, table, concepts: &self.lexicon.concepts, strips, bases, derived }
            })
            .collect();
        let finnish = self.morphology.and_then(|morphology| morphology::read(morphology, word.text));
        // What the lexicon has of a word holds; what is known of it by more takes the place of what rules would make of it.
        let is_lacking = |reading: &Reading<'_>| reading.tongue == Tongue::Finnish && reading.derived;
        let parts = finnish.as_ref().filter(|_| !readings.iter().any(is_lacking));
        let finnish = finnish.as_ref().filter(|_| parts.is_none());
        let speaks = |reading: &Reading<'_>| finnish.is_none() || reading.tongue != Tongue::Finnish;
        for (reading, finnish) in readings.iter().filter(|reading| !speaks(reading)).zip(finnish) {
            reading.known(word, finnish, forms);
        }
        let mut known = false;
        for reading in &readings {
            known |= !reading.bases.is_empty();
            let bases = reading.bases.iter().filter(|_| speaks(reading)).take(MOST_BASES);
            bases.map(|base| reading.table.word(*base)).for_each(|base| reading.base(base, forms));
            if let Some(parts) = parts.filter(|_| reading.tongue == Tongue::Finnish) {
                reading.parts(word, parts, forms);
            }
        }
        known |= self.names(word, &readings, forms);
        let compounds: Vec<(&Reading<'l>, Compound)> = readings
            .iter()
            .filter(|reading| !known && speaks(reading))
            .filter_map(|reading| Some((reading, reading.split(word, false)?)))
            .filter(|(_, compound)| finnish.is_none_or(|finnish| finnish.yields_to(compound)))
            .collect();
        known |= finnish.is_some();
        let least = compounds.iter().map(|(_, compound)| compound.doubt).min();
        for (reading, compound) in compounds.iter().filter(|(_, compound)| Some(compound.doubt) == least) {
            known |= compound.is_known();
            reading.compound(word, compound, forms);
        }
        // An acronym that is not in capitals may look like a word of another language.
        self.meaning(&[word.text], Kind::Root, forms);
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
            for (head, end) in reading.keys(word, 0) {
                forms.join(Kind::Base, &[head, end, MADE]);
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
        if !self.languages.has(Languages::ENGLISH) {
            return;
        }
        let stem = english::stem(word.text);
        if let Some(family) = english::family(&stem) {
            forms.join(Kind::Root, &[family, MADE]);
        }
        self.lexicon.concepts.add(Tongue::English, &[&stem], Kind::Root, forms);
        if word.text.len() >= SHORTEST_MADE {
            forms.join(Kind::Base, &[&stem, MADE]);
        }
    }
}

impl Reading<'_> {
    /// The root of a base, and what it stands for: of the whole word, or of a part of it.
    fn family(&self, kind: Kind, base: &str, forms: &mut Forms) {
        if let Some(root) = self.grammar.family(self.table, base) {
            forms.push(kind, root);
        }
        self.concepts.add(self.tongue, &[base], kind, forms);
    }

    fn split(&self, word: &Word<'_>, folded: bool) -> Option<Compound> {
        self.grammar.split(self.table, word, &self.strips, folded)
    }

    /// A base, and what it comes of and is made of.
    fn base(&self, base: &str, forms: &mut Forms) {
        forms.push(Kind::Base, base);
        self.family(Kind::Root, base, forms);
        self.parts_of_known(base, forms);
    }

    /// Whether this lexicon and what knows more have a base in common.
    fn agrees(&self, known: &morphology::Reading) -> bool {
        self.bases.iter().any(|base| known.bases.iter().any(|known| known == self.table.word(*base)))
    }

    /// What is known of a word by more than this lexicon.
    fn known(&self, word: &Word<'_>, known: &morphology::Reading, forms: &mut Forms) {
        // A participle that is a word of its own is no form of its verb.
        let is_own = self.agrees(known);
        let verbs = known.verbs.iter().filter(|_| !is_own);
        known.bases.iter().chain(verbs).take(MOST_BASES).for_each(|base| self.base(base, forms));
        known.splits.iter().for_each(|split| self.segments(word, split, forms));
        let kind = if known.splits.is_empty() { Kind::Root } else { Kind::PartRoot };
        known.roots.iter().for_each(|root| forms.push(kind, root));
    }

    /// The parts of a word of the lexicon that are known by more than it, if that agrees on the word.
    fn parts(&self, word: &Word<'_>, known: &morphology::Reading, forms: &mut Forms) {
        if self.agrees(known) {
            known.splits.iter().for_each(|split| self.segments(word, split, forms));
        }
    }

    /// The parts of a compound that is known by more than this lexicon.
    fn segments(&self, word: &Word<'_>, segments: &[Segment], forms: &mut Forms) {
        for (number, segment) in segments.iter().enumerate() {
            let bases: Vec<[&str; 3]> = segment.bases.iter().map(|base| [base.as_str(), "", ""]).collect();
            for [base, ..] in &bases {
                self.family(Kind::PartRoot, base, forms);
                self.parts_of_known(base, forms);
            }
            let starts = segments.iter().take(number + 1).map(|segment| segment.start);
            self.runs(word, starts, segment.start..segment.end, &bases, forms);
        }
    }

    /// The parts of a compound that the lexicon has.
    fn compound(&self, word: &Word<'_>, compound: &Compound, forms: &mut Forms) {
        for (number, part) in compound.parts.iter().enumerate() {
            let known = part.words.iter().take(MOST_BASES).map(|base| self.table.word(*base));
            let mut bases: Vec<[&str; 3]> = known.map(|base| [base, "", ""]).collect();
            for [base, ..] in &bases {
                self.family(Kind::PartRoot, base, forms);
                self.parts_of_known(base, forms);
            }
            if bases.is_empty() {
                bases.push([word.part(part.start, part.end), "", ""]);
                bases.extend(self.keys(word, part.start).map(|(head, end)| [head, end, MADE]));
            }
            let starts = compound.parts.iter().take(number + 1).map(|part| part.start);
            self.runs(word, starts, part.start..part.end, &bases, forms);
        }
    }

    /// A part of a compound, every run that ends with it, and with the last of them the whole; each in its base forms, in
    /// pieces. The starts are those of the parts up to it.
    fn runs(
        &self,
        word: &Word<'_>,
        starts: impl ExactSizeIterator<Item = usize>,
        part: Range<usize>,
        bases: &[[&str; 3]],
        forms: &mut Forms,
    ) {
        let is_last = part.end == word.text.len();
        let count = starts.len();
        let mut push = |kind, start: usize| {
            let head = word.part(start, part.start);
            bases.iter().for_each(|[base, end, made]| forms.join(kind, &[head, base, end, made]));
        };
        for (first, start) in starts.enumerate().skip(count.saturating_sub(LONGEST_RUN)) {
            push(if is_last && first == 0 { Kind::Base } else { Kind::Part }, start);
        }
        if is_last && count > LONGEST_RUN {
            push(Kind::Base, 0);
        }
        if is_last {
            let whole = |base| [word.part(0, part.start), base];
            bases.iter().for_each(|[base, ..]| self.concepts.add(self.tongue, &whole(base), Kind::Root, forms));
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
            self.concepts.add(self.tongue, &[part], Kind::PartRoot, forms);
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
            forms.join(Kind::Folded, &[head, &fold(self.table.word(*base))]);
        }
    }

    /// What is left of a word, from a letter on, that isn't known: whole, and without the longest ending that it may have.
    fn keys<'w>(&self, word: &Word<'w>, start: usize) -> impl Iterator<Item = (&'w str, &'static str)> + use<'w> {
        let is_long = |text: &str| text.chars().nth(SHORTEST_MADE - 1).is_some();
        let fits = |takes| takes & self.grammar.key_takes != 0;
        let ends = self.strips.direct.iter().filter(|strip| fits(strip.takes)).map(|strip| strip.end);
        let stripped = ends.filter(|end| *end > start).filter(|end| is_long(word.part(start, *end))).min();
        let key_ends = self.grammar.key_ends;
        let text = word.part(start, word.text.len());
        let stripped = stripped.map(|end| word.part(start, end));
        [Some(text), stripped].into_iter().flatten().filter_map(move |stem| {
            let short = stem.trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y', 'ä', 'ö', 'å']);
            let short = if is_long(short) { short } else { stem };
            let key = key_ends.iter().find_map(|(from, to)| Some((without(short, from)?, *to)));
            let (head, end) = key.unwrap_or((short, ""));
            (head.chars().chain(end.chars()).nth(SHORTEST_MADE - 1).is_some()).then_some((head, end))
        })
    }
}
