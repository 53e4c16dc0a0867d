//! `POST /v1/events`: events of the help, as `www/events.js` tells them.
//!
//! The body is `{"v": 1, "batch": 32 hex digits, "sent": milliseconds, "events": […]}`, sent as plain text so that
//! a page that ends needs no question beforehand. A message sent twice counts once; what is not of the
//! vocabulary is left out and counted in the answer.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::refuse::Refuse;
use super::secret::is_hex;
use super::{App, now_ms};
use crate::insight::event::Event;
use crate::insight::vocabulary::VERSION;

use super::store::told;

/// Most events of one message that are taken.
const MAX_EVENTS: usize = 100;

/// How far a shopper's clock may be off before it is corrected, in milliseconds.
const TRUSTED_MS: u64 = 120_000;

/// What became of a message.
#[derive(Debug, Serialize)]
pub struct Taken {
    /// Events that count.
    taken: usize,
    /// Events that do not.
    refused: usize,
}

/// `POST /v1/events`
pub async fn take(State(app): State<App>, body: Bytes) -> Result<Json<Taken>, Refuse> {
    let message: Value = serde_json::from_slice(&body).map_err(|error| Refuse::Malformed(error.to_string()))?;
    let version = message.get("v").and_then(Value::as_u64).unwrap_or_default();
    if version != VERSION {
        return Err(Refuse::Version(version));
    }
    let batch = message.get("batch").and_then(Value::as_str).filter(|batch| is_hex(batch, 32));
    let batch = batch.ok_or_else(|| Refuse::Malformed("the batch is not 32 hex digits".to_owned()))?.to_owned();
    let now_ms = now_ms();
    let skew = skew(message.get("sent").and_then(Value::as_u64), now_ms);
    let all = message.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let events: Vec<Event> = all
        .iter()
        .take(MAX_EVENTS)
        .filter_map(|one| Event::read(&corrected(one, skew), now_ms).ok())
        // A clock that is a little ahead must not put events into the next minute.
        .map(|event| Event { at_ms: event.at_ms.min(now_ms), ..event })
        .collect();
    let (taken, refused) = (events.len(), all.len() - events.len());
    app.store.write(move |tx| told::take(tx, batch.as_bytes(), &events, now_ms)).await?;
    Ok(Json(Taken { taken, refused }))
}

/// By how much the shopper's clock is behind, in milliseconds; 0 when it is nearly right or was not told.
fn skew(sent: Option<u64>, now_ms: u64) -> i128 {
    sent.map(|sent| i128::from(now_ms) - i128::from(sent))
        .filter(|skew| skew.unsigned_abs() > u128::from(TRUSTED_MS))
        .unwrap_or(0)
}

fn corrected(event: &Value, skew: i128) -> Value {
    let mut event = event.clone();
    if skew != 0
        && let Some(at) = event.get("at").and_then(Value::as_u64)
        && let Ok(at) = u64::try_from(i128::from(at) + skew)
    {
        event["at"] = at.into();
    }
    event
}
