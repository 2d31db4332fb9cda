//! Days, written `YYYY-MM-DD` (RFC 3339, full-date) and in no other way: chrono reads more than both databases keep.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Error};

use super::messages::Code;

/// Reads a day.
pub fn parse(text: &str) -> Option<NaiveDate> {
    let is_written_so = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_written_so && !text.starts_with('-'))
}

/// Reads a field that may be missing or null: for `#[serde(default, deserialize_with = "day::maybe")]`.
pub fn maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(from)?;
    text.map(|text| parse(&text).ok_or_else(no_day)).transpose()
}

/// Reads a field that must be there: for `#[serde(deserialize_with = "day::required")]`.
pub fn required<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    parse(&Cow::<str>::deserialize(from)?).ok_or_else(no_day)
}

fn no_day<E: Error>() -> E {
    E::custom(Code::BadDay.as_str())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn four_two_and_two_digits() {
        assert!(parse("2026-01-31").is_some());
        for other in ["2026-1-31", "2026-02-30", "+12026-01-1", "-026-01-01", "20260131", "2026-01-31Z", ""] {
            assert!(parse(other).is_none(), "{other}");
        }
    }
}
