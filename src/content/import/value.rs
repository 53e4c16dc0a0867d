//! Fields of JSON records: several names for one thing, several ways to write one value.

use serde_json::Value;

/// The first of some fields that holds a text, a number or a yes/no.
pub(super) fn text(row: &Value, names: &[&str]) -> String {
    names.iter().filter_map(|name| row.get(*name)).map(plain).find(|text| !text.is_empty()).unwrap_or_default()
}

/// A value as text; empty for what is none.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// The first of some fields that holds texts, or one text with commas.
pub(super) fn texts(row: &Value, names: &[&str]) -> Vec<String> {
    let Some(value) = names.iter().filter_map(|name| row.get(*name)).find(|value| !value.is_null()) else {
        return Vec::new();
    };
    let of = |one: &Value| match one {
        Value::Object(_) => text(one, &["name", "title", "label"]),
        other => plain(other),
    };
    let all: Vec<String> = match value {
        Value::Array(values) => values.iter().map(of).collect(),
        Value::String(text) => text.split(',').map(|one| one.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|one| !one.is_empty()).collect()
}

/// A list; empty when the field holds none.
pub(super) fn list<'a>(row: &'a Value, name: &str) -> &'a [Value] {
    row.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The first record of a list; places of what could not be read are empty.
pub(super) fn first(all: &[Value]) -> Option<&Value> {
    all.iter().find(|one| one.is_object())
}

/// The first record of a document that is a list.
pub(super) fn first_of(document: &Value) -> Option<&Value> {
    document.as_array().and_then(|all| first(all))
}

/// Whether a field says yes.
pub(super) fn yes(row: &Value, name: &str) -> bool {
    row.get(name).is_some_and(|value| value == &Value::Bool(true) || value == &Value::from(1) || value == "true")
}

/// Whether a field is there and says no.
pub(super) fn no(row: &Value, name: &str) -> bool {
    row.get(name).is_some_and(|value| value == &Value::Bool(false) || value == &Value::from(0) || value == "false")
}

/// A day, `YYYY-MM-DD`, of an ISO time or of seconds or milliseconds since 1970; empty when it is none.
pub(super) fn day(row: &Value, names: &[&str]) -> String {
    names.iter().filter_map(|name| row.get(*name)).map(day_of).find(|day| !day.is_empty()).unwrap_or_default()
}

pub(in crate::content) fn day_of(value: &Value) -> String {
    match value {
        Value::String(text) => match text.trim().get(..10) {
            Some(day) if crate::content::markdown::is_date(day) => day.to_owned(),
            _ => text.trim().parse::<i64>().ok().map(day_of_time).unwrap_or_default(),
        },
        Value::Number(number) => number.as_i64().map(day_of_time).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Days from year 1 are counted as the Gregorian calendar has them.
fn day_of_time(time: i64) -> String {
    let seconds = if time.abs() > 100_000_000_000 { time / 1000 } else { time };
    if !(100_000_000..=32_000_000_000).contains(&seconds) {
        return String::new();
    }
    jiff::Timestamp::from_second(seconds).map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn days_come_in_three_shapes() {
        let row =
            json!({ "a": "2025-06-14T08:01:22Z", "b": 1_749_888_082, "c": 1_749_888_082_000_i64, "d": "soon", "e": 7 });
        for name in ["a", "b", "c"] {
            assert_eq!(day(&row, &[name]), "2025-06-14", "{name}");
        }
        assert_eq!(day(&row, &["d", "e"]), "");
    }
}
