//! What the conversation hears of window and document; taken off again at its end.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, StorageEvent};

use super::desk::Desk;
use crate::browser::listeners::Listeners;
use crate::chat::io::In;

/// Events after which nobody should wait any longer: the network or the page came back.
const WAKING: &[&str] = &["online", "offline", "pageshow", "focus"];

/// Ways of coming back that are heard as one, in milliseconds.
const TOGETHER_MS: f64 = 500.0;

/// How often it is said that the shopper is writing, in milliseconds, while it is so.
const TYPING_EVERY_MS: f64 = 4_000.0;

/// Begins to listen: to the network, to the page coming back, to other tabs.
pub fn listen(desk: &Desk) -> Listeners {
    let mut all = Listeners::default();
    let Some(window) = web_sys::window() else { return all };
    let (waking, woken_ms) = (desk.clone(), Rc::new(Cell::new(0.0)));
    let wake: Rc<dyn Fn()> = Rc::new(move || {
        // A page that comes back says so in several ways at once.
        let now_ms = js_sys::Date::now();
        if now_ms - woken_ms.replace(now_ms) > TOGETHER_MS {
            // A page that was closed may have left something to send.
            waking.gather();
        }
        waking.feed(In::Wake);
    });
    for name in WAKING {
        let wake = Rc::clone(&wake);
        all.add(&window, name, move |_| wake());
    }
    if let Some(document) = window.document() {
        // A page that the browser froze need not have been hidden.
        let resumed = Rc::clone(&wake);
        all.add(&document, "resume", move |_| resumed());
        let page = document.clone();
        all.add(&document, "visibilitychange", move |_| {
            if !page.hidden() {
                wake();
            }
        });
    }
    let other = desk.clone();
    desk.0.tabs.listen(move || other.gather());
    // Within our own element: what is written in the shop's fields is none of our business.
    if let Some(own) = super::style::host() {
        let (writing, said_ms) = (desk.clone(), Cell::new(0.0));
        all.add(&own, "input", move |event| {
            let field = event.composed_path().get(0).dyn_into::<Element>().map(|field| field.id()).unwrap_or_default();
            let now_ms = js_sys::Date::now();
            if field == "hn-message" && now_ms - said_ms.get() > TYPING_EVERY_MS {
                said_ms.set(now_ms);
                writing.feed(In::Writing);
            }
        });
    }
    let desk = desk.clone();
    all.add(&window, "storage", move |event| {
        if event.dyn_ref::<StorageEvent>().and_then(StorageEvent::key).is_some_and(|key| desk.is_key(&key)) {
            desk.restore();
        }
    });
    all
}
