//! An article as the Markdown that `build` reads back to the same article.

use crate::article::{Article, Block, Collection, FEATURED, Inline, RuleSource, TestSource, Tone};

/// An article's file: front matter, then its answer.
#[must_use]
pub fn article(article: &Article) -> String {
    let mut out = String::from("---\n");
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name}: {}\n", quoted(value)));
        }
    };
    field("id", &article.id);
    field("title", &article.title);
    field("lang", &article.lang);
    field("collection", &article.collection);
    field("updated", &article.updated);
    field("review", &article.review);
    field("source", &article.source);
    field("author", &article.author);
    for (name, values) in [("tags", &article.tags), ("phrasings", &article.phrasings)] {
        if !values.is_empty() {
            // A comma inside a tag would part it.
            let values: Vec<String> = values
                .iter()
                .flat_map(
                    |value| if name == "tags" { value.split(',').collect::<Vec<_>>() } else { vec![value.as_str()] },
                )
                .map(|value| quoted(value.trim()))
                .collect();
            out.push_str(&format!("{name}: [{}]\n", values.join(", ")));
        }
    }
    if article.prominence == FEATURED {
        out.push_str("featured: true\n");
    }
    if article.internal {
        out.push_str("internal: true\n");
    }
    if !article.rules.is_empty() {
        out.push_str("rules:\n");
        article.rules.iter().for_each(|one| rule(one, &mut out));
    }
    out.push_str("---\n");
    out.push_str(&answer(&article.blocks));
    out
}

fn rule(rule: &RuleSource, out: &mut String) {
    let mut fields = Vec::new();
    for (name, values) in [("page", &rule.pages), ("signal", &rule.signals)] {
        if !values.is_empty() {
            fields.push(format!("{name}: [{}]", values.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ")));
        }
    }
    for (not, name) in [(false, ""), (true, "unless")] {
        let tests: Vec<String> = rule.tests.iter().filter(|test| test.not == not).map(test).collect();
        match name {
            _ if tests.is_empty() => {}
            "" => fields.extend(tests),
            name => fields.push(format!("{name}:\n      {}", tests.join("\n      "))),
        }
    }
    for (name, value) in [("say", &rule.say), ("offer", &rule.offer)] {
        if !value.is_empty() {
            fields.push(format!("{name}: {}", quoted(value)));
        }
    }
    if let Some(badge) = rule.badge {
        fields.push(format!("badge: {badge}"));
    }
    for (name, value, usual) in [("cap", u16::from(rule.cap), 1), ("pause", rule.pause_min, 1)] {
        if value > usual {
            fields.push(format!("{name}: {value}"));
        }
    }
    fields.push(format!("priority: {}", rule.priority));
    out.push_str(&format!("  - {}\n", fields.join("\n    ")));
}

/// A condition, as `content::rules` reads it.
fn test(test: &TestSource) -> String {
    let list = |values: &str| format!("[{}]", values.split('|').map(quoted).collect::<Vec<_>>().join(", "));
    let values = list(&test.values);
    match (test.key.as_str(), test.name.as_str()) {
        ("fact", name) => format!("fact: {{ {name}: {values} }}"),
        ("signal", _) => format!("count: {}", quoted(&test.values)),
        ("path", _) => format!("before: {values}"),
        ("arm", _) => format!("audience: {values}"),
        ("lang", _) => format!("language: {values}"),
        ("time", _) => {
            let hours: Vec<String> = test.values.split('|').filter_map(hours).collect();
            format!("time: {}", list(&hours.join("|")))
        }
        (key @ ("dwell" | "visits"), _) => format!("{key}: {}", quoted(&test.values)),
        (key, _) => format!("{key}: {values}"),
    }
}

/// Minutes of the week as day and time.
fn hours(range: &str) -> Option<String> {
    let (from, to) = range.split_once('-')?;
    let (from, to) = (from.parse::<usize>().ok()?, to.parse::<usize>().ok()? + 1);
    let day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].get(from / 1440)?;
    let (from, to) = (from % 1440, (to - 1) % 1440 + 1);
    Some(format!("{day} {}:{:02}-{}:{:02}", from / 60, from % 60, to / 60, to % 60))
}

/// A file of collections.
#[must_use]
pub fn collections(all: &[Collection]) -> String {
    let mut out = String::new();
    for one in all {
        out.push_str(&format!("- id: {}\n  title: {}\n", quoted(&one.id), quoted(&one.title)));
        for (name, value) in [("summary", &one.summary), ("icon", &one.icon)] {
            if !value.is_empty() {
                out.push_str(&format!("  {name}: {}\n", quoted(value)));
            }
        }
    }
    out
}

/// Text in quotes as JSON has them: YAML reads the same.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An answer as Markdown.
#[must_use]
pub fn answer(blocks: &[Block]) -> String {
    let mut out = String::new();
    push_blocks(blocks, &mut out);
    out
}

fn push_blocks(blocks: &[Block], out: &mut String) {
    let mut last_list = None;
    for block in blocks {
        let before = out.len();
        let kind = if let Block::List(steps, _) = block { Some(*steps) } else { None };
        // Two lists in a row would join without something between them.
        let apart = kind.is_some() && last_list == kind;
        let text = one(block);
        if text.is_empty() {
            continue;
        }
        if before > 0 {
            out.push('\n');
        }
        if apart {
            out.push_str("<!-- -->\n\n");
        }
        out.push_str(&text);
        out.push('\n');
        last_list = kind;
    }
}

fn one(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => inlines(text, Place::Line),
        Block::Heading(level, text) => {
            let text = inlines(text, Place::Cell);
            if text.is_empty() { text } else { format!("{} {text}", "#".repeat(usize::from(*level).clamp(2, 4))) }
        }
        Block::List(steps, items) => list(*steps, items),
        Block::Callout(tone, inner) => {
            let mark = match tone {
                Tone::Note => "> [!NOTE]\n",
                Tone::Tip => "> [!TIP]\n",
                Tone::Warning => "> [!WARNING]\n",
            };
            format!("{mark}{}", prefixed(&answer(inner), "> ", "> "))
        }
        Block::Market(names, inner) => format!("> [!market {names}]\n>\n{}", prefixed(&answer(inner), "> ", "> ")),
        Block::Code(text) => {
            let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            format!("{fence}\n{text}\n{fence}")
        }
        Block::Table(head, rows) => table(head, rows),
        Block::Image { src, alt, size } => {
            let size = if size.0 > 0 && size.1 > 0 {
                format!("{{width={} height={}}}", size.0, size.1)
            } else {
                String::new()
            };
            format!("![{}](<{}>){size}", escaped(alt, Place::Cell), address(src))
        }
        Block::Video { src, title } => format!("![{}](<{}>)", escaped(title, Place::Cell), address(src)),
    }
}

fn list(steps: bool, items: &[Vec<Block>]) -> String {
    let mut out = String::new();
    for (number, item) in (1..).zip(items) {
        let mark = if steps { format!("{number}. ") } else { "- ".to_owned() };
        let text = answer(item);
        if text.trim().is_empty() {
            continue;
        }
        let indent = " ".repeat(mark.len());
        out.push_str(&prefixed(&text, &mark, &indent));
        out.push('\n');
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

/// Text with one mark before its first line and another before the rest.
fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.trim_end_matches('\n').lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let mark = if number == 0 { first } else { rest };
        out.push_str(if line.is_empty() { mark.trim_end() } else { mark });
        out.push_str(line);
    }
    out
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> String {
    let width = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    if width == 0 {
        return String::new();
    }
    let line = |cells: &[Vec<Inline>]| {
        let texts: Vec<String> =
            (0..width).map(|n| cells.get(n).map(|cell| inlines(cell, Place::Cell)).unwrap_or_default()).collect();
        format!("| {} |", texts.join(" | "))
    };
    let mut out = vec![line(head), format!("|{}", " --- |".repeat(width))];
    out.extend(rows.iter().map(|row| line(row)));
    out.join("\n")
}

/// Where running text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In lines of its own.
    Line,
    /// In a line that other things share: it may not break, nor hold a bare `|`.
    Cell,
}

fn inlines(all: &[Inline], place: Place) -> String {
    let mut out = String::new();
    push_inlines(all, place, "", &mut out);
    let text = out.trim();
    match place {
        Place::Cell => text.replace('\n', " "),
        Place::Line => text.lines().map(|line| start_escaped(line.trim_start())).collect::<Vec<_>>().join("\n"),
    }
}

/// Writes inlines; `around` are the marks that are open already: marks of one kind do not nest.
fn push_inlines(all: &[Inline], place: Place, around: &str, out: &mut String) {
    for (at, inline) in all.iter().enumerate() {
        match inline {
            Inline::Text(text) => out.push_str(&escaped(text, place)),
            Inline::Code(text) => out.push_str(&code(text, place)),
            Inline::Break if place == Place::Cell => out.push(' '),
            Inline::Break => out.push_str("\\\n"),
            Inline::Variable(name, otherwise) => {
                let bar = if place == Place::Cell { "\\|" } else { "|" };
                let otherwise = if otherwise.is_empty() { String::new() } else { format!(" {bar} {otherwise}") };
                out.push_str(&format!("{{{{{name}{otherwise}}}}}"));
            }
            Inline::Strong(inner) => marked("**", '*', inner, all.get(at + 1), place, around, out),
            Inline::Emphasis(inner) => marked("_", '_', inner, all.get(at + 1), place, around, out),
            Inline::Link(to, inner) if around.contains('[') => {
                let _: &String = to;
                push_inlines(inner, place, around, out);
            }
            Inline::Link(to, inner) => {
                let mut text = String::new();
                push_inlines(inner, place, &format!("{around}["), &mut text);
                let text = text.trim();
                if !text.is_empty() {
                    out.push_str(&format!("[{text}](<{}>)", address(to)));
                }
            }
        }
    }
}

/// Writes marked text. A mark holds only with text right inside it and, for punctuation inside, none right
/// outside; where it would not hold, the text goes without.
fn marked(
    mark: &str,
    sign: char,
    inner: &[Inline],
    next: Option<&Inline>,
    place: Place,
    around: &str,
    out: &mut String,
) {
    let mut text = String::new();
    push_inlines(inner, place, &format!("{around}{sign}"), &mut text);
    let bare = text.trim();
    if bare.is_empty() || around.contains(sign) || bare.contains('\n') {
        out.push_str(&text);
        return;
    }
    let lead = text.len() - text.trim_start().len();
    let tail = text.trim_end().len();
    let before = out.chars().next_back().filter(|_| lead == 0);
    let after = if tail < text.len() { None } else { next.and_then(first_char) };
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Inside a word only the asterisk marks.
    let in_word = sign == '_' && (is_word(before) || is_word(after)) && !around.contains('*') && !bare.contains('*');
    let (mark, sign) = if in_word { ("*", '*') } else { (mark, sign) };
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    // An underscore inside a word marks nothing; an asterisk at punctuation against a word does not either.
    let opens = !(is_word(before) && (sign == '_' || is_sign(bare.chars().next())));
    let closes = !(is_word(after) && (sign == '_' || is_sign(bare.chars().next_back())));
    let touches = before == Some(sign)
        || next.is_some_and(|next| matches!((next, sign), (Inline::Strong(_), '*') | (Inline::Emphasis(_), '_')));
    if !opens || !closes || touches {
        out.push_str(&text);
        return;
    }
    out.push_str(text.get(..lead).unwrap_or_default());
    out.push_str(mark);
    out.push_str(bare);
    out.push_str(mark);
    out.push_str(text.get(tail..).unwrap_or_default());
}

fn first_char(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) | Inline::Code(text) => text.chars().next(),
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link(_, inner) => inner.first().and_then(first_char),
        Inline::Break => Some(' '),
        Inline::Variable(..) => Some('{'),
    }
}

/// Text in which nothing is a mark.
fn escaped(text: &str, place: Place) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let mark =
            matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '~' | '&' | '#' | '{' | '}' | '!' | '$');
        if mark || (c == '|' && place == Place::Cell) {
            out.push('\\');
        }
        out.push(if c == '\n' || c == '\r' || c == '\t' { ' ' } else { c });
    }
    out
}

/// A line that starts like a list, a heading or a table, so that it does not.
fn start_escaped(line: &str) -> String {
    let first = line.chars().next();
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let after = line.get(digits..).and_then(|rest| rest.chars().next());
    if matches!(first, Some('-' | '+' | '=' | '|' | ':')) {
        return format!("\\{line}");
    }
    if (1..=9).contains(&digits) && matches!(after, Some('.' | ')')) {
        return format!("{}\\{}", line.get(..digits).unwrap_or_default(), line.get(digits..).unwrap_or_default());
    }
    line.to_owned()
}

fn code(text: &str, place: Place) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = if place == Place::Cell { text.replace('|', "\\|") } else { text };
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// An address between `<` and `>`.
fn address(to: &str) -> String {
    to.replace('\\', "%5C")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace([' ', '\n', '\r', '\t'], "%20")
        .replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{File, read};

    #[test]
    fn what_is_written_is_read_back() {
        let text = |text: &str| vec![Inline::Text(text.to_owned())];
        let one = Article {
            id: "a".to_owned(),
            lang: "en".to_owned(),
            title: "Why: \"this\" & <that>?".to_owned(),
            tags: vec!["x".to_owned(), "y z".to_owned()],
            phrasings: vec!["it, pinches".to_owned()],
            updated: "2026-01-02".to_owned(),
            source: "https://a.example/b?c=d&e".to_owned(),
            author: "Ana".to_owned(),
            blocks: vec![
                Block::Heading(3, text("# not 1. a list_item_")),
                Block::Paragraph(vec![
                    Inline::Text("1. *no* list; ".to_owned()),
                    Inline::Strong(vec![Inline::Text("bold ".to_owned()), Inline::Code("a`b".to_owned())]),
                    Inline::Text(" and ".to_owned()),
                    Inline::Emphasis(text("slant")),
                    Inline::Text(", ".to_owned()),
                    Inline::Link("https://a.example/(x)?a=1&b=2".to_owned(), text("a [link]")),
                    Inline::Break,
                    Inline::Variable("product.name".to_owned(), "it".to_owned()),
                    Inline::Text(" {{site.title}} &amp; <b>text</b> ~~x~~".to_owned()),
                ]),
                Block::List(
                    true,
                    vec![
                        vec![
                            Block::Paragraph(text("one")),
                            Block::List(false, vec![vec![Block::Paragraph(text("- two"))]]),
                        ],
                        vec![Block::Paragraph(text("three")), Block::Code("x\n\n```\ny".to_owned())],
                    ],
                ),
                Block::List(true, vec![vec![Block::Paragraph(text("another list"))]]),
                Block::Callout(Tone::Warning, vec![Block::Paragraph(text("hot")), Block::Paragraph(text("very"))]),
                Block::Market("!uk ie".to_owned(), vec![Block::Paragraph(text("not there"))]),
                Block::Table(vec![text("a|b"), text("c")], vec![vec![text("1"), vec![Inline::Code("x|y".to_owned())]]]),
                Block::Image { src: "/a b.png".replace(' ', "%20"), alt: "a ] pic".to_owned(), size: (3, 4) },
                Block::Video { src: "/a.mp4".to_owned(), title: "film".to_owned() },
            ],
            ..Article::default()
        };
        let written = article(&one);
        let (help, problems) = read(&[File { path: "en/a.md".to_owned(), text: written.clone() }]);
        assert_eq!(problems, [], "{written}");
        assert_eq!(help["en"].articles[0], one, "{written}");
    }
}
