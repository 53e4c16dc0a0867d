//! What leaves: files beside messages, one page at a time; and the conversation as a file, to keep.

use wasm_bindgen::JsCast;
use web_sys::AbortController;

use super::desk::{Desk, State, now_ms};
use super::web::{Blob, File, hex};
use super::{net, storage, upload};
use crate::chat::io::{Call, In, Known, Outcome};
use crate::chat::masking::mask_cards;
use crate::chat::message::Enclosed;
use crate::chat::offers;

impl Desk {
    /// Hands what was said to the browser as a file.
    pub fn keep(&self) {
        let text = self.with(|state| offers::transcript(&state.core, &state.texts));
        let address = ["data:text/plain;charset=utf-8,", &String::from(js_sys::encode_uri_component(&text))].concat();
        let link = web_sys::window().and_then(|window| window.document()?.create_element("a").ok());
        if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = link.set_attribute("href", &address);
            let _ = link.set_attribute("download", "conversation.txt");
            link.click();
        }
    }

    /// Sends a file as a message of its own.
    pub fn enclose(&self, chosen: &File) {
        // A name tells no more than the shopper sees; card numbers in it are nobody's business.
        let name = mask_cards(&chosen.name()).into_owned();
        let file = Enclosed { id: hex(16), name, kind: chosen.kind(), bytes: chosen.size() as u64 };
        if self.with(|state| state.core.known().is_some()) {
            self.pass_on();
        }
        let (id, fresh) = (hex(16), self.begun());
        let begins = fresh.opening.is_some();
        self.change(|state| state.files.push((id.clone(), Blob::clone(chosen))));
        self.feed(In::Enclose { id, file, at_ms: now_ms(), fresh });
        if begins {
            self.passed();
        }
    }

    /// Makes a request of the core, in turn where it brings something.
    pub async fn bring(&self, known: Option<&Known>, call: &Call, seq: u32, body: &str) -> Outcome {
        // One tab drains the outbox at a time; where that cannot be arranged, the inbox takes each message once.
        let _turn = match call {
            Call::Open => Some(self.0.tabs.turn().await),
            call if call.message().is_some() => Some(self.0.tabs.turn().await),
            _ => None,
        };
        let Call::Upload { message, file } = call else {
            let Ok(abort) = AbortController::new() else { return Outcome::Unreachable };
            if matches!(call, Call::Events(_, 1..)) {
                // A poll that slept may be dead without knowing; and browsers open few connections to one host.
                self.replace_poll(Some(abort.clone()));
            }
            return net::call(&self.0.base, known, call, seq, body, abort).await;
        };
        let here = self.with(|state| bytes_of(state, message));
        let bytes = if here.is_some() { here } else { storage::file(message).await };
        let (Some(bytes), Some(known)) = (bytes, known) else { return Outcome::Refused(0, None) };
        let (desk, message) = (self.clone(), message.clone());
        let progress = move |percent| desk.feed(In::Progress(message.clone(), percent));
        upload::upload(&self.0.base, known, file, body, &bytes, progress).await
    }

    /// Ends the poll that waits, since another follows or none.
    pub fn replace_poll(&self, by: Option<AbortController>) {
        let mut old = by;
        self.change(|state| std::mem::swap(&mut state.poll, &mut old));
        if let Some(old) = old {
            old.abort();
        }
    }
}

/// The bytes of a message's file, where this page has them.
pub fn bytes_of(state: &State, message: &str) -> Option<Blob> {
    state.files.iter().find(|(other, _)| other == message).map(|(_, bytes)| bytes.clone())
}
