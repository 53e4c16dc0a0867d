/* The states of the widget: what the page, the tag and the shopper do to bring each about. */

/** A word that each language's articles hold. */
const WORDS = { en: "refund", fr: "remboursement", de: "Erstattung", pt: "reembolso", ro: "rambursare", ar: "استرداد" };
const POST = "email:help@shop.example,link:/contact";

/** Waits for something inside the widget, then presses it. */
const press = async (selector) => {
  for (let tries = 0; tries < 200; tries++) {
    const found = document.querySelector("help-nook")?.shadowRoot.querySelector(selector);
    if (found) return found.click();
    await new Promise((soon) => setTimeout(soon, 50));
  }
};

/** Waits until something stands inside the widget. */
const seen = async (selector) => {
  for (let tries = 0; tries < 200; tries++) {
    if (document.querySelector("help-nook")?.shadowRoot.querySelector(selector)) return;
    await new Promise((soon) => setTimeout(soon, 50));
  }
};

/** `before` runs before the tag, `tag` adds to its attributes, `then` is what the shopper does. */
const STATES = {
  launcher: {},
  "launcher, a small help": { own: true },
  home: { then: () => Helpnook("open") },
  "home, a person first": { tag: { contactPolicy: "ask-first" }, then: () => Helpnook("open") },
  "home, other ways to a person": { tag: { chat: POST }, then: () => Helpnook("open") },
  "home, another language": { language: "sv", then: () => Helpnook("open") },
  offline: {
    before: () => Object.defineProperty(Navigator.prototype, "onLine", { get: () => false }),
    then: () => Helpnook("open"),
  },
  hits: { then: (lang) => Helpnook("search", WORDS[lang]) },
  "no hits": { then: () => Helpnook("search", "zxqv klmpt wrrgh") },
  "no hits, other ways": { tag: { chat: POST }, then: () => Helpnook("search", "zxqv klmpt wrrgh") },
  topic: { then: () => Helpnook("open").then(() => press(".tile")) },
  article: { then: () => Helpnook("article", "return-item") },
  "article, everything in it": { own: true, then: (lang) => Helpnook("article", lang === "en" ? "everything" : "return-item") },
  "article, it did not help": { then: () => Helpnook("article", "return-item").then(() => press("#hn-vote-no")) },
  "article, why it did not help": { then: () => Helpnook("article", "return-item").then(() => press("#hn-vote-no")).then(() => press(".reasons .choice")) },
  "article, a picture large": { own: true, then: (lang) => Helpnook("article", lang === "en" ? "everything" : "return-item").then(() => lang === "en" && press(".enlarge")) },
  "home, read lately": { then: () => Helpnook("article", "return-item").then(() => seen(".tools")).then(() => press("#hn-back")).then(() => seen(".recent")) },
  "home, asked to speak": { then: () => Helpnook("open").then(() => window.webkitSpeechRecognition && press(".mic")) },
  "launcher, a tab": { tag: { launcher: "tab" }, then: () => Helpnook("open") },
  "a page of its own": { tag: { launcher: "page" } },
  "in the shop's look": { tag: { theme: "host" }, then: () => Helpnook("open") },
  "dense": { tag: { density: "compact" }, then: () => Helpnook("open") },
  "article, gone": { then: () => Helpnook("article", "was-here-once") },
  "article, in another language": { own: true, tag: { languages: "ar,en" }, language: "ar", then: () => Helpnook("article", "everything").then(() => seen(".elsewhere")) },
  "a guided flow": { then: () => Helpnook("flow", "track-order").then(() => seen(".flow")) },
  "conversation, written in": {
    then: () => Helpnook("open").then(() => press("[data-way=chat]")).then(() => seen("#hn-message")).then(() => {
      const field = document.querySelector("help-nook").shadowRoot.querySelector("#hn-message");
      field.value = "Where is my parcel? It was to come on Tuesday.";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return press("#hn-send");
    }),
  },
  conversation: { then: () => Helpnook("open").then(() => press("[data-way=chat]")) },
  "no WebAssembly": { before: () => delete window.WebAssembly, then: () => Helpnook("open") },
  "nothing can be had": {
    before: () => delete window.WebAssembly,
    tag: { index: "/nowhere/{lang}.hnx", chat: "email:help@shop.example" },
    then: () => Helpnook("open"),
  },
};
