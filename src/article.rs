//! What an article is: one shopper's question with its answer as typed blocks, never HTML.

/// One question with its answer, as an author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Article {
    /// Stable name, unique within a language; the same in every language.
    pub id: String,
    /// BCP 47 language, lower case (`en`, `pt-br`).
    pub lang: String,
    /// The question, as a shopper would ask it.
    pub title: String,
    /// Id of its [`Collection`]; empty when the author gave none.
    pub collection: String,
    /// Words of its subject, for search only.
    pub tags: Vec<String>,
    /// Other ways in which shoppers ask the same, for search only.
    pub phrasings: Vec<String>,
    /// Date of the last change, `YYYY-MM-DD`; empty when unknown.
    pub updated: String,
    /// Day from which the answer is to be looked at again, `YYYY-MM-DD`; empty when never.
    pub review: String,
    /// Where the answer comes from and can be read in full, as a link; may be empty.
    pub source: String,
    /// Who wrote it, when that is to be said; may be empty.
    pub author: String,
    /// For agents only: in no file that shoppers can fetch.
    pub internal: bool,
    /// How far it stands out where the page says nothing of what is wanted: 0 not at all, [`POPULAR`]
    /// or [`FEATURED`].
    pub prominence: u8,
    /// The answer.
    pub blocks: Vec<Block>,
    /// When to suggest it.
    pub rules: Vec<RuleSource>,
}

/// Prominence of what shoppers read most.
pub const POPULAR: u8 = 3;
/// Prominence of what its author wants to stand first.
pub const FEATURED: u8 = 5;

/// A group of articles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collection {
    /// Stable name, the same in every language.
    pub id: String,
    /// What the shopper reads.
    pub title: String,
    /// One line about it; may be empty.
    pub summary: String,
    /// Name of a drawing of the widget (`truck`, `box`, `return`, `card`, `tag`, `person`, `chat`); may be empty.
    pub icon: String,
}

/// A rule as written in front matter or in `rules.yaml`, checked for form but not yet bound to an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleSource {
    /// Page types that it fits; empty fits all.
    pub pages: Vec<String>,
    /// Signals of which one must have happened; empty needs none.
    pub signals: Vec<String>,
    /// What else must be so, all of it.
    pub tests: Vec<TestSource>,
    /// 1 (last) to 10 (first) among the rules that fit.
    pub priority: u8,
    /// One line the widget may say unasked; empty says nothing.
    pub say: String,
    /// What the line opens instead of the panel's first screen: `person` or `flow:<name>`; empty opens that.
    pub offer: String,
    /// How often the line is said in a visit.
    pub cap: u8,
    /// Minutes between saying it and saying it again.
    pub pause_min: u16,
    /// Whether the launcher shows a badge; `None` shows one after a signal.
    pub badge: Option<bool>,
    /// It suggests no article: it only says or offers something.
    pub only_says: bool,
    /// The file it was written in, for messages.
    pub file: String,
    /// Line of that file.
    pub line: u32,
}

/// Something that must be so for a rule to fire: a line of the page's snapshot, or a fact, compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct TestSource {
    /// Key of the snapshot's lines (`url`, `device`, `visits`, …), or `fact`.
    pub key: String,
    /// Name within that key; empty where the key has none.
    pub name: String,
    /// How it is compared.
    pub compare: Compare,
    /// It must not be so.
    pub not: bool,
    /// What it is compared with; several are parted by `|`, and one of them will do.
    pub values: String,
}

/// How a rule compares what it tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Compare {
    /// It is one of the values, small and capital letters alike.
    #[default]
    Is = 0,
    /// It contains one of the values.
    Has = 1,
    /// Its number lies in one of the ranges `from-to`, either end of which may be open.
    In = 2,
    /// The pages before this one were of these types, in this order, others between them or not.
    After = 3,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading inside the answer, level 2 to 4.
    Heading(u8, Vec<Inline>),
    /// Steps (`true`) or points; each item is blocks of its own.
    List(bool, Vec<Vec<Block>>),
    /// Something to mind.
    Callout(Tone, Vec<Block>),
    /// Text to copy, kept as it is.
    Code(String),
    /// Head cells, then rows of cells.
    Table(Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    /// A picture.
    Image {
        /// Address, `https:` or relative.
        src: String,
        /// What it shows, for those who do not see it.
        alt: String,
        /// Width and height in pixels, so that the page keeps the room free; 0 when unknown.
        size: (u32, u32),
    },
    /// A film: a file that the browser plays, or a page that shows it. Nothing is fetched before the shopper asks.
    Video {
        /// Address, `https:` or relative.
        src: String,
        /// What it shows.
        title: String,
    },
    /// What holds in some markets only: names between spaces; after a leading `!` those in which it does not.
    Market(String, Vec<Block>),
}

/// How a callout is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Worth knowing.
    #[default]
    Note,
    /// Makes it easier.
    Tip,
    /// Goes wrong otherwise.
    Warning,
}

/// What a film is called where its author said nothing: its file, or the site that shows it.
#[must_use]
pub fn film_name(src: &str, title: &str) -> String {
    if !title.trim().is_empty() {
        return title.to_owned();
    }
    let path = src.split(['?', '#']).next().unwrap_or_default();
    let host = path.split_once("//").map_or("", |(_, behind)| behind).split('/').next().unwrap_or_default();
    let file = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem);
    let is_name = !file.is_empty() && !host.ends_with(path.rsplit('/').next().unwrap_or_default());
    if is_name { file.replace(['-', '_'], " ") } else { host.strip_prefix("www.").unwrap_or(host).to_owned() }
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Strong text, such as a button's name.
    Strong(Vec<Inline>),
    /// Emphasised text.
    Emphasis(Vec<Inline>),
    /// Text to type.
    Code(String),
    /// A link, to another article (`article:<id>`) or to an address that [`is_safe_link`] lets pass.
    Link(String, Vec<Inline>),
    /// A line break.
    Break,
    /// A fact of the page, such as `product.name`, and what stands there when nobody told it.
    Variable(String, String),
}

/// Whether a block of [`Block::Market`] is for this market; empty when the shop told none.
#[must_use]
pub fn is_for_market(names: &str, market: &str) -> bool {
    let (wanted, names) = names.strip_prefix('!').map_or((true, names), |names| (false, names));
    names.split(' ').any(|name| !name.is_empty() && name.eq_ignore_ascii_case(market)) == wanted
}

/// Prefix of a link that opens another article.
pub const ARTICLE_LINK: &str = "article:";

/// Whether a link may reach a page: `http:`, `https:`, `mailto:`, `tel:`, another article, or an
/// address of the shop itself. Asked by the builder, and again by the widget, since an index file
/// is not to be trusted.
#[must_use]
pub fn is_safe_link(link: &str) -> bool {
    // Browsers drop tabs and line ends inside a scheme and skip leading controls, so any of them is a trick.
    if link.is_empty() || link.bytes().any(|b| b < 0x21 || b == 0x7f || b == b'\\') {
        return false;
    }
    let scheme_end = link.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'));
    match scheme_end {
        Some(at) if link.as_bytes().get(at) == Some(&b':') => {
            let scheme = link.get(..at).unwrap_or_default();
            ["http", "https", "mailto", "tel", "article"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe))
        }
        // Relative to the shop. `//host` would be another site over this page's scheme: allowed as https is.
        _ => link.is_ascii() || !link.starts_with(|c: char| !c.is_ascii()),
    }
}

/// The running text of inlines, without marks.
#[must_use]
pub fn plain_inlines(inlines: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(inlines, &mut out);
    out
}

/// The running text of blocks, one space between pieces.
#[must_use]
pub fn plain_blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    push_blocks(blocks, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn push_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link(_, inner) => push_inlines(inner, out),
            Inline::Break => out.push(' '),
            Inline::Variable(_, otherwise) => out.push_str(otherwise),
        }
    }
}

fn push_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading(_, text) => push_inlines(text, out),
            Block::List(_, items) => items.iter().for_each(|item| push_blocks(item, out)),
            Block::Callout(_, inner) | Block::Market(_, inner) => push_blocks(inner, out),
            Block::Code(text) => out.push_str(text),
            Block::Table(head, rows) => {
                for cell in head.iter().chain(rows.iter().flatten()) {
                    push_inlines(cell, out);
                    out.push(' ');
                }
            }
            Block::Image { alt, .. } => out.push_str(alt),
            Block::Video { title, .. } => out.push_str(title),
        }
        if !out.ends_with(' ') {
            out.push(' ');
        }
    }
}

/// Words that mean the same, or are near each other in meaning: a line of a lexicon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordGroup {
    /// Its words and phrases, as written.
    pub members: Vec<String>,
    /// Whether all mean the same; else the first is near each other one.
    pub mutual: bool,
}

impl WordGroup {
    /// Reads a line: `a = b, c` or `a ~ b, c`; `None` unless it names two words or more.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mutual = line.contains(" = ");
        let (head, rest) = line.split_once(if mutual { " = " } else { " ~ " })?;
        let all = core::iter::once(head).chain(rest.split(',')).map(str::trim);
        let members: Vec<String> = all.filter(|word| !word.is_empty()).map(str::to_owned).collect();
        (members.len() >= 2).then_some(Self { members, mutual })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_for_its_markets() {
        assert!(is_for_market("uk ie", "IE"));
        assert!(!is_for_market("uk ie", "de"));
        assert!(!is_for_market("uk", ""), "a shop that tells no market sees what holds everywhere else");
        assert!(is_for_market("!uk ie", ""));
        assert!(!is_for_market("!uk ie", "uk"));
    }

    #[test]
    fn a_film_is_called_something() {
        assert_eq!(film_name("/films/fold-it_up.mp4?x", ""), "fold it up");
        assert_eq!(film_name("https://www.youtube.com/watch?v=abc", " "), "youtube.com");
        assert_eq!(film_name("https://youtube.com", ""), "youtube.com");
        assert_eq!(film_name("/a.mp4", "Folding"), "Folding");
    }

    #[test]
    fn only_harmless_schemes_pass() {
        for good in [
            "https://a.example/",
            "mailto:a@b.example",
            "tel:+31",
            "/returns",
            "article:size-guide",
            "#top",
            "faq?x=1:2",
        ] {
            assert!(is_safe_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            " javascript:x",
            "java\tscript:x",
            "vbscript:x",
            "data:text/html,x",
            "",
            "\\\\evil",
        ] {
            assert!(!is_safe_link(bad), "{bad}");
        }
    }
}
