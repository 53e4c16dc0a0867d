//! A file on its way: by `XMLHttpRequest`, which tells how much has left, as `fetch` does not.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Promise, encode_uri_component};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

use super::web::{Blob, Progress, XMLHttpRequest};
use crate::chat::io::{Known, Outcome};
use crate::chat::json::Json;
use crate::chat::wire;

/// How long a file may take, in milliseconds; the inbox gives up at about the same time.
const PATIENCE_MS: u32 = 130_000;

/// Steps in which it is told how far it came, in hundredths: each is drawn anew.
const STEP: u8 = 5;

/// Sends a file; `progress` hears how many hundredths have left.
pub async fn upload(
    base: &str,
    known: &Known,
    file: &str,
    name: &str,
    bytes: &Blob,
    progress: impl Fn(u8) + 'static,
) -> Outcome {
    let address = [base, "/v1/conversations/", &known.id, "/files/", file, "?name="].concat();
    let address = address + &String::from(encode_uri_component(name));
    let Some(request) = open(&address, &known.token) else { return Outcome::Unreachable };
    let told = Rc::new(Cell::new(0));
    let hear = Closure::<dyn FnMut(Progress)>::new(move |event: Progress| {
        // The answer is still to come when all has left.
        let percent = (event.loaded() / event.total().max(1.0) * 99.0) as u8;
        if percent >= told.get() + STEP {
            told.set(percent);
            progress(percent);
        }
    });
    request.upload().set_onprogress(hear.as_ref().unchecked_ref());
    // Answered, broken off and late all end it; which it was, the status tells.
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(&resolve));
    if request.send(bytes).is_err() {
        return Outcome::Unreachable;
    }
    let _ = JsFuture::from(ended).await;
    let json = Json::read(&request.text());
    match request.status() {
        0 => Outcome::Unreachable,
        200 => json.as_ref().and_then(wire::read_attachment).map_or(Outcome::Unreachable, Outcome::Attached),
        status => Outcome::Refused(status, json.as_ref().and_then(wire::read_refusal)),
    }
}

fn open(address: &str, token: &str) -> Option<XMLHttpRequest> {
    let request = XMLHttpRequest::new().ok()?;
    request.open("PUT", address).ok()?;
    request.set_timeout(PATIENCE_MS);
    request.set_header("authorization", &["Bearer ", token].concat()).ok()?;
    Some(request)
}
