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
    conversations: "Conversations",
    noOpen: "Nobody is waiting",
    noOpenHint: "New conversations appear here by themselves.",
    noClosed: "No closed conversations yet",
    noClosedHint: "Those you close stay here and can be opened again.",
    pick: "Choose a conversation",
    pickHint: "Arrow keys move through the list, Enter opens.",
    waits: "waits {time}",
    unread: "{n} unread",
    you: "You",
    shopper: "Shopper",
    bot: "Bot",
    back: "Back to the list",
    close: "Close",
    reopen: "Reopen",
    details: "Details",
    write: "Write an answer",
    writeHint: "Enter sends, Shift and Enter starts a new line",
    send: "Send",
    sending: "Sending…",
    notSent: "Not sent: {why}",
    retry: "Try again",
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
  },
};

/** The language of the page: the first the agent's browser wants that there is. */
export const lang = (navigator.languages || ["en"]).map((tag) => tag.slice(0, 2)).find((tag) => tables[tag]) || "en";

/** A text with its places filled. */
export function t(key, values = {}) {
  const text = tables[lang][key] ?? tables.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
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
  return new Intl.DateTimeFormat(lang, form).format(date);
}

/** The name of a language in the agent's own. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}
