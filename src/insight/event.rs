//! Events as they come: one JSON object each, checked against the vocabulary.

use core::fmt;

use serde_json::{Map, Value as Json};

use super::personal;
use super::vocabulary::{KINDS, VERSION, Value, find};

/// Longest id that is taken, in bytes.
const MAX_ID: usize = 200;

/// Most ids in one event.
const MAX_IDS: usize = 10;

/// Longest of the short texts that every event says, in bytes.
const MAX_SHORT: usize = 40;

/// First moment that is taken, in milliseconds since 1970: nobody counted before 2020.
const FIRST_MS: u64 = 1_577_836_800_000;

/// How far a clock may be ahead, in milliseconds.
pub const AHEAD_MS: u64 = 24 * 3600 * 1000;

/// An event that is in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Place of its kind in the vocabulary.
    pub kind: usize,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Language of the help.
    pub lang: String,
    /// Type of the page.
    pub page: String,
    /// Where: `widget` or `site`.
    pub place: String,
    /// The arm of a test.
    pub arm: String,
    /// Kinds that came before it in its visit, as a set of bits.
    pub after: u16,
    /// What it says of its own.
    pub facts: Map<String, Json>,
}

/// Why something is no event that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No JSON object.
    Unreadable,
    /// Of another version of the vocabulary.
    Version(u64),
    /// Of no known kind.
    Unknown(String),
    /// Without a moment, or of one that cannot be.
    Time,
    /// A fact is missing or is not what it may be.
    Fact(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("no JSON object"),
            Self::Version(got) => {
                write!(f, "of version {got} of the vocabulary, this release knows {VERSION}: use the newer release")
            }
            Self::Unknown(name) => write!(f, "`{name}` is no event of the vocabulary"),
            Self::Time => f.write_str("no moment between 2020 and now"),
            Self::Fact(name) => write!(f, "`{name}` is missing or malformed"),
        }
    }
}

impl Fault {
    /// A word for counting them.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Version(_) => "other-version",
            Self::Unknown(_) => "unknown-event",
            Self::Time => "impossible-time",
            Self::Fact(_) => "malformed",
        }
    }
}

impl Event {
    /// Reads one of its JSON; `now_ms` is the moment it is read. What is not of the vocabulary is dropped.
    ///
    /// # Errors
    /// Says why it does not count.
    pub fn read(json: &Json, now_ms: u64) -> Result<Self, Fault> {
        let object = json.as_object().ok_or(Fault::Unreadable)?;
        let version = object.get("v").and_then(Json::as_u64).ok_or(Fault::Fact("v"))?;
        if version != VERSION {
            return Err(Fault::Version(version));
        }
        let name = object.get("name").and_then(Json::as_str).ok_or(Fault::Fact("name"))?;
        let kind = find(name).ok_or_else(|| Fault::Unknown(name.chars().take(MAX_SHORT).collect()))?;
        let at_ms = object.get("at").and_then(Json::as_u64).ok_or(Fault::Time)?;
        if !(FIRST_MS..=now_ms.saturating_add(AHEAD_MS)).contains(&at_ms) {
            return Err(Fault::Time);
        }
        let mut facts = Map::new();
        for fact in KINDS.get(kind).map_or(&[][..], |kind| kind.facts) {
            match object.get(fact.name).filter(|value| !value.is_null()) {
                Some(value) => {
                    let value = taken(value, fact.value).ok_or(Fault::Fact(fact.name))?;
                    facts.insert(fact.name.to_owned(), value);
                }
                None if fact.needed => return Err(Fault::Fact(fact.name)),
                None => {}
            }
        }
        if name == "rated" && facts.get("scale").is_some_and(|scale| scale == "csat") {
            let stars = facts.get("score").and_then(Json::as_u64).unwrap_or(0);
            if !(1..=5).contains(&stars) {
                return Err(Fault::Fact("score"));
            }
        }
        let mut after = 0;
        for earlier in object.get("after").and_then(Json::as_array).map_or(&[][..], Vec::as_slice).iter().take(16) {
            if let Some(place) = earlier.as_str().and_then(find) {
                after |= 1 << place;
            }
        }
        let short = |name: &'static str| match object.get(name) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::String(text)) if is_word(text) => Ok(text.clone()),
            Some(_) => Err(Fault::Fact(name)),
        };
        Ok(Self {
            kind,
            at_ms,
            lang: short("lang")?,
            page: short("page")?,
            place: short("place")?,
            arm: short("arm")?,
            after,
            facts,
        })
    }

    /// Reads one line of a file.
    ///
    /// # Errors
    /// As [`Event::read`].
    pub fn of_line(line: &str, now_ms: u64) -> Result<Self, Fault> {
        Self::read(&serde_json::from_str(line).map_err(|_| Fault::Unreadable)?, now_ms)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        KINDS.get(self.kind).map_or("", |kind| kind.name)
    }

    /// Whether something of that kind came before it in its visit.
    #[must_use]
    pub fn is_after(&self, name: &str) -> bool {
        find(name).is_some_and(|place| self.after & (1 << place) != 0)
    }

    /// Whether it is the first of its kind in its visit.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.after & (1 << self.kind) == 0
    }

    /// A text that it says.
    #[must_use]
    pub fn text(&self, fact: &str) -> &str {
        self.facts.get(fact).and_then(Json::as_str).unwrap_or_default()
    }

    /// A number that it says.
    #[must_use]
    pub fn number(&self, fact: &str) -> Option<u64> {
        self.facts.get(fact).and_then(Json::as_u64)
    }

    /// As JSON, as [`Event::read`] takes it.
    #[must_use]
    pub fn json(&self) -> Json {
        let after: Vec<&str> = (0..KINDS.len())
            .filter(|place| self.after & (1 << place) != 0)
            .filter_map(|place| Some(KINDS.get(place)?.name))
            .collect();
        let mut out = serde_json::json!({
            "v": VERSION, "name": self.name(), "at": self.at_ms, "lang": self.lang, "page": self.page,
            "place": self.place, "arm": self.arm, "after": after,
        });
        if let Some(object) = out.as_object_mut() {
            object.extend(self.facts.clone());
        }
        out
    }
}

/// Letters, digits and little else: what stands in a table can be of one of our pages.
fn is_word(text: &str) -> bool {
    text.len() <= MAX_SHORT && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_ID && !text.chars().any(char::is_control)
}

/// The value as it is kept, if it is what the fact may be.
fn taken(value: &Json, wanted: Value) -> Option<Json> {
    match wanted {
        Value::Id => value.as_str().filter(|id| is_id(id)).map(Json::from),
        Value::Ids => {
            let all = value.as_array().filter(|all| all.len() <= MAX_IDS)?;
            all.iter().all(|id| id.as_str().is_some_and(is_id)).then(|| value.clone())
        }
        Value::Question => value.as_str().map(personal::masked).filter(|text| !text.is_empty()).map(Json::from),
        Value::Number(most) => value.as_u64().filter(|number| *number <= most).map(Json::from),
        Value::Flag => value.as_bool().map(Json::from),
        Value::Word(words) => value.as_str().filter(|word| words.contains(word)).map(Json::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: u64 = 1_790_000_000_000;

    #[test]
    fn what_is_in_order_comes_back_as_it_was() {
        let told = json!({ "v": 1, "name": "voted", "at": NOW - 5, "lang": "en", "page": "product", "place": "widget",
            "arm": "b", "after": ["opened", "read"], "article": "returns", "helped": false, "question": "mail a@b.example" });
        let event = Event::read(&told, NOW).unwrap();
        assert!(event.is_after("read") && event.is_first() && !event.is_after("handed-off"));
        assert_eq!(event.text("question"), "mail [address]");
        assert_eq!(Event::read(&event.json(), NOW).unwrap(), event);
    }

    #[test]
    fn what_is_forged_damaged_or_from_elsewhere_is_refused() {
        let good = json!({ "v": 1, "name": "read", "at": NOW, "article": "x" });
        assert!(Event::read(&good, NOW).is_ok());
        let with = |key: &str, value: Json| {
            let mut one = good.clone();
            one[key] = value;
            Event::read(&one, NOW).unwrap_err().name()
        };
        assert_eq!(with("v", json!(2)), "other-version");
        assert_eq!(with("name", json!("bought")), "unknown-event");
        for at in [json!(0), json!(NOW + AHEAD_MS + 1), json!(-1), json!("yesterday"), json!(1e300)] {
            assert_eq!(with("at", at), "impossible-time");
        }
        for article in [json!(null), json!(7), json!(""), json!("x".repeat(201)), json!("a\u{0}b")] {
            assert_eq!(with("article", article), "malformed");
        }
        for arm in [json!("<script>"), json!(["b"]), json!("x".repeat(41))] {
            assert_eq!(with("arm", arm), "malformed");
        }
        assert_eq!(Event::of_line("not json", NOW).unwrap_err(), Fault::Unreadable);
        assert_eq!(Event::of_line("[1]", NOW).unwrap_err(), Fault::Unreadable);
        let stars = json!({ "v": 1, "name": "rated", "at": NOW, "scale": "csat", "score": 9 });
        assert_eq!(Event::read(&stars, NOW).unwrap_err(), Fault::Fact("score"));
    }

    #[test]
    fn what_is_not_of_the_vocabulary_is_dropped() {
        let told = json!({ "v": 1, "name": "read", "at": NOW, "article": "x", "user_id": "kim", "ip": "10.0.0.1" });
        let kept = Event::read(&told, NOW).unwrap().json().to_string();
        assert!(!kept.contains("kim") && !kept.contains("10.0.0.1"), "{kept}");
    }
}
