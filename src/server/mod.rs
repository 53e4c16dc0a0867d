//! `helpnook serve`: static files, conversations, and the page where people answer them.
//!
//! One process, one SQLite file. A request passes the listener (time-outs, limit of connections),
//! the guard (address, origin, rate, body), and a handler; what changes something goes through the
//! store's one writer and is answered after its commit; the hub tells whoever waits for news.

mod agents;
mod articles;
mod asked;
mod away;
mod bot;
mod drafts;
pub mod encoding;
mod events;
mod files;
mod guard;
pub mod hours;
mod hub;
pub mod limits;
mod listener;
mod live;
mod mail;
mod mail_words;
mod metrics;
mod options;
mod origin;
mod page;
mod pictures;
mod rate;
mod refuse;
mod relay;
mod report;
mod secret;
mod session;
mod shopper;
mod socket;
mod store;
mod tidy;
mod transcript;
mod uploads;
mod watching;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, delete, get, post, put};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use self::articles::Articles;

use self::files::Files;
use self::guard::ExtraHeader;
use self::hours::Hours;
use self::hub::Hub;
use self::limits::Limits;
use self::metrics::Metrics;
use self::origin::Origins;
use self::rate::Rate;
use self::store::Store;

use crate::insight::event::Event;
use crate::insight::tally::Contact;

pub use self::away::Away;
pub use self::bot::Bot;
pub use self::mail::{Mail, Secret};
pub use self::options::{Options, ServeError};
pub use self::relay::{Lost, Way, Ways, ask_now, knock};
pub use self::session::AgentError;
pub use self::store::StoreError;
pub use self::watching::Built;

/// JSON Schema of the handoff packet, version 1.
pub const PACKET_SCHEMA: &str = include_str!("../chat/packet.v1.schema.json");

/// Passwords checked at a time.
const PASSWORD_TURNS: usize = 2;

/// Files looked at at a time: an image takes a processor and four bytes for each of its pixels.
const LOOK_TURNS: usize = 2;

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Behind [`App`].
pub(crate) struct Inner {
    store: Store,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    limits: Limits,
    origins: Origins,
    requests: Rate<u64>,
    messages: Rate<String>,
    openings: Rate<u64>,
    questions: Rate<u64>,
    sign_ins: Rate<String>,
    password_turns: Semaphore,
    hours: Option<Hours>,
    away: Option<Away>,
    mail: Option<Mail>,
    relay: Option<relay::Relay>,
    bot: Option<Bot>,
    topics: Vec<String>,
    drafts: Option<PathBuf>,
    uploads: Semaphore,
    looks: Semaphore,
    articles: Articles,
    internal: Option<Articles>,
    site: Arc<Files>,
    pages: Option<Arc<Files>>,
    headers: Vec<ExtraHeader>,
    watching: Option<tokio::sync::watch::Receiver<Built>>,
}

/// A server that holds its port and its file, and is ready to serve.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
    beside: Option<Router>,
}

/// Serves until `shutdown` is over, then lets open requests end.
///
/// # Errors
/// When the server cannot start.
pub async fn run(options: Options, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    bind(options).await?.serve(shutdown).await;
    Ok(())
}

/// Opens file and port.
///
/// # Errors
/// When one of them cannot be had.
pub async fn bind(options: Options) -> Result<Server, ServeError> {
    let wrong = |source| ServeError::Listen { address: options.listen.clone(), source };
    let listener = TcpListener::bind(&options.listen).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    if let Some(mail) = &options.mail {
        mail.transport().map_err(ServeError::Mail)?;
    }
    let headers = options.headers.iter().map(ExtraHeader::new).collect::<Result<_, _>>()?;
    for (name, password) in &options.agents {
        add_agent(&options.db, name, password)?;
    }
    let limits = options.limits;
    let hub = Arc::new(Hub::new(limits.file_bytes));
    let metrics = Arc::new(Metrics::default());
    let store = Store::open(&options.db, &limits, Arc::clone(&hub), Arc::clone(&metrics))
        .map_err(|source| ServeError::Store { path: options.db, source })?;
    let tag = options.watching.as_ref().map_or("", |_| watching::TAG);
    let files = |root: &Path| Files::new(root).with_tag(tag);
    let app = App(Arc::new(Inner {
        store,
        hub,
        metrics,
        origins: Origins::new(&options.allow_origins),
        requests: Rate::new(limits.requests_per_s, limits.requests_burst),
        messages: Rate::new(limits.messages_per_s, limits.messages_burst),
        openings: Rate::new(limits.conversations_per_hour / 3600.0, limits.conversations_per_hour),
        questions: Rate::new(limits.bot_questions_per_hour / 3600.0, limits.bot_questions_per_hour / 6.0),
        sign_ins: Rate::new(limits.sign_ins_per_min / 60.0, limits.sign_ins_per_min),
        password_turns: Semaphore::new(PASSWORD_TURNS),
        hours: options.hours,
        away: options.away,
        mail: options.mail,
        relay: options.relay.map(relay::Relay::new),
        bot: options.bot,
        topics: options.topics,
        drafts: options.drafts,
        uploads: Semaphore::new(limits.files_at_once),
        looks: Semaphore::new(LOOK_TURNS),
        articles: Articles::new(&options.site),
        internal: options.internal.as_deref().map(Articles::new),
        site: Arc::new(files(&options.site)),
        pages: options.pages.as_deref().map(|pages| Arc::new(files(pages))),
        watching: options.watching,
        headers,
        limits,
    }));
    away::look(&app).await;
    Ok(Server { listener, address, app, beside: options.beside })
}

/// Adds an agent to a database, or changes the password; the server may be running.
///
/// # Errors
/// When name or password cannot be used, or the file cannot be written.
pub fn add_agent(db: &Path, name: &str, password: &str) -> Result<(), ServeError> {
    let hash =
        session::hash_password(name, password).map_err(|source| ServeError::Agent { name: name.to_owned(), source })?;
    with_database(db, |conn| store::agents::add(conn, name, &hash))
}

/// Removes an agent; says whether there was one.
///
/// # Errors
/// When the file cannot be written.
pub fn remove_agent(db: &Path, name: &str) -> Result<bool, ServeError> {
    with_database(db, |conn| store::agents::remove(conn, name))
}

/// Names of all agents.
///
/// # Errors
/// When the file cannot be read.
pub fn agent_names(db: &Path) -> Result<Vec<String>, ServeError> {
    with_database(db, store::agents::names)
}

/// Copies a database to a new file; the server may be running. An incomplete copy is removed.
///
/// # Errors
/// When one of the files cannot be used.
pub fn backup(db: &Path, out: &Path) -> Result<(), ServeError> {
    let wrong = |source| ServeError::Store { path: out.to_owned(), source };
    let partial = out.with_added_extension("part");
    with_database(db, |conn| conn.backup("main", &partial, None))?;
    std::fs::rename(&partial, out).map_err(|error| wrong(StoreError::File(error)))
}

/// Gives every event of the help in a database from a moment on; the server may be running.
///
/// # Errors
/// When the file cannot be read.
pub fn each_told(db: &Path, from_ms: u64, take: impl FnMut(Event)) -> Result<(), ServeError> {
    with_database(db, |conn| store::told::each(conn, from_ms, take))
}

/// Gives every conversation of a database that began from a moment on; the server may be running.
///
/// # Errors
/// When the file cannot be read.
pub fn each_contact(db: &Path, from_ms: u64, take: impl FnMut(Contact)) -> Result<(), ServeError> {
    with_database(db, |conn| store::told::each_contact(conn, from_ms, take))
}

fn with_database<T>(
    db: &Path,
    run: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
) -> Result<T, ServeError> {
    let wrong = |source| ServeError::Store { path: db.to_owned(), source };
    let conn = store::open(db).map_err(wrong)?;
    run(&conn).map_err(|error| wrong(error.into()))
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is over, then lets open requests end and closes the file.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Server { listener, app, beside, .. } = self;
        let router = router(app.clone(), beside);
        let stopping = app.hub.stopping();
        let stop = async {
            shutdown.await;
            app.hub.stop();
        };
        let (away, mail, relay) = (away::watch(app.clone()), mail::watch(app.clone()), relay::watch(app.clone()));
        tokio::join!(listener::serve(listener, router, &app, stopping), away, mail, relay, stop);
        // Joining the writer blocks, though not for long.
        let closing = app.clone();
        let _ = tokio::task::spawn_blocking(move || closing.store.close()).await;
    }
}

fn router(app: App, beside: Option<Router>) -> Router {
    let conversations = Router::new()
        .route("/{id}", put(shopper::open).delete(shopper::delete))
        .route("/{id}/messages/{message}", put(shopper::put_message))
        .route("/{id}/seen", put(shopper::seen))
        .route("/{id}/typing", put(shopper::typing))
        .route("/{id}/files/{file}", put(uploads::put))
        .route("/{id}/person", put(shopper::person))
        .route("/{id}/rating", put(shopper::rating))
        .route("/{id}/transcript.txt", get(shopper::transcript))
        .route("/{id}/events", get(shopper::events))
        .route("/{id}/socket", get(socket::upgrade));
    let agents = Router::new()
        .route("/session", post(session::sign_in))
        .route("/session", delete(session::sign_out))
        .route("/me", get(session::me))
        .route("/me/away", put(agents::away))
        .route("/desk", get(agents::desk))
        .route("/drafts", post(drafts::write))
        .route("/articles", get(articles::find))
        .route("/conversations", get(agents::list))
        .route("/conversations/{id}", get(agents::detail))
        .route("/conversations/{id}/messages/{message}", put(agents::reply))
        .route("/conversations/{id}/files/{file}", put(uploads::put_by_agent))
        .route("/conversations/{id}/notes/{note}", put(agents::note))
        .route("/conversations/{id}/seen", put(agents::seen))
        .route("/conversations/{id}/closed", put(agents::close))
        .route("/conversations/{id}/assigned", put(agents::assign))
        .route("/conversations/{id}/topic", put(agents::topic))
        .route("/conversations/{id}/typing", put(agents::typing))
        .route("/live", get(live::live));
    let beside: Router<App> = beside.unwrap_or_default().with_state(());
    beside
        .route("/healthz", get(health))
        .route("/report", get(report::elsewhere))
        .route("/__live", get(watching::live))
        .route("/__live.js", get(watching::script))
        .route("/agent/report", get(report::report))
        .route("/metrics", get(metrics::metrics))
        .route("/relay/{name}", post(relay::call))
        .route("/v1/bot/chat/completions", post(bot::complete))
        .route("/v1/availability", get(shopper::availability))
        .route("/v1/events", post(events::take))
        .route("/v1/files/{file}", get(uploads::get))
        .route("/v1/packet.schema.json", get(packet_schema))
        .nest("/v1/conversations", conversations)
        .nest("/agent/api", agents)
        .fallback(any(guard::files))
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// `GET /v1/packet.schema.json`
async fn packet_schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/schema+json")], PACKET_SCHEMA)
}

/// `GET /healthz`
async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    // A store that failed is tried again, so that health comes back as soon as the cause is gone.
    if app.store.is_healthy() || app.store.try_write().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "cannot write to the database\n")
    }
}

/// Milliseconds since 1970; 0 when the clock is before.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// One line to the log; never a shopper's words, token or address.
fn log(line: &str) {
    eprintln!("helpnook serve: {line}");
}
