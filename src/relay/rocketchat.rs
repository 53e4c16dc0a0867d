//! Rocket.Chat, by its livechat interface for visitors, which needs no secret: visitor, room and messages by REST,
//! answers by the stream that its own widget listens to (DDP), and by the room's history after each new socket.
//!
//! | step | request | made twice |
//! | --- | --- | --- |
//! | visitor | `POST livechat/visitor` with the facts as custom fields | the same token is the same visitor |
//! | room | `GET livechat/room?token=` | the open one is given again |
//! | message | `POST livechat/message` with an `_id` of ours | it is asked for by that id first |

use serde_json::{Value, json};

use super::settings::{Holds, Setting};
use super::{
    Adapter, Again, Answer, Ask, Dial, Fault, Frame, Heard, Job, Kind, Listen, News, Request, Saved, Talk, Told,
};
use super::{brief, escaped, proof_at, sign, text_at};

/// Silence after which the socket is dead: the server pings it.
const SILENCE_MS: u64 = 60_000;

/// Time between two looks at the history, for whatever the stream left out.
const LOOK_MS: u64 = 60_000;

/// Most characters of the note among the custom fields.
const MAX_NOTE_CHARS: usize = 4_000;

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "rocketchat",
    about: "Rocket.Chat, by its livechat",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://chat.shop.example",
            about: "where it runs",
        },
        Setting {
            name: "department",
            holds: Holds::Text,
            needed: false,
            example: "support",
            about: "department that conversations go to",
        },
    ],
    make: |values| Ok(Box::new(RocketChat { url: values.text("url"), department: values.text("department") })),
};

/// The workspace.
pub struct RocketChat {
    url: String,
    department: String,
}

/// The visitor of a conversation: nobody else's, and the same after a restart.
fn token(talk: &Talk) -> String {
    sign::id_of(&format!("rocketchat {}", talk.id))
}

/// What an answer says; failures have the status 400 and a name.
fn said(answer: &Answer) -> Result<Value, Fault> {
    let named = |names: &[&str]| names.iter().any(|name| answer.body.contains(name));
    match answer.status {
        400 if named(&["room-closed", "invalid-room", "invalid-token"]) => Err(Fault::Gone),
        400 if named(&["too-many-requests"]) => Err(Fault::Later(answer.retry_after_s)),
        _ => answer.json(),
    }
}

/// What the shopper answered after the conversation began, the newest last.
fn later(saved: &Saved, text: &str) -> String {
    let all = [saved.get("later").map_or("", String::as_str), text].join("\n");
    brief::cut(all.trim(), MAX_NOTE_CHARS)
}

impl RocketChat {
    fn at(&self, path: &str) -> String {
        format!("{}/api/v1/livechat/{path}", self.url)
    }

    fn visitor(&self, talk: &Talk) -> Request {
        let field = |(name, value): (&str, String)| json!({"key": name, "value": value, "overwrite": true});
        let note = ("note", brief::note(talk, MAX_NOTE_CHARS));
        let facts = brief::facts(&talk.packet).into_iter().chain([("question", brief::cut(&talk.question, 500)), note]);
        let fields: Vec<Value> = facts.filter(|(_, value)| !value.is_empty()).map(field).collect();
        let mut visitor = json!({"token": token(talk), "name": talk.name(), "customFields": fields});
        for (name, value) in [("email", &talk.packet.person.email), ("department", &self.department)] {
            if !value.is_empty() {
                visitor[name] = value.clone().into();
            }
        }
        Request::post(self.at("visitor"), json!({"visitor": visitor})).again(Again::Safe)
    }
}

impl Adapter for RocketChat {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        let token = token(talk);
        Some(Ask::Http(match (job, saved.get("room")) {
            (Job::Message { .. }, _) if !saved.contains_key("visitor") => self.visitor(talk),
            (Job::Message { .. }, None) => Request::get(self.at(&format!("room?token={token}"))),
            (Job::Message { id, .. }, Some(room)) => {
                let body = json!({"token": token, "rid": room, "msg": job.words(&talk.address), "_id": id});
                Request::post(self.at("message"), body).again(Again::Look)
            }
            // A visitor makes no notes: agents read it beside the conversation.
            (Job::Told { text, .. }, Some(_)) => {
                let body =
                    json!({"token": token, "key": "answered_later", "value": later(saved, text), "overwrite": true});
                Request::post(self.at("custom.field"), body).again(Again::Safe)
            }
            (Job::Told { .. } | Job::Rated { .. } | Job::Closed, _) => return None,
        }))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        let json = said(answer)?;
        if let Job::Told { text, .. } = job {
            saved.insert("later".to_owned(), later(saved, text));
            return Ok(Told::Done(proof_at(&json, "/field/key")?));
        }
        if !saved.contains_key("visitor") {
            saved.insert("visitor".to_owned(), proof_at(&json, "/visitor/_id")?);
            return Ok(Told::More);
        }
        if !saved.contains_key("room") {
            saved.insert("room".to_owned(), proof_at(&json, "/room/_id")?);
            saved.insert("token".to_owned(), token(talk));
            return Ok(Told::More);
        }
        Ok(Told::Done(proof_at(&json, "/message/_id")?))
    }

    fn look(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Request> {
        let (room, id) = (escaped(saved.get("room")?), escaped(job.id()));
        Some(Request::get(self.at(&format!("message/{id}?token={}&rid={room}", token(talk)))))
    }

    fn looked(&self, _: &Talk, _: &mut Saved, _: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        if answer.status == 400 && answer.body.contains("invalid-message") {
            return Ok(None);
        }
        Ok(Some(Told::Done(proof_at(&said(answer)?, "/message/_id")?)))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("room").map(String::as_str)
    }

    fn leave(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        let body = json!({"rid": saved.get("room")?, "token": token(talk)});
        Some(Request::post(self.at("room.close"), body))
    }

    fn listen(&self, _: &Talk, saved: &Saved) -> Listen {
        if !saved.contains_key("room") {
            return Listen::No;
        }
        // https becomes wss, http ws.
        let url = format!("{}/websocket", self.url.replacen("http", "ws", 1));
        Listen::Socket(Dial {
            url,
            protocol: String::new(),
            origin: self.url.clone(),
            silence_ms: SILENCE_MS,
            tick_ms: LOOK_MS,
        })
    }

    fn fetch(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        let room = escaped(saved.get("room")?);
        Some(Request::get(self.at(&format!("messages.history/{room}?token={}&limit=100", token(talk)))))
    }

    fn fetched(&self, _: &Talk, saved: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let json = said(answer)?;
        let all = json["messages"].as_array().ok_or(Fault::Unknown)?;
        // The newest come first.
        Ok(all.iter().rev().filter_map(|one| heard(saved, one)).collect())
    }

    fn hear(&self, _: &Talk, saved: &mut Saved, _: &mut Saved, frame: Frame<'_>) -> Vec<Heard> {
        let text = match frame {
            Frame::Up => {
                let hello = json!({"msg": "connect", "version": "1", "support": ["1"]});
                return vec![Heard::Say(hello.to_string())];
            }
            Frame::Tick => return vec![Heard::Fetch],
            Frame::Text(text) => text,
        };
        let Ok(json) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        let room = saved.get("room").cloned().unwrap_or_default();
        match json["msg"].as_str() {
            Some("ping") => vec![Heard::Say(json!({"msg": "pong"}).to_string())],
            Some("connected") => {
                let visitor = json!({"useCollection": false, "args": [{"visitorToken": saved.get("token")}]});
                let sub = |id: &str, name: &str, event: String| {
                    let params = json!([event, visitor]);
                    Heard::Say(json!({"msg": "sub", "id": id, "name": name, "params": params}).to_string())
                };
                let typing = format!("{room}/user-activity");
                vec![sub("messages", "stream-room-messages", room), sub("typing", "stream-notify-room", typing)]
            }
            // What was said while nobody listened is not said again.
            Some("ready") => vec![Heard::Ready, Heard::Fetch],
            // The stream is not ours to hear: the history says it all, later.
            Some("nosub") => vec![Heard::Fetch],
            Some("failed") => vec![Heard::Hang],
            Some("changed") if json.pointer("/fields/eventName").is_some_and(|name| *name == room.as_str()) => {
                let all = json.pointer("/fields/args").and_then(Value::as_array);
                all.into_iter().flatten().filter_map(|one| heard(saved, one)).map(Heard::News).collect()
            }
            Some("changed") if json["collection"] == "stream-notify-room" => {
                let doing = json.pointer("/fields/args/1").and_then(Value::as_array);
                let on = doing.is_some_and(|all| all.iter().any(|one| one == "user-typing"));
                vec![Heard::News(News::Typing(on))]
            }
            _ => Vec::new(),
        }
    }

    fn availability(&self, _: &Saved) -> Option<Request> {
        Some(Request::get(self.at("config")))
    }

    fn available(&self, answer: &Answer, _: u64) -> Option<bool> {
        answer.json().ok()?.pointer("/config/online")?.as_bool()
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        Some(Request::get(self.at("config")))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        let json = answer.json().ok().filter(|json| json["config"].is_object());
        let Some(json) = json else {
            return Err(format!("{} answers {}, but is no Rocket.Chat: {}", self.url, answer.status, answer.words()));
        };
        if json.pointer("/config/enabled") == Some(&Value::Bool(false)) {
            return Err("livechat is switched off: enable it under Omnichannel".to_owned());
        }
        Ok(())
    }
}

/// What a message of the room says to the shopper; an end counts once, however often it is told.
fn heard(saved: &mut Saved, message: &Value) -> Option<News> {
    let id = text_at(message, "/_id")?;
    if message["t"] == "livechat-close" {
        let known = saved.insert("closed".to_owned(), id.clone());
        return (known.as_ref() != Some(&id)).then_some(News::Closed);
    }
    // Joins, transfers and the like; and what the visitor said.
    if message["t"].is_string() || message["token"].is_string() {
        return None;
    }
    let base = |link: String| if link.starts_with("https://") { Some(link) } else { None };
    let files = message["attachments"].as_array().into_iter().flatten();
    let links = files.filter_map(|file| text_at(file, "/title_link").and_then(base));
    let text: Vec<String> = text_at(message, "/msg").into_iter().chain(links).collect();
    let name = text_at(message, "/u/name").or_else(|| text_at(message, "/u/username")).unwrap_or_default();
    let bot = message.pointer("/bot").is_some_and(|bot| !bot.is_null() && *bot != false);
    Some(News::Said { id, name, text: text.join("\n"), bot, choices: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat() -> RocketChat {
        RocketChat { url: "https://c.example".to_owned(), department: String::new() }
    }

    fn saved() -> Saved {
        let known = [("visitor", "v"), ("room", "R"), ("token", "tok")];
        known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned(), retry_after_s: None }
    }

    #[test]
    fn a_failure_is_what_its_name_says() {
        for (status, body, fault) in [
            (400, r#"{"success":false,"error":"room-closed"}"#, Fault::Gone),
            (400, r#"{"success":false,"error":"invalid-room"}"#, Fault::Gone),
            (
                400,
                r#"{"success":false,"error":"Error, too many requests [error-too-many-requests]"}"#,
                Fault::Later(None),
            ),
            (429, "{}", Fault::Later(None)),
            (200, "<html>", Fault::Unknown),
            (200, r#"{"success":true}"#, Fault::Unknown),
        ] {
            let job = Job::Message { id: "m".to_owned(), text: "Hi".to_owned(), files: Vec::new(), at_ms: 0 };
            let told = chat().told(&Talk::default(), &mut saved(), &job, &answer(status, body));
            assert_eq!(told, Err(fault), "{status} {body}");
        }
        let missing = answer(400, r#"{"success":false,"error":"invalid-message"}"#);
        let job = Job::Closed;
        assert_eq!(chat().looked(&Talk::default(), &mut saved(), &job, &missing), Ok(None));
    }

    #[test]
    fn the_stream_is_subscribed_to_with_the_visitors_token_and_pings_are_answered() {
        let hear = |text: &str| chat().hear(&Talk::default(), &mut saved(), &mut Saved::new(), Frame::Text(text));
        let said = format!("{:?}", hear(r#"{"msg":"connected","session":"s"}"#));
        assert!(
            said.contains("stream-room-messages") && said.contains("visitorToken") && said.contains("tok"),
            "{said}"
        );
        assert_eq!(hear(r#"{"msg":"ping"}"#), [Heard::Say(r#"{"msg":"pong"}"#.to_owned())]);
        assert_eq!(hear("half {"), []);
        let typing = r#"{"msg":"changed","collection":"stream-notify-room","fields":{"eventName":"R/user-activity","args":["ana",["user-typing"]]}}"#;
        assert_eq!(hear(typing), [Heard::News(News::Typing(true))]);
    }

    #[test]
    fn news_are_those_of_agents_and_an_end_counts_once() {
        let history = json!({"success": true, "messages": [
            {"_id": "5", "msg": "ana", "t": "livechat-close", "u": {"username": "ana"}},
            {"_id": "4", "msg": "On its way", "u": {"username": "ana", "name": "Ana"}},
            {"_id": "3", "msg": "Where?", "token": "tok", "u": {"username": "guest-1"}},
            {"_id": "2", "msg": "ana", "t": "uj", "u": {"username": "ana"}},
        ]});
        let mut saved = saved();
        let fetched = |saved: &mut Saved| chat().fetched(&Talk::default(), saved, &answer(200, &history.to_string()));
        assert_eq!(fetched(&mut saved), Ok(vec![News::said("4", "Ana", "On its way"), News::Closed]));
        assert_eq!(fetched(&mut saved), Ok(vec![News::said("4", "Ana", "On its way")]));
    }

    #[test]
    fn what_is_wrong_with_a_workspace_is_said() {
        let said = |status, body| chat().probed(&answer(status, body));
        assert_eq!(said(200, r#"{"config":{"enabled":true,"online":false},"success":true}"#), Ok(()));
        assert!(said(200, r#"{"config":{"enabled":false}}"#).unwrap_err().contains("switched off"));
        assert!(said(404, "<html>").unwrap_err().contains("is no Rocket.Chat: a page of HTML"));
        let online = chat().available(&answer(200, r#"{"config":{"online":false}}"#), 0);
        assert_eq!(online, Some(false));
    }
}
