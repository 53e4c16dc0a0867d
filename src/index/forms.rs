//! What each form of the dictionary means: its terms, each with a weight.
//!
//! | piece     | meaning                                                                          |
//! | --------- | -------------------------------------------------------------------------------- |
//! | number    | how many forms there are                                                         |
//! | per form  | a byte: 0 = one term, that of the form before · 1 = one term, the next new one · n + 1 = n terms, listed |
//! | per listed term | number of the term, byte weight 1 (says little) to 255 (is that word)       |
//!
//! Forms come in the order of the dictionary, and terms are numbered as forms first name them, so
//! that nearly every form is the one byte 0 or 1.

use super::codec::Reader;
use super::rows::Marks;

/// A term that a form stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Number of the term.
    pub term: u32,
    /// How surely and how much, 1 to 255.
    pub weight: u8,
}

/// Full weight: the form is the term.
pub const FULL: u8 = 255;

/// Most terms of one form.
#[cfg(not(target_arch = "wasm32"))]
pub const MAX_TERMS: usize = 32;

/// What must be known to read on from a form.
#[derive(Debug, Clone, Copy, Default)]
struct FormMark {
    left: u32,
    last: u32,
    next: u32,
}

/// All forms.
pub struct Forms {
    forms: Marks<FormMark>,
}

impl Forms {
    pub(super) fn read(bytes: &[u8], n_terms: usize) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let n = reader.count()?;
        let mut forms = Marks::new();
        let mut state = FormMark::default();
        let sound = |form: Form| ((form.term as usize) < n_terms).then_some(());
        for _ in 0..n {
            state.left = reader.left() as u32;
            forms.push(state);
            form(&mut reader, &mut state, &mut |form| sound(form))?;
        }
        (reader.left() == 0).then_some(Self { forms })
    }

    /// The terms of a form; `bytes` are those of the section.
    pub(super) fn terms(&self, bytes: &[u8], number: u32, out: &mut Vec<Form>) {
        let read = || {
            let (mut state, skip) = self.forms.before(number)?;
            let mut reader = from(bytes, state.left)?;
            for _ in 0..skip {
                form(&mut reader, &mut state, &mut |_| Some(()))?;
            }
            form(&mut reader, &mut state, &mut |form| {
                out.push(form);
                Some(())
            })
        };
        let _ = { read }();
    }

    /// How many forms there are.
    pub(super) fn len(&self) -> usize {
        self.forms.len
    }
}

fn from(bytes: &[u8], left: u32) -> Option<Reader<'_>> {
    bytes.get(bytes.len().checked_sub(left as usize)?..).map(Reader::new)
}

fn form(reader: &mut Reader<'_>, state: &mut FormMark, out: &mut dyn FnMut(Form) -> Option<()>) -> Option<()> {
    match reader.byte()? {
        0 => out(Form { term: state.last, weight: FULL }),
        1 => {
            state.last = state.next;
            state.next += 1;
            out(Form { term: state.last, weight: FULL })
        }
        count => {
            for _ in 1..count {
                let term = reader.number()?;
                state.last = term;
                state.next = state.next.max(term.checked_add(1)?);
                out(Form { term, weight: reader.byte()? })?;
            }
            Some(())
        }
    }
}

/// Writes the terms of all forms, in the order of the dictionary.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(forms: &[Vec<Form>], out: &mut super::codec::Writer) {
    out.number(forms.len() as u32);
    let (mut last, mut next) = (0, 0);
    for terms in forms {
        match terms.as_slice() {
            [one] if one.weight == FULL && one.term == next => {
                last = next;
                next += 1;
                out.byte(1);
            }
            [one] if one.weight == FULL && one.term == last => out.byte(0),
            listed => {
                let listed = listed.get(..MAX_TERMS).unwrap_or(listed);
                out.byte(listed.len() as u8 + 1);
                for form in listed {
                    out.number(form.term);
                    out.byte(form.weight);
                    last = form.term;
                    next = next.max(form.term + 1);
                }
            }
        }
    }
}
