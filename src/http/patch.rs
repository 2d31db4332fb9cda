//! Merge patches (RFC 7396).

use std::borrow::Cow;
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{RefOr, RefOr::T};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use super::json as body;
use super::problem::Result;
use super::unique::UniqueObject;

/// The media type of a merge patch.
pub const MEDIA_TYPE: &str = "application/merge-patch+json";

/// The schema of lists of labels by language, of which null takes all away.
const ALT_LABELS: &str = "AltLabels";

/// A patch of a document of type `T`: a field that is absent stays, one that is null is cleared, another is replaced or,
/// when it is an object, merged in turn.
pub struct MergePatch<T> {
    patch: Map<String, Value>,
    document: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned + Validate> MergePatch<T> {
    /// Whether the patch says anything of a field.
    pub fn names(&self, field: &str) -> bool {
        self.patch.contains_key(field)
    }

    /// The document as the patch leaves it, parsed and validated as if it had been put whole.
    pub fn apply(&self, document: &T) -> Result<T> {
        let mut value = serde_json::to_value(document).map_err(super::problem::Problem::internal)?;
        let unknown: Vec<&String> = self.patch.keys().filter(|name| value.get(name).is_none()).collect();
        merge(&mut value, &Value::Object(self.patch.clone()));
        // The document has all its fields: null for another name clears nothing. It stays, to be refused with the rest.
        for name in unknown {
            value.as_object_mut().map(|fields| fields.entry(name.clone()).or_insert(Value::Null));
        }
        let merged = body::parse_value(value)?;
        body::validate(&merged)?;
        Ok(merged)
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(name);
            }
            value => merge(target.entry(name.clone()).or_insert(Value::Null), value),
        }
    }
}

impl<T: 'static> FromRequest for MergePatch<T> {
    type Error = super::problem::Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = body::read(request, payload, MEDIA_TYPE);
        Box::pin(async move {
            let UniqueObject(patch) = body::parse(&bytes.await?)?;
            Ok(Self { patch, document: PhantomData })
        })
    }
}

impl<T: PartialSchema> PartialSchema for MergePatch<T> {
    /// The document's schema with every field optional and nullable: RFC 7396 needs no more.
    fn schema() -> RefOr<Schema> {
        match T::schema() {
            T(Schema::Object(mut object)) => {
                object.required.clear();
                object.description = Some("A merge patch (RFC 7396): absent is unchanged, null clears.".to_owned());
                T(Schema::Object(object))
            }
            other => other,
        }
    }
}

impl<T: ToSchema> ToSchema for MergePatch<T> {
    fn name() -> Cow<'static, str> {
        let name = T::name();
        format!("{}Patch", name.strip_suffix("Create").unwrap_or(&name)).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// Completes the schemas of merge patches within a document's: null clears a list, and takes a language away.
pub fn complete_schemas(schemas: &mut Map<String, Value>) {
    let texts: Vec<(String, Value)> = schemas
        .iter()
        .filter(|(name, _)| name.starts_with("Multilingual"))
        .map(|(name, schema)| (format!("{name}Patch"), of_languages(schema.clone())))
        .collect();
    let names: Vec<String> = schemas.keys().filter(|name| name.ends_with("Patch")).cloned().collect();
    for name in names {
        let required = required_of(schemas, name.strip_suffix("Patch").unwrap_or_default());
        let properties = schemas.get_mut(&name).and_then(|patch| patch.get_mut("properties"));
        for (field, schema) in properties.and_then(Value::as_object_mut).into_iter().flatten() {
            nullable(schema);
            if !required.contains(field) {
                clearable(schema);
            }
        }
    }
    schemas.extend(texts);
    if let Some(mut labels) = schemas.get(ALT_LABELS).cloned() {
        set(labels.get_mut("additionalProperties"), "type", json!(["array", "null"]));
        schemas.insert(format!("{ALT_LABELS}Patch"), labels);
    }
}

/// The fields that the document of a patch can't be without.
fn required_of(schemas: &Map<String, Value>, document: &str) -> Vec<String> {
    let schema = schemas.get(&format!("{document}Create")).or_else(|| schemas.get(document));
    let required = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A field with a usual value has that one again once it is cleared.
fn clearable(field: &mut Value) {
    let Some(fields) = field.as_object_mut() else { return };
    if let Some(kind) = fields.get("type").filter(|kind| kind.is_string()).cloned() {
        fields.insert("type".to_owned(), json!([kind, "null"]));
    } else if let Some(reference) = fields.remove("$ref") {
        fields.insert("oneOf".to_owned(), json!([{ "type": "null" }, { "$ref": reference }]));
    }
}

fn of_languages(mut schema: Value) -> Value {
    set(schema.get_mut("additionalProperties"), "type", json!(["string", "null"]));
    let description = "A patch of text by language: null takes a language away; in at least one it stays.";
    set(Some(&mut schema), "description", description.into());
    set(Some(&mut schema), "examples", json!([{ "sv": "Nätverk", "en": null }]));
    schema
}

fn set(schema: Option<&mut Value>, keyword: &str, value: Value) {
    if let Some(schema) = schema.and_then(Value::as_object_mut) {
        schema.insert(keyword.to_owned(), value);
    }
}

fn nullable(field: &mut Value) {
    if field.get("type").is_some_and(|kind| kind == "array") {
        set(Some(field), "type", json!(["array", "null"]));
    }
    if let Some(Value::String(reference)) = field.get_mut("$ref")
        && (reference.contains("/Multilingual") || reference.ends_with(ALT_LABELS))
    {
        reference.push_str("Patch");
    }
    field.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten().for_each(nullable);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn the_examples_of_the_rfc() {
        for (mut target, patch, expected) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            merge(&mut target, &patch);
            assert_eq!(target, expected);
        }
    }
}
