//! Multilingual text: `{"fi": "…", "sv": "…"}`, by BCP 47 tag.

use std::borrow::Cow;
use std::collections::BTreeMap;

use icu_locale_core::LanguageIdentifier;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::sort_key;
use crate::http::language::Language;
use crate::http::messages::Code;

/// Characters that a name may have.
pub const NAME: usize = 300;

/// Characters that a longer text may have.
pub const TEXT: usize = 20_000;

/// One line of text in one or more languages.
pub type Name = Multilingual<NAME>;

/// Text of several lines in one or more languages.
pub type Text = Multilingual<TEXT>;

/// Text in one or more languages, each of at most `MAX` characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Multilingual<const MAX: usize>(BTreeMap<String, String>);

impl<const MAX: usize> Multilingual<MAX> {
    /// The languages and their texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// The text that a reader of a language sees: in that language, else in Finnish, Swedish or English, else in any.
    pub fn best(&self, language: Language) -> &str {
        self.best_of(language).map_or("", |(_, text)| text)
    }

    /// The same, with the language that it is in.
    pub fn best_of(&self, language: Language) -> Option<(&str, &str)> {
        let preferred = [language, Language::Fi, Language::Sv, Language::En];
        let found = preferred.iter().find_map(|language| self.0.get_key_value(language.tag()));
        found.or_else(|| self.0.first_key_value()).map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// The collation keys for readers of Finnish, Swedish and English.
    pub fn sort_keys(&self) -> [Vec<u8>; 3] {
        Language::ALL.map(|language| sort_key(self.best(language), language))
    }

    /// The texts folded for "begins with", each once, with one of its languages.
    pub fn folded(&self) -> Vec<(String, String)> {
        self.iter().map(|(tag, text)| (tag.to_owned(), super::fold(text))).collect()
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Multilingual<MAX> {
    /// Tags are put into their canonical case (`FI` is `fi`, `sv-fi` is `sv-FI`); whether they are tags at all is for
    /// [`Validate`] to say, together with the body's other faults.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts<const MAX: usize>;

        impl<'de, const MAX: usize> Visitor<'de> for Texts<MAX> {
            type Value = Multilingual<MAX>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of texts by language, such as {\"fi\": \"…\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((tag, text)) = map.next_entry::<String, String>()? {
                    let tag = LanguageIdentifier::try_from_str(&tag).map(|tag| tag.to_string()).unwrap_or(tag);
                    if texts.insert(tag.clone(), text).is_some() {
                        return Err(A::Error::custom(format!("duplicate field `{tag}`")));
                    }
                }
                Ok(Multilingual(texts))
            }
        }

        from.deserialize_map(Texts)
    }
}

impl<const MAX: usize> Validate for Multilingual<MAX> {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if self.0.is_empty() {
            errors.add("", ValidationError::new(Code::NoLanguage.as_str()));
        }
        for (tag, text) in &self.0 {
            let mut faults = Vec::new();
            match LanguageIdentifier::try_from_str(tag) {
                Ok(parsed) if !parsed.language.is_unknown() => {}
                _ => faults.push(ValidationError::new(Code::BadLanguageTag.as_str())),
            }
            if text.trim().is_empty() {
                faults.push(ValidationError::new(Code::EmptyText.as_str()));
            }
            if text.chars().count() > MAX {
                let mut fault = ValidationError::new(Code::TooLong.as_str());
                fault.add_param(Cow::Borrowed("max"), &MAX);
                faults.push(fault);
            }
            if !faults.is_empty() {
                errors.errors_mut().insert(Cow::Owned(tag.clone()), ValidationErrorsKind::Field(faults));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl<const MAX: usize> utoipa::PartialSchema for Multilingual<MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX));
        let tag = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"))
            .description(Some("A language, by BCP 47 tag."));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property_names(Some(tag))
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(text.into()))))
            .min_properties(Some(1))
            .description(Some("Text by language (BCP 47), in at least one."))
            .examples([serde_json::json!({ "fi": "Verkosto", "sv": "Nätverk", "en": "Network" })])
            .into()
    }
}

impl<const MAX: usize> utoipa::ToSchema for Multilingual<MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(if MAX == NAME { "MultilingualName" } else { "MultilingualText" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<String> {
        let name: Name = serde_json::from_str(json).unwrap();
        let Err(errors) = name.validate() else { return Vec::new() };
        let mut found: Vec<String> = errors
            .errors()
            .iter()
            .flat_map(|(tag, kind)| match kind {
                ValidationErrorsKind::Field(faults) => {
                    faults.iter().map(|fault| format!("{tag}:{}", fault.code)).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn every_fault_is_found() {
        assert_eq!(faults("{}"), [":no_language"]);
        assert_eq!(faults(r#"{"fi":"Verkosto"}"#), [""; 0]);
        assert_eq!(faults(r#"{"suomi!":"x","sv":" "}"#), ["suomi!:bad_language_tag", "sv:empty_text"]);
        assert_eq!(faults(&format!(r#"{{"fi":"{}"}}"#, "ä".repeat(301))), ["fi:too_long"]);
    }

    #[test]
    fn tags_are_canonical_and_once() {
        let name: Name = serde_json::from_str(r#"{"FI":"Verkosto","sv-fi":"Nätverk"}"#).unwrap();
        assert_eq!(name.iter().map(|(tag, _)| tag).collect::<Vec<_>>(), ["fi", "sv-FI"]);
        assert!(serde_json::from_str::<Name>(r#"{"fi":"a","FI":"b"}"#).is_err());
    }

    #[test]
    fn a_reader_sees_the_nearest_language() {
        let name: Name = serde_json::from_str(r#"{"se":"Fierpmádat","sv":"Nätverk"}"#).unwrap();
        assert_eq!(name.best(Language::En), "Nätverk");
    }
}
