//! What the pages of ours may do in a browser: Swagger UI, and the documentation of problems.

use actix_web::http::Uri;
use actix_web::http::header::HeaderValue;

/// Where Swagger UI is.
const SWAGGER: &str = "/swagger-ui/";

/// The page of Swagger UI that a sign-in ends at.
const SIGNED_IN: &str = "/swagger-ui/oauth2-redirect.html";

/// The policies of pages.
pub struct Pages {
    content: HeaderValue,
    signs_in: bool,
}

impl Pages {
    /// Those of a service to whose Swagger UI people sign in at an issuer, or at none.
    ///
    /// # Errors
    /// An issuer whose URL is none.
    pub fn new(issuer: Option<&str>) -> Result<Self, String> {
        // Swagger UI itself turns a sign-in's code into a token.
        let connect = match issuer {
            Some(url) => format!(" connect-src 'self' {};", origin(url)?),
            None => String::new(),
        };
        // Scripts and styles of our own alone; Swagger UI sets styles inline.
        let content = format!(
            "default-src 'self';{connect} style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        );
        let content = HeaderValue::from_str(&content).map_err(|error| error.to_string())?;
        Ok(Self { content, signs_in: issuer.is_some() })
    }

    /// Content-Security-Policy.
    pub fn policy(&self) -> HeaderValue {
        self.content.clone()
    }

    /// Cross-Origin-Opener-Policy: a page keeps to itself, but for one that opens a window to sign in, and the page that
    /// such a window comes back to, which tells the first one.
    pub fn opener(&self, path: &str) -> Option<HeaderValue> {
        match (self.signs_in, path) {
            (true, SIGNED_IN) => None,
            (true, path) if path.starts_with(SWAGGER) => Some(HeaderValue::from_static("same-origin-allow-popups")),
            _ => Some(HeaderValue::from_static("same-origin")),
        }
    }
}

fn origin(url: &str) -> Result<String, String> {
    let parsed: Uri = url.parse().map_err(|_| format!("{url} is no URL"))?;
    match (parsed.scheme_str(), parsed.authority()) {
        (Some(scheme), Some(authority)) => Ok(format!("{scheme}://{authority}")),
        _ => Err(format!("{url} is no URL")),
    }
}
