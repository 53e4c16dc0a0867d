//! Pictures and papers that a shopper sends: how far they came, what is not taken, and what a reload keeps.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::chat::{agent, to_a_person};
use crate::support::browser::{Browser, Look};
use crate::support::shop::Shop;

/// A bill of so many bytes, on the disk of the shop.
fn bill(shop: &Shop, name: &str, n_bytes: usize) -> PathBuf {
    let path = shop.folder.path().join(name);
    let body = [b"%PDF-1.7\n".as_slice(), &vec![b'x'; n_bytes], b"\n%%EOF\n"].concat();
    std::fs::write(&path, body).unwrap();
    path
}

fn picture(shop: &Shop) -> PathBuf {
    let path = shop.folder.path().join("torn seam.png");
    image::RgbImage::from_fn(320, 200, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])).save(&path).unwrap();
    path
}

async fn choose(shopper: &Browser, path: &std::path::Path) {
    shopper.inside("#hn-file").await.send_keys(path.to_str().unwrap()).await.unwrap();
}

/// What the network lets through, in bytes a second; nothing at all when offline.
pub async fn network(browser: &Browser, offline: bool, up: i64) {
    let all = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": up});
    browser.cdp("Network.emulateNetworkConditions", all).await;
}

#[tokio::test]
async fn a_picture_and_a_bill_reach_the_agent_and_tell_how_far_they_came() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.inside(".attach").await;
    shopper.shot("chat-attach").await;
    if shopper.has_cdp("a slow network") {
        network(&shopper, false, 150_000).await;
    }
    shopper.js("window.steps = []; new MutationObserver(() => { const bar = $('progress'); if (bar) window.steps.push(bar.value); }).observe(root, {subtree: true, childList: true, attributes: true})").await;
    choose(&shopper, &bill(&shop, "bill.pdf", 400_000)).await;
    shopper
        .until("it says that it is under way", "$('[data-state=sending]') && $('progress')?.getAttribute('aria-label')")
        .await;
    shopper.until("half of it has left", "window.steps.some((n) => n > 40 && n < 90)").await;
    shopper.shot("chat-uploading").await;
    shopper.until("it is sent", "$('[data-state=sent]') && !$('progress')").await;
    let steps = shopper.js("return window.steps").await;
    let steps: Vec<f64> = steps.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]), "it never goes back: {steps:?}");
    if shopper.has_cdp("a slow network") {
        network(&shopper, false, -1).await;
    }
    shopper.until("the bill can be read", "$('.said.own a[href*=\"/v1/files/\"]')?.textContent === 'bill.pdf'").await;
    choose(&shopper, &picture(&shop)).await;
    shopper.until("the picture is shown", "$('.said.own img.picture')?.naturalWidth === 320").await;
    shopper.shot("chat-picture").await;
    let desk = agent(&shop, Look::default()).await;
    // The list is drawn anew whenever something happens, so it is pressed from within.
    desk.js("document.querySelector('a.row').click()").await;
    desk.until("the agent has both", "document.querySelector('.picture img')?.naturalWidth === 320 && document.body.textContent.includes('bill.pdf')").await;
    assert_eq!(desk.js("return document.querySelectorAll('.picture img').length").await, json!(1), "once");
    shopper.nothing_broke().await;
    desk.nothing_broke().await;
}

#[tokio::test]
async fn what_is_not_taken_is_said_with_its_reason_and_holds_nothing_up() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.inside(".attach").await;
    choose(&shopper, &bill(&shop, "large.pdf", 10 * 1024 * 1024)).await;
    shopper.until("its size is the reason", "$('.log').textContent.includes('It is larger than 10 MB.')").await;
    let page = shop.folder.path().join("page.html");
    std::fs::write(&page, "<script>alert(1)</script>").unwrap();
    choose(&shopper, &page).await;
    shopper.until("its kind is the reason", "$('.log').textContent.includes('Only pictures')").await;
    // What only calls itself a picture is found out by the inbox.
    let liar = shop.folder.path().join("liar.png");
    std::fs::write(&liar, "MZ no picture at all").unwrap();
    choose(&shopper, &liar).await;
    shopper.until("the inbox says so too", "$$('[data-state=failed]').length === 3").await;
    assert_eq!(shopper.js("return $$('.failed button').length").await, json!(0), "the same would be refused again");
    shopper.shot("chat-refused").await;
    shopper.type_inside("#hn-message", "Then in words").await;
    shopper.click_inside("#hn-send").await;
    shopper.until("words go on", "$('[data-state=sent]')").await;
    // Two refusals are made here; the third is the inbox's, whose status the browser notes by itself.
    assert_eq!(shopper.js("return window.__seen.errors").await, json!([]));
}

#[tokio::test]
async fn a_file_chosen_without_a_network_survives_a_reload_and_arrives_once() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    if !shopper.has_cdp("no network") {
        return;
    }
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.inside(".attach").await;
    shopper.type_inside("#hn-message", "before").await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it is sent", "$('[data-state=sent]')").await;
    shopper.cdp("Network.enable", json!({})).await;
    let blocked = |urls: Value| shopper.cdp("Network.setBlockedURLs", urls);
    blocked(json!({"urls": ["*/v1/*"]})).await;
    choose(&shopper, &picture(&shop)).await;
    shopper.until("it waits", "$('[data-state=queued]') && $('.log').textContent.includes('torn seam.png')").await;
    shopper.shot("chat-file-waits").await;
    shopper.driver.refresh().await.unwrap();
    to_a_person(&shopper).await;
    shopper.until("it still waits", "$('.log').textContent.includes('torn seam.png')").await;
    blocked(json!({"urls": []})).await;
    shopper.js("window.dispatchEvent(new Event('online'))").await;
    shopper.until("it is sent", "$('.said.own img.picture')?.naturalWidth === 320 && $('[data-state=sent]')").await;
    let desk = agent(&shop, Look::default()).await;
    // The list is drawn anew whenever something happens, so it is pressed from within.
    desk.js("document.querySelector('a.row').click()").await;
    desk.until("the agent has it", "document.querySelector('.picture img')?.naturalWidth === 320").await;
    assert_eq!(desk.js("return document.querySelectorAll('.picture img').length").await, json!(1), "once");
    let left = "const done = arguments[0]; const ask = indexedDB.open('helpnook'); ask.onsuccess = () => { \
        const all = ask.result.transaction('outbox').objectStore('outbox').getAllKeys(); all.onsuccess = () => done(all.result.length) }";
    let left = shopper.driver.execute_async(left, Vec::new()).await.unwrap();
    assert_eq!(left.json(), &json!(0), "what was sent is not kept");
}
