//! Habits of site generators (Hugo, Zola, Jekyll, Docusaurus, MkDocs) in Markdown, put into plain Markdown.
//!
//! Every line stays the line that it was, so that problems keep their place. What is meant by a box becomes a
//! quotation with a mark, `> [!warning Title]`; films and pictures become `![…](…)`; the rest is taken away.

use super::error::Problems;
use super::rich;

/// Text without the habits of generators.
pub(super) fn plain(text: &str, first_line: usize, problems: &mut Problems<'_>) -> String {
    let mut pass = Pass {
        out: String::with_capacity(text.len()),
        open: Vec::new(),
        indented: false,
        unindents: false,
        marked: None,
        told: Vec::new(),
    };
    let mut fence: Option<(char, usize)> = None;
    let mut comment = false;
    for (number, line) in (first_line..).zip(text.split_inclusive('\n')) {
        let bare = line.trim_end_matches(['\n', '\r']);
        let mark = fence_of(bare);
        if let Some((open, length)) = fence {
            pass.line(bare);
            let closes =
                mark.is_some_and(|(c, n)| c == open && n >= length) && bare.trim().trim_start_matches(open).is_empty();
            if closes {
                fence = None;
            }
            continue;
        }
        if mark.is_some() && !comment {
            fence = mark;
            pass.line(bare);
            continue;
        }
        if bare.contains("{% comment") {
            comment = true;
        }
        if comment {
            comment = !bare.contains("endcomment");
            pass.line("");
            continue;
        }
        pass.prose(bare, number, problems);
    }
    pass.out
}

/// The character and length of a fence that starts or ends code.
fn fence_of(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start_matches([' ', '>']);
    let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == first).count();
    (length >= 3 && !(first == '`' && line.get(length..).is_some_and(|rest| rest.contains('`'))))
        .then_some((first, length))
}

struct Pass {
    out: String,
    /// Containers that are open, and whether each is a box.
    open: Vec<bool>,
    /// Whether a box by indentation is open.
    indented: bool,
    /// Whether what is indented belongs to a part with a name of its own.
    unindents: bool,
    /// A box that holds the next paragraph.
    marked: Option<&'static str>,
    /// Names already told.
    told: Vec<String>,
}

impl Pass {
    fn line(&mut self, line: &str) {
        for _ in self.open.iter().filter(|is_box| **is_box) {
            self.out.push_str("> ");
        }
        let line = if self.indented || self.unindents {
            if self.indented {
                self.out.push_str("> ");
            }
            line.strip_prefix("    ").or_else(|| line.strip_prefix('\t')).unwrap_or(line)
        } else {
            line
        };
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn open(&mut self, kind: &str, title: &str) {
        let title = title.replace(['[', ']'], " ");
        let title = title.trim();
        let gap = if title.is_empty() { "" } else { " " };
        self.open.push(true);
        self.line(&format!("[!{kind}{gap}{title}]"));
    }

    /// The name of a part, as a line that stands out.
    fn named(&mut self, name: &str) {
        let name = name.trim().replace('*', "");
        self.line(&if name.is_empty() { String::new() } else { format!("**{name}**") });
    }

    fn close(&mut self) {
        self.open.pop();
        self.line("");
    }

    fn prose(&mut self, line: &str, number: usize, problems: &mut Problems<'_>) {
        let trimmed = line.trim();
        if self.indented && !trimmed.is_empty() && !line.starts_with("    ") && !line.starts_with('\t') {
            self.indented = false;
        }
        if self.unindents && !trimmed.is_empty() && !line.starts_with("    ") && !line.starts_with('\t') {
            self.unindents = false;
        }
        if let Some(rest) = trimmed.strip_prefix(":::") {
            let rest = rest.trim_start_matches(':').trim();
            if rest.is_empty() && !self.open.is_empty() {
                return self.close();
            }
            let title = rest.get(first_word(rest).len()..).unwrap_or_default();
            if let Some(kind) = kind_of(first_word(rest)) {
                return self.open(kind, title.split('{').next().unwrap_or_default());
            }
            // What only arranges: boxes that open, tabs, columns. Its name is kept, its text stands where it stood.
            if !rest.is_empty() && first_word(rest).starts_with(char::is_alphabetic) {
                self.open.push(false);
                return self.named(title.split('{').next().unwrap_or_default());
            }
        }
        let admonition = trimmed.strip_prefix("!!!").or_else(|| trimmed.strip_prefix("???"));
        if let Some(kind) = admonition.and_then(|rest| kind_of(first_word(rest.trim_start_matches('+').trim()))) {
            let title = trimmed.split('"').nth(1).unwrap_or_default();
            self.indented = true;
            let gap = if title.is_empty() { "" } else { " " };
            return self.line(&format!("[!{kind}{gap}{}]", title.replace(['[', ']'], " ")));
        }
        // Tabs of MkDocs: a name, and what is indented below it.
        if let Some(name) = trimmed.strip_prefix("=== ").filter(|name| name.starts_with('"')) {
            self.indented = false;
            self.named(name.trim_matches('"'));
            self.unindents = true;
            return;
        }
        if matches!(trimmed, "[[toc]]" | "[[TOC]]" | "[TOC]" | "[toc]")
            || trimmed.starts_with("--8<--")
            || is_abbreviation(trimmed)
        {
            return self.line("");
        }
        // Attributes in a line of their own: a box around what follows, or nothing that a reader sees.
        if trimmed.starts_with("{:") && trimmed.ends_with('}') {
            self.marked = trimmed.split(['.', ' ', '}']).find_map(kind_of);
            return self.line("");
        }
        if is_script(line) {
            // Parts that a program shows one at a time keep their names.
            let named = ["label", "title", "summary"].into_iter().find_map(|name| argument(trimmed, name));
            return self.named(&named.filter(|_| trimmed.starts_with('<')).unwrap_or_default());
        }
        let clean = self.shortcodes(line, number, problems);
        let Some(mut clean) = clean else { return };
        if trimmed.starts_with('#')
            && let Some(at) = clean.rfind("{:")
            && clean.trim_end().ends_with('}')
        {
            // The name that a heading gives itself stays, in the way that most programs write it.
            let name = clean.get(at..).and_then(|rest| rest.split_once('#')).map(|(_, name)| name.to_owned());
            clean.truncate(at);
            if let Some(name) = name {
                clean.push_str(&format!("{{#{name}"));
            }
        }
        match self.marked.take() {
            Some(kind) if !trimmed.is_empty() && !trimmed.starts_with('>') => {
                // The mark and the paragraph share a line, as lines are not to move.
                self.line(&format!("> [!{kind}] {}", clean.trim_start()));
            }
            _ => self.line(&clean),
        }
    }

    /// A line without shortcodes; none when the line was one by itself and has been dealt with.
    fn shortcodes(&mut self, line: &str, number: usize, problems: &mut Problems<'_>) -> Option<String> {
        let mut out = String::new();
        let mut rest = line;
        while let Some((at, open, close)) = next_code(rest) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let inside = from.get(open..from.len().min(open + 2_000)).or_else(|| from.get(open..)).unwrap_or_default();
            let Some(end) = inside.find(close) else {
                out.push_str(from);
                rest = "";
                break;
            };
            let code = inside.get(..end).unwrap_or_default().trim();
            let after = from.get(open + end + close.len()..).unwrap_or_default();
            let alone = out.trim().is_empty() && after.trim().is_empty();
            match meaning(code) {
                Meaning::Text(text) => out.push_str(&text),
                Meaning::Open(kind, title) if alone => {
                    self.open(kind, &title);
                    return None;
                }
                Meaning::Close if alone && !self.open.is_empty() => {
                    self.close();
                    return None;
                }
                Meaning::Keep => out.push_str(from.get(..open + end + close.len()).unwrap_or_default()),
                Meaning::Part(name) if alone => {
                    self.open.push(false);
                    self.named(&name);
                    return None;
                }
                Meaning::Part(name) => out.push_str(&if name.is_empty() { name } else { format!("**{name}** ") }),
                Meaning::Fence(lang) if alone => {
                    self.line(&format!("```{lang}"));
                    return None;
                }
                Meaning::Open(..) | Meaning::Close | Meaning::Fence(_) => {}
                Meaning::Unknown(name) => {
                    if !name.is_empty() && !self.told.contains(&name) {
                        problems.warning(number, format!("shortcode `{name}` is dropped"), "write what it shows");
                        self.told.push(name);
                    }
                }
            }
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// An abbreviation of MkDocs, `*[HTML]: Hyper…`.
fn is_abbreviation(line: &str) -> bool {
    line.strip_prefix("*[").is_some_and(|rest| rest.contains("]:"))
}

/// Lines of programs between the text, as MDX has them.
fn is_script(line: &str) -> bool {
    let imports = line.starts_with("import ") && (line.contains(" from '") || line.contains(" from \""));
    let exports = line.starts_with("export const ") || line.starts_with("export default ");
    let trimmed = line.trim();
    let component = trimmed.starts_with('<')
        && trimmed.ends_with('>')
        && trimmed.trim_start_matches(['<', '/']).starts_with(|c: char| c.is_ascii_uppercase())
        && trimmed.matches('<').count() == 1;
    let comment = trimmed.starts_with("{/*") && trimmed.ends_with("*/}");
    imports || exports || component || comment
}

/// Where the next shortcode starts, how long its opening is, and what closes it.
fn next_code(text: &str) -> Option<(usize, usize, &'static str)> {
    let forms = [("{{<", 3, ">}}"), ("{{%", 3, "%}}"), ("{%", 2, "%}"), ("{{", 2, "}}")];
    forms
        .iter()
        .filter_map(|&(open, length, close)| Some((text.find(open)?, length, close)))
        .min_by_key(|&(at, length, _)| (at, 9 - length))
}

enum Meaning {
    /// Something to read.
    Text(String),
    /// A box starts, with its title.
    Open(&'static str, String),
    /// A box ends.
    Close,
    /// A part that only arranges what it holds, with its name.
    Part(String),
    /// Code starts or ends, in a language.
    Fence(String),
    /// One of our own variables, or no shortcode at all.
    Keep,
    /// Nothing that a reader sees, as far as is known; its name when that is worth telling.
    Unknown(String),
}

fn meaning(code: &str) -> Meaning {
    let code = code.trim_matches('-').trim();
    let ended = code.trim_start_matches('/').trim();
    if code.len() != ended.len() && ended == "highlight" || code == "endhighlight" {
        return Meaning::Fence(String::new());
    }
    if code.starts_with('/') || code == "end" || code.starts_with("end") {
        return Meaning::Close;
    }
    let name: String = code.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).collect();
    let arguments = code.get(name.len()..).unwrap_or_default();
    let value = |names: &[&str]| names.iter().find_map(|name| argument(arguments, name)).unwrap_or_default();
    // `{{ "/path" | relative_url }}` is the path.
    if name.is_empty() {
        let quoted = code.trim_start_matches(['"', '\'']);
        return match quoted.len() < code.len() {
            true => Meaning::Text(quoted.split(['"', '\'']).next().unwrap_or_default().to_owned()),
            false => Meaning::Keep,
        };
    }
    let included = if name == "include" { first_word(arguments.trim()).trim_end_matches(".html") } else { &name };
    match included.rsplit(['/', '-', '_']).next().unwrap_or_default() {
        "youtube" | "youtubeplayer" => film("https://www.youtube.com/watch?v=", arguments, &value(&["title", "name"])),
        "vimeo" => film("https://vimeo.com/", arguments, &value(&["title", "name"])),
        "video" | "video.html" if !value(&["src", "url"]).is_empty() => {
            picture(&value(&["src", "url"]), &value(&["title", "alt"]))
        }
        "figure" | "img" | "image" | "picture" if !value(&["src", "url", "path", "file"]).is_empty() => {
            let alt = value(&["alt"]);
            let caption = value(&["caption", "title"]);
            let side = |name: &str| rich::pixels(&value(&[name]));
            let shown = picture(&value(&["src", "url", "path", "file"]), if alt.is_empty() { &caption } else { &alt });
            figure(shown, (side("width"), side("height")), if alt.is_empty() { "" } else { &caption })
        }
        "ref" | "relref" | "link" | "url" if !arguments.trim().is_empty() => {
            let path = arguments.trim().trim_matches(['"', '\'', '(', ')']).to_owned();
            let (page, place) = path.split_at(path.find('#').unwrap_or(path.len()));
            Meaning::Text(if path.contains("://") || page.is_empty() {
                path
            } else {
                format!("{}.md{place}", page.trim_end_matches(".md").trim_end_matches('/'))
            })
        }
        "highlight" => Meaning::Fence(first_word(arguments.trim()).to_owned()),
        "expand" | "details" | "tab" | "tabs" | "accordion" | "steps" | "columns" | "column" => {
            let quoted = arguments.split('"').nth(1).filter(|_| !arguments.contains('=')).unwrap_or_default();
            let named = value(&["title", "name", "label", "summary", "header"]);
            Meaning::Part(if named.is_empty() { quoted.to_owned() } else { named })
        }
        "raw" | "toc" | "if" | "for" | "assign" | "else" | "unless" | "capture" | "comment" => {
            Meaning::Unknown(String::new())
        }
        other => match kind_of(other).or_else(|| {
            matches!(other, "notice" | "alert" | "callout" | "hint" | "admonition" | "box").then_some("note")
        }) {
            // Jekyll's include is a box by itself, with its text in it.
            Some(_) if name == "include" => Meaning::Text(value(&["content", "text"])),
            Some(kind) => {
                let told = value(&["type", "kind", "level", "color", "style"]);
                let first = arguments.trim().trim_matches(['(', ')']).trim_matches('"');
                let kind = kind_of(&told).or_else(|| kind_of(first_word(first))).unwrap_or(kind);
                let quoted = arguments.split('"').nth(1).filter(|_| !arguments.contains('='));
                let quoted = quoted.filter(|text| kind_of(text).is_none()).unwrap_or_default();
                let title = value(&["title"]);
                Meaning::Open(kind, if title.is_empty() { quoted.to_owned() } else { title })
            }
            // A variable: ours is filled on the page, others only their generator could fill.
            None if is_variable(&name, arguments) => Meaning::Keep,
            None => Meaning::Unknown(name),
        },
    }
}

fn is_variable(name: &str, arguments: &str) -> bool {
    let of_generator =
        ["site.", "page.", "config.", "section.", ".Site", ".Page"].iter().any(|start| name.starts_with(start));
    let arguments = arguments.trim();
    name.contains('.') && !of_generator && (arguments.is_empty() || arguments.starts_with('|'))
}

fn film(page: &str, arguments: &str, title: &str) -> Meaning {
    let id = argument(arguments, "id").unwrap_or_else(|| {
        arguments
            .split(['"', '\'', ' ', '(', ')'])
            .find(|word| !word.is_empty() && !word.contains('='))
            .unwrap_or_default()
            .to_owned()
    });
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return Meaning::Unknown("video".to_owned());
    }
    picture(&format!("{page}{id}"), title)
}

/// A picture with its size behind it, and below it what it is called.
fn figure(picture: Meaning, (width, height): (u32, u32), caption: &str) -> Meaning {
    let Meaning::Text(mut text) = picture else { return picture };
    if width > 0 && height > 0 {
        text.push_str(&format!("{{width={width} height={height}}}"));
    }
    let caption = caption.replace(['*', '_', '<', '`'], "");
    if !caption.trim().is_empty() {
        text.push_str(&format!(" *{}*", caption.trim()));
    }
    Meaning::Text(text)
}

fn picture(src: &str, alt: &str) -> Meaning {
    let alt = alt.replace(['[', ']'], " ");
    if src.contains(['<', '>', '\n']) {
        Meaning::Unknown("image".to_owned())
    } else {
        Meaning::Text(format!("![{alt}](<{src}>)"))
    }
}

/// The value of `name="value"` or `name=value`.
fn argument(arguments: &str, name: &str) -> Option<String> {
    let mut rest = arguments;
    loop {
        let at = rest.find(name)?;
        let whole = rest.get(..at)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let after = rest.get(at + name.len()..)?.trim_start();
        if let Some(value) = after.strip_prefix('=').filter(|_| whole) {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            return Some(match quote {
                Some(quote) => value.get(1..)?.split(quote).next()?.to_owned(),
                None => value.split([' ', ',', ')']).next()?.to_owned(),
            });
        }
        rest = after;
    }
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '/' | '.')).next().unwrap_or_default()
}

/// The box that a word means.
fn kind_of(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "note" | "info" | "important" | "abstract" | "summary" | "example" | "quote" | "secondary" | "primary"
        | "question" | "faq" | "help" | "todo" | "check" => "note",
        "tip" | "hint" | "success" | "new" => "tip",
        "warning" | "caution" | "danger" | "error" | "failure" | "bug" | "attention" => "warning",
        "market" => "market",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
