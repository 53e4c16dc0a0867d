//! The interface's texts in the language of the index, with its plural forms, numbers and dates.

use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::host::Host;
use crate::chat::screen::Speech;
use crate::index::{SectionKind, stored};
use crate::strings::{Msg, N_SHOWN, fill, plural};

/// The conversation's text where neither index nor file beside it could be had: in English, for a press
/// without a name helps nobody.
#[cfg(feature = "chat")]
fn spare(msg: Msg) -> &'static str {
    include_str!(concat!(env!("OUT_DIR"), "/spare.txt")).lines().nth(msg as usize).unwrap_or_default()
}

/// The panel's, for the same reason: few, since it says little without an index.
#[cfg(not(feature = "chat"))]
fn spare(msg: Msg) -> &'static str {
    WITHOUT_INDEX.iter().find(|(known, _)| *known == msg).map_or("", |(_, text)| text)
}

/// Texts used when there is no index to read them from: enough to say so and to offer contact.
#[cfg(not(feature = "chat"))]
const WITHOUT_INDEX: &[(Msg, &str)] = &[
    (Msg::Help, "Help"),
    (Msg::Close, "Close"),
    (Msg::Back, "Back"),
    (Msg::Loading, "One moment…"),
    (Msg::Retry, "Try again"),
    (Msg::Greeting, "How can we help?"),
    (Msg::IndexMissing, "Our answers cannot be loaded right now"),
    (Msg::IndexMissingHint, "You can still reach us."),
    (Msg::ContactHeading, "Rather ask a person?"),
    (Msg::ContactChat, "Chat with us"),
    (Msg::ContactEmail, "Send an e-mail"),
    (Msg::ContactLink, "Contact page"),
    (Msg::Chat, "Chat with us"),
    (Msg::ChatIntro, "Tell us what is going on. A person reads it and answers here."),
    (Msg::MessageLabel, "Your message"),
    (Msg::Messages, "Messages"),
    (Msg::Send, "Send"),
    (Msg::You, "You"),
    (Msg::Us, "Our team"),
    (Msg::StateQueued, "Waiting for a connection"),
    (Msg::StateSending, "Sending…"),
    (Msg::StateSent, "Sent"),
    (Msg::StateSeen, "Seen"),
    (Msg::StateFailed, "Not sent"),
    (Msg::ChatMissing, "The chat cannot be loaded right now. What you wrote stays here."),
];

/// Texts of one language.
pub struct Texts {
    lang: String,
    texts: Vec<String>,
}

impl Texts {
    /// The texts of the open index, or the few known without one.
    pub fn read(lang: &str, host: &Host) -> Self {
        let texts = host.part(SectionKind::Strings as u8).and_then(|bytes| stored::decode_strings(&bytes));
        let mut texts = texts.unwrap_or_default();
        // What stands behind them is for readers of pages.
        texts.truncate(N_SHOWN);
        Self { lang: lang.to_owned(), texts }
    }

    /// Takes in the texts that only the conversation says.
    #[cfg(feature = "chat")]
    pub fn learn(&mut self, talk: Vec<String>) {
        // Without an index there are few texts, and each is found by its name.
        if self.texts.len() == N_SHOWN {
            self.texts.extend(talk);
        }
    }

    /// The few texts known without an index.
    pub fn without(lang: &str) -> Self {
        Self { lang: lang.to_owned(), texts: Vec::new() }
    }

    /// A text.
    pub fn say(&self, msg: Msg) -> &str {
        match self.texts.get(msg as usize) {
            Some(text) => text,
            None => spare(msg),
        }
    }

    /// The text that stands `offset` places after another: reasons follow the order of pages and signals.
    pub fn say_nth(&self, first: Msg, offset: usize) -> &str {
        self.texts.get(first as usize + offset).map_or("", String::as_str)
    }

    /// A text with a number in it, in the right plural form.
    pub fn count(&self, msg: Msg, n: u32) -> String {
        let rules = Intl::PluralRules::new(&self.locales(), &Object::new());
        let category = rules.select(f64::from(n)).as_string().unwrap_or_default();
        fill(plural(self.say(msg), &category), "n", &self.number(n))
    }

    /// A number as the language writes it.
    pub fn number(&self, n: u32) -> String {
        js_sys::Number::from(n).to_locale_string(&self.lang).into()
    }

    /// A date `YYYY-MM-DD` as the language writes it; empty when it is none.
    pub fn date(&self, iso: &str) -> String {
        let date = Date::new(&JsValue::from_str(iso));
        if iso.len() != 10 || date.get_time().is_nan() {
            return String::new();
        }
        let options = Object::new();
        // Without a zone, midnight UTC would be the day before in half the world.
        for (key, value) in [("day", "numeric"), ("month", "long"), ("year", "numeric"), ("timeZone", "UTC")] {
            let _ = Reflect::set(&options, &key.into(), &value.into());
        }
        date.to_locale_date_string(&self.lang, &options).into()
    }

    /// A time of day, given in milliseconds since 1970.
    pub fn time(&self, at_ms: f64) -> String {
        let options = Object::new();
        for key in ["hour", "minute"] {
            let _ = Reflect::set(&options, &key.into(), &"2-digit".into());
        }
        Date::new(&JsValue::from_f64(at_ms)).to_locale_string(&self.lang, &options).into()
    }

    /// A time with its day of the week, given in milliseconds since 1970.
    pub fn day_and_time(&self, at_ms: f64) -> String {
        let options = Object::new();
        for (key, value) in [("weekday", "long"), ("hour", "2-digit"), ("minute", "2-digit")] {
            let _ = Reflect::set(&options, &key.into(), &value.into());
        }
        Date::new(&JsValue::from_f64(at_ms)).to_locale_string(&self.lang, &options).into()
    }

    fn locales(&self) -> Array {
        Array::of1(&JsValue::from_str(&self.lang))
    }
}

impl Speech for Texts {
    fn say(&self, msg: Msg) -> &str {
        Self::say(self, msg)
    }

    fn say_nth(&self, first: Msg, offset: usize) -> &str {
        Self::say_nth(self, first, offset)
    }

    fn count(&self, msg: Msg, n: u32) -> String {
        Self::count(self, msg, n)
    }

    fn time(&self, at_ms: f64) -> String {
        Self::time(self, at_ms)
    }

    fn day_and_time(&self, at_ms: f64) -> String {
        Self::day_and_time(self, at_ms)
    }
}
