//! What a merchant may set on the tag: read once, here, out of the tag's `data-*` attributes.

/// An attribute that a merchant may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, as written on the tag.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it does, in a sentence of the README's table.
    pub meaning: &'static str,
}

/// Every attribute there is, in the order of the README's table.
pub const ATTRIBUTES: &[Attribute] = &[
    attribute("data-index", "`{lang}.hnx` beside the script", "Address of the index; `{lang}` becomes the language."),
    attribute("data-lang", "the page's `lang`", "Language of the help, such as `fr` or `pt-br`."),
    attribute("data-languages", "`en`", "Languages that have an index, the fallback first: `en,fr,de`."),
    attribute(
        "data-chat",
        "none",
        "Where a shopper reaches a person: `inbox:https://help.shop.example`, `email:help@shop.example` or `link:/contact`, or the name of another system's messenger or form such as `zendesk-messenger` or `zendesk-ticket`; several, separated by commas, in order of fallback.",
    ),
    attribute(
        "data-contact-policy",
        "`neutral`",
        "`self-service` offers a person after a search or an answer, `neutral` always, `ask-first` before everything else.",
    ),
    attribute(
        "data-accent",
        "`#1d6b57`",
        "Colour of the launcher and of what can be pressed, `#rgb` or `#rrggbb`; contrast is corrected.",
    ),
    attribute(
        "data-theme",
        "`auto`",
        "`light`, `dark`, `auto` for what the shopper's device prefers, or `host` for the fonts and colours of your page, with their contrast corrected.",
    ),
    attribute("data-density", "`roomy`", "`compact` sets the panel's text and rows closer."),
    attribute(
        "data-position",
        "`end`",
        "Side of the launcher: `right` or `left`, or by the page's `dir`: `end` or `start`.",
    ),
    attribute("data-offset", "`20`", "Distance of the launcher from the edges in CSS pixels, 0 to 200."),
    attribute("data-z-index", "`2147483000`", "Stacking order of the widget."),
    attribute(
        "data-launcher",
        "`bubble`",
        "`bubble`; `tab` at the edge with its words on it; `link` wherever `<help-nook mode=\"link\">` stands; `page` fills the page with the help; `hidden` when the shop opens the help with its own `[data-help]` links.",
    ),
    attribute("data-label", "*Help*, translated", "Words on the launcher."),
    attribute("data-max-suggestions", "`3`", "How many suggestions a page gets, 0 to 5."),
    attribute("data-proactive", "`on`", "`off` never says anything unasked."),
    attribute(
        "data-wake",
        "built in",
        "Wake list that `helpnook build` prints: on which pages and after which signals the engine is worth fetching.",
    ),
    attribute("data-page-type", "found out", "Type of this page, such as `cart`, when the shop knows better."),
    attribute("data-customer-state", "none", "What the shop knows of the shopper: `new`, `returning`, `signed-in`."),
    attribute(
        "data-customer-*",
        "none",
        "Anything else of the shopper that rules may ask for, such as `data-customer-since` or `data-customer-orders`; it stays on the device.",
    ),
    attribute("data-product", "found out", "Name of the product on this page."),
    attribute("data-basket", "found out", "What lies in the basket, in words, for the person who answers."),
    attribute(
        "data-time-zone",
        "the shopper's own",
        "Time zone in which rules read their hours, such as `Europe/Berlin`.",
    ),
    attribute(
        "data-contact",
        "none",
        "The shop's own help or contact page, or `mailto:…`, for browsers in which nothing else works.",
    ),
    attribute(
        "data-events",
        "none",
        "Where events of the help are told, see below: `inbox`, `datalayer`, `ga4`, `posthog`, `segment`, `plausible`, addresses; several, separated by commas.",
    ),
    attribute(
        "data-bot",
        "none",
        "An AI bot that answers before people do, from this help alone: address of an OpenAI-compatible endpoint behind your proxy, `https://shop.example/ai/v1`, or `inbox` for the one that `helpnook serve` keeps; a model's name may follow after `#`.",
    ),
    attribute(
        "data-consent",
        "`wait`",
        "`granted`, `denied` or `wait`: until it is granted, here or by `Helpnook('consent', 'granted')`, events stay on the device.",
    ),
    attribute(
        "data-arm",
        "none",
        "The arm of a test that the shop put this shopper in, or `auto` for the half that rules' `audience` is drawn by; the report compares arms.",
    ),
    attribute(
        "data-survey",
        "none",
        "With `data-events` and consent, asks how likely a shopper is to recommend the shop: `nps` once help was used, `nps@order-confirmation` on such pages; `every=90` days, `share=25` of 100 visits, `wait=5` seconds, and `Helpnook('survey')` where you want it.",
    ),
    attribute(
        "data-debug",
        "off",
        "Shows on the page what is known of it, which signals happened and why each article is suggested; says in the console what went wrong inside.",
    ),
    attribute(
        "data-sw",
        "none",
        "Address of `helpnook-sw.js` on the shop's own origin, for help on pages visited before and now offline.",
    ),
];

const fn attribute(name: &'static str, default: &'static str, meaning: &'static str) -> Attribute {
    Attribute { name, default, meaning }
}

/// A way to reach the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// Our own inbox, at this origin; empty means the origin of the loader.
    Inbox(String),
    /// An e-mail address.
    Email(String),
    /// A page of the shop.
    Link(String),
    /// Another vendor's messenger or form, by its name in [`VENDORS`].
    Vendor(String),
}

/// Systems whose messenger can be opened, or where words can be left by a form; `www/vendors.js` knows how.
pub const VENDORS: &[&str] = &[
    "zendesk-messenger",
    "twilio-webchat",
    "chatwoot",
    "intercom",
    "crisp",
    "tawk",
    "gorgias",
    "helpscout",
    "livechat",
    "freshchat",
    "hubspot",
    "acquire",
    "rocketchat",
    "zendesk-ticket",
    "webhook",
];

/// Whether a name in [`VENDORS`] is a form's: `www/forms.js` sends what is left in it.
#[must_use]
pub fn is_form(name: &str) -> bool {
    matches!(name, "zendesk-ticket" | "webhook")
}

/// When a person is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactPolicy {
    /// After a search or an answer.
    SelfService,
    /// Always.
    #[default]
    Neutral,
    /// Before everything else.
    AskFirst,
}

/// What the panel needs to know of the tag; the loader sees to the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetConfig {
    /// Ways to reach the shop, in order of fallback.
    pub channels: Vec<Channel>,
    /// When a person is offered.
    pub contact: ContactPolicy,
    /// How many suggestions a page gets, 0 to 5.
    pub max_suggestions: u8,
    /// What lies in the basket, when the shop says so.
    pub basket: String,
    /// The shop's own help or contact page; empty when there is none.
    pub fallback_url: String,
}

impl Default for WidgetConfig {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            contact: ContactPolicy::Neutral,
            max_suggestions: 3,
            basket: String::new(),
            fallback_url: String::new(),
        }
    }
}

impl WidgetConfig {
    /// Reads a tag's attributes, by their full names (`data-chat`). What is unknown or malformed is
    /// reported in a sentence and falls back; nothing stops the widget.
    #[must_use]
    pub fn read(attributes: &[(String, String)]) -> (Self, Vec<String>) {
        let mut config = Self::default();
        let mut warnings = Vec::new();
        // In the browser the loader has said so already; its list is tested against this one.
        #[cfg(not(target_arch = "wasm32"))]
        for (name, _) in attributes.iter().filter(|(name, _)| name.starts_with("data-")) {
            if !name.starts_with("data-customer-") && !ATTRIBUTES.iter().any(|known| known.name == name) {
                warnings.push([name, " is not an attribute of Helpnook; the README lists them"].concat());
            }
        }
        let attr = |name: &str| {
            let value = attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
            value.filter(|value| !value.is_empty())
        };

        if let Some(list) = attr("data-chat") {
            for one in list.split(',').map(str::trim).filter(|one| !one.is_empty()) {
                match channel(one) {
                    Ok(channel) => config.channels.push(channel),
                    Err(expected) => {
                        warnings.push(["data-chat: `", one, "` is left out; expected ", expected].concat())
                    }
                }
            }
        }
        config.contact = match attr("data-contact-policy") {
            None | Some("neutral") => ContactPolicy::Neutral,
            Some("self-service") => ContactPolicy::SelfService,
            Some("ask-first") => ContactPolicy::AskFirst,
            Some(_) => {
                warnings
                    .push("data-contact-policy must be self-service, neutral or ask-first; using neutral".to_owned());
                ContactPolicy::Neutral
            }
        };
        config.max_suggestions = match attr("data-max-suggestions").map(str::parse::<u8>) {
            None => 3,
            Some(Ok(n)) if n <= 5 => n,
            Some(_) => {
                warnings.push("data-max-suggestions must be 0 to 5; using 3".to_owned());
                3
            }
        };
        config.basket = attr("data-basket").unwrap_or_default().to_owned();
        if let Some(url) = attr("data-contact") {
            if is_page(url) || (url.starts_with("mailto:") && crate::article::is_safe_link(url)) {
                url.clone_into(&mut config.fallback_url);
            } else {
                warnings.push(
                    "data-contact must be a page's address, https://… or /…, or mailto:…; it is left out".to_owned(),
                );
            }
        }
        (config, warnings)
    }

    /// Whether shoppers can write here: to our own inbox, or on to another vendor's messenger. The inbox's
    /// origin; empty where there are only others.
    #[must_use]
    pub fn chat(&self, own: &str) -> Option<String> {
        let elsewhere = self.channels.iter().any(|channel| matches!(channel, Channel::Vendor(_)));
        self.inbox(own).or_else(|| elsewhere.then(String::new))
    }

    /// The inbox's origin, when there is one; `own` is the loader's.
    #[must_use]
    pub fn inbox(&self, own: &str) -> Option<String> {
        self.channels.iter().find_map(|channel| match channel {
            Channel::Inbox(origin) if origin.is_empty() => Some(own.to_owned()),
            Channel::Inbox(origin) => Some(origin.clone()),
            _ => None,
        })
    }
}

/// One entry of `data-chat`, or what was expected in its place.
fn channel(entry: &str) -> Result<Channel, &'static str> {
    match entry.split_once(':') {
        Some(("inbox", origin)) => {
            let origin = origin.trim_end_matches('/');
            if origin.is_empty() || is_origin(origin) {
                Ok(Channel::Inbox(origin.to_owned()))
            } else {
                Err("inbox:https://host")
            }
        }
        Some(("email", address)) => {
            let well_formed =
                address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
                    && address
                        .bytes()
                        .all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'&' | b'#' | b'%' | b'<' | b'>' | b'"'));
            if well_formed { Ok(Channel::Email(address.to_owned())) } else { Err("email:name@host") }
        }
        Some(("link", url)) if is_page(url) => Ok(Channel::Link(url.to_owned())),
        Some(("link", _)) => Err("link:https://… or link:/…"),
        None if VENDORS.contains(&entry) => Ok(Channel::Vendor(entry.to_owned())),
        _ => Err("inbox:, email:, link: or the name of a messenger or form"),
    }
}

/// Whether it is `http(s)://host[:port]` and nothing more.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    })
}

/// Whether it leads to a page, of the shop or elsewhere.
fn is_page(text: &str) -> bool {
    let web = ["https://", "http://", "/"].iter().any(|start| text.starts_with(start));
    web && crate::article::is_safe_link(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (WidgetConfig, Vec<String>) {
        WidgetConfig::read(
            &pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn nothing_set_is_the_default_without_a_word() {
        assert_eq!(read(&[]), (WidgetConfig::default(), vec![]));
        assert_eq!(read(&[("data-chat", "  "), ("src", "x"), ("integrity", "y")]), (WidgetConfig::default(), vec![]));
    }

    #[test]
    fn channels_keep_the_merchants_order() {
        let (config, warnings) =
            read(&[("data-chat", "inbox:https://help.shop.example/, email:help@shop.example,link:/contact")]);
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(
            config.channels,
            [
                Channel::Inbox("https://help.shop.example".to_owned()),
                Channel::Email("help@shop.example".to_owned()),
                Channel::Link("/contact".to_owned()),
            ]
        );
        assert_eq!(config.inbox("https://own.example").as_deref(), Some("https://help.shop.example"));
        assert_eq!(
            read(&[("data-chat", "inbox:")]).0.inbox("https://own.example").as_deref(),
            Some("https://own.example")
        );
    }

    #[test]
    fn other_systems_are_known_by_the_names_that_their_script_knows() {
        let (forms, messengers): (Vec<&str>, Vec<&str>) = VENDORS.iter().partition(|name| is_form(name));
        let vendors = include_str!("../www/vendors.js");
        for (names, script, how) in [
            (&messengers, vendors, "    async open(env, config"),
            (&forms, include_str!("../www/forms.js"), "    send(env, config"),
        ] {
            for name in names {
                let known = [format!("\n  {name}: {{"), format!("\n  \"{name}\": {{")];
                assert!(known.iter().any(|line| script.contains(line)), "{name}");
            }
            assert_eq!(script.matches(how).count(), names.len());
        }
        let list = format!("const FORMS = [\"{}\"];", forms.join("\", \""));
        assert!(vendors.contains(&list), "{list}");
        let (config, warnings) = read(&[("data-chat", "crisp, inbox:, email:help@shop.example")]);
        assert_eq!((config.channels[0].clone(), warnings), (Channel::Vendor("crisp".to_owned()), vec![]));
        assert_eq!(config.chat("https://own.example").as_deref(), Some("https://own.example"));
        assert_eq!(read(&[("data-chat", "crisp")]).0.chat("https://own.example").as_deref(), Some(""));
        assert_eq!(read(&[("data-chat", "email:a@b.example")]).0.chat("https://own.example"), None);
    }

    #[test]
    fn bad_values_fall_back_and_are_reported() {
        for (name, value) in [
            ("data-chat", "inbox:javascript:alert(1)"),
            ("data-chat", "inbox:https://a.example/path"),
            ("data-chat", "email:nobody"),
            ("data-chat", "email:a@b.example?bcc=all@b.example"),
            ("data-chat", "link:javascript:alert(1)"),
            ("data-chat", "pigeon:coo"),
            ("data-contact-policy", "never"),
            ("data-max-suggestions", "6"),
            ("data-max-suggestions", "-1"),
            ("data-max-suggestions", "three"),
            ("data-contact", "javascript:alert(1)"),
            ("data-acent", "#0a7"),
        ] {
            let (config, warnings) = read(&[(name, value)]);
            assert_eq!(config, WidgetConfig::default(), "{name}={value}");
            assert_eq!(warnings.len(), 1, "{name}={value}: {warnings:?}");
            assert!(warnings[0].starts_with(name), "{}", warnings[0]);
        }
    }

    #[test]
    fn names_are_distinct_and_described() {
        for (n, one) in ATTRIBUTES.iter().enumerate() {
            assert!(
                one.name.starts_with("data-") && one.meaning.ends_with('.') && !one.default.is_empty(),
                "{}",
                one.name
            );
            assert!(!ATTRIBUTES[..n].iter().any(|other| other.name == one.name), "{} twice", one.name);
        }
    }
}
