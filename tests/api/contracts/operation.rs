//! The operations of the document, each with its example, and the requests that are made from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};
use solmu::http::query::encode;

use super::json_schema::resolve;
use crate::client::Request;
use crate::documented::DOCUMENT;
use crate::examples::EXAMPLES;
use crate::harness::{App, Token};

/// An operation, as the document has it.
pub struct Operation {
    /// Its name.
    pub id: &'static str,
    /// Its method, in capitals.
    pub method: String,
    /// Its path, with places for parameters.
    pub template: &'static str,
    /// All that the document says of it.
    pub spec: &'static Value,
    /// Its example; null where it has none.
    pub example: Value,
}

/// The operations of the profile `api`, in the order of [`EVERY`].
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(|spec| spec["x-solmu-profile"] == "api"));

/// The operations of all profiles, in an order in which one directory can take the examples of all: those that read,
/// those that make and change, those that delete.
pub static EVERY: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(|_| true));

/// Each operation of the document, whatever its profile: template, method and what is said of it.
pub fn documented() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    DOCUMENT["paths"].as_object().expect("paths").iter().flat_map(|(template, item)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(move |(method, spec)| (template.as_str(), method.as_str(), spec))
    })
}

/// Those of whose kind a test is.
fn operations(is_one: impl Fn(&Value) -> bool) -> Vec<Operation> {
    let all = documented().filter(|(_, _, spec)| is_one(spec)).map(|(template, method, spec)| {
        let id = spec["operationId"].as_str().expect("an id");
        let example = EXAMPLES.get(id).map_or_else(|| unshown(id), |(_, example)| example.clone());
        Operation { id, method: method.to_uppercase(), template, spec, example }
    });
    let mut operations: Vec<_> = all.collect();
    let turn = |operation: &Operation| match operation.method.as_str() {
        "GET" => 0,
        "DELETE" => 2,
        _ => 1,
    };
    operations.sort_by_key(|operation| (turn(operation), operation.id));
    operations
}

/// The example of an operation of which the document shows none; null where nobody asks.
fn unshown(id: &str) -> Value {
    let concept = "https://solmu.example/own/file";
    let skos = "http://www.w3.org/2004/02/skos/core";
    // Lines that are N-Triples, and so they are Turtle.
    let file = [
        format!("<{concept}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{skos}#Concept> .\n"),
        format!("<{concept}> <{skos}#inScheme> <https://solmu.example/own> .\n"),
        format!("<{concept}> <{skos}#prefLabel> \"tiedosto\"@fi .\n"),
    ];
    match id {
        // It is only tried.
        "import_vocabulary" => json!({
            "path": { "id": "01900000-0000-7004-8000-000000000003" },
            "query": { "dry_run": true },
            "body": file.concat(),
            "status": 200
        }),
        _ => Value::Null,
    }
}

/// The operations of a method.
pub fn of_method(method: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| operation.method == method)
}

/// The operations that take a body.
pub fn with_body() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.body_type().is_some())
}

/// The operations that list something page by page. Search finds things of all types by how well they fit, as they are now:
/// what its pages promise is in `search::pages`.
pub fn lists() -> impl Iterator<Item = &'static Operation> {
    of_method("GET").filter(|operation| operation.takes("query", "cursor") && operation.id != "search_directory")
}

impl Operation {
    /// Another operation on the same path.
    pub fn beside(&self, method: &str) -> Option<&'static Operation> {
        of_method(method).find(|other| other.template == self.template)
    }

    /// An operation on what lies one step below the path: on one of a list.
    pub fn below(&self, method: &str) -> Option<&'static Operation> {
        let is_below = |other: &&Operation| {
            other.template.strip_prefix(self.template).is_some_and(|rest| {
                rest.strip_prefix("/{").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains('/'))
            })
        };
        of_method(method).find(is_below)
    }

    /// The parameters of a place: `path`, `query` or `header`.
    pub fn parameters(&self, place: &str) -> impl Iterator<Item = &'static Value> {
        let all = self.spec["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |parameter| parameter["in"] == place)
    }

    /// The names of the parameters of a place.
    pub fn names(&self, place: &str) -> Vec<&'static str> {
        self.parameters(place).filter_map(|parameter| parameter["name"].as_str()).collect()
    }

    /// Whether it has a parameter.
    pub fn takes(&self, place: &str, name: &str) -> bool {
        self.names(place).contains(&name)
    }

    /// Whether it refuses to be asked without `If-Match`.
    pub fn needs_if_match(&self) -> bool {
        self.parameters("header").any(|parameter| parameter["name"] == "If-Match" && parameter["required"] == true)
    }

    /// The values that a parameter's schema, or its items', enumerates.
    pub fn values(&self, name: &str) -> Vec<&'static str> {
        let schema = self.parameters("query").find(|parameter| parameter["name"] == name).map(|named| &named["schema"]);
        let listed = schema.and_then(|schema| schema["items"]["enum"].as_array());
        listed.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The path of the example.
    pub fn path(&self) -> String {
        self.path_by(|_, example| example.to_owned())
    }

    /// The path, each parameter set by its name and the example's value.
    pub fn path_by(&self, value: impl Fn(&str, &str) -> String) -> String {
        self.names("path").iter().fold(self.template.to_owned(), |path, name| {
            let example = self.example["path"][name].as_str();
            let example = example.unwrap_or_else(|| panic!("no example of {name} of {}", self.id));
            path.replace(&format!("{{{name}}}"), &value(name, example))
        })
    }

    /// The path to something that never existed; none where nothing can be missing.
    pub fn nowhere(&self) -> Option<String> {
        let last = *self.names("path").last()?;
        let nothing = "01900000-0000-7fff-bfff-ffffffffffff".to_owned();
        Some(self.path_by(|name, example| if name == last { nothing.clone() } else { example.to_owned() }))
    }

    /// The path and query of the example.
    pub fn target(&self) -> String {
        let text = |value: &Value| match value {
            Value::String(text) => encode(text),
            Value::Array(values) => values.iter().filter_map(Value::as_str).map(encode).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        let query = self.example["query"].as_object().into_iter().flatten();
        let query: Vec<_> = query.map(|(name, value)| format!("{name}={}", text(value))).collect();
        if query.is_empty() { self.path() } else { format!("{}?{}", self.path(), query.join("&")) }
    }

    /// The status that the example is answered with.
    pub fn status(&self) -> u16 {
        let status = self.example["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        status.unwrap_or_else(|| panic!("{} has no example in src/*/examples.json", self.id))
    }

    /// The scope it needs; none where it is enough to be signed in.
    pub fn scope(&self) -> Option<&'static str> {
        self.spec["security"][0]["bearer"].as_array().expect("a requirement").first().and_then(Value::as_str)
    }

    /// The scopes, any of which is enough; none where it is enough to be signed in. The last of several may need a role
    /// beside it.
    pub fn scopes(&self) -> Vec<&'static str> {
        let requirements = self.spec["security"].as_array().expect("requirements").iter();
        let scopes = requirements.flat_map(|one| one["bearer"].as_array().expect("a requirement"));
        let mut scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
        if scopes.len() > 1 && scopes.last() == Some(&"directory:read") {
            scopes.pop();
        }
        scopes
    }

    /// Whether it may be asked for again at any time, being no change of state, or none where nothing is left to do.
    pub fn is_repeatable(&self) -> bool {
        self.id == "confirm_member" || self.judges() || self.reports()
    }

    /// Whether it says of a pair what it is: again, that changes nothing.
    pub fn judges(&self) -> bool {
        self.id.starts_with("dismiss_") || self.id.starts_with("restore_")
    }

    /// Whether it answers with what it did to others, rather than with the one thing that it changed.
    pub fn reports(&self) -> bool {
        self.id == "apply_ex_officio_rule"
    }

    /// What it is refused with when it has happened already.
    pub fn refused_again(&self) -> &'static str {
        match self.id {
            "end_network_link" => "link_ended",
            id if id.starts_with("merge_") => "already_merged",
            _ => "move_not_allowed",
        }
    }

    /// Whether nothing is left of what it deletes, not even its past.
    pub fn erases(&self) -> bool {
        self.id == "delete_member"
    }

    /// Somebody who may, and to whom everything is shown.
    pub fn caller(&self) -> Token {
        match self.scope() {
            Some("directory:read") if self.scopes().contains(&"hr:sync") => Token::Hr,
            Some("directory:read") => Token::Reader,
            Some("directory:write") => Token::Writer,
            Some("hr:sync") => Token::Hr,
            Some(_) => Token::Admin,
            None => Token::Demo,
        }
    }

    /// Somebody who may not, where there is such a caller.
    pub fn stranger(&self) -> Token {
        if self.scope() == Some("hr:sync") { Token::Reader } else { Token::Hr }
    }

    /// The media type of the body that it takes.
    pub fn body_type(&self) -> Option<&'static str> {
        self.spec["requestBody"]["content"].as_object()?.keys().next().map(String::as_str)
    }

    /// The schema of the body that it takes.
    pub fn body_schema(&self) -> &'static Value {
        let body_type = self.body_type().expect("a body");
        let schema = resolve(&self.spec["requestBody"]["content"][body_type]["schema"]);
        // One that may be left out is a choice of null and the body.
        let choice = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
        resolve(choice.unwrap_or(schema))
    }

    /// The properties of the body that it takes.
    pub fn properties(&self) -> BTreeMap<&'static str, &'static Value> {
        let properties = self.body_schema()["properties"].as_object();
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    /// The properties that a body must have.
    pub fn required(&self) -> Vec<&'static str> {
        self.body_schema()["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A request to a path and query, by somebody who may, on whichever version there is; it has no body yet.
    pub fn bare(&self, app: &App, target: &str) -> Request {
        let request = app.request(&self.method, target).by(self.caller());
        if self.needs_if_match() { request.if_match("*") } else { request }
    }

    /// The example's request with another body.
    pub fn with(&self, app: &App, body: &Value) -> Request {
        self.bare(app, &self.target()).json(self.body_type().expect("a body"), body)
    }

    /// A request to another path and query, as valid as the example's.
    pub fn to(&self, app: &App, target: &str) -> Request {
        let request = self.bare(app, target);
        match (self.body_type(), &self.example["body"]) {
            (Some(body_type), Value::String(file)) => request.header("content-type", body_type).raw_body(file.as_str()),
            (Some(body_type), body) => request.json(body_type, body),
            (None, _) => request,
        }
    }

    /// The example's request: valid on a demo directory.
    pub fn request(&self, app: &App) -> Request {
        self.to(app, &self.target())
    }

    /// Makes another row of a list; where it can be read. Rows of a list without a POST come by another way.
    pub fn make(&self, app: &App, number: usize) -> String {
        let request = match self.beside("POST") {
            Some(create) => create.bare(app, &self.path()).json("application/json", create.another(number)),
            // Whoever holds the office and is not in the network differs from its rule.
            None if self.id == "list_ex_officio_differences" => {
                let create = OPERATIONS.iter().find(|operation| operation.id == "create_member").expect("an operation");
                let mut body = create.another(90_000 + number);
                body["office"] = "hr_director".into();
                body["organisation_id"] = "01900000-0000-7001-8000-000000000013".into();
                create.bare(app, &create.path()).json("application/json", body)
            }
            None => {
                // What is taken along is not that of another list.
                let own = OPERATIONS.iter().position(|other| other.id == self.id).unwrap_or_default();
                let number = 10_000 * (own + 1) + number;
                let made = |id: &str| {
                    let create = OPERATIONS.iter().find(|operation| operation.id == id).expect("an operation");
                    let answer = create.bare(app, &create.path()).json("application/json", create.another(number));
                    answer.send().expect(201).json()["id"].as_str().expect("an id").to_owned()
                };
                if self.id.ends_with("_duplicates") {
                    return self.make_pair(app, number);
                }
                let (network, member) = match self.id {
                    "list_network_memberships" => (self.example["path"]["id"].clone(), json!(made("create_member"))),
                    "list_member_memberships" => (json!(made("create_network")), self.example["path"]["id"].clone()),
                    other => panic!("how does a row come into {other}?"),
                };
                let path = format!("/v1/networks/{}/nominate", network.as_str().expect("an id"));
                app.post(&path, json!({ "member_id": member })).by(Token::Hr)
            }
        };
        request.send().expect(201).header("location").expect("an address").to_owned()
    }

    /// Makes two of a kind that are alike, and so a row of a list of likely duplicates; its path.
    fn make_pair(&self, app: &App, number: usize) -> String {
        let made = |turn: usize| {
            let mut body = json!({ "name": { "fi": format!("Kaksonen {number}") }, "kind": "network", "formality": "voluntary",
                "status": "active", "join_policy": "open", "visibility": "public" });
            if self.id == "list_member_duplicates" {
                body = json!({ "user_name": format!("kaksonen.{number}.{turn}"), "given_name": "Kaino",
                    "family_name": "Kaksonen", "email": format!("kaksonen.{number}@example.fi") });
            }
            let list = if self.id == "list_member_duplicates" { "/v1/members" } else { "/v1/networks" };
            let made = app.post(list, body).by(Token::Admin).send().expect(201);
            made.json()["id"].as_str().expect("an id").to_owned()
        };
        format!("{}/{}:{}", self.path(), made(1), made(2))
    }

    /// Makes as many rows of a list as tests of lists need, where the demo has fewer.
    pub fn stock(&self, app: &App) {
        let answer = self.bare(app, &format!("{}?limit=200&fields=id", self.path())).send().expect(200);
        let rows = answer.json()["items"].as_array().expect("items").len();
        for number in rows..14 {
            self.make(app, 5000 + number);
        }
    }

    /// A body like the example's, with as little as it needs, that does not stand in the way of others of its kind:
    /// it has a name of its own, and time to itself.
    pub fn another(&self, number: usize) -> Value {
        let (required, properties) = (self.required(), self.properties());
        let mut body = self.example["body"].clone();
        let fields = body.as_object_mut().expect("an object");
        fields.retain(|name, _| required.contains(&name.as_str()));
        if fields.contains_key("name") {
            fields.insert("name".to_owned(), json!({ "fi": format!("Esimerkki {number}") }));
        }
        if fields.contains_key("user_name") {
            fields.insert("user_name".to_owned(), format!("esimerkki.{number}@example.fi").into());
            fields.insert("family_name".to_owned(), format!("Esimerkki {number}").into());
        }
        if fields.contains_key("subject") {
            fields.insert("subject".to_owned(), number.to_string().into());
        }
        if fields.contains_key("uri") {
            fields.insert("uri".to_owned(), format!("https://uri.example/{number}").into());
        }
        if ["valid_from", "valid_to"].iter().all(|name| properties.contains_key(name)) {
            fields.insert("valid_from".to_owned(), format!("{}-01-01", 1000 + number).into());
            fields.insert("valid_to".to_owned(), format!("{}-12-31", 1000 + number).into());
        }
        body
    }
}
