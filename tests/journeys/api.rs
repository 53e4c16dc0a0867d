//! What a shop's own scripts may ask of the widget, from a tag and from a bundle.

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// A page that calls before the widget is there, and notes what it hears.
const EARLY: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script src="/early.js"></script>
<script async src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx" data-chat="inbox:" data-languages="en,fr,de"></script>
</head><body><h1>Shop</h1></body></html>"#;

const CALLS: &str = "const q = []; window.Helpnook = Object.assign((...call) => new Promise((done) => q.push(Object.assign(call, { done }))), { q }); \
    window.heard = []; \
    Helpnook('on', 'opened', ({ screen }) => heard.push('opened ' + screen)).then((stop) => (window.stop = stop)); \
    Helpnook('on', 'searched', ({ query }) => heard.push('searched ' + query)); \
    Helpnook('search', 'refund').then(() => heard.push('promised')); \
    document.addEventListener('help:searched', (event) => heard.push('bubbled ' + event.detail.query));";

async fn early() -> (Shop, Browser) {
    let setup = Setup::default().page("index.html", EARLY).file("early.js", CALLS.as_bytes().to_vec());
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    (shop, browser)
}

#[tokio::test]
async fn calls_made_early_are_kept_and_each_gives_its_promise() {
    let (_shop, browser) = early().await;
    browser.until("the search that was asked for early stands there", "$$('[role=option]').length").await;
    browser.until("it is told", "heard.includes('bubbled refund')").await;
    let heard = browser.js("return heard").await;
    assert_eq!(heard, json!(["opened search", "promised", "searched refund", "bubbled refund"]));

    browser.js("stop(); heard.length = 0; Helpnook('close'); Helpnook('open')").await;
    browser.until("it is open again", "$('.launcher').ariaExpanded === 'true'").await;
    assert_eq!(browser.js("return heard").await, json!([]), "who stopped listening hears nothing");

    let told = "return Promise.all([Helpnook('suggest'), Helpnook('context', { total: 3 }), Helpnook('theme', 'dark'), Helpnook('opne')])";
    let told = browser.js(told).await;
    assert!(told[0]["suggestions"].is_array(), "{told}");
    assert_eq!(browser.js("return document.querySelector('help-nook').dataset.theme").await, "dark");
    let lines = browser.console().await;
    assert!(
        lines.iter().any(|l| l.contains("opne") && l.contains("is no command") && l.contains("suggest")),
        "{lines:?}"
    );

    browser.js("return Helpnook('destroy')").await;
    assert_eq!(
        browser.js("return [document.querySelector('help-nook'), typeof Helpnook]").await,
        json!([null, "undefined"])
    );
    browser.nothing_broke().await;
}

#[tokio::test]
async fn the_language_changes_while_the_panel_is_open() {
    let (_shop, browser) = early().await;
    browser.until("it is English", "$('.hn')?.lang === 'en' && $$('[role=option]').length").await;
    browser.js("document.documentElement.lang = 'fr'").await;
    browser.until("it follows the page", "$('.hn')?.lang === 'fr' && $('.greeting')").await;
    assert_eq!(browser.js("return $('.launcher').ariaLabel").await, "Aide");
    browser.type_inside("#hn-search", "remboursement").await;
    browser.until("French is searched", "$$('[role=option]').length").await;

    browser.js("return Helpnook('locale', 'de')").await;
    browser.until("the shop's word counts more", "$('.hn')?.lang === 'de' && $('.greeting')").await;
    browser.js("document.documentElement.lang = 'en'").await;
    browser.js("return Helpnook('locale')").await;
    browser.until("and is taken back", "$('.hn')?.lang === 'en' && $('.greeting')").await;
    browser.click_inside("[data-way=chat]").await;
    browser.until("the conversation speaks it too", "$('.who h2')?.textContent === 'Leave a message'").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn the_examples_for_react_vue_and_svelte_open_and_go() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    for name in ["react", "vue", "svelte"] {
        browser.goto(&format!("{}/frameworks/{name}/", shop.url)).await;
        browser.outside("#app button").await.click().await.unwrap();
        browser
            .until(&format!("{name} opens the French panel"), "$('.hn:not([hidden])')?.lang === 'fr' && $('.greeting')")
            .await;
        assert_eq!(browser.js("return document.querySelectorAll('help-nook').length").await, 1, "{name}");
        browser.outside("#end").await.click().await.unwrap();
        browser.until(&format!("{name} takes it away"), "!document.querySelector('help-nook')").await;
        browser.nothing_broke().await;
    }
}
