//! Files of conversations: in the database, so that a backup has them and deleting takes them along.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Tx;
use crate::chat::protocol::Attachment;
use crate::server::refuse::Refuse;

/// A file as it is kept and served.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What is told of it.
    pub attachment: Attachment,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// Columns of [`Attachment`].
const SELECT: &str = "SELECT id, name, kind, n_bytes, width, height";

/// The file of that id in a conversation, if it was stored before.
///
/// # Errors
/// [`Refuse::Forbidden`] when another conversation has it, [`Refuse::Unavailable`].
pub fn known(conn: &Connection, key: i64, id: &str) -> Result<Option<Attachment>, Refuse> {
    let found = conn
        .prepare_cached(&format!("{SELECT}, conversation FROM file WHERE id = ?"))?
        .query_row([id], |row| Ok((attachment(row)?, row.get::<_, i64>(6)?)))
        .optional()?;
    match found {
        Some((_, other)) if other != key => Err(Refuse::Forbidden("the file is of another conversation")),
        found => Ok(found.map(|(attachment, _)| attachment)),
    }
}

/// Files of those ids, in that order; each must be of the conversation.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Forbidden`], [`Refuse::Unavailable`].
pub fn all(conn: &Connection, key: i64, ids: &[String]) -> Result<Vec<Attachment>, Refuse> {
    ids.iter().map(|id| known(conn, key, id)?.ok_or(Refuse::NotFound)).collect()
}

/// How many files a conversation has.
///
/// # Errors
/// When the file cannot be read.
pub fn count(conn: &Connection, key: i64) -> rusqlite::Result<usize> {
    conn.query_row("SELECT count(*) FROM file WHERE conversation = ?", [key], |row| row.get(0))
}

/// Stores a file, or finds it again; the first bytes stay.
///
/// # Errors
/// [`Refuse::RateLimited`] when the conversation has as many as it may, and as [`known`].
pub fn put(tx: &mut Tx<'_>, key: i64, kept: &Kept, most: usize) -> Result<Attachment, Refuse> {
    let Kept { attachment, body } = kept;
    if let Some(known) = known(tx, key, &attachment.id)? {
        return Ok(known);
    }
    if count(tx, key)? >= most {
        return Err(Refuse::TooMany(most));
    }
    let Attachment { id, name, kind, bytes, width, height } = attachment;
    tx.prepare_cached(
        "INSERT INTO file(id, conversation, name, kind, n_bytes, width, height, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![id, key, name, kind, bytes, width, height, body])?;
    Ok(attachment.clone())
}

/// A file with its bytes.
///
/// # Errors
/// [`Refuse::NotFound`], [`Refuse::Unavailable`].
pub fn read(conn: &Connection, id: &str) -> Result<Kept, Refuse> {
    conn.prepare_cached(&format!("{SELECT}, body FROM file WHERE id = ?"))?
        .query_row([id], |row| Ok(Kept { attachment: attachment(row)?, body: row.get(6)? }))
        .optional()?
        .ok_or(Refuse::NotFound)
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        bytes: row.get(3)?,
        width: row.get(4)?,
        height: row.get(5)?,
    })
}
