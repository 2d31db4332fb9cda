//! Who looks at people, and what they see: the one place in which that is decided, for what is shown, listed, counted,
//! mentioned, filtered and sorted by.
//!
//! - Admins, and HR systems that are for everybody, see all.
//! - Everybody else sees, of others, the names and the posts, and each group of fields whose audience they belong to.
//!   Nobody protected, and nobody who has left.
//! - They see themselves, and HR the people of its organisations, whole.
//! - Coordinators, chairs and secretaries see everybody in their network who is not protected.
//!
//! What is not seen is not told by any way of asking: the conditions are in the queries (`sees.rs`), and what a row shows
//! is decided by the same ones. Of the past one sees what was open then and is open today.

use std::sync::Arc;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::hidden::MemberGroup;
use super::identities;
use super::sees::{HiddenGroups, HiddenReasons, Led, Own, Person, Seen, SeenMembership};
use super::types::MemberId;
use super::words::MemberStatus;
use crate::auth::scope::Scope;
use crate::auth::{Caller, policy};
use crate::db::Conn;
use crate::db::as_of::AsOf;
use crate::db::schema::members;
use crate::http::problem::Result;
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;

/// Whose eyes people are seen with.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// Somebody who sees everybody and everything: an admin, or HR that is for all.
    All,
    /// Everybody else.
    Some(Arc<Eyes>),
}

/// What counts of somebody who does not see everything. Without anything, they are signed in, and nobody whom the
/// directory knows.
#[derive(Debug, Default)]
pub struct Eyes {
    /// The member they are.
    pub(super) me: Option<MemberId>,
    /// The organisation they work in.
    pub(super) organisation: Option<OrganisationId>,
    /// The organisations whose HR they are, with all below.
    pub(super) hr_of: Vec<OrganisationId>,
}

impl Eyes {
    /// The member they are.
    pub fn me(&self) -> Option<&MemberId> {
        self.me.as_ref()
    }

    /// The organisations whose HR they are, with all below.
    pub fn hr_of(&self) -> &[OrganisationId] {
        &self.hr_of
    }
}

impl Viewer {
    /// The caller's: one query by indexes, none for those who see everything.
    pub fn of(conn: &mut Conn, caller: &Caller) -> Result<Self> {
        if policy::is_hr_everywhere(caller) {
            return Ok(Viewer::All);
        }
        let hr_of = match &caller.hr_of {
            Some(own) if caller.scopes.allow(Scope::HrSync) => own.to_vec(),
            _ => Vec::new(),
        };
        let person = match &caller.id {
            Some(id) => identities::person_of(conn, id)?,
            None => None,
        };
        let mut eyes = Eyes { hr_of, ..Eyes::default() };
        if let Some((me, organisation, status)) = person {
            eyes.me = Some(me);
            // Whoever has left is nobody's colleague.
            eyes.organisation = organisation.filter(|_| status != MemberStatus::Left);
        }
        Ok(Viewer::Some(Arc::new(eyes)))
    }

    /// The condition that a member is seen; `None` where everybody is.
    pub fn person(&self, as_of: Option<NaiveDateTime>) -> Option<Seen> {
        self.seen(Person::Seen, as_of)
    }

    /// The condition that a member may be mentioned where something of theirs is seen: also of whoever has left.
    pub fn mention(&self, as_of: Option<NaiveDateTime>) -> Option<Seen> {
        self.seen(Person::Mentioned, as_of)
    }

    /// The condition that a group of a member's fields is seen; `None` where all are.
    pub fn group(&self, group: MemberGroup, as_of: Option<NaiveDateTime>) -> Option<Seen> {
        self.seen(Person::Group(group), as_of)
    }

    /// The condition that the member with the id in a column is the viewer, or one of those whose HR they are.
    pub fn own(&self, column: &'static str, as_of: Option<NaiveDateTime>) -> Option<Own> {
        Some(Own { eyes: self.eyes()?, column, is_past: as_of.is_some() })
    }

    /// The condition that members are in one of some networks that the viewer leads.
    pub fn led(&self, networks: &[NetworkId]) -> Option<Led> {
        match self {
            Viewer::All => None,
            Viewer::Some(eyes) => Some(Led { eyes: eyes.clone(), networks: networks.to_vec() }),
        }
    }

    /// The groups of a member's fields that are hidden, for a query to answer with: [`super::Hidden::of`].
    pub fn hidden(&self, as_of: Option<NaiveDateTime>) -> HiddenGroups {
        HiddenGroups { eyes: self.eyes(), is_past: as_of.is_some() }
    }

    /// The condition that a membership is seen; true where all are.
    pub fn membership(&self, as_of: Option<NaiveDateTime>) -> SeenMembership {
        SeenMembership { eyes: self.eyes(), is_past: as_of.is_some() }
    }

    /// Whether the reasons of a membership's state are hidden, for a query to answer with: 0 where they are not.
    pub fn hidden_reasons(&self, as_of: Option<NaiveDateTime>) -> HiddenReasons {
        HiddenReasons { eyes: self.eyes(), is_past: as_of.is_some() }
    }

    /// Whether a member is seen at all.
    pub fn sees(&self, conn: &mut Conn, id: MemberId, as_of: Option<NaiveDateTime>) -> Result<bool> {
        let found = match self.person(as_of) {
            None => return Ok(true),
            Some(seen) => {
                let query = members::table.filter(members::id.eq(id)).filter(seen).select(members::id);
                AsOf { at: as_of, query }.get_result::<MemberId>(conn).optional()?
            }
        };
        Ok(found.is_some())
    }

    fn seen(&self, what: Person, as_of: Option<NaiveDateTime>) -> Option<Seen> {
        Some(Seen { eyes: self.eyes()?, what, is_past: as_of.is_some() })
    }

    fn eyes(&self) -> Option<Arc<Eyes>> {
        match self {
            Viewer::All => None,
            Viewer::Some(eyes) => Some(eyes.clone()),
        }
    }
}
