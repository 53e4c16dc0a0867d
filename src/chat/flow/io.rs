//! What a flow hears, asks for and shows.

use crate::chat::json::ObjectWriter;
use crate::flow::Claim;

/// What happens to a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum In {
    /// It is begun.
    Start,
    /// The shopper wrote something.
    Typed(String),
    /// The shopper chose the option of that place among those shown.
    Picked(usize),
    /// The engine looked for an answer to a question; none is none.
    Found(Option<Found>),
    /// The shop answered a call: status and body.
    Answered(u32, u16, String),
    /// So much of the bot's answer to a question is borne out.
    Borne(u32, Found),
    /// No more of it comes.
    Ended(u32),
    /// A call had no answer in time, or none at all.
    Unanswered(u32),
    /// A private answer, given before the page was loaded anew and kept nowhere.
    Hidden,
    /// The shopper wants to correct the last answer.
    Back,
    /// The shopper wants a person.
    Person,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// Ask the shop, after a pause.
    Call(Request),
    /// Look for an answer to this among the articles, and say so by [`In::Found`].
    Search(String),
    /// Ask the bot, and say what comes of it by [`In::Borne`] and [`In::Ended`].
    Bot(u32, String),
    /// Show that article.
    Article(String),
    /// Begin that flow.
    Flow(String),
    /// Pass on to a person.
    Person,
}

/// A request to the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which of this flow's requests it is; its answer says the same.
    pub n: u32,
    /// How often it was sent before.
    pub attempt: u32,
    /// Its address.
    pub url: String,
    /// Fields of its body: `step` and the answers; the edge adds id and language.
    pub step: String,
    /// What is sent, by name.
    pub answers: Vec<(String, String)>,
    /// How long to wait for an answer, in milliseconds.
    pub timeout_ms: u32,
    /// How long to wait before sending it, in milliseconds.
    pub pause_ms: u32,
}

impl Request {
    /// Its body. The id is the same for every try of one request, so that the shop can tell a repeat.
    #[must_use]
    pub fn body(&self, flow: &str, lang: &str, id: &str) -> String {
        let mut answers = ObjectWriter::default();
        for (name, value) in &self.answers {
            answers = answers.text(name, value);
        }
        let out = ObjectWriter::default().number("v", 1).text("id", id).text("flow", flow);
        out.text("step", &self.step).text("lang", lang).raw("answers", &answers.end()).end()
    }
}

/// A line of what was said, for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The flow said something.
    Said {
        /// The text.
        text: String,
        /// What came of it, when the shop said the same.
        claim: Claim,
        /// Entries below it: text and address; an empty address leads nowhere.
        items: Vec<(String, String)>,
    },
    /// The shopper answered.
    Answered(String),
    /// What is sent to the shop: name of the step that asked for it and what was answered.
    Sent(Vec<(String, String)>),
    /// What answers a question asked in between.
    Found(Found),
    /// Something that every flow can say, in the interface's own words.
    Note(Note),
}

/// What answers a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The first lines of the best answer.
    pub gist: String,
    /// Articles, best first: number and title.
    pub articles: Vec<(u32, String)>,
    /// Flows that do what was asked for: id and title.
    pub flows: Vec<(String, String)>,
}

/// What every flow can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It was not understood.
    NotUnderstood,
    /// The text is not of the form that is asked for.
    WrongForm,
    /// The shop did not answer.
    NoAnswer,
    /// It was not understood again: a person can help.
    OfferPerson,
    /// The flow is over.
    Over,
}

/// What the shopper can do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Write an answer.
    Write {
        /// Name of the step.
        step: String,
        /// What a right one looks like.
        hint: String,
        /// What is asked for.
        input: crate::flow::Input,
        /// A fact of the page that may be it.
        known: String,
        /// Whether it is hidden while it is typed.
        private: bool,
    },
    /// Choose one of these.
    Choose(Vec<String>),
    /// Wait for the shop.
    Wait,
    /// Nothing: it is over.
    Over,
}
