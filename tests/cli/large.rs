//! Large helps: time and memory. `cargo xtask large` runs it with the program built with `--release`; without
//! `HELPNOOK_PROGRAM` the unoptimised program is measured.

use serde_json::{Value, json};

use super::figures;
use super::support::TestStore;

/// Seconds and megabytes that a run told, of as many articles.
fn told(stderr: &str, n_articles: usize) -> (f64, u64) {
    let line = stderr
        .lines()
        .find(|line| line.starts_with(&format!("{n_articles} articles in ")))
        .unwrap_or_else(|| panic!("{stderr}"));
    let number = |text: &str| text.split(' ').next().and_then(|one| one.parse::<f64>().ok());
    let (seconds, memory) = line.split_once(" in ").and_then(|(_, rest)| rest.split_once(", ")).unwrap();
    (number(seconds).unwrap(), number(memory).unwrap() as u64)
}

/// An export whose articles are made of the words of a help desk; each asks something of its own.
fn export(n_articles: usize, n_words: usize) -> String {
    let words: Vec<&str> = "parcel return refund label delivery address order invoice coupon size jacket boots repair warranty payment card bank \
        voucher account password email carrier customs exchange stock colour wool leather zip seam shop opening hours pickup point"
        .split_whitespace()
        .collect();
    let mut state = 1u64;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words[usize::try_from(state >> 33).unwrap() % words.len()]
    };
    let articles: Vec<Value> = (0..n_articles)
        .map(|n| {
            let title = format!("What about {} and {} of part {n}?", word(), word());
            let body: String = (0..n_words / 12).map(|_| format!("<p>{}.</p>", (0..12).map(|_| word()).collect::<Vec<_>>().join(" "))).collect();
            json!({ "id": n, "section_id": n % 40, "html_url": format!("https://s.example/hc/en-us/articles/{n}"), "locale": "en",
                    "title": title, "body": body, "label_names": [word()], "updated_at": "2026-01-02T00:00:00Z" })
        })
        .collect();
    json!({ "articles": articles }).to_string()
}

#[test]
#[ignore = "takes minutes without --release"]
fn ten_thousand_articles_are_imported_and_built() {
    let store = TestStore::new().file("z.json", export(10_000, 150));
    let (import_s, import_mb) = told(&store.run(["import", "z.json", "-o", "help"]).success().stderr(), 10_000);
    let again =
        store.run(["import", "z.json", "-o", "help"]).success().stdout_has("0 came, 0 changed, 10000 unchanged");
    let (again_s, _) = told(&again.stderr(), 10_000);
    let (build_s, build_mb) = told(&store.run(["build", "help", "-o", "out"]).success().stderr(), 10_000);
    let site = ["build", "help", "-o", "site", "--site", "--base-url", "https://shop.example/help/"];
    let (site_s, site_mb) = told(&store.run(site).success().stderr(), 10_000);
    store.run(["search", "part 7777", "--index", "out/en.hnx"]).success().stdout_has("*part* *7777*?  (7777)");
    figures::record(
        "large",
        &[
            ("import_10k_s", json!(import_s)),
            ("import_10k_again_s", json!(again_s)),
            ("import_10k_peak_mb", json!(import_mb)),
            ("build_10k_s", json!(build_s)),
            ("build_10k_peak_mb", json!(build_mb)),
            ("build_10k_site_s", json!(site_s)),
            ("build_10k_site_peak_mb", json!(site_mb)),
        ],
    );
}

#[test]
#[ignore = "takes a minute without --release"]
fn an_export_of_a_hundred_megabytes_is_imported() {
    let export = export(20_000, 720);
    let megabytes = export.len() / 1_000_000;
    assert!(megabytes >= 100, "{megabytes}");
    let store = TestStore::new().file("z.json", export);
    let (seconds, memory) = told(&store.run(["import", "z.json", "-o", "help"]).success().stderr(), 20_000);
    assert!(memory < megabytes as u64 * 6, "{memory} MB for an export of {megabytes}");
    figures::record(
        "large_export",
        &[("export_mb", json!(megabytes)), ("import_s", json!(seconds)), ("import_peak_mb", json!(memory))],
    );
}
