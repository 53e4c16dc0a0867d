//! Guided flows, from a shopper's first tap to what the shop did: against the demo's order service,
//! with its mailbox, in a real browser.

use serde_json::json;
use thirtyfour::Key;

use super::chat::agent;
use super::help::violations;
use super::offline::kept;
use crate::support::browser::{Browser, Look};
use crate::support::shop::Shop;

/// Who ordered in the demo.
pub const EMAIL: &str = "demo@tarnandthread.example";

/// Begins a flow as the shop's own script would.
pub async fn begin(browser: &Browser, id: &str) {
    browser.js(&format!("Helpnook('flow', '{id}')")).await;
}

/// Waits until the log's last words are these, among others.
pub async fn hears(browser: &Browser, words: &str) {
    let last = "[...$$('[role=log] .said:not(.own, .system) .bubble')].at(-1)?.textContent";
    browser.until(&format!("the shopper reads {words:?}"), &format!("{last}?.includes({words:?})")).await;
}

/// Answers in the field.
pub async fn writes(browser: &Browser, text: &str) {
    browser.until("there is something to write in", "$('#hn-message') && !$('.typing .dots')").await;
    browser.type_inside("#hn-message", text).await;
    browser.keys(Key::Enter + "").await;
}

/// Answers by a tap.
pub async fn taps(browser: &Browser, label: &str) {
    let button =
        format!("[...$$('.flow button, .choices button, .said button')].find((one) => one.textContent === {label:?})");
    browser.until(&format!("{label:?} can be tapped"), &format!("!!({button})")).await;
    // Faster than any hand, two taps in a row would count as one.
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    browser
        .js(&format!("const one = {button}; one.scrollIntoView({{block: 'nearest'}}); one.focus(); one.click()"))
        .await;
}

/// What the shop claims to have come of it.
async fn result(browser: &Browser) -> serde_json::Value {
    browser
        .until(
            "it is over",
            "$('#hn-title') && [...$$('.flow button')].some((one) => one.id.startsWith('hn-flow-again'))",
        )
        .await;
    browser.js("return [...$$('.result')].at(-1)?.dataset.result ?? ''").await
}

/// The letters of the demo's mailbox.
async fn mailbox(shop: &Shop) -> String {
    reqwest::get(format!("{}/mailbox/", shop.url)).await.unwrap().text().await.unwrap()
}

/// The code that was mailed last.
async fn code(shop: &Shop) -> String {
    let letters = mailbox(shop).await;
    letters.split("Your code is ").nth(1).expect("a code was mailed").chars().take(6).collect()
}

/// Up to the one-time code, which is entered too.
async fn with_code(browser: &Browser, shop: &Shop, order: &str) {
    hears(browser, "order number").await;
    writes(browser, order).await;
    hears(browser, "e-mail address you ordered with").await;
    writes(browser, EMAIL).await;
    hears(browser, "a code is on its way").await;
    writes(browser, &code(shop).await).await;
}

pub async fn open(look: Look) -> (Shop, Browser) {
    let shop = Shop::open().await;
    let browser = Browser::start(look).await;
    browser.goto(&format!("{}/contact/", shop.url)).await;
    (shop, browser)
}

#[tokio::test]
async fn an_order_is_tracked_from_the_first_screen_with_a_code_that_is_shown_to_nobody() {
    let (shop, browser) = open(Look::default()).await;
    browser.requests().await;
    browser.click_inside("button.launcher").await;
    browser.until("it is offered on the first screen", "$('#hn-flow-track-order')").await;
    browser.shot("flows-home").await;
    browser.click_inside("#hn-flow-track-order").await;
    hears(&browser, "order number").await;
    let field =
        "[$('#hn-message').inputMode, $('#hn-message').autocomplete, $('#hn-message').getAttribute('aria-label')]";
    let asked = browser.js(&format!("return {field}")).await;
    assert_eq!((&asked[0], &asked[1]), (&json!("text"), &json!("off")));
    assert!(asked[2].as_str().unwrap().contains("order number"), "{asked}");
    writes(&browser, "204711").await;
    hears(&browser, "e-mail address").await;
    assert_eq!(browser.js(&format!("return {field}.slice(0, 2)")).await, json!(["email", "email"]));
    browser.until("what will be sent is shown before", "$('.flow').textContent.includes('TT-204711')").await;
    browser.shot("flow-track-email").await;
    writes(&browser, EMAIL).await;
    hears(&browser, "a code is on its way").await;
    assert_eq!(browser.js(&format!("return {field}.slice(0, 2)")).await, json!(["numeric", "one-time-code"]));
    writes(&browser, "000000").await;
    hears(&browser, "a code is on its way").await;
    browser.until("a wrong one is said", "$('[role=log]').textContent.includes('not right')").await;
    let right = code(&shop).await;
    writes(&browser, &right).await;
    browser.until("it is on its way", "$('[role=log]').textContent.includes('on its way with Dovepost')").await;
    browser
        .until("what was ordered is listed", "[...$$('.items li')].some((one) => one.textContent.includes('× 1'))")
        .await;
    browser.until("it ends", "$('.flow').textContent.includes('Did this help?')").await;
    browser.shot("flow-track-end").await;
    let code_seen = browser.js(&format!("return root.textContent.includes({right:?})")).await;
    assert_eq!(code_seen, json!(false), "the code is shown");
    taps(&browser, "Yes").await;
    browser.until("thanks", "$('.flow').textContent.includes('Thank you')").await;
    let fetched: Vec<_> = browser.requests().await.into_iter().filter(|url| url.contains("/talk-")).collect();
    assert_eq!(fetched.len(), 1, "the flows are fetched once: {fetched:?}");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_return_begins_at_its_article_and_ends_with_a_number() {
    let (shop, browser) = open(Look { size: (390, 844), ..Look::default() }).await;
    browser.js("Helpnook('article', 'return-item')").await;
    browser.click_inside("#hn-flow-return-item").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-203990").await;
    writes(&browser, EMAIL).await;
    hears(&browser, "What would you like to send back?").await;
    browser.shot("flow-return-items").await;
    taps(&browser, "Wander daypack 18 l").await;
    hears(&browser, "Why?").await;
    taps(&browser, "Too small").await;
    hears(&browser, "instead").await;
    taps(&browser, "Money back").await;
    assert_eq!(result(&browser).await, json!("requested"));
    hears(&browser, "Return R-40001 is registered").await;
    browser
        .until("what was sent is shown by its name", "[...$$('.system')].at(-1).textContent.includes('Too small')")
        .await;
    browser.shot("flow-return-end").await;
    assert!(mailbox(&shop).await.contains("Label for return R-40001"));
    // The same item once more: the shop says no, and so do we.
    taps(&browser, "Start again").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-203990").await;
    writes(&browser, EMAIL).await;
    taps(&browser, "Wander daypack 18 l").await;
    taps(&browser, "Too small").await;
    taps(&browser, "Money back").await;
    assert_eq!(result(&browser).await, json!("refused"));
    browser.nothing_broke().await;
}

#[tokio::test]
async fn an_order_is_cancelled_or_the_shop_says_why_not() {
    let (shop, browser) = open(Look::default()).await;
    begin(&browser, "cancel-order").await;
    with_code(&browser, &shop, "TT-205001").await;
    taps(&browser, "Yes, cancel it").await;
    assert_eq!(result(&browser).await, json!("done"));
    browser.shot("flow-cancel-done").await;
    begin(&browser, "cancel-order").await;
    with_code(&browser, &shop, "TT-204815").await;
    taps(&browser, "Yes, cancel it").await;
    hears(&browser, "What would you like?").await;
    assert_eq!(browser.js("return [...$$('.result')].at(-1).dataset.result").await, json!("refused"));
    browser.shot("flow-cancel-refused").await;
    taps(&browser, "How to send it back").await;
    browser.until("the article is open", "$('h2.question')").await;
    browser.click_inside("#hn-back").await;
    browser.until("back in the flow", "$('[role=log]')?.textContent.includes('packed already')").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn an_address_is_changed_after_a_correction() {
    let (shop, browser) = open(Look::default()).await;
    begin(&browser, "change-address").await;
    with_code(&browser, &shop, "TT-205001").await;
    hears(&browser, "street").await;
    assert_eq!(browser.js("return $('#hn-message').autocomplete").await, json!("street-address"));
    writes(&browser, "Lange Gasse 1").await;
    hears(&browser, "postcode").await;
    assert_eq!(browser.js("return $('#hn-message').autocomplete").await, json!("postal-code"));
    taps(&browser, "Change my last answer").await;
    hears(&browser, "street").await;
    writes(&browser, "Lange Gasse 12").await;
    writes(&browser, "xqzt xqzt").await;
    browser
        .until("a wrong form is told and can be mended", "$('#hn-message[aria-invalid]')?.value === 'xqzt xqzt'")
        .await;
    browser.shot("flow-mend").await;
    // It is selected, so that it can as well be written over.
    browser.keys("1080" + Key::Enter).await;
    hears(&browser, "town").await;
    writes(&browser, "Wien").await;
    hears(&browser, "Lange Gasse 12, 1080 Wien").await;
    taps(&browser, "Yes").await;
    assert_eq!(result(&browser).await, json!("done"));
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_password_link_and_an_invoice_are_asked_for_and_nobody_learns_who_is_a_customer() {
    let (shop, browser) = open(Look::default()).await;
    // The same words for both: whether there is an account is told to nobody.
    for (email, n_letters) in [("stranger@example.com", 0), (EMAIL, 1)] {
        begin(&browser, "reset-password").await;
        hears(&browser, "e-mail address of your account").await;
        writes(&browser, email).await;
        assert_eq!(result(&browser).await, json!("requested"));
        hears(&browser, "If there is an account for").await;
        assert_eq!(mailbox(&shop).await.matches("Choose a new password").count(), n_letters, "{email}");
    }
    begin(&browser, "invoice-copy").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-204711").await;
    writes(&browser, EMAIL).await;
    assert_eq!(result(&browser).await, json!("requested"));
    assert!(mailbox(&shop).await.contains("Invoice for order TT-204711"));
    browser.nothing_broke().await;
}

#[tokio::test]
async fn advice_leads_to_products_and_a_size_that_is_gone_is_watched() {
    let (shop, browser) = open(Look::default()).await;
    begin(&browser, "find-product").await;
    for label in ["A jacket", "Long days outdoors", "No limit"] {
        taps(&browser, label).await;
    }
    browser.until("products to open", "$('[role=log] .items a[href*=\"/product/\"]')").await;
    browser.shot("flow-advice").await;
    begin(&browser, "back-in-stock").await;
    hears(&browser, "Which product").await;
    writes(&browser, "Fell rain jacket").await;
    browser
        .until("sizes to choose from, or all in stock", "$$('.choices .choice').length && !$('.typing .dots')")
        .await;
    let sizes = browser.js("return [...$$('.choices .choice')].map((one) => one.textContent)").await;
    let size = sizes[0].as_str().unwrap().to_owned();
    taps(&browser, &size).await;
    hears(&browser, "Where shall we write to?").await;
    writes(&browser, EMAIL).await;
    assert_eq!(result(&browser).await, json!("requested"));
    assert!(mailbox(&shop).await.contains("We will tell you"));
    browser.nothing_broke().await;
}

#[tokio::test]
async fn in_german_from_the_words_searched_for() {
    let (_shop, browser) = open(Look { lang: "de-DE", ..Look::default() }).await;
    browser.goto(&format!("{}/de/contact/", _shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "Wo ist mein Paket").await;
    browser.until("the hits come with what can be done", "$('.doing button')").await;
    browser.shot("flow-de-search").await;
    browser.click_inside("#hn-flow-track-order").await;
    hears(&browser, "Bestellnummer").await;
    writes(&browser, "TT-203990").await;
    hears(&browser, "E-Mail-Adresse").await;
    writes(&browser, EMAIL).await;
    hears(&browser, "Code an").await;
    writes(&browser, &code(&_shop).await).await;
    hears(&browser, "Ist alles in Ordnung?").await;
    browser.shot("flow-de").await;
    taps(&browser, "Ich möchte etwas zurückgeben").await;
    browser.until("one flow leads to the other", "$('#hn-title')?.textContent.includes('zurück')").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_question_in_the_middle_is_answered_and_two_misses_bring_a_person_who_knows_it_all() {
    let (shop, browser) = open(Look::default()).await;
    begin(&browser, "track-order").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-204711").await;
    hears(&browser, "e-mail address").await;
    writes(&browser, "how long does a refund take?").await;
    browser
        .until(
            "an answer with its article",
            "[...$$('[role=log] li button')].length && $('[role=log]').textContent.includes('This may answer')",
        )
        .await;
    hears(&browser, "e-mail address").await;
    browser.shot("flow-question").await;
    writes(&browser, "xqzt").await;
    hears(&browser, "does not look right").await;
    writes(&browser, "no").await;
    hears(&browser, "Shall a person take over?").await;
    browser.shot("flow-person-offered").await;
    writes(&browser, "can I talk to an agent please").await;
    browser.until("what is passed on can be seen", "$('[role=log] details.shared')").await;
    browser.until("the flow is over", "!$('.flow')").await;
    browser.shot("flow-handed").await;
    writes(&browser, "My parcel never came").await;
    browser.until("it is sent", "$('[data-state=sent], [data-state=seen]')").await;
    let desk = agent(&shop, Look::default()).await;
    desk.outside("ul.rows li button, ul.rows li a").await.click().await.unwrap();
    let context = "document.querySelector('aside.context')?.textContent";
    desk.until(
        "the agent reads the answers",
        &format!("{context}?.includes('What is your order number?') && {context}.includes('TT-204711')"),
    )
    .await;
    desk.shot("flow-agent").await;
    let own = desk.js("return document.querySelector('[role=log]').textContent.includes('TT-204711')").await;
    assert_eq!(own, json!(false), "answers are not posted as the shopper's own words");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn who_writes_to_people_is_offered_what_can_be_done_at_once() {
    let (_shop, browser) = open(Look::default()).await;
    super::chat::to_a_person(&browser).await;
    writes(&browser, "where is my parcel").await;
    browser.until("it is sent", "$('[data-state=sent], [data-state=seen]')").await;
    browser.until("the flow is offered", "$('#hn-offer')?.textContent === 'Track my order'").await;
    browser.shot("flow-offered").await;
    browser.click_inside("#hn-offer").await;
    hears(&browser, "order number").await;
    browser.nothing_broke().await;
}

/// Answers the shop's service in its place: never, with an error, with a page, with more than it can know.
fn service(answer: &str) -> String {
    // What takes eight seconds takes half a one here.
    format!(
        "const fetch0 = window.fetch, wait0 = window.setTimeout; window.calls = []; \
         window.setTimeout = (run, ms, ...more) => wait0(run, ms >= 8000 && window.calls.length ? 500 : ms, ...more); \
         window.fetch = (what, options = {{}}) => {{ const request = what instanceof Request ? what : new Request(what, options); \
         if (!request.url.includes('/shop-api/')) return fetch0(what, options); \
         return request.clone().json().then((body) => {{ window.calls.push(body.id); {answer} }}); }};"
    )
}

const HANGS: &str = "return new Promise((_, no) => request.signal.addEventListener('abort', () => no(new DOMException('', 'AbortError'))))";

#[tokio::test]
async fn a_shop_that_does_not_answer_is_said_not_to_have_answered_and_the_next_way_is_shown() {
    for (name, answer, calls) in [
        ("hangs", HANGS, 2),
        ("fails", "return new Response('broken', { status: 500 })", 2),
        ("refuses", "return new Response('{\"result\":\"done\"}', { status: 403 })", 1),
        ("says-nothing", "return new Response('<html>sign in</html>')", 1),
        ("lies", "return new Response('{\"result\":\"done\"}')", 1),
    ] {
        let (_shop, browser) = open(Look { before: service(answer), ..Look::default() }).await;
        begin(&browser, "track-order").await;
        hears(&browser, "order number").await;
        writes(&browser, "TT-204711").await;
        hears(&browser, "e-mail address").await;
        writes(&browser, EMAIL).await;
        browser
            .until("it is said", "$('[role=log]').textContent.includes('The shop did not answer, so we cannot say')")
            .await;
        hears(&browser, "How shall we go on?").await;
        assert_eq!(browser.js("return $$('.result').length").await, json!(0), "{name}: nothing is claimed");
        let ids = browser.js("return [window.calls.length, new Set(window.calls).size]").await;
        assert_eq!(ids, json!([calls, 1]), "{name}: how often it was asked, under how many ids");
        browser.shot(&format!("flow-{name}")).await;
        taps(&browser, "Ask a person").await;
        browser.until("a person can be written to", "$('#hn-message') && !$('.flow')").await;
    }
}

#[tokio::test]
async fn without_a_network_a_flow_still_begins_and_says_that_the_shop_cannot_be_asked() {
    let (mut shop, browser) = open(Look::default()).await;
    browser.click_inside("button.launcher").await;
    // Whoever did anything in the panel has what may come next.
    browser.click_inside("#hn-search").await;
    kept(&browser, &["talk-"]).await;
    shop.stop().await;
    browser.click_inside("#hn-flow-return-item").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-203990").await;
    writes(&browser, EMAIL).await;
    browser.until("it is said", "$('[role=log]').textContent.includes('The shop did not answer')").await;
    browser.shot("flow-offline").await;
    shop.restart().await;
    taps(&browser, "Try again").await;
    hears(&browser, "order number").await;
    writes(&browser, "TT-203990").await;
    writes(&browser, EMAIL).await;
    hears(&browser, "What would you like to send back?").await;
}

#[tokio::test]
async fn a_flow_has_no_violation_in_two_themes_and_two_widths() {
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    let axe = std::fs::read_to_string(axe).unwrap();
    for (theme, size) in [("light", (390, 844)), ("dark", (390, 844)), ("dark", (1280, 900))] {
        let (_shop, browser) = open(Look { size, ..Look::default() }).await;
        if size.0 < 500 && browser.has_cdp("a phone's screen") {
            let phone = json!({"width": size.0, "height": size.1, "deviceScaleFactor": 2, "mobile": true});
            browser.cdp("Emulation.setDeviceMetricsOverride", phone).await;
        }
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        if browser.has_cdp("the dark theme by the browser's setting") {
            browser.cdp("Emulation.setEmulatedMedia", media).await;
        }
        let named = |state: &str| format!("{state}-{theme}-{}", size.0);
        begin(&browser, "return-item").await;
        hears(&browser, "order number").await;
        violations(&browser, &axe, &named("a field")).await;
        writes(&browser, "TT-203990").await;
        writes(&browser, EMAIL).await;
        hears(&browser, "send back").await;
        violations(&browser, &axe, &named("choices")).await;
        browser.shot(&named("flow-choices")).await;
        taps(&browser, "Wander daypack 18 l").await;
        taps(&browser, "Damaged or faulty").await;
        taps(&browser, "Money back").await;
        assert_eq!(result(&browser).await, json!("requested"));
        violations(&browser, &axe, &named("a result")).await;
        browser.shot(&named("flow-result")).await;
        taps(&browser, "Ask a person").await;
        browser.until("handed over", "!$('.flow')").await;
        violations(&browser, &axe, &named("handed over")).await;
        browser.shot(&named("flow-person")).await;
        browser.js("Helpnook('open')").await;
        browser.until("home", "$('.doing button')").await;
        violations(&browser, &axe, &named("offered at home")).await;
        browser.shot(&named("flow-home")).await;
    }
}
