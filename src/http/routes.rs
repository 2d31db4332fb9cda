//! Where a feature's operations go: into the server, or into the OpenAPI document. Each worker registers all of them, and
//! only the document, which is made once, needs what they say of themselves.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::fn_guard;
use actix_web::{Scope, web};
use utoipa::Path;
use utoipa_actix_web::OpenApiFactory;

use super::template::Template;

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

/// The server's operations below a path: those of one template in a scope of their own, which takes the requests that are
/// meant for it and nothing else.
#[derive(Default)]
pub struct Templates(BTreeMap<Template, Vec<Mount>>);

/// Puts an operation into a scope.
type Mount = Box<dyn FnOnce(Scope) -> Scope>;

impl Templates {
    /// As a service below a path.
    pub fn below(self, path: &str) -> Scope {
        self.0.into_iter().fold(web::scope(path), |all, (template, operations)| {
            let whole = Template::of(&format!("{path}{}", template.text()));
            let scope = web::scope("").guard(fn_guard(move |request| whole.matches(request.head().uri.path())));
            all.service(operations.into_iter().fold(scope, |scope, mount| mount(scope)))
        })
    }
}

/// The server answers it, below a path.
impl Routes for Templates {
    fn service<F: HttpServiceFactory + OpenApiFactory + Path + 'static>(&mut self, operation: F) -> &mut Self {
        let operations = self.0.entry(Template::of(&F::path())).or_default();
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
