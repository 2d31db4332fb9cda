//! How what was found is shown: as the database has it now, in the reader's language, with the words marked.

use std::collections::HashMap;
use std::str::FromStr;

use super::engine::{FacetCount, Facets, Field, Hit, Key, Languages, Marker, Snippet, Text, Words};
use super::indexed::{self, ENTITIES, Indexed};
use super::types::{FoundIn, SearchFacetValue, SearchFacets, SearchHit, SearchMark, SearchMatch, SearchSnippet};
use crate::db::Conn;
use crate::http::language::Language;
use crate::http::problem::Result;
use crate::organisations::{self, OrganisationId};
use crate::vocabularies::concepts::{self, ConceptId};

/// Values that a facet shows, at most.
const MOST_VALUES: usize = 50;

/// Entities as they are now.
pub struct Present(HashMap<Key, Indexed>);

impl Present {
    /// Reads what has these keys: a fixed number of queries for up to [`indexed::AT_ONCE`] of them.
    pub fn read<'k>(conn: &mut Conn, keys: impl Iterator<Item = &'k Key> + Clone) -> Result<Self> {
        let mut known = HashMap::new();
        for entity in ENTITIES {
            let ids: Vec<String> = keys.clone().filter(|key| key.entity == entity).map(|key| key.id.clone()).collect();
            if ids.is_empty() {
                continue;
            }
            let present = indexed::indexed(conn, entity, &ids)?;
            known.extend(present.into_iter().map(|one| (one.document.key.clone(), one)));
        }
        Ok(Self(known))
    }

    /// What has a key, if it is there and for whoever has one of the words.
    pub fn get(&self, key: &Key, access: &[String]) -> Option<&Indexed> {
        self.0.get(key).filter(|one| one.is_for(access))
    }
}

/// How hits are shown: what is marked in them, and to a reader of which language.
pub struct Showing {
    /// None without words.
    marker: Option<Marker>,
    language: Language,
}

impl Showing {
    /// For the words that were searched for.
    pub fn new(words: &Words, language: Language) -> Self {
        Self { marker: (!words.is_empty()).then(|| Marker::new(words)), language }
    }

    /// A hit as it is shown.
    pub fn hit(&self, found: &Hit, present: &Indexed) -> SearchHit {
        let (tag, name) = present.name(self.language);
        let whole = |marker: &Marker| marker.whole(name, tag.map_or(Languages::NAME, indexed::languages));
        SearchHit {
            r#type: found.key.entity.into(),
            id: found.key.id.clone(),
            link: present.link.clone(),
            name: name.to_owned(),
            name_language: tag.map(str::to_owned),
            name_marks: self.marker.as_ref().map_or(Vec::new(), |marker| marks(&whole(marker))),
            kind: present.document.kind.clone(),
            matched: found.matched.iter().map(|(field, words)| matched(*field, words)).collect(),
            snippet: self.marker.as_ref().and_then(|marker| self.snippet(marker, present, name)),
        }
    }

    /// The piece of all texts but the name that is shown in which the most words stand, or if none do, the most of what is
    /// broader or narrower; of several, one of what tells of it rather than of what it is called and filed under, in the reader's
    /// language, with a whole word rather than a part of one; else the first.
    fn snippet(&self, marker: &Marker, present: &Indexed, shown: &str) -> Option<SearchSnippet> {
        let document = &present.document;
        let texts = [
            (FoundIn::Text, &document.text),
            (FoundIn::Title, &document.title),
            (FoundIn::Title, &document.other_names),
            (FoundIn::Labels, &document.labels),
            (FoundIn::Name, &document.name),
        ];
        let told = |field: FoundIn, text: &Text, piece: &Snippet| {
            let letters: usize = piece.marks.iter().map(|(start, end)| end.saturating_sub(*start)).sum();
            let is_read = tag(text.languages) == Some(self.language.tag());
            (piece.near, piece.words, field == FoundIn::Text, is_read, letters)
        };
        let all = texts.into_iter().flat_map(|(field, texts)| texts.iter().map(move |text| (field, text)));
        let pieces = all.filter(|(_, text)| text.text != shown).filter_map(|(field, text)| {
            let piece = marker.snippet(&text.text, text.languages)?;
            Some((told(field, text, &piece), field, text, piece))
        });
        let (_, field, text, piece) = pieces.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        Some(SearchSnippet {
            field,
            language: tag(text.languages),
            marks: marks(&piece),
            text: piece.text,
            cut_before: piece.cut_before,
            cut_after: piece.cut_behind,
        })
    }
}

fn matched(field: Field, words: &[String]) -> SearchMatch {
    SearchMatch { field: field.into(), words: words.to_vec() }
}

fn marks(snippet: &Snippet) -> Vec<SearchMark> {
    snippet.marks.iter().map(|(start, end)| SearchMark { start: *start, end: *end }).collect()
}

/// The tag of a language that the analyser knows.
fn tag(languages: Languages) -> Option<&'static str> {
    match languages {
        Languages::FINNISH => Some("fi"),
        Languages::SWEDISH => Some("sv"),
        Languages::ENGLISH => Some("en"),
        _ => None,
    }
}

/// The facets that were asked for: a query for branches and one for themes, whose values are ids. What is not there any
/// more is no value.
pub fn facets(conn: &mut Conn, found: Facets, asked: &[&str], language: Language) -> Result<SearchFacets> {
    let wanted = |name: &str| asked.contains(&name);
    let mut facets = SearchFacets {
        r#type: wanted("type").then(|| plain(found.entity)),
        language: wanted("language").then(|| plain(found.language)),
        kind: wanted("kind").then(|| plain(found.kind)),
        ..SearchFacets::default()
    };
    if wanted("branch") {
        let ids: Vec<OrganisationId> = shown(&found.branch);
        let known = organisations::references(conn, ids.into_iter(), None)?.into_values();
        let known = known.map(|one| Ok((one.id.to_string(), one.name.best(language)?)));
        facets.branch = Some(labelled(found.branch, &known.collect::<Result<_>>()?));
    }
    if wanted("theme") {
        let ids: Vec<ConceptId> = shown(&found.theme);
        let known = concepts::references(conn, &ids, None)?.into_values();
        let known = known.map(|one| (one.id.to_string(), one.pref_label.best(language).to_owned()));
        facets.theme = Some(labelled(found.theme, &known.collect()));
    }
    Ok(facets)
}

/// The values that are shown, which are ids.
fn shown<I: FromStr>(counts: &[FacetCount]) -> Vec<I> {
    counts.iter().take(MOST_VALUES).filter_map(|count| count.value.parse().ok()).collect()
}

fn plain(counts: Vec<FacetCount>) -> Vec<SearchFacetValue> {
    let value = |FacetCount { value, count }| SearchFacetValue { value, label: None, count };
    counts.into_iter().take(MOST_VALUES).map(value).collect()
}

fn labelled(counts: Vec<FacetCount>, labels: &HashMap<String, String>) -> Vec<SearchFacetValue> {
    let value = |FacetCount { value, count }| {
        let label = Some(labels.get(&value)?.clone());
        Some(SearchFacetValue { value, label, count })
    };
    counts.into_iter().take(MOST_VALUES).filter_map(value).collect()
}
