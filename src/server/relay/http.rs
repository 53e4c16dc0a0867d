//! Requests to other systems, made in threads that may block.

use std::sync::LazyLock;
use std::time::Duration;

use crate::relay::{Answer, Body, Request};
use crate::web;

/// Longest answer that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// How long any request may take; most may less.
const MOST_PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// The request never left: nothing happened.
    NotSent(String),
    /// It left, and nobody knows what became of it.
    NoAnswer(String),
}

impl Lost {
    /// Why, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Lost::NotSent(why) | Lost::NoAnswer(why) => why,
        }
    }
}

static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
    web::asking(MOST_PATIENCE)
        // Whoever answers elsewhere gets nothing: an address that moved is corrected in the configuration.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A connection that was kept may be dead without knowing, and then nobody could tell what was taken.
        .max_idle_connections(0)
        .build()
        .new_agent()
});

/// Makes a request.
///
/// # Errors
/// When there is no answer in time.
pub async fn ask(request: Request, patience: Duration) -> Result<Answer, Lost> {
    let task = tokio::task::spawn_blocking(move || run(request, patience));
    task.await.unwrap_or_else(|_| Err(Lost::NoAnswer("the request broke off".to_owned())))
}

/// Makes a request, and waits.
///
/// # Errors
/// As [`ask`].
pub fn run(request: Request, patience: Duration) -> Result<Answer, Lost> {
    let mut builder = ureq::http::Request::builder().method(request.method).uri(&request.url);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let (kind, body) = match request.body {
        Body::None => (None, None),
        Body::Json(json) => (Some("application/json"), Some(json.to_string())),
        Body::Form(rows) => (
            Some("application/x-www-form-urlencoded"),
            Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(rows).finish()),
        ),
        Body::Text(kind, text) => (Some(kind), Some(text)),
    };
    if let Some(kind) = kind {
        builder = builder.header("content-type", kind);
    }
    let wrong = |error: ureq::http::Error| Lost::NotSent(error.to_string());
    let answer = match body {
        Some(body) => AGENT.run(in_time(builder.body(body).map_err(wrong)?, patience)),
        None => AGENT.run(in_time(builder.body(()).map_err(wrong)?, patience)),
    };
    let mut answer = answer.map_err(lost)?;
    let retry_after_s =
        answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(lost)?;
    Ok(Answer { status, retry_after_s, body: String::from_utf8_lossy(&body).into_owned() })
}

fn in_time<B: ureq::AsSendBody>(request: ureq::http::Request<B>, patience: Duration) -> ureq::http::Request<B> {
    AGENT.configure_request(request).timeout_global(Some(patience)).build()
}

fn lost(error: ureq::Error) -> Lost {
    use ureq::{Error, Timeout};
    let words = error.to_string();
    let before = match &error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Http(_)
        | Error::RequireHttpsOnly(_) => true,
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        Error::Io(io) => io.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    };
    if before { Lost::NotSent(words) } else { Lost::NoAnswer(words) }
}
