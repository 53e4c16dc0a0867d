//! A bad network: every answer of a session ends after some byte (by a plain end, a reset, or a silence
//! that never ends), trickles in byte by byte, or its request arrives twice. The reader goes on from
//! its cursor, the writer sends again: nothing may be missing, doubled or out of order.
//!
//! `HELPNOOK_CUTS=1000` makes it cut that often; from 3300 on after every byte of the session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::{Inbox, Shopper, figures, id};
use crate::victim::number;

/// Frames of the session that is cut.
const FRAMES: u64 = 20;

/// Silence after which a reader of these tests connects anew.
const PATIENCE: Duration = Duration::from_millis(250);

/// What the proxy does to a connection.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// It ends after so many bytes.
    Cut,
    /// It is torn down after so many bytes.
    Reset,
    /// It says nothing more after so many bytes.
    Stall,
    /// It ends after so many bytes, which come one by one.
    Drip,
    /// It ends after so many bytes, and what the shopper said arrives once more.
    Double,
}

impl Fault {
    /// The slow ones come seldom: they would only make the test longer.
    fn of(connection: usize) -> Fault {
        match connection % 20 {
            3 => Fault::Stall,
            7 => Fault::Drip,
            1 | 5 | 9 | 13 => Fault::Double,
            n if n % 2 == 0 => Fault::Reset,
            _ => Fault::Cut,
        }
    }
}

/// A proxy that lets so many bytes of answers through on each connection, then does something bad.
struct Cutter {
    address: String,
    after: Arc<AtomicUsize>,
    n_cuts: Arc<AtomicUsize>,
}

impl Cutter {
    async fn before(host: &str) -> Cutter {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (after, n_cuts) = (Arc::new(AtomicUsize::new(usize::MAX)), Arc::new(AtomicUsize::new(0)));
        let (host, limit, counter) = (host.to_owned(), Arc::clone(&after), Arc::clone(&n_cuts));
        tokio::spawn(async move {
            let mut n_connections = 0;
            while let Ok((stream, _)) = listener.accept().await {
                n_connections += 1;
                let fault = Fault::of(n_connections);
                let (host, left, counter) = (host.clone(), limit.load(Ordering::Relaxed), Arc::clone(&counter));
                tokio::spawn(async move {
                    if pass(stream, &host, left, fault).await.is_err() {
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Cutter { address, after, n_cuts }
    }
}

/// Passes bytes on; an error means that it was cut.
async fn pass(mut shopper: TcpStream, host: &str, mut left: usize, fault: Fault) -> std::io::Result<()> {
    let mut server = TcpStream::connect(host).await?;
    let (mut from_server, mut from_shopper) = (vec![0; 4096], vec![0; 4096]);
    let mut said = Vec::new();
    loop {
        tokio::select! {
            n = server.read(&mut from_server) => {
                let n = n?;
                if n == 0 {
                    return Ok(());
                }
                let passed = n.min(left);
                if fault == Fault::Drip {
                    for byte in &from_server[..passed] {
                        shopper.write_all(&[*byte]).await?;
                        tokio::task::yield_now().await;
                    }
                } else {
                    shopper.write_all(&from_server[..passed]).await?;
                }
                left -= passed;
                if left == 0 {
                    end(shopper, host, fault, &said).await?;
                    return Err(std::io::Error::other("cut"));
                }
            }
            n = shopper.read(&mut from_shopper) => {
                let n = n?;
                if n == 0 {
                    return Ok(());
                }
                said.extend(&from_shopper[..n]);
                server.write_all(&from_shopper[..n]).await?;
            }
        }
    }
}

async fn end(shopper: TcpStream, host: &str, fault: Fault, said: &[u8]) -> std::io::Result<()> {
    match fault {
        Fault::Reset => shopper.set_zero_linger(),
        Fault::Stall => {
            tokio::time::sleep(PATIENCE * 4).await;
            Ok(())
        }
        Fault::Double => {
            let mut again = TcpStream::connect(host).await?;
            again.write_all(said).await?;
            let mut answer = [0; 64];
            timeout(PATIENCE, again.read(&mut answer)).await.map(drop).or(Ok(()))
        }
        Fault::Cut | Fault::Drip => Ok(()),
    }
}

/// Reads a conversation by sockets, each of which ends somewhere, until all events are there.
async fn follow(cutter: &Cutter, shopper: &Shopper) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    let address = format!("ws://{}/v1/conversations/{}/socket", cutter.address, shopper.id);
    for attempt in 0..200 {
        if attempt > 100 {
            // A cut before the first frame lets nothing through, ever: the network is back now.
            cutter.after.store(usize::MAX, Ordering::Relaxed);
        }
        let after = events.len();
        let mut request = address.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", format!("http://{}", cutter.address).parse().unwrap());
        let Ok(Ok((mut socket, _))) = timeout(PATIENCE, connect_async(request)).await else { continue };
        let hello = json!({"v": 1, "token": shopper.token, "after": after});
        if socket.send(Message::text(hello.to_string())).await.is_err() {
            continue;
        }
        while let Ok(Some(Ok(message))) = timeout(PATIENCE, socket.next()).await {
            let Message::Text(text) = message else { continue };
            let frame: Value = serde_json::from_str(&text).expect("a whole frame or none");
            if frame["frame"] == "event" {
                events.push(frame["event"].clone());
            }
            if events.len() as u64 == FRAMES {
                return events;
            }
        }
    }
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_misses_nothing_wherever_it_is_cut() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    for n in 1..=FRAMES {
        shopper.say(&inbox, &format!("message {n}")).await;
    }
    let cutter = Cutter::before(inbox.host()).await;
    let n_cuts = number("HELPNOOK_CUTS", 100);
    // The answer to the upgrade is some 130 bytes, a frame some 150.
    let step = (3_300 / n_cuts).max(1);
    for after in (140..).step_by(step) {
        cutter.after.store(after, Ordering::Relaxed);
        let events = follow(&cutter, &shopper).await;
        let numbers: Vec<u64> = events.iter().map(|event| event["cursor"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=FRAMES).collect::<Vec<_>>(), "cut after {after} bytes");
        if cutter.n_cuts.load(Ordering::Relaxed) >= n_cuts && after > 3_300 {
            break;
        }
    }
    let n_cuts = cutter.n_cuts.load(Ordering::Relaxed);
    figures("inbox_cuts_reader", json!({"cuts": n_cuts, "events_lost": 0, "events_doubled": 0}));
    println!("{n_cuts} cuts: nothing missing, doubled or out of order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_doubles_nothing_wherever_the_answer_is_cut() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let cutter = Cutter::before(inbox.host()).await;
    let n_messages = number("HELPNOOK_CUTS", 100) / 2;
    for n in 1..=n_messages {
        cutter.after.store(1 + n * 7 % 300, Ordering::Relaxed);
        let message = id();
        let path = format!("/v1/conversations/{}/messages/{message}", shopper.id);
        let mut tries = 0;
        loop {
            let request = Client::builder()
                .timeout(PATIENCE * 2)
                .build()
                .unwrap()
                .put(format!("http://{}{path}", cutter.address))
                .bearer_auth(&shopper.token);
            let body = json!({"v": 1, "seq": n, "text": format!("message {n}")});
            let answer = request.header("host", inbox.host()).json(&body).send().await;
            if let Ok(answer) = answer
                && answer.status() == StatusCode::OK
                && answer.json::<Value>().await.is_ok()
            {
                break;
            }
            tries += 1;
            if tries > 2 {
                cutter.after.store(usize::MAX, Ordering::Relaxed);
            }
        }
    }
    let expected: Vec<String> = (1..=n_messages).map(|n| format!("message {n}")).collect();
    assert_eq!(shopper.texts(&inbox).await, expected);
    let n_cuts = cutter.n_cuts.load(Ordering::Relaxed);
    figures("inbox_cuts_writer", json!({"cuts": n_cuts, "messages_lost": 0, "messages_doubled": 0}));
    println!("{n_cuts} cuts under a writer: nothing lost or doubled");
}
