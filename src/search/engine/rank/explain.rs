//! Why a document was found: which words of the query in which fields.

use tantivy::DocId;

use super::lists::FoundGroup;
use super::plan::Plan;
use crate::search::engine::document::Field;
use crate::search::engine::error::Result;
use crate::search::engine::postings::List;
use crate::search::engine::query::Word;

/// The fields that have words of the query, each with these as they were typed.
pub type Matched = Vec<(Field, Vec<String>)>;

/// Explains documents of one segment, which must be in order.
pub(crate) fn explain(plan: &Plan, found: &[FoundGroup], words: &[Word], documents: &[DocId]) -> Result<Vec<Matched>> {
    let mut matched: Vec<[Vec<bool>; Field::ALL.len()]> =
        documents.iter().map(|_| std::array::from_fn(|_| vec![false; words.len()])).collect();
    for (number, wanted) in plan.words.iter().enumerate() {
        let groups = wanted.whole.iter().map(|(group, _)| group).chain(&wanted.parts);
        for (field, list) in groups.filter_map(|group| found.get(*group)).flatten().flat_map(|term| &term.lists) {
            for place in having(list, documents)? {
                let own = matched.get_mut(place).and_then(|fields| fields.get_mut(*field));
                if let Some(word) = own.and_then(|words| words.get_mut(number)) {
                    *word = true;
                }
            }
        }
    }
    let typed = |has: Vec<bool>| {
        let words = words.iter().zip(has).filter(|(_, has)| *has).map(|(word, _)| word.typed.clone());
        words.collect::<Vec<String>>()
    };
    let explained = matched.into_iter().map(|fields| {
        let fields = Field::ALL.into_iter().zip(fields.map(typed));
        fields.filter(|(_, words)| !words.is_empty()).collect()
    });
    Ok(explained.collect())
}

/// The places of the documents that a list has.
fn having(list: &List, documents: &[DocId]) -> Result<Vec<usize>> {
    let mut cursor = list.cursor(false)?;
    Ok(documents
        .iter()
        .enumerate()
        .filter(|(_, document)| cursor.seek(**document) == **document)
        .map(|(place, _)| place)
        .collect())
}
