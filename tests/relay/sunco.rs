//! Sunshine Conversations, as far as users, conversations, messages and webhooks go.

use std::sync::Mutex;

use helpnook::relay::sign;
use reqwest::Client;
use serde_json::{Value, json};

use crate::stand::{Later, Seen, System};
use crate::support::Inbox;

const KEY: &str = "sc-key-that-nobody-sees";
const WEBHOOK: &str = "sc-webhook-that-nobody-sees";

#[derive(Default)]
pub struct Sunco(Mutex<State>);

#[derive(Default)]
struct State {
    users: Vec<String>,
    talks: Vec<Vec<Value>>,
    metadata: String,
    n_messages: u32,
}

impl Sunco {
    async fn call(inbox: &Inbox, kind: &str, payload: Value) {
        let body = json!({"app": {"id": "a1"}, "webhook": {"version": "v2"}, "events": [{"id": "e", "type": kind, "payload": payload}]});
        let call = Client::new().post(format!("{}/relay/zendesk-sunco", inbox.base)).header("x-api-key", WEBHOOK);
        assert_eq!(call.json(&body).send().await.unwrap().status(), 204);
    }
}

impl System for Sunco {
    fn name(&self) -> &'static str {
        "zendesk-sunco"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", format!("{base}/sc")),
            ("app", "a1".to_owned()),
            ("key-id", "app_1".to_owned()),
            ("key-secret", KEY.to_owned()),
            ("webhook-secret", WEBHOOK.to_owned()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned(), WEBHOOK.to_owned(), sign::basic("app_1", KEY)]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        if seen.headers.get("authorization").is_none_or(|value| value != &sign::basic("app_1", KEY)) {
            return (401, json!({"errors": [{"code": "unauthorized"}]}));
        }
        let mut state = self.0.lock().unwrap();
        let body = seen.json();
        let parts: Vec<&str> = seen.bare().trim_start_matches("/sc/v2/apps/a1").split('/').skip(1).collect();
        match (seen.method.as_str(), parts.as_slice()) {
            ("GET", []) => (200, json!({"app": {"id": "a1"}})),
            ("POST", ["users"]) => {
                let id = body["externalId"].as_str().unwrap().to_owned();
                if state.users.contains(&id) {
                    return (409, json!({"errors": [{"code": "conflict"}]}));
                }
                state.users.push(id.clone());
                (201, json!({"user": {"id": format!("u{}", state.users.len()), "externalId": id}}))
            }
            ("POST", ["conversations"]) => {
                assert!(body["metadata"].to_string().len() <= 4_096, "more than is kept");
                state.metadata += &body["metadata"].to_string();
                state.talks.push(Vec::new());
                (201, json!({"conversation": {"id": format!("v{}", state.talks.len() - 1), "type": "personal"}}))
            }
            ("PATCH", ["conversations", talk]) => {
                assert!(body["metadata"].to_string().len() <= 4_096, "more than is kept");
                state.metadata =
                    body["metadata"].as_object().unwrap().values().map(|one| one.as_str().unwrap()).collect();
                (200, json!({"conversation": {"id": talk, "type": "personal"}}))
            }
            ("POST", ["conversations", talk, "messages"]) => {
                let at: usize = talk.trim_start_matches('v').parse().unwrap();
                if body["content"]["text"].as_str().unwrap().chars().count() > 4_096 {
                    return (400, json!({"errors": [{"code": "bad_request"}]}));
                }
                state.n_messages += 1;
                let mut message = body.clone();
                message["id"] = format!("own{}", state.n_messages).into();
                message["received"] = "2026-01-01T00:00:00.000Z".into();
                state.talks[at].push(message.clone());
                (201, json!({"messages": [message]}))
            }
            ("GET", ["conversations", talk, "messages"]) => {
                let at: usize = talk.trim_start_matches('v').parse().unwrap();
                (200, json!({"messages": state.talks[at], "meta": {"hasMore": false}}))
            }
            _ => (404, json!({"errors": [{"code": "not_found"}]})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let all = state.talks.iter().flatten().filter(|one| one["author"]["type"] == "user");
        all.map(|one| one["content"]["text"].as_str().unwrap().to_owned()).collect()
    }

    fn for_agents(&self) -> String {
        self.0.lock().unwrap().metadata.clone()
    }

    fn n_conversations(&self) -> usize {
        self.0.lock().unwrap().talks.len()
    }

    fn say<'a>(&'a self, inbox: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        let message = json!({"id": id, "author": {"type": "business", "displayName": "Ana"}, "content": {"type": "text", "text": html}});
        let mut state = self.0.lock().unwrap();
        let at = state.talks.len() - 1;
        if !state.talks[at].iter().any(|one| one["id"] == id) {
            state.talks[at].push(message.clone());
        }
        let payload = json!({"conversation": {"id": format!("v{at}"), "type": "personal"}, "message": message});
        Box::pin(Self::call(inbox, "conversation:message", payload))
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, _: &'a Inbox) -> Later<'a, bool> {
        Box::pin(async { false })
    }

    fn contract(&self, seen: &Seen) -> Option<&'static str> {
        (seen.method != "GET").then_some("HELPNOOK_PRISM_SUNCO")
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.json()["author"]["type"] == "user"
    }
}
