//! Keys: each kind of them, new ones and old ones, and an issuer that is away.

use std::thread::sleep;
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::issuer::{AUDIENCE, Issuer, Key, Mood, file};
use super::{app, read, standing};
use crate::harness::{App, Token, eventually};

/// A service that fetches the keys at a pace of its own.
fn with_pace(issuer: &Issuer, cool_down: Duration, refresh: Duration) -> App {
    App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_cool_down = cool_down;
        config.oidc.oidc_refresh = refresh;
    })
}

#[test]
fn each_kind_of_key_verifies_with_its_algorithms() {
    use Algorithm::{ES256, ES384, EdDSA, PS256, RS256, RS384, RS512};
    let keys: Vec<Key> = [
        ("rsa_1.pem", RS256),
        ("rsa_1.pem", RS384),
        ("rsa_1.pem", RS512),
        ("rsa_2.pem", PS256),
        ("es256.pem", ES256),
        ("es384.pem", ES384),
        ("ed25519.pem", EdDSA),
    ]
    .iter()
    .map(|(file, algorithm)| Key::of(file, &format!("{algorithm:?}"), *algorithm))
    .collect();
    let issuer = Issuer::start(&keys.iter().collect::<Vec<_>>());
    let app = app(&issuer);
    for key in &keys {
        read(&app, &issuer.token(key, json!({}))).expect(200);
        // A key that is for one algorithm is for that one alone.
        for other in keys.iter().filter(|other| other.algorithm != key.algorithm) {
            let claims = issuer.claims(json!({}));
            let header = jsonwebtoken::Header { kid: Some(key.kid.clone()), ..other.header() };
            read(&app, &other.sign(&header, &claims)).expect(401);
        }
    }
    // One that names none is for those of its type.
    let mut open = Key::rsa(1).jwk();
    open.as_object_mut().unwrap().remove("alg");
    issuer.publish_set(json!({ "keys": [open] }));
    let of = |algorithm| issuer.token(&Key::of("rsa_1.pem", "rsa-1", algorithm), json!({}));
    eventually("the key is known", || (read(&app, &of(RS512)).status == 200).then_some(()));
    for algorithm in [RS256, RS384, RS512, PS256] {
        read(&app, &of(algorithm)).expect(200);
    }
    read(&app, &of(Algorithm::PS512)).expect(401);
}

/// As RFC 7517 lets keys of several kinds do, 4.5.
#[test]
fn keys_that_share_a_name_are_told_apart_by_what_they_are_for() {
    use Algorithm::{ES256, EdDSA, RS256, RS384};
    let of = |file, algorithm| Key::of(file, "k", algorithm);
    let (rsa, ec) = (of("rsa_1.pem", RS256), of("es256.pem", ES256));
    for keys in [[&rsa, &ec], [&ec, &rsa]] {
        let issuer = Issuer::start(&keys);
        let app = app(&issuer);
        for key in keys {
            read(&app, &issuer.token(key, json!({}))).expect(200);
        }
        for other in [of("rsa_2.pem", RS256), of("rsa_1.pem", RS384), of("ed25519.pem", EdDSA)] {
            read(&app, &issuer.token(&other, json!({}))).expect(401);
        }
    }
}

#[test]
fn an_issuer_without_a_key_that_can_be_used_is_said_to_be() {
    let key = Key::rsa(1);
    let mut unnamed = key.jwk();
    unnamed.as_object_mut().unwrap().remove("kid");
    let issuer = Issuer::start(&[]);
    let app = with_pace(&issuer, Duration::from_millis(20), Duration::from_millis(40));
    for set in [json!([]), json!([unnamed, { "kty": "oct", "kid": "rsa-1", "k": "AAAA" }])] {
        issuer.publish_set(json!({ "keys": set }));
        eventually("it has none", || (standing(&app, &issuer) == "no_keys").then_some(()));
        read(&app, &issuer.token(&key, json!({}))).expect(401);
        issuer.publish(&[&key]);
        eventually("it has one", || (standing(&app, &issuer) == "current").then_some(()));
        read(&app, &issuer.token(&key, json!({}))).expect(200);
    }
}

/// The first request that names a new key waits for it; a key that is gone opens nothing, however lately it did.
#[test]
fn a_rotated_key_works_without_a_restart() {
    let (old, new) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&old]);
    let app = with_pace(&issuer, Duration::from_millis(100), Duration::from_millis(400));
    read(&app, &issuer.token(&old, json!({}))).expect(200);
    sleep(Duration::from_millis(150));
    issuer.publish(&[&old, &new]);
    read(&app, &issuer.token(&new, json!({}))).expect(200);
    let before = issuer.token(&old, json!({}));
    read(&app, &before).expect(200);
    issuer.publish(&[&new]);
    let withdrawn = Instant::now();
    eventually("the old key is not believed", || (read(&app, &before).status == 401).then_some(()));
    assert!(withdrawn.elapsed() < Duration::from_secs(3), "{:?}", withdrawn.elapsed());
    read(&app, &issuer.token(&new, json!({}))).expect(200);
}

#[test]
fn a_storm_of_unknown_keys_costs_the_issuer_next_to_nothing() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = with_pace(&issuer, Duration::from_secs(600), Duration::from_secs(3600));
    eventually("it is known", || (standing(&app, &issuer) == "current").then_some(()));
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    assert_eq!(issuer.fetches(), 1);
    for number in 0..100 {
        let forged = Key::rsa(2).named(&format!("forged-{number}"));
        read(&app, &issuer.token(&forged, json!({}))).expect(401);
    }
    assert_eq!(issuer.fetches(), 2);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
}

/// Only what tokens asked for counts: not that the keys were fetched a moment ago, at the start or as they are ever so
/// often.
#[test]
fn a_new_key_works_at_once_unless_a_token_asked_for_one_lately() {
    let keys: Vec<Key> = (0..3).map(|number| Key::rsa(1).named(&number.to_string())).collect();
    let issuer = Issuer::start(&[&keys[0]]);
    let app = with_pace(&issuer, Duration::from_secs(600), Duration::from_secs(3600));
    let status = |key: &Key| read(&app, &issuer.token(key, json!({}))).status;
    eventually("it is known", || (standing(&app, &issuer) == "current").then_some(()));
    assert_eq!((status(&keys[0]), issuer.fetches()), (200, 1));
    for (key, expected) in [(&keys[1], 200), (&keys[2], 401)] {
        issuer.publish(&[key]);
        assert_eq!((status(key), issuer.fetches()), (expected, 2));
    }
}

/// However long tokens may not ask.
#[test]
fn after_a_first_failure_the_keys_are_fetched_again_soon() {
    let issuer = Issuer::start(&[&Key::rsa(1)]);
    let app = with_pace(&issuer, Duration::from_secs(600), Duration::from_secs(1));
    eventually("it is known", || (standing(&app, &issuer) == "current").then_some(()));
    issuer.feel(Mood::Away);
    eventually("it is away", || (standing(&app, &issuer) == "stale").then_some(()));
    issuer.feel(Mood::Well);
    eventually("it is back", || (standing(&app, &issuer) == "current").then_some(()));
}

#[test]
fn many_who_name_a_new_key_at_once_share_one_fetch() {
    let (old, new) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&old]);
    let app = app(&issuer);
    read(&app, &issuer.token(&old, json!({}))).expect(200);
    sleep(Duration::from_millis(250));
    issuer.publish(&[&new]);
    issuer.feel(Mood::Slow(Duration::from_millis(100)));
    let before = issuer.fetches();
    std::thread::scope(|scope| {
        let ask = |_| scope.spawn(|| read(&app, &issuer.token(&new, json!({}))).status);
        let asked: Vec<_> = (0..8).map(ask).collect();
        assert!(asked.into_iter().all(|asked| asked.join().unwrap() == 200));
    });
    assert!(issuer.fetches() - before <= 2, "{}", issuer.fetches() - before);
}

#[test]
fn an_issuer_that_is_away_is_said_to_be_and_comes_back() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    issuer.feel(Mood::Away);
    let app = app(&issuer);
    // It starts; who does not need the issuer does not notice.
    app.get("/v1/organisations").by(Token::Reader).send().expect(200);
    read(&app, &issuer.token(&key, json!({}))).expect(401);
    assert_eq!(standing(&app, &issuer), "away");
    issuer.feel(Mood::Well);
    eventually("it comes back", || (standing(&app, &issuer) == "current").then_some(()));
    read(&app, &issuer.token(&key, json!({}))).expect(200);
}

#[test]
fn known_keys_go_on_working_while_the_issuer_is_away() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = with_pace(&issuer, Duration::from_millis(20), Duration::from_millis(40));
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    for mood in [
        Mood::Away,
        Mood::Status(500),
        Mood::Redirect("http://127.0.0.2:9/".to_owned()),
        Mood::Redirect("//evil.example/".to_owned()),
        Mood::Huge,
        Mood::Another,
    ] {
        issuer.feel(mood);
        eventually("it is away", || (standing(&app, &issuer) == "stale").then_some(()));
        read(&app, &issuer.token(&key, json!({ "sub": "after" }))).expect(200);
        issuer.feel(Mood::Well);
        eventually("it is back", || (standing(&app, &issuer) == "current").then_some(()));
    }
    // Another path of the same host is where it leads.
    issuer.feel(Mood::Moved);
    let fetches = issuer.fetches();
    eventually("it is fetched again", || (issuer.fetches() > fetches + 1).then_some(()));
    assert_eq!(standing(&app, &issuer), "current");
    // What is no set of keys changes nothing.
    issuer.feel(Mood::Well);
    issuer.publish_set(json!({ "error": "x" }));
    eventually("it is away", || (standing(&app, &issuer) == "stale").then_some(()));
    read(&app, &issuer.token(&key, json!({}))).expect(200);
}

#[test]
fn a_slow_issuer_keeps_nobody_else_waiting() {
    let (key, other) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    sleep(Duration::from_millis(250));
    issuer.feel(Mood::Slow(Duration::from_secs(2)));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| read(&app, &issuer.token(&other, json!({}))).status);
        sleep(Duration::from_millis(100));
        let started = Instant::now();
        read(&app, &issuer.token(&key, json!({ "sub": "berit" }))).expect(200);
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
        assert_eq!(waits.join().unwrap(), 401);
    });
}

#[test]
fn an_issuer_is_believed_by_the_authority_that_was_named() {
    let key = Key::of("es256.pem", "k", Algorithm::ES256);
    let issuer = Issuer::start_tls(&[&key]);
    let dir = tempfile::tempdir().unwrap();
    let with = |more: &str| {
        let path = dir.path().join("issuers.toml");
        let text = format!("[issuers.test]\nurl = \"{}\"\naudiences = [\"{AUDIENCE}\"]\n{more}", issuer.url());
        std::fs::write(&path, text).unwrap();
        App::with(false, |config| config.oidc.oidc_config = Some(path))
    };
    let app = with(&format!("ca_file = {:?}", file("tls_root.pem")));
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    assert_eq!(standing(&app, &issuer), "current");
    // The system's authorities have not signed for it.
    let app = with("");
    read(&app, &issuer.token(&key, json!({}))).expect(401);
    assert_eq!(standing(&app, &issuer), "away");
}
