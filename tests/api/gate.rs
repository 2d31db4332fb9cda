//! The two-database design stands: each kind of statement that it builds on, on whichever database the run uses.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde_json::json;
use solmu::db::schema::{organisation_ancestors, organisations, tombstones};
use solmu::db::{Json, MultiBackend, OnConflict, meta, now};
use solmu::http::messages::Code;
use solmu::http::problem::{Fault, Kind, Problem};
use solmu::organisations::{OrganisationCreate, OrganisationId};
use solmu::text::Name;

use crate::harness::{App, Token};

#[test]
fn a_statement_returns_what_it_wrote() {
    let app = App::start();
    let time = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    let (inserted, updated) = app
        .db()
        .write_now(None, now(), |tx| {
            let row = (
                tombstones::entity_type.eq("organisation"),
                tombstones::entity_id.eq("a"),
                tombstones::version.eq(i64::MAX),
                tombstones::visibility.eq("public"),
                tombstones::deleted_at.eq(time),
            );
            let written = (tombstones::entity_id, tombstones::version, tombstones::deleted_at);
            let inserted: (String, i64, _) =
                diesel::insert_into(tombstones::table).values(row).returning(written).get_result(tx.conn)?;
            let updated: Vec<i64> = diesel::update(tombstones::table.filter(tombstones::entity_id.eq("a")))
                .set(tombstones::version.eq(tombstones::version - 1))
                .returning(tombstones::version)
                .get_results(tx.conn)?;
            Ok((inserted, updated))
        })
        .unwrap();
    assert_eq!(inserted, ("a".to_owned(), i64::MAX, time));
    assert_eq!(updated, [i64::MAX - 1]);
}

#[test]
fn a_filter_that_is_put_together_joins_and_counts() {
    let app = App::start();
    let top = app.organisation("Ylin");
    let below = app.organisation_with(json!({ "name": { "fi": "Alempi" }, "kind": "agency", "parent_id": top }));
    app.organisation_with(json!({ "name": { "fi": "Muu" }, "kind": "company", "parent_id": top }));
    let count = |top: &str, kinds: &[&str]| {
        let joined = organisation_ancestors::table
            .inner_join(organisations::table.on(organisations::id.eq(organisation_ancestors::organisation_id)));
        let mut query = joined.select(count_star()).into_boxed::<MultiBackend>();
        query = query.filter(organisation_ancestors::ancestor_id.eq(top.to_owned()));
        if !kinds.is_empty() {
            query = query.filter(organisations::kind.eq_any(kinds.iter().map(|kind| (*kind).to_owned())));
        }
        app.db().read_now(|conn| Ok(query.get_result::<i64>(conn)?)).unwrap()
    };
    assert_eq!((count(&top, &[]), count(&top, &["agency"]), count(&top, &["ministry"])), (3, 2, 0));
    assert_eq!((count(&below, &[]), count(&below, &["company", "agency"])), (1, 1));
    assert_eq!(count(&top, &["company", "agency"]), 3);
}

#[test]
fn an_upsert_writes_over_what_was_there() {
    let app = App::start();
    let values = app.db().write_now(None, now(), |tx| {
        let mut values = vec![meta::get(tx.conn, "mark")?];
        for value in ["first", "second"] {
            meta::set(tx.conn, "mark", value)?;
            values.push(meta::get(tx.conn, "mark")?);
        }
        Ok(values)
    });
    assert_eq!(values.unwrap(), [None, Some("first".to_owned()), Some("second".to_owned())]);
}

#[test]
fn a_patch_to_null_clears() {
    let app = App::start();
    let ministry = app.organisation_with(json!({ "name": { "fi": "Ministeriö" }, "kind": "ministry" }));
    let full = json!({
        "name": { "fi": "Virasto" }, "short_name": { "fi": "V" }, "kind": "agency", "branch_override": ministry,
        "parent_id": ministry, "business_id": "1234567-1", "website": "https://a.fi", "valid_from": "2020-01-01",
        "valid_to": "2030-01-01",
    });
    let path = format!("/v1/organisations/{}", app.organisation_with(full.clone()));
    let kept = app.get(&path).by(Token::Reader).send().expect(200).json();
    assert!(full.as_object().unwrap().iter().all(|(name, value)| kept[name] == *value), "{kept}");
    let optional = |name: &&String| !["name", "kind"].contains(&name.as_str());
    let nulls: serde_json::Map<_, _> =
        full.as_object().unwrap().keys().filter(optional).map(|name| (name.clone(), json!(null))).collect();
    app.patch(&path, &nulls).by(Token::Writer).if_match("*").send().expect(200);
    let cleared = app.get(&path).by(Token::Reader).send().expect(200).json();
    assert!(nulls.keys().all(|name| cleared[name].is_null()) && cleared["branch"].is_null(), "{cleared}");
}

#[test]
fn a_broken_constraint_is_a_conflict_of_what_was_being_done() {
    let app = App::start();
    let ministry =
        app.organisation_with(json!({ "name": { "fi": "A" }, "kind": "ministry", "business_id": "1234567-1" }));
    let same = json!({ "name": { "fi": "B" }, "kind": "agency", "business_id": "1234567-1" });
    let taken = app.post("/v1/organisations", same).by(Token::Writer).send().expect(409);
    assert_eq!(taken.codes(), "conflict taken:/business_id");
    app.organisation_with(json!({ "name": { "fi": "C" }, "kind": "agency", "branch_override": ministry }));
    let path = format!("/v1/organisations/{ministry}");
    let in_use = app.delete(&path).by(Token::Writer).if_match("*").send().expect(409);
    assert_eq!(in_use.codes(), "in_use");
    app.get(&path).by(Token::Reader).send().expect(200);
}

#[test]
fn a_broken_constraint_that_nobody_expected_is_a_fault_of_ours() {
    let app = App::start();
    let (one, other) = (app.organisation("A"), OrganisationId::new().to_string());
    let write = |above: &str| {
        app.db().write_now(None, now(), |tx| {
            let row = (
                organisation_ancestors::organisation_id.eq(&one),
                organisation_ancestors::ancestor_id.eq(above),
                organisation_ancestors::depth.eq(7),
            );
            let expected = |place: &str| Problem::conflict(Fault::at(place, Code::Taken));
            let insert = diesel::insert_into(organisation_ancestors::table).values(row);
            match above == one {
                true => insert.execute(tx.conn).on_reference(|| expected("/reference")),
                false => insert.execute(tx.conn).on_taken(|| expected("/unique")),
            }
        })
    };
    // Each breaks the constraint that the statement does not speak of.
    for above in [&one, &other] {
        let problem = write(above).unwrap_err();
        assert_eq!(problem.kind(), Kind::Internal, "{problem:?}");
        assert!(problem.cause().is_some());
    }
}

#[test]
fn what_failed_leaves_nothing_behind() {
    let app = App::start();
    for _ in 0..10 {
        let failed = app.db().write_now(None, now(), |tx| {
            meta::set(tx.conn, "mark", "left")?;
            Err::<(), _>(Problem::not_found())
        });
        assert_eq!(failed.unwrap_err().kind(), Kind::NotFound);
    }
    assert_eq!(app.db().read_now(|conn| Ok(meta::get(conn, "mark")?)).unwrap(), None);
}

#[test]
fn ids_and_multilingual_text_are_columns() {
    let app = App::start();
    let text =
        json!({ "fi": "Työ- ja elinkeino\"ministeriö\"", "se": "Bargo- ja ealáhusministeriija", "sv-FI": "🐟 \\n" });
    let id = app.organisation_with(json!({ "name": text, "kind": "ministry" }));
    type Row = (OrganisationId, Json<OrganisationCreate>, Option<OrganisationId>, Option<OrganisationId>);
    let columns = (organisations::id, organisations::document, organisations::branch, organisations::parent_id);
    let known: OrganisationId = id.parse().unwrap();
    let query = organisations::table.filter(organisations::id.eq_any([known, OrganisationId::new()])).select(columns);
    let rows: Vec<Row> = app.db().read_now(|conn| Ok(query.load(conn)?)).unwrap();
    let name: Name = serde_json::from_value(text).unwrap();
    let [(found, kept, branch, None)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((*found, kept.value().unwrap().name, *branch), (known, name, Some(known)));
}
