//! Times as answers show them: RFC 3339 in UTC, with as many digits of the second as it takes.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use serde::Serializer;

/// For `#[serde(serialize_with = "time::utc")]`.
pub fn utc<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(time.naive_utc()))
}

/// A time in UTC, as text.
pub fn text(time: NaiveDateTime) -> String {
    let mut text = String::with_capacity(27);
    push(&mut text, time);
    text
}

/// Writes a time in UTC. A page shows a hundred of them; chrono's own formatting, which can do any format, takes as long for
/// them as the database for the page.
pub fn push(text: &mut String, time: NaiveDateTime) {
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
    let (year, month, day) = (time.year().unsigned_abs(), time.month(), time.day());
    let (hour, minute, second, micros) = (time.hour(), time.minute(), time.second(), time.nanosecond() / 1000);
    #[rustfmt::skip]
    let written = [
        digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-',
        digit(month / 10), digit(month), b'-', digit(day / 10), digit(day), b'T',
        digit(hour / 10), digit(hour), b':', digit(minute / 10), digit(minute), b':', digit(second / 10), digit(second),
        b'.', digit(micros / 100_000), digit(micros / 10_000), digit(micros / 1000), digit(micros / 100),
        digit(micros / 10), digit(micros),
    ];
    // Without the zeros at the end of the fraction, and without a fraction that is none.
    let zeros = written.iter().rev().take_while(|byte| **byte == b'0').count();
    let length = if micros == 0 { 19 } else { written.len() - zeros };
    text.push_str(written.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default());
    text.push('Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_digits_that_it_takes() {
        for written in [
            "2026-01-01T00:00:00Z",
            "1999-12-31T23:59:59.5Z",
            "2024-02-29T10:20:30.0501Z",
            "0001-02-03T04:05:06.000007Z",
            "2026-11-21T20:40:01.123456Z",
        ] {
            let time: DateTime<Utc> = written.parse().unwrap();
            assert_eq!(text(time.naive_utc()), written);
        }
    }
}
