/* Fetched when something may have gone wrong on the page, or once it is idle after the first opening:
 * hears what happens there, by passive page-level listeners and one observer, and says a line unasked,
 * with manners. Words shown to the shopper and names of fields are looked at; what a field holds never is. */

/* What this release fetches later: names and hashes. */
const FILES = /*FILES*/{}/*END*/;
/** After how many seconds on a page a shopper is asked about again. */
const DWELLS = [30, 60, 120, 240];
/** How long after the last stroke a shopper still counts as typing. */
const TYPING_MS = 3000;
/** Where shops show what went wrong. */
const ALERTS =
  "[role=alert],[role=status],[aria-live=assertive],[aria-invalid=true],[data-type=error],.errorlist,.help-inline,.woocommerce-info,.no-results,.form-inlineMessage," +
  "[class*=error i],[class*=alert i],[class*=danger i],[class*=invalid i],[class*=fail i],[class*=warning i],[class*=notice i]";
const CONTROLS = "input,select,textarea";
const ADDING = ".wc-variation-selection-needed";

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


export function start(env, page) {
  const { guard, config } = env;
  const { facts, signals, raise, paying, phone } = page;
  let judged, hovered, heard, last, changes, clicks, court, timer, dwelling, later;
  let typed = -TYPING_MS;
  let scrolled = { at: 0, y: 0 };
  const shown = {};
  Object.assign(env.files, FILES);

  const visible = (element) => element.getClientRects().length > 0 && (!element.checkVisibility || element.checkVisibility({ visibilityProperty: true }));
  const ours = (element) => element === env.host;
  const classes = (element) => element.getAttribute("class") || "";

  // Refusals.
  /** Whether the field itself is marked as wrong. */
  const isMarked = (alert) => alert.ariaInvalid === "true" || (alert.matches(CONTROLS) && /invalid|error/i.test(classes(alert)));
  const summon = () => void env.module("trouble.js").then((code) => ((court = code), look()), () => {});
  // What changed since the last look: parts of the page, and elements whose own words or place around them did. On a
  // page of many elements looking through all of them takes longer than everything else.
  let parts = new Set([document]);
  let points = new Set();
  const alerts = () => {
    const found = new Set();
    for (const part of parts) {
      if (part.matches && part.matches(ALERTS)) found.add(part);
      for (const one of part.querySelectorAll(ALERTS)) {
        if (found.size > 200) break;
        found.add(one);
      }
    }
    for (const point of [...parts, ...points])
      for (let up = point; up && up.closest && (up = up.closest(ALERTS)); up = up.parentElement) found.add(up);
    parts = new Set();
    points = new Set();
    return [...found].filter((one) => one.isConnected).sort((one, other) => (one.compareDocumentPosition(other) & 2 ? 1 : -1));
  };
  const note = (records) => {
    for (const { type, target, addedNodes } of records) {
      if (parts.has(document)) break;
      if (parts.size + points.size > 100) parts = new Set([document]);
      else if (type === "attributes") parts.add(target);
      else {
        points.add(target.nodeType === 1 ? target : target.parentElement);
        for (const one of addedNodes) if (one.nodeType === 1) parts.add(one);
      }
    }
    look();
  };
  const scan = () => {
    let room = 80;
    const refusals = [];
    for (const alert of alerts()) {
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
        summon();
        parts.add(document);
        break;
      }
      judged.set(alert, text);
      const found = court.judge(alert, isMarked(alert), paying(), facts);
      if (found) refusals.push(found);
    }
    // What says more than "a field was refused" comes first, wherever it stands.
    for (const general of [false, true]) for (const found of refusals) if ((found[0] === "validation-error") === general) raiseOnce(...found);
    for (const push of facts.pushes(heard)) {
      const [, name] = PUSHED.find(([pattern]) => pattern.test(push.event)) || [];
      if (name) raiseOnce(name);
      if (ADDED.test(push.event)) raise("basket-changed");
      if (push.event === "view_search_results" && guard(() => push.ecommerce.items.length === 0)) raiseOnce("no-results");
    }
    heard = guard(() => window.dataLayer.length) || 0;
    // A search that found nothing says so in words that only what judges knows.
    if (facts.isSearch() && !signals.has("no-results")) {
      if (court ? court.foundNothing(facts) : void summon()) raise("no-results");
    }
  };
  /** A field and its message are one refusal, and so is a form with several of them. */
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
    // What slides in changes nothing on the page.
    setTimeout(() => (parts.add(document), look()), 600);
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
  const leaving = () => performance.now() - page.arrived() > 4000 && !signals.has("exit-intent") && raise("exit-intent");
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
      later = setTimeout(() => guard(() => page.alive() && !env.open && tease({ say, offer, cap, pause })), TYPING_MS / 2);
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
    env.emit("said", { say, arm: page.arm() });
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
    sheet.replaceSync(`.teaser{pointer-events:auto;position:absolute;translate:0 var(--hn-lift);bottom:70px;right:0;display:flex;align-items:start;width:max-content;max-width:min(280px,calc(100vw - 40px));border-radius:14px;background:#fff;color:#1c1c1c;box-shadow:0 1px 3px #0003,0 8px 24px #0003;font:15px/1.4 system-ui,sans-serif}
.teaser:empty{display:none}
:host([data-position=left]) .teaser{right:auto;left:0}
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

  const observer = new MutationObserver(note);
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-invalid", "class", "hidden", "style", "open"] });
  const dwell = (n) => {
    clearTimeout(dwelling);
    if (n < DWELLS.length)
      dwelling = setTimeout(() => guard(() => {
        if (!document.hidden) raise("dwell");
        dwell(n + 1);
      }), Math.max(0, DWELLS[n] * 1000 - (performance.now() - page.arrived())));
  };
  /** Another page: what was seen on the one before no longer counts. */
  const forget = () => {
    judged = new WeakMap();
    hovered = new WeakMap();
    last = {};
    clicks = [];
    changes = 0;
    heard = page.since();
    hush();
    clearTimeout(later);
    fields(false);
  };
  const begin = () => {
    parts.add(document);
    dwell(0);
    fields(!paying());
    guard(scan);
  };
  forget();
  begin();

  env.undo.push(() => {
    observer.disconnect();
    fields(false);
    for (const one of [timer, dwelling, later]) clearTimeout(one);
  });
  return { forget, begin, tease, hush };
}
