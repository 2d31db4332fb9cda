//! Phrases: words one after the other in one field, in any of their forms.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocId, DocSet, TERMINATED};

use super::lists::find_term;
use super::plan::plain;
use crate::search::engine::document::FIELDS;
use crate::search::engine::error::Result;
use crate::search::engine::postings::set;
use crate::search::engine::query::Word;
use crate::search::engine::segment::Segment;

/// A word's lists in a field.
struct Lists(Vec<SegmentPostings>);

impl Lists {
    fn document(&self) -> DocId {
        self.0.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, document: DocId) -> DocId {
        for list in &mut self.0 {
            if list.doc() < document {
                list.seek(document);
            }
        }
        self.document()
    }

    /// Where the word stands in the document here.
    fn positions(&mut self, document: DocId) -> Vec<u32> {
        let (mut positions, mut own) = (Vec::new(), Vec::new());
        for list in self.0.iter_mut().filter(|list| list.doc() == document) {
            list.positions(&mut own);
            positions.append(&mut own);
        }
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}

/// The documents of a segment that have a phrase: a bit each.
pub(crate) fn find(segment: &Segment, words: &[Word]) -> Result<Vec<u64>> {
    let mut bits = vec![0; (segment.size() as usize).div_ceil(64)];
    let mut by_field: [Vec<Lists>; FIELDS] = std::array::from_fn(|_| Vec::new());
    for word in words {
        let mut lists: [Vec<SegmentPostings>; FIELDS] = std::array::from_fn(|_| Vec::new());
        for term in plain(word) {
            for (field, list) in find_term(segment, &term, [true; FIELDS])? {
                if let Some(lists) = lists.get_mut(field) {
                    lists.push(list.positions()?);
                }
            }
        }
        by_field.iter_mut().zip(lists).for_each(|(words, lists)| words.push(Lists(lists)));
    }
    for mut words in by_field {
        in_field(&mut words, &mut bits);
    }
    Ok(bits)
}

fn in_field(words: &mut [Lists], bits: &mut [u64]) {
    let mut document = 0;
    while document < TERMINATED {
        // The next document that all words may be in.
        let Some(next) = words.iter_mut().map(|word| word.seek(document)).max() else { return };
        if next > document {
            document = next;
            continue;
        }
        let mut ends: Option<Vec<u32>> = None;
        for word in words.iter_mut() {
            let mut positions = word.positions(document);
            if let Some(ends) = ends {
                positions.retain(|position| {
                    position.checked_sub(1).is_some_and(|before| ends.binary_search(&before).is_ok())
                });
            }
            ends = Some(positions);
        }
        if ends.is_some_and(|ends| !ends.is_empty()) {
            set(bits, document as usize);
        }
        document += 1;
    }
}
