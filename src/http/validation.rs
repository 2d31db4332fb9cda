//! Rules that several entities share.

use chrono::NaiveDate;
use icu_locale_core::LanguageIdentifier;
use validator::{ValidateEmail, ValidateUrl, ValidationError};

use super::messages::Code;

/// A full address of the web.
pub fn http_url(text: &str) -> Result<(), ValidationError> {
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    if is_web && text.len() <= 2000 && text.validate_url() {
        Ok(())
    } else {
        Err(ValidationError::new(Code::BadUrl.as_str()))
    }
}

/// Bytes of a URI, at most.
pub const URI: usize = 2000;

/// An absolute URI (RFC 3986, or IRI, RFC 3987) such as concepts have: of the web, or a name (RFC 8141).
pub fn absolute_uri(text: &str) -> Result<(), ValidationError> {
    let rest = ["http://", "https://", "urn:"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let is_full = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
    if is_full && text.len() <= URI && oxrdf::NamedNode::new(text).is_ok() {
        Ok(())
    } else {
        Err(ValidationError::new(Code::BadUri.as_str()))
    }
}

/// An address that mail can be sent to.
pub fn email_address(text: &str) -> Result<(), ValidationError> {
    if text.len() <= 254 && text.validate_email() { Ok(()) } else { Err(ValidationError::new(Code::BadEmail.as_str())) }
}

/// Text without line breaks or other control characters, and not of spaces alone.
pub fn one_line(text: &str) -> Result<(), ValidationError> {
    match text {
        text if text.chars().any(char::is_control) => Err(ValidationError::new(Code::NotOneLine.as_str())),
        text if text.trim().is_empty() && !text.is_empty() => Err(ValidationError::new(Code::EmptyText.as_str())),
        _ => Ok(()),
    }
}

/// Visible characters of ASCII, and spaces between them.
pub fn ascii(text: &str) -> Result<(), ValidationError> {
    let is_ascii = text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && text.trim() == text;
    if is_ascii { Ok(()) } else { Err(ValidationError::new(Code::NotAscii.as_str())) }
}

/// A language (BCP 47).
pub fn language_tag(text: &str) -> Result<(), ValidationError> {
    match LanguageIdentifier::try_from_str(text) {
        Ok(tag) if !tag.language.is_unknown() && text.len() <= 35 => Ok(()),
        _ => Err(ValidationError::new(Code::BadLanguageTag.as_str())),
    }
}

/// A country (ISO 3166-1 alpha-2).
pub fn country_code(text: &str) -> Result<(), ValidationError> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(ValidationError::new(Code::BadCountry.as_str()))
    }
}

/// A fault of a rule over several fields, at the one that is to be mended.
pub fn fault_at(field: &'static str, code: Code) -> ValidationError {
    let mut fault = ValidationError::new(code.as_str());
    fault.add_param("field".into(), &field);
    fault
}

/// An end is not before its start; the fault is at the field of the end.
pub fn dates_in_order(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    field: &'static str,
) -> Result<(), ValidationError> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(fault_at(field, Code::EndBeforeStart)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_absolute() {
        for valid in ["http://www.yso.fi/onto/yso/p1", "https://uri.example/ä", "urn:example:themes", "http://x/y#z"] {
            assert!(absolute_uri(valid).is_ok(), "{valid}");
        }
        for invalid in
            ["", "nonsense", "/p1", "http://", "http:///x", "urn:", "ftp://x/y", "http://x/a b", "mailto:a@b"]
        {
            assert!(absolute_uri(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn addresses_are_full_and_of_the_web() {
        assert!(http_url("https://vm.fi/sv").is_ok());
        for invalid in ["vm.fi", "ftp://vm.fi", "javascript:alert(1)", "https://"] {
            assert!(http_url(invalid).is_err(), "{invalid}");
        }
    }
}
