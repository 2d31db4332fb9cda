//! Path templates, such as `/v1/networks/{id}`, compared segment by segment.
//!
//! actix-web tries one route after the other, each by a regular expression; with as many routes as there are here, that
//! took longer than the database for one row. [`super::routes`] puts a template before them that costs next to nothing.

use std::sync::Arc;

/// A path's template. In order, those come first that say more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    segments: Vec<Segment>,
    text: Arc<str>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    /// This word.
    Word(String),
    /// A parameter: anything.
    Parameter,
}

impl Template {
    /// Reads a template.
    pub fn of(text: &str) -> Self {
        let read = |segment: &str| match segment.starts_with('{') {
            true => Segment::Parameter,
            false => Segment::Word(segment.to_owned()),
        };
        Self { segments: text.split('/').map(read).collect(), text: text.into() }
    }

    /// The template as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether a path is one of its.
    pub fn matches(&self, path: &str) -> bool {
        let mut rest = path.split('/');
        let begins = self.segments.iter().all(|segment| match (segment, rest.next()) {
            (Segment::Word(word), Some(part)) => word == part,
            (Segment::Parameter, Some(part)) => !part.is_empty(),
            (_, None) => false,
        });
        begins && rest.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_a_template() {
        let one = Template::of("/v1/networks/{id}");
        assert!(one.matches("/v1/networks/7") && one.matches("/v1/networks/graph"));
        for other in ["/v1/networks", "/v1/networks/", "/v1/networks/7/", "/v1/networks/7/links", "/v1/members/7", ""] {
            assert!(!one.matches(other), "{other}");
        }
        assert!(Template::of("/v1/networks").matches("/v1/networks"));
        // What says more comes first.
        assert!(Template::of("/v1/networks/graph") < one);
    }
}
