//! A flow's YAML, taken apart; every field that is missing, unknown or misshapen is told with its line.

use super::super::yaml::{self, Value};
use super::super::{Problems, file_name, lang_tag};
use super::{Choice, Items, Kind, Step, Target, Test, Text, Written, lang_of_folder};
use crate::flow::{Claim, Input};
use crate::page::PageType;

/// Most steps of a flow; a longer one is several flows.
const MAX_STEPS: usize = 60;

/// Reads a file.
pub(in crate::content) fn read(text: &str, problems: &mut Problems<'_>) -> Option<Written> {
    let file = problems.file().to_owned();
    let stem = file_name(&file).rsplit_once('.').map_or("", |(stem, _)| stem).to_owned();
    let mut out = Written {
        id: stem,
        lang: lang_of_folder(&file),
        file,
        title: Text::default(),
        summary: Text::default(),
        pages: 0,
        articles: Vec::new(),
        steps: Vec::new(),
        line: 1,
    };
    let Some(entries) = yaml::load(text, 0, problems)?.entries() else {
        problems.error(1, "this is no flow", "write `title:` and `steps:`");
        return None;
    };
    for (key, line, value) in entries {
        match key.as_str() {
            "id" => out.id = plain(&value),
            "title" => out.title = text_of(value, problems),
            "summary" => out.summary = text_of(value, problems),
            "pages" => {
                for name in value.texts("pages", problems) {
                    match PageType::from_name(&name) {
                        Some(page) => out.pages |= page.bit(),
                        None => problems.error(
                            line,
                            format!("no type of page is named `{name}`"),
                            names(PageType::ALL.iter().map(|page| page.name())),
                        ),
                    }
                }
            }
            "articles" => out.articles = value.texts("articles", problems).into_iter().map(|id| (id, line)).collect(),
            "steps" => match value.items() {
                Ok(items) => out.steps = items.into_iter().filter_map(|item| step(item, problems)).collect(),
                Err(_) => problems.error(line, "`steps` is no list", "start each step with `- id: its-name`"),
            },
            _ => problems.warning(
                line,
                format!("unknown field `{key}` is ignored"),
                "use id, title, summary, pages, articles, steps",
            ),
        }
    }
    if out.title.is_empty() {
        problems.error(1, "a flow without `title`", "add what shoppers shall read");
    }
    if out.steps.is_empty() {
        problems.error(1, "a flow without steps", "add `steps:`");
        return None;
    }
    if out.steps.len() > MAX_STEPS {
        problems.error(1, format!("{} steps, at most {MAX_STEPS}", out.steps.len()), "part it into several flows");
        return None;
    }
    Some(out)
}

impl Text {
    pub(super) fn is_empty(&self) -> bool {
        self.plain.is_none() && self.by_lang.is_empty()
    }
}

fn plain(value: &Value<'_>) -> String {
    value.text().unwrap_or_default().trim().to_owned()
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    format!("use one of {}", all.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", "))
}

/// A text, or one for each language.
fn text_of(value: Value<'_>, problems: &mut Problems<'_>) -> Text {
    let line = value.line();
    if let Some(text) = value.text() {
        let text = text.trim().to_owned();
        return Text { plain: (!text.is_empty()).then_some(text), by_lang: Vec::new(), line };
    }
    let mut out = Text { line, ..Text::default() };
    let Some(entries) = value.entries() else {
        problems.error(line, "this is no text", "write a text, or one for each language: `{en: …, fr: …}`");
        return out;
    };
    for (lang, line, value) in entries {
        match lang_tag(&lang) {
            Some(lang) => out.by_lang.push((lang, plain(&value))),
            None => problems.error(line, format!("`{lang}` is no language"), "write `en:`, `fr:` …"),
        }
    }
    out
}

fn target(value: &Value<'_>) -> Target {
    Target { name: plain(value), line: value.line() }
}

/// What makes a step the kind that it is.
const KINDS: [&str; 5] = ["say", "ask", "choose", "call", "when"];

fn step(item: Value<'_>, problems: &mut Problems<'_>) -> Option<Step> {
    let line = item.line();
    let Some(entries) = item.entries() else {
        problems.error(line, "a step without fields", "write `- id: its-name`");
        return None;
    };
    // `call` may have a text of its own under `say`.
    let kind =
        ["ask", "choose", "call", "when", "say"].into_iter().find(|kind| entries.iter().any(|(key, ..)| key == kind));
    let Some(kind) = kind else {
        problems.error(line, "a step that does nothing", format!("give it one of {}", KINDS.join(", ")));
        return None;
    };
    let mut fields = Fields { entries, line };
    let id = fields.text("id");
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.error(line, "a step without a usable `id`", "name it with small letters, digits and `-`");
        return None;
    }
    let go = fields.take("go").map(|value| target(&value)).unwrap_or_default();
    let kind = match kind {
        "say" => Kind::Say {
            text: fields.long("say", problems),
            claim: one_of(
                &mut fields,
                "result",
                Claim::None,
                Claim::ALL.iter().map(|claim| (claim.name(), *claim)),
                problems,
            ),
            items: fields.items("items", "item", "link", problems),
        },
        "ask" => Kind::Ask {
            text: fields.long("ask", problems),
            hint: fields.long("hint", problems),
            input: one_of(
                &mut fields,
                "input",
                Input::Text,
                Input::ALL.iter().map(|input| (input.name(), *input)),
                problems,
            ),
            pattern: fields.text("pattern"),
            fact: fields.with_line("fact"),
            private: fields.text("private") == "true",
        },
        "choose" => Kind::Choose {
            text: fields.long("choose", problems),
            options: fields.options(problems),
            each: fields.items("each", "label", "value", problems),
        },
        "call" => call(&mut fields, problems),
        _ => Kind::When { branches: fields.branches(problems) },
    };
    for (key, line, _) in fields.entries {
        problems.warning(line, format!("unknown field `{key}` of this step is ignored"), "correct or remove it");
    }
    Some(Step { id, line, kind, go })
}

fn one_of<T: Copy>(
    fields: &mut Fields<'_>,
    name: &str,
    default: T,
    all: impl Iterator<Item = (&'static str, T)> + Clone,
    problems: &mut Problems<'_>,
) -> T {
    let (text, line) = fields.with_line(name);
    if text.is_empty() {
        return default;
    }
    let found = all.clone().find(|(known, _)| *known == text);
    if found.is_none() {
        problems.error(line, format!("`{name}: {text}` is unknown"), names(all.map(|(known, _)| known)));
    }
    found.map_or(default, |(_, value)| value)
}

fn call(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Kind {
    let url = fields.with_line("call");
    let send = fields.take("send").map(|value| {
        let line = value.line();
        value.texts("send", problems).into_iter().map(|name| (name, line)).collect()
    });
    let mut number = |fields: &mut Fields<'_>, name: &str, default: u32, most: u32| {
        let (text, line) = fields.with_line(name);
        match text.parse() {
            _ if text.is_empty() => default,
            Ok(n) if n <= most => n,
            _ => {
                problems.error(
                    line,
                    format!("`{name}: {text}` is no number from 0 to {most}"),
                    format!("write `{name}: {default}`"),
                );
                default
            }
        }
    };
    let timeout_s = number(fields, "timeout_s", 8, 30).max(1);
    let retries = number(fields, "retry", 0, 3);
    let mut ways = Vec::new();
    if let Some(value) = fields.take("results") {
        let line = value.line();
        match value.entries() {
            Some(entries) => ways = entries.into_iter().map(|(result, _, value)| (result, target(&value))).collect(),
            None => problems.error(line, "`results` says nothing", "write `results: {found: next-step}`"),
        }
    }
    if fields.entries.iter().any(|(key, ..)| key == "go") || ways.is_empty() {
        problems.error(fields.line, "a call without `results`", "say where each result of the shop leads");
    }
    // What happens without an answer has to be said: it is the case that is forgotten.
    match fields.take("else") {
        Some(value) => ways.push((String::new(), target(&value))),
        None => problems.error(
            fields.line,
            "a call without `else`",
            "say where it leads when the shop does not answer, or says something else",
        ),
    }
    Kind::Call { text: fields.long("say", problems), url, send: send.unwrap_or_default(), timeout_s, retries, ways }
}

/// A step's fields; those taken are known.
struct Fields<'a> {
    entries: Vec<(String, usize, Value<'a>)>,
    line: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.entries.iter().position(|(key, ..)| key == name)?;
        Some(self.entries.remove(at).2)
    }

    fn text(&mut self, name: &str) -> String {
        self.with_line(name).0
    }

    fn with_line(&mut self, name: &str) -> (String, usize) {
        self.take(name).map_or((String::new(), self.line), |value| (plain(&value), value.line()))
    }

    fn long(&mut self, name: &str, problems: &mut Problems<'_>) -> Text {
        match self.take(name) {
            Some(value) => text_of(value, problems),
            None => Text { line: self.line, ..Text::default() },
        }
    }

    fn items(&mut self, list: &str, label: &str, value: &str, problems: &mut Problems<'_>) -> Option<Items> {
        let list = self.take(list).map(|value| (plain(&value), value.line()))?;
        let (label, value) = (self.long(label, problems), self.long(value, problems));
        Some(Items { list, label, value })
    }

    fn options(&mut self, problems: &mut Problems<'_>) -> Vec<Choice> {
        let Some(value) = self.take("options") else { return Vec::new() };
        let line = value.line();
        let Ok(items) = value.items() else {
            problems.error(line, "`options` is no list", "start each with `- value: its-name`");
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            let line = item.line();
            let Some(entries) = item.entries() else {
                problems.error(line, "an option without fields", "write `- value: its-name` and `label:`");
                continue;
            };
            let mut fields = Fields { entries, line };
            out.push(Choice {
                value: fields.text("value"),
                label: fields.long("label", problems),
                when: fields.take("if").map(|value| tests(value, problems)).unwrap_or_default(),
                go: fields.take("go").map(|value| target(&value)),
            });
            for (key, line, _) in fields.entries {
                problems.warning(
                    line,
                    format!("unknown field `{key}` of this option is ignored"),
                    "use value, label, if, go",
                );
            }
        }
        out
    }

    fn branches(&mut self, problems: &mut Problems<'_>) -> Vec<(Vec<Test>, Target)> {
        let Some(value) = self.take("when") else { return Vec::new() };
        let line = value.line();
        let Ok(items) = value.items() else {
            problems.error(line, "`when` is no list", "write `- if: {order: any}` and `  go: step`");
            return Vec::new();
        };
        let branch = |item: Value<'a>| {
            let line = item.line();
            let mut fields = Fields { entries: item.entries().unwrap_or_default(), line };
            let tests = fields.take("if").map(|value| tests(value, problems)).unwrap_or_default();
            let go = fields.take("go").map(|value| target(&value));
            if tests.is_empty() || go.is_none() {
                problems.error(line, "a branch needs `if` and `go`", "write `- if: {order: any}` and `  go: step`");
            }
            (tests, go.unwrap_or_default())
        };
        items.into_iter().map(branch).collect()
    }
}

/// `{order: any, customer-state: not signed-in}`.
fn tests(value: Value<'_>, problems: &mut Problems<'_>) -> Vec<Test> {
    let line = value.line();
    let Some(entries) = value.entries() else {
        problems.error(
            line,
            "`if` needs names and values",
            "write `if: {order: any}` or `if: {customer-state: signed-in}`",
        );
        return Vec::new();
    };
    entries
        .into_iter()
        .map(|(name, line, value)| {
            let text = plain(&value);
            let (not, value) = match text.strip_prefix("not ") {
                Some(rest) => (true, rest.trim()),
                None => (text == "none", text.as_str()),
            };
            let value = if matches!(value, "any" | "none") { String::new() } else { value.to_owned() };
            Test { name, not, value, line }
        })
        .collect()
}
