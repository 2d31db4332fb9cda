//! Entity tags (RFC 9110, 8.8.3) and the conditions on them.
//!
//! A tag is `"<version>-<hash of the body>"`, with the content coding as a further part when the body is compressed.
//! `If-None-Match` compares all of it, `If-Match` the version alone: a change of what is derived or included does not
//! make a writer start over.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use twox_hash::XxHash3_128;

use super::messages::Code;
use super::problem::{Kind, Problem, Result};

/// The tag of a body; lists and the like have no version. XXH3 in 128 bits tells bodies apart as surely as a
/// cryptographic hash would, at a tenth of the cost; nobody gains by making two of their own alike.
pub fn of(version: Option<i64>, body: &[u8]) -> String {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(XxHash3_128::oneshot(body).to_be_bytes());
    match version {
        Some(version) => format!("\"{version}-{hash}\""),
        None => format!("\"{hash}\""),
    }
}

/// The tag of the same body under a content coding.
pub fn coded(tag: &str, coding: &str) -> String {
    format!("{}-{coding}\"", tag.strip_suffix('"').unwrap_or(tag))
}

/// Whether `If-None-Match` names the tag: weakly compared, as RFC 9110, 13.1.2 has it.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let mut tags =
        headers.get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

/// `If-Match`: the versions that the caller is willing to change.
#[derive(Debug, PartialEq)]
pub enum IfMatch {
    /// `*`: whichever it is.
    Any,
    /// The versions of the tags.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Whether the present version is one of them; else 412.
    pub fn check(&self, version: i64) -> Result<()> {
        match self {
            IfMatch::Any => Ok(()),
            IfMatch::Versions(versions) if versions.contains(&version) => Ok(()),
            IfMatch::Versions(_) => Err(stale(version)),
        }
    }

    fn parse(headers: &HeaderMap) -> Result<Option<Self>> {
        let mut versions = Vec::new();
        let mut is_there = false;
        for value in headers.get_all(IF_MATCH) {
            is_there = true;
            let malformed = || Problem::new(Kind::Malformed, Code::IfMatchMalformed);
            for tag in value.to_str().map_err(|_| malformed())?.split(',').map(str::trim) {
                if tag == "*" {
                    return Ok(Some(IfMatch::Any));
                }
                let strong = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
                match (strong, tag.starts_with("W/\"")) {
                    // A weak tag never matches (RFC 9110, 13.1.1), nor does one that isn't ours.
                    (None, false) => return Err(malformed()),
                    (None, true) => {}
                    (Some(tag), _) => {
                        versions.extend(tag.split('-').next().and_then(|version| version.parse::<i64>().ok()))
                    }
                }
            }
        }
        Ok(is_there.then_some(IfMatch::Versions(versions)))
    }
}

/// 412: the present version is another.
pub fn stale(version: i64) -> Problem {
    Problem::new(Kind::PreconditionFailed, Code::Stale.with("version", version.to_string()))
        .member("version", version.into())
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || Problem::new(Kind::PreconditionRequired, Code::IfMatchMissing);
        ready(IfMatch::parse(request.headers()).and_then(|tags| tags.ok_or_else(missing)))
    }
}

/// `If-Match` where it may be left out, as on a state change.
pub struct MaybeIfMatch(pub IfMatch);

impl FromRequest for MaybeIfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(IfMatch::parse(request.headers()).map(|tags| Self(tags.unwrap_or(IfMatch::Any))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn if_match(value: &'static str) -> Result<Option<IfMatch>> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, HeaderValue::from_static(value));
        IfMatch::parse(&headers)
    }

    #[test]
    fn versions_are_what_counts_for_writers() {
        assert_eq!(if_match("\"3-abc\", \"4-d-gzip\"").unwrap(), Some(IfMatch::Versions(vec![3, 4])));
        assert_eq!(if_match("*").unwrap(), Some(IfMatch::Any));
        assert_eq!(if_match("W/\"3-abc\"").unwrap(), Some(IfMatch::Versions(vec![])));
        assert!(if_match("3").is_err());
        assert!(if_match("\"3-abc\"").unwrap().unwrap().check(4).is_err());
    }

    #[test]
    fn readers_compare_all_of_it() {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static("\"x\", W/\"3-abc-gzip\""));
        assert!(is_known(&headers, &coded("\"3-abc\"", "gzip")));
        assert!(!is_known(&headers, "\"3-abc\""));
    }
}
