//! The server is killed again and again under writers who lose a tenth of the answers: nothing
//! that was acknowledged may be lost, nothing doubled, nothing out of order.
//!
//! `HELPNOOK_KILLS`, `HELPNOOK_MESSAGES` (at least) and `HELPNOOK_WRITERS` make a longer run of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::support::{figures, id};
use crate::victim::{Victim, number};

/// Time that a killed server may take to answer again.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// A shopper whose outbox sends one message after the other until each is acknowledged.
struct Writer {
    base: String,
    token: String,
    client: Client,
    lost_answers: usize,
}

impl Writer {
    fn new(address: &str) -> Writer {
        let id = id();
        let client = Client::builder().timeout(Duration::from_secs(5)).build().expect("a client");
        let base = format!("http://{address}/v1/conversations/{id}");
        Writer { base, token: format!("{id}{id}"), client, lost_answers: 0 }
    }

    /// Sends until there is an answer that is not lost on the way back.
    async fn put(&mut self, path: &str, body: &Value, lose: bool) -> Value {
        let mut lose = lose;
        loop {
            let request = self.client.put(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
            if let Ok(answer) = request.send().await {
                match answer.status() {
                    StatusCode::OK if lose => {
                        lose = false;
                        self.lost_answers += 1;
                        continue;
                    }
                    StatusCode::OK => {
                        if let Ok(value) = answer.json().await {
                            return value;
                        }
                    }
                    StatusCode::SERVICE_UNAVAILABLE => {}
                    other => panic!("{other}: {:?}", answer.text().await),
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Writes until told to stop; gives the cursor of each acknowledged message.
    async fn write(&mut self, stop: &AtomicBool, sent: &AtomicUsize) -> Vec<u64> {
        self.put("", &json!({"v": 1, "packet": {"v": 1}}), false).await;
        let mut cursors = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let seq = cursors.len() + 1;
            let body = json!({"v": 1, "seq": seq, "text": format!("message {seq}")});
            let stored = self.put(&format!("/messages/{}", id()), &body, seq % 10 == 0).await;
            cursors.push(stored["cursor"].as_u64().expect("a cursor"));
            sent.fetch_add(1, Ordering::Relaxed);
        }
        cursors
    }

    /// Follows the conversation as a reader would, over every restart, until it has that many events.
    async fn read(&self, until: u64) -> Vec<Value> {
        let mut events: Vec<Value> = Vec::new();
        while (events.len() as u64) < until {
            let after = events.last().map_or(0, |event| event["cursor"].as_u64().expect("a cursor"));
            let request = self.client.get(format!("{}/events?after={after}", self.base)).bearer_auth(&self.token);
            let Ok(answer) = request.send().await else { continue };
            let answer: Value = answer.json().await.expect("JSON");
            let news = answer["events"].as_array().expect("events");
            assert!(!news.is_empty(), "{} of {until} events are there", events.len());
            events.extend_from_slice(news);
        }
        events
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_out_of_order() {
    let (n_kills, n_writers) = (number("HELPNOOK_KILLS", 5), number("HELPNOOK_WRITERS", 8));
    let per_kill = number("HELPNOOK_MESSAGES", 200) / n_kills.max(1);
    let mut victim = Victim::start();
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..n_writers)
        .map(|_| {
            let (mut writer, stop, sent) = (Writer::new(&victim.address), Arc::clone(&stop), Arc::clone(&sent));
            tokio::spawn(async move {
                let cursors = writer.write(&stop, &sent).await;
                (writer, cursors)
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for n in 0..n_kills {
        let before = sent.load(Ordering::Relaxed);
        while sent.load(Ordering::Relaxed) < before + per_kill + n % 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        victim.kill_and_restart();
        slowest = slowest.max(victim.answers().await);
    }
    stop.store(true, Ordering::Relaxed);
    let (mut n_messages, mut n_lost_answers) = (0, 0);
    for writer in writers {
        let (writer, cursors) = writer.await.expect("the writer ends well");
        let last = *cursors.last().expect("some were sent");
        let events = writer.read(last).await;
        for (event, number) in events.iter().zip(1_u64..) {
            assert_eq!(event["cursor"], number, "no gap");
            assert_eq!(event["text"], format!("message {number}"), "each once, in order");
        }
        assert_eq!(cursors, (1..=last).collect::<Vec<_>>(), "each acknowledged where it is");
        assert_eq!(events.len(), cursors.len(), "nothing more");
        n_messages += cursors.len();
        n_lost_answers += writer.lost_answers;
    }
    let db = rusqlite::Connection::open(victim.folder.path().join("inbox.db")).expect("the file opens");
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(sound, "ok");
    println!(
        "{n_messages} messages, {n_kills} kills, {n_lost_answers} answers lost: 0 lost, 0 doubled, 0 out of order"
    );
    let back_ms = u64::try_from(slowest.as_millis()).expect("a short time");
    figures(
        "inbox_chaos",
        json!({"kills": n_kills, "messages": n_messages, "answers_lost": n_lost_answers, "messages_lost": 0, "messages_doubled": 0, "messages_out_of_order": 0, "slowest_restart_ms": back_ms}),
    );
    println!("back within {} ms", slowest.as_millis());
    assert!(slowest < BACK_WITHIN, "back only after {slowest:?}");
}
