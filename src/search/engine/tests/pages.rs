//! Pages: every hit once, in order, whatever it is sorted by.

use super::*;
use crate::search::engine::{NameOrder, Sort};

/// Documents in several segments, many of them alike.
fn many() -> Index {
    let index = Index::open(None, LEAST_MEMORY).unwrap().index;
    for batch in 0..5 {
        let documents = (0..700).map(|number| {
            let number = batch * 700 + number;
            let mut document = network(&format!("{number:05}"), &format!("Verkosto {}", number % 50), "Sama teksti.");
            document.date = number % 9;
            document
        });
        index.apply(documents.collect::<Vec<_>>(), &[], &batch.to_string()).unwrap();
    }
    // Some are written anew and some are gone.
    let again = network("00007", "Verkosto verkosto", "Verkosto.");
    index.apply([again], &[key("00008"), key("03499")], "6").unwrap();
    index
}

#[test]
fn pages_have_every_hit_once() {
    let index = many();
    let sorts = [Sort::Relevance, Sort::Date, Sort::Name(NameOrder::Finnish), Sort::Name(NameOrder::English)];
    for (sort, text) in sorts.into_iter().flat_map(|sort| [(sort, "verkosto"), (sort, "")]) {
        let mut query = Query { limit: 333, sort, ..query(text) };
        let whole = index.search(&Query { limit: 1_000, ..query.clone() }).unwrap();
        let mut seen = Vec::new();
        loop {
            let page = index.search(&query).unwrap();
            assert_eq!(page.total, 3_498);
            seen.extend(page.hits.into_iter().map(|hit| hit.key));
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len(), 3_498, "{sort:?} {text}");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 3_498, "{sort:?} {text}");
        assert!(whole.hits.iter().map(|hit| &hit.key).eq(seen.iter().take(1_000)), "{sort:?} {text}");
    }
}

#[test]
fn what_is_sorted_alike_is_in_the_order_of_the_keys() {
    let index = many();
    let page = index.search(&Query { sort: Sort::Date, limit: 10, ..query("") }).unwrap();
    let expected: Vec<String> = (0..10).map(|number| format!("{:05}", number * 9 + 8)).collect();
    // The second of them is gone with its date.
    let expected: Vec<String> = expected.into_iter().filter(|id| id != "00008").collect();
    assert_eq!(ids(&page)[..9], expected);
    let page = index.search(&Query { sort: Sort::Name(NameOrder::Swedish), limit: 3, ..query("") }).unwrap();
    assert_eq!(ids(&page), ["00000", "00050", "00100"]);
    let best = index.search(&Query { limit: 1, ..query("verkosto") }).unwrap();
    assert_eq!(ids(&best), ["00007"]);
}

#[test]
fn searches_go_on_while_documents_are_written() {
    let index = Index::open(None, LEAST_MEMORY).unwrap().index;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for batch in 0..20 {
                let documents = (0..30).map(|number| network(&format!("{batch}-{number}"), "Verkosto", "Sama."));
                index.apply(documents.collect::<Vec<_>>(), &[], &batch.to_string()).unwrap();
            }
        });
        let reader = scope.spawn(|| {
            let mut before = 0;
            while before < 600 {
                let total = found(&index, "verkosto").total;
                // A commit is seen whole or not at all.
                assert!(total >= before && total.is_multiple_of(30), "{total} after {before}");
                before = total;
            }
        });
        writer.join().unwrap();
        reader.join().unwrap();
    });
    assert_eq!(index.position().as_deref(), Some("19"));
}
