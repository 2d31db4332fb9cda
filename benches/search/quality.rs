//! Ranks the graded queries and prints nDCG@10 by category, alone and among unrelated documents, and how long it took.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use serde_json::Value;
use solmu::search::{Document, Entity, Index, Languages, Query, Text, Words};

use crate::generate;

fn languages(tag: &str) -> Languages {
    match tag {
        "fi" => Languages::FINNISH,
        "sv" => Languages::SWEDISH,
        "en" => Languages::ENGLISH,
        _ => Languages::ALL,
    }
}

/// The texts of a multilingual value.
fn texts(value: &Value) -> Vec<Text> {
    let by_language = value.as_object().into_iter().flatten();
    by_language
        .flat_map(|(tag, value)| {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.into_iter().map(move |text| Text::new(languages(tag), text.as_str().unwrap()))
        })
        .collect()
}

fn keys(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn documents(directory: &Value) -> Vec<Document> {
    let mut labels: HashMap<String, Vec<Text>> = HashMap::new();
    let mut documents = Vec::new();
    let list = |name: &str| directory[name].as_array().unwrap().iter();
    let new = |entity, value: &Value| Document::new(entity, value["key"].as_str().unwrap());
    for value in list("themes").chain(list("skills")) {
        let mut document = new(Entity::Concept, value);
        document.name = texts(&value["labels"]);
        document.other_names = texts(&value["alternative_labels"]);
        let all = document.name.iter().chain(&document.other_names).cloned().collect();
        labels.insert(document.key.id.clone(), all);
        documents.push(document);
    }
    let labels_of = |keys: &[String]| keys.iter().flat_map(|key| labels[key].iter().cloned()).collect::<Vec<Text>>();
    for value in list("organisations") {
        let mut document = new(Entity::Organisation, value);
        document.name = texts(&value["name"]);
        document.name.extend(texts(&value["acronym"]));
        documents.push(document);
    }
    for value in list("networks") {
        let mut document = new(Entity::Network, value);
        document.name = texts(&value["name"]);
        document.text = texts(&value["description"]);
        document.themes = keys(&value["themes"]);
        document.labels = labels_of(&document.themes);
        documents.push(document);
    }
    for value in list("members") {
        let mut document = new(Entity::Member, value);
        let name = |part: &str| Text::new(Languages::NAME, value[part].as_str().unwrap());
        document.name = vec![name("given_name"), name("family_name")];
        document.title = texts(&value["title"]);
        document.text = texts(&value["bio"]);
        document.skills = keys(&value["skills"]);
        document.themes = keys(&value["interests"]);
        document.labels = labels_of(&document.skills);
        document.labels.extend(labels_of(&document.themes));
        documents.push(document);
    }
    documents
}

fn read(file: String) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// nDCG@10 of a ranking.
fn ndcg(ranked: &[String], grades: &HashMap<String, f64>) -> f64 {
    let gain = |grade: f64, place: usize| (2f64.powf(grade) - 1.0) / (place as f64 + 2.0).log2();
    let sum =
        |grades: &[f64]| grades.iter().take(10).enumerate().map(|(place, grade)| gain(*grade, place)).sum::<f64>();
    let mut ideal: Vec<f64> = grades.values().copied().collect();
    ideal.sort_by(|one, other| other.total_cmp(one));
    let own: Vec<f64> = ranked.iter().map(|key| grades.get(key).copied().unwrap_or(0.0)).collect();
    sum(&own) / sum(&ideal)
}

type Table = BTreeMap<String, Vec<f64>>;

fn ranked(index: &Index, queries: &Value, each: bool) -> (Table, Vec<f64>) {
    let (mut table, mut times) = (Table::new(), Vec::new());
    for graded in queries.as_array().unwrap() {
        let text = graded["query"].as_str().unwrap();
        let grades = graded["relevant"].as_object().unwrap();
        let grades: HashMap<String, f64> =
            grades.iter().map(|(key, grade)| (key.clone(), grade.as_f64().unwrap())).collect();
        let start = Instant::now();
        let query = Query { words: Words::parse(text), limit: 10, facets: true, ..Query::default() };
        let found = index.search(&query).unwrap();
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        let ranked: Vec<String> = found.hits.iter().map(|hit| hit.key.id.clone()).collect();
        let category = graded["category"].as_str().unwrap();
        let own = ndcg(&ranked, &grades);
        if each {
            let id = graded["id"].as_str().unwrap();
            let graded = |key: &String| format!("{key}:{}", grades.get(key).copied().unwrap_or(0.0));
            let ranked: Vec<String> = ranked.iter().map(graded).collect();
            println!("{own:.3}  {id:12} {category:30} {text}: {}", ranked.join(" "));
        }
        table.entry(category.to_owned()).or_default().push(own);
    }
    times.sort_by(f64::total_cmp);
    (table, times)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Documents that have nothing to do with the queries.
const UNRELATED: usize = 10_000;

/// Measures sets of queries: as it comes, the one that the analyser was made with, and the one that was held back.
pub fn measure() {
    let set = |name: &str| std::env::var(name);
    let folder = set("SOLMU_BENCH_GRADED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/benches/search/graded").to_owned());
    let sets = set("SOLMU_BENCH_SETS").unwrap_or_else(|_| "tuning,held".to_owned());
    let each = set("SOLMU_BENCH_EACH").is_ok();
    let directory = read(format!("{folder}/directory.json"));
    for set in sets.split(',') {
        let queries = read(format!("{folder}/{set}.json"));
        let index = Index::open(None, 50_000_000).unwrap().index;
        index.apply(documents(&directory), &[], "graded").unwrap();
        let (alone, times) = ranked(&index, &queries, each);
        index.apply((0..UNRELATED).map(generate::unrelated), &[], "unrelated").unwrap();
        let (among, times_among) = ranked(&index, &queries, false);
        println!("{set:34} queries  alone  among {UNRELATED}");
        for (category, values) in &alone {
            println!("{category:34} {:7}  {:.3}  {:.3}", values.len(), mean(values), mean(&among[category]));
        }
        let all = |table: &Table| table.values().flatten().copied().collect::<Vec<f64>>();
        println!("{:34} {:7}  {:.3}  {:.3}", "all", all(&alone).len(), mean(&all(&alone)), mean(&all(&among)));
        for (name, times) in [("alone", &times), ("among", &times_among)] {
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            println!("{name}: p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
        }
        println!();
    }
}
