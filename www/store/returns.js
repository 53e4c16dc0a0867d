// Registering a return: find the order, choose what goes back.
import { byId, el, fill, product, session, t, variant, wait } from "./core.js";
import { guard, prefill } from "./forms.js";
import { findOrder } from "./orders.js";

const find = byId("find-order");
const form = byId("return-form");
let order;
prefill(find, { order: new URLSearchParams(location.search).get("order") ?? "", email: session()?.email ?? "" });

guard(find, async ({ order: number, email }) => {
  await wait(300);
  order = findOrder(number, email);
  const ready = order?.state === "delivered";
  byId("return-error").textContent = ready ? "" : order ? t.not_delivered : t.no_order;
  form.hidden = !ready;
  if (!ready) return;
  byId("return-items").replaceChildren(...order.lines.map((line, i) => el("p", { class: "check" },
    el("input", { type: "checkbox", id: `item-${i}`, name: "item", value: i }), el("label", { for: `item-${i}` }, `${product(line.slug).name} (${variant(line)})`))));
  form.querySelector("h2").focus();
});

guard(form, (values) => {
  byId("items-error").textContent = "item" in values ? "" : t.pick_item;
  if (!("item" in values)) return;
  find.hidden = form.hidden = true;
  byId("return-done").textContent = fill(t.return_done, { number: order.number.replace("TT", "R"), email: order.email });
});
