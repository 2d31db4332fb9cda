//! What is kept of the documents that are found: the best ones, and how many have which property.

use std::collections::BinaryHeap;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::DocId;
use tantivy::columnar::Column;

use crate::search::engine::error::Result;
use crate::search::engine::query::{After, NameOrder, Sort};
use crate::search::engine::schema::{FACETS, Property};
use crate::search::engine::segment::{Combinations, Segment, Values};

/// The most values of a property that are counted out; the others are the rarer ones.
const MOST_VALUES: usize = 200;

/// A value and how many of the documents found have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// The number of documents.
    pub count: u64,
}

/// Values of properties, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By what they are.
    pub entity: Vec<FacetCount>,
    /// By administrative branch.
    pub branch: Vec<FacetCount>,
    /// By theme, broader ones too.
    pub theme: Vec<FacetCount>,
    /// By language.
    pub language: Vec<FacetCount>,
    /// By kind.
    pub kind: Vec<FacetCount>,
}

/// Counts values in all segments.
pub(crate) struct Counts([Vec<u64>; FACETS]);

impl Counts {
    pub(crate) fn new() -> Self {
        Self([const { Vec::new() }; FACETS])
    }

    fn add(&mut self, property: usize, number: u32, count: u32) {
        let (Some(counts), number) = (self.0.get_mut(property), number as usize) else { return };
        if counts.len() <= number {
            counts.resize(number + 1, 0);
        }
        if let Some(sum) = counts.get_mut(number) {
            *sum += u64::from(count);
        }
    }

    /// The values, counted.
    pub(crate) fn into_facets(self, values: &Values) -> Facets {
        let [entity, branch, theme, language, kind] = self.0.map(|counts| {
            let counted = (0..).zip(counts).filter(|(_, count)| *count > 0);
            let counted = counted.filter_map(|(number, count)| Some((values.value(number)?, count)));
            let mut counted: Vec<(Arc<str>, u64)> = counted.collect();
            counted.sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
            counted.truncate(MOST_VALUES);
            counted.into_iter().map(|(value, count)| FacetCount { value: value.to_string(), count }).collect()
        });
        Facets { entity, branch, theme, language, kind }
    }
}

/// Counts the values of a segment, by its own numbers.
pub(crate) struct Counter<'s> {
    own: &'s Combinations,
    combinations: Vec<u32>,
    themes: Vec<u32>,
}

impl<'s> Counter<'s> {
    pub(crate) fn new(segment: &'s Segment) -> Self {
        let own = segment.combinations.as_ref();
        Self { own, combinations: vec![0; own.values.len()], themes: vec![0; own.themes.1.len()] }
    }

    pub(crate) fn count(&mut self, documents: &[DocId]) {
        for document in documents {
            let combination = self.own.of.get(*document as usize).copied().unwrap_or_default();
            if let Some(count) = self.combinations.get_mut(combination as usize) {
                *count += 1;
            }
        }
        for document in documents {
            for ordinal in self.own.themes.0.values_for_doc(*document) {
                if let Some(count) = self.themes.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
    }

    pub(crate) fn add_to(self, counts: &mut Counts) {
        for (values, count) in self.own.values.iter().zip(self.combinations).filter(|(_, count)| *count > 0) {
            for (property, number) in values {
                counts.add(usize::from(*property), *number, count);
            }
        }
        for (number, count) in self.own.themes.1.iter().zip(self.themes).filter(|(_, count)| *count > 0) {
            counts.add(Property::Theme as usize, *number, count);
        }
    }
}

/// What documents of a segment are sorted by: the smallest number comes first.
enum Order {
    Score,
    Ordinal(Column<u64>),
    Newest(Column<i64>),
}

/// The bits of a score in an order where the highest comes first.
fn descending(score: f32) -> u64 {
    u64::from(!score.max(0.0).to_bits())
}

/// The bits of a number in an order where the highest comes first.
fn newest(date: i64) -> u64 {
    !(date.cast_unsigned() ^ (1 << 63))
}

/// The best documents of a segment: their place in the order, the place of their key, their number.
pub(crate) struct Best<'s> {
    segment: &'s Segment,
    order: Order,
    /// Places before this one were on a page before.
    from: (u64, u64),
    most: usize,
    heap: BinaryHeap<(u64, u64, DocId)>,
}

fn name_keys(segment: &Segment, order: NameOrder) -> Option<&tantivy::columnar::BytesColumn> {
    segment.name_keys.get(order as usize)
}

impl<'s> Best<'s> {
    pub(crate) fn new(segment: &'s Segment, sort: Sort, after: Option<&After>, most: usize) -> Result<Self> {
        let order = match sort {
            Sort::Relevance => Order::Score,
            Sort::Name(language) => Order::Ordinal(match name_keys(segment, language) {
                Some(column) => column.ords().clone(),
                None => Column::build_empty_column(segment.size()),
            }),
            Sort::Date => Order::Newest(segment.dates.clone()),
        };
        let from = match after {
            Some(after) => begin(segment, sort, after)?,
            None => (0, 0),
        };
        Ok(Self { segment, order, from, most, heap: BinaryHeap::with_capacity(most.min(1_024) + 1) })
    }

    /// Considers a document.
    pub(crate) fn add(&mut self, document: DocId, score: f32) {
        let place = match &self.order {
            Order::Score => descending(score),
            Order::Ordinal(column) => column.first(document).unwrap_or(u64::MAX),
            Order::Newest(column) => newest(column.first(document).unwrap_or(i64::MIN)),
        };
        let full = self.heap.len() >= self.most;
        if place < self.from.0 || full && self.heap.peek().is_some_and(|(worst, ..)| place > *worst) {
            return;
        }
        let key = self.segment.keys.ords().first(document).unwrap_or(u64::MAX);
        if (place, key) < self.from {
            return;
        }
        self.heap.push((place, key, document));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// Those that are left: their place in the order, their number.
    pub(crate) fn into_places(self) -> impl Iterator<Item = (u64, DocId)> {
        self.heap.into_iter().map(|(place, _, document)| (place, document))
    }
}

/// The best of all segments' best documents, in order. Each has its place, its number and its segment's.
pub(crate) fn merge(
    segments: &[Arc<Segment>],
    sort: Sort,
    mut places: Vec<(u64, DocId, usize)>,
    most: usize,
) -> Result<Vec<(After, DocId, usize)>> {
    places.sort_unstable();
    // Names have a place in their segment alone; with all else, keys are only read of those that may be among the best.
    if let (Some((worst, ..)), Sort::Relevance | Sort::Date) = (places.get(most.saturating_sub(1)).copied(), sort) {
        places.retain(|(place, ..)| *place <= worst);
    }
    let mut merged = Vec::with_capacity(places.len());
    for (place, document, number) in places {
        let Some(segment) = segments.get(number) else { continue };
        let mut bytes = Vec::new();
        match sort {
            Sort::Name(language) => {
                if let Some(column) = name_keys(segment, language).filter(|_| place < u64::MAX) {
                    column.ord_to_bytes(place, &mut bytes)?;
                }
            }
            Sort::Relevance | Sort::Date => bytes.extend_from_slice(&place.to_be_bytes()),
        }
        merged.push((After { place: bytes, key: segment.key(document)? }, document, number));
    }
    merged.sort_unstable();
    merged.truncate(most);
    Ok(merged)
}

/// The first place of a segment that is behind a page's last one.
fn begin(segment: &Segment, sort: Sort, after: &After) -> Result<(u64, u64)> {
    let behind = segment.keys.dictionary().term_bounds_to_ord(Bound::Excluded(after.key.term()), Bound::Unbounded)?;
    let behind = match behind.0 {
        Bound::Included(ordinal) => ordinal,
        Bound::Excluded(ordinal) => ordinal + 1,
        Bound::Unbounded => 0,
    };
    Ok(match sort {
        Sort::Name(language) => {
            let Some(column) = name_keys(segment, language) else { return Ok((u64::MAX, behind)) };
            match column.dictionary().term_ord(&after.place)? {
                Some(ordinal) => (ordinal, behind),
                None => {
                    match column.dictionary().term_bounds_to_ord(Bound::Excluded(&after.place), Bound::Unbounded)?.0 {
                        Bound::Included(ordinal) => (ordinal, 0),
                        Bound::Excluded(ordinal) => (ordinal + 1, 0),
                        Bound::Unbounded => (0, 0),
                    }
                }
            }
        }
        Sort::Relevance | Sort::Date => {
            let place = after.place.as_slice().try_into().map(u64::from_be_bytes).unwrap_or(u64::MAX);
            (place, behind)
        }
    })
}

/// The score that a place in the order of relevance stands for.
pub(crate) fn score_of(place: &After) -> f32 {
    let bits = place.place.as_slice().try_into().map_or(u64::MAX, u64::from_be_bytes);
    f32::from_bits(!u32::try_from(bits).unwrap_or(u32::MAX))
}
