//! What happens on a shop's page, as the page shows it: every signal, and how surely refusals are told
//! from good news.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

/// The tag, and an ear for signals.
const HEAD: &str = r#"<meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script>window.__signals = []; document.addEventListener('help:signal', (event) => __signals.push(event.detail.name))</script>
<script async src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx" data-proactive="off" WAKE></script>"#;

fn page(lang: &str, wake: &str, body: &str) -> String {
    let head = HEAD.replace("WAKE", &if wake.is_empty() { String::new() } else { format!("data-wake=\"{wake}\"") });
    format!("<!doctype html><html lang=\"{lang}\"><head>{head}</head><body><main>{body}</main></body></html>")
}

/// Waits until the page is watched, whatever woke it.
async fn watched(browser: &Browser) {
    browser.until("the launcher is there", "!!$('button.launcher')").await;
    browser
        .driver
        .execute_async(
            "const done = arguments[0]; Helpnook('suggest', 0).then(() => done(1), () => done(0))",
            Vec::new(),
        )
        .await
        .unwrap();
}

async fn heard(browser: &Browser, signal: &str) {
    browser.until(&format!("{signal} is heard"), &format!("window.__signals.includes('{signal}')")).await;
}

#[tokio::test]
async fn refusals_are_told_from_good_news() {
    // Each was first measured as it was written, and then used to mend what tells refusals.
    let mut rows: Vec<Value> = Vec::new();
    for name in ["snippets", "unseen", "third", "fourth", "fifth", "sixth", "seventh", "eighth"] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/refusals/{name}.jsonl"));
        rows.extend(
            std::fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()),
        );
    }
    let mut setup = Setup::default();
    for (at, row) in rows.iter().enumerate() {
        let take = format!("<script>history.replaceState(null, '', {})</script>", row["path"]);
        let html = page(row["lang"].as_str().unwrap(), "", row["html"].as_str().unwrap());
        setup = setup.page(&format!("r{at}/index.html"), &html.replacen("<head>", &format!("<head>{take}"), 1));
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    let mut wrong = Vec::new();
    // Per kind: told rightly, told though it was not so, missed.
    let mut table: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut langs: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        browser.goto(&format!("{}/r{at}/", shop.url)).await;
        watched(&browser).await;
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        let heard = browser.js("return [...new Set(window.__signals)]").await;
        let refusals =
            ["coupon-rejected", "payment-failed", "login-failed", "validation-error", "variant-missing", "no-results"];
        let heard: Vec<&str> =
            heard.as_array().unwrap().iter().filter_map(Value::as_str).filter(|name| refusals.contains(name)).collect();
        let expected = row["expect"].as_str().unwrap();
        let lang = row["lang"].as_str().unwrap();
        if !expected.is_empty() {
            let found = usize::from(!heard.contains(&expected)) * 2;
            table.entry(expected.to_owned()).or_default()[found] += 1;
            langs.entry(lang.to_owned()).or_default()[found] += 1;
        }
        for name in heard.iter().filter(|name| **name != expected) {
            table.entry((*name).to_owned()).or_default()[1] += 1;
            langs.entry(lang.to_owned()).or_default()[1] += 1;
        }
        if heard != if expected.is_empty() { vec![] } else { vec![expected] } {
            wrong.push(format!("{lang} {} expected {expected:?}, heard {heard:?}: {}", row["platform"], row["html"]));
        }
    }
    println!("{:<18} right wrong missed", "signal");
    let mut sums = [0usize; 3];
    for (name, counts) in table.iter().chain(&langs) {
        println!("{name:<18} {:>5} {:>5} {:>6}", counts[0], counts[1], counts[2]);
    }
    for counts in table.values() {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    for line in &wrong {
        println!("{line}");
    }
    let [right, falsely, missed] = sums.map(|n| n as f64);
    let (precision, recall) = (right / (right + falsely), right / (right + missed));
    let mut figures = vec![
        ("precision".to_owned(), json!(precision)),
        ("recall".to_owned(), json!(recall)),
        ("n_snippets".to_owned(), json!(rows.len())),
    ];
    for (name, counts) in table.iter().chain(&langs) {
        let [right, falsely, missed] = counts.map(|n| n as f64);
        figures
            .push((format!("{name}.precision"), json!((right / (right + falsely).max(1.0) * 1000.0).round() / 1000.0)));
        figures.push((format!("{name}.recall"), json!((right / (right + missed).max(1.0) * 1000.0).round() / 1000.0)));
    }
    let figures: Vec<(&str, Value)> = figures.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    record("refusals", &figures);
    assert!(precision >= 0.95 && recall >= 0.9, "precision {precision:.3}, recall {recall:.3}\n{}", wrong.join("\n"));
}

/// Every signal that is no refusal, made as a shopper makes it.
#[tokio::test]
async fn every_action_that_tells_something_is_heard() {
    let product = page(
        "en",
        "",
        r#"<h1>Cap</h1><form><select name="size" required><option value="">Choose</option><option>S</option><option>M</option><option>L</option></select>
        <input name="quantity" type="number" value="1"><button id="buy" type="button">Add to cart</button></form><p id="dead">Nothing here</p>
        <div id="code">#100042-7</div><div style="height:4000px"></div>"#,
    );
    let search = page("en", "", "<h1>Search</h1><p>No results for “sprocket”.</p>");
    let shop = Shop::with(
        Setup::default()
            .page("index.html", &product)
            .page("search/index.html", &search)
            .page("checkout/index.html", &page("en", "", "<h1>Checkout</h1><input autocomplete=cc-number>")),
    )
    .await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    watched(&browser).await;

    for size in ["S", "M", "L"] {
        browser.js(&format!("const s = document.querySelector('select'); s.value = '{size}'; s.dispatchEvent(new Event('change', {{bubbles: true}}))")).await;
    }
    heard(&browser, "variant-flipped").await;
    browser.js("document.querySelector('[name=quantity]').dispatchEvent(new Event('change', {bubbles: true}))").await;
    heard(&browser, "basket-changed").await;
    browser.js("window.__signals = []; (window.dataLayer ||= []).push({event: 'add_to_cart'}); document.querySelector('#dead').click()").await;
    heard(&browser, "basket-changed").await;
    browser.js("const s = document.querySelector('select'); s.value = ''; s.form.reportValidity()").await;
    heard(&browser, "variant-missing").await;

    let dead = browser.outside("#dead").await;
    for _ in 0..5 {
        dead.click().await.unwrap();
    }
    heard(&browser, "rage-click").await;

    let (buy, away) = (browser.outside("#buy").await, browser.outside("h1").await);
    for _ in 0..4 {
        browser.driver.action_chain().move_to_element_center(&buy).perform().await.unwrap();
        browser.driver.action_chain().move_to_element_center(&away).perform().await.unwrap();
    }
    heard(&browser, "hesitation").await;

    browser
        .js("const range = document.createRange(); range.selectNodeContents(document.querySelector('#code')); \
             const picked = getSelection(); picked.removeAllRanges(); picked.addRange(range); document.execCommand('copy')")
        .await;
    heard(&browser, "copied-order").await;

    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    browser
        .js("document.dispatchEvent(new MouseEvent('mouseout', {clientY: -2, relatedTarget: null, bubbles: true}))")
        .await;
    heard(&browser, "exit-intent").await;
    browser.js("scrollTo(0, 1e6)").await;
    heard(&browser, "scroll").await;

    for (event, signal) in
        [("coupon_error", "coupon-rejected"), ("payment_failed", "payment-failed"), ("login_failed", "login-failed")]
    {
        browser.js(&format!("dataLayer.push({{event: '{event}'}}); document.querySelector('#dead').click()")).await;
        heard(&browser, signal).await;
    }

    browser.goto(&format!("{}/search/?q=sprocket", shop.url)).await;
    heard(&browser, "no-results").await;
    browser.goto(&format!("{}/checkout/?redirect_status=failed", shop.url)).await;
    heard(&browser, "back-from-payment").await;
    browser.nothing_broke().await;
}

/// Seconds and visits pass faster here than in a shop.
#[tokio::test]
async fn time_and_visits_are_counted() {
    let shop = Shop::with(Setup::default().page("index.html", &page("en", "dwell", "<h1>Cap</h1>"))).await;
    let hurry = "const wait = window.setTimeout; window.setTimeout = (run, ms, ...more) => wait(run, ms > 3000 ? ms / 60 : ms, ...more);";
    let browser = Browser::start(Look { before: hurry.to_owned(), ..Look::default() }).await;
    browser.goto(&shop.url).await;
    heard(&browser, "dwell").await;
    browser.js("localStorage.setItem('helpnook.seen', Date.now() - 5 * 3600e3)").await;
    browser.driver.refresh().await.unwrap();
    watched(&browser).await;
    assert_eq!(browser.js("return localStorage.getItem('helpnook.visits')").await, json!("2"));
    // What was known goes when the shop says so.
    browser
        .driver
        .execute_async("const done = arguments[0]; Helpnook('forget').then(() => done(1))", Vec::new())
        .await
        .unwrap();
    assert_eq!(
        browser.js("return Object.keys(localStorage).filter((key) => key.startsWith('helpnook.'))").await,
        json!([])
    );
    browser.nothing_broke().await;
}

/// Where a shopper pays nobody may look over their shoulder.
#[tokio::test]
async fn on_payment_pages_nothing_listens_to_fields() {
    let body = r#"<h1>Payment</h1><form><label>Card <input id="card" autocomplete="cc-number" name="card" value="4111111111111111"></label><button type="button">Pay</button></form>"#;
    let shop = Shop::with(Setup::default().page("checkout/payment/index.html", &page("en", "", body))).await;
    let trap = r#"window.__heard = []; window.__read = [];
      const add = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (type, ...rest) {
        __heard.push([type, this]);
        return add.call(this, type, ...rest);
      };
      for (const kind of [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement]) {
        const own = Object.getOwnPropertyDescriptor(kind.prototype, 'value');
        Object.defineProperty(kind.prototype, 'value', { ...own, get() {
          if (!(this.getRootNode() instanceof ShadowRoot)) __read.push(this.id || this.name);
          return own.get.call(this);
        } });
      }"#;
    let browser = Browser::start(Look { before: trap.to_owned(), ..Look::default() }).await;
    browser.goto(&format!("{}/checkout/payment/", shop.url)).await;
    watched(&browser).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", "$('.panel #hn-search')").await;
    if !browser.has_cdp("strokes that no driver makes") {
        return;
    }
    // Typed by the browser itself: a driver would read the field for it.
    browser.js("document.querySelector('#card').focus()").await;
    browser.cdp("Input.insertText", json!({"text": "4"})).await;
    for kind in ["keyDown", "keyUp"] {
        browser
            .cdp(
                "Input.dispatchKeyEvent",
                json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}),
            )
            .await;
    }
    browser.until("the field was left", "document.activeElement.id !== 'card'").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    // Ours is what stands in our shadow root, or stood there; the browser's own wishes are no field.
    let ours = "(one) => one instanceof MediaQueryList || one.getRootNode && (one.getRootNode() instanceof ShadowRoot || !one.isConnected && one !== document)";
    let heard = browser
        .js(&format!("const ours = {ours}; return __heard.filter(([, one]) => !ours(one)).map(([type]) => type)"))
        .await;
    let spying: Vec<&str> = heard
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|kind| {
            matches!(
                *kind,
                "input"
                    | "change"
                    | "beforeinput"
                    | "keydown"
                    | "copy"
                    | "cut"
                    | "paste"
                    | "keypress"
                    | "keyup"
                    | "submit"
                    | "focusin"
                    | "focusout"
            )
        })
        .collect();
    assert!(spying.is_empty(), "{spying:?} of {heard}");
    assert_eq!(browser.js("return window.__read").await, json!([]), "values read");
    browser.nothing_broke().await;
}
