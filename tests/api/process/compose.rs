//! What others run it with: cheap looks at the files, for what nobody should have to notice in production.

use std::path::Path;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn no_secret_is_written_down() {
    let compose = file("docker-compose.yml");
    for name in ["POSTGRES_PASSWORD", "SOLMU_JWT_SECRET"] {
        let settings: Vec<&str> = lines(&compose).filter(|line| line.starts_with(&format!("{name}:"))).collect();
        assert!(!settings.is_empty(), "{name} is not set at all");
        // Required of the environment, with a word on what to set; never with a default.
        let required = format!("{name}: ${{{name}:?");
        assert!(settings.iter().all(|line| line.starts_with(&required) && line.ends_with('}')), "{settings:?}");
    }
    for line in lines(&compose).filter(|line| line.contains("postgres://")) {
        assert!(line.contains("postgres://solmu:${POSTGRES_PASSWORD:?"), "{line}");
    }
    let dockerfile = file("Dockerfile");
    assert!(!lines(&dockerfile).any(|line| line.contains("SECRET") || line.contains("PASSWORD")));
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
    let service = compose.split("\n  solmu:").nth(1).expect("the service").split("\n  proxy:").next().unwrap();
    let grace = lines(service).find_map(|line| line.strip_prefix("stop_grace_period: ")).expect("a time to stop in");
    let grace: u64 = grace.trim_end_matches('s').parse().expect("a number of seconds");
    // The default of --shutdown-timeout.
    assert!(grace > 30, "{grace}");
}
