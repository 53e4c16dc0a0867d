//! What the release consists of: names, hashes, copies for the wire, and the inventory of it all.

use std::io::Write as _;
use std::path::Path;

use helpnook::cli::build::integrity;
use helpnook::server::encoding::brotli;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Step, tools};

/// When a file is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// With the page.
    Load,
    /// When a signal wakes the engine, or on intent.
    Wake,
    /// When the shopper opens the panel.
    Open,
    /// Only when something asks for it.
    Lazy,
}

/// One row of `inventory.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Name below the release folder.
    pub file: String,
    /// Size as it is.
    pub bytes: usize,
    /// Size by brotli, quality 11.
    pub br: usize,
    /// `sha384-…`, as an `integrity` attribute takes it.
    pub sha384: String,
    /// What it is for.
    pub purpose: String,
    /// Hosts it talks to, as the page's policy must name them.
    pub hosts: Vec<String>,
    /// When it is fetched.
    pub phase: Phase,
}

/// Ten hex digits of the content's hash, for names that never change their content.
pub fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(5).map(|b| format!("{b:02x}")).collect()
}

/// Writes a release file with its brotli and gzip copies, and gives its row.
pub fn release(dir: &Path, file: &str, bytes: &[u8], purpose: &str, hosts: &[&str], phase: Phase) -> Step<Row> {
    tools::write(&dir.join(file), bytes)?;
    let br = brotli(bytes, 11);
    tools::write(&dir.join(format!("{file}.br")), &br)?;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(bytes)?;
    tools::write(&dir.join(format!("{file}.gz")), &gz.finish()?)?;
    Ok(Row {
        file: file.to_owned(),
        bytes: bytes.len(),
        br: br.len(),
        sha384: integrity(bytes),
        purpose: purpose.to_owned(),
        hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
        phase,
    })
}
