//! Chatwoot, as far as its client API and its socket go.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use helpnook::relay::sign;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::stand::{Later, Moods, Seen, System};
use crate::support::Inbox;

const HMAC: &str = "cw-secret-that-nobody-sees";

pub struct Chatwoot {
    state: Mutex<State>,
    events: broadcast::Sender<(String, Value)>,
}

#[derive(Default)]
struct State {
    /// Identifiers of contacts, in the order of their numbers.
    contacts: Vec<String>,
    talks: Vec<Talk>,
    attributes: String,
    n_messages: u64,
}

struct Talk {
    contact: usize,
    status: &'static str,
    messages: Vec<Value>,
}

impl Default for Chatwoot {
    fn default() -> Self {
        Chatwoot { state: Mutex::default(), events: broadcast::Sender::new(64) }
    }
}

impl Chatwoot {
    fn tell(&self, contact: usize, event: &str, data: Value) {
        // Nobody listening is what rule 5 is about.
        let _ = self.events.send((format!("tok-{contact}"), json!({"event": event, "data": data})));
    }
}

impl System for Chatwoot {
    fn name(&self) -> &'static str {
        "chatwoot"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![("url", base.to_owned()), ("inbox", "inbox1".to_owned()), ("hmac", HMAC.to_owned())]
    }

    fn secrets(&self) -> Vec<String> {
        vec![HMAC.to_owned(), "tok-".to_owned(), "src-".to_owned()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        let mut state = self.state.lock().unwrap();
        let body = seen.json();
        let rest = seen.bare().strip_prefix("/public/api/v1/inboxes/inbox1").unwrap_or("?");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        let number = |text: &str, start: &str| text.trim_start_matches(start).parse::<usize>().unwrap();
        match (seen.method.as_str(), parts.as_slice()) {
            ("GET", []) => (200, json!({"name": "Shop"})),
            ("POST", ["contacts"]) => {
                let identifier = body["identifier"].as_str().unwrap().to_owned();
                if body["identifier_hash"] != sign::hex(&sign::hmac_sha256(HMAC, identifier.as_bytes())) {
                    return (401, json!({"error": "HMAC failed: Invalid Identifier Hash Provided"}));
                }
                state.attributes += &body["custom_attributes"].to_string();
                let known = state.contacts.iter().position(|one| *one == identifier);
                let at = known.unwrap_or_else(|| {
                    state.contacts.push(identifier);
                    state.contacts.len() - 1
                });
                (
                    200,
                    json!({"source_id": format!("src-{at}"), "pubsub_token": format!("tok-{at}"), "id": at, "name": body["name"]}),
                )
            }
            ("PATCH", ["contacts", source]) => {
                state.attributes += body["custom_attributes"]["answered_later"].as_str().unwrap();
                (200, json!({"source_id": source, "id": number(source, "src-"), "pubsub_token": "tok"}))
            }
            ("GET", ["contacts", source, "conversations"]) => {
                let contact = number(source, "src-");
                let own = state.talks.iter().enumerate().filter(|(_, talk)| talk.contact == contact);
                let all: Vec<Value> =
                    own.map(|(at, talk)| json!({"id": at, "status": talk.status, "messages": []})).collect();
                (200, all.into())
            }
            ("POST", ["contacts", source, "conversations"]) => {
                state.attributes += &body["custom_attributes"].to_string();
                state.talks.push(Talk { contact: number(source, "src-"), status: "open", messages: Vec::new() });
                (200, json!({"id": state.talks.len() - 1, "status": "open", "messages": []}))
            }
            ("GET", ["contacts", _, "conversations", talk, "messages"]) => {
                (200, state.talks[number(talk, "")].messages.clone().into())
            }
            ("POST", ["contacts", _, "conversations", talk, "messages"]) => {
                let at = number(talk, "");
                state.n_messages += 1;
                let message = json!({
                    "id": state.n_messages, "content": body["content"], "message_type": 0, "created_at": 1,
                    "conversation_id": at, "echo_id": body["echo_id"],
                });
                let talk = &mut state.talks[at];
                talk.status = "open";
                talk.messages.push(message.clone());
                self.tell(talk.contact, "message.created", message.clone());
                (200, message)
            }
            ("POST", ["contacts", _, "conversations", _, "toggle_typing"]) => (200, json!({})),
            _ => (404, json!({"error": "Resource could not be found"})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let all = state.talks.iter().flat_map(|talk| &talk.messages).filter(|one| one["message_type"] == 0);
        all.map(|one| one["content"].as_str().unwrap().to_owned()).collect()
    }

    fn for_agents(&self) -> String {
        self.state.lock().unwrap().attributes.clone()
    }

    fn n_conversations(&self) -> usize {
        self.state.lock().unwrap().talks.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        let mut state = self.state.lock().unwrap();
        let at = state.talks.len() - 1;
        let talk = &mut state.talks[at];
        let known = talk.messages.iter().find(|one| one["id"] == id).cloned();
        let message = known.unwrap_or_else(|| {
            let message = json!({"id": id, "content": html, "message_type": 1, "created_at": 1, "conversation_id": at, "sender": {"name": "Ana"}});
            talk.messages.push(message.clone());
            message
        });
        self.tell(talk.contact, "message.created", message);
        Box::pin(async {})
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, _: &'a Inbox) -> Later<'a, bool> {
        let mut state = self.state.lock().unwrap();
        let at = state.talks.len() - 1;
        state.talks[at].status = "resolved";
        let contact = state.talks[at].contact;
        Box::pin(async move {
            // The line may still be dialing: what is said before it subscribed is not said again.
            for _ in 0..100 {
                if self.events.receiver_count() > 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            self.tell(contact, "conversation.status_changed", json!({"id": at, "status": "resolved"}));
            true
        })
    }

    fn socket(self: Arc<Self>, mut socket: WebSocket, _: Moods) -> Later<'static, ()> {
        Box::pin(async move {
            let say = |json: Value| Message::text(json.to_string());
            let _ = socket.send(say(json!({"type": "welcome"}))).await;
            let mut identifier = String::new();
            let mut events: Option<broadcast::Receiver<(String, Value)>> = None;
            let mut pings = tokio::time::interval(Duration::from_secs(3));
            loop {
                let news = async {
                    match &mut events {
                        Some(events) => events.recv().await.ok(),
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    frame = socket.recv() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Ok(text) = frame.to_text() else { continue };
                        let json: Value = serde_json::from_str(text).unwrap_or_default();
                        if json["command"] == "subscribe" {
                            identifier = json["identifier"].as_str().unwrap().to_owned();
                            events = Some(self.events.subscribe());
                            let _ = socket.send(say(json!({"identifier": identifier, "type": "confirm_subscription"}))).await;
                        }
                    }
                    Some((token, event)) = news => {
                        if identifier.contains(&format!("\"{token}\"")) {
                            let _ = socket.send(say(json!({"identifier": identifier, "message": event}))).await;
                        }
                    }
                    _ = pings.tick() => {
                        let _ = socket.send(say(json!({"type": "ping", "message": 1}))).await;
                    }
                }
            }
        })
    }

    fn contract(&self, _: &Seen) -> Option<&'static str> {
        Some("HELPNOOK_PRISM_CHATWOOT")
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.json()["echo_id"].is_string()
    }
}
