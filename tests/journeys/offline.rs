//! Without a network, after the first opening: search, articles, and a message that waits.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::shop::Shop;

/// A product page with the help open, and the page's address.
async fn opened(shop: &Shop) -> (Browser, String) {
    let browser = Browser::start(Look::default()).await;
    let page = format!("{}/product/fell-rain-jacket/", shop.url);
    browser.goto(&page).await;
    browser.click_inside("button.launcher").await;
    browser.until("there are suggestions", "$('#hn-suggested')").await;
    (browser, page)
}

/// Waits until addresses with each of these parts in them are kept for when the network is gone.
pub async fn kept(browser: &Browser, parts: &[&str]) {
    let all = "const done = arguments[0]; caches.open('helpnook-v1').then((c) => c.keys()).then((k) => done(k.map((r) => r.url).join(' ')))";
    let mut last = String::new();
    for _ in 0..150 {
        let urls = browser.driver.execute_async(all, Vec::new()).await.unwrap();
        last = urls.json().as_str().unwrap_or_default().to_owned();
        if parts.iter().all(|part| last.contains(part)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("of {parts:?} only these are kept: {last}");
}

#[tokio::test]
async fn search_articles_and_a_waiting_message_work_offline_and_after_a_reload() {
    let mut shop = Shop::open().await;
    let (browser, page) = opened(&shop).await;
    browser.type_inside("#hn-search", "parcel").await;
    browser.until("something is found", "$$('[role=option]').length").await;
    browser.js("$('#hn-search').value = ''; $('#hn-search').dispatchEvent(new Event('input', {bubbles: true}))").await;
    // What the service worker keeps is put there once the shopper does something in the panel.
    kept(&browser, &["en.hnx", "panel", "engine", "chat-", "helpnook.js", "fell-rain-jacket"]).await;

    // The network is cut where it cannot be mistaken: nobody listens any more.
    shop.stop().await;
    for round in ["before", "after"] {
        browser.type_inside("#hn-search", "custms dutis").await;
        browser.until(&format!("search works {round} the reload"), "$$('[role=option]').length").await;
        browser.click_inside("[role=option]").await;
        browser.until("the article is shown", "$('h2.question')?.textContent.includes('customs')").await;
        if round == "before" {
            browser.click_inside("[data-way=chat], .foot .first").await;
            browser.type_inside("#hn-message", "written offline").await;
            browser.click_inside("#hn-send").await;
            browser.until("the message waits", "$('[role=log]').textContent.includes('written offline')").await;
            browser.shot("offline").await;
            browser.goto(&page).await;
            browser.click_inside("button.launcher").await;
        }
    }
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.until("the message is still there", "$('[role=log]').textContent.includes('written offline')").await;
    shop.restart().await;
    browser.until("it is sent when the network is back", "root.textContent.includes('Sent')").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "uncaught errors");
}

#[tokio::test]
async fn words_written_before_the_conversation_could_be_fetched_wait_even_for_a_page_loaded_anew() {
    let mut shop = Shop::open().await;
    let (browser, page) = opened(&shop).await;
    kept(&browser, &["panel", "fell-rain-jacket"]).await;
    shop.stop().await;
    let field = "$('#hn-message').value";
    for round in ["before", "after"] {
        browser.click_inside("[data-way=chat], .foot .first").await;
        if round == "before" {
            browser.type_inside("#hn-message", "written at once").await;
            browser.keys(Key::Enter + "").await;
            browser.until("the shopper is told", "$('.notices .notice button')").await;
            browser.shot("offline-at-once").await;
        }
        browser
            .until(&format!("the words stand there {round} the reload"), &format!("{field} === 'written at once'"))
            .await;
        if round == "before" {
            browser.goto(&page).await;
            browser.click_inside("button.launcher").await;
            browser.until("there are suggestions again", "$('#hn-suggested')").await;
        }
    }
    shop.restart().await;
    // As the browser says it when a network is back; until then a press on the notice's button does it.
    browser.js("dispatchEvent(new Event('online'))").await;
    browser
        .until("they are sent", "$('[role=log]').textContent.includes('written at once') && $('[data-state=sent]')")
        .await;
    assert_eq!(browser.js(&format!("return {field}")).await, json!(""), "what is left in the field");
    assert_eq!(browser.js("return localStorage['helpnook.held'] ?? null").await, json!(null), "what is kept");
}
