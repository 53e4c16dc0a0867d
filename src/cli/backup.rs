//! `helpnook backup`: a copy of the inbox's database, taken while the server runs.

use std::path::{Path, PathBuf};

use super::{CliError, Exit, print_line};
use crate::server;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File to write; must not exist yet
    out: PathBuf,
    /// The database of the inbox
    #[arg(long, default_value = "helpnook.db")]
    db: PathBuf,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let no = |path: &Path, what: &str| Err(CliError::Other(format!("{}: {what}", path.display())));
    if !args.db.is_file() {
        return no(&args.db, "no such database: name it with --db");
    }
    if args.out.exists() {
        return no(&args.out, "exists already: name a new file");
    }
    server::backup(&args.db, &args.out).map_err(|error| CliError::Other(error.to_string()))?;
    let bytes = std::fs::metadata(&args.out).map_err(|error| CliError::file(&args.out, error))?.len();
    print_line(&format!(
        "{}: {bytes} bytes; to restore, stop the server and put it in place of the database",
        args.out.display()
    ));
    Ok(Exit::Done)
}
