//! Every refusal of the inbox, with its status.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::chat::protocol::{MAX_TEXT_BYTES, Refusal, VERSION};

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refuse {
    /// No token, or no session.
    Unauthorized,
    /// A token, session, origin or check that does not fit.
    Forbidden(&'static str),
    /// Not there, or no longer.
    NotFound,
    /// Cannot be read; says what.
    Malformed(String),
    /// Another version of the protocol.
    Version(u64),
    /// Text, body or frame over the limit, in bytes.
    TooLong(usize),
    /// More files than a conversation takes.
    TooMany(usize),
    /// No file of a kind that is taken; says why.
    Unsupported(&'static str),
    /// The body did not come in time.
    Slow,
    /// Too many; says in how many seconds to come again.
    RateLimited(u32),
    /// The store cannot answer now.
    Unavailable,
}

impl Refuse {
    /// Status, word for programs, sentence for people.
    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Refuse::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "the token or session is missing: sign in or send Authorization".to_owned(),
            ),
            Refuse::Forbidden(why) => (StatusCode::FORBIDDEN, "unauthorized", (*why).to_owned()),
            Refuse::NotFound => (StatusCode::NOT_FOUND, "not-found", "there is nothing of that name".to_owned()),
            Refuse::Malformed(what) => {
                (StatusCode::BAD_REQUEST, "malformed", format!("the request cannot be read: {what}"))
            }
            Refuse::Version(got) => (
                StatusCode::BAD_REQUEST,
                "version",
                format!("the request is version {got}, this inbox speaks {VERSION}: reload the page"),
            ),
            Refuse::TooLong(most) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                format!("longer than {most} bytes: shorten it or send it in parts"),
            ),
            Refuse::TooMany(most) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                format!("a conversation takes {most} files: delete it or begin another"),
            ),
            Refuse::Unsupported(why) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported", (*why).to_owned()),
            Refuse::Slow => (
                StatusCode::REQUEST_TIMEOUT,
                "unavailable",
                "the request took too long to arrive: send it again".to_owned(),
            ),
            Refuse::RateLimited(s) => {
                (StatusCode::TOO_MANY_REQUESTS, "rate-limited", format!("too many at once: try again in {s} s"))
            }
            Refuse::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the inbox cannot store anything now: try again soon".to_owned(),
            ),
        }
    }

    /// What goes over the wire.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let (_, error, detail) = self.parts();
        let retry_after_s = match self {
            Refuse::RateLimited(s) => Some(*s),
            Refuse::Unavailable => Some(2),
            Refuse::Slow => Some(1),
            _ => None,
        };
        Refusal { error: error.to_owned(), detail, retry_after_s }
    }

    /// Code of the close frame that ends a socket for this reason: 4000 and the status.
    #[must_use]
    pub fn close_code(&self) -> u16 {
        4000 + self.parts().0.as_u16()
    }

    /// Text over the limit of one message.
    #[must_use]
    pub fn text_too_long() -> Refuse {
        Refuse::TooLong(MAX_TEXT_BYTES)
    }
}

impl From<rusqlite::Error> for Refuse {
    fn from(error: rusqlite::Error) -> Self {
        super::log(&format!("store: {error}"));
        Refuse::Unavailable
    }
}

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let (status, _, _) = self.parts();
        let refusal = self.refusal();
        let retry = refusal.retry_after_s;
        let mut response = (status, axum::Json(refusal)).into_response();
        if let Some(s) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(s));
        }
        response
    }
}
