//! `helpnook explain`: what the widget would do on a page, and why; the same code as in a browser.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::page::{self, Visit};
use super::{CliError, Exit, open_index, print_line};
use crate::context::suggest::{Unmet, fires};
use crate::context::{Advice, Facts, Options, Reason, Snapshot, suggest};
use crate::index::Index;
use crate::page::{PageType, Signal};

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The page as an HTML file
    #[arg(long)]
    page: PathBuf,
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
    let html = std::fs::read(&args.page).map_err(|error| CliError::file(&args.page, error))?;
    if let Some(name) = args.page_type.as_deref().filter(|name| PageType::from_name(name).is_none()) {
        let known = PageType::ALL.iter().map(|page| page.name()).collect::<Vec<_>>().join(", ");
        return Err(CliError::Other(format!("--page-type {name} is none of: {known}")));
    }
    if let Some(name) = args.signals.iter().find(|name| Signal::from_name(name).is_none()) {
        let known = Signal::ALL.iter().map(|signal| signal.name()).collect::<Vec<_>>().join(", ");
        return Err(CliError::Other(format!("--signal {name} is none of: {known}")));
    }
    let index = open_index(&args.index)?;
    let visit = Visit {
        url: &args.url,
        page_type: args.page_type.as_deref().unwrap_or_default(),
        signals: args.signals.iter().map(String::as_str).collect(),
    };
    let text = page::snapshot(&String::from_utf8_lossy(&html), &visit);
    if args.snapshot {
        print_line(text.trim_end());
        return Ok(Exit::Done);
    }
    let snapshot = Snapshot::parse(&text);
    let facts = Facts::read(&snapshot);
    let advice = suggest(&index, &snapshot, Options { limit: args.limit, rules: !args.no_rules });
    if args.json {
        print_line(&as_json(&index, &facts, &advice).to_string());
    } else {
        print(&index, &snapshot, &facts, &advice, !args.no_rules);
    }
    Ok(Exit::Done)
}

fn as_json(index: &Index, facts: &Facts, advice: &Advice) -> Value {
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
    json!({
        "page_type": facts.page.name(),
        "confidence": f64::from(facts.confidence) / 100.0,
        "facts": known,
        "suggestions": suggestions,
        "say": advice.say,
    })
}

fn print(index: &Index, page: &Snapshot, facts: &Facts, advice: &Advice, rules: bool) {
    print_line(&format!("page type  {} ({} %, by {})", facts.page.name(), facts.confidence, facts.source.name()));
    for vote in &facts.votes {
        print_line(&format!("  {:<15} {:<20} {:>3}", vote.source.name(), vote.page.name(), vote.weight));
    }
    print_line("facts");
    for fact in &facts.facts {
        print_line(&format!("  {:<15} {:<20} {}", fact.source.name(), fact.name, fact.value));
    }
    if rules {
        print_line("rules");
        for rule in index.rules() {
            let said = match fires(rule, facts, &page.signals(), page.first("url")) {
                Ok(Some(signal)) => format!("fired by {}", signal.name()),
                Ok(None) => "fired by the page".to_owned(),
                Err(Unmet::Page) => continue,
                Err(Unmet::Signal) => "waits for its signal".to_owned(),
                Err(Unmet::Url) => format!("the address lacks {}", rule.url),
                Err(Unmet::Stock) => "the stock is another, or unknown".to_owned(),
            };
            print_line(&format!("  {:<24} priority {:>2}  {said}", id(index, rule.article), rule.priority));
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
