//! The conversation as the panel knows it: a module that is fetched when it is wanted, says what to
//! show, and is told what was pressed.

use super::app::{App, Cue, Screen, is_touched};
use super::el::{El, Item, el, item};
use super::icons::icon;
use crate::browser::host::Talk;
use crate::chat::scene::{Node, Scene, slot};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

impl App {
    /// The conversation, once its module runs.
    pub fn talk(self) -> Option<Talk> {
        self.parts().host.line()
    }

    /// Fetches the conversation: now, or once the page has nothing else to do.
    pub fn call(self, now: bool) {
        self.parts().host.call(self.parts().inbox.as_deref().unwrap_or_default(), now);
    }

    /// Shows the conversation and begins a guided flow in it, at once or as soon as its module runs;
    /// without a name it is people that the shopper wants.
    pub fn begin(self, flow: &str) {
        match self.talk() {
            Some(talk) => drop(talk.begin(flow)),
            None => self.change(Cue::Chat, |state| flow.clone_into(&mut state.wanted)),
        }
        self.go(Screen::Chat);
    }

    /// Fetches the conversation when there is one to come back to: what an agent wrote meanwhile is
    /// told by the number on the launcher; and when words wait to be sent.
    pub fn call_again(self) {
        let Some(inbox) = &self.parts().inbox else { return };
        let kept = window().local_storage().ok().flatten();
        let held = self.peek(|state| state.sending);
        if held
            || kept.is_some_and(|kept| kept.get_item(&["helpnook:", inbox].concat()).is_ok_and(|known| known.is_some()))
        {
            self.call(true);
        }
    }

    /// The conversation changed, or its module came.
    pub fn talked(self) {
        let Some(talk) = self.talk() else { return };
        let scene = talk.scene().ok().and_then(|bytes| Scene::decode(&bytes)).unwrap_or_default();
        let (came, focused) = (!self.peek(|state| state.talking), self.focused_id());
        self.change(Cue::Chat, |state| {
            (state.scene, state.talking, state.mute) = (scene, true, false);
        });
        if came {
            self.look();
            if self.peek(|state| state.shown) {
                let _ = talk.ask();
            }
            let wanted = self.peek(|state| state.wanted.clone());
            if !wanted.is_empty() {
                let _ = talk.begin(&wanted);
                self.change(Cue::Chat, |state| state.wanted.clear());
            }
            if self.peek(|state| state.sending) {
                super::chat_screen::send(self);
            }
        } else if !focused.is_empty() {
            // What was pressed may have been built anew.
            self.later(Box::new(move || {
                if self.focused().is_some() {
                    return;
                }
                let field = self.peek(|state| !state.scene.list(slot::FIELD).is_empty()) && !is_touched();
                // It is gone, unless it was only built anew: on to what can be done now.
                if !self.focus(&["#", &focused].concat()) && !(field && self.focus("#hn-message")) {
                    self.focus("[data-next]");
                }
                // What is to be mended can as well be written over.
                if let Some(input) = self.focused().and_then(|el| el.dyn_into::<HtmlInputElement>().ok()) {
                    input.select();
                }
            }));
        }
    }

    /// The conversation's module cannot be had. What was to be sent is sent when it can.
    pub fn muted(self) {
        self.change(Cue::Chat, |state| state.mute = true);
    }

    /// Tells the conversation whether it is before the shopper's eyes, and if so what is to be passed on.
    pub fn look(self) {
        let looking = self.peek(|state| state.shown) && self.top() == Screen::Chat && !document().hidden();
        let Some(talk) = self.talk() else { return };
        if looking {
            let _ = talk.remember(&self.memory());
        }
        let _ = talk.look(looking);
    }

    /// What the panel remembers, as lines that `chat::packet::gather` reads.
    fn memory(self) -> String {
        let mut out = String::new();
        let mut line = |parts: &[&str]| {
            for (n, part) in parts.iter().enumerate() {
                out.push_str(if n == 0 { "" } else { "\t" });
                out.extend(part.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            out.push('\n');
        };
        self.peek(|state| {
            if let Some(advice) = &state.advice {
                line(&["page-type", advice.page.name()]);
                line(&["product", &advice.product]);
            }
            for words in &state.searches {
                line(&["search", words]);
            }
            for read in &state.read {
                let vote = read.helped.map_or("", |helped| if helped { "1" } else { "0" });
                line(&["read", &read.id, vote, &read.title]);
            }
        });
        out
    }

    /// Says what the conversation wants said, unless its screen says it already.
    pub fn heard(self, text: String, urgent: bool) {
        if urgent || self.peek(|state| state.shown) && self.top() != Screen::Chat {
            self.announce(text);
        }
    }

    /// The interface's texts were read anew.
    pub fn reread_talk(self) {
        if let Some(talk) = self.talk() {
            let _ = talk.reread();
        }
    }

    /// The panel is taken away, and the conversation with it.
    pub fn end_talk(self) {
        if let Some(talk) = self.talk() {
            let _ = talk.end();
        }
    }
}

/// What the conversation shows in a place.
pub fn place(app: App, slot: u32) -> Vec<Item> {
    app.see(Cue::Chat, |state| {
        let shown = |node: &Node| {
            let (key, node) = (node.key(), node.clone());
            item(key, move || build(app, &node))
        };
        state.scene.list(slot).iter().map(shown).collect()
    })
}

/// A node as an element.
pub fn build(app: App, node: &Node) -> El {
    let mut out = el(&node.spec);
    for (name, value) in &node.attrs {
        out = out.attr(name, value);
    }
    if !node.icon.is_empty() {
        out = out.child(icon(&node.icon));
    }
    if !node.text.is_empty() {
        out = out.text(&node.text);
    }
    out = out.children(node.children.iter().map(|child| build(app, child)));
    if node.slot != slot::NONE {
        let slot = node.slot;
        out = out.list(move || place(app, slot));
    }
    if node.press.is_empty() {
        return out;
    }
    let what = node.press.clone();
    // A field tells that it changed, all else that it was pressed.
    let event = if node.spec.starts_with("button") { "click" } else { "change" };
    out.on(event, move |event| {
        if let Some(talk) = app.talk() {
            let _ = talk.press(&what, &event);
        }
    })
}
