//! What breaks below the inbox: a locked file, a full disk, a copy taken in between.

use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Inbox, Shopper, id, refused};
use crate::victim::Victim;

#[tokio::test]
async fn a_locked_database_is_503_and_then_works_again() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    shopper.say(&inbox, "one").await;
    let lock = Connection::open(inbox.db()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let message = id();
    let refusal = refused(shopper.put(&inbox, &message, "two").await, 503, "unavailable").await;
    assert!(refusal["retry_after_s"].is_u64());
    assert_eq!(shopper.texts(&inbox).await, ["one"], "reading goes on");
    lock.execute_batch("ROLLBACK").unwrap();
    let start = Instant::now();
    assert_eq!(inbox.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(shopper.put(&inbox, &message, "two").await.status(), StatusCode::OK);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(shopper.texts(&inbox).await, ["one", "two"]);
}

#[tokio::test]
async fn a_full_disk_is_503_and_nothing_acknowledged_is_lost() {
    // Files of 400 blocks of 512 bytes stand for the disk; the program must be able to outlive the signal.
    let shell = "trap '' XFSZ; ulimit -S -f 400; exec \"$0\" \"$@\"";
    let Some(victim) = Victim::start_by(&["sh", "-c", shell]) else { return };
    victim.answers().await;
    let base = format!("http://{}", victim.address);
    let conversation = id();
    let client = Client::new();
    let put = |path: String, body: Value| {
        let address = format!("{base}/v1/conversations/{conversation}{path}");
        client.put(address).bearer_auth(format!("{conversation}{conversation}")).json(&body).send()
    };
    assert_eq!(put(String::new(), json!({"v": 1, "packet": {"v": 1}})).await.unwrap().status(), StatusCode::OK);
    let mut n_acknowledged = 0;
    loop {
        let body = json!({"v": 1, "seq": n_acknowledged + 1, "text": format!("{n_acknowledged} {}", "x".repeat(4000))});
        let answer = put(format!("/messages/{}", id()), body).await.unwrap();
        if answer.status() != StatusCode::OK {
            refused(answer, 503, "unavailable").await;
            break;
        }
        n_acknowledged += 1;
        assert!(n_acknowledged < 1000, "the disk never fills");
    }
    let freed = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &victim.pid().to_string()]).status();
    if !freed.is_ok_and(|status| status.success()) {
        println!("skipped the rest: no prlimit here");
        return;
    }
    let start = Instant::now();
    let body = json!({"v": 1, "seq": n_acknowledged + 1, "text": format!("{n_acknowledged} after")});
    assert_eq!(put(format!("/messages/{}", id()), body).await.unwrap().status(), StatusCode::OK);
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(client.get(format!("{base}/healthz")).send().await.unwrap().status(), StatusCode::OK);
    let events = client.get(format!("{base}/v1/conversations/{conversation}/events?after=0"));
    let events: Value =
        events.bearer_auth(format!("{conversation}{conversation}")).send().await.unwrap().json().await.unwrap();
    let events = events["events"].as_array().unwrap();
    assert_eq!(events.len(), n_acknowledged + 1);
    for (n, event) in events.iter().enumerate() {
        assert!(event["text"].as_str().unwrap().starts_with(&format!("{n} ")), "in order");
    }
}

#[tokio::test]
async fn a_backup_taken_under_writers_is_whole() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    for n in 0..50 {
        shopper.say(&inbox, &format!("message {n}")).await;
    }
    let (db, out) = (inbox.db().to_owned(), inbox.folder.path().join("copy.db"));
    let to = out.clone();
    let copy = tokio::task::spawn_blocking(move || helpnook::server::backup(&db, &to));
    for n in 50..100 {
        shopper.say(&inbox, &format!("message {n}")).await;
    }
    copy.await.unwrap().unwrap();
    inbox.stop().await;
    inbox.options.db = out;
    inbox.restart().await;
    let texts = shopper.texts(&inbox).await;
    assert!(texts.len() >= 50, "{}", texts.len());
    assert!(texts.iter().enumerate().all(|(n, text)| *text == format!("message {n}")));
}

#[tokio::test]
async fn metrics_count() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    shopper.say(&inbox, "hello").await;
    refused(inbox.get("/v1/nothing").await, 404, "not-found").await;
    let text = inbox.get("/metrics").await.text().await.unwrap();
    for row in [
        "helpnook_conversations_waiting 1",
        "helpnook_writes_total 2",
        "helpnook_healthy 1",
        "helpnook_online 0",
        "{status=\"4xx\"} 1",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
}
