/* Fetched where the tag asks for more than the bubble and our own look: other forms of the launcher, the
 * shop's fonts and colours with their contrast corrected, a denser panel, a page that is nothing but the help. */

import * as colour from "./dress/colour.js";

const FORMS = {
  bubble: "",
  hidden: "",
  // At the edge, half-way up, the words along it.
  tab: `:host([data-form=tab]){bottom:auto!important;top:calc(50% - 60px)!important;left:auto!important;right:0!important}
:host([data-form=tab][data-position=left]){left:0!important;right:auto!important}
:host([data-form=tab]) .launcher{display:flex;align-items:center;justify-content:center;gap:8px;width:44px;height:auto;min-height:112px;padding:14px 0;border-radius:14px 0 0 14px;border-inline-end:0;writing-mode:vertical-rl;font:600 15px/1.2 var(--hn-font,system-ui,sans-serif)}
:host([data-form=tab]) .launcher:hover{transform:none;filter:brightness(1.08)}
:host([data-form=tab]) .launcher svg{width:20px;height:20px}
:host([data-form=tab][data-position=left]) .launcher{border-radius:0 14px 14px 0}
:host([data-form=tab]) .badge{top:-8px;right:6px;inset-inline-end:auto;writing-mode:horizontal-tb}
:host([data-form=tab]) .teaser{bottom:34px;right:56px}
:host([data-form=tab][data-position=left]) .teaser{right:auto;left:56px}
@media(min-width:480px){:host([data-form=tab]) .panel{inset-block:auto 20px;right:60px;block-size:min(660px,100vh - 40px)}:host([data-form=tab][data-position=left]) .panel{right:auto;left:60px}}`,
  link: "",
  // The help and nothing else: its own page, or a frame of a checkout.
  page: `:host([data-form=page]) .panel{inset:0!important;inline-size:100%;block-size:100dvh;border-radius:0;box-shadow:none;animation:none}
:host([data-form=page]) .close{display:none}
:host([data-form=page]) :is(.hero,.finder,.body,.chatting,.notices,.composer,.foot){inline-size:min(720px,100%);margin-inline:auto}
@media(min-width:480px){:host([data-form=page]) :is(.panel[data-screen=home] .bar,.hero,.finder){background:none}}`,
};

const COMPACT = `:host([data-density=compact]) .hn.hn{--s2:6px;--s3:9px;--s4:12px;--s5:16px;--s6:20px;font-size:14px}
:host([data-density=compact]) :is(.row,.search){min-block-size:46px;padding-block:6px 7px}
:host([data-density=compact]) .search{padding-block:0}
:host([data-density=compact]) .greeting{font-size:21px}
:host([data-density=compact]) .tile{padding:10px}
:host([data-density=compact]) .medal{inline-size:30px;block-size:30px;border-radius:9px}
:host([data-density=compact]) .question{font-size:19px}
:host([data-density=compact]) .answer{gap:10px;font-size:14.5px;line-height:1.5}
:host([data-density=compact]) .panel{inline-size:min(360px,100vw - 2*var(--hn-offset,20px))}
@media(max-width:479px){:host([data-density=compact]) .panel{inline-size:100%}}`;

const LINK = `:host{display:inline;font:inherit;color:inherit}
button{all:unset;cursor:pointer;display:inline-flex;align-items:center;min-height:24px;color:inherit;font:inherit;text-decoration:underline;text-underline-offset:.18em}
button:hover{text-decoration-thickness:2px}
button:focus-visible{outline:2px solid currentColor;outline-offset:3px;border-radius:3px}`;

const adopt = (shadow) => {
  const sheet = new CSSStyleSheet();
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  return sheet;
};

let dressed;

/** Gives 2 where the bubble stays out of sight. */
export function start(env, core) {
  const { host, config, button } = env;
  const form = Object.hasOwn(FORMS, config.launcher) ? config.launcher : "bubble";
  if (dressed === host) return button.hidden ? 2 : 1;
  dressed = host;
  host.dataset.form = form;
  if (config.density) host.dataset.density = config.density;
  const own = adopt(env.shadow);
  own.replaceSync(FORMS[form] + (config.density === "compact" ? COMPACT : ""));
  theme(env, adopt(env.shadow));
  if (form === "tab") words(env);
  if (form === "link") links(env, core);
  if (form === "page") {
    core.open();
    // There is nowhere else to go.
    const stay = () => core.open();
    host.addEventListener("help:closed", stay);
    env.undo.unshift(() => host.removeEventListener("help:closed", stay));
  }
  return form === "bubble" || form === "tab" ? 1 : 2;
}

/** The launcher's words on it, in whatever language they are. */
function words({ button, undo }) {
  const text = document.createElement("span");
  const put = () => (text.textContent = button.ariaLabel.replace(/ \(\d+\)$/, ""));
  button.querySelector("svg").after(text);
  put();
  const watching = new MutationObserver(put);
  watching.observe(button, { attributeFilter: ["aria-label"] });
  undo.push(() => watching.disconnect());
}

/** `<help-nook mode="link">` wherever the shop put one: the words of the launcher as a link among its own. */
function links(env, core) {
  const all = document.querySelectorAll("help-nook[mode=link]");
  if (!all.length) env.warn('data-launcher="link" finds no <help-nook mode="link"> on this page; put one where the link is to stand');
  for (const place of all) {
    const shadow = place.shadowRoot || place.attachShadow({ mode: "open", delegatesFocus: true });
    adopt(shadow).replaceSync(LINK);
    const press = Object.assign(document.createElement("button"), { type: "button", textContent: place.getAttribute("label") || env.button.ariaLabel });
    press.ariaHasPopup = "dialog";
    press.onclick = () => env.guard(() => core.toggle());
    press.onpointerenter = press.onfocus = () => env.guard(() => core.prefetch());
    shadow.replaceChildren(press);
    env.undo.push(() => shadow.replaceChildren());
  }
}

/** The shop's own look, for as long as the theme is `host`. */
function theme(env, sheet) {
  const { host, config } = env;
  const light = matchMedia("(prefers-color-scheme: dark)");
  let worn = false;
  const dress = () => env.guard(() => {
    const on = host.dataset.theme === "host";
    if (!on && !worn) return;
    const look = on && colour.look(config.accent && host.style.getPropertyValue("--hn-accent"));
    sheet.replaceSync(look ? look.css : "");
    // The launcher is painted by the loader's two colours.
    if (look) {
      worn ||= ["--hn-accent", "--hn-on-accent"].map((name) => [name, host.style.getPropertyValue(name)]);
      host.style.setProperty("--hn-accent", look.accent);
      host.style.setProperty("--hn-on-accent", look.onAccent);
      host.style.setProperty("--hn-font", look.font);
    } else {
      for (const [name, value] of worn) host.style.setProperty(name, value);
      host.style.removeProperty("--hn-font");
      worn = false;
    }
  });
  dress();
  const watching = new MutationObserver(dress);
  watching.observe(host, { attributeFilter: ["data-theme"] });
  // A shop's own switch between light and dark is a class or an attribute of the page's, as a rule.
  for (const page of [document.documentElement, document.body]) watching.observe(page, { attributeFilter: ["class", "data-theme", "data-color-scheme"] });
  light.addEventListener("change", dress);
  host.addEventListener("help:opened", dress);
  if (document.readyState !== "complete") addEventListener("load", dress, { once: true });
  env.undo.push(() => {
    watching.disconnect();
    light.removeEventListener("change", dress);
    removeEventListener("load", dress);
  });
}
