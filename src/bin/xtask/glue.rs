//! The JavaScript that wasm-bindgen writes between a module and the browser, without what no page of
//! ours uses: ways to start a module that nobody takes, classes that nobody makes.

use crate::Step;

/// Where wasm-bindgen's own start begins; all after it is replaced.
const START: &str = "let wasmModule, wasmInstance, wasm;";

/// Classes of `wasm-streams`, which are not in the module any more.
const UNUSED_CLASS: &str = "IntoUnderlying";

/// The glue with a start of our own and without unused classes.
pub fn trimmed(glue: &str) -> Step<String> {
    let at = glue.find(START).ok_or("the glue of this wasm-bindgen starts otherwise: mend src/bin/xtask/glue.rs")?;
    let mut out = String::new();
    // A part ends with an empty line.
    for part in glue.get(..at).unwrap_or_default().split_inclusive("\n\n") {
        if !part.starts_with(&format!("export class {UNUSED_CLASS}")) {
            out.push_str(part);
        }
    }
    let mut out = without_registries(&out);
    out.push_str(include_str!("glue.js"));
    Ok(out)
}

/// Takes out what would have freed those classes' objects.
fn without_registries(glue: &str) -> String {
    let start = format!("const {UNUSED_CLASS}");
    let mut out = String::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        if line.starts_with(&start) {
            // It goes on to the semicolon that ends it.
            let mut rest = line;
            while !rest.ends_with(';') {
                match lines.next() {
                    Some(next) => rest = next,
                    None => break,
                }
            }
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
