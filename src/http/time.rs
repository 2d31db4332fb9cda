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
    let mut push = |number: u32, digits: usize, after: u8| {
        // The digits from the last to the first, then what follows them.
        let mut written = [after; 7];
        let mut left = number;
        for place in written.iter_mut().take(digits).rev() {
            *place = b'0' + u8::try_from(left % 10).unwrap_or_default();
            left /= 10;
        }
        text.push_str(written.get(..=digits).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default());
    };
    push(time.year().unsigned_abs(), 4, b'-');
    push(time.month(), 2, b'-');
    push(time.day(), 2, b'T');
    push(time.hour(), 2, b':');
    push(time.minute(), 2, b':');
    match time.nanosecond() / 1000 {
        0 => push(time.second(), 2, b'Z'),
        micros => {
            push(time.second(), 2, b'.');
            // Without the zeros at the end.
            let (mut fraction, mut digits) = (micros, 6);
            while fraction % 10 == 0 {
                (fraction, digits) = (fraction / 10, digits - 1);
            }
            push(fraction, digits, b'Z');
        }
    }
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
