// What every page of the shop shares: its data, its words, its numbers, its basket of small tools.
const data = JSON.parse(document.getElementById("shop-data").textContent);
export const { lang, base, t, products } = data;
export const locale = { en: "en-GB", fr: "fr-FR", de: "de-DE", pt: "pt-PT", ro: "ro-RO" }[lang] ?? lang;

const euro = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
export const money = (cents) => euro.format(cents / 100);
export const day = (date) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "long" }).format(date);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
export const product = (slug) => products.find((p) => p.slug === slug);
export const byId = (id) => document.getElementById(id);
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Builds an element: properties that start with "on" are listeners, the rest are attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

// Storage may be refused (private windows, blocked cookies); the shop then forgets, but works.
const keeper = (area) => ({
  get(key, fallback = null) {
    try { return JSON.parse(window[area].getItem(key)) ?? fallback; } catch { return fallback; }
  },
  set(key, value) {
    try {
      if (value === null) window[area].removeItem(key);
      else window[area].setItem(key, JSON.stringify(value));
    } catch { /* nothing to do: the page goes on without memory */ }
  },
});
export const lasting = keeper("localStorage");
export const passing = keeper("sessionStorage");
export const session = () => lasting.get("tt-session");

/** Sends a GA4 event; an e-commerce object is cleared first so that events never mix. */
export function track(event, ecommerce, rest = {}) {
  window.dataLayer ??= [];
  if (ecommerce) window.dataLayer.push({ ecommerce: null });
  window.dataLayer.push(ecommerce ? { event, ecommerce: { currency: "EUR", ...ecommerce }, ...rest } : { event, ...rest });
}

export const gaItem = ({ slug, colour, size, qty = 1 }) => {
  const p = product(slug);
  return {
    item_id: slug, item_name: p.name, item_brand: "Tarn & Thread", item_category: p.category,
    ...(colour && { item_variant: size === "one" ? colour : `${colour} / ${size}` }),
    price: p.price / 100, quantity: qty,
  };
};

export const photo = (slug, colour, size = 88) =>
  el("img", { src: `/store/img/${slug}.svg#${colour}`, alt: "", width: size, height: size * 1.2 });

export const variant = (line) => (line.size === "one" ? t.colour[line.colour] : `${t.colour[line.colour]}, ${line.size}`);
