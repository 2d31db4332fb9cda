//! Path parameters.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};
use std::str::FromStr;

use super::messages::Code;
use super::problem::{Fault, Problem, Result};

/// The id in a path: `{id}`.
pub struct Id<T>(pub T);

/// The id of what belongs to it, in the path below: the last one, such as `{link_id}`.
pub struct InnerId<T>(pub T);

/// The id of a concept, in the path below its vocabulary's: `{concept_id}`.
pub struct ConceptPathId<T>(pub T);

impl<T: FromStr> FromRequest for Id<T> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request, "id").map(Self))
    }
}

impl<T: FromStr> FromRequest for InnerId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = request.match_info().iter().last().map_or("id", |(name, _)| name);
        ready(parse(request, name).map(Self))
    }
}

impl<T: FromStr> FromRequest for ConceptPathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request, "concept_id").map(Self))
    }
}

fn parse<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| Problem::bad_parameters(vec![Fault::of(name, Code::BadId)]))
}
