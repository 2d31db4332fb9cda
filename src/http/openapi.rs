//! The OpenAPI document: the handlers' annotations, completed with what the conventions add to every operation.
//!
//! An annotation says what is an operation's own. What follows from its shape (a body can be too large, a PUT needs
//! `If-Match`, a path with an id can lead nowhere) is added here, once, so that no operation can forget it.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::language::Language;
use super::problem::Kind;
use crate::auth::issuer::Endpoints;
use crate::auth::issuers::SignIn;

/// The extension that names whose conventions an operation follows.
pub const PROFILE: &str = "x-solmu-profile";

/// The extension that names what somebody may be, instead of having the scope that opens an operation to anybody: each of
/// `auth::scope::Role`. Its last requirement, `directory:read`, is theirs.
pub const ROLES: &str = "x-solmu-roles";

/// The paths of what can be merged into another: whoever reads it there, or what is below, is sent to the other.
const MERGED: [&str; 2] = ["/v1/members/{id}", "/v1/networks/{id}"];

/// The part of the document that belongs to no operation.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Solmu",
        description = "The directory of a network of networks for public administration: organisations, networks and the links between them, people and their memberships.\n\nErrors are problems (RFC 9457) in Finnish, Swedish or English, by Accept-Language. Writes of what exists need If-Match with the ETag that a read gave. A POST with an Idempotency-Key may be sent again without harm.\n\nThe first scope that an operation names opens it whatever it is about. Where `x-solmu-roles` names roles, `directory:read` is enough for whoever has one: `coordinator` (or chair, or secretary) of the network, `contact` of the organisation or of one above, `self` for the member themselves; `hr` is `hr:sync` for some organisations alone. GET /v1/me says which are the caller's.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "organisations", description = "Ministries, agencies, regional councils, municipalities and others: a tree, and branches of administration"),
        (name = "organisation-changes", description = "Reorganisations: what is merged, split, renamed, transferred or closed, from which day on, and where everything goes"),
        (name = "networks", description = "Groups that people belong to, and the typed, dated links between them"),
        (name = "vocabularies", description = "Vocabularies (SKOS) from which networks and members take themes and skills, and files to import them from"),
        (name = "concepts", description = "The concepts of a vocabulary: labels in several languages, broader and related ones, successors"),
        (name = "members", description = "People: what the HR system says of them, what they say of themselves, and who they are to issuers of tokens"),
        (name = "memberships", description = "Who is in which network, over time"),
        (name = "search", description = "What has some words, whatever it is; and names while they are typed"),
        (name = "me", description = "The caller"),
        (name = "service", description = "How the service itself does, and its documentation")
    ),
    components(schemas(ProblemDocument, FaultDocument))
)]
pub struct Base;

/// A problem (RFC 9457).
#[derive(utoipa::ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code)]
struct ProblemDocument {
    /// The type of problem: a URI that leads to its documentation and never changes.
    #[schema(example = "/problems/invalid")]
    r#type: String,
    /// What type of problem it is, in the caller's language.
    title: String,
    /// The status code.
    status: u16,
    /// What happened, as a word that never changes.
    code: String,
    /// What happened and what to do, in the caller's language.
    detail: String,
    /// The id of the request, as in the service's log.
    instance: String,
    /// The faults of the request, all at once.
    errors: Option<Vec<FaultDocument>>,
}

/// One fault of a request.
#[derive(utoipa::ToSchema)]
#[schema(as = Fault)]
#[allow(dead_code)]
struct FaultDocument {
    /// Where in the body: a JSON pointer (RFC 6901).
    pointer: Option<String>,
    /// Which parameter of the query or the path.
    parameter: Option<String>,
    /// On which line of a file, from 1.
    line: Option<u64>,
    /// What is wrong, as a word that never changes.
    code: String,
    /// What is wrong and what to do, in the caller's language.
    detail: String,
}

/// Completes a document that was collected from the handlers.
///
/// # Errors
/// An example for an operation that isn't there.
pub fn complete(collected: &utoipa::openapi::OpenApi, examples: &[&str]) -> Result<Value, String> {
    let mut document = serde_json::to_value(collected).map_err(|error| error.to_string())?;
    let mut examples = read_examples(examples)?;
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut).ok_or("no paths")?;
    for (template, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            complete_operation(template, method, operation);
            let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
            if let Some(example) = examples.remove(id) {
                add_example(operation, &example);
            }
        }
    }
    if let Some(unknown) = examples.keys().next() {
        return Err(format!("an example for {unknown}, which is no operation"));
    }
    let scheme = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A token of an OIDC issuer that the service knows, one of `solmu token`, or the one that `solmu serve --demo` prints" });
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        super::patch::complete_schemas(schemas);
    }
    for (name, schema) in
        document.pointer_mut("/components/schemas").and_then(Value::as_object_mut).into_iter().flatten()
    {
        match (name.strip_prefix("Page_"), schema.as_object_mut()) {
            // The collector writes the rows' schema out again.
            (Some(row), Some(page)) => {
                if let Some(items) =
                    page.get_mut("properties").and_then(|properties| properties.pointer_mut("/items/items"))
                {
                    *items = json!({ "$ref": format!("#/components/schemas/{row}") });
                }
            }
            // `fields=` may leave out any but the id.
            (None, Some(view)) if name.ends_with("View") => {
                view.insert("required".to_owned(), json!(["id"]));
            }
            _ => {}
        }
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), json!({ "bearer": scheme }));
    }
    Ok(document)
}

/// Adds where people sign in, as a second way to a token, to a document that is served.
pub fn with_sign_in(mut document: Value, endpoints: &Endpoints, client: &SignIn) -> Value {
    let scopes: Map<String, Value> = client.scopes.iter().map(|scope| (scope.clone(), "".into())).collect();
    let scheme = json!({
        "type": "oauth2",
        "description": "Sign in at the organisation's own issuer",
        "flows": { "authorizationCode": {
            "authorizationUrl": endpoints.authorization, "tokenUrl": endpoints.token, "scopes": scopes
        } }
    });
    if let Some(schemes) = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut) {
        schemes.insert("sign_in".to_owned(), scheme);
    }
    let operations = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, operation) in operations.filter_map(|(_, item)| item.as_object_mut()).flatten() {
        if let Some(security) = operation.get_mut("security").and_then(Value::as_array_mut) {
            security.push(json!({ "sign_in": [] }));
        }
    }
    document
}

fn read_examples(files: &[&str]) -> Result<Map<String, Value>, String> {
    let mut all = Map::new();
    for file in files {
        let examples: Map<String, Value> = serde_json::from_str(file).map_err(|error| format!("examples: {error}"))?;
        all.extend(examples);
    }
    Ok(all)
}

fn complete_operation(template: &str, method: &str, operation: &mut Map<String, Value>) {
    let profile = operation.entry(PROFILE).or_insert_with(|| "api".into()).clone();
    let has_body = operation.contains_key("requestBody");
    let mut problems = vec![Kind::UriTooLong, Kind::Internal, Kind::Unavailable];
    if template.contains('{') {
        problems.push(Kind::NotFound);
    }
    if profile == "api" {
        problems.extend([Kind::Malformed, Kind::Unauthenticated, Kind::Forbidden, Kind::NotAcceptable]);
        problems.push(Kind::TooManyRequests);
        if template.contains("{id}") {
            problems.push(Kind::Gone);
        }
        if has_body {
            problems.extend([Kind::TooLarge, Kind::RequestTimeout, Kind::UnsupportedMediaType, Kind::Invalid]);
        }
        add_parameter(
            operation,
            "Accept-Language",
            "The language of problems and of alphabetical order: fi, sv or en.",
            false,
        );
        match method {
            "get" => add_parameter(
                operation,
                "If-None-Match",
                "The ETag of the copy at hand: 304 if it is still the same.",
                false,
            ),
            "post" => {
                problems.extend([Kind::Conflict, Kind::Invalid]);
                add_parameter(
                    operation,
                    "Idempotency-Key",
                    "Any text of 1–200 visible characters: the same request with the same key happens once.",
                    false,
                );
                let changes = operation.get("responses").is_some_and(|responses| responses.get("200").is_some());
                let parameters = operation.get("parameters").and_then(Value::as_array);
                if parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "If-Match")) {
                    problems.push(Kind::PreconditionFailed);
                } else if changes && !template.contains('{') {
                    // What it changes is named by the body, and has no version.
                    problems.push(Kind::NotFound);
                } else if changes {
                    problems.push(Kind::PreconditionFailed);
                    add_parameter(
                        operation,
                        "If-Match",
                        "The ETag of the version to change, or *. May be left out.",
                        false,
                    );
                }
            }
            _ => {
                problems.extend([Kind::Conflict, Kind::PreconditionFailed, Kind::PreconditionRequired]);
                add_parameter(operation, "If-Match", "The ETag of the version to change, or *.", true);
            }
        }
    }
    // A file, in its own form: it may be sent again without harm, and needs no other conventions.
    if profile == "import" {
        problems.extend([Kind::Malformed, Kind::Unauthenticated, Kind::Forbidden, Kind::NotAcceptable, Kind::Gone]);
        problems.extend([
            Kind::RequestTimeout,
            Kind::Conflict,
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::Invalid,
            Kind::TooManyRequests,
        ]);
        add_parameter(operation, "Accept-Language", "The language of problems and warnings: fi, sv or en.", false);
    }
    let Some(responses) = operation.entry("responses").or_insert_with(|| json!({})).as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        if profile == "api" && status.starts_with('2') {
            describe_headers(method, status, response);
        }
    }
    if profile == "api" && method == "get" {
        responses.insert("304".to_owned(), json!({ "description": "The copy at hand is still the same" }));
    }
    if method == "get" && MERGED.iter().any(|merged| template.starts_with(merged)) {
        let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
        let headers = json!({
            "Location": text("The same path and query, of what it was merged into"),
            "X-Request-Id": text("The id of the request, as in the service's log")
        });
        let moved =
            json!({ "description": "It was merged into another, which the caller can see", "headers": headers });
        responses.insert("308".to_owned(), moved);
    }
    for kind in problems {
        let mut problem = json!({
            "description": kind.title(Language::En),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        });
        if let Some(problem) = problem.as_object_mut().filter(|_| kind == Kind::TooManyRequests) {
            let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
            let headers = json!({
                "Retry-After": text("Seconds until there is one more"),
                "RateLimit": text("What is left: r requests, and one more in t seconds"),
                "RateLimit-Policy": text("What each caller has: q requests at once, which come back in w seconds")
            });
            problem.insert("headers".to_owned(), headers);
        }
        responses.entry(kind.status().as_u16().to_string()).or_insert(problem);
    }
    // In the order of the statuses, whoever added them.
    responses.sort_keys();
}

fn describe_headers(method: &str, status: &str, response: &mut Value) {
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let mut headers = Map::new();
    headers.insert("X-Request-Id".to_owned(), text("The id of the request, as in the service's log"));
    if response.get("content").is_some() {
        headers.insert("ETag".to_owned(), text("The tag of this state: the version, and a hash of the body"));
    }
    if status == "201" {
        headers.insert("Location".to_owned(), text("Where it can be read"));
    }
    if method == "post" {
        headers.insert("Idempotency-Replayed".to_owned(), text("true, where the same request was answered before"));
    }
    if ["/schemas/Page_", "/schemas/SearchPage"].iter().any(|page| response.to_string().contains(page)) {
        headers.insert("Link".to_owned(), text("Where the next page is, with rel=\"next\"; none on the last"));
    }
    if let Some(response) = response.as_object_mut() {
        response.insert("headers".to_owned(), Value::Object(headers));
    }
}

fn add_parameter(operation: &mut Map<String, Value>, name: &str, description: &str, required: bool) {
    let parameter = json!({ "name": name, "in": "header", "description": description, "required": required, "schema": { "type": "string" } });
    if let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
        parameters.push(parameter);
    }
}

fn add_example(operation: &mut Map<String, Value>, example: &Value) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let (Some(name), Some(place)) =
            (parameter.get("name").and_then(Value::as_str), parameter.get("in").and_then(Value::as_str))
        else {
            continue;
        };
        if let (Some(value), Some(parameter)) =
            (example.pointer(&format!("/{place}/{name}")).cloned(), parameter.as_object_mut())
        {
            parameter.insert("example".to_owned(), value);
        }
    }
    let set = |content: Option<&mut Value>, value: Option<&Value>| {
        if let (Some(content), Some(value)) = (content.and_then(Value::as_object_mut), value) {
            for (media_type, media) in content {
                // Of a choice of forms, the example is in the one that is JSON.
                if let Some(media) = media.as_object_mut().filter(|_| media_type.contains("json")) {
                    media.insert("example".to_owned(), value.clone());
                }
            }
        }
    };
    set(operation.get_mut("requestBody").and_then(|body| body.get_mut("content")), example.get("body"));
    let status = example.get("status").map(ToString::to_string).unwrap_or_default();
    let response = operation.get_mut("responses").and_then(|responses| responses.get_mut(&status));
    set(response.and_then(|response| response.get_mut("content")), example.get("response"));
}
