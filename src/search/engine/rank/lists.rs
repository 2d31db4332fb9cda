//! The terms of a plan looked up in a segment.

use tantivy::{DocId, TERMINATED};

use super::mask::Mask;
use super::plan::{Group, Plan};
use crate::search::engine::document::FIELDS;
use crate::search::engine::error::Result;
use crate::search::engine::postings::{BLOCKS, Bits, Cursor, List, first_of, window_of};
use crate::search::engine::segment::Segment;

/// A term's lists, each with its field's number.
pub(crate) struct Found {
    pub(crate) lists: Vec<(usize, List)>,
    pub(crate) weight: f32,
    /// As in the plan.
    pub(crate) is_near: bool,
}

/// A group's terms that the segment has.
pub(crate) type FoundGroup = Vec<Found>;

/// Looks a group up.
pub(crate) fn find(segment: &Segment, group: &Group, fields: [bool; FIELDS]) -> Result<FoundGroup> {
    let mut found = Vec::new();
    for variant in &group.variants {
        let lists = find_term(segment, &variant.term, fields)?;
        if !lists.is_empty() {
            found.push(Found { lists, weight: variant.weight, is_near: variant.is_near });
        }
    }
    Ok(found)
}

/// Looks a term up in some fields.
pub(crate) fn find_term(segment: &Segment, term: &str, fields: [bool; FIELDS]) -> Result<Vec<(usize, List)>> {
    let mut lists = Vec::new();
    let letter = term.bytes().next().unwrap_or_default();
    for (number, (reader, wanted)) in segment.dictionaries(letter).iter().zip(fields).enumerate() {
        if wanted && let Some(list) = List::find(reader, term)? {
            lists.push((number, list));
        }
    }
    Ok(lists)
}

/// Looks a whole plan up, from a group on.
pub(crate) fn find_all(segment: &Segment, plan: &Plan, from: usize) -> Result<Vec<FoundGroup>> {
    plan.groups.iter().skip(from).map(|group| find(segment, group, plan.fields)).collect()
}

/// How many documents that may be seen some lists have together.
pub(crate) fn count<'l>(lists: impl Iterator<Item = &'l List>, visible: &mut Mask) -> Result<u64> {
    let lists: Vec<&List> = lists.collect();
    if let [list] = lists.as_slice()
        && visible.is_open()
    {
        return Ok(list.len());
    }
    let mut cursors = lists.iter().map(|list| list.cursor(false)).collect::<Result<Vec<Cursor>>>()?;
    let mut count = 0;
    while let Some(window) = next_window(&cursors) {
        let mut bits: Bits = [0; BLOCKS];
        let start = first_of(window);
        cursors
            .iter_mut()
            .filter(|cursor| window_of(cursor.document()) == window)
            .for_each(|cursor| cursor.mark(start, &mut bits));
        let visible = if visible.is_open() { [u64::MAX; BLOCKS] } else { visible.window(window)? };
        count += bits.iter().zip(visible).map(|(bits, visible)| u64::from((bits & visible).count_ones())).sum::<u64>();
    }
    Ok(count)
}

/// The first window that a cursor has a document in.
fn next_window(cursors: &[Cursor]) -> Option<usize> {
    let next: DocId = cursors.iter().map(Cursor::document).min()?;
    (next < TERMINATED).then(|| window_of(next))
}
