//! `helpnook check --golden FILE`: an index against judged queries.

use std::path::PathBuf;

use super::{CliError, Exit, open_index};

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The index file
    #[arg(short, long)]
    index: PathBuf,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    open_index(&args.index)?;
    Ok(Exit::Done)
}
