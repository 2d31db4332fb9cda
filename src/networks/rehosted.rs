//! Networks that change with organisations: their owner, and the rules that name these. Many at once.

use std::collections::BTreeSet;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};

use super::types::{NetworkCreate, NetworkId};
use crate::auth::visibility::Sight;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::networks;
use crate::db::types::with_field;
use crate::db::{Conn, Json, MultiBackend, Tx, one_of, revisions, seen};
use crate::http::problem::Result;
use crate::organisations::OrganisationId;

const TYPE: EntityType = EntityType::Network;

/// Rows that are held with one statement, at most.
const AT_ONCE: usize = 500;

/// Ids of one statement, at most.
const MANY: usize = 10_000;

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

/// How many networks within sight each of some organisations owns.
pub fn count_hosted(conn: &mut Conn, hosts: &[OrganisationId], sight: Sight) -> Result<Vec<(OrganisationId, i64)>> {
    let host = networks::host_organisation_id.assume_not_null();
    let owned = networks::table.filter(networks::host_organisation_id.eq_any(hosts.to_vec())).filter(seen(sight));
    Ok(owned.group_by(networks::host_organisation_id).select((host, count_star())).load(conn)?)
}

/// Those of some networks, which come in the order of their ids, that organisations own, as far as they are within sight.
pub fn hosted(conn: &mut Conn, ids: &[NetworkId], hosts: &[OrganisationId], sight: Sight) -> Result<Vec<Hosted>> {
    let mut found = Vec::new();
    for part in ids.chunks(MANY) {
        let query = networks::table
            .filter(networks::id.eq_any(part.to_vec()))
            .filter(networks::host_organisation_id.eq_any(hosts.to_vec()))
            .filter(seen(sight))
            .order(networks::id)
            .select((networks::id, networks::version, networks::host_organisation_id.assume_not_null()));
        found.extend(query.load::<Hosted>(conn)?);
    }
    Ok(found)
}

/// Holds networks, and reads those of them that organisations own, in the order of their ids.
pub fn hold_hosted(tx: &mut Tx<'_>, ids: &[NetworkId], hosts: &[OrganisationId]) -> Result<Vec<Hosted>> {
    hold(tx, ids.iter().copied())?;
    hosted(tx.conn, ids, hosts, Sight::Editor)
}

/// Holds networks, whoever has to do with them: in the order of their ids, as all do, so that nobody waits in a circle.
pub fn hold(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = NetworkId>) -> Result<()> {
    let ids: BTreeSet<NetworkId> = ids.into_iter().collect();
    let ids: Vec<&str> = ids.iter().map(NetworkId::as_str).collect();
    for part in ids.chunks(AT_ONCE) {
        tx.hold_all(TYPE, part)?;
    }
    Ok(())
}

/// Gives networks, which are held, documents of which one field is another, for all with one statement: a field that no
/// column has. Each comes with the version that it has had.
pub fn rewrite(tx: &mut Tx<'_>, changed: &[(NetworkId, i64, NetworkCreate)], field: &str) -> Result<()> {
    let ids: Vec<&str> = changed.iter().map(|(id, ..)| id.as_str()).collect();
    revisions::follow(tx, TYPE, &ids)?;
    let cases: Vec<String> =
        (0..changed.len()).map(|at| format!("WHEN ${} THEN ${}", 2 * at + 2, 2 * at + 3)).collect();
    let places: Vec<String> = (0..changed.len()).map(|at| format!("${}", 2 * at + 2)).collect();
    let query = format!(
        "UPDATE networks SET updated_at = $1, version = version + 1, document = CASE id {} END WHERE id IN ({})",
        cases.join(" "),
        places.join(", ")
    );
    let mut query = diesel::sql_query(query).into_boxed::<MultiBackend>().bind::<Timestamp, _>(tx.now);
    for (id, _, document) in changed {
        query = query.bind::<Text, _>(*id).bind::<Text, _>(Json::of(document)?);
    }
    query.execute(tx.conn)?;
    revisions::next(tx, TYPE, &ids)?;
    let entries: Vec<(&str, i64)> = changed.iter().map(|(id, version, _)| (id.as_str(), version + 1)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec![field.to_owned()])
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
