//! JSON in the little measure that the conversation needs, for the browser: serde's own reader and
//! writer would cost the panel 13 KB. Natively tests hold it against serde.

/// Deepest nesting that is read; deeper text is refused.
const MAX_DEPTH: u32 = 24;

/// A value. Numbers are counts and times: whole and not negative; fractions are cut off and what is
/// below zero reads as zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count or a time.
    Number(u64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Json>),
    /// Values by name.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text; `None` when it is not JSON.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value(MAX_DEPTH)?;
        reader.skip();
        reader.rest.is_empty().then_some(value)
    }

    /// The value of that name in an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The number of that name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The text of that name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The yes or no of that name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The list of that name; empty when there is none.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::List(list)) => list,
            _ => &[],
        }
    }
}

struct Reader<'text> {
    rest: &'text str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, start: &str) -> bool {
        match self.rest.strip_prefix(start) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u32) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.skip();
        match self.rest.as_bytes().first()? {
            b'n' => self.take("null").then_some(Json::Null),
            b't' => self.take("true").then_some(Json::Bool(true)),
            b'f' => self.take("false").then_some(Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.list(depth),
            b'{' => self.object(depth),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u32) -> Option<Json> {
        self.take("[");
        let mut out = Vec::new();
        self.skip();
        if self.take("]") {
            return Some(Json::List(out));
        }
        loop {
            out.push(self.value(depth)?);
            self.skip();
            if self.take("]") {
                return Some(Json::List(out));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn object(&mut self, depth: u32) -> Option<Json> {
        self.take("{");
        let mut out = Vec::new();
        self.skip();
        if self.take("}") {
            return Some(Json::Object(out));
        }
        loop {
            self.skip();
            let name = self.string()?;
            self.skip();
            if !self.take(":") {
                return None;
            }
            out.push((name, self.value(depth)?));
            self.skip();
            if self.take("}") {
                return Some(Json::Object(out));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.take("\"") {
            return None;
        }
        let mut out = String::new();
        loop {
            let end = self.rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\u{1f}'))?;
            let (plain, rest) = self.rest.split_at_checked(end)?;
            out.push_str(plain);
            self.rest = rest;
            if self.take("\"") {
                return Some(out);
            }
            if !self.take("\\") {
                return None;
            }
            let mut chars = self.rest.chars();
            let escape = chars.next()?;
            self.rest = chars.as_str();
            out.push(match escape {
                '"' | '\\' | '/' => escape,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.escaped()?,
                _ => return None,
            });
        }
    }

    /// What follows `\u`; two halves make one character, a lone half stands for none.
    fn escaped(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let before = self.rest;
        if self.take("\\u") {
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.rest = before;
        }
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        digits.chars().try_fold(0, |value, digit| Some(value * 16 + digit.to_digit(16)?))
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.take("-");
        let whole = self.digits()?;
        let mut value =
            whole.bytes().fold(0u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            // Nothing here is ever written so; a number of that shape is read as none.
            let _ = self.take("+") || self.take("-");
            self.digits()?;
            value = 0;
        }
        Some(Json::Number(if negative { 0 } else { value }))
    }

    fn digits(&mut self) -> Option<&str> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }
}

/// Writes an object, field by field.
#[derive(Debug, Default)]
pub struct ObjectWriter {
    out: String,
}

impl ObjectWriter {
    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        push_string(&mut self.out, value);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, name: &str, value: u64) -> Self {
        self.name(name);
        self.out.push_str(&value.to_string());
        self
    }

    /// Adds what is JSON already.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.out.push_str(json);
        self
    }

    /// Adds a list of values that are JSON already.
    #[must_use]
    pub fn list(self, name: &str, items: impl Iterator<Item = String>) -> Self {
        let mut list = String::from("[");
        for item in items {
            if list.len() > 1 {
                list.push(',');
            }
            list.push_str(&item);
        }
        list.push(']');
        self.raw(name, &list)
    }

    /// The object's text.
    #[must_use]
    pub fn end(mut self) -> String {
        if self.out.is_empty() {
            self.out.push('{');
        }
        self.out.push('}');
        self.out
    }

    fn name(&mut self, name: &str) {
        self.out.push(if self.out.is_empty() { '{' } else { ',' });
        push_string(&mut self.out, name);
        self.out.push(':');
    }
}

/// A text as JSON.
#[must_use]
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_string(&mut out, text);
    out
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(own: &Json, theirs: &serde_json::Value) -> bool {
        match (own, theirs) {
            (Json::Null, serde_json::Value::Null) => true,
            (Json::Bool(a), serde_json::Value::Bool(b)) => a == b,
            (Json::Number(a), serde_json::Value::Number(b)) => b.as_u64().is_none_or(|b| *a == b),
            (Json::Text(a), serde_json::Value::String(b)) => a == b,
            (Json::List(a), serde_json::Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            // A name given twice: serde keeps the last, we the first; neither inbox nor panel writes such.
            (Json::Object(a), serde_json::Value::Object(b)) => {
                a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same(value, b)))
            }
            _ => false,
        }
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map("[a-z\"\\\\é]{0,6}", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_writes(value in values(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let own = Json::read(&text).unwrap();
            prop_assert!(same(&own, &value), "{text}");
        }

        #[test]
        fn serde_reads_what_it_writes(name in any::<String>(), text in any::<String>(), n in any::<u64>()) {
            let written = ObjectWriter::default().text(&name, &text).number("\u{1}n", n).list("l", [string(&text)].into_iter()).end();
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(&read["l"][0], &serde_json::Value::from(text));
            prop_assert_eq!(&read["\u{1}n"], &serde_json::Value::from(n));
        }

        #[test]
        fn refuses_what_serde_refuses(text in "[\\[\\]{}\",:0-9a-u\\\\ .eE+-]{0,24}") {
            if Json::read(&text).is_some() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || text.contains("\\u") || text.contains(['e', 'E']), "{text}");
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(Json::read(&"[".repeat(100_000)).is_none());
        assert!(Json::read(&format!("{}{}", "[".repeat(20), "]".repeat(20))).is_some());
    }

    #[test]
    fn halves_of_characters() {
        assert_eq!(Json::read(r#""\ud83d\ude00""#), Some(Json::Text("😀".to_owned())));
        assert_eq!(Json::read(r#""\ud83dx""#), Some(Json::Text("\u{fffd}x".to_owned())));
        assert_eq!(ObjectWriter::default().end(), "{}");
    }
}
