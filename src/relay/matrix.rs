//! Matrix: a room for each conversation, made by an account of the shop's, with its agents invited.
//!
//! | step | request | made twice |
//! | --- | --- | --- |
//! | room | `POST /createRoom` with an alias of its own | the server refuses the second; its room is looked up |
//! | note | `PUT /rooms/{room}/send/m.room.message/note…`, a notice | one, by the transaction's id |
//! | message | `PUT /rooms/{room}/send/m.room.message/{id}` | one, by the transaction's id |
//! | news | `GET /sync?since=…`, waiting, for all rooms at once | changes nothing |
//!
//! An agent ends a conversation by writing `!close`. Rooms are not encrypted: the account could not read what
//! its agents write.

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{
    Adapter, Again, Answer, Ask, Fault, Job, Kind, News, Placed, Request, Saved, Talk, Told, brief, escaped, proof_at,
    sign, text_at,
};

/// How long one sync waits for news, in milliseconds.
const WAIT_MS: u32 = 20_000;

/// Most characters of the note: an event holds 64 KB.
const MAX_NOTE_CHARS: usize = 8_000;

/// What an agent writes to end a conversation.
const CLOSE: &str = "!close";

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "matrix",
    about: "rooms of a Matrix homeserver",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://matrix.shop.example",
            about: "the homeserver",
        },
        Setting {
            name: "user",
            holds: Holds::Text,
            needed: true,
            example: "@help:shop.example",
            about: "the account that makes the rooms",
        },
        Setting {
            name: "token",
            holds: Holds::Secret,
            needed: true,
            example: "matrix-token",
            about: "its access token",
        },
        Setting {
            name: "invite",
            holds: Holds::Text,
            needed: true,
            example: "@ana:shop.example @ben:shop.example",
            about: "the agents, who are invited to every room",
        },
    ],
    make: |values| {
        let matrix = Matrix::new(values);
        if matrix.server().is_empty() || matrix.agents.iter().any(|agent| !agent.starts_with('@')) {
            return Err("`user` and `invite` are names such as @help:shop.example".to_owned());
        }
        Ok(Box::new(matrix))
    },
};

/// The system.
pub struct Matrix {
    url: String,
    user: String,
    token: String,
    agents: Vec<String>,
}

impl Matrix {
    fn new(values: &Values) -> Self {
        Matrix {
            url: values.text("url").trim_end_matches('/').to_owned(),
            user: values.text("user"),
            token: values.text("token"),
            agents: values.text("invite").split([' ', ',']).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        }
    }

    /// The server's name: what follows the account's.
    fn server(&self) -> &str {
        self.user.strip_prefix('@').and_then(|user| user.split_once(':')).map_or("", |(_, server)| server)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/_matrix/client/v3{path}", self.url)
    }

    fn signed(&self, request: Request) -> Request {
        request.header("authorization", &format!("Bearer {}", self.token))
    }

    /// The room's local alias: the same for every try of one message, another one when a room is gone, and never
    /// another conversation's, whatever ids a browser makes up.
    fn alias(talk: &Talk, job: &Job) -> String {
        format!("help-{}", sign::id_of(&format!("matrix {} {}", talk.id, job.id())))
    }

    fn room(&self, talk: &Talk, job: &Job) -> Request {
        let page = if talk.packet.page.title.is_empty() { &talk.packet.page.url } else { &talk.packet.page.title };
        let name = [talk.name(), page].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ");
        let body = json!({
            "preset": "private_chat",
            "room_alias_name": Self::alias(talk, job),
            "name": brief::cut(&name, 100),
            "topic": brief::cut(&talk.question, 200),
            "invite": self.agents,
        });
        self.signed(Request::post(self.at("/createRoom"), body).again(Again::Safe))
    }

    fn send(&self, room: &str, transaction: &str, kind: &str, text: &str) -> Request {
        let path = format!("/rooms/{}/send/m.room.message/{}", escaped(room), escaped(transaction));
        self.signed(Request::put(self.at(&path), json!({ "msgtype": kind, "body": text })))
    }
}

/// What an answer says; an old token is nothing that could be fetched anew.
fn said(answer: &Answer) -> Result<Value, Fault> {
    let code = serde_json::from_str::<Value>(&answer.body).ok().and_then(|json| text_at(&json, "/errcode"));
    match (answer.status, code.as_deref()) {
        (401, _) => Err(Fault::Refused(format!("does not know the token: {}", answer.words()))),
        // Thrown out of the room, or the room is no more.
        (403, Some("M_FORBIDDEN")) => Err(Fault::Gone),
        _ => answer.json(),
    }
}

impl Adapter for Matrix {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        let Some(room) = saved.get("room") else {
            if !matches!(job, Job::Message { .. }) {
                return None;
            }
            return Some(Ask::Http(match saved.get("alias") {
                None => self.room(talk, job),
                Some(alias) => {
                    let name = escaped(&format!("#{alias}:{}", self.server()));
                    self.signed(Request::get(self.at(&format!("/directory/room/{name}"))))
                }
            }));
        };
        let note = brief::note(talk, MAX_NOTE_CHARS);
        Some(Ask::Http(match job {
            Job::Message { .. } if !saved.contains_key("noted") && !note.is_empty() => {
                self.send(room, &format!("note-{}", talk.id), "m.notice", &note)
            }
            Job::Message { id, .. } => self.send(room, id, "m.text", &job.words(&talk.address)),
            Job::Told { id, text } => self.send(room, id, "m.notice", &brief::meanwhile(text)),
            Job::Rated { stars, comment } => {
                let text = format!("Rated {stars} of 5. {comment}");
                self.send(room, &format!("rated-{}-{stars}", talk.id), "m.notice", text.trim())
            }
            Job::Closed => self.send(room, &format!("closed-{}", talk.id), "m.notice", "The conversation was closed."),
        }))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        if !saved.contains_key("room") {
            if answer.status == 400 && answer.body.contains("M_ROOM_IN_USE") {
                // An earlier try, whose answer was lost, made it.
                saved.insert("alias".to_owned(), Self::alias(talk, job));
                return Ok(Told::More);
            }
            saved.insert("room".to_owned(), proof_at(&said(answer)?, "/room_id")?);
            return Ok(Told::More);
        }
        let event = proof_at(&said(answer)?, "/event_id")?;
        let is_message = matches!(job, Job::Message { .. });
        if is_message && !saved.contains_key("noted") && !brief::note(talk, MAX_NOTE_CHARS).is_empty() {
            saved.insert("noted".to_owned(), event);
            return Ok(Told::More);
        }
        Ok(Told::Done(event))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("room").map(String::as_str)
    }

    fn typing(&self, _: &Talk, saved: &Saved, on: bool) -> Option<Ask> {
        let path = format!("/rooms/{}/typing/{}", escaped(saved.get("room")?), escaped(&self.user));
        let body = if on { json!({ "typing": true, "timeout": 6000 }) } else { json!({ "typing": false }) };
        Some(Ask::Http(self.signed(Request::put(self.at(&path), body))))
    }

    fn leave(&self, _: &Talk, saved: &Saved) -> Option<Request> {
        let path = format!("/rooms/{}/leave", escaped(saved.get("room")?));
        Some(self.signed(Request::post(self.at(&path), json!({}))))
    }

    fn watch(&self, _: &Saved, kept: &Saved) -> Option<Request> {
        let filter = json!({
            "presence": { "types": [] },
            "account_data": { "types": [] },
            "room": {
                "account_data": { "types": [] },
                "state": { "types": [] },
                "timeline": { "types": ["m.room.message"], "not_senders": [self.user], "limit": 50 },
                "ephemeral": { "types": ["m.typing"] },
            },
        });
        let filter = escaped(&filter.to_string());
        let query = match kept.get("since") {
            Some(since) => format!("?since={}&timeout={WAIT_MS}&filter={filter}", escaped(since)),
            None => format!("?timeout=0&filter={filter}"),
        };
        Some(self.signed(Request::get(self.at(&format!("/sync{query}")))))
    }

    fn watched(&self, kept: &mut Saved, answer: &Answer) -> Result<Placed, Fault> {
        let json = said(answer)?;
        let next = proof_at(&json, "/next_batch")?;
        let mut out = Placed::new();
        for (room, of) in json["rooms"]["join"].as_object().into_iter().flatten() {
            let list = |pointer: &str| of.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
            for event in list("/timeline/events") {
                out.extend(self.heard(&event).map(|news| (room.clone(), news)));
            }
            for event in list("/ephemeral/events").iter().filter(|event| event["type"] == "m.typing") {
                let who = event["content"]["user_ids"].as_array().cloned().unwrap_or_default();
                let on = who.iter().any(|one| one.as_str().is_some_and(|one| one != self.user));
                out.push((room.clone(), News::Typing(on)));
            }
        }
        kept.insert("since".to_owned(), next);
        Ok(out)
    }

    fn watch_every_ms(&self) -> u64 {
        200
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        Some(self.signed(Request::get(self.at("/account/whoami"))))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        let json = match answer.status {
            401 => return Err("the token is not known there: make one for the account".to_owned()),
            _ => answer.json().map_err(|_| format!("no Matrix homeserver answers there ({})", answer.status))?,
        };
        match text_at(&json, "/user_id") {
            Some(user) if user == self.user => Ok(()),
            Some(user) => Err(format!("the token is of {user}, not of {}: correct `user`", self.user)),
            None => Err("no Matrix homeserver answers there".to_owned()),
        }
    }
}

impl Matrix {
    /// What an event of the room says to the shopper.
    fn heard(&self, event: &Value) -> Option<News> {
        let (id, from) = (text_at(event, "/event_id")?, text_at(event, "/sender")?);
        if event["type"] != "m.room.message" || from == self.user {
            return None;
        }
        let text = text_at(event, "/content/body")?;
        if text.trim() == CLOSE {
            return Some(News::Closed);
        }
        let bot = event["content"]["msgtype"] == "m.notice";
        let name = from.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
        Some(News::Said { id, name, text, bot, choices: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Matrix {
        Matrix {
            url: "https://m.example".to_owned(),
            user: "@help:m.example".to_owned(),
            token: "syt-secret".to_owned(),
            agents: vec!["@ana:m.example".to_owned()],
        }
    }

    fn talk() -> Talk {
        Talk { id: "c".repeat(32), question: "Where?".to_owned(), ..Talk::default() }
    }

    fn job(text: &str) -> Job {
        Job::Message { id: "a".repeat(32), text: text.to_owned(), files: Vec::new(), at_ms: 5 }
    }

    fn asked(saved: &Saved) -> (String, Value) {
        let Some(Ask::Http(request)) = matrix().ask(&talk(), saved, &job("Where?")) else { panic!("a request") };
        assert!(request.headers.iter().any(|(_, value)| value == "Bearer syt-secret") && request.again == Again::Safe);
        let body = if let super::super::Body::Json(json) = &request.body { json.clone() } else { Value::Null };
        (format!("{} {}", request.method, request.url), body)
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned(), retry_after_s: None }
    }

    #[test]
    fn a_room_then_the_words_each_with_its_proof() {
        let mut saved = Saved::new();
        let (line, body) = asked(&saved);
        assert_eq!(line, "POST https://m.example/_matrix/client/v3/createRoom");
        assert_eq!(body["invite"], json!(["@ana:m.example"]));
        let told = matrix().told(&talk(), &mut saved, &job("Where?"), &answer(200, r#"{"room_id":"!r:m.example"}"#));
        assert_eq!(told, Ok(Told::More));
        let (line, body) = asked(&saved);
        assert!(
            line.starts_with("PUT https://m.example/_matrix/client/v3/rooms/%21r%3Am.example/send/m.room.message/aaaa"),
            "{line}"
        );
        assert_eq!(body, json!({"msgtype": "m.text", "body": "Where?"}));
        let told = matrix().told(&talk(), &mut saved, &job("Where?"), &answer(200, r#"{"event_id":"$1"}"#));
        assert_eq!(told, Ok(Told::Done("$1".to_owned())));
        for (status, body, fault) in [
            (200, "{}", Fault::Unknown),
            (200, "<html>", Fault::Unknown),
            (403, r#"{"errcode":"M_FORBIDDEN"}"#, Fault::Gone),
            (429, r#"{"errcode":"M_LIMIT_EXCEEDED"}"#, Fault::Later(None)),
            (502, "", Fault::Unknown),
        ] {
            assert_eq!(
                matrix().told(&talk(), &mut saved, &job("x"), &answer(status, body)),
                Err(fault),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_room_whose_making_was_not_heard_of_is_looked_up() {
        let mut saved = Saved::new();
        let used = answer(400, r#"{"errcode":"M_ROOM_IN_USE","error":"taken"}"#);
        assert_eq!(matrix().told(&talk(), &mut saved, &job("x"), &used), Ok(Told::More));
        let (line, _) = asked(&saved);
        let alias = Matrix::alias(&talk(), &job("x"));
        assert_eq!(line, format!("GET https://m.example/_matrix/client/v3/directory/room/%23{alias}%3Am.example"));
        let found = answer(200, r#"{"room_id":"!r:m.example","servers":["m.example"]}"#);
        assert_eq!(matrix().told(&talk(), &mut saved, &job("x"), &found), Ok(Told::More));
        assert_eq!(matrix().place(&saved), Some("!r:m.example"));
    }

    #[test]
    fn news_are_those_of_others_and_an_end_is_written() {
        let message = |sender: &str, id: &str, kind: &str, body: &str| json!({"type": "m.room.message", "event_id": id, "sender": sender, "content": {"msgtype": kind, "body": body}});
        let sync = json!({"next_batch": "s2", "rooms": {"join": {"!r:m.example": {
            "timeline": {"events": [
                message("@help:m.example", "$0", "m.text", "Where?"),
                message("@ana:m.example", "$1", "m.text", "<b>Here</b>"),
                message("@bot:m.example", "$2", "m.notice", "Tag: parcels"),
                {"type": "m.room.member", "event_id": "$3", "sender": "@ana:m.example", "content": {}},
                message("@ana:m.example", "$4", "m.text", " !close "),
            ]},
            "ephemeral": {"events": [{"type": "m.typing", "content": {"user_ids": ["@help:m.example", "@ana:m.example"]}}]},
        }}}});
        let mut kept = Saved::new();
        let news = matrix().watched(&mut kept, &answer(200, &sync.to_string())).unwrap();
        let bot =
            News::Said { id: "$2".into(), name: "bot".into(), text: "Tag: parcels".into(), bot: true, choices: vec![] };
        let expected = [News::said("$1", "ana", "<b>Here</b>"), bot, News::Closed, News::Typing(true)];
        assert_eq!(news, expected.map(|news| ("!r:m.example".to_owned(), news)));
        assert_eq!(kept["since"], "s2");
        let next = matrix().watch(&Saved::new(), &kept).unwrap();
        assert!(next.url.contains("since=s2&timeout=20000"));
    }

    #[test]
    fn what_is_wrong_with_an_account_is_said() {
        let said = |status, body| matrix().probed(&answer(status, body)).unwrap_err();
        assert!(said(200, r#"{"user_id":"@other:m.example"}"#).contains("not of @help:m.example"));
        assert!(said(401, "{}").contains("token") && said(200, "<html>").contains("no Matrix homeserver"));
        assert_eq!(matrix().probed(&answer(200, r#"{"user_id":"@help:m.example"}"#)), Ok(()));
    }
}
