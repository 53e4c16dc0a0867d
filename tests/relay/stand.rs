//! A stand-in for another system: a real server on a loopback port that keeps what it is told, and has moods.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use helpnook::relay::settings::Values;
use helpnook::relay::{Adapter, kind};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::Inbox;

/// What a system does instead of what it should, for one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Mood {
    /// Takes the request, and never answers.
    Silent,
    /// Takes the request, and breaks off before the answer.
    CutOff,
    /// Does not take it, and answers with this status, an HTML page and no more.
    Status(u16),
    /// Does not take it, and answers 200 with an HTML page.
    SignInPage,
    /// Does not take it, and answers 200 with half a JSON.
    HalfJson,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub fn bare(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Value of a field of a form.
    pub fn field(&self, name: &str) -> String {
        let fields = self.body.split('&').filter_map(|field| field.split_once('='));
        fields.filter(|(key, _)| decoded(key) == name).map(|(_, value)| decoded(value)).next().unwrap_or_default()
    }
}

/// What `%41+b` stands for.
pub fn decoded(text: &str) -> String {
    let bytes = text.replace('+', " ").into_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let hex = std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap();
            out.push(u8::from_str_radix(hex, 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A system, as the rules see it.
pub trait System: Send + Sync + 'static {
    /// Its name in a configuration.
    fn name(&self) -> &'static str;
    /// The settings under which it is reached at that address.
    fn settings(&self, base: &str) -> Vec<(&'static str, String)>;
    /// Values of settings that nobody may ever see.
    fn secrets(&self) -> Vec<String>;
    /// Answers a request and keeps what it is told; status and body.
    fn answer(&self, seen: &Seen) -> (u16, Value);
    /// What it takes for the shopper's own words, in order, of all conversations.
    fn shoppers_words(&self) -> Vec<String>;
    /// All else that its agents can read.
    fn for_agents(&self) -> String;
    /// How many conversations there are.
    fn n_conversations(&self) -> usize;
    /// An agent there says something, in the form that the system sends it; the same id is the same message.
    fn say<'a>(&'a self, inbox: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()>;
    /// Whether its agents write HTML.
    fn is_html(&self) -> bool;
    /// An agent there ends the conversation; false where the system does not say.
    fn close<'a>(&'a self, inbox: &'a Inbox) -> Later<'a, bool>;
    /// Takes over a socket; `moods` spoil what messages go by it.
    fn socket(self: Arc<Self>, socket: axum::extract::ws::WebSocket, moods: Moods) -> Later<'static, ()> {
        drop((socket, moods));
        Box::pin(async {})
    }
    /// Names of the variables that say where Prism serves the contract of a request.
    fn contract(&self, seen: &Seen) -> Option<&'static str> {
        let _ = seen;
        None
    }
    /// Whether a request carries a message of the shopper's, to be spoilt by a mood.
    fn carries(&self, seen: &Seen) -> bool;
}

/// What the next frames that carry a message do instead of what they should.
#[derive(Clone, Default)]
pub struct Moods(Arc<Mutex<VecDeque<Mood>>>);

impl Moods {
    /// The next one.
    pub fn take(&self) -> Option<Mood> {
        self.0.lock().unwrap().pop_front()
    }
}

/// A running stand-in.
#[derive(Clone)]
pub struct Stand {
    pub base: String,
    pub system: Arc<dyn System>,
    moods: Moods,
    always: Arc<Mutex<Option<Mood>>>,
    /// Changes when all sockets are cut.
    cuts: tokio::sync::watch::Sender<u32>,
}

impl Stand {
    pub async fn start(system: impl System) -> Stand {
        let system: Arc<dyn System> = Arc::new(system);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stand = Stand {
            base,
            system,
            moods: Moods::default(),
            always: Arc::default(),
            cuts: tokio::sync::watch::Sender::new(0),
        };
        let router = Router::new().fallback(serve).with_state(stand.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stand
    }

    /// Spoils the next requests that carry a message.
    pub fn mood(&self, moods: &[Mood]) {
        self.moods.0.lock().unwrap().extend(moods.iter().cloned());
    }

    /// Spoils every request from now on, or none; sockets that are open are cut.
    pub fn always(&self, mood: Option<Mood>) {
        self.cuts.send_modify(|n| *n += 1);
        *self.always.lock().unwrap() = mood;
    }

    /// The adapter that speaks to it.
    pub fn adapter(&self) -> Arc<dyn Adapter> {
        let kind = kind(self.system.name()).expect("a known system");
        let mut values = Values::default();
        for (name, value) in self.system.settings(&self.base) {
            let setting = kind.settings.iter().find(|one| one.name == name).expect("a known setting");
            values.set(setting, &value).expect("a right value");
        }
        assert_eq!(values.lacks(kind.settings), Vec::<&str>::new());
        Arc::from((kind.make)(&values).expect("an adapter"))
    }
}

async fn serve(State(stand): State<Stand>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let system = Arc::clone(&stand.system);
    if parts.headers.contains_key("upgrade") {
        if stand.always.lock().unwrap().is_some() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
        let upgrade = upgrade.protocols(["actioncable-v1-json", "xmpp"]);
        let (mut cuts, moods) = (stand.cuts.subscribe(), stand.moods.clone());
        return upgrade.on_upgrade(move |socket| async move {
            tokio::select! {
                () = system.socket(socket, moods) => {}
                _ = cuts.changed() => {}
            }
        });
    }
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().map(|path| path.to_string()).unwrap_or_default(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let always = stand.always.lock().unwrap().clone();
    let next = if system.carries(&seen) { stand.moods.take() } else { None };
    let page = |status| {
        let html = [(header::CONTENT_TYPE, "text/html")];
        (StatusCode::from_u16(status).unwrap(), html, "<!doctype html><title>Oh</title><p>Something").into_response()
    };
    match always.or(next) {
        None => {
            judged(&*system, &seen).await;
            let (status, json) = system.answer(&seen);
            (StatusCode::from_u16(status).unwrap(), axum::Json(json)).into_response()
        }
        Some(Mood::Silent) => {
            let _ = system.answer(&seen);
            tokio::time::sleep(Duration::from_secs(60)).await;
            page(504)
        }
        Some(Mood::CutOff) => {
            let _ = system.answer(&seen);
            // An answer that is announced and breaks off.
            let broken = futures_util::stream::iter([
                Ok(Bytes::from_static(b"{\"id\":")),
                Err(std::io::Error::other("cut off")),
            ]);
            ([(header::CONTENT_LENGTH, "4000")], Body::from_stream(broken)).into_response()
        }
        Some(Mood::Status(status)) => page(status),
        Some(Mood::SignInPage) => page(200),
        Some(Mood::HalfJson) => ([(header::CONTENT_TYPE, "application/json")], "{\"id\":1,\"mess").into_response(),
    }
}

/// Holds a request against its written contract, where Prism serves one.
#[expect(clippy::disallowed_methods, reason = "a panic here would only close the connection: the test must end")]
async fn judged(system: &dyn System, seen: &Seen) {
    let Some(prism) = system.contract(seen).and_then(|name| std::env::var(name).ok()) else { return };
    let method = seen.method.parse().unwrap();
    // Prism matches paths without the base that a contract's server names, and reads no field of a form twice.
    let path = seen.path.strip_prefix("/sc").unwrap_or(&seen.path);
    let fields: Vec<&str> = seen.body.split('&').filter(|field| !field.starts_with("Configuration.Filters=")).collect();
    let mut request = reqwest::Client::new().request(method, format!("{prism}{path}")).body(fields.join("&"));
    for name in ["content-type", "authorization"] {
        if let Some(value) = seen.headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.expect("Prism answers");
    let (status, said) = (answer.status(), answer.text().await.unwrap_or_default());
    if !status.is_success() {
        let line = format!("the contract refuses {} {}: {status} {said}\n{}\n", seen.method, seen.path, seen.body);
        // Past the harness, which keeps back what a test prints.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
        std::process::exit(1);
    }
}
