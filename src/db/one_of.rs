//! `column IN (…)` for the few values of a filter: a statement that stays prepared.
//!
//! diesel's own `eq_any` is prepared anew at each execution, since it may hold any number of values; that is right for the
//! ids of a page, and costs more than the query itself for `status = 'active'`.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

/// Values up to which a statement is kept.
const KEPT: usize = 4;

/// Whether a text column has one of some values.
pub struct OneOf<C, V> {
    column: C,
    values: Vec<V>,
}

/// Whether a text column has one of some values.
pub fn one_of<C, V: Copy>(column: C, values: &[V]) -> OneOf<C, V> {
    OneOf { column, values: values.to_vec() }
}

impl<DB, C, V> QueryFragment<DB> for OneOf<C, V>
where
    DB: Backend + HasSqlType<Text>,
    C: QueryFragment<DB>,
    V: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        if let [value] = self.values.as_slice() {
            out.push_sql(" = ");
            return out.push_bind_param::<Text, V>(value);
        }
        // Each number of values is a statement of its own: few of them are worth keeping.
        if self.values.len() > KEPT {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql(" IN (");
        for (index, value) in self.values.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_bind_param::<Text, V>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<C, V> Expression for OneOf<C, V> {
    type SqlType = Bool;
}

impl<C, V> QueryId for OneOf<C, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V> ValidGrouping<()> for OneOf<C, V> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<QS>, V, QS> AppearsOnTable<QS> for OneOf<C, V> {}
