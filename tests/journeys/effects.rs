//! What rules do besides suggesting: a badge, a line said unasked, a flow or a person offered with it.

use std::path::PathBuf;

use serde_json::json;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// One rule for each effect, each on a page of its own, above what the demo's own rules say.
const RULES: &str = "- suggest: size-guide
  page: category
  badge: true
  priority: 10
- suggest: return-item
  signal: variant-missing
  say: { en: \"Send it back if it does not fit?\" }
  offer: flow:return-item
  priority: 10
- signal: back-from-payment
  say: { en: \"Shall somebody look into it?\" }
  offer: person
  priority: 10
- suggest: promo-code
  signal: coupon-rejected
  badge: false
  priority: 10
";

fn page(page_type: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop</title><link rel=\"icon\" href=\"data:,\">\
         <script async src=\"/help/helpnook.js\" data-index=\"/rules/{{lang}}.hnx\" data-chat=\"inbox:\" data-page-type=\"{page_type}\"></script></head>\
         <body><main><h1>Shop</h1>{body}</main></body></html>"
    )
}

/// A shop with the demo's help and the rules above.
fn shop() -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let (more, out) = (folder.path().join("more"), folder.path().join("out"));
    std::fs::create_dir(&more).unwrap();
    std::fs::write(more.join("rules.yaml"), RULES).unwrap();
    let demo = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/content");
    helpnook::cli::build::run(&[demo, more], &out).unwrap();
    let refused =
        "<form class=coupon><input name=coupon_code><p role=alert class=error>This coupon has expired.</p></form>";
    let missing = "<form><select name=size required><option value=''>Choose</option><option>S</option></select></form>";
    let mut setup = Setup::default()
        .page("hats/index.html", &page("category", ""))
        .page("hat/index.html", &page("product", missing))
        .page("checkout/index.html", &page("checkout", ""))
        .page("cart/index.html", &page("cart", refused));
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        setup = setup.file(&format!("rules/{name}"), std::fs::read(&path).unwrap());
    }
    setup
}

async fn asked(browser: &Browser) -> Vec<String> {
    let script = "const done = arguments[0]; Helpnook('suggest').then((one) => done(one.suggestions.map((s) => s.id)), (e) => done(['' + e]))";
    let told = browser.driver.execute_async(script, Vec::new()).await.unwrap();
    told.json().as_array().unwrap().iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_rule_shows_a_badge_says_a_line_opens_a_flow_and_offers_a_person() {
    let shop = Shop::with(shop()).await;
    let browser = Browser::start(Look::default()).await;

    // A badge though nothing happened, on the author's word.
    browser.goto(&format!("{}/hats/", shop.url)).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    assert_eq!(asked(&browser).await[0], "size-guide");
    browser.until("the badge is there", "!$('.badge').hidden && $('.badge').textContent === '1'").await;
    assert_eq!(
        browser.js("return $('.teaser')?.textContent ?? ''").await,
        json!(""),
        "nothing is said of a mere visit"
    );

    // No badge though something happened.
    browser.goto(&format!("{}/cart/", shop.url)).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    let mut first = String::new();
    for _ in 0..50 {
        // Until the refusal is heard, the page alone speaks.
        first.clone_from(&asked(&browser).await[0]);
        if first == "promo-code" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(first, "promo-code");

    // A line that opens a guided flow.
    browser.goto(&format!("{}/hat/", shop.url)).await;
    browser.until("the launcher is there", "$('button.launcher')").await;
    assert!(!asked(&browser).await.is_empty());
    browser.js("document.querySelector('form').reportValidity()").await;
    browser.until("the line is said", "$('.teaser .say')?.textContent.startsWith('Send it back')").await;
    browser.shot("effect-line").await;
    browser.click_inside(".teaser .say").await;
    browser.until("the flow begins", "$('.flow')?.textContent.length > 10").await;
    browser.shot("effect-flow").await;
    browser.nothing_broke().await;

    // A line that offers a person, once.
    browser.goto(&format!("{}/checkout/?cancelled=1", shop.url)).await;
    browser.until("the line is said", "$('.teaser .say')?.textContent.startsWith('Shall somebody')").await;
    browser.shot("effect-person").await;
    browser.click_inside(".teaser .say").await;
    browser.until("the conversation is open", "$('.chat textarea, #hn-message, .chat')").await;
    browser.shot("effect-chat").await;
    browser.until("the line is gone", "!$('.teaser .say')").await;
    browser.nothing_broke().await;
}
