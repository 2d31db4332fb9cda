//! Which documents of a segment may be found at all, worked out window by window, and only for windows that are asked
//! for.

use std::sync::Arc;

use tantivy::DocId;
use tantivy::columnar::Column;

use crate::search::engine::error::Result;
use crate::search::engine::postings::{BLOCKS, Bits, Cursor, List, WINDOW, first_of, set, window_of};

/// One of these lists has to have a document, or none of them may.
pub(crate) struct Condition {
    lists: Vec<List>,
    cursors: Vec<Cursor>,
    negated: bool,
}

impl Condition {
    /// One of the lists has to have it.
    pub(crate) fn any(lists: Vec<List>) -> Self {
        Self { lists, cursors: Vec::new(), negated: false }
    }

    /// None of the lists may have it.
    pub(crate) fn none(lists: Vec<List>) -> Self {
        Self { lists, cursors: Vec::new(), negated: true }
    }

    fn rewind(&mut self) -> Result<()> {
        self.cursors = self.lists.iter().map(|list| list.cursor(false)).collect::<Result<_>>()?;
        Ok(())
    }

    fn apply(&mut self, start: DocId, bits: &mut [u64]) {
        let mut own: Bits = [0; BLOCKS];
        self.cursors.iter_mut().for_each(|cursor| cursor.mark(start, &mut own));
        for (bits, own) in bits.iter_mut().zip(own) {
            *bits &= if self.negated { !own } else { own };
        }
    }
}

/// The documents of a segment that fulfil all conditions: a bit each.
#[derive(Default)]
pub(crate) struct Mask {
    /// Lists.
    pub(crate) conditions: Vec<Condition>,
    /// Bits that have to be set.
    pub(crate) required: Vec<Arc<Vec<u64>>>,
    /// Documents that are out, in order.
    pub(crate) without: Vec<DocId>,
    /// A number that has to lie in a range.
    pub(crate) range: Option<(Column<i64>, (i64, i64))>,
    size: DocId,
    bits: Vec<u64>,
    known: Vec<bool>,
    /// The window that the cursors stand before.
    next: Option<usize>,
}

impl Mask {
    /// All documents of a segment.
    pub(crate) fn new(size: DocId) -> Self {
        Self { size, ..Self::default() }
    }

    /// How many documents the lists of the conditions have, deleted ones too, and those again that several have.
    pub(crate) fn listed(&self) -> u64 {
        self.conditions.iter().flat_map(|condition| &condition.lists).map(List::len).sum()
    }

    /// Whether nothing is asked of a document.
    pub(crate) fn is_open(&self) -> bool {
        self.conditions.is_empty() && self.required.is_empty() && self.without.is_empty() && self.range.is_none()
    }

    /// The bits of a window.
    pub(crate) fn window(&mut self, window: usize) -> Result<Bits> {
        if self.known.is_empty() {
            let windows = (self.size as usize).div_ceil(WINDOW);
            self.bits = vec![0; windows * BLOCKS];
            self.known = vec![false; windows];
        }
        if self.known.get(window) == Some(&false) {
            self.work_out(window)?;
        }
        let mut bits = [0; BLOCKS];
        if let Some(known) = self.bits.get(window * BLOCKS..(window + 1) * BLOCKS) {
            bits.copy_from_slice(known);
        }
        Ok(bits)
    }

    fn work_out(&mut self, window: usize) -> Result<()> {
        if self.next.is_none_or(|next| next > window) {
            self.conditions.iter_mut().try_for_each(Condition::rewind)?;
        }
        self.next = Some(window + 1);
        let start = first_of(window);
        let mut bits: Bits = [0; BLOCKS];
        let end = (self.size - start).min(WINDOW as DocId) as usize;
        for (number, block) in bits.iter_mut().enumerate() {
            *block = match end.saturating_sub(number * 64) {
                0 => 0,
                rest @ 1..64 => (1 << rest) - 1,
                _ => u64::MAX,
            };
        }
        for required in &self.required {
            let own = required.get(window * BLOCKS..).unwrap_or_default();
            for (number, block) in bits.iter_mut().enumerate() {
                *block &= own.get(number).copied().unwrap_or_default();
            }
        }
        self.conditions.iter_mut().for_each(|condition| condition.apply(start, &mut bits));
        let mut out: Bits = [0; BLOCKS];
        let first = self.without.partition_point(|document| *document < start);
        for document in self.without.iter().skip(first).take_while(|document| window_of(**document) == window) {
            set(&mut out, (document - start) as usize);
        }
        if let Some((column, (from, to))) = &self.range {
            for place in crate::search::engine::postings::places(&bits) {
                let value = column.first(start + place as DocId);
                if !value.is_some_and(|value| (*from..=*to).contains(&value)) {
                    set(&mut out, place);
                }
            }
        }
        bits.iter_mut().zip(out).for_each(|(block, out)| *block &= !out);
        if let Some(known) = self.bits.get_mut(window * BLOCKS..(window + 1) * BLOCKS) {
            known.copy_from_slice(&bits);
        }
        if let Some(known) = self.known.get_mut(window) {
            *known = true;
        }
        Ok(())
    }
}
