//! Lists of documents, read a window at a time.

use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, TERMINATED};

use crate::search::engine::error::Result;

/// Documents that are looked at together: their scores fit in the processor's nearest cache.
pub(crate) const WINDOW: usize = 4096;
/// The words of a window's bits.
pub(crate) const BLOCKS: usize = WINDOW / 64;

/// A bit for each document of a window.
pub(crate) type Bits = [u64; BLOCKS];

/// The window that a document is in.
pub(crate) fn window_of(document: DocId) -> usize {
    document as usize / WINDOW
}

/// The first document of a window; [`TERMINATED`] for one that can't be.
pub(crate) fn first_of(window: usize) -> DocId {
    window.checked_mul(WINDOW).and_then(|first| DocId::try_from(first).ok()).unwrap_or(TERMINATED).min(TERMINATED)
}

/// A document's place in its window.
pub(crate) fn place_of(document: DocId) -> usize {
    document as usize % WINDOW
}

/// Sets a bit.
pub(crate) fn set(bits: &mut [u64], place: usize) {
    if let Some(block) = bits.get_mut(place / 64) {
        *block |= 1 << (place % 64);
    }
}

/// Whether a bit is set.
pub(crate) fn has(bits: &[u64], place: usize) -> bool {
    bits.get(place / 64).is_some_and(|block| block >> (place % 64) & 1 == 1)
}

/// The places of the bits that are set.
pub(crate) fn places(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(number, block)| {
        let mut rest = *block;
        std::iter::from_fn(move || {
            let place = (rest != 0).then(|| number * 64 + rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(place)
        })
    })
}

/// A term's list in a field of a segment.
#[derive(Clone)]
pub(crate) struct List {
    reader: Arc<InvertedIndexReader>,
    info: TermInfo,
}

impl List {
    /// The list of a term of a dictionary.
    pub(crate) fn new(reader: &Arc<InvertedIndexReader>, info: TermInfo) -> Self {
        Self { reader: reader.clone(), info }
    }

    /// The list of a term, if there is one.
    pub(crate) fn find(reader: &Arc<InvertedIndexReader>, term: &str) -> Result<Option<Self>> {
        Ok(reader.terms().get(term)?.map(|info| Self::new(reader, info)))
    }

    /// How many documents it has, deleted ones too.
    pub(crate) fn len(&self) -> u64 {
        u64::from(self.info.doc_freq)
    }

    /// Reads it, with how often the term stands in each document, or without.
    pub(crate) fn cursor(&self, counts: bool) -> Result<Cursor> {
        let option = if counts { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        Ok(Cursor { postings: self.reader.read_block_postings_from_terminfo(&self.info, option)?, place: 0 })
    }

    /// Reads it with positions.
    pub(crate) fn positions(&self) -> Result<tantivy::postings::SegmentPostings> {
        Ok(self.reader.read_postings_from_terminfo(&self.info, IndexRecordOption::WithFreqsAndPositions)?)
    }
}

/// A place in a list.
pub(crate) struct Cursor {
    postings: BlockSegmentPostings,
    place: usize,
}

impl Cursor {
    /// The document here; [`TERMINATED`] at the end.
    pub(crate) fn document(&self) -> DocId {
        self.postings.docs().get(self.place).copied().unwrap_or(TERMINATED)
    }

    /// Goes forward to a document, or to the next one behind it.
    pub(crate) fn seek(&mut self, document: DocId) -> DocId {
        if self.document() < document {
            self.place = self.postings.seek(document);
        }
        self.document()
    }

    /// Reads all documents before one, with their counts; the list must have been opened with those.
    pub(crate) fn each(&mut self, end: DocId, mut read: impl FnMut(DocId, u32)) {
        loop {
            let documents = self.postings.docs().get(self.place..).unwrap_or_default();
            let counts = self.postings.freqs().get(self.place..).unwrap_or_default();
            for (document, count) in documents.iter().zip(counts) {
                if *document >= end {
                    return;
                }
                read(*document, *count);
                self.place += 1;
            }
            if !self.next_block() {
                return;
            }
        }
    }

    /// Sets the bits of all documents of a window that begins at one.
    pub(crate) fn mark(&mut self, start: DocId, bits: &mut Bits) {
        let end = start.saturating_add(WINDOW as DocId);
        self.seek(start);
        loop {
            for document in self.postings.docs().get(self.place..).unwrap_or_default() {
                if *document >= end {
                    return;
                }
                set(bits, (document - start) as usize);
                self.place += 1;
            }
            if !self.next_block() {
                return;
            }
        }
    }

    /// Reads the next block, after the last document of this one.
    fn next_block(&mut self) -> bool {
        if self.postings.docs().is_empty() {
            return false;
        }
        self.postings.advance();
        self.place = 0;
        !self.postings.docs().is_empty()
    }
}
