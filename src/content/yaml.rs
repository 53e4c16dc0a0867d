//! YAML with lines: the few shapes that front matter and `_collections.yaml` use.

use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};
use saphyr_parser::{Event, Parser};

use super::error::Problems;

/// Longest YAML that is read; front matter is some lines.
const MAX_BYTES: usize = 64 * 1024;

/// Lists in lists that are read: what is deeper was not written by hand.
const MAX_DEPTH: usize = 32;

/// A value and its line in the file.
pub(super) struct Value<'a> {
    node: MarkedYaml<'a>,
    /// Lines of the file before the YAML.
    before: usize,
}

/// Reads the first document; `before` lines of the file come before it.
pub(super) fn load<'a>(text: &'a str, before: usize, problems: &mut Problems<'_>) -> Option<Value<'a>> {
    if text.len() > MAX_BYTES {
        problems.error(before + 1, "more than 64 KiB of YAML", "keep texts in the body of the article");
        return None;
    }
    if let Some((line, what, cure)) = explosive(text) {
        problems.error(before + line, what, cure);
        return None;
    }
    match MarkedYaml::load_from_str(text) {
        Ok(mut documents) if !documents.is_empty() => Some(Value { node: documents.swap_remove(0), before }),
        Ok(_) => None,
        Err(error) => {
            let line = before + error.marker().line();
            problems.error(
                line,
                format!("YAML cannot be read: {}", error.info()),
                "put texts with `:` or `#` in quotes and indent lists by two spaces",
            );
            None
        }
    }
}

/// What would make a tree out of a few lines that no memory holds, and where: aliases repeat what they name.
fn explosive(text: &str) -> Option<(usize, &'static str, &'static str)> {
    let mut depth = 0usize;
    for event in Parser::new_from_str(text) {
        // What cannot be read at all is told when it is loaded.
        let (event, span) = event.ok()?;
        match event {
            Event::Alias(_) => {
                return Some((span.start.line(), "a YAML alias", "write the value out where it is meant"));
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some((span.start.line(), "lists nested too deep", "indent them as the README shows"));
        }
    }
    None
}

impl<'a> Value<'a> {
    /// Line in the file.
    pub(super) fn line(&self) -> usize {
        self.before + self.node.span.start.line()
    }

    /// Whether nothing was written.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.node.data, YamlData::Value(Scalar::Null))
    }

    /// Key, its line, and value of each entry; `None` if this is no mapping.
    pub(super) fn entries(self) -> Option<Vec<(String, usize, Self)>> {
        let before = self.before;
        let YamlData::Mapping(mapping) = self.node.data else { return None };
        let entry = |(key, node): (MarkedYaml<'a>, MarkedYaml<'a>)| {
            let line = before + key.span.start.line();
            Some((scalar(&key)?, line, Self { node, before }))
        };
        Some(mapping.into_iter().filter_map(entry).collect())
    }

    /// Whether it holds fields of its own.
    pub(super) fn is_group(&self) -> bool {
        matches!(self.node.data, YamlData::Mapping(_))
    }

    /// Items of a list; `None` if this is no list.
    pub(super) fn items(self) -> Result<Vec<Self>, Box<Self>> {
        let before = self.before;
        match self.node.data {
            YamlData::Sequence(items) => Ok(items.into_iter().map(|node| Self { node, before }).collect()),
            data => Err(Box::new(Self { node: MarkedYaml { data, span: self.node.span }, before })),
        }
    }

    /// A text, a number or a yes/no, as written; `None` for lists and mappings.
    pub(super) fn text(&self) -> Option<String> {
        scalar(&self.node)
    }

    /// One text or a list of them.
    pub(super) fn texts(self, name: &str, problems: &mut Problems<'_>) -> Vec<String> {
        let line = self.line();
        let values = self.items().unwrap_or_else(|one| if one.is_null() { Vec::new() } else { vec![*one] });
        let mut out = Vec::new();
        for value in values {
            match value.text().map(|text| text.trim().to_owned()) {
                Some(text) if !text.is_empty() => out.push(text),
                Some(_) => {}
                None => problems.error(
                    line,
                    format!("`{name}` holds something that is no text"),
                    format!("write `{name}: [one, two]`"),
                ),
            }
        }
        out
    }
}

fn scalar(node: &MarkedYaml<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::Null) => Some(String::new()),
        YamlData::Value(Scalar::Boolean(yes)) => Some(yes.to_string()),
        YamlData::Value(Scalar::Integer(n)) => Some(n.to_string()),
        YamlData::Value(Scalar::FloatingPoint(n)) => Some(n.to_string()),
        YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
        YamlData::Representation(text, ..) => Some(text.to_string()),
        YamlData::Tagged(_, inner) => scalar(inner),
        _ => None,
    }
}
