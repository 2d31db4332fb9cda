//! Members as readers see them: one, a page of them, and as others mention them.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::filter::{Narrower, filtered, refuse_incoherent};
use super::hidden::{Hidden, MemberGroup};
use super::profile::MemberProfile;
use super::row::{self, ListedMember, MemberRow, Mentioned};
use super::store::{TYPE, get};
use super::types::{Member, MemberFilter, MemberId, MemberReference};
use super::viewer::Viewer;
use crate::auth::visibility::Sight;
use crate::db::as_of::AsOf;
use crate::db::schema::members;
use crate::db::{Conn, now, one_of, tombstones};
use crate::http::list::{Listing, Page, Reading};
use crate::http::problem::{Kind, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::organisations as organisation;
use crate::vocabularies::{ConceptId, concepts};

/// One member as far as the viewer sees them, with what is hidden; 404 or 410 where there is none, or none to be seen.
pub fn get_seen(
    conn: &mut Conn,
    id: MemberId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<(MemberRow, Hidden)> {
    let Some(seen) = viewer.person(as_of) else {
        return Ok((get(conn, id, as_of)?, Hidden::default()));
    };
    let query =
        members::table.filter(members::id.eq(id)).filter(seen).select((MemberRow::as_select(), viewer.hidden(as_of)));
    let found: Option<(MemberRow, i32)> = AsOf { at: as_of, query }.get_result(conn).optional()?;
    match found {
        Some((row, hidden)) => Ok((row, Hidden::of(hidden))),
        None => Err(missing(conn, id, as_of, sight, viewer)?),
    }
}

/// 404 or 410 where there is no member, or none to be seen.
pub fn require_seen(
    conn: &mut Conn,
    id: MemberId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<()> {
    match viewer {
        Viewer::All => get(conn, id, as_of).map(|_| ()),
        Viewer::Some(_) if viewer.sees(conn, id, as_of)? => Ok(()),
        Viewer::Some(_) => Err(missing(conn, id, as_of, sight, viewer)?),
    }
}

/// What to answer a viewer for somebody who isn't there. Whoever went on into somebody whom they do not see, or was out of
/// everybody's sight, was never there.
pub(super) fn missing(
    conn: &mut Conn,
    id: MemberId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Problem> {
    let problem = tombstones::missing(conn, TYPE, id.as_str(), as_of, sight);
    if problem.kind() != Kind::Gone || matches!(viewer, Viewer::All) {
        return Ok(problem);
    }
    let into = tombstones::merged(conn, TYPE, &[id.as_str()])?.remove(id.as_str());
    let is_told = match into.map(|into| into.parse::<MemberId>()) {
        Some(Ok(into)) => viewer.sees(conn, into, None)?,
        _ => !tombstones::is_secret(conn, TYPE, id.as_str())?,
    };
    Ok(if is_told { problem } else { Problem::not_found() })
}

/// One member as a reader sees them.
pub fn read(conn: &mut Conn, id: MemberId, reading: &Reading<Member>, sight: Sight, viewer: &Viewer) -> Result<Shown> {
    let (row, hidden) = get_seen(conn, id, reading.as_of, sight, viewer)?;
    let mut listed = ListedMember::from(row);
    listed.extra.5 = hidden.bits();
    show(conn, &[listed], reading)?.pop().ok_or_else(Problem::not_found)
}

/// A page of members.
pub fn list(
    conn: &mut Conn,
    listing: &Listing<Member, MemberFilter>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let day = listing.reading.today;
    refuse_incoherent(&listing.filter)?;
    if matches!(viewer, Viewer::Some(_)) {
        // Whose turn it is would tell what is hidden.
        listing.refuse_sort("status")?;
    }
    let narrower = Narrower::of_filter(conn, &listing.filter, at, sight)?;
    if narrower.finds_nobody(&listing.filter) {
        return Ok(Page { items: Vec::new(), next: None, total: listing.count.then_some(0) });
    }
    let matching = || filtered(&listing.filter, &narrower, viewer, at, day);
    let mut query = matching();
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((
        listing.head(),
        (
            members::profile,
            members::profile_version,
            members::confirmed_at,
            members::fresh_at,
            members::organisation_id,
            viewer.hidden(at),
        ),
    ));
    let mut rows: Vec<ListedMember> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: matching().count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading)?;
    Ok(Page { items, next, total })
}

/// Members with the relations asked for, each relation with one query for all.
fn show(conn: &mut Conn, rows: &[ListedMember], reading: &Reading<Member>) -> Result<Vec<Shown>> {
    let at = reading.as_of.unwrap_or_else(now);
    let mut all = rows.iter().map(|row| row::show(row, at)).collect::<Result<Vec<Shown>>>()?;
    if reading.includes("organisation") {
        let known = organisation::mentions(conn, rows.iter().filter_map(|row| row.extra.4), reading.as_of)?;
        all = each(all, rows, |shown, row| match row.extra.4.and_then(|id| known.get(&id)) {
            Some(organisation) => Ok(shown.with_json("organisation", organisation)),
            None => Ok(shown),
        })?;
    }
    if reading.includes("concepts") {
        let profiles = rows.iter().map(|row| row.extra.0.value()).collect::<Result<Vec<MemberProfile>>>()?;
        let mut used: Vec<ConceptId> = profiles.iter().flat_map(MemberProfile::concepts).collect();
        used.sort_unstable();
        used.dedup();
        let known = concepts::references(conn, &used, reading.as_of)?;
        let rows: Vec<_> = rows.iter().zip(&profiles).collect();
        all = each(all, &rows, |shown, (row, profile)| {
            if Hidden::of(row.extra.5).has(MemberGroup::Skills) {
                return Ok(shown);
            }
            let own: Vec<_> = profile.concepts().iter().filter_map(|id| known.get(id)).cloned().collect();
            shown.with("concepts", &own)
        })?;
    }
    if reading.includes("completeness") {
        all = each(all, rows, |shown, row| match Hidden::of(row.extra.5).has(MemberGroup::Record) {
            true => Ok(shown),
            false => shown.with("completeness", &row::completeness(&row.document.value()?, &row.extra.0.value()?)),
        })?;
    }
    Ok(all)
}

/// Members as others mention them, but for those whom the viewer is not to know of: one query for all.
pub fn references(
    conn: &mut Conn,
    ids: Vec<MemberId>,
    as_of: Option<NaiveDateTime>,
    viewer: &Viewer,
) -> Result<HashMap<MemberId, MemberReference>> {
    mentioned(conn, ids, as_of, viewer)?.iter().map(|row| Ok((row.id, row.reference()?))).collect()
}

/// The same, as their rows have them.
pub fn mentioned(
    conn: &mut Conn,
    mut ids: Vec<MemberId>,
    as_of: Option<NaiveDateTime>,
    viewer: &Viewer,
) -> Result<Vec<Mentioned>> {
    ids.sort_unstable();
    ids.dedup();
    // A mention needs no profile, which is the longer half of a row.
    let mut query = members::table.filter(one_of(members::id, &ids)).into_boxed();
    if let Some(seen) = viewer.mention(as_of) {
        query = query.filter(seen);
    }
    let query = query.select((members::id, members::document, members::organisation_id));
    Ok(AsOf { at: as_of, query }.load(conn)?)
}
