//! What an organisation is, to those who write and read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::db::external_ids::{ExternalId, each_once};
use crate::db::types::{id_type, words};
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::messages::Code;
use crate::http::patch::MergePatch;
use crate::http::query::AnyOf;
use crate::http::validation::{dates_in_order, http_url};
use crate::members::MemberId;
use crate::organisation_changes::{OrganisationChangeId, OrganisationChangeType};
use crate::text::{Name, StoredName};

id_type! {
    /// The id of an organisation.
    OrganisationId
}

words! {
    /// What an organisation is.
    OrganisationKind {
        /// A ministry: it is its own branch.
        Ministry = "ministry",
        /// An agency of the state.
        Agency = "agency",
        /// A regional council.
        RegionalCouncil = "regional_council",
        /// A municipality.
        Municipality = "municipality",
        /// A wellbeing services county.
        WellbeingServicesCounty = "wellbeing_services_county",
        /// A university.
        University = "university",
        /// Another public body.
        OtherPublicBody = "other_public_body",
        /// A company.
        Company = "company",
        /// An association.
        Association = "association",
    }
}

/// An identifier under a scheme, such as `{"scheme": "LEI", "value": "…"}` (W3C ORG, `org:identifier`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The scheme.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "LEI")]
    pub scheme: String,
    /// The value.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub value: String,
}

/// An organisation's own fields: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "in_order", skip_on_field_errors = false))]
pub struct OrganisationCreate {
    /// Its name.
    #[validate(nested)]
    pub name: Name,
    /// What it is called for short, such as VM.
    #[validate(nested)]
    pub short_name: Option<Name>,
    /// What it is.
    pub kind: OrganisationKind,
    /// The ministry whose branch it counts to, where that is not the nearest one above it.
    pub branch_override: Option<OrganisationId>,
    /// The organisation it is a part of.
    pub parent_id: Option<OrganisationId>,
    /// Its Finnish business id (Y-tunnus): seven digits, a hyphen and a check digit. Unique.
    #[validate(custom(function = "has_check_digit"))]
    #[schema(pattern = "^[0-9]{7}-[0-9]$")]
    pub business_id: Option<String>,
    /// Its ids in outside systems; no other organisation has the same.
    #[validate(nested, custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_ids: Vec<ExternalId>,
    /// Other identifiers.
    #[validate(nested, custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub identifiers: Vec<Identifier>,
    /// Its home page.
    #[validate(custom(function = "http_url"))]
    #[schema(format = "uri", max_length = 2000)]
    pub website: Option<String>,
    /// The first day of its existence.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_from: Option<NaiveDate>,
    /// The day on which it had ceased to exist.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_to: Option<NaiveDate>,
    /// Whom to ask: members, who edit it, what is below it, and the networks that it owns or what is below it.
    #[validate(custom(function = "each_once"), length(max = 20))]
    #[serde(default)]
    #[schema(max_items = 20)]
    pub contact_member_ids: Vec<MemberId>,
}

/// A merge patch of an organisation.
pub type OrganisationPatch = MergePatch<OrganisationCreate>;

/// An organisation.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrganisationId,
    /// Counts the changes of its own fields, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its own fields last changed.
    pub updated_at: DateTime<Utc>,
    /// Its name.
    pub name: Name,
    /// What it is called for short.
    pub short_name: Option<Name>,
    /// What it is.
    pub kind: OrganisationKind,
    /// The ministry whose field it is in: its own id for a ministry, the nearest above unless said otherwise, none
    /// outside the state. Derived.
    pub branch: Option<OrganisationId>,
    /// The ministry whose branch it counts to, where that is not the nearest one above it.
    pub branch_override: Option<OrganisationId>,
    /// The organisation it is a part of.
    pub parent_id: Option<OrganisationId>,
    /// Its Finnish business id.
    pub business_id: Option<String>,
    /// Its ids in outside systems.
    pub external_ids: Vec<ExternalId>,
    /// Other identifiers.
    pub identifiers: Vec<Identifier>,
    /// Its home page.
    pub website: Option<String>,
    /// The first day of its existence.
    pub valid_from: Option<NaiveDate>,
    /// The day on which it had ceased to exist.
    pub valid_to: Option<NaiveDate>,
    /// Whom to ask: members, who edit it and what belongs to it.
    pub contact_member_ids: Vec<MemberId>,
    /// The reorganisation that ended it.
    pub ended_by: Option<OrganisationChangeId>,
    /// What came after it, when it has ended.
    pub successors: Vec<Successor>,
    /// The organisation it is a part of; with `include=parent`.
    pub parent: Option<OrganisationReference>,
    /// Its parts, in alphabetical order; with `include=children`.
    pub children: Option<Vec<OrganisationReference>>,
    /// What it came after, in alphabetical order: those that ended in it; with `include=predecessors`.
    pub predecessors: Option<Vec<Predecessor>>,
}

/// An organisation that came after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Successor {
    /// Its id.
    pub id: OrganisationId,
    /// What happened.
    pub r#type: OrganisationChangeType,
    /// From which day on.
    pub on: NaiveDate,
}

/// An organisation that another came after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Predecessor {
    /// The organisation.
    pub organisation: OrganisationReference,
    /// What happened.
    pub r#type: OrganisationChangeType,
    /// From which day on.
    pub on: NaiveDate,
}

/// An organisation, as others mention it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationReference {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(value_type = Name)]
    pub name: StoredName,
    /// What it is called for short.
    #[schema(value_type = Option<Name>)]
    pub short_name: Option<StoredName>,
    /// What it is.
    pub kind: OrganisationKind,
    /// The ministry whose field it is in.
    pub branch: Option<OrganisationId>,
}

/// Which organisations to list. Of several values of a parameter, separated by commas, any matches; of several
/// parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilter {
    /// What it is.
    #[param(value_type = Option<Vec<OrganisationKind>>, style = Form, explode = false)]
    pub kind: Option<AnyOf<OrganisationKind>>,
    /// The ministry whose field it is in.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// The organisation it is directly a part of.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub parent_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above it, or itself.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
    /// What its name begins with, in any language; capitals and small letters are the same.
    pub name_prefix: Option<String>,
    /// Its Finnish business id.
    pub business_id: Option<String>,
    /// Its id in an outside system, as source:id, such as hr:10042.
    pub external_id: Option<String>,
}

/// What can be read of organisations.
pub struct Organisation;

impl Readable for Organisation {
    const ID: &'static str = "organisations.id";
    const SORTS: &'static [Sort] = &[
        Sort::by_language(
            "name",
            ["organisations.sort_key_fi", "organisations.sort_key_sv", "organisations.sort_key_en"],
        ),
        Sort::by("created_at", "organisations.created_at"),
        Sort::by("updated_at", "organisations.updated_at"),
        Sort::grouped_by("kind", "organisations.kind"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "name",
        "short_name",
        "kind",
        "branch",
        "branch_override",
        "parent_id",
        "business_id",
        "external_ids",
        "identifiers",
        "website",
        "valid_from",
        "valid_to",
        "contact_member_ids",
        "ended_by",
        "successors",
    ];
    const INCLUDES: &'static [&'static str] = &["parent", "children", "predecessors"];
}

/// The check digit of a Y-tunnus: the digits weighted 7, 9, 10, 5, 8, 4, 2, modulo 11; 0 stays, 1 is never given out,
/// else 11 less the remainder (Finnish Tax Administration).
fn has_check_digit(text: &str) -> Result<(), ValidationError> {
    let fault = || ValidationError::new(Code::BadBusinessId.as_str());
    let (digits, check) = text.split_once('-').ok_or_else(fault)?;
    let digits: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(10)).collect();
    let check = check.parse::<u32>().ok().filter(|_| check.len() == 1).ok_or_else(fault)?;
    let digits = digits.filter(|digits| digits.len() == 7).ok_or_else(fault)?;
    let sum: u32 = digits.iter().zip([7, 9, 10, 5, 8, 4, 2]).map(|(digit, weight)| digit * weight).sum();
    match sum % 11 {
        0 if check == 0 => Ok(()),
        remainder @ 2.. if check == 11 - remainder => Ok(()),
        _ => Err(fault()),
    }
}

fn in_order(organisation: &OrganisationCreate) -> Result<(), ValidationError> {
    dates_in_order(organisation.valid_from, organisation.valid_to, "valid_to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        for valid in ["0245437-2", "2229500-6", "0100005-3"] {
            assert!(has_check_digit(valid).is_ok(), "{valid}");
        }
        for invalid in
            ["0245437-3", "245437-2", "0245437-", "0245437-22", "02454372", "0245437-x", "024543a-2", "", "-"]
        {
            assert!(has_check_digit(invalid).is_err(), "{invalid}");
        }
    }
}
