//! What opening, typing and reading cost at a quarter of the speed: counted and printed, for time is never
//! asserted; nor is what moves inside the panel, which counts once a slow machine takes half a second for it.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::Shop;

/// How often it is opened: the figure is the median.
const ROUNDS: usize = 5;

/// Notes how long each gesture took until the next paint, and each key until its list stood there.
const CLOCK: &str = r#"
window.__felt = []; window.__typed = [];
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (one.interactionId) __felt.push([one.name, Math.round(one.duration)]); })
  .observe({ type: 'event', durationThreshold: 16, buffered: true });
addEventListener('keydown', (event) => {
  if (event.key.length > 1) return;
  const root = document.querySelector('help-nook').shadowRoot;
  const from = event.timeStamp;
  const seen = new MutationObserver(() => { if (!root.querySelector('[role=option]')) return; seen.disconnect(); __typed.push(performance.now() - from); });
  seen.observe(root, { subtree: true, childList: true, characterData: true });
}, true);
"#;

/// Milliseconds of the main thread's work since the browser counts.
async fn worked_ms(browser: &Browser) -> f64 {
    let told = browser.cdp("Performance.getMetrics", json!({})).await;
    let all = told["metrics"].as_array().unwrap();
    let seconds = all.iter().find(|one| one["name"] == "TaskDuration").and_then(|one| one["value"].as_f64());
    seconds.unwrap_or_default() * 1000.0
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default().round()
}

/// The panel as it is when a shopper can use it.
const USABLE: &str = "root?.activeElement?.id === 'hn-search' && $$('.panel .tile').length > 2";

#[tokio::test]
async fn opening_typing_and_reading_at_a_quarter_of_the_speed() {
    let shop = Shop::open().await;
    let (mut work, mut tasks, mut typed, mut felt, mut shift) = (vec![], vec![], vec![], vec![], 0.0);
    for _ in 0..ROUNDS {
        // A browser of its own each time: nothing is in its cache.
        let browser = Browser::start(Look { before: CLOCK.to_owned(), ..Look::default() }).await;
        if !browser.has_cdp("a slower processor and its work") {
            return;
        }
        browser.cdp("Performance.enable", json!({})).await;
        browser.cdp("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await;
        browser.goto(&format!("{}/product/fell-rain-jacket/", shop.url)).await;
        browser.until("the launcher is there", "$('button.launcher')").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        browser.js("window.__seen.long.length = 0").await;
        let before = worked_ms(&browser).await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel can be used", USABLE).await;
        work.push(worked_ms(&browser).await - before);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        for letter in "refund".chars() {
            browser.keys(letter.to_string()).await;
            tokio::time::sleep(std::time::Duration::from_millis(120)).await;
        }
        browser.keys(Key::Down + "").await;
        browser.keys(Key::Enter + "").await;
        browser.until("an article is open", "$('#hn-vote-yes')").await;
        browser.click_inside("#hn-vote-yes").await;
        browser.click_inside("#hn-back").await;
        browser.click_inside("#hn-close").await;
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        let seen = browser.js("return { seen: __seen, felt: __felt, typed: __typed }").await;
        let numbers = |value: &Value| value.as_array().unwrap().iter().filter_map(Value::as_f64).collect::<Vec<_>>();
        let second = |one: &Value| one[1].as_f64().unwrap_or_default();
        tasks.push(seen["seen"]["long"].as_array().unwrap().iter().map(second).fold(0.0, f64::max));
        felt.push(seen["felt"].as_array().unwrap().iter().map(second).fold(0.0, f64::max));
        typed.extend(numbers(&seen["typed"]));
        shift += seen["seen"]["shift"].as_f64().unwrap_or_default();
        println!("gestures {}, keys {}", seen["felt"], seen["typed"]);
        assert_eq!(seen["seen"]["errors"], json!([]), "uncaught errors");
    }
    assert!(typed.len() >= ROUNDS * 3, "too few keys were followed by a list: {typed:?}");
    record(
        "use_4x",
        &[
            ("tap_to_usable_main_thread_ms", json!(median(work))),
            ("longest_task_ms", json!(median(tasks))),
            ("key_to_list_median_ms", json!(median(typed))),
            ("longest_gesture_to_paint_ms", json!(median(felt))),
            ("layout_shift", json!(shift)),
        ],
    );
}
