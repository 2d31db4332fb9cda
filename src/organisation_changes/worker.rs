//! What applies reorganisations beside the requests: those that were begun and are not done, whoever began them, and those
//! that apply themselves when their day comes.
//!
//! Each replica has one. They need not agree: a step begins by holding the reorganisation, so two that take up the same
//! one take turns, and each of its steps happens once.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use tokio::time::sleep;

use super::types::OrganisationChangeId;
use super::words::OrganisationChangeState;
use super::{apply, store};
use crate::app::State;
use crate::db::schema::organisation_changes;
use crate::db::{Conn, Lock, Tx, now};
use crate::http::etag::IfMatch;
use crate::http::problem::{Kind, Problem, Result};

/// What has made no progress for so long was left by whoever was at it.
const LEFT: TimeDelta = TimeDelta::seconds(30);

/// Reorganisations of one page.
const AT_ONCE: i64 = 20;

/// Why the service looks for something to do.
#[derive(Clone, Copy, PartialEq)]
enum Call {
    /// It has begun one itself.
    Told,
    /// It is time to look for what others have left, and for what is due.
    Time,
}

/// Something to be done, and in whose name.
struct Task {
    id: OrganisationChangeId,
    state: OrganisationChangeState,
    effective_on: NaiveDate,
    actor: Option<Arc<str>>,
}

/// Works until the service ends: when it is told that there is something, and, unless that is nothing, at once and each
/// time so much time has passed.
pub async fn work(state: web::Data<State>, every: Duration) {
    let mut call = if every.is_zero() { Call::Told } else { Call::Time };
    loop {
        if let Err(problem) = round(&state, call).await {
            tracing::warn!(?problem, cause = problem.cause(), "reorganisations were not looked for");
        }
        let told = state.reorganisations.notified();
        call = match every.is_zero() {
            true => {
                told.await;
                Call::Told
            }
            false => tokio::select! {
                () = told => Call::Told,
                () = sleep(every) => Call::Time,
            },
        };
    }
}

/// Does all there is to do.
async fn round(state: &web::Data<State>, call: Call) -> Result<()> {
    for kind in [OrganisationChangeState::Applying, OrganisationChangeState::Planned] {
        if kind == OrganisationChangeState::Planned && call != Call::Time {
            continue;
        }
        // On behind those that were tried: what is in the way of some is in nobody else's.
        let mut after = None;
        loop {
            let today = state.today();
            let tasks = state.db.read(move |conn| tasks(conn, kind, call, today, after)).await?;
            let Some(last) = tasks.last() else { break };
            after = Some((last.effective_on, last.id));
            for task in tasks {
                let id = task.id;
                if let Err(problem) = finish(state, task, state.today()).await {
                    let faults: Vec<&str> = problem.told().iter().map(|fault| fault.message.code.as_str()).collect();
                    let (why, cause) = (faults.join(" "), problem.cause());
                    tracing::warn!(change = %id, status = %problem.kind().status(), why, cause, "a reorganisation was not applied");
                }
            }
        }
    }
    Ok(())
}

/// Takes one to its end, a transaction a step.
async fn finish(state: &web::Data<State>, task: Task, today: NaiveDate) -> Result<()> {
    let Task { id, state: before, actor, .. } = task;
    if before == OrganisationChangeState::Planned {
        let begin = move |tx: &mut Tx<'_>| {
            tx.lock(Lock::OrganisationTree)?;
            let applies_itself = store::hold(tx, id, &IfMatch::Any)?.applies_itself;
            if applies_itself {
                apply::begin(tx, id, &IfMatch::Any, today)?;
            }
            Ok(applies_itself)
        };
        match state.db.write(None, begin).await {
            // Another replica was quicker, or somebody called it off.
            Err(problem) if is_taken(&problem) => return Ok(()),
            // While others were applied, somebody said that this one is not to be.
            Ok(false) => return Ok(()),
            begun => begun?,
        };
    }
    loop {
        let step = state.db.write(actor.clone(), move |tx| apply::advance(tx, id, today)).await?;
        if step.is_none_or(|row| row.state != OrganisationChangeState::Applying) {
            tracing::info!(change = %id, "a reorganisation was applied");
            return Ok(());
        }
    }
}

fn is_taken(problem: &Problem) -> bool {
    problem.kind() == Kind::Conflict && problem.told().is_empty()
}

/// Some of what was begun, or of what is due, behind a day and an id.
fn tasks(
    conn: &mut Conn,
    kind: OrganisationChangeState,
    call: Call,
    today: NaiveDate,
    after: Option<(NaiveDate, OrganisationChangeId)>,
) -> Result<Vec<Task>> {
    let columns = (
        organisation_changes::id,
        organisation_changes::state,
        organisation_changes::effective_on,
        organisation_changes::applied_by,
    );
    let mut query = organisation_changes::table.filter(organisation_changes::state.eq(kind)).into_boxed();
    query = match kind {
        OrganisationChangeState::Planned => {
            query.filter(organisation_changes::effective_on.le(today)).filter(organisation_changes::applies_itself)
        }
        _ => {
            let last = if call == Call::Time { now() - LEFT } else { now() };
            query.filter(organisation_changes::progressed_at.le(last))
        }
    };
    if let Some((day, id)) = after {
        let same_day = organisation_changes::effective_on.eq(day).and(organisation_changes::id.gt(id));
        query = query.filter(organisation_changes::effective_on.gt(day).or(same_day));
    }
    type Found = (OrganisationChangeId, OrganisationChangeState, NaiveDate, Option<String>);
    let by_day = (organisation_changes::effective_on, organisation_changes::id);
    let found: Vec<Found> = query.order(by_day).limit(AT_ONCE).select(columns).load(conn)?;
    let task = |(id, state, effective_on, actor): Found| Task { id, state, effective_on, actor: actor.map(Into::into) };
    Ok(found.into_iter().map(task).collect())
}
