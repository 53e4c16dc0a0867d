//! What the interface says. The texts of a language travel with its index, not in the wasm: a module
//! knows only the order of the keys. Those that only the conversation says come last: they lie in its
//! own file beside the index, and are fetched with it (see [`N_SHOWN`]).

/// Defines [`Msg`] and the key of each message in `src/strings/<lang>.txt`.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// A message of the interface; its number is its place in the index's list of texts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Msg { $($(#[$doc])* $name,)* }

        /// Keys of the messages, in the order of [`Msg`].
        pub const KEYS: &[&str] = &[$($key,)*];
    };
}

messages! {
    /// Name of the launcher and of the panel.
    Help = "help",
    /// Button that closes the panel.
    Close = "close",
    /// Button that goes back one screen.
    Back = "back",
    /// While something is fetched.
    Loading = "loading",
    /// Button that tries again.
    Retry = "retry",
    /// Heading of the first screen.
    Greeting = "greeting",
    /// Name of the search field.
    SearchLabel = "search-label",
    /// Shown in the empty search field.
    SearchPlaceholder = "search-placeholder",
    /// Button that empties the search field.
    Clear = "clear",
    /// Heading of the suggestions.
    Suggested = "suggested",
    /// Heading of the suggestions on a product; {name}.
    SuggestedProduct = "suggested-product",
    /// Asks why a suggestion is shown.
    Why = "why",
    /// Reason: the page’s own words.
    WhyWords = "why-words",
    /// Reason: nothing more special.
    WhyPopular = "why-popular",
    /// Reason: a page of unknown type.
    WhyPageOther = "why-page-other",
    /// Reason: the front page.
    WhyPageHome = "why-page-home",
    /// Reason: a list of products.
    WhyPageCategory = "why-page-category",
    /// Reason: a product.
    WhyPageProduct = "why-page-product",
    /// Reason: a product search.
    WhyPageSearch = "why-page-search",
    /// Reason: the basket.
    WhyPageCart = "why-page-cart",
    /// Reason: checkout.
    WhyPageCheckout = "why-page-checkout",
    /// Reason: the address step.
    WhyPageCheckoutAddress = "why-page-checkout-address",
    /// Reason: the delivery step.
    WhyPageCheckoutShipping = "why-page-checkout-shipping",
    /// Reason: the payment step.
    WhyPageCheckoutPayment = "why-page-checkout-payment",
    /// Reason: the last step.
    WhyPageCheckoutReview = "why-page-checkout-review",
    /// Reason: thanks for the order.
    WhyPageOrderConfirmation = "why-page-order-confirmation",
    /// Reason: order tracking.
    WhyPageOrderStatus = "why-page-order-status",
    /// Reason: the return form.
    WhyPageReturnForm = "why-page-return-form",
    /// Reason: the account.
    WhyPageAccount = "why-page-account",
    /// Reason: sign in.
    WhyPageAccountLogin = "why-page-account-login",
    /// Reason: sign up.
    WhyPageAccountRegister = "why-page-account-register",
    /// Reason: the contact page.
    WhyPageContact = "why-page-contact",
    /// Reason: a page of information.
    WhyPageInformation = "why-page-information",
    /// Reason: stayed long.
    WhySignalDwell = "why-signal-dwell",
    /// Reason: scrolled far.
    WhySignalScroll = "why-signal-scroll",
    /// Reason: a field was refused.
    WhySignalValidationError = "why-signal-validation-error",
    /// Reason: coupon refused.
    WhySignalCouponRejected = "why-signal-coupon-rejected",
    /// Reason: payment refused.
    WhySignalPaymentFailed = "why-signal-payment-failed",
    /// Reason: no variant chosen.
    WhySignalVariantMissing = "why-signal-variant-missing",
    /// Reason: went between variants.
    WhySignalVariantFlipped = "why-signal-variant-flipped",
    /// Reason: the basket changed.
    WhySignalBasketChanged = "why-signal-basket-changed",
    /// Reason: about to leave.
    WhySignalExitIntent = "why-signal-exit-intent",
    /// Reason: pressed again and again.
    WhySignalRageClick = "why-signal-rage-click",
    /// Reason: back from the payment provider.
    WhySignalBackFromPayment = "why-signal-back-from-payment",
    /// Reason: a product search found nothing.
    WhySignalNoResults = "why-signal-no-results",
    /// Reason: sign-in refused.
    WhySignalLoginFailed = "why-signal-login-failed",
    /// Reason: came back.
    WhySignalReturnVisit = "why-signal-return-visit",
    /// Reason: copied an order number.
    WhySignalCopiedOrder = "why-signal-copied-order",
    /// Reason: hesitated over a button.
    WhySignalHesitation = "why-signal-hesitation",
    /// How many hits; {n}.
    Hits = "hits",
    /// Heading when the first hit answers.
    HitsSure = "hits-sure",
    /// Heading of the further hits.
    HitsMore = "hits-more",
    /// Heading when the hits may answer.
    HitsPerhaps = "hits-perhaps",
    /// Heading when nothing was found; {q}.
    NoHits = "no-hits",
    /// What to do then.
    NoHitsHint = "no-hits-hint",
    /// Beside hits that may not answer.
    UnsureHint = "unsure-hint",
    /// Heading of the collections.
    Topics = "topics",
    /// Articles in a collection; {n}.
    NArticles = "n-articles",
    /// Name of the way back to the collection.
    Breadcrumbs = "breadcrumbs",
    /// Date of the article; {date}.
    Updated = "updated",
    /// Question under an article.
    Vote = "vote",
    /// Answer to it.
    Yes = "yes",
    /// Answer to it.
    No = "no",
    /// After yes.
    VoteThanks = "vote-thanks",
    /// After no.
    VoteSorry = "vote-sorry",
    /// Heading of related articles.
    Related = "related",
    /// The article asked for is not there.
    ArticleMissing = "article-missing",
    /// Said after links that leave.
    NewTab = "new-tab",
    /// Said before a callout.
    Note = "note",
    /// Above the ways to reach the shop.
    ContactHeading = "contact-heading",
    /// Button to the conversation.
    ContactChat = "contact-chat",
    /// Button to a conversation already begun.
    ContactAgain = "contact-again",
    /// Button that writes an e-mail.
    ContactEmail = "contact-email",
    /// Link to the shop’s own contact page.
    ContactLink = "contact-link",
    /// No way to reach the shop is set.
    ContactNone = "contact-none",
    /// Button that copies the text.
    ContactCopy = "contact-copy",
    /// After copying.
    Copied = "copied",
    /// Title of the conversation.
    Chat = "chat",
    /// Shown before the first message.
    ChatIntro = "chat-intro",
    /// Name of the message field.
    MessageLabel = "message-label",
    /// Shown in the empty message field.
    MessagePlaceholder = "message-placeholder",
    /// Button that sends.
    Send = "send",
    /// Name of the list of messages.
    Messages = "messages",
    /// Who wrote it: the shopper.
    You = "you",
    /// Who wrote it: an agent without a name.
    Us = "us",
    /// The message waits for a connection.
    StateQueued = "state-queued",
    /// The message is on its way.
    StateSending = "state-sending",
    /// The inbox has it.
    StateSent = "state-sent",
    /// An agent read it.
    StateSeen = "state-seen",
    /// It was not sent.
    StateFailed = "state-failed",
    /// No network, on the first screens.
    Offline = "offline",
    /// Subject of an e-mail to the shop; {page}.
    MailSubject = "mail-subject",
    /// The index cannot be used.
    IndexMissing = "index-missing",
    /// What to do then.
    IndexMissingHint = "index-missing-hint",
    /// Before a picture’s description when it is not loaded; {alt}.
    ImageOf = "image-of",
    /// Heading of the guided flows.
    FlowOffer = "flow-offer",
    /// The conversation's module cannot be had.
    ChatMissing = "chat-missing",
    /// The help is in another language than the page; {name} is the page's.
    OtherLanguage = "other-language",
    /// A person can answer now.
    Online = "online",
    /// Nobody can answer now.
    Away = "away",
    /// Expected time to an answer in minutes; {n}.
    ReplyIn = "reply-in",
    /// Shown before the first message when nobody is there.
    ChatAway = "chat-away",
    /// Who wrote it: a program.
    Bot = "bot",
    /// Why: too many.
    FailRate = "fail-rate",
    /// Why: too long.
    FailLong = "fail-long",
    /// Why: the conversation is gone.
    FailGone = "fail-gone",
    /// Why: the inbox refused it.
    FailRefused = "fail-refused",
    /// Storage is refused.
    NotKept = "not-kept",
    /// A card number was hidden.
    Masked = "masked",
    /// An agent is writing; {name}.
    Typing = "typing",
    /// The conversation was ended.
    ChatClosed = "chat-closed",
    /// The connection is lost.
    Reconnecting = "reconnecting",
    /// No network, in the conversation.
    ChatOffline = "chat-offline",
    /// Heading of what is passed on.
    Shared = "shared",
    /// The page.
    SharedPage = "shared-page",
    /// The product.
    SharedProduct = "shared-product",
    /// The basket.
    SharedBasket = "shared-basket",
    /// What was searched for.
    SharedSearches = "shared-searches",
    /// What was read.
    SharedRead = "shared-read",
    /// What happened on the page.
    SharedSignals = "shared-signals",
    /// Field: answers in a guided flow.
    SharedFlow = "shared-flow",
    /// Button: do not pass this on; {field}.
    SharedStrike = "shared-strike",
    /// Button: pass it on after all; {field}.
    SharedKeep = "shared-keep",
    /// An agent’s message, announced; {name}, {text}.
    Said = "said",
    /// Result: it is done.
    FlowDone = "flow-done",
    /// Result: it was asked for.
    FlowRequested = "flow-requested",
    /// Result: the shop said no.
    FlowRefused = "flow-refused",
    /// Before what was sent to the shop.
    FlowSent = "flow-sent",
    /// Before an answer after which the shop is asked; {values}.
    FlowWillSend = "flow-will-send",
    /// While the shop is asked.
    FlowWait = "flow-wait",
    /// The shop did not answer; nothing is claimed.
    FlowNoAnswer = "flow-no-answer",
    /// It was not understood.
    FlowNotUnderstood = "flow-not-understood",
    /// What was written is not of the form asked for.
    FlowWrongForm = "flow-wrong-form",
    /// Not understood again: a person is offered.
    FlowOfferPerson = "flow-offer-person",
    /// Button: a person.
    FlowPerson = "flow-person",
    /// Button: correct the last answer.
    FlowBack = "flow-back",
    /// The flow is over.
    FlowOver = "flow-over",
    /// Button: begin the flow anew.
    FlowAgain = "flow-again",
    /// Before articles that answer a question asked in between.
    FlowFound = "flow-found",
    /// Button: take what the page says; {value}.
    FlowUse = "flow-use",
    /// The flow cannot be had.
    FlowMissing = "flow-missing",
    /// What shoppers write when they want a person, separated by bars.
    WordsPerson = "words-person",
    /// What shoppers write when an answer was wrong, separated by bars.
    WordsNo = "words-no",
    /// What shoppers write when they want to go back, separated by bars.
    WordsBack = "words-back",
    /// When the shop answers again; {time}.
    OpensAt = "opens-at",
    /// Asks for an address outside hours.
    EmailAsk = "email-ask",
    /// Name of that field.
    EmailLabel = "email-label",
    /// The address is known; {email}.
    EmailKept = "email-kept",
    /// Heading of what can be done with the conversation.
    ChatMore = "chat-more",
    /// Button that saves it as text.
    ChatKeep = "chat-keep",
    /// Button that begins another.
    ChatAfresh = "chat-afresh",
    /// Asks whether to begin another.
    ChatAfreshSure = "chat-afresh-sure",
    /// Button that deletes it.
    ChatDelete = "chat-delete",
    /// Asks whether to delete it.
    ChatDeleteSure = "chat-delete-sure",
    /// It is deleted.
    ChatDeleted = "chat-deleted",
    /// Asks how the help was.
    RateAsk = "rate-ask",
    /// Name of a rating; {n}.
    RateStars = "rate-stars",
    /// After a rating.
    RateThanks = "rate-thanks",
    /// Asks for a word more.
    RateComment = "rate-comment",
    /// While another vendor's messenger is opened.
    VendorOpening = "vendor-opening",
    /// The conversation goes on there.
    VendorOpen = "vendor-open",
    /// The question is on the clipboard.
    VendorPaste = "vendor-paste",
    /// Button that opens it again.
    VendorAgain = "vendor-again",
    /// Title of the conversation while nobody is there.
    ChatLeave = "chat-leave",
    /// Button that sends a file.
    Attach = "attach",
    /// A file is too large; {n} megabytes.
    FailLarge = "fail-large",
    /// A file is of a kind that is not taken.
    FailKind = "fail-kind",
}

/// Languages whose interface texts are in the repository.
#[cfg(not(target_arch = "wasm32"))]
pub const LANGS: &[(&str, &str)] = &[
    ("en", include_str!("strings/en.txt")),
    ("fr", include_str!("strings/fr.txt")),
    ("de", include_str!("strings/de.txt")),
    ("pt", include_str!("strings/pt.txt")),
    ("ro", include_str!("strings/ro.txt")),
    ("es", include_str!("strings/es.txt")),
    ("it", include_str!("strings/it.txt")),
    ("nl", include_str!("strings/nl.txt")),
    ("pl", include_str!("strings/pl.txt")),
    ("ar", include_str!("strings/ar.txt")),
];

/// How many messages the panel says, and finds in the index. All that follow are the conversation's.
pub const N_SHOWN: usize = Msg::Online as usize;

/// The texts of a language in the order of [`Msg`], ready for its index; English when the language
/// has none of its own. Regions fall back to their language (`pt-br` to `pt`).
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn texts(lang: &str) -> Vec<&'static str> {
    let base = lang.split('-').next().unwrap_or(lang);
    let file = [lang, base, "en"]
        .iter()
        .find_map(|wanted| LANGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)))
        .map_or("", |(_, file)| file);
    KEYS.iter().map(|key| find(file, key).unwrap_or_default()).collect()
}

/// The text of a key in a file of `key = text` lines.
#[cfg(not(target_arch = "wasm32"))]
fn find<'file>(file: &'file str, key: &str) -> Option<&'file str> {
    file.lines().filter_map(|line| line.split_once(" = ")).find(|(name, _)| *name == key).map(|(_, text)| text)
}

/// Picks the plural form for a category of the Unicode plural rules (`one`, `few`, `other` …) out
/// of `one | other`, `one | few | other` or all six; the last one serves every other category. A text
/// without `|` serves every number.
#[must_use]
pub fn plural<'text>(text: &'text str, category: &str) -> &'text str {
    let forms: Vec<&str> = text.split('|').map(str::trim).collect();
    let categories: &[&str] = match forms.len() {
        0..=2 => &["one"],
        3..=5 => &["one", "few"],
        _ => &["zero", "one", "two", "few", "many"],
    };
    let place = categories.iter().position(|known| *known == category);
    place.and_then(|place| forms.get(place)).or(forms.last()).copied().unwrap_or_default()
}

/// Puts a value in the place of `{name}`.
#[must_use]
pub fn fill(text: &str, name: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len() + value.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((found, tail)) if found == name => {
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `{names}` in a text.
    fn places(text: &str) -> Vec<&str> {
        let mut out: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    #[test]
    fn every_language_says_everything_and_nothing_else() {
        for (lang, file) in LANGS {
            let keys: Vec<&str> = file.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
            assert_eq!(keys, KEYS, "{lang}");
            for ((key, text), english) in KEYS.iter().zip(texts(lang)).zip(texts("en")) {
                assert!(!text.trim().is_empty(), "{lang}: {key} is empty");
                assert_eq!(places(text), places(english), "{lang}: {key}");
            }
        }
    }

    #[test]
    fn a_region_falls_back_to_its_language_and_a_stranger_to_english() {
        assert_eq!(texts("pt-br"), texts("pt"));
        assert_eq!(texts("tlh"), texts("en"));
        assert_ne!(texts("ro"), texts("en"));
    }

    #[test]
    fn reasons_stand_in_the_order_of_pages_and_signals() {
        use crate::page::{PageType, Signal};
        for page in PageType::ALL {
            assert_eq!(KEYS[Msg::WhyPageOther as usize + *page as usize], format!("why-page-{}", page.name()));
        }
        for signal in Signal::ALL {
            assert_eq!(KEYS[Msg::WhySignalDwell as usize + *signal as usize], format!("why-signal-{}", signal.name()));
        }
    }

    #[test]
    fn plural_forms_follow_the_category() {
        for (text, category, expected) in [
            ("a | b", "one", "a"),
            ("a | b", "few", "b"),
            ("a | b", "other", "b"),
            ("a | b | c", "one", "a"),
            ("a | b | c", "few", "b"),
            ("a | b | c", "other", "c"),
            ("a", "one", "a"),
            ("a", "other", "a"),
            ("a | b | c | d | e | f", "zero", "a"),
            ("a | b | c | d | e | f", "two", "c"),
            ("a | b | c | d | e | f", "many", "e"),
            ("a | b | c | d | e | f", "other", "f"),
        ] {
            assert_eq!(plural(text, category), expected, "{text} {category}");
        }
    }

    #[test]
    fn values_fill_their_place_once_and_are_not_read_again() {
        assert_eq!(fill("{n} of {n}, {m}", "n", "{m}"), "{m} of {m}, {m}");
        assert_eq!(fill("open { brace {n}", "n", "1"), "open { brace 1");
    }
}
