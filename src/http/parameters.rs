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

/// One with names, separated by commas.
pub fn names(name: &str, description: &str, valid: &[&'static str]) -> Parameter {
    let item = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(valid.iter().copied()));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .style(Some(ParameterStyle::Form))
        .explode(Some(false))
        .schema(Some(Schema::Array(ArrayBuilder::new().items(item).build())))
        .build()
}
