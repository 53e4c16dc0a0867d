//! Running text while an answer is read: joined, trimmed, and with the pictures taken out that stand in it.

use super::rich;
use crate::article::{Block, Inline, plain_inlines};

/// Mark of a picture among inlines; no address can start like this. Width, height and address follow.
const IMAGE: &str = "\u{0}image:";

/// A picture among running text: [`push_paragraph`] and [`lifted`] make a block of it.
pub(super) fn picture(src: &str, alt: &str, size: (u32, u32)) -> Inline {
    Inline::Link(format!("{IMAGE}{} {} {src}", size.0, size.1), vec![Inline::Text(alt.to_owned())])
}

/// The block of a picture among inlines; none for any other.
fn block_of(inline: &Inline) -> Option<Block> {
    let Inline::Link(address, alt) = inline else { return None };
    let mut parts = address.strip_prefix(IMAGE)?.splitn(3, ' ');
    let mut pixels = || parts.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let size = (pixels(), pixels());
    Some(rich::media(parts.next()?, &plain_inlines(alt), size))
}

/// Whether a picture stands somewhere in an inline.
pub(super) fn holds_picture(inline: &Inline) -> bool {
    match inline {
        Inline::Link(address, inner) => address.starts_with(IMAGE) || inner.iter().any(holds_picture),
        Inline::Strong(inner) | Inline::Emphasis(inner) => inner.iter().any(holds_picture),
        _ => false,
    }
}

/// Whether an inline shows something; a picture does when it has a description.
pub(super) fn is_seen(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) => !text.trim().is_empty(),
        Inline::Link(_, inner) => !plain_inlines(inner).trim().is_empty(),
        Inline::Strong(inner) | Inline::Emphasis(inner) => inner.iter().any(is_seen),
        Inline::Code(_) | Inline::Variable(..) => true,
        Inline::Break => false,
    }
}

/// An inline without its pictures, which become blocks; none when nothing of it is left. A picture that leads
/// somewhere else than to itself leaves the link, named by what it shows.
pub(super) fn lifted(inline: Inline, out: &mut Vec<Block>) -> Option<Inline> {
    if let Some(block) = block_of(&inline) {
        out.push(block);
        return None;
    }
    let before = out.len();
    let mut without =
        |inner: Vec<Inline>| -> Vec<Inline> { inner.into_iter().filter_map(|one| lifted(one, out)).collect() };
    match inline {
        Inline::Strong(inner) => Some(without(inner)).filter(|left| !left.is_empty()).map(Inline::Strong),
        Inline::Emphasis(inner) => Some(without(inner)).filter(|left| !left.is_empty()).map(Inline::Emphasis),
        Inline::Link(address, inner) => {
            let inner = without(inner);
            let alt = match out.get(before) {
                Some(Block::Image { alt, .. }) if !inner.iter().any(is_seen) => alt.clone(),
                _ => return Some(Inline::Link(address, inner)),
            };
            let leads_on = !alt.is_empty() && !rich::is_picture_file(&address);
            leads_on.then(|| Inline::Link(address, vec![Inline::Text(alt)]))
        }
        other => Some(other),
    }
}

/// Running text without its pictures, each of which leaves its description and becomes a block: for places
/// that hold running text alone.
pub(super) fn named(text: Vec<Inline>, out: &mut Vec<Block>) -> Vec<Inline> {
    let whole: Vec<Inline> = text
        .into_iter()
        .flat_map(|inline| match block_of(&inline) {
            Some(Block::Image { alt, .. } | Block::Video { title: alt, .. }) => {
                let named = Some(alt).filter(|alt| !alt.trim().is_empty()).map(Inline::Text);
                named.into_iter().chain([inline]).collect()
            }
            _ => vec![inline],
        })
        .collect();
    whole.into_iter().filter_map(|inline| lifted(inline, out)).collect()
}

/// Pushes a paragraph; pictures in it become blocks of their own.
pub(super) fn push_paragraph(text: Vec<Inline>, out: &mut Vec<Block>) {
    let mut rest = Vec::new();
    // Pictures from inside marks and links, which may not part a sentence.
    let mut later = Vec::new();
    for inline in text {
        if let Some(block) = block_of(&inline) {
            flush(&mut rest, out);
            out.append(&mut later);
            out.push(block);
            continue;
        }
        match inline {
            Inline::Text(text) if rest.is_empty() && text.starts_with('{') => {
                // The size stands right behind the picture.
                match (out.last_mut(), rich::size(&text)) {
                    (Some(Block::Image { size, .. }), Some((found, after))) => {
                        *size = found;
                        push_text(after, &mut rest);
                    }
                    (Some(Block::Video { .. }), Some((_, after))) => push_text(after, &mut rest),
                    _ => rest.push(Inline::Text(text)),
                }
            }
            other => {
                let begins = !rest.iter().any(is_seen);
                rest.extend(lifted(other, if begins { &mut *out } else { &mut later }));
            }
        }
    }
    flush(&mut rest, out);
    out.append(&mut later);
}

fn flush(rest: &mut Vec<Inline>, out: &mut Vec<Block>) {
    let mut text = std::mem::take(rest);
    if !plain_inlines(&text).trim().is_empty() {
        trim(&mut text);
        out.push(Block::Paragraph(text));
    }
}

/// Takes the white space away at both ends of running text.
pub(super) fn trim(text: &mut Vec<Inline>) {
    while matches!(text.last(), Some(Inline::Break)) {
        text.pop();
    }
    if let Some(Inline::Text(first)) = text.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Inline::Text(last)) = text.last_mut() {
        last.truncate(last.trim_end().len());
    }
    text.retain(|inline| !matches!(inline, Inline::Text(empty) if empty.is_empty()));
}

/// Adds text, joining it to text before.
pub(super) fn push_text(text: &str, out: &mut Vec<Inline>) {
    match out.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => out.push(Inline::Text(text.to_owned())),
    }
}

/// Blocks as running text, for places that hold nothing else: one below the other, marks and links kept.
pub(super) fn push_flat(blocks: Vec<Block>, out: &mut Vec<Inline>, pictures: &mut Vec<Block>) {
    fn begin(out: &mut Vec<Inline>) {
        if out.iter().any(is_seen) && !matches!(out.last(), Some(Inline::Break)) {
            out.push(Inline::Break);
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                begin(out);
                out.extend(text);
            }
            Block::Heading(_, text) => {
                begin(out);
                out.push(Inline::Strong(text));
            }
            Block::List(steps, items) => {
                for (n, item) in (1..).zip(items) {
                    begin(out);
                    push_text(&if steps { format!("{n}. ") } else { "• ".to_owned() }, out);
                    let mut inner = Vec::new();
                    push_flat(item, &mut inner, pictures);
                    out.append(&mut inner);
                }
            }
            Block::Callout(_, inner) | Block::Market(_, inner) => push_flat(inner, out, pictures),
            Block::Code(text) => {
                begin(out);
                out.push(Inline::Code(text.replace('\n', " ")));
            }
            Block::Table(head, rows) => {
                for row in std::iter::once(head).chain(rows).filter(|row| !row.is_empty()) {
                    begin(out);
                    for (n, cell) in row.into_iter().enumerate() {
                        push_text(if n > 0 { ", " } else { "" }, out);
                        out.extend(cell);
                    }
                }
            }
            Block::Image { ref alt, .. } | Block::Video { title: ref alt, .. } => {
                if !alt.is_empty() {
                    begin(out);
                    push_text(alt, out);
                }
                pictures.push(block);
            }
        }
    }
}
