//! `helpnook build SOURCE… -o DIR`: articles to one index per language.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use sha2::{Digest as _, Sha256, Sha384};

use super::{CliError, Exit, centre, popular, sources, topics};
use crate::content::{self, Content, Help, Problem, Severity};
use crate::context::{self, words};
use crate::index::builder::{self, Built};
use crate::index::{Index, SectionKind};
use crate::server::encoding::brotli;
use crate::strings;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders and files of help: Markdown, tables, or exports of other help desks
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// Folder for the index files
    #[arg(short, long)]
    out: PathBuf,
    /// Also write the help centre: pages of the same answers, read without scripts
    #[arg(long)]
    site: bool,
    /// Address at which the help centre will stand, such as https://shop.example/help/; wins over `_site.yaml`
    #[arg(long, value_name = "URL", requires = "site")]
    base_url: Option<String>,
    /// Folder for indexes of the articles for agents only; serve it with `helpnook serve --internal`, never publicly
    #[arg(long, value_name = "DIR")]
    internal: Option<PathBuf>,
    /// A report of `helpnook report --format json`: what shoppers read most stands out where a page says nothing else
    #[arg(long, value_name = "FILE")]
    popular: Option<PathBuf>,
    /// Do not show warnings
    #[arg(short, long)]
    quiet: bool,
}

/// Articles from which on a bar shows how far the build is.
const MANY: usize = 500;

/// What was built.
#[derive(Debug, Default)]
pub struct Report {
    /// Per language, its index.
    pub languages: Vec<Language>,
    /// What was left out or guessed.
    pub warnings: Vec<Problem>,
    /// How many pages the help centre has.
    pub n_pages: usize,
    /// How many articles for agents only were written apart.
    pub n_internal: usize,
}

/// What is built beside the indexes.
#[derive(Debug, Default, Clone)]
pub struct Extra {
    /// The help centre.
    pub site: bool,
    /// Address at which it will stand; wins over the content's own.
    pub base_url: Option<String>,
    /// Built to be looked at: sizes are not told, which takes most of the time, and files that are the same stay.
    pub is_draft: bool,
    /// Folder for the indexes of articles for agents only.
    pub internal: Option<PathBuf>,
    /// The report that says what shoppers read most.
    pub popular: Option<PathBuf>,
}

/// The index of a language.
#[derive(Debug)]
pub struct Language {
    /// BCP 47 tag.
    pub lang: String,
    /// How many articles.
    pub n_articles: usize,
    /// How many forms the dictionary holds.
    pub n_forms: usize,
    /// How many terms they stand for.
    pub n_terms: usize,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Size as browsers fetch it, brotli quality 11, in bytes.
    pub brotli_bytes: usize,
    /// Size of each section in bytes.
    pub sections: Vec<(SectionKind, usize)>,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let start = Instant::now();
    let tell = |problems: &[Problem]| {
        for problem in problems.iter().filter(|problem| !args.quiet || problem.severity == Severity::Error) {
            eprintln!("{problem}");
        }
    };
    let extra = Extra {
        site: args.site,
        base_url: args.base_url.clone(),
        is_draft: false,
        internal: args.internal.clone(),
        popular: args.popular.clone(),
    };
    match run_with(&args.sources, &args.out, &extra) {
        Ok(report) => {
            tell(&report.warnings);
            report.languages.iter().for_each(print);
            let n_articles: usize = report.languages.iter().map(|one| one.n_articles).sum();
            eprintln!("{n_articles} articles in {:.1} s{}", start.elapsed().as_secs_f64(), super::import::peak());
            if let Some(folder) = &args.internal {
                super::print_line(&format!("for agents only: {} articles in {}", report.n_internal, folder.display()));
            }
            if report.n_pages > 0 {
                super::print_line(&format!("help centre: {} pages in {}", report.n_pages, args.out.display()));
            }
            Ok(Exit::Done)
        }
        Err(error) => {
            if let CliError::Content(problems) = &error {
                tell(problems);
            }
            Err(error)
        }
    }
}

fn print(language: &Language) {
    let Language { lang, n_articles, n_forms, n_terms, bytes, brotli_bytes, sections } = language;
    let each = bytes / (*n_articles).max(1);
    super::print_line(&format!(
        "{lang}.hnx: {n_articles} {}, {n_terms} terms, {n_forms} forms, {bytes} bytes ({brotli_bytes} brotli), {each} bytes per article",
        if *n_articles == 1 { "article" } else { "articles" },
    ));
    for (kind, bytes) in sections {
        super::print_line(&format!("  {:<12}{bytes:>10}", kind.name()));
    }
}

/// Builds the indexes of all sources into a folder. Nothing is written unless everything is right.
///
/// # Errors
/// The content's problems if one of them is an error, or the file that cannot be read or written.
pub fn run(sources: &[PathBuf], out: &Path) -> Result<Report, CliError> {
    run_with(sources, out, &Extra::default())
}

/// As [`run`], with what is asked for beside the indexes.
///
/// # Errors
/// As [`run`]; also when the help centre's address is missing or none.
pub fn run_with(sources: &[PathBuf], out: &Path, extra: &Extra) -> Result<Report, CliError> {
    let (files, mut problems) = sources::read(sources)?;
    let Content { mut help, problems: mut more, site, .. } = content::read_whole(&files);
    problems.append(&mut more);
    problems.sort();
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(CliError::Content(problems));
    }
    if help.is_empty() {
        return Err(CliError::Other(
            "no article found: name folders or files of Markdown, tables, JSON or HTML".to_owned(),
        ));
    }
    if let Some(path) = &extra.popular {
        popular::mark(path, &mut help)?;
    }
    let mut report = Report { warnings: problems, ..Report::default() };
    let n_articles: usize = help.values().map(|help| help.articles.len()).sum();
    let bar = if n_articles > MANY { ProgressBar::new(n_articles as u64) } else { ProgressBar::hidden() };
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut written: Vec<(String, Vec<u8>)> = Vec::new();
    let mut listing = serde_json::Map::new();
    for (lang, help) in &help {
        // Of a language with answers for agents only there is nothing to publish.
        if help.articles.is_empty() {
            continue;
        }
        let built = index_of(lang, help);
        listing.insert(lang.clone(), entry(lang, help.articles.len(), &built));
        report.languages.push(Language {
            lang: lang.clone(),
            n_articles: help.articles.len(),
            n_forms: built.n_forms,
            n_terms: built.n_terms,
            bytes: built.bytes.len(),
            brotli_bytes: if extra.is_draft { 0 } else { brotli_len(&built.bytes) },
            sections: built.sections.clone(),
        });
        written.push((format!("{lang}.topics.json"), topics::json(lang, help).into_bytes()));
        written.push((format!("{lang}.hnx"), built.bytes));
        beside(built.files, &mut written);
        bar.inc(help.articles.len() as u64);
    }
    bar.finish_and_clear();
    let mut listing = serde_json::to_string_pretty(&listing).unwrap_or_default();
    listing.push('\n');
    written.push(("index.json".to_owned(), listing.into_bytes()));
    if extra.site {
        report.n_pages = centre::add(&help, site, extra.base_url.as_deref(), &mut written)?;
    }
    if let Some(folder) = &extra.internal {
        report.n_internal = internal(folder, out, &help)?;
    }
    let before = centre::listed(out);
    if extra.is_draft {
        let same = |(name, bytes): &(String, Vec<u8>)| fs::read(out.join(name)).is_ok_and(|old| old == *bytes);
        let changed: Vec<_> = written.iter().filter(|one| !same(one)).cloned().collect();
        write(out, &changed)?;
    } else {
        write(out, &written)?;
    }
    if extra.site {
        centre::tidy(out, &before, &written)?;
    }
    Ok(report)
}

/// Writes the indexes of articles for agents only; a folder that shoppers are served from is refused.
fn internal(folder: &Path, out: &Path, help: &BTreeMap<String, Help>) -> Result<usize, CliError> {
    let made = |path: &Path| fs::create_dir_all(path).and_then(|()| path.canonicalize());
    let (own, public) = (
        made(folder).map_err(|error| CliError::file(folder, error))?,
        made(out).map_err(|error| CliError::file(out, error))?,
    );
    if own.starts_with(&public) || public.starts_with(&own) {
        return Err(CliError::Other(format!(
            "{} and {} lie in each other: shoppers would be served what is for agents only; name another folder",
            folder.display(),
            out.display()
        )));
    }
    let mut written: Vec<(String, Vec<u8>)> = Vec::new();
    for (lang, help) in help.iter().filter(|(_, help)| !help.internal.is_empty()) {
        let only = Help { articles: help.internal.clone(), lexicon: help.lexicon.clone(), ..Help::default() };
        let built = index_of(lang, &only);
        written.push((format!("{lang}.hnx"), built.bytes));
        beside(built.files, &mut written);
    }
    write(folder, &written)?;
    Ok(help.values().map(|help| help.internal.len()).sum())
}

/// Adds files that lie beside an index; languages may share one.
fn beside(files: Vec<(String, Vec<u8>)>, written: &mut Vec<(String, Vec<u8>)>) {
    for file in files {
        if written.iter().all(|known| known.0 != file.0) {
            written.push(file);
        }
    }
}

fn index_of(lang: &str, help: &Help) -> Built {
    let (articles, collections, flows) = (&help.articles, &help.collections, &help.flows);
    let mut strings: Vec<String> = strings::texts(lang).into_iter().map(str::to_owned).collect();
    let talk = strings.split_off(strings::N_SHOWN);
    let asked = |index: &Index| context::topics::texts(index, lang);
    let (asked, lexicon) = (Some(&asked as &builder::Asked<'_>), help.lexicon.as_slice());
    let input = builder::Input { lang, articles, collections, strings: &strings, asked, talk: &talk, flows, lexicon };
    let mut built = builder::build(&input);
    built.files.push((words::file_name(lang), words::of_language(lang).into_bytes()));
    built
}

/// The indexes of all languages that have articles, open and with every answer.
pub(super) fn indexes(help: &BTreeMap<String, Help>) -> Result<BTreeMap<String, Index>, CliError> {
    let published = help.iter().filter(|(_, help)| !help.articles.is_empty());
    published
        .map(|(lang, help)| {
            let built = index_of(lang, help);
            Ok((lang.clone(), opened(lang, built.bytes, &built.files)?))
        })
        .collect()
}

/// Opens an index just built; the files beside it are among `files`.
pub(super) fn opened(lang: &str, bytes: Vec<u8>, files: &[(String, Vec<u8>)]) -> Result<Index, CliError> {
    let mut index = Index::open(bytes).map_err(|error| CliError::Other(format!("the index of `{lang}`: {error}")))?;
    let file = |name: &str| files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.clone());
    if index.supply_all(&file) {
        return Ok(index);
    }
    Err(CliError::Other(format!("the index of `{lang}`: its answers are missing")))
}

/// One language in `index.json`.
fn entry(lang: &str, n_articles: usize, built: &Built) -> serde_json::Value {
    serde_json::json!({
        "file": format!("{lang}.hnx"),
        "bytes": built.bytes.len(),
        "sha384": integrity(&built.bytes),
        "articles": n_articles,
        "wake": built.wake,
        "files": built.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    })
}

/// The hash of some bytes as an `integrity` attribute takes it.
#[must_use]
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", base64(&Sha384::digest(bytes)))
}

/// The shorter `sha256-…`, for files that a script of ours fetches: no compression takes a byte off a hash.
#[must_use]
pub fn short_integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", base64(&Sha256::digest(bytes)))
}

/// Size after brotli at its best, in bytes.
#[must_use]
pub fn brotli_len(bytes: &[u8]) -> usize {
    brotli(bytes, 11).len()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| DIGITS.get(n as usize & 63).map_or('A', |&digit| digit as char);
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0u32, |n, &byte| n << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for i in 0..4 {
            out.push(if i <= three.len() { digit(n >> (18 - 6 * i)) } else { '=' });
        }
    }
    out
}

/// Writes all files beside their places first, then moves them: a stop half-way leaves the old ones.
pub(super) fn write(out: &Path, files: &[(String, Vec<u8>)]) -> Result<(), CliError> {
    fs::create_dir_all(out).map_err(|error| CliError::file(out, error))?;
    let beside = |name: &str| match name.rsplit_once('/') {
        Some((folder, file)) => out.join(folder).join(format!(".{file}.part")),
        None => out.join(format!(".{name}.part")),
    };
    for (name, bytes) in files {
        let path = beside(name);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| fs::write(&path, bytes)) {
            for (name, _) in files {
                let _ = fs::remove_file(beside(name));
            }
            return Err(CliError::file(&path, error));
        }
    }
    for (name, _) in files {
        let path = out.join(name);
        fs::rename(beside(name), &path).map_err(|error| CliError::file(&path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_the_standard_has_it() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
    }
}
