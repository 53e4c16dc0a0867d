/* Helpnook's loader: the one file that a shop's page fetches before the shopper wants help.
 * It paints the launcher, queues calls, and fetches the rest on intent or when something may have
 * gone wrong on the page. It decides nothing, stores nothing, and never throws at the page. */
(() => {
  "use strict";
  const files = /*FILES*/{}/*END*/;
  // Signals worth fetching the engine for, when `helpnook build` has not said which.
  const WAKE = "validation-error coupon-rejected payment-failed variant-missing login-failed no-results back-from-payment";
  const LABELS = { en: "Help", fr: "Aide", de: "Hilfe", pt: "Ajuda", ro: "Ajutor", es: "Ayuda", it: "Aiuto", nl: "Hulp", pl: "Pomoc", ar: "مساعدة" };
  // What may mean trouble; `page.js` looks closer before anything else is fetched.
  const TROUBLE = "[aria-invalid=true],[role=alert],[class*=error i],[class*=danger i],[class*=invalid i]";
  const PRESSED = "button,a[href],input,select,textarea,[role=button]";
  // Addresses of searches, and of those who come back from paying.
  const WORTH = /[?&](q|s|query|search\w*|redirect_status|payment_intent|klarna_order_id|payerid|cancel(l?ed)?)=|search|such|recherche|busca|pesquisa|cerca|caut|zoek|szuk/i;

  const win = window;
  const doc = document;
  const queued = win.Helpnook;
  const told = [];
  /** A console line, once for each thing said. */
  const warn = (text) => {
    if (told.includes(text)) return;
    told.push(text);
    try {
      console.warn("[helpnook] " + text);
    } catch {}
  };
  if (queued?.version) return warn("the tag is on this page twice; remove one of the two");
  // A picture may be named like what the browser provides.
  const tag = [doc.currentScript, doc.querySelector("script[src*=helpnook]")].find((one) => one?.nodeName === "SCRIPT" && one.src);
  if (!tag) return warn("cannot find its own tag; paste it as a plain script, not as a module");

  const base = new URL("./", tag.src).href;
  const config = { ...tag.dataset };
  const problems = [];
  const undo = [];
  const heard = [];
  const modules = {};
  let failures = 0;
  let alive = true;
  let count = 0;
  let page, core;

  /** Runs what may throw on a page that patched its objects; the page never hears of it. */
  const guard = (run) => {
    try {
      return run();
    } catch (error) {
      if ("debug" in config) warn("" + error);
    }
  };
  const listen = (target, type, run, options) => {
    const guarded = (event) => guard(() => run(event));
    target.addEventListener(type, guarded, options);
    undo.push(() => target.removeEventListener(type, guarded, options));
  };
  const dashed = (name) => name.replace(/[A-Z]/g, "-$&").toLowerCase();
  /** A setting, or what stands in for one that is malformed; whoever reads it later finds it mended. */
  const choose = (name, allowed, otherwise, wanted = allowed.source.slice(2, -2)) => {
    const value = config[name];
    if (!value || allowed.test(value)) return value || otherwise;
    // Told with all other mistakes by `open.js`, which knows every name.
    problems.push([name, value, wanted, otherwise]);
    return (config[name] = otherwise);
  };
  const place = (name) => (files[name] ? [base + files[name][0], files[name][1]] : [base + name]);
  /** A module of ours, checked by its hash: import() knows no integrity, but a preloaded module does. */
  const module = (name) =>
    (modules[name] ||= new Promise((resolve, reject) => {
      const [file, integrity] = place(name);
      // A browser may remember a module that failed by its address for as long as the page lives.
      const href = file + (failures ? "?" + failures : "");
      const link = doc.createElement("link");
      const fail = (why) => {
        // Forgotten, so that the next tap tries again.
        delete modules[name];
        failures++;
        reject({ what: name, why });
      };
      const timer = setTimeout(fail, 8000, "silent");
      const run = () => import(href).then(resolve, () => fail("blocked")).finally(() => clearTimeout(timer));
      if (!integrity || !guard(() => link.relList.supports("modulepreload"))) return run();
      Object.assign(link, { rel: "modulepreload", href, integrity, crossOrigin: "", onload: run, onerror: () => fail("blocked") });
      shadow.append(link);
    }));

  // The launcher.
  const accent = choose("accent", /^#([\da-f]{3}|[\da-f]{6})$/i, "#1d6b57", "#rgb, #rrggbb").replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  // Relative luminance as WCAG defines it; below 0.179 white text has the better contrast.
  const light = [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const part = parseInt(accent.slice(2 * i + 1, 2 * i + 3), 16) / 255;
    return sum + weight * (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
  }, 0);
  let side = choose("position", /^(left|right|start|end)$/, "end");
  // Where the page's own text begins or ends.
  if (/^[se]/.test(side)) side = (side < "f") === (doc.dir === "rtl") ? "left" : "right";
  const offset = choose("offset", /^(1?\d?\d|200)$/, "20", "0 to 200") + "px";
  const lang = (config.lang || doc.documentElement.lang || navigator.language || "en").toLowerCase();
  let label = config.label || LABELS[lang.slice(0, 2)] || LABELS.en;
  const host = doc.createElement("help-nook");
  const shadow = guard(() => host.attachShadow({ mode: "open" }));
  const make = (name, className) => Object.assign(doc.createElement(name), { className });
  const root = make("div", "root");
  const button = make("button", "launcher");
  const badge = make("span", "badge");

  const CSS = `:host{all:initial;position:fixed!important;bottom:calc(${offset} + env(safe-area-inset-bottom))!important;z-index:${choose("zIndex", /^-?\d{1,10}$/, "2147483000", "the whole numbers")}!important;${side}:${offset}!important;pointer-events:none}
.root{pointer-events:auto}
[hidden],:host([hidden]){display:none!important}
.launcher{all:initial;translate:0 var(--hn-lift);box-sizing:border-box;display:grid;place-items:center;position:relative;width:56px;height:56px;border-radius:50%;cursor:pointer;background:var(--hn-accent);color:var(--hn-on-accent);border:1px solid #fff6;box-shadow:0 1px 3px #0004,0 6px 20px #0003;transition:transform .15s}
.launcher:hover{transform:scale(1.06)}
.launcher:focus-visible{outline:3px solid var(--hn-accent);outline-offset:3px;box-shadow:0 0 0 3px #fff}
.launcher svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.launcher[aria-busy=true] svg{animation:busy 1s infinite alternate}
@keyframes busy{to{opacity:.35}}
.badge{position:absolute;top:-3px;inset-inline-end:-3px;min-width:20px;box-sizing:border-box;padding:0 5px;border-radius:10px;background:#b3261e;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center}
.note{position:absolute;bottom:72px;${side}:0;width:228px;margin:0;padding:14px 16px;border-radius:10px;background:Canvas;color:CanvasText;font:600 15px/20px system-ui,sans-serif;box-shadow:0 6px 20px #0003}
@media print{:host{display:none!important}}
@media(forced-colors:active){.launcher{border:2px solid}}
@media(prefers-reduced-motion:reduce){.launcher,.launcher svg{transition:none;animation:none!important}}`;

  const describe = () => {
    button.ariaLabel = count ? `${label} (${count})` : label;
    badge.textContent = count > 9 ? "9+" : count;
    badge.hidden = !count;
  };
  /** Puts the element into the body: at first, and again when a single-page shop has replaced it. */
  const attach = () => {
    if (alive && !host.isConnected) doc.body.append(host);
  };
  const paint = () => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      // Before Safari 16.4 there is no other way.
      shadow.append(Object.assign(doc.createElement("style"), { textContent: CSS }));
    }
    host.style.setProperty("--hn-accent", accent);
    host.style.setProperty("--hn-offset", offset);
    host.dataset.position = side;
    host.style.setProperty("--hn-on-accent", light > 0.179 ? "#000" : "#fff");
    host.dataset.theme = choose("theme", /^(auto|light|dark|host)$/, "auto");
    const ns = "http://www.w3.org/2000/svg";
    const drawing = doc.createElementNS(ns, "svg");
    const path = doc.createElementNS(ns, "path");
    drawing.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute("d", "M4 5.5h16v11h-8.5L7 20v-3.5H4zM9.9 9.1a2.2 2.2 0 1 1 3 2.1c-.6.3-.9.6-.9 1.1M12 14.2v.1");
    drawing.append(path);
    button.append(drawing, badge);
    button.type = "button";
    button.ariaExpanded = "false";
    button.ariaHasPopup = "dialog";
    const form = choose("launcher", /^(bubble|tab|link|page|hidden)$/, "bubble");
    button.hidden = form !== "bubble";
    badge.ariaHidden = "true";
    root.hidden = true;
    describe();
    shadow.append(root, button);
    attach();
    // More than that is fetched; what does not come leaves the bubble.
    if (/^[tlp]/.test(form) || config.theme === "host") run("prepare").then((kept) => (button.hidden = kept > 1 || form === "hidden"));
  };

  // What the modules fetched later are given.
  const env = {
    config, base, attrs: {}, who: {}, read: [], helped: [], failed: [], host, shadow, root, button, label, lang, undo,
    files, problems, choose, tag, src: tag.src, place, module, guard, listen, warn, dashed,
    rename(lang) {
      label = config.label || LABELS[lang.slice(0, 2)] || LABELS.en;
      describe();
    },
    badge: (n) => {
      count = n | 0;
      describe();
    },
    emit: (name, detail) => guard(() => host.dispatchEvent(new CustomEvent("help:" + name, { detail, bubbles: true }))),
    page: () => module("page.js").then((code) => (page ||= code.start(env))),
    core: () => module("open.js").then((code) => (core ||= code.start(env))),
  };
  /** A way to the shop that needs nothing of ours. */
  const way = () => {
    const [, kind, to] = /(email|link):([^\s,]+)/.exec(config.chat) || [];
    const href = config.contact || (kind === "email" ? "mailto:" + to : to);
    const link = make("a", "");
    link.textContent = label;
    if (/^(https?:|mailto:|tel:|\/)/i.test(href)) {
      link.textContent += ": " + href.replace(/^\w+:\/*/, "");
      link.href = href;
    }
    return link;
  };
  /** Nothing of ours can be had: a way to the shop stands in for it. */
  const lost = (error) => {
    warn(`${error.what || "the help"} could not be loaded (${error.why || error}); see that every release file lies beside ${tag.src} and that the CSP lets it pass`);
    const note = make("p", "note");
    note.append(way());
    // A second tap takes it away again.
    root.hidden = root.querySelector(".note") && !root.hidden;
    root.replaceChildren(note);
  };
  const run = (name, ...args) => {
    const ahead = /^(pre|in|sug)/.test(name);
    button.ariaBusy = !ahead;
    return env
      .core()
      .then((core) => core[name](...args))
      .catch((error) => ahead || lost(error))
      .finally(() => (button.ariaBusy = false));
  };

  /** What the shop says; it stays on the device. */
  const note = (into, prefix, facts) => {
    for (const name in facts) into[prefix + dashed(name)] = "" + facts[name];
    page?.changed();
  };
  // Commands. Those that need nothing fetched are here.
  const commands = {
    destroy() {
      alive = false;
      for (const stop of undo.splice(0)) guard(stop);
      host.remove();
      guard(() => delete win.Helpnook);
    },
    context: (facts) => note(env.attrs, "", facts),
    identify: (facts) => note(env.who, "customer-", facts),
    consent(state) {
      config.consent = "" + state;
      env.emit("consent", { state });
    },
    /** Gives what ends the listening. */
    on(name, run) {
      const guarded = (event) => guard(() => run(event.detail));
      const stop = () => host.removeEventListener("help:" + name, guarded);
      host.addEventListener("help:" + name, guarded);
      heard.push([name, run, stop]);
      return stop;
    },
    off(name, run) {
      for (const [known, given, stop] of heard) if (known === name && (!run || run === given)) stop();
    },
  };
  let waiting = queued?.q || [];
  const api = async (...call) => {
    // Before there is a body, calls wait.
    if (waiting) return new Promise((done) => waiting.push(Object.assign(call, { done })));
    const [name, ...args] = call;
    // `open.js` knows the others, and says so when there is no such command.
    if (alive) return Object.hasOwn(commands, name) ? commands[name](...args) : run("call", name, commands, ...args);
  };
  api.version = 1;
  // At once, lest a second tag start too.
  win.Helpnook = api;

  // Wake: has something gone wrong? Asked at the start and, at most every 300 ms, when the page changes.
  const wake = (env.wake = choose("wake", /^[a-z\s,@-]*$/, WAKE, "the lists that `helpnook build` prints").split(/[\s,]+/).map((one) => one.split("@")[0]));
  const wanted = (names) => wake.some((one) => names.includes(one));
  const begin = () => {
    if (!alive || page) return;
    // What does not come is told when the shopper asks for help: then it is known what is done without it.
    env.page().then((page) => page.watch()).catch(() => {});
  };
  let timer = 0;
  const look = () => {
    if (timer || !alive) return;
    timer = setTimeout(() => {
      timer = 0;
      guard(() => {
        moved();
        aside();
        if (page || !wake[0]) return;
        if (WORTH.test(location)) return begin();
        for (const one of doc.querySelectorAll(TROUBLE)) {
          if ((one.ariaInvalid || one.textContent.trim()) && one.getClientRects().length) return begin();
        }
      });
    }, 300);
  };
  /** Out of sight under a dialog of the shop, above whatever of it can be pressed; found out by touch, a few points each time. */
  const aside = () => {
    // A body that is moved or filtered would be what we are placed in, in place of the screen.
    if (host.offsetParent === doc.body) doc.documentElement.append(host);
    host.hidden = [...doc.querySelectorAll("dialog[open],[aria-modal=true]")].some((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return width && one.contains(doc.elementFromPoint(x + width / 2, y + height / 2));
    });
    // Under an open panel it stays in its place: the panel stands on it.
    for (let lift = 0, tries = env.open ? 0 : 5; ; ) {
      host.style.setProperty("--hn-lift", -lift + "px");
      const { left, right, top, bottom } = button.getBoundingClientRect();
      let bar = tries-- && [left + 5, right - 5].flatMap((x) => [top + 5, bottom - 5].flatMap((y) => doc.elementsFromPoint(x, y))).map((one) => one.closest(PRESSED)).find((one) => one);
      if (!bar) return;
      for (let up = bar; up; up = up.parentElement) if (up.offsetHeight < innerHeight / 2 && /fixed|sticky/.test(getComputedStyle(up).position)) bar = up;
      lift += bottom - bar.getBoundingClientRect().top + 8;
      // No room anywhere: then where it was.
      if (!tries || lift > innerHeight - 100) lift = tries = 0;
    }
  };
  const watching = win.MutationObserver && new MutationObserver(look);
  /** The address may have changed: a new page, whether or not the shop loaded it afresh. */
  let here = location.href;
  const moved = () => {
    attach();
    if (here === location.href) return;
    here = location.href;
    if (page) page.moved();
    else for (const name in env.attrs) delete env.attrs[name];
    look();
  };

  const start = () => {
    if (!shadow) {
      // The page's styles would reach whatever we drew.
      warn("attachShadow is missing: remove the script that took it; there is only a contact link");
      Object.assign(host.style, { position: "fixed", bottom: offset, right: offset });
      host.append(way());
      return attach();
    }
    paint();
    for (const near of ["pointerenter", "focus"]) listen(button, near, () => run("prefetch"), { once: true });
    listen(button, "click", () => run("toggle"));
    listen(doc, "click", (event) => {
      const link = event.target.closest("[data-help]");
      if (!link) return;
      event.preventDefault();
      run("article", link.dataset.help);
    });

    const early = (type, names, when) => wanted(names) && listen(doc, type, (event) => event.target !== host && (!when || when(event)) && begin(), { passive: true, capture: true });
    early("invalid", "validation-error");
    early("scroll", "scroll");
    early("pointerdown", "basket-changed variant-missing variant-flipped rage-click copied-order");
    early("mouseout", "exit-intent", (event) => !event.relatedTarget && event.clientY <= 0);
    if (wanted("dwell")) setTimeout(begin, 20000);
    if ("debug" in config) begin();
    watching?.observe(doc, { subtree: true, childList: true, attributeFilter: ["aria-invalid", "class", "hidden", "open"] });
    undo.push(() => watching?.disconnect());
    listen(win, "resize", look);
    listen(doc, "scrollend", look);
    look();
    if (doc.querySelector("[mode=inline]")) run("inline");

    // Single-page shops: the Navigation API where there is one; without it what changes on the page tells soon after.
    const soon = () => setTimeout(guard, 0, moved);
    if (win.navigation) listen(navigation, "currententrychange", soon);
    for (const type of ["popstate", "hashchange", "pageshow"]) listen(win, type, soon);

    const calls = waiting;
    waiting = 0;
    for (const call of calls) api(...call).then(call.done, () => {});
    const deep = /[?&]help=([\w-]{1,80})/.exec(location.search);
    if (deep) run("article", deep[1]);
  };
  const boot = () => {
    try {
      start();
    } catch (error) {
      warn(`could not start (${error}); see which script changed what browsers provide`);
      // Nobody waits for what will not come.
      alive = false;
      for (const call of waiting || []) call.done?.();
      waiting = 0;
    }
  };
  if (doc.body) boot();
  else doc.addEventListener("DOMContentLoaded", boot, { once: true });
})();
