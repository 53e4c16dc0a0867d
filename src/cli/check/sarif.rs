//! Findings as JSON of our own and as SARIF 2.1.0, which code hosts show beside the lines.

use serde_json::{Value, json};

use super::findings::{Finding, RULES};

/// Our own JSON.
pub(super) fn plain(findings: &[Finding]) -> Value {
    let rows: Vec<Value> = findings
        .iter()
        .map(|one| {
            json!({ "rule": one.rule, "level": one.level.name(), "file": one.file, "line": one.line, "column": one.column,
                    "message": one.message, "cure": one.cure })
        })
        .collect();
    json!({ "version": 1, "findings": rows })
}

/// A SARIF log of one run.
pub(super) fn sarif(findings: &[Finding]) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|(name, level, meaning)| {
            json!({ "id": name, "shortDescription": { "text": meaning }, "defaultConfiguration": { "level": level.name() } })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "helpnook", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(one: &Finding) -> Value {
    let mut out = json!({
        "ruleId": one.rule,
        "ruleIndex": RULES.iter().position(|(name, ..)| *name == one.rule),
        "level": one.level.name(),
        "message": { "text": format!("{}: {}", one.message, one.cure) },
    });
    if !one.file.is_empty() {
        let mut region = json!({ "startLine": one.line.max(1) });
        if one.column > 0 {
            region["startColumn"] = one.column.into();
        }
        out["locations"] =
            json!([{ "physicalLocation": { "artifactLocation": { "uri": uri(&one.file) }, "region": region } }]);
    }
    out
}

/// A path as a relative reference: bytes that addresses cannot hold are written as such.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~@+=,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
