//! A shop whose next way to a person is a form of the page itself: what is typed goes to the shop's Zendesk or to
//! an address of its own, once, and what became of it is said as it is. What stands in for Zendesk speaks its
//! published contract of anonymous requests, its refusals that browsers cannot read included.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// What the system does with each request in turn, the last one on and on.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    /// By the contract: 201 with the request, 422 for one that lacks something.
    Fair,
    /// An address of the shop's own that takes everything, without a word.
    Takes,
    /// Refuses, and lets the browser read it.
    Refuses(u16),
    /// Refuses without the header that lets the browser read it.
    Hides(u16),
    /// A sign-in page in place of an answer.
    SignIn,
    /// Takes the request, and never says so.
    Silent,
}

/// A system on an origin of its own, and every body that it was sent.
struct System {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

type Kept = (Arc<Mutex<Vec<Value>>>, Arc<Vec<Mood>>);

impl System {
    async fn start(moods: &[Mood]) -> Self {
        let bodies: Arc<Mutex<Vec<Value>>> = Arc::default();
        let app = Router::new().fallback(answer).with_state((bodies.clone(), Arc::new(moods.to_vec())));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v2/requests.json", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, bodies }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }
}

async fn answer(State((bodies, moods)): State<Kept>, method: Method, body: String) -> Response {
    let cors = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "content-type")];
    if method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, cors).into_response();
    }
    let body: Value = serde_json::from_str(&body).unwrap();
    let at = {
        let mut bodies = bodies.lock().unwrap();
        bodies.push(body.clone());
        bodies.len() - 1
    };
    let status = |code| StatusCode::from_u16(code).unwrap();
    match moods[at.min(moods.len() - 1)] {
        Mood::Fair => {
            let request = &body["request"];
            let lacks = ["/comment/body", "/requester/name", "/requester/email"]
                .iter()
                .find(|field| request.pointer(field).and_then(Value::as_str).is_none_or(str::is_empty));
            match lacks {
                None => (StatusCode::CREATED, cors, json!({"request": {"id": 33, "status": "new"}}).to_string()),
                Some(field) => {
                    let details = json!({"base": [{"description": format!("{field}: cannot be blank")}]});
                    let body = json!({"error": "RecordInvalid", "details": details}).to_string();
                    (StatusCode::UNPROCESSABLE_ENTITY, cors, body)
                }
            }
            .into_response()
        }
        Mood::Takes => (StatusCode::NO_CONTENT, cors).into_response(),
        Mood::Refuses(422) => {
            let details = json!({"base": [{"description": "Order number: is required"}]});
            (status(422), cors, json!({"error": "RecordInvalid", "details": details}).to_string()).into_response()
        }
        Mood::Refuses(code) => (status(code), cors, "{}").into_response(),
        Mood::Hides(code) => (status(code), "<h1>No</h1>").into_response(),
        Mood::SignIn => (StatusCode::OK, cors, "<!doctype html><title>Sign in</title>").into_response(),
        Mood::Silent => std::future::pending().await,
    }
}

/// A shop with such a system, and a browser on its basket.
async fn shop(chat: &str, moods: &[Mood], look: Look) -> (Shop, Browser, System) {
    let system = System::start(moods).await;
    let settings = json!({
        "zendesk-ticket": {"subdomain": "shop", "url": system.url, "fields": {"page_title": 7}},
        "webhook": {"url": system.url},
    });
    let html = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Basket</title><link rel=icon href=data:,><h1>Basket</h1>\
         <script type='application/json' data-helpnook-chat>{settings}</script>\
         <script async src='/help/helpnook.js' data-index='/help/demo/{{lang}}.hnx' data-chat='{chat}'></script>"
    );
    let shop = Shop::with(Setup::default().page("index.html", &html)).await;
    let browser = Browser::start(look).await;
    browser.goto(&format!("{}/", shop.url)).await;
    (shop, browser, system)
}

/// From the launcher to the form, with the question.
async fn asks(browser: &Browser, question: &str) {
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.type_inside("#hn-message", question).await;
    let before = browser.requests().await;
    assert!(!before.iter().any(|url| url.contains("forms-")), "fetched unasked: {before:?}");
    browser.keys(Key::Enter + "").await;
    browser.until("the form asks where the answer goes", "$('#hn-leave-email')").await;
}

const SAYS: &str = "$('#hn-elsewhere').textContent";

#[tokio::test]
async fn words_are_left_in_zendesk_without_a_server_of_ours() {
    let (_shop, browser, system) = shop("zendesk-ticket,email:help@shop.example", &[Mood::Fair], Look::default()).await;
    asks(&browser, "Do you repair boots? 4111 1111 1111 1111").await;
    browser.until("nobody is promised", "$('.bar')?.textContent.includes('Leave a message') ?? true").await;
    browser.until("it is asked for at once", "root.getRootNode().activeElement?.id === 'hn-leave-email'").await;
    browser.until("there is one field to write in", "!$('.composer').checkVisibility()").await;
    browser.shot("form-asks").await;
    // What is no address is to be mended, and nothing was sent.
    browser.type_inside("#hn-leave-email", "ada@").await;
    browser.keys(Key::Enter + "").await;
    browser.until("it is said so", &format!("{SAYS}.includes('look at the e-mail address')")).await;
    assert_eq!(system.bodies().len(), 0);
    browser.type_inside("#hn-leave-email", "mail.example").await;
    // Walking through the help costs nothing that was typed.
    browser.type_inside("#hn-leave-name", "Ada").await;
    browser.js("Helpnook('open')").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser
        .until(
            "it stands as it was",
            "$('#hn-leave-name')?.value === 'Ada' && $('#hn-leave-email').value === 'ada@mail.example'",
        )
        .await;
    browser.click_inside("#hn-leave-send").await;
    browser
        .until(
            "it is said that it arrived",
            &format!("{SAYS}.includes('has arrived') && {SAYS}.includes('ada@mail.example')"),
        )
        .await;
    browser.until("the words stay in sight", "$('[role=log]').textContent.includes('Do you repair boots?')").await;
    browser.shot("form-sent").await;
    let bodies = system.bodies();
    assert_eq!(bodies.len(), 1);
    let request = &bodies[0]["request"];
    assert_eq!(request["requester"], json!({"name": "Ada", "email": "ada@mail.example"}));
    assert_eq!(request["custom_fields"], json!([{"id": 7, "value": "Basket"}]));
    let body = request["comment"]["body"].as_str().unwrap();
    assert!(body.starts_with("Do you repair boots?") && body.contains("page_title: Basket"), "{body}");
    assert!(!body.contains("4111 1111 1111"), "{body}");
    // The next question asks for nothing twice.
    browser.type_inside("#hn-message", "And shoes?").await;
    browser.keys(Key::Enter + "").await;
    browser.until("who it is, is known", "$('#hn-leave-email')?.value === 'ada@mail.example'").await;
    browser.click_inside("#hn-leave-send").await;
    browser.until("it arrived too", &format!("{SAYS}.includes('has arrived')")).await;
    assert!(system.bodies()[1]["request"]["comment"]["body"].as_str().unwrap().starts_with("And shoes?"));
    browser.nothing_broke().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_unknown_and_never_sent_again_by_itself() {
    for (name, mood) in [
        ("401", Mood::Hides(401)),
        ("403", Mood::Hides(403)),
        ("429", Mood::Hides(429)),
        ("sign-in", Mood::SignIn),
        ("silent", Mood::Silent),
    ] {
        let (_shop, browser, system) =
            shop("zendesk-ticket,email:help@shop.example", &[mood, Mood::Fair], Look::default()).await;
        asks(&browser, "Where is it?").await;
        browser.type_inside("#hn-leave-email", "ada@mail.example").await;
        browser.keys(Key::Enter + "").await;
        browser.until("it is said that it is not certain", &format!("{SAYS}.includes('not certain')")).await;
        assert_eq!(system.bodies().len(), 1, "{name}");
        browser.until("the words stay", "$('[role=log]').textContent.includes('Where is it?')").await;
        browser.until("and can be taken along", "$('#hn-leave-copy').checkVisibility()").await;
        if name == "403" {
            browser.shot("form-unsure").await;
            browser.click_inside("#hn-leave-send").await;
            browser.until("sent again because the shopper wants it", &format!("{SAYS}.includes('has arrived')")).await;
            assert_eq!(system.bodies().len(), 2);
        } else {
            browser.click_inside("#hn-leave-other").await;
            browser.until("the next way has the words", "$('#hn-mail')?.value === 'Where is it?'").await;
            assert_eq!(system.bodies().len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_for_good_goes_on_to_the_next_way_by_itself() {
    for code in [401, 403, 404, 429] {
        let moods = [Mood::Refuses(code)];
        let (_shop, browser, system) = shop("zendesk-ticket,inbox:", &moods, Look::default()).await;
        asks(&browser, "typed only once").await;
        browser.type_inside("#hn-leave-email", "ada@mail.example").await;
        browser.keys(Key::Enter + "").await;
        browser.until("the inbox has it", "$('[data-state=sent], [data-state=seen]')").await;
        let own = browser.js("return [...$$('.said.own p')].map((one) => one.textContent)").await;
        assert_eq!((own, system.bodies().len()), (json!(["typed only once"]), 1), "{code}");
        let told = browser.console().await.join(" ");
        assert!(told.contains(&format!("it answered {code}")), "the merchant is told: {told}");
    }
}

#[tokio::test]
async fn what_the_shop_asks_for_beyond_the_form_is_said_in_its_words() {
    let moods = [Mood::Refuses(422)];
    let (_shop, browser, _system) = shop("zendesk-ticket,email:help@shop.example", &moods, Look::default()).await;
    asks(&browser, "Where is it?").await;
    browser.type_inside("#hn-leave-email", "ada@mail.example").await;
    browser.keys(Key::Enter + "").await;
    browser.until("why", &format!("{SAYS}.includes('Order number: is required')")).await;
    browser.click_inside("#hn-leave-other").await;
    browser.until("the next way has the words", "$('#hn-mail')?.value === 'Where is it?'").await;
}

#[tokio::test]
async fn a_page_loaded_anew_still_has_the_words_that_waited_for_an_address() {
    let (_shop, browser, system) = shop("webhook,email:help@shop.example", &[Mood::Takes], Look::default()).await;
    asks(&browser, "half asked").await;
    browser.driver.refresh().await.unwrap();
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.until("the form is back", "$('#hn-leave-email')").await;
    browser.until("with the words", "$('[role=log]').textContent.includes('half asked')").await;
    browser.type_inside("#hn-leave-email", "ada@mail.example").await;
    browser.keys(Key::Enter + "").await;
    browser.until("it arrived, or nobody said so", &format!("/arrived/.test({SAYS})")).await;
    let bodies = system.bodies();
    assert_eq!((bodies.len(), &bodies[0]["question"]), (1, &json!("half asked")));
    assert_eq!(bodies[0]["person"], json!({"name": "", "email": "ada@mail.example"}));
}

#[tokio::test]
async fn settings_that_cannot_be_right_send_nothing() {
    let (shop, browser, system) =
        shop("webhook,inbox:", &[Mood::Fair], Look { size: (390, 844), ..Look::default() }).await;
    asks(&browser, "small screen").await;
    browser.shot("form-narrow").await;
    assert_eq!(system.bodies().len(), 0);
    let page = "<!doctype html><html lang=en><head><title>x</title><script type='application/json' data-helpnook-chat>{\"webhook\":{\"url\":\"http://shop.example/x\"}}</script>\
        <script async src='/help/helpnook.js' data-index='/help/demo/{lang}.hnx' data-chat='webhook,inbox:'></script>";
    shop.put_page("index.html", page);
    browser.js("localStorage.clear()").await;
    browser.driver.refresh().await.unwrap();
    browser.click_inside("button.launcher").await;
    browser.click_inside("[data-way=chat], .foot .first").await;
    browser.type_inside("#hn-message", "hello").await;
    browser.keys(Key::Enter + "").await;
    browser.until("the inbox has it", "$('[data-state=sent], [data-state=seen]')").await;
    let told = browser.console().await.join(" ");
    assert!(told.contains("webhook needs `url`"), "{told}");
}
