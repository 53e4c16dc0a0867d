//! What a shopper finds: suggestions for the page and the moment, search, articles, languages, keys.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::Shop;

async fn at(path: &str) -> (Shop, Browser) {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}{path}", shop.url)).await;
    (shop, browser)
}

/// Titles of the suggestions shown.
const SUGGESTED: &str = "$$('[aria-labelledby=hn-suggested] .title').map((n) => n.textContent)";

#[tokio::test]
async fn a_product_page_brings_help_on_sizes_and_says_why() {
    let (_shop, browser) = at("/product/fell-rain-jacket/").await;
    browser.click_inside("button.launcher").await;
    let titles = browser.until("there are suggestions", &format!("{SUGGESTED}.length && {SUGGESTED}")).await;
    let titles: Vec<&str> = titles.as_array().unwrap().iter().filter_map(|t| t.as_str()).collect();
    assert!((1..=5).contains(&titles.len()), "{titles:?}");
    assert!(titles[0].contains("right size"), "first of {titles:?}");
    browser.click_inside("[aria-controls^=hn-why]").await;
    let why = browser.until("the reason is shown", "$$('.reason:not([hidden])').map((n) => n.textContent)[0]").await;
    assert!(why.as_str().unwrap().len() > 10, "{why}");
    browser.shot("product").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_refused_coupon_brings_the_coupon_article() {
    let (shop, browser) = at("/product/ghyll-walking-boots/").await;
    browser.until("the shop's own scripts have run", "document.readyState === 'complete'").await;
    browser.js("document.querySelector('[name=size]:not([disabled])').click(); document.querySelector('#add-to-cart').click()").await;
    browser.until("the basket holds it", "JSON.stringify(localStorage).includes('ghyll')").await;
    browser.goto(&format!("{}/cart/", shop.url)).await;
    browser.outside("form.coupon input").await.send_keys("SUMMER25").await.unwrap();
    browser.keys(Key::Enter + "").await;
    browser
        .until("the shop refuses it", "document.querySelector('form.coupon [role=alert]').textContent.length > 5")
        .await;
    // Its line would lie over a button of this shop here, so the badge alone says it.
    browser.until("the launcher says so, unasked", "$('.badge:not([hidden])')?.textContent").await;
    browser.click_inside("button.launcher").await;
    let first = browser.until("there are suggestions", &format!("{SUGGESTED}[0]")).await;
    assert!(first.as_str().unwrap().contains("discount code"), "first is {first}");
    browser.shot("coupon").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_misspelt_word_finds_the_article_and_a_vote_is_thanked() {
    let (_shop, browser) = at("/").await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "retrun polcy").await;
    let found =
        browser.until("there are hits", "$$('[role=option] .title').map((n) => n.textContent).slice(0, 3)").await;
    assert!(found.to_string().contains("return policy"), "{found}");
    browser.keys(Key::Down + Key::Enter).await;
    browser.until("an article is open", "$('#hn-vote-yes')").await;
    browser.shot("article").await;
    browser.click_inside("#hn-vote-yes").await;
    browser.until("the vote is thanked", "$('#hn-thanks')").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_question_without_an_answer_offers_a_person() {
    let (_shop, browser) = at("/").await;
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "zxqv klmpt wrrgh").await;
    browser.until("it says that there is none", "root.textContent.includes('No answer found')").await;
    browser.until("a person is one tap away", "$('[data-way=chat], .first')").await;
    browser.shot("no-answer").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn help_speaks_the_language_of_the_page() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    let cases = [
        ("", "refund", "Help"),
        ("/fr", "remboursement", "Aide"),
        ("/de", "Rückerstattung", "Hilfe"),
        ("/pt", "reembolso", "Ajuda"),
        ("/ro", "rambursare", "Ajutor"),
    ];
    for (prefix, query, name) in cases {
        browser.goto(&format!("{}{prefix}/returns/", shop.url)).await;
        browser.click_inside("button.launcher").await;
        let label = browser.js("return $('button.launcher').ariaLabel").await;
        assert!(label.as_str().unwrap().starts_with(name), "{prefix}: {label}");
        browser.type_inside("#hn-search", query).await;
        browser.until(&format!("{query} is found"), "$$('[role=option]').length").await;
        let lang = browser.js("return $('[role=dialog]').closest('[lang]')?.lang ?? ''").await;
        println!("{prefix} panel lang {lang}");
        browser.shot(&format!("lang{}", prefix.replace('/', "-"))).await;
    }
    browser.nothing_broke().await;
}

#[tokio::test]
async fn the_keyboard_alone_does_it_all() {
    let (_shop, browser) = at("/product/wander-daypack/").await;
    browser.inside("button.launcher").await;
    browser.js("$('button.launcher').focus()").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the search has the focus", "root.activeElement?.id === 'hn-search'").await;
    browser.keys("refund").await;
    browser.until("there are hits", "$$('[role=option]').length").await;
    browser.keys(Key::Down + "").await;
    browser.until("a hit is chosen", "$('#hn-search').getAttribute('aria-activedescendant')").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the article has the focus", "root.activeElement?.matches('h2')").await;
    browser.keys(Key::Escape + "").await;
    browser.until("Escape goes back one layer", "$('#hn-search') && $$('[role=option]').length").await;
    browser.keys(Key::Escape + "").await;
    browser.keys(Key::Escape + "").await;
    browser.keys(Key::Escape + "").await;
    browser.until("Escape closes", "$('button.launcher').ariaExpanded === 'false'").await;
    browser.until("the focus is back", "root.activeElement === $('button.launcher')").await;
    browser.nothing_broke().await;
}

/// Both engines look into open shadow roots; every screen, both themes, wide and narrow.
#[tokio::test]
async fn two_widths_two_themes_no_violation() {
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    let axe = std::fs::read_to_string(axe).unwrap();
    let shop = Shop::open().await;
    let mut n_states = 0;
    for (theme, size) in [("light", (1280, 900)), ("dark", (390, 800))] {
        let browser = Browser::start(Look { size, ..Look::default() }).await;
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        if browser.has_cdp("the dark theme by the browser's setting") {
            browser.cdp("Emulation.setEmulatedMedia", media).await;
        }
        browser.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
        browser.click_inside("button.launcher").await;
        browser.until("there are suggestions", &format!("{SUGGESTED}.length")).await;
        n_states += violations(&browser, &axe, &format!("home, {theme}")).await;
        browser.type_inside("#hn-search", "refund").await;
        browser.until("there are hits", "$$('[role=option]').length").await;
        n_states += violations(&browser, &axe, &format!("hits, {theme}")).await;
        browser.keys(Key::Down + Key::Enter).await;
        browser.until("an article is open", "$('#hn-vote-yes')").await;
        n_states += violations(&browser, &axe, &format!("article, {theme}")).await;
        browser.js("Helpnook('open')").await;
        browser.click_inside("[data-way=chat], .foot .first").await;
        browser.until("the conversation is open", "$('#hn-message')").await;
        n_states += violations(&browser, &axe, &format!("chat, {theme}")).await;
        browser.shot(&format!("chat-{theme}")).await;
    }
    record(
        "accessibility",
        &[("axe_violations", json!(0)), ("ibm_violations", json!(0)), ("n_states", json!(n_states))],
    );
}

pub async fn violations(browser: &Browser, axe: &str, state: &str) -> u32 {
    let found = found(browser, axe).await;
    assert!(found.is_empty(), "{state}: {}", found.join("\n"));
    1
}

/// What both engines find on the screen shown.
pub async fn found(browser: &Browser, axe: &str) -> Vec<String> {
    // Fades would be measured half-way.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    if browser.js("return !window.axe").await == json!(true) {
        browser.driver.execute(axe, Vec::new()).await.unwrap();
    }
    let run = "const done = arguments[0]; axe.run({ include: [['help-nook']] }, { runOnly: { type: 'tag', values: \
               ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, rules: { region: { enabled: false } } }) \
               .then((r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | '))))";
    let first = browser.driver.execute_async(run, Vec::new()).await.unwrap();
    let mut all = told("axe-core", first.json());
    all.extend(second_engine(browser).await);
    all
}

fn told(engine: &str, found: &serde_json::Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|one| format!("by {engine}: {one}")).collect()
}

/// IBM's rules, which are of another mind than axe-core's.
async fn second_engine(browser: &Browser) -> Vec<String> {
    if browser.js("return !window.ace").await == json!(true) {
        let ace = std::env::var("HELPNOOK_ACE").expect("HELPNOOK_ACE names ace.js; `cargo xtask test` sets it");
        let ace = std::fs::read_to_string(ace).unwrap();
        browser.driver.execute(format!("{ace}; window.ace = ace;"), Vec::new()).await.unwrap();
    }
    // It does not look for a list's combobox inside a shadow root: where one controls the list, by the
    // APG's pattern the focus stays there.
    let run = "const done = arguments[0]; const root = document.querySelector('help-nook').shadowRoot; \
               const led = (r) => r.ruleId === 'aria_child_tabbable' && root.querySelector(`[role=combobox][aria-controls=\"${/id=\"([^\"]+)/.exec(r.snippet)?.[1]}\"]`); \
               new ace.Checker().check(document, ['WCAG_2_2']).then((report) => done(report.results \
               .filter((r) => r.value[0] === 'VIOLATION' && r.value[1] === 'FAIL' && r.path.dom.includes('help-nook') && !led(r)) \
               .map((r) => r.ruleId + ': ' + r.message + ' ' + r.snippet)), (error) => done([String(error)]))";
    let found = browser.driver.execute_async(run, Vec::new()).await.unwrap();
    told("IBM's engine", found.json())
}
