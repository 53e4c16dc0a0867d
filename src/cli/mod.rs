//! The program's subcommands: results to stdout, progress to stderr.

pub mod agent;
pub mod backup;
pub mod build;
mod centre;
pub mod check;
pub mod doctor;
pub mod explain;
pub mod gaps;
pub mod import;
pub mod page;
mod popular;
pub mod report;
pub mod search;
pub mod serve;
pub mod settings;
mod sources;
mod topics;
mod watch;
pub mod widget;

use core::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::content::Problem;
use crate::index::IndexError;

/// Contextual help for storefronts: builds, searches and checks help indexes, and serves them.
#[derive(Debug, Parser)]
#[command(name = "helpnook", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile articles to one index per language
    Build(build::Args),
    /// Bring articles over from another help desk, as Markdown
    Import(import::Args),
    /// Ask an index
    Search(search::Args),
    /// Say what a page would be offered, and why
    Explain(explain::Args),
    /// Look through articles for what makes them useless, and ask them judged queries
    Check(check::Args),
    /// Group what shoppers did not find, propose what to write, and say what that would gain
    Gaps(gaps::Args),
    /// Examine a page with the tag in it, or say how to set up a system that shoppers are handed to
    Doctor(doctor::Args),
    /// Tell how the help did, with charts, from the inbox's database or files of events
    Report(report::Args),
    /// Serve the widget's files and the inbox
    Serve(serve::Args),
    /// Write the widget's files
    Widget(widget::Args),
    /// Say who may answer in the inbox
    Agent(agent::Args),
    /// Copy the inbox's database, also while the server runs
    Backup(backup::Args),
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Done = 0,
    /// The content has errors, or a check is under its floor.
    Refused = 1,
    /// A file cannot be read or written, or is no index. (2 is clap's: the command is wrong.)
    Failed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a subcommand could not do its work.
#[derive(Debug)]
#[non_exhaustive]
pub enum CliError {
    /// The content has errors; all problems, warnings too.
    Content(Vec<Problem>),
    /// A file or folder cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A file is no index that this program reads.
    Index {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: IndexError,
    },
    /// A line of a file is not what it should be.
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong and what to do.
        message: String,
    },
    /// Anything else: what is wrong and what to do.
    Other(String),
}

impl CliError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }

    /// How the program ends with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Content(_) => Exit::Refused,
            _ => Exit::Failed,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(problems) => {
                let errors =
                    problems.iter().filter(|problem| problem.severity == crate::content::Severity::Error).count();
                write!(f, "{errors} error{} in the content: nothing was written", if errors == 1 { "" } else { "s" })
            }
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Index { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Line { path, line, message } => write!(f, "{}:{line}: {message}", path.display()),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl core::error::Error for CliError {}

/// Runs the program with its command line.
///
/// # Errors
/// Says why the subcommand could not do its work.
pub fn run() -> Result<Exit, CliError> {
    match Cli::parse().command {
        Command::Build(args) => build::command(&args),
        Command::Import(args) => import::command(&args),
        Command::Search(args) => search::command(&args),
        Command::Explain(args) => explain::command(&args),
        Command::Check(args) => check::command(&args),
        Command::Gaps(args) => gaps::command(&args),
        Command::Doctor(args) => doctor::command(&args),
        Command::Report(args) => report::command(&args),
        Command::Serve(args) => serve::command(&args),
        Command::Widget(args) => widget::command(&args),
        Command::Agent(args) => agent::command(&args),
        Command::Backup(args) => backup::command(&args),
    }
}

/// Opens an index file, with the files of answers that lie beside it.
fn open_index(path: &Path) -> Result<crate::index::Index, CliError> {
    let bytes = std::fs::read(path).map_err(|error| CliError::file(path, error))?;
    let mut index =
        crate::index::Index::open(bytes).map_err(|error| CliError::Index { path: path.to_owned(), error })?;
    if !index.supply_all(&|name| std::fs::read(path.with_file_name(name)).ok()) {
        eprintln!(
            "{}: some of its files of answers are not beside it: searching without their passages",
            path.display()
        );
    }
    Ok(index)
}

/// Prints a line to stdout; a reader that went away (`| head`) is no failure.
fn print_line(text: &str) {
    use io::Write as _;
    let _ = writeln!(io::stdout().lock(), "{text}");
}
