//! Bearer tokens (RFC 7519): minted and verified.
//!
//! `iss` picks the verifier, and the verifier's key decides the algorithm; what the token's header says of either is
//! only ever compared. Today there is one verifier, of the shared secret; an OIDC issuer is another arm of
//! [`Verifier`], which the callers of [`Tokens::verify`] will not notice.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use hmac::{Hmac, Mac};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::hex;
use super::scope::Scopes;
use crate::config::SecretText;
use crate::http::messages::Code;
use crate::http::problem::{Problem, Result};
use crate::organisations::OrganisationId;

/// The issuer of tokens under the shared secret, and the audience of all.
pub const SOLMU: &str = "solmu";

/// How far clocks may be apart, in seconds.
const LEEWAY: u64 = 30;

/// The longest token looked at.
const LONGEST: usize = 16 * 1024;

/// How long a verified token is believed without verifying it anew, in seconds: a key that is withdrawn stops working
/// within that time.
const KNOWN: u64 = 60;

/// Verified tokens that are remembered, at most.
const MOST_KNOWN: usize = 4096;

/// The challenge after a token that has expired (RFC 6750, 3.1).
const EXPIRED: &str = "Bearer error=\"invalid_token\", error_description=\"expired\"";

/// What is read of a token; its audience and its times are the validator's.
#[derive(Debug, Deserialize)]
struct Said {
    iss: String,
    sub: String,
    /// One without scopes is somebody's, but opens nothing.
    #[serde(default)]
    scope: String,
    exp: u64,
    /// The organisations that `hr:sync` is for; everywhere when left out.
    organisations: Option<Vec<OrganisationId>>,
}

/// What is minted.
#[derive(Debug, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    scope: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organisations: Vec<OrganisationId>,
}

/// What a verified token says of its bearer. A person is (`iss`, `sub`).
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// An id that stands for the two: a keyed hash, the same in every replica, that says nothing to anybody else.
    pub id: Arc<str>,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// The organisations, with all below them, that `hr:sync` is for; `None` is everywhere.
    pub hr_of: Option<Arc<[OrganisationId]>>,
}

/// Verifies tokens of the issuers that are configured.
pub struct Tokens {
    verifiers: HashMap<String, Verifier>,
    /// The key of the internal ids.
    key: Vec<u8>,
    /// Tokens that were verified a short while ago.
    known: RwLock<HashMap<String, Known>>,
}

/// How the tokens of one issuer are verified.
enum Verifier {
    /// HS256 under a secret that the issuer and we share.
    Shared { key: DecodingKey, rules: Validation },
}

/// A token that was verified.
struct Known {
    identity: Identity,
    /// When it is verified anew, in seconds since 1970.
    until: u64,
}

impl Tokens {
    /// Verifies HS256 under a shared secret, for the issuer `solmu`; `key` makes the internal ids.
    pub fn shared(secret: &SecretText, key: &[u8]) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[SOLMU]);
        rules.set_audience(&[SOLMU]);
        let verifier = Verifier::Shared { key: DecodingKey::from_secret(secret.bytes()), rules };
        let verifiers = HashMap::from([(SOLMU.to_owned(), verifier)]);
        Self { verifiers, key: key.to_vec(), known: RwLock::default() }
    }

    /// The id that stands for a person, (`iss`, `sub`), in the change log and in logs.
    pub fn internal_id(&self, issuer: &str, subject: &str) -> Result<Arc<str>> {
        internal_id(&self.key, issuer, subject)
    }

    /// Verifies a token: its signature, issuer, audience and times.
    pub fn verify(&self, token: &str) -> Result<Identity> {
        let now = jsonwebtoken::get_current_timestamp();
        if let Ok(known) = self.known.read()
            && let Some(known) = known.get(token)
            && now < known.until
        {
            return Ok(known.identity.clone());
        }
        let (identity, expires) = self.verify_anew(token)?;
        if let Ok(mut known) = self.known.write() {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            let until = expires.min(now + KNOWN);
            known.insert(token.to_owned(), Known { identity: identity.clone(), until });
        }
        Ok(identity)
    }

    /// The identity, and when the token expires.
    fn verify_anew(&self, token: &str) -> Result<(Identity, u64)> {
        if token.len() > LONGEST {
            return Err(refused());
        }
        match self.verifiers.get(&issuer(token)?).ok_or_else(refused)? {
            Verifier::Shared { key, rules } => {
                refuse_named_keys(token)?;
                let said = jsonwebtoken::decode::<Said>(token, key, rules).map_err(|error| match error.kind() {
                    ErrorKind::ExpiredSignature => Problem::unauthenticated(Code::TokenExpired, EXPIRED),
                    _ => refused(),
                })?;
                let Said { iss, sub, scope, exp, organisations } = said.claims;
                let id = internal_id(&self.key, &iss, &sub)?;
                Ok((Identity { id, scopes: Scopes::of_claim(&scope), hr_of: organisations.map(Into::into) }, exp))
            }
        }
    }
}

/// The id that stands for somebody: a keyed hash of (`iss`, `sub`), each with its length so that no two pairs run together.
pub fn internal_id(key: &[u8], issuer: &str, subject: &str) -> Result<Arc<str>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Problem::internal)?;
    for part in [issuer, subject] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Ok(hex(mac.finalize().into_bytes().get(..12).unwrap_or_default()).into())
}

/// The issuer that a token claims, before anything of it is believed.
fn issuer(token: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Peek {
        iss: String,
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Peek>(token).map(|peek| peek.iss).map_err(|_| refused())
}

/// The shared secret has no name, so a token that names a key, brings one or says where to fetch one is not ours; nor is
/// one with extensions that must be understood (RFC 7515, 4.1.11).
fn refuse_named_keys(token: &str) -> Result<()> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
    let names_a_key = header.kid.is_some()
        || header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.crit.is_some();
    if names_a_key { Err(refused()) } else { Ok(()) }
}

fn refused() -> Problem {
    Problem::unauthenticated(Code::TokenInvalid, "Bearer error=\"invalid_token\"")
}

/// Makes a token under the shared secret.
pub fn mint(
    secret: &SecretText,
    subject: &str,
    scope: &str,
    lifetime: Duration,
) -> std::result::Result<String, String> {
    mint_for(secret, subject, scope, &[], lifetime)
}

/// The same, with `hr:sync` for some organisations and all below them alone; everywhere where none are named.
pub fn mint_for(
    secret: &SecretText,
    subject: &str,
    scope: &str,
    organisations: &[OrganisationId],
    lifetime: Duration,
) -> std::result::Result<String, String> {
    let now = jsonwebtoken::get_current_timestamp();
    let claims = Claims {
        iss: SOLMU.to_owned(),
        aud: SOLMU.to_owned(),
        sub: subject.to_owned(),
        scope: scope.to_owned(),
        iat: now,
        nbf: now,
        exp: now + lifetime.as_secs(),
        organisations: organisations.to_vec(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.bytes()))
        .map_err(|error| format!("cannot sign the token: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scope::Scope;

    fn secret(text: &str) -> SecretText {
        text.repeat(32).parse().unwrap()
    }

    #[test]
    fn what_is_minted_is_verified() {
        let token = mint(&secret("a"), "script", "directory:read", Duration::from_secs(60)).unwrap();
        let tokens = Tokens::shared(&secret("a"), b"key");
        let identity = tokens.verify(&token).unwrap();
        assert_eq!(tokens.verify(&token).unwrap(), identity);
        assert!(!identity.id.contains("script"));
        assert!(identity.scopes.allow(Scope::DirectoryRead) && !identity.scopes.allow(Scope::DirectoryWrite));
        assert!(Tokens::shared(&secret("b"), b"key").verify(&token).is_err());
    }

    #[test]
    fn a_token_may_be_for_the_people_of_some_organisations() {
        let own: OrganisationId = "01900000-0000-7001-8000-000000000001".parse().unwrap();
        let hr_of = |organisations: &[OrganisationId]| {
            let token = mint_for(&secret("a"), "hr", "hr:sync", organisations, Duration::from_secs(60)).unwrap();
            Tokens::shared(&secret("a"), b"key").verify(&token).unwrap().hr_of
        };
        assert_eq!(hr_of(&[]), None);
        assert_eq!(hr_of(&[own]).as_deref(), Some(&[own][..]));
    }
}
