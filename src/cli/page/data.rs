//! What a page says of itself in data: structured data, `dataLayer`, scripts of shop platforms; as
//! the functions of the same purpose in `www/facts.js`.

use scraper::ElementRef;
use serde_json::Value;

use super::words::{SCRIPTS, amount_in};
use super::{Lines, Page, clean, literal, places, text_of};

pub(super) fn platforms(page: &Page, lines: &mut Lines) {
    let mut seen = Vec::new();
    for script in inline_scripts(page) {
        let text: String = script.chars().take(50_000).collect();
        for (name, pattern) in SCRIPTS.iter() {
            if !seen.contains(&name)
                && let Some(found) = pattern.captures(&text)
            {
                seen.push(name);
                lines.add(&["global", name, &found[1]]);
            }
        }
    }
    if let Some(action) = page.all(".page[data-action]").first() {
        lines.add(&["global", "sfcc.action", action.attr("data-action").unwrap_or_default()]);
    }
}

pub(super) fn structured(page: &Page, url: &str, lines: &mut Lines) {
    let mut at = 0;
    for script in page.all("script[type='application/ld+json' i]").into_iter().take(12) {
        let text: String = script.text().collect();
        let text: String = text.chars().take(100_000).collect();
        let data = serde_json::from_str(&text).or_else(|_| serde_json::from_str(&mended(&text))).unwrap_or(Value::Null);
        let mut data = data;
        if let Some(variant) = places::variant(url) {
            choose(&mut data, &["variant=", variant].concat());
        }
        let things = match data {
            Value::Array(things) => things,
            thing => vec![thing],
        };
        for thing in things.iter().take(12) {
            let mut room = 150;
            flatten(thing, &at.to_string(), 0, &mut room, &mut |path, value| tell(path, value, lines));
            at += 1;
        }
    }
    let (mut at, mut room) = (0, 200);
    for (scope, kind, prop) in [("itemscope", "itemtype", "itemprop"), ("typeof", "typeof", "property")] {
        for thing in page.all(&["[", scope, "]:not([", prop, "])"].concat()).into_iter().take(20) {
            let name = thing.attr(kind).unwrap_or_default();
            if name.is_empty() || !page.is_inside(thing) {
                continue;
            }
            let path = ["m", &at.to_string()].concat();
            at += 1;
            lines.add(&["ld", &[&path, ".@type"].concat(), name]);
            let inner = thing.descendants().skip(1).filter_map(ElementRef::wrap).filter(|one| one.attr(prop).is_some());
            for one in inner.take(60) {
                if room == 0 || matches!(one.value().name(), "input" | "select" | "textarea") {
                    continue;
                }
                room -= 1;
                property(&path, thing, one, [scope, kind, prop], lines);
            }
        }
    }
}

/// One property of a thing of microdata or RDFa.
fn property(path: &str, thing: ElementRef, one: ElementRef, [scope, kind, prop]: [&str; 3], lines: &mut Lines) {
    let mut parts = vec![one.attr(prop).unwrap_or_default()];
    for above in one.ancestors().filter_map(ElementRef::wrap).take_while(|above| above.id() != thing.id()) {
        if above.attr(scope).is_some() {
            parts.push(above.attr(prop).unwrap_or("?"));
        }
    }
    parts.push(path);
    parts.reverse();
    let place = parts.join(".");
    if one.attr(scope).is_some() {
        lines.add(&["ld", &[&place, ".@type"].concat(), one.attr(kind).unwrap_or_default()]);
    } else if !["review", "description", "image"].iter().any(|dull| place.contains(dull)) {
        let said = |name: &str| one.attr(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let value = said("content").or_else(|| said("href")).unwrap_or_else(|| text_of(one));
        tell(&place, &value, lines);
    }
}

/// Of each group's products the one that the address names comes first.
fn choose(data: &mut Value, variant: &str) {
    match data {
        Value::Object(map) => {
            if let Some(Value::Array(all)) = map.get_mut("hasVariant") {
                let named: Vec<Value> = all.iter().filter(|one| one.to_string().contains(variant)).cloned().collect();
                all.splice(0..0, named);
            }
            map.values_mut().for_each(|value| choose(value, variant));
        }
        Value::Array(all) => all.iter_mut().for_each(|value| choose(value, variant)),
        _ => {}
    }
}

/// A line of structured data; a price in words becomes a number.
fn tell(path: &str, value: &str, lines: &mut Lines) {
    let in_words = path.to_ascii_lowercase().ends_with("price") && value.parse::<f64>().is_err();
    lines.add(&["ld", path, &if in_words { amount_in(value) } else { value.to_owned() }]);
}

/// Pushes that stand in the page as JSON; what scripts would push later only a browser sees.
pub(super) fn data_layer(page: &Page, lines: &mut Lines) {
    let mut left = 60;
    for script in inline_scripts(page) {
        for (at, _) in script.match_indices("dataLayer") {
            let rest = script.get(at + "dataLayer".len()..).unwrap_or_default().trim_start();
            let json = rest.strip_prefix(".push(").or_else(|| rest.strip_prefix('='));
            let Some(first) = json.map(str::trim_start).filter(|json| json.starts_with(['{', '['])) else { continue };
            let Some(value) = literal::read(first) else { continue };
            let pushes = match value {
                Value::Array(pushes) => pushes,
                push => vec![push],
            };
            for push in pushes {
                if left == 0 {
                    return;
                }
                left -= 1;
                push_lines(&push, lines);
            }
        }
        // `gtag('event', 'view_item', {…})` pushes its arguments.
        for (at, call) in script.match_indices("gtag(") {
            let Some(call) = script.get(at + call.len()..) else { continue };
            let quoted = |text: &str| -> Option<(String, usize)> {
                let start = text.find(['"', '\''])?;
                let quote = text.get(start..)?.chars().next()?;
                let end = text.get(start + 1..)?.find(quote)?;
                Some((text.get(start + 1..start + 1 + end)?.to_owned(), start + end + 2))
            };
            let Some((_, end)) = quoted(call).filter(|(kind, _)| kind == "event") else { continue };
            let rest = call.get(end..).unwrap_or_default();
            let Some((event, end)) = quoted(rest) else { continue };
            let fields =
                rest.get(end..).and_then(|rest| literal::read(rest.trim_start_matches([',', ' ', '\n', '\t'])));
            if left > 0 {
                left -= 1;
                let fields = fields.unwrap_or(Value::Null);
                push_lines(&serde_json::json!({ "event": event, "ecommerce": fields }), lines);
            }
        }
    }
}

fn push_lines(push: &Value, lines: &mut Lines) {
    let event = clean(push.get("event").and_then(Value::as_str).unwrap_or("data"));
    if event.starts_with("gtm.") {
        return;
    }
    let shop = &push["ecommerce"];
    let lists = [&shop["items"], &shop["products"], &shop["checkout"]["products"], &shop["purchase"]["products"]];
    if let Some(list) = lists.into_iter().find_map(Value::as_array).filter(|list| !list.is_empty()) {
        lines.add(&["dl", &event, &format!("n_items={}", list.len())]);
    }
    let mut any = false;
    flatten(push, "", 0, &mut 40, &mut |path, value| {
        if path != "event" {
            any = true;
            lines.add(&["dl", &event, &[path, "=", &clean(value)].concat()]);
        }
    });
    if !any {
        lines.add(&["dl", &event]);
    }
}

fn inline_scripts(page: &Page) -> Vec<String> {
    let scripts = page.all("script").into_iter().take(80);
    let inline = scripts
        .filter(|script| script.attr("src").is_none() && !script.attr("type").unwrap_or_default().contains("json"));
    inline.map(|script| script.text().collect()).collect()
}

/// Calls `leaf(path, value)` for the plain values inside, a bounded number of them.
fn flatten(value: &Value, path: &str, depth: usize, room: &mut usize, leaf: &mut impl FnMut(&str, &str)) {
    if *room == 0 || depth > 6 {
        return;
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { [path, ".", key].concat() };
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter().take(40) {
                let dull = ["review", "image", "description", "articleBody", "aggregateRating", "gtm"];
                if dull.iter().any(|start| key.starts_with(start)) {
                    continue;
                }
                let path = if key == "0" { path.to_owned() } else { below(key) };
                flatten(value, &path, depth + 1, room, leaf);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().take(40).enumerate() {
                // What a list begins with goes by the list's name.
                let path = if at == 0 { path.to_owned() } else { below(&at.to_string()) };
                flatten(value, &path, depth + 1, room, leaf);
            }
        }
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => {
            *room -= 1;
            leaf(path, text);
        }
        other => {
            *room -= 1;
            // A browser reads `129.0` as 129.
            let whole = other.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
            leaf(path, &whole.map_or_else(|| other.to_string(), |n| format!("{n:.0}")));
        }
    }
}

/// Broken JSON made whole: a comma too many, raw line ends in strings, comments around it all.
fn mended(text: &str) -> String {
    let mut out = text.to_owned();
    for noise in ["<!--", "-->", "//<![CDATA[", "//]]>"] {
        out = out.replace(noise, "");
    }
    while let Some((before, rest)) = out.split_once("/*") {
        let Some((_, after)) = rest.split_once("*/") else { break };
        out = [before, after].concat();
    }
    let out: String = out.chars().map(|c| if c < ' ' { ' ' } else { c }).collect();
    let mut kept = String::with_capacity(out.len());
    for (at, c) in out.char_indices() {
        let next = out.get(at + 1..).unwrap_or_default().trim_start().chars().next();
        if !(c == ',' && matches!(next, Some(']' | '}'))) {
            kept.push(c);
        }
    }
    kept.trim().trim_end_matches(';').to_owned()
}
