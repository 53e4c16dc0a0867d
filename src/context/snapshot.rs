//! The page as `page.js` saw it: lines of `key<TAB>value[<TAB>value2]`.
//!
//! It comes from a page that may be wrong, huge or hostile: what is beyond a bound is left out,
//! what makes no sense is skipped, and nothing is ever refused as a whole.

use super::advice::cut;
use crate::page::Signal;

/// Longest snapshot that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Longest value that is read, in bytes.
pub const MAX_VALUE_BYTES: usize = 512;

/// Most lines of one key that are kept; 256 holds the structured data of a long product list.
const MAX_LINES: usize = 256;

/// A pair of texts from one line.
pub type Pair<'a> = (&'a str, &'a str);

/// What is known of a page, as written by whoever read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot<'a> {
    /// Its address, with query and fragment.
    pub url: &'a str,
    /// Language of the page, BCP 47.
    pub lang: &'a str,
    /// Text of its title.
    pub title: &'a str,
    /// Classes of the body, and its id as `#id`.
    pub class: &'a str,
    /// Its first headings.
    pub headings: Vec<&'a str>,
    /// Names and contents of `meta` elements.
    pub metas: Vec<Pair<'a>>,
    /// Structured data: path and value.
    pub ld: Vec<Pair<'a>>,
    /// Events of the `dataLayer`: name and one field as `path=value`, a line for each.
    pub events: Vec<Pair<'a>>,
    /// Globals of shop platforms: name and value.
    pub globals: Vec<Pair<'a>>,
    /// What stands on the page, by name.
    pub cues: Vec<&'a str>,
    /// Labels of fields in trouble.
    pub labels: Vec<&'a str>,
    /// What happened, and how often.
    pub signals: Vec<(Signal, u32)>,
    /// What the shop said of the page: name and value.
    pub attrs: Vec<Pair<'a>>,
    /// Articles read, by id.
    pub read: Vec<&'a str>,
    /// Articles that helped, by id.
    pub helped: Vec<&'a str>,
}

impl<'a> Snapshot<'a> {
    /// Reads the lines.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let mut page = Self::default();
        for line in cut(text, MAX_BYTES).lines() {
            let mut parts = line.split('\t');
            let key = parts.next().unwrap_or_default();
            let value = cut(parts.next().unwrap_or_default().trim(), MAX_VALUE_BYTES);
            let second = cut(parts.next().unwrap_or_default().trim(), MAX_VALUE_BYTES);
            if value.is_empty() {
                continue;
            }
            match key {
                "url" => page.url = value,
                "lang" => page.lang = value,
                "title" => page.title = value,
                "class" => page.class = value,
                "h" => keep(&mut page.headings, value),
                "meta" => keep(&mut page.metas, (value, second)),
                "ld" => keep(&mut page.ld, (value, second)),
                "dl" => keep(&mut page.events, (value, second)),
                "global" => keep(&mut page.globals, (value, second)),
                "cue" => keep(&mut page.cues, value),
                "label" => keep(&mut page.labels, value),
                "signal" => {
                    if let Some(signal) = Signal::from_name(value) {
                        let count = second.parse().unwrap_or(1);
                        page.signals.retain(|(known, _)| *known != signal);
                        page.signals.push((signal, count));
                    }
                }
                "attr" => keep(&mut page.attrs, (value, second)),
                "read" => keep(&mut page.read, value),
                "helped" => keep(&mut page.helped, value),
                _ => {}
            }
        }
        page
    }

    /// Whether the page shows what goes by this name.
    #[must_use]
    pub fn has_cue(&self, name: &str) -> bool {
        self.cues.contains(&name)
    }

    /// What the shop said under this name, the last word counting.
    #[must_use]
    pub fn attr(&self, name: &str) -> &'a str {
        last(&self.attrs, name)
    }

    /// A platform's global by name.
    #[must_use]
    pub fn global(&self, name: &str) -> &'a str {
        last(&self.globals, name)
    }

    /// The content of a `meta` element by name.
    #[must_use]
    pub fn meta(&self, name: &str) -> &'a str {
        last(&self.metas, name)
    }
}

fn keep<T>(list: &mut Vec<T>, value: T) {
    if list.len() < MAX_LINES {
        list.push(value);
    }
}

fn last<'a>(pairs: &[Pair<'a>], name: &str) -> &'a str {
    pairs.iter().rev().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_become_fields() {
        let page = Snapshot::parse(
            "url\thttps://shop.example/cart?x=1\nlang\ten\nh\tYour basket\nmeta\tog:type\tproduct\ncue\tcart-table\n\
             signal\tcoupon-rejected\t2\nsignal\tno-such-thing\t1\nattr\tpage-type\tcart\nattr\tpage-type\thome\nno tab at all\n\tx\nh\t\n",
        );
        assert_eq!(page.url, "https://shop.example/cart?x=1");
        assert_eq!(page.headings, ["Your basket"]);
        assert_eq!(page.meta("og:type"), "product");
        assert!(page.has_cue("cart-table") && !page.has_cue("card-fields"));
        assert_eq!(page.signals, [(Signal::CouponRejected, 2)]);
        assert_eq!(page.attr("page-type"), "home", "a later word of the shop replaces an earlier one");
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let long = ["h\t", &"ß".repeat(4000), "\n"].concat().repeat(400);
        let page = Snapshot::parse(&long);
        assert!(page.headings.len() <= MAX_LINES && page.headings.iter().all(|h| h.len() <= MAX_VALUE_BYTES));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|\t|\n|url|ld|signal|dwell){0,400}") {
            let page = Snapshot::parse(&text);
            prop_assert!(page.signals.len() <= Signal::ALL.len());
            let _ = super::super::Facts::read(&page);
        }
    }
}
