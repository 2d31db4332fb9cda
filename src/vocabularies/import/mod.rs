//! Vocabularies out of SKOS files: Turtle, RDF/XML and N-Triples.
//!
//! A file is read once, as it comes ([`parse`]); what concepts need of it is kept ([`file`]), everything else is not. Once
//! it has been read to its end and is without fault, it is compared with what there is ([`plan`]) and written in batches
//! ([`apply`]). A crash between two batches leaves a directory that the next import completes.

mod apply;
pub mod command;
mod file;
mod graph;
pub mod handlers;
mod lease;
mod parse;
mod plan;
mod reader;
mod turtle;
mod xml;

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Conn, Db, Tx};
use crate::http::language::Language;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::vocabularies::{ConceptId, VocabularyCreate, VocabularyId, store};

use lease::Lease;

pub use file::File;
pub use handlers::TIME;

/// Concepts of a file, at most.
pub const CONCEPTS: usize = 100_000;

/// Bytes of text that are kept of a file, at most.
const TEXT: usize = 128 << 20;

/// Imports at once in a process, at most: each holds what it keeps of its file, and a connection now and then.
pub const AT_ONCE: usize = 2;

/// Faults that are told of at once, at most.
const FAULTS: usize = 20;

/// Warnings that a report names, at most.
const WARNINGS: usize = 100;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Turtle: .ttl
    Turtle,
    /// RDF/XML: .rdf, .xml, .owl
    RdfXml,
    /// N-Triples: .nt
    NTriples,
}

impl Format {
    /// The media types of all, in the order of the document.
    pub const MEDIA_TYPES: &'static str = "text/turtle, application/rdf+xml, application/n-triples";

    /// The form that a media type stands for.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type.to_ascii_lowercase().as_str() {
            "text/turtle" => Some(Self::Turtle),
            "application/rdf+xml" => Some(Self::RdfXml),
            "application/n-triples" => Some(Self::NTriples),
            _ => None,
        }
    }

    /// The form that a file's name stands for.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "ttl" | "turtle" => Some(Self::Turtle),
            "rdf" | "xml" | "owl" => Some(Self::RdfXml),
            "nt" => Some(Self::NTriples),
            _ => None,
        }
    }
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Whether it was only tried, and nothing changed.
    pub dry_run: bool,
    /// Concepts that were not there before.
    pub created: u64,
    /// Concepts of which something differed.
    pub updated: u64,
    /// Concepts that are no longer in the file, and so are deprecated now.
    pub deprecated: u64,
    /// Concepts that were there just so.
    pub unchanged: u64,
    /// Concepts of the file that were passed over: of another vocabulary, or deprecated and without a label.
    pub skipped: u64,
    /// Relations to concepts that are neither in the file nor in the vocabulary.
    pub dropped_relations: u64,
    /// What was left out of the file, as far as it is worth a look; the first hundred.
    pub warnings: Vec<ImportWarning>,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImportWarning {
    /// The line of the file, from 1.
    pub line: u64,
    /// What it was, as a word that never changes.
    pub code: String,
    /// What it was, in the caller's language.
    pub detail: String,
}

/// What an import did, in no language yet.
#[derive(Debug, Default)]
pub struct Outcome {
    dry_run: bool,
    created: u64,
    updated: u64,
    deprecated: u64,
    unchanged: u64,
    skipped: u64,
    dropped_relations: u64,
    warnings: Vec<Fault>,
}

impl Outcome {
    fn warn(&mut self, warning: Fault) {
        if self.warnings.len() < WARNINGS {
            self.warnings.push(warning);
        }
    }

    /// The report for readers of a language.
    pub fn report(&self, language: Language) -> ImportReport {
        let warning = |fault: &Fault| ImportWarning {
            line: fault.line(),
            code: fault.message.code.as_str().to_owned(),
            detail: fault.message.in_language(language),
        };
        ImportReport {
            dry_run: self.dry_run,
            created: self.created,
            updated: self.updated,
            deprecated: self.deprecated,
            unchanged: self.unchanged,
            skipped: self.skipped,
            dropped_relations: self.dropped_relations,
            warnings: self.warnings.iter().map(warning).collect(),
        }
    }
}

/// How an import reaches the database: in a transaction a batch, or in one that the caller has begun.
pub enum Through<'a, 'tx> {
    /// A transaction a batch, by an actor, and none after a time.
    Db(&'a Db, Option<Arc<str>>, Option<Instant>),
    /// All in one: for the demo.
    Tx(&'a mut Tx<'tx>),
}

impl Through<'_, '_> {
    fn read<T>(&mut self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match self {
            Self::Db(db, ..) => db.read_now(f),
            Self::Tx(tx) => f(tx.conn),
        }
    }

    fn write<T>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        match self {
            Self::Db(_, _, Some(until)) if Instant::now() > *until => Err(Problem::too_slow("an import")),
            Self::Db(db, actor, _) => db.write_here(actor.clone(), f),
            Self::Tx(tx) => f(tx),
        }
    }
}

/// The vocabulary that a file is imported into.
pub struct Target {
    /// Its id.
    pub id: VocabularyId,
    /// Its URI.
    pub uri: String,
    /// What it is, where it is to be created.
    pub create: Option<VocabularyCreate>,
}

/// Reads a file to its end; 422 with its faults, each with its line.
pub fn read(format: Format, reader: impl Read) -> Result<File> {
    parse::read(format, reader)
}

/// Brings a vocabulary in line with a file; `id_of` makes the id of a new concept of its notation.
pub fn run(
    mut through: Through<'_, '_>,
    target: Target,
    file: File,
    dry_run: bool,
    id_of: impl Fn(Option<&str>) -> ConceptId,
) -> Result<Outcome> {
    let Target { id, uri, create } = target;
    let lease = Lease::of(id);
    let bring = |through: &mut Through<'_, '_>, dry_run| {
        let stored = through.read(|conn| plan::stored(conn, id))?;
        let plan = plan::make(&uri, &file, stored, &id_of)?;
        apply::apply(through, &lease, id, &file, plan, dry_run)
    };
    if dry_run {
        return bring(&mut through, true);
    }
    // A file with faults makes no vocabulary.
    if create.is_some() {
        bring(&mut through, true)?;
    }
    through.write(|tx| {
        if let Some(create) = create {
            store::insert(tx, id, create)?;
        }
        lease.hold(tx)
    })?;
    let done = bring(&mut through, false);
    if let Through::Db(_, _, until) = &mut through {
        *until = None;
    }
    let released = through.write(|tx| lease.release(tx));
    let done = done?;
    released.map(|()| done)
}

/// 422 with the faults of a file.
fn faulty(mut faults: Vec<Fault>) -> Problem {
    faults.truncate(FAULTS);
    Problem::new(Kind::Invalid, Code::ImportFaulty).faults(faults)
}
