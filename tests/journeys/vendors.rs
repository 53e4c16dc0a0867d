//! A shop that answers in another vendor's messenger: opened with the question, or passed over without
//! a word lost. What stands in for the vendor is served by the shop itself.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look, free_port};
use crate::support::shop::{Setup, Shop};

/// The vendor's script as its documentation describes it, telling what it is told.
const FINE: &str = r#"
window.told = [];
const note = (name) => (...args) => window.told.push([name, ...args]);
window.chatwootSDK = { run(options) {
  note("run")(options);
  window.$chatwoot = { setLocale: note("locale"), setConversationCustomAttributes: note("attributes"), toggle: note("toggle") };
  setTimeout(() => { window.$chatwoot.hasLoaded = true; window.dispatchEvent(new Event("chatwoot:ready")); }, 50);
} };"#;

/// Only the first half of it came.
const HALF: &str = "window.told = [];";

/// A page of a shop whose messenger is at an origin, with the ways after it.
fn page(origin: &str, chat: &str) -> String {
    let settings = json!({"chatwoot": {"baseUrl": origin, "websiteToken": "abcdefghij0123456789"}});
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Basket</title><link rel=icon href=data:,><h1>Basket</h1>\
         <script type='application/json' data-helpnook-chat>{settings}</script>\
         <script async src='/help/helpnook.js' data-index='/help/demo/{{lang}}.hnx' data-chat='{chat}'></script>"
    )
}

/// A shop with the vendor's script, and a browser on its page.
async fn shop(script: &str, chat: &str, elsewhere: Option<String>, setup: Setup) -> (Shop, Browser) {
    // The page has to name the port that it will be served from, so it is written by a script.
    let setup = setup.file("packs/js/sdk.js", script.as_bytes().to_vec()).page("index.html", "");
    let shop = Shop::with(setup).await;
    let origin = elsewhere.unwrap_or_else(|| shop.url.clone());
    shop.put_page("index.html", &page(&origin, chat));
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/", shop.url)).await;
    (shop, browser)
}

/// From the launcher to the question, in two actions and the words.
async fn asks(browser: &Browser, question: &str) {
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.type_inside("#hn-message", question).await;
    let before = browser.requests().await;
    assert!(
        !before.iter().any(|url| url.contains("vendors-") || url.contains("sdk.js")),
        "fetched unasked: {before:?}"
    );
    browser.keys(Key::Enter + "").await;
}

#[tokio::test]
async fn the_messenger_opens_with_the_question_and_what_was_agreed_to_be_passed_on() {
    let (_shop, browser) = shop(FINE, "chatwoot,inbox:", None, Setup::default()).await;
    asks(&browser, "Where is my parcel? 4111 1111 1111 1111").await;
    browser.until("it is opened", "window.told?.some(([name, how]) => name === 'toggle' && how === 'open')").await;
    let told = browser.js("return Object.fromEntries(window.told.map(([name, what]) => [name, what]))").await;
    assert_eq!(told["run"]["websiteToken"], "abcdefghij0123456789");
    assert_eq!((&told["locale"], &told["attributes"]["page_title"]), (&json!("en"), &json!("Basket")));
    let question = told["attributes"]["question"].as_str().unwrap();
    assert!(question.starts_with("Where is my parcel?") && !question.contains("4111 1111 1111"), "{question}");
    // This one takes no text from outside: the words are on the clipboard, and stay in sight.
    browser.until("the shopper is told to paste", "root.textContent.includes('paste it there')").await;
    browser.until("the words stay", "$('[role=log]').textContent.includes('Where is my parcel?')").await;
    browser.shot("vendor-open").await;
    assert_eq!(browser.js("return $('button.launcher').hidden").await, json!(true), "two launchers at once");
    browser.js("window.dispatchEvent(new Event('chatwoot:closed'))").await;
    browser.until("ours is back", "!$('button.launcher').hidden").await;
    let asked = browser.requests().await;
    assert!(!asked.iter().any(|url| url.contains("/v1/conversations")), "nothing goes to the inbox: {asked:?}");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_messenger_that_fails_costs_no_word_and_the_next_way_takes_them() {
    // Takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = format!("http://{}", silent.local_addr().unwrap());
    let gone = format!("http://127.0.0.1:{}", free_port());
    for (name, script, elsewhere) in
        [("blocked", FINE, Some(gone)), ("half-loaded", HALF, None), ("slow", FINE, Some(slow))]
    {
        let (_shop, browser) = shop(script, "chatwoot,inbox:", elsewhere, Setup::default()).await;
        asks(&browser, "typed only once").await;
        if name != "blocked" {
            browser.until("it is said that it is being opened", "root.textContent.includes('Opening the chat')").await;
            browser.shot(&format!("vendor-{name}")).await;
        }
        browser.until("the inbox has it", "$('[data-state=sent], [data-state=seen]')").await;
        let own = "[...$$('.said.own p')].map((one) => one.textContent)";
        assert_eq!(browser.js(&format!("return {own}")).await, json!(["typed only once"]), "{name}");
        assert_eq!(browser.js("return $('button.launcher').hidden").await, json!(false), "{name}");
        // What is written next goes where the first message went.
        browser.type_inside("#hn-message", "and more").await;
        browser.keys(Key::Enter + "").await;
        browser.until("so does the next", &format!("{own}.length === 2")).await;
        let told = browser.console().await.join(" ");
        assert!(told.contains("chatwoot"), "{name}: the merchant is told: {told}");
    }
}

#[tokio::test]
async fn a_policy_that_forbids_the_messenger_is_as_good_as_no_messenger() {
    let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'";
    let elsewhere = Some("https://chat.vendor.example".to_owned());
    let setup = Setup::default().header("/", "content-security-policy", policy);
    let (_shop, browser) = shop(FINE, "chatwoot,inbox:", elsewhere, setup).await;
    asks(&browser, "strict").await;
    browser.until("the inbox has it", "$('[data-state=sent], [data-state=seen]')").await;
}

#[tokio::test]
async fn where_nothing_else_is_left_the_words_are_taken_to_the_form() {
    let gone = format!("http://127.0.0.1:{}", free_port());
    let (_shop, browser) = shop(FINE, "chatwoot,email:help@shop.example", Some(gone), Setup::default()).await;
    asks(&browser, "please help").await;
    browser.until("the form has them", "$('#hn-mail')?.value === 'please help'").await;
    browser.until("and so has the mail", "decodeURIComponent($('#hn-mail-send').href).includes('please help')").await;
    browser.shot("vendor-form").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "uncaught errors");
}

#[tokio::test]
async fn settings_that_cannot_be_right_open_nothing() {
    let (_shop, browser) = shop(FINE, "crisp,inbox:", None, Setup::default()).await;
    asks(&browser, "hello").await;
    browser.until("the inbox has it", "$('[data-state=sent], [data-state=seen]')").await;
    let told = browser.console().await.join(" ");
    assert!(told.contains("crisp needs `websiteId`"), "{told}");
    let asked = browser.requests().await;
    assert!(!asked.iter().any(|url| url.contains("crisp.chat")), "{asked:?}");
}
