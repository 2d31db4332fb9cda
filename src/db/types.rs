//! Types of columns: ids, words from a fixed list, times.
//!
//! A type becomes a column of both databases by three small impls (PostgreSQL, SQLite, and the two behind one face);
//! [`text_column!`] writes them for whatever turns into text and back.

use chrono::{NaiveDate, NaiveDateTime, SubsecRound};
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

/// The time now, in UTC, cut to the microsecond: as much as both databases keep.
#[allow(clippy::disallowed_methods)]
pub fn now() -> NaiveDateTime {
    chrono::Utc::now().naive_utc().trunc_subsecs(6)
}

/// The end of an interval that has not ended: 9999-12-31.
pub fn forever() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX).and_time(chrono::NaiveTime::MIN)
}

/// Makes a type a text column of both databases. The type offers `as_text(&self) -> Cow<str>`, and
/// `from_text(&str) -> Result<Self, String>` and the same from bytes that PostgreSQL has as text.
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
                <$type>::from_bytes(raw.as_bytes())
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

            /// The same as ASCII.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            fn as_text(&self) -> std::borrow::Cow<'_, str> {
                self.as_str().into()
            }

            fn from_bytes(bytes: &[u8]) -> diesel::deserialize::Result<Self> {
                match $crate::db::types::as_written(bytes) {
                    Some(text) => Ok(Self(text)),
                    None => Ok(Self::from_text(std::str::from_utf8(bytes)?)?),
                }
            }

            fn from_text(text: &str) -> std::result::Result<Self, String> {
                match $crate::db::types::as_written(text.as_bytes()) {
                    Some(text) => Ok(Self(text)),
                    None => uuid::Uuid::try_parse(text)
                        .map(Self::from_uuid)
                        .map_err(|_| $crate::http::messages::Code::BadId.as_str().to_owned()),
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
pub(crate) fn as_written(text: &[u8]) -> Option<[u8; 36]> {
    let bytes: [u8; 36] = text.try_into().ok()?;
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

            fn from_bytes(bytes: &[u8]) -> diesel::deserialize::Result<Self> {
                Ok(Self::from_text(std::str::from_utf8(bytes)?)?)
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
        assert_eq!(as_written(id.as_bytes()).map(|bytes| bytes.to_vec()), Some(id.as_bytes().to_vec()));
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
        assert!(others.iter().all(|other| as_written(other.as_bytes()).is_none()));
    }
}
