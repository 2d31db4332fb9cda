//! What reading costs: a fixed number of statements, however long the list.

use super::operation::of_method;
use crate::statements::{recorded, taken};

/// The connections that the service keeps set themselves up before the first statement of a request, and a page of two
/// rows is then as dear as one of all; with all that may come with it, as of any time.
#[test]
fn a_list_costs_the_same_however_long_it_is() {
    let (app, url) = recorded(true, |_| {});
    for operation in of_method("GET").filter(|operation| operation.takes("query", "limit")) {
        operation.stock(&app);
        let include = operation.values("include");
        let with_all = if include.is_empty() { String::new() } else { format!("&include={}", include.join(",")) };
        let queries = ["", "&count=true", &with_all, "&as_of=2999-06-01"];
        for query in queries {
            let cost = |limit: usize| {
                let target = format!("{}?limit={limit}{query}", operation.path());
                let rows = operation.bare(&app, &target).send().expect(200).json()["items"].as_array().unwrap().len();
                (rows, taken(&url))
            };
            cost(1);
            let ((few, small), (many, large)) = (cost(2), cost(200));
            // What was added to a short list was not there then.
            assert!(many >= few + 10 || query.contains("as_of"), "{} has {many} rows: too few to tell", operation.id);
            assert!(!small.is_empty(), "no statement of {} was seen", operation.id);
            assert_eq!(small.len(), large.len(), "{}{query}: {small:#?} {large:#?}", operation.id);
            // One for the page, one for the count, one for each relation, one for what the list belongs to.
            assert!(large.len() <= 2 + 1 + include.len(), "{}{query}: {large:#?}", operation.id);
        }
    }
}

/// What puts together more than one thing has by itself, and how many statements that takes at most.
const GATHERED: [(&str, usize); 2] = [("get_membership_counts", 3), ("get_me", 7)];

/// What reads one thing, or draws all, takes a handful of statements, whatever there is.
#[test]
fn a_read_costs_a_handful() {
    let (app, url) = recorded(true, |_| {});
    for operation in of_method("GET").filter(|operation| !operation.takes("query", "limit")) {
        let include = operation.values("include");
        operation.request(&app).send().expect(200);
        taken(&url);
        operation.bare(&app, &operation.path()).send().expect(200);
        let plain = taken(&url);
        let most = GATHERED.iter().find(|(id, _)| *id == operation.id).map_or(2, |(_, most)| *most);
        assert!((1..=most).contains(&plain.len()), "{}: {plain:#?}", operation.id);
        if !include.is_empty() {
            operation.bare(&app, &format!("{}?include={}", operation.path(), include.join(","))).send().expect(200);
            let whole = taken(&url);
            assert!(whole.len() <= 1 + include.len(), "{}: {whole:#?}", operation.id);
        }
    }
}
