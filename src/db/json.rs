//! JSON documents in text columns.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use actix_web::web::{Bytes, BytesMut};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conn::MultiBackend;
use crate::http::problem::{Problem, Result};

/// A JSON document in a text column: read and written whole, never searched.
///
/// It stays the bytes that the database holds, and goes into an answer as it is: whoever only passes it on pays for no
/// parsing and no copy. That they are UTF-8, which both databases see to, is looked at where they are read as text.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T> {
    bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

thread_local! {
    /// Where documents that are read come to lie, one behind the other.
    static READ: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(BLOCK));
}

/// Bytes for them that are got at once: enough for most pages.
const BLOCK: usize = 128 * 1024;

/// A document that was read. Those of a page share memory, which is used again when the page has been answered: getting and
/// giving back some for each of them would cost as much as reading them.
fn kept(document: &[u8]) -> Bytes {
    READ.with_borrow_mut(|read| {
        // Used again once all that were in it are gone. A new one is got here, since `BytesMut` would get a smaller one.
        if !read.try_reclaim(BLOCK) && read.capacity() - read.len() < document.len() {
            *read = BytesMut::with_capacity(BLOCK.max(document.len()));
        }
        read.extend_from_slice(document);
        read.split().freeze()
    })
}

impl<T: Serialize> Json<T> {
    /// The text of a value.
    pub fn of(value: &T) -> Result<Self> {
        let bytes = serde_json::to_vec(value).map_err(Problem::internal)?.into();
        Ok(Self { bytes, of: PhantomData })
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// The value.
    pub fn value(&self) -> Result<T> {
        self.part()
    }
}

impl<T> Json<T> {
    /// The text.
    pub fn text(&self) -> Result<&str> {
        simdutf8::basic::from_utf8(&self.bytes).map_err(Problem::internal)
    }

    /// The bytes, shared.
    pub fn shared(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The same, whatever it is of.
    pub fn untyped(&self) -> Json<()> {
        Json { bytes: self.shared(), of: PhantomData }
    }

    /// Whether another has the same text.
    pub fn is_same(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }

    /// Some of its fields.
    pub fn part<P: DeserializeOwned>(&self) -> Result<P> {
        serde_json::from_slice(&self.bytes).map_err(Problem::internal)
    }
}

impl<T> Clone for Json<T> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes))
    }
}

impl<T> ToSql<Text, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(std::str::from_utf8(&self.bytes)?, out)
    }
}

impl<T> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <str as ToSql<Text, Sqlite>>::to_sql(std::str::from_utf8(&self.bytes)?, out)
    }
}

impl<T> ToSql<Text, MultiBackend> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        <str as ToSql<Text, MultiBackend>>::to_sql(std::str::from_utf8(&self.bytes)?, out)
    }
}

impl<T> From<&str> for Json<T> {
    fn from(text: &str) -> Self {
        Self { bytes: Bytes::copy_from_slice(text.as_bytes()), of: PhantomData }
    }
}

impl<T> FromSql<Text, Pg> for Json<T> {
    fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self { bytes: kept(raw.as_bytes()), of: PhantomData })
    }
}

impl<T> FromSql<Text, Sqlite> for Json<T> {
    fn from_sql(mut raw: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self { bytes: kept(raw.read_text().as_bytes()), of: PhantomData })
    }
}

impl<T> FromSql<Text, MultiBackend> for Json<T> {
    fn from_sql(raw: <MultiBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        raw.from_sql::<Self, Text>()
    }
}
