//! What a shopper can do with a conversation beside writing in it.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::chat::{agent, to_a_person};
use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

pub async fn say(shopper: &Browser, text: &str) {
    shopper.type_inside("#hn-message", text).await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it is sent", "root.textContent.includes('Sent') || root.textContent.includes('Seen')").await;
}

/// Whether a field has an edge and the width to write in; without an edge nobody finds it.
fn seen(field: &str) -> String {
    format!(
        "getComputedStyle($('{field}')).borderTopStyle === 'solid' && $('{field}').offsetWidth > 200 && $('{field}').offsetHeight >= 44"
    )
}

/// An agent's page that answers by requests of its own.
pub async fn desk(shop: &Shop) -> Browser {
    let desk = agent(shop, Look::default()).await;
    desk.until("the shopper is in the list", "document.querySelector('a.row')").await;
    desk
}

/// Makes a request as the agent's page does.
pub async fn ask(desk: &Browser, method: &str, path: &str, body: Value) {
    let script = format!(
        "const id = document.querySelector('a.row').dataset.id; const me = await (await fetch('/agent/api/me')).json(); \
         const answer = await fetch(`/agent/api/conversations/${{id}}/{path}`, {{method: '{method}', \
         headers: {{'content-type': 'application/json', 'x-helpnook-check': me.check}}, body: JSON.stringify({body})}}); return answer.status"
    );
    let status = desk.js(&format!("return (async () => {{ {script} }})()")).await;
    assert!(status == json!(200) || status == json!(204), "{path}: {status}");
}

#[tokio::test]
async fn a_tap_answers_a_rating_follows_and_all_can_be_kept() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    say(&shopper, "Is it still in its box?").await;
    let desk = desk(&shop).await;
    let reply = json!({"text": "It is. Shall I send a label?", "choices": ["Yes please", "No thanks"]});
    ask(&desk, "PUT", &format!("messages/{:032x}", 7), reply).await;
    shopper.until("two taps are offered", "$$('.typing button').length === 2").await;
    shopper.shot("chat-choices").await;
    shopper.click_inside(".typing button").await;
    shopper.until("the tap was said", "[...$$('.said.own p')].some((one) => one.textContent === 'Yes please')").await;
    shopper.until("it is offered no more", "$$('.typing button').length === 0").await;

    shopper.js("window.told = []; for (const name of ['surveyed', 'rated']) Helpnook('on', name, (event) => window.told.push([name, {...(event.detail ?? event)}]))").await;
    ask(&desk, "PUT", "closed", json!({"closed": true})).await;
    shopper.click_inside("#hn-do-rate-4").await;
    shopper.until("the field can be seen", &seen("#hn-comment")).await;
    shopper.type_inside("#hn-comment", "Very quick").await;
    shopper.keys(thirtyfour::Key::Enter + "").await;
    shopper.shot("chat-rated").await;
    let told = shopper.js("return window.told").await;
    assert_eq!(told, json!([["surveyed", {"scale": "csat"}], ["rated", {"scale": "csat", "score": 4}]]), "each once");
    desk.js("return document.querySelectorAll('.tab')[1].click()").await;
    desk.until("four of them", "document.querySelector('.row-owner')?.textContent.includes('★★★★')").await;

    shopper.js("HTMLAnchorElement.prototype.click = function () { window.__kept = [this.download, decodeURIComponent(this.href)]; }").await;
    shopper.click_inside(".notices details.shared summary").await;
    shopper.shot("chat-more").await;
    shopper.click_inside("#hn-do-keep").await;
    let kept = shopper.until("it is kept", "window.__kept").await;
    assert_eq!(kept[0], "conversation.txt");
    let text = kept[1].as_str().unwrap();
    assert!(text.contains("Is it still in its box?") && text.contains("Ada: It is. Shall I send a label?"), "{text}");
    shopper.nothing_broke().await;
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_here_and_there() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    say(&shopper, "PLATYPUS, my secret").await;
    let known = shopper.js("return Object.values(localStorage).find((value) => value.includes('token'))").await;
    let known: Value = serde_json::from_str(known.as_str().unwrap()).unwrap();
    shopper.click_inside(".notices details.shared summary").await;
    shopper.click_inside("#hn-do-delete").await;
    shopper.click_inside("#hn-do-no").await;
    shopper.click_inside(".notices details.shared summary").await;
    shopper.click_inside("#hn-do-delete").await;
    shopper.shot("chat-delete").await;
    shopper.click_inside("#hn-do-sure").await;
    shopper.until("nothing is shown", "!$('.log').textContent.includes('PLATYPUS')").await;
    assert_eq!(shopper.js("return JSON.stringify(localStorage).includes('token')").await, json!(false));
    let address = format!("{}/v1/conversations/{}/events", shop.url, known["id"].as_str().unwrap());
    let asked = Client::new().request(Method::GET, address).bearer_auth(known["token"].as_str().unwrap());
    assert_eq!(asked.send().await.unwrap().status(), 404);
    for file in ["inbox.db", "inbox.db-wal"] {
        let bytes = std::fs::read(shop.folder.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(8).any(|part| part == b"PLATYPUS"), "{file}");
    }
    // The next message begins another.
    say(&shopper, "something else").await;
    shopper.nothing_broke().await;
}

#[tokio::test]
async fn outside_hours_the_next_opening_is_said_and_an_address_asked_for() {
    let hours = super::reach::closed();
    let shop = Shop::with(Setup { hours: Some(hours), ..Setup::default() }).await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.until("the next opening is said", "root.textContent.includes('Back on ')").await;
    // Whoever passes the field over is asked once more.
    say(&shopper, "Please write me").await;
    shopper.until("the field can be seen", &seen("#hn-email")).await;
    shopper.type_inside("#hn-email", "zoe@home.example").await;
    shopper.keys(thirtyfour::Key::Tab + "").await;
    shopper.until("it is known", "root.textContent.includes('also goes to zoe@home.example')").await;
    shopper.shot("chat-away").await;
    let desk = desk(&shop).await;
    desk.outside("a.row").await.click().await.unwrap();
    desk.until(
        "the agent knows it too",
        "document.querySelector('aside.context').textContent.includes('zoe@home.example')",
    )
    .await;
    shopper.nothing_broke().await;
}

/// The six ways in which a browser refuses to keep anything.
const REFUSALS: [(&str, &str); 6] = [
    (
        "absent",
        "delete Window.prototype.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined}); Object.defineProperty(window, 'localStorage', {value: undefined})",
    ),
    (
        "throwing",
        "for (const name of ['indexedDB', 'localStorage']) Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError') }})",
    ),
    ("refusing to open", "IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError') }"),
    (
        "full",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }; IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }",
    ),
    (
        "blocked",
        "const open = IDBFactory.prototype.open; IDBFactory.prototype.open = function (name) { const request = open.call(this, 'never-' + name); \
         for (const event of ['success', 'error', 'blocked', 'upgradeneeded']) request.addEventListener(event, (e) => e.stopImmediatePropagation()); return request }",
    ),
    (
        "wiped",
        "addEventListener('click', () => { localStorage.clear(); const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (...all) { const done = put.apply(this, all); this.transaction.abort(); return done } }, true)",
    ),
];

#[tokio::test]
async fn where_nothing_may_be_kept_the_conversation_goes_on_and_says_so() {
    let shop = Shop::open().await;
    for (name, before) in REFUSALS {
        let shopper = Browser::start(Look { before: before.to_owned(), ..Look::default() }).await;
        shopper.goto(&format!("{}/contact/", shop.url)).await;
        to_a_person(&shopper).await;
        say(&shopper, &format!("storage is {name}")).await;
        shopper
            .until(&format!("{name}: it says so"), "root.textContent.includes('does not let us keep messages')")
            .await;
        assert_eq!(shopper.js("return window.__seen.errors").await, json!([]), "{name}");
    }
}

#[tokio::test]
async fn two_tabs_show_the_same_and_wake_within_five_seconds() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    say(&shopper, "from the first tab").await;
    let first = shopper.driver.window().await.unwrap();
    let second = shopper.driver.new_tab().await.unwrap();
    shopper.driver.switch_to_window(second).await.unwrap();
    shopper.goto(&format!("{}/returns/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.until("it is there as well", "$('.log').textContent.includes('from the first tab')").await;
    say(&shopper, "from the second tab").await;
    shopper.driver.switch_to_window(first).await.unwrap();
    shopper.until("and here again", "$('.log').textContent.includes('from the second tab')").await;
    if !shopper.has_cdp("a network that goes and comes") {
        return;
    }
    // The network goes and comes: what happened meanwhile is there soon, and once.
    shopper
        .cdp(
            "Network.emulateNetworkConditions",
            json!({"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}),
        )
        .await;
    let desk = desk(&shop).await;
    ask(&desk, "PUT", &format!("messages/{:032x}", 9), json!({"text": "while you were away"})).await;
    shopper
        .cdp(
            "Network.emulateNetworkConditions",
            json!({"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}),
        )
        .await;
    let back = std::time::Instant::now();
    shopper.until("the answer is there", "$('.log').textContent.includes('while you were away')").await;
    println!("heard {} ms after the network came back", back.elapsed().as_millis());
    let times = "$('.log').textContent.split('while you were away').length - 1 === 1 && $('.log').textContent.split('from the first tab').length - 1 === 1";
    assert_eq!(shopper.js(&format!("return {times}")).await, json!(true), "each once");
}
