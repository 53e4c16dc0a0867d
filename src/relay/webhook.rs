//! A system of the shop's own: every message goes to an address of its, signed, and its answers come back
//! the same way.
//!
//! | going out, `POST` to `url` | |
//! | --- | --- |
//! | `{"v":1,"type":"help.request","id","at","conversation","question","text","context","note","person"}` | the first message |
//! | `{"v":1,"type":"help.message","id","at","conversation","text"}` | each later one |
//! | `{"v":1,"type":"help.told","id","conversation","note"}` | what the shopper answered in the help meanwhile |
//! | `{"v":1,"type":"help.rated","conversation","stars","comment"}`, `{"v":1,"type":"help.closed","conversation"}` | |
//!
//! | coming in, `POST` to `/relay/webhook` | |
//! | --- | --- |
//! | `{"v":1,"type":"help.answer","id","conversation","text","name"?,"html"?,"bot"?,"choices"?}` | an answer; the same id counts once |
//! | `{"v":1,"type":"help.typing","conversation","on"}`, `{"v":1,"type":"help.closed","conversation"}` | |
//!
//! Both carry `X-Help-Signature: t=<seconds since 1970>,v1=<hex of HMAC-SHA256(secret, t + "." + body)>`. An
//! answer of 200 to 299 that is no HTML and no broken JSON is a receipt. The same message may come twice, with the same `id`: that is one.

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{
    Adapter, Again, Answer, Ask, Body, Call, CallFault, Fault, Job, Kind, News, Placed, Request, Saved, Talk, Told,
};
use super::{brief, plain, sign, text_at};

/// Age after which a signature is too old, in milliseconds: what was overheard cannot be said again later.
const MAX_AGE_MS: u64 = 5 * 60_000;

/// Most characters of the note.
const MAX_NOTE_CHARS: usize = 8_000;

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "webhook",
    about: "a system of the shop's own, by signed requests",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://shop.example/help-requests",
            about: "where messages go",
        },
        Setting {
            name: "secret",
            holds: Holds::Secret,
            needed: true,
            example: "webhook-secret",
            about: "what both sides sign with",
        },
    ],
    make: |values| Ok(Box::new(Webhook::new(values))),
};

/// The system.
pub struct Webhook {
    url: String,
    secret: String,
}

impl Webhook {
    fn new(values: &Values) -> Self {
        Webhook { url: values.text("url"), secret: values.text("secret") }
    }

    fn signed(&self, body: &Value, now_ms: u64) -> Request {
        let text = body.to_string();
        let at = now_ms / 1000;
        let signature = sign::hex(&sign::hmac_sha256(&self.secret, format!("{at}.{text}").as_bytes()));
        Request::post(&self.url, Value::Null)
            .header("x-help-signature", &format!("t={at},v1={signature}"))
            .again(Again::Safe)
            .with(Body::Text("application/json", text))
    }
}

impl Adapter for Webhook {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        let mut body = json!({"v": 1, "conversation": talk.id});
        let more = match job {
            Job::Message { id, at_ms, .. } => {
                let first = !saved.contains_key("place");
                let mut more = json!({
                    "type": if first { "help.request" } else { "help.message" },
                    "id": id, "at": iso(*at_ms), "text": job.words(&talk.address),
                });
                if first {
                    let context: serde_json::Map<String, Value> = brief::facts(&talk.packet)
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value.into()))
                        .collect();
                    more["question"] = talk.question.clone().into();
                    more["context"] = context.into();
                    more["note"] = brief::note(talk, MAX_NOTE_CHARS).into();
                    more["person"] = json!({"email": talk.packet.person.email, "name": talk.packet.person.name});
                }
                more
            }
            Job::Told { id, text } => json!({"type": "help.told", "id": id, "note": brief::meanwhile(text)}),
            Job::Rated { stars, comment } => json!({"type": "help.rated", "stars": stars, "comment": comment}),
            Job::Closed => json!({"type": "help.closed"}),
        };
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        Some(Ask::Http(self.signed(&body, talk.now_ms)))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        match answer.yes() {
            // There is no key to fetch and no conversation to begin anew.
            Err(Fault::Key | Fault::Gone) => Err(Fault::Refused(format!("answers {}", answer.status))),
            other => other,
        }?;
        if !is_receipt(answer.body.trim()) {
            return Err(Fault::Unknown);
        }
        // What began with a note goes on with the first message.
        if matches!(job, Job::Message { .. }) {
            saved.insert("place".to_owned(), talk.id.clone());
        }
        Ok(Told::Done(job.id().to_owned()))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("place").map(String::as_str)
    }

    fn leave(&self, talk: &Talk, _: &Saved) -> Option<Request> {
        Some(self.signed(&json!({"v": 1, "type": "help.deleted", "conversation": talk.id}), talk.now_ms))
    }

    fn is_called(&self) -> bool {
        true
    }

    fn hook(&self, call: Call<'_>) -> Result<Placed, CallFault> {
        let header = (call.header)("x-help-signature").ok_or(CallFault::Unsigned)?;
        let part = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (at, given) = (part("t").ok_or(CallFault::Unsigned)?, part("v1").ok_or(CallFault::Unsigned)?);
        let at_ms = at.parse::<u64>().map_err(|_| CallFault::Unsigned)?.saturating_mul(1000);
        let signed = [at.as_bytes(), b".", call.body].concat();
        let right = sign::hex(&sign::hmac_sha256(&self.secret, &signed));
        if call.now_ms.abs_diff(at_ms) > MAX_AGE_MS || !sign::same(right.as_bytes(), given.as_bytes()) {
            return Err(CallFault::Unsigned);
        }
        let json: Value = serde_json::from_slice(call.body).map_err(|_| CallFault::Malformed)?;
        let place = text_at(&json, "/conversation").ok_or(CallFault::Malformed)?;
        let news = match json["type"].as_str() {
            Some("help.answer") => {
                let text = match json["html"].as_str() {
                    Some(html) => plain::text_of(html),
                    None => text_at(&json, "/text").ok_or(CallFault::Malformed)?,
                };
                let choices = json["choices"].as_array().into_iter().flatten();
                News::Said {
                    id: text_at(&json, "/id").ok_or(CallFault::Malformed)?,
                    name: text_at(&json, "/name").unwrap_or_default(),
                    text,
                    bot: json["bot"].as_bool().unwrap_or_default(),
                    choices: choices.filter_map(|one| one.as_str().map(str::to_owned)).collect(),
                }
            }
            Some("help.typing") => News::Typing(json["on"].as_bool().unwrap_or_default()),
            Some("help.closed") => News::Closed,
            _ => return Ok(Vec::new()),
        };
        Ok(vec![(place, news)])
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        Some(Request { method: "OPTIONS", ..Request::get(&self.url) })
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        match answer.status {
            404 | 410 => Err(format!("there is nothing at {} (it answers {}): correct `url`", self.url, answer.status)),
            500.. => Err(format!("{} answers {}: look into its own log", self.url, answer.status)),
            _ => Ok(()),
        }
    }
}

/// Whether words with a yes may be a receipt: a page is none, for a proxy or a sign-in answers so.
fn is_receipt(words: &str) -> bool {
    match words.as_bytes().first() {
        Some(b'<') => false,
        Some(b'{' | b'[') => serde_json::from_str::<Value>(words).is_ok(),
        _ => true,
    }
}

/// A time as JSON has it.
fn iso(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    at.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_790_000_000_000;

    fn webhook() -> Webhook {
        Webhook::new(&Values::of(&[("url", "https://shop.example/h"), ("secret", "s3cret")]))
    }

    fn message(text: &str) -> Job {
        Job::Message { id: "m1".to_owned(), text: text.to_owned(), files: Vec::new(), at_ms: NOW_MS }
    }

    fn body(ask: Option<Ask>) -> (Value, String) {
        let Some(Ask::Http(request)) = ask else { panic!("a request") };
        let Body::Text(_, text) = &request.body else { panic!("a text") };
        (serde_json::from_str(text).unwrap(), request.headers[0].1.clone())
    }

    #[test]
    fn the_first_message_brings_the_context_and_later_ones_do_not() {
        let mut talk = Talk { id: "c1".to_owned(), question: "Where?".to_owned(), now_ms: NOW_MS, ..Talk::default() };
        talk.packet.lang = "en".to_owned();
        let mut saved = Saved::new();
        let (first, signature) = body(webhook().ask(&talk, &saved, &message("Where?")));
        assert_eq!((first["type"].as_str(), first["context"]["language"].as_str()), (Some("help.request"), Some("en")));
        assert!(signature.starts_with("t=1790000000,v1="));
        let done = webhook().told(&talk, &mut saved, &message("Where?"), &Answer { status: 204, ..Answer::default() });
        assert_eq!(done, Ok(Told::Done("m1".to_owned())));
        let (later, _) = body(webhook().ask(&talk, &saved, &message("Hello?")));
        assert_eq!((later["type"].as_str(), &later["context"]), (Some("help.message"), &Value::Null));
    }

    #[test]
    fn what_is_signed_right_and_lately_is_heard() {
        let text = r#"{"v":1,"type":"help.answer","id":"a1","conversation":"c1","name":"Ana","html":"<p>On its <b>way</b></p>"}"#;
        let at = NOW_MS / 1000;
        let signature = |secret: &str, at: u64| {
            format!("t={at},v1={}", sign::hex(&sign::hmac_sha256(secret, format!("{at}.{text}").as_bytes())))
        };
        let heard = |value: Option<String>| {
            let header = |name: &str| value.clone().filter(|_| name == "x-help-signature");
            webhook().hook(Call { url: "", header: &header, body: text.as_bytes(), now_ms: NOW_MS })
        };
        let said = News::said("a1", "Ana", "On its way");
        assert_eq!(heard(Some(signature("s3cret", at))), Ok(vec![("c1".to_owned(), said)]));
        for wrong in [None, Some(signature("other", at)), Some(signature("s3cret", at - 600)), Some("t=x".to_owned())] {
            assert_eq!(heard(wrong), Err(CallFault::Unsigned));
        }
    }
}
