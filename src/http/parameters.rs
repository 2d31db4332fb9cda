//! Parameters of the query that no struct describes, as the document has them.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};

/// One with a value.
pub fn parameter(name: &str, description: &str, schema: impl Into<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(schema.into()))
        .build()
}

/// The schema of a text.
pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// `limit`: from 1 to so many, and how many when nothing is said.
pub fn limit(description: &str, most: u16, usual: u16) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most));
    parameter("limit", description, schema.default(Some(usual.into())))
}

/// `count`.
pub fn count(description: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()));
    parameter("count", description, schema)
}

/// One with names, separated by commas.
pub fn names(name: &str, description: &str, valid: &[&'static str]) -> Parameter {
    let item = text().enum_values(Some(valid.iter().copied()));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .style(Some(ParameterStyle::Form))
        .explode(Some(false))
        .schema(Some(Schema::Array(ArrayBuilder::new().items(item).build())))
        .build()
}
