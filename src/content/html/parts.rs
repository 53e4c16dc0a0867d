//! Tables, pictures and films of HTML.

use super::{Reader, Tree, attribute};
use crate::article::{Block, Inline, Tone};
use crate::content::inlines::push_text;
use crate::content::rich;

/// Most rows or columns that one cell spans.
const MAX_SPAN: usize = 50;

/// Side in pixels up to which a picture is a sign in running text, and not something to look at.
const MAX_SIGN: u32 = 32;

type Cells = Vec<Vec<Inline>>;

impl Reader<'_, '_, '_> {
    /// A table; one of a single cell is a box, as word processors and mails draw them.
    pub(super) fn table(&mut self, node: Tree<'_>, depth: usize, kept: usize, out: &mut Vec<Block>) {
        self.flush(out);
        for caption in node.children().filter(|child| is_named(*child, &["caption"])) {
            self.node(caption, depth + 1, kept, out);
        }
        let rows: Vec<Tree<'_>> = node
            .descendants()
            .filter(|inner| is_named(*inner, &["tr"]))
            // A table inside a cell is a part of that cell.
            .filter(|row| row.ancestors().find(|above| is_named(*above, &["table"])) == Some(node))
            .collect();
        let cells = |row: &Tree<'_>| row.children().filter(|cell| is_named(*cell, &["td", "th"])).count();
        if let [row] = rows.as_slice()
            && cells(row) == 1
        {
            let cell = row.children().find(|cell| is_named(*cell, &["td", "th"]));
            return cell.into_iter().for_each(|cell| self.callout(cell, Tone::Note, depth, kept, out));
        }
        let mut rows = self.rows(&rows, depth);
        if !rows.is_empty() {
            let head = rows.remove(0);
            self.anchors.text();
            out.push(Block::Table(head, rows));
        }
        out.append(&mut self.pictures);
    }

    /// Cells row by row; what spans several columns leaves the others empty, what spans several rows is said in each.
    fn rows(&mut self, rows: &[Tree<'_>], depth: usize) -> Vec<Cells> {
        let mut out = Vec::new();
        // For each column how many rows more a cell from above fills, and with what.
        let mut hanging: Vec<(usize, Vec<Inline>)> = Vec::new();
        for row in rows {
            let mut cells: Cells = Vec::new();
            let fill = |cells: &mut Cells, hanging: &mut Vec<(usize, Vec<Inline>)>| {
                while let Some((left, text)) = hanging.get_mut(cells.len()).filter(|one| one.0 > 0) {
                    *left -= 1;
                    cells.push(text.clone());
                }
            };
            for cell in row.children().filter(|cell| is_named(*cell, &["td", "th"])) {
                fill(&mut cells, &mut hanging);
                let text = self.inside(cell, depth);
                let span = |name: &str| attribute(cell, name).trim().parse().unwrap_or(1).clamp(1, MAX_SPAN);
                let (columns, below) = (span("colspan"), span("rowspan") - 1);
                for n in 0..columns {
                    let text = if n == 0 { text.clone() } else { Vec::new() };
                    if below > 0 {
                        let at = cells.len();
                        hanging.resize(hanging.len().max(at + 1), (0, Vec::new()));
                        if let Some(place) = hanging.get_mut(at) {
                            *place = (below, text.clone());
                        }
                    }
                    cells.push(text);
                }
            }
            fill(&mut cells, &mut hanging);
            if !cells.is_empty() {
                out.push(cells);
            }
        }
        out
    }

    pub(super) fn picture(&mut self, node: Tree<'_>, out: &mut Vec<Block>) {
        let src = [attribute(node, "src"), attribute(node, "data-src")].into_iter().find(|src| !src.is_empty());
        let src = src.unwrap_or_default().trim();
        let alt = attribute(node, "alt").trim();
        let styled = |name: &str| {
            let style = attribute(node, "style").split(';').filter_map(|one| one.split_once(':'));
            style.filter(|(known, _)| known.trim() == name).map(|(_, value)| rich::pixels(value)).next().unwrap_or(0)
        };
        let side = |name: &str| match rich::pixels(attribute(node, name)) {
            0 => styled(name),
            pixels => pixels,
        };
        let size = (side("width"), side("height"));
        let is_sign = (1..=MAX_SIGN).contains(&size.0) && (1..=MAX_SIGN).contains(&size.1);
        let is_emoji = attribute(node, "class").split_ascii_whitespace().any(|class| class == "emoji");
        if !alt.is_empty() && (is_sign || is_emoji) {
            push_text(alt, &mut self.text);
        } else if rich::is_media_address(src) {
            self.flush(out);
            out.push(Block::Image { src: src.to_owned(), alt: alt.to_owned(), size });
        } else if !src.is_empty() {
            let shown: String = src.chars().take(60).collect();
            self.problems.warning(
                self.line,
                format!("unsafe picture `{shown}` is dropped"),
                "use an https: address or a path of the shop",
            );
            push_text(alt, &mut self.text);
        }
    }

    /// A film or a sound; a page of something else, such as a map, becomes a link to it.
    pub(super) fn film(&mut self, node: Tree<'_>, name: &str, out: &mut Vec<Block>) {
        self.flush(out);
        let src = [attribute(node, "src"), attribute(node, "data-src"), source_of(node)];
        let src = src.into_iter().map(str::trim).find(|src| !src.is_empty()).unwrap_or_default();
        let src = rich::film_page(src);
        let title = [attribute(node, "title"), attribute(node, "aria-label")];
        let title = title.into_iter().map(str::trim).find(|title| !title.is_empty()).unwrap_or_default().to_owned();
        if rich::is_media_address(&src) && (name != "iframe" || rich::is_film(&src)) {
            self.anchors.text();
            out.push(Block::Video { src, title });
        } else if name == "iframe" && rich::is_media_address(&src) && rich::host(&src).contains('.') {
            let shown = if title.is_empty() { rich::host(&src).to_owned() } else { title };
            let message = format!("embedded page `{src}` became a link");
            self.problems.warning(self.line, message, "link to it, and say what it shows");
            out.push(Block::Paragraph(vec![Inline::Link(src, vec![Inline::Text(shown)])]));
        } else if !src.is_empty() {
            self.problems.warning(self.line, format!("embedded page `{src}` is dropped"), "link to it instead");
        }
    }
}

fn is_named(node: Tree<'_>, names: &[&str]) -> bool {
    node.value().as_element().is_some_and(|element| names.contains(&element.name()))
}

/// The address of a `<source>` inside a `<video>` or `<audio>`.
fn source_of(node: Tree<'_>) -> &str {
    let sources = node.children().filter(|child| is_named(*child, &["source"]));
    sources.map(|source| attribute(source, "src")).find(|src| !src.is_empty()).unwrap_or_default()
}
