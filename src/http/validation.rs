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
    fn addresses_are_full_and_of_the_web() {
        assert!(http_url("https://vm.fi/sv").is_ok());
        for invalid in ["vm.fi", "ftp://vm.fi", "javascript:alert(1)", "https://"] {
            assert!(http_url(invalid).is_err(), "{invalid}");
        }
    }
}
