//! What is worth an author's look in articles that build: each finding with its rule, place and cure.

use std::collections::{BTreeMap, BTreeSet};

use super::{doubles, links, reading};
use crate::article::{ARTICLE_LINK, Article, Block, Inline, TestSource, plain_blocks, plain_inlines};
use crate::content::rules::happens_on;
use crate::content::{Content, Help, Mark, Severity, What};
use crate::index::Index;

/// What `check` looks for: name, how bad it is, what it means.
pub(super) const RULES: &[(&str, Level, &str)] = &[
    ("content-error", Level::Error, "A file or a field cannot be read, so nothing can be built"),
    ("content-warning", Level::Warning, "Something was left out or guessed while reading"),
    ("left-out", Level::Note, "A record of an export did not become an article"),
    ("dead-link", Level::Error, "A link leads to no article"),
    ("dead-anchor", Level::Warning, "A link leads to no heading of its article"),
    ("dead-page", Level::Warning, "A page that an answer links to does not answer (asked with `--links`)"),
    ("missing-alt", Level::Warning, "A picture says nothing to those who do not see it"),
    ("bare-variable", Level::Warning, "A variable leaves a hole where no page tells it"),
    ("rule-impossible", Level::Warning, "A rule waits for a signal that its pages never give, among others"),
    ("rule-crowded", Level::Warning, "More rules of one condition than suggestions can be shown"),
    ("orphan", Level::Note, "An article that no collection, link or rule leads to"),
    ("empty-collection", Level::Note, "A collection without articles"),
    ("missing-translation", Level::Warning, "An article that another language lacks"),
    ("stale-translation", Level::Warning, "An article changed after its translation"),
    ("duplicate", Level::Warning, "Two articles of one question or one answer"),
    ("near-duplicate", Level::Warning, "Two articles that say nearly the same, and fight for one question"),
    ("rivals", Level::Warning, "An article asked by its own question does not come first"),
    ("too-long", Level::Note, "An answer too long to help at a glance"),
    ("hard-to-read", Level::Note, "Long sentences of long words"),
    ("review-expired", Level::Warning, "The day on which the answer was to be looked at again is past"),
    ("never-read", Level::Note, "No event of the given time shows or opens the article"),
];

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Worth knowing.
    Note,
    /// To be mended.
    Warning,
    /// Breaks something for shoppers.
    Error,
}

impl Level {
    /// Its name, as reports and SARIF have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub file: String,
    pub line: u32,
    /// In characters, from 1; 0 when unknown.
    pub column: u32,
    pub rule: &'static str,
    pub level: Level,
    pub message: String,
    pub cure: String,
}

/// Longest answer in words that is not told.
const MAX_WORDS: usize = 400;

/// Most suggestions that are ever shown.
const MAX_SHOWN: usize = 5;

/// What the articles are held against.
pub(super) struct Against<'a> {
    /// Today, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The index of each language.
    pub indexes: &'a BTreeMap<String, Index>,
    /// Articles that events name; none when no events were given.
    pub seen: Option<&'a BTreeSet<String>>,
    /// Pages that do not answer, each with the reason; empty when none was asked.
    pub dead: &'a BTreeMap<String, String>,
}

/// Every page of the web that an answer links to.
pub(super) fn pages(content: &Content) -> BTreeSet<String> {
    let articles = content.help.values().flat_map(|help| help.articles.iter().chain(&help.internal));
    articles.flat_map(|article| Parts::of(article).pages).collect()
}

/// Looks through everything.
pub(super) fn all(content: &Content, against: &Against<'_>) -> Vec<Finding> {
    let mut found = Found { content, out: Vec::new() };
    for problem in &content.problems {
        let rule = match problem.severity {
            Severity::Error => "content-error",
            Severity::Warning if problem.message.starts_with("link to article") => "dead-link",
            Severity::Warning => "content-warning",
        };
        found.push(rule, &problem.file, problem.line, problem.message.clone(), &problem.cure);
        if rule == "dead-link" {
            let marks = content.origins.values().filter(|one| one.file == problem.file).flat_map(|one| &one.marks);
            let is_it = |mark: &&Mark| {
                let id = mark.what.1.strip_prefix(ARTICLE_LINK).and_then(|to| to.split('#').next());
                mark.line == problem.line && id.is_some_and(|id| problem.message.contains(&format!("`{id}`")))
            };
            let column = marks.into_iter().find(is_it).map_or(0, |mark| mark.column);
            found.out.last_mut().into_iter().for_each(|one| one.column = column);
        }
    }
    for left in &content.left_out {
        let line = u32::try_from(left.record).unwrap_or(u32::MAX);
        found.push("left-out", &left.file, line, format!("\"{}\" is left out", left.title), &left.reason.to_string());
    }
    for (lang, help) in &content.help {
        let parts: Vec<Parts> = help.articles.iter().map(Parts::of).collect();
        let around = Around::of(help, &parts);
        for (article, parts) in help.articles.iter().zip(&parts) {
            one(article, parts, &around, against, &mut found);
        }
        for collection in &help.collections {
            if !help.articles.iter().any(|article| article.collection == collection.id) {
                let message = format!("collection `{}` of `{lang}` has no article", collection.id);
                let place =
                    content.collections.get(&(lang.clone(), collection.id.clone())).cloned().unwrap_or_default();
                let line = u32::try_from(place.line).unwrap_or(u32::MAX);
                found.push("empty-collection", &place.file, line, message, "write one or remove it");
            }
        }
        crowded(help, &mut found);
        doubles::same(help, &mut found);
        doubles::nearly(help, &mut found);
        if let Some(index) = against.indexes.get(lang) {
            doubles::rivals(help, index, &mut found);
        }
    }
    translations(&content.help, &mut found);
    found.out.sort();
    found.out.dedup();
    found.out
}

/// What was found so far.
pub(super) struct Found<'a> {
    content: &'a Content,
    out: Vec<Finding>,
}

impl Found<'_> {
    fn push(&mut self, rule: &str, file: &str, line: u32, message: String, cure: &str) {
        if let Some((rule, level, _)) = RULES.iter().find(|(name, ..)| *name == rule) {
            let (file, cure) = (file.to_owned(), cure.to_owned());
            self.out.push(Finding { file, line, column: 0, rule, level: *level, message, cure });
        }
    }

    /// A finding in an article's file.
    pub(super) fn of(&mut self, rule: &str, article: &Article, message: String, cure: &str) {
        self.at(rule, article, 1, message, cure);
    }

    /// A finding about something that stands in an article, or that its front matter says.
    fn on(&mut self, rule: &str, article: &Article, what: (What, &str), message: String, cure: &str) {
        let key = (article.lang.clone(), article.id.clone());
        let content = self.content;
        let marks = content.origins.get(&key).map_or(&[][..], |origin| &origin.marks);
        let mark = marks.iter().find(|mark| mark.what.0 == what.0 && mark.what.1 == what.1);
        self.at(rule, article, mark.map_or(1, |mark| mark.line), message, cure);
        if let (Some(mark), Some(last)) = (mark, self.out.last_mut()) {
            last.column = mark.column;
        }
    }

    fn at(&mut self, rule: &str, article: &Article, line: u32, message: String, cure: &str) {
        let key = (article.lang.clone(), article.id.clone());
        let origin = self.content.origins.get(&key).cloned().unwrap_or_default();
        // Of a table or an export the record is meant; an article of its own file knows its lines better.
        let line = if line > 1 { line } else { u32::try_from(origin.line).unwrap_or(0).max(line) };
        self.push(rule, &origin.file, line, message, cure);
    }
}

/// What leads to the articles of a language, and into them.
struct Around<'a> {
    /// Articles that others link to.
    linked: BTreeSet<&'a str>,
    /// Names of headings by article.
    headings: BTreeMap<&'a str, &'a BTreeSet<String>>,
    /// Whether collections are used at all.
    grouped: bool,
}

impl<'a> Around<'a> {
    fn of(help: &'a Help, parts: &'a [Parts]) -> Self {
        let pairs = || help.articles.iter().zip(parts);
        let others =
            pairs().flat_map(|(one, parts)| parts.articles.iter().map(String::as_str).filter(|to| *to != one.id));
        Self {
            linked: others.collect(),
            headings: pairs().map(|(one, parts)| (one.id.as_str(), &parts.headings)).collect(),
            grouped: help.articles.iter().any(|one| !one.collection.is_empty()),
        }
    }
}

/// Everything that one article shows by itself.
fn one(article: &Article, parts: &Parts, around: &Around<'_>, against: &Against<'_>, found: &mut Found<'_>) {
    for src in &parts.bare_pictures {
        found.on(
            "missing-alt",
            article,
            (What::Picture, src),
            format!("picture `{src}` has no description"),
            "write what it shows: `![…](…)`",
        );
    }
    for name in &parts.bare_variables {
        let cure = format!("write what stands there otherwise: `{{{{{name} | …}}}}`");
        found.on("bare-variable", article, (What::Variable, name), format!("`{{{{{name}}}}}` may be empty"), &cure);
    }
    for anchor in parts.anchors.iter().filter(|anchor| !parts.headings.contains(*anchor)) {
        let message = format!("no heading is named `#{anchor}`");
        let place = format!("#{anchor}");
        found.on("dead-anchor", article, (What::Link, &place), message, "correct the link or the heading");
    }
    for (id, anchor) in &parts.far_anchors {
        if around.headings.get(id.as_str()).is_some_and(|headings| !headings.contains(anchor)) {
            let message = format!("no heading of `{id}` is named `#{anchor}`");
            let place = format!("{ARTICLE_LINK}{id}#{anchor}");
            found.on("dead-anchor", article, (What::Link, &place), message, "correct the link or the heading");
        }
    }
    for page in parts.pages.iter().filter(|page| against.dead.contains_key(*page)) {
        let why = against.dead.get(page).map(String::as_str).unwrap_or_default();
        found.on(
            "dead-page",
            article,
            (What::Link, page),
            format!("`{page}`: {why}"),
            "correct the link or take it out",
        );
    }
    let text = plain_blocks(&article.blocks);
    let words = text.split_whitespace().count();
    if words > MAX_WORDS {
        let message = format!("{words} words, {MAX_WORDS} are read at a glance");
        found.of("too-long", article, message, "split it into questions, the answer first");
    }
    let lix = reading::lix(&text);
    if lix > reading::limit(&article.lang) {
        let message = format!("hard to read: LIX {lix}, {} is difficult", reading::limit(&article.lang));
        found.of("hard-to-read", article, message, "write shorter sentences and plainer words");
    }
    if !article.review.is_empty() && article.review.as_str() < against.today {
        let message = format!("to be looked at again since {}", article.review);
        found.on(
            "review-expired",
            article,
            (What::Field, "review"),
            message,
            "look whether it still holds and set `review` anew",
        );
    }
    if against.seen.is_some_and(|seen| !seen.contains(&article.id)) {
        found.of("never-read", article, "nobody saw it".to_owned(), "give it phrasings or a rule, or remove it");
    }
    let linked = around.linked.contains(article.id.as_str());
    if around.grouped && article.collection.is_empty() && article.rules.is_empty() && !linked {
        found.of("orphan", article, "nothing leads here but search".to_owned(), "give it a `collection`");
    }
    // A rule of which no signal can happen is an error of its file; one that waits in vain for some of
    // several is told here.
    for rule in &article.rules {
        for signal in &rule.signals {
            if !happens_on(signal, &rule.pages) {
                let message = format!("`{signal}` never happens on {}", rule.pages.join(", "));
                found.at("rule-impossible", article, rule.line, message, "leave it out, or ask for other pages");
            }
        }
    }
}

/// What an answer holds that can be wrong.
#[derive(Default)]
struct Parts {
    bare_pictures: Vec<String>,
    bare_variables: Vec<String>,
    anchors: Vec<String>,
    headings: BTreeSet<String>,
    articles: BTreeSet<String>,
    /// Headings of other articles that are linked to: article and name.
    far_anchors: Vec<(String, String)>,
    /// Pages of the web that are linked to.
    pages: BTreeSet<String>,
}

impl Parts {
    fn of(article: &Article) -> Self {
        let mut parts = Self::default();
        parts.collect(&article.blocks);
        parts
    }

    fn collect(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading(_, text) => {
                    self.headings.insert(crate::content::import::slug(&plain_inlines(text)));
                    self.inlines(text);
                }
                Block::Paragraph(text) => self.inlines(text),
                Block::List(_, items) => items.iter().for_each(|item| self.collect(item)),
                Block::Callout(_, inner) | Block::Market(_, inner) => self.collect(inner),
                Block::Table(head, rows) => {
                    head.iter().chain(rows.iter().flatten()).for_each(|cell| self.inlines(cell))
                }
                Block::Image { src, alt, .. } | Block::Video { src, title: alt } if alt.trim().is_empty() => {
                    self.bare_pictures.push(src.clone());
                }
                Block::Image { .. } | Block::Video { .. } | Block::Code(_) => {}
            }
        }
    }

    fn inlines(&mut self, all: &[Inline]) {
        for inline in all {
            match inline {
                Inline::Link(to, inner) => {
                    if let Some(anchor) = to.strip_prefix('#').filter(|anchor| !anchor.is_empty()) {
                        self.anchors.push(anchor.to_owned());
                    }
                    if let Some(to) = to.strip_prefix(ARTICLE_LINK) {
                        let (id, anchor) = to.split_once('#').unwrap_or((to, ""));
                        self.articles.insert(id.to_owned());
                        if !anchor.is_empty() {
                            self.far_anchors.push((id.to_owned(), anchor.to_owned()));
                        }
                    } else if links::is_page(to) {
                        self.pages.insert(to.clone());
                    }
                    self.inlines(inner);
                }
                Inline::Strong(inner) | Inline::Emphasis(inner) => self.inlines(inner),
                Inline::Variable(name, otherwise) if otherwise.is_empty() => self.bare_variables.push(name.clone()),
                _ => {}
            }
        }
    }
}

/// Pages, signals and tests of a rule.
type Condition<'a> = (Vec<String>, Vec<String>, &'a [TestSource]);

/// Rules of one condition: those beyond what is shown never fire.
fn crowded(help: &Help, found: &mut Found<'_>) {
    let mut groups: BTreeMap<Condition<'_>, Vec<(u8, &Article, u32)>> = BTreeMap::new();
    for article in &help.articles {
        for rule in &article.rules {
            let (mut pages, mut signals) = (rule.pages.clone(), rule.signals.clone());
            pages.sort();
            signals.sort();
            let key = (pages, signals, rule.tests.as_slice());
            groups.entry(key).or_default().push((rule.priority, article, rule.line));
        }
    }
    for ((pages, signals, ..), mut rules) in groups {
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.0));
        for (priority, article, line) in rules.into_iter().skip(MAX_SHOWN) {
            let when = [pages.join(", "), signals.join(", ")].join(" ");
            let message =
                format!("{MAX_SHOWN} rules for the same ({}) come before this one of priority {priority}", when.trim());
            found.at("rule-crowded", article, line, message, "raise its priority or narrow the rule");
        }
    }
}

/// Articles that a language lacks, and translations older than what they translate.
fn translations(all: &BTreeMap<String, Help>, found: &mut Found<'_>) {
    let Some((source, help)) = all.iter().max_by_key(|(lang, help)| (help.articles.len(), std::cmp::Reverse(*lang)))
    else {
        return;
    };
    for (lang, other) in all.iter().filter(|(lang, _)| *lang != source) {
        let known: BTreeMap<&str, &Article> = other.articles.iter().map(|one| (one.id.as_str(), one)).collect();
        let of = |id: &str| known.get(id).copied();
        let shared = help.articles.iter().filter(|article| of(&article.id).is_some()).count();
        // Two helps that were never translations of each other have no ids in common.
        if shared * 2 < other.articles.len() {
            continue;
        }
        for article in &help.articles {
            match of(&article.id) {
                None => {
                    let message = format!("`{}` is missing in `{lang}`", article.id);
                    found.of("missing-translation", article, message, "translate it");
                }
                Some(translated) if !translated.updated.is_empty() && translated.updated < article.updated => {
                    let message = format!("of {}, its `{source}` of {}", translated.updated, article.updated);
                    let place = (What::Field, "updated");
                    found.on("stale-translation", translated, place, message, "bring it up to date, and its `updated`");
                }
                Some(_) => {}
            }
        }
    }
}
