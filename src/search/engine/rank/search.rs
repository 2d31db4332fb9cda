//! A search, from the words to the page.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::DocId;

use super::collect::{Best, Counter, Counts, Facets, merge, score_of};
use super::explain::{Matched, explain};
use super::lists::{FoundGroup, count, find_all, find_term};
use super::mask::{Condition, Mask};
use super::plan::{Plan, plain};
use super::score::{Scorer, rarity};
use super::{near, phrase};
use crate::search::engine::document::{FIELDS, Key};
use crate::search::engine::error::Result;
use crate::search::engine::postings::{Bits, List, WINDOW, first_of, places};
use crate::search::engine::query::{After, Filters, MOST_HITS, Query, Words};
use crate::search::engine::schema::Property;
use crate::search::engine::segment::{Segment, Snapshot};

/// A document that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which one.
    pub key: Key,
    /// How well it fits, in no unit: to compare with the other hits of the same query.
    pub score: f32,
    /// Where the query's words stand in it.
    pub matched: Matched,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The page.
    pub hits: Vec<Hit>,
    /// How many documents there are on all pages.
    pub total: u64,
    /// Counts over all pages, where they were asked for.
    pub facets: Option<Facets>,
    /// The query as it was probably meant, where a word of it stands nowhere; it was searched for.
    pub corrected: Option<String>,
    /// The end of the page, if there is another.
    pub next: Option<After>,
}

/// How the words of a query are looked for, and where they were found.
pub(crate) struct Looked {
    pub(crate) plan: Plan,
    /// By segment.
    pub(crate) found: Vec<Vec<FoundGroup>>,
    /// Which documents of each segment may be seen.
    pub(crate) visible: Vec<Mask>,
    /// By group.
    pub(crate) rarities: Vec<f32>,
    pub(crate) corrected: Option<String>,
}

/// From so many letters on, the last word may be a beginning.
const SHORTEST_BEGINNING: usize = 3;

/// … if no more than so many documents have it as it stands, and one in so many: a word that many have is finished.
const FEW: u64 = 20;
const FEW_SHARE: u64 = 1_000;

/// The documents of a segment that a caller may see.
fn visible(segment: &Segment, access: Option<&[String]>, left_out: &HashSet<Key>) -> Result<Mask> {
    let mut mask = Mask::new(segment.size());
    mask.required.extend(segment.alive.clone());
    if let Some(access) = access {
        mask.conditions.push(any(segment, Property::Access, access)?);
    }
    for key in left_out {
        mask.without.extend(segment.find(key)?);
    }
    mask.without.sort_unstable();
    Ok(mask)
}

/// One of some values.
fn any<'v>(
    segment: &Segment,
    property: Property,
    values: impl IntoIterator<Item = &'v (impl AsRef<str> + 'v)>,
) -> Result<Condition> {
    let lists = values.into_iter().filter_map(|value| segment.having(property, value.as_ref()).transpose());
    Ok(Condition::any(lists.collect::<Result<_>>()?))
}

/// Looks words up, and what else they may mean where nothing that the caller may see has them.
pub(crate) fn look(
    snapshot: &Snapshot,
    words: &Words,
    mut plan: Plan,
    access: Option<&[String]>,
    left_out: &HashSet<Key>,
    suggesting: bool,
) -> Result<Looked> {
    let segments = &snapshot.segments;
    let visible = segments.iter().map(|segment| visible(segment, access, left_out)).collect::<Result<_>>()?;
    let found = segments.iter().map(|segment| find_all(segment, &plan, 0)).collect::<Result<_>>()?;
    let mut looked = Looked { plan: plan.clone(), found, visible, rarities: Vec::new(), corrected: None };
    let mut counts = looked.count_from(0)?;
    let mut replacements = Vec::new();
    let last = words.words.len().saturating_sub(1);
    // Of what is out of a caller's sight, nothing changes what they find, nor in which order.
    let documents = match access {
        None => snapshot.documents,
        Some(_) => looked.visible.iter().map(Mask::listed).sum(),
    };
    let few = FEW + documents / FEW_SHARE;
    for (number, word) in words.words.iter().enumerate() {
        let wanted = plan.words.get(number).cloned().unwrap_or_default();
        let whole = wanted.whole.first().and_then(|(group, _)| counts.get(*group)).copied().unwrap_or_default();
        let letters = word.surface().chars().count();
        let is_beginning = number == last && (suggesting || letters >= SHORTEST_BEGINNING && whole < few);
        if is_beginning {
            let terms = near::beginnings(snapshot, word, plan.fields, &mut looked.visible)?;
            if let Some(group) = plan.add_beginnings(number, terms) {
                counts.extend(looked.add(snapshot, &plan, group)?);
                if whole == 0 && counts.get(group).is_some_and(|count| *count > 0) {
                    continue;
                }
            }
        }
        if whole == 0 && !word.has_meaning() {
            let corrections = near::corrections(snapshot, word, plan.fields, &mut looked.visible)?;
            if let Some((correction, _)) = corrections.first() {
                replacements.push((word.range.clone(), correction.typed.clone()));
            }
            if let Some(group) = plan.add_corrections(number, &corrections) {
                counts.extend(looked.add(snapshot, &plan, group)?);
            }
        }
    }
    looked.plan = plan;
    looked.rarities = counts.iter().map(|count| rarity(documents, *count)).collect();
    looked.corrected = (!replacements.is_empty()).then(|| words.replaced(&replacements));
    Ok(looked)
}

impl Looked {
    /// Looks up the groups from one on.
    fn add(&mut self, snapshot: &Snapshot, plan: &Plan, from: usize) -> Result<Vec<u64>> {
        for (segment, found) in snapshot.segments.iter().zip(&mut self.found) {
            found.extend(find_all(segment, plan, from)?);
        }
        self.count_from(from)
    }

    /// How many documents that may be seen each group has, from one on: those with what was asked for, or if there are
    /// none, those with something broader or narrower.
    fn count_from(&mut self, from: usize) -> Result<Vec<u64>> {
        let groups = self.found.iter().map(Vec::len).max().unwrap_or_default();
        let mut counts = vec![0; groups.saturating_sub(from)];
        for is_near in [true, false] {
            let missing: Vec<bool> = counts.iter().map(|count| *count == 0).collect();
            for (found, visible) in self.found.iter().zip(&mut self.visible) {
                let groups = found.iter().skip(from).zip(&mut counts).zip(&missing);
                for ((group, sum), _) in groups.filter(|(_, is_missing)| **is_missing) {
                    let terms = group.iter().filter(|term| term.is_near == is_near);
                    *sum += count(terms.flat_map(|term| &term.lists).map(|(_, list)| list), visible)?;
                }
            }
        }
        Ok(counts)
    }
}

/// What the filters, the phrases and the words that must not be there let through.
fn filter(segment: &Segment, filters: &Filters, words: &Words) -> Result<Mask> {
    let mut mask = Mask::new(segment.size());
    let entities: Vec<&str> = filters.entities.iter().map(|entity| entity.word()).collect();
    if !entities.is_empty() {
        mask.conditions.push(any(segment, Property::Entity, &entities)?);
    }
    for (property, values) in [
        (Property::Organisation, &filters.organisations),
        (Property::Branch, &filters.branches),
        (Property::Theme, &filters.themes),
        (Property::Skill, &filters.skills),
        (Property::Language, &filters.languages),
        (Property::Kind, &filters.kinds),
    ] {
        if !values.is_empty() {
            mask.conditions.push(any(segment, property, values)?);
        }
    }
    mask.range = filters.dates.map(|range| (segment.dates.clone(), range));
    for phrase in &words.phrases {
        mask.required.push(Arc::new(phrase::find(segment, phrase)?));
    }
    for without in &words.without {
        if let [word] = without.as_slice() {
            let mut lists: Vec<List> = Vec::new();
            for term in plain(word) {
                lists.extend(find_term(segment, &term, [true; FIELDS])?.into_iter().map(|(_, list)| list));
            }
            mask.conditions.push(Condition::none(lists));
        } else {
            let phrase = phrase::find(segment, without)?;
            mask.required.push(Arc::new(phrase.into_iter().map(|block| !block).collect()));
        }
    }
    Ok(mask)
}

/// Reads the scored documents of a segment that masks let through, in order, a window at a time.
pub(crate) fn scan(
    segment: &Segment,
    scorer: &mut Scorer<'_>,
    masks: [&mut Mask; 2],
    all: bool,
    mut read: impl FnMut(&[DocId], &[f32; WINDOW]),
) -> Result<()> {
    let [first_mask, second_mask] = masks;
    let windows = (segment.size() as usize).div_ceil(WINDOW);
    let mut documents = Vec::with_capacity(WINDOW);
    let mut window = 0;
    while window < windows {
        let mut bits: Bits = if all {
            let start = first_of(window);
            std::array::from_fn(|number| {
                let left = (segment.size() - start) as usize;
                match left.saturating_sub(number * 64) {
                    0 => 0,
                    left @ 1..64 => (1 << left) - 1,
                    _ => u64::MAX,
                }
            })
        } else {
            match scorer.next_window() {
                Some(next) => window = next,
                None => return Ok(()),
            }
            scorer.window(window)
        };
        for mask in [&mut *first_mask, &mut *second_mask] {
            if !mask.is_open() {
                bits.iter_mut().zip(mask.window(window)?).for_each(|(bits, mask)| *bits &= mask);
            }
        }
        documents.clear();
        documents.extend(places(&bits).map(|place| first_of(window) + place as DocId));
        read(&documents, &scorer.total);
        window += 1;
    }
    Ok(())
}

/// Searches.
pub(crate) fn search(snapshot: &Snapshot, query: &Query) -> Result<Found> {
    let words = &query.words;
    let mut looked = look(snapshot, words, Plan::new(words), query.access.as_deref(), &query.left_out, false)?;
    let limit = query.limit.min(MOST_HITS);
    let all = words.words.is_empty();
    let (mut counts, mut total) = (Counts::new(), 0);
    let mut kept = Vec::new();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let (Some(found), Some(visible)) = (looked.found.get(number), looked.visible.get_mut(number)) else { continue };
        let mut filter = filter(segment, &query.filters, words)?;
        let named = match &looked.plan.name {
            Some(name) => find_term(segment, name, looked.plan.fields)?,
            None => Vec::new(),
        };
        let mut scorer = Scorer::new(&looked.plan, found, &named, &looked.rarities, &segment.lengths)?;
        let mut best = Best::new(segment, query.sort, query.after.as_ref(), limit + 1)?;
        let mut counter = query.facets.then(|| Counter::new(segment));
        scan(segment, &mut scorer, [visible, &mut filter], all, |documents, scores| {
            total += documents.len() as u64;
            if let Some(counter) = &mut counter {
                counter.count(documents);
            }
            for document in documents {
                best.add(*document, scores.get(*document as usize % WINDOW).copied().unwrap_or_default());
            }
        })?;
        kept.extend(best.into_places().map(|(place, document)| (place, document, number)));
        if let Some(counter) = counter {
            counter.add_to(&mut counts);
        }
    }
    let mut kept = merge(&snapshot.segments, query.sort, kept, limit + 1)?;
    let more = kept.len() > limit;
    kept.truncate(limit);
    let next = kept.last().filter(|_| more).map(|(place, ..)| place.clone());
    Ok(Found {
        hits: hits(&looked, words, query, kept)?,
        total,
        facets: query.facets.then(|| counts.into_facets(&snapshot.values)),
        corrected: looked.corrected,
        next,
    })
}

/// The page's hits, explained.
fn hits(looked: &Looked, words: &Words, query: &Query, kept: Vec<(After, DocId, usize)>) -> Result<Vec<Hit>> {
    let mut explained: Vec<Matched> = vec![Matched::new(); kept.len()];
    for (number, found) in looked.found.iter().enumerate() {
        let mut own: Vec<(DocId, usize)> = kept
            .iter()
            .enumerate()
            .filter(|(_, (.., segment))| *segment == number)
            .map(|(place, (_, document, _))| (*document, place))
            .collect();
        own.sort_unstable();
        let documents: Vec<DocId> = own.iter().map(|(document, _)| *document).collect();
        if documents.is_empty() {
            continue;
        }
        for ((_, place), matched) in own.iter().zip(explain(&looked.plan, found, &words.words, &documents)?) {
            if let Some(explained) = explained.get_mut(*place) {
                *explained = matched;
            }
        }
    }
    let by_score = query.sort == crate::search::engine::query::Sort::Relevance;
    let hit = |((place, ..), matched): ((After, DocId, usize), Matched)| Hit {
        score: if by_score { score_of(&place) } else { 0.0 },
        key: place.key,
        matched,
    };
    Ok(kept.into_iter().zip(explained).map(hit).collect())
}
