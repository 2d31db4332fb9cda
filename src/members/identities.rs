//! Who members are to the issuers of tokens: a person is (`iss`, `sub`), linked to a member once.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::get as get_member;
use super::types::MemberId;
use super::words::MemberStatus;
use crate::auth::token::internal_id;
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::keyset::SortValue;
use crate::db::schema::{member_identities, member_identity_revisions, members};
use crate::db::types::id_type;
use crate::db::{Conn, MultiBackend, OnConflict, Tx, revisions, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Readable, Reading, Sort, Sorted};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::shown::Shown;
use crate::http::validation::ascii;
use crate::organisations::OrganisationId;

const TYPE: EntityType = EntityType::MemberIdentity;

id_type! {
    /// The id of a member's identity.
    MemberIdentityId
}

/// Who a member is to an issuer of tokens.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIdentityCreate {
    /// The issuer, as its tokens' `iss` says.
    #[validate(length(min = 1, max = 500), custom(function = "ascii"))]
    #[schema(min_length = 1, max_length = 500, pattern = "^[ -~]+$", example = "solmu")]
    pub issuer: String,
    /// The person, as its tokens' `sub` says: what never changes, not a name or an address.
    /// OpenID Connect Core 1.0 (2) allows 255 characters of ASCII.
    #[validate(length(min = 1, max = 255), custom(function = "ascii"))]
    #[schema(min_length = 1, max_length = 255, pattern = "^[ -~]+$", example = "maija")]
    pub subject: String,
}

/// An identity of the demo.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct MemberIdentitySeed {
    pub member_id: MemberId,
    pub issuer: String,
    pub subject: String,
}

/// An identity of a member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberIdentityView {
    /// Its id.
    pub id: MemberIdentityId,
    /// 1, and one more each time that it went along when its member was merged into another.
    pub version: i64,
    /// When it was linked.
    #[serde(serialize_with = "crate::http::time::utc")]
    pub created_at: DateTime<Utc>,
    /// When it was linked, or last went along.
    #[serde(serialize_with = "crate::http::time::utc")]
    pub updated_at: DateTime<Utc>,
    /// The member.
    pub member_id: MemberId,
    /// The issuer.
    pub issuer: String,
    /// The person to the issuer.
    pub subject: String,
}

/// Which identities to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberIdentityFilter {
    /// The issuer, such as solmu.
    pub issuer: Option<String>,
}

/// What can be read of identities.
pub struct MemberIdentity;

impl Readable for MemberIdentity {
    const ID: &'static str = "member_identities.id";
    const SORTS: &'static [Sort] = &[Sort::by("created_at", "member_identities.created_at")];
    const FIELDS: &'static [&'static str] =
        &["id", "version", "created_at", "updated_at", "member_id", "issuer", "subject"];
    const INCLUDES: &'static [&'static str] = &[];
}

/// An identity, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_identities, check_for_backend(MultiBackend))]
struct Row {
    id: MemberIdentityId,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    member_id: MemberId,
    issuer: String,
    subject: String,
    caller_id: String,
}

impl Sorted for Row {
    fn sort_value(&self, _: &str, _: Language) -> Result<SortValue> {
        Ok(SortValue::Time(self.created_at))
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Row {
    fn show(self) -> Result<Shown> {
        let view = MemberIdentityView {
            id: self.id,
            version: self.version,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            member_id: self.member_id,
            issuer: self.issuer,
            subject: self.subject,
        };
        Shown::of(view.version, &view)
    }
}

/// The member that a caller is, by the internal id of callers, where they work and how they stand to it.
pub fn person_of(conn: &mut Conn, caller: &str) -> Result<Option<(MemberId, Option<OrganisationId>, MemberStatus)>> {
    let query = member_identities::table
        .inner_join(members::table.on(members::id.eq(member_identities::member_id)))
        .filter(member_identities::caller_id.eq(caller));
    Ok(query.select((members::id, members::organisation_id, members::status)).first(conn).optional()?)
}

fn get(conn: &mut Conn, member: MemberId, id: MemberIdentityId, as_of: Option<NaiveDateTime>) -> Result<Row> {
    let query = member_identities::table
        .filter(member_identities::id.eq(id))
        .filter(member_identities::member_id.eq(member))
        .select(Row::as_select());
    let row = AsOf { at: as_of, query }.get_result(conn).optional()?;
    let owner = (EntityType::Member, member.as_str());
    row.ok_or_else(|| tombstones::missing_of(conn, owner, (TYPE, id.as_str()), as_of, Sight::Editor))
}

/// One identity of a member.
pub fn read(
    conn: &mut Conn,
    member: MemberId,
    id: MemberIdentityId,
    reading: &Reading<MemberIdentity>,
) -> Result<Shown> {
    get(conn, member, id, reading.as_of)?.show()
}

/// A page of a member's identities.
pub fn list(
    conn: &mut Conn,
    member: MemberId,
    listing: &Listing<MemberIdentity, MemberIdentityFilter>,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    get_member(conn, member, at)?;
    let filtered = || {
        let query = member_identities::table.into_boxed().filter(member_identities::member_id.eq(member));
        match listing.filter.issuer.clone() {
            Some(issuer) => query.filter(member_identities::issuer.eq(issuer)),
            None => query,
        }
    };
    let mut query = filtered();
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select(Row::as_select());
    let mut rows: Vec<Row> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered().count() }.get_result(conn)?),
        false => None,
    };
    let items = rows.into_iter().map(Row::show).collect::<Result<_>>()?;
    Ok(Page { items, next, total })
}

/// Links an identity to a member; 409 where it is somebody's already. `caller_id` stands for it in the log.
pub fn insert(
    tx: &mut Tx<'_>,
    id: MemberIdentityId,
    member: MemberId,
    identity: MemberIdentityCreate,
    caller_id: String,
) -> Result<Shown> {
    tx.hold(EntityType::Member, member.as_str())?;
    get_member(tx.conn, member, None)?;
    let MemberIdentityCreate { issuer, subject } = identity;
    let (created_at, updated_at) = (tx.now, tx.now);
    let row = Row { id, version: 1, created_at, updated_at, member_id: member, issuer, subject, caller_id };
    let taken = || Problem::conflict(Fault::at("/subject", Code::Taken));
    diesel::insert_into(member_identities::table).values(&row).execute(tx.conn).on_taken(taken)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    let fields = ["member_id", "issuer", "subject"].map(str::to_owned).to_vec();
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, fields)?;
    row.show()
}

/// Links identities of known ids: for the demo. `key` is the database's.
pub fn load(tx: &mut Tx<'_>, identities: Vec<(MemberIdentityId, MemberIdentitySeed)>, key: &[u8]) -> Result<()> {
    for (id, MemberIdentitySeed { member_id, issuer, subject }) in identities {
        let caller_id = internal_id(key, &issuer, &subject)?.to_string();
        insert(tx, id, member_id, MemberIdentityCreate { issuer, subject }, caller_id)?;
    }
    Ok(())
}

/// Takes an identity away from a member: tokens of it are nobody's then.
/// `may` says whether that is for the caller to say of its issuer.
pub fn delete(
    tx: &mut Tx<'_>,
    member: MemberId,
    id: MemberIdentityId,
    if_match: &IfMatch,
    may: impl FnOnce(&str) -> Result<()>,
) -> Result<()> {
    // Whoever forgets the member does so at another time, with the identity or without it.
    tx.hold(EntityType::Member, member.as_str())?;
    let old = get(tx.conn, member, id, None)?;
    may(&old.issuer)?;
    if_match.check(old.version)?;
    tx.not_before(old.updated_at);
    if diesel::delete(member_identities::table.filter(member_identities::id.eq(id))).execute(tx.conn)? == 0 {
        return Err(stale(old.version + 1));
    }
    revisions::close(tx, TYPE, &[id.as_str()])?;
    leave(tx, &[(id.as_str(), old.version)])
}

/// Forgets the identities that a member ever had.
pub fn forget(tx: &mut Tx<'_>, member: MemberId) -> Result<()> {
    let own = member_identities::table.filter(member_identities::member_id.eq(member));
    let gone: Vec<(MemberIdentityId, i64)> =
        own.select((member_identities::id, member_identities::version)).load(tx.conn)?;
    diesel::delete(own).execute(tx.conn)?;
    let past = member_identity_revisions::table.filter(member_identity_revisions::member_id.eq(member));
    diesel::delete(past).execute(tx.conn)?;
    let gone: Vec<(&str, i64)> = gone.iter().map(|(id, version)| (id.as_str(), *version)).collect();
    if gone.is_empty() { Ok(()) } else { leave(tx, &gone) }
}

/// Moves the transaction's time past what was recorded of a member's identities, for [`take_over`].
pub fn follow(tx: &mut Tx<'_>, member: MemberId) -> Result<()> {
    let own = member_identities::table.filter(member_identities::member_id.eq(member));
    let last: Option<NaiveDateTime> = own.select(max(member_identities::updated_at)).get_result(tx.conn)?;
    if let Some(last) = last {
        tx.not_before(last);
    }
    Ok(())
}

/// The issuers that a member is somebody to.
pub fn issuers(conn: &mut Conn, member: MemberId) -> Result<Vec<String>> {
    let own = member_identities::table.filter(member_identities::member_id.eq(member));
    Ok(own.select(member_identities::issuer).distinct().order(member_identities::issuer).load(conn)?)
}

/// Gives a member the identities of another who was the same person: their tokens are the one's from now on.
pub fn take_over(tx: &mut Tx<'_>, from: MemberId, to: MemberId) -> Result<()> {
    let own = member_identities::table.filter(member_identities::member_id.eq(from));
    let moved: Vec<(MemberIdentityId, i64)> =
        own.order(member_identities::id).select((member_identities::id, member_identities::version)).load(tx.conn)?;
    if moved.is_empty() {
        return Ok(());
    }
    let values = (
        member_identities::member_id.eq(to),
        member_identities::version.eq(member_identities::version + 1),
        member_identities::updated_at.eq(tx.now),
    );
    diesel::update(own).set(values).execute(tx.conn)?;
    let moved: Vec<(&str, i64)> = moved.iter().map(|(id, version)| (id.as_str(), version + 1)).collect();
    revisions::next(tx, TYPE, &moved.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    changes::append(tx, TYPE, &moved, Action::Updated, vec!["member_id".to_owned()])
}

fn leave(tx: &mut Tx<'_>, gone: &[(&str, i64)]) -> Result<()> {
    tombstones::leave(tx, TYPE, gone, Visibility::Administration)?;
    changes::append(tx, TYPE, gone, Action::Deleted, Vec::new())
}
