//! PostgreSQL over TLS: a server is believed if a root that was named has signed for it, and not otherwise. The libpq
//! that is compiled in brings an OpenSSL of its own, so this is not to be taken for granted.

use solmu::db::{Role, connect};

use crate::database::{Database, is_on_postgres};

/// The URL of a database over TLS, with more parameters; `None`, said aloud, where this run has no server with TLS.
fn verified(database: &Database, parameters: &str) -> Option<String> {
    if !is_on_postgres() || ca().is_none() {
        println!("skipped: needs a PostgreSQL server with TLS, as tests/with-postgres starts where there is openssl");
        return None;
    }
    // The certificate is for this name.
    let url = database.text().replace("@127.0.0.1:", "@localhost:").replace("?", "?sslmode=verify-full&");
    Some(format!("{}{parameters}", url.trim_end_matches('&')))
}

fn ca() -> Option<String> {
    std::env::var("SOLMU_TEST_POSTGRES_CA").ok()
}

fn error_of(url: &str) -> String {
    connect(&url.parse().unwrap(), Role::Reader).err().expect("the connection is refused").to_string()
}

#[test]
fn a_server_is_believed_by_the_root_that_signed_for_it() {
    let database = Database::blank();
    let Some(url) = verified(&database, &format!("&sslrootcert={}", ca().unwrap_or_default())) else { return };
    connect(&url.parse().unwrap(), Role::Reader).unwrap();
    // By its number as well, for which the certificate is good too; but under no other name.
    connect(&url.replace("@localhost:", "@127.0.0.1:").parse().unwrap(), Role::Reader).unwrap();
    let named = format!("{}&hostaddr=127.0.0.1", url.replace("@localhost:", "@elsewhere.example:"));
    assert!(error_of(&named).contains("certificate"), "{}", error_of(&named));
}

#[test]
fn a_server_is_not_believed_by_another_root() {
    let database = Database::blank();
    let other = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(other.path(), OTHER_ROOT).unwrap();
    let empty = tempfile::NamedTempFile::new().unwrap();
    for root in [other.path(), empty.path()] {
        let Some(url) = verified(&database, &format!("&sslrootcert={}", root.display())) else { return };
        assert!(error_of(&url).contains("certificate"), "{}", error_of(&url));
    }
    // Where no root is named, the system's are the ones that count.
    let Some(url) = verified(&database, "") else { return };
    assert!(error_of(&url).contains("certificate"), "{}", error_of(&url));
}

/// A root that signed for nobody; its key was thrown away.
const OTHER_ROOT: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBhTCCASugAwIBAgIUPCJxDUdOYADFb9LfuHciLjACqPgwCgYIKoZIzj0EAwIw\n\
FzEVMBMGA1UEAwwMQW5vdGhlciByb290MCAXDTI2MTEyMTE5MjYxOFoYDzIxMjYx\n\
MDI4MTkyNjE4WjAXMRUwEwYDVQQDDAxBbm90aGVyIHJvb3QwWTATBgcqhkjOPQIB\n\
BggqhkjOPQMBBwNCAAQH/Sw/eY1i/bodLR3bqBFB087jT5N7+lsDHQMX68+KzSW9\n\
1JuNQqKMS0+OQ1Cm6fGhfoqUmK3NldhDIKZwJQmno1MwUTAdBgNVHQ4EFgQUg6Aj\n\
/nUcesPxTxQbKweiLNhOrTowHwYDVR0jBBgwFoAUg6Aj/nUcesPxTxQbKweiLNhO\n\
rTowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAz8JeQCI21IrP\n\
HHPKQVkC2BjOvT8RfV0NKkYXZgQWCaMCIBKACExTeNGXcHLcHpu2BnLM4uD/IOws\n\
CEjhog/qQW0p\n\
-----END CERTIFICATE-----\n";
