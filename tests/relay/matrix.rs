//! A Matrix homeserver, as far as an account that makes rooms goes.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::stand::{Later, Seen, System, decoded};
use crate::support::Inbox;

const TOKEN: &str = "syt-secret-that-nobody-sees";
const HELP: &str = "@help:stand.example";

/// A homeserver.
#[derive(Default)]
pub struct Matrix(Mutex<State>);

#[derive(Default)]
struct State {
    /// Alias of each room; its id is its number.
    rooms: Vec<String>,
    /// Room, transaction and event, in order.
    events: Vec<(usize, String, Value)>,
    /// Names and topics of the rooms.
    about: String,
}

impl State {
    /// Number of the room that a part of a path names.
    fn room(&self, part: &str) -> Option<usize> {
        let id = decoded(part);
        (0..self.rooms.len()).find(|at| id == format!("!{at}:stand.example"))
    }

    fn put(&mut self, room: usize, transaction: &str, id: &str, sender: &str, content: &Value) -> Value {
        let event = json!({"type": "m.room.message", "event_id": id, "sender": sender, "content": content});
        self.events.push((room, transaction.to_owned(), event));
        json!({ "event_id": id })
    }

    fn bodies(&self, kind: &str) -> Vec<String> {
        let own = self.events.iter().filter(|(.., event)| event["sender"] == HELP);
        let all = own.filter(|(.., event)| event["content"]["msgtype"] == kind);
        all.map(|(.., event)| event["content"]["body"].as_str().unwrap().to_owned()).collect()
    }
}

impl Matrix {
    fn agent_says(&self, id: &str, text: &str) {
        let mut state = self.0.lock().unwrap();
        let room = state.rooms.len() - 1;
        state.put(room, "", &format!("${id}"), "@ana:stand.example", &json!({"msgtype": "m.text", "body": text}));
    }
}

impl System for Matrix {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", base.to_owned()),
            ("user", HELP.to_owned()),
            ("token", TOKEN.to_owned()),
            ("invite", "@ana:stand.example".to_owned()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        if seen.headers.get("authorization").is_none_or(|value| value != format!("Bearer {TOKEN}").as_str()) {
            return (401, json!({"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token"}));
        }
        let mut state = self.0.lock().unwrap();
        let body = seen.json();
        let rest = seen.bare().strip_prefix("/_matrix/client/v3/").unwrap_or("?");
        let parts: Vec<&str> = rest.split('/').collect();
        match (seen.method.as_str(), parts.as_slice()) {
            ("POST", ["createRoom"]) => {
                assert_eq!(body["invite"], json!(["@ana:stand.example"]));
                let alias = body["room_alias_name"].as_str().unwrap().to_owned();
                if state.rooms.contains(&alias) {
                    return (400, json!({"errcode": "M_ROOM_IN_USE", "error": "Room alias already taken"}));
                }
                state.about += &format!("{}\n{}\n", body["name"], body["topic"]);
                state.rooms.push(alias);
                (200, json!({"room_id": format!("!{}:stand.example", state.rooms.len() - 1)}))
            }
            ("GET", ["directory", "room", alias]) => {
                let wanted = decoded(alias);
                let at = state.rooms.iter().position(|one| wanted == format!("#{one}:stand.example"));
                at.map_or_else(
                    || (404, json!({"errcode": "M_NOT_FOUND"})),
                    |at| (200, json!({"room_id": format!("!{at}:stand.example"), "servers": ["stand.example"]})),
                )
            }
            ("PUT", ["rooms", room, "send", "m.room.message", transaction]) => {
                let Some(room) = state.room(room) else { return (403, json!({"errcode": "M_FORBIDDEN"})) };
                let known = state.events.iter().find(|(at, id, _)| *at == room && id == transaction);
                if let Some((.., event)) = known {
                    return (200, json!({"event_id": event["event_id"]}));
                }
                let id = format!("$own-{}", state.events.len());
                (200, state.put(room, transaction, &id, HELP, &body))
            }
            ("PUT", ["rooms", _, "typing", _]) | ("POST", ["rooms", _, "leave"]) => (200, json!({})),
            ("GET", ["sync"]) => {
                let since = seen.path.split("since=").nth(1).and_then(|rest| rest.split('&').next());
                let since: usize = since.and_then(|text| text.parse().ok()).unwrap_or(0);
                let mut join = json!({});
                for (room, _, event) in state.events.iter().skip(since) {
                    let at = &mut join[format!("!{room}:stand.example")];
                    if at.is_null() {
                        *at = json!({"timeline": {"events": []}, "ephemeral": {"events": []}});
                    }
                    at["timeline"]["events"].as_array_mut().unwrap().push(event.clone());
                }
                (200, json!({"next_batch": state.events.len().to_string(), "rooms": {"join": join}}))
            }
            _ => (404, json!({"errcode": "M_UNRECOGNIZED"})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        self.0.lock().unwrap().bodies("m.text")
    }

    fn for_agents(&self) -> String {
        let state = self.0.lock().unwrap();
        format!("{}{}", state.about, state.bodies("m.notice").join("\n"))
    }

    fn n_conversations(&self) -> usize {
        self.0.lock().unwrap().rooms.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        self.agent_says(id, html);
        Box::pin(async {})
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, _: &'a Inbox) -> Later<'a, bool> {
        self.agent_says("close", "!close");
        Box::pin(async { true })
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.json()["msgtype"] == "m.text"
    }
}
