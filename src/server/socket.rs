//! A shopper's socket: what was missed, then what happens, until one side goes.
//!
//! The first frame is a `Hello` with the token; a refusal closes with 4000 + its HTTP status and
//! its word as the reason.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::time::{Instant, interval_at, timeout};

use super::App;
use super::asked::{Named, parse, token};
use super::hub::{Listener, Pulse, stopped};
use super::metrics::Open;
use super::refuse::Refuse;
use super::secret::Digest;
use super::shopper::read_events;
use crate::chat::protocol::{Frame, Hello};

/// Buffers of a socket; the usual 128 KiB each would cost twenty times the memory.
const BUFFER_BYTES: usize = 4 * 1024;

/// Time for the first frame, and for one frame to leave.
const FRAME_TIMEOUT: Duration = Duration::from_secs(10);

/// Pings without any answer after which the other side counts as gone.
const MISSED_PINGS: u32 = 3;

/// Code of a close frame when the inbox stops.
const GOING_AWAY: u16 = 1001;

/// `GET /v1/conversations/{id}/socket`
pub async fn upgrade(
    State(app): State<App>,
    Named(id): Named,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Result<Response, Refuse> {
    if !app.origins.allows_socket(&headers) {
        return Err(Refuse::Forbidden("this origin may not talk to the inbox: add it to the allowed origins"));
    }
    let socket = socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(16 * BUFFER_BYTES)
        .max_message_size(app.limits.frame_bytes)
        .max_frame_size(app.limits.frame_bytes);
    Ok(socket.on_upgrade(move |socket| talk(app, id, socket)))
}

async fn talk(app: App, id: String, mut socket: WebSocket) {
    let _counted = Open::one(&app.metrics.sockets);
    let outcome = match greet(&mut socket).await {
        Ok((token, after)) => {
            let link = Link { listener: app.hub.listen(&id), app: &app, id: &id, token, cursor: after };
            link.follow(&mut socket).await
        }
        Err(end) => Err(end),
    };
    let (code, reason) = match outcome {
        Ok(()) | Err(End::Gone) => return,
        Err(End::Stopping) => (GOING_AWAY, "stopping".to_owned()),
        Err(End::Refused(refuse)) => (refuse.close_code(), refuse.refusal().error),
    };
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    let _ = timeout(FRAME_TIMEOUT, socket.send(close)).await;
}

/// Why a socket ends.
enum End {
    Gone,
    Stopping,
    Refused(Refuse),
}

impl From<Refuse> for End {
    fn from(refuse: Refuse) -> Self {
        End::Refused(refuse)
    }
}

async fn greet(socket: &mut WebSocket) -> Result<(Digest, u64), End> {
    match timeout(FRAME_TIMEOUT, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => {
            let hello: Hello = parse(text.as_bytes())?;
            Ok((token(&hello.token)?, hello.after))
        }
        Ok(Some(Ok(_))) => Err(Refuse::Malformed("the first frame is not a hello".to_owned()).into()),
        Ok(_) => Err(End::Gone),
        Err(_) => Err(Refuse::Slow.into()),
    }
}

/// One socket that is let in.
struct Link<'a> {
    app: &'a App,
    id: &'a str,
    token: Digest,
    cursor: u64,
    listener: Listener,
}

impl Link<'_> {
    async fn follow(mut self, socket: &mut WebSocket) -> Result<(), End> {
        let every = self.app.limits.ping_every;
        let mut pings = interval_at(Instant::now() + every, every);
        let mut availability = self.app.hub.availability();
        let mut stopping = self.app.hub.stopping();
        let mut heard = Instant::now();
        let mut shown = Pulse::default();
        self.catch_up(socket).await?;
        let now = availability.borrow_and_update().clone();
        send(socket, &Frame::Availability { availability: now }).await?;
        loop {
            tokio::select! {
                () = self.listener.changed() => {
                    let pulse = self.listener.now();
                    if pulse.gone {
                        return Err(Refuse::NotFound.into());
                    }
                    if pulse.cursor > self.cursor {
                        self.catch_up(socket).await?;
                    }
                    if pulse.typing != shown.typing {
                        send(socket, &Frame::Typing { on: pulse.typing }).await?;
                    }
                    shown = pulse;
                }
                Ok(()) = availability.changed() => {
                    let now = availability.borrow_and_update().clone();
                    send(socket, &Frame::Availability { availability: now }).await?;
                }
                _ = pings.tick() => {
                    if heard.elapsed() > every * MISSED_PINGS {
                        return Err(End::Gone);
                    }
                    send(socket, &Frame::Ping).await?;
                    push(socket, Message::Ping(axum::body::Bytes::new())).await?;
                }
                frame = socket.recv() => match frame {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                    // Shoppers write by PUT; what comes here only asks whether we are there, and shows that they are.
                    Some(Ok(Message::Text(_))) => {
                        heard = Instant::now();
                        send(socket, &Frame::Ping).await?;
                    }
                    Some(Ok(_)) => heard = Instant::now(),
                },
                () = stopped(&mut stopping) => return Err(End::Stopping),
            }
        }
    }

    /// Sends every event that the other side does not have.
    async fn catch_up(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        loop {
            let read = read_events(self.app, self.id, self.token, self.cursor).await?;
            for event in read.events {
                self.cursor = event.cursor;
                send(socket, &Frame::Event { event }).await?;
            }
            if self.cursor >= read.cursor {
                return Ok(());
            }
        }
    }
}

async fn send(socket: &mut WebSocket, frame: &Frame) -> Result<(), End> {
    let text = serde_json::to_string(frame).map_err(|error| Refuse::Malformed(error.to_string()))?;
    push(socket, Message::Text(text.into())).await
}

async fn push(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(FRAME_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
