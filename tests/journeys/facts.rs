//! The browser's reader of pages and the program's agree, on every page there is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use helpnook::cli::page::{Visit, snapshot};
use helpnook::context::classify::SURE;
use helpnook::context::words::stages;
use helpnook::context::{Facts, Options, Snapshot, Words, learn, suggest, topics};
use helpnook::index::Index;
use helpnook::page::Signal;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};
use crate::support::{record, target};

/// Pages kept in this repository: name, address as the shop has it, HTML.
fn pages() -> Vec<(String, String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages");
    let mut out = Vec::new();
    for list in
        ["pages.jsonl", "markup.jsonl", "unseen.jsonl", "third.jsonl", "fourth.jsonl", "fifth.jsonl", "facts.jsonl"]
    {
        let text = std::fs::read_to_string(folder.join(list)).unwrap();
        for (at, row) in text.lines().filter(|line| !line.is_empty()).enumerate() {
            let row: Value = serde_json::from_str(row).unwrap();
            let said = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let html = match row["html"].as_str() {
                Some(html) => html.to_owned(),
                None => String::from_utf8_lossy(&std::fs::read(folder.join(said("file"))).unwrap()).into_owned(),
            };
            out.push((format!("{list}:{}", at + 1), said("url"), html));
        }
    }
    let shared = folder.ancestors().map(|above| above.join("shared/data/pages/pages.jsonl")).find(|path| path.exists());
    if let Some(list) = shared {
        let text = std::fs::read_to_string(&list).unwrap();
        for row in text.lines().filter(|line| !line.is_empty()) {
            let row: Value = serde_json::from_str(row).unwrap();
            let file = list.parent().unwrap().parent().unwrap().join(row["file"].as_str().unwrap());
            let html = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
            out.push((row["file"].as_str().unwrap().to_owned(), row["url"].as_str().unwrap().to_owned(), html));
        }
    }
    out
}

/// What the page says of itself, without what scripts of the shop would need a shop for.
fn inert(html: &str) -> String {
    // Scripts that are fetched would be looked for on the test's server.
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<script") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find("</script>").map_or(from.len(), |end| end + "</script>".len());
        let (script, after) = from.split_at(end);
        let tag = script.split('>').next().unwrap_or_default();
        if !tag.contains(" src=") {
            out.push_str(script);
        }
        rest = after;
    }
    out + rest
}

/// Type and facts, without those that only a moment has.
fn told(lines: &str, index: &Index) -> (String, BTreeMap<String, String>) {
    let snapshot = Snapshot::parse(lines);
    Words::with(index, |words| named(&Facts::read(&snapshot, words)))
}

fn named(facts: &Facts) -> (String, BTreeMap<String, String>) {
    let all =
        facts.facts.iter().map(|fact| (fact.name.to_owned(), format!("{} by {}", fact.value, fact.source.name())));
    (facts.page.name().to_owned(), all.collect())
}

#[tokio::test]
async fn browser_and_program_read_every_page_alike() {
    let all = pages();
    let mut setup = Setup::default();
    let mut ways = Vec::new();
    for (at, (_, url, html)) in all.iter().enumerate() {
        // A file's name cannot hold every address, so the page takes its address on itself.
        let file = format!("p{at}/index.html");
        let way =
            url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let way = format!("/{}", way.trim_start_matches('/'));
        let take = format!("<script>history.replaceState(null, '', {})</script>", json!(way));
        let html = inert(html);
        let html = match html.find("<head") {
            Some(_) => html.replacen("<head>", &format!("<head>{take}"), 1),
            None => format!("{take}{html}"),
        };
        setup = setup.page(&file, &html);
        ways.push(way);
    }
    for name in ["facts.js", "words.js"] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www").join(name);
        setup = setup.file(name, std::fs::read(file).unwrap());
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    let demo = std::fs::read(target().join("site/demo/en.hnx")).unwrap();
    let index = Index::open(demo).unwrap();
    let (facts, words) = ("facts.js", "words.js");

    let mut differ = Vec::new();
    let mut n_suggestions = 0;
    for (at, (name, _, html)) in all.iter().enumerate() {
        browser.goto(&format!("{}/p{at}/", shop.url)).await;
        // Each page with something that happened there, in turn.
        let signal = Signal::ALL[at % Signal::ALL.len()].name();
        let read = |wide: &str| {
            format!(
                "const done = arguments[0]; import('/{facts}').then(async (facts) => {{ {wide} done(facts.snapshot( \
                 {{ config: {{}}, attrs: {{}}, read: [], dashed: (name) => name }}, new Map([['{signal}', 1]]), [], 0, [])) }}).catch((error) => done('' + error))"
            )
        };
        let lines = browser.driver.execute_async(read(""), Vec::new()).await.unwrap();
        let mut lines = lines.json().as_str().unwrap_or_default().to_owned();
        let sure =
            |lines: &str| Words::with(&index, |words| Facts::read(&Snapshot::parse(lines), words).confidence >= SURE);
        let [own, all] = stages(index.lang());
        let mut learned = String::new();
        learn(learned.clone());
        if !sure(&lines) {
            learned = own;
            learn(learned.clone());
        }
        if !sure(&lines) {
            learned = all;
            let wide = format!("facts.widen((await import('/{words}')).WORDS);");
            let wider = browser.driver.execute_async(read(&wide), Vec::new()).await.unwrap();
            lines = wider.json().as_str().unwrap_or_default().to_owned();
        }
        let url = format!("{}{}", shop.url, ways[at]);
        let visit = Visit { url: &url, signals: vec![signal], ..Visit::default() };
        let native = snapshot(&inert(html), &visit, topics::words(&index), index.lang());
        let ours = told(&native, &index);
        learn(learned);
        let theirs = told(&lines, &index);
        if ours != theirs {
            differ.push(format!("{name}\n  program {ours:?}\n  browser {theirs:?}"));
        }
        let options = Options { limit: 5, rules: true };
        let of = |lines: &str| suggest(&index, &Snapshot::parse(lines), options).suggestions;
        let (ours, theirs) = (of(&native), of(&lines));
        n_suggestions += ours.len();
        if ours != theirs {
            differ.push(format!("{name}\n  program suggests {ours:?}\n  browser {theirs:?}"));
        }
    }
    record(
        "context_parity",
        &[("n_pages", json!(all.len())), ("n_differ", json!(differ.len())), ("n_suggestions", json!(n_suggestions))],
    );
    assert!(differ.is_empty(), "{} of {} differ:\n{}", differ.len(), all.len(), differ.join("\n"));
}

/// Words are fetched where nothing surer tells what page it is, once, and kept with the index.
#[tokio::test]
async fn words_come_only_where_the_page_is_in_doubt_and_stay() {
    let page = |title: &str, body: &str| {
        format!(
            "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">\
             <script async src=\"/help/helpnook.js\" data-index=\"/help/demo/{{lang}}.hnx\"></script></head><body><main><h1>{title}</h1>{body}</main></body></html>"
        )
    };
    let setup = Setup::default()
        .page("cart/index.html", &page("Panier", "<form><input name=qty><a href='/checkout'>Commander</a></form>"))
        .page("nous-contacter/index.html", &page("Nous contacter", "<p>Bonjour</p>"))
        .page("jotain/index.html", &page("Muuta", "<p>Hei</p>"));
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look { lang: "fr", ..Look::default() }).await;
    let (mut told, mut words): (Vec<String>, Vec<Vec<bool>>) = Default::default();
    for path in ["cart", "nous-contacter", "nous-contacter", "jotain"] {
        browser.goto(&format!("{}/{path}/", shop.url)).await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel is open", "$('#hn-search')").await;
        let script = "const done = arguments[0]; Helpnook('suggest').then((one) => done(one.suggestions.map((s) => s.id).join(' ')), (e) => done('' + e))";
        let first = browser.driver.execute_async(script, Vec::new()).await.unwrap();
        told.push(first.json().as_str().unwrap_or_default().to_owned());
        let requests = browser.requests().await;
        words.push(requests.iter().filter(|url| url.contains("/words-")).map(|url| url.ends_with(".txt")).collect());
        browser.nothing_broke().await;
    }
    // A name that everybody knows; one that French knows, fetched and then kept; one that nobody knows.
    assert_eq!(
        words,
        [vec![], vec![true], vec![], vec![false]],
        "of the index's language (true), of all (false): {told:?}"
    );
    assert_eq!(told[1], told[2]);
    assert_ne!(told[1], told[3], "contact pages have questions of their own");
}
