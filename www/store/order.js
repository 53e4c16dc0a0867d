// The order being made: what checkout pages know of it, its sum, and its summary at the side.
import { byId, el, fill, gaItem, money, passing, photo, product, session, t, variant } from "./core.js";
import { coupon, discount, lines, subtotal } from "./cart.js";
import { homeCountry, options } from "./delivery.js";

export const WRAPPING = 350;
export const CASH_FEE = 200;

export const draft = () => passing.get("tt-checkout", { email: session()?.email ?? "" });
export const keep = (changes) => passing.set("tt-checkout", { ...draft(), ...changes });
export const country = () => draft().address?.country ?? homeCountry;
export const goods = () => subtotal() - discount();

export function shippingOption() {
  const all = options(country(), goods());
  return all.find((one) => one.id === draft().shipping) ?? all[0];
}

/** Every part of the sum in cents; gift cards pay last. */
export function totals() {
  const { wrap, method, gift } = draft();
  const parts = { subtotal: subtotal(), discount: discount(), shipping: lines().length ? shippingOption().price : 0, wrap: wrap ? WRAPPING : 0, cash: method === "cod" ? CASH_FEE : 0 };
  const due = parts.subtotal - parts.discount + parts.shipping + parts.wrap + parts.cash;
  const card = Math.min(gift?.balance ?? 0, due);
  return { ...parts, gift: card, total: due - card };
}

export const value = () => ({ value: goods() / 100, ...(coupon() && { coupon: coupon() }), items: lines().map(gaItem) });

const fact = (name, amount) => el("div", {}, el("dt", {}, name), el("dd", {}, amount));

/** Draws an order's lines and sums into the page's summary. */
export function drawSummary(all = lines(), sums = totals(), code = coupon()) {
  byId("sum-lines").replaceChildren(...(all.length ? all.map((line) => el("li", {}, photo(line.slug, line.colour, 56),
    el("p", {}, el("b", {}, product(line.slug).name), el("br"), el("span", { class: "soft" }, `${variant(line)} · ${line.qty} ×`)),
    el("span", {}, money(product(line.slug).price * line.qty)))) : [el("li", { class: "soft" }, t.cart_empty)]));
  byId("sum-totals").replaceChildren(
    fact(t.subtotal, money(sums.subtotal)),
    ...(sums.discount ? [fact(`${t.discount} ${code}`, `−${money(sums.discount)}`)] : []),
    fact(t.shipping, sums.shipping || !all.length ? money(sums.shipping) : t.free),
    ...(sums.wrap ? [fact(t.wrapping, money(sums.wrap))] : []),
    ...(sums.cash ? [fact(t.cash_fee, money(sums.cash))] : []),
    ...(sums.gift ? [fact(t.gift_card, `−${money(sums.gift)}`)] : []),
    fact(t.total, money(sums.total)));
}

// Gift cards that exist in this demo, with their balance in cents.
const GIFTS = { "GIFT-TARN-5000": 5000, "GIFT-FELL-1250": 1250 };
export function giftCard(typed) {
  const code = typed.trim().toUpperCase();
  if (!code) return { ok: false, message: t.gift.missing };
  if (!(code in GIFTS)) return { ok: false, message: t.gift.unknown };
  return { ok: true, code, balance: GIFTS[code], message: fill(t.gift.balance, { amount: money(GIFTS[code]) }) };
}
