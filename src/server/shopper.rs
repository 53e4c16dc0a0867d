//! The shopper's side of the API: see [`crate::chat::protocol`].

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::App;
use super::hub::{Notice, stopped};
use super::rate::address_key;
use super::refuse::Refuse;
use super::relay;
use super::secret::{Digest, digest, is_hex};
use super::store::conversations::{self, Waits};
use crate::chat::masking::mask_cards;
use crate::chat::protocol::{
    Availability, Draft, Events, FlowAnswer, MAX_TEXT_BYTES, Opened, Opening, Packet, Person, Rating, Seen, Stored,
    Typing, VERSION,
};

/// Most entries in a list of a packet.
const MAX_PACKET_ROWS: usize = 50;

/// Most characters of one text in a packet.
const MAX_PACKET_CHARS: usize = 2_000;

/// Most characters of a shopper's name.
const MAX_NAME_CHARS: usize = 100;

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
    Path(id): Path<String>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Opened>, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    let opening: Opening = parse(&body)?;
    let packet = tidy(opening.packet);
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
    Path((id, message)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    if !is_hex(&message, 32) {
        return Err(Refuse::Malformed("the message's id is not 32 hex digits".to_owned()));
    }
    let mut draft: Draft = parse(&body)?;
    if draft.flow.is_empty() {
        draft.text = message_text(&draft.text, draft.attachments.len())?;
    } else if !draft.text.is_empty() || !draft.attachments.is_empty() {
        return Err(Refuse::Malformed("what was answered in a flow goes by itself, without text or files".to_owned()));
    }
    tidy_flow(&mut draft.flow);
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
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    let Typing { on } = parse(&body)?;
    let asked = id.clone();
    app.store.read(move |conn| conversations::find(conn, &asked, &token)).await?;
    app.hub.tell(Notice::Typing { id, on });
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/conversations/{id}/person`
pub async fn person(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    let person: Person = parse(&body)?;
    if !person.email.is_empty() && !is_email(&person.email) {
        return Err(Refuse::Malformed("that is no e-mail address".to_owned()));
    }
    let person = Person { email: person.email.trim().to_owned(), name: one_line(&person.name) };
    app.store.write(move |tx| conversations::set_person(tx, &id, &token, person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/conversations/{id}/rating`
pub async fn rating(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    let mut rating: Rating = parse(&body)?;
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
pub async fn transcript(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
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
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
    let seen: Seen = parse(&body)?;
    app.store.write(move |tx| conversations::shopper_seen(tx, &id, &token, seen.cursor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/conversations/{id}`
pub async fn delete(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
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
    Path(id): Path<String>,
    Query(After { after, wait_s }): Query<After>,
    headers: HeaderMap,
) -> Result<Json<Events>, Refuse> {
    let (id, token) = (conversation_id(id)?, bearer(&headers)?);
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

/// An id as browsers make them.
///
/// # Errors
/// [`Refuse::Malformed`].
pub fn conversation_id(id: String) -> Result<String, Refuse> {
    if is_hex(&id, 32) { Ok(id) } else { Err(Refuse::Malformed("the id is not 32 hex digits".to_owned())) }
}

/// What is kept of the token in `Authorization`.
///
/// # Errors
/// [`Refuse::Unauthorized`].
pub fn bearer(headers: &HeaderMap) -> Result<Digest, Refuse> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    token(value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refuse::Unauthorized)?)
}

/// What is kept of a token.
///
/// # Errors
/// [`Refuse::Unauthorized`] when it is none.
pub fn token(token: &str) -> Result<Digest, Refuse> {
    if is_hex(token, 64) { Ok(digest(token)) } else { Err(Refuse::Unauthorized) }
}

/// Reads a body; the version is looked at first, since another version may have other fields.
///
/// # Errors
/// [`Refuse::Version`], [`Refuse::Malformed`].
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refuse> {
    #[derive(Deserialize)]
    struct Versioned {
        v: Option<u64>,
    }
    let malformed = |error: serde_json::Error| Refuse::Malformed(error.to_string());
    let version: Versioned = serde_json::from_slice(body).map_err(malformed)?;
    match version.v {
        Some(v) if v != u64::from(VERSION) => Err(Refuse::Version(v)),
        _ => serde_json::from_slice(body).map_err(malformed),
    }
}

/// A message's text as it is stored: within the limit, not blank unless files speak for it, card
/// numbers masked.
///
/// # Errors
/// [`Refuse::TooLong`], [`Refuse::Malformed`].
pub fn message_text(text: &str, n_attachments: usize) -> Result<String, Refuse> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Refuse::text_too_long());
    }
    if text.trim().is_empty() && n_attachments == 0 {
        return Err(Refuse::Malformed("the message is empty".to_owned()));
    }
    Ok(mask_cards(text).into_owned())
}

/// A packet as it is stored: lists and texts cut to bounds, card numbers masked, no query in the address.
fn tidy(mut packet: Packet) -> Packet {
    let text = tidy_text;
    packet.page.url.truncate(packet.page.url.find(['?', '#']).unwrap_or(packet.page.url.len()));
    packet.searches.truncate(MAX_PACKET_ROWS);
    packet.read.truncate(MAX_PACKET_ROWS);
    packet.signals.truncate(MAX_PACKET_ROWS);
    packet.transcript.truncate(MAX_PACKET_ROWS);
    packet.consent.truncate(MAX_PACKET_ROWS);
    packet.person.name = one_line(&packet.person.name);
    if !is_email(&packet.person.email) {
        packet.person.email.clear();
    }
    let page = &mut packet.page;
    for field in [&mut packet.lang, &mut packet.basket, &mut page.url, &mut page.title] {
        text(field);
    }
    for field in [&mut page.page_type, &mut page.product] {
        text(field);
    }
    packet.searches.iter_mut().chain(&mut packet.signals).chain(&mut packet.consent).for_each(text);
    tidy_flow(&mut packet.flow);
    packet.transcript.iter_mut().for_each(|turn| text(&mut turn.text));
    for article in &mut packet.read {
        text(&mut article.id);
        text(&mut article.title);
    }
    packet
}

/// A text of a packet as it is stored.
fn tidy_text(text: &mut String) {
    let cut: String = text.chars().take(MAX_PACKET_CHARS).collect();
    *text = mask_cards(&cut).into_owned();
}

/// What was answered in flows as it is stored.
fn tidy_flow(flow: &mut Vec<FlowAnswer>) {
    flow.truncate(MAX_PACKET_ROWS);
    for step in flow {
        tidy_text(&mut step.question);
        tidy_text(&mut step.answer);
    }
}

/// Whether an e-mail may go there; the mail server has the last word.
fn is_email(text: &str) -> bool {
    text.len() <= 254 && text.trim().parse::<lettre::Address>().is_ok()
}

/// A name on one line, card numbers masked.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME_CHARS).collect();
    mask_cards(plain.trim()).into_owned()
}
