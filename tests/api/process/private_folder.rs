//! On PostgreSQL the index has a folder of the process's own, which goes with the process, whatever that was at.

use std::fs;
use std::path::{Path, PathBuf};

use solmu::db::{Role, connect};

use super::{Service, directory};
use crate::crowd::{Size, fill};
use crate::database::{Database, is_on_postgres};
use crate::harness::{Token, eventually};

/// What lies in a folder.
fn within(place: &Path) -> Vec<PathBuf> {
    fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What `/readyz` says the index is at, and whether that has got anywhere.
fn is_at(service: &Service, status: &str) -> bool {
    let search = service.get("/readyz").send().expect(200).json()["search"].clone();
    search["status"] == status && search["filling"]["done"] != 0
}

#[test]
fn it_goes_with_a_service_that_is_told_to_end() {
    if !is_on_postgres() {
        return println!("skipped: the index lies beside the file");
    }
    let database = Database::migrated(true);
    for signal in ["TERM", "INT"] {
        let place = directory();
        let mut service = Service::within(place.path(), database.text(), &[]);
        eventually("the index is current", || is_at(&service, "current").then_some(()));
        assert_eq!(within(place.path()).len(), 1, "{signal}: {:?}", within(place.path()));
        service.get("/v1/search?q=verkosto").by(Token::Reader).send().expect(200);
        service.signal(signal);
        assert_eq!(service.ended().code(), Some(0), "{signal}");
        assert!(within(place.path()).is_empty(), "{signal}: {:?}", within(place.path()));
    }
}

#[test]
fn it_goes_when_the_end_comes_in_the_middle_of_a_step() {
    if !is_on_postgres() {
        return println!("skipped: the index lies beside the file");
    }
    let database = Database::migrated(false);
    let mut conn = connect(&database.url(), Role::Writer).unwrap();
    fill(&mut conn, Size { members: 6_000, organisations: 500, networks: 300, concepts: 100 });
    drop(conn);
    for at in ["the beginning", "filling"] {
        let place = directory();
        let mut service = Service::within(place.path(), database.text(), &[]);
        if at == "filling" {
            eventually("it is filled", || is_at(&service, at).then_some(()));
        }
        eventually("it has a folder", || (within(place.path()).len() == 1).then_some(()));
        service.signal("TERM");
        assert_eq!(service.ended().code(), Some(0), "{at}");
        assert!(within(place.path()).is_empty(), "{at}: {:?}", within(place.path()));
    }
}

#[test]
fn what_a_killed_service_leaves_the_next_one_deletes() {
    if !is_on_postgres() {
        return println!("skipped: the index lies beside the file");
    }
    let (database, place) = (Database::migrated(true), directory());
    let start = || {
        let service = Service::within(place.path(), database.text(), &[]);
        eventually("the index is current", || is_at(&service, "current").then_some(()));
        service
    };
    let mut killed = start();
    let left = within(place.path());
    killed.signal("KILL");
    assert_eq!(killed.ended().code(), None);
    assert_eq!((within(place.path()), left.len()), (left.clone(), 1));
    let first = start();
    let own = within(place.path());
    assert!(own.len() == 1 && own != left, "{left:?} {own:?}");
    // What another one has is left to it.
    let second = start();
    assert_eq!(within(place.path()).len(), 2);
    drop(second);
    first.get("/v1/search?q=verkosto").by(Token::Reader).send().expect(200);
    assert!(within(place.path()).contains(&own[0]));
}
