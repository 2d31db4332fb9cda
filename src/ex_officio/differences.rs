//! A network's rule of office beside who is in it: a page of people, each with what is to be done and why.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};

use super::due::{CANDIDATES, MET, THEIRS, is_surplus};
use super::reasons::{Facts, reasons};
use super::rule::{ExOfficioRule, in_force};
use super::types::{ExOfficio, ExOfficioFilter, ExOfficioView};
use super::words::ExOfficioAction;
use crate::auth::visibility::Sight;
use crate::db::Json;
use crate::db::as_of::AsOf;
use crate::db::expression::expression;
use crate::db::keyset::SortValue;
use crate::db::schema::{members, memberships, organisation_ancestors, organisations};
use crate::db::{Conn, MultiBackend};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Reading, Sorted};
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::members::{MemberCreate, MemberGroup, MemberId, MemberStatus, Mentioned, Office, Viewer};
use crate::memberships::{MembershipId, MembershipState};
use crate::networks::{self, NetworkId};
use crate::organisations::{self as organisation, OrganisationId, OrganisationKind};

/// What is listed when nothing is said: what differs.
const DIFFERENT: [ExOfficioAction; 3] = [ExOfficioAction::Add, ExOfficioAction::Activate, ExOfficioAction::End];

/// A member whom the rule touches, with what the rule goes by.
#[derive(Queryable)]
struct Touched {
    id: MemberId,
    document: Json<MemberCreate>,
    organisation_id: Option<OrganisationId>,
    office: Option<Office>,
    status: MemberStatus,
    name_key: Vec<u8>,
    membership: Option<(MembershipId, MembershipState)>,
    organisation: Option<(OrganisationKind, Option<OrganisationId>)>,
}

impl Sorted for Touched {
    fn sort_value(&self, _: &str, _: Language) -> Result<SortValue> {
        Ok(SortValue::Key(self.name_key.clone()))
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// A page of what a network's rule asks for. There is nothing to ask for without a rule, or once the network is closed.
pub fn list(
    conn: &mut Conn,
    network: NetworkId,
    listing: &Listing<ExOfficio, ExOfficioFilter>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let document = networks::get(conn, network, at, sight)?.document.value()?;
    let Some(rule) = in_force(&document) else {
        return Ok(Page { items: Vec::new(), next: None, total: listing.count.then_some(0) });
    };
    let actions = listing.filter.action.as_ref().map_or_else(|| DIFFERENT.to_vec(), |any| any.0.clone());
    // As the index of live memberships has it, not compared with values.
    let is_live = sql::<Bool>("memberships.state IN ('applied', 'invited', 'active')");
    let live = memberships::member_id.eq(members::id).and(memberships::network_id.eq(network)).and(is_live);
    let touched = || {
        let query = members::table
            .left_join(memberships::table.on(live.clone()))
            .left_join(organisations::table.on(organisations::id.nullable().eq(members::organisation_id)))
            .filter(ToDo { network, actions: actions.clone() })
            .into_boxed::<MultiBackend>();
        match viewer.group(MemberGroup::Record, at) {
            Some(own) => query.filter(own),
            None => query,
        }
    };
    let mut query = touched();
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((
        members::id,
        members::document,
        members::organisation_id,
        members::office,
        members::status,
        listing.name_key(),
        (memberships::id, memberships::state).nullable(),
        (organisations::kind, organisations::branch).nullable(),
    ));
    let mut rows: Vec<Touched> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: touched().count() }.get_result(conn)?),
        false => None,
    };
    Ok(Page { items: show(conn, rows, rule, &listing.reading)?, next, total })
}

fn show(conn: &mut Conn, rows: Vec<Touched>, rule: &ExOfficioRule, reading: &Reading<ExOfficio>) -> Result<Vec<Shown>> {
    let workplaces = || rows.iter().filter_map(|row| row.organisation_id);
    let mut tops: HashMap<OrganisationId, Vec<OrganisationId>> = HashMap::new();
    if !rule.subtrees_of.is_empty() {
        let query = organisation_ancestors::table
            .filter(organisation_ancestors::organisation_id.eq_any(workplaces().collect::<Vec<_>>()))
            .filter(organisation_ancestors::ancestor_id.eq_any(rule.subtrees_of.clone()))
            .order(organisation_ancestors::depth)
            .select((organisation_ancestors::organisation_id, organisation_ancestors::ancestor_id));
        let pairs: Vec<(OrganisationId, OrganisationId)> = AsOf { at: reading.as_of, query }.load(conn)?;
        pairs.into_iter().for_each(|(below, top)| tops.entry(below).or_default().push(top));
    }
    let known = match reading.includes("organisation") {
        true => organisation::references(conn, workplaces(), reading.as_of)?,
        false => HashMap::new(),
    };
    let view = |row: Touched| {
        let Touched { id, document, organisation_id, office, status, membership, organisation, .. } = row;
        let top = organisation_id.and_then(|id| tops.get(&id)).and_then(|tops| tops.first()).copied();
        let facts = Facts { office, status, organisation_id, organisation, top };
        let (is_met, reasons) = reasons(rule, &facts);
        let action = match membership {
            None => ExOfficioAction::Add,
            Some((_, MembershipState::Active)) if is_met => ExOfficioAction::Keep,
            Some((_, MembershipState::Active)) => ExOfficioAction::End,
            Some(_) => ExOfficioAction::Activate,
        };
        let member = Mentioned { id, document, organisation_id }.reference()?;
        let organisation = organisation_id.and_then(|id| known.get(&id)).cloned();
        let membership_id = membership.map(|(id, _)| id);
        Shown::of(1, &ExOfficioView { id, action, membership_id, member, reasons, organisation })
    };
    rows.into_iter().map(view).collect()
}

/// Whether the rule of a network asks for one of some actions about a member.
struct ToDo {
    network: NetworkId,
    actions: Vec<ExOfficioAction>,
}

impl QueryFragment<MultiBackend> for ToDo {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // Of those who meet the rule it is their membership that decides.
        let decides = |action: &ExOfficioAction| match action {
            ExOfficioAction::Add => Some("x.id IS NULL"),
            ExOfficioAction::Activate => Some("x.state <> 'active'"),
            ExOfficioAction::Keep => Some("x.state = 'active'"),
            ExOfficioAction::End => None,
        };
        let states: Vec<&str> = self.actions.iter().filter_map(decides).collect();
        out.push_sql("members.id IN (");
        if !states.is_empty() {
            out.push_sql(&format!("SELECT m.id FROM {CANDIDATES} {THEIRS} WHERE {MET} AND ({})", states.join(" OR ")));
            out.push_sql(" AND o.network_id = ");
            out.push_bind_param::<Text, _>(&self.network)?;
        }
        if self.actions.contains(&ExOfficioAction::End) {
            out.push_sql(if states.is_empty() { "" } else { " UNION ALL " });
            out.push_sql(&format!("SELECT x.member_id FROM memberships x WHERE {} AND x.network_id = ", is_surplus()));
            out.push_bind_param::<Text, _>(&self.network)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

expression!(ToDo, Bool);
