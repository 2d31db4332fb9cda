//! Types of columns: ids, words from a fixed list, JSON documents, times.
//!
//! A type becomes a column of both databases by three small impls (PostgreSQL, SQLite, and the two behind one face);
//! [`text_column!`] writes them for whatever turns into text and back.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use actix_web::web::{Bytes, BytesMut};
use chrono::{NaiveDate, NaiveDateTime, SubsecRound};
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

/// The time now, in UTC, cut to the microsecond: as much as both databases keep.
#[allow(clippy::disallowed_methods)]
pub fn now() -> NaiveDateTime {
    chrono::Utc::now().naive_utc().trunc_subsecs(6)
}

/// The end of an interval that has not ended: 9999-12-31.
pub fn forever() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX).and_time(chrono::NaiveTime::MIN)
}

/// Makes a type a text column of both databases. The type offers `as_text(&self) -> Cow<str>` and
/// `from_text(&str) -> Result<Self, String>`.
macro_rules! text_column {
    ($($type:ty),+ $(,)?) => {$(
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.as_text().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                match self.as_text() {
                    std::borrow::Cow::Borrowed(text) => out.set_value(text),
                    std::borrow::Cow::Owned(text) => out.set_value(text),
                }
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl diesel::serialize::ToSql<diesel::sql_types::Text, $crate::db::MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, $crate::db::MultiBackend>) -> diesel::serialize::Result {
                out.set_value((diesel::sql_types::Text, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }
        // Read from the value in place: a page has hundreds of words and ids, and a string for each would be thrown away.
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $type {
            fn from_sql(raw: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(<$type>::from_text(std::str::from_utf8(raw.as_bytes())?)?)
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $type {
            fn from_sql(mut raw: diesel::sqlite::SqliteValue<'_, '_, '_>) -> diesel::deserialize::Result<Self> {
                Ok(<$type>::from_text(raw.read_text())?)
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, $crate::db::MultiBackend> for $type {
            fn from_sql(
                raw: <$crate::db::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                raw.from_sql::<Self, diesel::sql_types::Text>()
            }
        }
    )+};
}
pub(crate) use text_column;

/// An id: a UUIDv7 (RFC 9562) in a newtype of its entity, kept as the 36 characters that columns, paths and JSON show.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $name([u8; 36]);

        impl $name {
            /// A new id: now, and random.
            #[allow(clippy::new_without_default, clippy::disallowed_methods)]
            pub fn new() -> Self {
                Self::from_uuid(uuid::Uuid::now_v7())
            }

            fn from_uuid(id: uuid::Uuid) -> Self {
                let mut text = [0; 36];
                id.hyphenated().encode_lower(&mut text);
                Self(text)
            }

            /// The id as text, lower case with hyphens.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }

            fn as_text(&self) -> std::borrow::Cow<'_, str> {
                self.as_str().into()
            }

            fn from_text(text: &str) -> std::result::Result<Self, String> {
                match $crate::db::types::as_written(text) {
                    Some(text) => Ok(Self(text)),
                    None => uuid::Uuid::try_parse(text)
                        .map(Self::from_uuid)
                        .map_err(|_| $crate::db::types::BAD_ID.to_owned()),
                }
            }
        }

        $crate::db::types::text_column!($name);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> std::result::Result<Self, String> {
                Self::from_text(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::from_text(&text).map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::Custom("uuid".to_owned())))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use id_type;

/// An id's text that is as ids are written, in lower case with hyphens: all that come out of the database are, and need
/// not be taken apart and put together again.
pub(crate) fn as_written(text: &str) -> Option<[u8; 36]> {
    let bytes: [u8; 36] = text.as_bytes().try_into().ok()?;
    // Without a branch, so that many bytes are looked at in one step: a page has hundreds of ids.
    let is_fit = |(byte, hyphen): (&u8, &u8)| {
        let is_digit = u8::from(byte.wrapping_sub(b'0') < 10) | u8::from(byte.wrapping_sub(b'a') < 6);
        (is_digit & (1 ^ hyphen)) | (u8::from(*byte == b'-') & hyphen)
    };
    let fit = bytes.iter().zip(&HYPHENS).map(is_fit).fold(1, |all, one| all & one);
    (fit == 1).then_some(bytes)
}

/// 1 where an id has a hyphen.
const HYPHENS: [u8; 36] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What serde says of an id that isn't one; `http::json` turns it into a fault with a code of its own.
pub const BAD_ID: &str = "not an id";

/// A word from a fixed list: `snake_case` in columns, paths and JSON alike.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$word_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All the words.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// All the values, in the order of the words.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word.
            pub fn as_str(&self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            fn as_text(&self) -> std::borrow::Cow<'_, str> {
                self.as_str().into()
            }

            fn from_text(text: &str) -> std::result::Result<Self, String> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err(format!("unknown variant `{text}`, expected one of {}", Self::WORDS.join(", "))),
                }
            }
        }

        $crate::db::types::text_column!($name);

        impl $crate::db::one_of::Word for $name {
            fn word(&self) -> &'static str {
                const { $(assert!($crate::db::one_of::is_plain($word));)+ }
                self.as_str()
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> std::result::Result<Self, String> {
                Self::from_text(text)
            }
        }

        // Not derived: utoipa's derive overlooks a `rename` whose word comes from a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::WORDS.iter().copied()))
                    .description(Some(concat!($($doc),+).trim()))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use words;

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

/// Bytes for them that are got at once.
const BLOCK: usize = 64 * 1024;

/// A document that was read. Those of a page share memory, which is used again when the page has been answered: getting and
/// giving back some for each of them would cost as much as reading them.
fn kept(document: &[u8]) -> Bytes {
    READ.with_borrow_mut(|read| {
        read.extend_from_slice(document);
        read.split().freeze()
    })
}

impl<T: Serialize> Json<T> {
    /// The text of a value.
    pub fn of(value: &T) -> Result<Self> {
        let text = serde_json::to_string(value).map_err(Problem::internal)?;
        Ok(Self::from(text.as_str()))
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

diesel::define_sql_function! {
    /// A text with each place of some other text in it replaced.
    fn replace(text: Text, from: Text, to: Text) -> Text;
}

/// A stored document, whose text is a column or an expression, with another value of a field where it has the one given: an
/// id, a word or a day; none is null. The text is as the service writes it, or as PostgreSQL does, with a space behind the
/// colon: so those stand there that a migration was taken back for.
pub fn with_field<D: AsExpression<Text>>(
    document: D,
    field: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> replace<replace<D, String, String>, String, String> {
    let text = |space: &str, value: Option<&str>| match value {
        Some(value) => format!("\"{field}\":{space}\"{value}\""),
        None => format!("\"{field}\":{space}null"),
    };
    replace(replace(document, text("", from), text("", to)), text(" ", from), text("", to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_as_written_or_is_taken_apart() {
        let id = "01900000-0000-7002-8000-00000000abcf";
        assert_eq!(as_written(id).map(|bytes| bytes.to_vec()), Some(id.as_bytes().to_vec()));
        let others = [
            "01900000-0000-7002-8000-00000000ABCF",
            "01900000-0000-7002-8000-00000000abcg",
            "01900000-0000-7002-8000-00000000abc-",
            "0190000000000-7002-8000-00000000abcf",
            "01900000-0000-7002-8000-00000000abc",
            "01900000-0000-7002-8000-00000000abc/",
            "01900000-0000-7002-8000-00000000abc:",
            "",
        ];
        assert!(others.iter().all(|other| as_written(other).is_none()));
    }
}
