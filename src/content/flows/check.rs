//! What could not work in a flow: steps that nobody comes to or gets away from, names that nothing
//! has, addresses that may not be called, and texts that claim more than is known.

use std::collections::BTreeSet;

use super::bind::{go, has_words};
use super::{Items, Kind, Step, Target, Test, Text, Written};
use crate::content::{Help, Problems};
use crate::flow::{Claim, FACTS, Go, Input, is_callable, places};
use crate::secrets;

/// Checks all that does not depend on a language; `many` says that several are served.
pub(super) fn check(flow: &Written, many: bool, problems: &mut Problems<'_>) {
    let many = many && flow.lang.is_empty();
    for text in [&flow.title, &flow.summary] {
        text_itself(text, many, problems);
    }
    for (at, step) in flow.steps.iter().enumerate() {
        if let Some(twin) = flow.steps.iter().take(at).find(|other| other.id == step.id) {
            problems.error(
                step.line,
                format!("step `{}` is already in line {}", step.id, twin.line),
                "give one of the two another `id`",
            );
        }
        for target in targets(step) {
            let name = &target.name;
            let known = name.is_empty()
                || matches!(name.as_str(), "end" | "person")
                || name.starts_with("article:")
                || name.starts_with("flow:")
                || flow.steps.iter().any(|step| step.id == *name);
            if !known {
                let cure = format!("use a step ({}), end, person, article:ID or flow:ID", ids(flow));
                problems.error(target.line, format!("there is no step `{name}`"), cure);
            }
        }
        names(flow, step, problems);
        texts(step, many, problems);
        alone(step, problems);
    }
    reachable(flow, problems);
    claims(flow, problems);
}

/// Checks what a language's own articles and flows must have.
pub(super) fn links(
    flow: &Written,
    lang: &str,
    help: &Help,
    known: &dyn Fn(&str) -> bool,
    problems: &mut Problems<'_>,
) {
    let article = |id: &str| help.articles.iter().any(|article| article.id == id);
    let missing = |id: &str, line: usize, problems: &mut Problems<'_>| {
        if !article(id) {
            problems.error(
                line,
                format!("article `{id}` does not exist in `{lang}`"),
                "correct the id or write the article",
            );
        }
    };
    flow.articles.iter().for_each(|(id, line)| missing(id, *line, problems));
    for target in flow.steps.iter().flat_map(targets) {
        match target.name.split_once(':') {
            Some(("article", id)) => missing(id.trim(), target.line, problems),
            Some(("flow", id)) if !known(id.trim()) => {
                problems.error(
                    target.line,
                    format!("flow `{}` does not exist in `{lang}`", id.trim()),
                    "correct the id or write the flow",
                );
            }
            _ => {}
        }
    }
}

fn ids(flow: &Written) -> String {
    flow.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Where a step may lead, as written.
fn targets(step: &Step) -> Vec<&Target> {
    let mut out: Vec<&Target> = match &step.kind {
        Kind::Choose { options, .. } => options.iter().filter_map(|choice| choice.go.as_ref()).collect(),
        Kind::Call { ways, .. } => ways.iter().map(|(_, target)| target).collect(),
        Kind::When { branches } => branches.iter().map(|(_, target)| target).collect(),
        Kind::Say { .. } | Kind::Ask { .. } => Vec::new(),
    };
    let all_leave = matches!(&step.kind, Kind::Choose { options, each: None, .. } if !options.is_empty() && options.iter().all(|choice| choice.go.is_some()));
    if !matches!(step.kind, Kind::Call { .. }) && !all_leave {
        out.push(&step.go);
    }
    out
}

/// Names in conditions, templates and what is sent must be facts, answers or results.
fn names(flow: &Written, step: &Step, problems: &mut Problems<'_>) {
    let answers: BTreeSet<&str> = flow
        .steps
        .iter()
        .filter(|step| matches!(step.kind, Kind::Ask { .. } | Kind::Choose { .. }))
        .map(|step| step.id.as_str())
        .collect();
    let known = |name: &str| {
        FACTS.contains(&name)
            || answers.contains(name)
            || name.split_once('.').is_some_and(|(call, field)| {
                !field.is_empty()
                    && flow.steps.iter().any(|step| step.id == call && matches!(step.kind, Kind::Call { .. }))
            })
    };
    let cure = || format!("use a fact ({}), an answer, or `call-step.field`", FACTS.join(", "));
    let mut name = |name: &str, line: usize| {
        if !known(name) {
            problems.error(line, format!("nothing is known by the name `{name}`"), cure());
        }
    };
    let mut template = |text: &Text| {
        for one in every(text) {
            places(one).for_each(|place| name(place, text.line));
        }
    };
    match &step.kind {
        Kind::Say { text, .. } | Kind::Choose { text, .. } => template(text),
        Kind::Ask { text, fact, .. } => {
            template(text);
            if !fact.0.is_empty() && !FACTS.contains(&fact.0.as_str()) {
                problems.error(
                    fact.1,
                    format!("there is no fact `{}`", fact.0),
                    format!("use one of {}", FACTS.join(", ")),
                );
            }
        }
        Kind::Call { text, send, .. } => {
            template(text);
            send.iter().for_each(|(one, line)| name(one, *line));
        }
        Kind::When { .. } => {}
    }
    let tests: Vec<&Test> = match &step.kind {
        Kind::Choose { options, .. } => options.iter().flat_map(|choice| &choice.when).collect(),
        Kind::When { branches } => branches.iter().flat_map(|(tests, _)| tests).collect(),
        _ => Vec::new(),
    };
    for test in tests {
        if !known(&test.name) {
            problems.error(test.line, format!("nothing is known by the name `{}`", test.name), cure());
        }
    }
    let items: Option<&Items> = match &step.kind {
        Kind::Say { items, .. } => items.as_ref(),
        Kind::Choose { each, .. } => each.as_ref(),
        _ => None,
    };
    if let Some(items) = items {
        if !items.list.0.contains('.') || !known(&items.list.0) {
            problems.error(
                items.list.1,
                format!("`{}` is no list of a call's answer", items.list.0),
                "write `call-step.list`",
            );
        }
        if items.label.is_empty() {
            problems.error(
                items.list.1,
                "a list whose entries show nothing",
                "add a template of their fields, such as `\"{name}\"`",
            );
        }
    }
}

fn every(text: &Text) -> impl Iterator<Item = &str> {
    text.plain.as_deref().into_iter().chain(text.by_lang.iter().map(|(_, text)| text.as_str()))
}

/// Texts must be there, hold no secret, and have the same places in every language.
fn texts(step: &Step, many: bool, problems: &mut Problems<'_>) {
    let (own, needed): (Vec<&Text>, bool) = match &step.kind {
        Kind::Say { text, items, .. } => (with(text, items.as_ref()), true),
        Kind::Choose { text, each, options } => {
            let mut all = with(text, each.as_ref());
            all.extend(options.iter().map(|choice| &choice.label));
            (all, true)
        }
        Kind::Ask { text, hint, .. } => {
            // An example of an answer is often the same in every language.
            text_itself(hint, false, problems);
            (vec![text], true)
        }
        Kind::Call { text, .. } => (vec![text], true),
        Kind::When { .. } => (Vec::new(), false),
    };
    if needed && own.first().is_some_and(|text| text.is_empty()) {
        problems.error(step.line, "a step that says nothing", "add its text");
    }
    own.into_iter().for_each(|text| text_itself(text, many, problems));
}

fn text_itself(text: &Text, many: bool, problems: &mut Problems<'_>) {
    for one in every(text) {
        if let Some(what) = secrets::looks_like(one) {
            problems.error(text.line, format!("this looks like {what}"), "take it out: every shopper can read it");
        }
    }
    if many && text.plain.as_deref().is_some_and(has_words) {
        problems.warning(text.line, "one text for all languages", "write one for each: `{en: …, fr: …}`");
    }
    let mut all = text.by_lang.iter().map(|(lang, text)| (lang, places(text).collect::<BTreeSet<_>>()));
    if let Some((first, expected)) = all.next() {
        for (lang, got) in all {
            if got != expected {
                problems.error(
                    text.line,
                    format!("`{lang}` fills in other values than `{first}`"),
                    "use the same `{names}` in every language",
                );
            }
        }
    }
}

fn with<'a>(text: &'a Text, items: Option<&'a Items>) -> Vec<&'a Text> {
    let mut out = vec![text];
    out.extend(items.into_iter().flat_map(|items| [&items.label, &items.value]));
    out
}

/// What a step can be checked for by itself.
fn alone(step: &Step, problems: &mut Problems<'_>) {
    match &step.kind {
        Kind::Choose { options, each, .. } => {
            if options.is_empty() && each.is_none() {
                problems.error(step.line, "nothing to choose from", "add `options:` or `each:`");
            }
            for choice in options {
                if choice.value.is_empty() || choice.label.is_empty() {
                    problems.error(step.line, "an option without `value` or `label`", "add both");
                }
            }
        }
        Kind::Ask { input, pattern, .. }
            if !pattern.is_empty() && !matches!(input, Input::OrderNumber | Input::Code | Input::Postcode) =>
        {
            problems.error(
                step.line,
                "`pattern` is for order numbers, codes and postcodes",
                "remove it, or set `input`",
            );
        }
        Kind::Call { url, send, .. } => {
            if !is_callable(&url.0) {
                problems.error(
                    url.1,
                    format!("`{}` may not be called", url.0),
                    "use `https://…` or a path of the shop, `/…`",
                );
            }
            for text in core::iter::once(&url.0).chain(send.iter().map(|(name, _)| name)) {
                if let Some(what) = secrets::looks_like(text) {
                    problems.error(
                        url.1,
                        format!("this looks like {what}"),
                        "keep it at the shop: every shopper can read it",
                    );
                }
            }
        }
        _ => {}
    }
}

/// Every step must be come to, and must lead to an end.
fn reachable(flow: &Written, problems: &mut Problems<'_>) {
    let ways = |at: usize| -> Vec<Go> {
        flow.steps
            .get(at)
            .map_or_else(Vec::new, |step| targets(step).into_iter().map(|target| go(target, flow, at)).collect())
    };
    let mut seen = BTreeSet::from([0usize]);
    let mut todo = vec![0usize];
    while let Some(at) = todo.pop() {
        for way in ways(at) {
            if let Go::Step(to) = way
                && seen.insert(to as usize)
            {
                todo.push(to as usize);
            }
        }
    }
    // Steps from which an end can be reached, grown backwards until nothing is added.
    let mut ends: BTreeSet<usize> = BTreeSet::new();
    loop {
        let before = ends.len();
        for at in 0..flow.steps.len() {
            if ways(at).iter().any(|way| !matches!(way, Go::Step(to) if !ends.contains(&(*to as usize)))) {
                ends.insert(at);
            }
        }
        if ends.len() == before {
            break;
        }
    }
    // Steps that go round without ever waiting for the shopper or the shop.
    let waits = |at: usize| {
        flow.steps
            .get(at)
            .is_some_and(|step| matches!(step.kind, Kind::Ask { .. } | Kind::Choose { .. } | Kind::Call { .. }))
    };
    for (at, step) in flow.steps.iter().enumerate() {
        if !seen.contains(&at) {
            problems.error(
                step.line,
                format!("nothing leads to step `{}`", step.id),
                "lead to it by `go`, or remove it",
            );
        } else if !ends.contains(&at) {
            problems.error(
                step.line,
                format!("step `{}` is a dead end: no way from it ends", step.id),
                "lead it to `end`, `person`, an article or a flow",
            );
        } else if !waits(at) && rounds(at, &ways, &waits) {
            problems.error(
                step.line,
                format!("step `{}` goes round in a circle without asking anything", step.id),
                "break the circle",
            );
        }
    }
}

fn rounds(start: usize, ways: &dyn Fn(usize) -> Vec<Go>, waits: &dyn Fn(usize) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![start];
    while let Some(at) = todo.pop() {
        for way in ways(at) {
            if let Go::Step(to) = way {
                let to = to as usize;
                if to == start {
                    return true;
                }
                if !waits(to) && seen.insert(to) {
                    todo.push(to);
                }
            }
        }
    }
    false
}

/// A text that claims a result may be come to only by that very result of the shop.
fn claims(flow: &Written, problems: &mut Problems<'_>) {
    let n = flow.steps.len();
    let mut before: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); n];
    if let Some(first) = before.first_mut() {
        first.insert("");
    }
    loop {
        let mut grew = false;
        for (at, step) in flow.steps.iter().enumerate() {
            let came = before.get(at).cloned().unwrap_or_default();
            let mut add = |target: &Target, with: &BTreeSet<&'static str>| {
                if let Go::Step(to) = go(target, flow, at)
                    && let Some(slot) = before.get_mut(to as usize)
                {
                    let size = slot.len();
                    slot.extend(with);
                    grew |= slot.len() > size;
                }
            };
            let came: BTreeSet<&'static str> =
                Claim::ALL.iter().map(|claim| claim.name()).filter(|name| came.contains(name)).collect();
            match &step.kind {
                Kind::Call { ways, .. } => {
                    for (result, target) in ways {
                        add(target, &BTreeSet::from([Claim::of_result(result).name()]));
                    }
                }
                _ => targets(step).into_iter().for_each(|target| add(target, &came)),
            }
        }
        if !grew {
            break;
        }
    }
    for (step, before) in flow.steps.iter().zip(before) {
        if let Kind::Say { claim, .. } = &step.kind
            && *claim != Claim::None
            && let Some(other) = before.iter().find(|name| **name != claim.name())
        {
            let came = if other.is_empty() {
                "without such a result of the shop".to_owned()
            } else {
                format!("by the shop's `{other}`")
            };
            problems.error(
                step.line,
                format!("step `{}` says `{}`, but is also come to {came}", step.id, claim.name()),
                format!("lead to it only from the result `{}` of a call", claim.name()),
            );
        }
    }
}
