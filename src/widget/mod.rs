//! The panel module: what a shopper sees once the launcher was pressed.
//!
//! The loader fetches it on hover, focus or tap and calls [`mount`]. All that touches the page, the
//! clock, storage or the network is here; what decides is in `chat`, `config` and the engine.
//!
//! - [`app`], [`state`]: the state. [`el`], [`icons`], [`blocks`]: nodes, one by one.
//! - [`frame`]: the dialog around the screens. [`actions`]: what can be done here. [`home`], [`results`], [`article_screen`], [`chat_screen`],
//!   [`contact`]: the screens.
//! - [`talk`]: the conversation, which is a module of its own (`line`) and comes when it is wanted.

mod actions;
mod app;
mod article_screen;
mod blocks;
mod chat_screen;
mod contact;
mod el;
mod frame;
mod home;
mod icons;
mod library;
mod listeners;
mod results;
mod state;
mod talk;

use leptos::mount::mount_to_renderer;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use app::{App, Cue, Screen};

use crate::browser::host::Host;
use crate::config::WidgetConfig;

/// A mounted panel, in the loader's hands.
#[wasm_bindgen]
pub struct Panel {
    app: App,
    unmount: Box<dyn FnOnce()>,
}

/// Mounts the panel on a `<div>` inside the shadow root of the host element.
#[wasm_bindgen]
pub fn mount(root: HtmlElement, host: Host) -> Panel {
    let attributes = host.attributes();
    let (config, warnings) = WidgetConfig::read(&attributes);
    if !warnings.is_empty() {
        host.complain(&warnings.join("; "));
    }
    let of = |wanted: &str| {
        attributes.iter().find(|(name, _)| name == wanted).map_or_else(String::new, |(_, value)| value.clone())
    };
    let (base, lang) = (of("base"), of("lang"));
    let origin = web_sys::Url::new(&base).map(|url| url.origin()).unwrap_or_default();
    frame::dress(&root, &lang);

    let app = App::new(host, root.clone(), config, lang, of("data-other-language"), &origin);
    app.refresh();
    let handle = mount_to_renderer(&root, move || frame::view(app));
    app.call_again();
    let listeners = listeners::listen(app);
    let unmount = Box::new(move || {
        drop(listeners);
        app.end();
        drop(handle);
        frame::undress(&root);
    });
    Panel { app, unmount }
}

#[wasm_bindgen]
impl Panel {
    /// Shows a screen: `home`, `search` with its words, `article` or `flow` with its id (an article's may
    /// also be `flow:` and a flow's), `chat` or `contact`.
    pub fn show(&self, screen: &str, arg: &str) {
        let app = self.app;
        if let Some(flow) = if screen == "flow" { Some(arg) } else { arg.strip_prefix("flow:") } {
            app.home();
            return app.begin(flow);
        }
        match screen {
            "search" => {
                app.home();
                home::fill(app, arg);
            }
            "article" => {
                app.home();
                if !app.open_id(arg) {
                    app.jump(Screen::Article(u32::MAX));
                }
            }
            "chat" | "contact" => {
                app.jump(if app.parts().inbox.is_some() { Screen::Chat } else { Screen::Contact });
            }
            _ => app.home(),
        }
    }

    /// Shows a screen over the one that is shown: `number` with an article's, `article` with its id, or
    /// `contact` the other ways to a person, with words to take there; without words nothing where
    /// the conversation is a way too.
    pub fn go(&self, screen: &str, arg: &str) {
        let app = self.app;
        match (screen, arg.parse()) {
            ("number", Ok(number)) => app.open(number),
            ("article", _) => drop(app.open_id(arg)),
            _ if arg.is_empty() && app.parts().inbox.is_some() => {}
            _ => {
                if !arg.is_empty() {
                    app.change(Cue::Draft, |state| arg.clone_into(&mut state.draft));
                }
                app.go(Screen::Contact);
            }
        }
    }

    /// Facts or signals of the page changed, or the index came.
    pub fn refresh(&self) {
        self.app.refresh();
    }

    /// The panel is before the shopper's eyes.
    pub fn opened(&self) {
        frame::fit(self.app);
        self.app.set_shown(true);
        self.app.refresh();
        self.app.focus_start();
        // Who is there can be told, and a message written, whatever becomes of the network.
        match self.app.talk() {
            Some(talk) => drop(talk.ask()),
            None if self.app.parts().inbox.is_some() => self.app.call(false),
            None => {}
        }
    }

    /// The conversation's module came, or what it shows changed.
    pub fn talked(&self) {
        self.app.talked();
    }

    /// Answers that were asked for came, or cannot be had.
    pub fn brought(&self) {
        self.app.cue(Cue::Answers);
    }

    /// The conversation's module cannot be had.
    pub fn muted(&self) {
        self.app.muted();
    }

    /// The conversation has something to say to those who listen.
    pub fn hear(&self, text: String, urgent: bool) {
        self.app.heard(text, urgent);
    }

    /// It is hidden.
    pub fn closed(&self) {
        self.app.set_shown(false);
    }

    /// Takes everything away again.
    pub fn unmount(self) {
        (self.unmount)();
    }
}
