//! Matrix, spoken by Synapse itself: `HELPNOOK_SYNAPSE` names the homeserver that `cargo xtask conformance` starts.
//! Every test has an account of the help and an agent of its own there.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::stand::{Later, Seen, System};
use crate::support::{Inbox, id};

/// A homeserver, and who talks on it.
pub struct Synapse {
    base: String,
    help: Account,
    agent: Account,
    rooms: Mutex<Vec<String>>,
}

struct Account {
    user: String,
    token: String,
}

/// Asks the homeserver; status and JSON.
fn ask(base: &str, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{base}{path}"));
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.header("content-type", "application/json").body(body.to_owned()).unwrap();
    let agent: ureq::Agent = config.allow_non_standard_methods(true).build().new_agent();
    let mut answer = block_in_place(|| agent.run(request)).unwrap();
    let text = block_in_place(|| answer.body_mut().read_to_string()).unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

fn escaped(text: &str) -> String {
    text.replace('!', "%21").replace(':', "%3A").replace('$', "%24")
}

impl Synapse {
    /// With two new accounts; nothing where no homeserver is named.
    pub fn joined() -> Option<Synapse> {
        let base = std::env::var("HELPNOOK_SYNAPSE").ok()?;
        let account = |name: &str| {
            let body =
                json!({"username": format!("{name}-{}", id()), "password": id(), "auth": {"type": "m.login.dummy"}});
            let (status, json) = ask(&base, "POST", "/_matrix/client/v3/register", "", &body.to_string());
            assert_eq!(status, 200, "{json}");
            let text = |name: &str| json[name].as_str().unwrap().to_owned();
            Account { user: text("user_id"), token: text("access_token") }
        };
        Some(Synapse { help: account("help"), agent: account("ana"), rooms: Mutex::default(), base })
    }

    fn as_agent(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, json) =
            ask(&self.base, method, &format!("/_matrix/client/v3{path}"), &self.agent.token, &body.to_string());
        assert!(status < 300, "{method} {path}: {status} {json}");
        json
    }

    /// Events of all rooms, as the agent reads them.
    fn read(&self) -> Vec<Value> {
        let rooms = self.rooms.lock().unwrap().clone();
        let page = |room: &String| {
            let path = format!("/rooms/{}/messages?dir=f&limit=200", escaped(room));
            self.as_agent("GET", &path, &json!({}))["chunk"].as_array().unwrap().clone()
        };
        rooms.iter().flat_map(page).collect()
    }

    fn bodies(&self, kind: &str) -> Vec<String> {
        let own = self.read().into_iter().filter(|event| event["sender"] == self.help.user.as_str());
        let all = own.filter(|event| event["content"]["msgtype"] == kind);
        all.map(|event| event["content"]["body"].as_str().unwrap().to_owned()).collect()
    }

    fn agent_says(&self, transaction: &str, text: &str) {
        let room = self.rooms.lock().unwrap().last().cloned().unwrap();
        let path = format!("/rooms/{}/send/m.room.message/{transaction}", escaped(&room));
        self.as_agent("PUT", &path, &json!({"msgtype": "m.text", "body": text}));
    }
}

impl System for Synapse {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn settings(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("url", base.to_owned()),
            ("user", self.help.user.clone()),
            ("token", self.help.token.clone()),
            ("invite", self.agent.user.clone()),
        ]
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.help.token.clone()]
    }

    fn answer(&self, seen: &Seen) -> (u16, Value) {
        let token = seen.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        // A request that waits would keep the test from ending.
        let path = seen.path.replace("timeout=20000", "timeout=300");
        let (status, json) = ask(&self.base, &seen.method, &path, token.unwrap_or_default(), &seen.body);
        if let Some(room) = json["room_id"].as_str() {
            let mut rooms = self.rooms.lock().unwrap();
            if !rooms.iter().any(|one| one == room) {
                rooms.push(room.to_owned());
                self.as_agent("POST", &format!("/join/{}", escaped(room)), &json!({}));
            }
        }
        (status, json)
    }

    fn shoppers_words(&self) -> Vec<String> {
        self.bodies("m.text")
    }

    fn for_agents(&self) -> String {
        let state = self.read().into_iter().filter(|event| event["state_key"].is_string());
        let about: String = state.map(|event| event["content"].to_string()).collect();
        about + &self.bodies("m.notice").join("\n")
    }

    fn n_conversations(&self) -> usize {
        self.rooms.lock().unwrap().len()
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
