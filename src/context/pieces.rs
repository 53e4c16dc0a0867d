//! Texts in pieces. The library's splitting is made anew for every kind of separator, which would be a
//! twentieth of the engine.

/// What stands between any of some bytes that begin a character.
#[derive(Debug, Clone)]
pub(super) struct Pieces<'t> {
    rest: Option<&'t str>,
    by: &'static [u8],
}

/// The pieces of a text, empty ones too.
pub(super) fn pieces<'t>(text: &'t str, by: &'static [u8]) -> Pieces<'t> {
    Pieces { rest: Some(text), by }
}

/// The text up to the first of these bytes.
pub(super) fn first<'t>(text: &'t str, by: &'static [u8]) -> &'t str {
    pieces(text, by).next().unwrap_or_default()
}

/// What stands before and after the first such byte; all and nothing when there is none.
pub(super) fn cut<'t>(text: &'t str, by: &'static [u8]) -> (&'t str, &'t str) {
    let mut pieces = pieces(text, by);
    let head = pieces.next().unwrap_or_default();
    (head, pieces.rest.unwrap_or_default())
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'t str> {
        let rest = self.rest?;
        let at = rest.bytes().position(|byte| self.by.contains(&byte)).unwrap_or(rest.len());
        self.rest = rest.get(at + 1..);
        rest.get(..at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_those_of_the_library(text in "[a-zé|/–]{0,40}") {
            let ours: Vec<&str> = pieces(&text, b"|/").collect();
            prop_assert_eq!(ours, text.split(['|', '/']).collect::<Vec<_>>());
            prop_assert_eq!(cut(&text, b"|"), text.split_once('|').unwrap_or((&text, "")));
        }
    }
}
