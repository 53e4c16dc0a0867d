// Following an order by its number and e-mail.
import { base, byId, day, el, product, session, t, variant, wait } from "./core.js";
import { guard, prefill } from "./forms.js";
import { findOrder } from "./orders.js";

const STEPS = ["placed", "packed", "handed", "sorted", "out", "delivered"];
const form = byId("track-form");
prefill(form, { order: new URLSearchParams(location.search).get("order") ?? "", email: session()?.email ?? "" });

function timeline(order) {
  return el("ol", { class: "timeline" }, ...STEPS.map((name) => {
    const step = order.steps.find((one) => one.name === name);
    return el("li", { class: step ? "past" : null }, el("b", {}, t.step[name]), el("span", { class: "soft" }, step ? day(step.date) : t.step.open));
  }));
}

function result(order) {
  const parts = [el("h2", {}, `${order.number}: ${t.state[order.state]}`), el("p", {}, t.state_text[order.state])];
  if (order.state !== "cancelled") parts.push(timeline(order));
  if (order.state === "late") parts.push(el("p", {}, el("a", { class: "button", href: `${base}/contact/` }, t.write_us)));
  if (order.state === "delivered") parts.push(el("p", {}, el("a", { class: "button second", href: `${base}/returns/?order=${order.number}` }, t.send_back)));
  parts.push(el("ul", { class: "plain-list" }, ...order.lines.map((line) => el("li", {}, `${line.qty} × ${product(line.slug).name} (${variant(line)})`))));
  return parts;
}

guard(form, async ({ order: number, email }) => {
  byId("track-error").textContent = "";
  byId("track-result").replaceChildren();
  await wait(300);
  const order = findOrder(number, email);
  if (order) byId("track-result").replaceChildren(...result(order));
  else byId("track-error").textContent = t.no_order;
});
