//! What is searched, and for what: real help centres where they are at hand, and larger ones made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use helpnook::article::plain_blocks;
use helpnook::content::{self, File};
use serde::Serialize;
use serde_json::Value;

use super::queries::{Query, keystrokes, known_items, misspelt};
use super::synthetic;
use crate::{Step, tools};

/// An article as every engine is given it.
#[derive(Debug, Clone, Serialize)]
pub struct Article {
    /// Its id.
    pub id: String,
    /// Its question.
    pub title: String,
    /// Its answer.
    pub body: String,
}

/// A corpus with its queries.
pub struct Corpus {
    /// Short name, of files and figures.
    pub name: &'static str,
    /// What it is.
    pub label: String,
    /// All articles.
    pub articles: Vec<Article>,
    /// Searched for one after the other: queries as they are typed.
    pub keys: Vec<String>,
    /// Whole queries with a slip in each.
    pub typos: Vec<String>,
    /// Judged sets by name.
    pub sets: BTreeMap<&'static str, Vec<Query>>,
    /// The set that is typed letter by letter until its answer shows.
    pub typed: Option<&'static str>,
    /// How often each engine has its turn.
    pub rounds: usize,
}

/// Where the corpora lie that are not in the repository.
fn shared() -> Option<PathBuf> {
    let shared = tools::root().join("../shared");
    (shared.join("bench-data/acekb.jsonl").exists() && shared.join("data/faq").is_dir()).then_some(shared)
}

/// The corpora of a run, those whose names are wanted.
pub fn all(rounds: usize, wanted: impl Fn(&str) -> bool) -> Step<Vec<Corpus>> {
    let Some(shared) = shared() else {
        println!("../shared is not here: the demo's own content is searched instead of the real help centres");
        return Ok(vec![demo(rounds)?]);
    };
    let real = acekb(&shared, rounds)?;
    let mut corpora = Vec::new();
    if wanted("shop") {
        corpora.push(shop(&shared, rounds)?);
    }
    for (name, n, length, rounds) in [("acekb_10k", 10_000, 1.0, rounds), ("acekb_100k", 100_000, 0.2, 1)] {
        if wanted(name) {
            corpora.push(larger(name, &real, n, length, rounds));
        }
    }
    if wanted(real.name) {
        corpora.insert(0, real);
    }
    Ok(corpora)
}

fn acekb(shared: &Path, rounds: usize) -> Step<Corpus> {
    let articles = articles(&shared.join("bench-data/acekb.jsonl"))?;
    let real = judged(&shared.join("bench-data/acekb.queries.jsonl"))?;
    let known = known_items(&articles, 200);
    Ok(Corpus {
        name: "acekb",
        label: format!("{} articles of a commerce help centre", articles.len()),
        keys: keystrokes(&real, 600),
        typos: texts(&misspelt(&real)),
        sets: [("real_typo", misspelt(&real)), ("known_typo", misspelt(&known)), ("real", real), ("known", known)]
            .into(),
        typed: Some("real"),
        rounds,
        articles,
    })
}

/// Two shops' questions in one: a storefront's usual number of articles. The judged queries know only
/// their own shop's answers, so they are typed here, not judged.
fn shop(shared: &Path, rounds: usize) -> Step<Corpus> {
    let faq = shared.join("data/faq");
    let mut all = articles(&faq.join("sofmattress.en.jsonl"))?;
    all.extend(articles(&faq.join("store-a.en.jsonl"))?);
    let asked = judged(&shared.join("data/queries/sofmattress.real.en.jsonl"))?;
    let some: Vec<Query> = asked.iter().step_by(4).cloned().collect();
    let known = known_items(&all, 60);
    Ok(Corpus {
        name: "shop",
        label: format!("{} questions of two shops", all.len()),
        articles: all,
        keys: keystrokes(&asked, 300),
        typos: texts(&misspelt(&some)),
        sets: [("known_typo", misspelt(&known)), ("known", known)].into(),
        typed: None,
        rounds,
    })
}

/// The same help centre grown: the same is typed, so that only the size differs.
fn larger(name: &'static str, real: &Corpus, n: usize, length: f64, rounds: usize) -> Corpus {
    let articles = synthetic::articles(&real.articles, n, length);
    let known = known_items(&articles, 100);
    Corpus {
        name,
        label: format!("{n} synthetic articles made of its sentences, {length} of its length"),
        keys: real.keys.clone(),
        typos: real.typos.clone(),
        sets: [("known_typo", misspelt(&known)), ("known", known)].into(),
        typed: None,
        rounds,
        articles,
    }
}

fn demo(rounds: usize) -> Step<Corpus> {
    let mut files = Vec::new();
    for path in tools::files_below(&tools::root().join("www/content/en"))? {
        let text = std::fs::read_to_string(&path)?;
        files.push(File { path: path.to_string_lossy().into_owned(), text });
    }
    let (help, _) = content::read(&files);
    let articles: Vec<Article> = (help.into_values().flat_map(|help| help.articles))
        .map(|article| Article { id: article.id, title: article.title, body: plain_blocks(&article.blocks) })
        .collect();
    let known = known_items(&articles, 60);
    Ok(Corpus {
        name: "demo",
        label: format!("{} articles of the demo", articles.len()),
        keys: keystrokes(&known, 300),
        typos: texts(&misspelt(&known)),
        sets: [("known_typo", misspelt(&known)), ("known", known)].into(),
        typed: Some("known"),
        rounds,
        articles,
    })
}

fn rows(path: &Path) -> Step<Vec<Value>> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn articles(path: &Path) -> Step<Vec<Article>> {
    let field = |row: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| row[*name].as_str()).unwrap_or_default().to_owned()
    };
    let article = |row: &Value| Article {
        id: id(&row["id"]),
        title: field(row, ["title", "question"]),
        body: field(row, ["body", "answer"]),
    };
    Ok(rows(path)?.iter().map(article).collect())
}

fn judged(path: &Path) -> Step<Vec<Query>> {
    let query = |row: &Value| Query {
        q: row["q"].as_str().unwrap_or_default().to_owned(),
        rel: row["rel"].as_array().into_iter().flatten().map(id).collect(),
    };
    Ok(rows(path)?.iter().map(query).collect())
}

fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(queries: &[Query]) -> Vec<String> {
    queries.iter().map(|query| query.q.clone()).collect()
}
