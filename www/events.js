/* Fetched only where the tag says `data-events`: counts what happens in the help, in the words of
 * src/insight/vocabulary.rs, and tells whom the shop named. No event names a shopper or can be joined to
 * one. Until consent everything stays on the device and no request is made; refused, it is forgotten. */

const VERSION = 1;
const KINDS = "opened suggested searched no-result read voted flow-step handed-off answered rated surveyed".split(" ");
const PAGES =
  "other home category product search cart checkout checkout-address checkout-shipping checkout-payment checkout-review order-confirmation order-status return-form account account-login account-register contact information".split(" ");
/** A pause this long ends a visit. */
const VISIT_MS = 30 * 60e3;
/** Most events kept while there is no consent, and in one message. */
const MAX_WAITING = 200;
const MAX_BATCH = 40;
/** Most messages kept for when the network is back. */
const MAX_KEPT = 25;
const WAIT_MS = 5000;
const WEEK_MIN = 7 * 24 * 60;
/** Below this the panel says that nothing here answers: see src/widget/results.rs. */
const PERHAPS = 80;
const [VISIT, WAITING, BATCH, READ, SAID] = ["helpnook.visit", "helpnook.waiting", "helpnook.batch.", "helpnook.read", "helpnook.consent"];

const get = (store, key) => {
  try {
    return JSON.parse(window[store].getItem(key)) || undefined;
  } catch {}
};
const put = (store, key, value) => {
  try {
    if (value === undefined) window[store].removeItem(key);
    else window[store].setItem(key, JSON.stringify(value));
  } catch {}
};
const kept = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(BATCH));
  } catch {
    return [];
  }
};

/** As src/insight/personal.rs, which looks once more: what could name a person is masked. */
export function masked(question) {
  const digits = (word) => (word.match(/\p{N}/gu) || []).length;
  const numeric = (word) => /^[\p{N}+\-./(),]*\p{N}[\p{N}+\-./(),]*$/u.test(word);
  const words = question.trim().split(/\s+/);
  const out = [];
  for (let at = 0; at < words.length; ) {
    let end = at;
    while (end < words.length && numeric(words[end])) end++;
    if (end > at) {
      const group = words.slice(at, end);
      out.push(...(digits(group.join("")) >= 5 ? ["[number]"] : group));
      at = end;
      continue;
    }
    const word = words[at++];
    if (/.[@＠]./.test(word)) out.push("[address]");
    else if (/:\/\/|^www\./i.test(word)) out.push("[link]");
    else out.push(digits(word) >= (/\p{L}/u.test(word) ? 4 : 5) ? "[number]" : word);
  }
  return [...out.join(" ")].slice(0, 120).join("");
}

/** How analytics that the shop has already take an event. */
const NEIGHBOURS = {
  datalayer: (name, facts) => (window.dataLayer ||= []).push({ event: "helpnook_" + name, ...facts }),
  ga4: (name, facts) => window.gtag("event", "helpnook_" + name, facts),
  posthog: (name, facts) => window.posthog.capture("helpnook " + name, facts),
  segment: (name, facts) => window.analytics.track("helpnook " + name, facts),
  plausible: (name, facts) => window.plausible("helpnook " + name, { props: facts }),
};

/** `early` holds what happened before this was there; what happens from now on is pushed to it as well. */
export function start(env, early = []) {
  const { config } = env;
  const neighbours = [];
  const endpoints = [];
  for (const one of (config.events || "").split(",").map((one) => one.trim()).filter(Boolean)) {
    if (Object.hasOwn(NEIGHBOURS, one)) neighbours.push(NEIGHBOURS[one]);
    else if (one === "inbox") endpoints.push(inbox(env));
    else if (/^(https:\/\/|http:\/\/|\/)/.test(one)) endpoints.push(one);
    else if (env.warn) env.warn(`data-events: "${one}" is left out; there are inbox, ${Object.keys(NEIGHBOURS).join(", ")} and addresses`);
  }
  let consent = config.consent || get("localStorage", SAID) || "wait";
  let waiting = get("sessionStorage", WAITING) || [];
  let visit = get("sessionStorage", VISIT) || {};
  let timer;
  let alive = true;
  let page = "";
  /** The half that rules' `audience` is drawn by. */
  let half;
  const arm = () => {
    const said = (env.attrs && env.attrs.arm) || config.arm || "";
    return said === "auto" ? half || "" : said;
  };
  let reading = Promise.resolve();

  const forget = () => {
    waiting = [];
    visit = {};
    put("sessionStorage", WAITING);
    put("sessionStorage", VISIT);
    put("localStorage", READ);
    put("localStorage", "helpnook.surveyed");
    for (const key of kept()) put("localStorage", key);
  };
  const record = (name, facts) => {
    if (consent === "denied" || !alive) return;
    const now = Date.now();
    if (now - (visit.last || 0) > VISIT_MS) visit = { after: [] };
    visit.last = now;
    const event = { v: VERSION, name, at: now, lang: env.lang, page, place: env.place || "widget", arm: arm(), after: visit.after, ...facts };
    if (!visit.after.includes(name)) visit.after = [...visit.after, name];
    waiting = [...waiting, event].slice(-MAX_WAITING);
    put("sessionStorage", VISIT, visit);
    put("sessionStorage", WAITING, waiting);
    if (consent === "granted") timer ||= setTimeout(flush, waiting.length < MAX_BATCH ? WAIT_MS : 0);
  };

  /** Moves what waits into messages, each kept until its endpoint has it; gives their keys. */
  const packed = () => {
    const events = waiting;
    waiting = [];
    put("sessionStorage", WAITING);
    for (const event of events) for (const tell of neighbours) quietly(() => tell(event.name.replace("-", "_"), factsOf(event)));
    const made = [];
    for (let at = 0; at < events.length; at += MAX_BATCH) {
      for (const url of endpoints) {
        const batch = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        const message = { url, body: { v: VERSION, batch, events: events.slice(at, at + MAX_BATCH) } };
        put("localStorage", BATCH + batch, message);
        made.push([BATCH + batch, message]);
      }
    }
    return made;
  };
  const send = async ([key, { url, body }]) => {
    if (!endpoints.includes(url)) return put("localStorage", key);
    try {
      // Text needs no question beforehand, and goes out while the page ends.
      const answer = await fetch(url, { method: "POST", body: text(body), headers: { "content-type": "text/plain" }, keepalive: true, credentials: "omit" });
      // What is refused will be refused again; what failed is tried again, under the same name so that it counts once.
      if (answer.ok || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) put("localStorage", key);
    } catch {}
  };
  const flush = () => {
    timer = clearTimeout(timer);
    if (consent !== "granted" || !alive) return;
    const fresh = packed();
    const known = new Set(fresh.map(([key]) => key));
    const old = kept().filter((key) => !known.has(key)).map((key) => [key, get("localStorage", key)]).filter(([, message]) => message && message.body);
    for (const [key] of old.slice(MAX_KEPT)) put("localStorage", key);
    for (const one of [...fresh, ...old.slice(0, MAX_KEPT)]) send(one);
  };
  /** The page ends: what is sent now is not heard of again, so it stays kept and is sent once more. */
  const leave = () => {
    if (consent !== "granted") return;
    for (const [, { url, body }] of packed()) quietly(() => navigator.sendBeacon(url, text(body)));
  };

  const engine = async () => env.core && (await env.core()).ask();
  const look = async () => {
    const [code, watch] = [await engine(), env.page && (await env.page())];
    if (!code || !watch) return;
    const told = watch.snapshot();
    page ||= PAGES[code.suggest(told, 0)[1]] || "";
    [, half] = /^arm\t([ab])$/m.exec(told) || [];
  };
  /** The question for a recommendation, where the shop asks for it and its answer may be told. */
  let survey;
  const surveyed = (moment) => {
    if (!config.survey || consent !== "granted" || !env.module) return;
    survey ||= env.module("survey.js").then((code) => code.start(env, { page: () => page, helped: () => visit.after && ["read", "answered", "flow-step"].some((name) => visit.after.includes(name)) }));
    return survey.then((one) => alive && one[moment](), () => (survey = undefined));
  };
  const seconds = (since) => Math.round((Date.now() - since) / 1000);

  const heard = {
    opened({ screen }) {
      record("opened", { screen });
      if (screen === "home" && env.core) return env.core().then((core) => core.suggest()).then(({ suggestions }) => shown(suggestions.map(({ id }) => id)));
    },
    async searched({ query, hits }) {
      const code = await engine();
      const answered = hits > 0 && !(code && code.rank && code.rank(query, 1)[0] < PERHAPS);
      visit.question = masked(query);
      visit.from = "searched";
      if (answered) record("searched", { hits });
      else record("no-result", { question: visit.question });
    },
    "article-viewed"({ id }) {
      const from = (visit.shown || []).includes(id) ? "suggested" : visit.from || "browsed";
      record("read", { article: id, from });
      visit.read = Date.now();
      if (consent === "granted") put("localStorage", READ, visit.read);
    },
    "article-voted": ({ id, helped }) => record("voted", { article: id, helped, ...(!helped && visit.question && { question: visit.question }) }),
    "chat-started": () => handed("inbox"),
    "handed-off": ({ channel }) => handed(channel),
    "message-received"() {
      if (visit.wrote) record("answered", { seconds: seconds(visit.wrote) });
      visit.wrote = undefined;
    },
    "flow-started": ({ id }) => record("flow-step", { flow: id, state: "began" }),
    "flow-ended": ({ id, result }) => record("flow-step", { flow: id, state: result === "person" ? "left" : result || "done" }),
    "flow-step": ({ flow, state, step }) => record("flow-step", { flow, state, step }),
    rated: ({ scale, score }) => record("rated", { scale, score }),
    surveyed: ({ scale }) => record("surveyed", { scale }),
    closed: () => surveyed("closed"),
    survey: () => surveyed("asked"),
    consent({ state }) {
      consent = ["granted", "denied"].includes(state) ? state : "wait";
      put("localStorage", SAID, consent);
      if (consent === "denied") forget();
      else {
        flush();
        surveyed("page");
      }
    },
  };
  const shown = (articles) => {
    if (!articles.length || String(visit.shown) === String(articles)) return;
    record("suggested", { articles });
    visit.shown = articles;
  };
  const handed = (channel) => {
    const minutes = Math.floor(seconds(visit.read || get("localStorage", READ) || 0) / 60);
    record("handed-off", { channel, ...(minutes <= WEEK_MIN && { minutes_since_read: minutes }) });
    visit.wrote = Date.now();
  };
  /** One after the other: what an event says of those before it must be so. */
  const note = ([name, detail]) => {
    if (!Object.hasOwn(heard, name)) return;
    if (name === "consent") return heard.consent(detail || {});
    reading = reading.then(() => ((page && (half || config.arm !== "auto")) || consent === "denied" ? undefined : look().then(() => surveyed("page")))).catch(() => {}).then(() => heard[name](detail || {})).catch(() => {});
  };

  const listen = (target, type, run) => {
    target.addEventListener(type, run);
    if (env.undo) env.undo.push(() => target.removeEventListener(type, run));
  };
  if (consent === "denied") forget();
  page = config.pageType || (env.attrs && env.attrs["page-type"]) || "";
  early.splice(0).forEach(note);
  early.push = note;
  if (page) surveyed("page");
  if (env.shadow) listen(env.shadow, "click", (event) => {
    const way = event.target.closest("[data-way=email],[data-way=link]");
    if (way) note(["handed-off", { channel: way.dataset.way }]);
  });
  listen(window, "pagehide", leave);
  listen(window, "online", flush);
  if (env.undo) env.undo.push(() => {
    alive = false;
    clearTimeout(timer);
  });
  flush();
  return { kinds: KINDS };
}

/** The inbox that the tag names, or the one beside the script. */
function inbox({ config, base }) {
  const [, origin] = /inbox:(https?:\/\/[^\s,]+)/.exec(config.chat || "") || [];
  return new URL("/v1/events", origin || base || location.href).href;
}

/** The moment of sending lets the inbox correct a clock that is wrong. */
const text = (body) => JSON.stringify({ ...body, sent: Date.now() });

const quietly = (run) => {
  try {
    return run();
  } catch {}
};

/** What an event says, for programs that know their own time and version. */
function factsOf({ v, at, name, after, ...facts }) {
  return facts;
}
