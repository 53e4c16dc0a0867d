//! Single-page shops, swapped bodies, drawers, and things of the shop that lie where the launcher lies.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

const TAG: &str = r#"<script async src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx" MORE></script>"#;

fn page(more: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Shop</title>\
         <link rel=\"icon\" href=\"data:,\">{}</head><body>{body}</body></html>",
        TAG.replace("MORE", more)
    )
}

async fn suggested(browser: &Browser) -> Vec<String> {
    let script = "const done = arguments[0]; Helpnook('suggest').then((one) => done(one.suggestions.map((s) => s.id)), (e) => done(['' + e]))";
    let told = browser.driver.execute_async(script, Vec::new()).await.unwrap();
    told.json().as_array().unwrap().iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

/// Waits until one of these is suggested first: where reading a page took long, what was read of it is
/// used again for fifty times as long.
async fn until_suggested(browser: &Browser, wanted: &[&str]) {
    let mut first = String::new();
    for _ in 0..100 {
        first.clone_from(&suggested(browser).await[0]);
        if wanted.contains(&first.as_str()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{first} is suggested, not one of {wanted:?}");
}

/// Address and content as a router of a shop would change them.
async fn go(browser: &Browser, path: &str, body: &str) {
    browser
        .js(&format!(
            "history.pushState(null, '', {}); document.querySelector('main').replaceChildren(...new DOMParser().parseFromString({}, 'text/html').body.childNodes)",
            json!(path),
            json!(body)
        ))
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
}

const CART: &str =
    "<h1>Your basket</h1><form class=coupon><input name=coupon_code><p role=alert>This coupon has expired.</p></form>";
const LOGIN: &str =
    "<h1>Sign in</h1><form><input name=email><input type=password name=p autocomplete=current-password></form>";

/// A coupon is refused in the basket, which brings help on coupons; then the shopper goes to sign in.
async fn refused_and_gone_on(browser: &Browser) {
    go(browser, "/cart", CART).await;
    browser.until("the refusal is noticed", "$('.badge:not([hidden])')").await;
    assert_eq!(suggested(browser).await[0], "promo-code");
    go(browser, "/login", LOGIN).await;
    browser.until("the badge is gone", "$('.badge').hidden").await;
}

#[tokio::test]
async fn every_address_has_its_own_suggestions_and_nothing_stays() {
    let shop = Shop::with(Setup::default().page("index.html", &page("", "<main><h1>Welcome</h1></main>"))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    refused_and_gone_on(&browser).await;
    assert_eq!(suggested(&browser).await[0], "reset-password");
    browser.js("history.back()").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    browser.js("document.querySelector('main').replaceChildren(Object.assign(document.createElement('h1'), {textContent: 'Your basket'}))").await;
    let back = suggested(&browser).await;
    assert_ne!(back[0], "reset-password", "{back:?}");
    assert_eq!(browser.js("return $('.badge').hidden").await, json!(true), "the refusal of before is stale");

    // What merely chooses a variant is no other page.
    go(&browser, "/products/cap?variant=1", "<h1>Cap</h1><form action=/cart/add><button>Add to cart</button></form>")
        .await;
    browser.js("Helpnook('context', {market: 'ch'})").await;
    browser.js("history.replaceState(null, '', '/products/cap?variant=2')").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    browser.nothing_broke().await;
}

/// Pages that are loaded anew, and the way back to one that was kept as it stood.
#[tokio::test]
async fn going_back_to_a_page_shows_nothing_of_the_next() {
    let cart = format!("<main>{CART}</main>");
    let shop = Shop::with(
        Setup::default()
            .page("cart/index.html", &page("", &cart))
            .page("login/index.html", &page("", &format!("<main>{LOGIN}</main>"))),
    )
    .await;
    let note =
        "window.__returned = 0; addEventListener('pageshow', (event) => { if (event.persisted) __returned++; });";
    let browser = Browser::start(Look { before: note.to_owned(), ..Look::default() }).await;
    browser.goto(&format!("{}/cart/", shop.url)).await;
    browser.until("the refusal is noticed", "$('.badge:not([hidden])')").await;
    // As a link does it: the driver's own way to an address empties the cache of pages.
    browser.js("location.href = '/login/'").await;
    browser.until("the next page is there", "location.pathname === '/login/' && $('button.launcher')").await;
    assert_eq!(suggested(&browser).await[0], "reset-password");
    browser.js("history.back()").await;
    browser.until("the page before is there", "location.pathname === '/cart/' && $('button.launcher')").await;
    println!("kept as it stood: {}", browser.js("return __returned").await);
    let back = suggested(&browser).await;
    assert_eq!(back[0], "promo-code", "{back:?}");
    assert!(!back.contains(&"reset-password".to_owned()), "{back:?}");
    browser.js("history.forward()").await;
    browser.until("the next page is there again", "location.pathname === '/login/' && $('button.launcher')").await;
    assert_eq!(suggested(&browser).await[0], "reset-password");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_body_that_is_swapped_gets_the_help_back() {
    let shop = Shop::with(Setup::default().page("index.html", &page("", "<main><h1>Welcome</h1></main>"))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", "$('.panel #hn-search')").await;
    // As Turbo does: a new body in place of the old, after the address.
    browser
        .js("history.pushState(null, '', '/cart'); const body = document.createElement('body'); \
             body.append(Object.assign(document.createElement('h1'), {textContent: 'Your basket'})); document.documentElement.replaceChild(body, document.body)")
        .await;
    browser.until("the element is back", "document.body.contains(document.querySelector('help-nook'))").await;
    browser.until("the panel is still open", "$('.panel #hn-search')?.offsetWidth > 100").await;
    // And another time, without any address.
    browser.js("document.documentElement.replaceChild(document.createElement('body'), document.body)").await;
    browser.until("the element is back again", "document.querySelector('help-nook')?.isConnected").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_hundred_pages_later_nothing_has_piled_up() {
    let count = r#"window.__open = 0;
      const add = EventTarget.prototype.addEventListener, remove = EventTarget.prototype.removeEventListener;
      const known = new Map();
      const key = (type, run) => { let types = known.get(run); if (!types) known.set(run, (types = new Map())); return types; };
      const far = (target) => target === window || target === document || target instanceof MediaQueryList;
      EventTarget.prototype.addEventListener = function (type, run, ...rest) {
        if (far(this) && run) { const types = key(type, run); types.set(type, (types.get(type) || 0) + 1); if (types.get(type) === 1) __open++; else types.set(type, 1); }
        return add.call(this, type, run, ...rest); };
      EventTarget.prototype.removeEventListener = function (type, run, ...rest) {
        if (far(this) && run && key(type, run).get(type)) { key(type, run).delete(type); __open--; }
        return remove.call(this, type, run, ...rest); };"#;
    let shop = Shop::with(Setup::default().page("index.html", &page("", "<main><h1>Welcome</h1></main>"))).await;
    let browser = Browser::start(Look { before: count.to_owned(), ..Look::default() }).await;
    if !browser.has_cdp("nodes and memory by the browser's own count") {
        return;
    }
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", "$('.panel #hn-search')").await;
    browser.js("Helpnook('close')").await;
    let round = "const done = arguments[0]; (async () => { for (let n = 0; n < 50; n++) for (const path of ['/products/a' + n, '/cart']) { \
                 history.pushState(null, '', path); document.querySelector('main').replaceChildren(Object.assign(document.createElement('h1'), {textContent: path})); \
                 await new Promise((next) => setTimeout(next, 20)); } await new Promise((next) => setTimeout(next, 600)); done(1); })()";
    let measure = || async {
        browser.cdp("HeapProfiler.collectGarbage", json!({})).await;
        let metrics = browser.cdp("Performance.getMetrics", json!({})).await;
        let of = |name: &str| {
            let all = metrics["metrics"].as_array().unwrap();
            all.iter().find(|one| one["name"] == name).and_then(|one| one["value"].as_f64()).unwrap_or_default()
        };
        (browser.js("return window.__open").await, of("Nodes"), of("JSHeapUsedSize"), of("JSEventListeners"))
    };
    browser.cdp("Performance.enable", json!({})).await;
    browser.driver.execute_async(round, Vec::new()).await.unwrap();
    let before = measure().await;
    browser.driver.execute_async(round, Vec::new()).await.unwrap();
    let after = measure().await;
    record(
        "navigation_100",
        &[
            ("listeners_before", before.0.clone()),
            ("listeners_after", after.0.clone()),
            ("nodes_before", json!(before.1)),
            ("nodes_after", json!(after.1)),
            ("heap_before_bytes", json!(before.2)),
            ("heap_after_bytes", json!(after.2)),
        ],
    );
    assert_eq!(before.0, after.0, "listeners on window and document");
    assert!(after.3 <= before.3 + 2.0, "listeners in all: {} then {}", before.3, after.3);
    assert!(after.1 <= before.1 + 20.0, "nodes: {} then {}", before.1, after.1);
    assert!(after.2 <= before.2 + 1_000_000.0, "heap: {} then {}", before.2, after.2);
    browser.nothing_broke().await;
}

#[tokio::test]
async fn an_open_basket_drawer_is_a_page_of_its_own() {
    let body = r#"<main><h1>Cap</h1><form action="/cart/add"><button>Add to cart</button></form></main>
      <div class="cart-drawer" role="dialog" style="position:fixed;inset:0 0 0 auto;width:320px;background:#eee;translate:100% 0"><h2>Basket</h2><a href="/checkout">Check out</a></div>"#;
    let shop = Shop::with(Setup::default().page("products/cap/index.html", &page("", body))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&format!("{}/products/cap/", shop.url)).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    assert_eq!(suggested(&browser).await[0], "size-guide");
    browser.js("document.querySelector('.cart-drawer').style.translate = 'none'").await;
    until_suggested(&browser, &["shipping-cost", "promo-code"]).await;
    browser.js("document.querySelector('.cart-drawer').style.translate = '100% 0'").await;
    until_suggested(&browser, &["size-guide"]).await;
}

/// Whether something of ours is what a shopper would press in place of a control of the shop.
const COVERED: &str = "[...document.querySelectorAll('button,a[href],input')].filter((one) => { const b = one.getBoundingClientRect(); \
    return b.width && b.bottom > 0 && b.top < innerHeight && [[.5,.5],[.1,.5],[.9,.5]].some(([x, y]) => document.elementFromPoint(b.left + b.width * x, b.top + b.height * y) === document.querySelector('help-nook')) }).map((one) => one.id || one.textContent)";

#[tokio::test]
async fn the_launcher_makes_room_for_what_the_shop_has_there() {
    let bar = r#"<div id="bar" style="position:fixed;inset:auto 0 0 0;height:72px;background:#ddd;display:flex;justify-content:flex-end;align-items:center"><button id="buy" style="height:50px;width:45%">Add to cart</button></div>"#;
    let cookie = r#"<div style="position:fixed;inset:auto 0 0 0;background:#ccc;padding:20px;display:flex;justify-content:space-between"><p>We use cookies.</p><button id="no">Reject</button><button id="yes" style="width:160px;height:60px">Accept</button></div>"#;
    let drawer = r#"<div style="position:fixed;inset:0 0 0 auto;width:300px;background:#eee;display:flex;align-items:end"><a id="go" href="/checkout" style="display:block;width:100%;padding:30px;background:#333;color:#fff">Check out</a></div>"#;
    let lines = "<p>Some words of the shop.</p>".repeat(60);
    let mut setup = Setup::default();
    for (name, more) in [("bar", bar), ("cookie", cookie), ("drawer", drawer)] {
        setup =
            setup.page(&format!("{name}/index.html"), &page("", &format!("<main><h1>Cap</h1>{lines}</main>{more}")));
    }
    let shop = Shop::with(setup).await;
    for size in [(1280, 800), (390, 780)] {
        let browser = Browser::start(Look { size, ..Look::default() }).await;
        for name in ["bar", "cookie", "drawer"] {
            browser.goto(&format!("{}/{name}/", shop.url)).await;
            browser.until("the launcher is there", "$('button.launcher')").await;
            browser.until(&format!("{name} at {size:?} is free"), &format!("!({COVERED}).length")).await;
            browser.shot(&format!("aside-{name}-{}", size.0)).await;
            let seen = browser.js("const b = $('button.launcher').getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight && b.right <= innerWidth").await;
            assert_eq!(seen, json!(true), "{name} at {size:?}: the launcher is still on the screen");
        }
        // The panel stands on the launcher, never under it.
        browser.click_inside("button.launcher").await;
        browser.until("the panel is there", "$('.panel #hn-search')").await;
        let apart = "return !$('button.launcher').checkVisibility() || $('.panel').getBoundingClientRect().bottom <= $('button.launcher').getBoundingClientRect().top";
        assert_eq!(browser.js(apart).await, json!(true), "at {size:?}: the launcher covers the panel");
        browser.js("Helpnook('close')").await;
        browser.until("it is above the bar again", &format!("!({COVERED}).length")).await;
        // Gone is gone: it comes down again.
        browser.js("document.querySelector('#go').parentElement.remove()").await;
        browser
            .until("it is back in its corner", "innerHeight - $('button.launcher').getBoundingClientRect().bottom < 30")
            .await;
    }
}

#[tokio::test]
async fn under_a_dialog_of_the_shop_and_in_print_it_is_out_of_sight() {
    let body = r#"<main><h1>Cap</h1><button id="open" onclick="document.querySelector('dialog').showModal()">Size chart</button></main><dialog><p>Sizes</p><button id="shut" onclick="this.closest('dialog').close()">Close</button></dialog>"#;
    let shop = Shop::with(Setup::default().page("index.html", &page("", body))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    let shown = "getComputedStyle(document.querySelector('help-nook')).display !== 'none'";
    browser.outside("#open").await.click().await.unwrap();
    browser.until("it is out of sight", &format!("!({shown})")).await;
    browser.outside("#shut").await.click().await.unwrap();
    browser.until("it is back", shown).await;
    if !browser.has_cdp("print") {
        return;
    }
    browser.cdp("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    assert_eq!(browser.js(&format!("return {shown}")).await, json!(false), "in print");
}

#[tokio::test]
async fn help_opens_from_links_addresses_and_stands_inside_a_page() {
    let body = r#"<main><h1>Cap</h1><p><a href="/help" data-help="size-guide" id="anchor">Which size?</a></p><section style="max-width:420px"><h2>Delivery</h2><help-nook mode="inline" topic="delivery" limit="4"></help-nook></section></main>"#;
    let shop =
        Shop::with(Setup::default().page("index.html", &page(r#"data-debug data-customer-since="2019""#, body))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    let inline = "document.querySelector('help-nook[mode=inline]').shadowRoot";
    browser
        .until("questions stand inside the page", &format!("{inline}?.querySelectorAll('button').length === 4"))
        .await;
    browser.shot("inline").await;
    let ours = "[...document.querySelectorAll('help-nook')].at(-1).shadowRoot";
    browser.outside("#anchor").await.click().await.unwrap();
    browser
        .until("the article is open", &format!("{ours}.querySelector('h2.question')?.textContent.includes('size')"))
        .await;
    browser
        .until(
            "why is shown to the shop's makers",
            "document.querySelector('help-nook-debug')?.shadowRoot.textContent.includes('customer-since = 2019')",
        )
        .await;
    browser.shot("debug").await;
    browser.js(&format!("{inline}.querySelector('button').click()")).await;
    let title = browser.js(&format!("return {inline}.querySelector('button').textContent")).await;
    browser
        .until("its article is open", &format!("{ours}.querySelector('h2.question')?.textContent === {title}"))
        .await;
    browser.goto(&format!("{}/?help=return-item", shop.url)).await;
    browser
        .until("the address opens it", &format!("{ours}?.querySelector('h2.question')?.textContent.length > 5"))
        .await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn what_the_shop_says_of_a_shopper_stays_here_until_it_is_forgotten() {
    let shop = Shop::with(Setup::default().page("index.html", &page("data-debug", "<main><h1>Cap</h1></main>"))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    let known = "document.querySelector('help-nook-debug')?.shadowRoot.textContent ?? ''";
    browser.js("Helpnook('identify', {state: 'returning', openOrders: 2})").await;
    suggested(&browser).await;
    browser.until("it is known", &format!("({known}).includes('customer-open-orders = 2')")).await;
    browser.js("history.pushState(null, '', '/cart')").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    suggested(&browser).await;
    browser.until("on the next page too", &format!("({known}).includes('customer-state = returning')")).await;
    let sent: Vec<String> = browser.requests().await.into_iter().filter(|url| url.contains("returning")).collect();
    assert!(sent.is_empty(), "{sent:?}");
    browser
        .driver
        .execute_async("const done = arguments[0]; Helpnook('forget').then(() => done(1))", Vec::new())
        .await
        .unwrap();
    suggested(&browser).await;
    browser.until("it is forgotten", &format!("!({known}).includes('customer-')")).await;
    let kept = browser.js("return Object.keys(localStorage).filter((key) => /seen|visits|arm/.test(key))").await;
    assert_eq!(kept, Value::Array(Vec::new()));
}

/// A shop that lies in a frame of another page, as site builders and previews have them: what happens in it is
/// heard in it, its addresses are followed, and it may be one that keeps nothing.
#[tokio::test]
async fn a_shop_within_a_frame_is_a_shop() {
    let outer = |how: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><link rel=\"icon\" href=\"data:,\"><h1>Preview</h1><iframe src=\"/inner/\" width=\"900\" height=\"700\" {how}></iframe></html>"
        )
    };
    let ear = "<script>window.__broken = []; addEventListener('error', ({ message }) => __broken.push(message)); addEventListener('unhandledrejection', ({ reason }) => __broken.push('' + reason));</script>";
    let setup = Setup::default()
        .page("index.html", &outer(""))
        .page("sealed/index.html", &outer("sandbox=\"allow-scripts\""))
        .page(
            "inner/index.html",
            &page("", "<main><h1>Welcome</h1></main>").replacen("<head>", &["<head>", ear].concat(), 1),
        );
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.driver.enter_frame(0).await.unwrap();
    browser.until("the launcher is there", "$('button.launcher')").await;
    refused_and_gone_on(&browser).await;
    until_suggested(&browser, &["reset-password"]).await;
    browser.nothing_broke().await;

    // Without an origin of its own it may have no help, but its page stays whole.
    browser.driver.enter_default_frame().await.unwrap();
    browser.goto(&format!("{}/sealed/", shop.url)).await;
    browser.driver.enter_frame(0).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let left = browser.js("return [document.querySelector('h1').textContent, window.__broken]").await;
    assert_eq!(left, json!(["Welcome", []]));
}
