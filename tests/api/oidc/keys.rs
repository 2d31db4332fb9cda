//! Keys: each kind of them, new ones and old ones, and an issuer that is away.

use std::thread::sleep;
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::issuer::{AUDIENCE, Issuer, Key, Mood, file};
use super::{app, read, standing};
use crate::harness::{App, Token, eventually};

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

/// The first request that names a new key waits for it; a key that is gone opens nothing, however lately it did.
#[test]
fn a_rotated_key_works_without_a_restart() {
    let (old, new) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&old]);
    let app = App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_cool_down = Duration::from_millis(100);
        config.oidc.oidc_refresh = Duration::from_millis(400);
    });
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
    let app = App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_cool_down = Duration::from_secs(600);
        config.oidc.oidc_refresh = Duration::from_secs(3600);
    });
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    assert_eq!(issuer.fetches(), 1);
    for number in 0..100 {
        let forged = Key::rsa(2).named(&format!("forged-{number}"));
        read(&app, &issuer.token(&forged, json!({}))).expect(401);
    }
    assert_eq!(issuer.fetches(), 1);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
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
    let app = App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_cool_down = Duration::from_millis(20);
        config.oidc.oidc_refresh = Duration::from_millis(40);
    });
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
