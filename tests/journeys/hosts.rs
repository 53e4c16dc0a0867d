//! Pages of shops that bend, lack or clobber what browsers provide, and the guest's cost on a long visit.

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::fault::{Gets, check, wrong};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

#[tokio::test]
async fn what_a_page_lacks_is_done_without() {
    let cases = vec![
        wrong("no Intl DisplayNames").before("delete Intl.DisplayNames;"),
        wrong("no idle callback").before("delete window.requestIdleCallback;"),
        wrong("no service workers").before("delete Navigator.prototype.serviceWorker;"),
        wrong("no Navigation API").before("delete window.navigation;"),
        wrong("no adopted style sheets")
            .before("window.CSSStyleSheet = function () { throw new TypeError('Illegal constructor'); };"),
        wrong("no fetch").before("delete window.fetch;").says(&["without its engine", "fetch"]).gets(Gets::Contact),
        wrong("no console").before("delete window.console;"),
        wrong("no custom elements").before("delete window.customElements;"),
    ];
    check(Setup::default(), cases).await;
}

#[tokio::test]
async fn what_a_page_bends_does_not_bend_the_help() {
    let cases = vec![
        wrong("an old framework's bind").before(
            "Function.prototype.bind = function (to) { const run = this, args = [].slice.call(arguments, 1); \
             return function () { return run.apply(to, args.concat([].slice.call(arguments))); }; };",
        ),
        wrong("an old framework's JSON").before("Array.prototype.toJSON = function () { return '[]'; }; String.prototype.toJSON = function () { return this; };"),
        wrong("an old framework's each").before("Array.prototype.each = Array.prototype.forEach; Array.prototype.remove = function () {}; String.prototype.format = () => '';"),
        wrong("promises of the page's own").before("const Real = Promise; window.Promise = class extends Real { then(...all) { return super.then(...all); } };"),
        wrong("timers that are wrapped").before("const real = setTimeout; window.setTimeout = (run, after, ...more) => real(() => run(...more), after);"),
        wrong("a history that is wrapped").before("const push = history.pushState; history.pushState = function (...all) { return push.apply(history, all); };"),
        wrong("listeners that are counted").before(
            "const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (...all) { return add.apply(this, all); };",
        ),
        wrong("a picture named currentScript").before(
            "Object.defineProperty(document, 'currentScript', { get: () => document.createElement('img') });",
        ),
        wrong("a base elsewhere").html(|page| page.replace("<head>", "<head><base href=\"/elsewhere/\">")),
        wrong("every element of the page hidden by style")
            .html(|page| page.replace("<body>", "<body><style>body > div, body > span, iframe { display: none !important } * { visibility: visible; transition: all 2s }</style>")),
        wrong("XML-like doctype").html(|page| page.replace("<!doctype html>", "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">")),
    ];
    check(Setup::default(), cases).await;
}

/// Nodes, listeners and memory after a hundred times open and shut are what they were after ten.
#[tokio::test]
async fn a_hundred_openings_leave_nothing_behind() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("memory by the browser's own count") {
        return;
    }
    browser.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
    browser.inside("button.launcher").await;
    browser.cdp("Performance.enable", json!({})).await;
    let mut counts = Vec::new();
    for n in [10, 100] {
        let run = "const [n, done] = arguments; (async () => { for (let i = 0; i < n; i++) { await Helpnook('open'); await Helpnook('search', 'refund'); \
                   await Helpnook('article', 'return-item'); await Helpnook('close'); await new Promise((soon) => setTimeout(soon, 20)); } })().then(done, (e) => done(String(e)))";
        let ran = browser.driver.execute_async(run, vec![json!(n)]).await.unwrap();
        assert!(ran.json().is_null(), "{}", ran.json());
        // What may go is gone only after a collection or two.
        for _ in 0..3 {
            browser.cdp("HeapProfiler.collectGarbage", json!({})).await;
        }
        let told = browser.cdp("Performance.getMetrics", json!({})).await;
        let metric = |name: &str| {
            let all = told["metrics"].as_array().unwrap();
            all.iter().find(|one| one["name"] == name).and_then(|one| one["value"].as_f64()).unwrap_or_default()
        };
        counts.push([metric("Nodes"), metric("JSEventListeners"), metric("JSHeapUsedSize")]);
    }
    let [first, last] = [counts[0], counts[1]];
    println!("after 10: {first:?}; after 110: {last:?}");
    record(
        "guest",
        &[
            ("nodes_more_after_100_openings", json!(last[0] - first[0])),
            ("listeners_more_after_100_openings", json!(last[1] - first[1])),
            ("heap_more_after_100_openings_bytes", json!(last[2] - first[2])),
        ],
    );
    assert!(last[0] <= first[0] + 50.0, "nodes: {first:?}, then {last:?}");
    assert!(last[1] <= first[1] + 20.0, "listeners: {first:?}, then {last:?}");
    assert!(last[2] <= first[2] + 1_000_000.0, "heap: {first:?}, then {last:?}");
    // The inbox refuses to be asked so often whether somebody is there, which the console tells.
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "uncaught errors");
}
