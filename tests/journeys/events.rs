//! Events: nothing leaves the device before consent, and then all of it does, once.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// A page of a shop that counts; `more` are further attributes of the tag.
fn page(more: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Shop</title><link rel=icon href=data:,><h1>Shop</h1><script async src=/help/helpnook.js \
         data-index=/help/demo/{{lang}}.hnx data-chat=inbox: data-page-type=cart {more}></script>"
    )
}

async fn at(more: &str) -> (Shop, Browser) {
    let shop = Shop::with(Setup::default().page("index.html", &page(more)).page("next.html", &page(more))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/", shop.url)).await;
    (shop, browser)
}

/// Opens, finds nothing, reads and votes.
async fn use_it(browser: &Browser) {
    browser.click_inside("button.launcher").await;
    browser.type_inside("#hn-search", "zxqv klmpt 4111 1111 1111 1111").await;
    browser.until("it says that there is none", "root.textContent.includes('No answer found')").await;
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    browser.js("Helpnook('article', 'return-item')").await;
    browser.click_inside("#hn-vote-no").await;
    browser.until("the vote is taken", "$('#hn-thanks')").await;
}

fn told(shop: &Shop) -> Vec<(String, Value, i64)> {
    let conn = rusqlite::Connection::open(shop.folder.path().join("inbox.db")).unwrap();
    let mut all = conn.prepare("SELECT kind, facts, after FROM told ORDER BY rowid").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?));
    let rows = all.query_map([], row).unwrap();
    rows.map(Result::unwrap).map(|(kind, facts, after)| (kind, serde_json::from_str(&facts).unwrap(), after)).collect()
}

async fn told_in_the_end(shop: &Shop, n: usize) -> Vec<(String, Value, i64)> {
    for _ in 0..150 {
        if told(shop).len() >= n {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    told(shop)
}

#[tokio::test]
async fn before_consent_nothing_is_told_and_afterwards_everything_once() {
    let (shop, browser) = at("data-events=inbox,datalayer").await;
    use_it(&browser).await;
    browser.goto(&format!("{}/next.html", shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel stands open", "$('#hn-search')").await;
    browser.until("it is counted", "JSON.parse(sessionStorage['helpnook.waiting']).length >= 5").await;
    let asked: Vec<String> = browser.requests().await.into_iter().filter(|url| url.contains("/v1/events")).collect();
    assert_eq!(asked, Vec::<String>::new(), "requests before consent");
    assert_eq!(told(&shop).len(), 0);
    assert_eq!(browser.js("return (window.dataLayer || []).length").await, 0, "told a neighbour before consent");
    let kept = browser.js("return JSON.stringify(localStorage)").await;
    assert!(!kept.as_str().unwrap().contains("return-item"), "{kept}");

    browser.js("Helpnook('consent', 'granted')").await;
    let all = told_in_the_end(&shop, 5).await;
    let names: Vec<&str> = all.iter().map(|(name, ..)| name.as_str()).collect();
    for name in ["opened", "no-result", "read", "voted"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let of = |name: &str| all.iter().find(|(kind, ..)| kind == name).unwrap();
    assert_eq!(of("no-result").1, json!({ "question": "zxqv klmpt [number]" }));
    assert_eq!(of("voted").1["helped"], false);
    assert_eq!(of("opened").2, 0, "nothing came before the first event of the visit");
    assert_ne!(of("voted").2, 0);
    let pushed = browser.js("return window.dataLayer.map((one) => one.event)").await;
    assert!(pushed.to_string().contains("helpnook_no_result"), "{pushed}");
    let n = told(&shop).len();
    browser.goto(&format!("{}/", shop.url)).await;
    browser.goto(&format!("{}/next.html", shop.url)).await;
    assert_eq!(told(&shop).len(), n, "what was told is told again");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_rating_and_a_handoff_are_counted_once() {
    let (shop, browser) = at("data-events=inbox data-consent=granted").await;
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    super::after::say(&browser, "Thank you").await;
    let desk = super::after::desk(&shop).await;
    super::after::ask(&desk, "PUT", "closed", json!({"closed": true})).await;
    browser.click_inside("#hn-do-rate-5").await;
    browser.type_inside("#hn-comment", "Lovely").await;
    browser.keys(thirtyfour::Key::Enter + "").await;
    browser.until("the comment is taken", "!$('#hn-comment')").await;
    let n = told_in_the_end(&shop, 4).await.len();
    tokio::time::sleep(std::time::Duration::from_millis(5_500)).await;
    let all = told(&shop);
    assert!(all.len() >= n);
    for (name, facts) in [("surveyed", json!({"scale": "csat"})), ("rated", json!({"scale": "csat", "score": 5}))] {
        let of: Vec<&Value> = all.iter().filter(|(kind, ..)| kind == name).map(|(_, facts, _)| facts).collect();
        assert_eq!(of, [&facts], "{name} among {all:?}");
    }
    assert!(all.iter().any(|(name, facts, _)| name == "handed-off" && facts["channel"] == "inbox"), "{all:?}");
    let words = all.iter().any(|(_, facts, _)| facts.to_string().contains("Lovely"));
    assert!(!words, "what was said names people: it stays in the inbox");
}

#[tokio::test]
async fn refused_consent_forgets_and_a_tag_without_events_counts_nothing() {
    let (shop, browser) = at("data-events=inbox").await;
    use_it(&browser).await;
    browser.js("Helpnook('consent', 'denied')").await;
    browser.until("all is forgotten", "!sessionStorage['helpnook.waiting'] && !sessionStorage['helpnook.visit']").await;
    browser.js("Helpnook('article', 'warranty')").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(browser.js("return sessionStorage['helpnook.waiting'] || ''").await, "");
    assert_eq!(told(&shop).len(), 0);

    let (_shop, browser) = at("").await;
    use_it(&browser).await;
    let fetched: Vec<String> = browser.requests().await.into_iter().filter(|url| url.contains("/events")).collect();
    assert_eq!(fetched, Vec::<String>::new(), "what nobody asked for");
}

#[tokio::test]
async fn what_happens_offline_is_told_when_the_network_is_back() {
    let (shop, browser) = at("data-events=inbox data-consent=granted").await;
    if !browser.has_cdp("a network that is gone") {
        return;
    }
    browser.click_inside("button.launcher").await;
    browser.until("the panel stands open", "$('#hn-search')").await;
    told_in_the_end(&shop, 1).await;
    let before = told(&shop).len();
    let offline =
        |gone: bool| json!({ "offline": gone, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.cdp("Network.enable", json!({})).await;
    browser.cdp("Network.emulateNetworkConditions", offline(true)).await;
    browser.js("Helpnook('article', 'return-item')").await;
    browser
        .until("the message is kept", "Object.keys(localStorage).some((key) => key.startsWith('helpnook.batch.'))")
        .await;
    browser.cdp("Network.emulateNetworkConditions", offline(false)).await;
    let all = told_in_the_end(&shop, before + 1).await;
    assert!(all.iter().any(|(name, facts, _)| name == "read" && facts["article"] == "return-item"), "{all:?}");
    browser
        .until("nothing is kept", "!Object.keys(localStorage).some((key) => key.startsWith('helpnook.batch.'))")
        .await;
}

/// `auto` takes the half that rules' `audience` is drawn by: it stands with every event of the visit, stays on the
/// next page, and the report holds one half against the other.
#[tokio::test]
async fn the_half_that_was_drawn_is_what_the_report_compares() {
    let tag = "data-events=inbox data-consent=granted data-arm=auto";
    let shop = Shop::with(Setup::default().page("index.html", &page(tag)).page("next.html", &page(tag))).await;
    let mut n = 0;
    for (drawn, half) in [("0.2", "a"), ("0.8", "b")] {
        let before = format!("Math.random = () => {drawn}");
        let browser = Browser::start(Look { before, ..Look::default() }).await;
        browser.goto(&format!("{}/", shop.url)).await;
        use_it(&browser).await;
        browser.goto(&format!("{}/next.html", shop.url)).await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel stands open", "$('#hn-search')").await;
        browser.js("Helpnook('article', 'warranty')").await;
        let all = told_in_the_end(&shop, n + 5).await;
        assert!(all.len() >= n + 5, "{all:?}");
        n = all.len();
        let conn = rusqlite::Connection::open(shop.folder.path().join("inbox.db")).unwrap();
        let mut arms = conn.prepare("SELECT arm, count(*) FROM told GROUP BY arm ORDER BY arm").unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, usize>(1)?));
        let arms: Vec<(String, usize)> = arms.query_map([], row).unwrap().map(Result::unwrap).collect();
        assert_eq!(arms.last().map(|(arm, _)| arm.as_str()), Some(half), "{arms:?}");
        assert_eq!(arms.iter().map(|(_, n)| n).sum::<usize>(), n, "an event without its half: {arms:?}");
        browser.nothing_broke().await;
    }
    let report = std::process::Command::new(env!("CARGO_BIN_EXE_helpnook"))
        .args(["report", "--format", "json", "--db"])
        .arg(shop.folder.path().join("inbox.db"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let test = &report["tests"][0];
    assert_eq!((&test["first"], &test["second"]), (&json!("a"), &json!("b")), "{report:#}");
    let activation = test["figures"].as_array().unwrap().iter().find(|one| one["kpi"] == "activation").unwrap();
    assert_eq!((&activation["n_first"], &activation["clear"]), (&json!(1), &json!(false)), "{activation}");
}
