//! The demo shop with its inbox, served by the real server on a port of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use helpnook::server::{self, Options};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::browser::{Engine, free_port};
use super::target;

/// Name and password of the agent that tests sign in as.
pub const AGENT: (&str, &str) = ("Ada", "a-long-test-password");

/// A running shop; dropping it stops it.
pub struct Shop {
    /// Its address, without a slash at the end.
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    done: Option<JoinHandle<()>>,
    setup: Setup,
    /// Removed with the last shop that used it.
    pub folder: std::sync::Arc<tempfile::TempDir>,
}

/// What differs from the demo.
#[derive(Clone, Default)]
pub struct Setup {
    /// More headers for answers: beginning of the path, name, value.
    pub headers: Vec<(String, String, String)>,
    /// Pages besides the demo's: path below the shop's root and HTML, or the bytes of another file.
    pub pages: Vec<(String, Vec<u8>)>,
    /// What shoppers hear while nobody is there.
    pub away: Option<server::Away>,
    /// When the shop answers; always, when nothing is said.
    pub hours: Option<server::hours::Hours>,
    /// The AI bot's endpoint.
    pub bot: Option<server::Bot>,
    /// Served in place of the demo's pages.
    pub only: bool,
    /// Indexes of answers for agents only: file and bytes.
    pub internal: Vec<(String, Vec<u8>)>,
}

impl Setup {
    pub fn header(mut self, prefix: &str, name: &str, value: &str) -> Self {
        self.headers.push((prefix.to_owned(), name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a page of our own; the demo's pages are then not served.
    pub fn page(self, path: &str, html: &str) -> Self {
        self.file(path, html.as_bytes().to_vec())
    }

    /// Adds a file of our own, in the same way.
    pub fn file(mut self, path: &str, bytes: Vec<u8>) -> Self {
        self.pages.push((path.to_owned(), bytes));
        self.only = true;
        self
    }
}

fn catalogue() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/store/products.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

impl Shop {
    pub async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(options: Setup) -> Self {
        let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
        for (path, html) in &options.pages {
            let file = folder.path().join("pages").join(path.trim_start_matches('/'));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, html).unwrap();
        }
        for (name, bytes) in &options.internal {
            std::fs::create_dir_all(folder.path().join("internal")).unwrap();
            std::fs::write(folder.path().join("internal").join(name), bytes).unwrap();
        }
        Self::start(free_port(), options, folder).await
    }

    async fn start(port: u16, setup: Setup, folder: std::sync::Arc<tempfile::TempDir>) -> Self {
        let site = target().join("site");
        assert!(
            site.join("helpnook.js").exists(),
            "target/site is not built: run `cargo xtask test` or `cargo xtask dist`"
        );
        let mut pages: PathBuf = if setup.only { folder.path().join("pages") } else { target().join("demo") };
        if Engine::chosen() != Engine::Chromium {
            pages = watched(&pages, &folder.path().join("watched"));
            FOLDERS.lock().unwrap().insert(port, pages.clone());
        }
        let options = Options {
            listen: format!("127.0.0.1:{port}"),
            db: folder.path().join("inbox.db"),
            site,
            pages: Some(pages),
            allow_origins: Vec::new(),
            agents: vec![(AGENT.0.to_owned(), AGENT.1.to_owned())],
            headers: setup.headers.clone(),
            topics: ["Orders", "Returns"].map(str::to_owned).to_vec(),
            drafts: Some(folder.path().join("drafts")),
            away: setup.away.clone(),
            hours: setup.hours.clone(),
            bot: setup.bot.clone(),
            internal: (!setup.internal.is_empty()).then(|| folder.path().join("internal")),
            beside: Some(super::orders::router(catalogue())),
            ..Options::default()
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let server = server::bind(options).await.unwrap_or_else(|e| panic!("the server starts: {e}"));
        let done = tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Self { url: format!("http://127.0.0.1:{port}"), stop: Some(stop), done: Some(done), setup, folder }
    }

    /// Puts a page into a shop that runs: one that has to name the port it is served from.
    pub fn put_page(&self, path: &str, html: &str) {
        std::fs::write(self.folder.path().join("pages").join(path), html).unwrap();
        if Engine::chosen() != Engine::Chromium {
            watched(&self.folder.path().join("pages"), &self.folder.path().join("watched"));
        }
    }

    /// Stops the server as a restart does: every socket closed, all that was acknowledged on disk.
    pub async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(done) = self.done.take() {
            let _ = done.await;
        }
    }

    /// Starts it again on the same port with the same database.
    pub async fn restart(&mut self) {
        self.stop().await;
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        *self = Self::start(port, self.setup.clone(), self.folder.clone()).await;
    }
}

/// Where each running shop has its pages, by port.
static FOLDERS: Mutex<BTreeMap<u16, PathBuf>> = Mutex::new(BTreeMap::new());

/// The script that each watched page runs first.
const FIRST: &str = "__first.js";

/// Copies pages, with a script of the test's before all others: what Chromium's own protocol does there.
fn watched(pages: &Path, to: &Path) -> PathBuf {
    for entry in std::fs::read_dir(pages).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            watched(&entry.path(), &target);
            continue;
        }
        std::fs::create_dir_all(to).unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let bytes = match std::str::from_utf8(&bytes) {
            Ok(text) if target.extension().is_some_and(|e| e == "html") => {
                text.replacen("<head>", &format!("<head><script src=\"/{FIRST}\"></script>"), 1).into_bytes()
            }
            _ => bytes,
        };
        std::fs::write(target, bytes).unwrap();
    }
    to.to_path_buf()
}

/// Says what the pages of the shop at an address run first.
pub fn put_before(url: &str, script: &str) {
    let port = url.split(':').nth(2).and_then(|rest| rest.split('/').next()?.parse().ok());
    let folders = FOLDERS.lock().unwrap();
    if let Some(folder) = port.and_then(|port: u16| folders.get(&port)) {
        std::fs::write(folder.join(FIRST), script).unwrap();
    }
}
