//! Zendesk's Sunshine Conversations: a user and a conversation of our own, messages by its API, answers by a
//! call of its, and by a look now and then.

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{
    Adapter, Again, Answer, Ask, Call, CallFault, Fault, Job, Kind, Listen, News, Placed, Request, Saved, Talk, Told,
};
use super::{brief, escaped, parts, proof_at, sign, text_at};

/// Most characters of a message.
const MAX_TEXT_CHARS: usize = 4_096;

/// Most bytes of what goes with a conversation.
const MAX_METADATA_BYTES: usize = 4_096;

/// Most bytes of what came later, which JSON at most doubles.
const MAX_LATER_BYTES: usize = 800;

/// Time between two looks for answers whose call was lost.
const POLL_MS: u64 = 60_000;

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "zendesk-sunco",
    about: "Zendesk's Sunshine Conversations: messages in Zendesk's own agent workspace",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://shop.zendesk.com/sc",
            about: "the account",
        },
        Setting {
            name: "app",
            holds: Holds::Text,
            needed: true,
            example: "5698edbf2a43bd081be982f1",
            about: "id of the app",
        },
        Setting {
            name: "key-id",
            holds: Holds::Text,
            needed: true,
            example: "app_5698edbf2a43bd08",
            about: "id of the API key",
        },
        Setting { name: "key-secret", holds: Holds::Secret, needed: true, example: "sunco-key", about: "its secret" },
        Setting {
            name: "webhook-secret",
            holds: Holds::Secret,
            needed: true,
            example: "sunco-webhook",
            about: "secret of the webhook that calls ADDRESS/relay/zendesk-sunco",
        },
    ],
    make: |values| Ok(Box::new(Sunco::new(values))),
};

/// The app.
pub struct Sunco {
    base: String,
    authorization: String,
    webhook_secret: String,
}

impl Sunco {
    fn new(values: &Values) -> Self {
        Sunco {
            base: format!("{}/v2/apps/{}", values.text("url"), escaped(&values.text("app"))),
            authorization: sign::basic(&values.text("key-id"), &values.text("key-secret")),
            webhook_secret: values.text("webhook-secret"),
        }
    }

    fn request(&self, path: &str, body: Value) -> Request {
        Request::post(format!("{}{path}", self.base), body).header("authorization", &self.authorization)
    }

    fn messages(&self, saved: &Saved) -> Option<Request> {
        let url = format!("{}/conversations/{}/messages", self.base, escaped(saved.get("conversation")?));
        Some(Request::get(url).header("authorization", &self.authorization))
    }
}

impl Adapter for Sunco {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        match job {
            Job::Message { .. } => {}
            // There are no notes: what agents read beside the conversation is written anew, with this.
            Job::Told { text, .. } => {
                let url = format!("{}/conversations/{}", self.base, escaped(saved.get("conversation")?));
                let request =
                    Request { method: "PATCH", ..self.request("", json!({"metadata": later(talk, saved, text)})) };
                return Some(Ask::Http(Request { url, ..request }.again(Again::Safe)));
            }
            Job::Rated { .. } | Job::Closed => return None,
        }
        if !saved.contains_key("user") {
            let person = &talk.packet.person;
            let mut profile = json!({"givenName": talk.name()});
            if !person.email.is_empty() {
                profile["email"] = person.email.clone().into();
            }
            if !talk.packet.lang.is_empty() {
                profile["locale"] = talk.packet.lang.clone().into();
            }
            let body = json!({"externalId": talk.id, "profile": profile});
            return Some(Ask::Http(self.request("/users", body).again(Again::Safe)));
        }
        let Some(conversation) = saved.get("conversation") else {
            let body = json!({
                "type": "personal", "participants": [{"userExternalId": talk.id}],
                "metadata": brief::bounded(talk, MAX_METADATA_BYTES),
            });
            return Some(Ask::Http(self.request("/conversations", body)));
        };
        let (at, text, _) = parts::next(talk, saved, job, MAX_TEXT_CHARS)?;
        let body = json!({
            "author": {"type": "user", "userExternalId": talk.id}, "content": {"type": "text", "text": text},
            "metadata": {"local": job.id(), "part": at},
        });
        let path = format!("/conversations/{}/messages", escaped(conversation));
        Some(Ask::Http(self.request(&path, body).again(Again::Look)))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        // The user that was to be made is there already.
        if answer.status == 409 && !saved.contains_key("user") {
            saved.insert("user".to_owned(), talk.id.clone());
            return Ok(Told::More);
        }
        // A conversation takes so many messages and no more.
        if answer.status == 423 {
            return Err(Fault::Gone);
        }
        let json = answer.json()?;
        if let Job::Told { text, .. } = job {
            saved.insert("later".to_owned(), told_later(saved, text));
            return Ok(Told::Done(proof_at(&json, "/conversation/id")?));
        }
        if !saved.contains_key("user") {
            saved.insert("user".to_owned(), proof_at(&json, "/user/id")?);
            return Ok(Told::More);
        }
        if !saved.contains_key("conversation") {
            saved.insert("conversation".to_owned(), proof_at(&json, "/conversation/id")?);
            saved.insert("before".to_owned(), brief::cut_bytes(&talk.before, MAX_METADATA_BYTES));
            return Ok(Told::More);
        }
        let id = proof_at(&json, "/messages/0/id")?;
        Ok(parts::taken(talk, saved, job, MAX_TEXT_CHARS, id))
    }

    fn look(&self, _: &Talk, saved: &Saved, _: &Job) -> Option<Request> {
        self.messages(saved)
    }

    fn looked(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        let json = answer.json()?;
        let all = json["messages"].as_array().ok_or(Fault::Unknown)?;
        let at = parts::next(talk, saved, job, MAX_TEXT_CHARS).map_or(0, |(at, ..)| at);
        let ours = all.iter().find(|one| {
            one.pointer("/metadata/local").is_some_and(|local| local == job.id())
                && text_at(one, "/metadata/part").is_none_or(|part| part == at.to_string())
        });
        let id = ours.and_then(|one| text_at(one, "/id"));
        Ok(id.map(|id| parts::taken(talk, saved, job, MAX_TEXT_CHARS, id)))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("conversation").map(String::as_str)
    }

    fn listen(&self, _: &Talk, saved: &Saved) -> Listen {
        if saved.contains_key("conversation") { Listen::Poll { every_ms: POLL_MS } } else { Listen::No }
    }

    fn fetch(&self, _: &Talk, saved: &Saved) -> Option<Request> {
        self.messages(saved)
    }

    fn fetched(&self, _: &Talk, _: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let json = answer.json()?;
        Ok(json["messages"].as_array().into_iter().flatten().filter_map(said).collect())
    }

    fn is_called(&self) -> bool {
        true
    }

    fn hook(&self, call: Call<'_>) -> Result<Placed, CallFault> {
        let key = (call.header)("x-api-key").ok_or(CallFault::Unsigned)?;
        if !sign::same(key.as_bytes(), self.webhook_secret.as_bytes()) {
            return Err(CallFault::Unsigned);
        }
        let json: Value = serde_json::from_slice(call.body).map_err(|_| CallFault::Malformed)?;
        let events = json["events"].as_array().ok_or(CallFault::Malformed)?;
        Ok(events.iter().filter_map(event).collect())
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        Some(Request::get(&self.base).header("authorization", &self.authorization))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        match answer.json() {
            Ok(_) => Ok(()),
            Err(Fault::Key) => Err("the key is not let in: check `key-id` and its secret".to_owned()),
            Err(Fault::Gone) => Err("there is no such app: check `app` and `url`".to_owned()),
            Err(_) => Err(format!("answers {}: {}", answer.status, answer.words())),
        }
    }
}

/// What the shopper answered after the conversation began, the newest last.
fn told_later(saved: &Saved, text: &str) -> String {
    let all = [saved.get("later").map_or("", String::as_str), text].join("\n");
    brief::cut_bytes(all.trim(), MAX_LATER_BYTES)
}

/// What agents read beside the conversation, with what came later.
fn later(talk: &Talk, saved: &Saved, text: &str) -> serde_json::Map<String, Value> {
    let talk = Talk { before: saved.get("before").cloned().unwrap_or_default(), ..talk.clone() };
    let mut all = brief::bounded(&talk, MAX_METADATA_BYTES - 2 * MAX_LATER_BYTES);
    all.insert("answered_later".to_owned(), told_later(saved, text).into());
    all
}

/// What an event of a call says, and where.
fn event(event: &Value) -> Option<(String, News)> {
    let payload = &event["payload"];
    let place = text_at(payload, "/conversation/id")?;
    let news = match event["type"].as_str()? {
        "conversation:message" => said(&payload["message"])?,
        "conversation:typing" if payload.pointer("/activity/author/type").is_some_and(|kind| kind == "business") => {
            News::Typing(payload.pointer("/activity/type").is_some_and(|kind| kind == "typing:start"))
        }
        _ => return None,
    };
    Some((place, news))
}

/// A message of the shop's side.
fn said(message: &Value) -> Option<News> {
    if message.pointer("/author/type").is_none_or(|kind| kind != "business") {
        return None;
    }
    let content = &message["content"];
    let words = ["/text", "/mediaUrl"].into_iter().filter_map(|part| text_at(content, part));
    let actions = || content["actions"].as_array().into_iter().flatten();
    let links = actions().filter_map(|one| Some(format!("{}: {}", text_at(one, "/text")?, text_at(one, "/uri")?)));
    let choices = actions().filter(|one| one["type"] == "reply").filter_map(|one| text_at(one, "/text"));
    Some(News::Said {
        id: text_at(message, "/id")?,
        name: text_at(message, "/author/displayName").unwrap_or_default(),
        text: words.chain(links).collect::<Vec<_>>().join("\n"),
        bot: message
            .pointer("/author/subtypes")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|one| one == "AI")),
        choices: choices.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sunco() -> Sunco {
        Sunco::new(&Values::of(&[
            ("url", "https://s.zendesk.com/sc"),
            ("app", "a1"),
            ("key-id", "k"),
            ("key-secret", "s"),
            ("webhook-secret", "w"),
        ]))
    }

    fn job(text: &str) -> Job {
        Job::Message { id: "m1".to_owned(), text: text.to_owned(), files: Vec::new(), at_ms: 0 }
    }

    #[test]
    fn a_long_message_goes_in_parts_and_is_taken_with_the_last() {
        let talk = Talk { id: "c1".to_owned(), ..Talk::default() };
        let mut saved: Saved = [("user", "u"), ("conversation", "v")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        let long = job(&"ä".repeat(5_000));
        let sent = |saved: &Saved| match sunco().ask(&talk, saved, &long) {
            Some(Ask::Http(Request { body: super::super::Body::Json(body), .. })) => {
                body["content"]["text"].as_str().unwrap().chars().count()
            }
            other => panic!("{other:?}"),
        };
        let yes =
            |id: &str| Answer { status: 201, body: json!({"messages": [{"id": id}]}).to_string(), retry_after_s: None };
        assert_eq!(sent(&saved), 4_096);
        assert_eq!(sunco().told(&talk, &mut saved, &long, &yes("p0")), Ok(Told::More));
        assert_eq!(sent(&saved), 904);
        assert_eq!(sunco().told(&talk, &mut saved, &long, &yes("p1")), Ok(Told::Done("p1".to_owned())));
        assert!(!saved.contains_key("part"));
    }

    #[test]
    fn a_user_that_is_there_is_no_fault_and_a_full_conversation_is_followed_by_another() {
        let answer = |status| Answer { status, body: "{}".to_owned(), retry_after_s: None };
        let mut saved = Saved::new();
        assert_eq!(sunco().told(&Talk::default(), &mut saved, &job("x"), &answer(409)), Ok(Told::More));
        assert_eq!(sunco().told(&Talk::default(), &mut saved, &job("x"), &answer(423)), Err(Fault::Gone));
    }

    #[test]
    fn calls_are_heard_with_the_right_key_alone() {
        let body = json!({"events": [
            {"type": "conversation:message", "payload": {"conversation": {"id": "v"}, "message": {"id": "1",
                "author": {"type": "business", "displayName": "Ana"}, "content": {"type": "text", "text": "Pick one",
                "actions": [{"type": "reply", "text": "Red"}, {"type": "link", "text": "Look", "uri": "https://a.example"}]}}}},
            {"type": "conversation:message", "payload": {"conversation": {"id": "v"}, "message": {"id": "2",
                "author": {"type": "user"}, "content": {"type": "text", "text": "mine"}}}},
        ]})
        .to_string();
        let heard = |key: &'static str| {
            let header = move |name: &str| (name == "x-api-key").then(|| key.to_owned());
            sunco().hook(Call { url: "", header: &header, body: body.as_bytes(), now_ms: 0 })
        };
        assert_eq!(heard("other"), Err(CallFault::Unsigned));
        let said = News::Said {
            id: "1".to_owned(),
            name: "Ana".to_owned(),
            text: "Pick one\nLook: https://a.example".to_owned(),
            bot: false,
            choices: vec!["Red".to_owned()],
        };
        assert_eq!(heard("w"), Ok(vec![("v".to_owned(), said)]));
    }
}
