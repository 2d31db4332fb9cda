//! Likely duplicates among members, as they are listed, and what somebody judged of them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::likeness::{DISMISSED, MemberDuplicateReason, THEN, refresh};
use super::reads::references;
use super::store::TYPE;
use super::types::{MemberId, MemberReference};
use super::viewer::Viewer;
use crate::db::as_of::Derived;
use crate::db::dismissals::{self, Dismissed};
use crate::db::keyset::SortValue;
use crate::db::schema::{member_duplicates, members, organisation_ancestors};
use crate::db::{Conn, MultiBackend, Tx, one_of};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Readable, Sort, Sorted};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::query::AnyOf;
use crate::http::shown::Shown;
use crate::http::time;
use crate::http::validation::one_line;
use crate::organisations::OrganisationId;

/// Two members who may be one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberDuplicateView {
    /// The ids of the two, with a colon between them.
    pub id: String,
    /// When the second was created.
    #[serde(serialize_with = "time::utc")]
    pub created_at: DateTime<Utc>,
    /// Why they may be.
    pub reasons: Vec<MemberDuplicateReason>,
    /// The one whose id came first.
    pub first: MemberReference,
    /// The other.
    pub second: MemberReference,
    /// That somebody judged the two to be two; null of those that may be one.
    pub dismissed: Option<Dismissed>,
}

/// Two members, in either order.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPair {
    /// The one.
    pub first_id: MemberId,
    /// The other.
    pub second_id: MemberId,
}

/// Two members, in either order, who are two.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberDismissal {
    /// The one.
    pub first_id: MemberId,
    /// The other.
    pub second_id: MemberId,
    /// What there is to say of it. It is forgotten with either of the two.
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Which pairs to list. Of several values of a parameter, separated by commas, any matches; of several parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberDuplicateFilter {
    /// Why they may be one person.
    #[param(value_type = Option<Vec<MemberDuplicateReason>>, style = Form, explode = false)]
    pub reason: Option<AnyOf<MemberDuplicateReason>>,
    /// The organisation that either works in.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub organisation_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above that of either, or it.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
    /// Those that somebody judged to be two, instead of the others.
    pub dismissed: Option<bool>,
}

/// What can be read of likely duplicates.
pub struct MemberDuplicate;

impl Readable for MemberDuplicate {
    const ID: &'static str = "member_duplicates.id";
    const SORTS: &'static [Sort] = &[Sort::by("created_at", "member_duplicates.created_at")];
    const FIELDS: &'static [&'static str] = &["id", "created_at", "reasons", "first", "second", "dismissed"];
    const INCLUDES: &'static [&'static str] = &[];
}

/// A pair, as its table has it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = member_duplicates, check_for_backend(MultiBackend))]
struct Row {
    id: String,
    first_id: MemberId,
    second_id: MemberId,
    created_at: NaiveDateTime,
}

impl Sorted for Row {
    fn sort_value(&self, _: &str, _: Language) -> Result<SortValue> {
        Ok(SortValue::Time(self.created_at))
    }

    fn id(&self) -> &str {
        &self.id
    }
}

type Asked = Listing<MemberDuplicate, MemberDuplicateFilter>;

/// What stands in the place of the table of pairs, if anything does.
fn derived(listing: &Asked) -> Option<&'static str> {
    match listing.filter.dismissed {
        Some(true) => Some(DISMISSED),
        _ => listing.reading.as_of.map(|_| THEN),
    }
}

/// A page of likely duplicates.
pub fn list(conn: &mut Conn, listing: &Asked, viewer: &Viewer) -> Result<Page<Shown>> {
    let (at, with) = (listing.reading.as_of, derived(listing));
    let mut query = filtered(&listing.filter, with.is_some(), viewer, at);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let page = listing.page(query.order(listing.order()).select(Row::as_select()));
    let mut rows: Vec<Row> = match with {
        None => page.load(conn)?,
        Some(with) => Derived { at, with, query: page.query }.load(conn)?,
    };
    let next = listing.cut(&mut rows)?;
    let query = || filtered(&listing.filter, with.is_some(), viewer, at).count();
    let total = match (listing.count, with) {
        (false, _) => None,
        (true, None) => Some(query().get_result(conn)?),
        (true, Some(with)) => Some(Derived { at, with, query: query() }.get_result(conn)?),
    };
    if rows.is_empty() {
        return Ok(Page { items: Vec::new(), next, total });
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let query = member_duplicates::table
        .filter(member_duplicates::id.eq_any(ids.clone()))
        .select((member_duplicates::id, member_duplicates::reason));
    let reasons: Vec<(String, MemberDuplicateReason)> = match with {
        None => query.load(conn)?,
        Some(with) => Derived { at, with, query }.load(conn)?,
    };
    let mut by_pair: HashMap<String, BTreeSet<MemberDuplicateReason>> = HashMap::new();
    for (id, reason) in reasons {
        by_pair.entry(id).or_default().insert(reason);
    }
    let mut dismissed = match listing.filter.dismissed {
        Some(true) => dismissals::of_pairs(conn, TYPE, &ids, at)?,
        _ => HashMap::new(),
    };
    let known = references(conn, rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect(), at, viewer)?;
    let show = |row: Row| {
        let reasons = by_pair.remove(&row.id).into_iter().flatten().collect();
        let dismissed = dismissed.remove(&row.id);
        view(row, reasons, dismissed, &known)
    };
    Ok(Page { items: rows.into_iter().map(show).collect::<Result<_>>()?, next, total })
}

fn view(
    row: Row,
    reasons: Vec<MemberDuplicateReason>,
    dismissed: Option<Dismissed>,
    known: &HashMap<MemberId, MemberReference>,
) -> Result<Shown> {
    let gone = || Problem::internal("a duplicate of somebody who is not there");
    let member = |id: MemberId| known.get(&id).cloned().ok_or_else(gone);
    let (first, second) = (member(row.first_id)?, member(row.second_id)?);
    let created_at = row.created_at.and_utc();
    Shown::of(1, &MemberDuplicateView { id: row.id, created_at, reasons, first, second, dismissed })
}

fn filtered(
    filter: &MemberDuplicateFilter,
    is_derived: bool,
    viewer: &Viewer,
    as_of: Option<NaiveDateTime>,
) -> member_duplicates::BoxedQuery<'static, MultiBackend> {
    let mut query = member_duplicates::table.into_boxed();
    let by_email = member_duplicates::reason.eq(MemberDuplicateReason::SameEmail);
    query = match filter.reason.as_ref().map(|reasons| reasons.0.as_slice()) {
        Some([reason]) => query.filter(member_duplicates::reason.eq(*reason)),
        // Once, whatever the number of reasons.
        _ => {
            let others = diesel::alias!(member_duplicates as others);
            let is_other = others.field(member_duplicates::id).eq(member_duplicates::id);
            let other = others.filter(is_other);
            let other = other.filter(others.field(member_duplicates::reason).eq(MemberDuplicateReason::SameEmail));
            query.filter(by_email.or(not(exists(other))))
        }
    };
    let first = || members::table.filter(members::id.eq(member_duplicates::first_id));
    let second = || members::table.filter(members::id.eq(member_duplicates::second_id));
    // What two people share is told to those whose people both are.
    for side in ["member_duplicates.first_id", "member_duplicates.second_id"] {
        if let Some(own) = viewer.own(side, as_of) {
            query = query.filter(own);
        }
    }
    // Of a page of what is kept the two are looked at alone; to what is derived as a whole the members come as a whole, too.
    macro_rules! of_either {
        ($are_there:expr) => {
            if is_derived {
                let there = || members::table.filter($are_there()).select(members::id);
                let is_first = member_duplicates::first_id.eq_any(there());
                query.filter(is_first.or(member_duplicates::second_id.eq_any(there())))
            } else {
                query.filter(exists(first().filter($are_there())).or(exists(second().filter($are_there()))))
            }
        };
    }
    if let Some(organisations) = &filter.organisation_id {
        let are_there = || one_of(members::organisation_id, &organisations.0);
        query = of_either!(are_there);
    }
    if let Some(tops) = &filter.subtree_of {
        let are_below = || {
            let below = organisation_ancestors::table.filter(one_of(organisation_ancestors::ancestor_id, &tops.0));
            members::organisation_id.eq_any(below.select(organisation_ancestors::organisation_id.nullable()))
        };
        query = of_either!(are_below);
    }
    query
}

/// Judges two members to be two: they are not listed any more, unless it is asked for. Whoever says so again changes
/// nothing.
pub fn dismiss(tx: &mut Tx<'_>, pair: MemberPair, note: Option<String>) -> Result<Shown> {
    let (first, second) = held(tx, pair)?;
    dismissals::dismiss(tx, TYPE, first.as_str(), second.as_str(), note)?;
    refresh(tx, &[second.as_str()], &[])?;
    show(tx.conn, first, second)
}

/// Takes it back.
pub fn restore(tx: &mut Tx<'_>, pair: MemberPair) -> Result<Shown> {
    let (first, second) = held(tx, pair)?;
    dismissals::restore(tx, TYPE, &dismissals::pair(first.as_str(), second.as_str()))?;
    refresh(tx, &[second.as_str()], &[])?;
    show(tx.conn, first, second)
}

/// The two of a pair that is listed, or was judged to be two, in the order of their ids; 404 where it is neither. Nobody
/// forgets or merges them meanwhile.
fn held(tx: &mut Tx<'_>, MemberPair { first_id, second_id }: MemberPair) -> Result<(MemberId, MemberId)> {
    if first_id == second_id {
        return Err(Problem::invalid(vec![Fault::at("/second_id", Code::Repeated)]));
    }
    let (first, second) = (first_id.min(second_id), first_id.max(second_id));
    tx.keep_all(TYPE, &[first.as_str(), second.as_str()])?;
    let id = dismissals::pair(first.as_str(), second.as_str());
    let listed = member_duplicates::table.filter(member_duplicates::id.eq(&id));
    let is_listed: bool = diesel::select(exists(listed)).get_result(tx.conn)?;
    if is_listed || !dismissals::of_pairs(tx.conn, TYPE, &[&id], None)?.is_empty() {
        return Ok((first, second));
    }
    Err(Problem::not_found())
}

/// A pair as it is now, alike or not.
fn show(conn: &mut Conn, first: MemberId, second: MemberId) -> Result<Shown> {
    type Like = (MemberId, NaiveDateTime, Option<String>, Option<String>, Option<OrganisationId>);
    let columns =
        (members::id, members::created_at, members::email_folded, members::name_folded, members::organisation_id);
    let both = members::table.filter(members::id.eq_any([first, second])).order(members::id).select(columns);
    let both: Vec<Like> = both.load(conn)?;
    let [(_, _, email, name, house), (_, created_at, other_email, other_name, other_house)] = both.as_slice() else {
        return Err(Problem::not_found());
    };
    let is_both = |is: bool, reason| is.then_some(reason);
    let reasons = [
        is_both(email.is_some() && email == other_email, MemberDuplicateReason::SameEmail),
        is_both(
            name.is_some() && house.is_some() && (name, house) == (other_name, other_house),
            MemberDuplicateReason::SameNameAndOrganisation,
        ),
    ];
    let id = dismissals::pair(first.as_str(), second.as_str());
    let dismissed = dismissals::of_pairs(conn, TYPE, &[&id], None)?.remove(&id);
    let known = references(conn, vec![first, second], None, &Viewer::All)?;
    let row = Row { id, first_id: first, second_id: second, created_at: *created_at };
    view(row, reasons.into_iter().flatten().collect(), dismissed, &known)
}
