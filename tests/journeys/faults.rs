//! Whatever a shop, a browser or a network does wrong: the page goes on untouched, one line on the
//! console says what it is and how to mend it, and the shopper still gets help or a way to the shop.

use serde_json::json;
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::fault::{CONTACT, GOOD, Gets, after, check, index, press, release, wrong};
use crate::support::shop::{Setup, Shop};

#[tokio::test]
async fn an_index_that_cannot_be_used_leaves_topics_or_contact() {
    let elsewhere = Shop::with(index(Setup::default().page("index.html", ""), "far", |_| {})).await;
    let mut setup = Setup::default();
    setup = index(setup, "cut", |bytes| bytes.truncate(bytes.len() / 2));
    setup = index(setup, "old", |bytes| bytes[4] = 99);
    setup = index(setup, "flip", |bytes| bytes[5_000] ^= 4);
    setup = index(setup, "page", |bytes| *bytes = b"<!doctype html><title>Not found</title>".to_vec());
    let at = |folder: &str| format!("src=\"/help/helpnook.js\" data-index=\"{folder}/{{lang}}.hnx\"");
    let cases = vec![
        wrong("no data-index, and no index beside the script")
            .tag(r#"src="/help/helpnook.js""#)
            .says(&["/help/en.hnx", "data-index", "helpnook build"])
            .gets(Gets::Contact),
        wrong("data-index leads nowhere")
            .tag(&at("/nowhere"))
            .says(&["/nowhere/en.hnx", "data-index", "helpnook build"])
            .gets(Gets::Contact),
        wrong("the index is cut short")
            .tag(&at("/cut"))
            .says(&["/cut/en.hnx", "cut short", "upload it again"])
            .gets(Gets::Topics),
        wrong("the index is of another version")
            .tag(&at("/old"))
            .says(&["/old/en.hnx", "another release", "run `helpnook build` again"])
            .gets(Gets::Topics),
        wrong("a bit of the index fell over")
            .tag(&at("/flip"))
            .says(&["/flip/en.hnx", "damaged", "upload it again"])
            .gets(Gets::Topics),
        wrong("the index is a page that says it is not found")
            .tag(&at("/page"))
            .says(&["/page/en.hnx", "no index", "helpnook build"])
            .gets(Gets::Topics),
        wrong("the index is of another origin that allows nobody")
            .tag(&at(&format!("{}/far", elsewhere.url)))
            .says(&["/far/en.hnx", "CORS"])
            .gets(Gets::Contact),
    ];
    check(setup, cases).await;
}

#[tokio::test]
async fn a_tag_with_mistakes_works_as_if_they_were_not_there() {
    let with = |attributes: &str| format!("{GOOD} {attributes}");
    let tag = format!("<script {GOOD} {CONTACT}></script>");
    let late = tag.replace("<script", "<script async");
    let cases = vec![
        wrong("nothing is wrong"),
        wrong("an attribute nobody knows").tag(&with(r#"data-acent="red""#)).says(&["data-acent", "README"]),
        wrong("data-accent is no hex colour").tag(&with(r#"data-accent="red""#)).says(&["data-accent", "#rrggbb"]),
        wrong("data-position is no side").tag(&with(r#"data-position="top""#)).says(&["data-position", "left", "right"]),
        wrong("data-offset is too far").tag(&with(r#"data-offset="900""#)).says(&["data-offset", "0 to 200"]),
        wrong("data-max-suggestions is too many")
            .tag(&with(r#"data-max-suggestions="many""#))
            .says(&["data-max-suggestions", "0 to 5"]),
        wrong("data-chat leads nowhere").tag(&with(r#"data-chat="pigeon:coo""#)).says(&["data-chat", "inbox:"]),
        wrong("everything at once is one line")
            .tag(&with(r##"data-acent="red" data-thme="x" data-accent="#12" data-position="up" data-offset="-1" data-max-suggestions="9" data-contact-policy="never""##))
            .says(&["data-acent", "data-thme", "data-accent", "data-position", "data-offset", "data-max-suggestions", "data-contact-policy"]),
        wrong("the page's language is no language tag").html(|page| page.replace("lang=\"en\"", "lang=\"en_US\"")),
        wrong("the page's language is a word").html(|page| page.replace("lang=\"en\"", "lang=\"English!\"")),
        wrong("the tag is there twice").tags(&format!("{late}{late}")).says(&["twice", "remove one"]),
        wrong("the script runs before there is a body").tags(&tag),
        wrong("the tag is there twice before there is a body").tags(&format!("{tag}{tag}")).says(&["twice", "remove one"]),
        wrong("a call comes before there is a body").tags(&format!("{tag}<script>Helpnook('on', 'opened', () => {{}})</script>")),
    ];
    check(Setup::default(), cases).await;
}

#[tokio::test]
async fn what_the_browser_refuses_is_done_without() {
    let cases = vec![
        wrong("no WebAssembly")
            .before("delete window.WebAssembly;")
            .says(&["engine.wasm", "no WebAssembly"])
            .gets(Gets::Topics),
        wrong("a policy that forbids WebAssembly")
            .header("content-security-policy", "script-src 'self'; object-src 'none'")
            .says(&["CSP", "'wasm-unsafe-eval'"])
            .gets(Gets::Topics),
        wrong("no shadow DOM")
            .before("delete Element.prototype.attachShadow;")
            .says(&["attachShadow", "contact"])
            .gets(Gets::Link),
    ];
    check(Setup::default(), cases).await;
}

#[tokio::test]
async fn without_storage_a_message_is_sent_and_the_shopper_knows_it_is_not_kept() {
    let case = wrong("storage refused").tag(&format!("{GOOD} data-chat=\"inbox:\"")).says(&["storage"]).before(
        "for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) \
             Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });",
    );
    let shop = Shop::with(Setup::default().page("index.html", &case.html)).await;
    let browser = Browser::start(Look { before: case.before.clone(), ..Look::default() }).await;
    browser.goto(&shop.url).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", Gets::Panel.seen()).await;
    browser.click_inside("[data-way=chat]").await;
    browser.type_inside("#hn-message", "Where is my tea?").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the message is sent", "!!$('[data-state=sent]')").await;
    browser.until("it says that nothing is kept", "$('.notice')?.textContent.includes('does not let us keep')").await;
    assert_eq!(after(&browser, &case).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_does_not_come_is_named_and_done_without() {
    let mut setup = release(Setup::default(), "a", "engine.wasm", None);
    setup = release(setup, "b", "panel.wasm", None);
    setup = release(setup, "c", "panel.js", Some(b"<!doctype html><title>502 Bad Gateway</title>"));
    setup = release(setup, "d", "open.js", None);
    setup = release(setup, "e", "fallback.js", None);
    setup = release(setup, "f", "page.js", None);
    let of = |folder: &str| GOOD.replace("/help/helpnook.js", &format!("/{folder}/helpnook.js"));
    let cure = "missing, changed, blocked";
    let cases = vec![
        wrong("no engine wasm").tag(&of("a")).says(&["engine.wasm", cure]).gets(Gets::Topics),
        wrong("no panel wasm").tag(&of("b")).says(&["panel.wasm", cure]).gets(Gets::Topics),
        wrong("a page in place of the panel").tag(&of("c")).says(&["panel.js", cure]).gets(Gets::Topics),
        wrong("no opener").tag(&of("d")).says(&["open.js", "/d/helpnook.js"]).gets(Gets::Contact),
        wrong("not even the fallback")
            .tag(&of("e"))
            .before("delete window.WebAssembly;")
            .says(&["could not be loaded"])
            .gets(Gets::Contact),
        wrong("no page watcher").tag(&of("f")).says(&["page.js", "release file"]),
        wrong("a blocker that refuses the engine")
            .before(
                "const real = window.fetch; window.fetch = (what, ...more) => /engine-.*wasm/.test(what) \
                 ? Promise.reject(new TypeError('Failed to fetch')) : real(what, ...more);",
            )
            .says(&["engine.wasm", cure])
            .gets(Gets::Topics),
    ];
    check(setup, cases).await;
}

#[tokio::test]
async fn a_server_gone_before_the_first_tap_leaves_a_way_to_the_shop() {
    let case = wrong("the server is gone").says(&["could not be loaded"]).gets(Gets::Contact);
    let mut shop = Shop::with(Setup::default().page("index.html", &case.html)).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.inside("button.launcher").await;
    shop.stop().await;
    assert_eq!(press(&browser, &case).await, Vec::<String>::new());

    // It comes back, and so does the help.
    shop.restart().await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", Gets::Panel.seen()).await;
    assert_eq!(browser.js("return $$('.note').length").await, json!(0), "the note is gone");
}

#[tokio::test]
async fn the_panel_takes_the_fallbacks_place_when_the_engine_comes_after_all() {
    let case = wrong("the engine comes late").says(&["engine.wasm"]).gets(Gets::Topics).before(
        "const real = window.fetch; window.fetch = (what, ...more) => /engine-.*wasm/.test(what) && !window.healed \
         ? Promise.reject(new TypeError('Failed to fetch')) : real(what, ...more);",
    );
    let shop = Shop::with(Setup::default().page("index.html", &case.html)).await;
    let browser = Browser::start(Look { before: case.before.clone(), ..Look::default() }).await;
    browser.goto(&shop.url).await;
    assert_eq!(press(&browser, &case).await, Vec::<String>::new());
    browser.js("window.healed = true").await;
    browser.click_inside("button.launcher").await;
    browser.until("the fallback is closed", "!$('.fallback')?.offsetWidth").await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel is open", Gets::Panel.seen()).await;
    assert_eq!(browser.js("return $$('.fallback').length").await, json!(0), "the fallback is gone");
}

#[tokio::test]
async fn a_page_that_bends_its_own_objects_gets_the_panel() {
    let cases = vec![
        wrong("arrays with more in them").before("Array.prototype.extra = function () {}; Array.prototype.more = [1];"),
        wrong("objects that cannot be added to")
            .before("Object.freeze(Object.prototype); Object.freeze(Array.prototype);"),
        wrong("quirks mode").html(|html| html.replace("<!doctype html>", "")),
    ];
    check(Setup::default(), cases).await;
}

#[tokio::test]
async fn the_hosts_style_does_not_reach_the_panel() {
    let style = "<style>* { all: revert !important; font-size: 40px !important; line-height: 3 !important; color: lime !important }</style>";
    let plain = wrong("plain");
    let bent = wrong("bent").html(|html| html.replace("<body>", &format!("<body>{style}")));
    let setup = Setup::default().page("plain/index.html", &plain.html).page("bent/index.html", &bent.html);
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    let mut looks = Vec::new();
    for case in [&plain, &bent] {
        browser.goto(&format!("{}/{}/", shop.url, case.path())).await;
        assert_eq!(press(&browser, case).await, Vec::<String>::new());
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        looks.push(
            browser
                .js("const look = (one) => { const { fontSize, lineHeight, color } = getComputedStyle(one); const { x, y, width, height } = one.getBoundingClientRect(); \
                     return [fontSize, lineHeight, color, x, y, width, height]; }; \
                     return [...['.launcher', '.panel', 'input', '.tile', '.tile .title'].map((one) => look($(one)))]")
                .await,
        );
    }
    assert_eq!(looks[0], looks[1], "size, line height, colour and place of launcher, panel and text");
}

#[tokio::test]
async fn in_a_frame_it_works_as_on_a_page() {
    let case = wrong("in a frame");
    let outer = "<!doctype html><html lang=\"en\"><link rel=\"icon\" href=\"data:,\"><iframe src=\"/inner/\" width=\"900\" height=\"760\"></iframe></html>";
    let setup = Setup::default().page("index.html", outer).page("inner/index.html", &case.html);
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    browser.driver.enter_frame(0).await.unwrap();
    assert_eq!(press(&browser, &case).await, Vec::<String>::new());
}
