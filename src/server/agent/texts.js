// Everything the page says; a language is one more table with the same keys.

const tables = {
  en: {
    inbox: "Inbox",
    signIn: "Sign in",
    signInLead: "Answer your shoppers",
    name: "Name",
    password: "Password",
    signInWrong: "Name or password is wrong.",
    signInTooOften: "Too many attempts. Try again in {s} seconds.",
    signOut: "Sign out",
    available: "Available",
    away: "Away",
    presenceHint: "Shoppers see that somebody is here",
    awayHint: "Shoppers see that nobody is here",
    open: "Open",
    closed: "Closed",
    conversation: "Conversation",
    conversations: "Conversations",
    noOpen: "Nobody is waiting",
    noOpenHint: "New conversations appear here by themselves.",
    noClosed: "No closed conversations yet",
    noClosedHint: "Those you close stay here and can be opened again.",
    pick: "Choose a conversation",
    pickHint: "Arrow keys move through the list, Enter opens.",
    waits: "waits {time}",
    waitsNow: "just wrote",
    unread: "{n} unread",
    you: "You",
    shopper: "Shopper",
    bot: "Bot",
    automatic: "Sent automatically",
    back: "Back to the list",
    close: "Close",
    reopen: "Reopen",
    details: "Details",
    answer: "Answer",
    write: "Write an answer",
    writeHint: "Enter sends, Shift and Enter starts a new line",
    note: "Note",
    writeNote: "Write a note that only agents see",
    noteBy: "Note by {who}",
    send: "Send",
    sending: "Sending…",
    notSent: "Not sent: {why}",
    retry: "Try again",
    findAnswer: "Find an answer",
    answers: "Answers from the help",
    noAnswer: "No article found.",
    insertHint: "Insert an answer from the help (press / in an empty field)",
    cancel: "Cancel",
    seen: "Seen",
    sent: "Sent",
    wasClosed: "Closed",
    wasReopened: "Opened again",
    messages: "Messages",
    newMessage: "New message from {who}: {text}",
    reconnecting: "Connection lost. Trying again…",
    failed: "That did not work: {why}",
    tooLong: "The text is too long.",
    offline: "no connection",
    gone: "The shopper deleted this conversation.",
    about: "About this shopper",
    nothingKnown: "The shopper passed nothing on.",
    page: "Page",
    pageType: "Kind of page",
    product: "Product",
    basket: "Basket",
    searches: "Searched for",
    read: "Read",
    helped: "helped",
    didNotHelp: "did not help",
    signals: "What happened",
    language: "Language",
    since: "Since",
    now: "now",
    seconds: "{n} s",
    minutes: "{n} min",
    hours: "{n} h",
    days: "{n} d",
    "page.other": "Another page",
    "page.home": "Home page",
    "page.category": "Category",
    "page.product": "Product",
    "page.search": "Product search",
    "page.cart": "Cart",
    "page.checkout": "Checkout",
    "page.checkout-address": "Checkout, address",
    "page.checkout-shipping": "Checkout, delivery",
    "page.checkout-payment": "Checkout, payment",
    "page.checkout-review": "Checkout, review",
    "page.order-confirmation": "Order confirmation",
    "page.order-status": "Order tracking",
    "page.return-form": "Return form",
    "page.account": "Account",
    "page.account-login": "Sign-in",
    "page.account-register": "Registration",
    "page.contact": "Contact",
    "page.information": "Information",
    "signal.dwell": "Stayed on the page for long",
    "signal.scroll": "Scrolled far down",
    "signal.validation-error": "A field was refused",
    "signal.coupon-rejected": "A coupon was refused",
    "signal.payment-failed": "A payment was refused",
    "signal.variant-missing": "Chose no variant",
    "signal.variant-flipped": "Went to and fro between variants",
    "signal.basket-changed": "Changed the basket",
    "signal.exit-intent": "Was about to leave",
    "signal.rage-click": "Pressed the same thing again and again",
    "signal.back-from-payment": "Came back from the payment provider",
    "signal.no-results": "A product search found nothing",
    "signal.login-failed": "Sign-in was refused",
    "signal.return-visit": "Came back to the shop",
    "signal.copied-order": "Copied an order number",
  },
};

/** The language of the page: the first the agent's browser wants that there is. */
export const lang = (navigator.languages || ["en"]).map((tag) => tag.slice(0, 2)).find((tag) => tables[tag]) || "en";

/** A text with its places filled. */
export function t(key, values = {}) {
  const text = tables[lang][key] ?? tables.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What a name that programs use means; the name itself when it is a new one. */
export function named(kind, name) {
  const text = t(`${kind}.${name}`);
  return text.startsWith(`${kind}.`) ? name : text;
}

/** How long ago, in few letters. */
export function since(ms, now = Date.now()) {
  const s = Math.max(0, Math.round((now - ms) / 1000));
  if (s < 5) return t("now");
  if (s < 60) return t("seconds", { n: s });
  if (s < 3600) return t("minutes", { n: Math.floor(s / 60) });
  if (s < 86400) return t("hours", { n: Math.floor(s / 3600) });
  return t("days", { n: Math.floor(s / 86400) });
}

/** A time of day, with the date when it is not today's. */
export function clock(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  const form = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(undefined, form).format(date);
}

/** The name of a language in the agent's own. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}
