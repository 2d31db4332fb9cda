//! A plan, carried out in batches: each is one transaction, and what one has written is whole by itself.
//!
//! Concepts come first, then the relations between them and what follows from those, by difference: a plan that was
//! broken off is completed by the next, which finds what is missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::file::File;
use super::lease::Lease;
use super::plan::{Plan, Planned, document};
use super::{Outcome, Through};
use crate::db::changes::{self, Action, EntityType};
use crate::db::rows::{InsertRows, UpsertRows, Value};
use crate::db::schema::{concept_relations, concepts};
use crate::db::{Conn, Json, OnConflict, Tx, revisions};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::vocabularies::VocabularyId;
use crate::vocabularies::concepts::{
    BROADER, ConceptCreate, ConceptId, ConceptRow, RELATED, REPLACED_BY, in_circle, lift_all, write_labels,
};

const TYPE: EntityType = EntityType::Concept;

/// Concepts written in one transaction.
const BATCH: usize = 200;

/// Concepts whose relations are written in one transaction; each has several, and more above it.
const RELATIONS: usize = 100;

/// Rows of one statement.
const ROWS: usize = 1000;

/// A concept as it is stored, as far as it matters here.
type Known = (ConceptId, i64, NaiveDateTime, i64, Json<ConceptCreate>);

/// A concept that is to be written.
struct Write {
    row: ConceptRow,
    document: ConceptCreate,
    fields: Vec<String>,
    has_new_labels: bool,
}

/// Carries a plan out; of a dry run, only counts what would be done.
pub fn apply(
    through: &mut Through<'_, '_>,
    lease: &Lease,
    vocabulary: VocabularyId,
    file: &File,
    plan: Plan,
    dry_run: bool,
) -> Result<Outcome> {
    let Plan { concepts, vanished, mut outcome } = plan;
    outcome.dry_run = dry_run;
    for batch in concepts.chunks(BATCH) {
        let writes = match dry_run {
            true => through.read(|conn| compare(conn, vocabulary, file, batch, crate::db::now()))?,
            false => through.write(|tx| {
                lease.hold(tx)?;
                let now = tx.now;
                let writes = compare(tx.conn, vocabulary, file, batch, now)?;
                write(tx, writes)
            })?,
        };
        count(&mut outcome, batch.len(), &writes);
    }
    for batch in vanished.chunks(BATCH) {
        outcome.deprecated += u64::try_from(batch.len()).unwrap_or_default();
        if !dry_run {
            through.write(|tx| {
                lease.hold(tx)?;
                let writes = deprecate(tx, vocabulary, batch)?;
                write(tx, writes)
            })?;
        }
    }
    if !dry_run {
        let all = through.read(|conn| all(conn, vocabulary))?;
        // First all relations, then what is above each: that takes the relations of what is above it.
        for batch in all.chunks(RELATIONS) {
            through.write(|tx| {
                lease.hold(tx)?;
                relate(tx, batch)
            })?;
        }
        for batch in all.chunks(RELATIONS) {
            through.write(|tx| {
                lease.hold(tx)?;
                lift(tx, batch)
            })?;
        }
    }
    Ok(outcome)
}

fn count(outcome: &mut Outcome, all: usize, writes: &[Write]) {
    let number = |length: usize| u64::try_from(length).unwrap_or_default();
    let created = writes.iter().filter(|write| write.row.version == 1).count();
    outcome.created += number(created);
    outcome.updated += number(writes.len() - created);
    outcome.unchanged += number(all - writes.len());
}

fn load(conn: &mut Conn, ids: Vec<ConceptId>) -> Result<Vec<Known>> {
    let query = concepts::table.filter(concepts::id.eq_any(ids)).select((
        concepts::id,
        concepts::version,
        concepts::created_at,
        concepts::names_version,
        concepts::document,
    ));
    Ok(query.load(conn)?)
}

/// The concepts of a batch that are not as the file says: one query for all.
fn compare(
    conn: &mut Conn,
    vocabulary: VocabularyId,
    file: &File,
    batch: &[Planned],
    now: NaiveDateTime,
) -> Result<Vec<Write>> {
    let ids: Vec<ConceptId> = batch.iter().filter(|one| one.is_stored).map(|one| one.id).collect();
    let known = if ids.is_empty() { Vec::new() } else { load(conn, ids)? };
    let mut known: HashMap<ConceptId, Known> = known.into_iter().map(|row| (row.0, row)).collect();
    let mut writes = Vec::new();
    for one in batch {
        let after = document(file, one)?;
        let known = known.remove(&one.id);
        if one.is_stored && known.is_none() {
            return Err(Problem::unavailable("a concept went while its vocabulary was imported"));
        }
        writes.extend(change(one.id, vocabulary, known, after, now)?);
    }
    Ok(writes)
}

/// What is to be written of a concept; nothing, where it is so already.
fn change(
    id: ConceptId,
    vocabulary: VocabularyId,
    known: Option<Known>,
    after: ConceptCreate,
    now: NaiveDateTime,
) -> Result<Option<Write>> {
    let row = ConceptRow::new(id, vocabulary, &after, now)?;
    let Some((_, version, created_at, names_version, before)) = known else {
        let fields = changes::differences(None, &after)?;
        return Ok(Some(Write { row, document: after, fields, has_new_labels: true }));
    };
    if before.is_same(&row.document) {
        return Ok(None);
    }
    let before = before.value()?;
    let fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return Ok(None);
    }
    let version = version + 1;
    let has_new_labels = before.pref_label != after.pref_label || before.alt_labels != after.alt_labels;
    let names_version = if has_new_labels { version } else { names_version };
    let row = ConceptRow { version, created_at, names_version, ..row };
    Ok(Some(Write { row, document: after, fields, has_new_labels }))
}

/// The concepts that are to be deprecated, for they are no longer in the file; nothing else of them changes.
fn deprecate(tx: &mut Tx<'_>, vocabulary: VocabularyId, batch: &[ConceptId]) -> Result<Vec<Write>> {
    let mut writes = Vec::new();
    for known in load(tx.conn, batch.to_vec())? {
        let after = ConceptCreate { deprecated: true, ..known.4.value()? };
        writes.extend(change(known.0, vocabulary, Some(known), after, tx.now)?);
    }
    Ok(writes)
}

/// Writes concepts with all that belongs to a change: a handful of statements, however many they are.
fn write(tx: &mut Tx<'_>, mut writes: Vec<Write>) -> Result<Vec<Write>> {
    if writes.is_empty() {
        return Ok(writes);
    }
    let all: Vec<ConceptId> = writes.iter().map(|write| write.row.id).collect();
    let updated: Vec<ConceptId> =
        writes.iter().filter(|write| write.row.version > 1).map(|write| write.row.id).collect();
    let texts = |ids: &'_ [ConceptId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<String>>();
    let (all, updated) = (texts(&all), texts(&updated));
    let (all, updated): (Vec<&str>, Vec<&str>) =
        (all.iter().map(String::as_str).collect(), updated.iter().map(String::as_str).collect());
    if !updated.is_empty() {
        revisions::follow(tx, TYPE, &updated)?;
    }
    for write in &mut writes {
        write.row.updated_at = tx.now;
        if write.row.version == 1 {
            write.row.created_at = tx.now;
        }
    }
    upsert(tx, &writes)?;
    let labels: Vec<_> = writes.iter().filter(|write| write.has_new_labels).collect();
    let labels: Vec<_> = labels.iter().map(|write| (write.row.id, write.row.version, &write.document)).collect();
    write_labels(tx, &labels)?;
    if !updated.is_empty() {
        revisions::close(tx, TYPE, &updated)?;
    }
    revisions::open(tx, TYPE, &all)?;
    // Those that changed in the same fields are told together: a handful of ways.
    type How<'a> = (bool, &'a [String]);
    let mut alike: BTreeMap<How<'_>, Vec<(&str, i64)>> = BTreeMap::new();
    for write in &writes {
        let how = (write.row.version > 1, write.fields.as_slice());
        alike.entry(how).or_default().push((write.row.id.as_str(), write.row.version));
    }
    for ((is_update, fields), entities) in alike {
        let action = if is_update { Action::Updated } else { Action::Created };
        changes::append(tx, TYPE, &entities, action, fields.to_vec())?;
    }
    Ok(writes)
}

/// A row's values, in the order of the columns below.
fn values(write: &Write) -> [Value<'_>; 15] {
    let row = &write.row;
    [
        Value::Text(row.id.as_str()),
        Value::Number(row.version),
        Value::Time(row.created_at),
        Value::Time(row.updated_at),
        Value::Document(row.document.untyped()),
        Value::Text(row.vocabulary_id.as_str()),
        Value::Text(&row.uri),
        Value::Flag(row.deprecated),
        Value::MaybeText(row.replaced_by.as_ref().map(ConceptId::as_str)),
        Value::Flag(row.is_top),
        Value::Key(&row.sort_key_fi),
        Value::Key(&row.sort_key_sv),
        Value::Key(&row.sort_key_en),
        Value::Number(row.names_version),
        Value::Flag(true),
    ]
}

fn upsert(tx: &mut Tx<'_>, writes: &[Write]) -> Result<()> {
    let columns = [
        "id",
        "version",
        "created_at",
        "updated_at",
        "document",
        "vocabulary_id",
        "uri",
        "deprecated",
        "replaced_by",
        "is_top",
        "sort_key_fi",
        "sort_key_sv",
        "sort_key_en",
        "names_version",
        "imported",
    ];
    let rows = InsertRows { table: "concepts", columns, rows: writes.iter().map(values).collect() };
    let taken = || Problem::conflict(Fault::at("/uri", Code::Taken));
    UpsertRows { rows, key: "id", kept: &["vocabulary_id", "uri", "created_at"] }.execute(tx.conn).on_taken(taken)?;
    Ok(())
}

/// Brings the relations of a batch up to date with its documents as they are now, whoever wrote them.
///
/// A circle is a conflict with what others have changed since the file was compared: by itself it makes none.
fn relate(tx: &mut Tx<'_>, ids: &[ConceptId]) -> Result<()> {
    let query = concept_relations::table.filter(concept_relations::concept_id.eq_any(ids.to_vec())).select((
        concept_relations::concept_id,
        concept_relations::relation,
        concept_relations::target_id,
    ));
    let mut known: HashMap<ConceptId, BTreeSet<(String, ConceptId)>> = HashMap::new();
    for (id, relation, target) in query.load::<(ConceptId, String, ConceptId)>(tx.conn)? {
        known.entry(id).or_default().insert((relation, target));
    }
    let query = concepts::table.filter(concepts::id.eq_any(ids.to_vec())).select((concepts::id, concepts::document));
    let mut changed = Vec::new();
    let mut rows: Vec<(ConceptId, &'static str, ConceptId)> = Vec::new();
    for (id, document) in query.load::<(ConceptId, Json<ConceptCreate>)>(tx.conn)? {
        let Related { broader, related, replaced_by } = document.part()?;
        let named = |relation: &'static str, ids: Vec<ConceptId>| ids.into_iter().map(move |id| (relation, id));
        let wanted = named(BROADER, broader).chain(named(RELATED, related));
        let wanted: BTreeSet<_> = wanted.chain(named(REPLACED_BY, Vec::from_iter(replaced_by))).collect();
        let known = known.remove(&id).unwrap_or_default();
        if !known.iter().map(|(relation, id)| (relation.as_str(), *id)).eq(wanted.iter().copied()) {
            changed.push(id);
            rows.extend(wanted.into_iter().map(|(relation, target)| (id, relation, target)));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    diesel::delete(concept_relations::table.filter(concept_relations::concept_id.eq_any(changed.clone())))
        .execute(tx.conn)?;
    for some in rows.chunks(ROWS) {
        let rows = some.iter().map(|(id, relation, target)| {
            [Value::Text(id.as_str()), Value::Text(relation), Value::Text(target.as_str())]
        });
        let columns = ["concept_id", "relation", "target_id"];
        InsertRows { table: "concept_relations", columns, rows: rows.collect() }
            .execute(tx.conn)
            .on_reference(|| Problem::unavailable("a concept went while its vocabulary was imported"))?;
    }
    match in_circle(tx.conn, &changed)? {
        None => Ok(()),
        Some(id) => {
            let uri: String = concepts::table.find(id).select(concepts::uri).first(tx.conn)?;
            Err(Problem::conflict(Fault::at("", Code::Cycle.with("concepts", uri))))
        }
    }
}

/// Brings what is above each of a batch up to date. That is nothing of its own, so no new version; but whoever shows a
/// concept, or looks for what is below one, is told.
fn lift(tx: &mut Tx<'_>, batch: &[ConceptId]) -> Result<()> {
    let moved = lift_all(tx, batch)?;
    if moved.is_empty() {
        return Ok(());
    }
    let query = concepts::table.filter(concepts::id.eq_any(moved)).select((concepts::id, concepts::version));
    let moved: Vec<(ConceptId, i64)> = query.order(concepts::id).load(tx.conn)?;
    let entries: Vec<(&str, i64)> = moved.iter().map(|(id, version)| (id.as_str(), *version)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec!["ancestors".to_owned()])
}

/// The concepts that one refers to, out of its document.
#[derive(Deserialize)]
struct Related {
    broader: Vec<ConceptId>,
    related: Vec<ConceptId>,
    #[serde(default)]
    replaced_by: Option<ConceptId>,
}

/// All concepts of the vocabulary, also those that are not in the file: what is above them may have moved, too, and an
/// import that was broken off may have left them without their relations.
fn all(conn: &mut Conn, vocabulary: VocabularyId) -> Result<Vec<ConceptId>> {
    let all = concepts::table.filter(concepts::vocabulary_id.eq(vocabulary)).select(concepts::id);
    Ok(all.order(concepts::id).load(conn)?)
}
