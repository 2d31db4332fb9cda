//! Triples into what is kept of them.

use std::io::{self, Read};

use icu_locale_core::LanguageIdentifier;
use oxrdf::{Literal, NamedOrBlankNode, Term, Triple};
use oxrdfxml::{RdfXmlParseError, RdfXmlParser};
use oxttl::{NTriplesParser, TurtleParseError, TurtleParser};

use super::file::{File, Labelled};
use super::reader::Lines;
use super::turtle::Shallow;
use super::xml::Harmless;
use super::{FAULTS, Format, WARNINGS, faulty};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const SUBCLASS: &str = "http://www.w3.org/2000/01/rdf-schema#subClassOf";
const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";
const DEPRECATED: &str = "http://www.w3.org/2002/07/owl#deprecated";
const TERMS: &str = "http://purl.org/dc/terms/";
const ELEMENTS: &str = "http://purl.org/dc/elements/1.1/";

/// The type of concepts (SKOS Reference, 3).
pub const CONCEPT: &str = "http://www.w3.org/2004/02/skos/core#Concept";

/// The type of vocabularies (SKOS Reference, 4).
const SCHEME: &str = "http://www.w3.org/2004/02/skos/core#ConceptScheme";

/// Why a parser went no further.
enum Failure {
    /// The file is not of its form: the line, and how.
    Syntax(u64, String),
    /// It could not be read.
    Io(io::Error),
}

impl From<TurtleParseError> for Failure {
    fn from(error: TurtleParseError) -> Self {
        match error {
            TurtleParseError::Io(error) => Self::Io(error),
            TurtleParseError::Syntax(error) => {
                Self::Syntax(error.location().start.line + 1, error.message().to_owned())
            }
        }
    }
}

impl From<RdfXmlParseError> for Failure {
    /// It does not say where; the line that was handed out last is it.
    fn from(error: RdfXmlParseError) -> Self {
        match error {
            RdfXmlParseError::Io(error) => Self::Io(error),
            RdfXmlParseError::Syntax(error) => Self::Syntax(0, error.to_string()),
        }
    }
}

/// Reads a file to its end.
pub fn read(format: Format, reader: impl Read) -> Result<File> {
    let (lines, progress) = Lines::of(reader);
    let triples: Box<dyn Iterator<Item = std::result::Result<Triple, Failure>> + '_> = match format {
        Format::Turtle => {
            Box::new(TurtleParser::new().for_reader(Shallow::new(lines)).map(|triple| triple.map_err(Failure::from)))
        }
        Format::NTriples => {
            Box::new(NTriplesParser::new().for_reader(lines).map(|triple| triple.map_err(Failure::from)))
        }
        Format::RdfXml => {
            Box::new(RdfXmlParser::new().for_reader(Harmless::new(lines)).map(|triple| triple.map_err(Failure::from)))
        }
    };
    let mut file = File::default();
    let mut faults = Vec::new();
    for triple in triples {
        match triple {
            Ok(triple) => {
                progress.understood();
                take(&mut file, &triple, progress.line());
                if file.is_too_much() {
                    let limit = format!("{} MB", super::TEXT >> 20);
                    faults.push(Fault::on_line(progress.line(), Code::ImportTooMuch.with("limit", limit)));
                    break;
                }
            }
            Err(Failure::Syntax(at, reason)) => {
                progress.faulty();
                let at = if at == 0 { progress.line().max(1) } else { at };
                faults.push(Fault::on_line(at, Code::ImportSyntax.with("reason", reason)));
                // A parser of RDF/XML cannot find its way again.
                if faults.len() == FAULTS || format == Format::RdfXml {
                    break;
                }
            }
            // What is wrong is known, and little more of the file was read.
            Err(Failure::Io(_)) if !faults.is_empty() => break,
            // Out of memory is what the parser calls a name or a text of more than 16 MB.
            Err(Failure::Io(error))
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::OutOfMemory) =>
            {
                faults
                    .push(Fault::on_line(progress.line().max(1), Code::ImportSyntax.with("reason", error.to_string())));
                break;
            }
            Err(Failure::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Problem::new(Kind::Malformed, Code::ImportAborted));
            }
            Err(Failure::Io(error)) => return Err(Problem::internal(error)),
        }
    }
    if faults.is_empty() { Ok(file) } else { Err(faulty(faults)) }
}

/// Keeps what a triple says, if it says it of a concept or of a vocabulary.
fn take(file: &mut File, triple: &Triple, line: u64) {
    let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { return };
    let (subject, predicate) = (subject.as_str(), triple.predicate.as_str());
    match (&triple.object, predicate.strip_prefix(SKOS)) {
        (Term::NamedNode(object), None) if predicate == TYPE => typed(file, subject, object.as_str(), line),
        (Term::NamedNode(object), None) if predicate == SUBCLASS => {
            let (below, above) = (file.number(subject), file.number(object.as_str()));
            file.subclass(below, above);
        }
        (Term::NamedNode(object), None) if predicate.strip_prefix(TERMS) == Some("isReplacedBy") => {
            let (subject, object) = (file.number(subject), file.number(object.as_str()));
            let draft = file.draft(subject, line);
            draft.replaced_by = draft.replaced_by.or(Some((object, line)));
        }
        (Term::NamedNode(object), Some(word)) => relate(file, subject, word, object.as_str(), line),
        (Term::Literal(literal), None) if predicate == DEPRECATED => {
            let subject = file.number(subject);
            file.draft(subject, line).deprecated |= matches!(literal.value().trim(), "true" | "1");
        }
        (Term::Literal(literal), None) => {
            let word = [TERMS, ELEMENTS].iter().find_map(|prefix| predicate.strip_prefix(prefix));
            let is_title = word == Some("title") || predicate == LABEL;
            if (is_title || word == Some("description"))
                && file.may_be_scheme(subject)
                && let Some(label) = labelled(file, literal, line, false)
            {
                file.call(subject, is_title, label);
            }
        }
        (Term::Literal(literal), Some(word)) => describe(file, subject, word, literal, line),
        _ => {}
    }
}

fn typed(file: &mut File, subject: &str, object: &str, line: u64) {
    let number = file.number(subject);
    let kind = file.number(object);
    file.keep(0);
    let draft = file.draft(number, line);
    match object {
        CONCEPT => draft.is_concept = true,
        SCHEME => draft.is_scheme = true,
        _ => draft.types.push(kind),
    }
    file.settle(subject);
}

fn relate(file: &mut File, subject: &str, word: &str, object: &str, line: u64) {
    if !matches!(
        word,
        "broader" | "narrower" | "related" | "exactMatch" | "inScheme" | "topConceptOf" | "hasTopConcept"
    ) {
        return;
    }
    let (subject, object) = (file.number(subject), file.number(object));
    file.keep(0);
    match word {
        "broader" => file.draft(subject, line).broader.push((object, line)),
        "narrower" => file.draft(object, line).broader.push((subject, line)),
        "related" => file.draft(subject, line).related.push((object, line)),
        "exactMatch" => file.draft(subject, line).exact_matches.push(object),
        // A top concept of a vocabulary belongs to it (SKOS Reference, 4.3, S7 and S8).
        "hasTopConcept" => file.draft(object, line).schemes.push(subject),
        _ => file.draft(subject, line).schemes.push(object),
    }
}

fn describe(file: &mut File, subject: &str, word: &str, literal: &Literal, line: u64) {
    if word == "notation" {
        let subject = file.number(subject);
        file.keep(literal.value().len());
        let draft = file.draft(subject, line);
        let notation = literal.value().trim();
        if !notation.is_empty() && draft.notation.as_deref().is_none_or(|known| notation < known) {
            draft.notation = Some(notation.to_owned());
        }
        return;
    }
    if !matches!(word, "prefLabel" | "altLabel" | "definition") {
        return;
    }
    let subject = file.number(subject);
    let Some(label) = labelled(file, literal, line, true) else { return };
    let draft = file.draft(subject, line);
    match word {
        "prefLabel" => draft.pref_labels.push(label),
        "altLabel" => draft.alt_labels.push(label),
        _ => draft.definitions.push(label),
    }
}

/// A literal with its language; without one nobody can be shown it, which is worth a warning.
fn labelled(file: &mut File, literal: &Literal, line: u64, warn: bool) -> Option<Labelled> {
    let language = literal.language().and_then(|tag| LanguageIdentifier::try_from_str(tag).ok());
    let language = language.filter(|tag| !tag.language.is_unknown()).map(|tag| tag.to_string());
    let text = literal.value().trim().replace('\0', "");
    match language {
        Some(language) if !text.is_empty() => {
            file.keep(language.len() + text.len());
            Some(Labelled { language, text, line })
        }
        _ => {
            if warn && file.warnings.len() < WARNINGS {
                file.warnings.push(Fault::on_line(line, Code::ImportNoLanguage));
            }
            None
        }
    }
}
