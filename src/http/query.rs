//! The query string, read strictly, and the filters' own types.

use std::str::FromStr;

use actix_web::HttpRequest;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};

use super::day;
use super::messages::Code;
use super::problem::{Fault, Place, Problem, Result};
use super::validation::language_tag;
use crate::db::forever;
use crate::text::language_of;

/// What need not be encoded in a query's values.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b',').remove(b':');

/// The parameters of a query, each at most once, and the faults found in them so far.
#[derive(Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Query {
    /// Reads a request's query; percent-encoded bytes that aren't UTF-8, and NUL, are faults.
    pub fn of(request: &HttpRequest) -> Self {
        let mut query = Self::default();
        for pair in request.query_string().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).unwrap_or_else(|| name.to_owned());
            match decode(value) {
                None => query.fault(&name, Code::BadValue.with("valid", "UTF-8")),
                Some(value) if value.contains('\0') => query.fault(&name, Code::NulCharacter),
                Some(_) if query.pairs.iter().any(|(known, _)| *known == name) => {
                    query.fault(&name, Code::RepeatedParameter)
                }
                Some(value) => query.pairs.push((name, value)),
            }
        }
        query
    }

    /// Notes a fault.
    pub fn fault(&mut self, parameter: &str, message: impl Into<super::messages::Message>) {
        self.faults.push(Fault::of(parameter, message));
    }

    /// Whether faults were found so far.
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Takes a parameter out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.remove(at).1)
    }

    /// Takes a parameter out and reads it; `valid` says what it may be.
    pub fn parse<T: FromStr>(&mut self, name: &str, valid: &'static str) -> Option<T> {
        let text = self.take(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.fault(name, Code::BadValue.with("valid", valid));
        }
        parsed
    }

    /// Takes `limit` out: from 1 to so many, and how many when nothing is said.
    pub fn limit(&mut self, most: u16, usual: u16) -> u16 {
        let Some(text) = self.take("limit") else { return usual };
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.unwrap_or_else(|| {
            self.fault("limit", Code::BadValue.with("valid", format!("1–{most}")));
            usual
        })
    }

    /// Takes `count` out: whether all rows are to be counted.
    pub fn count(&mut self) -> bool {
        self.parse("count", "true, false").unwrap_or(false)
    }

    /// Takes a list of names out, each of which must be one of the valid ones.
    pub fn names(&mut self, name: &str, valid: &'static [&'static str]) -> Option<Vec<&'static str>> {
        let text = self.take(name)?;
        let mut names = Vec::new();
        for part in text.split(',') {
            match valid.iter().find(|valid| **valid == part) {
                Some(found) => names.push(*found),
                None => self.fault(name, Code::BadValue.with("valid", valid.join(", "))),
            }
        }
        Some(names)
    }

    /// Takes `as_of` out: a time, or a day, which is the state in which the day ended.
    pub fn as_of(&mut self, zone: chrono_tz::Tz) -> Option<NaiveDateTime> {
        let text = self.take("as_of")?;
        let time = time(&text, zone);
        if time.is_none() {
            self.fault("as_of", Code::BadValue.with("valid", "2026-01-31, 2026-01-31T12:00:00Z"));
        }
        time
    }

    /// What is left, in a fixed order, as it identifies a list.
    pub fn rest(&self) -> String {
        let mut pairs: Vec<_> = self.pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        pairs.sort();
        pairs.join("&")
    }

    /// Refuses what is left, where there is no filter.
    pub fn finish_empty(self, common: &[&str]) -> Result<()> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        self.finish::<Nothing>(common).map(|Nothing {}| ())
    }

    /// Reads what is left as a filter. `common` are the parameters that were taken out before, to be named with the
    /// filter's own when there is an unknown one.
    pub fn finish<F: DeserializeOwned>(mut self, common: &[&str]) -> Result<F> {
        let encoded = self.rest();
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(encoded.as_bytes()));
        let filter = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let parameter = error.path().to_string();
            fault_of(&parameter, &error.into_inner().to_string(), common)
        });
        match filter {
            Ok(filter) if self.faults.is_empty() => Ok(filter),
            Ok(_) => Err(Problem::bad_parameters(self.faults)),
            Err(fault) => {
                self.faults.push(fault);
                Err(Problem::bad_parameters(self.faults))
            }
        }
    }
}

fn fault_of(parameter: &str, message: &str, common: &[&str]) -> Fault {
    let quoted = |message: &str| message.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    if message.starts_with("unknown field") {
        let mut names = quoted(message).into_iter();
        let unknown = names.next().unwrap_or_default();
        let mut valid: Vec<String> = common.iter().map(|name| (*name).to_owned()).chain(names).collect();
        valid.sort();
        let valid = if valid.is_empty() { "–".to_owned() } else { valid.join(", ") };
        return Fault::of(unknown, Code::UnknownParameter.with("valid", valid));
    }
    let message = match Code::of(message) {
        Some(code) => code.into(),
        None if message.starts_with("unknown variant") => Code::BadValue.with("valid", super::json::expected(message)),
        // What the standard library says of a bool.
        None if message.contains("`true` or `false`") => Code::BadValue.with("valid", "true, false"),
        None => Code::BadValue.with("valid", message.to_owned()),
    };
    Fault { place: Place::Parameter(parameter.to_owned()), message }
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(Into::into)
}

/// A value as a query carries it.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, QUERY).to_string()
}

/// A time, or the last instant of a day in the zone; in UTC, and before the end of what has not ended.
fn time(text: &str, zone: chrono_tz::Tz) -> Option<NaiveDateTime> {
    let time = match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.naive_utc(),
        Err(_) => end_of_day(text, zone)?,
    };
    Some(time.min(forever() - TimeDelta::microseconds(1)))
}

fn end_of_day(text: &str, zone: chrono_tz::Tz) -> Option<NaiveDateTime> {
    end_of(day::parse(text)?, zone)
}

/// The last instant of a day in a zone, in UTC; none of a day beyond the calendar.
pub fn end_of(day: NaiveDate, zone: chrono_tz::Tz) -> Option<NaiveDateTime> {
    let next = day.checked_add_days(Days::new(1))?;
    // A day that begins in a gap of the clock begins when the gap ends.
    let start = (0..4)
        .find_map(|hour| zone.from_local_datetime(&next.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?)).earliest())?;
    start.with_timezone(&Utc).naive_utc().checked_sub_signed(TimeDelta::microseconds(1))
}

/// A number between two bounds, both allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between<const LEAST: i16, const MOST: i16>(pub i16);

impl<'de, const LEAST: i16, const MOST: i16> Deserialize<'de> for Between<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.parse() {
            Ok(number) if (LEAST..=MOST).contains(&number) => Ok(Self(number)),
            _ => Err(D::Error::custom(format!("{LEAST}–{MOST}"))),
        }
    }
}

impl<const LEAST: i16, const MOST: i16> utoipa::PartialSchema for Between<LEAST, MOST> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(LEAST))
            .maximum(Some(MOST))
            .into()
    }
}

impl<const LEAST: i16, const MOST: i16> utoipa::ToSchema for Between<LEAST, MOST> {}

/// A parameter with one or more values, separated by commas: any of them matches.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyOf<T>(pub Vec<T>);

impl<'de, T: FromStr<Err = String>> Deserialize<'de> for AnyOf<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split(',') {
            // The same value twice says nothing more.
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let values = parts.into_iter().map(|part| part.parse().map_err(D::Error::custom));
        values.collect::<std::result::Result<_, _>>().map(Self)
    }
}

impl<T: utoipa::PartialSchema> utoipa::PartialSchema for AnyOf<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ArrayBuilder::new().items(T::schema()).into()
    }
}

impl<T: utoipa::ToSchema> utoipa::ToSchema for AnyOf<T> {}

/// A language, without what follows it in a tag (BCP 47): `sv` of `sv-FI`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tongue(pub String);

impl FromStr for Tongue {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        language_tag(text).map_err(|fault| fault.code.into_owned())?;
        Ok(Self(language_of(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_seen_as_it_ended() {
        let zone = chrono_tz::Europe::Helsinki;
        let end = time("2026-03-28", zone).unwrap();
        assert_eq!(end.to_string(), "2026-03-28 21:59:59.999999");
        // The clock goes forward in the night before the 29th ends: the day is an hour shorter.
        assert_eq!(time("2026-03-29", zone).unwrap().to_string(), "2026-03-29 20:59:59.999999");
        assert_eq!(time("2026-03-28T12:00:00+02:00", zone).unwrap().to_string(), "2026-03-28 10:00:00");
        assert_eq!(time("2026-02-30", zone), None);
        assert_eq!(time("+262142-12-31", zone), None);
    }
}
