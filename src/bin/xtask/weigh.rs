//! `cargo xtask weigh`: what a wasm module's bytes are for. Looked at before anything is made smaller.

use std::collections::BTreeMap;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::{Step, wasm};

/// How many functions are listed when the command line does not say.
const N_LISTED: usize = 40;

/// Prints sections, crates and the largest functions of a module.
pub fn run(args: &[String]) -> Step {
    let feature = args.first().map_or("panel", String::as_str);
    let n_listed = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(N_LISTED);
    let module = wasm::named(feature)?.wasm;
    let functions = functions(&module)?;
    let total: usize = functions.iter().map(|(_, bytes)| bytes).sum();
    println!("\n{total} bytes of code in {} functions", functions.len());
    let mut crates: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, bytes) in &functions {
        let (n, sum) = crates.entry(crate_of(name)).or_default();
        (*n, *sum) = (*n + 1, *sum + bytes);
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, (_, bytes))| std::cmp::Reverse(*bytes));
    for (name, (n, bytes)) in crates {
        println!("{bytes:>8} {:>5.1} % {n:>5}  {name}", bytes as f64 * 100.0 / total.max(1) as f64);
    }
    let mut largest = functions;
    largest.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    println!();
    for (name, bytes) in largest.iter().take(n_listed) {
        println!("{bytes:>8}  {}", name.chars().take(180).collect::<String>());
    }
    Ok(())
}

/// Every function of the module's own, by its name, with the bytes of its code.
fn functions(module: &[u8]) -> Step<Vec<(String, usize)>> {
    let (mut bytes, mut names, mut n_imported) = (Vec::new(), BTreeMap::new(), 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                let all = imports.into_imports().collect::<Result<Vec<_>, _>>()?;
                n_imported += all.iter().filter(|one| matches!(one.ty, TypeRef::Func(_))).count();
            }
            Payload::CodeSectionEntry(body) => bytes.push(body.range().len()),
            Payload::DataSection(data) => println!("{:>8} bytes of data", data.range().len()),
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(reader) = custom.as_known() else { continue };
                for name in reader {
                    let Name::Function(map) = name? else { continue };
                    for one in map {
                        let one = one?;
                        let name = format!("{:#}", rustc_demangle::demangle(one.name));
                        names.insert(one.index as usize, name);
                    }
                }
            }
            _ => {}
        }
    }
    let name_of = |n: usize| names.get(&(n + n_imported)).cloned().unwrap_or_else(|| format!("function {n}"));
    Ok(bytes.into_iter().enumerate().map(|(n, bytes)| (name_of(n), bytes)).collect())
}

/// The crate that a function was written in; for code made out of another crate's generics, where they stand.
fn crate_of(name: &str) -> String {
    if name.contains("drop_in_place") {
        return "(drops)".to_owned();
    }
    let start = name.trim_start_matches(['<', '&', '(', '*', '[']);
    let start =
        start.strip_prefix("dyn ").or(start.strip_prefix("mut ")).or(start.strip_prefix("const ")).unwrap_or(start);
    let end = start.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(start.len());
    start.get(..end).unwrap_or_default().to_owned()
}
