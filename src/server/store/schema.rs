//! The tables, and how an older file becomes one of this release.

use rusqlite::Connection;

use super::StoreError;

/// One step for each version: `user_version` says how many were done.
const STEPS: &[&str] = &[CONVERSATIONS, NOTES, ASSIGNED, FILES, TOLD, RELAY];

const CONVERSATIONS: &str = "
CREATE TABLE conversation(
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  token BLOB NOT NULL,             -- SHA-256 of the browser's token
  packet TEXT NOT NULL,            -- JSON of chat::protocol::Packet
  opened_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0,
  cursor INTEGER NOT NULL DEFAULT 0,       -- number of the last event
  agent_seen INTEGER NOT NULL DEFAULT 0,   -- last event an agent read
  shopper_seen INTEGER NOT NULL DEFAULT 0, -- last event the shopper read
  waiting_ms INTEGER                       -- since when the shopper waits for an answer
);
CREATE INDEX conversation_list ON conversation(closed, changed_ms);
CREATE TABLE event(
  conversation INTEGER NOT NULL REFERENCES conversation(key) ON DELETE CASCADE,
  cursor INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- as in chat::protocol::What
  message TEXT,                    -- id of a message
  sender TEXT,                     -- as in chat::protocol::Participant
  name TEXT,
  text TEXT,
  upto INTEGER,
  PRIMARY KEY(conversation, cursor)
) WITHOUT ROWID;
CREATE UNIQUE INDEX event_message ON event(conversation, message) WHERE message IS NOT NULL;
CREATE TABLE agent(
  name TEXT PRIMARY KEY,
  password TEXT NOT NULL,          -- argon2id, PHC string
  away INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE session(
  token BLOB PRIMARY KEY,          -- SHA-256 of the cookie
  agent TEXT NOT NULL REFERENCES agent(name) ON DELETE CASCADE,
  used_ms INTEGER NOT NULL
) WITHOUT ROWID;
";

const NOTES: &str = "
CREATE TABLE note(                 -- for agents only, so not among the events
  conversation INTEGER NOT NULL REFERENCES conversation(key) ON DELETE CASCADE,
  id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  agent TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY(conversation, id)
) WITHOUT ROWID;
";

const ASSIGNED: &str = "
ALTER TABLE conversation ADD COLUMN assigned TEXT; -- name of the agent who looks after it
";

const FILES: &str = "
ALTER TABLE event ADD COLUMN extra TEXT;           -- JSON of a message's attachments and choices, or stars
ALTER TABLE conversation ADD COLUMN topic TEXT;    -- what it is about, from the shop's own list
ALTER TABLE conversation ADD COLUMN stars INTEGER; -- how content the shopper was, 1 to 5
ALTER TABLE conversation ADD COLUMN n_notices INTEGER NOT NULL DEFAULT 0; -- e-mails about it so far
CREATE TABLE file(
  id TEXT PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation(key) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,              -- as image/jpeg
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  n_bytes INTEGER NOT NULL,
  body BLOB NOT NULL               -- last, so that the columns before it are read without it
);
CREATE INDEX file_conversation ON file(conversation);
CREATE TABLE mail(                 -- e-mails to write; their words are taken when they leave
  conversation INTEGER NOT NULL REFERENCES conversation(key) ON DELETE CASCADE,
  kind TEXT NOT NULL,              -- notice (to the shop) or answer (to the shopper)
  cursor INTEGER NOT NULL,         -- first message it is about
  due_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(conversation, kind)
) WITHOUT ROWID;
CREATE INDEX mail_due ON mail(due_ms);
";

const TOLD: &str = "
CREATE TABLE told(                 -- what happened in the help, as insight::vocabulary has it; names no shopper
  at_ms INTEGER NOT NULL,          -- to the minute
  kind TEXT NOT NULL,
  lang TEXT NOT NULL,
  page TEXT NOT NULL,
  place TEXT NOT NULL,
  arm TEXT NOT NULL,
  after INTEGER NOT NULL,          -- set of kinds that came before it in its visit
  facts TEXT NOT NULL              -- JSON
);
CREATE INDEX told_at ON told(at_ms);
CREATE TABLE told_batch(           -- messages taken, so that one sent twice counts once
  id BLOB PRIMARY KEY,
  at_ms INTEGER NOT NULL
) WITHOUT ROWID;
";

const RELAY: &str = "
CREATE TABLE relay(                -- how far conversations were carried on to another system
  conversation INTEGER PRIMARY KEY REFERENCES conversation(key) ON DELETE CASCADE,
  way TEXT NOT NULL,               -- name of the system, or email, or inbox
  place TEXT,                      -- the system's own name of the conversation
  saved TEXT NOT NULL,             -- JSON of what the adapter keeps
  sent INTEGER NOT NULL,           -- last event carried over, or given up
  taken INTEGER NOT NULL,          -- messages that this way has taken
  flight INTEGER NOT NULL,         -- whether a request is on its way that counts twice when made twice
  tries INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,       -- when what is next was first tried; 0 when it was not
  due_ms INTEGER NOT NULL
);
CREATE INDEX relay_place ON relay(way, place) WHERE place IS NOT NULL;
CREATE TABLE relayed(              -- what became of each message
  conversation INTEGER NOT NULL REFERENCES conversation(key) ON DELETE CASCADE,
  cursor INTEGER NOT NULL,
  way TEXT NOT NULL,
  state TEXT NOT NULL,             -- delivered, unconfirmed, refused or heard
  id TEXT NOT NULL,                -- the system's own
  PRIMARY KEY(conversation, cursor)
) WITHOUT ROWID;
CREATE TABLE relay_watch(          -- how far the news of a whole account was read
  way TEXT PRIMARY KEY,
  kept TEXT NOT NULL               -- JSON
) WITHOUT ROWID;
";

/// Settings of every connection.
const SETTINGS: &str = "
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA foreign_keys=ON;
PRAGMA temp_store=MEMORY;
";

/// Sets a connection up; every one needs it.
pub fn prepare(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch(SETTINGS)
}

/// Brings the file to the version of this release.
///
/// # Errors
/// When it was written by a newer release, or cannot be written.
pub fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let done: usize = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done > STEPS.len() {
        return Err(StoreError::Newer { expected: STEPS.len(), got: done });
    }
    if done == STEPS.len() {
        return Ok(());
    }
    let tx = conn.transaction()?;
    for step in &STEPS[done..] {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", STEPS.len())?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as the release of that version left it, with a conversation in it.
    fn of_version(n_steps: usize) -> rusqlite::Result<Connection> {
        let conn = Connection::open_in_memory()?;
        prepare(&conn)?;
        for step in &STEPS[..n_steps] {
            conn.execute_batch(step)?;
        }
        conn.pragma_update(None, "user_version", n_steps)?;
        conn.execute_batch(
            "INSERT INTO conversation(key, id, token, packet, opened_ms, changed_ms, cursor) VALUES (1, 'c', x'00', '{}', 1, 1, 1);
             INSERT INTO event(conversation, cursor, at_ms, kind, message, sender, text) VALUES (1, 1, 1, 'message', 'm', 'shopper', 'hello');",
        )?;
        Ok(conn)
    }

    #[test]
    fn every_older_file_becomes_one_of_this_release_and_keeps_what_was_said() -> Result<(), StoreError> {
        let columns = |conn: &Connection| -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c ORDER BY 1";
            conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        let now = columns(&of_version(STEPS.len())?)?;
        for n_steps in 1..=STEPS.len() {
            let mut conn = of_version(n_steps)?;
            migrate(&mut conn)?;
            assert_eq!(columns(&conn)?, now, "from version {n_steps}");
            let text: String = conn.query_row("SELECT text FROM event", [], |row| row.get(0))?;
            assert_eq!(text, "hello", "from version {n_steps}");
            let version: usize = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
            assert_eq!(version, STEPS.len());
        }
        Ok(())
    }
}
