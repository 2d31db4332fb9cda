//! The index's own fields.

use tantivy::schema::{
    FAST, Field as Column, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, TantivyDocument};

use crate::search::engine::document::{Document, FIELDS, Field, Text};
use crate::search::engine::lengths;
use crate::search::engine::terms::{Reader, Rendered};

/// Grows with every change to what an index holds besides the analyser's terms.
pub(crate) const VERSION: u32 = 1;

/// The tokenizer's name.
const TOKENIZER: &str = "terms";

/// Properties that documents are filtered by; the first of them are counted too.
pub(crate) const PROPERTIES: [&str; 8] =
    ["entity", "branch", THEME, "language", "kind", "organisation", "skill", "access"];

/// The property of which a document has many.
pub(crate) const THEME: &str = "theme";

/// How many of the properties are counted.
pub(crate) const FACETS: usize = 5;

/// A property's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Property {
    Entity,
    Branch,
    Theme,
    Language,
    Kind,
    Organisation,
    Skill,
    Access,
}

/// The fields by number.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) schema: Schema,
    /// The document's key.
    pub(crate) key: Column,
    /// Surfaces and bases, with their positions.
    pub(crate) near: [Column; FIELDS],
    /// Parts, roots, folded words.
    pub(crate) far: [Column; FIELDS],
    pub(crate) properties: [Column; PROPERTIES.len()],
    lengths: Column,
    date: Column,
    name_keys: [Column; 3],
    suggested: Column,
}

/// The names of the columns that are read by name.
pub(crate) const KEY: &str = "key";
pub(crate) const LENGTHS: &str = "lengths";
pub(crate) const DATE: &str = "date";
pub(crate) const NAME_KEYS: [&str; 3] = ["name_fi", "name_sv", "name_en"];
pub(crate) const SUGGESTED: &str = "suggested";

fn text(record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing.set_index_option(record))
}

fn word() -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic))
}

impl Columns {
    pub(crate) fn new() -> Self {
        let mut schema = SchemaBuilder::default();
        let near = text(IndexRecordOption::WithFreqsAndPositions);
        let far = text(IndexRecordOption::WithFreqs);
        let mut number = 0;
        let columns = (
            schema.add_text_field(KEY, word() | FAST),
            Field::ALL.map(|field| schema.add_text_field(&format!("{}_near", field.word()), near.clone())),
            Field::ALL.map(|field| schema.add_text_field(&format!("{}_far", field.word()), far.clone())),
            PROPERTIES.map(|name| {
                number += 1;
                schema.add_text_field(name, if number <= FACETS { word() | FAST } else { word() })
            }),
            schema.add_u64_field(LENGTHS, NumericOptions::default().set_fast()),
            schema.add_i64_field(DATE, NumericOptions::default().set_fast()),
            NAME_KEYS.map(|name| schema.add_bytes_field(name, FAST)),
            schema.add_text_field(SUGGESTED, TextOptions::default() | FAST),
        );
        let (key, near, far, properties, lengths, date, name_keys, suggested) = columns;
        Self { schema: schema.build(), key, near, far, properties, lengths, date, name_keys, suggested }
    }

    /// Lets an index read what [`Columns::write`] writes.
    pub(crate) fn register(index: &Index) {
        index.tokenizers().register(TOKENIZER, Reader::default());
    }

    /// A document as the index takes it.
    pub(crate) fn write(&self, document: &Document) -> TantivyDocument {
        let mut row = TantivyDocument::default();
        row.add_text(self.key, document.key.term());
        let texts: [(&[Text], &[Text]); FIELDS] = [
            (&document.name, &[]),
            (&document.other_names, &document.title),
            (&[], &document.labels),
            (&[], &document.text),
        ];
        let mut counted = [0; FIELDS];
        let mut rendered = Rendered::default();
        for ((((names, texts), near), far), count) in texts.into_iter().zip(self.near).zip(self.far).zip(&mut counted) {
            rendered.clear();
            names.iter().for_each(|name| rendered.add_name(name));
            texts.iter().for_each(|text| rendered.add(text));
            *count = rendered.words;
            if rendered.words > 0 {
                row.add_text(near, &rendered.near);
                row.add_text(far, &rendered.far);
            }
        }
        row.add_u64(self.lengths, lengths::pack(counted));
        row.add_i64(self.date, document.date);
        for (column, key) in self.name_keys.into_iter().zip(&document.name_keys) {
            row.add_bytes(column, key);
        }
        let entity = [document.key.entity.word().to_owned()];
        let values: [&[String]; PROPERTIES.len()] = [
            &entity,
            document.branch.as_slice(),
            &document.themes,
            &document.languages,
            document.kind.as_slice(),
            &document.organisations,
            &document.skills,
            &document.access,
        ];
        for (column, values) in self.properties.into_iter().zip(values) {
            let mut values: Vec<&String> = values.iter().collect();
            values.sort_unstable();
            values.dedup();
            values.into_iter().for_each(|value| row.add_text(column, value));
        }
        for text in document.name.iter().chain(&document.other_names) {
            row.add_text(self.suggested, &text.text);
        }
        row
    }
}
