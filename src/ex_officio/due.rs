//! What rules ask for, found by the database: who belongs to which network and is not in it, and who is in it by office
//! and no longer belongs to it. Two queries, for one network or for many people, whatever the number of rules.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::db::{Conn, MultiBackend};
use crate::http::problem::Result;
use crate::members::MemberId;
use crate::memberships::MembershipId;
use crate::networks::NetworkId;

/// Who may meet which rule: `o` is the row of a rule that names an office, `m` a member, `g` their organisation.
pub const CANDIDATES: &str = "ex_officio_rules o JOIN members m ON m.office = o.value \
    LEFT JOIN organisations g ON g.id = m.organisation_id";

/// Who of them does. Each thing that a rule asks for has at least one row, if only one that any will do for.
///
/// Being at work is said so that SQLite does not look it up: most people are.
pub const MET: &str = "o.facet = 'office' AND NOT m.status <> 'active' \
    AND EXISTS (SELECT 1 FROM ex_officio_rules k WHERE k.network_id = o.network_id \
        AND k.facet = 'organisation_kind' AND k.value IN ('*', g.kind)) \
    AND EXISTS (SELECT 1 FROM ex_officio_rules b WHERE b.network_id = o.network_id \
        AND b.facet = 'branch' AND b.value IN ('*', g.branch)) \
    AND EXISTS (SELECT 1 FROM ex_officio_rules s WHERE s.network_id = o.network_id AND s.facet = 'subtree' \
        AND (s.value = '*' OR s.value IN (SELECT a.ancestor_id FROM organisation_ancestors a \
            WHERE a.organisation_id = m.organisation_id)))";

/// Their live membership in the network, if they have one, beside each candidate.
pub const THEIRS: &str = "LEFT JOIN memberships x ON x.network_id = o.network_id AND x.member_id = m.id \
    AND x.state IN ('applied', 'invited', 'active')";

/// Whether a membership `x` is one by office of somebody who does not meet the network's rule. Counted, that is asked of
/// each by ids; as NOT EXISTS, PostgreSQL might set all memberships against all people.
pub fn is_surplus() -> String {
    format!(
        "x.state = 'active' AND x.basis = 'ex_officio' AND (SELECT COUNT(*) FROM {CANDIDATES} WHERE {MET} \
         AND m.id = x.member_id AND o.network_id = x.network_id) = 0"
    )
}

/// Of what differences are asked for.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// Of one network's rule.
    Network(&'a NetworkId),
    /// Of some people, by the rules that apply themselves.
    People(&'a [MemberId]),
}

/// Who belongs to a network by office and is not in it, in the order of names.
#[derive(QueryableByName)]
pub struct Missing {
    /// The member.
    #[diesel(sql_type = Text)]
    pub member_id: MemberId,
    /// The network.
    #[diesel(sql_type = Text)]
    pub network_id: NetworkId,
    /// Their application or invitation, if there is one.
    #[diesel(sql_type = Nullable<Text>)]
    pub membership_id: Option<MembershipId>,
    /// Its version.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub version: Option<i64>,
}

/// A membership by office of somebody who no longer belongs to the network.
#[derive(QueryableByName)]
pub struct Surplus {
    /// The membership.
    #[diesel(sql_type = Text)]
    pub membership_id: MembershipId,
    /// Its version.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// The member.
    #[diesel(sql_type = Text)]
    pub member_id: MemberId,
    /// The network.
    #[diesel(sql_type = Text)]
    pub network_id: NetworkId,
}

/// Who is to come in.
pub fn missing(conn: &mut Conn, scope: Scope<'_>) -> Result<Vec<Missing>> {
    let within = scope.of("o.network_id", "m.id", "o.applies_itself");
    let query = format!(
        "SELECT m.id AS member_id, o.network_id AS network_id, x.id AS membership_id, x.version AS version \
         FROM {CANDIDATES} {THEIRS} WHERE {MET} AND (x.id IS NULL OR x.state <> 'active') AND {within} \
         ORDER BY m.sort_key, m.id, o.network_id"
    );
    scope.load(conn, query)
}

/// Whose membership is to end.
pub fn surplus(conn: &mut Conn, scope: Scope<'_>) -> Result<Vec<Surplus>> {
    let ruled = "EXISTS (SELECT 1 FROM ex_officio_rules r WHERE r.network_id = x.network_id AND r.applies_itself)";
    let within = scope.of("x.network_id", "x.member_id", ruled);
    let query = format!(
        "SELECT x.id AS membership_id, x.version AS version, x.member_id AS member_id, x.network_id AS network_id \
         FROM memberships x WHERE {} AND {within} ORDER BY x.id",
        is_surplus()
    );
    scope.load(conn, query)
}

impl Scope<'_> {
    /// The condition that a query keeps to.
    fn of(&self, network: &str, member: &str, applies_itself: &str) -> String {
        match self {
            Scope::Network(_) => format!("{network} = $1"),
            Scope::People(ids) => {
                let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
                format!("{applies_itself} AND {member} IN ({})", places.join(", "))
            }
        }
    }

    fn load<T>(&self, conn: &mut Conn, query: String) -> Result<Vec<T>>
    where
        T: QueryableByName<MultiBackend> + 'static,
    {
        let mut query = diesel::sql_query(query).into_boxed::<MultiBackend>();
        match self {
            Scope::Network(id) => query = query.bind::<Text, _>(**id),
            Scope::People(ids) => {
                for id in *ids {
                    query = query.bind::<Text, _>(*id);
                }
            }
        }
        Ok(query.load(conn)?)
    }
}
