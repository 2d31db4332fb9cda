//! Rules that several entities share.

use chrono::NaiveDate;
use validator::{ValidateUrl, ValidationError};

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
