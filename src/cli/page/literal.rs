//! Objects as shops write them into scripts: JavaScript literals, which allow more than JSON does.

use serde_json::Value;

/// Longest literal that is read, in characters.
const MAX_CHARS: usize = 20_000;

/// The literal at the start of a script's text; `None` when it holds anything but plain values.
pub(super) fn read(text: &str) -> Option<Value> {
    serde_json::from_str(&as_json(text)?).ok()
}

/// The literal with bare keys and single quotes made JSON's, up to its closing bracket.
fn as_json(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut depth = 0usize;
    let mut chars = text.chars().take(MAX_CHARS).peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '[' => {
                depth += 1;
                out.push(c);
            }
            '}' | ']' => {
                // A comma too many is fine in a script.
                out.truncate(out.trim_end().trim_end_matches(',').len());
                out.push(c);
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(out);
                }
            }
            '"' | '\'' | '`' => quoted(c, &mut chars, &mut out)?,
            c if c.is_alphabetic() || matches!(c, '_' | '$') => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
                    word.push(c);
                }
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                match (word.as_str(), chars.peek()) {
                    (_, Some(':')) => out.push_str(&Value::from(word).to_string()),
                    ("true" | "false" | "null", _) => out.push_str(&word),
                    ("undefined", _) => out.push_str("null"),
                    // A variable or a call: what it is worth only a browser knows.
                    _ => return None,
                }
            }
            c => out.push(c),
        }
    }
    None
}

/// One quoted text, its opening quote already taken.
fn quoted(quote: char, chars: &mut impl Iterator<Item = char>, out: &mut String) -> Option<()> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\\' => match chars.next()? {
                'n' | 'r' | 't' => text.push(' '),
                c => text.push(c),
            },
            c if c == quote => break,
            c => text.push(c),
        }
    }
    out.push_str(&Value::from(text).to_string());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_literals_are_read() {
        let value = read(
            "{event: 'view_item', ecommerce: { items: [ {price: 1.5, 'it': \"it\\'s\",}, ], ok: true } }); more()",
        );
        let meant = serde_json::json!({ "event": "view_item", "ecommerce": { "items": [{ "price": 1.5, "it": "it's" }], "ok": true } });
        assert_eq!(value, Some(meant));
        assert_eq!(read("{event: name}"), None);
        assert_eq!(read("{event: 'x'"), None);
    }
}
