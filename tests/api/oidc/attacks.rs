//! Tokens that are forged, stolen from elsewhere, or out of their time: refused, in one shape that tells nothing of why.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, get_current_timestamp};
use serde_json::{Value, json};

use super::issuer::{Issuer, Key};
use super::{app, read};
use crate::client::Answer;
use crate::harness::{App, eventually};

/// The token, with a header and a signature of one's own.
fn raw(header: Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(&header), part(claims))
}

/// All that an answer says, but for the id of the request and the time.
fn shape(answer: &Answer) -> (u16, Value, BTreeMap<String, String>) {
    let mut body = answer.json();
    body["instance"] = Value::Null;
    let headers = answer.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    (answer.status, body, headers.map(|(name, value)| (name.to_string(), text(value))).collect())
}

/// Each is refused as any other is.
#[track_caller]
fn all_are_refused(app: &App, tokens: &[(&str, String)]) {
    let usual = shape(&read(app, "x").expect(401));
    assert_eq!(usual.2["www-authenticate"], "Bearer error=\"invalid_token\"");
    for (what, token) in tokens {
        assert_eq!(shape(&read(app, token)), usual, "{what}");
    }
}

/// A value of DER (X.690): its tag, its length, and what is in it.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match length {
        [0, short @ 0..=127] => vec![short],
        [0, long] => vec![0x81, long],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], &length[..], content].concat()
}

/// An RSA key as it is published: as PKCS#1 has it (RFC 8017, A.1.1), and as certificates do (RFC 5280, 4.1).
fn public(jwk: &Value) -> [(&'static str, Vec<u8>); 2] {
    let number = |name: &str| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        // One that begins with a 1 would be negative.
        let sign = (bytes[0] > 127).then_some(0);
        der(2, &sign.into_iter().chain(bytes).collect::<Vec<_>>())
    };
    let pkcs1 = der(0x30, &[number("n"), number("e")].concat());
    // rsaEncryption, which has no parameters.
    let kind = der(0x30, &[der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), der(5, &[])].concat());
    let spki = der(0x30, &[kind, der(3, &[&[0], &pkcs1[..]].concat())].concat());
    [("RSA PUBLIC KEY", pkcs1), ("PUBLIC KEY", spki)]
}

/// A key in PEM (RFC 7468), as it is in a file.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn the_algorithm_is_the_keys() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    let good = issuer.token(&key, json!({}));
    read(&app, &good).expect(200);
    let claims = issuer.claims(json!({ "sub": "mallory", "scope": "directory:read directory:write hr:sync" }));
    let unsigned = |alg: &str| raw(json!({ "alg": alg, "kid": key.kid }), &claims, "");
    // The public key, in the forms that somebody may have taken for a secret.
    let jwk = key.jwk();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    let mut secrets =
        vec![jwk.to_string().into_bytes(), jwk["n"].as_str().unwrap().as_bytes().to_vec(), modulus, Vec::new()];
    let files = public(&jwk);
    let rules = Validation { validate_aud: false, ..Validation::new(Algorithm::RS256) };
    decode::<Value>(&good, &DecodingKey::from_rsa_der(&files[0].1), &rules).expect("it is that very key");
    for (label, der) in files {
        let pem = pem(label, &der);
        secrets.extend([der, pem.trim_end().as_bytes().to_vec(), pem.into_bytes()]);
    }
    let symmetric = |algorithm, secret: &[u8]| {
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(algorithm) };
        encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let mut tokens = vec![
        ("no algorithm", unsigned("none")),
        ("no algorithm, in capitals", unsigned("None")),
        ("an algorithm of another kind", unsigned("ES256")),
        ("no signature", unsigned("RS256")),
        ("an algorithm that nobody has", unsigned("XY512")),
    ];
    for secret in &secrets {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            tokens.push(("the public key for a secret", symmetric(algorithm, secret)));
        }
    }
    // The service's own secret is for its own issuer.
    tokens.push(("the shared secret", symmetric(Algorithm::HS256, crate::database::SECRET.as_bytes())));
    all_are_refused(&app, &tokens);
    read(&app, &good).expect(200);
}

#[test]
fn a_token_is_of_its_issuer_for_us_and_for_now() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    let now = get_current_timestamp();
    let token = |change: Value| issuer.token(&key, change);
    all_are_refused(
        &app,
        &[
            ("another issuer", token(json!({ "iss": "https://login.example" }))),
            ("an issuer that begins alike", token(json!({ "iss": format!("{}/", issuer.url()) }))),
            ("ours, by its key", token(json!({ "iss": "solmu", "aud": "solmu" }))),
            ("several issuers", token(json!({ "iss": [issuer.url()] }))),
            ("no issuer", token(json!({ "iss": null }))),
            ("another audience", token(json!({ "aud": "other" }))),
            ("the audience of ours under the secret", token(json!({ "aud": "solmu" }))),
            ("no audience", token(json!({ "aud": null }))),
            ("no audience in a list", token(json!({ "aud": [] }))),
            ("not yet", token(json!({ "nbf": now + 3600 }))),
            ("no longer", token(json!({ "exp": now - 60 }))),
            ("no longer, and forged", token(json!({ "exp": now - 60 })) + "A"),
            ("no longer, and for another", token(json!({ "exp": now - 60, "aud": "other" }))),
            ("no expiry", token(json!({ "exp": null }))),
            ("an expiry that is no time", token(json!({ "exp": "tomorrow" }))),
            ("nobody", token(json!({ "sub": null }))),
            ("a subject that is no text", token(json!({ "sub": 7 }))),
            ("an ID token", token(json!({ "typ": "ID" }))),
            ("a refresh token", token(json!({ "typ": "Refresh" }))),
        ],
    );
    // As the specification lets it, and for as long as clocks may be apart.
    for change in [json!({ "aud": ["other", "solmu-test"] }), json!({ "nbf": now + 10, "exp": now - 10 })] {
        read(&app, &token(change)).expect(200);
    }
}

/// One that was found good is not verified anew each time, and is no good any more when its time is up all the same.
#[test]
fn a_token_that_was_good_expires() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    // Clocks may be 30 seconds apart.
    let token = issuer.token(&key, json!({ "exp": get_current_timestamp() - 26 }));
    read(&app, &token).expect(200);
    read(&app, &token).expect(200);
    eventually("it expires", || (read(&app, &token).status == 401).then_some(()));
    all_are_refused(&app, &[("one that was good", token)]);
}

#[test]
fn a_key_has_a_name_that_its_issuer_publishes() {
    let (key, other) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
    let claims = issuer.claims(json!({}));
    let with = |change: fn(&mut Header)| {
        let mut header = key.header();
        change(&mut header);
        key.sign(&header, &claims)
    };
    all_are_refused(
        &app,
        &[
            ("no name", with(|header| header.kid = None)),
            ("no name at all", with(|header| header.kid = Some(String::new()))),
            ("an unknown name", with(|header| header.kid = Some("unknown".into()))),
            ("a name that leads away", with(|header| header.kid = Some("../../etc/passwd".into()))),
            ("a name for another's key", other.sign(&key.header(), &claims)),
            ("a key that is not published", issuer.token(&other, json!({}))),
            ("a type that opens nothing", with(|header| header.typ = Some("logout+jwt".into()))),
            ("an extension that must be understood", with(|header| header.crit = Some(vec!["b64".into()]))),
        ],
    );
    read(&app, &with(|header| header.typ = Some("AT+JWT".into()))).expect(200);
    read(&app, &with(|header| header.typ = None)).expect(200);
}

/// A key that is published no more is no better than one that never was, also to a token that it was good for.
#[test]
fn a_key_that_is_withdrawn_opens_nothing() {
    let (key, gone) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&key, &gone]);
    let app = app(&issuer);
    let seen = issuer.token(&gone, json!({}));
    read(&app, &seen).expect(200);
    let (before, unknown) = (issuer.fetches(), issuer.token(&key.clone().named("unknown"), json!({})));
    issuer.publish(&[&key]);
    eventually("the keys are fetched again", || {
        // Whoever names a key that nobody knows has them fetched.
        read(&app, &unknown).expect(401);
        (read(&app, &seen).status == 401).then_some(())
    });
    assert!(issuer.fetches() > before, "it was refused before anybody could know");
    let unseen = issuer.token(&gone, json!({ "sub": "berit" }));
    all_are_refused(&app, &[("a token that was good", seen), ("one that was never seen", unseen)]);
    read(&app, &issuer.token(&key, json!({}))).expect(200);
}

/// A token says nothing of where its key is; whoever wrote it would rather be asked than the issuer.
#[test]
fn a_token_brings_no_key_and_is_not_followed() {
    let (key, own) = (Key::rsa(1), Key::rsa(2));
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let place = format!("http://{}/keys", trap.local_addr().unwrap());
    let claims = issuer.claims(json!({}));
    let with = |change: &dyn Fn(&mut Header), signer: &Key| {
        let mut header = key.header();
        change(&mut header);
        signer.sign(&header, &claims)
    };
    let jwk = serde_json::from_value::<jsonwebtoken::jwk::Jwk>(own.jwk()).unwrap();
    all_are_refused(
        &app,
        &[
            ("jku", with(&|header| header.jku = Some(place.clone()), &own)),
            ("jku, well signed", with(&|header| header.jku = Some(place.clone()), &key)),
            ("x5u", with(&|header| header.x5u = Some(place.clone()), &own)),
            ("x5u, well signed", with(&|header| header.x5u = Some(place.clone()), &key)),
            ("jwk", with(&|header| header.jwk = Some(jwk.clone()), &own)),
            ("jwk, well signed", with(&|header| header.jwk = Some(jwk.clone()), &key)),
            ("x5c", with(&|header| header.x5c = Some(vec!["MIIB".into()]), &own)),
        ],
    );
    assert!(trap.accept().is_err(), "the service went where a token sent it");
}

#[test]
fn what_was_signed_is_what_is_read() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    let good = issuer.token(&key, json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let more = issuer.claims(json!({ "scope": "hr:sync" })).to_string();
    let other = issuer.token(&key, json!({ "sub": "berit" }));
    let payload = BASE64_URL_SAFE_NO_PAD.encode(more);
    all_are_refused(
        &app,
        &[
            ("other claims", format!("{}.{payload}.{}", parts[0], parts[2])),
            ("another's signature", format!("{}.{}.{}", parts[0], parts[1], other.split('.').nth(2).unwrap())),
            ("another header", format!("{}.{}.{}", "e30", parts[1], parts[2])),
            ("a signature too short", good[..good.len() - 4].to_owned()),
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            ("one part too many", format!("{good}.{}", parts[2])),
            ("one part too few", format!("{}.{}", parts[0], parts[1])),
            ("100 kB", issuer.token(&key, json!({ "padding": "x".repeat(75_000) }))),
            ("20 kB", issuer.token(&key, json!({ "padding": "x".repeat(15_000) }))),
        ],
    );
}

#[test]
fn many_wrong_tokens_in_a_row_are_each_refused_and_others_are_not() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = app(&issuer);
    let good = issuer.token(&key, json!({}));
    let usual = shape(&read(&app, "x").expect(401));
    let started = Instant::now();
    for number in 0..300 {
        let wrong = match number % 3 {
            0 => format!("{}{number}", "x".repeat(50)),
            1 => format!("{}{number}", &good[..good.len() - 10]),
            _ => issuer.token(&Key::rsa(2).named(&number.to_string()), json!({})),
        };
        assert_eq!(shape(&read(&app, &wrong)), usual);
    }
    read(&app, &good).expect(200);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    // One fetch at the start, and as many more as the cool-down lets through.
    let most = 2 + started.elapsed().as_millis() / 200;
    assert!((issuer.fetches() as u128) <= most, "{} fetches", issuer.fetches());
}
