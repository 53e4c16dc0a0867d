//! XMPP, spoken by Prosody itself: `HELPNOOK_PROSODY` names the WebSocket of the server that `cargo xtask conformance`
//! starts, which lets anybody in. Every test has an account of the help and an agent of its own there.

use std::sync::{Arc, Mutex};

use axum::extract::ws::{Message, WebSocket};
use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use helpnook::relay::brief::NOT_THEIRS;
use roxmltree::Document;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::stand::{Later, Mood, Moods, Seen, System};
use crate::support::{Inbox, id};
use crate::xmpp::{escaped, spoilt};

const HOST: &str = "agents.localhost";
const ROOMS: &str = "rooms.localhost";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A server, and who talks on it.
pub struct Prosody {
    help: String,
    password: String,
    agent: String,
    seen: Arc<Mutex<Heard>>,
    say: mpsc::UnboundedSender<(String, String)>,
}

/// What the agent got to see.
#[derive(Default)]
struct Heard {
    rooms: Vec<String>,
    /// Name, id and words, each message once.
    said: Vec<(String, String, String)>,
    about: String,
}

async fn dial() -> Socket {
    let mut request = std::env::var("HELPNOOK_PROSODY").unwrap().into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "xmpp".parse().unwrap());
    connect_async(request).await.unwrap().0
}

/// Reads until a frame holds a text.
async fn until(socket: &mut Socket, part: &str) {
    while let Some(Ok(frame)) = socket.next().await {
        if frame.to_text().is_ok_and(|text| text.contains(part)) {
            return;
        }
    }
    panic!("the server says nothing of {part}");
}

/// An agent who joins every room, and says what is ordered.
async fn agent(name: String, seen: Arc<Mutex<Heard>>, mut orders: mpsc::UnboundedReceiver<(String, String)>) {
    let mut socket = dial().await;
    let open = format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{HOST}' version='1.0'/>");
    let secret = base64::engine::general_purpose::STANDARD.encode(format!("\0{name}\0any"));
    for (said, part) in [
        (open.clone(), "mechanism"),
        (format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"), "success"),
        (open, "bind"),
        (
            "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
                .to_owned(),
            "jid",
        ),
    ] {
        socket.send(Frame::text(said)).await.unwrap();
        until(&mut socket, part).await;
    }
    socket.send(Frame::text("<presence xmlns='jabber:client'/>")).await.unwrap();
    loop {
        let said = tokio::select! {
            frame = socket.next() => {
                let Some(Ok(frame)) = frame else { return };
                frame.to_text().map(|text| took_in(text, &seen)).unwrap_or_default()
            }
            Some((id, text)) = orders.recv() => {
                let room = seen.lock().unwrap().rooms.last().cloned().unwrap();
                let text = escaped(&text);
                Some(format!("<message xmlns='jabber:client' type='groupchat' id='{id}' to='{room}'><body>{text}</body></message>"))
            }
        };
        if let Some(said) = said {
            socket.send(Frame::text(said)).await.unwrap();
        }
    }
}

/// Keeps what a frame says; an invitation is answered.
fn took_in(text: &str, seen: &Mutex<Heard>) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let el = document.root_element();
    let (room, name) = el.attribute("from")?.split_once('/').unwrap_or((el.attribute("from")?, ""));
    let part = |name: &str| {
        let found = el.descendants().find(|one| one.tag_name().name() == name);
        found.map(|one| one.text().unwrap_or_default().to_owned())
    };
    let mut seen = seen.lock().unwrap();
    if el.tag_name().name() != "message" {
        return None;
    }
    if part("invite").is_some() {
        seen.about += &part("reason").unwrap_or_default();
        seen.rooms.push(room.to_owned());
        return Some(format!(
            "<presence xmlns='jabber:client' to='{room}/Ana'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        ));
    }
    seen.about += &part("subject").unwrap_or_default();
    let id = el.attribute("id").unwrap_or_default();
    if let Some(body) = part("body").filter(|_| !seen.said.iter().any(|(_, known, _)| known == id)) {
        seen.said.push((name.to_owned(), id.to_owned(), body));
    }
    None
}

impl Prosody {
    /// With two new accounts; nothing where no server is named.
    pub fn joined() -> Option<Prosody> {
        std::env::var("HELPNOOK_PROSODY").ok()?;
        let seen = Arc::<Mutex<Heard>>::default();
        let (say, orders) = mpsc::unbounded_channel();
        let name = format!("ana-{}", id());
        tokio::spawn(agent(name.clone(), Arc::clone(&seen), orders));
        let agent = format!("{name}@{HOST}");
        Some(Prosody { help: format!("help-{}@{HOST}", id()), password: format!("secret-{}", id()), agent, seen, say })
    }
}

impl System for Prosody {
    fn name(&self) -> &'static str {
        "xmpp"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", format!("{base}/xmpp-websocket")),
            ("user", self.help.clone()),
            ("password", self.password.clone()),
            ("rooms", ROOMS.to_owned()),
            ("invite", self.agent.clone()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.password.clone()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        panic!("asks by HTTP: {} {}", seen.method, seen.path)
    }

    fn shoppers_words(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let own = seen.said.iter().filter(|(name, _, words)| name != "Ana" && !words.starts_with(NOT_THEIRS));
        own.map(|(.., words)| words.clone()).collect()
    }

    fn for_agents(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let notes = seen.said.iter().filter(|(.., words)| words.starts_with(NOT_THEIRS));
        seen.about.clone() + &notes.map(|(.., words)| words.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn n_conversations(&self) -> usize {
        self.seen.lock().unwrap().rooms.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        Box::pin(async move {
            let known = || self.seen.lock().unwrap().said.iter().any(|(_, known, _)| known == id);
            if !known() {
                self.say.send((id.to_owned(), html.to_owned())).unwrap();
            }
            crate::talk::until("the agent's words stand in the room", || async { known() }).await;
        })
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, inbox: &'a Inbox) -> Later<'a, bool> {
        Box::pin(async {
            self.say(inbox, "9999", "!close").await;
            true
        })
    }

    fn socket(self: Arc<Self>, mut ours: WebSocket, moods: Moods) -> Later<'static, ()> {
        Box::pin(async move {
            let mut theirs = dial().await;
            // A message whose echo is kept back, and whether its echo ends the socket.
            let mut held: Option<(String, bool)> = None;
            loop {
                tokio::select! {
                    frame = ours.recv() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Ok(text) = frame.to_text() else { continue };
                        let id = text.split("id='").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
                        let carries = id.starts_with("hn-") && text.contains("<body>") && !text.contains(&escaped(NOT_THEIRS));
                        if let Some(mood) = carries.then(|| moods.take()).flatten() {
                            let room = text.split("to='").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
                            if let Some(heard) = spoilt(&mood, id, room) {
                                let _ = ours.send(Message::text(heard)).await;
                                continue;
                            }
                            held = Some((id.to_owned(), mood == Mood::CutOff));
                        }
                        let _ = theirs.send(Frame::text(text.to_owned())).await;
                    }
                    frame = theirs.next() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Ok(text) = frame.to_text() else { continue };
                        match &held {
                            Some((id, true)) if text.contains(id.as_str()) => return,
                            Some((id, false)) if text.contains(id.as_str()) => {}
                            _ => drop(ours.send(Message::text(text.to_owned())).await),
                        }
                    }
                }
            }
        })
    }

    fn carries(&self, _: &Seen) -> bool {
        false
    }
}
