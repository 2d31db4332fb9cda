//! Cursors: where a page ended, signed so that a changed one is noticed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::messages::Code;
use super::problem::{Fault, Problem, Result};
use super::query::Query;
use crate::db::keyset::SortValue;

/// Bytes of the signature that are kept: 128 bits.
const SIGNATURE: usize = 16;

#[derive(Serialize, Deserialize)]
struct Content {
    /// A hash of what the list was asked for.
    list: String,
    /// The values of the sorted columns in the page's last row.
    values: Vec<SortValue>,
}

/// Which page of a list a request asks for.
#[derive(Debug)]
pub struct Turn {
    /// The cursor; `None` for the first page.
    cursor: Option<String>,
    /// The path and query of the next page, but for its cursor.
    address: String,
}

impl Turn {
    /// Takes the cursor out of a request's query: before anything else, since the next page has all the rest.
    pub fn take(query: &mut Query, path: &str) -> Self {
        let cursor = query.take("cursor");
        let address = match query.rest() {
            rest if rest.is_empty() => format!("{path}?"),
            rest => format!("{path}?{rest}&"),
        };
        Self { cursor, address }
    }

    /// Where the page begins; `None` for the first. Where other parameters are at fault, those are what is told, and a
    /// cursor that does not fit them is none.
    pub fn place(&self, key: &[u8], list: &str, query: &Query) -> Result<Option<Vec<SortValue>>> {
        match self.cursor.as_deref().map(|cursor| decode(key, list, cursor)) {
            Some(Err(_)) if query.has_faults() => Ok(None),
            decoded => decoded.transpose(),
        }
    }

    /// The path and query of the page that a cursor leads to.
    pub fn address(&self, cursor: &str) -> String {
        format!("{}cursor={cursor}", self.address)
    }
}

/// 400 for a cursor.
pub fn refused(code: Code) -> Problem {
    Problem::bad_parameters(vec![Fault::of("cursor", code)])
}

/// Makes the cursor behind a row.
pub fn encode(key: &[u8], list: &str, values: Vec<SortValue>) -> Result<String> {
    let content = serde_json::to_vec(&Content { list: digest(list), values }).map_err(Problem::internal)?;
    let mut bytes = signature(key, &content)?.finalize().into_bytes().to_vec();
    bytes.truncate(SIGNATURE);
    bytes.extend_from_slice(&content);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a cursor of the same list; 400 for a changed one, and for one of another list.
pub fn decode(key: &[u8], list: &str, cursor: &str) -> Result<Vec<SortValue>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused(Code::BadCursor))?;
    let (signed, content) = bytes.split_at_checked(SIGNATURE).ok_or_else(|| refused(Code::BadCursor))?;
    signature(key, content)?.verify_truncated_left(signed).map_err(|_| refused(Code::BadCursor))?;
    let content: Content = serde_json::from_slice(content).map_err(|_| refused(Code::BadCursor))?;
    if content.list != digest(list) {
        return Err(refused(Code::CursorOfAnotherList));
    }
    Ok(content.values)
}

fn signature(key: &[u8], content: &[u8]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Problem::internal)?;
    mac.update(b"cursor");
    mac.update(content);
    Ok(mac)
}

fn digest(list: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(list).get(..9).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_bound_to_its_list_and_its_key() {
        let values = vec![SortValue::Key(vec![1, 255]), SortValue::Text("x".into())];
        let cursor = encode(b"key", "networks name", values.clone()).unwrap();
        assert_eq!(decode(b"key", "networks name", &cursor).unwrap(), values);
        assert!(decode(b"key", "networks -name", &cursor).is_err());
        assert!(decode(b"other", "networks name", &cursor).is_err());
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(decode(b"key", "networks name", &String::from_utf8(changed).unwrap()).is_err(), "byte {at}");
        }
    }
}
