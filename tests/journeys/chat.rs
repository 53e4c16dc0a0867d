//! A shopper and an agent, each in a browser of their own, with the real inbox between them.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{AGENT, Shop};

/// Opens the conversation by the fewest actions.
pub async fn to_a_person(browser: &Browser) {
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.inside("#hn-message").await;
}

/// The agent's page, signed in.
pub async fn agent(shop: &Shop, look: Look) -> Browser {
    let browser = Browser::start(look).await;
    browser.goto(&format!("{}/agent/", shop.url)).await;
    browser.outside("input[name=name]").await.send_keys(AGENT.0).await.unwrap();
    browser.outside("input[name=password]").await.send_keys(AGENT.1).await.unwrap();
    browser.outside("button.primary").await.click().await.unwrap();
    browser.outside("ul.rows").await;
    browser
}

#[tokio::test]
async fn an_agent_sees_what_was_tried_and_answers_live() {
    let shop = Shop::open().await;
    let desk = agent(&shop, Look::default()).await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
    shopper.click_inside("button.launcher").await;
    shopper.type_inside("#hn-search", "refund").await;
    shopper.click_inside("[role=option]").await;
    let read = shopper.until("an article is open", "$('h2.question')?.textContent").await;
    shopper.click_inside("#hn-vote-no").await;
    shopper.click_inside("[data-way=chat], .foot .first").await;
    shopper.type_inside("#hn-message", "Where is my money? <b>please</b> 4111 1111 1111 1111").await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it is sent", "root.textContent.includes('Sent') || root.textContent.includes('Seen')").await;

    desk.outside("ul.rows li button, ul.rows li a").await.click().await.unwrap();
    let body = "document.body.textContent";
    desk.until("the agent reads it", &format!("{body}.includes('Where is my money?')")).await;
    desk.until("markup stays text", &format!("{body}.includes('<b>please</b>')")).await;
    desk.until("the article read is told", &format!("{body}.includes({read})")).await;
    desk.until("the search is told", "document.querySelector('aside.context').textContent.includes('refund')").await;
    assert_eq!(desk.js(&format!("return {body}.includes('4111 1111 1111 1111')")).await, json!(false), "card number");
    desk.shot("agent").await;

    desk.outside("form.composer textarea, .composer textarea").await.send_keys("It left us on Monday.").await.unwrap();
    desk.outside("button.send").await.click().await.unwrap();
    shopper.until("the answer arrives", "$('[role=log]').textContent.includes('It left us on Monday.')").await;
    shopper.until("it was seen", "root.textContent.includes('Seen')").await;
    shopper.shot("chat-answered").await;

    // A reload changes nothing.
    shopper.driver.refresh().await.unwrap();
    to_a_person(&shopper).await;
    shopper.until("all is still there", "$('[role=log]').textContent.includes('It left us on Monday.') && $('[role=log]').textContent.includes('Where is my money?')").await;
    shopper.nothing_broke().await;
    desk.nothing_broke().await;
}

#[tokio::test]
async fn a_message_written_while_the_server_is_gone_arrives_once() {
    let mut shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    shopper.type_inside("#hn-message", "first").await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it is sent", "root.textContent.includes('Sent')").await;
    shop.stop().await;
    shopper.type_inside("#hn-message", "second, while you were away").await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it waits", "$('[role=log]').textContent.includes('second')").await;
    shop.restart().await;
    shopper
        .until("both are sent", "!root.textContent.includes('Waiting for') && !root.textContent.includes('Sending')")
        .await;

    let desk = agent(&shop, Look::default()).await;
    // The list is drawn anew while it is looked at: a driver's hold on its rows does not last.
    desk.outside("ul.rows li button, ul.rows li a").await;
    desk.js("document.querySelector('ul.rows li button, ul.rows li a').click()").await;
    let log = "document.querySelector('[role=log]').textContent";
    desk.until("both arrived", &format!("{log}.includes('first') && {log}.includes('second, while')")).await;
    let times = desk.js(&format!("return {log}.split('second, while').length - 1")).await;
    assert_eq!(times, json!(1), "arrived as often");
}

/// Holds the conversation's module back until the page says `go()`, or refuses it until then.
const HELD: &str = "const real = window.fetch; window.fetch = async (what, ...more) => { \
    if (/chat-.*wasm/.test(what) && !window.gone) await new Promise((go, no) => { window.go = go; if (window.refused) no(new TypeError('refused')); }); \
    return real(what, ...more); };";

#[tokio::test]
async fn what_is_typed_before_the_conversation_is_there_is_sent_once_it_is() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look { before: HELD.to_owned(), ..Look::default() }).await;
    browser.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&browser).await;
    browser.type_inside("#hn-message", "typed at once").await;
    browser.keys(Key::Enter + "").await;
    browser.until("it waits in sight", "$('#hn-send[aria-busy]') && $('#hn-message').value === 'typed at once'").await;
    browser.js("window.gone = true; window.go()").await;
    browser
        .until("it is sent", "$('[role=log]').textContent.includes('typed at once') && $('[data-state=sent]')")
        .await;
    assert_eq!(browser.js("return $('#hn-message').value").await, json!(""), "what is left in the field");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn where_the_conversation_cannot_be_had_the_words_stay_and_can_be_sent_later() {
    let shop = Shop::open().await;
    let before = format!("window.refused = true; {HELD}");
    let browser = Browser::start(Look { before, ..Look::default() }).await;
    browser.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&browser).await;
    browser.type_inside("#hn-message", "keep this").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the shopper is told", "$('.notices .notice button')").await;
    assert_eq!(browser.js("return $('#hn-message').value").await, json!("keep this"), "the words");
    browser.js("window.gone = true").await;
    browser.click_inside(".notices .notice button").await;
    // They were sent once already, so nobody has to press twice.
    browser.until("it is sent", "$('[role=log]').textContent.includes('keep this') && $('[data-state=sent]')").await;
    assert_eq!(browser.js("return $$('.said.own').length").await, json!(1), "how often");
}

#[tokio::test]
async fn who_writes_too_fast_is_told_so_and_loses_nothing() {
    let shop = Shop::open().await;
    let shopper = Browser::start(Look::default()).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    // At once, as no hand can.
    let quick = "for (let n = 1; n <= 8; n++) { const field = $('#hn-message'); field.value = `quick ${n}`; \
        field.dispatchEvent(new Event('input', {bubbles: true})); \
        field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true})); }";
    shopper.until("the conversation is there", "$('.attach')").await;
    shopper.js(quick).await;
    shopper.until("it is said", "$('.notices').textContent.includes('Too many messages at once')").await;
    shopper.shot("chat-too-fast").await;
    shopper
        .until("all are sent all the same", "!$('[data-state=queued], [data-state=sending]') && $('[data-state=sent]')")
        .await;
    shopper.until("it is said no more", "!$('.notices').textContent.includes('Too many messages')").await;
    let log = "[...$$('.said.own p')].map((one) => one.textContent).join()";
    let expected: Vec<String> = (1..=8).map(|n| format!("quick {n}")).collect();
    assert_eq!(shopper.js(&format!("return {log}")).await, json!(expected.join(",")), "in order, once");
}
