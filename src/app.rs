//! The composition: state, routes, middleware.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App, Error, web};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;
use tokio::sync::{Notify, Semaphore};
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::auth::issuer::Endpoints;
use crate::auth::token::Tokens;
use crate::config::Serve;
use crate::db::{Db, now};
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::http::operations::Operations;
use crate::http::pages::Pages;
use crate::http::routes::{Routes, Templates};
use crate::http::{docs, envelope, health, openapi};
use crate::search::Keeper;
use crate::{ex_officio, members, memberships, networks, organisation_changes, organisations, search, vocabularies};

/// The OpenAPI document, as it is committed.
const COMMITTED: &str = include_str!("../openapi/openapi.json");

/// What requests share. Nothing in it can't be thrown away: the truth is in the database.
pub struct State {
    /// The database.
    pub db: Db,
    /// The verifiers of tokens.
    pub tokens: Tokens,
    /// The operations, as the document has them.
    pub operations: Operations,
    /// The document, as it is served once it is known where people sign in.
    with_sign_in: RwLock<Option<(Endpoints, String)>>,
    /// What pages of ours may do.
    pub pages: Pages,
    /// How much one caller may ask, where that is limited.
    pub limits: Option<Limits>,
    /// The metrics.
    pub metrics: Metrics,
    /// Whether callers without a token read what is public.
    pub anonymous_read: bool,
    /// The zone in which a date is a day.
    pub time_zone: chrono_tz::Tz,
    /// The origins whose pages may call; none, and CORS is closed.
    pub cors_origins: Vec<String>,
    /// Bytes of a body, at most.
    pub max_body: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// The files that may be imported at once.
    pub imports: Arc<Semaphore>,
    /// Told when there is a reorganisation to go on with.
    pub reorganisations: Notify,
    /// The search index, and how far it is.
    pub search: Arc<Keeper>,
}

impl State {
    /// The day it is in the configured zone.
    pub fn today(&self) -> NaiveDate {
        self.day_of(now())
    }

    /// The day that a time falls on there.
    pub fn day_of(&self, time: NaiveDateTime) -> NaiveDate {
        time.and_utc().with_timezone(&self.time_zone).date_naive()
    }

    /// How long a request to a path may take: a file takes longer than what a person waits for.
    pub fn time_for(&self, path: &str) -> Duration {
        match path.starts_with("/v1/vocabularies/") && path.ends_with("/import") {
            true => self.request_timeout.max(vocabularies::import::TIME),
            false => self.request_timeout,
        }
    }

    /// The document, as it is served: with the issuer at which people sign in to Swagger UI, once it has been reached.
    pub fn document(&self) -> String {
        let sign_in = self.tokens.sign_in().and_then(|(issuer, client)| Some((issuer.endpoints()?, client)));
        let Some((endpoints, client)) = sign_in else { return COMMITTED.to_owned() };
        if let Ok(made) = self.with_sign_in.read()
            && let Some((_, document)) = made.as_ref().filter(|(of, _)| *of == endpoints)
        {
            return document.clone();
        }
        let document = serde_json::from_str(COMMITTED).unwrap_or_default();
        let document = openapi::with_sign_in(document, &endpoints, client).to_string();
        if let Ok(mut made) = self.with_sign_in.write() {
            *made = Some((endpoints, document.clone()));
        }
        document
    }

    /// The Content-Security-Policy of pages.
    pub fn policy_of_pages(&self) -> HeaderValue {
        let endpoints = self.tokens.sign_in().and_then(|(issuer, _)| issuer.endpoints());
        self.pages.policy(endpoints.as_ref().map(|endpoints| endpoints.token.as_str()))
    }

    /// The state of a service as configured.
    pub fn new(config: &Serve, db: Db, tokens: Tokens) -> Result<Self, String> {
        let search = Arc::new(Keeper::new(config));
        Ok(Self {
            operations: Operations::of(&own_document()?)?,
            with_sign_in: RwLock::default(),
            pages: Pages::new(tokens.sign_in().map(|(issuer, _)| issuer.url.as_str()))?,
            limits: Limits::new(&config.rate),
            metrics: Metrics::new(db.clone(), search.clone()),
            db,
            tokens,
            anonymous_read: config.anonymous_read,
            time_zone: config.time_zone,
            cors_origins: config.cors_origin.clone(),
            max_body: config.max_body,
            request_timeout: config.request_timeout,
            imports: Arc::new(Semaphore::new(vocabularies::import::AT_ONCE)),
            reorganisations: Notify::new(),
            search,
        })
    }
}

/// The document that a service goes by. While it is worked on it is what the annotations say; a release takes it as it is
/// committed, which a test holds against them: making it takes longer than the rest of a start, and ten megabytes of code
/// that are never used again.
fn own_document() -> Result<Value, String> {
    match cfg!(debug_assertions) {
        true => document(),
        false => serde_json::from_str(COMMITTED).map_err(|error| format!("openapi.json: {error}")),
    }
}

/// The OpenAPI document, from the annotations; no database is needed for it.
pub fn document() -> Result<Value, String> {
    let app = App::new().into_utoipa_app().openapi(openapi::Base::openapi());
    let (_, collected) =
        app.service(scope("/v1").configure(|to| directory(to))).configure(|to| around(to)).split_for_parts();
    let examples = [
        organisations::EXAMPLES,
        organisation_changes::EXAMPLES,
        networks::EXAMPLES,
        vocabularies::EXAMPLES,
        members::EXAMPLES,
        memberships::EXAMPLES,
        ex_officio::EXAMPLES,
        search::EXAMPLES,
    ];
    openapi::complete(&collected, &examples)
}

/// The operations below `/v1`.
fn directory(to: &mut impl Routes) {
    organisations::routes(to);
    organisation_changes::routes(to);
    networks::routes(to);
    vocabularies::routes(to);
    members::routes(to);
    memberships::routes(to);
    ex_officio::routes(to);
    search::routes(to);
}

/// The operations around them.
fn around(to: &mut impl Routes) {
    to.service(health::alive)
        .service(health::ready)
        .service(health::exposition)
        .service(docs::openapi)
        .service(docs::problem_type);
}

/// The application, as each worker runs it.
pub fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let swagger =
        Config::new(["/openapi.json"]).persist_authorization(true).try_it_out_enabled(true).validator_url("none");
    let swagger = SwaggerUi::new("/swagger-ui/{_:.*}").config(swagger);
    let swagger = match state.tokens.sign_in() {
        Some((_, client)) => swagger.oauth(docs::sign_in(client)),
        None => swagger,
    };
    let mut templates = Templates::default();
    directory(&mut templates);
    let directory = templates.below("/v1", &state.operations);
    let cors = Condition::new(!state.cors_origins.is_empty(), cors(&state.cors_origins));
    App::new()
        .app_data(state)
        .service(directory)
        .configure(around)
        .service(swagger)
        .service(web::redirect("/swagger-ui", "/swagger-ui/"))
        .service(web::redirect("/", "/swagger-ui/"))
        .default_service(web::to(envelope::unrouted))
        .wrap(Compress::default())
        .wrap(cors)
        .wrap(from_fn(envelope::envelope))
}

/// Closed unless origins are named; then for those, with a token but never with cookies.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, envelope::REQUEST_ID])
        .allowed_headers(["accept-language", "idempotency-key"])
        .expose_headers(envelope::EXPOSED.split(", "))
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
