//! One Markdown file: front matter, then the answer.

use super::error::{Mark, Problems, What};
use super::import::{LeftOut, Reason};
use super::yaml::{self, Value};
use super::{DEFAULT_LANG, Written, blocks, file_name, habits, humanized, lang_of_path, lang_tag, rich, rules};
use crate::article::{Article, Block, FEATURED, plain_blocks, plain_inlines};

/// What a file turned out to be.
pub(super) enum Found {
    /// An article, and the markets that it is for when it is a variant.
    Article(Box<Written>, String),
    /// What a folder is called and is about: its `_index.md`.
    Folder(String, String),
    /// Nothing to publish.
    LeftOut(LeftOut),
}

/// Reads a file.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Option<Found> {
    let path = problems.file().to_owned();
    let mut article =
        Article { lang: lang_of_path(&path).unwrap_or_else(|| DEFAULT_LANG.to_owned()), ..Article::default() };
    let Parts { front, toml, before, body, first_line } = split(text, problems)?;
    let mut more = More::default();
    // Of what cannot be read nobody knows whether it may be published.
    if toml {
        let yaml = of_toml(front.unwrap_or_default(), problems)?;
        front_matter(&yaml, 1, &mut article, &mut more, problems)?;
    } else if let Some(front) = front {
        front_matter(front, before, &mut article, &mut more, problems)?;
    }
    if is_folder(&path) && front.is_some() && !article.title.is_empty() {
        return Some(Found::Folder(article.title, more.summary));
    }
    if article.id.is_empty() {
        article.id = id_of_path(&path, &mut article.updated);
    }
    if let Some(reason) = more.reason {
        let (id, title) = (article.id, article.title);
        return Some(Found::LeftOut(LeftOut { file: path, record: 0, id, title, reason }));
    }
    article.blocks = blocks::markdown(&habits::plain(body, first_line, problems), first_line, problems);
    rich::shrink(&mut article.blocks);
    if article.title.is_empty() {
        if let Some(Block::Heading(_, title)) = article.blocks.first() {
            article.title = plain_inlines(title).trim().to_owned();
            article.blocks.remove(0);
        } else {
            article.title = humanized(&article.id);
            problems.warning(
                1,
                format!("no title: taken from the file's name, \"{}\"", article.title),
                "add `title:` or start with a heading",
            );
        }
    }
    // Many programs want the title in the front matter and once more above the text.
    if article.blocks.len() > 1
        && let Some(Block::Heading(_, first)) = article.blocks.first()
        && plain_inlines(first).trim().eq_ignore_ascii_case(article.title.trim())
    {
        article.blocks.remove(0);
    }
    // A mark that turns the direction of writing would turn what stands around the title too.
    article.title = super::import::line_of(&article.title);
    if plain_blocks(&article.blocks).trim().is_empty()
        && !article.blocks.iter().any(|block| matches!(block, Block::Image { .. } | Block::Video { .. }))
    {
        problems.error(first_line, "the answer is empty", "write the answer below the front matter");
        return None;
    }
    let mut marks = problems.take_marks();
    marks.iter_mut().for_each(|mark| mark.column = column(text, mark));
    Some(Found::Article(Box::new(Written { article, file: path, line: 1, marks }), more.market))
}

/// The column of what is marked, in characters; 0 when its line writes it in another way.
fn column(text: &str, mark: &Mark) -> u32 {
    let (what, value) = &mark.what;
    let line = usize::try_from(mark.line).ok().and_then(|n| text.lines().nth(n.checked_sub(1)?)).unwrap_or_default();
    let at = if *what == What::Field { Some(line.len() - line.trim_start().len()) } else { line.find(value.as_str()) };
    let before = at.and_then(|at| line.get(..at)).map(|before| before.chars().count() + 1);
    before.filter(|_| !value.is_empty()).and_then(|column| u32::try_from(column).ok()).unwrap_or(0)
}

/// A file taken apart.
struct Parts<'a> {
    front: Option<&'a str>,
    /// Whether the front matter is TOML and not YAML.
    toml: bool,
    /// Lines before the front matter.
    before: usize,
    body: &'a str,
    /// Line in which the body starts.
    first_line: usize,
}

fn split<'a>(text: &'a str, problems: &mut Problems<'_>) -> Option<Parts<'a>> {
    // Hugo's third kind: JSON, which is YAML too.
    if text.starts_with('{')
        && let Some(end) = json_end(text)
    {
        let (front, body) = text.split_at(end);
        let first_line = front.matches('\n').count() + 1;
        return Some(Parts { front: Some(front), toml: false, before: 0, body, first_line });
    }
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| matches!(line.trim_end(), "---" | "+++")) else {
        return Some(Parts { front: None, toml: false, before: 0, body: text, first_line: 1 });
    };
    let toml = first.starts_with('+');
    let mut end = first.len();
    for (n, line) in lines.enumerate() {
        let closes = if toml { line.trim_end() == "+++" } else { matches!(line.trim_end(), "---" | "...") };
        if closes {
            let body = text.get(end + line.len()..).unwrap_or_default();
            return Some(Parts { front: text.get(first.len()..end), toml, before: 1, body, first_line: n + 3 });
        }
        end += line.len();
    }
    problems.error(1, "the front matter does not end", format!("add a line `{}` after it", first.trim_end()));
    None
}

/// Where an object of JSON at the start of a text ends, with its line; none when it is something else.
fn json_end(text: &str) -> Option<usize> {
    let mut all = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Map<String, serde_json::Value>>();
    let first = all.next()?.ok()?;
    let end = all.byte_offset();
    let rest = text.get(end..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    let ends_line = rest.get(gap..)?.is_empty() || rest.get(gap..)?.starts_with('\n');
    (!first.is_empty() && ends_line).then_some(end + gap)
}

/// TOML as JSON, which is YAML too.
fn of_toml(text: &str, problems: &mut Problems<'_>) -> Option<String> {
    match text.parse::<toml::Table>() {
        Ok(table) => serde_json::to_string(&json_of(&toml::Value::Table(table))).ok(),
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = 2 + before.matches('\n').count();
            let message = format!("TOML cannot be read: {}", error.message());
            problems.error(line, message, "write `title = \"…\"`, one field a line");
            None
        }
    }
}

fn json_of(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(n) => (*n).into(),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(all) => all.iter().map(json_of).collect(),
        toml::Value::Table(fields) => fields.iter().map(|(name, value)| (name.clone(), json_of(value))).collect(),
    }
}

fn is_folder(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    name.starts_with("_index.") && (name.ends_with(".md") || name.ends_with(".markdown"))
}

/// The file's name without its endings; a folder's index is named after the folder.
pub(super) fn id_of_path(path: &str, updated: &mut String) -> String {
    let name = file_name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = match stem.rsplit_once('.') {
        Some((before, suffix)) if lang_tag(suffix).is_some() => before,
        _ => stem,
    };
    // A variant for a market stands beside the article: `returns@uk.md`.
    let stem = stem.split_once('@').map_or(stem, |(before, _)| before);
    if matches!(stem.to_ascii_lowercase().as_str(), "index" | "readme" | "_index")
        && let Some(folder) = path.rsplit(['/', '\\']).nth(1)
    {
        return folder.to_owned();
    }
    // Jekyll dates its posts by their name.
    match stem.split_at_checked(11) {
        Some((date, rest)) if !rest.is_empty() && date.ends_with('-') && is_date(date.trim_end_matches('-')) => {
            if updated.is_empty() {
                date.trim_end_matches('-').clone_into(updated);
            }
            rest.to_owned()
        }
        _ => stem.to_owned(),
    }
}

const FIELDS: &str = "id, title, lang, collection, tags, phrasings, synonyms, updated, review, source, author, market, featured, internal, draft, rules";

/// Fields of site generators that say nothing about an answer.
const FOREIGN: &str = " layout permalink weight order sidebar_position sidebar_label sidebar nav_order nav_exclude parent grand_parent \
     has_children has_toc template in_search_index insert_anchor_links keywords_meta authors excerpt image images thumbnail \
     featured_image cover toc hide_title hide_table_of_contents pagination_next pagination_prev pagination_label \
     custom_edit_url menu type url linktitle linkTitle math comments css js cascade outputs build headless redirect_from \
     redirect_to search_exclude publishdate publishDate path page_template sort_by paginate_by generate_feeds render \
     bookCollapseSection bookFlatSection bookHidden bookToc displayed_sidebar toc_min_heading_level toc_max_heading_level \
     isCJKLanguage resources series slug_lang ";

/// What front matter says beside the article.
#[derive(Default)]
struct More {
    summary: String,
    market: String,
    reason: Option<Reason>,
}

/// Reads front matter; none when it cannot be read, which is told.
fn front_matter(
    text: &str,
    before: usize,
    article: &mut Article,
    more: &mut More,
    problems: &mut Problems<'_>,
) -> Option<()> {
    if text.trim().is_empty() {
        return Some(());
    }
    let all = yaml::load(text, before, problems)?;
    if all.is_null() {
        return Some(());
    }
    let line = all.line();
    let Some(entries) = all.entries() else {
        problems.error(line, "the front matter is no list of fields", "write `title: …` and the like, one a line");
        return None;
    };
    for (key, line, value) in entries {
        match key.as_str() {
            // Zola, Hugo and Docusaurus put fields into groups.
            "taxonomies" | "extra" | "params" | "last_update" if value.is_group() => {
                for (key, line, value) in value.entries().unwrap_or_default() {
                    // Fields of a shop's own theme lie here: what is not ours is nobody's mistake.
                    if is_field(&key) {
                        field(&key, line, value, article, more, problems);
                    }
                }
            }
            _ => {
                problems.mark(What::Field, &key, line);
                field(&key, line, value, article, more, problems);
            }
        }
    }
    Some(())
}

fn is_field(key: &str) -> bool {
    FIELDS.split(", ").any(|known| known == key)
        || matches!(key, "categories" | "keywords" | "date" | "description" | "lastmod")
}

fn field(
    key: &str,
    line: usize,
    value: Value<'_>,
    article: &mut Article,
    more: &mut More,
    problems: &mut Problems<'_>,
) {
    match key {
        "title" | "question" => article.title = text_of(key, line, &value, problems),
        "id" => article.id = plain_id(&text_of(key, line, &value, problems)),
        "slug" if article.id.is_empty() => article.id = plain_id(&text_of(key, line, &value, problems)),
        "slug" => {}
        "lang" | "language" | "locale" => {
            let name = text_of(key, line, &value, problems);
            match lang_tag(&name) {
                Some(lang) => article.lang = lang,
                None => problems.error(line, format!("`{name}` is no language"), "write a tag such as `en` or `pt-br`"),
            }
        }
        "collection" | "category" => article.collection = text_of(key, line, &value, problems),
        "categories" => {
            if let Some(first) = value.texts(key, problems).first().filter(|_| article.collection.is_empty()) {
                first.clone_into(&mut article.collection);
            }
        }
        "tags" | "keywords" => article.tags.extend(split_commas(value.texts(key, problems))),
        // Of generators these are addresses that lead here.
        "aliases" => article.phrasings.extend(value.texts(key, problems).into_iter().filter(|one| !one.contains('/'))),
        "phrasings" => article.phrasings.extend(value.texts(key, problems)),
        "synonyms" => article.tags.extend(split_commas(value.texts(key, problems))),
        "updated" | "lastmod" | "last_modified_at" => date(key, line, &value, &mut article.updated, problems),
        "date" if article.updated.is_empty() => date(key, line, &value, &mut article.updated, problems),
        "date" => {}
        "review" | "expires" | "expiryDate" => date(key, line, &value, &mut article.review, problems),
        "source" => article.source = text_of(key, line, &value, problems),
        "author" if value.is_group() => {}
        "author" => article.author = text_of(key, line, &value, problems),
        "market" | "markets" => more.market = rich::markets(&value.texts(key, problems).join(" ")),
        "featured" | "pinned" => article.prominence = if is_yes(&value) { FEATURED } else { 0 },
        "internal" => article.internal = is_yes(&value),
        "draft" if is_yes(&value) => more.reason = Some(Reason::Draft),
        "published" if !is_yes(&value) => more.reason = Some(Reason::Draft),
        "unlisted" | "hidden" if is_yes(&value) => more.reason = Some(Reason::Unlisted),
        "draft" | "published" | "unlisted" | "hidden" => {}
        "description" | "summary" => more.summary = value.text().unwrap_or_default().trim().to_owned(),
        "rules" => article.rules = rules::of_article(value, problems),
        _ if FOREIGN.contains(&format!(" {key} ")) => {}
        _ => problems.warning(line, format!("unknown field `{key}` is ignored"), format!("use {FIELDS}")),
    }
}

fn is_yes(value: &Value<'_>) -> bool {
    value.text().is_some_and(|text| matches!(text.trim(), "true" | "yes" | "1"))
}

/// A generator's slug may be a path: its parts stay, what leads elsewhere goes.
fn plain_id(slug: &str) -> String {
    if slug.contains(['/', '\\']) { super::import::clean_id(slug) } else { slug.to_owned() }
}

fn date(key: &str, line: usize, value: &Value<'_>, out: &mut String, problems: &mut Problems<'_>) {
    let text = text_of(key, line, value, problems);
    match text.get(..10).filter(|date| is_date(date)) {
        Some(day) => day.clone_into(out),
        None => problems.warning(line, format!("`{text}` is no date and is ignored"), "write it as 2026-10-12"),
    }
}

pub(super) fn text_of(key: &str, line: usize, value: &Value<'_>, problems: &mut Problems<'_>) -> String {
    value.text().map(|text| text.trim().to_owned()).unwrap_or_else(|| {
        problems.error(
            line,
            format!("`{key}` is no text"),
            format!("write `{key}: one line`, in quotes if it holds `:`"),
        );
        String::new()
    })
}

fn split_commas(texts: Vec<String>) -> Vec<String> {
    texts
        .iter()
        .flat_map(|text| text.split(','))
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

/// `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::super::error::Problem;
    use super::*;

    fn article(path: &str, text: &str) -> (Option<Article>, Vec<String>) {
        let mut problems: Vec<Problem> = Vec::new();
        let found = read(text, &mut Problems::new(path, &mut problems));
        let article = match found {
            Some(Found::Article(written, _)) => Some(written.article),
            _ => None,
        };
        (article, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn front_matter_is_read() {
        let text = "---\ntitle: Send it back?\ntags: [return, parcel]\nphrasings:\n  - it doesn't fit\nupdated: 2026-10-12\nrules:\n  - page: cart\n    \
                    signal: coupon-rejected\n    priority: 9\n    say: \"That code didn't work?\"\n---\nSend it.\n";
        let (article, problems) = article("help/fr/back.md", text);
        let article = article.expect("read");
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            (article.id.as_str(), article.lang.as_str(), article.title.as_str()),
            ("back", "fr", "Send it back?")
        );
        assert_eq!(article.tags, ["return", "parcel"]);
        assert_eq!(article.rules[0].priority, 9);
        assert_eq!(article.rules[0].line, 8);
    }

    #[test]
    fn names_and_headings_fill_in() {
        let (first, problems) = article("01_masks.fr.md", "## Où acheter ?\n\nIci.");
        assert_eq!(problems, [""; 0]);
        let first = first.expect("read");
        assert_eq!((first.id.as_str(), first.lang.as_str(), first.title.as_str()), ("01_masks", "fr", "Où acheter ?"));
        assert_eq!(first.blocks.len(), 1);
        let (second, problems) = article("en/gift-cards.md", "Text.");
        assert_eq!(second.expect("read").title, "Gift cards");
        assert!(problems[0].starts_with("en/gift-cards.md:1: warning: no title"), "{problems:?}");
    }

    #[test]
    fn generators_have_their_own_front_matter() {
        let zola = "+++\ntitle = \"Send it: back?\"\ndate = 2026-01-02\nweight = 3\n[taxonomies]\ntags = [\"a\"]\ncategories = [\"returns\"]\n\
                    [extra]\nphrasings = [\"it pinches\"]\nhero = \"x.png\"\n+++\nYes.\n";
        let (zola, problems) = article("en/back.md", zola);
        assert_eq!(problems, [""; 0]);
        let zola = zola.expect("read");
        assert_eq!(
            (zola.title.as_str(), zola.updated.as_str(), zola.collection.as_str()),
            ("Send it: back?", "2026-01-02", "returns")
        );
        assert_eq!(
            (zola.tags.as_slice(), zola.phrasings.as_slice()),
            (&["a".to_owned()][..], &["it pinches".to_owned()][..])
        );
        let (docusaurus, problems) = article(
            "a.md",
            "---\nid: x\nslug: /help/x\nsidebar_position: 2\nlast_update:\n  date: 2026-03-04\naliases: [/old]\n---\n# T\nText\n",
        );
        assert_eq!(problems, [""; 0]);
        let docusaurus = docusaurus.expect("read");
        assert_eq!((docusaurus.id.as_str(), docusaurus.updated.as_str()), ("x", "2026-03-04"));
        assert!(docusaurus.phrasings.is_empty());
        let (jekyll, _) = article("_posts/2025-05-06-lost-parcel.md", "---\nlayout: post\ntitle: Lost?\n---\nAsk.\n");
        let jekyll = jekyll.expect("read");
        assert_eq!((jekyll.id.as_str(), jekyll.updated.as_str()), ("lost-parcel", "2025-05-06"));
        let (_, problems) = article("a.md", "+++\ntitle = \"x\"\nbad\n+++\nText");
        assert!(problems[0].starts_with("a.md:3: error: TOML cannot be read"), "{problems:?}");
        assert!(article("a.md", "---\ntitle: x\ndraft: true\n---\nText").0.is_none());
    }

    #[test]
    fn problems_carry_line_and_cure() {
        let (none, problems) = article("a.md", "---\ntitle: x\n---\n\n");
        assert!(none.is_none());
        assert_eq!(problems, ["a.md:4: error: the answer is empty: write the answer below the front matter"]);
        let (_, problems) =
            article("a.md", "---\ntitle: x\nrules:\n  - page: basket\n    priority: 50\nlang: klingon\n---\nyes");
        assert!(
            problems[0].starts_with("a.md:4: error: no page is named `basket`: use one of other, home"),
            "{problems:?}"
        );
        assert!(problems[1].starts_with("a.md:5: error: `priority`"), "{problems:?}");
        assert!(problems[2].starts_with("a.md:6: error: `klingon` is no language"), "{problems:?}");
        let (_, problems) = article("a.md", "---\ntitle: a: b\n---\nyes");
        assert!(problems[0].starts_with("a.md:2: error: YAML cannot be read"), "{problems:?}");
        let (_, problems) = article("a.md", "---\ntitle: a\n");
        assert!(problems[0].contains("does not end"), "{problems:?}");
    }
}
