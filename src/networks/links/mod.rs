//! Links between networks: typed, dated edges. Of a network, those from it are its own.

pub mod handlers;
mod merging;
mod row;
mod rules;
mod store;

pub use merging::{of_merged, take_over};
pub use store::{count, delete_of_network, ends, in_use, links_of_graph, load, of_networks};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::types::{NetworkId, NetworkReference};
use crate::db::types::{id_type, words};
use crate::http::day;
use crate::http::list::{Readable, Sort};
use crate::http::query::AnyOf;
use crate::http::time;
use crate::http::validation::dates_in_order;

id_type! {
    /// The id of a link.
    NetworkLinkId
}

words! {
    /// What one network is to another.
    NetworkLinkType {
        /// It is a part of the other. Without cycles.
        PartOf = "part_of",
        /// It leads the other, as a committee leads a forum. Without cycles.
        Steers = "steers",
        /// They work together; it goes both ways.
        PartnerOf = "partner_of",
        /// Its members took part in the other.
        AlumniOf = "alumni_of",
        /// It grew out of the other.
        SpunOffFrom = "spun_off_from",
        /// It takes the other's place.
        Succeeds = "succeeds",
    }
}

impl NetworkLinkType {
    /// Whether following such links must never lead back.
    pub fn is_acyclic(self) -> bool {
        matches!(self, NetworkLinkType::PartOf | NetworkLinkType::Steers)
    }

    /// Whether a link from one to the other is also one from the other to the one.
    pub fn is_mutual(self) -> bool {
        self == NetworkLinkType::PartnerOf
    }
}

words! {
    /// Which links of a network.
    Direction {
        /// Those from it.
        Outgoing = "outgoing",
        /// Those to it.
        Incoming = "incoming",
    }
}

/// A link that is to be made from the network in the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "in_order", skip_on_field_errors = false))]
pub struct NetworkLinkCreate {
    /// What the network in the path is to the other.
    pub r#type: NetworkLinkType,
    /// The other network.
    pub to: NetworkId,
    /// The first day it holds; today when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_from: Option<NaiveDate>,
    /// The day on which it has ended.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_to: Option<NaiveDate>,
}

/// The end of a link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkLinkEnd {
    /// The day on which it has ended; today when left out.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_to: Option<NaiveDate>,
}

/// A link between two networks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NetworkLinkView {
    /// Its id.
    pub id: NetworkLinkId,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was created.
    #[serde(serialize_with = "time::utc")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(serialize_with = "time::utc")]
    pub updated_at: DateTime<Utc>,
    /// What the one is to the other.
    pub r#type: NetworkLinkType,
    /// The one.
    pub from: NetworkId,
    /// The other.
    pub to: NetworkId,
    /// The first day it holds.
    pub valid_from: NaiveDate,
    /// The day on which it has ended; null while no end is known.
    pub valid_to: Option<NaiveDate>,
    /// Both networks; with `include=networks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<NetworkReference>>,
}

/// How many links without an end a network has, by type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct LinkCounts {
    /// From it.
    pub outgoing: TypeCounts,
    /// To it.
    pub incoming: TypeCounts,
}

/// Numbers of links by type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct TypeCounts {
    pub part_of: u32,
    pub steers: u32,
    pub partner_of: u32,
    pub alumni_of: u32,
    pub spun_off_from: u32,
    pub succeeds: u32,
}

impl TypeCounts {
    /// The number of a type.
    pub fn of(&mut self, link_type: NetworkLinkType) -> &mut u32 {
        match link_type {
            NetworkLinkType::PartOf => &mut self.part_of,
            NetworkLinkType::Steers => &mut self.steers,
            NetworkLinkType::PartnerOf => &mut self.partner_of,
            NetworkLinkType::AlumniOf => &mut self.alumni_of,
            NetworkLinkType::SpunOffFrom => &mut self.spun_off_from,
            NetworkLinkType::Succeeds => &mut self.succeeds,
        }
    }
}

/// Which links to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NetworkLinkFilter {
    /// What the one is to the other.
    #[param(value_type = Option<Vec<NetworkLinkType>>, style = Form, explode = false)]
    pub r#type: Option<AnyOf<NetworkLinkType>>,
    /// From the network, or to it; both when left out.
    #[param(value_type = Option<Direction>, inline)]
    pub direction: Option<Direction>,
    /// A day on which they hold.
    #[serde(default, deserialize_with = "day::maybe")]
    pub valid_on: Option<NaiveDate>,
}

/// What can be read of links.
pub struct NetworkLink;

impl Readable for NetworkLink {
    const ID: &'static str = "network_links.id";
    const SORTS: &'static [Sort] = &[
        Sort::by("created_at", "network_links.created_at"),
        Sort::by("updated_at", "network_links.updated_at"),
        Sort::by("type", "network_links.type"),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "version", "created_at", "updated_at", "type", "from", "to", "valid_from", "valid_to"];
    const INCLUDES: &'static [&'static str] = &["networks"];
}

fn in_order(link: &NetworkLinkCreate) -> Result<(), ValidationError> {
    dates_in_order(link.valid_from, link.valid_to, "valid_to")
}
