//! The flow of one language: names become numbers, texts are picked.

use super::{Items, Kind, Target, Test, Text, Written};
use crate::content::Problems;
use crate::flow::{self, Flow, Go, places};

/// Makes the flow of a language; texts that it lacks are told.
pub(super) fn bind(written: &Written, lang: &str, problems: &mut Problems<'_>) -> Flow {
    let mut pick = Pick { lang, problems };
    let steps = written.steps.iter().enumerate().map(|(at, step)| {
        let go = |target: &Target| go(target, written, at);
        let kind = match &step.kind {
            Kind::Say { text, claim, items } => {
                flow::Kind::Say { text: pick.text(text, "say"), claim: *claim, items: pick.items(items.as_ref()) }
            }
            Kind::Ask { text, hint, input, pattern, fact, private } => flow::Kind::Ask {
                text: pick.text(text, "ask"),
                hint: pick.text(hint, "hint"),
                input: *input,
                pattern: pattern.clone(),
                fact: fact.0.clone(),
                private: *private,
            },
            Kind::Choose { text, options, each } => flow::Kind::Choose {
                text: pick.text(text, "choose"),
                options: options
                    .iter()
                    .map(|choice| flow::Choice {
                        value: choice.value.clone(),
                        label: pick.text(&choice.label, "label"),
                        when: choice.when.iter().map(test).collect(),
                        go: choice.go.as_ref().map(go),
                    })
                    .collect(),
                each: pick.items(each.as_ref()),
            },
            Kind::Call { text, url, send, timeout_s, retries, ways } => flow::Kind::Call {
                text: pick.text(text, "say"),
                url: url.0.clone(),
                send: send.iter().map(|(name, _)| name.clone()).collect(),
                timeout_s: *timeout_s,
                retries: *retries,
                ways: ways.iter().map(|(result, target)| (result.clone(), go(target))).collect(),
            },
            Kind::When { branches } => flow::Kind::When {
                branches: branches
                    .iter()
                    .map(|(tests, target)| (tests.iter().map(test).collect(), go(target)))
                    .collect(),
            },
        };
        flow::Step { id: step.id.clone(), kind, go: go(&step.go) }
    });
    let steps = steps.collect();
    Flow {
        id: written.id.clone(),
        title: pick.text(&written.title, "title"),
        summary: pick.text(&written.summary, "summary"),
        pages: written.pages,
        articles: written.articles.iter().map(|(id, _)| id.clone()).collect(),
        steps,
    }
}

/// Where a name leads from a step; `check` has told already when it leads nowhere.
pub(super) fn go(target: &Target, written: &Written, from: usize) -> Go {
    let step = |at: usize| if at < written.steps.len() { Go::Step(at as u32) } else { Go::End };
    match target.name.as_str() {
        "" => step(from + 1),
        "end" => Go::End,
        "person" => Go::Person,
        name => match name.split_once(':') {
            Some(("article", id)) => Go::Article(id.trim().to_owned()),
            Some(("flow", id)) => Go::Flow(id.trim().to_owned()),
            _ => written.steps.iter().position(|step| step.id == name).map_or(Go::End, step),
        },
    }
}

fn test(test: &Test) -> flow::Test {
    flow::Test { name: test.name.clone(), not: test.not, value: test.value.clone() }
}

struct Pick<'a, 'b> {
    lang: &'a str,
    problems: &'a mut Problems<'b>,
}

impl Pick<'_, '_> {
    fn text(&mut self, text: &Text, what: &str) -> String {
        let base = self.lang.split('-').next().unwrap_or(self.lang);
        let own = |wanted: &str| text.by_lang.iter().find(|(lang, _)| lang == wanted).map(|(_, text)| text.clone());
        if let Some(own) = own(self.lang).or_else(|| own(base)).filter(|text| !text.is_empty()) {
            return own;
        }
        if let Some(plain) = &text.plain {
            return plain.clone();
        }
        if !text.by_lang.is_empty() {
            self.problems.error(
                text.line,
                format!("`{what}` has no translation in `{}`", self.lang),
                format!("add `{}:` with the text", self.lang),
            );
        }
        String::new()
    }

    fn items(&mut self, items: Option<&Items>) -> Option<flow::Items> {
        items.map(|items| flow::Items {
            list: items.list.0.clone(),
            label: self.text(&items.label, "item"),
            value: self.text(&items.value, "value"),
        })
    }
}

/// Whether a text holds words, and so is another in every language.
pub(super) fn has_words(text: &str) -> bool {
    let mut bare = text.to_owned();
    for place in places(text) {
        bare = bare.replace(&format!("{{{place}}}"), "");
    }
    bare.chars().filter(|c| c.is_alphabetic()).count() > 1 && !bare.starts_with('/') && !bare.starts_with("http")
}
