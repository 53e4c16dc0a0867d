//! What a server is started with, and why it may not start.

use std::path::PathBuf;

use super::away::Away;
use super::bot::Bot;
use super::hours::Hours;
use super::limits::Limits;
use super::mail::Mail;
use super::relay::Ways;
use super::session::AgentError;
use super::store::StoreError;
use super::watching::Built;

/// What the server serves, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Address and port, such as `127.0.0.1:8080`; port 0 takes a free one.
    pub listen: String,
    /// The SQLite file, made when missing.
    pub db: PathBuf,
    /// Folder of the widget's files, served at `/help/`.
    pub site: PathBuf,
    /// Folder of pages, served at `/`.
    pub pages: Option<PathBuf>,
    /// Origins besides our own that may talk to the inbox; `*` allows all.
    pub allow_origins: Vec<String>,
    /// Agents to add at the start: name and password.
    pub agents: Vec<(String, String)>,
    /// When the shop answers; always, when nothing is said.
    pub hours: Option<Hours>,
    /// What shoppers hear when nobody is there.
    pub away: Option<Away>,
    /// How e-mails leave; none do, when nothing is said.
    pub mail: Option<Mail>,
    /// Where conversations go on; nowhere else, when nothing is said.
    pub relay: Option<Ways>,
    /// The AI bot's endpoint; there is no bot, when nothing is said.
    pub bot: Option<Bot>,
    /// What conversations may be about, in the shop's own words.
    pub topics: Vec<String>,
    /// Folder for drafts of articles; none are kept, when nothing is said.
    pub drafts: Option<PathBuf>,
    /// Folder of indexes of articles for agents only; none are found, when nothing is said.
    pub internal: Option<PathBuf>,
    /// More headers for answers: beginning of the path, name, value.
    pub headers: Vec<(String, String, String)>,
    /// Limits.
    pub limits: Limits,
    /// What a program that embeds the server serves besides, behind the same guard.
    pub beside: Option<axum::Router>,
    /// How builds of the help go while its content is edited; pages hear of it.
    pub watching: Option<tokio::sync::watch::Receiver<Built>>,
}

/// Why the server cannot start.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is wrong, taken, or not ours.
    Listen {
        /// As asked for.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    Store {
        /// The file.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// An agent to add.
    Agent {
        /// The name.
        name: String,
        /// Why.
        source: AgentError,
    },
    /// A header to add.
    Header(String),
    /// The mail server's address.
    Mail(String),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ServeError::Listen { address, source } => {
                write!(f, "cannot listen on {address}: {source}: choose another address or stop what uses it")
            }
            ServeError::Store { path, source } => write!(f, "{}: {source}", path.display()),
            ServeError::Agent { name, source } => write!(f, "agent \"{name}\": {source}"),
            ServeError::Mail(error) => f.write_str(error),
            ServeError::Header(name) => write!(f, "header \"{name}\" is not a valid header: check name and value"),
        }
    }
}

impl std::error::Error for ServeError {}
