//! What the conversation hears of window and document; taken off again at its end.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, StorageEvent};

use super::desk::Desk;
use crate::chat::io::In;

/// Events after which nobody should wait any longer: the network or the page came back.
const WAKING: &[&str] = &["online", "offline", "pageshow", "focus"];

/// How often it is said that the shopper is writing, in milliseconds, while it is so.
const TYPING_EVERY_MS: f64 = 4_000.0;

/// Listeners on objects that are not ours.
pub struct Listeners(Vec<Listener>);

/// Who is listened to, for which event, and what hears it.
type Listener = (EventTarget, &'static str, Closure<dyn FnMut(Event)>);

/// Begins to listen: to the network, to the page coming back, to other tabs.
pub fn listen(desk: &Desk) -> Listeners {
    let mut all = Listeners(Vec::new());
    let Some(window) = web_sys::window() else { return all };
    for name in WAKING {
        let desk = desk.clone();
        all.add(&window, name, move |_| desk.feed(In::Wake));
    }
    let waking = desk.clone();
    if let Some(document) = window.document() {
        let page = document.clone();
        all.add(&document, "visibilitychange", move |_| {
            if !page.hidden() {
                waking.feed(In::Wake);
            }
        });
    }
    // Within our own element: what is written in the shop's fields is none of our business.
    if let Some(own) = window.document().and_then(|document| document.query_selector("help-nook").ok().flatten()) {
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

impl Listeners {
    fn add(&mut self, target: &EventTarget, name: &'static str, hear: impl Fn(Event) + 'static) {
        let hear = Closure::<dyn FnMut(Event)>::new(hear);
        if target.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref()).is_ok() {
            self.0.push((target.clone(), name, hear));
        }
    }

    /// Takes them off.
    pub fn end(&self) {
        for (target, name, hear) in &self.0 {
            let _ = target.remove_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
        }
    }
}
