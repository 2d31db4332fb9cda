//! The README's table of settings is what `--help` says.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, CommandFactory};
use solmu::config::Cli;

const BEGIN: &str = "<!-- settings: begin -->\n";
const END: &str = "<!-- settings: end -->";

/// The settings of `solmu serve`, a row each.
fn table() -> String {
    let cli = Cli::command();
    let serve = cli.find_subcommand("serve").expect("serve");
    let mut table = String::from("| flag | variable | default | what it is |\n| --- | --- | --- | --- |\n");
    for argument in serve.get_arguments() {
        let (Some(flag), Some(variable)) = (argument.get_long(), argument.get_env()) else { continue };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default().replace('|', "\\|");
        let variable = variable.to_string_lossy();
        writeln!(table, "| `--{flag}` | `{variable}` | {} | {help} |", default(argument)).expect("a string");
    }
    table
}

fn default(argument: &Arg) -> String {
    let values: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if values.is_empty() || values == ["false"] { String::new() } else { format!("`{}`", values.join(",")) }
}

#[test]
fn the_readme_lists_the_settings_that_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the table's beginning");
    let (written, after) = rest.split_once(END).expect("the table's end");
    let right = table();
    if std::env::var("SOLMU_RECORD").is_ok() {
        std::fs::write(path, format!("{before}{BEGIN}{right}{END}{after}")).expect("README.md is written");
    } else {
        assert_eq!(written, right, "run SOLMU_RECORD=1 cargo test --test api readme");
    }
}
