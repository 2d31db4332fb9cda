//! Bearer tokens (RFC 7519): minted and verified.
//!
//! `iss` picks the verifier, and the verifier's key decides the algorithm; what the token's header says of either is
//! only ever compared.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use hmac::{Hmac, Mac};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::hex;
use super::issuer::{Issuer, Pace};
use super::issuers::{self, SignIn};
use super::scope::Scopes;
use crate::config::SecretText;
use crate::http::messages::Code;
use crate::http::problem::{Problem, Result};
use crate::organisations::OrganisationId;

/// The issuer of tokens under the shared secret, and the audience of all.
pub const SOLMU: &str = "solmu";

/// How far clocks may be apart, in seconds.
pub(super) const LEEWAY: u64 = 30;

/// The longest token looked at.
const LONGEST: usize = 16 * 1024;

/// How long a verified token is believed without verifying it anew, in seconds: a key that is withdrawn stops working
/// within that time.
const KNOWN: u64 = 60;

/// Verified tokens that are remembered, at most.
const MOST_KNOWN: usize = 4096;

/// The challenge after a token that is not valid (RFC 6750, 3.1).
const INVALID: &str = "Bearer error=\"invalid_token\"";

/// Why a token is refused: some of the reasons.
const MALFORMED: &str = "malformed";
const NOBODY: &str = "without a subject";

/// The types of tokens that open something (RFC 7515, 4.1.9; RFC 9068, 2.1), where a header names one: not those of
/// sign-outs, of security events, or of another proof than bearing them.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// The tokens of Keycloak's that are for the client itself, by their claim `typ`.
const NOT_FOR_US: [&str; 4] = ["ID", "Refresh", "Offline", "Logout"];

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
    /// The issuer.
    pub issuer: Arc<str>,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// The organisations, with all below them, that `hr:sync` is for; `None` is everywhere.
    pub hr_of: Option<Arc<[OrganisationId]>>,
}

/// Why a token opens nothing.
#[derive(Debug)]
pub enum Refusal {
    /// It is not valid. The caller is not told why, nor that it once was, which whoever found an old one would like to know;
    /// the log is, for whoever sets an issuer up, with nothing of the token in it.
    Invalid(&'static str),
    /// It names a key that its issuer had not published when it was last asked.
    UnknownKey,
    /// The service's own fault.
    Failed(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::Invalid(reason) => tracing::debug!(reason, "a token is refused"),
            Refusal::UnknownKey => tracing::debug!(reason = "no key of its kid", "a token is refused"),
            Refusal::Failed(_) => {}
        }
        match refusal {
            Refusal::Invalid(_) | Refusal::UnknownKey => Problem::unauthenticated(Code::TokenInvalid, INVALID),
            Refusal::Failed(problem) => problem,
        }
    }
}

/// Verifies tokens of the issuers that are configured.
pub struct Tokens {
    verifiers: HashMap<String, Verifier>,
    /// The key of the internal ids.
    key: Vec<u8>,
    /// Tokens that were verified a short while ago.
    known: RwLock<HashMap<String, Known>>,
    /// Counts the times that an issuer's keys changed.
    changes: Arc<AtomicU64>,
    /// Where people sign in to Swagger UI, and how.
    sign_in: Option<(Arc<Issuer>, SignIn)>,
}

/// How the tokens of one issuer are verified.
enum Verifier {
    /// HS256 under a secret that the issuer and we share.
    Shared { key: DecodingKey, rules: Box<Validation> },
    /// By the keys that the issuer publishes.
    Published(Arc<Issuer>),
}

/// A token that was verified.
struct Known {
    identity: Identity,
    /// When it is verified anew, in seconds since 1970.
    until: u64,
    /// The changes of keys before it was verified.
    changes: u64,
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
        let verifier = Verifier::Shared { key: DecodingKey::from_secret(secret.bytes()), rules: Box::new(rules) };
        let mut tokens = Self::none(key);
        tokens.verifiers.insert(SOLMU.to_owned(), verifier);
        tokens
    }

    /// Verifies nothing.
    fn none(key: &[u8]) -> Self {
        Self {
            verifiers: HashMap::new(),
            key: key.to_vec(),
            known: RwLock::default(),
            changes: Arc::default(),
            sign_in: None,
        }
    }

    /// Verifies the tokens of issuers, and those under a shared secret where there is one. [`Issuer::work`] is yet to
    /// run for each of [`Tokens::issuers`].
    pub fn new(secret: Option<&SecretText>, issuers: &[issuers::Issuer], pace: Pace, key: &[u8]) -> Self {
        let mut tokens = secret.map_or_else(|| Self::none(key), |secret| Self::shared(secret, key));
        for settings in issuers {
            let issuer = Arc::new(Issuer::new(settings, pace, Arc::clone(&tokens.changes)));
            if let Some(client) = &settings.sign_in {
                tokens.sign_in = Some((Arc::clone(&issuer), client.clone()));
            }
            tokens.verifiers.insert(settings.url.clone(), Verifier::Published(issuer));
        }
        tokens
    }

    /// The issuers whose keys are fetched.
    pub fn issuers(&self) -> impl Iterator<Item = &Arc<Issuer>> {
        self.verifiers.values().filter_map(|verifier| match verifier {
            Verifier::Published(issuer) => Some(issuer),
            Verifier::Shared { .. } => None,
        })
    }

    /// The issuer at which people sign in to Swagger UI, and how.
    pub fn sign_in(&self) -> Option<(&Issuer, &SignIn)> {
        self.sign_in.as_ref().map(|(issuer, client)| (issuer.as_ref(), client))
    }

    /// The organisations that an issuer may speak for; `None` is all of them.
    pub fn spoken_for_by(&self, issuer: &str) -> Option<Arc<[OrganisationId]>> {
        match self.verifiers.get(issuer)? {
            Verifier::Published(issuer) => issuer.mapping().organisations.clone(),
            Verifier::Shared { .. } => None,
        }
    }

    /// The id that stands for a person, (`iss`, `sub`), in the change log and in logs.
    pub fn internal_id(&self, issuer: &str, subject: &str) -> Result<Arc<str>> {
        internal_id(&self.key, issuer, subject)
    }

    /// Verifies a token: its signature, issuer, audience and times.
    ///
    /// # Errors
    /// Why it opens nothing. After [`Refusal::UnknownKey`] it is worth another try, once [`Tokens::look_again`] is done.
    pub fn verify(&self, token: &str) -> std::result::Result<Identity, Refusal> {
        let now = jsonwebtoken::get_current_timestamp();
        let changes = self.changes.load(Ordering::Acquire);
        if let Ok(known) = self.known.read()
            && let Some(known) = known.get(token)
            && now < known.until
            && changes == known.changes
        {
            return Ok(known.identity.clone());
        }
        let (identity, expires) = self.verify_anew(token)?;
        if let Ok(mut known) = self.known.write() {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            let until = expires.min(now + KNOWN);
            known.insert(token.to_owned(), Known { identity: identity.clone(), until, changes });
        }
        Ok(identity)
    }

    /// Waits until the issuer of a token has been asked for its keys, where it may be asked again by now.
    pub async fn look_again(&self, token: &str) {
        if let Ok(issuer) = issuer(token)
            && let Some(Verifier::Published(issuer)) = self.verifiers.get(&issuer)
        {
            issuer.ask().await;
        }
    }

    /// The identity, and when the token expires.
    fn verify_anew(&self, token: &str) -> std::result::Result<(Identity, u64), Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::Invalid("too long"));
        }
        let verifier =
            self.verifiers.get(&issuer(token)?).ok_or(Refusal::Invalid("of no issuer that is configured"))?;
        let header = header(token)?;
        let (iss, sub, (scopes, hr_of), claims) = match verifier {
            Verifier::Shared { key, rules } => {
                // The shared secret has no name.
                if header.kid.is_some() {
                    return Err(Refusal::Invalid("a kid, though the shared secret has none"));
                }
                let claims = decoded(token, key, rules)?;
                let scopes = Scopes::of_claim(text(&claims, "scope").unwrap_or_default());
                let sub = text(&claims, "sub").filter(|sub| !sub.is_empty());
                let sub = sub.ok_or(Refusal::Invalid(NOBODY))?.to_owned();
                (SOLMU, sub, (scopes, organisations(&claims)?), claims)
            }
            Verifier::Published(issuer) => {
                let claims = issuer.verify(token, &header)?;
                let sub = issuer.mapping().subject(&claims).ok_or(Refusal::Invalid(NOBODY))?.to_owned();
                (issuer.url.as_str(), sub, issuer.mapping().scopes(&claims), claims)
            }
        };
        if text(&claims, "typ").is_some_and(|typ| NOT_FOR_US.contains(&typ)) {
            return Err(Refusal::Invalid("for the client itself, by its typ"));
        }
        // A number, since that was looked at; one of its own making may have a fraction.
        let expires = claims.get("exp").and_then(Value::as_f64).unwrap_or_default() as u64;
        Ok((Identity { id: internal_id(&self.key, iss, &sub)?, issuer: iss.into(), scopes, hr_of }, expires))
    }
}

/// A token's claims, if all that is verified of it is right.
pub(super) fn decoded(token: &str, key: &DecodingKey, rules: &Validation) -> std::result::Result<Value, Refusal> {
    jsonwebtoken::decode(token, key, rules).map(|read| read.claims).map_err(|error| {
        Refusal::Invalid(match error.kind() {
            ErrorKind::ExpiredSignature => "expired",
            ErrorKind::ImmatureSignature => "not valid yet",
            ErrorKind::InvalidAudience => "for another audience",
            ErrorKind::InvalidIssuer => "of another issuer",
            ErrorKind::InvalidSignature => "another signature",
            ErrorKind::InvalidAlgorithm => "another algorithm than its key's",
            ErrorKind::MissingRequiredClaim(_) => "without one of iss, aud, sub and exp",
            _ => MALFORMED,
        })
    })
}

/// The organisations that `hr:sync` is for; everywhere when left out.
fn organisations(claims: &Value) -> std::result::Result<Option<Arc<[OrganisationId]>>, Refusal> {
    let named = claims.get("organisations").map(Option::<Vec<OrganisationId>>::deserialize).transpose();
    named.map(|ids| ids.flatten().map(Into::into)).map_err(|_| Refusal::Invalid(MALFORMED))
}

fn text<'a>(claims: &'a Value, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
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
fn issuer(token: &str) -> std::result::Result<String, Refusal> {
    #[derive(Deserialize)]
    struct Peek {
        iss: String,
    }
    let peek = jsonwebtoken::dangerous::insecure_decode_claims::<Peek>(token);
    peek.map(|peek| peek.iss).map_err(|_| Refusal::Invalid(MALFORMED))
}

/// A token's header. One that brings a key or says where to fetch one is refused, as is one with extensions that must be
/// understood (RFC 7515, 4.1.11), and one of a type that opens nothing.
fn header(token: &str) -> std::result::Result<Header, Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid(MALFORMED))?;
    let brings_a_key = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
    let is_ours = header.typ.as_deref().is_none_or(|typ| TYPES.contains(&typ.to_ascii_lowercase().as_str()));
    match brings_a_key || header.crit.is_some() || !is_ours {
        true => Err(Refusal::Invalid("a header that brings a key, is of another typ, or has extensions")),
        false => Ok(header),
    }
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
