//! Guided flows as bytes and back, and with them all else that only the conversation needs: its texts.
//! The index holds what it takes to offer flows; the rest lies in a file of its own, fetched with the
//! conversation.
//!
//! | piece   | meaning                                                                               |
//! | ------- | ------------------------------------------------------------------------------------- |
//! | section | u64 LE hash of the file; number of flows; per flow a head                             |
//! | head    | text id, text title, number page bits, number of articles, number each                |
//! | file    | number of texts, text each; number of flows; per flow text id, text title, text summary, its length in bytes, a body |
//! | body    | number of steps, each: text id, byte kind, its parts, go                                |
//! | kind    | 0 say: text, byte claim, items? · 1 ask: text, text hint, byte input, text pattern, text fact, byte private · 2 choose: text, number of choices, each, items? · 3 call: text, text url, number of names, text each, number seconds, number retries, number of ways, text result and go each · 4 when: number of branches, tests and go each |
//! | choice  | text value, text label, tests, byte 1 and go, or byte 0                                 |
//! | items?  | byte 0, or byte 1, text list, text label, text value                                    |
//! | tests   | number of them, each: text name, byte not, text value                                   |
//! | go      | number: 0 end, 1 person, 2 article and text, 3 flow and text, 4 + number of the step     |
//!
//! The file's name says its hash, so an index never meets the flows of another build.

#[cfg(not(target_arch = "wasm32"))]
use super::codec::Writer;
use super::codec::{Reader, hash, hex};
use crate::flow::{Choice, Claim, Flow, Go, Input, Items, Kind, Step, Test};

/// What it takes to offer the flows of a language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    /// [`hash`] of the file that they lie in.
    pub hash: u64,
    /// One for each flow, those that most articles offer first.
    pub heads: Vec<Head>,
}

/// What it takes to offer a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Stable name, the same in every language.
    pub id: String,
    /// What it does, as a shopper would put it.
    pub title: String,
    /// Bits of the [`crate::page::PageType`]s on which it is offered.
    pub pages: u32,
    /// Numbers of the articles that offer it.
    pub articles: Vec<u32>,
}

impl Offers {
    /// Id and title of each flow that an article offers.
    #[must_use]
    pub fn of_article(&self, article: u32) -> Vec<(String, String)> {
        let offering = self.heads.iter().filter(|head| head.articles.contains(&article));
        offering.map(|head| (head.id.clone(), head.title.clone())).collect()
    }
}

/// Name of the file of that hash, beside the index.
#[must_use]
pub fn file_name(hash: u64) -> String {
    ["talk-", &hex(hash), ".bin"].concat()
}

/// Reads the section; an index whose conversation has no file has none.
#[must_use]
pub fn decode_offers(section: &[u8]) -> Option<Offers> {
    if section.is_empty() {
        return Some(Offers::default());
    }
    let mut reader = Reader::new(section);
    let hash = u64::from_le_bytes(reader.take(8)?.try_into().ok()?);
    let mut heads = Vec::new();
    for _ in 0..reader.count()? {
        heads.push(Head {
            id: text(&mut reader)?,
            title: text(&mut reader)?,
            pages: reader.number()?,
            articles: (0..reader.count()?).map(|_| reader.number()).collect::<Option<_>>()?,
        });
    }
    Some(Offers { hash, heads })
}

/// Reads the flow of that id out of the file, if it is the file of that hash.
#[must_use]
pub fn decode_flow(file: &[u8], expected: u64, id: &str) -> Option<Flow> {
    if hash(file) != expected {
        return None;
    }
    let mut reader = Reader::new(file);
    texts(&mut reader)?;
    for _ in 0..reader.count()? {
        let mut flow =
            Flow { id: text(&mut reader)?, title: text(&mut reader)?, summary: text(&mut reader)?, ..Flow::default() };
        let length = reader.number()? as usize;
        let mut body = Reader::new(reader.take(length)?);
        if flow.id == id {
            flow.steps = steps(&mut body)?;
            return Some(flow);
        }
    }
    None
}

/// Reads the conversation's texts out of the file: those that follow the index's own.
#[must_use]
pub fn decode_texts(file: &[u8]) -> Option<Vec<String>> {
    texts(&mut Reader::new(file))
}

fn steps(reader: &mut Reader<'_>) -> Option<Vec<Step>> {
    let n = reader.count()?;
    let mut out = Vec::new();
    for _ in 0..n {
        let id = text(reader)?;
        let kind = kind(reader, n)?;
        out.push(Step { id, kind, go: go(reader, n)? });
    }
    (reader.left() == 0 && n > 0).then_some(out)
}

fn kind(reader: &mut Reader<'_>, n: usize) -> Option<Kind> {
    Some(match reader.byte()? {
        0 => Kind::Say {
            text: text(reader)?,
            claim: *Claim::ALL.get(usize::from(reader.byte()?))?,
            items: items(reader)?,
        },
        1 => Kind::Ask {
            text: text(reader)?,
            hint: text(reader)?,
            input: *Input::ALL.get(usize::from(reader.byte()?))?,
            pattern: text(reader)?,
            fact: text(reader)?,
            private: reader.byte()? != 0,
        },
        2 => Kind::Choose {
            text: text(reader)?,
            options: (0..reader.count()?).map(|_| choice(reader, n)).collect::<Option<_>>()?,
            each: items(reader)?,
        },
        3 => Kind::Call {
            text: text(reader)?,
            url: text(reader)?,
            send: texts(reader)?,
            timeout_s: reader.number()?,
            retries: reader.number()?,
            ways: (0..reader.count()?).map(|_| Some((text(reader)?, go(reader, n)?))).collect::<Option<_>>()?,
        },
        4 => Kind::When {
            branches: (0..reader.count()?).map(|_| Some((tests(reader)?, go(reader, n)?))).collect::<Option<_>>()?,
        },
        _ => return None,
    })
}

fn choice(reader: &mut Reader<'_>, n: usize) -> Option<Choice> {
    Some(Choice {
        value: text(reader)?,
        label: text(reader)?,
        when: tests(reader)?,
        go: if reader.byte()? == 0 { None } else { Some(go(reader, n)?) },
    })
}

fn items(reader: &mut Reader<'_>) -> Option<Option<Items>> {
    Some(match reader.byte()? {
        0 => None,
        _ => Some(Items { list: text(reader)?, label: text(reader)?, value: text(reader)? }),
    })
}

fn tests(reader: &mut Reader<'_>) -> Option<Vec<Test>> {
    (0..reader.count()?)
        .map(|_| Some(Test { name: text(reader)?, not: reader.byte()? != 0, value: text(reader)? }))
        .collect()
}

fn go(reader: &mut Reader<'_>, n: usize) -> Option<Go> {
    Some(match reader.number()? {
        0 => Go::End,
        1 => Go::Person,
        2 => Go::Article(text(reader)?),
        3 => Go::Flow(text(reader)?),
        step => Go::Step(Some(step - 4).filter(|&step| (step as usize) < n)?),
    })
}

fn texts(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    (0..reader.count()?).map(|_| text(reader)).collect()
}

fn text(reader: &mut Reader<'_>) -> Option<String> {
    reader.text().map(str::to_owned)
}

/// The section, and the file that it names; both empty when there is nothing to hold. `number` gives the
/// number of an article's id.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(flows: &[Flow], texts: &[String], number: &dyn Fn(&str) -> Option<u32>) -> (Vec<u8>, Vec<u8>) {
    if flows.is_empty() && texts.is_empty() {
        return Default::default();
    }
    let mut file = Writer::default();
    file.number(texts.len() as u32);
    texts.iter().for_each(|text| file.text(text));
    file.number(flows.len() as u32);
    for flow in flows {
        let mut body = Writer::default();
        body.number(flow.steps.len() as u32);
        for step in &flow.steps {
            body.text(&step.id);
            write_kind(&step.kind, &mut body);
            write_go(&step.go, &mut body);
        }
        file.text(&flow.id);
        file.text(&flow.title);
        file.text(&flow.summary);
        file.number(body.0.len() as u32);
        file.0.append(&mut body.0);
    }
    let mut section = Writer(hash(&file.0).to_le_bytes().to_vec());
    section.number(flows.len() as u32);
    // What most articles lead to is wanted most.
    let mut offered: Vec<&Flow> = flows.iter().collect();
    offered.sort_by_key(|flow| core::cmp::Reverse(flow.articles.len()));
    for flow in offered {
        section.text(&flow.id);
        section.text(&flow.title);
        section.number(flow.pages);
        let articles: Vec<u32> = flow.articles.iter().filter_map(|id| number(id)).collect();
        section.number(articles.len() as u32);
        articles.into_iter().for_each(|article| section.number(article));
    }
    (section.0, file.0)
}

#[cfg(not(target_arch = "wasm32"))]
fn write_kind(kind: &Kind, out: &mut Writer) {
    match kind {
        Kind::Say { text, claim, items } => {
            out.byte(0);
            out.text(text);
            out.byte(*claim as u8);
            write_items(items.as_ref(), out);
        }
        Kind::Ask { text, hint, input, pattern, fact, private } => {
            out.byte(1);
            out.text(text);
            out.text(hint);
            out.byte(*input as u8);
            out.text(pattern);
            out.text(fact);
            out.byte(u8::from(*private));
        }
        Kind::Choose { text, options, each } => {
            out.byte(2);
            out.text(text);
            out.number(options.len() as u32);
            for choice in options {
                out.text(&choice.value);
                out.text(&choice.label);
                write_tests(&choice.when, out);
                out.byte(u8::from(choice.go.is_some()));
                if let Some(go) = &choice.go {
                    write_go(go, out);
                }
            }
            write_items(each.as_ref(), out);
        }
        Kind::Call { text, url, send, timeout_s, retries, ways } => {
            out.byte(3);
            out.text(text);
            out.text(url);
            out.number(send.len() as u32);
            send.iter().for_each(|name| out.text(name));
            out.number(*timeout_s);
            out.number(*retries);
            out.number(ways.len() as u32);
            for (result, go) in ways {
                out.text(result);
                write_go(go, out);
            }
        }
        Kind::When { branches } => {
            out.byte(4);
            out.number(branches.len() as u32);
            for (tests, go) in branches {
                write_tests(tests, out);
                write_go(go, out);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn write_items(items: Option<&Items>, out: &mut Writer) {
    out.byte(u8::from(items.is_some()));
    if let Some(items) = items {
        out.text(&items.list);
        out.text(&items.label);
        out.text(&items.value);
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn write_tests(tests: &[Test], out: &mut Writer) {
    out.number(tests.len() as u32);
    for test in tests {
        out.text(&test.name);
        out.byte(u8::from(test.not));
        out.text(&test.value);
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn write_go(go: &Go, out: &mut Writer) {
    match go {
        Go::End => out.number(0),
        Go::Person => out.number(1),
        Go::Article(id) => {
            out.number(2);
            out.text(id);
        }
        Go::Flow(id) => {
            out.number(3);
            out.text(id);
        }
        Go::Step(step) => out.number(step + 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn go_of(n: u32) -> impl Strategy<Value = Go> {
        prop_oneof![
            (0..n).prop_map(Go::Step),
            Just(Go::End),
            Just(Go::Person),
            "[a-z]{0,5}".prop_map(Go::Article),
            "[a-z]{0,5}".prop_map(Go::Flow),
        ]
    }

    fn tests_of() -> impl Strategy<Value = Vec<Test>> {
        prop::collection::vec(
            ("[a-z.]{0,6}", any::<bool>(), ".{0,6}").prop_map(|(name, not, value)| Test { name, not, value }),
            0..3,
        )
    }

    fn items_of() -> impl Strategy<Value = Option<Items>> {
        prop::option::of((".{0,5}", ".{0,5}", ".{0,5}").prop_map(|(list, label, value)| Items { list, label, value }))
    }

    fn kind_of(n: u32) -> impl Strategy<Value = Kind> {
        let choice = (".{0,5}", ".{0,5}", tests_of(), prop::option::of(go_of(n)))
            .prop_map(|(value, label, when, go)| Choice { value, label, when, go });
        prop_oneof![
            (".{0,9}", 0..4usize, items_of()).prop_map(|(text, claim, items)| Kind::Say {
                text,
                claim: Claim::ALL[claim],
                items
            }),
            (".{0,9}", ".{0,9}", 0..Input::ALL.len(), ".{0,9}", ".{0,9}", any::<bool>()).prop_map(
                |(text, hint, input, pattern, fact, private)| Kind::Ask {
                    text,
                    hint,
                    input: Input::ALL[input],
                    pattern,
                    fact,
                    private
                }
            ),
            (".{0,9}", prop::collection::vec(choice, 0..3), items_of())
                .prop_map(|(text, options, each)| Kind::Choose { text, options, each }),
            (
                ".{0,9}",
                ".{0,9}",
                prop::collection::vec(".{0,4}", 0..3),
                any::<u32>(),
                any::<u32>(),
                prop::collection::vec((".{0,4}", go_of(n)), 0..3)
            )
                .prop_map(|(text, url, send, timeout_s, retries, ways)| Kind::Call {
                    text,
                    url,
                    send,
                    timeout_s,
                    retries,
                    ways
                }),
            prop::collection::vec((tests_of(), go_of(n)), 0..3).prop_map(|branches| Kind::When { branches }),
        ]
    }

    fn flows() -> impl Strategy<Value = Vec<Flow>> {
        let flow = (1u32..5).prop_flat_map(|n| {
            let step = (".{0,5}", kind_of(n), go_of(n)).prop_map(|(id, kind, go)| Step { id, kind, go });
            (
                ".{0,5}",
                ".{0,5}",
                any::<u32>(),
                prop::collection::vec(".{0,4}", 0..3),
                prop::collection::vec(step, n as usize),
            )
        });
        prop::collection::vec(flow, 0..4).prop_map(|all| {
            all.into_iter()
                .enumerate()
                .map(|(i, (id, title, pages, articles, steps))| Flow {
                    id: format!("{i}{id}"),
                    summary: title.clone(),
                    title,
                    pages,
                    articles,
                    steps,
                })
                .collect()
        })
    }

    /// Articles are numbered by their names' lengths.
    fn number(id: &str) -> Option<u32> {
        (!id.is_empty()).then_some(id.len() as u32)
    }

    proptest! {
        #[test]
        fn flows_and_texts_come_back(flows in flows(), texts in prop::collection::vec(".{0,5}", 0..3)) {
            let (section, file) = encode(&flows, &texts, &number);
            let offers = decode_offers(&section).unwrap();
            for flow in &flows {
                let head = offers.heads.iter().find(|head| head.id == flow.id);
                let read = decode_flow(&file, offers.hash, &flow.id);
                let whole = Flow { pages: 0, articles: Vec::new(), ..flow.clone() };
                prop_assert_eq!(read, Some(whole));
                let articles = flow.articles.iter().filter_map(|id| number(id)).collect();
                let offered = Head { id: flow.id.clone(), title: flow.title.clone(), pages: flow.pages, articles };
                prop_assert_eq!(head, Some(&offered));
            }
            prop_assert_eq!(offers.heads.len(), flows.len());
            prop_assert_eq!(decode_flow(&file, offers.hash, "none such"), None);
            prop_assert_eq!(decode_texts(&file).unwrap_or_default(), texts);
        }

        #[test]
        fn damaged_bytes_are_refused_or_read_but_never_believed(flows in flows(), at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let spoil = |mut bytes: Vec<u8>| {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = to;
                    bytes.truncate(cut.index(bytes.len() + 1));
                }
                bytes
            };
            let (section, file) = encode(&flows, &["Online".to_owned()], &number);
            let _ = decode_offers(&spoil(section));
            let spoilt = spoil(file.clone());
            let _ = decode_texts(&spoilt);
            for flow in &flows {
                if spoilt != file {
                    prop_assert_eq!(decode_flow(&spoilt, hash(&file), &flow.id), None);
                }
                // Even who forges the hash too gains nothing.
                if let Some(flow) = decode_flow(&spoilt, hash(&spoilt), &flow.id) {
                    let n = flow.steps.len() as u32;
                    for step in &flow.steps {
                        prop_assert!(!matches!(step.go, Go::Step(step) if step >= n));
                    }
                }
            }
        }
    }
}
