//! What a page shows at known places: order number, lines and total of the basket, price; as `places`
//! in `www/facts.js`.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Selector};
use serde_json::Value;

use super::words::{CASH, ORDER, PLACES, SIGNS, amount_in};
use super::{Lines, Page, cues, text_of};

static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Z]{0,5}-?\d[\w-]{2,}|[A-Z]{8,}$").ok());

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
    for (all, fact) in [(sums(page), "basket-total"), (prices(page), "price")] {
        let now = all.into_iter().map(|one| text_now(one));
        let Some(said) = now.into_iter().find(|text| text.chars().count() < 60 && cash_in(text).is_some()) else {
            continue;
        };
        lines.add(&["fact", fact, &amount_in(&said)]);
        let sign = cash_in(&said).unwrap_or_default();
        let lang: String = page.document.root_element().attr("lang").unwrap_or_default().chars().take(2).collect();
        let code = SIGNS.get(&[sign, &lang].concat()).or_else(|| SIGNS.get(sign)).and_then(Value::as_str);
        lines.add(&["fact", "currency", code.unwrap_or(sign)]);
    }
    lines.add(&["fact", "variant", variant(url).unwrap_or_default()]);
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

/// The variant that the address names.
pub(super) fn variant(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("?variant=").or_else(|| url.split_once("&variant="))?;
    rest.split(['&', '#']).next()
}

fn order(page: &Page) -> Option<String> {
    let code = CODE.as_ref()?;
    let places = inside(page, "order").into_iter().map(text_of).filter(|text| text.chars().count() < 60);
    if let Some(found) = places.into_iter().find_map(|text| code.find(&text).map(|found| found.as_str().to_owned())) {
        return Some(found);
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

/// Where the sum of all may stand, beside a checkout too but in no line: the most telling place first.
fn sums<'a>(page: &Page<'a>) -> Vec<ElementRef<'a>> {
    let ranks: Vec<_> = selector("total").split(',').map(super::selector).collect();
    let aside = super::selector(&["header,[class*=minicart],[class*=mini-cart],", selector("line")].concat());
    let mut all = page.all(selector("total"));
    all.truncate(40);
    all.retain(|one| !within(*one, aside.as_ref()));
    let matches = |one: &ElementRef, css: &Option<Selector>| css.as_ref().is_some_and(|css| css.matches(one));
    all.sort_by_key(|one| ranks.iter().position(|css| matches(one, css)));
    all
}

/// Where a product page says whether it can be had: the first such place that is not in a list.
pub(super) fn shelf<'a>(page: &Page<'a>) -> Option<ElementRef<'a>> {
    let list = super::selector("li,tr");
    let mut all = page.all(selector("shelf")).into_iter().take(9);
    all.find(|one| page.is_inside(*one) && !within(*one, list.as_ref()))
}

/// Where the price may stand, what it was before aside.
fn prices<'a>(page: &Page<'a>) -> Vec<ElementRef<'a>> {
    let past = super::selector(selector("past"));
    let mut all = inside(page, "price");
    all.retain(|one| !within(*one, past.as_ref()));
    all
}

/// Whether it is such an element or stands in one.
fn within(one: ElementRef, css: Option<&Selector>) -> bool {
    css.is_some_and(|css| css.matches(&one) || one.ancestors().filter_map(ElementRef::wrap).any(|up| css.matches(&up)))
}

/// Its text without what it cost before.
fn text_now(one: ElementRef) -> String {
    let past = super::selector(selector("past"));
    let inner = one.descendants().skip(1).filter_map(ElementRef::wrap);
    let past = inner.filter(|inner| past.as_ref().is_some_and(|css| css.matches(inner))).take(5);
    let shown =
        one.descendants().filter_map(ElementRef::wrap).find(|inner| inner.value().name() == "ins").unwrap_or(one);
    past.fold(text_of(shown), |text, past| text.replacen(&text_of(past), "", 1))
}

/// The sign or the code of a currency beside a digit.
pub(super) fn cash_in(text: &str) -> Option<&str> {
    let found = CASH.as_ref()?.captures(text)?;
    found.get(1).or_else(|| found.get(2)).map(|sign| sign.as_str())
}
