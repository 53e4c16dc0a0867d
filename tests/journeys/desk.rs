//! The agents' page as an agent uses it; the shopper's side is played by requests.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::chat::agent;
use crate::support::browser::{Browser, Look};
use crate::support::shop::Shop;

/// A shopper without a browser.
pub struct Caller {
    base: String,
    id: String,
    client: Client,
}

impl Caller {
    pub async fn begin(shop: &Shop, n: u8, packet: Value) -> Self {
        let caller = Self { base: shop.url.clone(), id: format!("{n:032x}"), client: Client::new() };
        caller.put("", json!({"v": 1, "packet": packet})).await;
        caller
    }

    async fn put(&self, path: &str, body: Value) {
        let answer = self.request(path).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let address = format!("{}/v1/conversations/{}{path}", self.base, self.id);
        self.client.request(Method::PUT, address).bearer_auth(self.id.repeat(2))
    }

    pub async fn say(&self, n: u8, text: &str, files: &[&str]) {
        let body = json!({"v": 1, "seq": n, "text": text, "attachments": files});
        self.put(&format!("/messages/{n:032x}"), body).await;
    }

    async fn send_picture(&self, file: &str) {
        let mut picture = std::io::Cursor::new(Vec::new());
        let stripes = |x: u32, y: u32| {
            image::Rgb(if (x / 20 + y / 20).is_multiple_of(2) { [180, 60, 40] } else { [240, 235, 220] })
        };
        image::RgbImage::from_fn(240, 160, stripes).write_to(&mut picture, image::ImageFormat::Png).unwrap();
        let sent = self.request(&format!("/files/{file}?name=seam.png")).body(picture.into_inner());
        assert!(sent.send().await.unwrap().status().is_success());
    }
}

pub async fn shoppers(shop: &Shop) -> Caller {
    let packet = json!({"v": 1, "lang": "en", "basket": "2 items, €148.00",
        "page": {"url": format!("{}/product/fell-rain-jacket/", shop.url), "title": "Fell Rain Jacket", "page_type": "product", "product": "Fell Rain Jacket"},
        "searches": ["seam torn", "warranty"], "read": [{"id": "warranty", "title": "How long is the warranty?", "helped": false}],
        "signals": ["return-visit"], "flow": [{"question": "Order number", "answer": "TT-20417"}],
        "person": {"email": "zoe@home.example", "name": "Zoé Martin"}});
    let first = Caller::begin(shop, 1, packet).await;
    first.say(11, "The seam of my jacket is torn after two weeks. What can I do?", &[]).await;
    let file = format!("{:032x}", 0xf1);
    first.send_picture(&file).await;
    first.say(12, "", &[&file]).await;
    let other = json!({"v": 1, "lang": "fr", "page": {"title": "Panier", "page_type": "cart"}});
    Caller::begin(shop, 2, other).await.say(21, "Mon code ne marche pas", &[]).await;
    first
}

pub async fn open_first(desk: &Browser) {
    desk.outside("a.row[href$='01']").await.click().await.unwrap();
    desk.until("the picture is shown", "document.querySelector('.picture img')?.naturalWidth === 240").await;
}

#[tokio::test]
async fn an_agent_sorts_answers_with_files_and_keeps_the_answer() {
    let shop = Shop::open().await;
    let shopper = shoppers(&shop).await;
    let desk = agent(&shop, Look::default()).await;
    open_first(&desk).await;
    let aside = "document.querySelector('aside.context').textContent";
    for known in ["Zoé Martin", "zoe@home.example", "TT-20417", "seam torn", "How long is the warranty?", "148.00"] {
        desk.until(&format!("{known} is told"), &format!("{aside}.includes('{known}')")).await;
    }
    shopper.put("/typing", json!({"on": true})).await;
    desk.until("the shopper is seen writing", "document.querySelector('.writes')?.hidden === false").await;

    desk.outside("label.owner select").await.send_keys("Ada").await.unwrap();
    desk.outside("label.owner + label.owner select").await.send_keys("Returns").await.unwrap();
    desk.until("it is sorted", "document.querySelector('.row-owner')?.textContent.includes('Returnswith Ada')").await;
    desk.outside("select.which").await.send_keys("Returns").await.unwrap();
    desk.until("one is left", "document.querySelectorAll('a.row').length === 1").await;

    let bill = shop.folder.path().join("label.pdf");
    std::fs::write(&bill, "%PDF-1.7\n%%EOF\n").unwrap();
    desk.outside("button[aria-label='Quick replies']").await.click().await.unwrap();
    desk.outside("input.choices").await.send_keys("Yes please, No thanks").await.unwrap();
    desk.driver.find(By::Css("input[type=file]")).await.unwrap().send_keys(bill.to_str().unwrap()).await.unwrap();
    desk.until("the file has arrived", "document.querySelector('.chip') && !document.querySelector('.chip progress')")
        .await;
    desk.outside(".composer textarea").await.send_keys("We mend it for free. Shall I send a label?").await.unwrap();
    desk.shot("desk-writing").await;
    desk.outside("button.send").await.click().await.unwrap();
    desk.until(
        "the answer stands there",
        "document.querySelector('.from-agent .file')?.textContent.includes('label.pdf')",
    )
    .await;
    desk.until("with its quick replies", "document.querySelectorAll('.offered li').length === 2").await;

    shopper.put("/rating", json!({"v": 1, "stars": 5, "comment": "So quick!"})).await;
    desk.until("the rating is told", "document.querySelector('.log').textContent.includes('5 of 5: So quick!')").await;
    desk.shot("desk-answered").await;

    let draft = "return [...document.querySelectorAll('.keeping button')].at(-1).click()";
    desk.js(draft).await;
    desk.until("the article is begun", "document.querySelector('dialog textarea')?.value.startsWith('We mend it')")
        .await;
    desk.shot("desk-draft").await;
    desk.outside("dialog button.primary").await.click().await.unwrap();
    desk.until("it is kept", "!document.querySelector('dialog')").await;
    let kept = shop.folder.path().join("drafts/en/the-seam-of-my-jacket-is-torn-after-two-weeks-what-can-i-do.md");
    assert!(std::fs::read_to_string(kept).unwrap().contains("We mend it for free."));
    desk.nothing_broke().await;
}

#[tokio::test]
async fn the_desk_fits_a_phone_and_the_night() {
    let shop = Shop::open().await;
    shoppers(&shop).await;
    for (name, lang, size, dark) in [
        ("desk-phone", "de-DE", (390, 844), false),
        ("desk-phone-night", "ro-RO", (390, 844), true),
        ("desk-night", "fr-FR", (1280, 900), true),
    ] {
        let before = format!("Object.defineProperty(navigator, 'languages', {{ get: () => ['{lang}'] }})");
        let desk = agent(&shop, Look { lang, size, before }).await;
        if !desk.has_cdp("a phone's screen and the night") {
            return;
        }
        let scheme = if dark { "dark" } else { "light" };
        desk.cdp(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        )
        .await;
        desk.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size.0 < 500}),
        )
        .await;
        desk.until("the list is there", "document.querySelectorAll('a.row').length === 2").await;
        desk.shot(&format!("{name}-list")).await;
        open_first(&desk).await;
        desk.shot(name).await;
        let wide = "document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.composer *, .head *')].some((one) => one.getBoundingClientRect().right > innerWidth + 1)";
        assert_eq!(desk.js(&format!("return {wide}")).await, json!(false), "{name}: something sticks out");
        let spoken = "[...document.querySelectorAll('button, select, textarea, input')].filter((one) => one.checkVisibility() && !one.labels?.length && !(one.getAttribute('aria-label') || one.textContent).trim()).map((one) => one.outerHTML)";
        assert_eq!(desk.js(&format!("return {spoken}")).await, json!([]), "{name}: without a name");
        desk.nothing_broke().await;
    }
}
