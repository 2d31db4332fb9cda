//! Sort orders and keyset pages, for every list alike.
//!
//! A page begins after the last row of the one before, not at an offset: it costs the same however far in it lies, and
//! rows that come and go elsewhere in the list neither repeat nor hide others. The predicate is the lexicographic one
//! with a redundant bound on the first column, so that an index on (column, id) is entered at the right place:
//! `a >= x AND (a > x OR (a = x AND (b > y OR …)))`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Text, Timestamp, Untyped};
use serde::{Deserialize, Serialize};

use super::conn::MultiBackend;
use super::expression::expression;

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
    /// A day.
    #[serde(rename = "d")]
    Day(NaiveDate),
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

/// A query and how many rows of it are read, at most.
///
/// The number stands in the statement: bound as a value, PostgreSQL cannot know that few rows are wanted, never trusts a
/// plan that it made before, and plans each page anew, which takes as long as reading it.
pub struct Limited<Q> {
    /// The query.
    pub query: Q,
    /// Rows, at most; of a handful of numbers, since each is a statement of its own.
    pub rows: i64,
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Limited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.rows.to_string());
        Ok(())
    }
}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

/// A collation key, of a column that is chosen when the query is made.
pub struct Key(pub &'static str);

impl QueryFragment<MultiBackend> for Key {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // Not diesel's `sql()`: that would have the statement parsed and planned anew each time.
        out.push_sql(self.0);
        Ok(())
    }
}

/// The columns that every list of documents reads: id, version, the times of creation and change, the document, and the
/// collation key of the name.
///
/// As one expression: diesel quotes the name of each column, each time, which takes as long as reading a column of a page.
pub struct Head {
    /// The table, from the code, never from a request.
    pub table: &'static str,
    /// The key.
    pub name_key: Key,
}

/// What they are.
pub type HeadType = (Text, BigInt, Timestamp, Timestamp, Text, Binary);

impl QueryFragment<MultiBackend> for Head {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for column in [".id, ", ".version, ", ".created_at, ", ".updated_at, ", ".document, "] {
            out.push_sql(self.table);
            out.push_sql(column);
        }
        self.name_key.walk_ast(out)
    }
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
        SortValue::Day(day) => out.push_bind_param::<Date, _>(day),
        SortValue::Text(text) => out.push_bind_param::<Text, _>(text),
    }
}

expression!(Key, Binary);
expression!(Head, HeadType);
expression!(Order, Untyped);
expression!(After, Bool);
