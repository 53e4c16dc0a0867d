//! The agents' page for everybody: by keys alone, in six languages, wide and narrow, by two engines' rules.

use serde_json::json;
use thirtyfour::{Key, TypingData};

use super::chat::agent;
use super::desk::{open_first, shoppers};
use crate::support::browser::{Browser, Look};
use crate::support::shop::{AGENT, Shop};

/// Both engines' findings on the page as it stands.
async fn clean(desk: &Browser, axe: &str, ace: &str, state: &str) {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    desk.driver.execute(axe, Vec::new()).await.unwrap();
    let run = "const done = arguments[0]; axe.run(document, { runOnly: { type: 'tag', values: \
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }) \
        .then((r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | '))), (e) => done([String(e)]))";
    let found = desk.driver.execute_async(run, Vec::new()).await.unwrap();
    assert_eq!(found.json(), &json!([]), "{state}, by axe-core");
    desk.driver.execute(format!("{ace}; window.ace = ace;"), Vec::new()).await.unwrap();
    let run = "const done = arguments[0]; new ace.Checker().check(document, ['WCAG_2_2']).then((report) => done(report.results \
        .filter((r) => r.value[0] === 'VIOLATION' && r.value[1] === 'FAIL') \
        .map((r) => r.ruleId + ': ' + r.message + ' ' + r.snippet)), (e) => done([String(e)]))";
    let found = desk.driver.execute_async(run, Vec::new()).await.unwrap();
    assert_eq!(found.json(), &json!([]), "{state}, by IBM's engine");
}

#[tokio::test]
async fn in_six_languages_wide_and_narrow_no_violation() {
    let read = |name: &str| {
        let path = std::env::var(name).unwrap_or_else(|_| panic!("{name} names a file; `cargo xtask test` sets it"));
        std::fs::read_to_string(path).unwrap()
    };
    let (axe, ace) = (read("HELPNOOK_AXE"), read("HELPNOOK_ACE"));
    let shop = Shop::open().await;
    shoppers(&shop).await;
    for (name, size, scheme) in [("wide", (1280, 900), "light"), ("phone", (390, 844), "dark")] {
        let desk = agent(&shop, Look { size, ..Look::default() }).await;
        if !desk.has_cdp("the dark theme by the browser's setting") {
            return;
        }
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        desk.cdp("Emulation.setEmulatedMedia", media).await;
        let metrics = json!({"width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size.0 < 500});
        desk.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        for lang in ["en", "fr", "de", "pt", "ro", "ar"] {
            let state = format!("{lang}, {name}");
            desk.before(&format!("Object.defineProperty(navigator, 'languages', {{ get: () => ['{lang}'] }})")).await;
            desk.goto(&format!("{}/agent/", shop.url)).await;
            desk.until("the list is there", "document.querySelectorAll('a.row').length === 2").await;
            let dir = if lang == "ar" { "rtl" } else { "ltr" };
            let written = desk.js("const { lang, dir } = document.documentElement; return [lang, dir]").await;
            assert_eq!(written, json!([lang, dir]));
            clean(&desk, &axe, &ace, &format!("the list, {state}")).await;
            desk.shot(&format!("agent-{lang}-{name}-list")).await;
            open_first(&desk).await;
            clean(&desk, &axe, &ace, &format!("a conversation, {state}")).await;
            desk.shot(&format!("agent-{lang}-{name}")).await;
            let wide = "document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.composer *, .head *')].some((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)";
            assert_eq!(desk.js(&format!("return {wide}")).await, json!(false), "{state}: something sticks out");
        }
        desk.nothing_broke().await;
    }
}

/// What has the focus, in words.
async fn focused(desk: &Browser) -> String {
    let script = "const one = document.activeElement; return one.className + ' ' + (one.getAttribute('aria-label') || one.textContent || one.name).trim().slice(0, 60)";
    desk.js(script).await.as_str().unwrap_or_default().to_owned()
}

/// Presses Tab until something has the focus; says how often.
async fn tab_to(desk: &Browser, words: &str) -> usize {
    tab(desk, words, || Key::Tab + "").await
}

/// The same, backwards.
async fn tab_back_to(desk: &Browser, words: &str) -> usize {
    tab(desk, words, || Key::Shift + Key::Tab).await
}

async fn tab(desk: &Browser, words: &str, key: fn() -> TypingData) -> usize {
    for n in 0..60 {
        if focused(desk).await.contains(words) {
            return n;
        }
        hold(desk, key()).await;
    }
    panic!("Tab never leads to {words:?}; the focus is on {:?}", focused(desk).await);
}

/// Presses keys where the focus is, the first held down while the others are pressed.
async fn hold(desk: &Browser, keys: TypingData) {
    desk.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

/// Expression for how many conversations the list shows.
fn rows(n: usize) -> String {
    format!("document.querySelectorAll('a.row').length === {n}")
}

/// Expression for what the button that has the focus does.
fn label(name: &str) -> String {
    format!("document.activeElement?.getAttribute('aria-label') === {name:?}")
}

#[tokio::test]
async fn an_agent_does_it_all_by_keys() {
    let shop = Shop::open().await;
    shoppers(&shop).await;
    let desk = Browser::start(Look::default()).await;
    desk.goto(&format!("{}/agent/", shop.url)).await;
    desk.until("the name has the focus", "document.activeElement?.name === 'name'").await;
    desk.keys(AGENT.0).await;
    desk.keys(Key::Tab + "").await;
    desk.keys(AGENT.1).await;
    desk.keys(Key::Enter + "").await;
    desk.until("the list is there", "document.querySelectorAll('a.row').length === 2").await;
    desk.until("the first has the focus", "document.activeElement?.matches('a.row')").await;
    desk.keys(Key::Down + "").await;
    desk.keys(Key::Up + "").await;
    desk.keys(Key::Enter + "").await;
    desk.until("the answer has the focus", "document.activeElement?.tagName === 'TEXTAREA'").await;
    desk.until("the conversation is there", "document.querySelector('.log')?.textContent.length > 10").await;

    // Canned answers by the shoppers' own search.
    desk.keys("/").await;
    desk.until("answers are offered", "document.querySelectorAll('#answers li').length > 0").await;
    desk.keys(Key::Down + "").await;
    desk.keys(Key::Up + Key::Enter).await;
    desk.until(
        "one stands in the field",
        "document.activeElement?.tagName === 'TEXTAREA' && document.activeElement.value.length > 20",
    )
    .await;
    desk.shot("desk-keys-canned").await;
    // A draft outlives a reload.
    let draft = desk.js("return document.activeElement.value").await;
    desk.driver.refresh().await.unwrap();
    desk.until("it still does", &format!("document.querySelector('.composer textarea')?.value === {draft}")).await;
    desk.until("the answer has the focus again", "document.activeElement?.tagName === 'TEXTAREA'").await;
    hold(&desk, Key::Control + "a").await;
    desk.keys("By keys alone.").await;
    desk.keys(Key::Enter + "").await;
    let said = "[...document.querySelectorAll('.from-agent .text')].at(-1)?.textContent === 'By keys alone.'";
    desk.until("it is said, in place of the draft", said).await;

    tab_to(&desk, "tool Note").await;
    desk.keys(" ").await;
    desk.until("a note is written", "document.querySelector('.composer.is-note')").await;
    desk.keys("Only for us.").await;
    desk.keys(Key::Enter + "").await;
    desk.until("the note stands there", "document.querySelector('.log').textContent.includes('Only for us.')").await;

    // Who looks after it, and a copy to keep.
    tab_to(&desk, "Nobody yet").await;
    desk.keys(AGENT.0).await;
    let owner = format!("document.querySelector('.row-owner')?.textContent.includes({:?})", AGENT.0);
    desk.until("it is given to somebody", &owner).await;
    desk.js("window.saved = []; const real = URL.createObjectURL; \
         URL.createObjectURL = (bytes) => { bytes.text().then((text) => saved.push(text)); return real(bytes) }")
        .await;
    tab_to(&desk, "Save as text").await;
    desk.keys(Key::Enter + "").await;
    desk.until("it is kept", "window.saved[0]?.includes('By keys alone.')").await;

    // From the answer the button is two steps away, however long the list.
    desk.js("document.querySelector('.composer textarea').focus()").await;
    let steps = tab_back_to(&desk, "quiet Close").await;
    assert!(steps <= 4, "{steps} steps to close");
    desk.keys(Key::Enter + "").await;
    desk.until("it is closed, and no longer waits", &format!("{} && {}", rows(1), label("Reopen"))).await;
    desk.shot("desk-keys-closed").await;
    desk.keys(Key::Enter + "").await;
    desk.until("it is open again", &format!("{} && {}", rows(2), label("Close"))).await;

    desk.keys(Key::Escape + "").await;
    desk.until("the focus is on the row it came from", "document.activeElement?.matches('a.row')").await;
    let stops =
        desk.js("return [...document.querySelectorAll('a.row')].filter((one) => one.tabIndex === 0).length").await;
    assert_eq!(stops, json!(1), "the list is one stop of the Tab key");
    desk.keys(Key::Enter + "").await;
    desk.until("back in it", "document.activeElement?.tagName === 'TEXTAREA'").await;
    tab_back_to(&desk, "tab Closed").await;
    desk.keys(Key::Enter + "").await;
    desk.until("nothing is closed", "document.querySelector('.side .empty')?.checkVisibility()").await;
    tab_to(&desk, "Sign out").await;
    desk.keys(Key::Enter + "").await;
    desk.until("signed out", "document.activeElement?.name === 'name'").await;
    desk.nothing_broke().await;
}
