//! The search benchmark: how good, and how fast. The README says how to start it.
//!
//! It needs nothing but itself: documents and queries are a graded set of the project's own, beside as many made-up ones as
//! are asked for. These variables change what is measured:
//!
//! - `SOLMU_BENCH_SIZE`: `million` documents to index and search; `none` measures how good alone.
//! - `SOLMU_BENCH_VOIKKO`: `required` lets libvoikko read Finnish.
//! - `SOLMU_BENCH_SETS`: the sets of queries, by the names of their files, separated by commas; `tuning,held` if it isn't
//!   set. `SOLMU_BENCH_GRADED` is the folder that they are in, with the documents in `directory.json`.
//! - `SOLMU_BENCH_EACH`: set, prints every query besides the categories.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::disallowed_methods)]

mod generate;
mod quality;
mod speed;

use solmu::text::analysis::{Setting, start};

fn main() {
    // `cargo bench` hands its own flags on, and `cargo test --benches` only wants to see that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let documents = match std::env::var("SOLMU_BENCH_SIZE").as_deref() {
        Err(_) => Some(100_000),
        Ok("million") => Some(1_000_000),
        Ok("none") => None,
        Ok(other) => panic!("SOLMU_BENCH_SIZE is million or none, or not set; not {other}"),
    };
    let setting = match std::env::var("SOLMU_BENCH_VOIKKO").as_deref() {
        Err(_) => Setting::Off,
        Ok("required") => Setting::Required,
        Ok(other) => panic!("SOLMU_BENCH_VOIKKO is required, or not set; not {other}"),
    };
    println!("words are analysed by: {}", start(setting, None).unwrap());
    quality::measure();
    if let Some(documents) = documents {
        speed::measure(documents);
    }
}
