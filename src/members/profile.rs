//! What a person says of themselves: their own words, which no sync touches.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::hidden::MemberGroup;
use super::types::MemberId;
use super::words::{Audience, CefrLevel, Willingness};
use crate::db::external_ids::each_once;
use crate::http::day;
use crate::http::patch::MergePatch;
use crate::http::validation::{country_code, dates_in_order, language_tag};
use crate::text::{Name, Text};
use crate::vocabularies::ConceptId;

/// A language that a member knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanguageSkill {
    /// The language (BCP 47).
    #[validate(custom(function = "language_tag"))]
    #[schema(example = "sv", max_length = 35)]
    pub tag: String,
    /// How well.
    pub level: CefrLevel,
}

/// A skill that a member has, or wants to have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// The concept that names it.
    pub concept: ConceptId,
    /// How well: 1 knows of it, 3 does it alone, 5 teaches it to others.
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub level: i16,
    /// Whether they want to become better at it.
    #[serde(default)]
    pub wants_to_develop: bool,
}

/// An assignment or a mission that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "experience_in_order", skip_on_field_errors = false))]
pub struct Experience {
    /// What it was.
    #[validate(nested)]
    pub title: Name,
    /// Where: the organisation's name.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub organisation: Option<String>,
    /// In which country (ISO 3166-1 alpha-2).
    #[validate(custom(function = "country_code"))]
    #[schema(example = "ZM", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// The day it began.
    #[serde(default, deserialize_with = "day::maybe")]
    pub from: Option<NaiveDate>,
    /// The day after it ended.
    #[serde(default, deserialize_with = "day::maybe")]
    pub until: Option<NaiveDate>,
}

/// How much of a member can be borrowed, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "availability_in_order", skip_on_field_errors = false))]
pub struct Availability {
    /// The part of the working time, in percent.
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub percent_of_work_time: i16,
    /// From which day on; from now on when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub from: Option<NaiveDate>,
    /// Until which day, which is no longer part of it; without end when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub until: Option<NaiveDate>,
    /// In words.
    #[validate(nested)]
    pub note: Option<Text>,
}

/// Who may see which fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberVisibility {
    /// E-mail and telephone.
    pub contact: Audience,
    /// The bio.
    pub bio: Audience,
    /// Skills, languages and interests.
    pub skills: Audience,
    /// Availability, willingness, and whether they look for peers.
    pub availability: Audience,
    /// Experience.
    pub experience: Audience,
    /// Memberships.
    pub memberships: Audience,
}

impl MemberVisibility {
    /// For each group, those who belong to both audiences.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            contact: self.contact.and(other.contact),
            bio: self.bio.and(other.bio),
            skills: self.skills.and(other.skills),
            availability: self.availability.and(other.availability),
            experience: self.experience.and(other.experience),
            memberships: self.memberships.and(other.memberships),
        }
    }
}

impl Default for MemberVisibility {
    fn default() -> Self {
        let everybody = Audience::Administration;
        Self {
            contact: everybody,
            bio: everybody,
            skills: everybody,
            availability: everybody,
            experience: everybody,
            memberships: everybody,
        }
    }
}

/// What the person owns: the body of PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberProfile {
    /// Who they are and what they do.
    #[validate(nested)]
    pub bio: Option<Text>,
    /// The languages they know.
    #[validate(nested, length(max = 50), custom(function = "languages_once"))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub languages: Vec<LanguageSkill>,
    /// The skills they have or want.
    #[validate(nested, length(max = 100), custom(function = "skills_once"))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub skills: Vec<Skill>,
    /// The themes they follow.
    #[validate(length(max = 100), custom(function = "each_once"))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub interests: Vec<ConceptId>,
    /// Assignments and missions that they have done.
    #[validate(nested, length(max = 100))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub experience: Vec<Experience>,
    /// How much of them can be borrowed, and when.
    #[validate(nested)]
    pub availability: Option<Availability>,
    /// What they are willing to do.
    #[validate(custom(function = "each_once"))]
    #[serde(default)]
    pub willing_to: Vec<Willingness>,
    /// Whether they want to be found by those who do the same work elsewhere.
    #[serde(default)]
    pub looking_for_peers: bool,
    /// Who may see what.
    #[validate(nested)]
    #[serde(default)]
    pub visibility: MemberVisibility,
}

/// A merge patch of a profile.
pub type MemberProfilePatch = MergePatch<MemberProfile>;

/// A member's profile.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct MemberProfileView {
    /// The member's id.
    pub id: MemberId,
    /// Counts the changes of the profile, from 1.
    pub version: i64,
    /// When the member was created.
    pub created_at: DateTime<Utc>,
    /// When anything of the member last changed.
    pub updated_at: DateTime<Utc>,
    /// Who they are and what they do.
    pub bio: Option<Text>,
    /// The languages they know.
    #[schema(required = false)]
    pub languages: Vec<LanguageSkill>,
    /// The skills they have or want.
    #[schema(required = false)]
    pub skills: Vec<Skill>,
    /// The themes they follow.
    #[schema(required = false)]
    pub interests: Vec<ConceptId>,
    /// Assignments and missions that they have done.
    #[schema(required = false)]
    pub experience: Vec<Experience>,
    /// How much of them can be borrowed, and when.
    pub availability: Option<Availability>,
    /// What they are willing to do.
    #[schema(required = false)]
    pub willing_to: Vec<Willingness>,
    /// Whether they want to be found by those who do the same work elsewhere.
    #[schema(required = false)]
    pub looking_for_peers: bool,
    /// Who may see what.
    #[schema(required = false)]
    pub visibility: MemberVisibility,
    /// The groups of fields that the caller does not see, and that are left out; absent where none is.
    #[schema(required = false)]
    pub hidden: Vec<MemberGroup>,
}

fn experience_in_order(experience: &Experience) -> Result<(), ValidationError> {
    dates_in_order(experience.from, experience.until, "until")
}

fn availability_in_order(availability: &Availability) -> Result<(), ValidationError> {
    dates_in_order(availability.from, availability.until, "until")
}

fn languages_once(languages: &[LanguageSkill]) -> Result<(), ValidationError> {
    each_once(&languages.iter().map(|language| language.tag.to_lowercase()).collect::<Vec<_>>())
}

fn skills_once(skills: &[Skill]) -> Result<(), ValidationError> {
    each_once(&skills.iter().map(|skill| skill.concept).collect::<Vec<_>>())
}

/// What of a member is filled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Completeness {
    /// From 0 to 100.
    pub percent: u8,
    /// The fields that are missing; email stands for email or phone.
    pub missing: Vec<&'static str>,
}

impl MemberProfile {
    /// The concepts of skills and interests, each once.
    pub fn concepts(&self) -> Vec<ConceptId> {
        let mut concepts: Vec<ConceptId> = self.skills.iter().map(|skill| skill.concept).collect();
        concepts
            .extend(self.interests.iter().filter(|theme| !self.skills.iter().any(|skill| skill.concept == **theme)));
        concepts
    }
}
