//! Expressions of our own: what every one of them says of itself.

use std::marker::PhantomData;

use diesel::Selectable;
use diesel::dsl::SqlTypeOf;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::{Pg, PgQueryBuilder};
use diesel::query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId};
use diesel::result::QueryResult;

use super::conn::MultiBackend;

/// Makes a fragment of a query an expression of a type. It names its columns itself, and may stand in any query that has
/// them; its text differs from one value to another, so that it has no identity by which diesel would find it prepared
/// unread.
macro_rules! expression {
    ($name:ident, $type:ty) => {
        impl diesel::expression::Expression for $name {
            type SqlType = $type;
        }
        impl diesel::query_builder::QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
        impl diesel::expression::ValidGrouping<()> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<QS> diesel::expression::AppearsOnTable<QS> for $name {}
        impl<QS> diesel::expression::SelectableExpression<QS> for $name {}
    };
}
pub(crate) use expression;

/// The columns of a row as one expression, written once: diesel quotes the name of each, each time, which takes as long as
/// reading a column of a page.
pub struct Columns<R> {
    written: &'static str,
    of: PhantomData<R>,
}

impl<R: Selectable<MultiBackend>> Columns<R> {
    /// As [`Columns::write`] has written them.
    pub fn of(written: &'static str) -> Self {
        Self { written, of: PhantomData }
    }

    /// Writes them: double quotes are names to both databases.
    pub fn write() -> String
    where
        R::SelectExpression: QueryFragment<Pg>,
    {
        let mut builder = PgQueryBuilder::new();
        // Columns have nothing that could not be written.
        R::construct_selection().to_sql(&mut builder, &Pg).map(|()| builder.finish()).unwrap_or_default()
    }
}

impl<R: Selectable<MultiBackend>> Expression for Columns<R> {
    type SqlType = SqlTypeOf<R::SelectExpression>;
}

impl<R> QueryFragment<MultiBackend> for Columns<R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.written);
        Ok(())
    }
}

impl<R> QueryId for Columns<R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R> ValidGrouping<()> for Columns<R> {
    type IsAggregate = is_aggregate::No;
}

impl<QS, R: Selectable<MultiBackend>> AppearsOnTable<QS> for Columns<R> {}

impl<QS, R: Selectable<MultiBackend>> SelectableExpression<QS> for Columns<R> {}
