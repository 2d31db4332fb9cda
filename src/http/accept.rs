//! `Accept` (RFC 9110, 12.5.1): which of the media types on offer the caller likes best.

use actix_web::http::header::{ACCEPT, HeaderMap};

/// The best of the media types on offer, or `None` where the caller takes none of them. Without the header, and between
/// equals, it is the first.
pub fn preferred<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Option<&'a str> {
    let header: Vec<&str> = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    if header.is_empty() {
        return offered.first().copied();
    }
    let ranges: Vec<(&str, f32)> = header.iter().flat_map(|value| value.split(',')).map(weighted).collect();
    let mut best = (None, 0.0);
    for media_type in offered {
        // The most specific range that fits decides (RFC 9110): text/* says nothing where text/html is named.
        let fitting = ranges.iter().filter_map(|(range, weight)| Some((specificity(range, media_type)?, *weight)));
        let weight = fitting.max_by_key(|(specificity, _)| *specificity).map_or(0.0, |(_, weight)| weight);
        if weight > best.1 {
            best = (Some(*media_type), weight);
        }
    }
    best.0
}

/// A range and its weight.
fn weighted(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
    (range, weight)
}

/// How closely a range fits a media type; `None` where it does not.
fn specificity(range: &str, media_type: &str) -> Option<u8> {
    let kind = media_type.split('/').next();
    match range.strip_suffix("/*") {
        _ if range.eq_ignore_ascii_case(media_type) => Some(2),
        Some("*") => Some(0),
        Some(of_kind) if Some(of_kind) == kind => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn chosen(accept: &'static str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        preferred(&headers, &["application/json", "text/vnd.graphviz"])
    }

    #[test]
    fn the_best_that_is_offered() {
        assert_eq!(preferred(&HeaderMap::new(), &["a/b"]), Some("a/b"));
        assert_eq!(chosen("*/*"), Some("application/json"));
        assert_eq!(chosen("text/vnd.graphviz, */*;q=0.1"), Some("text/vnd.graphviz"));
        assert_eq!(chosen("text/*;q=0.5, application/json;q=0.4"), Some("text/vnd.graphviz"));
        assert_eq!(chosen("*/*, application/json;q=0"), Some("text/vnd.graphviz"));
        assert_eq!(chosen("text/html"), None);
    }
}
