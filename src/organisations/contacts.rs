//! Whom to ask of an organisation. They edit it, what is below it, and the networks that it owns (`auth::policy`).

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};

use super::types::OrganisationId;
use crate::db::changes::{self, Action, EntityType};
use crate::db::children::Children;
use crate::db::revisions::{self, places};
use crate::db::rows::Value;
use crate::db::schema::{organisation_ancestors, organisation_contact_revisions, organisation_contacts, organisations};
use crate::db::{Conn, MultiBackend, Tx, forever, one_of};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::members::{self, MemberId};

const TYPE: EntityType = EntityType::Organisation;

const CONTACTS: Children<2> = Children {
    table: "organisation_contacts",
    revisions: "organisation_contact_revisions",
    columns: ["organisation_id", "member_id"],
};

/// The organisations whose contact a member is, by their ids.
pub fn contact_of(conn: &mut Conn, member: MemberId) -> Result<Vec<OrganisationId>> {
    let own = organisation_contacts::table.filter(organisation_contacts::member_id.eq(member));
    Ok(own.order(organisation_contacts::organisation_id).select(organisation_contacts::organisation_id).load(conn)?)
}

/// An organisation and all above it; nothing of none.
pub fn above(conn: &mut Conn, id: Option<OrganisationId>) -> Result<Vec<OrganisationId>> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let above = organisation_ancestors::table.filter(organisation_ancestors::organisation_id.eq(id));
    Ok(above.order(organisation_ancestors::depth).select(organisation_ancestors::ancestor_id).load(conn)?)
}

/// Refuses contacts that are new to an organisation and that it cannot have: nobody, or somebody who has left. They are kept
/// from being forgotten meanwhile.
pub fn check(tx: &mut Tx<'_>, before: &[MemberId], after: &[MemberId]) -> Result<()> {
    let added: Vec<(usize, MemberId)> =
        after.iter().copied().enumerate().filter(|(_, id)| !before.contains(id)).collect();
    if added.is_empty() {
        return Ok(());
    }
    let ids: Vec<MemberId> = added.iter().map(|(_, id)| *id).collect();
    let known: HashSet<MemberId> = members::keep_askable(tx, &ids)?;
    let faults: Vec<Fault> = added
        .into_iter()
        .filter(|(_, id)| !known.contains(id))
        .map(|(at, _)| Fault::at(format!("/contact_member_ids/{at}"), Code::UnknownReference))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// Gives a new organisation its contacts.
pub fn begin(tx: &mut Tx<'_>, id: OrganisationId, contacts: &[MemberId]) -> Result<()> {
    let rows = contacts.iter().map(|member| [Value::Text(id.as_str()), Value::Text(member.as_str())]).collect();
    CONTACTS.insert(tx, &[id.as_str()], rows, unknown)
}

/// Puts contacts in the place of those that an organisation has.
pub fn set(tx: &mut Tx<'_>, id: OrganisationId, contacts: &[MemberId]) -> Result<()> {
    CONTACTS.clear(tx, id.as_str())?;
    begin(tx, id, contacts)
}

/// Takes away an organisation's contacts.
pub fn clear(tx: &mut Tx<'_>, id: OrganisationId) -> Result<()> {
    CONTACTS.clear(tx, id.as_str())
}

fn unknown() -> Problem {
    Problem::invalid(vec![Fault::at("/contact_member_ids", Code::UnknownReference)])
}

/// Puts a member, or nobody, in the place of one who is gone, wherever that one was the contact. Each such organisation has
/// its next version. Whoever calls holds the one who is gone, and comes to this last: rows of organisations are held after
/// all others.
pub fn replace_contact(tx: &mut Tx<'_>, gone: MemberId, other: Option<MemberId>) -> Result<()> {
    let touched = contact_of(tx.conn, gone)?;
    if touched.is_empty() {
        return Ok(());
    }
    tx.hold_alone(TYPE, &touched.iter().map(OrganisationId::as_str).collect::<Vec<_>>())?;
    // Read again, now that nobody changes them.
    let touched: Vec<(OrganisationId, i64)> = organisation_contacts::table
        .inner_join(organisations::table.on(organisations::id.eq(organisation_contacts::organisation_id)))
        .filter(organisation_contacts::member_id.eq(gone))
        .order(organisations::id)
        .select((organisations::id, organisations::version))
        .load(tx.conn)?;
    let ids: Vec<&str> = touched.iter().map(|(id, _)| id.as_str()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    revisions::follow(tx, TYPE, &ids)?;
    let named =
        |member: MemberId| format!("SELECT organisation_id FROM organisation_contacts WHERE member_id = '{member}'");
    let document = match other {
        None => without("document", gone.as_str()),
        Some(other) => format!(
            "CASE WHEN id IN ({}) THEN {} ELSE replace(replace(document, '[\"{gone}\"', '[\"{other}\"'), ',\"{gone}\"', ',\"{other}\"') END",
            named(other),
            without("document", gone.as_str())
        ),
    };
    let next = format!(
        "UPDATE organisations SET document = {document}, version = version + 1, updated_at = $1 WHERE id IN ({})",
        named(gone)
    );
    diesel::sql_query(next).bind::<Timestamp, _>(tx.now).execute(tx.conn)?;
    if let Some(other) = other {
        let new = format!("{} AND organisation_id NOT IN ({})", named(gone), named(other));
        let keep = format!(
            "INSERT INTO organisation_contact_revisions SELECT $1, $2, organisation_id, '{other}' FROM ({new}) moved"
        );
        diesel::sql_query(keep).bind::<Timestamp, _>(tx.now).bind::<Timestamp, _>(forever()).execute(tx.conn)?;
        diesel::sql_query(format!(
            "INSERT INTO organisation_contacts SELECT organisation_id, '{other}' FROM ({new}) moved"
        ))
        .execute(tx.conn)?;
    }
    let own = organisation_contact_revisions::table
        .filter(organisation_contact_revisions::member_id.eq(gone))
        .filter(organisation_contact_revisions::recorded_to.eq(forever()));
    diesel::update(own).set(organisation_contact_revisions::recorded_to.eq(tx.now)).execute(tx.conn)?;
    diesel::delete(organisation_contacts::table.filter(organisation_contacts::member_id.eq(gone))).execute(tx.conn)?;
    revisions::next(tx, TYPE, &ids)?;
    let entries: Vec<(&str, i64)> = touched.iter().map(|(id, version)| (id.as_str(), version + 1)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec!["contact_member_ids".to_owned()])
}

/// Those who have left are nobody's contact any more. Whoever calls holds them, and comes to this last.
pub fn contacts_leave(tx: &mut Tx<'_>, gone: &[MemberId]) -> Result<()> {
    let theirs = organisation_contacts::table.filter(one_of(organisation_contacts::member_id, gone));
    let found: Vec<(OrganisationId, MemberId)> = theirs
        .order(organisation_contacts::organisation_id)
        .select((organisation_contacts::organisation_id, organisation_contacts::member_id))
        .load(tx.conn)?;
    // All at once and in order, before the first of them is changed.
    tx.hold_alone(TYPE, &found.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>())?;
    let members: BTreeSet<MemberId> = found.into_iter().map(|(_, member)| member).collect();
    // An organisation has a handful of contacts, however many people leave.
    members.into_iter().try_for_each(|member| replace_contact(tx, member, None))
}

/// Forgets that somebody was ever the contact of an organisation; `ids` are theirs, and of those who were merged into them.
pub fn forget_contacts(tx: &mut Tx<'_>, id: MemberId, ids: &[String]) -> Result<()> {
    replace_contact(tx, id, None)?;
    let ids: Vec<MemberId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let past =
        || organisation_contact_revisions::table.filter(organisation_contact_revisions::member_id.eq_any(ids.clone()));
    let touched: Vec<OrganisationId> =
        past().select(organisation_contact_revisions::organisation_id).distinct().load(tx.conn)?;
    if touched.is_empty() {
        return Ok(());
    }
    let document = ids.iter().fold("document".to_owned(), |text, id| without(&text, id.as_str()));
    let touched: Vec<&str> = touched.iter().map(OrganisationId::as_str).collect();
    let forget =
        format!("UPDATE organisation_revisions SET document = {document} WHERE id IN ({})", places(1, &touched));
    let forget = diesel::sql_query(forget).into_boxed::<MultiBackend>();
    touched.iter().fold(forget, |forget, id| forget.bind::<Text, _>(*id)).execute(tx.conn)?;
    diesel::delete(past()).execute(tx.conn)?;
    Ok(())
}

/// A document's text without a contact. Behind a bracket or a comma an id stands nowhere but in their list: the texts of
/// other fields have names before them, and a quote within a text is escaped. Ids are of digits, letters and hyphens.
fn without(text: &str, id: &str) -> String {
    format!("replace(replace(replace({text}, '[\"{id}\",', '['), '[\"{id}\"]', '[]'), ',\"{id}\"', '')")
}
