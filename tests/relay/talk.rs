//! A shopper whose conversation goes on in a system, and what came of it.

use std::time::Duration;

use helpnook::server::{Options, Way, Ways};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::stand::Stand;
use crate::support::{Agent, Inbox, Shopper, id};

/// Waits longer than a test of the inbox: here are three programs in a row.
pub async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    for _ in 0..400 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never happened: {what}");
}

/// An inbox whose conversations go on by these ways, in this order.
pub async fn inbox(stands: &[&Stand], patience: Duration) -> Inbox {
    let order = stands.iter().map(|stand| Way::System(stand.adapter())).collect();
    Inbox::with(|options: &mut Options| {
        options.relay = Some(Ways { order, address: "https://help.shop.example".to_owned(), ..Ways::default() });
        options.limits.relay_patience = patience;
    })
    .await
}

/// A packet with something in every field.
pub fn packet() -> Value {
    json!({
        "v": 1, "lang": "en", "basket": "2 items, €60",
        "page": {"url": "https://shop.example/cart", "title": "Basket", "page_type": "cart", "product": "Boot"},
        "searches": ["coupon"], "read": [{"id": "promo-code", "title": "My code", "helped": false}],
        "flow": [{"question": "Which order?", "answer": "TT-204711"}],
        "transcript": [{"from": "shopper", "text": "ASKED-THE-BOT"}, {"from": "bot", "text": "BOT-SAID-THIS"}],
        "person": {"email": "ada@home.example", "name": "Ada"},
    })
}

pub async fn shopper(inbox: &Inbox) -> Shopper {
    let shopper = Shopper::new();
    assert!(shopper.open(inbox, packet()).await.status().is_success());
    shopper
}

/// Passes on what was answered in a guided flow meanwhile.
pub async fn tell(inbox: &Inbox, shopper: &Shopper, flow: &Value) {
    let body = json!({"v": 1, "seq": 1, "text": "", "flow": flow});
    let request = shopper.request(inbox, Method::PUT, &format!("/messages/{}", id())).json(&body);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

/// Waits until the system has these words of the shopper, each once.
pub async fn arrives(stand: &Stand, words: &[&str]) {
    let wanted: Vec<String> = words.iter().map(|one| (*one).to_owned()).collect();
    until(&format!("{} has {wanted:?}", stand.system.name()), || async { stand.system.shoppers_words() == wanted })
        .await;
}

/// What the shopper hears of agents and bots, in order.
pub async fn heard(inbox: &Inbox, shopper: &Shopper) -> Vec<String> {
    let events = shopper.events(inbox, 0).await;
    let all = events["events"].as_array().unwrap().iter();
    let theirs = all.filter(|event| event["from"] == "agent" || event["from"] == "bot");
    theirs.map(|event| event["text"].as_str().unwrap().to_owned()).collect()
}

/// What is noted of each message: way and state.
pub fn states(inbox: &Inbox) -> Vec<(String, String)> {
    let conn = Connection::open(inbox.db()).unwrap();
    let mut all = conn.prepare("SELECT way, state FROM relayed ORDER BY conversation, cursor").unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Rows of a table.
pub fn count(inbox: &Inbox, table: &str) -> usize {
    let conn = Connection::open(inbox.db()).unwrap();
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// What agents of the inbox here read in their notes.
pub async fn notes(inbox: &Inbox, shopper: &Shopper) -> String {
    let agent = Agent::sign_in(inbox).await;
    let detail = agent.get(inbox, &format!("conversations/{}", shopper.id)).await;
    detail["notes"].to_string()
}
