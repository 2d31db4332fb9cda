//! What a network is, to those who write and read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::links::{LinkCounts, NetworkLinkView};
use super::words::{Admits, Formality, JoinPolicy, NetworkKind, NetworkStatus, Period};
use crate::auth::visibility::Visibility;
use crate::db::external_ids::{ExternalId, each_once};
use crate::db::types::id_type;
use crate::ex_officio::ExOfficioRule;
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::messages::Code;
use crate::http::patch::MergePatch;
use crate::http::query::AnyOf;
use crate::http::validation::{dates_in_order, fault_at, http_url};
use crate::organisations::{OrganisationId, OrganisationReference};
use crate::text::{Name, StoredName, Text};
use crate::vocabularies::{ConceptId, ConceptReference};

id_type! {
    /// The id of a network.
    NetworkId
}

/// How often it meets: so many times a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// How many times.
    #[validate(range(min = 1, max = 366))]
    #[schema(minimum = 1, maximum = 366)]
    pub times: i32,
    /// In which time.
    pub per: Period,
}

/// What it wants to reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// In words.
    #[validate(nested)]
    pub text: Text,
}

/// An address on the web.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebLink {
    /// What it is to the network, such as about or workspace (RFC 8288).
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "about")]
    pub rel: String,
    /// The address.
    #[validate(custom(function = "http_url"))]
    #[schema(format = "uri", max_length = 2000)]
    pub url: String,
}

/// A network's own fields: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::duplicated_attributes)]
#[validate(schema(function = "ends_after_it_began", skip_on_field_errors = false))]
#[validate(schema(function = "ended_when_closed", skip_on_field_errors = false))]
#[validate(schema(function = "sizes_in_order", skip_on_field_errors = false))]
pub struct NetworkCreate {
    /// Its name.
    #[validate(nested)]
    pub name: Name,
    /// What it is and does.
    #[validate(nested)]
    pub description: Option<Text>,
    /// What it is for.
    #[validate(nested)]
    pub purpose: Option<Text>,
    /// How it works.
    #[validate(nested)]
    pub operating_principles: Option<Text>,
    /// What it is.
    pub kind: NetworkKind,
    /// Whether somebody set it up by office.
    pub formality: Formality,
    /// How it is doing.
    pub status: NetworkStatus,
    /// How one becomes a member.
    pub join_policy: JoinPolicy,
    /// Whom it is meant for.
    #[validate(nested)]
    pub audience: Option<Text>,
    /// From where members may come; from anywhere when empty.
    #[validate(custom(function = "each_once"))]
    #[serde(default)]
    pub admits: Vec<Admits>,
    /// Who can see it.
    pub visibility: Visibility,
    /// The organisation that owns it.
    pub host_organisation_id: Option<OrganisationId>,
    /// What it is about: concepts, none of them newly deprecated.
    #[validate(custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub themes: Vec<ConceptId>,
    /// What it wants to reach.
    #[validate(nested, length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    /// How often it meets.
    #[validate(nested)]
    pub cadence: Option<Cadence>,
    /// Members, at least.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub min_size: Option<i32>,
    /// Members, at most.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub max_size: Option<i32>,
    /// Who belongs to it by office. To set it moves nobody: its differences show who would come and go.
    #[validate(nested)]
    pub ex_officio_rule: Option<ExOfficioRule>,
    /// Addresses on the web.
    #[validate(nested, length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub links: Vec<WebLink>,
    /// The day it was founded.
    #[serde(default, deserialize_with = "day::maybe")]
    pub founded_on: Option<NaiveDate>,
    /// The day it ended; only when it is closed.
    #[serde(default, deserialize_with = "day::maybe")]
    pub closed_on: Option<NaiveDate>,
    /// Its ids in outside systems; no other network has the same.
    #[validate(nested, custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_ids: Vec<ExternalId>,
}

/// A merge patch of a network.
pub type NetworkPatch = MergePatch<NetworkCreate>;

/// A network.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct NetworkView {
    /// Its id.
    pub id: NetworkId,
    /// Counts the changes of its own fields, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its own fields last changed.
    pub updated_at: DateTime<Utc>,
    /// Its name.
    pub name: Name,
    /// What it is and does.
    pub description: Option<Text>,
    /// What it is for.
    pub purpose: Option<Text>,
    /// How it works.
    pub operating_principles: Option<Text>,
    /// What it is.
    pub kind: NetworkKind,
    /// Whether somebody set it up by office.
    pub formality: Formality,
    /// How it is doing.
    pub status: NetworkStatus,
    /// How one becomes a member.
    pub join_policy: JoinPolicy,
    /// Whom it is meant for.
    pub audience: Option<Text>,
    /// From where members may come; from anywhere when empty.
    pub admits: Vec<Admits>,
    /// Who can see it.
    pub visibility: Visibility,
    /// The organisation that owns it.
    pub host_organisation_id: Option<OrganisationId>,
    /// What it is about: concepts.
    pub themes: Vec<ConceptId>,
    /// What it wants to reach.
    pub goals: Vec<Goal>,
    /// How often it meets.
    pub cadence: Option<Cadence>,
    /// Members, at least.
    pub min_size: Option<i32>,
    /// Members, at most.
    pub max_size: Option<i32>,
    /// Who belongs to it by office.
    pub ex_officio_rule: Option<ExOfficioRule>,
    /// Addresses on the web.
    pub links: Vec<WebLink>,
    /// The day it was founded.
    pub founded_on: Option<NaiveDate>,
    /// The day it ended; only when it is closed.
    pub closed_on: Option<NaiveDate>,
    /// Its ids in outside systems; no other network has the same.
    pub external_ids: Vec<ExternalId>,
    /// Whether it has no coordinator, though it is not closed: none of whom everybody signed in sees that they are. Somebody
    /// protected, or who shows their memberships to some alone, does not count for anybody.
    pub needs_coordinator: bool,
    /// The organisation that owns it; with `include=host`.
    pub host: Option<OrganisationReference>,
    /// The links to and from it that have not ended, from the oldest; with `include=links`.
    pub network_links: Option<Vec<NetworkLinkView>>,
    /// How many links have not ended; with `include=counts`.
    pub counts: Option<LinkCounts>,
    /// What it is about, in the order of themes; with `include=theme_concepts`.
    pub theme_concepts: Option<Vec<ConceptReference>>,
}

/// A network, as others mention it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NetworkReference {
    /// Its id.
    pub id: NetworkId,
    /// Its name.
    #[schema(value_type = Name)]
    pub name: StoredName,
    /// What it is.
    pub kind: NetworkKind,
    /// How it is doing.
    pub status: NetworkStatus,
}

/// Which networks to list. Of several values of a parameter, separated by commas, any matches; of several parameters,
/// all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NetworkFilter {
    /// What it is.
    #[param(value_type = Option<Vec<NetworkKind>>, style = Form, explode = false)]
    pub kind: Option<AnyOf<NetworkKind>>,
    /// How it is doing.
    #[param(value_type = Option<Vec<NetworkStatus>>, style = Form, explode = false)]
    pub status: Option<AnyOf<NetworkStatus>>,
    /// Whether somebody set it up by office.
    #[param(value_type = Option<Vec<Formality>>, style = Form, explode = false)]
    pub formality: Option<AnyOf<Formality>>,
    /// How one becomes a member.
    #[param(value_type = Option<Vec<JoinPolicy>>, style = Form, explode = false)]
    pub join_policy: Option<AnyOf<JoinPolicy>>,
    /// The organisation that owns it.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub host_organisation_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above its owner, or its owner.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub host_subtree_of: Option<AnyOf<OrganisationId>>,
    /// The branch of its owner: a ministry.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// What it is about: a concept, or anything that is narrower now.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub theme: Option<AnyOf<ConceptId>>,
    /// What its name begins with, in any language; capitals and small letters are the same.
    pub name_prefix: Option<String>,
    /// Whether it has no coordinator of whom everybody signed in sees that they are, though it is not closed.
    pub needs_coordinator: Option<bool>,
    /// Its id in an outside system, as source:id, such as intranet:42.
    pub external_id: Option<String>,
}

/// What can be read of networks.
pub struct Network;

impl Readable for Network {
    const ID: &'static str = "networks.id";
    const SORTS: &'static [Sort] = &[
        Sort::by_language("name", ["networks.sort_key_fi", "networks.sort_key_sv", "networks.sort_key_en"]),
        Sort::by("created_at", "networks.created_at"),
        Sort::by("updated_at", "networks.updated_at"),
        Sort::grouped_by("kind", "networks.kind"),
        Sort::grouped_by("status", "networks.status"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "name",
        "description",
        "purpose",
        "operating_principles",
        "kind",
        "formality",
        "status",
        "join_policy",
        "audience",
        "admits",
        "visibility",
        "host_organisation_id",
        "themes",
        "goals",
        "cadence",
        "min_size",
        "max_size",
        "ex_officio_rule",
        "links",
        "founded_on",
        "closed_on",
        "external_ids",
        "needs_coordinator",
    ];
    const INCLUDES: &'static [&'static str] = &["host", "links", "counts", "theme_concepts"];
}

fn ends_after_it_began(network: &NetworkCreate) -> Result<(), ValidationError> {
    dates_in_order(network.founded_on, network.closed_on, "closed_on")
}

fn ended_when_closed(network: &NetworkCreate) -> Result<(), ValidationError> {
    let is_coherent = network.closed_on.is_none() || network.status == NetworkStatus::Closed;
    if is_coherent { Ok(()) } else { Err(fault_at("closed_on", Code::ClosedOnOfOpen)) }
}

fn sizes_in_order(network: &NetworkCreate) -> Result<(), ValidationError> {
    match (network.min_size, network.max_size) {
        (Some(min), Some(max)) if max < min => Err(fault_at("max_size", Code::MaxBelowMin)),
        _ => Ok(()),
    }
}
