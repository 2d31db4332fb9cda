//! The operations, as the OpenAPI document has them: what is enforced is read from the same entry that is shown.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;

use super::openapi::{PROFILE, ROLES};
use super::template::Tree;
use crate::auth::scope::{Needed, Role, Roles, Scope, Scopes};

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name.
    pub id: Arc<str>,
    /// Its path's template.
    pub route: Arc<str>,
    /// Its method.
    pub method: Method,
    /// What it asks of whoever calls it; `None` where it is open.
    pub needed: Option<Needed>,
    /// Who may do it without that, being something to what it is about.
    pub roles: Roles,
    /// Whose conventions it follows: `api`, or another protocol's.
    pub profile: String,
    /// The media types of its successful answers.
    pub produces: Vec<String>,
    /// Whether it has parameters in the query.
    pub takes_query: bool,
}

/// All operations, by route template and method.
#[derive(Debug, Default)]
pub struct Operations {
    routes: Vec<Route>,
    tree: Tree<Place>,
}

/// What can be done at the paths of a template.
#[derive(Debug)]
struct Route {
    template: Arc<str>,
    operations: Vec<Operation>,
}

/// Which of the templates a request's path is one of. The envelope looks it up and leaves it with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(usize);

impl Operations {
    /// Reads them from the document. An operation whose scope is not one of ours is an error, so that a slip of the pen
    /// never opens it.
    pub fn of(document: &Value) -> Result<Self, String> {
        let mut all = Self::default();
        for (template, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let mut operations = Vec::new();
            for (method, operation) in item.as_object().into_iter().flatten() {
                let read = read(template, method, operation).map_err(|fault| format!("{method} {template}: {fault}"));
                operations.push(read?);
            }
            all.tree.insert(template, Place(all.routes.len()));
            all.routes.push(Route { template: template.as_str().into(), operations });
        }
        Ok(all)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Operation> {
        self.routes.iter().flat_map(|route| &route.operations)
    }

    /// The operation that a request was routed to.
    pub fn routed(&self, request: &HttpRequest) -> Option<&Operation> {
        let place = request.extensions().get::<Place>().copied()?;
        let operations = &self.routes.get(place.0)?.operations;
        operations.iter().find(|operation| operation.method == *request.method())
    }

    /// Which template a path is one of, or a template itself.
    pub fn place(&self, path: &str) -> Option<Place> {
        self.tree.get(path).copied()
    }

    /// The template there.
    pub fn template(&self, place: Place) -> Option<&Arc<str>> {
        self.routes.get(place.0).map(|route| &route.template)
    }

    /// The methods that a path has, for `Allow`; none where there is no such path.
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let route = self.place(path).and_then(|place| self.routes.get(place.0));
        let operations = route.into_iter().flat_map(|route| &route.operations);
        let mut methods: Vec<&str> = operations.map(|operation| operation.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods
    }
}

fn read(template: &str, method: &str, operation: &Value) -> Result<Operation, String> {
    let profile = operation.get(PROFILE).and_then(Value::as_str).unwrap_or("api").to_owned();
    let (needed, roles) = access(operation, &profile)?;
    let produces = operation
        .get("responses")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, response)| response.get("content").and_then(Value::as_object))
        .flat_map(|content| content.keys().cloned())
        .collect();
    let mut parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let takes_query = parameters.any(|parameter| parameter.get("in").is_some_and(|place| place == "query"));
    let method = method.to_uppercase().parse().map_err(|_| "no such method".to_owned())?;
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().into();
    Ok(Operation { id, route: template.into(), method, needed, roles, profile, produces, takes_query })
}

/// What an operation asks, and of whom it does not.
///
/// `"security": [{"bearer": ["directory:read"]}]` is one requirement, with one scope, or none for whoever is signed in. Of
/// several, any will do. Only where `x-solmu-roles` names what somebody must be as well is `directory:read` the last of them,
/// and opens nothing by itself.
fn access(operation: &Value, profile: &str) -> Result<(Option<Needed>, Roles), String> {
    let requirements = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let roles = operation.get(ROLES).and_then(Value::as_array).into_iter().flatten();
    let roles = roles.map(|role| role.as_str().unwrap_or_default().parse::<Role>()).collect::<Result<Roles, _>>()?;
    let unsaid = || format!("operations of the profile {profile} say what they need: scopes one by one, or none");
    if operation.get(ROLES).is_some() && roles.is_empty() {
        return Err("which roles?".to_owned());
    }
    if requirements.is_empty() {
        return if profile != "api" && roles.is_empty() { Ok((None, roles)) } else { Err(unsaid()) };
    }
    let mut scopes: Vec<Scope> = Vec::new();
    for requirement in requirements {
        let bearer = requirement.get("bearer").and_then(Value::as_array).map(Vec::as_slice);
        match bearer {
            Some([]) if requirements.len() == 1 && roles.is_empty() => return Ok((Some(Needed::SignedIn), roles)),
            Some([Value::String(scope)]) => scopes.push(scope.parse()?),
            _ => return Err(unsaid()),
        }
    }
    if roles.are_personal() && (scopes.len() < 2 || scopes.pop() != Some(Scope::DirectoryRead)) {
        return Err("whoever is something there has directory:read, as the last requirement".to_owned());
    }
    // Left without its roles, such an operation would be open to all who read.
    if scopes.iter().skip(1).any(|scope| *scope == Scope::DirectoryRead) {
        return Err("directory:read comes first where it is enough, and last where roles are asked for".to_owned());
    }
    let needed: Scopes = scopes.iter().copied().collect();
    if roles.has(Role::Hr) && !needed.names(Scope::HrSync) {
        return Err("the role hr is of hr:sync".to_owned());
    }
    Ok((Some(Needed::Scopes(needed)), roles))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scope::Scope;
    use serde_json::json;

    fn needed(operation: Value) -> Result<Option<Needed>, String> {
        read("/v1/x", "get", &operation).map(|operation| operation.needed)
    }

    #[test]
    fn an_operation_says_what_it_needs() {
        let bearer = |scopes: Value| json!({ "security": [{ "bearer": scopes }] });
        assert_eq!(needed(bearer(json!(["hr:sync"]))), Ok(Some(Needed::Scopes(Scope::HrSync.into()))));
        assert_eq!(needed(bearer(json!([]))), Ok(Some(Needed::SignedIn)));
        assert_eq!(needed(json!({ "x-solmu-profile": "health" })), Ok(None));
        // Any of several, where the weakest comes first.
        let any = json!({ "security": [{ "bearer": ["directory:read"] }, { "bearer": ["hr:sync"] }] });
        let both = [Scope::DirectoryRead, Scope::HrSync].into_iter().collect();
        assert_eq!(needed(any), Ok(Some(Needed::Scopes(both))));
    }

    #[test]
    fn an_operation_that_roles_open_says_which() {
        let operation = |scopes: &[&str], roles: &[&str]| {
            let security: Vec<Value> = scopes.iter().map(|scope| json!({ "bearer": [scope] })).collect();
            read("/v1/x", "post", &json!({ "security": security, "x-solmu-roles": roles }))
        };
        let both = operation(&["hr:sync", "directory:read"], &["self", "hr"]).unwrap();
        assert_eq!(both.needed, Some(Needed::Scopes(Scope::HrSync.into())));
        assert!(both.roles.has(Role::Themselves) && both.roles.has(Role::Hr) && !both.roles.has(Role::Contact));
        assert_eq!(operation(&["hr:sync"], &["hr"]).unwrap().roles.words(), ["hr"]);
        for (scopes, roles) in [
            (&["hr:sync"][..], &["self"][..]),
            (&["directory:read"], &["self"]),
            (&["directory:read", "hr:sync"], &["self"]),
            (&["hr:sync", "directory:read"], &["hr"]),
            (&["hr:sync", "directory:read"], &["boss"]),
            (&["hr:sync", "directory:read"], &[]),
            (&["directory:write", "directory:read"], &["coordinator", "hr"]),
            (&[], &["self"]),
        ] {
            assert!(operation(scopes, roles).is_err(), "{scopes:?} {roles:?}");
        }
    }

    /// A slip of the pen opens nothing.
    #[test]
    fn an_operation_that_does_not_say_so_is_none() {
        for operation in [
            json!({}),
            json!({ "security": [] }),
            json!({ "security": [{}] }),
            json!({ "security": [{ "bearer": ["hr"] }] }),
            json!({ "security": [{ "bearer": ["hr:sync", "admin"] }] }),
            json!({ "security": [{ "bearer": ["hr:sync"] }, { "bearer": [] }] }),
            json!({ "security": [{ "basic": [] }] }),
            json!({ "security": [{ "bearer": ["hr:sync"] }, { "bearer": ["directory:read"] }] }),
        ] {
            assert!(needed(operation.clone()).is_err(), "{operation}");
        }
    }
}
