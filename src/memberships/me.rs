//! What the caller is here: their token, themselves as a member, their networks, and what waits for them.

use std::collections::HashMap;

use actix_web::{get, web};
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::grants::{Grant, grants};
use super::row::MembershipRow;
use super::standing;
use super::types::MembershipView;
use super::words::{LIVE, MembershipRole, MembershipState};
use crate::app::State;
use crate::auth::visibility::Sight;
use crate::auth::{Caller, policy};
use crate::db::schema::{members as member_table, memberships, networks as network_table};
use crate::db::{Conn, MultiBackend, one_of_words};
use crate::http::answer::Answer;
use crate::http::operations::Operations;
use crate::http::problem::{Problem, Result};
use crate::members::{self, MemberId, MemberView, Viewer};
use crate::networks::{self, NetworkReference, NetworkStatus};
use crate::organisations::{self, OrganisationId, OrganisationReference};

/// Rows of a list, at most.
const MOST: i64 = 200;

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
    /// The networks that they coordinate or chair, or whose secretary they are, by the networks' ids.
    pub coordinates: Vec<Coordinated>,
    /// The organisations whose contact they are, by their ids.
    pub contact_of: Vec<OrganisationReference>,
    /// The organisations that their hr:sync is for, with all below those; null where it is for all, or they have none.
    pub hr_of: Option<Vec<OrganisationReference>>,
    /// What they may, and why. What is open to whoever is signed in is not said.
    pub grants: Vec<Grant>,
    /// Their memberships that are under way, from the oldest, with the networks; 200 at most.
    pub memberships: Vec<MembershipView>,
    /// How many there are.
    pub memberships_total: i64,
    /// What waits for their decision.
    pub awaiting: Awaiting,
}

/// A network that somebody decides for.
#[derive(Serialize, ToSchema)]
pub struct Coordinated {
    /// The network.
    pub network: NetworkReference,
    /// What they do there.
    pub role: MembershipRole,
}

/// What waits for somebody's decision.
#[derive(Serialize, ToSchema)]
pub struct Awaiting {
    /// Invitations to them, from the oldest, with the networks; 200 at most.
    pub invitations: Vec<MembershipView>,
    /// How many there are.
    pub invitations_total: i64,
    /// Applications to the networks that they coordinate or chair, or whose secretary they are, from the oldest, with the
    /// members; 200 at most. With the scope directory:read, like whatever is of others.
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
    let known = state.clone();
    let me = state.db.snapshot(move |conn| read(conn, &caller, &known.operations)).await?;
    Ok(Answer::document(&me)?.vary(""))
}

/// A fixed number of queries, whatever there is.
fn read(conn: &mut Conn, caller: &Caller, operations: &Operations) -> Result<Me> {
    let id = caller.id.as_ref().ok_or_else(|| Problem::internal("nobody is signed in"))?;
    let standing = standing(conn, id)?;
    let hr_of = caller.hr_of.as_deref().filter(|_| !policy::is_hr_everywhere(caller));
    let own = standing.contact_of.iter().chain(hr_of.unwrap_or_default()).copied();
    let own: Vec<OrganisationId> = own.collect();
    let houses = match own.is_empty() {
        true => HashMap::new(),
        false => organisations::references(conn, own.into_iter(), None)?,
    };
    let named = |ids: &[OrganisationId]| ids.iter().filter_map(|id| houses.get(id)).cloned().collect();
    let mut me = Me {
        id: id.to_string(),
        scopes: caller.scopes.words(),
        member: None,
        coordinates: Vec::new(),
        contact_of: named(&standing.contact_of),
        hr_of: hr_of.map(named),
        grants: grants(operations, caller, &standing),
        memberships: Vec::new(),
        memberships_total: 0,
        awaiting: Awaiting {
            invitations: Vec::new(),
            invitations_total: 0,
            applications: Vec::new(),
            applications_total: 0,
        },
    };
    let Some(member) = standing.member else { return Ok(me) };
    let mut body = Vec::new();
    members::get(conn, member, None)?.show()?.write(&mut body);
    me.member = Some(serde_json::from_slice(&body).map_err(Problem::internal)?);
    (me.memberships, me.memberships_total) = first(conn, || of(member, &LIVE))?;
    (me.awaiting.invitations, me.awaiting.invitations_total) = first(conn, || of(member, &[MembershipState::Invited]))?;
    if policy::is_person(caller) {
        (me.awaiting.applications, me.awaiting.applications_total) = first(conn, || applications(member))?;
    }

    let own = me.memberships.iter().chain(&me.awaiting.invitations).chain(&me.awaiting.applications);
    let led = standing.networks.iter().filter(|(_, role)| role.decides());
    let mentioned = own.map(|view| view.network_id).chain(led.clone().map(|(network, _)| *network));
    let known = networks::references(conn, mentioned.collect(), None, Sight::Editor)?;
    let led = led.filter_map(|(id, role)| Some(Coordinated { network: known.get(id)?.clone(), role: *role }));
    me.coordinates = led.collect();
    me.coordinates.sort_by_key(|led| led.network.id);
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
    memberships::table
        .filter(memberships::member_id.eq(member))
        .filter(one_of_words(memberships::state, states))
        .into_boxed()
}

/// Applications to the networks in which a member decides on them; not those of people who are protected, which are
/// for the HR of their organisation.
fn applications(member: MemberId) -> Query {
    let own = diesel::alias!(memberships as own);
    let deciding = own
        .filter(own.field(memberships::member_id).eq(member))
        .filter(own.field(memberships::state).eq(MembershipState::Active))
        .filter(one_of_words(own.field(memberships::role), &MembershipRole::DECIDING))
        .select(own.field(memberships::network_id));
    // One that is closed takes nobody any more.
    let open = network_table::table
        .filter(network_table::id.eq(memberships::network_id))
        .filter(network_table::status.ne(NetworkStatus::Closed));
    let person = member_table::table.filter(member_table::id.eq(memberships::member_id));
    memberships::table
        .filter(memberships::state.eq(MembershipState::Applied))
        .filter(memberships::network_id.eq_any(deciding))
        .filter(exists(person.filter(member_table::protected.eq(false))))
        .filter(exists(open))
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
