//! Events of the help: taken once, checked, and kept without anybody's name.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, Shopper, id, refused};

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

async fn tell(inbox: &Inbox, body: &Value) -> reqwest::Response {
    // As a page sends it that is about to end: plain text, no question beforehand.
    let request = Client::new().post(format!("{}/v1/events", inbox.base)).header("content-type", "text/plain");
    request.body(body.to_string()).send().await.unwrap()
}

fn rows(inbox: &Inbox) -> Vec<(String, u64, String)> {
    let conn = rusqlite::Connection::open(&inbox.options.db).unwrap();
    let mut all = conn.prepare("SELECT kind, at_ms, facts FROM told ORDER BY rowid").unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_message_sent_twice_counts_once() {
    let inbox = Inbox::start().await;
    let now = now_ms();
    let event = json!({ "v": 1, "name": "read", "at": now, "lang": "en", "after": ["opened"], "article": "returns" });
    let message = json!({ "v": 1, "batch": id(), "sent": now, "events": [event, event] });
    for _ in 0..3 {
        let answer: Value = tell(&inbox, &message).await.json().await.unwrap();
        assert_eq!(answer, json!({ "taken": 2, "refused": 0 }));
    }
    assert_eq!(rows(&inbox).len(), 2);
}

#[tokio::test]
async fn what_could_name_a_shopper_is_not_kept() {
    let inbox = Inbox::start().await;
    let now = now_ms();
    let event = json!({ "v": 1, "name": "no-result", "at": now, "user": "kim", "session": "abc",
        "question": "refund to kim@mail.example for TT-2026-0815" });
    tell(&inbox, &json!({ "v": 1, "batch": id(), "sent": now, "events": [event] })).await;
    let all = rows(&inbox);
    assert_eq!(all[0].2, r#"{"question":"refund to [address] for [number]"}"#);
    assert_eq!(all[0].1 % 60_000, 0, "kept to the minute");
    assert!(!String::from_utf8_lossy(&std::fs::read(&inbox.options.db).unwrap()).contains("kim"));
}

#[tokio::test]
async fn what_is_forged_is_left_out_and_the_rest_goes_through() {
    let inbox = Inbox::start().await;
    let now = now_ms();
    let good = json!({ "v": 1, "name": "opened", "at": now });
    let events = json!([good, { "v": 1, "name": "paid", "at": now }, { "v": 9, "name": "opened", "at": now }, "text",
        { "v": 1, "name": "opened", "at": now + 10 * 24 * 3600 * 1000 }, { "v": 1, "name": "opened", "at": 5 }]);
    let answer: Value =
        tell(&inbox, &json!({ "v": 1, "batch": id(), "sent": now, "events": events })).await.json().await.unwrap();
    assert_eq!(answer, json!({ "taken": 1, "refused": 5 }));
    refused(tell(&inbox, &json!({ "v": 2, "batch": id(), "events": [] })).await, 400, "version").await;
    refused(tell(&inbox, &json!({ "v": 1, "batch": "x", "events": [] })).await, 400, "malformed").await;
    let many = json!({ "v": 1, "batch": id(), "events": vec![good; 5000] });
    assert_eq!(tell(&inbox, &many).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(rows(&inbox).len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_a_year_behind_is_corrected() {
    let inbox = Inbox::start().await;
    let (now, wrong) = (now_ms(), now_ms() - 365 * 24 * 3600 * 1000);
    let event = json!({ "v": 1, "name": "opened", "at": wrong - 60_000 });
    tell(&inbox, &json!({ "v": 1, "batch": id(), "sent": wrong, "events": [event] })).await;
    let at = rows(&inbox)[0].1;
    assert!(now - at < 180_000, "{} ms ago", now - at);
}

#[tokio::test]
async fn the_report_is_live_for_agents_and_for_nobody_else() {
    let inbox = Inbox::start().await;
    let plain = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in ["/report", "/agent/report"] {
        let answer = plain.get(format!("{}{path}", inbox.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    }
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "where is it").await;
    agent.reply(&inbox, &shopper, "on its way").await;
    let events = json!([{ "v": 1, "name": "opened", "at": now_ms() },
        { "v": 1, "name": "no-result", "at": now_ms(), "after": ["opened"], "question": "<img src=x onerror=alert(1)>" }]);
    tell(&inbox, &json!({ "v": 1, "batch": id(), "sent": now_ms(), "events": events })).await;
    let answer = agent.request(&inbox, reqwest::Method::GET, "../report").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = answer.text().await.unwrap();
    assert!(page.contains("1 conversation ·") && page.contains("Nine of ten within"), "{page}");
    let german = agent.request(&inbox, reqwest::Method::GET, "../report?lang=de").send().await.unwrap();
    assert!(german.text().await.unwrap().contains("Neun von zehn innerhalb von"));
    assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "{page}");
}
