//! Guided flows as bytes and back. The panel reads the heads only; the bodies are read by the
//! conversation's module once a flow is begun.
//!
//! | piece  | meaning                                                                               |
//! | ------ | ------------------------------------------------------------------------------------- |
//! | flows  | number of them; per flow a head; per flow its length in bytes; per flow a body         |
//! | head   | text id, text title, text summary, number page bits, number of articles, text id each   |
//! | body   | number of steps, each: text id, byte kind, its parts, go                                |
//! | kind   | 0 say: text, byte claim, items? · 1 ask: text, text hint, byte input, text pattern, text fact, byte private · 2 choose: text, number of choices, each, items? · 3 call: text, text url, number of names, text each, number seconds, number retries, number of ways, text result and go each · 4 when: number of branches, tests and go each |
//! | choice | text value, text label, tests, byte 1 and go, or byte 0                                 |
//! | items? | byte 0, or byte 1, text list, text label, text value                                    |
//! | tests  | number of them, each: text name, byte not, text value                                   |
//! | go     | number: 0 end, 1 person, 2 article and text, 3 flow and text, 4 + number of the step     |

use super::codec::Reader;
#[cfg(not(target_arch = "wasm32"))]
use super::codec::Writer;
use crate::flow::{Choice, Claim, Flow, Go, Input, Items, Kind, Step, Test};

/// What is read of all flows: enough to offer them.
#[must_use]
pub fn decode_heads(bytes: &[u8]) -> Option<Vec<Flow>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    heads(&mut Reader::new(bytes))
}

/// Reads the flow of that id whole.
#[must_use]
pub fn decode_flow(bytes: &[u8], id: &str) -> Option<Flow> {
    let mut reader = Reader::new(bytes);
    let heads = heads(&mut reader)?;
    let lengths: Vec<u32> = heads.iter().map(|_| reader.number()).collect::<Option<_>>()?;
    let mut wanted = None;
    for (mut flow, length) in heads.into_iter().zip(lengths) {
        let mut body = Reader::new(reader.take(length as usize)?);
        if flow.id == id {
            flow.steps = steps(&mut body)?;
            wanted = Some(flow);
        }
    }
    wanted
}

fn heads(reader: &mut Reader<'_>) -> Option<Vec<Flow>> {
    (0..reader.count()?)
        .map(|_| {
            Some(Flow {
                id: text(reader)?,
                title: text(reader)?,
                summary: text(reader)?,
                pages: reader.number()?,
                articles: texts(reader)?,
                steps: Vec::new(),
            })
        })
        .collect()
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

/// Writes the flows of a language; nothing when there is none.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(flows: &[Flow], out: &mut Writer) {
    if flows.is_empty() {
        return;
    }
    let list = |texts: &[String], out: &mut Writer| {
        out.number(texts.len() as u32);
        texts.iter().for_each(|text| out.text(text));
    };
    out.number(flows.len() as u32);
    for flow in flows {
        out.text(&flow.id);
        out.text(&flow.title);
        out.text(&flow.summary);
        out.number(flow.pages);
        list(&flow.articles, out);
    }
    let mut bodies = Writer::default();
    for flow in flows {
        let before = bodies.0.len();
        bodies.number(flow.steps.len() as u32);
        for step in &flow.steps {
            bodies.text(&step.id);
            write_kind(&step.kind, &mut bodies, &list);
            write_go(&step.go, &mut bodies);
        }
        out.number((bodies.0.len() - before) as u32);
    }
    out.0.append(&mut bodies.0);
}

#[cfg(not(target_arch = "wasm32"))]
fn write_kind(kind: &Kind, out: &mut Writer, list: &dyn Fn(&[String], &mut Writer)) {
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
            list(send, out);
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

    proptest! {
        #[test]
        fn flows_come_back(flows in flows()) {
            let mut out = Writer::default();
            encode(&flows, &mut out);
            for flow in &flows {
                let read = decode_flow(&out.0, &flow.id);
                prop_assert_eq!(read.as_ref(), Some(flow));
            }
            let heads = decode_heads(&out.0).unwrap();
            prop_assert_eq!(heads.iter().map(|flow| &flow.id).collect::<Vec<_>>(), flows.iter().map(|flow| &flow.id).collect::<Vec<_>>());
            prop_assert_eq!(decode_flow(&out.0, "none such"), None);
        }

        #[test]
        fn damaged_bytes_are_refused_or_read_but_never_believed(flows in flows(), at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut out = Writer::default();
            encode(&flows, &mut out);
            let mut bytes = out.0;
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = to;
                bytes.truncate(cut.index(bytes.len() + 1));
            }
            for head in decode_heads(&bytes).unwrap_or_default() {
                if let Some(flow) = decode_flow(&bytes, &head.id) {
                    let n = flow.steps.len() as u32;
                    for step in &flow.steps {
                        prop_assert!(!matches!(step.go, Go::Step(step) if step >= n));
                    }
                }
            }
        }
    }
}
