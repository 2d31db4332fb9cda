//! A page of a list, put together by the database: one text with the JSON of all, in place of fifty rows of columns.
//!
//! What a row of a list shows is its stored document behind a few columns. The database, which has them at hand, writes
//! that text at about the cost of handing the columns out; what it saves is reading each of four hundred values and
//! writing them again, which takes the service longer than the database needs for the whole page.
//!
//! Control characters, which JSON never holds, tell the parts of the text from each other.

use chrono::NaiveDateTime;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text, Timestamp};

use super::conn::{Conn, MultiBackend};

/// Stands between two rows.
const NEXT_ROW: char = '\u{2}';

/// Stands between the collation key of a row, in hexadecimal digits, and its JSON.
const KEY_END: char = '\u{3}';

/// Stands between what comes before a document and the document, where a comma is to be in place of its brace.
const JOINT: char = '\u{1}';

/// What an entity's rows show beside what all have, their document and nothing else.
pub struct OwnFields {
    /// The names of the columns behind the name key, separated by commas.
    pub columns: &'static str,
    /// The text between what all have and the document.
    pub parts: Vec<Part>,
}

/// A part of that text.
pub enum Part {
    /// An expression of text over the page's columns, from the code, never from a request.
    Sql(&'static str),
    /// A time, for a comparison.
    Time(NaiveDateTime),
}

/// The query of a page, as one row with the text of all its rows.
pub struct Assembled<Q> {
    /// The page, with the columns of [`crate::http::listed::Listed`].
    pub page: Q,
    /// What else there is.
    pub own: OwnFields,
}

/// A row of a page that the database put together.
#[derive(Clone, Copy)]
pub struct AssembledRow<'a> {
    /// Its id.
    pub id: &'a str,
    name_key: &'a str,
    head: &'a str,
    document: &'a str,
}

impl<'a> AssembledRow<'a> {
    /// The rows of a page; `None` where the text is no such page.
    pub fn all(text: &'a str) -> Option<Vec<Self>> {
        let row = |text: &'a str| {
            let (name_key, json) = text.split_once(KEY_END)?;
            let (head, document) = json.split_once(JOINT)?;
            let (id, _) = head.strip_prefix("{\"id\":\"")?.split_once('"')?;
            Some(Self { id, name_key, head, document: document.strip_prefix('{')? })
        };
        text.split(NEXT_ROW).map(row).collect()
    }

    /// The collation key of its name.
    pub fn name_key(&self) -> Option<Vec<u8>> {
        let digits: Option<Vec<u32>> = self.name_key.chars().map(|digit| digit.to_digit(16)).collect();
        digits?
            .chunks_exact(2)
            .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
            .collect()
    }

    /// Writes its JSON.
    pub fn write(&self, to: &mut String) {
        to.push_str(self.head);
        to.push(',');
        to.push_str(self.document);
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Assembled<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("WITH page (id, version, created_at, updated_at, document, name_key, ");
        out.push_sql(self.own.columns);
        out.push_sql(") AS (");
        self.page.walk_ast(out.reborrow())?;
        out.push_sql(") SELECT string_agg(hex(name_key) || '");
        out.push_sql(KEY_END.encode_utf8(&mut [0; 4]));
        out.push_sql(
            "{\"id\":\"' || id || '\",\"version\":' || version || ',\"created_at\":\"' || rfc3339(created_at) \
             || '\",\"updated_at\":\"' || rfc3339(updated_at) || '\"'",
        );
        for part in &self.own.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Time(time) => out.push_bind_param::<Timestamp, _>(time)?,
            }
        }
        out.push_sql(" || '");
        out.push_sql(JOINT.encode_utf8(&mut [0; 4]));
        out.push_sql("' || document, '");
        out.push_sql(NEXT_ROW.encode_utf8(&mut [0; 4]));
        out.push_sql("') FROM page");
        Ok(())
    }
}

impl<Q> QueryId for Assembled<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Assembled<Q> {
    type SqlType = Nullable<Text>;
}

impl<Q> diesel::RunQueryDsl<Conn> for Assembled<Q> {}
