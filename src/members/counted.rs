//! People of organisations counted: for what moves many of them, and wants to say so before, or to find some of them,
//! without reading all.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::types::MemberId;
use crate::db::{Conn, MultiBackend};
use crate::http::problem::{Problem, Result};
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;
use crate::text::Name;

/// Ids of one statement, at most.
const AT_ONCE: usize = 10_000;

/// A live membership `x` of a member `m`.
const LIVE: &str = "x.member_id = m.id AND x.state IN ('applied', 'invited', 'active')";

/// What is asked of those who are counted, besides how many they are.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// In which unit they are: where it makes no difference, nobody's document is opened.
    pub units: bool,
    /// How many memberships they have.
    pub memberships: bool,
}

/// A unit as documents have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit(String);

impl Unit {
    /// Its names.
    pub fn name(&self) -> Result<Name> {
        serde_json::from_str(&self.0).map_err(Problem::internal)
    }
}

/// Those who work in the same organisation, and the same unit where units make a difference.
#[derive(Clone, Debug)]
pub struct Workers {
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// In which unit.
    pub unit: Option<Unit>,
    /// How many they are.
    pub people: i64,
    /// How many live memberships they have, where that was asked.
    pub memberships: i64,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct NamedWorker {
    /// Who.
    pub id: MemberId,
    /// Where they work, alone in being so.
    pub at: Workers,
}

/// Somebody who coordinates a network that is not closed.
#[derive(Clone, Debug)]
pub struct Coordinator {
    /// Who.
    pub id: MemberId,
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// In which unit.
    pub unit: Option<Unit>,
    /// The network.
    pub network_id: NetworkId,
    /// How many coordinate it, with them.
    pub coordinators: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    organisation_id: OrganisationId,
    #[diesel(sql_type = Nullable<Text>)]
    unit: Option<String>,
    #[diesel(sql_type = Text)]
    network_id: String,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Those who work in organisations, and have not left, by organisation and unit.
pub fn count_workers(conn: &mut Conn, organisations: &[OrganisationId], asked: Asked) -> Result<Vec<Workers>> {
    let (unit, memberships) = (unit(conn, asked.units), memberships(asked.memberships));
    let query = format!(
        "SELECT '' AS id, '' AS network_id, m.organisation_id AS organisation_id, {unit} AS unit, \
         COUNT(*) AS people, CAST(COALESCE(SUM({memberships}), 0) AS BIGINT) AS number FROM members m \
         WHERE m.organisation_id IN ({}) AND m.status <> 'left' GROUP BY 3, 4 ORDER BY 3, 4",
        places(1, organisations.len())
    );
    Ok(load(conn, query, &[texts(organisations)])?.into_iter().map(Row::workers).collect())
}

/// Those of some people who work in organisations, and have not left, in the order of their ids.
pub fn named_workers(
    conn: &mut Conn,
    ids: &[MemberId],
    organisations: &[OrganisationId],
    asked: Asked,
) -> Result<Vec<NamedWorker>> {
    let (unit, memberships) = (unit(conn, asked.units), memberships(asked.memberships));
    let mut found = Vec::new();
    for part in ids.chunks(AT_ONCE) {
        let query = format!(
            "SELECT m.id AS id, '' AS network_id, m.organisation_id AS organisation_id, {unit} AS unit, \
             CAST(1 AS BIGINT) AS people, CAST({memberships} AS BIGINT) AS number FROM members m \
             WHERE m.id IN ({}) AND m.organisation_id IN ({}) AND m.status <> 'left' ORDER BY m.id",
            places(1, part.len()),
            places(1 + part.len(), organisations.len())
        );
        for row in load(conn, query, &[texts(part), texts(organisations)])? {
            found.push(NamedWorker { id: row.id.parse().map_err(Problem::internal)?, at: row.workers() });
        }
    }
    Ok(found)
}

/// Some of those who work in organisations, each of all its units or of one, and have not left.
pub fn some_workers(
    conn: &mut Conn,
    at: &[(OrganisationId, Option<Option<&Unit>>)],
    limit: usize,
) -> Result<Vec<MemberId>> {
    if at.is_empty() {
        return Ok(Vec::new());
    }
    let unit = unit(conn, true);
    let (mut values, mut conditions) = (Vec::new(), Vec::new());
    for (organisation, of) in at {
        values.push(organisation.as_str());
        let there = format!("m.organisation_id = ${}", values.len());
        conditions.push(match of {
            None => there,
            Some(None) => format!("({there} AND {unit} IS NULL)"),
            Some(Some(of)) => {
                values.push(&of.0);
                format!("({there} AND {unit} = ${})", values.len())
            }
        });
    }
    let query = format!(
        "SELECT m.id AS id, '' AS network_id, m.organisation_id AS organisation_id, CAST(NULL AS TEXT) AS unit, \
         CAST(1 AS BIGINT) AS people, CAST(0 AS BIGINT) AS number FROM members m \
         WHERE m.status <> 'left' AND ({}) LIMIT {limit}",
        conditions.join(" OR ")
    );
    let rows = load(conn, query, &[values])?;
    rows.into_iter().map(|row| row.id.parse().map_err(Problem::internal)).collect()
}

/// Those who work in organisations, have not left, and coordinate a network.
pub fn coordinators(conn: &mut Conn, organisations: &[OrganisationId], units: bool) -> Result<Vec<Coordinator>> {
    let active = |membership: &str| format!("{membership}.role = 'coordinator' AND {membership}.state = 'active'");
    let query = format!(
        "SELECT m.id AS id, x.network_id AS network_id, m.organisation_id AS organisation_id, {} AS unit, \
         CAST(1 AS BIGINT) AS people, \
         (SELECT COUNT(*) FROM memberships y WHERE y.network_id = x.network_id AND {}) AS number \
         FROM members m JOIN memberships x ON x.member_id = m.id JOIN networks n ON n.id = x.network_id \
         WHERE m.organisation_id IN ({}) AND m.status <> 'left' AND n.status <> 'closed' AND {}",
        unit(conn, units),
        active("y"),
        places(1, organisations.len()),
        active("x")
    );
    let row = |row: Row| {
        Ok(Coordinator {
            id: row.id.parse().map_err(Problem::internal)?,
            organisation_id: row.organisation_id,
            unit: row.unit.map(Unit),
            network_id: row.network_id.parse().map_err(Problem::internal)?,
            coordinators: row.number,
        })
    };
    load(conn, query, &[texts(organisations)])?.into_iter().map(row).collect()
}

impl Row {
    fn workers(self) -> Workers {
        let Self { organisation_id, unit, people, number, .. } = self;
        Workers { organisation_id, unit: unit.map(Unit), people, memberships: number }
    }
}

/// The unit of a member `m`, as text.
fn unit(conn: &Conn, is_asked: bool) -> &'static str {
    match (is_asked, conn) {
        (false, _) => "CAST(NULL AS TEXT)",
        (true, Conn::Postgres(_)) => "(m.document::json ->> 'unit')",
        (true, Conn::Sqlite(_)) => "(m.document ->> 'unit')",
    }
}

/// How many live memberships a member `m` has.
fn memberships(are_asked: bool) -> String {
    if are_asked { format!("(SELECT COUNT(*) FROM memberships x WHERE {LIVE})") } else { "0".to_owned() }
}

fn texts<T: AsRef<str>>(ids: &[T]) -> Vec<&str> {
    ids.iter().map(AsRef::as_ref).collect()
}

fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

fn load(conn: &mut Conn, query: String, values: &[Vec<&str>]) -> Result<Vec<Row>> {
    let query = diesel::sql_query(query).into_boxed::<MultiBackend>();
    let query = values.iter().flatten().fold(query, |query, value| query.bind::<Text, _>((*value).to_owned()));
    Ok(query.load(conn)?)
}
