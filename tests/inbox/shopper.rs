//! Opening, writing, reading, deleting.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, Shopper, id, refused};

#[tokio::test]
async fn a_repeat_gets_the_same_answer_also_after_a_restart() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let message = id();
    let first: Value = shopper.put(&inbox, &message, "where is my order?").await.json().await.unwrap();
    let again: Value = shopper.put(&inbox, &message, "where is my order?").await.json().await.unwrap();
    assert_eq!(first, again);
    inbox.restart().await;
    let other: Value = shopper.put(&inbox, &message, "another text").await.json().await.unwrap();
    assert_eq!(first, other);
    let opened: Value = shopper.open(&inbox, json!({"v": 1})).await.json().await.unwrap();
    assert_eq!(opened["cursor"], 1);
    assert_eq!(shopper.texts(&inbox).await, ["where is my order?"]);
}

#[tokio::test]
async fn events_come_in_order_after_the_cursor() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    for n in 1..=5 {
        assert_eq!(shopper.say(&inbox, &format!("message {n}")).await["cursor"], n);
    }
    let events = shopper.events(&inbox, 3).await;
    let numbers: Vec<_> = events["events"].as_array().unwrap().iter().map(|e| e["cursor"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [4, 5]);
    assert_eq!(events["cursor"], 5);
    assert_eq!(events["events"][0]["from"], "shopper");
}

#[tokio::test]
async fn a_waiting_request_gets_the_next_event() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let wait = shopper.request(&inbox, Method::GET, "/events?after=0&wait_s=20").send();
    let say = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        shopper.say(&inbox, "hello").await
    };
    let (answer, _) = tokio::join!(wait, say);
    let events: Value = answer.unwrap().json().await.unwrap();
    assert_eq!(events["events"][0]["text"], "hello");
}

#[tokio::test]
async fn only_the_right_token_opens_a_conversation() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let mut thief = shopper.clone();
    thief.token = "0".repeat(64);
    refused(thief.put(&inbox, &id(), "hi").await, 403, "unauthorized").await;
    refused(thief.open(&inbox, json!({"v": 1})).await, 403, "unauthorized").await;
    refused(thief.request(&inbox, Method::GET, "/events").send().await.unwrap(), 403, "unauthorized").await;
    refused(thief.request(&inbox, Method::DELETE, "").send().await.unwrap(), 403, "unauthorized").await;
    thief.token = "short".to_owned();
    refused(thief.put(&inbox, &id(), "hi").await, 401, "unauthorized").await;
    let bare = format!("{}/v1/conversations/{}/events", inbox.base, shopper.id);
    refused(reqwest::get(bare).await.unwrap(), 401, "unauthorized").await;
    refused(Shopper::new().put(&inbox, &id(), "hi").await, 404, "not-found").await;
    let kept = std::fs::read(inbox.db()).unwrap();
    assert!(!kept.windows(64).any(|part| part == shopper.token.as_bytes()), "the token lies in the file");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_reason() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let path = format!("/messages/{}", id());
    let send = |body: Vec<u8>| shopper.request(&inbox, Method::PUT, &path).body(body).send();
    for body in ["", "{", "[]", "null", "{\"v\":1}", "{\"v\":1,\"seq\":1}", "{\"v\":1,\"seq\":-1,\"text\":\"a\"}"] {
        refused(send(body.into()).await.unwrap(), 400, "malformed").await;
    }
    refused(send(b"{\"v\":1,\"seq\":1,\"text\":\"\xff\xfe\"}".to_vec()).await.unwrap(), 400, "malformed").await;
    refused(send("[".repeat(20_000).into_bytes()).await.unwrap(), 400, "malformed").await;
    refused(send(b"{\"v\":2,\"other\":true}".to_vec()).await.unwrap(), 400, "version").await;
    refused(shopper.put(&inbox, &id(), " \n ").await, 400, "malformed").await;
    refused(shopper.put(&inbox, "not-an-id", "hi").await, 400, "malformed").await;
    refused(shopper.put(&inbox, &id(), &"a".repeat(8 * 1024 + 1)).await, 413, "too-long").await;
    refused(shopper.put(&inbox, &id(), &"a".repeat(100_000)).await, 413, "too-long").await;
    assert_eq!(shopper.put(&inbox, &id(), &"a".repeat(8 * 1024)).await.status(), StatusCode::OK);
    assert_eq!(shopper.texts(&inbox).await.len(), 1);
    let mut stranger = shopper.clone();
    stranger.id = "../../etc".to_owned();
    assert!(stranger.put(&inbox, &id(), "hi").await.status().is_client_error());
}

#[tokio::test]
async fn card_numbers_are_never_stored() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::new();
    let packet = json!({"v": 1, "searches": ["4111 1111 1111 1111"], "page": {"title": "5500005555555559", "url": "https://a.example/x?card=1"}});
    assert_eq!(shopper.open(&inbox, packet).await.status(), StatusCode::OK);
    shopper.say(&inbox, "my card 4111-1111-1111-1111 was refused").await;
    assert_eq!(shopper.texts(&inbox).await, ["my card ••••-••••-••••-1111 was refused"]);
    let agent = Agent::sign_in(&inbox).await;
    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    assert_eq!(detail["packet"]["page"]["url"], "https://a.example/x");
    inbox.stop().await;
    for file in std::fs::read_dir(inbox.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        for number in ["4111 1111 1111", "5500005555555559", "4111-1111-1111"] {
            assert!(!bytes.windows(number.len()).any(|part| part == number.as_bytes()), "{number}");
        }
    }
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_to_the_last_byte() {
    let inbox = Inbox::start().await;
    let (shopper, other) = (Shopper::opened(&inbox).await, Shopper::opened(&inbox).await);
    for n in 0..200 {
        shopper.say(&inbox, &format!("PLATYPUS {n} {}", "x".repeat(n * 20))).await;
        other.say(&inbox, "stays").await;
    }
    let answer = shopper.request(&inbox, Method::DELETE, "").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    refused(shopper.request(&inbox, Method::GET, "/events").send().await.unwrap(), 404, "not-found").await;
    for file in std::fs::read_dir(inbox.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!bytes.windows(8).any(|part| part == b"PLATYPUS"), "{}", path.display());
    }
    assert_eq!(other.texts(&inbox).await.len(), 200);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let agent = Agent::sign_in(&inbox).await;
    let texts =
        ["<script>alert(1)</script>", "\u{202e}\u{0}\u{1b}[31m", "=cmd|' /C calc'!A0", "'; DROP TABLE event; --"];
    for text in texts {
        shopper.say(&inbox, text).await;
    }
    assert_eq!(shopper.texts(&inbox).await, texts);
    let path = format!("conversations/{}", shopper.id);
    let answer = agent.request(&inbox, Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn restart_keeps_everything() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let agent = Agent::sign_in(&inbox).await;
    shopper.say(&inbox, "one").await;
    assert_eq!(agent.reply(&inbox, &shopper, "two").await.status(), StatusCode::OK);
    inbox.restart().await;
    shopper.say(&inbox, "three").await;
    assert_eq!(shopper.texts(&inbox).await, ["one", "two", "three"]);
    assert_eq!(agent.get(&inbox, "me").await["name"], "Ana");
}
