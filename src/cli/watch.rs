//! `helpnook serve --watch`: builds again when a file is saved, and tells the open pages.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::watch;

use super::CliError;
use super::build::{self, Extra};
use crate::content::Severity;
use crate::server::Built;

/// Quiet after which a save counts as done: editors write, rename and touch in one go.
const QUIET: Duration = Duration::from_millis(40);

/// Most errors that a page shows.
const MAX_ERRORS: usize = 20;

/// Builds once, then again after each save, for as long as the program runs.
///
/// # Errors
/// When the folders cannot be watched.
pub(super) fn start(sources: Vec<PathBuf>, site: PathBuf, extra: Extra) -> Result<watch::Receiver<Built>, CliError> {
    let wrong = |error: notify::Error| CliError::Other(format!("--watch: {error}"));
    let (saved, saves) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is no change; the one who waits may be gone when the program ends.
        if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
            let _ = saved.send(());
        }
    })
    .map_err(wrong)?;
    for source in &sources {
        watcher.watch(source, RecursiveMode::Recursive).map_err(wrong)?;
    }
    let mut state = Built::default();
    build(&sources, &site, &extra, &mut state);
    let (tell, told) = watch::channel(state.clone());
    let thread = move || {
        follow(
            watcher,
            &saves,
            |state| {
                build(&sources, &site, &extra, state);
                tell.send_replace(state.clone());
            },
            state,
        )
    };
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(thread)
        .map_err(|error| CliError::Other(format!("--watch: {error}")))?;
    Ok(told)
}

/// Runs a build after each save, once it is quiet; the watcher lives as long.
fn follow(_watcher: RecommendedWatcher, saves: &Receiver<()>, mut build: impl FnMut(&mut Built), mut state: Built) {
    while saves.recv().is_ok() {
        loop {
            match saves.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        build(&mut state);
    }
}

fn build(sources: &[PathBuf], site: &Path, extra: &Extra, state: &mut Built) {
    let start = Instant::now();
    match build::run_with(sources, site, extra) {
        Ok(report) => {
            state.turn += 1;
            state.errors.clear();
            let n_articles: usize = report.languages.iter().map(|one| one.n_articles).sum();
            eprintln!("built {n_articles} articles in {:.2} s", start.elapsed().as_secs_f64());
        }
        Err(CliError::Content(problems)) => {
            let errors = problems.iter().filter(|one| one.severity == Severity::Error);
            state.errors = errors.take(MAX_ERRORS).map(ToString::to_string).collect();
            state.errors.iter().for_each(|line| eprintln!("{line}"));
        }
        Err(error) => {
            state.errors = vec![error.to_string()];
            eprintln!("{error}");
        }
    }
}
