//! What happened in the help: kept without anybody's name.

use rusqlite::{Connection, params};

use super::Tx;
use crate::insight::event::Event;
use crate::insight::tally::Contact;
use crate::insight::vocabulary::find;
use crate::server::refuse::Refuse;

/// How long a message's name is remembered, in milliseconds: longer than any browser keeps one to send again.
const REMEMBERED_MS: u64 = 90 * 24 * 3600 * 1000;

/// Moments are kept to the minute: none of them tells whose it was.
const MINUTE_MS: u64 = 60_000;

/// Takes the events of a message; says whether it is the first time.
pub fn take(tx: &Tx<'_>, batch: &[u8], events: &[Event], now_ms: u64) -> Result<bool, Refuse> {
    let new = tx
        .prepare_cached("INSERT OR IGNORE INTO told_batch(id, at_ms) VALUES(?1, ?2)")?
        .execute(params![batch, now_ms])?;
    if new == 0 {
        return Ok(false);
    }
    tx.prepare_cached("DELETE FROM told_batch WHERE at_ms < ?1")?.execute([now_ms.saturating_sub(REMEMBERED_MS)])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO told(at_ms, kind, lang, page, place, arm, after, facts) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for event in events {
        let facts = serde_json::to_string(&event.facts).unwrap_or_default();
        let minute = event.at_ms - event.at_ms % MINUTE_MS;
        insert.execute(params![
            minute,
            event.name(),
            event.lang,
            event.page,
            event.place,
            event.arm,
            event.after,
            facts
        ])?;
    }
    Ok(true)
}

/// Gives every event from a moment on, oldest first.
pub fn each(conn: &Connection, from_ms: u64, mut take: impl FnMut(Event)) -> rusqlite::Result<()> {
    let mut all = conn.prepare(
        "SELECT at_ms, kind, lang, page, place, arm, after, facts FROM told WHERE at_ms >= ?1 ORDER BY at_ms",
    )?;
    let mut rows = all.query([from_ms])?;
    while let Some(row) = rows.next()? {
        // A kind of a newer release, after a step back, is no kind of this one.
        let Some(kind) = find(row.get_ref(1)?.as_str()?) else { continue };
        take(Event {
            kind,
            at_ms: row.get(0)?,
            lang: row.get(2)?,
            page: row.get(3)?,
            place: row.get(4)?,
            arm: row.get(5)?,
            after: row.get(6)?,
            facts: serde_json::from_str(row.get_ref(7)?.as_str()?).unwrap_or_default(),
        });
    }
    Ok(())
}

/// Gives every conversation that began from a moment on.
pub fn each_contact(conn: &Connection, from_ms: u64, mut take: impl FnMut(Contact)) -> rusqlite::Result<()> {
    // The time to an answer counts from the first message: before it there was nothing to answer.
    let mut all = conn.prepare(
        "SELECT COALESCE((SELECT MIN(at_ms) FROM event WHERE conversation = c.key AND kind = 'message' AND sender = 'shopper'), opened_ms),
           (SELECT MIN(at_ms) FROM event WHERE conversation = c.key AND kind = 'message' AND sender = 'agent'),
           CASE WHEN closed THEN (SELECT MAX(at_ms) FROM event WHERE conversation = c.key AND kind = 'closed') END,
           stars
         FROM conversation c WHERE opened_ms >= ?1",
    )?;
    let mut rows = all.query([from_ms])?;
    while let Some(row) = rows.next()? {
        take(Contact { opened_ms: row.get(0)?, answered_ms: row.get(1)?, closed_ms: row.get(2)?, stars: row.get(3)? });
    }
    Ok(())
}
