//! The widget's own drawings, built as nodes.

use super::el::{El, el};
use crate::icons;

/// A drawing, hidden from those who listen: what it stands for is always said in words beside it.
pub fn icon(name: &str) -> El {
    let class = if icons::turns(name) { "span.icon.turns aria-hidden=true" } else { "span.icon aria-hidden=true" };
    el(class).draw(icons::path(name))
}
