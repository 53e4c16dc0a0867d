//! How much one server carries. Short here; longer by `HELPNOOK_LOAD_S`, `HELPNOOK_SOCKETS` and
//! `HELPNOOK_HALF_OPEN`, best with `--release`, whose figures are the ones to publish.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::{figures, id};
use crate::victim::{Victim, number};

/// Connections that write at a time.
const WRITERS: usize = 64;

/// Memory that one idle socket may cost, in bytes.
const SOCKET_BYTES: u64 = 13 * 1024;

/// A connection that speaks just enough HTTP, so that the load costs less than what it measures.
struct Wire {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Wire {
    async fn connect(host: &str) -> Wire {
        let stream = TcpStream::connect(host).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Wire { stream: BufReader::new(stream), host: host.to_owned() }
    }

    async fn put(&mut self, path: &str, token: &str, body: &str) -> u16 {
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await.expect("it is sent");
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("an answer");
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().expect("a length");
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("a body");
        status
    }
}

fn percentile(sorted: &[Duration], p: usize) -> Duration {
    sorted[(sorted.len() - 1) * p / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn durable_messages_a_second() {
    let victim = Victim::start();
    victim.answers().await;
    let until = Instant::now() + Duration::from_secs(number("HELPNOOK_LOAD_S", 1) as u64);
    let start = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let host = victim.address.clone();
            tokio::spawn(async move {
                let (conversation, mut wire) = (id(), Wire::connect(&host).await);
                let (path, token) =
                    (format!("/v1/conversations/{conversation}"), format!("{conversation}{conversation}"));
                assert_eq!(wire.put(&path, &token, &json!({"v": 1, "packet": {"v": 1}}).to_string()).await, 200);
                let mut times = Vec::new();
                while Instant::now() < until {
                    let body = json!({"v": 1, "seq": times.len() + 1, "text": "where is my order 100234?"}).to_string();
                    let sent = Instant::now();
                    assert_eq!(wire.put(&format!("{path}/messages/{}", id()), &token, &body).await, 200);
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for writer in writers {
        times.extend(writer.await.expect("the writer ends well"));
    }
    let per_s = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort();
    let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
    println!("{per_s:.0} durable messages/s over {WRITERS} connections, p50 {p50:.1?}, p99 {p99:.1?}");
    let ms = |time: Duration| (time.as_secs_f64() * 10_000.0).round() / 10.0;
    let optimised = !cfg!(debug_assertions);
    figures(
        "inbox_load",
        json!({"durable_messages_per_s": per_s.round(), "p50_ms": ms(p50), "p99_ms": ms(p99), "optimised": optimised}),
    );
    assert!(per_s > 50.0, "{per_s} messages/s: something is very slow");
}

/// Opens a shopper's socket by hand and greets.
async fn idle_socket(host: &str, conversation: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let head = format!(
        "GET /v1/conversations/{conversation}/socket HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
         connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let hello = json!({"v": 1, "token": format!("{conversation}{conversation}"), "after": 0}).to_string();
    // A text frame whose mask is zero.
    let mut frame = vec![0x81, 0x80 | u8::try_from(hello.len()).expect("a short frame"), 0, 0, 0, 0];
    frame.extend_from_slice(hello.as_bytes());
    let mut answer = vec![0; 1024];
    let n_bytes = stream.read(&mut answer).await.expect("an answer");
    assert!(answer[..n_bytes].starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer[..n_bytes]));
    stream.write_all(&frame).await.expect("it is sent");
    let n_bytes = stream.read(&mut answer).await.expect("a frame");
    assert!(String::from_utf8_lossy(&answer[..n_bytes]).contains("availability"));
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_sockets_cost_little() {
    let victim = Victim::start();
    victim.answers().await;
    let mut wire = Wire::connect(&victim.address).await;
    let conversation = id();
    let token = format!("{conversation}{conversation}");
    wire.put(&format!("/v1/conversations/{conversation}"), &token, &json!({"v": 1, "packet": {"v": 1}}).to_string())
        .await;
    let n_sockets = number("HELPNOOK_SOCKETS", 300);
    let mut sockets = Vec::new();
    let mut before = None;
    for n in 0..n_sockets {
        sockets.push(idle_socket(&victim.address, &conversation).await);
        if n == n_sockets / 10 {
            before = victim.memory_bytes();
        }
    }
    let (Some(before), Some(after)) = (before, victim.memory_bytes()) else { return };
    let each = (after.saturating_sub(before)) / (n_sockets as u64 * 9 / 10);
    println!("{n_sockets} idle sockets: {} MB in all, {each} bytes each", after / 1_000_000);
    figures("inbox_sockets", json!({"idle_sockets": n_sockets, "resident_bytes": after, "bytes_per_socket": each}));
    assert!(each < SOCKET_BYTES, "{each} bytes for each socket");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_requests_do_not_slow_others() {
    let victim = Victim::start();
    victim.answers().await;
    let mut halves = Vec::new();
    for _ in 0..number("HELPNOOK_HALF_OPEN", 200) {
        let mut stream = TcpStream::connect(&victim.address).await.expect("a connection");
        stream.write_all(b"PUT /v1/conversations/0 HTTP/1.1\r\nhost: a\r\nx-slow: ").await.expect("it is sent");
        halves.push(stream);
    }
    let start = Instant::now();
    let address = format!("http://{}/healthz", victim.address);
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    for _ in 0..100 {
        let asked = Instant::now();
        assert_eq!(client.get(&address).send().await.expect("an answer").status().as_u16(), 200);
        times.push(asked.elapsed());
    }
    times.sort();
    let n_halves = halves.len();
    for mut half in halves {
        let mut rest = Vec::new();
        let closed =
            tokio::time::timeout(Duration::from_secs(15).saturating_sub(start.elapsed()), half.read_to_end(&mut rest));
        assert!(closed.await.is_ok(), "still open after 15 s");
    }
    let p99 = percentile(&times, 99);
    println!("{n_halves} half-open requests closed in {:.1?}, health p99 meanwhile {p99:.1?}", start.elapsed());
    let health_p99_ms = (p99.as_secs_f64() * 10_000.0).round() / 10.0;
    figures(
        "inbox_half_open",
        json!({"requests": n_halves, "closed_after_s": start.elapsed().as_secs(), "health_p99_ms": health_p99_ms}),
    );
    assert!(p99 < Duration::from_millis(250), "health took {p99:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_with_much_stored_is_quick() {
    let mut victim = Victim::start();
    victim.answers().await;
    victim.kill();
    let n_messages = number("HELPNOOK_STORED", 20_000);
    let mut db = rusqlite::Connection::open(victim.folder.path().join("inbox.db")).expect("the file opens");
    let tx = db.transaction().expect("a transaction");
    // A hundred messages each, every tenth by an agent.
    tx.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO conversation(id, token, packet, opened_ms, changed_ms, cursor)
         SELECT printf('%032x', i), zeroblob(32), '{\"v\":1}', 1, i, 100 FROM n",
        [n_messages / 100],
    )
    .expect("conversations");
    tx.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
         INSERT INTO event(conversation, cursor, at_ms, kind, message, sender, name, text)
         SELECT key, i, i, 'message', printf('%032x', i), iif(i % 10, 'shopper', 'agent'), '',
         'where is my order 100234, which I made last week?' FROM conversation, n",
        [],
    )
    .expect("messages");
    tx.commit().expect("they are stored");
    drop(db);
    victim.start_again();
    let took = victim.answers().await;
    let ms = u64::try_from(took.as_millis()).expect("a short time");
    println!("{n_messages} messages stored: it answers after {ms} ms");
    figures("inbox_start", json!({"messages_stored": n_messages, "start_ms": ms}));
    let list = reqwest::get(format!("http://{}/v1/availability", victim.address)).await.expect("an answer");
    assert_eq!(list.status().as_u16(), 200);
}
