/* Fetched on intent, or when something may have gone wrong on the page: knows where the shopper is and what
 * happened there, and asks the engine what helps. What happens is heard by `watch.js`. */

import * as facts from "./facts.js";

/* What this release fetches later: names and hashes. */
const FILES = /*FILES*/{}/*END*/;
/** Without a word for this long a shopper who comes back makes another visit. */
const VISIT_MS = 4 * 3600e3;
/** Confidence below which more words are fetched; as `context::classify::SURE`. */
const SURE = 70;

const BACK = /paypal|stripe|klarna|adyen|mollie|braintree|checkout\.com|worldpay|ideal|sofort|afterpay|payu|multibanco|3dsecure|acs\./i;
const PAYING = /checkout|payment|\bpay\b|kass[ae]|caisse|commande|zahl|bestellv|paiement|\bpag[ao]|plat[ănb]|plata|comanda|encomenda|pedido|finaliz|afrekenen|betal|pokladna|zamowienie|ordine|odeme/i;
/** Reads the engine's bytes: numbers as LEB128, texts with their length in front. */
function reader(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (!(byte > 127)) break;
    }
    return value;
  };
  return {
    byte: () => bytes[at++],
    varint,
    text() {
      const length = varint();
      return new TextDecoder().decode(bytes.slice(at, (at += length)));
    },
  };
}

export function start(env) {
  const { guard, config } = env;
  const signals = new Map();
  const labels = [];
  const trail = [];
  let since = 0;
  // Until now the loader watched the page; its dwelling counts.
  let arrived = 0;
  let alive = true;
  let lines, fresh, learning, asking, arm, eyes, coming;
  Object.assign(env.files, FILES);
  // The shop's clock, if the tag names its zone: asked once, for browsers take milliseconds to tell.
  const shift = (config.timeZone && guard(() => new Date(new Date().toLocaleString("en-US", { timeZone: config.timeZone })) - new Date())) || 0;
  const keep = (name, value) => guard(() => localStorage.setItem("helpnook." + name, value));
  const kept = (name) => guard(() => localStorage.getItem("helpnook." + name));
  const paying = () => PAYING.test(location.pathname + location.hash) || !!document.querySelector("[autocomplete^=cc-]");
  const phone = matchMedia("(pointer:coarse) and (max-width:820px)");

  /** Something happened: counted, and told to the engine when it is worth waking for. */
  const raise = (name, field) => {
    signals.set(name, (signals.get(name) || 0) + 1);
    const label = field && facts.labelOf(field);
    // The latest stands last; four are plenty.
    if (label) labels.splice(0, labels.length, ...labels.filter((one) => one !== label).slice(-3), label);
    env.emit("signal", { name });
    if (env.wake.includes(name) || env.open) soon();
  };
  const soon = () => {
    clearTimeout(asking);
    // First by what was read of the page before; it is read again once the browser has time. What cannot be had now is
    // reported when the shopper asks for it.
    asking = setTimeout(async () => {
      try {
        if (facts.isRead()) await advise(1);
        if (await facts.renew(slice)) await advise(1);
      } catch {}
    }, 50);
  };
  /** Hears from now on what happens. */
  const watch = () =>
    (coming ||= env.module("watch.js").then(
      (code) => alive && (eyes = code.start(env, { facts, signals, raise, paying, phone, arrived: () => arrived, since: () => since, alive: () => alive, arm: () => arm })),
      (error) => {
        coming = 0;
        throw error;
      },
    ));

  // The engine's word.
  const limit = () => Math.min(5, +(config.maxSuggestions || 3) || 0);
  /** What else rules may ask for; `arm` is thrown once, and kept once the shopper has used the help. */
  const visit = () => {
    arm ||= kept("arm") || (Math.random() < 0.5 ? "a" : "b");
    if (env.used) keep("arm", arm);
    const now = new Date(Date.now() + shift);
    const before = guard(() => navigation.entries().slice(0, navigation.currentEntry.index).map((one) => one.url)) || [document.referrer, ...trail];
    return [
      ...before.slice(-8).map((url) => ["path", url]),
      ["dwell", Math.round((performance.now() - arrived) / 1000)],
      ["visits", visits],
      ["time", ((now.getDay() + 6) % 7) * 1440 + now.getHours() * 60 + now.getMinutes()],
      ["device", phone.matches ? "phone" : "desktop"],
      ["arm", arm],
    ];
  };
  const slice = () => new Promise((run) => (window.requestIdleCallback || setTimeout)(run, { timeout: 200 }));
  const snapshot = (kept) => facts.snapshot(env, signals, labels, since, visit(), kept);
  /** Where more words come from, one after the other, while it is in doubt what page this is. */
  const more = [
    async (core, engine) => engine.learn(await core.words()),
    async (core, engine) => {
      const { WORDS, TEXT } = await env.module("words.js");
      facts.widen(WORDS);
      engine.learn(TEXT);
    },
  ];
  const ask = (engine, kept) => engine.suggest((lines = snapshot(kept)), limit());
  /** Badge and proactive line stand in front of the engine's answer: see `context::advice`. Gives what a script may ask for. */
  const advise = async (kept) => {
    const core = await env.core();
    const engine = await core.ask();
    if (!alive) return;
    while ((fresh = ask(engine, kept))[2] < SURE && (learning || more[0])) await (learning ||= more.shift()(core, engine).catch(() => {}).finally(() => (learning = 0)));
    const read = reader(fresh);
    core.refresh();
    fresh = 0;
    read.byte();
    const told = { page: read.byte(), confidence: read.byte(), source: read.byte(), badge: read.byte(), cap: read.byte(), pause: read.varint(), say: read.text(), offer: read.text() };
    if (!env.open) {
      env.badge(told.badge);
      if (told.say) watch().then(() => eyes.tease(told), () => {});
    }
    const product = read.text();
    const suggestions = [];
    for (let left = read.varint(); left > 0; left--) {
      const one = { id: engine.named(read.varint()), score: read.varint() / 1000 };
      one.kind = read.byte();
      if (one.kind < 2) one.of = read.byte();
      if (one.kind !== 1) one.words = read.text();
      suggestions.push(one);
    }
    if ("debug" in config) env.module("extra.js").then((extra) => extra.debug(env, told, suggestions, lines), () => {});
    return { product, suggestions: suggestions.map(({ id, score }) => ({ id, score })) };
  };


  const begin = () => {
    if (visits > 1) signals.set("return-visit", visits - 1);
    const from = guard(() => new URL(document.referrer).host);
    if (BACK.test(from) || /[?&](redirect_status=failed|cancel(l?ed)?=)/i.test(location.search)) raise("back-from-payment");
  };
  // Only there when the help was opened before.
  let visits = +kept("visits") || 1;
  const seen = +kept("seen");
  if (seen && Date.now() - seen > VISIT_MS) {
    keep("visits", ++visits);
    keep("seen", Date.now());
  }
  begin();
  if ("debug" in config) soon();

  env.undo.push(() => {
    alive = false;
    clearTimeout(asking);
  });
  /** Where the shopper is, without what merely chooses a variant or tells where a shopper came from. */
  const place = () => (paying() || facts.isSearch() ? location.href : location.pathname + location.hash.replace(/^#[^/!].*/, "") + (/[?&](\w*route|step|controller|action|page|cl|dispatch|id)=[^&]*/.exec(location.search) || "")) + "";
  let here = place();
  let from = location.href;
  return {
    snapshot,
    advise,
    /** The engine's answer for the panel, at once; in doubt more words are fetched, and the panel asks again. */
    told(engine) {
      const bytes = fresh || ask(engine);
      if (bytes[2] < SURE && more[0]) soon();
      return bytes;
    },
    watch,
    changed: soon,
    hush: () => eyes && eyes.hush(),
    /** Another page of the same shop: what happened on the one before no longer counts. */
    moved() {
      const there = place();
      if (there === here) return void (env.open && soon());
      here = there;
      trail.push(from);
      from = location.href;
      for (const name in env.attrs) delete env.attrs[name];
      env.badge(0);
      signals.clear();
      labels.length = 0;
      since = guard(() => window.dataLayer.length) || 0;
      arrived = performance.now();
      if (eyes) eyes.forget();
      setTimeout(() => guard(() => {
        if (!alive) return;
        begin();
        if (eyes) eyes.begin();
      }), 300);
      if (env.open) soon();
    },
  };
}
