// Everything the page says; a language is one more file with the same keys.

import ar from "./texts.ar.js";
import de from "./texts.de.js";
import en from "./texts.en.js";
import fr from "./texts.fr.js";
import pt from "./texts.pt.js";
import ro from "./texts.ro.js";

const tables = { ar, de, en, fr, pt, ro };

/** The language of the page: the first the agent's browser wants that there is. */
export const lang = (navigator.languages || ["en"]).map((tag) => tag.slice(0, 2)).find((tag) => tables[tag]) || "en";

/** Which way that language runs. */
export const dir = lang === "ar" ? "rtl" : "ltr";

/** How the agent's browser writes dates. What it calls its language need not be one, such as "C". */
const locale = (() => {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0] || lang;
  } catch {
    return lang;
  }
})();

/** A text with its places filled. */
export function t(key, values = {}) {
  const text = tables[lang][key] ?? tables.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What a name that programs use means; the name itself when it is a new one. */
export function named(kind, name) {
  const text = t(`${kind}.${name}`);
  return text.startsWith(`${kind}.`) ? name : text;
}

/** How long ago, in few letters. */
export function since(ms, now = Date.now()) {
  const s = Math.max(0, Math.round((now - ms) / 1000));
  if (s < 5) return t("now");
  if (s < 60) return t("seconds", { n: s });
  if (s < 3600) return t("minutes", { n: Math.floor(s / 60) });
  if (s < 86400) return t("hours", { n: Math.floor(s / 3600) });
  return t("days", { n: Math.floor(s / 86400) });
}

/** A time of day, with the date when it is not today's. */
export function clock(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  const form = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(locale, form).format(date);
}

/** The name of a language in the agent's own. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}
