//! What shoppers and agents write is text, on both sides, whatever it is.

use std::path::Path;

use serde_json::{Value, json};

use super::after::{ask, desk, say};
use super::chat::to_a_person;
use super::desk::Caller;
use crate::support::browser::{Browser, Look};
use crate::support::shop::Shop;

/// Bytes of one message: below what the inbox takes.
const MESSAGE_BYTES: usize = 7_500;

/// Messages of one conversation: below what may come at once.
const MESSAGES: usize = 4;

/// What an attack would call is noted.
const NOTE: &str = "window.__ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => __ran.push(name);";

/// Expression for the elements of a place that no text can be, and for what ran.
fn found(place: &str) -> String {
    format!(
        "[...{place}.querySelectorAll('script, iframe, object, embed, base, meta, link, style, math, video, audio, img:not(.picture img), \
         [onerror], [onload], [onclick], [onfocus], [srcdoc], [href^=\"javascript:\" i], [href^=\"data:\" i]')].map((one) => one.outerHTML.slice(0, 200)).concat(window.__ran)"
    )
}

/// Attacks, as many together as one message holds; a few where the corpus is not at hand.
fn messages() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/security/xss.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("only a few: {} is absent", path.display());
        return vec!["<img src=x onerror=alert(1)> javascript:alert(1) <script>alert(1)</script>".to_owned()];
    };
    let mut out = vec![String::new()];
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let payload = row["payload"].as_str().unwrap();
        if payload.len() > MESSAGE_BYTES {
            continue;
        }
        if out.last().is_some_and(|last| last.len() + payload.len() >= MESSAGE_BYTES) {
            out.push(String::new());
        }
        let last = out.last_mut().unwrap();
        last.push_str(payload);
        last.push('\n');
    }
    out
}

#[tokio::test]
async fn what_is_written_stays_text_on_the_agents_page_and_in_the_panel() {
    let shop = Shop::open().await;
    let messages = messages();
    for (n, some) in messages.chunks(MESSAGES).enumerate() {
        let n = u8::try_from(n + 1).unwrap();
        let bad: String = some[0].chars().take(300).collect();
        let packet = json!({"v": 1, "lang": bad, "basket": bad, "page": {"url": "javascript:alert(1)", "title": bad,
            "page_type": bad, "product": bad}, "searches": [bad], "signals": [bad],
            "read": [{"id": bad, "title": bad, "helped": true}], "flow": [{"question": bad, "answer": bad}],
            "transcript": [{"from": "shopper", "text": bad}], "person": {"name": bad, "email": "zoe@home.example"}});
        let shopper = Caller::begin(&shop, n, packet).await;
        for (m, text) in some.iter().enumerate() {
            shopper.say(n * 10 + u8::try_from(m).unwrap(), text, &[]).await;
        }
    }
    let agent = desk(&shop).await;
    agent.before(NOTE).await;
    agent.driver.refresh().await.unwrap();
    let n_talks = messages.chunks(MESSAGES).count();
    agent.until("the list is there", &format!("document.querySelectorAll('a.row').length === {n_talks}")).await;
    for n in 1..=n_talks {
        agent.js(&format!("location.hash = '{n:032x}'")).await;
        let here = format!("document.querySelector('a.row[aria-current]')?.dataset.id.endsWith('{n:02x}')");
        agent.until("it is open", &format!("{here} && document.querySelector('.from-shopper .text')")).await;
        assert_eq!(agent.js(&format!("return {}", found("document.body"))).await, json!([]), "conversation {n}");
        let shown = agent
            .js("return [...document.querySelectorAll('.from-shopper .text')].map((one) => one.textContent.length)")
            .await;
        let n_shown = shown.as_array().unwrap().len();
        assert_eq!(n_shown, messages.chunks(MESSAGES).nth(n - 1).unwrap().len(), "each as one text");
    }
    agent.shot("inert-desk").await;

    let shop = Shop::open().await;
    let shopper = Browser::start(Look { before: NOTE.to_owned(), ..Look::default() }).await;
    shopper.goto(&format!("{}/contact/", shop.url)).await;
    to_a_person(&shopper).await;
    say(&shopper, "<img src=x onerror=alert(1)>").await;
    let agent = desk(&shop).await;
    for (n, text) in messages.iter().enumerate() {
        ask(&agent, "PUT", &format!("messages/{:032x}", 0xa000 + n), json!({"text": text})).await;
    }
    let heard = format!("$$('.said:not(.own) p').length >= {}", messages.len());
    shopper.until("all is heard", &heard).await;
    assert_eq!(shopper.js(&format!("return {}", found("root.querySelector('.log')"))).await, json!([]));
    shopper.shot("inert-panel").await;
    println!("{} messages full of attacks, on both sides: 0 executed", messages.len());
    shopper.nothing_broke().await;
    agent.nothing_broke().await;
}
