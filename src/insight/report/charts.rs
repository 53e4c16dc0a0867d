//! Charts as SVG: bars in a row of days, with their figures as a table for those who do not see them.

use maud::{Markup, html};

/// Size of a chart, in its own units.
const WIDTH: f64 = 720.0;
/// See `WIDTH`.
const HEIGHT: f64 = 220.0;
/// Room for the numbers on the left and the days below.
const LEFT: f64 = 44.0;
/// See `LEFT`.
const BOTTOM: f64 = 26.0;

/// A row of numbers with a name.
pub(super) struct Series<'a> {
    /// What it counts.
    pub name: &'a str,
    /// One for each day.
    pub values: Vec<u64>,
}

/// Stacked bars, one for each day.
pub(super) fn bars(title: &str, days: &[String], series: &[Series<'_>]) -> Markup {
    let total = |at: usize| series.iter().filter_map(|one| one.values.get(at)).sum::<u64>();
    let top = nice((0..days.len()).map(total).max().unwrap_or(0));
    let step = (WIDTH - LEFT) / (days.len().max(1) as f64);
    let wide = (step * 0.8).min(46.0);
    let y = |value: u64| (HEIGHT - BOTTOM) * (1.0 - value as f64 / top as f64) + 6.0;
    // As many days are named as there is room for.
    let every = days.len().div_ceil(8).max(1);
    html! {
        figure {
            figcaption { (title) @if series.len() > 1 { span.legend { @for (n, one) in series.iter().enumerate() { span.key data-n=(n) { (one.name) } } } } }
            svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + 8.0)) role="img" aria-label=(title) {
                @for part in 0..=2u64 {
                    @let value = top * part / 2;
                    line x1=(LEFT) x2=(WIDTH) y1=(at(y(value))) y2=(at(y(value))) {}
                    text.end x=(LEFT - 8.0) y=(at(y(value) + 4.0)) { (value) }
                }
                @for (place, day) in days.iter().enumerate() {
                    @let x = LEFT + step * place as f64 + (step - wide) / 2.0;
                    g {
                        title { (day) @for one in series { ", " (one.name) " " (one.values.get(place).copied().unwrap_or(0)) } }
                        @for (n, (low, high)) in stack(series, place).into_iter().enumerate() {
                            @if high > low { rect data-n=(n) x=(at(x)) width=(at(wide)) y=(at(y(high))) height=(at(y(low) - y(high))) {} }
                        }
                    }
                    @if place % every == 0 { text.mid x=(at(x + wide / 2.0)) y=(HEIGHT) { (day.get(5..).unwrap_or_default()) } }
                }
            }
            details {
                summary { "As a table" }
                table {
                    thead { tr { th scope="col" { "Day" } @for one in series { th scope="col" { (one.name) } } } }
                    tbody { @for (place, day) in days.iter().enumerate() { tr { th scope="row" { (day) } @for one in series { td { (one.values.get(place).copied().unwrap_or(0)) } } } } }
                }
            }
        }
    }
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
