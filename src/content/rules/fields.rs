//! Fields of a rule, one by one: author's words in, tests out.

use core::ops::RangeInclusive;

use super::super::error::Problems;
use super::super::markdown::text_of;
use super::super::yaml::Value;
use super::FACTS;
use crate::article::{Compare, TestSource};
use crate::page::{PageType, Signal};

/// Minutes of a day.
const DAY_MIN: u32 = 24 * 60;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads a field that is a test; gives `false` when there is no such.
pub(super) fn test(
    key: &str,
    line: usize,
    value: Value<'_>,
    not: bool,
    out: &mut Vec<TestSource>,
    problems: &mut Problems<'_>,
) -> bool {
    let mut push = |key: &str, name: &str, compare: Compare, values: String| {
        out.push(TestSource { key: key.to_owned(), name: name.to_owned(), compare, not, values });
    };
    match key {
        "before" => push("path", "", Compare::After, pages("before", value, line, problems).join("|")),
        "dwell" | "visits" => {
            if let Some(range) = range(key, line, &text_of(key, line, &value, problems), problems) {
                push(key, "", Compare::In, range);
            }
        }
        "customer" => {
            let states = known("customer", value, &["new", "returning", "signed-in"], line, problems);
            push("fact", "customer-state", Compare::Is, states);
        }
        "device" => push("device", "", Compare::Is, known("device", value, &["phone", "desktop"], line, problems)),
        "audience" => push("arm", "", Compare::Is, known("audience", value, &["a", "b"], line, problems)),
        "stock" => push("fact", "stock", Compare::Is, known("stock", value, &["in", "out"], line, problems)),
        "language" => push("lang", "", Compare::Is, value.texts("language", problems).join("|")),
        "url" => push("url", "", Compare::Has, value.texts("url", problems).join("|")),
        "query" => {
            let all = value.texts("query", problems);
            let all: Vec<String> = all.iter().flat_map(|one| [format!("?{one}"), format!("&{one}")]).collect();
            push("url", "", Compare::Has, all.join("|"));
        }
        "time" => {
            let mut ranges = Vec::new();
            for one in value.texts("time", problems) {
                match times(&one) {
                    Some(mut found) => ranges.append(&mut found),
                    None => problems.error(
                        line,
                        format!("`{one}` is no time"),
                        "write `mon-fri 9:00-17:30`, `sat,sun 10:00-14:00` or `18:00-24:00`",
                    ),
                }
            }
            push("time", "", Compare::In, ranges.join("|"));
        }
        "fact" | "facts" => facts(value, line, not, out, problems),
        _ => return false,
    }
    true
}

fn facts(value: Value<'_>, line: usize, not: bool, out: &mut Vec<TestSource>, problems: &mut Problems<'_>) {
    let Some(entries) = value.entries() else {
        problems.error(line, "`fact` holds no names", "write `fact: { brand: Lowa, price: 100- }`");
        return;
    };
    for (name, line, value) in entries {
        if !FACTS.contains(&name.as_str()) && !name.starts_with("customer-") {
            problems.error(
                line,
                format!("no fact is named `{name}`"),
                format!("use one of {}, or customer-… for what the shop passes by `identify`", FACTS.join(", ")),
            );
            continue;
        }
        let values = value.texts(&name, problems);
        let is_range = |text: &String| text.contains('-') && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let (compare, values) = if !values.is_empty() && values.iter().all(is_range) {
            let ranges: Vec<String> = values.iter().filter_map(|one| range(&name, line, one, problems)).collect();
            (Compare::In, ranges.join("|"))
        } else {
            (Compare::Is, values.join("|"))
        };
        out.push(TestSource { key: "fact".to_owned(), name, compare, not, values });
    }
}

/// How often a signal must have happened.
pub(super) fn count(
    signals: &[String],
    value: Value<'_>,
    line: usize,
    out: &mut Vec<TestSource>,
    problems: &mut Problems<'_>,
) {
    let [signal] = signals else {
        problems.error(line, "`count` needs one signal to count", "give the rule one `signal`");
        return;
    };
    if let Some(values) = range("count", line, &text_of("count", line, &value, problems), problems) {
        out.push(TestSource {
            key: "signal".to_owned(),
            name: signal.clone(),
            compare: Compare::In,
            not: false,
            values,
        });
    }
}

pub(super) fn pages(field: &str, value: Value<'_>, line: usize, problems: &mut Problems<'_>) -> Vec<String> {
    let names = value.texts(field, problems);
    check(&names, "page", &PageType::ALL.iter().map(|page| page.name()).collect::<Vec<_>>(), line, problems);
    names
}

pub(super) fn signals(value: Value<'_>, line: usize, problems: &mut Problems<'_>) -> Vec<String> {
    let names = value.texts("signal", problems);
    check(&names, "signal", &Signal::ALL.iter().map(|signal| signal.name()).collect::<Vec<_>>(), line, problems);
    names
}

pub(super) fn offer(offer: String, line: usize, problems: &mut Problems<'_>) -> String {
    let flow = offer.strip_prefix("flow:").is_some_and(|name| !name.trim().is_empty());
    if offer != "person" && !flow {
        problems.error(line, format!("`{offer}` cannot be offered"), "write `person` or `flow:its-name`");
    }
    offer
}

pub(super) fn number(
    key: &str,
    line: usize,
    value: &Value<'_>,
    allowed: RangeInclusive<u16>,
    cure: &str,
    problems: &mut Problems<'_>,
) -> Option<u16> {
    let number = value.text().and_then(|text| text.parse().ok()).filter(|n| allowed.contains(n));
    if number.is_none() {
        problems.error(
            line,
            format!("`{key}` is not {} to {}", allowed.start(), allowed.end()),
            format!("write {cure}"),
        );
    }
    number
}

/// One of a few words, or several of them, parted by `|`.
fn known(field: &str, value: Value<'_>, all: &[&str], line: usize, problems: &mut Problems<'_>) -> String {
    let names = value.texts(field, problems);
    check(&names, field, all, line, problems);
    names.join("|")
}

fn check(names: &[String], kind: &str, all: &[&str], line: usize, problems: &mut Problems<'_>) {
    if names.is_empty() {
        problems.error(line, format!("`{kind}` names nothing"), format!("use one of {}", all.join(", ")));
    }
    for name in names {
        if !all.contains(&name.as_str()) {
            problems.error(line, format!("no {kind} is named `{name}`"), format!("use one of {}", all.join(", ")));
        }
    }
}

/// `2`, `2-5`, `2-` or `-5` as `from-to`, either end open; a range that holds no number is an error.
fn range(field: &str, line: usize, text: &str, problems: &mut Problems<'_>) -> Option<String> {
    let text = text.trim();
    let (from, to) = text.split_once('-').unwrap_or((text, ""));
    let end = |text: &str| text.is_empty().then_some(None).or_else(|| text.trim().parse::<u32>().ok().map(Some));
    match (end(from), end(to)) {
        (Some(None), Some(None)) | (None, _) | (_, None) => {
            problems.error(
                line,
                format!("`{field}` is no range"),
                "write `2` for at least two, `2-5`, or `-5` for at most five",
            );
            None
        }
        (Some(Some(from)), Some(Some(to))) if from > to => {
            problems.error(
                line,
                format!("`{field}: {text}` can never be: {from} is more than {to}"),
                format!("write `{to}-{from}`"),
            );
            None
        }
        (Some(from), Some(to)) => {
            let end = |end: Option<u32>| end.map(|n| n.to_string()).unwrap_or_default();
            Some([end(from), "-".to_owned(), end(to)].concat())
        }
    }
}

/// Ranges of minutes of the week, which begins on Monday at 0:00.
fn times(text: &str) -> Option<Vec<String>> {
    let text = text.trim().to_ascii_lowercase();
    let (days, hours) = match text.rsplit_once(' ') {
        Some((days, hours)) => (days, hours),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => ("mon-sun", text.as_str()),
        None => (text.as_str(), "0:00-24:00"),
    };
    let (from, to) = hours.split_once('-')?;
    let (from, to) = (clock(from)?, clock(to)?);
    let mut out = Vec::new();
    for part in days.split(',') {
        let (first, last) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
        let (mut day, last) = (day(first)?, day(last)?);
        loop {
            let start = day as u32 * DAY_MIN;
            if from < to {
                out.push(format!("{}-{}", start + from, start + to - 1));
            } else {
                // Over midnight; Sunday's night ends on Monday.
                out.push(format!("{}-{}", start + from, start + DAY_MIN - 1));
                let next = (day as u32 + 1) % 7 * DAY_MIN;
                if to > 0 {
                    out.push(format!("{next}-{}", next + to - 1));
                }
            }
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Some(out)
}

fn day(name: &str) -> Option<usize> {
    DAYS.iter().position(|day| name.get(..3) == Some(day))
}

/// `9:30` or `9` as minutes.
fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
    (hour <= 24 && minute < 60 && hour * 60 + minute <= DAY_MIN).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_become_minutes_of_the_week() {
        assert_eq!(times("mon 9:00-17:30"), Some(vec!["540-1049".to_owned()]));
        assert_eq!(times("sat,sun 10-12").map(|all| all.join("|")), Some("7800-7919|9240-9359".to_owned()));
        assert_eq!(times("sun 22:00-2:00").map(|all| all.join("|")), Some("9960-10079|0-119".to_owned()));
        assert_eq!(times("18:00-24:00").map(|all| all.len()), Some(7));
        assert_eq!(times("fri-mon 0:00-24:00").map(|all| all.len()), Some(4));
        for wrong in ["someday 9:00-10:00", "mon 9:00", "mon 25:00-26:00", ""] {
            assert_eq!(times(wrong), None, "{wrong}");
        }
    }
}
