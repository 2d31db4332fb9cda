//! Two at once: writers of one row, and readers beside a writer.

use std::collections::HashMap;
use std::sync::{Barrier, mpsc};
use std::thread::scope;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::json;
use solmu::db::now;
use solmu::db::schema::organisations;

use crate::harness::{App, Token};

const WRITERS: usize = 6;

/// The statuses that writers get who all start at once.
fn at_once(write: impl Fn(usize) -> u16 + Sync) -> HashMap<u16, usize> {
    let start = Barrier::new(WRITERS);
    let statuses: Vec<u16> = scope(|scope| {
        let (start, write) = (&start, &write);
        let writer = |number| {
            scope.spawn(move || {
                start.wait();
                write(number)
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(writer).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    statuses.into_iter().fold(HashMap::new(), |mut counts, status| {
        *counts.entry(status).or_default() += 1;
        counts
    })
}

#[test]
fn of_writers_with_one_version_one_wins() {
    let app = App::start();
    let path = format!("/v1/organisations/{}", app.organisation("Alku"));
    for round in 2..12 {
        let tag = app.get(&path).by(Token::Reader).send().expect(200).etag();
        let statuses = at_once(|number| {
            let patch = json!({ "name": { "fi": format!("Kierros {round}, kirjoittaja {number}") } });
            app.patch(&path, patch).by(Token::Writer).if_match(&tag).send().status
        });
        assert_eq!(statuses, HashMap::from([(200, 1), (412, WRITERS - 1)]), "round {round}");
        assert_eq!(app.get(&path).by(Token::Reader).send().json()["version"], round);
    }
}

#[test]
fn of_a_deletion_and_changes_one_wins() {
    let app = App::start();
    for round in 0..6 {
        let path = format!("/v1/organisations/{}", app.organisation("Alku"));
        let tag = app.get(&path).by(Token::Reader).send().expect(200).etag();
        let statuses = at_once(|number| match number % 2 {
            0 => app.delete(&path).by(Token::Writer).if_match(&tag).send().status,
            _ => {
                let patch = json!({ "name": { "fi": format!("Kirjoittaja {number}") } });
                app.patch(&path, patch).by(Token::Writer).if_match(&tag).send().status
            }
        });
        let won: usize = [200, 204].iter().filter_map(|status| statuses.get(status)).sum();
        let lost: usize = [410, 412].iter().filter_map(|status| statuses.get(status)).sum();
        assert_eq!((won, lost), (1, WRITERS - 1), "round {round}: {statuses:?}");
    }
}

#[test]
fn of_writers_of_one_unique_value_one_wins() {
    let app = App::start();
    for (round, business_id) in ["1234567-1", "7654321-2", "0000001-9"].into_iter().enumerate() {
        let statuses = at_once(|number| {
            let document =
                json!({ "name": { "fi": format!("N:o {number}") }, "kind": "company", "business_id": business_id });
            app.post("/v1/organisations", document).by(Token::Writer).send().status
        });
        assert_eq!(statuses, HashMap::from([(201, 1), (409, WRITERS - 1)]), "round {round}");
    }
}

#[test]
fn readers_do_not_wait_for_a_writer() {
    let app = App::start();
    let id = app.organisation("Alku");
    let paths = [
        format!("/v1/organisations/{id}"),
        format!("/v1/organisations/{id}?include=parent"),
        "/v1/organisations".into(),
    ];
    let version = |path: &String| {
        let body = app.get(path).by(Token::Reader).send().expect(200).json();
        body.get("items").map_or(&body, |items| &items[0])["version"].clone()
    };
    let (wrote, written) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    scope(|scope| {
        let (db, id) = (app.db(), &id);
        let writer = scope.spawn(move || {
            let target = organisations::table.filter(organisations::id.eq(id));
            db.write_now(None, now(), |tx| {
                diesel::update(target).set(organisations::version.eq(2)).execute(tx.conn)?;
                wrote.send(()).unwrap();
                // If the test fails meanwhile, its end of the channel is gone and this one ends too.
                let _ = released.recv_timeout(Duration::from_secs(10));
                Ok(())
            })
        });
        // Taken along, so that a failure in here releases the writer.
        let release = release;
        written.recv().unwrap();
        let started = Instant::now();
        let seen: Vec<_> = paths.iter().map(version).collect();
        assert!(started.elapsed() < Duration::from_secs(2), "the readers took {:?}", started.elapsed());
        assert!(seen.iter().all(|version| version == 1), "what is not committed was seen: {seen:?}");
        release.send(()).unwrap();
        writer.join().unwrap().unwrap();
    });
    assert!(paths.iter().map(version).all(|version| version == 2));
}
