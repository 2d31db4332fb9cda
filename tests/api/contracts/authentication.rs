//! Who somebody is: a token that is no good is refused before anything else, in one shape that tells nothing of why.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};

use super::operation::OPERATIONS;
use crate::client::Answer;
use crate::database::SECRET;
use crate::harness::{App, Token};

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// A token of somebody who may do everything, its claims changed: one that is null is left out.
fn token(change: Value) -> String {
    signed(&Header::new(Algorithm::HS256), &claims(change), SECRET)
}

fn claims(change: Value) -> Value {
    let now = get_current_timestamp();
    let mut claims = json!({ "iss": "solmu", "aud": "solmu", "sub": "Admin", "scope": "admin", "exp": now + 600 });
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

/// A token of parts made by hand.
fn raw(header: Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(&header), part(&claims(json!({}))))
}

/// A good token with one of its parts taken from another.
fn mixed(change: Value, part: usize) -> String {
    let (good, other) = (token(json!({})), token(change));
    let (mut parts, others): (Vec<_>, Vec<_>) = (good.split('.').collect(), other.split('.').collect());
    parts[part] = others[part];
    parts.join(".")
}

/// What is refused, by what is wrong with it.
fn refused() -> Vec<(&'static str, String)> {
    let now = get_current_timestamp();
    let header = |change: fn(&mut Header)| {
        let mut header = Header::new(Algorithm::HS256);
        change(&mut header);
        signed(&header, &claims(json!({})), SECRET)
    };
    let mut tokens = vec![
        ("garbage", "x".to_owned()),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("characters outside base64", "a!.b!.c!".to_owned()),
        ("another secret", signed(&Header::new(Algorithm::HS256), &claims(json!({})), &SECRET.to_uppercase())),
        ("another hash", signed(&Header::new(Algorithm::HS512), &claims(json!({})), SECRET)),
        ("no algorithm", raw(json!({ "alg": "none", "typ": "JWT" }), "")),
        ("no algorithm, in capitals", raw(json!({ "alg": "NONE" }), "")),
        ("an algorithm of public keys", raw(json!({ "alg": "RS256" }), "AAAA")),
        ("no signature", raw(json!({ "alg": "HS256" }), "")),
        ("not yet", token(json!({ "nbf": now + 3600 }))),
        ("another issuer", token(json!({ "iss": "https://login.example" }))),
        ("no issuer", token(json!({ "iss": null }))),
        ("another audience", token(json!({ "aud": "other" }))),
        ("no audience", token(json!({ "aud": null }))),
        ("no expiry", token(json!({ "exp": null }))),
        ("an expiry that is no time", token(json!({ "exp": "tomorrow" }))),
        ("no subject", token(json!({ "sub": null }))),
        ("other claims", mixed(json!({ "sub": "somebody else" }), 1)),
        ("another's signature", mixed(json!({ "sub": "somebody else" }), 2)),
        ("100 kB", token(json!({ "sub": "x".repeat(75_000) }))),
        ("the id of an unknown key", header(|header| header.kid = Some("1".into()))),
        ("a place to fetch a key", header(|header| header.jku = Some("http://127.0.0.1:9/keys".into()))),
        ("a place to fetch a certificate", header(|header| header.x5u = Some("http://127.0.0.1:9/x".into()))),
        ("a certificate of its own", header(|header| header.x5c = Some(vec!["MIIB".into()]))),
        ("an extension that must be understood", header(|header| header.crit = Some(vec!["b64".into()]))),
    ];
    tokens.iter_mut().for_each(|(_, token)| *token = format!("Bearer {token}"));
    let good = token(json!({}));
    tokens.push(("another scheme", format!("Basic {good}")));
    tokens.push(("no scheme", good));
    tokens
}

/// All that an answer says, but for the id of the request.
fn shape(answer: &Answer) -> Value {
    let mut body = answer.json();
    body["instance"] = Value::Null;
    body
}

#[test]
fn a_token_that_is_no_good_is_refused_by_every_operation() {
    let app = App::demo();
    let tokens = refused();
    for (number, operation) in OPERATIONS.iter().enumerate() {
        let none = operation.request(&app).by(Token::None).send().expect(401);
        assert_eq!(none.codes(), "token_missing");
        assert_eq!(none.header("www-authenticate"), Some("Bearer realm=\"solmu\""), "{}", operation.id);
        // Each token with some operation that reads, and some that writes; each operation with a few.
        for (_, (what, token)) in tokens.iter().enumerate().filter(|(index, _)| (index + number) % 6 == 0) {
            let answer = operation.request(&app).header("authorization", token).send();
            assert_eq!(answer.status, 401, "{what} for {}: {answer:?}", operation.id);
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Bearer error=\"invalid_"), "{what}: {challenge}");
            assert_eq!(answer.codes(), "token_invalid", "{what}");
        }
    }
}

#[test]
fn a_refusal_does_not_tell_what_was_wrong() {
    let app = App::start();
    let ask = |token: &str| app.get("/v1/organisations").header("authorization", token).send().expect(401);
    let usual = shape(&ask("Bearer x"));
    for (what, token) in refused() {
        assert_eq!(shape(&ask(&token)), usual, "{what}");
    }
    // Neither does what it was asked for, whether it is there or not.
    for path in ["/v1/organisations/01900000-0000-7fff-bfff-ffffffffffff", "/v1/organisations?limit=x", "/v1/graph"] {
        assert_eq!(shape(&app.get(path).header("authorization", "Bearer x").send().expect(401)), usual, "{path}");
    }
}

#[test]
fn a_token_without_the_scope_is_told_which_one_it_needs() {
    let app = App::demo();
    for operation in OPERATIONS.iter() {
        let scopes = operation.scopes();
        if scopes.is_empty() {
            let any = format!("Bearer {}", token(json!({ "scope": "openid" })));
            operation.request(&app).header("authorization", &any).send().expect(operation.status());
            continue;
        }
        let other = if scopes.contains(&"hr:sync") { "directory:write" } else { "hr:sync" };
        for scope in ["", other, "openid profile", "Admin directory:Write directory"] {
            let other = format!("Bearer {}", token(json!({ "scope": scope })));
            let answer = operation.request(&app).header("authorization", &other).send().expect(403);
            assert_eq!(answer.codes(), "scope_missing", "{}", operation.id);
            assert!(answer.json()["detail"].as_str().unwrap().contains(&scopes.join(", ")), "{answer:?}");
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scopes.join(" "));
            assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()));
        }
    }
}

/// The scope of the document is the one that is enforced, and it is enough.
#[test]
fn the_scope_is_enough() {
    let app = App::demo();
    for operation in OPERATIONS.iter() {
        let scopes = operation.scopes();
        for scope in if scopes.is_empty() { &[""][..] } else { &scopes } {
            let bearer = format!("bEaReR {}", token(json!({ "scope": scope })));
            let answer = operation.request(&app).header("authorization", &bearer).send();
            assert_eq!(answer.status, operation.status(), "{} with {scope}: {answer:?}", operation.id);
        }
    }
}

/// `aud`, `iss`, `exp` and who it is; the rest may be left out. A token holds for as long as clocks may be apart.
#[test]
fn a_token_needs_no_more_than_it_must_say() {
    let app = App::start();
    let now = get_current_timestamp();
    for change in [
        json!({}),
        json!({ "nbf": now + 10, "iat": now + 10 }),
        json!({ "exp": now - 10 }),
        json!({ "aud": ["other", "solmu"] }),
        json!({ "jti": "1", "azp": "client", "name": "nobody reads this" }),
    ] {
        let bearer = format!("Bearer {}", token(change.clone()));
        let answer = app.get("/v1/organisations").header("authorization", &bearer).send();
        assert_eq!(answer.status, 200, "{change}: {answer:?}");
    }
    let without = format!("Bearer {}", token(json!({ "scope": null })));
    app.get("/v1/organisations").header("authorization", &without).send().expect(403);
}
