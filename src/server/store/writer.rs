//! The one thread that writes: it takes what waits, commits it together, and only then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::server::metrics::Metrics;

/// What the writer does.
pub enum Job {
    /// Runs within a batch.
    Write(Write),
    /// Empties the log, so that nothing deleted is left in it.
    Forget(oneshot::Sender<()>),
}

/// What it gives back runs when the batch is on the disk.
pub type Write = Box<dyn FnOnce(&Connection) -> Settle + Send>;
pub type Settle = Box<dyn FnOnce() + Send>;

/// The thread that writes.
pub struct Writer {
    /// Its connection.
    pub conn: Connection,
    /// Most writes in one commit.
    pub most: usize,
    /// Set while commits fail.
    pub failing: Arc<AtomicBool>,
    /// Where commits are counted.
    pub metrics: Arc<Metrics>,
}

impl Writer {
    /// Writes until nobody can ask for more.
    pub fn run(self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut writes = Vec::new();
            let mut forgets = Vec::new();
            for job in std::iter::once(first).chain(jobs.try_iter().take(self.most - 1)) {
                match job {
                    Job::Write(write) => writes.push(write),
                    Job::Forget(done) => forgets.push(done),
                }
            }
            // A write that panics must not take all later ones with it.
            if catch_unwind(AssertUnwindSafe(|| self.commit(writes))).is_err() {
                self.failing.store(true, Ordering::Relaxed);
                let _ = self.conn.execute_batch("ROLLBACK");
            }
            if !forgets.is_empty() && empty_log(&self.conn) {
                for done in forgets {
                    let _ = done.send(());
                }
            }
        }
        // An empty log makes the next start quick; without it nothing is lost either.
        empty_log(&self.conn);
    }

    fn commit(&self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        let count = |counter: &AtomicU64, n: usize| {
            counter.fetch_add(u64::try_from(n).unwrap_or_default(), Ordering::Relaxed);
        };
        let n_writes = writes.len();
        match write_batch(&self.conn, writes) {
            Ok(settled) => {
                self.failing.store(false, Ordering::Relaxed);
                count(&self.metrics.commits, 1);
                count(&self.metrics.writes, n_writes);
                for settle in settled {
                    settle();
                }
            }
            Err(error) => {
                self.failing.store(true, Ordering::Relaxed);
                count(&self.metrics.failures, 1);
                crate::server::log(&format!("store: not written: {error}"));
                // Fails when SQLite has rolled back by itself already.
                let _ = self.conn.execute_batch("ROLLBACK");
            }
        }
    }
}

fn write_batch(conn: &Connection, writes: Vec<Write>) -> rusqlite::Result<Vec<Settle>> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let settled = writes.into_iter().map(|write| write(conn)).collect();
    conn.prepare_cached("COMMIT")?.execute([])?;
    Ok(settled)
}

/// Moves the whole log into the file and cuts it to nothing; says whether no reader was in the way.
fn empty_log(conn: &Connection) -> bool {
    let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    busy.is_ok_and(|busy| busy == 0)
}
