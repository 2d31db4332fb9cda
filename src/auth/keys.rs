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

/// Keys, for verifying tokens.
#[derive(Default)]
pub struct Keys {
    /// By `kid`, which keys of several kinds may share (RFC 7517, 4.5).
    named: HashMap<String, Vec<Key>>,
    /// How many more there are that can't be used, and are not said to be for something else.
    pub passed_over: usize,
}

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
    kid: Option<String>,
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
    /// are passed over: an issuer may have them. All but the first are counted.
    ///
    /// # Errors
    /// Not a JWK set.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(text).map_err(|error| format!("no JWK set: {error}"))?;
        let mut keys = Self::default();
        for jwk in set.keys {
            let jwk = serde_json::from_value::<Jwk>(jwk).ok();
            if jwk.as_ref().is_some_and(|jwk| !jwk.verifies()) {
                continue;
            }
            match jwk.and_then(|jwk| Some((key(&jwk)?, jwk.kid?))) {
                Some((key, kid)) => keys.named.entry(kid).or_default().push(key),
                None => keys.passed_over += 1,
            }
        }
        Ok(keys)
    }

    /// The keys of that name.
    pub fn get(&self, kid: &str) -> Option<&[Key]> {
        self.named.get(kid).map(Vec::as_slice)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.named.values().map(Vec::len).sum()
    }
}

impl Jwk {
    /// Whether it is for verifying, as far as it says what it is for.
    fn verifies(&self) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_deref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
    }
}

/// The key of a JWK; `None` where it is not one that is taken.
fn key(jwk: &Jwk) -> Option<Key> {
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
        let keys = set(&[json!({ "kty": "unknown" }), json!(7), jwk]);
        keys.get("k").map(|keys| keys[0].algorithms)
    }

    fn set(jwks: &[Value]) -> Keys {
        Keys::parse(json!({ "keys": jwks }).to_string().as_bytes()).unwrap()
    }

    fn rsa(change: Value) -> Value {
        let n = BASE64_URL_SAFE_NO_PAD.encode([0xab; 256]);
        with(json!({ "kid": "k", "kty": "RSA", "n": n, "e": "AQAB" }), change)
    }

    fn ec(crv: &str, length: usize) -> Value {
        let part = BASE64_URL_SAFE_NO_PAD.encode(vec![7; length]);
        json!({ "kid": "k", "kty": "EC", "crv": crv, "x": part, "y": part })
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
    fn keys_of_several_kinds_may_share_a_name() {
        let keys = set(&[rsa(json!({ "alg": "RS256" })), ec("P-256", 32), rsa(json!({ "kid": "other" }))]);
        let shared: Vec<_> = keys.get("k").unwrap().iter().map(|key| key.algorithms).collect();
        assert_eq!((shared, keys.count()), (vec![&[Algorithm::RS256][..], &[Algorithm::ES256][..]], 3));
    }

    #[test]
    fn what_cannot_be_used_is_counted_unless_it_is_for_something_else() {
        let usable = rsa(json!({}));
        let for_others = [rsa(json!({ "use": "enc", "alg": "RSA-OAEP" })), rsa(json!({ "key_ops": ["encrypt"] }))];
        let unusable = [rsa(json!({ "kid": null })), ec("P-521", 66), json!({ "kty": "oct", "kid": "k" }), json!(7)];
        let count = |jwks: &[Value]| {
            let keys = set(jwks);
            (keys.count(), keys.passed_over)
        };
        assert_eq!(count(&[&for_others[..], &[usable]].concat()), (1, 0));
        assert_eq!(count(&unusable), (0, 4));
        assert_eq!(count(&[]), (0, 0));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert!(Keys::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Keys::parse(br#"{"keys":[]}"#).unwrap().count(), 0);
    }
}
