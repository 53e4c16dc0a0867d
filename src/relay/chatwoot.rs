//! Chatwoot, by an inbox of the kind API: contact, conversation and messages by its client API, answers by its
//! socket, which speaks Rails' ActionCable.

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{
    Adapter, Again, Answer, Ask, Dial, Fault, Frame, Heard, Job, Kind, Listen, News, Request, Saved, Talk, Told,
};
use super::{brief, escaped, proof_at, sign, text_at};

/// Silence after which the socket is dead: it pings every 3 s.
const SILENCE_MS: u64 = 12_000;

/// Time between two signs of the shopper's presence.
const PRESENCE_MS: u64 = 60_000;

/// Most bytes of the note among the attributes.
const MAX_NOTE_BYTES: usize = 4_000;

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "chatwoot",
    about: "Chatwoot, by an inbox of the kind API",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://chat.shop.example",
            about: "where it runs",
        },
        Setting {
            name: "inbox",
            holds: Holds::Text,
            needed: true,
            example: "kE3pZ9vQw1sT",
            about: "identifier of the inbox",
        },
        Setting {
            name: "hmac",
            holds: Holds::Secret,
            needed: false,
            example: "chatwoot-hmac",
            about: "the inbox's secret, when it asks for verified identities",
        },
    ],
    make: |values| Ok(Box::new(Chatwoot::new(values))),
};

/// The inbox.
pub struct Chatwoot {
    url: String,
    inbox: String,
    hmac: String,
}

impl Chatwoot {
    fn new(values: &Values) -> Self {
        Chatwoot { url: values.text("url"), inbox: values.text("inbox"), hmac: values.text("hmac") }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/public/api/v1/inboxes/{}{path}", self.url, escaped(&self.inbox))
    }

    fn talk_at(&self, saved: &Saved, path: &str) -> Option<String> {
        let (contact, talk) = (saved.get("contact")?, saved.get("conversation")?);
        Some(self.at(&format!("/contacts/{}/conversations/{}{path}", escaped(contact), escaped(talk))))
    }

    fn channel(saved: &Saved) -> String {
        // The socket says this text back byte for byte.
        json!({"channel": "RoomChannel", "pubsub_token": saved.get("token").cloned().unwrap_or_default()}).to_string()
    }
}

impl Adapter for Chatwoot {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        match job {
            Job::Message { .. } => {}
            // A visitor's own interface makes no notes: agents read it beside the conversation.
            Job::Told { text, .. } => {
                let url = self.at(&format!("/contacts/{}", escaped(saved.get("contact")?)));
                let body = json!({"custom_attributes": {"answered_later": later(saved, text)}});
                let request = Request { method: "PATCH", ..Request::post(url, body) };
                return Some(Ask::Http(request.again(Again::Safe)));
            }
            Job::Rated { .. } | Job::Closed => return None,
        }
        let facts: serde_json::Map<String, Value> =
            brief::facts(&talk.packet).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let Some(contact) = saved.get("contact") else {
            let mut body = json!({"identifier": talk.id, "name": talk.name(), "custom_attributes": facts});
            if !talk.packet.person.email.is_empty() {
                body["email"] = talk.packet.person.email.clone().into();
            }
            if !self.hmac.is_empty() {
                let hash = sign::hmac_sha256(&self.hmac, talk.id.as_bytes());
                body["identifier_hash"] = sign::hex(&hash).into();
            }
            // The same identifier is the same contact.
            return Some(Ask::Http(Request::post(self.at("/contacts"), body).again(Again::Safe)));
        };
        let Some(url) = self.talk_at(saved, "/messages") else {
            let mut attributes = facts;
            let note = brief::cut_bytes(&brief::note(talk, MAX_NOTE_BYTES), MAX_NOTE_BYTES);
            if !note.is_empty() {
                attributes.insert("note".to_owned(), note.into());
            }
            let url = self.at(&format!("/contacts/{}/conversations", escaped(contact)));
            return Some(Ask::Http(Request::post(url, json!({"custom_attributes": attributes})).again(Again::Look)));
        };
        let body = json!({"content": job.words(&talk.address), "echo_id": job.id()});
        Some(Ask::Http(Request::post(url, body).again(Again::Look)))
    }

    fn told(&self, _: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        let json = answer.json()?;
        if let Job::Told { text, .. } = job {
            saved.insert("later".to_owned(), later(saved, text));
            return Ok(Told::Done(proof_at(&json, "/source_id")?));
        }
        if !saved.contains_key("contact") {
            let (contact, token) = (proof_at(&json, "/source_id")?, proof_at(&json, "/pubsub_token")?);
            saved.insert("contact".to_owned(), contact);
            saved.insert("token".to_owned(), token);
            return Ok(Told::More);
        }
        let id = proof_at(&json, "/id")?;
        if !saved.contains_key("conversation") {
            saved.insert("conversation".to_owned(), id);
            return Ok(Told::More);
        }
        saved.insert("last".to_owned(), id.clone());
        Ok(Told::Done(id))
    }

    fn look(&self, _: &Talk, saved: &Saved, _: &Job) -> Option<Request> {
        let contact = saved.get("contact")?;
        let url = self.talk_at(saved, "/messages");
        Some(Request::get(url.unwrap_or_else(|| self.at(&format!("/contacts/{}/conversations", escaped(contact))))))
    }

    fn looked(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        let json = answer.json()?;
        let all = json.as_array().ok_or(Fault::Unknown)?;
        if !saved.contains_key("conversation") {
            // The contact is this conversation's own: an open one is the one that was begun.
            let open = all.iter().rev().find(|one| one["status"] != "resolved");
            let Some(id) = open.and_then(|one| text_at(one, "/id")) else { return Ok(None) };
            saved.insert("conversation".to_owned(), id);
            return Ok(Some(Told::More));
        }
        let last = saved.get("last").and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
        let words = job.words(&talk.address);
        let ours = all.iter().find(|one| {
            let newer = number(&one["id"]).is_some_and(|id| id > last);
            newer
                && number(&one["message_type"]) == Some(0)
                && one["content"].as_str().is_some_and(|text| text.trim() == words.trim())
        });
        let Some(id) = ours.and_then(|one| text_at(one, "/id")) else { return Ok(None) };
        saved.insert("last".to_owned(), id.clone());
        Ok(Some(Told::Done(id)))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("conversation").map(String::as_str)
    }

    fn typing(&self, _: &Talk, saved: &Saved, on: bool) -> Option<Ask> {
        let status = if on { "on" } else { "off" };
        let url = self.talk_at(saved, &format!("/toggle_typing?typing_status={status}"))?;
        Some(Ask::Http(Request { method: "POST", ..Request::get(url) }))
    }

    fn listen(&self, _: &Talk, saved: &Saved) -> Listen {
        if !saved.contains_key("conversation") {
            return Listen::No;
        }
        // https becomes wss, http ws.
        let url = format!("{}/cable", self.url.replacen("http", "ws", 1));
        Listen::Socket(Dial {
            url,
            protocol: "actioncable-v1-json".to_owned(),
            origin: self.url.clone(),
            silence_ms: SILENCE_MS,
            tick_ms: PRESENCE_MS,
        })
    }

    fn fetch(&self, _: &Talk, saved: &Saved) -> Option<Request> {
        Some(Request::get(self.talk_at(saved, "/messages")?))
    }

    fn fetched(&self, _: &Talk, _: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let json = answer.json()?;
        Ok(json.as_array().ok_or(Fault::Unknown)?.iter().filter_map(said).collect())
    }

    fn hear(&self, _: &Talk, saved: &mut Saved, session: &mut Saved, frame: Frame<'_>) -> Vec<Heard> {
        let Frame::Text(text) = frame else {
            let up = session.contains_key("subscribed") && frame == Frame::Tick;
            return if up { vec![Heard::Say(presence(saved))] } else { Vec::new() };
        };
        let Ok(json) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        match json["type"].as_str() {
            Some("welcome") => {
                vec![Heard::Say(json!({"command": "subscribe", "identifier": Self::channel(saved)}).to_string())]
            }
            Some("confirm_subscription") => {
                session.insert("subscribed".to_owned(), "yes".to_owned());
                // What was said while nobody listened is not said again.
                vec![Heard::Ready, Heard::Fetch, Heard::Say(presence(saved))]
            }
            Some("reject_subscription" | "disconnect") => vec![Heard::Hang],
            Some(_) => Vec::new(),
            None => event(saved, &json["message"]),
        }
    }

    fn availability(&self, _: &Saved) -> Option<Request> {
        Some(Request::get(self.at("")))
    }

    fn available(&self, answer: &Answer, now_ms: u64) -> Option<bool> {
        is_open(&answer.json().ok()?, now_ms)
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        Some(Request::get(self.at("")))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        match answer.json() {
            Ok(json) if json["name"].is_string() => Ok(()),
            Err(Fault::Gone) => {
                Err(format!("Chatwoot knows no inbox `{}`: copy its identifier from the inbox's settings", self.inbox))
            }
            _ => Err(format!("{} answers {}, but is no Chatwoot: {}", self.url, answer.status, answer.words())),
        }
    }
}

/// What the shopper answered after the conversation began, the newest last.
fn later(saved: &Saved, text: &str) -> String {
    let all = [saved.get("later").map_or("", String::as_str), text].join("\n");
    brief::cut_bytes(all.trim(), MAX_NOTE_BYTES)
}

/// That the shopper is there.
fn presence(saved: &Saved) -> String {
    let data = json!({"action": "update_presence"}).to_string();
    json!({"command": "message", "identifier": Chatwoot::channel(saved), "data": data}).to_string()
}

/// What an event of the socket says.
fn event(saved: &mut Saved, message: &Value) -> Vec<Heard> {
    let data = &message["data"];
    let ours = |id: &Value| text_at(&json!({"id": id}), "/id").as_ref() == saved.get("conversation");
    match message["event"].as_str() {
        Some("message.created") if ours(&data["conversation_id"]) => said(data).map(Heard::News).into_iter().collect(),
        Some("conversation.typing_on") if ours(&data["conversation"]["id"]) && data["is_private"] != true => {
            vec![Heard::News(News::Typing(true))]
        }
        Some("conversation.typing_off") if ours(&data["conversation"]["id"]) => vec![Heard::News(News::Typing(false))],
        Some("conversation.status_changed") if ours(&data["id"]) && data["status"] == "resolved" => {
            vec![Heard::News(News::Closed)]
        }
        Some("contact.merged") => match text_at(data, "/pubsub_token") {
            Some(token) => {
                saved.insert("token".to_owned(), token);
                vec![Heard::Hang]
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A message of an agent or a bot.
fn said(message: &Value) -> Option<News> {
    let kind = number(&message["message_type"])?;
    if !matches!(kind, 1 | 3) || message["private"] == true {
        return None;
    }
    let files = message["attachments"].as_array().into_iter().flatten().filter_map(|file| text_at(file, "/data_url"));
    let text: Vec<String> = text_at(message, "/content").into_iter().chain(files).collect();
    let items = message.pointer("/content_attributes/items").and_then(Value::as_array);
    Some(News::Said {
        id: text_at(message, "/id")?,
        name: text_at(message, "/sender/name").unwrap_or_default(),
        text: text.join("\n"),
        bot: kind == 3 || message.pointer("/sender/type").is_some_and(|kind| kind == "agent_bot"),
        choices: items.into_iter().flatten().filter_map(|item| text_at(item, "/title")).collect(),
    })
}

/// A number, which some releases write as a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether the inbox's own hours say that somebody is there; nothing where it keeps none.
fn is_open(inbox: &Value, now_ms: u64) -> Option<bool> {
    if inbox["working_hours_enabled"] != true {
        return None;
    }
    let now = jiff::Timestamp::from_millisecond(i64::try_from(now_ms).ok()?).ok()?;
    let now = now.in_tz(inbox["timezone"].as_str()?).ok()?;
    let weekday = u64::try_from(now.weekday().to_sunday_zero_offset()).ok()?;
    let day = inbox["working_hours"].as_array()?.iter().find(|day| day["day_of_week"] == weekday)?;
    if day["closed_all_day"] == true {
        return Some(false);
    }
    let minute =
        |name: &str| Some(day[format!("{name}_hour")].as_i64()? * 60 + day[format!("{name}_minutes")].as_i64()?);
    let at = i64::from(now.hour()) * 60 + i64::from(now.minute());
    Some(day["open_all_day"] == true || (minute("open")?..minute("close")?).contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chatwoot() -> Chatwoot {
        Chatwoot::new(&Values::of(&[("url", "https://c.example"), ("inbox", "i"), ("hmac", "s")]))
    }

    fn saved() -> Saved {
        let known = [("contact", "src"), ("token", "tok"), ("conversation", "7"), ("last", "11")];
        known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn hear(text: &str) -> Vec<Heard> {
        chatwoot().hear(&Talk::default(), &mut saved(), &mut Saved::new(), Frame::Text(text))
    }

    #[test]
    fn the_socket_is_subscribed_to_and_what_was_missed_is_fetched() {
        let Listen::Socket(dial) = chatwoot().listen(&Talk::default(), &saved()) else { panic!("a socket") };
        assert_eq!((dial.url.as_str(), dial.protocol.as_str()), ("wss://c.example/cable", "actioncable-v1-json"));
        let subscribe =
            r#"{"command":"subscribe","identifier":"{\"channel\":\"RoomChannel\",\"pubsub_token\":\"tok\"}"}"#;
        assert_eq!(hear(r#"{"type":"welcome"}"#), [Heard::Say(subscribe.to_owned())]);
        assert_eq!(hear(r#"{"type":"confirm_subscription","identifier":"x"}"#)[..2], [Heard::Ready, Heard::Fetch]);
        assert_eq!(hear(r#"{"type":"ping","message":1}"#), []);
        assert_eq!(hear(r#"{"type":"reject_subscription"}"#), [Heard::Hang]);
    }

    #[test]
    fn answers_typing_and_the_end_of_this_conversation_are_heard_and_no_others() {
        let event = |event: &str, data: Value| {
            hear(&json!({"identifier": "x", "message": {"event": event, "data": data}}).to_string())
        };
        let message = |kind: u32, talk: u32| json!({"id": 12, "message_type": kind, "conversation_id": talk, "content": "Hi", "sender": {"name": "Ana"}});
        assert_eq!(event("message.created", message(1, 7)), [Heard::News(News::said("12", "Ana", "Hi"))]);
        assert_eq!(event("message.created", message(0, 7)), [], "the shopper's own");
        assert_eq!(event("message.created", message(1, 8)), [], "another conversation");
        let typing = |private: bool| json!({"conversation": {"id": 7}, "is_private": private});
        assert_eq!(event("conversation.typing_on", typing(false)), [Heard::News(News::Typing(true))]);
        assert_eq!(event("conversation.typing_on", typing(true)), []);
        assert_eq!(
            event("conversation.status_changed", json!({"id": 7, "status": "resolved"})),
            [Heard::News(News::Closed)]
        );
    }

    #[test]
    fn an_identity_is_verified_where_there_is_a_secret() {
        let talk = Talk { id: "c1".to_owned(), ..Talk::default() };
        let job = Job::Message { id: "m".to_owned(), text: "Hi".to_owned(), files: Vec::new(), at_ms: 0 };
        let Some(Ask::Http(Request { body: super::super::Body::Json(body), .. })) =
            chatwoot().ask(&talk, &Saved::new(), &job)
        else {
            panic!("JSON")
        };
        assert_eq!(body["identifier_hash"], sign::hex(&sign::hmac_sha256("s", b"c1")));
    }

    #[test]
    fn hours_of_the_inbox_tell_whether_somebody_is_there() {
        let hours = |day: u64| {
            json!({"working_hours_enabled": true, "timezone": "UTC", "working_hours": [
            {"day_of_week": day, "closed_all_day": false, "open_hour": 9, "open_minutes": 0, "close_hour": 17, "close_minutes": 30}]})
        };
        // A Monday, 17:29 and 17:30.
        let at = 1_790_011_740_000;
        assert_eq!((is_open(&hours(1), at), is_open(&hours(1), at + 60_000)), (Some(true), Some(false)));
        assert_eq!((is_open(&hours(2), at), is_open(&json!({}), at)), (None, None));
    }
}
