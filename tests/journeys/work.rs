//! What a signal costs, at a quarter of the speed: counted and printed, for time is never asserted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

/// How often each is measured.
const ROUNDS: usize = 9;

const TAG: &str = r#"<script async src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx"></script>"#;

/// A code is refused; the number keeps one message apart from the next.
const REFUSED: &str = r#"document.querySelector('#refused')?.remove();
const form = Object.assign(document.createElement('form'), { id: 'refused' });
const field = Object.assign(document.createElement('input'), { name: 'coupon' });
const message = Object.assign(document.createElement('p'), { className: 'error', textContent: 'This coupon has expired NUMBER' });
message.setAttribute('role', 'alert');
form.append(field, message);
document.querySelector('main, body').append(form);"#;

/// Milliseconds of all our scripts and wasm on the main thread for each refused code, from the message on the
/// page to the suggestions and whatever follows, sorted: hearing it, judging it, asking the engine, reading the
/// page again. And the longest of them without a pause, which is what a shopper could feel.
async fn signals(browser: &Browser, page: &str) -> (Vec<f64>, Vec<f64>) {
    let suggest = "const done = arguments[0]; Helpnook('suggest').then(() => done(1), () => done(0))";
    browser.driver.execute_async(suggest, Vec::new()).await.unwrap();
    browser.cdp("Profiler.enable", json!({})).await;
    browser.cdp("Profiler.setSamplingInterval", json!({"interval": 100})).await;
    let (mut all, mut slices) = (Vec::new(), Vec::new());
    let mut functions: BTreeMap<String, f64> = BTreeMap::new();
    for number in 0..ROUNDS {
        browser.cdp("Profiler.start", json!({})).await;
        browser.js(&REFUSED.replace("NUMBER", &number.to_string())).await;
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        let profile = browser.cdp("Profiler.stop", json!({})).await["profile"].take();
        let nodes = profile["nodes"].as_array().unwrap();
        let named = |wanted: &dyn Fn(&Value) -> bool| -> Vec<&Value> {
            nodes.iter().filter(|node| wanted(&node["callFrame"])).map(|node| &node["id"]).collect()
        };
        let ours = named(&|frame| {
            let url = frame["url"].as_str().unwrap_or_default();
            url.contains("/help/") || url.starts_with("wasm:")
        });
        let pauses = named(&|frame| matches!(frame["functionName"].as_str(), Some("(idle)" | "(program)")));
        let (samples, deltas) = (profile["samples"].as_array().unwrap(), profile["timeDeltas"].as_array().unwrap());
        let (mut sum, mut slice, mut longest) = (0.0, 0.0, 0.0_f64);
        for (id, delta) in samples.iter().zip(deltas) {
            let micros = delta.as_f64().unwrap_or_default();
            if ours.contains(&id) {
                let node = nodes.iter().find(|node| node["id"] == *id).unwrap();
                let frame = &node["callFrame"];
                let file = frame["url"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
                let name = format!("{}:{}:{}", file, frame["functionName"], frame["columnNumber"]);
                *functions.entry(name).or_default() += micros / 1000.0 / ROUNDS as f64;
                sum += micros;
                slice += micros;
                longest = longest.max(slice);
            } else if pauses.contains(&id) {
                slice = 0.0;
            }
        }
        all.push(sum / 1000.0);
        slices.push(longest / 1000.0);
    }
    let mut functions: Vec<_> = functions.into_iter().collect();
    functions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    for (name, ms) in functions.iter().take(12) {
        println!("{page}: {ms:.2} ms in {name}");
    }
    all.sort_by(f64::total_cmp);
    slices.sort_by(f64::total_cmp);
    (all, slices)
}

/// The same for what the snapshot alone takes, as far as it is of the page and not of the engine.
async fn snapshots(browser: &Browser) -> Vec<f64> {
    let script = r#"const done = arguments[0]; import('/facts.js').then(async (facts) => {
      const all = [];
      const read = () => facts.snapshot({ config: {}, attrs: {}, read: [], dashed: (name) => name }, new Map(), [], 0, []);
      read(); read();
      for (let n = 0; n < ROUNDS; n++) { await new Promise((next) => setTimeout(next, 30)); const from = performance.now(); read(); all.push(performance.now() - from); }
      done(all.sort((a, b) => a - b)); })"#
        .replace("ROUNDS", &ROUNDS.to_string());
    let all = browser.driver.execute_async(script, Vec::new()).await.unwrap();
    all.json().as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

#[tokio::test]
async fn what_a_signal_costs_at_a_quarter_of_the_speed_is_printed() {
    let list = |n: usize| {
        let card = "<li><a href='/products/a'><h2>Cap</h2></a><span class='price'>€ 12.00</span><form action='/cart/add'><select name='size'><option>S</select><button>Add to cart</button></form></li>";
        format!(
            "<!doctype html><html lang=\"en\"><head><title>Caps</title>{TAG}</head><body><main><h1>Caps</h1><ul>{}</ul></main></body></html>",
            card.repeat(n)
        )
    };
    let setup = Setup::default().page("list-60/index.html", &list(60)).page("list-5000/index.html", &list(5_000));
    let reader = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/facts.js")).unwrap();
    let own = Shop::with(setup.file("facts.js", reader)).await;
    let demo = Shop::open().await;
    let pages = [
        ("home", format!("{}/", demo.url)),
        ("product", format!("{}/product/bracken-chelsea-boots", demo.url)),
        ("cart", format!("{}/cart/", demo.url)),
        ("list_60", format!("{}/list-60/", own.url)),
        ("nodes_40000", format!("{}/list-5000/", own.url)),
    ];
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("a profile of what our scripts do") {
        return;
    }
    let mut figures = Vec::new();
    for (name, url) in &pages {
        browser.goto(url).await;
        browser.until("the launcher is there", "$('button.launcher')").await;
        let heard =
            "document.addEventListener('help:signal', (event) => (window.__heard ||= []).push(event.detail.name))";
        browser.js(heard).await;
        browser.cdp("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await;
        let (all, slices) = signals(&browser, name).await;
        let read = if url.starts_with(&own.url) { snapshots(&browser).await } else { Vec::new() };
        browser.cdp("Emulation.setCPUThrottlingRate", json!({"rate": 1})).await;
        let heard = browser.js("return window.__heard.length").await.as_u64().unwrap_or_default();
        assert!(heard >= ROUNDS as u64 - 1, "{name}: {heard} refusals were heard");
        let tenth = |value: f64| json!((value * 10.0).round() / 10.0);
        figures.push((format!("{name}_median_ms"), tenth(all[ROUNDS / 2])));
        figures.push((format!("{name}_slice_median_ms"), tenth(slices[ROUNDS / 2])));
        if let Some(median) = read.get(ROUNDS / 2) {
            figures.push((format!("{name}_snapshot_median_ms"), tenth(*median)));
        }
        figures.push((format!("{name}_most_ms"), tenth(all[ROUNDS - 1])));
    }
    let figures: Vec<(&str, Value)> = figures.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    record("refresh_4x", &figures);
}
