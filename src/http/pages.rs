//! What the pages of ours may do in a browser: Swagger UI, and the documentation of problems.

use actix_web::http::Uri;
use actix_web::http::header::HeaderValue;

/// Where Swagger UI is.
const SWAGGER: &str = "/swagger-ui/";

/// The page of Swagger UI that a sign-in ends at.
const SIGNED_IN: &str = "/swagger-ui/oauth2-redirect.html";

/// The policies of pages.
pub struct Pages {
    /// The origin of the issuer at which people sign in.
    issuer: Option<String>,
}

impl Pages {
    /// Those of a service to whose Swagger UI people sign in at an issuer, or at none.
    ///
    /// # Errors
    /// An issuer whose URL is none.
    pub fn new(issuer: Option<&str>) -> Result<Self, String> {
        Ok(Self { issuer: issuer.map(origin).transpose()? })
    }

    /// Content-Security-Policy; `token` is where a sign-in's code becomes a token, once that is known. Swagger UI asks there
    /// itself, and it need not be where the issuer is.
    pub fn policy(&self, token: Option<&str>) -> HeaderValue {
        let token = token.and_then(|url| origin(url).ok());
        let connect = match token.as_ref().or(self.issuer.as_ref()) {
            Some(origin) => format!(" connect-src 'self' {origin};"),
            None => String::new(),
        };
        // Scripts and styles of our own alone; Swagger UI sets styles inline.
        let content = format!(
            "default-src 'self';{connect} style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        );
        HeaderValue::try_from(content).unwrap_or(HeaderValue::from_static("default-src 'self'"))
    }

    /// Cross-Origin-Opener-Policy: a page keeps to itself, but for one that opens a window to sign in, and the page that
    /// such a window comes back to, which tells the first one.
    pub fn opener(&self, path: &str) -> Option<HeaderValue> {
        match (self.issuer.is_some(), path) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_ask_where_a_code_becomes_a_token() {
        let pages = Pages::new(Some("https://id.example.fi/realms/staff")).unwrap();
        let connects = |token| pages.policy(token).to_str().unwrap().split(';').nth(1).unwrap().trim().to_owned();
        assert_eq!(connects(None), "connect-src 'self' https://id.example.fi");
        assert_eq!(connects(Some("https://oauth.example.com/token")), "connect-src 'self' https://oauth.example.com");
        assert_eq!(connects(Some("nowhere")), "connect-src 'self' https://id.example.fi");
        assert!(!Pages::new(None).unwrap().policy(None).to_str().unwrap().contains("connect-src"));
        assert!(Pages::new(Some("nowhere")).is_err());
    }
}
