//! Card numbers on cases that the rule was not written from: a share found, a share left alone.
//!
//! The cases are data that is not shipped: they lie beside the repository, in `shared/security/`
//! of some folder above; without them the test says so and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use helpnook::chat::masking::mask_cards;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    text: String,
    pan: Option<String>,
    mask: bool,
}

fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.ancestors().map(|folder| folder.join("shared").join(name)).find(|path| path.exists())
}

/// Whether twelve digits in a row of the card number can still be read.
fn leaks(text: &str, pan: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    pan.as_bytes().windows(12).any(|part| std::str::from_utf8(part).is_ok_and(|part| digits.contains(part)))
}

#[test]
fn recall_and_false_alarms() {
    let Some(path) = shared("security/pan.jsonl") else {
        println!("skipped: no shared/security/pan.jsonl above the repository");
        return;
    };
    let cases: Vec<Case> = std::fs::read_to_string(path)
        .expect("cases are readable")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case a line"))
        .collect();
    let (mut to_mask, mut masked, mut to_leave, mut touched) = (0, 0, 0, 0);
    for case in &cases {
        let out = mask_cards(&case.text);
        if case.mask {
            to_mask += 1;
            let left = case.pan.as_deref().is_some_and(|pan| leaks(&out, pan));
            masked += u32::from(!left);
            if left {
                println!("not masked: {} {:?}", case.id, case.text);
            }
        } else {
            to_leave += 1;
            touched += u32::from(out != case.text);
            if out != case.text {
                println!("masked wrongly: {} {:?}", case.id, case.text);
            }
        }
    }
    println!("masked {masked} of {to_mask}, wrongly {touched} of {to_leave}");
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let percent = |part: u32, all: u32| f64::from(part) * 100.0 / f64::from(all.max(1));
    let figures = serde_json::json!({
        "recall_percent": percent(masked, to_mask),
        "false_percent": percent(touched, to_leave),
    });
    std::fs::create_dir_all(target.join("figures")).expect("a folder");
    std::fs::write(target.join("figures/masking.json"), figures.to_string()).expect("a file");
    assert!(f64::from(masked) >= 0.99 * f64::from(to_mask));
    assert!(f64::from(touched) <= 0.01 * f64::from(to_leave));
}
