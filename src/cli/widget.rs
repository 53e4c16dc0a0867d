//! `helpnook widget -o DIR`: the widget's release files, which the released program carries inside.

use std::fs;
use std::path::PathBuf;

use super::{CliError, Exit, print_line};

/// Name and content of each file; empty in a program that was not built for release.
pub(super) static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/widget_files.rs"));

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder for the files, such as the one that `helpnook build` writes to
    #[arg(short, long)]
    out: PathBuf,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    if FILES.is_empty() {
        let what = "this program was built without the widget's files: take a released one, or run `cargo xtask dist`";
        return Err(CliError::Other(what.to_owned()));
    }
    fs::create_dir_all(&args.out).map_err(|error| CliError::file(&args.out, error))?;
    for (name, content) in FILES {
        let path = args.out.join(name);
        fs::write(&path, content).map_err(|error| CliError::file(&path, error))?;
    }
    print_line(&format!("{} files in {}", FILES.len(), args.out.display()));
    print_line("<script async src=\"/help/helpnook.js\" data-index=\"/help/{lang}.hnx\"></script>");
    Ok(Exit::Done)
}
