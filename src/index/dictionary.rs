//! The term dictionary: an `fst` map from folded forms to their numbers, opened on bytes that
//! nobody vouches for.
//!
//! `fst` trusts its bytes: a damaged node makes it read out of bounds (a trap in wasm), a crafted
//! one never ends. So [`check`] walks every node once before `fst` sees the file, and later walks
//! spend fuel. The layout is that of `fst` 0.4, format version 3:
//!
//! | offset      | type      | meaning                                                       |
//! | ----------- | --------- | ------------------------------------------------------------- |
//! | 0           | u64 LE    | format version, 3                                             |
//! | 8           | u64 LE    | kind of map, ours is 0                                        |
//! | 16          | nodes     | one after the other, each read backwards from its last byte    |
//! | length - 20 | u64 LE    | number of keys                                                |
//! | length - 12 | u64 LE    | address of the root: the last byte of the last node            |
//! | length - 4  | u32 LE    | CRC-32C; not asked, the container's hash covers it             |
//!
//! A node from its last byte back: state (2 bits kind, 6 bits byte or number of arrows), byte
//! if not in the state, pack sizes (4 bits address, 4 bits output), index of 256 bytes if more
//! than 32 arrows, bytes, addresses as distance from the node's first byte, outputs, final output.

use fst::raw::{Fst, Node};

const FIRST_NODE: usize = 16;
const FOOTER_BYTES: usize = 20;
const INDEXED_ABOVE: usize = 32;

/// A checked dictionary.
#[derive(Clone)]
pub struct Dictionary<'a> {
    fst: Fst<&'a [u8]>,
}

impl<'a> Dictionary<'a> {
    /// Opens bytes that passed [`check`].
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Fst::new(bytes).ok().map(|fst| Self { fst })
    }

    /// The node in which every key starts.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.fst.root()
    }

    /// The node at an arrow's end.
    #[must_use]
    pub fn node(&self, address: usize) -> Node<'_> {
        self.fst.node(address)
    }

    /// Follows bytes from a node; gives the node reached and the output on the way.
    #[must_use]
    pub fn follow<'n>(&'n self, mut node: Node<'n>, mut output: u32, bytes: &[u8]) -> Option<(Node<'n>, u32)> {
        for &byte in bytes {
            let arrow = node.transition(node.find_input(byte)?);
            output = output.wrapping_add(arrow.out.value() as u32);
            node = self.node(arrow.addr);
        }
        Some((node, output))
    }

    /// The number of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<u32> {
        let (node, output) = self.follow(self.root(), 0, key.as_bytes())?;
        value(&node, output)
    }
}

/// The number of the key that ends in a node, if one does.
#[must_use]
pub fn value(node: &Node<'_>, output: u32) -> Option<u32> {
    node.is_final().then(|| output.wrapping_add(node.final_output().value() as u32))
}

/// Whether `fst` may read these bytes: every node lies inside, every arrow leads to a node
/// before its own (so no walk is endless), no packed number is wider than it can read.
#[must_use]
pub fn check(bytes: &[u8]) -> bool {
    check_nodes(bytes).is_some()
}

fn check_nodes(bytes: &[u8]) -> Option<()> {
    let end = bytes.len().checked_sub(FOOTER_BYTES)?;
    let root = u64_at(bytes, end + 8).filter(|&root| root < u64::from(u32::MAX))?;
    if end < FIRST_NODE || u64_at(bytes, 0)? != 3 || u64_at(bytes, 8)? != 0 {
        return None;
    }
    if root == 0 {
        return (end == FIRST_NODE).then_some(()); // the one key is the empty text
    }
    if root + 1 != end as u64 {
        return None;
    }
    // Bit n: some arrow leads to address n. All nodes touch, so going from the last back to the
    // first meets every one; an arrow to anything else is left over in the end.
    let mut wanted = vec![0u8; end / 8 + 1];
    let mut last = end - 1;
    loop {
        if let Some(bits) = wanted.get_mut(last / 8) {
            *bits &= !(1 << (last % 8));
        }
        let first = check_node(bytes, last, &mut wanted)?;
        if first == FIRST_NODE {
            break;
        }
        last = first.checked_sub(1).filter(|&last| last >= FIRST_NODE)?;
    }
    wanted.iter().all(|&bits| bits == 0).then_some(())
}

/// Checks the node whose last byte is at `last`; gives the address of its first.
fn check_node(bytes: &[u8], last: usize, wanted: &mut [u8]) -> Option<usize> {
    let state = *bytes.get(last)?;
    let mut at = last;
    let mut back = |n: usize| {
        at = at.checked_sub(n).filter(|&at| at >= FIRST_NODE)?;
        Some(at)
    };
    let small = state & 0x3f;
    match state >> 6 {
        // One arrow, to the node just before.
        3 => {
            let first = back(usize::from(small == 0))?;
            want(wanted, first.checked_sub(1)?)?;
            Some(first)
        }
        2 => {
            let sizes = *bytes.get(back(usize::from(small == 0) + 1)?)?;
            let (wide, out) = (usize::from(sizes >> 4), usize::from(sizes & 15));
            let address = back(wide)?;
            let first = back(out)?;
            (out <= 4).then_some(())?;
            check_arrow(bytes, address, wide, first, wanted)?;
            Some(first)
        }
        kind => {
            let mut n = usize::from(small);
            if n == 0 {
                n = match *bytes.get(back(1)?)? {
                    1 => 256,
                    n => usize::from(n),
                };
            }
            let sizes = *bytes.get(back(1)?)?;
            let (wide, out) = (usize::from(sizes >> 4), usize::from(sizes & 15));
            back(if n > INDEXED_ABOVE { 256 } else { 0 })?;
            back(n)?;
            let addresses = back(n * wide)?;
            let first = back((n + usize::from(kind == 1)) * out)?;
            (out <= 4).then_some(())?;
            for i in 0..n {
                check_arrow(bytes, addresses + i * wide, wide, first, wanted)?;
            }
            Some(first)
        }
    }
}

/// An arrow's address is its node's first byte less a distance; distance 0 is the empty final node.
fn check_arrow(bytes: &[u8], at: usize, wide: usize, first: usize, wanted: &mut [u8]) -> Option<()> {
    if !(1..=4).contains(&wide) {
        return None;
    }
    let distance = bytes.get(at..at + wide)?.iter().rev().fold(0u64, |n, &byte| n << 8 | u64::from(byte));
    if distance == 0 {
        return Some(());
    }
    want(wanted, first.checked_sub(usize::try_from(distance).ok()?)?)
}

fn want(wanted: &mut [u8], address: usize) -> Option<()> {
    if address < FIRST_NODE {
        return None;
    }
    *wanted.get_mut(address / 8)? |= 1 << (address % 8);
    Some(())
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}
