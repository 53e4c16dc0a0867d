//! What the panel hears of window and document; taken off again when dropped.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

use super::app::{App, Cue};
use crate::browser::host::IndexState;

/// Listeners on objects that are not ours.
pub struct Listeners(Vec<Listener>);

/// Who is listened to, for which event, and what hears it.
type Listener = (EventTarget, &'static str, Closure<dyn FnMut(Event)>);

/// Begins to listen: to the network, to the page coming back, to the keyboard on a phone's screen.
pub fn listen(app: App) -> Listeners {
    let mut all = Listeners(Vec::new());
    for name in ["online", "offline", "pageshow", "focus"] {
        all.add(&window(), name, move |_| {
            let online = window().navigator().on_line();
            app.change(Cue::Device, |state| state.online = online);
            if app.peek(|state| state.index) != IndexState::Ready {
                app.refresh();
            }
        });
    }
    all.add(&document(), "visibilitychange", move |_| app.look());
    if let Some(viewport) = window().visual_viewport() {
        all.add(&viewport, "resize", move |_| super::frame::fit(app));
    }
    all
}

impl Listeners {
    fn add(&mut self, target: &EventTarget, name: &'static str, hear: impl Fn(Event) + 'static) {
        let hear = Closure::<dyn FnMut(Event)>::new(hear);
        if target.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref()).is_ok() {
            self.0.push((target.clone(), name, hear));
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for (target, name, hear) in &self.0 {
            let _ = target.remove_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
        }
    }
}
