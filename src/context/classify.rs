//! What kind of page it is: each reader votes, the sum decides.
//!
//! Readers are weighed by how seldom they are wrong, not obeyed in turn: shops leave a product's
//! JSON-LD on the basket page, so two lesser readers that agree beat a better one that is alone.
//! Only what the shop itself says (`data-page-type`) is final.

use super::address;
use super::advice::Source;
use super::pieces::{cut, first, pieces};
use super::snapshot::Snapshot;
use super::words::{self, Word, Words, has, last_part};
use crate::page::PageType;

/// One reader's word on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// The kind of page it saw.
    pub page: PageType,
    /// How much that counts, 1 to 100: roughly how often in a hundred such a sign is right.
    pub weight: u8,
    /// Who spoke.
    pub source: Source,
}

/// Confidence below which more words are asked, and fetched for it; `www/page.js` has it too.
pub const SURE: u8 = 70;

/// What every reader says.
#[must_use]
pub fn votes(page: &Snapshot, words: &Words) -> Vec<Vote> {
    let mut out = Vec::new();
    if let Some(named) = PageType::from_name(page.named("attr", "page-type")) {
        vote(&mut out, named, 100, Source::Shop);
        return out;
    }
    // A basket laid over the page is where the shopper is.
    if page.has_cue("cart-open") {
        vote(&mut out, PageType::Cart, 90, Source::Dom);
        return out;
    }
    structured_data(page, words, &mut out);
    platform(page, words, &mut out);
    data_layer(page, words, &mut out);
    // Where nothing is asked but how to ship, words are those of a checkout.
    let checkout = address::votes(page.first("url"), words, &mut out)
        || page.has_cue("shipping-choice") && !page.has_cue("address-fields");
    cues(page, checkout, words, &mut out);
    heading(page.first("h"), 30, checkout, words, &mut out);
    // What follows a bar, a dash, a dot or a quotation mark (by their first byte) is the shop's name or what is searched.
    let title = first(page.first("title"), b"|\xe2\xc2");
    heading(title, 15, checkout, words, &mut out);
    out
}

/// The kind of page that an address alone speaks for.
#[inline(never)]
pub(super) fn by_address(url: &str, words: &Words) -> PageType {
    let mut out = Vec::new();
    address::votes(url, words, &mut out);
    decide(&out).0
}

/// The kind of page that the votes speak for, how sure that is (0 to 100), and its best witness.
#[must_use]
pub fn decide(votes: &[Vote]) -> (PageType, u8, Source) {
    let mut sums = [0u32; PageType::ALL.len()];
    for vote in votes {
        if let Some(sum) = sums.get_mut(vote.page as usize) {
            *sum += u32::from(vote.weight);
        }
    }
    let sum = |page: PageType| sums.get(page as usize).copied().unwrap_or_default();
    let mut best = (PageType::Other, 0);
    let mut second = 0;
    for page in PageType::ALL {
        let own = sum(*page);
        // A step of the checkout also profits from what only said "checkout"; a sign-in from "account".
        let total = if own == 0 { 0 } else { general(*page).map_or(own, |general| own + sum(general)) };
        if total > best.1 {
            // The general kind is no rival of its own special case.
            if general(*page) != Some(best.0) {
                second = best.1;
            }
            best = (*page, total);
        } else if total > second && general(best.0) != Some(*page) {
            second = total;
        }
    }
    let mut witness = (0, Source::Nothing);
    // A step whose name is unknown leaves doubt.
    let mut most = 99;
    for vote in votes {
        if vote.weight == address::UNKNOWN_STEP && general(best.0) == Some(vote.page) {
            most = u32::from(SURE) - 1;
        }
        if vote.page == best.0 && vote.weight > witness.0 {
            witness = (vote.weight, vote.source);
        }
    }
    if witness.1 == Source::Shop {
        return (best.0, 100, Source::Shop);
    }
    // 20 stands for the votes nobody cast: one weak sign alone leaves doubt.
    let confidence = best.1 * 100 / (best.1 + second + 20);
    (best.0, confidence.min(most) as u8, witness.1)
}

/// Path of the one thing that the page sells, as it stands before `.@type`; of several the one that the page's
/// heading names.
pub(super) fn main_thing<'a>(page: &Snapshot<'a>, words: &Words) -> Option<&'a str> {
    let mut only = None;
    let mut n_things = 0;
    for line in page.all("ld").filter(|line| at_top(line.value) && words.has("thing", last_part(line.second))) {
        let root = line.value.strip_suffix(".@type")?;
        if page.named("ld", &[root, ".name"].concat()) == page.first("h") {
            return Some(root);
        }
        n_things += 1;
        only = Some(root);
    }
    only.filter(|_| n_things == 1)
}

/// A reader's word; said twice it counts once.
#[inline(never)]
pub(super) fn vote(out: &mut Vec<Vote>, page: PageType, weight: u8, source: Source) {
    let vote = Vote { page, weight, source };
    if !out.contains(&vote) {
        out.push(vote);
    }
}

/// The kind of which this one is a special case.
fn general(page: PageType) -> Option<PageType> {
    match page {
        PageType::CheckoutAddress
        | PageType::CheckoutShipping
        | PageType::CheckoutPayment
        | PageType::CheckoutReview
        | PageType::OrderConfirmation => Some(PageType::Checkout),
        PageType::AccountLogin | PageType::AccountRegister | PageType::OrderStatus => Some(PageType::Account),
        _ => None,
    }
}

fn structured_data(page: &Snapshot, words: &Words, out: &mut Vec<Vote>) {
    let mut n_things = 0;
    for line in page.all("ld") {
        if !at_top(line.value) {
            continue;
        }
        let name = last_part(line.second);
        if words.has("thing", name) {
            n_things += 1;
        } else if let Some((kind, weight)) = words.find("type", name) {
            vote(out, kind, weight, Source::StructuredData);
        }
    }
    match n_things {
        0 => {}
        1 => vote(out, PageType::Product, 70, Source::StructuredData),
        _ => vote(out, PageType::Category, 45, Source::StructuredData),
    }
    if let Some((kind, weight)) = words.find("og", page.named("meta", "og:type")) {
        vote(out, kind, weight, Source::StructuredData);
    }
}

/// Whether the path is that of the type of a thing the page is about, not of one that it mentions.
#[inline(never)]
fn at_top(path: &str) -> bool {
    path.strip_suffix("@type").is_some_and(|rest| {
        pieces(rest, b".").all(|part| {
            has("@graph mainEntity", part) || part.strip_prefix('m').unwrap_or(part).bytes().all(|b| b.is_ascii_digit())
        })
    })
}

fn platform(page: &Snapshot, words: &Words, out: &mut Vec<Vote>) {
    for class in pieces(page.first("class"), b" ") {
        if let Some((kind, weight)) = words.find("class", class) {
            // A body id is a common word and may be anybody's; a class of this form is nobody else's.
            vote(out, kind, if class.starts_with('#') { 55 } else { weight }, Source::Platform);
        }
    }
    for line in page.all("global") {
        let field = last_part(line.value);
        if has("page_name pageType action step", field) {
            platform_name(line.second, 85, Source::Platform, words, out);
        }
    }
}

/// Votes by a name that a platform or a `dataLayer` gives its page.
#[inline(never)]
fn platform_name(name: &str, weight: u8, source: Source, words: &Words, out: &mut Vec<Vote>) {
    let name = name.to_ascii_lowercase();
    let kind = match (words.find("platform", &name), words.word(&name)) {
        (Some((kind, _)), _) | (None, Some(Word::Names(kind, _))) => kind,
        _ => return,
    };
    vote(out, kind, weight, source);
}

fn data_layer(page: &Snapshot, words: &Words, out: &mut Vec<Vote>) {
    for line in page.all("dl") {
        let (field, value) = cut(line.second, b"=");
        let mut parts = pieces(field, b".");
        // The older enhanced e-commerce shape says it by the name of a field.
        let shape = if parts.next() == Some("ecommerce") { parts.next().unwrap_or_default() } else { "" };
        for found in [words.find("event", line.value), words.find("shape", shape)].into_iter().flatten() {
            vote(out, found.0, found.1, Source::DataLayer);
        }
        let last = last_part(field).to_ascii_lowercase();
        if words.has("page-field", &last) {
            platform_name(value, 70, Source::DataLayer, words, out);
        }
    }
}

fn cues(page: &Snapshot, checkout: bool, words: &Words, out: &mut Vec<Vote>) {
    // A checkout that shows address and payment at once is on neither step.
    let one_page = page.has_cue("address-fields") && (page.has_cue("payment-choice") || page.has_cue("card-fields"));
    if one_page {
        vote(out, PageType::Checkout, 45, Source::Dom);
    }
    // What can be bought on a page whose address is a basket's is offered besides.
    let basket = out.iter().any(|vote| vote.page == PageType::Cart && vote.source == Source::Url);
    for row in words.table("cue") {
        let aside = match row.page {
            PageType::Product => basket,
            // Within a checkout a password is a returning customer's, not a sign-in page.
            PageType::AccountLogin | PageType::AccountRegister | PageType::Cart => checkout,
            // Things with prices stand on every page; they tell something where nothing else does.
            PageType::Category => row.weight < 30 && !out.is_empty(),
            kind => one_page && general(kind) == Some(PageType::Checkout),
        };
        // Of the row's cues one is enough.
        if !aside && page.all("cue").any(|line| has(row.words, line.value)) {
            vote(out, row.page, row.weight, Source::Dom);
        }
    }
}

/// Votes by a heading that is nothing but the name of a page: `Votre panier` as `votre-panier`.
#[inline(never)]
fn heading(heading: &str, weight: u8, checkout: bool, words: &Words, out: &mut Vec<Vote>) {
    // Punctuation parts words too, so headings always go through the analyzer where they can.
    let name = if heading.bytes().any(words::unspaced) { words::slug(heading) } else { words::tokens(heading) };
    let found = if words.thanks(&name) {
        Some((PageType::OrderConfirmation, weight + 15))
    } else if checkout && let Some((step, _)) = words.find("step", &name) {
        Some((step, weight))
    } else if let Some(Word::Names(kind, _)) = words.word(&name) {
        // Contact is a step there, too.
        if checkout && kind == PageType::Contact { None } else { Some((kind, weight)) }
    } else {
        None
    };
    if let Some((kind, weight)) = found {
        vote(out, kind, weight, Source::Dom);
    }
}
