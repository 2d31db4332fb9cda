//! What the caller is here: their token, themselves as a member, their networks, and what waits for them.

use actix_web::{get, web};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::row::MembershipRow;
use super::types::MembershipView;
use super::words::{LIVE, MembershipRole, MembershipState};
use crate::app::State;
use crate::auth::Caller;
use crate::auth::visibility::Sight;
use crate::db::schema::{members as member_table, memberships};
use crate::db::{Conn, MultiBackend, one_of};
use crate::http::answer::Answer;
use crate::http::problem::{Problem, Result};
use crate::members::{self, MemberId, MemberView, Viewer, identities};
use crate::networks;

/// Rows of a list, at most.
const MOST: i64 = 200;

/// The roles in which one decides on applications.
const DECIDING: [MembershipRole; 3] = [MembershipRole::Coordinator, MembershipRole::Chair, MembershipRole::Secretary];

/// Who the caller is, and what concerns them.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The id that stands for them in the change log and the access log.
    pub id: String,
    /// What their token may be used for.
    pub scopes: Vec<&'static str>,
    /// The member that they are; null where the token is nobody's whom the directory knows.
    #[schema(value_type = Option<MemberView>)]
    pub member: Option<Value>,
    /// Their memberships that are under way, from the oldest, with the networks; 200 at most.
    pub memberships: Vec<MembershipView>,
    /// How many there are.
    pub memberships_total: i64,
    /// What waits for their decision.
    pub awaiting: Awaiting,
}

/// What waits for somebody's decision.
#[derive(Serialize, ToSchema)]
pub struct Awaiting {
    /// Invitations to them, from the oldest, with the networks; 200 at most.
    pub invitations: Vec<MembershipView>,
    /// How many there are.
    pub invitations_total: i64,
    /// Applications to the networks that they coordinate or chair, or whose secretary they are, from the oldest, with the
    /// members; 200 at most.
    pub applications: Vec<MembershipView>,
    /// How many there are.
    pub applications_total: i64,
}

/// Read what concerns the caller
///
/// Whoever is signed in, with whatever scopes. Their own networks are there whoever else can see those.
#[utoipa::path(operation_id = "get_me", tag = "me",
    responses((status = 200, body = Me, description = "Who they are")), security(("bearer" = [])))]
#[get("/me")]
pub async fn get_me(caller: Caller, state: web::Data<State>) -> Result<Answer> {
    let id = caller.id.ok_or_else(|| Problem::internal("nobody is signed in"))?.to_string();
    let scopes = caller.scopes.words();
    let me = state.db.snapshot(move |conn| read(conn, id, scopes)).await?;
    Ok(Answer::document(&me)?.vary(""))
}

/// A fixed number of queries, whatever there is.
fn read(conn: &mut Conn, id: String, scopes: Vec<&'static str>) -> Result<Me> {
    let mut me = Me {
        id,
        scopes,
        member: None,
        memberships: Vec::new(),
        memberships_total: 0,
        awaiting: Awaiting {
            invitations: Vec::new(),
            invitations_total: 0,
            applications: Vec::new(),
            applications_total: 0,
        },
    };
    let Some(member) = identities::member_of(conn, &me.id)? else { return Ok(me) };
    let mut body = Vec::new();
    members::get(conn, member, None, Sight::Editor)?.show()?.write(&mut body);
    me.member = Some(serde_json::from_slice(&body).map_err(Problem::internal)?);
    (me.memberships, me.memberships_total) = first(conn, || of(member, &LIVE))?;
    (me.awaiting.invitations, me.awaiting.invitations_total) = first(conn, || of(member, &[MembershipState::Invited]))?;
    (me.awaiting.applications, me.awaiting.applications_total) = first(conn, || applications(member))?;

    let own = || me.memberships.iter().chain(&me.awaiting.invitations).chain(&me.awaiting.applications);
    let known = networks::references(conn, own().map(|view| view.network_id).collect(), None, Sight::Editor)?;
    let applicants = me.awaiting.applications.iter().map(|view| view.member_id).collect();
    let applicants = members::references(conn, applicants, None, &Viewer::All)?;
    for view in me.memberships.iter_mut().chain(&mut me.awaiting.invitations) {
        view.network = known.get(&view.network_id).cloned();
    }
    for view in &mut me.awaiting.applications {
        view.network = known.get(&view.network_id).cloned();
        view.member = applicants.get(&view.member_id).cloned();
    }
    Ok(me)
}

type Query = memberships::BoxedQuery<'static, MultiBackend>;

fn of(member: MemberId, states: &[MembershipState]) -> Query {
    memberships::table.filter(memberships::member_id.eq(member)).filter(one_of(memberships::state, states)).into_boxed()
}

/// Applications to the networks in which a member decides on them; not those of people who are protected, which are
/// for the HR of their organisation.
fn applications(member: MemberId) -> Query {
    let own = diesel::alias!(memberships as own);
    let deciding = own
        .filter(own.field(memberships::member_id).eq(member))
        .filter(own.field(memberships::state).eq(MembershipState::Active))
        .filter(one_of(own.field(memberships::role), &DECIDING))
        .select(own.field(memberships::network_id));
    let person = member_table::table.filter(member_table::id.eq(memberships::member_id));
    memberships::table
        .filter(memberships::state.eq(MembershipState::Applied))
        .filter(memberships::network_id.eq_any(deciding))
        .filter(exists(person.filter(member_table::protected.eq(false))))
        .into_boxed()
}

/// The first of them, and how many there are.
fn first(conn: &mut Conn, query: impl Fn() -> Query) -> Result<(Vec<MembershipView>, i64)> {
    let ordered = query().order((memberships::created_at, memberships::id)).limit(MOST);
    let rows: Vec<MembershipRow> = ordered.select(MembershipRow::as_select()).load(conn)?;
    let views: Vec<MembershipView> = rows.into_iter().map(MembershipRow::view).collect();
    let total = match i64::try_from(views.len()) {
        Ok(few) if few < MOST => few,
        _ => query().count().get_result(conn)?,
    };
    Ok((views, total))
}
