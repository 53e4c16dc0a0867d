//! `_site.yaml`: what the help centre says of the shop, beside its articles.

use super::error::Problems;
use super::yaml;
use crate::article::is_safe_link;

/// What pages of the help centre need to know of the shop.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SiteFacts {
    /// What the help centre is called; empty says it in the page's language.
    pub name: String,
    /// Address at which it stands, such as `https://shop.example/help/`.
    pub url: String,
    /// Address of the shop; may be empty.
    pub shop: String,
    /// The shop's contact page, or `mailto:…`; may be empty.
    pub contact: String,
    /// Where shoppers ask each other; may be empty.
    pub forum: String,
    /// Colour of what can be pressed, `#rrggbb`; empty takes ours.
    pub accent: String,
    /// Where votes go, as `data-events` says it; empty keeps them on the device.
    pub events: String,
    /// `granted` where the shop needs no consent for them; else the shopper's choice in the shop counts.
    pub consent: String,
}

/// Whether a file is that of the help centre.
pub(super) fn is_site(name: &str) -> bool {
    matches!(name, "_site.yaml" | "_site.yml")
}

/// Reads the file.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> SiteFacts {
    let mut facts = SiteFacts::default();
    let Some(all) = yaml::load(text, 0, problems) else { return facts };
    let line = all.line();
    let Some(entries) = all.entries() else {
        problems.error(line, "no fields", "write `name: Our help`, one field a line");
        return facts;
    };
    for (key, line, value) in entries {
        let text = value.text().unwrap_or_default().trim().to_owned();
        let field = match key.as_str() {
            "name" => &mut facts.name,
            "url" => &mut facts.url,
            "shop" => &mut facts.shop,
            "contact" => &mut facts.contact,
            "forum" => &mut facts.forum,
            "accent" => &mut facts.accent,
            "events" => &mut facts.events,
            "consent" => &mut facts.consent,
            _ => {
                let cure = "use name, url, shop, contact, forum, accent, events, consent";
                problems.warning(line, format!("unknown field `{key}` is ignored"), cure);
                continue;
            }
        };
        let fault = match key.as_str() {
            "name" | "events" => None,
            "consent" => {
                (!matches!(text.as_str(), "granted" | "denied" | "wait")).then_some("use granted, denied or wait")
            }
            "accent" => (!is_colour(&text)).then_some("write it as `\"#1d6b57\"`, in quotes"),
            "contact" => (!is_safe_link(&text)).then_some("write `https://…`, `/contact` or `mailto:…`"),
            _ => (!is_web(&text)).then_some("write the whole address, `https://…`"),
        };
        match fault {
            Some(cure) => problems.error(line, format!("`{key}` cannot be used"), cure),
            None => *field = text,
        }
    }
    facts
}

/// Whether it is a whole address of the web.
#[must_use]
pub fn is_web(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) && is_safe_link(address)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> (SiteFacts, Vec<String>) {
        let mut problems = Vec::new();
        let facts = read(text, &mut Problems::new("_site.yaml", &mut problems));
        (facts, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_shop_says_where_its_help_stands() {
        let (facts, problems) =
            read_all("name: Help\nurl: https://shop.example/help\naccent: \"#0a7755\"\ncontact: mailto:a@b.example\n");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!((facts.url.as_str(), facts.accent.as_str()), ("https://shop.example/help", "#0a7755"));
    }

    #[test]
    fn what_could_run_or_lead_astray_is_refused() {
        for bad in ["url: javascript:alert(1)", "shop: /here", "accent: \"red;}\"", "contact: data:text/html,x", "- a"]
        {
            let (facts, problems) = read_all(bad);
            assert_eq!(facts, SiteFacts::default(), "{bad}");
            assert_eq!(problems.len(), 1, "{bad}: {problems:?}");
        }
    }
}
