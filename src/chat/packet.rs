//! The handoff packet: gathered from what the panel knows, shown to the shopper, who may strike
//! any field, and only then passed on.

use super::masking::mask_cards;
use super::protocol::{FlowAnswer, Packet, PageInfo, ReadArticle};
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
    /// What was answered in a guided flow.
    Flow,
    /// What was asked of the bot, and answered.
    Transcript,
}

impl Field {
    /// Every one, in the order they are shown.
    pub const ALL: &[Self] = &[
        Self::Page,
        Self::Product,
        Self::Basket,
        Self::Searches,
        Self::Read,
        Self::Signals,
        Self::Flow,
        Self::Transcript,
    ];
}

/// Gathers a packet from the page's snapshot and from what the panel remembers, both lines of
/// `key<TAB>value`.
///
/// | line of the panel | value |
/// | --- | --- |
/// | `page-type` | what the engine takes the page for |
/// | `product` | the product it found there |
/// | `search` | words searched for, oldest first |
/// | `read` | an article's id, `1`, `0` or nothing for its vote, its title; oldest first |
#[must_use]
pub fn gather(snapshot: &str, memory: &str, lang: &str) -> Packet {
    let attribute = |wanted: &str| {
        values(snapshot, "attr")
            .filter_map(|pair| pair.split_once('\t'))
            .find(|(name, _)| *name == wanted)
            .map_or("", |(_, value)| value)
    };
    let product = first(memory, "product");
    let read = values(memory, "read").filter_map(|line| {
        let mut parts = line.splitn(3, '\t');
        let (id, vote, title) = (parts.next()?, parts.next()?, parts.next()?);
        let helped = (!vote.is_empty()).then(|| vote == "1");
        Some(ReadArticle { id: id.to_owned(), title: title.to_owned(), helped })
    });
    // Signals are named by the page's script; a name that is none of ours is not passed on.
    let signals = values(snapshot, "signal")
        .filter_map(|value| Signal::from_name(value.split('\t').next()?))
        .map(|signal| signal.name().to_owned())
        .collect();
    Packet {
        v: 1,
        lang: lang.to_owned(),
        page: PageInfo {
            url: clean(first(snapshot, "url").split(['?', '#']).next().unwrap_or_default()),
            title: clean(first(snapshot, "title")),
            page_type: first(memory, "page-type").to_owned(),
            product: clean(if product.is_empty() { attribute("product") } else { product }),
        },
        basket: clean(attribute("basket")),
        searches: values(memory, "search").map(clean).collect(),
        read: read.collect(),
        signals,
        ..Packet::default()
    }
}

/// What was told in a guided flow, as questions and answers, for a packet.
#[must_use]
pub fn flow_answers(told: Vec<(String, String)>) -> Vec<FlowAnswer> {
    told.into_iter()
        .map(|(question, answer)| FlowAnswer { question: clean(&question), answer: clean(&answer) })
        .collect()
}

/// What was searched and read since the conversation began, as it is told beside what was answered in flows:
/// below the labels that the shopper saw it by.
#[must_use]
pub fn meanwhile(mut packet: Packet, searches: &str, read: &str) -> Vec<FlowAnswer> {
    for (label, field) in [(searches, Field::Searches), (read, Field::Read)] {
        let row = |answer| FlowAnswer { question: [label, ":"].concat(), answer };
        packet.flow.extend(shown(&packet, field).into_iter().map(row));
    }
    packet.flow
}

/// Lines of what the panel remembers that it did not remember before.
#[must_use]
pub fn since(memory: &str, before: &str) -> String {
    memory
        .lines()
        .filter(|line| !before.lines().any(|known| known == *line))
        .fold(String::new(), |out, line| [&out, line, "\n"].concat())
}

/// The facts of the page that a guided flow may know, from the same two; unknown ones are left out.
#[must_use]
pub fn facts(snapshot: &str, memory: &str, lang: &str) -> Vec<(String, String)> {
    let known = |name: &str| {
        let of_shop = values(snapshot, "attr").filter_map(|pair| pair.split_once('\t')).find(|(key, _)| *key == name);
        match (name, of_shop) {
            ("lang", _) => lang,
            (_, Some((_, value))) => value,
            _ => first(memory, name),
        }
        .trim()
        .to_owned()
    };
    let all = crate::flow::FACTS.iter().map(|name| ((*name).to_owned(), known(name)));
    all.filter(|(_, value)| !value.is_empty()).collect()
}

/// The value of the first line of a key; empty when there is none.
fn first<'text>(text: &'text str, key: &'text str) -> &'text str {
    values(text, key).next().unwrap_or_default()
}

/// The values of all lines of a key.
fn values<'text>(text: &'text str, key: &'text str) -> impl Iterator<Item = &'text str> {
    text.lines().filter_map(|line| line.split_once('\t')).filter(move |(name, _)| *name == key).map(|(_, value)| value)
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
        Field::Transcript => packet.transcript.iter().map(|turn| turn.text.clone()).collect(),
        Field::Flow => packet.flow.iter().map(|one| [&one.question, " ", &one.answer].concat()).collect(),
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
            Field::Flow => packet.flow = Vec::new(),
            Field::Transcript => packet.transcript = Vec::new(),
        }
    }
    packet
}

/// Names of the fields that have something in them, and so were passed on with the shopper's consent.
#[must_use]
pub fn consent(packet: &Packet, person: bool) -> Vec<String> {
    let names = ["page", "product", "basket", "searches", "read", "signals", "flow", "transcript"];
    let kept = Field::ALL.iter().zip(names).filter(|(field, _)| !shown(packet, **field).is_empty());
    kept.map(|(_, name)| name).chain(person.then_some("person")).map(str::to_owned).collect()
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

    const MEMORY: &str =
        "page-type\tcart\nsearch\tcode 4111 1111 1111 1111\nread\tpromo-code\t0\tMy code\nread\tcut short";

    fn packet() -> Packet {
        let flow = flow_answers(vec![("Which order?".to_owned(), "TT-1".to_owned())]);
        Packet { flow, ..gather(SNAPSHOT, MEMORY, "en") }
    }

    #[test]
    fn a_flow_knows_what_the_page_says_of_itself() {
        let known = facts("attr\torder\tTT-1\nattr\tbasket\t2 items", "page-type\tcart\nproduct\tBoot", "de");
        let expected =
            [("page-type", "cart"), ("product", "Boot"), ("order", "TT-1"), ("basket", "2 items"), ("lang", "de")];
        assert_eq!(known, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
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
        let read = ReadArticle { id: "promo-code".to_owned(), title: "My code".to_owned(), helped: Some(false) };
        assert_eq!((packet.page.page_type.as_str(), packet.read.as_slice()), ("cart", &[read][..]));
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
    fn what_is_done_later_is_told_in_the_shoppers_words() {
        let more = [MEMORY, "\nsearch\tsize\nread\tsizes\t\tSizes\n"].concat();
        assert_eq!(since(&more, MEMORY), "search\tsize\nread\tsizes\t\tSizes\n");
        let told = meanwhile(packet(), "Searches", "Answers read");
        let told: Vec<String> = told.into_iter().map(|one| format!("{} {}", one.question, one.answer)).collect();
        assert_eq!(told[0], "Which order? TT-1");
        assert!(told[1].starts_with("Searches: code ") && !told[1].contains("4111 1111"), "{told:?}");
        assert_eq!(told[2], "Answers read: My code");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert!(clean(&"ü".repeat(400)).len() <= MAX_FIELD_BYTES);
    }
}
