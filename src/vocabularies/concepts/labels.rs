//! Alternative labels: any number in each language (SKOS Reference, 5).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use icu_locale_core::LanguageIdentifier;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, Type};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::http::messages::Code;

/// Characters of a label, at most.
pub const LABEL: usize = 300;

/// Labels in a language, at most.
pub const LABELS: usize = 200;

/// Alternative labels by language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AltLabels(BTreeMap<String, Vec<String>>);

impl AltLabels {
    /// The labels, each with its language.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(tag, labels)| labels.iter().map(move |label| (tag.as_str(), label.as_str())))
    }
}

impl FromIterator<(String, String)> for AltLabels {
    /// Of labels and their languages, each once and in a fixed order.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(labels: I) -> Self {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (tag, label) in labels {
            all.entry(tag).or_default().insert(label);
        }
        Self(all.into_iter().map(|(tag, labels)| (tag, labels.into_iter().collect())).collect())
    }
}

impl<'de> Deserialize<'de> for AltLabels {
    /// Tags are put into their canonical case, as those of other texts are. A language without labels is left out.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut labels = BTreeMap::new();
        for (tag, texts) in <BTreeMap<String, Vec<String>>>::deserialize(from)? {
            let tag = LanguageIdentifier::try_from_str(&tag).map(|tag| tag.to_string()).unwrap_or(tag);
            if !texts.is_empty() && labels.insert(tag.clone(), texts).is_some() {
                return Err(serde::de::Error::custom(format!("duplicate field `{tag}`")));
            }
        }
        Ok(Self(labels))
    }
}

impl Validate for AltLabels {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        for (tag, labels) in &self.0 {
            let mut faults = BTreeSet::new();
            match LanguageIdentifier::try_from_str(tag) {
                Ok(parsed) if !parsed.language.is_unknown() => {}
                _ => {
                    faults.insert(Code::BadLanguageTag.as_str());
                }
            }
            if labels.iter().any(|label| label.trim().is_empty()) {
                faults.insert(Code::EmptyText.as_str());
            }
            if labels.iter().collect::<BTreeSet<_>>().len() < labels.len() {
                faults.insert(Code::LabelRepeated.as_str());
            }
            let mut faults: Vec<ValidationError> = faults.into_iter().map(ValidationError::new).collect();
            let mut too_long = |max: usize| {
                let mut fault = ValidationError::new(Code::TooLong.as_str());
                fault.add_param(Cow::Borrowed("max"), &max);
                faults.push(fault);
            };
            if labels.len() > LABELS {
                too_long(LABELS);
            }
            if labels.iter().any(|label| label.chars().count() > LABEL) {
                too_long(LABEL);
            }
            if !faults.is_empty() {
                errors.errors_mut().insert(Cow::Owned(tag.clone()), ValidationErrorsKind::Field(faults));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl utoipa::PartialSchema for AltLabels {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(LABEL));
        let texts = ArrayBuilder::new().items(text).max_items(Some(LABELS));
        let tag = ObjectBuilder::new().schema_type(Type::String).description(Some("A language, by BCP 47 tag."));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property_names(Some(tag))
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(texts.into()))))
            .description(Some("Labels by language (BCP 47): other words for the same, and none of them twice."))
            .examples([serde_json::json!({ "fi": ["osaamisen jakaminen", "jakaminen"], "en": ["sharing"] })])
            .into()
    }
}

impl utoipa::ToSchema for AltLabels {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AltLabels")
    }
}
