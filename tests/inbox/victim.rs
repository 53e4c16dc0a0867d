//! The real program in a process of its own, to be killed, loaded and measured.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Limits that no writer meets.
const CONFIG: &str = "limits:\n  requests-per-s: 1e6\n  requests-burst: 1e6\n  messages-per-s: 1e6\n  \
    messages-burst: 1e6\n  conversations-per-hour: 1e6\n";

/// Where its log goes.
const LOG: &str = "log.txt";

/// A number from the environment, to make a run longer.
pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub struct Victim {
    pub folder: TempDir,
    pub address: String,
    child: Child,
}

impl Victim {
    pub fn start() -> Victim {
        Victim::start_by(&[]).expect("the server starts")
    }

    /// Starts it by another program, which gets its command line.
    pub fn start_by(by: &[&str]) -> Option<Victim> {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("config.yaml"), CONFIG).expect("a file");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let address = format!("127.0.0.1:{port}");
        let child = Victim::spawn(by, folder.path().to_owned(), &address).ok()?;
        Some(Victim { folder, address, child })
    }

    fn spawn(by: &[&str], folder: PathBuf, address: &str) -> std::io::Result<Child> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(LOG))?;
        let words: Vec<&str> = by.iter().copied().chain([env!("CARGO_BIN_EXE_helpnook")]).collect();
        Command::new(words[0])
            .args(&words[1..])
            .current_dir(folder)
            .args(["serve", "--config", "config.yaml", "--site", ".", "--db", "inbox.db", "--listen", address])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
    }

    /// What it said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).expect("a log")
    }

    /// Kills it without warning, and starts it again.
    pub fn kill_and_restart(&mut self) {
        self.kill_and_restart_by(&[]);
    }

    /// The same, by another program, which gets its command line.
    pub fn kill_and_restart_by(&mut self, by: &[&str]) {
        self.kill();
        self.child = Victim::spawn(by, self.folder.path().to_owned(), &self.address).expect("the server starts");
    }

    /// Starts it again after it was killed.
    pub fn start_again(&mut self) {
        self.child = Victim::spawn(&[], self.folder.path().to_owned(), &self.address).expect("the server starts");
    }

    /// Kills it without warning.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// Waits until it answers; says how long that took.
    pub async fn answers(&self) -> Duration {
        let start = Instant::now();
        while reqwest::get(format!("http://{}/healthz", self.address)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert!(start.elapsed() < Duration::from_secs(20), "it does not answer");
        }
        start.elapsed()
    }

    /// Its number among the processes.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now, in bytes, where the system tells.
    pub fn memory_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
