//! Files that come again, at once with others, or after one that broke off.

use super::*;

#[test]
fn a_file_that_comes_again_changes_what_differs_alone() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let own = json!({ "pref_label": { "fi": "oma" } });
    let own = app.post(&format!("{path}/concepts"), own).by(Token::Writer).send().expect(201).json();
    let before = all(&app, &path);
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 0, 0, 5, 1, 1]);
    assert_eq!(all(&app, &path), before);
    let now = crate::entities::instant();
    let changed = ANIMALS.replace("\"koira\"@fi", "\"hauva\"@fi").replace("skos:broader :pet", "skos:broader :animal");
    let changed: String =
        changed.lines().filter(|line| !line.starts_with(":pet")).map(|line| format!("{line}\n")).collect();
    let trial = app.request("POST", &format!("{path}/import?dry_run=true")).by(Token::Writer);
    let trial = trial.header("content-type", "text/turtle").raw_body(turtle(&changed)).send().expect(200).json();
    assert_eq!((numbers(&trial), &trial["dry_run"]), ([0, 1, 1, 3, 1, 1], &json!(true)));
    assert_eq!(all(&app, &path), before);
    let report = import(&app, &path, &turtle(&changed));
    assert_eq!((numbers(&report), &report["dry_run"]), ([0, 1, 1, 3, 1, 1], &json!(false)));
    let after = all(&app, &path);
    let versions = |name: &str| (before[name]["version"].as_i64().unwrap(), after[name]["version"].as_i64().unwrap());
    assert_eq!(["dog", "pet", "animal", "mammal", "hound"].map(versions), [(1, 2), (1, 2), (1, 1), (1, 1), (1, 1)]);
    assert_eq!((&after["pet"]["deprecated"], &after["pet"]["broader"]), (&json!(true), &before["pet"]["broader"]));
    // What was made here was in no file, so it does not vanish from one.
    assert_eq!(after[own["id"].as_str().unwrap()]["deprecated"], false);
    assert_eq!(ancestors(&app)["dog"], ["animal", "dog", "mammal"]);
    assert_eq!(numbers(&import(&app, &path, &turtle(&changed))), [0, 0, 0, 4, 1, 1]);
    let found = |query: &str| {
        let page = app.get(&format!("{path}/concepts?{query}")).by(Token::Reader).send().expect(200).json();
        page["items"].as_array().unwrap().len()
    };
    assert_eq!([found("label_prefix=koira"), found("label_prefix=hau")], [0, 1]);
    assert_eq!(found(&format!("label_prefix=KOI&language=fi&as_of={now}")), 1);
    // It comes back as it was.
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 2, 0, 3, 1, 1]);
    assert_eq!(all(&app, &path)["pet"]["deprecated"], false);
}

/// Changes the database behind the service's back.
fn behind(app: &App, statements: &[String]) {
    let run = |tx: &mut solmu::db::Tx<'_>| {
        for statement in statements {
            diesel::sql_query(statement.as_str()).execute(tx.conn)?;
        }
        Ok(())
    };
    app.db().write_here(None, run).unwrap();
}

#[test]
fn one_file_at_a_time_goes_into_a_vocabulary() {
    let app = App::start();
    let path = vocabulary(&app);
    let id = path.rsplit('/').next().unwrap();
    let until = |seconds: i64| chrono::Utc::now().timestamp() + seconds;
    behind(&app, &[format!("INSERT INTO meta VALUES ('import:{id}', '{} another')", until(60))]);
    let answer = send(&app, &path, "text/turtle", turtle(ANIMALS)).expect(409);
    assert_eq!(answer.json()["code"], "import_running");
    assert!(all(&app, &path).is_empty());
    let trial = app.request("POST", &format!("{path}/import?dry_run=true")).by(Token::Writer);
    trial.header("content-type", "text/turtle").raw_body(turtle(ANIMALS)).send().expect(200);
    // The other one broke off.
    behind(&app, &[format!("UPDATE meta SET value = '{} another' WHERE key = 'import:{id}'", until(-1))]);
    import(&app, &path, &turtle(ANIMALS));
    assert_eq!(numbers(&import(&app, &path, &turtle(ANIMALS))), [0, 0, 0, 5, 1, 1]);
}

#[test]
fn what_broke_off_is_completed_and_what_goes_in_a_circle_meanwhile_is_refused() {
    let app = App::start();
    let path = vocabulary(&app);
    import(&app, &path, &turtle(ANIMALS));
    let before = ancestors(&app);
    let without_pet: String = ANIMALS.lines().filter(|line| !line.starts_with(":pet")).collect::<Vec<_>>().join("\n");
    behind(&app, &["DELETE FROM concept_relations".to_owned(), "DELETE FROM concept_ancestors".to_owned()]);
    import(&app, &path, &turtle(&without_pet));
    assert_eq!(ancestors(&app), before);
    // As if someone had put pets below dogs since the file was compared.
    let (pet, dog) = (all(&app, &path)["pet"].clone(), all(&app, &path)["dog"].clone());
    let (pet, dog) = (pet["id"].as_str().unwrap(), dog["id"].as_str().unwrap());
    let document =
        format!("UPDATE concepts SET document = replace(document, '\"broader\":[', '\"broader\":[\"{dog}\",')");
    behind(&app, &[format!("{document} WHERE id = '{pet}'")]);
    let answer = send(&app, &path, "text/turtle", turtle(&without_pet)).expect(409);
    assert_eq!(answer.json()["errors"][0]["code"], "cycle", "{answer:?}");
    assert_eq!(ancestors(&app), before);
}

#[test]
fn what_was_in_no_file_does_not_vanish_from_one() {
    let app = App::start();
    let path = vocabulary(&app);
    for body in
        [json!({ "pref_label": { "fi": "a" } }), json!({ "uri": "http://own.example/b", "pref_label": { "fi": "b" } })]
    {
        app.post(&format!("{path}/concepts"), body).by(Token::Writer).send().expect(201);
    }
    let moved = json!({ "uri": "http://uri.example/w" });
    app.request("PATCH", &path)
        .by(Token::Writer)
        .header("if-match", "*")
        .header("content-type", "application/merge-patch+json")
        .raw_body(moved.to_string())
        .send()
        .expect(200);
    let file = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://uri.example/w/c> a skos:Concept ; skos:prefLabel \"c\"@fi .\n";
    assert_eq!(numbers(&import(&app, &path, file)), [1, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(&import(&app, &path, &file.replace("/c>", "/d>"))), [1, 0, 1, 0, 0, 0]);
    let deprecated = all(&app, &path).values().filter(|one| one["deprecated"] == true).count();
    assert_eq!(deprecated, 1);
}

#[test]
fn replacements_in_a_circle_stay_as_they_came() {
    let app = App::start();
    let path = vocabulary(&app);
    let one = |name: &str, other: &str| {
        format!(
            ":{name} a skos:Concept ; skos:prefLabel \"{name}\"@fi ; owl:deprecated true ; dct:isReplacedBy :{other} .\n"
        )
    };
    import(&app, &path, &turtle(&format!("{}{}", one("a", "b"), one("b", "a"))));
    let target = format!("{path}/concepts/{}", all(&app, &path)["a"]["id"].as_str().unwrap());
    let change = |body: Value| {
        let request = app.request("PATCH", &target).by(Token::Writer).header("if-match", "*");
        request.header("content-type", "application/merge-patch+json").raw_body(body.to_string()).send()
    };
    change(json!({ "notation": "1" })).expect(200);
    change(json!({ "replaced_by": null })).expect(200);
}

#[test]
fn two_files_come_at_once_and_a_third_waits() {
    let app = App::start();
    let path = vocabulary(&app);
    let slow = format!(
        "POST {path}/import HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: text/turtle\r\nContent-Length: 100000\r\n\r\n{PREFIXES}",
        Token::Writer.header().unwrap(),
    );
    let third = || send(&app, &path, "text/turtle", turtle(ANIMALS));
    std::thread::scope(|scope| {
        // Each is there for the two seconds in which nothing is answered.
        (0..2).for_each(|_| drop(scope.spawn(|| app.raw(slow.as_bytes()))));
        let mut answers = (0..15).map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            third()
        });
        let busy = answers.find(|answer| answer.status == 503).expect("two are at it");
        assert_eq!((busy.json()["code"].clone(), busy.header("retry-after")), (json!("imports_busy"), Some("60")));
    });
    let done = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        third().status == 200
    });
    assert!(done);
}
