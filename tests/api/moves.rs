//! Moves in the tree beside changes of what moves: what is derived stays right, and what was recorded stays in order.

use std::thread::{scope, sleep};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};
use solmu::db::now;
use solmu::db::schema::organisations;

use crate::harness::{App, Token};

/// Two ministries, an agency below the first, and an office below that.
struct Tree {
    app: App,
    ministries: [String; 2],
    agency: String,
    office: String,
}

impl Tree {
    fn new() -> Self {
        let app = App::start();
        let ministries =
            ["A", "B"].map(|name| app.organisation_with(json!({ "name": { "fi": name }, "kind": "ministry" })));
        let below = |above: &str| json!({ "name": { "fi": "Alku" }, "kind": "agency", "parent_id": above });
        let agency = app.organisation_with(below(&ministries[0]));
        let office = app.organisation_with(below(&agency));
        Self { app, ministries, agency, office }
    }

    fn patch(&self, id: &str, patch: Value) -> u16 {
        let path = format!("/v1/organisations/{id}");
        self.app.patch(&path, patch).by(Token::Writer).if_match("*").send().status
    }

    fn read(&self, id: &str) -> Value {
        self.app.get(&format!("/v1/organisations/{id}")).by(Token::Reader).send().expect(200).json()
    }
}

#[test]
fn a_change_beside_a_move_does_not_undo_what_is_derived() {
    let tree = Tree::new();
    let document = json!({ "name": { "fi": "Toinen" }, "kind": "agency", "parent_id": tree.agency });
    let (id, other) = (&tree.office, tree.app.organisation_with(document));
    scope(|scope| {
        // Holds another office: the move has written this one when it comes to wait, and the change has read it as it
        // was before when it comes to wait for the move.
        let holding = scope.spawn(|| {
            tree.app.db().write_now(None, now(), |tx| {
                let held = organisations::table.filter(organisations::id.eq(&other));
                diesel::update(held)
                    .set(organisations::names_version.eq(organisations::names_version))
                    .execute(tx.conn)?;
                sleep(Duration::from_millis(600));
                Ok(())
            })
        });
        sleep(Duration::from_millis(200));
        let moving = scope.spawn(|| tree.patch(&tree.agency, json!({ "parent_id": tree.ministries[1] })));
        sleep(Duration::from_millis(200));
        let changing = scope.spawn(|| tree.patch(id, json!({ "website": "https://uusi.fi" })));
        holding.join().unwrap().unwrap();
        assert_eq!([moving.join().unwrap(), changing.join().unwrap()], [200, 200]);
    });
    let office = tree.read(id);
    assert_eq!((&office["website"], &office["branch"]), (&json!("https://uusi.fi"), &json!(tree.ministries[1])));
}

#[test]
fn what_was_recorded_follows_without_gap_or_overlap() {
    let tree = Tree::new();
    scope(|scope| {
        for number in 0..4 {
            let tree = &tree;
            scope.spawn(move || {
                for round in 0..15 {
                    let status = match number {
                        0 => tree.patch(&tree.agency, json!({ "parent_id": tree.ministries[round % 2] })),
                        _ => tree.patch(&tree.office, json!({ "website": format!("https://{number}.fi/{round}") })),
                    };
                    assert!([200, 412].contains(&status), "{status}");
                }
            });
        }
    });
    #[derive(Debug, QueryableByName)]
    struct Faults {
        #[diesel(sql_type = BigInt)]
        backwards: i64,
        #[diesel(sql_type = BigInt)]
        broken: i64,
    }
    let faults: Faults = tree
        .app
        .db()
        .read_now(|conn| {
            let query = "SELECT COUNT(CASE WHEN recorded_from >= recorded_to THEN 1 END) AS backwards, \
                COUNT(CASE WHEN next IS NOT NULL AND next <> recorded_to THEN 1 END) AS broken FROM (\
                SELECT recorded_from, recorded_to, LEAD(recorded_from) OVER (ORDER BY recorded_from) AS next \
                FROM organisation_revisions WHERE id = $1) AS revisions";
            Ok(diesel::sql_query(query).bind::<Text, _>(&tree.office).get_result(conn)?)
        })
        .unwrap();
    assert_eq!((faults.backwards, faults.broken), (0, 0));
    let [agency, office] = [&tree.agency, &tree.office].map(|id| tree.read(id));
    assert_eq!((&agency["branch"], &office["branch"]), (&agency["parent_id"], &agency["branch"]));
}
