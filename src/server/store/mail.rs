//! E-mails still to be written: planned in the same commit as the message they are about, so that a
//! crash forgets none; their words are taken when they leave, so that one says all there is to say.

use rusqlite::{Connection, OptionalExtension, params};

use super::Tx;
use super::conversations::{Found, events};
use crate::chat::protocol::{Event, Packet, Participant, What};
use crate::server::refuse::Refuse;

/// Most e-mails taken up at a time.
const MAX_DUE: usize = 20;

/// Whom an e-mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The shop: a shopper waits.
    Notice,
    /// The shopper: somebody answered.
    Answer,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Notice => "notice",
            Kind::Answer => "answer",
        }
    }
}

/// An e-mail whose time has come.
#[derive(Debug, Clone)]
pub struct Due {
    /// Row of the conversation.
    pub key: i64,
    /// Whom it is for.
    pub kind: Kind,
    /// First message that it is about.
    pub cursor: u64,
    /// How often sending failed.
    pub tries: u32,
    /// Id of the conversation.
    pub id: String,
    /// What the shopper passed on.
    pub packet: Packet,
    /// E-mails to the shop before this one.
    pub n_notices: u64,
    /// Messages it is about; empty when there is nothing to say any more.
    pub messages: Vec<Event>,
    /// Number of the last event when the words were taken.
    pub upto: u64,
}

/// Plans an e-mail, unless one of the kind is planned already.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn plan(tx: &mut Tx<'_>, key: i64, kind: Kind, cursor: u64, due_ms: u64) -> Result<(), Refuse> {
    tx.prepare_cached(
        "INSERT INTO mail(conversation, kind, cursor, due_ms) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )?
    .execute(params![key, kind.name(), cursor, due_ms])?;
    Ok(())
}

/// E-mails whose time has come.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn due(conn: &Connection, now_ms: u64) -> Result<Vec<Due>, Refuse> {
    let conn = conn.unchecked_transaction()?;
    let mut statement = conn.prepare_cached(
        "SELECT key, mail.kind, mail.cursor, tries, id, packet, n_notices, conversation.cursor, waiting_ms, shopper_seen
         FROM mail JOIN conversation ON key = conversation WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
    )?;
    let rows = statement.query_map(params![now_ms, MAX_DUE], |row| {
        let kind = if row.get::<_, String>(1)? == "answer" { Kind::Answer } else { Kind::Notice };
        let due = Due {
            key: row.get(0)?,
            kind,
            cursor: row.get(2)?,
            tries: row.get(3)?,
            id: row.get(4)?,
            packet: serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or_default(),
            n_notices: row.get(6)?,
            messages: Vec::new(),
            upto: row.get(7)?,
        };
        Ok((due, row.get::<_, Option<u64>>(8)?.is_some(), row.get::<_, u64>(9)?))
    })?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let mut out = Vec::new();
    for (mut due, waits, shopper_seen) in rows {
        // What was answered, or read in the panel, needs no e-mail any more.
        let (wanted, after) = match due.kind {
            Kind::Notice => (waits, due.cursor.saturating_sub(1)),
            Kind::Answer => (!due.packet.person.email.is_empty(), shopper_seen.max(due.cursor.saturating_sub(1))),
        };
        if wanted {
            let from = if due.kind == Kind::Notice { Participant::Shopper } else { Participant::Agent };
            let found = Found { key: due.key, cursor: due.upto, closed: false };
            due.messages = events(&conn, found, after)?.events;
            due.messages.retain(|event| match &event.what {
                What::Message { from: author, .. } => *author == from,
                What::Told { .. } => due.kind == Kind::Notice,
                _ => false,
            });
        }
        out.push(due);
    }
    Ok(out)
}

/// Takes an e-mail off the list: sent, or nothing to say.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn settle(tx: &mut Tx<'_>, due: &Due, sent: bool) -> Result<(), Refuse> {
    tx.execute("DELETE FROM mail WHERE conversation = ? AND kind = ?", params![due.key, due.kind.name()])?;
    if sent && due.kind == Kind::Notice {
        tx.execute("UPDATE conversation SET n_notices = n_notices + 1 WHERE key = ?", [due.key])?;
    }
    // What was written while the e-mail left is the next one's business.
    let sender = if due.kind == Kind::Notice { "shopper" } else { "agent" };
    let next: Option<(u64, u64)> = tx
        .query_row(
            "SELECT cursor, at_ms FROM event WHERE conversation = ? AND cursor > ? AND sender = ? ORDER BY cursor LIMIT 1",
            params![due.key, due.upto, sender],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    match next {
        Some((cursor, at_ms)) if sent => plan(tx, due.key, due.kind, cursor, at_ms),
        _ => Ok(()),
    }
}

/// Puts an e-mail off that could not be sent.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn put_off(tx: &mut Tx<'_>, due: &Due, until_ms: u64) -> Result<(), Refuse> {
    tx.execute(
        "UPDATE mail SET tries = tries + 1, due_ms = ? WHERE conversation = ? AND kind = ?",
        params![until_ms, due.key, due.kind.name()],
    )?;
    Ok(())
}
