//! The vocabulary of events: their names, what they say, what is meant. `www/events.js` tells them, the inbox
//! takes them, the report counts them, and the README prints this table; tests hold all four together.

/// Version of the vocabulary, in each event as `v`.
pub const VERSION: u64 = 1;

/// What an event may say beside its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// An article's or flow's id.
    Id,
    /// Several of them.
    Ids,
    /// A shopper's question, with what could name a person masked.
    Question,
    /// A whole number, at most this.
    Number(u64),
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Something that an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub value: Value,
    /// Whether the event makes no sense without it.
    pub needed: bool,
}

/// An event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name, past tense.
    pub name: &'static str,
    /// What it says.
    pub facts: &'static [Fact],
    /// When it happens.
    pub meaning: &'static str,
}

const fn needed(name: &'static str, value: Value) -> Fact {
    Fact { name, value, needed: true }
}

const fn perhaps(name: &'static str, value: Value) -> Fact {
    Fact { name, value, needed: false }
}

/// Most minutes that an event looks back: a week.
pub const MAX_MINUTES: u64 = 7 * 24 * 60;

/// Every event there is. Their places are their numbers; new ones are added at the end.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "opened",
        facts: &[perhaps("screen", Value::Word(&["home", "search", "article", "chat", "contact", "page"]))],
        meaning: "The panel was opened, or a page of the help centre was.",
    },
    Kind {
        name: "suggested",
        facts: &[needed("articles", Value::Ids)],
        meaning: "Articles were shown without having been asked for.",
    },
    Kind {
        name: "searched",
        facts: &[needed("hits", Value::Number(1000))],
        meaning: "A question was typed and stood for a second; it found something.",
    },
    Kind {
        name: "no-result",
        facts: &[needed("question", Value::Question)],
        meaning: "A question was typed and stood for a second; nothing here answers it.",
    },
    Kind {
        name: "read",
        facts: &[needed("article", Value::Id), perhaps("from", Value::Word(&["suggested", "searched", "browsed"]))],
        meaning: "An article was opened.",
    },
    Kind {
        name: "voted",
        facts: &[needed("article", Value::Id), needed("helped", Value::Flag), perhaps("question", Value::Question)],
        meaning: "The shopper said whether an article helped; when not, the question it was found by.",
    },
    Kind {
        name: "flow-step",
        facts: &[
            needed("flow", Value::Id),
            needed("state", Value::Word(&["began", "answered", "done", "requested", "refused", "left"])),
            perhaps("step", Value::Id),
        ],
        meaning: "A guided flow began, got an answer, or ended: done, requested, refused by the shop, or left.",
    },
    Kind {
        name: "handed-off",
        facts: &[
            needed("channel", Value::Word(&["inbox", "email", "link", "vendor"])),
            perhaps("minutes_since_read", Value::Number(MAX_MINUTES)),
        ],
        meaning: "The shopper wrote to a person or took a way to one; how long ago an article was read on this device.",
    },
    Kind {
        name: "answered",
        facts: &[needed("seconds", Value::Number(30 * 24 * 3600))],
        meaning: "The first answer to what the shopper wrote arrived, so long after it.",
    },
    Kind {
        name: "rated",
        facts: &[needed("scale", Value::Word(&["csat", "nps"])), needed("score", Value::Number(10))],
        meaning: "The shopper rated: `csat` 1 to 5, `nps` 0 to 10.",
    },
    Kind { name: "surveyed", facts: &[needed("scale", Value::Word(&["csat", "nps"]))], meaning: "A survey was shown." },
];

/// The kind of a name, by its place.
#[must_use]
pub fn find(name: &str) -> Option<usize> {
    KINDS.iter().position(|kind| kind.name == name)
}

/// What every event says, whatever its kind.
pub const COMMON: &[(&str, &str)] = &[
    ("v", "1, the version of this table"),
    ("name", "the event"),
    ("at", "milliseconds since 1970, by the shopper's clock, corrected by the inbox"),
    ("lang", "language of the help"),
    ("page", "type of the page, such as `product`; empty when unknown"),
    ("place", "`widget` or `site`"),
    ("arm", "the arm of a test that the shop put this visit in; empty without one"),
    ("after", "names of the events that came before it in this visit; a pause of 30 minutes ends a visit"),
];

/// The table of events as the README has it.
#[must_use]
pub fn table() -> String {
    let mut out = "| event | says | when |\n| --- | --- | --- |\n".to_owned();
    for kind in KINDS {
        let facts: Vec<String> = kind.facts.iter().map(said).collect();
        out += &format!("| `{}` | {} | {} |\n", kind.name, facts.join(", "), kind.meaning);
    }
    out
}

fn said(fact: &Fact) -> String {
    let optional = if fact.needed { "" } else { "?" };
    let words = match fact.value {
        Value::Word(words) => format!(" ({})", words.join(", ")),
        _ => String::new(),
    };
    format!("`{}`{optional}{words}", fact.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_fit_a_set_of_sixteen() {
        assert!(KINDS.len() <= 16, "`after` is a set of 16");
        for (place, kind) in KINDS.iter().enumerate() {
            assert_eq!(find(kind.name), Some(place), "{} twice", kind.name);
            assert!(kind.meaning.ends_with('.'), "{}", kind.name);
            for fact in kind.facts {
                assert!(!COMMON.iter().any(|(name, _)| *name == fact.name), "{}: {}", kind.name, fact.name);
            }
        }
    }
}
