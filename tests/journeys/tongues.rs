//! Languages beyond the demo's: Arabic from right to left, and a page in a language that has no help.

use serde_json::json;
use thirtyfour::Key;

use super::help::violations;
use crate::support::browser::{Browser, Look};
use crate::support::record;
use crate::support::shop::{Setup, Shop};

const PHONE: (u32, u32) = (360, 740);
const WIDE: (u32, u32) = (1280, 860);

/// A shop whose help is the gallery's: a few articles in Arabic and in English.
async fn shop(html: &str, tag: &str) -> Shop {
    let built = tempfile::tempdir().unwrap();
    let content = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/gallery/content");
    helpnook::cli::build::run(&[content], built.path()).unwrap();
    let page = format!(
        "<!doctype html>{html}<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Shop</title>\
         <link rel=\"icon\" href=\"data:,\"><script async src=\"/help/helpnook.js\" data-index=\"/{{lang}}.hnx\" \
         data-page-type=\"product\" data-chat=\"inbox:\" {tag}></script></head><body><h1>Shop</h1></body></html>"
    );
    let mut setup = Setup::default().page("index.html", &page);
    for file in std::fs::read_dir(built.path()).unwrap().map(|file| file.unwrap().path()) {
        setup = setup.file(&file.file_name().unwrap().to_string_lossy(), std::fs::read(&file).unwrap());
    }
    Shop::with(setup).await
}

#[tokio::test]
async fn arabic_runs_from_right_to_left_and_is_found_however_it_is_spelt() {
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    let axe = std::fs::read_to_string(axe).unwrap();
    let shop = shop("<html lang=\"ar\" dir=\"rtl\">", "").await;
    let mut n_states = 0;
    for (name, look, theme) in [("wide", WIDE, "light"), ("phone", PHONE, "dark")] {
        let browser = Browser::start(Look::default()).await;
        browser.screen(look).await;
        if browser.has_cdp("the dark theme by the browser's setting") {
            let media = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
            browser.cdp("Emulation.setEmulatedMedia", media).await;
        }
        browser.goto(&shop.url).await;
        browser
            .until("the launcher stands on the left", "$('button.launcher').getBoundingClientRect().left < 40")
            .await;
        browser.click_inside("button.launcher").await;
        browser.until("there are suggestions", "$$('[aria-labelledby=hn-suggested] .title').length").await;
        assert_eq!(browser.js("return getComputedStyle($('.panel')).direction").await, "rtl", "{name}");
        assert_eq!(browser.js("return $('.hn').lang").await, "ar");
        let mirrored = browser
            .js("const box = (one) => $(one).getBoundingClientRect(); const panel = box('.panel'); \
                 return [panel.left < innerWidth - panel.right + 1, box('#hn-close').left - panel.left < 12, \
                 box('.search .icon').left > box('#hn-search').right - 1, box('.pair .why').left < box('.pair .row').left]")
            .await;
        assert_eq!(mirrored, json!([true, true, true, true]), "{name}: panel, close, search icon, reasons");
        n_states += violations(&browser, &axe, &format!("home, {name}")).await;
        browser.shot(&format!("arabic-home-{name}")).await;

        // Without hamza, with vowels, stretched: the same word.
        browser.type_inside("#hn-search", "متى استَردّ المبـلغ").await;
        browser
            .until("the article is found first", "$('[role=option] .title')?.textContent === 'متى أسترد المبلغ؟'")
            .await;
        let n = browser.js("return $$('[role=option]').length").await.as_u64().unwrap();
        let said = match n {
            1 => "إجابة واحدة".to_owned(),
            2 => "إجابتان".to_owned(),
            3..=10 => "إجابات".to_owned(),
            _ => panic!("{n} hits of five articles"),
        };
        browser
            .until(
                "the number is said in its plural form",
                &format!("$('.sr[role=status]').textContent.includes('{said}')"),
            )
            .await;
        n_states += violations(&browser, &axe, &format!("hits, {name}")).await;
        browser.shot(&format!("arabic-hits-{name}")).await;

        browser.js("Helpnook('article', 'return-item')").await;
        browser.until("the article is open", "$('.callout') && $('.steps')").await;
        let drawn = browser
            .js(
                "const style = getComputedStyle($('.callout')); return [style.borderRightWidth, style.borderLeftWidth, \
                 getComputedStyle($('#hn-back .turns')).transform, getComputedStyle($('.question')).letterSpacing]",
            )
            .await;
        assert_eq!(drawn, json!(["3px", "0px", "matrix(-1, 0, 0, 1, 0, 0)", "normal"]), "{name}");
        let wide = browser.js("const all = $('.scroll'); return all.scrollWidth - all.clientWidth").await;
        assert_eq!(wide, 0, "{name}: nothing to scroll sideways");
        n_states += violations(&browser, &axe, &format!("article, {name}")).await;
        browser.shot(&format!("arabic-article-{name}")).await;

        browser.js("Helpnook('open')").await;
        browser.click_inside("[data-way=chat]").await;
        browser.type_inside("#hn-message", "أين طردي؟").await;
        browser.keys(Key::Enter + "").await;
        browser.until("the message is sent", "$('[data-state=sent]')").await;
        let own = browser.js("const own = $('.said.own').getBoundingClientRect(); const log = $('.log').getBoundingClientRect(); return own.left - log.left < log.right - own.right").await;
        assert_eq!(own, json!(true), "{name}: what the shopper wrote stands at the line's end");
        n_states += violations(&browser, &axe, &format!("chat, {name}")).await;
        browser.shot(&format!("arabic-chat-{name}")).await;
        browser.nothing_broke().await;
    }
    record("rtl", &[("axe_violations", json!(0)), ("ibm_violations", json!(0)), ("n_states", json!(n_states))]);
}

#[tokio::test]
async fn a_page_in_a_language_without_help_is_told_so() {
    let shop = shop("<html lang=\"sv\">", "data-languages=\"en,ar\"").await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.until("it says so by the language's name", "$('.notice')?.textContent.endsWith('yet: Swedish.')").await;
    assert_eq!(browser.js("return [$('.hn').lang, $('.hn').dir]").await, json!(["en", "ltr"]));
    browser.nothing_broke().await;
}
