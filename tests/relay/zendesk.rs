//! Zendesk, as far as tickets by its API go.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::stand::{Later, Seen, System};
use crate::support::Inbox;

const SECRET: &str = "zd-secret-that-nobody-sees";
const TOKEN: &str = "zd-token-that-nobody-sees";

/// Identity of the shopper and of the agent.
const PEOPLE: (u64, u64) = (7, 1);

#[derive(Default)]
pub struct Zendesk(Mutex<State>);

#[derive(Default)]
struct State {
    tickets: Vec<Ticket>,
    n_comments: u64,
}

#[derive(Default)]
struct Ticket {
    key: String,
    closed: bool,
    fields: String,
    comments: Vec<Value>,
}

impl State {
    fn comment(&mut self, at: usize, author: u64, body: &str, html: &str, public: bool) -> u64 {
        self.n_comments += 1;
        let id = self.n_comments;
        self.tickets[at]
            .comments
            .push(json!({"id": id, "author_id": author, "body": body, "html_body": html, "public": public}));
        id
    }
}

impl System for Zendesk {
    fn name(&self) -> &'static str {
        "zendesk-ticket"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", base.to_owned()),
            ("client-id", "helpnook".to_owned()),
            ("client-secret", SECRET.to_owned()),
            ("poll-s", "0.2".to_owned()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned(), TOKEN.to_owned()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        let mut state = self.0.lock().unwrap();
        let body = seen.json();
        if seen.bare() == "/oauth/tokens" {
            let right = body["client_secret"] == SECRET && body["grant_type"] == "client_credentials";
            return if right {
                (200, json!({"access_token": TOKEN, "token_type": "bearer"}))
            } else {
                (401, json!({}))
            };
        }
        if seen.headers.get("authorization").is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
            return (401, json!({"error": "Couldn't authenticate you"}));
        }
        let parts: Vec<&str> = seen.bare().trim_start_matches("/api/v2/").split('/').collect();
        let comment = &body["ticket"]["comment"];
        match (seen.method.as_str(), parts.as_slice()) {
            ("POST", ["tickets.json"]) => {
                let key = seen.headers["idempotency-key"].to_str().unwrap().to_owned();
                let known = state.tickets.iter().position(|ticket| ticket.key == key);
                let at = known.unwrap_or_else(|| {
                    let fields = body["ticket"]["custom_fields"].to_string();
                    state.tickets.push(Ticket { key, fields, ..Ticket::default() });
                    let (at, words) = (state.tickets.len() - 1, comment["body"].as_str().unwrap());
                    state.comment(at, PEOPLE.0, words, words, true);
                    at
                });
                (201, json!({"ticket": {"id": 100 + at, "requester_id": PEOPLE.0}, "audit": {"events": []}}))
            }
            ("PUT", ["tickets", file]) => {
                let at = file.trim_end_matches(".json").parse::<usize>().unwrap() - 100;
                if state.tickets[at].closed {
                    return (
                        422,
                        json!({"error": "RecordInvalid", "details": {"status": [{"description": "Status: closed prevents ticket update"}]}}),
                    );
                }
                let author = comment["author_id"].as_u64().unwrap_or(PEOPLE.1);
                let words = comment["body"].as_str().unwrap();
                let id = state.comment(at, author, words, words, comment["public"].as_bool().unwrap());
                (
                    200,
                    json!({"ticket": {"id": 100 + at}, "audit": {"id": 1, "events": [{"type": "Comment", "id": id}]}}),
                )
            }
            ("GET", ["tickets", ticket, "comments.json"]) => {
                let at = ticket.parse::<usize>().unwrap() - 100;
                let comments: Vec<Value> = state.tickets[at].comments.iter().rev().cloned().collect();
                (200, json!({"comments": comments, "users": [{"id": PEOPLE.1, "name": "Ana"}]}))
            }
            ("GET", ["users", "me.json"]) => (200, json!({"user": {"id": PEOPLE.1, "role": "agent"}})),
            _ => (404, json!({"error": "RecordNotFound"})),
        }
    }

    fn shoppers_words(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let all = state.tickets.iter().flat_map(|ticket| &ticket.comments);
        all.filter(|one| one["author_id"] == PEOPLE.0).map(|one| one["body"].as_str().unwrap().to_owned()).collect()
    }

    fn for_agents(&self) -> String {
        let state = self.0.lock().unwrap();
        let all = state.tickets.iter().flat_map(|ticket| &ticket.comments).filter(|one| one["public"] == false);
        let fields: String = state.tickets.iter().map(|ticket| ticket.fields.as_str()).collect();
        fields + &all.map(|one| one["body"].as_str().unwrap()).collect::<String>()
    }

    fn n_conversations(&self) -> usize {
        self.0.lock().unwrap().tickets.len()
    }

    fn say<'a>(&'a self, _: &'a Inbox, id: &'a str, html: &'a str) -> Later<'a, ()> {
        let mut state = self.0.lock().unwrap();
        let at = state.tickets.len() - 1;
        // The same comment seen again.
        if !state.tickets[at].comments.iter().any(|one| one["as"] == id) {
            state.comment(at, PEOPLE.1, html, html, true);
            state.tickets[at].comments.last_mut().unwrap()["as"] = id.into();
        }
        Box::pin(async {})
    }

    fn is_html(&self) -> bool {
        true
    }

    fn close<'a>(&'a self, _: &'a Inbox) -> Later<'a, bool> {
        self.0.lock().unwrap().tickets.iter_mut().for_each(|ticket| ticket.closed = true);
        Box::pin(async { false })
    }

    fn contract(&self, _: &Seen) -> Option<&'static str> {
        Some("HELPNOOK_PRISM_ZENDESK_TICKETS")
    }

    fn carries(&self, seen: &Seen) -> bool {
        seen.json().pointer("/ticket/comment/public").is_some_and(|public| public == true)
    }
}
