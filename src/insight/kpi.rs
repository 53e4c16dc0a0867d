//! The figures that an owner steers by; their definitions, as they are printed, stand in `texts/`.

use serde_json::{Value, json};

use super::stats::{Share, difference, nps, nps_interval, quantile};
use super::tally::{Tally, Visits};

/// A figure; its name and its definition are in [`super::texts`].
#[derive(Debug, Clone, PartialEq)]
pub struct Kpi {
    /// Stable name.
    pub id: &'static str,
    /// How much.
    pub value: Figure,
}

/// How much of something.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A share.
    Share(Share),
    /// A median and the value that nine of ten stay below, in seconds, out of so many.
    Seconds(u64, u64, u64),
    /// Net promoters, -100 to 100, out of so many, with the interval in which the truth lies.
    Promoters(f64, u64, (f64, f64)),
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
            Self::Promoters(score, n, (low, high)) => json!({ "score": score, "low": low, "high": high, "n": n }),
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
    let mut out = of_visits(&tally.all);
    out.push(Kpi { id: "time_to_first_answer", value: seconds(&tally.answer_s) });
    out.push(Kpi { id: "time_to_resolution", value: seconds(&tally.resolution_s) });
    out
}

/// Figures that a visit can tell: of all visits, or of those of one arm.
#[must_use]
pub fn of_visits(v: &Visits) -> Vec<Kpi> {
    let alone = v.reading.saturating_sub(v.contact_after_reading);
    let stars: u64 = v.stars.iter().sum();
    let content: u64 = v.stars.iter().skip(4).sum();
    let answers: u64 = v.nps.iter().sum();
    let promoters = nps(&v.nps).map_or(Figure::None, |score| Figure::Promoters(score, answers, nps_interval(&v.nps)));
    let kpi = |id, value| Kpi { id, value };
    vec![
        kpi("activation", share(v.active, v.opened)),
        kpi("self_service", share(alone, v.reading)),
        kpi("deflection", share(alone, alone + v.contact)),
        kpi("escalation", share(v.contact, v.opened)),
        kpi("zero_result", share(v.no_result, v.searched + v.no_result)),
        kpi("suggestion_read", share(v.read_suggested, v.suggested)),
        kpi("votes", share(v.helped, v.helped + v.not_helped)),
        kpi("flow_completion", share(v.flows_done, v.flows)),
        kpi("csat", share(content, stars)),
        kpi("nps", promoters),
        kpi("survey_answered", share(answers, v.surveyed)),
    ]
}

/// What a figure is in one arm and in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Stable name of the figure.
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
pub fn compare(first: &Visits, second: &Visits) -> Vec<Comparison> {
    let visits = ["activation", "self_service", "escalation"];
    let pairs = of_visits(first).into_iter().zip(of_visits(second));
    pairs
        .filter(|(one, _)| visits.contains(&one.id))
        .filter_map(|(one, other)| match (one.value, other.value) {
            (Figure::Share(first), Figure::Share(second)) => {
                let gap = difference(&first, &second)?;
                let is_clear = gap.1.0 > 0.0 || gap.1.1 < 0.0;
                Some(Comparison { id: one.id, first, second, gap, is_clear })
            }
            _ => None,
        })
        .collect()
}
