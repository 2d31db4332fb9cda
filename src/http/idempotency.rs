//! `Idempotency-Key`: the same POST sent twice happens once.
//!
//! The first answer is kept in the write's own transaction, so any replica can give it again, and a crash leaves either
//! both or neither. Only answers of 2xx are kept: what failed may be tried again.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::answer::Answer;
use super::messages::Code;
use super::problem::{Kind, Problem, Result};
use crate::auth::{Actor, Caller};
use crate::db::schema::idempotency;
use crate::db::{Conn, Db, Tx};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Old answers cleared away by one request, at most.
const CLEARED: i64 = 20;

/// The key of a request, with what it was sent to.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    operation: String,
    key: Option<String>,
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operation = format!("{} {}", request.method(), request.path());
        let key = request.headers().get("idempotency-key").map(|key| match key.to_str() {
            Ok(key) if (1..=200).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic()) => {
                Ok(key.to_owned())
            }
            _ => Err(Problem::new(Kind::Malformed, Code::BadKey)),
        });
        ready(key.transpose().map(|key| Self { operation, key }))
    }
}

/// Runs a write once for its key: in one transaction, with the answer that is kept.
pub async fn once<F>(db: &Db, caller: &Caller, key: IdempotencyKey, sha256: String, write: F) -> Result<Answer>
where
    F: FnOnce(&mut Tx<'_>) -> Result<Answer> + Send + 'static,
{
    once_if(db, caller, key, sha256, |_| Ok(()), |tx, ()| write(tx)).await
}

/// The same for whom not a scope alone lets in: `may` is asked each time, also before an answer is given again.
pub async fn once_if<P, M, F>(
    db: &Db,
    by: &impl Actor,
    key: IdempotencyKey,
    sha256: String,
    may: M,
    write: F,
) -> Result<Answer>
where
    M: FnOnce(&mut Tx<'_>) -> Result<P> + Send + 'static,
    F: FnOnce(&mut Tx<'_>, P) -> Result<Answer> + Send + 'static,
{
    let actor = by.actor();
    let Some(name) = key.key else {
        let write = move |tx: &mut Tx<'_>| {
            let permit = may(tx)?;
            write(tx, permit)
        };
        return db.write(actor, write).await;
    };
    let place = Place { caller: actor.clone().unwrap_or_else(|| "".into()), operation: key.operation, key: name };
    db.write(actor, move |tx| {
        place.hold(tx)?;
        let permit = may(tx)?;
        if let Some(answer) = place.find(tx, &sha256)? {
            return Ok(answer);
        }
        let answer = write(tx, permit)?;
        place.keep(tx, &answer, &sha256)?;
        Ok(answer)
    })
    .await
}

/// A key is a caller's own, for one operation.
struct Place {
    caller: Arc<str>,
    operation: String,
    key: String,
}

impl Place {
    /// Keeps a second request with the key out while the first is under way. On SQLite it waits its turn instead.
    fn hold(&self, tx: &mut Tx<'_>) -> Result<()> {
        #[derive(QueryableByName)]
        struct Held {
            #[diesel(sql_type = Bool)]
            held: bool,
        }
        let Conn::Postgres(conn) = &mut *tx.conn else { return Ok(()) };
        let Held { held } = diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held")
            .bind::<Text, _>(format!("{}\n{}\n{}", self.caller, self.operation, self.key))
            .get_result(conn)?;
        if held { Ok(()) } else { Err(Problem::new(Kind::Conflict, Code::KeyInFlight)) }
    }

    fn find(&self, tx: &mut Tx<'_>, sha256: &str) -> Result<Option<Answer>> {
        type Kept = (String, i16, Option<i64>, Option<String>, String);
        let kept: Option<Kept> = idempotency::table
            .find((&*self.caller, &self.operation, &self.key))
            .filter(idempotency::created_at.gt(tx.now - KEPT))
            .select((
                idempotency::body_sha256,
                idempotency::status,
                idempotency::version,
                idempotency::location,
                idempotency::body,
            ))
            .first(tx.conn)
            .optional()?;
        let Some((known, status, version, location, body)) = kept else { return Ok(None) };
        if known != sha256 {
            return Err(Problem::new(Kind::Invalid, Code::KeyReused));
        }
        Ok(Some(Answer::replay(status.unsigned_abs(), version, location, body)))
    }

    fn keep(&self, tx: &mut Tx<'_>, answer: &Answer, sha256: &str) -> Result<()> {
        self.clear(tx)?;
        diesel::insert_into(idempotency::table)
            .values((
                idempotency::caller.eq(&*self.caller),
                idempotency::operation.eq(&self.operation),
                idempotency::key.eq(&self.key),
                idempotency::body_sha256.eq(sha256),
                idempotency::status.eq(i16::try_from(answer.status).unwrap_or(200)),
                idempotency::version.eq(answer.version),
                idempotency::location.eq(&answer.location),
                idempotency::body.eq(String::from_utf8_lossy(&answer.body).into_owned()),
                idempotency::created_at.eq(tx.now),
            ))
            .execute(tx.conn)?;
        Ok(())
    }

    /// Clears old answers away, this key's among them: a few more than come in, so that none pile up.
    fn clear(&self, tx: &mut Tx<'_>) -> Result<()> {
        let old = tx.now - KEPT;
        diesel::delete(idempotency::table.find((&*self.caller, &self.operation, &self.key))).execute(tx.conn)?;
        let keys: Vec<String> = idempotency::table
            .filter(idempotency::created_at.le(old))
            .order(idempotency::created_at)
            .limit(CLEARED)
            .select(idempotency::key)
            .load(tx.conn)?;
        if !keys.is_empty() {
            let expired =
                idempotency::table.filter(idempotency::created_at.le(old)).filter(idempotency::key.eq_any(keys));
            diesel::delete(expired).execute(tx.conn)?;
        }
        Ok(())
    }
}
