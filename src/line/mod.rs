//! The conversation's module: the core of [`crate::chat`] with hands.
//!
//! The loader fetches it when the shopper reaches for the conversation, or ahead of that once the page
//! is idle. It shows nothing itself: it tells the panel what to show ([`crate::chat::scene`]), and the
//! panel tells it what was pressed.
//!
//! | the panel calls | for |
//! | --- | --- |
//! | [`start`] | a conversation with the inbox at an origin |
//! | [`Talk::scene`] | what to show, each time the host's `talked` was called |
//! | [`Talk::press`], [`Talk::write`] | what the shopper did |
//! | [`Talk::remember`], [`Talk::look`], [`Talk::ask`] | what it must know |
//! | [`Talk::begin`] | a guided flow |
//!
//! A new feature is: what happens, in the core; what is shown, in [`crate::chat::screen`]; what a
//! press does, in [`Talk::press`]. The panel need not change for it.
//!
//! - [`desk`]: does what the core asks for. [`net`], [`storage`]: with what.
//! - [`outbox`], [`upload`]: how a file leaves. [`tabs`]: the shop's other open pages. [`style`]: how all this looks.
//!   [`web`]: what it needs of the browser.
//! - [`guide`]: does what a guided flow asks for. [`bot`]: has the merchant's AI bot asked. [`vendor`]: takes a
//!   question to another vendor's messenger.

mod bot;
mod desk;
mod guide;
mod listeners;
mod net;
mod outbox;
mod storage;
mod style;
mod tabs;
mod upload;
mod vendor;
mod web;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlInputElement};

use desk::Desk;
use style::Adopted;

use crate::browser::host::Host;
use crate::browser::listeners::Listeners;
use crate::chat::flow::screen::guided;
use crate::chat::io::In;
use crate::chat::masking::mask_cards;
use crate::chat::offers::Asking;
use crate::chat::screen;
use crate::strings::Msg;

/// A conversation, in the loader's hands.
#[wasm_bindgen]
pub struct Talk {
    desk: Desk,
    listeners: Listeners,
    style: Option<Adopted>,
}

/// Takes up the conversation with the inbox at that origin, once its texts are here; without an inbox
/// there is nothing to say, but texts can be masked.
#[wasm_bindgen]
pub async fn start(host: Host, inbox: String, lang: String) -> Talk {
    let desk = Desk::new(host, inbox, lang);
    desk.learn().await;
    desk.restore();
    let listeners = listeners::listen(&desk);
    Talk { desk, listeners, style: Adopted::new() }
}

#[wasm_bindgen]
impl Talk {
    /// Bytes of the [`crate::chat::scene::Scene`] to show.
    pub fn scene(&self) -> Vec<u8> {
        self.desk.with(|state| {
            let scene = screen::scene(&state.core, &state.texts, &state.around);
            match &state.guide {
                Some(guide) => {
                    let mut scene = guided(scene, guide, &state.texts);
                    if guide.resumed && !scene.begun {
                        scene.begun = true;
                        scene.way = state.texts.say(Msg::ContactAgain).to_owned();
                    }
                    scene.encode()
                }
                None => scene.encode(),
            }
        })
    }

    /// Sends a text: to the guided flow that asks for it, else to people. False when it cannot be taken
    /// now and has to stay in the field.
    pub fn write(&self, text: &str) -> bool {
        if self.desk.is_guided() { self.desk.answer(text) } else { self.desk.write(text) }
    }

    /// Begins a guided flow, by its id.
    pub fn begin(&self, flow: &str) {
        self.desk.begin(flow);
    }

    /// Something in the scene was pressed, by its name; the event tells a field's value.
    pub fn press(&self, what: &str, event: &Event) {
        let field = || event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let value = || field().map(|one| one.value());
        match what.split_once(':') {
            Some(("retry", id)) => self.desk.retry(id),
            Some(("strike", field)) => self.desk.strike(field),
            Some(("say", words)) => drop(self.desk.write(words)),
            Some(("flow", what)) => self.desk.press_flow(what),
            Some(("rate", stars)) => self.desk.rate(stars.parse().ok(), ""),
            _ => match what {
                "file" => {
                    let field = field();
                    let files = field.as_ref().and_then(|field| Reflect::get(field, &"files".into()).ok());
                    for file in files.iter().flat_map(|files| Array::from(files).to_vec()) {
                        self.desk.enclose(file.unchecked_ref());
                    }
                    // The same file may be chosen again.
                    if let Some(field) = field {
                        field.set_value("");
                    }
                }
                "vendor" => self.desk.hand_again(),
                "keep" => self.desk.keep(),
                "afresh" => self.desk.ask_first(Some(Asking::Afresh)),
                "delete" => self.desk.ask_first(Some(Asking::Delete)),
                "no" => self.desk.ask_first(None),
                "sure" => self.desk.sure(),
                "comment" => self.desk.rate(None, &value().unwrap_or_default()),
                "email" => self.desk.reachable(&value().unwrap_or_default()),
                _ => {}
            },
        }
    }

    /// What the panel remembers, for the packet.
    pub fn remember(&self, memory: &str) {
        self.desk.remember(memory);
    }

    /// Whether the conversation is before the shopper's eyes.
    pub fn look(&self, looking: bool) {
        if looking {
            self.desk.greet();
        }
        self.desk.feed(In::Looking(looking));
    }

    /// Asks whether somebody is there.
    pub fn ask(&self) {
        self.desk.feed(In::Ask);
    }

    /// Reads the language's texts anew.
    pub fn reread(&self) {
        self.desk.reread();
    }

    /// A text with its card numbers masked.
    pub fn mask(&self, text: &str) -> String {
        mask_cards(text).into_owned()
    }

    /// Closes the socket and stops timers and listeners, for good.
    pub fn end(&self) {
        self.listeners.end();
        self.desk.end();
        if let Some(style) = &self.style {
            style.end();
        }
    }
}
