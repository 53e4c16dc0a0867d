//! The conversation's core with hands: does what it asks for, tells it what happened.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::app::spawn;
use super::net::{self, Said, Socket};
use super::storage;
use crate::chat::core::Core;
use crate::chat::io::{Call, In, Known, News, Out, Timer};
use crate::chat::json::Json;
use crate::chat::masking::mask_cards;
use crate::chat::protocol::Packet;
use crate::chat::wire;

/// What the line needs beside the core.
struct Desk {
    core: Core,
    /// The inbox's origin.
    base: String,
    /// Name of the conversation in `localStorage`.
    key: String,
    timers: BTreeMap<Timer, i32>,
    socket: Option<Socket>,
    /// Called with what is worth telling.
    tell: Option<Rc<dyn Fn(News)>>,
    /// Whether storage refused a message: then it is lost with the page.
    forgetful: bool,
}

/// A handle on the conversation.
#[derive(Clone, Copy)]
pub struct ChatLine {
    desk: StoredValue<Desk, LocalStorage>,
    /// Counts the core's steps: what reads the core reads this first.
    changed: RwSignal<u32>,
}

impl ChatLine {
    /// A line to the inbox at that origin.
    pub fn new(inbox: Option<String>) -> Self {
        let base = inbox.unwrap_or_default();
        let key = ["helpnook:", &base].concat();
        let (core, timers) = (Core::default(), BTreeMap::new());
        let desk = Desk { core, base, key, timers, socket: None, tell: None, forgetful: false };
        Self { desk: StoredValue::new_local(desk), changed: RwSignal::new(0) }
    }

    /// Whether the shop has an inbox.
    pub fn exists(self) -> bool {
        self.desk.with_value(|desk| !desk.base.is_empty())
    }

    /// Whether storage refused a message.
    pub fn is_forgetful(self) -> bool {
        self.changed.track();
        self.desk.with_value(|desk| desk.forgetful)
    }

    /// Reads what storage has of an earlier page, and from then on tells what is worth telling.
    pub fn begin(self, tell: Rc<dyn Fn(News)>) {
        self.desk.update_value(|desk| desk.tell = Some(tell));
        self.restore();
    }

    /// Reads storage: at the start, and when another tab wrote it.
    pub fn restore(self) {
        if !self.exists() {
            return;
        }
        let known = self.desk.with_value(|desk| storage::known(&desk.key));
        let Some(known) = known else { return };
        spawn(Box::pin(async move {
            let waiting = storage::waiting().await.unwrap_or_default();
            self.feed(In::Restored { known: Some(known), waiting });
        }));
    }

    /// Whether another tab's write to `localStorage` concerns this conversation.
    pub fn is_key(self, key: &str) -> bool {
        self.desk.with_value(|desk| desk.key == key)
    }

    /// Reads the core, and follows it.
    pub fn read<T>(self, read: impl FnOnce(&Core) -> T) -> T {
        self.changed.track();
        self.desk.with_value(|desk| read(&desk.core))
    }

    /// Sends a text; true when a card number in it was masked.
    pub fn write(self, text: &str, packet: &Packet) -> bool {
        let masked = mask_cards(text);
        let hidden = masked != text;
        // Another tab may have begun the conversation since.
        let fresh = self.desk.with_value(|desk| storage::known(&desk.key)).unwrap_or_else(|| fresh(packet));
        self.feed(In::Write { id: hex(16), text: masked.trim().to_owned(), at_ms: js_sys::Date::now() as u64, fresh });
        hidden
    }

    /// Sends a refused message again.
    pub fn retry(self, id: &str, packet: &Packet) {
        self.feed(In::Retry { id: id.to_owned(), fresh: fresh(packet) });
    }

    /// Tells the core what happened, and does what it asks for.
    pub fn feed(self, happened: In) {
        // An answer may come when the panel is gone.
        if self.desk.is_disposed() || !self.exists() {
            return;
        }
        let die = (js_sys::Math::random() * 4_294_967_296.0) as u32;
        let wanted = self.desk.try_update_value(|desk| desk.core.step(happened, die)).unwrap_or_default();
        for one in wanted {
            self.act(one);
        }
        self.changed.update(|n| *n = n.wrapping_add(1));
    }

    /// Closes the socket and stops the timers, for good.
    pub fn end(self) {
        self.desk.update_value(|desk| {
            desk.socket = None;
            desk.tell = None;
            for timer in std::mem::take(&mut desk.timers).into_values() {
                window().clear_timeout_with_handle(timer);
            }
        });
    }

    fn act(self, wanted: Out) {
        match wanted {
            Out::Keep(waiting) => spawn(Box::pin(async move {
                if !storage::keep(&waiting).await {
                    self.forget();
                }
                self.feed(In::Kept(waiting.id));
            })),
            Out::Release(id) => spawn(Box::pin(async move { storage::release(&id).await })),
            Out::Save(known) => {
                if !self.desk.with_value(|desk| storage::keep_known(&desk.key, &known)) {
                    self.forget();
                }
            }
            Out::Call(call, seq, body) => {
                let (base, known) = self.desk.with_value(|desk| (desk.base.clone(), desk.core.known().cloned()));
                spawn(Box::pin(async move {
                    let known = known.filter(|_| call != Call::Availability);
                    let outcome = net::call(&base, known.as_ref(), &call, seq, &body).await;
                    self.feed(In::Done(call, outcome));
                }));
            }
            Out::Dial(n, after) => self.dial(n, after),
            Out::Hang => self.desk.update_value(|desk| desk.socket = None),
            Out::Start(timer, ms) => self.start(timer, ms),
            Out::Tell(news) => {
                // The page may answer by a call that changes the desk: it must not be held meanwhile.
                if let Some(tell) = self.desk.with_value(|desk| desk.tell.clone()) {
                    tell(news);
                }
            }
        }
    }

    /// Storage refused: the shopper is told.
    fn forget(self) {
        let _ = self.desk.try_update_value(|desk| desk.forgetful = true);
    }

    fn dial(self, n: u32, after: u64) {
        let opened = self.desk.with_value(|desk| {
            let known = desk.core.known()?;
            let greeting = wire::hello(&known.token, after);
            net::socket(&desk.base, &known.id, greeting, move |said| match said {
                Said::Up => self.feed(In::SocketUp(n)),
                Said::Down => self.feed(In::SocketDown(n)),
                // A frame that cannot be read is none; what it held is fetched as a gap.
                Said::Text(text) => {
                    if let Some(frame) = Json::read(&text).and_then(|json| wire::read_frame(&json)) {
                        self.feed(In::Heard(n, frame));
                    }
                }
            })
        });
        let refused = opened.is_none();
        self.desk.update_value(|desk| desk.socket = opened);
        if refused {
            self.feed(In::SocketDown(n));
        }
    }

    fn start(self, timer: Timer, ms: u32) {
        let fire = Closure::once_into_js(move || self.feed(In::Fired(timer)));
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let Ok(handle) = window().set_timeout_with_callback_and_timeout_and_arguments_0(fire.unchecked_ref(), ms)
        else {
            return;
        };
        self.desk.update_value(|desk| {
            if let Some(running) = desk.timers.insert(timer, handle) {
                window().clear_timeout_with_handle(running);
            }
        });
    }
}

/// A conversation to begin.
fn fresh(packet: &Packet) -> Known {
    Known { id: hex(16), token: hex(32), opening: Some(wire::opening(packet)), seen: 0 }
}

/// Random bytes as hex digits.
fn hex(n_bytes: usize) -> String {
    let mut bytes = vec![0; n_bytes];
    let thrown = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).map(drop));
    if thrown.is_err() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
