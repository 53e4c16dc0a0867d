//! The report as one page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::charts::{Series, bars, interval};
use super::{MAX_ROWS, Report, date};
use crate::insight::kpi::{Comparison, Figure, Kpi};
use crate::insight::tally::Day;
use crate::insight::vocabulary::find;

const STYLE: &str = include_str!("page.css");

/// Nothing is fetched and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

pub(super) fn page(report: &Report<'_>) -> String {
    let days: Vec<String> = report.tally.days.keys().map(|day| date(*day)).collect();
    let span = match (days.first(), days.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (Some(first), _) => first.clone(),
        _ => "nothing yet".to_owned(),
    };
    let refused: u64 = report.refused.values().sum();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { "Helpnook report, " (span) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "How the help did" }
                    p { (span) " (" (report.zone) ") · " (report.tally.n_events) " events"
                        @if report.tally.has_inbox { ", " (report.tally.n_conversations) " conversations" }
                        @if refused > 0 { ", " (refused) " left out" } }
                }
                main {
                    section { h2 { "Figures" } div.cards { @for kpi in &report.kpis { (card(kpi)) } } }
                    section { h2 { "Over time" } (over_time(report, &days)) }
                    (tests(report))
                    section { h2 { "Questions without an answer" } (questions(report)) }
                    section { h2 { "Articles" } (articles(report)) }
                    section { h2 { "Where the help is opened" } (pages(report)) }
                    (left_out(report))
                }
            }
        }
    }
    .into_string()
}

fn card(kpi: &Kpi) -> Markup {
    html! {
        article.card id=(kpi.id) {
            h3 { (kpi.title) }
            @match &kpi.value {
                Figure::Share(share) => {
                    p.value { (percent(share.value().unwrap_or_default())) }
                    (interval(share.value().unwrap_or_default(), share.interval))
                    p.detail { (share.n_yes) " of " (share.n) "; the truth lies between " (percent(share.interval.0)) " and " (percent(share.interval.1)) ", 95 times in 100" }
                },
                Figure::Seconds(median, ninth, n) => {
                    p.value { (time(*median)) }
                    p.detail { "nine of ten within " (time(*ninth)) "; " (n) " counted" }
                },
                Figure::Promoters(score, n) => {
                    p.value { (format!("{score:+.0}")) }
                    p.detail { (n) " answers" }
                },
                Figure::None => p.value.none { "–" },
            }
            p.definition { (kpi.definition) }
        }
    }
}

fn over_time(report: &Report<'_>, days: &[String]) -> Markup {
    let of = |name: &'static str, kind: &str| {
        let place = find(kind).unwrap_or(usize::MAX);
        let count = |day: &Day| day.kinds.get(place).copied().unwrap_or(0);
        Series { name, values: report.tally.days.values().map(count).collect() }
    };
    let channels: Vec<Series<'_>> = report
        .channels()
        .into_iter()
        .map(|name| Series {
            name,
            values: report.tally.days.values().map(|day| day.channels.get(name).copied().unwrap_or(0)).collect(),
        })
        .collect();
    html! {
        @if days.is_empty() { p { "Nothing was counted yet." } } @else {
            (bars("Contacts by channel", days, &channels))
            (bars("Articles read", days, &[of("read", "read")]))
            (bars("Questions: answered, and without an answer", days, &[of("answered", "searched"), of("without an answer", "no-result")]))
        }
    }
}

fn tests(report: &Report<'_>) -> Markup {
    html! {
        @if !report.arms.is_empty() {
            section {
                h2 { "Tests" }
                @for (base, other, figures) in &report.arms {
                    div.scroll { table {
                        caption { "Arm “" (other) "” held against “" (base) "”" }
                        thead { tr { th scope="col" { "Figure" } th scope="col" { (base) } th scope="col" { (other) } th scope="col" { "Gap" } th scope="col" { "95 times in 100 between" } th scope="col" { "So" } } }
                        tbody { @for one in figures { (row(one)) } }
                    } }
                }
                p.definition { "A gap counts as clear when its interval (Newcombe) leaves out zero. Looking at it again and again before the planned end finds gaps that are none." }
            }
        }
    }
}

fn row(one: &Comparison) -> Markup {
    html! {
        tr {
            th scope="row" { (one.title) }
            td { (percent(one.first.value().unwrap_or_default())) " of " (one.first.n) }
            td { (percent(one.second.value().unwrap_or_default())) " of " (one.second.n) }
            td { (points(one.gap.0)) }
            td { (points(one.gap.1.0)) " and " (points(one.gap.1.1)) }
            td { @if one.is_clear { strong { "clear" } } @else { "may be chance" } }
        }
    }
}

fn questions(report: &Report<'_>) -> Markup {
    let all = report.questions(MAX_ROWS);
    html! {
        @if all.is_empty() { p { "None." } } @else {
            div.scroll { table {
                thead { tr { th scope="col" { "Question, masked" } th scope="col" { "Language" } th scope="col" { "Times" } } }
                tbody { @for (lang, text, times) in all { tr { td { (text) } td { (lang) } td { (times) } } } }
            } }
            p.definition { "What nothing here answers, or whose answer was voted down. " code { "helpnook gaps" } " groups them and proposes what to write." }
        }
    }
}

fn articles(report: &Report<'_>) -> Markup {
    let all = report.articles(MAX_ROWS);
    html! {
        @if all.is_empty() { p { "None was read." } } @else {
            div.scroll { table {
                thead { tr { th scope="col" { "Article" } th scope="col" { "Suggested" } th scope="col" { "Read" } th scope="col" { "Helped" } th scope="col" { "Did not" } } }
                tbody { @for (id, fate) in all { tr { td { (id) } td { (fate.suggested) } td { (fate.read) } td { (fate.helped) } td { (fate.not_helped) } } } }
            } }
        }
    }
}

fn pages(report: &Report<'_>) -> Markup {
    let mut all: Vec<(&String, &u64)> = report.tally.pages.iter().collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then_with(|| one.0.cmp(other.0)));
    html! {
        @if all.is_empty() { p { "Nowhere yet." } } @else {
            div.scroll { table {
                thead { tr { th scope="col" { "Type of page" } th scope="col" { "Opened" } } }
                tbody { @for (page, n) in all.into_iter().take(MAX_ROWS) { tr { td { (page) } td { (n) } } } }
            } }
        }
    }
}

fn left_out(report: &Report<'_>) -> Markup {
    html! {
        @if !report.refused.is_empty() {
            section { h2 { "Left out" } ul { @for (reason, n) in &report.refused { li { (n) " " (reason) } } } }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn points(gap: f64) -> String {
    format!("{:+.1} points", gap * 100.0)
}

fn time(seconds: u64) -> String {
    match seconds {
        s if s < 120 => format!("{s} s"),
        s if s < 7200 => format!("{} min", s / 60),
        s if s < 172_800 => format!("{:.1} h", s as f64 / 3600.0),
        s => format!("{:.1} days", s as f64 / 86_400.0),
    }
}
