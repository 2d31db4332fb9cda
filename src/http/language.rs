//! The three languages the service itself speaks, and how one is chosen.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

/// A language of the service: of its problems' texts, and of the alphabet a list is sorted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Finnish.
    Fi,
    /// Swedish.
    Sv,
    /// English, when nothing else is asked for.
    #[default]
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Fi => "fi",
            Language::Sv => "sv",
            Language::En => "en",
        }
    }

    /// The language that `Accept-Language` (RFC 9110, 12.5.4) likes best; English if it names none of ours.
    pub fn of(headers: &HeaderMap) -> Self {
        headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Self::negotiate).unwrap_or_default()
    }

    fn negotiate(header: &str) -> Self {
        let mut best = (Language::En, 0.0);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|parameter| parameter.trim().strip_prefix("q=").map(|q| q.parse::<f32>().unwrap_or(0.0)))
                .unwrap_or(1.0);
            let primary = tag.split('-').next().unwrap_or_default();
            let known = Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary));
            if let Some(language) = known
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(Language::negotiate("sv-FI, fi;q=0.8"), Language::Sv);
        assert_eq!(Language::negotiate("de, en;q=0.5, fi;q=0.7"), Language::Fi);
        assert_eq!(Language::negotiate("fi;q=0, sv;q=0.1"), Language::Sv);
        assert_eq!(Language::negotiate("de"), Language::En);
        assert_eq!(Language::negotiate(""), Language::En);
    }
}
