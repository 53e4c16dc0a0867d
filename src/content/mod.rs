//! Files in, checked articles out; every problem with its file and line.

mod anchors;
pub mod blocks;
pub mod collections;
mod decode;
pub mod error;
mod flows;
mod habits;
pub mod html;
pub mod import;
mod inlines;
pub mod jsonl;
mod lexicon;
pub mod markdown;
mod plain;
mod rich;
pub mod rules;
pub mod site;
mod tags;
mod variants;
pub mod write;
mod yaml;

pub use decode::decode;
pub use error::{Mark, Problem, Problems, Severity, What};
pub use import::{LeftOut, Reason};
pub use site::SiteFacts;

use import::Sink;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::article::{Article, Block, Collection, Inline, WordGroup};
use crate::flow::Flow;

/// A file: its name as the author knows it, and its text.
#[derive(Debug, Clone)]
pub struct File {
    /// Path, as given.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What the help of one language is made of.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Help {
    /// Its articles, in the order of their files.
    pub articles: Vec<Article>,
    /// Articles for agents only, which no shopper's file may hold.
    pub internal: Vec<Article>,
    /// Its collections, in the order to show.
    pub collections: Vec<Collection>,
    /// Its guided flows, by id.
    pub flows: Vec<Flow>,
    /// The shop's own words for the same thing.
    pub lexicon: Vec<WordGroup>,
}

/// An article and where it was written.
pub(crate) struct Written {
    article: Article,
    file: String,
    line: usize,
    /// What stands where in the file; empty where a record is all that can be told.
    marks: Vec<Mark>,
}

impl Written {
    /// The line of something in the article, else the article's own.
    fn line_of(&self, what: What, value: &str) -> usize {
        let mark = self.marks.iter().find(|mark| mark.what.0 == what && mark.what.1 == value);
        mark.and_then(|mark| usize::try_from(mark.line).ok()).unwrap_or(self.line)
    }
}

/// All that some files gave.
#[derive(Debug, Default, Clone)]
pub struct Content {
    /// The help of each language.
    pub help: BTreeMap<String, Help>,
    /// Every problem found.
    pub problems: Vec<Problem>,
    /// Records that did not become articles, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// What the help centre says of the shop.
    pub site: SiteFacts,
    /// Where each article was written, by language and id.
    pub origins: BTreeMap<(String, String), Origin>,
    /// Where each collection was written that a file of collections names, by language and id.
    pub collections: BTreeMap<(String, String), Origin>,
}

/// Where an article was written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, as it was named to us.
    pub file: String,
    /// Line of the file, or number of the record in it, from 1; 0 when unknown.
    pub line: usize,
    /// What stands where in the file; empty where a record is all that can be told.
    pub marks: Vec<Mark>,
}

/// Reads all files: the help of each language, and every problem found.
#[must_use]
pub fn read(files: &[File]) -> (BTreeMap<String, Help>, Vec<Problem>) {
    let Content { help, problems, .. } = read_whole(files);
    (help, problems)
}

/// Reads all files; what was left out is among the problems.
#[must_use]
pub fn read_whole(files: &[File]) -> Content {
    let mut all = read_all(files);
    let problems = &mut all.problems;
    for LeftOut { file, record, title, reason, .. } in std::mem::take(&mut all.left_out) {
        let what = if title.is_empty() { "left out".to_owned() } else { format!("\"{title}\" is left out") };
        Problems::new(&file, problems).warning(record, what, reason.to_string());
    }
    problems.sort();
    all
}

/// Reads all files, and tells what was left out apart from what is wrong.
#[must_use]
pub fn read_all(files: &[File]) -> Content {
    read_each(files.iter().map(Cow::Borrowed))
}

/// As [`read_all`]; each text goes once it is read: an export is as large as all that is made of it.
#[must_use]
pub fn read_owned(files: Vec<File>) -> Content {
    read_each(files.into_iter().map(Cow::Owned))
}

fn read_each<'a>(files: impl Iterator<Item = Cow<'a, File>>) -> Content {
    let mut sink = Sink::default();
    let mut variants = Vec::new();
    let mut folders: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut documents = Vec::new();
    let mut guided = Vec::new();
    let mut site = SiteFacts::default();
    let mut lexicons: BTreeMap<String, Vec<WordGroup>> = BTreeMap::new();
    let mut with_rules = Vec::new();
    let mut named = BTreeMap::new();
    for file in files {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let name = file_name(&file.path);
        if rules::is_rules(name) {
            with_rules.push(file.into_owned());
        } else if flows::is_flow(&file.path) {
            guided.extend(flows::read(text, &mut Problems::new(&file.path, &mut sink.problems)));
        } else if site::is_site(name) {
            site = site::read(text, &mut Problems::new(&file.path, &mut sink.problems));
        } else if name == "_collections.yaml" || name == "_collections.yml" {
            let lang = lang_of_path(&file.path).unwrap_or_else(|| DEFAULT_LANG.to_owned());
            let found = collections::read(text, &mut Problems::new(&file.path, &mut sink.problems));
            for one in &found {
                let is_its_own =
                    |row: &str| row.contains("id:") && row.trim_end().trim_end_matches(['"', '\'']).ends_with(&one.id);
                let line = text.lines().position(is_its_own).map_or(1, |at| at + 1);
                named.insert(
                    (lang.clone(), one.id.clone()),
                    Origin { file: file.path.clone(), line, marks: Vec::new() },
                );
            }
            sink.collections.entry(lang).or_default().extend(found);
        } else if lexicon::is_lexicon(name) {
            let lang = lang_of_path(&file.path).unwrap_or_else(|| DEFAULT_LANG.to_owned());
            let found = lexicon::read(text, &mut Problems::new(&file.path, &mut sink.problems));
            lexicons.entry(lang).or_default().extend(found);
        } else if name == "_category_.json" {
            if let Some((title, summary)) = category_file(text) {
                folders.insert(folder_of(&file.path).to_owned(), (title, summary));
            }
        } else if has_extension(name, &["md", "markdown", "mdx"]) {
            match markdown::read(text, &mut Problems::new(&file.path, &mut sink.problems)) {
                Some(markdown::Found::Article(written, market)) if market.is_empty() => sink.written.push(*written),
                Some(markdown::Found::Article(written, market)) => variants.push((*written, market)),
                Some(markdown::Found::Folder(title, summary)) => {
                    folders.insert(folder_of(&file.path).to_owned(), (title, summary));
                }
                Some(markdown::Found::LeftOut(left)) => sink.left_out.push(left),
                None => {}
            }
        } else if has_extension(name, &["jsonl", "ndjson"])
            && let Some(document) = import::json::of_lines(&file.path, text, &mut sink)
        {
            documents.push(document);
        } else if has_extension(name, &["jsonl", "ndjson"]) {
            let found = jsonl::read(text, &mut Problems::new(&file.path, &mut sink.problems));
            sink.written.extend(found);
        } else if has_extension(name, &["csv", "tsv"]) {
            import::table::read(&file.path, text, &mut sink);
        } else if has_extension(name, &["html", "htm"]) {
            import::read_page(&file.path, text, &mut sink);
        } else if has_extension(name, &["json", "jsonld"]) {
            documents.extend(import::json::parse(&file.path, text, &mut sink));
        }
    }
    import::json::read(&documents, &mut sink);
    drop(documents);
    sink.link_up();
    let Sink { mut written, mut collections, mut problems, mut left_out, .. } = sink;
    variants::merge(&mut written, variants);
    name_folders(&mut written, &folders, &mut collections);
    // Only now is it known which articles there are.
    for file in &with_rules {
        rules::attach(file, &mut written, &mut Problems::new(&file.path, &mut problems));
    }
    check_ids(&written, &mut problems);
    check_words(&written, &mut problems);
    check_links(&written, &mut problems);
    let offers = rules::flows_offered(&written);
    let mut help: BTreeMap<String, Help> = BTreeMap::new();
    let mut origins = BTreeMap::new();
    for one in written {
        let key = (one.article.lang.clone(), one.article.id.clone());
        // The second of one id has been told as an error; the first is what its id means.
        if origins.contains_key(&key) {
            continue;
        }
        origins.insert(key, Origin { file: one.file, line: one.line, marks: one.marks });
        let help = help.entry(one.article.lang.clone()).or_default();
        if one.article.internal { help.internal.push(one.article) } else { help.articles.push(one.article) }
    }
    for (lang, help) in &mut help {
        help.collections = collections.remove(lang).unwrap_or_default();
        help.lexicon = lexicons.remove(lang).unwrap_or_default();
        invent_collections(help);
    }
    for (lang, flows) in flows::finish(&guided, &help, &mut problems) {
        if let Some(help) = help.get_mut(&lang) {
            help.flows = flows;
        }
    }
    rules::check_flows(&offers, &help, &mut problems);
    problems.sort();
    left_out.sort();
    Content { help, problems, left_out, site, origins, collections: named }
}

/// Title and summary of a folder, as Docusaurus writes them.
fn category_file(text: &str) -> Option<(String, String)> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let summary = value.get("link").and_then(|link| link.get("description")).and_then(|one| one.as_str());
    Some((value.get("label")?.as_str()?.to_owned(), summary.unwrap_or_default().to_owned()))
}

fn folder_of(path: &str) -> &str {
    path.rfind(['/', '\\']).and_then(|at| path.get(..at)).unwrap_or_default()
}

/// Articles of a folder that has a title belong to its collection when they name none.
fn name_folders(
    written: &mut [Written],
    folders: &BTreeMap<String, (String, String)>,
    collections: &mut BTreeMap<String, Vec<Collection>>,
) {
    for one in written.iter_mut().filter(|one| one.article.collection.is_empty()) {
        let folder = folder_of(&one.file);
        let Some((title, summary)) = folders.get(folder) else { continue };
        file_name(folder).clone_into(&mut one.article.collection);
        let known = collections.entry(one.article.lang.clone()).or_default();
        if !known.iter().any(|known| known.id == one.article.collection) {
            let (id, title, summary) = (one.article.collection.clone(), title.clone(), summary.clone());
            known.push(Collection { id, title, summary, icon: String::new() });
        }
    }
}

/// Language of articles that do not say theirs.
pub const DEFAULT_LANG: &str = "en";

/// Whether a file is one of those that [`read`] understands.
#[must_use]
pub fn is_source(path: &str) -> bool {
    let name = file_name(path);
    const ENDINGS: &[&str] =
        &["md", "markdown", "mdx", "jsonl", "ndjson", "csv", "tsv", "html", "htm", "json", "jsonld"];
    flows::is_flow(path)
        || site::is_site(name)
        || lexicon::is_lexicon(name)
        || rules::is_rules(name)
        || name.starts_with("_collections.y")
        || has_extension(name, ENDINGS)
}

fn check_ids(written: &[Written], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<(&str, &str), &Written> = BTreeMap::new();
    for one in written {
        let key = (one.article.lang.as_str(), one.article.id.as_str());
        if let Some(first) = seen.get(&key) {
            let line = first.line_of(What::Field, "id");
            let place = if line > 0 { format!("{}:{line}", first.file) } else { first.file.clone() };
            Problems::new(&one.file, problems).error(
                one.line_of(What::Field, "id"),
                format!("id `{}` is already taken by {place}", one.article.id),
                "give one of the two another `id`",
            );
        } else {
            seen.insert(key, one);
        }
    }
}

/// Longest answer in bytes of text that is taken for one: search knows the most telling words of longer ones only.
const MAX_ANSWER_BYTES: usize = 100_000;

/// An article without a word is never found, one of a whole book never read.
fn check_words(written: &[Written], problems: &mut Vec<Problem>) {
    for one in written {
        let text = crate::article::plain_blocks(&one.article.blocks);
        let has_word = |text: &str| !crate::text::analyze(text, 1).is_empty();
        let mut told = Problems::new(&one.file, problems);
        if !has_word(&one.article.title) && !has_word(&text) && !one.article.phrasings.iter().any(|one| has_word(one)) {
            let message = format!("\"{}\" holds no word, so no search finds it", one.article.title);
            told.warning(one.line, message, "write it in letters, or give it `phrasings`");
        }
        if text.len() > MAX_ANSWER_BYTES {
            let message = format!(
                "the answer holds {} KB of text: it is searched by its most telling words only",
                text.len() / 1000
            );
            told.warning(one.line, message, "split it into questions that shoppers ask");
        }
    }
}

/// Links to articles must lead to one of the same language.
fn check_links(written: &[Written], problems: &mut Vec<Problem>) {
    let ids: std::collections::BTreeSet<(&str, &str)> =
        written.iter().map(|one| (one.article.lang.as_str(), one.article.id.as_str())).collect();
    for one in written {
        let mut links = Vec::new();
        links_of(&one.article.blocks, &mut links);
        for link in links {
            let id = link.strip_prefix(crate::article::ARTICLE_LINK).unwrap_or_default();
            let id = id.split('#').next().unwrap_or_default();
            if !ids.contains(&(one.article.lang.as_str(), id)) {
                Problems::new(&one.file, problems).warning(
                    one.line_of(What::Link, link),
                    format!("link to article `{id}`, which does not exist in `{}`", one.article.lang),
                    "correct the id or write the article",
                );
            }
        }
    }
}

fn links_of<'a>(blocks: &'a [Block], out: &mut Vec<&'a str>) {
    fn inlines<'a>(all: &'a [Inline], out: &mut Vec<&'a str>) {
        for inline in all {
            match inline {
                Inline::Link(address, inner) => {
                    if address.starts_with(crate::article::ARTICLE_LINK) {
                        out.push(address);
                    }
                    inlines(inner, out);
                }
                Inline::Strong(inner) | Inline::Emphasis(inner) => inlines(inner, out),
                Inline::Text(_) | Inline::Code(_) | Inline::Break | Inline::Variable(..) => {}
            }
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading(_, text) => inlines(text, out),
            Block::List(_, items) => items.iter().for_each(|item| links_of(item, out)),
            Block::Callout(_, inner) | Block::Market(_, inner) => links_of(inner, out),
            Block::Table(head, rows) => head.iter().chain(rows.iter().flatten()).for_each(|cell| inlines(cell, out)),
            Block::Code(_) | Block::Image { .. } | Block::Video { .. } => {}
        }
    }
}

/// Collections that articles name but nobody described get their name as title.
fn invent_collections(help: &mut Help) {
    for article in &help.articles {
        if !article.collection.is_empty() && !help.collections.iter().any(|known| known.id == article.collection) {
            let title = humanized(&article.collection);
            help.collections.push(Collection { id: article.collection.clone(), title, ..Collection::default() });
        }
    }
}

/// A file's or collection's name as a shopper may read it: `gift-cards` is "Gift cards".
pub(crate) fn humanized(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let spaced = spaced.trim().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let mut chars = spaced.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_else(|| name.to_owned())
}

pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Languages that a folder or a file's suffix may name (ISO 639-1).
const LANGS: &str = " af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk \
                     km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl pt ro ru si sk sl sq sr sv sw ta te th tl tr uk \
                     ur uz vi zh zu ";

/// The language tag that a name is, lower case: `de`, `pt-br`, `zh_Hant`.
pub(crate) fn lang_tag(name: &str) -> Option<String> {
    let tag = name.trim().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let known = primary.len() == 2 && LANGS.contains(&format!(" {primary} "));
    let rest_fits = parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (known && rest_fits && tag.len() <= 20).then_some(tag)
}

/// The language that a path tells: its file's suffix (`returns.fr.md`), else its nearest folder that is one.
pub(crate) fn lang_of_path(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split(['/', '\\']).collect();
    let name = parts.pop().unwrap_or_default();
    let suffix = name.split('.').skip(1).collect::<Vec<_>>().into_iter().rev().skip(1).find_map(lang_tag);
    suffix.or_else(|| parts.iter().rev().find_map(|part| lang_tag(part)))
}
