//! The handoff packet: gathered from what the panel knows, shown to the shopper, who may strike
//! any field, and only then passed on.

use super::masking::mask_cards;
use super::protocol::{Packet, PageInfo, ReadArticle};
use crate::page::Signal;

/// Longest value of a field, in bytes; longer ones are cut.
const MAX_FIELD_BYTES: usize = 300;

/// A field that the shopper can strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Address and title of the page.
    Page,
    /// The product on it.
    Product,
    /// What lies in the basket.
    Basket,
    /// What was searched for.
    Searches,
    /// Which articles were read, and whether they helped.
    Read,
    /// What happened on the page.
    Signals,
}

impl Field {
    /// Every one, in the order they are shown.
    pub const ALL: &[Self] = &[Self::Page, Self::Product, Self::Basket, Self::Searches, Self::Read, Self::Signals];
}

/// Gathers a packet from the page's snapshot (lines of `key<TAB>value`), what the panel remembers
/// and what the engine found out about the page.
#[must_use]
pub fn gather(
    snapshot: &str,
    lang: &str,
    page_type: &str,
    product: &str,
    searches: &[String],
    read: &[ReadArticle],
) -> Packet {
    let lines = || snapshot.lines().filter_map(|line| line.split_once('\t'));
    let first = |key: &str| lines().find(|(name, _)| *name == key).map_or("", |(_, value)| value);
    let attribute = |wanted: &str| {
        lines()
            .filter(|(name, _)| *name == "attr")
            .filter_map(|(_, pair)| pair.split_once('\t'))
            .find(|(name, _)| *name == wanted)
            .map_or("", |(_, value)| value)
    };
    // Signals are named by the page's script; a name that is none of ours is not passed on.
    let signals = lines()
        .filter(|(name, _)| *name == "signal")
        .filter_map(|(_, value)| Signal::from_name(value.split('\t').next()?))
        .map(|signal| signal.name().to_owned())
        .collect();
    Packet {
        v: 1,
        lang: lang.to_owned(),
        page: PageInfo {
            url: clean(first("url").split(['?', '#']).next().unwrap_or_default()),
            title: clean(first("title")),
            page_type: page_type.to_owned(),
            product: clean(if product.is_empty() { attribute("product") } else { product }),
        },
        basket: clean(attribute("basket")),
        searches: searches.iter().map(|text| clean(text)).collect(),
        read: read.to_vec(),
        signals,
        ..Packet::default()
    }
}

/// What a field holds, as lines to show; empty when there is nothing in it.
#[must_use]
pub fn shown(packet: &Packet, field: Field) -> Vec<String> {
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    match field {
        Field::Page => one(if packet.page.title.is_empty() { &packet.page.url } else { &packet.page.title }),
        Field::Product => one(&packet.page.product),
        Field::Basket => one(&packet.basket),
        Field::Searches => packet.searches.clone(),
        Field::Read => packet.read.iter().map(|article| article.title.clone()).collect(),
        Field::Signals => packet.signals.clone(),
    }
}

/// Takes fields out.
#[must_use]
pub fn strike(mut packet: Packet, fields: &[Field]) -> Packet {
    for field in fields {
        match field {
            // The page's type stays: it names no page, and tells the shop which of its teams to ask.
            Field::Page => (packet.page.url, packet.page.title) = (String::new(), String::new()),
            Field::Product => packet.page.product = String::new(),
            Field::Basket => packet.basket = String::new(),
            Field::Searches => packet.searches = Vec::new(),
            Field::Read => packet.read = Vec::new(),
            Field::Signals => packet.signals = Vec::new(),
        }
    }
    packet
}

/// A value of bounded length, without card numbers.
fn clean(text: &str) -> String {
    let mut end = text.len().min(MAX_FIELD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    mask_cards(text.get(..end).unwrap_or_default().trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOT: &str = "url\thttps://shop.example/cart?session=1#top\nlang\ten\ntitle\tBasket\nattr\tbasket\t2 items, €60\nattr\tproduct\tBoot\nsignal\tcoupon-rejected\t2\nsignal\tmade-up\t1\nsignal";

    fn packet() -> Packet {
        let read = [ReadArticle { id: "promo-code".to_owned(), title: "My code".to_owned(), helped: Some(false) }];
        gather(SNAPSHOT, "en", "cart", "", &["code 4111 1111 1111 1111".to_owned()], &read)
    }

    #[test]
    fn gathers_what_helps_and_nothing_that_tells_on_the_shopper() {
        let packet = packet();
        assert_eq!(packet.page.url, "https://shop.example/cart");
        assert_eq!(
            (packet.page.title.as_str(), packet.page.product.as_str(), packet.basket.as_str()),
            ("Basket", "Boot", "2 items, €60")
        );
        assert_eq!(packet.signals, ["coupon-rejected"]);
        assert!(!packet.searches[0].contains("4111 1111 1111 1111") && packet.searches[0].ends_with("1111"));
    }

    #[test]
    fn what_is_struck_is_gone_and_the_rest_stays() {
        for field in Field::ALL {
            let left = strike(packet(), &[*field]);
            for other in Field::ALL {
                let expected = if other == field { Vec::new() } else { shown(&packet(), *other) };
                assert_eq!(shown(&left, *other), expected, "{other:?} with {field:?} struck");
            }
        }
        let bare = strike(packet(), Field::ALL);
        assert_eq!(
            bare,
            Packet {
                v: 1,
                lang: "en".to_owned(),
                page: PageInfo { page_type: "cart".to_owned(), ..PageInfo::default() },
                ..Packet::default()
            }
        );
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert!(clean(&"ü".repeat(400)).len() <= MAX_FIELD_BYTES);
    }
}
