//! Where conversations go on, as the configuration file says it.

use std::path::Path;
use std::sync::Arc;

use saphyr::MarkedYaml;

use super::{Wrong, line_of, list_of, rows, text_of};
use crate::relay::settings::{Holds, Setting, Values};
use crate::relay::{KINDS, Kind, kind};
use crate::server::{Way, Ways};

/// Ways that are no other systems.
const OWN: [&str; 2] = ["email", "inbox"];

/// Reads the rows below `relay`.
pub fn read(node: &MarkedYaml<'_>, folder: &Path) -> Result<Ways, Wrong> {
    let mut ways = Ways::default();
    let mut order = None;
    let mut systems: Vec<(&'static Kind, &MarkedYaml<'_>, Values)> = Vec::new();
    for (key, value) in rows(node)? {
        let name = text_of(key)?;
        match name.as_str() {
            "order" => order = Some((value, list_of(value, "[zendesk-ticket, email]")?)),
            "address" => ways.address = address(value, &name)?,
            "availability-url" => ways.availability_url = address(value, &name)?,
            _ => match kind(&name) {
                Some(kind) => systems.push((kind, value, values(kind, value, folder)?)),
                None => {
                    let known = known().join(", ");
                    let message = format!(
                        "relay: unknown `{name}`: expected order, address, availability-url, or one of {known}"
                    );
                    return Err((line_of(key), message));
                }
            },
        }
    }
    let Some((place, order)) = order else {
        return Err((line_of(node), "relay: expected an `order` such as [zendesk-ticket, email]".to_owned()));
    };
    for name in order {
        let way = match name.as_str() {
            "email" => Way::Mail,
            "inbox" => Way::Inbox,
            _ => {
                let Some((kind, node, values)) = systems.iter().find(|(kind, ..)| kind.name == name) else {
                    let why = if kind(&name).is_some() {
                        format!("relay: `{name}` stands in the order, but has no settings: add rows below `{name}:`")
                    } else {
                        let known = [&known()[..], &OWN].concat().join(", ");
                        format!("relay: unknown `{name}` in the order: expected some of {known}")
                    };
                    return Err((line_of(place), why));
                };
                let made = (kind.make)(values).map_err(|why| (line_of(node), format!("relay: {name}: {why}")))?;
                Way::System(Arc::from(made))
            }
        };
        if ways.order.iter().any(|known| known.name() == way.name()) {
            return Err((line_of(place), format!("relay: `{name}` stands in the order twice")));
        }
        ways.order.push(way);
    }
    Ok(ways)
}

/// Names of all systems.
fn known() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

fn address(node: &MarkedYaml<'_>, name: &str) -> Result<String, Wrong> {
    let setting =
        Setting { name: "address", holds: Holds::Url, needed: true, example: "https://help.shop.example", about: "" };
    let mut values = Values::default();
    values.set(&setting, &text_of(node)?).map_err(|why| (line_of(node), format!("relay: {name}: {why}")))?;
    Ok(values.text("address"))
}

/// The settings of one system.
fn values(kind: &'static Kind, node: &MarkedYaml<'_>, folder: &Path) -> Result<Values, Wrong> {
    let mut values = Values::default();
    for (key, value) in rows(node)? {
        let name = text_of(key)?;
        let wrong = |what: String| (line_of(key), format!("relay: {}: {what}", kind.name));
        let (bare, from) = match (name.strip_suffix("-file"), name.strip_suffix("-env")) {
            (Some(bare), _) if is_secret(kind, bare) => (bare, Some(true)),
            (_, Some(bare)) if is_secret(kind, bare) => (bare, Some(false)),
            _ => (name.as_str(), None),
        };
        let Some(setting) = kind.settings.iter().find(|setting| setting.name == bare) else {
            return Err(wrong(format!("unknown setting `{name}`: expected {}", names(kind).join(", "))));
        };
        let text = match (setting.holds, from) {
            (Holds::Map, _) => {
                let all = rows(value)?.into_iter().map(|(key, value)| Ok((text_of(key)?, text_of(value)?)));
                values.set_map(setting.name, all.collect::<Result<_, Wrong>>()?);
                continue;
            }
            (Holds::Secret, None) => {
                return Err(wrong(format!(
                    "a secret does not stand in this file: name a file by `{bare}-file`, or a variable by `{bare}-env`"
                )));
            }
            (Holds::Secret, Some(true)) => {
                let path = folder.join(text_of(value)?);
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| wrong(format!("{}: {error}: name a file that can be read", path.display())))?;
                text.lines().next().unwrap_or_default().to_owned()
            }
            (Holds::Secret, Some(false)) => {
                let variable = text_of(value)?;
                std::env::var(&variable).map_err(|_| wrong(format!("the variable `{variable}` is not set")))?
            }
            _ => text_of(value)?,
        };
        values.set(setting, &text).map_err(wrong)?;
    }
    match values.lacks(kind.settings).first() {
        None => Ok(values),
        Some(name) => {
            let how =
                if is_secret(kind, name) { format!("`{name}-file` or `{name}-env`") } else { format!("`{name}`") };
            Err((line_of(node), format!("relay: {}: {how} is missing: `--print-config` shows an example", kind.name)))
        }
    }
}

fn is_secret(kind: &Kind, name: &str) -> bool {
    kind.settings.iter().any(|setting| setting.name == name && setting.holds == Holds::Secret)
}

/// Names of a system's settings, as they are written.
fn names(kind: &Kind) -> Vec<String> {
    let written = |setting: &Setting| match setting.holds {
        Holds::Secret => format!("{0}-file, {0}-env", setting.name),
        _ => setting.name.to_owned(),
    };
    kind.settings.iter().map(written).collect()
}

/// The part of the documented file about it.
pub fn documented() -> String {
    let mut out = "\
# Where conversations go on: in another system that the shop answers in, whose secrets only this server knows.
# The shop's pages keep talking to this inbox, which keeps every word; the next way is taken when one fails.
# relay:
#   # The first that takes it; `email` is the mail above, `inbox` the agents' page here.
#   order: [webhook, email]
#   # Address of this server, for links to files and for the calls that systems make to ADDRESS/relay/NAME.
#   address: https://help.shop.example
#   # Where to ask whether somebody is there, when the system does not say: {\"available\": true}
#   availability-url: https://shop.example/availability
"
    .to_owned();
    for kind in KINDS {
        out += &format!("#   # {}\n#   {}:\n", kind.about, kind.name);
        for setting in kind.settings {
            let optional = if setting.needed { "" } else { " (may be left out)" };
            out += &format!("#     # {}{optional}\n", setting.about);
            match setting.holds {
                Holds::Secret => out += &format!("#     {}-file: {}\n", setting.name, setting.example),
                Holds::Map => {
                    out += &format!("#     {}:\n#       {}\n", setting.name, setting.example);
                }
                // YAML keeps `@` for itself.
                _ if setting.example.starts_with('@') => {
                    out += &format!("#     {}: \"{}\"\n", setting.name, setting.example);
                }
                _ => out += &format!("#     {}: {}\n", setting.name, setting.example),
            }
        }
    }
    out + "\n"
}
