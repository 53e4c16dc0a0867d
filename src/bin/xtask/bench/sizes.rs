//! What a page would fetch of each engine, in bytes by brotli.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use helpnook::index::{Index, SectionKind};
use sha2::{Digest as _, Sha256};

use super::engines::{Engine, OURS};
use crate::minify::{Kind, minify};
use crate::{Step, tools};

/// Files above this many bytes are packed at quality 9: at 11 they take minutes each.
const SLOW: usize = 24 << 20;

/// Bytes by brotli.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    /// Minified code and wasm.
    pub code: u64,
    /// What is searched, without the answers' texts.
    pub index: u64,
    /// Code, index and all answers: what works offline.
    pub package: u64,
    /// The index as it lies in memory, packed by nothing; with the answers where they are one file.
    pub raw_index: u64,
}

/// Remembers by content what packs to how many bytes, since brotli is slow.
pub struct Packer {
    known: BTreeMap<String, u64>,
    file: PathBuf,
}

impl Packer {
    /// With what earlier runs found.
    pub fn open(folder: &Path) -> Self {
        let file = folder.join("sizes.json");
        let known = std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
        Self { known: known.unwrap_or_default(), file }
    }

    /// Bytes by brotli.
    pub fn br(&mut self, bytes: &[u8]) -> Step<u64> {
        let key = format!("{:x}", Sha256::digest(bytes));
        if let Some(size) = self.known.get(&key) {
            return Ok(*size);
        }
        let mut out = Vec::new();
        let quality = if bytes.len() > SLOW { 9 } else { 11 };
        let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, quality, 24);
        writer.write_all(bytes)?;
        drop(writer);
        self.known.insert(key, out.len() as u64);
        tools::write(&self.file, serde_json::to_string(&self.known)?.as_bytes())?;
        Ok(out.len() as u64)
    }

    /// Sizes of an engine with its index of a corpus, which lies in a folder; `answers` is the corpus.
    pub fn of(&mut self, engine: &Engine, folder: &Path, answers: &Path) -> Step<Sizes> {
        let mut sizes = Sizes::default();
        for (_, path) in engine.code()? {
            sizes.code += self.code(&path)?;
        }
        if engine.name == OURS {
            let file = std::fs::read(folder.join("en.hnx"))?;
            sizes.raw_index = file.len() as u64;
            sizes.package = sizes.code + self.br(&file)?;
            for path in tools::files_below(folder)? {
                if path.extension().is_some_and(|end| end == "bin") {
                    sizes.package += self.br(&std::fs::read(path)?)?;
                }
            }
            let index = Index::open(file).map_err(|error| format!("{}: {error}", folder.display()))?;
            let lean = SectionKind::ALL.into_iter().filter(|kind| *kind != SectionKind::Answers);
            sizes.index = self.br(&lean.flat_map(|kind| index.section(kind).to_vec()).collect::<Vec<u8>>())?;
            return Ok(sizes);
        }
        let mut answers = self.br(&std::fs::read(answers)?)?;
        for path in tools::files_below(folder)? {
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            if name == "mark" {
                continue;
            }
            let bytes = std::fs::read(&path)?;
            if engine.name == "pagefind" {
                // Of its folder only these are fetched to search; the fragments are the answers.
                match name.split(['/', '.']).next().unwrap_or_default() {
                    "pagefind-worker" => sizes.code += self.code(&path)?,
                    "pagefind" if name == "pagefind.js" => sizes.code += self.code(&path)?,
                    "wasm" if name.contains("unknown") => {}
                    "wasm" => sizes.code += bytes.len() as u64,
                    "index" | "pagefind" if name.contains(".pf_") => sizes.index += bytes.len() as u64,
                    "fragment" => sizes.raw_index += bytes.len() as u64,
                    _ => {}
                }
            } else {
                sizes.index += self.br(&bytes)?;
                sizes.raw_index += bytes.len() as u64;
            }
        }
        if engine.name == "pagefind" {
            answers = std::mem::take(&mut sizes.raw_index);
        }
        sizes.package = sizes.code + sizes.index + answers;
        Ok(sizes)
    }

    fn code(&mut self, path: &Path) -> Step<u64> {
        let bytes = std::fs::read(path)?;
        if path.extension().is_some_and(|ending| ending == "js" || ending == "mjs") {
            let text = String::from_utf8(bytes)?;
            // What is small already, or says what the minifier does not read, is counted as it is.
            let small = minify(&path.to_string_lossy(), &text, Kind::Module).unwrap_or_default();
            let best = if small.is_empty() || small.len() > text.len() { &text } else { &small };
            return self.br(best.as_bytes());
        }
        self.br(&bytes)
    }
}
