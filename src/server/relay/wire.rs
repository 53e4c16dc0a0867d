//! A conversation's WebSocket to another system.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::chat::backoff::delay_ms;
use crate::relay::{Dial, Saved};

/// Largest message that is read, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// What a socket said.
pub(super) enum Said {
    /// A text.
    Text(String),
    /// That it is alive.
    Alive,
    /// Nothing any more.
    Down,
}

/// The socket, when there is one, and when there is to be one.
#[derive(Default)]
pub(super) struct Wire {
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    /// What the adapter keeps as long as the socket is.
    pub session: Saved,
    /// Whether jobs may go by it.
    pub ready: bool,
    /// Sockets that failed in a row.
    tries: u32,
    dial_at: Option<Instant>,
    opened_at: Option<Instant>,
    tick_at: Option<Instant>,
    dead_at: Option<Instant>,
    silence: Duration,
    /// The job that went by it, and until when it is waited for.
    pub pending: Option<(String, Instant)>,
    /// Jobs that the system says it has, with its own ids.
    pub taken: Vec<(String, String)>,
}

impl Wire {
    /// Whether a socket is missing, and may be opened.
    pub fn wants_to_dial(&self) -> bool {
        self.socket.is_none() && self.dial_at.is_none_or(|at| at <= Instant::now())
    }

    /// Opens a socket.
    ///
    /// # Errors
    /// When it cannot be had in time, in words.
    pub async fn dial(&mut self, dial: &Dial, patience: Duration) -> Result<(), String> {
        let mut request = dial.url.as_str().into_client_request().map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        for (name, value) in [("sec-websocket-protocol", &dial.protocol), ("origin", &dial.origin)] {
            if !value.is_empty() {
                headers.insert(name, HeaderValue::from_str(value).map_err(|error| error.to_string())?);
            }
        }
        let config = WebSocketConfig::default().max_message_size(Some(MAX_BYTES));
        let opening = connect_async_with_config(request, Some(config), true);
        let opened = timeout(patience, opening).await.map_err(|_| "gives no socket in time".to_owned())?;
        let (socket, _) = opened.map_err(|error| format!("gives no socket: {error}"))?;
        let now = Instant::now();
        self.socket = Some(socket);
        self.session.clear();
        // What the system has, it says anew.
        self.taken.clear();
        self.silence = Duration::from_millis(dial.silence_ms);
        (self.dead_at, self.dial_at, self.opened_at) = (Some(now + self.silence), None, Some(now));
        self.tick_at = Some(now + Duration::from_millis(dial.tick_ms));
        Ok(())
    }

    /// Closes the socket; with a throw of a die another one is opened, later each time.
    pub fn hang(&mut self, die: Option<u32>) {
        self.socket = None;
        (self.ready, self.pending, self.tick_at, self.dead_at) = (false, None, None, None);
        self.dial_at = die.map(|die| {
            self.tries = self.tries.saturating_add(1);
            Instant::now() + Duration::from_millis(u64::from(delay_ms(self.tries, die, None)))
        });
    }

    /// It is alive.
    pub fn lives(&mut self) {
        self.dead_at = Some(Instant::now() + self.silence);
    }

    /// Whether it was silent for too long.
    pub fn is_dead(&self) -> bool {
        self.socket.is_some() && self.dead_at.is_some_and(|at| at <= Instant::now())
    }

    /// Whether it has been open for so long without jobs being able to go by it.
    pub fn is_stuck(&self, patience: Duration) -> bool {
        let late = self.opened_at.is_some_and(|at| at + patience <= Instant::now());
        self.socket.is_some() && !self.ready && late
    }

    /// Jobs may go by it.
    pub fn is_ready(&mut self) {
        (self.ready, self.tries) = (true, 0);
    }

    /// Whether it is time for a tick.
    pub fn ticks(&mut self, dial: &Dial) -> bool {
        let now = Instant::now();
        let due = self.socket.is_some() && self.tick_at.is_some_and(|at| at <= now);
        if due {
            self.tick_at = Some(now + Duration::from_millis(dial.tick_ms));
        }
        due
    }

    /// Says something; what cannot be said ends the socket.
    pub async fn say(&mut self, text: &str, patience: Duration) {
        let Some(socket) = &mut self.socket else { return };
        if !matches!(timeout(patience, socket.send(Message::text(text))).await, Ok(Ok(()))) {
            self.dead_at = Some(Instant::now());
        }
    }

    /// Waits for what it says next; for ever, without one.
    pub async fn next(&mut self) -> Said {
        let Some(socket) = &mut self.socket else { return std::future::pending().await };
        match socket.next().await {
            Some(Ok(Message::Text(text))) => Said::Text(text.to_string()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Said::Down,
            Some(Ok(_)) => Said::Alive,
        }
    }

    /// When it is to be looked at without anything having been said.
    pub fn wake_at(&self) -> Option<Instant> {
        let pending = self.pending.as_ref().map(|(_, until)| *until);
        let dial_at = self.dial_at.filter(|_| self.socket.is_none());
        [dial_at, self.tick_at, self.dead_at, pending].into_iter().flatten().min()
    }
}
