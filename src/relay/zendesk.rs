//! Zendesk: the question becomes a ticket, what the shopper did an internal note, each later message a comment;
//! what an agent answers in public comes back. By OAuth, for API tokens end.

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{Adapter, Again, Answer, Ask, Fault, Job, Kind, Listen, News, Request, Saved, Talk, Told};
use super::{brief, plain, proof_at, text_at};

/// Time before a token's end at which another is fetched, in milliseconds.
const MARGIN_MS: u64 = 60_000;

/// Time that a token without a stated end is used, in milliseconds.
const UNSTATED_MS: u64 = 3_600_000;

/// Seconds between two looks for answers.
const POLL_S: f64 = 20.0;

/// Most characters of a subject.
const MAX_SUBJECT_CHARS: usize = 80;

/// Most characters of the note.
const MAX_NOTE_CHARS: usize = 8_000;

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "zendesk-ticket",
    about: "Zendesk: a ticket, and the answers that agents give in it",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://shop.zendesk.com",
            about: "the account",
        },
        Setting {
            name: "client-id",
            holds: Holds::Text,
            needed: true,
            example: "helpnook",
            about: "identifier of the OAuth client",
        },
        Setting {
            name: "client-secret",
            holds: Holds::Secret,
            needed: true,
            example: "zendesk-secret",
            about: "its secret",
        },
        Setting {
            name: "fields",
            holds: Holds::Map,
            needed: false,
            example: "page: 4422761977114",
            about: "ticket fields, by the fact that goes into each",
        },
        Setting { name: "form", holds: Holds::Text, needed: false, example: "360000", about: "ticket form" },
        Setting {
            name: "poll-s",
            holds: Holds::Text,
            needed: false,
            example: "20",
            about: "seconds between two looks for answers",
        },
    ],
    make: |values| Zendesk::new(values).map(|one| Box::new(one) as Box<dyn Adapter>),
};

/// The account.
pub struct Zendesk {
    url: String,
    client: String,
    secret: String,
    fields: Vec<(String, u64)>,
    form: Option<u64>,
    poll_ms: u64,
}

impl Zendesk {
    fn new(values: &Values) -> Result<Self, String> {
        let number = |what: &str, text: &str| {
            text.parse::<u64>().map_err(|_| format!("`{what}` is `{text}`: expected a number as Zendesk shows it"))
        };
        let fields = values.map("fields");
        let fields = fields.iter().map(|(fact, id)| Ok((fact.clone(), number(fact, id)?)));
        let form = Some(values.text("form")).filter(|text| !text.is_empty());
        Ok(Zendesk {
            url: values.text("url"),
            client: values.text("client-id"),
            secret: values.text("client-secret"),
            fields: fields.collect::<Result<_, String>>()?,
            form: form.map(|text| number("form", &text)).transpose()?,
            poll_ms: values.seconds("poll-s", POLL_S)?,
        })
    }

    fn signed(&self, talk: &Talk, request: Request) -> Request {
        let token = talk.account.get("token").map_or("", String::as_str);
        request.header("authorization", &format!("Bearer {token}"))
    }

    fn ticket(&self, talk: &Talk, job: &Job) -> Value {
        let person = &talk.packet.person;
        let mut requester = json!({"name": talk.name()});
        if !person.email.is_empty() {
            requester["email"] = person.email.clone().into();
        }
        let subject =
            talk.question.lines().next().filter(|line| !line.trim().is_empty()).unwrap_or("A question from the shop");
        let mut ticket = json!({
            "subject": brief::cut(subject, MAX_SUBJECT_CHARS), "requester": requester, "external_id": talk.id,
            "comment": {"body": job.words(&talk.address), "public": true}, "tags": ["helpnook"],
        });
        let facts = brief::facts(&talk.packet);
        let known = |name: &str| facts.iter().find(|(fact, _)| *fact == name).map(|(_, value)| value.clone());
        let fields: Vec<Value> =
            self.fields.iter().filter_map(|(name, id)| Some(json!({"id": id, "value": known(name)?}))).collect();
        if !fields.is_empty() {
            ticket["custom_fields"] = fields.into();
        }
        if let Some(form) = self.form {
            ticket["ticket_form_id"] = form.into();
        }
        json!({"ticket": ticket})
    }

    fn comment(&self, talk: &Talk, ticket: &str, comment: &Value) -> Request {
        let body = json!({"ticket": {"comment": comment}});
        self.signed(talk, Request::put(format!("{}/api/v2/tickets/{ticket}.json", self.url), body).again(Again::Look))
    }

    fn comments(&self, talk: &Talk, ticket: &str) -> Request {
        let query = "include=users&sort_order=desc&per_page=100";
        self.signed(talk, Request::get(format!("{}/api/v2/tickets/{ticket}/comments.json?{query}", self.url)))
    }

    /// What the step that comes next writes into the ticket: the note first, then the words.
    fn written(talk: &Talk, saved: &Saved, job: &Job) -> Option<(String, bool)> {
        if !saved.contains_key("noted") {
            return Some((brief::note(talk, MAX_NOTE_CHARS), false));
        }
        match job {
            Job::Message { .. } => Some((job.words(&talk.address), true)),
            Job::Told { text, .. } => Some((brief::meanwhile(text), false)),
            Job::Rated { stars, comment } => Some((format!("Rated {stars} of 5. {comment}").trim().to_owned(), false)),
            Job::Closed => None,
        }
    }
}

impl Adapter for Zendesk {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        let Some(ticket) = saved.get("ticket") else {
            if !matches!(job, Job::Message { .. }) {
                return None;
            }
            let request = Request::post(format!("{}/api/v2/tickets.json", self.url), self.ticket(talk, job));
            // Zendesk takes two requests with the same key as one.
            return Some(Ask::Http(self.signed(talk, request).header("idempotency-key", job.id()).again(Again::Safe)));
        };
        let (text, public) = Self::written(talk, saved, job)?;
        let mut comment = json!({"body": text, "public": public});
        if let Some(requester) = saved.get("requester").and_then(|id| id.parse::<u64>().ok()).filter(|_| public) {
            comment["author_id"] = requester.into();
        }
        Some(Ask::Http(self.comment(talk, ticket, &comment)))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        if answer.status == 422 && answer.body.contains("closed prevents ticket update") {
            return Err(Fault::Gone);
        }
        let json = answer.json()?;
        let ticket = proof_at(&json, "/ticket/id")?;
        if !saved.contains_key("ticket") {
            saved.insert("ticket".to_owned(), ticket.clone());
            saved.insert("first".to_owned(), job.id().to_owned());
            if let Some(requester) = text_at(&json, "/ticket/requester_id") {
                saved.insert("requester".to_owned(), requester);
            }
            if brief::note(talk, MAX_NOTE_CHARS).is_empty() {
                saved.insert("noted".to_owned(), "nothing".to_owned());
                return Ok(Told::Done(ticket));
            }
            return Ok(Told::More);
        }
        let events = json.pointer("/audit/events").and_then(Value::as_array);
        let comment = events.into_iter().flatten().find(|event| event["type"] == "Comment");
        let id = comment.and_then(|comment| text_at(comment, "/id")).ok_or(Fault::Unknown)?;
        Ok(taken(saved, id, job))
    }

    fn look(&self, talk: &Talk, saved: &Saved, _: &Job) -> Option<Request> {
        Some(self.comments(talk, saved.get("ticket")?))
    }

    fn looked(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        let json = answer.json()?;
        let comments = json["comments"].as_array().ok_or(Fault::Unknown)?;
        let Some((text, public)) = Self::written(talk, saved, job) else { return Ok(None) };
        let last = saved.get("last").and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
        let ours = comments.iter().find(|one| {
            let newer = one["id"].as_u64().is_some_and(|id| id > last);
            newer && one["public"] == public && one["body"].as_str().is_some_and(|body| body.trim() == text.trim())
        });
        let Some(id) = ours.and_then(|one| text_at(one, "/id")) else { return Ok(None) };
        Ok(Some(taken(saved, id, job)))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("ticket").map(String::as_str)
    }

    fn leave(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        let comment = json!({"body": "The shopper deleted this conversation in the shop.", "public": false});
        Some(self.comment(talk, saved.get("ticket")?, &comment))
    }

    fn is_live(&self) -> bool {
        false
    }

    fn mails_answers(&self) -> bool {
        true
    }

    fn listen(&self, _: &Talk, saved: &Saved) -> Listen {
        if saved.contains_key("ticket") { Listen::Poll { every_ms: self.poll_ms } } else { Listen::No }
    }

    fn fetch(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        Some(self.comments(talk, saved.get("ticket")?))
    }

    fn fetched(&self, _: &Talk, saved: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let json = answer.json()?;
        let comments = json["comments"].as_array().ok_or(Fault::Unknown)?;
        let name = |id: &Value| {
            let user = json["users"].as_array().into_iter().flatten().find(|user| user["id"] == *id);
            user.and_then(|user| text_at(user, "/name")).unwrap_or_default()
        };
        let requester = saved.get("requester").cloned().unwrap_or_default();
        let mut news = Vec::new();
        // The newest come first.
        for one in comments.iter().rev() {
            let author = text_at(one, "/author_id").unwrap_or_default();
            if one["public"] != true || author == requester {
                continue;
            }
            let text = match one["html_body"].as_str() {
                Some(html) => plain::text_of(html),
                None => text_at(one, "/body").unwrap_or_default(),
            };
            let links =
                one["attachments"].as_array().into_iter().flatten().filter_map(|file| text_at(file, "/content_url"));
            let text = std::iter::once(text).chain(links).collect::<Vec<_>>().join("\n");
            news.push(News::said(proof_at(one, "/id")?, name(&one["author_id"]), text));
        }
        Ok(news)
    }

    fn key(&self, account: &Saved, now_ms: u64) -> Option<Request> {
        let until = account.get("until_ms").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        (until <= now_ms).then(|| {
            let body = json!({
                "grant_type": "client_credentials", "client_id": self.client, "client_secret": self.secret,
                "scope": "read write",
            });
            Request::post(format!("{}/oauth/tokens", self.url), body).again(Again::Safe)
        })
    }

    fn keyed(&self, account: &mut Saved, now_ms: u64, answer: &Answer) -> Result<(), Fault> {
        let json = answer.json()?;
        let lasts_ms = json["expires_in"].as_u64().map_or(UNSTATED_MS, |seconds| seconds.saturating_mul(1000));
        account.insert("token".to_owned(), proof_at(&json, "/access_token")?);
        account.insert("until_ms".to_owned(), (now_ms + lasts_ms.saturating_sub(MARGIN_MS)).to_string());
        Ok(())
    }

    fn probe(&self, account: &Saved) -> Option<Request> {
        let talk = Talk { account: account.clone(), ..Talk::default() };
        Some(self.signed(&talk, Request::get(format!("{}/api/v2/users/me.json", self.url))))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        let json = answer.json().map_err(|_| format!("{} answers {}: {}", self.url, answer.status, answer.words()))?;
        match text_at(&json, "/user/role").as_deref() {
            Some("agent" | "admin") => Ok(()),
            Some(role) => Err(format!("the OAuth client belongs to a user of role `{role}`: give it to an agent")),
            None => Err("the token belongs to nobody: make the OAuth client again, of kind confidential".to_owned()),
        }
    }
}

/// A comment is there: the words, or the note, after which words follow that the ticket was not made of.
fn taken(saved: &mut Saved, id: String, job: &Job) -> Told {
    saved.insert("last".to_owned(), id.clone());
    let is_note = saved.insert("noted".to_owned(), id.clone()).is_none();
    let is_first = saved.get("first").is_some_and(|first| first == job.id());
    if is_note && !is_first { Told::More } else { Told::Done(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zendesk() -> Zendesk {
        let mut values = Values::of(&[("url", "https://s.zendesk.com"), ("client-id", "h"), ("client-secret", "s")]);
        values.set_map("fields", vec![("page".to_owned(), "44".to_owned()), ("product".to_owned(), "45".to_owned())]);
        Zendesk::new(&values).unwrap()
    }

    fn message(id: &str) -> Job {
        Job::Message { id: id.to_owned(), text: "Hm".to_owned(), files: Vec::new(), at_ms: 0 }
    }

    fn body(ask: Option<Ask>) -> Value {
        let Some(Ask::Http(Request { body: super::super::Body::Json(body), .. })) = ask else { panic!("JSON") };
        body
    }

    fn answer(json: Value) -> Answer {
        Answer { status: 200, body: json.to_string(), retry_after_s: None }
    }

    #[test]
    fn a_ticket_then_a_note_then_comments() {
        let mut talk = Talk { id: "c".to_owned(), question: "Where?\nSoon?".to_owned(), ..Talk::default() };
        talk.packet.page.url = "https://shop.example/".to_owned();
        let mut saved = Saved::new();
        let ticket = body(zendesk().ask(&talk, &saved, &message("m1")));
        assert_eq!(ticket["ticket"]["subject"], "Where?");
        assert_eq!(ticket["ticket"]["custom_fields"], json!([{"id": 44, "value": "https://shop.example/"}]));
        assert_eq!(ticket["ticket"]["requester"], json!({"name": "Shopper"}));
        let made = answer(json!({"ticket": {"id": 35, "requester_id": 7}}));
        assert_eq!(zendesk().told(&talk, &mut saved, &message("m1"), &made), Ok(Told::More));
        let note = body(zendesk().ask(&talk, &saved, &message("m1")));
        assert_eq!(note["ticket"]["comment"], json!({"body": "page: https://shop.example/", "public": false}));
        let noted =
            |id: u32| answer(json!({"ticket": {"id": 35}, "audit": {"events": [{"type": "Comment", "id": id}]}}));
        assert_eq!(zendesk().told(&talk, &mut saved, &message("m1"), &noted(8)), Ok(Told::Done("8".to_owned())));
        let comment = body(zendesk().ask(&talk, &saved, &message("m2")));
        assert_eq!(comment["ticket"]["comment"], json!({"body": "Hm", "public": true, "author_id": 7}));
        assert_eq!(zendesk().told(&talk, &mut saved, &message("m2"), &noted(9)), Ok(Told::Done("9".to_owned())));
    }

    #[test]
    fn a_comment_whose_answer_was_lost_is_looked_for() {
        let talk = Talk::default();
        let known = [("ticket", "35"), ("noted", "8"), ("first", "m1"), ("last", "8")];
        let saved: Saved = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let looked = |id: u32| {
            let found = answer(json!({"comments": [{"id": id, "public": true, "body": "Hm"}]}));
            zendesk().looked(&talk, &mut saved.clone(), &message("m2"), &found)
        };
        assert_eq!(looked(9), Ok(Some(Told::Done("9".to_owned()))));
        assert_eq!(looked(7), Ok(None), "an older one of the same words is another");
    }

    #[test]
    fn only_public_answers_of_others_are_heard() {
        let mut saved: Saved =
            [("ticket".to_owned(), "35".to_owned()), ("requester".to_owned(), "7".to_owned())].into();
        let comments = json!({"users": [{"id": 1, "name": "Ana"}], "comments": [
            {"id": 3, "public": true, "author_id": 1, "html_body": "<p>Soon</p>"},
            {"id": 2, "public": false, "author_id": 1, "html_body": "secret"},
            {"id": 1, "public": true, "author_id": 7, "html_body": "Where?"},
        ]});
        let news = zendesk().fetched(&Talk::default(), &mut saved, &answer(comments));
        assert_eq!(news, Ok(vec![News::said("3", "Ana", "Soon")]));
    }

    #[test]
    fn a_closed_ticket_is_followed_by_another() {
        let closed = Answer {
            status: 422,
            body: r#"{"details":{"status":[{"description":"Status: closed prevents ticket update"}]}}"#.to_owned(),
            retry_after_s: None,
        };
        let mut saved: Saved = [("ticket".to_owned(), "35".to_owned())].into();
        assert_eq!(zendesk().told(&Talk::default(), &mut saved, &message("m"), &closed), Err(Fault::Gone));
    }
}
