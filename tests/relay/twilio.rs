//! Twilio, as far as web chats of Flex and the Conversations API go.

use std::sync::Mutex;

use helpnook::relay::sign;
use reqwest::Client;
use serde_json::{Value, json};

use crate::stand::{Later, Seen, System};
use crate::support::Inbox;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "tw-token-that-nobody-sees";
const ADDRESS: &str = "IGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[derive(Default)]
pub struct Twilio(Mutex<State>);

#[derive(Default)]
struct State {
    talks: Vec<Talk>,
    n_messages: u32,
}

#[derive(Default)]
struct Talk {
    closed: bool,
    context: String,
    calls: String,
    messages: Vec<Value>,
}

fn sid(start: &str, n: usize) -> String {
    format!("{start}{n:032x}")
}

impl Twilio {
    /// Calls back as Twilio does, where the conversation was given an address for it.
    async fn call(&self, inbox: &Inbox, rows: Vec<(&str, String)>) {
        let url = self.0.lock().unwrap().talks.last().unwrap().calls.clone();
        assert_eq!(url, "https://help.shop.example/relay/twilio-conversations");
        let mut sorted = rows.clone();
        sorted.sort();
        let text = sorted.iter().fold(url, |text, (name, value)| text + name + value);
        let signature = sign::base64(&sign::hmac_sha1(TOKEN, text.as_bytes()));
        let body: Vec<String> =
            rows.iter().map(|(name, value)| format!("{name}={}", helpnook::relay::escaped(value))).collect();
        let call = Client::new()
            .post(format!("{}/relay/twilio-conversations", inbox.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-twilio-signature", signature)
            .body(body.join("&"));
        assert_eq!(call.send().await.unwrap().status(), 204);
    }
}

impl System for Twilio {
    fn name(&self) -> &'static str {
        "twilio-conversations"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("account", ACCOUNT.to_owned()),
            ("auth-token", TOKEN.to_owned()),
            ("address-sid", ADDRESS.to_owned()),
            ("flex-url", base.to_owned()),
            ("conversations-url", base.to_owned()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned(), sign::basic(ACCOUNT, TOKEN)]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        if seen.headers.get("authorization").is_none_or(|value| value != &sign::basic(ACCOUNT, TOKEN)) {
            return (401, json!({"code": 20003}));
        }
        let mut state = self.0.lock().unwrap();
        if seen.bare() == "/v2/WebChats" {
            assert_eq!(seen.field("AddressSid"), ADDRESS);
            let context = seen.field("PreEngagementData");
            assert!(serde_json::from_str::<Value>(&context).unwrap()["friendlyName"].is_string());
            assert!(context.len() < 16 * 1024, "more than attributes hold");
            state.talks.push(Talk { context, ..Talk::default() });
            let at = state.talks.len() - 1;
            return (201, json!({"conversation_sid": sid("CH", at), "identity": format!("guest{at}")}));
        }
        let parts: Vec<&str> = seen.bare().trim_start_matches("/v1/Conversations/").split('/').collect();
        let at = usize::from_str_radix(&parts[0][2..], 16).unwrap();
        match (seen.method.as_str(), &parts[1..]) {
            ("POST", ["Webhooks"]) => {
                state.talks[at].calls = seen.field("Configuration.Url");
                (201, json!({"sid": sid("WH", at), "target": "webhook"}))
            }
            ("POST", ["Messages"]) => {
                if state.talks[at].closed {
                    return (403, json!({"code": 50438, "message": "Conversation is closed"}));
                }
                let body = seen.field("Body");
                if body.chars().count() > 1_600 {
                    return (400, json!({"code": 50200}));
                }
                state.n_messages += 1;
                let n = state.n_messages as usize;
                let message = json!({"sid": sid("IM", n), "index": n, "author": seen.field("Author"), "body": body, "attributes": seen.field("Attributes")});
                state.talks[at].messages.push(message.clone());
                (201, message)
            }
            ("GET", ["Messages"]) => {
                let newest: Vec<Value> = state.talks[at].messages.iter().rev().cloned().collect();
                (200, json!({"messages": newest, "meta": {}}))
            }
            ("POST", []) => {
                state.talks[at].closed = seen.field("State") == "closed";
                (200, json!({"sid": sid("CH", at), "state": "closed"}))
            }
            _ => (404, json!({"code": 20404})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let all = state.talks.iter().flat_map(|talk| &talk.messages);
        all.filter(|one| one["author"].as_str().unwrap().starts_with("guest"))
            .map(|one| one["body"].as_str().unwrap().to_owned())
            .collect()
    }

    fn for_agents(&self) -> String {
        let state = self.0.lock().unwrap();
        let notes = |talk: &Talk| {
            let all = talk.messages.iter().filter(|one| one["author"] == "helpnook");
            all.map(|one| one["body"].as_str().unwrap().to_owned()).collect::<String>()
        };
        state.talks.iter().map(|talk| talk.context.clone() + &notes(talk)).collect()
    }

    fn n_conversations(&self) -> usize {
        self.0.lock().unwrap().talks.len()
    }

    fn say<'a>(&'a self, inbox: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        Box::pin(async move {
            let (at, sid_of) = {
                let mut state = self.0.lock().unwrap();
                let at = state.talks.len() - 1;
                let sid_of = sid("IM", id.parse().unwrap());
                if !state.talks[at].messages.iter().any(|one| one["sid"] == *sid_of) {
                    let message = json!({"sid": sid_of, "index": 1, "author": "ana_40shop_2Eexample", "body": html, "attributes": "{}"});
                    state.talks[at].messages.push(message);
                }
                (at, sid_of)
            };
            let rows = vec![
                ("EventType", "onMessageAdded".to_owned()),
                ("Source", "SDK".to_owned()),
                ("ConversationSid", sid("CH", at)),
                ("MessageSid", sid_of),
                ("Author", "ana_40shop_2Eexample".to_owned()),
                ("Body", html.to_owned()),
                ("Attributes", "{}".to_owned()),
            ];
            self.call(inbox, rows).await;
        })
    }

    fn is_html(&self) -> bool {
        false
    }

    fn close<'a>(&'a self, inbox: &'a Inbox) -> Later<'a, bool> {
        Box::pin(async move {
            let at = {
                let mut state = self.0.lock().unwrap();
                state.talks.iter_mut().for_each(|talk| talk.closed = true);
                state.talks.len() - 1
            };
            let rows = vec![
                ("EventType", "onConversationStateUpdated".to_owned()),
                ("ConversationSid", sid("CH", at)),
                ("StateFrom", "active".to_owned()),
                ("StateTo", "closed".to_owned()),
            ];
            self.call(inbox, rows).await;
            true
        })
    }

    fn contract(&self, seen: &Seen) -> Option<&'static str> {
        let is_flex = seen.bare() == "/v2/WebChats";
        Some(if is_flex { "HELPNOOK_PRISM_TWILIO_FLEX" } else { "HELPNOOK_PRISM_TWILIO_CONVERSATIONS" })
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.method == "POST" && seen.bare().ends_with("/Messages")
    }
}
