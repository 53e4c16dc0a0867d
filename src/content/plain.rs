//! Plain text whose lines are whole paragraphs: given the marks that Markdown needs to see them.

/// Longest line that may be a heading, in bytes.
const MAX_HEADING_BYTES: usize = 100;

/// Shortest line that no editor wraps: a text with such a line has a paragraph a line.
const UNWRAPPED_BYTES: usize = 160;

/// Plain text as Markdown. A line of a few words that ends no sentence and stands alone above
/// others is their heading; several such lines are a list. Text wrapped at a column, and text that
/// is Markdown already, stay as they are.
#[must_use]
pub(super) fn marked_up(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_markdown =
        lines.iter().any(|line| line.starts_with("```") || line.starts_with('#') || line.starts_with('|'));
    if is_markdown || !lines.iter().any(|line| line.len() >= UNWRAPPED_BYTES) {
        return text.to_owned();
    }
    let at = |i: usize| lines.get(i).copied().unwrap_or_default();
    let mut out = String::new();
    for (i, line) in lines.iter().enumerate() {
        let (title, anchored) = without_anchor(line);
        let alone = !is_short(i.checked_sub(1).map_or("", at)) && !is_short(at(i + 1)) && !at(i + 1).is_empty();
        if is_short(line) && (alone || anchored) {
            out.push_str("\n## ");
            out.push_str(title);
            out.push_str("\n\n");
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A line that is no list item.
fn is_text(line: &str) -> bool {
    let first = line.chars().next();
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')']);
    first.is_some_and(char::is_alphanumeric) && !numbered
}

/// A line of a few words that ends no sentence.
fn is_short(line: &str) -> bool {
    let starts = line.chars().next().is_some_and(|c| !c.is_lowercase());
    is_text(line)
        && starts
        && line.len() <= MAX_HEADING_BYTES
        && !line.ends_with(['.', ',', ';', '!', ':', ')', '=', '>'])
}

/// Headings may name their own anchor: `Returns {#returns}`.
fn without_anchor(line: &str) -> (&str, bool) {
    match line.strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")) {
        Some((title, _)) => (title.trim_end(), true),
        None => (line, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "You may send back what you do not like within thirty days of its delivery, unworn and in its box, \
                        and we give you back what you paid for it, within a week of its arrival at our warehouse.";

    #[test]
    fn lines_that_stand_alone_are_headings() {
        let text = format!("{LONG}\nSend an article back\n{LONG}\nDamaged goods {{#damaged}}\nTell us at once.\n");
        let marked = marked_up(&text);
        assert!(marked.contains("\n## Send an article back\n\n"), "{marked}");
        assert!(marked.contains("\n## Damaged goods\n\n"), "{marked}");
        assert_eq!(marked.matches("## ").count(), 2);
    }

    #[test]
    fn what_is_no_heading_stays() {
        for text in [
            "Short lines\nthat an editor\nwrapped at a column",
            &format!("# Markdown\n\n{LONG}\nSend an article back\n{LONG}"),
            &format!("{LONG}\nSmall\nMedium\nLarge\n{LONG}\n"),
            &format!("{LONG}\n1. Click Submit\n{LONG}\nas said above\n{LONG}\nDone"),
        ] {
            assert_eq!(marked_up(text).trim(), text.trim());
        }
    }
}
