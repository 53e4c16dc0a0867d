//! `helpnook serve`: the inbox, the widget's files and pages, until it is told to stop.

use std::path::PathBuf;

use super::build::Extra;
use super::settings::Settings;
use super::{CliError, Exit, print_line, watch};
use crate::server;

/// What the command line says; it wins over the configuration file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file (YAML); `--print-config` shows one with every default
    #[arg(long)]
    config: Option<PathBuf>,
    /// Print a configuration file with every default, and end
    #[arg(long)]
    print_config: bool,
    /// Print the JSON Schema of what is passed on with a conversation, and end
    #[arg(long)]
    print_packet_schema: bool,
    /// Folder of the widget's files and indexes, served at /help/
    #[arg(long)]
    site: Option<PathBuf>,
    /// The database, made when missing
    #[arg(long)]
    db: Option<PathBuf>,
    /// Address and port
    #[arg(long)]
    listen: Option<String>,
    /// Folder of pages, served at /
    #[arg(long)]
    pages: Option<PathBuf>,
    /// Origin of a shop that may talk to this inbox, such as https://shop.example; repeat for more
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allow_origins: Vec<String>,
    /// Build these folders and files of help into the site, again after each save, and refresh the open pages; repeat for more
    #[arg(long, value_name = "SOURCE")]
    watch: Vec<PathBuf>,
    /// Folder of indexes that `helpnook build --internal` wrote: agents find them beside the shop's articles
    #[arg(long, value_name = "DIR")]
    internal: Option<PathBuf>,
    /// With --watch, also write the help centre, served at /help/
    #[arg(long, requires = "watch")]
    help_centre: bool,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    if args.print_config {
        print_line(Settings::documented().trim_end());
        return Ok(Exit::Done);
    }
    if args.print_packet_schema {
        print_line(server::PACKET_SCHEMA.trim_end());
        return Ok(Exit::Done);
    }
    let settings = match &args.config {
        Some(path) => Settings::read(path)?,
        None => Settings::default(),
    };
    let mut options = options(args, settings);
    if !args.watch.is_empty() {
        let base_url = args.help_centre.then(|| format!("http://{}/help/", options.listen));
        let extra = Extra {
            site: args.help_centre,
            base_url,
            is_draft: true,
            internal: args.internal.clone(),
            ..Extra::default()
        };
        options.watching = Some(watch::start(args.watch.clone(), options.site.clone(), extra)?);
    }
    if !options.site.is_dir() {
        let site = options.site.display();
        return Err(CliError::Other(format!(
            "{site}: no such folder: name it with --site, or run `helpnook build` first"
        )));
    }
    let runtime =
        tokio::runtime::Runtime::new().map_err(|error| CliError::Other(format!("the server cannot start: {error}")))?;
    let served = runtime.block_on(serve(options));
    // A request to another system that waits for news need not be waited for.
    runtime.shutdown_background();
    served.map_err(|error| CliError::Other(error.to_string()))?;
    Ok(Exit::Done)
}

fn options(args: &Args, settings: Settings) -> server::Options {
    let mut allow_origins = settings.allow_origins;
    allow_origins.extend(args.allow_origins.iter().cloned());
    server::Options {
        listen: args.listen.clone().or(settings.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
        db: args.db.clone().or(settings.db).unwrap_or_else(|| "helpnook.db".into()),
        site: args.site.clone().or(settings.site).unwrap_or_else(|| "site".into()),
        pages: args.pages.clone().or(settings.pages),
        allow_origins,
        hours: settings.hours,
        away: settings.away,
        mail: settings.mail,
        relay: settings.relay,
        bot: settings.bot,
        topics: settings.topics,
        drafts: settings.drafts,
        internal: args.internal.clone(),
        limits: settings.limits.unwrap_or_default(),
        ..server::Options::default()
    }
}

async fn serve(options: server::Options) -> Result<(), server::ServeError> {
    let no_agent = server::agent_names(&options.db)?.is_empty();
    let db = options.db.clone();
    let server = server::bind(options).await?;
    let address = server.address();
    print_line(&format!("listening on http://{address}, agents sign in at http://{address}/agent/"));
    if no_agent {
        let db = db.display();
        eprintln!("nobody can answer yet: add an agent with `helpnook agent add NAME --db {db}`");
    }
    server.serve(stopped()).await;
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
