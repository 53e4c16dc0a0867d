// The drawer that shows the basket after something went into it. It is not modal: the page stays usable.
import { base, byId, el, fill, money, photo, product, t, variant } from "./core.js";
import { count, keyOf, lines, setQuantity, subtotal } from "./cart.js";

let drawer;
let opener;

function close() {
  drawer.close();
  opener?.focus();
}

function fillDrawer() {
  byId("drawer-title").textContent = fill(t.drawer_title, { count: count() });
  byId("drawer-lines").replaceChildren(...lines().map((line) => el("li", {}, photo(line.slug, line.colour, 64),
    el("p", {}, el("b", {}, product(line.slug).name), el("br"), el("span", { class: "soft" }, `${variant(line)} · ${line.qty} × ${money(product(line.slug).price)}`)),
    el("button", { type: "button", class: "plain", "aria-label": `${t.remove}: ${product(line.slug).name}`, onclick: () => setQuantity(keyOf(line), 0) }, "×"))));
  byId("drawer-sum").textContent = money(subtotal());
}

function build() {
  drawer = el("dialog", { class: "drawer", id: "mini-cart", "aria-labelledby": "drawer-title", onkeydown: (e) => e.key === "Escape" && close() },
    el("div", { class: "drawer-top" }, el("h2", { id: "drawer-title" }), el("button", { type: "button", class: "close", "aria-label": t.close, onclick: close }, "×")),
    el("ul", { class: "mini", id: "drawer-lines" }),
    el("div", { class: "drawer-end" },
      el("p", { class: "drawer-total" }, t.subtotal, el("b", { id: "drawer-sum" })),
      el("p", { class: "drawer-go" },
        el("a", { href: `${base}/cart/` }, t.to_cart),
        el("a", { class: "button", id: "mini-cart-checkout", href: `${base}/checkout/` }, t.to_checkout))));
  document.body.append(drawer);
  document.addEventListener("cart:change", () => {
    fillDrawer();
    if (!lines().length && drawer.open) close();
  });
}

export function showMiniCart() {
  if (!drawer) build();
  fillDrawer();
  opener = document.activeElement;
  if (!drawer.open) drawer.show();
}
