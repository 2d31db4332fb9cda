//! Whom a role may let in: the other extractor of operations, for those that the document opens to roles.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::caller::{Actor, Admitted, Caller, Extracting, extract};
use super::policy::{self, Decision, Entry, Reason};
use super::scope::{Needed, Roles, Scope};
use super::standing::Standing;
use super::visibility::Sight;
use crate::db::changes::EntityType;
use crate::db::{Conn, tombstones};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::members::Onlooker;
use crate::memberships;
use crate::organisations::OrganisationId;

/// Somebody whom a scope lets in, or else a role. Until the policy has decided there is nothing to be done with them: no
/// store takes a claimant, nor do they see.
#[derive(Clone, Debug)]
pub struct Claimant {
    caller: Caller,
    entry: Entry,
    needed: Needed,
    roles: Roles,
}

/// What came of a claim: the policy has decided for it.
#[derive(Clone, Copy, Debug)]
pub struct Permit {
    sight: Sight,
    /// Why; `None` where the operation is open to them whatever it is about.
    by: Option<Reason>,
}

impl Claimant {
    /// Lets them in, if a scope opens the operation to them whatever it is about: without a query.
    pub fn by_scope(&self) -> Option<Permit> {
        (self.entry == Entry::Open).then(|| Permit { sight: self.caller.sight(), by: None })
    }

    /// With whose eyes they see: for what shows each no more than is theirs to see, and so needs nobody's permission.
    pub fn onlooker(&self, conn: &mut Conn) -> Result<Onlooker> {
        Onlooker::of(conn, &self.caller)
    }

    /// What the directory knows of them: one query, or two.
    pub fn standing(&self, conn: &mut Conn) -> Result<Standing> {
        match &self.caller.id {
            Some(id) => memberships::standing(conn, id),
            None => Ok(Standing::default()),
        }
    }

    /// Lets them in, if the policy does; else 403, or 404 where they are not to know what it is about.
    pub fn claim(&self, decide: impl FnOnce(&Caller) -> Decision) -> Result<Permit> {
        match decide(&self.caller) {
            Decision::Allowed(reason) => Ok(Permit { sight: self.caller.sight(), by: Some(reason) }),
            Decision::Forbidden => Err(self.refusal()),
            Decision::Invisible => Err(Problem::not_found()),
        }
    }

    /// 403, with the scopes and the roles that would open it.
    fn refusal(&self) -> Problem {
        let scopes = match self.needed {
            Needed::SignedIn => Vec::new(),
            Needed::Scopes(scopes) => scopes.words(),
        };
        let told = Code::RoleMissing.with("scope", scopes.join(", ")).with("roles", self.roles.words().join(", "));
        Problem::new(Kind::Forbidden, told)
    }

    /// Whether they are the HR of some organisations, and not of all.
    pub fn is_hr_of_some(&self) -> bool {
        self.caller.scopes.allow(Scope::HrSync) && !policy::is_hr_everywhere(&self.caller)
    }

    /// 403, with where the issuer is named, if who members are to that issuer is not for them to say.
    pub fn refuse_issuer(&self, issuer: &str, pointer: &'static str) -> Result<()> {
        if policy::may_speak_of_issuer(&self.caller, issuer) {
            return Ok(());
        }
        let own = self.caller.issuer.as_deref().unwrap_or_default();
        let fault = Fault::at(pointer, Code::NotYourIssuer.with("issuer", own.to_owned()));
        Err(Problem::new(Kind::Forbidden, Code::Reserved).faults(vec![fault]))
    }

    /// The organisations that their `hr:sync` is for, where it is not for all.
    pub fn hr_of(&self) -> &[OrganisationId] {
        self.caller.hr_of.as_deref().unwrap_or_default()
    }

    /// What they would be told of something that isn't there: 410 for whoever could see it, else 404.
    pub fn missing(&self, conn: &mut Conn, entity: EntityType, id: &str) -> Problem {
        tombstones::missing(conn, entity, id, None, self.caller.sight())
    }
}

impl Permit {
    /// How far they see.
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// How far they see what the permit is for: whoever was let in by the policy does, whoever else can.
    pub fn sight_of_it(&self) -> Sight {
        match self.by {
            None => self.sight,
            Some(_) => Sight::Editor,
        }
    }

    /// 403 where a field changes that is not for whoever is let in by a role: pairs of its pointer and whether it does.
    pub fn refuse_reserved(&self, changes: &[(&'static str, bool)]) -> Result<()> {
        let changed = changes.iter().filter(|(_, changes)| self.by.is_some() && *changes);
        let needed = || Code::FieldReserved.with("scope", Scope::DirectoryWrite.as_str());
        let faults: Vec<Fault> = changed.map(|(pointer, _)| Fault::at(*pointer, needed())).collect();
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Problem::new(Kind::Forbidden, Code::Reserved).faults(faults)),
        }
    }
}

impl Actor for Claimant {
    fn actor(&self) -> Option<Arc<str>> {
        self.caller.id.clone()
    }
}

impl FromRequest for Claimant {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extract(request, true, |Admitted { caller, entry, needed, roles }| Self { caller, entry, needed, roles })
    }
}
