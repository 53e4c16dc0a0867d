//! Agents and their sessions.

use rusqlite::{Connection, OptionalExtension, params};

use super::Tx;
use crate::server::now_ms;
use crate::server::refuse::Refuse;
use crate::server::secret::Digest;

/// A session is noted as used at most this often, so that reading costs no write.
const TOUCH_EVERY_MS: u64 = 5 * 60 * 1000;

/// An agent who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Name, shown to shoppers.
    pub name: String,
    /// Whether the agent takes no conversations now.
    pub away: bool,
    /// Whether the session should be noted as used.
    pub touch: bool,
}

/// Adds an agent, or changes the password; a changed password ends the agent's sessions.
///
/// # Errors
/// When the file cannot be written.
pub fn add(conn: &Connection, name: &str, password: &str) -> rusqlite::Result<()> {
    conn.execute("DELETE FROM session WHERE agent = ?", [name])?;
    conn.execute(
        "INSERT INTO agent(name, password) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET password = ?2",
        params![name, password],
    )?;
    Ok(())
}

/// Removes an agent; says whether there was one.
///
/// # Errors
/// When the file cannot be written.
pub fn remove(conn: &Connection, name: &str) -> rusqlite::Result<bool> {
    Ok(conn.execute("DELETE FROM agent WHERE name = ?", [name])? > 0)
}

/// Names of all agents.
///
/// # Errors
/// When the file cannot be read.
pub fn names(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare("SELECT name FROM agent ORDER BY name")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// What is kept of an agent's password.
///
/// # Errors
/// When the file cannot be read.
pub fn password(conn: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached("SELECT password FROM agent WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
}

/// Starts a session, and forgets those that are over.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn start_session(tx: &mut Tx<'_>, token: &Digest, name: &str, idle_ms: u64) -> Result<(), Refuse> {
    let now = now_ms();
    tx.execute("DELETE FROM session WHERE used_ms < ?", [now.saturating_sub(idle_ms)])?;
    tx.execute("INSERT INTO session(token, agent, used_ms) VALUES(?, ?, ?)", params![token, name, now])?;
    Ok(())
}

/// The agent of a session that is not over.
///
/// # Errors
/// When the file cannot be read.
pub fn session(conn: &Connection, token: &Digest, idle_ms: u64) -> rusqlite::Result<Option<Agent>> {
    let now = now_ms();
    conn.prepare_cached(
        "SELECT agent.name, agent.away, session.used_ms FROM session JOIN agent ON agent.name = session.agent
         WHERE session.token = ? AND session.used_ms >= ?",
    )?
    .query_row(params![token, now.saturating_sub(idle_ms)], |row| {
        let used_ms: u64 = row.get(2)?;
        let touch = now.saturating_sub(used_ms) > TOUCH_EVERY_MS;
        Ok(Agent { name: row.get(0)?, away: row.get(1)?, touch })
    })
    .optional()
}

/// Notes that a session was used.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn touch_session(tx: &mut Tx<'_>, token: &Digest) -> Result<(), Refuse> {
    tx.execute("UPDATE session SET used_ms = ? WHERE token = ?", params![now_ms(), token])?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn end_session(tx: &mut Tx<'_>, token: &Digest) -> Result<(), Refuse> {
    tx.execute("DELETE FROM session WHERE token = ?", [token])?;
    Ok(())
}

/// Notes whether an agent takes conversations.
///
/// # Errors
/// [`Refuse::Unavailable`].
pub fn set_away(tx: &mut Tx<'_>, name: &str, away: bool) -> Result<(), Refuse> {
    tx.execute("UPDATE agent SET away = ?2 WHERE name = ?1", params![name, away])?;
    Ok(())
}
