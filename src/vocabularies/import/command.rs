//! `solmu import vocabulary`.

use std::io::Read;

use super::file::Labelled;
use super::plan::by_language;
use super::{File, Format, Target, Through};
use crate::config::ImportVocabulary;
use crate::db::Db;
use crate::http::json::validate;
use crate::http::language::Language;
use crate::http::problem::Problem;
use crate::http::validation::absolute_uri;
use crate::vocabularies::{ConceptId, VocabularyCreate, VocabularyId, store};

/// Why a file was not imported.
pub enum Failure {
    /// It was asked for in a way that cannot be.
    Usage(String),
    /// It failed.
    Failed(String),
}

/// Imports a file; the report, as JSON.
pub fn run(config: &ImportVocabulary) -> Result<String, Failure> {
    let format = config.format.or_else(|| Format::of_name(&config.file)).ok_or_else(|| {
        Failure::Usage("--format: say turtle, rdf-xml or n-triples; the file's name does not".to_owned())
    })?;
    if let Some(uri) = &config.vocabulary_uri
        && absolute_uri(uri).is_err()
    {
        return Err(Failure::Usage(format!("--vocabulary-uri: {uri} is not an absolute http, https or urn URI")));
    }
    let db = Db::open(&config.database).map_err(Failure::Failed)?;
    let reader: Box<dyn Read> = match config.file.as_str() {
        "-" => Box::new(std::io::stdin()),
        name => Box::new(
            std::fs::File::open(name).map_err(|error| Failure::Failed(format!("cannot open {name}: {error}")))?,
        ),
    };
    let file = super::read(format, reader).map_err(failed)?;
    let target = target(&db, &file, config.vocabulary_uri.as_deref())?;
    let outcome = super::run(Through::Db(&db, None, None), target, file, config.dry_run, |_| ConceptId::new());
    let report = outcome.map_err(failed)?.report(Language::En);
    serde_json::to_string_pretty(&report).map_err(|error| Failure::Failed(error.to_string()))
}

/// The vocabulary with the URI, which is made where there is none.
fn target(db: &Db, file: &File, uri: Option<&str>) -> Result<Target, Failure> {
    let schemes = file.schemes();
    let uri = match (uri, schemes.as_slice()) {
        (Some(uri), _) => uri.to_owned(),
        (None, [only]) => (*only).to_owned(),
        (None, []) => {
            return Err(Failure::Usage("--vocabulary-uri: the file names no vocabulary; say which it is".to_owned()));
        }
        (None, several) => {
            let several = several.join(", ");
            return Err(Failure::Usage(format!("--vocabulary-uri: the file names several; say which of {several}")));
        }
    };
    let known = db.read_now(|conn| store::by_uri(conn, &uri)).map_err(failed)?;
    Ok(match known {
        Some(known) => Target { id: known.id, uri, create: None },
        None => {
            let create = described(file, &uri).map_err(failed)?;
            Target { id: VocabularyId::new(), uri, create: Some(create) }
        }
    })
}

/// What a file says of a vocabulary. One that it does not name is called by its URI.
pub fn described(file: &File, uri: &str) -> Result<VocabularyCreate, Problem> {
    let draft = file.find(uri).and_then(|number| file.get(number));
    let labels: &[Labelled] = match draft {
        Some(draft) if !draft.pref_labels.is_empty() => &draft.pref_labels,
        Some(draft) => &draft.titles,
        None => &[],
    };
    let own = [Labelled { language: "en".to_owned(), text: uri.to_owned(), line: 0 }];
    let description = match draft.map(|draft| draft.definitions.as_slice()) {
        Some(definitions) if !definitions.is_empty() => Some(by_language(definitions)?),
        _ => None,
    };
    let described = VocabularyCreate {
        uri: uri.to_owned(),
        name: by_language(if labels.is_empty() { &own } else { labels })?,
        description,
    };
    validate(&described)?;
    Ok(described)
}

/// A problem, as a person reads it: its faults, one a line.
fn failed(problem: Problem) -> Failure {
    let mut lines = vec![problem.to_string()];
    lines.extend(problem.told().iter().map(|fault| fault.message.in_language(Language::En)));
    lines.extend(problem.cause().map(str::to_owned));
    Failure::Failed(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_that_is_not_described_is_the_one_that_all_concepts_name() {
        let concept = |name: &str, schemes: &str| {
            format!(
                "<http://uri.example/{name}> a skos:Concept ; skos:prefLabel \"{name}\"@en ; skos:inScheme {schemes} .\n"
            )
        };
        let schemes = |concepts: [String; 2]| -> Vec<String> {
            let text = format!("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n{}", concepts.concat());
            let file = super::super::read(Format::Turtle, text.as_bytes()).unwrap();
            file.schemes().into_iter().map(str::to_owned).collect()
        };
        let both = "<http://uri.example/v>, <http://uri.example/w>";
        assert_eq!(schemes([concept("a", "<http://uri.example/v>"), concept("b", both)]), ["http://uri.example/v"]);
        let apart = schemes([concept("a", "<http://uri.example/v>"), concept("b", "<http://uri.example/w>")]);
        assert_eq!(apart.len(), 2);
    }

    #[test]
    fn a_vocabulary_is_called_what_the_file_says_before_or_after_its_type() {
        let uri = "http://uri.example/v";
        let title = |text: &str| format!("<{uri}> <http://purl.org/dc/terms/title> \"{text}\"@en .\n");
        let kind = format!(
            "<{uri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#ConceptScheme> .\n"
        );
        let name = |text: &str| {
            let file = super::super::read(Format::NTriples, text.as_bytes()).unwrap();
            described(&file, uri).map(|described| serde_json::json!(described.name))
        };
        for text in [title("A") + &kind, kind.clone() + &title("A")] {
            assert_eq!(name(&text).unwrap(), serde_json::json!({ "en": "A" }));
        }
        assert!(name(&(kind + &title(&"x".repeat(10_000)))).is_err());
    }
}
