//! Rocket.Chat, as far as its livechat interface for visitors and its stream go.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::stand::{Later, Moods, Seen, System};
use crate::support::Inbox;

pub struct RocketChat {
    state: Mutex<State>,
    told: broadcast::Sender<(usize, Value)>,
}

#[derive(Default)]
struct State {
    /// Tokens of visitors.
    visitors: Vec<String>,
    rooms: Vec<Room>,
    fields: String,
}

struct Room {
    token: String,
    open: bool,
    messages: Vec<Value>,
}

impl Default for RocketChat {
    fn default() -> Self {
        RocketChat { state: Mutex::default(), told: broadcast::Sender::new(64) }
    }
}

/// A failure, as it names them all.
fn failure(name: &str) -> (u16, Value) {
    (400, json!({"success": false, "error": name}))
}

/// A parameter of the address.
fn query(seen: &Seen, name: &str) -> String {
    let rows = seen.path.split('?').nth(1).unwrap_or_default().split('&');
    rows.filter_map(|row| row.strip_prefix(name)?.strip_prefix('=')).next().unwrap_or_default().to_owned()
}

fn number(room: &str) -> usize {
    room.trim_start_matches("room").parse().unwrap_or(usize::MAX)
}

impl RocketChat {
    /// Something happens in the last room.
    fn happens(&self, message: Value) {
        let mut state = self.state.lock().unwrap();
        let at = state.rooms.len() - 1;
        if !state.rooms[at].messages.iter().any(|one| one["_id"] == message["_id"]) {
            state.rooms[at].messages.push(message.clone());
        }
        let _ = self.told.send((at, message));
    }
}

impl System for RocketChat {
    fn name(&self) -> &'static str {
        "rocketchat"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![("url", base.to_owned())]
    }

    fn secrets(&self) -> Vec<String> {
        // Whoever knows a visitor's token reads the visitor's rooms.
        let state = self.state.lock().unwrap();
        state.visitors.iter().cloned().chain(["visitorToken".to_owned()]).collect()
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        let mut state = self.state.lock().unwrap();
        let body = seen.json();
        let parts: Vec<&str> = seen.bare().trim_start_matches("/api/v1/livechat/").split('/').collect();
        let known = |state: &State, token: &str| state.visitors.iter().any(|one| one == token);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match (seen.method.as_str(), parts.as_slice()) {
            ("GET", ["config"]) => (200, json!({"config": {"enabled": true, "online": true}, "success": true})),
            ("POST", ["visitor"]) => {
                let token = text(&body["visitor"]["token"]);
                state.fields += &body["visitor"]["customFields"].to_string();
                if !known(&state, &token) {
                    state.visitors.push(token);
                }
                (200, json!({"visitor": {"_id": "v1"}, "success": true}))
            }
            ("POST", ["custom.field"]) => {
                state.fields += &text(&body["value"]);
                (
                    200,
                    json!({"field": {"key": body["key"], "value": body["value"], "overwrite": true}, "success": true}),
                )
            }
            ("GET", ["room"]) => {
                let token = query(seen, "token");
                if !known(&state, &token) {
                    return failure("invalid-token");
                }
                let open = state.rooms.iter().position(|room| room.token == token && room.open);
                let at = open.unwrap_or_else(|| {
                    state.rooms.push(Room { token, open: true, messages: Vec::new() });
                    state.rooms.len() - 1
                });
                (
                    200,
                    json!({"room": {"_id": format!("room{at}"), "open": true}, "newRoom": open.is_none(), "success": true}),
                )
            }
            ("POST", ["message"]) => {
                let Some(room) = state.rooms.get_mut(number(&text(&body["rid"]))) else {
                    return failure("invalid-room");
                };
                if room.token != text(&body["token"]) {
                    return failure("invalid-room");
                }
                if !room.open {
                    return failure("room-closed");
                }
                if room.messages.iter().any(|one| one["_id"] == body["_id"]) {
                    return failure("Cannot convert undefined or null to object");
                }
                let message =
                    json!({"_id": body["_id"], "msg": body["msg"], "token": room.token, "u": {"username": "guest-1"}});
                room.messages.push(message.clone());
                let _ = self.told.send((number(&text(&body["rid"])), message.clone()));
                (200, json!({"message": message, "success": true}))
            }
            ("GET", ["message", id]) => {
                let Some(room) = state.rooms.get(number(&query(seen, "rid"))) else { return failure("invalid-room") };
                let found = room.messages.iter().find(|one| one["_id"] == *id);
                found.map_or_else(|| failure("invalid-message"), |one| (200, json!({"message": one, "success": true})))
            }
            ("GET", ["messages.history", room]) => {
                let Some(room) = state.rooms.get(number(room)) else { return failure("invalid-room") };
                let newest: Vec<&Value> = room.messages.iter().rev().collect();
                (200, json!({"messages": newest, "success": true}))
            }
            ("POST", ["room.close"]) => {
                state.rooms[number(&text(&body["rid"]))].open = false;
                (200, json!({"rid": body["rid"], "comment": "Closed by visitor", "success": true}))
            }
            _ => (404, json!({"success": false, "error": "API endpoint not found"})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let all = state.rooms.iter().flat_map(|room| &room.messages).filter(|one| one["token"].is_string());
        all.map(|one| one["msg"].as_str().unwrap().to_owned()).collect()
    }

    fn for_agents(&self) -> String {
        self.state.lock().unwrap().fields.clone()
    }

    fn n_conversations(&self) -> usize {
        self.state.lock().unwrap().rooms.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        self.happens(json!({"_id": id, "msg": html, "u": {"username": "ana", "name": "Ana"}}));
        Box::pin(async {})
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, _: &'a Inbox) -> Later<'a, bool> {
        self.state.lock().unwrap().rooms.last_mut().unwrap().open = false;
        self.happens(json!({"_id": "end", "msg": "ana", "t": "livechat-close", "u": {"username": "ana"}}));
        Box::pin(async { true })
    }

    fn socket(self: Arc<Self>, mut socket: WebSocket, _: Moods) -> Later<'static, ()> {
        Box::pin(async move {
            let say = |json: Value| Message::text(json.to_string());
            let mut told = self.told.subscribe();
            let mut room = None;
            let mut pings = tokio::time::interval(Duration::from_secs(3));
            loop {
                tokio::select! {
                    frame = socket.recv() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Ok(text) = frame.to_text() else { continue };
                        let json: Value = serde_json::from_str(text).unwrap_or_default();
                        if json["msg"] == "connect" {
                            let _ = socket.send(say(json!({"msg": "connected", "session": "s"}))).await;
                        }
                        if json["msg"] == "sub" {
                            if json["name"] == "stream-room-messages" {
                                let at = number(json["params"][0].as_str().unwrap());
                                let token = json["params"][1]["args"][0]["visitorToken"].as_str().unwrap();
                                assert_eq!(self.state.lock().unwrap().rooms[at].token, token, "somebody else's room");
                                room = Some(at);
                            }
                            let _ = socket.send(say(json!({"msg": "ready", "subs": [json["id"]]}))).await;
                        }
                    }
                    Ok((at, message)) = told.recv() => {
                        if room == Some(at) {
                            let fields = json!({"eventName": format!("room{at}"), "args": [message]});
                            let _ = socket.send(say(json!({"msg": "changed", "collection": "stream-room-messages", "id": "id", "fields": fields}))).await;
                        }
                    }
                    _ = pings.tick() => {
                        let _ = socket.send(say(json!({"msg": "ping"}))).await;
                    }
                }
            }
        })
    }

    fn contract(&self, seen: &Seen) -> Option<&'static str> {
        Some("HELPNOOK_PRISM_ROCKETCHAT").filter(|_| seen.bare().starts_with("/api/v1/"))
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.bare().ends_with("/livechat/message")
    }
}
