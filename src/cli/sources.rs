//! Files of help as they lie on a disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::CliError;
use crate::content::{self, File, Problem};

/// Largest file that is read, in bytes: an export of a hundred thousand articles is smaller.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// All source files, in the order of their paths; a file that is no text is a problem.
pub(super) fn read(sources: &[PathBuf]) -> Result<(Vec<File>, Vec<Problem>), CliError> {
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    for source in sources {
        collect(source, &mut paths)?;
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for (name, path) in paths {
        let size = fs::metadata(&path).map_err(|error| CliError::file(&path, error))?.len();
        if size > MAX_BYTES {
            let message = format!("{} MB are too many", size / 1_000_000);
            content::Problems::new(&name, &mut problems).error(0, message, "export it in parts");
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| CliError::file(&path, error))?;
        files.extend(file(name, bytes, &mut problems));
    }
    Ok((files, problems))
}

/// A file's text. What authors write themselves is UTF-8; what other programs export comes in many encodings.
pub(super) fn file(name: String, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<File> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let exported = matches!(ending.as_str(), "csv" | "tsv" | "html" | "htm" | "json" | "jsonld" | "jsonl" | "ndjson");
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let error = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return Some(File { path: name, text }),
        // Western text in UTF-16 is UTF-8 by chance; a zero in other text is dropped where it stands.
        Ok(text) => {
            let text = content::decode(text.as_bytes()).map_or(text, |(decoded, _)| decoded);
            return Some(File { path: name, text });
        }
        Err(error) => error,
    };
    let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
    let mut told = content::Problems::new(&name, problems);
    if !exported && !marked {
        told.error(line, "not UTF-8", "save the file as UTF-8");
        return None;
    }
    let text = match ending.as_str() {
        // Lines of several sources may have been put together.
        "jsonl" | "ndjson" if !marked => by_line(error.as_bytes(), &mut told),
        _ => guessed(error.as_bytes(), line, &mut told),
    };
    if text.is_none() {
        told.error(line, "this is no text", "export it as text, in UTF-8");
    }
    text.map(|text| File { path: name, text })
}

/// Most lines of a file of which each is told that its encoding was guessed.
const MAX_GUESSES: usize = 20;

/// The text of bytes that are not UTF-8; a guess is told.
fn guessed(bytes: &[u8], line: usize, told: &mut content::Problems<'_>) -> Option<String> {
    let (text, guessed) = content::decode(bytes)?;
    if let Some(encoding) = guessed {
        let message = format!("not UTF-8: read as {encoding}, which is a guess");
        told.warning(line, message, "save the file as UTF-8 if letters are wrong");
    }
    Some(text)
}

/// The same line by line; a line that is no text is left out.
fn by_line(bytes: &[u8], told: &mut content::Problems<'_>) -> Option<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut n_guessed = 0;
    for (number, line) in (1..).zip(bytes.split_inclusive(|&byte| byte == b'\n')) {
        match std::str::from_utf8(line) {
            Ok(line) => out.push_str(line),
            Err(_) => {
                n_guessed += 1;
                let text = if n_guessed <= MAX_GUESSES {
                    guessed(line, number, told)
                } else {
                    content::decode(line).map(|(text, _)| text)
                };
                match text {
                    Some(text) => out.push_str(text.trim_end_matches('\n')),
                    None => told.error(number, "this is no text", "export it as text, in UTF-8"),
                }
                out.push('\n');
            }
        }
    }
    Some(out)
}

fn collect(path: &Path, out: &mut BTreeMap<String, PathBuf>) -> Result<(), CliError> {
    let error = |error| CliError::file(path, error);
    let metadata = fs::metadata(path).map_err(error)?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path).map_err(error)? {
            let entry = entry.map_err(error)?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let inner = entry.path();
            if !hidden && (inner.is_dir() || content::is_source(&inner.to_string_lossy())) {
                collect(&inner, out)?;
            }
        }
    } else {
        out.insert(path.to_string_lossy().replace('\\', "/"), path.to_owned());
    }
    Ok(())
}
