//! Vocabularies in the database.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::row::{ListedVocabulary, VocabularyRow};
use super::types::{ConceptCounts, Vocabulary, VocabularyCreate, VocabularyFilter, VocabularyId};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{concepts, vocabularies};
use crate::db::{Conn, MultiBackend, OnConflict, Tx, one_of, revisions, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Reading};
use crate::http::listed::HeadRow;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::shown::{Shown, each};

const TYPE: EntityType = EntityType::Vocabulary;

/// One vocabulary, now or as of a time; 404 or 410 where there is none.
pub fn get(conn: &mut Conn, id: VocabularyId, as_of: Option<NaiveDateTime>, sight: Sight) -> Result<VocabularyRow> {
    let query = vocabularies::table.filter(vocabularies::id.eq(id)).select(VocabularyRow::as_select());
    // The plain statement keeps its identity, by which diesel finds it prepared.
    let row = match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    };
    row.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), as_of, sight))
}

/// The vocabulary of a URI.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<VocabularyRow>> {
    let query = vocabularies::table.filter(vocabularies::uri.eq(uri)).select(VocabularyRow::as_select());
    Ok(query.first(conn).optional()?)
}

/// One vocabulary as a reader sees it.
pub fn read(conn: &mut Conn, id: VocabularyId, reading: &Reading<Vocabulary>, sight: Sight) -> Result<Shown> {
    let rows = [get(conn, id, reading.as_of, sight)?.into()];
    show(conn, &rows, reading)?.pop().ok_or_else(Problem::not_found)
}

/// A page of vocabularies.
pub fn list(conn: &mut Conn, listing: &Listing<Vocabulary, VocabularyFilter>) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select(listing.head());
    let rows: Vec<HeadRow<VocabularyId, VocabularyCreate>> = listing.page(query).load(conn)?;
    let mut rows: Vec<ListedVocabulary> = rows.into_iter().map(|head| ListedVocabulary::new(head, ())).collect();
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(&listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading)?;
    Ok(Page { items, next, total })
}

fn filtered(filter: &VocabularyFilter) -> vocabularies::BoxedQuery<'static, MultiBackend> {
    let query = vocabularies::table.into_boxed();
    match filter.uri.clone() {
        Some(uri) => query.filter(vocabularies::uri.eq(uri)),
        None => query,
    }
}

/// Vocabularies with the relations asked for, each relation with one query for all.
fn show(conn: &mut Conn, rows: &[ListedVocabulary], reading: &Reading<Vocabulary>) -> Result<Vec<Shown>> {
    let all = rows.iter().map(|row| row.show(Ok)).collect::<Result<Vec<Shown>>>()?;
    if !reading.includes("counts") {
        return Ok(all);
    }
    let ids: Vec<VocabularyId> = rows.iter().map(|row| row.id).collect();
    let query = concepts::table
        .filter(one_of(concepts::vocabulary_id, &ids))
        .group_by((concepts::vocabulary_id, concepts::deprecated))
        .select((concepts::vocabulary_id, concepts::deprecated, count_star()));
    let found: Vec<(VocabularyId, bool, i64)> = AsOf { at: reading.as_of, query }.load(conn)?;
    let mut counts: HashMap<VocabularyId, ConceptCounts> = HashMap::new();
    for (id, deprecated, number) in found {
        let counts = counts.entry(id).or_default();
        counts.concepts += number;
        counts.deprecated += if deprecated { number } else { 0 };
    }
    each(all, rows, |shown, row| shown.with("counts", &counts.remove(&row.id).unwrap_or_default()))
}

/// Creates a vocabulary.
pub fn insert(tx: &mut Tx<'_>, id: VocabularyId, document: VocabularyCreate) -> Result<VocabularyRow> {
    let row = VocabularyRow::new(id, &document, tx.now)?;
    diesel::insert_into(vocabularies::table).values(&row).execute(tx.conn).on_taken(uri_taken)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, changes::differences(None, &document)?)?;
    Ok(row)
}

/// Creates vocabularies of known ids: for the demo.
pub fn load(tx: &mut Tx<'_>, documents: Vec<(VocabularyId, VocabularyCreate)>) -> Result<()> {
    for (id, document) in documents {
        insert(tx, id, document)?;
    }
    Ok(())
}

/// Changes a vocabulary: `change` makes the new document of the old one.
pub fn update(
    tx: &mut Tx<'_>,
    id: VocabularyId,
    if_match: &IfMatch,
    sight: Sight,
    change: impl FnOnce(VocabularyCreate) -> Result<VocabularyCreate>,
) -> Result<VocabularyRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None, sight)?;
    if_match.check(old.version)?;
    let before = old.document.value()?;
    let after = change(before.clone())?;
    let fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return Ok(old);
    }
    tx.not_before(old.updated_at);
    let version = old.version + 1;
    let row = VocabularyRow { version, created_at: old.created_at, ..VocabularyRow::new(id, &after, tx.now)? };
    let target = vocabularies::table.filter(vocabularies::id.eq(id)).filter(vocabularies::version.eq(old.version));
    if diesel::update(target).set(&row).execute(tx.conn).on_taken(uri_taken)? == 0 {
        return Err(stale(version));
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    Ok(row)
}

/// Deletes a vocabulary that has no concepts.
pub fn delete(tx: &mut Tx<'_>, id: VocabularyId, if_match: &IfMatch, sight: Sight) -> Result<()> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None, sight)?;
    if_match.check(old.version)?;
    tx.not_before(old.updated_at);
    let own = concepts::table.filter(concepts::vocabulary_id.eq(id));
    if diesel::select(diesel::dsl::exists(own)).get_result(tx.conn)? {
        return Err(in_use());
    }
    let target = vocabularies::table.filter(vocabularies::id.eq(id)).filter(vocabularies::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn).on_reference(in_use)? == 0 {
        return Err(stale(old.version + 1));
    }
    revisions::close(tx, TYPE, &[id.as_str()])?;
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], Visibility::Public)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

fn in_use() -> Problem {
    Problem::new(Kind::Conflict, Code::InUse.with("by", "concepts"))
}

fn uri_taken() -> Problem {
    Problem::conflict(Fault::at("/uri", Code::Taken))
}
