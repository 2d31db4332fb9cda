//! Text that people read: multilingual values, alphabetical order, folding, words.

pub mod analysis;
mod collation;
mod fields;
mod multilingual;
mod stored;

pub use collation::sort_key;
pub use fields::fields;
pub use multilingual::{Multilingual, Name, Text};
pub use stored::StoredName;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The part of a language tag that says which language it is: `sv` of `sv-FI`.
pub fn language_of(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// Text as "begins with" compares it: composed (Unicode NFC) and in lower case.
pub fn fold(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).to_lowercase()
}

/// The bounds `[from, to)` of the folded texts that begin with a prefix, by bytes.
pub fn prefix_bounds(prefix: &str) -> (String, String) {
    let from = fold(prefix);
    let to = format!("{from}{}", char::MAX);
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_what_looks_alike() {
        assert_eq!(fold(" A\u{308}ITI "), "äiti");
        let (from, to) = prefix_bounds("VERK");
        assert!(from.as_str() <= "verkosto" && "verkosto" < to.as_str());
        assert!(!(from.as_str() <= "verho" && "verho" < to.as_str()));
    }
}
