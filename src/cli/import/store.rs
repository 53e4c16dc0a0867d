//! The folder of an import: what is written, what stays, what an earlier import left.
//!
//! A list of what was written, `.helpnook-import.json`, tells an edited file from one that only the import
//! wrote. All files are written beside their places first: a stop half-way leaves the folder as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use xxhash_rust::xxh64::xxh64;

use super::super::CliError;
use super::{Args, path_of, source_of};
use crate::article::Article;
use crate::content::{self, Content, File};

/// Name of the list of what was written.
const LIST: &str = ".helpnook-import.json";

/// What happened to the files, each by its path below the folder.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Not there before.
    pub came: Vec<String>,
    /// Other than at the last import.
    pub changed: Vec<String>,
    /// As at the last import.
    pub unchanged: Vec<String>,
    /// Changed at its source, but edited here too.
    pub kept: Vec<String>,
    /// No longer at its source.
    pub gone: Vec<String>,
}

/// Writes the articles.
pub(super) fn write(args: &Args, content: &Content) -> Result<Outcome, CliError> {
    let out = &args.out;
    let old = load(out)?;
    let mut list = old.clone();
    let mut outcome = Outcome::default();
    let mut staged = Staged { out, paths: Vec::new() };
    let mut seen = BTreeSet::new();
    let total: usize = content.help.values().map(|help| help.articles.len() + help.internal.len()).sum();
    let bar = if total > 500 { indicatif::ProgressBar::new(total as u64) } else { indicatif::ProgressBar::hidden() };
    for (lang, help) in &content.help {
        let mut put = |path: String, text: String, from: &str| {
            let path = free(path, &mut seen);
            // Collections go along with their articles and are not told apart.
            let mut quiet = Outcome::default();
            let told = if path.ends_with(".md") { &mut outcome } else { &mut quiet };
            place(args, &old, &path, text, from, &mut list, &mut staged, told)
        };
        let mut first_from = "";
        for (at, article) in help.articles.iter().chain(&help.internal).enumerate() {
            bar.inc(1);
            let origin = content.origins.get(&(article.lang.clone(), article.id.clone()));
            let from = origin.map_or("", |origin| source_of(&args.sources, &origin.file));
            if at == 0 {
                first_from = from;
            }
            put(path_of(article), settled(article), from)?;
        }
        if !help.collections.is_empty() {
            put(format!("{lang}/_collections.yaml"), content::write::collections(&help.collections), first_from)?;
        }
    }
    bar.finish_and_clear();
    let wrote_for: BTreeSet<&str> = args.sources.iter().map(String::as_str).collect();
    for (path, entry) in &old {
        if !seen.contains(&path.to_lowercase()) && wrote_for.contains(entry.from.as_str()) && out.join(path).exists() {
            outcome.gone.push(path.clone());
        }
    }
    staged.commit()?;
    if args.prune {
        for path in &outcome.gone {
            let edited = hash_of(&out.join(path))? != old.get(path).map(|entry| entry.hash);
            if !edited {
                let full = out.join(path);
                fs::remove_file(&full).map_err(|error| CliError::file(&full, error))?;
                list.remove(path);
            }
        }
    }
    let listing = listing(&list);
    // A second import that brings nothing new touches nothing.
    if fs::read_to_string(out.join(LIST)).ok().as_deref() != Some(&*listing) {
        let mut staged = Staged { out, paths: Vec::new() };
        staged.add(LIST, &listing)?;
        staged.commit()?;
    }
    Ok(outcome)
}

/// A path that no other file of this import has, also where file systems fold case: `Abc.md` and `abc-2.md`.
fn free(path: String, seen: &mut BTreeSet<String>) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(&path).to_owned();
    let mut free = path;
    let mut n = 2;
    while !seen.insert(free.to_lowercase()) {
        free = format!("{stem}-{n}.md");
        n += 1;
    }
    free
}

#[allow(clippy::too_many_arguments, reason = "the one place that decides about a file")]
fn place(
    args: &Args,
    old: &BTreeMap<String, Entry>,
    path: &str,
    text: String,
    from: &str,
    list: &mut BTreeMap<String, Entry>,
    staged: &mut Staged<'_>,
    outcome: &mut Outcome,
) -> Result<(), CliError> {
    let new = xxh64(text.as_bytes(), 0);
    let here = hash_of(&args.out.join(path))?;
    let before = old.get(path).map(|entry| entry.hash);
    let entry = Entry { hash: new, from: from.to_owned() };
    if here == Some(new) {
        outcome.unchanged.push(path.to_owned());
        list.insert(path.to_owned(), entry);
        return Ok(());
    }
    let group = match (here, before) {
        (None, _) => &mut outcome.came,
        (Some(here), Some(before)) if here == before => &mut outcome.changed,
        // Edited here; the source still says what it said.
        (Some(_), Some(before)) if before == new && !args.overwrite => {
            outcome.unchanged.push(path.to_owned());
            return Ok(());
        }
        (Some(_), _) if args.overwrite => &mut outcome.changed,
        (Some(_), _) => {
            outcome.kept.push(path.to_owned());
            return Ok(());
        }
    };
    group.push(path.to_owned());
    list.insert(path.to_owned(), entry);
    staged.add(path, &text)
}

/// An article's file such that reading and writing it again changes nothing.
fn settled(article: &Article) -> String {
    let text = content::write::article(article);
    let again = |text: &str| {
        let path = format!("{}/x.md", article.lang);
        let read = content::read_all(&[File { path, text: text.to_owned() }]);
        let mut help = read.help.into_values().next()?;
        help.articles.append(&mut help.internal);
        help.articles.into_iter().next()
    };
    match again(&text) {
        Some(back) if back != *article => content::write::article(&back),
        _ => text,
    }
}

/// A file of an earlier import.
#[derive(Clone, Default)]
struct Entry {
    /// Of the text that was written.
    hash: u64,
    /// The source, as the command line named it.
    from: String,
}

fn load(out: &Path) -> Result<BTreeMap<String, Entry>, CliError> {
    let path = out.join(LIST);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(BTreeMap::new()) };
    let damaged = || CliError::Other(format!("{}: not a list of an import: delete it to start anew", path.display()));
    let value: Value = serde_json::from_str(&text).map_err(|_| damaged())?;
    let files = value.get("files").and_then(Value::as_object).ok_or_else(damaged)?;
    let entry = |(path, entry): (&String, &Value)| {
        let hash = entry.get("hash").and_then(Value::as_str).and_then(|hash| u64::from_str_radix(hash, 16).ok())?;
        let from = entry.get("from").and_then(Value::as_str).unwrap_or_default().to_owned();
        // The list is a file like others: what it names stays below the folder.
        let inside = !path.split(['/', '\\']).any(|part| part == ".." || part.is_empty());
        inside.then(|| (path.clone(), Entry { hash, from }))
    };
    Ok(files.iter().filter_map(entry).collect())
}

fn listing(list: &BTreeMap<String, Entry>) -> String {
    let files: serde_json::Map<String, Value> = list
        .iter()
        .map(|(path, entry)| (path.clone(), json!({ "hash": format!("{:016x}", entry.hash), "from": entry.from })))
        .collect();
    format!("{:#}\n", json!({ "version": 1, "files": files }))
}

fn hash_of(path: &Path) -> Result<Option<u64>, CliError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(xxh64(&bytes, 0))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::file(path, error)),
    }
}

/// Files written beside their places, to be moved there all at once; dropped before that, they go.
struct Staged<'a> {
    out: &'a Path,
    paths: Vec<String>,
}

impl Staged<'_> {
    fn beside(&self, path: &str) -> PathBuf {
        let full = self.out.join(path);
        let name = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        full.with_file_name(format!(".{name}.part"))
    }

    fn add(&mut self, path: &str, text: &str) -> Result<(), CliError> {
        let part = self.beside(path);
        if let Some(folder) = part.parent() {
            fs::create_dir_all(folder).map_err(|error| CliError::file(folder, error))?;
        }
        self.paths.push(path.to_owned());
        fs::write(&part, text).map_err(|error| CliError::file(&part, error))
    }

    fn commit(mut self) -> Result<(), CliError> {
        for path in std::mem::take(&mut self.paths) {
            let full = self.out.join(&path);
            fs::rename(self.beside(&path), &full).map_err(|error| CliError::file(&full, error))?;
        }
        Ok(())
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        for path in &self.paths {
            let _ = fs::remove_file(self.beside(path));
        }
    }
}
