//! Files that are faulty, or more than is taken.

use super::*;

/// The faults of a file: line and code.
fn faults(answer: &Answer) -> Vec<(i64, String)> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|fault| (fault["line"].as_i64().unwrap_or(0), fault["code"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_faulty_file_names_its_lines_and_changes_nothing() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let before = all(&app, &path);
    let good = ":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n";
    let long = format!(":b a skos:Concept ; skos:prefLabel \"{}\"@fi .", "x".repeat(301));
    for (file, expected) in [
        (format!("{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi, \"c\"@fi .\n"), vec![(7, "two_preferred_labels")]),
        (format!("{good}:b a skos:Concept ; skos:altLabel \"b\"@fi ."), vec![(7, "concept_without_label")]),
        (format!("{good}{long}"), vec![(7, "import_too_long")]),
        (format!("{good}<mailto:a@b> a skos:Concept ; skos:prefLabel \"b\"@fi ."), vec![(7, "import_bad_uri")]),
        (
            format!(
                "{good}{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi ; skos:broader :c .\n:c a skos:Concept ; skos:prefLabel \"c\"@fi ;\n  skos:broader :b ."
            ),
            vec![(10, "import_cycle")],
        ),
        (format!("{good}:b a skos:Concept ; skos:prefLabel \"b\"@fi ; skos:broader :b .\n"), vec![(7, "import_cycle")]),
        (format!("{good}:b a skos:Concept skos:prefLabel"), vec![(7, "import_syntax")]),
        (format!("{good}\n\n:b a skos:Concept ; skos:prefLabel \"b"), vec![(9, "import_syntax")]),
        (
            format!("{good}:b a skos:Concept .\n:c a skos:Concept .\n"),
            vec![(7, "concept_without_label"), (8, "concept_without_label")],
        ),
        (String::new(), vec![(0, "no_concepts")]),
    ] {
        let answer = send(&app, &path, "text/turtle", turtle(&file)).expect(422);
        let expected: Vec<(i64, String)> = expected.into_iter().map(|(line, code)| (line, code.to_owned())).collect();
        let found = faults(&answer);
        assert_eq!(found.first(), expected.first(), "{file}: {answer:?}");
        assert!(found.len() >= expected.len(), "{file}: {answer:?}");
        assert_eq!(answer.json()["code"], "import_faulty");
        let detail = answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(expected[0].0 == 0 || detail.contains(&format!("Line {}", expected[0].0)), "{detail}");
    }
    let many: String = (0..50).map(|number| format!(":x{number} a skos:Concept .\n")).collect();
    assert_eq!(faults(&send(&app, &path, "text/turtle", turtle(&many)).expect(422)).len(), 20);
    assert_eq!(all(&app, &path), before);
    // Above what is stored, too: what vanishes keeps its place.
    let turned = ":animal a skos:Concept ; skos:prefLabel \"eläin\"@fi ; skos:broader :pet .\n";
    assert_eq!(faults(&send(&app, &path, "text/turtle", turtle(turned)).expect(422)), [(6, "import_cycle".to_owned())]);
}

#[test]
fn no_more_than_five_hundred_are_above_one() {
    let app = App::start();
    let path = vocabulary(&app);
    let chain = |length: usize| -> String {
        let line =
            |at: usize| format!(":x{at} a skos:Concept ; skos:prefLabel \"{at}\"@fi ; skos:broader :x{} .\n", at + 1);
        (0..length).map(line).chain([format!(":x{length} a skos:Concept ; skos:prefLabel \"top\"@fi .\n")]).collect()
    };
    let found = faults(&send(&app, &path, "text/turtle", turtle(&chain(501))).expect(422));
    assert_eq!(found, [(6, "import_too_deep".to_owned())]);
    import(&app, &path, &turtle(&chain(500)));
    assert_eq!(ancestors(&app)["x0"].len(), 501);
}

#[test]
fn files_that_go_deep_are_refused_and_long_texts_are_read() {
    let app = App::start();
    let path = vocabulary(&app);
    let deep = format!(":a skos:note {}{} .", "[ skos:note ".repeat(200), "]".repeat(200));
    let answer = send(&app, &path, "text/turtle", turtle(&deep)).expect(422);
    assert_eq!(faults(&answer), [(6, "import_syntax".to_owned())]);
    let note = |length: usize| format!(":a skos:note \"\"\"{}\"\"\"@fi .\n", "x\n".repeat(length));
    let concept = ":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n";
    import(&app, &path, &turtle(&format!("{}{concept}", note(1 << 20))));
    let answer = send(&app, &path, "text/turtle", turtle(&format!("{}{concept}", note(9 << 20)))).expect(422);
    assert_eq!(faults(&answer)[0].1, "import_syntax");
}

#[test]
fn what_is_more_than_a_concept_takes_is_cut_with_a_warning() {
    let app = App::start();
    let path = vocabulary(&app);
    let tops: String = (0..60)
        .map(|at| format!(":t{at} a skos:Concept ; skos:prefLabel \"{at}\"@fi .\n:a skos:broader :t{at}, :t{at} .\n"))
        .collect();
    let report = import(&app, &path, &turtle(&format!(":a a skos:Concept ; skos:prefLabel \"a\"@fi .\n{tops}")));
    assert_eq!((&report["warnings"][0]["code"], &report["warnings"][0]["line"]), (&json!("import_cut"), &json!(6)));
    let a = all(&app, &path)["a"].clone();
    assert_eq!(a["broader"].as_array().unwrap().len(), 50);
    let target = format!("{path}/concepts/{}", a["id"].as_str().unwrap());
    let change = app.request("PATCH", &target).by(Token::Writer).header("if-match", "*");
    let change = change.header("content-type", "application/merge-patch+json");
    change.raw_body(json!({ "notation": "1" }).to_string()).send().expect(200);
}

#[test]
fn faults_of_xml_have_their_lines_and_comments_are_none() {
    let app = App::start();
    let path = vocabulary(&app);
    let xml = |inner: &str| {
        format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:skos=\"http://www.w3.org/2004/02/skos/core#\">\n<skos:Concept rdf:about=\"http://uri.example/v/a\"><skos:prefLabel xml:lang=\"fi\">a</skos:prefLabel></skos:Concept>\n{inner}\n{}</rdf:RDF>\n<!-- </end> -->\n",
            "<!-- -->\n".repeat(100)
        )
    };
    send(&app, &path, "application/rdf+xml", xml("<!-- </rdf:RDF> <b> -->")).expect(200);
    let deep = format!("{}{}", "<skos:x>".repeat(120), "</skos:x>".repeat(120));
    let answer = send(&app, &path, "application/rdf+xml", xml(&deep)).expect(422);
    assert_eq!(faults(&answer), [(3, "import_syntax".to_owned())]);
}
