//! What makes reading, speaking and a phone's screen comfortable.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::browser::{Browser, Look, NO_PRINTER};
use crate::support::shop::{Setup, Shop};

const PHONE: (u32, u32) = (390, 780);

async fn reading(before: &str) -> (Shop, Browser) {
    let shop = Shop::open().await;
    let browser = Browser::start(Look { before: before.to_owned(), ..Look::default() }).await;
    browser.goto(&format!("{}/product/fell-rain-jacket/?session=secret", shop.url)).await;
    browser.until("the help is there", "window.Helpnook").await;
    browser.js("Helpnook('article', 'return-item')").await;
    browser.until("the article has its tools", "$('.tools')").await;
    (shop, browser)
}

/// A clipboard and a voice that note what they are given.
const NOTED: &str = "window.noted = []; \
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => void noted.push(text) } }); \
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } }; \
    Object.defineProperty(window, 'speechSynthesis', { value: { speak: (one) => noted.push(one.lang + ' ' + one.text), cancel: () => noted.push('cancel') } });";

#[tokio::test]
async fn an_article_is_passed_on_heard_and_printed() {
    let (shop, browser) = reading(&[NOTED, NO_PRINTER].concat()).await;
    browser.click_inside(".tool").await;
    browser.until("it is copied", "noted[0]").await;
    // Nothing of the address but what leads to the article: the rest may be of this shopper alone.
    assert_eq!(browser.js("return noted[0]").await, format!("{}/product/fell-rain-jacket/?help=return-item", shop.url));
    browser.until("it is said to those who listen", "$('.sr[role=status]').textContent.includes('Link copied')").await;

    browser.js("noted.length = 0").await;
    browser.click_inside(".tool[aria-pressed]").await;
    let heard = browser.js("return [noted[1], noted.length, $('.tool[aria-pressed]').ariaPressed]").await;
    assert!(heard[0].as_str().unwrap().starts_with("en How do I"), "{heard}");
    assert!(heard[1].as_u64().unwrap() > 4, "block by block: {heard}");
    assert_eq!(heard[2], "true");
    browser.click_inside("#hn-back").await;
    browser.until("with the article the voice is gone", "noted.at(-1) === 'cancel'").await;

    browser.js("Helpnook('article', 'return-item')").await;
    browser.until("the article has its tools", "$('.tools')").await;
    browser.js("$('.tool:last-child').click()").await;
    let paper = browser.until("it is on paper", "$('.paper')?.contentDocument.body.textContent").await;
    let shown = browser.js("return $('.answer').textContent").await;
    assert!(paper.as_str().unwrap().contains(shown.as_str().unwrap()), "{paper}");
    assert!(!paper.as_str().unwrap().contains("Copy link"), "{paper}");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn what_did_not_help_may_be_said_and_what_was_read_is_found_again() {
    let (shop, browser) =
        reading("addEventListener('help:article-explained', (event) => (window.told = event.detail));").await;
    browser.click_inside("#hn-vote-no").await;
    browser.click_inside(".reasons .choice:nth-of-type(3)").await;
    assert_eq!(browser.js("return told").await, json!({"id": "return-item", "reason": "old"}));
    browser.until("the focus is on the thanks", "root.activeElement?.textContent.startsWith('Thank you')").await;

    // On the next page of the shop, too; `forget` takes it away.
    browser.goto(&format!("{}/returns/", shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser.click_inside("#hn-recent-return-item").await;
    browser.until("it is open", "$('[data-article=return-item]')").await;
    browser.js("return Helpnook('forget')").await;
    assert_eq!(browser.js("return sessionStorage.getItem('helpnook.recent')").await, Value::Null);
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_picture_is_seen_large_and_a_film_plays_where_it_stands() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/gallery/state/?state=article,+everything+in+it", shop.url)).await;
    browser.until("the picture can be pressed", "$('.enlarge img')").await;
    browser.js("$('.enlarge').focus()").await;
    browser.keys(Key::Enter + "").await;
    browser.until("it is large", "$('dialog.zoom[open] img')").await;
    browser.shot("zoom").await;
    browser.keys(Key::Escape + "").await;
    browser.until("it is gone, and no more than it", "!$('dialog') && $('[data-article]')").await;
    browser.until("the focus is back", "root.activeElement === $('.enlarge')").await;
    assert_eq!(
        browser.js("return [...document.querySelectorAll('video, audio')].length + $$('video, audio').length").await,
        0
    );
    browser.js("$('.film a').click()").await;
    browser
        .until(
            "the film is asked for, or the link is back where there is no such film",
            "$('video.player') || $('.film a[data-fails]')",
        )
        .await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]));
}

/// A recogniser that hears what it is told.
const HEARS: &str = "window.started = []; window.webkitSpeechRecognition = window.SpeechRecognition = class { start() { started.push(this); } abort() { this.onend?.(); } }; \
    window.hear = (words, last) => started.at(-1).onresult({ results: [Object.assign([{ transcript: words }], { isFinal: last })] });";

#[tokio::test]
async fn speaking_searches_once_the_shopper_agreed() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look { before: HEARS.to_owned(), ..Look::default() }).await;
    browser.goto(&format!("{}/", shop.url)).await;
    browser.click_inside("button.launcher").await;
    // The way to speak comes with the pointer.
    browser.click_inside("#hn-search").await;
    browser.click_inside(".mic").await;
    browser.until("it is said where the words go", "$('.spoken').textContent.includes('send what you say')").await;
    assert_eq!(browser.js("return started.length").await, 0, "nothing is heard before");
    browser.shot("voice").await;
    browser.click_inside(".spoken .first").await;
    browser.until("it listens", "started.length === 1 && $('.mic').ariaPressed === 'true'").await;
    assert!(browser.js("return started[0].lang").await.as_str().unwrap().starts_with("en"), "in the help's language");
    browser.js("hear('when is my ref', false)").await;
    browser.js("hear('When is my refund paid?', true)").await;
    browser
        .until("it is searched for", "$('#hn-search').value === 'When is my refund paid' && $$('[role=option]').length")
        .await;
    assert_eq!(browser.js("return $('.mic').ariaPressed").await, "false");

    // Agreed once, it is not asked again; a refusal is told.
    browser.click_inside(".mic").await;
    browser.js("started.at(-1).onerror({ error: 'not-allowed' })").await;
    browser.until("the refusal is told", "$('.spoken')?.textContent.includes('cannot be used')").await;
    browser.nothing_broke().await;

    let without = Browser::start(Look {
        before: "delete window.webkitSpeechRecognition; delete window.SpeechRecognition;".to_owned(),
        ..Look::default()
    })
    .await;
    without.goto(&format!("{}/", shop.url)).await;
    without.js("Helpnook('article', 'return-item')").await;
    without.until("what is always there is there", "$('.tools')").await;
    without.click_inside("#hn-back").await;
    assert_eq!(without.js("return $$('.mic').length").await, 0, "no button for what cannot be done");
}

/// One step back, as the phone's own gesture gives it: by the browser's close requests or by history.
async fn back(browser: &Browser, by_history: bool) {
    if by_history {
        browser.js("history.back()").await;
    } else {
        browser.js("root.activeElement?.blur()").await;
        browser.keys(Key::Escape + "").await;
    }
}

#[tokio::test]
async fn on_a_phone_the_way_back_takes_one_layer_and_leaves_the_shop_where_it_was() {
    let shop = Shop::open().await;
    for by_history in [false, true] {
        let before = if by_history { "delete window.CloseWatcher;" } else { "" };
        let browser = Browser::start(Look { before: before.to_owned(), ..Look::default() }).await;
        if !by_history && browser.js("return !window.CloseWatcher").await == json!(true) {
            println!("left out in {:?}: close requests", browser.engine);
            continue;
        }
        browser.screen(PHONE).await;
        browser.goto(&format!("{}/", shop.url)).await;
        browser.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
        browser.click_inside("button.launcher").await;
        browser
            .until(
                "the page behind stands still",
                "$('.tile') && getComputedStyle(document.body).overflowY === 'hidden'",
            )
            .await;
        // It lies under the panel's foot on a small screen, where not every driver scrolls to it.
        browser.js("$('.tile').click()").await;
        browser.until("a topic is open", "$('.panel')?.dataset.screen === 'topic'").await;
        back(&browser, by_history).await;
        browser.until("the first screen is back", "$('.panel')?.dataset.screen === 'home'").await;
        back(&browser, by_history).await;
        browser.until("the panel is closed", "$('button.launcher').ariaExpanded === 'false'").await;
        let left = browser.js("return [location.pathname, getComputedStyle(document.body).overflowY, document.adoptedStyleSheets.length, history.state?.helpnook ?? null]").await;
        assert_eq!(left, json!(["/product/fell-rain-jacket/", "visible", 0, null]), "by history: {by_history}");
        // Closed by its own button, it leaves no step of its own behind.
        browser.click_inside("button.launcher").await;
        browser.until("it is open again", "getComputedStyle(document.body).overflowY === 'hidden'").await;
        browser.click_inside("#hn-close").await;
        browser.until("no step is left", "!history.state?.helpnook").await;
        browser.js("history.back()").await;
        browser.until("the shop's own way back is one step", "location.pathname === '/'").await;
        browser.nothing_broke().await;
    }
}

#[tokio::test]
async fn a_swipe_down_puts_it_away_and_a_short_one_does_not() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("touches") {
        return;
    }
    browser.screen(PHONE).await;
    browser.cdp("Emulation.setTouchEmulationEnabled", json!({"enabled": true})).await;
    browser.goto(&format!("{}/", shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser.until("the page behind stands still", "getComputedStyle(document.body).overflowY === 'hidden'").await;
    for (far, open) in [(60, "true"), (200, "false")] {
        let touch = |kind: &str, y: i32| {
            let points = if kind == "touchEnd" { json!([]) } else { json!([{"x": 150, "y": y}]) };
            json!({"type": kind, "touchPoints": points})
        };
        browser.cdp("Input.dispatchTouchEvent", touch("touchStart", 20)).await;
        for step in 1..=10 {
            browser.cdp("Input.dispatchTouchEvent", touch("touchMove", 20 + far * step / 10)).await;
        }
        browser.cdp("Input.dispatchTouchEvent", touch("touchEnd", 0)).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(browser.js("return $('button.launcher').ariaExpanded").await, open, "{far} px");
    }
    browser.nothing_broke().await;
}

#[tokio::test]
async fn where_it_cannot_be_had_everything_else_works() {
    let page = "<!doctype html><html lang=\"en\"><head><title>Tea</title><link rel=\"icon\" href=\"data:,\"><script async src=\"/a/helpnook.js\" data-index=\"/help/demo/{lang}.hnx\"></script></head><body><h1>Tea</h1></body></html>";
    let setup = crate::support::fault::release(Setup::default().page("index.html", page), "a", "comfort.js", None);
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "refund").await;
    browser.until("it is found", "$$('[role=option]').length").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]));
}
