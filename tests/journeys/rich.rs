//! An answer with all that authors write, in the panel, on paper and in the help centre.

use helpnook::cli::build::{self, Extra};
use serde_json::{Value, json};

use super::payloads::add;
use crate::support::browser::{Browser, Look, NO_PRINTER};
use crate::support::shop::{Setup, Shop};

const ANSWER: &str = "---
title: How do I send something back?
---
You have **thirty days**[^days]. See [the label](#way), or [the terms](https://shop.example/terms).

1. Put it into its box.

![The box](/box.svg){width=640 height=360} *As it left us*

2. Leave the parcel:

   | Country | Carrier |
   | --- | --- |
   | Germany | DHL |

- [x] packed
- [ ] sent

Label
:   The sticker on top

<div class=\"alert alert-warning\">

Shoes only **unworn**, m<sup>2</sup>.

</div>

## Straße & label {#way}

<audio src=\"/ring.mp3\"></audio>

```
RETURN-1234-5678-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ
```

[^days]: From *delivery* on.
";

const VOICE: &str = "window.noted = []; window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } }; \
    Object.defineProperty(window, 'speechSynthesis', { value: { speak: (one) => noted.push(one.text), cancel: () => {} } });";

async fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("help/en")).unwrap();
    std::fs::write(folder.path().join("help/en/back.md"), ANSWER).unwrap();
    let out = folder.path().join("out");
    let base_url = Some("https://shop.example/rich/".to_owned());
    let extra = Extra { site: true, base_url, is_draft: true, ..Extra::default() };
    build::run_with(&[folder.path().join("help")], &out, &extra).unwrap();
    let page = "<!doctype html><html lang=en><head><title>Shop</title><link rel=icon href=data:,>\
                <script async src=\"/help/helpnook.js\" data-index=\"/rich/{lang}.hnx\"></script>";
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 360\"><path fill=\"#2a6\" d=\"M0 0h640v360H0z\"/></svg>";
    let setup = Setup::default().page("index.html", page).file("box.svg", picture.as_bytes().to_vec());
    Shop::with(add(setup, &out, "rich")).await
}

#[tokio::test]
async fn all_that_authors_write_is_shown_said_and_printed() {
    let shop = shop().await;
    let browser = Browser::start(Look { before: [VOICE, NO_PRINTER].concat(), ..Look::default() }).await;
    browser.goto(&format!("{}/", shop.url)).await;
    browser.until("the help is there", "window.Helpnook").await;
    browser.js("Helpnook('article', 'back')").await;
    browser.until("the article has its tools", "$('.tools')").await;
    let has = |what: &str| format!("return $$('.answer {what}').length");
    for (what, n) in [
        ("ol.steps > li", 2),
        ("ol.steps li .enlarge img[width]", 1),
        ("ol.steps li table", 1),
        ("ul.points > li", 2),
        ("div.callout.warning strong", 1),
        ("h3.sub", 1),
        ("p.film a", 1),
    ] {
        assert_eq!(browser.js(&has(what)).await, json!(n), "{what}");
    }
    let text = browser.js("return $('.answer').textContent").await;
    for words in ["thirty days\u{2060}¹", "☑ packed", "☐ sent", "m²", "¹ From delivery on.", "▶ ring"] {
        assert!(text.as_str().unwrap().contains(words), "lacks {words:?}: {text}");
    }
    browser.shot("rich-panel").await;

    // A link to a place goes there; the shop's page stays where it is.
    let before = browser.js("return location.href").await;
    browser.js("$(\".answer a[href^='#']\").click()").await;
    browser.until("the heading has the focus", "root.activeElement === $('h3.sub')").await;
    assert_eq!(browser.js("return location.href").await, before);

    // Each piece is said once, pictures by what they show.
    browser.js("$('.tool[aria-pressed]').click()").await;
    let said = browser.js("return noted").await;
    let said: Vec<&str> = said.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(said.iter().filter(|text| text.contains("DHL")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|text| **text == "The box").count(), 1, "{said:?}");

    browser.js("$('.tool:last-child').click()").await;
    browser.until("it is on paper", "$('.paper')?.contentDocument.body.textContent").await;
    let paper = browser
        .js("const paper = $('.paper').contentDocument; const css = [...paper.adoptedStyleSheets[0].cssRules].map((one) => one.cssText).join(''); \
             return `<!doctype html><base href='${location.origin}'><style>${css}</style>${paper.body.outerHTML}`")
        .await;
    let paper = paper.as_str().unwrap();
    assert!(
        paper.contains("<img") && paper.contains("https://shop.example/terms") && !paper.contains("<button"),
        "{paper}"
    );
    let folder = crate::support::target().join("screens");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rich-paper.html"), paper).unwrap();

    browser.goto(&format!("{}/rich/en/answers/back/", shop.url)).await;
    browser.shot("rich-centre").await;
    browser.js("document.querySelector(\".text a[href^='#']\").click()").await;
    browser.until("the place is there", "document.querySelector(location.hash)?.matches('h2')").await;
}
