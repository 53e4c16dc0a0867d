//! One Markdown file: front matter, then the answer.

use super::error::Problems;
use super::yaml::{self, Value};
use super::{DEFAULT_LANG, Written, blocks, file_name, humanized, lang_of_path, lang_tag};
use crate::article::{Article, Block, RuleSource, plain_blocks, plain_inlines};
use crate::page::{PageType, Signal};

/// Reads a file.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Option<Written> {
    let path = problems.file().to_owned();
    let mut article =
        Article { lang: lang_of_path(&path).unwrap_or_else(|| DEFAULT_LANG.to_owned()), ..Article::default() };
    let (front, before, body, first_line) = split(text, problems)?;
    if let Some(front) = front {
        front_matter(front, before, &mut article, problems);
    }
    article.blocks = blocks::markdown(body, first_line, problems);
    if article.id.is_empty() {
        article.id = id_of_path(&path);
    }
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
    if plain_blocks(&article.blocks).trim().is_empty()
        && !article.blocks.iter().any(|block| matches!(block, Block::Image { .. }))
    {
        problems.error(first_line, "the answer is empty", "write the answer below the front matter");
        return None;
    }
    Some(Written { article, file: path, line: 1 })
}

/// Front matter, lines before it, body, line in which the body starts.
fn split<'a>(text: &'a str, problems: &mut Problems<'_>) -> Option<(Option<&'a str>, usize, &'a str, usize)> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Some((None, 0, text, 1));
    };
    let mut end = first.len();
    for (n, line) in lines.enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            let body = text.get(end + line.len()..).unwrap_or_default();
            return Some((text.get(first.len()..end), 1, body, n + 3));
        }
        end += line.len();
    }
    problems.error(1, "the front matter does not end", "add a line `---` after it");
    None
}

/// The file's name without its endings; a folder's index is named after the folder.
fn id_of_path(path: &str) -> String {
    let name = file_name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = match stem.rsplit_once('.') {
        Some((before, suffix)) if lang_tag(suffix).is_some() => before,
        _ => stem,
    };
    if matches!(stem.to_ascii_lowercase().as_str(), "index" | "readme" | "_index")
        && let Some(folder) = path.rsplit(['/', '\\']).nth(1)
    {
        return folder.to_owned();
    }
    stem.to_owned()
}

const FIELDS: &str = "id, title, lang, collection, tags, phrasings, synonyms, updated, rules";

fn front_matter(text: &str, before: usize, article: &mut Article, problems: &mut Problems<'_>) {
    let Some(all) = yaml::load(text, before, problems).filter(|all| !all.is_null()) else { return };
    let line = all.line();
    let Some(entries) = all.entries() else {
        problems.error(line, "the front matter is no list of fields", "write `title: …` and the like, one a line");
        return;
    };
    for (key, line, value) in entries {
        match key.as_str() {
            "title" | "question" => article.title = text_of(&key, line, &value, problems),
            "id" | "slug" => article.id = text_of(&key, line, &value, problems),
            "lang" | "language" | "locale" => {
                let name = text_of(&key, line, &value, problems);
                match lang_tag(&name) {
                    Some(lang) => article.lang = lang,
                    None => {
                        problems.error(line, format!("`{name}` is no language"), "write a tag such as `en` or `pt-br`")
                    }
                }
            }
            "collection" | "category" => article.collection = text_of(&key, line, &value, problems),
            "tags" => article.tags = split_commas(value.texts("tags", problems)),
            "phrasings" | "aliases" => article.phrasings.extend(value.texts("phrasings", problems)),
            "synonyms" => article.tags.extend(split_commas(value.texts("synonyms", problems))),
            "updated" | "date" => {
                let date = text_of(&key, line, &value, problems);
                match date.get(..10).filter(|date| is_date(date)) {
                    Some(day) => article.updated = day.to_owned(),
                    None => {
                        problems.warning(line, format!("`{date}` is no date and is ignored"), "write it as 2026-10-12")
                    }
                }
            }
            "rules" => article.rules = rules(value, problems),
            _ => problems.warning(line, format!("unknown field `{key}` is ignored"), format!("use {FIELDS}")),
        }
    }
}

fn text_of(key: &str, line: usize, value: &Value<'_>, problems: &mut Problems<'_>) -> String {
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

fn rules(value: Value<'_>, problems: &mut Problems<'_>) -> Vec<RuleSource> {
    let line = value.line();
    let Ok(items) = value.items() else {
        problems.error(line, "`rules` is no list", "start each rule with `- page: cart`");
        return Vec::new();
    };
    items.into_iter().filter_map(|item| rule(item, problems)).collect()
}

fn rule(value: Value<'_>, problems: &mut Problems<'_>) -> Option<RuleSource> {
    let line = value.line();
    let Some(entries) = value.entries() else {
        problems.error(line, "a rule without fields", "write `- page: cart` and, below it, `  priority: 5`");
        return None;
    };
    let mut rule = RuleSource { priority: 5, line: u32::try_from(line).unwrap_or(0), ..RuleSource::default() };
    for (key, line, value) in entries {
        match key.as_str() {
            "page" | "pages" => {
                rule.pages = value.texts("page", problems);
                known(&rule.pages, "page", PageType::ALL.iter().map(|page| page.name()), line, problems);
            }
            "signal" | "signals" => {
                rule.signals = value.texts("signal", problems);
                known(&rule.signals, "signal", Signal::ALL.iter().map(|signal| signal.name()), line, problems);
            }
            "url" => rule.url = text_of(&key, line, &value, problems),
            "stock" => {
                rule.stock = text_of(&key, line, &value, problems);
                known(std::slice::from_ref(&rule.stock), "stock", ["in", "out"].into_iter(), line, problems);
            }
            "priority" => match value.text().and_then(|text| text.parse::<u8>().ok()) {
                Some(priority @ 1..=10) => rule.priority = priority,
                _ => problems.error(
                    line,
                    "`priority` is not 1 to 10",
                    "write 10 for what must come first, 1 for what may come last",
                ),
            },
            "say" => rule.say = text_of(&key, line, &value, problems),
            _ => problems.warning(
                line,
                format!("unknown field `{key}` of a rule is ignored"),
                "use page, signal, url, stock, priority, say",
            ),
        }
    }
    Some(rule)
}

fn known(
    names: &[String],
    kind: &str,
    all: impl Iterator<Item = &'static str>,
    line: usize,
    problems: &mut Problems<'_>,
) {
    let all: Vec<&str> = all.collect();
    for name in names {
        if !all.contains(&name.as_str()) {
            problems.error(line, format!("no {kind} is named `{name}`"), format!("use one of {}", all.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::Problem;
    use super::*;

    fn article(path: &str, text: &str) -> (Option<Article>, Vec<String>) {
        let mut problems: Vec<Problem> = Vec::new();
        let written = read(text, &mut Problems::new(path, &mut problems));
        (written.map(|written| written.article), problems.iter().map(ToString::to_string).collect())
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
