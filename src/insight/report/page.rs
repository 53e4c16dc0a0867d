//! The report as one page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::charts::{bars, interval, meter};
use super::time::Periods;
use super::{MAX_ROWS, Report};
use crate::insight::kpi::{Comparison, Figure, Kpi};
use crate::insight::texts::{LANGS, Texts};

const STYLE: &str = include_str!("page.css");

/// Nothing is fetched and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Figures in the groups that an owner asks for.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "group-alone",
        &["self_service", "deflection", "activation", "zero_result", "suggestion_read", "votes", "flow_completion"],
    ),
    ("group-people", &["escalation", "time_to_first_answer", "time_to_resolution"]),
    ("group-said", &["csat", "nps", "survey_answered"]),
];

pub(super) fn page(report: &Report<'_>) -> String {
    let t = report.texts;
    let periods = Periods::of(report.tally);
    let span = match periods.span() {
        Some((first, last)) if first != last => t.fill("span", &[("from", &first), ("to", &last)]),
        Some((first, _)) => first,
        None => t.say("nothing").to_owned(),
    };
    html! {
        (DOCTYPE)
        html lang=(t.lang()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (t.say("title")) ", " (span) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    @if report.is_live { (languages(t)) }
                    h1 { (t.say("title")) }
                    p.span { (span) }
                    (counted(report))
                }
                main {
                    @for (group, ids) in GROUPS { (figures(report, group, ids)) }
                    section { h2 { (t.say("over-time")) } (over_time(report, &periods)) }
                    (tests(report))
                    div.pair {
                        section { h2 { (t.say("questions")) } (questions(report)) }
                        section { h2 { (t.say("articles")) } (articles(report)) }
                    }
                    section { h2 { (t.say("pages")) } (pages(report)) }
                    (left_out(report))
                }
            }
        }
    }
    .into_string()
}

/// The same page in the other languages.
fn languages(t: Texts) -> Markup {
    html! {
        nav { @for (lang, _) in LANGS {
            @if *lang == t.lang() { strong lang=(lang) { (lang) } } @else { a href={ "?lang=" (lang) } hreflang=(lang) lang=(lang) { (lang) } }
        } }
    }
}

fn counted(report: &Report<'_>) -> Markup {
    let (t, tally) = (report.texts, report.tally);
    let refused: u64 = report.refused.values().sum();
    let mut parts = vec![t.count("events", tally.n_events)];
    if tally.has_inbox {
        parts.push(t.count("conversations", tally.n_conversations));
    }
    if refused > 0 {
        parts.push(t.count("refused", refused));
    }
    parts.push(t.fill("zone", &[("zone", &report.zone)]));
    html! { p.counted { (parts.join(" · ")) } }
}

fn figures(report: &Report<'_>, group: &str, ids: &[&str]) -> Markup {
    let of = |id: &&str| report.kpis.iter().find(|kpi| kpi.id == *id);
    html! {
        section.figures {
            h2 { (report.texts.say(group)) }
            div.cards { @for kpi in ids.iter().filter_map(of) { (card(report, kpi)) } }
        }
    }
}

fn card(report: &Report<'_>, kpi: &Kpi) -> Markup {
    let t = report.texts;
    let between = |low: &str, high: &str| t.fill("interval", &[("low", low), ("high", high)]);
    html! {
        article.card id=(kpi.id) {
            h3 { (report.title(kpi.id)) }
            @match &kpi.value {
                Figure::Share(share) => {
                    p.value { (t.percent(share.value().unwrap_or_default())) }
                    (interval(share.value().unwrap_or_default(), share.interval))
                    p.detail { (t.fill("share-of", &[("yes", &t.whole(share.n_yes)), ("n", &t.whole(share.n))])) ". "
                        (between(&t.percent(share.interval.0), &t.percent(share.interval.1))) }
                },
                Figure::Seconds(median, ninth, n) => {
                    p.value { (t.time(*median)) }
                    p.detail { (t.fill("nine", &[("time", &t.time(*ninth)), ("n", &t.whole(*n))])) }
                },
                Figure::Promoters(score, n, (low, high)) => {
                    p.value { (signed(*score)) }
                    (interval((score + 100.0) / 200.0, ((low + 100.0) / 200.0, (high + 100.0) / 200.0)))
                    p.detail { (t.count("n-answers", *n)) ". " (between(&signed(*low), &signed(*high))) }
                },
                Figure::None => { p.value.none { "–" } p.detail { (t.say("none")) } },
            }
            p.definition { (report.definition(kpi.id)) }
        }
    }
}

fn over_time(report: &Report<'_>, periods: &Periods) -> Markup {
    let t = report.texts;
    let channels: Vec<_> = report
        .channels()
        .into_iter()
        .map(|name| {
            let title = t.say(&format!("channel-{name}"));
            periods
                .series(if title.is_empty() { name } else { title }, |day| day.channels.get(name).copied().unwrap_or(0))
        })
        .collect();
    let typed = [periods.events(t.say("answered"), "searched"), periods.events(t.say("unanswered"), "no-result")];
    html! {
        @if periods.is_empty() { p { (t.say("nothing")) } } @else {
            @if periods.by_week() { p.definition { (t.say("by-week")) } }
            (bars(t, t.say("contacts"), periods, &channels))
            div.pair {
                (bars(t, t.say("read"), periods, &[periods.events(t.say("read"), "read")]))
                (bars(t, t.say("questions-chart"), periods, &typed))
            }
        }
    }
}

fn tests(report: &Report<'_>) -> Markup {
    let t = report.texts;
    html! {
        @if !report.arms.is_empty() {
            section {
                h2 { (t.say("tests")) }
                @for (base, other, figures) in &report.arms {
                    div.scroll { table {
                        caption { (t.fill("arms", &[("other", other), ("base", base)])) }
                        thead { tr { th scope="col" { (t.say("figure")) } th scope="col" { (base) } th scope="col" { (other) }
                            th scope="col" { (t.say("gap")) } th scope="col" { (t.say("gap-between")) } th scope="col" { (t.say("so")) } } }
                        tbody { @for one in figures { (row(report, one)) } }
                    } }
                }
                p.definition { (t.say("tests-mean")) }
            }
        }
    }
}

fn row(report: &Report<'_>, one: &Comparison) -> Markup {
    let t = report.texts;
    let of = |share: &crate::insight::stats::Share| {
        t.fill("of-n", &[("share", &t.percent(share.value().unwrap_or_default())), ("n", &t.whole(share.n))])
    };
    html! {
        tr {
            th scope="row" { (report.title(one.id)) }
            td { (of(&one.first)) }
            td { (of(&one.second)) }
            td { (t.points(one.gap.0)) }
            td { (t.fill("and", &[("low", &t.points(one.gap.1.0)), ("high", &t.points(one.gap.1.1))])) }
            td { @if one.is_clear { strong { (t.say("clear")) } } @else { (t.say("chance")) } }
        }
    }
}

fn questions(report: &Report<'_>) -> Markup {
    let (t, all) = (report.texts, report.questions(MAX_ROWS));
    let most = all.first().map_or(0, |one| one.2);
    html! {
        @if all.is_empty() { p { (t.say("no-questions")) } } @else {
            div.scroll { table {
                thead { tr { th scope="col" { (t.say("question")) } th scope="col" { (t.say("language")) } th.n scope="col" colspan="2" { (t.say("times")) } } }
                tbody { @for (lang, text, times) in all { tr { td { bdi { (text) } } td { (lang) } td.n { (t.whole(times)) } td.m { (meter(times, most)) } } } }
            } }
            p.definition { @for (n, part) in t.say("questions-mean").split('`').enumerate() { @if n % 2 == 1 { code { (part) } } @else { (part) } } }
        }
    }
}

fn articles(report: &Report<'_>) -> Markup {
    let (t, all) = (report.texts, report.articles(MAX_ROWS));
    let most = all.first().map_or(0, |one| one.1.read);
    html! {
        @if all.is_empty() { p { (t.say("no-articles")) } } @else {
            div.scroll { table {
                thead { tr { th scope="col" { (t.say("article")) } th.n scope="col" { (t.say("suggested")) } th.n scope="col" colspan="2" { (t.say("read-times")) }
                    th.n scope="col" { (t.say("helped")) } th.n scope="col" { (t.say("not-helped")) } } }
                tbody { @for (id, fate) in all { tr { td { bdi { (id) } } td.n { (t.whole(fate.suggested)) } td.n { (t.whole(fate.read)) } td.m { (meter(fate.read, most)) }
                    td.n { (t.whole(fate.helped)) } td.n { (t.whole(fate.not_helped)) } } } }
            } }
        }
    }
}

fn pages(report: &Report<'_>) -> Markup {
    let t = report.texts;
    let mut all: Vec<(&String, &u64)> = report.tally.pages.iter().collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then_with(|| one.0.cmp(other.0)));
    let most = all.first().map_or(0, |one| *one.1);
    let named = |page: &str| match t.say(&format!("page-{page}")) {
        "" => page.to_owned(),
        name => name.to_owned(),
    };
    html! {
        @if all.is_empty() { p { (t.say("no-pages")) } } @else {
            div.scroll { table.narrow {
                thead { tr { th scope="col" { (t.say("page")) } th.n scope="col" colspan="2" { (t.say("opened")) } } }
                tbody { @for (page, n) in all.into_iter().take(MAX_ROWS) { tr { td { (named(page)) } td.n { (t.whole(*n)) } td.m { (meter(*n, most)) } } } }
            } }
        }
    }
}

fn left_out(report: &Report<'_>) -> Markup {
    let t = report.texts;
    html! {
        @if !report.refused.is_empty() {
            section { h2 { (t.say("left-out")) } ul { @for (reason, n) in &report.refused { li { (t.whole(*n)) " " (t.say(&format!("reason-{reason}"))) } } } }
        }
    }
}

fn signed(score: f64) -> String {
    format!("{score:+.0}").replace('-', "−")
}
