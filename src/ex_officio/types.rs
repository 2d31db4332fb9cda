//! What a rule's differences are, to those who read and settle them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::words::{ExOfficioAction, ExOfficioCode};
use crate::db::external_ids::each_once;
use crate::http::list::{Readable, Sort};
use crate::http::query::AnyOf;
use crate::members::{MemberId, MemberReference, MemberStatus, Office};
use crate::memberships::MembershipId;
use crate::organisations::{OrganisationId, OrganisationKind, OrganisationReference};

/// A reason, with the fact that it goes by.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExOfficioReason {
    /// The reason.
    pub code: ExOfficioCode,
    /// The office they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<Office>,
    /// What their organisation is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_kind: Option<OrganisationKind>,
    /// The branch of their organisation, the organisation that the rule names, or theirs where it names none above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// How they stand to their organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MemberStatus>,
}

/// What the rule asks for of somebody, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExOfficioView {
    /// The member's id.
    pub id: MemberId,
    /// What is to be done.
    pub action: ExOfficioAction,
    /// The membership, application or invitation that they have; null where they are to come in.
    pub membership_id: Option<MembershipId>,
    /// The member.
    pub member: MemberReference,
    /// Why: of those who belong to the network, each condition of the rule and how it is met; of others, those that are
    /// not met.
    pub reasons: Vec<ExOfficioReason>,
    /// The organisation that they work in; with `include=organisation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationReference>,
}

/// Which of a rule's differences to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExOfficioFilter {
    /// What is to be done; add, activate and end when left out. To count those with whom all is in order, ask for keep.
    #[param(value_type = Option<Vec<ExOfficioAction>>, style = Form, explode = false)]
    pub action: Option<AnyOf<ExOfficioAction>>,
}

/// What can be read of a rule's differences.
pub struct ExOfficio;

impl Readable for ExOfficio {
    const ID: &'static str = "members.id";
    const SORTS: &'static [Sort] = &[Sort::by("name", "members.sort_key")];
    const FIELDS: &'static [&'static str] = &["id", "action", "membership_id", "member", "reasons"];
    const INCLUDES: &'static [&'static str] = &["organisation"];
}

/// Which of a rule's differences to settle: all when neither list is given, else those that are named.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExOfficioApply {
    /// Members who are to come in, or whose application or invitation is to become active.
    #[validate(custom(function = "each_once"), length(max = 1000))]
    #[schema(max_items = 1000)]
    pub add: Option<Vec<MemberId>>,
    /// Memberships that are to end.
    #[validate(custom(function = "each_once"), length(max = 1000))]
    #[schema(max_items = 1000)]
    pub end: Option<Vec<MembershipId>>,
}

/// Somebody's membership.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExOfficioSeat {
    /// The member.
    pub member_id: MemberId,
    /// The membership.
    pub membership_id: MembershipId,
}

/// What was done.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ExOfficioApplied {
    /// Who came in.
    pub added: Vec<ExOfficioSeat>,
    /// Whose application or invitation became a membership.
    pub activated: Vec<ExOfficioSeat>,
    /// Whose membership ended.
    pub ended: Vec<ExOfficioSeat>,
}
