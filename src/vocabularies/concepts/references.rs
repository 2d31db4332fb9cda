//! Concepts as others mention and use them.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Nullable, Text};

use super::row::Mentioned;
use super::types::{ConceptCreate, ConceptId, ConceptReference};
use crate::db::as_of::AsOf;
use crate::db::schema::concepts;
use crate::db::{Conn, Json, MultiBackend, one_of};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};

/// Concepts of one query: a statement takes so many parameters and no more.
const AT_ONCE: usize = 1000;

/// Concepts as others mention them: one query for all, or for each thousand.
pub fn references(
    conn: &mut Conn,
    ids: &[ConceptId],
    as_of: Option<NaiveDateTime>,
) -> Result<HashMap<ConceptId, ConceptReference>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut known = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let some = concepts::table.filter(one_of(concepts::id, some));
        let query = some.select((concepts::id, concepts::document));
        let rows: Vec<(ConceptId, Json<ConceptCreate>)> = AsOf { at: as_of, query }.load(conn)?;
        for (id, document) in rows {
            known.insert(id, document.part::<Mentioned>()?.reference(id));
        }
    }
    Ok(known)
}

/// What stands in the way of using concepts that were not used before, each with its place in the body: one query for
/// all. There must be such a concept, and it must not be deprecated; the fault then names the one to use instead.
///
/// What is used already may stay when it becomes deprecated, so it is not asked about.
pub fn faults(conn: &mut Conn, added: &[(String, ConceptId)]) -> Result<Vec<Fault>> {
    if added.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ConceptId> = added.iter().map(|(_, id)| *id).collect();
    let query = concepts::table.filter(one_of(concepts::id, &ids));
    let rows: Vec<(ConceptId, bool, Option<Successor>)> =
        query.select((concepts::id, concepts::deprecated, SUCCESSOR)).load(conn)?;
    let known: HashMap<ConceptId, (bool, Option<Successor>)> =
        rows.into_iter().map(|(id, deprecated, successor)| (id, (deprecated, successor))).collect();
    let fault = |(place, id): &(String, ConceptId)| match known.get(id) {
        None => Some(Fault::at(place.as_str(), Code::UnknownReference)),
        Some((false, _)) => None,
        Some((true, successor)) => {
            let successor = successor.as_ref().map_or("–".to_owned(), |successor| successor.id().to_owned());
            Some(Fault::at(place.as_str(), Code::DeprecatedConcept.with("successor", successor)))
        }
    };
    Ok(added.iter().filter_map(fault).collect())
}

/// In a query of concepts: the first that is not deprecated, from replacement to replacement.
///
/// It is the id and the document in one text, since an expression is one column; with `as_of` it reads the past like the
/// query it stands in.
pub const SUCCESSOR: SelectSuccessor = SelectSuccessor;

/// Replacements of replacements are followed so far; that also ends what goes in a circle.
const SUCCESSOR_SQL: &str = "CASE WHEN concepts.replaced_by IS NULL THEN NULL ELSE (\
    WITH RECURSIVE chain (id, depth) AS (\
        SELECT concepts.replaced_by, 1 \
        UNION ALL \
        SELECT past.replaced_by, chain.depth + 1 FROM chain JOIN concepts AS past ON past.id = chain.id \
        WHERE past.replaced_by IS NOT NULL AND chain.depth < 20) \
    SELECT next.id || next.document FROM chain JOIN concepts AS next ON next.id = chain.id \
    WHERE NOT next.deprecated ORDER BY chain.depth LIMIT 1) END";

/// The expression [`SUCCESSOR`].
#[derive(Clone, Copy)]
pub struct SelectSuccessor;

impl QueryFragment<MultiBackend> for SelectSuccessor {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(SUCCESSOR_SQL);
        Ok(())
    }
}

impl Expression for SelectSuccessor {
    type SqlType = Nullable<Text>;
}

impl QueryId for SelectSuccessor {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl ValidGrouping<()> for SelectSuccessor {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for SelectSuccessor {}
impl<QS> SelectableExpression<QS> for SelectSuccessor {}

/// What a deprecated concept leads to.
#[derive(Clone, Debug, FromSqlRow)]
pub struct Successor(String);

impl Successor {
    /// Characters of an id.
    const ID: usize = 36;

    fn id(&self) -> &str {
        self.0.get(..Self::ID).unwrap_or_default()
    }

    /// As others mention it.
    pub fn reference(&self) -> Result<ConceptReference> {
        let document = self.0.get(Self::ID..).unwrap_or_default();
        let mentioned: Mentioned = serde_json::from_str(document).map_err(Problem::internal)?;
        Ok(mentioned.reference(self.id().parse().map_err(|error: String| Problem::internal(error))?))
    }
}

impl FromSql<Text, MultiBackend> for Successor {
    fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, MultiBackend>>::from_sql(raw).map(Self)
    }
}
