//! What a guided flow leaves behind: for the person who is there already, for the page loaded anew, and
//! how a rule begins one.

use serde_json::json;
use thirtyfour::Key;

use super::chat::{agent, to_a_person};
use super::flows::{EMAIL, begin, hears, open, taps, writes};
use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// What stands in the log of the agent's page, as context and as words of somebody.
const TOLD: &str = "[...document.querySelectorAll('[role=log] .told')].map((one) => one.textContent).join()";
const WORDS: &str = "[...document.querySelectorAll('[role=log] .text')].map((one) => one.textContent).join()";

async fn is_sent(browser: &Browser, text: &str) {
    let last = "[...$$('[role=log] .said.own')].at(-1)";
    let sent = format!(
        "{last}?.textContent.includes({text:?}) && {last}.querySelector('[data-state=sent], [data-state=seen]')"
    );
    browser.until(&format!("{text:?} is sent"), &sent).await;
}

#[tokio::test]
async fn a_person_who_is_there_already_learns_what_was_answered_in_a_flow_since() {
    let (shop, browser) = open(Look::default()).await;
    to_a_person(&browser).await;
    writes(&browser, "Hello, it is about my order").await;
    is_sent(&browser, "Hello").await;
    let desk = agent(&shop, Look::default()).await;
    desk.outside("ul.rows li a").await.click().await.unwrap();
    desk.until("the agent reads along", &format!("{WORDS}.includes('Hello')")).await;

    begin(&browser, "track-order").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-204711").await;
    hears(&browser, "e-mail address").await;
    assert_eq!(desk.js(&format!("return {TOLD}")).await, json!(""), "nothing is passed on before a person is wanted");
    taps(&browser, "Ask a person").await;
    desk.until("at once, as context", &format!("{TOLD}.includes('TT-204711')")).await;
    browser.until("the shopper sees what was passed on", "$('.said.system')?.textContent.includes('TT-204711')").await;
    browser.shot("told-handed").await;
    writes(&browser, "Can you look?").await;
    is_sent(&browser, "Can you look?").await;

    // A flow that came to its end goes with the next message, unless it is struck.
    for (size, strike) in [("Too small", false), ("Damaged or faulty", true)] {
        begin(&browser, "return-item").await;
        hears(&browser, "order number").await;
        writes(&browser, "TT-203990").await;
        writes(&browser, EMAIL).await;
        taps(&browser, "Wander daypack 18 l").await;
        taps(&browser, size).await;
        taps(&browser, "Money back").await;
        browser.until("it is over", "[...$$('.flow button')].some((one) => one.id.startsWith('hn-flow-again'))").await;
        browser.until("what will be passed on is there to see", "$('[role=log] details.shared')").await;
        if strike {
            browser.js("$('[role=log] details.shared').open = true; $('#hn-strike-6').click()").await;
            browser.until("it is struck", "$('li.struck')").await;
        }
        browser.shot(&format!("told-{strike}")).await;
        writes(&browser, &format!("That was {size}")).await;
        is_sent(&browser, size).await;
        desk.until("it is read", &format!("{WORDS}.includes('That was {size}')")).await;
    }
    desk.until("what was answered", &format!("{TOLD}.includes('Wander daypack 18 l')")).await;
    let told = desk.js(&format!("return {TOLD}")).await.as_str().unwrap().to_owned();
    assert!(told.contains("Too small") && !told.contains("Damaged or faulty"), "{told}");
    assert_eq!(told.matches("TT-204711").count(), 1, "told once: {told}");
    let words = desk.js(&format!("return {WORDS}")).await.as_str().unwrap().to_owned();
    assert!(!words.contains("TT-204711") && !words.contains("daypack"), "not as the shopper's words: {words}");
    desk.shot("told-agent").await;

    // Loaded anew, the shopper reads the same.
    browser.driver.refresh().await.unwrap();
    to_a_person(&browser).await;
    browser.until("all of it", "$('[role=log]').textContent.includes('That was Damaged or faulty')").await;
    let passed =
        browser.js("return [...$$('.said.system')].filter((one) => one.textContent.includes('TT-')).length").await;
    assert_eq!(passed, json!(2));
    browser.nothing_broke().await;
    desk.nothing_broke().await;
}

#[tokio::test]
async fn a_page_loaded_anew_goes_on_with_the_flow_and_keeps_no_code() {
    let (shop, browser) = open(Look::default()).await;
    begin(&browser, "track-order").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-204711").await;
    hears(&browser, "e-mail address").await;
    browser.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser
        .until("there is something to come back to", "$('[data-way=chat]')?.textContent.includes('conversation')")
        .await;
    browser.shot("flow-to-go-on-with").await;
    browser.click_inside("[data-way=chat]").await;
    hears(&browser, "e-mail address").await;
    browser.shot("flow-gone-on").await;
    writes(&browser, EMAIL).await;
    hears(&browser, "a code is on its way").await;
    let letters = reqwest::get(format!("{}/mailbox/", shop.url)).await.unwrap().text().await.unwrap();
    let code: String = letters.split("Your code is ").nth(1).expect("a code").chars().take(6).collect();

    // While the shop is asked for the code, the page goes; its answer never arrives.
    let slow = "const fetch0 = window.fetch; window.fetch = (what, more) => (what.url ?? what).includes('/shop-api/track') ? new Promise(() => {}) : fetch0(what, more)";
    browser.js(slow).await;
    writes(&browser, &code).await;
    browser.until("it waits", "$('.typing .dots')").await;
    let kept = browser.js("return JSON.stringify({ ...localStorage })").await.as_str().unwrap().to_owned();
    assert!(kept.contains("TT-204711") && !kept.contains(&code), "{kept}");
    browser.driver.refresh().await.unwrap();
    begin(&browser, "track-order").await;
    hears(&browser, "a code is on its way").await;
    assert_eq!(
        browser.js("return $$('.said.own').length").await,
        json!(2),
        "order number and address are not asked again"
    );
    writes(&browser, &code).await;
    browser.until("it is tracked", "$('[role=log]').textContent.includes('on its way with Dovepost')").await;
    // What is over is not gone on with, and what was answered waits for whoever takes over.
    browser.driver.refresh().await.unwrap();
    to_a_person(&browser).await;
    browser.until("it can be passed on", "$('details.shared')").await;
    assert_eq!(browser.js("return !$('.flow') && $$('.said').length").await, json!(0));
    browser.until("the answers are among it", "$('details.shared').textContent.includes('TT-204711')").await;
    writes(&browser, "Please look").await;
    is_sent(&browser, "Please look").await;
    // With the conversation, all of it is forgotten.
    browser.js("$('#hn-do-delete').closest('details').open = true; $('#hn-do-delete').click()").await;
    browser.click_inside("#hn-do-sure").await;
    browser.until("nothing is kept", "!Object.keys(localStorage).some((name) => name.startsWith('helpnook:'))").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn what_is_read_and_searched_later_goes_along_with_the_next_message() {
    let (shop, browser) = open(Look::default()).await;
    browser.js("Helpnook('article', 'warranty')").await;
    browser.until("it is read", "$('h2')?.textContent").await;
    browser.js("Helpnook('close')").await;
    to_a_person(&browser).await;
    writes(&browser, "Hello").await;
    is_sent(&browser, "Hello").await;
    let desk = agent(&shop, Look::default()).await;
    desk.outside("ul.rows li a").await;
    // The list is built anew whenever something is said: a press by the mouse may come between.
    desk.js("document.querySelector('ul.rows li a').click()").await;
    desk.until("the agent reads along", &format!("{WORDS}.includes('Hello')")).await;

    // Away from the conversation, and back.
    browser.js("Helpnook('article', 'return-item')").await;
    let read = browser.until("another is read", "$('.screen h2, h2.question')?.textContent").await;
    browser.js("Helpnook('search', 'gift card')").await;
    browser.until("something is found", "$$('.hit, .results a, .results button').length").await;
    // A pause in typing, after which a search counts as made.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    browser.js("Helpnook('open', 'chat')").await;
    browser
        .until("what will be passed on is there to see", "$('[role=log] details.shared, .intro details.shared')")
        .await;
    browser.js("$('details.shared').open = true").await;
    browser.shot("told-read").await;
    let shown = browser.js("return $('details.shared').textContent").await.as_str().unwrap().to_owned();
    assert!(shown.contains("gift card"), "{shown}");
    assert_eq!(desk.js(&format!("return {TOLD}")).await, json!(""), "nothing goes by itself");
    writes(&browser, "That was not it").await;
    is_sent(&browser, "That was not it").await;
    desk.until("it comes along", &format!("{TOLD}.includes('gift card')")).await;
    let told = desk.js(&format!("return {TOLD}")).await.as_str().unwrap().to_owned();
    assert!(told.contains(read.as_str().unwrap()), "{told}");
    assert!(!told.contains("warranty") && !told.contains("Warranty"), "what went with the opening goes once: {told}");
    let words = desk.js(&format!("return {WORDS}")).await.as_str().unwrap().to_owned();
    assert!(!words.contains("gift card"), "not as the shopper's words: {words}");
    desk.shot("told-read-agent").await;
    writes(&browser, "Anybody there?").await;
    is_sent(&browser, "Anybody there?").await;
    assert_eq!(desk.js(&format!("return {TOLD}")).await, json!(told), "told once");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_rules_line_begins_its_flow() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join("content").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("en/codes.md", "---\ntitle: Why is my code refused?\ncollection: orders\n---\nIt may have expired.\n");
    write(
        "flows/check-code.yaml",
        "title: Check a code\nsteps:\n  - id: code\n    ask: Which code did you type?\n    input: text\n  - id: thanks\n    say: Thank you, {code} is noted.\n    go: end\n",
    );
    write(
        "rules.yaml",
        "- page: cart\n  signal: coupon-rejected\n  say: Shall we check that code?\n  offer: flow:check-code\n",
    );
    let out = folder.path().join("out");
    helpnook::cli::build::run(&[folder.path().join("content")], &out).unwrap();
    let page = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Basket</title><link rel=\"icon\" href=\"data:,\">\
        <script async src=\"/help/helpnook.js\" data-index=\"/{lang}.hnx\" data-page-type=\"cart\" data-chat=\"inbox:\"></script></head>\
        <body><h1>Basket</h1><form id=\"codes\"><label>Coupon code <input name=\"coupon\"></label><button>Apply</button><p role=\"alert\" id=\"said\"></p></form>\
        <script>codes.onsubmit = (event) => { event.preventDefault(); said.textContent = 'This coupon code is not valid.'; codes.coupon.ariaInvalid = 'true'; }</script></body></html>";
    let mut setup = Setup::default().page("index.html", page);
    for entry in std::fs::read_dir(&out).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_file() {
            setup = setup.file(&name, std::fs::read(entry.path()).unwrap());
        }
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    let field = browser.outside("input[name=coupon]").await;
    field.send_keys("SPRING" + Key::Enter).await.unwrap();
    let line = browser.until("the rule's line is said", "$('.teaser .say')?.textContent").await;
    assert_eq!(line, json!("Shall we check that code?"));
    browser.shot("rule-line").await;
    browser.click_inside(".teaser .say").await;
    hears(&browser, "Which code did you type?").await;
    writes(&browser, "SPRING").await;
    hears(&browser, "SPRING is noted").await;
    browser.nothing_broke().await;
}
