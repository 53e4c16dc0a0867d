//! Templates for shop systems: what can be held against their rules without a shop, is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use helpnook::config::ATTRIBUTES;
use helpnook::page::PageType;
use serde_json::{Value, json};

fn shops() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/shops")
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(below(&path)) } else { out.push(path) }
    }
    out
}

/// Those of an ending, each with its text.
fn files(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |path: &PathBuf| path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e));
    below(&shops())
        .into_iter()
        .filter(wanted)
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Whether a program is there; says what is left out where it is not.
fn has(program: &str, what: &str) -> bool {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there {
        println!("left out, for there is no {program}: {what}");
    }
    there
}

fn run(command: &mut Command) -> String {
    let out = command.output().unwrap();
    assert!(
        out.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn templates_set_only_attributes_that_there_are() {
    let mut n_set = 0;
    for (path, text) in files(&["liquid", "php", "phtml", "tpl", "xml", "html"]) {
        for rest in text.split("data-").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            let known = ATTRIBUTES.iter().any(|one| one.name.strip_prefix("data-") == Some(&name));
            assert!(known, "{}: data-{name}", path.display());
            n_set += 1;
        }
    }
    assert!(n_set > 20, "{n_set}");
}

#[test]
fn pages_are_named_as_rules_name_them() {
    let named: Vec<&str> = PageType::ALL.iter().map(|page| page.name()).collect();
    let mut n_named = 0;
    let mut check = |path: &Path, name: &str| {
        assert!(named.contains(&name), "{}: {name}", path.display());
        n_named += 1;
    };
    for (path, text) in files(&["liquid", "php"]) {
        for line in text.lines() {
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("assign kind = '") {
                let name = rest.trim_end_matches('\'');
                if !name.is_empty() {
                    check(&path, name);
                }
            }
            if path.ends_with("ViewModel/Tag.php")
                && let Some((_, rest)) = line.split_once("_").and_then(|_| line.split_once("' => '"))
            {
                check(&path, rest.trim_end_matches("',"));
            }
            if path.ends_with("woocommerce/helpnook/helpnook.php")
                && let Some(rest) = line.strip_prefix("return '").filter(|rest| rest.len() > 2)
            {
                check(&path, rest.trim_end_matches("';"));
            }
        }
    }
    assert!(n_named > 20, "{n_named}");
}

#[test]
fn the_schema_of_the_shopify_block_declares_every_setting_used() {
    for (path, text) in files(&["liquid"]) {
        let (body, rest) = text.split_once("{% schema %}").unwrap();
        let schema: Value = serde_json::from_str(rest.split_once("{% endschema %}").unwrap().0).unwrap();
        // Blocks that may be embedded stand in the head or at the end of the body.
        assert!(["head", "body"].contains(&schema["target"].as_str().unwrap()));
        assert!(schema["name"].as_str().unwrap().len() <= 25, "the editor cuts longer names");
        for used in body.split("block.settings.").skip(1) {
            let id: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(
                schema["settings"].as_array().unwrap().iter().any(|one| one["id"] == id.as_str()),
                "{}: {id}",
                path.display()
            );
        }
        for (open, close) in [("{% if", "{% endif"), ("{% comment", "{% endcomment")] {
            assert_eq!(body.matches(open).count(), body.matches(close).count(), "{open}");
        }
    }
}

#[test]
fn php_is_sound_and_prints_the_tag() {
    if !has("php", "the checks of PHP") {
        return;
    }
    for (path, _) in files(&["php", "phtml"]) {
        run(Command::new("php").arg("-l").arg(path));
    }
    let stands_in = |name: &str, file: &str| -> Value {
        let test = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shops").join(name);
        serde_json::from_str(&run(Command::new("php").arg(test).arg(shops().join(file)))).unwrap()
    };
    assert_eq!(
        stands_in("woocommerce.php", "woocommerce/helpnook/helpnook.php"),
        json!({
            "async": true, "src": "/help/helpnook.js", "data-index": "/help/{lang}.hnx", "data-lang": "pt-br",
            "data-chat": "email:help@shop.example", "data-accent": "#1d6b57", "data-page-type": "product", "data-product": "Jacket \"Fell\"",
        })
    );
    assert_eq!(
        stands_in("magento.php", "magento/Helpnook/Widget/ViewModel/Tag.php"),
        json!({
            "src": "/help/helpnook.js", "data-index": "/help/{lang}.hnx", "data-lang": "de-de", "data-accent": "#0a7", "data-page-type": "cart",
        })
    );
}

#[test]
fn xml_is_well_formed() {
    if !has("xmllint", "the checks of XML") {
        return;
    }
    let all = files(&["xml"]);
    assert!(all.len() >= 5);
    for (path, _) in all {
        run(Command::new("xmllint").arg("--noout").arg("--nonet").arg(path));
    }
}
