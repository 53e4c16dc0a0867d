/* Fetched by events.js where the tag says `data-survey`, once there is consent: asks now and then, in one
 * small card above the launcher, how likely a shopper is to recommend the shop. It never takes the focus,
 * never comes while somebody types or under a dialog, and once refused it stays away as after an answer. */

/* Words of each language, put here by the build. */
const TEXTS = /*TEXTS*/{}/*END*/;

const ASKED = "helpnook.surveyed";
const DAY_MS = 864e5;
const RETRY_MS = 5000;
const THANKS_MS = 6000;
const TYPING = "input,textarea,select,[contenteditable]";

const STYLE = `.survey{position:absolute;bottom:76px;inset-inline:auto;width:min(372px,calc(100vw - 2 * var(--hn-offset,20px)));box-sizing:border-box;padding:16px 18px 18px;border:1px solid #0001;border-radius:14px;background:#fff;color:#1a1d1f;font:15px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;box-shadow:0 2px 6px #0002,0 10px 32px #0003;pointer-events:auto;animation:survey .25s both}
.survey.right{right:0}.survey.left{left:0}.survey.low{bottom:0}
@keyframes survey{from{opacity:0;transform:translateY(8px)}}
.survey h2{margin:0;padding-inline-end:34px;font:600 16px/1.35 system-ui,-apple-system,"Segoe UI",sans-serif}
.survey h2:focus{outline:none}
.survey .scale{display:grid;grid-template-columns:repeat(11,1fr);gap:4px;margin:14px 0 6px}
.survey button{all:unset;box-sizing:border-box;cursor:pointer;text-align:center}
.survey .scale button{min-height:36px;border:1px solid #72777d;border-radius:8px;font:500 14px/34px system-ui,sans-serif}
.survey .scale button:hover{background:var(--hn-accent);border-color:var(--hn-accent);color:var(--hn-on-accent)}
.survey .ends{display:flex;justify-content:space-between;gap:12px;color:#5a6066;font-size:13px}
.survey .close{position:absolute;top:10px;inset-inline-end:10px;width:32px;height:32px;border-radius:8px;font:20px/32px system-ui,sans-serif;color:#5a6066}
.survey .close:hover{background:#0000000d}
.survey button:focus-visible{outline:3px solid var(--hn-accent);outline-offset:2px}
.survey.dark{border-color:#fff2;background:#1d2023;color:#eceeef}.dark .ends,.dark .close{color:#b3babf}.dark .scale button{border-color:#8a9197}.dark .close:hover{background:#ffffff1a}.dark button:focus-visible{outline-color:#eceeef}
@media(max-width:420px){.survey .scale{grid-template-columns:repeat(6,1fr)}.survey .scale button{min-height:44px;line-height:42px}}
@media(forced-colors:active){.survey,.survey .scale button{border:1px solid ButtonText}}
@media(prefers-reduced-motion:reduce){.survey{animation:none}}`;

/** What `data-survey` says: `nps@order-confirmation,order-status every=90 share=25 wait=5`; nothing if it is none. */
export function plan(text) {
  const found = /^nps(?:@([a-z-]+(?:,[a-z-]+)*))?((?: +(?:every|share|wait)=\d{1,4})*) *$/.exec(text.trim());
  if (!found) return;
  const numbers = Object.fromEntries([...found[2].matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [name, +value]));
  const { every = 90, share = 100, wait = 5 } = numbers;
  return every && share <= 100 ? { pages: found[1] ? found[1].split(",") : [], every, share, wait } : undefined;
}

/** `visit` tells what happened in this visit: what kind of page this is and whether help was used. */
export function start(env, visit) {
  const { config, shadow, guard } = env;
  const wish = plan(config.survey);
  if (!wish) {
    env.warn(`data-survey="${config.survey}" is left out; write nps, nps@order-confirmation, and every=90 (days) share=25 (of 100) wait=5 (seconds) as you need`);
    return { page() {}, closed() {}, asked() {} };
  }
  let timer, card;
  const kept = (store, key, value) => {
    try {
      return value === undefined ? window[store].getItem(key) : window[store].setItem(key, value);
    } catch {}
  };
  const isDue = () => {
    if (card || Date.now() - (kept("localStorage", ASKED) || 0) < wish.every * DAY_MS) return false;
    // Drawn once a visit: asking again and again would ask everybody in the end.
    let drawn = kept("sessionStorage", ASKED);
    if (drawn === null || drawn === undefined) kept("sessionStorage", ASKED, (drawn = Math.random() * 100));
    return drawn < wish.share;
  };
  const isBusy = () => env.open || env.host.hidden || document.hidden || (document.activeElement && document.activeElement.matches(TYPING));
  const soon = (seconds) => {
    clearTimeout(timer);
    if (isDue()) timer = setTimeout(() => guard(() => (isBusy() ? soon(RETRY_MS / 1000) : show())), seconds * 1000);
  };
  const leave = () => {
    // Who was in it goes on at the launcher, which stands below.
    const inside = card && card.contains(shadow.activeElement);
    if (card) card.remove();
    card = undefined;
    if (inside && !env.button.hidden) env.button.focus();
  };
  const show = () => {
    const lang = (env.lang || "en").split("-")[0];
    const words = TEXTS[lang] || TEXTS.en;
    const el = (name, props, ...children) => {
      const out = Object.assign(document.createElement(name), props);
      out.append(...children);
      return out;
    };
    const theme = env.host.dataset.theme;
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    if (!shadow.adoptedStyleSheets.some((sheet) => sheet.survey)) {
      const sheet = Object.assign(new CSSStyleSheet(), { survey: true });
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    }
    const title = el("h2", { id: "hn-survey", tabIndex: -1, textContent: words.ask });
    const close = el("button", { className: "close", type: "button", ariaLabel: words.close, textContent: "×", onclick: leave });
    const scale = el("div", { className: "scale" });
    scale.setAttribute("role", "group");
    scale.setAttribute("aria-labelledby", "hn-survey");
    const ends = el("div", { className: "ends", ariaHidden: "true" }, el("span", { textContent: words.low }), el("span", { textContent: words.high }));
    for (let score = 0; score < 11; score++) {
      const label = score === 0 ? `0, ${words.low}` : score === 10 ? `10, ${words.high}` : "" + score;
      scale.append(el("button", { type: "button", textContent: score, ariaLabel: label, onclick: () => answer(score) }));
    }
    const body = el("div", {});
    card = el("section", { className: `survey ${env.host.dataset.position}${dark ? " dark" : ""}${env.button.hidden ? " low" : ""}`, lang: TEXTS[lang] ? lang : "en", dir: lang === "ar" ? "rtl" : "ltr" }, body, close);
    card.setAttribute("aria-labelledby", "hn-survey");
    // It is told when there is a pause, and waits to be looked for.
    body.setAttribute("aria-live", "polite");
    card.onkeydown = (event) => event.key === "Escape" && (event.stopPropagation(), leave());
    shadow.append(card);
    body.append(title, scale, ends);
    kept("localStorage", ASKED, Date.now());
    env.emit("surveyed", { scale: "nps" });
    const answer = (score) => {
      const inside = card.contains(shadow.activeElement);
      env.emit("rated", { scale: "nps", score });
      title.textContent = words.thanks;
      scale.remove();
      ends.remove();
      if (inside) title.focus();
      // Who is about to close it does so; else it goes by itself.
      const done = () => (card && shadow.activeElement === close ? setTimeout(done, THANKS_MS) : leave());
      setTimeout(done, THANKS_MS);
    };
  };
  env.undo.push(() => {
    clearTimeout(timer);
    leave();
  });
  const away = () => leave();
  env.host.addEventListener("help:opened", away);
  env.undo.push(() => env.host.removeEventListener("help:opened", away));
  return {
    /** The kind of page is known. */
    page: () => wish.pages.includes(visit.page()) && soon(wish.wait),
    /** The panel was closed: who was helped is asked, where the shop named no pages. */
    closed: () => (wish.pages.length ? wish.pages.includes(visit.page()) : visit.helped()) && soon(wish.wait),
    /** The shop asks for it here and now. */
    asked: () => soon(0),
  };
}
