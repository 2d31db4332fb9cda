//! A reader of the change log that goes on from where it stood misses nothing and reads nothing twice, whatever the
//! order in which transactions take their numbers and commit.
//!
//! The tests share a PostgreSQL server, and what counts as "still running" counts for all its databases: so a reader may
//! be held back by another test for a moment. It must never see too much, and see everything in the end.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Scope, scope};
use std::time::Duration;

use diesel::RunQueryDsl;
use serde_json::json;
use solmu::db::changes::{Action, Change, EntityType, Position, after, append};
use solmu::db::{Db, Tx, meta, migrations, now};

use crate::database::{Database, is_on_postgres};
use crate::harness::{App, Token, eventually};

/// A reader that keeps its place.
struct Reader<'a> {
    db: &'a Db,
    position: Position,
    read: Vec<(String, i64)>,
}

impl<'a> Reader<'a> {
    fn new(db: &'a Db) -> Self {
        Self { db, position: Position::default(), read: Vec::new() }
    }

    /// Reads one page on.
    fn go_on(&mut self) {
        let page: Vec<Change> = self.db.read_now(|conn| after(conn, self.position, 5)).unwrap();
        for change in page {
            assert!(change.position() > self.position, "{change:?} lies before {:?}", self.position);
            self.position = change.position();
            self.read.push((change.entity_id, change.version));
        }
    }
}

/// What a transaction does next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// It writes something, by which PostgreSQL gives it its id.
    Touch,
    /// It writes to the log, which takes a number.
    Append,
    /// It commits.
    Commit,
}

const STEPS: [Step; 3] = [Step::Touch, Step::Append, Step::Commit];

/// A transaction that takes a step when it is told to, and says when it has.
struct Transaction {
    steps: Sender<Step>,
    done: Receiver<()>,
}

impl Transaction {
    fn new<'scope>(scope: &'scope Scope<'scope, '_>, db: &'scope Db, name: String) -> Self {
        let (steps, told) = channel();
        let (say, done) = channel();
        scope.spawn(move || {
            let first = told.recv().unwrap();
            db.write_now(None, now(), |tx| {
                for step in std::iter::once(first).chain(&told) {
                    match step {
                        Step::Touch => meta::set(tx.conn, &name, "touched")?,
                        Step::Append => append(tx, EntityType::Organisation, &[(&name, 1)], Action::Created, vec![])?,
                        Step::Commit => break,
                    }
                    say.send(()).unwrap();
                }
                Ok(())
            })
            .unwrap();
            say.send(()).unwrap();
        });
        Self { steps, done }
    }

    fn take(&self, step: Step) {
        self.steps.send(step).unwrap();
        self.done.recv_timeout(Duration::from_secs(10)).unwrap_or_else(|error| panic!("{step:?} is not done: {error}"));
    }
}

/// Every order in which two transactions can take their steps: each entry says which one is next.
fn orders() -> Vec<Vec<usize>> {
    let in_order = |bits: u32| (0..2 * STEPS.len()).map(|at| usize::from(bits >> at & 1 == 1)).collect();
    (0..1 << (2 * STEPS.len())).filter(|bits: &u32| bits.count_ones() as usize == STEPS.len()).map(in_order).collect()
}

#[test]
fn no_order_of_commits_hides_a_change() {
    let app = App::start();
    let mut reader = Reader::new(app.db());
    let mut tried = 0;
    for order in orders() {
        // On SQLite the second writer waits until the first has committed: the orders that are left.
        if !is_on_postgres() && order.windows(2).filter(|pair| pair[0] != pair[1]).count() > 1 {
            continue;
        }
        tried += 1;
        let names = ["a", "b"].map(|name| format!("{name} of {order:?}"));
        let (mut taken, mut committed) = ([0, 0], BTreeSet::new());
        reader.read.clear();
        scope(|scope| {
            let transactions = names.clone().map(|name| Transaction::new(scope, app.db(), name));
            for &next in &order {
                let step = STEPS[taken[next]];
                taken[next] += 1;
                transactions[next].take(step);
                if let Step::Commit = step {
                    committed.insert(names[next].clone());
                }
                reader.go_on();
                let seen = reader.read.iter().all(|(name, _)| committed.contains(name));
                assert!(seen, "{order:?}: what is not committed was read: {:?}", reader.read);
            }
        });
        eventually("both are read", || {
            reader.go_on();
            (reader.read.len() >= 2).then_some(())
        });
        let read: BTreeSet<String> = reader.read.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!((reader.read.len(), read), (2, committed), "{order:?}");
    }
    assert_eq!(tried, if is_on_postgres() { 20 } else { 2 });
}

#[test]
fn on_sqlite_a_writer_waits_its_turn() {
    if is_on_postgres() {
        return println!("skipped: PostgreSQL's writers do not wait for each other");
    }
    let app = App::start();
    let mut reader = Reader::new(app.db());
    scope(|scope| {
        let [first, second] = ["first", "second"].map(|name| Transaction::new(scope, app.db(), name.to_owned()));
        first.take(Step::Append);
        second.steps.send(Step::Append).unwrap();
        assert_eq!(second.done.recv_timeout(Duration::from_millis(200)), Err(RecvTimeoutError::Timeout));
        reader.go_on();
        assert_eq!(reader.read, []);
        first.take(Step::Commit);
        second.done.recv_timeout(Duration::from_secs(10)).unwrap();
        reader.go_on();
        assert_eq!(reader.read, [("first".to_owned(), 1)]);
        second.take(Step::Commit);
    });
    reader.go_on();
    assert_eq!(reader.read, [("first".to_owned(), 1), ("second".to_owned(), 1)]);
}

#[test]
fn a_reader_beside_many_writers_reads_each_change_once() {
    const WRITERS: i64 = 8;
    const CHANGES: i64 = 12;
    let app = App::start();
    let mut reader = Reader::new(app.db());
    let write = |number| {
        let id = app.organisation(&format!("Kirjoittaja {number}"));
        let path = format!("/v1/organisations/{id}");
        for version in 2..=CHANGES {
            let patch = json!({ "website": format!("https://a.fi/{version}") });
            app.patch(&path, patch).by(Token::Writer).if_match("*").send().expect(200);
        }
        id
    };
    let ids: Vec<String> = scope(|scope| {
        let write = &write;
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || write(number))).collect();
        while !writers.iter().all(|writer| writer.is_finished()) {
            reader.go_on();
        }
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    eventually("all is read", || {
        reader.go_on();
        (reader.read.len() as i64 >= WRITERS * CHANGES).then_some(())
    });
    reader.go_on();
    assert_eq!(reader.read.len() as i64, WRITERS * CHANGES);
    for id in ids {
        let of_one = reader.read.iter().filter(|(of, _)| *of == id).map(|(_, version)| *version);
        assert!(of_one.eq(1..=CHANGES), "{id}: {:?}", reader.read);
    }
}

/// After a restore into another cluster transaction ids start over: what was there is still read, and what comes then
/// comes behind it.
#[test]
fn a_restore_into_another_cluster_hides_nothing() {
    let database = Database::migrated(false);
    let open = || Db::open(&database.config().database).unwrap();
    let write = |id: &str| {
        let logged = |tx: &mut Tx<'_>| append(tx, EntityType::Network, &[(id, 1)], Action::Created, vec![]);
        open().write_now(None, now(), logged).unwrap();
    };
    let read = |position, expected: usize| {
        eventually("all are read", || {
            let found = open().read_now(|conn| after(conn, position, 10)).unwrap();
            (found.len() == expected).then_some(found)
        })
    };
    write("before");
    // As a log looks that was written under ids far beyond those of the cluster it is now in.
    let restore = |tx: &mut Tx<'_>| {
        diesel::sql_query("UPDATE changes SET transaction_id = transaction_id + 1000000000").execute(tx.conn)?;
        Ok(meta::set(tx.conn, "cluster", "another")?)
    };
    open().write_now(None, now(), restore).unwrap();
    migrations::run(&database.url()).unwrap();
    write("after");
    let all = read(Position::default(), 2);
    assert_eq!(all.iter().map(|change| change.entity_id.as_str()).collect::<Vec<_>>(), ["before", "after"]);
    let later = read(all[0].position(), 1);
    assert_eq!(later.iter().map(|change| change.entity_id.as_str()).collect::<Vec<_>>(), ["after"]);
    assert_eq!(later[0].position().epoch, all[0].position().epoch + 1);
    // Migrated again where it is, it is the same epoch.
    migrations::run(&database.url()).unwrap();
    write("later");
    assert_eq!(read(later[0].position(), 1)[0].position().epoch, later[0].position().epoch);
}
