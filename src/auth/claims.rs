//! From an issuer's claims to what Solmu knows of a caller: who it is, its scopes, and whose HR system it is.

use std::sync::Arc;

use serde_json::Value;

use super::scope::{Scope, Scopes};
use crate::organisations::OrganisationId;

/// Where an issuer's tokens say what, and what that is worth here.
///
/// A path is the name of a claim, names joined by dots (`realm_access.roles`), or a JSON pointer (RFC 6901).
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The claim that says who it is.
    pub subject: String,
    /// The claims with scopes or roles: a text of words, or a list.
    pub scopes: Vec<String>,
    /// The claims with groups.
    pub groups: Vec<String>,
    /// What roles and groups are given.
    pub grants: Vec<Grant>,
    /// The organisations that the issuer may speak for; `None` is all.
    pub organisations: Option<Arc<[OrganisationId]>>,
}

/// What a role or a group is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// To whom.
    pub to: Bearer,
    /// What.
    pub scopes: Vec<Scope>,
    /// For which organisation, with all below it, where `hr:sync` is among them; `None` is everywhere.
    pub organisation: Option<OrganisationId>,
}

/// Whoever bears something that a grant is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Bearer {
    /// A role, or a scope of another name than ours.
    Role(String),
    /// A group.
    Group(String),
}

impl Mapping {
    /// Who it is; `None` where the token doesn't say.
    pub fn subject<'a>(&self, claims: &'a Value) -> Option<&'a str> {
        at(claims, &self.subject)?.as_str().filter(|subject| !subject.is_empty())
    }

    /// What the token may be used for, and where `hr:sync` holds.
    ///
    /// A scope or role of the name of one of ours is that one, and what grants add comes on top. `admin` is never taken by
    /// its name, which others use for their own ends (Keycloak has a role `admin`), nor is `directory:write`, which is
    /// everywhere, where the issuer speaks for some organisations alone: a grant has to give them.
    pub fn scopes(&self, claims: &Value) -> (Scopes, Option<Arc<[OrganisationId]>>) {
        let roles: Vec<&str> = self.scopes.iter().filter_map(|path| at(claims, path)).flat_map(words).collect();
        let groups: Vec<&str> = self.groups.iter().filter_map(|path| at(claims, path)).flat_map(names).collect();
        let is_taken = |scope: &Scope| match scope {
            Scope::Admin => false,
            Scope::DirectoryWrite => self.organisations.is_none(),
            Scope::DirectoryRead | Scope::HrSync => true,
        };
        let named = roles.iter().filter_map(|role| role.parse().ok()).filter(is_taken);
        let mut scopes: Vec<Scope> = named.collect();
        let mut is_everywhere = scopes.contains(&Scope::HrSync);
        let mut organisations = Vec::new();
        for grant in &self.grants {
            let is_borne = match &grant.to {
                Bearer::Role(name) => roles.contains(&name.as_str()),
                Bearer::Group(name) => groups.contains(&name.as_str()),
            };
            if !is_borne {
                continue;
            }
            scopes.extend(&grant.scopes);
            match grant.organisation {
                Some(organisation) => organisations.push(organisation),
                None => is_everywhere |= grant.scopes.contains(&Scope::HrSync),
            }
        }
        let hr_of = match is_everywhere || organisations.is_empty() || scopes.contains(&Scope::Admin) {
            true => self.organisations.clone(),
            false => Some(organisations.into()),
        };
        (scopes.into_iter().collect(), hr_of)
    }
}

/// The claim at a path.
fn at<'a>(claims: &'a Value, path: &str) -> Option<&'a Value> {
    if path.starts_with('/') {
        return claims.pointer(path);
    }
    // A claim's own name may have dots, as that of a URL has.
    claims.get(path).or_else(|| path.split('.').try_fold(claims, |value, name| value.get(name)))
}

/// The words of a text (RFC 6749, 3.3), or the texts of a list.
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => text.split_ascii_whitespace().collect(),
        _ => names(value),
    }
}

/// A text, or the texts of a list.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn organisation(number: u8) -> OrganisationId {
        format!("01900000-0000-7001-8000-{number:012}").parse().unwrap()
    }

    fn mapping() -> Mapping {
        let grant = |to, scopes: &[Scope], organisation| Grant { to, scopes: scopes.to_vec(), organisation };
        let role = |name: &str| Bearer::Role(name.to_owned());
        Mapping {
            subject: "sub".to_owned(),
            scopes: vec!["scope".to_owned(), "realm_access.roles".to_owned()],
            groups: vec!["groups".to_owned()],
            grants: vec![
                grant(role("editor"), &[Scope::DirectoryRead, Scope::DirectoryWrite], None),
                grant(role("hr-1"), &[Scope::HrSync], Some(organisation(1))),
                grant(role("hr-2"), &[Scope::HrSync], Some(organisation(2))),
                grant(Bearer::Group("/all hr".to_owned()), &[Scope::HrSync], None),
                grant(role("boss"), &[Scope::Admin], None),
            ],
            organisations: None,
        }
    }

    fn read(claims: Value) -> (Vec<&'static str>, Option<Vec<OrganisationId>>) {
        let (scopes, hr_of) = mapping().scopes(&claims);
        (scopes.words(), hr_of.map(|hr_of| hr_of.to_vec()))
    }

    #[test]
    fn names_of_ours_give_themselves_but_for_admin() {
        let claims =
            json!({ "scope": "openid hr:sync admin", "realm_access": { "roles": ["directory:read", "admin", 7] } });
        assert_eq!(read(claims), (vec!["directory:read", "hr:sync"], None));
        assert_eq!(read(json!({ "scope": "Directory:Read", "realm_access": "directory:read" })).0, Vec::<&str>::new());
        assert_eq!(read(json!({ "scope": ["boss"] })).0, ["admin"]);
    }

    #[test]
    fn a_grant_is_for_a_role_or_a_group() {
        assert_eq!(read(json!({ "realm_access": { "roles": ["editor"] } })).0, ["directory:read", "directory:write"]);
        assert_eq!(read(json!({ "groups": ["editor", "hr-1"] })).0, Vec::<&str>::new());
        assert_eq!(read(json!({ "groups": ["/all hr"] })), (vec!["hr:sync"], None));
        assert_eq!(read(json!({ "groups": "/all hr" })), (vec!["hr:sync"], None));
    }

    #[test]
    fn an_hr_system_is_that_of_its_organisations() {
        let hr = vec!["hr:sync"];
        assert_eq!(read(json!({ "scope": "hr-1" })), (hr.clone(), Some(vec![organisation(1)])));
        assert_eq!(read(json!({ "scope": "hr-2 hr-1" })), (hr.clone(), Some(vec![organisation(1), organisation(2)])));
        // One that is everywhere is nowhere less.
        assert_eq!(read(json!({ "scope": "hr-1", "groups": ["/all hr"] })), (hr.clone(), None));
        assert_eq!(read(json!({ "scope": "hr-1 hr:sync" })), (hr, None));
        assert_eq!(read(json!({ "scope": "hr-1 boss" })), (vec!["hr:sync", "admin"], None));
        let mut limited = mapping();
        limited.organisations = Some([organisation(1), organisation(3)].into());
        let hr_of = |claims: Value| limited.scopes(&claims).1.map(|hr_of| hr_of.to_vec());
        assert_eq!(hr_of(json!({ "scope": "hr:sync" })), Some(vec![organisation(1), organisation(3)]));
        assert_eq!(hr_of(json!({ "scope": "hr-1" })), Some(vec![organisation(1)]));
        // What is everywhere takes a grant there.
        let words = |claims: Value| limited.scopes(&claims).0.words();
        assert_eq!(words(json!({ "scope": "directory:read directory:write" })), ["directory:read"]);
        assert_eq!(words(json!({ "realm_access": { "roles": ["editor"] } })), ["directory:read", "directory:write"]);
    }

    #[test]
    fn a_path_is_a_name_names_or_a_pointer() {
        let claims = json!({ "a": { "b": { "c.d": 1 } }, "https://x.example/roles": 2, "a.b": 3 });
        let found = |path: &str| at(&claims, path).and_then(Value::as_u64);
        assert_eq!([found("/a/b/c.d"), found("https://x.example/roles"), found("a.b")], [Some(1), Some(2), Some(3)]);
        assert_eq!([found("a.c"), found("a.b.c.d"), found("")], [None; 3]);
        assert_eq!(mapping().subject(&json!({ "sub": "" })), None);
        assert_eq!(mapping().subject(&json!({ "sub": 7 })), None);
    }
}
