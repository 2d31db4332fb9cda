//! What a reorganisation is, to those who write and read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules;
use super::words::{Belonging, OrganisationChangeState, OrganisationChangeType};
use crate::db::external_ids::{ExternalId, each_once};
use crate::db::types::id_type;
use crate::ex_officio::RuleFacet;
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::patch::MergePatch;
use crate::http::query::AnyOf;
use crate::members::{MemberId, MemberReference};
use crate::networks::{NetworkId, NetworkReference};
use crate::organisations::{OrganisationId, OrganisationReference};
use crate::text::{Name, Text};

id_type! {
    /// The id of a reorganisation.
    OrganisationChangeId
}

/// Where something of an original goes. Of the rules from an original, the first that fits a thing decides. A rule that
/// names units, members, networks or organisations fits those alone; one that names none fits all there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationMove {
    /// The original.
    pub from: OrganisationId,
    /// The result that it goes to, or the original itself, where that lives on.
    pub to: Option<OrganisationId>,
    /// Instead of `to`: it goes nowhere. People have left, and end in every network; networks have no owner; parts come
    /// under what was above the original.
    #[serde(default)]
    pub nowhere: bool,
    /// What of it; everything when empty.
    #[validate(custom(function = "each_once"))]
    #[serde(default)]
    pub what: Vec<Belonging>,
    /// The people of units: their names in any language, whatever the capitals.
    #[validate(length(max = 200))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub units: Vec<String>,
    /// These people, as far as they work there; or whom they were merged into. To name people takes hr:sync as well, and
    /// for whoever lacks that, the field is left out where people are named.
    #[validate(length(max = 10_000))]
    #[serde(default)]
    #[schema(max_items = 10_000)]
    pub member_ids: Vec<MemberId>,
    /// These networks, as far as it owns them; or those that they were merged into. For callers without directory:write,
    /// who may not see all networks, the field is left out where networks are named.
    #[validate(length(max = 10_000))]
    #[serde(default)]
    #[schema(max_items = 10_000)]
    pub network_ids: Vec<NetworkId>,
    /// These organisations, as far as they are its parts.
    #[validate(length(max = 1000))]
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub organisation_ids: Vec<OrganisationId>,
}

/// Another name of an organisation, which keeps its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationRename {
    /// An original or a result that lives on.
    pub organisation_id: OrganisationId,
    /// Its new name.
    #[validate(nested)]
    pub name: Name,
    /// What it is called for short from then on; as before when left out.
    #[validate(nested)]
    pub short_name: Option<Name>,
}

/// A reorganisation's own fields: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::duplicated_attributes)]
#[validate(schema(function = "rules::has_its_shape", skip_on_field_errors = false))]
#[validate(schema(function = "rules::moves_lead_somewhere", skip_on_field_errors = false))]
#[validate(schema(function = "rules::leaves_nothing_over", skip_on_field_errors = false))]
#[validate(schema(function = "rules::renames_what_lives_on", skip_on_field_errors = false))]
pub struct OrganisationChangeCreate {
    /// What happens.
    pub r#type: OrganisationChangeType,
    /// The day from which on it holds: originals that end have ceased to exist on it.
    #[serde(deserialize_with = "day::required")]
    pub effective_on: NaiveDate,
    /// The organisations to which it happens. All but those of a rename or a transfer, and those among the results, end.
    #[validate(length(min = 1, max = 50), custom(function = "each_once"))]
    #[schema(min_items = 1, max_items = 50)]
    pub original_ids: Vec<OrganisationId>,
    /// What comes of them; none of a rename.
    #[validate(length(max = 50), custom(function = "each_once"))]
    #[schema(max_items = 50)]
    pub result_ids: Vec<OrganisationId>,
    /// New names. A rename has one for each original.
    #[validate(nested, length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub renames: Vec<OrganisationRename>,
    /// Where what belongs to the originals goes. What no rule fits goes to the only result, and stays with an original
    /// that lives on; of an original that ends in several results, or none, a rule must fit the rest.
    #[validate(nested, length(max = 200))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub moves: Vec<OrganisationMove>,
    /// What it is about, and on what it is founded.
    #[validate(nested)]
    pub description: Option<Text>,
    /// Whether the service applies it by itself when its day has come. To say so, or to edit what says so, takes hr:sync
    /// as well.
    #[serde(default)]
    pub applies_itself: bool,
    /// Its ids in outside systems; no other reorganisation has the same.
    #[validate(nested, custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_ids: Vec<ExternalId>,
}

/// A merge patch of a reorganisation.
pub type OrganisationChangePatch = MergePatch<OrganisationChangeCreate>;

/// What was moved, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// People who work elsewhere now.
    pub people: i64,
    /// People who have left.
    pub left: i64,
    /// Networks with another owner, or none.
    pub networks: i64,
    /// Parts of originals that are part of something else.
    pub sub_organisations: i64,
}

/// What was moved, or would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Moved)]
pub struct MovedSeen {
    /// People who work elsewhere now; null where that is not told.
    pub people: Option<i64>,
    /// People who have left; null where that is not told.
    pub left: Option<i64>,
    /// Networks with another owner, or none; null where that is not told.
    pub networks: Option<i64>,
    /// Parts of originals that are part of something else.
    pub sub_organisations: i64,
}

impl MovedSeen {
    /// The whole of it.
    pub fn of(moved: Moved) -> Self {
        let Moved { people, left, networks, sub_organisations } = moved;
        Self { people: Some(people), left: Some(left), networks: Some(networks), sub_organisations }
    }
}

/// A reorganisation.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct OrganisationChangeView {
    /// Its id.
    pub id: OrganisationChangeId,
    /// Counts the changes of its own fields and of its state, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its own fields or its state last changed.
    pub updated_at: DateTime<Utc>,
    /// How far it has come.
    pub state: OrganisationChangeState,
    /// What was moved so far; as of a time, until then. Once it is being applied, it is of all: told to those who see all
    /// people, the number of networks also to those who see all networks.
    pub moved: MovedSeen,
    /// When all of it had been applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// What happens.
    pub r#type: OrganisationChangeType,
    /// The day from which on it holds.
    pub effective_on: NaiveDate,
    /// The organisations to which it happens.
    pub original_ids: Vec<OrganisationId>,
    /// What comes of them.
    pub result_ids: Vec<OrganisationId>,
    /// New names.
    pub renames: Vec<OrganisationRename>,
    /// Where what belongs to the originals goes.
    pub moves: Vec<OrganisationMove>,
    /// What it is about, and on what it is founded.
    pub description: Option<Text>,
    /// Whether the service applies it by itself when its day has come.
    pub applies_itself: bool,
    /// Its ids in outside systems.
    pub external_ids: Vec<ExternalId>,
    /// The originals, in the order of original_ids; with `include=originals`.
    pub originals: Option<Vec<OrganisationReference>>,
    /// The results, in the order of result_ids; with `include=results`.
    pub results: Option<Vec<OrganisationReference>>,
}

/// What one rule, or none, would move from one organisation to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedMove {
    /// The place of the rule among the moves, from 0; null for what no rule fits.
    pub rule: Option<usize>,
    /// The original.
    pub from: OrganisationId,
    /// Where it goes; null for nowhere.
    pub to: Option<OrganisationId>,
    /// How many people.
    pub people: i64,
    /// How many networks.
    pub networks: i64,
    /// How many parts.
    pub sub_organisations: i64,
}

/// What stands in the way of a reorganisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Obstacle {
    /// Where in the reorganisation: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What it is, as a word that never changes.
    pub code: String,
    /// What it is, in the caller's language.
    pub detail: String,
}

/// A place where a network's rule of office names an original that ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedRule {
    /// The network.
    pub network: NetworkReference,
    /// What its rule names the original as: a branch, or a subtree.
    pub facet: RuleFacet,
    /// The original.
    pub from: OrganisationId,
    /// What the rule will name instead: for a subtree, where people and parts of the original go; for a branch, the
    /// ministries among those. Where there is nothing, as when everything goes nowhere, the rule keeps naming the original.
    pub to: Vec<OrganisationId>,
}

/// Rules of office that name originals which end.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PreviewedRules {
    /// The number of places, in networks that the caller sees.
    pub count: i64,
    /// Some of them, a hundred at most.
    pub places: Vec<PreviewedRule>,
}

/// Networks that would be left without a coordinator, of the networks and coordinators that the caller sees.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct UncoordinatedNetworks {
    /// How many.
    pub count: i64,
    /// Some of them, a hundred at most.
    pub networks: Vec<NetworkReference>,
}

/// What a reorganisation would do, were it applied now, to the people, memberships and networks that the caller sees, as
/// the lists have them; it is applied to all. Of one that is being applied, what is left to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationChangePreview {
    /// The reorganisation's id.
    pub id: OrganisationChangeId,
    /// Its version: the ETag of this answer, as If-Match, applies what was looked at and nothing else.
    pub version: i64,
    /// Whether all was counted: false for callers who do not see all people and networks, for whom something may be left
    /// out.
    pub of_all: bool,
    /// What keeps it from being applied now.
    pub obstacles: Vec<Obstacle>,
    /// The originals that end.
    pub ending_ids: Vec<OrganisationId>,
    /// What goes where, by rule, and within each by original and result; empty once it was applied or called off.
    pub moves: Vec<PreviewedMove>,
    /// All of it; once it was applied, what was moved then, as the reorganisation tells it.
    pub total: MovedSeen,
    /// How many memberships, invitations and applications those who leave would lose.
    pub ending_memberships: i64,
    /// Networks that those who leave are the last to coordinate.
    pub without_coordinator: UncoordinatedNetworks,
    /// Rules of office that name originals which end. They change with it, before anybody moves: nobody who goes along
    /// falls out of a network by that.
    pub ex_officio_rules: PreviewedRules,
}

/// Somebody whom a reorganisation would move.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedPerson {
    /// Who.
    pub member: MemberReference,
    /// The place of the rule among the moves, from 0; null where no rule fits.
    pub rule: Option<usize>,
    /// The original.
    pub from: OrganisationId,
    /// Where they go; null for those who leave.
    pub to: Option<OrganisationId>,
}

/// Some of those whom a reorganisation would move: those who leave first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationChangePeople {
    /// The reorganisation's id.
    pub id: OrganisationChangeId,
    /// Its version.
    pub version: i64,
    /// People, a hundred at most.
    pub people: Vec<PreviewedPerson>,
}

/// Which reorganisations to list. Of several values of a parameter, separated by commas, any matches; of several
/// parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationChangeFilter {
    /// What happens.
    #[param(value_type = Option<Vec<OrganisationChangeType>>, style = Form, explode = false)]
    pub r#type: Option<AnyOf<OrganisationChangeType>>,
    /// How far they have come.
    #[param(value_type = Option<Vec<OrganisationChangeState>>, style = Form, explode = false)]
    pub state: Option<AnyOf<OrganisationChangeState>>,
    /// An organisation to which it happens.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub original: Option<AnyOf<OrganisationId>>,
    /// An organisation that comes of it.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub result: Option<AnyOf<OrganisationId>>,
    /// They hold from this day on, or from a later one.
    #[serde(default, deserialize_with = "day::maybe")]
    pub effective_from: Option<NaiveDate>,
    /// They hold from this day on, or from an earlier one.
    #[serde(default, deserialize_with = "day::maybe")]
    pub effective_until: Option<NaiveDate>,
    /// Their id in an outside system, as source:id, such as register:42.
    pub external_id: Option<String>,
}

/// What can be read of reorganisations.
pub struct OrganisationChange;

impl Readable for OrganisationChange {
    const ID: &'static str = "organisation_changes.id";
    const SORTS: &'static [Sort] = &[
        Sort::by("effective_on", "organisation_changes.effective_on"),
        Sort::by("created_at", "organisation_changes.created_at"),
        Sort::by("updated_at", "organisation_changes.updated_at"),
        Sort::grouped_by("type", "organisation_changes.type"),
        Sort::grouped_by("state", "organisation_changes.state"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "state",
        "moved",
        "applied_at",
        "type",
        "effective_on",
        "original_ids",
        "result_ids",
        "renames",
        "moves",
        "description",
        "applies_itself",
        "external_ids",
    ];
    const INCLUDES: &'static [&'static str] = &["originals", "results"];
}
