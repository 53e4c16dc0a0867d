//! What the loader hands to panel and conversation: the engine, the tag's settings, the page, and
//! each the other.
//!
//! Every call can throw (a trap in the engine, a page that patched our objects); here it never does.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Event;

#[wasm_bindgen]
extern "C" {
    /// The object made by the loader.
    pub type Host;

    #[wasm_bindgen(method, structural, getter, catch)]
    fn engine(this: &Host) -> Result<Engine, JsValue>;
    #[wasm_bindgen(method, structural, getter, catch)]
    fn config(this: &Host) -> Result<Object, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn snapshot(this: &Host) -> Result<String, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = advice)]
    fn suggested(this: &Host) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn index_state(this: &Host) -> Result<String, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn close(this: &Host) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn badge(this: &Host, n: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn emit(this: &Host, name: &str, detail: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn warn(this: &Host, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn converse(this: &Host, inbox: &str, now: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn held(this: &Host, words: Option<&str>) -> Result<String, JsValue>;
    #[wasm_bindgen(method, structural, getter, catch)]
    fn talk(this: &Host) -> Result<Talk, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn talked(this: &Host) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn show_screen(this: &Host, screen: &str, arg: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn file(this: &Host, name: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn lazy(this: &Host, file: &str, one: &str, other: &str, third: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn hear(this: &Host, text: &str, urgent: bool) -> Result<(), JsValue>;

    /// The conversation's module: see [`crate::line`].
    pub type Talk;

    /// Bytes of a [`crate::chat::scene::Scene`].
    #[wasm_bindgen(method, structural, catch)]
    pub fn scene(this: &Talk) -> Result<Vec<u8>, JsValue>;
    /// Sends a text; false when it has to stay in the field.
    #[wasm_bindgen(method, structural, catch)]
    pub fn write(this: &Talk, text: &str) -> Result<bool, JsValue>;
    /// Begins a guided flow.
    #[wasm_bindgen(method, structural, catch)]
    pub fn begin(this: &Talk, flow: &str) -> Result<(), JsValue>;
    /// Something in the scene was pressed.
    #[wasm_bindgen(method, structural, catch)]
    pub fn press(this: &Talk, what: &str, event: &Event) -> Result<(), JsValue>;
    /// What the panel remembers: lines, as [`crate::chat::packet::gather`] reads them.
    #[wasm_bindgen(method, structural, catch)]
    pub fn remember(this: &Talk, memory: &str) -> Result<(), JsValue>;
    /// Whether the conversation is before the shopper's eyes.
    #[wasm_bindgen(method, structural, catch)]
    pub fn look(this: &Talk, looking: bool) -> Result<(), JsValue>;
    /// Asks whether somebody is there.
    #[wasm_bindgen(method, structural, catch)]
    pub fn ask(this: &Talk) -> Result<(), JsValue>;
    /// The language's texts are to be read anew.
    #[wasm_bindgen(method, structural, catch)]
    pub fn reread(this: &Talk) -> Result<(), JsValue>;
    /// A text with its card numbers masked.
    #[wasm_bindgen(method, structural, catch)]
    pub fn mask(this: &Talk, text: &str) -> Result<String, JsValue>;
    /// Ends it, for good.
    #[wasm_bindgen(method, structural, catch)]
    pub fn end(this: &Talk) -> Result<(), JsValue>;

    /// Whether an article's answer is here (0), on its way (1) or not to be had (2).
    #[wasm_bindgen(method, structural, catch)]
    pub fn bring(this: &Host, number: u32) -> Result<u8, JsValue>;

    /// The engine module.
    pub type Engine;

    #[wasm_bindgen(method, structural, catch)]
    fn search(this: &Engine, query: &str, limit: u32) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn article(this: &Engine, number: u32) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn find(this: &Engine, id: &str) -> Result<i32, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn section(this: &Engine, which: u8) -> Result<Vec<u8>, JsValue>;
}

/// Whether the index can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// It can.
    Ready,
    /// It is on its way.
    Loading,
    /// It cannot be had.
    Missing,
}

impl Host {
    /// The tag's `data-*` attributes by their full names, with `base` and `lang` as the loader set them.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        if let Ok(config) = self.config() {
            for pair in Object::entries(&config).iter() {
                let name = Reflect::get_u32(&pair, 0).ok().and_then(|name| name.as_string());
                let value = Reflect::get_u32(&pair, 1).ok().and_then(|value| value.as_string());
                if let (Some(name), Some(value)) = (name, value) {
                    let own = matches!(name.as_str(), "base" | "lang");
                    out.push((if own { name } else { dashed(&name) }, value));
                }
            }
        }
        out
    }

    /// What the page and the shopper's actions say.
    pub fn page(&self) -> String {
        self.snapshot().unwrap_or_default()
    }

    /// Whether the index can be asked.
    pub fn index(&self) -> IndexState {
        match self.index_state().as_deref() {
            Ok("ready") => IndexState::Ready,
            Ok("loading") => IndexState::Loading,
            _ => IndexState::Missing,
        }
    }

    /// Closes the panel; the focus goes back to the launcher.
    pub fn shut(&self) {
        let _ = self.close();
    }

    /// Shows a number on the launcher; 0 shows none.
    pub fn unread(&self, n: u32) {
        let _ = self.badge(n);
    }

    /// Tells the shop's own scripts that something happened: the event `help:<name>`.
    pub fn tell(&self, name: &str, facts: &[(&str, JsValue)]) {
        let detail = Object::new();
        for (key, value) in facts {
            let _ = Reflect::set(&detail, &JsValue::from_str(key), value);
        }
        let _ = self.emit(name, &detail);
    }

    /// One line on the console.
    pub fn complain(&self, text: &str) {
        let _ = self.warn(text);
    }

    /// Fetches the conversation's module: now, or with what else may be wanted next.
    pub fn call(&self, inbox: &str, now: bool) {
        let _ = self.converse(inbox, now);
    }

    /// Keeps words to be sent once the conversation's module runs, also by a page loaded anew; empty ones end that.
    pub fn hold(&self, words: &str) {
        let _ = self.held(Some(words));
    }

    /// The words so kept; empty when there are none.
    pub fn words_held(&self) -> String {
        self.held(None).unwrap_or_default()
    }

    /// The conversation, once its module runs.
    pub fn line(&self) -> Option<Talk> {
        self.talk().ok().filter(|talk| !talk.is_falsy())
    }

    /// Tells the panel that the conversation's scene changed.
    pub fn changed(&self) {
        let _ = self.talked();
    }

    /// Has the panel say something to those who listen; unless urgent, only while the conversation
    /// is not on screen, where the messages speak for themselves.
    pub fn announce(&self, text: &str, urgent: bool) {
        let _ = self.hear(text, urgent);
    }

    /// Has the panel show a screen over the one it shows: `number` with an article's, `article` with its
    /// id, `contact`.
    pub fn show(&self, screen: &str, arg: &str) {
        let _ = self.show_screen(screen, arg);
    }

    /// Bytes of a file that lies beside the index.
    #[cfg(feature = "chat")]
    pub async fn beside(&self, name: &str) -> Option<Vec<u8>> {
        let bytes = wasm_bindgen_futures::JsFuture::from(self.file(name).ok()?).await.ok()?;
        Some(js_sys::Uint8Array::new(&bytes).to_vec())
    }

    /// Has a file of ours do what only some shops want, and gives what it says; `None` when it cannot be had.
    #[cfg(feature = "chat")]
    pub async fn run(&self, file: &str, one: &str, other: &str, third: &JsValue) -> Option<String> {
        let said = wasm_bindgen_futures::JsFuture::from(self.lazy(file, one, other, third).ok()?).await.ok()?;
        said.as_string().filter(|said| !said.is_empty())
    }

    /// Bytes of `search::Answer`.
    pub fn ask(&self, query: &str, limit: u32) -> Option<Vec<u8>> {
        self.engine().ok()?.search(query, limit).ok()
    }

    /// Bytes of `context::Advice`.
    pub fn advice(&self) -> Option<Vec<u8>> {
        self.suggested().ok()
    }

    /// Bytes of a stored article.
    pub fn stored(&self, number: u32) -> Option<Vec<u8>> {
        self.engine().ok()?.article(number).ok()
    }

    /// Number of the article of that id.
    pub fn number_of(&self, id: &str) -> Option<u32> {
        u32::try_from(self.engine().ok()?.find(id).ok()?).ok()
    }

    /// Bytes of a section of the index.
    pub fn part(&self, which: u8) -> Option<Vec<u8>> {
        self.engine().ok()?.section(which).ok()
    }
}

/// The attribute's name of a key of `dataset`: `maxSuggestions` is `data-max-suggestions`.
fn dashed(key: &str) -> String {
    let mut out = String::from("data-");
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
