//! What a new link must not do. Whoever asks holds [`Lock::NetworkLinks`](crate::db::Lock::NetworkLinks).

use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text};

use super::NetworkLinkId;
use super::row::NetworkLinkRow;
use crate::db::schema::network_links;
use crate::db::{Conn, MultiBackend, Tx, forever};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};

/// 409 if the networks have such a link at a time when the new one holds.
pub fn refuse_second(tx: &mut Tx<'_>, link: &NetworkLinkRow) -> Result<()> {
    let same = network_links::from_id.eq(link.from_id).and(network_links::to_id.eq(link.to_id));
    let turned = network_links::from_id.eq(link.to_id).and(network_links::to_id.eq(link.from_id));
    let mut query = network_links::table
        .filter(network_links::link_type.eq(link.link_type))
        .filter(network_links::valid_to.is_null().or(network_links::valid_to.gt(link.valid_from)))
        .filter(network_links::valid_to.is_null().or(network_links::valid_to.ne(network_links::valid_from.nullable())))
        .into_boxed::<MultiBackend>();
    query = match link.link_type.is_mutual() {
        true => query.filter(same.or(turned)),
        false => query.filter(same),
    };
    if let Some(end) = link.valid_to {
        query = query.filter(network_links::valid_from.lt(end));
    }
    let known: Option<NetworkLinkId> = query.select(network_links::id).first(tx.conn).optional()?;
    match known {
        None => Ok(()),
        Some(id) => {
            Err(Problem::conflict(Fault::at("/to", Code::LinkExists)).member("conflicts_with", id.as_str().into()))
        }
    }
}

/// 409 if, at a time when the new link holds, links of its type lead from its end back to its start. The time during
/// which a path holds narrows with each of its links.
pub fn refuse_cycle(tx: &mut Tx<'_>, link: &NetworkLinkRow) -> Result<()> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let (later, earlier) = match tx.conn {
        Conn::Postgres(_) => ("GREATEST", "LEAST"),
        Conn::Sqlite(_) => ("max", "min"),
    };
    let open = "COALESCE(link.valid_to, '9999-12-31')";
    let query = format!(
        "WITH RECURSIVE path (id, since, until) AS (\
           SELECT id, $1, $2 FROM networks WHERE id = $3 \
           UNION \
           SELECT link.to_id, {later}(path.since, link.valid_from), {earlier}(path.until, {open}) \
           FROM path JOIN network_links link ON link.from_id = path.id \
           WHERE link.type = $4 AND link.valid_from < path.until AND {open} > path.since AND {open} > link.valid_from) \
         SELECT EXISTS (SELECT 1 FROM path WHERE id = $5) AS found"
    );
    let Found { found } = diesel::sql_query(query)
        .bind::<Date, _>(link.valid_from)
        .bind::<Date, _>(link.valid_to.unwrap_or(forever().date()))
        .bind::<Text, _>(link.to_id)
        .bind::<Text, _>(link.link_type)
        .bind::<Text, _>(link.from_id)
        .get_result(tx.conn)?;
    if found { Err(Problem::conflict(Fault::at("/to", Code::Cycle))) } else { Ok(()) }
}
