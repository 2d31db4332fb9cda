//! What a file would change: its concepts as documents, and their faults.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::dsl::not;
use diesel::prelude::*;
use serde_json::json;

use super::file::{Draft, File, Labelled, Number};
use super::graph::Graph;
use super::{CONCEPTS, FAULTS, Outcome, faulty};
use crate::db::Conn;
use crate::db::schema::{concept_relations, concepts};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::validation::absolute_uri;
use crate::text::{Name, Text};
use crate::vocabularies::VocabularyId;
use crate::vocabularies::concepts::{AltLabels, BROADER, ConceptCreate, ConceptId, LABEL, LABELS};

/// Characters of a definition, at most.
const DEFINITION: usize = 20_000;

/// Characters of a notation, at most.
const NOTATION: usize = 100;

/// Broader concepts of one, related ones, and such as mean the same elsewhere, at most, as in any other change.
const BROADER_MAX: usize = 50;
const RELATED_MAX: usize = 500;
const EXACT_MAX: usize = 200;

/// Concepts above one, at most: each is a row, and so is each of them for all that is below.
const ABOVE: usize = 500;

/// Concepts of a circle that a fault names, at most.
const NAMED: usize = 5;

/// The concepts of a vocabulary and what is broader, as they are now.
pub struct Stored {
    /// Each with its URI, and whether it would be deprecated if a file lacked it: it is not yet, and was in one.
    concepts: Vec<(ConceptId, String, bool)>,
    broader: Vec<(ConceptId, ConceptId)>,
}

/// A concept of the file that is to be as it says.
pub struct Planned {
    /// Its id.
    pub id: ConceptId,
    /// Whether there is such a concept already.
    pub is_stored: bool,
    /// Its URI.
    pub number: Number,
    /// The broader concepts.
    pub broader: Vec<ConceptId>,
    /// The related concepts.
    pub related: Vec<ConceptId>,
    /// What took its place.
    pub replaced_by: Option<ConceptId>,
}

/// What is to be done.
pub struct Plan {
    /// The concepts of the file.
    pub concepts: Vec<Planned>,
    /// Those that were in it before and are not any more.
    pub vanished: Vec<ConceptId>,
    /// What is known of it already.
    pub outcome: Outcome,
}

/// Reads what a vocabulary has.
pub fn stored(conn: &mut Conn, vocabulary: VocabularyId) -> Result<Stored> {
    let own = concepts::table.filter(concepts::vocabulary_id.eq(vocabulary));
    let ids = concepts::table.filter(concepts::vocabulary_id.eq(vocabulary)).select(concepts::id);
    let relations = concept_relations::table
        .filter(concept_relations::relation.eq(BROADER))
        .filter(concept_relations::concept_id.eq_any(ids))
        .select((concept_relations::concept_id, concept_relations::target_id));
    Ok(Stored {
        concepts: own
            .select((concepts::id, concepts::uri, concepts::imported.and(not(concepts::deprecated))))
            .load(conn)?,
        broader: relations.load(conn)?,
    })
}

/// Compares a file with what is stored.
pub fn make(vocabulary: &str, file: &File, stored: Stored, id_of: impl Fn(Option<&str>) -> ConceptId) -> Result<Plan> {
    let mut outcome = Outcome { warnings: file.warnings.clone(), ..Outcome::default() };
    let all = file.concepts();
    if all.len() > CONCEPTS {
        let last = all.get(CONCEPTS).map_or(0, |(_, draft)| draft.line);
        return Err(faulty(vec![Fault::on_line(last, Code::ImportTooMuch.with("limit", CONCEPTS.to_string()))]));
    }
    let scheme = file.find(vocabulary);
    let belongs = |draft: &Draft| draft.schemes.is_empty() || scheme.is_some_and(|own| draft.schemes.contains(&own));
    let by_uri: HashMap<&str, ConceptId> = stored.concepts.iter().map(|(id, uri, _)| (uri.as_str(), *id)).collect();
    let mut own: Vec<(Number, &Draft)> = Vec::new();
    let mut faults = Vec::new();
    for (number, draft) in all {
        if !belongs(draft) {
            outcome.skipped += 1;
        } else if draft.pref_labels.is_empty() && is_deprecated(draft) {
            outcome.skipped += 1;
            let uri = file.uri(number).to_owned();
            outcome.warn(Fault::on_line(draft.line, Code::ImportSkipped.with("uri", uri)));
        } else {
            examine(file.uri(number), draft, &mut faults);
            own.push((number, draft));
        }
    }
    if own.is_empty() && faults.is_empty() {
        return Err(faulty(vec![no_concepts(vocabulary, file)]));
    }
    let mut ids: HashMap<Number, ConceptId> = HashMap::new();
    for (number, draft) in &own {
        let known = by_uri.get(file.uri(*number)).copied();
        ids.insert(*number, known.unwrap_or_else(|| id_of(draft.notation.as_deref())));
    }
    // What is not in the file, but in the vocabulary, can be referred to as well.
    let find = |number: Number| ids.get(&number).or_else(|| by_uri.get(file.uri(number))).copied();
    let mut graph = Graph::default();
    let planned = |(number, draft): &(Number, &Draft)| -> Option<Planned> {
        let id = *ids.get(number)?;
        let mut dropped = |target: Number, line: u64| {
            outcome.dropped_relations += 1;
            let message = Code::ImportDropped.with("uri", file.uri(*number).to_owned());
            outcome.warn(Fault::on_line(line, message.with("target", file.uri(target).to_owned())));
        };
        let mut resolve = |relations: &[(Number, u64)]| {
            let mut found: Vec<(&str, ConceptId)> = Vec::new();
            let mut known = HashSet::new();
            for (target, line) in relations.iter().filter(|(target, _)| known.insert(*target)) {
                match find(*target) {
                    Some(id) => found.push((file.uri(*target), id)),
                    None => dropped(*target, *line),
                }
            }
            // In an order that does not hang on the file's.
            found.sort_unstable();
            found.into_iter().map(|(_, id)| id).collect::<Vec<ConceptId>>()
        };
        let mut broader = resolve(&draft.broader);
        let mut related: Vec<ConceptId> = resolve(&draft.related).into_iter().filter(|other| *other != id).collect();
        let replaced_by = resolve(draft.replaced_by.as_slice()).pop().filter(|other| *other != id);
        let lengths = [
            ("skos:broader", broader.len(), BROADER_MAX),
            ("skos:related", related.len(), RELATED_MAX),
            ("skos:exactMatch", exact_matches(file, draft).len(), EXACT_MAX),
        ];
        for (property, length, max) in lengths {
            if length > max {
                let message = Code::ImportCut.with("uri", file.uri(*number).to_owned());
                let message = message.with("property", property).with("max", max.to_string());
                outcome.warn(Fault::on_line(draft.line, message));
            }
        }
        broader.truncate(BROADER_MAX);
        related.truncate(RELATED_MAX);
        Some(Planned {
            id,
            is_stored: by_uri.contains_key(file.uri(*number)),
            number: *number,
            broader,
            related,
            replaced_by,
        })
    };
    let concepts: Vec<Planned> = own.iter().filter_map(planned).collect();
    for one in &concepts {
        graph.insert(one.id, one.broader.clone());
    }
    let present: HashSet<ConceptId> = concepts.iter().map(|one| one.id).collect();
    for (id, broader) in &stored.broader {
        if !present.contains(id) {
            graph.add(*id, *broader);
        }
    }
    faults.extend(circles(file, &graph, &concepts, &stored));
    if faults.is_empty() {
        let too_deep = concepts.iter().filter(|one| graph.ancestors(one.id, ABOVE + 1).len() > ABOVE + 1);
        faults.extend(too_deep.take(FAULTS).map(|one| {
            let line = file.get(one.number).map_or(0, |draft| draft.line);
            let message = Code::ImportTooDeep.with("uri", file.uri(one.number).to_owned());
            Fault::on_line(line, message.with("max", ABOVE.to_string()))
        }));
    }
    if !faults.is_empty() {
        faults.sort_by_key(Fault::line);
        return Err(faulty(faults));
    }
    let vanished = stored.concepts.iter().filter(|(id, _, can_vanish)| *can_vanish && !present.contains(id));
    let vanished = vanished.map(|(id, ..)| *id).collect();
    Ok(Plan { concepts, vanished, outcome })
}

fn no_concepts(vocabulary: &str, file: &File) -> Fault {
    let schemes = file.schemes();
    let schemes = if schemes.is_empty() { "–".to_owned() } else { schemes.join(", ") };
    Fault::at("", Code::ImportNoConcepts.with("uri", vocabulary.to_owned()).with("schemes", schemes))
}

/// What was replaced is not to be used any more, whether or not that is said twice.
fn is_deprecated(draft: &Draft) -> bool {
    draft.deprecated || draft.replaced_by.is_some()
}

/// The faults of a concept by itself.
fn examine(uri: &str, draft: &Draft, faults: &mut Vec<Fault>) {
    if faults.len() >= FAULTS {
        return;
    }
    let named = |code: Code| code.with("uri", uri.to_owned());
    if absolute_uri(uri).is_err() {
        faults.push(Fault::on_line(draft.line, named(Code::ImportBadUri)));
    }
    if draft.pref_labels.is_empty() {
        faults.push(Fault::on_line(draft.line, named(Code::ImportNoLabel)));
    }
    let mut known: HashMap<&str, &str> = HashMap::new();
    for label in &draft.pref_labels {
        // At most one in a language (SKOS Reference, 5.4, S14).
        if *known.entry(&label.language).or_insert(&label.text) != label.text {
            let message = named(Code::ImportTwoLabels).with("language", label.language.clone());
            faults.push(Fault::on_line(label.line, message));
        }
    }
    let mut too_long = |texts: &[Labelled], max: usize| {
        let long = texts.iter().filter(|one| one.text.chars().count() > max);
        faults.extend(long.map(|one| Fault::on_line(one.line, Code::ImportTooLong.with("max", max.to_string()))));
    };
    too_long(&draft.pref_labels, LABEL);
    too_long(&draft.alt_labels, LABEL);
    too_long(&draft.definitions, DEFINITION);
    if draft.notation.as_ref().is_some_and(|notation| notation.chars().count() > NOTATION) {
        faults.push(Fault::on_line(draft.line, Code::ImportTooLong.with("max", NOTATION.to_string())));
    }
    let mut in_language: HashMap<&str, usize> = HashMap::new();
    for label in &draft.alt_labels {
        let count = in_language.entry(&label.language).or_default();
        *count += 1;
        if *count == LABELS + 1 {
            faults.push(Fault::on_line(label.line, Code::ImportTooLong.with("max", LABELS.to_string())));
        }
    }
}

/// The faults of a hierarchy that goes in circles.
fn circles(file: &File, graph: &Graph, concepts: &[Planned], stored: &Stored) -> Vec<Fault> {
    let circles = graph.circles(FAULTS);
    if circles.is_empty() {
        return Vec::new();
    }
    let mut uris: HashMap<ConceptId, &str> = stored.concepts.iter().map(|(id, uri, _)| (*id, uri.as_str())).collect();
    uris.extend(concepts.iter().map(|one| (one.id, file.uri(one.number))));
    // That of the edge, if the file has it.
    let line_of = |(below, above): (&ConceptId, &ConceptId)| {
        let draft = file.find(uris.get(below)?).and_then(|number| file.get(number))?;
        let above = file.find(uris.get(above)?)?;
        draft.broader.iter().find(|(number, _)| *number == above).map(|(_, line)| *line)
    };
    let fault = |circle: Vec<ConceptId>| {
        let mut names: Vec<&str> = circle.iter().take(NAMED).filter_map(|id| uris.get(id).copied()).collect();
        if circle.len() > NAMED {
            names.push("…");
        }
        let edges = circle.iter().zip(circle.iter().cycle().skip(1));
        match edges.filter_map(line_of).max() {
            Some(line) => Fault::on_line(line, Code::ImportCycle.with("concepts", names.join(" → "))),
            None => Fault::at("", Code::Cycle),
        }
    };
    circles.into_iter().map(fault).collect()
}

/// The document that a concept is to have.
pub fn document(file: &File, one: &Planned) -> Result<ConceptCreate> {
    let draft = file.get(one.number).ok_or_else(|| Problem::internal("a concept without a draft"))?;
    let words = |label: &Labelled| (label.language.clone(), label.text.clone());
    let preferred: HashSet<(String, String)> = draft.pref_labels.iter().map(words).collect();
    let alt_labels = draft.alt_labels.iter().map(words).filter(|label| !preferred.contains(label));
    let definition: Option<Text> = match draft.definitions.is_empty() {
        true => None,
        false => Some(by_language(&draft.definitions)?),
    };
    let deprecated = is_deprecated(draft);
    Ok(ConceptCreate {
        uri: Some(file.uri(one.number).to_owned()),
        notation: draft.notation.clone(),
        pref_label: by_language::<Name>(&draft.pref_labels)?,
        alt_labels: alt_labels.collect::<AltLabels>(),
        definition,
        broader: one.broader.clone(),
        related: one.related.clone(),
        exact_match: exact_matches(file, draft).into_iter().take(EXACT_MAX).map(str::to_owned).collect(),
        deprecated,
        replaced_by: one.replaced_by.filter(|_| deprecated),
    })
}

/// What means the same elsewhere, by its URIs.
fn exact_matches<'a>(file: &'a File, draft: &Draft) -> BTreeSet<&'a str> {
    draft.exact_matches.iter().map(|number| file.uri(*number)).filter(|uri| absolute_uri(uri).is_ok()).collect()
}

/// Texts by language; of several in a language, the first in order.
pub fn by_language<T: serde::de::DeserializeOwned>(labels: &[Labelled]) -> Result<T> {
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    for label in labels {
        let text = texts.entry(&label.language).or_insert(&label.text);
        *text = (*text).min(&label.text);
    }
    serde_json::from_value(json!(texts)).map_err(Problem::internal)
}
