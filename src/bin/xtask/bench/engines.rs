//! Who is measured: packages at pinned versions, the files a page fetches of them.

use std::path::{Path, PathBuf};

use crate::{Step, tools};

/// A search engine that runs in a browser.
pub struct Engine {
    /// Its name here and in `tests/bench/engines.mjs`.
    pub name: &'static str,
    /// npm package and version; ours has none.
    pub package: Option<(&'static str, &'static str)>,
    /// Files of the package that a page fetches before it can search.
    pub code: &'static [&'static str],
    /// What to know when its figures are read.
    pub note: &'static str,
}

/// Ours, by name.
pub const OURS: &str = "helpnook";

/// The rival that ratios are taken to: the best of those with typos, prefixes and BM25.
pub const RIVAL: &str = "minisearch_tuned";

/// What drives Chromium.
pub const DRIVER: (&str, &str) = ("puppeteer-core", "24.8.2");

/// Every engine, ours first.
pub const ENGINES: &[Engine] = &[
    Engine { name: OURS, package: None, code: &[], note: "snippets and highlights are part of every answer" },
    Engine {
        name: RIVAL,
        package: Some(("minisearch", "7.2.0")),
        code: &["dist/es/index.js"],
        note: "prefixes of the last word, typos from 4 letters, stop words out",
    },
    Engine {
        name: "minisearch",
        package: Some(("minisearch", "7.2.0")),
        code: &["dist/es/index.js"],
        note: "as VitePress ships it: prefixes and typos of every word",
    },
    Engine {
        name: "flexsearch",
        package: Some(("flexsearch", "0.8.212")),
        code: &["dist/flexsearch.bundle.module.min.mjs"],
        note: "prefixes, no typos",
    },
    Engine {
        name: "sqlite_fts5",
        package: Some(("@sqlite.org/sqlite-wasm", "3.54.1-build1")),
        code: &["dist/index.mjs", "dist/sqlite3.wasm"],
        note: "prefix of the last word, Porter stems, no typos",
    },
    Engine {
        name: "pagefind",
        package: Some(("pagefind", "1.6.0")),
        code: &[],
        note: "all words must match, no typos; fetches chunks as it searches; its worker's memory is not counted",
    },
];

/// Named in the issue, and why they are not here.
pub const NOT_RUN: &[(&str, &str)] = &[
    ("docfind", "in no package registry"),
    ("tinysearch", "compiles each index into a wasm of its own, by a Rust toolchain"),
];

/// Where our engine stands, as released, for the bench's server.
pub fn site() -> PathBuf {
    tools::target().join("tools/bench/site")
}

/// Installs the packages.
pub fn install(engines: &[&Engine]) -> Step {
    for (name, version) in engines.iter().filter_map(|engine| engine.package).chain([DRIVER]) {
        tools::npm_package(name, version).ok_or_else(|| format!("npm cannot install {name} {version}"))?;
    }
    Ok(())
}

impl Engine {
    /// The files a page fetches before it can search: address at the bench's server, and where they lie.
    pub fn code(&self) -> Step<Vec<(String, PathBuf)>> {
        if let Some((package, _)) = self.package {
            let modules = tools::target().join("tools/node_modules").join(package);
            return Ok(self
                .code
                .iter()
                .map(|file| (format!("/node_modules/{package}/{file}"), modules.join(file)))
                .collect());
        }
        let site = site();
        let name_of = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let is_code = |name: &str| name == "search.js" || name.starts_with("search-") && name.ends_with(".wasm");
        let files = tools::files_below(&site)?.into_iter().map(|path| (name_of(&path), path));
        Ok(files.filter(|(name, _)| is_code(name)).map(|(name, path)| (format!("/site/{name}"), path)).collect())
    }
}
