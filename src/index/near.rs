//! Which terms are near in meaning: the groups of a lexicon and the parts of compounds, as groups, since
//! a list per term would say each group once for each of its words.
//!
//! | piece     | meaning                                                                              |
//! | --------- | ------------------------------------------------------------------------------------ |
//! | 4 bytes   | weights, 1 to 255: of a word of the same meaning · of one where a phrase was asked for · of a word near in meaning · of a compound's part |
//! | number    | how many groups there are                                                            |
//! | per group | number 4 × targets + kind; number of sources; the head, unless the kind is 0; targets and then sources, each as distance from the one before |
//!
//! Targets are terms that articles say, sources terms that only queries say. Kind 0: all members mean
//! the same, and a distance is doubled, plus 1 for a phrase. Kind 1: members lead to the head and the
//! head to the targets. Kinds 2 and 3: the head leads to the targets as to words near in meaning, or
//! to its parts.

use super::codec::Reader;
use super::forms::Form;

/// Kinds of groups.
const SAME: u32 = 0;
const AROUND: u32 = 1;
const PARTS: u32 = 3;

/// Most groups, and most members per term of the index, so that an open index stays near its file's size.
const MAX_GROUPS: usize = 0x7fff;
const MEMBERS_PER_TERM: usize = 4;

/// All groups.
#[derive(Default)]
pub(super) struct Near {
    weights: [u8; 4],
    /// Bytes left at each group.
    groups: Vec<u32>,
    /// Per term where its row of `of` starts, and the end.
    starts: Vec<u32>,
    /// Groups of each term: number doubled, plus 1 where the term is a phrase.
    of: Vec<u16>,
}

/// A group's head of bytes.
struct Head {
    kind: u32,
    n_targets: u32,
    n_sources: u32,
    term: Option<u32>,
}

fn head(reader: &mut Reader<'_>) -> Option<Head> {
    let first = reader.number()?;
    let (kind, n_targets, n_sources) = (first & 3, first >> 2, reader.number()?);
    let term = if kind == SAME { None } else { Some(reader.number()?) };
    Some(Head { kind, n_targets, n_sources, term })
}

/// Hands over so many members: term, and whether it is a phrase.
fn members(reader: &mut Reader<'_>, kind: u32, n: u32, out: &mut dyn FnMut(u32, bool) -> Option<()>) -> Option<()> {
    let mut term = 0u32;
    for _ in 0..n {
        let number = reader.number()?;
        let (distance, phrase) = if kind == SAME { (number >> 1, number & 1 == 1) } else { (number, false) };
        term = term.checked_add(distance)?;
        out(term, phrase)?;
    }
    Some(())
}

impl Near {
    pub(super) fn read(bytes: &[u8], n_terms: usize) -> Option<Self> {
        let mut near = Self::default();
        let mut reader = Reader::new(bytes);
        near.weights = reader.take(4)?.try_into().ok()?;
        let n = reader.count().filter(|&n| n <= MAX_GROUPS)?;
        near.starts = vec![0; n_terms + 2];
        let mut total = 0;
        let all = reader;
        near.each(all, n, &mut |near, _, term, _| {
            total += 1;
            // Two places on, so that filling the rows moves each start to its place.
            if let Some(start) = near.starts.get_mut(term as usize + 2) {
                *start += 1;
            }
            ((term as usize) < n_terms && total <= MEMBERS_PER_TERM * n_terms).then_some(())
        })?;
        let mut sum = 0;
        for start in &mut near.starts {
            sum += *start;
            *start = sum;
        }
        near.of = vec![0; total];
        near.each(all, n, &mut |near, group, term, phrase| {
            let start = near.starts.get_mut(term as usize + 1)?;
            *near.of.get_mut(*start as usize)? = group << 1 | u16::from(phrase);
            *start += 1;
            Some(())
        })?;
        Some(near)
    }

    /// Hands over every member of every group, its head first; `None` unless all bytes are read.
    fn each(
        &mut self,
        mut reader: Reader<'_>,
        n: usize,
        out: &mut dyn FnMut(&mut Self, u16, u32, bool) -> Option<()>,
    ) -> Option<()> {
        self.groups.clear();
        for group in 0..n as u16 {
            self.groups.push(reader.left() as u32);
            let head = head(&mut reader)?;
            if let Some(term) = head.term {
                out(self, group, term, false)?;
            }
            for n in [head.n_targets, head.n_sources] {
                members(&mut reader, head.kind, n, &mut |term, phrase| out(self, group, term, phrase))?;
            }
        }
        (reader.left() == 0).then_some(())
    }

    /// Adds the terms near a term to `out`; `bytes` are those of the section.
    pub(super) fn of(&self, bytes: &[u8], term: u32, out: &mut Vec<Form>) {
        let at = |term: u32| self.starts.get(term as usize).map_or(0, |&at| at as usize);
        for &group in self.of.get(at(term)..at(term + 1)).unwrap_or_default() {
            let _ = self.group(bytes, group, term, out);
        }
    }

    fn group(&self, bytes: &[u8], group: u16, own: u32, out: &mut Vec<Form>) -> Option<()> {
        let [same, phrase, near, part] = self.weights;
        let left = *self.groups.get(usize::from(group >> 1))?;
        let mut reader = Reader::new(bytes.get(bytes.len().checked_sub(left as usize)?..)?);
        let head = head(&mut reader)?;
        let weight = match head.kind {
            SAME if group & 1 == 1 => phrase,
            SAME => same,
            PARTS => part,
            _ => near,
        };
        match head.term {
            Some(term) if term != own => {
                if head.kind == AROUND {
                    out.push(Form { term, weight });
                }
                Some(())
            }
            _ => members(&mut reader, head.kind, head.n_targets, &mut |term, _| {
                if term != own {
                    out.push(Form { term, weight });
                }
                Some(())
            }),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use build::{Group, encode};

#[cfg(not(target_arch = "wasm32"))]
mod build {
    use super::{AROUND, MAX_GROUPS, MEMBERS_PER_TERM, PARTS, SAME};
    use crate::index::codec::Writer;

    /// How much a word of the same meaning says, beside 255 of the word itself. Source: sweep on
    /// ../shared/data; 150 and more let synonyms outvote the shopper's own words.
    const SAME_WEIGHT: u8 = 110;
    /// How much a phrase of the same meaning says: `money back` is less ambiguous than its words.
    const PHRASE_WEIGHT: u8 = 160;
    /// How much a word near in meaning says, beside 255 of the word itself.
    const NEAR_WEIGHT: u8 = 70;
    /// How much a compound's part says where the compound was asked for, beside 255 of the compound.
    const PART_WEIGHT: u8 = 120;

    /// Terms near in meaning; `T` is a term by name or number.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Group<T> {
        /// Members that mean the same: term, whether it is a phrase, whether an article says it.
        Same(Vec<(T, bool, bool)>),
        /// A head and the members around it: whether an article says each.
        Around((T, bool), Vec<(T, bool)>),
        /// A compound and its parts.
        Parts(T, Vec<T>),
    }

    impl Group<String> {
        /// The group by numbers; members without one are left out.
        pub fn numbered(&self, number: &dyn Fn(&String) -> Option<u32>) -> Option<Group<u32>> {
            Some(match self {
                Self::Same(members) => Group::Same(
                    members.iter().filter_map(|(t, phrase, said)| Some((number(t)?, *phrase, *said))).collect(),
                ),
                Self::Around((head, said), members) => Group::Around(
                    (number(head)?, *said),
                    members.iter().filter_map(|(term, said)| Some((number(term)?, *said))).collect(),
                ),
                Self::Parts(head, parts) => Group::Parts(number(head)?, parts.iter().filter_map(number).collect()),
            })
        }
    }

    /// Kind, head, targets and sources of a group: each a term, and whether it is a phrase.
    type Row = (u32, Option<u32>, Vec<(u32, bool)>, Vec<(u32, bool)>);

    fn row(group: &Group<u32>) -> Row {
        let plain = |members: &[(u32, bool)], said: bool| {
            members.iter().filter(|member| member.1 == said).map(|member| (member.0, false)).collect()
        };
        match group {
            Group::Same(members) => {
                let members = |said: bool| {
                    members.iter().filter(|member| member.2 == said).map(|&(term, phrase, _)| (term, phrase)).collect()
                };
                (SAME, None, members(true), members(false))
            }
            Group::Around((head, true), members) => (AROUND, Some(*head), plain(members, true), plain(members, false)),
            Group::Around((head, false), members) => (AROUND + 1, Some(*head), plain(members, true), Vec::new()),
            Group::Parts(head, parts) => {
                (PARTS, Some(*head), parts.iter().map(|&part| (part, false)).collect(), Vec::new())
            }
        }
    }

    /// Writes all groups.
    pub fn encode(groups: &[Group<u32>], n_terms: usize, out: &mut Writer) {
        out.0.extend([SAME_WEIGHT, PHRASE_WEIGHT, NEAR_WEIGHT, PART_WEIGHT]);
        let mut left = MEMBERS_PER_TERM * n_terms;
        let mut rows = Vec::new();
        for group in groups.iter().take(MAX_GROUPS) {
            let row = row(group);
            let n = row.2.len() + row.3.len() + usize::from(row.1.is_some());
            let Some(rest) = left.checked_sub(n) else { break };
            left = rest;
            rows.push(row);
        }
        out.number(rows.len() as u32);
        for (kind, head, targets, sources) in rows {
            out.number((targets.len() as u32) << 2 | kind);
            out.number(sources.len() as u32);
            if let Some(head) = head {
                out.number(head);
            }
            for mut members in [targets, sources] {
                members.sort_unstable();
                let mut before = 0;
                for (term, phrase) in members {
                    let distance = term - before;
                    out.number(if kind == SAME { distance << 1 | u32::from(phrase) } else { distance });
                    before = term;
                }
            }
        }
    }
}
