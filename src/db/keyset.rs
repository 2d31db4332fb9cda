//! Sort orders and keyset pages, for every list alike.
//!
//! A page begins after the last row of the one before, not at an offset: it costs the same however far in it lies, and
//! rows that come and go elsewhere in the list neither repeat nor hide others. The predicate is the lexicographic one
//! with a redundant bound on the first column, so that an index on (column, id) is entered at the right place:
//! `a >= x AND (a > x OR (a = x AND (b > y OR …)))`.

use chrono::NaiveDateTime;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Binary, Bool, Text, Timestamp, Untyped};
use serde::{Deserialize, Serialize};

use super::conn::MultiBackend;

/// A column that a list is sorted by. Never null.
#[derive(Clone, Debug, PartialEq)]
pub struct SortColumn {
    /// The column with its table, from the code, never from a request.
    pub column: &'static str,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A value of a sorted column, as a cursor carries it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortValue {
    /// A collation key.
    #[serde(rename = "k")]
    Key(Vec<u8>),
    /// A time, in UTC.
    #[serde(rename = "t")]
    Time(NaiveDateTime),
    /// A word or an id.
    #[serde(rename = "w")]
    Text(String),
}

/// `ORDER BY` those columns.
pub struct Order(pub Vec<SortColumn>);

/// The rows behind the given values of the sorted columns, one value a column.
pub struct After {
    /// The columns, the last of them unique.
    pub columns: Vec<SortColumn>,
    /// Their values in the last row of the page before.
    pub values: Vec<SortValue>,
}

impl QueryFragment<MultiBackend> for Order {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (index, column) in self.0.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_sql(column.column);
            out.push_sql(if column.descending { " DESC" } else { " ASC" });
        }
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for After {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let mut pairs = self.columns.iter().zip(&self.values).peekable();
        if let Some((column, value)) = pairs.peek() {
            compare(&mut out, column, if column.descending { " <= " } else { " >= " }, value)?;
            out.push_sql(" AND ");
        }
        let mut open = 0;
        while let Some((column, value)) = pairs.next() {
            out.push_sql("(");
            compare(&mut out, column, if column.descending { " < " } else { " > " }, value)?;
            open += 1;
            if pairs.peek().is_some() {
                out.push_sql(" OR (");
                compare(&mut out, column, " = ", value)?;
                out.push_sql(" AND ");
                open += 1;
            }
        }
        for _ in 0..open {
            out.push_sql(")");
        }
        Ok(())
    }
}

fn compare<'b>(
    out: &mut AstPass<'_, 'b, MultiBackend>,
    column: &SortColumn,
    operator: &str,
    value: &'b SortValue,
) -> QueryResult<()> {
    out.push_sql(column.column);
    out.push_sql(operator);
    match value {
        SortValue::Key(key) => out.push_bind_param::<Binary, _>(key),
        SortValue::Time(time) => out.push_bind_param::<Timestamp, _>(time),
        SortValue::Text(text) => out.push_bind_param::<Text, _>(text),
    }
}

macro_rules! expression {
    ($name:ident, $type:ty) => {
        impl Expression for $name {
            type SqlType = $type;
        }
        impl QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
        impl ValidGrouping<()> for $name {
            type IsAggregate = is_aggregate::No;
        }
        impl<QS> AppearsOnTable<QS> for $name {}
    };
}

expression!(Order, Untyped);
expression!(After, Bool);
