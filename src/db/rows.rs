//! Several rows in one INSERT: diesel's own batch insert does not reach over both databases.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Nullable, Text, Timestamp};

use super::conn::{Conn, MultiBackend};
use super::json::Json;

/// A value of a row.
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// A stored document.
    Document(Json<()>),
    /// Text, or null.
    MaybeText(Option<&'a str>),
    /// A whole number.
    Number(i64),
    /// A time, in UTC.
    Time(NaiveDateTime),
    /// A time, in UTC, or null.
    MaybeTime(Option<NaiveDateTime>),
    /// A day, or null.
    MaybeDay(Option<NaiveDate>),
    /// A collation key.
    Key(&'a [u8]),
    /// Yes or no.
    Flag(bool),
}

/// `INSERT INTO table (columns) VALUES (…), (…)`; the names come from the code, never from a request.
pub struct InsertRows<'a, const N: usize> {
    /// The table.
    pub table: &'static str,
    /// The columns.
    pub columns: [&'static str; N],
    /// The rows; at least one.
    pub rows: Vec<[Value<'a>; N]>,
}

/// Values of one statement, at most: SQLite binds 32,766, PostgreSQL 65,535.
const BOUND: usize = 30_000;

/// Inserts rows with as few statements as their number allows.
pub fn insert_all<const N: usize>(
    conn: &mut Conn,
    table: &'static str,
    columns: [&'static str; N],
    mut rows: Vec<[Value<'_>; N]>,
) -> QueryResult<()> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BOUND / N.max(1)));
        InsertRows { table, columns, rows }.execute(conn)?;
        rows = rest;
    }
    Ok(())
}

impl<const N: usize> QueryFragment<MultiBackend> for InsertRows<'_, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("INSERT INTO ");
        out.push_sql(self.table);
        out.push_sql(" (");
        out.push_sql(&self.columns.join(", "));
        out.push_sql(") VALUES ");
        self.walk_rows(&mut out)
    }
}

impl<const N: usize> InsertRows<'_, N> {
    fn walk_rows<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (index, row) in self.rows.iter().enumerate() {
            out.push_sql(if index == 0 { "(" } else { ", (" });
            for (index, value) in row.iter().enumerate() {
                out.push_sql(if index == 0 { "" } else { ", " });
                match value {
                    Value::Text(text) => out.push_bind_param::<Text, str>(text)?,
                    Value::Document(document) => out.push_bind_param::<Text, _>(document)?,
                    Value::MaybeText(text) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                    Value::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                    Value::Time(time) => out.push_bind_param::<Timestamp, _>(time)?,
                    Value::MaybeTime(time) => out.push_bind_param::<Nullable<Timestamp>, _>(time)?,
                    Value::MaybeDay(day) => out.push_bind_param::<Nullable<Date>, _>(day)?,
                    Value::Key(key) => out.push_bind_param::<Binary, [u8]>(key)?,
                    Value::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                }
            }
            out.push_sql(")");
        }
        Ok(())
    }
}

impl<const N: usize> QueryId for InsertRows<'_, N> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize> diesel::RunQueryDsl<Conn> for InsertRows<'_, N> {}

/// Rows to insert, each in the place of the one that has its key already; both databases say it alike.
pub struct UpsertRows<'a, const N: usize> {
    /// The rows.
    pub rows: InsertRows<'a, N>,
    /// The column of the key.
    pub key: &'static str,
    /// Columns of which a row that is there keeps its own. While those that are unique are not set, PostgreSQL holds
    /// rows no tighter than it must, and what refers to them may be written.
    pub kept: &'static [&'static str],
}

impl<const N: usize> QueryFragment<MultiBackend> for UpsertRows<'_, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.rows.walk_ast(out.reborrow())?;
        out.push_sql(" ON CONFLICT (");
        out.push_sql(self.key);
        out.push_sql(") DO UPDATE SET ");
        let others = self.rows.columns.iter().filter(|column| **column != self.key && !self.kept.contains(column));
        let set: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
        out.push_sql(&set.join(", "));
        Ok(())
    }
}

impl<const N: usize> QueryId for UpsertRows<'_, N> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize> diesel::RunQueryDsl<Conn> for UpsertRows<'_, N> {}
