//! How much the inbox takes from anybody, and for how long it waits.

use std::time::Duration;

/// Limits of the inbox; `helpnook serve --config` sets each by the name of its field.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Time for the whole head of a request, and for the next request on an open connection.
    pub header_timeout: Duration,
    /// Time for the whole body of a request.
    pub body_timeout: Duration,
    /// Connections at a time; more are answered 503 at once.
    pub max_connections: usize,
    /// Longest body of a request.
    pub body_bytes: usize,
    /// Longest frame that a shopper's socket may send.
    pub frame_bytes: usize,
    /// Requests to the API a second from one address (IPv6: from one /64), in the long run.
    pub requests_per_s: f64,
    /// Requests that one address may make at once.
    pub requests_burst: f64,
    /// Messages a second in one conversation, in the long run.
    pub messages_per_s: f64,
    /// Messages at once in one conversation: what an outbox sends when the network is back.
    pub messages_burst: f64,
    /// Conversations an hour that one address may open.
    pub conversations_per_hour: f64,
    /// Attempts to sign in a minute, from one address and for one name.
    pub sign_ins_per_min: f64,
    /// Longest wait of a request for events.
    pub poll_wait: Duration,
    /// Time between two pings on a socket; three without an answer end it.
    pub ping_every: Duration,
    /// Time that an agent counts as online after the last page was closed; spans a reload.
    pub presence_grace: Duration,
    /// Time that an agent stays signed in without doing anything.
    pub session_idle: Duration,
    /// Time that open requests get when the inbox stops.
    pub stop_timeout: Duration,
    /// Most writes in one commit.
    pub commit_batch: usize,
    /// Writes that may wait for a commit; more are answered 503 at once.
    pub write_queue: usize,
    /// Whether a proxy on this machine is trusted to name the shopper's address in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(15),
            max_connections: 10_000,
            body_bytes: 32 * 1024,
            frame_bytes: 16 * 1024,
            requests_per_s: 20.0,
            requests_burst: 100.0,
            messages_per_s: 1.0,
            messages_burst: 5.0,
            conversations_per_hour: 20.0,
            sign_ins_per_min: 10.0,
            poll_wait: Duration::from_secs(25),
            ping_every: Duration::from_secs(20),
            presence_grace: Duration::from_secs(8),
            session_idle: Duration::from_secs(12 * 3600),
            stop_timeout: Duration::from_secs(10),
            commit_batch: 256,
            write_queue: 4096,
            behind_proxy: false,
        }
    }
}
