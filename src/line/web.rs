//! The few things of the browser that only the conversation uses. They are named here and not taken from
//! `web-sys`, where each further one has all that is built on it built anew.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Bytes that the browser holds.
    #[derive(Clone)]
    pub type Blob;

    /// A file that was chosen.
    #[wasm_bindgen(extends = Blob)]
    #[derive(Clone)]
    pub type File;
    #[wasm_bindgen(method, structural, getter)]
    pub fn name(this: &File) -> String;
    #[wasm_bindgen(method, structural, getter, js_name = type)]
    pub fn kind(this: &File) -> String;
    #[wasm_bindgen(method, structural, getter)]
    pub fn size(this: &File) -> f64;

    /// A request that tells how much of it has left.
    pub type XMLHttpRequest;
    #[wasm_bindgen(constructor, catch)]
    pub fn new() -> Result<XMLHttpRequest, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    pub fn open(this: &XMLHttpRequest, method: &str, address: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, setter)]
    pub fn set_timeout(this: &XMLHttpRequest, ms: u32);
    #[wasm_bindgen(method, structural, setter)]
    pub fn set_onloadend(this: &XMLHttpRequest, hear: &Function);
    #[wasm_bindgen(method, structural, catch, js_name = setRequestHeader)]
    pub fn set_header(this: &XMLHttpRequest, name: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, getter)]
    pub fn upload(this: &XMLHttpRequest) -> Leaving;
    #[wasm_bindgen(method, structural, catch)]
    pub fn send(this: &XMLHttpRequest, bytes: &Blob) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, getter)]
    pub fn status(this: &XMLHttpRequest) -> u16;
    #[wasm_bindgen(method, structural, getter, js_name = responseText)]
    pub fn text(this: &XMLHttpRequest) -> String;

    /// What of it has left.
    pub type Leaving;
    #[wasm_bindgen(method, structural, setter)]
    pub fn set_onprogress(this: &Leaving, hear: &Function);

    /// How much that is.
    pub type Progress;
    #[wasm_bindgen(method, structural, getter)]
    pub fn loaded(this: &Progress) -> f64;
    #[wasm_bindgen(method, structural, getter)]
    pub fn total(this: &Progress) -> f64;

    /// A channel between the pages of one shop.
    #[derive(Clone)]
    pub type BroadcastChannel;
    #[wasm_bindgen(constructor, catch)]
    pub fn new(name: &str) -> Result<BroadcastChannel, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = postMessage)]
    pub fn post(this: &BroadcastChannel, word: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, setter)]
    pub fn set_onmessage(this: &BroadcastChannel, hear: &Function);
    #[wasm_bindgen(method, structural)]
    pub fn close(this: &BroadcastChannel);
}

/// Random bytes as hex digits.
pub fn hex(n_bytes: usize) -> String {
    let mut bytes = vec![0; n_bytes];
    let thrown = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    if thrown.is_none() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
