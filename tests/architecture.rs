//! Rules of the code that a machine can check: import direction, file length, forbidden calls,
//! what the repository holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules from left to right: each imports only from those left of it, or from its own rank's listed friends.
const RANKS: &[&[&str]] = &[
    &["article", "flow", "icons", "page", "secrets", "text", "strings", "config", "web"],
    &["content"],
    &["index"],
    &["search"],
    &["context", "site"],
    &["chat"],
    &["insight", "relay"],
    &["browser"],
    &["engine", "widget", "line", "server"],
    &["cli"],
];

/// Longest file, in lines. The aim is 60 to 300.
const MAX_LINES: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(below(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module a file of `src` belongs to: `src/chat/core.rs` is of `chat`.
fn module_of(file: &Path) -> String {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|rank| rank.contains(&module))
}

#[test]
fn modules_import_only_from_their_left() {
    let mut wrong = Vec::new();
    for file in below(&root().join("src"), ".rs") {
        let module = module_of(&file);
        let Some(own) = rank(&module) else { continue };
        // What tests import is not part of the program's shape.
        let text = fs::read_to_string(&file).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in program.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for other in line.split("crate::").skip(1) {
                let name: String = other.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let against = |theirs| theirs > own || (theirs == own && name != module && own > 0);
                if rank(&name).is_some_and(against) {
                    wrong.push(format!("{}:{}: {module} imports {name}", file.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for file in [below(&root().join("src"), ".rs"), below(&root().join("tests"), ".rs")].concat() {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(long.is_empty(), "files over {MAX_LINES} lines:\n{}", long.join("\n"));
}

/// Only `widget`, `line`, `server` and `cli` do I/O or read a clock.
#[test]
fn what_decides_does_no_io() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::time::Instant",
        "SystemTime",
        "std::thread",
        "web_sys::",
        "tokio::",
        "gloo_net::",
    ];
    let mut wrong = Vec::new();
    for file in below(&root().join("src"), ".rs") {
        let module = module_of(&file);
        if ["browser", "widget", "line", "server", "cli", "engine", "bin", "main", "build"].contains(&module.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in forbidden {
            if program.contains(call) {
                wrong.push(format!("{}: {call}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "I/O in pure modules:\n{}", wrong.join("\n"));
}

/// Nothing of ours may reach the page through HTML text, or run text as a program.
#[test]
fn nothing_becomes_html_or_code() {
    let forbidden = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "set_inner_html",
        "document.write",
        "eval(",
        "new Function",
        "view!",
    ];
    let mut wrong = Vec::new();
    let mut files = below(&root().join("src"), ".rs");
    files.extend(below(&root().join("src"), ".js"));
    files.extend(below(&root().join("www"), ".js"));
    for file in files {
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(call) = forbidden.iter().find(|call| code.contains(**call)) {
                wrong.push(format!("{}:{}: {call}", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_top_level_holds_only_what_the_layout_names() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "CHANGELOG.md",
        "README.md",
        "index.html",
        "src",
        "www",
        "tests",
        "target",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name} has no place at the top level");
    }
}

/// The table a merchant reads is the one the code knows, and so is the opener's list of names.
#[test]
fn attributes_are_documented_and_known_to_the_opener() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let opener = fs::read_to_string(root().join("www/open.js")).unwrap();
    for attribute in helpnook::config::ATTRIBUTES {
        let row = format!("| `{}` | {} | {} |", attribute.name, attribute.default, attribute.meaning);
        assert!(readme.contains(&row), "README.md lacks the row\n{row}");
        let name = attribute.name.trim_start_matches("data-");
        let known = [format!(" {name} "), format!("\"{name} ")];
        assert!(known.iter().any(|known| opener.contains(known)), "www/open.js does not know {}", attribute.name);
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `data-")).count();
    assert_eq!(rows, helpnook::config::ATTRIBUTES.len(), "rows of the attribute table");
}

/// The events that a merchant reads of are those that the code takes and the browser tells.
#[test]
fn events_are_documented_and_told_in_the_same_words() {
    use helpnook::insight::vocabulary;
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let table = vocabulary::table();
    assert!(readme.contains(&table), "README.md lacks the table\n{table}");
    let told = fs::read_to_string(root().join("www/events.js")).unwrap();
    let names: Vec<&str> = vocabulary::KINDS.iter().map(|kind| kind.name).collect();
    assert!(told.contains(&format!("\"{}\".split", names.join(" "))), "www/events.js has other kinds than {names:?}");
    let pages: Vec<&str> = helpnook::page::PageType::ALL.iter().map(|page| page.name()).collect();
    assert!(told.contains(&format!("\"{}\".split", pages.join(" "))), "www/events.js has other pages than {pages:?}");
    for (name, _) in vocabulary::COMMON {
        assert!(readme.contains(&format!("`{name}`")), "README.md does not say what `{name}` is");
    }
}

/// What the panel says lies in the index; a text that lies in the conversation's file would be missing there.
#[test]
fn the_panel_says_only_what_it_finds_in_the_index() {
    use helpnook::strings::{KEYS, N_SHOWN};
    let mut n_said = 0;
    for file in below(&root().join("src/widget"), "rs") {
        let source = fs::read_to_string(&file).unwrap();
        for said in source.split("Msg::").skip(1) {
            let mut key = String::new();
            for c in said.chars().take_while(char::is_ascii_alphanumeric) {
                if c.is_ascii_uppercase() && !key.is_empty() {
                    key.push('-');
                }
                key.push(c.to_ascii_lowercase());
            }
            let place = KEYS.iter().position(|known| *known == key);
            assert!(place.is_some_and(|place| place < N_SHOWN), "{}: {key} stands after N_SHOWN", file.display());
            n_said += 1;
        }
    }
    assert!(n_said > 40, "only {n_said} texts were found in src/widget");
}
