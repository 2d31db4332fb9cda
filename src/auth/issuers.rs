//! The OIDC issuers that are configured: one by flags, or several by a TOML file.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::claims::{Bearer, Grant, Mapping};
use super::fetch::Client;
use super::scope::Scope;
use super::token::SOLMU;
use crate::config::Oidc;
use crate::organisations::OrganisationId;

/// What an issuer's tokens look like, unless it is said of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// `sub`, `scope`, `groups`: RFC 9068
    #[default]
    Generic,
    /// Keycloak: roles of the realm, and of the clients that are audiences
    Keycloak,
    /// Microsoft Entra ID: `oid`, `roles`, `scp`, `groups`
    Entra,
}

/// An issuer, as configured.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// As `iss` has it; its discovery document is below.
    pub url: String,
    /// What `aud` must have one of.
    pub audiences: Vec<String>,
    /// What fetches its keys.
    pub(super) client: Arc<Client>,
    /// What its claims mean.
    pub mapping: Mapping,
    /// How people sign in to Swagger UI, where they do that at this issuer.
    pub sign_in: Option<SignIn>,
}

/// A public client of an issuer's, for Swagger UI.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Its id.
    pub client_id: String,
    /// The scopes that it asks for.
    pub scopes: Vec<String>,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// By names that are the operator's own.
    issuers: BTreeMap<String, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    url: String,
    audiences: Vec<String>,
    #[serde(default)]
    preset: Preset,
    /// The only authority whose certificates are believed there, where not the system's.
    ca_file: Option<PathBuf>,
    subject_claim: Option<String>,
    scope_claims: Option<Vec<String>>,
    group_claims: Option<Vec<String>>,
    organisations: Option<Vec<String>>,
    #[serde(default)]
    grants: Vec<Row>,
    client_id: Option<String>,
    sign_in_scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    role: Option<String>,
    group: Option<String>,
    scopes: Vec<String>,
    organisation: Option<String>,
}

/// The issuers of a configuration, those of the file first.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(config: &Oidc) -> Result<Vec<Issuer>, String> {
    let mut issuers = match &config.oidc_config {
        Some(path) => of_file(path)?,
        None => Vec::new(),
    };
    issuers.extend(of_flags(config)?);
    let mut urls = HashSet::new();
    if let Some(twice) = issuers.iter().find(|issuer| !urls.insert(&issuer.url)) {
        return Err(format!("the issuer {} is configured twice", twice.url));
    }
    if issuers.iter().filter(|issuer| issuer.sign_in.is_some()).count() > 1 {
        return Err("Swagger UI signs in at one issuer: let only one have a client_id".to_owned());
    }
    Ok(issuers)
}

fn of_file(path: &Path) -> Result<Vec<Issuer>, String> {
    let say = |error: String| format!("--oidc-config {}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| say(error.to_string()))?;
    parse(&text).map_err(say)
}

/// Reads the file's text.
fn parse(text: &str) -> Result<Vec<Issuer>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    if file.issuers.is_empty() {
        return Err("issuers: name at least one, in a table such as [issuers.staff]".to_owned());
    }
    let read = |(name, table): (String, Table)| issuer(table).map_err(|error| format!("[issuers.{name}] {error}"));
    file.issuers.into_iter().map(read).collect()
}

fn of_flags(config: &Oidc) -> Result<Option<Issuer>, String> {
    let Some(url) = config.oidc_issuer.clone() else { return Ok(None) };
    let table = Table {
        url,
        audiences: listed(&config.oidc_audience),
        preset: config.oidc_preset,
        ca_file: None,
        subject_claim: None,
        scope_claims: None,
        group_claims: None,
        organisations: None,
        grants: Vec::new(),
        client_id: config.oidc_client_id.clone(),
        sign_in_scopes: Some(listed(&config.oidc_sign_in_scope)),
    };
    issuer(table).map(Some).map_err(|error| format!("--oidc-issuer: {error}"))
}

/// What is between commas, without the blanks around it.
fn listed(parts: &[String]) -> Vec<String> {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn issuer(table: Table) -> Result<Issuer, String> {
    if table.url == SOLMU {
        return Err(format!("{SOLMU} is the issuer of tokens under the shared secret"));
    }
    if table.audiences.is_empty() || table.audiences.iter().any(String::is_empty) {
        return Err("audiences: name at least one, so that tokens for other services are not taken".to_owned());
    }
    let organisations = table.organisations.map(|ids| ids.iter().map(|id| organisation(id)).collect());
    let organisations: Option<Vec<OrganisationId>> = organisations.transpose()?;
    let grants: Vec<Grant> = table.grants.into_iter().map(grant).collect::<Result<_, _>>()?;
    if let Some(organisations) = &organisations {
        if organisations.is_empty() {
            return Err("organisations: name at least one, or leave the line out for all".to_owned());
        }
        for grant in &grants {
            if grant.scopes.contains(&Scope::Admin) {
                return Err("grants: admin is everywhere, and the issuer speaks for some organisations".to_owned());
            }
            if let Some(other) = grant.organisation.filter(|other| !organisations.contains(other)) {
                return Err(format!("grants: {other} is not among the issuer's organisations: name it there too"));
            }
        }
    }
    let client = Arc::new(Client::new(&table.url, table.ca_file.as_deref())?);
    let mut mapping = preset(table.preset, &table.audiences);
    mapping.subject = table.subject_claim.map(subject).transpose()?.unwrap_or(mapping.subject);
    mapping.scopes = table.scope_claims.unwrap_or(mapping.scopes);
    mapping.groups = table.group_claims.unwrap_or(mapping.groups);
    mapping.grants = grants;
    mapping.organisations = organisations.map(Into::into);
    let scopes = table.sign_in_scopes.unwrap_or_else(|| vec!["openid".to_owned()]);
    let sign_in = table.client_id.map(|client_id| SignIn { client_id, scopes });
    Ok(Issuer { url: table.url, audiences: table.audiences, client, mapping, sign_in })
}

/// The claims of a product's tokens.
fn preset(preset: Preset, audiences: &[String]) -> Mapping {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (subject, mut scopes) = match preset {
        Preset::Generic => ("sub", texts(&["scope"])),
        Preset::Keycloak => ("sub", texts(&["scope", "realm_access.roles"])),
        // `sub` is another for each application; `oid` is who it is in the directory, as HR systems know them.
        Preset::Entra => ("oid", texts(&["scp", "roles"])),
    };
    if preset == Preset::Keycloak {
        let clients = audiences.iter().map(|client| client.replace('~', "~0").replace('/', "~1"));
        scopes.extend(clients.map(|client| format!("/resource_access/{client}/roles")));
    }
    Mapping { subject: subject.to_owned(), scopes, groups: texts(&["groups"]), ..Mapping::default() }
}

/// A claim that says who somebody is: not one that changes, and may then be another's.
fn subject(claim: String) -> Result<String, String> {
    let name = claim.rsplit(['.', '/']).next().unwrap_or_default();
    let changing = ["", "email", "mail", "preferred_username", "username", "upn", "unique_name", "name", "nickname"];
    if changing.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!("subject_claim: {claim:?} doesn't stay with one person: use sub, or oid for Entra ID"));
    }
    Ok(claim)
}

fn grant(row: Row) -> Result<Grant, String> {
    let to = match (row.role, row.group) {
        (Some(role), None) => Bearer::Role(role),
        (None, Some(group)) => Bearer::Group(group),
        _ => return Err("grants: each is for a role or for a group".to_owned()),
    };
    let scopes: Vec<Scope> = row
        .scopes
        .iter()
        .map(|scope| scope.parse())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("grants: {error}"))?;
    let organisation = row.organisation.map(|id| organisation(&id)).transpose()?;
    if organisation.is_some() && scopes != [Scope::HrSync] {
        return Err("grants: only hr:sync is for an organisation; give other scopes in a grant of their own".to_owned());
    }
    if scopes.is_empty() {
        return Err("grants: scopes: name at least one, or leave the grant out".to_owned());
    }
    Ok(Grant { to, scopes, organisation })
}

fn organisation(id: &str) -> Result<OrganisationId, String> {
    id.parse().map_err(|_| format!("{id} is no organisation's id (a UUID)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Cli, Command};
    use clap::Parser;

    const ID: &str = "01900000-0000-7001-8000-000000000001";

    #[test]
    fn a_file_has_a_table_an_issuer() {
        let issuers = parse(&format!(
            r#"
            [issuers.staff]
            url = "https://login.microsoftonline.com/t/v2.0"
            audiences = ["a"]
            preset = "entra"
            client_id = "swagger"

            [issuers.town]
            url = "https://id.town.example/realms/town"
            audiences = ["solmu/x"]
            preset = "keycloak"
            group_claims = ["memberOf"]
            organisations = ["{ID}"]
            grants = [
                {{ role = "hr", scopes = ["hr:sync"], organisation = "{ID}" }},
                {{ group = "all", scopes = ["directory:read"] }},
            ]
            "#
        ))
        .unwrap();
        let [staff, town] = &issuers[..] else { panic!("{issuers:?}") };
        assert_eq!(
            (staff.mapping.subject.as_str(), &staff.mapping.scopes[..]),
            ("oid", &["scp".into(), "roles".into()][..])
        );
        assert_eq!(staff.sign_in.as_ref().unwrap().scopes, ["openid"]);
        assert_eq!(town.mapping.scopes, ["scope", "realm_access.roles", "/resource_access/solmu~1x/roles"]);
        assert_eq!((town.mapping.subject.as_str(), &town.mapping.groups[..]), ("sub", &["memberOf".into()][..]));
        assert_eq!(town.mapping.organisations.as_deref(), Some(&[ID.parse().unwrap()][..]));
        assert_eq!(town.mapping.grants.len(), 2);
    }

    #[test]
    fn the_readmes_file_is_one() {
        let readme = include_str!("../../README.md");
        let (_, rest) = readme.split_once("```toml\n").unwrap();
        let (text, _) = rest.split_once("```").unwrap();
        // Nobody has that authority.
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("ca_file")).collect();
        let issuers = parse(&lines.join("\n")).unwrap();
        // By their names, so that of the city comes first.
        let organisations = |issuer: &Issuer| issuer.mapping.organisations.as_deref().map(<[_]>::len);
        assert_eq!(issuers.iter().map(organisations).collect::<Vec<_>>(), [Some(1), None]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let table = |more: &str| format!("[issuers.a]\nurl = \"https://a.example\"\naudiences = [\"x\"]\n{more}");
        for (text, said) in [
            (table("colour = \"red\""), "colour"),
            (table("preset = \"okta\""), "keycloak"),
            (table("organisations = [\"x\"]"), "no organisation's id"),
            (table("organisations = []"), "at least one, or leave the line out"),
            (table("grants = [{ role = \"a\", scopes = [] }]"), "scopes: name at least one"),
            (table(&format!("grants = [{{ role = \"a\", scopes = [], organisation = \"{ID}\" }}]")), "only hr:sync"),
            (table("grants = [{ scopes = [] }]"), "role or for a group"),
            (table("grants = [{ role = \"a\", group = \"b\", scopes = [] }]"), "role or for a group"),
            (table("grants = [{ role = \"a\", scopes = [\"hr\"] }]"), "directory:read"),
            (
                table(&format!("grants = [{{ role = \"a\", scopes = [\"admin\"], organisation = \"{ID}\" }}]")),
                "only hr:sync",
            ),
            (
                table(&format!("organisations = [\"{ID}\"]\ngrants = [{{ role = \"a\", scopes = [\"admin\"] }}]")),
                "everywhere",
            ),
            ("[issuers.a]\nurl = \"https://a.example\"\naudiences = []".to_owned(), "at least one"),
            ("[issuers.a]\nurl = \"https://a.example\"".to_owned(), "audiences"),
            ("[issuers.a]\nurl = \"solmu\"\naudiences = [\"x\"]".to_owned(), "shared secret"),
            ("[issuers.a]\nurl = \"https://a@a.example\"\naudiences = [\"x\"]".to_owned(), "url: leave out"),
            (String::new(), "issuers"),
            ("[issuers]".to_owned(), "at least one, in a table"),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(said), "{said} is not in: {error}");
        }
    }

    #[test]
    fn a_subject_is_nothing_that_changes() {
        let read = |claim: &str| {
            let url = "url = \"https://a.example\"\naudiences = [\"x\"]";
            parse(&format!("[issuers.a]\n{url}\nsubject_claim = \"{claim}\""))
        };
        for refused in ["", "email", "preferred_username", "upn", "unique_name", "name", "/Email", "/", "user.mail"] {
            let error = read(refused).unwrap_err();
            assert!(error.contains("subject_claim") && error.contains("use sub, or oid"), "{refused}: {error}");
        }
        for taken in ["sub", "oid", "employee.id", "/https:~1~1a.example~1person"] {
            assert_eq!(read(taken).unwrap()[0].mapping.subject, taken);
        }
    }

    #[test]
    fn flags_have_blanks_and_nothing_between_commas() {
        let flags = ["--oidc-audience", " x, y ,,", "--oidc-sign-in-scope", "openid, email"];
        let read = |flags: &[&str]| {
            let issuer = ["solmu", "serve", "--oidc-issuer", "https://a.example", "--oidc-client-id", "c"];
            let cli = Cli::try_parse_from(issuer.iter().chain(flags)).unwrap();
            let Command::Serve(config) = cli.command else { panic!("{cli:?}") };
            super::read(&config.oidc)
        };
        let issuers = read(&flags).unwrap();
        assert_eq!(issuers[0].audiences, ["x", "y"]);
        assert_eq!(issuers[0].sign_in.as_ref().unwrap().scopes, ["openid", "email"]);
        assert!(read(&["--oidc-audience", " ,"]).unwrap_err().contains("audiences: name at least one"));
    }
}
