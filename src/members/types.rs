//! What a member is, to those who write and read it.
//!
//! Two owners, two documents: [`MemberCreate`] is what the HR system says of a person, [`MemberProfile`] what the person
//! says. Each has its own version and its own operations, and a write of the one never names the other's columns.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::hidden::MemberGroup;
use super::profile::{Completeness, MemberProfile};
use super::words::{CefrLevel, MemberStatus, Office, Willingness};
use crate::db::external_ids::{ExternalId, each_once};
use crate::db::types::id_type;
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::patch::MergePatch;
use crate::http::query::{AnyOf, Between, Tongue};
use crate::http::validation::{email_address, one_line};
use crate::networks::NetworkId;
use crate::organisations::{OrganisationId, OrganisationReference};
use crate::text::{Name, StoredName};
use crate::vocabularies::{ConceptId, ConceptReference};

id_type! {
    /// The id of a member.
    MemberId
}

/// What the HR system owns of a member: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberCreate {
    /// How the HR system or the identity provider knows them; unique, whatever the capitals (RFC 7643, 4.1.1).
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 200, example = "maija.virta@example.fi")]
    pub user_name: String,
    /// Given name.
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 100, example = "Maija")]
    pub given_name: String,
    /// Family name.
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 100, example = "Virta")]
    pub family_name: String,
    /// What they are called at work.
    #[validate(nested)]
    pub title: Option<Name>,
    /// The organisation they work in.
    pub organisation_id: Option<OrganisationId>,
    /// The unit of it.
    #[validate(nested)]
    pub unit: Option<Name>,
    /// The office they hold; those of an office may belong to networks by it.
    pub office: Option<Office>,
    /// E-mail.
    #[validate(custom(function = "email_address"))]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// Telephone.
    #[validate(length(min = 1, max = 50), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 50, example = "+358 295 00000")]
    pub phone: Option<String>,
    /// How they stand to the organisation; whoever has left ends everywhere.
    #[serde(default = "active")]
    pub status: MemberStatus,
    /// A ban on disclosure for personal safety.
    #[serde(default)]
    pub protected: bool,
    /// Their ids in outside systems; no other member has the same.
    #[validate(nested, custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_ids: Vec<ExternalId>,
}

fn active() -> MemberStatus {
    MemberStatus::Active
}

/// A merge patch of what the HR system owns.
pub type MemberPatch = MergePatch<MemberCreate>;

/// A member.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct MemberView {
    /// Their id.
    pub id: MemberId,
    /// Counts the changes of what the HR system owns, from 1.
    pub version: i64,
    /// When they were created.
    pub created_at: DateTime<Utc>,
    /// When a field of theirs, or their profile, last changed.
    pub updated_at: DateTime<Utc>,
    /// How the HR system or the identity provider knows them.
    #[schema(required = false)]
    pub user_name: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What they are called at work.
    pub title: Option<Name>,
    /// The organisation they work in.
    pub organisation_id: Option<OrganisationId>,
    /// The unit of it.
    pub unit: Option<Name>,
    /// The office they hold.
    pub office: Option<Office>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// How they stand to the organisation.
    #[schema(required = false)]
    pub status: MemberStatus,
    /// A ban on disclosure for personal safety.
    #[schema(required = false)]
    pub protected: bool,
    /// Their ids in outside systems.
    #[schema(required = false)]
    pub external_ids: Vec<ExternalId>,
    /// The groups of fields that the caller does not see of them, and that are left out; absent where none is.
    #[schema(required = false)]
    pub hidden: Vec<MemberGroup>,
    /// What the person says of themselves.
    pub profile: MemberProfile,
    /// Counts the changes of the profile, from 1.
    pub profile_version: i64,
    /// When its owner last said that it is true.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Whether nobody has said so for a year.
    pub stale: bool,
    /// The organisation; with `include=organisation`.
    pub organisation: Option<OrganisationReference>,
    /// The concepts of skills and interests, unless those are hidden; with `include=concepts`.
    pub concepts: Option<Vec<ConceptReference>>,
    /// What is filled in, for the member, their HR and admins; with `include=completeness`.
    pub completeness: Option<Completeness>,
}

/// A member, as others mention them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberReference {
    /// Their id.
    pub id: MemberId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What they are called at work.
    #[schema(value_type = Option<Name>)]
    pub title: Option<StoredName>,
    /// The organisation they work in.
    pub organisation_id: Option<OrganisationId>,
}

/// Which members to list. Of several values of a parameter, separated by commas, any matches; of several parameters, all.
/// By what is hidden from the caller of a member, the member is not found.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberFilter {
    /// The organisation they work in.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub organisation_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above theirs, or theirs.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
    /// The branch of their organisation: a ministry.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// The office they hold.
    #[param(value_type = Option<Vec<Office>>, style = Form, explode = false)]
    pub office: Option<AnyOf<Office>>,
    /// A network they are an active member of, where the caller sees their memberships, or leads the network.
    #[param(value_type = Option<Vec<NetworkId>>, style = Form, explode = false)]
    pub network: Option<AnyOf<NetworkId>>,
    /// A skill they have, or a narrower one.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub skill: Option<AnyOf<ConceptId>>,
    /// The least level of that skill, from 1 to 5.
    #[param(value_type = Option<i16>, minimum = 1, maximum = 5)]
    pub skill_level: Option<Between<1, 5>>,
    /// A skill they want to develop, or a narrower one.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub wish: Option<AnyOf<ConceptId>>,
    /// A theme they follow, or a narrower one.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub theme: Option<AnyOf<ConceptId>>,
    /// A language they know (BCP 47), such as sv.
    #[param(value_type = Option<Vec<String>>, style = Form, explode = false)]
    pub language: Option<AnyOf<Tongue>>,
    /// The least level of that language; of several, of any of them.
    pub language_level: Option<CefrLevel>,
    /// Something they are willing to do.
    #[param(value_type = Option<Vec<Willingness>>, style = Form, explode = false)]
    pub willing_to: Option<AnyOf<Willingness>>,
    /// A day on which part of their working time can be borrowed.
    #[serde(default, deserialize_with = "day::maybe")]
    pub available_on: Option<NaiveDate>,
    /// How much of it, in percent, at least; 1 when left out. Of today, when no day is named.
    #[param(value_type = Option<i16>, minimum = 1, maximum = 100)]
    pub available_percent: Option<Between<1, 100>>,
    /// Whether they want to be found by those who do the same work elsewhere.
    pub looking_for_peers: Option<bool>,
    /// How they stand to their organisation: for HR. Of others, the caller finds themselves alone.
    #[param(value_type = Option<Vec<MemberStatus>>, style = Form, explode = false)]
    pub status: Option<AnyOf<MemberStatus>>,
    /// Whether nobody has said for a year that the profile is true.
    pub stale: Option<bool>,
    /// What their name begins with, family name or given name first; capitals and small letters are the same.
    pub name_prefix: Option<String>,
    /// How the HR system knows them, whatever the capitals: for HR. Of others, the caller finds themselves alone.
    pub user_name: Option<String>,
    /// Their id in an outside system, as source:id, such as hr:10042: for HR. Of others, the caller finds themselves alone.
    pub external_id: Option<String>,
}

/// What can be read of members.
pub struct Member;

impl Readable for Member {
    const ID: &'static str = "members.id";
    const SORTS: &'static [Sort] = &[
        Sort::by("name", "members.sort_key"),
        Sort::by("created_at", "members.created_at"),
        Sort::by("updated_at", "members.updated_at"),
        Sort::grouped_by("status", "members.status"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "user_name",
        "given_name",
        "family_name",
        "title",
        "organisation_id",
        "unit",
        "office",
        "email",
        "phone",
        "status",
        "protected",
        "external_ids",
        "profile",
        "profile_version",
        "confirmed_at",
        "stale",
    ];
    const INCLUDES: &'static [&'static str] = &["organisation", "concepts", "completeness"];
}

/// What can be read of a profile.
pub struct Profile;

impl Readable for Profile {
    const ID: &'static str = "members.id";
    const SORTS: &'static [Sort] = &[];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "bio",
        "languages",
        "skills",
        "interests",
        "experience",
        "availability",
        "willing_to",
        "looking_for_peers",
        "visibility",
    ];
    const INCLUDES: &'static [&'static str] = &[];
}
