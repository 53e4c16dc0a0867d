//! Which kinds of fields and buttons a page has; as `cues` in `www/facts.js`.

use std::collections::BTreeSet;

use scraper::ElementRef;

use super::places::{self, cash_in, places};
use super::{Lines, Page, clean, text_of};

/// Most elements of a page whose known places are looked at; as in `www/facts.js`.
const MAX_ELEMENTS: usize = 10_000;

/// Types of `input` and `button` that are pressed, not filled.
const PRESSED: &[&str] = &["button", "submit", "image"];

pub(super) fn cues(page: &Page, url: &str, lines: &mut Lines) {
    let mut found = BTreeSet::new();
    let mut controls = page.all("input,select,textarea,button,[role=radiogroup]");
    controls.truncate(600);
    controls.retain(|control| page.is_inside(*control));
    let fields: Vec<ElementRef> = controls
        .iter()
        .copied()
        .filter(|control| !PRESSED.contains(&kind(*control)) && !matches!(kind(*control), "reset" | "hidden"))
        .collect();
    let count = |name: &str| fields.iter().filter(|field| page.says(&name_of(**field), name)).count();

    let adders = adders(page, &controls, &mut found);
    let is_small = page.document.tree.values().filter(|node| node.is_element()).count() < MAX_ELEMENTS;
    if let Some(shelf) = is_small.then(|| places::shelf(page)).flatten() {
        let text: String = text_of(shelf).chars().take(99).collect();
        if page.says(shelf.attr("class").unwrap_or_default(), "soldOut") || page.says(&text, "soldOut") {
            found.insert("sold-out");
        }
    }
    if adders.len() > 2 {
        found.insert("product-list");
    } else if !adders.is_empty() || found.contains("sold-out") {
        found.insert("add-to-cart");
    } else if priced_cards(page) > 3 {
        found.insert("cards");
    }
    let amounts = fields
        .iter()
        .filter(|field| {
            page.says(&name_of(**field), "quantity") && form_of(**field).is_none_or(|form| !adders.contains(&form))
        })
        .count();
    let mut onwards = page.all("a[href],form[action],button");
    onwards.truncate(600);
    let onwards = onwards.into_iter().filter(|one| page.is_inside(*one)).any(|one| goes_on(page, one));
    if amounts > 0 && onwards {
        found.insert("cart-table");
    }
    if is_small {
        places(page, amounts, url, lines);
    }
    for (name, least, cue) in [
        ("coupon", 1, "coupon-field"),
        ("address", 2, "address-fields"),
        ("card", 1, "card-fields"),
        ("order", 1, "order-number"),
    ] {
        if count(name) >= least {
            found.insert(cue);
        }
    }
    for frame in page.all("iframe").into_iter().take(20) {
        let named = ["src", "name", "title"].map(|name| frame.attr(name).unwrap_or_default()).join(" ");
        if page.is_inside(frame) && page.says(&named, "cardFrame") {
            found.insert("card-fields");
        }
    }
    if count("variant") > 0 && !adders.is_empty() {
        found.insert("variant-picker");
    }
    for (name, cue) in [("shipping", "shipping-choice"), ("payment", "payment-choice")] {
        let ways: Vec<ElementRef> = fields.iter().copied().filter(|field| page.says(&name_of(*field), name)).collect();
        // One that is chosen elsewhere, or from a list, stands in a single field.
        let one = |field: &ElementRef| {
            let fixed = field.attr("readonly").is_some() || field.value().name() == "select";
            fixed && name_of(*field).contains("method")
        };
        if ways.iter().filter(|field| kind(**field) == "radio").count() > 1 || ways.iter().any(one) {
            found.insert(cue);
        }
    }
    passwords(&fields, &mut found);
    let writes = fields.iter().any(|field| {
        field.value().name() == "textarea"
            && !page.says(&name_of(*field), "order")
            && form_of(*field).is_some_and(|form| {
                form.descendants().filter_map(ElementRef::wrap).any(|one| one.attr("type") == Some("email"))
            })
    });
    if writes {
        found.insert("message-form");
    }
    for cue in found {
        lines.add(&["cue", cue]);
    }
}

/// Whether it leads to the checkout.
pub(super) fn goes_on(page: &Page, one: ElementRef) -> bool {
    let to = one.attr("href").or(one.attr("action")).unwrap_or_default();
    let named = [to, one.attr("name").unwrap_or_default(), one.attr("id").unwrap_or_default()].join(" ");
    page.says(&named, "checkoutLink")
}

/// Forms and buttons that put a product into the basket, each once.
fn adders<'a>(page: &Page<'a>, controls: &[ElementRef<'a>], found: &mut BTreeSet<&'static str>) -> Vec<ElementRef<'a>> {
    let mut adders = Vec::new();
    let mut add = |one| {
        if !adders.contains(&one) {
            adders.push(one);
        }
    };
    for form in page.all("form").into_iter().take(60) {
        let about = ["action", "id", "class"].map(|name| form.attr(name).unwrap_or_default()).join(" ");
        if page.is_inside(form) && page.says(&about, "addAction") {
            add(form);
        }
    }
    for control in controls.iter().filter(|control| PRESSED.contains(&kind(**control))) {
        let text = [&text_of(*control), control.attr("aria-label").unwrap_or_default()].join(" ");
        let named = [&name_of(*control), control.attr("class").unwrap_or_default()].join(" ");
        if page.says(&text, "addText") || page.says(&named, "addAction") {
            add(form_of(*control).unwrap_or(*control));
        }
        if page.says(&text, "placeText") {
            found.insert("place-order");
        }
        if page.says(&text, "soldOut") {
            found.insert("sold-out");
        }
    }
    adders
}

/// How many pictures lead somewhere from within a thing that has a price.
fn priced_cards(page: &Page) -> usize {
    let mut images = page.all("a[href] img");
    images.truncate(60);
    let is_card = |one: &ElementRef| {
        matches!(one.value().name(), "li" | "article")
            || one.attr("class").is_some_and(|class| class.to_ascii_lowercase().contains("card"))
    };
    let priced = |image: &ElementRef| {
        let card = image.ancestors().filter_map(ElementRef::wrap).find(is_card);
        let text = card.map(text_of).unwrap_or_default();
        page.is_inside(*image) && cash_in(&text).is_some()
    };
    images.iter().filter(|image| priced(image)).count()
}

/// Who signs in types one old password, who signs up a new one, who changes it both.
fn passwords(fields: &[ElementRef], found: &mut BTreeSet<&'static str>) {
    let mut forms: Vec<(Option<ElementRef>, Vec<bool>)> = Vec::new();
    for field in fields.iter().filter(|field| field.attr("type") == Some("password")) {
        let new = field.attr("autocomplete").unwrap_or_default().contains("new");
        let form = form_of(*field);
        match forms.iter_mut().find(|(known, _)| *known == form) {
            Some((_, news)) => news.push(new),
            None => forms.push((form, vec![new])),
        }
    }
    for (_, news) in &forms {
        if !news.contains(&true) && news.len() == 1 {
            found.insert("password-field");
        } else if !news.contains(&false) || news.len() == 2 {
            found.insert("new-password");
        }
    }
    if found.contains("password-field") {
        found.remove("new-password");
    }
}

/// What a control is called: everything but what stands in it.
fn name_of(control: ElementRef) -> String {
    let said = ["name", "id", "autocomplete", "aria-label", "placeholder"];
    clean(&said.map(|name| control.attr(name).unwrap_or_default()).join(" "))
}

/// As a control's `type` in a browser.
fn kind<'a>(control: ElementRef<'a>) -> &'a str {
    match control.value().name() {
        "button" => control.value().attr("type").unwrap_or("submit"),
        "input" => control.value().attr("type").unwrap_or("text"),
        name => name,
    }
}

fn form_of<'a>(control: ElementRef<'a>) -> Option<ElementRef<'a>> {
    control.ancestors().filter_map(ElementRef::wrap).find(|above| above.value().name() == "form")
}
