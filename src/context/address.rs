//! What the address says of the page: words of its path, query and fragment, in any language.

use super::advice::Source;
use super::classify::{Vote, vote};
use super::pieces::{cut, first, pieces};
use super::words::{self, Word, Words, has};
use crate::page::PageType;

/// Longest address in pieces that is looked at.
const MAX_PIECES: usize = 24;

/// Weight of a checkout or an account, 1 to 100, where a word below it is not understood: so little that
/// it leaves doubt, unless what stands on the page tells more.
pub(super) const UNKNOWN_STEP: u8 = 35;

/// Votes by the address; whether it is one of a checkout.
pub(super) fn votes(url: &str, words: &Words, out: &mut Vec<Vote>) -> bool {
    let rest = if url.starts_with("http") { host_left(url) } else { url };
    let (rest, fragment) = cut(rest, b"#");
    let (path, query) = cut(rest, b"?");
    let mut all: Vec<&str> = pieces(path, b"/").filter(|piece| !piece.is_empty()).take(MAX_PIECES).collect();
    let n_path = all.len();
    let mut searched = false;
    for pair in pieces(query, b"&").take(MAX_PIECES) {
        let (name, value) = cut(pair, b"=");
        searched |= words.has("query", name) && !value.is_empty();
        if words.has("route", name) {
            // OXID names the steps alone.
            if name == "cl" && has("user payment order", value) {
                all.push("checkout");
            }
            all.extend(pieces(value, b"/.").take(MAX_PIECES));
        }
    }
    // A single-page shop may keep its route there; a checkout may keep its step.
    if !fragment.is_empty() {
        all.extend(pieces(fragment, b"/!?&").take(MAX_PIECES));
    }

    let mut found: Option<(PageType, u8)> = None;
    let (mut checkout, mut account, mut order, mut any, mut reading) = (false, false, false, false, false);
    let mut before = String::new();
    let n_all = all.len();
    for (at, piece) in all.into_iter().enumerate() {
        // Without its file extension.
        let name = words::slug(first(piece, b"."));
        if name.is_empty() || name == "index" || name.len() > 64 || !any && is_locale(&name, words) {
            continue;
        }
        any = true;
        let below = at + 1 < n_path;
        if (checkout || order)
            && let Some(step) = words.find("step", &name)
        {
            found = Some(step);
            continue;
        }
        match words.word(&name) {
            Some(Word::Names(kind, weight)) => {
                checkout |= kind == PageType::Checkout;
                match kind {
                    // Below these come names of products and posts, which mean nothing.
                    PageType::Product if below => {
                        found = Some((kind, weight));
                        break;
                    }
                    PageType::Product => found = found.or(Some((kind, 35))),
                    PageType::Information => {
                        found = found.or(Some((kind, weight)));
                        // Below come articles: `/help/returns` tells about returns, it is not the form.
                        reading |= below && !has("cms support", &name);
                    }
                    PageType::Account => {
                        order = account && name != "account";
                        account = true;
                        found = found.or(Some((kind, weight)));
                    }
                    PageType::Home if below => {}
                    kind if reading && kind != PageType::Contact => {}
                    _ => found = Some((kind, weight)),
                }
            }
            Some(Word::Root) => found = found.or(Some((PageType::Category, 30))),
            // An order of an account is where an order is; alone it is one being made.
            Some(Word::Order) => {
                order = true;
                // The last word of an account's address is the list of its orders.
                found = Some(match (account, at + 1 < n_all) {
                    (true, true) => (PageType::OrderStatus, 60),
                    (true, false) => (PageType::Account, 45),
                    _ => (PageType::Checkout, 35),
                });
            }
            // `/account/orders/1234`, `/orders/8ab3…`: one order of many.
            None if words.has("list", &before) && name.bytes().any(|b| b.is_ascii_digit()) => {
                found = Some((PageType::OrderStatus, 60));
            }
            // A step or a part of the account that nobody here knows: perhaps more words tell.
            None if (checkout || account)
                && name.len() > 3
                && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') =>
            {
                found = found.map(|(kind, weight)| (kind, weight.min(UNKNOWN_STEP)));
            }
            None => {}
        }
        before = name;
    }
    match found {
        Some((kind, weight)) => vote(out, kind, weight, Source::Url),
        None if !any && !searched => vote(out, PageType::Home, 60, Source::Url),
        None => {}
    }
    if searched {
        vote(out, PageType::Search, 30, Source::Url);
    }
    checkout
}

/// What follows the host: `https:`, nothing, host, rest.
fn host_left(url: &str) -> &str {
    let (_, rest) = cut(url, b"/");
    cut(cut(rest, b"/").1, b"/").1
}

/// `en`, `us`, `pt-br` and `de_AT` in front of a path.
fn is_locale(piece: &str, words: &Words) -> bool {
    let (lang, region) = cut(piece, b"-");
    words.has("locale", lang) && matches!(region.len(), 0 | 2)
}
