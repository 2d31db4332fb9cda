//! The folder of the index: whatever happens to it, what is searched is the directory as it is.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::feed::{app_folder, current, documents, secretly, standing, total, with_folder};
use super::{found, make_network, names};
use crate::harness::{App, Token, eventually};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_restart_goes_on_where_the_index_stood() {
    let app = App::start();
    let folder = app_folder();
    let network = make_network(&app, json!({ "fi": "Hämäräpolku" }), json!({}));
    let replica = with_folder(&app, folder.path());
    assert_eq!(found(&replica, "hämäräpolku"), ["Hämäräpolku"]);
    drop(replica);
    make_network(&app, json!({ "fi": "Väliaikainen" }), json!({}));
    // Were the index filled again, it would know of this.
    secretly(
        &app,
        &format!(
            "UPDATE networks SET document = replace(document, 'Hämäräpolku', 'Kirkasvesi') WHERE id = '{network}'"
        ),
    );
    let replica = with_folder(&app, folder.path());
    assert_eq!(found(&replica, "väliaikainen"), ["Väliaikainen"]);
    assert_eq!(
        (found(&replica, "hämäräpolku"), found(&replica, "kirkasvesi")),
        (vec!["Kirkasvesi".to_owned()], vec![])
    );
    assert_eq!(found(&with_folder(&app, app_folder().path()), "kirkasvesi"), ["Kirkasvesi"]);
}

#[test]
fn a_damaged_folder_heals() {
    let app = App::start();
    make_network(&app, json!({ "fi": "Korjaamo" }), json!({}));
    for damage in ["cut", "changed", "gone", "meta"] {
        let folder = app_folder();
        assert_eq!(found(&with_folder(&app, folder.path()), "korjaamo"), ["Korjaamo"]);
        let mut damaged = 0;
        for file in files(folder.path()) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let mut content = fs::read(&file).unwrap();
            let is_hit = match damage {
                "cut" => name.ends_with(".term"),
                "changed" => name.ends_with(".fast"),
                "gone" => name.ends_with(".idx"),
                _ => name == "meta.json",
            };
            if is_hit {
                damaged += 1;
                match damage {
                    "cut" => content.truncate(content.len() / 2),
                    "changed" => content[10] ^= 0xff,
                    _ => content.clear(),
                }
                if damage == "gone" { fs::remove_file(&file).unwrap() } else { fs::write(&file, content).unwrap() }
            }
        }
        assert!(damaged > 0, "{damage}");
        let replica = with_folder(&app, folder.path());
        assert_eq!(found(&replica, "korjaamon"), ["Korjaamo"], "{damage}");
        current(&replica);
        assert_eq!(documents(replica.get("/metrics")), 1, "{damage}");
    }
}

/// Nothing is written meanwhile: whoever searches notices.
#[test]
fn a_folder_that_is_damaged_under_a_running_service_heals() {
    let app = App::start();
    let folder = app_folder();
    make_network(&app, json!({ "fi": "Ennen" }), json!({}));
    let replica = with_folder(&app, folder.path());
    assert_eq!(found(&replica, "ennen"), ["Ennen"]);
    for file in files(folder.path()).iter().filter(|file| file.extension().is_some_and(|kind| kind == "term")) {
        // In place: what is cut off under a file that is mapped ends the process.
        let length = fs::metadata(file).unwrap().len();
        let mut open = fs::OpenOptions::new().write(true).open(file).unwrap();
        open.write_all(&vec![0xff; usize::try_from(length).unwrap()]).unwrap();
    }
    eventually("it is filled anew", || {
        let answer = replica.get("/v1/suggest?q=enn").by(Token::Reader).send();
        assert!([200, 503].contains(&answer.status), "{answer:?}");
        (answer.status == 200 && answer.json()["items"][0]["text"] == "Ennen").then_some(())
    });
    assert_eq!(found(&replica, "ennen"), ["Ennen"]);
}

#[test]
fn a_folder_that_is_deleted_under_a_running_service_heals() {
    let app = App::start();
    let folder = app_folder();
    make_network(&app, json!({ "fi": "Ennen" }), json!({}));
    let replica = with_folder(&app, folder.path());
    assert_eq!(found(&replica, "ennen"), ["Ennen"]);
    fs::remove_dir_all(folder.path()).unwrap();
    // What it has open is searched on.
    assert_eq!(found(&replica, "ennen"), ["Ennen"]);
    make_network(&app, json!({ "fi": "Jälkeen" }), json!({}));
    let ask = || replica.get("/v1/search?q=j%C3%A4lkeen").by(Token::Reader).send().expect(200).json();
    eventually("it is filled anew", || (names(&ask()) == ["Jälkeen"]).then_some(()));
    assert_eq!((found(&replica, "ennen"), total(&replica, "")), (vec!["Ennen".to_owned()], 2));
    // And is there for the next one.
    drop(replica);
    assert!(files(folder.path()).iter().any(|file| file.ends_with("meta.json")));
}

#[test]
fn a_folder_of_another_database_is_not_believed() {
    let folder = app_folder();
    let other = App::with(true, |config| config.search_folder = Some(folder.path().to_owned()));
    assert!(total(&other, "") > 100);
    drop(other);
    let app = App::with(false, |config| config.search_folder = Some(folder.path().to_owned()));
    assert_eq!(total(&app, ""), 0);
    current(&app);
    assert_eq!(documents(app.get("/metrics")), 0);
}

#[test]
fn an_index_that_is_ahead_of_a_restored_database_is_not_believed() {
    let app = App::start();
    let folder = app_folder();
    make_network(&app, json!({ "fi": "Pysyvä" }), json!({}));
    let lost = make_network(&app, json!({ "fi": "Kadonnut" }), json!({}));
    assert_eq!(total(&with_folder(&app, folder.path()), ""), 2);
    // As a copy of the day before has it.
    secretly(&app, &format!("DELETE FROM changes WHERE entity_id = '{lost}'"));
    let tables = ["network_names WHERE network_id", "networks WHERE id"];
    for table in tables {
        secretly(&app, &format!("DELETE FROM {table} = '{lost}'"));
    }
    let replica = with_folder(&app, folder.path());
    assert_eq!((total(&replica, ""), found(&replica, "pysyvä")), (1, vec!["Pysyvä".to_owned()]));
    current(&replica);
    assert_eq!(documents(replica.get("/metrics")), 1);
}

#[test]
fn an_index_of_another_analyser_is_replaced() {
    let app = App::start();
    let folder = app_folder();
    make_network(&app, json!({ "fi": "Sanasto" }), json!({}));
    assert_eq!(found(&with_folder(&app, folder.path()), "sanasto"), ["Sanasto"]);
    let own =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    let name = own.file_name().unwrap().to_str().unwrap().to_owned();
    let (kind, version) = name.rsplit_once('-').unwrap();
    let older = folder.path().join(format!("{kind}-0"));
    fs::rename(&own, &older).unwrap();
    let meta = fs::read_to_string(older.join("meta.json")).unwrap();
    let changed = meta.replace(&format!("analyser\\\":{version}"), "analyser\\\":0");
    assert_ne!(meta, changed);
    fs::write(older.join("meta.json"), changed).unwrap();
    let replica = with_folder(&app, folder.path());
    // There is something to search from the beginning.
    assert_eq!(found(&replica, "sanasto"), ["Sanasto"]);
    current(&replica);
    assert!(own.is_dir() && !older.exists());
}

#[test]
fn without_a_place_for_the_index_everything_else_works() {
    let app = App::start();
    make_network(&app, json!({ "fi": "Odottaja" }), json!({}));
    let folder = app_folder();
    let place = folder.path().join("index");
    fs::write(&place, "no folder").unwrap();
    let replica = with_folder(&app, &place);
    let failing =
        eventually("it says so", || Some(standing(&replica)).filter(|standing| standing["status"] == "failing"));
    assert_eq!((&failing["searchable"], documents(replica.get("/metrics"))), (&json!(false), 0));
    replica.get("/v1/networks").by(Token::Reader).send().expect(200);
    let refused = replica.get("/v1/search?q=odottaja").by(Token::Reader).send().expect(503);
    assert_eq!((refused.codes().as_str(), refused.header("retry-after")), ("search_away", Some("5")));
    fs::remove_file(&place).unwrap();
    eventually("it heals", || (standing(&replica)["status"] == "current").then_some(()));
    assert_eq!(found(&replica, "odottaja"), ["Odottaja"]);
}
