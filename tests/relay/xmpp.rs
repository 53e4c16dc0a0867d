//! An XMPP server with rooms and their archive, as far as one account goes that makes them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use helpnook::relay::brief::NOT_THEIRS;
use helpnook::relay::kind;
use helpnook::relay::settings::Values;
use helpnook::server::knock;
use roxmltree::{Document, Node};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::stand::{Later, Mood, Moods, Seen, Stand, System};
use crate::support::Inbox;

const PATIENCE: Duration = Duration::from_secs(5);

const PASSWORD: &str = "xmpp-secret-that-nobody-sees";

const ROOMS: &str = "rooms.stand.example";

/// base64 of NUL, `help`, NUL and the password.
const LOGIN: &str = "AGhlbHAAeG1wcC1zZWNyZXQtdGhhdC1ub2JvZHktc2Vlcw==";

pub struct Xmpp {
    state: Mutex<State>,
    told: broadcast::Sender<(String, String)>,
}

#[derive(Default)]
struct State {
    rooms: Vec<String>,
    said: Vec<Said>,
    about: String,
}

/// A message in a room; its number is its place in the archive.
#[derive(Clone)]
struct Said {
    room: String,
    from: String,
    id: String,
    body: String,
}

impl Default for Xmpp {
    fn default() -> Self {
        Xmpp { state: Mutex::default(), told: broadcast::Sender::new(256) }
    }
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

/// What a frame does that carries a shopper's message, instead of being taken, and what the sender hears.
pub fn spoilt(mood: &Mood, id: &str, room: &str) -> Option<String> {
    let error = |kind: &str, name: &str| {
        let error = format!("<error type='{kind}'><{name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
        format!("<message xmlns='jabber:client' type='error' id='{id}' from='{room}'>{error}</message>")
    };
    match mood {
        Mood::Silent | Mood::CutOff => None,
        Mood::Status(429 | 500..) => Some(error("wait", "resource-constraint")),
        Mood::Status(_) => Some(error("auth", "forbidden")),
        Mood::SignInPage => Some("<!doctype html><title>Oh</title>".to_owned()),
        Mood::HalfJson => Some("<message xmlns='jabber:client'><bo".to_owned()),
    }
}

impl Said {
    fn frame(&self, at: usize, extra: &str) -> String {
        let Said { room, from, id, body } = self;
        let (from, id, body) = (escaped(from), escaped(id), escaped(body));
        format!(
            "<message xmlns='jabber:client' type='groupchat' from='{room}/{from}' id='{id}'><body>{body}</body>{extra}\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='a{at}'/></message>"
        )
    }
}

const DELAY: &str = "<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>";

/// One socket.
struct Client<'a> {
    server: &'a Xmpp,
    is_in: bool,
    room: String,
    name: String,
}

impl Client<'_> {
    /// Answers to a frame; nothing when the socket is to be cut.
    fn answers(&mut self, text: &str, moods: &Moods) -> Option<Vec<String>> {
        let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let el = document.root_element();
        let id = el.attribute("id").unwrap_or_default();
        let result = |inner: &str, from: &str| {
            vec![format!("<iq xmlns='jabber:client' type='result' id='{id}' from='{from}'>{inner}</iq>")]
        };
        let has = |name: &str| el.descendants().find(|one| one.tag_name().name() == name);
        Some(match el.tag_name().name() {
            "open" => {
                let inner = if self.is_in {
                    "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
                } else {
                    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
                };
                vec![
                    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>".to_owned(),
                    format!(
                        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>{inner}</stream:features>"
                    ),
                ]
            }
            "auth" => {
                self.is_in = el.text() == Some(LOGIN);
                let name = if self.is_in {
                    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
                } else {
                    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"
                };
                vec![name.to_owned()]
            }
            "iq" if has("bind").is_some() => result("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", ""),
            "iq" if has("fin").is_some() || has("set").is_some() => self.archive(el, &result),
            "iq" if id == "probe" && el.attribute("to") != Some(ROOMS) => {
                vec![format!(
                    "<iq xmlns='jabber:client' type='error' id='{id}'><error type='cancel'><item-not-found/></error></iq>"
                )]
            }
            "iq" if id == "probe" => {
                let feature = "<feature var='http://jabber.org/protocol/muc'/>";
                result(&format!("<query xmlns='http://jabber.org/protocol/disco#info'>{feature}</query>"), ROOMS)
            }
            "iq" => result("", el.attribute("to").unwrap_or_default()),
            "presence" => self.joins(el),
            "message" => return self.says(el, id, moods),
            other => panic!("{other}"),
        })
    }

    fn joins(&mut self, el: Node<'_, '_>) -> Vec<String> {
        let (room, name) = el.attribute("to").unwrap().split_once('/').unwrap();
        (self.room, self.name) = (room.to_owned(), name.to_owned());
        let mut state = self.server.state.lock().unwrap();
        let new = !state.rooms.iter().any(|one| one == room);
        if new {
            state.rooms.push(room.to_owned());
        }
        let status = if new { "<status code='201'/>" } else { "" };
        let from = escaped(&format!("{room}/{name}"));
        let mut out = vec![format!(
            "<presence xmlns='jabber:client' from='{from}'>\
             <x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/>{status}</x></presence>"
        )];
        let own = state.said.iter().enumerate().filter(|(_, said)| said.room == room);
        // A short memory, so that the archive is needed.
        let all: Vec<String> = own.map(|(at, said)| said.frame(at, DELAY)).collect();
        let history = el.descendants().find_map(|one| one.attribute("maxstanzas")).unwrap();
        out.extend(all.into_iter().rev().take(history.parse::<usize>().unwrap().min(1)));
        out.push(format!("<message xmlns='jabber:client' type='groupchat' from='{room}'><subject/></message>"));
        out
    }

    fn archive(&self, el: Node<'_, '_>, result: &dyn Fn(&str, &str) -> Vec<String>) -> Vec<String> {
        let after = el.descendants().find(|one| one.tag_name().name() == "after").and_then(|one| one.text());
        let after = after.map(|id| id[1..].parse::<usize>().unwrap());
        let state = self.server.state.lock().unwrap();
        let own = state.said.iter().enumerate().filter(|(_, said)| said.room == self.room);
        let new = own.filter(|(at, _)| after.is_none_or(|after| *at > after));
        let mut out: Vec<String> = new
            .map(|(at, said)| {
                let message = said.frame(at, "");
                format!(
                    "<message xmlns='jabber:client' from='{}'><result xmlns='urn:xmpp:mam:2' id='a{at}'>\
                     <forwarded xmlns='urn:xmpp:forward:0'>{DELAY}{message}</forwarded></result></message>",
                    self.room
                )
            })
            .collect();
        out.extend(result("<fin xmlns='urn:xmpp:mam:2' complete='true'/>", &self.room));
        out
    }

    fn says(&self, el: Node<'_, '_>, id: &str, moods: &Moods) -> Option<Vec<String>> {
        let child = |name: &str| el.descendants().find(|one| one.tag_name().name() == name);
        let text = |name: &str| child(name).and_then(|one| one.text()).unwrap_or_default().to_owned();
        if child("invite").is_some() || child("subject").is_some() {
            let about = format!("{}{}\n", text("reason"), text("subject"));
            self.server.state.lock().unwrap().about += &about;
            return Some(Vec::new());
        }
        if child("body").is_none() {
            return Some(Vec::new());
        }
        let body = text("body");
        let mood = if body.starts_with(NOT_THEIRS) { None } else { moods.take() };
        if let Some(heard) = mood.as_ref().and_then(|mood| spoilt(mood, id, &self.room)) {
            return Some(vec![heard]);
        }
        let said = Said { room: self.room.clone(), from: self.name.clone(), id: id.to_owned(), body };
        let mut state = self.server.state.lock().unwrap();
        state.said.push(said.clone());
        match mood {
            Some(Mood::Silent) => {}
            Some(_) => return None,
            None => drop(self.server.told.send((self.room.clone(), said.frame(state.said.len() - 1, "")))),
        }
        Some(Vec::new())
    }
}

impl System for Xmpp {
    fn name(&self) -> &'static str {
        "xmpp"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", format!("{base}/xmpp-websocket")),
            ("user", "help@stand.example".to_owned()),
            ("password", PASSWORD.to_owned()),
            ("rooms", ROOMS.to_owned()),
            ("invite", "ana@stand.example".to_owned()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned(), LOGIN.to_owned()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        panic!("asks by HTTP: {} {}", seen.method, seen.path)
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let own = state.said.iter().filter(|said| said.id.starts_with("hn-") && !said.body.starts_with(NOT_THEIRS));
        own.map(|said| said.body.clone()).collect()
    }

    fn for_agents(&self) -> String {
        let state = self.state.lock().unwrap();
        let notes = state.said.iter().filter(|said| said.body.starts_with(NOT_THEIRS));
        state.about.clone() + &notes.map(|said| said.body.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn n_conversations(&self) -> usize {
        self.state.lock().unwrap().rooms.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        let mut state = self.state.lock().unwrap();
        let at = state.said.iter().position(|said| said.id == id).unwrap_or_else(|| {
            let room = state.rooms.last().unwrap().clone();
            state.said.push(Said { room, from: "Ana".to_owned(), id: id.to_owned(), body: html.to_owned() });
            state.said.len() - 1
        });
        let said = &state.said[at];
        let _ = self.told.send((said.room.clone(), said.frame(at, "")));
        Box::pin(async {})
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

    fn socket(self: Arc<Self>, mut socket: WebSocket, moods: Moods) -> Later<'static, ()> {
        Box::pin(async move {
            let mut told = self.told.subscribe();
            let mut client = Client { server: &self, is_in: false, room: String::new(), name: String::new() };
            loop {
                tokio::select! {
                    frame = socket.recv() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Ok(text) = frame.to_text() else { continue };
                        if text.is_empty() { continue }
                        let Some(answers) = client.answers(text, &moods) else { return };
                        for answer in answers {
                            let _ = socket.send(Message::text(answer)).await;
                        }
                    }
                    Ok((room, frame)) = told.recv() => {
                        if room == client.room {
                            let _ = socket.send(Message::text(frame)).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_logs_in_and_says_what_is_wrong() {
    let stand = Stand::start(Xmpp::default()).await;
    let knock = |name: &'static str, value: &str| {
        let xmpp = kind("xmpp").unwrap();
        let mut values = Values::default();
        for (known, right) in stand.system.settings(&stand.base) {
            let setting = xmpp.settings.iter().find(|one| one.name == known).unwrap();
            values.set(setting, if known == name { value } else { &right }).unwrap();
        }
        let adapter = (xmpp.make)(&values).unwrap();
        tokio::task::block_in_place(|| {
            std::thread::scope(|all| all.spawn(|| knock(&*adapter, PATIENCE)).join().unwrap())
        })
    };
    assert_eq!(knock("", ""), Ok(()));
    assert_eq!(knock("password", "wrong").unwrap_err(), "does not let help@stand.example in: not-authorized");
    assert!(knock("rooms", "elsewhere.example").unwrap_err().contains("knows no rooms at elsewhere.example"));
    assert!(knock("url", "http://127.0.0.1:9/x").unwrap_err().contains("gives no socket"));
    stand.always(Some(Mood::Status(503)));
    assert!(knock("", "").unwrap_err().contains("gives no socket"));
    assert_eq!(stand.system.n_conversations(), 0, "it changed nothing there");
}
