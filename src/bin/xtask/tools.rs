//! Where things are, how to run a program, what this machine lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Step;

/// The checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Cargo's folder of built files.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The release files.
pub fn site() -> PathBuf {
    target().join("site")
}

/// The rendered demo shop.
pub fn demo_pages() -> PathBuf {
    target().join("demo")
}

/// Runs a program to its end with its output shown; anything but success is an error.
pub fn run(command: &mut Command) -> Step {
    let status = command.status().map_err(|e| format!("cannot start {:?}: {e}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// Does one thing in a thread of its own while the other is done; the first that fails, fails both.
pub fn beside<T, U: Send>(aside: impl FnOnce() -> Step<U> + Send, main: impl FnOnce() -> Step<T>) -> Step<(U, T)> {
    std::thread::scope(|threads| {
        let aside = threads.spawn(|| aside().map_err(|error| error.to_string()));
        let main = main()?;
        Ok((aside.join().map_err(|_| "a part of the work was cut short")??, main))
    })
}

/// Cargo, with the flags it needs to run inside a program that cargo itself started.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Whether a program answers to `--version`.
pub fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) -> Step {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes).map_err(|e| format!("cannot write {}: {e}", path.display()).into())
}

/// Every file below a folder, in the order of their paths.
pub fn files_below(folder: &Path) -> Step<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        let entries = std::fs::read_dir(&dir).map_err(|e| format!("cannot read {}: {e}", dir.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Installs Debian packages when this is root on a machine with apt; else says the exact command.
pub fn need_packages(packages: &[&str]) -> Step {
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    if !is_root || !has("apt-get") {
        return Err(
            format!("this machine lacks {}; install them, on Debian by: sudo {line}", packages.join(", ")).into()
        );
    }
    eprintln!("installing {}", packages.join(", "));
    run(Command::new("apt-get").args(["update", "-qq"]).stdout(Stdio::null()))?;
    run(Command::new("sh").args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
}

/// A program of a pinned npm package, installed under `target/tools`; `None` on a machine without npm.
pub fn npm_package(name: &str, version: &str) -> Option<PathBuf> {
    let tools = target().join("tools");
    let package = tools.join("node_modules").join(name);
    let manifest = std::fs::read_to_string(package.join("package.json")).unwrap_or_default();
    if manifest.contains(&format!("\"version\": \"{version}\"")) {
        return Some(package);
    }
    if !has("npm") {
        return None;
    }
    eprintln!("installing {name} {version}");
    std::fs::create_dir_all(&tools).ok()?;
    // Without a package.json of its own npm would climb to a folder above and install there.
    let own = tools.join("package.json");
    if !own.exists() {
        std::fs::write(&own, "{\"private\":true}\n").ok()?;
    }
    let done = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--silent", &format!("{name}@{version}")])
        .current_dir(&tools)
        .stdin(Stdio::null())
        .status();
    (done.is_ok_and(|s| s.success()) && package.exists()).then_some(package)
}

/// A program of a Python package in an environment of its own; nothing when there is no Python.
pub fn python_program(package: &str, version: &str, program: &str) -> Option<PathBuf> {
    let place = target().join("tools").join(format!("{package}-{version}"));
    let found = place.join("bin").join(program);
    if found.exists() {
        return Some(found);
    }
    eprintln!("installing {package} {version}");
    let run = |command: &mut Command| command.stdin(Stdio::null()).status().is_ok_and(|s| s.success());
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&place));
    let pinned = format!("{package}=={version}");
    let done = made && run(Command::new(place.join("bin/pip")).args(["install", "--quiet", &pinned]));
    (done && found.exists()).then_some(found)
}
