//! Shares with honest intervals: what chance alone could have made of them.

/// Standard deviations either side that hold 95 of 100 samples of a normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share of a number of cases, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Share {
    /// Cases that count.
    pub n_yes: u64,
    /// All cases.
    pub n: u64,
    /// Ends of the interval in which the true share lies, 95 times in 100; 0 and 1 without a case.
    pub interval: (f64, f64),
}

impl Share {
    /// A share with Wilson's interval, which stays inside 0 and 1 and is honest for few cases.
    #[must_use]
    pub fn of(n_yes: u64, n: u64) -> Self {
        let n_yes = n_yes.min(n);
        Self { n_yes, n, interval: wilson(n_yes, n) }
    }

    /// The share; nothing without a case.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.n > 0).then(|| self.n_yes as f64 / self.n as f64)
    }
}

/// Wilson's score interval at 95 %.
fn wilson(n_yes: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (yes, n) = (n_yes as f64, n as f64);
    let (p, z2) = (yes / n, Z * Z);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// How much higher the second share is than the first, with Newcombe's interval; nothing without cases in both.
#[must_use]
pub fn difference(first: &Share, second: &Share) -> Option<(f64, (f64, f64))> {
    let (p1, p2) = (first.value()?, second.value()?);
    let ((low1, high1), (low2, high2)) = (first.interval, second.interval);
    let low = ((p2 - low2).powi(2) + (high1 - p1).powi(2)).sqrt();
    let high = ((high2 - p2).powi(2) + (p1 - low1).powi(2)).sqrt();
    Some((p2 - p1, ((p2 - p1 - low).max(-1.0), (p2 - p1 + high).min(1.0))))
}

/// The value below which a part of them lies, 0 to 1; between two the nearer one counts. Sorts them.
#[must_use]
pub fn quantile(values: &mut [u64], part: f64) -> Option<u64> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    values.get((part.clamp(0.0, 1.0) * last as f64).round() as usize).copied()
}

/// Net promoters: the share of 9 and 10 minus that of 0 to 6, from -100 to 100; `counts` by score.
#[must_use]
pub fn nps(counts: &[u64; 11]) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    let promoters: u64 = counts.iter().skip(9).sum();
    let detractors: u64 = counts.iter().take(7).sum();
    (n > 0).then(|| (promoters as f64 - detractors as f64) * 100.0 / n as f64)
}

/// The interval in which the true net promoters lie, 95 times in 100, from -100 to 100. As for shares, a few
/// answers more are counted than were given (one of each kind), so that few answers claim no certainty.
#[must_use]
pub fn nps_interval(counts: &[u64; 11]) -> (f64, f64) {
    let sum = |from: usize, to: usize| counts.iter().skip(from).take(to - from).sum::<u64>() as f64;
    let (detractors, passives, promoters) = (sum(0, 7) + 1.0, sum(7, 9) + 1.0, sum(9, 11) + 1.0);
    let n = detractors + passives + promoters;
    let score = (promoters - detractors) / n;
    let variance = (promoters + detractors) / n - score * score;
    let half = Z * (variance / n).sqrt();
    (((score - half) * 100.0).max(-100.0), ((score + half) * 100.0).min(100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-4
    }

    /// Worked examples of the literature: Wilson 1927 as Newcombe 1998 prints it, and his method 10.
    #[test]
    fn intervals_are_those_of_the_textbook() {
        let share = Share::of(81, 263);
        assert!(near(share.interval.0, 0.2553) && near(share.interval.1, 0.3662), "{share:?}");
        let none = Share::of(0, 20);
        assert!(near(none.interval.0, 0.0) && near(none.interval.1, 0.1611), "{none:?}");
        let (gap, (low, high)) = difference(&Share::of(48, 80), &Share::of(56, 70)).unwrap();
        assert!(near(gap, 0.2) && near(low, 0.0524) && near(high, 0.3339), "{gap} {low} {high}");
    }

    /// Of all the answers that ten, twenty or forty shoppers may give, the interval holds the truth about 95 times
    /// in 100, whatever the truth is: every outcome is counted, with its probability.
    #[test]
    fn the_interval_of_promoters_holds_the_truth_as_often_as_it_says() {
        for n in [10u32, 20, 40] {
            let logs: Vec<f64> = (0..=n)
                .scan(0.0, |sum, k| {
                    *sum += f64::from(k.max(1)).ln();
                    Some(*sum)
                })
                .collect();
            for (d, p) in [(0.1, 0.6), (0.3, 0.3), (0.2, 0.2), (0.05, 0.9), (0.5, 0.1), (0.3, 0.5)] {
                let truth = (p - d) * 100.0;
                let mut held = 0.0;
                for i in 0..=n {
                    for j in 0..=n - i {
                        let rest = n - i - j;
                        let ways = logs[n as usize] - logs[i as usize] - logs[j as usize] - logs[rest as usize];
                        let middle: f64 = 1.0 - p - d;
                        let chance = (ways
                            + f64::from(i) * f64::ln(d)
                            + f64::from(j) * f64::ln(p)
                            + f64::from(rest) * middle.ln())
                        .exp();
                        let mut counts = [0; 11];
                        (counts[3], counts[10], counts[8]) = (u64::from(i), u64::from(j), u64::from(rest));
                        let (low, high) = nps_interval(&counts);
                        held += if (low..=high).contains(&truth) { chance } else { 0.0 };
                    }
                }
                assert!(held > 0.92, "{n} answers, {d} against {p}: {held}");
            }
        }
        assert_eq!(nps_interval(&[0; 11]).0, -nps_interval(&[0; 11]).1);
    }

    #[test]
    fn nothing_is_claimed_without_a_case() {
        assert_eq!(Share::of(0, 0).value(), None);
        assert_eq!(Share::of(0, 0).interval, (0.0, 1.0));
        assert_eq!(difference(&Share::of(1, 2), &Share::of(0, 0)), None);
        assert_eq!(quantile(&mut [], 0.5), None);
        assert_eq!(nps(&[0; 11]), None);
        assert_eq!(nps(&[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]), Some(0.0));
    }
}
