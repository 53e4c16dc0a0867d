//! The four wasm modules: built by cargo, bound by wasm-bindgen as a library (so that `Cargo.lock`
//! pins it to the crate's own release), made smaller by `wasm-opt` where npm can bring it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::glue::trimmed;
use crate::minify::{Kind, minify};
use crate::{Step, tools};

/// Release of binaryen (npm) that makes the released modules smaller.
const BINARYEN: &str = "132.0.0";

/// A module ready for release.
pub struct Module {
    /// Its wasm.
    pub wasm: Vec<u8>,
    /// Its JavaScript, minified.
    pub glue: String,
}

/// Builds the modules of these features (`engine`, `search`, `panel`, `chat`), or takes them as they are when no
/// source changed. While one is bound and made smaller, which one core does, the next is compiled.
pub fn build<const N: usize>(features: [&str; N]) -> Step<[Module; N]> {
    let wasm_opt = wasm_opt();
    let small = has_std_source();
    std::thread::scope(|threads| -> Step {
        let mut at_work = Vec::new();
        for feature in features {
            let dir = tools::target().join("wasm").join(feature);
            let mark = inputs(feature, &format!("{} {small}", wasm_opt.is_some()))?;
            let mark_file = dir.join("inputs");
            if std::fs::read_to_string(&mark_file).unwrap_or_default() == mark {
                continue;
            }
            eprintln!("building the {feature} module");
            ensure_target()?;
            let built = compile(feature, small)?;
            // A module left half-made must not pass for built.
            let _ = std::fs::remove_file(&mark_file);
            // The next one is compiled to the same place.
            let own = tools::target().join("wasm").join(format!("{feature}.wasm"));
            tools::write(&own, &std::fs::read(built)?)?;
            let wasm_opt = wasm_opt.as_deref();
            at_work.push(threads.spawn(move || -> Result<(), String> {
                let finish = || -> Step {
                    let bound = bind(feature, &own, &dir, Names::Gone)?;
                    if let Some(wasm_opt) = wasm_opt {
                        optimise(wasm_opt, &bound, Names::Gone)?;
                    }
                    tools::write(&mark_file, mark.as_bytes())
                };
                finish().map_err(|error| error.to_string())
            }));
        }
        for one in at_work {
            one.join().map_err(|_| "a module could not be bound")??;
        }
        Ok(())
    })?;
    let modules = features.map(module).into_iter().collect::<Step<Vec<_>>>()?;
    modules.try_into().map_err(|_| "a module is missing".into())
}

/// A module as it was built.
fn module(feature: &str) -> Step<Module> {
    let dir = tools::target().join("wasm").join(feature);
    let glue = glue(feature, &dir)?;
    let glue = if OWN_GLUE.contains(&feature) { glue } else { trimmed(&glue)? };
    Ok(Module {
        wasm: std::fs::read(dir.join(format!("{feature}_bg.wasm")))?,
        glue: minify(feature, &glue, Kind::Module)?,
    })
}

/// The module as it is released, but with the names of its functions: for profiles, and to be weighed.
pub fn named(feature: &str) -> Step<Module> {
    ensure_target()?;
    let dir = tools::target().join("wasm").join(format!("{feature}-named"));
    let bound = bind(feature, &compile(feature, has_std_source())?, &dir, Names::Kept)?;
    if let Some(wasm_opt) = wasm_opt() {
        optimise(&wasm_opt, &bound, Names::Kept)?;
    }
    Ok(Module { wasm: std::fs::read(bound)?, glue: glue(feature, &dir)? })
}

/// Modules that ask nothing of JavaScript: ours is all there is of it, and the generated one stays unused.
const OWN_GLUE: [&str; 2] = ["engine", "search"];

/// A module's JavaScript.
fn glue(feature: &str, dir: &Path) -> Step<String> {
    let file = match feature {
        _ if OWN_GLUE.contains(&feature) => tools::root().join(format!("www/{feature}.js")),
        _ => dir.join(format!("{feature}.js")),
    };
    Ok(std::fs::read_to_string(file)?)
}

/// Whether a module keeps the names of its functions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// It does, to be looked at.
    Kept,
    /// It does not, to be released.
    Gone,
}

/// A hash of all that the module is made of.
fn inputs(feature: &str, mode: &str) -> Step<String> {
    let root = tools::root();
    let mut hash = Sha256::new();
    let mut files = tools::files_below(&root.join("src"))?;
    // What never reaches a wasm module would only make it be built again.
    files.retain(|f| {
        !["bin", "cli", "server", "content", "insight", "relay", "site"]
            .iter()
            .any(|native| f.starts_with(root.join("src").join(native)))
    });
    files.extend([root.join("Cargo.toml"), root.join("Cargo.lock"), root.join("src/bin/xtask/wasm.rs")]);
    for file in files {
        hash.update(file.strip_prefix(&root)?.to_string_lossy().as_bytes());
        hash.update(std::fs::read(&file)?);
    }
    Ok(format!("{feature} {mode} {:x}", hash.finalize()))
}

fn ensure_target() -> Step {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    match listed {
        Ok(out) if String::from_utf8_lossy(&out.stdout).contains("wasm32-unknown-unknown") => Ok(()),
        // A toolchain without rustup has the target or not: the compiler will say.
        Err(_) => Ok(()),
        Ok(_) => tools::run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"])),
    }
}

/// Whether the standard library's source is at hand, so that it can be built for size: without
/// texts for panics, which nobody reads here, a fifth of the engine goes away.
fn has_std_source() -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let source = sysroot
        .map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("lib/rustlib/src/rust/library"));
    let Ok(source) = source else { return false };
    if !source.exists() {
        let mut add = Command::new("rustup");
        let _ = add.args(["component", "add", "rust-src"]).stderr(Stdio::null()).status();
    }
    source.exists()
}

/// Compiles the module; gives its file.
fn compile(feature: &str, small: bool) -> Step<PathBuf> {
    // Flags differ, so the folder does: else each mode would build the other's dependencies anew.
    let folder = tools::target().join(if small { "small" } else { "plain" });
    let mut cargo = tools::cargo();
    cargo
        .args(["rustc", "--quiet", "--lib", "--crate-type", "cdylib", "--profile", "widget"])
        .args(["--target", "wasm32-unknown-unknown", "--no-default-features", "--features", feature])
        .arg("--target-dir")
        .arg(&folder);
    if small {
        let flags = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";
        cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags);
        cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
    }
    // The default stack of 1 MiB is the page's memory; depth is bounded, so an eighth is plenty.
    // This very program links: see `link`.
    let own = std::env::current_exe()?.display().to_string();
    // Built anew while it runs, a program is told so beside its name, where the new one now stands.
    let linker = format!("-Clinker={}", own.strip_suffix(" (deleted)").unwrap_or(&own));
    cargo.env(LINKS, sysroot()?);
    // Names are taken away when the module is bound, not before: they may be wanted.
    tools::run(cargo.args(["--", "-Clink-arg=-zstack-size=131072", "-Cstrip=none", &linker]))?;
    Ok(folder.join("wasm32-unknown-unknown/widget/helpnook.wasm"))
}

/// The variable that makes this program a linker; it holds the toolchain's folder.
pub const LINKS: &str = "HELPNOOK_LINKS";

/// Links as rustc asks, but for what nobody asks for: Leptos brings `wasm-streams`, whose classes are
/// exported whether used or not, and with them ten kilobytes that no later step can take out again.
pub fn link(sysroot: &std::ffi::OsStr, args: impl Iterator<Item = std::ffi::OsString>) -> Step {
    let mut lld = Command::new(lld(Path::new(sysroot))?);
    let mut args = args.peekable();
    while let Some(arg) = args.next() {
        if arg == "--export" && args.peek().is_some_and(|name| name.to_string_lossy().contains(UNUSED_CLASSES)) {
            args.next();
            continue;
        }
        lld.arg(arg);
    }
    tools::run(&mut lld)
}

/// What the names of those classes have in common.
const UNUSED_CLASSES: &str = "intounderlying";

fn sysroot() -> Step<String> {
    let out = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    Ok(String::from_utf8(out.stdout)?.trim().to_owned())
}

/// The linker that comes with the toolchain.
fn lld(sysroot: &Path) -> Step<PathBuf> {
    for host in std::fs::read_dir(sysroot.join("lib/rustlib"))? {
        let found = host?.path().join("bin/rust-lld");
        if found.exists() {
            return Ok(found);
        }
    }
    Err(format!("no rust-lld below {}; add the toolchain's component rustc", sysroot.display()).into())
}

fn bind(feature: &str, built: &Path, dir: &Path, names: Names) -> Step<PathBuf> {
    std::fs::create_dir_all(dir)?;
    let failed = |e| format!("wasm-bindgen, {feature}: {e:#}");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(built).web(true).map_err(failed)?;
    bindgen.typescript(false).omit_default_module_path(true).remove_producers_section(true);
    bindgen.remove_name_section(names == Names::Gone);
    let mut output = bindgen.out_name(feature).generate_output().map_err(failed)?;

    let module = output.wasm_mut();
    if feature == "engine" {
        // What the generated JavaScript would call: ours stands in its place.
        let unused: Vec<_> = module.exports.iter().filter(|e| e.name.starts_with("__")).map(|e| e.id()).collect();
        unused.into_iter().for_each(|id| module.exports.delete(id));
    }
    // Names between wasm and glue hold a hash each, which no compression shortens.
    let mut shortened = vec![(format!("./{feature}_bg.js"), "a".to_owned())];
    for (n, import) in module.imports.iter_mut().enumerate() {
        let short = format!("${n:x}");
        shortened.push((std::mem::replace(&mut import.name, short.clone()), short));
        import.module = "a".to_owned();
    }
    for (n, export) in module.exports.iter_mut().enumerate().filter(|(_, e)| e.name.starts_with("wasm_bindgen_")) {
        let short = format!("$x{n:x}");
        shortened.push((std::mem::replace(&mut export.name, short.clone()), short));
    }
    output.emit(dir).map_err(failed)?;
    let glue_file = dir.join(format!("{feature}.js"));
    let mut glue = std::fs::read_to_string(&glue_file)?;
    // The longest first, lest one name be the start of another.
    shortened.sort_by_key(|(long, _)| std::cmp::Reverse(long.len()));
    for (long, short) in &shortened {
        glue = glue.replace(long.as_str(), short);
    }
    tools::write(&glue_file, glue.as_bytes())?;
    Ok(dir.join(format!("{feature}_bg.wasm")))
}

/// `wasm-opt`, where npm is at hand. Without it the modules are a few per cent larger, not slower.
fn wasm_opt() -> Option<PathBuf> {
    tools::npm_package("binaryen", BINARYEN).map(|package| package.join("bin/wasm-opt")).filter(|p| p.exists())
}

fn optimise(wasm_opt: &Path, wasm: &Path, names: Names) -> Step {
    tools::run(
        Command::new(wasm_opt)
            // No address below 1,024 is ever read: the deepest part of a stack that is never full lies there.
            .args(["--low-memory-unused", "--ignore-implicit-traps"])
            // Taking nesting apart and building it anew, twice, finds a per cent that one pass over it does not.
            .args([
                "-Oz",
                "--flatten",
                "--rereloop",
                "-Oz",
                "--flatten",
                "--rereloop",
                "-Oz",
                "-Oz",
                "--enable-bulk-memory",
                "--enable-bulk-memory-opt",
                "--enable-nontrapping-float-to-int",
            ])
            .args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue"])
            .arg(if names == Names::Kept { "--debuginfo" } else { "--strip-debug" })
            .args(["--strip-producers", "--strip-target-features", "-o"])
            .args([wasm, wasm])
            .stdin(Stdio::null()),
    )
}
