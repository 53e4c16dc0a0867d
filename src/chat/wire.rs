//! The types of [`super::protocol`] as the browser writes and reads them. Natively tests hold every
//! one of them against serde's derived code, which the inbox uses.

use super::json::{Json, ObjectWriter, string};
use super::protocol::{
    Attachment, Availability, Event, Events, FlowAnswer, Frame, Opened, Packet, Participant, Refusal, Stored, Turn,
    VERSION, What,
};

/// An `Opening`.
#[must_use]
pub fn opening(packet: &Packet) -> String {
    ObjectWriter::default().number("v", u64::from(VERSION)).raw("packet", &self::packet(packet)).end()
}

/// A `Packet`.
#[must_use]
pub fn packet(packet: &Packet) -> String {
    let page = ObjectWriter::default()
        .text("url", &packet.page.url)
        .text("title", &packet.page.title)
        .text("page_type", &packet.page.page_type)
        .text("product", &packet.page.product)
        .end();
    let read = packet.read.iter().map(|article| {
        let out = ObjectWriter::default().text("id", &article.id).text("title", &article.title);
        match article.helped {
            Some(helped) => out.raw("helped", if helped { "true" } else { "false" }).end(),
            None => out.end(),
        }
    });
    ObjectWriter::default()
        .number("v", u64::from(packet.v))
        .text("lang", &packet.lang)
        .raw("page", &page)
        .text("basket", &packet.basket)
        .list("searches", packet.searches.iter().map(|text| string(text)))
        .list("read", read)
        .list("signals", packet.signals.iter().map(|text| string(text)))
        .list("flow", packet.flow.iter().map(flow_answer))
        .list("transcript", packet.transcript.iter().map(turn))
        .list("consent", packet.consent.iter().map(|text| string(text)))
        .raw("person", &person(&packet.person.email))
        .end()
}

/// A `Draft`.
#[must_use]
pub fn draft(seq: u32, text: &str, flow: &[FlowAnswer]) -> String {
    let out = ObjectWriter::default().number("v", u64::from(VERSION)).number("seq", u64::from(seq));
    told(out.text("text", text), flow).end()
}

fn turn(turn: &Turn) -> String {
    let from = if turn.from == Participant::Bot { "bot" } else { "shopper" };
    ObjectWriter::default().text("from", from).text("text", &turn.text).end()
}

fn flow_answer(one: &FlowAnswer) -> String {
    ObjectWriter::default().text("question", &one.question).text("answer", &one.answer).end()
}

/// What was answered in a guided flow, as a field of its own for an object.
#[must_use]
pub fn told(out: ObjectWriter, flow: &[FlowAnswer]) -> ObjectWriter {
    if flow.is_empty() { out } else { out.list("flow", flow.iter().map(flow_answer)) }
}

/// Reads that field; what is no answer is left out.
#[must_use]
pub fn read_told(json: &Json) -> Vec<FlowAnswer> {
    let text = |one: &Json, name| one.text(name).unwrap_or_default().to_owned();
    let read = |one| FlowAnswer { question: text(one, "question"), answer: text(one, "answer") };
    json.list("flow").iter().map(read).collect()
}

/// A `Draft` of a message with a file that the inbox has.
#[must_use]
pub fn draft_with(seq: u32, text: &str, file: &str) -> String {
    ObjectWriter::default()
        .number("v", u64::from(VERSION))
        .number("seq", u64::from(seq))
        .text("text", text)
        .list("attachments", [string(file)].into_iter())
        .end()
}

/// A `Hello`.
#[must_use]
pub fn hello(token: &str, after: u64) -> String {
    ObjectWriter::default().number("v", u64::from(VERSION)).text("token", token).number("after", after).end()
}

/// A `Rating`.
#[must_use]
pub fn rating(stars: u8, comment: &str) -> String {
    ObjectWriter::default()
        .number("v", u64::from(VERSION))
        .number("stars", u64::from(stars))
        .text("comment", comment)
        .end()
}

/// A `Person` with an address.
#[must_use]
pub fn person(email: &str) -> String {
    ObjectWriter::default().text("email", email).end()
}

/// A `Seen`.
#[must_use]
pub fn seen(cursor: u64) -> String {
    ObjectWriter::default().number("cursor", cursor).end()
}

/// Reads an [`Opened`].
#[must_use]
pub fn read_opened(json: &Json) -> Option<Opened> {
    Some(Opened { cursor: json.number("cursor")?, availability: read_availability(json.get("availability")?)? })
}

/// Reads an [`Availability`].
#[must_use]
pub fn read_availability(json: &Json) -> Option<Availability> {
    let reply_in_s = json.number("reply_in_s").and_then(|n| u32::try_from(n).ok());
    Some(Availability {
        online: json.flag("online")?,
        reply_in_s,
        opens_at_ms: json.number("opens_at_ms"),
        file_bytes: json.number("file_bytes"),
    })
}

/// Reads a [`Stored`].
#[must_use]
pub fn read_stored(json: &Json) -> Option<Stored> {
    Some(Stored { cursor: json.number("cursor")?, at_ms: json.number("at_ms")? })
}

/// Reads [`Events`].
#[must_use]
pub fn read_events(json: &Json) -> Option<Events> {
    let events = json.list("events").iter().map(read_event).collect::<Option<Vec<_>>>()?;
    Some(Events { events, cursor: json.number("cursor")? })
}

/// Reads a [`Frame`]; a frame of a kind not known is as good as a ping.
#[must_use]
pub fn read_frame(json: &Json) -> Option<Frame> {
    Some(match json.text("frame")? {
        "event" => Frame::Event { event: read_event(json.get("event")?)? },
        "typing" => Frame::Typing { on: json.flag("on")? },
        "availability" => Frame::Availability { availability: read_availability(json.get("availability")?)? },
        _ => Frame::Ping,
    })
}

/// Reads a [`Refusal`].
#[must_use]
pub fn read_refusal(json: &Json) -> Option<Refusal> {
    Some(Refusal {
        error: json.text("error")?.to_owned(),
        detail: json.text("detail").unwrap_or_default().to_owned(),
        retry_after_s: json.number("retry_after_s").and_then(|n| u32::try_from(n).ok()),
    })
}

fn read_event(json: &Json) -> Option<Event> {
    let what = match json.text("kind")? {
        "message" => What::Message {
            id: json.text("id")?.to_owned(),
            from: match json.text("from")? {
                "shopper" => Participant::Shopper,
                "agent" => Participant::Agent,
                "bot" => Participant::Bot,
                _ => Participant::System,
            },
            name: json.text("name").unwrap_or_default().to_owned(),
            text: json.text("text")?.to_owned(),
            attachments: json.list("attachments").iter().filter_map(read_attachment).collect(),
            choices: json.list("choices").iter().filter_map(text_of).collect(),
        },
        "told" => What::Told { id: json.text("id")?.to_owned(), flow: read_told(json) },
        "agent-seen" => What::AgentSeen { upto: json.number("upto")? },
        "closed" => What::Closed,
        "reopened" => What::Reopened,
        "rated" => What::Rated {
            stars: u8::try_from(json.number("stars")?).ok()?,
            comment: json.text("comment").unwrap_or_default().to_owned(),
        },
        _ => What::Unknown,
    };
    Some(Event { cursor: json.number("cursor")?, at_ms: json.number("at_ms")?, what })
}

fn text_of(json: &Json) -> Option<String> {
    if let Json::Text(text) = json { Some(text.clone()) } else { None }
}

/// Reads an [`Attachment`].
#[must_use]
pub fn read_attachment(json: &Json) -> Option<Attachment> {
    let size = |name| json.number(name).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    Some(Attachment {
        id: json.text("id")?.to_owned(),
        name: json.text("name")?.to_owned(),
        kind: json.text("kind")?.to_owned(),
        bytes: json.number("bytes")?,
        width: size("width"),
        height: size("height"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::protocol::{Draft, Hello, Opening, PageInfo, Person, Rating, ReadArticle, Seen};
    use proptest::prelude::*;

    fn json(value: &impl serde::Serialize) -> Json {
        Json::read(&serde_json::to_string(value).unwrap()).unwrap()
    }

    fn events() -> impl Strategy<Value = Event> {
        let what = prop_oneof![
            (
                (any::<String>(), 0u8..4, any::<String>(), any::<String>()),
                prop::collection::vec(attachments(), 0..3),
                prop::collection::vec(any::<String>(), 0..3)
            )
                .prop_map(|((id, from, name, text), attachments, choices)| What::Message {
                    id,
                    from: [Participant::Shopper, Participant::Agent, Participant::Bot, Participant::System]
                        [usize::from(from)],
                    name,
                    text,
                    attachments,
                    choices,
                }),
            (any::<u8>(), any::<String>()).prop_map(|(stars, comment)| What::Rated { stars, comment }),
            (any::<String>(), prop::collection::vec(any::<(String, String)>(), 1..3)).prop_map(|(id, flow)| {
                What::Told {
                    id,
                    flow: flow.into_iter().map(|(question, answer)| FlowAnswer { question, answer }).collect(),
                }
            }),
            any::<u64>().prop_map(|upto| What::AgentSeen { upto }),
            Just(What::Closed),
            Just(What::Reopened),
        ];
        (any::<u64>(), any::<u64>(), what).prop_map(|(cursor, at_ms, what)| Event { cursor, at_ms, what })
    }

    fn attachments() -> impl Strategy<Value = Attachment> {
        let texts = (any::<String>(), any::<String>(), any::<String>());
        (texts, any::<u64>(), any::<u32>(), any::<u32>())
            .prop_map(|((id, name, kind), bytes, width, height)| Attachment { id, name, kind, bytes, width, height })
    }

    fn availabilities() -> impl Strategy<Value = Availability> {
        (any::<bool>(), any::<Option<u32>>(), any::<Option<u64>>(), any::<Option<u64>>()).prop_map(
            |(online, reply_in_s, opens_at_ms, file_bytes)| Availability {
                online,
                reply_in_s,
                opens_at_ms,
                file_bytes,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_the_inbox_reads(
            texts in prop::collection::vec(any::<String>(), 8),
            lists in prop::collection::vec(any::<String>(), 0..4),
            helped in any::<Option<bool>>(),
            seq in any::<u32>(),
            n in any::<u64>(),
        ) {
            let packet = Packet {
                v: 1,
                lang: texts[0].clone(),
                page: PageInfo { url: texts[1].clone(), title: texts[2].clone(), page_type: texts[3].clone(), product: texts[4].clone() },
                basket: texts[5].clone(),
                searches: lists.clone(),
                read: vec![ReadArticle { id: texts[6].clone(), title: texts[7].clone(), helped }],
                signals: lists.clone(),
                flow: lists.iter().map(|text| FlowAnswer { question: text.clone(), answer: text.clone() }).collect(),
                transcript: lists.iter().map(|text| Turn { from: Participant::Bot, text: text.clone() }).collect(),
                consent: lists,
                person: Person { email: texts[1].clone(), name: String::new() },
            };
            let read: Opening = serde_json::from_str(&opening(&packet)).unwrap();
            prop_assert_eq!(read, Opening { v: VERSION, packet: packet.clone() });
            let read: Draft = serde_json::from_str(&draft(seq, &texts[0], &packet.flow)).unwrap();
            prop_assert_eq!(read, Draft { v: VERSION, seq, text: texts[0].clone(), attachments: Vec::new(), flow: packet.flow.clone() });
            let read: Draft = serde_json::from_str(&draft_with(seq, &texts[0], &texts[1])).unwrap();
            let attachments = vec![texts[1].clone()];
            prop_assert_eq!(read, Draft { v: VERSION, seq, text: texts[0].clone(), attachments, flow: Vec::new() });
            let read: Hello = serde_json::from_str(&hello(&texts[0], n)).unwrap();
            prop_assert_eq!(read, Hello { v: VERSION, token: texts[0].clone(), after: n });
            let read: Seen = serde_json::from_str(&seen(n)).unwrap();
            prop_assert_eq!(read, Seen { cursor: n });
            let read: Rating = serde_json::from_str(&rating(3, &texts[0])).unwrap();
            prop_assert_eq!(read, Rating { stars: 3, comment: texts[0].clone() });
        }

        #[test]
        fn what_the_inbox_writes_is_read(
            list in prop::collection::vec(events(), 0..5),
            availability in availabilities(),
            cursor in any::<u64>(),
            (error, detail, retry_after_s) in any::<(String, String, Option<u32>)>(),
            on in any::<bool>(),
        ) {
            let all = Events { events: list.clone(), cursor };
            prop_assert_eq!(read_events(&json(&all)), Some(all));
            let opened = Opened { cursor, availability: availability.clone() };
            prop_assert_eq!(read_opened(&json(&opened)), Some(opened));
            let stored = Stored { cursor, at_ms: cursor };
            prop_assert_eq!(read_stored(&json(&stored)), Some(stored));
            let refusal = Refusal { error, detail, retry_after_s };
            prop_assert_eq!(read_refusal(&json(&refusal)), Some(refusal));
            let mut frames = vec![Frame::Ping, Frame::Typing { on }, Frame::Availability { availability }];
            frames.extend(list.into_iter().map(|event| Frame::Event { event }));
            for frame in frames {
                prop_assert_eq!(read_frame(&json(&frame)), Some(frame));
            }
        }
    }

    #[test]
    fn what_is_new_counts_for_the_cursor_and_no_more() {
        let event = Json::read(r#"{"cursor":3,"at_ms":9,"kind":"danced","stars":5}"#).unwrap();
        assert_eq!(read_event(&event), Some(Event { cursor: 3, at_ms: 9, what: What::Unknown }));
        assert_eq!(read_frame(&Json::read(r#"{"frame":"confetti"}"#).unwrap()), Some(Frame::Ping));
    }
}
