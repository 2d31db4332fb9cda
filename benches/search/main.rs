//! The search benchmark: how good, and how fast. The README says how to start it.
//!
//! It needs nothing but itself: documents and queries are a graded set of the project's own, beside as many made-up ones as
//! are asked for.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::disallowed_methods)]

mod generate;
mod quality;
mod speed;

fn main() {
    // `cargo bench` hands its own flags on, and `cargo test --benches` only wants to see that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let documents = match std::env::var("SOLMU_BENCH_SIZE").as_deref() {
        Err(_) => 100_000,
        Ok("million") => 1_000_000,
        Ok(other) => panic!("SOLMU_BENCH_SIZE is million, or not set; not {other}"),
    };
    quality::measure();
    speed::measure(documents);
}
