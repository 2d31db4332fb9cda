//! A segment of the index, opened: what every query reads of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::columnar::{BytesColumn, Column, StrColumn};
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::schema::Field as Number;
use tantivy::{DocId, TERMINATED, TantivyError};

use crate::search::engine::document::Key;
use crate::search::engine::error::{Error, Result};
use crate::search::engine::lengths::{Lengths, unpack};
use crate::search::engine::postings::{List, has, set};
use crate::search::engine::schema::{
    Columns, DATE, FACETS, KEY, LENGTHS, NAME_KEYS, PROPERTIES, Property, SUGGESTED, THEME,
};
use crate::search::engine::terms::is_far;

/// Numbers for the values that are counted, the same in all segments. They stay while the process lives: there are as
/// many as there are themes, branches, languages, …
#[derive(Default)]
pub(crate) struct Values {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    numbers: HashMap<Arc<str>, u32>,
    values: Vec<Arc<str>>,
}

impl Values {
    fn number(&self, value: &str) -> u32 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.numbers.get(value) {
            return *number;
        }
        let number = u32::try_from(known.values.len()).unwrap_or(u32::MAX);
        let value: Arc<str> = value.into();
        known.values.push(value.clone());
        known.numbers.insert(value, number);
        number
    }

    /// The value of a number.
    pub(crate) fn value(&self, number: u32) -> Option<Arc<str>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).values.get(number as usize).cloned()
    }
}

/// The values of the counted properties of a segment's documents.
///
/// Whole combinations of values are counted, since there are few: one look in memory a document instead of one a property
/// and a value in a column. Only themes have too many combinations for that.
pub(crate) struct Combinations {
    /// By document.
    pub(crate) of: Vec<u32>,
    /// The values of each combination: the property and the value's number in all segments.
    pub(crate) values: Vec<Vec<(u8, u32)>>,
    /// The themes: the segment's own numbers of them, and those in all segments.
    pub(crate) themes: (Column<u64>, Vec<u32>),
}

/// A segment, opened.
pub(crate) struct Segment {
    pub(crate) reader: SegmentReader,
    near: Vec<Arc<InvertedIndexReader>>,
    far: Vec<Arc<InvertedIndexReader>>,
    properties: Vec<Arc<InvertedIndexReader>>,
    by_key: Arc<InvertedIndexReader>,
    pub(crate) keys: StrColumn,
    pub(crate) suggested: StrColumn,
    pub(crate) name_keys: Vec<BytesColumn>,
    pub(crate) dates: Column<i64>,
    pub(crate) combinations: Arc<Combinations>,
    /// Each document's, also of deleted ones.
    pub(crate) lengths: Arc<Vec<Lengths>>,
    /// A bit for each document that isn't deleted, where some are.
    pub(crate) alive: Option<Arc<Vec<u64>>>,
}

fn missing(name: &str) -> Error {
    Error::new(format!("no column {name}"))
}

impl Segment {
    /// Opens a segment; what doesn't change is taken from the same segment as it was opened before.
    pub(crate) fn open(
        reader: &SegmentReader,
        columns: &Columns,
        values: &Values,
        before: Option<&Self>,
    ) -> Result<Self> {
        let inverted = |fields: &[Number]| {
            fields
                .iter()
                .map(|field| reader.inverted_index(*field))
                .collect::<std::result::Result<Vec<_>, TantivyError>>()
        };
        let fast = reader.fast_fields();
        let bytes = |name: &&str| Ok(fast.bytes(name)?.unwrap_or_else(|| BytesColumn::empty(reader.max_doc())));
        let combinations = match before {
            Some(before) => before.combinations.clone(),
            None => Arc::new(Combinations::open(reader, values)?),
        };
        let lengths = match before {
            Some(before) => before.lengths.clone(),
            None => {
                let column = fast.u64(LENGTHS)?;
                Arc::new((0..reader.max_doc()).map(|row| unpack(column.first(row).unwrap_or_default())).collect())
            }
        };
        let alive = reader.alive_bitset().map(|alive| {
            let mut bits = vec![0; (reader.max_doc() as usize).div_ceil(64)];
            alive.iter_alive().for_each(|document| set(&mut bits, document as usize));
            Arc::new(bits)
        });
        Ok(Self {
            near: inverted(&columns.near)?,
            far: inverted(&columns.far)?,
            properties: inverted(&columns.properties)?,
            by_key: reader.inverted_index(columns.key)?,
            keys: fast.str(KEY)?.ok_or_else(|| missing(KEY))?,
            suggested: match fast.str(SUGGESTED)? {
                Some(column) => column,
                None => StrColumn::wrap(BytesColumn::empty(reader.max_doc())),
            },
            name_keys: NAME_KEYS.iter().map(bytes).collect::<Result<_>>()?,
            dates: fast.i64(DATE)?,
            combinations,
            lengths,
            alive,
            reader: reader.clone(),
        })
    }

    /// How many documents it has, deleted ones too.
    pub(crate) fn size(&self) -> DocId {
        self.reader.max_doc()
    }

    /// The dictionaries that terms of a letter are in, by field.
    pub(crate) fn dictionaries(&self, letter: u8) -> &[Arc<InvertedIndexReader>] {
        if is_far(letter) { &self.far } else { &self.near }
    }

    /// The documents whose property has a value.
    pub(crate) fn having(&self, property: Property, value: &str) -> Result<Option<List>> {
        match self.properties.get(property as usize) {
            Some(reader) => List::find(reader, value),
            None => Ok(None),
        }
    }

    /// The document of a key.
    pub(crate) fn find(&self, key: &Key) -> Result<Option<DocId>> {
        let Some(list) = List::find(&self.by_key, &key.term())? else { return Ok(None) };
        let mut cursor = list.cursor(false)?;
        // A document that was replaced is still there, deleted.
        while cursor.document() != TERMINATED {
            let document = cursor.document();
            if self.alive.as_ref().is_none_or(|alive| has(alive, document as usize)) {
                return Ok(Some(document));
            }
            cursor.seek(document + 1);
        }
        Ok(None)
    }

    /// The key of a document.
    pub(crate) fn key(&self, document: DocId) -> Result<Key> {
        let mut term = String::new();
        if let Some(ordinal) = self.keys.ords().first(document) {
            self.keys.ord_to_str(ordinal, &mut term)?;
        }
        Key::read(&term).ok_or_else(|| Error::new("a document without a key"))
    }
}

/// A column's numbers of values, and those in all segments.
fn numbered(reader: &SegmentReader, name: &str, values: &Values) -> Result<(Column<u64>, Vec<u32>)> {
    let Some(column) = reader.fast_fields().str(name)? else {
        return Ok((Column::build_empty_column(reader.max_doc()), Vec::new()));
    };
    let mut numbers = Vec::with_capacity(column.num_terms());
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        numbers.push(values.number(&String::from_utf8_lossy(stream.key())));
    }
    Ok((column.ords().clone(), numbers))
}

impl Combinations {
    fn open(reader: &SegmentReader, values: &Values) -> Result<Self> {
        let properties = (0..).zip(PROPERTIES).take(FACETS).filter(|(_, name)| *name != THEME);
        let columns = properties.map(|(property, name)| Ok((property, numbered(reader, name, values)?)));
        let columns = columns.collect::<Result<Vec<(u8, _)>>>()?;
        let mut known: HashMap<Vec<(u8, u32)>, u32> = HashMap::new();
        let mut of = Vec::with_capacity(reader.max_doc() as usize);
        let mut own = Vec::new();
        for document in 0..reader.max_doc() {
            own.clear();
            for (property, (ordinals, numbers)) in &columns {
                let numbers = ordinals.values_for_doc(document).filter_map(|ordinal| numbers.get(ordinal as usize));
                own.extend(numbers.map(|number| (*property, *number)));
            }
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            of.push(match known.get(&own) {
                Some(number) => *number,
                None => *known.entry(own.clone()).or_insert(next),
            });
        }
        let mut values_of = vec![Vec::new(); known.len()];
        for (own, number) in known {
            if let Some(place) = values_of.get_mut(number as usize) {
                *place = own;
            }
        }
        Ok(Self { of, values: values_of, themes: numbered(reader, THEME, values)? })
    }
}

/// The index as it was at one commit.
pub(crate) struct Snapshot {
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) values: Arc<Values>,
    /// The caller's word for how far the index has come.
    pub(crate) position: Option<String>,
    /// Documents that aren't deleted.
    pub(crate) documents: u64,
}

impl Snapshot {
    /// Opens the segments of a searcher.
    pub(crate) fn open(
        searcher: &tantivy::Searcher,
        columns: &Columns,
        values: &Arc<Values>,
        position: Option<String>,
        before: Option<&Self>,
    ) -> Result<Self> {
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            let known = before.into_iter().flat_map(|before| &before.segments);
            let known = known.into_iter().find(|segment| segment.reader.segment_id() == reader.segment_id());
            segments.push(match known {
                Some(same) if same.reader.delete_opstamp() == reader.delete_opstamp() => same.clone(),
                known => Arc::new(Segment::open(reader, columns, values, known.map(AsRef::as_ref))?),
            });
        }
        Ok(Self { segments, values: values.clone(), position, documents: searcher.num_docs() })
    }
}
