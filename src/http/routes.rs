//! Where a feature's operations go: into the server, or into the OpenAPI document. Each worker registers all of them, and
//! only the document, which is made once, needs what they say of themselves.

use actix_web::dev::HttpServiceFactory;
use utoipa_actix_web::OpenApiFactory;

/// Takes operations.
pub trait Routes {
    /// Takes one.
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self;
}

/// The server answers it.
impl Routes for actix_web::web::ServiceConfig {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}

/// The document describes it.
impl Routes for utoipa_actix_web::service_config::ServiceConfig<'_> {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}
