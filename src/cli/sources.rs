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

/// A file's text. Markdown and JSON are UTF-8; tables and pages come in many encodings.
pub(super) fn file(name: String, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<File> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let strict = !matches!(ending.as_str(), "csv" | "tsv" | "html" | "htm");
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    match String::from_utf8(bytes) {
        Ok(text) => Some(File { path: name, text }),
        Err(error) if strict && !marked => {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = good.iter().filter(|&&b| b == b'\n').count() + 1;
            content::Problems::new(&name, problems).error(line, "not UTF-8", "save the file as UTF-8");
            None
        }
        Err(error) => match content::decode(error.as_bytes()) {
            Some((text, guessed)) => {
                if let Some(encoding) = guessed {
                    content::Problems::new(&name, problems).warning(
                        0,
                        format!("read as {encoding}, which is a guess"),
                        "save the file as UTF-8 if letters are wrong",
                    );
                }
                Some(File { path: name, text })
            }
            None => {
                content::Problems::new(&name, problems).error(0, "this is no text", "export it as text, in UTF-8");
                None
            }
        },
    }
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
