//! The caller: the extractor through which every operation of the API goes.
//!
//! A [`Caller`] is somebody to whom the operation is open by a scope. Where the document opens it to roles as well, the
//! handler takes a [`Claimant`](super::Claimant) instead; one that takes a caller stays closed to them.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::policy::{self, Entry};
use super::scope::{Needed, Role, Scope, Scopes};
use super::visibility::Sight;
use crate::app::State;
use crate::http::accept;
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
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, false).map(|(caller, ..)| caller))
    }
}

/// In the order that gives nothing away: who asks, whether they may, whether the operation can be answered as asked.
/// Roles let in nobody whose handler does not ask for them.
pub(super) fn extract(request: &HttpRequest, takes_roles: bool) -> Result<(Caller, Entry, &Operation)> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Problem::internal("no state"))?;
    let operation =
        state.operations.routed(request).ok_or_else(|| Problem::internal("an operation that is not documented"))?;
    let needed = operation.needed.ok_or_else(|| Problem::internal("an operation that is open to all"))?;
    let caller = match bearer(request.headers())? {
        None => Caller { id: None, scopes: Scopes::default(), hr_of: None },
        Some(token) => {
            let identity = state.tokens.verify(token)?;
            Caller { id: Some(identity.id), scopes: identity.scopes, hr_of: identity.hr_of }
        }
    };
    request.extensions_mut().insert(Routed { caller: caller.id.clone(), route: operation.route.clone() });
    match policy::entry(&caller, needed, operation.roles, state.anonymous_read) {
        Entry::Closed => Err(refusal(&caller, needed, operation)),
        Entry::ByRole if !takes_roles => Err(refusal(&caller, needed, operation)),
        entry => answerable(request, operation).map(|()| (caller, entry, operation)),
    }
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
