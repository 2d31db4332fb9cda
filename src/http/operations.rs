//! The operations, as the OpenAPI document has them: what is enforced is read from the same entry that is shown.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use serde_json::Value;

use super::openapi::PROFILE;
use crate::auth::scope::{Needed, Scope};

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its path's template.
    pub route: Arc<str>,
    /// Its method.
    pub method: Method,
    /// What it asks of whoever calls it; `None` where it is open.
    pub needed: Option<Needed>,
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
    routes: HashMap<String, Vec<Operation>>,
    /// The templates as patterns, to say which methods a path has.
    patterns: Vec<(ResourceDef, String)>,
}

impl Operations {
    /// Reads them from the document. An operation whose scope is not one of ours is an error, so that a slip of the pen
    /// never opens it.
    pub fn of(document: &Value) -> Result<Self, String> {
        let mut operations = Self::default();
        for (template, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let mut here = Vec::new();
            for (method, operation) in item.as_object().into_iter().flatten() {
                here.push(read(template, method, operation).map_err(|fault| format!("{method} {template}: {fault}"))?);
            }
            operations.patterns.push((ResourceDef::new(template.as_str()), template.clone()));
            operations.routes.insert(template.clone(), here);
        }
        Ok(operations)
    }

    /// The operation that a request was routed to.
    pub fn routed(&self, request: &HttpRequest) -> Option<&Operation> {
        let template = request.match_pattern()?;
        self.routes.get(&template)?.iter().find(|operation| operation.method == *request.method())
    }

    /// The methods that a path has, for `Allow`; none where there is no such path.
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let mut methods: Vec<&str> = self
            .patterns
            .iter()
            .filter(|(pattern, _)| pattern.is_match(path))
            .filter_map(|(_, template)| self.routes.get(template))
            .flatten()
            .map(|operation| operation.method.as_str())
            .collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods
    }
}

fn read(template: &str, method: &str, operation: &Value) -> Result<Operation, String> {
    // `"security": [{"bearer": ["directory:read"]}]`: one requirement, with one scope, or none for whoever is signed in; of
    // several, any will do.
    let requirements = operation.get("security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let profile = operation.get(PROFILE).and_then(Value::as_str).unwrap_or("api").to_owned();
    let unsaid = || format!("operations of the profile {profile} say what they need: scopes one by one, or none");
    let mut scopes: Vec<Scope> = Vec::new();
    let mut is_signed_in = false;
    for requirement in requirements {
        match requirement.get("bearer").and_then(Value::as_array).map(Vec::as_slice) {
            Some([]) if requirements.len() == 1 => is_signed_in = true,
            Some([Value::String(scope)]) => scopes.push(scope.parse()?),
            _ => return Err(unsaid()),
        }
    }
    let needed = match scopes.is_empty() {
        false => Some(Needed::Scopes(scopes.into_iter().collect())),
        true if is_signed_in => Some(Needed::SignedIn),
        true if profile != "api" => None,
        true => return Err(unsaid()),
    };
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
    Ok(Operation { route: template.into(), method, needed, profile, produces, takes_query })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn needed(operation: Value) -> Result<Option<Needed>, String> {
        read("/v1/x", "get", &operation).map(|operation| operation.needed)
    }

    #[test]
    fn an_operation_says_what_it_needs() {
        let bearer = |scopes: Value| json!({ "security": [{ "bearer": scopes }] });
        assert_eq!(needed(bearer(json!(["hr:sync"]))), Ok(Some(Needed::Scopes([Scope::HrSync].into_iter().collect()))));
        assert_eq!(needed(bearer(json!([]))), Ok(Some(Needed::SignedIn)));
        assert_eq!(needed(json!({ "x-solmu-profile": "health" })), Ok(None));
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
        ] {
            assert!(needed(operation.clone()).is_err(), "{operation}");
        }
    }
}
