//! `helpnook report`: what the inbox's database or files of events say, as one page, a table or JSON.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use jiff::tz::TimeZone;

use super::{CliError, Exit, import, print_line};
use crate::insight::event::Event;
use crate::insight::report::{Report, day_of};
use crate::insight::tally::Tally;
use crate::insight::texts::Texts;
use crate::server;

/// Longest line of a file of events that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;

/// Most lines of a file of which each is told why it is left out.
const MAX_TOLD: usize = 20;

/// Where events are read from.
#[derive(Debug, clap::Args)]
pub(super) struct Told {
    /// The inbox's database
    #[arg(long, required_unless_present = "events")]
    db: Option<PathBuf>,
    /// JSON Lines of events, as `www/events.js` tells them; repeat for more
    #[arg(long, value_name = "FILE")]
    events: Vec<PathBuf>,
}

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    told: Told,
    /// File to write; without it the report goes to standard output
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// What is written
    #[arg(long, value_enum, default_value_t = Format::Html)]
    format: Format,
    /// How long after reading a contact still means that reading did not help, in hours, up to a week
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=168))]
    window_hours: u64,
    /// Counts from this day on, YYYY-MM-DD
    #[arg(long)]
    since: Option<jiff::civil::Date>,
    /// Time zone that days are of
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// Language that it is told in: en, fr, de, pt or ro
    #[arg(long, default_value = "en")]
    lang: String,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One page with charts.
    Html,
    /// A figure a line.
    Csv,
    /// Everything.
    Json,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let start = Instant::now();
    let zone = TimeZone::get(&args.time_zone).map_err(|error| CliError::Other(format!("--time-zone: {error}")))?;
    let from_ms = match args.since {
        Some(day) => day
            .to_zoned(zone.clone())
            .map_err(|error| CliError::Other(format!("--since: {error}")))?
            .timestamp()
            .as_millisecond(),
        None => 0,
    };
    let from_ms = u64::try_from(from_ms).unwrap_or_default();
    let base = Tally { window_min: args.window_hours * 60, ..Tally::default() };
    let (tally, refused) = read(base, &args.told, from_ms, Days::new(zone))?;
    let n_events = tally.n_events;
    let report = Report::new(&tally, &args.time_zone, refused, Texts::of(&args.lang));
    let text = match args.format {
        Format::Html => report.html(),
        Format::Csv => report.csv(),
        Format::Json => format!("{:#}\n", report.json()),
    };
    match &args.out {
        Some(out) => write(out, &text)?,
        None => print_line(text.trim_end()),
    }
    eprintln!("{n_events} events in {:.2} s{}", start.elapsed().as_secs_f64(), import::peak());
    Ok(Exit::Done)
}

/// What a database and files of events say, for those who need no days.
pub(super) fn tallied(told: &Told) -> Result<Tally, CliError> {
    Ok(read(Tally::default(), told, 0, Days::new(TimeZone::UTC))?.0)
}

/// Events that did not count, by the reason.
type Refused = BTreeMap<&'static str, u64>;

fn read(mut tally: Tally, told: &Told, from_ms: u64, mut days: Days) -> Result<(Tally, Refused), CliError> {
    tally.has_inbox = told.db.is_some();
    let mut refused = Refused::new();
    let progress = ProgressBar::new_spinner().with_message("events");
    progress.enable_steady_tick(Duration::from_millis(200));
    if let Some(db) = &told.db {
        if !db.is_file() {
            return Err(CliError::file(db, std::io::ErrorKind::NotFound.into()));
        }
        let wrong = |error: server::ServeError| CliError::Other(error.to_string());
        server::each_contact(db, from_ms, |contact| tally.add_contact(&contact, days.of(contact.opened_ms)))
            .map_err(wrong)?;
        server::each_told(db, from_ms, |event| tally.add(&event, days.of(event.at_ms))).map_err(wrong)?;
    }
    for path in &told.events {
        each_line(path, &progress, |event| match event {
            Ok(event) if event.at_ms >= from_ms => tally.add(&event, days.of(event.at_ms)),
            Ok(_) => {}
            Err(reason) => *refused.entry(reason).or_default() += 1,
        })?;
    }
    progress.finish_and_clear();
    Ok((tally, refused))
}

/// Gives every event of a file, and why a line is none.
fn each_line(
    path: &Path,
    progress: &ProgressBar,
    mut take: impl FnMut(Result<Event, &'static str>),
) -> Result<(), CliError> {
    let file = File::open(path).map_err(|error| CliError::file(path, error))?;
    let now_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    let mut lines = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut n_refused = 0;
    for number in 1usize.. {
        line.clear();
        let wrong = |error| CliError::file(path, error);
        if (&mut lines).take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(wrong)? == 0 {
            break;
        }
        // What is too long is not even held.
        let is_long = line.len() as u64 > MAX_LINE;
        if is_long && !line.ends_with(b"\n") {
            lines.skip_until(b'\n').map_err(wrong)?;
        }
        progress.inc(1);
        let text = std::str::from_utf8(&line).map(str::trim).unwrap_or("?");
        if text.is_empty() {
            continue;
        }
        let read = if is_long { Err(None) } else { Event::of_line(text, now_ms).map_err(Some) };
        take(read.map_err(|fault| {
            // The first few tell what is wrong; the report counts all.
            n_refused += 1;
            if n_refused <= MAX_TOLD {
                let why = fault.as_ref().map_or_else(|| "longer than 64 KB".to_owned(), ToString::to_string);
                progress.suspend(|| eprintln!("{}:{number}: left out: {why}", path.display()));
            }
            fault.map_or("too-long", |fault| fault.name())
        }));
    }
    if n_refused > MAX_TOLD {
        let more = n_refused - MAX_TOLD;
        progress.suspend(|| eprintln!("{}: {more} more are left out: the report counts each reason", path.display()));
    }
    Ok(())
}

/// Writes beside first: a stop half-way leaves the old report.
fn write(out: &Path, text: &str) -> Result<(), CliError> {
    let beside = out.with_added_extension("part");
    let done = File::create(&beside).and_then(|mut file| file.write_all(text.as_bytes()));
    done.and_then(|()| std::fs::rename(&beside, out)).map_err(|error| CliError::file(out, error))
}

/// Numbers of days in a time zone; hours are looked up once.
pub(crate) struct Days {
    zone: TimeZone,
    last: Option<(u64, i64)>,
}

impl Days {
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self { zone, last: None }
    }

    /// The day of a moment, counted from 1970 there. Clocks are changed at whole quarters of an hour.
    pub(crate) fn of(&mut self, at_ms: u64) -> i64 {
        const QUARTER_MS: u64 = 15 * 60 * 1000;
        let quarter = at_ms / QUARTER_MS;
        if let Some((_, day)) = self.last.filter(|(known, _)| *known == quarter) {
            return day;
        }
        let at =
            i64::try_from(at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
        let day = day_of(at_ms, self.zone.to_offset(at).seconds());
        self.last = Some((quarter, day));
        day
    }
}
