//! Fetching from a help desk with manners: one request at a time, waiting as long as it asks.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::CliError;
use crate::web;

/// Longest answer that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How often one address is asked before it counts as gone.
const TRIES: u32 = 6;

/// Longest time that a server may ask us to wait, in seconds; what asks for more is to be tried tomorrow.
const MAX_WAIT_S: u64 = 120;

/// One connection's manners.
pub(super) struct Fetcher {
    agent: ureq::Agent,
    /// Headers of every request.
    headers: Vec<(&'static str, String)>,
    /// Least time between two requests.
    pace: Duration,
    last: Option<Instant>,
}

impl Fetcher {
    pub(super) fn new(pace: Duration) -> Self {
        let config = web::asking(Duration::from_secs(60)).max_redirects(3).build();
        Self { agent: config.new_agent(), headers: Vec::new(), pace, last: None }
    }

    pub(super) fn header(&mut self, name: &'static str, value: String) {
        self.headers.push((name, value));
    }

    /// Fetches JSON.
    pub(super) fn json(&mut self, address: &str) -> Result<Value, CliError> {
        parsed(address, &self.text(address, None)?)
    }

    /// Sends JSON and fetches the answer.
    pub(super) fn post(&mut self, address: &str, body: &Value) -> Result<Value, CliError> {
        parsed(address, &self.text(address, Some(body.to_string()))?)
    }

    /// Fetches bytes; waits and tries again when the server says it is busy.
    pub(super) fn text(&mut self, address: &str, body: Option<String>) -> Result<Vec<u8>, CliError> {
        let mut failure = String::new();
        for attempt in 0..TRIES {
            if let Some(rest) = self.last.and_then(|last| self.pace.checked_sub(last.elapsed())) {
                std::thread::sleep(rest);
            }
            self.last = Some(Instant::now());
            let wait = match self.once(address, body.as_deref()) {
                Ok((status @ 200..=299, _, bytes)) => {
                    let _: u16 = status;
                    return Ok(bytes);
                }
                Ok((status @ (429 | 500 | 502 | 503 | 504), asked, _)) => {
                    failure = format!("it answers {status}");
                    asked.unwrap_or(1 << attempt)
                }
                Ok((status @ (401 | 403), ..)) => {
                    return Err(CliError::Other(format!(
                        "{address}: it answers {status}: the key is missing or not allowed to read"
                    )));
                }
                Ok((status, ..)) => {
                    return Err(CliError::Other(format!("{address}: it answers {status}: correct the address")));
                }
                Err(error) => {
                    failure = error;
                    1 << attempt
                }
            };
            if wait > MAX_WAIT_S {
                return Err(CliError::Other(format!("{address}: {failure} and asks to wait {wait} s: try again then")));
            }
            if attempt + 1 < TRIES {
                eprintln!("{address}: {failure}; trying again in {wait} s");
                std::thread::sleep(Duration::from_secs(wait));
            }
        }
        Err(CliError::Other(format!("{address}: {failure}, {TRIES} times: try again later")))
    }

    /// Status, seconds to wait, body.
    fn once(&self, address: &str, body: Option<&str>) -> Result<(u16, Option<u64>, Vec<u8>), String> {
        let answer = match body {
            Some(body) => {
                let mut request = self.agent.post(address).header("content-type", "application/json");
                for (name, value) in &self.headers {
                    request = request.header(*name, value);
                }
                request.send(body)
            }
            None => {
                let mut request = self.agent.get(address).header("accept", "application/json, text/html");
                for (name, value) in &self.headers {
                    request = request.header(*name, value);
                }
                request.call()
            }
        };
        let mut answer = answer.map_err(|error| error.to_string())?;
        let asked = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| seconds(value.trim()));
        let bytes =
            answer.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(|error| error.to_string())?;
        Ok((answer.status().as_u16(), asked, bytes))
    }
}

/// Seconds to wait: a number of them, or the date until which.
fn seconds(asked: &str) -> Option<u64> {
    asked.parse().ok().or_else(|| {
        let until = jiff::fmt::rfc2822::parse(asked).ok()?.timestamp();
        u64::try_from(until.as_second() - jiff::Timestamp::now().as_second()).ok()
    })
}

fn parsed(address: &str, bytes: &[u8]) -> Result<Value, CliError> {
    serde_json::from_slice(bytes).map_err(|error| CliError::Other(format!("{address}: the answer is no JSON: {error}")))
}
