//! The help centre: pages that are read without scripts, and what the script adds.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::Shop;

const HOME: &str = "/help-centre/en/";
const ARTICLE: &str = "/help-centre/en/answers/delivery-time/";

async fn at(path: &str) -> (Shop, Browser) {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}{path}", shop.url)).await;
    (shop, browser)
}

#[tokio::test]
async fn without_scripts_everything_is_read_and_every_question_is_a_link_away() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("a page without scripts") {
        return;
    }
    browser.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.goto(&format!("{}{HOME}", shop.url)).await;
    let _ = browser.requests().await;
    browser.driver.find(thirtyfour::By::LinkText("Every question on one page")).await.unwrap().click().await.unwrap();
    browser.driver.find(thirtyfour::By::LinkText("How long does delivery take?")).await.unwrap().click().await.unwrap();
    let text = browser.driver.find(thirtyfour::By::Css("article.answer")).await.unwrap().text().await.unwrap();
    assert!(text.contains("Standard delivery takes 2-4 working days"), "{text}");
    let search = browser.driver.find(thirtyfour::By::Css("form.search")).await.unwrap();
    assert!(!search.is_displayed().await.unwrap(), "what cannot work is not shown");
    let scripts: Vec<String> = browser.requests().await.into_iter().filter(|url| url.contains(".js")).collect();
    assert_eq!(scripts, Vec::<String>::new(), "scripts fetched");
    record("help_centre", &[("scripts_needed_to_read", json!(0))]);
}

#[tokio::test]
async fn the_widgets_own_engine_searches_and_keys_lead_to_the_answer() {
    let (_shop, browser) = at(HOME).await;
    browser.outside("form.large input").await.send_keys("retrun polcy").await.unwrap();
    browser.until("there are hits", "document.querySelectorAll('.hits a').length > 1").await;
    browser.shot("centre-hits").await;
    let count = browser.js("return document.querySelector('.count').textContent").await;
    assert!(count.as_str().unwrap().contains("answers"), "{count}");
    browser.keys(Key::Down + "").await;
    browser.until("the first hit has the focus", "document.activeElement === document.querySelector('.hits a')").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the answer stands open", "document.querySelector('article.answer h1')").await;
    let title = browser.js("return document.querySelector('h1').textContent").await;
    assert_eq!(title, "What is your return policy?");
    browser.outside(".verdict button[value=yes]").await.click().await.unwrap();
    browser
        .until("the vote is thanked", "document.querySelector('.verdict [role=status]').textContent.length > 5")
        .await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn the_same_answer_in_another_language_is_one_choice_away() {
    let (_shop, browser) = at(ARTICLE).await;
    browser.outside(".languages summary").await.click().await.unwrap();
    browser.outside(".languages [hreflang=de]").await.click().await.unwrap();
    browser.until("the page is German", "document.documentElement.lang === 'de'").await;
    let title = browser.js("return document.querySelector('h1').textContent").await;
    assert!(title.as_str().unwrap().contains("Lieferung"), "{title}");
    browser.outside("form.small input").await.send_keys("rückerstattung").await.unwrap();
    browser
        .until("German hits", "[...document.querySelectorAll('.hits a')].some((a) => a.href.includes('/de/answers/'))")
        .await;
    browser.nothing_broke().await;
}

/// axe-core on every kind of page, both themes, wide and narrow.
#[tokio::test]
async fn every_kind_of_page_is_without_violation() {
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    let axe = std::fs::read_to_string(axe).unwrap();
    let shop = Shop::open().await;
    for (theme, size) in [("light", (1280, 900)), ("dark", (390, 800))] {
        let browser = Browser::start(Look { size, ..Look::default() }).await;
        if browser.has_cdp("the dark theme by the browser's setting") {
            let media = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
            browser.cdp("Emulation.setEmulatedMedia", media).await;
        }
        for (name, path) in [
            ("home", HOME),
            ("article", ARTICLE),
            ("collection", "/help-centre/en/topics/returns/"),
            ("all", "/help-centre/fr/all/"),
            ("lost", "/help-centre/404.html"),
        ] {
            browser.goto(&format!("{}{path}", shop.url)).await;
            clean(&browser, &axe, &format!("{name}, {theme}")).await;
            browser.shot(&format!("centre-{name}-{theme}")).await;
        }
        browser.goto(&format!("{}{HOME}?q=refund", shop.url)).await;
        browser.until("there are hits", "document.querySelectorAll('.hits a').length").await;
        clean(&browser, &axe, &format!("hits, {theme}")).await;
        browser.shot(&format!("centre-hits-{theme}")).await;
        browser.nothing_broke().await;
    }
}

async fn clean(browser: &Browser, axe: &str, state: &str) {
    browser.driver.execute(axe, Vec::new()).await.unwrap();
    let run = "const done = arguments[0]; axe.run({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', \
               'wcag21aa', 'wcag22aa', 'best-practice'] } }).then((r) => done(r.violations.map((v) => v.id + ': ' + \
               v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | '))))";
    let found = browser.driver.execute_async(run, Vec::new()).await.unwrap();
    assert_eq!(found.json(), &json!([]), "{state}");
}
