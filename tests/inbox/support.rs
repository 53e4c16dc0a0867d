//! A server for one test, and a shopper and an agent who talk to it.

#[path = "../support/figures.rs"]
mod places;

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use helpnook::server::limits::Limits;
use helpnook::server::{Options, Server, bind};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "a password for tests";

/// A server that ends with the test.
pub struct Inbox {
    pub base: String,
    pub folder: TempDir,
    pub options: Options,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

/// Limits that no test meets by chance.
pub fn wide() -> Limits {
    Limits {
        requests_per_s: 1e6,
        requests_burst: 1e6,
        messages_per_s: 1e6,
        messages_burst: 1e6,
        conversations_per_hour: 1e6,
        presence_grace: Duration::from_millis(50),
        ..Limits::default()
    }
}

impl Inbox {
    pub async fn start() -> Inbox {
        Inbox::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Options)) -> Inbox {
        let folder = TempDir::new().expect("a folder");
        std::fs::create_dir_all(folder.path().join("site")).expect("a folder");
        let mut options = Options {
            listen: "127.0.0.1:0".to_owned(),
            db: folder.path().join("inbox.db"),
            site: folder.path().join("site"),
            agents: vec![("Ana".to_owned(), PASSWORD.to_owned())],
            limits: wide(),
            ..Options::default()
        };
        change(&mut options);
        let mut inbox = Inbox { base: String::new(), folder, options, stop: None, task: None };
        inbox.go().await;
        inbox
    }

    async fn go(&mut self) {
        let server: Server = bind(self.options.clone()).await.expect("the server starts");
        self.base = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        self.stop = Some(stop);
        self.task = Some(tokio::spawn(server.serve(async {
            let _ = stopped.await;
        })));
    }

    /// Asks the server to stop, as SIGTERM does, and waits until it has.
    pub async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            task.await.expect("the server ends well");
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        // Whoever signed in before must still be; adding an agent again would end that.
        self.options.agents.clear();
        self.go().await;
    }

    pub fn db(&self) -> &Path {
        &self.options.db
    }

    pub fn host(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub async fn get(&self, path: &str) -> Response {
        Client::new().get(format!("{}{path}", self.base)).send().await.expect("an answer")
    }
}

/// 32 hex digits, never the same: not even in the next run, for some servers outlive one.
pub fn id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    static RUN: LazyLock<u64> = LazyLock::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::try_from(since.as_micros()).unwrap()
    });
    format!("{:016x}{:016x}", *RUN, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A shopper's browser.
#[derive(Clone)]
pub struct Shopper {
    pub id: String,
    pub token: String,
    client: Client,
}

impl Shopper {
    pub fn new() -> Shopper {
        let id = id();
        Shopper { token: format!("{id}{id}"), id, client: Client::new() }
    }

    /// A shopper with an open conversation.
    pub async fn opened(inbox: &Inbox) -> Shopper {
        let shopper = Shopper::new();
        let answer = shopper.open(inbox, json!({"v": 1})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        shopper
    }

    pub fn request(&self, inbox: &Inbox, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}/v1/conversations/{}{path}", inbox.base, self.id);
        self.client.request(method, address).bearer_auth(&self.token)
    }

    pub async fn open(&self, inbox: &Inbox, packet: Value) -> Response {
        let body = json!({"v": 1, "packet": packet});
        self.request(inbox, Method::PUT, "").json(&body).send().await.expect("an answer")
    }

    pub async fn put(&self, inbox: &Inbox, message: &str, text: &str) -> Response {
        let body = json!({"v": 1, "seq": 1, "text": text});
        let path = format!("/messages/{message}");
        self.request(inbox, Method::PUT, &path).json(&body).send().await.expect("an answer")
    }

    pub async fn say(&self, inbox: &Inbox, text: &str) -> Value {
        let answer = self.put(inbox, &id(), text).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("JSON")
    }

    pub async fn events(&self, inbox: &Inbox, after: u64) -> Value {
        let path = format!("/events?after={after}");
        let answer = self.request(inbox, Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("JSON")
    }

    /// Texts of all messages, in order; many come in pages.
    pub async fn texts(&self, inbox: &Inbox) -> Vec<String> {
        let (mut after, mut texts) = (0, Vec::new());
        loop {
            let page = self.events(inbox, after).await;
            let events = page["events"].as_array().expect("events");
            texts.extend(events.iter().filter_map(|event| event["text"].as_str().map(str::to_owned)));
            match events.last() {
                Some(last) if last["cursor"] != page["cursor"] => after = last["cursor"].as_u64().expect("a cursor"),
                _ => return texts,
            }
        }
    }
}

/// An agent's page.
#[derive(Clone)]
pub struct Agent {
    pub cookie: String,
    pub check: String,
    client: Client,
}

impl Agent {
    pub async fn try_sign_in(inbox: &Inbox, name: &str, password: &str) -> Response {
        Client::new()
            .post(format!("{}/agent/api/session", inbox.base))
            .json(&json!({"name": name, "password": password}))
            .send()
            .await
            .expect("an answer")
    }

    pub async fn sign_in(inbox: &Inbox) -> Agent {
        let answer = Agent::try_sign_in(inbox, "Ana", PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let cookie = answer.headers()["set-cookie"].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let me: Value = answer.json().await.expect("JSON");
        Agent { cookie, check: me["check"].as_str().expect("a word").to_owned(), client: Client::new() }
    }

    pub fn request(&self, inbox: &Inbox, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}/agent/api/{path}", inbox.base);
        self.client.request(method, address).header("cookie", &self.cookie)
    }

    pub async fn get(&self, inbox: &Inbox, path: &str) -> Value {
        let answer = self.request(inbox, Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    pub async fn put(&self, inbox: &Inbox, path: &str, body: Value) -> Response {
        let request = self.request(inbox, Method::PUT, path).header("x-helpnook-check", &self.check);
        request.json(&body).send().await.expect("an answer")
    }

    pub async fn reply(&self, inbox: &Inbox, shopper: &Shopper, text: &str) -> Response {
        let path = format!("conversations/{}/messages/{}", shopper.id, id());
        self.put(inbox, &path, json!({"text": text})).await
    }

    /// Opens the page's live stream, which makes the agent online.
    pub async fn live(&self, inbox: &Inbox) -> Response {
        let answer = self.request(inbox, Method::GET, "live").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer
    }
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    for _ in 0..100 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never happened: {what}");
}

/// Asserts a refusal's status and word.
pub async fn refused(answer: Response, status: u16, error: &str) -> Value {
    assert_eq!(answer.status().as_u16(), status);
    let refusal: Value = answer.json().await.expect("JSON");
    assert_eq!(refusal["error"], error, "{refusal}");
    refusal
}

/// Leaves figures where `cargo xtask figures` collects them.
pub fn figures(part: &str, values: Value) {
    let folder = places::target().join("figures");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{part}.json")), values.to_string()).expect("a file");
}
