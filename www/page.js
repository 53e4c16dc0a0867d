/* Fetched when something may have gone wrong on the page, or on intent: notes what happens there, by
 * passive page-level listeners and one observer, and asks the engine when a signal is worth it.
 * Words shown to the shopper and names of fields are looked at; what a field holds never is. */

import * as facts from "./facts.js";

const DWELL_MS = 30000;
const TEASER_PAUSE_MS = 60000;
/** How long after the last stroke a shopper still counts as typing. */
const TYPING_MS = 3000;

/** Where shops show what went wrong. */
const ALERTS =
  "[role=alert],[role=status],[aria-live=assertive],[aria-invalid=true],.errorlist,.invalid-feedback,.help-inline,.woocommerce-info,.no-results," +
  "[class*=error i],[class*=alert i],[class*=danger i],[class*=invalid i],[class*=warning i]";
const CONTROLS = "input,select,textarea";

/* Words of refusals in the languages shops speak: lower case, cut where endings begin. */
const WORDS = {
  // Something is not as it should be.
  bad:
    "not |n't|n’t|invalid|expir|error|incorrect|wrong|fail|declin|refus|reject|unknown|no longer|cannot|unable|unsuccessful|minimum|problem|" +
    "nicht|ungültig|abgelaufen|fehler|falsch|abgelehn|unbekannt|kein|leider|mindest|existe pas|n'est|n’est|n'a|n’a|ne peut|invalide|expiré|erreur|erroné|échou|inconnu|impossible|" +
    "não|inválid|expirou|erro|errad|incorret|falh|recus|rejeit|desconhecid|mínimo|nu |greșit|gresit|eroare|eșuat|esuat|refuz|respins|necunoscut|incorect|" +
    "no es|no se|no existe|caducad|rechaz|fallid|incorrect|non |scadut|errat|rifiut|niet|ongeldig|verlopen|onjuist|geweiger|mislukt|nie |nieprawid|wygas|odrzuc|błęd",
  coupon:
    "coupon|voucher|promo|discount code|gift code|this code|that code|the code|gutschein|rabattcode|aktionscode|bon de réduction|code de réduction|ce code|" +
    "cupom|cupão|este código|o código|codul|cupon|cupón|el código|codice|kortingscode|actiecode|kod rabatowy|kuponu",
  // Somebody said no to money; "invalid" is left out, that is a field's mistake.
  refused:
    "declin|refus|reject|fail|could not be|couldn't be|couldn’t be|was not|wasn't|insufficient|unsuccessful|not authori|abgelehn|fehlgeschlagen|nicht durchgeführt|konnte nicht|wurde nicht|nicht autorisiert|" +
    "échou|n'a pas|n’a pas|recus|falh|rejeit|não foi|refuz|respins|eșuat|esuat|nu a |nu s-a|rechaz|fallid|no se ha|rifiut|non riuscit|non è stat|mislukt|geweiger|odrzuc|niepowodz",
  money: "payment|card|bank|transaction|zahlung|karte|paiement|carte|banque|pagamento|cartão|banco|plata|plată|plății|banca|bancă|tranzac|pago|tarjeta|betaling|kaart|płatno|kart",
  password: "password|passwort|kennwort|mot de passe|identifiant|senha|palavra-passe|parol|contraseña|wachtwoord|hasło|log in|login|sign in|sign-in|credential|anmeld|connexion|e-mail|email|iniciar sessão|autentific",
  choose: "choose|select|pick|wähl|auswähl|choisi|sélectionn|escolh|selecion|alege|selecta|selecte|elige|selecciona|sceg|selezion|kies|wybierz",
};
const lists = Object.fromEntries(Object.entries(WORDS).map(([name, words]) => [name, words.split("|")]));
const BACK = /paypal|stripe|klarna|adyen|mollie|braintree|checkout\.com|worldpay|ideal|sofort|afterpay|payu|multibanco|3dsecure|acs\./i;
const PAYING = /checkout|payment|kasse|caisse|commande|zahlung|paiement|pagamento|pago|plata|finalizar|finalizare|afrekenen|pokladna/i;
const ADDED = /^(add_to_cart|remove_from_cart|addToCart|removeFromCart|update_cart|cart_updated)$/;
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
  let since = 0;
  let heard = 0;
  let arrived = performance.now();
  let alive = true;
  let changes = 0;
  let clicks = [];
  let timer, dwelling, asking, later;
  let watching = false;
  let typed = -TYPING_MS;
  const shown = [];

  const has = (text, name) => {
    const low = text.toLowerCase();
    return lists[name].some((word) => low.includes(word));
  };
  const visible = (element) => element.getClientRects().length > 0;
  const ours = (element) => element === env.host;
  const paying = () => PAYING.test(location.pathname + location.hash) || !!document.querySelector("[autocomplete^=cc-]");

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
  /** Fields near an alert: those it describes, or those of the smallest part around it that has any. */
  const fieldsOf = (alert) => {
    if (alert.matches(CONTROLS)) return [alert];
    const told = alert.id && document.querySelectorAll(`[aria-describedby~="${CSS.escape(alert.id)}"],[aria-errormessage="${CSS.escape(alert.id)}"]`);
    if (told && told.length) return [...told];
    let around = alert;
    for (let up = 0; up < 4 && around && around !== document.body; up++) {
      const fields = [...around.querySelectorAll(CONTROLS + ",[role=radiogroup]")].filter((one) => one.type !== "hidden");
      if (fields.length) return fields.length < 25 ? fields : [];
      around = around.parentElement;
    }
    return [];
  };
  const isLogin = (field) => {
    const all = field.form ? [...field.form.elements] : [field];
    const passwords = all.filter((one) => one.getAttribute("type") === "password");
    return passwords.length === 1 && !/new/.test(passwords[0].getAttribute("autocomplete"));
  };
  /** What a refusal is about, if it is one. */
  const judge = (alert) => {
    const marked = alert.ariaInvalid === "true";
    const described = marked && (alert.getAttribute("aria-errormessage") || alert.getAttribute("aria-describedby"));
    const text = marked
      ? (described || "").split(" ").map((id) => (id && document.getElementById(id) ? facts.textOf(document.getElementById(id)) : "")).join(" ")
      : facts.textOf(alert);
    if (!marked && (text.length < 4 || text.length > 290)) return;
    const fields = fieldsOf(alert);
    const named = (name) => fields.find((field) => facts.says(facts.nameOf(field) + " " + (field.getAttribute("class") || ""), name));
    const bad = has(text, "bad");
    const coupon = named("coupon");
    if (!marked && has(text, "refused") && has(text, "money") && paying()) return ["payment-failed"];
    if ((marked && coupon) || (bad && (coupon ? fields.length < 8 : has(text, "coupon")))) return ["coupon-rejected", coupon];
    const login = fields.find(isLogin) || (!fields.length && document.querySelector("form input[type=password]"));
    if (login && bad && (!marked || alert.type === "password") && (has(text, "password") || fields.length > 1) && isLogin(login) && !PAYING.test(location.pathname)) return ["login-failed", login];
    const variant = named("variant");
    const wanting = has(text, "choose");
    if (!marked && wanting && (variant || facts.says(text, "variant"))) return ["variant-missing", variant];
    if (marked && variant && alert.matches("select,input[type=radio],[role=radiogroup]")) return ["variant-missing", variant];
    if (!marked && facts.isSearch() && facts.says(text, "noResults")) return ["no-results"];
    if (marked || (bad && fields.length === 1 && alert.matches(".errorlist,.invalid-feedback,[class*=error i]"))) return ["validation-error", fields[0]];
  };
  const scan = () => {
    let room = 60;
    for (const alert of document.querySelectorAll(ALERTS)) {
      if (!room--) break;
      if (alert === document.body || ours(alert)) continue;
      const text = (alert.ariaInvalid || "") + (alert.matches(CONTROLS) ? "" : alert.textContent.slice(0, 300).trim());
      if (judged.get(alert) === text) continue;
      // Nothing shown yet, or no longer: the next words count again.
      if (!text || text === "false" || !visible(alert)) {
        judged.delete(alert);
        continue;
      }
      judged.set(alert, text);
      const found = judge(alert);
      if (found) raiseOnce(...found);
    }
    for (const push of facts.pushes(heard)) if (ADDED.test(push.event)) raise("basket-changed");
    heard = guard(() => window.dataLayer.length) || 0;
  };
  /** A field and its message are one refusal, and so is a form with several of them. */
  let last = {};
  const raiseOnce = (name, field) => {
    const now = performance.now();
    if (now - (last[name] || -1000) < 500) return;
    last[name] = now;
    // A special refusal says more than "a field was refused".
    if (name === "validation-error" && ["coupon-rejected", "login-failed", "variant-missing"].some((other) => now - (last[other] || -1000) < 500)) return;
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
  on("invalid", ({ target }) => !ours(target) && raiseOnce("validation-error", target));
  on("click", (event) => {
    const { target, clientX, clientY, timeStamp } = event;
    if (ours(target)) return;
    look();
    setTimeout(look, 600);
    clicks = [...clicks.filter((one) => timeStamp - one.at < 1000 && Math.abs(one.x - clientX) + Math.abs(one.y - clientY) < 24), { at: timeStamp, x: clientX, y: clientY }];
    const stepper = target.closest("[class*=qty i],[class*=quantity i],[class*=plus i],[class*=minus i],[class*=next i],[class*=prev i],summary,input,select");
    if (clicks.length > 3 && !stepper) {
      clicks = [];
      raise("rage-click");
    }
  });
  on("scroll", () => {
    const all = document.documentElement;
    // A page that jumps to its own errors after a click was not scrolled by the shopper.
    const jumped = clicks.length && performance.now() - clicks[clicks.length - 1].at < 1500;
    if (!jumped && !signals.has("scroll") && all.scrollHeight > 2 * innerHeight && scrollY + innerHeight > 0.75 * all.scrollHeight) raise("scroll");
  });
  on("mouseout", (event) => {
    if (!event.relatedTarget && event.clientY <= 0 && performance.now() - arrived > 4000 && !signals.has("exit-intent")) raise("exit-intent");
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

  // The engine's word.
  const limit = () => Math.min(5, +(config.maxSuggestions || 3) || 0);
  const snapshot = () => facts.snapshot(env, signals, labels, since);
  /** Badge and proactive line stand in front of the engine's answer: see `context::advice`. Gives what a script may ask for. */
  const advise = async () => {
    const core = await env.core();
    const engine = await core.ask();
    if (!alive) return;
    const bytes = engine.suggest(snapshot(), limit());
    core.refresh();
    const read = reader(bytes);
    // Format, page type, confidence, source: for the panel.
    for (let left = 4; left > 0; left--) read.byte();
    const badge = read.byte();
    const say = read.text();
    if (!env.open) {
      env.badge(badge);
      if (say) tease(say);
    }
    const product = read.text();
    const suggestions = [];
    for (let left = read.varint(); left > 0; left--) {
      const article = read.varint();
      // An article's bytes begin with its id.
      suggestions.push({ id: reader(engine.article(article)).text(), score: read.varint() / 1000 });
      const kind = read.byte();
      if (kind < 2) read.byte();
      if (kind !== 1) read.text();
    }
    return { product, suggestions };
  };

  // One line unasked, with manners.
  const bubble = Object.assign(document.createElement("div"), { className: "teaser" });
  bubble.role = "status";
  let quiet = config.proactive === "off";
  let lately = -TEASER_PAUSE_MS;
  const typing = () => {
    if (performance.now() - typed < TYPING_MS) return true;
    // Where a shopper pays nothing tells us of strokes, so a field in use counts as typed in.
    const active = document.activeElement;
    return paying() && active && (active.isContentEditable || active.matches("input:not([type=radio],[type=checkbox],[type=submit],[type=button]),textarea"));
  };
  const hush = () => bubble.replaceChildren();
  const tease = (say) => {
    if (quiet || shown.includes(say) || env.button.hidden || performance.now() - lately < TEASER_PAUSE_MS) return;
    if (typing()) {
      // Said once the shopper pauses, unless the help was opened or something else came up meanwhile.
      clearTimeout(later);
      later = setTimeout(() => guard(() => alive && !env.open && tease(say)), TYPING_MS / 2);
      return;
    }
    shown.push(say);
    lately = performance.now();
    const text = Object.assign(document.createElement("button"), { type: "button", className: "say", textContent: say });
    const away = Object.assign(document.createElement("button"), { type: "button", className: "away", textContent: "×" });
    away.ariaLabel = CLOSE[env.lang.slice(0, 2)] || CLOSE.en;
    text.onclick = () => guard(() => (hush(), env.core().then((core) => core.open())));
    away.onclick = () => guard(() => {
      // Dismissed is dismissed, for as long as the page lives.
      quiet = true;
      hush();
      env.button.focus();
    });
    bubble.replaceChildren(text, away);
    if (covers(bubble)) hush();
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
    sheet.replaceSync(`.teaser{position:absolute;bottom:70px;inset-inline-end:0;display:flex;align-items:start;width:max-content;max-width:min(280px,calc(100vw - 40px));border-radius:14px;background:#fff;color:#1c1c1c;box-shadow:0 1px 3px #0003,0 8px 24px #0003;font:15px/1.4 system-ui,sans-serif}
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
  const begin = () => {
    clearTimeout(dwelling);
    dwelling = setTimeout(() => guard(() => !document.hidden && raise("dwell")), Math.max(0, DWELL_MS - (performance.now() - (watching ? arrived : 0))));
    fields(!paying());
    watching = true;
    guard(() => {
      if (BACK.test(new URL(document.referrer).host) || /[?&](redirect_status=failed|cancel(l?ed)?=)/i.test(location.search)) raise("back-from-payment");
    });
    guard(scan);
  };
  guard(() => {
    // Only there when the help was opened before.
    const seen = localStorage.getItem("helpnook.seen");
    if (seen && Date.now() - seen > 4 * 3600e3) raise("return-visit");
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-invalid", "class", "hidden", "style"] });
  begin();

  env.undo.push(() => {
    alive = false;
    observer.disconnect();
    fields(false);
    for (const one of [timer, dwelling, asking, later]) clearTimeout(one);
  });
  return {
    snapshot,
    advise,
    changed: soon,
    hush,
    /** Another page of the same shop: what happened on the one before no longer counts. */
    moved() {
      signals.clear();
      labels.length = changes = 0;
      judged = new WeakMap();
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
