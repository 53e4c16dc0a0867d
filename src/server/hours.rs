//! When the shop answers: a week of hours in the shop's own time zone, and holidays.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How far ahead the next opening is looked for, in days; spans the longest holiday of a shop.
const LOOK_AHEAD_DAYS: i32 = 60;

/// Days as a configuration file names them, Monday first.
pub const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Opening hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    zone: TimeZone,
    week: [Vec<(Time, Time)>; 7],
    holidays: Vec<Date>,
}

/// Why hours cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoursError {
    /// No time zone of that name.
    Zone(String),
    /// Not `09:00-18:00`, or a list of such.
    Span(String),
    /// Not `2026-12-25`.
    Date(String),
}

impl fmt::Display for HoursError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HoursError::Zone(got) => write!(f, "unknown time zone `{got}`: expected a name such as Europe/Lisbon"),
            HoursError::Span(got) => {
                write!(f, "`{got}` is no span of hours: expected 09:00-18:00, several apart by commas, or closed")
            }
            HoursError::Date(got) => write!(f, "`{got}` is no date: expected year-month-day, such as 2026-12-25"),
        }
    }
}

impl std::error::Error for HoursError {}

impl Hours {
    /// Closed all week, in a time zone such as `Europe/Lisbon`.
    ///
    /// # Errors
    /// When there is no such time zone.
    pub fn closed(zone: &str) -> Result<Self, HoursError> {
        let zone = TimeZone::get(zone).map_err(|_| HoursError::Zone(zone.to_owned()))?;
        Ok(Hours { zone, week: Default::default(), holidays: Vec::new() })
    }

    /// Sets the hours of a day, 0 for Monday: `09:00-12:00, 13:00-18:00`, or `closed`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn set_day(&mut self, day: usize, text: &str) -> Result<(), HoursError> {
        let wrong = || HoursError::Span(text.to_owned());
        let read = |span: &str| {
            let (from, to) = span.split_once('-')?;
            let (from, to) = (time(from)?, if to.trim() == "24:00" { Time::MAX } else { time(to)? });
            (from < to).then_some((from, to))
        };
        let spans = match text.trim() {
            "closed" | "" => Vec::new(),
            text => text.split(',').map(read).collect::<Option<_>>().ok_or_else(wrong)?,
        };
        *self.week.get_mut(day).ok_or_else(wrong)? = spans;
        Ok(())
    }

    /// Adds a day on which the shop is closed.
    ///
    /// # Errors
    /// When it is no date.
    pub fn add_holiday(&mut self, text: &str) -> Result<(), HoursError> {
        self.holidays.push(text.trim().parse().map_err(|_| HoursError::Date(text.to_owned()))?);
        Ok(())
    }

    /// Whether the shop answers at that time, in milliseconds since 1970.
    #[must_use]
    pub fn is_open(&self, at_ms: u64) -> bool {
        let Some(now) = timestamp(at_ms) else { return false };
        let local = now.to_zoned(self.zone.clone());
        self.spans(local.date()).iter().any(|&(from, to)| (from..to).contains(&local.time()))
    }

    /// When the shop answers next, in milliseconds since 1970; nothing when it does now, or not for long.
    #[must_use]
    pub fn opens_at(&self, at_ms: u64) -> Option<u64> {
        if self.is_open(at_ms) {
            return None;
        }
        let now = timestamp(at_ms)?;
        let today = now.to_zoned(self.zone.clone()).date();
        (0..LOOK_AHEAD_DAYS).find_map(|ahead| {
            let day = today.checked_add(ahead.days()).ok()?;
            let opening =
                |&(from, _): &(Time, Time)| Some(day.to_datetime(from).to_zoned(self.zone.clone()).ok()?.timestamp());
            let next = self.spans(day).iter().filter_map(opening).filter(|at| *at > now).min()?;
            u64::try_from(next.as_millisecond()).ok()
        })
    }

    fn spans(&self, day: Date) -> &[(Time, Time)] {
        if self.holidays.contains(&day) {
            return &[];
        }
        let number = usize::try_from(day.weekday().since(Weekday::Monday)).unwrap_or_default();
        self.week.get(number).map(Vec::as_slice).unwrap_or_default()
    }
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn timestamp(at_ms: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(at_ms).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> u64 {
        u64::try_from(text.parse::<Timestamp>().unwrap().as_millisecond()).unwrap()
    }

    fn shop() -> Hours {
        let mut hours = Hours::closed("Europe/Lisbon").unwrap();
        for day in 0..5 {
            hours.set_day(day, "09:00-12:30, 14:00-18:00").unwrap();
        }
        hours.set_day(5, "22:00-24:00").unwrap();
        hours.add_holiday("2026-12-25").unwrap();
        hours
    }

    #[test]
    fn open_by_the_shops_own_clock() {
        let shop = shop();
        // Lisbon is an hour ahead of UTC in summer; 29 July 2026 is a Wednesday.
        for (at, open) in [
            ("2026-07-29T07:59:59Z", false),
            ("2026-07-29T08:00:00Z", true),
            ("2026-07-29T11:30:00Z", false),
            ("2026-07-29T16:59:59Z", true),
            ("2026-12-02T08:30:00Z", false),
            ("2026-12-02T09:00:00Z", true),
            ("2026-12-25T10:00:00Z", false),
            ("2026-12-26T23:59:59Z", true),
            ("2026-12-27T12:00:00Z", false),
        ] {
            assert_eq!(shop.is_open(ms(at)), open, "{at}");
        }
    }

    #[test]
    fn the_next_opening_spans_lunch_holidays_and_the_change_of_clocks() {
        let shop = shop();
        for (at, next) in [
            ("2026-07-29T11:45:00Z", Some("2026-07-29T13:00:00Z")),
            ("2026-12-24T20:00:00Z", Some("2026-12-26T22:00:00Z")),
            ("2026-10-24T22:30:00Z", None),
            ("2026-10-25T12:00:00Z", Some("2026-10-26T09:00:00Z")),
        ] {
            assert_eq!(shop.opens_at(ms(at)), next.map(ms), "{at}");
        }
        assert_eq!(Hours::closed("UTC").unwrap().opens_at(0), None);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert!(matches!(Hours::closed("Mars/Olympus"), Err(HoursError::Zone(_))));
        let mut hours = Hours::closed("UTC").unwrap();
        for text in ["9-18", "18:00-09:00", "09:00", "25:00-26:00", "09:00-18:00;"] {
            assert!(hours.set_day(0, text).is_err(), "{text}");
        }
        assert!(hours.add_holiday("25.12.2026").is_err());
        assert_eq!(hours.set_day(0, "closed"), Ok(()));
    }
}
