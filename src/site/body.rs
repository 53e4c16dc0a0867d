//! An answer's blocks as HTML.

use maud::{Markup, html};

use super::plan::{Lang, Site, way};
use super::texts::Texts;
use crate::article::{ARTICLE_LINK, Block, Inline, Tone, film_name, is_for_market, is_safe_link, plain_inlines};
use crate::content::import::slug;
use crate::icons;
use crate::strings::{Msg, fill};

/// Where the blocks stand.
pub(super) struct Place<'a> {
    /// The help centre.
    pub site: &'a Site<'a>,
    /// The page's language.
    pub lang: &'a Lang<'a>,
    /// The page.
    pub path: &'a str,
}

impl Place<'_> {
    fn texts(&self) -> &Texts {
        &self.lang.texts
    }

    /// Where a link leads, and whether it leaves the shop; nothing when it must not be followed.
    fn target(&self, to: &str) -> Option<(String, bool)> {
        if let Some(id) = to.strip_prefix(ARTICLE_LINK) {
            let (id, anchor) = id.split_once('#').unwrap_or((id, ""));
            let page = way(self.path, &self.lang.answer(id)?);
            return Some((if anchor.is_empty() { page } else { format!("{page}#{anchor}") }, false));
        }
        if !is_safe_link(to) {
            return None;
        }
        let own = to.starts_with('/') && !to.starts_with("//");
        if own && !self.site.facts.shop.is_empty() {
            return Some((format!("{}{to}", self.site.shop_origin()), false));
        }
        Some((to.to_owned(), to.starts_with("http") || to.starts_with("//")))
    }

    /// The address of a picture or film.
    fn source(&self, address: &str) -> Option<String> {
        let (address, _) = self.target(address)?;
        // Neither is a place to write to or to call.
        (!address.starts_with("mailto:") && !address.starts_with("tel:")).then_some(address)
    }
}

/// The blocks of an answer.
pub(super) fn blocks(place: &Place<'_>, all: &[Block]) -> Markup {
    html! { @for block in all { (one(place, block)) } }
}

fn one(place: &Place<'_>, block: &Block) -> Markup {
    match block {
        Block::Paragraph(text) => html! { p { (inlines(place, text)) } },
        // The question is the page's first heading: those of the answer begin at the second level.
        Block::Heading(level, text) => {
            let id = slug(&plain_inlines(text));
            match level {
                0..=2 => html! { h2 id=(id) { (inlines(place, text)) } },
                3 => html! { h3 id=(id) { (inlines(place, text)) } },
                _ => html! { h4 id=(id) { (inlines(place, text)) } },
            }
        }
        Block::List(true, items) => html! { ol { @for item in items { li { (blocks(place, item)) } } } },
        Block::List(false, items) => html! { ul { @for item in items { li { (blocks(place, item)) } } } },
        Block::Callout(tone, inner) => {
            let class = match tone {
                Tone::Note => "callout",
                Tone::Tip => "callout tip",
                Tone::Warning => "callout warning",
            };
            html! { div class=(class) role="note" { span.sr { (place.texts().say(Msg::Note)) ": " } (blocks(place, inner)) } }
        }
        Block::Code(text) => html! { pre tabindex="0" { code { (text) } } },
        Block::Table(head, rows) => html! {
            div.table tabindex="0" role="group" {
                table {
                    @if !head.is_empty() { thead { tr { @for cell in head { th scope="col" { (inlines(place, cell)) } } } } }
                    tbody { @for row in rows { tr { @for cell in row { td { (inlines(place, cell)) } } } } }
                }
            }
        },
        Block::Image { src, alt, size } => match place.source(src) {
            Some(address) if size.0 > 0 && size.1 > 0 => {
                html! { img src=(address) alt=(alt) width=(size.0) height=(size.1) loading="lazy" decoding="async"; }
            }
            Some(address) => html! { img src=(address) alt=(alt) loading="lazy" decoding="async"; },
            None => html! {},
        },
        Block::Video { src, title } => film(place, src, title),
        // A page that anybody may read belongs to no market: it says for which one something holds.
        Block::Market(names, inner) if is_for_market(names, "") => blocks(place, inner),
        Block::Market(names, inner) => {
            let markets = names.trim_start_matches('!').to_uppercase().replace(' ', ", ");
            html! {
                div.market { p.label { (fill(place.texts().own("only-in"), "markets", &markets)) } (blocks(place, inner)) }
            }
        }
    }
}

/// A film: played here when it is a file, else a link to where it is shown.
fn film(place: &Place<'_>, src: &str, title: &str) -> Markup {
    let Some(address) = place.source(src) else { return html! {} };
    let title = film_name(src, title);
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    if [".mp4", ".webm", ".ogv", ".m4v"].iter().any(|ending| path.ends_with(ending)) {
        return html! { video controls preload="none" src=(address) aria-label=(title) {} (on_paper(place, &address, &title)) };
    }
    if [".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".aac"].iter().any(|ending| path.ends_with(ending)) {
        return html! { p { (title) audio controls preload="none" src=(address) aria-label=(title) {} } (on_paper(place, &address, "")) };
    }
    html! { p { a.film href=(address) rel="noopener" { (drawing("next")) (fill(place.texts().own("film"), "title", &title)) } } }
}

/// Where a film or a sound is found, for those who hold a printed page.
fn on_paper(place: &Place<'_>, address: &str, title: &str) -> Markup {
    let address = if address.starts_with("http") || place.site.facts.shop.is_empty() {
        address.to_owned()
    } else {
        format!("{}{address}", place.site.shop_origin())
    };
    html! { p.paper aria-hidden="true" { (title) @if !title.is_empty() { " " } "(" (address) ")" } }
}

fn inlines(place: &Place<'_>, all: &[Inline]) -> Markup {
    html! {
        @for inline in all {
            @match inline {
                Inline::Text(text) => { (text) },
                Inline::Strong(inner) => strong { (inlines(place, inner)) },
                Inline::Emphasis(inner) => em { (inlines(place, inner)) },
                Inline::Code(text) => code { (text) },
                Inline::Break => br;,
                Inline::Variable(_, otherwise) => { (otherwise) },
                Inline::Link(to, inner) => {
                    @match place.target(to) {
                        Some((address, true)) => a href=(address) rel="noopener" { (inlines(place, inner)) },
                        Some((address, false)) => a href=(address) { (inlines(place, inner)) },
                        None => { (inlines(place, inner)) },
                    }
                },
            }
        }
    }
}

/// One of our drawings.
pub(super) fn drawing(name: &str) -> Markup {
    let class = if icons::turns(name) { "icon turns" } else { "icon" };
    html! { svg class=(class) viewBox="0 0 24 24" aria-hidden="true" focusable="false" { path d=(icons::path(name)) {} } }
}
