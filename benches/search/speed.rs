//! How long it takes to index made-up documents and to search them.

use std::collections::HashSet;
use std::time::Instant;

use solmu::search::{Document, Index, Languages, Marker, Query, Text, Words};

use crate::generate::{self, Numbers};

/// Documents of one commit.
const BATCH: usize = 20_000;

/// One in ten has the word "verkosto" in some form, one in thirty "hankinta", one in a hundred both in a row.
fn document(number: usize) -> Document {
    let mut document = generate::unrelated(number);
    let mut numbers = Numbers::new(number as u64 + 7_777_777);
    let mut add = |words: &str| document.text.push(Text::new(Languages::FINNISH, words));
    if numbers.below(10) == 0 {
        add(["verkosto", "verkostossa", "verkostojen", "verkoston"][numbers.below(4) as usize]);
    }
    if numbers.below(30) == 0 {
        add(["hankinta", "hankintojen", "hankinnoista"][numbers.below(3) as usize]);
    }
    if numbers.below(100) == 0 {
        add("julkinen hankinta kehittyy");
    }
    document
}

fn timed(name: &str, runs: usize, mut run: impl FnMut(usize) -> u64) {
    let mut times = Vec::new();
    let mut found = 0;
    run(0);
    for number in 0..runs {
        let start = Instant::now();
        found += run(number);
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{name:42} p50 {:7.2} ms  p99 {:7.2} ms  {:9} found", at(0.5), at(0.99), found / runs as u64);
}

/// Measures so many documents.
pub fn measure(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(Some(folder.path()), 100_000_000).unwrap().index;
    let start = Instant::now();
    let mut generating = 0.0;
    for from in (0..count).step_by(BATCH) {
        let began = Instant::now();
        let documents: Vec<Document> = (from..(from + BATCH).min(count)).map(document).collect();
        generating += began.elapsed().as_secs_f64();
        index.apply(documents, &[], &from.to_string()).unwrap();
    }
    let written = start.elapsed().as_secs_f64() - generating;
    index.settle().unwrap();
    let settled = start.elapsed().as_secs_f64() - generating;
    println!("{count} documents: written in {written:.1} s, merged after {settled:.1} s");
    println!("{} documents, {} segments, {:.0} MB", index.documents(), index.segments(), index.size() as f64 / 1e6);
    let one = document(3);
    let start = Instant::now();
    index.apply([one], &[], "one more").unwrap();
    println!("one document written in {:.1} ms", start.elapsed().as_secs_f64() * 1_000.0);

    let access: Vec<String> = ["all", "network-20", "network-40"].map(String::from).to_vec();
    let rare: Vec<String> = (0..200).map(|number| generate::word(&mut Numbers::new(number * 31 + 5))).collect();
    let search = |text: &str, facets: bool| {
        let query =
            Query { words: Words::parse(text), access: Some(access.clone()), limit: 20, facets, ..Query::default() };
        let found = index.search(&query).unwrap();
        found.total
    };
    let runs = 100;
    timed("a term in 10 %, total", runs, |_| search("verkosto", false));
    timed("a term in 10 %, total and facets", runs, |_| search("verkosto", true));
    timed("two terms, facets", runs, |_| search("verkostossa hankinnat", true));
    timed("a word of the language, facets", 200, |number| search(&rare[number % 200], true));
    timed("a rare document's words, facets", runs, |number| {
        let document = document(number * 37);
        search(&document.name[0].text, true)
    });
    timed("a phrase, facets", runs, |_| search("\"julkinen hankinta\"", true));
    timed("a typo (two letters of 10)", runs, |_| search("verrkostosa", true));
    timed("a typo (one letter of 7)", runs, |_| search("hankimta", true));
    timed("a word that stands nowhere", runs, |_| search("xylofonikvartetto", true));
    timed("no word, all documents, facets", runs, |_| search("", true));
    let suggest = |text: &str| index.suggest(text, 10, Some(&access), &HashSet::new()).unwrap().len() as u64;
    timed("suggest, two letters", 200, |number| suggest(rare[number % 200].get(..2).unwrap_or("ka")));
    timed("suggest, four letters", 200, |number| suggest(rare[number % 200].get(..4).unwrap_or("kala")));
    timed("suggest, nothing", 200, |number| suggest(&format!("{}xq", rare[number])));
    let long = document(5).text[0].text.repeat(4);
    let marker = Marker::new(&Words::parse("verkostossa hankinnat"));
    timed("20 snippets of 1.5 kB", runs, |_| {
        (0..20).filter(|_| marker.snippet(&long, Languages::FINNISH).is_some()).count() as u64
    });
}
