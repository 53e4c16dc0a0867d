//! The term dictionary: an `fst` map from folded forms to their numbers, grown from the file's list
//! of words (see [`super::trie`]), so that `fst` never reads bytes that nobody vouches for.
//! Later walks spend fuel: a list may be long and its words alike.

use fst::raw::{Fst, Node};

use super::trie;

/// The words of an index.
pub struct Dictionary {
    fst: Fst<Vec<u8>>,
    n_keys: u32,
}

impl Dictionary {
    /// Reads the list of words; `None` unless they are sorted and differ.
    #[must_use]
    pub fn read(list: &[u8]) -> Option<Self> {
        let (bytes, n_keys) = trie::grow(list)?;
        Some(Self { fst: Fst::new(bytes).ok()?, n_keys })
    }

    /// How many words there are.
    #[must_use]
    pub fn n_keys(&self) -> u32 {
        self.n_keys
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
    node.is_final().then_some(output)
}
