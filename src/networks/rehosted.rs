//! Networks whose owner changes with others': many at once.

use diesel::prelude::*;

use super::types::NetworkId;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::networks;
use crate::db::types::with_field;
use crate::db::{Conn, Tx, one_of, revisions};
use crate::http::problem::Result;
use crate::organisations::OrganisationId;

const TYPE: EntityType = EntityType::Network;

/// A network that an organisation owns.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Hosted {
    /// Its id.
    pub id: NetworkId,
    /// Its version.
    pub version: i64,
    /// Its owner.
    pub host: OrganisationId,
}

/// The networks that organisations own, behind an id and in the order of ids.
pub fn hosted_by(
    conn: &mut Conn,
    hosts: &[OrganisationId],
    after: Option<NetworkId>,
    limit: i64,
) -> Result<Vec<Hosted>> {
    let mut query = networks::table.filter(one_of(networks::host_organisation_id, hosts)).into_boxed();
    if let Some(after) = after {
        query = query.filter(networks::id.gt(after));
    }
    let columns = (networks::id, networks::version, networks::host_organisation_id.assume_not_null());
    Ok(query.order(networks::id).limit(limit).select(columns).load(conn)?)
}

/// Holds networks, and reads those of them that organisations own, in the order of their ids.
pub fn hold_hosted(tx: &mut Tx<'_>, ids: &[NetworkId], hosts: &[OrganisationId]) -> Result<Vec<Hosted>> {
    tx.hold_all(TYPE, &ids.iter().map(NetworkId::as_str).collect::<Vec<_>>())?;
    let query = networks::table
        .filter(one_of(networks::id, ids))
        .filter(one_of(networks::host_organisation_id, hosts))
        .order(networks::id)
        .select((networks::id, networks::version, networks::host_organisation_id.assume_not_null()));
    Ok(query.load(tx.conn)?)
}

/// Gives networks of one owner, which are held, another one, or none.
pub fn rehost(tx: &mut Tx<'_>, hosted: &[Hosted], from: OrganisationId, to: Option<OrganisationId>) -> Result<()> {
    let ids: Vec<NetworkId> = hosted.iter().map(|network| network.id).collect();
    let texts: Vec<&str> = ids.iter().map(NetworkId::as_str).collect();
    revisions::follow(tx, TYPE, &texts)?;
    let host = to.as_ref().map(AsRef::as_ref);
    let document = with_field(networks::document, "host_organisation_id", Some(from.as_str()), host);
    diesel::update(networks::table.filter(one_of(networks::id, &ids)))
        .set((
            networks::document.eq(document),
            networks::host_organisation_id.eq(to),
            networks::version.eq(networks::version + 1),
            networks::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    revisions::next(tx, TYPE, &texts)?;
    let entries: Vec<(&str, i64)> = hosted.iter().map(|network| (network.id.as_str(), network.version + 1)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec!["host_organisation_id".to_owned()])
}
