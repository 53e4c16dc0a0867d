//! The figures that an owner steers by, each with its definition as it is printed.

use serde_json::{Value, json};

use super::stats::{Share, difference, nps, quantile};
use super::tally::{Tally, Visits};

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Kpi {
    /// Stable name.
    pub id: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What it is, so that anybody could count it again.
    pub definition: String,
    /// How much.
    pub value: Figure,
    /// Whether more of it is better; nothing where that depends.
    pub more_is_better: Option<bool>,
}

/// How much of something.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A share.
    Share(Share),
    /// A median and the value that nine of ten stay below, in seconds, out of so many.
    Seconds(u64, u64, u64),
    /// Net promoters, -100 to 100, out of so many.
    Promoters(f64, u64),
    /// Nothing to say yet.
    None,
}

impl Figure {
    /// As JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Share(share) => json!({ "share": share.value(), "low": share.interval.0, "high": share.interval.1,
                "n_yes": share.n_yes, "n": share.n }),
            Self::Seconds(median, ninth, n) => json!({ "median_s": median, "p90_s": ninth, "n": n }),
            Self::Promoters(score, n) => json!({ "score": score, "n": n }),
            Self::None => Value::Null,
        }
    }
}

fn share(n_yes: u64, n: u64) -> Figure {
    if n == 0 { Figure::None } else { Figure::Share(Share::of(n_yes, n)) }
}

fn seconds(values: &[u64]) -> Figure {
    let mut values = values.to_vec();
    let n = values.len() as u64;
    match (quantile(&mut values, 0.5), quantile(&mut values, 0.9)) {
        (Some(median), Some(ninth)) => Figure::Seconds(median, ninth, n),
        _ => Figure::None,
    }
}

/// Every figure of a tally.
#[must_use]
pub fn all(tally: &Tally) -> Vec<Kpi> {
    let mut out = of_visits(&tally.all, tally.window_min);
    let kpi = |id, title, definition: &str, value| Kpi {
        id,
        title,
        definition: definition.to_owned(),
        value,
        more_is_better: Some(false),
    };
    out.push(kpi(
        "time_to_first_answer",
        "Time to first answer",
        "From the shopper's first message to the first answer of a person; the median, and what nine of ten stay below.",
        seconds(&tally.answer_s),
    ));
    out.push(kpi(
        "time_to_resolution",
        "Time to resolution",
        "From the first message until the conversation was closed for the last time; of closed conversations of the inbox.",
        seconds(&tally.resolution_s),
    ));
    out
}

/// Figures that a visit can tell: of all visits, or of those of one arm.
#[must_use]
pub fn of_visits(visits: &Visits, window_min: u64) -> Vec<Kpi> {
    let v = visits;
    let window = written_minutes(window_min);
    let alone = v.reading.saturating_sub(v.contact_after_reading);
    let votes = v.helped + v.not_helped;
    let stars: u64 = v.stars.iter().sum();
    let content: u64 = v.stars.iter().skip(4).sum();
    let promoters = nps(&v.nps).map_or(Figure::None, |score| Figure::Promoters(score, v.nps.iter().sum()));
    let kpi =
        |id, title, definition: String, value, more_is_better| Kpi { id, title, definition, value, more_is_better };
    vec![
        kpi(
            "activation",
            "Activation",
            "Of the visits in which the help was opened, those in which something was searched, read, or a flow begun."
                .to_owned(),
            share(v.active, v.opened),
            Some(true),
        ),
        kpi(
            "self_service",
            "Self-service",
            format!(
                "Of the visits in which an article was read, those after which no person was asked within {window} on the same device."
            ),
            share(alone, v.reading),
            Some(true),
        ),
        kpi(
            "deflection",
            "Deflection",
            format!(
                "Of the visits that ended by reading alone (see self-service, {window}) or by asking a person, those by reading alone."
            ),
            share(alone, alone + v.contact),
            Some(true),
        ),
        kpi(
            "escalation",
            "Escalation",
            "Of the visits in which the help was opened, those in which a person was asked.".to_owned(),
            share(v.contact, v.opened),
            Some(false),
        ),
        kpi(
            "zero_result",
            "Questions without an answer",
            "Of the questions typed that stood for a second, those that nothing here answers.".to_owned(),
            share(v.no_result, v.searched + v.no_result),
            Some(false),
        ),
        kpi(
            "suggestion_read",
            "Suggestions taken",
            "Articles read out of suggestions, for each time that suggestions were shown.".to_owned(),
            share(v.read_suggested, v.suggested),
            Some(true),
        ),
        kpi(
            "votes",
            "Votes",
            "Of the votes under articles, those that it helped.".to_owned(),
            share(v.helped, votes),
            Some(true),
        ),
        kpi(
            "flow_completion",
            "Flows completed",
            "Of the guided flows begun, those that ended done or requested.".to_owned(),
            share(v.flows_done, v.flows),
            Some(true),
        ),
        kpi(
            "csat",
            "Satisfaction (CSAT)",
            "Of the ratings by 1 to 5 stars, those of 4 or 5.".to_owned(),
            share(content, stars),
            Some(true),
        ),
        kpi(
            "nps",
            "Recommendation (NPS)",
            "Share of answers 9 and 10 minus share of 0 to 6, from -100 to 100.".to_owned(),
            promoters,
            Some(true),
        ),
    ]
}

/// What a figure is in one arm and in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The figure.
    pub title: &'static str,
    /// Its stable name.
    pub id: &'static str,
    /// In the first arm.
    pub first: Share,
    /// In the second.
    pub second: Share,
    /// How much higher in the second, with the interval that holds the truth 95 times in 100.
    pub gap: (f64, (f64, f64)),
    /// Whether chance alone hardly makes such a gap: the interval leaves out zero.
    pub is_clear: bool,
}

/// Shares of two arms side by side; those that count visits, for only these are independent of each other.
#[must_use]
pub fn compare(first: &Visits, second: &Visits, window_min: u64) -> Vec<Comparison> {
    let visits = ["activation", "self_service", "escalation"];
    let pairs = of_visits(first, window_min).into_iter().zip(of_visits(second, window_min));
    pairs
        .filter(|(one, _)| visits.contains(&one.id))
        .filter_map(|(one, other)| match (one.value, other.value) {
            (Figure::Share(first), Figure::Share(second)) => {
                let gap = difference(&first, &second)?;
                let is_clear = gap.1.0 > 0.0 || gap.1.1 < 0.0;
                Some(Comparison { title: one.title, id: one.id, first, second, gap, is_clear })
            }
            _ => None,
        })
        .collect()
}

fn written_minutes(minutes: u64) -> String {
    match minutes {
        m if m % (24 * 60) == 0 && m > 24 * 60 => format!("{} days", m / (24 * 60)),
        m if m % 60 == 0 && m > 60 => format!("{} hours", m / 60),
        m => format!("{m} minutes"),
    }
}
