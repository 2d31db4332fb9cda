//! What a query may become while it is typed: names of documents that everybody who asks may see.

use std::collections::HashSet;

use crate::text::analysis::{Languages, analyse, fold};
use tantivy::DocId;

use crate::search::engine::document::Key;
use crate::search::engine::error::Result;
use crate::search::engine::postings::WINDOW;
use crate::search::engine::query::{Sort, Words};
use crate::search::engine::rank::{Best, Mask, Plan, Scorer, look, merge, scan};
use crate::search::engine::segment::{Segment, Snapshot};

/// From so many letters on, something is suggested.
const SHORTEST: usize = 2;
/// Documents whose names are looked at, for each suggestion wanted.
const CANDIDATES: usize = 8;
/// The most suggestions.
const MOST: usize = 50;

/// A name and the document whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The name.
    pub text: String,
    /// The document; where several have the name, one of them.
    pub key: Key,
}

/// Suggests names that have all words of a text, the last of which may be a beginning.
pub(crate) fn suggest(
    snapshot: &Snapshot,
    text: &str,
    limit: usize,
    access: Option<&[String]>,
    left_out: &HashSet<Key>,
) -> Result<Vec<Suggestion>> {
    let words = Words::typing(text);
    let limit = limit.min(MOST);
    if limit == 0 || words.words.last().is_none_or(|word| word.surface().chars().count() < SHORTEST) {
        return Ok(Vec::new());
    }
    let plan = Plan::new(&words).in_names();
    let mut looked = look(snapshot, &words, plan, access, left_out, true)?;
    let mut kept = Vec::new();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let (Some(found), Some(visible)) = (looked.found.get(number), looked.visible.get_mut(number)) else { continue };
        let mut scorer = Scorer::new(&looked.plan, found, &[], &looked.rarities, &segment.lengths)?.every();
        let mut best = Best::new(segment, Sort::Relevance, None, limit * CANDIDATES)?;
        scan(segment, &mut scorer, [visible, &mut Mask::new(segment.size())], false, |documents, scores| {
            for document in documents {
                best.add(*document, scores.get(*document as usize % WINDOW).copied().unwrap_or_default());
            }
        })?;
        kept.extend(best.into_places().map(|(place, document)| (place, document, number)));
    }
    let kept = merge(&snapshot.segments, Sort::Relevance, kept, limit * CANDIDATES)?;
    let typed: Vec<String> = words.words.iter().map(|word| fold(word.surface()).into_owned()).collect();
    let mut named = Vec::new();
    for (order, (place, document, number)) in kept.into_iter().enumerate() {
        let Some(segment) = snapshot.segments.get(number) else { continue };
        if let Some((text, fit)) = best_name(segment, document, &typed)? {
            named.push((fit, order, Suggestion { text, key: place.key }));
        }
    }
    named.sort_by_key(|(fit, order, _)| (*fit, *order));
    // A title that has the word makes nobody's name a suggestion while there are names that have it.
    if named.first().is_some_and(|(fit, ..)| *fit < Fit::Other) {
        named.retain(|(fit, ..)| *fit < Fit::Other);
    }
    let mut seen = HashSet::new();
    let distinct =
        named.into_iter().map(|(.., suggestion)| suggestion).filter(|suggestion| seen.insert(suggestion.text.clone()));
    Ok(distinct.take(limit).collect())
}

/// How a name fits what was typed; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It begins with it.
    Beginning,
    /// Its words begin with the words.
    Words,
    /// Found in another way, by an inflected form or a part of a word.
    Other,
}

/// The name of a document that fits best.
fn best_name(segment: &Segment, document: DocId, typed: &[String]) -> Result<Option<(String, Fit)>> {
    let mut best: Option<(String, Fit)> = None;
    for ordinal in segment.suggested.term_ords(document) {
        let mut name = String::new();
        segment.suggested.ord_to_str(ordinal, &mut name)?;
        let fit = fit(&name, typed);
        if best.as_ref().is_none_or(|(_, known)| fit < *known) {
            best = Some((name, fit));
        }
    }
    Ok(best)
}

fn fit(name: &str, typed: &[String]) -> Fit {
    let own: Vec<String> = analyse(name, Languages::NONE)
        .filter_map(|token| token.forms.first().map(|form| fold(&form.text).into_owned()))
        .collect();
    let begins = typed.iter().zip(own.iter().map(Some).chain(std::iter::repeat(None)));
    if begins.into_iter().all(|(typed, own)| own.is_some_and(|own| own.starts_with(typed))) {
        Fit::Beginning
    } else if typed.iter().all(|typed| own.iter().any(|own| own.starts_with(typed))) {
        Fit::Words
    } else {
        Fit::Other
    }
}
