//! A member as their table has them.

use chrono::{Months, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Deserialize;

use super::facets::available;
use super::hidden::Hidden;
use super::profile::{Completeness, MemberProfile};
use super::types::{MemberCreate, MemberId, MemberReference};
use super::words::{MemberStatus, Office};
use crate::db::rows::Value;
use crate::db::schema::members;
use crate::db::{Json, MultiBackend, now};
use crate::http::language::Language;
use crate::http::listed::Listed;
use crate::http::problem::{Problem, Result};
use crate::http::shown::{Shown, mention, push_json, push_plain};
use crate::http::time;
use crate::organisations::OrganisationId;
use crate::text::{StoredName, fields, fold, sort_key};

/// A member, as their table has them.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = members, check_for_backend(MultiBackend))]
#[allow(missing_docs)]
pub struct MemberRow {
    pub id: MemberId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub document: Json<MemberCreate>,
    pub profile: Json<MemberProfile>,
    pub profile_version: i64,
    pub user_name: String,
    pub organisation_id: Option<OrganisationId>,
    pub status: MemberStatus,
    pub protected: bool,
    pub confirmed_at: Option<NaiveDateTime>,
    pub fresh_at: NaiveDateTime,
    pub looking_for_peers: bool,
    pub available_percent: i16,
    pub available_from: Option<NaiveDate>,
    pub available_until: Option<NaiveDate>,
    pub sort_key: Vec<u8>,
    pub names_version: i64,
    pub office: Option<Office>,
    pub email_folded: Option<String>,
    pub name_folded: Option<String>,
}

/// As much of a member as others mention.
#[derive(Queryable)]
#[allow(missing_docs)]
pub struct Mentioned {
    pub id: MemberId,
    pub document: Json<MemberCreate>,
    pub organisation_id: Option<OrganisationId>,
}

impl Mentioned {
    /// The same as JSON: taken out of their document as it stands.
    pub fn json(&self) -> Result<Vec<u8>> {
        let names = ["given_name", "family_name", "title"];
        let Some([Some(given), Some(family), title]) = fields(self.document.text()?, names) else {
            return Err(Problem::internal("a member without a name"));
        };
        let mut json = mention(self.id.as_bytes());
        push_json(&mut json, "given_name", given.as_bytes());
        push_json(&mut json, "family_name", family.as_bytes());
        push_json(&mut json, "title", title.unwrap_or("null").as_bytes());
        push_plain(&mut json, "organisation_id", self.organisation_id.as_ref().map(OrganisationId::as_bytes));
        json.push(b'}');
        Ok(json)
    }

    /// What others mention of them.
    pub fn reference(&self) -> Result<MemberReference> {
        #[derive(Deserialize)]
        struct Named {
            given_name: String,
            family_name: String,
            title: Option<StoredName>,
        }
        let Named { given_name, family_name, title } = self.document.part()?;
        Ok(MemberReference { id: self.id, given_name, family_name, title, organisation_id: self.organisation_id })
    }
}

/// The columns of what the HR system owns.
#[derive(AsChangeset)]
#[diesel(table_name = members, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct HrColumns {
    pub version: i64,
    pub updated_at: NaiveDateTime,
    pub document: Json<MemberCreate>,
    pub user_name: String,
    pub organisation_id: Option<OrganisationId>,
    pub status: MemberStatus,
    pub protected: bool,
    pub sort_key: Vec<u8>,
    pub names_version: i64,
    pub office: Option<Office>,
    pub email_folded: Option<String>,
    pub name_folded: Option<String>,
}

/// The columns of what the person owns.
#[derive(AsChangeset)]
#[diesel(table_name = members, treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct OwnColumns {
    pub profile_version: i64,
    pub updated_at: NaiveDateTime,
    pub profile: Json<MemberProfile>,
    pub looking_for_peers: bool,
    pub available_percent: i16,
    pub available_from: Option<NaiveDate>,
    pub available_until: Option<NaiveDate>,
}

/// What a list reads of a member beside what every list reads: the profile with its version, when it was confirmed and
/// when it began to age, the organisation, and what is hidden from the reader ([`Hidden::of`]).
pub type MemberExtra = (Json<MemberProfile>, i64, Option<NaiveDateTime>, NaiveDateTime, Option<OrganisationId>, i32);

/// A member, as a list reads them.
pub type ListedMember = Listed<MemberId, MemberCreate, MemberExtra>;

impl From<MemberRow> for ListedMember {
    fn from(row: MemberRow) -> Self {
        Listed {
            id: row.id,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            document: row.document,
            name_key: row.sort_key,
            extra: (row.profile, row.profile_version, row.confirmed_at, row.fresh_at, row.organisation_id, 0),
        }
    }
}

/// What readers see of a member at a time.
pub fn show(listed: &ListedMember, at: NaiveDateTime) -> Result<Shown> {
    let (profile, profile_version, confirmed_at, fresh_at, _, hidden) = &listed.extra;
    let with = |shown: Shown, profile: &str| {
        shown
            .with_json("profile", profile.as_bytes())
            .with("profile_version", profile_version)?
            .with("confirmed_at", &confirmed_at.map(time::text))
            .map(|shown| shown.with_flag("stale", *fresh_at < stale_before(at)))
    };
    let hidden = Hidden::of(*hidden);
    if hidden.is_empty() {
        return listed.show(|shown| with(shown, profile.text()?));
    }
    let (document, profile) = (hidden.cut(&listed.document)?, hidden.cut(profile)?);
    let shown = Shown::new(listed.id.as_str(), listed.version, listed.created_at, listed.updated_at);
    with(shown, profile.text()?)?.with_document(&document).with("hidden", &hidden.groups())
}

/// What was confirmed, or created, before this is stale at a time: a year before it.
pub fn stale_before(at: NaiveDateTime) -> NaiveDateTime {
    at.checked_sub_months(Months::new(12)).unwrap_or_default()
}

impl MemberRow {
    /// A new member.
    pub fn new(id: MemberId, document: &MemberCreate, profile: &MemberProfile, now: NaiveDateTime) -> Result<Self> {
        let hr = HrColumns::of(document, 1, 1, now)?;
        let own = OwnColumns::of(profile, 1, now)?;
        Ok(Self {
            id,
            version: hr.version,
            created_at: now,
            updated_at: now,
            document: hr.document,
            profile: own.profile,
            profile_version: own.profile_version,
            user_name: hr.user_name,
            organisation_id: hr.organisation_id,
            status: hr.status,
            protected: hr.protected,
            confirmed_at: None,
            fresh_at: now,
            looking_for_peers: own.looking_for_peers,
            available_percent: own.available_percent,
            available_from: own.available_from,
            available_until: own.available_until,
            sort_key: hr.sort_key,
            names_version: hr.names_version,
            office: hr.office,
            email_folded: hr.email_folded,
            name_folded: hr.name_folded,
        })
    }

    /// What readers see of them now.
    pub fn show(self) -> Result<Shown> {
        show(&self.into(), now())
    }

    /// What whoever sees all of the profile sees.
    pub fn show_profile(&self) -> Result<Shown> {
        self.show_profile_but(Hidden::default())
    }

    /// What readers see of the profile.
    pub fn show_profile_but(&self, hidden: Hidden) -> Result<Shown> {
        let shown = Shown::new(self.id.as_str(), self.profile_version, self.created_at, self.updated_at);
        let hidden = hidden.of_profile();
        if hidden.is_empty() {
            return Ok(shown.with_document(&self.profile));
        }
        shown.with_document(&hidden.cut(&self.profile)?).with("hidden", &hidden.groups())
    }
}

impl HrColumns {
    /// Of a document, at a version and with the version that last changed the name.
    pub fn of(document: &MemberCreate, version: i64, names_version: i64, now: NaiveDateTime) -> Result<Self> {
        let name = format!("{} {}", document.family_name, document.given_name);
        Ok(Self {
            version,
            updated_at: now,
            document: Json::of(document)?,
            user_name: fold(&document.user_name),
            organisation_id: document.organisation_id,
            status: document.status,
            protected: document.protected,
            sort_key: sort_key(&name, Language::Fi),
            names_version,
            office: document.office,
            email_folded: document.email.as_deref().map(fold),
            name_folded: Some(fold(&name)),
        })
    }
}

impl OwnColumns {
    /// Of a profile, at a version.
    pub fn of(profile: &MemberProfile, profile_version: i64, now: NaiveDateTime) -> Result<Self> {
        let (available_percent, available_from, available_until) = available(profile);
        Ok(Self {
            profile_version,
            updated_at: now,
            profile: Json::of(profile)?,
            looking_for_peers: profile.looking_for_peers,
            available_percent,
            available_from,
            available_until,
        })
    }
}

/// How much of a member is filled in: ten things that count alike.
pub fn completeness(document: &MemberCreate, profile: &MemberProfile) -> Completeness {
    let parts = [
        ("title", document.title.is_some()),
        ("organisation_id", document.organisation_id.is_some()),
        ("email", document.email.is_some() || document.phone.is_some()),
        ("bio", profile.bio.is_some()),
        ("languages", !profile.languages.is_empty()),
        ("skills", !profile.skills.is_empty()),
        ("interests", !profile.interests.is_empty()),
        ("experience", !profile.experience.is_empty()),
        ("availability", profile.availability.is_some()),
        ("willing_to", !profile.willing_to.is_empty()),
    ];
    let missing: Vec<&'static str> = parts.iter().filter(|(_, is_there)| !is_there).map(|(name, _)| *name).collect();
    let percent = (parts.len() - missing.len()) * 100 / parts.len();
    Completeness { percent: u8::try_from(percent).unwrap_or(100), missing }
}

/// The columns of `member_names`.
pub const NAME_COLUMNS: [&str; 4] = ["member_id", "names_version", "language", "folded"];

/// The name in both orders, folded.
pub fn names(document: &MemberCreate) -> [(&'static str, String); 2] {
    let MemberCreate { given_name, family_name, .. } = document;
    [
        ("given_first", fold(&format!("{given_name} {family_name}"))),
        ("family_first", fold(&format!("{family_name} {given_name}"))),
    ]
}

/// A row of `member_names`.
pub fn name_row<'a>(id: &'a MemberId, version: i64, (order, folded): &'a (&'static str, String)) -> [Value<'a>; 4] {
    [Value::Text(id.as_str()), Value::Number(version), Value::Text(order), Value::Text(folded)]
}

/// The columns of `members`.
pub const COLUMNS: [&str; 22] = [
    "id",
    "version",
    "created_at",
    "updated_at",
    "document",
    "profile",
    "profile_version",
    "user_name",
    "organisation_id",
    "status",
    "protected",
    "confirmed_at",
    "fresh_at",
    "looking_for_peers",
    "available_percent",
    "available_from",
    "available_until",
    "sort_key",
    "names_version",
    "office",
    "email_folded",
    "name_folded",
];

impl MemberRow {
    /// Its values, in the order of [`COLUMNS`], for an insert of many.
    pub fn values(&self) -> [Value<'_>; 22] {
        [
            Value::Text(self.id.as_str()),
            Value::Number(self.version),
            Value::Time(self.created_at),
            Value::Time(self.updated_at),
            Value::Document(self.document.untyped()),
            Value::Document(self.profile.untyped()),
            Value::Number(self.profile_version),
            Value::Text(&self.user_name),
            Value::MaybeText(self.organisation_id.as_ref().map(AsRef::as_ref)),
            Value::Text(self.status.as_str()),
            Value::Flag(self.protected),
            Value::MaybeTime(self.confirmed_at),
            Value::Time(self.fresh_at),
            Value::Flag(self.looking_for_peers),
            Value::Number(self.available_percent.into()),
            Value::MaybeDay(self.available_from),
            Value::MaybeDay(self.available_until),
            Value::Key(&self.sort_key),
            Value::Number(self.names_version),
            Value::MaybeText(self.office.as_ref().map(Office::as_str)),
            Value::MaybeText(self.email_folded.as_deref()),
            Value::MaybeText(self.name_folded.as_deref()),
        ]
    }
}
