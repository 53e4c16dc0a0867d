//! The inbox's memory: one SQLite file, written by one thread, read by a few connections.
//!
//! Writes wait in a queue; the thread takes as many as there are, up to a limit, and commits them
//! together (WAL, `synchronous=FULL`). Nobody gets an answer before the commit, so what was
//! acknowledged is on the disk. Readers see commits only.

pub mod agents;
pub mod conversations;
pub mod files;
pub mod inbox;
pub mod mail;
pub mod relay;
mod schema;
pub mod told;
mod writer;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use self::writer::{Job, Write, Writer};
use super::hub::{Hub, Notice};
use super::limits::Limits;
use super::metrics::Metrics;
use super::refuse::Refuse;

/// Connections kept for readers.
const READERS: usize = 4;

/// Why the file cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Written by a newer release.
    Newer {
        /// What this release knows.
        expected: usize,
        /// What the file says.
        got: usize,
    },
    /// SQLite says no.
    Sqlite(rusqlite::Error),
    /// A copy of the file cannot be put in its place.
    File(std::io::Error),
    /// No thread for the writer.
    Thread(std::io::Error),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreError::Newer { expected, got } => write!(
                f,
                "the database is version {got}, this release knows {expected}: use the newer release, or restore a backup"
            ),
            StoreError::Sqlite(error) => write!(f, "the database cannot be used: {error}: {}", cure(error)),
            StoreError::File(error) => write!(f, "the copy cannot be put in its place: {error}"),
            StoreError::Thread(error) => write!(f, "no thread for the database: {error}"),
        }
    }
}

/// What to do about an error of SQLite.
fn cure(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => "make file and disk writable for this program",
        Some(ErrorCode::DiskFull) => "make room on the disk",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "restore a backup, or name another file",
        Some(ErrorCode::CannotOpen) => "make its folder, and make file and disk writable for this program",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "stop the other program that holds it",
        _ => "check the disk",
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Sqlite(error)
    }
}

/// The file, open.
pub struct Store {
    path: PathBuf,
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Mutex<Vec<Connection>>>,
    failing: Arc<AtomicBool>,
    hub: Arc<Hub>,
}

/// What a write may use: the connection, and a place for what others must hear of afterwards.
pub struct Tx<'a> {
    conn: &'a Connection,
    /// Told when the write is on the disk.
    pub notices: Vec<Notice>,
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl Store {
    /// Opens the file, makes or migrates it, and starts the writer.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(path: &Path, limits: &Limits, hub: Arc<Hub>, metrics: Arc<Metrics>) -> Result<Store, StoreError> {
        let conn = open(path)?;
        let (sender, receiver) = sync_channel(limits.write_queue);
        let failing = Arc::new(AtomicBool::new(false));
        let writer = Writer { conn, most: limits.commit_batch.max(1), failing: Arc::clone(&failing), metrics };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(StoreError::Thread)?;
        Ok(Store {
            path: path.to_owned(),
            jobs: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
            readers: Arc::new(Mutex::new(Vec::new())),
            failing,
            hub,
        })
    }

    /// Runs a write; the answer comes when it is on the disk.
    ///
    /// # Errors
    /// Those of the write itself; [`Refuse::Unavailable`] when it could not be stored.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> Result<T, Refuse> + Send + 'static,
    ) -> Result<T, Refuse> {
        let (sender, answer) = oneshot::channel();
        let hub = Arc::clone(&self.hub);
        let job: Write = Box::new(move |conn| {
            let (outcome, notices) = in_savepoint(conn, write);
            Box::new(move || {
                for notice in notices {
                    hub.tell(notice);
                }
                // Whoever asked may have gone; the write stands all the same.
                let _ = sender.send(outcome);
            })
        });
        self.queue(Job::Write(job))?;
        // The writer drops what it could not commit.
        answer.await.unwrap_or(Err(Refuse::Unavailable))
    }

    /// Makes sure that nothing deleted so far can be found in the files of the store.
    ///
    /// # Errors
    /// [`Refuse::Unavailable`].
    pub async fn forget(&self) -> Result<(), Refuse> {
        let (sender, done) = oneshot::channel();
        self.queue(Job::Forget(sender))?;
        done.await.map_err(|_| Refuse::Unavailable)
    }

    fn queue(&self, job: Job) -> Result<(), Refuse> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = jobs.as_ref().ok_or(Refuse::Unavailable)?;
        jobs.try_send(job).map_err(|_| Refuse::Unavailable)
    }

    /// Runs a read.
    ///
    /// # Errors
    /// Those of the read itself; [`Refuse::Unavailable`] when the file cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Refuse> + Send + 'static,
    ) -> Result<T, Refuse> {
        let readers = Arc::clone(&self.readers);
        let path = self.path.clone();
        let task = tokio::task::spawn_blocking(move || {
            let kept = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let conn = match kept {
                Some(conn) => conn,
                None => open_connection(&path)?,
            };
            let outcome = read(&conn);
            let mut readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.len() < READERS {
                readers.push(conn);
            }
            outcome
        });
        task.await.unwrap_or(Err(Refuse::Unavailable))
    }

    /// Writes something that changes nothing; says whether it reached the disk.
    pub async fn try_write(&self) -> bool {
        // As much as a long message takes: where a page still fits and a message does not, the disk is full.
        const PROBE: &str =
            "DROP TABLE IF EXISTS probe; CREATE TABLE probe (bytes BLOB); INSERT INTO probe VALUES (zeroblob(65536))";
        if self.write(|tx: &mut Tx<'_>| Ok(tx.execute_batch(PROBE)?)).await.is_err() {
            return false;
        }
        let write = |tx: &mut Tx<'_>| Ok(tx.execute_batch("DROP TABLE IF EXISTS probe")?);
        self.write(write).await.is_ok()
    }

    /// Whether the last write reached the disk.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        !self.failing.load(Ordering::Relaxed)
    }

    /// Commits what waits and closes the file.
    pub fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Opens the file for one writer, made or migrated as needed; for `helpnook agent` as well.
///
/// # Errors
/// When the file cannot be used.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    keep_private(path);
    let mut conn = open_connection(path)?;
    schema::migrate(&mut conn)?;
    Ok(conn)
}

/// Makes a new file one that only its owner reads; SQLite gives its log the same rights.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A file that is there, or cannot be made, is SQLite's business, which tells it better.
        let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    }
}

fn open_connection(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    schema::prepare(&conn)?;
    Ok(conn)
}

fn in_savepoint<T>(
    conn: &Connection,
    write: impl FnOnce(&mut Tx<'_>) -> Result<T, Refuse>,
) -> (Result<T, Refuse>, Vec<Notice>) {
    let step = |sql: &str| -> Result<(), Refuse> { Ok(conn.prepare_cached(sql)?.execute([]).map(|_| ())?) };
    if let Err(error) = step("SAVEPOINT one") {
        return (Err(error), Vec::new());
    }
    let mut tx = Tx { conn, notices: Vec::new() };
    let outcome = write(&mut tx);
    let notices = if outcome.is_ok() { tx.notices } else { Vec::new() };
    let end = match &outcome {
        Ok(_) => step("RELEASE one"),
        Err(_) => step("ROLLBACK TO one").and_then(|()| step("RELEASE one")),
    };
    match end {
        Ok(()) => (outcome, notices),
        Err(error) => (Err(error), Vec::new()),
    }
}
