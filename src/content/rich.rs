//! What Markdown and HTML share beyond plain text: variables, variants by market, pictures, films.

use crate::article::{Block, Inline, Tone, is_safe_link};

use super::inlines::{push_text, trim};

/// Facts of the page that a text may name, by what stands before the first dot.
const ROOTS: [&str; 8] = ["product", "basket", "cart", "order", "customer", "shop", "page", "delivery"];

/// Whether an address may be fetched as a picture or a film: over the web or from the shop, nothing else.
pub(super) fn is_media_address(src: &str) -> bool {
    is_safe_link(src) && (!src.contains(':') || src.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:")))
}

/// How the names of films and sounds end.
const FILMS: [&str; 12] =
    [".mp4", ".webm", ".mov", ".m4v", ".ogv", ".mp3", ".ogg", ".oga", ".m4a", ".aac", ".wav", ".opus"];

/// How the names of pictures end.
const PICTURES: [&str; 8] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp"];

/// Sites that show films, by the hosts of their players.
const FILM_HOSTS: &str = " youtube.com m.youtube.com youtu.be youtube-nocookie.com vimeo.com player.vimeo.com loom.com \
     fast.wistia.net fast.wistia.com dailymotion.com play.vidyard.com share.vidyard.com players.brightcove.net \
     videos.sproutvideo.com cdn.jwplayer.com app.guidde.com embed.app.guidde.com share.synthesia.io ";

/// A picture, or a film when the address is one.
pub(super) fn media(src: &str, alt: &str, size: (u32, u32)) -> Block {
    let (src, alt) = (src.to_owned(), alt.trim().to_owned());
    if is_film(&src) { Block::Video { src, title: alt } } else { Block::Image { src, alt, size } }
}

fn ends_in(src: &str, endings: &[&str]) -> bool {
    let path = src.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}

/// Whether an address is that of a picture's file.
pub(super) fn is_picture_file(src: &str) -> bool {
    ends_in(src, &PICTURES)
}

/// The host of an address; empty when it has none.
pub(super) fn host(src: &str) -> &str {
    let behind = src.split_once("//").map_or("", |(_, behind)| behind);
    behind.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether an address leads to a film or a sound: a file, or a page of a site that shows them.
pub(super) fn is_film(src: &str) -> bool {
    let host = host(src).to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    ends_in(src, &FILMS) || (!host.is_empty() && !is_picture_file(src) && FILM_HOSTS.contains(&format!(" {host} ")))
}

/// The page of a film that a frame shows: one that does not follow the shopper where there is a choice.
pub(super) fn film_page(src: &str) -> String {
    let src = if src.starts_with("//") { format!("https:{src}") } else { src.to_owned() };
    let id = src.split_once("/embed/").map(|(_, id)| id.split(['?', '&', '/', '#']).next().unwrap_or_default());
    match id.filter(|id| !id.is_empty()) {
        Some(id) if host(&src).contains("youtube") => format!("https://www.youtube.com/watch?v={id}"),
        Some(id) if host(&src).ends_with("loom.com") => format!("https://www.loom.com/share/{id}"),
        _ => src,
    }
}

/// A list of a word processor, which writes each level as a list of its own: `level` tells how deep it lies in the
/// list before, and `goes_on` whether it carries on with that.
pub(super) fn push_level(level: usize, goes_on: bool, list: (bool, Vec<Vec<Block>>), out: &mut Vec<Block>) {
    match out.last_mut() {
        Some(Block::List(_, known)) if level > 0 && !known.is_empty() => {
            if let Some(item) = known.last_mut() {
                push_level(level - 1, goes_on, list, item);
            }
        }
        Some(Block::List(steps, known)) if goes_on && *steps == list.0 => known.extend(list.1),
        _ => out.push(Block::List(list.0, list.1)),
    }
}

/// Steps that go on counting after something stood between them: what stood between belongs to the step before.
pub(super) fn push_steps(start: u64, items: Vec<Vec<Block>>, out: &mut Vec<Block>) {
    let before = out.iter().rposition(|block| matches!(block, Block::List(true, _)));
    let goes_on = |at: &usize| {
        let counted = matches!(out.get(*at), Some(Block::List(_, known)) if known.len() as u64 + 1 == start);
        let between = out.get(at + 1..).unwrap_or_default();
        start > 1 && counted && !between.iter().any(|block| matches!(block, Block::Heading(..)))
    };
    match before.filter(goes_on) {
        Some(at) => {
            let between = out.split_off(at + 1);
            if let Some(Block::List(_, known)) = out.last_mut() {
                if let Some(last) = known.last_mut() {
                    last.extend(between);
                }
                known.extend(items);
            }
        }
        None => out.push(Block::List(true, items)),
    }
}

/// `{width=640 height=480}` at the start of a text: the size, and what follows.
pub(super) fn size(text: &str) -> Option<((u32, u32), &str)> {
    let (inside, rest) = text.strip_prefix('{')?.split_once('}')?;
    let (mut width, mut height) = (0, 0);
    for pair in inside.split_whitespace() {
        let (name, value) = pair.trim_start_matches(':').split_once('=')?;
        let value = pixels(value.trim_matches(['"', '\'']));
        match name {
            "width" => width = value,
            "height" => height = value,
            _ => {}
        }
    }
    Some(((width, height), rest))
}

/// `640` or `640px`; 0 when it says no pixels.
pub(super) fn pixels(text: &str) -> u32 {
    let digits = text.trim().trim_end_matches("px");
    digits.parse().ok().filter(|&n| n <= 20_000).unwrap_or(0)
}

/// A quotation: a callout, with the tone and title of a mark such as `[!warning Hot]` at its start, or what
/// holds in some markets when the mark is `[!market uk ie]`.
pub(super) fn quote(tone: Tone, mut inner: Vec<Block>) -> Block {
    let mark = match inner.first() {
        Some(Block::Paragraph(text)) => match text.first() {
            Some(Inline::Text(first)) => mark(first),
            _ => None,
        },
        _ => None,
    };
    let Some((kind, title, length)) = mark else { return Block::Callout(tone, inner) };
    if let Some(Block::Paragraph(text)) = inner.first_mut() {
        if let Some(Inline::Text(first)) = text.first_mut() {
            *first = first.get(length..).unwrap_or_default().trim_start().to_owned();
        }
        trim(text);
        if text.is_empty() {
            inner.remove(0);
        }
    }
    let tone = match kind.as_str() {
        "market" => return Block::Market(markets(&title), inner),
        "tip" | "hint" | "success" => Tone::Tip,
        "warning" | "caution" | "danger" => Tone::Warning,
        _ => Tone::Note,
    };
    if !title.is_empty() {
        inner.insert(0, Block::Paragraph(vec![Inline::Strong(vec![Inline::Text(title)])]));
    }
    Block::Callout(tone, inner)
}

/// Kind and title of a mark, and its length in bytes.
fn mark(text: &str) -> Option<(String, String, usize)> {
    let (inside, _) = text.strip_prefix("[!")?.split_once(']')?;
    let (kind, title) = inside.split_once(' ').unwrap_or((inside, ""));
    let known = ["market", "note", "info", "important", "tip", "hint", "success", "warning", "caution", "danger"];
    let kind = kind.to_ascii_lowercase();
    known.contains(&kind.as_str()).then(|| (kind, title.trim().to_owned(), inside.len() + 3))
}

/// Names of markets as the index has them: lower case, one space between, a leading `!` for all others.
pub(super) fn markets(names: &str) -> String {
    let (not, names) = names.trim().strip_prefix('!').map_or(("", names), |rest| ("!", rest));
    let names: Vec<String> = names
        .split([' ', ',', ';'])
        .map(|name| name.trim().to_lowercase())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')))
        .collect();
    format!("{not}{}", names.join(" "))
}

/// Gives back the room that lists were given to grow: most paragraphs hold one piece of text, in room for four.
pub(super) fn shrink(blocks: &mut Vec<Block>) {
    fn inlines(all: &mut Vec<Inline>) {
        all.shrink_to_fit();
        for inline in all {
            match inline {
                Inline::Text(text) | Inline::Code(text) => text.shrink_to_fit(),
                Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link(_, inner) => inlines(inner),
                Inline::Break | Inline::Variable(..) => {}
            }
        }
    }
    fn cells(row: &mut Vec<Vec<Inline>>) {
        row.shrink_to_fit();
        row.iter_mut().for_each(inlines);
    }
    blocks.shrink_to_fit();
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading(_, text) => inlines(text),
            Block::List(_, items) => {
                items.shrink_to_fit();
                items.iter_mut().for_each(shrink);
            }
            Block::Callout(_, inner) | Block::Market(_, inner) => shrink(inner),
            Block::Table(head, rows) => {
                cells(head);
                rows.shrink_to_fit();
                rows.iter_mut().for_each(cells);
            }
            Block::Code(text) => text.shrink_to_fit(),
            Block::Image { .. } | Block::Video { .. } => {}
        }
    }
}

/// Turns the variables written in texts into variables, everywhere in the blocks.
pub(super) fn settle(blocks: &mut [Block]) {
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading(_, text) => variables(text),
            Block::List(_, items) => items.iter_mut().for_each(|item| settle(item)),
            Block::Callout(_, inner) | Block::Market(_, inner) => settle(inner),
            Block::Table(head, rows) => head.iter_mut().chain(rows.iter_mut().flatten()).for_each(variables),
            Block::Code(_) | Block::Image { .. } | Block::Video { .. } => {}
        }
    }
}

fn variables(inlines: &mut Vec<Inline>) {
    let mut out: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines.drain(..) {
        match inline {
            Inline::Text(text) => {
                let mut rest = text.as_str();
                while let Some((before, name, otherwise, after)) = variable(rest) {
                    push_text(before, &mut out);
                    out.push(Inline::Variable(name, otherwise));
                    rest = after;
                }
                push_text(rest, &mut out);
            }
            Inline::Strong(mut inner) => {
                variables(&mut inner);
                out.push(Inline::Strong(inner));
            }
            Inline::Emphasis(mut inner) => {
                variables(&mut inner);
                out.push(Inline::Emphasis(inner));
            }
            Inline::Link(to, mut inner) => {
                variables(&mut inner);
                out.push(Inline::Link(to, inner));
            }
            other => out.push(other),
        }
    }
    *inlines = out;
}

/// Names of the variables of a text.
pub(super) fn variable_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split(['|', '}']).next()).map(str::trim)
}

/// The first variable of a text: what stands before it, its name, its stand-in, what follows.
fn variable(text: &str) -> Option<(&str, String, String, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("{{")?;
        let inside = text.get(start + 2..)?;
        let end = inside.find("}}")?;
        let (name, otherwise) = inside.get(..end)?.split_once('|').unwrap_or((inside.get(..end)?, ""));
        let name = name.trim();
        let known = name.split_once('.').is_some_and(|(root, field)| {
            ROOTS.contains(&root)
                && !field.is_empty()
                && field
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'))
        });
        if known {
            let otherwise = otherwise.trim().trim_matches('"').to_owned();
            return Some((text.get(..start)?, name.to_owned(), otherwise, inside.get(end + 2..)?));
        }
        from = start + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_and_foreign_templates_stay_text() {
        let mut text =
            vec![Inline::Text("Is {{ product.name | this item }} in {{site.title}} for {{basket.total}}?".to_owned())];
        variables(&mut text);
        assert_eq!(
            text,
            [
                Inline::Text("Is ".to_owned()),
                Inline::Variable("product.name".to_owned(), "this item".to_owned()),
                Inline::Text(" in {{site.title}} for ".to_owned()),
                Inline::Variable("basket.total".to_owned(), String::new()),
                Inline::Text("?".to_owned()),
            ]
        );
    }

    #[test]
    fn films_are_told_from_pictures() {
        assert!(matches!(media("/a/Fold.MP4?x=1", "Folding", (0, 0)), Block::Video { .. }));
        assert!(matches!(media("https://youtu.be/abc", "Folding", (0, 0)), Block::Video { .. }));
        assert!(matches!(media("https://a.example/youtube.com/x.png", "", (0, 0)), Block::Image { .. }));
        assert_eq!(film_page("//www.youtube.com/embed/abc?rel=0"), "https://www.youtube.com/watch?v=abc");
        assert_eq!(size("{width=640 height=\"48px\"} and on"), Some(((640, 48), " and on")));
    }
}
