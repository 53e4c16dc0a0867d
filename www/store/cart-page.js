// The basket page.
import { base, byId, el, fill, gaItem, money, photo, product, t, track, variant } from "./core.js";
import { applyCoupon, coupon, discount, dropCoupon, keyOf, lines, setQuantity, subtotal } from "./cart.js";
import { homeCountry, options } from "./delivery.js";
import { codeBox } from "./forms.js";

const FREE_FROM = 6000;

function change(line, qty) {
  setQuantity(keyOf(line), qty);
  byId("cart-status").textContent = qty ? fill(t.updated, { sum: money(subtotal()) }) : fill(t.removed, { name: product(line.slug).name });
}

function row(line) {
  const p = product(line.slug);
  const id = `qty-${keyOf(line).replace(/\W/g, "-")}`;
  const amount = el("select", { id, onchange: (e) => { change(line, Number(e.target.value)); byId(id)?.focus(); } },
    ...Array.from({ length: 9 }, (_, i) => el("option", { selected: i + 1 === line.qty }, i + 1)));
  return el("li", {}, el("a", { href: `${base}/product/${p.slug}/`, tabindex: -1, "aria-hidden": "true" }, photo(p.slug, line.colour, 104)),
    el("div", {}, el("h3", {}, el("a", { href: `${base}/product/${p.slug}/` }, p.name)), el("p", { class: "soft" }, variant(line)),
      el("p", { class: "amount" }, el("label", { class: "sr", for: id }, `${t.quantity}: ${p.name}`), amount,
        el("button", { type: "button", class: "plain", "aria-label": `${t.remove}: ${p.name}`, onclick: () => change(line, 0) }, t.remove))),
    el("p", { class: "cost" }, money(p.price * line.qty), ...(p.was ? [el("br"), el("s", {}, money(p.was * line.qty))] : [])));
}

const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

function draw() {
  const all = lines();
  byId("cart").hidden = !all.length;
  byId("cart-empty").hidden = all.length > 0;
  byId("cart-lines").replaceChildren(...all.map(row));
  const goods = subtotal() - discount();
  const shipping = options(homeCountry, goods)[0].price;
  byId("cart-totals").replaceChildren(
    fact(t.subtotal, money(subtotal())),
    ...(discount() ? [fact(`${t.discount} ${coupon()}`, `−${money(discount())}`)] : []),
    fact(t.shipping_from, shipping ? money(shipping) : t.free),
    fact(t.total, money(goods + shipping)));
  byId("cart-hint").textContent = goods < FREE_FROM ? fill(t.until_free, { amount: money(FREE_FROM - goods) }) : "";
  const chip = byId("coupon-active");
  chip.hidden = !coupon();
  chip.firstElementChild.textContent = coupon() ?? "";
}

draw();
document.addEventListener("cart:change", draw);
codeBox("coupon", applyCoupon);
byId("coupon-active").lastElementChild.addEventListener("click", () => {
  dropCoupon();
  byId("coupon-done").textContent = "";
  byId("coupon").focus();
});
if (lines().length) track("view_cart", { value: subtotal() / 100, items: lines().map(gaItem) });
