//! Build script. It carries the widget's release files into the program, when `HELPNOOK_SITE_DIR` names
//! their folder: `cargo xtask dist --program` sets it, other builds carry none. And it takes out of the
//! style sheets, and of the English texts that the conversation carries, what only people read.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=HELPNOOK_SITE_DIR");
    let mut list = String::from("&[\n");
    if let Some(folder) = env::var_os("HELPNOOK_SITE_DIR") {
        println!("cargo::rerun-if-changed={}", Path::new(&folder).display());
        let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        for file in files {
            let name = file.file_name().to_string_lossy().into_owned();
            // Copies for the wire are made anew where they are served; indexes are the merchant's own.
            let carried = [".js", ".wasm", ".json"].iter().any(|ending| name.ends_with(ending));
            if carried && file.file_type()?.is_file() {
                list.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", file.path()));
            }
        }
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("widget_files.rs"), list)?;
    for (style, name) in STYLES {
        println!("cargo::rerun-if-changed={style}");
        fs::write(Path::new(&out).join(name), plain(&fs::read_to_string(style)?))?;
    }
    println!("cargo::rerun-if-changed={TEXTS}");
    let texts = fs::read_to_string(TEXTS)?;
    let plain: Vec<&str> = texts.lines().map(|line| line.split_once(" = ").map_or("", |(_, text)| text)).collect();
    fs::write(Path::new(&out).join("spare.txt"), plain.join("\n"))
}

/// The English texts; without their names, each is found by its line.
const TEXTS: &str = "src/strings/en.txt";

/// The panel's style sheet, and the conversation's.
const STYLES: &[(&str, &str)] = &[("src/widget/widget.css", "widget.css"), ("src/line/chat.css", "chat.css")];

/// The same style sheet without comments and without white space that means nothing. Around operators
/// and in front of colons white space means something; our sheet has none of its signs inside a text.
fn plain(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let mut out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    for sign in ["{", "}", ";", ",", ">"] {
        out = out.replace(&format!(" {sign}"), sign).replace(&format!("{sign} "), sign);
    }
    out.replace(": ", ":").replace(";}", "}")
}
