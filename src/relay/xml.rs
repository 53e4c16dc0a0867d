//! The little of XML that frames of XMPP need: texts made safe, children found by name.

use roxmltree::Node;

/// A text as an element's or an attribute's, without the characters that XML cannot hold.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\'' => out += "&apos;",
            '"' => out += "&quot;",
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// The first child of that name.
pub fn child<'a, 'i>(el: Node<'a, 'i>, namespace: &str, name: &str) -> Option<Node<'a, 'i>> {
    el.children().find(|one| one.tag_name().name() == name && one.tag_name().namespace() == Some(namespace))
}

/// The text of a child of that name.
pub fn text_of(el: Node<'_, '_>, name: &str) -> String {
    let found = el.children().find(|one| one.tag_name().name() == name);
    found.map(|one| one.children().filter_map(|part| part.text()).collect()).unwrap_or_default()
}

/// What an error is called.
pub fn condition(el: Node<'_, '_>) -> String {
    let error = el.children().find(|one| one.tag_name().name() == "error").unwrap_or(el);
    let named = error.children().find(|one| one.is_element() && one.tag_name().name() != "text");
    named.map_or("no reason given", |one| one.tag_name().name()).to_owned()
}

/// Whether a message is said now, and not told again.
pub fn is_new(el: Node<'_, '_>) -> bool {
    child(el, "urn:xmpp:delay", "delay").is_none()
}

/// The id under which a room's archive keeps a message.
pub fn stanza_id(el: Node<'_, '_>, room: &str) -> Option<String> {
    let ids = el.children().filter(|one| one.tag_name().namespace() == Some("urn:xmpp:sid:0"));
    let mut by_room = ids.filter(|one| one.tag_name().name() == "stanza-id" && one.attribute("by") == Some(room));
    by_room.next_back()?.attribute("id").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    #[test]
    fn any_text_can_be_said() {
        let text = "a < b & \"c\" 'd' ]]> \u{0}\u{b}\u{1f} ü\n🙂";
        let xml = format!("<m a='{}'><body>{}</body></m>", escaped(text), escaped(text));
        let document = Document::parse(&xml).unwrap();
        assert_eq!(text_of(document.root_element(), "body"), "a < b & \"c\" 'd' ]]>  ü\n🙂");
    }

    #[test]
    fn an_error_is_named_by_its_condition() {
        let of = |xml: &str| condition(Document::parse(xml).unwrap().root_element());
        assert_eq!(of("<presence><x/><error type='auth'><text>No</text><forbidden/></error></presence>"), "forbidden");
        assert_eq!(of("<failure><not-authorized/></failure>"), "not-authorized");
        assert_eq!(of("<failure/>"), "no reason given");
    }
}
