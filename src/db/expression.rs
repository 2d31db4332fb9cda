//! Expressions of our own: what every one of them says of itself.

/// Makes a fragment of a query an expression of a type. It names its columns itself, and may stand in any query that has
/// them; its text differs from one value to another, so that it has no identity by which diesel would find it prepared
/// unread.
macro_rules! expression {
    ($name:ident, $type:ty) => {
        impl diesel::expression::Expression for $name {
            type SqlType = $type;
        }
        impl diesel::query_builder::QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
        impl diesel::expression::ValidGrouping<()> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<QS> diesel::expression::AppearsOnTable<QS> for $name {}
        impl<QS> diesel::expression::SelectableExpression<QS> for $name {}
    };
}
pub(crate) use expression;
