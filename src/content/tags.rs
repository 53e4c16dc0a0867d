//! What single elements of HTML mean, in pages and between the lines of Markdown.

use scraper::{ElementRef, Html};

use super::error::Problems;
use super::inlines::{is_seen, push_text};
use crate::article::{Inline, Tone, plain_inlines};

/// Elements that a reader gives a meaning or may do without.
const KNOWN: &str = " a abbr article aside audio b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em \
     figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label li main mark nav ol p picture pre q s \
     samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr ";

/// Names of elements in raw HTML that mean nothing to a reader.
pub(super) fn unknown(raw: &str) -> Vec<String> {
    let names = raw.split('<').skip(1).map(|piece| {
        piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(24).collect::<String>().to_lowercase()
    });
    let mut out: Vec<String> = names.filter(|name| !name.is_empty() && !KNOWN.contains(&format!(" {name} "))).collect();
    out.dedup();
    out
}

/// The attribute of each element of raw HTML that names a place: `id`, and `name` of links.
pub(super) fn names(raw: &str) -> Vec<String> {
    if !raw.contains("id=") && !raw.contains("name=") {
        return Vec::new();
    }
    let tree = Html::parse_fragment(raw);
    let elements = tree.root_element().descendent_elements();
    elements
        .flat_map(|one| [one.attr("id"), one.attr("name").filter(|_| one.value().name() == "a")])
        .flatten()
        .map(str::to_owned)
        .collect()
}

fn first<T>(raw: &str, of: impl Fn(ElementRef<'_>) -> Option<T>) -> Option<T> {
    let tree = Html::parse_fragment(raw);
    let first = tree.root_element().child_elements().next()?;
    of(first)
}

/// The address of a link's own tag; empty when it has none.
pub(super) fn address_of(tag: &str) -> String {
    first(tag, |one| one.attr("href").map(|to| to.trim().to_owned())).unwrap_or_default()
}

/// Name and tone of a box, when raw HTML is nothing but its first tag.
pub(super) fn opened_box(raw: &str) -> Option<(String, Tone)> {
    let tag = raw.trim();
    if !tag.starts_with('<') || !tag.ends_with('>') || tag.ends_with("/>") || tag.matches('<').count() != 1 {
        return None;
    }
    first(tag, |one| {
        let name = one.value().name();
        let told = tone(one.attr("class").unwrap_or_default(), one.attr("style").unwrap_or_default());
        let told = told.or(matches!(name, "aside" | "blockquote").then_some(Tone::Note));
        let is_box = matches!(name, "div" | "section" | "aside" | "blockquote" | "p");
        Some((name.to_owned(), told.filter(|_| is_box)?))
    })
}

/// The tone that a box's class names, if it names one, or the colour of a callout: help desks write callouts as
/// boxes, `callout-yellow`, `alert alert-warning`, `infoBox`.
pub(super) fn tone(class: &str, style: &str) -> Option<Tone> {
    let (mut tone, mut callout) = (None, false);
    for class in class.split_ascii_whitespace() {
        let class = class.to_ascii_lowercase();
        let last = class.rsplit(['-', '_']).next().unwrap_or_default();
        let boxed = class.split(['-', '_']).any(|part| matches!(part, "callout" | "alert" | "admonition"));
        callout |= boxed;
        tone = match last.strip_suffix("box").unwrap_or(last) {
            "warning" | "danger" | "caution" | "error" | "attention" => return Some(Tone::Warning),
            "red" | "yellow" | "orange" if boxed => return Some(Tone::Warning),
            "tip" | "success" | "hint" => Some(Tone::Tip),
            "green" if boxed => Some(Tone::Tip),
            "note" | "info" | "information" | "notice" | "important" => tone.or(Some(Tone::Note)),
            _ if boxed => tone.or(Some(Tone::Note)),
            _ => tone,
        };
    }
    if callout && tone == Some(Tone::Note) { colour(style).or(tone) } else { tone }
}

/// What the colour of a callout's ground means, where its class says nothing more.
fn colour(style: &str) -> Option<Tone> {
    let ground = style.split(';').find_map(|one| {
        let (name, value) = one.split_once(':')?;
        name.trim().to_ascii_lowercase().starts_with("background").then_some(value.trim())
    })?;
    let part = |from: usize| u8::from_str_radix(ground.strip_prefix('#')?.get(from..from + 2)?, 16).ok().map(i32::from);
    let (red, green, blue) = (part(0)?, part(2)?, part(4)?);
    if red > blue + 12 && red >= green {
        Some(Tone::Warning)
    } else if green > red + 8 && green > blue + 8 {
        Some(Tone::Tip)
    } else {
        None
    }
}

/// Digits and signs above the line; any other text as it is.
pub(super) fn raised(text: &str) -> String {
    shifted(text, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻").unwrap_or_else(|| text.to_owned())
}

fn shifted(text: &str, digits: &str) -> Option<String> {
    text.trim().chars().map(|c| digits.chars().nth("0123456789+-".find(c)?)).collect()
}

/// Text of `<sup>` or `<sub>`: digits keep their place above or below the line, and part no word of a sentence
/// from its letters.
pub(super) fn push_raised(name: &str, inner: Vec<Inline>, out: &mut Vec<Inline>) {
    let text = plain_inlines(&inner);
    let digits =
        if name == "sup" { "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻" } else { "₀₁₂₃₄₅₆₇₈₉₊₋" };
    let bare = text.trim().trim_matches(['[', ']', '(', ')']);
    match shifted(bare, digits).filter(|text| !text.is_empty()) {
        Some(text) => {
            // `m²` is one word, `parcels¹` is a word with a footnote.
            let letters = match out.last() {
                Some(Inline::Text(last)) => last.chars().rev().take_while(|c| c.is_alphabetic()).count(),
                _ => 0,
            };
            push_text(if name == "sup" && letters > 3 { "\u{2060}" } else { "" }, out);
            push_text(&text, out);
        }
        None => out.extend(inner),
    }
}

/// A box to tick, as text.
pub(super) fn box_of(ticked: bool) -> &'static str {
    if ticked { "☑ " } else { "☐ " }
}

/// Says that struck text is left out: it no longer holds, and read without its stroke it would.
pub(super) fn tell_struck(line: usize, inner: &[Inline], problems: &mut Problems<'_>) {
    if inner.iter().any(is_seen) {
        let text: String = plain_inlines(inner).trim().chars().take(40).collect();
        problems.warning(line, format!("struck text \"{text}\" is left out"), "take it out, or write what it means");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_help_desks_have_a_tone() {
        for (class, style, wanted) in [
            ("callout-yellow", "", Some(Tone::Warning)),
            ("callout-blue", "", Some(Tone::Note)),
            ("callout-green", "", Some(Tone::Tip)),
            ("alert alert-danger", "", Some(Tone::Warning)),
            ("infoBox", "", Some(Tone::Note)),
            ("warningBox", "", Some(Tone::Warning)),
            ("theme-admonition theme-admonition-tip alert", "", Some(Tone::Tip)),
            ("confluence-information-macro confluence-information-macro-note", "", Some(Tone::Note)),
            ("intercom-interblocks-callout", "background-color: #e8e8e880; border-color: #73737633;", Some(Tone::Note)),
            ("intercom-interblocks-callout", "background-color: #fed9db80;", Some(Tone::Warning)),
            ("intercom-interblocks-callout", "background-color: #feedaf80;", Some(Tone::Warning)),
            ("intercom-interblocks-callout", "background-color: #d7efdc80;", Some(Tone::Tip)),
            ("intercom-interblocks-callout", "background-color: #e3e7fa80;", Some(Tone::Note)),
            ("wysiwyg-text-align-center", "", None),
            ("button-green", "", None),
        ] {
            assert_eq!(tone(class, style), wanted, "{class} {style}");
        }
    }

    #[test]
    fn raised_digits_stay_raised() {
        let read = |before: &str, name: &str, inner: &str| {
            let mut out = vec![Inline::Text(before.to_owned())];
            push_raised(name, vec![Inline::Text(inner.to_owned())], &mut out);
            plain_inlines(&out)
        };
        assert_eq!(read("2 m", "sup", "2"), "2 m²");
        assert_eq!(read("CO", "sub", "2"), "CO₂");
        assert_eq!(read("the 1", "sup", "st"), "the 1st");
        assert_eq!(read("thirty days", "sup", "[12]"), "thirty days\u{2060}¹²");
    }
}
