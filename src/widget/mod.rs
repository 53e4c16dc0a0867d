//! The panel module: what a shopper sees once the launcher was pressed.
//!
//! The loader fetches it on hover, focus or tap and calls [`mount`]. All that touches the page, the
//! clock, storage or the network is here; what decides is in `chat`, `config` and the engine.
//!
//! - [`host`]: the loader's side. [`app`], [`state`]: the state. [`el`], [`icons`], [`blocks`]: nodes, one by one.
//! - [`frame`]: the dialog around the screens. [`home`], [`results`], [`article_screen`], [`chat_screen`],
//!   [`contact`], [`shared`]: the screens.
//! - [`chat_line`]: the conversation's core with hands: [`net`] and [`storage`].

mod app;
mod article_screen;
mod blocks;
mod chat_line;
mod chat_screen;
mod contact;
mod el;
mod frame;
mod home;
mod host;
mod icons;
mod library;
mod listeners;
mod net;
mod results;
mod shared;
mod state;
mod storage;
mod texts;

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use app::{App, Screen};
use host::Host;

use crate::chat::io::In;
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

    // The state must be made by the owner that Leptos makes for the view, lest it be disposed before it.
    let made = Rc::new(Cell::new(None));
    let handing = Rc::clone(&made);
    let (own_root, own_lang) = (root.clone(), lang.clone());
    let handle = mount_to(root.clone(), move || {
        let app = App::new(host, own_root, config, own_lang, &origin);
        app.refresh();
        handing.set(Some(app));
        frame::view(app).done()
    });
    // `mount_to` runs its closure before it returns; without a state there is nothing to hand over.
    let app = made.get().unwrap_or_else(|| wasm_bindgen::throw_str("Helpnook: the panel did not mount"));
    app.begin();
    let listeners = listeners::listen(app);
    let unmount = Box::new(move || {
        drop(listeners);
        app.chat().end();
        drop(handle);
        frame::undress(&root);
    });
    Panel { app, unmount }
}

#[wasm_bindgen]
impl Panel {
    /// Shows a screen: `home`, `search` with its words, `article` with its id, `chat` or `contact`.
    pub fn show(&self, screen: &str, arg: &str) {
        let app = self.app;
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
            "chat" if app.chat().exists() => app.jump(Screen::Chat),
            "chat" | "contact" => app.jump(if app.chat().exists() { Screen::Chat } else { Screen::Contact }),
            _ => app.home(),
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
        self.app.chat().feed(In::Ask);
        self.app.focus_start();
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
