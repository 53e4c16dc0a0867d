//! Requests to a system, its answers, and what they say of what became of a request.

use std::fmt;

use serde_json::Value;

use super::brief;

/// What happens when the same request is made twice because nobody knows what became of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The system takes both as one, or the request changes nothing.
    Safe,
    /// The system can be asked before: see [`Adapter::look`].
    Look,
    /// It would count twice, so it is never made again by itself.
    Never,
}

/// What goes with a request.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON.
    Json(Value),
    /// A form: `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// A text that was signed as it is, with its type.
    Text(&'static str, String),
}

/// A request to a system.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// As `POST`.
    pub method: &'static str,
    /// The full address.
    pub url: String,
    /// Headers besides the content's type.
    pub headers: Vec<(String, String)>,
    /// What goes with it.
    pub body: Body,
    /// Whether it may be made twice.
    pub again: Again,
}

/// Shows neither headers nor body: both may hold secrets and a shopper's words.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url.split('?').next().unwrap_or_default())
    }
}

impl Request {
    /// A request that reads.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Request {
        Request { method: "GET", url: url.into(), headers: Vec::new(), body: Body::None, again: Again::Safe }
    }

    /// A request that sends JSON, and counts twice when made twice.
    #[must_use]
    pub fn post(url: impl Into<String>, body: Value) -> Request {
        Request { method: "POST", url: url.into(), headers: Vec::new(), body: Body::Json(body), again: Again::Never }
    }

    /// The same as `PUT`.
    #[must_use]
    pub fn put(url: impl Into<String>, body: Value) -> Request {
        Request { method: "PUT", again: Again::Safe, ..Request::post(url, body) }
    }

    /// A request that sends a form.
    #[must_use]
    pub fn form(url: impl Into<String>, rows: &[(&str, &str)]) -> Request {
        let rows = rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Request { body: Body::Form(rows), ..Request::post(url, Value::Null) }
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With that body.
    #[must_use]
    pub fn with(mut self, body: Body) -> Request {
        self.body = body;
        self
    }

    /// With what making it twice does.
    #[must_use]
    pub fn again(mut self, again: Again) -> Request {
        self.again = again;
        self
    }
}

/// What a system answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What it wants waited for, in seconds.
    pub retry_after_s: Option<u32>,
    /// Its words.
    pub body: String,
}

/// Why a job is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not taken now, and nothing happened; perhaps with the seconds to wait.
    Later(Option<u32>),
    /// Nobody knows whether it was taken.
    Unknown,
    /// The token of the account is old: it is fetched anew, and the request made once more.
    Key,
    /// The system's conversation is over or gone: another one is begun.
    Gone,
    /// Not taken, and it never will be: the reason, in words for the shop.
    Refused(String),
}

impl Answer {
    /// The JSON of an answer that says yes.
    ///
    /// # Errors
    /// What the status says; [`Fault::Unknown`] when it says yes without the JSON that would prove it.
    pub fn json(&self) -> Result<Value, Fault> {
        self.yes()?;
        serde_json::from_str(&self.body).map_err(|_| Fault::Unknown)
    }

    /// Whether the answer says yes.
    ///
    /// # Errors
    /// What the status says.
    pub fn yes(&self) -> Result<(), Fault> {
        match self.status {
            200..=299 => Ok(()),
            // The request was not looked at; a proxy that answers so has not passed it on.
            408 | 425 | 429 | 503 => Err(Fault::Later(self.retry_after_s)),
            500..=599 => Err(Fault::Unknown),
            401 => Err(Fault::Key),
            404 | 410 => Err(Fault::Gone),
            status => Err(Fault::Refused(format!("answers {status}: {}", self.words()))),
        }
    }

    /// What the system says of it, cut short and on one line.
    #[must_use]
    pub fn words(&self) -> String {
        let text: String = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        brief::cut(if text.starts_with('<') { "a page of HTML" } else { &text }, 200)
    }
}

/// A text of an answer, by its path; numbers are texts here, for some systems write ids as either.
#[must_use]
pub fn text_at(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The same, where an answer without it proves nothing.
///
/// # Errors
/// [`Fault::Unknown`].
pub fn proof_at(json: &Value, pointer: &str) -> Result<String, Fault> {
    text_at(json, pointer).ok_or(Fault::Unknown)
}

/// A text as a part of an address or a form.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_became_of_a_request() {
        let fault = |status| Answer { status, body: "{}".to_owned(), retry_after_s: Some(7) }.yes().err();
        assert_eq!(fault(201), None);
        assert_eq!(fault(429), Some(Fault::Later(Some(7))));
        assert_eq!(fault(502), Some(Fault::Unknown));
        assert_eq!(fault(401), Some(Fault::Key));
        assert_eq!(fault(410), Some(Fault::Gone));
        assert_eq!(fault(422), Some(Fault::Refused("answers 422: {}".to_owned())));
    }

    #[test]
    fn a_yes_without_proof_is_none() {
        let page = Answer { status: 200, body: "<html>signed out</html>".to_owned(), retry_after_s: None };
        assert_eq!(page.json(), Err(Fault::Unknown));
        assert_eq!(page.words(), "a page of HTML");
        let ids = serde_json::json!({"a": 7, "b": "x", "c": ""});
        assert_eq!(
            (text_at(&ids, "/a"), text_at(&ids, "/b"), proof_at(&ids, "/c")),
            (Some("7".to_owned()), Some("x".to_owned()), Err(Fault::Unknown))
        );
    }

    #[test]
    fn a_request_shows_no_secret_in_a_log() {
        let request = Request::post("https://a.example/x?token=t0p", Value::Null).header("authorization", "Bearer b0b");
        assert_eq!(format!("{request:?}"), "POST https://a.example/x");
    }
}
