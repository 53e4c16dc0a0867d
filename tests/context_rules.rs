//! The context engine on pages and situations: type of page, suggestions, with rules and without.
//!
//! Pages and scenarios that this repository may not hold are read from `shared/data` beside or above
//! the checkout; where that is missing the tests say so, and fail when `CI` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use helpnook::cli::page::{Visit, snapshot};
use helpnook::context::classify::SURE;
use helpnook::context::words::{CORE, stages};
use helpnook::context::{Advice, Facts, Options, Snapshot, Words, suggest};
use helpnook::index::Index;
use helpnook::page::PageType;
use serde_json::{Value, json};

#[path = "context_rules/facts.rs"]
mod facts;
#[path = "support/figures.rs"]
mod figures;

const LANGS: [&str; 5] = ["en", "de", "fr", "pt", "ro"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of the shared data, or `None` after saying so.
fn shared(name: &str) -> Option<PathBuf> {
    let found = root().ancestors().map(|above| above.join("shared/data").join(name)).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "shared/data/{name} is missing, and CI must have it");
        eprintln!("SKIPPED: shared/data/{name} is not beside this checkout; nothing was measured");
    }
    found
}

fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// Type told for each labelled page by what an index of the page's language and what lies beside it know,
/// and by what an English one does; prints those that are wrong.
fn wrong_types(label: &str, folder: &Path, rows: &[Value]) -> usize {
    let own = types(label, folder, rows, |row| text(row, "lang").to_owned());
    own + types(&format!("{label}_by_english_index"), folder, rows, |_| "en".to_owned())
}

fn types(label: &str, folder: &Path, rows: &[Value], lang: impl Fn(&Value) -> String) -> usize {
    let mut wrong = 0;
    // By the words of the index alone, with those beside it, with those of all languages.
    let mut n_asked = [0; 3];
    let mut table: std::collections::BTreeMap<(String, String), (usize, usize)> = Default::default();
    for row in rows {
        let html = match row["html"].as_str() {
            Some(html) => html.to_owned(),
            None => String::from_utf8_lossy(&fs::read(folder.join(text(row, "file"))).unwrap()).into_owned(),
        };
        let visit = Visit { url: text(row, "url"), ..Visit::default() };
        let page = snapshot(&html, &visit, CORE, &lang(row));
        let facts_of = Snapshot::parse(&page);
        let learned = learned(&facts_of, &lang(row));
        n_asked[learned.0] += 1;
        let words = Words::read(&[CORE, &learned.1]);
        let facts = Facts::read(&facts_of, &words);
        let cell = table.entry((text(row, "platform").to_owned(), text(row, "lang").to_owned())).or_default();
        cell.1 += 1;
        if facts.page.name() == text(row, "page_type") {
            cell.0 += 1;
        } else {
            wrong += 1;
            println!(
                "{label}: {} {} is {}, told {} ({} %): {:?}",
                text(row, "file"),
                text(row, "url"),
                text(row, "page_type"),
                facts.page.name(),
                facts.confidence,
                facts.votes
            );
        }
    }
    let mut told = Vec::new();
    for ((platform, lang), (right, all)) in table {
        told.push((format!("{platform}.{lang}.right"), json!(right)));
        told.push((format!("{platform}.{lang}.n_pages"), json!(all)));
    }
    told.push(("right_percent".to_owned(), json!(100 * (rows.len() - wrong) / rows.len().max(1))));
    for (at, by) in ["index_alone", "words_of_its_language", "words_of_all"].into_iter().enumerate() {
        told.push((format!("n_told_by_{by}"), json!(n_asked[at])));
    }
    let told: Vec<(&str, Value)> = told.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    figures::record(&format!("page_types_{label}"), &told);
    wrong
}

/// Which words are fetched for a page: how often, and which.
fn learned(page: &Snapshot, lang: &str) -> (usize, String) {
    let [own, all] = stages(lang);
    if told_by(page, CORE).1 >= SURE {
        (0, String::new())
    } else if told_by(page, &[CORE, &own].concat()).1 >= SURE {
        (1, own)
    } else {
        (2, all)
    }
}

/// The type of a page by these words, and how sure that is.
fn told_by(page: &Snapshot, words: &str) -> (PageType, u8) {
    let words = Words::read(&[words]);
    let facts = Facts::read(page, &words);
    (facts.page, facts.confidence)
}

#[test]
fn the_type_of_every_known_page_is_told() {
    let Some(folder) = shared("pages") else { return };
    let rows = rows(&folder.join("pages.jsonl"));
    let wrong = wrong_types("shared", folder.parent().unwrap(), &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

#[test]
fn the_type_of_pages_of_seven_platforms_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("pages.jsonl"));
    let wrong = wrong_types("own", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// Shops of fifteen more makes, and of none, in nineteen languages.
#[test]
fn the_type_of_pages_in_many_languages_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("markup.jsonl"));
    let wrong = wrong_types("markup", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// Pages for each platform and for none that were written before the tables were mended by them.
#[test]
fn the_type_of_pages_not_seen_before_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("unseen.jsonl"));
    let wrong = wrong_types("unseen", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// Pages of this year's checkouts, themes and headless shops, written as their makers document them.
#[test]
fn the_type_of_pages_of_newer_shops_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("third.jsonl"));
    let wrong = wrong_types("third", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// Pages within a shop's frame: header, search, basket link and newsletter around what the page is about.
#[test]
fn the_type_of_pages_within_a_shops_frame_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("fourth.jsonl"));
    let wrong = wrong_types("fourth", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// The same, other pages of more makes.
#[test]
fn the_type_of_more_pages_within_a_shops_frame_is_told() {
    let folder = root().join("tests/data/pages");
    let rows = rows(&folder.join("fifth.jsonl"));
    let wrong = wrong_types("fifth", &folder, &rows);
    assert_eq!(wrong, 0, "of {}", rows.len());
}

/// Where nothing but the address speaks: shops of any make, in any language.
#[test]
fn addresses_alone_tell_the_type() {
    let list = fs::read_to_string(root().join("tests/data/pages/urls.txt")).unwrap();
    let mut wrong = Vec::new();
    for (expected, path) in list.lines().filter_map(|line| line.split_once(' ')) {
        let page = format!("url\thttps://shop.example{path}\n");
        let page = Snapshot::parse(&page);
        let told = told_by(&page, &[CORE, &learned(&page, "en").1].concat()).0.name();
        if told != expected {
            wrong.push(format!("{path} is {expected}, told {told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The index of each language of some content.
fn indexes(sources: &[PathBuf]) -> Vec<(String, Index)> {
    let out = tempfile::tempdir().unwrap();
    helpnook::cli::build::run(sources, out.path()).unwrap();
    LANGS
        .iter()
        .map(|lang| {
            let bytes = fs::read(out.path().join(format!("{lang}.hnx"))).unwrap();
            ((*lang).to_owned(), Index::open(bytes).unwrap())
        })
        .collect()
}

fn advice(index: &Index, page_type: &str, event: &str, rules: bool) -> Advice {
    let mut page = format!("url\thttps://shop.example/\nattr\tpage-type\t{page_type}\n");
    if !event.is_empty() {
        page.push_str(&format!("signal\t{event}\t1\n"));
    }
    suggest(index, &Snapshot::parse(&page), Options { limit: 5, rules })
}

fn ids(index: &Index, advice: &Advice) -> Vec<String> {
    advice.suggestions.iter().map(|one| index.stored(one.article).unwrap().id).collect()
}

/// Share of scenarios with an expected article in the first three.
fn met(label: &str, indexes: &[(String, Index)], scenarios: &[Value], rules: bool) -> f64 {
    let (mut met, mut all) = (0, 0);
    let mut told = Vec::new();
    for (lang, index) in indexes {
        let mut own = 0;
        for scenario in scenarios {
            let listed = |key: &str| -> Vec<String> {
                scenario[key].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
            };
            let (page, event) = (text(scenario, "page_type"), text(scenario, "event"));
            let found = ids(index, &advice(index, page, event, rules));
            let wanted = listed("expect_any");
            let never = found.first().is_some_and(|first| listed("never_first").contains(first));
            if found.iter().take(3).any(|id| wanted.contains(id)) && !never {
                own += 1;
            } else {
                println!("{label} {lang}: {page} {event}: {found:?}, wanted one of {wanted:?}");
            }
        }
        told.push((lang.as_str(), json!(own)));
        met += own;
        all += scenarios.len();
    }
    told.push(("n_scenarios", json!(scenarios.len())));
    figures::record(&format!("scenarios_{label}"), &told);
    f64::from(met) / all as f64
}

#[test]
fn scenarios_find_their_article_without_any_rule() {
    let (Some(faq), Some(context)) = (shared("faq"), shared("context")) else { return };
    let sources: Vec<PathBuf> = LANGS.iter().map(|lang| faq.join(format!("store-a.{lang}.jsonl"))).collect();
    let scenarios = rows(&context.join("store-a.jsonl"));
    let share = met("store_a_no_rules", &indexes(&sources), &scenarios, true);
    assert!(share >= 0.9, "{share}");
}

#[test]
fn scenarios_find_their_article_in_the_demo() {
    let Some(context) = shared("context") else { return };
    let scenarios = rows(&context.join("store-a.jsonl"));
    let indexes = indexes(&[root().join("www/content")]);
    let share = met("demo_rules", &indexes, &scenarios, true);
    assert!(share >= 0.9, "with rules: {share}");
    let share = met("demo_rules_off", &indexes, &scenarios, false);
    assert!(share >= 0.7, "without rules: {share}");
}

#[test]
fn a_line_is_said_only_after_something_happened() {
    let indexes = indexes(&[root().join("www/content")]);
    let (_, index) = &indexes[0];
    let refused = advice(index, "cart", "coupon-rejected", true);
    assert_eq!(ids(index, &refused)[0], "promo-code");
    assert!(!refused.say.is_empty() && refused.badge > 0);
    let visit = advice(index, "cart", "", true);
    assert!(visit.say.is_empty() && visit.badge == 0 && !visit.suggestions.is_empty());
}

#[test]
fn what_was_read_steps_back() {
    let indexes = indexes(&[root().join("www/content")]);
    let (_, index) = &indexes[0];
    let first = ids(index, &advice(index, "product", "", true))[0].clone();
    let page = format!("attr\tpage-type\tproduct\nread\t{first}\n");
    let after = ids(index, &suggest(index, &Snapshot::parse(&page), Options { limit: 5, rules: true }));
    assert_ne!(after[0], first);
}

#[test]
fn what_did_not_help_brings_its_neighbours() {
    let indexes = indexes(&[root().join("www/content")]);
    let (_, index) = &indexes[0];
    let before = ids(index, &advice(index, "account", "", true));
    let page = "attr\tpage-type\taccount\nfailed\treturn-label\n";
    let after = ids(index, &suggest(index, &Snapshot::parse(page), Options { limit: 5, rules: true }));
    assert!(!after.contains(&"return-label".to_owned()), "{after:?}");
    assert!(after.iter().any(|id| id.contains("return") && !before.contains(id)), "{before:?} became {after:?}");
}

#[test]
fn explain_prints_what_the_widget_would_do_and_why() {
    let out = tempfile::tempdir().unwrap();
    helpnook::cli::build::run(&[root().join("www/content")], out.path()).unwrap();
    let explain = |more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_helpnook"))
            .arg("explain")
            .arg("--index")
            .arg(out.path().join("en.hnx"))
            .arg("--page")
            .arg(root().join("tests/data/pages/woocommerce/product.html"))
            .args(["--url", "https://shop.example/product/wool-cap/"])
            .args(more)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, json, _) = explain(&["--json", "--signal", "variant-missing"]);
    let said: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, text(&said, "page_type")), (Some(0), "product"));
    assert!(said["confidence"].as_f64().unwrap() > 0.5);
    let facts: Vec<(&str, &str, &str)> = said["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| (text(fact, "name"), text(fact, "value"), text(fact, "source")))
        .collect();
    for expected in [
        ("page-type", "product", "structured-data"),
        ("product", "Wool cap", "structured-data"),
        ("price", "20.00", "structured-data"),
        ("stock", "out", "structured-data"),
    ] {
        assert!(facts.contains(&expected), "{expected:?} in {facts:?}");
    }
    assert_eq!(text(&said["suggestions"][0], "id"), "size-guide");
    assert_eq!(text(&said["suggestions"][0], "reason"), "variant-missing happened");

    let (_, without, _) = explain(&["--json", "--no-rules"]);
    assert!(!serde_json::from_str::<Value>(&without).unwrap()["suggestions"].as_array().unwrap().is_empty());
    let (_, lines, _) = explain(&[]);
    for part in ["page type  product", "waits for its signal", "it helps on product pages"] {
        assert!(lines.contains(part), "{part} in\n{lines}");
    }
    let (code, _, complaint) = explain(&["--signal", "sneeze"]);
    assert_eq!(code, Some(3));
    assert!(complaint.contains("--signal sneeze is none of: dwell"), "{complaint}");
}
