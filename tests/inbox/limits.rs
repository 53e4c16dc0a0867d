//! Limits, time-outs, foreign pages, and the end.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Agent, Inbox, Shopper, id, refused};

#[tokio::test]
async fn foreign_pages_are_refused_and_allowed_ones_are_not() {
    let inbox = Inbox::with(|options| options.allow_origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = |origin: &str| {
        Client::new()
            .request(Method::OPTIONS, format!("{}/v1/conversations/{}", inbox.base, id()))
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .send()
    };
    let foreign = preflight("https://evil.test").await.unwrap();
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));
    refused(foreign, 403, "unauthorized").await;
    refused(preflight("null").await.unwrap(), 403, "unauthorized").await;
    let allowed = preflight("https://shop.example").await.unwrap();
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://shop.example");
    assert!(allowed.headers()["access-control-allow-headers"].to_str().unwrap().contains("Authorization"));
    assert_eq!(preflight(&inbox.base.clone()).await.unwrap().status(), StatusCode::NO_CONTENT);
    let shopper = Shopper::opened(&inbox).await;
    let path = format!("/messages/{}", id());
    let simple = shopper.request(&inbox, Method::PUT, &path).header("origin", "https://evil.test");
    refused(simple.json(&json!({"v": 1, "seq": 1, "text": "x"})).send().await.unwrap(), 403, "unauthorized").await;
}

#[tokio::test]
async fn too_many_messages_are_told_when_to_come_again() {
    let inbox = Inbox::with(|options| {
        options.limits.messages_per_s = 0.5;
        options.limits.messages_burst = 2.0;
        options.allow_origins = vec!["https://shop.example".to_owned()];
    })
    .await;
    let (shopper, other) = (Shopper::opened(&inbox).await, Shopper::opened(&inbox).await);
    shopper.say(&inbox, "one").await;
    shopper.say(&inbox, "two").await;
    let path = format!("/messages/{}", id());
    let body = json!({"v": 1, "seq": 3, "text": "three"});
    let third = shopper.request(&inbox, Method::PUT, &path).header("origin", "https://shop.example").json(&body);
    let third = third.send().await.unwrap();
    assert_eq!(third.headers()["retry-after"], "2");
    assert_eq!(third.headers()["access-control-allow-origin"], "https://shop.example");
    let refusal = refused(third, 429, "rate-limited").await;
    assert_eq!(refusal["retry_after_s"], 2);
    other.say(&inbox, "others are not held up").await;
}

#[tokio::test]
async fn one_address_opens_only_so_many_conversations() {
    let inbox = Inbox::with(|options| options.limits.conversations_per_hour = 3.0).await;
    let first = Shopper::opened(&inbox).await;
    Shopper::opened(&inbox).await;
    Shopper::opened(&inbox).await;
    refused(Shopper::new().open(&inbox, json!({"v": 1})).await, 429, "rate-limited").await;
    assert_eq!(first.open(&inbox, json!({"v": 1})).await.status(), StatusCode::OK, "opening again is free");
}

#[tokio::test]
async fn passwords_cannot_be_tried_for_long() {
    let inbox = Inbox::with(|options| options.limits.sign_ins_per_min = 2.0).await;
    refused(Agent::try_sign_in(&inbox, "Ana", "wrong").await, 401, "unauthorized").await;
    refused(Agent::try_sign_in(&inbox, "Ana", "wrong").await, 401, "unauthorized").await;
    refused(Agent::try_sign_in(&inbox, "Ana", "wrong").await, 429, "rate-limited").await;
}

#[tokio::test]
async fn half_open_requests_are_closed() {
    let inbox = Inbox::with(|options| {
        options.limits.header_timeout = Duration::from_millis(300);
        options.limits.body_timeout = Duration::from_millis(300);
    })
    .await;
    let host = inbox.host();
    let body = format!("PUT /v1/conversations/{} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\n{{", id());
    for half in [
        "",
        "GET / HTT",
        "GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: ",
        "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
        &body,
    ] {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let start = Instant::now();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "still open: {half:?}");
        assert!(start.elapsed() >= Duration::from_millis(200), "closed at once: {half:?}");
    }
    let answer = inbox.get("/healthz").await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn connections_over_the_limit_hear_that_it_is_busy() {
    let inbox = Inbox::with(|options| options.limits.max_connections = 2).await;
    let _one = TcpStream::connect(inbox.host()).await.unwrap();
    let _two = TcpStream::connect(inbox.host()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut three = TcpStream::connect(inbox.host()).await.unwrap();
    let mut answer = String::new();
    three.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn stopping_answers_who_waits() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let waiting = tokio::spawn(shopper.request(&inbox, Method::GET, "/events?after=0&wait_s=20").send());
    let agent = Agent::sign_in(&inbox).await;
    let _page = agent.live(&inbox).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    inbox.stop().await;
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(waiting.await.unwrap().unwrap().status(), StatusCode::OK);
    assert!(Client::new().get(format!("{}/healthz", inbox.base)).send().await.is_err());
}

#[tokio::test]
async fn a_taken_port_and_a_newer_database_are_told_plainly() {
    let inbox = Inbox::start().await;
    let mut options = inbox.options.clone();
    options.listen = inbox.host().to_owned();
    options.agents.clear();
    let error = helpnook::server::bind(options.clone()).await.err().expect("the port is taken");
    assert!(error.to_string().contains("choose another address"), "{error}");
    options.listen = "127.0.0.1:0".to_owned();
    options.db = inbox.folder.path().join("newer.db");
    let conn = rusqlite::Connection::open(&options.db).unwrap();
    conn.pragma_update(None, "user_version", 999).unwrap();
    drop(conn);
    let error = helpnook::server::bind(options.clone()).await.err().expect("it is newer");
    assert!(error.to_string().contains("version 999"), "{error}");
    options.db = inbox.folder.path().join("broken.db");
    std::fs::write(&options.db, "this is no database, and long enough to be looked at as one ".repeat(20)).unwrap();
    let error = helpnook::server::bind(options).await.err().expect("it is broken");
    assert!(error.to_string().contains("broken.db"), "{error}");
}
