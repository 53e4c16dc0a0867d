//! The npm package: the release files, the module that puts the tag on a page, its types, and
//! their tests.

use std::path::Path;
use std::process::Command;

use helpnook::config::ATTRIBUTES;

use crate::assets::Row;
use crate::{Step, tools};

/// Writes `target/npm/`, ready for `npm publish`.
pub fn write(rows: &[Row]) -> Step {
    let (from, out, site) = (tools::root().join("www/npm"), tools::target().join("npm"), tools::site());
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    for name in ["index.js", "README.md"] {
        tools::write(&out.join(name), &std::fs::read(from.join(name))?)?;
    }
    let types = std::fs::read_to_string(from.join("index.d.ts"))?.replace("/*SETTINGS*/\n", &settings());
    tools::write(&out.join("index.d.ts"), types.as_bytes())?;
    tools::write(&out.join("LICENSE"), &std::fs::read(tools::root().join("LICENSE"))?)?;
    for row in rows.iter().filter(|row| !row.file.starts_with("demo/")) {
        tools::write(&out.join("dist").join(&row.file), &std::fs::read(site.join(&row.file))?)?;
    }
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let manifest = std::fs::read_to_string(from.join("package.json"))?.replace("\"version\": \"0.0.0\"", &version);
    tools::write(&out.join("package.json"), manifest.as_bytes())
}

/// The tag's attributes as the fields of `Settings`.
fn settings() -> String {
    let mut out = String::new();
    for one in ATTRIBUTES {
        let name = one.name.trim_start_matches("data-");
        // A family of attributes (`data-customer-*`) is one line for all of them.
        let field = match name.strip_suffix('*') {
            Some(family) => format!("[fact: `{}${{string}}`]", camel(family.trim_end_matches('-'))),
            None => format!("{}?", camel(name)),
        };
        // `*/` would end the comment.
        let meaning = one.meaning.replace("*/", "* /");
        out.push_str(&format!("  /** {meaning} */\n  {field}: string | number | boolean | undefined;\n"));
    }
    out
}

/// `max-suggestions` as scripts write it: `maxSuggestions`.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |out, word| {
        let (start, rest) = word.split_at(word.len().min(1));
        out + &start.to_ascii_uppercase() + rest
    })
}

/// The compiler, and the frameworks whose examples are run.
const COMPILER: (&str, &str) = ("typescript", "5.9.3");
const FRAMEWORKS: &[(&str, &str)] =
    &[("esbuild", "0.28.2"), ("react", "19.3.1"), ("react-dom", "19.3.1"), ("vue", "3.5.45"), ("svelte", "5.57.3")];

/// Holds the declarations against what may and may not be written.
pub fn check_types() -> Step {
    let compiler = tools::npm_package(COMPILER.0, COMPILER.1).ok_or("npm cannot install typescript")?;
    let (tests, folder) = (tools::root().join("tests/npm"), tools::target().join("tools/types"));
    tools::write(&folder.join("tsconfig.json"), &std::fs::read(tests.join("tsconfig.json"))?)?;
    tools::write(&folder.join("types.mts"), &std::fs::read(tests.join("types.ts"))?)?;
    // As an installed package, so that its own manifest leads to the declarations.
    let installed = folder.join("node_modules/helpnook");
    for file in tools::files_below(&tools::target().join("npm"))? {
        let name = file.strip_prefix(tools::target().join("npm"))?;
        tools::write(&installed.join(name), &std::fs::read(&file)?)?;
    }
    tools::run(Command::new("node").arg(compiler.join("bin/tsc")).arg("-p").arg(&folder))?;
    println!("the declarations hold against the TypeScript of tests/npm");
    Ok(())
}

/// The virtual screen reader that tests listen to, as one script; gives where it is.
pub fn reader() -> Step<std::path::PathBuf> {
    let tools = tools::target().join("tools");
    for (name, version) in [("esbuild", "0.28.2"), ("@guidepup/virtual-screen-reader", "0.33.0")] {
        tools::npm_package(name, version).ok_or_else(|| format!("npm cannot install {name}"))?;
    }
    let (entry, out) = (tools.join("reader.mjs"), tools.join("reader.js"));
    let text = "import { Virtual } from \"@guidepup/virtual-screen-reader\";\nwindow.VirtualReader = Virtual;\n";
    tools::write(&entry, text.as_bytes())?;
    let mut esbuild = Command::new(tools.join("node_modules/.bin/esbuild"));
    esbuild.arg(&entry).arg(format!("--outfile={}", out.display()));
    esbuild.args(["--bundle", "--minify", "--format=iife", "--log-level=error", "--define:global=window"]);
    tools::run(esbuild.arg("--define:process.env.NODE_ENV=\"production\""))?;
    Ok(out)
}

/// Bundles the README's examples into pages below `out`, for the journeys to walk through.
pub fn examples(out: &Path) -> Step {
    for (name, version) in FRAMEWORKS {
        tools::npm_package(name, version).ok_or_else(|| format!("npm cannot install {name}"))?;
    }
    let mut node = Command::new("node");
    node.arg(tools::root().join("tests/npm/frameworks.mjs")).arg(tools::target().join("tools"));
    tools::run(node.arg(tools::target().join("npm")).arg(out))
}
