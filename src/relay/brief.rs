//! A packet as other systems take it: a few plain facts, and a note in words for their agents.
//! What does not fit is cut, visibly.

use crate::chat::protocol::{Packet, Participant};

use super::Talk;

/// Most characters of a fact.
const MAX_FACT_CHARS: usize = 255;

/// Most characters of a note, before what was said with a bot.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// A text of at most so many characters; what was cut shows as `…`.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

/// The same by bytes of UTF-8, never inside a character.
#[must_use]
pub fn cut_bytes(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// What is known, by the names that vendors' messengers get as well; no empty ones.
#[must_use]
pub fn facts(packet: &Packet) -> Vec<(&'static str, String)> {
    let page = &packet.page;
    let read = packet.read.iter().map(|one| match one.helped {
        Some(true) => format!("{} (helped)", one.id),
        Some(false) => format!("{} (did not help)", one.id),
        None => one.id.clone(),
    });
    let answered = packet.flow.iter().map(|one| format!("{} {}", one.question, one.answer));
    [
        ("page", page.url.clone()),
        ("page_title", page.title.clone()),
        ("page_type", page.page_type.clone()),
        ("product", page.product.clone()),
        ("basket", packet.basket.clone()),
        ("language", packet.lang.clone()),
        ("articles_read", read.collect::<Vec<_>>().join(", ")),
        ("searches", packet.searches.join(" | ")),
        ("signals", packet.signals.join(", ")),
        ("answered", answered.collect::<Vec<_>>().join(" | ")),
    ]
    .into_iter()
    .filter(|(_, value)| !value.trim().is_empty())
    .map(|(name, value)| (name, cut(&value, MAX_FACT_CHARS)))
    .collect()
}

/// The facts as lines.
#[must_use]
pub fn summary(packet: &Packet) -> String {
    let lines: Vec<String> = facts(packet).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    cut(&lines.join("\n"), MAX_NOTE_CHARS)
}

/// What agents read beside the conversation: the facts, what was said with a bot, and what was said
/// before this system took over. Empty when there is nothing to tell.
#[must_use]
pub fn note(talk: &Talk, most_chars: usize) -> String {
    let said = |title: &str, text: &str| if text.is_empty() { String::new() } else { format!("\n\n{title}\n{text}") };
    let text = summary(&talk.packet)
        + &said("Before a person was asked:", &turns(&talk.packet))
        + &said("Said before:", &talk.before);
    cut(text.trim(), most_chars)
}

/// What was said with a bot, a line each.
#[must_use]
pub fn turns(packet: &Packet) -> String {
    let lines = packet.transcript.iter().map(|turn| {
        let who = if turn.from == Participant::Shopper { "Shopper" } else { "Bot" };
        format!("{who}: {}", turn.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::protocol::{FlowAnswer, PageInfo, ReadArticle, Turn};

    fn packet() -> Packet {
        Packet {
            lang: "fr".to_owned(),
            page: PageInfo {
                url: "https://shop.example/cart".to_owned(),
                title: "x".repeat(400),
                ..PageInfo::default()
            },
            read: vec![ReadArticle { id: "returns".to_owned(), title: "Returns".to_owned(), helped: Some(false) }],
            flow: vec![FlowAnswer { question: "Which order?".to_owned(), answer: "TT-1".to_owned() }],
            transcript: vec![Turn { from: Participant::Bot, text: "Hello".to_owned() }],
            ..Packet::default()
        }
    }

    #[test]
    fn facts_are_few_plain_and_cut_visibly() {
        let facts = facts(&packet());
        let names: Vec<&str> = facts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["page", "page_title", "language", "articles_read", "answered"]);
        assert!(facts[1].1.chars().count() == 255 && facts[1].1.ends_with('…'));
        assert_eq!((facts[3].1.as_str(), facts[4].1.as_str()), ("returns (did not help)", "Which order? TT-1"));
    }

    #[test]
    fn a_note_tells_what_was_said_before_and_by_whom() {
        let talk = Talk { packet: packet(), before: "Shopper: Hm".to_owned(), ..Talk::default() };
        let note = note(&talk, 2_000);
        assert!(note.contains("Before a person was asked:\nBot: Hello\n\nSaid before:\nShopper: Hm"), "{note}");
        assert!(super::note(&talk, 100).ends_with('…'));
        assert_eq!(super::note(&Talk::default(), 100), "");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!((cut("übermut", 3).as_str(), cut("ab", 2).as_str()), ("üb…", "ab"));
        assert_eq!((cut_bytes("übermut", 6).as_str(), cut_bytes("üü", 4).as_str()), ("üb…", "üü"));
    }
}
