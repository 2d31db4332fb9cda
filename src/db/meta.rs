//! What the database knows of itself: the key of its cursors, the epoch of its change log, whose demo it is, what words were
//! analysed by last.

use diesel::prelude::*;
use diesel::result::QueryResult;

use super::conn::Conn;
use super::schema::meta;

const KEY: &str = "key";
const EPOCH: &str = "epoch";
const CLUSTER: &str = "cluster";
const ANALYSER: &str = "analyser";

/// What is read when the database is opened.
pub struct Meta {
    /// Random, made by `migrate`, the same in every replica: signs cursors, and makes callers' internal ids.
    pub key: Vec<u8>,
    /// Raised when a restore made PostgreSQL's transaction ids start over.
    pub epoch: i64,
}

/// Reads it.
pub fn read(conn: &mut Conn) -> QueryResult<Meta> {
    let key = get(conn, KEY)?.ok_or(diesel::result::Error::NotFound)?;
    let epoch = get(conn, EPOCH)?.and_then(|epoch| epoch.parse().ok()).ok_or(diesel::result::Error::NotFound)?;
    Ok(Meta { key: key.into_bytes(), epoch })
}

/// Makes what is missing, and raises the epoch where the database now lives in another cluster than before: its
/// transaction ids mean nothing there. Part of `migrate`.
pub fn prepare(conn: &mut Conn) -> Result<(), String> {
    let say = |error: diesel::result::Error| format!("cannot write what the database knows of itself: {error}");
    if get(conn, KEY).map_err(say)?.is_none() {
        set(conn, KEY, &crate::auth::random_text().map_err(|error| format!("no randomness: {error}"))?).map_err(say)?;
    }
    let here = cluster(conn).map_err(say)?;
    let before = get(conn, CLUSTER).map_err(say)?;
    let epoch: i64 = get(conn, EPOCH).map_err(say)?.and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
    if epoch == 0 || before.as_deref() != Some(here.as_str()) {
        set(conn, EPOCH, &(epoch + 1).to_string()).map_err(say)?;
        set(conn, CLUSTER, &here).map_err(say)?;
    }
    Ok(())
}

/// The fingerprint of what analyses words in the process that started last.
pub fn analyser(conn: &mut Conn) -> QueryResult<Option<String>> {
    get(conn, ANALYSER)
}

/// Says that this process started last. What another one, that analysed words otherwise, had said before.
pub fn change_analyser(conn: &mut Conn, own: &str) -> QueryResult<Option<String>> {
    let before = analyser(conn)?;
    if before.as_deref() == Some(own) {
        return Ok(None);
    }
    set(conn, ANALYSER, own)?;
    Ok(before)
}

/// A value by its key.
pub fn get(conn: &mut Conn, key: &str) -> QueryResult<Option<String>> {
    meta::table.find(key).select(meta::value).first(conn).optional()
}

/// Sets a value. The databases' upserts are one arm each, since the derive declares the clause unsupported.
pub fn set(conn: &mut Conn, key: &str, value: &str) -> QueryResult<()> {
    let row = (meta::key.eq(key), meta::value.eq(value));
    match conn {
        Conn::Postgres(conn) => diesel::insert_into(meta::table)
            .values(row)
            .on_conflict(meta::key)
            .do_update()
            .set(meta::value.eq(value))
            .execute(conn)?,
        Conn::Sqlite(conn) => diesel::insert_into(meta::table)
            .values(row)
            .on_conflict(meta::key)
            .do_update()
            .set(meta::value.eq(value))
            .execute(conn)?,
    };
    Ok(())
}

/// What tells one PostgreSQL cluster from another.
fn cluster(conn: &mut Conn) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        cluster: String,
    }
    match conn {
        Conn::Sqlite(_) => Ok("file".to_owned()),
        Conn::Postgres(conn) => diesel::sql_query("SELECT system_identifier::text AS cluster FROM pg_control_system()")
            .get_result(conn)
            .map(|row: Row| row.cluster),
    }
}
