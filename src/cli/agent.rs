//! `helpnook agent`: who may answer. The server may be running.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use super::{CliError, Exit, print_line};
use crate::server;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add an agent, or change the password: one line from stdin
    Add {
        /// The name, which shoppers will see
        name: String,
        /// The database of the inbox
        #[arg(long, default_value = "helpnook.db")]
        db: PathBuf,
    },
    /// Remove an agent and end the sessions
    Remove {
        /// The name
        name: String,
        /// The database of the inbox
        #[arg(long, default_value = "helpnook.db")]
        db: PathBuf,
    },
    /// List the agents
    List {
        /// The database of the inbox
        #[arg(long, default_value = "helpnook.db")]
        db: PathBuf,
    },
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let other = |error: server::ServeError| CliError::Other(error.to_string());
    match &args.action {
        Action::Add { name, db } => {
            server::add_agent(db, name, &password()?).map_err(other)?;
            print_line(&format!("{name} may sign in"));
        }
        Action::Remove { name, db } => {
            if !server::remove_agent(db, name).map_err(other)? {
                return Err(CliError::Other(format!("there is no agent \"{name}\": `helpnook agent list` lists all")));
            }
            print_line(&format!("{name} may no longer sign in"));
        }
        Action::List { db } => {
            for name in server::agent_names(db).map_err(other)? {
                print_line(&name);
            }
        }
    }
    Ok(Exit::Done)
}

/// The first line of stdin; never an argument, which other programs could read.
fn password() -> Result<String, CliError> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("Password (it will be shown while you type):");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line).map_err(|error| CliError::Other(format!("no password on stdin: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
