//! Pages that lie, are broken, huge or hostile: wrong at worst, never slow, never an exception.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

const HEAD: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script async src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx"></script>"#;

/// Counts what is asked of the page.
const COUNT: &str = r#"window.__work = 0;
for (const [kind, names] of [[Element, ['closest', 'matches', 'getAttribute', 'getClientRects', 'getBoundingClientRect', 'querySelectorAll', 'querySelector']], [Document, ['querySelectorAll', 'querySelector', 'elementFromPoint', 'elementsFromPoint']]])
  for (const name of names) { const own = kind.prototype[name]; kind.prototype[name] = function (...args) { __work++; return own.apply(this, args); }; }
for (const name of ['textContent']) { const own = Object.getOwnPropertyDescriptor(Node.prototype, name); Object.defineProperty(Node.prototype, name, { ...own, get() { __work++; return own.get.call(this); } }); }"#;

fn page(head: &str, body: &str) -> String {
    format!("{HEAD}{head}</head><body>{body}</body></html>")
}

async fn suggest(browser: &Browser) -> Value {
    browser.until("the launcher is there", "$('button.launcher')").await;
    let script = "const done = arguments[0]; Helpnook('suggest').then((one) => done(one ? one.suggestions.length : 'none'), (e) => done('' + (e.what || e)))";
    browser.driver.execute_async(script, Vec::new()).await.unwrap().json().clone()
}

#[tokio::test]
async fn whatever_a_page_says_it_is_read_within_bounds_and_nothing_breaks() {
    let huge = "<div class='card'><a href='/p'>A</a><button>Add to cart</button><input name='qty'><p class='error-note'>x</p></div>".repeat(10_000);
    let deep = format!("{}{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    let many = format!(
        "<script type=\"application/ld+json\">{}</script>",
        json!({"@graph": vec![json!({"@type": "Product", "name": "x".repeat(500)}); 3_000]})
    );
    let cases = [
        ("lies", r#"<script type="application/ld+json">{"@type":"Product","name":"Liar","offers":{"price":"free","availability":7}}</script><meta property="og:type" content="product">"#.to_owned(), "<h1>Your basket</h1>".to_owned()),
        ("broken", r#"<script type="application/ld+json">{"@type":"Product","name":</script><script type="application/ld+json">null</script><script type="application/ld+json">[[[[1]]]]</script>"#.to_owned(), "<h1>Cap</h1><input aria-invalid=true aria-describedby='nobody a b'>".to_owned()),
        ("huge", String::new(), huge),
        ("deep", String::new(), deep),
        ("many", many, "<h1>List</h1>".to_owned()),
        ("getters", r#"<script>window.dataLayer = [{ get event() { throw new Error('no') } }, { event: 'view_item', get ecommerce() { throw new Error('no') } }, null, 7, Object.freeze({ event: { toString() { throw new Error('no') } } })];
          Object.defineProperty(window, 'Shopify', { get() { throw new Error('no') } });</script>"#.to_owned(), "<h1>Cap</h1>".to_owned()),
        ("layer", "<script>Object.defineProperty(window, 'dataLayer', { get() { throw new Error('no') } });</script>".to_owned(), "<h1>Cap</h1>".to_owned()),
        ("cyclic", "<script>const a = { event: 'view_item' }; a.ecommerce = a; a.items = new Proxy({}, { ownKeys() { throw new Error('no') } }); window.dataLayer = Object.freeze([a]);</script>".to_owned(), "<h1>Cap</h1>".to_owned()),
        ("clobbered", String::new(), "<form name=body><input name=attributes><input name=id><input name=action><input name=getAttribute></form><form><input name=elements><input name=class></form><h1>Cap</h1>".to_owned()),
        ("patched", "<script>Array.prototype.filter = undefined; String.prototype.includes = function () { throw new Error('no') };</script>".to_owned(), "<h1>Cap</h1><p role=alert>This coupon has expired</p>".to_owned()),
        ("frozen", "<script>Object.freeze(Object.prototype); Object.freeze(Array.prototype);</script>".to_owned(), "<h1>Cap</h1>".to_owned()),
        ("polluted", "<script>Object.prototype.extend = function () {}; Array.prototype.each = function () {}; String.prototype.strip = function () {};</script>".to_owned(), "<h1>Your basket</h1><form><input name=coupon><p role=alert>This coupon has expired</p></form>".to_owned()),
        ("styled", "<style>*{all:unset!important;position:fixed!important;pointer-events:none!important}</style>".to_owned(), "<h1>Cap</h1>".to_owned()),
    ];
    let mut setup = Setup::default();
    for (name, head, body) in &cases {
        setup = setup.page(&format!("{name}/index.html"), &page(head, body));
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look { before: COUNT.to_owned(), ..Look::default() }).await;
    let mut failures = Vec::new();
    let mut most = 0;
    for (name, ..) in &cases {
        browser.goto(&format!("{}/{name}/", shop.url)).await;
        browser.until("the launcher is there", "$('button.launcher')").await;
        browser.js("window.__work = 0").await;
        let n = suggest(&browser).await;
        if !n.is_u64() && *name != "patched" {
            failures.push(format!("{name}: no suggestions: {n}"));
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let work = browser.js("return window.__work").await.as_u64().unwrap_or_default();
        most = most.max(work);
        println!("{name:<10} suggestions {n}, {work} questions to the page");
        // Nodes are looked at by the thousand at most, however many there are.
        if work > 25_000 {
            failures.push(format!("{name}: {work} questions to the page"));
        }
        let seen = browser.js("return window.__seen").await;
        if seen["errors"] != json!([]) {
            failures.push(format!("{name}: {}", seen["errors"]));
        }
    }
    record("hostile_pages", &[("n_pages", json!(cases.len())), ("most_questions", json!(most))]);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A page whose body comes late, goes, or is none: the help waits, comes back, or stays away, and nothing breaks.
#[tokio::test]
async fn a_page_without_a_body_is_left_in_peace() {
    let late = "<script>const all = document.documentElement; const body = document.createElement('body'); body.append('Late'); addEventListener('load', () => setTimeout(() => all.append(body), 300));</script>";
    let gone = "<script>addEventListener('load', () => setTimeout(() => { const body = document.body; body.remove(); setTimeout(() => document.documentElement.append(Object.assign(document.createElement('body'), { textContent: 'New' })), 400); }, 400));</script>";
    let shop = Shop::with(
        Setup::default()
            .page("late/index.html", &page(late, ""))
            .page("gone/index.html", &page(gone, "<h1>Cap</h1>"))
            .page("frames/index.html", &format!("{HEAD}</head><frameset cols=50%,50%><frame src=about:blank><frame src=about:blank></frameset></html>")),
    )
    .await;
    let browser = Browser::start(Look::default()).await;
    for name in ["late", "gone", "frames"] {
        browser.goto(&format!("{}/{name}/", shop.url)).await;
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        if name != "frames" {
            browser
                .until(&format!("{name}: the launcher is there"), "root?.querySelector('button.launcher')?.isConnected")
                .await;
        }
        assert_eq!(browser.js("return window.__seen.errors").await, json!([]), "{name}: uncaught errors");
    }
}
