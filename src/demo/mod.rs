//! The demo directory: the ministries, agencies and regional councils of mainland Finland, real networks among them,
//! vocabularies of themes and skills, and invented people, with fixed ids and a fixed time, so that the document's
//! examples run.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};

use crate::db::{Db, Tx, meta};
use crate::http::problem::{Problem, Result as Answered};
use crate::members::identities::{self, MemberIdentityId, MemberIdentitySeed};
use crate::members::{self, MemberCreate, MemberId, MemberProfile};
use crate::memberships::{self, MembershipId, MembershipSeed};
use crate::networks::links::{NetworkLinkCreate, NetworkLinkId};
use crate::networks::{self, NetworkCreate, NetworkId};
use crate::organisation_changes::{self, OrganisationChangeCreate, OrganisationChangeId};
use crate::organisations::{self, OrganisationCreate, OrganisationId};
use crate::vocabularies::import::{self, Format, Target, Through, command::described};
use crate::vocabularies::{self, ConceptId, VocabularyCreate, VocabularyId};

const ORGANISATIONS: &str = include_str!("organisations.json");
const CHANGES: &str = include_str!("organisation_changes.json");
const NETWORKS: &str = include_str!("networks.json");
const LINKS: &str = include_str!("network_links.json");
const MEMBERS: &str = include_str!("members.json");
const IDENTITIES: &str = include_str!("member_identities.json");
const MEMBERSHIPS: &str = include_str!("memberships.json");

const THEMES: &str = include_str!("themes.ttl");
const SKILLS: &str = include_str!("skills.ttl");
const VOCABULARIES: &str = include_str!("vocabularies.json");

/// The vocabularies that come from files: the number of its own, the number that its concepts have, the file.
const FILES: [(u32, u32, &str); 2] = [(1, 0x7005, THEMES), (2, 0x7006, SKILLS)];

/// Whose token the demo prints: one of its people, by `member_identities.json`.
pub const SUBJECT: &str = "demo";

/// The mark, in the database, of a directory that began as the demo.
const MARK: &str = "demo";

/// An entity with the id it has in the demo.
struct Fixed<Id, Document> {
    id: Id,
    document: Document,
    /// The network that a link is from.
    from: Option<NetworkId>,
    /// What a member says of themselves.
    profile: Option<MemberProfile>,
}

impl<'de, Id: DeserializeOwned, Document: DeserializeOwned> Deserialize<'de> for Fixed<Id, Document> {
    /// The id stands beside the fields of the document, which knows no other fields than its own.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(from)?;
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let id = serde_json::from_value(take("id")).map_err(D::Error::custom)?;
        let from = serde_json::from_value(take("from")).map_err(D::Error::custom)?;
        let profile = serde_json::from_value(take("profile")).map_err(D::Error::custom)?;
        let document = serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)?;
        Ok(Self { id, document, from, profile })
    }
}

/// Loads the demo into an empty directory, once. One that holds the demo already, changed or not, is left alone.
///
/// # Errors
/// A directory that is neither empty nor the demo's own.
pub fn load(db: &Db) -> Result<bool, String> {
    let say = |problem: Problem| format!("cannot load the demo: {problem:?}");
    let is_ours = db.read_now(|conn| Ok(meta::get(conn, MARK)?.is_some())).map_err(say)?;
    if is_ours {
        return Ok(false);
    }
    let organisations: Vec<Fixed<OrganisationId, OrganisationCreate>> = parse(ORGANISATIONS)?;
    let changes: Vec<Fixed<OrganisationChangeId, OrganisationChangeCreate>> = parse(CHANGES)?;
    let networks: Vec<Fixed<NetworkId, NetworkCreate>> = parse(NETWORKS)?;
    let vocabularies: Vec<Fixed<VocabularyId, VocabularyCreate>> = parse(VOCABULARIES)?;
    let links: Vec<Fixed<NetworkLinkId, NetworkLinkCreate>> = parse(LINKS)?;
    let people: Vec<Fixed<MemberId, MemberCreate>> = parse(MEMBERS)?;
    let known: Vec<Fixed<MemberIdentityId, MemberIdentitySeed>> = parse(IDENTITIES)?;
    let seeds: Vec<Fixed<MembershipId, MembershipSeed>> = parse(MEMBERSHIPS)?;
    db.write_now(None, time(), |tx| {
        if !crate::db::changes::is_empty(tx.conn)? {
            return Ok(false);
        }
        organisations::load(tx, organisations.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        FILES.iter().try_for_each(|file| load_file(tx, file))?;
        vocabularies::load(tx, vocabularies.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        // People before networks: rules of office move nobody who was there first, so the memberships are as they are.
        let people = people.into_iter().map(|fixed| (fixed.id, fixed.document, fixed.profile.unwrap_or_default()));
        members::load(tx, &people.collect::<Vec<_>>(), time().date())?;
        networks::load(tx, networks.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        let links = links.into_iter().filter_map(|fixed| Some((fixed.id, fixed.from?, fixed.document)));
        networks::links::load(tx, links.collect())?;
        identities::load(tx, known.into_iter().map(|fixed| (fixed.id, fixed.document)).collect(), db.key())?;
        memberships::load(tx, seeds.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        organisation_changes::load(tx, changes.into_iter().map(|fixed| (fixed.id, fixed.document)).collect())?;
        meta::set(tx.conn, MARK, "loaded")?;
        Ok(true)
    })
    .map_err(say)?
    .then_some(true)
    .ok_or_else(|| {
        "the demo is only loaded into an empty directory, and this one holds something else: name another database"
            .to_owned()
    })
}

/// Imports a vocabulary as any file is imported, but for the ids: a concept's ends with its notation.
fn load_file(tx: &mut Tx<'_>, (number, kind, text): &(u32, u32, &str)) -> Answered<()> {
    let file = import::read(Format::Turtle, text.as_bytes())?;
    let uri = file.schemes().first().map(|uri| (*uri).to_owned()).unwrap_or_default();
    let id: VocabularyId =
        format!("01900000-0000-7004-8000-{number:012}").parse().map_err(|error: String| Problem::internal(error))?;
    let id_of = |notation: Option<&str>| {
        let notation = notation.unwrap_or_default();
        format!("01900000-0000-{kind:04x}-8000-{notation:0>12}").parse().unwrap_or_else(|_| ConceptId::new())
    };
    let create = Some(described(&file, &uri)?);
    import::run(Through::Tx(tx), Target { id, uri, create }, file, false, id_of).map(|_| ())
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| format!("the demo's own data is faulty: {error}"))
}

/// The time at which the demo was recorded: 2026-01-01, midnight, UTC.
fn time() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN)
}
