//! What the conversation shows, as plain data: made by the conversation's module, shown by the
//! panel, which knows nothing of messages, forms or agents.
//!
//! A [`Scene`] is a handful of numbered lists of [`Node`]s. The panel has a place for each of the
//! [`slot`]s; a node may open a further place by a number of its own, whose list then changes without
//! the node being built anew. A node that changed in any way is another node: the panel takes the old
//! one away and builds the new one. Whatever is pressed goes back by its name ([`Node::press`]).
//!
//! Two nodes of one list must not be the same.
//!
//! | piece | bytes |
//! | --- | --- |
//! | scene | version (2), 1 when there is a conversation else 0, words of the way here, title, number of lists, lists |
//! | list | slot as number, number of nodes, nodes |
//! | node | spec, text, icon, press, slot, number of attributes, (name, value) each, number of children, children |

use crate::index::codec::{Reader, Writer};

/// Version of the layout. Panel and conversation are of one release, so another one is a mistake.
const VERSION: u8 = 2;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 12;

/// Places that the panel has for lists.
pub mod slot {
    /// No place.
    pub const NONE: u32 = 0;
    /// Whether somebody is there: beside every way to the conversation.
    pub const PRESENCE: u32 = 1;
    /// Above the messages, before the first one.
    pub const INTRO: u32 = 2;
    /// The messages; read aloud as they come.
    pub const LOG: u32 = 3;
    /// Below the messages.
    pub const TYPING: u32 = 4;
    /// Between the messages and the field.
    pub const NOTICES: u32 = 5;
    /// In place of the message field, the field that a flow asks to answer in: one node at most.
    pub const FIELD: u32 = 6;
    /// The first number that a node may use for a place of its own.
    pub const OWN: u32 = 16;
}

/// Something to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Tag, classes, id and plain attributes, as the panel's `el` reads them: `div.said.own dir=auto`.
    pub spec: String,
    /// Attributes whose values may hold anything.
    pub attrs: Vec<(String, String)>,
    /// Name of a drawing that stands first in it.
    pub icon: String,
    /// Its text.
    pub text: String,
    /// What it contains.
    pub children: Vec<Node>,
    /// The place for a list that it opens behind its children; [`slot::NONE`] opens none.
    pub slot: u32,
    /// What the conversation is told when it is pressed, or changed where it is a field; empty for nothing.
    pub press: String,
}

/// Begins a node.
#[must_use]
#[inline(never)]
pub fn node(spec: &str) -> Node {
    Node { spec: spec.to_owned(), ..Node::default() }
}

// Kept out of line, all of these: they are called a hundred times, and a node is large to move.
impl Node {
    /// Sets an attribute.
    #[must_use]
    #[inline(never)]
    pub fn attr(mut self, name: &str, value: &str) -> Self {
        self.attrs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets its text.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.says(text.as_ref())
    }

    #[inline(never)]
    fn says(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    /// Draws an icon into it.
    #[must_use]
    #[inline(never)]
    pub fn icon(mut self, name: &str) -> Self {
        self.icon = name.to_owned();
        self
    }

    /// Adds a child.
    #[must_use]
    #[inline(never)]
    pub fn child(mut self, child: Node) -> Self {
        self.children.push(child);
        self
    }

    /// Opens a place for a list.
    #[must_use]
    #[inline(never)]
    pub fn slot(mut self, slot: u32) -> Self {
        self.slot = slot;
        self
    }

    /// Tells the conversation when it is pressed.
    #[must_use]
    pub fn press(self, what: impl AsRef<str>) -> Self {
        self.told(what.as_ref())
    }

    #[inline(never)]
    fn told(mut self, what: &str) -> Self {
        what.clone_into(&mut self.press);
        self
    }

    fn encode(&self, out: &mut Writer) {
        for text in [&self.spec, &self.text, &self.icon, &self.press] {
            out.text(text);
        }
        out.number(self.slot);
        out.number(self.attrs.len() as u32);
        for (name, value) in &self.attrs {
            out.text(name);
            out.text(value);
        }
        encode_all(&self.children, out);
    }

    fn decode(from: &mut Reader<'_>, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let mut text = || from.text().map(str::to_owned);
        let (spec, text, icon, press) = (text()?, text()?, text()?, text()?);
        let slot = from.number()?;
        let mut attrs = Vec::new();
        for _ in 0..from.count()? {
            attrs.push((from.text()?.to_owned(), from.text()?.to_owned()));
        }
        Some(Self { spec, attrs, icon, text, children: decode_all(from, depth)?, slot, press })
    }

    /// A number that another node does not have: the same node, the same number (FNV-1a).
    #[must_use]
    pub fn key(&self) -> u64 {
        let mut bytes = Writer::default();
        self.encode(&mut bytes);
        bytes
            .0
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

fn encode_all(nodes: &[Node], out: &mut Writer) {
    out.number(nodes.len() as u32);
    for node in nodes {
        node.encode(out);
    }
}

fn decode_all(from: &mut Reader<'_>, depth: usize) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    for _ in 0..from.count()? {
        nodes.push(Node::decode(from, depth)?);
    }
    Some(nodes)
}

/// All that the conversation shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scene {
    /// Whether there is a conversation to come back to.
    pub begun: bool,
    /// What the button that leads here says.
    pub way: String,
    /// What the panel's bar says.
    pub title: String,
    /// What stands in each place, by its slot.
    pub lists: Vec<(u32, Vec<Node>)>,
}

impl Scene {
    /// The bytes that go to the panel.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(VERSION);
        out.byte(u8::from(self.begun));
        out.text(&self.way);
        out.text(&self.title);
        out.number(self.lists.len() as u32);
        for (slot, nodes) in &self.lists {
            out.number(*slot);
            encode_all(nodes, &mut out);
        }
        out.0
    }

    /// Reads them; `None` when they are no scene.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        if from.byte()? != VERSION {
            return None;
        }
        let (begun, way, title) = (from.byte()? == 1, from.text()?.to_owned(), from.text()?.to_owned());
        let mut lists = Vec::new();
        for _ in 0..from.count()? {
            lists.push((from.number()?, decode_all(&mut from, MAX_DEPTH)?));
        }
        Some(Self { begun, way, title, lists })
    }

    /// What stands in a place.
    #[must_use]
    pub fn list(&self, slot: u32) -> &[Node] {
        self.lists.iter().find(|(known, _)| *known == slot).map_or(&[], |(_, nodes)| nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes() -> impl Strategy<Value = Node> {
        let leaf = (any::<[String; 4]>(), prop::collection::vec(any::<(String, String)>(), 0..3), any::<u32>())
            .prop_map(|([spec, text, icon, press], attrs, slot)| Node {
                spec,
                attrs,
                icon,
                text,
                children: Vec::new(),
                slot,
                press,
            });
        leaf.prop_recursive(4, 12, 3, |inner| {
            (inner.clone(), prop::collection::vec(inner, 0..3)).prop_map(|(node, children)| Node { children, ..node })
        })
    }

    fn scenes() -> impl Strategy<Value = Scene> {
        let lists = prop::collection::vec((any::<u32>(), prop::collection::vec(nodes(), 0..3)), 0..3);
        (any::<bool>(), any::<[String; 2]>(), lists).prop_map(|(begun, [way, title], lists)| Scene {
            begun,
            way,
            title,
            lists,
        })
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(scene in scenes()) {
            prop_assert_eq!(Scene::decode(&scene.encode()), Some(scene));
        }

        #[test]
        fn damaged_bytes_are_read_or_refused_but_never_panic(scene in scenes(), at in any::<usize>(), byte in any::<u8>()) {
            let mut bytes = scene.encode();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = Scene::decode(&bytes);
            let _ = Scene::decode(&bytes[..at]);
        }

        #[test]
        fn a_node_that_changed_is_another(node in nodes(), text in any::<String>()) {
            let other = Node { text: text.clone(), ..node.clone() };
            prop_assert_eq!(other.key() == node.key(), node.text == text);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = (0..20).fold(node("div"), |inner, _| node("div").child(inner));
        let scene = Scene { lists: vec![(slot::LOG, vec![deep])], ..Scene::default() };
        assert_eq!(Scene::decode(&scene.encode()), None);
    }
}
