/* Fetched when something may have gone wrong on the page, or on intent: notes what happens there, by
 * passive page-level listeners and one observer, and asks the engine when a signal is worth it.
 * Words shown to the shopper and names of fields are looked at; what a field holds never is. */

import * as facts from "./facts.js";

/** After how many seconds on a page a shopper is asked about again. */
const DWELLS = [30, 60, 120, 240];
/** How long after the last stroke a shopper still counts as typing. */
const TYPING_MS = 3000;
/** Without a word for this long a shopper who comes back makes another visit. */
const VISIT_MS = 4 * 3600e3;

/** Where shops show what went wrong. */
const ALERTS =
  "[role=alert],[role=status],[aria-live=assertive],[aria-invalid=true],.errorlist,.help-inline,.woocommerce-info,.no-results,.form-inlineMessage," +
  "[class*=error i],[class*=alert i],[class*=danger i],[class*=invalid i],[class*=warning i],[class*=notice i]";
const CONTROLS = "input,select,textarea";
const ADDING = ".wc-variation-selection-needed";

const BACK = /paypal|stripe|klarna|adyen|mollie|braintree|checkout\.com|worldpay|ideal|sofort|afterpay|payu|multibanco|3dsecure|acs\./i;
const PAYING = /checkout|payment|kasse|caisse|commande|zahlung|paiement|pagamento|pago|plata|plată|comanda|encomenda|pedido|finalizar|finalizare|afrekenen|pokladna|zamowienie|ordine|odeme/i;
const ADDED = /^(add_to_cart|remove_from_cart|addToCart|removeFromCart|update_cart|cart_updated)$/;
/** Refusals that shops push: the first that fits. */
const PUSHED = [
  [/(coupon|voucher|promo|discount).*(fail|err|invalid|reject|declin|refus)/i, "coupon-rejected"],
  [/(payment|card|checkout_pay).*(fail|err|declin|reject|refus)/i, "payment-failed"],
  [/(log.?in|sign.?in|auth).*(fail|err|invalid)/i, "login-failed"],
  [/(no|zero|empty).?(search.?)?results/i, "no-results"],
  [/(form|field|validation|checkout).?(field)?.?err/i, "validation-error"],
];
const CLOSE = { en: "Close", fr: "Fermer", de: "Schließen", pt: "Fechar", ro: "Închide", es: "Cerrar", it: "Chiudi", nl: "Sluiten", pl: "Zamknij", ar: "إغلاق" };

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
  let judged = new WeakMap();
  let hovered = new WeakMap();
  let since = 0;
  let heard = 0;
  let arrived = performance.now();
  let alive = true;
  let changes = 0;
  let clicks = [];
  let timer, dwelling, asking, later, court;
  let typed = -TYPING_MS;
  let scrolled = { at: 0, y: 0 };
  const shown = {};
  const keep = (name, value) => guard(() => localStorage.setItem("helpnook." + name, value));
  const kept = (name) => guard(() => localStorage.getItem("helpnook." + name));

  const visible = (element) => element.getClientRects().length > 0 && (!element.checkVisibility || element.checkVisibility({ visibilityProperty: true }));
  const ours = (element) => element === env.host;
  const paying = () => PAYING.test(location.pathname + location.hash) || !!document.querySelector("[autocomplete^=cc-]");
  const classes = (element) => element.getAttribute("class") || "";

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
    // What cannot be had now is reported when the shopper asks for it.
    asking = setTimeout(() => advise().catch(() => {}), 50);
  };

  // Refusals.
  /** Whether the field itself is marked as wrong. */
  const isMarked = (alert) => alert.ariaInvalid === "true" || (alert.matches(CONTROLS) && /invalid|error/i.test(classes(alert)));
  const scan = () => {
    let room = 80;
    for (const alert of document.querySelectorAll(ALERTS)) {
      if (!room--) break;
      if (alert === document.body || ours(alert)) continue;
      const text = isMarked(alert) ? "!" : alert.matches(CONTROLS) ? "" : alert.textContent.slice(0, 300).trim();
      if (judged.get(alert) === text) continue;
      // Nothing shown yet, or no longer: the next words count again.
      if (!text || !visible(alert)) {
        judged.delete(alert);
        continue;
      }
      // What judges is fetched once there is something to judge.
      if (!court) {
        env.core().then(() => env.module("trouble.js")).then((code) => ((court = code), look()), () => {});
        break;
      }
      judged.set(alert, text);
      const found = court.judge(alert, isMarked(alert), paying(), facts);
      if (found) raiseOnce(...found);
    }
    for (const push of facts.pushes(heard)) {
      const [, name] = PUSHED.find(([pattern]) => pattern.test(push.event)) || [];
      if (name) raiseOnce(name);
      if (ADDED.test(push.event)) raise("basket-changed");
      if (push.event === "view_search_results" && guard(() => push.ecommerce.items.length === 0)) raiseOnce("no-results");
    }
    heard = guard(() => window.dataLayer.length) || 0;
    if (!signals.has("no-results") && facts.findsNothing()) raise("no-results");
  };
  /** A field and its message are one refusal, and so is a form with several of them. */
  let last = {};
  const raiseOnce = (name, field) => {
    const now = performance.now();
    if (now - (last[name] || -1000) < 500) return;
    last[name] = now;
    // A special refusal says more than "a field was refused".
    if (name === "validation-error" && ["coupon-rejected", "payment-failed", "login-failed", "variant-missing"].some((other) => now - (last[other] || -1000) < 500)) return;
    raise(name, field);
  };
  const look = () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      guard(scan);
    }, 120);
  };

  // Listeners: passive, on the page as a whole.
  const on = (type, run, target = document) => env.listen(target, type, run, { passive: true, capture: true });
  on("invalid", ({ target }) => {
    if (ours(target)) return;
    const variant = facts.says(facts.nameOf(target) + " " + classes(target), "variant") && target.matches("select,[type=radio]");
    raiseOnce(variant ? "variant-missing" : "validation-error", target);
  });
  on("click", (event) => {
    const { target, clientX, clientY, timeStamp } = event;
    if (ours(target)) return;
    look();
    setTimeout(look, 600);
    hovered = new WeakMap();
    if (target.closest(ADDING)) raiseOnce("variant-missing");
    clicks = [...clicks.filter((one) => timeStamp - one.at < 1000 && Math.abs(one.x - clientX) + Math.abs(one.y - clientY) < 24), { at: timeStamp, x: clientX, y: clientY }];
    const stepper = target.closest("[class*=qty i],[class*=quantity i],[class*=plus i],[class*=minus i],[class*=next i],[class*=prev i],summary,input,select");
    if (clicks.length > 3 && !stepper) {
      clicks = [];
      raise("rage-click");
    }
  });
  /** The pointer, or on a phone a quick way back up, is on its way out. */
  const leaving = () => performance.now() - arrived > 4000 && !signals.has("exit-intent") && raise("exit-intent");
  on("scroll", ({ timeStamp }) => {
    const all = document.documentElement;
    // A page that jumps to its own errors after a click was not scrolled by the shopper.
    const jumped = clicks.length && performance.now() - clicks[clicks.length - 1].at < 1500;
    if (!jumped && !signals.has("scroll") && all.scrollHeight > 2 * innerHeight && scrollY + innerHeight > 0.75 * all.scrollHeight) raise("scroll");
    if (timeStamp - scrolled.at > 400) scrolled = { at: timeStamp, y: scrollY };
    if (!jumped && phone.matches && scrolled.y - scrollY > 1.5 * innerHeight) leaving();
  });
  on("mouseout", ({ target, relatedTarget, clientY }) => {
    if (!relatedTarget) return clientY <= 0 && leaving();
    // Going to and fro over a button without pressing it.
    const button = !ours(target) && target.closest("button,[type=submit],[role=button]");
    if (!button || button.contains(relatedTarget)) return;
    const times = (hovered.get(button) || 0) + 1;
    hovered.set(button, times);
    if (times > 2 && !signals.has("hesitation")) raise("hesitation");
  });
  on("pageshow", (event) => event.persisted && paying() && raise("back-from-payment"), window);
  const phone = matchMedia("(pointer:coarse) and (max-width:820px)");
  /** What is not listened to where a shopper pays: that is no place for listeners on fields or the clipboard. */
  const elsewhere = [
    ["change", ({ target }) => {
      if (ours(target) || !target.getAttribute) return;
      const name = facts.nameOf(target);
      if (facts.says(name, "quantity")) raise("basket-changed");
      else if (facts.says(name, "variant") && ++changes > 2) {
        changes = 0;
        raise("variant-flipped", target);
      }
    }],
    ["input", () => (typed = performance.now())],
    ["copy", ({ target }) => {
      if (target.closest && !target.closest(CONTROLS) && /^\s*#?[A-Z]{0,4}[-/ ]?\d[\d-]{4,15}\s*$/i.test(String(getSelection()))) raise("copied-order");
    }],
  ];
  const guarded = elsewhere.map(([type, run]) => [type, (event) => guard(() => run(event))]);
  const fields = (listening) => {
    for (const [type, run] of guarded) document[listening ? "addEventListener" : "removeEventListener"](type, run, { passive: true, capture: true });
  };

  // The engine's word.
  const limit = () => Math.min(5, +(config.maxSuggestions || 3) || 0);
  const trail = [];
  let arm;
  let wide = false;
  /** What else rules may ask for; `arm` is thrown once, and kept once the shopper has used the help. */
  const visit = () => {
    arm ||= kept("arm") || (Math.random() < 0.5 ? "a" : "b");
    if (env.used) keep("arm", arm);
    const now = guard(() => new Date(new Date().toLocaleString("en-US", { timeZone: config.timeZone }))) || new Date();
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
  const snapshot = () => facts.snapshot(env, signals, labels, since, visit());
  /** Badge and proactive line stand in front of the engine's answer: see `context::advice`. Gives what a script may ask for. */
  const advise = async () => {
    const core = await env.core();
    const engine = await core.ask();
    if (!alive) return;
    let lines = snapshot();
    let bytes = engine.suggest(lines, limit());
    // In doubt what page it is: words of more languages may tell.
    if (bytes[2] < 70 && !wide) {
      wide = true;
      await env.module("words.js").then(({ WORDS, TEXT }) => (facts.widen(WORDS), engine.learn(TEXT))).catch(() => {});
      bytes = engine.suggest((lines = snapshot()), limit());
    }
    core.refresh();
    const read = reader(bytes);
    read.byte();
    const told = { page: read.byte(), confidence: read.byte(), source: read.byte(), badge: read.byte(), cap: read.byte(), pause: read.varint(), say: read.text(), offer: read.text() };
    if (!env.open) {
      env.badge(told.badge);
      if (told.say) tease(told);
    }
    const product = read.text();
    const suggestions = [];
    for (let left = read.varint(); left > 0; left--) {
      const article = read.varint();
      // An article's bytes begin with its id.
      const one = { id: reader(engine.article(article)).text(), score: read.varint() / 1000 };
      one.kind = read.byte();
      if (one.kind < 2) one.of = read.byte();
      if (one.kind !== 1) one.words = read.text();
      suggestions.push(one);
    }
    if ("debug" in config) env.module("extra.js").then((extra) => extra.debug(env, told, suggestions, lines), () => {});
    return { product, suggestions: suggestions.map(({ id, score }) => ({ id, score })) };
  };

  // One line unasked, with manners.
  const bubble = Object.assign(document.createElement("div"), { className: "teaser" });
  bubble.role = "status";
  // Dismissed is dismissed: for as long as the page lives, and in this tab beyond it.
  let quiet = config.proactive === "off" || guard(() => sessionStorage.getItem("helpnook.quiet"));
  let lately = -3600e3;
  const typing = () => {
    if (performance.now() - typed < TYPING_MS) return true;
    // Where a shopper pays nothing tells us of strokes, so a field in use counts as typed in.
    const active = document.activeElement;
    return paying() && active && (active.isContentEditable || active.matches("input:not([type=radio],[type=checkbox],[type=submit],[type=button]),textarea"));
  };
  const hush = () => bubble.replaceChildren();
  const tease = ({ say, offer, cap, pause }) => {
    if (quiet || (shown[say] || 0) >= (cap || 1) || env.button.hidden || env.host.hidden || performance.now() - lately < (pause || 1) * 60e3) return;
    if (typing()) {
      // Said once the shopper pauses, unless the help was opened or something else came up meanwhile.
      clearTimeout(later);
      later = setTimeout(() => guard(() => alive && !env.open && tease({ say, offer, cap, pause })), TYPING_MS / 2);
      return;
    }
    const text = Object.assign(document.createElement("button"), { type: "button", className: "say", textContent: say });
    const away = Object.assign(document.createElement("button"), { type: "button", className: "away", textContent: "×" });
    away.ariaLabel = CLOSE[env.lang.slice(0, 2)] || CLOSE.en;
    const [screen, arg] = offer === "person" ? ["chat"] : offer ? offer.split(":") : [];
    text.onclick = () => guard(() => (hush(), env.core().then((core) => core.open(screen, arg))));
    away.onclick = () => guard(() => {
      quiet = true;
      guard(() => sessionStorage.setItem("helpnook.quiet", 1));
      hush();
      env.button.focus();
    });
    bubble.replaceChildren(text, away);
    if (covers(bubble)) return hush();
    shown[say] = (shown[say] || 0) + 1;
    lately = performance.now();
    env.emit("said", { say, arm });
  };
  /** Whether something of the shop that can be pressed lies beneath. */
  const covers = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [left + 8, (left + right) / 2, right - 8].some((x) =>
      [top + 4, (top + bottom) / 2, bottom - 4].some((y) => document.elementsFromPoint(x, y).some((one) => !ours(one) && one.closest("button,a[href],input,select,textarea,[role=button]"))),
    );
  };
  guard(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.teaser{position:absolute;translate:0 var(--hn-lift);bottom:70px;inset-inline-end:0;display:flex;align-items:start;width:max-content;max-width:min(280px,calc(100vw - 40px));border-radius:14px;background:#fff;color:#1c1c1c;box-shadow:0 1px 3px #0003,0 8px 24px #0003;font:15px/1.4 system-ui,sans-serif}
.teaser:empty{display:none}
:host([data-position=left]) .teaser{inset-inline:0 auto}
.teaser button{all:unset;box-sizing:border-box;cursor:pointer;border-radius:14px;min-height:44px;padding:12px 6px 12px 16px}
.teaser .away{padding:10px 14px;font-size:18px;opacity:.7}
.teaser button:focus-visible{outline:3px solid var(--hn-accent)}
.teaser .say:hover{text-decoration:underline}
@media print{.teaser{display:none}}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light])) .teaser{background:#262624;color:#f3f3f0}}
:host([data-theme=dark]) .teaser{background:#262624;color:#f3f3f0}
@media(forced-colors:active){.teaser{border:2px solid}}`);
    env.shadow.adoptedStyleSheets = [...env.shadow.adoptedStyleSheets, sheet];
  });
  env.shadow.insertBefore(bubble, env.button);

  const observer = new MutationObserver(look);
  const dwell = (n) => {
    clearTimeout(dwelling);
    if (n < DWELLS.length)
      dwelling = setTimeout(() => guard(() => {
        if (!document.hidden) raise("dwell");
        dwell(n + 1);
      }), Math.max(0, DWELLS[n] * 1000 - (performance.now() - arrived)));
  };
  const begin = () => {
    dwell(0);
    fields(!paying());
    if (visits > 1) signals.set("return-visit", visits - 1);
    guard(() => {
      if (BACK.test(new URL(document.referrer).host) || /[?&](redirect_status=failed|cancel(l?ed)?=)/i.test(location.search)) raise("back-from-payment");
    });
    guard(scan);
  };
  // Only there when the help was opened before.
  let visits = +kept("visits") || 1;
  const seen = +kept("seen");
  if (seen && Date.now() - seen > VISIT_MS) {
    keep("visits", ++visits);
    keep("seen", Date.now());
  }
  // Until now the page was watched by the loader; its dwelling counts.
  arrived = 0;
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-invalid", "class", "hidden", "style", "open"] });
  begin();
  if ("debug" in config) soon();

  env.undo.push(() => {
    alive = false;
    observer.disconnect();
    fields(false);
    for (const one of [timer, dwelling, asking, later]) clearTimeout(one);
  });
  /** Where the shopper is, without what merely chooses a variant or tells where a shopper came from. */
  const place = () => (paying() || facts.isSearch() ? location.href : location.pathname + location.hash.replace(/^#[^/!].*/, "") + (/[?&](\w*route|step|controller|action|page|cl|dispatch|id)=[^&]*/.exec(location.search) || "")) + "";
  let here = place();
  let from = location.href;
  return {
    snapshot,
    advise,
    changed: soon,
    hush,
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
      labels.length = changes = 0;
      judged = new WeakMap();
      hovered = new WeakMap();
      last = {};
      since = heard = guard(() => window.dataLayer.length) || 0;
      arrived = performance.now();
      hush();
      clearTimeout(later);
      fields(false);
      setTimeout(() => guard(() => alive && begin()), 300);
      if (env.open) soon();
    },
  };
}
