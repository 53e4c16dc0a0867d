//! What the browser keeps for a conversation, and only once there is one: its id and token, and the way
//! through a guided flow, in `localStorage`; messages not yet sent in IndexedDB, and with them the files
//! that they bring.
//!
//! Storage may be absent, throw when looked at, refuse to open, be full, be blocked by another tab or
//! vanish in the middle. Each of these is `None` or `false` here, and the conversation goes on in memory.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbRequest, IdbTransactionMode};

use super::web::Blob;
use crate::chat::io::Known;
use crate::chat::json::{Json, ObjectWriter};
use crate::chat::message::{Enclosed, Waiting};
use crate::chat::wire;

/// Name of the database.
const DATABASE: &str = "helpnook";

/// Name of its one store.
const OUTBOX: &str = "outbox";

/// How long storage may take, in milliseconds, before the message leaves without it.
const PATIENCE_MS: i32 = 2_000;

/// The conversation with an inbox.
pub fn known(key: &str) -> Option<Known> {
    let json = Json::read(&local()?.get_item(key).ok()??)?;
    Some(Known {
        id: json.text("id")?.to_owned(),
        token: json.text("token")?.to_owned(),
        opening: json.text("opening").map(str::to_owned),
        seen: json.number("seen").unwrap_or(0),
    })
}

/// Keeps the conversation; false when it cannot be kept.
pub fn keep_known(key: &str, known: &Known) -> bool {
    let json = ObjectWriter::default().text("id", &known.id).text("token", &known.token).number("seen", known.seen);
    let json = match &known.opening {
        Some(opening) => json.text("opening", opening),
        None => json,
    };
    local().is_some_and(|storage| storage.set_item(key, &json.end()).is_ok())
}

/// Forgets the conversation, and the flow that was under way beside it.
pub fn forget_known(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
    keep_flow(key, "");
}

/// What is kept of guided flows.
pub fn flow(key: &str) -> Option<String> {
    local()?.get_item(&flow_key(key)).ok()?
}

/// Keeps what is to be kept of guided flows. Where storage is refused, a page loaded anew begins anew.
/// An empty text is nothing.
pub fn keep_flow(key: &str, text: &str) {
    let Some(storage) = local() else { return };
    let key = flow_key(key);
    let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}

fn flow_key(key: &str) -> String {
    [key, "#flow"].concat()
}

/// What waits in the outbox.
pub async fn waiting() -> Option<Vec<Waiting>> {
    let database = open().await?;
    let store = database.transaction_with_str(OUTBOX).ok()?.object_store(OUTBOX).ok()?;
    let found = answer(&store.get_all().ok()?).await?;
    let read = |value: JsValue| {
        // Files lie between the messages, each as its bytes.
        let json = Json::read(&value.as_string()?)?;
        let file = json.get("file").and_then(|file| {
            Some(Enclosed {
                id: file.text("id")?.to_owned(),
                name: file.text("name")?.to_owned(),
                kind: file.text("kind")?.to_owned(),
                bytes: file.number("bytes")?,
            })
        });
        Some(Waiting {
            id: json.text("id")?.to_owned(),
            seq: u32::try_from(json.number("seq")?).ok()?,
            text: json.text("text")?.to_owned(),
            file,
            at_ms: json.number("at_ms")?,
            flow: wire::read_told(&json),
        })
    };
    Some(found.dyn_ref::<Array>()?.iter().filter_map(read).collect())
}

/// Writes a message to the outbox, and the bytes of its file; false when it cannot be kept.
pub async fn keep(waiting: &Waiting, bytes: Option<Blob>) -> bool {
    let json = ObjectWriter::default()
        .text("id", &waiting.id)
        .number("seq", u64::from(waiting.seq))
        .text("text", &waiting.text)
        .number("at_ms", waiting.at_ms);
    let json = match &waiting.file {
        Some(file) => {
            let file = ObjectWriter::default()
                .text("id", &file.id)
                .text("name", &file.name)
                .text("kind", &file.kind)
                .number("bytes", file.bytes);
            json.raw("file", &file.end())
        }
        None => json,
    };
    let json = JsValue::from_str(&wire::told(json, &waiting.flow).end());
    let bytes = bytes.map(JsValue::from).unwrap_or_default();
    change(&waiting.id, Some((&json, &bytes))).await.is_some()
}

/// Takes a message out of the outbox, with its file.
pub async fn release(id: &str) {
    change(id, None).await;
}

/// The bytes of a message's file.
pub async fn file(message: &str) -> Option<Blob> {
    let database = open().await?;
    let store = database.transaction_with_str(OUTBOX).ok()?.object_store(OUTBOX).ok()?;
    let bytes = answer(&store.get(&file_key(message)).ok()?).await?;
    (!bytes.is_undefined()).then(|| bytes.unchecked_into())
}

fn file_key(message: &str) -> JsValue {
    [message, ".file"].concat().into()
}

/// Writes or deletes a row and its file's, and waits until the browser has it for good.
async fn change(id: &str, value: Option<(&JsValue, &JsValue)>) -> Option<()> {
    let database = open().await?;
    let transaction = database.transaction_with_str_and_mode(OUTBOX, IdbTransactionMode::Readwrite).ok()?;
    let store = transaction.object_store(OUTBOX).ok()?;
    match value {
        Some((row, bytes)) => {
            store.put_with_key(row, &id.into()).ok()?;
            if !bytes.is_undefined() {
                store.put_with_key(bytes, &file_key(id)).ok()?;
            }
        }
        None => {
            store.delete(&id.into()).ok()?;
            store.delete(&file_key(id)).ok()?;
        }
    }
    settled(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
        transaction.set_onerror(Some(&reject));
    })
    .await
    .map(drop)
}

/// Opens the database, for one use: a connection kept open would block the shop from deleting it.
async fn open() -> Option<Closing> {
    let request = web_sys::window()?.indexed_db().ok()??.open_with_u32(DATABASE, 1).ok()?;
    let making = request.clone();
    let make = Closure::once_into_js(move || {
        if let Some(database) = making.result().ok().and_then(|result| result.dyn_into::<IdbDatabase>().ok()) {
            let _ = database.create_object_store(OUTBOX);
        }
    });
    request.set_onupgradeneeded(make.dyn_ref::<Function>());
    settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
        request.set_onblocked(Some(&reject));
    })
    .await?;
    request.result().ok()?.dyn_into::<IdbDatabase>().ok().map(Closing)
}

/// A database that is closed after use.
struct Closing(IdbDatabase);

impl core::ops::Deref for Closing {
    type Target = IdbDatabase;

    fn deref(&self) -> &IdbDatabase {
        &self.0
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn answer(request: &IdbRequest) -> Option<JsValue> {
    settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
    .await?;
    request.result().ok()
}

/// Waits until one of the two functions is called, but not for ever.
async fn settled(listen: &mut dyn FnMut(Function, Function)) -> Option<JsValue> {
    let outcome = Promise::new(&mut |resolve, reject| listen(resolve, reject));
    let late = Promise::new(&mut |_, reject| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&reject, PATIENCE_MS);
        }
    });
    JsFuture::from(Promise::race(&Array::of2(&outcome, &late))).await.ok()
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
