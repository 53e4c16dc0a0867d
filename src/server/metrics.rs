//! Figures of the running server, as Prometheus reads them.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::refuse::Refuse;
use super::shopper::Caller;
use super::store::inbox::{Counts, counts};

/// Counters that only grow, but for the gauges, which are counted down again.
#[derive(Default)]
pub struct Metrics {
    /// Answers by hundreds of their status: 2xx, 3xx, 4xx, 5xx.
    answers: [AtomicU64; 4],
    /// Requests refused because of a limit.
    pub limited: AtomicU64,
    /// Commits of the store.
    pub commits: AtomicU64,
    /// Writes in them.
    pub writes: AtomicU64,
    /// Commits that failed.
    pub failures: AtomicU64,
    /// E-mails that a mail server took.
    pub mails: AtomicU64,
    /// E-mails that none took, each time.
    pub mail_failures: AtomicU64,
    /// Messages that another system took.
    pub relayed: AtomicU64,
    /// Tries to hand one over that failed.
    pub relay_failures: AtomicU64,
    /// Connections open now.
    pub connections: Arc<AtomicU64>,
    /// Shoppers' sockets open now.
    pub sockets: Arc<AtomicU64>,
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(2);
        if let Some(counter) = self.answers.get(class) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.limited.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Counts one up while it lives.
pub struct Open(Arc<AtomicU64>);

impl Open {
    /// Counts up.
    #[must_use]
    pub fn one(gauge: &Arc<AtomicU64>) -> Open {
        gauge.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(gauge))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `GET /metrics`, for this machine only.
pub async fn metrics(
    State(app): State<App>,
    Extension(Caller(address)): Extension<Caller>,
) -> Result<Response, Refuse> {
    if !IpAddr::is_loopback(&address.to_canonical()) {
        return Err(Refuse::NotFound);
    }
    let counts = app.store.read(|conn| Ok(counts(conn)?)).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, written(&app, &counts)).into_response())
}

fn written(app: &App, counts: &Counts) -> String {
    let metrics = &app.metrics;
    let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut out = String::new();
    let mut row = |name: &str, kind: &str, help: &str, value: u64| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "# HELP helpnook_{name} {help}\n# TYPE helpnook_{name} {kind}\nhelpnook_{name} {value}");
    };
    row("connections", "gauge", "Connections open now.", now(&metrics.connections));
    row("sockets", "gauge", "Sockets of shoppers open now.", now(&metrics.sockets));
    row("online", "gauge", "Whether an agent can answer now.", u64::from(app.hub.availability().borrow().online));
    row("conversations_open", "gauge", "Conversations that are not closed.", counts.open);
    row("conversations_waiting", "gauge", "Conversations whose shopper waits for an answer.", counts.waiting);
    row("rate_limited_total", "counter", "Requests refused because of a limit.", now(&metrics.limited));
    row("commits_total", "counter", "Commits of the store.", now(&metrics.commits));
    row("writes_total", "counter", "Writes in these commits.", now(&metrics.writes));
    row("commit_failures_total", "counter", "Commits that failed.", now(&metrics.failures));
    row("mails_total", "counter", "E-mails that a mail server took.", now(&metrics.mails));
    row("mail_failures_total", "counter", "Tries to send an e-mail that failed.", now(&metrics.mail_failures));
    row("relayed_total", "counter", "Messages that another system took.", now(&metrics.relayed));
    row("relay_failures_total", "counter", "Tries to hand one over that failed.", now(&metrics.relay_failures));
    row("healthy", "gauge", "Whether the last write reached the disk.", u64::from(app.store.is_healthy()));
    let name = "helpnook_answers_total";
    let _ = writeln!(out, "# HELP {name} Answers by class of status.\n# TYPE {name} counter");
    for (class, counter) in (2..).zip(&metrics.answers) {
        let _ = writeln!(out, "{name}{{status=\"{class}xx\"}} {}", now(counter));
    }
    out
}
