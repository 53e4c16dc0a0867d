//! What the address says of the page: words of its path, query and fragment, in any language.

use super::advice::Source;
use super::classify::Vote;
use super::words::{self, Word};
use crate::page::PageType;

/// Longest path in segments that is looked at.
const MAX_SEGMENTS: usize = 12;

/// Votes by the address; whether it is one of a checkout.
pub(super) fn votes(url: &str, out: &mut Vec<Vote>) -> bool {
    let mut add = |page, weight| out.push(Vote { page, weight, source: Source::Url });
    let after_host = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').map_or("/", |at| rest.get(at..).unwrap_or_default()));
    let (before, fragment) = after_host.split_once('#').unwrap_or((after_host, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));

    let mut segments: Vec<String> = path.split('/').filter_map(segment).take(MAX_SEGMENTS).collect();
    while segments.first().is_some_and(|first| is_locale(first)) {
        segments.remove(0);
    }
    let at_root = segments.is_empty();
    let mut searched = false;
    for pair in query.split('&').take(MAX_SEGMENTS) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "step" | "route" | "controller" | "action" | "dispatch" | "cl" | "_route" | "page_type" | "tab" => {
                segments.extend(value.split(['/', '.']).filter_map(segment).take(MAX_SEGMENTS));
                segments.extend(value.split("%2F").skip(1).filter_map(segment).take(MAX_SEGMENTS));
            }
            "q" | "s" | "query" | "search" | "search_query" | "search_term" | "keyword" | "keywords" | "text"
            | "sSearch" | "term" | "searchterm" => {
                searched |= !value.is_empty();
            }
            _ => {}
        }
    }
    // A single-page shop may keep its route there; a checkout may keep its step.
    segments.extend(fragment.split(['/', '!', '?', '&']).filter_map(segment).take(MAX_SEGMENTS));

    let (mut found, mut checkout, mut account, mut order) = (None, false, false, false);
    for (at, segment) in segments.iter().enumerate() {
        let next_is_slug = segments.len() > at + 1;
        if (checkout || order)
            && let Some(step) = words::step(segment)
        {
            found = Some((step, 65));
            continue;
        }
        match words::word(segment) {
            Some(Word::Names(kind)) => {
                checkout |= matches!(kind, PageType::Checkout);
                match kind {
                    // Below them come names of products and posts, which mean nothing.
                    PageType::Product if next_is_slug || found.is_none() => {
                        found = Some((kind, if next_is_slug { 60 } else { 35 }));
                        if next_is_slug {
                            break;
                        }
                    }
                    PageType::Information if found.is_none() => {
                        found = Some((kind, 50));
                        if next_is_slug && segment != "cms" && segment != "support" {
                            break;
                        }
                    }
                    PageType::Information => {}
                    PageType::Category => found = Some((kind, 50)),
                    // An order of an account is where an order is, not what the account is.
                    PageType::Account => {
                        order = account && segment != "account";
                        account = true;
                        found = found.or(Some((kind, 55)));
                    }
                    PageType::Home if at != 0 || next_is_slug => {}
                    _ => found = Some((kind, 60)),
                }
            }
            Some(Word::Root) => found = found.or(Some((PageType::Category, 30))),
            Some(Word::Order) => {
                order = true;
                found = Some(if account { (PageType::OrderStatus, 60) } else { (PageType::Checkout, 35) });
            }
            None => {
                // `/account/orders/1234`, `/orders/8ab3…`: one order of many.
                let numbered = segment.bytes().any(|b| b.is_ascii_digit());
                let of_orders = at > 0 && segments.get(at - 1).is_some_and(|before| is_orders(before));
                if of_orders && numbered {
                    found = Some((PageType::OrderStatus, 60));
                }
            }
        }
    }
    match found {
        Some((kind, weight)) => add(kind, weight),
        None if at_root && !searched => add(PageType::Home, 60),
        None => {}
    }
    if searched && !matches!(found, Some((PageType::Search, _))) {
        add(PageType::Search, 30);
    }
    checkout
}

fn is_orders(segment: &str) -> bool {
    [
        "orders",
        "order",
        "my-orders",
        "order-history",
        "mes-commandes",
        "bestellungen",
        "pedidos",
        "encomendas",
        "comenzi",
    ]
    .contains(&segment)
}

/// One segment of a path: lower case, without its file extension; `None` for an empty one.
fn segment(raw: &str) -> Option<String> {
    let name = raw
        .rsplit_once('.')
        .filter(|(_, end)| matches!(*end, "html" | "htm" | "php" | "aspx" | "asp" | "jsp" | "jsf"))
        .map_or(raw, |(name, _)| name);
    (!name.is_empty() && name.len() <= 64 && name != "index").then(|| name.to_ascii_lowercase())
}

/// Languages and countries that stand alone in front of a path.
const LOCALES: &str = "en de fr es it pt nl pl ro sv da no nb fi cs hu tr el bg hr sk sl et lv lt ru uk ar he ja zh ko ca eu \
    us gb au at ch be ie in mx br nz za se dk si cz gr ua ae jp kr lu";

/// `en`, `us`, `pt-br` and `de_AT` in front of a path.
fn is_locale(segment: &str) -> bool {
    let known = |part: &str| LOCALES.split_ascii_whitespace().any(|locale| locale == part);
    match segment.split_once(['-', '_']) {
        Some((lang, region)) => known(lang) && region.len() == 2,
        None => known(segment),
    }
}
