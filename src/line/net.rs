//! Requests to the inbox, each with a time-out, and the socket.

use std::rc::Rc;

use gloo_net::http::{Method, RequestBuilder};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, MessageEvent, ReferrerPolicy, RequestCache, RequestCredentials, WebSocket};

use crate::chat::io::{Call, Known, Outcome};
use crate::chat::json::Json;
use crate::chat::wire;

/// How long a request may take, in milliseconds, beside what the inbox waits on purpose.
const PATIENCE_MS: i32 = 15_000;

/// How long a poll waits for news at the inbox, in seconds.
const POLL_WAIT_S: i32 = 25;

/// Makes a request of the conversation's core, which may be given up meanwhile.
pub async fn call(
    base: &str,
    known: Option<&Known>,
    call: &Call,
    seq: u32,
    body: &str,
    abort: AbortController,
) -> Outcome {
    let wait_s = if matches!(call, Call::Events(_, 1..)) { POLL_WAIT_S } else { 0 };
    let conversation = known.map_or_else(String::new, |known| ["/v1/conversations/", &known.id].concat());
    let (method, path, body) = match call {
        Call::Open => (Method::PUT, conversation, Some(body.to_owned())),
        Call::Put(id) => (Method::PUT, [&conversation, "/messages/", id].concat(), Some(wire::draft(seq, body, &[]))),
        Call::PutFile { message, file } => {
            (Method::PUT, [&conversation, "/messages/", message].concat(), Some(wire::draft_with(seq, body, file)))
        }
        Call::Tell(id) => (Method::PUT, [&conversation, "/messages/", id].concat(), Some(body.to_owned())),
        Call::Seen(cursor) => (Method::PUT, conversation + "/seen", Some(wire::seen(*cursor))),
        Call::Events(after, _) => (
            Method::GET,
            [&conversation, "/events?after=", &after.to_string(), "&wait_s=", &wait_s.to_string()].concat(),
            None,
        ),
        Call::Availability => (Method::GET, "/v1/availability".to_owned(), None),
        Call::Rate(stars) => (Method::PUT, conversation + "/rating", Some(wire::rating(*stars, body))),
        Call::Reachable => (Method::PUT, conversation + "/person", Some(wire::person(body))),
        // Goes another way, which tells how far it came: see `upload`.
        Call::Upload { .. } => return Outcome::Unreachable,
        Call::Writing => (Method::PUT, conversation + "/typing", Some("{\"on\":true}".to_owned())),
        Call::Delete => (Method::DELETE, conversation, None),
    };
    let url = [base, &path].concat();
    let Some((status, text)) =
        fetch(&url, method, known.map(|known| known.token.as_str()), body, PATIENCE_MS + wait_s * 1_000, abort).await
    else {
        return Outcome::Unreachable;
    };
    let json = Json::read(&text);
    if !(200..300).contains(&status) {
        return Outcome::Refused(status, json.as_ref().and_then(wire::read_refusal));
    }
    let read = json.as_ref().and_then(|json| match call {
        Call::Open => wire::read_opened(json).map(Outcome::Opened),
        Call::Put(_) | Call::PutFile { .. } | Call::Tell(_) => wire::read_stored(json).map(Outcome::Stored),
        Call::Events(..) => wire::read_events(json).map(Outcome::Events),
        Call::Availability => wire::read_availability(json).map(Outcome::Availability),
        _ => None,
    });
    // What has no answer but its status is done; another answer that cannot be read was cut short.
    read.unwrap_or(if status == 204 { Outcome::Nothing } else { Outcome::Unreachable })
}

/// Asks the shop's own program on behalf of a guided flow: status and text, or nothing. Without cookies:
/// what the shopper answered is all that it is told.
pub async fn ask_shop(url: &str, body: String, timeout_ms: u32) -> Option<(u16, String)> {
    let abort = AbortController::new().ok()?;
    fetch(url, Method::POST, None, Some(body), i32::try_from(timeout_ms).unwrap_or(PATIENCE_MS), abort).await
}

async fn fetch(
    url: &str,
    method: Method,
    token: Option<&str>,
    body: Option<String>,
    timeout_ms: i32,
    abort: AbortController,
) -> Option<(u16, String)> {
    let window = web_sys::window()?;
    let give_up = abort.clone();
    let timer = Closure::once_into_js(move || give_up.abort());
    let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(timer.unchecked_ref(), timeout_ms).ok()?;
    let mut request = RequestBuilder::new(url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&abort.signal()));
    if let Some(token) = token {
        request = request.header("authorization", &["Bearer ", token].concat());
    }
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let answer = async {
        let response = request.ok()?.send().await.ok()?;
        Some((response.status(), response.text().await.ok()?))
    }
    .await;
    window.clear_timeout_with_handle(timer);
    answer
}

/// An open socket; it closes when dropped.
pub struct Socket {
    socket: WebSocket,
    _hear: [Closure<dyn FnMut(JsValue)>; 3],
}

/// What a socket says.
pub enum Said {
    /// It is open.
    Up,
    /// It brought a text.
    Text(String),
    /// It is closed.
    Down,
}

/// Opens the conversation's socket; `greeting` is its first frame. `None` when the browser refuses.
pub fn socket(base: &str, id: &str, greeting: String, hear: Rc<dyn Fn(Said)>) -> Option<Socket> {
    // `http` becomes `ws`, `https` becomes `wss`.
    let url = ["ws", base.strip_prefix("http").unwrap_or(base), "/v1/conversations/", id, "/socket"].concat();
    let socket = WebSocket::new(&url).ok()?;
    let (up, text, down) = (Rc::clone(&hear), Rc::clone(&hear), hear);
    let greeted = socket.clone();
    let hear = [
        Closure::<dyn FnMut(JsValue)>::new(move |_| {
            let _ = greeted.send_with_str(&greeting);
            up(Said::Up);
        }),
        Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(data) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                text(Said::Text(data));
            }
        }),
        Closure::<dyn FnMut(JsValue)>::new(move |_| down(Said::Down)),
    ];
    let [on_open, on_message, on_close] = &hear;
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    Some(Socket { socket, _hear: hear })
}

impl Socket {
    /// Sends a frame that the inbox answers.
    pub fn probe(&self) {
        // One that is closed says so by itself.
        let _ = self.socket.send_with_str("{}");
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
