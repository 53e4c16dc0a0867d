//! Charts as SVG: bars in a row of days or weeks, with their figures as a table for those who do not see them.

use maud::{Markup, html};

use super::time::{Periods, Series};
use crate::insight::texts::Texts;

/// Size of a chart, in its own units.
const WIDTH: f64 = 720.0;
/// See `WIDTH`.
const HEIGHT: f64 = 220.0;
/// Room for the numbers on the left and the days below.
const LEFT: f64 = 44.0;
/// See `LEFT`.
const BOTTOM: f64 = 26.0;
/// Room above the highest bar for half a line of numbers.
const TOP: f64 = 12.0;

/// Stacked bars, one for each period; the newest stand where the eye begins on a narrow screen.
pub(super) fn bars(t: Texts, title: &str, periods: &Periods<'_>, series: &[Series<'_>]) -> Markup {
    let names = periods.names();
    let total = |at: usize| series.iter().filter_map(|one| one.values.get(at)).sum::<u64>();
    let top = nice((0..names.len()).map(total).max().unwrap_or(0));
    let step = (WIDTH - LEFT) / (names.len().max(1) as f64);
    let wide = (step * 0.78).min(46.0);
    let y = |value: u64| (HEIGHT - BOTTOM) * (1.0 - value as f64 / top as f64) + TOP;
    // As many periods are named as there is room for.
    let every = names.len().div_ceil(8).max(1);
    let unit = if periods.by_week() { t.say("week") } else { t.say("day") };
    html! {
        figure {
            figcaption { (title) @if series.len() > 1 { span.legend { @for (n, one) in series.iter().enumerate() { span.key data-n=(n) { (one.name) } } } } }
            div.chart { svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + TOP)) role="img" aria-label=(title) {
                @for part in 0..=2u64 {
                    @let value = top * part / 2;
                    line x1=(LEFT) x2=(WIDTH) y1=(at(y(value))) y2=(at(y(value))) {}
                    text.end x=(LEFT - 8.0) y=(at(y(value) + 4.0)) { (t.whole(value)) }
                }
                @for (place, name) in names.iter().enumerate() {
                    @let x = LEFT + step * place as f64 + (step - wide) / 2.0;
                    g {
                        title { (name) @for one in series { ", " (one.name) " " (one.values.get(place).copied().unwrap_or(0)) } }
                        @for (n, (low, high)) in stack(series, place).into_iter().enumerate() {
                            @if high > low { rect data-n=(n) x=(at(x)) width=(at(wide)) y=(at(y(high))) height=(at(y(low) - y(high))) rx=(if wide > 6.0 { "2" } else { "0" }) {} }
                        }
                    }
                    @if place % every == 0 { text.mid x=(at((x + wide / 2.0).clamp(LEFT + 14.0, WIDTH - 16.0))) y=(HEIGHT + 6.0) { (name.get(5..).unwrap_or_default()) } }
                }
            } }
            details {
                summary { (t.say("as-table")) }
                div.scroll { table {
                    thead { tr { th scope="col" { (unit) } @for one in series { th.n scope="col" { (one.name) } } } }
                    tbody { @for (place, name) in names.iter().enumerate() { tr { th scope="row" { (name) } @for one in series { td.n { (t.whole(one.values.get(place).copied().unwrap_or(0))) } } } } }
                } }
            }
        }
    }
}

/// A number among others as a bar.
pub(super) fn meter(value: u64, most: u64) -> Markup {
    let wide = value as f64 / most.max(1) as f64 * 100.0;
    html! { svg.meter viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" { rect data-n="0" width=(at(wide)) height="8" {} } }
}

/// A share as a bar with the interval in which the truth lies.
pub(super) fn interval(value: f64, (low, high): (f64, f64)) -> Markup {
    let x = |share: f64| at(share.clamp(0.0, 1.0) * 200.0);
    html! {
        svg.interval viewBox="0 0 200 14" aria-hidden="true" {
            rect.back x="0" y="5" width="200" height="4" rx="2" {}
            rect.range x=(x(low)) y="5" width=(at((high - low).max(0.0) * 200.0)) height="4" {}
            circle cx=(x(value)) cy="7" r="5" {}
        }
    }
}

/// From where to where each series of a day goes, on top of those before it.
fn stack(series: &[Series<'_>], place: usize) -> Vec<(u64, u64)> {
    let mut sum = 0;
    series
        .iter()
        .map(|one| {
            let low = sum;
            sum += one.values.get(place).copied().unwrap_or(0);
            (low, sum)
        })
        .collect()
}

/// The next number above that people count in, even so that half of it is whole.
fn nice(most: u64) -> u64 {
    let mut step = 1;
    loop {
        for digit in [2, 4, 6, 10] {
            if step * digit >= most {
                return step * digit;
            }
        }
        step *= 10;
    }
}

fn at(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers_above() {
        for (most, top) in [(0, 2), (2, 2), (3, 4), (7, 10), (11, 20), (61, 100), (401, 600)] {
            assert_eq!(nice(most), top, "{most}");
        }
    }
}
