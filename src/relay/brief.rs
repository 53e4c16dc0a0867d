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

/// A text in parts of at most so many characters, parted at spaces where that can be.
#[must_use]
pub fn parts(text: &str, most: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let (head, _) = rest.split_at(end);
        // A space in the last third, for else a part would be mostly empty.
        let at = head.rfind(char::is_whitespace).filter(|at| *at > end * 2 / 3).unwrap_or(end);
        let (part, left) = rest.split_at(at);
        out.push(part.to_owned());
        rest = left.trim_start();
    }
    if !rest.is_empty() || out.is_empty() {
        out.push(rest.to_owned());
    }
    out
}

/// The facts and the note as values by name, of at most so many bytes as JSON: the note gives way first.
#[must_use]
pub fn bounded(talk: &Talk, most_bytes: usize) -> serde_json::Map<String, serde_json::Value> {
    use serde_json::{Map, Value};
    let size = |map: &Map<String, Value>| serde_json::to_string(map).map_or(usize::MAX, |text| text.len());
    let mut all: Map<String, Value> =
        facts(&talk.packet).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut room = most_bytes.saturating_sub(size(&all));
    while size(&all) > most_bytes {
        // What the shopper searched for tells least; what was on the page tells most and stands first.
        let longest =
            all.iter().max_by_key(|(_, value)| value.as_str().map_or(0, str::len)).map(|(name, _)| name.clone());
        let Some(value) = longest.and_then(|name| all.get_mut(&name)) else { break };
        *value = cut_bytes(value.as_str().unwrap_or_default(), value.as_str().map_or(0, str::len) / 2).into();
    }
    let text = note(talk, most_bytes);
    while !text.is_empty() && room > 64 {
        all.insert("note".to_owned(), cut_bytes(&text, room).into());
        if size(&all) <= most_bytes {
            return all;
        }
        all.remove("note");
        room = room * 3 / 4;
    }
    all
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

/// What stands before a note where a system has no notes: nobody shall take it for the shopper's own words.
pub const NOT_THEIRS: &str = "[Note by the help, not the shopper's words]";

/// What the shopper did meanwhile, as a note: in the conversation, where it says itself what it is, or beside it.
#[must_use]
pub fn meanwhile(text: &str) -> String {
    format!("Meanwhile in the help:\n{}", cut(text, MAX_NOTE_CHARS))
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
    fn parts_hold_every_word() {
        assert_eq!(parts("", 5), [""]);
        assert_eq!(parts("abc", 5), ["abc"]);
        assert_eq!(parts("one two three", 9), ["one two", "three"]);
        let long = "ä".repeat(25);
        assert_eq!(parts(&long, 10).concat(), long);
        assert!(parts(&long, 10).iter().all(|part| part.chars().count() <= 10));
    }

    #[test]
    fn what_must_fit_fits_and_the_note_gives_way() {
        let mut talk = Talk { packet: packet(), ..Talk::default() };
        talk.packet.transcript = vec![Turn { from: Participant::Bot, text: "\"ü\"".repeat(3_000) }];
        for most in [4_096, 1_000, 300] {
            let all = bounded(&talk, most);
            let text = serde_json::to_string(&all).unwrap();
            assert!(text.len() <= most && text.contains('…') && text.contains("shop.example"), "{most}: {text}");
        }
        assert!(bounded(&talk, 4_096)["note"].as_str().unwrap().contains("Which order? TT-1"));
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!((cut("übermut", 3).as_str(), cut("ab", 2).as_str()), ("üb…", "ab"));
        assert_eq!((cut_bytes("übermut", 6).as_str(), cut_bytes("üü", 4).as_str()), ("üb…", "üü"));
    }
}
