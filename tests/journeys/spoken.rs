//! What a screen reader says, word for word: walked through by a virtual one and held against
//! `tests/data/spoken.txt`. `HELPNOOK_WRITE=1` writes it anew; then read it aloud before keeping it.

use serde_json::{Value, json};

use super::after::{ask, desk};
use super::manners::pointer;
use crate::support::browser::{Browser, Engine, Look};
use crate::support::shop::Shop;

/// Where the reader's script is put by `cargo xtask`.
fn reader() -> String {
    let path = std::env::var("HELPNOOK_READER").expect("HELPNOOK_READER names the reader; `cargo xtask test` sets it");
    std::fs::read_to_string(path).unwrap()
}

/// Begins to listen to the widget.
async fn listen(browser: &Browser) {
    browser.driver.execute(reader(), Vec::new()).await.unwrap();
    let start = "const done = arguments[0]; window.reader = new VirtualReader(); \
                 reader.start({ container: document.querySelector('help-nook').shadowRoot.querySelector('.hn') }).then(() => done(1))";
    browser.driver.execute_async(start, Vec::new()).await.unwrap();
}

/// What was said since the last time.
async fn said(browser: &Browser) -> Vec<String> {
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    let script = "const done = arguments[0]; reader.spokenPhraseLog().then(async (log) => { await reader.clearSpokenPhraseLog(); done(log); })";
    let log = browser.driver.execute_async(script, Vec::new()).await.unwrap();
    log.json().as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Only what is said unasked; without the time of day, and without how long sending took.
fn unasked(all: Vec<String>) -> Vec<String> {
    let plain = |one: String| {
        let text = one.replace("Waiting for a connection", "").replace("Sending…", "");
        match text.find(':').and_then(|first| text[first + 1..].find(':').map(|at| first + 1 + at)) {
            Some(at) => text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(),
            None => text,
        }
    };
    let said = all.into_iter().filter(|one| one.starts_with("polite:") || one.starts_with("assertive:")).map(plain);
    said.filter(|one| !one.trim_end().ends_with(':')).collect()
}

/// Reads the whole panel, from its first word to its last.
async fn whole(browser: &Browser) -> Vec<String> {
    let script = "const done = arguments[0]; (async () => { await reader.stop(); \
         await reader.start({ container: document.querySelector('help-nook').shadowRoot.querySelector('.panel') }); \
         const log = [await reader.lastSpokenPhrase()]; \
         for (let n = 0; n < 120; n++) { await reader.next(); const one = await reader.lastSpokenPhrase(); if (one === log[0] || /^end of dialog/.test(one)) break; log.push(one); } \
         await reader.clearSpokenPhraseLog(); done(log); })()";
    let log = browser.driver.execute_async(script, Vec::new()).await.unwrap();
    log.json().as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_screen_and_every_event_is_said_once_and_in_these_words() {
    if Engine::chosen() != Engine::Chromium {
        println!("left out: the words come of the page, not of the engine");
        return;
    }
    // The gallery's own articles: the shop's change more often than what is said of them.
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/gallery/state/?state=launcher,+a+small+help", shop.url)).await;
    browser.click_inside("button.launcher").await;
    pointer(&browser).await;
    browser.until("the tools are there", "$('.tile') && $('.mic')").await;
    listen(&browser).await;
    let mut log: Vec<(&str, Vec<String>)> = vec![("the first screen", whole(&browser).await)];

    browser.type_inside("#hn-search", "refund").await;
    log.push(("hits, unasked", unasked(said(&browser).await)));
    log.push(("hits", whole(&browser).await));
    browser.js("Helpnook('search', 'zxqv klmpt wrrgh')").await;
    log.push(("no hits, unasked", unasked(said(&browser).await)));
    browser.js("Helpnook('article', 'refund')").await;
    browser.until("the article is open", "$('.tools')").await;
    said(&browser).await;
    log.push(("an article", whole(&browser).await));
    browser.js("Helpnook('open', 'chat')").await;
    browser.until("the conversation is there", "$('#hn-message')").await;
    said(&browser).await;
    log.push(("the conversation", whole(&browser).await));
    browser.type_inside("#hn-message", "Where is my parcel?").await;
    browser.click_inside("#hn-send").await;
    browser.until("it is sent", "$('[data-state=sent]')").await;
    log.push(("a message sent, unasked", unasked(said(&browser).await)));
    let agent = desk(&shop).await;
    ask(&agent, "PUT", &format!("messages/{:032x}", 7), json!({"text": "It left this morning."})).await;
    browser.until("the answer is there", "root.textContent.includes('It left this morning')").await;
    log.push(("an answer, unasked", unasked(said(&browser).await)));
    browser.js("Helpnook('close')").await;
    ask(&agent, "PUT", &format!("messages/{:032x}", 8), json!({"text": "Can we do more?"})).await;
    browser.until("the launcher counts it", "$('button.launcher').ariaLabel.includes('1')").await;
    log.push((
        "the launcher",
        vec![browser.js("return $('button.launcher').ariaLabel").await.as_str().unwrap().to_owned()],
    ));

    let text: String = log.iter().map(|(what, lines)| format!("# {what}\n{}\n\n", lines.join("\n"))).collect();
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spoken.txt");
    if std::env::var_os("HELPNOOK_WRITE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, kept, "what is said changed; HELPNOOK_WRITE=1 keeps it");
    // Each thing once: a phrase said twice in a row is one too many.
    for (what, lines) in log.iter().filter(|(what, _)| what.ends_with("unasked")) {
        let twice = lines.windows(2).find(|pair| pair[0] == pair[1]);
        assert!(twice.is_none(), "{what}: {twice:?}");
    }
    browser.nothing_broke().await;
}
