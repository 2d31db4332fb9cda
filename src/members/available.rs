//! Who has time: what the rows that skills are found by say of it.

use chrono::NaiveDate;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, Date, HasSqlType, SmallInt};

use crate::db::expression::expression;

use super::types::MemberFilter;

/// When how much of the working time is to be borrowed.
#[derive(Clone, Copy)]
pub struct Available {
    /// The day.
    pub day: NaiveDate,
    /// At least how many percent.
    pub percent: i16,
}

impl Available {
    /// What a filter asks; `None` where it doesn't.
    pub fn of(filter: &MemberFilter, today: NaiveDate) -> Option<Self> {
        let is_asked = filter.available_on.is_some() || filter.available_percent.is_some();
        is_asked.then(|| Self {
            day: filter.available_on.unwrap_or(today),
            percent: filter.available_percent.map_or(1, |percent| percent.0),
        })
    }
}

/// Whether a row of `member_facets` may be somebody's who is available then: the index says so, and the others need not be
/// read. Null is unknown there; the member's own row decides.
pub struct MaybeAvailable(pub Option<Available>);

impl<DB> QueryFragment<DB> for MaybeAvailable
where
    DB: Backend + HasSqlType<SmallInt> + HasSqlType<Date>,
    i16: ToSql<SmallInt, DB>,
    NaiveDate: ToSql<Date, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some(Available { day, percent }) = &self.0 else {
            out.push_sql("TRUE");
            return Ok(());
        };
        out.push_sql("(member_facets.available_percent IS NULL OR member_facets.available_percent >= ");
        out.push_bind_param::<SmallInt, _>(percent)?;
        out.push_sql(") AND (member_facets.available_from IS NULL OR member_facets.available_from <= ");
        out.push_bind_param::<Date, _>(day)?;
        out.push_sql(") AND (member_facets.available_until IS NULL OR member_facets.available_until > ");
        out.push_bind_param::<Date, _>(day)?;
        out.push_sql(")");
        Ok(())
    }
}

expression!(MaybeAvailable, Bool);
