//! Every state of the gallery, in both themes and directions, narrow and wide: no violation by two engines,
//! nothing cut off, nothing to scroll sideways; and what the states are under forced colours, without motion,
//! with wider text and at four times the size.

use serde_json::{Value, json};

use super::help::found;
use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::Shop;

const NARROW: (u32, u32) = (320, 640);
const WIDE: (u32, u32) = (1280, 900);

/// What a reader must be able to set without losing anything: WCAG 1.4.12.
const SPACED: &str = "const sheet = new CSSStyleSheet(); sheet.replaceSync('.hn * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } .hn p { margin-block-end: 2em !important }'); \
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];";

/// Elements whose words do not fit: those that are cut by design, with the whole one press away, apart.
const CUT: &str = "[...$$('.hn button, .hn h2, .hn h3, .hn p, .hn .label, .hn .title, .hn li, .hn label, .fallback button, .fallback p')] \
    .filter((one) => one.offsetWidth > 2 && !one.closest('.sr, .wide, pre, .gist, .who') && getComputedStyle(one).overflow !== 'visible' \
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) \
    .map((one) => one.className + ': ' + one.textContent.slice(0, 60))";

/// What stands out sideways of the panel, or has to be scrolled to sideways.
const WIDER: &str = "[...$$('.hn *, .fallback *')].filter((one) => { const panel = one.closest('.panel, .fallback'); if (!panel || one.closest('.wide, pre, .sr, .paper')) return false; \
      const [a, b] = [one.getBoundingClientRect(), panel.getBoundingClientRect()]; return a.width > 0 && (a.left < b.left - 1 || a.right > b.right + 1) }) \
    .concat(document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : []).map((one) => one.nodeName + '.' + one.className).slice(0, 5)";

/// What a finger must find: both at least 44 by 44.
const SMALL: &str = "[...$$('.launcher, #hn-send')].filter((one) => one.offsetWidth && (one.offsetWidth < 44 || one.offsetHeight < 44)).map((one) => one.className)";

async fn states(browser: &Browser, shop: &Shop) -> Vec<String> {
    browser.goto(&format!("{}/gallery/state/", shop.url)).await;
    let names = browser.js("return Object.keys(STATES)").await;
    names.as_array().unwrap().iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

async fn to(browser: &Browser, shop: &Shop, lang: &str, state: &str) {
    let address =
        format!("{}/gallery/state/?lang={lang}&state={}", shop.url, state.replace(' ', "+").replace('\'', "%27"));
    browser.goto(&address).await;
    browser.until(&format!("{state} is there"), "'ready' in document.documentElement.dataset").await;
}

/// Walks through all states in one direction and width, in both themes.
async fn walk(lang: &str, size: (u32, u32)) {
    let axe = std::fs::read_to_string(std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE; `cargo xtask test` sets it"))
        .unwrap();
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("the matrix of states, which is the same page for all engines") {
        return;
    }
    browser.screen(size).await;
    let (mut wrong, mut n_looked) = (Vec::new(), 0);
    for state in states(&browser, &shop).await {
        to(&browser, &shop, lang, &state).await;
        for theme in ["light", "dark"] {
            let theme_of = format!(
                "const host = [...document.querySelectorAll('help-nook')].at(-1); if (host.dataset.theme !== 'host') host.dataset.theme = '{theme}'; document.documentElement.dataset.theme = '{theme}';"
            );
            browser.js(&theme_of).await;
            let place = format!("{lang}, {} px, {theme}, {state}", size.0);
            wrong.extend(found(&browser, &axe).await.into_iter().map(|one| format!("{place}: {one}")));
            for (what, script) in [("is cut", CUT), ("stands out", WIDER), ("is small", SMALL)] {
                for one in browser.js(&format!("return {script}")).await.as_array().into_iter().flatten() {
                    wrong.push(format!("{place}: {what}: {one}"));
                }
            }
            n_looked += 1;
        }
        // Wider text, and still nothing is lost.
        browser.js(SPACED).await;
        for (what, script) in [("is cut with wider text", CUT), ("stands out with wider text", WIDER)] {
            for one in browser.js(&format!("return {script}")).await.as_array().into_iter().flatten() {
                wrong.push(format!("{lang}, {} px, {state}: {what}: {one}", size.0));
            }
        }
        let errors = browser.js("return window.__seen.errors").await;
        if errors != json!([]) {
            wrong.push(format!("{state}: {errors}"));
        }
    }
    let n_wrong = json!(wrong.len());
    record(&format!("matrix_{lang}_{}", size.0), &[("violations", n_wrong), ("n_states", json!(n_looked))]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_state_narrow_from_left_to_right() {
    walk("en", NARROW).await;
}

#[tokio::test]
async fn every_state_wide_from_left_to_right() {
    walk("en", WIDE).await;
}

#[tokio::test]
async fn every_state_narrow_from_right_to_left() {
    walk("ar", NARROW).await;
}

#[tokio::test]
async fn every_state_wide_from_right_to_left() {
    walk("ar", WIDE).await;
}

#[tokio::test]
async fn at_four_times_the_size_everything_is_reached_by_one_scroll() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    // 1280 by 1024 at 400 %: WCAG 1.4.10.
    browser.screen((320, 256)).await;
    let mut wrong = Vec::new();
    for state in ["home", "hits", "no hits", "article, everything in it", "conversation", "a guided flow", "topic"] {
        to(&browser, &shop, "en", state).await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        for one in browser.js(&format!("return {WIDER}")).await.as_array().unwrap() {
            wrong.push(format!("{state}: stands out: {one}"));
        }
        // The last thing of the panel can be brought before the eyes, and the first as well.
        let reached = browser
            .js("const all = [...$$('.panel button, .panel input, .panel textarea')].filter((one) => one.checkVisibility()); \
                 return all.filter((one) => { one.scrollIntoView({ block: 'center', behavior: 'instant' }); const b = one.getBoundingClientRect(); \
                 return b.bottom < 1 || b.top > innerHeight - 1; }).map((one) => one.className + ' ' + one.textContent)")
            .await;
        for one in reached.as_array().unwrap() {
            wrong.push(format!("{state}: out of reach: {one}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn with_forced_colours_edges_and_focus_are_seen_and_without_motion_nothing_moves() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    if !browser.has_cdp("forced colours, less motion") {
        return;
    }
    let media = json!({"features": [{"name": "forced-colors", "value": "active"}, {"name": "prefers-reduced-motion", "value": "reduce"}]});
    browser.cdp("Emulation.setEmulatedMedia", media).await;
    for state in states(&browser, &shop).await {
        to(&browser, &shop, "en", &state).await;
        let moving = browser.js("return root?.getAnimations?.().length ?? 0").await;
        assert_eq!(moving, 0, "{state}: something moves");
        let edges = browser
            .js("const edge = (one) => { const style = getComputedStyle(one); return parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== 'none'; }; \
                 return [...$$('.panel, .fallback, .first, .second, .choice, .launcher, .search, .composer')].filter((one) => one.offsetWidth && !edge(one)).map((one) => one.className)")
            .await;
        let page = state == "a page of its own";
        let without: Vec<&Value> =
            edges.as_array().unwrap().iter().filter(|one| !page || **one != json!("panel")).collect();
        assert!(without.is_empty(), "{state}: no edge: {without:?}");
        let unseen = browser
            .js("const all = [...$$('.panel button, .panel a[href], .panel summary')].filter((one) => one.offsetWidth).slice(0, 40); \
                 return all.filter((one) => { one.focus({ focusVisible: true }); const style = getComputedStyle(one); return root.activeElement === one && style.outlineStyle === 'none'; }).map((one) => one.className)")
            .await;
        assert_eq!(unseen, json!([]), "{state}: a focus nobody sees");
    }
    browser.js("Helpnook('open')").await;
    browser.shot("forced-colours").await;
}
