//! Path templates, such as `/v1/networks/{id}`, as a tree of their segments.
//!
//! actix-web tries one route after the other, each by a regular expression; with as many routes as there are here, that
//! took longer than the database for one row. A path is looked up here once, segment by segment, and [`super::routes`]
//! and [`super::operations`] go by what was found.

use std::collections::BTreeMap;

/// Something for each of some templates.
#[derive(Debug)]
pub struct Tree<T> {
    /// What is for the template that ends here.
    here: Option<T>,
    /// What goes on with a word.
    words: BTreeMap<Box<str>, Tree<T>>,
    /// What goes on with a parameter: anything.
    parameter: Option<Box<Tree<T>>>,
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { here: None, words: BTreeMap::new(), parameter: None }
    }
}

impl<T> Tree<T> {
    /// Puts something there for a template.
    pub fn insert(&mut self, template: &str, value: T) {
        let end = template.split('/').fold(self, |tree, segment| match segment.starts_with('{') {
            true => tree.parameter.get_or_insert_default(),
            false => tree.words.entry(segment.into()).or_default(),
        });
        end.here = Some(value);
    }

    /// What is for the template of a path; of several, the one that says more.
    pub fn get(&self, path: &str) -> Option<&T> {
        let (segment, rest) = path.split_once('/').map_or((path, None), |(segment, rest)| (segment, Some(rest)));
        let word = self.words.get(segment).and_then(|tree| tree.further(rest));
        word.or_else(|| self.parameter.as_deref().filter(|_| !segment.is_empty())?.further(rest))
    }

    fn further(&self, rest: Option<&str>) -> Option<&T> {
        rest.map_or(self.here.as_ref(), |rest| self.get(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_a_template() {
        let mut tree = Tree::default();
        for template in [
            "/v1/networks",
            "/v1/networks/{id}",
            "/v1/networks/graph",
            "/v1/networks/{id}/links",
            "/v1/networks/graph/{id}/x",
        ] {
            tree.insert(template, template);
        }
        for (path, template) in [
            ("/v1/networks", Some("/v1/networks")),
            ("/v1/networks/7", Some("/v1/networks/{id}")),
            ("/v1/networks/graph", Some("/v1/networks/graph")),
            ("/v1/networks/grap", Some("/v1/networks/{id}")),
            ("/v1/networks/7/links", Some("/v1/networks/{id}/links")),
            // The word leads on to nothing, the parameter does.
            ("/v1/networks/graph/links", Some("/v1/networks/{id}/links")),
            ("/v1/networks/graph/7/x", Some("/v1/networks/graph/{id}/x")),
            ("/v1/networks/", None),
            ("/v1/networks/7/", None),
            ("/v1/networks//links", None),
            ("/v1/networks/7/links/8", None),
            ("/v1/members/7", None),
            ("v1/networks", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(tree.get(path), template.as_ref(), "{path}");
        }
    }
}
