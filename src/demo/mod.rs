//! The demo directory: the ministries, agencies and regional councils of mainland Finland, and real networks among them,
//! with fixed ids and a fixed time, so that the document's examples run.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Deserialize;

use crate::db::{Db, meta};
use crate::http::problem::Problem;
use crate::organisations::{self, OrganisationCreate, OrganisationId};

const ORGANISATIONS: &str = include_str!("organisations.json");

/// The mark, in the database, of a directory that began as the demo.
const MARK: &str = "demo";

/// An entity with the id it has in the demo.
#[derive(Deserialize)]
struct Fixed<Id, Document> {
    id: Id,
    #[serde(flatten)]
    document: Document,
}

/// Loads the demo into an empty directory, once. One that holds the demo already, changed or not, is left alone.
///
/// # Errors
/// A directory that is neither empty nor the demo's own.
pub fn load(db: &Db) -> Result<bool, String> {
    let say = |problem: Problem| format!("cannot load the demo: {problem:?}");
    let is_ours = db.read_now(|conn| Ok(meta::get(conn, MARK)?.is_some())).map_err(say)?;
    if is_ours {
        return Ok(false);
    }
    let organisations: Vec<Fixed<OrganisationId, OrganisationCreate>> = parse(ORGANISATIONS)?;
    db.write_now(None, time(), |tx| {
        if organisations::any(tx.conn)? {
            return Ok(false);
        }
        organisations::load(tx, organisations.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        meta::set(tx.conn, MARK, "loaded")?;
        Ok(true)
    })
    .map_err(say)?
    .then_some(true)
    .ok_or_else(|| {
        "the demo is only loaded into an empty directory, and this one holds something else: name another database"
            .to_owned()
    })
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| format!("the demo's own data is faulty: {error}"))
}

/// The time at which the demo was recorded: 2026-01-01, midnight, UTC.
fn time() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN)
}
