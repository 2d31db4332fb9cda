//! An issuer's public keys, out of the JWK set that it publishes (RFC 7517): each with the algorithms that it is for.
//!
//! The key decides the algorithm, by its type, its curve and its `alg`; what a token's header says is only compared. So
//! no key of an issuer's ever serves for HMAC, and no token without a signature has a key.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of an RSA modulus: 2048 to 4096 bits. Shorter is not safe, longer is not verified by what is compiled in.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// Keys by `kid`.
#[derive(Default)]
pub struct Keys(HashMap<String, Key>);

/// A key, and what it is for.
pub struct Key {
    /// The key.
    pub key: DecodingKey,
    /// The algorithms of tokens that it verifies.
    pub algorithms: &'static [Algorithm],
}

/// What is read of a JWK.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Those of a JWK set that tokens can be verified with. Keys for encryption, of other types, or without a `kid`
    /// are passed over: an issuer may have them.
    ///
    /// # Errors
    /// Not a JWK set.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(text).map_err(|error| format!("no JWK set: {error}"))?;
        let jwks = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Ok(Self(jwks.filter_map(|jwk| Some((jwk.kid.clone(), key(&jwk)?))).collect()))
    }

    /// The key of that name.
    pub fn get(&self, kid: &str) -> Option<&Key> {
        self.0.get(kid)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The key of a JWK; `None` where it is not for verifying, or not one that is taken.
fn key(jwk: &Jwk) -> Option<Key> {
    let verifies = jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
        && jwk.key_ops.as_deref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !verifies {
        return None;
    }
    let algorithms = algorithms(&jwk.kty, jwk.crv.as_deref(), jwk.alg.as_deref())?;
    let key = match jwk.kty.as_str() {
        "RSA" => {
            let (n, e) = (bytes(jwk.n.as_deref()?)?, bytes(jwk.e.as_deref()?)?);
            let n = n.get(n.iter().position(|byte| *byte != 0)?..)?;
            MODULUS.contains(&n.len()).then(|| DecodingKey::from_rsa_raw_components(n, &e))?
        }
        "EC" => {
            let (x, y) = (jwk.x.as_deref()?, jwk.y.as_deref()?);
            let length = if algorithms == [Algorithm::ES256] { 32 } else { 48 };
            let fits = bytes(x)?.len() == length && bytes(y)?.len() == length;
            fits.then(|| DecodingKey::from_ec_components(x, y).ok())??
        }
        _ => {
            let x = bytes(jwk.x.as_deref()?)?;
            (x.len() == 32).then(|| DecodingKey::from_ed_der(&x))?
        }
    };
    Some(Key { key, algorithms })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// What a key of a type, a curve and, if it names one, an algorithm is for.
fn algorithms(kty: &str, crv: Option<&str>, alg: Option<&str>) -> Option<&'static [Algorithm]> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, RS256, RS384, RS512};
    Some(match (kty, crv, alg) {
        ("RSA", _, None) => &[RS256, RS384, RS512, PS256],
        ("RSA", _, Some("RS256")) => &[RS256],
        ("RSA", _, Some("RS384")) => &[RS384],
        ("RSA", _, Some("RS512")) => &[RS512],
        ("RSA", _, Some("PS256")) => &[PS256],
        ("EC", Some("P-256"), None | Some("ES256")) => &[ES256],
        ("EC", Some("P-384"), None | Some("ES384")) => &[ES384],
        // The second name is RFC 9864's.
        ("OKP", Some("Ed25519"), None | Some("EdDSA" | "Ed25519")) => &[EdDSA],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(jwk: Value) -> Option<&'static [Algorithm]> {
        let set = json!({ "keys": [{ "kty": "unknown" }, 7, jwk] }).to_string();
        Keys::parse(set.as_bytes()).unwrap().get("k").map(|key| key.algorithms)
    }

    fn rsa(change: Value) -> Value {
        let n = BASE64_URL_SAFE_NO_PAD.encode([0xab; 256]);
        with(json!({ "kid": "k", "kty": "RSA", "n": n, "e": "AQAB" }), change)
    }

    fn with(mut jwk: Value, change: Value) -> Value {
        for (name, value) in change.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    #[test]
    fn the_key_decides_the_algorithm() {
        use Algorithm::{ES256, ES384, EdDSA, PS256, RS256, RS384, RS512};
        assert_eq!(read(rsa(json!({}))), Some(&[RS256, RS384, RS512, PS256][..]));
        assert_eq!(read(rsa(json!({ "alg": "RS384", "use": "sig" }))), Some(&[RS384][..]));
        let ec = |crv: &str, length: usize| {
            let part = BASE64_URL_SAFE_NO_PAD.encode(vec![7; length]);
            json!({ "kid": "k", "kty": "EC", "crv": crv, "x": part, "y": part })
        };
        assert_eq!(read(ec("P-256", 32)), Some(&[ES256][..]));
        assert_eq!(read(ec("P-384", 48)), Some(&[ES384][..]));
        let ed = json!({ "kid": "k", "kty": "OKP", "crv": "Ed25519", "x": BASE64_URL_SAFE_NO_PAD.encode([7; 32]) });
        assert_eq!(read(ed.clone()), Some(&[EdDSA][..]));
        for refused in [
            rsa(json!({ "alg": "HS256" })),
            rsa(json!({ "alg": "none" })),
            rsa(json!({ "alg": "RSA-OAEP" })),
            rsa(json!({ "alg": "ES256" })),
            rsa(json!({ "use": "enc" })),
            rsa(json!({ "key_ops": ["encrypt"] })),
            rsa(json!({ "kid": null })),
            rsa(json!({ "n": BASE64_URL_SAFE_NO_PAD.encode([0xab; 128]) })),
            rsa(json!({ "n": BASE64_URL_SAFE_NO_PAD.encode([0xab; 1024]) })),
            rsa(json!({ "n": "!" })),
            json!({ "kid": "k", "kty": "oct", "k": "AAAA", "alg": "HS256" }),
            ec("P-256", 48),
            ec("P-521", 66),
            ec("secp256k1", 32),
            with(ed, json!({ "crv": "X25519" })),
        ] {
            assert_eq!(read(refused.clone()), None, "{refused}");
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert!(Keys::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Keys::parse(br#"{"keys":[]}"#).unwrap().count(), 0);
    }
}
