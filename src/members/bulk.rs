//! Many new members at once, with a handful of statements for all: for the demo, and for what syncs thousands.

use chrono::NaiveDate;
use diesel::RunQueryDsl;

use super::facets;
use super::likeness;
use super::profile::MemberProfile;
use super::row::{self, COLUMNS, MemberRow, NAME_COLUMNS};
use super::store::{FACETS, TYPE, user_name_taken};
use super::types::{MemberCreate, MemberId};
use crate::db::changes::{self, Action};
use crate::db::rows::InsertRows;
use crate::db::{OnConflict, Tx, external_ids, revisions};
use crate::ex_officio;
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};

/// Members in one statement.
const BATCH: usize = 500;

/// Creates members of known ids. Organisations and concepts that they name must be there. They come into the networks
/// that they belong to by office from `today` on.
pub fn load(tx: &mut Tx<'_>, members: &[(MemberId, MemberCreate, MemberProfile)], today: NaiveDate) -> Result<()> {
    members.chunks(BATCH).try_for_each(|batch| insert(tx, batch))?;
    let holders = members.iter().filter(|(_, document, _)| document.office.is_some());
    ex_officio::people_changed(tx, &holders.map(|(id, ..)| *id).collect::<Vec<_>>(), today)?;
    let ids: Vec<&str> = members.iter().map(|(id, ..)| id.as_str()).collect();
    ids.chunks(BATCH).try_for_each(|batch| likeness::refresh(tx, batch, &[]))
}

fn insert(tx: &mut Tx<'_>, members: &[(MemberId, MemberCreate, MemberProfile)]) -> Result<()> {
    let new = |(id, document, profile): &(MemberId, MemberCreate, MemberProfile)| {
        MemberRow::new(*id, document, profile, tx.now)
    };
    let rows = members.iter().map(new).collect::<Result<Vec<MemberRow>>>()?;
    let insert = InsertRows { table: "members", columns: COLUMNS, rows: rows.iter().map(MemberRow::values).collect() };
    insert.execute(tx.conn).on_taken(user_name_taken)?;
    let names: Vec<_> = members.iter().map(|(id, document, _)| (id, row::names(document))).collect();
    let names = names.iter().flat_map(|(id, names)| names.iter().map(|name| row::name_row(id, 1, name)));
    InsertRows { table: "member_names", columns: NAME_COLUMNS, rows: names.collect() }.execute(tx.conn)?;
    let ids: Vec<&str> = members.iter().map(|(id, ..)| id.as_str()).collect();
    let facets: Vec<_> = members.iter().map(|(id, _, profile)| (id, facets::of(profile), profile)).collect();
    let facets = facets.iter().flat_map(|(id, facets, profile)| facets::rows(id, facets, profile)).collect();
    let unknown = || Problem::invalid(vec![Fault::at("/profile/skills", Code::UnknownReference)]);
    FACETS.insert(tx, &ids, facets, unknown)?;
    let external = members.iter().map(|(id, document, _)| (id.as_str(), document.external_ids.as_slice()));
    let taken = || Problem::conflict(Fault::at("/external_ids", Code::Taken));
    external_ids::insert(tx, TYPE, &external.collect::<Vec<_>>(), taken)?;
    revisions::open(tx, TYPE, &ids)?;
    let ids: Vec<(&str, i64)> = ids.into_iter().map(|id| (id, 1)).collect();
    changes::append(tx, TYPE, &ids, Action::Created, ["document", "profile"].map(str::to_owned).to_vec())
}
