//! `flows/*.yaml`: guided flows, one file each, checked and told apart by language.
//!
//! A file in a language's folder (`de/flows/returns.yaml`) serves that language; one beside the
//! languages' folders (`flows/returns.yaml`) serves them all, and each of its texts then says what
//! it is in every language. [`read`] takes the YAML apart, [`check`] finds what could not work,
//! [`bind`] makes the flow of one language.

mod bind;
mod check;
mod read;

use super::Problems;
use super::lang_tag;

pub(super) use read::read;

/// A flow as it was written: the steps once, the texts in any number of languages.
pub(super) struct Written {
    pub(super) id: String,
    pub(super) file: String,
    /// The language of its folder; empty serves all.
    pub(super) lang: String,
    title: Text,
    summary: Text,
    pages: u32,
    articles: Vec<(String, usize)>,
    steps: Vec<Step>,
    line: usize,
}

/// A text, in one language or several.
#[derive(Default, Clone)]
struct Text {
    /// What holds for every language that has none of its own.
    plain: Option<String>,
    by_lang: Vec<(String, String)>,
    line: usize,
}

struct Step {
    id: String,
    line: usize,
    kind: Kind,
    go: Target,
}

/// Where it leads, by name: a step, `end`, `person`, `article:ID`, `flow:ID`; empty is the next step.
#[derive(Clone, Default)]
struct Target {
    name: String,
    line: usize,
}

enum Kind {
    Say {
        text: Text,
        claim: crate::flow::Claim,
        items: Option<Items>,
    },
    Ask {
        text: Text,
        hint: Text,
        input: crate::flow::Input,
        pattern: String,
        fact: (String, usize),
        private: bool,
    },
    Choose {
        text: Text,
        options: Vec<Choice>,
        each: Option<Items>,
    },
    Call {
        text: Text,
        url: (String, usize),
        send: Vec<(String, usize)>,
        timeout_s: u32,
        retries: u32,
        ways: Vec<(String, Target)>,
    },
    When {
        branches: Vec<(Vec<Test>, Target)>,
    },
}

struct Choice {
    value: String,
    label: Text,
    when: Vec<Test>,
    go: Option<Target>,
}

struct Items {
    list: (String, usize),
    label: Text,
    value: Text,
}

struct Test {
    name: String,
    not: bool,
    value: String,
    line: usize,
}

/// Whether a file holds a flow: YAML in a folder named `flows`.
pub(super) fn is_flow(path: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let yaml = parts.next().is_some_and(|name| super::has_extension(name, &["yaml", "yml"]));
    yaml && parts.next() == Some("flows")
}

/// The language of the folder that holds the folder `flows`; empty when it is none.
fn lang_of_folder(path: &str) -> String {
    path.rsplit(['/', '\\']).nth(2).and_then(lang_tag).unwrap_or_default()
}

/// The flows of each language, checked against its articles.
pub(super) fn finish(
    written: &[Written],
    langs: &std::collections::BTreeMap<String, super::Help>,
    problems: &mut Vec<super::Problem>,
) -> std::collections::BTreeMap<String, Vec<crate::flow::Flow>> {
    let mut out: std::collections::BTreeMap<String, Vec<crate::flow::Flow>> = std::collections::BTreeMap::new();
    for (i, one) in written.iter().enumerate() {
        let mut own = Problems::new(&one.file, problems);
        let twin = written.iter().take(i).find(|other| {
            other.id == one.id && (other.lang == one.lang || other.lang.is_empty() || one.lang.is_empty())
        });
        if let Some(twin) = twin {
            own.error(
                one.line,
                format!("flow `{}` is already in {}", one.id, twin.file),
                "give one of the two another `id`",
            );
            continue;
        }
        check::check(one, langs.len() > 1, &mut own);
        for (lang, help) in langs.iter().filter(|(lang, _)| one.lang.is_empty() || one.lang == **lang) {
            let known =
                |id: &str| written.iter().any(|flow| flow.id == id && (flow.lang.is_empty() || flow.lang == *lang));
            check::links(one, lang, help, &known, &mut own);
            out.entry(lang.clone()).or_default().push(bind::bind(one, lang, &mut own));
        }
        // A flow that one language has is looked for in the others.
        if !one.lang.is_empty() {
            for lang in langs.keys().filter(|lang| **lang != one.lang) {
                let there =
                    written.iter().any(|other| other.id == one.id && (other.lang.is_empty() || other.lang == *lang));
                if !there {
                    own.warning(
                        one.line,
                        format!("flow `{}` has no translation in `{lang}`", one.id),
                        format!("write {lang}/flows/{}.yaml, or one file for all languages", one.id),
                    );
                }
            }
        }
    }
    for flows in out.values_mut() {
        flows.sort_by(|a, b| a.id.cmp(&b.id));
    }
    out
}
