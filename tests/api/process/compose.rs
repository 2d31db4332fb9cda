//! What others run it with: cheap looks at the files, for what nobody should have to notice in production.

use std::path::Path;

use clap::CommandFactory;
use solmu::config::Cli;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What the file for Compose says of the service itself.
fn service(compose: &str) -> &str {
    compose.split("\n  solmu:").nth(1).expect("the service").split("\n  proxy:").next().unwrap()
}

/// The lines that set a variable.
fn settings<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    lines(text).filter(|line| line.starts_with(&format!("{name}:"))).collect()
}

#[test]
fn no_secret_is_written_down() {
    let compose = file("docker-compose.yml");
    // Required of the environment, with a word on what to set; never with a default.
    let passwords = settings(&compose, "POSTGRES_PASSWORD");
    assert!(!passwords.is_empty(), "POSTGRES_PASSWORD is not set at all");
    let is_required = |line: &&str| line.starts_with("POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?") && line.ends_with('}');
    assert!(passwords.iter().all(is_required), "{passwords:?}");
    // Taken from the environment, where it is there: an issuer may be instead.
    assert_eq!(settings(&compose, "SOLMU_JWT_SECRET"), ["SOLMU_JWT_SECRET:"]);
    for line in lines(&compose).filter(|line| line.contains("postgres://")) {
        assert!(line.contains("postgres://solmu:${POSTGRES_PASSWORD:?"), "{line}");
    }
    let dockerfile = file("Dockerfile");
    assert!(!lines(&dockerfile).any(|line| line.contains("SECRET") || line.contains("PASSWORD")));
}

/// Every setting of whose tokens are taken comes from the environment; one that is not there is not set to nothing.
#[test]
fn whose_tokens_are_taken_is_for_the_environment_to_say() {
    let compose = file("docker-compose.yml");
    let cli = Cli::command();
    let variables = cli.find_subcommand("serve").expect("serve").get_arguments().filter_map(|one| one.get_env());
    let variables: Vec<_> = variables.filter_map(|name| name.to_str()).collect();
    let ours = variables.iter().filter(|name| name.starts_with("SOLMU_OIDC_") || **name == "SOLMU_JWT_SECRET");
    let ours: Vec<_> = ours.collect();
    assert!(ours.len() > 5, "{ours:?}");
    for name in ours {
        assert_eq!(settings(service(&compose), name), [format!("{name}:")]);
    }
    // Nothing is misspelt.
    let set = lines(service(&compose)).filter(|line| line.starts_with("SOLMU_"));
    for name in set.filter_map(|line| line.split(':').next()) {
        assert!(variables.contains(&name), "{name} is no setting");
    }
}

/// What is too long is refused in the API's terms: the proxy lets through as much as actix-web reads of a request
/// before its body.
#[test]
fn the_proxy_takes_as_long_a_token_as_the_service() {
    let compose = file("docker-compose.yml");
    let buffers: Vec<&str> =
        lines(&compose).filter_map(|line| line.strip_prefix("large_client_header_buffers ")).collect();
    let [buffers] = buffers[..] else { panic!("not once: {buffers:?}") };
    let (number, size) = buffers.trim_end_matches(';').split_once(' ').expect("how many, and how large");
    let size: usize = size.strip_suffix('k').expect("kilobytes").parse().expect("a number");
    // The token is on one line, and beside it there are other headers.
    assert!(size << 10 >= 131_072 && number.parse::<usize>().expect("a number") >= 4, "{buffers}");
}

#[test]
fn what_holds_secrets_does_not_get_into_the_image() {
    let ignored = file(".dockerignore");
    let ignored: Vec<&str> = lines(&ignored).collect();
    // A demo run from the checkout leaves its data and its secret there.
    for name in [".env", ".git", "target", "solmu.db", "solmu.db.secret", "solmu.db-wal", "solmu.db.search"] {
        assert!(ignored.iter().any(|pattern| fits(pattern, name)), "{name}: {ignored:?}");
    }
}

/// Whether a pattern with at most one asterisk fits a name.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.trim_start_matches("**/").split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end),
        None => pattern.trim_start_matches("**/") == name,
    }
}

#[test]
fn the_image_does_not_run_as_root() {
    let dockerfile = file("Dockerfile");
    let last = lines(&dockerfile).collect::<Vec<_>>().join("\n");
    let (_, last) = last.rsplit_once("\nFROM ").expect("more than one stage");
    let users: Vec<&str> = last.lines().filter_map(|line| line.strip_prefix("USER ")).collect();
    let uid: u32 = users.last().expect("a user").split(':').next().unwrap().parse().expect("a number");
    assert!(uid > 0);
    let user = last.find("USER ").unwrap();
    assert!(last.find("ENTRYPOINT").is_some_and(|entry| entry > user), "it is entered as root");
    let compose = file("docker-compose.yml");
    assert!(!lines(&compose).any(|line| line.starts_with("user: root") || line.starts_with("privileged: true")));
}

#[test]
fn the_service_has_longer_to_stop_than_its_requests_to_end() {
    let compose = file("docker-compose.yml");
    let grace =
        lines(service(&compose)).find_map(|line| line.strip_prefix("stop_grace_period: ")).expect("a time to stop in");
    let grace: u64 = grace.trim_end_matches('s').parse().expect("a number of seconds");
    // The default of --shutdown-timeout.
    assert!(grace > 30, "{grace}");
}
