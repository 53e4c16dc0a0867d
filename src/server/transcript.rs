//! What was said in a conversation, as plain text to keep.

use jiff::Timestamp;

use crate::chat::protocol::{Event, Participant, What};

/// One line for each message, with its time in UTC, since nobody knows where it will be read.
#[must_use]
pub fn written(events: &[Event]) -> String {
    events.iter().filter_map(line).collect()
}

fn line(event: &Event) -> Option<String> {
    if let What::Told { flow, .. } = &event.what {
        let said: Vec<String> = flow.iter().map(|one| format!("{} {}", one.question, one.answer)).collect();
        return Some(format!("[{}] Meanwhile in the help: {}\n", moment(event.at_ms), said.join(" · ")));
    }
    let What::Message { from, name, text, attachments, .. } = &event.what else { return None };
    let who = match from {
        _ if !name.is_empty() => name,
        Participant::Shopper => "Shopper",
        Participant::Agent => "Agent",
        Participant::Bot => "Bot",
        Participant::System => "Automatic",
    };
    let files: String = attachments.iter().map(|file| format!(" [{}]", file.name)).collect();
    Some(format!("[{}] {who}: {text}{files}\n", moment(event.at_ms)))
}

/// A time as people read it, to the minute.
#[must_use]
pub fn moment(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_no_more() {
        let said = |cursor, what| Event { cursor, at_ms: 1_790_000_000_000 + cursor * 60_000, what };
        let events = [
            said(1, What::said("a", Participant::Shopper, "", "Where is it?")),
            said(2, What::AgentSeen { upto: 1 }),
            said(3, What::said("b", Participant::Agent, "Ada", "On its way.")),
        ];
        let expected = "[2026-09-21 14:14 UTC] Shopper: Where is it?\n[2026-09-21 14:16 UTC] Ada: On its way.\n";
        assert_eq!(written(&events), expected);
    }
}
