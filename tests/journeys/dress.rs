//! The launcher's forms, the shop's own look, a denser panel, and the help as a page of its own.

use serde_json::json;
use thirtyfour::Key;

use super::help::violations;
use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

fn page(tag: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Shop</title>\
         <link rel=\"icon\" href=\"data:,\"><style>{style}</style><script async src=\"/help/helpnook.js\" data-index=\"/help/demo/{{lang}}.hnx\" \
         data-chat=\"inbox:\" {tag}></script></head><body>{body}</body></html>"
    )
}

async fn at(tag: &str, style: &str, body: &str) -> (Shop, Browser) {
    let shop = Shop::with(Setup::default().page("index.html", &page(tag, style, body))).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    (shop, browser)
}

const MAIN: &str = "<main><h1>Shop</h1><p>Words with <a href=\"#\">a link</a>.</p><button class=\"btn-primary\">Add to cart</button></main>";

fn axe() -> String {
    std::fs::read_to_string(std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE; `cargo xtask test` sets it")).unwrap()
}

#[tokio::test]
async fn a_tab_stands_at_the_edge_with_its_words_on_it() {
    for (side, tag) in [("right", ""), ("left", "data-position=\"left\"")] {
        let (_shop, browser) = at(&format!("data-launcher=\"tab\" {tag}"), "", MAIN).await;
        browser.until("its words are on it", "$('.launcher span:not(.badge)')?.textContent === 'Help'").await;
        let place = browser.js("const b = $('.launcher').getBoundingClientRect(); return { edge: Math.min(b.left, innerWidth - b.right), middle: Math.abs((b.top + b.bottom) / 2 - innerHeight / 2) < 80, wide: b.width >= 44, left: b.left < 10 }").await;
        assert_eq!(place, json!({"edge": 0, "middle": true, "wide": true, "left": side == "left"}));
        browser.click_inside("button.launcher").await;
        browser.until("the panel is there", "$('.panel .tile')").await;
        let apart = "const p = $('.panel').getBoundingClientRect(), b = $('.launcher').getBoundingClientRect(); \
                     return p.top > 0 && p.height > 500 && p.bottom < innerHeight && (p.right <= b.left || p.left >= b.right)";
        assert_eq!(browser.js(apart).await, json!(true), "{side}: the panel stands beside the tab, whole");
        violations(&browser, &axe(), &format!("tab, {side}")).await;
        browser.shot(&format!("tab-{side}")).await;
        browser.nothing_broke().await;
    }
}

#[tokio::test]
async fn a_link_among_the_shops_own_words_opens_it_and_gets_the_focus_back() {
    let body = format!("{MAIN}<footer>Need <help-nook mode=\"link\" label=\"some help\"></help-nook>?</footer>");
    let (_shop, browser) =
        at("data-launcher=\"link\"", "footer { font: italic 19px Georgia; color: #333 }", &body).await;
    let link = "document.querySelector('help-nook[mode=link]').shadowRoot?.querySelector('button')";
    browser.until("the link is there", link).await;
    let look = browser.js(&format!("const style = getComputedStyle({link}); return [{link}.textContent, style.fontSize, style.fontStyle, style.color]")).await;
    assert_eq!(look, json!(["some help", "19px", "italic", "rgb(51, 51, 51)"]));
    let ours = "[...document.querySelectorAll('help-nook')].at(-1).shadowRoot";
    assert_eq!(browser.js(&format!("return {ours}.querySelector('.launcher').offsetWidth")).await, 0, "no bubble");
    browser.js(&format!("{link}.focus()")).await;
    browser.keys(Key::Enter + "").await;
    browser.until("the panel is there", &format!("{ours}.querySelector('.panel .tile')")).await;
    browser.keys(Key::Escape + "").await;
    browser.until("the focus is back on the link", "document.activeElement?.matches('[mode=link]')").await;
    browser.nothing_broke().await;
}

#[tokio::test]
async fn as_a_page_of_its_own_it_fills_it_and_stays() {
    let (_shop, browser) = at("data-launcher=\"page\"", "", "").await;
    browser.until("it is open", "$('.panel .tile')").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let place = browser.js("const p = $('.panel').getBoundingClientRect(); return [p.left, p.top, p.width - innerWidth, p.height - innerHeight, $('#hn-close').offsetWidth]").await;
    assert_eq!(place, json!([0, 0, 0, 0, 0]));
    browser.keys(Key::Escape + "").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(
        browser.js("return $('.panel .tile')?.offsetWidth > 100").await,
        json!(true),
        "there is nowhere else to go"
    );
    browser.shot("page-of-its-own").await;
    // As narrow as a checkout's frame.
    browser.screen((320, 480)).await;
    assert_eq!(browser.js("return $('.scroll').scrollWidth - $('.scroll').clientWidth").await, 0);
    violations(&browser, &axe(), "a page of its own").await;
    browser.nothing_broke().await;
}

/// Shops as they are: dark, pale, grey on grey, loud; each with what would fail if it were taken as it is.
const SHOPS: [(&str, &str); 5] = [
    (
        "night",
        "body{font-family:Georgia,serif;background:#1b1030;color:#d9c8ff}.btn-primary{background:#ff5fa2;border:0;padding:14px 26px;border-radius:0}",
    ),
    (
        "pale",
        "body{font-family:monospace;background:#fffbe8;color:#bbb}.btn-primary{background:#777;color:#fff;border:0;padding:14px 26px;border-radius:99px}",
    ),
    ("grey", "body{background:#808080;color:#909090}.btn-primary{background:#7f7f7f;border:0;padding:14px}"),
    ("loud", "html{background:#f00}body{color:#0f0}.btn-primary{background:#ff0;border:0;padding:14px}"),
    (
        "modern",
        "body{background:oklch(98% .01 90);color:color-mix(in oklch, black 40%, white)}.btn-primary{background:oklch(60% .2 260);border:0;padding:14px;border-radius:10px}",
    ),
];

#[tokio::test]
async fn the_shops_own_look_is_worn_and_can_be_read() {
    for (name, style) in SHOPS {
        let (_shop, browser) = at("data-theme=\"host\"", style, MAIN).await;
        browser
            .until("its look is worn", "document.querySelector('help-nook')?.style.getPropertyValue('--hn-font')")
            .await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel is there", "$('.panel .tile')").await;
        let same = browser.js("const page = getComputedStyle(document.querySelector('main')), ours = getComputedStyle($('.hn')); return page.fontFamily === ours.fontFamily").await;
        assert_eq!(same, json!(true), "{name}: the shop's font");
        violations(&browser, &axe(), &format!("{name}: home")).await;
        browser.shot(&format!("host-{name}")).await;
        browser.js("Helpnook('article', 'return-item')").await;
        browser.until("an article is open", "$('.tools')").await;
        violations(&browser, &axe(), &format!("{name}: article")).await;
        browser.js("return Helpnook('theme', 'light')").await;
        browser
            .until("and taken off again", "getComputedStyle($('.panel')).backgroundColor === 'rgb(255, 255, 255)'")
            .await;
        browser.nothing_broke().await;
    }
}

#[tokio::test]
async fn whatever_colour_the_shop_has_the_launcher_can_be_seen_and_read() {
    let script = r#"
        const out = []; const host = document.querySelector('help-nook');
        const lum = (c) => [.2126, .7152, .0722].reduce((s, w, i) => { const p = c[i] / 255; return s + w * (p > .04045 ? ((p + .055) / 1.055) ** 2.4 : p / 12.92); }, 0);
        const hex = (css) => [1, 3, 5].map((at) => parseInt((css.length < 5 ? css.replace(/\w/g, '$&$&') : css).slice(at, at + 2), 16));
        const [a, b] = [host.style.getPropertyValue('--hn-accent'), host.style.getPropertyValue('--hn-on-accent')].map(hex).map(lum).sort((x, y) => x - y);
        return (b + .05) / (a + .05);"#;
    let mut setup = Setup::default();
    let colours: Vec<String> = (0..=255).step_by(5).map(|grey| format!("#{grey:02x}{grey:02x}{grey:02x}")).collect();
    let colours =
        [colours, ["#757575", "#e0218a", "#0a7", "#ff0000", "#00f", "#ffd400"].map(str::to_owned).to_vec()].concat();
    for (n, colour) in colours.iter().enumerate() {
        setup = setup.page(&format!("{n}/index.html"), &page(&format!("data-accent=\"{colour}\""), "", MAIN));
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    for (n, colour) in colours.iter().enumerate() {
        browser.goto(&format!("{}/{n}/", shop.url)).await;
        browser.until("the launcher is there", "$('button.launcher')").await;
        let contrast = browser.js(script).await.as_f64().unwrap();
        assert!(contrast >= 4.5, "{colour}: {contrast}");
    }
}

#[tokio::test]
async fn a_denser_panel_shows_more() {
    let mut heights = Vec::new();
    for tag in ["", "data-density=\"compact\""] {
        let (_shop, browser) = at(tag, "", MAIN).await;
        browser.click_inside("button.launcher").await;
        browser.until("the panel is there", "$('.panel .tile')").await;
        heights.push(browser.js("return $('.body').offsetHeight").await.as_u64().unwrap());
        violations(&browser, &axe(), &format!("density {tag}")).await;
        browser.shot(if tag.is_empty() { "roomy" } else { "compact" }).await;
        browser.nothing_broke().await;
    }
    assert!(heights[1] * 100 < heights[0] * 92, "{heights:?}");
}

/// Shopify's checkout holds the help in a frame, small until it is opened.
#[tokio::test]
async fn in_a_checkouts_frame_it_grows_and_shrinks_with_the_panel() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/shops/shopify/checkout");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let inner = read("help.html")
        .replace("src=\"helpnook.js\"", "src=\"/help/helpnook.js\" data-index=\"/help/demo/{lang}.hnx\"");
    // The frame is enlarged by App Bridge; here the page around does it.
    let bridge = "window.resizeTo = (width, height) => Object.assign(frameElement, { width, height });";
    let outer = "<!doctype html><html lang=\"en\"><head><title>Checkout</title><link rel=\"icon\" href=\"data:,\"></head><body><iframe src=\"/inner/\" width=\"88\" height=\"72\" style=\"border:0\"></iframe></body></html>";
    let setup = Setup::default()
        .page("index.html", outer)
        .page("inner/index.html", &inner)
        .file("inner/help.js", format!("{bridge}\n{}", read("help.js")).into_bytes());
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.driver.enter_frame(0).await.unwrap();
    let whole = "((b) => b && b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight)($('button.launcher')?.getBoundingClientRect())";
    browser.until("the launcher is whole", whole).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel fills the frame", "innerWidth === 415 && innerHeight === 700 && $('.panel .tile') && $('.panel').getBoundingClientRect().width === 415").await;
    browser.shot("checkout-frame").await;
    browser.click_inside("#hn-close").await;
    browser.until("it is small again", "innerWidth === 88 && innerHeight === 72").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]));
}

#[tokio::test]
async fn where_the_dress_cannot_be_had_there_is_the_bubble() {
    let tag =
        page("data-launcher=\"tab\" data-theme=\"host\"", "", MAIN).replace("/help/helpnook.js", "/a/helpnook.js");
    let setup = crate::support::fault::release(Setup::default().page("index.html", &tag), "a", "dress.js", None);
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is there", "$('.panel .tile')").await;
    assert_eq!(browser.js("return window.__seen.errors").await, json!([]));
}
