//! What a membership is, to those who move and read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::words::{
    EndReason, MembershipBasis, MembershipReason, MembershipRole, MembershipState, NominationBasis, RemovalReason,
};
use crate::db::types::id_type;
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::query::AnyOf;
use crate::http::time;
use crate::members::{MemberId, MemberReference};
use crate::networks::{NetworkId, NetworkKind, NetworkReference};
use crate::organisations::{OrganisationId, OrganisationReference};

id_type! {
    /// The id of a membership.
    MembershipId
}

/// Who joins a network.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipJoin {
    /// The member.
    pub member_id: MemberId,
    /// A word to those who decide.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Who is invited into a network.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipInvite {
    /// The member.
    pub member_id: MemberId,
    /// What they would do there; member when left out.
    pub role: Option<MembershipRole>,
    /// A word to them.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Who is nominated to a network.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipNominate {
    /// The member.
    pub member_id: MemberId,
    /// What they do there; member when left out.
    pub role: Option<MembershipRole>,
    /// On what basis; nominated when left out. A network that one is in by office takes nobody as part of a cohort.
    pub basis: Option<NominationBasis>,
    /// The day they came, not in the future; today when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_from: Option<NaiveDate>,
    /// Why they.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Why an application is rejected.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipReject {
    /// The reason, in the place of the application's own words.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// When a member leaves.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipLeave {
    /// The day on which it has ended, not in the future; today when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_to: Option<NaiveDate>,
}

/// When and why a network ends a membership.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipEnd {
    /// The day on which it has ended, not in the future; today when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_to: Option<NaiveDate>,
    /// Why; removed when left out.
    pub reason: Option<RemovalReason>,
    /// Why, in words.
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Another role.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipRoleChange {
    /// What they do there from today on.
    pub role: MembershipRole,
}

/// A membership of known id, such as one of the demo or one that a rule makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct MembershipSeed {
    pub member_id: MemberId,
    pub network_id: NetworkId,
    pub role: MembershipRole,
    pub state: MembershipState,
    pub basis: MembershipBasis,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A member in a network, over a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// Its id.
    pub id: MembershipId,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it began to be.
    #[serde(serialize_with = "time::utc")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(serialize_with = "time::utc")]
    pub updated_at: DateTime<Utc>,
    /// The member.
    pub member_id: MemberId,
    /// The network.
    pub network_id: NetworkId,
    /// What they do there.
    pub role: MembershipRole,
    /// How it stands.
    pub state: MembershipState,
    /// Why they are in it.
    pub basis: MembershipBasis,
    /// The day it became active; null before that.
    pub valid_from: Option<NaiveDate>,
    /// The day on which it has ended; null while it has not.
    pub valid_to: Option<NaiveDate>,
    /// Why it is no longer under way, where something other than a decision on it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EndReason>)]
    pub end_reason: Option<Option<EndReason>>,
    /// A word that came with it, or the reason of the last decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
    /// The fields that are for the member, their HR and those who lead the network, and that are left out for others;
    /// absent where none is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub hidden: Vec<MembershipReason>,
    /// The member; with `include=member`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberReference>,
    /// The network; with `include=network`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkReference>,
    /// The organisation that the member works in; with `include=organisation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationReference>,
}

/// Which of a network's memberships to list. Of several values of a parameter, separated by commas, any matches; of
/// several parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NetworkMembershipFilter {
    /// How they stand.
    #[param(value_type = Option<Vec<MembershipState>>, style = Form, explode = false)]
    pub state: Option<AnyOf<MembershipState>>,
    /// What the member does there.
    #[param(value_type = Option<Vec<MembershipRole>>, style = Form, explode = false)]
    pub role: Option<AnyOf<MembershipRole>>,
    /// Why they are in it.
    #[param(value_type = Option<Vec<MembershipBasis>>, style = Form, explode = false)]
    pub basis: Option<AnyOf<MembershipBasis>>,
    /// The organisation that the member works in.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub organisation_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above the member's, or the member's.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
    /// The branch of the member's organisation: a ministry.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// A day on which the member was, or is, in it.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_on: Option<NaiveDate>,
}

/// Which of a member's memberships to list. Of several values of a parameter, separated by commas, any matches; of
/// several parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberMembershipFilter {
    /// How they stand.
    #[param(value_type = Option<Vec<MembershipState>>, style = Form, explode = false)]
    pub state: Option<AnyOf<MembershipState>>,
    /// What the member does there.
    #[param(value_type = Option<Vec<MembershipRole>>, style = Form, explode = false)]
    pub role: Option<AnyOf<MembershipRole>>,
    /// What the network is.
    #[param(value_type = Option<Vec<NetworkKind>>, style = Form, explode = false)]
    pub network_kind: Option<AnyOf<NetworkKind>>,
    /// A day on which the member was, or is, in it.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_on: Option<NaiveDate>,
}

const FIELDS: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "member_id",
    "network_id",
    "role",
    "state",
    "basis",
    "valid_from",
    "valid_to",
    "end_reason",
    "note",
];

const INCLUDES: &[&str] = &["member", "network", "organisation"];

/// What can be read of memberships: of one by its id, and of a network's, by the names of the members.
pub struct Membership;

impl Readable for Membership {
    const ID: &'static str = "memberships.id";
    const SORTS: &'static [Sort] = &[
        Sort::by("name", "memberships.member_sort_key"),
        Sort::by("created_at", "memberships.created_at"),
        Sort::by("updated_at", "memberships.updated_at"),
        Sort::grouped_by("role", "memberships.role"),
        Sort::grouped_by("state", "memberships.state"),
    ];
    const FIELDS: &'static [&'static str] = FIELDS;
    const INCLUDES: &'static [&'static str] = INCLUDES;
}

/// What can be read of a member's memberships, by the names of the networks.
pub struct OwnMembership;

impl Readable for OwnMembership {
    const ID: &'static str = "memberships.id";
    const SORTS: &'static [Sort] = &[
        Sort::by_language("name", ["networks.sort_key_fi", "networks.sort_key_sv", "networks.sort_key_en"]),
        Sort::by("created_at", "memberships.created_at"),
        Sort::by("updated_at", "memberships.updated_at"),
    ];
    const FIELDS: &'static [&'static str] = FIELDS;
    const INCLUDES: &'static [&'static str] = INCLUDES;
}
