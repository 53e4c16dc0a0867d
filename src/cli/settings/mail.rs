//! How e-mails leave, as the configuration file says it.

use std::path::Path;
use std::str::FromStr;

use lettre::message::Mailbox;
use saphyr::{MarkedYaml, YamlData};

use super::{Wrong, line_of, rows, text_of};
use crate::server::{Mail, Secret};

/// Languages of e-mails to the shop.
const LANGUAGES: [&str; 5] = ["en", "fr", "de", "pt", "ro"];

/// Reads the rows below `mail`.
pub fn read(node: &MarkedYaml<'_>, folder: &Path) -> Result<Mail, Wrong> {
    let (mut server, mut user, mut password, mut trust) = (None, None, Secret::default(), None);
    let (mut from, mut to, mut reply_to, mut address) = (None, Vec::new(), None, None);
    let mut lang = LANGUAGES[0].to_owned();
    for (key, value) in rows(node)? {
        let name = text_of(key)?;
        let wrong = |what: String| (line_of(value), format!("mail: {name}: {what}"));
        match name.as_str() {
            "server" => server = Some((value, text_of(value)?)),
            "user" => user = Some(text_of(value)?),
            "password-file" => {
                let path = folder.join(text_of(value)?);
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| wrong(format!("{}: {error}: name a file that can be read", path.display())))?;
                password = Secret(text.lines().next().unwrap_or_default().to_owned());
            }
            "trust-file" => {
                let path = folder.join(text_of(value)?);
                let bytes = std::fs::read(&path)
                    .map_err(|error| wrong(format!("{}: {error}: name a file that can be read", path.display())))?;
                trust = Some(bytes);
            }
            "from" => from = Some(mailbox(value)?),
            "to" => match &value.data {
                YamlData::Sequence(all) => to = all.iter().map(mailbox).collect::<Result<_, _>>()?,
                _ => to = vec![mailbox(value)?],
            },
            "reply-to" => reply_to = Some(mailbox(value)?),
            "address" => {
                let text = text_of(value)?;
                let is_web = text.starts_with("https://") || text.starts_with("http://");
                if !is_web {
                    return Err(wrong(format!("`{text}` is no address: expected https://help.shop.example")));
                }
                address = Some(text.trim_end_matches('/').to_owned());
            }
            "language" => {
                lang = text_of(value)?;
                if !LANGUAGES.contains(&lang.as_str()) {
                    return Err(wrong(format!("`{lang}` is not known: expected one of {}", LANGUAGES.join(", "))));
                }
            }
            _ => {
                let known = "server, user, password-file, trust-file, from, to, reply-to, address, language";
                return Err((line_of(key), format!("mail: unknown setting `{name}`: expected one of {known}")));
            }
        }
    }
    let lacks = |what: &str| (line_of(node), format!("mail: `{what}` is missing: `--print-config` shows an example"));
    let (place, server) = server.ok_or_else(|| lacks("server"))?;
    let from = from.ok_or_else(|| lacks("from"))?;
    let address = address.ok_or_else(|| lacks("address"))?;
    if to.is_empty() {
        return Err(lacks("to"));
    }
    let mail = Mail { server, user, password, trust, from, to, reply_to, address, lang };
    match mail.transport() {
        Ok(_) => Ok(mail),
        Err(error) => Err((line_of(place), format!("mail: server: {error}"))),
    }
}

fn mailbox(node: &MarkedYaml<'_>) -> Result<Mailbox, Wrong> {
    let text = text_of(node)?;
    let wrong = || (line_of(node), format!("mail: `{text}` is no e-mail address: expected Shop <help@shop.example>"));
    Mailbox::from_str(&text).map_err(|_| wrong())
}
