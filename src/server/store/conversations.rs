//! What the shopper's side writes and reads.

use rusqlite::{Connection, OptionalExtension, params};

use super::Tx;
use crate::chat::protocol::{Draft, Event, Events, Packet, Participant, Stored, What};
use crate::server::away::Away;
use crate::server::hub::Notice;
use crate::server::now_ms;
use crate::server::refuse::Refuse;
use crate::server::secret::{Digest, digest, hex, same};

/// Most events in one answer; the rest follows on the next request.
const MAX_EVENTS: usize = 500;

/// A conversation as found by id and token.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Its row.
    pub key: i64,
    /// Number of its last event.
    pub cursor: u64,
    /// Whether it was closed.
    pub closed: bool,
}

/// The conversation of that id, if the token is its own.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Forbidden`], [`Refuse::Unavailable`].
pub fn find(conn: &Connection, id: &str, token: &Digest) -> Result<Found, Refuse> {
    let row = conn
        .prepare_cached("SELECT key, token, cursor, closed FROM conversation WHERE id = ?")?
        .query_row([id], |row| {
            let found = Found { key: row.get(0)?, cursor: row.get(2)?, closed: row.get(3)? };
            Ok((found, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    let (found, kept) = row.ok_or(Refuse::NotFound)?;
    if same(&kept, token) { Ok(found) } else { Err(Refuse::Forbidden("the token is of another conversation")) }
}

/// Opens a conversation, or finds it again; the first packet stays. Gives the cursor.
///
/// # Errors
/// As [`find`].
pub fn open(tx: &mut Tx<'_>, id: &str, token: &Digest, packet: &Packet) -> Result<u64, Refuse> {
    match find(tx, id, token) {
        Err(Refuse::NotFound) => {}
        other => return other.map(|found| found.cursor),
    }
    let packet = serde_json::to_string(packet).map_err(|error| Refuse::Malformed(error.to_string()))?;
    tx.prepare_cached("INSERT INTO conversation(id, token, packet, opened_ms, changed_ms) VALUES(?1, ?2, ?3, ?4, ?4)")?
        .execute(params![id, token, packet, now_ms()])?;
    Ok(0)
}

/// Stores a shopper's message, or finds it again; the first text stays.
///
/// # Errors
/// As [`find`].
pub fn put_message(
    tx: &mut Tx<'_>,
    id: &str,
    token: &Digest,
    message: &str,
    draft: &Draft,
    away: Option<&Away>,
) -> Result<Stored, Refuse> {
    let found = find(tx, id, token)?;
    if let Some(stored) = stored(tx, found.key, message)? {
        return Ok(stored);
    }
    if found.closed {
        set_closed(tx, found.key, id, false)?;
    }
    let what = What::Message {
        id: message.to_owned(),
        from: Participant::Shopper,
        name: String::new(),
        text: draft.text.clone(),
    };
    let stored = append(tx, found.key, id, &what)?;
    if let Some(away) = away {
        say_away(tx, found.key, id, message, away)?;
    }
    Ok(stored)
}

/// Says once that nobody is there, to a shopper who has just begun to wait.
fn say_away(tx: &mut Tx<'_>, key: i64, id: &str, message: &str, away: &Away) -> Result<(), Refuse> {
    let (packet, said): (String, bool) = tx
        .prepare_cached(
            "SELECT packet, EXISTS(SELECT 1 FROM event WHERE conversation = key AND sender = 'system' AND at_ms >= waiting_ms)
             FROM conversation WHERE key = ?",
        )?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let packet: Packet = serde_json::from_str(&packet).unwrap_or_default();
    let Some(text) = away.text(&packet.lang).filter(|_| !said) else { return Ok(()) };
    let what = What::Message {
        id: hex(digest(&format!("away {message}")).get(..16).unwrap_or_default()),
        from: Participant::System,
        name: String::new(),
        text: text.to_owned(),
    };
    append(tx, key, id, &what).map(|_| ())
}

/// When and where a message was stored, if it was.
pub fn stored(conn: &Connection, key: i64, message: &str) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached("SELECT cursor, at_ms FROM event WHERE conversation = ? AND message = ?")?
        .query_row(params![key, message], |row| Ok(Stored { cursor: row.get(0)?, at_ms: row.get(1)? }))
        .optional()
}

/// Closes or opens again; nothing happens when it is so already.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn set_closed(tx: &mut Tx<'_>, key: i64, id: &str, closed: bool) -> Result<(), Refuse> {
    let changed = tx
        .prepare_cached("UPDATE conversation SET closed = ?2 WHERE key = ?1 AND closed <> ?2")?
        .execute(params![key, closed])?;
    if changed > 0 {
        append(tx, key, id, if closed { &What::Closed } else { &What::Reopened })?;
    }
    Ok(())
}

/// Adds an event, keeps the list's figures, and tells whoever listens.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn append(tx: &mut Tx<'_>, key: i64, id: &str, what: &What) -> Result<Stored, Refuse> {
    let at_ms = now_ms();
    let columns = Columns::of(what);
    // A message of the shopper starts the waiting, one of an agent or closing ends it.
    let waiting = match (columns.sender, columns.kind) {
        (Some("shopper"), _) => 1,
        (Some("agent"), _) | (_, "closed") => -1,
        _ => 0,
    };
    // Reading along is no change that the list should sort by.
    let is_change = columns.kind != "agent-seen";
    let cursor: u64 = tx
        .prepare_cached(
            "UPDATE conversation SET cursor = cursor + 1,
               changed_ms = CASE WHEN ?3 THEN ?2 ELSE changed_ms END,
               waiting_ms = CASE ?4 WHEN 1 THEN coalesce(waiting_ms, ?2) WHEN -1 THEN NULL ELSE waiting_ms END
             WHERE key = ?1 RETURNING cursor",
        )?
        .query_row(params![key, at_ms, is_change, waiting], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO event(conversation, cursor, at_ms, kind, message, sender, name, text, upto)
         VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        key,
        cursor,
        at_ms,
        columns.kind,
        columns.message,
        columns.sender,
        columns.name,
        columns.text,
        columns.upto
    ])?;
    tx.notices.push(Notice::Event { id: id.to_owned(), cursor });
    Ok(Stored { cursor, at_ms })
}

/// Notes how far the shopper has read.
///
/// # Errors
/// As [`find`].
pub fn shopper_seen(tx: &mut Tx<'_>, id: &str, token: &Digest, upto: u64) -> Result<(), Refuse> {
    let found = find(tx, id, token)?;
    let upto = upto.min(found.cursor);
    let changed = tx
        .prepare_cached("UPDATE conversation SET shopper_seen = ?2 WHERE key = ?1 AND shopper_seen < ?2")?
        .execute(params![found.key, upto])?;
    if changed > 0 {
        tx.notices.push(Notice::Row { id: id.to_owned() });
    }
    Ok(())
}

/// Deletes a conversation with all that was said in it.
///
/// # Errors
/// As [`find`].
pub fn delete(tx: &mut Tx<'_>, id: &str, token: &Digest) -> Result<(), Refuse> {
    let found = find(tx, id, token)?;
    tx.prepare_cached("DELETE FROM conversation WHERE key = ?")?.execute([found.key])?;
    tx.notices.push(Notice::Gone { id: id.to_owned() });
    Ok(())
}

/// Events after a cursor, in order.
pub fn events(conn: &Connection, found: Found, after: u64) -> rusqlite::Result<Events> {
    let mut statement = conn.prepare_cached(
        "SELECT cursor, at_ms, kind, message, sender, name, text, upto FROM event
         WHERE conversation = ? AND cursor > ? ORDER BY cursor LIMIT ?",
    )?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![found.key, after, MAX_EVENTS], |row| {
        Ok(Event { cursor: row.get(0)?, at_ms: row.get(1)?, what: what(row)? })
    })?;
    let events = rows.collect::<Result<Vec<_>, _>>()?;
    let cursor = events.last().map_or(found.cursor, |last| last.cursor.max(found.cursor));
    Ok(Events { events, cursor })
}

fn what(row: &rusqlite::Row<'_>) -> rusqlite::Result<What> {
    let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    let kind: String = row.get(2)?;
    Ok(match kind.as_str() {
        "message" => What::Message { id: text(3)?, from: participant(&text(4)?), name: text(5)?, text: text(6)? },
        "agent-seen" => What::AgentSeen { upto: row.get::<_, Option<u64>>(7)?.unwrap_or_default() },
        "closed" => What::Closed,
        "reopened" => What::Reopened,
        _ => What::Unknown,
    })
}

fn participant(name: &str) -> Participant {
    match name {
        "shopper" => Participant::Shopper,
        "agent" => Participant::Agent,
        "bot" => Participant::Bot,
        _ => Participant::System,
    }
}

/// An event as it lies in its table.
#[derive(Default)]
struct Columns<'a> {
    kind: &'static str,
    message: Option<&'a str>,
    sender: Option<&'static str>,
    name: Option<&'a str>,
    text: Option<&'a str>,
    upto: Option<u64>,
}

impl<'a> Columns<'a> {
    fn of(what: &'a What) -> Self {
        match what {
            What::Message { id, from, name, text } => Columns {
                kind: "message",
                message: Some(id),
                sender: Some(match from {
                    Participant::Shopper => "shopper",
                    Participant::Agent => "agent",
                    Participant::Bot => "bot",
                    Participant::System => "system",
                }),
                name: Some(name),
                text: Some(text),
                upto: None,
            },
            What::AgentSeen { upto } => Columns { kind: "agent-seen", upto: Some(*upto), ..Columns::default() },
            What::Closed => Columns { kind: "closed", ..Columns::default() },
            What::Reopened => Columns { kind: "reopened", ..Columns::default() },
            What::Unknown => Columns { kind: "unknown", ..Columns::default() },
        }
    }
}
