//! `helpnook explain`: what the widget would do on a page, and why; the same code as in a browser.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::page::{self, Visit};
use super::{CliError, Exit, open_index, print_line};
use crate::article::Compare;
use crate::context::rule::{Unmet, fires};
use crate::context::{Advice, Facts, Options, Reason, Snapshot, Words, suggest, topics};
use crate::index::Index;
use crate::index::rules::Test;
use crate::page::{PageType, Signal};

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page as an HTML file; without it only what the other options say is known
    #[arg(long)]
    page: Option<PathBuf>,
    /// Its address
    #[arg(long, default_value = "")]
    url: String,
    /// The index to ask
    #[arg(long)]
    index: PathBuf,
    /// Type of the page, as if the shop had said it
    #[arg(long)]
    page_type: Option<String>,
    /// Something that happened there, such as `coupon-rejected`; may be given again
    #[arg(long = "signal")]
    signals: Vec<String>,
    /// A line of what else is known, as `device=phone`, `dwell=60`, `visits=2`, `path=/cart`, `time=mon 10:30`,
    /// `arm=a`, `label=Code`, `read=<article>`; any other name is a fact that the shop passes. May be given again
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// Leave out the authors' rules
    #[arg(long)]
    no_rules: bool,
    /// Most suggestions
    #[arg(long, default_value_t = 5)]
    limit: usize,
    /// Answer as JSON: `page_type`, `confidence`, `facts`, `suggestions` with `id`, `score`, `reason`
    #[arg(long)]
    json: bool,
    /// Print the snapshot that the page gives, and nothing else
    #[arg(long, conflicts_with = "json")]
    snapshot: bool,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let html = match &args.page {
        Some(page) => std::fs::read(page).map_err(|error| CliError::file(page, error))?,
        None => Vec::new(),
    };
    if let Some(name) = args.page_type.as_deref().filter(|name| PageType::from_name(name).is_none()) {
        let known = PageType::ALL.iter().map(|page| page.name()).collect::<Vec<_>>().join(", ");
        return Err(CliError::Other(format!("--page-type {name} is none of: {known}")));
    }
    if let Some(name) = args.signals.iter().find(|name| Signal::from_name(name).is_none()) {
        let known = Signal::ALL.iter().map(|signal| signal.name()).collect::<Vec<_>>().join(", ");
        return Err(CliError::Other(format!("--signal {name} is none of: {known}")));
    }
    let index = open_index(&args.index)?;
    let with = args.with.iter().map(|one| known(one)).collect::<Result<Vec<_>, _>>()?;
    let visit = Visit {
        url: &args.url,
        page_type: args.page_type.as_deref().unwrap_or_default(),
        signals: args.signals.iter().map(String::as_str).collect(),
        lines: with.iter().map(|line| line.iter().map(String::as_str).collect()).collect(),
    };
    let text = page::snapshot(&String::from_utf8_lossy(&html), &visit, topics::words(&index), index.lang());
    if args.snapshot {
        print_line(text.trim_end());
        return Ok(Exit::Done);
    }
    let snapshot = Snapshot::parse(&text);
    let advice = suggest(&index, &snapshot, Options { limit: args.limit, rules: !args.no_rules });
    Words::with(&index, |words| {
        let facts = Facts::read(&snapshot, words);
        let rules = if args.no_rules { Vec::new() } else { rules(&index, &snapshot, &facts, words) };
        if args.json {
            print_line(&as_json(&index, &facts, &advice, &rules).to_string());
        } else {
            print(&index, &facts, &advice, &rules);
        }
    });
    Ok(Exit::Done)
}

/// A line of the snapshot out of `name=value`.
fn known(text: &str) -> Result<Vec<String>, CliError> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| CliError::Other(format!("--with {text}: write it as name=value")))?;
    let line = match name {
        "time" => {
            let minute = week_minute(value).ok_or_else(|| {
                CliError::Other(format!("--with time={value}: write the day and the time, as `mon 10:30`"))
            })?;
            vec![name, &minute.to_string()].into_iter().map(str::to_owned).collect()
        }
        "device" | "dwell" | "visits" | "path" | "arm" | "label" | "read" | "helped" | "failed" => {
            vec![name.to_owned(), value.to_owned()]
        }
        name => vec!["attr".to_owned(), name.to_owned(), value.to_owned()],
    };
    Ok(line)
}

/// `mon 10:30` as the minute of the week.
fn week_minute(text: &str) -> Option<u32> {
    let (day, time) = text.split_once(' ')?;
    let (hour, minute) = time.split_once(':')?;
    let day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|known| day.starts_with(known))?;
    Some(day as u32 * 1440 + hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok()?)
}

/// A rule's article, priority, whether it fired and why or why not.
type Told = (String, u8, bool, String);

/// Each rule's article, priority, whether it fired and why or why not; rules of other pages left out.
fn rules(index: &Index, page: &Snapshot, facts: &Facts, words: &Words) -> Vec<Told> {
    let mut out = Vec::new();
    for rule in index.rules() {
        let (fired, why) = match fires(&rule, facts, &page.signals(), page, words) {
            Ok(Some(signal)) => (true, format!("fired by {}", signal.name())),
            Ok(None) => (true, "fired by the page".to_owned()),
            Err(Unmet::Page) => continue,
            Err(Unmet::Signal) => (false, "waits for its signal".to_owned()),
            Err(Unmet::Test(test)) => (false, waits(&test)),
        };
        let name = rule.article.map_or_else(|| rule.say.to_owned(), |article| id(index, article));
        out.push((name, rule.priority, fired, why));
    }
    out
}

/// What a condition waits for.
fn waits(test: &Test) -> String {
    let name = match (test.key, test.name) {
        ("path", _) => "the pages before",
        ("arm", _) => "the audience",
        ("lang", _) => "the language",
        ("url", _) => "the address",
        (key, "") => key,
        ("signal", name) => &format!("the count of {name}"),
        (_, name) => name,
    };
    let values = test.values.replace('|', " or ");
    let verb = match (test.compare, test.not) {
        (Compare::Is, false) => "is not",
        (Compare::Is, true) => "is",
        (Compare::Has, false) => "does not contain",
        (Compare::Has, true) => "contains",
        (Compare::In, false) => "is not within",
        (Compare::In, true) => "is within",
        (Compare::After, false) => "were not",
        (Compare::After, true) => "were",
    };
    format!("{name} {verb} {values}")
}

fn as_json(index: &Index, facts: &Facts, advice: &Advice, rules: &[Told]) -> Value {
    let mut known: Vec<Value> = facts
        .facts
        .iter()
        .map(|fact| json!({ "name": fact.name, "value": fact.value, "source": fact.source.name() }))
        .collect();
    let page_type = json!({ "name": "page-type", "value": facts.page.name(), "source": facts.source.name() });
    known.insert(0, page_type);
    let suggestions: Vec<Value> = advice
        .suggestions
        .iter()
        .map(|one| {
            json!({
                "id": id(index, one.article),
                "score": f64::from(one.score) / 1000.0,
                "reason": sentence(&one.reason),
            })
        })
        .collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|(id, priority, fired, why)| json!({ "id": id, "priority": priority, "fired": fired, "why": why }))
        .collect();
    json!({
        "page_type": facts.page.name(),
        "confidence": f64::from(facts.confidence) / 100.0,
        "facts": known,
        "suggestions": suggestions,
        "rules": rules,
        "say": advice.say,
        "offer": advice.offer,
    })
}

fn print(index: &Index, facts: &Facts, advice: &Advice, rules: &[Told]) {
    print_line(&format!("page type  {} ({} %, by {})", facts.page.name(), facts.confidence, facts.source.name()));
    for vote in &facts.votes {
        print_line(&format!("  {:<15} {:<20} {:>3}", vote.source.name(), vote.page.name(), vote.weight));
    }
    print_line("facts");
    for fact in &facts.facts {
        print_line(&format!("  {:<15} {:<20} {}", fact.source.name(), fact.name, fact.value));
    }
    if !rules.is_empty() {
        print_line("rules");
        for (name, priority, _, why) in rules {
            print_line(&format!("  {name:<24} priority {priority:>2}  {why}"));
        }
    }
    print_line("suggestions");
    for one in &advice.suggestions {
        let reason = sentence(&one.reason);
        print_line(&format!("  {:>4}  {:<24} {reason}", one.score, id(index, one.article)));
    }
    if !advice.say.is_empty() {
        print_line(&format!("says       {}", advice.say));
    }
}

fn id(index: &Index, article: u32) -> String {
    index.stored(article).map(|stored| stored.id).unwrap_or_default()
}

/// The reason in words; the widget says it in the shopper's language.
fn sentence(reason: &Reason) -> String {
    match reason {
        Reason::Signal(signal, label) if label.is_empty() => format!("{} happened", signal.name()),
        Reason::Signal(signal, label) => format!("{} happened at \"{label}\"", signal.name()),
        Reason::Page(page) => format!("it helps on {} pages", page.name()),
        Reason::Words(words) => format!("it fits the words \"{words}\" on the page"),
    }
}
