//! Grows the `fst` that looks words up from the sorted list of words that travels in the file.
//!
//! A list with common beginnings left out takes three fifths of a finished `fst` after brotli, and
//! nothing about it needs to be believed: the nodes are our own, so that `fst` only ever reads what
//! was written here. Ends of words are not shared, which the memory of a page can bear; so each
//! word is touched once and no table of known nodes is needed.
//!
//! Written is format version 1 of `fst` 0.4, which has no table for nodes of many arrows:
//!
//! | offset      | type      | meaning                                                       |
//! | ----------- | --------- | ------------------------------------------------------------- |
//! | 0           | u64 LE    | format version, 1                                             |
//! | 8           | u64 LE    | kind of map, ours is 0                                        |
//! | 20          | nodes     | one after the other, each read backwards from its last byte    |
//! | length - 16 | u64 LE    | number of keys                                                |
//! | length - 8  | u64 LE    | address of the root: its last byte                             |
//!
//! A node: final output, outputs, distances of targets from the node's first byte, and bytes, each
//! last arrow first; then the widths of distances (4 bits) and outputs (4 bits), number of arrows if
//! above 63, state (bit 6 final, low bits number of arrows). An arrow to the node just before, alone
//! and without output, is its byte and `0xc0`.

/// Bytes below this are not part of a key: they say how much of the key before is kept.
pub(super) const KEPT: u8 = 32;

/// Longest key, in bytes; the builder cuts words at 48 and joins five.
pub(super) const MAX_KEY_BYTES: usize = 255;

/// An arrow of a node under way.
struct Arrow {
    byte: u8,
    output: u32,
    target: u32,
}

/// A node on the way to the key read last.
struct Open {
    /// Where its arrows start.
    arrows: usize,
    /// Number of the first key below it.
    first: u32,
    is_final: bool,
}

struct Grower {
    out: Vec<u8>,
    nodes: Vec<Open>,
    arrows: Vec<Arrow>,
    /// Address of the node written last.
    last: u32,
}

/// Bytes of the `fst` of a list of keys, and how many keys there are; the number of a key is its
/// place. Per key: a byte below [`KEPT`], how many bytes of the key before it starts with, then its
/// other bytes. `None` unless the keys are sorted and differ.
pub(super) fn grow(list: &[u8]) -> Option<(Vec<u8>, u32)> {
    let mut out = Vec::with_capacity(64 + list.len() * 3);
    out.resize(20, 0);
    if let Some(version) = out.first_mut() {
        *version = 1;
    }
    let root = Open { arrows: 0, first: 0, is_final: false };
    let mut grower = Grower { out, nodes: vec![root], arrows: Vec::new(), last: 0 };
    let mut key: Vec<u8> = Vec::new();
    let mut n_keys = 0;
    let mut rest = list;
    while let Some((&kept, bytes)) = rest.split_first() {
        let len = bytes.iter().position(|&byte| byte < KEPT).unwrap_or(bytes.len());
        let (new, after) = bytes.split_at_checked(len)?;
        rest = after;
        let mut kept = usize::from(kept);
        let old = key.get(kept..)?;
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        // Sorted: either it goes on where the one before ended, or its first new byte is larger.
        if old.get(same).is_some_and(|old| new.get(same).is_none_or(|new| new < old)) {
            return None;
        }
        kept += same;
        let new = new.get(same..).filter(|new| !new.is_empty() && kept + new.len() <= MAX_KEY_BYTES)?;
        grower.close(kept + 1);
        key.truncate(kept);
        for &byte in new {
            let first = grower.nodes.last().map_or(0, |node| node.first);
            grower.arrows.push(Arrow { byte, output: n_keys - first, target: 0 });
            grower.nodes.push(Open { arrows: grower.arrows.len(), first: n_keys, is_final: false });
            key.push(byte);
        }
        if let Some(end) = grower.nodes.last_mut() {
            end.is_final = true;
        }
        n_keys += 1;
    }
    grower.close(0);
    let mut out = grower.out;
    let root = out.len() as u64 - 1;
    out.extend_from_slice(&u64::from(n_keys).to_le_bytes());
    out.extend_from_slice(&root.to_le_bytes());
    Some((out, n_keys))
}

impl Grower {
    /// Writes the deepest nodes until so many are left.
    fn close(&mut self, left: usize) {
        while self.nodes.len() > left
            && let Some(node) = self.nodes.pop()
        {
            let address = self.write(&node);
            self.arrows.truncate(node.arrows);
            if let Some(arrow) = self.arrows.last_mut() {
                arrow.target = address;
            }
        }
    }

    fn write(&mut self, node: &Open) -> u32 {
        let arrows = self.arrows.get(node.arrows..).unwrap_or_default();
        let out = &mut self.out;
        if let [Arrow { byte, output: 0, target }] = arrows
            && *target == self.last
            && *target > 0
            && !node.is_final
        {
            out.extend_from_slice(&[*byte, 0xc0]);
        } else if arrows.is_empty() && node.is_final {
            return 0; // the one final node without arrows is not written
        } else {
            let start = out.len() as u32;
            // The distance 0 stands for that final node.
            let distance = |arrow: &Arrow| if arrow.target == 0 { 0 } else { start - arrow.target };
            let (mut wide, mut output) = (1, 0);
            for arrow in arrows {
                wide = width(distance(arrow)).max(wide);
                output = width(arrow.output).max(output);
            }
            // The final output, always 0: the key that ends here is the first below.
            out.resize(out.len() + if node.is_final { output } else { 0 }, 0);
            for arrow in arrows.iter().rev() {
                out.extend(arrow.output.to_le_bytes().iter().take(output));
            }
            for arrow in arrows.iter().rev() {
                out.extend(distance(arrow).to_le_bytes().iter().take(wide));
            }
            out.extend(arrows.iter().rev().map(|arrow| arrow.byte));
            out.push((wide << 4 | output) as u8);
            let n = arrows.len() as u8;
            let mut state = u8::from(node.is_final) << 6;
            if (1..64).contains(&n) {
                state |= n;
            } else {
                out.push(n);
            }
            out.push(state);
        }
        self.last = out.len() as u32 - 1;
        self.last
    }
}

/// Bytes that a number needs.
fn width(n: u32) -> usize {
    (4 - n.leading_zeros() / 8) as usize
}

/// Writes sorted keys as [`grow`] reads them.
#[cfg(not(target_arch = "wasm32"))]
pub fn encode<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut before = "";
    for key in keys {
        let same = before.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
        let kept = same.min(usize::from(KEPT) - 1);
        out.push(kept as u8);
        out.extend_from_slice(key.as_bytes().get(kept..).unwrap_or_default());
        before = key;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn looked_up(keys: &BTreeSet<String>) -> fst::Map<Vec<u8>> {
        let (bytes, n) = grow(&encode(keys.iter().map(String::as_str))).expect("sorted");
        assert_eq!(n as usize, keys.len());
        fst::Map::new(bytes).expect("an fst")
    }

    proptest! {
        #[test]
        fn every_key_has_its_place(keys in prop::collection::btree_set("[a-e]{1,6}|[α-ω返品一-龥]{1,4}|[ -~]{1,60}", 0..300)) {
            let map = looked_up(&keys);
            use fst::Streamer as _;
            let mut all = map.stream();
            for (n, key) in (0..).zip(&keys) {
                prop_assert_eq!(all.next(), Some((key.as_bytes(), n)));
            }
            prop_assert_eq!(all.next(), None);
        }

        #[test]
        fn any_bytes_grow_or_are_refused(list in prop::collection::vec(0u8..=255, 0..200)) {
            if let Some((bytes, n)) = grow(&list) {
                prop_assert!(bytes.len() <= 64 + list.len() * 16);
                prop_assert_eq!(fst::Map::new(bytes).expect("an fst").stream().into_byte_vec().len(), n as usize);
            }
        }
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        assert!(grow(b"\0b\0a").is_none());
        assert!(grow(b"\0a\0a").is_none());
        assert!(grow(b"\0ab\x01").is_none());
        assert!(grow(b"\x01a").is_none());
        assert!(grow(&[&[0][..], &[b'a'; 256]].concat()).is_none());
    }
}
