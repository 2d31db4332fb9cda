//! Times as answers show them: RFC 3339 in UTC, with as many digits of the second as it takes; and days.
//!
//! A page shows a hundred of them; chrono's own formatting, which can do any format, takes as long for them as the database
//! for the page.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use serde::Serializer;

/// For `#[serde(serialize_with = "time::utc")]`.
pub fn utc<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(time.naive_utc()))
}

/// A time in UTC, as text.
pub fn text(time: NaiveDateTime) -> String {
    let mut text = Vec::with_capacity(27);
    push(&mut text, time);
    String::from_utf8(text).unwrap_or_default()
}

/// Writes a time in UTC, of the years 0 to 9999, as ASCII.
pub fn push(text: &mut Vec<u8>, time: NaiveDateTime) {
    let micros = time.nanosecond() / 1000;
    let [c, e, y, r, _, o, n, _, d, a] = day(time.date());
    let ([h, u], [m, i], [s, t]) = (two_digits(time.hour()), two_digits(time.minute()), two_digits(time.second()));
    let ([f, g], [j, k], [l, p]) = (two_digits(micros / 10_000), two_digits(micros / 100), two_digits(micros));
    let written = [c, e, y, r, b'-', o, n, b'-', d, a, b'T', h, u, b':', m, i, b':', s, t, b'.', f, g, j, k, l, p];
    // Without the zeros at the end of the fraction, and without a fraction that is none.
    let zeros = written.iter().rev().take_while(|byte| **byte == b'0').count();
    let length = if micros == 0 { 19 } else { written.len() - zeros };
    text.extend_from_slice(written.get(..length).unwrap_or_default());
    text.push(b'Z');
}

/// A day, of the years 0 to 9999, as ASCII.
pub fn day(day: NaiveDate) -> [u8; 10] {
    let year = day.year().unsigned_abs();
    let ([c, e], [y, r]) = (two_digits(year / 100), two_digits(year));
    let ([o, n], [d, a]) = (two_digits(day.month()), two_digits(day.day()));
    [c, e, y, r, b'-', o, n, b'-', d, a]
}

/// The last two digits of a number.
fn two_digits(number: u32) -> [u8; 2] {
    let number = u8::try_from(number % 100).unwrap_or_default();
    [b'0' + number / 10, b'0' + number % 10]
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
            assert_eq!(day(time.date_naive()), written.as_bytes()[..10]);
        }
    }
}
