//! Pages of shops that bend, lack or clobber what browsers provide, and the guest's cost on a long visit.

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::fault::{GOOD, Gets, check, flipped, wrong};
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

/// One bit of each file in turn: what is not as it was released is refused, named and done without.
#[tokio::test]
async fn a_file_with_one_bit_turned_is_refused() {
    const FILES: [(&str, Gets); 8] = [
        ("engine.js", Gets::Topics),
        ("engine.wasm", Gets::Topics),
        ("panel.js", Gets::Topics),
        ("panel.wasm", Gets::Topics),
        ("open.js", Gets::Contact),
        ("page.js", Gets::Panel),
        ("comfort.js", Gets::Panel),
        ("chat.wasm", Gets::Panel),
    ];
    let mut setup = Setup::default();
    let mut cases = Vec::new();
    for (name, gets) in FILES {
        let folder = name.replace('.', "-");
        setup = flipped(setup, &folder, name);
        let case = wrong(name).tag(&GOOD.replace("/help/helpnook.js", &format!("/{folder}/helpnook.js"))).gets(gets);
        // What is fetched after the panel is told when it is missed.
        cases.push(if matches!(name, "comfort.js" | "chat.wasm") { case } else { case.says(&[name]) });
    }
    check(setup, cases).await;
}

/// Fixed places are the screen's only as long as no ancestor is moved, filtered or contained.
#[tokio::test]
async fn in_a_body_that_is_moved_or_filtered_it_stands_where_it_would() {
    let styles = [
        ("plain", ""),
        ("moved", "body { transform: translateX(0) }"),
        ("filtered", "body { filter: grayscale(0) }"),
        ("contained", "body { contain: layout; }"),
        ("narrow", "body { transform: scale(1); width: 200px; height: 40px; overflow: hidden }"),
    ];
    let mut setup = Setup::default();
    for (name, style) in styles {
        let page = wrong("").html(|html| html.replace("<title>", &format!("<style>{style}</style><title>")));
        setup = setup.page(&format!("{name}/index.html"), &page.html);
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    let mut places = Vec::new();
    for (name, _) in styles {
        browser.goto(&format!("{}/{name}/", shop.url)).await;
        browser
            .until(&format!("{name}: the launcher is in its corner"), "innerHeight - $('button.launcher')?.getBoundingClientRect().bottom < 30 && innerWidth - $('button.launcher').getBoundingClientRect().right < 30")
            .await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel is there", "$('.panel .tile')").await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        places.push(browser.js("const { width, height, right, bottom } = $('.panel').getBoundingClientRect(); return [width, height, innerWidth - right, innerHeight - bottom]").await);
        assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "{name}");
    }
    assert!(places.iter().all(|one| *one == places[0]), "{places:?}");
}

/// Whatever can be pressed in the demo shop can be pressed with the widget on it.
#[tokio::test]
async fn no_control_of_the_shop_lies_under_the_launcher() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    let mut covered = Vec::new();
    for width in [320, 768, 1280] {
        browser.screen((width, 720)).await;
        for path in ["/", "/product/fell-rain-jacket/", "/cart/", "/returns/", "/account/login/", "/checkout/address/"]
        {
            browser.goto(&format!("{}{path}", shop.url)).await;
            browser.until("the launcher is there", "$('button.launcher') || document.title").await;
            for to in ["0", "document.body.scrollHeight"] {
                browser.js(&format!("scrollTo({{ top: {to}, behavior: 'instant' }})")).await;
                // Where it was touched by something of the shop, it steps aside.
                tokio::time::sleep(std::time::Duration::from_millis(700)).await;
                let under = browser
                    .js("return [...document.querySelectorAll('a[href], button, input, select, textarea')].filter((one) => { \
                         const { left, top, width, height } = one.getBoundingClientRect(); const [x, y] = [left + width / 2, top + height / 2]; \
                         return width && x > 0 && y > 0 && x < innerWidth && y < innerHeight && document.elementFromPoint(x, y)?.matches('help-nook'); }).map((one) => one.outerHTML.slice(0, 90))")
                    .await;
                for one in under.as_array().unwrap() {
                    covered.push(format!("{path} at {width}: {one}"));
                }
            }
        }
    }
    assert!(covered.is_empty(), "{}", covered.join("\n"));
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
