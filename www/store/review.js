// The last look, placing the order, and the page that says thank you.
import { base, byId, el, gaItem, lasting, passing, t, track } from "./core.js";
import { clear, coupon, lines } from "./cart.js";
import { arrival, countryName } from "./delivery.js";
import { guard } from "./forms.js";
import { country, draft, drawSummary, shippingOption, totals } from "./order.js";

const form = byId("place-form");
if (form) {
  const { email, address, paid } = draft();
  const parts = [
    [t.review.contact, email, "/checkout/"],
    [t.review.address, address && [`${address.given} ${address.family}`, address.company, address.street, address.extra, `${address.postcode} ${address.city}`, countryName(country())].filter(Boolean).join(", "), "/checkout/address/"],
    [t.shipping, `${t.ship[shippingOption().id]}, ${arrival(shippingOption())}`, "/checkout/shipping/"],
    [t.review.payment, paid, "/checkout/payment/"],
  ];
  byId("review").append(...parts.map(([name, text, path]) => el("div", {}, el("dt", {}, name),
    el("dd", {}, text || t.review.missing, " ", el("a", { href: base + path, "aria-label": `${t.review.change}: ${name}` }, t.review.change)))));
  drawSummary();
  guard(form, () => {
    const gap = !lines().length ? t.cart_empty : parts.some(([, text]) => !text) ? t.review.incomplete : "";
    byId("review-error").textContent = gap;
    if (gap) return;
    const order = { number: `TT-${String(Math.floor(Math.random() * 9e5) + 1e5)}`, email, lines: lines(), totals: totals(), coupon: coupon(), placed: Date.now() };
    lasting.set("tt-orders", [order, ...lasting.get("tt-orders", [])].slice(0, 10));
    passing.set("tt-last", order);
    passing.set("tt-checkout", null);
    clear();
    location.assign(`${base}/thank-you/`);
  });
}

const thanks = byId("thanks");
if (thanks) {
  const order = passing.get("tt-last");
  thanks.hidden = !order;
  byId("no-order").hidden = Boolean(order);
  if (order) {
    byId("order-number").textContent = order.number;
    byId("order-email").textContent = order.email;
    drawSummary(order.lines, order.totals, order.coupon);
    // Once per order, also when the page is loaded again.
    if (!order.told) {
      track("purchase", { transaction_id: order.number, value: (order.totals.subtotal - order.totals.discount) / 100, shipping: order.totals.shipping / 100, ...(order.coupon && { coupon: order.coupon }), items: order.lines.map(gaItem) });
      passing.set("tt-last", { ...order, told: true });
    }
  }
}
