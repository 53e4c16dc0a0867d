//! Listeners on what is not ours: window, document, the page's viewport.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Who is listened to, for which event, and what hears it.
type Listener = (EventTarget, &'static str, Closure<dyn FnMut(Event)>);

/// Listeners on objects that are not ours; taken off again when dropped, or before.
#[derive(Default)]
pub struct Listeners(Vec<Listener>);

impl Listeners {
    /// Listens to one more.
    pub fn add(&mut self, target: &EventTarget, name: &'static str, hear: impl Fn(Event) + 'static) {
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

impl Drop for Listeners {
    fn drop(&mut self) {
        self.end();
    }
}
