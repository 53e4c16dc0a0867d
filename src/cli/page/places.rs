//! What a page shows at known places: order number, lines and total of the basket, price; as `places`
//! in `www/facts.js`.

use std::sync::LazyLock;

use regex::Regex;
use scraper::ElementRef;
use serde_json::Value;

use super::words::{ORDER, PLACES, SIGNS};
use super::{Lines, Page, cues, text_of};

static MONEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\d[\d.,\s'’]*?)(?:[.,](\d\d))?(?:[^\d.,]|$)").ok());
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Z]{0,5}-?\d[\w-]{2,}").ok());

/// Elements that may tell an order's number in words.
const TEXTS: &str = "h1,h2,h3,p,li,dd,td,strong";

pub(super) fn places(page: &Page, amounts: usize, url: &str, lines: &mut Lines) {
    if let Some(order) = order(page) {
        lines.add(&["fact", "order", &order]);
    }
    let n_lines = match inside(page, "line").len() {
        0 => amounts,
        n => n,
    };
    if n_lines > 0 {
        lines.add(&["fact", "basket-lines", &n_lines.to_string()]);
    }
    for (name, fact) in [("total", "basket-total"), ("price", "price")] {
        let said = text(page, name);
        let Some(money) = MONEY.as_ref().and_then(|pattern| pattern.captures(&said)) else { continue };
        let digits: String = money[1].chars().filter(char::is_ascii_digit).collect();
        let cents = money.get(2).map(|cents| [".", cents.as_str()].concat()).unwrap_or_default();
        lines.add(&["fact", fact, &[digits, cents].concat()]);
        let sign = SIGNS.iter().find(|(sign, _)| said.contains(sign.as_str()));
        lines.add(&["fact", "currency", sign.and_then(|(_, code)| code.as_str()).unwrap_or_default()]);
    }
    if let Some((_, rest)) = url.split_once("?variant=").or_else(|| url.split_once("&variant=")) {
        lines.add(&["fact", "variant", rest.split(['&', '#']).next().unwrap_or_default()]);
    }
    if !page.all(selector("logged-in")).is_empty() {
        lines.add(&["cue", "logged-in"]);
    }
    // Without styles only an open dialog is known to lie on top.
    for dialog in page.all("dialog[open]").into_iter().take(20) {
        let mut all = dialog.descendants().filter_map(ElementRef::wrap).take(400);
        if all.any(|one| matches!(one.value().name(), "a" | "form" | "button") && cues::goes_on(page, one)) {
            lines.add(&["cue", "cart-open"]);
        }
    }
}

fn order(page: &Page) -> Option<String> {
    if let Some(code) = CODE.as_ref()?.find(&text(page, "order")) {
        return Some(code.as_str().to_owned());
    }
    let pattern = ORDER.as_ref()?;
    let mut texts = page.all(TEXTS);
    texts.truncate(80);
    texts.retain(|one| page.is_inside(*one));
    texts
        .into_iter()
        .map(text_of)
        .filter(|text| text.chars().count() < 200)
        .find_map(|text| pattern.captures(&text).map(|found| found[1].to_owned()))
}

fn selector(name: &str) -> &'static str {
    PLACES.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn inside<'a>(page: &Page<'a>, name: &str) -> Vec<ElementRef<'a>> {
    let mut all = page.all(selector(name));
    all.truncate(40);
    all.retain(|one| page.is_inside(*one));
    all
}

/// The first text there that holds a digit.
fn text(page: &Page, name: &str) -> String {
    let texts = inside(page, name).into_iter().map(text_of);
    texts
        .into_iter()
        .find(|text| text.chars().any(|c| c.is_ascii_digit()) && text.chars().count() < 60)
        .unwrap_or_default()
}
