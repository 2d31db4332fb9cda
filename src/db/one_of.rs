//! `column IN (…)` for the values of a filter and the ids of a page: a statement that stays prepared.
//!
//! On SQLite, diesel's own `eq_any` is prepared anew at each execution, since it may hold any number of values; that costs
//! more than the query itself. Here the last value is repeated until their number is one of a few. PostgreSQL takes them
//! as one text, which it splits: to write and bind fifty of them takes longer than to look them up.
//!
//! A single word of a closed list is written into the statement. Were it bound, PostgreSQL would find that it plans better
//! knowing it, and plan the statement anew at each execution, which costs as much as a page of 50.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};
use diesel::sqlite::Sqlite;

use super::conn::MultiBackend;

/// How many values a statement is kept for: a page's at most.
const KEPT: [usize; 9] = [1, 2, 3, 4, 10, 20, 50, 100, 200];

/// A word of a closed list.
pub trait Word: Copy {
    /// The word, in which there is nothing that SQL reads as anything else.
    fn word(&self) -> &'static str;
}

/// Whether a word may be written into a statement.
pub const fn is_plain(word: &str) -> bool {
    let mut rest = word.as_bytes();
    while let [byte, others @ ..] = rest {
        if !(byte.is_ascii_alphanumeric() || matches!(*byte, b'_' | b'-' | b':')) {
            return false;
        }
        rest = others;
    }
    !word.is_empty()
}

/// Whether a text column has one of some values.
pub struct OneOf<C, V> {
    column: C,
    values: Vec<V>,
    /// The same, with [`BETWEEN`] between them.
    joined: String,
    /// The one word, if it is one.
    word: Option<&'static str>,
}

/// What stands in no id, no word and no language.
const BETWEEN: &str = ",";

/// A database, as far as it matters here.
pub trait Splits {
    /// Whether it can split a text into an array.
    fn splits(&self) -> bool;
}

impl Splits for Pg {
    fn splits(&self) -> bool {
        true
    }
}

impl Splits for Sqlite {
    fn splits(&self) -> bool {
        false
    }
}

impl Splits for MultiBackend {
    fn splits(&self) -> bool {
        match self {
            MultiBackend::Postgres(own) => own.splits(),
            MultiBackend::Sqlite(own) => own.splits(),
        }
    }
}

/// Whether a text column has one of some ids, or languages.
pub fn one_of<C, V: Clone + AsRef<str>>(column: C, ids: &[V]) -> OneOf<C, V> {
    of(column, ids, None, AsRef::as_ref)
}

/// Whether a text column has one of some words.
pub fn one_of_words<C, W: Word>(column: C, words: &[W]) -> OneOf<C, W> {
    let word = match words {
        [word] => Some(word.word()),
        _ => None,
    };
    of(column, words, word, |word| word.word())
}

fn of<C, V: Clone>(column: C, values: &[V], word: Option<&'static str>, text: impl Fn(&V) -> &str) -> OneOf<C, V> {
    let joined = values.iter().map(text).collect::<Vec<&str>>().join(BETWEEN);
    OneOf { column, values: values.to_vec(), joined, word }
}

impl<DB, C, V> QueryFragment<DB> for OneOf<C, V>
where
    DB: Backend + HasSqlType<Text> + Splits,
    C: QueryFragment<DB>,
    V: ToSql<Text, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        if let Some(word) = self.word {
            for part in [" = '", word, "'"] {
                out.push_sql(part);
            }
            return Ok(());
        }
        match self.values.as_slice() {
            // Nothing, as either database says it.
            [] => {
                out.push_sql(" IN (NULL)");
                return Ok(());
            }
            [value] => {
                out.push_sql(" = ");
                return out.push_bind_param::<Text, V>(value);
            }
            _ if out.backend().splits() => {
                out.push_sql(" = ANY(string_to_array(");
                out.push_bind_param::<Text, String>(&self.joined)?;
                for part in [", '", BETWEEN, "'))"] {
                    out.push_sql(part);
                }
                return Ok(());
            }
            _ => {}
        }
        let kept = KEPT.iter().find(|kept| **kept >= self.values.len());
        if kept.is_none() {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql(" IN (");
        let again = self.values.last().into_iter().cycle();
        let places = kept.copied().unwrap_or(self.values.len());
        for (index, value) in self.values.iter().chain(again).take(places).enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_bind_param::<Text, V>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<C, V> Expression for OneOf<C, V> {
    type SqlType = Bool;
}

impl<C, V> QueryId for OneOf<C, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V> ValidGrouping<()> for OneOf<C, V> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<QS>, V, QS> AppearsOnTable<QS> for OneOf<C, V> {}

#[cfg(test)]
mod tests {
    use diesel::debug_query;
    use diesel::prelude::*;

    use super::*;
    use crate::db::schema::networks;
    use crate::networks::NetworkStatus;

    fn sql<V: ToSql<Text, Sqlite>>(condition: OneOf<networks::status, V>) -> String {
        let text = debug_query::<Sqlite, _>(&networks::table.filter(condition).select(networks::id)).to_string();
        text.split_once("WHERE ").map(|(_, condition)| condition.replace('`', "")).unwrap()
    }

    #[test]
    fn a_single_word_stands_in_the_statement_and_several_are_bound() {
        let [one, two] = [NetworkStatus::Active, NetworkStatus::Closed];
        assert_eq!(sql(one_of_words(networks::status, &[one])), "networks.status = 'active' -- binds: []");
        assert!(sql(one_of_words(networks::status, &[one, two])).starts_with("networks.status IN (?, ?) -- binds"));
        assert!(is_plain("on_application") && is_plain("directory:read"));
        assert!(!is_plain("") && !is_plain("it's") && !is_plain("a b") && !is_plain("a\\"));
    }

    #[test]
    fn a_statement_is_kept_for_a_few_numbers_of_values() {
        let places = |number: usize| sql(one_of(networks::status, &vec!["x"; number])).matches('?').count();
        let numbers = [1, 4, 5, 11, 50, 51, 200, 201];
        assert_eq!(numbers.map(places), [1, 4, 10, 20, 50, 100, 200, 201]);
        assert!(sql(one_of::<_, &str>(networks::status, &[])).starts_with("networks.status IN (NULL)"));
    }

    #[test]
    fn postgresql_splits_a_text() {
        let sql = |values: &[&str]| {
            let query = networks::table.filter(one_of(networks::status, values)).select(networks::id);
            let text = debug_query::<Pg, _>(&query).to_string();
            text.split_once("WHERE ").map(|(_, condition)| condition.replace('"', "")).unwrap()
        };
        assert_eq!(sql(&["a", "b"]), "networks.status = ANY(string_to_array($1, ',')) -- binds: [a,b]");
        assert_eq!(sql(&["a"]), "networks.status = $1 -- binds: [a]");
    }
}
