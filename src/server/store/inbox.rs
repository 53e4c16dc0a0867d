//! What the agents' side reads and writes.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow, params};
use serde::{Deserialize, Serialize};

use super::Tx;
use super::conversations::{Found, append, events, set_closed, stored};
use super::{files, mail};
use crate::chat::protocol::{Events, Packet, Participant, Stored, What};
use crate::server::hub::Notice;
use crate::server::now_ms;
use crate::server::refuse::Refuse;

/// Most rows of the list.
const MAX_ROWS: usize = 200;

/// Conversations that the usual time to an answer is taken from: the last ones.
const MAX_DELAYS: usize = 50;

/// Answers below which there is nothing usual yet.
const MIN_DELAYS: usize = 5;

/// Most characters of the last message in a row.
const MAX_SNIPPET_CHARS: usize = 160;

/// A conversation in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// When it was opened.
    pub opened_ms: u64,
    /// When something was last said.
    pub changed_ms: u64,
    /// Whether it is closed.
    pub closed: bool,
    /// Number of its last event.
    pub cursor: u64,
    /// How far the shopper has read.
    pub shopper_seen: u64,
    /// Messages of the shopper that no agent has read.
    pub unread: u64,
    /// Since when the shopper waits for an answer.
    pub waiting_ms: Option<u64>,
    /// The shopper's language.
    pub lang: String,
    /// Title of the page, or its address.
    pub page: String,
    /// Type of the page.
    pub page_type: String,
    /// Who wrote last.
    pub last_from: String,
    /// Beginning of what was written last.
    pub last_text: String,
    /// The agent who looks after it.
    pub assigned: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// How content the shopper was, 1 to 5.
    pub stars: Option<u8>,
}

/// A conversation with all an agent may see.
#[derive(Debug, Serialize)]
pub struct Detail {
    /// Its row.
    pub row: Row,
    /// Where the shopper came from.
    pub packet: Packet,
    /// What agents wrote for each other; all of it, every time.
    pub notes: Vec<Note>,
    /// What was said.
    #[serde(flatten)]
    pub events: Events,
}

/// What an agent wrote for other agents.
#[derive(Debug, Serialize)]
pub struct Note {
    id: String,
    at_ms: u64,
    name: String,
    text: String,
}

/// Columns of [`Row`], to be followed by a condition.
const SELECT: &str = "SELECT id, opened_ms, changed_ms, closed, cursor, shopper_seen, waiting_ms, packet,
  (SELECT count(*) FROM event WHERE conversation = key AND cursor > agent_seen AND sender = 'shopper'),
  (SELECT sender FROM event WHERE conversation = key AND kind = 'message' AND sender <> 'system' ORDER BY event.cursor DESC LIMIT 1),
  (SELECT text FROM event WHERE conversation = key AND kind = 'message' AND sender <> 'system' ORDER BY event.cursor DESC LIMIT 1),
  key, assigned, topic, stars
  FROM conversation";

/// The list: who waits longest comes first, then what changed last.
///
/// # Errors
/// When the file cannot be read.
pub fn list(conn: &Connection, closed: bool) -> rusqlite::Result<Vec<Row>> {
    let order = "WHERE closed = ? AND cursor > 0 ORDER BY waiting_ms IS NULL, waiting_ms, changed_ms DESC LIMIT ?";
    let mut statement = conn.prepare_cached(&format!("{SELECT} {order}"))?;
    statement.query_map(params![closed, MAX_ROWS], |row| read_row(row).map(|(row, _)| row))?.collect()
}

/// One row of the list.
///
/// # Errors
/// When the file cannot be read.
pub fn row(conn: &Connection, id: &str) -> rusqlite::Result<Option<Row>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE id = ?"))?;
    statement.query_row([id], |row| read_row(row).map(|(row, _)| row)).optional()
}

/// A conversation with its packet and its events after a cursor.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn detail(conn: &Connection, id: &str, after: u64) -> Result<Detail, Refuse> {
    let conn = conn.unchecked_transaction()?;
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE id = ?"))?;
    let read = |sql: &SqlRow<'_>| {
        let (row, packet) = read_row(sql)?;
        let found = Found { key: sql.get(11)?, cursor: row.cursor, closed: row.closed };
        Ok((row, packet, found))
    };
    let (row, packet, found) = statement.query_row([id], read).optional()?.ok_or(Refuse::NotFound)?;
    let notes = conn
        .prepare_cached("SELECT id, at_ms, agent, text FROM note WHERE conversation = ? ORDER BY at_ms")?
        .query_map([found.key], |sql| {
            Ok(Note { id: sql.get(0)?, at_ms: sql.get(1)?, name: sql.get(2)?, text: sql.get(3)? })
        })?
        .collect::<Result<_, _>>()?;
    let events = events(&conn, found, after)?;
    Ok(Detail { row, packet, notes, events })
}

/// Stores an agent's message, or finds it again.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn put_reply(
    tx: &mut Tx<'_>,
    id: &str,
    agent: &str,
    message: &str,
    reply: Reply,
    mail_after_ms: Option<u64>,
) -> Result<Stored, Refuse> {
    let key = key(tx, id)?;
    if let Some(stored) = stored(tx, key, message)? {
        return Ok(stored);
    }
    set_closed(tx, key, id, false)?;
    // Who answers first looks after it, until somebody says otherwise.
    tx.prepare_cached("UPDATE conversation SET assigned = coalesce(assigned, ?2) WHERE key = ?1")?
        .execute(params![key, agent])?;
    let what = What::Message {
        id: message.to_owned(),
        from: Participant::Agent,
        name: agent.to_owned(),
        text: reply.text,
        attachments: files::all(tx, key, &reply.attachments)?,
        choices: reply.choices,
    };
    let stored = append(tx, key, id, &what)?;
    if let Some(after_ms) = mail_after_ms {
        mail::plan(tx, key, mail::Kind::Answer, stored.cursor, stored.at_ms.saturating_add(after_ms))?;
    }
    Ok(stored)
}

/// What an agent answers.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reply {
    /// The text; may be empty beside attachments.
    pub text: String,
    /// Ids of files that were stored before.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Answers that the shopper may give by a tap.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// Stores a note, once.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn put_note(tx: &mut Tx<'_>, id: &str, agent: &str, note: &str, text: &str) -> Result<(), Refuse> {
    let key = key(tx, id)?;
    tx.prepare_cached(
        "INSERT INTO note(conversation, id, at_ms, agent, text) VALUES(?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )?
    .execute(params![key, note, now_ms(), agent, text])?;
    tx.notices.push(Notice::Row { id: id.to_owned() });
    Ok(())
}

/// How many conversations there are of which kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Not closed.
    pub open: u64,
    /// Not closed, and the shopper waits.
    pub waiting: u64,
}

/// Counts conversations.
///
/// # Errors
/// When the file cannot be read.
pub fn counts(conn: &Connection) -> rusqlite::Result<Counts> {
    conn.prepare_cached("SELECT count(*), count(waiting_ms) FROM conversation WHERE closed = 0 AND cursor > 0")?
        .query_row([], |row| Ok(Counts { open: row.get(0)?, waiting: row.get(1)? }))
}

/// The usual time from a shopper's first message to the first answer, in seconds: the median of late.
///
/// # Errors
/// When the file cannot be read.
pub fn usual_reply_s(conn: &Connection) -> rusqlite::Result<Option<u32>> {
    let mut statement = conn.prepare_cached(
        "SELECT (SELECT at_ms FROM event WHERE conversation = key AND sender = 'agent' ORDER BY event.cursor LIMIT 1)
              - (SELECT at_ms FROM event WHERE conversation = key AND sender = 'shopper' ORDER BY event.cursor LIMIT 1)
         FROM conversation ORDER BY key DESC LIMIT ?",
    )?;
    let delays = statement.query_map([MAX_DELAYS], |row| row.get::<_, Option<i64>>(0))?;
    let mut delays: Vec<i64> = delays.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    delays.retain(|&delay| delay >= 0);
    delays.sort_unstable();
    let enough = delays.len() >= MIN_DELAYS;
    Ok(delays.get(delays.len() / 2).filter(|_| enough).and_then(|&delay| u32::try_from(delay / 1000).ok()))
}

/// Notes how far agents have read; the shopper hears of it once for each new message.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn agent_seen(tx: &mut Tx<'_>, id: &str, upto: u64) -> Result<(), Refuse> {
    let key = key(tx, id)?;
    let unread: i64 = tx
        .prepare_cached(
            "SELECT count(*) FROM event JOIN conversation ON key = conversation
             WHERE conversation = ?1 AND event.cursor > agent_seen AND event.cursor <= ?2 AND sender = 'shopper'",
        )?
        .query_row(params![key, upto], |row| row.get(0))?;
    if unread == 0 {
        return Ok(());
    }
    tx.prepare_cached("UPDATE conversation SET agent_seen = min(?2, cursor) WHERE key = ?1")?
        .execute(params![key, upto])?;
    append(tx, key, id, &What::AgentSeen { upto }).map(|_| ())
}

/// Closes a conversation, or opens it again.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn close(tx: &mut Tx<'_>, id: &str, closed: bool) -> Result<(), Refuse> {
    let key = key(tx, id)?;
    set_closed(tx, key, id, closed)
}

/// Gives a conversation to an agent, or to nobody.
///
/// # Errors
/// [`Refuse::NotFound`] when there is no such conversation or agent, [`Refuse::Unavailable`].
pub fn assign(tx: &mut Tx<'_>, id: &str, to: Option<&str>) -> Result<(), Refuse> {
    let key = key(tx, id)?;
    let known = match to {
        Some(name) => tx.prepare_cached("SELECT 1 FROM agent WHERE name = ?")?.exists([name])?,
        None => true,
    };
    if !known {
        return Err(Refuse::NotFound);
    }
    tx.prepare_cached("UPDATE conversation SET assigned = ?2 WHERE key = ?1")?.execute(params![key, to])?;
    tx.notices.push(Notice::Row { id: id.to_owned() });
    Ok(())
}

/// Says what a conversation is about, in the shop's own words, or takes that back.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn set_topic(tx: &mut Tx<'_>, id: &str, topic: Option<&str>) -> Result<(), Refuse> {
    let key = key(tx, id)?;
    tx.prepare_cached("UPDATE conversation SET topic = ?2 WHERE key = ?1")?.execute(params![key, topic])?;
    tx.notices.push(Notice::Row { id: id.to_owned() });
    Ok(())
}

/// The row of a conversation.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn key(conn: &Connection, id: &str) -> Result<i64, Refuse> {
    conn.prepare_cached("SELECT key FROM conversation WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or(Refuse::NotFound)
}

fn read_row(sql: &SqlRow<'_>) -> rusqlite::Result<(Row, Packet)> {
    let packet: Packet = serde_json::from_str(&sql.get::<_, String>(7)?).unwrap_or_default();
    let last_text: Option<String> = sql.get(10)?;
    let page = if packet.page.title.is_empty() { &packet.page.url } else { &packet.page.title };
    let row = Row {
        id: sql.get(0)?,
        opened_ms: sql.get(1)?,
        changed_ms: sql.get(2)?,
        closed: sql.get(3)?,
        cursor: sql.get(4)?,
        shopper_seen: sql.get(5)?,
        waiting_ms: sql.get(6)?,
        unread: sql.get(8)?,
        lang: packet.lang.clone(),
        page: page.clone(),
        page_type: packet.page.page_type.clone(),
        last_from: sql.get::<_, Option<String>>(9)?.unwrap_or_default(),
        last_text: last_text.unwrap_or_default().chars().take(MAX_SNIPPET_CHARS).collect(),
        assigned: sql.get(12)?,
        topic: sql.get(13)?,
        stars: sql.get(14)?,
    };
    Ok((row, packet))
}
