//! The AI bot in a real browser: through the proxy of the real inbox, to a mock server that speaks OpenAI's
//! contract and was not written by us, its dropped, malformed and refused streams included.

use std::process::{Child, Command, Stdio};

use helpnook::server::{Bot, Secret};
use serde_json::json;

use super::chat::{agent, to_a_person};
use super::flows::{taps, writes};
use super::help::violations;
use crate::support::browser::{Browser, Look, free_port};
use crate::support::shop::{Setup, Shop};

const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
    <title>Shop</title><link rel=\"icon\" href=\"data:,\"><script async src=\"/help/helpnook.js\" data-index=\"/help/demo/{lang}.hnx\" \
    data-page-type=\"product\" data-chat=\"inbox:\" data-bot=\"inbox\"></script></head><body><h1>Shop</h1></body></html>";

/// What the model says of refunds: two sentences that are in the help, and one that is not.
const REFUND: &str = "We refund within 5 working days after your parcel reaches us [1]. With PayPal you see it the \
    same day [1]. You also get a gift of 500 euros [1].";

/// The mock server; dropping it ends it.
struct Mock {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Mock {
    async fn start(flags: &[&str]) -> Self {
        let program = std::env::var("HELPNOOK_AIMOCK")
            .expect("HELPNOOK_AIMOCK names aimock's cli.js; `cargo xtask test` sets it");
        let folder = tempfile::tempdir().unwrap();
        let says =
            |words: &str, content: &str| json!({"match": {"userMessage": words}, "response": {"content": content}});
        let fixtures = json!({"fixtures": [says("refund take", REFUND), says("warranty", "NO_ANSWER")]});
        std::fs::write(folder.path().join("fixtures.json"), fixtures.to_string()).unwrap();
        let port = free_port();
        let mut node = Command::new("node");
        node.arg(program).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-f", "fixtures.json"]).args(flags);
        let process = node.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        for n in 0.. {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            assert!(n < 300, "the mock server starts");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Self { process, url: format!("http://127.0.0.1:{port}/v1"), _folder: folder }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn open(mock: &Mock) -> (Shop, Browser) {
    let bot = Bot { url: mock.url.clone(), model: "small".to_owned(), key: Secret("a key".to_owned()) };
    let shop = Shop::with(Setup { bot: Some(bot), ..Setup::default().page("index.html", PAGE) }).await;
    let browser = Browser::start(Look::default()).await;
    browser.goto(&shop.url).await;
    (shop, browser)
}

async fn says(browser: &Browser, words: &str) {
    browser.until(&format!("it says {words:?}"), &format!("$('[role=log]')?.textContent.includes({words:?})")).await;
}

#[tokio::test]
async fn a_bot_says_what_it_is_answers_from_the_help_and_hands_over_with_all_that_was_said() {
    let mock = Mock::start(&["--latency", "20"]).await;
    let (shop, browser) = open(&mock).await;
    browser.requests().await;
    browser.click_inside("button.launcher").await;
    browser.until("the help is open", "$('#hn-search')").await;
    assert!(!browser.requests().await.iter().any(|one| one.contains("bot")), "nothing of the bot before it is wanted");
    browser.click_inside("[data-way=chat], .foot .first").await;
    says(&browser, "I am a program, not a person").await;
    browser.shot("bot-hello").await;
    writes(&browser, "How long does a refund take? My card is 4111 1111 1111 1111").await;
    says(&browser, "after your parcel reaches us [1].").await;
    browser.until("it is whole", "!$('.typing .dots')").await;
    let said = browser.js("return $('[role=log]').textContent").await.as_str().unwrap().to_owned();
    assert!(said.contains("same day [1]"), "{said}");
    assert!(!said.contains("500"), "what the help does not bear out is not shown: {said}");
    assert!(!said.contains("4111 1111"), "card number: {said}");
    browser.until("its source is there to be read", "[...$$('[role=log] li button')].length === 1").await;
    browser.shot("bot-answer").await;
    let axe = std::env::var("HELPNOOK_AXE").expect("HELPNOOK_AXE names axe.min.js; `cargo xtask test` sets it");
    violations(&browser, &std::fs::read_to_string(axe).unwrap(), "an answer of the bot").await;

    // It has no answer: a person is offered, and there is nothing else to read.
    writes(&browser, "What does the warranty cover?").await;
    says(&browser, "Shall a person take over?").await;
    browser.shot("bot-no-answer").await;
    taps(&browser, "Ask a person").await;
    browser.until("what is passed on can be seen", "$('[role=log] details.shared')").await;
    browser.shot("bot-handed").await;
    writes(&browser, "Then you, please").await;
    browser.until("it is sent", "$('[data-state=sent], [data-state=seen]')").await;
    let desk = agent(&shop, Look::default()).await;
    desk.outside("ul.rows li a").await.click().await.unwrap();
    let context = "document.querySelector('aside.context')?.textContent";
    desk.until("the agent reads what was asked", &format!("{context}?.includes('How long does a refund take?')")).await;
    desk.until("and answered", &format!("{context}.includes('after your parcel reaches us')")).await;
    let words = desk.js("return document.querySelector('[role=log]').textContent").await.as_str().unwrap().to_owned();
    assert!(!words.contains("refund"), "none of it is posted as the shopper's words: {words}");
    desk.shot("bot-agent").await;

    // From here on the bot is silent, on the next page too.
    writes(&browser, "How long does a refund take?").await;
    browser.until("a person is asked", "$$('[role=log] .said.own [data-state]').length").await;
    browser.driver.refresh().await.unwrap();
    to_a_person(&browser).await;
    browser.until("the conversation is back", "$('[role=log]').textContent.includes('Then you, please')").await;
    assert_eq!(browser.js("return root.textContent.includes('I am a program')").await, json!(false));
    let asked: Vec<String> =
        browser.requests().await.into_iter().filter(|one| one.contains("chat/completions")).collect();
    assert_eq!(asked.len(), 2, "asked twice in all: {asked:?}");
    browser.nothing_broke().await;
}

#[tokio::test]
async fn a_bot_that_breaks_off_is_followed_by_a_person_and_no_half_sentence_is_shown() {
    for (name, flag) in [("drops", "--chaos-drop"), ("malformed", "--chaos-malformed"), ("busy", "--chaos-ratelimit")] {
        let mock = Mock::start(&[flag, "1"]).await;
        let (_shop, browser) = open(&mock).await;
        to_a_person(&browser).await;
        says(&browser, "I am a program").await;
        writes(&browser, "How long does a refund take?").await;
        says(&browser, "Shall a person take over?").await;
        let said = browser.js("return $$('[role=log] .said:not(.own)').length").await;
        assert_eq!(said, json!(2), "{name}: its first words, and the offer");
        browser.shot(&format!("bot-{name}")).await;
        taps(&browser, "Ask a person").await;
        browser.until("a person can be written to", "$('#hn-message') && !$('.flow')").await;
    }
}

#[tokio::test]
async fn what_the_help_does_not_know_is_asked_of_nobody_but_a_person() {
    let mock = Mock::start(&[]).await;
    let (_shop, browser) = open(&mock).await;
    to_a_person(&browser).await;
    says(&browser, "I am a program").await;
    writes(&browser, "xqzt vlorp brrt qwyx zzkk").await;
    says(&browser, "Shall a person take over?").await;
    writes(&browser, "can I talk to a human please").await;
    browser.until("a person can be written to", "$('#hn-message') && !$('.flow')").await;
    let asked: Vec<String> = browser.requests().await.into_iter().filter(|one| one.contains("completions")).collect();
    assert!(asked.is_empty(), "{asked:?}");
    browser.nothing_broke().await;
}
