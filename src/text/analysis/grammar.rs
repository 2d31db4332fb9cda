//! What Finnish and Swedish have in common: words are read by taking endings off and looking up what is left, compounds
//! by finding parts that may stand before others.

use super::hash::{Word, extend};
use super::lexicon::Table;
use super::slots::{INFINITIVE, Slots};
use super::suffixes::{ends_in, without};
use super::{finnish, swedish};

/// How a word comes of another: what it ends in, what the other has in its place, and the endings that takes.
pub type Relation = (&'static str, &'static str, Slots);

/// Endings of parts of compounds, and the stems they go with.
pub type Links = &'static [(&'static str, Slots)];

/// Something that was taken off a word: where the rest ends, what to put there, and the endings that it then takes.
#[derive(Clone, Copy)]
pub struct Strip {
    /// Bytes of the word that are left.
    pub end: usize,
    /// What follows them in the stem.
    pub extension: &'static str,
    /// The endings that the stem must take.
    pub takes: Slots,
}

/// All that can be taken off a word.
#[derive(Default)]
pub struct Strips {
    /// Inflection.
    pub direct: Vec<Strip>,
    /// Inflected words that come of others regularly; what they come of is their base where they have none of their own.
    pub derived: Vec<Strip>,
}

impl Strips {
    /// Notes an ending of inflection: once for each place.
    pub fn direct(&mut self, end: usize, takes: Slots) {
        match self.direct.iter_mut().find(|strip| strip.end == end) {
            Some(strip) => strip.takes |= takes,
            None => self.direct.push(Strip { end, extension: "", takes }),
        }
    }
}

/// The rules of a language.
pub struct Grammar {
    /// Whether names take its endings; in the others, -s alone.
    pub inflects_names: bool,
    /// Finds all that can be taken off a word.
    pub strip: fn(&str, &mut Strips),
    /// The endings of nominals: what a compound ends in, where it can.
    pub nominal: Slots,
    /// Finds what can be taken off a base form.
    pub strip_base: fn(&str, &mut Strips),
    /// What may end a part of a compound that is not the last, and the stems it goes with.
    pub links: Links,
    /// The same in words that are known.
    pub links_of_known: Links,
    /// The fewest bytes of the last part of a word that is known: so that no ending is taken for one.
    pub shortest_last_of_known: usize,
    /// Ends of words that don't stand before another part without a link.
    pub never_bare: &'static [&'static str],
    /// What begins no word, but ends many.
    pub never_words: &'static [&'static str],
    /// Families of words.
    pub relations: &'static [Relation],
    /// Ends of words by the shape they have in a key.
    pub key_ends: &'static [(&'static str, &'static str)],
    /// Endings that a word which isn't known may well have.
    pub key_takes: Slots,
}

/// The rules of Finnish.
pub const FINNISH: Grammar = Grammar {
    inflects_names: true,
    strip: finnish::strip,
    nominal: INFINITIVE - 1,
    strip_base: finnish::strip_base,
    links: finnish::LINKS,
    links_of_known: finnish::LINKS,
    shortest_last_of_known: 4,
    never_bare: finnish::NEVER_BARE,
    never_words: finnish::NEVER_WORDS,
    relations: finnish::RELATIONS,
    key_ends: finnish::KEY_ENDS,
    key_takes: finnish::KEY_TAKES,
};

/// The rules of Swedish.
pub const SWEDISH: Grammar = Grammar {
    inflects_names: false,
    strip: swedish::strip,
    nominal: Slots::MAX,
    strip_base: swedish::strip_base,
    links: swedish::LINKS,
    links_of_known: swedish::LINKS_OF_KNOWN,
    shortest_last_of_known: 5,
    never_bare: swedish::NEVER_BARE,
    never_words: swedish::NEVER_WORDS,
    relations: swedish::RELATIONS,
    key_ends: swedish::KEY_ENDS,
    key_takes: swedish::KEY_TAKES,
};

/// A part of a compound.
pub struct Part {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, with what links it to the next.
    pub end: usize,
    /// The words that it may be.
    pub words: Vec<u32>,
}

/// A compound taken apart.
pub struct Compound {
    /// Its parts; the last has no words where it isn't known.
    pub parts: Vec<Part>,
    /// How doubtful it is: whether a part isn't known, how many there are, and whether the last is derived.
    pub doubt: (bool, u8, bool),
}

/// The fewest bytes of a part, and of its stem.
const SHORTEST: usize = 3;
const SHORTEST_STEM: usize = 2;
/// The most parts.
const MOST_PARTS: u8 = 5;
/// The fewest bytes of a known part before one that isn't known, and of that one.
const SHORTEST_BEFORE_UNKNOWN: usize = 5;
const SHORTEST_UNKNOWN: usize = 4;

impl Grammar {
    /// The words that a word, from some letter on, may be a form of: by inflection, else, as is told, by derivation. Of
    /// nominals alone where it is the last part of a compound and may be one.
    pub fn read(
        &self,
        table: &Table,
        word: &Word<'_>,
        start: usize,
        strips: &Strips,
        folded: bool,
    ) -> (Vec<u32>, bool) {
        let mut words = Vec::new();
        let nominal = if start > 0 { self.nominal } else { 0 };
        for (strips, derived, takes) in
            [(&strips.direct, false, nominal), (&strips.direct, false, Slots::MAX), (&strips.derived, true, Slots::MAX)]
        {
            for strip in strips.iter().filter(|strip| strip.takes & takes != 0 && strip.end > start + 1) {
                let hash = extend(word.hash(start, strip.end), strip.extension);
                for found in table.find(hash, strip.takes & takes, folded) {
                    if !words.contains(&found) {
                        words.push(found);
                    }
                }
            }
            if !words.is_empty() {
                return (words, derived);
            }
        }
        (words, true)
    }

    /// The verb or adjective that a word comes of, or that it is.
    pub fn family<'t>(&self, table: &'t Table, base: &str) -> Option<&'t str> {
        let itself = table.find(extend(0, base), INFINITIVE, false).next();
        let of_another = || {
            self.relations.iter().find_map(|(end, replacement, takes)| {
                let rest = without(base, end).filter(|rest| rest.len() > 1)?;
                table.find(extend(extend(0, rest), replacement), *takes, false).next()
            })
        };
        itself.or_else(of_another).map(|number| table.word(number))
    }

    /// Takes a compound apart: into as few parts as can be, of those the way whose shortest part is longest.
    pub fn split(&self, table: &Table, word: &Word<'_>, strips: &Strips, folded: bool) -> Option<Compound> {
        self.split_at(self.links, table, word, strips, folded)
    }

    /// Takes a base form that is known apart.
    pub fn split_known(&self, table: &Table, word: &Word<'_>) -> Option<Compound> {
        let mut strips = Strips::default();
        (self.strip_base)(word.text, &mut strips);
        let compound = self.split_at(self.links_of_known, table, word, &strips, false)?;
        let last = compound.parts.last().map_or(0, |part| part.end - part.start);
        (compound.is_known() && last >= self.shortest_last_of_known).then_some(compound)
    }

    fn split_at(
        &self,
        links: Links,
        table: &Table,
        word: &Word<'_>,
        strips: &Strips,
        folded: bool,
    ) -> Option<Compound> {
        let places = Places { grammar: self, links, table, word, folded };
        let length = word.text.len();
        let mut reached: Vec<Option<Way>> = vec![None; length + 1];
        if let Some(place) = reached.first_mut() {
            *place = Some(Way::START);
        }
        let mut best: Option<(Way, Vec<u32>)> = None;
        let mut unknown: Option<Way> = None;
        for start in 0..length.saturating_sub(SHORTEST - 1) {
            let Some(Some(way)) = reached.get(start).copied() else { continue };
            let whole = way.and_part(start, length);
            if way.parts > 0 && best.as_ref().is_none_or(|(best, _)| whole.better_than(best)) {
                let (words, derived) = self.read(table, word, start, strips, folded);
                let whole = Way { derived, ..whole };
                if !words.is_empty() && best.as_ref().is_none_or(|(best, _)| whole.better_than(best)) {
                    best = Some((whole, words));
                }
            }
            if way.parts > 0
                && way.shortest >= SHORTEST_BEFORE_UNKNOWN
                && self.may_begin(word.part(start, length))
                && unknown.is_none_or(|best| whole.better_than(&best))
            {
                unknown = Some(whole);
            }
            if way.parts + 1 < MOST_PARTS {
                places.reach(start, way, &mut reached);
            }
        }
        let is_unknown = best.is_none();
        let (way, words) = best.or(unknown.map(|way| (way, Vec::new())))?;
        let mut parts = vec![Part { start: way.from, end: length, words }];
        let mut end = way.from;
        while end > 0 {
            let start = reached.get(end).copied().flatten()?.from;
            parts.push(Part { start, end, words: places.linked(start, end).collect() });
            end = start;
        }
        parts.reverse();
        Some(Compound { parts, doubt: (is_unknown, way.parts, way.derived) })
    }

    /// Whether something that isn't known may be a word: long enough, and not begun in the middle of one.
    fn may_begin(&self, rest: &str) -> bool {
        let mut letters = rest.chars();
        rest.len() >= SHORTEST_UNKNOWN
            && letters.next() != letters.next()
            && !self.never_words.iter().any(|ending| rest.starts_with(ending))
    }
}

impl Compound {
    /// Whether all its parts are words that are known.
    pub fn is_known(&self) -> bool {
        let (is_unknown, ..) = self.doubt;
        !is_unknown
    }
}

/// The places in a word where a part may end.
#[derive(Clone, Copy)]
struct Places<'p> {
    grammar: &'p Grammar,
    links: Links,
    table: &'p Table,
    word: &'p Word<'p>,
    folded: bool,
}

impl<'p> Places<'p> {
    /// Notes every place that one more part leads to: every stem that begins here, with every link behind it.
    fn reach(self, start: usize, way: Way, reached: &mut [Option<Way>]) {
        let text = self.word.text;
        for stem in (start + SHORTEST_STEM..text.len()).filter(|stem| text.is_char_boundary(*stem)) {
            let takes = self.table.takes(self.word.hash(start, stem), self.folded);
            for (link, _) in self.links.iter().filter(|(_, of)| takes & of != 0) {
                let end = stem + link.len();
                if self.may_link(start, stem, link)
                    && let Some(place) = reached.get_mut(end)
                {
                    let candidate = way.and_part(start, end);
                    if place.is_none_or(|own| candidate.better_than(&own)) {
                        *place = Some(candidate);
                    }
                }
            }
        }
    }

    /// The words that something may be before another part.
    fn linked(self, start: usize, end: usize) -> impl Iterator<Item = u32> + 'p {
        let stems = self.links.iter().filter_map(move |(link, of)| {
            let stem = end.checked_sub(link.len()).filter(|stem| *stem >= start + SHORTEST_STEM)?;
            self.may_link(start, stem, link).then_some((stem, *of))
        });
        stems.flat_map(move |(stem, of)| self.table.find(self.word.hash(start, stem), of, self.folded))
    }

    /// Whether a stem from one place to another may stand before another part with a link: the link is there, both
    /// together are long enough, something is left behind them, and what never stands there without a link has one.
    fn may_link(self, start: usize, stem: usize, link: &str) -> bool {
        let end = stem + link.len();
        end >= start + SHORTEST
            && end < self.word.text.len()
            && self.word.part(stem, end) == link
            && !(link.is_empty() && self.never_bare(start, end))
    }

    /// Whether a part doesn't stand before another without a link.
    fn never_bare(self, start: usize, end: usize) -> bool {
        let part = self.word.part(start, end);
        self.grammar.never_bare.iter().any(|ending| part.len() > ending.len() + 2 && ends_in(part, ending))
    }
}

/// A way to a place in a compound.
#[derive(Clone, Copy)]
struct Way {
    parts: u8,
    /// Whether the last part is a word that comes of another, rather than a form of it.
    derived: bool,
    /// The bytes of the shortest part.
    shortest: usize,
    /// Where the last part begins.
    from: usize,
}

impl Way {
    const START: Self = Self { parts: 0, derived: false, shortest: usize::MAX, from: 0 };

    fn and_part(self, start: usize, end: usize) -> Self {
        Self { parts: self.parts + 1, derived: false, shortest: self.shortest.min(end - start), from: start }
    }

    fn better_than(&self, other: &Self) -> bool {
        (self.parts, self.derived, other.shortest) < (other.parts, other.derived, self.shortest)
    }
}
