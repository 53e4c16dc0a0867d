//! A help centre of hundreds of long answers: what is fetched to search is small, an answer comes when
//! it is read, and what does not come can be asked for again.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Large</title></head><body><h1>Parts</h1>
<script async src="/help/helpnook.js" data-index="/large/{lang}.hnx"></script></body></html>"#;

/// A shop with 900 answers of a kilobyte each.
fn large() -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let filler = "Turn the screw a little, look, and turn it again until it sits. ".repeat(14);
    let mut lines = String::new();
    for n in 0..900 {
        let row = json!({"id": format!("part-{n}"), "lang": "en", "question": format!("How do I fit part{n}?"),
            "answer": format!("Part{n} goes in first. {filler}")});
        writeln!(lines, "{row}").unwrap();
    }
    let (source, out) = (folder.path().join("parts.jsonl"), folder.path().join("out"));
    std::fs::write(&source, lines).unwrap();
    helpnook::cli::build::run(&[source], &out).unwrap();
    let mut setup = Setup::default().page("index.html", PAGE);
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        setup = setup.file(&format!("large/{name}"), std::fs::read(&path).unwrap());
    }
    setup
}

#[tokio::test]
async fn answers_of_a_large_help_centre_come_when_they_are_read() {
    let shop = Shop::with(large()).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "part777").await;
    browser.until("it is found", "$('[role=option]')?.textContent.includes('part777')").await;
    let answers = |requests: &[String]| requests.iter().filter(|url| url.contains("/answers-")).count();
    assert_eq!(answers(&browser.requests().await), 0, "no answer is fetched to search");

    // The file cannot be had at first.
    let pages = shop.folder.path().join("pages/large");
    let aside = shop.folder.path().join("aside");
    std::fs::create_dir(&aside).unwrap();
    let files = || std::fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().path());
    let parts: Vec<_> = files().filter(|path| path.to_string_lossy().contains("answers-")).collect();
    assert!(parts.len() > 4);
    for part in &parts {
        std::fs::rename(part, aside.join(part.file_name().unwrap())).unwrap();
    }
    browser.click_inside("[role=option]").await;
    browser.until("it is said that the answer does not come", "$('.brought .notice button')").await;
    browser.shot("answer-missing").await;
    for part in &parts {
        std::fs::rename(aside.join(part.file_name().unwrap()), part).unwrap();
    }
    browser.click_inside(".brought .notice button").await;
    browser.until("the answer comes", "$('.answer')?.textContent.includes('Part777 goes in first')").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "uncaught errors");
    // Kept: another article of the same file asks for nothing.
    assert!(answers(&browser.requests().await) > 0);
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "part776").await;
    browser.until("it is found", "$('[role=option]')?.textContent.includes('part776')").await;
    browser.click_inside("[role=option]").await;
    browser.until("the answer is there", "$('.answer')?.textContent.includes('Part776 goes in first')").await;
    assert_eq!(answers(&browser.requests().await), 0, "the file was kept");
}
