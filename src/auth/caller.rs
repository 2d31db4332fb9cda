//! The caller: the extractor through which every operation of the API goes.
//!
//! A [`Caller`] is somebody to whom the operation is open by a scope. Where the document opens it to roles as well, the
//! handler takes a [`Claimant`](super::Claimant) instead; one that takes a caller stays closed to them.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::Either;

use super::policy::{self, Entry};
use super::scope::{Needed, Role, Roles, Scope, Scopes};
use super::token::{Identity, Refusal};
use super::visibility::Sight;
use crate::app::State;
use crate::http::accept;
use crate::http::limits::Left;
use crate::http::messages::Code;
use crate::http::operations::Operation;
use crate::http::problem::{Kind, Problem, Result};
use crate::http::query::Query;
use crate::organisations::OrganisationId;

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// An id that says nothing of the person, for the change log and the access log; `None` without a token.
    pub id: Option<Arc<str>>,
    /// The issuer of the token.
    pub issuer: Option<Arc<str>>,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// The organisations, with all below them, that `hr:sync` is for; `None` is everywhere.
    pub hr_of: Option<Arc<[OrganisationId]>>,
}

/// What became known of a request on its way, left with it for the envelope.
pub struct Routed {
    /// The caller's internal id.
    pub caller: Option<Arc<str>>,
    /// The route's template.
    pub route: Arc<str>,
    /// What is left of what the caller may ask, where that is limited.
    pub left: Option<Left>,
}

impl Caller {
    /// How far they see.
    pub fn sight(&self) -> Sight {
        policy::sight(self)
    }

    /// 401 without a token: for what is no secret among those signed in, and yet nobody else's business.
    pub fn signed_in(self) -> Result<Self> {
        match self.id {
            Some(_) => Ok(self),
            None => Err(Problem::unauthenticated(Code::TokenMissing, "Bearer realm=\"solmu\"")),
        }
    }
}

/// Somebody who does something, for the change log and the keys of requests.
pub trait Actor {
    /// Their internal id.
    fn actor(&self) -> Option<Arc<str>>;
}

impl Actor for Caller {
    fn actor(&self) -> Option<Arc<str>> {
        self.id.clone()
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extract(request, false, |admitted| admitted.caller)
    }
}

/// Mostly there at once; it waits where a token names a key that its issuer must be asked for.
pub(super) type Extracting<T> = Either<Ready<Result<T>>, Pin<Box<dyn Future<Output = Result<T>>>>>;

/// A caller who was let in, and how.
pub(super) struct Admitted {
    pub caller: Caller,
    pub entry: Entry,
    /// What the operation asks of callers.
    pub needed: Needed,
    /// The roles that open it as well.
    pub roles: Roles,
}

/// Roles let in nobody whose handler does not ask for them.
pub(super) fn extract<T: 'static>(request: &HttpRequest, takes_roles: bool, make: fn(Admitted) -> T) -> Extracting<T> {
    match identify(request) {
        Err(Refusal::UnknownKey) => {
            let request = request.clone();
            Either::Right(Box::pin(async move {
                look_again(&request).await;
                admit(&request, identify(&request), takes_roles).map(make)
            }))
        }
        found => Either::Left(ready(admit(request, found, takes_roles).map(make))),
    }
}

/// Who asks, by their token; nobody, without one.
fn identify(request: &HttpRequest) -> std::result::Result<Option<Identity>, Refusal> {
    let token = bearer(request.headers())?;
    token.map(|token| state(request)?.tokens.verify(token)).transpose()
}

/// Has the token's issuer asked for its keys.
async fn look_again(request: &HttpRequest) {
    if let (Ok(state), Ok(Some(token))) = (state(request), bearer(request.headers())) {
        state.tokens.look_again(token).await;
    }
}

fn state(request: &HttpRequest) -> Result<&web::Data<State>> {
    request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("no state"))
}

/// In the order that gives nothing away: who asks and how much, whether they may, whether the operation can be answered as
/// asked.
fn admit(
    request: &HttpRequest,
    identified: std::result::Result<Option<Identity>, Refusal>,
    takes_roles: bool,
) -> Result<Admitted> {
    let state = state(request)?;
    let operation =
        state.operations.routed(request).ok_or_else(|| Problem::internal("an operation that is not documented"))?;
    let needed = operation.needed.ok_or_else(|| Problem::internal("an operation that is open to all"))?;
    let known = identified.as_ref().ok().and_then(Option::as_ref).map(|identity| &identity.id);
    let left = state.limits.as_ref().map(|limits| limits.take(request, known));
    let routed = Routed { caller: known.cloned(), route: operation.route.clone(), left };
    request.extensions_mut().insert(routed);
    if let Some(problem) = left.and_then(Left::problem) {
        return Err(problem);
    }
    let caller = match identified? {
        None => Caller { id: None, issuer: None, scopes: Scopes::default(), hr_of: None },
        Some(Identity { id, issuer, scopes, hr_of }) => Caller { id: Some(id), issuer: Some(issuer), scopes, hr_of },
    };
    let entry = match policy::entry(&caller, needed, operation.roles, state.anonymous_read) {
        Entry::Closed => return Err(refusal(&caller, needed, operation)),
        Entry::ByRole if !takes_roles => return Err(refusal(&caller, needed, operation)),
        entry => entry,
    };
    answerable(request, operation)?;
    Ok(Admitted { caller, entry, needed, roles: operation.roles })
}

/// Why an operation is not open to a caller.
fn refusal(caller: &Caller, needed: Needed, operation: &Operation) -> Problem {
    let scopes = match needed {
        Needed::Scopes(scopes) if caller.id.is_some() => scopes.words().join(" "),
        _ => return Problem::unauthenticated(Code::TokenMissing, "Bearer realm=\"solmu\""),
    };
    let is_limited = caller.scopes.allow(Scope::HrSync) && !operation.roles.has(Role::Hr);
    let code = if is_limited && scopes == Scope::HrSync.as_str() { Code::ScopeLimited } else { Code::ScopeMissing };
    let problem = Problem::new(Kind::Forbidden, code.with("scope", scopes.replace(' ', ", ")));
    match HeaderValue::from_str(&format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"")) {
        Ok(challenge) => problem.header(actix_web::http::header::WWW_AUTHENTICATE, challenge),
        Err(_) => problem,
    }
}

/// Whether the operation has the form and the parameters that are asked for; one that has parameters refuses those that it
/// doesn't know itself.
fn answerable(request: &HttpRequest, operation: &Operation) -> Result<()> {
    let offered: Vec<&str> = operation.produces.iter().map(String::as_str).collect();
    if !offered.is_empty() && accept::preferred(request.headers(), &offered).is_none() {
        let message = Code::NotAcceptable.with("offered", offered.join(", "));
        return Err(Problem::new(Kind::NotAcceptable, message));
    }
    if operation.takes_query { Ok(()) } else { Query::of(request).finish_empty(&[]) }
}

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let refused = || Problem::unauthenticated(Code::TokenInvalid, "Bearer error=\"invalid_request\"");
    let value = value.to_str().map_err(|_| refused())?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(refused()),
    }
}
