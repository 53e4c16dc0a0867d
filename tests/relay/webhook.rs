//! A system of the shop's own.

use std::collections::BTreeMap;
use std::sync::Mutex;

use helpnook::relay::sign;
use reqwest::Client;
use serde_json::{Value, json};

use crate::stand::{Later, Seen, System};
use crate::support::Inbox;

/// Seconds since 1970.
fn now_s() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// A system of the shop's own.
#[derive(Default)]
pub struct Webhook(Mutex<WebhookState>);

#[derive(Default)]
struct WebhookState {
    /// By id: the same one twice is one.
    said: BTreeMap<String, (usize, String)>,
    conversations: Vec<String>,
    for_agents: String,
}

const WEBHOOK_SECRET: &str = "wh-secret-that-nobody-sees";

impl Webhook {
    async fn call(inbox: &Inbox, body: Value) {
        let (at, text) = (now_s(), body.to_string());
        let signature = sign::hex(&sign::hmac_sha256(WEBHOOK_SECRET, format!("{at}.{text}").as_bytes()));
        let call = Client::new().post(format!("{}/relay/webhook", inbox.base)).body(text);
        let answer = call.header("x-help-signature", format!("t={at},v1={signature}")).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    fn conversation(&self) -> String {
        self.0.lock().unwrap().conversations.last().cloned().unwrap_or_default()
    }
}

impl System for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![("url", format!("{base}/hook")), ("secret", WEBHOOK_SECRET.to_owned())]
    }

    fn secrets(&self) -> Vec<String> {
        vec![WEBHOOK_SECRET.to_owned()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        if seen.method == "OPTIONS" {
            return (204, Value::Null);
        }
        let header = seen.headers["x-help-signature"].to_str().unwrap();
        let (at, given) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let right = sign::hex(&sign::hmac_sha256(WEBHOOK_SECRET, format!("{at}.{}", seen.body).as_bytes()));
        if given != right {
            return (403, json!({"error": "signature"}));
        }
        let body = seen.json();
        let mut state = self.0.lock().unwrap();
        let conversation = body["conversation"].as_str().unwrap().to_owned();
        if body["type"] == "help.request" && !state.conversations.contains(&conversation) {
            state.conversations.push(conversation);
        }
        state.for_agents += body["type"].as_str().unwrap();
        if let (Some(id), Some(text)) = (body["id"].as_str(), body["text"].as_str()) {
            let n = state.said.len();
            state.said.entry(id.to_owned()).or_insert((n, text.to_owned()));
        }
        state.for_agents += &format!("{} {}\n", body["context"], body["note"]);
        (200, json!({}))
    }

    fn shoppers_words(&self) -> Vec<String> {
        let mut all: Vec<_> = self.0.lock().unwrap().said.values().cloned().collect();
        all.sort();
        all.into_iter().map(|(_, text)| text).collect()
    }

    fn for_agents(&self) -> String {
        self.0.lock().unwrap().for_agents.clone()
    }

    fn n_conversations(&self) -> usize {
        self.0.lock().unwrap().conversations.len()
    }

    fn say<'a>(&'a self, inbox: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        let body = json!({"v": 1, "type": "help.answer", "id": id, "conversation": self.conversation(), "html": html, "name": "Ana"});
        Box::pin(Self::call(inbox, body))
    }

    fn is_html(&self) -> bool {
        true
    }

    fn close<'a>(&'a self, inbox: &'a Inbox) -> Later<'a, bool> {
        Box::pin(async move {
            Self::call(inbox, json!({"v": 1, "type": "help.closed", "conversation": self.conversation()})).await;
            true
        })
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.json()["text"].is_string()
    }
}
