//! A stream that breaks off: sleep, a change of network, sockets that do not pass; and pages beside each
//! other without what browsers usually lend them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::after::{ask, desk, say};
use super::chat::to_a_person;
use super::files::network;
use crate::support::browser::{Browser, Look};
use crate::support::figures::record;
use crate::support::line::Line;
use crate::support::shop::Shop;

async fn begun(look: Look) -> (Shop, Browser, Browser) {
    let shop = Shop::open().await;
    let (shopper, desk) = talk(&shop, &shop.url, look).await;
    (shop, shopper, desk)
}

/// A shopper who wrote, reaching the shop at an address, and an agent.
async fn talk(shop: &Shop, url: &str, look: Look) -> (Browser, Browser) {
    let shopper = Browser::start(look).await;
    shopper.goto(&format!("{url}/contact/")).await;
    to_a_person(&shopper).await;
    say(&shopper, "hello").await;
    (shopper, desk(shop).await)
}

async fn reply(desk: &Browser, n: u8, text: &str) {
    ask(desk, "PUT", &format!("messages/{n:032x}"), json!({"text": text})).await;
}

/// Waits until a text is there, once; says how long that took.
async fn hears(shopper: &Browser, text: &str, since: Instant) -> Value {
    shopper.until(&format!("{text:?} is heard"), &format!("$('.log').textContent.includes({text:?})")).await;
    let ms = since.elapsed().as_millis() as u64;
    let times = shopper.js(&format!("return $('.log').textContent.split({text:?}).length - 1")).await;
    assert_eq!(times, json!(1), "{text:?}");
    json!(ms)
}

#[tokio::test]
async fn after_sleep_a_locked_phone_and_a_change_of_network_all_is_heard_soon_and_once() {
    let mut shop = Shop::open().await;
    let line = Line::before(&shop.url).await;
    let (shopper, desk) = talk(&shop, &line.url, Look::default()).await;
    if !shopper.has_cdp("sleep and a network that goes") {
        return;
    }
    let mut figures = Vec::new();
    shopper.cdp("Page.enable", json!({})).await;
    shopper.cdp("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
    reply(&desk, 1, "said while you slept").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    shopper.cdp("Page.setWebLifecycleState", json!({"state": "active"})).await;
    figures.push(("after_sleep_ms", hears(&shopper, "said while you slept", Instant::now()).await));

    // Every connection is dead by then, and none of them says so: not the socket, and not those that requests use.
    shopper.cdp("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
    line.die();
    reply(&desk, 4, "said to a locked phone").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    shopper.cdp("Page.setWebLifecycleState", json!({"state": "active"})).await;
    let unlocked = Instant::now();
    tokio::time::sleep(Duration::from_millis(500)).await;
    reply(&desk, 5, "said as it was unlocked").await;
    figures.push(("after_phone_lock_ms", hears(&shopper, "said to a locked phone", unlocked).await));
    figures.push(("after_phone_lock_news_ms", hears(&shopper, "said as it was unlocked", unlocked).await));

    network(&shopper, true, -1).await;
    reply(&desk, 2, "said without a network").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    network(&shopper, false, -1).await;
    figures.push(("after_network_change_ms", hears(&shopper, "said without a network", Instant::now()).await));

    // Longer than two tries take, so that the stream is polled by then.
    shop.stop().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    shop.restart().await;
    // Whoever was signed in before is not any more: the tests' shop adds its agent anew.
    let desk = super::after::desk(&shop).await;
    reply(&desk, 3, "said after a restart").await;
    figures.push(("after_restart_ms", hears(&shopper, "said after a restart", Instant::now()).await));
    let slowest = figures.iter().filter_map(|(_, ms)| ms.as_u64()).max();
    figures.push(("slowest_ms", json!(slowest)));
    record("inbox_resume", &figures);
}

/// A network that closes every socket, and one that swallows them.
const NO_SOCKETS: [(&str, &str); 3] = [
    (
        "closed",
        "const Real = WebSocket; window.WebSocket = class extends Real { constructor(url) { super(url.replace('/v1/', '/no/')); window.sockets = (window.sockets || 0) + 1; } }",
    ),
    (
        "swallowed",
        "window.WebSocket = class extends EventTarget { constructor() { super(); window.sockets = (window.sockets || 0) + 1; } send() {} close() {} }",
    ),
    (
        "forbidden",
        "window.WebSocket = function () { window.sockets = (window.sockets || 0) + 1; throw new DOMException('no', 'SecurityError') }",
    ),
];

#[tokio::test]
async fn where_sockets_do_not_pass_the_same_stream_is_polled() {
    for (name, before) in NO_SOCKETS {
        let (_shop, shopper, desk) = begun(Look { before: before.to_owned(), ..Look::default() }).await;
        reply(&desk, 1, "first by polling").await;
        let asked = Instant::now();
        let ms = hears(&shopper, "first by polling", asked).await;
        shopper
            .until(
                "it is polled",
                "performance.getEntriesByType('resource').some((one) => one.name.includes('/events?'))",
            )
            .await;
        reply(&desk, 2, "second by polling").await;
        hears(&shopper, "second by polling", Instant::now()).await;
        println!("sockets {name}: heard after {ms} ms");
        assert!(shopper.js("return window.sockets >= 2").await == json!(true), "{name}: it was tried");
        assert_eq!(shopper.js("return window.__seen.errors").await, json!([]), "{name}");
    }
}

/// What browsers lend to pages of one shop, taken away.
const ALONE: [(&str, &str); 3] = [
    ("all", ""),
    ("no locks", "delete Navigator.prototype.locks;"),
    ("neither locks nor channels", "delete Navigator.prototype.locks; delete window.BroadcastChannel;"),
];

/// Counts the messages that a page sends, and has every one take its time.
const COUNTED: &str = "window.puts = []; const real = fetch; window.fetch = async (url, more) => { \
    if (more?.method === 'PUT' && /messages/.test(url)) window.puts.push(performance.timeOrigin + performance.now()); return real(url, more) };";

#[tokio::test]
async fn two_pages_send_what_waits_in_turn_and_show_the_same() {
    for (name, before) in ALONE {
        let shop = Shop::open().await;
        let shopper = Browser::start(Look { before: format!("{before}{COUNTED}"), ..Look::default() }).await;
        if !shopper.has_cdp("a network that goes") {
            return;
        }
        shopper.goto(&format!("{}/contact/", shop.url)).await;
        to_a_person(&shopper).await;
        say(&shopper, "from the first").await;
        let first = shopper.driver.window().await.unwrap();
        let second = shopper.driver.new_tab().await.unwrap();
        shopper.driver.switch_to_window(second.clone()).await.unwrap();
        let script = json!({"source": format!("{before}{COUNTED}")});
        shopper.cdp("Page.addScriptToEvaluateOnNewDocument", script).await;
        shopper.goto(&format!("{}/returns/", shop.url)).await;
        to_a_person(&shopper).await;
        shopper.until("it is there as well", "$('.log').textContent.includes('from the first')").await;
        // Written where nothing passes, and the page closed: the other one has it and sends it, at once or then.
        shopper.cdp("Network.enable", json!({})).await;
        shopper.cdp("Network.setBlockedURLs", json!({"urls": ["*/v1/*"]})).await;
        for n in 1..=3 {
            shopper.type_inside("#hn-message", &format!("left behind {n}")).await;
            shopper.click_inside("#hn-send").await;
        }
        shopper.until("they are written", "$('.log').textContent.includes('left behind 3')").await;
        shopper.driver.close_window().await.unwrap();
        shopper.driver.switch_to_window(first).await.unwrap();
        shopper.js("window.dispatchEvent(new Event('focus'))").await;
        shopper
            .until(
                &format!("{name}: the other page sends them"),
                "$('.log').textContent.includes('left behind 3') && !$('[data-state=queued], [data-state=sending]')",
            )
            .await;
        let log = "[...$$('.said.own p')].map((one) => one.textContent)";
        let expected = json!(["from the first", "left behind 1", "left behind 2", "left behind 3"]);
        assert_eq!(shopper.js(&format!("return {log}")).await, expected, "{name}");
        let desk = desk(&shop).await;
        desk.outside("a.row").await.click().await.unwrap();
        let there = "[...document.querySelectorAll('.from-shopper p')].map((one) => one.textContent)";
        desk.until("the agent has all", "document.querySelector('.log')?.textContent.includes('left behind 3')").await;
        let got = desk.js(&format!("return {there}")).await;
        println!("{name}: {got}");
        let text = desk.js("return document.querySelector('.log').textContent").await;
        for n in 1..=3 {
            assert_eq!(text.as_str().unwrap().matches(&format!("left behind {n}")).count(), 1, "{name}: {text}");
        }
    }
}
