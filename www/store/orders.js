// Orders this demo knows: four samples that never grow old, and those placed in this browser.
import { lasting } from "./core.js";

const DAY = 864e5;
const one = (slug, colour, size, qty = 1) => ({ slug, colour, size, qty });
const sample = (number, state, lines, total, steps) => ({
  number, email: "demo@tarnandthread.example", state, lines, total,
  steps: steps.map(([name, days]) => ({ name, date: new Date(Date.now() - days * DAY) })),
});

const SAMPLES = [
  sample("TT-204815", "packed", [one("cairn-knit-beanie", "ochre", "one"), one("pocket-hip-bag", "peat", "one")], 8400, [["placed", 1], ["packed", 0]]),
  sample("TT-204711", "moving", [one("fell-rain-jacket", "moss", "M")], 21900, [["placed", 3], ["packed", 3], ["handed", 2], ["sorted", 1]]),
  sample("TT-204102", "late", [one("ghyll-walking-boots", "peat", "41")], 22900, [["placed", 12], ["packed", 12], ["handed", 11], ["sorted", 10]]),
  sample("TT-203990", "delivered", [one("tarn-knit-jumper", "oat", "M"), one("wander-daypack", "moss", "one")], 22400, [["placed", 9], ["packed", 9], ["handed", 8], ["sorted", 7], ["out", 6], ["delivered", 6]]),
];

const cancelled = () => lasting.get("tt-cancelled", []);

export function orders() {
  const own = lasting.get("tt-orders", []).map((order) => ({ ...order, state: "placed", total: order.totals.total, steps: [{ name: "placed", date: new Date(order.placed) }] }));
  return [...own, ...SAMPLES].map((order) => (cancelled().includes(order.number) ? { ...order, state: "cancelled" } : order));
}

/** The order with this number (dash and case do not matter) and e-mail, if both are right. */
export function findOrder(number, email) {
  const plain = (text) => text.replace(/\W/g, "").toUpperCase();
  return orders().find((order) => plain(order.number) === plain(number) && order.email.toLowerCase() === email.trim().toLowerCase());
}

export const cancel = (number) => lasting.set("tt-cancelled", [...cancelled(), number]);
