//! The question for a recommendation: asked as the shop has scheduled it, never in the way, counted in the report.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

fn page(more: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta name=viewport content='width=device-width'><title>Thank you</title><link rel=icon href=data:,></head>\
         <body><script>window.__told = []; const note = (who) => (...all) => __told.push(who + ' ' + JSON.stringify(all)); gtag = note('ga4'); \
         posthog = {{ capture: note('posthog') }}; analytics = {{ track: note('segment') }}; plausible = note('plausible')</script><main><h1>Thank you for your order</h1><p><input aria-label=note></p></main><script async src=/help/helpnook.js \
         data-index=/help/demo/{{lang}}.hnx data-events=inbox,ga4,posthog,segment,plausible data-page-type=order-confirmation {more}></script></body></html>"
    )
}

async fn at(more: &str, look: Look) -> (Shop, Browser) {
    let shop = Shop::with(Setup::default().page("index.html", &page(more)).page("next.html", &page(more))).await;
    let browser = Browser::start(look).await;
    browser.goto(&format!("{}/", shop.url)).await;
    (shop, browser)
}

fn told(shop: &Shop) -> Vec<(String, Value)> {
    let conn = rusqlite::Connection::open(shop.folder.path().join("inbox.db")).unwrap();
    let mut all = conn.prepare("SELECT kind, facts FROM told ORDER BY rowid").unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
    rows.map(Result::unwrap).map(|(kind, facts)| (kind, serde_json::from_str(&facts).unwrap())).collect()
}

const CARD: &str = "$('.survey .scale')";

#[tokio::test]
async fn it_is_asked_on_the_page_that_the_shop_named_and_not_again_for_ninety_days() {
    let (shop, browser) = at("data-consent=granted data-survey='nps@order-confirmation wait=0'", Look::default()).await;
    browser.js("Helpnook('suggest')").await;
    browser.until("it is asked", CARD).await;
    let focus = browser.js("return document.activeElement === document.body").await;
    assert_eq!(focus, true, "it takes no focus");
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    browser.driver.execute(&std::fs::read_to_string(axe).unwrap(), Vec::new()).await.unwrap();
    let run = "const done = arguments[0]; axe.run({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } })\
               .then((r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | '))))";
    let found = browser.driver.execute_async(run, Vec::new()).await.unwrap();
    assert_eq!(found.json(), &json!([]));
    browser.shot("survey").await;
    browser.click_inside(".survey .scale button:nth-child(10)").await;
    browser.until("it thanks", "$('.survey h2').textContent.includes('Thank you')").await;
    browser.shot("survey-thanks").await;
    for _ in 0..150 {
        if told(&shop).iter().any(|(kind, _)| kind == "rated") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let all = told(&shop);
    assert!(all.contains(&("surveyed".to_owned(), json!({ "scale": "nps" }))), "{all:?}");
    assert!(all.contains(&("rated".to_owned(), json!({ "scale": "nps", "score": 9 }))), "{all:?}");

    // The analytics that the shop has already hear it in their own ways.
    let lines: Vec<String> = serde_json::from_value(browser.js("return window.__told").await).unwrap();
    for (who, how) in [
        ("ga4", "helpnook_rated"),
        ("posthog", "helpnook rated"),
        ("segment", "helpnook rated"),
        ("plausible", "props"),
    ] {
        let heard = |line: &&String| line.starts_with(who) && line.contains("rated") && line.contains(how);
        assert_eq!(lines.iter().filter(heard).count(), 1, "{who}: {lines:?}");
    }

    browser.goto(&format!("{}/next.html", shop.url)).await;
    browser.js("Helpnook('survey')").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(
        browser.js("return !!document.querySelector('help-nook').shadowRoot.querySelector('.survey')").await,
        false
    );
    browser.js("localStorage['helpnook.surveyed'] = Date.now() - 91 * 864e5").await;
    browser.js("Helpnook('survey')").await;
    browser.until("ninety days later it is asked again", CARD).await;
    // By the keyboard alone, and away.
    browser.js("document.querySelector('help-nook').shadowRoot.querySelector('.survey button').focus()").await;
    browser.keys(Key::Escape + "").await;
    browser.until("it is gone", "!$('.survey')").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn it_waits_for_consent_and_for_who_types_and_comes_after_help() {
    let (_shop, browser) =
        at("data-arm=auto data-survey='nps wait=1'", Look { size: (390, 800), ..Look::default() }).await;
    let read_and_close = "Helpnook('article', 'return-item')";
    browser.js(read_and_close).await;
    browser.until("the article is open", "$('h2.question')").await;
    browser.js("Helpnook('close')").await;
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    let fetched: Vec<String> = browser.requests().await.into_iter().filter(|url| url.contains("/survey")).collect();
    assert_eq!(fetched, Vec::<String>::new(), "before consent nothing of it is fetched");

    browser.js("Helpnook('consent', 'granted'); document.querySelector('input').focus()").await;
    browser.js("Helpnook('open')").await;
    browser.until("the panel stands open", "$('#hn-search')").await;
    // Closing gives the focus back to the launcher; then the shopper goes on typing.
    browser.js("return Helpnook('close').then(() => document.querySelector('input').focus())").await;
    tokio::time::sleep(std::time::Duration::from_millis(2200)).await;
    assert_eq!(
        browser.js("return !!document.querySelector('help-nook').shadowRoot.querySelector('.survey')").await,
        false,
        "who types is left alone"
    );
    browser.js("document.activeElement.blur()").await;
    browser.until("after help it is asked", CARD).await;
    let (wide, right) = (
        browser.js("return document.documentElement.scrollWidth <= innerWidth").await,
        browser.js("return document.querySelector('help-nook').shadowRoot.querySelector('.survey').getBoundingClientRect().left").await,
    );
    assert_eq!(wide, true, "the card makes the page wider");
    assert!(right.as_f64().unwrap() >= 0.0, "{right}");
    browser.js("Helpnook('theme', 'dark')").await;
    browser.shot("survey-phone").await;
    browser.nothing_broke().await;
}
