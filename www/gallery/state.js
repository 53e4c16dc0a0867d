/* Brings about the state that the address names. */
const { lang = "en", theme = "light", state = "home" } = Object.fromEntries(new URLSearchParams(location.search));
const { before = () => {}, tag = {}, language = lang, own, then } = STATES[state] || {};
const OWN = ["en", "ar"];

document.documentElement.lang = language;
document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
document.documentElement.dataset.theme = theme;
before();
const calls = [];
window.Helpnook = Object.assign((...call) => new Promise((done) => calls.push(Object.assign(call, { done }))), { q: calls });
const script = document.createElement("script");
const folder = lang === "ar" || (own && OWN.includes(language)) ? "/gallery/" : "/help/demo/";
Object.assign(script.dataset, { index: `${folder}{lang}.hnx`, chat: "inbox:", languages: lang, theme, pageType: "product", proactive: "off", ...tag });
script.src = "/help/helpnook.js";
document.head.append(script);
Promise.resolve(then && then(lang)).then(() => (document.documentElement.dataset.ready = ""));
