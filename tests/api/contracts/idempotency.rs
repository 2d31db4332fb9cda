//! `Idempotency-Key`: the same POST sent twice happens once, for every POST there is.

use std::sync::Barrier;
use std::thread::scope;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::{Value, json};
use solmu::auth::token::mint;
use solmu::db::now;
use solmu::db::schema::idempotency;

use super::operation::{Operation, of_method, with_body};
use super::problems::Judge;
use crate::client::{Answer, Request};
use crate::database::SECRET;
use crate::harness::{App, Token};

fn send(app: &App, operation: &Operation, key: &str) -> Request {
    operation.request(app).header("idempotency-key", key)
}

fn is_replay(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        Some(value) => value == "true" || panic!("{answer:?}"),
        None => false,
    }
}

/// What is the same in an answer and its replay.
fn same(answer: &Answer) -> (u16, Option<String>, String, Option<String>, Vec<u8>) {
    let header = |name| answer.header(name).map(str::to_owned);
    (answer.status, header("location"), answer.etag(), header("content-type"), answer.body.clone())
}

/// The example's body, so changed that it is refused.
fn faulty(operation: &Operation) -> Value {
    let mut body = operation.example["body"].clone();
    body["colour"] = json!("red");
    body
}

#[test]
fn a_second_time_is_answered_as_the_first() {
    let app = App::demo();
    for operation in of_method("POST") {
        let first = send(&app, operation, "one").send().expect(operation.status());
        assert!(!is_replay(&first), "{}", operation.id);
        for _ in 0..2 {
            let again = send(&app, operation, "one").send();
            assert!(is_replay(&again), "{}: {again:?}", operation.id);
            assert_eq!(same(&again), same(&first), "{}", operation.id);
        }
        // Under another key, or none, it is another request, which cannot happen again here.
        let status = if operation.is_repeatable() { 200 } else { 409 };
        for other in [send(&app, operation, "two"), operation.request(&app)] {
            let other = other.send().expect(status);
            assert!(!is_replay(&other), "{}", operation.id);
        }
    }
}

#[test]
fn a_key_is_of_one_body_one_caller_and_one_operation() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in of_method("POST") {
        // The same key serves each of them: it is each operation's own.
        let first = send(&app, operation, "one").send().expect(operation.status());
        if operation.body_type().is_some() {
            let mut body = operation.example["body"].clone();
            body.as_object_mut().unwrap().retain(|name, _| operation.required().contains(&name.as_str()));
            // One that needs nothing may have left nothing out.
            if body == operation.example["body"] {
                body = json!({ "colour": "red" });
            }
            let refused = operation.with(&app, &body).header("idempotency-key", "one").send();
            if refused.codes().contains("unknown_field") {
                continue;
            }
            let other = || operation.with(&app, &body).header("idempotency-key", "one");
            judge.refuses(operation.id, 422, "idempotency_key_reused", other);
        }
        let status = if operation.is_repeatable() { 200 } else { 409 };
        let stranger = send(&app, operation, "one").by(Token::Admin).send().expect(status);
        assert!(!is_replay(&stranger), "{}: {stranger:?}", operation.id);
        // The answer is kept, the right to it is not.
        let subject = format!("{:?}", operation.caller());
        let lesser = mint(&SECRET.parse().unwrap(), &subject, "directory:read", Duration::from_secs(60)).unwrap();
        let lesser = format!("Bearer {lesser}");
        // A membership that was declined, say, is not for everybody to see.
        let is_seen = !operation.template.starts_with("/v1/memberships/{id}/") || {
            let path = operation.path();
            let read = app.get(path.rsplit_once('/').unwrap().0).header("authorization", &lesser).send();
            read.status == 200
        };
        let answer = send(&app, operation, "one").header("authorization", &lesser).send();
        assert_eq!(answer.status, if is_seen { 403 } else { 404 }, "{answer:?}");
        assert!(!is_replay(&answer));
        assert_eq!(same(&send(&app, operation, "one").send()), same(&first), "{}", operation.id);
    }
}

#[test]
fn what_failed_may_be_tried_again() {
    let app = App::demo();
    for operation in with_body().filter(|operation| operation.method == "POST") {
        let faulty = operation.with(&app, &faulty(operation)).header("idempotency-key", "again");
        faulty.send().expect(422);
        let before = operation.nowhere().map(|nowhere| operation.to(&app, &nowhere).header("idempotency-key", "again"));
        before.map(|request| request.send().expect(404));
        let first = send(&app, operation, "again").send().expect(operation.status());
        assert!(!is_replay(&first), "{}", operation.id);
        if operation.is_repeatable() {
            continue;
        }
        // A conflict, too, is only of its moment.
        send(&app, operation, "later").send().expect(409);
        let answer = send(&app, operation, "later").send().expect(409);
        assert!(!is_replay(&answer), "{}", operation.id);
    }
}

#[test]
fn a_key_is_visible_and_of_bearable_length() {
    let app = App::demo();
    let judge = Judge::new(&app);
    for operation in of_method("POST") {
        for bad in ["", "a b", "ä", "a\tb", &"x".repeat(201)] {
            judge.refuses(operation.id, 400, "bad_idempotency_key", || send(&app, operation, bad));
        }
        let long = format!("{}~!\"#'", "x".repeat(195));
        send(&app, operation, &long).send().expect(operation.status());
        assert!(is_replay(&send(&app, operation, &long).send()), "{}", operation.id);
    }
}

/// An answer is kept for a day; then the key is as good as new, and so is the request.
#[test]
fn an_answer_is_kept_for_a_day() {
    let app = App::demo();
    for operation in of_method("POST") {
        send(&app, operation, "one").send().expect(operation.status());
        let age = |hours: i64| {
            let then = now() - TimeDelta::hours(hours);
            let kept = diesel::update(idempotency::table).set(idempotency::created_at.eq(then));
            app.db().write_now(None, now(), |tx| Ok(kept.execute(tx.conn)?)).unwrap()
        };
        assert!(age(23) > 0);
        assert!(is_replay(&send(&app, operation, "one").send()), "{}", operation.id);
        age(25);
        assert!(!is_replay(&send(&app, operation, "one").send()), "{}", operation.id);
    }
}

/// Sent at the same moment it happens once: the others are told so, or that the first is still under way.
#[test]
fn of_several_at_once_one_happens() {
    let app = App::demo();
    for operation in of_method("POST") {
        let start = Barrier::new(4);
        let answers: Vec<Answer> = scope(|scope| {
            let one = || {
                start.wait();
                send(&app, operation, "at-once").send()
            };
            let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let happened: Vec<_> =
            answers.iter().filter(|answer| answer.status == operation.status() && !is_replay(answer)).collect();
        assert_eq!(happened.len(), 1, "{}: {answers:#?}", operation.id);
        for answer in answers.iter().filter(|answer| !std::ptr::eq(*answer, happened[0])) {
            match answer.status {
                409 => assert_eq!(answer.codes(), "idempotency_key_in_flight", "{}", operation.id),
                _ => assert!(is_replay(answer) && same(answer) == same(happened[0]), "{}: {answer:?}", operation.id),
            }
        }
    }
}
