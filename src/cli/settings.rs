//! The configuration file of `helpnook serve`.

mod bot;
mod mail;
mod relay;

use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};

use super::CliError;
use crate::server::hours::{DAYS, Hours, HoursError};
use crate::server::limits::Limits;
use crate::server::{Away, Bot, Mail, Ways};

/// The part of the file that is not limits.
const DOCUMENTED: &str = "\
# Configuration of `helpnook serve`. Every line may be left out; the command line wins over the file.

# Address and port.
listen: 127.0.0.1:8080
# The database, made when missing.
db: helpnook.db
# Folder of the widget's files and indexes, served at /help/.
site: site
# Folder of pages, served at /; none unless named.
# pages: public
# Origins of shops that may talk to this inbox, such as https://shop.example; its own always may.
allow-origins: []
# When somebody answers, in the shop's own time zone; always, when nothing is said.
# hours:
#   time-zone: Europe/Lisbon
#   monday: 09:00-12:30, 14:00-18:00
#   saturday: 10:00-13:00
#   holidays: [2026-12-25, 2027-01-01]
# What shoppers hear, once, when they write while nobody is there; `other` is for all other languages.
# away-message:
#   en: Thank you! Nobody is here right now. We answer on the next working day.
#   other: Thank you! Nobody is here right now. We answer on the next working day.
# What conversations may be about, for agents to sort them by; none unless named.
# topics: [Orders, Returns, Products]
# Folder for drafts of articles that agents make of their answers; `helpnook build` takes them. None unless named.
# drafts: drafts
# E-mails: to the shop when a shopper waits, to shoppers who left an address when an answer was not read in the panel.
# mail:
#   # The mail server: smtps://HOST (TLS, port 465), smtp://HOST:587?tls=required, or smtp://localhost:25 on this machine.
#   server: smtps://mail.shop.example
#   # Name and password there; the password is the first line of a file that only this program needs to read.
#   user: help@shop.example
#   password-file: mail-password
#   # A certificate in PEM to trust besides the public ones, where the mail server signed its own; none unless named.
#   trust-file: mail-server.pem
#   # Who writes, and who is told that a shopper waits.
#   from: Shop <help@shop.example>
#   to: [team@shop.example]
#   # Where shoppers' answers by e-mail go; the writer, when left out.
#   reply-to: team@shop.example
#   # Address of this inbox, for links in e-mails.
#   address: https://help.shop.example
#   # Language of e-mails to the shop: en, fr, de, pt or ro.
#   language: en
# An AI bot for pages with data-bot=\"inbox\": any endpoint that speaks OpenAI's chat completions.
# bot:
#   url: https://api.provider.example/v1
#   # The model to ask for, unless the endpoint chooses; the key is the first line of a file.
#   model: small
#   key-file: bot-key

";

/// What a configuration file sets.
#[derive(Debug, Default)]
pub struct Settings {
    /// Address and port.
    pub listen: Option<String>,
    /// The database.
    pub db: Option<PathBuf>,
    /// Folder of the widget's files.
    pub site: Option<PathBuf>,
    /// Folder of pages.
    pub pages: Option<PathBuf>,
    /// Origins allowed.
    pub allow_origins: Vec<String>,
    /// Opening hours.
    pub hours: Option<Hours>,
    /// What is said when nobody is there.
    pub away: Option<Away>,
    /// What conversations may be about.
    pub topics: Vec<String>,
    /// Folder for drafts of articles.
    pub drafts: Option<PathBuf>,
    /// The AI bot's endpoint.
    pub bot: Option<Bot>,
    /// How e-mails leave.
    pub mail: Option<Mail>,
    /// Where conversations go on.
    pub relay: Option<Ways>,
    /// Limits, when there are any.
    pub limits: Option<Limits>,
}

impl Settings {
    /// A file with every default and its meaning.
    pub fn documented() -> String {
        DOCUMENTED.to_owned() + &relay::documented() + &Limits::default().written()
    }

    /// Reads a file; paths in it are relative to its folder.
    pub fn read(path: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
        let wrong = |(line, message)| CliError::Line { path: path.to_owned(), line, message };
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut settings = Self::parse(&text, folder).map_err(wrong)?;
        let Self { db, site, pages, drafts, .. } = &mut settings;
        for named in [db, site, pages, drafts].into_iter().flatten() {
            *named = folder.join(&*named);
        }
        Ok(settings)
    }

    /// Reads the text of a file in that folder; what is wrong comes with its line.
    fn parse(text: &str, folder: &Path) -> Result<Self, Wrong> {
        let documents = MarkedYaml::load_from_str(text)
            .map_err(|error| (error.marker().line(), format!("not YAML: {}", error.info())))?;
        let mut settings = Settings::default();
        let Some(document) = documents.first() else { return Ok(settings) };
        if matches!(document.data, YamlData::Value(Scalar::Null)) {
            return Ok(settings);
        }
        for (key, value) in rows(document)? {
            settings.set(key, value, folder)?;
        }
        Ok(settings)
    }

    fn set(&mut self, key: &MarkedYaml<'_>, value: &MarkedYaml<'_>, folder: &Path) -> Result<(), Wrong> {
        let name = text_of(key)?;
        match name.as_str() {
            "listen" => self.listen = Some(text_of(value)?),
            "db" => self.db = Some(text_of(value)?.into()),
            "site" => self.site = Some(text_of(value)?.into()),
            "pages" => self.pages = Some(text_of(value)?.into()),
            "drafts" => self.drafts = Some(text_of(value)?.into()),
            "allow-origins" => self.allow_origins = list_of(value, "[https://shop.example]")?,
            "topics" => self.topics = list_of(value, "[Orders, Returns]")?,
            "relay" => self.relay = Some(relay::read(value, folder)?),
            "bot" => self.bot = Some(bot::read(value, folder)?),
            "mail" => self.mail = Some(mail::read(value, folder)?),
            "hours" => self.hours = Some(hours(value)?),
            "away-message" => {
                let away = self.away.get_or_insert_with(Away::default);
                for (key, value) in rows(value)? {
                    let lang = text_of(key)?;
                    away.set(if lang == "other" { "" } else { &lang }, &text_of(value)?);
                }
            }
            "limits" => {
                let limits = self.limits.get_or_insert_with(Limits::default);
                for (key, value) in rows(value)? {
                    let name = text_of(key)?;
                    let set = limits.set(&name, &text_of(value)?);
                    set.map_err(|error| (line_of(key), format!("limits: {name}: {error}")))?;
                }
            }
            _ => {
                let known = "listen, db, site, pages, allow-origins, hours, away-message, topics, drafts, mail, bot, relay, limits";
                return Err((line_of(key), format!("unknown setting `{name}`: expected one of {known}")));
            }
        }
        Ok(())
    }
}

fn hours(node: &MarkedYaml<'_>) -> Result<Hours, Wrong> {
    let rows = rows(node)?;
    let zone = rows.iter().find(|(key, _)| text_of(key).is_ok_and(|name| name == "time-zone"));
    let Some((_, zone)) = zone else {
        return Err((line_of(node), "hours: expected a time-zone such as Europe/Lisbon".to_owned()));
    };
    let wrong = |node, error: HoursError| (line_of(node), format!("hours: {error}"));
    let mut hours = Hours::closed(&text_of(zone)?).map_err(|error| wrong(zone, error))?;
    for (key, value) in rows {
        let name = text_of(key)?;
        match (name.as_str(), &value.data) {
            ("time-zone", _) => {}
            ("holidays", YamlData::Sequence(days)) => {
                for day in days {
                    hours.add_holiday(&text_of(day)?).map_err(|error| wrong(day, error))?;
                }
            }
            _ => match DAYS.iter().position(|day| *day == name) {
                Some(day) => hours.set_day(day, &text_of(value)?).map_err(|error| wrong(value, error))?,
                None => {
                    return Err((
                        line_of(key),
                        format!("hours: unknown `{name}`: expected monday to sunday, time-zone or a list of holidays"),
                    ));
                }
            },
        }
    }
    Ok(hours)
}

/// What is wrong, and in which line.
type Wrong = (usize, String);

fn list_of(node: &MarkedYaml<'_>, example: &str) -> Result<Vec<String>, Wrong> {
    match &node.data {
        YamlData::Sequence(items) => items.iter().map(text_of).collect(),
        _ => Err((line_of(node), format!("expected a list such as {example}"))),
    }
}

type Rows<'a, 'b> = Vec<(&'a MarkedYaml<'b>, &'a MarkedYaml<'b>)>;

fn rows<'a, 'b>(node: &'a MarkedYaml<'b>) -> Result<Rows<'a, 'b>, Wrong> {
    match &node.data {
        YamlData::Mapping(rows) => Ok(rows.iter().collect()),
        _ => Err((line_of(node), "expected rows of `name: value`".to_owned())),
    }
}

fn text_of(node: &MarkedYaml<'_>) -> Result<String, Wrong> {
    match &node.data {
        YamlData::Value(Scalar::String(text)) => Ok(text.to_string()),
        YamlData::Value(Scalar::Integer(number)) => Ok(number.to_string()),
        YamlData::Value(Scalar::FloatingPoint(number)) => Ok(number.to_string()),
        YamlData::Value(Scalar::Boolean(yes)) => Ok(yes.to_string()),
        _ => Err((line_of(node), "expected a text or a number".to_owned())),
    }
}

fn line_of(node: &MarkedYaml<'_>) -> usize {
    node.span.start.line()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parse(text: &str) -> Result<Settings, Wrong> {
        Settings::parse(text, Path::new("."))
    }

    #[test]
    fn every_example_in_the_documented_file_is_right() {
        let folder = tempfile::TempDir::new().unwrap();
        for secret in relay::documented().lines().filter_map(|line| line.split_once("-file: ")).map(|(_, name)| name) {
            std::fs::write(folder.path().join(secret), "0t0p\n").unwrap();
        }
        std::fs::write(folder.path().join("mail-password"), "pa55 word\n").unwrap();
        std::fs::write(folder.path().join("bot-key"), "a key\n").unwrap();
        // What is commented out and looks like a setting, is one.
        let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let is_setting = |line: &str| line.trim_start().split_once(": ").is_some_and(|(key, _)| is_key(key));
        let uncomment = |line: &str| match line.strip_prefix("# ") {
            Some(inner) if is_setting(inner) || inner.ends_with(':') => format!("{inner}\n"),
            _ => format!("{line}\n"),
        };
        // A certificate cannot be made up here; `tests/inbox` has a real one.
        let documented = Settings::documented();
        let lines = documented.lines().filter(|line| !line.contains("trust-file: "));
        let text: String = lines.map(uncomment).collect();
        let settings = Settings::parse(&text, folder.path()).unwrap();
        assert_eq!(settings.topics, ["Orders", "Returns", "Products"]);
        assert!(settings.hours.is_some() && settings.away.is_some() && settings.drafts.is_some());
        assert_eq!(settings.bot.map(|bot| (bot.model, bot.key.0)), Some(("small".to_owned(), "a key".to_owned())));
        let mail = settings.mail.unwrap();
        assert_eq!((mail.password.0.as_str(), mail.to.len(), mail.lang.as_str()), ("pa55 word", 1, "en"));
        assert!(!format!("{mail:?}").contains("pa55"), "the password would stand in a log");
    }

    #[test]
    fn the_documented_file_reads_as_the_defaults() {
        let settings = parse(&Settings::documented()).unwrap();
        assert_eq!(settings.listen.as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(settings.limits, Some(Limits::default()));
        assert_eq!(settings.pages, None);
        let empty = parse("").unwrap();
        assert!(empty.limits.is_none() && empty.relay.is_none() && empty.listen.is_none());
    }

    #[test]
    fn what_is_set_is_set() {
        let text = "allow-origins: [https://shop.example]\nlimits:\n  body-timeout-s: 2\n  behind-proxy: true\n";
        let settings = parse(text).unwrap();
        assert_eq!(settings.allow_origins, ["https://shop.example"]);
        let limits = settings.limits.unwrap();
        assert!(limits.behind_proxy && limits.body_timeout == Duration::from_secs(2));
    }

    #[test]
    fn hours_and_what_is_said_outside_them() {
        let text = "hours:\n  time-zone: UTC\n  monday: 09:00-18:00\n  holidays: [2026-12-28]\naway-message:\n  other: Later\n";
        let settings = parse(text).unwrap();
        let mut hours = Hours::closed("UTC").unwrap();
        hours.set_day(0, "09:00-18:00").unwrap();
        hours.add_holiday("2026-12-28").unwrap();
        assert_eq!(settings.hours, Some(hours));
        assert_eq!(settings.away.unwrap().text("fr"), Some("Later"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, part) in [
            ("listen: x\nport: 1\n", 2, "unknown setting `port`"),
            ("limits:\n  body-bytes: many\n", 2, "expected a whole number"),
            ("limits:\n  colour: 1\n", 2, "no such limit"),
            ("allow-origins: https://a.example\n", 1, "expected a list"),
            ("hours:\n  time-zone: Mars\n", 2, "unknown time zone"),
            ("hours:\n  monday: 9-18\n", 2, "expected a time-zone"),
            ("hours:\n  time-zone: UTC\n  monday: 9-18\n", 3, "no span of hours"),
            ("hours:\n  time-zone: UTC\n  mon: 09:00-18:00\n", 3, "unknown `mon`"),
            ("db: [a]\n", 1, "expected a text"),
            ("just text\n", 1, "rows of"),
            ("topics: Orders\n", 1, "expected a list"),
            ("mail:\n  from: a@b.example\n", 2, "`server` is missing"),
            (
                "mail:\n  server: mail.example\n  from: a@b.example\n  to: a@b.example\n  address: https://h.example\n",
                2,
                "no mail server",
            ),
            ("mail:\n  from: shop\n", 2, "no e-mail address"),
            ("mail:\n  password-file: nowhere\n", 2, "name a file"),
            ("bot:\n  model: small\n", 2, "`url` is missing"),
            ("bot:\n  url: http://provider.example\n", 2, "no address"),
            ("bot:\n  url: https://provider.example/v1\n  key: x\n", 3, "unknown setting `key`"),
            ("bot:\n  key-file: nowhere\n", 2, "name a file"),
            ("mail:\n  port: 25\n", 2, "unknown setting `port`"),
        ] {
            let (got, message) = parse(text).unwrap_err();
            assert!(got == line && message.contains(part), "{text:?}: {got} {message}");
        }
        assert!(parse("a: [\n").is_err());
    }
}
