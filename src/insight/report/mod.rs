//! The report: the same figures as one page, as a table, or as JSON.

mod charts;
mod page;
mod time;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kpi::{self, Comparison, Figure, Kpi};
use super::tally::{Fate, Tally};
use super::texts::Texts;
use super::vocabulary::KINDS;

/// Most rows of a list on the page.
const MAX_ROWS: usize = 20;

/// Everything that is told.
pub struct Report<'a> {
    tally: &'a Tally,
    /// Name of the time zone that days are of.
    zone: String,
    /// Events that did not count, by the reason.
    refused: BTreeMap<&'static str, u64>,
    texts: Texts,
    is_live: bool,
    kpis: Vec<Kpi>,
    arms: Vec<(String, String, Vec<Comparison>)>,
}

impl<'a> Report<'a> {
    /// Puts the figures together, told in a language.
    #[must_use]
    pub fn new(tally: &'a Tally, zone: &str, refused: BTreeMap<&'static str, u64>, texts: Texts) -> Self {
        let mut names = tally.arms.iter();
        // The first arm by name is what the others are held against.
        let arms = names.next().map_or_else(Vec::new, |(base, first)| {
            let against = |(name, visits)| (base.clone(), String::clone(name), kpi::compare(first, visits));
            names.map(against).collect()
        });
        Self { tally, zone: zone.to_owned(), refused, texts, is_live: false, kpis: kpi::all(tally), arms }
    }

    /// As a page of a server, on which another language is one link away.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.is_live = true;
        self
    }

    /// What a figure is, so that anybody could count it again.
    fn definition(&self, id: &str) -> String {
        self.texts.fill(&format!("kpi-{id}-means"), &[("window", &self.texts.window(self.tally.window_min))])
    }

    /// What a figure is called.
    fn title(&self, id: &str) -> &'static str {
        self.texts.say(&format!("kpi-{id}"))
    }

    /// One page that needs nothing else: no script, no address, nothing that a shopper typed as markup.
    #[must_use]
    pub fn html(&self) -> String {
        page::page(self)
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let kpis: serde_json::Map<String, Value> = self
            .kpis
            .iter()
            .map(|one| {
                let (title, definition) = (self.title(one.id), self.definition(one.id));
                (one.id.to_owned(), json!({ "title": title, "definition": definition, "value": one.value.json() }))
            })
            .collect();
        let days: Vec<Value> = self
            .tally
            .days
            .iter()
            .map(|(day, counts)| {
                let kinds: BTreeMap<&str, u64> =
                    KINDS.iter().zip(counts.kinds).filter(|(_, n)| *n > 0).map(|(kind, n)| (kind.name, n)).collect();
                json!({ "day": date(*day), "events": kinds, "contacts": counts.channels })
            })
            .collect();
        let arms: Vec<Value> = self
            .arms
            .iter()
            .map(|(base, other, all)| {
                let rows: Vec<Value> = all
                    .iter()
                    .map(|one| {
                        json!({ "kpi": one.id, "first": one.first.value(), "second": one.second.value(), "gap": one.gap.0,
                            "low": one.gap.1.0, "high": one.gap.1.1, "clear": one.is_clear, "n_first": one.first.n, "n_second": one.second.n })
                    })
                    .collect();
                json!({ "first": base, "second": other, "figures": rows })
            })
            .collect();
        let articles: Vec<Value> = self
            .articles(usize::MAX)
            .into_iter()
            .map(|(id, fate)| {
                json!({ "id": id, "suggested": fate.suggested, "read": fate.read, "helped": fate.helped, "not_helped": fate.not_helped })
            })
            .collect();
        json!({
            "events": self.tally.n_events, "conversations": self.tally.n_conversations, "refused": self.refused,
            "time_zone": self.zone, "kpis": kpis, "days": days, "tests": arms, "pages": self.tally.pages, "articles": articles,
        })
    }

    /// As a table: one figure a line, then one count a line for each day.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = "figure,day,value,low,high,n\n".to_owned();
        for one in &self.kpis {
            let row = match &one.value {
                Figure::Share(share) => {
                    format!(
                        "{:.6},{:.6},{:.6},{}",
                        share.value().unwrap_or_default(),
                        share.interval.0,
                        share.interval.1,
                        share.n
                    )
                }
                Figure::Seconds(median, ninth, n) => format!("{median},,{ninth},{n}"),
                Figure::Promoters(score, n, (low, high)) => format!("{score:.2},{low:.2},{high:.2},{n}"),
                Figure::None => ",,,0".to_owned(),
            };
            out += &format!("{},,{row}\n", one.id);
        }
        for (day, counts) in &self.tally.days {
            for (kind, n) in KINDS.iter().zip(counts.kinds).filter(|(_, n)| *n > 0) {
                out += &format!("{},{},{n},,,\n", kind.name, date(*day));
            }
            for (channel, n) in &counts.channels {
                out += &format!("contact-{},{},{n},,,\n", plain(channel), date(*day));
            }
        }
        out
    }

    /// Articles by how often they were read.
    fn articles(&self, most: usize) -> Vec<(&str, &Fate)> {
        let mut all: Vec<(&str, &Fate)> = self.tally.articles.iter().map(|(id, fate)| (id.as_str(), fate)).collect();
        all.sort_by(|(id, fate), (other, its)| its.read.cmp(&fate.read).then_with(|| id.cmp(other)));
        all.truncate(most);
        all
    }

    /// Questions without an answer by how often they were asked: language, question, times.
    fn questions(&self, most: usize) -> Vec<(&str, &str, u64)> {
        let counted = self.tally.questions.iter();
        let mut all: Vec<(&str, &str, u64)> =
            counted.map(|((lang, text), (none, down))| (lang.as_str(), text.as_str(), none + down)).collect();
        all.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.cmp(other)));
        all.truncate(most);
        all
    }

    /// Ways to a person, the most used first.
    fn channels(&self) -> Vec<&str> {
        let mut all: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, n) in self.tally.days.values().flat_map(|day| &day.channels) {
            *all.entry(name).or_default() += n;
        }
        let mut all: Vec<(&str, u64)> = all.into_iter().collect();
        all.sort_by(|(name, n), (other, its)| its.cmp(n).then_with(|| name.cmp(other)));
        all.into_iter().map(|(name, _)| name).collect()
    }
}

/// A cell that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}

/// The day of a number of days since 1970, as `YYYY-MM-DD`.
#[must_use]
pub fn date(day: i64) -> String {
    let first = jiff::civil::date(1970, 1, 1);
    let found = jiff::Span::new().try_days(day).ok().and_then(|span| first.checked_add(span).ok());
    found.map_or_else(String::new, |date| date.to_string())
}

/// The number of the day of a moment, where clocks are so many seconds ahead of UTC.
#[must_use]
pub fn day_of(at_ms: u64, offset_s: i32) -> i64 {
    (i64::try_from(at_ms / 1000).unwrap_or(i64::MAX).saturating_add(i64::from(offset_s))).div_euclid(86_400)
}
