//! Twilio Flex by Conversations: a web chat is begun at Flex, messages go and come by the Conversations API;
//! agents see them where they see every chat, and no script of Twilio's runs in the shop.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::settings::{Holds, Setting, Values};
use super::{
    Adapter, Again, Answer, Ask, Call, CallFault, Fault, Job, Kind, Listen, News, Placed, Request, Saved, Talk, Told,
};
use super::{brief, escaped, parts, proof_at, sign, text_at};

/// Most characters of a message.
const MAX_TEXT_CHARS: usize = 1_600;

/// Most bytes of what goes with a chat: Twilio keeps 16 KB of attributes.
const MAX_CONTEXT_BYTES: usize = 12_000;

/// Time between two looks for answers, where Twilio calls us as well and where it cannot.
const POLL_MS: (u64, u64) = (30_000, 3_000);

/// Whom notes are by: neither the shopper nor an agent.
const NOTES: &str = "helpnook";

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "twilio-conversations",
    about: "Twilio Flex, by its Conversations API",
    settings: &[
        Setting {
            name: "account",
            holds: Holds::Text,
            needed: true,
            example: "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            about: "SID of the account",
        },
        Setting {
            name: "auth-token",
            holds: Holds::Secret,
            needed: true,
            example: "twilio-token",
            about: "its auth token, which also signs what Twilio calls",
        },
        Setting {
            name: "address-sid",
            holds: Holds::Text,
            needed: true,
            example: "IGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            about: "Conversations address of the kind chat, whose Studio flow ends in Send to Flex",
        },
        Setting {
            name: "flex-url",
            holds: Holds::Url,
            needed: false,
            example: "https://flex-api.twilio.com",
            about: "Flex's API, for accounts of a region",
        },
        Setting {
            name: "conversations-url",
            holds: Holds::Url,
            needed: false,
            example: "https://conversations.twilio.com",
            about: "the Conversations API, for accounts of a region",
        },
    ],
    make: |values| Ok(Box::new(Twilio::new(values))),
};

/// The account.
pub struct Twilio {
    flex: String,
    conversations: String,
    authorization: String,
    token: String,
    address: String,
}

impl Twilio {
    fn new(values: &Values) -> Self {
        let url = |name: &str, default: &str| {
            let text = values.text(name);
            if text.is_empty() { default.to_owned() } else { text }
        };
        Twilio {
            flex: url("flex-url", "https://flex-api.twilio.com"),
            conversations: url("conversations-url", "https://conversations.twilio.com"),
            authorization: sign::basic(&values.text("account"), &values.text("auth-token")),
            token: values.text("auth-token"),
            address: values.text("address-sid"),
        }
    }

    fn at(&self, saved: &Saved, path: &str) -> Option<String> {
        Some(format!("{}/v1/Conversations/{}{path}", self.conversations, escaped(saved.get("conversation")?)))
    }

    fn form(&self, url: String, rows: &[(&str, &str)]) -> Request {
        Request::form(url, rows).header("authorization", &self.authorization)
    }

    fn messages(&self, saved: &Saved) -> Option<Request> {
        let url = self.at(saved, "/Messages?Order=desc&PageSize=50")?;
        Some(Request::get(url).header("authorization", &self.authorization))
    }
}

impl Adapter for Twilio {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask> {
        let request = match job {
            Job::Message { .. } if !saved.contains_key("conversation") => {
                let mut context = brief::bounded(talk, MAX_CONTEXT_BYTES);
                context.insert("friendlyName".to_owned(), talk.name().into());
                context.insert("query".to_owned(), brief::cut(&talk.question, 1_000).into());
                if !talk.packet.person.email.is_empty() {
                    context.insert("email".to_owned(), talk.packet.person.email.clone().into());
                }
                let (name, context) = (talk.name(), Value::Object(context).to_string());
                let rows = [
                    ("AddressSid", self.address.as_str()),
                    ("ChatFriendlyName", "Webchat"),
                    ("CustomerFriendlyName", name),
                    ("PreEngagementData", &context),
                ];
                self.form(format!("{}/v2/WebChats", self.flex), &rows)
            }
            Job::Message { .. } if !saved.contains_key("called") && !talk.address.is_empty() => {
                let url = format!("{}/relay/{}", talk.address, KIND.name);
                let rows = [
                    ("Target", "webhook"),
                    ("Configuration.Url", url.as_str()),
                    ("Configuration.Method", "post"),
                    ("Configuration.Filters", "onMessageAdded"),
                    ("Configuration.Filters", "onConversationStateUpdated"),
                ];
                // Called twice is heard once.
                self.form(self.at(saved, "/Webhooks")?, &rows).again(Again::Safe)
            }
            Job::Message { id, .. } => {
                let (at, text, _) = parts::next(talk, saved, job, MAX_TEXT_CHARS)?;
                let attributes = json!({"local": id, "part": at}).to_string();
                let author = saved.get("identity").map_or("", String::as_str);
                let rows = [("Author", author), ("Body", &text), ("Attributes", &attributes)];
                self.form(self.at(saved, "/Messages")?, &rows).again(Again::Look)
            }
            Job::Told { id, text } => {
                let attributes = json!({"local": id, "part": 0}).to_string();
                let text = brief::cut(&format!("{}\n{}", brief::NOT_THEIRS, brief::meanwhile(text)), MAX_TEXT_CHARS);
                let rows = [("Author", NOTES), ("Body", &text), ("Attributes", &attributes)];
                self.form(self.at(saved, "/Messages")?, &rows).again(Again::Look)
            }
            Job::Closed => self.form(self.at(saved, "")?, &[("State", "closed")]).again(Again::Safe),
            Job::Rated { .. } => return None,
        };
        Some(Ask::Http(request))
    }

    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault> {
        // "Conversation is closed": an agent ended it.
        let is_closed = || serde_json::from_str::<Value>(&answer.body).is_ok_and(|json| json["code"] == 50438);
        if answer.status == 403 && is_closed() {
            return Err(Fault::Gone);
        }
        let json = answer.json()?;
        if !saved.contains_key("conversation") {
            let (conversation, identity) = (proof_at(&json, "/conversation_sid")?, proof_at(&json, "/identity")?);
            saved.insert("conversation".to_owned(), conversation);
            saved.insert("identity".to_owned(), identity);
            return Ok(Told::More);
        }
        let sid = proof_at(&json, "/sid")?;
        if !matches!(job, Job::Message { .. }) {
            return Ok(Told::Done(sid));
        }
        if !saved.contains_key("called") && !talk.address.is_empty() {
            saved.insert("called".to_owned(), sid);
            return Ok(Told::More);
        }
        Ok(parts::taken(talk, saved, job, MAX_TEXT_CHARS, sid))
    }

    fn look(&self, _: &Talk, saved: &Saved, _: &Job) -> Option<Request> {
        self.messages(saved)
    }

    fn looked(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        let json = answer.json()?;
        let all = json["messages"].as_array().ok_or(Fault::Unknown)?;
        let at = parts::next(talk, saved, job, MAX_TEXT_CHARS).map_or(0, |(at, ..)| at);
        let ours = all.iter().find(|one| {
            let attributes = one["attributes"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
            attributes.is_some_and(|known| known["local"] == job.id() && known["part"] == at)
        });
        let sid = ours.and_then(|one| text_at(one, "/sid"));
        Ok(sid.map(|sid| parts::taken(talk, saved, job, MAX_TEXT_CHARS, sid)))
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("conversation").map(String::as_str)
    }

    fn leave(&self, _: &Talk, saved: &Saved) -> Option<Request> {
        Some(self.form(self.at(saved, "")?, &[("State", "closed")]))
    }

    fn listen(&self, _: &Talk, saved: &Saved) -> Listen {
        let (slow, fast) = POLL_MS;
        match (saved.contains_key("conversation"), saved.contains_key("called")) {
            (false, _) => Listen::No,
            (true, called) => Listen::Poll { every_ms: if called { slow } else { fast } },
        }
    }

    fn fetch(&self, _: &Talk, saved: &Saved) -> Option<Request> {
        self.messages(saved)
    }

    fn fetched(&self, _: &Talk, saved: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let json = answer.json()?;
        let own = saved.get("identity").cloned().unwrap_or_default();
        let said = |one: &Value| {
            let author = text_at(one, "/author").filter(|author| *author != own && *author != NOTES)?;
            Some(News::said(text_at(one, "/sid")?, shown(&author), text_at(one, "/body")?))
        };
        // The newest come first.
        Ok(json["messages"].as_array().into_iter().flatten().rev().filter_map(said).collect())
    }

    fn hook(&self, call: Call<'_>) -> Result<Placed, CallFault> {
        let fields: BTreeMap<String, String> = form_urlencoded::parse(call.body).into_owned().collect();
        // Twilio signs the address and every field, in the order of their names.
        let signed = fields.iter().fold(call.url.to_owned(), |text, (name, value)| text + name + value);
        let right = sign::base64(&sign::hmac_sha1(&self.token, signed.as_bytes()));
        let given = (call.header)("x-twilio-signature").ok_or(CallFault::Unsigned)?;
        if !sign::same(right.as_bytes(), given.as_bytes()) {
            return Err(CallFault::Unsigned);
        }
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let news = match field("EventType").as_str() {
            // What we said ourselves carries our mark.
            "onMessageAdded" if field("Attributes").contains("\"local\"") => return Ok(Vec::new()),
            "onMessageAdded" if !field("Body").is_empty() => {
                News::said(field("MessageSid"), shown(&field("Author")), field("Body"))
            }
            "onConversationStateUpdated" if field("StateTo") == "closed" => News::Closed,
            _ => return Ok(Vec::new()),
        };
        Ok(vec![(field("ConversationSid"), news)])
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        let url = format!("{}/v1/Configuration/Addresses/{}", self.conversations, escaped(&self.address));
        Some(Request::get(url).header("authorization", &self.authorization))
    }

    fn probed(&self, answer: &Answer) -> Result<(), String> {
        let json = match answer.json() {
            Ok(json) => json,
            Err(Fault::Key) => return Err("the account is not let in: check `account` and its auth token".to_owned()),
            Err(Fault::Gone) => {
                return Err(format!("there is no address `{}`: make one of the kind chat", self.address));
            }
            Err(_) => return Err(format!("answers {}: {}", answer.status, answer.words())),
        };
        if json["type"] != "chat" {
            return Err(format!(
                "the address is of the kind `{}`: make one of the kind chat",
                text_at(&json, "/type").unwrap_or_default()
            ));
        }
        if json.pointer("/auto_creation/type").is_none_or(|kind| kind != "studio") {
            return Err(
                "the address points at no Studio flow, so nothing reaches an agent: set one that ends in Send to Flex"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// An agent's identity as a name: `ana_40shop_2Eexample` is an address with marks for its signs.
fn shown(author: &str) -> String {
    let plain = author.replace("_40", "@").replace("_2E", ".");
    plain.split('@').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twilio() -> Twilio {
        Twilio::new(&Values::of(&[("account", "AC1"), ("auth-token", "12345"), ("address-sid", "IG1")]))
    }

    #[test]
    fn a_call_is_heard_when_twilio_signed_it() {
        let url = "https://help.shop.example/relay/twilio-conversations";
        let body = "EventType=onMessageAdded&Source=SDK&ConversationSid=CH1&MessageSid=IM1&Author=ana_40shop_2Eexample&Body=On+its%20way";
        let text = format!(
            "{url}Authorana_40shop_2EexampleBodyOn its wayConversationSidCH1EventTypeonMessageAddedMessageSidIM1SourceSDK"
        );
        let signature = sign::base64(&sign::hmac_sha1("12345", text.as_bytes()));
        let heard = |signature: String, url: &str| {
            let header = |name: &str| (name == "x-twilio-signature").then(|| signature.clone());
            twilio().hook(Call { url, header: &header, body: body.as_bytes(), now_ms: 0 })
        };
        assert_eq!(heard(signature.clone(), url), Ok(vec![("CH1".to_owned(), News::said("IM1", "ana", "On its way"))]));
        assert_eq!(heard(signature, "https://other.example/relay/twilio-conversations"), Err(CallFault::Unsigned));
        assert_eq!(heard("x".to_owned(), url), Err(CallFault::Unsigned));
    }

    #[test]
    fn a_chat_is_begun_then_calls_are_asked_for_then_the_words_go() {
        let talk = Talk { address: "https://h.example".to_owned(), question: "Hm".to_owned(), ..Talk::default() };
        let job = Job::Message { id: "m".to_owned(), text: "Hm".to_owned(), files: Vec::new(), at_ms: 0 };
        let mut saved = Saved::new();
        let mut urls = Vec::new();
        for json in [
            json!({"conversation_sid": "CH1", "identity": "guest"}),
            json!({"sid": "WH1"}),
            json!({"sid": "IM1", "index": 0}),
        ] {
            let Some(Ask::Http(request)) = twilio().ask(&talk, &saved, &job) else { panic!("a request") };
            urls.push(request.url);
            let answer = Answer { status: 201, body: json.to_string(), retry_after_s: None };
            twilio().told(&talk, &mut saved, &job, &answer).unwrap();
        }
        let paths = [
            "https://flex-api.twilio.com/v2/WebChats",
            "https://conversations.twilio.com/v1/Conversations/CH1/Webhooks",
            "https://conversations.twilio.com/v1/Conversations/CH1/Messages",
        ];
        assert_eq!(urls, paths);
    }

    #[test]
    fn an_ended_chat_is_followed_by_another_and_a_wrong_address_is_told() {
        let closed = Answer { status: 403, body: r#"{"code":50438}"#.to_owned(), retry_after_s: None };
        let job = Job::Closed;
        assert_eq!(twilio().told(&Talk::default(), &mut Saved::new(), &job, &closed), Err(Fault::Gone));
        let address =
            |json: Value| twilio().probed(&Answer { status: 200, body: json.to_string(), retry_after_s: None });
        assert_eq!(address(json!({"type": "chat", "auto_creation": {"type": "studio"}})), Ok(()));
        assert!(
            address(json!({"type": "chat", "auto_creation": {"type": "webhook"}}))
                .unwrap_err()
                .contains("Send to Flex")
        );
    }

    #[test]
    fn a_form_that_is_none_is_no_call_of_twilio() {
        for body in [&b"a%2"[..], b"%C3%A4+%zz=&&=", b"\xff\xfe=\xff", b""] {
            let header = |name: &str| (name == "x-twilio-signature").then(|| "nonsense".to_owned());
            let call = Call { url: "https://help.shop.example", header: &header, body, now_ms: 0 };
            assert_eq!(twilio().hook(call), Err(CallFault::Unsigned));
        }
    }
}
