//! Networks
#[allow(missing_docs)]
pub const EXAMPLES: &str = include_str!("examples.json");
pub fn routes(_: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
pub fn hosts_any(
    _: &mut crate::db::Conn,
    _: crate::organisations::OrganisationId,
) -> crate::http::problem::Result<bool> {
    Ok(false)
}
