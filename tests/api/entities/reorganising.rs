//! Reorganisations of many people: in steps that survive a crash between any two, and each of which happens once.

use std::thread::scope;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};
use solmu::db::now;
use solmu::db::schema::{changes, members, organisation_changes};
use solmu::http::etag::IfMatch;
use solmu::members::{MemberCreate, MemberId, MemberProfile, load};
use solmu::organisation_changes::apply::{BATCH, advance, begin};
use solmu::organisation_changes::{OrganisationChangeId, OrganisationChangeState};

use super::organisation_changes::{apply, plan, preview, reorganisation};
use super::people::person;
use super::{at_once, instant, make_network, network, read, text};
use crate::harness::{App, Token, eventually};

/// A few more than two batches.
const PEOPLE: i64 = 2 * BATCH + 100;

/// An original full of people, a result, and a plan to merge the one into the other.
struct Merger {
    app: App,
    original: String,
    result: String,
    path: String,
    id: OrganisationChangeId,
}

impl Merger {
    fn new(app: App) -> Self {
        let [original, result] = ["Vanha", "Uusi"].map(|name| app.organisation(name));
        fill(&app, &original, 0..PEOPLE);
        let path = plan(&app, reorganisation("merge", &[&original], &[&result], json!({})));
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        Self { app, original, result, path, id }
    }

    fn begin(&self) {
        let today = now().date();
        self.app.db().write_here(None, |tx| begin(tx, self.id, &IfMatch::Any, today).map(|_| ())).unwrap();
    }

    /// A step; whether there is more to do.
    fn advance(&self) -> bool {
        let step = self.app.db().write_here(None, |tx| advance(tx, self.id, now().date())).unwrap();
        step.is_some_and(|row| row.state == OrganisationChangeState::Applying)
    }

    fn state(&self) -> Value {
        self.app.get(&self.path).by(Token::Admin).send().expect(200).json()
    }

    /// All are in the result, each moved once.
    #[track_caller]
    fn is_done(&self, people: i64) {
        let change = self.state();
        assert_eq!((&change["state"], &change["moved"]["people"]), (&json!("applied"), &json!(people)), "{change}");
        assert_eq!((self.count(&self.original), self.count(&self.result)), (0, people));
        let moves = changes::table
            .filter(changes::entity_type.eq("member"))
            .filter(changes::action.eq("updated"))
            .group_by(changes::entity_id)
            .select((changes::entity_id, diesel::dsl::count_star()));
        let moves: Vec<(String, i64)> = self.app.db().read_now(|conn| Ok(moves.load(conn)?)).unwrap();
        assert!(moves.iter().all(|(_, times)| *times == 1), "somebody was moved twice");
        assert_eq!(i64::try_from(moves.len()).unwrap(), people);
        let versions = members::table.filter(members::version.ne(2)).count();
        assert_eq!(self.app.db().read_now(|conn| Ok(versions.get_result::<i64>(conn)?)).unwrap(), 0);
        let ended = read(&self.app, &format!("/v1/organisations/{}", self.original));
        assert_eq!(ended["successors"][0]["id"], json!(self.result));
    }

    fn count(&self, organisation: &str) -> i64 {
        let there = members::table.filter(members::organisation_id.eq(organisation)).count();
        self.app.db().read_now(|conn| Ok(there.get_result(conn)?)).unwrap()
    }
}

/// People of an organisation, whose ids are before those of anybody made later.
fn fill(app: &App, organisation: &str, numbers: std::ops::Range<i64>) {
    let one = |number: i64| -> (MemberId, MemberCreate, MemberProfile) {
        let document = person(&format!("Nro{number}"), json!({ "organisation_id": organisation }));
        let id = format!("01900000-0000-7007-8000-{number:012}").parse().unwrap();
        (id, serde_json::from_value(document).unwrap(), MemberProfile::default())
    };
    let people: Vec<_> = numbers.map(one).collect();
    app.db().write_here(None, |tx| load(tx, &people, tx.now.date())).unwrap();
}

#[test]
fn a_large_one_is_applied_beside_the_requests() {
    let merger = Merger::new(App::start());
    let expected = preview(&merger.app, &merger.path);
    let answer = apply(&merger.app, &merger.path).expect(200).json();
    assert_eq!((&answer["state"], &answer["moved"]["people"]), (&json!("applying"), &json!(BATCH)));
    eventually("it is applied", || (merger.state()["state"] == "applied").then_some(()));
    assert_eq!(merger.state()["moved"], expected["total"]);
    merger.is_done(PEOPLE);
}

#[test]
fn what_was_broken_off_is_taken_up_where_it_was_left() {
    for steps in 0..6 {
        let merger = Merger::new(App::start());
        let before = instant();
        merger.begin();
        for _ in 0..steps {
            merger.advance();
        }
        // Whoever was at it is gone; half of the people may be here and half there.
        let moved = merger.state()["moved"]["people"].as_i64().unwrap();
        assert_eq!((merger.count(&merger.result), moved), ((BATCH * steps).min(PEOPLE), (BATCH * steps).min(PEOPLE)));
        let again = apply(&merger.app, &merger.path);
        if steps < 6 {
            again.expect(200);
        }
        eventually("it is applied", || (merger.state()["state"] == "applied").then_some(()));
        merger.is_done(PEOPLE);
        let past = merger
            .app
            .get(&format!("/v1/members?count=true&limit=1&organisation_id={}&as_of={before}", merger.original));
        assert_eq!(past.by(Token::Hr).send().expect(200).json()["total"], PEOPLE);
    }
}

#[test]
fn two_at_it_take_turns() {
    let merger = Merger::new(App::start());
    merger.begin();
    scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| while merger.advance() {});
        }
    });
    merger.is_done(PEOPLE);
}

#[test]
fn of_two_who_apply_one_begins() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let path = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let mut statuses = at_once([&|| apply(&app, &path), &|| apply(&app, &path), &|| apply(&app, &path)]);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    // Nor are two begun that share an organisation.
    let merger = Merger::new(app);
    let other = plan(&merger.app, reorganisation("merge", &[&b], &[&merger.result], json!({})));
    merger.begin();
    assert_eq!(apply(&merger.app, &other).expect(409).codes(), "conflict change_under_way:");
    while merger.advance() {}
    apply(&merger.app, &other).expect(200);
}

/// Who comes to the original behind the back of the batches is moved before it is done.
#[test]
fn who_comes_late_goes_too() {
    let merger = Merger::new(App::start());
    // One of them has the first id, and comes when that has been passed.
    merger.begin();
    merger.advance();
    fill_one(&merger.app, "00000000-0000-7007-8000-000000000001", &merger.original);
    make_network(&merger.app, network("Ennen", json!({ "host_organisation_id": merger.original })));
    while merger.advance() {}
    merger.is_done(PEOPLE + 1);
    assert_eq!(merger.state()["moved"]["networks"], 1);
}

fn fill_one(app: &App, id: &str, organisation: &str) {
    let document = serde_json::from_value(person("Myöhäinen", json!({ "organisation_id": organisation }))).unwrap();
    let one = [(id.parse().unwrap(), document, MemberProfile::default())];
    app.db().write_here(None, |tx| load(tx, &one, tx.now.date())).unwrap();
}

/// Whoever comes at the very moment comes before, and is moved, or after, and is refused: nobody is left in what has ended.
#[test]
fn nobody_comes_into_what_is_ending() {
    for round in 0..8 {
        let app = App::start();
        let [a, b] = ["A", "B"].map(|name| app.organisation(name));
        let path = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
        let join =
            |name: String| app.post("/v1/members", person(&name, json!({ "organisation_id": a }))).by(Token::Hr).send();
        let host = || {
            let document = network("Verkosto", json!({ "host_organisation_id": a }));
            app.post("/v1/networks", document).by(Token::Writer).send()
        };
        let [one, two, three, four, applied] = at_once([
            &|| join("Yksi".to_owned()),
            &|| join("Kaksi".to_owned()),
            &|| join("Kolme".to_owned()),
            &host,
            &|| apply(&app, &path),
        ]);
        assert_eq!(applied, 200);
        let statuses = [one, two, three, four];
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "round {round}: {statuses:?}");
        eventually("it is applied", || (read(&app, &path)["state"] == "applied").then_some(()));
        let there = |id: &str| {
            let list =
                app.get(&format!("/v1/members?organisation_id={id}&count=true")).by(Token::Hr).send().expect(200);
            list.json()["total"].as_u64().unwrap()
        };
        let came = statuses[..3].iter().filter(|status| **status == 201).count();
        assert_eq!((there(&a), there(&b)), (0, came as u64), "round {round}");
        let hosted = read(&app, &format!("/v1/networks?host_organisation_id={a}&count=true"));
        assert_eq!(hosted["total"], 0, "round {round}");
    }
}

/// A person may be changed while they are moved: both happen, or the second is told of the first.
#[test]
fn who_is_changed_meanwhile_is_moved_all_the_same() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    fill(&app, &a, 0..20);
    let path = plan(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let phone = |number: i64| {
        let target = format!("/v1/members/01900000-0000-7007-8000-{number:012}");
        app.patch(&target, json!({ "phone": "0295" })).by(Token::Hr).if_match("*").send()
    };
    let statuses = at_once([&|| apply(&app, &path), &|| phone(3), &|| phone(17), &|| phone(9)]);
    assert_eq!(statuses, [200; 4]);
    let all = app.get(&format!("/v1/members?organisation_id={b}")).by(Token::Hr).send().expect(200).json();
    let phones = all["items"].as_array().unwrap().iter().filter(|one| one["phone"] == "0295").count();
    assert_eq!((all["items"].as_array().unwrap().len(), phones), (20, 3));
}

/// Plans that something is in the way of are in nobody else's.
#[test]
fn what_is_due_behind_many_that_are_blocked_is_applied() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let post = |original: &str, day: &str| {
        let fields = json!({ "applies_itself": true, "effective_on": day });
        let document = reorganisation("merge", &[original], &[&b], fields);
        app.post("/v1/organisation-changes", document)
            .by(Token::Admin)
            .send()
            .expect(201)
            .header("location")
            .unwrap()
            .to_owned()
    };
    let blocked: Vec<String> = (0..45).map(|_| post(&a, "2026-01-01")).collect();
    let free = post(&c, "2026-01-02");
    super::organisation_changes::applied(&app, reorganisation("merge", &[&a], &[&b], json!({})));
    let replica = app.replica(|config| config.reorganise_every = Duration::from_secs(1));
    eventually("it is applied", || (read(&app, &free)["state"] == "applied").then_some(()));
    drop(replica);
    assert!(blocked.iter().all(|path| read(&app, path)["state"] == "planned"));
}

/// The service applies what is due, and takes up what others have left for half a minute, in the name of who began it.
#[test]
fn the_service_applies_what_is_due_and_what_was_left() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let post = |document: Value| {
        let made = app.post("/v1/organisation-changes", document).by(Token::Admin).send().expect(201);
        text(&made.json()["id"])
    };
    let itself = |day: &str| json!({ "applies_itself": true, "effective_on": day });
    let due = post(reorganisation("merge", &[&a], &[&b], itself("2026-01-01")));
    let later = post(reorganisation("merge", &[&b], &[&c], itself("2999-01-01")));
    let merger = Merger::new(app);
    merger.begin();
    merger.advance();
    let left = organisation_changes::table.filter(organisation_changes::id.eq(merger.id));
    let long_ago = now() - TimeDelta::seconds(31);
    let age = diesel::update(left).set((
        organisation_changes::progressed_at.eq(Some(long_ago)),
        organisation_changes::applied_by.eq(Some("somebody")),
    ));
    merger.app.db().write_here(None, |tx| Ok(age.execute(tx.conn)?)).unwrap();
    let replica = merger.app.replica(|config| config.reorganise_every = Duration::from_secs(1));
    let state = |id: &str| read(&merger.app, &format!("/v1/organisation-changes/{id}"))["state"].clone();
    eventually("it is applied", || (state(&due) == "applied" && merger.state()["state"] == "applied").then_some(()));
    drop(replica);
    merger.is_done(PEOPLE);
    assert_eq!(state(&later), "planned");
    let last = changes::table.filter(changes::entity_id.eq(merger.id.to_string())).order(changes::number.desc());
    let actor: Option<String> = merger.app.db().read_now(|conn| Ok(last.select(changes::actor).first(conn)?)).unwrap();
    assert_eq!(actor.as_deref(), Some("somebody"));
}
