//! What a caller may, as pure functions of the caller: no database in here.
//!
//! The scope that an operation needs is checked before its handler runs, from the OpenAPI document (`auth::caller`).
//! What is left is who sees what; roles join it when people do.

use super::caller::Caller;
use super::scope::{Needed, Scope};
use super::visibility::Sight;

/// How far a caller sees.
pub fn sight(caller: &Caller) -> Sight {
    match caller.id {
        None => Sight::Anonymous,
        Some(_) if caller.scopes.allow(Scope::DirectoryWrite) => Sight::Editor,
        Some(_) => Sight::SignedIn,
    }
}

/// Whether an operation is open to a caller; anonymous callers read where that is configured.
pub fn may(caller: &Caller, needed: Needed, anonymous_read: bool) -> bool {
    match (&caller.id, needed) {
        (None, Needed::Scopes(scopes)) => anonymous_read && scopes.names(Scope::DirectoryRead),
        (None, Needed::SignedIn) => false,
        (Some(_), Needed::SignedIn) => true,
        (Some(_), Needed::Scopes(scopes)) => {
            Scope::ALL.into_iter().any(|scope| scopes.names(scope) && caller.scopes.allow(scope))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(id: Option<&str>, scopes: &[Scope]) -> Caller {
        Caller { id: id.map(Into::into), scopes: scopes.iter().copied().collect(), hr_of: None }
    }

    #[test]
    fn scopes_open_what_they_name() {
        for held in Scope::ALL {
            for needed in Scope::ALL {
                let expected = held == needed || held == Scope::Admin;
                assert_eq!(
                    may(&caller(Some("c"), &[held]), Needed::Scopes([needed].into_iter().collect()), true),
                    expected,
                    "{held} for {needed}"
                );
            }
        }
    }

    #[test]
    fn anonymous_callers_only_read_and_only_where_allowed() {
        for needed in Scope::ALL {
            let scope = Needed::Scopes([needed].into_iter().collect());
            assert_eq!(may(&caller(None, &[]), scope, true), needed == Scope::DirectoryRead);
            assert!(!may(&caller(None, &[]), scope, false));
        }
    }

    #[test]
    fn some_operations_only_ask_who_calls() {
        assert!(may(&caller(Some("c"), &[]), Needed::SignedIn, false));
        assert!(may(&caller(Some("c"), &[Scope::HrSync]), Needed::SignedIn, false));
        assert!(!may(&caller(None, &[]), Needed::SignedIn, true));
    }

    #[test]
    fn editors_see_further_than_readers() {
        assert_eq!(sight(&caller(None, &[])), Sight::Anonymous);
        assert_eq!(sight(&caller(Some("c"), &[Scope::DirectoryRead])), Sight::SignedIn);
        assert_eq!(sight(&caller(Some("c"), &[Scope::HrSync])), Sight::SignedIn);
        assert_eq!(sight(&caller(Some("c"), &[Scope::Admin])), Sight::Editor);
    }
}
