//! The agents' side of the API, below `/agent/api/`.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST session` {name, password}, `DELETE session`, `GET me` | who is signed in, and the check word |
//! | `PUT me/away` {away} | 204 |
//! | `GET conversations?closed=B` | rows of the list |
//! | `GET conversations/{id}?after=N` | row, packet, notes, events |
//! | `PUT conversations/{id}/messages/{message}` {text, attachments, choices} | `Stored`; the same on repeat |
//! | `PUT conversations/{id}/files/{file}?name=N` | `Attachment`; the same on repeat |
//! | `PUT conversations/{id}/notes/{note}` {text} | 204; for agents only |
//! | `PUT conversations/{id}/seen` {cursor}, `…/closed` {closed}, `…/typing` {on} | 204 |
//! | `GET articles?lang=L&q=Q` | articles as answers to send |
//! | `PUT conversations/{id}/assigned` {to}, `…/topic` {topic} | 204 |
//! | `GET desk` | agents and topics there are, and whether drafts can be kept |
//! | `POST drafts` {title, text, lang, collection} | where the article's draft lies |
//! | `GET live` | server-sent events: `row`, `gone`, `typing`, `reload`, `availability` |

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::App;
use super::asked::{self, Named, Part};
use super::refuse::Refuse;
use super::session::SignedIn;
use super::shopper::millis;
use super::store::agents;
use super::store::inbox::{self, Detail, Reply, Row};
use super::tidy::message_text;
use crate::chat::protocol::{Seen, Stored, Typing};

/// How long "is writing" shows unless the agent goes on.
const TYPING_FOR: Duration = Duration::from_secs(6);

/// Which list.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    closed: bool,
}

/// `GET conversations`
pub async fn list(
    State(app): State<App>,
    _: SignedIn,
    Query(Which { closed }): Query<Which>,
) -> Result<Json<Vec<Row>>, Refuse> {
    app.store.read(move |conn| Ok(inbox::list(conn, closed)?)).await.map(Json)
}

/// From which event on.
#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    after: u64,
}

/// `GET conversations/{id}`
pub async fn detail(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    Query(After { after }): Query<After>,
) -> Result<Json<Detail>, Refuse> {
    app.store.read(move |conn| inbox::detail(conn, &id, after)).await.map(Json)
}

/// Most answers by a tap under one message, and most characters of one.
const MAX_CHOICES: (usize, usize) = (6, 80);

/// What agents tell each other.
#[derive(Deserialize)]
pub struct Note {
    text: String,
}

/// `PUT conversations/{id}/messages/{message}`
pub async fn reply(
    State(app): State<App>,
    signed_in: SignedIn,
    Named(id): Named,
    Part(message): Part,
    asked::Json(mut reply): asked::Json<Reply>,
) -> Result<Json<Stored>, Refuse> {
    reply.text = message_text(&reply.text, reply.attachments.len())?;
    let (most, most_chars) = MAX_CHOICES;
    if reply.choices.len() > most || reply.choices.iter().any(|choice| choice.chars().count() > most_chars) {
        return Err(Refuse::Malformed(format!("at most {most} choices of {most_chars} characters")));
    }
    app.hub.typing(&id, false);
    let agent = signed_in.agent.name;
    let mail_after_ms = app.mail.as_ref().map(|_| millis(app.limits.answer_after));
    app.store.write(move |tx| inbox::put_reply(tx, &id, &agent, &message, reply, mail_after_ms)).await.map(Json)
}

/// `PUT conversations/{id}/notes/{note}`
pub async fn note(
    State(app): State<App>,
    signed_in: SignedIn,
    Named(id): Named,
    Part(note): Part,
    asked::Json(Note { text }): asked::Json<Note>,
) -> Result<StatusCode, Refuse> {
    let text = message_text(&text, 0)?;
    let agent = signed_in.agent.name;
    app.store.write(move |tx| inbox::put_note(tx, &id, &agent, &note, &text)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT conversations/{id}/seen`
pub async fn seen(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    asked::Json(seen): asked::Json<Seen>,
) -> Result<StatusCode, Refuse> {
    app.store.write(move |tx| inbox::agent_seen(tx, &id, seen.cursor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a conversation is over.
#[derive(Deserialize)]
pub struct Closed {
    closed: bool,
}

/// `PUT conversations/{id}/closed`
pub async fn close(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    asked::Json(Closed { closed }): asked::Json<Closed>,
) -> Result<StatusCode, Refuse> {
    app.store.write(move |tx| inbox::close(tx, &id, closed)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who looks after it.
#[derive(Deserialize)]
pub struct Assigned {
    to: Option<String>,
}

/// `PUT conversations/{id}/assigned`
pub async fn assign(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    asked::Json(Assigned { to }): asked::Json<Assigned>,
) -> Result<StatusCode, Refuse> {
    app.store.write(move |tx| inbox::assign(tx, &id, to.as_deref())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What it is about.
#[derive(Deserialize)]
pub struct Topic {
    topic: Option<String>,
}

/// `PUT conversations/{id}/topic`
pub async fn topic(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    asked::Json(Topic { topic }): asked::Json<Topic>,
) -> Result<StatusCode, Refuse> {
    if topic.as_ref().is_some_and(|topic| !app.topics.contains(topic)) {
        return Err(Refuse::NotFound);
    }
    app.store.write(move |tx| inbox::set_topic(tx, &id, topic.as_deref())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an agent's page can do.
#[derive(Serialize)]
pub struct Desk {
    agents: Vec<String>,
    topics: Vec<String>,
    drafts: bool,
}

/// `GET desk`
pub async fn desk(State(app): State<App>, _: SignedIn) -> Result<Json<Desk>, Refuse> {
    let agents = app.store.read(|conn| Ok(agents::names(conn)?)).await?;
    Ok(Json(Desk { agents, topics: app.topics.clone(), drafts: app.drafts.is_some() }))
}

/// `PUT conversations/{id}/typing`
pub async fn typing(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    asked::Json(Typing { on }): asked::Json<Typing>,
) -> Result<StatusCode, Refuse> {
    let Some(turn) = app.hub.typing(&id, on) else { return Ok(StatusCode::NO_CONTENT) };
    if on {
        // A page that was closed in the middle of a word cannot take it back.
        tokio::spawn(async move {
            tokio::time::sleep(TYPING_FOR).await;
            app.hub.typing_over(&id, turn);
        });
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the agent is away.
#[derive(Deserialize)]
pub struct Away {
    away: bool,
}

/// `PUT me/away`
pub async fn away(
    State(app): State<App>,
    signed_in: SignedIn,
    asked::Json(Away { away }): asked::Json<Away>,
) -> Result<StatusCode, Refuse> {
    let name = signed_in.agent.name;
    let kept = name.clone();
    app.store.write(move |tx| agents::set_away(tx, &kept, away)).await?;
    app.hub.agent_away(&name, away);
    Ok(StatusCode::NO_CONTENT)
}
