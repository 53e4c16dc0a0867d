//! Days in a row, those on which nothing happened too; weeks where there are too many to tell apart.

use super::date;
use crate::insight::tally::{Day, Tally};
use crate::insight::vocabulary::find;

/// Days from which on a bar is a week.
const MANY: i64 = 120;

/// Most periods that are drawn, the last ones.
const MAX_PERIODS: i64 = 400;

/// A row of numbers with a name.
pub(super) struct Series<'a> {
    /// What it counts.
    pub name: &'a str,
    /// One for each period.
    pub values: Vec<u64>,
}

/// The time that is reported on, cut into days or weeks.
pub(super) struct Periods<'a> {
    tally: &'a Tally,
    first: i64,
    last: i64,
    length: i64,
}

impl<'a> Periods<'a> {
    pub(super) fn of(tally: &'a Tally) -> Self {
        let ends = (tally.days.keys().next().copied(), tally.days.keys().next_back().copied());
        let (first, last) = match ends {
            (Some(first), Some(last)) => (first, last),
            _ => return Self { tally, first: 0, last: -1, length: 1 },
        };
        let length = if last - first >= MANY { 7 } else { 1 };
        // 1970 began on a Thursday; weeks begin on Mondays.
        let start = if length == 7 { first - (first + 3).rem_euclid(7) } else { first };
        Self { tally, first: start.max(last - length * MAX_PERIODS), last, length }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.last < self.first
    }

    pub(super) fn by_week(&self) -> bool {
        self.length > 1
    }

    /// First and last day on which something happened.
    pub(super) fn span(&self) -> Option<(String, String)> {
        Some((date(*self.tally.days.keys().next()?), date(*self.tally.days.keys().next_back()?)))
    }

    fn starts(&self) -> impl Iterator<Item = i64> {
        let (first, last, length) = (self.first, self.last, self.length);
        (0..).map(move |n| first + n * length).take_while(move |day| *day <= last)
    }

    /// The first day of each period.
    pub(super) fn names(&self) -> Vec<String> {
        self.starts().map(date).collect()
    }

    /// What is counted, period by period.
    pub(super) fn series<'n>(&self, name: &'n str, count: impl Fn(&Day) -> u64) -> Series<'n> {
        let of = |start: i64| self.tally.days.range(start..start + self.length).map(|(_, day)| count(day)).sum();
        Series { name, values: self.starts().map(of).collect() }
    }

    /// Events of a kind.
    pub(super) fn events<'n>(&self, name: &'n str, kind: &str) -> Series<'n> {
        let place = find(kind).unwrap_or(usize::MAX);
        self.series(name, |day| day.kinds.get(place).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(days: &[i64]) -> Tally {
        let mut out = Tally::default();
        for day in days {
            let mut one = Day::default();
            one.kinds[0] = 2;
            out.days.insert(*day, one);
        }
        out
    }

    #[test]
    fn days_without_anything_stand_between() {
        let tally = tally(&[20_000, 20_003]);
        let periods = Periods::of(&tally);
        assert_eq!(periods.events("x", "opened").values, [2, 0, 0, 2]);
        assert_eq!(periods.names().first().map(String::as_str), Some("2024-10-04"));
    }

    #[test]
    fn many_days_become_weeks_that_begin_on_mondays_and_lose_nothing() {
        let days: Vec<i64> = (20_000..20_200).collect();
        let tally = tally(&days);
        let periods = Periods::of(&tally);
        assert!(periods.by_week());
        assert_eq!(periods.names()[0], "2024-09-30");
        assert_eq!(periods.events("x", "opened").values.iter().sum::<u64>(), 400);
        assert!(Periods::of(&Tally::default()).is_empty());
    }
}
