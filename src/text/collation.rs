//! Alphabetical order, computed here so that both databases agree on it: neither knows that å, ä and ö come last in
//! Finnish and Swedish.

use std::sync::OnceLock;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::{Locale, locale};

use crate::http::language::Language;

/// The key by which a text sorts among others in a language: compared by bytes, in the order of CLDR's collation, with
/// numbers in the order of their values.
pub fn sort_key(text: &str, language: Language) -> Vec<u8> {
    static COLLATORS: OnceLock<[Option<CollatorBorrowed<'static>>; 3]> = OnceLock::new();
    let [fi, sv, en] = COLLATORS.get_or_init(|| [locale!("fi"), locale!("sv"), locale!("en")].map(collator));
    let collator = match language {
        Language::Fi => fi,
        Language::Sv => sv,
        Language::En => en,
    };
    let mut key = Vec::with_capacity(text.len() * 2);
    match collator {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(text, &mut key);
        }
        // Not with the data that is compiled in; by code points, then.
        None => key.extend_from_slice(text.as_bytes()),
    }
    key
}

fn collator(locale: Locale) -> Option<CollatorBorrowed<'static>> {
    let mut preferences = CollatorPreferences::from(locale);
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    CollatorBorrowed::try_new(preferences, CollatorOptions::default()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(language: Language, mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| sort_key(name, language));
        names
    }

    #[test]
    fn finnish_and_swedish_put_their_last_letters_last() {
        for language in [Language::Fi, Language::Sv] {
            let names = sorted(language, vec!["Öhman", "Äikäs", "Virtanen", "Åberg", "Wirtanen", "aalto"]);
            assert_eq!(names, ["aalto", "Virtanen", "Wirtanen", "Åberg", "Äikäs", "Öhman"]);
        }
    }

    #[test]
    fn numbers_sort_by_value() {
        assert_eq!(sorted(Language::Sv, vec!["Smågrupp 10", "Smågrupp 9"]), ["Smågrupp 9", "Smågrupp 10"]);
    }
}
