//! The shopper's side of the API: see [`crate::chat::protocol`].

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::Deserialize;

use super::App;
use super::asked::{self, Mine, Part};
use super::hub::{Notice, stopped};
use super::rate::address_key;
use super::refuse::Refuse;
use super::secret::Digest;
use super::store::conversations::{self, Waits};
use super::{relay, tidy};
use crate::chat::masking::mask_cards;
use crate::chat::protocol::{
    Availability, Draft, Events, MAX_TEXT_BYTES, Opened, Opening, Person, Rating, Seen, Stored, Typing,
};

/// Whom a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub IpAddr);

/// `GET /v1/availability`
pub async fn availability(State(app): State<App>) -> Json<Availability> {
    Json(app.hub.availability().borrow().clone())
}

/// `PUT /v1/conversations/{id}`
pub async fn open(
    State(app): State<App>,
    Mine { id, token }: Mine,
    Extension(Caller(address)): Extension<Caller>,
    asked::Json(opening): asked::Json<Opening>,
) -> Result<Json<Opened>, Refuse> {
    let packet = tidy::packet(opening.packet);
    // Opening again what is open costs nothing.
    let known = {
        let id = id.clone();
        app.store.read(move |conn| Ok(conversations::find(conn, &id, &token))).await?
    };
    if matches!(known, Err(Refuse::NotFound)) {
        app.openings.take(address_key(address))?;
    }
    let cursor = app.store.write(move |tx| conversations::open(tx, &id, &token, &packet)).await?;
    let availability = app.hub.availability().borrow().clone();
    Ok(Json(Opened { cursor, availability }))
}

/// `PUT /v1/conversations/{id}/messages/{message}`
pub async fn put_message(
    State(app): State<App>,
    Mine { id, token }: Mine,
    Part(message): Part,
    asked::Json(mut draft): asked::Json<Draft>,
) -> Result<Json<Stored>, Refuse> {
    if draft.flow.is_empty() {
        draft.text = tidy::message_text(&draft.text, draft.attachments.len())?;
    } else if !draft.text.is_empty() || !draft.attachments.is_empty() {
        return Err(Refuse::Malformed("what was answered in a flow goes by itself, without text or files".to_owned()));
    }
    tidy::flow(&mut draft.flow);
    app.messages.take(id.clone())?;
    let away = app.away.clone().filter(|_| !app.hub.availability().borrow().online);
    // What goes on elsewhere tells the shop by itself, by e-mail when that is one of its ways.
    let tells = app.mail.is_some() && app.relay.is_none();
    let notice_after_ms = tells.then(|| millis(app.limits.notice_after));
    app.store
        .write(move |tx| {
            let waits = Waits { away: away.as_ref(), notice_after_ms };
            conversations::put_message(tx, &id, &token, &message, &draft, &waits)
        })
        .await
        .map(Json)
}

/// `PUT /v1/conversations/{id}/typing`
pub async fn typing(
    State(app): State<App>,
    Mine { id, token }: Mine,
    asked::Json(Typing { on }): asked::Json<Typing>,
) -> Result<StatusCode, Refuse> {
    let asked = id.clone();
    app.store.read(move |conn| conversations::find(conn, &asked, &token)).await?;
    app.hub.tell(Notice::Typing { id, on });
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/conversations/{id}/person`
pub async fn person(
    State(app): State<App>,
    Mine { id, token }: Mine,
    asked::Json(person): asked::Json<Person>,
) -> Result<StatusCode, Refuse> {
    if !person.email.is_empty() && !tidy::is_email(&person.email) {
        return Err(Refuse::Malformed("that is no e-mail address".to_owned()));
    }
    let person = Person { email: person.email.trim().to_owned(), name: tidy::one_line(&person.name) };
    app.store.write(move |tx| conversations::set_person(tx, &id, &token, person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/conversations/{id}/rating`
pub async fn rating(
    State(app): State<App>,
    Mine { id, token }: Mine,
    asked::Json(mut rating): asked::Json<Rating>,
) -> Result<StatusCode, Refuse> {
    if !(1..=5).contains(&rating.stars) {
        return Err(Refuse::Malformed("stars must be 1 to 5".to_owned()));
    }
    if rating.comment.len() > MAX_TEXT_BYTES {
        return Err(Refuse::text_too_long());
    }
    rating.comment = mask_cards(rating.comment.trim()).into_owned();
    app.store.write(move |tx| conversations::rate(tx, &id, &token, rating)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/conversations/{id}/transcript.txt`
pub async fn transcript(State(app): State<App>, Mine { id, token }: Mine) -> Result<impl IntoResponse, Refuse> {
    let all = app.store.read(move |conn| conversations::all_events(conn, &id, &token)).await?;
    let kind = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"conversation.txt\""),
    ];
    Ok((kind, super::transcript::written(&all)))
}

/// A duration in whole milliseconds.
#[must_use]
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// `PUT /v1/conversations/{id}/seen`
pub async fn seen(
    State(app): State<App>,
    Mine { id, token }: Mine,
    asked::Json(seen): asked::Json<Seen>,
) -> Result<StatusCode, Refuse> {
    app.store.write(move |tx| conversations::shopper_seen(tx, &id, &token, seen.cursor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/conversations/{id}`
pub async fn delete(State(app): State<App>, Mine { id, token }: Mine) -> Result<StatusCode, Refuse> {
    let carried = relay::before_deletion(&app, &id).await;
    let gone = id.clone();
    let deleted = app.store.write(move |tx| conversations::delete(tx, &gone, &token)).await;
    if matches!(deleted, Ok(()) | Err(Refuse::NotFound)) {
        // Also for who asks again because this could not be done at once: what is gone must be gone from the log too.
        app.store.forget().await?;
    }
    deleted?;
    if let Some(row) = carried {
        relay::after_deletion(app, id, row);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What `events` may be asked.
#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_s: u64,
}

/// `GET /v1/conversations/{id}/events`
pub async fn events(
    State(app): State<App>,
    Mine { id, token }: Mine,
    Query(After { after, wait_s }): Query<After>,
) -> Result<Json<Events>, Refuse> {
    // Listening comes before reading: what is stored in between wakes us.
    let mut listener = app.hub.listen(&id);
    let mut stopping = app.hub.stopping();
    let until = tokio::time::Instant::now() + Duration::from_secs(wait_s).min(app.limits.poll_wait);
    loop {
        listener.now();
        let events = read_events(&app, &id, token, after).await?;
        if !events.events.is_empty() || events.cursor < after {
            return Ok(Json(events));
        }
        tokio::select! {
            () = listener.changed() => {}
            () = tokio::time::sleep_until(until) => return Ok(Json(events)),
            () = stopped(&mut stopping) => return Ok(Json(events)),
        }
    }
}

/// Events after a cursor, for whoever has the token.
///
/// # Errors
/// As [`conversations::find`].
pub async fn read_events(app: &App, id: &str, token: Digest, after: u64) -> Result<Events, Refuse> {
    let id = id.to_owned();
    app.store
        .read(move |conn| {
            // Both reads must see the same commit, or the cursor could run ahead of the events.
            let tx = conn.unchecked_transaction()?;
            let found = conversations::find(&tx, &id, &token)?;
            Ok(conversations::events(&tx, found, after)?)
        })
        .await
}
