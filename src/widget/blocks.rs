//! Answers: typed blocks to nodes. Links and pictures are checked again, since an index is not to be trusted.

use leptos::prelude::*;

use super::app::App;
use super::el::{El, div, el};
use super::icons::icon;
use crate::article::{ARTICLE_LINK, Block, Inline, Tone, is_for_market, is_safe_link, plain_inlines};
use crate::strings::{Msg, fill};

/// An answer's nodes.
pub fn blocks(app: App, blocks: &[Block]) -> Vec<El> {
    blocks.iter().map(|one| block(app, one)).collect()
}

fn block(app: App, block: &Block) -> El {
    match block {
        Block::Paragraph(text) => el("p").children(inlines(app, text)),
        // The article's own title is the panel's heading of level 2.
        Block::Heading(level, text) => el(if *level <= 2 { "h3.sub" } else { "h4.sub" }).children(inlines(app, text)),
        Block::List(steps, items) => el(if *steps { "ol.steps" } else { "ul.points" })
            .children(items.iter().map(|item| el("li").children(item_blocks(app, item)))),
        Block::Callout(tone, inner) => {
            el(if *tone == Tone::Warning { "div.callout.warning role=note" } else { "div.callout role=note" })
                .label(app, Msg::Note)
                .children(blocks(app, inner))
        }
        Block::Code(text) => el("pre tabindex=0").child(el("code").text(text)),
        Block::Table(head, rows) => {
            let labels: Vec<String> = head.iter().map(|cell| plain_inlines(cell)).collect();
            let row = |cells: &Vec<Vec<Inline>>| {
                el("tr").children(cells.iter().enumerate().map(|(n, cell)| {
                    let label = labels.get(n).cloned().unwrap_or_default();
                    el("td").attr("data-label", &label).children(inlines(app, cell))
                }))
            };
            let head = el("tr").children(head.iter().map(|cell| el("th scope=col").children(inlines(app, cell))));
            let table = el("table").child(el("thead").child(head)).child(el("tbody").children(rows.iter().map(row)));
            el("div.wide tabindex=0 role=group").attr("aria-label", &labels.join(", ")).child(table)
        }
        Block::Image { src, alt, size: (width, height) } if is_picture(src) => {
            let picture = el("img loading=lazy decoding=async referrerpolicy=no-referrer").attr("alt", alt);
            // Told before it is fetched, so that nothing jumps when it comes.
            let picture = if width * height > 0 {
                picture.attr("width", &width.to_string()).attr("height", &height.to_string())
            } else {
                picture
            };
            // Last: it is fetched as soon as it has an address, and by then the rest must be known.
            picture.attr("src", src)
        }
        // No frame of another site and no player: what a film fetches, the shopper asks for.
        Block::Video { src, title } => {
            el("p.film").child(link(app, src, vec![el("span").text(&["▶ ", title].concat())]))
        }
        Block::Market(names, inner) => {
            let here = is_for_market(names, &fact(app, "market"));
            div("").children(if here { blocks(app, inner) } else { vec![] })
        }
        Block::Image { alt, .. } => el("p.quiet").text(&fill(&app.say(Msg::ImageOf), "alt", alt)),
    }
}

/// The blocks of a list's item; a lone paragraph needs no paragraph of its own.
fn item_blocks(app: App, item: &[Block]) -> Vec<El> {
    match item {
        [Block::Paragraph(text)] => inlines(app, text),
        _ => blocks(app, item),
    }
}

fn inlines(app: App, inlines_of: &[Inline]) -> Vec<El> {
    inlines_of.iter().map(|one| inline(app, one)).collect()
}

fn inline(app: App, inline: &Inline) -> El {
    match inline {
        Inline::Text(text) => el("span").text(text),
        Inline::Strong(inner) => el("strong").children(inlines(app, inner)),
        Inline::Emphasis(inner) => el("em").children(inlines(app, inner)),
        Inline::Code(text) => el("code").text(text),
        Inline::Break => el("br"),
        Inline::Variable(name, otherwise) => {
            let value = fact(app, &name.replace('.', "-"));
            el("span").text(if value.is_empty() { otherwise } else { &value })
        }
        Inline::Link(to, inner) => link(app, to, inlines(app, inner)),
    }
}

fn link(app: App, to: &str, inner: Vec<El>) -> El {
    if let Some(id) = to.strip_prefix(ARTICLE_LINK) {
        let id = id.to_owned();
        return el("a").attr("href", &["#help-", &id].concat()).children(inner).on("click", move |event| {
            event.prevent_default();
            app.open_id(&id);
        });
    }
    if !is_safe_link(to) {
        return el("span").children(inner);
    }
    let anchor = el("a").attr("href", to).children(inner);
    if !leaves(to) {
        return anchor;
    }
    let spoken = el("span.sr").text(&[" (", &app.say(Msg::NewTab), ")"].concat());
    anchor.attr("target", "_blank").attr("rel", "noopener noreferrer").child(icon("out")).child(spoken)
}

/// What the shop said of the page, by `Helpnook("context", …)` or the tag; the product also as the page shows it.
fn fact(app: App, name: &str) -> String {
    let page = app.parts().host.page();
    let told = page.lines().rev().find_map(|line| line.strip_prefix("attr\t")?.strip_prefix(name)?.strip_prefix('\t'));
    match told {
        None if name == "product-name" => {
            app.peek(|state| state.advice.as_ref().map(|advice| advice.product.clone())).unwrap_or_default()
        }
        told => told.unwrap_or_default().to_owned(),
    }
}

/// Whether a link leads away from the shop.
fn leaves(to: &str) -> bool {
    let web = to.starts_with("//") || to.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
    let own = window().location().origin().unwrap_or_default();
    web && !to.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether an address may be fetched as a picture: over the web or from the shop, nothing else.
fn is_picture(src: &str) -> bool {
    is_safe_link(src) && (!src.contains(':') || src.starts_with("https://"))
}
