//! Rules: when to suggest an article, in its front matter or in `rules.yaml`.
//!
//! Every field must hold for the rule to fire; of several values of a field one will do.
//!
//! | field | holds when | values |
//! | --- | --- | --- |
//! | `page` | the page is of this type | see [`PageType`]; `checkout` is every step of it |
//! | `signal` | this happened on the page | see [`Signal`] |
//! | `count` | the signal happened so often | `2` or more, or a range |
//! | `before` | the pages before were of these types, in this order | page types |
//! | `dwell` | the page has been open so long | seconds, or a range; looked at after 30, 60, 120 and 240 |
//! | `visits` | the shopper came so often; known once the help was opened | a range |
//! | `customer` | the shop says so (`data-customer-state`, `identify`) | `new`, `returning`, `signed-in` |
//! | `time` | it is so late, by the shopper's clock or `data-time-zone` | `mon-fri 9:00-17:30`, `sat 10:00-14:00`, `18:00-24:00` |
//! | `device` | what the page is read on | `phone`, `desktop` |
//! | `language` | of the page | `en`, `pt-br` |
//! | `url` | the address contains it | text |
//! | `query` | the address's query has it | `utm_source=mail` or `utm_source` |
//! | `stock` | of the product | `in`, `out` |
//! | `fact` | any fact is so | `{ brand: Lowa, price: 100- }`; see [`FACTS`] |
//! | `audience` | the shopper is in this half of a test, thrown once and kept on the device | `a`, `b` |
//! | `unless` | none of the fields below it holds | any of the above but `page` and `signal` |
//!
//! | field | does | without it |
//! | --- | --- | --- |
//! | `suggest` | names the article (in `rules.yaml`) | its own article |
//! | `priority` | 10 comes first, 1 last | 5 |
//! | `say` | one line said unasked; in `rules.yaml` one per language: `{ en: …, de: … }` | nothing is said |
//! | `offer` | what the line opens: `person` or `flow:name` | the panel |
//! | `badge` | whether the launcher shows a badge: `yes`, `no` | after a signal |
//! | `cap` | how often the line is said in a visit | 1 |
//! | `pause` | minutes between saying it and saying it again | 1 |
//!
//! A range is `2` (at least), `2-5`, `2-` or `-5`. Numbers of facts are compared without their fraction.

mod check;
mod fields;

pub use check::happens_on;

use std::collections::{BTreeMap, BTreeSet};

use super::error::Problems;
use super::markdown::text_of;
use super::yaml::{self, Value};
use super::{File, Help, Written, lang_of_path};
use crate::article::RuleSource;

/// Names of facts that a rule may test besides `customer-…`, whatever the shop passes by `identify`.
pub const FACTS: &[&str] = &[
    "product",
    "variant",
    "price",
    "currency",
    "stock",
    "brand",
    "category",
    "sku",
    "order",
    "value",
    "basket-lines",
    "basket-total",
    "step",
    "customer-state",
];

/// Fields that say what must be so, and those that say what is done then.
const FIELDS: &str = "page, signal, count, before, dwell, visits, customer, time, device, language, url, query, stock, fact, audience, \
     unless, suggest, priority, say, offer, badge, cap, pause";

/// Whether a file holds rules.
pub(super) fn is_rules(name: &str) -> bool {
    matches!(name, "rules.yaml" | "rules.yml" | "_rules.yaml" | "_rules.yml")
}

/// A rule of a rules file, before it is known which languages have its article.
struct General {
    rule: RuleSource,
    suggest: String,
    says: BTreeMap<String, String>,
}

/// The rules of an article's front matter.
pub(super) fn of_article(value: Value<'_>, problems: &mut Problems<'_>) -> Vec<RuleSource> {
    let line = value.line();
    let Ok(items) = value.items() else {
        problems.error(line, "`rules` is no list", "start each rule with `- page: cart`");
        return Vec::new();
    };
    let mut out = Vec::new();
    for item in items {
        if let Some(general) = rule(item, false, problems) {
            out.push(general.rule);
        }
    }
    check::twins(&out, problems);
    out
}

/// Reads a rules file and gives each rule to its article in every language, or in the language of
/// the file's folder.
pub(super) fn attach(file: &File, written: &mut [Written], problems: &mut Problems<'_>) {
    let Some(all) = yaml::load(&file.text, 0, problems).filter(|all| !all.is_null()) else { return };
    let line = all.line();
    let Ok(items) = all.items() else {
        problems.error(line, "this is no list", "start each rule with `- suggest: its-article`");
        return;
    };
    let own = lang_of_path(&file.path);
    let langs: BTreeSet<String> = written.iter().map(|one| one.article.lang.clone()).collect();
    let langs: Vec<&String> = langs.iter().filter(|lang| own.as_ref().is_none_or(|own| own == *lang)).collect();
    for item in items {
        let Some(general) = rule(item, true, problems) else { continue };
        let line = general.rule.line as usize;
        let mut lacking = Vec::new();
        for lang in &langs {
            let mut rule = general.rule.clone();
            if !general.says.is_empty() {
                match general.says.get(*lang) {
                    Some(say) => rule.say.clone_from(say),
                    None => problems.warning(
                        line,
                        format!("`say` has no line in `{lang}`, so nothing is said there"),
                        format!("add `{lang}: …` to it"),
                    ),
                }
            }
            let mut own = written.iter_mut().filter(|one| one.article.lang == **lang && !one.article.internal);
            let target = if general.suggest.is_empty() {
                rule.only_says = true;
                own.next()
            } else {
                own.find(|one| one.article.id == general.suggest)
            };
            match target {
                Some(one) => one.article.rules.push(rule),
                None => lacking.push(lang.as_str()),
            }
        }
        if lacking.len() == langs.len() {
            problems.error(
                line,
                format!("no article has the id `{}`", general.suggest),
                "write its file's name without the ending, or its `id`",
            );
        } else if !lacking.is_empty() {
            problems.warning(
                line,
                format!(
                    "article `{}` is missing in {}, where the rule does nothing",
                    general.suggest,
                    lacking.join(", ")
                ),
                "translate it",
            );
        }
    }
}

/// A flow that a rule offers: language, file, line, name.
pub(super) type Offer = (String, String, usize, String);

/// Which flows the rules of all articles offer.
pub(super) fn flows_offered(written: &[Written]) -> Vec<Offer> {
    let mut out = Vec::new();
    for one in written {
        for rule in &one.article.rules {
            if let Some(name) = rule.offer.strip_prefix("flow:") {
                out.push((one.article.lang.clone(), rule.file.clone(), rule.line as usize, name.trim().to_owned()));
            }
        }
    }
    out
}

/// A flow that is offered must be there, in every language in which it is offered.
pub(super) fn check_flows(offers: &[Offer], all: &BTreeMap<String, Help>, problems: &mut Vec<super::Problem>) {
    for (lang, file, line, name) in offers {
        if !all.get(lang).is_some_and(|help| help.flows.iter().any(|flow| flow.id == *name)) {
            Problems::new(file, problems).error(
                *line,
                format!("no flow of `{lang}` is named `{name}`"),
                "write its file's name without the ending, or offer `person`",
            );
        }
    }
}

/// One rule; what is wrong with it is told with its line.
fn rule(value: Value<'_>, general: bool, problems: &mut Problems<'_>) -> Option<General> {
    let line = value.line();
    let Some(entries) = value.entries() else {
        problems.error(line, "a rule without fields", "write `- page: cart` and, below it, `  priority: 5`");
        return None;
    };
    let mut rule = RuleSource {
        priority: 5,
        cap: 1,
        pause_min: 1,
        file: problems.file().to_owned(),
        line: u32::try_from(line).unwrap_or(0),
        ..RuleSource::default()
    };
    let (mut suggest, mut says, mut count) = (String::new(), BTreeMap::new(), None);
    for (key, line, value) in entries {
        match key.as_str() {
            "page" | "pages" => rule.pages = fields::pages("page", value, line, problems),
            "signal" | "signals" => rule.signals = fields::signals(value, line, problems),
            "count" => count = Some((value, line)),
            "unless" => match value.entries() {
                Some(entries) => {
                    for (key, line, value) in entries {
                        fields::test(&key, line, value, true, &mut rule.tests, problems);
                    }
                }
                None => problems.error(line, "`unless` holds no fields", "write `unless: { stock: out }`"),
            },
            "suggest" | "article" if general => suggest = text_of(&key, line, &value, problems),
            "priority" => {
                rule.priority = fields::number(
                    &key,
                    line,
                    &value,
                    1..=10,
                    "10 for what must come first, 1 for what may come last",
                    problems,
                )
                .unwrap_or(5) as u8;
            }
            "cap" => {
                rule.cap =
                    fields::number(&key, line, &value, 1..=20, "how often the line may be said in a visit", problems)
                        .unwrap_or(1) as u8
            }
            "pause" => {
                rule.pause_min =
                    fields::number(&key, line, &value, 1..=1440, "minutes before it may be said again", problems)
                        .unwrap_or(1);
            }
            "badge" => match value.text().as_deref() {
                Some("true" | "yes" | "on") => rule.badge = Some(true),
                Some("false" | "no" | "off") => rule.badge = Some(false),
                _ => problems.error(line, "`badge` is neither yes nor no", "write `badge: yes` or `badge: no`"),
            },
            "offer" => rule.offer = fields::offer(text_of(&key, line, &value, problems), line, problems),
            "say" => match value.text() {
                Some(text) => text.trim().clone_into(&mut rule.say),
                None => {
                    for (lang, line, value) in value.entries().unwrap_or_default() {
                        says.insert(lang, text_of("say", line, &value, problems));
                    }
                    if !general || says.is_empty() {
                        problems.error(
                            line,
                            "`say` is no text",
                            "write `say: \"One line.\"`, or in rules.yaml `say: { en: … }`",
                        );
                    }
                }
            },
            key if fields::test(key, line, value, false, &mut rule.tests, problems) => {}
            _ => problems.error(line, format!("a rule has no field `{key}`"), format!("use {FIELDS}")),
        }
    }
    if let Some((value, line)) = count {
        fields::count(&rule.signals, value, line, &mut rule.tests, problems);
    }
    let speaks = !rule.say.is_empty() || !says.is_empty();
    if general && suggest.is_empty() && !speaks {
        problems.error(line, "a rule that does nothing", "add `suggest: its-article` or `say: \"One line.\"`");
        return None;
    }
    check::rule(&rule, speaks, line, problems);
    Some(General { rule, suggest, says })
}
