//! What the shopper's side writes and reads.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::Tx;
use super::{files, mail};
use crate::chat::protocol::{
    Attachment, Draft, Event, Events, FlowAnswer, Packet, Participant, Person, Rating, Stored, What,
};
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
    waits: &Waits<'_>,
) -> Result<Stored, Refuse> {
    let found = find(tx, id, token)?;
    if let Some(stored) = stored(tx, found.key, message)? {
        return Ok(stored);
    }
    if found.closed {
        set_closed(tx, found.key, id, false)?;
    }
    let what = if draft.flow.is_empty() {
        What::Message {
            id: message.to_owned(),
            from: Participant::Shopper,
            name: String::new(),
            text: draft.text.clone(),
            attachments: files::all(tx, found.key, &draft.attachments)?,
            choices: Vec::new(),
        }
    } else {
        What::Told { id: message.to_owned(), flow: draft.flow.clone() }
    };
    let stored = append(tx, found.key, id, &what)?;
    if let Some(away) = waits.away {
        say_away(tx, found.key, id, message, away)?;
    }
    if let Some(after_ms) = waits.notice_after_ms {
        mail::plan(tx, found.key, mail::Kind::Notice, stored.cursor, stored.at_ms.saturating_add(after_ms))?;
    }
    Ok(stored)
}

/// What happens when a shopper writes and has to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waits<'a> {
    /// What to say, while nobody is there.
    pub away: Option<&'a Away>,
    /// When to tell the shop by e-mail, unless somebody answers before.
    pub notice_after_ms: Option<u64>,
}

/// Keeps where answers find the shopper, among what was passed on.
///
/// # Errors
/// As [`find`].
pub fn set_person(tx: &mut Tx<'_>, id: &str, token: &Digest, person: Person) -> Result<(), Refuse> {
    let found = find(tx, id, token)?;
    let packet: String =
        tx.query_row("SELECT packet FROM conversation WHERE key = ?", [found.key], |row| row.get(0))?;
    let mut packet: Packet = serde_json::from_str(&packet).unwrap_or_default();
    packet.person = person;
    if !packet.consent.iter().any(|field| field == "person") {
        packet.consent.push("person".to_owned());
    }
    let packet = serde_json::to_string(&packet).map_err(|error| Refuse::Malformed(error.to_string()))?;
    tx.execute("UPDATE conversation SET packet = ?2 WHERE key = ?1", params![found.key, packet])?;
    tx.notices.push(Notice::Row { id: id.to_owned() });
    Ok(())
}

/// Stores how content the shopper is; saying the same again changes nothing.
///
/// # Errors
/// As [`find`].
pub fn rate(tx: &mut Tx<'_>, id: &str, token: &Digest, rating: Rating) -> Result<(), Refuse> {
    let found = find(tx, id, token)?;
    let Rating { stars, comment } = rating;
    let last = tx
        .query_row(
            "SELECT extra, text FROM event WHERE conversation = ? AND kind = 'rated' ORDER BY cursor DESC LIMIT 1",
            [found.key],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default())),
        )
        .optional()?;
    if last == Some((stars.to_string(), comment.clone())) {
        return Ok(());
    }
    tx.execute("UPDATE conversation SET stars = ?2 WHERE key = ?1", params![found.key, stars])?;
    append(tx, found.key, id, &What::Rated { stars, comment }).map(|_| ())
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
    let message = hex(digest(&format!("away {message}")).get(..16).unwrap_or_default());
    append(tx, key, id, &What::said(&message, Participant::System, "", text)).map(|_| ())
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
    // Reading along and rating are no changes that the list should sort by.
    let is_change = !matches!(columns.kind, "agent-seen" | "rated");
    let cursor: u64 = tx
        .prepare_cached(
            "UPDATE conversation SET cursor = cursor + 1,
               changed_ms = CASE WHEN ?3 THEN ?2 ELSE changed_ms END,
               waiting_ms = CASE ?4 WHEN 1 THEN coalesce(waiting_ms, ?2) WHEN -1 THEN NULL ELSE waiting_ms END
             WHERE key = ?1 RETURNING cursor",
        )?
        .query_row(params![key, at_ms, is_change, waiting], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO event(conversation, cursor, at_ms, kind, message, sender, name, text, upto, extra)
         VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        columns.upto,
        columns.extra
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
        "SELECT cursor, at_ms, kind, message, sender, name, text, upto, extra FROM event
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

/// Everything that happened in a conversation.
///
/// # Errors
/// As [`find`].
pub fn all_events(conn: &Connection, id: &str, token: &Digest) -> Result<Vec<Event>, Refuse> {
    let conn = conn.unchecked_transaction()?;
    let found = find(&conn, id, token)?;
    let mut all = Vec::new();
    loop {
        let after = all.last().map_or(0, |last: &Event| last.cursor);
        let next = events(&conn, found, after)?.events;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}

fn what(row: &rusqlite::Row<'_>) -> rusqlite::Result<What> {
    let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    let kind: String = row.get(2)?;
    Ok(match kind.as_str() {
        "message" => {
            let Extra { attachments, choices, .. } = serde_json::from_str(&text(8)?).unwrap_or_default();
            What::Message {
                id: text(3)?,
                from: participant(&text(4)?),
                name: text(5)?,
                text: text(6)?,
                attachments,
                choices,
            }
        }
        "told" => {
            let Extra { flow, .. } = serde_json::from_str(&text(8)?).unwrap_or_default();
            What::Told { id: text(3)?, flow }
        }
        "agent-seen" => What::AgentSeen { upto: row.get::<_, Option<u64>>(7)?.unwrap_or_default() },
        "closed" => What::Closed,
        "reopened" => What::Reopened,
        "rated" => What::Rated { stars: text(8)?.parse().unwrap_or_default(), comment: text(6)? },
        _ => What::Unknown,
    })
}

/// What few messages have, as JSON in one column.
#[derive(Default, Serialize, Deserialize)]
struct Extra {
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    flow: Vec<FlowAnswer>,
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
    extra: Option<String>,
}

impl<'a> Columns<'a> {
    fn of(what: &'a What) -> Self {
        match what {
            What::Message { id, from, name, text, attachments, choices } => Columns {
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
                extra: if attachments.is_empty() && choices.is_empty() {
                    None
                } else {
                    let extra =
                        Extra { attachments: attachments.clone(), choices: choices.clone(), ..Extra::default() };
                    serde_json::to_string(&extra).ok()
                },
            },
            // Told by the shopper, who now waits; it has no words of the shopper's.
            What::Told { id, flow } => Columns {
                kind: "told",
                message: Some(id),
                sender: Some("shopper"),
                extra: serde_json::to_string(&Extra { flow: flow.clone(), ..Extra::default() }).ok(),
                ..Columns::default()
            },
            What::AgentSeen { upto } => Columns { kind: "agent-seen", upto: Some(*upto), ..Columns::default() },
            What::Closed => Columns { kind: "closed", ..Columns::default() },
            What::Reopened => Columns { kind: "reopened", ..Columns::default() },
            What::Rated { stars, comment } => {
                Columns { kind: "rated", text: Some(comment), extra: Some(stars.to_string()), ..Columns::default() }
            }
            What::Unknown => Columns { kind: "unknown", ..Columns::default() },
        }
    }
}
