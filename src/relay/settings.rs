//! What a configuration says of a system: which settings there are, and their checked values.

use std::collections::BTreeMap;

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// An address: `https://…`, or `http://` on this machine.
    Url,
    /// A text.
    Text,
    /// A secret: named by `NAME-file` or `NAME-env`, never written down in the configuration.
    Secret,
    /// Rows of `fact: id`.
    Map,
}

/// A setting of a system.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether nothing goes without it.
    pub needed: bool,
    /// An example.
    pub example: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
}

/// The checked values of a system's settings.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    texts: BTreeMap<String, String>,
    maps: BTreeMap<String, Vec<(String, String)>>,
}

/// Shows names alone: values may be secrets.
impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.texts.keys().chain(self.maps.keys())).finish()
    }
}

impl Values {
    /// Sets a text; an address loses its last slash.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn set(&mut self, setting: &Setting, value: &str) -> Result<(), String> {
        let value = value.trim();
        if value.is_empty() {
            return Err(format!("`{}` is empty: expected such as {}", setting.name, setting.example));
        }
        if setting.holds == Holds::Url && !is_address(value) {
            return Err(format!("`{value}` is no address: expected such as {}", setting.example));
        }
        let kept = if setting.holds == Holds::Url { value.trim_end_matches('/') } else { value };
        self.texts.insert(setting.name.to_owned(), kept.to_owned());
        Ok(())
    }

    /// Sets rows.
    pub fn set_map(&mut self, name: &str, rows: Vec<(String, String)>) {
        self.maps.insert(name.to_owned(), rows);
    }

    /// A text; empty when it is not set.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.texts.get(name).cloned().unwrap_or_default()
    }

    /// A time in milliseconds, from a setting in seconds.
    ///
    /// # Errors
    /// When it is no number above 0, in words.
    pub fn seconds(&self, name: &str, default_s: f64) -> Result<u64, String> {
        let text = self.text(name);
        let seconds = if text.is_empty() { Some(default_s) } else { text.parse().ok() };
        let seconds = seconds.filter(|seconds| (0.05..=86_400.0).contains(seconds));
        let time = seconds.map(std::time::Duration::from_secs_f64);
        let ms = time.and_then(|time| u64::try_from(time.as_millis()).ok());
        ms.ok_or_else(|| format!("`{name}` is `{text}`: expected a number of seconds"))
    }

    /// Rows; none when they are not set.
    #[must_use]
    pub fn map(&self, name: &str) -> Vec<(String, String)> {
        self.maps.get(name).cloned().unwrap_or_default()
    }

    /// Names of settings that nothing goes without, and that are not set.
    #[must_use]
    pub fn lacks(&self, settings: &[Setting]) -> Vec<&'static str> {
        settings.iter().filter(|one| one.needed && !self.texts.contains_key(one.name)).map(|one| one.name).collect()
    }

    /// Values by name, for a test.
    #[cfg(test)]
    #[must_use]
    pub fn of(rows: &[(&str, &str)]) -> Values {
        let texts = rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Values { texts, maps: BTreeMap::new() }
    }
}

/// By https, or on the machine of whoever tries it out.
fn is_address(text: &str) -> bool {
    let here = ["http://127.0.0.1", "http://localhost"];
    let is_here =
        |start: &str| text.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        || here.into_iter().any(is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: Setting =
        Setting { name: "url", holds: Holds::Url, needed: true, example: "https://a.example", about: "" };

    #[test]
    fn addresses_are_safe_ones() {
        let mut values = Values::default();
        for right in ["https://a.example/", "http://127.0.0.1:14030", "http://localhost/x"] {
            assert_eq!(values.set(&URL, right), Ok(()), "{right}");
        }
        for wrong in ["http://a.example", "a.example", "https://", "http://127.0.0.1.evil.example", ""] {
            assert!(values.set(&URL, wrong).is_err(), "{wrong}");
        }
        assert_eq!(values.text("url"), "http://localhost/x");
        assert_eq!(Values::default().lacks(&[URL]), ["url"]);
    }

    #[test]
    fn values_show_no_secret() {
        assert_eq!(format!("{:?}", Values::of(&[("secret", "t0p")])), "[\"secret\"]");
    }
}
