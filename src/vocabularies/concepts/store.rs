//! Concepts in the database.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use icu_locale_core::LanguageIdentifier;
use serde::Deserialize;

use super::hierarchy::{self, BROADER, RELATED};
use super::references::{SUCCESSOR, Successor, references};
use super::row::{self, ConceptRow, ListedConcept, uri_of};
use super::types::{Concept, ConceptCreate, ConceptFilter, ConceptId, ConceptReference, ConceptUsage};
use crate::auth::Caller;
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::names::Begins;
use crate::db::rows::{InsertRows, Value};
use crate::db::schema::{concept_ancestors, concept_relations, concepts};
use crate::db::{Conn, Lock, MultiBackend, OnConflict, Tx, one_of, revisions, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::members::{self, Facet, Viewer};
use crate::networks;
use crate::text::fold;
use crate::vocabularies::{VocabularyId, store as vocabularies};

const TYPE: EntityType = EntityType::Concept;

/// Rows of labels in one statement.
const LABELS_AT_ONCE: usize = 1000;

/// One concept of a vocabulary, now or as of a time; 404 or 410 where there is none.
fn get(
    conn: &mut Conn,
    vocabulary: VocabularyId,
    id: ConceptId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<(ConceptRow, Option<Successor>)> {
    let query = concepts::table
        .filter(concepts::id.eq(id))
        .filter(concepts::vocabulary_id.eq(vocabulary))
        .select((ConceptRow::as_select(), SUCCESSOR));
    // The plain statement keeps its identity, by which diesel finds it prepared.
    let row = match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    };
    row.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), as_of, sight))
}

fn listed((row, successor): (ConceptRow, Option<Successor>)) -> ListedConcept {
    let ConceptRow { id, version, created_at, updated_at, document, vocabulary_id, sort_key_fi, .. } = row;
    ListedConcept::new((id, version, created_at, updated_at, document, sort_key_fi), (vocabulary_id, successor))
}

/// One concept as a reader sees it.
pub fn read(
    conn: &mut Conn,
    vocabulary: VocabularyId,
    id: ConceptId,
    reading: &Reading<Concept>,
    caller: &Caller,
) -> Result<Shown> {
    let rows = [listed(get(conn, vocabulary, id, reading.as_of, caller.sight())?)];
    show(conn, &rows, reading, caller)?.pop().ok_or_else(Problem::not_found)
}

/// One concept as who wrote it sees it.
fn written(tx: &mut Tx<'_>, vocabulary: VocabularyId, id: ConceptId) -> Result<Shown> {
    row::show(&listed(get(tx.conn, vocabulary, id, None, Sight::Editor)?))
}

/// A page of a vocabulary's concepts.
pub fn list(
    conn: &mut Conn,
    vocabulary: VocabularyId,
    listing: &Listing<Concept, ConceptFilter>,
    caller: &Caller,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    vocabularies::get(conn, vocabulary, at, caller.sight())?;
    let mut query = filtered(vocabulary, &listing.filter);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((listing.head(), (concepts::vocabulary_id, SUCCESSOR)));
    let mut rows: Vec<ListedConcept> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(vocabulary, &listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading, caller)?;
    Ok(Page { items, next, total })
}

fn filtered(vocabulary: VocabularyId, filter: &ConceptFilter) -> concepts::BoxedQuery<'static, MultiBackend> {
    let mut query = concepts::table.filter(concepts::vocabulary_id.eq(vocabulary)).into_boxed();
    let filter = filter.clone();
    let language = filter.language.map(|tag| match LanguageIdentifier::try_from_str(&tag) {
        Ok(known) => known.to_string(),
        Err(_) => tag,
    });
    if filter.label_prefix.is_some() || language.is_some() {
        let labels = "concept_id, names_version FROM concept_labels";
        let prefix = filter.label_prefix.unwrap_or_default();
        let begins = Begins::with("concepts.id, concepts.names_version", labels, &prefix);
        query = query.filter(begins.in_language(language));
    }
    if let Some(above) = filter.broader {
        let below = concept_relations::table
            .filter(one_of(concept_relations::target_id, &above.0))
            .filter(concept_relations::relation.eq(BROADER))
            .select(concept_relations::concept_id);
        query = query.filter(concepts::id.eq_any(below));
    }
    if let Some(tops) = filter.subtree_of {
        let below = concept_ancestors::table
            .filter(one_of(concept_ancestors::ancestor_id, &tops.0))
            .select(concept_ancestors::concept_id);
        query = query.filter(concepts::id.eq_any(below));
    }
    if let Some(top) = filter.top {
        query = query.filter(concepts::is_top.eq(top));
    }
    if let Some(deprecated) = filter.deprecated {
        query = query.filter(concepts::deprecated.eq(deprecated));
    }
    if let Some(uri) = filter.uri {
        query = query.filter(concepts::uri.eq(uri));
    }
    query
}

/// The concepts that one names itself.
#[derive(Deserialize)]
struct Named {
    broader: Vec<ConceptId>,
    related: Vec<ConceptId>,
}

/// Concepts with the relations asked for: one query for what names them, one for all that are mentioned.
fn show(conn: &mut Conn, rows: &[ListedConcept], reading: &Reading<Concept>, caller: &Caller) -> Result<Vec<Shown>> {
    let mut all = rows.iter().map(row::show).collect::<Result<Vec<Shown>>>()?;
    let ids: Vec<ConceptId> = rows.iter().map(|row| row.id).collect();
    let wants = |relation: &str| reading.includes(relation);
    if wants("broader_concepts") || wants("narrower_concepts") || wants("related_concepts") {
        let naming = match wants("narrower_concepts") || wants("related_concepts") {
            true => naming(conn, &ids)?,
            false => HashMap::new(),
        };
        let named = rows.iter().map(|row| row.document.part::<Named>()).collect::<Result<Vec<Named>>>()?;
        let mentioned = named.iter().flat_map(|one| one.broader.iter().chain(&one.related)).copied();
        let mentioned: Vec<ConceptId> = mentioned.chain(naming.values().flatten().copied()).collect();
        let known = references(conn, &mentioned, reading.as_of)?;
        let collect = |ids: Vec<ConceptId>| -> Vec<&ConceptReference> {
            let mut found: Vec<&ConceptReference> = ids.iter().filter_map(|id| known.get(id)).collect();
            found.sort_by_cached_key(|one| {
                crate::text::sort_key(one.pref_label.best(reading.language), reading.language)
            });
            found.dedup_by_key(|one| one.id);
            found
        };
        let naming = |id, relation| naming.get(&(id, relation)).cloned().unwrap_or_default();
        let rows: Vec<(&ListedConcept, Named)> = rows.iter().zip(named).collect();
        all = each(all, &rows, |mut shown, (row, named)| {
            if wants("broader_concepts") {
                shown = shown.with("broader_concepts", &collect(named.broader.clone()))?;
            }
            if wants("narrower_concepts") {
                shown = shown.with("narrower_concepts", &collect(naming(row.id, true)))?;
            }
            if wants("related_concepts") {
                let mut related = naming(row.id, false);
                related.extend(named.related.iter().filter(|id| !related.contains(id)).collect::<Vec<_>>());
                shown = shown.with("related_concepts", &collect(related))?;
            }
            Ok(shown)
        })?;
    }
    if wants("usage") {
        let usage = usage(conn, &ids, reading.as_of, caller)?;
        all = each(all, rows, |shown, row| match usage.get(&row.id) {
            Some(usage) => shown.with("usage", usage),
            None => Ok(shown),
        })?;
    }
    Ok(all)
}

/// The concepts that name others as broader (true: those are narrower) or as related (false).
fn naming(conn: &mut Conn, ids: &[ConceptId]) -> Result<HashMap<(ConceptId, bool), Vec<ConceptId>>> {
    let rows: Vec<(ConceptId, String, ConceptId)> = concept_relations::table
        .filter(one_of(concept_relations::target_id, ids))
        .filter(concept_relations::relation.eq_any([BROADER, RELATED]))
        .select((concept_relations::target_id, concept_relations::relation, concept_relations::concept_id))
        .load(conn)?;
    let mut naming: HashMap<(ConceptId, bool), Vec<ConceptId>> = HashMap::new();
    for (target, relation, id) in rows {
        naming.entry((target, relation == BROADER)).or_default().push(id);
    }
    Ok(naming)
}

/// How often concepts are used: by networks within sight, and by those whom the caller finds by them. Of people, whoever is
/// not signed in learns nothing.
fn usage(
    conn: &mut Conn,
    ids: &[ConceptId],
    as_of: Option<NaiveDateTime>,
    caller: &Caller,
) -> Result<HashMap<ConceptId, ConceptUsage>> {
    let sight = caller.sight();
    let viewer = match sight {
        Sight::Anonymous => None,
        Sight::SignedIn(_) | Sight::Editor => Some(Viewer::of(conn, caller)?),
    };
    let nobody = viewer.is_some().then_some(0);
    let unused = ConceptUsage { networks: 0, members_with_skill: nobody, members_with_interest: nobody };
    let mut usage: HashMap<ConceptId, ConceptUsage> = ids.iter().map(|id| (*id, unused)).collect();
    for (id, number) in networks::count_by_theme(conn, ids, as_of, sight)? {
        usage.entry(id).or_insert(unused).networks = number;
    }
    let people = match &viewer {
        Some(viewer) => members::count_by_concept(conn, ids, as_of, viewer)?,
        None => Vec::new(),
    };
    for (id, facet, number) in people {
        let usage = usage.entry(id).or_insert(unused);
        match facet {
            Facet::Skill => usage.members_with_skill = Some(number),
            _ => usage.members_with_interest = Some(number),
        }
    }
    Ok(usage)
}

/// Creates a concept.
pub fn insert(
    tx: &mut Tx<'_>,
    vocabulary: VocabularyId,
    id: ConceptId,
    mut document: ConceptCreate,
    sight: Sight,
) -> Result<Shown> {
    tx.lock(Lock::Concepts)?;
    let scheme = vocabularies::get(tx.conn, vocabulary, None, sight)?;
    document.uri.get_or_insert_with(|| uri_of(&scheme.uri, id));
    hierarchy::check(tx, vocabulary, id, &document)?;
    let row = ConceptRow::new(id, vocabulary, &document, tx.now)?;
    diesel::insert_into(concepts::table).values(&row).execute(tx.conn).on_taken(uri_taken)?;
    write_labels(tx, &[(id, 1, &document)])?;
    hierarchy::write(tx, id, &document)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, changes::differences(None, &document)?)?;
    written(tx, vocabulary, id)
}

/// Changes a concept: `change` makes the new document of the old one.
pub fn update(
    tx: &mut Tx<'_>,
    vocabulary: VocabularyId,
    id: ConceptId,
    if_match: &IfMatch,
    sight: Sight,
    change: impl FnOnce(ConceptCreate) -> Result<ConceptCreate>,
) -> Result<Shown> {
    tx.lock(Lock::Concepts)?;
    let (old, successor) = get(tx.conn, vocabulary, id, None, sight)?;
    if_match.check(old.version)?;
    let before = old.document.value()?;
    let mut after = change(before.clone())?;
    // What it is known by elsewhere is not forgotten by leaving it out.
    after.uri = after.uri.or_else(|| before.uri.clone());
    let fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return row::show(&listed((old, successor)));
    }
    hierarchy::check(tx, vocabulary, id, &after)?;
    hierarchy::refuse_cycle(tx, id, &after.broader)?;
    // One that came so in a file may stay.
    if after.replaced_by != before.replaced_by {
        hierarchy::refuse_circle(tx, id, after.replaced_by)?;
    }
    tx.not_before(old.updated_at);
    let version = old.version + 1;
    let are_labels_same = before.pref_label == after.pref_label && before.alt_labels == after.alt_labels;
    let names_version = if are_labels_same { old.names_version } else { version };
    let new = ConceptRow::new(id, vocabulary, &after, tx.now)?;
    let row = ConceptRow { version, created_at: old.created_at, names_version, imported: old.imported, ..new };
    let target = concepts::table.filter(concepts::id.eq(id)).filter(concepts::version.eq(old.version));
    if diesel::update(target).set(&row).execute(tx.conn).on_taken(uri_taken)? == 0 {
        return Err(stale(version));
    }
    if names_version == version {
        write_labels(tx, &[(id, version, &after)])?;
    }
    let relations =
        |document: &ConceptCreate| (document.broader.clone(), document.related.clone(), document.replaced_by);
    if relations(&before) != relations(&after) {
        hierarchy::write(tx, id, &after)?;
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    written(tx, vocabulary, id)
}

/// Deletes a concept that nothing refers to.
pub fn delete(
    tx: &mut Tx<'_>,
    vocabulary: VocabularyId,
    id: ConceptId,
    if_match: &IfMatch,
    sight: Sight,
) -> Result<()> {
    tx.lock(Lock::Concepts)?;
    tx.hold(TYPE, id.as_str())?;
    let (old, _) = get(tx.conn, vocabulary, id, None, sight)?;
    if_match.check(old.version)?;
    tx.not_before(old.updated_at);
    hierarchy::refuse_in_use(tx.conn, id)?;
    if networks::have_theme(tx.conn, id)? {
        return Err(in_use("networks.themes"));
    }
    // What remains that can refer to it are profiles.
    let target = concepts::table.filter(concepts::id.eq(id)).filter(concepts::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn).on_reference(|| in_use("members"))? == 0 {
        return Err(stale(old.version + 1));
    }
    revisions::close(tx, TYPE, &[id.as_str()])?;
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], Visibility::Public)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

fn in_use(by: &'static str) -> Problem {
    Problem::new(Kind::Conflict, Code::InUse.with("by", by))
}

fn uri_taken() -> Problem {
    Problem::conflict(Fault::at("/uri", Code::Taken))
}

/// Writes the labels of versions of concepts. Rows of earlier versions stay: "as of" reads them.
pub fn write_labels(tx: &mut Tx<'_>, documents: &[(ConceptId, i64, &ConceptCreate)]) -> Result<()> {
    let mut labels: Vec<(&str, i64, &str, String)> = Vec::new();
    for (id, version, document) in documents {
        let all = document.pref_label.iter().chain(document.alt_labels.iter());
        labels.extend(all.map(|(language, label)| (id.as_str(), *version, language, fold(label))));
    }
    labels.sort();
    labels.dedup();
    for some in labels.chunks(LABELS_AT_ONCE) {
        let rows = some
            .iter()
            .map(|(id, version, language, folded)| {
                [Value::Text(id), Value::Number(*version), Value::Text(language), Value::Text(folded)]
            })
            .collect();
        let columns = ["concept_id", "names_version", "language", "folded"];
        InsertRows { table: "concept_labels", columns, rows }.execute(tx.conn)?;
    }
    Ok(())
}
