//! Where a feature's operations go: into the server, or into the OpenAPI document. Each worker registers all of them, and
//! only the document, which is made once, needs what they say of themselves.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::{GuardContext, fn_guard};
use actix_web::{Scope, web};
use utoipa::Path;
use utoipa_actix_web::OpenApiFactory;

use super::operations::Operations;

/// Takes operations.
pub trait Routes {
    /// Takes one.
    fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, operation: F) -> &mut Self;
}

/// The server answers it.
impl Routes for web::ServiceConfig {
    fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}

/// The server's operations below a path, by template: each in a scope of its own, which takes the requests whose place is
/// there and nothing else.
#[derive(Default)]
pub struct Templates(BTreeMap<String, Vec<Mount>>);

/// Puts an operation into a scope.
type Mount = Box<dyn FnOnce(Scope) -> Scope>;

impl Templates {
    /// As a service below a path.
    pub fn below(self, path: &str, all: &Operations) -> Scope {
        self.0.into_iter().fold(web::scope(path), |service, (template, operations)| {
            let place = all.place(&format!("{path}{template}"));
            let is_there =
                move |request: &GuardContext<'_>| place.is_some() && request.req_data().get().copied() == place;
            let scope = web::scope("").guard(fn_guard(is_there));
            service.service(operations.into_iter().fold(scope, |scope, mount| mount(scope)))
        })
    }
}

/// The server answers it, below a path.
impl Routes for Templates {
    fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, operation: F) -> &mut Self {
        let operations = self.0.entry(F::path()).or_default();
        operations.push(Box::new(move |scope| scope.service(operation)));
        self
    }
}

/// The document describes it.
impl Routes for utoipa_actix_web::service_config::ServiceConfig<'_> {
    fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}
