//! The released search gives in node and in the browser what the same code gives natively: the same
//! articles, in the same order, with the same scores. Sizes of numbers differ there, answers must not.

use std::path::Path;
use std::process::{Command, Stdio};

use helpnook::index::Index;
use helpnook::search;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};
use crate::support::target;

/// Most hits of each query.
const LIMIT: usize = 10;

/// A language of the demo with its index and what is asked of it.
struct Asked {
    lang: &'static str,
    queries: Vec<String>,
    native: Vec<Value>,
}

/// Every title of the demo's help as it is, half typed, and misspelt; and what no shopper means.
fn asked(site: &Path) -> Vec<Asked> {
    ["en", "fr", "de", "pt", "ro"]
        .map(|lang| {
            let index = Index::open(std::fs::read(site.join(format!("demo/{lang}.hnx"))).unwrap()).unwrap();
            let mut queries = Vec::new();
            for article in 0..index.n_articles() {
                let title = index.title(article).unwrap().to_owned();
                let letters: Vec<char> = title.chars().collect();
                queries.push(letters.iter().take(letters.len() * 2 / 3).collect());
                let mut misspelt = letters.clone();
                let at = article as usize % (misspelt.len() - 1);
                misspelt.swap(at, at + 1);
                queries.push(misspelt.into_iter().collect());
                queries.push(title);
            }
            queries.extend(
                ["", " ", "😀👍", "ORDER 123-456", "???", "\u{202e}siht", "ﬁnd Straße ŞOSETE"].map(str::to_owned),
            );
            queries.extend([200, 70_000].map(|n| "refnud parcle ".repeat(n)));
            let native = queries
                .iter()
                .map(|query| {
                    let (answerable, hits) = search::rank(&index, query, LIMIT);
                    let hits = hits.iter().map(|&(article, score)| json!([index.stored(article).unwrap().id, score]));
                    json!([answerable, hits.collect::<Vec<_>>()])
                })
                .collect();
            Asked { lang, queries, native }
        })
        .into()
}

/// Asks a module everything; the same text runs in both.
const ASK: &str = "async (module, bytes, queries) => {
  await module.load(bytes);
  return queries.map((query) => [Math.round(module.answerable(query) * 255), module.search(query, 10).map((hit) => [hit.id, hit.score])]);
}";

fn compare(place: &str, asked: &Asked, got: &Value) {
    let got = got.as_array().unwrap();
    assert_eq!(got.len(), asked.native.len(), "{place}, {}", asked.lang);
    for ((query, native), got) in asked.queries.iter().zip(&asked.native).zip(got) {
        let query: String = query.chars().take(80).collect();
        assert_eq!(got, native, "{place}, {}: {query:?}", asked.lang);
    }
    assert!(asked.native.iter().filter(|one| one[1] != json!([])).count() > 200, "most queries find something");
}

#[tokio::test]
async fn the_browser_finds_what_the_native_program_finds() {
    let shop = Shop::with(Setup::default().page("bare.html", "<!doctype html><title>Bare</title>")).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/bare.html", shop.url)).await;
    for asked in asked(&target().join("site")) {
        let script = format!(
            "window.__got = undefined;
             const ask = {ASK};
             (async () => {{
               const bytes = await (await fetch('/help/demo/{lang}.hnx')).arrayBuffer();
               window.__got = await ask(await import('/help/search.js'), bytes, {queries});
             }})().catch((error) => (window.__got = String(error)));",
            lang = asked.lang,
            queries = json!(asked.queries),
        );
        browser.js(&script).await;
        let got = browser.until("all is asked", "window.__got").await;
        compare("browser", &asked, &got);
    }
}

#[tokio::test]
async fn node_finds_what_the_native_program_finds() {
    let site = target().join("site");
    for asked in asked(&site) {
        let module = site.join("search.js");
        let index = site.join(format!("demo/{}.hnx", asked.lang));
        let script = format!(
            "import {{ readFileSync }} from 'node:fs';
             const ask = {ASK};
             const queries = JSON.parse(readFileSync(0, 'utf8'));
             const module = await import({module});
             console.log(JSON.stringify(await ask(module, readFileSync({index}), queries)));",
            module = json!(format!("file://{}", module.display())),
            index = json!(index),
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ask.mjs");
        std::fs::write(&file, script).unwrap();
        let input = folder.path().join("queries.json");
        std::fs::write(&input, json!(asked.queries).to_string()).unwrap();
        let out = Command::new("node")
            .arg(&file)
            .stdin(Stdio::from(std::fs::File::open(&input).unwrap()))
            .output()
            .expect("node, which the journeys ask for");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        compare("node", &asked, &serde_json::from_slice(&out.stdout).unwrap());
    }
}
