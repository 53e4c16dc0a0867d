/* Fetched on intent: brings engine, index, panel and, when it is wanted, the conversation; opens and
 * closes the panel, and falls back to `fallback.js` when any of the first three cannot be had. */

/* What this release fetches later: names and hashes. */
const FILES = /*FILES*/{}/*END*/;
/** Every setting there is; see the README. */
const KNOWN =
  " index lang languages chat contact-policy accent theme position offset z-index launcher label max-suggestions proactive wake " +
  "page-type customer-state customer-* product basket time-zone contact sw debug bot events consent arm density survey ";
/** What a page may ask for; the loader knows a few more, which need nothing fetched. */
const COMMANDS = ["open", "close", "search", "article", "flow", "suggest", "locale", "theme", "forget", "survey"];
const CACHE = "helpnook-v1";
const PATIENCE_MS = 8000;
/** Most files of answers that are fetched ahead for when the network is gone; some 25 KB each. */
const AHEAD = 64;
/** The index's section of texts, and how long the name of a file of words at its end is: see `context::words`. */
const STRINGS = 8;
const WORDS_NAME = 26;
const text = (bytes) => new TextDecoder().decode(bytes);
/** For `requestIdleCallback`; `setTimeout`, where there is none, takes it for no delay. */
const IDLE = { timeout: 4000 };

/** What `IndexError::code` says, and what to do about it. */
const INDEX_CURES = [
  "",
  "it is no index; let data-index lead to a file that `helpnook build` wrote",
  "it was built by another release; run `helpnook build` again",
  "it is cut short; upload it again",
  "it was damaged on the way; upload it again as a binary file",
  "its inside is damaged; run `helpnook build` again",
];

export function start(env) {
  const { config, warn, guard } = env;
  const page = document.documentElement;
  const made = {};
  Object.assign(env.files, FILES);
  mistakes(env);
  if (config.events) {
    const { emit } = env;
    const early = [];
    env.emit = (...news) => (early.push(news), emit(...news));
    env.module("events.js").then((code) => code.start(env, early), () => {});
  }
  let engine, panel, talk, timer, lost;
  let lang = "";
  let where = "";
  let state = "loading";
  let opened = false;
  /** What had the focus before, on the shop's page. */
  let before, asked;
  let alive = true;
  /** How often the language changed. */
  let edition = 0;
  /** Whether the shopper did anything in the panel, and the inbox to be reached should it come to that. */
  let stirred, inbox;
  /** What language the shopper wants: said by the shop, the page, its address, the browser. */
  const said = () => {
    const [, code] = /^\/([a-z]{2})([-_][a-z]{2})?(\/|$)/i.exec(location.pathname) || [];
    return config.lang || page.lang || (listed().includes(code) && code) || navigator.language || "en";
  };
  const listed = () => (config.languages || "").toLowerCase().split(/[\s,]+/).filter(Boolean);
  const first = said().toLowerCase();
  if (first !== env.lang) env.rename((env.lang = first));

  /** Asked for once; a failure is forgotten, so that the next tap tries again. */
  const once = (name, run) =>
    (made[name] ||= run().catch((error) => {
      delete made[name];
      throw error;
    }));
  const patient = (what, promise) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(reject, PATIENCE_MS, { what, why: "silent" });
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });

  /** A wasm module of ours, running. */
  const running = (name) =>
    once(name, async () => {
      const what = name + ".wasm";
      if (!window.WebAssembly) throw { what, why: "no-wasm" };
      const [url, integrity] = env.place(what);
      const bytes = fetch(url, integrity ? { integrity } : {});
      // Heard of below; until then a refused fetch must not count as unhandled.
      bytes.catch(() => {});
      const code = await env.module(name + ".js");
      await patient(what, code.default({ module_or_path: bytes })).catch((error) => {
        throw error.why ? error : { what, why: /CSP|Content.Security|unsafe-eval/i.test(error) ? "csp" : "blocked" };
      });
      return code;
    });

  // The index.
  const languages = () => {
    const wish = env.lang.replace("_", "-");
    const short = wish.split("-")[0];
    const all = listed();
    // Without a list the base language comes first: most indexes are of `de`, most pages say `de-DE`.
    return all[0] ? [all.find((one) => one === wish) || all.find((one) => one === short) || all[0]] : [...new Set([short, wish, "en"])];
  };
  const address = (code) => new URL(config.index ? config.index.replace("{lang}", code) : code + ".hnx", config.index ? document.baseURI : env.base).href;
  const topicsOf = (code) => address(code).replace(/\.hnx(\.gz)?(?=$|\?)/, ".topics.json");
  const topics = () => languages().map(topicsOf);

  /** Once the shopper has opened the help, it is kept for when the network is gone. */
  const store = async () => (env.used ? caches.open(CACHE) : undefined);
  const kept = async (url) => {
    try {
      const cache = await store();
      return cache && (await cache.match(url));
    } catch {}
  };
  const keep = async (url, bytes) => {
    try {
      const cache = await store();
      if (cache) await cache.put(url, new Response(bytes, { headers: { "content-type": "application/octet-stream" } }));
    } catch {}
  };
  const fetched = async (url) => {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(url, { signal: control.signal });
      if (!answer.ok) throw { what: url, why: answer.status };
      return await inflated(new Uint8Array(await answer.arrayBuffer()));
    } catch (error) {
      throw error.why ? error : { what: url, why: control.signal.aborted ? "silent" : "blocked" };
    } finally {
      clearTimeout(timer);
    }
  };
  /** The first language there is; from the network, or else from what was kept. */
  const index = async () => {
    let first;
    for (const code of languages()) {
      const url = address(code);
      const old = await kept(url);
      if (old) {
        const bytes = new Uint8Array(await old.arrayBuffer());
        // Shown at once and looked after in the background: the next page has the new one.
        fetched(url).then((fresh) => keep(url, fresh), () => {});
        return { code, url, bytes, old };
      }
      try {
        return { code, url, bytes: await fetched(url) };
      } catch (error) {
        first ||= error;
        if (error.why !== 404) break;
      }
    }
    throw first;
  };
  /** A file of the index, which lies beside it and never changes: what was kept is as good as new. */
  const beside = async (name, anew) => {
    const url = new URL(name, where).href;
    const old = !anew && (await kept(url));
    const bytes = old ? new Uint8Array(await old.arrayBuffer()) : await fetched(url);
    if (!old) keep(url, bytes);
    return bytes;
  };
  /** The engine with its index open. */
  const ask = () =>
    once("answers", async () => {
      const [code, found] = await Promise.all([running("engine"), index()]);
      let wrong = code.open(found.bytes);
      if (wrong && found.old) {
        // What was kept may be of an older release than this engine.
        found.bytes = await fetched(found.url);
        wrong = code.open(found.bytes);
      }
      if (wrong) throw { what: found.url, why: "index", cure: INDEX_CURES[wrong] };
      lang = found.code;
      where = found.url;
      state = "ready";
      env.found = found;
      return (engine = code);
    }).catch((error) => {
      state = "missing: " + error.why;
      throw error;
    });

  // The panel.
  const face = {
    get engine() {
      return engine;
    },
    get config() {
      const shown = lang || languages()[0];
      const wish = env.lang.split(/[-_]/)[0];
      return { ...config, base: env.base, lang: shown, otherLanguage: shown.split("-")[0] === wish ? "" : nameOf(wish, shown) };
    },
    snapshot: () => guard(() => env.watch.snapshot()) || "",
    advice: () => env.watch.told(engine),
    index_state: () => state,
    close: () => close(),
    badge: env.badge,
    emit(name, detail) {
      const list = name === "article-viewed" ? env.read : name === "article-voted" ? env[detail.helped ? "helped" : "failed"] : [];
      if (detail && !list.includes(detail.id)) list.push(detail.id);
      env.emit(name, detail);
    },
    warn,
    get talk() {
      return talk;
    },
    /** The conversation's module: now, or with all else that may be wanted next; at once where there is something to go on with. */
    converse(to, now) {
      inbox = to;
      if (!now && !guard(() => Object.keys(localStorage).some((key) => key.startsWith("helpnook:")))) return stirred && next();
      // Whose call it is: another panel, of another language, makes its own.
      const mine = edition;
      const late = () => !alive || mine !== edition;
      once("talk", async () => {
        const code = await running("chat");
        if (late()) return;
        const line = await code.start(face, to, face.config.lang);
        if (late()) return line.end();
        talk = line;
        panel.talked();
        preserve();
      }).catch((error) => {
        if (late()) return;
        warn(`the chat could not be loaded (${error.what}: ${error.why || error}); see that every release file lies beside ${env.src}`);
        panel.muted();
      });
    },
    file: beside,
    /** Words to be sent once the conversation can be had: kept, unless they may hold a card's number, or what was kept. */
    held(words) {
      const key = "helpnook.held";
      return (
        guard(() => {
          if (words === undefined) return localStorage[key];
          if (words && !/(\d[ -]?){12}/.test(words)) localStorage[key] = words;
          else delete localStorage[key];
        }) || ""
      );
    },
    /** Has a file do what only some shops want; it is fetched then. */
    lazy: async (name, ...args) => (await env.module(name)).run(env, face, ...args),
    /** What was asked for last, and where another language's topics are. */
    get asked() {
      return asked;
    },
    topicsOf,
    show_screen: (screen, arg) => panel.go(screen, arg),
    /** Whether an answer is here: 0; on its way: 1; or not to be had: 2, and the next asking tries again. */
    bring(number) {
      const name = engine.wanted(number);
      if (!name) return 0;
      if (lost === name) {
        lost = "";
        return 2;
      }
      once(name, async () => engine.supply(await beside(name)) || engine.supply(await beside(name, true)) || Promise.reject())
        .catch(() => (lost = name))
        .then(() => alive && panel.brought());
      return 1;
    },
    talked: () => talk && panel.talked(),
    hear: (text, urgent) => panel && panel.hear(text, urgent),
  };
  const idle = (run) => (window.requestIdleCallback || setTimeout)(() => guard(() => alive && run()), IDLE);
  const saving = () => guard(() => navigator.connection.saveData);
  const mounted = () =>
    once("mounted", async () => {
      const code = await running("panel");
      // What stood in for the panel goes, and only now.
      env.root.replaceChildren();
      return (panel = code.mount(env.root, face));
    });
  const show = (on) => {
    opened = env.open = on;
    env.root.hidden = !on;
    env.button.ariaExpanded = String(on);
    // The loader watches this attribute: closed, the launcher makes room again for what the shop has there.
    env.host.toggleAttribute("open", on);
    if (on) env.host.style.setProperty("--hn-lift", "0px");
  };

  async function open(screen = "home", arg = "") {
    env.used = true;
    if (!opened) before = document.activeElement;
    asked = arg;
    show(true);
    env.badge(0);
    if (env.watch) env.watch.hush();
    try {
      // Side by side; the panel is mounted when it can ask the engine.
      running("panel").catch(() => {});
      const page = env.page().then((watch) => void (env.watch = watch), (error) => error);
      await ask();
      const lacking = await page;
      if (lacking) warn(`${lacking.what} could not be loaded (${lacking.why}), so nothing is suggested; see that every release file lies beside ${env.src}`);
      await mounted();
      if (!alive || !opened) return;
      panel.show(String(screen), String(arg));
      panel.opened();
      env.emit("opened", { screen });
      afterwards();
      // A finger's gestures, an article's tools and what was read before are wanted at once.
      if (screen === "article" || matchMedia("(pointer:coarse),(max-width:479px)").matches || guard(() => sessionStorage["helpnook.recent"])) comfort();
    } catch (error) {
      if (alive && opened) await instead(error);
    }
  }
  /** Only now may anything be stored: the shopper has asked for the help. */
  const afterwards = () => {
    if (env.found) keep(env.found.url, env.found.bytes);
    env.found = undefined;
    guard(() => localStorage.setItem("helpnook.seen", Date.now()));
    once("stir", async () => {
      upon(document, ["pointermove", "pointerdown", "click"], true, (event) => event.target !== env.host && env.watch, watch);
      // After what the panel does with it: who closes it wants nothing more.
      upon(env.root, ["pointermove", "click", "keydown", "input"], false, () => opened, next);
    });
    if (config.sw) {
      guard(() => navigator.serviceWorker.register(config.sw).then(preserve, (error) => warn(`data-sw="${config.sw}" could not be registered (${error.message}); put helpnook-sw.js on the shop's own origin`)));
    }
  };
  /** Runs at the first of these events that counts, and listens no more. */
  const upon = (target, types, capture, counts, run) => {
    const heard = new AbortController();
    for (const type of types) env.listen(target, type, (event) => counts(event) && (heard.abort(), run()), { passive: true, capture, signal: heard.signal });
  };
  const comfort = () => once("comfort", () => env.module("comfort.js").then((code) => code.start(env, face))).catch(() => {});
  /** What happens on the page from now on is heard, when the shopper is about to do something there. */
  const watch = () => idle(() => env.watch.watch().catch(() => {}));
  /** What may be wanted next. Who opens the help, looks and leaves has not fetched it. */
  const next = () => {
    stirred = true;
    idle(() => {
      comfort();
      if (saving()) return;
      if (inbox !== undefined) face.converse(inbox, true);
      if (config.sw) ahead().catch(() => {});
    });
  };
  /** Has what may still be asked for kept for when the network is gone: words, and the answers if they are not too many. */
  const ahead = async () => {
    await core.words();
    if (engine.wanted(-AHEAD - 1)) return;
    for (let name, n = 1; alive && (name = engine.wanted(-n)); n++) await beside(name);
  };
  /** Has the service worker keep what was fetched before it was there. */
  const preserve = () => {
    if (!config.sw) return;
    guard(() => navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ keep: [location.href, ...performance.getEntriesByType("resource").map((one) => one.name)] })));
  };
  /** Topics and contact without engine or panel. */
  const instead = async (error) => {
    const fallback = await env.module("fallback.js").catch(() => {
      throw error;
    });
    const chat = async () => {
      await mounted();
      panel.show("chat", "");
      panel.opened();
    };
    await fallback.show(env, face, error.why ? error : { what: "the help", why: "trap", cure: String(error) }, topics(), chat);
  };
  const close = () => {
    if (!opened) return;
    show(false);
    guard(() => panel && panel.closed());
    if (env.button.hidden) guard(() => before.focus());
    else env.button.focus();
    env.emit("closed");
  };

  env.undo.push(() => {
    alive = false;
    clearTimeout(timer);
    guard(() => panel && panel.unmount());
  });
  /** The language changed: what was read in another is read anew. */
  const speak = async () => {
    const wish = said().toLowerCase();
    if (wish === env.lang) return;
    env.lang = wish;
    env.rename(wish);
    edition++;
    guard(() => panel && panel.unmount());
    for (const name of ["answers", "mounted", "talk"]) delete made[name];
    panel = talk = undefined;
    lang = "";
    state = "loading";
    if (opened) await open();
  };
  const watching = new MutationObserver(() => speak().catch(() => {}));
  watching.observe(page, { attributeFilter: ["lang"] });
  env.undo.push(() => watching.disconnect());
  const core = {
    open,
    close,
    toggle: () => (opened ? close() : open()),
    search: (query) => open("search", query),
    article: (id) => (id ? open("article", id) : open()),
    flow: (id) => open("flow", id),
    ask,
    /** More words that name pages, from the file of the index that its texts end with the name of. */
    words: async () => text(await beside(text(engine.section(STRINGS).slice(-WORDS_NAME)))),
    /** Help inside the page. */
    inline: () => env.module("extra.js").then((extra) => extra.inline(env)),
    /** The shopper is near: what a tap needs is fetched, unless the device asks to save data. */
    prefetch() {
      if (saving()) return;
      env.page().then((watch) => (env.watch = watch), () => {});
      ask().catch(() => {});
      running("panel").catch(() => {});
    },
    /** For scripts: product and suggestions, each with the article's id and a score from 0 to 1. */
    async suggest() {
      const watch = await env.page();
      // Who asks wants to know what happens, too.
      watch.watch().catch(() => {});
      await ask();
      return watch.advise();
    },
    /** What is known of the shopper and was kept of earlier visits goes; messages written stay theirs. */
    async forget() {
      for (const list of [env.read, env.helped, env.failed]) list.length = 0;
      for (const name in env.who) delete env.who[name];
      for (const name of ["seen", "visits", "arm", "surveyed"]) guard(() => localStorage.removeItem("helpnook." + name));
      for (const name of ["recent", "voice"]) guard(() => sessionStorage.removeItem("helpnook." + name));
      if (env.watch) env.watch.changed();
    },
    /** Asks for a recommendation here and now, as often as `data-survey` allows. */
    survey: () => env.emit("survey"),
    /** Without a language: that of the page again. */
    locale: (wish) => ((config.lang = wish ? String(wish) : ""), speak()),
    theme(name) {
      if (!/^(auto|light|dark|host)$/.test(name)) return warn(`Helpnook("theme", "${name}"): there are auto, light, dark, host`);
      env.host.dataset.theme = name;
      if (name === "host") return core.prepare();
    },
    /** Other forms of the launcher, and the shop's own look. */
    prepare: () => env.module("dress.js").then((code) => code.start(env, core)),
    /** A command that the loader does not know. */
    call(name, others, ...args) {
      if (COMMANDS.includes(name)) return core[name](...args);
      warn(`Helpnook("${name}") is no command; there are ${[...COMMANDS, ...Object.keys(others)].join(", ")}`);
    },
    refresh: () => guard(() => opened && panel && panel.refresh()),
  };
  if (config.density === "compact") core.prepare().catch(() => {});
  return core;
}

/** What a language is called in another, or its code where the browser does not know it. */
function nameOf(code, shown) {
  try {
    return new Intl.DisplayNames([shown], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** The bytes as they were before gzip, when they are gzip: some hosts serve `.gz` as it lies. */
async function inflated(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Tells, in one line, what is wrong with the tag. */
function mistakes({ tag, config, problems, choose, dashed, warn }) {
  choose("maxSuggestions", /^[0-5]$/, "3", "0 to 5");
  choose("density", /^(roomy|compact)$/, "roomy");
  choose("contactPolicy", /^(self-service|neutral|ask-first)$/, "neutral");
  const told = problems.map(([name, value, wanted, otherwise]) => `data-${dashed(name)}="${value}" is not one of ${wanted.replaceAll("|", ", ")}; using ${otherwise}`);
  for (const { name } of tag.attributes) {
    if (!/^data-/.test(name) || /^data-customer-/.test(name) || KNOWN.includes(` ${name.slice(5)} `)) continue;
    told.push(name + " is not an attribute of Helpnook; the README lists them");
    delete config[name.slice(5).replace(/-([a-z])/g, (_, one) => one.toUpperCase())];
  }
  if (told.length) warn(told.join("; "));
}
