//! How far conversations were carried on to other systems.

use rusqlite::{Connection, OptionalExtension, params};

use super::Tx;
use super::conversations::{Found, append, events, set_closed, stored};
use super::mail;
use crate::chat::masking::mask_cards;
use crate::chat::protocol::{MAX_TEXT_BYTES, Packet, Participant, What};
use crate::relay::{Job, News, Saved, brief, sign};
use crate::server::now_ms;
use crate::server::refuse::Refuse;
use crate::server::transcript;

/// Time after which a conversation in which nothing is said is no longer listened to.
const QUIET_MS: u64 = 14 * 24 * 3_600_000;

/// Most events of what was said before.
const MAX_BEFORE: usize = 500;

/// How far one conversation was carried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Row of the conversation.
    pub key: i64,
    /// Name of the way it goes on.
    pub way: String,
    /// What the adapter keeps.
    pub saved: Saved,
    /// Last event that was carried over, or given up.
    pub sent: u64,
    /// Messages that this way has taken.
    pub taken: u64,
    /// Whether a request is on its way, or was when we stopped, that counts twice when made twice.
    pub flight: bool,
    /// Tries of what is next that failed.
    pub tries: u32,
    /// When what is next was first tried; 0 when it was not.
    pub since_ms: u64,
    /// When it may be tried again.
    pub due_ms: u64,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The system has it.
    Delivered,
    /// Nobody knows.
    Unconfirmed,
    /// It has it not.
    Refused,
    /// The system said it itself.
    Heard,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Delivered => "delivered",
            State::Unconfirmed => "unconfirmed",
            State::Refused => "refused",
            State::Heard => "heard",
        }
    }
}

/// A conversation as it is now: what the shopper passed on, what was said first and before.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// What was passed on.
    pub packet: Packet,
    /// Whether it is closed.
    pub closed: bool,
    /// When something was said last.
    pub changed_ms: u64,
    /// The shopper's first words.
    pub question: String,
    /// What was said up to the last event carried over, when this way has taken none of it.
    pub before: String,
    /// What is to be carried over next, and its number.
    pub next: Option<(u64, Job)>,
}

/// How far a conversation was carried on; nothing when it was not begun with.
///
/// # Errors
/// [`Refuse::NotFound`] when the conversation is gone, [`Refuse::Unavailable`].
pub fn row(conn: &Connection, id: &str) -> Result<Option<Row>, Refuse> {
    let key = super::inbox::key(conn, id)?;
    let row = conn
        .prepare_cached(
            "SELECT way, saved, sent, taken, flight, tries, since_ms, due_ms FROM relay WHERE conversation = ?",
        )?
        .query_row([key], |row| {
            let saved: String = row.get(1)?;
            Ok(Row {
                key,
                way: row.get(0)?,
                saved: serde_json::from_str(&saved).unwrap_or_default(),
                sent: row.get(2)?,
                taken: row.get(3)?,
                flight: row.get(4)?,
                tries: row.get(5)?,
                since_ms: row.get(6)?,
                due_ms: row.get(7)?,
            })
        })
        .optional()?;
    Ok(row)
}

/// Begins to carry a conversation on.
///
/// # Errors
/// As [`row`].
pub fn begin(tx: &mut Tx<'_>, id: &str, way: &str) -> Result<Row, Refuse> {
    if let Some(row) = row(tx, id)? {
        return Ok(row);
    }
    let key = super::inbox::key(tx, id)?;
    let row = Row {
        key,
        way: way.to_owned(),
        saved: Saved::new(),
        sent: 0,
        taken: 0,
        flight: false,
        tries: 0,
        since_ms: 0,
        due_ms: 0,
    };
    keep(tx, &row, None)?;
    Ok(row)
}

/// Keeps how far it was carried, and the system's own name of it.
///
/// # Errors
/// [`Refuse::Unavailable`], also when the conversation was deleted meanwhile.
pub fn keep(tx: &mut Tx<'_>, row: &Row, place: Option<&str>) -> Result<(), Refuse> {
    let saved = serde_json::to_string(&row.saved).map_err(|error| Refuse::Malformed(error.to_string()))?;
    tx.prepare_cached(
        "INSERT INTO relay(conversation, way, place, saved, sent, taken, flight, tries, since_ms, due_ms)
         VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT(conversation) DO UPDATE SET way = excluded.way, place = excluded.place, saved = excluded.saved,
           sent = excluded.sent, taken = excluded.taken, flight = excluded.flight, tries = excluded.tries,
           since_ms = excluded.since_ms, due_ms = excluded.due_ms",
    )?
    .execute(params![
        row.key,
        row.way,
        place,
        saved,
        row.sent,
        row.taken,
        row.flight,
        row.tries,
        row.since_ms,
        row.due_ms
    ])?;
    Ok(())
}

/// Notes what became of an event.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn settle(tx: &mut Tx<'_>, key: i64, cursor: u64, way: &str, state: State, id: &str) -> Result<(), Refuse> {
    tx.prepare_cached(
        "INSERT INTO relayed(conversation, cursor, way, state, id) VALUES(?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET way = excluded.way, state = excluded.state, id = excluded.id",
    )?
    .execute(params![key, cursor, way, state.name(), id])?;
    Ok(())
}

/// A conversation as it is now, for the way that has it.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn now(conn: &Connection, row: &Row) -> Result<Now, Refuse> {
    let conn = conn.unchecked_transaction()?;
    let (packet, closed, changed_ms, cursor) = conn
        .prepare_cached("SELECT packet, closed, changed_ms, cursor FROM conversation WHERE key = ?")?
        .query_row([row.key], |sql| {
            Ok((sql.get::<_, String>(0)?, sql.get::<_, bool>(1)?, sql.get::<_, u64>(2)?, sql.get::<_, u64>(3)?))
        })
        .optional()?
        .ok_or(Refuse::NotFound)?;
    let question: Option<String> = conn
        .prepare_cached("SELECT text FROM event WHERE conversation = ? AND sender = 'shopper' ORDER BY cursor LIMIT 1")?
        .query_row([row.key], |sql| sql.get(0))
        .optional()?;
    let before = if row.taken == 0 && row.sent > 0 {
        let mut said = events(&conn, Found { key: row.key, cursor, closed }, 0)?.events;
        said.retain(|event| event.cursor <= row.sent);
        said.truncate(MAX_BEFORE);
        transcript::written(&said)
    } else {
        String::new()
    };
    let packet = serde_json::from_str(&packet).unwrap_or_default();
    let next = next(&conn, row, cursor, closed)?;
    Ok(Now { packet, closed, changed_ms, question: question.unwrap_or_default(), before, next })
}

/// The next event that the system must hear of.
fn next(conn: &Connection, row: &Row, cursor: u64, closed: bool) -> Result<Option<(u64, Job)>, Refuse> {
    let next: Option<u64> = conn
        .prepare_cached(
            "SELECT cursor FROM event WHERE conversation = ?1 AND cursor > ?2
               AND (sender = 'shopper' OR kind IN ('rated', 'closed'))
               AND NOT EXISTS(SELECT 1 FROM relayed WHERE relayed.conversation = ?1 AND relayed.cursor = event.cursor)
             ORDER BY cursor LIMIT 1",
        )?
        .query_row(params![row.key, row.sent], |sql| sql.get(0))
        .optional()?;
    let Some(next) = next else { return Ok(None) };
    let found = Found { key: row.key, cursor, closed };
    let event = events(conn, found, next.saturating_sub(1))?.events.into_iter().next();
    Ok(event.and_then(|event| {
        let job = match event.what {
            What::Message { id, text, attachments, .. } => {
                Job::Message { id, text, files: attachments, at_ms: event.at_ms }
            }
            What::Told { id, flow } => {
                let lines: Vec<String> = flow.iter().map(|one| format!("{} {}", one.question, one.answer)).collect();
                Job::Told { id, text: lines.join("\n") }
            }
            What::Rated { stars, comment } => Job::Rated { stars, comment },
            What::Closed => Job::Closed,
            _ => return None,
        };
        Some((event.cursor, job))
    }))
}

/// Conversations that are to be looked after when the server starts.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn open(conn: &Connection) -> Result<Vec<String>, Refuse> {
    let since = now_ms().saturating_sub(QUIET_MS);
    let mut all = conn.prepare_cached(
        "SELECT id FROM conversation LEFT JOIN relay ON relay.conversation = key
         WHERE changed_ms > ?1 AND conversation.cursor > 0
           AND (waiting_ms IS NOT NULL OR (relay.way IS NOT NULL AND (closed = 0 OR relay.sent < conversation.cursor)))",
    )?;
    Ok(all.query_map([since], |sql| sql.get(0))?.collect::<Result<_, _>>()?)
}

/// Whether nothing was said for so long that nobody listens any more.
#[must_use]
pub fn is_quiet(changed_ms: u64) -> bool {
    now_ms().saturating_sub(changed_ms) > QUIET_MS
}

/// The conversation that a system calls so.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn at_place(conn: &Connection, way: &str, place: &str) -> Result<Option<String>, Refuse> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM conversation JOIN relay ON relay.conversation = key
             WHERE way = ? AND place = ? ORDER BY key DESC LIMIT 1",
        )?
        .query_row(params![way, place], |sql| sql.get(0))
        .optional()?)
}

/// Takes in what was said at the other side, once; says whether it was new.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn hear(tx: &mut Tx<'_>, id: &str, way: &str, news: &News, mail_after_ms: Option<u64>) -> Result<bool, Refuse> {
    let key = super::inbox::key(tx, id)?;
    match news {
        News::Said { id: theirs, name, text, bot, choices } => {
            let message = sign::id_of(&format!("{way} {id} {theirs}"));
            if text.trim().is_empty() || stored(tx, key, &message)?.is_some() {
                return Ok(false);
            }
            set_closed(tx, key, id, false)?;
            let what = What::Message {
                id: message,
                from: if *bot { Participant::Bot } else { Participant::Agent },
                name: brief::cut(name, 100),
                text: mask_cards(&brief::cut_bytes(text.trim(), MAX_TEXT_BYTES)).into_owned(),
                attachments: Vec::new(),
                choices: choices.iter().take(6).map(|one| brief::cut(one, 80)).collect(),
            };
            let stored = append(tx, key, id, &what)?;
            if let Some(after_ms) = mail_after_ms.filter(|_| !bot) {
                mail::plan(tx, key, mail::Kind::Answer, stored.cursor, stored.at_ms.saturating_add(after_ms))?;
            }
            Ok(true)
        }
        News::Closed => {
            let closed: bool =
                tx.query_row("SELECT closed FROM conversation WHERE key = ?", [key], |sql| sql.get(0))?;
            set_closed(tx, key, id, true)?;
            if !closed {
                let cursor: u64 =
                    tx.query_row("SELECT cursor FROM conversation WHERE key = ?", [key], |sql| sql.get(0))?;
                // The system need not be told what it said.
                settle(tx, key, cursor, way, State::Heard, "")?;
            }
            Ok(!closed)
        }
        News::Typing(_) => Ok(false),
    }
}

/// Says something to the shopper in nobody's name.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn tell(tx: &mut Tx<'_>, id: &str, about: &str, text: &str) -> Result<(), Refuse> {
    let key = super::inbox::key(tx, id)?;
    let message = sign::id_of(&format!("relay tells {id} {about}"));
    if stored(tx, key, &message)?.is_none() {
        append(tx, key, id, &What::said(&message, Participant::System, "", text))?;
    }
    Ok(())
}

/// What is kept of a system's account.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn kept(conn: &Connection, way: &str) -> Result<Saved, Refuse> {
    let text: Option<String> =
        conn.query_row("SELECT kept FROM relay_watch WHERE way = ?", [way], |sql| sql.get(0)).optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Keeps it.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn keep_kept(tx: &mut Tx<'_>, way: &str, kept: &Saved) -> Result<(), Refuse> {
    let text = serde_json::to_string(kept).map_err(|error| Refuse::Malformed(error.to_string()))?;
    tx.execute(
        "INSERT INTO relay_watch(way, kept) VALUES(?, ?) ON CONFLICT DO UPDATE SET kept = excluded.kept",
        params![way, text],
    )?;
    Ok(())
}
