// The basket: kept in the browser, priced from the page's own product list.
import { fill, gaItem, lasting, money, product, session, t, track, wait } from "./core.js";

const SALE_FREE_MINIMUM = 6000; // cents of goods not on sale that a code asks for
const RATE = 0.1;

const read = () => lasting.get("tt-cart", { lines: [], coupon: null });
export const keyOf = (line) => [line.slug, line.colour, line.size].join("|");
export const lines = () => read().lines.filter((line) => product(line.slug));
export const coupon = () => (discount() ? read().coupon : null);
export const count = () => lines().reduce((n, line) => n + line.qty, 0);
export const subtotal = (from = lines()) => from.reduce((n, line) => n + product(line.slug).price * line.qty, 0);

const fullPrice = () => subtotal(lines().filter((line) => !product(line.slug).was));

/** The code stays with the basket, but counts only while its conditions hold. */
export function discount() {
  const base = fullPrice();
  return read().coupon && base >= SALE_FREE_MINIMUM ? Math.round(base * RATE) : 0;
}

function write(cart) {
  lasting.set("tt-cart", cart);
  document.dispatchEvent(new CustomEvent("cart:change"));
}

const event = (name, changed) => track(name, { value: subtotal(changed) / 100, items: changed.map(gaItem) });

export function add(line) {
  const cart = read();
  const same = cart.lines.find((one) => keyOf(one) === keyOf(line));
  if (same) same.qty = Math.min(same.qty + line.qty, 9);
  else cart.lines.push(line);
  write(cart);
  event("add_to_cart", [line]);
}

/** Sets how many of a line are wanted; zero takes it out. */
export function setQuantity(key, qty) {
  const cart = read();
  const line = cart.lines.find((one) => keyOf(one) === key);
  const change = qty - line.qty;
  line.qty = qty;
  cart.lines = cart.lines.filter((one) => one.qty > 0);
  write(cart);
  if (change) event(change > 0 ? "add_to_cart" : "remove_from_cart", [{ ...line, qty: Math.abs(change) }]);
}

export const clear = () => write({ lines: [], coupon: null });
export const dropCoupon = () => write({ ...read(), coupon: null });

/** Answers as the shop's server would: after a moment, with a reason. */
export async function applyCoupon(typed) {
  await wait(300);
  const code = typed.trim().toUpperCase();
  const reason = refusal(code);
  if (reason) return { ok: false, message: reason };
  write({ ...read(), coupon: code });
  return { ok: true, message: fill(t.coupon.applied, { code }) };
}

function refusal(code) {
  if (!code) return t.coupon.missing;
  if (code === "SUMMER25") return t.coupon.expired;
  if (code === "TRAIL10" && !session()) return t.coupon.account;
  if (code !== "WELCOME10" && code !== "TRAIL10") return t.coupon.unknown;
  if (fullPrice() < SALE_FREE_MINIMUM) return fill(t.coupon.minimum, { amount: money(SALE_FREE_MINIMUM) });
  return null;
}
