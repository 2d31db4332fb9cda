//! Signing in to Swagger UI at an issuer: the served document has a second way to a token, and pages may take it.

use serde_json::json;

use super::issuer::{AUDIENCE, Issuer, Key};
use super::{read, standing};
use crate::documented::DOCUMENT;
use crate::harness::{App, eventually};

#[test]
fn swagger_ui_signs_in_where_a_client_is_named() {
    let key = Key::rsa(1);
    let issuer = Issuer::start(&[&key]);
    let app = App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_client_id = Some("swagger".to_owned());
        config.oidc.oidc_sign_in_scope = vec!["openid".to_owned(), "directory:read".to_owned()];
    });
    eventually("the issuer is known", || (standing(&app, &issuer) == "current").then_some(()));
    let document = app.get("/openapi.json").send().expect(200).json();
    let flow = &document["components"]["securitySchemes"]["sign_in"]["flows"]["authorizationCode"];
    assert_eq!(flow["authorizationUrl"], format!("{}/authorize", issuer.url()));
    assert_eq!(flow["tokenUrl"], format!("{}/token", issuer.url()));
    assert_eq!(flow["scopes"], json!({ "openid": "", "directory:read": "" }));
    let security = &document["paths"]["/v1/organisations"]["get"]["security"];
    assert_eq!(*security, json!([{ "bearer": ["directory:read"] }, { "sign_in": [] }]));
    assert!(document["paths"]["/healthz"]["get"]["security"].is_null());
    let start = String::from_utf8(app.get("/swagger-ui/swagger-initializer.js").send().expect(200).body).unwrap();
    assert!(start.contains("\"swagger\"") && start.contains("usePkceWithAuthorizationCodeGrant"), "{start}");
    let origin = issuer.url().replace("/realms/test", "");
    let page = app.get("/swagger-ui/").send().expect(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains(&format!("connect-src 'self' {origin};")), "{policy}");
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin-allow-popups"));
    let back = app.get("/swagger-ui/oauth2-redirect.html").send().expect(200);
    assert_eq!(back.header("cross-origin-opener-policy"), None);
    // Nowhere else.
    assert_eq!(read(&app, "x").header("cross-origin-opener-policy"), Some("same-origin"));
}

#[test]
fn without_a_client_the_document_and_the_pages_are_as_ever() {
    let issuer = Issuer::start(&[&Key::rsa(1)]);
    let app = super::app(&issuer);
    eventually("the issuer is known", || (standing(&app, &issuer) == "current").then_some(()));
    assert_eq!(app.get("/openapi.json").send().expect(200).json(), *DOCUMENT);
    let page = app.get("/swagger-ui/").send().expect(200);
    assert!(!page.header("content-security-policy").unwrap().contains("connect-src"), "{page:?}");
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
}
