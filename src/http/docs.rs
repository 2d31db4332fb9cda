//! The documentation that the service carries: its OpenAPI document, and a page for each type of problem.

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};

use utoipa_swagger_ui::oauth;

use super::answer::Answer;
use super::messages::Code;
use super::problem::{Kind, Problem, Result};
use crate::app::State;
use crate::auth::issuers::SignIn;

/// How Swagger UI signs in: with an authorisation code and PKCE (RFC 7636), as a client that keeps no secret.
pub fn sign_in(client: &SignIn) -> oauth::Config {
    oauth::Config::new()
        .client_id(&client.client_id)
        .scopes(client.scopes.clone())
        .use_pkce_with_authorization_code_grant(true)
}

/// The OpenAPI document
///
/// OpenAPI 3.1, generated from the handlers' annotations.
#[utoipa::path(operation_id = "get_openapi", tag = "service", responses((status = 200, body = Object, description = "The document")), extensions(("x-solmu-profile" = json!("documentation"))))]
#[get("/openapi.json")]
pub async fn openapi(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    Answer::text("application/json", state.document()).vary("").respond_to(&request)
}

/// What a type of problem means
///
/// The page that a problem's `type` leads to (RFC 9457, 3.1.1).
#[utoipa::path(operation_id = "get_problem_type", tag = "service", params(("slug" = String, Path, description = "The last part of the type", example = "invalid")),
    responses((status = 200, body = String, content_type = "text/html", description = "The page")), extensions(("x-solmu-profile" = json!("documentation"))))]
#[get("/problems/{slug}")]
pub async fn problem_type(slug: web::Path<String>) -> Result<Answer> {
    use super::language::Language;
    let kind = Kind::ALL
        .iter()
        .find(|kind| kind.slug() == slug.as_str())
        .ok_or_else(|| Problem::new(Kind::NotFound, Code::UnknownRoute))?;
    let titles: String =
        Language::ALL.map(|language| format!("<p lang=\"{0}\">{1}</p>", language.tag(), kind.title(language))).concat();
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><h1>{status} {title}</h1>{titles}<p>{text}</p></html>",
        title = kind.title(Language::En),
        status = kind.status().as_u16(),
        text = kind.documentation(),
    );
    Ok(Answer::text("text/html; charset=utf-8", page).vary(""))
}
